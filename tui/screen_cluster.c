#include "tui/app.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/sentence.h"
#include "model/licences.h"
#include "model/limits.h"
#include "tui/alarms.h"
#include "tui/details.h"
#include "tui/filter.h"
#include "tui/format.h"
#include "tui/history.h"
#include "tui/list.h"
#include "tui/popup.h"
#include "tui/verdict.h"
#include "tui/widgets.h"

/* The screen is one list of rows: each cluster with its peers, cap and pools, then the classes,
 * then the alarms. */
enum row_kind {
    ROW_CLUSTER,
    ROW_PEER,
    ROW_CAP,
    ROW_POOL,
    ROW_BLANK,
    ROW_CLASSES,
    ROW_CLASS,
    ROW_ALARMS,
    ROW_ALARM,
    ROW_NOTES,
    ROW_NOTE
};

struct row {
    enum row_kind kind;
    uint32_t index; /* cluster, peer or class; of an alarm its first place in `alarms` */
    enum licence licence;
};

struct cluster_screen {
    struct row *rows; /* owned */
    struct list list;
    struct alarm_seen *alarms; /* owned */
    size_t alarm_count;
    bool busiest_first;   /* peers and classes; else in the order of the file */
    struct filter filter; /* of the names of peers and classes */
};

enum { KILL = 1, MAINTAIN, DETAILS, ORDER, FILTER, ASKED_FILTER };

