#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/figures.h"
#include "answer/sentence.h"
#include "model/metrics.h"
#include "tui/app.h"
#include "tui/filter.h"
#include "tui/format.h"
#include "tui/list.h"
#include "tui/popup.h"
#include "tui/verdict.h"
#include "tui/widgets.h"

/* The pins above, one of them chosen; below, what differs between it and the present state. */
struct compare_screen {
    int pin;
    bool by_name; /* else by how much it differs */
    struct filter filter;
    size_t *rows; /* owned; of the pairing, those that are shown in their order */
    struct list list;
};

enum { CHOOSE_NEXT = 1, ORDER, FILTER, PIN, LET_GO, GO_BACK, ASKED_FILTER };

static const char *refuse_empty(const struct app *app)
{
    return app->session->pin_count ? NULL : "nothing is pinned: p pins the present state";
}

static const struct key_binding compare_keys[] = {
    {{'p'}, PIN, "Pin", "pin the present state; p again unpins it", NULL},
    {{PRESS_RIGHT, ']'}, CHOOSE_NEXT, "Next pin", "compare with the next pin", refuse_empty},
    {{'o'}, ORDER, "Order", "largest difference first, or by name", refuse_empty},
    {{'f', '\\'}, FILTER, "Filter", "only rows that contain a text; empty shows all", refuse_empty},
    {{PRESS_ENTER, '\n'},
     GO_BACK,
     "Go back",
     "to the state of the pin; can be undone",
     refuse_empty},
    {{'x', PRESS_DELETE}, LET_GO, "Unpin", "remove the pin", refuse_empty},
    {{0}, 0, NULL, NULL, NULL},
};

/* ---- Rows ---- */

static const struct pin *pin_of(const struct compare_screen *s, const struct app *app)
{
    return s->pin < app->session->pin_count ? &app->session->pins[s->pin] : NULL;
}

static const struct pairing *pairing_shown(const struct compare_screen *s, const struct app *app)
{
    const struct pin *pin = pin_of(s, app);
    return pin ? pin->pairing : NULL;
}

/* What people say of what they look at most; else the meaning that the catalogue gives. */
static const char *common_words(enum metric_id id)
{
    switch (id) {
    case METRIC_CLASS_BLOCKED_FRACTION:
        return "calls refused";
    case METRIC_CLASS_LOST_FRACTION:
        return "calls never admitted";
    case METRIC_CLASS_CARRIED:
        return "calls admitted";
    case METRIC_CLASS_ATTEMPTS:
        return "attempts with redials";
    case METRIC_CLASS_BLOCKED:
        return "calls refused at first";
    case METRIC_PEER_UTILIZATION:
        return "share of its units in use";
    default:
        return NULL;
    }
}

/* "blocked_peer_units_only": refused by peer units alone. */
static bool cause_words(const struct difference *row, char *buffer, size_t size)
{
    static const char before[] = "blocked_", after[] = "_only";
    char cause[64];
    if (row->scope != SCOPE_CLASS || strncmp(row->metric, before, sizeof before - 1) != 0)
        return false;
    snprintf(cause, sizeof cause, "%s", row->metric + sizeof before - 1);
    size_t length = strlen(cause), end = sizeof after - 1;
    bool alone = length > end && !strcmp(cause + length - end, after);
    if (alone)
        cause[length - end] = '\0';
    for (char *c = cause; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    snprintf(buffer, size, "refused by %s%s", cause, alone ? " alone" : "");
    return true;
}

static const char *words_of(const struct difference *row, char buffer[96])
{
    enum metric_id id = metric_find(row->scope, row->metric);
    const char *words = id < METRIC_COUNT ? common_words(id) : row->metric;
    if (words)
        return words;
    return strcmp(metric_info(id)->unit, "1") != 0 && cause_words(row, buffer, 96)
               ? buffer
               : metric_info(id)->meaning;
}

static bool wanted(const struct compare_screen *s, const struct difference *row)
{
    char words[96];
    return filter_keeps(&s->filter, row->name) || filter_keeps(&s->filter, words_of(row, words)) ||
           filter_keeps(&s->filter, row->metric);
}

static int rows_height(const struct app *app)
{
    int pins = app->session->pin_count;
    return app_body(app).height - 3 - (pins ? pins : 1);
}

static int compare_names(const void *a, const void *b, void *context)
{
    const struct pairing *pairing = context;
    const struct difference *x = &pairing->rows[*(const size_t *)a];
    const struct difference *y = &pairing->rows[*(const size_t *)b];
    if (x->scope != y->scope)
        return x->scope < y->scope ? -1 : 1;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->metric, y->metric);
}

