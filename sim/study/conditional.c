#include "sim/study/conditional.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/study/past.h"

#define HITS          400 /* relative half-width of about 1.96 / sqrt(400) */
#define SAMPLES_MOST  2000000
#define ROUND         256 /* samples before it is looked again */
#define PILOT_HITS    100
#define PILOT_SAMPLES 20000
#define WINDOWS_MOST  8                 /* doublings */
#define BIAS_SHARE    0.1               /* of the half-width */
#define NOTHING_HIT   2.995732273553991 /* -ln 0.05 */

/* --- One sample ---------- */

/* What one thread works with. */
struct worker {
    struct drawn_past past;
    struct simulation *sim; /* owned */
    uint64_t seed;
};

/* What became of a sample. */
enum { HIT = 1, HIT_SHORT = 2, FAILED = 4 };

/* Calls, and changes of peers between them: at equal times those come first. */
static bool replay(struct simulation *sim, const struct past_calls *calls,
                   const struct past_change *changes, uint32_t change_count, nanos from, nanos t)
{
    size_t done = 0, next;
    bool ok = true;
    for (uint32_t c = 0; c < change_count && ok; c++, done = next) {
        nanos at = changes[c].at > from ? changes[c].at : from;
        for (next = done; next < calls->count && calls->items[next].start < at;)
            next++;
        ok = replay_run(sim, calls->items + done, next - done, at);
        replay_peer(sim, changes[c].peer, changes[c].away);
    }
    return ok && replay_run(sim, calls->items + done, calls->count - done, t);
}

static bool refused(struct worker *w, const struct past_calls *calls, uint32_t sample, nanos from,
                    bool *ok)
{
    const struct reach *reach = w->past.reach;
    replay_begin(w->sim, sample, reach->start < from ? reach->start : from, from);
    *ok = replay(w->sim, calls, w->past.changes, w->past.change_count, from, w->past.t);
    return *ok && replay_offer(w->sim, reach->class_index,
                               reach->strands.items[w->past.strand].placed) != 0;
}

static uint8_t sample_run(struct worker *w, uint32_t sample, nanos window)
{
    const struct reach *reach = w->past.reach;
    uint8_t outcome = 0;
    bool ok = true;
    stream_init(&w->past.stream, w->seed, sample, PURPOSE_CONDITIONAL,
                random_name(reach->plan->scenario->classes[reach->class_index].name) +
                    (uint64_t)window);
    if (!past_draw_moment(&w->past))
        return past_failed(&w->past) ? FAILED : 0;
    nanos from = w->past.t - window, middle = w->past.t - window / 2;
    if (!reach->from_ever && from < reach->start)
        from = reach->start; /* nothing was before */
    if (middle < from)
        middle = from;
    past_draw_calls(&w->past, from);
    if (!past_failed(&w->past) && refused(w, &w->past.calls, sample, from, &ok))
        outcome |= HIT;
    if (ok && !past_failed(&w->past)) {
        past_shorten(&w->past, middle);
        if (!past_failed(&w->past) && refused(w, &w->past.later, sample, middle, &ok))
            outcome |= HIT_SHORT;
    }
    return past_failed(&w->past) || !ok ? FAILED : outcome;
}

/* --- Many samples ---------- */

/* A round of samples, shared by the threads. */
struct round {
    struct worker *workers;
    uint32_t worker_count;
    uint32_t first, count;
    atomic_uint next;
    nanos window;
    uint8_t *outcomes;
    const atomic_int *stop;
    uint64_t events_most; /* 0: as many as it takes */
};

struct thread {
    struct round *round;
    struct worker *worker;
};

static bool is_stopped(const atomic_int *stop)
{
    return stop && atomic_load_explicit(stop, memory_order_relaxed);
}

static void *work(void *context)
{
    struct thread *thread = context;
    struct round *round = thread->round;
    for (;;) {
        uint32_t i = atomic_fetch_add(&round->next, 1);
        if (i >= round->count || is_stopped(round->stop))
            return NULL;
        round->outcomes[i] = sample_run(thread->worker, round->first + i, round->window);
    }
}

