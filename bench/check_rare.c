/* Do the 95 % intervals of rare refusals contain the truth in 95 % of runs?
 *
 * Clusters whose blocking is known exactly (one class of calls over equal peers: Erlang's formula,
 * whatever the law of holding times) are estimated by conditioning a thousand times each, with the
 * seeds 1 to 1000. Each share of intervals that contain the exact value must lie in 92.5 to 97.5 %,
 * all together in 94 to 96 %; where samples are so few that mostly nothing is hit the limits are
 * exact and may cover more, never less than 93 %.
 *
 * Usage: check_rare [RUNS [FIRST SYSTEM]]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_file.h"
#include "model/formulas/erlang.h"
#include "sim/study/conditional.h"

struct coverage {
    int units;       /* of each of four peers */
    double blocking; /* wanted; the load is found for it */
    const char *holding;
    uint32_t hits;    /* 0: as usual */
    uint64_t samples; /* at most; 0: as usual */
};

static const struct coverage systems[] = {
    {5, 1e-2, "mean: 1h", 0, 0},
    {5, 1e-4, "mean: 1h", 0, 0},
    {5, 1e-9, "mean: 1h", 0, 0},
    {25, 1e-3, "mean: 1h", 200, 0},
    {25, 1e-4, "distribution: lognormal, mean: 1h, cv: 1.4", 200, 0},
    {25, 1e-6, "mean: 1h", 200, 0},
    {25, 1e-12, "distribution: deterministic, mean: 1h", 200, 0},
    {5, 1e-6, "mean: 1h", 400, 200},
    {5, 1e-6, "mean: 1h", 400, 20},
};

static double load_for(double blocking, int servers)
{
    double low = 0, high = 2 * servers;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (erlang_b(servers, middle) < blocking)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void make_text(const struct coverage *c, char *text, size_t size)
{
    snprintf(text, size,
             "platforms: [{name: lab, units: %d}]\n"
             "clusters: [{name: c, redundancy: none, peers: [{name: a, platform: lab}, {name: b, "
             "platform: lab}, {name: d, platform: lab}, {name: e, platform: lab}]}]\n"
             "calls: [{name: v, media: audio, service: webex, units: 1, via: {cluster: c}, "
             "arrivals: {busy-hour-erlangs: %.15g}, holding: {%s}}]\n"
             "run: {length: 8h, seed: 1}\n",
             c->units, load_for(c->blocking, 4 * c->units), c->holding);
}

/* Runs whose interval holds the truth; -1: it failed. */
static int covered(const struct coverage *c, const struct plan *plan, int runs, int *above,
                   double *mean)
{
    int inside = 0;
    struct errors errors;
    errors_init(&errors);
    *above = 0;
    *mean = 0;
    for (int i = 0; i < runs; i++) {
        const struct conditional_options options = {.seed = (uint64_t)i + 1,
                                                    .warmup = 100 * DAY,
                                                    .hits = c->hits,
                                                    .samples = c->samples,
                                                    .jobs = 1};
        struct conditional_figure figure;
        if (!conditional_run(plan, 0, &options, &figure, &errors) || figure.obstacle)
            return -1;
        inside += figure.share.low <= c->blocking && c->blocking <= figure.share.high;
        *above += figure.share.low > c->blocking;
        *mean += figure.share.value / c->blocking / runs;
    }
    errors_release(&errors);
    return inside;
}

/* The runs that hold the truth; exits where something fails. */
static int cover(const struct coverage *c, int runs)
{
    char text[1024];
    struct scenario scenario;
    struct plan plan;
    struct errors errors;
    int above;
    double mean;
    errors_init(&errors);
    make_text(c, text, sizeof text);
    if (!scenario_read_text(text, strlen(text), "check", ".", &scenario, &errors) ||
        !plan_init(&plan, &scenario, &errors)) {
        puts(errors.count ? errors.items[0].message : "no scenario");
        exit(1);
    }
    int inside = covered(c, &plan, runs, &above, &mean);
    if (inside < 0)
        exit(1);
    printf("4 x %d units, %g, %s, %llu samples at most: %.1f %% of %d intervals contain it (%d too "
           "high, %d too low), mean %.4f of it\n",
           c->units, c->blocking, c->holding, (unsigned long long)c->samples, 100.0 * inside / runs,
           runs, above, runs - inside - above, mean);
    fflush(stdout);
    plan_release(&plan);
    scenario_release(&scenario);
    errors_release(&errors);
    return inside;
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000, all = 0, exact = 0;
    bool good = true;
    for (size_t i = argc > 2 ? (size_t)strtol(argv[2], NULL, 10) : 0;
         i < sizeof systems / sizeof *systems; i++) {
        int inside = cover(&systems[i], runs);
        double share = 100.0 * inside / runs;
        bool few = systems[i].samples > 0;
        good = good && share >= (few ? 93 : 92.5) && (few || share <= 97.5);
        all += few ? 0 : inside;
        exact += few ? 0 : runs;
    }
    double together = exact ? 100.0 * all / exact : 95;
    printf("together %.2f %%\n", together);
    good = good && together >= 94 && together <= 96;
    puts(good ? "good"
              : "outside 92.5 to 97.5 % each (93 where nothing is hit), 94 to 96 together");
    return good ? 0 : 1;
}
