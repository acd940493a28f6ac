#include "answer/bottleneck.h"

#include <math.h>
#include <string.h>

const char *cause_words(enum cause cause)
{
    static const char *const words[CAUSE_COUNT] = {
        "peers that are up", "units of the peer", "the cluster cap",      "RMS licences",
        "bandwidth",         "TURN relays",       "the call set-up rate", "registered endpoints",
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

/* Counts by cause of a class, NONE: of all; returns the refusals. */
static double count_causes(const struct results *results, uint32_t class_index,
                           double held[CAUSE_COUNT])
{
    double refused = 0;
    for (int cause = 0; cause < CAUSE_COUNT; cause++)
        held[cause] = 0;
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
    return refused;
}

enum cause leading_cause(const struct results *results, uint32_t class_index, double *share)
{
    double held[CAUSE_COUNT], refused = count_causes(results, class_index, held), most = 0;
    enum cause leading = CAUSE_COUNT;
    for (int cause = 0; cause < CAUSE_COUNT; cause++) {
        if (held[cause] > most) {
            most = held[cause];
            leading = (enum cause)cause;
        }
    }
    *share = refused > 0 ? most / refused : 0;
    return leading;
}

unsigned causes_held(const struct results *results, uint32_t class_index, double least)
{
    double held[CAUSE_COUNT], refused = count_causes(results, class_index, held);
    unsigned set = 0;
    for (int cause = 0; cause < CAUSE_COUNT; cause++)
        if (held[cause] > 0 && held[cause] >= least * refused)
            set |= 1u << cause;
    return set;
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
