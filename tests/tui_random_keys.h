/* Random keys, clicks, sizes, ticks and results for the app: nothing may crash, hang or draw
 * outside the canvas. */
#ifndef PEERPLAN_TESTS_TUI_RANDOM_KEYS_H
#define PEERPLAN_TESTS_TUI_RANDOM_KEYS_H

#include <math.h>

#include "data/scenario_file.h"
#include "data/source.h"
#include "model/base/arena.h"
#include "tests/tui_fixture.h"

static unsigned long random_next(unsigned long *seed)
{
    *seed = *seed * 6364136223846793005ul + 1442695040888963407ul;
    return *seed >> 33;
}

/* Keys that do something are likely; the others are any code point and any special key. */
static int random_press(unsigned long *seed)
{
    static const char likely[] = "jkhl+-maxpcvuUtsSe/nN?q r0123456789%.ab{}[],:\"#gA*ofwR";
    unsigned long kind = random_next(seed) % 20;
    if (kind < 8)
        return likely[random_next(seed) % (sizeof likely - 1)];
    if (kind < 14)
        return PRESS_UP + (int)(random_next(seed) % 14);
    if (kind < 16)
        return PRESS_F(1 + (int)(random_next(seed) % 12));
    if (kind == 16)
        return PRESS_ESCAPE;
    if (kind == 17)
        return PRESS_ENTER;
    return kind == 18 ? (int)(random_next(seed) % 0x30) : (int)(random_next(seed) % 0x110000);
}

static struct event random_event(struct app *app, unsigned long *seed, struct canvas *canvas)
{
    unsigned long kind = random_next(seed) % 60;
    if (kind == 0)
        return (struct event){.kind = EVENT_RESIZE,
                              .width = 1 + (int)(random_next(seed) % 300),
                              .height = 1 + (int)(random_next(seed) % 100)};
    if (kind == 1)
        return (struct event){.kind = EVENT_TICK, .seconds = app->seconds + 1};
    if (kind < 10 && canvas->width > 0) {
        int x = (int)random_next(seed) % canvas->width, y = (int)random_next(seed) % canvas->height;
        struct event click;
        if (event_of_click(canvas, x, y, &click))
            return click;
    }
    if (kind == 10)
        return (struct event){.kind = EVENT_PRESS, .press = random_press(seed), .pasted = true};
    return (struct event){.kind = EVENT_PRESS, .press = random_press(seed)};
}

static void random_draw(struct app *app, struct canvas *canvas)
{
    if (canvas->width != app->width || canvas->height != app->height) {
        canvas_release(canvas);
        assert_true(canvas_init(canvas, app->width, app->height, false));
    }
    app_view(app, canvas);
}

/* An app on a scenario of a file; NULL: on that of the fixture. */
static struct app *random_app(const char *path)
{
    struct source source = {0};
    struct errors errors;
    if (!path)
        return fixture_app(80, 24, 0, false);
    errors_init(&errors);
    char *folder = scenario_folder(path);
    assert_true(source_read(&source, path, &errors));
    struct session *session = session_new(source.text, source.length,
                                          &(struct session_origin){NULL, path, folder}, &errors);
    source_release(&source);
    errors_release(&errors);
    free(folder);
    assert_non_null(session);
    struct app *app = app_new(session, 0, false);
    app_update(app, &(struct event){.kind = EVENT_RESIZE, .width = 80, .height = 24});
    return app;
}

