#include "sim/study/conditional.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/study/reach.h"

#define HITS          400 /* relative half-width of about 1.96 / sqrt(400) */
#define SAMPLES_MOST  2000000
#define ROUND         256 /* samples before it is looked again */
#define PILOT_HITS    200
#define PILOT_SAMPLES 20000
#define WINDOWS_MOST  8                 /* doublings */
#define BIAS_SHARE    0.1               /* of the half-width */
#define HITS_LEAST    20                /* fewer are no figure where samples ended early */
#define NOTHING_HIT   2.995732273553991 /* -ln 0.05 */

/* --- One sample ---------- */

/* Calls of a sample, in the order in which they are offered. */
struct calls {
    struct past_call *items; /* owned */
    size_t count, room;
    bool failed; /* out of memory; sticky */
};

/* What one thread works with. */
struct worker {
    const struct reach *reach;
    struct simulation *sim; /* owned */
    struct poisson_sum sum; /* of the moment, where the load varies */
    double *means;          /* owned, by class */
    int64_t *numbers;       /* owned, calls in progress at the moment */
    struct unlimited_moment moment;
    struct calls past, later;
    struct stream stream;
    uint64_t seed;
};

/* What became of a sample. */
enum { HIT = 1, HIT_SHORT = 2, FAILED = 4 };

static void calls_add(struct calls *calls, struct past_call call)
{
    if (calls->count == calls->room) {
        size_t room = calls->room ? 2 * calls->room : 1024;
        struct past_call *items = realloc(calls->items, room * sizeof *items);
        if (!items) {
            calls->failed = true;
            return;
        }
        calls->items = items;
        calls->room = room;
    }
    calls->items[calls->count++] = call;
}

/* Those that are in progress when the window begins are offered in any order. */
static void calls_shuffle(struct calls *calls, size_t count, struct stream *stream)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)stream_below(stream, i);
        struct past_call swap = calls->items[i - 1];
        calls->items[i - 1] = calls->items[j];
        calls->items[j] = swap;
    }
}

static bool starts_before(const struct past_call *a, const struct past_call *b)
{
    return a->start != b->start ? a->start < b->start : a->end < b->end;
}

static int by_start(const void *a, const void *b)
{
    return starts_before(a, b) ? -1 : starts_before(b, a);
}

/* The end of the ascending run that begins at `from`. */
static size_t run_end(const struct calls *calls, size_t from)
{
    size_t end = from < calls->count ? from + 1 : from;
    while (end < calls->count && !starts_before(&calls->items[end], &calls->items[end - 1]))
        end++;
    return end;
}

static void merge(const struct past_call *a, const struct past_call *a_end,
                  const struct past_call *b, const struct past_call *b_end, struct past_call *out)
{
    while (a < a_end && b < b_end)
        *out++ = starts_before(b, a) ? *b++ : *a++;
    while (a < a_end)
        *out++ = *a++;
    while (b < b_end)
        *out++ = *b++;
}

/* From `first` on the calls are a few ascending runs, one a class: neighbours are merged until one
 * is left. */
static void merge_runs(struct calls *calls, size_t first, struct calls *scratch)
{
    while (run_end(calls, first) < calls->count && !scratch->failed) {
        scratch->count = 0;
        for (size_t i = 0; i < calls->count && !scratch->failed; i++)
            calls_add(scratch, calls->items[i]);
        if (scratch->failed)
            return;
        for (size_t at = first; at < calls->count;) {
            size_t middle = run_end(scratch, at), last = run_end(scratch, middle);
            merge(scratch->items + at, scratch->items + middle, scratch->items + middle,
                  scratch->items + last, calls->items + at);
            at = last;
        }
    }
}

static double uniform(void *stream)
{
    return stream_uniform(stream);
}

/* The cell of a moment, and the moment. */
static const struct reach_cell *draw_cell(struct worker *w, nanos *t)
{
    const struct reach *reach = w->reach;
    double u = stream_uniform(&w->stream) * reach->most;
    uint32_t low = 0, high = reach->cell_count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (reach->cells[middle].until <= u)
            low = middle + 1;
        else
            high = middle;
    }
    const struct reach_cell *cell = &reach->cells[low];
    *t = cell->from + nanos_round((double)(cell->to - cell->from) * stream_uniform(&w->stream));
    return cell;
}

static uint32_t draw_limit(struct worker *w, const struct reach_cell *cell, uint32_t count)
{
    double sum = 0;
    for (uint32_t l = 0; l < count; l++)
        sum += cell->bounds[l];
    double u = stream_uniform(&w->stream) * sum;
    for (uint32_t l = 0; l + 1 < count; l++) {
        u -= cell->bounds[l];
        if (u < 0)
            return l;
    }
    return count - 1;
}

static uint32_t limits_reached(const struct worker *w, const struct reach_state *state)
{
    uint32_t reached = 0;
    for (uint32_t l = 0; l < state->limit_count; l++) {
        int64_t taken = 0;
        for (uint32_t k = 0; k < w->reach->plan->scenario->class_count; k++)
            taken += w->numbers[k] * state->limits[l].weights[k];
        reached += taken >= state->limits[l].threshold;
    }
    return reached;
}

