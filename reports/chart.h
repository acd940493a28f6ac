/* Charts as inline SVG, drawn by gnuplot.
 *
 * A chart is a script (data inline, single-quoted strings) that a pipe gives to gnuplot; what comes
 * back is cleaned: no titles that would become tooltips, no identifiers that two charts share, no
 * fonts, and colours as roles (var(--load,#0b5cad)), so that a page's light and dark schemes, and a
 * file by itself, need nothing else. It has a title and a description for those who do not see it.
 * Without gnuplot there is no chart; tables say the same.
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

struct chart {
    const char *id;         /* unique on the page: "day-1" */
    const char *class_name; /* of the svg element */
    int width, height;
    const char *title, *desc; /* as text */
};

/* Runs gnuplot on the script (without "set terminal") and writes the svg element. False, with
 * nothing written, where there is no gnuplot or it failed. */
bool chart_put(FILE *out, const struct chart *chart, const char *script);

/* A text in single quotes for a script: no line ends, quotes doubled, at most `most` characters
 * (then an ellipsis). */
void chart_quote(FILE *script, const char *text, size_t most);

#endif
