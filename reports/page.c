#include "reports/page.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/figures.h"
#include "answer/sentence.h"
#include "model/base/output.h"
#include "reports/chart.h"
#include "reports/markup.h"
#include "reports/page_frame.h"
#include "reports/results_tables.h"

/* A page of a run or an estimate. */
struct sheet {
    struct page page;
    const struct report *report;
    const struct scenario *scenario;
    const struct answer *answer;
    const struct results *results; /* NULL: by formula alone */
};

#define NBSP "\xC2\xA0"

/* --- Figures ---- */

/* 4000 as "4,000"; fractions with four digits. */
static const char *figure(double value, char buffer[static FIGURE_SIZE])
{
    char digits[FIGURE_SIZE];
    if (!isfinite(value) || fabs(value) >= 1e15)
        return figure_plain(value, buffer);
    if (value != floor(value) && fabs(value) < 1000)
        return figure_plain(value, buffer);
    int length = snprintf(digits, sizeof digits, "%.0f", value), to = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            buffer[to++] = ',';
        buffer[to++] = digits[i];
    }
    buffer[to] = '\0';
    return buffer;
}

static double metric(const struct sheet *sheet, enum scope scope, const char *name,
                     const char *what)
{
    size_t index = sheet->results ? results_find(sheet->results, scope, name, what) : SIZE_MAX;
    return index == SIZE_MAX ? NAN : results_interval(sheet->results, index, 0).value;
}

static void put_number(FILE *out, double value)
{
    char buffer[FIGURE_SIZE];
    fprintf(out, "<td class=\"n\">%s</td>", isnan(value) ? "-" : figure(value, buffer));
}

static void put_head(FILE *out, const char *name)
{
    fputs("<tr><th scope=\"row\">", out);
    markup_name(out, name);
    fputs("</th>", out);
}

static double ratio(const struct looked *limit)
{
    return limit->size > 0 && !isnan(limit->use) ? limit->use / limit->size : NAN;
}

/* The limit nearest to its size, of those that are known. */
static const struct looked *tightest(const struct answer *answer)
{
    const struct looked *best = NULL;
    for (size_t i = 0; i < answer->limit_count; i++) {
        double share = ratio(&answer->limits[i]);
        if (!isnan(share) && (!best || share > ratio(best)))
            best = &answer->limits[i];
    }
    return best;
}

/* "1 peer down" of a row, "as planned" with all up. */
static void put_situation(FILE *out, const struct judged *row)
{
    if (!row->down_count)
        fputs("as planned", out);
    else if (*row->down)
        markup_format(out, "without %s", row->down);
    else
        fprintf(out, "%" PRIu32 " peer%s down", row->down_count, row->down_count == 1 ? "" : "s");
}

/* --- The answer ---- */

static void put_why(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct answer *answer = sheet->answer;
    const struct judged *row = answer->deciding ? answer->deciding : answer->worst;
    char share[SENTENCE_SIZE], goal[FIGURE_SIZE];
    if (!row) {
        fputs("<p>Nothing below says anything about capacity.</p>", out);
        return;
    }
    if (row->goal == GOAL_CEILING) {
        fputs("<p>", out);
        markup_name(out, row->name);
        markup_format(out, " is asked to hold more %s than a cluster can, whatever its peers.</p>",
                      limit_words(limit_called(row->cause)));
        return;
    }
    fputs("<p>Worst is ", out);
    markup_name(out, row->name);
    fputs(" ", out);
    put_situation(out, row);
    markup_format(out, ": %s of its %s %s; the goal is %s" NBSP "%%%s.", judged_share(row, share),
                  row->scope == SCOPE_ENDPOINTS ? "devices" : "calls",
                  row->scope == SCOPE_ENDPOINTS ? "find no place" : "are refused",
                  figure_plain(100 * row->limit, goal),
                  answer->goals_stated ? "" : ", because none was stated");
    if (row->verdict == VERDICT_UNDECIDED && row->more > 0 && row->more < 1e6)
        fprintf(out, " About %.0f more replications should decide.", row->more);
    if (answer->registrations)
        markup_format(out, " Devices are kept out by %s.", answer->registrations);
    fputs("</p>", out);
}

static void put_fact(FILE *out, const char *label, const char *value, const char *text)
{
    fputs("<li>", out);
    markup_text(out, label);
    fputs("<b>", out);
    markup_text(out, value);
    fputs("</b>", out);
    markup_text(out, text);
    fputs("</li>", out);
}

static void put_row_fact(FILE *out, const char *label, const struct judged *row)
{
    char value[FIGURE_SIZE], range[FIGURE_SIZE], text[256], large[FIGURE_SIZE + 8];
    if (!row || isnan(row->value.value))
        return;
    snprintf(large, sizeof large, "%s" NBSP "%%", figure_value(row->value, 100, value));
    figure_range(row->value, 100, range);
    snprintf(text, sizeof text, "of %.60s%s%s%s", row->name, *range ? " (" : "", range,
             *range ? ")" : "");
    put_fact(out, label, large, text);
}

