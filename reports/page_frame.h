/* What all pages share. For reports/page*.c only. */
#ifndef PEERPLAN_REPORTS_PAGE_FRAME_H
#define PEERPLAN_REPORTS_PAGE_FRAME_H

#include <stdio.h>

#include "reports/chart.h"
#include "reports/page.h"
#include "reports/table.h"
#include "sim/study/results.h"

#define NBSP "\xC2\xA0"

struct page {
    FILE *out;
    int section; /* of those opened so far */
    bool drawn;  /* charts can be made */
    /* Takes charts instead of the page (reports/slides.h); NULL: they stand in it. */
    void (*take)(void *context, const struct chart *chart);
    void *context;
    char plotter[40]; /* what draws charts, "gnuplot 5.4.4"; "" for none */
    char foot[96];    /* of printed pages: "peerplan 0.1.0"; no words of users */
};

/* A page for a stream; asks whether charts can be made. */
void page_init(struct page *page, FILE *out);
/* Adds to the foot where the figures come from. results, sha256 (of the inputs) may be NULL. */
void page_set_foot(struct page *page, const struct results *results, const char *sha256);
void page_begin(struct page *page, const char *title, const char *subtitle);
void page_end(struct page *page);
/* Said where it matters that there are none. */
void page_charts_missing(struct page *page);

/* A mark: shape by verdict name ("yes", "no", "undecided", "cannot-tell", "nothing-to-judge"). */
void page_mark(struct page *page, const char *verdict);

/* Contents: a link to the section that will have this number. */
void page_nav_begin(struct page *page);
void page_nav_link(struct page *page, int section, const char *title);
void page_nav_end(struct page *page);

/* A section with its heading; the finding follows as text of the caller's. */
void page_section(struct page *page, const char *title);
void page_section_end(struct page *page);
void page_finding(struct page *page, const char *text);

/* A picture with what stands beside it: page_beside, a chart, page_aside, notes, page_beside_end.
 */
void page_beside(struct page *page);
void page_aside(struct page *page);
void page_beside_end(struct page *page);

/* Figures behind a chart: closed where the chart is drawn. */
void page_details(struct page *page, const char *summary);
void page_details_end(struct page *page);

/* A table: head cells "Class|Offered" ('>' before one: numbers, right); rows by the caller. */
void page_table(struct page *page, const char *caption, const char *heads);
void page_table_end(struct page *page);
void page_row(struct page *page, const char *name);    /* begins a row with its head */
void page_cell(struct page *page, const char *text);   /* words */
void page_number(struct page *page, const char *text); /* right */
void page_row_end(struct page *page);
/* Any table (reports/table.h) as one of the page; `most` rows are shown. A cell of a column
 * "verdict" has its mark. */
bool page_tabled(struct page *page, const char *caption, size_t most,
                 bool (*put)(struct table *table, const void *context), const void *context);

/* A chart; false: it could not be made. */
bool page_chart(struct page *page, const struct chart *chart);

/* Several small ones beside each other. */
void page_panels(struct page *page);
void page_panels_end(struct page *page);

#endif
