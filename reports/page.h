/* A page that one passes on: a single file, no scripts, nothing from elsewhere; light and dark, on
 * a telephone and on paper.
 *
 * A page stands in a frame (title, style, the answer's box, contents); what a command has to say
 * comes in sections, each with a heading, a finding as a sentence, then a chart or a table. Views
 * print what answers and results say; figures are made elsewhere.
 */
#ifndef PEERPLAN_REPORTS_PAGE_H
#define PEERPLAN_REPORTS_PAGE_H

#include <stdio.h>

#include "model/findings.h"
#include "reports/files.h"

/* The page of a run or an estimate. Errors are the stream's. */
void page_put(FILE *out, const struct report *report);

/* Every chart of a page, one after another, instead of the page. False: gnuplot is not there. */
struct chart;
bool page_charts(const struct report *report,
                 void (*take)(void *context, const struct chart *chart), void *context);

/* The page of check. */
void page_put_findings(FILE *out, const struct findings *findings,
                       const struct deployment *deployment);

/* Writes a page to a file, whole or not at all. */
bool page_write(const char *path, const struct report *report, struct errors *errors);
bool page_write_findings(const char *path, const struct findings *findings,
                         const struct deployment *deployment, struct errors *errors);

/* An index of pages that lie beside it. */
struct page_entry {
    const char *name;    /* "a": its page is a.html */
    const char *verdict; /* as in files; NULL: there is no answer, and no page */
    const char *worst, *binding, *next_step; /* NULL: none */
    int code;                                /* exit code */
};
bool page_write_index(const char *path, const struct page_entry *entries, size_t count,
                      struct errors *errors);

#endif
