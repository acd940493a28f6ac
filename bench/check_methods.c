/* Conditioning against counting, and the estimate's bands against conditioning.
 *
 * Random scenarios: clusters of one to four peers and their policies, zones that draw a peer, edge
 * and core, devices that are registered, pools of RMS, sizes that leave gaps, any law of holding
 * times, loads that change by the hour, peers that are taken down by plan or fail at random. The
 * load of each is set so that counting still sees refusals: some 1e-2 to 1e-4. The two figures must
 * agree within their joint error, and never contradict each other about a goal of 0.1 %.
 *
 * With `bands` the loads are set for shares from 1e-2 down to 1e-9, where counting sees nothing,
 * and the badge and band of `estimate` are held against the figure of conditioning.
 *
 * Usage: check_methods [SCENARIOS [SEED [bands | show]]]; default 200 1. Exit status 1 when a
 * figure is off.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/draft_text.h"
#include "data/scenario_file.h"
#include "model/estimate/estimate.h"
#include "sim/study/conditional.h"
#include "sim/study/experiment.h"

#define REPLICATIONS 200
#define GOAL         1e-3
#define OFF          4.0 /* standard errors; one in 16,000 is beyond by chance */

/* ---- Random scenarios ---- */

static const char *any_holding(struct draft_text *d)
{
    static const char *const laws[] = {
        "{distribution: exponential, mean: 30m}", "{distribution: deterministic, mean: 30m}",
        "{distribution: lognormal, mean: 30m, cv: 1.3}",
        "{distribution: gamma, mean: 20m, cv: 0.7}",
        "{distribution: hyperexponential, probabilities: [0.7, 0.3], means: [15m, 65m]}"};
    return laws[pick(d, 0, 4)];
}

/* Returns the units of its peers. */
static int cluster(struct draft_text *d, const char *name, const char *settings, int peers, int rms)
{
    int sum = 0, units = 10 * pick(d, 1, 4);
    bool alike = pick(d, 0, 1);
    say(d, "  - name: %s\n    redundancy: none\n%s    peers:\n", name, settings);
    for (int i = 0; i < peers; i++) {
        int own = alike ? units : 10 * pick(d, 1, 4);
        say(d, "      - {name: %s%d, platform: u%d", name, i, own);
        if (rms > 0)
            say(d, ", rms: %d", rms);
        say(d, "}\n");
        sum += own;
    }
    return sum;
}

static void class_of(struct draft_text *d, const char *name, const char *what, const char *way,
                     double rate, bool varies)
{
    say(d, "  - {name: %s, %s, via: {%s}, arrivals: {rate: %.6f/h%s}, holding: %s}\n", name, what,
        way, rate, varies ? ", steps: [[0h, 0.3], [8h, 0.8], [10h, 1], [12h, 0.6]]" : "",
        any_holding(d));
}

static void failures(struct draft_text *d, const char *name, int peers)
{
    if (peers > 1 && pick(d, 0, 3) == 0)
        say(d, "outages: [{cluster: %s, mtbf: %dh, mttr: %dm}]\n", name, 10 * pick(d, 2, 10),
            10 * pick(d, 1, 12));
    else if (peers > 1 && pick(d, 0, 3) == 0)
        say(d, "outages: [{peer: %s0, at: 9h, for: 3h}]\n", name);
}

/* One cluster, by a policy or a zone. */
static void one_cluster(struct draft_text *d)
{
    static const char *const policies[] = {"", "    selection: first-fit\n",
                                           "    selection: best-fit\n",
                                           "    selection: random-fit\n"};
    int peers = pick(d, 1, 4), rms = pick(d, 0, 2) == 0 ? pick(d, 5, 12) : 0;
    say(d, "clusters:\n");
    int sum = cluster(d, "a", policies[pick(d, 0, 3)], peers, rms);
    bool varies = pick(d, 0, 2) == 0, mixed = pick(d, 0, 1);
    failures(d, "a", peers);
    say(d, "calls:\n");
    class_of(d, "v", mixed ? "media: video, service: b2b" : "media: audio, service: b2b",
             "cluster: a", d->factor * sum * (mixed ? 0.7 : 1.6), varies);
    if (mixed)
        class_of(d, "w", "media: audio, service: registered", "cluster: a", d->factor * sum * 0.4,
                 varies);
}

