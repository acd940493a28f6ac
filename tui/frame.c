#include "tui/frame.h"

#include <string.h>

/* The scenario and its file. */
static void draw_title(struct canvas *canvas, const struct app *app)
{
    const char *path = app->session->path, *slash = path ? strrchr(path, '/') : NULL;
    const char *file = !path ? "no file yet" : slash ? slash + 1 : path;
    int room = app->width - text_width(file) - 3;
    canvas_fill(canvas, (struct area){0, 0, app->width, 1}, ' ', INK_TITLE);
    if (room < 30)
        room = app->width - 2;
    int x = canvas_text(canvas, 1, 0, room - 11, INK_TITLE, app->session->scenario.title);
    if (session_modified(app->session))
        canvas_text(canvas, x + 1, 0, 10, INK_OPEN, "(unsaved)");
    if (room < app->width - 2)
        canvas_right(canvas, app->width - 1 - text_width(file), 0, text_width(file), INK_DIM, file);
}

/* Hints that fit as a whole; returns the x after the last. */
static int draw_hints(struct canvas *canvas, const struct app *app, int x, int y,
                      const struct key_binding *table)
{
    for (; table && table->action; table++) {
        char name[16];
        if (!table->label)
            continue;
        const char *key = press_name(table->presses[0], name);
        int width = text_width(key) + 1 + text_width(table->label);
        if (x + width > app->width - 1)
            return app->width;
        bool off = table->refuse && table->refuse(app);
        int after = canvas_text(canvas, x, y, width, off ? INK_DIM : INK_ACCENT, key);
        canvas_text(canvas, after + 1, y, width, off ? INK_DIM : INK_TEXT, table->label);
        canvas_hotspot(canvas, (struct area){x, y, width, 1}, CLICK_PRESS, table->presses[0]);
        x += width + 2;
    }
    return x;
}

/* Where one is; a message takes its place until the next key. */
static void draw_where(struct canvas *canvas, const struct app *app)
{
    int y = app->height - 3;
    const struct screen *screen = app_screens[app->current];
    char where[256] = "";
    canvas_rule(canvas, 0, y, app->width, INK_RULE);
    if (screen->where)
        screen->where(app->states[app->current], app, where, sizeof where);
    canvas_put(canvas, 0, y, ' ', INK_TEXT);
    int x = canvas_text(canvas, 1, y, app->width - 2, INK_STRONG, screen->title);
    if (app->status[0])
        x = canvas_format(canvas, 1, y, app->width - 2, app->status_ink, "%s", app->status);
    else if (where[0])
        x = canvas_format(canvas, x, y, app->width - x - 1, INK_DIM, ": %s", where);
    canvas_put(canvas, x, y, ' ', INK_TEXT);
}

static void draw_status(struct canvas *canvas, const struct app *app)
{
    int y = app->height - 2;
    if (app->popup_count > 0) {
        draw_hints(canvas, app, 1, y, app->popups[app->popup_count - 1].screen->keys);
        return;
    }
    int x = draw_hints(canvas, app, 1, y, app_screens[app->current]->keys);
    draw_hints(canvas, app, x, y, app_keys);
}

/* The bar: "F2 Cluster" for every screen; where that does not fit, "2Cluster" without the way out,
 * then the keys, and the names of the present screen and of the way out. */
struct bar {
    int gap;    /* cells between entries */
    bool names; /* of all */
    bool brief; /* short ones, and numbers for keys */
};

#define BAR_QUIT SCREEN_COUNT

static int bar_key(int entry)
{
    return entry == BAR_QUIT ? 10 : screen_function_keys[entry];
}

static const char *bar_name(const struct bar *bar, const struct app *app, int entry)
{
    if (entry == BAR_QUIT)
        return "Quit";
    if (bar->brief && app_screens[entry]->brief)
        return app_screens[entry]->brief;
    return bar->names || entry == app->current ? app_screens[entry]->title : "";
}

static bool bar_has(const struct bar *bar, int entry)
{
    return bar_key(entry) && !(bar->brief && entry == BAR_QUIT);
}

/* "F2", or "2" where it is to be brief; buffer of at least 16 bytes. */
static const char *bar_key_name(const struct bar *bar, int entry, char buffer[16])
{
    const char *name = press_name(PRESS_F(bar_key(entry)), buffer);
    return bar->brief ? name + 1 : name;
}

static int bar_width(const struct bar *bar, const struct app *app)
{
    int used = 0;
    for (int i = 0; i <= SCREEN_COUNT; i++) {
        char key[16];
        const char *name = bar_name(bar, app, i);
        if (bar_has(bar, i))
            used += text_width(bar_key_name(bar, i, key)) + (bar->gap > 1 && *name) +
                    text_width(name) + bar->gap;
    }
    return used - 1;
}

static struct bar bar_fit(const struct app *app)
{
    static const struct bar bars[] = {
        {2, true, false}, {1, true, false}, {1, true, true}, {2, false, false}, {1, false, false}};
    size_t i = 0;
    while (i + 1 < sizeof bars / sizeof *bars && bar_width(&bars[i], app) > app->width)
        i++;
    return bars[i];
}

static void draw_bar(struct canvas *canvas, const struct app *app)
{
    struct bar bar = bar_fit(app);
    int y = app->height - 1, x = bar.gap > 1;
    canvas_fill(canvas, (struct area){0, y, app->width, 1}, ' ', INK_BAR);
    for (int i = 0; i <= SCREEN_COUNT; i++) {
        char key[16];
        bool on = i == app->current;
        const char *name = bar_name(&bar, app, i);
        int start = x;
        if (!bar_has(&bar, i))
            continue;
        x = canvas_text(canvas, x, y, 3, on ? INK_BAR_ON : INK_BAR_KEY, bar_key_name(&bar, i, key));
        if (bar.gap > 1 && *name)
            canvas_put(canvas, x++, y, ' ', on ? INK_BAR_ON : INK_BAR);
        x = canvas_text(canvas, x, y, 12, on ? INK_BAR_ON : INK_BAR, name);
        canvas_hotspot(canvas, (struct area){start, y, x - start, 1}, CLICK_PRESS,
                       PRESS_F(bar_key(i)));
        x += bar.gap;
    }
}

void frame_draw(struct canvas *canvas, const struct app *app)
{
    draw_title(canvas, app);
    draw_where(canvas, app);
    draw_status(canvas, app);
    draw_bar(canvas, app);
}

void frame_too_small(struct canvas *canvas)
{
    char text[96];
    snprintf(text, sizeof text, "%d x %d is too small: peerplan needs %d x %d", canvas->width,
             canvas->height, APP_MIN_WIDTH, APP_MIN_HEIGHT);
    canvas_wrap(canvas, canvas_area(canvas), INK_TEXT, text);
}
