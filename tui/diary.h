/* The session: every state with what led to it and how it stood, to go back to and to write down.
 */
#ifndef PEERPLAN_TUI_DIARY_H
#define PEERPLAN_TUI_DIARY_H

#include <time.h>

#include "answer/sentence.h"
#include "tui/session.h"

struct entry {
    time_t clock;
    char *what;              /* owned: "voice x 1.3" */
    char *text;              /* owned; of the scenario */
    enum peer_state *states; /* owned; one a peer */
    uint32_t peers;
    bool known; /* how it stood: what was known last */
    enum verdict verdict;
    char sentence[SENTENCE_SIZE], now[SENTENCE_SIZE], down[SENTENCE_SIZE];
    uint32_t survive;
    size_t replications;
};

struct diary {
    struct entry *entries; /* owned; in order of time */
    int count, room;
};

/* The present state as a new entry. */
void diary_add(struct diary *diary, const struct session *session, const char *what, time_t clock);
/* What is known of the present state now, into the last entry. */
void diary_note(struct diary *diary, const struct session *session);
void diary_release(struct diary *diary);

/* As Markdown; owned, NULL when out of memory. */
char *diary_markdown(const struct diary *diary, const struct session *session);

/* "10:02" of a clock; buffer of at least 8 bytes. */
const char *diary_clock(time_t clock, char buffer[8]);

#endif
