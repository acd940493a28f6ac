#include "answer/verdict.h"

#include <math.h>
#include <string.h>

#include "sim/study/confidence.h"

/* --- Judging ---------- */

bool scenario_replays(const struct scenario *scenario)
{
    if (scenario->trace_count == 0 || scenario->outage_count > 0)
        return false;
    for (uint32_t c = 0; c < scenario->class_count; c++)
        if (scenario->classes[c].arrivals.kind != ARRIVALS_NONE)
            return false;
    return true;
}

bool scenario_varies(const struct scenario *scenario)
{
    bool varies = scenario->trace_count > 0 || scenario->step_count > 0;
    for (uint32_t c = 0; c < scenario->class_count && !varies; c++)
        varies = scenario->classes[c].arrivals.steps.count > 1;
    return varies;
}

static double log_odds(double share)
{
    return log(share / (1 - share));
}

/* Replications until the interval, narrowing with their root, leaves the goal on one side. */
static double replications_missing(struct interval blocked, double goal, size_t replications,
                                   size_t batches)
{
    double count = (double)replications;
    if (isnan(blocked.high))
        return fmax(10 - count, 1); /* an interval first */
    if (blocked.value <= 0)         /* the bound is inverse to the number of calls */
        return ceil(count * (blocked.high / goal - 1));
    if (blocked.value >= 1) /* so is that of calls that got through */
        return goal < 1 ? ceil(count * ((1 - blocked.low) / (1 - goal) - 1)) : 1e9;
    double half =
        (log_odds(fmin(blocked.high, 1 - 1e-12)) - log_odds(fmax(blocked.low, 1e-300))) / 2;
    double wanted = fabs(log_odds(blocked.value) - log_odds(goal));
    double needed = batches ? ceil(statistics_count_needed(batches, half, wanted) / (double)batches)
                            : statistics_count_needed(replications, half, wanted);
    return fmax(needed - count, 1);
}

struct judgement judge_share(struct interval blocked, double goal, size_t replications,
                             size_t batches, bool certain)
{
    struct judgement judgement = {.answer = ANSWER_OPEN, .blocked = blocked, .batches = batches};
    if (isnan(blocked.value) || (certain && blocked.value <= goal))
        judgement.answer = ANSWER_YES;
    else if (certain || blocked.low > goal)
        judgement.answer = ANSWER_NO;
    else if (blocked.high <= goal)
        judgement.answer = ANSWER_YES;
    else
        judgement.more = replications_missing(blocked, goal, replications, batches);
    return judgement;
}

static bool worse(const struct judgement *a, const struct judgement *b)
{
    if (b->class_index == NONE || a->answer != b->answer)
        return b->class_index == NONE || a->answer > b->answer;
    if (a->blocked.value != b->blocked.value)
        return a->blocked.value > b->blocked.value;
    return a->blocked.high > b->blocked.high;
}

static void judge_class(struct judgement *worst, const struct scenario *scenario, uint32_t c,
                        struct confidence blocked, size_t replications)
{
    if (isnan(blocked.interval.value))
        return; /* nobody called */
    bool certain = scenario_replays(scenario) && replications == 1;
    struct judgement judgement = judge_share(blocked.interval, scenario->goals.blocking,
                                             replications, blocked.batches, certain);
    judgement.class_index = c;
    judgement.obstacle = certain ? NULL : blocked.obstacle;
    if (worse(&judgement, worst))
        *worst = judgement;
}

static const struct judgement no_calls = {
    .answer = ANSWER_YES, .class_index = NONE, .blocked = {NAN, NAN, NAN}, .more = 0};

struct judgement judge_results(const struct scenario *scenario, const struct results *results)
{
    struct judgement worst = no_calls;
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope == SCOPE_CLASS && strcmp(m->metric, "blocked_fraction") == 0)
            judge_class(&worst, scenario, m->index, confidence_of(results, i),
                        results->replications);
    }
    return worst;
}

struct verdict verdict_of(const struct scenario *scenario, const struct results *results,
                          const struct survival_set *sets, size_t set_count)
{
    struct verdict verdict = {.normal = judge_results(scenario, results), .down = no_calls};
    for (size_t s = 0; s < set_count; s++) {
        struct judgement set = no_calls;
        for (uint32_t c = 0; c < scenario->class_count; c++)
            judge_class(
                &set, scenario, c,
                (struct confidence){.interval = sets[s].blocked[c], .batches = sets[s].batches},
                sets[s].replications);
        if (!verdict.worst_set || worse(&set, &verdict.down)) {
            verdict.down = set;
            verdict.worst_set = &sets[s];
        }
    }
    verdict.answer = verdict.normal.answer;
    if (verdict.worst_set && verdict.down.answer > verdict.answer)
        verdict.answer = verdict.down.answer;
    verdict.failed_goal = verdict.answer == ANSWER_NO && scenario->goals.stated;
    return verdict;
}

/* --- When ---------- */

static size_t series_find(const struct results *results, enum scope scope, uint32_t index,
                          const char *metric)
{
    for (size_t s = 0; s < results->series_count; s++) {
        const struct series *series = &results->series[s];
        if (series->scope == scope && series->index == index && strcmp(series->metric, metric) == 0)
            return s;
    }
    return SIZE_MAX;
}

/* Looks at whole hours from time 0 (at single intervals when those are longer) for the greatest
 * mean. */
