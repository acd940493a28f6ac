#include "answer/other_loads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/goals.h"
#include "answer/scaled.h"

#define REPLICATIONS_LEAST 5 /* fewer say too little to be worth their time */

static const double factors[OTHER_LOADS] = {0.90, 0.95, 1, 1.03, 1.05, 1.10};

/* What is at hand while loads are judged. */
struct judging {
    struct scenario *scenario;
    const struct other_loads_options *options;
    const struct survival_set *set; /* down when a load is simulated; NULL: none */
    size_t replications;            /* of a load; 0: it is not simulated */
};

static bool stopped(const struct judging *judging)
{
    return judging->options->run.stop && atomic_load(judging->options->run.stop) != 0;
}

/* ---- The situation ---- */

/* As many replications as the answer has, or as the events allow for all loads. */
static size_t replications_of(const struct results *results)
{
    if (!results || !results->replications || results->interrupted)
        return 0;
    double one = (double)results->events / (double)results->replications;
    double most = OTHER_LOADS_EVENTS / (OTHER_LOADS - 1) / fmax(one, 1);
    size_t have = results->replications;
    size_t wanted = most < (double)have ? (size_t)most : have;
    return wanted < REPLICATIONS_LEAST && wanted < have ? 0 : wanted;
}

/* ---- A load ---- */

static bool is_of_situation(const struct judged *row, const char *down)
{
    return down ? row->down_count && strcmp(row->down, down) == 0 : row->down_count == 0;
}

static struct other_load_class class_of(const struct judged *row)
{
    return (struct other_load_class){row->value, row->limit, row->verdict, row->basis};
}

/* Takes what an answer says. down: the set whose rows count, NULL: those with all peers up. */
static void take(struct other_load *load, const struct answer *answer, const char *down)
{
    load->verdict = answer->verdict;
    load->goal = answer->deciding ? answer->deciding->goal : GOAL_BLOCKING;
    load->decided = answer->deciding ? answer->deciding->basis : BASIS_NONE;
    load->basis = BASIS_NONE;
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        load->basis = row->basis > load->basis ? row->basis : load->basis;
        if (row->goal == GOAL_BLOCKING && row->scope == SCOPE_CLASS && !row->hourly &&
            is_of_situation(row, down))
            load->classes[row->index] = class_of(row);
    }
}

/* Of a set that was simulated an answer has the worst class alone. */
static void take_set(struct other_load *load, const struct judging *judging)
{
    const struct scenario *s = judging->scenario;
    double away = judging->options->results->traits.away;
    for (uint32_t k = 0; k < s->class_count; k++) {
        struct judged row = goals_judge_class(s, judging->set, away, k);
        if (row.verdict != VERDICT_NOTHING)
            load->classes[k] = class_of(&row);
    }
}

static void take_stated(struct other_load *load, const struct judging *judging, const char *down)
{
    const struct results *results = judging->options->results;
    take(load, judging->options->answer, *down ? down : NULL);
    load->claimed = load->verdict;
    load->replications = results ? results->replications : 0;
    if (results && judging->set)
        take_set(load, judging);
}

static bool is_firm(enum basis basis)
{
    return basis == BASIS_COUNTED || basis == BASIS_EXACT || basis == BASIS_SIMULATED ||
           basis == BASIS_REPLAYED;
}

/* By the formulas. Call records are not theirs. */
static bool judge_by_formula(const struct judging *judging, bool preview, struct other_load *load)
{
    const struct estimate_options how = {.preview = preview, .judged_only = true};
    struct estimate estimate;
    struct answer answer = {0};
    struct answer_sources sources = {.estimate = &estimate, .preview = preview};
    bool ok = estimate_make(judging->scenario, &how, &estimate) &&
              answer_make(&answer, judging->scenario, &sources);
    if (ok)
        take(load, &answer, answer.worst_down ? answer.worst_down->down : NULL);
    answer_release(&answer);
    estimate_release(&estimate);
    return ok;
}

