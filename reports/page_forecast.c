/* The chart of a forecast: a line over the months to each limit, nearest first, as a share of it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/page_own.h"

#define LINES_MOST 5
#define TOP_MOST   1.3 /* of a limit: what is far beyond leaves the picture */

struct ahead {
    const struct forecast *forecast;
    const struct forecast_line *lines[LINES_MOST]; /* highest at the end first */
    int count;
};

static bool is_goal(const struct forecast_line *line)
{
    return strcmp(line->metric, "blocked") == 0 || strcmp(line->metric, "blocked_down") == 0;
}

static double share_at(const struct forecast_line *line, int month)
{
    return line->values[month] / line->size;
}

static double share_at_end(const struct forecast *f, const struct forecast_line *line)
{
    double share = f->months && line->size > 0 ? share_at(line, f->months - 1) : NAN;
    return isnan(share) ? -1 : share;
}

/* The lines that come nearest to their limits, or furthest beyond. */
static struct ahead ahead_of(const struct forecast *f)
{
    struct ahead ahead = {.forecast = f};
    for (size_t i = 0; i < f->line_count; i++) {
        const struct forecast_line *line = &f->lines[i];
        double share = share_at_end(f, line);
        int at = ahead.count;
        if (is_goal(line) || share < 0)
            continue;
        while (at > 0 && share > share_at_end(f, ahead.lines[at - 1]))
            at--;
        if (at == LINES_MOST)
            continue;
        ahead.count += ahead.count < LINES_MOST;
        memmove(&ahead.lines[at + 1], &ahead.lines[at],
                (size_t)(ahead.count - 1 - at) * sizeof *ahead.lines);
        ahead.lines[at] = line;
    }
    return ahead;
}

/* Months as dates, as many as have room; a month after the 1st may be the 31st. */
static void put_months(FILE *out, const struct forecast *f, bool few)
{
    static const int steps[] = {1, 2, 3, 6, 12, 24, 60, 120, 240};
    int most = few ? 3 : 7, count = 0, at = 0;
    while (at < 8 && (f->months - 1) / steps[at] > most)
        at++;
    int step = steps[at];
    fputs("set xtics nomirror (", out);
    for (int m = 0; m < f->months && count < 12; m += step) {
        char date[FORECAST_DATE_SIZE];
        fprintf(out, "%s'%.7s' %d", count++ ? "," : "", forecast_date(f, m + 0.1, date), m);
    }
    fputs(")\n", out);
}

/* What stands at a line's end, or where lines are narrow apart, below each other. */
static void put_names(FILE *out, const struct ahead *ahead, const struct drawing *drawing,
                      double top)
{
    double apart = 17 * top / fmax(drawing->height - drawing->top - 48.0, 40),
           free_below = INFINITY;
    for (int i = 0; i < ahead->count; i++) {
        const struct forecast_line *line = ahead->lines[i];
        char text[WORDS_SIZE];
        double at = fmin(fmin(share_at_end(ahead->forecast, line), top), free_below);
        free_below = at - apart;
        snprintf(text, sizeof text, "%.60s%s%.100s", limit_words(limit_called(line->metric)),
                 *line->name ? ", " : "", line->name);
        fprintf(out, "set label %d ", i + 1);
        chart_quote(out, text, 30);
        fprintf(out, " at %s, first %g left tc rgb '%s' front\n",
                drawing->narrow ? "graph 0.01" : "graph 1.015",
                drawing->narrow ? 0.76 - i * apart : at, chart_classes[i]);
    }
}

/* The days on which a line comes to 90 % and to the limit, as dots on it. */
static void put_days(FILE *out, const struct ahead *ahead)
{
    const struct forecast *f = ahead->forecast;
    int number = 1;
    for (size_t i = 0; i < f->count; i++)
        for (int k = 0; k < ahead->count; k++) {
            const struct forecast_event *event = &f->events[i];
            bool limit = strcmp(event->event, "limit") == 0;
            if (strcmp(event->cluster, ahead->lines[k]->name) != 0 ||
                strcmp(event->limit, ahead->lines[k]->metric) != 0 || !(event->months > 0) ||
                event->months > f->months - 1)
                continue;
            fprintf(out, "set label %d '' at %g, first %g point pt 7 ps 0.9 lc rgb '%s' front\n",
                    100 + number++, event->months, limit ? 1 : 0.9, chart_classes[k]);
        }
}

