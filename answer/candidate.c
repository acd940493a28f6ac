#include "answer/candidate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/busiest.h"
#include "model/load.h"
#include "model/base/arena.h"

#define LASTING_MOST (8 * HOUR) /* that the busiest time goes on in a replication */

/* ---- Made ---- */

bool candidate_source_init(struct candidate_source *source, const struct design_ask *ask,
                           const struct trial_maker *maker)
{
    nanos at;
    *source = (struct candidate_source){
        .ask = ask,
        .maker = maker,
        .busiest = calloc(ask->scenario->class_count + (size_t)1, sizeof(double))};
    return source->busiest && busiest_load(ask->scenario, &at, source->busiest);
}

void candidate_source_release(struct candidate_source *source)
{
    free(source->busiest);
    *source = (struct candidate_source){0};
}

void candidate_set_rms(struct candidate *candidate, uint32_t cluster, int64_t rms)
{
    struct scenario *s = &candidate->made.scenario;
    struct cluster *c = &s->clusters[cluster];
    bool smart = c->licensing == LICENSING_SMART;
    c->licensed[LICENCE_RMS] = rms >= 0;
    c->licences[LICENCE_RMS] = smart && rms >= 0 ? rms : 0;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        struct peer *peer = &s->peers[c->first_peer + i];
        bool more = rms >= 0 && i < rms % c->peer_count;
        peer->licences[LICENCE_RMS] = smart || rms < 0 ? 0 : rms / c->peer_count + more;
        peer->rms_key = peer->licences[LICENCE_RMS] > 0 || rms < 0;
    }
}

void candidate_free_rms(struct candidate *candidate)
{
    for (uint32_t c = 0; c < candidate->made.scenario.cluster_count; c++)
        candidate_set_rms(candidate, c, -1);
}

void candidate_set_load(struct candidate *candidate, double factor)
{
    candidate->factor = candidate->share * factor;
    scaled_set_all(&candidate->load, candidate->factor);
}

enum trial_outcome candidate_begin(struct candidate *candidate,
                                   const struct candidate_source *source,
                                   const struct design *design)
{
    const struct design_ask *ask = source->ask;
    const struct trial_maker *maker = source->maker;
    struct arena *arena = arena_new();
    const char *settings[DESIGN_SETTINGS_MAX];
    *candidate = (struct candidate){.source = source, .share = (1 + ask->spare) / design->clusters};
    size_t count = arena ? design_shape(design, ask, arena, settings) : 0;
    bool made = count && maker->make(maker->context, settings, count, &candidate->made);
    arena_free(arena);
    if (!made)
        return count ? TRIAL_NOT_BUILT : TRIAL_FAILED;
    struct scenario *s = &candidate->made.scenario;
    if (!scaled_init(&candidate->load, s)) {
        candidate_end(candidate);
        return TRIAL_FAILED;
    }
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        s->clusters[c].licensed[LICENCE_DESKTOP] = false;
        s->clusters[c].licensed[LICENCE_ROOM] = false;
    }
    candidate_free_rms(candidate);
    candidate_set_load(candidate, 1);
    return TRIAL_JUDGED;
}

void candidate_end(struct candidate *candidate)
{
    scaled_release(&candidate->load);
    const struct trial_maker *maker = candidate->source->maker;
    maker->release(maker->context, &candidate->made);
}

/* ---- Seen ---- */

const char *design_binding(const struct answer *answer)
{
    static const struct {
        const char *words;
        enum limit limit;
    } words[] = {{"peer_units", LIMIT_UNITS},  {"peer units", LIMIT_UNITS},
                 {"units of ", LIMIT_UNITS},   {"turn", LIMIT_TURN_RELAYS},
                 {"TURN", LIMIT_TURN_RELAYS},  {"cluster cap", LIMIT_CLUSTER_CAP},
                 {"RMS", LIMIT_RMS},           {"pipe", LIMIT_BANDWIDTH},
                 {"set-up", LIMIT_SETUP_RATE}, {"registrations", LIMIT_REGISTRATIONS}};
    const char *cause = answer->deciding ? answer->deciding->cause : "";
    const char *what = answer->binding.what ? answer->binding.what : "";
    for (int l = 0; l < LIMIT_COUNT; l++)
        if (strcmp(cause, limit_name((enum limit)l)) == 0)
            return limit_name((enum limit)l);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(cause, words[i].words) || strstr(what, words[i].words))
            return limit_name(words[i].limit);
    return "";
}

