/* Figures as people read them on a screen: short, in the C locale, with their unit after a blank.
 * Results go into a buffer of the caller's; 32 bytes are always enough. */
#ifndef PEERPLAN_TUI_FORMAT_H
#define PEERPLAN_TUI_FORMAT_H

#include <stddef.h>

#include "model/scenario.h"

#define FIGURE 32

/* About four digits: "0.0213", "12.3", "4096"; unit NULL or "" for none; NAN is a dash. */
void format_figure(char *buffer, size_t size, double value, const char *unit);
/* At most three digits, for the scale of a plot. */
void format_scale(char *buffer, size_t size, double value, const char *unit);
/* A share as percent: "1.23 %", "0.012 %", "3e-05 %", "< 1e-6 %", "0 %". */
void format_percent(char *buffer, size_t size, double share);
/* CAPACITY_UNLIMITED is "no limit". */
void format_count(char *buffer, size_t size, int64_t count);
/* "30 s", "15 min", "1 h 30 min", "14 d". */
void format_duration(char *buffer, size_t size, nanos duration);
/* Time of day on the scenario's clock, with the day when the scenario is longer than one: "10:15",
 * "day 3 10:15". */
void format_clock(char *buffer, size_t size, const struct run *run, nanos at);

#endif
