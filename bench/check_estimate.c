/* The estimate against the simulator: random scenarios of sixteen kinds, every figure that both
 * give.
 *
 * An exact figure must lie within 4.5 standard errors of the simulation, and 93 to 97 % of all
 * exact figures inside the simulator's 95 % intervals; the truth of an approximate figure must be
 * in its band, that is, the simulator's interval must meet the band. Differences are made per
 * replication (numerator - figure x denominator for ratios) and their Student ratio mapped to a
 * normal z. Figures that show nothing in a quarter of the replications are too rare to judge.
 *
 * Usage: check_estimate [SCENARIOS [SEED [KIND]]]; default 16 scenarios; `make check-estimate` runs
 * 208. A scenario that fails is printed. Exit status 1 when a bound is missed.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_file.h"
#include "model/estimate/estimate.h"
#include "sim/study/experiment.h"

#define Z_LIMIT      4.5
#define REPLICATIONS 40
#define TEXT_SIZE    8192

struct tally {
    size_t exact, inside, beyond, approximate, outside, simulate;
    double z_squares, z_worst;
};

/* ---- random scenarios
 * ------------------------------------------------------------------------------------------- */

struct draft {
    char text[TEXT_SIZE];
    size_t used;
    uint64_t state;
};

static double uniform(struct draft *d)
{
    d->state += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    uint64_t z = d->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double between(struct draft *d, double low, double high)
{
    return low + (high - low) * uniform(d);
}

static int pick(struct draft *d, int low, int high)
{
    return low + (int)(uniform(d) * (high - low + 1));
}

__attribute__((format(printf, 2, 3))) static void say(struct draft *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    d->used += (size_t)vsnprintf(d->text + d->used, TEXT_SIZE - d->used, format, args);
    va_end(args);
}

/* A cluster whose peers have `units` each (0: random ones); returns the sum. */
static int cluster(struct draft *d, const char *name, const char *settings, int peers, int units,
                   int rms)
{
    int sum = 0;
    say(d, "  - name: %s\n    %s\n    peers:\n", name, settings);
    for (int i = 0; i < peers; i++) {
        int size = units ? units : 5 * pick(d, 1, 8);
        say(d, "      - {name: %s%d, platform: u%d", name, i, size);
        if (rms > 0)
            say(d, ", rms: %d", i == 0 ? rms - rms / peers * (peers - 1) : rms / peers);
        say(d, "}\n");
        sum += size;
    }
    return sum;
}

static const char *any_holding(struct draft *d)
{
    static const char *const laws[] = {
        "{distribution: exponential, mean: 30m}",
        "{distribution: deterministic, mean: 30m}",
        "{distribution: erlang, k: 3, mean: 30m}",
        "{distribution: lognormal, mean: 30m, cv: 1.3}",
        "{distribution: gamma, mean: 30m, cv: 0.7}",
        "{distribution: hyperexponential, probabilities: [0.7, 0.3], means: [15m, 65m]}",
    };
    return laws[pick(d, 0, 5)];
}

/* A class of `erlangs`, holding 30 minutes in the mean. */
static void class_of(struct draft *d, const char *name, const char *what, const char *via,
                     double erlangs, const char *holding)
{
    say(d, "  - {name: %s, %s, via: {%s},\n     arrivals: {rate: %.4f/h}, holding: %s}\n", name,
        what, via, 2 * erlangs, holding);
}

static const char *const voice = "media: audio, service: registered";
static const char *const video = "media: video, service: registered";
static const char *const paid_voice = "media: audio, service: b2b, protocol: h323";
static const char *const paid_video = "media: video, service: b2b";

static void one_class(struct draft *d)
{
    static const char *const policies[] = {"selection: most-available", "selection: first-fit",
                                           "selection: best-fit", "selection: random-fit"};
    char settings[128];
    snprintf(settings, sizeof settings, "redundancy: none\n    %s", policies[pick(d, 0, 3)]);
    say(d, "clusters:\n");
    int sum = cluster(d, "a", settings, pick(d, 1, 6), 0, 0);
    say(d, "calls:\n");
    bool two = pick(d, 0, 1);
    class_of(d, "one", two ? video : voice, "cluster: a",
             sum / (two ? 2.0 : 1.0) * between(d, 0.6, 1.2), any_holding(d));
}

static void mix_on_one_peer(struct draft *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none", 1, 5 * pick(d, 2, 12), 0);
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", sum * between(d, 0.2, 0.5), any_holding(d));
    class_of(d, "two", video, "cluster: a", sum / 2.0 * between(d, 0.2, 0.6), any_holding(d));
}

static void mix_under_a_cap(struct draft *d)
{
    say(d, "clusters:\n");
    int peers = pick(d, 3, 6), units = 5 * pick(d, 2, 6);
    cluster(d, "a", "redundancy: n+1", peers, units, 0);
    int cap = (peers - 1) * units;
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", cap * between(d, 0.2, 0.5), any_holding(d));
    class_of(d, "two", video, "cluster: a", cap / 2.0 * between(d, 0.3, 0.6), any_holding(d));
}

static void pool_on_one_peer(struct draft *d)
{
    say(d, "clusters:\n");
    int units = 5 * pick(d, 3, 12), rms = (int)(units * between(d, 0.15, 0.4)) + 1;
    cluster(d, "a", "redundancy: none", 1, units, rms);
    say(d, "calls:\n");
    class_of(d, "free", voice, "cluster: a", units * between(d, 0.2, 0.4), any_holding(d));
    class_of(d, "paid", paid_voice, "cluster: a", rms * between(d, 0.2, 0.5), any_holding(d));
    class_of(d, "movie", paid_video, "cluster: a", rms * between(d, 0.2, 0.6), any_holding(d));
}

static void pool_over_peers(struct draft *d)
{
    say(d, "clusters:\n");
    int peers = pick(d, 2, 5), units = 5 * pick(d, 2, 8),
        rms = (int)(peers * units * between(d, 0.3, 0.7)) + peers;
    cluster(d, "a", "redundancy: none", peers, units, rms);
    say(d, "calls:\n");
    class_of(d, "free", voice, "cluster: a", peers * units * between(d, 0.3, 0.5), any_holding(d));
    class_of(d, "paid", paid_voice, "cluster: a", rms * between(d, 0.6, 1.1), any_holding(d));
}

static void pinned_with_a_pool(struct draft *d)
{
    say(d, "clusters:\n");
    int peers = pick(d, 2, 4), units = 5 * pick(d, 2, 6),
        rms = (int)(peers * units * between(d, 0.4, 0.8)) + peers;
    cluster(d, "a", "redundancy: none", peers, units, rms);
    say(d, "calls:\n");
    for (int i = 0; i < peers; i++) {
        char name[24], via[24];
        snprintf(name, sizeof name, "c%d", i);
        snprintf(via, sizeof via, "peer: a%d", i);
        class_of(d, name, paid_voice, via, units * between(d, 0.5, 1.1), any_holding(d));
    }
}

static void finite_sources(struct draft *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none", pick(d, 1, 4), 0, 0),
        sources = (int)(sum * between(d, 1.2, 4)) + 1;
    double alpha = between(d, 0.6, 1.1) * sum / sources / (1 - fmin(0.8, 0.9 * sum / sources));
    say(d,
        "calls:\n  - {name: few, %s, via: {cluster: a},\n     arrivals: {sources: %d, idle: %ds}, "
        "holding: %s}\n",
        voice, sources, (int)(1800 / alpha) + 1, any_holding(d));
}

static void groups(struct draft *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none", pick(d, 1, 4), 0, 0), most = pick(d, 2, 12);
    double mean = 0.5 + 0.5 * most;
    say(d,
        "calls:\n  - {name: meet, %s, via: {cluster: a},\n     arrivals: {rate: %.4f/h, batches: "
        "[[1, 0.5], [%d, 0.5]]},"
        "\n     holding: {distribution: exponential, mean: 30m}}\n",
        voice, 2 * sum * between(d, 0.4, 0.9) / mean, most);
}

static void edge_and_core(struct draft *d)
{
    say(d, "clusters:\n");
    int edge =
        cluster(d, "e", "role: edge\n    traversal: c\n    redundancy: none", pick(d, 1, 3), 10, 0);
    int core = cluster(d, "c", "role: core\n    redundancy: none", pick(d, 1, 3), 10, 0);
    say(d, "calls:\n");
    class_of(d, "through", voice, "cluster: e", edge * between(d, 0.5, 1), any_holding(d));
    class_of(d, "inside", voice, "cluster: c", core * between(d, 0.1, 0.5), any_holding(d));
}

static void drawn_at_random(struct draft *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none\n    selection: random", pick(d, 2, 5),
                      5 * pick(d, 1, 8), 0);
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", sum * between(d, 0.2, 0.4), any_holding(d));
    class_of(d, "two", video, "cluster: a", sum / 2.0 * between(d, 0.2, 0.5), any_holding(d));
}