static void put_facts(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct answer *answer = sheet->answer;
    const struct looked *limit = tightest(answer);
    char value[FIGURE_SIZE], size[FIGURE_SIZE], text[192], label[64];
    bool decided = answer->verdict == VERDICT_YES || answer->verdict == VERDICT_NO;
    if (!decided || !sheet->results)
        return; /* what stands in large type is simulated */
    fputs("<ul class=\"facts\">", out);
    put_row_fact(out, "As planned", answer->worst);
    snprintf(label, sizeof label, "Worst with %" PRIu32 " down", answer->survive);
    put_row_fact(out, label, answer->worst_down);
    if (limit) {
        char share[32];
        snprintf(share, sizeof share, "%.0f" NBSP "%%", 100 * ratio(limit));
        snprintf(text, sizeof text, "%.60s, %s: %s of %s", limit->name, limit_words(limit->limit),
                 figure(round(limit->use), value), figure(limit->size, size));
        put_fact(out, "Tightest limit, peak", share, text);
    }
    if (*answer->next_step)
        put_fact(out, "Next step", "", answer->next_step);
    fputs("</ul>", out);
}

static double calls_cut(const struct sheet *sheet)
{
    double cut = 0;
    for (uint32_t i = 0; i < sheet->scenario->class_count; i++) {
        double value = metric(sheet, SCOPE_CLASS, sheet->scenario->classes[i].name, "dropped");
        cut += isnan(value) ? 0 : value;
    }
    return cut;
}

static void put_know(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct answer *answer = sheet->answer;
    char value[FIGURE_SIZE], range[FIGURE_SIZE], hours[FIGURE_SIZE];
    double cut = calls_cut(sheet);
    const struct worst_hour *hour = &answer->hour;
    double goal = answer->worst ? answer->worst->limit : 0.01;
    size_t told = 0;
    fputs("<ul class=\"know\" aria-label=\"Know before you rely on it\">", out);
    if (hour->found && hour->share.value > goal) {
        fputs("<li><b>The day hides an hour.</b> ", out);
        markup_format(out, "%s of %s are refused from %s", figure_value(hour->share, 100, value),
                      hour->name, figure_hours(&sheet->scenario->run, hour->from, hour->to, hours));
        markup_format(out, " (%% of the calls; %s).</li>", figure_range(hour->share, 100, range));
    }
    if (cut >= 0.5)
        fprintf(out,
                "<li><b>Calls are cut, not refused.</b> %s calls in progress end when peers are "
                "lost.</li>",
                figure(round(cut), value));
    for (size_t i = 0; i < answer->note_count && told < 3; i++)
        if (answer->notes[i].warning) {
            fputs("<li>", out);
            markup_text(out, answer->notes[i].text);
            fputs("</li>", out);
            told++;
        }
    fputs("<li>Figures of the documents are guidelines, not guaranteed.</li></ul>", out);
}

static void put_box(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const char *name = verdict_name(sheet->answer->verdict);
    char sentence[SENTENCE_SIZE];
    fprintf(out, "<div class=\"box %s\">\n<div class=\"verdict\">", name);
    page_mark(&sheet->page, name);
    fprintf(out, "<div><div class=\"word %s\">%s</div>\n<p class=\"sentence\">", name,
            verdict_words(sheet->answer->verdict));
    markup_text(out, answer_sentence(sheet->answer, sentence));
    fputs("</p>", out);
    put_why(sheet);
    fputs("</div></div>\n", out);
    put_facts(sheet);
    put_know(sheet);
    fputs("</div>\n", out);
}

/* --- 1. What was asked ---- */

static void put_term(FILE *out, const char *term)
{
    fprintf(out, "<dt>%s</dt><dd>", term);
}

static void put_cluster_words(struct sheet *sheet, const struct cluster *cluster, uint32_t index)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    char units[FIGURE_SIZE];
    markup_name(out, cluster->name);
    fprintf(out, ": %" PRIu32 " \xC3\x97 ", cluster->peer_count);
    markup_text(out, s->platforms[s->peers[cluster->first_peer].platform].name);
    markup_format(out, ", rule %s; %s units together.", redundancy_name(cluster->redundancy),
                  figure((double)scenario_cluster_units(s, index), units));
    fputs("<br>", out);
}

static void put_classes(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    page_table(&sheet->page, "Load, as the scenario states it",
               "Class|Media|Service|>Erlangs, busiest step|>Mean length|>Calls offered");
    for (uint32_t i = 0; i < s->class_count; i++) {
        const struct call_class *call = &s->classes[i];
        char duration[FIGURE_SIZE];
        bool own = call->arrivals.kind != ARRIVALS_NONE;
        put_head(out, call->name);
        fprintf(out, "<td>%s</td><td>%s</td>", call->media == MEDIA_VIDEO ? "video" : "audio",
                service_name(call->service));
        put_number(out, own ? call_erlangs(call) : NAN);
        fprintf(out, "<td class=\"n\">%s</td>",
                own ? figure_duration((nanos)(call->holding.mean * (double)SECOND), duration)
                    : "as recorded");
        put_number(out, metric(sheet, SCOPE_CLASS, call->name, "offered"));
        fputs("</tr>\n", out);
    }
    page_table_end(&sheet->page);
}