static struct worst_hour worst_span(const struct results *results, size_t series)
{
    struct worst_hour worst = {.found = false};
    if (series == SIZE_MAX || results->interval <= 0)
        return worst;
    size_t step = results->interval >= HOUR ? 1 : (size_t)(HOUR / results->interval);
    size_t at = SIZE_MAX;
    double most = 0;
    for (size_t first = 0; first < results->intervals; first += step) {
        size_t last = first + step < results->intervals ? first + step : results->intervals;
        double value = results_span(results, series, first, last).value;
        if (value > most) {
            most = value;
            at = first;
        }
    }
    if (at == SIZE_MAX)
        return worst;
    size_t last = at + step < results->intervals ? at + step : results->intervals;
    return (struct worst_hour){
        .found = true,
        .from = (nanos)at * results->interval,
        .to = (nanos)last * results->interval,
        .share = results_span(results, series, at, last),
        .one_day = results_span_prediction(results, series, at, last),
        .name = results->series[series].name,
    };
}

struct worst_hour worst_hour_blocked(const struct results *results, uint32_t class_index)
{
    return worst_span(results, series_find(results, SCOPE_CLASS, class_index, "blocked_fraction"));
}

struct worst_hour busiest_hour(const struct results *results)
{
    struct worst_hour worst = {.found = false};
    for (size_t s = 0; s < results->series_count; s++) {
        const struct series *series = &results->series[s];
        if (series->scope != SCOPE_CLUSTER || strcmp(series->metric, "units") != 0)
            continue;
        struct worst_hour hour = worst_span(results, s);
        if (hour.found && (!worst.found || hour.share.value > worst.share.value))
            worst = hour;
    }
    return worst;
}

/* --- Why ---------- */

const char *cause_words(enum cause cause)
{
    static const char *const words[CAUSE_COUNT] = {
        "peers that are up", "sessions of the peer", "the cluster's cap",    "RMS licences",
        "bandwidth",         "TURN relays",          "the call set-up rate", "registered endpoints",
    };
    return words[cause];
}

/* "blocked_rms" gives CAUSE_RMS; CAUSE_COUNT for every other name. */
static enum cause metric_cause(const char *metric)
{
    static const char prefix[] = "blocked_";
    if (strncmp(metric, prefix, sizeof prefix - 1) != 0)
        return CAUSE_COUNT;
    for (int cause = 0; cause < CAUSE_COUNT; cause++)
        if (strcmp(metric + sizeof prefix - 1, cause_name((enum cause)cause)) == 0)
            return (enum cause)cause;
    return CAUSE_COUNT;
}

enum cause leading_cause(const struct results *results, uint32_t class_index, double *share)
{
    double held[CAUSE_COUNT] = {0}, refused = 0;
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope != SCOPE_CLASS || (class_index != NONE && m->index != class_index))
            continue;
        enum cause cause = metric_cause(m->metric);
        bool all = strcmp(m->metric, "blocked") == 0;
        if (cause == CAUSE_COUNT && !all)
            continue;
        double count = results_interval(results, i, 0).value;
        if (all)
            refused += count;
        else
            held[cause] += count;
    }
    enum cause leading = CAUSE_COUNT;
    double most = 0;
    for (int cause = 0; cause < CAUSE_COUNT; cause++) {
        if (held[cause] > most) {
            most = held[cause];
            leading = (enum cause)cause;
        }
    }
    *share = refused > 0 ? most / refused : 0;
    return leading;
}

static void consider(struct tightest *best, const struct results *results, size_t peak_metric,
                     const char *limit_metric, const char *kind)
{
    const struct metric *m = &results->metrics[peak_metric];
    size_t limit = results_find(results, m->scope, m->name, limit_metric);
    if (limit == SIZE_MAX)
        return;
    struct tightest found = {m->name, kind, results_interval(results, peak_metric, 0).value,
                             results_interval(results, limit, 0).value};
    if (found.limit > 0 && (!best->name || found.peak / found.limit > best->peak / best->limit))
        *best = found;
}

static const struct resource {
    enum scope scope;
    const char *peak, *limit, *kind;
    bool registers; /* stands in the way of registrations */
} resources[] = {
    {SCOPE_CLUSTER, "peak_units", "cap", "units", false},
    {SCOPE_POOL, "peak_in_use", "size", "licences", true},
    {SCOPE_PIPE, "peak_bandwidth", "total", "bit/s", false},
    {SCOPE_PEER, "peak_registrations", "registrations_limit", "registrations", true},
    {SCOPE_PEER, "peak_mra_registrations", "mra_registrations_limit", "MRA registrations", true},
    {SCOPE_PEER, "peak_encrypted_sessions", "encrypted_sessions_limit", "encrypted sessions", true},
};

static bool is_rms_pool(const struct metric *m)
{
    size_t length = strlen(m->name);
    return m->scope == SCOPE_POOL && length >= 4 && strcmp(m->name + length - 4, ".rms") == 0;
}

static struct tightest tightest_of(const struct results *results, bool registers)
{
    struct tightest best = {0};
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        for (size_t k = 0; k < sizeof resources / sizeof *resources; k++)
            if (m->scope == resources[k].scope && strcmp(m->metric, resources[k].peak) == 0 &&
                (!registers || (resources[k].registers && !is_rms_pool(m))))
                consider(&best, results, i, resources[k].limit, resources[k].kind);
    }
    return best;
}

struct tightest tightest_resource(const struct results *results)
{
    return tightest_of(results, false);
}

struct tightest tightest_registration(const struct results *results, double *rejected)
{
    *rejected = 0;
    for (size_t i = 0; i < results->metric_count; i++)
        if (results->metrics[i].scope == SCOPE_ENDPOINTS &&
            strcmp(results->metrics[i].metric, "rejected") == 0)
            *rejected += results_interval(results, i, 0).value;
    return tightest_of(results, true);
}
