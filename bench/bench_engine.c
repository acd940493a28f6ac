/* The speed of the engine on the loss model: 4 peers of 100 units, 380 erlangs, least-loaded, mean
 * holding time 180 s, two million arrivals; against a minimal loop of the same model in the same
 * run (a winner tree, an inline generator, a ziggurat and counters, nothing else). The two are run
 * in turn, and the median of the ratios is what to quote.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/clock.h"
#include "data/scenario_file.h"
#include "sim/study/experiment.h"
#include "sim/engine/tournament.h"
#include "sim/engine/ziggurat.h"

#define ARRIVALS 2000000
#define ROUNDS   5

static double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- The minimal loop ---- */

struct xoshiro {
    uint64_t s[4];
};

static inline uint64_t rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static inline uint64_t xoshiro_next(struct xoshiro *x)
{
    uint64_t *s = x->s, result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static inline double exponential(struct xoshiro *x)
{
    for (;;) {
        uint64_t bits = xoshiro_next(x);
        unsigned layer = bits & 255;
        double value = (double)(bits >> 11) * 0x1p-53 * ziggurat_exponential_x[layer];
        if (value < ziggurat_exponential_x[layer + 1])
            return value;
        /* the wedges and the tail are left out: 1 % of the draws are made again, which changes no
         * speed */
    }
}

static uint64_t minimal_loop(uint32_t peers, uint32_t units, double erlangs, uint64_t *blocked)
{
    enum { MOST = 8 };
    struct xoshiro x = {{1, 2, 3, 4}};
    struct tournament ends;
    uint32_t room[MOST], slots = peers * units, *free_slots = malloc(slots * sizeof *free_slots),
                         free_count = 0;
    uint8_t *peer_of = malloc(slots);
    if (!free_slots || !peer_of || !tournament_init(&ends, slots))
        exit(70);
    for (uint32_t i = 0; i < peers; i++)
        room[i] = units;
    for (uint32_t i = slots; i-- > 0;)
        free_slots[free_count++] = i;
    double gap = 180e9 / erlangs;
    nanos arrival = (nanos)(exponential(&x) * gap);
    uint64_t events = 0, refused = 0;
    for (uint32_t arrivals = 0; arrivals < ARRIVALS; events++) {
        nanos end = tournament_next_time(&ends);
        if (end <= arrival) {
            uint32_t slot = tournament_next_slot(&ends);
            room[peer_of[slot]]++;
            free_slots[free_count++] = slot;
            tournament_take(&ends);
            continue;
        }
        arrivals++;
        uint32_t best = 0;
        for (uint32_t i = 1; i < peers; i++)
            best = room[i] > room[best] ? i : best;
        if (room[best] == 0) {
            refused++;
        } else {
            uint32_t slot = free_slots[--free_count];
            room[best]--;
            peer_of[slot] = (uint8_t)best;
            tournament_add(&ends, slot, arrival + (nanos)(exponential(&x) * 180e9));
        }
        arrival += (nanos)(exponential(&x) * gap);
    }
    free(free_slots);
    free(peer_of);
    tournament_release(&ends);
    *blocked = refused;
    return events;
}

/* ---- The real path ---- */

struct model {
    struct scenario scenario;
    struct experiment_options options;
};

static void model_ready(struct model *model, bool read, struct errors *errors)
{
    if (!read) {
        fprintf(stderr, "%ld:%ld: %s\n", errors->items[0].line, errors->items[0].column,
                errors->items[0].message);
        exit(70);
    }
    errors_release(errors);
    model->options = (struct experiment_options){.jobs = 1};
}

static void model_read_file(struct model *model, const char *path)
{
    struct errors errors;
    errors_init(&errors);
    model_ready(model, scenario_read(path, &model->scenario, &errors), &errors);
}

static void model_init(struct model *model, const char *extra, uint32_t peers, uint32_t units,
                       double erlangs, uint32_t classes, const char *holding)
{
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    if (!f)
        exit(70);
    fprintf(f,
            "scenario: loss model\nplatforms: [{name: node, units: %u}]\nclusters:\n"
            "  - name: c\n    redundancy: none\n%s    peers:\n",
            units, extra);
    for (uint32_t i = 0; i < peers; i++)
        fprintf(f, "      - {name: p%u, platform: node}\n", i);
    fprintf(f, "calls:\n");
    for (uint32_t k = 0; k < classes; k++)
        fprintf(f,
                "  - {name: k%u, media: audio, via: {cluster: c}, arrivals: {rate: %.15g/s},\n     "
                "holding: {%s}}\n",
                k, erlangs / 180 / classes, holding);
    fprintf(f, "run: {length: %.0fs, warmup: none, replications: 1, seed: 1}\n",
            ARRIVALS * 180 / erlangs);
    fclose(f);
    struct errors errors;
    errors_init(&errors);
    model_ready(model, scenario_read_text(text, length, "bench", ".", &model->scenario, &errors),
                &errors);
    free(text);
}

static uint64_t model_run(const struct model *model, double *blocked)
{
    struct results results;
    struct errors errors;
    errors_init(&errors);
    if (!experiment_run(&model->scenario, &model->options, &results, &errors))
        exit(70);
    uint64_t events = results.events;
    if (blocked)
        *blocked = results_value(&results,
                                 results_find(&results, SCOPE_CLASS, NULL, "blocked_fraction"), 0);
    results_release(&results);
    errors_release(&errors);
    return events;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

#define EXPONENTIAL "distribution: exponential, mean: 180s"

static void compare(const char *title, uint32_t peers, uint32_t units, double erlangs,
                    const struct model *model)
{
    double minimal[ROUNDS], real[ROUNDS], ratio[ROUNDS], blocked = 0;
    uint64_t refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double t0 = cpu_seconds();
        uint64_t events = minimal_loop(peers, units, erlangs, &refused);
        double t1 = cpu_seconds();
        uint64_t own = model_run(model, &blocked);
        double t2 = cpu_seconds();
        minimal[i] = (t1 - t0) / (double)events * 1e9;
        real[i] = (t2 - t1) / (double)own * 1e9;
        ratio[i] = real[i] / minimal[i];
    }
    double ns = median(real, ROUNDS);
    printf("%-34s %6.1f ns an event, %5.1f M events/s, minimal loop %5.1f ns, ratio %.2f (blocked "
           "%.4f, %.4f)\n",
           title, ns, 1e3 / ns, median(minimal, ROUNDS), median(ratio, ROUNDS), blocked,
           (double)refused / ARRIVALS);
}

static void variant(const char *title, const char *extra, uint32_t units, uint32_t classes,
                    const char *holding)
{
    struct model model;
    model_init(&model, extra, 4, units, 3.8 * units, classes, holding);
    compare(title, 4, units, 3.8 * units, &model);
    scenario_release(&model.scenario);
}

static double run_seconds(const struct model *model, uint64_t *events, double *blocked)
{
    double t0 = cpu_seconds();
    *events = model_run(model, blocked);
    return cpu_seconds() - t0;
}

/* Run in the project's folder. */
static void full_logic(void)
{
    struct model plain, full;
    model_init(&plain, "", 4, 100, 380, 1, EXPONENTIAL);
    model_read_file(&full, "bench/everything.yaml");
    double an_event[ROUNDS], a_call[ROUNDS], ns[ROUNDS], blocked = 0;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t plain_events, full_events;
        double simple = run_seconds(&plain, &plain_events, NULL),
               all = run_seconds(&full, &full_events, &blocked);
        ns[i] = all / (double)full_events * 1e9;
        an_event[i] = ns[i] / (simple / (double)plain_events * 1e9);
        a_call[i] = all / simple;
    }
    printf("%-34s %6.1f ns an event, %.2f times a plain one, %.2f times a call (blocked %.4f)\n",
           "everything at once", median(ns, ROUNDS), median(an_event, ROUNDS),
           median(a_call, ROUNDS), blocked);
    scenario_release(&plain.scenario);
    scenario_release(&full.scenario);
}