static void fragmented(struct draft *d, const char *hold_one, const char *hold_two, double longer)
{
    say(d, "clusters:\n");
    int peers = pick(d, 2, 6),
        sum = cluster(d, "a", "redundancy: none", peers, 10 * pick(d, 1, 4), 0);
    double share = between(d, 0.15, 0.85), load = sum * between(d, 0.8, 1.05);
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", load * share, hold_one);
    class_of(d, "two", video, "cluster: a", load * (1 - share) / 2 * longer, hold_two);
}

static void fragmented_alike(struct draft *d)
{
    fragmented(d, "{distribution: exponential, mean: 30m}",
               "{distribution: exponential, mean: 30m}", 1);
}

static void fragmented_other_holds(struct draft *d)
{
    fragmented(d, "{distribution: exponential, mean: 30m}",
               "{distribution: exponential, mean: 34m}", 1);
}

static void failing_peers(struct draft *d)
{
    say(d, "clusters:\n");
    int peers = pick(d, 2, 5),
        sum = cluster(d, "a", "redundancy: none", peers, 5 * pick(d, 2, 6), 0);
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", sum * between(d, 0.6, 0.9),
             "{distribution: exponential, mean: 30m}");
    say(d, "outages:\n  - {cluster: a, mtbf: %dh, mttr: %dh%s}\n", pick(d, 60, 300),
        pick(d, 10, 20), pick(d, 0, 1) ? ", crew: 1" : "");
}

