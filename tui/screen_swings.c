#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app.h"
#include "tui/format.h"
#include "tui/list.h"
#include "tui/verdict.h"

/* A tornado: what moves the share of refused calls most, each a tenth down and up. */
struct swings_screen {
    struct list list;
};

enum { GO_TO = 1 };

static const struct key_binding swings_keys[] = {
    {{PRESS_ENTER, '\n'}, GO_TO, "Set it", "change what is under the cursor", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

static void *swings_init(struct app *app)
{
    (void)app;
    return calloc(1, sizeof(struct swings_screen));
}

static int rows_height(const struct app *app)
{
    return app_body(app).height - 3;
}

static const struct swings *swings_shown(const struct app *app)
{
    return app->swings && app->swings->generation == app->session->generation ? app->swings : NULL;
}

/* Asked for when it is looked at, once for every state. */
static void want(struct app *app)
{
    if (app->current == SCREEN_SWINGS && !swings_shown(app))
        app->effects |= EFFECT_SWING;
}

static bool swing_match(const void *context, int row, const char *pattern)
{
    const struct swings *swings = context;
    return text_matches(swings->items[row].name, pattern);
}

static void swings_search(struct swings_screen *s, struct app *app, bool backwards)
{
    const struct swings *swings = swings_shown(app);
    int row = swings ? list_search(&s->list, app->search, backwards, swing_match, swings) : -1;
    if (row < 0)
        app_say(app, INK_WARN, "\"%s\" is not here", app->search);
    else
        list_select(&s->list, row, rows_height(app));
}

static void swings_update(void *state, struct app *app, const struct event *event)
{
    struct swings_screen *s = state;
    const struct swings *swings = swings_shown(app);
    int count = swings ? (int)swings->count : 0;
    list_resize(&s->list, count, rows_height(app));
    switch (event->kind) {
    case EVENT_SHOW:
    case EVENT_CHANGED:
        want(app);
        break;
    case EVENT_ROW:
        list_select(&s->list, event->row, rows_height(app));
        break;
    case EVENT_PRESS:
        if (event->action == GO_TO && swings && s->list.cursor < count)
            app_command(app, "set %s ", swings->items[s->list.cursor].path);
        else
            list_move(&s->list, event->action, rows_height(app));
        break;
    case EVENT_SEARCH:
        swings_search(s, app, event->row < 0);
        break;
    default:
        break;
    }
}

/* ---- View ---- */

struct columns {
    int name, less, bars, bar_width, more;
};

static struct columns columns_of(struct area area)
{
    struct columns c = {.name = area.x + 1};
    int names = area.width >= 100 ? 32 : area.width >= 76 ? 25 : 20;
    int figures = area.width >= 76 ? 16 : 12;
    c.less = c.name + names;
    c.bars = c.less + figures + 1;
    c.more = area.x + area.width - figures - 1;
    c.bar_width = c.more - c.bars - 1;
    return c;
}

static void put_side(struct canvas *canvas, int x, int y, int width, const struct swing_side *side)
{
    char share[FIGURE], text[96];
    if (!side->known) {
        canvas_right(canvas, x, y, width, INK_DIM, "-");
        return;
    }
    format_percent(share, sizeof share, side->share);
    canvas_put(canvas, x, y, verdict_glyph(side->verdict), verdict_ink(side->verdict));
    snprintf(text, sizeof text, "%s%s", share, side->simulated ? " sim" : "");
    canvas_right(canvas, x + 1, y, width - 1, side->verdict == VERDICT_NO ? INK_BAD : INK_TEXT,
                 text);
}

/* Bars on a logarithmic scale, as shares of refused calls span powers of ten. */
static double along(double share, double low, double high)
{
    double value = log10(fmax(share, low));
    return (value - log10(low)) / (log10(high) - log10(low));
}

static void put_bar(struct canvas *canvas, const struct columns *c, int y,
                    const struct swing *swing, double low, double high)
{
    double from = along(fmin(swing->less.share, swing->more.share), low, high);
    double to = along(fmax(swing->less.share, swing->more.share), low, high);
    int first = (int)lround(from * (c->bar_width - 1)), last = (int)lround(to * (c->bar_width - 1));
    for (int i = 0; i < c->bar_width; i++)
        canvas_put(canvas, c->bars + i, y, i >= first && i <= last ? 0x2588 : 0x00B7,
                   i >= first && i <= last ? INK_ACCENT : INK_RULE);
}

static void scale_of(const struct swings *swings, double *low, double *high)
{
    *low = 1e-4;
    *high = 1e-3;
    for (size_t i = 0; i < swings->count; i++) {
        const struct swing_side *sides[] = {&swings->items[i].less, &swings->items[i].more};
        for (int k = 0; k < 2; k++)
            if (sides[k]->known)
                *high = fmax(*high, sides[k]->share);
    }
}

static void view_rows(const struct swings_screen *s, struct canvas *canvas, struct area area,
                      const struct swings *swings)
{
    int first = list_first(&s->list, area.height);
    double low, high;
    scale_of(swings, &low, &high);
    for (int i = 0; i < area.height && first + i < (int)swings->count; i++) {
        const struct swing *swing = &swings->items[first + i];
        struct area row = {area.x, area.y + i, area.width - 1, 1};
        struct columns c = columns_of(row);
        int figures = c.bars - c.less - 1;
        canvas_name(canvas, c.name, row.y, c.less - c.name - 1, INK_TEXT, swing->name);
        put_side(canvas, c.less, row.y, figures, &swing->less);
        put_side(canvas, c.more, row.y, figures, &swing->more);
        if (swing->less.known && swing->more.known)
            put_bar(canvas, &c, row.y, swing, low, high);
        if (first + i == s->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, area, first, (int)swings->count);
}

static void swings_view(const void *state, const struct app *app, struct canvas *canvas,
                        struct area area)
{
    const struct swings_screen *s = state;
    const struct swings *swings = swings_shown(app);
    struct columns c = columns_of((struct area){area.x, area.y, area.width - 1, 1});
    char text[192], share[FIGURE];
    canvas_heading(canvas, area.x, area.y, area.width,
                   area.width >= 76 ? "What moves the answer" : "What moves it");
    canvas_column(canvas, c.less, area.y, c.bars - c.less - 1, "a tenth less");
    canvas_column(canvas, c.more, area.y, c.bars - c.less - 1, "a tenth more");
    if (!swings) {
        canvas_text(canvas, area.x + 2, area.y + 2, area.width - 4, INK_OPEN, "? pending");
        return;
    }
    format_percent(share, sizeof share, swings->known ? swings->share : NAN);
    snprintf(text, sizeof text, "now %s of the worst class refused%s, by formula", share,
             app->session->scenario.goals.survive > 0 ? " in the worst case" : "");
    if (swings->classes < app->session->scenario.class_count)
        snprintf(text + strlen(text), sizeof text - strlen(text), "; the %u largest classes",
                 swings->classes);
    if (swings->done < swings->count)
        snprintf(text + strlen(text), sizeof text - strlen(text), "; %zu of %zu tried",
                 swings->done, swings->count);
    canvas_text(canvas, area.x + 1, area.y + 1, area.width - 2, INK_DIM, text);
    view_rows(s, canvas, (struct area){area.x, area.y + 3, area.width, area.height - 3}, swings);
}

static void swings_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct swings_screen *s = state;
    const struct swings *swings = swings_shown(app);
    if (swings && s->list.cursor < (int)swings->count) {
        const struct swing *swing = &swings->items[s->list.cursor];
        snprintf(buffer, size, "%s = %s, from %s to %s", swing->path, swing->now, swing->less.value,
                 swing->more.value);
    }
}

const struct screen screen_swings = {
    .title = "Tornado",
    .keys = swings_keys,
    .init = swings_init,
    .update = swings_update,
    .view = swings_view,
    .done = free,
    .where = swings_where,
};