static const struct key_binding cluster_keys[] = {
    {{'k'},
     KILL,
     "Kill",
     "kill the selected peer, or bring it back (up is the arrow key here)",
     NULL},
    {{'m'}, MAINTAIN, "Maintenance", "put the selected peer in maintenance, or take it out", NULL},
    {{PRESS_ENTER, '\n'},
     DETAILS,
     "Details",
     "what is behind the row: a cluster, a peer, a class, an alarm, a note",
     NULL},
    {{'o'}, ORDER, "Order", "peers and classes as in the file, or busiest first", NULL},
    {{'f', '\\'}, FILTER, "Filter", "only peers and classes whose name contains a text", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

/* ---- Rows ---- */

static int screen_height(const struct app *app)
{
    int height = app_body(app).height;
    return height - verdict_lines(height);
}

static void add_row(struct cluster_screen *s, enum row_kind kind, uint32_t index,
                    enum licence licence)
{
    s->rows[s->list.count++] = (struct row){kind, index, licence};
}

static bool named(const struct cluster_screen *s, const char *name)
{
    return filter_keeps(&s->filter, name);
}

/* How a peer or a class is ordered: what it carries, what is refused. */
static double busyness(const struct app *app, struct row row)
{
    const struct session *session = app->session;
    const struct standing *known = session->stale ? NULL : session->standing;
    if (!known)
        return 0;
    if (row.kind == ROW_PEER)
        return figure_best(&known->figures.peers[row.index]);
    const struct judged *judged = standing_class(&known->answer, row.index);
    return judged ? judged->value.value : 0;
}

/* Equal ones stay in the order of the file: rows are few, and each is put behind those before it.
 */
static void order_rows(struct cluster_screen *s, const struct app *app, int from)
{
    for (int i = from + 1; s->busiest_first && i < s->list.count; i++) {
        struct row row = s->rows[i];
        double own = busyness(app, row);
        int at = i;
        for (; at > from && busyness(app, s->rows[at - 1]) < own; at--)
            s->rows[at] = s->rows[at - 1];
        s->rows[at] = row;
    }
}

static void add_cluster(struct cluster_screen *s, const struct app *app, uint32_t index)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct cluster *cluster = &scenario->clusters[index];
    add_row(s, ROW_CLUSTER, index, 0);
    int from = s->list.count;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        if (named(s, scenario->peers[cluster->first_peer + i].name))
            add_row(s, ROW_PEER, cluster->first_peer + i, 0);
    order_rows(s, app, from);
    add_row(s, ROW_CAP, index, 0);
    for (int l = 0; l < LICENCE_COUNT; l++)
        if (cluster->licensed[l])
            add_row(s, ROW_POOL, index, (enum licence)l);
    add_row(s, ROW_BLANK, 0, 0);
}

/* The busiest first costs a look at every pair: beyond this many classes the file's order stays. */
#define ORDERED_MOST 2000

static void add_classes(struct cluster_screen *s, const struct app *app)
{
    const struct scenario *scenario = &app->session->scenario;
    add_row(s, ROW_CLASSES, 0, 0);
    int from = s->list.count;
    for (uint32_t i = 0; i < scenario->class_count; i++)
        if (named(s, scenario->classes[i].name))
            add_row(s, ROW_CLASS, i, 0);
    if (s->list.count - from <= ORDERED_MOST)
        order_rows(s, app, from);
}

static bool selectable(enum row_kind kind)
{
    return kind == ROW_CLUSTER || kind == ROW_PEER || kind == ROW_CLASS || kind == ROW_ALARM ||
           kind == ROW_NOTE;
}

/* The cursor goes to the nearest row it may stand on in a direction, else the other way. */
static void settle(struct cluster_screen *s, int direction, int height)
{
    for (int turn = 0; turn < 2; turn++, direction = -direction)
        for (int i = s->list.cursor; i >= 0 && i < s->list.count; i += direction)
            if (selectable(s->rows[i].kind)) {
                list_select(&s->list, i, height);
                if (s->list.cursor == 1) /* the heading above the first peer stays in view */
                    s->list.top = 0;
                return;
            }
}

static void gather(struct cluster_screen *s, const struct app *app)
{
    const struct scenario *scenario = &app->session->scenario;
    size_t most = (size_t)scenario->cluster_count * (CLUSTER_PEERS_MAX + LICENCE_COUNT + 3) +
                  scenario->peer_count + scenario->class_count + scenario->note_count + 8;
    int cursor = s->list.cursor, top = s->list.top;
    struct row here = cursor < s->list.count ? s->rows[cursor] : (struct row){ROW_BLANK, 0, 0};
    free(s->alarms);
    s->alarms = alarms_seen(app->session->results, &s->alarm_count);
    free(s->rows);
    s->rows = calloc(most + s->alarm_count, sizeof *s->rows);
    s->list = (struct list){.cursor = cursor, .top = top};
    if (!s->rows)
        return;
    for (uint32_t i = 0; i < scenario->cluster_count; i++)
        add_cluster(s, app, i);
    add_classes(s, app);
    if (s->alarm_count) {
        add_row(s, ROW_BLANK, 0, 0);
        add_row(s, ROW_ALARMS, 0, 0);
    }
    for (size_t i = 0; i < s->alarm_count; i++)
        add_row(s, ROW_ALARM, (uint32_t)i, 0);
    add_row(s, ROW_BLANK, 0, 0);
    add_row(s, ROW_NOTES, 0, 0);
    for (uint32_t i = 0; i <= scenario->note_count; i++)
        add_row(s, ROW_NOTE, i, 0);
    for (int i = 0; selectable(here.kind) && i < s->list.count; i++)
        if (s->rows[i].kind == here.kind && s->rows[i].index == here.index)
            s->list.cursor = i;
    list_resize(&s->list, s->list.count, screen_height(app));
    settle(s, 1, screen_height(app));
}

static void *cluster_init(struct app *app)
{
    struct cluster_screen *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->list.cursor = 1; /* the first peer, below the heading of its cluster */
    gather(s, app);
    return s;
}

static void cluster_done(void *state)
{
    struct cluster_screen *s = state;
    if (!s)
        return;
    free(s->alarms);
    filter_release(&s->filter);
    free(s->rows);
    free(s);
}

/* ---- Update ---- */

static bool selected_peer(const struct cluster_screen *s, uint32_t *peer)
{
    if (s->list.cursor >= s->list.count || s->rows[s->list.cursor].kind != ROW_PEER)
        return false;
    *peer = s->rows[s->list.cursor].index;
    return true;
}

static void toggle(struct cluster_screen *s, struct app *app, enum peer_state state)
{
    uint32_t peer;
    if (!selected_peer(s, &peer)) {
        app_say(app, INK_DIM, "move to a peer first");
        return;
    }
    enum peer_state next = app->session->states[peer] == state ? PEER_UP : state;
    const char *name = app->session->scenario.peers[peer].name;
    session_set_peer(app->session, peer, next);
    if (next == PEER_UP)
        app_say(app, INK_GOOD, "%s is back", name);
    else if (next == PEER_DOWN)
        app_say(app, INK_BAD, "%s is killed: k brings it back", name);
    else
        app_say(app, INK_WARN, "%s is in maintenance, it takes no new calls: m ends it", name);
    app_changed(app);
}

static const char *note_text(const struct scenario *scenario, uint32_t index, char *buffer,
                             size_t size)
{
    if (index > 0)
        return scenario->notes[index - 1];
    snprintf(buffer, size, "table %s: guideline figures, not guaranteed", scenario->table);
    return buffer;
}

/* Enter: what there is to say about the row under the cursor. */
static void details(const struct cluster_screen *s, struct app *app)
{
    char *text = NULL, note[160];
    size_t size = 0;
    FILE *out = s->list.cursor < s->list.count ? open_memstream(&text, &size) : NULL;
    if (!out)
        return;
    struct row row = s->rows[s->list.cursor];
    const char *title = row.kind == ROW_PEER      ? "Peer"
                        : row.kind == ROW_CLUSTER ? "Cluster"
                        : row.kind == ROW_CLASS   ? app->session->scenario.classes[row.index].name
                        : row.kind == ROW_ALARM   ? "Alarm"
                                                  : "Note";
    if (row.kind == ROW_PEER)
        details_peer(app->session, row.index, out);
    else if (row.kind == ROW_CLUSTER)
        details_cluster(app->session, row.index, out);
    else if (row.kind == ROW_CLASS)
        details_class(app->session, row.index, out);
    else if (row.kind == ROW_ALARM)
        details_alarm(app->session, &s->alarms[row.index], out);
    else if (row.kind == ROW_NOTE)
        fputs(note_text(&app->session->scenario, row.index, note, sizeof note), out);
    fclose(out);
    if (text)
        app_push(app, &popup_text, text_popup_new(title, text), 0);
    free(text);
}

static void cluster_press(struct cluster_screen *s, struct app *app, int action)
{
    int height = screen_height(app), before = s->list.cursor;
    if (action == KILL)
        toggle(s, app, PEER_DOWN);
    else if (action == MAINTAIN)
        toggle(s, app, PEER_MAINTENANCE);
    else if (action == DETAILS)
        details(s, app);
    else if (action == ORDER) {
        s->busiest_first = !s->busiest_first;
        gather(s, app);
        app_say(app, INK_TEXT, s->busiest_first ? "busiest first" : "in the order of the file");
    } else if (action == FILTER)
        filter_ask(app, &s->filter, "peers and classes whose name contains this; empty: all",
                   ASKED_FILTER);
    else if (list_move(&s->list, action, height))
        settle(s, s->list.cursor >= before ? 1 : -1, height);
}

static const char *row_name(const struct scenario *scenario, struct row row)
{
    return row.kind == ROW_PEER      ? scenario->peers[row.index].name
           : row.kind == ROW_CLUSTER ? scenario->clusters[row.index].name
           : row.kind == ROW_CLASS   ? scenario->classes[row.index].name
                                     : NULL;
}

struct searched_rows {
    const struct cluster_screen *screen;
    const struct app *app;
};

static bool row_match(const void *context, int row, const char *pattern)
{
    const struct searched_rows *in = context;
    struct row here = in->screen->rows[row];
    if (here.kind == ROW_ALARM)
        return text_matches(alarm_name(in->screen->alarms[here.index].id), pattern);
    return text_matches(row_name(&in->app->session->scenario, here), pattern);
}

static void cluster_search(struct cluster_screen *s, struct app *app, bool backwards)
{
    struct searched_rows in = {s, app};
    int row = list_search(&s->list, app->search, backwards, row_match, &in);
    if (row >= 0)
        list_select(&s->list, row, screen_height(app));
    else
        app_say(app, INK_WARN, "\"%s\" is not here", app->search);
}

static void cluster_update(void *state, struct app *app, const struct event *event)
{
    struct cluster_screen *s = state;
    switch (event->kind) {
    case EVENT_PRESS:
        cluster_press(s, app, event->action);
        break;
    case EVENT_ROW:
        list_select(&s->list, event->row, screen_height(app));
        settle(s, 1, screen_height(app));
        break;
    case EVENT_RESIZE:
    case EVENT_CHANGED:
    case EVENT_FOUND:
        gather(s, app);
        break;
    case EVENT_RETURN:
        filter_take(&s->filter, app);
        gather(s, app);
        break;
    case EVENT_SEARCH:
        cluster_search(s, app, event->row < 0);
        break;
    default:
        break;
    }
}

/* ---- View ---- */

/* Columns from the right edge, so that figures stand under each other on every width. Long names
 * take some of the gauge; where there is much room, the run stands behind it as a line. */
struct columns {
    int name, name_width, platform, gauge, gauge_width, load, rms, registrations;
    int history, history_width; /* 0: no room */
};

#define LOAD_WIDTH    14
#define RMS_WIDTH     7
#define REG_WIDTH     9
#define HISTORY_FROM  112 /* cells of a row */
#define GAUGE_LEAST   14
#define PLATFORM_CELL 12

static int longest_peer(const struct scenario *scenario)
{
    int longest = 10;
    for (uint32_t i = 0; i < scenario->peer_count; i++) {
        int width = text_width(scenario->peers[i].name);
        longest = width > longest ? width : longest;
    }
    return longest;
}

static struct columns columns_of(const struct scenario *scenario, struct area area)
{
    struct columns c = {.name = area.x + 3};
    bool platforms = area.width >= 76;
    c.registrations = area.x + area.width - REG_WIDTH - 1;
    c.rms = c.registrations - RMS_WIDTH;
    c.load = c.rms - LOAD_WIDTH;
    int most = c.load - c.name - GAUGE_LEAST - 1 - (platforms ? PLATFORM_CELL : 0);
    if (area.width >= HISTORY_FROM)
        most /= 2;
    c.name_width = longest_peer(scenario);
    c.name_width = c.name_width < most ? c.name_width : most;
    c.platform = platforms ? c.name + c.name_width + 1 : -1;
    c.gauge = c.name + c.name_width + 1 + (platforms ? PLATFORM_CELL : 0);
    c.gauge_width = c.load - c.gauge;
    if (area.width >= HISTORY_FROM) {
        c.history_width = c.gauge_width * 3 / 5;
        c.history = c.load - c.history_width;
        c.gauge_width -= c.history_width + 2;
    }
    return c;
}

/* A thing of the run over time, where there is room for it. */
static void put_history(const struct app *app, struct canvas *canvas, const struct columns *c,
                        int y, const struct history *history)
{
    if (c->history_width)
        history_draw(canvas, (struct area){c->history, y, c->history_width, 1},
                     app->session->stale ? NULL : app->session->results, history);
}

static void put_of(struct canvas *canvas, int x, int y, int width, double value, double limit)
{
    char text[64], whole[FIGURE];
    format_figure(whole, sizeof whole, round(value), "");
    snprintf(text, sizeof text,
             isnan(limit) || limit >= (double)CAPACITY_UNLIMITED ? "%s" : "%s of %.0f", whole,
             limit);
    canvas_right(canvas, x, y, width, INK_TEXT, text);
}

static void put_load(struct canvas *canvas, const struct columns *c, int y, double value,
                     double limit)
{
    canvas_gauge(canvas, c->gauge, y, c->gauge_width, value, limit, widget_load_ink(value / limit));
    put_of(canvas, c->load, y, LOAD_WIDTH, value, limit);
}

static void put_figure(struct canvas *canvas, int x, int y, int width, double value)
{
    char text[FIGURE];
    format_figure(text, sizeof text, round(value), "");
    canvas_right(canvas, x, y, width, isnan(value) || value == 0 ? INK_DIM : INK_TEXT, text);
}

static void view_cluster(const struct app *app, struct canvas *canvas, struct area row,
                         const struct columns *c, uint32_t index)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct cluster *cluster = &scenario->clusters[index];
    struct platform node = scenario_cluster_node(scenario, index);
    char name[512], rest[160], text[700];
    snprintf(rest, sizeof rest, ": %u x %s, rule %s", cluster->peer_count,
             node.name ? node.name : "?", redundancy_name(cluster->redundancy));
    int room = (c->history_width ? c->history : c->load) - row.x - 4 - text_width(rest);
    snprintf(text, sizeof text, "%s%s",
             text_middle(cluster->name, room > 12 ? room : 12, name, sizeof name), rest);
    canvas_heading(canvas, row.x, row.y, row.width, text);
    if (c->history_width)
        canvas_column(canvas, c->history, row.y, 13, "over the run");
    canvas_column(canvas, c->load, row.y, LOAD_WIDTH, "busiest hour");
    canvas_column(canvas, c->rms, row.y, RMS_WIDTH, "RMS");
    canvas_column(canvas, c->registrations, row.y, REG_WIDTH, "regist.");
}

