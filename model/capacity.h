/* What one node, and what a cluster of nodes, can carry.
 *
 * A capacity table is a set of rows "platform -> figures" from one document; tables of different
 * releases or documents are kept apart and never merged. The figures are guidelines, not guaranteed
 * (Administrator Guide X14.2, "Clustering and Peers"), and every output says so.
 *
 * Session units: the documents give video and audio figures as alternatives. The reading taken: a
 * node has as many units as its audio figure, an audio call takes 1, a video call units / video
 * figure (2 on all but the Small VM, where it is 1, and 2 for MRA video).
 */
#ifndef PEERPLAN_MODEL_CAPACITY_H
#define PEERPLAN_MODEL_CAPACITY_H

#include <stdbool.h>
#include <stdint.h>

#define CAPACITY_UNLIMITED INT64_MAX
#define CLUSTER_PEERS_MAX  6 /* a cluster has at most six peers */

/* The cluster factor rules. */
enum redundancy {
    REDUNDANCY_NONE,   /* no cluster cap: the sum of the peers */
    REDUNDANCY_LEGACY, /* before X14.2: 1 2 3 4 4 4 */
    REDUNDANCY_4_1,    /* X14.2: 1 2 3 4 4 4; five systems at most */
    REDUNDANCY_5_1,    /* X14.2: 1 2 3 4 5 5 */
    REDUNDANCY_N_1,    /* X14.3 and later: 1 1 2 3 4 5 */
    REDUNDANCY_COUNT
};

/* One node. CAPACITY_UNLIMITED where a user's own platform does not state a figure. */
struct platform {
    const char *name; /* "large-vm" */
    int64_t registrations;
    int64_t units;                                        /* session units: the audio figure */
    int64_t audio_weight, video_weight, mra_video_weight; /* units a call takes */
    int64_t rms;
    int64_t mra_registrations;
    int64_t turn;       /* TURN relays */
    bool no_gain;       /* clustering gives no capacity (Small VM): factor 1 under every rule */
    bool turn_ports;    /* large systems: 6 ports of turn/6 relays unless multiplexing is on */
    int64_t setup_rate; /* call set-ups per second and node, CAPACITY_UNLIMITED where none is
                           published */
    const char *source; /* the document, "" for a user's own */
};

/* The factor for `peers` nodes (1..6; 0 gives 0) under a rule; 1 for a no-gain platform.
 * REDUNDANCY_NONE gives peers. */
int capacity_factor(enum redundancy rule, int peers, bool no_gain);

/* More peers than the rule covers (a sixth under 4+1): allowed, adds nothing, deserves a warning.
 */
bool capacity_outside_rule(enum redundancy rule, int peers);

const char *redundancy_name(enum redundancy rule); /* "none", "legacy", "4+1", "5+1", "n+1" */
bool redundancy_parse(const char *name,
                      enum redundancy *rule); /* false when there is none of this name */

#endif
