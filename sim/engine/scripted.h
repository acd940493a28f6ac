/* What the script of a scenario makes happen, and what comes of each: a scripted outage, a
 * maintenance, an upgrade of a peer, a change of configuration.
 *
 * An event begins with the step that takes a peer away or drains it; the failure at the end of a
 * drain, and what it cuts, belong to the same event. A device counts as lost when its last
 * registration is gone, and as back when it has one again. An event is settled once all lost
 * devices are back and the longest mean holding time has passed since; until then the share of
 * refused calls, of all classes together, is counted. An event that is not settled when the run
 * ends has no time, and is counted up to then.
 */
#ifndef PEERPLAN_SIM_SCRIPTED_H
#define PEERPLAN_SIM_SCRIPTED_H

#include "model/scenario.h"

enum scripted_kind {
    SCRIPTED_FAILURE,
    SCRIPTED_MAINTENANCE,
    SCRIPTED_UPGRADE,
    SCRIPTED_CHANGE, /* of configuration */
};

const char *scripted_name(enum scripted_kind kind); /* "failure", "maintenance", ... */

struct scripted {
    enum scripted_kind kind;
    nanos at;
    uint32_t cluster, peer;
    uint32_t change; /* of the scenario's; NONE for an outage */
};

/* The events of a scenario's script, outages in the order of their steps, then changes. */
struct scripted_list {
    struct scripted *items; /* owned */
    uint32_t count;
    uint32_t *of_step; /* owned: the event that a step belongs to, or NONE */
};

bool scripted_make(struct scripted_list *scripted, const struct scenario *scenario);
void scripted_release(struct scripted_list *scripted);

/* Devices of one event: what registrations note. */
enum back { BACK_25, BACK_50, BACK_75, BACK_95, BACK_ALL, BACK_COUNT };
static const uint32_t back_shares[BACK_COUNT] = {25, 50, 75, 95, 100}; /* per cent */
struct lost_devices {
    uint32_t lost, back;
    nanos after[BACK_COUNT]; /* until so many were back; FOREVER: not yet */
};

#define NOBODY_LOST                                                                                \
    (struct lost_devices)                                                                          \
    {                                                                                              \
        .after = { FOREVER, FOREVER, FOREVER, FOREVER, FOREVER }                                   \
    }

struct simulation;

/* What came of one, in a replication. */
struct scripted_state {
    uint64_t cut;              /* calls */
    uint64_t offered, refused; /* until settled; while it goes on, what they were when it began */
    nanos settled;             /* FOREVER: not yet */
    bool begun;
};

void scripted_begin(struct simulation *sim, uint32_t scripted);
/* The holding time has passed. */
void scripted_check(struct simulation *sim, uint32_t scripted);
/* The run is over. */
void scripted_finish(struct simulation *sim);

#endif