/* A zone that draws a peer and devices at their peers; two clusters behind one another. */
static void edge_and_core(struct draft_text *d)
{
    int peers = pick(d, 1, 3), inside = pick(d, 1, 3);
    bool varies = pick(d, 0, 2) == 0, devices = pick(d, 0, 1);
    say(d, "clusters:\n");
    int sum = cluster(d, "e", "    role: edge\n    traversal: i\n", peers, 0);
    int core = cluster(d, "i", "    role: core\n", inside, 0);
    sum = core < sum ? core : sum;
    say(d, "zones: [{name: out, kind: %s, cluster: e}]\n", pick(d, 0, 1) ? "dns" : "neighbour");
    say(d,
        "endpoints: [{name: phones, cluster: e, count: %d, device: desktop, access: mra, "
        "failover: mra}]\n",
        pick(d, 100, 900));
    if (!devices)
        failures(d, pick(d, 0, 1) ? "i" : "e", peers < inside ? peers : inside);
    say(d, "calls:\n");
    class_of(d, "v", "media: video, service: b2b", "zone: out", d->factor * sum * 0.4, varies);
    if (devices)
        class_of(d, "w", "media: audio, service: mra", "endpoints: phones", d->factor * sum * 0.5,
                 varies);
}

static void make_text(struct draft_text *d, uint64_t seed, uint64_t number, double factor)
{
    d->used = 0;
    d->state = seed * UINT64_C(1000003) + number;
    d->factor = factor;
    say(d, "platforms:\n");
    for (int units = 10; units <= 40; units += 10)
        say(d,
            "  - {name: u%d, units: %d, registrations: 5000, rms: 500, mra-registrations: 5000}\n",
            units, units);
    if (pick(d, 0, 2))
        one_cluster(d);
    else
        edge_and_core(d);
    say(d, "run: {length: 96h, replications: %d, seed: %d}\n", REPLICATIONS, (int)number + 1);
}

/* ---- One scenario ---- */

struct subject {
    struct draft_text text;
    struct scenario scenario;
    struct plan plan;
    struct errors errors;
    nanos warmup;
};

static void open_subject(struct subject *s, uint64_t seed, uint64_t number, double factor)
{
    errors_init(&s->errors);
    make_text(&s->text, seed, number, factor);
    if (!scenario_read_text(s->text.text, s->text.used, "check", ".", &s->scenario, &s->errors) ||
        !plan_init(&s->plan, &s->scenario, &s->errors)) {
        printf("%s%s\n", s->text.text, s->errors.count ? s->errors.items[0].message : "?");
        exit(1);
    }
    s->warmup = s->plan.varies ? 0 : 20 * DAY;
}

static void close_subject(struct subject *s)
{
    plan_release(&s->plan);
    scenario_release(&s->scenario);
    errors_release(&s->errors);
}

static struct conditional_figure condition(struct subject *s, uint32_t hits, uint64_t samples)
{
    struct conditional_figure figure;
    const struct conditional_options options = {
        .seed = 7, .warmup = s->warmup, .jobs = 1, .hits = hits, .samples = samples};
    if (!conditional_run(&s->plan, 0, &options, &figure, &s->errors))
        exit(1);
    return figure;
}

static struct interval count(struct subject *s)
{
    struct results results;
    const struct experiment_options options = {.jobs = 1};
    if (!experiment_run(&s->scenario, &options, &results, &s->errors))
        exit(1);
    s->warmup = results.warmup;
    size_t metric = results_find(&results, SCOPE_CLASS, "v", "blocked_fraction");
    struct interval x = results_interval(&results, metric, 0);
    results_release(&results);
    return x;
}

/* A factor of the load at which about this share is refused; false: it cannot be had. */
static bool find_load(uint64_t seed, uint64_t number, double share, double *factor,
                      const char **obstacle)
{
    double low = 0.05, high = 2;
    for (int i = 0; i < 12; i++) {
        struct subject s;
        double middle = sqrt(low * high);
        open_subject(&s, seed, number, middle);
        struct conditional_figure figure = condition(&s, 10, 300);
        close_subject(&s);
        *obstacle = figure.obstacle;
        if (figure.obstacle)
            return false;
        if (figure.share.value < share)
            low = middle;
        else
            high = middle;
    }
    *factor = sqrt(low * high);
    return true;
}

static double target_of(uint64_t seed, uint64_t number, double least)
{
    struct draft_text d = {.state = seed * 31 + number * 17 + 5};
    return pow(10, -2 - uniform(&d) * (-2 - log10(least)));
}

static double error_of(struct interval x)
{
    return (x.high - x.low) / 3.92;
}

/* ---- Against counting ---- */

static int verdict_of(struct interval x)
{
    return x.high <= GOAL ? 1 : x.low > GOAL ? -1 : 0;
}

