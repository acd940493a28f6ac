#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app.h"
#include "tui/format.h"
#include "tui/list.h"
#include "tui/popup.h"
#include "tui/verdict.h"

/* The smallest designs that carry the load of the present state, best first, as they are found. */
struct size_screen {
    struct list list;
};

enum { TAKE = 1, PIN, SPARE_MORE, SPARE_LESS, PEERS, CLUSTERS, PLATFORM, ALL, ASKED_PLATFORM };

static const struct design_news *shown(const struct app *app)
{
    const struct design_news *news = app->designs;
    bool present = news && news->generation == app->session->generation &&
                   design_choice_same(&news->choice, &app->choice);
    return present ? news : NULL;
}

static const char *refuse_empty(const struct app *app)
{
    const struct design_news *news = shown(app);
    return news && news->designs.count ? NULL : "no design is found yet";
}

static const struct key_binding size_keys[] = {
    {{PRESS_ENTER, '\n'},
     TAKE,
     "Take it",
     "turn the scenario into this design; can be undone",
     refuse_empty},
    {{'p'}, PIN, "Pin", "pin the scenario with this design, to compare", refuse_empty},
    {{'+'}, SPARE_MORE, "Spare", "size for 5 % more load", NULL},
    {{'-'}, SPARE_LESS, NULL, "size for 5 % less load", NULL},
    {{'o'}, PEERS, "Peers", "most peers of a cluster: 1 to 6", NULL},
    {{'c'}, CLUSTERS, "Clusters", "most clusters that share the load: 1 to 8", NULL},
    {{'f', '\\'}, PLATFORM, "Platform", "one platform only, or all of the table", NULL},
    {{'a'}, ALL, "All", "show or hide dominated designs", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

static void *size_init(struct app *app)
{
    (void)app;
    return calloc(1, sizeof(struct size_screen));
}

static int rows_height(const struct app *app)
{
    int height = app_body(app).height;
    return height - 3 - (height >= 17);
}

/* ---- Update ---- */

static void ask_again(struct app *app)
{
    app->effects |= EFFECT_DESIGN;
}

/* Asked for when it is looked at; goes on while one looks elsewhere. */
static void want(struct app *app)
{
    if (app->current == SCREEN_SIZE && !shown(app))
        ask_again(app);
}

static void take(struct size_screen *s, struct app *app, bool pin)
{
    const struct design_news *news = shown(app);
    char name[DESIGN_WORDS_SIZE], what[DESIGN_WORDS_SIZE + 64];
    struct errors errors;
    if (!news || s->list.cursor >= (int)news->designs.count)
        return;
    size_t number = (size_t)s->list.cursor;
    const struct design *d = &news->designs.items[number];
    design_name(news, number, name);
    snprintf(what, sizeof what, "design %s, %lld RMS", name, (long long)d->rms);
    errors_init(&errors);
    char *text = design_text(app->session, news, number, &errors);
    bool ok = text && session_replace(app->session, text, what, &errors);
    if (!ok)
        app_say(app, INK_BAD, "not taken: %s",
                errors.count ? errors.items[0].message : "it cannot be built");
    errors_release(&errors);
    if (!ok)
        return;
    if (!pin) {
        app_changed(app);
        app_say(app, INK_GOOD, "%s is taken: u brings back what was here", what);
        return;
    }
    char letter = session_pin(app->session);
    session_undo(app->session);
    app_changed(app);
    app_pins_changed(app);
    if (letter)
        app_say(app, INK_GOOD, "%s is pin %c: F7 compares", what, letter);
    else
        app_say(app, INK_WARN, "there is room for four pins: x on F7 removes one");
}

static void ask_platform(struct app *app)
{
    const struct design_news *news = app->designs;
    const char *words[DESIGN_PLATFORMS_MAX + 2] = {"all of the table"};
    for (size_t i = 0; news && i < news->platform_count; i++)
        words[i + 1] = news->platforms[i];
    app_push(app, &popup_choice,
             choice_new("Platforms", "that designs may be built of", words, app->choice.platform),
             ASKED_PLATFORM);
}

static void change(struct app *app, int action)
{
    struct design_choice *c = &app->choice;
    if (action == SPARE_MORE && c->spare < 500)
        c->spare += 5;
    else if (action == SPARE_LESS && c->spare > 0)
        c->spare -= 5;
    else if (action == PEERS)
        c->peers_most = c->peers_most ? c->peers_most - 1 : CLUSTER_PEERS_MAX - 1;
    else if (action == CLUSTERS)
        c->clusters_most = c->clusters_most == 1 ? 2 : c->clusters_most == 2 ? 0 : 1;
    else if (action == ALL)
        c->all = !c->all;
    else
        return;
    ask_again(app);
}

static void size_press(struct size_screen *s, struct app *app, int action)
{
    if (action == TAKE || action == PIN)
        take(s, app, action == PIN);
    else if (action == PLATFORM)
        ask_platform(app);
    else if (action > 0 && action < ASKED_PLATFORM)
        change(app, action);
    else
        list_move(&s->list, action, rows_height(app));
}

static void size_update(void *state, struct app *app, const struct event *event)
{
    struct size_screen *s = state;
    const struct design_news *news = shown(app);
    if (news)
        list_resize(&s->list, (int)news->designs.count, rows_height(app));
    switch (event->kind) {
    case EVENT_SHOW:
    case EVENT_CHANGED:
        want(app);
        break;
    case EVENT_ROW:
        list_select(&s->list, event->row, rows_height(app));
        break;
    case EVENT_PRESS:
        size_press(s, app, event->action);
        break;
    case EVENT_RETURN:
        app->choice.platform = event->row;
        ask_again(app);
        break;
    case EVENT_SEARCH:
        app_say(app, INK_DIM, "f limits the designs to one platform");
        break;
    default:
        break;
    }
}

/* ---- View ---- */

/* Columns from the right edge; -1: there is no room for it. */
struct columns {
    int name, rms, now, down, spare, known, binding, licences;
};

#define RMS_WIDTH   7
#define SHARE_WIDTH 10
#define SPARE_WIDTH 8
#define KNOWN_WIDTH 12

static struct columns columns_of(struct area area)
{
    struct columns c = {.name = area.x + 3, .binding = -1, .licences = -1};
    int x = area.x + area.width - 1;
    if (area.width >= 76)
        x = c.known = x - KNOWN_WIDTH;
    else
        c.known = -1;
    if (area.width >= 120)
        x = c.binding = x - 20;
    x = c.spare = x - SPARE_WIDTH;
    x = c.down = x - SHARE_WIDTH;
    x = c.now = x - SHARE_WIDTH;
    if (area.width >= 120)
        x = c.licences = x - 18;
    c.rms = x - RMS_WIDTH;
    return c;
}

static enum verdict verdict_of(const struct design *d)
{
    return d->refuted            ? VERDICT_NO
           : d->confirmed        ? VERDICT_YES
           : design_may_claim(d) ? VERDICT_YES
                                 : VERDICT_CANNOT_TELL;
}

static const char *known_by(const struct design *d)
{
    return d->confirmed || d->refuted      ? "simulated"
           : d->basis == BASIS_ORIENTATION ? "to simulate"
                                           : basis_name(d->basis);
}

static void put_share(struct canvas *canvas, int x, int y, double share)
{
    char text[FIGURE];
    format_percent(text, sizeof text, share);
    canvas_right(canvas, x, y, SHARE_WIDTH - 1, INK_TEXT, isnan(share) ? "-" : text);
}

static void view_design(struct canvas *canvas, struct area row, const struct columns *c,
                        const struct design_news *news, size_t number)
{
    const struct design *d = &news->designs.items[number];
    char name[DESIGN_WORDS_SIZE], text[DESIGN_WORDS_SIZE + 64];
    enum verdict verdict = verdict_of(d);
    canvas_put(canvas, row.x + 1, row.y, verdict_glyph(verdict), verdict_ink(verdict));
    snprintf(text, sizeof text, "%s, %s%s", design_name(news, number, name),
             redundancy_name(d->redundancy), d->nodes == d->clusters ? ", single" : "");
    canvas_text(canvas, c->name, row.y, c->rms - c->name, INK_TEXT, text);
    canvas_format(canvas, c->rms, row.y, RMS_WIDTH, INK_TEXT, "%*lld", RMS_WIDTH - 1,
                  (long long)d->rms);
    if (c->licences >= 0)
        canvas_format(canvas, c->licences, row.y, 18, INK_DIM, "%8lld %8lld", (long long)d->room,
                      (long long)d->desktop);
    put_share(canvas, c->now, row.y, isnan(d->blocked) ? 0 : d->blocked);
    put_share(canvas, c->down, row.y, d->blocked_down);
    if (isnan(d->headroom))
        canvas_right(canvas, c->spare, row.y, SPARE_WIDTH - 1, INK_DIM, "-");
    else
        canvas_format(canvas, c->spare, row.y, SPARE_WIDTH, INK_TEXT, "%+*.0f %%", SPARE_WIDTH - 3,
                      d->headroom);
    if (c->binding >= 0)
        canvas_text(canvas, c->binding + 1, row.y, 18, INK_DIM, d->binding);
    if (c->known >= 0)
        canvas_right(canvas, c->known, row.y, KNOWN_WIDTH, INK_DIM, known_by(d));
}

static void view_head(struct canvas *canvas, struct area area, const struct columns *c,
                      const struct app *app)
{
    char down[32];
    int survive = app->session->scenario.goals.survive;
    canvas_heading(canvas, area.x, area.y, area.width, "Designs");
    canvas_column(canvas, c->rms, area.y, RMS_WIDTH - 1, "RMS");
    if (c->licences >= 0)
        canvas_column(canvas, c->licences, area.y, 17, "room  desktop");
    canvas_column(canvas, c->now, area.y, SHARE_WIDTH - 1, "now");
    snprintf(down, sizeof down, "%d down", survive);
    canvas_column(canvas, c->down, area.y, SHARE_WIDTH - 1, survive > 0 ? down : "down");
    canvas_column(canvas, c->spare, area.y, SPARE_WIDTH - 1, "spare");
    if (c->binding >= 0)
        canvas_column(canvas, c->binding, area.y, 8, "binds");
    if (c->known >= 0)
        canvas_column(canvas, c->known, area.y, KNOWN_WIDTH, "known");
}

/* What is asked, and how far it has come. */
static void view_ask(struct canvas *canvas, struct area area, const struct app *app,
                     const struct design_news *news)
{
    const struct design_choice *c = &app->choice;
    char text[256];
    const struct design_news *last = app->designs;
    const char *platform = last && c->platform > 0 && (size_t)c->platform <= last->platform_count
                               ? last->platforms[c->platform - 1]
                               : "all";
    snprintf(text, sizeof text, "platforms %s, peers 1..%d, clusters 1..%d, spare %d %%%s",
             platform, c->peers_most ? c->peers_most : CLUSTER_PEERS_MAX,
             c->clusters_most ? c->clusters_most : DESIGN_CLUSTERS_MAX, c->spare,
             c->all ? ", all" : "");
    const char *state = !news            ? "? pending"
                        : news->finished ? "done"
                        : news->searched ? "? simulating"
                                         : "? searching";
    int width = text_width(state);
    canvas_text(canvas, area.x + 1, area.y, area.width - width - 4, INK_DIM, text);
    canvas_text(canvas, area.x + area.width - width - 1, area.y, width,
                news && news->finished ? INK_DIM : INK_OPEN, state);
}

/* What the next smaller one would be, of the design under the cursor. */
static void view_design_more(struct canvas *canvas, struct area area,
                             const struct design_news *news, int cursor)
{
    if (cursor >= (int)news->designs.count)
        return;
    const struct design *d = &news->designs.items[cursor];
    char text[320], figure[FIGURE] = "";
    int n = snprintf(text, sizeof text, "%d node%s, %lld RMS", d->nodes, d->nodes == 1 ? "" : "s",
                     (long long)d->rms);
    if (d->room + d->desktop > 0)
        n += snprintf(text + n, sizeof text - (size_t)n, ", %lld room, %lld desktop licences",
                      (long long)d->room, (long long)d->desktop);
    if (*d->binding) {
        int from = n += snprintf(text + n, sizeof text - (size_t)n, "; binds first: ");
        n += snprintf(text + n, sizeof text - (size_t)n, "%s", d->binding);
        for (char *c = text + from; *c; c++)
            *c = *c == '_' ? ' ' : *c;
    }
    if (d->smaller.tried) {
        format_percent(figure, sizeof figure, d->smaller.share.value);
        snprintf(text + n, sizeof text - (size_t)n, "; one smaller: %s, %s", figure,
                 verdict_words(d->smaller.verdict));
    }
    canvas_text(canvas, area.x + 1, area.y, area.width - 2, INK_DIM, text);
}

static void size_view(const void *state, const struct app *app, struct canvas *canvas,
                      struct area area)
{
    const struct size_screen *s = state;
    const struct design_news *news = shown(app);
    struct columns c = columns_of((struct area){area.x, area.y, area.width - 1, 1});
    view_ask(canvas, area, app, news);
    view_head(canvas, (struct area){area.x, area.y + 1, area.width, 1}, &c, app);
    struct area rows = {area.x, area.y + 2, area.width, rows_height(app)};
    if (news && news->finished && news->designs.count == 0) {
        canvas_put(canvas, rows.x + 1, rows.y + 1, verdict_glyph(VERDICT_NO), INK_BAD);
        canvas_format(canvas, rows.x + 3, rows.y + 1, rows.width - 4, INK_TEXT,
                      "nothing within these bounds meets the goals%s%s",
                      *news->designs.at_bounds ? "; binding there: " : "", news->designs.at_bounds);
    }
    int count = news ? (int)news->designs.count : 0, first = list_first(&s->list, rows.height);
    for (int i = 0; i < rows.height && first + i < count; i++) {
        struct area row = {rows.x, rows.y + i, rows.width - 1, 1};
        view_design(canvas, row, &c, news, (size_t)(first + i));
        if (first + i == s->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, count);
    if (news)
        view_design_more(canvas, (struct area){area.x, area.y + area.height - 1, area.width, 1},
                         news, s->list.cursor);
}

static void size_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct size_screen *s = state;
    const struct design_news *news = shown(app);
    char name[DESIGN_WORDS_SIZE];
    if (news && s->list.cursor < (int)news->designs.count)
        snprintf(buffer, size, "%d, %s", s->list.cursor + 1,
                 design_name(news, (size_t)s->list.cursor, name));
}

const struct screen screen_size = {
    .title = "Size",
    .keys = size_keys,
    .init = size_init,
    .update = size_update,
    .view = size_view,
    .done = free,
    .where = size_where,
};
