/* What all pages share. For reports/page*.c only. */
#ifndef PEERPLAN_REPORTS_PAGE_FRAME_H
#define PEERPLAN_REPORTS_PAGE_FRAME_H

#include <stdio.h>

#include "reports/page.h"

struct page {
    FILE *out;
    int section; /* of those opened so far */
    bool drawn;  /* charts can be made; false after the first that could not */
    bool tried;
};

void page_begin(struct page *page, const char *title, const char *subtitle);
void page_end(struct page *page);

/* A mark: shape by verdict name ("yes", "no", "undecided", "cannot-tell", "nothing-to-judge"). */
void page_mark(struct page *page, const char *verdict);

/* Contents: links to the sections, ids s1, s2, ... */
void page_nav(struct page *page, const char *const *titles, int count);

/* A section with its heading; the finding follows as text of the caller's, then page_finding_end.
 */
void page_section(struct page *page, const char *title);
void page_section_end(struct page *page);

/* A table: head cells "Class|Offered" ('>' before one: numbers, right); rows by the caller. */
void page_table(struct page *page, const char *caption, const char *heads);
void page_table_end(struct page *page);

/* A chart, twice: wide and narrow; `script` writes gnuplot's for a width. */
struct page_chart {
    const char *id, *title, *desc;
    int wide_height, narrow_height;
    void (*script)(FILE *script, bool narrow, int height, const void *context);
    const void *context;
};
bool page_chart(struct page *page, const struct page_chart *chart);

#endif
