#include "sim/study/past.h"

#include <math.h>
#include <stdlib.h>

#include "sim/study/traits.h"

#define LEAD 4 /* mean rests of calls in progress */

/* ---- Lists of calls ---- */

static void calls_add(struct past_calls *calls, struct past_call call)
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
static void calls_shuffle(struct past_calls *calls, size_t count, struct stream *stream)
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

/* Shell's sort: a few hundred at most, in no order. */
static void sort_by_start(struct past_call *items, size_t count)
{
    static const size_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
        for (size_t i = gaps[g]; i < count; i++) {
            struct past_call call = items[i];
            size_t j = i;
            for (; j >= gaps[g] && starts_before(&call, &items[j - gaps[g]]); j -= gaps[g])
                items[j] = items[j - gaps[g]];
            items[j] = call;
        }
}

/* The end of the ascending run that begins at `from`. */
static size_t run_end(const struct past_calls *calls, size_t from)
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
static void merge_runs(struct past_calls *calls, size_t first, struct past_calls *scratch)
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

/* ---- The moment ---- */

static double uniform(void *stream)
{
    return stream_uniform(stream);
}

static const struct reach_cell *draw_cell(struct drawn_past *past)
{
    const struct reach *reach = past->reach;
    double u = stream_uniform(&past->stream) * reach->most;
    uint32_t low = 0, high = reach->cell_count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (reach->cells[middle].until <= u)
            low = middle + 1;
        else
            high = middle;
    }
    const struct reach_cell *cell = &reach->cells[low];
    past->t =
        cell->from + nanos_round((double)(cell->to - cell->from) * stream_uniform(&past->stream));
    return cell;
}

/* Which strand's call would be refused, by which limit, while who is away; its number. */
static uint32_t draw_need(struct drawn_past *past, const struct reach_state *state,
                          const struct reach_cell *cell)
{
    double sum = 0;
    for (uint32_t n = 0; n < state->need_count; n++)
        sum += cell->bounds[n];
    double u = stream_uniform(&past->stream) * sum;
    for (uint32_t n = 0; n + 1 < state->need_count; n++) {
        u -= cell->bounds[n];
        if (u < 0)
            return n;
    }
    return state->need_count - 1;
}

/* Of all clusters but the one whose state is given. */
static void draw_away(struct drawn_past *past, const struct reach_need *need)
{
    const struct failing *failing = &past->reach->failing;
    const struct scenario *s = past->reach->plan->scenario;
    for (uint32_t c = 0; failing->fails && c < s->cluster_count; c++) {
        uint32_t first = s->clusters[c].first_peer;
        unsigned away = 0;
        for (uint32_t i = 0; c != need->cluster && i < s->clusters[c].peer_count; i++)
            away |= (unsigned)(stream_uniform(&past->stream) <
                               failing_away(failing, first + i, past->t))
                    << i;
        past->away[c] = c == need->cluster ? need->away : (uint8_t)away;
    }
}

static bool is_reached(const struct drawn_past *past, const struct reach_limit *limit)
{
    int64_t taken = 0;
    for (uint32_t s = 0; s < past->reach->strands.count; s++)
        taken += past->numbers[s] * limit->weights[s];
    return taken >= limit->threshold;
}

/* Of the limits that a call of the strand needs. */
static uint32_t limits_reached(const struct drawn_past *past, const struct reach_state *state,
                               uint32_t strand)
{
    uint32_t reached = 0;
    for (uint32_t n = 0; n < state->need_count; n++) {
        const struct reach_need *need = &state->needs[n];
        if (need->strand == strand &&
            (need->cluster == NONE || past->away[need->cluster] == need->away))
            reached += is_reached(past, &state->limits[need->limit]);
    }
    return reached;
}

/* Calls of a group to its strands, each by its mean. */
static void spread_group(struct drawn_past *past, const struct reach_limit *limit, uint32_t group)
{
    const struct reach *reach = past->reach;
    double sum = 0;
    uint32_t members = 0, last = NONE;
    for (uint32_t s = 0; s < reach->strands.count; s++)
        if (limit->group[s] == group && past->means[s] > 0) {
            sum += past->means[s];
            members++;
            last = s;
        }
    if (members == 1)
        past->numbers[last] = past->group_numbers[group];
    for (int64_t i = 0; i < past->group_numbers[group] && members > 1; i++) {
        double u = stream_uniform(&past->stream) * sum;
        uint32_t chosen = NONE;
        for (uint32_t s = 0; s < reach->strands.count && u >= 0; s++) {
            if (limit->group[s] != group || past->means[s] <= 0)
                continue;
            chosen = s;
            u -= past->means[s];
        }
        past->numbers[chosen]++;
    }
}

