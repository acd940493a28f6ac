/* The hours of a day for taking peers out: in each the peer is taken out for so long, and what that
 * costs is simulated against the same random numbers: calls cut, calls refused beyond those that
 * are anyway, devices that lose their registration. The cheapest hour first.
 */
#ifndef PEERPLAN_ANSWER_WINDOWS_H
#define PEERPLAN_ANSWER_WINDOWS_H

#include "answer/trial.h"

struct window {
    nanos at;            /* from the start of the run */
    double cut, refused; /* calls, means over the replications */
    double unregistered; /* devices */
    double blocked;      /* share of the calls of the worst class over the run */
};

struct windows_ask {
    const char *setting; /* printf with one %s for the time: "outages.2={peer: e1, at: %s, ...}" */
    const char *without; /* that takes out what the setting moves; NULL: it adds something */
    double seconds;      /* that it takes at least: an hour has to leave so much of the run */
    struct trial_options options;
};

struct windows {
    struct window *items; /* owned; best first */
    size_t count;
    double blocked; /* as it is: share of the worst class */
    bool stopped;
    const char *obstacle; /* static: why there is none; NULL: there is */
};

/* The hours of the first day of the run. False when out of memory; release in any case. */
bool windows_find(const struct scenario *scenario, const struct trial_maker *maker,
                  const struct windows_ask *ask, struct windows *windows);
void windows_release(struct windows *windows);

#endif
