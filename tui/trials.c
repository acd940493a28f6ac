#include "tui/trials.h"

#include <stdlib.h>
#include <string.h>

#include "data/workload.h"

struct trials {
    struct draft *draft;
    char **out; /* owned; names of peers that are killed or drained, as `states` says */
    enum peer_state *states;
    uint32_t count;
};

static struct trials *make_trials(const struct session *session, bool taken_out)
{
    struct errors errors;
    const struct scenario *s = &session->scenario;
    struct trials *trials = calloc(1, sizeof *trials);
    if (!trials)
        return NULL;
    errors_init(&errors);
    trials->draft = draft_new(session->text, session->name, session->folder, &errors);
    errors_release(&errors);
    trials->out = calloc(s->peer_count + 1, sizeof *trials->out);
    trials->states = calloc(s->peer_count + 1, sizeof *trials->states);
    bool ok = trials->draft && trials->out && trials->states;
    for (uint32_t p = 0; ok && taken_out && p < s->peer_count; p++) {
        if (session->states[p] == PEER_UP)
            continue;
        trials->states[trials->count] = session->states[p];
        ok = (trials->out[trials->count++] = strdup(s->peers[p].name)) != NULL;
    }
    if (ok)
        return trials;
    trials_free(trials);
    return NULL;
}

struct trials *trials_new(const struct session *session)
{
    return make_trials(session, true);
}

struct trials *trials_of_plan(const struct session *session)
{
    return make_trials(session, false);
}

void trials_free(struct trials *trials)
{
    if (!trials)
        return;
    for (uint32_t i = 0; trials->out && i < trials->count; i++)
        free(trials->out[i]);
    free(trials->out);
    free(trials->states);
    draft_free(trials->draft);
    free(trials);
}

const struct draft *trials_draft(const struct trials *trials)
{
    return trials->draft;
}

/* Peers are known by their names: a change may have taken some away. */
static bool take_out(const struct trials *trials, struct scenario *scenario)
{
    struct session_step steps[64];
    size_t count = 0;
    for (uint32_t i = 0; i < trials->count && count < sizeof steps / sizeof *steps; i++)
        for (uint32_t p = 0; p < scenario->peer_count; p++)
            if (!strcmp(scenario->peers[p].name, trials->out[i]))
                steps[count++] = (struct session_step){p, trials->states[i]};
    return session_add_steps(scenario, steps, count);
}

static bool make(void *context, const char *const *items, size_t count, struct trial_scenario *out)
{
    const struct trials *trials = context;
    struct errors errors;
    *out = (struct trial_scenario){.own = NULL};
    errors_init(&errors);
    bool ok =
        draft_scenario(trials->draft, &(struct settings){items, count}, &out->scenario, &errors) &&
        out->scenario.cluster_count > 0 && take_out(trials, &out->scenario);
    errors_release(&errors);
    if (ok && out->scenario.trace_count) {
        struct workload *workload =
            workload_new(draft_folder(trials->draft), &out->scenario.run, false);
        out->own = workload;
        ok = workload != NULL;
        if (ok)
            out->traces = workload_traces(workload, &out->scenario);
    }
    if (!ok)
        scenario_release(&out->scenario);
    return ok;
}

static void release(void *context, struct trial_scenario *made)
{
    (void)context;
    scenario_release(&made->scenario);
    workload_free(made->own);
}

struct trial_maker trials_maker(struct trials *trials)
{
    return (struct trial_maker){make, release, trials};
}

const struct judged *trial_row(const struct answer *answer)
{
    const struct judged *now = answer_worst(answer, GOAL_BLOCKING, false);
    const struct judged *down = answer_worst(answer, GOAL_BLOCKING, true);
    if (!now || (down && (down->verdict > now->verdict ||
                          (down->verdict == now->verdict &&
                           down->value.value * now->limit > now->value.value * down->limit))))
        return down;
    return now;
}
