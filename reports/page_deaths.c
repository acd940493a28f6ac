/* When peers die: how devices come back, what each event does, and what sets of peers down leave.
 */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_sheet.h"

/* ---- Events ---- */

static double event_metric(const struct results *results, size_t event, const char *name)
{
    for (size_t i = 0; i < results->metric_count; i++)
        if (results->metrics[i].scope == SCOPE_EVENT && results->metrics[i].index == event &&
            strcmp(results->metrics[i].metric, name) == 0)
            return results_interval(results, i, 0).value;
    return NAN;
}

static bool is_outage(const struct scripted_event *event)
{
    return event->kind != SCRIPTED_CHANGE;
}

/* Seconds as people say them. */
static const char *seconds_words(double seconds, char buffer[static FIGURE_SIZE])
{
    if (isnan(seconds)) {
        snprintf(buffer, FIGURE_SIZE, "not in this run");
        return buffer;
    }
    if (seconds < 90)
        snprintf(buffer, FIGURE_SIZE, "%.0f" NBSP "s", ceil(seconds));
    else
        figure_duration((nanos)(round(seconds) * (double)SECOND), buffer);
    return buffer;
}

struct recovery {
    double lost;
    double seconds[6], shares[6]; /* points of the curve */
    int count;
    double last; /* when all are back; NAN */
};

static struct recovery recovery_of(const struct results *results, size_t event)
{
    static const struct {
        const char *metric;
        double share;
    } points[] = {
        {"back_25", 25}, {"back_50", 50}, {"back_75", 75}, {"back_95", 95}, {"back_all", 100}};
    struct recovery r = {.lost = event_metric(results, event, "devices_lost"), .count = 1};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        double at = event_metric(results, event, points[i].metric);
        if (isnan(at))
            continue;
        r.seconds[r.count] = at;
        r.shares[r.count++] = points[i].share;
    }
    r.last = event_metric(results, event, "back_all");
    return r;
}

static void script_recovery(FILE *f, const struct drawing *drawing, const void *context)
{
    const struct recovery *r = context;
    double most = r->seconds[r->count - 1];
    bool minutes = most > 180;
    double scale = minutes ? 60 : 1, top = 1.12 * most / scale;
    double unit = pow(10, floor(log10(fmax(top, 1e-3))));
    double tick = top / unit > 5 ? unit * 2 : top / unit > 2 ? unit : unit / 2;
    int count = 0;
    drawing_margins(f, drawing, (struct margins){56, drawing->narrow ? 30 : 90, 18, 26});
    fprintf(f,
            "set xrange [0:%g]\nset yrange [0:112]\nset ytics nomirror ('0 %%%%' 0,'50 %%%%' 50,"
            "'95 %%%%' 95)\n"
            "set grid ytics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\nset xtics nomirror (",
            top);
    for (double x = 0; x <= top && count < 20; x += tick)
        fprintf(f, "%s'%g %s' %g", count++ ? "," : "", x, minutes ? "min" : "s", x);
    fputs(")\n", f);
    for (int i = 1; i < r->count; i++) {
        char text[FIGURE_SIZE], label[FIGURE_SIZE + 24];
        if (r->shares[i] < 50 || (r->shares[i] > 50 && r->shares[i] < 95))
            continue;
        snprintf(label, sizeof label, "%s%s", r->shares[i] > 99 ? "all back after " : "",
                 seconds_words(r->seconds[i], text));
        fprintf(f, "set label %d ", i);
        chart_quote(f, label, 40);
        fprintf(f, " at %g, first %g right offset -1,0.7 tc rgb '" CHART_INK "' front\n",
                r->seconds[i] / scale,
                r->shares[i] - (r->shares[i] > 94 && r->shares[i] < 96 ? 10 : 0));
    }
    fputs("$d << EOD\n0 0\n", f);
    for (int i = 1; i < r->count; i++)
        fprintf(f, "%.6g %g\n", r->seconds[i] / scale, r->shares[i]);
    fputs("EOD\nplot $d using 1:2 with linespoints pt 7 ps 0.6 lw 2 lc rgb '#0b7a75'\n", f);
}

#define CURVES_MOST 4

static void put_recoveries(struct sheet *sheet)
{
    const struct results *results = sheet->results;
    int told = 0;
    for (size_t i = 0; i < results->scripted_count && told < CURVES_MOST; i++) {
        const struct scripted_event *event = &results->scripted[i];
        struct recovery r = recovery_of(results, i);
        char id[32], title[160], desc[320], lost[FIGURE_SIZE], all[FIGURE_SIZE];
        if (!is_outage(event) || !(r.lost > 0) || r.count < 3)
            continue;
        snprintf(id, sizeof id, "recovery-%zu", i + 1);
        snprintf(title, sizeof title, "Devices back after %.60s is lost, of %.40s", event->peer,
                 words_count(round(r.lost), lost));
        snprintf(desc, sizeof desc, "%.40s devices lose their registration; all are back: %.60s.",
                 lost, seconds_words(r.last, all));
        fputs("<h3>", sheet->page.out);
        markup_text(sheet->page.out, title);
        fputs("</h3>\n", sheet->page.out);
        page_chart(&sheet->page, &(struct chart){.id = id,
                                                 .title = title,
                                                 .desc = desc,
                                                 .wide_height = 220,
                                                 .narrow_height = 200,
                                                 .script = script_recovery,
                                                 .context = &r});
        told++;
    }
}

