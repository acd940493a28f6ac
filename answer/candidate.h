/* One design as a scenario while it is looked at: made of settings, its load and its RMS changed in
 * place as often as one likes. Private to answer/design*.c.
 *
 * It is judged by the formulas. A day whose hours differ by the rates of its classes alone is
 * judged by its busiest time as if that went on: quick, and never too kind; the simulation then
 * looks at the same, or at the run as it is where peers fail at random. Where load comes from call
 * records they are replayed.
 */
#ifndef PEERPLAN_ANSWER_CANDIDATE_H
#define PEERPLAN_ANSWER_CANDIDATE_H

#include "answer/design.h"
#include "answer/scaled.h"

/* What all candidates of one ask are made from. */
struct candidate_source {
    const struct design_ask *ask;
    const struct trial_maker *maker;
    double *busiest; /* owned; Erlangs of each class at the busiest time, of the load as stated */
};

/* False when out of memory; release in any case. */
bool candidate_source_init(struct candidate_source *source, const struct design_ask *ask,
                           const struct trial_maker *maker);
void candidate_source_release(struct candidate_source *source);

struct candidate {
    const struct candidate_source *source; /* borrowed */
    struct trial_scenario made;            /* owned; changed in place */
    struct scaled load;                    /* of it */
    double share;                          /* of the load, for one of the clusters that share */
    double factor;                         /* of the load as stated, at the moment */
    bool exact;                            /* formulas leave nothing to bounds */
    size_t telling_set;                    /* of peers down, that said no the last time */
};

/* What was seen of it. */
struct view {
    enum verdict verdict;
    enum basis basis;
    double blocked, blocked_down; /* worst class; NAN: none */
    bool meets;              /* every figure is within its goal, whether or not it may decide */
    const char *cause;       /* name of a limit; static */
    struct design_seen seen; /* the row that decides */
};

/* Without licences of RMS, room and desktop. TRIAL_NOT_BUILT: there is no such scenario; end it
 * where judged. */
enum trial_outcome candidate_begin(struct candidate *c, const struct candidate_source *source,
                                   const struct design *design);
void candidate_end(struct candidate *c);

/* RMS of a cluster of the scenario; below 0: as many as it wants. */
void candidate_set_rms(struct candidate *c, uint32_t cluster, int64_t rms);
void candidate_free_rms(struct candidate *c); /* of all */
/* The load times this. */
void candidate_set_load(struct candidate *c, double factor);

/* TRIAL_FAILED or TRIAL_STOPPED: view is of no use. */
enum trial_outcome candidate_judge(struct candidate *c, struct view *view);
enum trial_outcome candidate_simulate(struct candidate *c, struct view *view);

#endif