/* The sum of the limit at the moment; NULL: out of memory. */
static const struct poisson_sum *sum_at(struct drawn_past *past, const struct reach_limit *limit)
{
    if (past->reach->constant)
        return &limit->sum;
    reach_means(past->reach, past->t, past->means);
    reach_group_means(past->reach, limit, past->means, past->group_means);
    return poisson_sum_make(&past->sum, past->group_means, limit->group_weights, limit->group_count,
                            limit->threshold)
               ? &past->sum
               : NULL;
}

/* The probability of what the need asks for, at the moment. */
static double right_bound(const struct drawn_past *past, const struct reach_need *need,
                          const struct poisson_sum *sum)
{
    const struct reach *reach = past->reach;
    double right = reach->strands.items[need->strand].share * sum->tail;
    if (need->cluster != NONE)
        right *= failing_mask(&reach->failing, need->cluster, need->away, past->t, past->t);
    return right;
}

bool past_draw_moment(struct drawn_past *past)
{
    const struct reach *reach = past->reach;
    const struct reach_cell *cell = draw_cell(past);
    const struct reach_state *state = &reach->states[cell->state];
    uint32_t number = draw_need(past, state, cell);
    const struct reach_need *need = &state->needs[number];
    const struct reach_limit *limit = &state->limits[need->limit];
    double keep = stream_uniform(&past->stream);
    const struct poisson_sum *sum = sum_at(past, limit);
    past->strand = need->strand;
    past->calls.failed = past->calls.failed || !sum;
    if (!sum || sum->tail <= 0 || keep * cell->bounds[number] >= right_bound(past, need, sum))
        return false;
    poisson_sum_draw(sum, uniform, &past->stream, past->group_numbers);
    for (uint32_t s = 0; s < reach->strands.count; s++)
        past->numbers[s] =
            limit->group[s] == NONE ? stream_poisson(&past->stream, past->means[s]) : 0;
    for (uint32_t g = 0; g < limit->group_count; g++)
        spread_group(past, limit, g);
    draw_away(past, need);
    if (reach->left_out_cluster != NONE && reach->left_out[past->away[reach->left_out_cluster]])
        return false;
    uint32_t reached = limits_reached(past, state, need->strand);
    return reached <= 1 || stream_uniform(&past->stream) * reached < 1;
}

/* ---- The past ---- */

static void set_moment(struct drawn_past *past, uint32_t k, nanos t)
{
    if (!unlimited_at(&past->moment, &past->reach->unlimited[k], t))
        past->calls.failed = true;
}

static struct past_call call_of(const struct drawn_past *past, nanos start, nanos end,
                                uint32_t strand)
{
    const struct strand *s = &past->reach->strands.items[strand];
    return (struct past_call){start, end, s->class_index, s->placed};
}

static uint32_t any_strand(struct drawn_past *past, uint32_t k)
{
    const struct strands *strands = &past->reach->strands;
    if (strands->first[k] + 1 == strands->first[k + 1])
        return strands->first[k];
    return strands_pick(strands, k, stream_uniform(&past->stream));
}

/* The calls in progress at the moment, one by one. */
static void draw_standing(struct drawn_past *past)
{
    const struct strands *strands = &past->reach->strands;
    past->standing.count = 0;
    for (uint32_t s = 0; s < strands->count; s++) {
        if (s == 0 || strands->items[s].class_index != strands->items[s - 1].class_index)
            set_moment(past, strands->items[s].class_index, past->t);
        for (int64_t i = 0; i < past->numbers[s] && !past->calls.failed; i++) {
            struct unlimited_call call = unlimited_draw(&past->moment, &past->stream);
            calls_add(&past->standing, call_of(past, call.start, call.end, s));
        }
    }
}

/* Those in progress when a window begins are offered then, in any order; or, where peers fail,
 * when they began, the oldest at the beginning of the lead. */
