#include "model/traffic.h"

const char *cause_name(enum cause cause)
{
    static const char *const names[CAUSE_COUNT] = {
        "no_peer",   "peer_units", "cluster_cap", "rms",
        "bandwidth", "turn",       "setup_rate",  "unregistered",
    };
    return names[cause];
}
