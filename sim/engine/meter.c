#include "sim/engine/meter.h"

#include "sim/engine/outages.h"
#include "sim/engine/state.h"
#include "sim/engine/surplus.h"

void meter_reset(struct meter *meter, int64_t limit, enum watched what, bool counts_full)
{
    *meter = (struct meter){.limit = limit,
                            .counts_full = counts_full,
                            .full_since = counts_full && limit <= 0 ? 0 : FOREVER};
    watch_init(&meter->watch, limit, what);
    meter_aim(NULL, meter);
}

/* Over the threshold it looks whether it still is, else whether it is by now. */
static void aim_at_surplus(const struct surplus *surplus, struct meter *meter)
{
    int64_t level = surplus->threshold - surplus->amount;
    if (surplus->over_since == FOREVER && level < meter->alert_up)
        meter->alert_up = level;
    else if (surplus->over_since != FOREVER && level > meter->alert_down)
        meter->alert_down = level;
}

void meter_aim(const struct simulation *sim, struct meter *meter)
{
    const struct watch *watch = &meter->watch;
    int64_t up = meter->peak + 1 < watch->up ? meter->peak + 1 : watch->up;
    int64_t full =
        meter->counts_full && meter->full_since == FOREVER ? meter->limit : meter->limit + 1;
    meter->alert_up = full < up ? full : up;
    if (meter->watch.armed)
        meter->alert_up = INT64_MIN;
    meter->alert_down =
        meter->full_since != FOREVER && meter->limit > watch->down ? meter->limit : watch->down;
    if (meter->surplus)
        aim_at_surplus(&sim->surpluses[meter->surplus - 1], meter);
}

void meter_alert(struct simulation *sim, struct meter *meter, uint32_t cluster, uint32_t peer)
{
    if (meter->used > meter->peak)
        meter->peak = meter->used;
    if (meter->counts_full && meter->used >= meter->limit && meter->full_since == FOREVER) {
        meter->full_since = sim->now;
    } else if (meter->used < meter->limit && meter->full_since != FOREVER) {
        meter->full_time += time_since(sim->now, meter->full_since);
        meter->full_since = FOREVER;
    }
    if (meter->surplus)
        surplus_look(&sim->surpluses[meter->surplus - 1], meter->used, sim->now);
    if (meter->used >= meter->watch.up || meter->used < meter->watch.down)
        watch_check(sim, &meter->watch, meter->used, cluster, peer);
    if (meter->watch.armed)
        outages_check_key(sim, peer);
    meter_aim(sim, meter);
}

void meter_close(struct meter *meter, uint64_t since)
{
    double area = (double)(meter->area + (uint64_t)meter->used * since);
    meter->integral += area;
    meter->interval += area;
    meter->area = 0;
}

void meter_measure(const struct simulation *sim, struct meter *meter)
{
    meter->integral = meter->interval = 0;
    meter->peak = meter->used;
    meter->full_time = 0;
    if (meter->full_since != FOREVER)
        meter->full_since = sim->now;
    meter_aim(sim, meter);
}

void meter_finish(struct meter *meter, nanos now)
{
    if (meter->full_since != FOREVER)
        meter->full_time += time_since(now, meter->full_since);
}
