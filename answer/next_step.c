#include "answer/next_step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/figures.h"
#include "model/base/arena.h"

#define TRIES_MOST  60                  /* simulations */
#define EVENTS_MOST 20                  /* times what the run itself cost */
#define MORE_MOST   32                  /* that formulas may err by, in amounts of a lever */
#define EVENTS_FREE UINT64_C(100000000) /* always: a few seconds */

struct finder {
    const struct scenario *scenario;
    const struct trial_maker *maker;
    struct trial_options options;
    struct levers levers;
    const struct judged *missed; /* the goal to mend */
    int64_t *amounts, *best;     /* by lever; best: the last that was good, simulated */
    struct arena *arena;
    uint64_t events, events_most;
    bool simulate; /* else by formula */
    int tries;
    bool accept_undecided; /* after what was asked for has gone on */
    size_t most;
    bool has_best, exhausted, stopped, failed;
    bool exact;         /* the last good figure by formula is no approximation */
    struct judged seen; /* with `best` */
    enum verdict verdict;
    double more;
};

/* ---- One trial ---- */

static size_t settings_of(struct finder *f, const int64_t *amounts, const char **items, size_t room)
{
    struct setting_list list = {.arena = f->arena, .items = items, .room = room};
    for (size_t i = 0; i < f->levers.count; i++)
        if (amounts[i] > 0)
            lever_settings(&f->levers.items[i], f->scenario, amounts[i], &list);
    f->failed = f->failed || list.failed;
    return list.count;
}

/* The figure of the goal that was missed in another answer, where it is worst: against its limit,
 * with peers down or without. */
static const struct judged *same_goal(const struct answer *answer, const struct judged *missed)
{
    const struct judged *up = answer_worst(answer, missed->goal, false);
    const struct judged *down = answer_worst(answer, missed->goal, true);
    if (!up || !down)
        return up ? up : down;
    return down->value.value * up->limit >= up->value.value * down->limit ? down : up;
}

static void note_best(struct finder *f, const struct answer *answer)
{
    const struct judged *row = same_goal(answer, f->missed);
    memcpy(f->best, f->amounts, f->levers.count * sizeof *f->best);
    f->has_best = true;
    f->verdict = answer->verdict;
    f->more = answer_more_replications(answer);
    f->seen = row ? *row : (struct judged){.value = {NAN, NAN, NAN}};
    f->seen.name = row ? arena_strdup(f->arena, row->name) : "";
    f->failed = f->failed || !f->seen.name;
}

/* By formula all figures keep their goals, whatever their bands. */
static bool keeps_goals(const struct answer *answer)
{
    for (size_t i = 0; i < answer->row_count; i++)
        if (!(answer->rows[i].value.value <= answer->rows[i].limit))
            return false;
    return answer->row_count > 0;
}

static bool over_budget(struct finder *f)
{
    f->exhausted = f->exhausted || f->tries >= TRIES_MOST || f->events > f->events_most;
    return f->exhausted;
}

/* Does it do with these amounts? */
static bool good(struct finder *f)
{
    bool simulate = f->simulate;
    const char **items = arena_alloc(f->arena, LEVER_SETTINGS_MOST * 8, sizeof *items);
    struct answer answer;
    f->failed = f->failed || !items;
    if (f->failed || f->stopped || (simulate && over_budget(f)))
        return false;
    size_t count = settings_of(f, f->amounts, items, LEVER_SETTINGS_MOST * 8);
    if (f->failed)
        return false;
    f->options.simulate = simulate;
    f->options.most = f->accept_undecided ? f->most : 0;
    f->tries += simulate;
    enum trial_outcome outcome = trial_judge(f->maker, items, count, &f->options, &answer);
    f->stopped = f->stopped || outcome == TRIAL_STOPPED;
    f->failed = f->failed || outcome == TRIAL_FAILED;
    if (outcome != TRIAL_JUDGED)
        return false;
    bool does = simulate ? answer.verdict == VERDICT_YES ||
                               (f->accept_undecided && answer.verdict == VERDICT_UNDECIDED)
                         : keeps_goals(&answer);
    if (does)
        note_best(f, &answer);
    answer_release(&answer);
    return does;
}

/* ---- The search ---- */

/* The least amount of a lever with which it does, the others as they are; `high` does, `low` does
 * not (-1: 0 was not tried). Near `low` first where up, near `high` else. */