static double worst_of(const struct answer *answer, bool down)
{
    const struct judged *row = answer_worst(answer, GOAL_BLOCKING, down);
    return row ? row->value.value : NAN;
}

static void look(const struct answer *answer, struct view *view)
{
    const struct judged *row = answer->deciding ? answer->deciding : answer->worst;
    *view = (struct view){
        .verdict = answer->verdict,
        .basis = row ? row->basis : BASIS_COUNTED,
        .blocked = worst_of(answer, false),
        .blocked_down = worst_of(answer, true),
        .cause = design_binding(answer),
        .meets = answer->verdict != VERDICT_NO && answer->verdict != VERDICT_NOTHING,
        .seen = {.share = row ? row->value : (struct interval){NAN, NAN, NAN},
                 .limit = row ? row->limit : NAN,
                 .verdict = answer->verdict,
                 .tried = true},
    };
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *one = &answer->rows[i];
        bool calls = one->goal == GOAL_BLOCKING;
        view->meets = view->meets && (!calls || one->value.value <= one->limit);
    }
    if (answer->verdict == VERDICT_CANNOT_TELL || answer->verdict == VERDICT_UNDECIDED)
        view->basis = BASIS_ORIENTATION;
}

/* ---- The busiest time ---- */

bool design_busiest(const struct scenario *s, nanos *at)
{
    bool varies = false;
    for (uint32_t k = 0; k < s->class_count; k++)
        varies = varies || s->classes[k].arrivals.steps.count > 1;
    return busiest_load(s, at, NULL) && varies && s->trace_count == 0;
}

/* What changes in the course of a day is left out: rates, the beginning, and what happens to peers
 * by plan. Not what a record brings. */
static bool can_last(const struct scenario *s)
{
    return s->trace_count == 0 && s->class_count < 100;
}

/* The most peers of a cluster that are out at once by plan. -1: out of memory. */
static int most_out(const struct scenario *s)
{
    bool *out = calloc(s->peer_count + (size_t)1, sizeof *out);
    int *clusters = calloc(s->cluster_count + (size_t)1, sizeof *clusters);
    int most = out && clusters ? 0 : -1;
    for (size_t i = 0; most >= 0 && i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        bool goes = step->kind == STEP_DRAIN || step->kind == STEP_FAIL;
        bool back = step->kind == STEP_UP;
        int *count = &clusters[s->peers[step->peer].cluster];
        *count += goes && !out[step->peer] ? 1 : back && out[step->peer] ? -1 : 0;
        out[step->peer] = (out[step->peer] || goes) && !back;
        most = *count > most ? *count : most;
    }
    free(out);
    free(clusters);
    return most;
}

/* A scenario whose busiest time goes on, on top of another; peers that are out at once by plan are
 * out then. */
struct lasting {
    struct scenario scenario;
    bool none_left; /* of a cluster's peers */
    double *rates;  /* owned */
    nanos always[1];
};

static bool lasting_init(struct lasting *lasting, const struct candidate *candidate)
{
    const struct scenario *s = &candidate->made.scenario;
    int out = most_out(s);
    *lasting = (struct lasting){.scenario = *s,
                                .rates = calloc(s->class_count + (size_t)1, sizeof(double))};
    struct scenario *one = &lasting->scenario;
    one->classes = malloc((s->class_count + (size_t)1) * sizeof *one->classes);
    bool ok = lasting->rates && one->classes;
    for (uint32_t k = 0; ok && k < s->class_count; k++) {
        struct call_class *call = &one->classes[k];
        *call = s->classes[k];
        lasting->rates[k] = candidate->factor * candidate->source->busiest[k] /
                            (load_hold(call) * arrivals_mean_batch(&call->arrivals));
        if (call->arrivals.kind == ARRIVALS_RATE)
            call->arrivals.steps = (struct rate_steps){
                .times = lasting->always, .rates = &lasting->rates[k], .count = 1, .daily = true};
    }
    one->run.steady = true;
    one->run.warmup_kind = WARMUP_NONE;
    one->steps = NULL;
    one->step_count = 0;
    one->goals.survive = out > one->goals.survive ? out : one->goals.survive;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        lasting->none_left = lasting->none_left || out >= (int)s->clusters[c].peer_count;
    return out >= 0 && ok;
}

static void lasting_release(struct lasting *lasting)
{
    free(lasting->rates);
    free(lasting->scenario.classes);
}

/* ---- Judged ---- */

/* How likely a second brings more calls than a peer sets up, calls at the busiest spread over the
 * peers that are up: where that is far below the goal, formulas need not know the limit. */