static void round_run(struct round *round)
{
    pthread_t ids[64];
    struct thread threads[64];
    uint32_t started = 0;
    atomic_store(&round->next, 0);
    for (; started + 1 < round->worker_count && started < 63; started++) {
        threads[started] = (struct thread){round, &round->workers[started + 1]};
        if (pthread_create(&ids[started], NULL, work, &threads[started]) != 0)
            break;
    }
    work(&(struct thread){round, &round->workers[0]});
    for (uint32_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
}

/* Counts of a series of samples in their order. */
struct tally {
    uint64_t samples, hits, hits_short, disagree;
    bool failed, interrupted, exhausted;
};

static uint64_t events_of(const struct round *round)
{
    uint64_t events = 0;
    for (uint32_t i = 0; i < round->worker_count; i++)
        events += replay_events(round->workers[i].sim);
    return events;
}

/* Runs samples until so many hits, or samples, or until events are used up. */
static struct tally series_run(struct round *round, uint64_t hits, uint64_t samples)
{
    struct tally tally = {0};
    for (uint32_t first = 0; tally.samples < samples && tally.hits < hits; first += ROUND) {
        round->first = first;
        round->count = ROUND;
        round_run(round);
        if (is_stopped(round->stop)) {
            tally.interrupted = true;
            break;
        }
        for (uint32_t i = 0; i < ROUND && tally.samples < samples && tally.hits < hits; i++) {
            uint8_t outcome = round->outcomes[i];
            tally.samples++;
            tally.hits += outcome & HIT ? 1 : 0;
            tally.hits_short += outcome & HIT_SHORT ? 1 : 0;
            tally.disagree += !(outcome & HIT) != !(outcome & HIT_SHORT);
            tally.failed = tally.failed || outcome & FAILED;
        }
        tally.exhausted = round->events_most && events_of(round) > round->events_most;
        if (tally.failed || tally.exhausted)
            break;
    }
    return tally;
}

/* --- The window ---------- */

/* The longest holding time, or some of them where limits are often reached: the oftener, the longer
 * what is refused makes itself felt. */
static nanos first_window(const struct reach *reach)
{
    double longest = 0, pressed = reach->pressed;
    int times = pressed > 0.3 ? 8 : pressed > 1e-2 ? 4 : pressed > 1e-4 ? 2 : 1;
    for (uint32_t k = 0; k < reach->plan->scenario->class_count; k++)
        if (reach->takes_part[k])
            longest = fmax(longest, reach->unlimited[k].holding->mean);
    return nanos_round(times * longest * (double)SECOND);
}

/* Would the later half of the window have done? What is within the noise is the bias of half the
 * window, not of the whole. What is too short errs high: below, only what is no chance counts. */
static bool half_does(const struct tally *tally, uint32_t hits)
{
    double difference = (double)tally->hits_short - (double)tally->hits;
    double allowed = BIAS_SHARE * 1.96 / sqrt((double)hits) * (double)tally->hits;
    double noise = sqrt((double)tally->disagree);
    return difference <= fmax(allowed, noise) && difference >= -fmax(allowed, 2 * noise);
}

static bool is_over(const struct tally *tally)
{
    return tally->failed || tally->interrupted || tally->exhausted;
}

/* Doubles the window until its later half would do, by a few hits and then by all: the tally of
 * those. */
static struct tally choose_window(struct round *round, const struct reach *reach, uint32_t hits,
                                  uint64_t samples)
{
    struct tally tally = {0};
    round->window = first_window(reach);
    for (int i = 0; i < WINDOWS_MOST; i++, round->window *= 2) {
        bool last = i + 1 == WINDOWS_MOST;
        tally = series_run(round, hits < PILOT_HITS ? hits : PILOT_HITS,
                           samples < PILOT_SAMPLES ? samples : PILOT_SAMPLES);
        if (!is_over(&tally) && (last || half_does(&tally, hits)))
            tally = series_run(round, hits, samples);
        else if (!is_over(&tally))
            continue;
        if (is_over(&tally) || last || half_does(&tally, hits))
            break;
    }
    return tally;
}

/* --- The figure ---------- */

/* The share p at which a beta variable of these parameters is below it with probability `below`, by
 * halving: GSL's own inverse does not always converge. */
static double beta_quantile(double a, double b, double below)
{
    double low = 0, high = 1;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (gsl_cdf_beta_P(middle, a, b) < below)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* Clopper and Pearson; of a fixed number of hits the last sample is one. */
static struct interval share_of(const struct tally *tally, bool fixed_hits)
{
    double n = (double)tally->samples, k = (double)tally->hits;
    if (tally->hits == 0)
        return (struct interval){0, 0, fmin(n > 0 ? NOTHING_HIT / n : 1, 1)};
    struct interval share = {k / n, beta_quantile(k, n - k + 1, 0.025), 1};
    if (fixed_hits && n > k) {
        share.value = n > 1 ? (k - 1) / (n - 1) : 1;
        share.high = beta_quantile(k, n - k, 0.975);
    } else if (n > k) {
        share.high = beta_quantile(k + 1, n - k, 0.975);
    }
    return share;
}

static struct interval times(struct interval share, double factor)
{
    return (struct interval){share.value * factor, share.low * factor, share.high * factor};
}

static bool figure_make(struct round *round, const struct reach *reach,
                        const struct conditional_options *options,
                        struct conditional_figure *figure)
{
    uint32_t hits = options->hits ? options->hits : HITS;
    uint64_t samples = options->samples ? options->samples : SAMPLES_MOST;
    figure->bound = reach->offered > 0 ? fmin(reach->most / reach->offered, 1) : 0;
    if (reach->most <= 0 || figure->bound <= options->negligible) {
        figure->share = (struct interval){0, 0, fmax(figure->bound, options->negligible)};
        return true;
    }
    struct tally tally = choose_window(round, reach, hits, samples);
    figure->interrupted = tally.interrupted;
    figure->samples = tally.samples;
    figure->hits = tally.hits;
    figure->window = round->window;
    figure->share = times(share_of(&tally, tally.hits == hits), reach->most / reach->offered);
    figure->share.high = fmin(figure->share.high, 1);
    figure->events = events_of(round);
    return !tally.failed;
}

/* --- Set-up ---------- */

static bool worker_init(struct worker *worker, const struct reach *reach,
                        const struct simulation_options *options, uint64_t seed)
{
    bool ok = past_init(&worker->past, reach);
    worker->seed = seed;
    worker->sim = simulation_new(reach->plan, options, seed, 0);
    return ok && worker->sim;
}

static void worker_release(struct worker *worker)
{
    simulation_free(worker->sim);
    past_release(&worker->past);
}

static uint32_t jobs_of(const struct conditional_options *options)
{
    long jobs = options->jobs > 0 ? options->jobs : sysconf(_SC_NPROCESSORS_ONLN);
    return jobs < 1 ? 1 : jobs > 64 ? 64 : (uint32_t)jobs;
}

static bool with_workers(const struct reach *reach, const struct simulation_options *replaying,
                         const struct conditional_options *options,
                         struct conditional_figure *figure)
{
    uint8_t outcomes[ROUND];
    struct round round = {.worker_count = jobs_of(options),
                          .outcomes = outcomes,
                          .stop = options->stop,
                          .events_most = options->events};
    round.workers = calloc(round.worker_count, sizeof *round.workers);
    bool ok = round.workers != NULL;
    for (uint32_t i = 0; i < round.worker_count && ok; i++)
        ok = worker_init(&round.workers[i], reach, replaying, options->seed);
    ok = ok && figure_make(&round, reach, options, figure);
    for (uint32_t i = 0; round.workers && i < round.worker_count; i++)
        worker_release(&round.workers[i]);
    free(round.workers);
    return ok;
}

static const char *conditional_obstacle(const struct plan *plan, uint32_t class_index)
{
    return reach_obstacle(plan, class_index);
}

bool conditional_run(const struct plan *plan, uint32_t class_index,
                     const struct conditional_options *options, struct conditional_figure *figure,
                     struct errors *errors)
{
    struct simulation_options replaying = {
        .down = options->down, .down_count = options->down_count, .calls_only = true};
    *figure = (struct conditional_figure){.obstacle = conditional_obstacle(plan, class_index),
                                          .share = {NAN, NAN, NAN}};
    if (figure->obstacle)
        return true;
    const struct reach_setting setting = {options->down, options->down_count, options->seed,
                                          options->warmup};
    struct reach reach = {0};
    struct simulation *sim = simulation_new(plan, &replaying, options->seed, 0);
    bool ok = sim && reach_make(&reach, plan, class_index, &setting, sim, &figure->obstacle);
    ok = ok && with_workers(&reach, &replaying, options, figure);
    simulation_free(sim);
    if (reach.plan)
        reach_release(&reach);
    if (!ok && !figure->obstacle)
        errors_no_memory(errors);
    return ok || figure->obstacle;
}
