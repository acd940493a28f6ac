#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/settings.h"
#include "tui/app.h"
#include "tui/edit.h"
#include "tui/filter.h"
#include "tui/format.h"
#include "tui/list.h"
#include "tui/plot.h"
#include "tui/verdict.h"

/* The line to each limit and goal over the months, the first that is reached on top; a cursor on a
 * month gives every figure then. */
struct forecast_screen {
    struct list list;
    int month;    /* under the cursor */
    int *order;   /* owned; of the lines, those that are shown in their order */
    bool by_name; /* else the first reached first */
    struct filter filter;
    size_t lines; /* of the outlook that the order is of */
};

enum { MONTH_BACK = 1, MONTH_ON, MORE, LESS, STATE, FURTHER, NEARER, ORDER, FILTER, ASKED_FILTER };

static const struct key_binding forecast_keys[] = {
    {{PRESS_LEFT, 'h'}, MONTH_BACK, "Month", "the month before", NULL},
    {{PRESS_RIGHT, 'l'}, MONTH_ON, NULL, "the month after", NULL},
    {{'+'}, MORE, "Growth", "load grows by 1 % a month more", NULL},
    {{'-'}, LESS, NULL, "load grows by 1 % a month less", NULL},
    {{PRESS_ENTER, '\n'}, STATE, "State it", "state what grows, and by how much", NULL},
    {{']'}, FURTHER, "Years", "look a year further ahead", NULL},
    {{'['}, NEARER, NULL, "look a year less ahead", NULL},
    {{'o'}, ORDER, "Order", "first reached first, or by name", NULL},
    {{'f', '\\'}, FILTER, "Filter", "only limits and goals whose name contains a text", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

static void *forecast_init(struct app *app)
{
    struct forecast_screen *s = calloc(1, sizeof *s);
    app->months = OUTLOOK_MONTHS;
    return s;
}

static void forecast_done(void *state)
{
    struct forecast_screen *s = state;
    if (!s)
        return;
    filter_release(&s->filter);
    free(s->order);
    free(s);
}

static const struct forecast *shown(const struct app *app)
{
    const struct outlook *o = app->outlook;
    return o && o->generation == app->session->generation && o->months == app->months ? &o->forecast
                                                                                      : NULL;
}

static bool grows(const struct app *app)
{
    return app->session->scenario.growth_count > 0;
}

#define PLOT_LINES 9

static int rows_height(const struct app *app)
{
    int height = app_body(app).height - 2,
        count = app->outlook ? (int)app->outlook->forecast.line_count : 0;
    int rows = height >= 2 * PLOT_LINES ? height - PLOT_LINES : height / 2;
    return rows > count && count > 0 ? count : rows;
}

/* ---- Update ---- */

static double reached(const struct forecast *f, int line)
{
    const struct forecast_event *event = outlook_event(f, &f->lines[line], false);
    return event ? event->months : INFINITY;
}

/* Whether a line comes before another. */
static bool before(const struct forecast_screen *s, const struct forecast *f, int a, int b)
{
    char x[160], y[160];
    if (!s->by_name)
        return reached(f, a) < reached(f, b);
    return strcmp(outlook_name(f, &f->lines[a], x, sizeof x),
                  outlook_name(f, &f->lines[b], y, sizeof y)) < 0;
}

/* Equal ones stay in their order: lines are few. */
static void gather(struct forecast_screen *s, const struct app *app)
{
    const struct forecast *f = shown(app);
    int all = f ? (int)f->line_count : 0, count = 0;
    char name[160];
    free(s->order);
    s->lines = (size_t)all;
    s->order = calloc((size_t)all + 1, sizeof *s->order);
    for (int i = 0; s->order && i < all; i++) {
        int at = count;
        if (!filter_keeps(&s->filter, outlook_name(f, &f->lines[i], name, sizeof name)))
            continue;
        for (; at > 0 && before(s, f, i, s->order[at - 1]); at--)
            s->order[at] = s->order[at - 1];
        s->order[at] = i;
        count++;
    }
    list_resize(&s->list, s->order ? count : 0, rows_height(app));
    if (s->month >= app->months)
        s->month = app->months - 1;
}

/* Asked for where growth is stated: the answer names the month. */
static void want(struct app *app)
{
    if (grows(app) && !shown(app))
        app->effects |= EFFECT_FORECAST;
}

/* "4%/month", "10%/year+-2%". */
static void put_rate(FILE *out, double rate, double months, double band)
{
    fprintf(out, "%.10g%%/%s", 100 * rate, months > 6 ? "year" : months > 2 ? "quarter" : "month");
    if (band > 0)
        fprintf(out, "+-%.10g%%", 100 * band);
}

static bool is_general(const struct growth *growth)
{
    return growth->class_index == NONE && growth->endpoints == NONE;
}

/* The growths of the scenario as one setting, that of all load so many per cent a period more;
 * owned. NULL when that is out of range, or out of memory. */
static char *grown(const struct scenario *s, int percent)
{
    char *text = NULL, name[SETTING_NAME_SIZE];
    size_t size = 0;
    struct growth all = {.months = 1};
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    for (uint32_t g = 0; g < s->growth_count; g++)
        if (is_general(&s->growths[g]))
            all = s->growths[g];
    double rate = percent ? round(100 * all.rate) + percent : 100 * all.rate;
    fputs("growth={all: ", out);
    put_rate(out, rate / 100, all.months, all.band);
    for (uint32_t g = 0; g < s->growth_count; g++) {
        const struct growth *growth = &s->growths[g];
        if (is_general(growth))
            continue;
        fprintf(out, ", %s: ",
                setting_name(growth->class_index != NONE ? s->classes[growth->class_index].name
                                                         : s->endpoints[growth->endpoints].name,
                             name));
        put_rate(out, growth->rate, growth->months, growth->band);
    }
    fputs("}", out);
    fclose(out);
    if (rate >= -50 && rate <= 100)
        return text;
    free(text);
    return NULL;
}

static void grow(struct app *app, int percent)
{
    char why[256] = "", *setting = grown(&app->session->scenario, percent);
    const char *items[] = {setting};
    if (setting && !edit_apply(app, &(struct settings){items, 1}, setting, why, sizeof why))
        app_say(app, INK_BAD, "%s", why);
    free(setting);
}

/* "growth {all: 2%/month}": what the lines are made of. */
static void put_growth(struct canvas *canvas, struct area area, const struct scenario *scenario,
                       int taken)
{
    char *setting = grown(scenario, 0), text[160];
    const char *value = setting ? strchr(setting, '=') : NULL;
    snprintf(text, sizeof text, "growth %s", value ? value + 1 : "");
    if (value && taken + 2 + text_width(text) < area.width)
        canvas_right(canvas, area.x, area.y, area.width - 1, INK_DIM, text);
    free(setting);
}

/* The palette with the growths as they are, to be changed. */
static void state_growth(struct app *app)
{
    char *setting = grown(&app->session->scenario, 0);
    if (grows(app) && setting)
        app_command(app, "set %s", setting);
    else
        app_command(app, "set growth={all: 2%%/month}");
    free(setting);
}

static void forecast_press(struct forecast_screen *s, struct app *app, int action)
{
    if (action == MONTH_BACK || action == MONTH_ON) {
        int month = s->month + (action == MONTH_ON ? 1 : -1);
        s->month = month < 0 ? 0 : month >= app->months ? app->months - 1 : month;
    } else if (action == MORE || action == LESS) {
        grow(app, action == MORE ? 1 : -1);
    } else if (action == STATE) {
        state_growth(app);
    } else if (action == FURTHER || action == NEARER) {
        app->months += action == FURTHER ? 12 : -12;
        app->months = app->months < 12 ? 12 : app->months > 240 ? 240 : app->months;
        gather(s, app);
        want(app);
    } else if (action == ORDER) {
        s->by_name = !s->by_name;
        gather(s, app);
        app_say(app, INK_TEXT, s->by_name ? "by name" : "first reached first");
    } else if (action == FILTER) {
        filter_ask(app, &s->filter, "limits and goals whose name contains this; empty: all",
                   ASKED_FILTER);
    } else {
        list_move(&s->list, action, rows_height(app));
    }
}

struct searched_lines {
    const struct forecast_screen *screen;
    const struct forecast *forecast;
};

static bool line_match(const void *context, int row, const char *pattern)
{
    const struct searched_lines *in = context;
    char name[160];
    return text_matches(
        outlook_name(in->forecast, &in->forecast->lines[in->screen->order[row]], name, sizeof name),
        pattern);
}

static void forecast_search(struct forecast_screen *s, struct app *app, bool backwards)
{
    struct searched_lines in = {s, shown(app)};
    int row = in.forecast && s->order && s->lines == in.forecast->line_count
                  ? list_search(&s->list, app->search, backwards, line_match, &in)
                  : -1;
    if (row < 0)
        app_say(app, INK_WARN, "\"%s\" is not here", app->search);
    else
        list_select(&s->list, row, rows_height(app));
}

static void forecast_update(void *state, struct app *app, const struct event *event)
{
    struct forecast_screen *s = state;
    switch (event->kind) {
    case EVENT_SHOW:
    case EVENT_CHANGED:
        gather(s, app);
        want(app);
        break;
    case EVENT_SOUGHT:
    case EVENT_RESIZE:
        gather(s, app);
        break;
    case EVENT_ROW:
        list_select(&s->list, event->row, rows_height(app));
        break;
    case EVENT_ALONG:
        s->month = (int)((double)event->row / (CLICK_WHOLE + 1) * app->months);
        break;
    case EVENT_PRESS:
        forecast_press(s, app, event->action);
        break;
    case EVENT_SEARCH:
        forecast_search(s, app, event->row < 0);
        break;
    case EVENT_RETURN:
        filter_take(&s->filter, app);
        gather(s, app);
        break;
    default:
        break;
    }
}

/* ---- View ---- */

struct columns {
    int name, name_width, strip, strip_width, value, date;
};

#define VALUE_WIDTH 10
#define DATE_WIDTH  12

static struct columns columns_of(struct area area)
{
    struct columns c = {.name = area.x + 3};
    c.name_width = area.width >= 100 ? 34 : area.width >= 76 ? 26 : 20;
    c.strip = c.name + c.name_width + 1;
    c.date = area.x + area.width - 1 - DATE_WIDTH;
    c.value = c.date - VALUE_WIDTH;
    c.strip_width = c.value - c.strip - 1;
    return c;
}

struct look_of_share {
    uint32_t glyph;
    enum ink ink;
};

/* What a month is like: within, from 90 % on, over. */
static struct look_of_share look_of(double share)
{
    if (isnan(share))
        return (struct look_of_share){'-', INK_UNKNOWN};
    return share > 1      ? (struct look_of_share){0x2717, INK_BAD}
           : share >= 0.9 ? (struct look_of_share){0x2592, INK_WARN}
                          : (struct look_of_share){0x2713, INK_GOOD};
}

static double share_at(const struct forecast_line *line, int month)
{
    return line->size > 0 ? line->values[month] / line->size : NAN;
}

/* A sign a month, or the worst of several where they are many. */
static void put_strip(struct canvas *canvas, const struct columns *c, int y, const struct app *app,
                      const struct forecast *f, const struct forecast_line *line, int cursor)
{
    int months = f->months < app->months ? f->months : app->months;
    int cells = months < c->strip_width ? months : c->strip_width;
    int wide = cells > 0 ? c->strip_width / cells : 1; /* cells of a month */
    for (int i = 0; i < cells; i++) {
        int from = i * months / cells, to = (i + 1) * months / cells;
        double worst = NAN;
        for (int m = from; m < to; m++)
            worst = fmax(worst, share_at(line, m));
        struct look_of_share look = look_of(worst);
        bool here = cursor >= from && cursor < to;
        struct area month = {c->strip + i * wide, y, wide, 1};
        canvas_fill(canvas, month, look.glyph, look.ink);
        if (here)
            canvas_tint(canvas, month, INK_INPUT);
    }
}

static void put_line(struct canvas *canvas, struct area row, const struct forecast_screen *s,
                     const struct app *app, const struct forecast *f, int number)
{
    const struct forecast_line *line = &f->lines[s->order[number]];
    struct columns c = columns_of(row);
    char name[160], text[64], date[FORECAST_DATE_SIZE];
    int month = s->month < f->months ? s->month : f->months - 1;
    const struct forecast_event *over = outlook_event(f, line, true);
    const struct forecast_event *near = outlook_event(f, line, false);
    struct look_of_share look = look_of(share_at(line, month));
    canvas_put(canvas, row.x + 1, row.y, look.glyph, look.ink);
    canvas_text(canvas, c.name, row.y, c.name_width, INK_TEXT,
                outlook_name(f, line, name, sizeof name));
    if (outlook_is_goal(line))
        format_percent(text, sizeof text, line->values[month]);
    else
        snprintf(text, sizeof text, "%.0f %%", 100 * share_at(line, month));
    canvas_right(canvas, c.value, row.y, VALUE_WIDTH - 1, INK_TEXT,
                 isnan(share_at(line, month)) ? "-" : text);
    if (over || near)
        snprintf(text, sizeof text, "%s%s", over ? "" : "90% ",
                 forecast_date(f, (over ? over : near)->months, date));
    else
        snprintf(text, sizeof text, "-");
    if (!over && near)
        snprintf(text, sizeof text, "90%% %.7s", date);
    canvas_right(canvas, c.date, row.y, DATE_WIDTH,
                 over   ? INK_BAD
                 : near ? INK_WARN
                        : INK_DIM,
                 text);
    if (number == s->list.cursor)
        canvas_tint(canvas, row, INK_SELECTED);
    put_strip(canvas, &c, row.y, app, f, line, s->month);
    canvas_hotspot(canvas, row, CLICK_ROW, number);
}

static void put_plot(struct canvas *canvas, struct area area, const struct forecast_screen *s,
                     const struct app *app, const struct forecast *f)
{
    const struct forecast_line *line = &f->lines[s->order[s->list.cursor]];
    char name[160], title[256], value[FIGURE], size[FIGURE], date[FORECAST_DATE_SIZE];
    int month = s->month < f->months ? s->month : f->months - 1;
    bool goal = outlook_is_goal(line);
    if (goal) {
        format_percent(value, sizeof value, line->values[month]);
        format_percent(size, sizeof size, line->size);
    } else {
        format_figure(value, sizeof value, round(line->values[month]), "");
        format_figure(size, sizeof size, line->size, "");
    }
    snprintf(title, sizeof title, "%s, %s: %s of %s", outlook_name(f, line, name, sizeof name),
             forecast_date(f, month, date), value, size);
    struct plot plot = {
        .title = title,
        .unit = goal ? "%" : "",
        .scale = goal ? 100 : 1,
        .values = line->values,
        .count = (size_t)f->months,
        .limit = line->size,
        .cursor = (month + 0.5) / f->months,
    };
    (void)app;
    plot_draw(canvas, area, &plot);
    canvas_hotspot(canvas,
                   (struct area){area.x + PLOT_SCALE, area.y, area.width - PLOT_SCALE, area.height},
                   CLICK_ALONG, 0);
}

/* "office: rms at 90 %" for "alarm-90"; a goal with what it is missed by. */
static void event_words(const struct forecast_event *event, char *buffer, size_t size)
{
    const char *by = *event->limit ? ", by " : "", *of = *event->cluster ? ": " : "";
    if (!strcmp(event->event, "goal"))
        snprintf(buffer, size, "a goal is missed%s%s", by, event->limit);
    else if (!strcmp(event->event, "goal-down"))
        snprintf(buffer, size, "a goal is missed with peers down%s%s", by, event->limit);
    else
        snprintf(buffer, size, "%s%s%s at %s", event->cluster, of, event->limit,
                 !strcmp(event->event, "alarm-90") ? "90 %" : "the limit");
}

/* Until when nothing has to be done. */
static int put_sentence(struct canvas *canvas, struct area area, const struct forecast *f)
{
    char text[192], date[FORECAST_DATE_SIZE];
    const struct forecast_event *first = forecast_first(f);
    bool now = first && first->months <= 0;
    char words[128] = "";
    if (first)
        event_words(first, words, sizeof words);
    if (!first)
        snprintf(text, sizeof text, "nothing to do until %s, as far as this looks",
                 forecast_date(f, f->bound, date));
    else if (now)
        snprintf(text, sizeof text, "to do now: %s", words);
    else
        snprintf(text, sizeof text, "nothing to do until %s: then %s",
                 forecast_date(f, first->months, date), words);
    bool alarm = now && !strcmp(first->event, "alarm-90");
    canvas_put(canvas, area.x + 1, area.y,
               alarm ? '!'
               : now ? 0x2717
                     : 0x2713,
               alarm ? INK_WARN
               : now ? INK_BAD
                     : INK_GOOD);
    return canvas_text(canvas, area.x + 3, area.y, area.width - 4, INK_STRONG, text) - area.x;
}

static void put_head(struct canvas *canvas, struct area area, const struct forecast_screen *s,
                     const struct forecast *f)
{
    struct columns c = columns_of((struct area){area.x, area.y, area.width - 1, 1});
    char date[FORECAST_DATE_SIZE] = "";
    canvas_heading(canvas, area.x, area.y, area.width, "Limits and goals");
    if (f) {
        forecast_date(f, s->month, date);
        date[7] = '\0'; /* the month of it */
    }
    if (f)
        canvas_column(canvas, c.value, area.y, VALUE_WIDTH - 1, date);
    canvas_column(canvas, c.date, area.y, DATE_WIDTH, "reached");
}

static void forecast_view(const void *state, const struct app *app, struct canvas *canvas,
                          struct area area)
{
    const struct forecast_screen *s = state;
    const struct forecast *f = shown(app);
    put_head(canvas, (struct area){area.x, area.y + 1, area.width, 1}, s, f);
    if (!grows(app)) {
        canvas_text(canvas, area.x + 3, area.y, area.width - 4, INK_DIM, "no growth is stated");
        canvas_wrap(canvas, (struct area){area.x + 3, area.y + 3, area.width - 6, 4}, INK_TEXT,
                    "+ makes all load grow by 1 % a month. Enter sets what grows, such as {all: "
                    "4%/month, voice: 2%/quarter}; 4%/month+-1% gives a band of dates.");
        return;
    }
    if (!f || !s->order || s->lines != f->line_count) {
        canvas_text(canvas, area.x + 1, area.y, area.width - 2, INK_OPEN, "? pending");
        put_growth(canvas, area, &app->session->scenario, 12);
        return;
    }
    put_growth(canvas, area, &app->session->scenario, put_sentence(canvas, area, f));
    struct area rows = {area.x, area.y + 2, area.width, rows_height(app)};
    int first = list_first(&s->list, rows.height);
    for (int i = 0; i < rows.height && first + i < s->list.count; i++)
        put_line(canvas, (struct area){rows.x, rows.y + i, rows.width - 1, 1}, s, app, f,
                 first + i);
    canvas_scroll_mark(canvas, rows, first, s->list.count);
    int below = rows.y + rows.height;
    if (s->list.count > 0)
        put_plot(canvas, (struct area){area.x, below, area.width - 1, area.y + area.height - below},
                 s, app, f);
}

static void forecast_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct forecast_screen *s = state;
    const struct forecast *f = shown(app);
    char name[160], date[FORECAST_DATE_SIZE];
    if (!f || !s->order || s->lines != f->line_count || s->list.cursor >= s->list.count) {
        filter_tell(&s->filter, buffer, size);
        return;
    }
    const struct forecast_line *line = &f->lines[s->order[s->list.cursor]];
    snprintf(buffer, size, "%s, %s, %s", outlook_name(f, line, name, sizeof name),
             forecast_date(f, s->month, date), basis_name(line->basis));
    filter_tell(&s->filter, buffer, size);
}

const struct screen screen_forecast = {
    .title = "Forecast",
    .keys = forecast_keys,
    .init = forecast_init,
    .update = forecast_update,
    .view = forecast_view,
    .done = forecast_done,
    .where = forecast_where,
};