static void slow_redials(struct draft *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none", pick(d, 1, 4), 5 * pick(d, 1, 6), 0);
    say(d,
        "calls:\n  - {name: again, %s, via: {cluster: a}, arrivals: {rate: %.4f/h},\n"
        "     holding: {distribution: exponential, mean: 30m}, redial: {probability: %d%%, after: "
        "6h}}\n",
        voice, 2 * sum * between(d, 0.6, 0.9), pick(d, 20, 80));
}

static void day(struct draft *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none", pick(d, 1, 4), 5 * pick(d, 1, 8), 0);
    say(d,
        "calls:\n  - {name: daily, %s, via: {cluster: a},\n"
        "     arrivals: {rate: %.4f/h, steps: [[0h, 0.1], [8h, 0.7], [10h, 1], [%dh, 0.4], [20h, "
        "0.1]]},\n"
        "     holding: {distribution: exponential, mean: %dm}}\n",
        voice, 2 * sum * between(d, 0.8, 1.2), pick(d, 11, 16), pick(d, 10, 60));
}

static void registered_endpoints(struct draft *d)
{
    say(d, "clusters:\n");
    int peers = pick(d, 2, 4),
        sum = cluster(d, "a", "redundancy: none", peers, 5 * pick(d, 2, 6), 0);
    say(d,
        "endpoints:\n  - {name: phones, cluster: a, count: %d, device: desktop, protocol: sip, "
        "access: mra}\n",
        peers * 60);
    say(d, "calls:\n");
    class_of(d, "mra", "media: audio, service: mra", "endpoints: phones", sum * between(d, 0.6, 1),
             any_holding(d));
}