static void put_asked(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    char goal[FIGURE_SIZE], length[FIGURE_SIZE];
    page_section(&sheet->page, "What was asked");
    fprintf(out, "<p class=\"finding\">Is at most %s" NBSP "%% of the calls of every class refused",
            figure_plain(100 * s->goals.blocking, goal));
    if (s->goals.survive > 0)
        fprintf(out, ", also with any %d peer%s down", s->goals.survive,
                s->goals.survive == 1 ? "" : "s");
    fputs("?</p>\n<dl>", out);
    put_term(out, s->cluster_count == 1 ? "Cluster" : "Clusters");
    for (uint32_t i = 0; i < s->cluster_count; i++)
        put_cluster_words(sheet, &s->clusters[i], i);
    fputs("</dd>", out);
    if (s->endpoints_count) {
        put_term(out, "Devices");
        for (uint32_t i = 0; i < s->endpoints_count; i++) {
            char count[FIGURE_SIZE];
            fprintf(out, "%s%s ", i ? ", " : "", figure((double)s->endpoints[i].count, count));
            markup_name(out, s->endpoints[i].name);
        }
        fputs("</dd>", out);
    }
    put_term(out, "Time");
    fprintf(out, "%s", figure_duration(s->run.length, length));
    if (s->step_count)
        fprintf(out, "; %" PRIu32 " planned step%s of outages and upgrades", s->step_count,
                s->step_count == 1 ? "" : "s");
    fputs("</dd></dl>\n", out);
    if (s->class_count)
        put_classes(sheet);
    page_section_end(&sheet->page);
}

/* --- 2. The clusters ---- */

static void put_meter(FILE *out, double share)
{
    double width = isnan(share) ? 0 : fmin(fmax(share, 0), 1) * 100;
    fprintf(out,
            "<svg class=\"meter\" viewBox=\"0 0 100 5\" width=\"100\" height=\"5\" "
            "aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"5\"/><rect "
            "class=\"bar\" width=\"%.1f\" height=\"5\"/></svg>",
            width);
}

static bool planned_away(const struct scenario *scenario, uint32_t peer)
{
    for (uint32_t i = 0; i < scenario->step_count; i++)
        if (scenario->steps[i].peer == peer && scenario->steps[i].kind == STEP_FAIL)
            return true;
    return false;
}

static void put_peer(struct sheet *sheet, uint32_t index)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    const struct peer *peer = &s->peers[index];
    const struct platform *platform = &s->platforms[peer->platform];
    bool away = planned_away(s, index);
    char units[FIGURE_SIZE];
    double peak = metric(sheet, SCOPE_PEER, peer->name, "peak_units");
    fprintf(out, "<li%s><b>", away ? " class=\"away\"" : "");
    markup_name(out, peer->name);
    fprintf(out, "</b>%s units<br>", figure((double)platform->units, units));
    if (!isnan(peak)) {
        put_meter(out, platform->units ? peak / (double)platform->units : 0);
        fprintf(out, "<br>peak %s", figure(round(peak), units));
    }
    if (away)
        fputs("<br><span class=\"gone\">\xC3\x97 is away for a time</span>", out);
    fputs("</li>", out);
}

static void put_clusters(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    page_section(&sheet->page, s->cluster_count == 1 ? "The cluster" : "The clusters");
    fprintf(out, "<p class=\"finding\">%" PRIu32 " peer%s in %" PRIu32 " cluster%s.</p>\n",
            s->peer_count, s->peer_count == 1 ? "" : "s", s->cluster_count,
            s->cluster_count == 1 ? "" : "s");
    fputs("<ul class=\"clusters\">", out);
    for (uint32_t i = 0; i < s->cluster_count; i++) {
        const struct cluster *cluster = &s->clusters[i];
        fputs("<li class=\"cluster\"><b>", out);
        markup_name(out, cluster->name);
        fputs("</b>", out);
        if (cluster->traversal != NONE) {
            fputs(" <span class=\"note\">\xE2\x86\x92 ", out);
            markup_name(out, s->clusters[cluster->traversal].name);
            fputs("</span>", out);
        }
        fputs("<ul class=\"peers\">", out);
        for (uint32_t p = 0; p < cluster->peer_count; p++)
            put_peer(sheet, cluster->first_peer + p);
        fputs("</ul></li>\n", out);
    }
    fputs("</ul>\n", out);
    page_section_end(&sheet->page);
}

/* --- 3. Load against capacity ---- */

struct day {
    const struct sheet *sheet;
    uint32_t cluster;
    size_t series;
    struct series_point *points; /* owned */
    double *caps;                /* owned: what is left of the capacity, by interval */
    double top, cap;
    size_t busiest;
};

