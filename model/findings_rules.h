/* The functions of the rules, for model/findings_table.c alone; by file. Each looks for one kind of
 * finding and adds what it finds.
 */
#ifndef PEERPLAN_MODEL_FINDINGS_RULES_H
#define PEERPLAN_MODEL_FINDINGS_RULES_H

#include "model/findings.h"

#define RULE(name) void name(const struct deployment *deployment, struct findings *findings)

/* findings_cluster.c: lists, primary, names, addresses */
RULE(check_peer_list_empty);
RULE(check_peer_list_differs);
RULE(check_peer_list_order);
RULE(check_peer_list_duplicate);
RULE(check_own_address);
RULE(check_too_many_peers);
RULE(check_primary_differs);
RULE(check_primary_empty);
RULE(check_cluster_name_differs);
RULE(check_cluster_name_invalid);
RULE(check_cluster_name_fqdn);
RULE(check_cluster_name_missing);
RULE(check_cluster_name_shared);
RULE(check_dump_missing);

/* findings_peers.c: what is set on each peer */
RULE(check_system_name);
RULE(check_ip_address);
RULE(check_tls_not_enforced);
RULE(check_certificate);
RULE(check_address_mapping);
RULE(check_versions);
RULE(check_platforms);
RULE(check_images);
RULE(check_feature_keys);
RULE(check_licence_alarm);
RULE(check_option_keys);
RULE(check_h323_off);
RULE(check_conference_template);
RULE(check_ntp);
RULE(check_syslog);
RULE(check_latency);
RULE(check_maintenance);
RULE(check_system_key);

/* findings_settings.c: dumps compared with each other */
RULE(check_ip_protocol);
RULE(check_tls_verify);
RULE(check_settings);
RULE(check_range);

/* findings_zones.c */
RULE(check_neighbour_own_peer);
RULE(check_neighbour_peer_missing);
RULE(check_neighbour_address_twice);
RULE(check_neighbour_ip_address);

/* findings_limits.c: sizes */
RULE(check_findme_limit);
RULE(check_provisioning_limit);
RULE(check_phonebook_limit);
RULE(check_tms);
RULE(check_printed_figure);
RULE(check_encrypted_sessions);
RULE(check_edge_core);
RULE(check_redundancy_rule);

/* findings_plans.c: what a scenario plans */
RULE(check_maintenance_several);
RULE(check_restore_in_cluster);
RULE(check_force_update_primary);
RULE(check_edit_on_subordinate);
RULE(check_change_while_away);
RULE(check_forming);
RULE(check_adding);
RULE(check_removing);
RULE(check_upgrading);
RULE(check_changing_primary);
RULE(check_restoring);
RULE(check_forcing_update);

#undef RULE

/* ---- What the rules share ---- */

#define EACH_CLUSTER(c)                                                                            \
    for (const struct deployment_cluster *c = deployment->clusters;                                \
         c < deployment->clusters + deployment->cluster_count; c++)
#define EACH_PEER(p, c)                                                                            \
    for (const struct deployment_peer *p = deployment->peers + c->first;                           \
         p < deployment->peers + c->first + c->count; p++)

/* Equal without case; a text that is not known equals none. */
bool finding_same(const char *a, const char *b);

/* "e3: Bandwidth Pipe 1". */
const char *finding_place(const struct deployment_peer *peer, const char *path,
                          struct findings *findings);

/* The peer that those of the cluster are compared with. */
const struct deployment_peer *finding_reference(const struct deployment *deployment,
                                                const struct deployment_cluster *cluster);

/* A finding for each peer whose text is not that of the reference. */
typedef const char *peer_text(const struct deployment_peer *peer);
void finding_differences(const struct deployment *deployment, struct findings *findings,
                         peer_text *text, const char *path);

/* "a, b": text, a comma unless it is empty, more; text itself when out of memory. */
const char *finding_join(struct findings *findings, const char *text, const char *more);
#endif
