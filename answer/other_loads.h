/* What would be refused if the load differed from what was stated: by 10 % less to 10 % more.
 *
 * All classes, populations and call records are scaled alike. Where the goals ask for peers down,
 * every load is judged with the worst set of the answer at hand down, else with all peers up. A
 * load is judged by the formulas where they are exact; else it is simulated, with as many
 * replications as the answer has or fewer, so that all loads together cost no more than a bounded
 * number of events; where that leaves too few, by the formulas, whose badge then says how far to
 * trust them.
 */
#ifndef PEERPLAN_ANSWER_OTHER_LOADS_H
#define PEERPLAN_ANSWER_OTHER_LOADS_H

#include "answer/answer.h"
#include "sim/study/experiment.h"

#define OTHER_LOADS        6
#define OTHER_LOADS_EVENTS 10e6 /* about half a second of one processor */

/* A class under a load; value NAN: not known. */
struct other_load_class {
    struct interval refused;
    double goal;
    enum verdict verdict;
    enum basis basis;
};

struct other_load {
    double factor;        /* of the load as stated, ascending; 1: the answer's own figures */
    enum verdict verdict; /* over all goals of the situation; VERDICT_NOTHING: not known */
    enum basis basis;     /* the weakest among what was judged */
    enum goal goal;       /* that decides */
    enum basis decided;   /* of the row that decides */
    enum verdict claimed; /* by the formulas, where it was simulated; else as verdict */
    size_t replications;  /* 0: by formula */
    struct other_load_class *classes; /* owned; by class of the scenario */
};

struct other_loads {
    struct other_load loads[OTHER_LOADS];
    size_t count;
    char *down;          /* owned: the peers that are down in all of it, "e1+e2"; "": none */
    uint32_t down_count; /* how many */
    /* By how much the load may grow, as simulated or exact figures say: 0.03 of +3 %. 0: less than
     * the least growth looked at; NAN: they do not say. */
    double may_grow;
    enum basis basis; /* of the load that says so */
    bool or_more;     /* may_grow is the highest that was looked at */
};

struct other_loads_options {
    const struct answer *answer;     /* of the load as stated */
    const struct results *results;   /* that it was made from; NULL: loads are not simulated */
    const struct survival *survival; /* NULL: no peers down were asked for */
    struct experiment_options run;   /* how it was simulated */
};

/* The scenario's load is changed on the way and put back. False when out of memory; release in any
 * case. Interrupted (options->run.stop): what was known by then. */
bool other_loads_make(struct scenario *scenario, const struct other_loads_options *options,
                      struct other_loads *loads);
void other_loads_release(struct other_loads *loads);

#endif
