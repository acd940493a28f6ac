/* What a user can change about a scenario that misses its goals, as settings: levers, each with an
 * amount.
 *
 * Levers come in the order of what they ask of a user: settings of the product that cost nothing,
 * licences, bandwidth, further peers, larger platforms, and last fewer devices. Amount 0 is the
 * scenario as it is; more is more of it. Those are listed that concern a goal that was missed: what
 * stood in the way says which.
 *
 * A further peer is like the last of its cluster but brings no licences: those are levers of their
 * own. Licences go to a peer that no outage takes away, or to every peer where any may be lost and
 * takes its licences with it.
 */
#ifndef PEERPLAN_ANSWER_LEVERS_H
#define PEERPLAN_ANSWER_LEVERS_H

#include "answer/trial.h"
#include "answer/setting_list.h"

enum lever_kind {
    LEVER_MULTIPLEXING, /* TURN on one port */
    LEVER_IMAGE,        /* without the limit of encrypted sessions */
    LEVER_CAP,          /* the cluster's own cap, units */
    LEVER_SESSIONS,     /* the peers' own caps, calls */
    LEVER_SETUP_RATE,   /* the peers', calls a second */
    LEVER_REFRESH,      /* longer interval of a population, doublings */
    LEVER_NOTICE,       /* shorter interval, halvings: a lost peer is noticed earlier */
    LEVER_RMS,
    LEVER_DESKTOP,
    LEVER_ROOM,
    LEVER_PIPE, /* steps of about a tenth of what it has */
    LEVER_PEERS,
    LEVER_PLATFORM, /* the next ones by size */
    LEVER_DEVICES,  /* fewer */
    LEVER_RULE,     /* 5+1 instead of 4+1; only where everything is asked for, as the next two */
    LEVER_RELEASE,  /* newer ones, in order */
    LEVER_LOAD,     /* of a class: hundredths of its load shed */
    LEVER_KINDS
};

#define LEVER_PLATFORMS_MOST 12

struct lever {
    enum lever_kind kind;
    uint32_t index;   /* cluster, pipe, population or class */
    int64_t most;     /* largest amount */
    uint32_t peer;    /* licences: the peer that gets them; NONE: the cluster, or all peers */
    bool each;        /* licences: on every peer */
    double now, step; /* what there is, what one amount adds */
    const char *names[LEVER_PLATFORMS_MOST]; /* platforms by size, further peers, releases */
    int name_count;
};

struct levers {
    struct lever *items; /* owned */
    size_t count;
    struct arena *arena; /* owned */
};

enum levers_reach {
    LEVERS_SEEN, /* of what was seen to stand in the way */
    LEVERS_ALL,  /* of the clusters and pipes concerned: what is relieved may show the next limit */
    LEVERS_WIDE, /* as seen, with what asks more than a change of limits: another rule of
                    redundancy, a newer release, load shed */
};

/* For the goals that the answer misses. False when out of memory; release in any case. */
bool levers_list(const struct scenario *scenario, const struct answer *answer,
                 const struct trial_maker *maker, enum levers_reach reach, struct levers *levers);
void levers_release(struct levers *levers);

/* Appends the settings of a lever at an amount > 0. */
#define LEVER_SETTINGS_MOST 32
void lever_settings(const struct lever *lever, const struct scenario *scenario, int64_t amount,
                    struct setting_list *list);

/* "6 more RMS in edge", and short: "6 RMS more". In the arena; NULL: out of memory. */
char *lever_words(const struct lever *lever, const struct scenario *scenario, int64_t amount,
                  struct arena *arena);
char *lever_short(const struct lever *lever, const struct scenario *scenario, int64_t amount,
                  struct arena *arena);

#endif
