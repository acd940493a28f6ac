#include "sim/study/stays.h"

#include <math.h>
#include <stdlib.h>

#include "sim/study/traits.h"

#define PRESSED       0.05 /* P(a limit is reached) from which on a set is sampled by stays */
#define BEFORE        4    /* mean rests of a call replayed before a stay begins */
#define SETTLED       8    /* mean rests after which the rate refused does not change any more */
#define AGES_MOST     24   /* mean rests of a stay that are replayed */
#define STAY_MOST     5    /* 1 / v: likewise, where that is less */
#define SEGMENT       0.5  /* mean rests */
#define SEGMENT_STAY  0.125
#define SEGMENTS_MOST 128
#define ROUND         16 /* samples of a set at a time */
#define ROUNDS_FIRST  2  /* of every set */
#define SAMPLES_MOST  200000

/* A set of peers that are away together. */
struct stay {
    uint8_t away;
    double probability, rate; /* v, a second */
    bool nobody;              /* is left: all is refused */
    nanos segment;
    uint32_t segments, settled; /* from which on one is as another */
    double sum, squares;        /* of the samples */
    uint64_t samples;
};

/* ---- Which sets ---- */

/* The only cluster whose peers fail; NONE: there are several, or none. */
static uint32_t failing_cluster(const struct reach *reach)
{
    uint32_t found = NONE, count = 0;
    for (uint32_t c = 0; c < reach->plan->scenario->cluster_count; c++)
        if (failing_peers(&reach->failing, c)) {
            found = c;
            count++;
        }
    return count == 1 ? found : NONE;
}

/* P(a limit is reached) of those that hold while just this set is away. */
static double pressed(const struct reach *reach, uint8_t away)
{
    const struct reach_state *state = &reach->states[0];
    double most = 0;
    for (uint32_t n = 0; n < state->need_count; n++)
        if (state->needs[n].cluster == reach->left_out_cluster && state->needs[n].away == away)
            most = fmax(most, state->limits[state->needs[n].limit].sum.tail);
    return most;
}

uint32_t stays_choose(struct reach *reach)
{
    uint32_t count = 0, cluster = failing_cluster(reach);
    if (cluster == NONE || !reach->constant || !reach->from_ever || reach->state_count != 1 ||
        reach->strands.first[reach->class_index + 1] - reach->strands.first[reach->class_index] !=
            1)
        return 0;
    reach->left_out_cluster = cluster;
    uint8_t failing = failing_peers(&reach->failing, cluster);
    for (uint32_t away = 1; away <= failing; away++)
        if ((away & failing) == away && pressed(reach, (uint8_t)away) >= PRESSED) {
            reach->left_out[away] = true;
            count++;
        }
    reach_sum_up(reach);
    return count;
}

/* ---- A set ---- */

static uint32_t peer_of(const struct reach *reach, uint32_t place)
{
    return reach->plan->scenario->clusters[reach->left_out_cluster].first_peer + place;
}

/* How often the peer changes while the set is away. */
static double change_rate(const struct reach *reach, uint8_t away, uint32_t place)
{
    const struct failing *failing = &reach->failing;
    uint32_t peer = peer_of(reach, place);
    return away >> place & 1 ? failing->returns[peer] : failing->fails[peer];
}

static struct stay stay_of(const struct reach *reach, uint8_t away, double rest)
{
    uint32_t cluster = reach->left_out_cluster;
    struct stay stay = {.away = away,
                        .probability = failing_mask(&reach->failing, cluster, away, 0, 0)};
    for (uint32_t i = 0; i < reach->plan->scenario->clusters[cluster].peer_count; i++)
        stay.rate += change_rate(reach, away, i);
    double length = fmin(AGES_MOST * rest, STAY_MOST / stay.rate);
    double segment = fmin(SEGMENT * rest, SEGMENT_STAY / stay.rate);
    stay.segments = (uint32_t)ceil(fmin(length / segment, SEGMENTS_MOST));
    stay.segment = nanos_round(length / stay.segments * (double)SECOND) + 1;
    double settled = SETTLED * rest / (length / stay.segments);
    stay.settled = settled < stay.segments / 2.0 ? (uint32_t)settled : stay.segments / 2;
    const struct reach_state *state = &reach->states[0];
    for (uint32_t n = 0; n < state->need_count; n++)
        if (state->needs[n].cluster == cluster && state->needs[n].away == away)
            stay.nobody = stay.nobody || state->limits[state->needs[n].limit].threshold == 0;
    return stay;
}