static bool has_outages(const struct sheet *sheet)
{
    for (size_t i = 0; sheet->results && i < sheet->results->scripted_count; i++)
        if (is_outage(&sheet->results->scripted[i]))
            return true;
    return false;
}

static void put_events(struct sheet *sheet)
{
    const struct results *results = sheet->results;
    char text[FIGURE_SIZE], clock[FIGURE_SIZE];
    page_table(
        &sheet->page, "What each planned loss does",
        "Event|At|Kind|>Calls cut|>Devices away|>95 % back|>All back|>Refused until settled");
    for (size_t i = 0; i < results->scripted_count && i < 60; i++) {
        const struct scripted_event *event = &results->scripted[i];
        double lost = event_metric(results, i, "devices_lost");
        if (!is_outage(event))
            continue;
        page_row(&sheet->page, event->peer);
        page_cell(&sheet->page, words_clock(&sheet->scenario->run, event->at, clock));
        page_cell(&sheet->page, scripted_name(event->kind));
        page_number(&sheet->page, words_count(round(event_metric(results, i, "calls_cut")), text));
        page_number(&sheet->page, words_count(round(lost), text));
        page_number(&sheet->page,
                    lost > 0 ? seconds_words(event_metric(results, i, "back_95"), text) : "-");
        page_number(&sheet->page,
                    lost > 0 ? seconds_words(event_metric(results, i, "back_all"), text) : "-");
        page_number(&sheet->page, words_share(event_metric(results, i, "refused_fraction"), text));
        page_row_end(&sheet->page);
    }
    page_table_end(&sheet->page);
}

/* ---- Sets of peers down ---- */

static uint32_t worst_class(const struct survival_set *set, uint32_t classes)
{
    uint32_t worst = 0;
    for (uint32_t k = 1; k < classes; k++)
        if (set->blocked[k].value > set->blocked[worst].value || isnan(set->blocked[worst].value))
            worst = k;
    return worst;
}

/* A small curve among others. */
struct panel {
    const struct survival_set *set; /* down; NULL: none */
    const struct judged *row;       /* what it comes to */
    const char *id, *title;
};

static void put_panel(struct sheet *sheet, uint32_t cluster, const struct panel *panel)
{
    const struct survival_set *set = panel->set;
    const struct judged *row = panel->row;
    const char *title = panel->title;
    const struct scenario *s = sheet->scenario;
    struct page_curve curve;
    char share[FIGURE_SIZE], text[320];
    double size = (double)scenario_cluster_units(s, cluster);
    if (!page_curve_read(sheet, cluster, "units", size, &curve))
        return;
    for (size_t i = 0; i < curve.intervals; i++) {
        curve.cap[i] = page_curve_capacity(s, cluster, (nanos)i * sheet->results->interval,
                                           set ? set->down : NULL, set ? set->down_count : 0);
        if (set && set->units && set->intervals == curve.intervals)
            curve.mean[i] = curve.low[i] = curve.high[i] =
                (double)set->units[cluster * curve.intervals + i];
    }
    curve.small = true;
    FILE *out = sheet->page.out;
    fputs("<div class=\"panel\"><h3>", out);
    if (row)
        page_mark(&sheet->page, verdict_name(row->verdict));
    putc(' ', out);
    markup_text(out, title);
    fputs("</h3><p>", out);
    if (row && !isnan(row->value.value)) {
        fprintf(out, "<b class=\"figure\">%s</b> ", words_share(row->value.value, share));
        markup_format(out, "of %s refused", row->name);
        if (*words_range(row->value, share))
            fprintf(out, " (%s)", share);
        fputs(".", out);
    }
    fputs("</p>\n", out);
    snprintf(text, sizeof text, "Units in use and capacity of %.80s, %c%.120s",
             s->clusters[cluster].name, tolower((unsigned char)*title), *title ? title + 1 : "");
    page_chart(&sheet->page, &(struct chart){.id = panel->id,
                                             .title = text,
                                             .desc = text,
                                             .width = 300,
                                             .wide_height = 184,
                                             .script = page_curve_script,
                                             .context = &curve});
    fputs("</div>\n", out);
    page_curve_release(&curve);
}

