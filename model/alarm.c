/* The product's alarms (Expressway X15.5 alarm list: ids, names and severities). The meanings are
 * in our words. */
#include "model/alarm.h"

struct alarm_kind {
    int id;
    const char *name, *severity, *meaning;
};

#define WARN  "Warning"
#define SYNC  "Cluster replication error"
#define LOST  "License usage of lost cluster peer"
#define TAKEN "Licenses of lost cluster peer have been taken off the license pool"
#define NEAR  "Capacity warning"

/* Ascending in id. */
static const struct alarm_kind kinds[] = {
    {15015, "Maintenance mode", WARN,
     "the peer is drained: new calls and registrations go elsewhere"},
    {20003, "Invalid cluster configuration", WARN, "the settings do not make a cluster"},
    {20004, "Cluster communication failure", WARN, "this peer does not hear the others"},
    {20005, "Invalid peer address", WARN, "an address in the peer list cannot be one"},
    {20006, "Cluster database communication failure", WARN,
     "a peer's database has lost the others"},
    {20007, "Restart required", WARN, "new cluster settings take effect at the next restart"},
    {20008, SYNC, WARN, "configuration sync waits until the upgrade is over"},
    {20009, SYNC, WARN, "the last configuration sync went wrong"},
    {20011, SYNC, WARN, "this peer has drifted from the primary and must be synchronized by hand"},
    {20012, SYNC, WARN, "this peer's cluster settings are not those of the primary"},
    {20014, SYNC, WARN, "a configuration file is missing here or on the primary"},
    {20015, SYNC, WARN, "the peer list does not contain this peer"},
    {20016, SYNC, WARN, "the primary does not answer"},
    {20017, SYNC, WARN, "peers name different primaries: to be synchronized by hand"},
    {20018, "Invalid clustering configuration", WARN, "a clustered peer has H.323 switched off"},
    {20019, "Cluster name not configured", WARN,
     "clustering or FindMe is in use without a cluster name"},
    {20020, "Restart required", WARN,
     "another TLS verification mode takes effect at the next restart"},
    {20021, "Cluster communication failure", WARN, "a firewall blocks TCP between peers"},
    {20024, "Cluster configuration error", WARN,
     "the peers' views of the cluster contradict each other"},
    {20025, "Failed to synchronize database", "Critical",
     "a node's database could not be synchronized"},
    {20026, "Failed to recover ClusterDB log server", "Critical",
     "the log of the cluster database hangs"},
    {30001, NEAR, WARN, "traversal calls come near the licences"},
    {30002, NEAR, WARN, "traversal calls come near what the unit can carry"},
    {30003, NEAR, WARN, "non-traversal calls come near what the unit can carry"},
    {30004, NEAR, WARN, "non-traversal calls come near the licences"},
    {30005, NEAR, WARN, "TURN relays come near what the unit can carry"},
    {30007, NEAR, WARN, "TURN relays come near the licences"},
    {30009, "TURN relays installed", WARN, "a TURN key on a system that is no Expressway-E"},
    {30010, NEAR, WARN, "registrations come near the licences"},
    {30011, "TURN relay licenses required", WARN, "TURN is on, but nothing licenses a relay"},
    {30012, LOST, WARN, "a peer has been away for hours; its licences stay for a limited time"},
    {30013, LOST, WARN, "several peers have been away for hours"},
    {30014, LOST, WARN, "a peer has been away for days; its licences will go"},
    {30015, LOST, WARN, "several peers have been away for days"},
    {30016, TAKEN, WARN, "the pool is now without the licences of the lost peer"},
    {30017, TAKEN, WARN, "the pool is now without the licences of the lost peers"},
    {30018, "Provisioning licenses limit reached", WARN, "no further device can be provisioned"},
    {30019, "Call license limit reached", WARN, "every licence for non-traversal calls is in use"},
    {30020, "Call license limit reached", WARN, "every licence for traversal calls is in use"},
    {30021, "TURN relay license limit reached", WARN, "every licensed TURN relay is in use"},
    {30022, "Call capacity limit reached", WARN, "the unit is full of non-traversal calls"},
    {30023, "Call capacity limit reached", WARN, "the unit is full of traversal calls"},
    {30024, "TURN relay capacity limit reached", WARN, "every TURN relay of the unit is in use"},
    {30025, "Restart required", WARN, "a changed option key takes effect at the next restart"},
    {30026, "Approaching room system license limit", WARN, "room systems come near their licences"},
    {30027, NEAR, WARN, "a peer has as many rooms and desktops registered as it can"},
    {30028, "Room system registrations limit reached", WARN, "every room system licence is in use"},
    {30029, "Approaching desktop system license limit", WARN, "desktops come near their licences"},
    {30030, NEAR, WARN, "this unit has as many rooms and desktops registered as it can"},
    {30031, "Desktop system license limit reached", WARN, "every desktop licence is in use"},
    {30035, "Smart license in Eval", WARN, "smart licensing: evaluation period"},
    {30036, "Smart license in overage out of compliance", "Alert",
     "smart licensing: more in use than was bought"},
    {30037, "Smart license no provision out of compliance", "Critical",
     "smart licensing: out of compliance, nothing new is provisioned"},
    {30038, "Smart license no provision Eval expired", "Critical",
     "smart licensing: evaluation has expired, nothing new is provisioned"},
    {30039, "Smart license in overage authorization expired", "Alert",
     "smart licensing: authorization has expired with more in use than was bought"},
    {30040, "Smart license no provision authorization expired", "Critical",
     "smart licensing: authorization has expired, nothing new is provisioned"},
    {30041, "Smart license registration expired", "Error",
     "smart licensing: registration has expired"},
    {30042, "Smart license communication error", "Error",
     "smart licensing: the licence server cannot be reached"},
    {30043, "Smart license authorization expiring soon", WARN,
     "smart licensing: authorization expires soon"},
    {30044, "Smart license renew auth failed", "Error",
     "smart licensing: authorization could not be renewed"},
    {30045, "Smart license renew registration failed", "Error",
     "smart licensing: registration could not be renewed"},
    {30046, "Smart license registration expiring soon", WARN,
     "smart licensing: registration expires soon"},
    {30047, NEAR, WARN, "the capped image has as many encrypted signalling sessions as it may"},
    {30048, "Approaching Capacity warning", WARN,
     "encrypted signalling sessions come near what the capped image may have"},
    {35001, "Configuration warning", WARN, "the directory service lacks a setting"},
    {35002, "Configuration warning", WARN, "the directory service lacks a setting"},
    {35003, "Configuration warning", WARN, "the directory service lacks a setting"},
};

static const struct alarm_kind *alarm_find(int id)
{
    static const struct alarm_kind unknown = {0, "", "", ""};
    size_t low = 0, high = sizeof kinds / sizeof *kinds;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kinds[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof kinds / sizeof *kinds && kinds[low].id == id ? &kinds[low] : &unknown;
}

const char *alarm_severity(int id)
{
    return alarm_find(id)->severity;
}

const char *alarm_name(int id)
{
    return alarm_find(id)->name;
}

const char *alarm_meaning(int id)
{
    return alarm_find(id)->meaning;
}