/* ---- A sample ---- */

/* By which change the set is entered: as often as it is left by the same. */
static uint32_t draw_entry(struct drawn_past *past, const struct stay *stay)
{
    uint32_t place = 0, last = 0;
    double u = stream_uniform(&past->stream) * stay->rate;
    for (; place < CLUSTER_PEERS_MAX; place++) {
        double rate =
            place < past->reach->plan->scenario->clusters[past->reach->left_out_cluster].peer_count
                ? change_rate(past->reach, stay->away, place)
                : 0;
        last = rate > 0 ? place : last;
        u -= rate;
        if (u < 0 && rate > 0)
            return place;
    }
    return last;
}

/* What of the calls of each segment is refused, weighted by how probable it is to stay so long. */
static double weigh(const struct stay *stay, const uint64_t *refused, double expected)
{
    double sum = 0, late = 0, step = stay->rate * (double)stay->segment / (double)SECOND;
    for (uint32_t i = 0; i < stay->segments; i++) {
        sum += exp(-step * i) * -expm1(-step) * (double)refused[i];
        late += i >= stay->settled ? (double)refused[i] : 0;
    }
    sum += exp(-step * stay->segments) * late / (stay->segments - stay->settled);
    return sum / expected;
}

struct sampling {
    struct stay *stay;
    nanos before;
    double *values; /* by sample of the round; below 0: it failed */
    uint32_t first;
};

/* The stay begins at 0. */
static bool replay_stay(struct worker *w, const struct sampling *sampling, uint32_t number,
                        uint32_t place, uint64_t *refused)
{
    const struct stay *stay = sampling->stay;
    nanos from = -sampling->before - w->past.lead;
    const struct reach *reach = w->past.reach;
    const struct past_calls *calls = &w->past.calls;
    uint64_t before = 0;
    replay_begin(w->sim, number, reach->start < from ? reach->start : from, from);
    size_t done = past_replay(&w->past, calls, w->sim, from);
    if (done == SIZE_MAX)
        return false;
    replay_peer(w->sim, peer_of(reach, place), stay->away >> place & 1);
    for (uint32_t i = 0; i <= stay->segments; i++) {
        nanos to = stay->segment * i;
        size_t next = done;
        while (next < calls->count && calls->items[next].start < to)
            next++;
        if (!replay_run(w->sim, calls->items + done, next - done, to))
            return false;
        done = next;
        uint64_t now = replay_refused(w->sim, reach->class_index);
        if (i > 0)
            refused[i - 1] = now - before;
        before = now;
    }
    return true;
}

static void sample(struct worker *w, uint32_t number, void *context)
{
    struct sampling *sampling = context;
    const struct stay *stay = sampling->stay;
    struct drawn_past *past = &w->past;
    const struct reach *reach = past->reach;
    uint64_t refused[SEGMENTS_MOST];
    stream_init(&past->stream, w->seed, number, PURPOSE_CONDITIONAL,
                random_name(reach->plan->scenario->classes[reach->class_index].name) + stay->away);
    uint32_t place = draw_entry(past, stay);
    past->t = 0;
    past_set_away(past, reach->left_out_cluster, stay->away ^ (uint8_t)(1u << place));
    past_draw_course(past, -sampling->before, stay->segment * stay->segments);
    bool ok = !past_failed(past) && replay_stay(w, sampling, number, place, refused);
    double expected = unlimited_rate(&reach->unlimited[reach->class_index], 0) *
                      (double)stay->segment / (double)SECOND;
    sampling->values[number - sampling->first] = ok ? weigh(stay, refused, expected) : -1;
}

