/* Scenarios from a text, changed by settings and judged, for test programs only. */
#ifndef PEERPLAN_TESTS_TRIALS_H
#define PEERPLAN_TESTS_TRIALS_H

#include "answer/trial.h"
#include "data/settings.h"

struct trials {
    struct draft *draft;
    struct trial_maker maker;
    struct trial_scenario made; /* without a change */
};

static bool trials_make(void *context, const char *const *settings, size_t count,
                        struct trial_scenario *out)
{
    struct errors errors;
    struct settings all = {settings, count};
    *out = (struct trial_scenario){.own = NULL};
    errors_init(&errors);
    bool ok = draft_scenario(context, &all, &out->scenario, &errors);
    if (!ok)
        scenario_release(&out->scenario);
    errors_release(&errors);
    return ok;
}

static void trials_release(void *context, struct trial_scenario *made)
{
    (void)context;
    scenario_release(&made->scenario);
}

static void trials_begin(struct trials *t, const char *text)
{
    struct errors errors;
    errors_init(&errors);
    t->draft = draft_new(text, "trial.yaml", "", &errors);
    assert_non_null(t->draft);
    t->maker = (struct trial_maker){trials_make, trials_release, t->draft};
    if (!trials_make(t->draft, NULL, 0, &t->made))
        fail_msg("no scenario:\n%s", text);
    errors_release(&errors);
}

static void trials_end(struct trials *t)
{
    scenario_release(&t->made.scenario);
    draft_free(t->draft);
}

#endif
