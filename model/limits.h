/* Every limit that a scenario has, by the names that all files and views use.
 *
 * A limit belongs to a peer, to a cluster as a whole (factor x node, or a pool of licences), or to
 * a pipe. Whoever judges a scenario (simulation, estimate, verdict, next step) goes through this
 * list, so that none is forgotten. Sizes are those with all configured peers there; what a set of
 * peers down leaves is model/at_rest.h's for devices, the simulation's and the estimate's for
 * calls.
 *
 * RMS counts whole licences. An entry is `used` when a call or device of the scenario can draw on
 * it; the others can never refuse anything.
 *
 * Sources: shared by the capacity tables (model/capacity.h); encrypted sessions: Administrator
 * Guide X14.2 and later, "Export control"; 10,000 provisioned devices or FindMe accounts and
 * 200,000 phone book entries: "Clustering and Peers".
 */
#ifndef PEERPLAN_MODEL_LIMITS_H
#define PEERPLAN_MODEL_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/scenario.h"

enum limit {
    LIMIT_UNITS,
    LIMIT_CLUSTER_CAP,
    LIMIT_RMS,
    LIMIT_DESKTOP,
    LIMIT_ROOM,
    LIMIT_REGISTRATIONS,
    LIMIT_MRA_REGISTRATIONS,
    LIMIT_ENCRYPTED_SESSIONS,
    LIMIT_TURN_RELAYS,
    LIMIT_SETUP_RATE,
    LIMIT_REFRESHES,
    LIMIT_BANDWIDTH,
    LIMIT_PROVISIONING,
    LIMIT_FINDME,
    LIMIT_PHONEBOOK,
    LIMIT_COUNT
};

/* Of LIMIT_COUNT, which is none: "". */
const char *limit_name(enum limit limit);  /* "mra_registrations", as in files */
const char *limit_words(enum limit limit); /* "MRA registrations", as people say */
enum limit limit_called(const char *name); /* LIMIT_COUNT: there is none of this name */

enum limit_holder { HELD_BY_PEER, HELD_BY_CLUSTER, HELD_BY_POOL /* of a cluster */, HELD_BY_PIPE };

/* What a cluster holds of accounts and entries, whatever its peers and platforms. */
#define PROVISIONING_MAX INT64_C(10000)
#define FINDME_MAX       INT64_C(10000)
#define PHONEBOOK_MAX    INT64_C(200000)

struct limit_entry {
    enum limit limit;
    enum limit_holder holder;
    uint32_t index; /* peer, cluster or pipe of the scenario */
    double size;    /* units, licences, registrations, sessions, relays, 1/s, bit/s */
    bool used;
};

struct limits {
    struct limit_entry *entries; /* owned; clusters in order, each with its peers, then pipes */
    size_t count;
};

/* False when out of memory; release in any case. */
bool limits_list(const struct scenario *scenario, struct limits *limits);
void limits_release(struct limits *limits);

/* One figure of a peer, and of a cluster as a whole; CAPACITY_UNLIMITED where there is none. RMS of
 * a cluster is what its platforms can use; its licences are a pool. */
int64_t limit_of_peer(const struct scenario *scenario, uint32_t peer, enum limit limit);
int64_t limit_of_cluster(const struct scenario *scenario, uint32_t cluster, enum limit limit);
/* Licences of a kind with all peers there. */
int64_t limit_of_pool(const struct scenario *scenario, uint32_t cluster, enum licence kind);
enum limit limit_of_licence(enum licence kind);
/* What a cluster states against PROVISIONING_MAX, FINDME_MAX or PHONEBOOK_MAX, whatever happens to
 * its peers; 0: not used, and for every other limit. */
int64_t limit_accounts(const struct cluster *cluster, enum limit limit);
/* "13.2", "14.6.1": FindMe and provisioning need Cisco TMS 13.2 or later ("Clustering and Peers").
 * False for what is older; what is no version passes. */
bool limit_tms_new_enough(const char *version);

/* A call of the class holds units of a peer in this cluster, or asks for an endpoint there. */
bool limits_class_crosses(const struct scenario *scenario, const struct call_class *call,
                          uint32_t cluster);

#endif
