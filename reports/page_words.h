/* Figures and sentences of pages: two significant digits below 1 %, one decimal above, thousands
 * with a comma, a blank that does not break before % and units. For reports/page*.c and book.c.
 */
#ifndef PEERPLAN_REPORTS_PAGE_WORDS_H
#define PEERPLAN_REPORTS_PAGE_WORDS_H

#include "answer/figures.h"
#include "reports/files.h"

#define WORDS_SIZE 640

char *words_count(double value, char buffer[static FIGURE_SIZE]);    /* "4,000"; "-" for none */
char *words_share(double fraction, char buffer[static FIGURE_SIZE]); /* "0.27 %" */
/* "0.18 to 0.38", "below 0.18"; "" without an interval. In per cent. */
char *words_range(struct interval share, char buffer[static FIGURE_SIZE]);
/* "0.27 % (0.18 to 0.38)", "0 % (below 0.18)". */
char *words_shared(struct interval share, char buffer[static FIGURE_SIZE]);
char *words_clock(const struct run *run, nanos at, char buffer[static FIGURE_SIZE]); /* "14:00" */
char *words_number(uint32_t count, char buffer[static FIGURE_SIZE]);                 /* "five" */
/* "Large VM" of "large-vm"; platforms of the user's as they are. */
const char *words_platform(const char *name);
/* "as planned", "with peer3 down", "with 1 peer down". */
char *words_situation(const struct judged *row, char buffer[static FIGURE_SIZE]);
/* "RMS licences of office". */
char *words_limit(const struct looked *limit, char buffer[static WORDS_SIZE]);
/* By how much the load may grow, as simulation or theorem say: "+3 %", "+10 % or more", "less than
 * +3 %"; "" where they do not. */
char *words_growth(const struct other_loads *loads, char buffer[static FIGURE_SIZE]);
/* "30 simulated days", "12 simulated runs of 7 d"; "" by formula alone. */
char *words_days(const struct report *report, char buffer[static FIGURE_SIZE]);
/* "five Large VMs under rule 4+1", "three Large VMs in edge and three in core, rule n+1". */
char *words_clusters(const struct scenario *scenario, char buffer[static WORDS_SIZE]);

/* The answer's sentence, and why: fixed patterns, one a verdict. */
char *words_sentence(const struct report *report, char buffer[static WORDS_SIZE]);
char *words_why(const struct report *report, char buffer[static WORDS_SIZE]);
/* The command that decides, or makes it again. */
char *words_command(const struct report *report, char buffer[static WORDS_SIZE]);

#endif
