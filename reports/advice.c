#include "reports/advice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool advice_table(struct table *table, const struct advice *advice)
{
    table_begin(table, "advice",
                "rank,change,key,from,to,price,blocked,blocked_down,registrations,verdict,badge");
    for (size_t i = 0; i < advice->count; i++) {
        const struct advice_item *c = &advice->items[i];
        table_count(table, (int64_t)i + 1);
        table_text(table, c->words);
        table_text(table, c->settings);
        table_number(table, c->from);
        table_number(table, c->to);
        table_number(table, c->price);
        table_number(table, c->blocked);
        table_number(table, c->blocked_down);
        table_number(table, c->registrations);
        table_text(table, verdict_name(c->verdict));
        table_text(table, basis_name(c->basis));
    }
    return table_end(table);
}

/* "a=1; b=2" as options. */
static void put_settings(const char *settings, FILE *out)
{
    while (*settings) {
        const char *end = strstr(settings, "; ");
        int length = end ? (int)(end - settings) : (int)strlen(settings);
        fprintf(out, " --set '%.*s'", length, settings);
        settings += length + (end ? 2 : 0);
    }
    putc('\n', out);
}

static void put_item(const struct advice_item *c, size_t rank, FILE *out)
{
    fprintf(out, "%3zu  %-44s", rank, c->words);
    if (!isnan(c->blocked))
        fprintf(out, " %9.4g %% blocked", 100 * c->blocked);
    if (!isnan(c->blocked_down))
        fprintf(out, ", %.4g %% with peers down", 100 * c->blocked_down);
    if (!isnan(c->registrations) && c->registrations > 0)
        fprintf(out, ", %.4g %% of devices kept out", 100 * c->registrations);
    if (!isnan(c->price))
        fprintf(out, ", %s %.2f", c->price < 0 ? "saves" : "costs", fabs(c->price));
    fprintf(out, "  %s\n    ", basis_name(c->basis));
    put_settings(c->settings, out);
}

void advice_text(const struct advice *advice, FILE *out)
{
    bool met = advice->verdict == VERDICT_YES;
    if (!met && advice->verdict != VERDICT_NO) {
        fprintf(out, "whether the goals are met: %s\n", verdict_words(advice->verdict));
        return;
    }
    if (met)
        fprintf(out, "the goals are met: %s\n",
                advice->count > 0 ? "nothing has to change, and this can be saved, each by itself"
                                  : "nothing has to change, and nothing can be saved");
    else if (advice->count == 0)
        fprintf(out, "no change that is known here mends it%s%s%s\n", *advice->binding ? ": " : "",
                advice->binding, *advice->binding ? " binds" : "");
    else
        fprintf(out, "%s\n", advice->items[0].words);
    if (advice->count > 0)
        putc('\n', out);
    for (size_t i = 0; i < advice->count; i++)
        put_item(&advice->items[i], i + 1, out);
}

/* ---- Hours ---- */

/* "03:00" by the wall clock of the scenario. */
static void clock_of(const struct scenario *s, nanos at, char text[static 8])
{
    int64_t minutes = (s->run.start_unix / 60 + at / MINUTE) % (24 * 60);
    snprintf(text, 8, "%02d:%02d", (int)(minutes / 60) % 24, (int)(minutes % 60));
}

bool windows_table(struct table *table, const struct scenario *scenario,
                   const struct windows *windows)
{
    char start[8];
    table_begin(table, "windows", "rank,start,cut,refused,unregistered,blocked");
    for (size_t i = 0; i < windows->count; i++) {
        const struct window *w = &windows->items[i];
        clock_of(scenario, w->at, start);
        table_count(table, (int64_t)i + 1);
        table_text(table, start);
        table_number(table, w->cut);
        table_number(table, w->refused);
        table_number(table, w->unregistered);
        table_number(table, w->blocked);
    }
    return table_end(table);
}

void windows_text(const struct scenario *scenario, const struct windows *windows, FILE *out)
{
    char start[8];
    if (windows->obstacle || windows->count == 0) {
        fprintf(out, "no hour: %s\n", windows->obstacle ? windows->obstacle : "none was simulated");
        return;
    }
    const struct window *best = &windows->items[0];
    clock_of(scenario, best->at, start);
    fprintf(out,
            "best at %s: it costs %.3g calls cut, %.3g more refused, %.4g devices that lose their "
            "registration\n\n%4s %-6s %10s %10s %13s %11s\n",
            start, best->cut, best->refused, best->unregistered, "rank", "start", "cut", "refused",
            "unregistered", "blocked");
    for (size_t i = 0; i < windows->count; i++) {
        const struct window *w = &windows->items[i];
        clock_of(scenario, w->at, start);
        fprintf(out, "%4zu %-6s %10.4g %10.4g %13.6g ", i + 1, start, w->cut, w->refused,
                w->unregistered);
        if (isnan(w->blocked))
            fprintf(out, "%11s\n", "-");
        else
            fprintf(out, "%9.4g %%\n", 100 * w->blocked);
    }
    fprintf(out, "\nmeans of simulated days, against the same days without it");
    if (!isnan(windows->blocked))
        fprintf(out, " (%.4g %% blocked)", 100 * windows->blocked);
    putc('\n', out);
}