static void order_before(struct past_calls *calls, nanos from, nanos lead, struct stream *stream)
{
    calls_shuffle(calls, calls->count, stream);
    for (size_t i = 0; i < calls->count; i++) {
        struct past_call *call = &calls->items[i];
        call->start = call->start > from - lead ? call->start : from - lead;
        if (lead > 0 && call->start == from - lead)
            call->start += (nanos)i < lead ? (nanos)i : lead;
    }
    if (lead > 0)
        sort_by_start(calls->items, calls->count);
}

/* Those that are in progress at `from`. */
static void add_before(struct drawn_past *past, nanos from)
{
    for (size_t i = 0; i < past->standing.count; i++)
        if (past->standing.items[i].start < from)
            calls_add(&past->calls, past->standing.items[i]);
    for (uint32_t k = 0; k < past->reach->plan->scenario->class_count; k++) {
        if (!past->reach->takes_part[k])
            continue;
        set_moment(past, k, from);
        int64_t count = past->calls.failed ? 0 : stream_poisson(&past->stream, past->moment.mean);
        for (int64_t i = 0; i < count; i++) {
            struct unlimited_call call = unlimited_draw(&past->moment, &past->stream);
            if (call.end <= past->t)
                calls_add(&past->calls, call_of(past, call.start, call.end, any_strand(past, k)));
        }
    }
    order_before(&past->calls, from, past->lead, &past->stream);
}

/* Those that begin later: of each class two ascending runs. */
static void add_after(struct drawn_past *past, nanos from)
{
    size_t at = 0, before = past->calls.count;
    for (uint32_t k = 0; k < past->reach->plan->scenario->class_count; k++) {
        const struct unlimited *class = &past->reach->unlimited[k];
        size_t first = past->calls.count;
        if (!past->reach->takes_part[k])
            continue;
        for (; at < past->standing.count && past->standing.items[at].class_index == k; at++)
            if (past->standing.items[at].start >= from)
                calls_add(&past->calls, past->standing.items[at]);
        if (past->calls.count > first)
            sort_by_start(past->calls.items + first, past->calls.count - first);
        for (nanos start = unlimited_next(class, from, past->t, &past->stream); start < past->t;
             start = unlimited_next(class, start, past->t, &past->stream)) {
            nanos end = start + sampler_draw(&class->sampler, &past->stream);
            if (end <= past->t)
                calls_add(&past->calls, call_of(past, start, end, any_strand(past, k)));
        }
    }
    merge_runs(&past->calls, before, &past->later);
}

static bool changes_room(struct drawn_past *past, uint32_t room)
{
    if (room <= past->change_room)
        return true;
    struct past_change *changes = realloc(past->changes, 2 * room * sizeof *changes);
    if (!changes) {
        past->calls.failed = true;
        return false;
    }
    past->changes = changes;
    past->change_room = 2 * room;
    return true;
}

/* The same stream again where there was no room: the history is the same. */
static void add_history(struct drawn_past *past, uint32_t peer, bool away, nanos from)
{
    struct stream before = past->stream;
    uint32_t count = 0, room;
    do {
        past->stream = before;
        room = past->change_room - past->change_count;
        count = failing_history(&past->reach->failing, &(struct failing_end){peer, away, past->t},
                                from, &past->stream,
                                &(struct past_changes){past->changes + past->change_count, room});
    } while (count > room && changes_room(past, past->change_count + count));
    past->change_count += count <= room ? count : 0;
}

static int by_time(const void *a, const void *b)
{
    const struct past_change *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->peer < y->peer ? -1 : x->peer > y->peer;
}

static void draw_changes(struct drawn_past *past, nanos from)
{
    const struct failing *failing = &past->reach->failing;
    const struct scenario *s = past->reach->plan->scenario;
    past->change_count = 0;
    if (!failing->fails || !changes_room(past, 16))
        return;
    for (uint32_t p = 0; p < s->peer_count; p++)
        if (failing->fails[p] > 0) {
            uint32_t c = s->peers[p].cluster;
            add_history(past, p, past->away[c] >> (p - s->clusters[c].first_peer) & 1, from);
        }
    qsort(past->changes, past->change_count, sizeof *past->changes, by_time);
}

