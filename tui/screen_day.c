#include "tui/app.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tui/format.h"
#include "tui/plot.h"
#include "tui/popup_replay.h"
#include "tui/timeline.h"
#include "tui/verdict.h"
#include "tui/widgets.h"

struct day_screen {
    uint32_t cluster, class_index; /* what is shown */
    bool follow_worst; /* the class with the worst blocking, until the user chooses one */
    double cursor;     /* nanoseconds */
    bool placed;       /* the cursor was put somewhere: by its owner, or at the worst moment */
    bool playing;
    bool stale;     /* the curves are to be made when the screen is shown */
    int speed;      /* index into speeds */
    double seconds; /* of the last tick */
    struct curve load, blocking, registrations;
    struct curve peers[CLUSTER_PEERS_MAX];
    struct happening *happenings; /* owned */
    size_t happening_count;
};

enum {
    PLAY = 1,
    WORST,
    SECONDS,
    FASTER,
    SLOWER,
    NEXT_CLUSTER,
    NEXT_CLASS,
    NEXT_HAPPENING,
    HAPPENING_BEFORE
};

static const char *refuse_empty(const struct app *app)
{
    return app->session->results ? NULL : "the first replications are being simulated";
}

static const struct key_binding day_keys[] = {
    {{' '}, PLAY, "Play", "play and pause", refuse_empty},
    {{'+', '='}, FASTER, "Faster", "play faster", NULL},
    {{'-'}, SLOWER, "Slower", "play slower", NULL},
    {{'f', ']'}, NEXT_HAPPENING, "Next event", "to the next failure, return or alarm", NULL},
    {{'b', '['}, HAPPENING_BEFORE, NULL, "to the failure, return or alarm before", NULL},
    {{'.'}, WORST, "Worst", "to the worst moment: most refused, else most in use", refuse_empty},
    {{'r', PRESS_ENTER, '\n'},
     SECONDS,
     "Replay",
     "second by second around the cursor: calls cut, devices leaving and returning",
     NULL},
    {{'c'}, NEXT_CLUSTER, "Cluster", "the next cluster", NULL},
    {{'v'}, NEXT_CLASS, "Class", "show the blocking of the next class", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

/* Simulated seconds in a second. */
static const double speeds[] = {60, 300, 900, 1800, 3600, 7200, 14400};
#define SPEEDS ((int)(sizeof speeds / sizeof *speeds))

static void *day_init(struct app *app)
{
    (void)app;
    struct day_screen *s = calloc(1, sizeof *s);
    if (s)
        *s = (struct day_screen){.follow_worst = true, .speed = 3};
    return s;
}

static void day_forget(struct day_screen *s)
{
    curve_release(&s->load);
    curve_release(&s->blocking);
    curve_release(&s->registrations);
    for (int i = 0; i < CLUSTER_PEERS_MAX; i++)
        curve_release(&s->peers[i]);
    free(s->happenings);
    s->happenings = NULL;
    s->happening_count = 0;
}

static void day_done(void *state)
{
    if (state)
        day_forget(state);
    free(state);
}

static uint32_t worst_class(const struct scenario *scenario, const struct results *results)
{
    uint32_t worst = 0;
    double most = -1;
    for (uint32_t i = 0; i < scenario->class_count; i++) {
        size_t m =
            results_find(results, SCOPE_CLASS, scenario->classes[i].name, "blocked_fraction");
        double value = m == SIZE_MAX ? NAN : results_interval(results, m, 0).value;
        if (value > most) {
            most = value;
            worst = i;
        }
    }
    return worst;
}

/* Where most calls of the class are refused; where none is, where units in use are at their peak.
 */
static size_t worst_interval(const struct day_screen *s)
{
    const struct curve *curve = curve_peak(&s->blocking) > 0 ? &s->blocking : &s->load;
    size_t worst = 0;
    for (size_t i = 1; i < curve->count; i++)
        if (curve->mean[i] > curve->mean[worst] || isnan(curve->mean[worst]))
            worst = i;
    return worst;
}

/* The first look at a day is at its worst moment; from then on the cursor stays where it is. */
static void day_place(struct day_screen *s, const struct results *results)
{
    if (!s->placed && s->load.count > 0)
        s->cursor = (double)worst_interval(s) * (double)results->interval;
    s->placed = s->placed || s->load.count > 0;
}

static void day_gather(struct day_screen *s, const struct session *session)
{
    const struct scenario *scenario = &session->scenario;
    const struct results *results = session->results;
    day_forget(s);
    s->stale = false;
    s->cluster = s->cluster < scenario->cluster_count ? s->cluster : 0;
    s->class_index = s->class_index < scenario->class_count ? s->class_index : 0;
    if (s->cursor > (double)scenario->run.length)
        s->cursor = (double)scenario->run.length;
    s->happenings = timeline_happenings(scenario, results, &s->happening_count);
    if (!results)
        return;
    if (s->follow_worst)
        s->class_index = worst_class(scenario, results);
    const struct cluster *cluster = &scenario->clusters[s->cluster];
    curve_make(&s->load, results, (struct things){SCOPE_CLUSTER, s->cluster, 1}, "units");
    curve_make(&s->blocking, results, (struct things){SCOPE_CLASS, s->class_index, 1},
               "blocked_fraction");
    curve_make(&s->registrations, results,
               (struct things){SCOPE_PEER, cluster->first_peer, cluster->peer_count},
               "registrations");
    for (uint32_t i = 0; i < cluster->peer_count && i < CLUSTER_PEERS_MAX; i++)
        curve_make(&s->peers[i], results, (struct things){SCOPE_PEER, cluster->first_peer + i, 1},
                   "units");
    day_place(s, results);
}

/* ---- Update ---- */

static void day_move(struct day_screen *s, const struct run *run, double by)
{
    s->cursor = fmin(fmax(s->cursor + by, 0), (double)run->length);
}

static void day_jump(struct day_screen *s, struct app *app, bool forward)
{
    size_t n = s->happening_count, found = n;
    for (size_t i = 0; i < n; i++) {
        double at = (double)s->happenings[i].at;
        if (forward ? at > s->cursor : at < s->cursor) {
            found = i;
            if (forward)
                break;
        }
    }
    if (found == n) {
        app_say(app, INK_DIM,
                forward ? "nothing happens after this" : "nothing happens before this");
        return;
    }
    s->cursor = (double)s->happenings[found].at;
    char text[192];
    happening_text(&s->happenings[found], &app->session->scenario, text, sizeof text);
    app_say(app, happening_ink(s->happenings[found].kind), "%s", text);
}

/* When most calls of the class are refused; where none is, when units in use are at their peak. */
static void day_worst(struct day_screen *s, struct app *app)
{
    size_t worst = worst_interval(s);
    bool refused = curve_peak(&s->blocking) > 0;
    char clock[FIGURE];
    s->cursor = (double)worst * (double)app->session->results->interval;
    format_clock(clock, sizeof clock, &app->session->scenario.run, (nanos)s->cursor);
    if (refused)
        app_say(app, INK_BAD, "%s: %.2f %% of %s refused", clock, 100 * s->blocking.mean[worst],
                app->session->scenario.classes[s->class_index].name);
    else
        app_say(app, INK_TEXT, "%s: nothing is refused; units in use are at their peak", clock);
}

static void day_seconds(const struct day_screen *s, struct app *app)
{
    results_let_go(app->replay);
    app->replay = NULL;
    app->moment = (nanos)s->cursor;
    app->effects |= EFFECT_REPLAY;
    app_push(app, &popup_replay, popup_replay_new(app->moment, s->cluster), 0);
}

static void day_play(struct day_screen *s, struct app *app, bool on)
{
    s->playing = on;
    s->seconds = app->seconds;
    app->effects = on ? app->effects | EFFECT_PLAY : app->effects & ~(unsigned)EFFECT_PLAY;
    if (on && s->cursor >= (double)app->session->scenario.run.length)
        s->cursor = 0;
}

static void day_tick(struct day_screen *s, struct app *app, double seconds)
{
    double passed = seconds - s->seconds;
    s->seconds = seconds;
    if (!s->playing)
        return;
    day_move(s, &app->session->scenario.run, fmax(passed, 0) * speeds[s->speed] * (double)SECOND);
    if (s->cursor >= (double)app->session->scenario.run.length)
        day_play(s, app, false);
}

static void day_choose(struct day_screen *s, const struct session *session, int action)
{
    if (action == NEXT_CLUSTER) {
        s->cluster = (s->cluster + 1) % session->scenario.cluster_count;
    } else {
        s->follow_worst = false;
        s->class_index = (s->class_index + 1) %
                         (session->scenario.class_count ? session->scenario.class_count : 1);
    }
    day_gather(s, session);
}

static void day_act(struct day_screen *s, struct app *app, int action)
{
    const struct run *run = &app->session->scenario.run;
    double step = (double)run->interval;
    s->placed = true;
    switch (action) {
    case PLAY:
        day_play(s, app, !s->playing);
        break;
    case FASTER:
        s->speed += s->speed + 1 < SPEEDS;
        break;
    case SLOWER:
        s->speed -= s->speed > 0;
        break;
    case NEXT_CLUSTER:
    case NEXT_CLASS:
        day_choose(s, app->session, action);
        break;
    case WORST:
        day_worst(s, app);
        break;
    case SECONDS:
        day_seconds(s, app);
        break;
    case NEXT_HAPPENING:
        day_jump(s, app, true);
        break;
    case HAPPENING_BEFORE:
        day_jump(s, app, false);
        break;
    case MOVE_WHEEL_UP:
    case MOVE_LEFT:
        day_move(s, run, -step);
        break;
    case MOVE_WHEEL_DOWN:
    case MOVE_RIGHT:
        day_move(s, run, step);
        break;
    case MOVE_PAGE_UP:
        day_move(s, run, -4 * step);
        break;
    case MOVE_PAGE_DOWN:
        day_move(s, run, 4 * step);
        break;
    case MOVE_HOME:
        s->cursor = 0;
        break;
    case MOVE_END:
        s->cursor = (double)run->length;
        break;
    }
}

static void day_update(void *state, struct app *app, const struct event *event)
{
    struct day_screen *s = state;
    switch (event->kind) {
    case EVENT_SHOW:
        if (s->stale)
            day_gather(s, app->session);
        break;
    case EVENT_CHANGED:
    case EVENT_FOUND: /* curves of many replications take a while: only when they are looked at */
        s->stale = true;
        if (app->current == SCREEN_DAY)
            day_gather(s, app->session);
        else
            day_forget(s);
        break;
    case EVENT_TICK:
        day_tick(s, app, event->seconds);
        break;
    case EVENT_PRESS:
        day_act(s, app, event->action);
        break;
    case EVENT_ALONG:
        s->placed = true;
        s->cursor = (double)event->row / CLICK_WHOLE * (double)app->session->scenario.run.length;
        break;
    case EVENT_SEARCH:
        app_say(app, INK_DIM, "there is no text to search here: f finds the next event");
        break;
    default:
        break;
    }
}

/* ---- View ---- */

#define MARKS_MAX 200

/* Alarms first: what happens to peers covers them where both fall on one cell. */
static size_t day_marks(const struct day_screen *s, const struct run *run,
                        struct plot_mark marks[MARKS_MAX])
{
    size_t count = 0;
    for (int steps = 0; steps < 2; steps++)
        for (size_t i = 0; i < s->happening_count && count < MARKS_MAX / 2 * (1 + (size_t)steps);
             i++) {
            const struct happening *h = &s->happenings[i];
            if ((h->cluster != NONE && h->cluster != s->cluster) ||
                (h->kind == HAPPENING_ALARM) == (steps == 1))
                continue;
            marks[count++] = (struct plot_mark){(double)h->at / (double)run->length,
                                                happening_glyph(h->kind), happening_ink(h->kind)};
        }
    return count;
}

/* The point of a curve that the cursor stands on. */
static size_t interval_at(const struct day_screen *s, const struct run *run, size_t count)
{
    size_t at = (size_t)(s->cursor / (double)run->length * (double)count);
    return at < count ? at : count - 1;
}

struct day_curve {
    const char *title;
    const struct curve *curve;
    double limit; /* NAN: none */
    bool percent, marked;
};

static void day_plot(const struct day_screen *s, const struct app *app, struct canvas *canvas,
                     struct area area, const struct day_curve *what)
{
    const struct curve *curve = what->curve;
    const struct run *run = &app->session->scenario.run;
    struct plot_mark marks[MARKS_MAX];
    struct plot plot = {.title = what->title,
                        .unit = what->percent ? "%" : "",
                        .scale = what->percent ? 100 : 1,
                        .values = curve->mean,
                        .low = curve->low,
                        .high = curve->high,
                        .count = curve->count,
                        .limit = what->limit,
                        .cursor = curve->count ? ((double)interval_at(s, run, curve->count) + 0.5) /
                                                     (double)curve->count
                                               : s->cursor / (double)run->length,
                        .marks = marks,
                        .mark_count = what->marked ? day_marks(s, run, marks) : 0};
    plot_draw(canvas, area, &plot);
}

/* Hours below the plots, as many as fit without touching. */
static void day_axis(const struct app *app, struct canvas *canvas, struct area area)
{
    static const int hours[] = {1, 2, 3, 4, 6, 12, 24, 48, 96, 168};
    const struct run *run = &app->session->scenario.run;
    int width = area.width - PLOT_SCALE, label = run->length > DAY ? 12 : 6;
    double length = (double)run->length / (double)HOUR;
    int step = 336;
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++)
        if (length / hours[i] * (label + 2) <= width) {
            step = hours[i];
            break;
        }
    for (int h = 0; h <= (int)length; h += step) {
        char text[FIGURE];
        format_clock(text, sizeof text, run, h * HOUR);
        int x = area.x + PLOT_SCALE + (int)lround(h / length * (width - 1));
        if (x + text_width(text) <= area.x + area.width)
            canvas_text(canvas, x, area.y, label, INK_DIM, text);
    }
}

static double at_cursor(const struct curve *curve, const double *values, double share)
{
    if (curve->count == 0)
        return NAN;
    size_t i = (size_t)(share * (double)curve->count);
    return values[i < curve->count ? i : curve->count - 1];
}

/* Cells of the longest name of a cluster's peers. */
static int peer_names(const struct scenario *scenario, const struct cluster *cluster, int most)
{
    int longest = 10;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        int width = text_width(scenario->peers[cluster->first_peer + i].name);
        longest = width > longest ? width : longest;
    }
    return longest < most ? longest : most > 10 ? most : 10;
}

