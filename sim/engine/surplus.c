#include "sim/engine/surplus.h"

#include "sim/engine/state.h"

static struct meter *meter_of(struct simulation *sim, const struct surplus_limit *limit)
{
    struct cluster_state *cluster = &sim->clusters[limit->cluster];
    return limit->of_rms ? &cluster->rms : &cluster->units;
}

void surplus_reset(struct simulation *sim)
{
    for (uint32_t i = 0; i < sim->options->surplus_count; i++) {
        const struct surplus_limit *limit = &sim->options->surplus_limits[i];
        struct meter *meter = meter_of(sim, limit);
        sim->surpluses[i] = (struct surplus){.threshold = limit->threshold, .over_since = FOREVER};
        meter->surplus = i + 1;
        surplus_look(&sim->surpluses[i], meter->used, sim->now);
        meter_aim(sim, meter);
    }
}

void surplus_look(struct surplus *surplus, int64_t used, nanos now)
{
    bool over = used + surplus->amount >= surplus->threshold;
    if (over && surplus->over_since == FOREVER) {
        surplus->over_since = now;
    } else if (!over && surplus->over_since != FOREVER) {
        surplus->over_time += time_since(now, surplus->over_since);
        surplus->over_since = FOREVER;
    }
}

static void change(struct simulation *sim, struct meter *meter, int64_t amount)
{
    if (!meter->surplus || amount == 0)
        return;
    struct surplus *surplus = &sim->surpluses[meter->surplus - 1];
    surplus->amount += amount;
    surplus_look(surplus, meter->used, sim->now);
    meter_aim(sim, meter);
}

/* What the legs of a call would take, wherever they went: peers are alike. */
static void change_all(struct simulation *sim, uint32_t variant, int64_t sign)
{
    const struct variant *v = &sim->plan->variants[variant];
    for (uint32_t i = 0; i < v->leg_count; i++) {
        const struct leg *leg = &sim->plan->legs[v->first_leg + i];
        struct cluster_state *cluster = &sim->clusters[leg->cluster];
        uint32_t local = (uint32_t)__builtin_ctz(cluster->live | 1u << CLUSTER_PEERS_MAX);
        if (!leg->takes || local == CLUSTER_PEERS_MAX)
            continue;
        change(sim, &cluster->units, sign * leg->units[local]);
        change(sim, &cluster->rms, sign * leg->rms);
    }
}

void surplus_add(struct simulation *sim, uint32_t variant, nanos end)
{
    change_all(sim, variant, 1);
    simulation_schedule(sim, end, EVENT_SURPLUS_END, variant, 0);
}

void surplus_end(struct simulation *sim, uint32_t variant)
{
    change_all(sim, variant, -1);
}

void surplus_measure(struct simulation *sim)
{
    for (uint32_t i = 0; i < sim->options->surplus_count; i++) {
        struct surplus *surplus = &sim->surpluses[i];
        surplus->over_time = 0;
        if (surplus->over_since != FOREVER)
            surplus->over_since = sim->now;
    }
}

void surplus_collect(const struct simulation *sim, double *seconds)
{
    for (uint32_t i = 0; i < sim->options->surplus_count; i++) {
        const struct surplus *surplus = &sim->surpluses[i];
        nanos last = surplus->over_since == FOREVER ? 0 : time_since(sim->now, surplus->over_since);
        seconds[i] = (double)(surplus->over_time + last) / (double)SECOND;
    }
}