static void least(struct finder *f, size_t lever, int64_t low, int64_t high, bool up)
{
    bool bracketed = false;
    for (int64_t step = up ? 1 : 1 + (high - low) / 16; high - low > 1;) {
        int64_t at = bracketed ? low + (high - low) / 2 : up ? low + step : high - step;
        at = at <= low ? low + 1 : at >= high ? high - 1 : at;
        f->amounts[lever] = at;
        bool does = good(f);
        bracketed = bracketed || does == up;
        step *= 2;
        if (does)
            high = at;
        else
            low = at;
        if (f->failed || f->stopped || (f->simulate && f->exhausted))
            break;
    }
    f->amounts[lever] = high;
}

/* All levers to the end, then each back as far as it goes, the dearest first. */
static bool search(struct finder *f)
{
    for (size_t i = 0; i < f->levers.count; i++)
        f->amounts[i] = f->levers.items[i].most;
    if (!good(f))
        return false;
    for (size_t i = f->levers.count; i-- > 0;)
        least(f, i, -1, f->amounts[i], true);
    return true;
}

/* The change that a first search found, tried in earnest: less where that does, more where it does
 * not. */
static bool confirm(struct finder *f)
{
    size_t first = 0;
    while (first < f->levers.count && f->amounts[first] == 0)
        first++;
    if (first == f->levers.count)
        return false;
    int64_t found = f->amounts[first];
    f->has_best = false;
    f->options.preview = false;
    if (good(f)) {
        least(f, first, 0, found, false);
        return true;
    }
    for (size_t i = first; i < f->levers.count; i++) {
        int64_t from = f->amounts[i], most = f->levers.items[i].most, little = from + MORE_MOST;
        for (int64_t step = 1; from > 0 && from < most && from < little && !f->stopped; step *= 2) {
            int64_t next = step < most - from ? from + step : most;
            f->amounts[i] = next;
            if (good(f)) {
                least(f, i, from, next, true);
                for (size_t k = first; k < i; k++) /* what was drawn in vain */
                    least(f, k, -1, f->amounts[k], true);
                return true;
            }
            from = next;
        }
    }
    return false;
}

/* The estimate sees the fault: by its figures the scenario as it is misses a goal. */
static bool formulas_see_it(struct finder *f)
{
    memset(f->amounts, 0, f->levers.count * sizeof *f->amounts);
    f->has_best = false;
    return !good(f);
}

static bool find(struct finder *f, bool simulate)
{
    f->simulate = false;
    bool formulas = f->scenario->trace_count == 0 && formulas_see_it(f) && search(f);
    if (!simulate)
        return formulas && confirm(f);
    f->simulate = true;
    for (int pass = 0; pass < 2 && !f->failed && !f->stopped; pass++) {
        f->accept_undecided = pass > 0;
        if (formulas && pass == 0 && confirm(f))
            return true;
        f->has_best = false;
        if (search(f))
            return true;
    }
    return false;
}

/* ---- In words ---- */

/* "1 more peer in edge and in core, and 6 more RMS in edge" */
static const char *in_words(struct finder *f)
{
    const char *text = "";
    bool grouped = false; /* a change in more than one place */
    for (size_t i = 0; i < f->levers.count && text; i++) {
        const struct lever *lever = &f->levers.items[i];
        if (f->best[i] == 0)
            continue;
        size_t k = i;
        while (k-- > 0 && !(f->best[k] == f->best[i] && lever->kind == LEVER_PEERS &&
                            f->levers.items[k].kind == LEVER_PEERS))
            ;
        bool again = k < i;
        const char *join = !*text ? "" : grouped && !again ? ", and " : " and ";
        const char *words =
            again ? arena_printf(f->arena, "in %s", f->scenario->clusters[lever->index].name)
                  : lever_words(lever, f->scenario, f->best[i], f->arena);
        grouped = grouped || again;
        text = words ? arena_printf(f->arena, "%s%s%s", text, join, words) : NULL;
    }
    f->failed = f->failed || !text;
    return text ? text : "";
}

/* What was tried, once it has been said: "6 RMS more", "it", "both". */
static const char *in_short(struct finder *f)
{
    size_t count = 0, last = 0;
    for (size_t i = 0; i < f->levers.count; i++)
        if (f->best[i] > 0) {
            count++;
            last = i;
        }
    if (count != 1)
        return count == 2 ? "both" : "all of it";
    const char *words = lever_short(&f->levers.items[last], f->scenario, f->best[last], f->arena);
    f->failed = f->failed || !words;
    return words ? words : "";
}