/* The cluster whose peers are down. */
static uint32_t cluster_of(const struct scenario *s, const struct survival_set *set)
{
    return set && set->down_count ? s->peers[set->down[0]].cluster : 0;
}

static void put_panels(struct sheet *sheet, const struct survival_set *set)
{
    const struct answer *answer = sheet->answer;
    uint32_t cluster = cluster_of(sheet->scenario, set);
    char title[FIGURE_SIZE];
    if (!sheet->results || !set || !set->units || !answer->worst_down)
        return;
    page_panels(&sheet->page);
    put_panel(sheet, cluster, &(struct panel){NULL, answer->worst, "panel-planned", "As planned"});
    words_situation(answer->worst_down, title);
    *title = 'W';
    put_panel(sheet, cluster, &(struct panel){set, answer->worst_down, "panel-down", title});
    page_panels_end(&sheet->page);
}

static void put_sets(struct sheet *sheet)
{
    const struct scenario *s = sheet->scenario;
    const struct survival *survival = sheet->report->survival;
    page_table(&sheet->page, "Refused with these peers down from start to end",
               "Peers down|Worst class|>Refused, 95 % interval");
    for (size_t i = 0; i < survival->count && i < 60; i++) {
        const struct survival_set *set = &survival->sets[i];
        char peers[FIGURE_SIZE], text[FIGURE_SIZE];
        uint32_t worst = worst_class(set, s->class_count);
        page_row(&sheet->page, figure_peers(s, set->down, set->down_count, peers));
        page_cell(&sheet->page, s->class_count ? s->classes[worst].name : "");
        page_number(&sheet->page, s->class_count ? words_shared(set->blocked[worst], text) : "-");
        page_row_end(&sheet->page);
    }
    page_table_end(&sheet->page);
    if (survival->count > 60)
        fprintf(sheet->page.out, "<p class=\"note\">And %zu more sets (answer.csv).</p>\n",
                survival->count - 60);
}

/* ---- The section ---- */

bool sheet_has_deaths(const struct sheet *sheet)
{
    const struct survival *survival = sheet->report->survival;
    return has_outages(sheet) || (survival && survival->count && sheet->answer);
}

static void deaths_finding(struct sheet *sheet)
{
    const struct results *results = sheet->results;
    char text[WORDS_SIZE] = "", count[FIGURE_SIZE], lost[FIGURE_SIZE], all[FIGURE_SIZE],
         share[FIGURE_SIZE];
    int used = 0;
    if (has_outages(sheet)) {
        size_t first = 0;
        while (!is_outage(&results->scripted[first]))
            first++;
        double devices = event_metric(results, first, "devices_lost");
        used = snprintf(text, sizeof text, "The loss of %.80s cuts %s calls",
                        results->scripted[first].peer,
                        words_count(round(event_metric(results, first, "calls_cut")), count));
        if (devices > 0) {
            double back = event_metric(results, first, "back_all");
            bool known = !isnan(back);
            used += snprintf(text + used, sizeof text - (size_t)used,
                             "; %s devices lose their registration%s%s",
                             words_count(round(devices), lost),
                             known ? ", and all are back within " : ", and not all come back",
                             known ? seconds_words(back, all) : "");
        }
        used += snprintf(text + used, sizeof text - (size_t)used, ". ");
    }
    const struct judged *down = sheet->answer ? sheet->answer->worst_down : NULL;
    if (down && !isnan(down->value.value)) {
        char situation[FIGURE_SIZE];
        words_situation(down, situation);
        *situation = 'W';
        snprintf(text + used, sizeof text - (size_t)used,
                 "%.80s, the worst to lose, %s of %.80s are refused.", situation,
                 words_share(down->value.value, share), down->name);
    }
    page_finding(&sheet->page, text);
}

void sheet_deaths(struct sheet *sheet)
{
    const struct survival *survival = sheet->report->survival;
    page_section(&sheet->page, "When peers die");
    deaths_finding(sheet);
    page_beside(&sheet->page);
    if (has_outages(sheet)) {
        put_recoveries(sheet);
        put_events(sheet);
    }
    if (survival && survival->count && sheet->answer) {
        put_panels(sheet, answer_worst_set(sheet->answer, sheet->scenario, survival));
        put_sets(sheet);
    } else {
        fputs("<p class=\"note\">Further peers down: not asked.</p>\n", sheet->page.out);
    }
    page_aside(&sheet->page);
    fputs(
        "<p class=\"note\"><b>How to read it.</b> A peer that dies takes its calls with it. "
        "Devices "
        "notice by their keepalives or at their next refresh, and register with another peer.</p>\n"
        "<p class=\"note\">With peers down: they are away from start to end, beside what is "
        "planned.</p>\n",
        sheet->page.out);
    page_beside_end(&sheet->page);
    page_section_end(&sheet->page);
}