static void day_peers(const struct day_screen *s, const struct app *app, struct canvas *canvas,
                      struct area area)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct cluster *cluster = &scenario->clusters[s->cluster];
    double share = s->cursor / (double)scenario->run.length;
    int names = peer_names(scenario, cluster, area.width / 3);
    for (uint32_t i = 0; i < cluster->peer_count && (int)i < area.height; i++) {
        uint32_t peer = cluster->first_peer + i;
        int y = area.y + (int)i;
        enum peer_state state = timeline_state(app->session, peer, (nanos)s->cursor);
        double mean = at_cursor(&s->peers[i], s->peers[i].mean, share);
        double low = at_cursor(&s->peers[i], s->peers[i].low, share);
        double high = at_cursor(&s->peers[i], s->peers[i].high, share);
        double limit = (double)scenario->platforms[scenario->peers[peer].platform].units;
        char text[FIGURE];
        widget_state(canvas, area.x + 1, y, state);
        canvas_name(canvas, area.x + 3, y, names, INK_TEXT, scenario->peers[peer].name);
        int figures = area.width >= 70   ? 31
                      : area.width >= 52 ? 26
                                         : 16,
            left = area.x + 4 + names, gauge = area.width - 4 - names - figures;
        canvas_gauge(canvas, left, y, gauge, mean, limit, widget_load_ink(mean / limit));
        char low_text[FIGURE], high_text[FIGURE], text_of[96];
        format_figure(text, sizeof text, round(mean), "");
        format_figure(low_text, sizeof low_text, round(low), "");
        format_figure(high_text, sizeof high_text, round(high), "");
        canvas_right(canvas, left + gauge, y, 6, INK_TEXT, text);
        snprintf(text_of, sizeof text_of, "of %.0f", limit);
        canvas_text(canvas, left + 7 + gauge, y, 8, INK_DIM, text_of);
        snprintf(text_of, sizeof text_of, "%s to %s", low_text, high_text);
        canvas_right(canvas, left + gauge, y, figures - 1, INK_DIM,
                     isnan(low) || figures < 26 ? "" : text_of);
    }
}