void past_draw_calls(struct drawn_past *past, nanos from)
{
    past->calls.count = 0;
    draw_standing(past);
    if (past_failed(past))
        return;
    add_before(past, from);
    if (!past_failed(past))
        add_after(past, from);
    draw_changes(past, from - past->lead);
}

static void add_course(struct drawn_past *past, uint32_t k, nanos from, nanos to)
{
    const struct unlimited *class = &past->reach->unlimited[k];
    for (nanos start = unlimited_next(class, from, to, &past->stream);
         start < to && !past->calls.failed;
         start = unlimited_next(class, start, to, &past->stream)) {
        nanos end = start + sampler_draw(&class->sampler, &past->stream);
        calls_add(&past->calls, call_of(past, start, end, any_strand(past, k)));
    }
}

void past_draw_course(struct drawn_past *past, nanos from, nanos to)
{
    past->standing.count = past->calls.count = 0;
    nanos t = past->t;
    past->t = FOREVER; /* whenever they end */
    add_before(past, from);
    past->t = t;
    size_t before = past->calls.count;
    for (uint32_t k = 0; k < past->reach->plan->scenario->class_count; k++)
        if (past->reach->takes_part[k] && !past_failed(past))
            add_course(past, k, from, to);
    if (!past_failed(past))
        merge_runs(&past->calls, before, &past->later);
    draw_changes(past, from - past->lead);
}

void past_set_away(struct drawn_past *past, uint32_t cluster, uint8_t away)
{
    for (uint32_t c = 0; c < past->reach->plan->scenario->cluster_count; c++)
        past->away[c] = c == cluster ? away : 0;
}

size_t past_replay(const struct drawn_past *past, const struct past_calls *calls,
                   struct simulation *sim, nanos from)
{
    size_t done = 0, next;
    bool ok = true;
    for (uint32_t c = 0; c < past->change_count && ok; c++, done = next) {
        nanos at = past->changes[c].at > from ? past->changes[c].at : from;
        for (next = done; next < calls->count && calls->items[next].start < at;)
            next++;
        ok = replay_run(sim, calls->items + done, next - done, at);
        replay_peer(sim, past->changes[c].peer, past->changes[c].away);
    }
    for (next = done; next < calls->count && calls->items[next].start <= past->t;)
        next++;
    return ok && replay_run(sim, calls->items + done, next - done, past->t) ? next : SIZE_MAX;
}

void past_shorten(struct drawn_past *past, nanos from)
{
    past->later.count = 0;
    for (size_t i = 0; i < past->calls.count; i++)
        if (past->calls.items[i].start < from && past->calls.items[i].end > from)
            calls_add(&past->later, past->calls.items[i]);
    if (!past->later.failed)
        order_before(&past->later, from, past->lead, &past->stream);
    for (size_t i = 0; i < past->calls.count; i++)
        if (past->calls.items[i].start >= from)
            calls_add(&past->later, past->calls.items[i]);
}

/* ---- Life cycle ---- */

bool past_failed(const struct drawn_past *past)
{
    return past->calls.failed || past->later.failed || past->standing.failed;
}

bool past_init(struct drawn_past *past, const struct reach *reach)
{
    size_t strands = (size_t)reach->strands.count + 1;
    *past = (struct drawn_past){.reach = reach,
                                .means = calloc(strands, sizeof *past->means),
                                .group_means = calloc(strands, sizeof *past->group_means),
                                .numbers = calloc(strands, sizeof *past->numbers),
                                .away = calloc((size_t)reach->plan->scenario->cluster_count + 1, 1),
                                .group_numbers = calloc(strands, sizeof *past->group_numbers)};
    if (!past->away || !past->means || !past->group_means || !past->numbers || !past->group_numbers)
        return false;
    if (reach->constant)
        reach_means(reach, 0, past->means);
    past->lead =
        reach->failing.fails ? nanos_round(LEAD * reach_longest_rest(reach) * (double)SECOND) : 0;
    return true;
}

void past_release(struct drawn_past *past)
{
    poisson_sum_release(&past->sum);
    unlimited_moment_release(&past->moment);
    free(past->means);
    free(past->group_means);
    free(past->numbers);
    free(past->group_numbers);
    free(past->away);
    free(past->changes);
    free(past->standing.items);
    free(past->calls.items);
    free(past->later.items);
}