static const struct {
    const char *name;
    void (*make)(struct draft *draft);
} kinds[] = {
    {"one class", one_class},
    {"mix on one peer", mix_on_one_peer},
    {"mix under a cap", mix_under_a_cap},
    {"pool on one peer", pool_on_one_peer},
    {"pool over peers", pool_over_peers},
    {"pinned with a pool", pinned_with_a_pool},
    {"finite sources", finite_sources},
    {"groups", groups},
    {"edge and core", edge_and_core},
    {"drawn at random", drawn_at_random},
    {"fragmented", fragmented_alike},
    {"fragmented, other holds", fragmented_other_holds},
    {"failing peers", failing_peers},
    {"slow redials", slow_redials},
    {"day", day},
    {"registered endpoints", registered_endpoints},
};

#define KINDS (sizeof kinds / sizeof *kinds)

static void platforms(struct draft *d)
{
    say(d, "scenario: drawn\nplatforms:\n");
    for (int units = 5; units <= 60; units += 5)
        say(d,
            "  - {name: u%d, registrations: 9999, units: %d, audio-weight: 1, video-weight: 2, "
            "mra-video-weight: 2, "
            "rms: 9999, mra-registrations: 9999}\n",
            units, units);
}

static void draw(struct draft *d, size_t kind, uint64_t seed)
{
    *d = (struct draft){.state = seed * 1000003 + kind};
    platforms(d);
    kinds[kind].make(d);
    bool daily = kinds[kind].make == day, failing = kinds[kind].make == failing_peers;
    say(d, "run: {length: %s, warmup: %s, replications: %d, seed: %llu, interval: 1h}\n",
        daily     ? "24h"
        : failing ? "2000h"
                  : "200h",
        daily     ? "none"
        : failing ? "400h"
                  : "40h",
        daily ? 400 : REPLICATIONS, (unsigned long long)(seed * 7919 + kind));
}

/* ---- the comparison
 * --------------------------------------------------------------------------------------------- */

/* The normal z of the mean difference between simulation and figure; NAN when it is too rare to
 * judge. */
static double difference(const struct results *r, const struct metric *m, double figure)
{
    double sum = 0, squares = 0;
    size_t silent = 0;
    for (size_t i = 0; i < r->replications; i++) {
        double n = r->rows[i][m->numerator] * m->scale;
        double e = m->kind == METRIC_RATIO ? figure * r->rows[i][m->denominator] : figure;
        silent += !(n != 0);
        sum += n - e;
        squares += (n - e) * (n - e);
    }
    double count = (double)r->replications, mean = sum / count,
           variance = (squares - sum * mean) / (count - 1);
    if (4 * silent > r->replications || !(variance > 0))
        return NAN;
    double t = mean / sqrt(variance / count), tail = gsl_cdf_tdist_Q(fabs(t), count - 1);
    return copysign(tail > 0 ? gsl_cdf_ugaussian_Qinv(tail) : 99, t);
}

static void compare_exact(struct tally *tally, const struct results *r, size_t metric,
                          const struct estimate_row *row)
{
    double z = difference(r, &r->metrics[metric], row->value);
    struct interval i = results_interval(r, metric, 0);
    if (isnan(z) || isnan(i.low))
        return;
    tally->exact++;
    tally->inside += i.low <= row->value && row->value <= i.high;
    tally->z_squares += z * z;
    tally->z_worst = fmax(tally->z_worst, fabs(z));
    if (fabs(z) < Z_LIMIT)
        return;
    tally->beyond++;
    printf("  z = %.1f: %s %s %s: simulated %.6g (%.6g to %.6g), by %s %.6g\n", z, row->scope,
           row->name, row->metric, i.value, i.low, i.high, row->formula, row->value);
}