/* All peers on one line: "● c1 518  ● c2 518". */
static void day_peers_line(const struct day_screen *s, const struct app *app, struct canvas *canvas,
                           struct area line)
{
    const struct scenario *scenario = &app->session->scenario;
    const struct cluster *cluster = &scenario->clusters[s->cluster];
    double share = s->cursor / (double)scenario->run.length;
    int x = line.x + 1;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        uint32_t peer = cluster->first_peer + i;
        char value[FIGURE], text[FIGURE + 80];
        format_figure(value, sizeof value, round(at_cursor(&s->peers[i], s->peers[i].mean, share)),
                      "");
        snprintf(text, sizeof text, "%s %s", scenario->peers[peer].name, value);
        if (x + 2 + text_width(text) > line.x + line.width)
            return;
        widget_state(canvas, x, line.y, timeline_state(app->session, peer, (nanos)s->cursor));
        x = canvas_text(canvas, x + 2, line.y, line.width, INK_TEXT, text) + 2;
    }
}

static void day_head(const struct day_screen *s, const struct app *app, struct canvas *canvas,
                     struct area area)
{
    const struct scenario *scenario = &app->session->scenario;
    char clock[FIGURE], text[128];
    format_clock(clock, sizeof clock, &scenario->run, (nanos)s->cursor);
    snprintf(text, sizeof text, "%s at %s", scenario->clusters[s->cluster].name, clock);
    canvas_heading(canvas, area.x, area.y, area.width, text);
    if (app->session->results)
        snprintf(text, sizeof text, " %s %.0f min/s, %zu replications ",
                 s->playing ? "playing" : "paused", speeds[s->speed] / 60,
                 app->session->results->replications);
    else
        snprintf(text, sizeof text, " simulating ");
    canvas_right(canvas, area.x, area.y, area.width - 1, INK_DIM, text);
}

