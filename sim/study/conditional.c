#include "sim/study/conditional.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "sim/study/stays.h"

#define HITS          400 /* relative half-width of about 1.96 / sqrt(400) */
#define SAMPLES_MOST  2000000
#define ROUND         256 /* samples before it is looked again */
#define PILOT_HITS    100
#define PILOT_SAMPLES 20000
#define WINDOWS_MOST  8    /* doublings */
#define BIAS_SHARE    0.1  /* of the half-width */
#define WHOLE_OF_HALF 0.4  /* of the bias of half a window the whole one has so much, at most */
#define LITTLE_BESIDE 0.01 /* of what is refused while peers are away */
#define NOTHING_HIT   2.995732273553991 /* -ln 0.05 */

/* ---- One sample ---- */

/* What became of a sample. */
enum { HIT = 1, HIT_SHORT = 2, FAILED = 4 };

static bool refused(struct worker *w, const struct past_calls *calls, uint32_t sample, nanos from,
                    bool *ok)
{
    const struct reach *reach = w->past.reach;
    from -= w->past.lead;
    replay_begin(w->sim, sample, reach->start < from ? reach->start : from, from);
    *ok = past_replay(&w->past, calls, w->sim, from) != SIZE_MAX;
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

/* ---- Many samples ---- */

struct round {
    struct workers *workers;
    uint32_t first;
    nanos window;
    uint8_t *outcomes;
    uint64_t events_most; /* 0: as many as it takes */
};

static void sample(struct worker *worker, uint32_t number, void *context)
{
    const struct round *round = context;
    round->outcomes[number - round->first] = sample_run(worker, number, round->window);
}

/* Counts of a series of samples in their order. */
struct tally {
    uint64_t samples, hits, hits_short, disagree;
    bool failed, interrupted, exhausted;
};

/* Runs samples until so many hits, or samples, or until events are used up. */
static struct tally series_run(struct round *round, uint64_t hits, uint64_t samples)
{
    struct tally tally = {0};
    for (uint32_t first = 0; tally.samples < samples && tally.hits < hits; first += ROUND) {
        round->first = first;
        workers_run(round->workers, first, ROUND, sample, round);
        if (workers_stopped(round->workers)) {
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
        tally.exhausted = round->events_most && workers_events(round->workers) > round->events_most;
        if (tally.failed || tally.exhausted)
            break;
    }
    return tally;
}

/* ---- The window ---- */

/* The longest holding time, or some of them where limits are often reached: the oftener, the longer
 * what is refused makes itself felt. Of a load that varies they may not have been for long. */
static nanos first_window(const struct reach *reach)
{
    double longest = 0, pressed = reach->pressed;
    int times = pressed > 0.3 ? 8 : pressed > 0.05 ? 4 : pressed > 1e-4 ? 2 : 1;
    if (!reach->constant && times > 2)
        times = 2;
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
    double allowed = BIAS_SHARE / WHOLE_OF_HALF * 1.96 / sqrt((double)hits) * (double)tally->hits;
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

/* ---- The figure ---- */

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

/* By conditioning, where nothing else is known. */
static bool condition(struct round *round, const struct reach *reach,
                      const struct conditional_options *options, uint32_t hits,
                      struct conditional_figure *figure)
{
    struct tally tally =
        choose_window(round, reach, hits, options->samples ? options->samples : SAMPLES_MOST);
    figure->interrupted = tally.interrupted;
    figure->samples += tally.samples;
    figure->hits = tally.hits;
    figure->window = round->window;
    figure->share = times(share_of(&tally, tally.hits == hits), reach->most / reach->offered);
    return !tally.failed;
}

/* The sum of two independent figures. */
static struct interval sum_of(struct interval a, struct interval b)
{
    double value = a.value + b.value;
    return (struct interval){value, value - hypot(a.value - a.low, b.value - b.low),
                             value + hypot(a.high - a.value, b.high - b.value)};
}

/* While peers are away, and else; what is too little beside the other is only bounded. */
static bool figure_make(struct round *round, const struct reach *reach,
                        const struct conditional_options *options,
                        struct conditional_figure *figure)
{
    uint32_t hits = options->hits ? options->hits : HITS;
    double rest = reach->offered > 0 ? fmin(reach->most / reach->offered, 1) : 0;
    struct stays stays = stays_run(round->workers, reach, 1.96 / sqrt(hits), options->events);
    double half = 1.96 * sqrt(stays.variance);
    struct interval away = {stays.share, fmax(stays.share - half, 0), stays.share + half};
    bool ok = !stays.failed;
    figure->interrupted = stays.interrupted;
    figure->samples = stays.samples;
    figure->share = (struct interval){0, 0, rest};
    if (ok && !stays.interrupted && rest > fmax(options->negligible, LITTLE_BESIDE * stays.share))
        ok = condition(round, reach, options, hits, figure);
    else
        figure->share.high = fmax(rest, stays.share > 0 ? 0 : options->negligible);
    figure->share = sum_of(figure->share, away);
    figure->share.high = fmin(figure->share.high, 1);
    figure->events = workers_events(round->workers);
    return ok;
}

/* ---- Set-up ---- */

static bool with_workers(struct reach *reach, const struct simulation_options *replaying,
                         const struct conditional_options *options,
                         struct conditional_figure *figure)
{
    uint8_t outcomes[ROUND];
    struct workers workers;
    struct round round = {
        .workers = &workers, .outcomes = outcomes, .events_most = options->events};
    const struct workers_setting setting = {.reach = reach,
                                            .options = replaying,
                                            .seed = options->seed,
                                            .jobs = options->jobs,
                                            .stop = options->stop};
    bool ok = workers_init(&workers, &setting) && figure_make(&round, reach, options, figure);
    workers_release(&workers);
    return ok;
}

/* Where even the bound is negligible there is nothing to sample. */
static bool figure_of(struct reach *reach, const struct simulation_options *replaying,
                      const struct conditional_options *options, struct conditional_figure *figure)
{
    figure->bound = reach->offered > 0 ? fmin(reach->most / reach->offered, 1) : 0;
    if (figure->bound <= options->negligible) {
        figure->share = (struct interval){0, 0, fmax(figure->bound, options->negligible)};
        return true;
    }
    stays_choose(reach);
    return with_workers(reach, replaying, options, figure);
}

bool conditional_run(const struct plan *plan, uint32_t class_index,
                     const struct conditional_options *options, struct conditional_figure *figure,
                     struct errors *errors)
{
    struct simulation_options replaying = {
        .down = options->down, .down_count = options->down_count, .calls_only = true};
    *figure = (struct conditional_figure){.obstacle = reach_obstacle(plan, class_index),
                                          .share = {NAN, NAN, NAN}};
    if (figure->obstacle)
        return true;
    const struct reach_setting setting = {
        {options->down, options->down_count}, options->seed, options->warmup};
    struct reach reach = {0};
    struct simulation *sim = simulation_new(plan, &replaying, options->seed, 0);
    bool ok = sim && reach_make(&reach, plan, class_index, &setting, sim);
    figure->obstacle = reach.obstacle;
    ok = ok && figure_of(&reach, &replaying, options, figure);
    simulation_free(sim);
    if (reach.plan)
        reach_release(&reach);
    if (!ok && !figure->obstacle)
        errors_no_memory(errors);
    return ok || figure->obstacle;
}
