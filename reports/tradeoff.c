#include "reports/tradeoff.h"

#include <stddef.h>

#include "model/registration.h"

bool tradeoff_applies(const struct endpoints *endpoints)
{
    if (endpoints->protocol == PROTOCOL_H323 || endpoints->protocol == PROTOCOL_BOTH)
        return endpoints->failover != FAILOVER_MRA;
    return endpoints->failover == FAILOVER_REFRESH || endpoints->failover == FAILOVER_DNS;
}

static const struct {
    const char *metric, *unit;
    size_t offset;
} columns[] = {
    {"failover_mean", "s", offsetof(struct registration_tradeoff, failover_mean)},
    {"failover_p95", "s", offsetof(struct registration_tradeoff, failover_p95)},
    {"failover_max", "s", offsetof(struct registration_tradeoff, failover_max)},
    {"refreshes_per_peer", "1/s", offsetof(struct registration_tradeoff, refreshes)},
    {"refreshes", "1/s", offsetof(struct registration_tradeoff, refreshes_cluster)},
    {"reregistrations_per_peer", "1/s", offsetof(struct registration_tradeoff, storm)},
    {"unregistered_minutes", "min", offsetof(struct registration_tradeoff, unregistered_minutes)},
    {"registration_load", "1", offsetof(struct registration_tradeoff, load)},
};

static void put_interval(struct table *table, const struct scenario *scenario, uint32_t population,
                         double ttl)
{
    struct registration_tradeoff row = registration_tradeoff(scenario, population, ttl);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        table_text(table, scenario->endpoints[population].name);
        table_number(table, ttl);
        table_text(table, columns[i].metric);
        table_number(table, *(const double *)((const char *)&row + columns[i].offset));
        table_text(table, columns[i].unit);
    }
}

/* The grid in order, the population's own interval at its place. */
static void put_population(struct table *table, const struct scenario *scenario,
                           uint32_t population)
{
    struct refresh_range range = registration_interval(&scenario->endpoints[population], 0);
    double own = (range.low + range.high) / 2;
    bool put = false;
    for (size_t i = 0; i < REGISTRATION_TTL_COUNT; i++) {
        if (!put && own <= registration_ttls[i]) {
            put_interval(table, scenario, population, own);
            put = true;
        }
        if (registration_ttls[i] != own)
            put_interval(table, scenario, population, registration_ttls[i]);
    }
    if (!put)
        put_interval(table, scenario, population, own);
}

bool registrations_table(struct table *table, const struct scenario *scenario)
{
    table_begin(table, "registrations", "endpoints,ttl,metric,value,unit");
    for (uint32_t i = 0; i < scenario->endpoints_count; i++)
        if (tradeoff_applies(&scenario->endpoints[i]))
            put_population(table, scenario, i);
    return table_end(table);
}