static size_t interval_here(const struct day_screen *s, const struct results *results)
{
    size_t interval = results->interval > 0 ? (size_t)(s->cursor / (double)results->interval) : 0;
    return interval < results->intervals ? interval : results->intervals - 1;
}

/* Only what is over the goal of the class is coloured. */
static enum ink refused_ink(const struct session *session, uint32_t class_index, double share)
{
    return share > scenario_class_goal(&session->scenario, class_index) ? INK_BAD : INK_TEXT;
}

/* "refused now  meetings 8.9 %  voice 1.2 %": classes as many as fit, then how many are left out.
 */
static void day_refused(const struct day_screen *s, const struct app *app, struct canvas *canvas,
                        struct area line)
{
    const struct session *session = app->session;
    int x = canvas_text(canvas, line.x + 1, line.y, line.width, INK_DIM, "refused");
    for (uint32_t i = 0; session->results && i < session->scenario.class_count; i++) {
        char share[FIGURE], text[FIGURE + 80];
        double value = series_at(session->results, SCOPE_CLASS, i, "blocked_fraction",
                                 interval_here(s, session->results))
                           .mean;
        format_percent(share, sizeof share, value);
        snprintf(text, sizeof text, "%s %s", session->scenario.classes[i].name, share);
        if (x + 2 + text_width(text) > line.x + line.width - 4) {
            canvas_text(canvas, x, line.y, 5, INK_DIM, "  ...");
            return;
        }
        x = canvas_text(canvas, x + 2, line.y, line.width, refused_ink(session, i, value), text);
    }
}

