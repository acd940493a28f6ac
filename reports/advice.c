#include "reports/advice.h"

#include <math.h>
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
        table_empty(table);
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

void advice_text(const struct advice *advice, FILE *out)
{
    if (advice->verdict == VERDICT_YES) {
        fprintf(out, "the goals are met: nothing has to change\n");
        return;
    }
    if (advice->count == 0) {
        fprintf(out, "no single change mends it\n");
        return;
    }
    fprintf(out, "%s\n\n", advice->items[0].words);
    for (size_t i = 0; i < advice->count; i++) {
        const struct advice_item *c = &advice->items[i];
        fprintf(out, "%3zu  %-40s %9.4g %% blocked", i + 1, c->words,
                isnan(c->blocked) ? 0 : 100 * c->blocked);
        if (!isnan(c->blocked_down))
            fprintf(out, ", %.4g %% with peers down", 100 * c->blocked_down);
        fprintf(out, "  %s\n    ", basis_name(c->basis));
        put_settings(c->settings, out);
    }
}
