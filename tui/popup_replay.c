#include "tui/popup_replay.h"

#include <math.h>
#include <stdlib.h>

#include "tui/format.h"
#include "tui/list.h"
#include "tui/replay.h"
#include "tui/timeline.h"
#include "tui/widgets.h"

struct replay_popup {
    nanos moment;
    uint32_t cluster;
    struct list list; /* of seconds, from REPLAY_BEFORE before the moment */
};

enum { LEAVE = 1 };

static const struct key_binding replay_keys[] = {
    {{PRESS_ESCAPE, 'q', PRESS_ENTER, CONTROL('C')}, LEAVE, "Close", "close", NULL},
    {{'\n'}, LEAVE, NULL, "close as well", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

void *popup_replay_new(nanos moment, uint32_t cluster)
{
    struct replay_popup *p = calloc(1, sizeof *p);
    if (p)
        *p = (struct replay_popup){.moment = moment, .cluster = cluster};
    return p;
}

static int64_t first_second(const struct replay_popup *p)
{
    int64_t second = p->moment / SECOND - REPLAY_BEFORE;
    return second > 0 ? second : 0;
}

static int rows_height(const struct app *app)
{
    return app_body(app).height - 4;
}

static void replay_update(void *state, struct app *app, const struct event *event)
{
    struct replay_popup *p = state;
    int seconds = app->replay ? (int)app->replay->intervals - (int)first_second(p) : 0;
    list_resize(&p->list, seconds > 0 ? seconds : 0, rows_height(app));
    if (event->kind == EVENT_ROW)
        list_select(&p->list, event->row, rows_height(app));
    else if (event->kind == EVENT_PRESS && event->action == LEAVE)
        app_pop(app, NULL, 0);
    else if (event->kind == EVENT_PRESS)
        list_move(&p->list, event->action, rows_height(app));
}

/* ---- View ---- */

static double of_peer(const struct results *results, uint32_t peer, const char *metric, size_t at)
{
    return series_at(results, SCOPE_PEER, peer, metric, at).mean;
}

struct columns {
    int width;      /* of a peer */
    int change;     /* of that, what it has changed by; 0: no room */
    int registered; /* of the devices' count at the right; 0: the cluster has none */
};

#define CLOCK_WIDTH 10

static struct columns columns_of(const struct replay_popup *p, const struct app *app, int width)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct cluster *cluster = &scenario->clusters[p->cluster];
    struct columns c = {0};
    for (uint32_t i = 0; i < scenario->endpoints_count; i++)
        if (scenario->endpoints[i].cluster == p->cluster)
            c.registered = 12;
    c.width = (width - CLOCK_WIDTH - c.registered) / (int)cluster->peer_count;
    c.width = c.width > 20 ? 20 : c.width;
    c.change = c.width >= 12 ? c.width / 2 - 1 : c.width >= 9 ? 4 : 0;
    return c;
}

/* "934", and how it has changed within the second: "-104". */
static void put_units(struct canvas *canvas, int x, int y, const struct columns *c, double now,
                      double before)
{
    char value[FIGURE], change[FIGURE] = "";
    format_figure(value, sizeof value, round(now), "");
    double by = round(now) - round(before);
    if (by != 0 && !isnan(by))
        snprintf(change, sizeof change, "%+.0f", by);
    int right = x + c->width - 2 - c->change;
    canvas_right(canvas, x, y, right - x, INK_TEXT, value);
    canvas_right(canvas, right, y, c->change, by < 0 ? INK_BAD : INK_GOOD, change);
}

static void view_second(const struct replay_popup *p, const struct app *app, struct canvas *canvas,
                        struct area row, int64_t second)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct cluster *cluster = &scenario->clusters[p->cluster];
    const struct results *results = app->replay;
    struct columns c = columns_of(p, app, row.width);
    size_t at = (size_t)second, before = at > 0 ? at - 1 : 0;
    int64_t of_day = (scenario->run.start_unix % 86400 + second) % 86400;
    canvas_format(canvas, row.x, row.y, 9, INK_DIM, "%02d:%02d:%02d", (int)(of_day / 3600),
                  (int)(of_day / 60 % 60), (int)(of_day % 60));
    double registered = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        uint32_t peer = cluster->first_peer + i;
        int x = row.x + CLOCK_WIDTH + (int)i * c.width;
        widget_state(canvas, x, row.y, timeline_state(app->session, peer, second * SECOND));
        put_units(canvas, x + 1, row.y, &c, of_peer(results, peer, "units", at),
                  of_peer(results, peer, "units", before));
        double here = of_peer(results, peer, "registrations", at);
        registered += isnan(here) ? 0 : here;
    }
    char text[FIGURE];
    format_figure(text, sizeof text, registered, "");
    if (c.registered)
        canvas_right(canvas, row.x + CLOCK_WIDTH + (int)cluster->peer_count * c.width, row.y,
                     c.registered - 1, registered > 0 ? INK_TEXT : INK_DIM, text);
}

static void view_head(const struct replay_popup *p, const struct app *app, struct canvas *canvas,
                      struct area row)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct cluster *cluster = &scenario->clusters[p->cluster];
    struct columns c = columns_of(p, app, row.width);
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        canvas_name(canvas, row.x + CLOCK_WIDTH + (int)i * c.width, row.y, c.width - 1, INK_STRONG,
                    scenario->peers[cluster->first_peer + i].name);
    if (c.registered)
        canvas_right(canvas, row.x + CLOCK_WIDTH + (int)cluster->peer_count * c.width, row.y,
                     c.registered - 1, INK_DIM, "registered");
}

static void replay_view(const void *state, const struct app *app, struct canvas *canvas,
                        struct area body)
{
    const struct replay_popup *p = state;
    struct area in = {body.x + 2, body.y + 1, body.width - 4, body.height - 2};
    canvas_box(canvas, body, "Second by second: units of each peer, in one replication");
    if (!app->replay) {
        canvas_text(canvas, in.x, in.y + 1, in.width, INK_OPEN, "? simulating");
        return;
    }
    view_head(p, app, canvas, (struct area){in.x, in.y, in.width, 1});
    struct area rows = {in.x, in.y + 1, in.width, rows_height(app)};
    int first = list_first(&p->list, rows.height);
    for (int i = 0; i < rows.height && first + i < p->list.count; i++) {
        struct area row = {rows.x, rows.y + i, rows.width, 1};
        view_second(p, app, canvas, row, first_second(p) + first + i);
        if (first + i == p->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, (struct area){body.x, rows.y, body.width, rows.height}, first,
                       p->list.count);
}

const struct screen popup_replay = {
    .title = "In the replay by seconds",
    .keys = replay_keys,
    .update = replay_update,
    .view = replay_view,
    .done = free,
};
