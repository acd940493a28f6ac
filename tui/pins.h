/* States that are kept to compare with: up to four pins, A to D.
 *
 * A pin is a state like the present one: the background finds out about it what it finds out about
 * that one. Differences between a pin and the present state are paired: both are simulated on
 * common random numbers by the code of `compare` (sim/study/pairs.h).
 */
#ifndef PEERPLAN_TUI_PINS_H
#define PEERPLAN_TUI_PINS_H

#include "sim/study/pairs.h"
#include "tui/standing.h"
#include "tui/worker.h"

#define PINS_MAX 4

enum peer_state { PEER_UP, PEER_MAINTENANCE, PEER_DOWN };

/* A difference: the present state - the pin. */
struct difference {
    enum scope scope;
    char *name;                /* owned */
    const char *metric, *unit; /* static */
    double pin, present;
    struct interval difference; /* low and high NAN where the values are stated */
    enum pair_seen seen;
    double weight; /* how much it differs, for the order: 0 where nothing was seen */
};

struct pairing {
    unsigned pin, present; /* generations of both */
    size_t replications;
    struct difference *rows; /* owned; those that differ most first */
    size_t count;
};
void pairing_free(struct pairing *pairing); /* takes NULL */

struct pin {
    unsigned generation;     /* of the state */
    char *label;             /* owned: "as found", "rms 170 for peer1" */
    char *text;              /* owned; of the scenario */
    enum peer_state *states; /* owned; one a peer */
    uint32_t peers;
    struct job *job;           /* one use */
    struct standing *standing; /* owned; NULL: not yet */
    struct pairing *pairing;   /* owned; with the present state; NULL: not yet */
};
void pin_release(struct pin *pin);

/* What is compared: the present state with every pin. */
struct pins_work {
    struct job *present;
    struct job *pins[PINS_MAX];
    int count;
};
/* A job for background_pins; uses the jobs. NULL when out of memory. */
struct job *pins_job(struct job *present, struct job *const *pins, int count);

/* Brings every pin up to the figures of a finished state, then pairs it with the present one, with
 * more replications every time round. The worker's context is a struct simulator. */
void background_pins(struct worker *worker, const struct job *job, void *context);

#endif
