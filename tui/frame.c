#include "tui/frame.h"

#include <string.h>

static void draw_title(struct canvas *canvas, const struct app *app)
{
    char right[96];
    session_progress_text(app->session, app->simulated, right, sizeof right);
    int room = app->width - text_width(right) - 3;
    canvas_fill(canvas, (struct area){0, 0, app->width, 1}, ' ', INK_TITLE);
    int x = canvas_text(canvas, 1, 0, room, INK_TITLE, app->session->scenario.title);
    if (session_modified(app->session))
        canvas_text(canvas, x + 1, 0, room - x, INK_TITLE, "(unsaved)");
    canvas_right(canvas, app->width - 1 - text_width(right), 0, text_width(right), INK_TITLE,
                 right);
}

/* Hints that fit as a whole; returns the x after the last. */
static int draw_hints(struct canvas *canvas, const struct app *app, int x, int y,
                      const struct binding *table)
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

static void draw_status(struct canvas *canvas, const struct app *app)
{
    int y = app->height - 2;
    if (app->status[0]) {
        canvas_text(canvas, 1, y, app->width - 2, app->status_ink, app->status);
        return;
    }
    if (app->popup_count > 0) {
        draw_hints(canvas, app, 1, y, app->popups[app->popup_count - 1].screen->keys);
        return;
    }
    int x = draw_hints(canvas, app, 1, y, app_screens[app->current]->keys);
    draw_hints(canvas, app, x, y, app_keys);
}

static void draw_bar(struct canvas *canvas, const struct app *app)
{
    int y = app->height - 1, x = app->width >= 72 ? 1 : 0, gap = app->width >= 72 ? 2 : 1;
    canvas_fill(canvas, (struct area){0, y, app->width, 1}, ' ', INK_BAR);
    for (int i = 0; i <= SCREEN_COUNT; i++) {
        bool quit = i == SCREEN_COUNT;
        const char *label = quit ? "Quit" : app_screens[i]->title;
        char key[16];
        press_name(quit ? PRESS_F(10) : PRESS_F(i + 1), key);
        bool on = i == app->current;
        int start = x;
        x = canvas_text(canvas, x, y, 3, on ? INK_BAR_ON : INK_BAR_KEY, key);
        if (gap == 2)
            canvas_put(canvas, x++, y, ' ', on ? INK_BAR_ON : INK_BAR);
        x = canvas_text(canvas, x, y, 12, on ? INK_BAR_ON : INK_BAR, label);
        canvas_hotspot(canvas, (struct area){start, y, x - start, 1}, CLICK_PRESS,
                       quit ? PRESS_F(10) : PRESS_F(i + 1));
        x += gap;
    }
}

void frame_draw(struct canvas *canvas, const struct app *app)
{
    draw_title(canvas, app);
    draw_status(canvas, app);
    draw_bar(canvas, app);
}

void frame_too_small(struct canvas *canvas)
{
    char text[96];
    snprintf(text, sizeof text, "%d x %d is a little small: peerplan needs %d x %d", canvas->width,
             canvas->height, APP_MIN_WIDTH, APP_MIN_HEIGHT);
    canvas_wrap(canvas, canvas_area(canvas), INK_TEXT, text);
}
