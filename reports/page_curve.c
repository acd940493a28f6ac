/* Curves over the time of a run: load against capacity, licences. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reports/page_sheet.h"
#include "reports/results_tables.h"

double page_curve_capacity(const struct scenario *s, uint32_t cluster, nanos at,
                           const uint32_t *down, uint32_t down_count)
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
    for (uint32_t i = 0; i < down_count; i++)
        if (down[i] - c->first_peer < c->peer_count && down[i] - c->first_peer < CLUSTER_PEERS_MAX)
            away[down[i] - c->first_peer] = true;
    for (uint32_t i = 0; i < c->peer_count && i < CLUSTER_PEERS_MAX; i++) {
        const struct peer *peer = &s->peers[c->first_peer + i];
        bool member = peer->joins <= at && at < peer->leaves;
        sum += member && !away[i] ? (double)s->platforms[peer->platform].units : 0;
    }
    return fmin(sum, (double)scenario_cluster_units(s, cluster));
}

static size_t find_series(const struct results *results, enum scope scope, uint32_t index,
                          const char *name)
{
    for (size_t i = 0; results && i < results->series_count; i++)
        if (results->series[i].scope == scope && results->series[i].index == index &&
            strcmp(results->series[i].metric, name) == 0)
            return i;
    return SIZE_MAX;
}

bool page_curve_read(const struct sheet *sheet, uint32_t cluster, const char *series, double size,
                     struct page_curve *curve)
{
    const struct results *results = sheet->results;
    size_t at = find_series(results, SCOPE_CLUSTER, cluster, series);
    *curve = (struct page_curve){.sheet = sheet, .cluster = cluster, .size = size, .peak = NAN};
    if (at == SIZE_MAX || !results->intervals)
        return false;
    size_t n = curve->intervals = results->intervals;
    double *values = malloc((results->replications + 1) * sizeof *values), most = 0;
    curve->mean = calloc(4 * n, sizeof *curve->mean);
    if (!values || !curve->mean) {
        free(values);
        free(curve->mean);
        return false;
    }
    curve->low = curve->mean + n;
    curve->high = curve->low + n;
    curve->cap = curve->high + n;
    for (size_t i = 0; i < n; i++) {
        struct series_point p = series_point_at(results, at, i, values);
        curve->mean[i] = p.mean;
        curve->low[i] = isnan(p.p05) ? p.mean : p.p05;
        curve->high[i] = isnan(p.p95) ? p.mean : p.p95;
        curve->cap[i] = size;
        if (p.mean > curve->mean[curve->busiest])
            curve->busiest = i;
        most = fmax(most, isnan(curve->high[i]) ? 0 : curve->high[i]);
    }
    curve->top = 1.1 * fmax(size, most);
    free(values);
    return true;
}

void page_curve_release(struct page_curve *curve)
{
    free(curve->mean);
    *curve = (struct page_curve){0};
}

/* ---- The script ---- */

#define STRIP 74 /* pixels */

static double hours_of(nanos time)
{
    return (double)time / (double)HOUR;
}

static void put_time_axis(FILE *f, const struct run *run, bool few)
{
    double hours = hours_of(run->length), first = fmod((double)run->start_unix / 3600, 24);
    double step = hours <= 3    ? 0.5
                  : hours <= 8  ? (few ? 2 : 1)
                  : hours <= 24 ? (few ? 6 : 2)
                  : hours <= 48 ? (few ? 12 : 4)
                                : 24;
    int count = 0;
    while (step >= 24 && hours / step > (few ? 4 : 8))
        step *= 2;
    fprintf(f, "set xrange [0:%g]\nset xtics nomirror (", hours);
    for (double h = 0; h <= hours + 1e-9 && count < 40; h += step) {
        char label[FIGURE_SIZE];
        double clock = fmod(first + h, 24);
        if (step >= 24)
            snprintf(label, sizeof label, "day %d", (int)(h / 24) + 1);
        else
            snprintf(label, sizeof label, "%02d:%02d", (int)clock,
                     (int)(60 * (clock - floor(clock)) + 0.5));
        fprintf(f, "%s'%s' %g", count++ ? "," : "", label, h);
    }
    fputs(")\n", f);
}

