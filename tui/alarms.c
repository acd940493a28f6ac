#include "tui/alarms.h"

#include <stdlib.h>

static int compare(uint64_t x, uint64_t y)
{
    return (x > y) - (x < y);
}

static int by_place(const struct alarm *x, const struct alarm *y)
{
    int order = (x->id > y->id) - (x->id < y->id);
    order = order ? order : compare(x->cluster, y->cluster);
    return order ? order : compare(x->peer, y->peer);
}

/* An alarm's raises side by side, a replication's with the first at its head. */
static int by_alarm(const void *a, const void *b)
{
    const struct alarm *x = *(const struct alarm *const *)a, *y = *(const struct alarm *const *)b;
    int order = by_place(x, y);
    order = order ? order : compare(x->replication, y->replication);
    return order ? order : (x->time > y->time) - (x->time < y->time);
}

static int by_time(const void *a, const void *b)
{
    nanos x = *(const nanos *)a, y = *(const nanos *)b;
    return (x > y) - (x < y);
}

/* From all raises of one alarm; `firsts` has room for as many. */
static struct alarm_seen seen_of(const struct alarm *const *raised, size_t count, nanos *firsts,
                                 size_t replications)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || raised[i]->replication != raised[i - 1]->replication)
            firsts[used++] = raised[i]->time;
    qsort(firsts, used, sizeof *firsts, by_time);
    return (struct alarm_seen){.id = raised[0]->id,
                               .cluster = raised[0]->cluster,
                               .peer = raised[0]->peer,
                               .replications = used,
                               .share = (double)used / (double)(replications ? replications : 1),
                               .first = firsts[0],
                               .typical = firsts[(used - 1) / 2]};
}

struct alarm_seen *alarms_seen(const struct results *results, size_t *count)
{
    size_t most = results ? results->alarm_count : 0, n = 0;
    const struct alarm **raised = calloc(most + 1, sizeof *raised);
    nanos *firsts = calloc(most + 1, sizeof *firsts);
    struct alarm_seen *seen = calloc(most + 1, sizeof *seen);
    *count = 0;
    for (size_t i = 0; raised && firsts && seen && i < most; i++)
        if (results->alarms[i].raised && results->alarms[i].time >= 0)
            raised[n++] = &results->alarms[i];
    if (n)
        qsort(raised, n, sizeof *raised, by_alarm);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && by_place(raised[from], raised[to]) == 0;)
            to++;
        seen[(*count)++] = seen_of(raised + from, to - from, firsts, results->replications);
    }
    free(raised);
    free(firsts);
    if (*count)
        return seen;
    free(seen);
    return NULL;
}
