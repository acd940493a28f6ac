#include "sim/engine/watch.h"

#include <stdlib.h>

#include "sim/engine/state.h"

#define ALARMS_KEPT 10000 /* of one replication; further ones are counted */

static int64_t share(int64_t limit, int64_t percent)
{
    return (limit * percent + 99) / 100;
}

/* The levels that would change something from here. */
static void aim(struct watch *watch)
{
    watch->up = watch->full ? INT64_MAX : watch->near ? watch->limit : share(watch->limit, 90);
    watch->down = watch->full   ? share(watch->limit, 90)
                  : watch->near ? share(watch->limit, 85)
                                : INT64_MIN;
}

static const struct {
    int near, full;
    const char *text[2][2]; /* [full][raised] */
} kinds[WATCHED_COUNT] = {
    [WATCH_TRAVERSAL] = {30002,
                         30023,
                         {{"sessions below 85 % of what it can carry",
                           "sessions at 90 % of what it can carry"},
                          {"sessions below 90 % of what it can carry",
                           "every session that it can carry is in use"}}},
    [WATCH_NON_TRAVERSAL] = {30003,
                             30022,
                             {{"sessions below 85 % of what it can carry",
                               "sessions at 90 % of what it can carry"},
                              {"sessions below 90 % of what it can carry",
                               "every session that it can carry is in use"}}},
    [WATCH_RMS_LICENCES] = {30001,
                            30020,
                            {{"RMS below 85 % of the pool", "RMS at 90 % of the pool"},
                             {"RMS below 90 % of the pool",
                              "every RMS licence of the pool is in use"}}},
    [WATCH_RMS_CAPACITY] = {30002,
                            30023,
                            {{"RMS below 85 % of what the platform allows",
                              "RMS at 90 % of what the platform allows"},
                             {"RMS below 90 % of what the platform allows",
                              "as many RMS in use as the platform allows"}}},
    [WATCH_TURN] = {30005,
                    30024,
                    {{"TURN relays below 85 % of what there is",
                      "TURN relays at 90 % of what there is"},
                     {"TURN relays below 90 % of what there is", "every TURN relay is in use"}}},
};

void watch_init(struct watch *watch, int64_t limit, enum watched what)
{
    *watch = (struct watch){.up = INT64_MAX, .down = INT64_MIN, .limit = limit, .what = what};
    if (limit > 0 && limit < AMPLE && what != WATCH_NOTHING)
        aim(watch);
}

/* How the alarm of one of its two levels stands now. */
static void say(struct simulation *sim, const struct watch *watch, bool full, uint32_t cluster,
                uint32_t peer)
{
    bool raised = full ? watch->full : watch->near;
    alarm_raise(sim, (struct alarm){.id = full ? kinds[watch->what].full : kinds[watch->what].near,
                                    .raised = raised,
                                    .cluster = cluster,
                                    .peer = peer,
                                    .text = kinds[watch->what].text[full][raised]});
}

/* Another thing will be watched: what stands of this one is lowered. */
static void lower(struct simulation *sim, struct watch *watch, uint32_t cluster)
{
    bool full = watch->full, near = watch->near;
    watch->full = watch->near = false;
    if (full)
        say(sim, watch, true, cluster, NONE);
    if (near)
        say(sim, watch, false, cluster, NONE);
}

void watch_move(struct simulation *sim, struct watch *watch, int64_t limit, enum watched what,
                uint32_t cluster)
{
    if (what != watch->what) {
        lower(sim, watch, cluster);
        watch_init(watch, limit, what);
    }
    watch->limit = limit;
    if (limit > 0 && limit < AMPLE && what != WATCH_NOTHING)
        aim(watch);
}

void watch_repeat(struct simulation *sim, const struct watch *watch, uint32_t cluster,
                  uint32_t peer)
{
    if (watch->near)
        say(sim, watch, false, cluster, peer);
    if (watch->full)
        say(sim, watch, true, cluster, peer);
}

void watch_check(struct simulation *sim, struct watch *watch, int64_t used, uint32_t cluster,
                 uint32_t peer)
{
    if (!watch->near && used >= watch->up) {
        watch->near = true;
        say(sim, watch, false, cluster, peer);
    }
    if (!watch->full && used >= watch->limit) {
        watch->full = true;
        say(sim, watch, true, cluster, peer);
    }
    if (watch->full && used < share(watch->limit, 90)) {
        watch->full = false;
        say(sim, watch, true, cluster, peer);
    }
    if (watch->near && used < share(watch->limit, 85)) {
        watch->near = false;
        say(sim, watch, false, cluster, peer);
    }
    aim(watch);
}

void alarm_raise(struct simulation *sim, struct alarm alarm)
{
    alarm.time = sim->now;
    alarm_keep(sim, &alarm);
}

void alarm_keep(struct simulation *sim, const struct alarm *alarm)
{
    if (!sim->measuring)
        return;
    if (sim->alarm_count == ALARMS_KEPT) {
        sim->alarms_dropped++;
        return;
    }
    if (sim->alarm_count == sim->alarm_capacity) {
        size_t capacity = sim->alarm_capacity ? sim->alarm_capacity * 2 : 64;
        struct alarm *alarms = realloc(sim->alarms, capacity * sizeof *alarms);
        if (!alarms) {
            sim->alarms_dropped++;
            return;
        }
        sim->alarms = alarms;
        sim->alarm_capacity = capacity;
    }
    sim->alarms[sim->alarm_count] = *alarm;
    sim->alarms[sim->alarm_count++].replication = sim->replication;
}