static void put_value_axis(FILE *f, double top, bool few)
{
    double unit = pow(10, floor(log10(fmax(top, 1))));
    double tick = top / unit > 5 ? unit * 2 : top / unit > 2 ? unit : unit / 2;
    char text[FIGURE_SIZE];
    int count = 0;
    tick = few && top / tick > 3 ? tick * 2 : tick;
    fprintf(f,
            "set yrange [0:%g]\nset grid ytics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\n"
            "set ytics nomirror (",
            top > 0 ? top : 1);
    for (double y = 0; y <= top && count < 20; y += tick)
        fprintf(f, "%s'%s' %g", count++ ? "," : "", words_count(y, text), y);
    fputs(")\n", f);
}

/* Spans in which a peer of the cluster is away by plan; names where they do not overlap. */
static void put_spans(FILE *f, const struct page_curve *curve, const struct drawing *drawing)
{
    const struct scenario *s = curve->sheet->scenario;
    int plot = drawing->width - (drawing->narrow ? 70 : 174);
    double per_hour = plot / fmax(hours_of(s->run.length), 1e-9), free_from = -1e9;
    int object = 1;
    for (uint32_t i = 0; i < s->step_count && object < 60; i++) {
        const struct step *fail = &s->steps[i];
        nanos until = s->run.length;
        if (fail->kind != STEP_FAIL || s->peers[fail->peer].cluster != curve->cluster)
            continue;
        for (uint32_t k = i + 1; k < s->step_count; k++)
            if (s->steps[k].peer == fail->peer && s->steps[k].kind == STEP_UP) {
                until = s->steps[k].at;
                break;
            }
        double from = hours_of(fail->at), to = fmin(hours_of(until), hours_of(s->run.length));
        fprintf(f,
                "set object %d rect from %g, graph 0 to %g, graph 1 behind fc rgb '" CHART_EVENT
                "' fs solid 0.14 noborder\n",
                object, from, to);
        char label[80];
        snprintf(label, sizeof label, "%.60s away", s->peers[fail->peer].name);
        double middle = (from + to) / 2, half = 3.8 * (double)strlen(label) / per_hour;
        if (!curve->small && middle - half > free_from) {
            fprintf(f, "set label %d ", object);
            chart_quote(f, label, 22);
            fprintf(f, " at %g, graph 1.05 center tc rgb '" CHART_FAINT "' front\n", middle);
            free_from = middle + half;
        }
        object++;
    }
}

/* The middle of the third of the time in which least is going on. */
static double emptiest_third(const struct page_curve *curve)
{
    double least = INFINITY, at = 0;
    for (size_t third = 0; third < 3; third++) {
        double most = 0;
        for (size_t i = third * curve->intervals / 3; i < (third + 1) * curve->intervals / 3; i++)
            most = fmax(most, isnan(curve->high[i]) ? 0 : curve->high[i]);
        if (most < least) {
            least = most;
            at = ((double)third + 0.5) / 3;
        }
    }
    return at * hours_of(curve->sheet->scenario->run.length);
}

