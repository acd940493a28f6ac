/* What moves the answer most: each load, holding time, licence and number of peers a tenth up and
 * down, from the estimate at once, simulated where that would change the verdict. */
#ifndef PEERPLAN_TUI_SWINGS_H
#define PEERPLAN_TUI_SWINGS_H

#include "tui/trials.h"
#include "tui/worker.h"

struct swing_side {
    char value[32]; /* as it is set: "110%" */
    bool known, simulated;
    enum verdict verdict;
    double share; /* of the row that decides */
};

struct swing {
    char *name; /* owned: "voice, calls" */
    char *path; /* owned; of the setting */
    char now[32];
    struct swing_side less, more;
};

struct swings {
    unsigned generation;
    struct swing *items; /* owned; widest first */
    size_t count, done;
    uint32_t classes; /* that are looked at: all, or those that offer most */
    bool known;       /* the present state, by the same means */
    double share;
    enum verdict verdict;
    bool finished;
};
void swings_free(struct swings *swings); /* takes NULL */
/* How far the share moves between both sides; NAN: not known yet. */
double swing_width(const struct swing *swing);

/* A job for background_swings; factors: those that the classes' calls have now. NULL when out of
 * memory. */
struct job *swings_job(const struct session *session, const double *factors);
void background_swings(struct worker *worker, const struct job *job, void *context);

#endif
