/* Designs: the smallest clusters that carry a load. Platform, peers, clusters that share the load
 * equally, RMS: each candidate is a scenario that is made, judged by the formulas as any other
 * (answer/answer.h), and its least RMS found by bisection. What the formulas may not decide is
 * simulated before it is said to meet.
 *
 * All clusters of a scenario (edge and core) get the same platform and number of peers. Where the
 * file states no rule, six peers of a release with 4+1 are 5+1; none and legacy are never taken
 * unasked. Room and desktop licences are the devices that need them. With several clusters each
 * gets its share of the load; peers down are of any one of them.
 *
 * Designs that another one dominates are left out: it needs no more nodes, clusters and RMS, no
 * larger platform, no higher price, and less of one of them. Best first: by price where prices are
 * stated, else nodes, platform, clusters, RMS.
 */
#ifndef PEERPLAN_ANSWER_DESIGN_H
#define PEERPLAN_ANSWER_DESIGN_H

#include "answer/trial.h"

#define DESIGN_PLATFORMS_MAX 64
#define DESIGN_CLUSTERS_MAX  8

struct design_prices {
    bool stated;
    double platforms[DESIGN_PLATFORMS_MAX]; /* of a node; NAN: missing */
    double rms, room, desktop, site;
};

struct design_ask {
    const char *platforms[DESIGN_PLATFORMS_MAX]; /* smallest first */
    size_t platform_count;
    int peers_least, peers_most;       /* 1 to 6 */
    int clusters_least, clusters_most; /* 1 to 8 */
    double spare;                      /* for so much more load: 0.2 */
    bool all;                          /* dominated ones too */
    bool rule_stated;                  /* the file states a rule for every cluster */
    int jobs, replications;            /* of simulations; 0: as usual */
    struct design_prices prices;
};

struct design {
    int clusters, peers; /* of each cluster of the scenario */
    size_t platform;     /* in the ask */
    enum redundancy redundancy;
    int nodes;                    /* in all */
    int64_t rms, room, desktop;   /* in all */
    int64_t *pools;               /* owned; RMS of each cluster, of one of those that share */
    double price;                 /* NAN without prices */
    double blocked, blocked_down; /* worst class, worst hour; NAN: no call, no peer down */
    const char *binding;          /* name of a limit; "" where none is known */
    double headroom;              /* per cent more load, RMS growing along; NAN: not known */
    enum basis basis;             /* of the figures */
    bool confirmed, refuted;      /* simulated on demand */
};

struct designs {
    const struct design_ask *ask; /* borrowed; what was asked */
    struct design *items;         /* owned; best first */
    size_t count;
    const char *at_bounds; /* what binds at the bounds, when nothing meets; "" */
};

/* False when out of memory; release in any case. */
bool designs_find(const struct trial_maker *maker, const struct design_ask *ask,
                  struct designs *designs);
void designs_release(struct designs *designs);
/* The first that may be said to meet; NULL: none. */
const struct design *designs_best(const struct designs *designs);

/* The settings of a design, for one of its clusters: PATH=VALUE, owned by the arena. Returns how
 * many, 0 when out of memory. */
#define DESIGN_SETTINGS_MAX 256
size_t design_settings(const struct design *design, const struct design_ask *ask,
                       const struct scenario *scenario, struct arena *arena,
                       const char *settings[static DESIGN_SETTINGS_MAX]);

/* Simulates a design, with a few more RMS where it takes them to be sure; says whether it meets,
 * verdict in any case. False when out of memory. */
bool design_simulate(const struct trial_maker *maker, const struct design_ask *ask,
                     struct design *design, enum verdict *verdict);

/* The limit that stands in the way of an answer, by the name that files use; "" where none is
 * known. */
const char *design_binding(const struct answer *answer);

/* Whether it may be said to meet: not by figures that only a simulation can decide. */
bool design_may_claim(const struct design *design);

#endif