/* Calls in progress at t given that a limit is reached. False: this sample is no success. */
static bool draw_numbers(struct worker *w, const struct reach_cell *cell, nanos t)
{
    const struct reach *reach = w->reach;
    uint32_t classes = reach->plan->scenario->class_count;
    const struct reach_state *state = &reach->states[cell->state];
    uint32_t l = draw_limit(w, cell, state->limit_count);
    const struct reach_limit *limit = &state->limits[l];
    const struct poisson_sum *sum = &limit->sum;
    double keep = stream_uniform(&w->stream);
    if (!reach->constant) {
        reach_means(reach, t, w->means);
        if (!poisson_sum_make(&w->sum, w->means, limit->weights, classes, limit->threshold)) {
            w->past.failed = true;
            return false;
        }
        sum = &w->sum;
    }
    if (sum->tail <= 0 || keep * cell->bounds[l] >= sum->tail)
        return false;
    poisson_sum_draw(sum, uniform, &w->stream, w->numbers);
    for (uint32_t k = 0; k < classes; k++)
        if (limit->weights[k] == 0 && reach->takes_part[k])
            w->numbers[k] = stream_poisson(&w->stream, w->means[k]);
    uint32_t reached = limits_reached(w, state);
    return reached <= 1 || stream_uniform(&w->stream) * reached < 1;
}

/* Calls of a class that were or are in progress from `from` on: those in progress at t, as many as
 * were drawn, and those that ended before, which are independent of them. With `before` those that
 * are in progress at `from`, else those that begin later. */
static void add_class(struct worker *w, uint32_t k, nanos from, nanos t, bool before,
                      const struct unlimited_call *standing)
{
    const struct unlimited *class = &w->reach->unlimited[k];
    size_t first = w->past.count;
    for (int64_t i = 0; i < w->numbers[k]; i++)
        if ((standing[i].start < from) == before)
            calls_add(&w->past,
                      (struct past_call){before ? from : standing[i].start, standing[i].end, k});
    if (before) {
        w->past.failed = w->past.failed || !unlimited_at(&w->moment, class, from);
        int64_t count = w->past.failed ? 0 : stream_poisson(&w->stream, w->moment.mean);
        for (int64_t i = 0; i < count; i++) {
            struct unlimited_call call = unlimited_draw(&w->moment, &w->stream);
            if (call.end <= t)
                calls_add(&w->past, (struct past_call){from, call.end, k});
        }
        return;
    }
    if (w->past.count > first)
        qsort(w->past.items + first, w->past.count - first, sizeof *w->past.items, by_start);
    for (nanos start = unlimited_next(class, from, t, &w->stream); start < t;
         start = unlimited_next(class, start, t, &w->stream)) {
        nanos end = start + sampler_draw(&class->sampler, &w->stream);
        if (end <= t)
            calls_add(&w->past, (struct past_call){start, end, k});
    }
}

/* The calls in progress at t, one by one; owned. */
static struct unlimited_call *draw_standing(struct worker *w, uint32_t k, nanos t)
{
    struct unlimited_call *standing = malloc(((size_t)w->numbers[k] + 1) * sizeof *standing);
    if (!standing || !unlimited_at(&w->moment, &w->reach->unlimited[k], t))
        w->past.failed = true;
    for (int64_t i = 0; !w->past.failed && i < w->numbers[k]; i++)
        standing[i] = unlimited_draw(&w->moment, &w->stream);
    return standing;
}

static void draw_past(struct worker *w, nanos from, nanos t)
{
    uint32_t classes = w->reach->plan->scenario->class_count;
    struct unlimited_call **standing = calloc(classes + 1, sizeof *standing);
    w->past.count = 0;
    w->past.failed = w->past.failed || !standing;
    for (uint32_t k = 0; standing && k < classes; k++)
        if (w->reach->takes_part[k])
            standing[k] = draw_standing(w, k, t);
    for (uint32_t k = 0; k < classes && !w->past.failed; k++)
        if (standing[k])
            add_class(w, k, from, t, true, standing[k]);
    size_t before = w->past.count;
    if (!w->past.failed)
        calls_shuffle(&w->past, before, &w->stream);
    for (uint32_t k = 0; k < classes && !w->past.failed; k++)
        if (standing[k])
            add_class(w, k, from, t, false, standing[k]);
    if (!w->past.failed)
        merge_runs(&w->past, before, &w->later);
    for (uint32_t k = 0; standing && k < classes; k++)
        free(standing[k]);
    free(standing);
}

/* The same calls as seen from a later beginning of the window. */
static void shorten_past(struct worker *w, nanos from)
{
    size_t before;
    w->later.count = 0;
    for (size_t i = 0; i < w->past.count; i++)
        if (w->past.items[i].start < from && w->past.items[i].end > from)
            calls_add(&w->later,
                      (struct past_call){from, w->past.items[i].end, w->past.items[i].class_index});
    before = w->later.count;
    for (size_t i = 0; i < w->past.count; i++)
        if (w->past.items[i].start >= from)
            calls_add(&w->later, w->past.items[i]);
    if (!w->later.failed)
        calls_shuffle(&w->later, before, &w->stream);
}