static int against_counting(int scenarios, uint64_t seed, bool show)
{
    int done = 0, refused = 0, off = 0, wide = 0, contradict = 0, close = 0;
    double sum = 0;
    for (int i = 0; i < scenarios; i++) {
        double factor;
        const char *obstacle;
        struct subject s;
        if (!find_load(seed, (uint64_t)i, target_of(seed, (uint64_t)i, 1e-4), &factor, &obstacle)) {
            if (show)
                printf("%d: %s\n", i, obstacle);
            refused++;
            continue;
        }
        open_subject(&s, seed, (uint64_t)i, factor);
        struct interval counted = count(&s);
        struct conditional_figure figure = condition(&s, 400, 100000);
        double joint = hypot(error_of(counted), error_of(figure.share));
        double z = (figure.share.value - counted.value) / joint;
        bool against = verdict_of(counted) * verdict_of(figure.share) < 0;
        if (counted.value > 0) {
            done++;
            sum += z;
            off += fabs(z) > OFF;
            wide += fabs(z) > 1.96;
            close += verdict_of(counted) != 0 && verdict_of(counted) == verdict_of(figure.share);
        }
        contradict += against;
        if (show || fabs(z) > OFF || against)
            printf(
                "%d: counted %.3e (%.3e to %.3e), conditional %.3e (%.3e to %.3e), z %.2f, window "
                "%.0f s\n",
                i, counted.value, counted.low, counted.high, figure.share.value, figure.share.low,
                figure.share.high, z, (double)figure.window / (double)SECOND);
        if (fabs(z) > OFF)
            printf("%s\n", s.text.text);
        close_subject(&s);
    }
    printf("%d scenarios: %d compared (%d refused), %d beyond 1.96 errors (%.1f %%), %d beyond %g; "
           "mean of z %.2f; the same YES or NO in %d, contradicted in %d\n",
           scenarios, done, refused, wide, 100.0 * wide / done, off, OFF, sum / done, close,
           contradict);
    return off == 0 && contradict == 0 ? 0 : 1;
}

/* ---- The estimate's bands ---- */

#define DECADES 8 /* 1e-2..1e-9 */

struct band {
    int count, inside, above, below; /* the band holds the figure, or it lies wholly beside it */
    double worst;                    /* figure over the band's near end */
};

static void note_band(struct band *band, struct interval x, const struct estimate_row *row)
{
    double low = isnan(row->low) ? row->value : row->low;
    double high = isnan(row->high) ? row->value : row->high;
    band->count++;
    if (x.low > high * (1 + 1e-9)) {
        band->above++;
        band->worst = fmax(band->worst, x.value / fmax(high, 1e-300));
    } else if (x.high < low * (1 - 1e-9)) {
        band->below++;
        band->worst = fmax(band->worst, low / fmax(x.value, 1e-300));
    } else {
        band->inside++;
    }
}

static void bands(int scenarios, uint64_t seed, bool show)
{
    struct band table[BADGE_SIMULATE + 1][DECADES] = {{{0}}};
    for (int i = 0; i < scenarios; i++) {
        double factor;
        const char *obstacle;
        struct subject s;
        struct estimate estimate;
        const struct estimate_options options = {.preview = false};
        double target = target_of(seed, (uint64_t)i, 1e-9);
        if (!find_load(seed, (uint64_t)i, target, &factor, &obstacle))
            continue;
        open_subject(&s, seed, (uint64_t)i, factor);
        struct conditional_figure figure = condition(&s, 400, 100000);
        if (!estimate_make(&s.scenario, &options, &estimate))
            exit(1);
        const struct estimate_row *row = NULL;
        for (int down = -1; down <= 0 && !row; down++)
            row = estimate_find(&estimate, -1, down, "class", "v", "blocked_fraction");
        int decade = (int)floor(-log10(fmax(figure.share.value, 1e-10))) - 1;
        if (row && figure.share.value > 0 && decade >= 0 && decade < DECADES) {
            struct band *band = &table[row->badge][decade];
            int before = band->inside;
            note_band(band, figure.share, row);
            if (show || (row->badge != BADGE_SIMULATE && band->inside == before))
                printf("%d: %.3e (%.3e to %.3e), %s %.3e (%.3e to %.3e) %s\n", i,
                       figure.share.value, figure.share.low, figure.share.high,
                       badge_name(row->badge), row->value, row->low, row->high, row->formula);
        }
        estimate_release(&estimate);
        close_subject(&s);
    }
    puts("badge        share of   scenarios  inside  above  below  worst factor");
    for (int badge = 0; badge <= BADGE_SIMULATE; badge++)
        for (int d = 0; d < DECADES; d++) {
            const struct band *band = &table[badge][d];
            if (band->count)
                printf("%-12s 1e-%d..1e-%d %8d %7d %6d %6d  %.2f\n", badge_name((enum badge)badge),
                       d + 2, d + 1, band->count, band->inside, band->above, band->below,
                       band->worst);
        }
}

int main(int argc, char **argv)
{
    int scenarios = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 200;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    bool show = argc > 3 && strstr(argv[3], "show");
    if (argc > 3 && strstr(argv[3], "bands")) {
        bands(scenarios, seed, show);
        return 0;
    }
    return against_counting(scenarios, seed, show);
}
