#include <stdlib.h>
#include <string.h>

#include "model/findings.h"
#include "tui/app.h"
#include "tui/exporting.h"
#include "tui/filter.h"
#include "tui/list.h"
#include "tui/popup.h"

/* What the doctor (model/findings.h) says about the scenario: a list, and what the finding under
 * the cursor means. */
struct check_screen {
    struct findings findings; /* of generation `of`, when `made` */
    bool made;
    unsigned of;
    int *rows; /* owned; of the findings, those that are shown in their order */
    struct list list;
    bool by_place; /* else the most severe first */
    struct filter filter;
};

enum { DETAILS = 1, ORDER, FILTER, ASKED_FILTER };

static const struct key_binding check_keys[] = {
    {{PRESS_ENTER, '\n'}, DETAILS, "Details", "everything known about the finding", NULL},
    {{'o'}, ORDER, "Order", "most severe first, or by place", NULL},
    {{'f', '\\'}, FILTER, "Filter", "only findings that contain a text; empty shows all", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

static void *check_init(struct app *app)
{
    (void)app;
    return calloc(1, sizeof(struct check_screen));
}

static void forget(struct check_screen *s)
{
    if (s->made)
        findings_release(&s->findings);
    s->made = false;
}

static void check_done(void *state)
{
    struct check_screen *s = state;
    if (!s)
        return;
    forget(s);
    filter_release(&s->filter);
    free(s->rows);
    free(s);
}

/* ---- Update ---- */

#define DETAIL_LINES 9 /* of what the finding means, below the list, at least */
#define SIDE_WIDTH   110

/* The list above or at the left, and what the finding means. */
static void divide(struct area area, int count, struct area *list, struct area *detail)
{
    if (area.width >= SIDE_WIDTH) {
        int width = area.width * 3 / 5;
        *list = (struct area){area.x, area.y + 1, width, area.height - 1};
        *detail =
            (struct area){area.x + width + 1, area.y + 1, area.width - width - 1, area.height - 1};
        return;
    }
    int lines = area.height >= 2 * DETAIL_LINES ? DETAIL_LINES : area.height / 2;
    if (lines < area.height - 2 - count)
        lines = area.height - 2 - count;
    *list = (struct area){area.x, area.y + 1, area.width, area.height - 1 - lines};
    *detail = (struct area){area.x, area.y + area.height - lines, area.width, lines};
}

static int item_count(const struct check_screen *s)
{
    return s->list.count;
}

static const struct finding_item *item_at(const struct check_screen *s, int row)
{
    return &s->findings.items[s->rows[row]];
}

static int rows_height(const struct check_screen *s, const struct app *app)
{
    struct area list, detail;
    divide(app_body(app), item_count(s), &list, &detail);
    return list.height;
}

static bool item_matches(const struct finding_item *item, const char *pattern)
{
    return text_matches(finding_word(item->finding), pattern) ||
           text_matches(item->place, pattern) || text_matches(item->text, pattern);
}

static int by_place(const void *a, const void *b, void *context)
{
    const struct findings *findings = context;
    int x = *(const int *)a, y = *(const int *)b;
    int order = strcmp(findings->items[x].place, findings->items[y].place);
    return order ? order : (x > y) - (x < y);
}

static void gather(struct check_screen *s, const struct app *app)
{
    int all = s->made ? (int)s->findings.count : 0, count = 0;
    free(s->rows);
    s->rows = calloc((size_t)all + 1, sizeof *s->rows);
    for (int i = 0; s->rows && i < all; i++)
        if (!s->filter.text || item_matches(&s->findings.items[i], s->filter.text))
            s->rows[count++] = i;
    if (s->rows && s->by_place)
        qsort_r(s->rows, (size_t)count, sizeof *s->rows, by_place, &s->findings);
    s->list.count = count;
    list_resize(&s->list, count, rows_height(s, app));
}

/* Looked for when it is looked at, once for every state. */
static void look(struct check_screen *s, struct app *app)
{
    struct deployment deployment;
    if (app->current != SCREEN_CHECK || (s->made && s->of == app->session->generation))
        return;
    forget(s);
    if (deployment_of_scenario(&deployment, &app->session->scenario)) {
        s->made = true;
        s->of = app->session->generation;
        if (!findings_make(&s->findings, &deployment))
            app_say(app, INK_BAD, "out of memory: these are not all findings");
    }
    deployment_release(&deployment);
    gather(s, app);
}

static const struct finding_item *selected(const struct check_screen *s)
{
    return s->list.cursor < item_count(s) ? item_at(s, s->list.cursor) : NULL;
}

/* What happens, what to do, and who says so; owned. */
static char *meaning(const struct finding_item *item)
{
    char *text = NULL;
    size_t size = 0;
    const struct finding_rule *rule = finding_rule(item->finding);
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "%s\n", rule->what);
    int number = 0;
    for (const char *step = rule->remedy; *step;) {
        int length = (int)strcspn(step, "\n");
        fprintf(out, "%d. %.*s\n", ++number, length, step);
        step += length + (step[length] == '\n');
    }
    if (*rule->alarm)
        fprintf(out, "Alarm %s. ", rule->alarm);
    if (*rule->source)
        fprintf(out, "Source: %s", rule->source);
    fclose(out);
    return text;
}

static void details(const struct check_screen *s, struct app *app)
{
    const struct finding_item *item = selected(s);
    char *text = item ? meaning(item) : NULL, *all = NULL;
    if (text && asprintf(&all, "%s: %s\n\n%s\n\n%s", finding_word(item->finding), item->place,
                         item->text, text) >= 0) {
        app_push(app, &popup_text,
                 text_popup_new(severity_name(finding_rule(item->finding)->severity), all), 0);
        free(all);
    }
    free(text);
}

static bool item_match(const void *context, int row, const char *pattern)
{
    return item_matches(item_at(context, row), pattern);
}

static void search(struct check_screen *s, struct app *app, bool backwards)
{
    int row = list_search(&s->list, app->search, backwards, item_match, s);
    if (row >= 0)
        list_select(&s->list, row, rows_height(s, app));
    else
        app_say(app, INK_WARN, "\"%s\" is not among the findings", app->search);
}

static void press(struct check_screen *s, struct app *app, int action)
{
    if (action == DETAILS) {
        details(s, app);
    } else if (action == ORDER) {
        s->by_place = !s->by_place;
        gather(s, app);
        app_say(app, INK_TEXT, s->by_place ? "by place" : "most severe first");
    } else if (action == FILTER) {
        filter_ask(app, &s->filter, "findings that contain this; empty: all", ASKED_FILTER);
    } else {
        list_move(&s->list, action, rows_height(s, app));
    }
}

static void check_update(void *state, struct app *app, const struct event *event)
{
    struct check_screen *s = state;
    look(s, app);
    if (event->kind == EVENT_ROW)
        list_select(&s->list, event->row, rows_height(s, app));
    else if (event->kind == EVENT_SEARCH)
        search(s, app, event->row < 0);
    else if (event->kind == EVENT_RETURN) {
        filter_take(&s->filter, app);
        gather(s, app);
    } else if (event->kind == EVENT_PRESS)
        press(s, app, event->action);
}

/* ---- View ---- */

static void put_severity(struct canvas *canvas, int x, int y, int width, enum severity severity)
{
    static const struct {
        uint32_t glyph;
        enum ink ink;
    } looks[SEVERITY_COUNT] = {[SEVERITY_NOTE] = {0x2022, INK_UNKNOWN},
                               [SEVERITY_WARNING] = {'!', INK_WARN},
                               [SEVERITY_ERROR] = {0x2717, INK_BAD}};
    canvas_put(canvas, x, y, looks[severity].glyph, looks[severity].ink);
    canvas_text(canvas, x + 2, y, width - 2, looks[severity].ink, severity_name(severity));
}

static void view_item(struct canvas *canvas, struct area row, const struct finding_item *item)
{
    enum severity severity = finding_rule(item->finding)->severity;
    int word = row.width >= 76 ? 23 : 0, place = row.width >= 76 ? 22 : 16;
    put_severity(canvas, row.x + 1, row.y, 9, severity);
    if (word)
        canvas_text(canvas, row.x + 11, row.y, word, INK_TEXT, finding_word(item->finding));
    canvas_name(canvas, row.x + 12 + word, row.y, place, INK_TEXT, item->place);
    canvas_text(canvas, row.x + 13 + word + place, row.y, row.width - 14 - word - place, INK_TEXT,
                item->text);
}

static void view_meaning(const struct check_screen *s, struct canvas *canvas, struct area area)
{
    const struct finding_item *item = selected(s);
    char *text = item ? meaning(item) : NULL;
    if (area.width >= SIDE_WIDTH / 3 && item) {
        canvas_heading(canvas, area.x, area.y, area.width, finding_word(item->finding));
        struct area in = {area.x + 1, area.y + 1, area.width - 2, area.height - 1};
        in.y += canvas_wrap(canvas, in, INK_STRONG, item->text);
        in.height = area.y + area.height - in.y;
        if (text && in.height > 0)
            canvas_wrap(canvas, in, INK_TEXT, text);
    }
    free(text);
}

static void view_head(const struct check_screen *s, struct canvas *canvas, struct area area)
{
    char text[96];
    unsigned counts[SEVERITY_COUNT] = {0};
    for (uint32_t i = 0; s->made && i < s->findings.count; i++)
        counts[finding_rule(s->findings.items[i].finding)->severity]++;
    snprintf(text, sizeof text, "Findings: %u error%s, %u warning%s, %u note%s",
             counts[SEVERITY_ERROR], counts[SEVERITY_ERROR] == 1 ? "" : "s",
             counts[SEVERITY_WARNING], counts[SEVERITY_WARNING] == 1 ? "" : "s",
             counts[SEVERITY_NOTE], counts[SEVERITY_NOTE] == 1 ? "" : "s");
    canvas_heading(canvas, area.x, area.y, area.width, text);
}

static void check_view(const void *state, const struct app *app, struct canvas *canvas,
                       struct area area)
{
    const struct check_screen *s = state;
    struct area rows, detail;
    (void)app;
    divide(area, item_count(s), &rows, &detail);
    view_head(s, canvas, (struct area){area.x, area.y, area.width, 1});
    if (s->made && s->findings.count == 0) {
        canvas_put(canvas, area.x + 2, area.y + 2, 0x2713, INK_GOOD);
        canvas_text(canvas, area.x + 4, area.y + 2, area.width - 5, INK_TEXT,
                    "Nothing was found in what the scenario says.");
        return;
    }
    if (s->made && s->list.count == 0)
        canvas_format(canvas, area.x + 2, area.y + 2, area.width - 3, INK_DIM,
                      "no finding contains \"%s\"", s->filter.text ? s->filter.text : "");
    int first = list_first(&s->list, rows.height);
    for (int i = 0; i < rows.height && first + i < item_count(s); i++) {
        struct area row = {rows.x, rows.y + i, rows.width - 1, 1};
        view_item(canvas, row, item_at(s, first + i));
        if (first + i == s->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, item_count(s));
    view_meaning(s, canvas, detail);
}

static void check_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct finding_item *item = selected(state);
    (void)app;
    if (item)
        snprintf(buffer, size, "%s, %s", finding_word(item->finding), item->place);
    filter_tell(&((const struct check_screen *)state)->filter, buffer, size);
}

const struct screen screen_check = {
    .title = "Check",
    .keys = check_keys,
    .init = check_init,
    .update = check_update,
    .view = check_view,
    .done = check_done,
    .where = check_where,
};
