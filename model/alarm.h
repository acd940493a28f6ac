/* Where alarms go as they happen: one call a change of state. */
#ifndef PEERPLAN_MODEL_ALARM_H
#define PEERPLAN_MODEL_ALARM_H

#include "model/scenario.h"

struct alarm_sink {
    void *context;
    /* id: the product's. peer NONE: the cluster's. text: static. NULL: alarms go nowhere. */
    void (*raise)(void *context, nanos time, int id, bool raised, uint32_t cluster, uint32_t peer,
                  const char *text);
};

#endif
