#include "tui/popup_seek.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/figures.h"
#include "tui/format.h"
#include "tui/popup.h"
#include "tui/verdict.h"

enum { TAKE = 1, LEAVE };

static const char *refuse_take(const struct app *app)
{
    const struct seek_news *news = app->seek;
    return news && news->finished && news->outcome == SEEK_FOUND
               ? NULL
               : "nothing is found yet: Esc leaves";
}

static const struct key_binding seek_keys[] = {
    {{PRESS_ENTER, '\n'}, TAKE, "Take it", "apply the value that was found", refuse_take},
    {{PRESS_ESCAPE, 'q', CONTROL('C')}, LEAVE, "Leave", "leave as it was; the search ends", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

/* What is shown is the app's; the popup itself has nothing to remember. */
void *popup_seek_new(void)
{
    return calloc(1, 1);
}

static void seek_update(void *state, struct app *app, const struct event *event)
{
    (void)state;
    if (event->kind != EVENT_PRESS)
        return;
    if (event->action == TAKE) {
        char value[64], setting[640];
        seek_aim_text(&app->seek->aim, app->seek->found.value, value, sizeof value);
        snprintf(setting, sizeof setting, "%s=%s", app->seek->aim.path, value);
        app_pop(app, setting, 0);
    } else if (event->action == LEAVE) {
        app->effects |= EFFECT_SEEK_END;
        app_pop(app, NULL, 0);
    }
}

/* "732 ✓ 0.8 %" */
static int put_point(struct canvas *canvas, int x, int y, int right, const struct seek_aim *aim,
                     const struct seek_point *point)
{
    char value[64], share[FIGURE], text[128];
    seek_aim_text(aim, point->value, value, sizeof value);
    format_percent(share, sizeof share, point->share.value);
    snprintf(text, sizeof text, "%s", value);
    int width = text_width(value) + text_width(share) + 5;
    if (x + width > right)
        return -1;
    x = canvas_text(canvas, x, y, width, INK_TEXT, text);
    canvas_put(canvas, x + 1, y, verdict_glyph(point->verdict), verdict_ink(point->verdict));
    x = canvas_text(canvas, x + 3, y, width, INK_DIM, share);
    return x + 2;
}

/* A value that was looked at again, longer: only its last figure is shown. */
static bool superseded(const struct seek_news *news, int number)
{
    const struct seek_point *point = &news->points[number];
    for (int i = number + 1; i < news->count; i++)
        if (news->points[i].simulated == point->simulated && news->points[i].value == point->value)
            return true;
    return false;
}

/* Points of one kind, the last ones on the last line. */
static int put_points(struct canvas *canvas, struct area in, int y, const struct seek_news *news,
                      bool simulated, int lines)
{
    int x = in.x + 12, right = in.x + in.width, last = y + lines;
    canvas_text(canvas, in.x, y, 11, INK_DIM, simulated ? "simulated" : "by formula");
    int count = 0, first = 0;
    for (int i = 0; i < news->count; i++)
        count += news->points[i].simulated == simulated && !superseded(news, i);
    int most = lines * (in.width - 12) / 20; /* about so many fit */
    first = count > most ? count - most : 0;
    for (int i = 0, n = 0; i < news->count && y < last; i++) {
        if (news->points[i].simulated != simulated || superseded(news, i) || n++ < first)
            continue;
        int after = put_point(canvas, x, y, right, &news->aim, &news->points[i]);
        if (after < 0 && ++y < last)
            after = put_point(canvas, in.x + 12, y, right, &news->aim, &news->points[i]);
        x = after;
    }
    return last;
}

static void put_result(struct canvas *canvas, struct area in, int y, const struct seek_news *news)
{
    char value[64], share[FIGURE_SIZE], range[FIGURE_SIZE], text[320];
    const struct seek_aim *aim = &news->aim;
    if (!news->finished) {
        canvas_text(canvas, in.x, y, in.width, INK_OPEN, "? searching");
        return;
    }
    if (news->outcome != SEEK_FOUND) {
        canvas_text(canvas, in.x, y, in.width, INK_BAD,
                    news->outcome == SEEK_NONE ? "no value meets the goals" : "stopped");
        return;
    }
    seek_aim_text(aim, news->found.value, value, sizeof value);
    int n = snprintf(text, sizeof text, "%s %s", value, aim->largest ? "at most" : "at least");
    if (aim->times > 1)
        n += snprintf(text + n, sizeof text - (size_t)n, " (%.10g x %u = %.10g)", news->found.value,
                      aim->times, news->found.value * aim->times);
    snprintf(text + n, sizeof text - (size_t)n, ": %s %% (%s), simulated",
             figure_value(news->found.share, 100, share),
             figure_range(news->found.share, 100, range));
    canvas_put(canvas, in.x, y, verdict_glyph(VERDICT_YES), INK_GOOD);
    canvas_text(canvas, in.x + 2, y, in.width - 2, INK_STRONG, text);
}

static void seek_view(const void *state, const struct app *app, struct canvas *canvas,
                      struct area body)
{
    (void)state;
    struct area box = popup_area(body, 78, 11), in = {box.x + 2, box.y + 1, box.width - 4, 9};
    const struct seek_news *news = app->seek;
    char title[600];
    snprintf(title, sizeof title, "%s %s that meets the goals",
             app->aim.largest ? "Largest" : "Smallest", app->aim.path);
    canvas_box(canvas, box, title);
    if (!news) {
        canvas_text(canvas, in.x, in.y + 1, in.width, INK_OPEN, "? searching");
        return;
    }
    int y = put_points(canvas, in, in.y + 1, news, false, 3);
    y = put_points(canvas, in, y, news, true, 3);
    put_result(canvas, in, y, news);
}

const struct screen popup_seek = {
    .title = "While a value is sought",
    .keys = seek_keys,
    .update = seek_update,
    .view = seek_view,
    .done = free,
};
