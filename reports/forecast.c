#include "reports/forecast.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define DATE_SIZE 16

static const char *print_date(int64_t from, double months, char buffer[DATE_SIZE])
{
    struct tm parts;
    if (!isfinite(months))
        return "";
    time_t seconds = (time_t)(from + (int64_t)floor(months * FORECAST_MONTH * 86400));
    if (!gmtime_r(&seconds, &parts) || strftime(buffer, DATE_SIZE, "%Y-%m-%d", &parts) == 0)
        return "";
    return buffer;
}

bool forecast_table(struct table *t, const struct forecast *f)
{
    char date[DATE_SIZE];
    table_begin(t, "forecast", "date,date_low,date_high,months,event,cluster,limit,value,badge");
    for (size_t i = 0; i < f->count; i++) {
        const struct forecast_event *e = &f->events[i];
        table_text(t, print_date(f->from, e->months, date));
        table_text(t, print_date(f->from, e->earliest, date));
        table_text(t, print_date(f->from, e->latest, date));
        table_number(t, isfinite(e->months) ? e->months : NAN);
        table_text(t, e->event);
        table_text(t, e->cluster);
        table_text(t, e->limit);
        table_number(t, e->value);
        table_text(t, basis_name(e->basis));
    }
    return table_end(t);
}

void forecast_text(const struct forecast *f, FILE *out)
{
    char date[DATE_SIZE], low[DATE_SIZE], high[DATE_SIZE];
    const struct forecast_event *first = f->count ? &f->events[0] : NULL;
    if (!first || !isfinite(first->months))
        fprintf(out, "nothing to do until %s, as far as this looks\n",
                print_date(f->from, f->bound, date));
    else if (first->months > 0)
        fprintf(out, "nothing to do until %s\n", print_date(f->from, first->months, date));
    else
        fprintf(out, "to do now: %s%s%s\n", first->event, *first->limit ? ", " : "", first->limit);
    if (f->count)
        fprintf(out, "\n%-10s %-23s %8s  %-10s %-12s %-18s %12s  %s\n", "date", "with the band",
                "months", "event", "cluster", "limit", "value", "badge");
    for (size_t i = 0; i < f->count; i++) {
        const struct forecast_event *e = &f->events[i];
        bool band = !isnan(e->earliest);
        char both[64] = "";
        if (band)
            snprintf(both, sizeof both, "%s..%s", print_date(f->from, e->earliest, low),
                     print_date(f->from, e->latest, high));
        fprintf(out, "%-10s %-23s %8.2f  %-10s %-12s %-18s %12.6g  %s\n",
                print_date(f->from, e->months, date), both, e->months, e->event, e->cluster,
                e->limit, e->value, basis_name(e->basis));
    }
    static const char *const events[] = {"alarm-90", "limit", "goal", "goal-down"};
    for (size_t i = 0; i < 4; i++) {
        bool there = false;
        for (size_t k = 0; k < f->count; k++)
            there = there || strcmp(f->events[k].event, events[i]) == 0;
        if (!there)
            fprintf(out, "%s: not within the bounds, until %s\n", events[i],
                    print_date(f->from, f->bound, date));
    }
}

/* The line of each month: load, and what it means for the first events. */
bool forecast_months_table(struct table *t, const struct forecast *f)
{
    const struct scenario *s = f->scenario;
    char date[DATE_SIZE];
    table_begin(t, "forecast_months", "date,name,metric,value,badge");
    for (int m = 0; m <= f->bound; m++)
        for (uint32_t g = 0; g < s->growth_count; g++) {
            const struct growth *growth = &s->growths[g];
            table_text(t, print_date(f->from, m, date));
            table_text(t, growth->class_index != NONE ? s->classes[growth->class_index].name
                          : growth->endpoints != NONE ? s->endpoints[growth->endpoints].name
                                                      : "all");
            table_text(t, "load_factor");
            table_number(t, forecast_factor(growth, m, 0));
            table_text(t, "exact");
        }
    return table_end(t);
}
