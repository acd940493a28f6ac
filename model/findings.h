/* The doctor: what is wrong, or worth knowing, about a deployment.
 *
 * One table of rules (findings_table.c): severity, alarm, source, what happens, remedy in
 * steps, and the pure function that looks for it. A function adds one finding per object and peer;
 * what nobody stated gives none. Every finding is of the rule whose function added it.
 *
 * Texts quote names and values of the deployment, never a secret: secrets are not in it.
 */
#ifndef PEERPLAN_MODEL_FINDINGS_H
#define PEERPLAN_MODEL_FINDINGS_H

#include "model/deployment.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_COUNT };

/* In the order of the table and of the help. */
#define FINDINGS(ROW)                                                                              \
    ROW(PEER_LIST_EMPTY, "peer-list-empty")                                                        \
    ROW(PEER_LIST_DIFFERS, "peer-list-differs")                                                    \
    ROW(PEER_LIST_ORDER, "peer-list-order")                                                        \
    ROW(PEER_LIST_DUPLICATE, "peer-list-duplicate")                                                \
    ROW(OWN_ADDRESS_MISSING, "own-address-missing")                                                \
    ROW(TOO_MANY_PEERS, "too-many-peers")                                                          \
    ROW(REDUNDANCY_RULE_EXCEEDED, "redundancy-rule-exceeded")                                      \
    ROW(PRIMARY_DIFFERS, "primary-differs")                                                        \
    ROW(PRIMARY_EMPTY, "primary-empty")                                                            \
    ROW(CLUSTER_NAME_DIFFERS, "cluster-name-differs")                                              \
    ROW(CLUSTER_NAME_INVALID, "cluster-name-invalid")                                              \
    ROW(CLUSTER_NAME_FQDN, "cluster-name-fqdn")                                                    \
    ROW(CLUSTER_NAME_MISSING, "cluster-name-missing")                                              \
    ROW(CLUSTER_NAME_SHARED, "cluster-name-shared")                                                \
    ROW(SYSTEM_NAME_SAME, "system-name-same")                                                      \
    ROW(IP_ADDRESS_SAME, "ip-address-same")                                                        \
    ROW(IP_PROTOCOL_DIFFERS, "ip-protocol-differs")                                                \
    ROW(TLS_VERIFY_DIFFERS, "tls-verify-differs")                                                  \
    ROW(TLS_NOT_ENFORCED, "tls-not-enforced")                                                      \
    ROW(CERTIFICATE_INVALID, "certificate-invalid")                                                \
    ROW(ADDRESS_MAPPING, "address-mapping")                                                        \
    ROW(VERSIONS_DIFFER, "versions-differ")                                                        \
    ROW(PLATFORMS_DIFFER, "platforms-differ")                                                      \
    ROW(IMAGES_DIFFER, "images-differ")                                                            \
    ROW(FEATURE_KEYS_DIFFER, "feature-keys-differ")                                                \
    ROW(LICENCE_ALARM_IGNORABLE, "licence-alarm-ignorable")                                        \
    ROW(OPTION_KEYS_UNUSED, "option-keys-unused")                                                  \
    ROW(PIPES_DIFFER, "pipes-differ")                                                              \
    ROW(LINKS_DIFFER, "links-differ")                                                              \
    ROW(SUBZONES_DIFFER, "subzones-differ")                                                        \
    ROW(BANDWIDTH_DIFFERS, "bandwidth-differs")                                                    \
    ROW(ZONES_DIFFER, "zones-differ")                                                              \
    ROW(TTL_DIFFERS, "ttl-differs")                                                                \
    ROW(REFRESH_DIFFERS, "refresh-differs")                                                        \
    ROW(SETTING_DIFFERS, "setting-differs")                                                        \
    ROW(SETTING_RANGE, "setting-range")                                                            \
    ROW(NEIGHBOUR_OWN_PEER, "neighbour-own-peer")                                                  \
    ROW(NEIGHBOUR_PEER_MISSING, "neighbour-peer-missing")                                          \
    ROW(NEIGHBOUR_ADDRESS_TWICE, "neighbour-address-twice")                                        \
    ROW(NEIGHBOUR_IP_ADDRESS, "neighbour-ip-address")                                              \
    ROW(H323_OFF, "h323-off")                                                                      \
    ROW(CONFERENCE_TEMPLATE_SAME, "conference-template-same")                                      \
    ROW(NTP_MISSING, "ntp-missing")                                                                \
    ROW(SYSLOG_NOT_COMMON, "syslog-not-common")                                                    \
    ROW(LATENCY_TOO_HIGH, "latency-too-high")                                                      \
    ROW(MAINTENANCE_MODE, "maintenance-mode")                                                      \
    ROW(MAINTENANCE_SEVERAL, "maintenance-several")                                                \
    ROW(SYSTEM_KEY, "system-key")                                                                  \
    ROW(FINDME_LIMIT, "findme-limit")                                                              \
    ROW(PROVISIONING_LIMIT, "provisioning-limit")                                                  \
    ROW(PHONEBOOK_LIMIT, "phonebook-limit")                                                        \
    ROW(TMS_TOO_OLD, "tms-too-old")                                                                \
    ROW(PRINTED_FIGURE_EXCEEDED, "printed-figure-exceeded")                                        \
    ROW(ENCRYPTED_SESSIONS, "encrypted-sessions")                                                  \
    ROW(EDGE_CORE_UNEQUAL, "edge-core-unequal")                                                    \
    ROW(RESTORE_IN_CLUSTER, "restore-in-cluster")                                                  \
    ROW(FORCE_UPDATE_PRIMARY, "force-update-primary")                                              \
    ROW(EDIT_ON_SUBORDINATE, "edit-on-subordinate")                                                \
    ROW(CHANGE_WHILE_PEER_AWAY, "change-while-peer-away")                                          \
    ROW(FORMING, "forming")                                                                        \
    ROW(ADDING_PEER, "adding-peer")                                                                \
    ROW(REMOVING_PEER, "removing-peer")                                                            \
    ROW(UPGRADING, "upgrading")                                                                    \
    ROW(CHANGING_PRIMARY, "changing-primary")                                                      \
    ROW(RESTORING, "restoring")                                                                    \
    ROW(FORCING_UPDATE, "forcing-update")                                                          \
    ROW(DUMP_MISSING, "dump-missing")

