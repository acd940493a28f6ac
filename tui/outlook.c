#include "tui/outlook.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/estimate.h"
#include "tui/format.h"
#include "tui/timeline.h"

static const struct interval not_simulated = {NAN, NAN, NAN};

const char *trust_name(enum trust trust)
{
    static const char *const names[] = {"", "exact", "approximate", "simulate this"};
    return names[trust];
}

static enum trust trust_of(enum badge badge)
{
    return badge == BADGE_EXACT         ? TRUST_EXACT
           : badge == BADGE_APPROXIMATE ? TRUST_APPROXIMATE
                                        : TRUST_SIMULATE;
}

/* --- Figures ---------------------------------------------------------------------------------- */

/* What is being gathered. */
struct gathering {
    struct outlook *answer;
    const struct scenario *scenario;
    const struct estimate *estimate;
    const uint32_t *down;
    uint32_t down_count;
    bool by_hour; /* the load changes with time: there are rows by hour */
    size_t room;
};

static struct outlook_figure *add_figure(struct gathering *g, enum scope scope, uint32_t index,
                                         const char *name, const char *metric, const char *unit)
{
    struct outlook *answer = g->answer;
    if (answer->count == g->room) {
        size_t room = g->room ? 2 * g->room : 64;
        struct outlook_figure *grown = realloc(answer->figures, room * sizeof *grown);
        if (!grown)
            return NULL;
        answer->figures = grown;
        g->room = room;
    }
    struct outlook_figure *f = &answer->figures[answer->count++];
    *f = (struct outlook_figure){.scope = scope,
                                 .index = index,
                                 .metric = metric,
                                 .unit = unit,
                                 .value = NAN,
                                 .low = NAN,
                                 .high = NAN,
                                 .simulated = not_simulated};
    snprintf(f->name, sizeof f->name, "%s", name);
    return f;
}

static void take_row(struct outlook_figure *f, const struct estimate_row *row)
{
    if (!f || !row)
        return;
    f->value = row->value;
    f->low = row->low;
    f->high = row->high;
    f->trust = trust_of(row->badge);
}

static int run_hours(const struct scenario *scenario)
{
    nanos hours = (scenario->run.length + HOUR - 1) / HOUR;
    return hours < 1 ? 1 : hours > 24 * 7 ? 24 * 7 : (int)hours;
}

/* The row of the hour in which the figure is greatest; of the whole run when nothing changes by
 * hour. */
static const struct estimate_row *busiest(const struct gathering *g, const char *scope,
                                          const char *name, const char *metric)
{
    const struct estimate_row *most = NULL;
    if (!g->by_hour)
        return estimate_find(g->estimate, -1, 0, scope, name, metric);
    for (int hour = 0; hour < run_hours(g->scenario); hour++) {
        const struct estimate_row *row = estimate_find(g->estimate, hour, 0, scope, name, metric);
        if (row && (!most || row->value > most->value))
            most = row;
    }
    return most;
}

static bool is_down(const struct gathering *g, uint32_t peer)
{
    for (uint32_t i = 0; i < g->down_count; i++)
        if (g->down[i] == peer)
            return true;
    return false;
}

static double spread_registrations(const struct scenario *scenario, const struct gathering *g,
                                   uint32_t peer)
{
    const struct peer *p = &scenario->peers[peer];
    const struct cluster *cluster = &scenario->clusters[p->cluster];
    uint32_t up = 0;
    double sum = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        up += !is_down(g, cluster->first_peer + i);
    for (uint32_t i = 0; i < scenario->endpoints_count; i++) {
        const struct endpoints *e = &scenario->endpoints[i];
        if (e->cluster != p->cluster || up == 0)
            continue;
        double here = 0, all = 0;
        for (uint32_t k = 0; k < cluster->peer_count; k++) {
            double weight = is_down(g, cluster->first_peer + k) ? 0 : e->spread ? e->spread[k] : 1;
            all += weight;
            here += cluster->first_peer + k == peer ? weight : 0;
        }
        double both = e->protocol == PROTOCOL_BOTH ? 2 : 1;
        sum += all > 0 ? both * (double)e->count * here / all : 0;
    }
    return sum;
}

/* Most-available keeps equal peers equally loaded: a share by size where no formula speaks of
 * peers. */
