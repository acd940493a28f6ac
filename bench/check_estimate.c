/* The estimate against the simulator: every figure that both give, and the verdict.
 *
 * First scenarios that switch on one feature at a time, then such that switch on several until
 * every pair of features has been together, then random scenarios of sixteen kinds. What is claimed
 * and how it is judged: tests/estimate_claims.h, tests/estimate_features.h.
 *
 * Usage: check_estimate [SCENARIOS [SEED [FIRST]]]; default, and `make check-estimate`, is 0: until
 * every pair has been together, which takes about a thousand. A scenario that fails is printed.
 * Exit status 1 when a claim fails.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/draft_text.h"
#include "data/scenario_file.h"
#include "tests/estimate_features.h"

#define REPLICATIONS 40

/* ---- random scenarios ---- */

static double between(struct draft_text *d, double low, double high)
{
    return low + (high - low) * uniform(d);
}

/* A cluster whose peers have `units` each (0: random ones); returns the sum. */
static int cluster(struct draft_text *d, const char *name, const char *settings, int peers,
                   int units, int rms)
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

static const char *any_holding(struct draft_text *d)
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
static void class_of(struct draft_text *d, const char *name, const char *what, const char *via,
                     double erlangs, const char *holding)
{
    say(d, "  - {name: %s, %s, via: {%s},\n     arrivals: {rate: %.4f/h}, holding: %s}\n", name,
        what, via, 2 * erlangs, holding);
}

static const char *const voice = "media: audio, service: registered";
static const char *const video = "media: video, service: registered";
static const char *const paid_voice = "media: audio, service: b2b, protocol: h323";
static const char *const paid_video = "media: video, service: b2b";

static void one_class(struct draft_text *d)
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

static void mix_on_one_peer(struct draft_text *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none", 1, 5 * pick(d, 2, 12), 0);
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", sum * between(d, 0.2, 0.5), any_holding(d));
    class_of(d, "two", video, "cluster: a", sum / 2.0 * between(d, 0.2, 0.6), any_holding(d));
}

static void mix_under_a_cap(struct draft_text *d)
{
    say(d, "clusters:\n");
    int peers = pick(d, 3, 6), units = 5 * pick(d, 2, 6);
    cluster(d, "a", "redundancy: n+1", peers, units, 0);
    int cap = (peers - 1) * units;
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", cap * between(d, 0.2, 0.5), any_holding(d));
    class_of(d, "two", video, "cluster: a", cap / 2.0 * between(d, 0.3, 0.6), any_holding(d));
}

static void pool_on_one_peer(struct draft_text *d)
{
    say(d, "clusters:\n");
    int units = 5 * pick(d, 3, 12), rms = (int)(units * between(d, 0.15, 0.4)) + 1;
    cluster(d, "a", "redundancy: none", 1, units, rms);
    say(d, "calls:\n");
    class_of(d, "free", voice, "cluster: a", units * between(d, 0.2, 0.4), any_holding(d));
    class_of(d, "paid", paid_voice, "cluster: a", rms * between(d, 0.2, 0.5), any_holding(d));
    class_of(d, "movie", paid_video, "cluster: a", rms * between(d, 0.2, 0.6), any_holding(d));
}

static void pool_over_peers(struct draft_text *d)
{
    say(d, "clusters:\n");
    int peers = pick(d, 2, 5), units = 5 * pick(d, 2, 8),
        rms = (int)(peers * units * between(d, 0.3, 0.7)) + peers;
    cluster(d, "a", "redundancy: none", peers, units, rms);
    say(d, "calls:\n");
    class_of(d, "free", voice, "cluster: a", peers * units * between(d, 0.3, 0.5), any_holding(d));
    class_of(d, "paid", paid_voice, "cluster: a", rms * between(d, 0.6, 1.1), any_holding(d));
}

static void pinned_with_a_pool(struct draft_text *d)
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

static void finite_sources(struct draft_text *d)
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

static void groups(struct draft_text *d)
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

static void edge_and_core(struct draft_text *d)
{
    say(d, "clusters:\n");
    int edge =
        cluster(d, "e", "role: edge\n    traversal: c\n    redundancy: none", pick(d, 1, 3), 10, 0);
    int core = cluster(d, "c", "role: core\n    redundancy: none", pick(d, 1, 3), 10, 0);
    say(d, "calls:\n");
    class_of(d, "through", voice, "cluster: e", edge * between(d, 0.5, 1), any_holding(d));
    class_of(d, "inside", voice, "cluster: c", core * between(d, 0.1, 0.5), any_holding(d));
}