/* ---- The dashboard, from 100 columns: curves at the left, the moment at the right ---- */

static void put_moment(struct canvas *canvas, struct area row, const char *name,
                       const struct moment *moment, double scale, const char *unit, enum ink ink)
{
    char value[FIGURE], low[FIGURE], high[FIGURE], text[3 * FIGURE + 16];
    format_figure(value, sizeof value, moment->mean * scale, unit);
    format_figure(low, sizeof low, moment->low * scale, "");
    format_figure(high, sizeof high, moment->high * scale, "");
    canvas_name(canvas, row.x + 1, row.y, row.width / 2 - 2, INK_TEXT, name);
    snprintf(text, sizeof text, "%s to %s", low, high);
    canvas_right(canvas, row.x, row.y, row.width - 16, ink, value);
    canvas_right(canvas, row.x + row.width - 15, row.y, 14, INK_DIM,
                 isnan(moment->low) ? "" : text);
}

static int moment_head(struct canvas *canvas, struct area area, int y, const char *title)
{
    canvas_heading(canvas, area.x, y, area.width, title);
    canvas_column(canvas, area.x + area.width - 15, y, 14, "p05 to p95");
    return y + 1;
}

static void moment_classes(const struct day_screen *s, const struct app *app, struct canvas *canvas,
                           struct area area)
{
    const struct session *session = app->session;
    size_t at = interval_here(s, session->results);
    int y = moment_head(canvas, area, area.y, "Refused at the cursor");
    for (uint32_t i = 0; i < session->scenario.class_count && y < area.y + area.height; i++, y++) {
        struct moment m = series_at(session->results, SCOPE_CLASS, i, "blocked_fraction", at);
        put_moment(canvas, (struct area){area.x, y, area.width, 1},
                   session->scenario.classes[i].name, &m, 100, "%",
                   refused_ink(session, i, m.mean));
    }
    if (y + 1 >= area.y + area.height)
        return;
    y = moment_head(canvas, area, y, "In use");
    struct moment units = series_at(session->results, SCOPE_CLUSTER, s->cluster, "units", at);
    struct moment rms = series_at(session->results, SCOPE_CLUSTER, s->cluster, "rms_in_use", at);
    put_moment(canvas, (struct area){area.x, y++, area.width, 1}, "units", &units, 1, "", INK_TEXT);
    if (y < area.y + area.height && !isnan(rms.mean))
        put_moment(canvas, (struct area){area.x, y++, area.width, 1}, "RMS", &rms, 1, "", INK_TEXT);
    for (uint32_t i = 0; i < session->scenario.class_count && y < area.y + area.height; i++, y++) {
        struct moment m = series_at(session->results, SCOPE_CLASS, i, "in_progress", at);
        put_moment(canvas, (struct area){area.x, y, area.width, 1},
                   session->scenario.classes[i].name, &m, 1, "", INK_TEXT);
    }
}