static void script_axes(FILE *f, bool narrow, const struct day *day)
{
    const struct scenario *s = day->sheet->scenario;
    double hours = (double)s->run.length / (double)HOUR;
    double step = hours <= 30 ? (narrow ? 6 : 2) : narrow ? 48 : 24;
    double start = (double)(s->run.start_unix % 86400) / 3600;
    fprintf(f,
            "set lmargin at screen %.3f\nset rmargin at screen %.3f\nset bmargin at screen %.3f\n"
            "set tmargin at screen 0.9\nset border 1 lc rgb '" CHART_FAINT "'\nset tics scale 0\n"
            "set grid ytics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\nunset key\nset xrange [0:%g]\n"
            "set yrange [0:%g]\nset xtics nomirror (",
            narrow ? 0.15 : 0.075, narrow ? 0.93 : 0.836, narrow ? 0.14 : 0.11, hours, day->top);
    int count = 0;
    for (double h = 0; h <= hours + 1e-9 && count < 40; h += step) {
        int clock = (int)fmod(start + h, 24);
        if (hours <= 30)
            fprintf(f, "%s'%02d:00' %g", count++ ? "," : "", clock, h);
        else
            fprintf(f, "%s'day %d' %g", count++ ? "," : "", (int)(h / 24) + 1, h);
    }
    fputs(")\nset ytics nomirror (", f);
    double unit = pow(10, floor(log10(fmax(day->top, 1))));
    double tick = day->top / unit > 5 ? unit * 2 : day->top / unit > 2 ? unit : unit / 2;
    char buffer[FIGURE_SIZE];
    count = 0;
    for (double y = 0; y <= day->top && count < 20; y += tick)
        fprintf(f, "%s'%s' %g", count++ ? "," : "", figure(y, buffer), y);
    fputs(")\n", f);
}

/* Spans in which a peer of the cluster is away by plan. */
static void script_events(FILE *f, const struct day *day)
{
    const struct scenario *s = day->sheet->scenario;
    int object = 1;
    for (uint32_t i = 0; i < s->step_count && object < 60; i++) {
        const struct step *fail = &s->steps[i];
        if (fail->kind != STEP_FAIL || s->peers[fail->peer].cluster != day->cluster)
            continue;
        nanos until = s->run.length;
        for (uint32_t k = i + 1; k < s->step_count; k++)
            if (s->steps[k].peer == fail->peer && s->steps[k].kind == STEP_UP) {
                until = s->steps[k].at;
                break;
            }
        double from = (double)fail->at / (double)HOUR, to = (double)until / (double)HOUR;
        fprintf(f,
                "set object %d rect from %g, graph 0 to %g, graph 1 behind fc rgb '" CHART_EVENT
                "' fs solid 0.14 noborder\nset label %d ",
                object, from, to, object);
        char label[80];
        snprintf(label, sizeof label, "%.60s away", s->peers[fail->peer].name);
        chart_quote(f, label, 22);
        fprintf(f, " at %g, graph 1.05 center tc rgb '" CHART_FAINT "' front\n", (from + to) / 2);
        object++;
    }
}

static void script_day(FILE *f, bool narrow, int height, const void *context)
{
    (void)height;
    const struct day *day = context;
    const struct results *results = day->sheet->results;
    char cap[FIGURE_SIZE];
    script_axes(f, narrow, day);
    script_events(f, day);
    if (!narrow)
        fprintf(f,
                "set label 101 'cap %s' at graph 1.015, first %g tc rgb '" CHART_CAP "'\n"
                "set label 102 '90 %% alarm' at graph 1.015, first %g tc rgb '" CHART_ALARM "'\n",
                figure(day->cap, cap), day->cap, 0.9 * day->cap - 0.02 * day->top);
    fputs("$d << EOD\n", f);
    for (size_t i = 0; i < results->intervals; i++) {
        const struct series_point *p = &day->points[i];
        double at = (double)i * (double)results->interval / (double)HOUR;
        double low = isnan(p->p05) ? p->mean : p->p05, high = isnan(p->p95) ? p->mean : p->p95;
        if (!isnan(p->mean))
            fprintf(f, "%g %g %g %g %g\n", at, p->mean, low, high, day->caps[i]);
    }
    double at = (double)day->busiest * (double)results->interval / (double)HOUR;
    fprintf(
        f,
        "EOD\nplot $d using 1:3:4 with filledcurves lc rgb '" CHART_LOAD
        "' fs transparent solid 0.22 noborder, $d using 1:5 with steps lw 2.2 lc rgb '" CHART_CAP
        "', %g with lines dt 3 lw 1.4 lc rgb '" CHART_ALARM
        "', $d using 1:2 with lines lw 2 lc rgb '" CHART_LOAD
        "', '+' using (%g):(%g) every ::0::0 with points pt 6 ps 0.7 lc rgb '" CHART_LOAD "'\n",
        0.9 * day->cap, at, day->points[day->busiest].mean);
}

/* What the peers that are there at a time may carry together; those away by plan are not. */
static double capacity_at(const struct scenario *s, uint32_t cluster, nanos at)
{
    const struct cluster *c = &s->clusters[cluster];
    bool away[CLUSTER_PEERS_MAX] = {false};
    double sum = 0;
    for (uint32_t i = 0; i < s->step_count && s->steps[i].at <= at; i++) {
        uint32_t place = s->steps[i].peer - c->first_peer;
        if (place < c->peer_count && place < CLUSTER_PEERS_MAX &&
            (s->steps[i].kind == STEP_FAIL || s->steps[i].kind == STEP_UP))
            away[place] = s->steps[i].kind == STEP_FAIL;
    }
    for (uint32_t i = 0; i < c->peer_count && i < CLUSTER_PEERS_MAX; i++) {
        const struct peer *peer = &s->peers[c->first_peer + i];
        bool member = peer->joins <= at && at < peer->leaves;
        sum += member && !away[i] ? (double)s->platforms[peer->platform].units : 0;
    }
    return fmin(sum, (double)scenario_cluster_units(s, cluster));
}

