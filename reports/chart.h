/* Charts, drawn by gnuplot: inline in a page, and by themselves for slides.
 *
 * A chart is a function that writes a script (data inline, single-quoted strings) for a drawing; a
 * pipe gives it to gnuplot. SVG that comes back is cleaned: no titles that would become tooltips,
 * no identifiers that two charts share, no fonts, and colours as roles (var(--load,#0b5cad)), so
 * that a page's light and dark schemes, and a file by itself, need nothing else. It has a title and
 * a description for those who do not see it. Without gnuplot there is no chart; tables say the
 * same.
 */
#ifndef PEERPLAN_REPORTS_CHART_H
#define PEERPLAN_REPORTS_CHART_H

#include <stdbool.h>
#include <stdio.h>

/* Colours of scripts: light ones, each the role of a colour of the page. */
#define CHART_INK    "#1b2027"
#define CHART_FAINT  "#555f6b"
#define CHART_RULE   "#d3d9e0"
#define CHART_LOAD   "#0b5cad"
#define CHART_CAP    "#1c2128"
#define CHART_ALARM  "#8a5600"
#define CHART_EVENT  "#6a7480"
#define CHART_YES    "#1a7a36"
#define CHART_NO     "#c0262d"
#define CHART_OPEN   "#8b5701"
#define CHART_UNSURE "#545e6c"
#define CHART_DOWN   "#b04a00"             /* with peers down; the second class */
extern const char *const chart_classes[6]; /* of classes, the last for all further ones */

/* Where a script draws, in pixels; `top` are kept for a heading. */
struct drawing {
    int width, height, top;
    bool narrow;
};

/* The margins of what follows, in pixels of the drawing. */
struct margins {
    int left, right, top, bottom;
};
void drawing_margins(FILE *script, const struct drawing *drawing, struct margins margins);
/* What all charts have: no frame, no key, no marks at ticks, a line below. */
void drawing_begin(FILE *script);

struct chart {
    const char *id;                 /* unique on the page, a file's name: "day-1" */
    const char *title, *desc;       /* as text: what it is; what it shows, with figures */
    int wide_height, narrow_height; /* narrow 0: one for all, `width` wide */
    int width;                      /* 0: as wide as pages are */
    void (*script)(FILE *script, const struct drawing *drawing, const void *context);
    const void *context;
};

/* Whether gnuplot is there; its version, "5.4 patchlevel 4", or NULL. */
bool chart_possible(char *version, size_t size);

/* Writes the svg element, a wide and a narrow one. False, with nothing written, where gnuplot is
 * not there or failed. */
bool chart_inline(FILE *out, const struct chart *chart);

/* A file by itself. */
enum chart_format { CHART_SVG, CHART_PNG };
bool chart_file(FILE *out, const struct chart *chart, enum chart_format format);

/* A document with a page for each of the scripts that chart_page has added. */
void chart_page(FILE *scripts, const struct chart *chart);
bool chart_document(FILE *out, const char *scripts, size_t length);

/* A text in single quotes for a script: no line ends, quotes doubled, at most `most` characters
 * (then an ellipsis). */
void chart_quote(FILE *script, const char *text, size_t most);

#endif
