/* Alarms: what a simulation raises and lowers, and what the product says of each.
 *
 * An alarm is a change of state of one id for one cluster or peer, at a time from the scenario's
 * time 0. Ids, names and severities are those of the product (X15.5 alarm list).
 */
#ifndef PEERPLAN_MODEL_ALARM_H
#define PEERPLAN_MODEL_ALARM_H

#include "model/scenario.h"

struct alarm {
    uint32_t replication;
    nanos time;
    int id;
    bool raised;            /* raised, or lowered */
    uint32_t cluster, peer; /* peer NONE: the cluster's */
    const char *text;       /* static; detail such as "rms 91 %" */
};

/* Where alarms go as they happen: one call a change of state. */
struct alarm_sink {
    void *context;
    /* The replication is not filled in. NULL: alarms go nowhere. */
    void (*raise)(void *context, const struct alarm *alarm);
};

/* Of an alarm of the product; "" for an id that it does not have. */
const char *alarm_severity(int id); /* "Warning", "Error", "Alert", "Critical" (X15.5) */
const char *alarm_name(int id);
const char *alarm_meaning(int id);

#endif