static char *say_seen(struct finder *f)
{
    char value[FIGURE_SIZE], range[FIGURE_SIZE];
    const struct judged *seen = &f->seen;
    if (isnan(seen->value.value))
        return arena_strdup(f->arena, verdict_words(f->verdict));
    if (seen->goal == GOAL_REGISTRATIONS && seen->value.value <= 0)
        return arena_printf(f->arena, "every device of %s finds a place", seen->name);
    figure_value(seen->value, 100, value);
    if (seen->basis != BASIS_EXACT && *figure_range(seen->value, 100, range))
        return arena_printf(f->arena, "%s %% (%s)", value, range);
    if (seen->basis == BASIS_EXACT)
        return arena_printf(f->arena, "%s %% (exact)", value);
    return arena_printf(f->arena, "%s %%", value);
}

static void say(struct finder *f, struct next_step *step)
{
    const char *words = in_words(f), *brief = in_short(f);
    char *seen = say_seen(f);
    const char *open = "", *size = "";
    if (f->verdict == VERDICT_UNDECIDED)
        open =
            f->more > 0 && f->more < 1e6
                ? arena_printf(f->arena, ", not yet decided: about %.0f more replications", f->more)
                : ", not yet decided";
    if (f->exhausted)
        size = "; whether less would do was not tried to the end";
    step->words = arena_printf(f->arena, "%s; with %s: %s%s%s", words, brief, seen ? seen : "",
                               open ? open : "", size);
    step->verdict = f->verdict;
    step->settings = arena_alloc(f->arena, LEVER_SETTINGS_MOST * 8, sizeof *step->settings);
    if (step->settings)
        step->count = settings_of(f, f->best, step->settings, LEVER_SETTINGS_MOST * 8);
    f->failed = f->failed || !step->words || !step->settings;
}

static void say_none(struct finder *f, struct next_step *step)
{
    const char *what = "";
    for (size_t i = 0; i < f->levers.count && what; i++) {
        char *words =
            lever_words(&f->levers.items[i], f->scenario, f->levers.items[i].most, f->arena);
        what = words ? arena_printf(f->arena, "%s%s%s", what, *what ? ", " : "", words) : NULL;
    }
    if (f->stopped)
        step->words = arena_strdup(f->arena, "");
    else if (f->exhausted)
        step->words = arena_strdup(f->arena, "none found: the search would take long");
    else if (f->levers.count == 0)
        step->words = arena_strdup(f->arena, "no change of limits helps here: less load does");
    else
        step->words = arena_printf(f->arena, "none found: not even with %s", what ? what : "");
    f->failed = f->failed || !step->words;
}

bool next_step_find(const struct scenario *scenario, const struct answer *answer,
                    const struct trial_maker *maker, const struct trial_options *options,
                    struct next_step *step)
{
    uint64_t most = EVENTS_MOST * options->spent;
    *step = (struct next_step){.arena = arena_new()};
    step->words = step->arena ? arena_strdup(step->arena, "") : NULL;
    if (!step->words)
        return false;
    if (answer->verdict != VERDICT_NO || !answer->deciding)
        return true;
    if (answer->deciding->goal == GOAL_CEILING) { /* whatever its peers carry */
        step->words = arena_strdup(step->arena, "a further cluster: no change of this one helps");
        return step->words != NULL;
    }
    bool never = answer->deciding->goal == GOAL_BLOCKING && answer->deciding->limit <= 0 &&
                 answer->deciding->basis != BASIS_REPLAYED;
    if (never) /* nothing refused ever: no number does that */
        return true;
    struct finder f = {.scenario = scenario,
                       .maker = maker,
                       .options = *options,
                       .missed = answer->deciding,
                       .arena = step->arena,
                       .most = options->most,
                       .events_most = EVENTS_FREE > most ? EVENTS_FREE : most};
    f.options.events = &f.events;
    f.options.preview = true; /* that says where to begin */
    for (int all = 0; all < 2 && !step->found && !f.failed && !f.stopped && !f.exhausted; all++) {
        free(f.amounts);
        f.amounts = NULL;
        levers_release(&f.levers);
        f.failed = !levers_list(scenario, answer, maker, all ? LEVERS_ALL : LEVERS_SEEN, &f.levers);
        f.amounts = calloc(2 * f.levers.count + 1, sizeof *f.amounts);
        f.best = f.amounts ? f.amounts + f.levers.count : NULL;
        f.failed = f.failed || !f.amounts;
        if (!f.failed && f.levers.count > 0)
            step->found = find(&f, options->simulate);
    }
    step->found = step->found && f.has_best && !f.stopped;
    if (!f.failed && step->found)
        say(&f, step);
    else if (!f.failed)
        say_none(&f, step);
    free(f.amounts);
    levers_release(&f.levers);
    return !f.failed;
}

void next_step_release(struct next_step *step)
{
    arena_free(step->arena);
    *step = (struct next_step){0};
}