static void add_peers(struct gathering *g, uint32_t index,
                      const struct outlook_figure *whole_figure)
{
    const struct scenario *scenario = g->scenario;
    const struct cluster *cluster = &scenario->clusters[index];
    double whole = whole_figure ? whole_figure->value : NAN, units = 0;
    enum trust trust = whole_figure ? whole_figure->trust : TRUST_NONE;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        if (!is_down(g, cluster->first_peer + i))
            units += (double)scenario->platforms[scenario->peers[cluster->first_peer + i].platform]
                         .units;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        uint32_t peer = cluster->first_peer + i;
        bool down = is_down(g, peer);
        double own = down ? 0 : (double)scenario->platforms[scenario->peers[peer].platform].units;
        struct outlook_figure *f =
            add_figure(g, SCOPE_PEER, peer, scenario->peers[peer].name, "busy_units", "units");
        if (f && !isnan(whole)) {
            f->value = units > 0 ? whole * own / units : 0;
            f->trust = trust == TRUST_NONE ? TRUST_NONE : TRUST_APPROXIMATE;
        }
        f = add_figure(g, SCOPE_PEER, peer, scenario->peers[peer].name, "registrations", "");
        if (f) {
            f->value = down ? 0 : spread_registrations(scenario, g, peer);
            f->trust = TRUST_EXACT;
        }
    }
}

static void add_pools(struct gathering *g, uint32_t index)
{
    static const char *const kinds[LICENCE_COUNT] = {"rms", "desktop", "room"};
    const struct cluster *cluster = &g->scenario->clusters[index];
    for (uint32_t l = 0; l < LICENCE_COUNT; l++) {
        char name[48];
        if (!cluster->licensed[l])
            continue;
        snprintf(name, sizeof name, "%s.%s", cluster->name, kinds[l]);
        double size = (double)cluster->licences[l];
        for (uint32_t i = 0; i < cluster->peer_count; i++)
            size += (double)g->scenario->peers[cluster->first_peer + i].licences[l];
        struct outlook_figure *f =
            add_figure(g, SCOPE_POOL, index * LICENCE_COUNT + l, name, "busy_in_use", "");
        take_row(f, busiest(g, "pool", name, "mean_in_use"));
        f = add_figure(g, SCOPE_POOL, index * LICENCE_COUNT + l, name, "size", "");
        if (f) {
            f->value = size;
            f->trust = TRUST_EXACT;
        }
    }
}

static void add_classes(struct gathering *g)
{
    for (uint32_t i = 0; i < g->scenario->class_count; i++) {
        const char *name = g->scenario->classes[i].name;
        struct outlook_figure *f = add_figure(g, SCOPE_CLASS, i, name, "blocked_fraction", "1");
        take_row(f, estimate_find(g->estimate, -1, 0, "class", name, "blocked_fraction"));
        f = add_figure(g, SCOPE_CLASS, i, name, "busy_blocked", "1");
        take_row(f, busiest(g, "class", name, "blocked_fraction"));
        f = add_figure(g, SCOPE_CLASS, i, name, "busy_in_progress", "calls");
        take_row(f, busiest(g, "class", name, "mean_in_progress"));
    }
}

static void add_clusters(struct gathering *g)
{
    for (uint32_t i = 0; i < g->scenario->cluster_count; i++) {
        const char *name = g->scenario->clusters[i].name;
        add_figure(g, SCOPE_CLUSTER, i, name, "busy_units", "units");
        size_t at = g->answer->count - 1;
        take_row(&g->answer->figures[at], busiest(g, "cluster", name, "mean_units"));
        struct outlook_figure whole = g->answer->figures[at];
        struct outlook_figure *f = add_figure(g, SCOPE_CLUSTER, i, name, "cap", "units");
        if (f) {
            f->value = (double)scenario_cluster_units(g->scenario, i);
            f->trust = TRUST_EXACT;
        }
        add_pools(g, i);
        add_peers(g, i, &whole);
    }
}

/* --- The verdict ------------------------------------------------------------------------------ */

/* Worst blocking of any class over the run with so many peers down; NAN when no formula says. */
static double worst_blocking(const struct gathering *g, int down, char *name, size_t size)
{
    double worst = NAN;
    for (uint32_t i = 0; i < g->scenario->class_count; i++) {
        const struct estimate_row *row = estimate_find(
            g->estimate, -1, down, "class", g->scenario->classes[i].name, "blocked_fraction");
        if (!row || !(isnan(worst) || row->value > worst))
            continue;
        worst = row->value;
        if (name)
            snprintf(name, size, "%s", g->scenario->classes[i].name);
    }
    return worst;
}

static enum outlook_verdict judge(double worst, double goal)
{
    return isnan(worst) ? OUTLOOK_OPEN : worst <= goal ? OUTLOOK_YES : OUTLOOK_NO;
}

