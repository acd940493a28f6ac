/* The present state of a session in figures: what the formulas say, and beside it what the
 * simulation found.
 *
 * Made anew after every change. A figure keeps the estimate with its badge and its band, and takes
 * in the simulated value with its 95 % interval when results come. The sentence on top of the
 * screens is made from the figures.
 */
#ifndef PEERPLAN_TUI_OUTLOOK_H
#define PEERPLAN_TUI_OUTLOOK_H

#include "model/scenario.h"
#include "sim/study/results.h"
#include "tui/canvas.h"

enum trust {
    TRUST_NONE, /* no formula gives this figure */
    TRUST_EXACT,
    TRUST_APPROXIMATE, /* within its band */
    TRUST_SIMULATE,    /* a formula's guess: read the simulated one */
};

struct outlook_figure {
    enum scope scope;
    uint32_t index;
    char name[48];           /* "b2b-video" */
    const char *metric;      /* static: "blocked_fraction" */
    const char *unit;        /* static: "1" is a share */
    double value, low, high; /* estimate with its band; NAN: none */
    enum trust trust;
    struct interval simulated; /* NAN: not yet */
};

enum outlook_verdict { OUTLOOK_OPEN, OUTLOOK_YES, OUTLOOK_NO };

struct outlook {
    bool valid;
    bool preview;                   /* a full estimate may follow */
    bool stale;                     /* of the state before: the present one is being estimated */
    struct outlook_figure *figures; /* owned */
    size_t count;
    enum outlook_verdict carries;  /* the goal for blocking is met with the peers that are up */
    enum outlook_verdict survives; /* and with `survive` more peers down (one when no goal says) */
    int survive;                   /* peers down that `survives` speaks of */
    double worst;                  /* blocking of the worst class in its worst hour */
    double worst_high;             /* upper limit of the simulation for it */
    double worst_down;             /* the same with those peers down */
    double goal;
    char worst_class[48];
    char gives_out[96]; /* what runs out first: "units of edge" */
    bool peaked;        /* calls come together, and no exact formula knows how */
    double spare;   /* share by which the load may grow until the goal is missed; NAN: unknown */
    int down;       /* peers out at present */
    int more_peers; /* that would do when the answer is no; 0: none, or not needed */
    int64_t more_rms;
    bool by_simulation; /* the verdict is the simulation's */
    bool disagree;      /* a simulated interval lies outside the estimate's band */
    char disagrees[64]; /* of which figure */
};

/* Estimates the scenario with some peers down. preview: what takes long is left to bounds. Any
 * thread may. */
void outlook_make(struct outlook *answer, const struct scenario *scenario, const uint32_t *down,
                  uint32_t down_count, bool preview);
void outlook_release(struct outlook *answer);
void outlook_copy(struct outlook *to, const struct outlook *from);
/* Puts the simulated figures beside the estimated ones. */
void outlook_add_results(struct outlook *answer, const struct results *results);

const struct outlook_figure *outlook_find(const struct outlook *answer, enum scope scope,
                                          uint32_t index, const char *metric);

/* "Carries it: ..." in one line, and the ink for it. */
enum ink outlook_sentence(const struct outlook *answer, char *buffer, size_t size);
/* What gives out first, the spare load, or that estimate and simulation disagree. */
void outlook_detail(const struct outlook *answer, char *buffer, size_t size);
/* Whether a figure belongs beside the tree, not only into the comparison. */
bool outlook_is_key(const struct outlook_figure *figure);
const char *trust_name(enum trust trust); /* "exact", "approximate", "simulate this", "" */

#endif
