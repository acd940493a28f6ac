#include "answer/windows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/results.h"

#define HOURS_OF_DAY 24

/* What a simulation shows of an hour. */
struct cost {
    double blocked_calls; /* of all classes */
    struct window seen;
};

static double sum_of_classes(const struct trial_sources *sources, const char *metric)
{
    double sum = 0;
    for (size_t i = 0; i < sources->results->metric_count; i++) {
        const struct metric *m = &sources->results->metrics[i];
        if (m->scope == SCOPE_CLASS && strcmp(m->metric, metric) == 0)
            sum += results_interval(sources->results, i, 0).value;
    }
    return sum;
}

/* Of all events of the script. */
static double sum_of_events(const struct trial_sources *sources, const char *metric)
{
    double sum = 0;
    for (size_t i = 0; i < sources->results->metric_count; i++) {
        const struct metric *m = &sources->results->metrics[i];
        double value = 0;
        if (m->scope == SCOPE_EVENT && strcmp(m->metric, metric) == 0)
            value = results_interval(sources->results, i, 0).value;
        sum += isnan(value) ? 0 : value;
    }
    return sum;
}

static void note(void *context, const struct trial_sources *sources, const struct answer *answer)
{
    struct cost *cost = context;
    const struct judged *row = answer_worst(answer, GOAL_BLOCKING, false);
    cost->seen.blocked = row ? row->value.value : NAN;
    cost->blocked_calls = sum_of_classes(sources, "blocked");
    cost->seen.cut = sum_of_classes(sources, "dropped");
    cost->seen.unregistered = sum_of_events(sources, "devices_lost");
}

static enum trial_outcome try_setting(const struct trial_maker *maker,
                                      const struct windows_ask *ask, const char *setting,
                                      struct cost *cost)
{
    const char *settings[] = {"goals.survive=0", setting};
    struct trial_options options = ask->options;
    struct answer answer;
    options.simulate = true;
    options.most = 0;
    options.seen = note;
    options.seen_context = cost;
    enum trial_outcome outcome = trial_judge(maker, settings, setting ? 2 : 1, &options, &answer);
    if (outcome == TRIAL_JUDGED)
        answer_release(&answer);
    return outcome;
}

static int by_cost(const void *left, const void *right)
{
    const struct window *a = left, *b = right;
    double calls_a = a->cut + a->refused, calls_b = b->cut + b->refused;
    if (calls_a != calls_b)
        return calls_a < calls_b ? -1 : 1;
    if (a->unregistered != b->unregistered)
        return a->unregistered < b->unregistered ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

struct hours {
    const struct trial_maker *maker;
    const struct windows_ask *ask;
    struct cost as_is;
    struct windows *windows;
    bool failed;
};

/* False when it cannot go on. */
static bool try_hour(struct hours *h, int hour)
{
    const struct windows_ask *ask = h->ask;
    const struct cost *as_is = &h->as_is;
    struct windows *windows = h->windows;
    char time[32], *setting = NULL;
    struct cost cost = {0};
    snprintf(time, sizeof time, "%dh", hour);
    const char *mark = strstr(ask->setting, "%s");
    h->failed = !mark || asprintf(&setting, "%.*s%s%s", (int)(mark - ask->setting), ask->setting,
                                  time, mark + 2) < 0;
    enum trial_outcome outcome =
        h->failed ? TRIAL_FAILED : try_setting(h->maker, ask, setting, &cost);
    if (!h->failed)
        free(setting);
    h->failed = outcome == TRIAL_FAILED;
    windows->stopped = outcome == TRIAL_STOPPED;
    if (outcome == TRIAL_NOT_BUILT)
        windows->obstacle = "the scenario cannot be run with it";
    if (outcome != TRIAL_JUDGED)
        return false;
    cost.seen.at = hour * HOUR;
    cost.seen.cut = fmax(0, cost.seen.cut - as_is->seen.cut);
    cost.seen.refused = fmax(0, cost.blocked_calls - as_is->blocked_calls);
    cost.seen.unregistered = fmax(0, cost.seen.unregistered - as_is->seen.unregistered);
    windows->items[windows->count++] = cost.seen;
    return true;
}

bool windows_find(const struct scenario *scenario, const struct trial_maker *maker,
                  const struct windows_ask *ask, struct windows *windows)
{
    struct hours h = {.maker = maker, .ask = ask, .windows = windows};
    double length = (double)scenario->run.length / (double)SECOND;
    *windows = (struct windows){.items = calloc(HOURS_OF_DAY, sizeof *windows->items)};
    if (!windows->items)
        return false;
    if (length < ask->seconds)
        windows->obstacle = "the run is shorter than that";
    else if (try_setting(maker, ask, ask->without, &h.as_is) != TRIAL_JUDGED)
        windows->obstacle = "the scenario cannot be run";
    windows->blocked = h.as_is.seen.blocked;
    for (int hour = 0; hour < HOURS_OF_DAY && !windows->obstacle; hour++)
        if (hour * 3600.0 + ask->seconds > length || !try_hour(&h, hour))
            break;
    if (windows->count > 0)
        qsort(windows->items, windows->count, sizeof *windows->items, by_cost);
    return !h.failed;
}

void windows_release(struct windows *windows)
{
    free(windows->items);
    *windows = (struct windows){0};
}
