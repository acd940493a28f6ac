#include "tui/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/licences.h"
#include "tui/timeline.h"

/* ---- By formula ---- */

/* The row of the hour in which the figure is greatest; of the whole run where hours are alike. */
static double busiest(const struct estimate *estimate, const char *scope, const char *name,
                      const char *metric)
{
    double most = NAN, whole = NAN;
    for (size_t i = 0; estimate && i < estimate->count; i++) {
        const struct estimate_row *row = &estimate->rows[i];
        if (row->down != 0 || strcmp(row->metric, metric) != 0 || strcmp(row->scope, scope) != 0 ||
            strcmp(row->name, name) != 0)
            continue;
        if (row->hour < 0)
            whole = row->value;
        else if (!(most >= row->value))
            most = row->value;
    }
    return isnan(most) ? whole : most;
}

static bool is_out(const uint32_t *out, uint32_t count, uint32_t peer)
{
    for (uint32_t i = 0; i < count; i++)
        if (out[i] == peer)
            return true;
    return false;
}

/* Devices of a population on one peer of its cluster, by weight among the peers that are there. */
static double share_here(const struct scenario *scenario, const struct endpoints *e, uint32_t peer,
                         const struct figures_sources *from)
{
    const struct cluster *cluster = &scenario->clusters[e->cluster];
    double here = 0, all = 0;
    for (uint32_t k = 0; k < cluster->peer_count; k++) {
        uint32_t other = cluster->first_peer + k;
        double weight = is_out(from->out, from->out_count, other) ? 0
                        : e->spread                               ? e->spread[k]
                                                                  : 1;
        all += weight;
        here += other == peer ? weight : 0;
    }
    double both = e->protocol == PROTOCOL_BOTH ? 2 : 1;
    return all > 0 ? both * (double)e->count * here / all : 0;
}

/* ---- All ---- */

static void fill_cluster(struct figures *f, const struct scenario *scenario, uint32_t c,
                         const struct figures_sources *from)
{
    const struct cluster *cluster = &scenario->clusters[c];
    const struct results *results = from->results;
    f->clusters[c].estimated = busiest(from->estimate, "cluster", cluster->name, "mean_units");
    f->clusters[c].simulated =
        results ? series_busiest_hour(results, SCOPE_CLUSTER, c, "units") : NAN;
    for (uint32_t l = 0; l < LICENCE_COUNT; l++) {
        char name[512];
        struct figure *pool = &f->pools[c * LICENCE_COUNT + l];
        snprintf(name, sizeof name, "%s.%s", cluster->name, licence_name((enum licence)l));
        pool->estimated = busiest(from->estimate, "pool", name, "mean_in_use");
        pool->simulated = results && l == LICENCE_RMS
                              ? series_busiest_hour(results, SCOPE_CLUSTER, c, "rms_in_use")
                              : NAN;
    }
}

bool figures_make(struct figures *f, const struct scenario *scenario,
                  const struct figures_sources *from)
{
    size_t peers = scenario->peer_count, clusters = scenario->cluster_count;
    size_t count = peers + clusters + clusters * LICENCE_COUNT + 1;
    *f = (struct figures){.peers = calloc(count, sizeof *f->peers),
                          .registrations = calloc(peers + 1, sizeof *f->registrations)};
    if (!f->peers || !f->registrations)
        return false;
    f->clusters = f->peers + peers;
    f->pools = f->clusters + clusters;
    for (uint32_t c = 0; c < clusters; c++)
        fill_cluster(f, scenario, c, from);
    for (uint32_t p = 0; p < peers; p++) {
        f->peers[p].estimated =
            is_out(from->out, from->out_count, p)
                ? 0
                : busiest(from->estimate, "peer", scenario->peers[p].name, "mean_units");
        f->peers[p].simulated =
            from->results ? series_busiest_hour(from->results, SCOPE_PEER, p, "units") : NAN;
        for (uint32_t i = 0; i < scenario->endpoints_count; i++)
            if (scenario->endpoints[i].cluster == scenario->peers[p].cluster &&
                !is_out(from->out, from->out_count, p))
                f->registrations[p] += share_here(scenario, &scenario->endpoints[i], p, from);
    }
    return true;
}

void figures_release(struct figures *f)
{
    free(f->peers);
    free(f->registrations);
    *f = (struct figures){0};
}

double figure_best(const struct figure *figure)
{
    return isnan(figure->simulated) ? figure->estimated : figure->simulated;
}
