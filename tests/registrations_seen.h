/* What tests see of registrations in motion. */
#ifndef PEERPLAN_TESTS_REGISTRATIONS_SEEN_H
#define PEERPLAN_TESTS_REGISTRATIONS_SEEN_H

#include "sim/engine/registrants.h"

static inline int64_t registrations_unregistered(const struct registrations *r, uint32_t population)
{
    return r->populations[population].unregistered;
}

static inline int64_t registrations_licences(const struct registrations *r, uint32_t cluster,
                                             enum licence licence)
{
    return r->registrar.clusters[cluster].licences[licence].value;
}

static inline uint64_t registrations_events(const struct registrations *r) /* since reset */
{
    return r->events;
}

#endif
