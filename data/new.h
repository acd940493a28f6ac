/* From a few plain numbers to a scenario: what a planner can say on the telephone.
 *
 * An ask is a value of options: users, rooms, calls from other companies, platform, peers, goals.
 * One table of its options (ask_options) gives the command line, the questions of a dialogue, the
 * checks, and the comments of the file; what was not stated has a default, which the file marks as
 * assumed. The text is a whole scenario that explains itself.
 *
 * Arithmetic: registered devices = users x registered; their calls in the busy hour = registered x
 * calls a day x share of the busy hour (or calls an hour, or in-call as erlangs each, as design
 * guides count); a share of them is video. With a day's total the profile of the day is bent so
 * that its hours sum to it: hour h has the rate of the busy hour times shape(h)^g, g found by
 * bisection.
 *
 * With users outside (mra) or calls with other companies (b2b) there are two clusters, an edge and
 * the core behind it, of the same size; otherwise one.
 */
#ifndef PEERPLAN_DATA_NEW_H
#define PEERPLAN_DATA_NEW_H

#include <stdbool.h>
#include <stddef.h>

#include "model/base/error.h"
#include "model/deployment.h"

/* id, option, what its value is called, default (NULL: not stated), question, help */
#define ASK_OPTIONS(ROW)                                                                           \
    ROW(USERS, "users", "N", "0", "Users with a softphone",                                        \
        "Users who have a softphone, whether they are registered or not.")                         \
    ROW(REGISTERED, "registered", "SHARE", "40%", "How many of them are registered at a time",     \
        "The share of users whose softphone is registered in the busy hour.")                      \
    ROW(CALLS_PER_USER, "calls-per-user", "RATE", "4/d", "Calls of a registered user",             \
        "Calls that a registered user makes and gets: 4/d a day, or 0.6/h in the busy hour.")      \
    ROW(BUSY_HOUR, "busy-hour", "SHARE", "15%", "Share of the day's calls in its busiest hour",    \
        "Only with calls a day: the share of them that falls into the busiest hour.")              \
    ROW(IN_CALL, "in-call", "SHARE", NULL, "Or: share of the registered who are in a call",        \
        "Instead of calls per user, as design guides count: the share of registered users who "    \
        "are in a call in the busy hour.")                                                         \
    ROW(MEAN, "mean", "TIME", "3m", "How long their calls last on average",                        \
        "Mean length of the users' calls.")                                                        \
    ROW(VIDEO, "video", "SHARE", "20%", "Share of their calls with video",                         \
        "A video call takes twice what an audio call takes.")                                      \
    ROW(MRA, "mra", "SHARE", "100%", "Share of the users outside (mobile and remote access)",      \
        "Those outside register through the edge and cross both clusters; the others register on " \
        "the core.")                                                                               \
    ROW(IM, "im", "SHARE", "50%", "Share of the softphones that have IM as well",                  \
        "Phone and IM are two encrypted sessions; they count with the unrestricted image only.")   \
    ROW(ROOMS, "rooms", "N", "0", "Room systems",                                                  \
        "Video systems in meeting rooms, registered all day.")                                     \
    ROW(ROOM_PROTOCOL, "room-protocol", "h323|sip", "h323", "Their protocol, h323 or sip",         \
        "What the rooms register with.")                                                           \
    ROW(B2B, "b2b", "RATE", "0/h", "Calls with other companies in the busy hour",                  \
        "Video calls from and to the internet (B2B), such as 120/h. Each takes an RMS licence.")   \
    ROW(B2B_MEAN, "b2b-mean", "TIME", "35m", "How long those last on average",                     \
        "Mean length of calls with other companies.")                                              \
    ROW(RELEASE, "release", "RELEASE", "X15.5", "Release of the software",                         \
        "Whose capacity tables and cluster rule count; peerplan tables lists them.")               \
    ROW(IMAGE, "image", "select|unrestricted", "select", "Image, select or unrestricted",          \
        "The unrestricted image holds 2500 encrypted sessions on each peer.")                      \
    ROW(PLATFORM, "platform", "NAME", "large-vm", "Platform of the peers",                         \
        "ce1300, ce1200, large-vm, medium-vm or small-vm, as far as the release has it.")          \
    ROW(PEERS, "peers", "N", "3", "Peers of each cluster", "One to six.")                          \
    ROW(RMS, "rms", "N", NULL, "RMS licences",                                                     \
        "Rich media session licences of the cluster that takes calls from outside. Not stated: "   \
        "not limited.")                                                                            \
    ROW(SURVIVE, "survive", "N", "1", "Peers that may be down while the goals hold",               \
        "With any so many peers of the scenario down the goals must still be met.")                \
    ROW(BLOCKING, "blocking", "SHARE", "1%", "Largest share of calls that may be refused",         \
        "The goal, for every class of calls.")                                                     \
    ROW(PROFILE, "profile", "NAME", "office", "Shape of the day: office, call-centre or flat",     \
        "How calls spread over the day; flat has the busy hour all day long.")

enum ask_option {
#define ROW(id, name, form, fallback, question, help) ASK_##id,
    ASK_OPTIONS(ROW)
#undef ROW
        ASK_COUNT
};

struct ask_row {
    const char *name, *form, *fallback, *question, *help;
};
extern const struct ask_row ask_options[ASK_COUNT];

#define ASK_TEXT 64 /* bytes of a value, with the NUL */

struct ask {
    char text[ASK_COUNT][ASK_TEXT]; /* as it was said; "" for what has no value */
    bool stated[ASK_COUNT];         /* else the default */
    const char *name;               /* of the template; NULL: none */
    /* templates: with a peer that fails at two, a place for records, calls between the rooms */
    bool outage, trace, room_calls;
};

void ask_init(struct ask *ask); /* all defaults */

/* States a value. False, with a reason ("takes a share such as 40%, not 'x'"), when it is none. */
#define ASK_REASON 160
bool ask_set(struct ask *ask, enum ask_option option, const char *text,
             char reason[static ASK_REASON]);

bool ask_has_load(const struct ask *ask); /* users, rooms or b2b are above 0 */

/* What does not fit together ("busy-hour needs calls a day"), or NULL. */
const char *ask_contradiction(const struct ask *ask);

/* Named beginnings: options that are stated for the user. */
struct ask_template {
    const char *name, *summary;
};
const struct ask_template *ask_template_at(size_t index); /* borrowed; NULL behind the last */
bool ask_use(struct ask *ask, const char *name);          /* false: no such */

/* What it offers: devices, erlangs of the busy hour. */
struct ask_load {
    double mra_devices, local_devices, rooms;
    double calls_per_hour; /* of the users, in the busy hour; NAN with in-call */
    double audio, video;   /* erlangs of the users */
    double b2b;            /* erlangs */
};
struct ask_load ask_load(const struct ask *ask);

/* A rate (calls-per-user, b2b) by the hour. */
double ask_per_hour(const struct ask *ask, enum ask_option option);

/* Calls of each hour of the day as shares of the busiest; false: alike all day. */
bool ask_day(const struct ask *ask, double day[static 24]);

/* The scenario's text, owned; NULL when out of memory. It is good but for a release, a platform or
 * a number of peers that the tables do not have: whoever reads it is told. `running`, from dumps
 * (NULL: none), gives clusters, peers, zones, pipes; what dumps do not say stays as a comment that
 * asks. */
char *ask_scenario(const struct ask *ask, const struct deployment *running);

#endif
