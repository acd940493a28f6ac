/* What administrators have set: the peers of clusters with their lists of each other, names,
 * addresses and settings. Made from a scenario, or from dumps of running peers (data/dump.h);
 * model/findings.h says what is wrong with it.
 *
 * What nobody stated is unknown (NULL, 0, UNKNOWN) and is never guessed: no rule fires on it. Peers
 * of a cluster are consecutive. Names and addresses are compared without case, since DNS does.
 * Secrets are not in here: who reads a dump leaves them out.
 *
 * Everything reachable from a deployment is owned by it and lives in its arena, but for the kinds
 * of settings and the scenario, which are borrowed.
 */
#ifndef PEERPLAN_MODEL_DEPLOYMENT_H
#define PEERPLAN_MODEL_DEPLOYMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/scenario.h"

enum known { UNKNOWN, NO, YES };

/* ---- Settings of a dump ---- */

enum setting_type { SETTING_TEXT, SETTING_NAME, SETTING_CHOICE, SETTING_INTEGER, SETTING_SECRET };

/* A path of the reference, such as "Bandwidth Pipe # Name": a number stands where it has '#'. */
struct setting_kind {
    const char *path;
    enum setting_type type;
    int64_t low, high;    /* of an integer; both 0: not known */
    const char *fallback; /* the value when a dump has no such line; NULL: not known */
    bool peer_specific;   /* may differ between the peers of a cluster */
    int finding;          /* enum finding: what a difference is; -1: none */
};

/* A setting belongs to an object (a pipe, a link, a zone) when its path has a number, the first of
 * which is the object's. */
struct setting {
    const struct setting_kind *kind; /* NULL: not in the reference */
    const char *path;                /* "Bandwidth Pipe 1 Name" */
    const char *value;
    uint32_t family, object; /* bytes: "Bandwidth Pipe", "Bandwidth Pipe 1"; without a number 0 and
                                the whole path */
    uint32_t index;
};

const char *setting_field(const struct setting *setting); /* "Name"; "" without a number */

/* ---- Peers ---- */

#define DEPLOYMENT_ADDRESSES 8  /* of one peer: two interfaces, IPv4, IPv6 and static NAT */
#define DEPLOYMENT_LIST      16 /* peers in a list; a cluster has at most six */

struct deployment_peer {
    const char *name; /* shown */
    const char *file; /* the dump; NULL from a scenario */
    const char *host; /* fully qualified, or bare without a domain; the address in a scenario */
    const char *hostname;
    const char *addresses[DEPLOYMENT_ADDRESSES];
    uint32_t address_count;

    uint32_t cluster;
    const char *list[DEPLOYMENT_LIST]; /* the peers as this one lists them; NULL: no entry */
    uint32_t list_count;               /* entries up to the last that is not empty */
    uint32_t place;                    /* its own place in the cluster's list, or NONE */
    uint32_t primary;                  /* the number it names, from 1; 0: not known */

    const char *cluster_name, *system_name, *version, *platform, *conference_template;
    const char *ip_protocol, *tls_verification, *certificate;
    enum known address_mapping, findme, maintenance, h323, ntp, conference_factory;
    enum known key_update_failed; /* "Failed to update key file" */
    bool clustered_name;          /* the cluster name is stated, be it empty */
    nanos latency;                /* longest round trip to another peer; -1: not known */

    const char **syslog; /* servers */
    uint32_t syslog_count;
    const char **features; /* feature keys, a name each, sorted, each once */
    uint32_t feature_count;
    bool features_known;
    int64_t licences[LICENCE_COUNT]; /* that option keys grant; -1: not known */
    int64_t turn;

    struct setting *settings; /* by family, number and path */
    uint32_t setting_count;
};

/* A zone as one peer has it. */
struct deployment_zone {
    const char *name;
    enum zone_kind kind;
    uint32_t peer;    /* whose; NONE: a scenario's */
    uint32_t cluster; /* a scenario's: that it leads to, or NONE */
    const char *addresses[DEPLOYMENT_LIST];
    uint32_t address_count;
    bool tls_verify;
};

struct deployment_cluster {
    const char *name;            /* shown */
    uint32_t first, count;       /* of its peers */
    uint32_t reference;          /* the peer that others are compared with: the primary, if known */
    uint32_t primary;            /* the number most peers name, from 1; 0: not known */
    const char *primary_address; /* NULL: not known */
    uint32_t source;             /* index in the scenario; NONE: from dumps */
    int64_t findme, provisioning; /* how many; -1: not known */
    int64_t phonebook;            /* entries; -1: not known */
    const char *tms;              /* version; NULL: not known */
};

struct deployment {
    struct deployment_cluster *clusters;
    uint32_t cluster_count;
    struct deployment_peer *peers;
    uint32_t peer_count;
    struct deployment_zone *zones;
    uint32_t zone_count;
    const struct setting_kind *kinds; /* borrowed; sorted by path without case */
    uint32_t kind_count;
    const struct scenario *scenario; /* borrowed; NULL: from dumps */
    struct arena *arena;
};

void deployment_release(struct deployment *deployment);

/* What a scenario states, in which the peers keep their indices. The scenario must outlive it.
 * False: out of memory; release the deployment in any case. */
bool deployment_of_scenario(struct deployment *deployment, const struct scenario *scenario);

/* Finds the clusters of dumps: peers belong together when their lists share an address, one is in
 * the list of another, or, for those without a list, by the cluster name. Sorts the peers by
 * cluster and place, and settles each cluster's reference. False: out of memory. */
bool deployment_group(struct deployment *deployment);

/* True when an entry of a list, or an address of a zone, means the peer. */
bool deployment_peer_is(const struct deployment_peer *peer, const char *address);

/* The peer of a cluster that an address means, or NONE. */
uint32_t deployment_find(const struct deployment *deployment, uint32_t cluster,
                         const char *address);

bool deployment_is_ip(const char *address); /* IPv4 or IPv6, in figures */

#endif
