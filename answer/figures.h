/* Figures for people: as many digits as the interval supports, never more.
 *
 * A value with an interval is rounded so that the half-width keeps two digits: 2.3142 with a
 * half-width of 0.22 is 2.31; more than five are not shown. Without one it gets four digits. What
 * does not exist is "-". All texts are in the C locale.
 */
#ifndef PEERPLAN_REPORTS_FIGURES_H
#define PEERPLAN_REPORTS_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#include "model/scenario.h"
#include "sim/study/statistics.h"

#define FIGURE_SIZE 96

/* "2.31": the value times scale (100 for per cent). Returns buffer. */
char *figure_value(struct interval interval, double scale, char buffer[static FIGURE_SIZE]);
/* "2.10 to 2.54", "below 0.0031" when nothing was seen, "" without an interval or width. */
char *figure_range(struct interval interval, double scale, char buffer[static FIGURE_SIZE]);
/* Four digits: "0.0123", "12.35", "123456". */
char *figure_plain(double value, char buffer[static FIGURE_SIZE]);
/* "90 s", "1 h 30 min", "7 d": the two largest parts. */
char *figure_duration(nanos duration, char buffer[static FIGURE_SIZE]);
/* "10:00 to 11:00", with the day of the week when the scenario is longer than a day; a day or more
 * is "Mon 00:00 to Tue 00:00", or "the whole run". */
char *figure_hours(const struct run *run, nanos from, nanos to, char buffer[static FIGURE_SIZE]);
/* Peer names joined by " and ". */
char *figure_peers(const struct scenario *scenario, const uint32_t *peers, size_t count,
                   char buffer[static FIGURE_SIZE]);

#endif
