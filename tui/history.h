/* How something went over the run, on one line: a cell a stretch of time, as high as it was on
 * average.
 *
 * Means are over the first replications and over a few intervals of every cell, so that a line
 * costs the same however long the run is: it is a picture, no figure is read from it.
 */
#ifndef PEERPLAN_TUI_HISTORY_H
#define PEERPLAN_TUI_HISTORY_H

#include "sim/study/results.h"
#include "tui/canvas.h"

struct history {
    enum scope scope;
    uint32_t index;
    const char *metric; /* of a series */
    double limit;       /* a whole cell */
    bool goal;          /* beyond the limit is bad; else from 90 % on it is a warning */
};

/* Dots where nothing is known; results may be NULL. */
void history_draw(struct canvas *canvas, struct area line, const struct results *results,
                  const struct history *history);

#endif
