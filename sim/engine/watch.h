/* Alarms at a limit: raised at 90 % and at 100 % of it, lowered below 85 % and 90 %.
 *
 * A watch keeps the next levels that matter, so that a change of use compares once.
 */
#ifndef PEERPLAN_SIM_WATCH_H
#define PEERPLAN_SIM_WATCH_H

#include "model/alarm.h"

struct simulation;

/* What a watch looks at: the product's alarms tell traversal calls (their media cross the peers)
 * from others, and what is licensed from what a unit or cluster can carry. */
enum watched {
    WATCH_NOTHING,
    WATCH_TRAVERSAL,
    WATCH_NON_TRAVERSAL,
    WATCH_RMS_LICENCES,
    WATCH_RMS_CAPACITY,
    WATCH_TURN,
    WATCHED_COUNT
};

/* Alarms at 90 % and at the limit, lowered below 85 % and 90 %. `up` and `down` are the next levels
 * that matter. */
struct watch {
    int64_t up, down;
    int64_t limit;
    enum watched what;
    bool near, full;
    bool armed; /* of a peer without an RMS key: every change counts until a call needs one */
};

void watch_init(struct watch *watch, int64_t limit, enum watched what);
/* A cluster's: another limit, or another reason for it, which lowers what stands. A check follows.
 */
void watch_move(struct simulation *sim, struct watch *watch, int64_t limit, enum watched what,
                uint32_t cluster);
/* An alarm that stood while the run warmed up stands at its beginning. */
void watch_repeat(struct simulation *sim, const struct watch *watch, uint32_t cluster,
                  uint32_t peer);
void watch_check(struct simulation *sim, struct watch *watch, int64_t used, uint32_t cluster,
                 uint32_t peer);

/* Keeps an alarm, once the measured period has begun: of now, or of its own time. The replication
 * is filled in. */
void alarm_raise(struct simulation *sim, struct alarm alarm);
void alarm_keep(struct simulation *sim, const struct alarm *alarm);

#endif