static void put_labels(FILE *f, const struct page_curve *curve, const struct drawing *drawing)
{
    double plot = drawing->height - drawing->top - 52.0 - (curve->strip ? STRIP : 0);
    double apart = 16 * curve->top / fmax(plot, 60);
    double alarm = fmin(0.9 * curve->size, curve->size - 1.3 * apart);
    const char *place = drawing->narrow ? "graph 0.01" : "graph 1.015";
    fputs("set label 101 ", f);
    chart_quote(f, curve->limit, 40);
    fprintf(f, " at %s, first %g left tc rgb '" CHART_CAP "' front\n", place,
            drawing->narrow ? curve->size + 0.55 * apart : curve->size);
    if (!drawing->narrow)
        fprintf(f,
                "set label 102 '90 %% alarm' at %s, first %g left tc rgb '" CHART_ALARM "' front\n",
                place, alarm);
    fputs("set label 103 ", f);
    chart_quote(f, curve->figure, 40);
    fprintf(f, " at %g, first %g center tc rgb '" CHART_LOAD "' front\n", emptiest_third(curve),
            0.62 * curve->size);
    if (!isnan(curve->peak)) {
        char text[FIGURE_SIZE];
        fprintf(f,
                "set label 104 'peak %s' at %g, first %g center tc rgb '" CHART_FAINT "' front\n",
                words_count(round(curve->peak), text), emptiest_third(curve),
                0.62 * curve->size - 1.1 * apart);
    }
}

/* By how many intervals points are taken together, where there are more than are seen. */
static size_t stride_of(const struct page_curve *curve, bool few)
{
    nanos interval = curve->sheet->results->interval;
    return few && curve->intervals > 96 && interval > 0 && interval < HOUR
               ? (size_t)(HOUR / interval)
               : 1;
}

static void put_points(FILE *f, const struct page_curve *curve, size_t stride)
{
    fputs("$d << EOD\n", f);
    for (size_t i = 0; i < curve->intervals; i += stride) {
        double mean = 0, low = 0, high = 0, cap = INFINITY;
        size_t n = 0;
        for (size_t k = i; k < i + stride && k < curve->intervals; k++, n++) {
            mean += curve->mean[k];
            low += curve->low[k];
            high += curve->high[k];
            cap = fmin(cap, curve->cap[k]);
        }
        if (n && !isnan(mean))
            fprintf(f, "%.6g %.6g %.6g %.6g %.6g\n",
                    hours_of((nanos)i * curve->sheet->results->interval), mean / (double)n,
                    low / (double)n, high / (double)n, cap);
    }
    fputs("EOD\n", f);
}

/* The share refused of each class, for the strip below. */
static uint32_t put_refused(FILE *f, const struct page_curve *curve, size_t stride, double *most)
{
    const struct sheet *sheet = curve->sheet;
    const struct results *results = sheet->results;
    uint32_t told = 0;
    double *values = malloc((results->replications + 1) * sizeof *values);
    *most = 0;
    for (uint32_t c = 0; values && c < sheet->scenario->class_count && told < 5; c++) {
        size_t at = find_series(results, SCOPE_CLASS, c, "blocked_fraction");
        double all = 0;
        if (at == SIZE_MAX)
            continue;
        for (size_t i = 0; i < curve->intervals; i++)
            all = fmax(all, fmax(series_point_at(results, at, i, values).mean, 0));
        if (all <= 0)
            continue;
        *most = fmax(*most, all);
        fprintf(f, "$r%" PRIu32 " << EOD\n", told++);
        for (size_t i = 0; i < curve->intervals; i += stride) {
            double mean = series_point_at(results, at, i, values).mean;
            fprintf(f, "%.6g %.6g\n", hours_of((nanos)i * results->interval),
                    isnan(mean) ? 0 : 100 * mean);
        }
        fputs("EOD\n", f);
    }
    free(values);
    return told;
}

