/* What the tests of the tui share: a small scenario, an app without a terminal, keys as text,
 * screens as text.
 *
 * The simulation is run here and now with a fixed seed, so that screens are the same bytes on every
 * machine. */
#ifndef PEERPLAN_TESTS_TUI_FIXTURE_H
#define PEERPLAN_TESTS_TUI_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/study/experiment.h"
#include "tui/app.h"

static const char fixture_scenario[] =
    "# Two clusters: the comments must survive a save.\n"
    "scenario: Two sites\n"
    "goals: {blocking: 1%, survive: 1}\n"
    "clusters:\n"
    "  - name: office   # the big one\n"
    "    redundancy: 4+1\n"
    "    peers:\n"
    "      - {name: a1, platform: medium-vm, rms: 60}\n"
    "      - {name: a2, platform: medium-vm, rms: 60}\n"
    "      - {name: a3, platform: medium-vm, rms: 60}\n"
    "      - {name: a4, platform: medium-vm, rms: 60}\n"
    "  - name: branch\n"
    "    peers:\n"
    "      - {name: b1, platform: small-vm}\n"
    "      - {name: b2, platform: small-vm}\n"
    "endpoints:\n"
    "  - {name: rooms, cluster: office, count: 400, device: room}\n"
    "calls:\n"
    "  - name: video\n"
    "    media: video\n"
    "    service: b2b\n"
    "    via: {cluster: office}\n"
    "    arrivals: {rate: 900/h, steps: [[0h, 0.1], [8h, 0.8], [10h, 1], [12h, 0.6], [13h, 0.9], "
    "[18h, 0.1]]}\n"
    "    holding: {mean: 12m}\n"
    "  - name: voice\n"
    "    media: audio\n"
    "    service: registered\n"
    "    via: {cluster: branch}\n"
    "    arrivals: {rate: 400/h}\n"
    "    holding: {mean: 3m}\n"
    "outages:\n"
    "  - {peer: a2, at: \"10:30\", for: 1h}\n"
    "run: {length: 24h, warmup: none, replications: 8, seed: 7, interval: 30m}\n";

static struct session *fixture_session(const char *text)
{
    struct errors errors;
    errors_init(&errors);
    struct session *session =
        session_new(text, strlen(text), &(struct session_origin){NULL, "test", "."}, &errors);
    if (!session && errors.count)
        fail_msg("%ld: %s", errors.items[0].line, errors.items[0].message);
    errors_release(&errors);
    return session;
}

/* Estimates the present state here, as the worker would, when a change has asked for it. */
static inline void fixture_estimate(struct app *app)
{
    if (!app->session->stale)
        return;
    struct job *job = session_job(app->session);
    struct estimate estimate = {0};
    assert_non_null(job);
    struct estimate_options options = {
        .preview = true, .out = job->out, .out_count = job->out_count};
    assert_true(estimate_make(&job->scenario, &options, &estimate));
    struct standing *standing = found_estimate(job, &estimate, true);
    assert_non_null(standing);
    job_done(job);
    app_update(app, &(struct event){.kind = EVENT_FOUND, .standing = standing});
}

static inline struct app *fixture_app(int width, int height, int theme, bool ascii)
{
    struct session *session = fixture_session(fixture_scenario);
    assert_non_null(session);
    struct app *app = app_new(session, theme, ascii);
    assert_non_null(app);
    app_update(app, &(struct event){.kind = EVENT_RESIZE, .width = width, .height = height});
    fixture_estimate(app);
    return app;
}

/* Runs the present state here and hands the results over, as the worker would. */
static inline void fixture_simulate_for(struct app *app, int replications, enum method method)
{
    struct errors errors;
    struct results *results = results_shared_new();
    struct job *job = session_job(app->session);
    assert_non_null(job);
    assert_non_null(results);
    errors_init(&errors);
    struct experiment_options options = {.method = method,
                                         .jobs = 1,
                                         .replications = replications,
                                         .down = job->down,
                                         .down_count = job->down_count};
    assert_true(experiment_run(&job->scenario, &options, results, &errors));
    errors_release(&errors);
    struct standing *standing = found_results(job, results_use(results), true);
    assert_non_null(standing);
    job_done(job);
    app_update(app, &(struct event){.kind = EVENT_FOUND, .standing = standing, .results = results});
}

