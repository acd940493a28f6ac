#include "answer/advice.h"

#include <math.h>
#include <stdlib.h>

#include "model/base/arena.h"

struct advice_search {
    const struct scenario *scenario;
    const struct trial_maker *maker;
    struct trial_options options;
    struct arena *arena;
    bool failed;
};

static double worst(const struct answer *answer, enum goal goal, bool down)
{
    const struct judged *row = answer_worst(answer, goal, down);
    return row ? row->value.value : NAN;
}

/* Tries an amount of a lever; keeps what was seen. False: not judged. */
static bool try_amount(struct advice_search *search, const struct lever *lever, int64_t amount,
                       struct advice_item *change)
{
    const char *settings[LEVER_SETTINGS_MOST];
    struct answer answer;
    size_t count = lever_settings(lever, search->scenario, amount, search->arena, settings, 0,
                                  LEVER_SETTINGS_MOST);
    if (count == SIZE_MAX)
        return false;
    enum trial_outcome outcome =
        trial_judge(search->maker, settings, count, &search->options, &answer, NULL);
    search->failed = search->failed || outcome == TRIAL_FAILED;
    if (outcome != TRIAL_JUDGED)
        return false;
    *change = (struct advice_item){
        .from = lever->now,
        .to = lever->now + (double)amount * lever->step,
        .blocked = worst(&answer, GOAL_BLOCKING, false),
        .blocked_down = worst(&answer, GOAL_BLOCKING, true),
        .registrations = fmax(worst(&answer, GOAL_REGISTRATIONS, false),
                              worst(&answer, GOAL_REGISTRATIONS, true)),
        .verdict = answer.verdict,
        .basis = answer.deciding ? answer.deciding->basis : BASIS_NONE,
        .words = lever_words(lever, search->scenario, amount, search->arena),
        .settings = arena_strdup(search->arena, settings[0]),
    };
    for (size_t i = 1; i < count && change->settings; i++)
        change->settings = arena_printf(search->arena, "%s; %s", change->settings, settings[i]);
    search->failed = search->failed || !change->words || !change->settings;
    answer_release(&answer);
    return true;
}

/* The least amount that mends it, by halving. */
static bool least_change(struct advice_search *search, const struct lever *lever,
                         struct advice_item *best)
{
    struct advice_item tried;
    int64_t low = 0, high = 1;
    for (;; low = high, high = 2 * high < lever->most ? 2 * high : lever->most) {
        if (try_amount(search, lever, high, &tried) && tried.verdict == VERDICT_YES)
            break;
        if (search->failed || high >= lever->most)
            return false;
    }
    *best = tried;
    while (high - low > 1 && !search->failed) {
        int64_t middle = low + (high - low) / 2;
        bool good = try_amount(search, lever, middle, &tried) && tried.verdict == VERDICT_YES;
        if (good)
            *best = tried;
        *(good ? &high : &low) = middle;
    }
    return !search->failed;
}

static bool mend(struct advice_search *search, const struct answer *answer, struct advice *advice)
{
    struct levers levers;
    bool ok = levers_list(search->scenario, answer, search->maker, false, &levers);
    if (ok)
        ok = (advice->items = calloc(levers.count + 1, sizeof *advice->items));
    for (size_t i = 0; ok && i < levers.count && !search->failed; i++)
        advice->count += least_change(search, &levers.items[i], &advice->items[advice->count]);
    levers_release(&levers);
    return ok && !search->failed;
}

bool advice_find(const struct scenario *scenario, const struct trial_maker *maker,
                 const struct trial_options *options, struct advice *advice)
{
    struct answer answer = {0};
    *advice = (struct advice){.verdict = VERDICT_CANNOT_TELL, .arena = arena_new()};
    struct advice_search search = {
        .scenario = scenario, .maker = maker, .options = *options, .arena = advice->arena};
    if (!advice->arena)
        return false;
    enum trial_outcome outcome = trial_judge(maker, NULL, 0, &search.options, &answer, NULL);
    if (outcome == TRIAL_JUDGED && answer.verdict != VERDICT_YES && answer.verdict != VERDICT_NO &&
        !search.options.simulate) { /* formulas cannot tell: simulations do */
        answer_release(&answer);
        search.options.simulate = true;
        outcome = trial_judge(maker, NULL, 0, &search.options, &answer, NULL);
    }
    bool ok = outcome != TRIAL_FAILED;
    if (outcome == TRIAL_JUDGED) {
        advice->verdict = answer.verdict;
        ok = answer.verdict == VERDICT_YES || mend(&search, &answer, advice);
        answer_release(&answer);
    }
    return ok;
}

void advice_release(struct advice *advice)
{
    free(advice->items);
    arena_free(advice->arena);
    *advice = (struct advice){0};
}
