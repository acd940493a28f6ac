#include "reports/designs.h"

#include <math.h>

static void put_row(struct table *t, const struct design *d, const struct design_ask *ask,
                    size_t rank)
{
    table_count(t, (int64_t)rank);
    table_count(t, d->clusters);
    table_text(t, ask->platforms[d->platform]);
    table_count(t, d->peers);
    table_text(t, redundancy_name(d->redundancy));
    table_count(t, d->rms);
    table_count(t, d->room);
    table_count(t, d->desktop);
    table_number(t, d->price);
    table_number(t, isnan(d->blocked) ? 0 : d->blocked);
    table_number(t, d->blocked_down);
    table_text(t, d->binding);
    table_number(t, d->headroom);
    table_text(t, d->basis == BASIS_ORIENTATION ? "simulate" : basis_name(d->basis));
    table_text(t, d->confirmed ? "yes" : d->refuted ? "no" : "");
}

bool designs_table(struct table *table, const struct designs *designs)
{
    table_begin(table, "designs",
                "rank,clusters,platform,peers,redundancy,rms,room,desktop,price,blocked,"
                "blocked_down,binding,headroom,badge,confirmed");
    for (size_t i = 0; i < designs->count; i++)
        put_row(table, &designs->items[i], designs->ask, i + 1);
    return table_end(table);
}

static void put_share(double share, FILE *out)
{
    if (isnan(share))
        fprintf(out, " %10s", "-");
    else if (share > 0 && share < 1e-7)
        fprintf(out, " %10s", "<0.00001 %");
    else
        fprintf(out, " %8.4g %%", 100 * share);
}

void designs_text(const struct designs *designs, FILE *out)
{
    const struct design_ask *ask = designs->ask;
    const struct design *best = designs_best(designs);
    if (designs->count == 0)
        return;
    if (!best)
        best = &designs->items[0];
    fprintf(out, "%s%d x %s", best->clusters > 1 ? "clusters that share the load, each " : "",
            best->nodes / best->clusters, ask->platforms[best->platform]);
    if (best->clusters > 1)
        fprintf(out, ", %d of them", best->clusters);
    fprintf(out, ", rule %s, %lld RMS: the smallest design that meets the goals%s\n",
            redundancy_name(best->redundancy), (long long)best->rms,
            best->nodes == best->clusters ? " (a single node: no redundancy)" : "");
    fprintf(out, "\n%4s %8s %-10s %5s %-6s %6s %6s %7s%s %10s %10s  %-18s %9s  %-11s %s\n", "rank",
            "clusters", "platform", "peers", "rule", "RMS", "room", "desktop",
            ask->prices.stated ? "      price" : "", "blocked", "down", "binding", "headroom",
            "badge", "confirmed");
    for (size_t i = 0; i < designs->count; i++) {
        const struct design *d = &designs->items[i];
        fprintf(out, "%4zu %8d %-10s %5d %-6s %6lld %6lld %7lld", i + 1, d->clusters,
                ask->platforms[d->platform], d->peers, redundancy_name(d->redundancy),
                (long long)d->rms, (long long)d->room, (long long)d->desktop);
        if (ask->prices.stated)
            fprintf(out, " %10.2f", d->price);
        put_share(d->blocked, out);
        put_share(d->blocked_down, out);
        fprintf(out, "  %-18s", d->binding);
        if (isnan(d->headroom))
            fprintf(out, " %9s", "-");
        else
            fprintf(out, " %7.2f %%", d->headroom);
        fprintf(out, "  %-11s %s\n",
                d->basis == BASIS_ORIENTATION ? "simulate" : basis_name(d->basis),
                d->confirmed ? "yes"
                : d->refuted ? "no"
                             : "");
    }
}