/* By a simulation with the set of peers down, and no more of them. False when out of memory. */
static bool judge_by_simulation(const struct judging *judging, struct other_load *load)
{
    struct scenario *s = judging->scenario;
    struct experiment_options run = judging->options->run;
    struct results results = {0};
    struct answer answer = {0};
    struct errors errors;
    int survive = s->goals.survive;
    run.method = METHOD_PLAIN;
    run.replications = (int)judging->replications;
    run.precision = 0;
    run.progress = NULL;
    run.calls = NULL;
    run.down = judging->set ? judging->set->down : NULL;
    run.down_count = judging->set ? judging->set->down_count : 0;
    struct answer_sources sources = {
        .results = &results, .down = run.down, .down_count = run.down_count};
    s->goals.survive = 0;
    errors_init(&errors);
    bool ran = experiment_run(s, &run, &results, &errors) && !stopped(judging);
    bool ok = !ran || answer_make(&answer, s, &sources);
    if (ok && ran) {
        take(load, &answer, NULL);
        load->replications = results.replications;
    }
    s->goals.survive = survive;
    answer_release(&answer);
    results_release(&results);
    errors_release(&errors);
    return ok;
}

static bool judge(const struct judging *judging, struct other_load *load)
{
    bool replay = judging->scenario->trace_count > 0, simulate = judging->replications > 0;
    if (!replay && !judge_by_formula(judging, simulate, load))
        return false;
    load->claimed = load->verdict;
    if (!replay && load->basis == BASIS_EXACT)
        return true;
    return !simulate || judge_by_simulation(judging, load);
}

/* ---- All of them ---- */

static bool begin(struct other_loads *loads, const struct scenario *s, const struct answer *answer)
{
    const struct judged *down = answer->worst_down;
    *loads = (struct other_loads){.may_grow = NAN, .down = strdup(down ? down->down : "")};
    loads->down_count = down ? down->down_count : 0;
    bool ok = loads->down != NULL;
    for (size_t i = 0; ok && i < OTHER_LOADS; i++) {
        struct other_load *load = &loads->loads[loads->count++];
        *load = (struct other_load){.factor = factors[i],
                                    .classes =
                                        calloc(s->class_count + (size_t)1, sizeof *load->classes)};
        ok = load->classes != NULL;
        for (uint32_t k = 0; ok && k < s->class_count; k++)
            load->classes[k] = (struct other_load_class){.refused = {NAN, NAN, NAN}, .goal = NAN};
    }
    return ok;
}

static void find_growth(struct other_loads *loads)
{
    size_t at = 0;
    while (loads->loads[at].factor < 1)
        at++;
    if (loads->loads[at].verdict != VERDICT_YES)
        return;
    for (; at < loads->count; at++) {
        const struct other_load *load = &loads->loads[at];
        if (load->verdict == VERDICT_NO && isnan(loads->may_grow) && is_firm(load->decided)) {
            loads->may_grow = 0; /* one goal that is missed for sure is enough */
            loads->basis = load->decided;
        }
        if (load->verdict != VERDICT_YES || !is_firm(load->basis))
            return;
        if (load->factor > 1) {
            loads->may_grow = load->factor - 1;
            loads->basis = load->basis;
        }
        loads->or_more = at + 1 == loads->count;
    }
}

bool other_loads_make(struct scenario *scenario, const struct other_loads_options *options,
                      struct other_loads *loads)
{
    struct judging judging = {.scenario = scenario,
                              .options = options,
                              .replications = replications_of(options->results)};
    struct scaled scaled = {0};
    bool begun = begin(loads, scenario, options->answer) && scaled_init(&scaled, scenario);
    bool ok = begun;
    if (ok)
        judging.set = answer_worst_set(options->answer, scenario, options->survival);
    if (loads->down_count && !judging.set)
        judging.replications = 0; /* the set has no names: the formulas chose it */
    for (size_t i = 0; ok && i < loads->count && !stopped(&judging); i++) {
        struct other_load *load = &loads->loads[i];
        if (load->factor == 1) {
            take_stated(load, &judging, loads->down);
            continue;
        }
        scaled_set_all(&scaled, load->factor);
        ok = judge(&judging, load);
    }
    if (begun)
        scaled_set_all(&scaled, 1);
    scaled_release(&scaled);
    if (ok)
        find_growth(loads);
    return ok;
}

void other_loads_release(struct other_loads *loads)
{
    for (size_t i = 0; i < OTHER_LOADS; i++)
        free(loads->loads[i].classes);
    free(loads->down);
    *loads = (struct other_loads){0};
}