static double wall_of_run(struct model *model, int jobs, int replications)
{
    double t0 = wall_seconds();
    model->options.jobs = jobs;
    model->options.replications = replications;
    model_run(model, NULL);
    return wall_seconds() - t0;
}

/* The same work in two processes that share nothing: what the machine itself has to give. */
static double wall_of_processes(struct model *model, int replications)
{
    double t0 = wall_seconds();
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            wall_of_run(model, 1, replications / 2);
            _exit(0);
        }
    while (wait(NULL) > 0)
        continue;
    return wall_seconds() - t0;
}

static void threads(void)
{
    struct model model;
    model_init(&model, "", 4, 100, 380, 1, EXPONENTIAL);
    double threads[ROUNDS], processes[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        double one = wall_of_run(&model, 1, 8);
        threads[i] = one / wall_of_run(&model, 2, 8);
        processes[i] = one / wall_of_processes(&model, 8);
    }
    printf("%-34s %6.2f times as fast as 1; two processes that share nothing %.2f\n", "2 jobs",
           median(threads, ROUNDS), median(processes, ROUNDS));
    scenario_release(&model.scenario);
}

int main(void)
{
    variant("loss model, ties lowest", "    ties: lowest\n", 100, 1, EXPONENTIAL);
    variant("loss model, ties random", "", 100, 1, EXPONENTIAL);
    variant("lognormal holding times", "    ties: lowest\n", 100, 1,
            "distribution: lognormal, mean: 180s, cv: 1.4");
    variant("cluster cap of 390 units", "    ties: lowest\n    cluster-cap: 390\n", 100, 1,
            EXPONENTIAL);
    variant("10 classes", "    ties: lowest\n", 100, 10, EXPONENTIAL);
    variant("1000 classes", "    ties: lowest\n", 100, 1000, EXPONENTIAL);
    variant("4,000 units", "    ties: lowest\n", 1000, 1, EXPONENTIAL);
    variant("40,000 units", "    ties: lowest\n", 10000, 1, EXPONENTIAL);
    variant("400,000 units", "    ties: lowest\n", 100000, 1, EXPONENTIAL);
    full_logic();
    threads();
    /* two keys of the tournament, struct call, a free slot */
    printf("%-34s %6zu bytes\n", "a call in progress",
           2 * sizeof(uint64_t) + 2 * sizeof(uint32_t) + sizeof(uint32_t));
    return 0;
}