/* Designs of no search, so that the screen has something to show and to take. */
static struct design_news *random_designs(const struct app *app, unsigned long *seed)
{
    struct design_news *news = calloc(1, sizeof *news);
    assert_non_null(news);
    news->arena = arena_new();
    news->generation = app->session->generation;
    news->choice = app->choice;
    news->platforms[0] = news->ask.platforms[0] = "large-vm";
    news->platforms[1] = news->ask.platforms[1] = "medium-vm";
    news->platform_count = news->ask.platform_count = 2;
    news->finished = random_next(seed) % 2;
    news->designs.at_bounds = "units";
    news->designs.ask = &news->ask;
    news->designs.cluster_count = app->session->scenario.cluster_count;
    news->designs.count = random_next(seed) % 40;
    news->designs.items = arena_alloc(news->arena, news->designs.count + 1, sizeof(struct design));
    for (size_t i = 0; i < news->designs.count; i++)
        news->designs.items[i] =
            (struct design){.clusters = 1 + (int)(random_next(seed) % 3),
                            .peers = 1 + (int)(random_next(seed) % 6),
                            .platform = random_next(seed) % 2,
                            .rms = (int64_t)(random_next(seed) % 100000),
                            .blocked = (double)(random_next(seed) % 100) / 100,
                            .blocked_down = NAN,
                            .binding = i % 3 ? "units" : "",
                            .headroom = i % 2 ? NAN : (double)(random_next(seed) % 1000),
                            .confirmed = i == 0,
                            .refuted = i == 1};
    return news;
}

/* The same of a forecast. */
static struct outlook *random_outlook(const struct app *app, unsigned long *seed)
{
    struct outlook *outlook = calloc(1, sizeof *outlook);
    assert_non_null(outlook);
    struct forecast *f = &outlook->forecast;
    outlook->generation = app->session->generation;
    outlook->months = app->months;
    *f = (struct forecast){.scenario = &app->session->scenario,
                           .bound = app->months,
                           .months = app->months + 1,
                           .arena = arena_new(),
                           .line_count = random_next(seed) % 20};
    f->lines = arena_alloc(f->arena, f->line_count + 1, sizeof *f->lines);
    f->events = calloc(2, sizeof *f->events);
    f->events[0] = (struct forecast_event){.event = "limit",
                                           .cluster = "",
                                           .limit = "units",
                                           .months = (double)(random_next(seed) % 36),
                                           .earliest = NAN,
                                           .latest = NAN};
    f->count = f->capacity = random_next(seed) % 2;
    for (size_t i = 0; i < f->line_count; i++) {
        struct forecast_line *line = &f->lines[i];
        *line = (struct forecast_line){.name = "",
                                       .metric = i == 0   ? "blocked"
                                                 : i == 1 ? "blocked_down"
                                                          : "units",
                                       .size = i % 5 ? 100 : 0.01};
        line->values = arena_alloc(f->arena, (size_t)f->months, sizeof *line->values);
        for (int m = 0; m < f->months; m++)
            line->values[m] = m % 7 ? (double)m * line->size / 20 : NAN;
    }
    return outlook;
}

static void random_news(struct app *app, unsigned effects, unsigned long *seed)
{
    if ((effects & EFFECT_DESIGN) && random_next(seed) % 3)
        app_update(app,
                   &(struct event){.kind = EVENT_SOUGHT, .designs = random_designs(app, seed)});
    if ((effects & EFFECT_FORECAST) && random_next(seed) % 3)
        app_update(app,
                   &(struct event){.kind = EVENT_SOUGHT, .outlook = random_outlook(app, seed)});
}

/* The app survives `count` events; saving and quitting are left out, their effects are only looked
 * at. One change in `rarely` is estimated. */
static void random_keys(unsigned long seed, long count, const char *path, unsigned long rarely)
{
    struct app *app = random_app(path);
    size_t most = 4 * strlen(app->session->text) + 16000;
    struct canvas canvas = {0};
    long simulations = 0;
    for (long i = 0; i < count; i++) {
        struct event event = random_event(app, &seed, &canvas);
        app_update(app, &event);
        unsigned effects = app_effects(app);
        if (effects & EFFECT_SAVE)
            app_done(app, EFFECT_SAVE, random_next(&seed) % 2 == 0, "as if saved");
        if ((effects & EFFECT_SIMULATE) && random_next(&seed) % rarely == 0)
            fixture_estimate(app);
        if ((effects & EFFECT_SIMULATE) && random_next(&seed) % 64 == 0 &&
            simulations++ < count / 1000)
            fixture_simulate(app);
        random_news(app, effects, &seed);
        if (i % 8 == 0)
            random_draw(app, &canvas);
        if (strlen(app->session->text) > most) { /* keys that only add grow it */
            app_free(app);
            app = random_app(path);
        }
    }
    canvas_release(&canvas);
    app_free(app);
}

#endif
