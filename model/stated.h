/* What a scenario says about the administration of clusters and peers. It changes no figure: it is
 * for check alone (model/deployment.h). NULL, 0 and -1 stand for what nobody stated; a peer has the
 * cluster's value unless it states its own.
 */
#ifndef PEERPLAN_MODEL_STATED_H
#define PEERPLAN_MODEL_STATED_H

#include <stdbool.h>
#include <stdint.h>

struct texts {
    const char **items; /* in the scenario's arena */
    uint32_t count;
    bool stated; /* be it empty */
};

struct peer_stated {
    const char *address, *system_name, *version, *cluster_name, *certificate;
    const char *ip_version, *tls_verification, *time_zone;
    uint32_t primary;     /* peer that this one names as primary, UINT32_MAX: the cluster's */
    uint32_t *peer_order; /* peers as it lists them; NULL: in order of the file */
    uint32_t peer_order_count;
    struct texts options, ntp, dns, syslog;
    int64_t latency; /* longest round trip to another peer, nanoseconds; -1: not stated */
};

struct cluster_stated {
    const char *cluster_name, *ip_version, *tls_verification;
    int address_mapping; /* 1 yes, 0 no, -1 not stated */
};

#endif
