#include "answer/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/bottleneck.h"
#include "answer/goals.h"
#include "answer/looked.h"
#include "model/base/arena.h"
#include "model/base/number.h"

const char *basis_name(enum basis basis)
{
    static const char *const names[] = {"",         "counted",   "exact",   "approximate",
                                        "simulate", "simulated", "replayed"};
    return names[basis];
}

const char *goal_name(enum goal goal)
{
    static const char *const names[GOAL_COUNT] = {"blocking", "worst-hour", "registrations",
                                                  "ceiling"};
    return names[goal];
}

/* ---- Notes ---- */

const char *answer_text(struct answer *answer, const char *text)
{
    const char *copy = arena_strdup(answer->arena, text ? text : "");
    answer->failed = answer->failed || !copy;
    return copy ? copy : "";
}

void answer_add_note(struct answer *answer, bool warning, const char *text)
{
    struct answer_note *notes =
        realloc(answer->notes, (answer->note_count + 1) * sizeof *answer->notes);
    if (!notes) {
        answer->failed = true;
        return;
    }
    answer->notes = notes;
    notes[answer->note_count++] = (struct answer_note){warning, answer_text(answer, text)};
}

/* As a shell reads it: in single quotes where it needs them. */
static const char *as_option(struct answer *answer, const char *before, const char *setting)
{
    bool plain = !strpbrk(setting, " *\"'\\$&|;<>()[]{}!?~#`\t");
    const char *text = arena_printf(answer->arena, "%s%s--set %s%s%s", before, *before ? " " : "",
                                    plain ? "" : "'", setting, plain ? "" : "'");
    answer->failed = answer->failed || !text;
    return text ? text : "";
}

void answer_set_next_step(struct answer *answer, const char *words, const char *const *settings,
                          size_t setting_count)
{
    answer->next_step = answer_text(answer, words);
    answer->settings = "";
    for (size_t i = 0; i < setting_count; i++)
        answer->settings = as_option(answer, answer->settings, settings[i]);
}

/* ---- Verdict ---- */

static bool worse(const struct judged *a, const struct judged *b)
{
    if (!b || a->verdict != b->verdict)
        return !b || a->verdict > b->verdict;
    if (a->limit != b->limit) /* closer to its goal, or further beyond it */
        return a->value.value * b->limit > b->value.value * a->limit;
    if (a->value.value != b->value.value)
        return a->value.value > b->value.value;
    return a->value.high > b->value.high;
}

static void find_worst(struct answer *answer)
{
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        const struct judged **worst = row->down_count ? &answer->worst_down : &answer->worst;
        if (worse(row, *worst))
            *worst = row;
    }
    const struct judged *a = answer->worst, *b = answer->worst_down;
    answer->deciding = !a || (b && b->verdict > a->verdict) ? b : a;
    answer->verdict = answer->deciding ? answer->deciding->verdict : VERDICT_NOTHING;
}

const struct judged *answer_worst(const struct answer *answer, enum goal goal, bool down)
{
    const struct judged *worst = NULL;
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        if (row->goal == goal && (row->down_count > 0) == down && worse(row, worst))
            worst = row;
    }
    return worst;
}

/* "e1+e2" of a set. */
static bool is_called(const struct scenario *s, const struct survival_set *set, const char *names)
{
    for (uint32_t i = 0; i < set->down_count; i++) {
        const char *name = s->peers[set->down[i]].name;
        size_t length = strlen(name);
        if (strncmp(names, name, length) != 0)
            return false;
        names += length;
        bool last = i + 1 == set->down_count;
        if (*names != (last ? '\0' : '+'))
            return false;
        names += !last;
    }
    return true;
}

const struct survival_set *answer_worst_set(const struct answer *answer, const struct scenario *s,
                                            const struct survival *survival)
{
    for (size_t i = 0; answer->worst_down && survival && i < survival->count; i++)
        if (is_called(s, &survival->sets[i], answer->worst_down->down))
            return &survival->sets[i];
    return NULL;
}

static uint32_t worst_class(const struct answer *answer)
{
    const struct judged *worst = answer_worst(answer, GOAL_BLOCKING, false);
    return worst ? worst->index : NONE;
}

uint32_t answer_peers_down(const struct scenario *scenario)
{
    return scenario->goals.survive > 0 ? (uint32_t)scenario->goals.survive : 0;
}

/* A survival set that was not run, for an interruption came before it. */
static void allow_for_missing_sets(struct answer *answer, const struct scenario *s,
                                   const struct answer_sources *sources)
{
    uint32_t survive = answer_peers_down(s);
    if (!sources->results || survive == 0 || answer->verdict == VERDICT_NOTHING)
        return;
    uint32_t left = s->peer_count > sources->down_count ? s->peer_count - sources->down_count : 0;
    size_t wanted = survival_sets(left, survive); /* of those that are not out anyway */
    size_t had = sources->survival ? sources->survival->count : 0;
    if (had >= wanted || answer->verdict >= VERDICT_CANNOT_TELL)
        return;
    answer->verdict = VERDICT_UNDECIDED;
    answer_add_note(answer, true, "not every set of peers down was simulated");
}