/* Points of a cluster's load; false when there are none. */
static bool read_day(const struct sheet *sheet, uint32_t cluster, struct day *day)
{
    const struct results *results = sheet->results;
    *day = (struct day){.sheet = sheet, .cluster = cluster, .series = SIZE_MAX};
    for (size_t i = 0; i < results->series_count; i++)
        if (results->series[i].scope == SCOPE_CLUSTER && results->series[i].index == cluster &&
            strcmp(results->series[i].metric, "units") == 0)
            day->series = i;
    double *values = malloc((results->replications + 1) * sizeof *values);
    day->points = malloc((results->intervals + 1) * sizeof *day->points);
    day->caps = malloc((results->intervals + 1) * sizeof *day->caps);
    bool good =
        values && day->points && day->caps && day->series != SIZE_MAX && results->intervals > 0;
    day->cap = (double)scenario_cluster_units(sheet->scenario, cluster);
    double most = 0;
    for (size_t i = 0; i < results->intervals && good; i++) {
        day->points[i] = series_point_at(results, day->series, i, values);
        day->caps[i] = capacity_at(sheet->scenario, cluster, (nanos)i * results->interval);
        if (day->points[i].mean > day->points[day->busiest].mean)
            day->busiest = i;
        most = fmax(most, isnan(day->points[i].p95) ? day->points[i].mean : day->points[i].p95);
    }
    day->top = 1.1 * fmax(day->cap, most);
    free(values);
    return good;
}

/* The figures behind the curve, by the hour. */
static void put_day_table(struct sheet *sheet, const struct day *day)
{
    FILE *out = sheet->page.out;
    const struct results *results = sheet->results;
    size_t step =
        results->interval > 0 && results->interval < HOUR ? (size_t)(HOUR / results->interval) : 1;
    fprintf(out, "<details%s><summary>The figures behind this chart</summary>",
            sheet->page.drawn ? "" : " open");
    page_table(&sheet->page, "Units in use, mean over the interval", "Time|>Mean|>5 %|>95 %");
    for (size_t i = 0; i < results->intervals; i += step) {
        char hours[FIGURE_SIZE];
        nanos at = (nanos)i * results->interval;
        fprintf(out, "<tr><th scope=\"row\">%s</th>",
                figure_hours(&sheet->scenario->run, at, at + results->interval, hours));
        put_number(out, day->points[i].mean);
        put_number(out, day->points[i].p05);
        put_number(out, day->points[i].p95);
        fputs("</tr>\n", out);
    }
    page_table_end(&sheet->page);
    fputs("</details>\n", out);
}

static void put_cluster_day(struct sheet *sheet, uint32_t cluster)
{
    FILE *out = sheet->page.out;
    struct day day;
    char units[FIGURE_SIZE], cap[FIGURE_SIZE], hours[FIGURE_SIZE], desc[512], id[32], title[128];
    const char *name = sheet->scenario->clusters[cluster].name;
    if (read_day(sheet, cluster, &day)) {
        nanos at = (nanos)day.busiest * sheet->results->interval;
        double share = day.cap > 0 ? 100 * day.points[day.busiest].mean / day.cap : 0;
        snprintf(desc, sizeof desc, "%.60s is fullest from %s: %s of %s units, %.0f %%.", name,
                 figure_hours(&sheet->scenario->run, at, at + sheet->results->interval, hours),
                 figure(round(day.points[day.busiest].mean), units), figure(day.cap, cap), share);
        snprintf(id, sizeof id, "day-%" PRIu32, cluster);
        snprintf(title, sizeof title, "Load and capacity of %.60s over time", name);
        fputs("<p class=\"finding\">", out);
        markup_text(out, desc);
        fputs("</p>\n", out);
        page_chart(&sheet->page, &(struct page_chart){.id = id,
                                                      .title = title,
                                                      .desc = desc,
                                                      .wide_height = 300,
                                                      .narrow_height = 250,
                                                      .script = script_day,
                                                      .context = &day});
        put_day_table(sheet, &day);
    }
    free(day.points);
    free(day.caps);
}

static void put_load(struct sheet *sheet)
{
    page_section(&sheet->page, "Load against capacity");
    for (uint32_t i = 0; i < sheet->scenario->cluster_count && i < 12; i++)
        put_cluster_day(sheet, i);
    fputs("<p class=\"note\"><b>How to read it.</b> One point is the mean of an interval; nine of "
          "ten "
          "runs lie in the band. An audio call takes one unit, a video call two (Small VM: "
          "one).</p>\n",
          sheet->page.out);
    page_section_end(&sheet->page);
}

/* --- 4. Refused calls ---- */

/* Rows of the forest: the goal of blocking, as planned, then the worst set. */
static bool in_forest(const struct answer *answer, const struct judged *row, bool down)
{
    if (row->goal != GOAL_BLOCKING || row->scope != SCOPE_CLASS || row->hourly)
        return false;
    if (!down)
        return row->down_count == 0;
    return answer->worst_down && row->down_count &&
           strcmp(row->down, answer->worst_down->down) == 0;
}