static void drawn_at_random(struct draft_text *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none\n    selection: random", pick(d, 2, 5),
                      5 * pick(d, 1, 8), 0);
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", sum * between(d, 0.2, 0.4), any_holding(d));
    class_of(d, "two", video, "cluster: a", sum / 2.0 * between(d, 0.2, 0.5), any_holding(d));
}

static void fragmented(struct draft_text *d, const char *hold_one, const char *hold_two,
                       double longer)
{
    say(d, "clusters:\n");
    int peers = pick(d, 2, 6),
        sum = cluster(d, "a", "redundancy: none", peers, 10 * pick(d, 1, 4), 0);
    double share = between(d, 0.15, 0.85), load = sum * between(d, 0.8, 1.05);
    say(d, "calls:\n");
    class_of(d, "one", voice, "cluster: a", load * share, hold_one);
    class_of(d, "two", video, "cluster: a", load * (1 - share) / 2 * longer, hold_two);
}

static void fragmented_alike(struct draft_text *d)
{
    fragmented(d, "{distribution: exponential, mean: 30m}",
               "{distribution: exponential, mean: 30m}", 1);
}

static void fragmented_other_holds(struct draft_text *d)
{
    fragmented(d, "{distribution: exponential, mean: 30m}",
               "{distribution: exponential, mean: 34m}", 1);
}

static void failing_peers(struct draft_text *d)
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

static void slow_redials(struct draft_text *d)
{
    say(d, "clusters:\n");
    int sum = cluster(d, "a", "redundancy: none", pick(d, 1, 4), 5 * pick(d, 1, 6), 0);
    say(d,
        "calls:\n  - {name: again, %s, via: {cluster: a}, arrivals: {rate: %.4f/h},\n"
        "     holding: {distribution: exponential, mean: 30m}, redial: {probability: %d%%, after: "
        "6h}}\n",
        voice, 2 * sum * between(d, 0.6, 0.9), pick(d, 20, 80));
}

static void day(struct draft_text *d)
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

static void registered_endpoints(struct draft_text *d)
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
    void (*make)(struct draft_text *draft);
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

static void platforms(struct draft_text *d)
{
    say(d, "scenario: drawn\nplatforms:\n");
    for (int units = 5; units <= 60; units += 5)
        say(d,
            "  - {name: u%d, registrations: 9999, units: %d, audio-weight: 1, video-weight: 2, "
            "mra-video-weight: 2, "
            "rms: 9999, mra-registrations: 9999}\n",
            units, units);
}

static void draw(struct draft_text *d, size_t kind, uint64_t seed)
{
    *d = (struct draft_text){.state = seed * 1000003 + kind};
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

/* ---- features ---- */

/* Which pairs have been together. */
struct coverage {
    bool pairs[FEATURES][FEATURES];
    size_t done, all, impossible;
    struct combination apart[FEATURES * FEATURES / 2]; /* pairs of what was no scenario together */
    size_t apart_count;
};

static bool exclude(size_t a, size_t b)
{
    return strcmp(features[a].place, features[b].place) == 0;
}

static void count_pairs(struct coverage *v)
{
    for (size_t a = 0; a < FEATURES; a++)
        for (size_t b = 0; b < a; b++)
            v->all += !exclude(a, b);
}

static size_t new_pairs(const struct coverage *v, const struct combination *c, size_t member)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (exclude(c->members[i], member))
            return 0;
        count += !v->pairs[c->members[i]][member];
    }
    return count;
}

static void cover(struct coverage *v, const struct combination *c)
{
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < i; k++) {
            size_t a = c->members[i], b = c->members[k];
            v->done += !v->pairs[a][b];
            v->pairs[a][b] = v->pairs[b][a] = true;
        }
}

static void take_apart(struct coverage *v, const struct combination *c)
{
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < i; k++)
            v->apart[v->apart_count++] = (struct combination){{c->members[i], c->members[k]}, 2};
}

/* The feature that has been together least with others. */
static size_t loneliest(const struct coverage *v)
{
    size_t best = 0, most = 0;
    for (size_t a = 0; a < FEATURES; a++) {
        size_t missing = 0;
        for (size_t b = 0; b < FEATURES; b++)
            missing += !exclude(a, b) && !v->pairs[a][b];
        best = missing > most ? a : best;
        most = missing > most ? missing : most;
    }
    return best;
}