static void gather(struct compare_screen *s, const struct app *app)
{
    if (s->pin >= app->session->pin_count)
        s->pin = app->session->pin_count ? app->session->pin_count - 1 : 0;
    const struct pairing *pairing = pairing_shown(s, app);
    size_t count = 0;
    free(s->rows);
    s->rows = pairing ? calloc(pairing->count + 1, sizeof *s->rows) : NULL;
    for (size_t i = 0; s->rows && i < pairing->count; i++)
        if (wanted(s, &pairing->rows[i]))
            s->rows[count++] = i;
    if (s->rows && s->by_name)
        qsort_r(s->rows, count, sizeof *s->rows, compare_names, (void *)(uintptr_t)pairing);
    list_resize(&s->list, (int)count, rows_height(app));
}

static void *compare_init(struct app *app)
{
    (void)app;
    return calloc(1, sizeof(struct compare_screen));
}

static void compare_done(void *state)
{
    struct compare_screen *s = state;
    if (!s)
        return;
    filter_release(&s->filter);
    free(s->rows);
    free(s);
}

/* ---- Update ---- */

static void go_back(struct compare_screen *s, struct app *app)
{
    const struct pin *pin = pin_of(s, app);
    char what[160];
    if (!pin)
        return;
    snprintf(what, sizeof what, "back to %c, %s", 'A' + s->pin, pin->label);
    if (session_go_to(app->session, pin->text, pin->states, pin->peers, what)) {
        app_changed(app);
        app_say(app, INK_TEXT, "%s: u undoes it", what);
    } else {
        app_say(app, INK_BAD, "%s: its files have changed", what);
    }
}

static void pin_present(struct compare_screen *s, struct app *app)
{
    bool was = session_pinned(app->session) >= 0;
    if (!was && app->session->pin_count == PINS_MAX) {
        app_say(app, INK_DIM, "there is room for four pins: x removes one");
        return;
    }
    session_pin(app->session);
    app_say(app, INK_TEXT, was ? "unpinned" : "pinned");
    app_pins_changed(app);
    gather(s, app);
}

static void let_go(struct compare_screen *s, struct app *app)
{
    if (!pin_of(s, app))
        return;
    session_unpin(app->session, s->pin);
    app_pins_changed(app);
    gather(s, app);
}

static void compare_press(struct compare_screen *s, struct app *app, int action)
{
    int pins = app->session->pin_count;
    switch (action) {
    case CHOOSE_NEXT:
        s->pin = pins ? (s->pin + 1) % pins : 0;
        gather(s, app);
        break;
    case MOVE_LEFT:
        s->pin = pins ? (s->pin + pins - 1) % pins : 0;
        gather(s, app);
        break;
    case ORDER:
        s->by_name = !s->by_name;
        gather(s, app);
        break;
    case FILTER:
        filter_ask(app, &s->filter, "rows that contain this; empty: all", ASKED_FILTER);
        break;
    case PIN:
        pin_present(s, app);
        break;
    case LET_GO:
        let_go(s, app);
        break;
    case GO_BACK:
        go_back(s, app);
        break;
    default:
        list_move(&s->list, action, rows_height(app));
        break;
    }
}

struct searched {
    const struct compare_screen *screen;
    const struct pairing *pairing;
};

static bool row_match(const void *context, int row, const char *pattern)
{
    const struct searched *in = context;
    const struct difference *d = &in->pairing->rows[in->screen->rows[row]];
    char words[96];
    return text_matches(d->name, pattern) || text_matches(words_of(d, words), pattern);
}

static void compare_search(struct compare_screen *s, struct app *app, bool backwards)
{
    struct searched in = {s, pairing_shown(s, app)};
    int row =
        in.pairing && s->rows ? list_search(&s->list, app->search, backwards, row_match, &in) : -1;
    if (row < 0)
        app_say(app, INK_WARN, "\"%s\" is not here", app->search);
    else
        list_select(&s->list, row, rows_height(app));
}