/* What is known of the present state; NULL: nothing yet. */
static const struct standing *standing_of(const struct app *app)
{
    const struct session *session = app->session;
    return session->stale ? NULL : session->standing;
}

static void view_peer(const struct app *app, struct canvas *canvas, struct area row,
                      const struct columns *c, uint32_t index)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct peer *peer = &scenario->peers[index];
    const struct standing *known = standing_of(app);
    enum peer_state state = app->session->states[index];
    widget_state(canvas, row.x + 1, row.y, state);
    canvas_name(canvas, c->name, row.y, c->name_width, INK_TEXT, peer->name);
    const char *shown =
        state == PEER_UP ? scenario->platforms[peer->platform].name : peer_state_name(state);
    if (c->platform >= 0)
        canvas_text(canvas, c->platform, row.y, 11, INK_DIM, shown);
    double limit = (double)scenario->platforms[peer->platform].units;
    if (state == PEER_UP)
        put_load(canvas, c, row.y, known ? figure_best(&known->figures.peers[index]) : NAN, limit);
    else
        canvas_right(canvas, c->load, row.y, LOAD_WIDTH, state == PEER_DOWN ? INK_BAD : INK_WARN,
                     peer_state_name(state));
    put_history(app, canvas, c, row.y, &(struct history){SCOPE_PEER, index, "units", limit, false});
    if (scenario->clusters[peer->cluster].licensed[LICENCE_RMS])
        put_figure(canvas, c->rms, row.y, RMS_WIDTH, (double)peer->licences[LICENCE_RMS]);
    put_figure(canvas, c->registrations, row.y, REG_WIDTH,
               known ? known->figures.registrations[index] : NAN);
}

