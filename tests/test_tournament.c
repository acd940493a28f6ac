#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sim/engine/random.h"
#include "sim/engine/tournament.h"

/* The oracle: a plain binary heap of (time, slot), from which entries are removed by search. */
struct heap {
    struct entry {
        nanos time;
        uint32_t slot;
    } * entries;
    uint32_t count, room;
};

static bool before(struct entry a, struct entry b)
{
    return a.time != b.time ? a.time < b.time : a.slot < b.slot;
}

static void sift(struct heap *heap, uint32_t place)
{
    struct entry entry = heap->entries[place];
    for (; place > 0 && before(entry, heap->entries[(place - 1) / 2]); place = (place - 1) / 2)
        heap->entries[place] = heap->entries[(place - 1) / 2];
    for (uint32_t child; (child = 2 * place + 1) < heap->count; place = child) {
        if (child + 1 < heap->count && before(heap->entries[child + 1], heap->entries[child]))
            child++;
        if (!before(heap->entries[child], entry))
            break;
        heap->entries[place] = heap->entries[child];
    }
    heap->entries[place] = entry;
}

static void heap_add(struct heap *heap, uint32_t slot, nanos time)
{
    if (heap->count == heap->room) {
        heap->room = heap->room ? 2 * heap->room : 16;
        heap->entries = realloc(heap->entries, heap->room * sizeof *heap->entries);
        assert_non_null(heap->entries);
    }
    heap->entries[heap->count++] = (struct entry){time, slot};
    sift(heap, heap->count - 1);
}

static void heap_remove(struct heap *heap, uint32_t slot)
{
    uint32_t place = 0;
    while (heap->entries[place].slot != slot)
        place++;
    heap->entries[place] = heap->entries[--heap->count];
    if (place < heap->count)
        sift(heap, place);
}

struct pair {
    struct tournament tournament;
    struct heap heap;
    struct stream stream;
    nanos now;
    uint32_t *free_slots, free_count;
    uint32_t rebases;
};

static void free_more(struct pair *pair, uint32_t from)
{
    pair->free_slots =
        realloc(pair->free_slots, pair->tournament.leaves * sizeof *pair->free_slots);
    assert_non_null(pair->free_slots);
    for (uint32_t slot = pair->tournament.leaves; slot-- > from;)
        pair->free_slots[pair->free_count++] = slot;
}

static void pair_init(struct pair *pair, uint64_t seed)
{
    *pair = (struct pair){0};
    stream_init(&pair->stream, seed, 0, PURPOSE_START, 0);
    assert_true(tournament_init(&pair->tournament, 2));
    free_more(pair, 0);
}

static void pair_release(struct pair *pair)
{
    tournament_release(&pair->tournament);
    free(pair->heap.entries);
    free(pair->free_slots);
}

/* Moves the base when the horizon is what comes next, as the simulation does. */
static void look_far_enough(struct pair *pair)
{
    while (pair->heap.count && tournament_next_time(&pair->tournament) > pair->tournament.horizon) {
        pair->now = pair->tournament.horizon;
        tournament_rebase(&pair->tournament, pair->now);
        pair->rebases++;
    }
}

static void assert_same_next(struct pair *pair)
{
    look_far_enough(pair);
    if (!pair->heap.count) {
        assert_true(tournament_next_time(&pair->tournament) > pair->tournament.horizon);
        return;
    }
    assert_true(tournament_next_time(&pair->tournament) == pair->heap.entries[0].time);
    assert_int_equal(tournament_next_slot(&pair->tournament), pair->heap.entries[0].slot);
}

static void begin(struct pair *pair, nanos time)
{
    if (pair->free_count == 0) {
        uint32_t leaves = pair->tournament.leaves;
        assert_true(tournament_grow(&pair->tournament, pair->now));
        free_more(pair, leaves);
    }
    uint32_t slot = pair->free_slots[--pair->free_count];
    tournament_add(&pair->tournament, slot, time);
    heap_add(&pair->heap, slot, time);
}

static void end_first(struct pair *pair)
{
    uint32_t slot = pair->heap.entries[0].slot;
    pair->now = pair->heap.entries[0].time;
    tournament_take(&pair->tournament);
    heap_remove(&pair->heap, slot);
    pair->free_slots[pair->free_count++] = slot;
}