static void compare_update(void *state, struct app *app, const struct event *event)
{
    struct compare_screen *s = state;
    switch (event->kind) {
    case EVENT_PRESS:
        compare_press(s, app, event->action);
        break;
    case EVENT_ROW:
        if (event->row < 0) {
            s->pin = -1 - event->row;
            gather(s, app);
        } else {
            list_select(&s->list, event->row, rows_height(app));
        }
        break;
    case EVENT_RETURN:
        filter_take(&s->filter, app);
        gather(s, app);
        break;
    case EVENT_SEARCH:
        compare_search(s, app, event->row < 0);
        break;
    case EVENT_TICK:
        break;
    default:
        gather(s, app);
        break;
    }
}

/* ---- View ---- */

static int figures_width(struct area row)
{
    return row.width >= 100 ? 34 : row.width >= 76 ? 22 : 13;
}

/* "A  as found            ✓ 0.00 %   1 down ✓ 0.27 %" */
static void view_state(struct canvas *canvas, struct area row, char letter, const char *label,
                       const struct standing *standing, bool chosen)
{
    char now[SENTENCE_SIZE] = "pending", down[SENTENCE_SIZE] = "";
    int right = row.x + row.width, figures = figures_width(row);
    enum verdict verdict = VERDICT_NOTHING;
    if (standing) {
        verdict_now(standing, now, sizeof now);
        verdict_down(standing, down, sizeof down);
        verdict = standing->answer.verdict;
    }
    canvas_put(canvas, row.x, row.y, chosen ? 0x25B8 : ' ', INK_ACCENT);
    canvas_put(canvas, row.x + 1, row.y, (uint32_t)letter, INK_STRONG);
    if (standing)
        canvas_put(canvas, row.x + 3, row.y, verdict_glyph(verdict), verdict_ink(verdict));
    canvas_text(canvas, row.x + 5, row.y, row.width - 2 * figures - 6, INK_TEXT, label);
    char *texts[] = {now, down};
    for (int i = 0; i < 2; i++) {
        char *bracket = strstr(texts[i], " (");
        if (bracket && text_width(texts[i]) > figures - 2)
            *bracket = '\0';
        canvas_right(canvas, right - (2 - i) * figures, row.y, figures - 1, INK_TEXT, texts[i]);
    }
}

static int view_states(const struct compare_screen *s, const struct app *app, struct canvas *canvas,
                       struct area area)
{
    const struct session *session = app->session;
    int y = area.y, figures = figures_width(area), right = area.x + area.width;
    canvas_heading(canvas, area.x, y, area.width,
                   area.width >= 76 ? "Pins and the present state" : "Pins");
    canvas_column(canvas, right - 2 * figures, y, figures - 1, "now");
    canvas_column(canvas, right - figures, y, figures - 1, "peers down");
    y++;
    for (int i = 0; i < session->pin_count; i++, y++) {
        struct area row = {area.x, y, area.width, 1};
        view_state(canvas, row, (char)('A' + i), session->pins[i].label, session->pins[i].standing,
                   i == s->pin);
        canvas_hotspot(canvas, row, CLICK_ROW, -1 - i);
    }
    view_state(canvas, (struct area){area.x, y, area.width, 1}, '=', "the present state",
               session->stale ? NULL : session->standing, false);
    return y + 1;
}

static void put_value(struct canvas *canvas, int x, int y, int width, double value,
                      const char *unit, enum ink ink)
{
    char text[FIGURE + 16];
    if (!strcmp(unit, "1"))
        format_percent(text, sizeof text, value);
    else
        format_figure(text, sizeof text, value, "");
    canvas_right(canvas, x, y, width, isnan(value) ? INK_DIM : ink, text);
}

/* "+0.31 % (0.12 to 0.50)": without the interval where it does not fit; "=" when nothing differs.
 */