static void plot_strip(FILE *f, const struct page_curve *curve, const struct drawing *drawing,
                       uint32_t classes, double most)
{
    const struct answer *answer = curve->sheet->answer;
    double goal = answer && answer->worst ? answer->worst->limit : 0.01;
    double top = 100 * fmax(1.25 * most, 1.4 * goal);
    char text[FIGURE_SIZE], whole[FIGURE_SIZE];
    snprintf(whole, sizeof whole, "%s%%",
             words_share(floor(top) > 0 ? floor(top) / 100 : top / 100, text));
    fputs("unset label\nunset object\n", f);
    drawing_margins(f, drawing,
                    (struct margins){drawing->narrow ? 46 : 56, drawing->narrow ? 24 : 118,
                                     drawing->height - drawing->top - STRIP, 26});
    put_time_axis(f, &curve->sheet->scenario->run, drawing->narrow);
    fprintf(f, "set yrange [0:%g]\nset ytics nomirror ('0' 0, ", top);
    chart_quote(f, whole, 20); /* in labels of ticks, % is a format */
    fprintf(f,
            " %g)\nset label 201 '%s%s' at graph 1.015, first %g left tc rgb '" CHART_NO
            "'\nplot %g with lines dt 2 lw 1.4 lc rgb '" CHART_NO "'",
            floor(top) > 0 ? floor(top) : top, drawing->narrow ? "" : "goal ",
            drawing->narrow ? "" : words_share(goal, text), 100 * goal, 100 * goal);
    for (uint32_t i = 0; i < classes; i++)
        fprintf(f, ", $r%" PRIu32 " using 1:2 with steps lw 1.8 lc rgb '%s'", i, chart_classes[i]);
    fputs("\nunset multiplot\n", f);
}

void page_curve_script(FILE *f, const struct drawing *drawing, const void *context)
{
    const struct page_curve *curve = context;
    const struct run *run = &curve->sheet->scenario->run;
    bool few = drawing->narrow || curve->small;
    size_t stride = stride_of(curve, few);
    double most = 0, step = hours_of(curve->sheet->results->interval);
    put_points(f, curve, stride);
    uint32_t classes = curve->strip ? put_refused(f, curve, stride, &most) : 0;
    if (classes)
        fputs("set multiplot\n", f);
    drawing_margins(f, drawing,
                    (struct margins){few ? 46 : 56,
                                     curve->small ? 24
                                     : few        ? 24
                                                  : 118,
                                     curve->small ? 10 : 26, classes ? STRIP + 12 : 26});
    put_time_axis(f, run, few);
    if (classes)
        fputs("set format x ''\nset xtics ('' 0)\n", f);
    put_value_axis(f, curve->top, few);
    put_spans(f, curve, drawing);
    if (!curve->small)
        put_labels(f, curve, drawing);
    fprintf(
        f,
        "plot $d using 1:3:4 with filledcurves lc rgb '" CHART_LOAD
        "' fs transparent solid 0.22 noborder, $d using 1:5 with steps lw 2.2 lc rgb '" CHART_CAP
        "', %g with lines dt 3 lw 1.4 lc rgb '" CHART_ALARM
        "', $d using 1:2 with lines lw 2 lc rgb '" CHART_LOAD "'",
        0.9 * curve->size);
    if (!curve->small)
        fprintf(
            f, ", '+' using (%g):(%g) every ::0::0 with points pt 7 ps 0.7 lc rgb '" CHART_LOAD "'",
            (double)curve->busiest * step, curve->mean[curve->busiest]);
    putc('\n', f);
    if (classes)
        plot_strip(f, curve, drawing, classes, most);
}

/* ---- The figures ---- */

void page_curve_table(struct sheet *sheet, const struct page_curve *curve, const char *caption)
{
    const struct results *results = sheet->results;
    size_t step = results->interval > 0 && results->interval < HOUR && curve->intervals > 96
                      ? (size_t)(HOUR / results->interval)
                      : 1;
    page_details(&sheet->page, "The figures behind this chart");
    page_table(&sheet->page, caption, "Time|>Mean|>5 %|>95 %|>Limit");
    for (size_t i = 0; i < curve->intervals && i < 2000 * step; i += step) {
        char text[FIGURE_SIZE];
        nanos at = (nanos)i * results->interval;
        page_row(&sheet->page, words_clock(&sheet->scenario->run, at, text));
        page_number(&sheet->page, words_count(round(curve->mean[i]), text));
        page_number(&sheet->page, words_count(round(curve->low[i]), text));
        page_number(&sheet->page, words_count(round(curve->high[i]), text));
        page_number(&sheet->page, words_count(curve->cap[i], text));
        page_row_end(&sheet->page);
    }
    page_table_end(&sheet->page);
    page_details_end(&sheet->page);
}
