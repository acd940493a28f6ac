/* Designs: the smallest clusters that carry a load. Platform, peers, clusters that share the load
 * equally, RMS: each candidate is a scenario that is made, judged by the formulas as any other
 * (answer/answer.h) or by replay of its call records, and its least RMS found by bisection. What
 * the formulas may not decide is simulated before it is said to meet.
 *
 * All clusters of a scenario (edge and core) get the same platform and number of peers unless pairs
 * are free. Where the file states no rule, six peers of a release with 4+1 are 5+1; none and legacy
 * are never taken unasked. Room and desktop licences are the devices that need them, and more where
 * those of a lost peer leave with it. With several clusters each gets its share of the load; peers
 * down are of any one of them. A day is sized for its busiest time.
 *
 * Every number of peers within the bounds is tried: one more peer need not carry more (n+1 at two
 * nodes, a cap that does not rise), so that nothing is inferred from the next smaller one. RMS
 * alone is found by bisection.
 *
 * Designs that another one dominates are left out: it needs no more nodes, clusters and RMS, no
 * larger platform, no higher price, and less of one of them. Best first: by price where prices are
 * stated, else nodes, platform, clusters, RMS.
 */
#ifndef PEERPLAN_ANSWER_DESIGN_H
#define PEERPLAN_ANSWER_DESIGN_H

#include "answer/prices.h"
#include "answer/trial.h"

#define DESIGN_PLATFORMS_MAX PRICES_PLATFORMS_MAX
#define DESIGN_CLUSTERS_MAX  8
#define DESIGN_PARTS_MAX     3 /* clusters of a scenario that may differ */

struct designs;

struct design_ask {
    const struct scenario *scenario;             /* borrowed; as it is stated */
    const char *platforms[DESIGN_PLATFORMS_MAX]; /* smallest first (data/platforms.h) */
    size_t platform_count;
    int peers_least, peers_most;       /* 1 to 6 */
    int clusters_least, clusters_most; /* 1 to 8 */
    double spare;                      /* for so much more load: 0.2 */
    bool all;                          /* dominated ones too */
    bool pairs_free;        /* edge and core may differ; up to DESIGN_PARTS_MAX clusters */
    bool rule_stated;       /* the file states a rule for every cluster */
    int jobs, replications; /* of simulations; 0: as usual */
    struct prices prices;   /* platforms as they are numbered here */
    const atomic_int *stop; /* NULL: never */
    /* Each time that a design is found, its head room known, or it is simulated: what there is so
     * far, in order. On the thread that searches; NULL: nobody. */
    void (*told)(void *context, const struct designs *so_far);
    void *context;
};

/* One cluster of the scenario, where they differ. */
struct design_part {
    int peers;
    size_t platform;
    enum redundancy redundancy;
};

/* What a simulation showed of the row that decides. */
struct design_seen {
    bool tried;
    int64_t rms; /* in all */
    int peers;   /* of each cluster */
    struct interval share;
    double limit; /* its goal */
    enum verdict verdict;
};

struct design {
    int clusters, peers; /* of each cluster of the scenario; the most where they differ */
    size_t platform;     /* in the ask; the largest where they differ */
    enum redundancy redundancy;
    struct design_part parts[DESIGN_PARTS_MAX]; /* of the scenario's clusters */
    uint32_t part_count;                        /* 0: all are alike */
    int nodes;                                  /* in all */
    int64_t rms, room, desktop;                 /* in all */
    int64_t *pools;                /* owned; by design_pool, of one of those that share */
    double price;                  /* NAN without prices */
    double blocked, blocked_down;  /* worst class, worst hour; NAN: no call, no peer down */
    const char *binding;           /* name of a limit; "" where none is known */
    double headroom;               /* per cent more load, RMS growing along; NAN: not known */
    enum basis basis;              /* of the figures */
    bool confirmed, refuted;       /* simulated on demand */
    int64_t rms_formula;           /* before a simulation had to be sure */
    struct design_seen by_formula; /* with the RMS of the formula */
    struct design_seen sure;       /* with the RMS that it has now */
    struct design_seen smaller;    /* the next smaller design: an RMS or a peer fewer, than by
                                      formula, or than are sure where those are fewer */
};

/* Where the licences of a kind of a cluster stand among the pools: RMS of all clusters first. */
static inline size_t design_pool(uint32_t cluster_count, uint32_t cluster, enum licence kind)
{
    return (size_t)kind * cluster_count + cluster;
}

/* What counting averages, as design guides do, makes of the best design's clusters. */
struct design_averages {
    bool known;
    double mean, node; /* units in use on average, and of a node */
    int peers;         /* that hold the mean, and those that may be down */
    double blocked;    /* of calls in the busiest hour, with those down; NAN: cannot be built */
    enum basis basis;
};

struct designs {
    const struct design_ask *ask; /* borrowed; what was asked */
    struct design *items;         /* owned; best first */
    size_t count;
    uint32_t cluster_count; /* of the scenario */
    bool stopped;
    bool pools_alone; /* the least RMS of the third pool and later ones is by themselves */
    bool nothing;     /* to judge: no call and no device is offered */
    bool by_hour;     /* sized for the busiest time of day, `hour` */
    nanos hour;
    struct design_averages averages;
    const char *at_bounds; /* what binds at the bounds, when nothing meets; "" */
};

/* False when out of memory; release in any case. Stopped: what was found by then. */
bool designs_find(const struct trial_maker *maker, const struct design_ask *ask,
                  struct designs *designs);
void designs_release(struct designs *designs);
/* The first that may be said to meet; NULL: none. */
const struct design *designs_best(const struct designs *designs);

/* Simulates the best until so many are confirmed; what fails is marked, the next one tried. 0: only
 * what stands before the first that may be said to meet. False when out of memory. */
bool designs_confirm(const struct trial_maker *maker, struct designs *designs, int wanted);

/* An item that has no price although a design needs it: "rms", ...; NULL: all have. */
const char *designs_missing_price(const struct designs *designs);

/* "large-vm", or "large-vm+medium-vm" where clusters differ; "3", or "3+2". */
#define DESIGN_WORDS_SIZE 256
char *design_platforms(const struct design *design, const struct design_ask *ask,
                       char buffer[static DESIGN_WORDS_SIZE]);
char *design_peers(const struct design *design, char buffer[static DESIGN_WORDS_SIZE]);

/* Settings PATH=VALUE, owned by the arena. Returns how many, 0 when out of memory. Shape: peers,
 * platform and rule; with the licences of a scenario that is made with its shape: all, for one of
 * the clusters that share the load; room and desktop licences where that scenario has too few. */
#define DESIGN_SETTINGS_MAX 512
size_t design_shape(const struct design *design, const struct design_ask *ask, struct arena *arena,
                    const char *settings[static DESIGN_SETTINGS_MAX]);
size_t design_settings(const struct design *design, const struct design_ask *ask,
                       const struct scenario *scenario, struct arena *arena,
                       const char *settings[static DESIGN_SETTINGS_MAX]);

/* The limit that stands in the way of an answer, by the name that files use; "" where none is
 * known. */
const char *design_binding(const struct answer *answer);

/* Whether a day is judged by its busiest time alone (hours differ by their rates), and when that
 * begins. */
bool design_busiest(const struct scenario *scenario, nanos *at);

/* Whether it may be said to meet: not by figures that only a simulation can decide. */
bool design_may_claim(const struct design *design);

#endif