static void script_forest(FILE *f, bool narrow, int height, const void *context)
{
    const struct sheet *sheet = context;
    const struct answer *answer = sheet->answer;
    double goal = answer->worst ? 100 * answer->worst->limit : 1, floor_ = narrow ? 0.01 : 0.001;
    int row = 0, label = 1;
    fprintf(
        f,
        "set lmargin at screen %.3f\nset rmargin at screen %.3f\nset bmargin at screen %.3f\n"
        "set tmargin at screen %.3f\nset border 1 lc rgb '" CHART_FAINT "'\nset tics scale 0\n"
        "unset key\nset logscale x\nset xrange [%g:100]\nunset ytics\nset xtics nomirror ('0.001 "
        "%%%%' 0.001,'0.01 %%%%' 0.01,'0.1 %%%%' 0.1,'1 %%%%' 1,'10 %%%%' 10,'100 %%%%' 100)\n"
        "set grid xtics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\n"
        "set object 1 rect from %g, graph 0 to 100, graph 1 behind fc rgb '" CHART_NO
        "' fs solid 0.1 noborder\nset label 900 'goal %g %%' at %g, graph 1.05 center tc rgb "
        "'" CHART_NO "'\n$d << EOD\n",
        narrow ? 0.28 : 0.26, narrow ? 0.97 : 0.72, 32.0 / height, 1 - 26.0 / height, floor_, goal,
        goal, goal);
    for (int down = 0; down < 2; down++)
        for (size_t i = 0; i < answer->row_count && row < 40; i++) {
            const struct judged *j = &answer->rows[i];
            if (!in_forest(answer, j, down == 1) || isnan(j->value.value))
                continue;
            double value = 100 * j->value.value, low = 100 * j->value.low,
                   high = 100 * j->value.high;
            low = isnan(low) ? value : low;
            high = isnan(high) ? value : high;
            fprintf(f, "%d %g %g %g %d\n", -row, fmax(value, floor_), fmax(low, floor_),
                    fmax(high, floor_), (int)j->verdict);
            row++;
        }
    fprintf(f, "EOD\nset yrange [%g:0.7]\n", -row + 0.3);
    row = 0;
    for (int down = 0; down < 2; down++)
        for (size_t i = 0; i < answer->row_count && row < 40; i++) {
            const struct judged *j = &answer->rows[i];
            char share[SENTENCE_SIZE], name[96];
            if (!in_forest(answer, j, down == 1) || isnan(j->value.value))
                continue;
            snprintf(name, sizeof name, "%.60s%s", j->name, down ? ", down" : "");
            fprintf(f, "set label %d ", label++);
            chart_quote(f, name, narrow ? 12 : 22);
            fprintf(f, " at graph -0.02, first %d right tc rgb '" CHART_INK "'\n", -row);
            if (!narrow) {
                fprintf(f, "set label %d ", label++);
                chart_quote(f, judged_share(j, share), 40);
                fprintf(f, " at graph 1.02, first %d left tc rgb '" CHART_INK "'\n", -row);
            }
            row++;
        }
    fprintf(f,
            "set arrow from %g, graph 0 to %g, graph 1 nohead dt 2 lc rgb '" CHART_NO "'\n"
            "plot $d using 3:1:($4-$3):(0) with vectors nohead lw 2 lc rgb '" CHART_LOAD "', "
            "$d using 2:($5==%d?$1:NaN) with points pt 6 ps 1.1 lc rgb '" CHART_YES "', "
            "$d using 2:($5==%d?$1:NaN) with points pt 4 ps 1.1 lc rgb '" CHART_NO "', "
            "$d using 2:($5!=%d&&$5!=%d?$1:NaN) with points pt 8 ps 1.3 lc rgb '" CHART_OPEN "'\n",
            goal, goal, VERDICT_YES, VERDICT_NO, VERDICT_YES, VERDICT_NO);
}

static void put_judged_table(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct answer *answer = sheet->answer;
    page_table(&sheet->page, "Every goal, judged",
               "What|Situation|Goal|>Share and 95 % interval|>At most|Verdict|How known");
    for (size_t i = 0; i < answer->row_count && i < 200; i++) {
        const struct judged *row = &answer->rows[i];
        char share[SENTENCE_SIZE], goal[FIGURE_SIZE];
        put_head(out, row->name);
        fputs("<td>", out);
        put_situation(out, row);
        fprintf(out, "</td><td>%s</td><td class=\"n\">", goal_name(row->goal));
        markup_text(out, judged_share(row, share));
        fprintf(out, "</td><td class=\"n\">%s" NBSP "%%</td><td>",
                figure_plain(100 * row->limit, goal));
        page_mark(&sheet->page, verdict_name(row->verdict));
        fprintf(out, " %s</td><td>%s</td></tr>\n", verdict_words(row->verdict),
                basis_name(row->basis));
    }
    page_table_end(&sheet->page);
}

