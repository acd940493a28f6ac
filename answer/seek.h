/* The value of one thing at which the goals are just met.
 *
 * The least amount that suffices (licences, peers, caps), or the largest load that is still
 * carried. The formulas search first, by doubling steps and then halving. A short simulation there
 * says how far off their figures are; with that the place is moved. Then only the edge is
 * simulated in full: to where the simulation says yes and, a step less, does not. What the formulas
 * cannot decide counts by its figure: it is a place to start from only. Found is what was simulated
 * in full.
 *
 * It asks a judge for each value, so that it knows nothing of scenarios.
 */
#ifndef PEERPLAN_ANSWER_SEEK_H
#define PEERPLAN_ANSWER_SEEK_H

#include "answer/judge.h"

struct seek_point {
    double value;
    enum verdict verdict;
    struct interval share; /* of the row that decides */
    double limit;          /* its goal */
    bool simulated;
};

/* How much is spent on one value. */
enum seek_effort { SEEK_FORMULA, SEEK_SHORT, SEEK_FULL };

struct seek_options {
    double now, low, high; /* the value at present, and the range */
    double grain;          /* values are multiples of it; > 0 */
    bool largest;          /* more is worse: the largest that is still good */
    /* Judges a value; false: stop. Of a short simulation only the figure counts, of a full one
     * whether it is a yes. */
    bool (*judge)(void *context, double value, enum seek_effort effort, struct seek_point *point);
    void (*told)(void *context, const struct seek_point *point); /* each as it is judged */
    void *context;
};

enum seek_outcome {
    SEEK_FOUND,
    SEEK_NONE,    /* not within the range */
    SEEK_STOPPED, /* by the judge */
};

/* *found: the value, simulated, when SEEK_FOUND. At most SEEK_SIMULATIONS values are simulated in
 * full; the best seen by then is what is found. */
#define SEEK_SIMULATIONS 24
enum seek_outcome seek_value(const struct seek_options *options, struct seek_point *found);

#endif