/* One feature alone while there are any, then those with most pairs that have not been yet. */
static struct combination combine(struct coverage *v, size_t number, struct draft_text *random)
{
    struct combination c = {{number}, 1};
    if (number < FEATURES)
        return c;
    while (v->apart_count > 0) {
        c = v->apart[--v->apart_count];
        if (!v->pairs[c.members[0]][c.members[1]]) {
            cover(v, &c);
            return c;
        }
    }
    c = (struct combination){{loneliest(v)}, 1};
    while (c.count < TOGETHER) {
        size_t best = FEATURES, most = 0, start = (size_t)pick(random, 0, FEATURES - 1);
        for (size_t i = 0; i < FEATURES; i++) {
            size_t member = (start + i) % FEATURES, pairs = new_pairs(v, &c, member);
            if (pairs > most) {
                most = pairs;
                best = member;
            }
        }
        if (best == FEATURES)
            break;
        c.members[c.count++] = best;
    }
    return c;
}

/* What is no scenario together is tried pair by pair. */
static bool run_together(struct claims *claims, struct coverage *v, const struct combination *c,
                         uint64_t seed)
{
    size_t before = v->impossible;
    bool ok = features_run_together(c, seed, claims, &v->impossible);
    if (v->impossible == before || c->count <= 2)
        cover(v, c);
    else
        take_apart(v, c);
    return ok;
}

/* ---- kinds ---- */

static bool run_kind(struct claims *claims, size_t kind, uint64_t seed)
{
    struct draft_text d;
    struct errors errors;
    struct scenario scenario;
    struct claims one = {0};
    draw(&d, kind, seed);
    errors_init(&errors);
    bool ok = scenario_read_text(d.text, d.used, "drawn", ".", &scenario, &errors) &&
              claims_of(&one, &scenario);
    for (size_t i = 0; !ok && i < errors.count; i++)
        printf("%ld: %s\n", errors.items[i].line, errors.items[i].message);
    ok = ok && claims_hold(&one);
    if (!ok)
        printf("in a scenario of kind %s:\n%s\n", kinds[kind].name, strstr(d.text, "clusters:"));
    claims_add(claims, &one);
    scenario_release(&scenario);
    errors_release(&errors);
    return ok;
}

static void report(const char *name, const struct claims *c)
{
    printf("%-24s exact %5zu, inside %5.1f %%, |z| at most %.1f, mean z^2 %.2f; approximate %4zu, "
           "outside %zu; to simulate %zu; yes %zu, no %zu, neither %zu, wrong %zu\n",
           name, c->exact, c->exact ? 100.0 * (double)c->inside / (double)c->exact : 100.0,
           c->z_worst, c->exact ? c->z_squares / (double)c->exact : 1.0, c->approximate, c->outside,
           c->simulate, c->yes, c->no, c->other, c->wrong);
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0,
           first = argc > 3 ? strtoul(argv[3], NULL, 10) : 0, of_kinds = 0, failed = 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct draft_text random = {.state = seed};
    struct claims alone = {0}, together = {0}, by_kind[KINDS] = {0}, all = {0};
    static struct coverage coverage;
    count_pairs(&coverage);
    size_t i = first;
    for (; count == 0 ? coverage.done < coverage.all : i < count; i++) {
        bool kind = i >= FEATURES && i % 4 == 3;
        if (kind) {
            size_t k = of_kinds++ % KINDS;
            failed += !run_kind(&by_kind[k], k, seed + i);
        } else {
            struct combination c = combine(&coverage, i, &random);
            failed += !run_together(i < FEATURES ? &alone : &together, &coverage, &c, seed + i);
        }
        fflush(stdout);
    }
    report("one feature", &alone);
    report("several features", &together);
    claims_add(&all, &alone);
    claims_add(&all, &together);
    for (size_t k = 0; k < KINDS; k++) {
        report(kinds[k].name, &by_kind[k]);
        claims_add(&all, &by_kind[k]);
    }
    report("all", &all);
    double inside = all.exact ? (double)all.inside / (double)all.exact : 1,
           square = all.exact ? all.z_squares / (double)all.exact : 1,
           noise = 3 / sqrt((double)all.exact + 1);
    bool ok = failed == 0 && inside > 0.93 - noise && inside < 0.97 + noise &&
              square > 0.85 - noise && square < 1.2 + noise;
    printf("%zu scenarios, %zu of %zu pairs of features, %zu combinations that are none: %s\n", i,
           coverage.done, coverage.all, coverage.impossible,
           ok ? "all claims hold" : "A CLAIM FAILS");
    return !ok;
}
