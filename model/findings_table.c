/* The rules: what each finding is, where that is said, and what to do. */
#include "model/findings_rules.h"

#define CHAPTER "Admin Guide X14.2, Clustering and Peers: "

static const struct finding_rule rules[FINDING_COUNT] = {
    [FINDING_PEER_LIST_EMPTY] =
        {
            SEVERITY_ERROR,
            "",
            CHAPTER "Adding and Removing Peers",
            "All peer addresses are cleared. The system resets itself to factory settings at its "
            "next restart and keeps only the basic network settings of its first interface.",
            "Do not restart the system.\n"
            "Enter the peer addresses again, in the order of the other peers, and save.",
            check_peer_list_empty,
        },
    [FINDING_PEER_LIST_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "Peer-Specific Items, Cluster configuration",
            "A peer lists other addresses than its primary. Every peer must list the same ones, "
            "its own among them.",
            "Compare System > Clustering on every peer.\n"
            "Enter the list of the primary on the peer that differs.\n"
            "Wait a minute and see that the alarms are lowered.",
            check_peer_list_differs,
        },
    [FINDING_PEER_LIST_ORDER] =
        {
            SEVERITY_ERROR,
            "20012, 20017",
            CHAPTER "Basics of Cluster Configuration",
            "A peer lists the same addresses in another order, so that one number means "
            "different peers.",
            "Enter the addresses in the order of the primary, on the peer that differs.\n"
            "See that the number of the primary means the same peer everywhere.",
            check_peer_list_order,
        },
    [FINDING_PEER_LIST_DUPLICATE] =
        {
            SEVERITY_ERROR,
            "20005",
            CHAPTER "IP configuration",
            "A list names one peer twice; each peer must be there once.",
            "Clear the second entry, on every peer alike.",
            check_peer_list_duplicate,
        },
    [FINDING_OWN_ADDRESS_MISSING] =
        {
            SEVERITY_ERROR,
            "20015",
            CHAPTER "Peer-Specific Items, Cluster configuration",
            "A peer does not find itself in its own list, by name or by IP address.",
            "Check the system host name and domain (System > DNS) and the IP addresses of the "
            "peer.\n"
            "Put its own address into the list, on every peer alike.",
            check_own_address,
        },
    [FINDING_TOO_MANY_PEERS] =
        {
            SEVERITY_ERROR,
            "20003",
            CHAPTER "About Clusters",
            "A cluster has at most six peers.",
            "Make a further cluster, with a dial plan that joins the two.",
            check_too_many_peers,
        },
    [FINDING_REDUNDANCY_RULE_EXCEEDED] =
        {
            SEVERITY_WARNING,
            "",
            CHAPTER "Important Caveats",
            "A cluster has more peers than its rule covers: one that is more adds resilience, but "
            "no capacity.",
            "Plan with the capacity that the rule gives, or choose the rule 5+1 where the release "
            "has it.\n"
            "Make a further cluster if more must be carried.",
            check_redundancy_rule,
        },
    [FINDING_PRIMARY_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20017",
            CHAPTER "Some peers have a different primary peer defined",
            "Peers name different configuration primaries. Configuration is not replicated until "
            "they agree.",
            "Open System > Clustering on each peer.\n"
            "Choose the same number as configuration primary on all.\n"
            "Where alarm 20011 stays, force an update of that peer, never of the primary.",
            check_primary_differs,
        },
    [FINDING_PRIMARY_EMPTY] =
        {
            SEVERITY_ERROR,
            "20016",
            CHAPTER "Basics of Cluster Configuration",
            "The number of the primary has no address, so that nobody is primary.",
            "Choose the number of a peer that is listed, the same on all peers.",
            check_primary_empty,
        },
    [FINDING_CLUSTER_NAME_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "Peer-Specific Items, Cluster configuration",
            "Peers of one cluster have different cluster names.",
            "Set the name of the primary on the peer that differs (System > Clustering).",
            check_cluster_name_differs,
        },
    [FINDING_CLUSTER_NAME_INVALID] =
        {
            SEVERITY_ERROR,
            "20003",
            CHAPTER "Basics of Cluster Configuration",
            "The levels of a cluster name hold letters, digits and hyphens, none begins or ends "
            "with a hyphen, and the last begins with a letter.",
            "Choose the domain name of the SRV records that address the cluster.\n"
            "Set it on every peer.",
            check_cluster_name_invalid,
        },
    [FINDING_CLUSTER_NAME_FQDN] =
        {
            SEVERITY_WARNING,
            "",
            CHAPTER "Basics of Cluster Configuration",
            "The cluster works with a bare host name, but certificate signing requests that hold "
            "it fail.",
            "Set the fully qualified name, as in the SRV records, on every peer.\n"
            "Make certificates with that name.",
            check_cluster_name_fqdn,
        },
    [FINDING_CLUSTER_NAME_MISSING] =
        {
            SEVERITY_ERROR,
            "20019",
            CHAPTER "Basics of Cluster Configuration",
            "FindMe needs a cluster name.",
            "Set the same cluster name on every peer.",
            check_cluster_name_missing,
        },
    [FINDING_CLUSTER_NAME_SHARED] =
        {
            SEVERITY_WARNING,
            "",
            CHAPTER "Basics of Cluster Configuration",
            "The name tells one cluster from another; two clusters have the same.",
            "Give each cluster the name of its own SRV records.",
            check_cluster_name_shared,
        },
    [FINDING_SYSTEM_NAME_SAME] =
        {
            SEVERITY_ERROR,
            "",
            CHAPTER "System name",
            "Two peers have one system name; it must differ.",
            "Set another name on one of them (System > Administration).",
            check_system_name,
        },
    [FINDING_IP_ADDRESS_SAME] =
        {
            SEVERITY_ERROR,
            "20004",
            CHAPTER "IP configuration",
            "Two peers have one IP address; each must have its own.",
            "Set the address of the peer that is wrong (System > Network interfaces > IP) and "
            "restart it.",
            check_ip_address,
        },
    [FINDING_IP_PROTOCOL_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "IP configuration",
            "Peers use different IP versions; all must support the same.",
            "Set the version on the primary, and the cluster IP version alike on every peer.",
            check_ip_protocol,
        },
    [FINDING_TLS_VERIFY_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20020",
            CHAPTER "Basics of Cluster Configuration",
            "TLS verification is not the same on all peers: some accept connections that others "
            "refuse.",
            "Choose the same mode on all peers; enforce where certificates allow it.\n"
            "Restart peers that raise alarm 20020.",
            check_tls_verify,
        },
    [FINDING_TLS_NOT_ENFORCED] =
        {
            SEVERITY_NOTE,
            "",
            CHAPTER "Upgrading a cluster",
            "Peers talk over TLS without checking who answers. That is so after an upgrade from "
            "before X8.8, with an alarm that reminds of it.",
            "See that every peer has a valid certificate of an authority that the others trust.\n"
            "Set TLS verification to Enforce on all peers.",
            check_tls_not_enforced,
        },
    [FINDING_CERTIFICATE_INVALID] =
        {
            SEVERITY_ERROR,
            "20016, 20004",
            CHAPTER "Unable to reach the cluster configuration primary peer",
            "With verification enforced a peer whose certificate the others refuse is cut off "
            "from the cluster.",
            "Upload a valid certificate on that peer (Maintenance > Security), and the "
            "authority's on the others.\n"
            "Until then TLS verification may be set to permissive, on all peers.",
            check_certificate,
        },
    [FINDING_ADDRESS_MAPPING] =
        {
            SEVERITY_NOTE,
            "",
            CHAPTER "Peer-Specific Items, Cluster configuration",
            "Addresses are mapped from names to private IP addresses, but the list still holds "
            "IP addresses. A cluster is formed on IP addresses first; names come after.",
            "Wait until the cluster is stable.\n"
            "Enter the mappings on one peer; check every name and every IP address.\n"
            "Replace the IP addresses by the names, on every peer alike.",
            check_address_mapping,
        },
    [FINDING_VERSIONS_DIFFER] =
        {
            SEVERITY_ERROR,
            "20008, 20012",
            CHAPTER "Different software versions on peers",
            "Peers run different software; replication pauses until all have the same.",
            "Upgrade the peers that are behind, one after another.\n"
            "Change nothing of the configuration before that is done.",
            check_versions,
        },
    [FINDING_PLATFORMS_DIFFER] =
        {
            SEVERITY_WARNING,
            "",
            "Cluster Creation and Maintenance Guide X15.4: prerequisites; Admin Guide: equivalent "
            "hardware",
            "Peers have different platforms. The capacity of the cluster follows the smallest.",
            "Use one platform for all peers of a cluster.",
            check_platforms,
        },
    [FINDING_IMAGES_DIFFER] =
        {
            SEVERITY_ERROR,
            "",
            "Release Notes X14.2",
            "The select and the unrestricted image cannot share a cluster.",
            "Install the same image on all peers.",
            check_images,
        },
    [FINDING_FEATURE_KEYS_DIFFER] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "Option keys",
            "Keys for features are not pooled: every peer needs an identical set.",
            "Buy and add the missing key on the peer that lacks it (Maintenance > Option keys).\n"
            "Restart the peer where it asks for it.",
            check_feature_keys,
        },
    [FINDING_LICENCE_ALARM_IGNORABLE] =
        {
            SEVERITY_NOTE,
            "30020",
            CHAPTER "Option keys, note",
            "Licences are pooled, so that a peer may do without a key of its own. It raises an "
            "alarm that one may acknowledge, unless the only peer with the licences is out of "
            "service.",
            "Acknowledge the alarm.\n"
            "Spread the keys over two peers if the pool must outlast one.",
            check_licence_alarm,
        },
    [FINDING_OPTION_KEYS_UNUSED] =
        {
            SEVERITY_NOTE,
            "",
            CHAPTER "Option keys",
            "Option keys are stated for peers of a cluster with smart licensing, which does not "
            "use them.",
            "Leave the keys away, or state PAK licensing where the system still has it.",
            check_option_keys,
        },
    [FINDING_PIPES_DIFFER] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "Sharing Bandwidth Across Peers",
            "Pipes must be configured identically, since peers share what they use of them.",
            "Set the pipe on the primary; it is replicated within a minute.\n"
            "If it still differs, see alarms 20009 and 20011, and force an update of the peer, "
            "never of the primary.",
            check_settings,
        },
    [FINDING_LINKS_DIFFER] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "Sharing Bandwidth Across Peers",
            "Links must be configured identically on all peers.",
            "Set the link on the primary; it is replicated within a minute.\n"
            "If it still differs, force an update of the peer, never of the primary.",
            check_settings,
        },
    [FINDING_SUBZONES_DIFFER] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "Sharing Bandwidth Across Peers",
            "Subzones must be configured identically on all peers.",
            "Set the subzone on the primary; it is replicated within a minute.\n"
            "If it still differs, force an update of the peer, never of the primary.",
            check_settings,
        },
    [FINDING_BANDWIDTH_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "Sharing Bandwidth Across Peers",
            "Defaults and downspeeding must be configured identically on all peers.",
            "Set them on the primary; they are replicated within a minute.\n"
            "If they still differ, force an update of the peer, never of the primary.",
            check_settings,
        },
    [FINDING_ZONES_DIFFER] =
        {
            SEVERITY_ERROR,
            "20011, 20012",
            CHAPTER "Other Configuration for the Cluster",
            "Zones are replicated from the primary; a peer has others.",
            "Make changes on the primary only.\n"
            "Wait a minute; if the zones still differ, force an update of the peer, never of the "
            "primary.",
            check_settings,
        },
    [FINDING_TTL_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "H.323 registrations",
            "Endpoints of different peers notice a lost peer at different times. A shorter time "
            "to live moves them faster and costs more registrations a second.",
            "Set the time to live on the primary (Configuration > Protocols > H.323).",
            check_settings,
        },
    [FINDING_REFRESH_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20012",
            CHAPTER "Other Configuration for the Cluster",
            "SIP refresh settings are replicated from the primary; a peer has others.",
            "Set them on the primary (Configuration > Protocols > SIP).",
            check_settings,
        },
    [FINDING_SETTING_DIFFERS] =
        {
            SEVERITY_ERROR,
            "20011, 20012",
            CHAPTER "Other Configuration for the Cluster",
            "A setting that is replicated from the primary is another on a peer. It was edited "
            "there, or replication fails.",
            "Make the change on the primary.\n"
            "Wait a minute; if the setting still differs, force an update of the peer, never of "
            "the primary.",
            check_settings,
        },
    [FINDING_SETTING_RANGE] =
        {
            SEVERITY_WARNING,
            "",
            "Admin Guide X15.5, command reference",
            "A number lies outside the range that the command reference gives.",
            "Set a value within the range on the primary.",
            check_range,
        },
    [FINDING_NEIGHBOUR_OWN_PEER] =
        {
            SEVERITY_ERROR,
            "",
            CHAPTER "Neighboring Between Expressway Clusters",
            "Systems that are peers of each other must not be neighbours as well.",
            "Take the address out of the zone, or delete the zone.",
            check_neighbour_own_peer,
        },
    [FINDING_NEIGHBOUR_PEER_MISSING] =
        {
            SEVERITY_WARNING,
            "",
            CHAPTER "Process to Neighbor Clusters",
            "A zone misses a peer of the cluster that it leads to: this peer gets no calls from "
            "there, and there is one spare less when another is down.",
            "Add the peer to the zone, on the primary.\n"
            "Do so on every system that has a zone to that cluster whenever it grows.",
            check_neighbour_peer_missing,
        },
    [FINDING_NEIGHBOUR_ADDRESS_TWICE] =
        {
            SEVERITY_WARNING,
            "",
            CHAPTER "Process to Neighbor Clusters",
            "A zone lists one address twice; each must be different and stand for one peer.",
            "Put the address of another peer there, or clear it.",
            check_neighbour_address_twice,
        },
    [FINDING_NEIGHBOUR_IP_ADDRESS] =
        {
            SEVERITY_WARNING,
            "",
            CHAPTER "Process to Neighbor Clusters",
            "A zone verifies TLS, but lists IP addresses, for which most authorities issue no "
            "certificates.",
            "Enter the fully qualified name of each peer, which leads to one IP address.",
            check_neighbour_ip_address,
        },
    [FINDING_H323_OFF] =
        {
            SEVERITY_WARNING,
            "20018",
            "Admin Guide X15.5, alarms",
            "H.323 is off on a peer of a cluster.",
            "Turn H.323 on (Configuration > Protocols > H.323), on the primary.",
            check_h323_off,
        },
    [FINDING_CONFERENCE_TEMPLATE_SAME] =
        {
            SEVERITY_WARNING,
            "",
            CHAPTER "Conference Factory template",
            "Two peers make conferences by one template, so that their conferences meet.",
            "Set a template of its own on each peer (Applications > Conference Factory).",
            check_conference_template,
        },
    [FINDING_NTP_MISSING] =
        {
            SEVERITY_WARNING,
            "",
            CHAPTER "NTP servers and time zone",
            "A peer has no NTP server. Clocks that drift spoil certificates, logs and "
            "replication.",
            "Set at least one server on the peer (System > Time).",
            check_ntp,
        },
    [FINDING_SYSLOG_NOT_COMMON] =
        {
            SEVERITY_NOTE,
            "",
            CHAPTER "Logging",
            "Each peer logs for itself; a common server gives the view of all.",
            "Enter one syslog server on every peer (Maintenance > Logging).",
            check_syslog,
        },
    [FINDING_LATENCY_TOO_HIGH] =
        {
            SEVERITY_ERROR,
            "20004, 20006",
            "Cluster Creation and Maintenance Guide X15.4",
            "The round trip between two peers may take 80 ms at most.",
            "Move the peers closer, or make two clusters.",
            check_latency,
        },
    [FINDING_MAINTENANCE_MODE] =
        {
            SEVERITY_WARNING,
            "15015",
            "Admin Guide X14.2, maintenance mode",
            "A peer in maintenance mode takes no new calls and registrations; the cluster has "
            "one peer less.",
            "End maintenance mode when the work is done; a restart ends it too.",
            check_maintenance,
        },
    [FINDING_MAINTENANCE_SEVERAL] =
        {
            SEVERITY_WARNING,
            "15015",
            "Admin Guide X14.2, maintenance mode",
            "Only one peer of a cluster should be in maintenance mode at a time.",
            "Bring one peer back before the next is taken out.",
            check_maintenance_several,
        },
    [FINDING_SYSTEM_KEY] =
        {
            SEVERITY_ERROR,
            "Failed to update key file",
            CHAPTER "Troubleshooting System Key Related Issues",
            "The key that protects stored secrets could not be written. On a single system, on "
            "some peers or on all: three cures.",
            "A single system: log in as admin on its command line and enter xCommand "
            "ForceSystemKeyUpdate.\n"
            "Some peers of a cluster: enter it on a peer that does not raise the alarm.\n"
            "All peers: make the cluster again.\n"
            "Cure it before the system joins a cluster.",
            check_system_key,
        },
    [FINDING_FINDME_LIMIT] =
        {
            SEVERITY_ERROR,
            "",
            CHAPTER "Size limitations for clusters and provisioning",
            "A cluster of any size supports 10,000 FindMe accounts.",
            "Make further clusters, with a dial plan that joins them.",
            check_findme_limit,
        },
    [FINDING_PROVISIONING_LIMIT] =
        {
            SEVERITY_ERROR,
            "30018",
            CHAPTER "Size limitations for clusters and provisioning",
            "A cluster of any size supports 10,000 users or devices for provisioning.",
            "Make further clusters, with a dial plan that joins them.",
            check_provisioning_limit,
        },
    [FINDING_PHONEBOOK_LIMIT] =
        {
            SEVERITY_ERROR,
            "",
            CHAPTER "Size limitations for clusters and provisioning",
            "A cluster of any size supports 200,000 phone book entries.",
            "Make the phone books smaller, or further clusters.",
            check_phonebook_limit,
        },
    [FINDING_TMS_TOO_OLD] =
        {
            SEVERITY_ERROR,
            "",
            CHAPTER "Clustering and Cisco TMS",
            "A cluster with FindMe or provisioning needs Cisco TMS 13.2 or later.",
            "Upgrade Cisco TMS before the cluster is formed.",
            check_tms,
        },
    [FINDING_PRINTED_FIGURE_EXCEEDED] =
        {
            SEVERITY_WARNING,
            "",
            "The table's document, figures for clusters",
            "The load fits what the cluster factor gives, but is more than the document prints for "
            "a cluster like this.",
            "Judge by the printed figure too (cluster-caps: printed).\n"
            "Make the cluster larger if both must hold.",
            check_printed_figure,
        },
    [FINDING_ENCRYPTED_SESSIONS] =
        {
            SEVERITY_WARNING,
            "30047, 30048",
            "Release Notes X14.2; Admin Guide X14.2",
            "The unrestricted image holds 2500 encrypted signalling sessions on each instance "
            "(2244 with WebRTC), calls and registrations together.",
            "Use the select image, which is not capped, on all peers.\n"
            "Or add peers until each stays below the cap with one down.",
            check_encrypted_sessions,
        },
    [FINDING_EDGE_CORE_UNEQUAL] =
        {
            SEVERITY_NOTE,
            "",
            "Preferred Architecture, sizing",
            "Edge and core carry the same calls; guides size them alike. What one has more of is "
            "idle.",
            "Give both clusters the same platform and number of peers, or say why not.",
            check_edge_core,
        },
    [FINDING_RESTORE_IN_CLUSTER] =
        {
            SEVERITY_ERROR,
            "",
            CHAPTER "Restoring a cluster",
            "A backup cannot be restored on a system that is in a cluster.",
            "Take the peer out of the cluster first, so that it stands alone.\n"
            "Restore on it.\n"
            "Make a new cluster with it as primary.\n"
            "Take each other peer out of the old cluster and add it to the new one.",
            check_restore_in_cluster,
        },
    [FINDING_FORCE_UPDATE_PRIMARY] =
        {
            SEVERITY_ERROR,
            "20014",
            CHAPTER "Manual synchronization of configuration is required",
            "A forced update on the primary loses all configuration of the cluster.",
            "Force the update on the subordinate that raises alarm 20011, never on the primary.",
            check_force_update_primary,
        },
    [FINDING_EDIT_ON_SUBORDINATE] =
        {
            SEVERITY_ERROR,
            "20011",
            CHAPTER "Other Configuration for the Cluster",
            "A cluster-wide change on a peer that is not the primary is overwritten at the next "
            "replication, within a minute; at worst replication fails.",
            "Make the change on the primary.",
            check_edit_on_subordinate,
        },
    [FINDING_CHANGE_WHILE_PEER_AWAY] =
        {
            SEVERITY_WARNING,
            "20006, 20011",
            CHAPTER "Other Configuration for the Cluster, caution",
            "A cluster-wide change while a peer is away, restarting or being upgraded harms "
            "replication.",
            "Wait until all peers run and no replication alarm is raised, then make the change.",
            check_change_while_away,
        },
    [FINDING_FORMING] =
        {
            SEVERITY_NOTE,
            "",
            CHAPTER "Setting Up a Cluster",
            "A cluster is formed from a primary, to which peers are added one at a time.",
            "Back up every system.\n"
            "Cure any alarm of the system key first; round trips between peers stay within 80 "
            "ms, with no address translation between them.\n"
            "Set what is specific to each peer on each: setup wizard, Ethernet speed, IP "
            "addresses, gateway and routes, system and host name, DNS, NTP, time zone, SNMP, "
            "logging, certificates and revocation lists, administration access, option keys, names "
            "for the directory service, conference factory template.\n"
            "Let the clustering ports through every firewall between the peers.\n"
            "On the first system set cluster name, primary and its own address; restart it.\n"
            "Add one peer, on every peer in the same order; wait until the alarms are lowered "
            "before the next.\n"
            "Form on IP addresses first; map names, and enforce TLS, when the cluster is stable.\n"
            "Tell every neighbour of every peer.\n"
            "Take no snapshots of virtual machines: they disturb the database; its local port "
            "(4370) is for internal use only.",
            check_forming,
        },
    [FINDING_ADDING_PEER] =
        {
            SEVERITY_NOTE,
            "",
            CHAPTER "Adding and Removing Peers",
            "A peer joins a running cluster.",
            "Back up the cluster.\n"
            "Install the same version, platform and feature keys on the new peer, and what is "
            "specific to it.\n"
            "Add its address at the end of the list on the primary first, then on the others, "
            "then on the new peer.\n"
            "Wait until the alarms are lowered; change nothing else meanwhile.\n"
            "Add it to the zones of all neighbours: those who do not list it send it nothing.",
            check_adding,
        },
    [FINDING_REMOVING_PEER] =
        {
            SEVERITY_NOTE,
            "",
            CHAPTER "Adding and Removing Peers",
            "A peer leaves a cluster.",
            "Put it into maintenance mode and wait until its calls have ended.\n"
            "If it is the primary, make another peer primary first.\n"
            "Take it out of the list on the others. Clearing all addresses on the peer itself "
            "resets it to factory settings at its next restart.\n"
            "Take it out of the zones of all neighbours, and its address out of the SRV records.",
            check_removing,
        },
    [FINDING_UPGRADING] =
        {
            SEVERITY_NOTE,
            "20008",
            CHAPTER "Upgrading a cluster",
            "A rolling upgrade takes one peer after another, the primary first. Replication is "
            "paused until all run the same version.",
            "Back up the cluster.\n"
            "See that no replication alarm is raised.\n"
            "Put one peer into maintenance mode, wait until its calls have ended, upgrade and "
            "restart it.\n"
            "Go on with the next when it is back.\n"
            "Change no configuration before all are done; coming from before X8.8, enforce TLS "
            "verification afterwards.",
            check_upgrading,
        },
    [FINDING_CHANGING_PRIMARY] =
        {
            SEVERITY_NOTE,
            "20017",
            CHAPTER "Changing the Primary Peer; \"Cluster config error\" alarms",
            "Another peer becomes primary. Until all peers name it, they raise an alarm; while a "
            "primary is lost, the others run on but drift apart.",
            "If the primary only is not reached, first check the network, its addresses and the "
            "names "
            "in DNS, the clustering ports in firewalls, the software versions, and, where TLS is "
            "enforced, the certificates.\n"
            "Choose the new number on the new primary first.\n"
            "Choose the same number on each other peer that runs.\n"
            "On one that was away choose it when it is back, and force an update where alarm "
            "20011 stays.\n"
            "The old primary may be chosen again when all replication alarms are lowered.",
            check_changing_primary,
        },
    [FINDING_RESTORING] =
        {
            SEVERITY_NOTE,
            "20012",
            CHAPTER "Restoring a cluster",
            "A backup holds the configuration of the whole cluster, whichever peer made it.",
            "Take the peer out of the cluster, so that it stands alone.\n"
            "Restore on it.\n"
            "Make a new cluster with it as primary.\n"
            "Take each other peer out of the old cluster and add it to the new one.\n"
            "With names and a valid address mapping nothing else is needed: the mapping is "
            "restored too.",
            check_restoring,
        },
    [FINDING_FORCING_UPDATE] =
        {
            SEVERITY_NOTE,
            "20011",
            CHAPTER "Manual synchronization of configuration is required",
            "The subordinate's own configuration is deleted and taken anew from the primary.",
            "Log in to the subordinate as admin on its command line.\n"
            "Enter xCommand ForceConfigUpdate there, never on the primary.",
            check_forcing_update,
        },
    [FINDING_DUMP_MISSING] =
        {
            SEVERITY_NOTE,
            "",
            "",
            "A peer that is listed was not given; nothing is said about it.",
            "Make a diagnostic log on it as well and give its dump.",
            check_dump_missing,
        },
};

static const char *const words[FINDING_COUNT] = {
#define ROW(id, word) word,
    FINDINGS(ROW)
#undef ROW
};

const char *finding_word(enum finding finding)
{
    return words[finding];
}

const struct finding_rule *finding_rule(enum finding finding)
{
    return &rules[finding];
}