/* Units that are left: the cap, or what the peers that take calls have together. */
static double units_left(const struct app *app, uint32_t index)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct cluster *cluster = &scenario->clusters[index];
    double cap = (double)scenario_cluster_units(scenario, index), up = 0;
    for (uint32_t p = cluster->first_peer; p < cluster->first_peer + cluster->peer_count; p++)
        if (app->session->states[p] == PEER_UP)
            up += (double)scenario->platforms[scenario->peers[p].platform].units;
    return fmin(cap, up);
}

static void view_cap(const struct app *app, struct canvas *canvas, int y, const struct columns *c,
                     uint32_t index)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct standing *known = standing_of(app);
    canvas_text(canvas, c->name, y, c->gauge - c->name - 1, INK_STRONG, "all peers");
    put_load(canvas, c, y, known ? figure_best(&known->figures.clusters[index]) : NAN,
             units_left(app, index));
    put_history(app, canvas, c, y,
                &(struct history){SCOPE_CLUSTER, index, "units", units_left(app, index), false});
    double registrations = 0;
    for (uint32_t i = 0; i < scenario->endpoints_count; i++)
        if (scenario->endpoints[i].cluster == index)
            registrations += (double)scenario->endpoints[i].count;
    put_figure(canvas, c->registrations, y, REG_WIDTH, registrations);
}