static void put_calls_table(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    if (!sheet->results || !s->class_count)
        return;
    page_table(&sheet->page, "Calls by class, means over replications",
               "Class|>Offered|>Refused|>Cut|>In progress, mean|>peak");
    for (uint32_t i = 0; i < s->class_count; i++) {
        static const char *const what[] = {"offered", "blocked", "dropped", "mean_in_progress",
                                           "peak_in_progress"};
        put_head(out, s->classes[i].name);
        for (size_t k = 0; k < sizeof what / sizeof *what; k++)
            put_number(out, metric(sheet, SCOPE_CLASS, s->classes[i].name, what[k]));
        fputs("</tr>\n", out);
    }
    page_table_end(&sheet->page);
}

static void put_refused(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct answer *answer = sheet->answer;
    int rows = 0;
    for (size_t i = 0; i < answer->row_count; i++)
        for (int down = 0; down < 2; down++)
            rows += in_forest(answer, &answer->rows[i], down == 1) &&
                    !isnan(answer->rows[i].value.value);
    rows = rows > 40 ? 40 : rows;
    page_section(&sheet->page, "Refused calls against the goal");
    fprintf(out, "<p class=\"finding\">%s</p>\n",
            answer->verdict == VERDICT_YES  ? "Every goal is met."
            : answer->verdict == VERDICT_NO ? "A goal is missed."
                                            : "Not every goal is decided.");
    if (rows > 0)
        page_chart(&sheet->page,
                   &(struct page_chart){.id = "forest",
                                        .title = "Refused share of each class against the goal",
                                        .desc = "The table below has the figures.",
                                        .wide_height = 60 + 26 * rows,
                                        .narrow_height = 70 + 30 * rows,
                                        .script = script_forest,
                                        .context = sheet});
    put_judged_table(sheet);
    put_calls_table(sheet);
    fputs(
        "<p class=\"note\"><b>How to read it.</b> The point is the share refused, the bar its 95 % "
        "interval: wholly left of the goal it is met (circle), wholly right missed (square), "
        "across "
        "it not yet decided (triangle). Shares below the axis stand at its left end.</p>\n",
        out);
    page_section_end(&sheet->page);
}

/* --- 5 to 7 ---- */

static void put_survival(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct survival *survival = sheet->report->survival;
    const struct scenario *s = sheet->scenario;
    if (!survival || !survival->count)
        return;
    page_section(&sheet->page, "When peers die");
    fputs("<p class=\"finding\">", out);
    if (sheet->answer->worst_down) {
        fputs("The worst set of peers to lose is ", out);
        markup_name(out,
                    *sheet->answer->worst_down->down ? sheet->answer->worst_down->down : "any");
        fputs(".", out);
    }
    fputs("</p>\n", out);
    page_table(&sheet->page, "Refused with these peers down from start to end",
               "Peers down|Worst class|>Refused|>95 % interval");
    for (size_t i = 0; i < survival->count && i < 60; i++) {
        const struct survival_set *set = &survival->sets[i];
        uint32_t worst = 0;
        char peers[FIGURE_SIZE], value[FIGURE_SIZE], range[FIGURE_SIZE];
        for (uint32_t k = 1; k < s->class_count; k++)
            if (set->blocked[k].value > set->blocked[worst].value ||
                isnan(set->blocked[worst].value))
                worst = k;
        put_head(out, figure_peers(s, set->down, set->down_count, peers));
        fputs("<td>", out);
        if (s->class_count)
            markup_name(out, s->classes[worst].name);
        fprintf(out, "</td><td class=\"n\">%s" NBSP "%%</td><td class=\"n\">%s</td></tr>\n",
                s->class_count ? figure_value(set->blocked[worst], 100, value) : "-",
                s->class_count ? figure_range(set->blocked[worst], 100, range) : "");
    }
    page_table_end(&sheet->page);
    page_section_end(&sheet->page);
}

static int by_ratio(const void *left, const void *right)
{
    double a = ratio(*(const struct looked *const *)left);
    double b = ratio(*(const struct looked *const *)right);
    a = isnan(a) ? -1 : a;
    b = isnan(b) ? -1 : b;
    return (a < b) - (a > b);
}

static void put_headroom(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct answer *answer = sheet->answer;
    const struct looked **sorted = malloc((answer->limit_count + 1) * sizeof(struct looked *));
    if (!answer->limit_count || !sorted) {
        free(sorted);
        return;
    }
    for (size_t i = 0; i < answer->limit_count; i++)
        sorted[i] = &answer->limits[i];
    qsort(sorted, answer->limit_count, sizeof *sorted, by_ratio);
    page_section(&sheet->page, "Headroom and what binds");
    fputs("<p class=\"finding\">", out);
    if (answer->binding.what)
        markup_format(out, "What refuses calls first: %s.", answer->binding.what);
    else if (answer->binding.nearest)
        markup_format(out, "Nothing refuses calls; nearest to its limit is %s (%s).",
                      answer->binding.nearest, answer->binding.kind ? answer->binding.kind : "");
    fputs("</p>\n", out);
    page_table(&sheet->page, "Limits, nearest first",
               "Where|Limit|>Peak|>Of|>Share|Of 100 %|How known");
    for (size_t i = 0; i < answer->limit_count && i < 60; i++) {
        double share = ratio(sorted[i]);
        put_head(out, sorted[i]->name);
        fprintf(out, "<td>%s</td>", limit_words(sorted[i]->limit));
        put_number(out, isnan(sorted[i]->use) ? NAN : round(sorted[i]->use));
        put_number(out, sorted[i]->size);
        if (isnan(share))
            fputs("<td class=\"n\">-</td><td></td>", out);
        else {
            fprintf(out, "<td class=\"n\">%.0f" NBSP "%%</td><td>", 100 * share);
            put_meter(out, share);
            fputs("</td>", out);
        }
        fprintf(out, "<td>%s</td></tr>\n",
                sorted[i]->basis == BASIS_NONE ? "not looked at" : basis_name(sorted[i]->basis));
    }
    page_table_end(&sheet->page);
    page_section_end(&sheet->page);
    free(sorted);
}