static inline void fixture_simulate(struct app *app)
{
    fixture_simulate_for(app, 8, METHOD_PLAIN);
}

/* Simulates every set of peers down that the background would. */
static inline void fixture_simulate_sets(struct app *app, int replications, enum method method)
{
    const struct session *session = app->session;
    struct job *job = session_job(app->session);
    uint32_t size =
        session->scenario.goals.survive > 0 ? (uint32_t)session->scenario.goals.survive : 1;
    uint32_t set[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    size_t sets = survival_sets(session->scenario.peer_count, size);
    struct experiment_options options = {.method = method, .jobs = 1, .replications = replications};
    do {
        struct survival_set found = {0};
        struct errors errors;
        errors_init(&errors);
        assert_true(survival_run_set(&job->scenario, &options, (struct peers_down){set, size},
                                     &found, &errors));
        errors_release(&errors);
        struct standing *standing = found_set(job, found, sets);
        app_update(app, &(struct event){.kind = EVENT_FOUND, .standing = standing});
    } while (survival_next(session->scenario.peer_count, size, set));
    job_done(job);
}

/* Keys as text: characters stand for themselves, names in brackets: "<Down><F3>ab<Enter>". */
static inline int fixture_key(const char **at)
{
    static const struct {
        const char *name;
        int press;
    } names[] = {
        {"<Up>", PRESS_UP},       {"<Down>", PRESS_DOWN},        {"<Left>", PRESS_LEFT},
        {"<Right>", PRESS_RIGHT}, {"<PgUp>", PRESS_PAGE_UP},     {"<PgDn>", PRESS_PAGE_DOWN},
        {"<Home>", PRESS_HOME},   {"<End>", PRESS_END},          {"<Enter>", PRESS_ENTER},
        {"<Esc>", PRESS_ESCAPE},  {"<Tab>", PRESS_TAB},          {"<BackTab>", PRESS_BACKTAB},
        {"<Del>", PRESS_DELETE},  {"<BS>", PRESS_BACKSPACE},     {"<C-L>", CONTROL('L')},
        {"<C-U>", CONTROL('U')},  {"<C-R>", CONTROL('R')},       {"<C-C>", CONTROL('C')},
        {"<C-Z>", CONTROL('Z')},  {"<WheelUp>", PRESS_WHEEL_UP}, {"<WheelDown>", PRESS_WHEEL_DOWN},
        {"<F10>", PRESS_F(10)}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncmp(*at, names[i].name, strlen(names[i].name))) {
            *at += strlen(names[i].name);
            return names[i].press;
        }
    if ((*at)[0] == '<' && (*at)[1] == 'F' && (*at)[3] == '>') {
        int press = PRESS_F((*at)[2] - '0');
        *at += 4;
        return press;
    }
    return (int)text_next(at);
}

static inline void fixture_press(struct app *app, const char *keys)
{
    while (*keys) {
        app_update(app, &(struct event){.kind = EVENT_PRESS, .press = fixture_key(&keys)});
        fixture_estimate(app);
    }
}

/* The screen as text; owned. */
static inline char *fixture_screen(const struct app *app, bool inks)
{
    struct canvas canvas;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(canvas_init(&canvas, app->width, app->height, app->ascii));
    app_view(app, &canvas);
    canvas_dump(&canvas, out, inks);
    canvas_release(&canvas);
    fclose(out);
    return text;
}

static inline bool fixture_shows(const struct app *app, const char *wanted)
{
    char *text = fixture_screen(app, false);
    bool shown = strstr(text, wanted) != NULL;
    free(text);
    return shown;
}

#endif
