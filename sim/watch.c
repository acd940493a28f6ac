#include "sim/state.h"

#include <stdlib.h>

#define ALARMS_KEPT 10000 /* of one replication; further ones are counted */

static int64_t share(int64_t limit, int64_t percent)
{
    return (limit * percent + 99) / 100;
}

/* The levels that would change something from here. */
static void aim(struct watch *watch)
{
    watch->up = watch->full ? INT64_MAX : watch->near ? watch->limit : share(watch->limit, 90);
    watch->down = watch->full ? share(watch->limit, 90) : watch->near ? share(watch->limit, 85) : INT64_MIN;
}

void watch_init(struct watch *watch, int64_t limit, int id_near, int id_full)
{
    *watch = (struct watch){.up = INT64_MAX, .down = INT64_MIN, .limit = limit, .id_near = id_near, .id_full = id_full};
    if (limit > 0 && limit < AMPLE)
        aim(watch);
}

void watch_check(struct simulation *sim, struct watch *watch, int64_t used, uint32_t cluster, uint32_t peer)
{
    if (!watch->near && used >= watch->up) {
        watch->near = true;
        alarm_raise(sim, watch->id_near, true, cluster, peer, "at 90 % of the limit");
    }
    if (!watch->full && used >= watch->limit) {
        watch->full = true;
        alarm_raise(sim, watch->id_full, true, cluster, peer, "at the limit");
    }
    if (watch->full && used < share(watch->limit, 90)) {
        watch->full = false;
        alarm_raise(sim, watch->id_full, false, cluster, peer, "below 90 % of the limit");
    }
    if (watch->near && used < share(watch->limit, 85)) {
        watch->near = false;
        alarm_raise(sim, watch->id_near, false, cluster, peer, "below 85 % of the limit");
    }
    aim(watch);
}

void alarm_raise(struct simulation *sim, int id, bool raised, uint32_t cluster, uint32_t peer, const char *text)
{
    if (!sim->measuring)
        return;
    if (sim->alarm_count == ALARMS_KEPT) {
        sim->alarms_dropped++;
        return;
    }
    if (sim->alarm_count == sim->alarm_room) {
        size_t room = sim->alarm_room ? sim->alarm_room * 2 : 64;
        struct alarm *alarms = realloc(sim->alarms, room * sizeof *alarms);
        if (!alarms) {
            sim->alarms_dropped++;
            return;
        }
        sim->alarms = alarms;
        sim->alarm_room = room;
    }
    sim->alarms[sim->alarm_count++] = (struct alarm){
        .replication = sim->replication,
        .time = sim->now,
        .id = id,
        .raised = raised,
        .cluster = cluster,
        .peer = peer,
        .text = text,
    };
}
