#include "answer/advice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/design.h"
#include "answer/edge.h"
#include "answer/next_step.h"
#include "answer/savings.h"
#include "model/base/arena.h"
#include "model/licences.h"

#define STEPS_UP 6 /* doubled, from an amount by formula that a simulation does not confirm */

struct advice_search {
    const struct scenario *scenario;
    const struct trial_maker *maker;
    struct trial_options options;
    const struct price_list *prices; /* NULL: none */
    double price;                    /* of the scenario as it is */
    bool confirm;                    /* what formulas found is simulated in any case */
    struct advice *advice;
    bool failed, stopped;
};

/* What can be moved: a lever or a saving. */
struct movable {
    const struct lever *lever;
    const struct saving *saving;
};

static int64_t most_of(struct movable m)
{
    return m.lever ? m.lever->most : m.saving->most;
}

/* ---- One trial ---- */

static double worst(const struct answer *answer, enum goal goal, bool down)
{
    const struct judged *row = answer_worst(answer, goal, down);
    return row ? row->value.value : NAN;
}

/* By formula all figures keep their goals, whatever their bands. */
static bool keeps_goals(const struct answer *answer)
{
    for (size_t i = 0; i < answer->row_count; i++)
        if (!(answer->rows[i].value.value <= answer->rows[i].limit))
            return false;
    return answer->row_count > 0 && answer->verdict != VERDICT_NO &&
           answer->verdict != VERDICT_NOTHING;
}

static char *join(const char *const *settings, size_t count, struct arena *arena)
{
    char *text = arena_strdup(arena, settings[0]);
    for (size_t i = 1; i < count && text; i++)
        text = arena_printf(arena, "%s; %s", text, settings[i]);
    return text;
}

/* What a change adds to the price; NAN: not known. */
static double price_of(struct advice_search *search, const char *const *settings, size_t count)
{
    struct trial_scenario made;
    struct advice *advice = search->advice;
    if (!search->prices || !search->maker->make(search->maker->context, settings, count, &made))
        return NAN;
    double price = prices_of_scenario(search->prices, &made.scenario, advice->missing);
    search->maker->release(search->maker->context, &made);
    return price - search->price;
}

/* False: not judged, or it does not do. By formula a figure within its goal does. */
static bool try_settings(struct advice_search *search, const char *const *settings, size_t count,
                         bool simulate, struct advice_item *item)
{
    struct answer answer;
    struct trial_options options = search->options;
    options.simulate = simulate;
    enum trial_outcome outcome = trial_judge(search->maker, settings, count, &options, &answer);
    search->failed = search->failed || outcome == TRIAL_FAILED;
    search->stopped = search->stopped || outcome == TRIAL_STOPPED;
    if (outcome != TRIAL_JUDGED)
        return false;
    item->blocked = worst(&answer, GOAL_BLOCKING, false);
    item->blocked_down = worst(&answer, GOAL_BLOCKING, true);
    item->registrations =
        fmax(worst(&answer, GOAL_REGISTRATIONS, false), worst(&answer, GOAL_REGISTRATIONS, true));
    item->verdict = answer.verdict;
    item->basis = answer.deciding ? answer.deciding->basis : BASIS_NONE;
    bool does = answer.verdict == VERDICT_YES || (!simulate && keeps_goals(&answer));
    answer_release(&answer);
    item->price = does ? price_of(search, settings, count) : NAN;
    return does;
}

static bool over(const struct advice_search *search)
{
    return search->failed || search->stopped;
}

/* What a lever moves, and what one amount adds to it: peers and licences of the cluster. NAN: a
 * choice. */
static double lever_range(const struct lever *lever, const struct scenario *s, double *step)
{
    *step = lever->each ? s->clusters[lever->index].peer_count : 1;
    switch (lever->kind) {
    case LEVER_PEERS:
        return s->clusters[lever->index].peer_count;
    case LEVER_RMS:
        return (double)licences_installed(s, lever->index, LICENCE_RMS);
    case LEVER_DESKTOP:
        return (double)licences_installed(s, lever->index, LICENCE_DESKTOP);
    case LEVER_ROOM:
        return (double)licences_installed(s, lever->index, LICENCE_ROOM);
    default:
        *step = lever->step;
        return lever->step == 0 ? NAN : lever->now;
    }
}

