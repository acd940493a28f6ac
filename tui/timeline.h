/* The simulated time as curves: mean and spread over replications, and what happened when.
 *
 * A curve has a point an interval of the series: the mean over replications (of a ratio: sum over
 * sum) and the quantiles p05 and p95 over replications, as in timeseries.csv. Events are the
 * scripted steps of the scenario, and alarms over all replications: each with the share of them
 * that raise it, when it comes first and when typically (tui/alarms.h).
 */
#ifndef PEERPLAN_TUI_TIMELINE_H
#define PEERPLAN_TUI_TIMELINE_H

#include "sim/study/results.h"
#include "tui/canvas.h"
#include "tui/session.h"

struct curve {
    double *mean, *low, *high; /* owned; one allocation, at mean */
    size_t count;
};

/* Things of a scope, one after another. */
struct things {
    enum scope scope;
    uint32_t first, count;
};

/* The series of a thing, or the sum of those of several. False, with an empty curve, when the
 * results lack one. */
bool curve_make(struct curve *curve, const struct results *results, struct things things,
                const char *metric);
/* The greatest mean over an hour (over an interval, where those are longer); NAN when there is
 * none. Costs less than its curve. */
double series_busiest_hour(const struct results *results, enum scope scope, uint32_t index,
                           const char *metric);
/* Mean and spread of one interval alone; NAN where there is none. */
struct moment {
    double mean, low, high;
};
struct moment series_at(const struct results *results, enum scope scope, uint32_t index,
                        const char *metric, size_t interval);
void curve_release(struct curve *curve);
double curve_peak(const struct curve *curve); /* of the mean; 0 for an empty one */

enum happening_kind { HAPPENING_FAIL, HAPPENING_DRAIN, HAPPENING_UP, HAPPENING_ALARM };

struct happening {
    nanos at;
    enum happening_kind kind;
    uint32_t cluster, peer; /* peer NONE: the cluster's */
    int alarm;              /* id; 0 for steps */
    double share;           /* alarms: of the replications that saw it */
    nanos first;            /* alarms: the earliest; `at` is when it typically comes */
};

/* In order of time; owned (free), NULL with *count 0 when there are none. results may be NULL. */
struct happening *timeline_happenings(const struct scenario *scenario,
                                      const struct results *results, size_t *count);

uint32_t happening_glyph(enum happening_kind kind);
enum ink happening_ink(enum happening_kind kind);
/* "10:00 e2 fails", "10:05 office alarm 30001: Capacity warning, on 84 % of the days" for people.
 */
void happening_text(const struct happening *happening, const struct scenario *scenario,
                    char *buffer, size_t size);

/* The state of a peer at a time by the scripted steps and what the session has taken out. */
enum peer_state timeline_state(const struct session *session, uint32_t peer, nanos at);

#endif