static void make_verdict(struct gathering *g)
{
    struct outlook *a = g->answer;
    const struct goals *goals = &g->scenario->goals;
    int down = (int)g->down_count;
    a->goal = goals->stated ? goals->blocking : 0.01;
    a->survive = goals->stated && goals->survive > 0 ? goals->survive : 1;
    if (g->scenario->trace_count == 0) { /* no formula knows the load of traces */
        a->worst = worst_blocking(g, 0, a->worst_class, sizeof a->worst_class);
        a->worst_down = worst_blocking(g, a->survive, NULL, 0);
    }
    a->carries = judge(a->worst, a->goal);
    a->survives = judge(a->worst_down, a->goal);
    a->down = down;
    if (g->estimate->answer.known) {
        a->spare = g->estimate->answer.spare_factor - 1;
        a->more_peers = g->estimate->answer.more_peers;
        a->more_rms = g->estimate->answer.more_rms;
        a->peaked = g->estimate->answer.peaked && g->estimate->answer.badge == BADGE_SIMULATE;
    }
    if (g->estimate->answer.gives_out && strcmp(g->estimate->answer.gives_out, "nothing") != 0)
        snprintf(a->gives_out, sizeof a->gives_out, "%s", g->estimate->answer.gives_out);
}

void outlook_make(struct outlook *answer, const struct scenario *scenario, const uint32_t *down,
                  uint32_t down_count, bool preview)
{
    struct estimate estimate = {0};
    *answer = (struct outlook){
        .spare = NAN, .worst = NAN, .worst_down = NAN, .goal = 0.01, .preview = preview};
    struct estimate_options options = {.preview = preview, .out = down, .out_count = down_count};
    bool ok = estimate_make(scenario, &options, &estimate);
    struct gathering g = {.answer = answer,
                          .scenario = scenario,
                          .estimate = &estimate,
                          .down = down,
                          .down_count = down_count};
    for (size_t i = 0; ok && i < estimate.count; i++)
        g.by_hour = g.by_hour || estimate.rows[i].hour >= 0;
    if (ok) {
        add_classes(&g);
        add_clusters(&g);
        make_verdict(&g);
        answer->valid = true;
    }
    estimate_release(&estimate);
}

void outlook_release(struct outlook *answer)
{
    free(answer->figures);
    *answer = (struct outlook){0};
}

void outlook_copy(struct outlook *to, const struct outlook *from)
{
    *to = *from;
    to->figures = calloc(from->count + 1, sizeof *to->figures);
    if (!to->figures) {
        *to = (struct outlook){0};
        return;
    }
    if (from->count)
        memcpy(to->figures, from->figures, from->count * sizeof *to->figures);
}

const struct outlook_figure *outlook_find(const struct outlook *answer, enum scope scope,
                                          uint32_t index, const char *metric)
{
    for (size_t i = 0; i < answer->count; i++) {
        const struct outlook_figure *f = &answer->figures[i];
        if (f->scope == scope && f->index == index && !strcmp(f->metric, metric))
            return f;
    }
    return NULL;
}

bool outlook_is_key(const struct outlook_figure *figure)
{
    static const char *const keys[] = {"blocked_fraction", "busy_units", "busy_in_use"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(figure->metric, keys[i]))
            return figure->scope != SCOPE_PEER;
    return false;
}

/* --- The simulation beside it ----------------------------------------------------------------- */

/* Estimates are judged at the moment only where they claim to be right: an exact one must lie in
 * the interval, an approximate one's band must touch it. */
static void find_disagreement(struct outlook *answer, const struct outlook_figure *f)
{
    if (f->scope != SCOPE_CLASS || isnan(f->simulated.low) || isnan(f->value) ||
        f->trust == TRUST_SIMULATE)
        return;
    double low = isnan(f->low) ? f->value : f->low, high = isnan(f->high) ? f->value : f->high;
    if (high >= f->simulated.low && low <= f->simulated.high)
        return;
    answer->disagree = true;
    snprintf(answer->disagrees, sizeof answer->disagrees, "%s", f->name);
}

static void simulate_figure(struct outlook_figure *f, const struct results *results)
{
    if (f->scope == SCOPE_CLASS && !strcmp(f->metric, "blocked_fraction")) {
        size_t metric = results_find(results, SCOPE_CLASS, f->name, f->metric);
        if (metric != SIZE_MAX)
            f->simulated = results_interval(results, metric, 0);
    } else if (!strcmp(f->metric, "busy_units")) {
        f->simulated.value = series_peak(results, f->scope, f->index, "units");
    } else if (!strcmp(f->metric, "busy_in_use") && f->index % LICENCE_COUNT == LICENCE_RMS) {
        f->simulated.value =
            series_peak(results, SCOPE_CLUSTER, f->index / LICENCE_COUNT, "rms_in_use");
    }
}