static void view_pool(const struct app *app, struct canvas *canvas, int y, const struct columns *c,
                      struct row row)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct standing *known = standing_of(app);
    uint32_t pool = row.index * LICENCE_COUNT + (uint32_t)row.licence;
    canvas_format(canvas, c->name, y, c->gauge - c->name - 1, INK_STRONG, "%s pool",
                  row.licence == LICENCE_RMS ? "RMS" : licence_name(row.licence));
    put_load(canvas, c, y, known ? figure_best(&known->figures.pools[pool]) : NAN,
             (double)limit_of_pool(scenario, row.index, row.licence));
    if (row.licence == LICENCE_RMS)
        put_history(app, canvas, c, y,
                    &(struct history){SCOPE_CLUSTER, row.index, "rms_in_use",
                                      (double)limit_of_pool(scenario, row.index, row.licence),
                                      false});
}

/* Calls refused: by formula with its badge, and simulated with its interval. */
struct class_columns {
    int name_width, history, history_width; /* 0: no room */
    int formula, formula_width, simulated, simulated_width;
};

static struct class_columns class_columns_of(struct area row)
{
    struct class_columns c = {.simulated_width = row.width < 76 ? 22 : row.width < 100 ? 26 : 31};
    c.formula_width = row.width < 76 ? 14 : 28;
    c.simulated = row.x + row.width - c.simulated_width - 1;
    c.formula = c.simulated - c.formula_width;
    c.name_width = c.formula - row.x - 4;
    if (row.width >= HISTORY_FROM) {
        c.history_width = c.name_width / 2;
        c.history = c.formula - c.history_width;
        c.name_width -= c.history_width + 1;
    }
    return c;
}