static void script_limits(FILE *out, const struct drawing *drawing, const void *context)
{
    const struct ahead *ahead = context;
    const struct forecast *f = ahead->forecast;
    double top = 1.08;
    for (int i = 0; i < ahead->count; i++)
        top = fmax(top, fmin(1.05 * share_at_end(f, ahead->lines[i]), TOP_MOST));
    drawing_margins(out, drawing, (struct margins){56, drawing->narrow ? 34 : 190, 22, 26});
    fprintf(out,
            "set xrange [0:%d]\nset yrange [0:%g]\nset ytics nomirror ('0 %%%%' 0,'25 %%%%' 0.25,"
            "'50 %%%%' 0.5,'75 %%%%' 0.75,'100 %%%%' 1)\n"
            "set grid ytics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\n"
            "set arrow 900 from graph 0, first 1 to graph 1, first 1 nohead lw 2 lc rgb '" CHART_CAP
            "'\nset arrow 901 from graph 0, first 0.9 to graph 1, first 0.9 nohead dt 3 lw 1.4 lc "
            "rgb '" CHART_ALARM "'\n"
            "set label 902 'limit' at graph 0.02, first 1 offset 0,0.5 left tc rgb '" CHART_CAP
            "'\nset label 903 '90 %% alarm' at graph 0.02, first 0.9 offset 0,-0.6 left tc rgb "
            "'" CHART_ALARM "'\n",
            f->months > 1 ? f->months - 1 : 1, top);
    put_months(out, f, drawing->narrow);
    put_names(out, ahead, drawing, top);
    put_days(out, ahead);
    for (int i = 0; i < ahead->count; i++) {
        fprintf(out, "$l%d << EOD\n", i);
        for (int m = 0; m < f->months; m++)
            if (!isnan(share_at(ahead->lines[i], m)))
                fprintf(out, "%d %.6g\n", m, share_at(ahead->lines[i], m));
        fputs("EOD\n", out);
    }
    for (int i = 0; i < ahead->count; i++)
        fprintf(out, "%s $l%d using 1:2 with lines lw 2 lc rgb '%s' notitle", i ? "," : "plot", i,
                chart_classes[i]);
    putc('\n', out);
}

/* ---- Goals ---- */

struct refusals {
    const struct forecast *forecast;
    const struct forecast_line *planned, *down; /* either may be NULL */
};

static struct refusals refusals_of(const struct forecast *f)
{
    struct refusals r = {.forecast = f};
    for (size_t i = 0; i < f->line_count; i++) {
        if (strcmp(f->lines[i].metric, "blocked") == 0)
            r.planned = &f->lines[i];
        else if (strcmp(f->lines[i].metric, "blocked_down") == 0)
            r.down = &f->lines[i];
    }
    return r;
}

static bool ever_refuses(const struct forecast *f, const struct forecast_line *line)
{
    bool ever = false;
    for (int m = 0; line && m < f->months; m++)
        ever = ever || line->values[m] > 1e-5;
    return ever;
}

#define LEAST 0.001 /* per cent */

static void put_share(FILE *out, const struct forecast *f, const struct forecast_line *line,
                      int number)
{
    fprintf(out, "$r%d << EOD\n", number);
    for (int m = 0; line && m < f->months; m++)
        if (!isnan(line->values[m]))
            fprintf(out, "%d %.6g\n", m, fmax(100 * line->values[m], LEAST / 10));
    fputs("EOD\n", out);
}

