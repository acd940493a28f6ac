/* Lines over time, drawn with Braille dots (2 x 4 to a cell), each with the band of its spread
 * behind it.
 *
 * A column of dots shows the greatest value of the points that fall on it, so that a peak is never
 * lost on a narrow screen. NAN leaves a gap. The band is a pattern of every other dot, so that it
 * differs from the line without colour too. On an ASCII canvas a cell is one dot: '*' for the line,
 * ':' for the band, '-' for the limit.
 */
#ifndef PEERPLAN_TUI_PLOT_H
#define PEERPLAN_TUI_PLOT_H

#include "tui/canvas.h"

struct plot_mark {
    double at; /* 0..1 of the width */
    uint32_t glyph;
    enum ink ink;
};

struct plot {
    const char *title;        /* "units in use, edge" */
    const char *unit;         /* "%" or ""; follows the figures of the scale */
    double scale;             /* figures of the scale are values times this; 0: 1 */
    const double *values;     /* borrowed; count points over the width */
    const double *low, *high; /* the band; NULL: none */
    size_t count;
    double limit;  /* a line across, and part of the scale; NAN: none */
    double cursor; /* 0..1; NAN: none */
    const struct plot_mark *marks;
    size_t mark_count;
};

#define PLOT_SCALE 8 /* cells that the figures of the scale take at the left */

/* The top of the scale: the least round number (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten)
 * that no point exceeds. */
double plot_top(const struct plot *plot);

/* Title on the first line, marks below the last; at least 3 lines high, or nothing is drawn. */
void plot_draw(struct canvas *canvas, struct area area, const struct plot *plot);

#endif