enum finding {
#define ROW(id, word) FINDING_##id,
    FINDINGS(ROW)
#undef ROW
        FINDING_COUNT
};

struct findings;

struct finding_rule {
    enum severity severity;
    const char *alarm;  /* ids, "20011, 20017"; "" when the product raises none */
    const char *source; /* document and section */
    const char *what;   /* what it is and what happens */
    const char *remedy; /* steps, a line each */
    void (*check)(const struct deployment *deployment, struct findings *findings);
};

const struct finding_rule *finding_rule(enum finding finding); /* borrowed, static */
const char *severity_name(enum severity severity);             /* "error" */
const char *finding_word(enum finding finding);                /* "pipes-differ" */
int finding_of_word(const char *word);                         /* -1: no such */

/* ---- What was found ---- */

struct finding_item {
    enum finding finding;
    const char *place; /* "e3: Bandwidth Pipe 1", a cluster, a zone */
    const char *text;
};

struct findings {
    struct finding_item *items; /* owned; errors first, then in the order of the table */
    uint32_t count, capacity;
    struct arena *arena; /* owned: texts */
    enum finding current;
    bool starved; /* out of memory: what is here is not all */
};

/* Looks for everything. Release it in any case; false: out of memory. */
bool findings_make(struct findings *findings, const struct deployment *deployment);
void findings_release(struct findings *findings);

/* Takes out what `known` says of a finding, its place and its text. */
void findings_leave_out(struct findings *findings,
                        bool (*known)(const struct finding_item *item, const void *context),
                        const void *context);

bool findings_at_least(const struct findings *findings, enum severity severity);

/* For rules: a finding of the rule that is running. */
void findings_add(struct findings *findings, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
