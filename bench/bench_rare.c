/* Rare refusals: seconds to +-10 % by conditioning, beside the exact value where there is one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/scenario_file.h"
#include "model/formulas/erlang.h"
#include "sim/study/conditional.h"

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void show(const char *label, const char *text, uint32_t class_index, double exact,
                 uint64_t seed)
{
    struct scenario scenario;
    struct errors errors;
    struct plan plan;
    errors_init(&errors);
    if (!scenario_read_text(text, strlen(text), label, ".", &scenario, &errors) ||
        !plan_init(&plan, &scenario, &errors)) {
        printf("%s: %s\n", label, errors.count ? errors.items[0].message : "?");
        exit(1);
    }
    struct conditional_options options = {.seed = seed, .warmup = DAY, .jobs = 1};
    struct conditional_figure figure;
    double begin = cpu_seconds();
    if (!conditional_run(&plan, class_index, &options, &figure, &errors))
        exit(1);
    double spent = cpu_seconds() - begin;
    if (figure.obstacle)
        printf("%-28s %s\n", label, figure.obstacle);
    else
        printf(
            "%-28s %.3e (%.3e to %.3e) of exact %.4f  bound %.2e  %llu samples %llu hits  window "
            "%.0f s  %.3f s  %.0f ns/event\n",
            label, figure.share.value, figure.share.low, figure.share.high,
            exact > 0 ? figure.share.value / exact : NAN, figure.bound,
            (unsigned long long)figure.samples, (unsigned long long)figure.hits,
            (double)figure.window / (double)SECOND, spent, spent / (double)figure.events * 1e9);
    plan_release(&plan);
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
             "run: {length: 8h, replications: 2, seed: 1}\n",
             load_for(blocking, 400));
    show(label, text, 0, blocking, seed);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    loss_model(1e-2, seed);
    loss_model(1e-3, seed);
    loss_model(1e-4, seed);
    loss_model(1e-6, seed);
    loss_model(1e-9, seed);
    return 0;
}