/* Where no formula can be trusted, the simulation gives the verdict. */
static void judge_by_simulation(struct outlook *answer)
{
    double worst = -1, low = 0, high = 0;
    bool needed = answer->carries == OUTLOOK_OPEN;
    for (size_t i = 0; i < answer->count; i++) {
        const struct outlook_figure *f = &answer->figures[i];
        if (f->scope != SCOPE_CLASS || strcmp(f->metric, "blocked_fraction") ||
            isnan(f->simulated.value))
            continue;
        needed = needed || f->trust == TRUST_SIMULATE || f->trust == TRUST_NONE;
        if (f->simulated.high > worst) {
            worst = f->simulated.high;
            low = f->simulated.low;
            high = f->simulated.high;
            snprintf(answer->worst_class, sizeof answer->worst_class, "%s", f->name);
            answer->worst_high = high;
            if (needed)
                answer->worst = f->simulated.value;
        }
    }
    if (!needed || worst < 0)
        return;
    answer->by_simulation = true;
    answer->carries = high <= answer->goal ? OUTLOOK_YES
                      : low > answer->goal ? OUTLOOK_NO
                                           : OUTLOOK_OPEN;
}

void outlook_add_results(struct outlook *answer, const struct results *results)
{
    answer->disagree = false;
    for (size_t i = 0; i < answer->count; i++) {
        simulate_figure(&answer->figures[i], results);
        if (!strcmp(answer->figures[i].metric, "blocked_fraction"))
            find_disagreement(answer, &answer->figures[i]);
    }
    judge_by_simulation(answer);
}

/* --- In words --------------------------------------------------------------------------------- */

static void put_share(char *buffer, size_t size, double share)
{
    snprintf(buffer, size, "%.4g %%", share * 100);
}

/* "; also with 1 peer down: 0.070 %" */
static void put_survival(const struct outlook *answer, char *words, size_t size)
{
    char share[FIGURE];
    words[0] = '\0';
    if (answer->survives == OUTLOOK_OPEN || answer->carries != OUTLOOK_YES)
        return;
    format_percent(share, sizeof share, answer->worst_down);
    snprintf(words, size, "; %s with %d%s peer%s down: %s",
             answer->survives == OUTLOOK_YES ? "also" : "not", answer->survive,
             answer->down ? " more" : "", answer->survive == 1 ? "" : "s", share);
}

/* Where the simulation saw no call blocked, what it can vouch for. */
static void put_worst(const struct outlook *answer, char *buffer, size_t size)
{
    char share[FIGURE];
    bool none = answer->by_simulation && answer->worst == 0;
    format_percent(share, sizeof share, none ? answer->worst_high : answer->worst);
    snprintf(buffer, size, "%s%s", none ? "< " : "", share);
}

enum ink outlook_sentence(const struct outlook *answer, char *buffer, size_t size)
{
    char worst[FIGURE + 4], survival[96];
    if (!answer->valid) {
        snprintf(buffer, size, "Estimating");
        return INK_DIM;
    }
    if (answer->carries == OUTLOOK_OPEN) {
        snprintf(buffer, size, "Not decided yet: no formula holds here, the simulation will tell");
        return INK_WARN;
    }
    bool yes = answer->carries == OUTLOOK_YES;
    put_worst(answer, worst, sizeof worst);
    put_survival(answer, survival, sizeof survival);
    if (answer->worst_class[0])
        snprintf(buffer, size, "%s: %s %s blocked%s", yes ? "Carries it" : "Does not carry it",
                 answer->worst_class, worst, survival);
    else
        snprintf(buffer, size, "Nothing to carry: there are no calls");
    return !yes ? INK_BAD : answer->survives == OUTLOOK_NO ? INK_WARN : INK_GOOD;
}

void outlook_detail(const struct outlook *answer, char *buffer, size_t size)
{
    char spare[64] = "", more[64] = "", goal[FIGURE];
    put_share(goal, sizeof goal, answer->goal);
    if (answer->disagree) {
        snprintf(buffer, size, "estimate and simulation disagree on %s: believe the simulation",
                 answer->disagrees);
        return;
    }
    if (answer->peaked && !answer->by_simulation) {
        snprintf(
            buffer, size,
            "calls come together: the estimate is an orientation only, wait for the simulation");
        return;
    }
    if (!isnan(answer->spare) && answer->spare >= 0)
        snprintf(spare, sizeof spare, "; load may grow by %.0f %%", answer->spare * 100);
    if (answer->more_peers > 0)
        snprintf(more, sizeof more, "; %d more peer%s would do", answer->more_peers,
                 answer->more_peers == 1 ? "" : "s");
    else if (answer->more_rms > 0)
        snprintf(more, sizeof more, "; %lld more RMS would do", (long long)answer->more_rms);
    snprintf(buffer, size, "goal %s%s%s%s%s", goal,
             answer->gives_out[0] ? "; first to give out: " : "", answer->gives_out, spare, more);
}