static void day_plots(const struct day_screen *s, const struct app *app, struct canvas *canvas,
                      struct area area)
{
    const struct scenario *scenario = &app->session->scenario;
    bool third =
        s->registrations.count > 0 && curve_peak(&s->registrations) > 0 && area.height >= 20;
    int plots = third ? 3 : 2, each = area.height / plots;
    struct area plot = {area.x, area.y, area.width, each + (area.height - each * plots)};
    char title[96];
    snprintf(title, sizeof title, "units in use, of %lld",
             (long long)scenario_cluster_units(scenario, s->cluster));
    double units = (double)scenario_cluster_units(scenario, s->cluster);
    day_plot(s, app, canvas, plot, &(struct day_curve){title, &s->load, units, false, true});
    plot.y += plot.height;
    plot.height = each;
    if (scenario->class_count) {
        snprintf(title, sizeof title, "refused, %s", scenario->classes[s->class_index].name);
        day_plot(s, app, canvas, plot,
                 &(struct day_curve){title, &s->blocking,
                                     scenario_class_goal(scenario, s->class_index), true, false});
        plot.y += plot.height;
    }
    if (third)
        day_plot(s, app, canvas, plot,
                 &(struct day_curve){"registrations", &s->registrations, NAN, false, false});
}

static void day_dashboard(const struct day_screen *s, const struct app *app, struct canvas *canvas,
                          struct area area)
{
    const struct cluster *cluster = &app->session->scenario.clusters[s->cluster];
    int lines = area.height >= 24 ? VERDICT_LINES : 3, peers = (int)cluster->peer_count;
    int right = area.width * 2 / 5, left = area.width - right;
    verdict_draw(canvas, (struct area){area.x + 1, area.y, area.width - 2, lines}, app->session);
    struct area head = {area.x, area.y + lines, left, 1};
    int bottom = area.y + area.height;
    day_head(s, app, canvas, head);
    day_plots(s, app, canvas, (struct area){area.x, head.y + 1, left - 1, bottom - head.y - 3});
    day_axis(app, canvas, (struct area){area.x, bottom - 1, left - 1, 1});
    struct area side = {area.x + left, head.y, right, bottom - head.y};
    canvas_heading(canvas, side.x, side.y, side.width, "Peers at the cursor");
    day_peers(s, app, canvas, (struct area){side.x, side.y + 1, side.width, peers});
    if (app->session->results)
        moment_classes(
            s, app, canvas,
            (struct area){side.x, side.y + 1 + peers, side.width, side.height - 1 - peers});
}