static void put_licences(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    bool any = false;
    for (uint32_t i = 0; i < s->cluster_count && sheet->results; i++) {
        char name[256];
        snprintf(name, sizeof name, "%.200s.rms", s->clusters[i].name);
        if (isnan(metric(sheet, SCOPE_POOL, name, "size")))
            continue;
        if (!any) {
            page_section(&sheet->page, "Licences");
            fputs("<p class=\"finding\">Rich media session licences by cluster.</p>\n", out);
            page_table(&sheet->page, "Licences in use",
                       "Pool|>Size|>Mean|>Peak|>Full, % of the time");
        }
        any = true;
        put_head(out, name);
        put_number(out, metric(sheet, SCOPE_POOL, name, "size"));
        put_number(out, metric(sheet, SCOPE_POOL, name, "mean_in_use"));
        put_number(out, metric(sheet, SCOPE_POOL, name, "peak_in_use"));
        put_number(out, 100 * metric(sheet, SCOPE_POOL, name, "full_fraction"));
        fputs("</tr>\n", out);
    }
    if (!any)
        return;
    page_table_end(&sheet->page);
    page_section_end(&sheet->page);
}

/* --- 8 and 9 ---- */

static void put_assumptions(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    page_section(&sheet->page, "Assumptions, and how far to trust them");
    fputs("<p class=\"finding\">Guideline figures of the manufacturer, not guaranteed; the load is "
          "what "
          "the scenario says.</p>\n<dl>",
          out);
    put_term(out, "Capacity table");
    markup_text(out, s->table);
    if (s->table_source)
        markup_format(out, " (%s)", s->table_source);
    fputs("</dd>", out);
    put_term(out, "How known");
    fputs(sheet->results
              ? "by simulation; intervals are 95 % confidence over independent replications"
              : "by formula alone",
          out);
    fputs("</dd></dl>\n<ul class=\"note\">", out);
    for (size_t i = 0; i < sheet->answer->note_count; i++) {
        fputs("<li>", out);
        markup_text(out, sheet->answer->notes[i].text);
        fputs("</li>", out);
    }
    fputs("</ul>\n", out);
    page_section_end(&sheet->page);
}

static void put_provenance(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct results *results = sheet->results;
    page_section(&sheet->page, "Provenance");
    fputs("<p class=\"finding\">The same scenario and seed give the same page.</p>\n<dl>", out);
    put_term(out, "Program");
    fputs("peerplan " PEERPLAN_VERSION "</dd>", out);
    if (sheet->report->sha256) {
        put_term(out, "SHA-256");
        markup_text(out, sheet->report->sha256);
        fputs("</dd>", out);
    }
    if (results) {
        char length[FIGURE_SIZE];
        put_term(out, "Run");
        fprintf(out, "seed %" PRIu64 ", %zu replication%s of %s", results->seed,
                results->replications, results->replications == 1 ? "" : "s",
                figure_duration(sheet->scenario->run.length, length));
        fputs("</dd>", out);
    }
    put_term(out, "Charts");
    fputs(sheet->page.drawn ? "gnuplot" : "none: gnuplot was not found", out);
    fputs("</dd></dl>\n", out);
    page_section_end(&sheet->page);
}

void page_put(FILE *out, const struct report *report)
{
    if (report->kind == REPORT_CHECK) {
        page_put_findings(out, report->findings, report->deployment);
        return;
    }
    struct sheet sheet = {.page = {.out = out},
                          .report = report,
                          .scenario = report->scenario,
                          .answer = report->answer,
                          .results = report->kind == REPORT_RUN ? report->results : NULL};
    const char *title = report->scenario->title ? report->scenario->title : "Scenario";
    char subtitle[160];
    if (sheet.results)
        snprintf(subtitle, sizeof subtitle, "Capacity report \xC2\xB7 simulated %zu times",
                 sheet.results->replications);
    else
        snprintf(subtitle, sizeof subtitle, "Capacity report \xC2\xB7 by formula");
    page_begin(&sheet.page, title, subtitle);
    put_box(&sheet);
    put_asked(&sheet);
    put_clusters(&sheet);
    if (sheet.results)
        put_load(&sheet);
    put_refused(&sheet);
    put_survival(&sheet);
    put_licences(&sheet);
    put_headroom(&sheet);
    put_assumptions(&sheet);
    put_provenance(&sheet);
    page_end(&sheet.page);
}

bool page_write(const char *path, const struct report *report, struct errors *errors)
{
    struct output *output = output_open(path, errors);
    if (!output)
        return false;
    page_put(output_stream(output), report);
    return output_commit(output, errors);
}