static bool try_amount(struct advice_search *search, struct movable m, int64_t amount,
                       bool simulate, struct advice_item *item)
{
    const char *settings[LEVER_SETTINGS_MOST];
    struct arena *arena = search->advice->arena;
    const struct scenario *s = search->scenario;
    struct setting_list list = {.arena = arena, .items = settings, .room = LEVER_SETTINGS_MOST};
    if (m.lever)
        lever_settings(m.lever, s, amount, &list);
    else
        saving_settings(m.saving, s, amount, &list);
    search->failed = search->failed || list.failed || list.count == 0;
    if (over(search) || !try_settings(search, settings, list.count, simulate, item))
        return false;
    double step = -1;
    item->from = m.lever ? lever_range(m.lever, s, &step) : m.saving->now;
    step = m.lever ? step : -m.saving->step;
    item->to = item->from + (double)amount * step;
    item->words =
        m.lever ? lever_words(m.lever, s, amount, arena) : saving_words(m.saving, s, amount, arena);
    item->settings = join(settings, list.count, arena);
    search->failed = search->failed || !item->words || !item->settings;
    return !search->failed;
}

/* ---- Amounts ---- */

struct amount_search {
    struct advice_search *search;
    struct movable movable;
    bool simulate;
    struct advice_item *best; /* of the least that mends it so far */
};

static bool judge_amount(void *context, double amount, bool *good)
{
    struct amount_search *a = context;
    struct advice_item tried;
    *good = try_amount(a->search, a->movable, (int64_t)amount, a->simulate, &tried);
    if (*good)
        *a->best = tried;
    return *good || !over(a->search);
}

/* The least amount of a lever that mends it; 0: none. */
static int64_t least_amount(struct advice_search *search, struct movable m, bool simulate,
                            struct advice_item *best)
{
    struct amount_search context = {search, m, simulate, best};
    double most = (double)most_of(m);
    double least = edge_find(&(struct edge){1, most, 1, 1, judge_amount, &context});
    return isnan(least) ? 0 : (int64_t)least;
}

/* The largest amount that can be taken away; 0: none. */
static int64_t largest_amount(struct advice_search *search, struct movable m, bool simulate,
                              struct advice_item *best)
{
    struct advice_item tried;
    int64_t low = 0, high = most_of(m) + 1;
    for (int64_t step = 1; low + step < high && !over(search); step *= 2) {
        if (try_amount(search, m, low + step, simulate, &tried)) {
            *best = tried;
            low += step;
        } else {
            high = low + step;
        }
    }
    while (high - low > 1 && !over(search)) {
        int64_t middle = low + (high - low) / 2;
        bool good = try_amount(search, m, middle, simulate, &tried);
        if (good)
            *best = tried;
        *(good ? &low : &high) = middle;
    }
    return low;
}

/* What formulas found is simulated where they may not decide; where that says otherwise a little
 * more is changed, or less is taken away. */
static bool confirm(struct advice_search *search, struct movable m, int64_t amount,
                    struct advice_item *item)
{
    if (search->options.simulate || (item->verdict == VERDICT_YES && !search->confirm))
        return item->verdict == VERDICT_YES;
    int64_t at = amount, step = 1, most = most_of(m);
    for (int i = 0; i < STEPS_UP && at > 0 && at <= most && !over(search); i++, step *= 2) {
        if (try_amount(search, m, at, true, item))
            return true;
        int64_t next = m.lever ? at + step : at - step;
        at = m.lever && at < most && next > most ? most : next;
    }
    return false;
}

static void move(struct advice_search *search, struct movable m)
{
    struct advice *advice = search->advice;
    struct advice_item item = {.price = NAN, .verdict = VERDICT_CANNOT_TELL};
    bool simulate = search->options.simulate;
    int64_t amount = m.lever ? least_amount(search, m, simulate, &item)
                             : largest_amount(search, m, simulate, &item);
    if (amount == 0 || over(search) || !confirm(search, m, amount, &item))
        return;
    for (size_t i = 0; i < advice->count; i++) /* the next step is there already */
        if (strcmp(advice->items[i].settings, item.settings) == 0) {
            advice->items[i].from = item.from;
            advice->items[i].to = item.to;
            return;
        }
    advice->items[advice->count++] = item;
}