static void day_view(const void *state, const struct app *app, struct canvas *canvas,
                     struct area area)
{
    const struct day_screen *s = state;
    int peers = (int)app->session->scenario.clusters[s->cluster].peer_count;
    if (area.width >= 100) {
        day_dashboard(s, app, canvas, area);
        return;
    }
    bool compact = area.height - 3 - peers < 7; /* plots need that much */
    int below = compact ? 1 : peers;
    day_head(s, app, canvas, area);
    day_plots(s, app, canvas,
              (struct area){area.x, area.y + 1, area.width - 1, area.height - 3 - below});
    day_axis(app, canvas,
             (struct area){area.x, area.y + area.height - below - 2, area.width - 1, 1});
    day_refused(s, app, canvas,
                (struct area){area.x, area.y + area.height - below - 1, area.width, 1});
    (compact ? day_peers_line : day_peers)(
        s, app, canvas, (struct area){area.x, area.y + area.height - below, area.width, below});
}

static void day_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct day_screen *s = state;
    char clock[FIGURE];
    format_clock(clock, sizeof clock, &app->session->scenario.run, (nanos)s->cursor);
    snprintf(buffer, size, "%s at %s", app->session->scenario.clusters[s->cluster].name, clock);
}

const struct screen screen_day = {
    .where = day_where,
    .title = "Day",
    .keys = day_keys,
    .init = day_init,
    .update = day_update,
    .view = day_view,
    .done = day_done,
};