static void warn_survive(struct answer *answer, const struct scenario *s)
{
    if (s->goals.survive <= 0)
        return;
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        if (s->goals.survive < (int64_t)s->clusters[c].peer_count || s->clusters[c].peer_count == 0)
            continue;
        const char *text = arena_printf(answer->arena, "survive: %d leaves no peer of %s",
                                        s->goals.survive, s->clusters[c].name);
        answer_add_note(answer, true, text);
    }
}

static void find_hours(struct answer *answer, const struct scenario *s,
                       const struct answer_sources *sources)
{
    answer->varies = scenario_varies(s);
    uint32_t worst = worst_class(answer);
    if (sources->results) {
        if (worst != NONE)
            answer->hour = worst_hour_blocked(sources->results, worst);
        answer->busiest = busiest_hour(sources->results);
    } else if (worst != NONE) {
        answer->hour = goals_worst_hour_estimated(s, sources->estimate, worst);
    }
    struct worst_hour *hours[] = {&answer->hour, &answer->busiest};
    for (int i = 0; i < 2; i++)
        if (hours[i]->found)
            hours[i]->name = answer_text(answer, hours[i]->name);
}

/* ---- What binds ---- */

/* Where devices that find no place decide, what keeps them out binds. */
static bool bound_at_rest(const struct answer *answer)
{
    const struct judged *row = answer->deciding;
    return row && row->goal == GOAL_REGISTRATIONS && row->verdict == VERDICT_NO;
}

static void find_binding(struct answer *answer, const struct answer_sources *sources)
{
    struct binding *b = &answer->binding;
    const char *at_rest = b->what;
    *b = (struct binding){
        .refusals = NAN, .peak = NAN, .limit = NAN, .spare_factor = NAN, .spare_erlangs = NAN};
    if (answer->deciding && answer->deciding->goal == GOAL_CEILING) {
        b->what = limit_words(limit_called(answer->deciding->cause));
        return;
    }
    if (bound_at_rest(answer)) {
        enum limit limit = limit_called(answer->deciding->cause);
        b->what = at_rest                ? at_rest
                  : limit == LIMIT_COUNT ? "peers that are up"
                                         : limit_words(limit);
        return;
    }
    if (sources->estimate && sources->estimate->answer.known) {
        const struct estimate_answer *e = &sources->estimate->answer;
        b->spare_factor = e->spare_factor;
        b->spare_erlangs = e->spare_erlangs;
        b->spare_exact = e->badge == BADGE_EXACT;
        if (e->gives_out && strcmp(e->gives_out, "nothing") != 0)
            b->what = answer_text(answer, e->gives_out);
    }
    if (!sources->results)
        return;
    double share;
    uint32_t worst = worst_class(answer);
    enum cause cause = leading_cause(sources->results, worst, &share);
    struct tightest nearest = tightest_resource(sources->results);
    if (cause != CAUSE_COUNT && worst != NONE) {
        b->what = cause_words(cause);
        b->refusals = share;
    } else if (nearest.name) {
        b->what = NULL;
        b->nearest = answer_text(answer, nearest.name);
        b->kind = nearest.kind;
        b->peak = nearest.peak;
        b->limit = nearest.limit;
    }
}

/* Once a simulation exists it decides: an exact figure of the estimate must lie in its interval,
 * the band of an approximate one must touch it. */
static void compare_sources(struct answer *answer, const struct scenario *s,
                            const struct answer_sources *sources)
{
    if (!sources->results || !sources->estimate)
        return;
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        struct judged claim;
        if (row->goal != GOAL_BLOCKING || row->down_count > 0 || isnan(row->value.low) ||
            !goals_claim(s, sources->estimate, row->index, &claim))
            continue;
        double low = isnan(claim.value.low) ? claim.value.value : claim.value.low;
        double high = isnan(claim.value.high) ? claim.value.value : claim.value.high;
        if (claim.basis == BASIS_ORIENTATION || (high >= row->value.low && low <= row->value.high))
            continue;
        answer->disagree = true;
        answer_add_note(answer, true,
                        arena_printf(answer->arena,
                                     "estimate and simulation disagree on %s: the estimate says "
                                     "%.3g %%; the simulation decides",
                                     row->name, 100 * claim.value.value));
        return;
    }
}

#define REASONS_MOST 4

/* Why the formulas do not decide: "only a simulation can tell: several limits are coupled; ..." */
static void explain_cannot_tell(struct answer *answer, const struct answer_sources *sources)
{
    const struct judged *row = answer->deciding;
    const struct estimate *e = sources->estimate;
    if (sources->results || !e || answer->verdict != VERDICT_CANNOT_TELL)
        return;
    const char *why = "";
    for (size_t i = 0; i < e->reason_count && i < REASONS_MOST && why; i++)
        why = arena_printf(answer->arena, "%s%s%s", why, *why ? "; " : "", e->reasons[i]);
    if (why && *why) {
        answer->untold = why;
        answer_add_note(answer, true,
                        arena_printf(answer->arena, "only a simulation can tell: %s", why));
    } else if (row && row->verdict == VERDICT_CANNOT_TELL) {
        answer->untold = row->basis == BASIS_ORIENTATION
                             ? "no formula is known for it"
                             : "the band of its figure lies on both sides of the goal";
        answer_add_note(
            answer, true,
            arena_printf(answer->arena, "%s: %s: simulate it", row->name, answer->untold));
    }
}