static void view_classes_head(struct canvas *canvas, struct area row)
{
    struct class_columns c = class_columns_of(row);
    canvas_heading(canvas, row.x, row.y, row.width, "Calls refused");
    canvas_column(canvas, c.simulated, row.y, c.simulated_width, "simulated, 95 %");
    canvas_column(canvas, c.formula, row.y, c.formula_width, "by formula");
    if (c.history_width)
        canvas_column(canvas, c.history, row.y, 30, "over the run, against the goal");
}

/* The share with its limits, or without them where those do not fit. */
static void put_share(struct canvas *canvas, int x, int y, int width, const struct judged *row)
{
    char share[SENTENCE_SIZE];
    enum ink ink = row->verdict == VERDICT_NO ? INK_BAD : INK_TEXT;
    judged_share(row, share);
    char *bracket = strstr(share, " (");
    if (text_width(share) > width && bracket)
        *bracket = '\0';
    canvas_right(canvas, x, y, width, ink, share);
}

/* With the badge where there is room for it. */
static void put_formula(struct canvas *canvas, int x, int y, int width, const struct judged *row)
{
    char share[SENTENCE_SIZE];
    const char *badge = row->basis == BASIS_ORIENTATION ? "orientation" : basis_name(row->basis);
    judged_share(row, share);
    char *bracket = strstr(share, " (");
    if (bracket)
        *bracket = '\0';
    if (width >= text_width(share) + text_width(badge) + 2) {
        canvas_right(canvas, x, y, width, INK_DIM, badge);
        width -= 12; /* the longest badge, and a blank */
    }
    canvas_right(canvas, x, y, width, row->verdict == VERDICT_NO ? INK_BAD : INK_TEXT, share);
}