static void script_goal(FILE *out, const struct drawing *drawing, const void *context)
{
    const struct refusals *r = context;
    const struct forecast *f = r->forecast;
    const struct forecast_line *const lines[] = {r->planned, r->down};
    static const char *const names[] = {"as planned", "with peers down"};
    static const char *const colours[] = {CHART_LOAD, CHART_DOWN};
    double goal = 100 * (r->planned ? r->planned : r->down)->size;
    char text[FIGURE_SIZE], label[FIGURE_SIZE + 8];
    int told = 0;
    drawing_margins(out, drawing, (struct margins){70, drawing->narrow ? 34 : 190, 22, 26});
    fprintf(out,
            "set xrange [0:%d]\nset logscale y\nset yrange [%g:100]\n"
            "set ytics nomirror ('0.001 %%%%' 0.001,'0.01 %%%%' 0.01,'0.1 %%%%' 0.1,'1 %%%%' 1,"
            "'10 %%%%' 10,'100 %%%%' 100)\nset grid ytics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\n",
            f->months > 1 ? f->months - 1 : 1, LEAST);
    if (goal > 0) {
        snprintf(label, sizeof label, "goal %.60s", words_share(goal / 100, text));
        fprintf(out,
                "set arrow 900 from graph 0, first %g to graph 1, first %g nohead dt 2 lc rgb "
                "'" CHART_NO "'\nset label 901 ",
                goal, goal);
        chart_quote(out, label, 30);
        fputs(drawing->narrow ? " at graph 0.02, first " : " at graph 1.015, first ", out);
        fprintf(out, "%g left%s tc rgb '" CHART_NO "' front\n", goal,
                drawing->narrow ? " offset 0,0.6" : "");
    }
    put_months(out, f, drawing->narrow);
    put_share(out, f, r->planned, 0);
    put_share(out, f, r->down, 1);
    for (int i = 0; i < 2; i++)
        if (lines[i])
            fprintf(out,
                    "set label %d '%s' at graph 0.02, graph 0.95 offset 0,%g left tc rgb '%s'\n",
                    i + 1, names[i], -1.1 * told++, colours[i]);
    told = 0;
    for (int i = 0; i < 2; i++)
        if (lines[i])
            fprintf(out, "%s $r%d using 1:2 with lines lw 2 lc rgb '%s' notitle",
                    told++ ? "," : "plot", i, colours[i]);
    putc('\n', out);
}

/* ---- Both ---- */

static void put_first(const struct forecast *f, const struct ahead *ahead, char *text, size_t size)
{
    const struct forecast_event *first = forecast_first(f);
    char date[FORECAST_DATE_SIZE];
    if (!first)
        snprintf(text, size, "None of %d lines comes to its limit.", ahead->count);
    else
        snprintf(text, size, "First: %s%s%.60s%s%.60s, %s.", first->event,
                 *first->limit ? " of " : "", first->limit, *first->cluster ? " in " : "",
                 first->cluster, forecast_date(f, first->months, date));
}

void sheet_dates(struct sheet *sheet)
{
    const struct forecast *f = sheet->report->forecast;
    struct ahead ahead = ahead_of(f);
    struct refusals refusals = refusals_of(f);
    char desc[WORDS_SIZE];
    put_first(f, &ahead, desc, sizeof desc);
    if (ahead.count && f->months > 1)
        page_chart(&sheet->page, &(struct chart){.id = "limits",
                                                 .title = "How near each limit comes, by month",
                                                 .desc = desc,
                                                 .wide_height = 300,
                                                 .narrow_height = 260,
                                                 .script = script_limits,
                                                 .context = &ahead});
    if (f->months > 1 && (ever_refuses(f, refusals.planned) || ever_refuses(f, refusals.down)))
        page_chart(&sheet->page, &(struct chart){.id = "goals",
                                                 .title = "Share refused in the worst class, by "
                                                          "month, against the goal",
                                                 .desc = desc,
                                                 .wide_height = 240,
                                                 .narrow_height = 220,
                                                 .script = script_goal,
                                                 .context = &refusals});
}
