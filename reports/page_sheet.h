/* A page of an answer, and its sections. For reports/page*.c and book.c.
 *
 * A section prints what answer, results and scenario say; it opens with its finding as a sentence.
 * One that has nothing to say is left out, and numbers close up.
 */
#ifndef PEERPLAN_REPORTS_PAGE_SHEET_H
#define PEERPLAN_REPORTS_PAGE_SHEET_H

#include "reports/page_frame.h"
#include "reports/page_words.h"

struct sheet {
    struct page page;
    const struct report *report;
    const struct scenario *scenario;
    const struct answer *answer;   /* NULL: the command gives none */
    const struct results *results; /* NULL: not simulated */
};

/* A metric; NAN where there is none. */
double sheet_metric(const struct sheet *sheet, enum scope scope, const char *name,
                    const char *metric);
struct interval sheet_interval(const struct sheet *sheet, enum scope scope, const char *name,
                               const char *metric);
/* How full a limit is; NAN: not known. */
double sheet_ratio(const struct looked *limit);
const struct looked *sheet_tightest(const struct answer *answer); /* NULL: none is known */
/* Calls cut by planned losses of peers, mean. */
double sheet_calls_cut(const struct sheet *sheet);

/* ---- Sections: whether there is one, and its text ---- */

void sheet_box(struct sheet *sheet);
void sheet_asked(struct sheet *sheet);
bool sheet_has_own(const struct sheet *sheet);
void sheet_own(struct sheet *sheet);
void sheet_clusters(struct sheet *sheet);
bool sheet_has_load(const struct sheet *sheet);
void sheet_load(struct sheet *sheet);
bool sheet_has_refused(const struct sheet *sheet);
void sheet_refused(struct sheet *sheet);
bool sheet_has_deaths(const struct sheet *sheet);
void sheet_deaths(struct sheet *sheet);
bool sheet_has_licences(const struct sheet *sheet);
void sheet_licences(struct sheet *sheet);
bool sheet_has_headroom(const struct sheet *sheet);
void sheet_headroom(struct sheet *sheet);
/* Part of it: what would be refused with more load or less. Nothing where that is not known. */
void sheet_loads(struct sheet *sheet);
void sheet_assumptions(struct sheet *sheet);
void sheet_provenance(struct sheet *sheet);

/* ---- A curve over the time of a run ---- */

struct page_curve {
    const struct sheet *sheet;
    uint32_t cluster;
    size_t intervals;
    double *mean, *low, *high; /* owned, by interval; low, high: nine runs of ten */
    double *cap;               /* owned: what is left of the capacity */
    double size, top;          /* of all peers; of the axis */
    size_t busiest;
    double peak;        /* at a moment, mean over replications; NAN: not known */
    bool small;         /* a panel among several: no labels */
    bool strip;         /* with the share refused below */
    const char *limit;  /* "cap 4,000 units" */
    const char *figure; /* "2,827 at 11:00" */
};

/* False, with nothing to free, where the series is not there or memory ran out. */
bool page_curve_read(const struct sheet *sheet, uint32_t cluster, const char *series, double size,
                     struct page_curve *curve);
void page_curve_release(struct page_curve *curve);
void page_curve_script(FILE *script, const struct drawing *drawing, const void *day);
/* The figures behind it, by the hour where intervals are many. */
void page_curve_table(struct sheet *sheet, const struct page_curve *curve, const char *caption);
/* What the peers that are there at a time may carry together; `down` are not, ever. */
double page_curve_capacity(const struct scenario *scenario, uint32_t cluster, nanos at,
                           const uint32_t *down, uint32_t down_count);

#endif