static void view_class(const struct app *app, struct canvas *canvas, struct area row,
                       uint32_t index)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct standing *known = standing_of(app);
    struct class_columns c = class_columns_of(row);
    const struct judged *formula =
        known && known->has_estimate ? standing_class(&known->estimated, index) : NULL;
    const struct judged *simulated =
        known && known->replications ? standing_class(&known->answer, index) : NULL;
    const struct judged *best = simulated ? simulated : formula;
    if (best)
        canvas_put(canvas, row.x + 1, row.y, verdict_glyph(best->verdict),
                   verdict_ink(best->verdict));
    canvas_name(canvas, row.x + 3, row.y, c.name_width, INK_TEXT, scenario->classes[index].name);
    if (c.history_width)
        history_draw(canvas, (struct area){c.history, row.y, c.history_width, 1},
                     app->session->stale ? NULL : app->session->results,
                     &(struct history){SCOPE_CLASS, index, "blocked_fraction",
                                       scenario_class_goal(scenario, index), true});
    if (formula)
        put_formula(canvas, c.formula, row.y, c.formula_width, formula);
    if (simulated)
        put_share(canvas, c.simulated, row.y, c.simulated_width, simulated);
    else
        canvas_right(canvas, c.simulated, row.y, c.simulated_width, INK_DIM, "pending");
}

/* Where there is room, the middle of the first times stands behind the earliest. */
static int typical_width(struct area row)
{
    return row.width >= 99 ? 11 : 0;
}

static void view_alarms_head(struct canvas *canvas, struct area row)
{
    int right = row.x + row.width - typical_width(row);
    canvas_heading(canvas, row.x, row.y, row.width, "Alarms");
    canvas_column(canvas, right - 25, row.y, 12, "replications");
    canvas_column(canvas, right - 13, row.y, 12, "first");
    if (typical_width(row))
        canvas_column(canvas, right, row.y, typical_width(row) - 1, "typical");
}

static void view_alarm(const struct app *app, const struct cluster_screen *s, struct canvas *canvas,
                       struct area row, uint32_t index)
{
    const struct alarm_seen *a = &s->alarms[index];
    const struct scenario *scenario = &app->session->scenario;
    const char *who = a->peer != NONE      ? scenario->peers[a->peer].name
                      : a->cluster != NONE ? scenario->clusters[a->cluster].name
                                           : "";
    char clock[FIGURE];
    format_clock(clock, sizeof clock, &scenario->run, a->first);
    canvas_put(canvas, row.x + 1, row.y, 0x2022, INK_WARN);
    canvas_format(canvas, row.x + 3, row.y, 6, INK_WARN, "%d", a->id);
    int longest = longest_peer(scenario);
    int most = row.width >= HISTORY_FROM ? 32 : row.width >= 76 ? 13 : 10;
    int who_width = longest < most && row.width >= HISTORY_FROM ? longest : most;
    canvas_name(canvas, row.x + 9, row.y, who_width, INK_WARN, who);
    int x = row.x + 10 + who_width, right = row.x + row.width - typical_width(row);
    int end = canvas_text(canvas, x, row.y, right - 25 - x, INK_TEXT, alarm_name(a->id));
    for (int dot = end + 1; row.width >= HISTORY_FROM && dot < right - 20; dot++)
        canvas_put(canvas, dot, row.y, 0x00B7, INK_RULE);
    char text[FIGURE];
    snprintf(text, sizeof text, "%.0f %%", 100 * a->share);
    canvas_right(canvas, right - 25, row.y, 12, INK_TEXT, text);
    canvas_right(canvas, right - 13, row.y, 12, INK_DIM, clock);
    format_clock(clock, sizeof clock, &scenario->run, a->typical);
    if (typical_width(row))
        canvas_right(canvas, right, row.y, typical_width(row) - 1, INK_DIM, clock);
}

