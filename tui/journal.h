/* The log of messages: the last ones, oldest first. */
#ifndef PEERPLAN_TUI_JOURNAL_H
#define PEERPLAN_TUI_JOURNAL_H

#include "tui/canvas.h"

#define JOURNAL_LINES 500

struct note {
    double seconds; /* since the start of the program */
    enum ink ink;
    char *text; /* owned */
};

struct journal {
    struct note notes[JOURNAL_LINES];
    int first, count;
};

void journal_add(struct journal *journal, double seconds, enum ink ink, const char *text);
const struct note *journal_at(const struct journal *journal, int row); /* 0: the oldest */
void journal_release(struct journal *journal);

#endif