static bool refused(struct worker *w, const struct calls *calls, uint32_t sample, nanos from,
                    nanos t, bool *ok)
{
    replay_begin(w->sim, sample, w->reach->start < from ? w->reach->start : from, from);
    *ok = replay_run(w->sim, calls->items, calls->count, t);
    return *ok && replay_offer(w->sim, w->reach->class_index) != 0;
}

static uint8_t sample_run(struct worker *w, uint32_t sample, nanos window, bool pilot)
{
    nanos t;
    uint8_t outcome = 0;
    bool ok = true;
    stream_init(&w->stream, w->seed, sample, PURPOSE_CONDITIONAL,
                random_name(w->reach->plan->scenario->classes[w->reach->class_index].name) +
                    (pilot ? (uint64_t)window : 0));
    const struct reach_cell *cell = draw_cell(w, &t);
    if (!draw_numbers(w, cell, t))
        return w->past.failed ? FAILED : 0;
    nanos from = t - window, middle = t - window / 2;
    if (!w->reach->from_ever && from < w->reach->start)
        from = w->reach->start; /* nothing was before */
    if (middle < from)
        middle = from;
    draw_past(w, from, t);
    if (!w->past.failed && refused(w, &w->past, sample, from, t, &ok))
        outcome |= HIT;
    if (pilot && ok && !w->past.failed) {
        shorten_past(w, middle);
        if (!w->later.failed && refused(w, &w->later, sample, middle, t, &ok))
            outcome |= HIT_SHORT;
    }
    return w->past.failed || w->later.failed || !ok ? FAILED : outcome;
}

/* --- Many samples ---------- */

/* A round of samples, shared by the threads. */
struct round {
    struct worker *workers;
    uint32_t worker_count;
    uint32_t first, count;
    atomic_uint next;
    nanos window;
    bool pilot;
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
        round->outcomes[i] =
            sample_run(thread->worker, round->first + i, round->window, round->pilot);
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

static nanos first_window(const struct reach *reach)
{
    double longest = 0;
    for (uint32_t k = 0; k < reach->plan->scenario->class_count; k++)
        if (reach->takes_part[k])
            longest = fmax(longest, reach->unlimited[k].holding->mean);
    return nanos_round(longest * (double)SECOND);
}

/* Doubles the window until its later half would do; the tally of the last pilot. */
static struct tally choose_window(struct round *round, const struct reach *reach, uint32_t hits)
{
    struct tally tally = {0};
    round->pilot = true;
    round->window = first_window(reach);
    for (int i = 0; i < WINDOWS_MOST; i++) {
        tally = series_run(round, hits < PILOT_HITS ? hits : PILOT_HITS, PILOT_SAMPLES);
        double difference = (double)tally.hits_short - (double)tally.hits;
        double allowed = BIAS_SHARE * 1.96 / sqrt((double)hits) * (double)tally.hits;
        /* what is within the noise of the pilot is the bias of half the window, not of the whole */
        if (tally.failed || tally.interrupted || tally.exhausted ||
            fabs(difference) <= fmax(allowed, sqrt((double)tally.disagree)))
            break;
        round->window *= 2;
    }
    round->pilot = false;
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
        figure->share = (struct interval){0, 0, figure->bound};
        return true;
    }
    struct tally tally = choose_window(round, reach, hits);
    if (!tally.failed && !tally.interrupted && !tally.exhausted && tally.hits < hits)
        tally = series_run(round, hits, samples);
    if (tally.exhausted && tally.hits < HITS_LEAST) {
        figure->obstacle = "it would take too many samples";
        figure->events = events_of(round);
        return true;
    }
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
    uint32_t classes = reach->plan->scenario->class_count;
    *worker = (struct worker){.reach = reach, .seed = seed};
    worker->means = calloc(classes + 1, sizeof *worker->means);
    worker->numbers = calloc(classes + 1, sizeof *worker->numbers);
    worker->sim = simulation_new(reach->plan, options, seed, 0);
    if (!worker->means || !worker->numbers || !worker->sim)
        return false;
    if (reach->constant)
        reach_means(reach, 0, worker->means);
    return true;
}

static void worker_release(struct worker *worker)
{
    simulation_free(worker->sim);
    poisson_sum_release(&worker->sum);
    unlimited_moment_release(&worker->moment);
    free(worker->means);
    free(worker->numbers);
    free(worker->past.items);
    free(worker->later.items);
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

const char *conditional_obstacle(const struct plan *plan, uint32_t class_index)
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
    struct reach reach = {0};
    struct simulation *sim = simulation_new(plan, &replaying, options->seed, 0);
    bool ok = sim && reach_make(&reach, plan, class_index, sim, options->warmup, &figure->obstacle);
    ok = ok && with_workers(&reach, &replaying, options, figure);
    simulation_free(sim);
    if (reach.plan)
        reach_release(&reach);
    if (!ok && !figure->obstacle)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    return ok || figure->obstacle;
}
