/* The answer on the screen: the sentence, the load as it is and with peers down, the sets that were
 * simulated, when it hurts, what binds, what to do. Six lines; what does not fit is left out from
 * the end, never cut. */
#ifndef PEERPLAN_TUI_VERDICT_H
#define PEERPLAN_TUI_VERDICT_H

#include "tui/canvas.h"
#include "tui/session.h"

#define VERDICT_LINES 6

enum ink verdict_ink(enum verdict verdict);
uint32_t verdict_glyph(enum verdict verdict);

/* Lines that the answer needs where there is room for so many. */
int verdict_lines(int room);
void verdict_draw(struct canvas *canvas, struct area area, const struct session *session);

/* The answer in few words, for logs and lists: "0.27 % (0.18 to 0.38)" now and with peers down. */
void verdict_now(const struct standing *standing, char *buffer, size_t size);
void verdict_down(const struct standing *standing, char *buffer, size_t size);

#endif