/* ---- All of them ---- */

static double variance_of(const struct stay *stay)
{
    double n = (double)stay->samples;
    double spread = (stay->squares - stay->sum * stay->sum / n) / (n - 1);
    return stay->nobody ? 0 : stay->probability * stay->probability * fmax(spread, 0) / n;
}

static double share_of(const struct stay *stay)
{
    return stay->probability * (stay->nobody ? 1 : stay->sum / (double)stay->samples);
}

static bool run_round(struct workers *workers, struct sampling *sampling, struct stay *stay)
{
    bool ok = true;
    sampling->stay = stay;
    sampling->first = (uint32_t)stay->samples;
    workers_run(workers, sampling->first, ROUND, sample, sampling);
    if (workers_stopped(workers))
        return true;
    for (uint32_t i = 0; i < ROUND; i++) {
        ok = ok && sampling->values[i] >= 0;
        stay->sum += sampling->values[i];
        stay->squares += sampling->values[i] * sampling->values[i];
    }
    stay->samples += ROUND;
    return ok;
}

static void sum_up(struct stays *stays, const struct stay *items, uint32_t count)
{
    stays->share = stays->variance = 0;
    stays->samples = 0;
    for (uint32_t i = 0; i < count; i++) {
        stays->share += share_of(&items[i]);
        stays->variance += variance_of(&items[i]);
        stays->samples += items[i].samples;
    }
}

/* The set whose next samples take most off the variance, for what they cost. */
static struct stay *neediest(struct stay *items, uint32_t count)
{
    struct stay *found = &items[0];
    double most = -1;
    for (uint32_t i = 0; i < count; i++) {
        double gain = variance_of(&items[i]) / (double)(items[i].samples + ROUND) /
                      ((double)items[i].segment * items[i].segments);
        if (gain > most && !items[i].nobody) {
            most = gain;
            found = &items[i];
        }
    }
    return found;
}

struct sets {
    struct stay *items;
    uint32_t count;
};

static void run_all(struct workers *workers, const struct sets *sets, double precision,
                    uint64_t events, struct stays *stays)
{
    struct stay *items = sets->items;
    uint32_t count = sets->count;
    double values[ROUND];
    struct sampling sampling = {
        .before =
            nanos_round(BEFORE * reach_longest_rest(workers->items[0].past.reach) * (double)SECOND),
        .values = values};
    bool ok = true;
    for (uint32_t i = 0; i < count && ok; i++)
        for (int r = 0; r < ROUNDS_FIRST && ok && !items[i].nobody; r++)
            ok = run_round(workers, &sampling, &items[i]) && !workers_stopped(workers);
    sum_up(stays, items, count);
    while (ok && 1.96 * sqrt(stays->variance) > precision * stays->share &&
           stays->samples < SAMPLES_MOST && (!events || workers_events(workers) < events)) {
        ok = run_round(workers, &sampling, neediest(items, count)) && !workers_stopped(workers);
        sum_up(stays, items, count);
    }
    stays->interrupted = workers_stopped(workers);
    stays->failed = !ok && !stays->interrupted;
}

struct stays stays_run(struct workers *workers, const struct reach *reach, double precision,
                       uint64_t events)
{
    struct stays stays = {0};
    uint32_t count = 0;
    struct stay *items = calloc(256, sizeof *items);
    double rest = reach_longest_rest(reach);
    stays.failed = !items;
    for (uint32_t away = 1; items && away < 256; away++)
        if (reach->left_out[away])
            items[count++] = stay_of(reach, (uint8_t)away, rest);
    if (count > 0)
        run_all(workers, &(struct sets){items, count}, precision, events, &stays);
    free(items);
    return stays;
}