/* What is lost of a class goes with what is blocked. */
static bool tells_blocked(const struct results *r, const struct refined *refined)
{
    return strcmp(r->metrics[refined->metric].metric, "blocked_fraction") == 0;
}

/* The names of the classes from `first` on that share its estimator and obstacle; each is told of
 * once. NULL: that was told before, or memory is out. */
static const char *classes_alike(struct answer *answer, const struct results *r, size_t first,
                                 uint64_t *samples)
{
    const struct refined *own = &r->refined[first];
    const char *names = NULL;
    *samples = 0;
    for (size_t i = 0; i < r->refined_count; i++) {
        const struct refined *other = &r->refined[i];
        bool alike = own->obstacle && other->obstacle ? strcmp(own->obstacle, other->obstacle) == 0
                                                      : own->obstacle == other->obstacle;
        if (!alike || other->by != own->by || !tells_blocked(r, other))
            continue;
        if (i < first)
            return NULL;
        const char *name = r->metrics[other->metric].name;
        names = names ? arena_printf(answer->arena, "%s, %s", names, name) : name;
        *samples += other->samples;
    }
    return names;
}

/* Which estimator made a figure, and why it could not be the better one. */
static void note_method(struct answer *answer, const struct answer_sources *sources)
{
    const struct results *r = sources->results;
    for (size_t i = 0; r && i < r->refined_count; i++) {
        uint64_t samples;
        const char *names =
            tells_blocked(r, &r->refined[i]) ? classes_alike(answer, r, i, &samples) : NULL;
        if (!names)
            continue;
        const char *note =
            r->refined[i].obstacle
                ? arena_printf(answer->arena, "%s: rare refusals can only be counted, for %s",
                               names, r->refined[i].obstacle)
            : r->refined[i].by == REFINED_CONTROL
                ? arena_printf(answer->arena,
                               "%s: the share refused is counted, less what chance of the load "
                               "brought: the system without limits is the control",
                               names)
            : samples == 0
                ? arena_printf(answer->arena,
                               "%s: even without limits one would hardly ever be reached: summed, "
                               "not counted",
                               names)
                : arena_printf(answer->arena,
                               "%s: the share refused is estimated by conditioning on the system "
                               "without limits, from %llu samples; too few refusals were counted",
                               names, (unsigned long long)samples);
        answer_add_note(answer, false, note);
    }
}

/* ---- All together ---- */

bool answer_make(struct answer *answer, const struct scenario *scenario,
                 const struct answer_sources *sources)
{
    *answer = (struct answer){.arena = arena_new(), .next_step = "", .settings = "", .untold = ""};
    if (!answer->arena)
        return false;
    answer->title = answer_text(answer, scenario->title);
    answer->simulated = sources->results != NULL;
    answer->preview = sources->preview;
    answer->interrupted = sources->results && sources->results->interrupted;
    answer->survive = answer_peers_down(scenario);
    answer->goals_stated = scenario->goals.stated;
    for (uint32_t c = 0; c < scenario->class_count; c++)
        answer->goals_stated = answer->goals_stated || scenario->classes[c].goal_stated;
    goals_judge(answer, scenario, sources);
    find_worst(answer);
    looked_list(answer, scenario, sources);
    allow_for_missing_sets(answer, scenario, sources);
    warn_survive(answer, scenario);
    find_hours(answer, scenario, sources);
    find_binding(answer, sources);
    explain_cannot_tell(answer, sources);
    compare_sources(answer, scenario, sources);
    note_method(answer, sources);
    for (uint32_t i = 0; i < scenario->note_count; i++)
        answer_add_note(answer, false, scenario->notes[i]);
    return !answer->failed;
}

void answer_release(struct answer *answer)
{
    free(answer->rows);
    free(answer->limits);
    free(answer->notes);
    arena_free(answer->arena);
    *answer = (struct answer){0};
}

int answer_exit_code(const struct answer *answer, bool exit_undecided)
{
    switch (answer->verdict) {
    case VERDICT_NOTHING:
        return 65;
    case VERDICT_NO:
        return answer->goals_stated ? 1 : 0;
    case VERDICT_UNDECIDED:
    case VERDICT_CANNOT_TELL:
        return exit_undecided ? 2 : 0;
    default:
        return 0;
    }
}

double answer_more_replications(const struct answer *answer)
{
    double most = 0;
    if (answer->verdict != VERDICT_UNDECIDED || answer->interrupted)
        return 0;
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        if (row->verdict != VERDICT_UNDECIDED)
            continue;
        if (row->obstacle && row->more <= 0)
            return 0;
        most = row->more > most ? row->more : most;
    }
    return most;
}