static void put_difference(struct canvas *canvas, int x, int y, int width,
                           const struct difference *row)
{
    char text[2 * FIGURE_SIZE], value[FIGURE_SIZE], range[FIGURE_SIZE];
    bool share = !strcmp(row->unit, "1");
    if (row->seen == PAIR_SAME) {
        canvas_right(canvas, x, y, width, INK_DIM, "=");
        return;
    }
    snprintf(text, sizeof text, "%s%s%s", row->difference.value > 0 ? "+" : "",
             figure_value(row->difference, share ? 100 : 1, value), share ? " %" : "");
    if (!isnan(row->difference.low) && *figure_range(row->difference, share ? 100 : 1, range) &&
        text_width(text) + text_width(range) + 3 <= width) {
        strncat(text, " (", sizeof text - strlen(text) - 1);
        strncat(text, range, sizeof text - strlen(text) - 1);
        strncat(text, ")", sizeof text - strlen(text) - 1);
    }
    canvas_right(canvas, x, y, width, row->seen == PAIR_CHANGE ? INK_ACCENT : INK_DIM, text);
}

struct columns {
    int pin, present, difference, difference_width;
};

static struct columns columns_of(struct area row)
{
    struct columns c = {.difference_width = row.width >= 100 ? 30 : row.width >= 76 ? 22 : 12};
    c.difference = row.x + row.width - c.difference_width - 1;
    c.present = c.difference - 11;
    c.pin = c.present - 11;
    return c;
}

static void view_rows(const struct compare_screen *s, struct canvas *canvas, struct area area,
                      const struct pairing *pairing)
{
    int first = list_first(&s->list, area.height);
    for (int i = 0; i < area.height && first + i < s->list.count; i++) {
        const struct difference *d = &pairing->rows[s->rows[first + i]];
        struct area row = {area.x, area.y + i, area.width - 1, 1};
        struct columns c = columns_of(row);
        char words[96];
        int end = canvas_name(canvas, row.x + 1, row.y, (c.pin - row.x) / 2, INK_STRONG, d->name);
        canvas_text(canvas, end + 1, row.y, c.pin - end - 2, INK_TEXT, words_of(d, words));
        put_value(canvas, c.pin, row.y, 10, d->pin, d->unit, INK_TEXT);
        put_value(canvas, c.present, row.y, 10, d->present, d->unit, INK_TEXT);
        put_difference(canvas, c.difference, row.y, c.difference_width, d);
        if (first + i == s->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, area, first, s->list.count);
}

static void compare_view(const void *state, const struct app *app, struct canvas *canvas,
                         struct area area)
{
    const struct compare_screen *s = state;
    const struct pairing *pairing = pairing_shown(s, app);
    area = widget_readable(area);
    int y = view_states(s, app, canvas, area);
    char text[128];
    if (pairing)
        snprintf(text, sizeof text, "From %c to now, %zu pairs%s%s", 'A' + s->pin,
                 pairing->replications, s->filter.text ? ", only " : "",
                 s->filter.text ? s->filter.text : "");
    else
        snprintf(text, sizeof text, "Differences");
    canvas_heading(canvas, area.x, y, area.width, text);
    struct area rows = {area.x, y + 1, area.width, area.y + area.height - y - 1};
    if (pairing && s->rows) {
        struct columns c = columns_of((struct area){rows.x, y, rows.width - 1, 1});
        snprintf(text, sizeof text, "%c", 'A' + s->pin);
        canvas_column(canvas, c.pin, y, 10, text);
        canvas_column(canvas, c.present, y, 10, "now");
        canvas_column(canvas, c.difference, y, c.difference_width, "difference, 95 %");
        view_rows(s, canvas, rows, pairing);
        return;
    }
    const char *why = !app->session->pin_count ? "p pins the present state; then change something"
                      : app->session->pins[s->pin].generation == app->session->generation
                          ? "this pin is the present state: change something"
                          : "pending: both are simulated on the same random numbers";
    canvas_wrap(canvas, (struct area){rows.x + 2, rows.y + 1, rows.width - 4, 2}, INK_DIM, why);
}

static void compare_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct compare_screen *s = state;
    const struct pin *pin = pin_of(s, app);
    if (pin)
        snprintf(buffer, size, "%c (%s) against now, %s", 'A' + s->pin, pin->label,
                 s->by_name ? "by name" : "largest difference first");
}

const struct screen screen_compare = {
    .title = "Compare",
    .brief = "A/B",
    .keys = compare_keys,
    .init = compare_init,
    .update = compare_update,
    .view = compare_view,
    .done = compare_done,
    .where = compare_where,
};
