#include "reports/forecast.h"

#include <math.h>
#include <string.h>

bool forecast_table(struct table *t, const struct forecast *f)
{
    char date[FORECAST_DATE_SIZE];
    table_begin(t, "forecast", "date,date_low,date_high,months,event,cluster,limit,value,badge");
    for (size_t i = 0; i < f->count; i++) {
        const struct forecast_event *e = &f->events[i];
        table_text(t, forecast_date(f, e->months, date));
        table_text(t, forecast_date(f, e->earliest, date));
        table_text(t, forecast_date(f, e->latest, date));
        table_number(t, isfinite(e->months) ? e->months : NAN);
        table_text(t, e->event);
        table_text(t, e->cluster);
        table_text(t, e->limit);
        table_number(t, e->value);
        table_text(t, basis_name(e->basis));
    }
    return table_end(t);
}

static bool has_event(const struct forecast *f, const char *event, const struct forecast_line *line,
                      bool goal)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->events[i].event, event) == 0 &&
            (goal || (strcmp(f->events[i].cluster, line->name) == 0 &&
                      strcmp(f->events[i].limit, line->metric) == 0)))
            return true;
    return false;
}

/* What is looked at and does not happen. */
static void put_never(const struct forecast *f, FILE *out)
{
    char date[FORECAST_DATE_SIZE];
    bool any = false;
    for (size_t i = 0; i < f->line_count; i++) {
        const struct forecast_line *line = &f->lines[i];
        bool down = strcmp(line->metric, "blocked_down") == 0;
        bool goal = down || strcmp(line->metric, "blocked") == 0;
        const char *event = !goal ? "alarm-90" : down ? "goal-down" : "goal";
        const char *never = has_event(f, event, line, goal) ? NULL : event;
        bool rate = strcmp(line->metric, limit_name(LIMIT_REFRESHES)) == 0;
        if (!never && line->basis == BASIS_COUNTED && !rate && !has_event(f, "limit", line, goal))
            never = "limit";
        if (!never)
            continue;
        if (!any)
            fprintf(out, "\nnot within the bounds, until %s:\n", forecast_date(f, f->bound, date));
        any = true;
        fprintf(out, "  %-10s %-12s %s\n", never, line->name, goal ? "" : line->metric);
    }
}

void forecast_text(const struct forecast *f, FILE *out)
{
    char date[FORECAST_DATE_SIZE], low[FORECAST_DATE_SIZE], high[FORECAST_DATE_SIZE];
    const struct forecast_event *first = forecast_first(f);
    if (f->nothing) {
        fprintf(out, "nothing to judge: no call and no device is offered\n");
        return;
    }
    if (!first)
        fprintf(out, "nothing to do until %s, as far as this looks\n",
                forecast_date(f, f->bound, date));
    else if (first->months > 0)
        fprintf(out, "nothing to do until %s", forecast_date(f, first->months, date));
    else
        fprintf(out, "to do now: %s%s%s", first->event, *first->limit ? ", " : "", first->limit);
    if (first && isfinite(first->earliest) && first->earliest < first->months)
        fprintf(out, ", at the fastest growth until %s", forecast_date(f, first->earliest, date));
    if (first)
        putc('\n', out);
    if (f->count)
        fprintf(out, "\n%-10s %-23s %8s  %-10s %-12s %-18s %12s  %s\n", "date", "with the band",
                "months", "event", "cluster", "limit", "value", "badge");
    for (size_t i = 0; i < f->count; i++) {
        const struct forecast_event *e = &f->events[i];
        bool band = !isnan(e->earliest);
        char both[64] = "";
        if (band)
            snprintf(both, sizeof both, "%s..%s", forecast_date(f, e->earliest, low),
                     forecast_date(f, e->latest, high));
        char months[24] = "-";
        if (isfinite(e->months))
            snprintf(months, sizeof months, "%.2f", e->months);
        fprintf(out, "%-10s %-23s %8s  %-10s %-12s %-18s %12.6g  %s\n",
                forecast_date(f, e->months, date), both, months, e->event, e->cluster, e->limit,
                e->value, basis_name(e->basis));
    }
    put_never(f, out);
    if (f->scenario->trace_count > 0)
        fprintf(out,
                "\ncall records are replayed at the load of each day: alarms on what calls hold "
                "are not forecast\n");
}

static void put_value(struct table *t, const char *date, const char *name, const char *metric,
                      double value, const char *badge)
{
    table_text(t, date);
    table_text(t, *name ? name : "all");
    table_text(t, metric);
    table_number(t, value);
    table_text(t, badge);
}

/* Of each month what grows, and the line to each limit and goal with the limit itself. */
bool forecast_months_table(struct table *t, const struct forecast *f)
{
    const struct scenario *s = f->scenario;
    char date[FORECAST_DATE_SIZE], limit[64];
    table_begin(t, "forecast_months", "date,name,metric,value,badge");
    for (int m = 0; m < f->months; m++) {
        forecast_date(f, m, date);
        for (uint32_t g = 0; g < s->growth_count; g++) {
            const struct growth *growth = &s->growths[g];
            put_value(t, date,
                      growth->class_index != NONE ? s->classes[growth->class_index].name
                      : growth->endpoints != NONE ? s->endpoints[growth->endpoints].name
                                                  : "",
                      "load_factor", forecast_factor(growth, m, 0), "exact");
        }
        for (size_t i = 0; i < f->line_count; i++) {
            const struct forecast_line *line = &f->lines[i];
            snprintf(limit, sizeof limit, "%s_limit", line->metric);
            put_value(t, date, line->name, line->metric, line->values[m], basis_name(line->basis));
            put_value(t, date, line->name, limit, line->size, "exact");
        }
    }
    return table_end(t);
}
