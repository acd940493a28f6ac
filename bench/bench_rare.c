/* Rare refusals: seconds of one core to a half-width of 10 % at 95 %, set-up included, by
 * conditioning, by counting, and by counting with a control: the work times the relative variance,
 * made comparable. Counting that met no refusal has no figure. Beside them the exact value, where
 * there is one.
 *
 * Usage: bench_rare [SEED]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/clock.h"
#include "data/scenario_file.h"
#include "model/formulas/erlang.h"
#include "sim/study/conditional.h"
#include "sim/study/control.h"
#include "sim/study/experiment.h"

/* What it takes to a half-width of 10 %, from what was spent on this interval. */
static double seconds_wanted(struct interval x, double spent)
{
    double relative = (x.high - x.low) / 2 / x.value;
    return x.value > 0 ? spent * pow(relative / 0.1, 2) : NAN;
}

static void show_conditional(const struct scenario *scenario, uint32_t class_index, double exact,
                             uint64_t seed, struct errors *errors)
{
    struct plan plan;
    struct conditional_options options = {.seed = seed, .warmup = DAY, .jobs = 1};
    struct conditional_figure figure;
    double begin = cpu_seconds();
    if (!plan_init(&plan, scenario, errors) ||
        !conditional_run(&plan, class_index, &options, &figure, errors))
        exit(1);
    double spent = cpu_seconds() - begin;
    if (figure.obstacle)
        printf("  conditional  %s\n", figure.obstacle);
    else
        printf(
            "  conditional  %9.3e (%9.3e to %9.3e)  %8.3f s to 10 %%  of exact %.3f  %llu samples, "
            "%llu hits, window %.0f s\n",
            figure.share.value, figure.share.low, figure.share.high,
            seconds_wanted(figure.share, spent), exact > 0 ? figure.share.value / exact : NAN,
            (unsigned long long)figure.samples, (unsigned long long)figure.hits,
            (double)figure.window / (double)SECOND);
    plan_release(&plan);
}

static void show_plain(const struct scenario *scenario, uint32_t class_index, uint64_t seed,
                       struct errors *errors)
{
    struct results results;
    const struct experiment_options options = {.seed_given = true, .seed = seed, .jobs = 1};
    double begin = cpu_seconds();
    if (!experiment_run(scenario, &options, &results, errors))
        exit(1);
    double spent = cpu_seconds() - begin;
    size_t metric = results_find(&results, SCOPE_CLASS, scenario->classes[class_index].name,
                                 "blocked_fraction");
    struct interval x = results_interval(&results, metric, 0);
    if (x.value > 0)
        printf("  counting     %9.3e (%9.3e to %9.3e)  %8.3f s to 10 %%\n", x.value, x.low, x.high,
               seconds_wanted(x, spent));
    else
        printf("  counting     none in %.2f s: below %.1e\n", spent, x.high);
    results_release(&results);
}

/* Counting with the system without limits as a control. */
static void show_control(const struct scenario *scenario, uint32_t class_index, uint64_t seed,
                         struct errors *errors)
{
    struct results results;
    struct plan plan;
    struct interval x;
    const struct experiment_options options = {
        .method = METHOD_AUTO, .part = true, .seed_given = true, .seed = seed, .jobs = 1};
    double begin = cpu_seconds();
    if (!experiment_run(scenario, &options, &results, errors) ||
        !plan_init(&plan, scenario, errors) || !controls_expect(&plan, &results))
        exit(1);
    size_t metric = results_find(&results, SCOPE_CLASS, scenario->classes[class_index].name,
                                 "blocked_fraction");
    bool had = control_interval(&results, metric, &x);
    double spent = cpu_seconds() - begin;
    if (had)
        printf("  control      %9.3e (%9.3e to %9.3e)  %8.3f s to 10 %%\n", x.value, x.low, x.high,
               seconds_wanted(x, spent));
    plan_release(&plan);
    results_release(&results);
}

static void show(const char *label, const char *text, const char *class_name, double exact,
                 uint64_t seed)
{
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    if (!scenario_read_text(text, strlen(text), label, ".", &scenario, &errors)) {
        printf("%s: %s\n", label, errors.count ? errors.items[0].message : "?");
        exit(1);
    }
    for (uint32_t k = 0; k < scenario.class_count; k++)
        if (strcmp(scenario.classes[k].name, class_name) == 0) {
            printf("%s\n", label);
            show_conditional(&scenario, k, exact, seed, &errors);
            show_plain(&scenario, k, seed, &errors);
            show_control(&scenario, k, seed, &errors);
        }
    scenario_release(&scenario);
    errors_release(&errors);
}