/* ---- All of it ---- */

static bool make_room(struct advice_search *search, size_t count)
{
    struct advice *advice = search->advice;
    advice->items = arena_alloc(advice->arena, count + 1, sizeof *advice->items);
    search->failed = search->failed || !advice->items;
    return !search->failed;
}

/* The next step, by the code that says it in answers. */
static void add_next_step(struct advice_search *search, const struct answer *answer)
{
    struct next_step step;
    struct advice *advice = search->advice;
    struct advice_item item = {
        .from = NAN, .to = NAN, .price = NAN, .verdict = VERDICT_CANNOT_TELL};
    struct trial_options options = search->options;
    options.simulate = options.simulate || search->confirm;
    bool ok = next_step_find(search->scenario, answer, search->maker, &options, &step);
    search->failed = search->failed || !ok;
    if (ok && step.found && step.count > 0) {
        size_t length = strcspn(step.words, ";");
        item.words = arena_strndup(advice->arena, step.words, length);
        item.settings = join(step.settings, step.count, advice->arena);
        try_settings(search, step.settings, step.count, options.simulate, &item);
        search->failed = search->failed || !item.words || !item.settings;
        if (!over(search))
            advice->items[advice->count++] = item;
    }
    next_step_release(&step);
}

static void mend(struct advice_search *search, const struct answer *answer)
{
    struct levers levers;
    bool ok = levers_list(search->scenario, answer, search->maker, LEVERS_WIDE, &levers);
    search->failed = search->failed || !ok;
    if (ok && make_room(search, levers.count + 1)) {
        add_next_step(search, answer);
        for (size_t i = 0; i < levers.count && !over(search); i++)
            move(search, (struct movable){.lever = &levers.items[i]});
    }
    levers_release(&levers);
}

static void save(struct advice_search *search)
{
    struct savings savings;
    bool ok = savings_list(search->scenario, search->maker, search->advice->arena, &savings);
    search->failed = search->failed || !ok;
    if (!ok || !make_room(search, savings.count))
        return;
    for (size_t i = 0; i < savings.count && !over(search); i++)
        move(search, (struct movable){.saving = &savings.items[i]});
}

bool advice_find(const struct scenario *scenario, const struct trial_maker *maker,
                 const struct trial_options *options, const struct price_list *prices,
                 struct advice *advice)
{
    struct answer answer = {0};
    *advice = (struct advice){.verdict = VERDICT_CANNOT_TELL,
                              .binding = "",
                              .priced = prices != NULL,
                              .arena = arena_new()};
    struct advice_search search = {.scenario = scenario,
                                   .maker = maker,
                                   .options = *options,
                                   .prices = prices,
                                   .confirm = options->simulate,
                                   .advice = advice};
    if (!advice->arena)
        return false;
    if (prices)
        search.price = prices_of_scenario(prices, scenario, advice->missing);
    search.options.simulate = scenario->trace_count > 0;
    enum trial_outcome outcome = trial_judge(maker, NULL, 0, &search.options, &answer);
    bool told =
        outcome == TRIAL_JUDGED && (answer.verdict == VERDICT_YES || answer.verdict == VERDICT_NO);
    if (outcome == TRIAL_JUDGED && (!told || search.confirm) && !search.options.simulate) {
        bool unseen = keeps_goals(&answer); /* formulas do not see the fault, if there is one */
        answer_release(&answer);
        search.options.simulate = true;
        outcome = trial_judge(maker, NULL, 0, &search.options, &answer);
        search.options.simulate = unseen && outcome == TRIAL_JUDGED && answer.verdict == VERDICT_NO;
    }
    if (outcome == TRIAL_JUDGED) {
        advice->verdict = answer.verdict;
        advice->binding = design_binding(&answer);
        if (answer.verdict == VERDICT_YES)
            save(&search);
        else if (answer.verdict == VERDICT_NO)
            mend(&search, &answer);
        answer_release(&answer);
    }
    return outcome != TRIAL_FAILED && !search.failed;
}

void advice_release(struct advice *advice)
{
    arena_free(advice->arena);
    *advice = (struct advice){0};
}