static void compare_band(struct tally *tally, const struct results *r, size_t metric,
                         const struct estimate_row *row)
{
    double z = difference(r, &r->metrics[metric], row->value);
    struct interval i = results_interval(r, metric, 0);
    /* An interval touches a band of no width as often as it covers a point: only bands are judged
     * here. */
    if (isnan(z) || isnan(i.low) || !(row->low < row->high))
        return;
    tally->approximate++;
    double room = (i.high - i.low) / 2;
    if (i.high + room >= row->low && i.low - room <= row->high)
        return;
    tally->outside++;
    printf("  band: %s %s %s: simulated %.6g (%.6g to %.6g), by %s %.6g (%.6g to %.6g)\n",
           row->scope, row->name, row->metric, i.value, i.low, i.high, row->formula, row->value,
           row->low, row->high);
}

static void compare(struct tally *tally, const struct scenario *s, const struct results *r,
                    const struct estimate *e)
{
    for (size_t i = 0; i < r->metric_count; i++) {
        const struct metric *m = &r->metrics[i];
        int down = s->outage_count > 0 ? -1 : 0;
        const struct estimate_row *row =
            estimate_find(e, -1, down, scope_name(m->scope), m->name, m->metric);
        if (!row || m->kind == METRIC_CONSTANT)
            continue;
        if (row->badge == BADGE_EXACT)
            compare_exact(tally, r, i, row);
        else if (row->badge == BADGE_APPROXIMATE)
            compare_band(tally, r, i, row);
        else
            tally->simulate++;
    }
}

static bool run_one(struct tally *tally, const struct draft *d)
{
    struct errors errors;
    struct scenario scenario;
    struct estimate estimate = {0};
    struct results results = {0};
    struct experiment_options options = {.jobs = 1};
    errors_init(&errors);
    bool ok = scenario_read_text(d->text, d->used, "drawn", ".", &scenario, &errors) &&
              estimate_make(&scenario, NULL, &estimate) &&
              experiment_run(&scenario, &options, &results, &errors);
    if (ok)
        compare(tally, &scenario, &results, &estimate);
    for (size_t i = 0; !ok && i < errors.count; i++)
        printf("%ld: %s\n", errors.items[i].line, errors.items[i].message);
    results_release(&results);
    estimate_release(&estimate);
    scenario_release(&scenario);
    errors_release(&errors);
    return ok;
}

static void add(struct tally *to, const struct tally *from)
{
    to->exact += from->exact;
    to->inside += from->inside;
    to->beyond += from->beyond;
    to->approximate += from->approximate;
    to->outside += from->outside;
    to->simulate += from->simulate;
    to->z_squares += from->z_squares;
    to->z_worst = fmax(to->z_worst, from->z_worst);
}

static void report(const char *name, const struct tally *t)
{
    printf("%-24s exact %5zu, inside %5.1f %%, |z| at most %.1f, mean z^2 %.2f; approximate %4zu, "
           "outside %zu; to simulate"
           " %zu\n",
           name, t->exact, t->exact ? 100.0 * (double)t->inside / (double)t->exact : 100.0,
           t->z_worst, t->exact ? t->z_squares / (double)t->exact : 1.0, t->approximate, t->outside,
           t->simulate);
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : KINDS,
           only = argc > 3 ? strtoul(argv[3], NULL, 10) : KINDS;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct tally totals[KINDS] = {0}, all = {0};
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        struct draft d;
        size_t kind = only < KINDS ? only : i % KINDS;
        struct tally one = {0};
        draw(&d, kind, seed + i);
        ok = run_one(&one, &d) && ok;
        if (one.beyond + one.outside > 0 || !ok)
            printf("in scenario %zu (%s):\n%s\n", i, kinds[kind].name, strstr(d.text, "clusters:"));
        add(&totals[kind], &one);
        add(&all, &one);
        fflush(stdout);
    }
    for (size_t k = 0; k < KINDS; k++)
        report(kinds[k].name, &totals[k]);
    report("all", &all);
    double inside = all.exact ? (double)all.inside / (double)all.exact : 1,
           noise = 2 / sqrt((double)all.exact + 1);
    ok =
        ok && all.beyond == 0 && all.outside == 0 && inside > 0.93 - noise && inside < 0.97 + noise;
    printf("%zu scenarios: %s\n", count, ok ? "all claims hold" : "A CLAIM FAILS");
    return !ok;
}
