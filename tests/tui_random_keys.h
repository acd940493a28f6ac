/* Random keys, clicks, sizes, ticks and results for the app: nothing may crash, hang or draw
 * outside the canvas. */
#ifndef PEERPLAN_TESTS_TUI_RANDOM_KEYS_H
#define PEERPLAN_TESTS_TUI_RANDOM_KEYS_H

#include "tests/tui_fixture.h"

static unsigned long random_next(unsigned long *seed)
{
    *seed = *seed * 6364136223846793005ul + 1442695040888963407ul;
    return *seed >> 33;
}

/* Keys that do something are likely; the others are any code point and any special key. */
static int random_press(unsigned long *seed)
{
    static const char likely[] = "jkhl+-maxpcvuUtsSe/nN?q r0123456789%.ab{}[],:\"#";
    unsigned long kind = random_next(seed) % 20;
    if (kind < 8)
        return likely[random_next(seed) % (sizeof likely - 1)];
    if (kind < 14)
        return PRESS_UP + (int)(random_next(seed) % 14);
    if (kind < 16)
        return PRESS_F(1 + (int)(random_next(seed) % 6));
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
    if (kind == 2 && canvas->width > 0) {
        const struct hotspot *spot =
            canvas_hotspot_at(canvas, (int)random_next(seed) % canvas->width,
                              (int)random_next(seed) % canvas->height);
        if (spot && spot->kind == CLICK_ROW)
            return (struct event){.kind = EVENT_ROW, .row = spot->value};
    }
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

/* The app survives `count` events; saving and quitting are left out, their effects are only looked
 * at. */
static void random_keys(unsigned long seed, long count)
{
    struct app *app = fixture_app(80, 24, 0, false);
    struct canvas canvas = {0};
    long simulations = 0;
    for (long i = 0; i < count; i++) {
        struct event event = random_event(app, &seed, &canvas);
        app_update(app, &event);
        unsigned effects = app_effects(app);
        if (effects & EFFECT_SAVE)
            app_done(app, EFFECT_SAVE, random_next(&seed) % 2 == 0, "as if saved");
        if ((effects & EFFECT_SIMULATE) && random_next(&seed) % 4 == 0)
            fixture_estimate(app);
        if ((effects & EFFECT_SIMULATE) && random_next(&seed) % 64 == 0 &&
            simulations++ < count / 1000)
            fixture_simulate(app);
        if (i % 8 == 0)
            random_draw(app, &canvas);
        if (session_modified(app->session) &&
            strlen(app->session->text) > 20000) { /* keys that only add grow it */
            app_free(app);
            app = fixture_app(80, 24, 0, false);
        }
    }
    canvas_release(&canvas);
    app_free(app);
}

#endif
