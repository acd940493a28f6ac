/* The pinned state A beside the present one B: every figure of both, with the difference. */
#ifndef PEERPLAN_TUI_COMPARE_H
#define PEERPLAN_TUI_COMPARE_H

#include "tui/session.h"

struct comparison {
    char name[64];                    /* "b2b-video blocked" */
    const char *unit;                 /* borrowed: "1" is a share */
    double a, b;                      /* NAN: absent */
    struct interval a_range, b_range; /* simulated; NAN values when estimated */
    bool simulated;
    bool matters; /* the intervals do not overlap, or the estimates differ */
};

/* Rows of the comparison: estimates first, then every metric of the simulation. */
size_t compare_count(const struct session *session);
struct comparison compare_row(const struct session *session, size_t row);

/* A value in its unit, for a column. */
void compare_format(char *buffer, size_t size, double value, const char *unit);
/* B - A, with its sign. */
void compare_format_difference(char *buffer, size_t size, const struct comparison *row);

#endif
