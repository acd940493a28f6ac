/* The popup of the replay: second by second, what every peer carries and who is registered. */
#ifndef PEERPLAN_TUI_POPUP_REPLAY_H
#define PEERPLAN_TUI_POPUP_REPLAY_H

#include "tui/app.h"

extern const struct screen popup_replay;
/* A moment of the run, and the cluster whose peers are shown. */
void *popup_replay_new(nanos moment, uint32_t cluster);

#endif