static double load_for(double blocking, int64_t servers)
{
    double low = 0, high = 2 * (double)servers;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (erlang_b((double)servers, middle) < blocking)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void loss_model(double blocking, uint64_t seed)
{
    char text[1024], label[64];
    snprintf(label, sizeof label, "loss 4 x 100, %g", blocking);
    snprintf(text, sizeof text,
             "platforms: [{name: lab, units: 100, audio-weight: 1}]\n"
             "clusters:\n  - name: c\n    redundancy: none\n    peers:\n"
             "      - {name: a, platform: lab}\n      - {name: b, platform: lab}\n"
             "      - {name: d, platform: lab}\n      - {name: e, platform: lab}\n"
             "calls:\n  - {name: v, media: audio, service: webex, units: 1, via: {cluster: c}, "
             "arrivals: {busy-hour-erlangs: %.12f}, holding: {mean: 3m}}\n"
             "run: {length: 200h, replications: 10, seed: 1}\n",
             load_for(blocking, 400));
    show(label, text, "v", blocking, seed);
}

#define PEER(name) "      - {name: " name ", platform: lab, rms: 57}\n"

/* Lognormal, audio and video, a pool of RMS, fragmentation; loads by a factor. */
static void two_classes(double factor, const char *class_name, uint64_t seed)
{
    char text[2048], label[64];
    snprintf(label, sizeof label, "pool and fragmentation, x%g, %s", factor, class_name);
    snprintf(
        text, sizeof text,
        "platforms: [{name: lab, units: 100, audio-weight: 1, video-weight: 2, rms: 100}]\n"
        "clusters:\n  - name: c\n    redundancy: none\n    peers:\n" PEER("a") PEER("b") PEER("d")
            PEER(
                "e") "calls:\n"
                     "  - {name: audio, media: audio, service: webex, via: {cluster: c}, arrivals: "
                     "{busy-hour-erlangs: %g}, holding: {distribution: lognormal, mean: 3m, cv: "
                     "1.4}}\n"
                     "  - {name: video, media: video, service: b2b, via: {cluster: c}, arrivals: "
                     "{busy-hour-erlangs: %g}, holding: {distribution: lognormal, mean: 3m, cv: "
                     "1.4}}\n"
                     "run: {length: 200h, replications: 10, seed: 1}\n",
        145 * factor, 72 * factor);
    show(label, text, class_name, 0, seed);
}

/* A day with a burst at nine. */
static void bursts(double burst, uint64_t seed)
{
    char text[2048], label[64];
    snprintf(label, sizeof label, "a day of bursts, x%g at nine", burst);
    snprintf(
        text, sizeof text,
        "platforms: [{name: lab, units: 100, audio-weight: 1}]\n"
        "clusters:\n  - name: c\n    redundancy: none\n    peers:\n" PEER("a") PEER("b") PEER("d")
            PEER(
                "e") "calls:\n"
                     "  - {name: v, media: audio, service: webex, via: {cluster: c}, arrivals: "
                     "{rate: 2000/h, "
                     "steps: [[0h, 0.1], [8h, 1], [9h, %g], [\"09:05\", 1], [18h, 0.2]]}, holding: "
                     "{mean: 6m}}\n"
                     "run: {length: 24h, replications: 30, seed: 1}\n",
        burst);
    show(label, text, "v", 0, seed);
}

/* Three peers that fail every 90 days, for so many holding times; a year. */
static void failing(double erlangs, int holdings, uint64_t seed)
{
    char text[2048], label[64];
    snprintf(label, sizeof label, "MTBF 90 d, MTTR %d holding times, %g erlangs", holdings,
             erlangs);
    snprintf(text, sizeof text,
             "platforms: [{name: lab, units: 100, audio-weight: 1}]\n"
             "clusters:\n  - name: c\n    redundancy: none\n    peers:\n" PEER("a") PEER("b") PEER(
                 "d") "calls:\n"
                      "  - {name: v, media: audio, service: webex, via: {cluster: c}, arrivals: "
                      "{busy-hour-erlangs: %g}, holding: {mean: 10m}}\n"
                      "outages: [{cluster: c, mtbf: 90d, mttr: %dm}]\n"
                      "run: {length: 365d, replications: 4, seed: 1}\n",
             erlangs, 10 * holdings);
    show(label, text, "v", 0, seed);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    static const double shares[] = {1e-2, 1e-3, 1e-4, 1e-6, 1e-9};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        loss_model(shares[i], seed);
    two_classes(1, "video", seed);
    two_classes(0.8, "video", seed);
    two_classes(0.8, "audio", seed);
    bursts(7, seed);
    bursts(4, seed);
    bursts(2, seed);
    failing(170, 10, seed);
    failing(200, 30, seed);
    failing(200, 100, seed);
    return 0;
}