static bool setup_is_free(const struct scenario *s)
{
    double calls = 0, limit = INFINITY;
    for (uint32_t p = 0; p < s->peer_count; p++)
        if (s->peers[p].setup_rate > 0)
            limit = fmin(limit, s->peers[p].setup_rate);
    if (isinf(limit))
        return true;
    for (uint32_t k = 0; k < s->class_count; k++)
        calls += call_erlangs(&s->classes[k]) /
                 (s->classes[k].holding.mean + (double)s->classes[k].setup / (double)SECOND);
    double up = fmax(1, (double)s->clusters[0].peer_count - s->goals.survive);
    double term = exp(-calls / up), tail = 1;
    for (int n = 0; n < limit && n < 100000 && tail > 0; n++) {
        tail -= term;
        term *= calls / up / (n + 1);
    }
    return tail < 0.01 * fmax(s->goals.blocking, 1e-6);
}

static enum trial_outcome try(const struct trial_scenario *made,
                              const struct trial_options *options, struct view *view)
{
    struct answer answer;
    enum trial_outcome outcome = trial_judge_made(made, options, &answer);
    if (outcome == TRIAL_JUDGED) {
        look(&answer, view);
        answer_release(&answer);
    }
    return outcome;
}

/* By the formulas. */
static enum trial_outcome judge(const struct candidate *candidate, struct view *view)
{
    struct lasting lasting;
    struct trial_options options = {.preview = !candidate->exact,
                                    .stop = candidate->source->ask->stop};
    struct trial_scenario made = {.scenario = candidate->made.scenario};
    if (!can_last(&made.scenario))
        return try(&made, &options, view);
    bool ok = lasting_init(&lasting, candidate);
    made.scenario = lasting.scenario;
    if (made.scenario.run.length > HOUR)
        made.scenario.run.length = HOUR;
    enum trial_outcome outcome = ok ? try(&made, &options, view) : TRIAL_FAILED;
    if (outcome == TRIAL_JUDGED && lasting.none_left)
        view->meets = false;
    lasting_release(&lasting);
    return outcome;
}

/* A limit of set-ups a second that is far away is left out: what the formulas do not know there
 * does not matter. */
static enum trial_outcome judge_setups(struct candidate *candidate, struct view *view)
{
    struct scenario *s = &candidate->made.scenario;
    double *rates = calloc(s->peer_count + (size_t)1, sizeof *rates);
    bool limited = false, skip = rates && setup_is_free(s);
    for (uint32_t p = 0; skip && p < s->peer_count; p++) {
        rates[p] = s->peers[p].setup_rate;
        limited = limited || rates[p] > 0;
        s->peers[p].setup_rate = 0;
    }
    enum trial_outcome outcome = rates ? judge(candidate, view) : TRIAL_FAILED;
    for (uint32_t p = 0; skip && p < s->peer_count; p++)
        s->peers[p].setup_rate = rates[p];
    if (outcome == TRIAL_JUDGED && limited && view->basis == BASIS_EXACT)
        view->basis = BASIS_APPROXIMATE;
    free(rates);
    return outcome;
}

static enum trial_outcome simulate(struct candidate *c, const struct trial_scenario *made,
                                   int replications, struct view *view)
{
    struct trial_options options = {.simulate = true,
                                    .plain = true,
                                    .jobs = c->source->ask->jobs,
                                    .replications = replications,
                                    .telling_set = &c->telling_set,
                                    .stop = c->source->ask->stop};
    return try(made, &options, view);
}

enum trial_outcome candidate_judge(struct candidate *c, struct view *view)
{
    if (c->source->ask->stop && atomic_load(c->source->ask->stop))
        return TRIAL_STOPPED;
    return c->made.scenario.trace_count > 0 ? simulate(c, &c->made, 1, view)
                                            : judge_setups(c, view);
}

enum trial_outcome candidate_simulate(struct candidate *c, struct view *view)
{
    struct lasting lasting;
    bool fails = c->made.scenario.outage_count > 0; /* at random, seldom within hours */
    if (fails || !can_last(&c->made.scenario))
        return simulate(c, &c->made, c->source->ask->replications, view);
    bool ok = lasting_init(&lasting, c);
    if (lasting.scenario.run.length > LASTING_MOST)
        lasting.scenario.run.length = LASTING_MOST;
    struct trial_scenario made = {lasting.scenario, c->made.traces, NULL};
    enum trial_outcome outcome =
        ok ? simulate(c, &made, c->source->ask->replications, view) : TRIAL_FAILED;
    lasting_release(&lasting);
    return outcome;
}
