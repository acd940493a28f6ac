#include "tui/app.h"

#include <stdlib.h>
#include <string.h>

#include "data/capacity_tables.h"
#include "tui/format.h"
#include "tui/list.h"
#include "tui/popup.h"

#define LIST_WIDTH   26
#define LABEL_WIDTH  13
#define COLUMN_WIDTH 10

struct tables_screen {
    struct capacity_tables *tables; /* owned */
    struct list list;               /* of tables */
    int peers;
    enum redundancy rule;
    int first_column; /* platforms are scrolled sideways when they do not fit */
    int other;        /* the table compared with, -1: none */
};

enum { MORE_PEERS = 1, FEWER_PEERS, NEXT_RULE, MARK, SOURCE };

static const struct key_binding tables_keys[] = {
    {{'+', '='}, MORE_PEERS, "More peers", "one peer more in the cluster", NULL},
    {{'-'}, FEWER_PEERS, "Fewer", "one peer fewer", NULL},
    {{'r'}, NEXT_RULE, "Rule", "the next redundancy rule", NULL},
    {{'d'},
     MARK,
     "Difference",
     "compare: d on one table, then move to the other; d again ends it",
     NULL},
    {{PRESS_ENTER, '\n'}, SOURCE, "Source", "the document behind the figures, and its notes", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

static const struct capacity_table *table_at(const struct tables_screen *s, int index)
{
    return capacity_tables_at(s->tables, (size_t)index);
}

static void tables_done(void *state)
{
    struct tables_screen *s = state;
    if (s)
        capacity_tables_free(s->tables);
    free(s);
}

/* Opens on the scenario's own table and the rule and size of its first cluster. */
static void *tables_init(struct app *app)
{
    struct tables_screen *s = calloc(1, sizeof *s);
    struct errors errors;
    errors_init(&errors);
    if (s)
        s->tables = capacity_tables_new(&errors);
    errors_release(&errors);
    if (!s || !s->tables) {
        tables_done(s);
        return NULL;
    }
    const struct scenario *scenario = &app->session->scenario;
    s->other = -1;
    s->peers = scenario->cluster_count ? (int)scenario->clusters[0].peer_count : 4;
    s->rule = scenario->cluster_count ? scenario->clusters[0].redundancy : REDUNDANCY_4_1;
    s->list.count = (int)capacity_tables_count(s->tables);
    for (int i = 0; i < s->list.count; i++)
        if (scenario->table && !strcmp(table_at(s, i)->name, scenario->table))
            s->list.cursor = i;
    return s;
}

static int tables_height(const struct app *app)
{
    return app_body(app).height - 1;
}

/* Platforms of a table that have figures for one node, in its order. */
static int table_platforms(const struct capacity_table *table, const char **names, int room)
{
    int count = 0;
    for (size_t i = 0; i < table->row_count && count < room; i++)
        if (table->rows[i].peers == 1)
            names[count++] = table->rows[i].platform;
    return count;
}

static void show_source(struct tables_screen *s, struct app *app)
{
    const struct capacity_table *t = table_at(s, s->list.cursor);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return;
    fprintf(out, "Document  %s\nRelease   %s\nDate      %s\nScope     %s%s\n\n", t->document,
            t->release, *t->updated ? t->updated : "not stated",
            t->scope == CAPACITY_NODE          ? "figures of one node"
            : t->scope == CAPACITY_RECOMMENDED ? "recommendation"
                                               : "upper limit",
            t->fast_path ? ", fast path registration on" : "");
    for (size_t i = 0; i < t->row_count; i++)
        if (*t->rows[i].note)
            fprintf(out, "%s, %d peer%s: %s\n", t->rows[i].platform, t->rows[i].peers,
                    t->rows[i].peers == 1 ? "" : "s", t->rows[i].note);
    fputs("\nFigures are guidelines, not guaranteed. A cluster carries the\nfactor of its rule "
          "times one node.",
          out);
    fclose(out);
    if (text)
        app_push(app, &popup_text, text_popup_new(t->name, text), 0);
    free(text);
}

static void tables_act(struct tables_screen *s, struct app *app, int action)
{
    int most = CLUSTER_PEERS_MAX;
    switch (action) {
    case MORE_PEERS:
        s->peers += s->peers < most;
        break;
    case FEWER_PEERS:
        s->peers -= s->peers > 1;
        break;
    case NEXT_RULE:
        s->rule = (enum redundancy)((s->rule + 1) % REDUNDANCY_COUNT);
        break;
    case MARK:
        s->other = s->other < 0 ? s->list.cursor : -1;
        break;
    case SOURCE:
        show_source(s, app);
        break;
    case MOVE_LEFT:
        s->first_column -= s->first_column > 0;
        break;
    case MOVE_RIGHT:
        s->first_column++;
        break;
    default:
        list_move(&s->list, action, tables_height(app));
        break;
    }
    const char *names[64];
    int columns = table_platforms(table_at(s, s->list.cursor), names, 64);
    if (s->first_column >= columns)
        s->first_column = columns > 0 ? columns - 1 : 0;
}

static bool tables_match(const void *context, int row, const char *pattern)
{
    const struct tables_screen *s = context;
    const struct capacity_table *t = table_at(s, row);
    return text_matches(t->name, pattern) || text_matches(t->document, pattern);
}

static void tables_update(void *state, struct app *app, const struct event *event)
{
    struct tables_screen *s = state;
    if (event->kind == EVENT_PRESS)
        tables_act(s, app, event->action);
    else if (event->kind == EVENT_ROW)
        list_select(&s->list, event->row, tables_height(app));
    else if (event->kind == EVENT_RESIZE)
        list_resize(&s->list, s->list.count, tables_height(app));
    else if (event->kind == EVENT_SEARCH) {
        int row = list_search(&s->list, app->search, event->row < 0, tables_match, s);
        if (row >= 0)
            list_select(&s->list, row, tables_height(app));
        else
            app_say(app, INK_WARN, "no table matches \"%s\"", app->search);
    }
}

static void view_list(const struct tables_screen *s, struct canvas *canvas, struct area area)
{
    canvas_heading(canvas, area.x, area.y, area.width, "Tables");
    struct area rows = {area.x, area.y + 1, area.width, area.height - 1};
    int first = list_first(&s->list, rows.height);
    for (int i = 0; i < rows.height && first + i < s->list.count; i++) {
        struct area row = {rows.x, rows.y + i, rows.width - 1, 1};
        bool marked = first + i == s->other;
        canvas_text(canvas, row.x + 1, row.y, row.width - 1, INK_TEXT,
                    table_at(s, first + i)->name);
        if (marked)
            canvas_put(canvas, row.x, row.y, 'A', INK_ACCENT);
        if (first + i == s->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, s->list.count);
}

/* A figure of a cluster of the size chosen; CAPACITY_NOT_STATED when the table is silent or lacks
 * the platform. */
static int64_t figure(const struct tables_screen *s, const struct capacity_table *table,
                      const char *platform, enum capacity_resource resource)
{
    const struct capacity_row *node = capacity_table_row(table, platform, 1);
    return node ? capacity_row_cluster(node, s->rule, s->peers, resource) : CAPACITY_NOT_STATED;
}

static void view_figure(const struct tables_screen *s, struct canvas *canvas, int x, int y,
                        const struct capacity_table *table, const char *platform,
                        enum capacity_resource resource)
{
    char text[FIGURE];
    int64_t value = figure(s, table, platform, resource);
    enum ink ink = INK_TEXT;
    if (value == CAPACITY_NOT_STATED) {
        snprintf(text, sizeof text, "-");
        ink = INK_DIM;
    } else {
        format_count(text, sizeof text, value);
    }
    if (s->other >= 0 && s->other != s->list.cursor) {
        int64_t before = figure(s, table_at(s, s->other), platform, resource);
        bool known = value != CAPACITY_NOT_STATED && before != CAPACITY_NOT_STATED;
        ink = known && value != before ? (value > before ? INK_GOOD : INK_WARN) : INK_DIM;
        if (known)
            snprintf(text, sizeof text, value == before ? "=" : "%+lld",
                     (long long)(value - before));
    }
    canvas_right(canvas, x, y, COLUMN_WIDTH, ink, text);
}

static void view_grid(const struct tables_screen *s, struct canvas *canvas, struct area area,
                      const struct capacity_table *table)
{
    static const char *const labels[CAPACITY_RESOURCE_COUNT] = {
        "registrations", "video calls",  "audio calls", "MRA video",
        "RMS",           "MRA registr.", "TURN relays"};
    const char *names[64];
    int count = table_platforms(table, names, 64);
    int fit = (area.width - LABEL_WIDTH) / COLUMN_WIDTH;
    for (int c = 0; c < fit && s->first_column + c < count; c++) {
        const char *name = names[s->first_column + c];
        int x = area.x + LABEL_WIDTH + c * COLUMN_WIDTH;
        canvas_right(canvas, x, area.y, COLUMN_WIDTH, INK_STRONG, name);
        for (int r = 0; r < CAPACITY_RESOURCE_COUNT; r++)
            view_figure(s, canvas, x, area.y + 1 + r, table, name, (enum capacity_resource)r);
    }
    for (int r = 0; r < CAPACITY_RESOURCE_COUNT; r++)
        canvas_text(canvas, area.x, area.y + 1 + r, LABEL_WIDTH, INK_DIM, labels[r]);
    if (count - s->first_column > fit && fit > 0)
        canvas_put(canvas, area.x + area.width - 1, area.y - 1, 0x25B6, INK_ACCENT);
    if (s->first_column > 0)
        canvas_put(canvas, area.x + LABEL_WIDTH - 1, area.y - 1, 0x2190, INK_ACCENT);
}

static void view_cluster_line(const struct tables_screen *s, struct canvas *canvas,
                              struct area area)
{
    int factor = capacity_factor(s->rule, s->peers, false);
    canvas_format(canvas, area.x, area.y, area.width, INK_TEXT,
                  "%d peer%s, rule %s: %d times one node", s->peers, s->peers == 1 ? "" : "s",
                  redundancy_name(s->rule), factor);
    if (capacity_outside_rule(s->rule, s->peers))
        canvas_text(canvas, area.x, area.y + 1, area.width, INK_WARN,
                    "more peers than the rule covers: adds nothing");
    else if (s->other >= 0)
        canvas_format(canvas, area.x, area.y + 1, area.width, INK_ACCENT, "difference from A, %s",
                      table_at(s, s->other)->name);
    else
        canvas_text(canvas, area.x, area.y + 1, area.width, INK_DIM,
                    "small-vm: one node under every rule");
}

/* All rules for the platform in view, so that a glance tells what another peer would bring. */
static void view_rules(const struct tables_screen *s, struct canvas *canvas, struct area area)
{
    if (area.height < REDUNDANCY_COUNT + 2)
        return;
    canvas_text(canvas, area.x, area.y, LABEL_WIDTH, INK_STRONG, "peers");
    for (int p = 1; p <= CLUSTER_PEERS_MAX; p++) {
        char text[FIGURE];
        snprintf(text, sizeof text, "%d", p);
        canvas_right(canvas, area.x + LABEL_WIDTH + (p - 1) * 5, area.y, 5, INK_STRONG, text);
        for (int r = 0; r < REDUNDANCY_COUNT; r++) {
            bool on = p == s->peers && r == (int)s->rule;
            snprintf(text, sizeof text, "%d", capacity_factor((enum redundancy)r, p, false));
            canvas_right(canvas, area.x + LABEL_WIDTH + (p - 1) * 5, area.y + 1 + r, 5,
                         on ? INK_ACCENT : INK_TEXT, text);
            if (on)
                canvas_put(canvas, area.x + LABEL_WIDTH + (p - 1) * 5 + 3, area.y + 1 + r, 0x25B8,
                           INK_ACCENT);
        }
    }
    for (int r = 0; r < REDUNDANCY_COUNT; r++)
        canvas_text(canvas, area.x, area.y + 1 + r, LABEL_WIDTH,
                    r == (int)s->rule ? INK_ACCENT : INK_DIM, redundancy_name((enum redundancy)r));
}

static void tables_view(const void *state, const struct app *app, struct canvas *canvas,
                        struct area area)
{
    (void)app;
    const struct tables_screen *s = state;
    const struct capacity_table *table = table_at(s, s->list.cursor);
    int left = area.width < 70 ? 22 : LIST_WIDTH;
    view_list(s, canvas, (struct area){area.x, area.y, left, area.height});
    canvas_heading(canvas, area.x + left, area.y, area.width - left, table->name);
    struct area right = {area.x + left + 1, area.y, area.width - left - 1, area.height};
    canvas_text(canvas, right.x, right.y + 1, right.width, INK_DIM, table->document);
    struct area line = {right.x, right.y + 2, right.width, 2};
    view_cluster_line(s, canvas, line);
    view_grid(s, canvas, (struct area){right.x, right.y + 5, right.width, 8}, table);
    view_rules(s, canvas, (struct area){right.x, right.y + 14, right.width, right.height - 14});
}

static void tables_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct tables_screen *s = state;
    (void)app;
    snprintf(buffer, size, "%s", table_at(s, s->list.cursor)->name);
}

const struct screen screen_tables = {
    .where = tables_where,
    .title = "Tables",
    .keys = tables_keys,
    .init = tables_init,
    .update = tables_update,
    .view = tables_view,
    .done = tables_done,
};