static void cut_any(struct pair *pair)
{
    uint32_t slot = pair->heap.entries[stream_below(&pair->stream, pair->heap.count)].slot;
    tournament_empty(&pair->tournament, slot);
    assert_true(tournament_time(&pair->tournament, slot) == SLOT_EMPTY);
    heap_remove(&pair->heap, slot);
    pair->free_slots[pair->free_count++] = slot;
}

static void change_any(struct pair *pair, nanos time)
{
    uint32_t slot = pair->heap.entries[stream_below(&pair->stream, pair->heap.count)].slot;
    tournament_set(&pair->tournament, slot, time);
    assert_true(tournament_time(&pair->tournament, slot) == time);
    heap_remove(&pair->heap, slot);
    heap_add(&pair->heap, slot, time);
}

static void move_first(struct pair *pair, nanos time)
{
    uint32_t slot = pair->heap.entries[0].slot;
    tournament_move(&pair->tournament, time);
    heap_remove(&pair->heap, slot);
    heap_add(&pair->heap, slot, time);
}

/* Random calls of every kind; `span`: how far ahead times lie, coarse enough that many are equal.
 */
static void run(struct pair *pair, uint32_t steps, uint32_t most, nanos span, nanos grain)
{
    for (uint32_t i = 0; i < steps; i++) {
        uint64_t what = stream_below(&pair->stream, 16);
        double u = stream_uniform(&pair->stream);
        nanos time = pair->now + (nanos)(u * u * (double)span) / grain * grain;
        assert_same_next(pair);
        if (!pair->heap.count || (what < 7 && pair->heap.count < most))
            begin(pair, time < pair->now ? pair->now : time);
        else if (what < 12)
            end_first(pair);
        else if (what < 13)
            cut_any(pair);
        else if (what < 14)
            change_any(pair, time);
        else
            move_first(pair, time);
    }
    while (pair->heap.count) {
        assert_same_next(pair);
        end_first(pair);
    }
    assert_same_next(pair);
}

static void the_same_sequence_as_a_heap(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct pair pair;
        pair_init(&pair, seed);
        run(&pair, 20000, (uint32_t)(seed * seed), 100 * SECOND, seed % 2 ? 1 : SECOND);
        pair_release(&pair);
    }
}

/* Years ahead: beyond what a key can say, so that the base moves. */
static void times_beyond_the_horizon_keep_their_order(void **state)
{
    (void)state;
    uint32_t rebases = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct pair pair;
        pair_init(&pair, seed);
        run(&pair, 1500, 1000, seed % 2 ? 3000 * DAY : 3 * DAY, 1);
        rebases += pair.rebases;
        pair_release(&pair);
    }
    assert_true(rebases > 10);
}

static void the_last_of_times_has_its_place(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, 1);
    begin(&pair, TIME_MAX);
    begin(&pair, 2 * TIME_MAX); /* a call that begins at the end and is as long as can be */
    begin(&pair, 0);
    begin(&pair, 0);
    begin(&pair, 2 * TIME_MAX - 1);
    while (pair.heap.count) {
        assert_same_next(&pair);
        end_first(&pair);
    }
    pair_release(&pair);
}

static void one_that_is_cleared_is_empty_from_its_new_base(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, 5);
    for (int i = 0; i < 100; i++)
        begin(&pair, i * SECOND);
    tournament_clear(&pair.tournament, -DAY);
    for (uint32_t slot = 0; slot < pair.tournament.leaves; slot++)
        assert_true(tournament_time(&pair.tournament, slot) == SLOT_EMPTY);
    assert_true(tournament_next_time(&pair.tournament) > pair.tournament.horizon);
    tournament_add(&pair.tournament, 17, -DAY);
    assert_true(tournament_next_time(&pair.tournament) == -DAY);
    assert_int_equal(tournament_next_slot(&pair.tournament), 17);
    pair_release(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_sequence_as_a_heap),
        cmocka_unit_test(times_beyond_the_horizon_keep_their_order),
        cmocka_unit_test(the_last_of_times_has_its_place),
        cmocka_unit_test(one_that_is_cleared_is_empty_from_its_new_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