static void view_note(const struct app *app, struct canvas *canvas, struct area row, uint32_t index)
{
    char text[160];
    canvas_text(canvas, row.x + 3, row.y, row.width - 4, INK_DIM,
                note_text(&app->session->scenario, index, text, sizeof text));
}

static void view_row(const struct cluster_screen *s, const struct app *app, struct canvas *canvas,
                     struct area area, struct row row)
{
    struct columns c = columns_of(&app->session->scenario, area);
    switch (row.kind) {
    case ROW_CLUSTER:
        view_cluster(app, canvas, area, &c, row.index);
        break;
    case ROW_PEER:
        view_peer(app, canvas, area, &c, row.index);
        break;
    case ROW_CAP:
        view_cap(app, canvas, area.y, &c, row.index);
        break;
    case ROW_POOL:
        view_pool(app, canvas, area.y, &c, row);
        break;
    case ROW_CLASSES:
        view_classes_head(canvas, area);
        break;
    case ROW_CLASS:
        view_class(app, canvas, area, row.index);
        break;
    case ROW_ALARMS:
        view_alarms_head(canvas, area);
        break;
    case ROW_ALARM:
        view_alarm(app, s, canvas, area, row.index);
        break;
    case ROW_NOTES:
        canvas_heading(canvas, area.x, area.y, area.width, "Notes");
        break;
    case ROW_NOTE:
        view_note(app, canvas, area, row.index);
        break;
    case ROW_BLANK:
        break;
    }
}

static void cluster_view(const void *state, const struct app *app, struct canvas *canvas,
                         struct area area)
{
    const struct cluster_screen *s = state;
    int lines = verdict_lines(area.height);
    verdict_draw(canvas, (struct area){area.x + 1, area.y, area.width - 2, lines}, app->session);
    struct area rows = {area.x, area.y + lines, area.width, screen_height(app)};
    int first = list_first(&s->list, rows.height);
    for (int i = 0; i < rows.height && first + i < s->list.count; i++) {
        struct area row = {rows.x, rows.y + i, rows.width - 1, 1};
        view_row(s, app, canvas, row, s->rows[first + i]);
        if (first + i == s->list.cursor && selectable(s->rows[first + i].kind))
            canvas_tint(canvas, row, INK_SELECTED);
        if (selectable(s->rows[first + i].kind))
            canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, s->list.count);
}

static void cluster_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct cluster_screen *s = state;
    const struct scenario *scenario = &app->session->scenario;
    struct row row =
        s->list.cursor < s->list.count ? s->rows[s->list.cursor] : (struct row){ROW_BLANK, 0, 0};
    if (row.kind == ROW_PEER)
        snprintf(buffer, size, "%s of %s", scenario->peers[row.index].name,
                 scenario->clusters[scenario->peers[row.index].cluster].name);
    else if (row.kind == ROW_CLUSTER)
        snprintf(buffer, size, "%s", scenario->clusters[row.index].name);
    else if (row.kind == ROW_CLASS)
        snprintf(buffer, size, "%s", scenario->classes[row.index].name);
    else if (row.kind == ROW_ALARM)
        snprintf(buffer, size, "alarm %d", s->alarms[row.index].id);
    filter_tell(&s->filter, buffer, size);
}

const struct screen screen_cluster = {
    .where = cluster_where,
    .title = "Cluster",
    .keys = cluster_keys,
    .init = cluster_init,
    .update = cluster_update,
    .view = cluster_view,
    .done = cluster_done,
};
