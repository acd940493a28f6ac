#include "reports/designs.h"

#include <math.h>
#include <string.h>

static void put_row(struct table *t, const struct design *d, const struct design_ask *ask,
                    size_t rank)
{
    char words[DESIGN_WORDS_SIZE];
    table_count(t, (int64_t)rank);
    table_count(t, d->clusters);
    table_text(t, design_platforms(d, ask, words));
    if (d->part_count)
        table_text(t, design_peers(d, words));
    else
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

static bool is_single_node(const struct designs *designs, const struct design *d)
{
    return d->peers == 1 && d->nodes == d->clusters * (int)designs->cluster_count;
}

/* "2 + 2 large-vm": of each cluster of the scenario. */
static void put_nodes(const struct designs *designs, const struct design *d, FILE *out)
{
    for (uint32_t c = 0; c < designs->cluster_count; c++) {
        const struct design_part *part = d->part_count ? &d->parts[c] : NULL;
        fprintf(out, "%s%d", c ? " + " : "", part ? part->peers : d->peers);
        if (part)
            fprintf(out, " %s", designs->ask->platforms[part->platform]);
    }
    if (!d->part_count)
        fprintf(out, " %s", designs->ask->platforms[d->platform]);
}

static void put_headline(const struct designs *designs, const struct design *best, FILE *out)
{
    put_nodes(designs, best, out);
    if (best->clusters > 1)
        fprintf(out, " in each of %d clusters that share the load", best->clusters);
    fprintf(out, ", rule %s, %lld RMS: the %s design that meets the goals%s\n",
            redundancy_name(best->redundancy), (long long)best->rms,
            designs->ask->prices.stated ? "cheapest" : "smallest",
            is_single_node(designs, best) ? "; a single node: no redundancy" : "");
    if (designs->by_hour)
        fprintf(out, "sized for the busiest time of day, from %02d:%02d\n",
                (int)(designs->hour / HOUR), (int)(designs->hour / MINUTE % 60));
}

static void put_table(const struct designs *designs, FILE *out)
{
    const struct design_ask *ask = designs->ask;
    char platforms[DESIGN_WORDS_SIZE], peers[DESIGN_WORDS_SIZE];
    int width = 10;
    for (size_t i = 0; i < designs->count; i++) {
        int length = (int)strlen(design_platforms(&designs->items[i], ask, platforms));
        width = length > width ? length : width;
    }
    fprintf(out, "\n%4s %8s %-*s %5s %-6s %6s %6s %7s%s %10s %10s  %-18s %10s  %-11s %s\n", "rank",
            "clusters", width, "platform", "peers", "rule", "RMS", "room", "desktop",
            ask->prices.stated ? "      price" : "", "blocked", "down", "binding", "headroom",
            "badge", "confirmed");
    for (size_t i = 0; i < designs->count; i++) {
        const struct design *d = &designs->items[i];
        fprintf(out, "%4zu %8d %-*s %5s %-6s %6lld %6lld %7lld", i + 1, d->clusters, width,
                design_platforms(d, ask, platforms), design_peers(d, peers),
                redundancy_name(d->redundancy), (long long)d->rms, (long long)d->room,
                (long long)d->desktop);
        if (ask->prices.stated)
            fprintf(out, " %10.2f", d->price);
        put_share(d->blocked, out);
        put_share(d->blocked_down, out);
        fprintf(out, "  %-18s", d->binding);
        if (isnan(d->headroom))
            fprintf(out, " %10s", "-");
        else
            fprintf(out, " %8.2f %%", d->headroom);
        fprintf(out, "  %-11s %s%s\n",
                d->basis == BASIS_ORIENTATION ? "simulate" : basis_name(d->basis),
                d->confirmed ? "yes"
                : d->refuted ? "no"
                             : "",
                is_single_node(designs, d) ? "  no redundancy" : "");
    }
}

/* ---- Below the table ---- */

static void put_seen(const char *what, const struct design_seen *seen, FILE *out)
{
    if (isnan(seen->share.value)) {
        fprintf(out, "      %-34s %s\n", what, verdict_words(seen->verdict));
        return;
    }
    fprintf(out, "      %-34s %.4g %% refused", what, 100 * seen->share.value);
    if (!isnan(seen->share.low))
        fprintf(out, " (%.4g to %.4g)", 100 * seen->share.low, 100 * seen->share.high);
    fprintf(out, ", goal %.4g %%: %s\n", 100 * seen->limit, verdict_words(seen->verdict));
}

/* What simulations showed at the edge: with the RMS of the formula, with those that make it sure,
 * and of the next smaller design. */
static void put_edge(const struct designs *designs, size_t rank, FILE *out)
{
    const struct design *d = &designs->items[rank];
    char what[80];
    if (!d->sure.tried)
        return;
    fprintf(out, "\n%4zu  ", rank + 1);
    put_nodes(designs, d, out);
    fprintf(out, ", simulated:\n");
    if (d->rms > 0)
        snprintf(what, sizeof what, "%lld RMS, by %s", (long long)d->by_formula.rms,
                 designs->ask->scenario->trace_count > 0 ? "replay" : "formula");
    else
        snprintf(what, sizeof what, "as it is");
    put_seen(what, &d->by_formula, out);
    if (d->sure.rms != d->by_formula.rms) {
        snprintf(what, sizeof what, "%lld RMS, %s", (long long)d->sure.rms,
                 d->sure.rms > d->by_formula.rms ? "to be sure" : "which are enough");
        put_seen(what, &d->sure, out);
    }
    if (!d->smaller.tried) {
        fprintf(out, "      nothing is smaller\n");
        return;
    }
    if (d->rms_formula > 0)
        snprintf(what, sizeof what, "the next smaller, %lld RMS", (long long)d->smaller.rms);
    else
        snprintf(what, sizeof what, "the next smaller, %d peer%s", d->smaller.peers,
                 d->smaller.peers == 1 ? "" : "s");
    put_seen(what, &d->smaller, out);
}

/* What design guides count, and what that hides. */
static void put_averages(const struct designs *designs, const struct design *best, FILE *out)
{
    const struct design_averages *a = &designs->averages;
    int survive = designs->ask->scenario->goals.survive;
    if (!a->known || best->clusters > 1 || best->part_count)
        return;
    fprintf(out,
            "\nby averages, as design guides count: %.4g units in use at the busiest, %.4g a node: "
            "%d peer%s",
            a->mean, a->node, a->peers, a->peers == 1 ? "" : "s");
    if (survive > 0)
        fprintf(out, " with %d that may be down", survive);
    double goal = designs->ask->scenario->goals.blocking;
    const char *down = survive > 0 ? " with them down" : "";
    if (isnan(a->blocked))
        fprintf(out, ", which cannot be built\n");
    else if (a->blocked <= goal)
        fprintf(out, ";\nhere that holds: the peaks above the average stay within it%s\n", down);
    else
        fprintf(out,
                ";\nthe average hides the peaks: %.3g %% of the calls would be refused%s (%s)\n",
                100 * a->blocked, down,
                a->basis == BASIS_ORIENTATION ? "simulate" : basis_name(a->basis));
}

/* What was not tried. */
static void put_bounds(const struct designs *designs, FILE *out)
{
    if (designs->ask->pairs_free && !designs->ask->all)
        fprintf(out,
                "\nof each platform the two smallest numbers of peers that can serve were tried "
                "in each cluster (--all: every number)\n");
    if (designs->pools_alone)
        fprintf(out, "\nthe RMS of two pools are the fewest in all; those of further pools are the "
                     "fewest by themselves\n");
}

void designs_text(const struct designs *designs, FILE *out)
{
    const struct design *best = designs_best(designs);
    if (designs->count == 0)
        return;
    if (!best)
        best = &designs->items[0];
    put_headline(designs, best, out);
    put_table(designs, out);
    for (size_t i = 0; i < designs->count; i++)
        put_edge(designs, i, out);
    put_bounds(designs, out);
    put_averages(designs, best, out);
}
