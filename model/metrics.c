#include "model/metrics.h"

#include <assert.h>
#include <string.h>

#define METRIC(scope, id, name, unit, kind, meaning)                                               \
    {SCOPE_##scope, name, unit, meaning, QUANTITY_##kind},
static const struct metric_info metrics[METRIC_COUNT] = {METRICS};
#undef METRIC

#define SERIES(scope, id, name, unit, columns, meaning)                                            \
    {SCOPE_##scope, name, unit, meaning, columns},
static const struct series_info series[SERIES_COUNT] = {SERIES_LIST};
#undef SERIES

const struct metric_info *metric_info(enum metric_id id)
{
    assert(id < METRIC_COUNT);
    return &metrics[id];
}

const struct series_info *series_info(enum series_id id)
{
    assert(id < SERIES_COUNT);
    return &series[id];
}

enum metric_id metric_find(enum scope scope, const char *name)
{
    for (int i = 0; i < METRIC_COUNT; i++)
        if (metrics[i].scope == scope && strcmp(metrics[i].name, name) == 0)
            return (enum metric_id)i;
    return METRIC_COUNT;
}

const char *scope_name(enum scope scope)
{
    static const char *const names[SCOPE_COUNT] = {"run",  "class",     "cluster", "peer", "pool",
                                                   "pipe", "endpoints", "licence", "event"};
    return names[scope];
}
