#include "answer/design.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/busiest.h"
#include "answer/candidate.h"
#include "answer/edge.h"
#include "answer/setting_list.h"
#include "model/at_rest.h"
#include "model/base/arena.h"
#include "model/base/setting.h"
#include "model/licences.h"

#define EXACT_MOST    10  /* designs whose figures leave nothing to bounds */
#define SHARE_MOST    1e6 /* of the load, when looking for head room */
#define RMS_MOST      ((int64_t)1 << 24)
#define SEARCH_ROUNDS 52
#define MORE_RMS      8  /* than the formula says, where a simulation has to be sure; */
#define MORE_SHARE    25 /* and of many one more in so many */

/* ---- Settings and words ---- */

static void part_shape(const struct design *d, const struct design_ask *ask, uint32_t part,
                       const char *cluster, struct setting_list *list)
{
    const struct design_part all = {d->peers, d->platform, d->redundancy};
    const struct design_part *p = d->part_count ? &d->parts[part] : &all;
    setting_list_put(list, arena_printf(list->arena, "clusters.%s.peers=%d", cluster, p->peers));
    setting_list_put(list, arena_printf(list->arena, "clusters.%s.peers.*.platform=%s", cluster,
                                        ask->platforms[p->platform]));
    if (!ask->rule_stated && p->peers == CLUSTER_PEERS_MAX)
        setting_list_put(list, arena_printf(list->arena, "clusters.%s.redundancy=5+1", cluster));
}

size_t design_shape(const struct design *d, const struct design_ask *ask, struct arena *arena,
                    const char *settings[static DESIGN_SETTINGS_MAX])
{
    char name[SETTING_NAME_SIZE];
    struct setting_list list = {.arena = arena, .items = settings, .room = DESIGN_SETTINGS_MAX};
    if (d->part_count == 0)
        part_shape(d, ask, 0, "*", &list);
    for (uint32_t part = 0; part < d->part_count; part++) {
        setting_name(ask->scenario->clusters[part].name, name);
        part_shape(d, ask, part, name, &list);
    }
    return list.failed ? 0 : list.count;
}

/* Licences of a lost peer leave with it while the run goes on. */
static bool licences_leave(const struct scenario *s, const struct cluster *c)
{
    return c->licensing == LICENSING_PAK && c->licence_grace < s->run.length &&
           s->goals.survive > 0 && s->goals.survive < (int)c->peer_count;
}

static bool states_too_few(const struct scenario *s, uint32_t cluster, enum licence kind,
                           int64_t needed)
{
    const struct cluster *c = &s->clusters[cluster];
    bool few = licences_installed(s, cluster, kind) < needed;
    for (uint32_t i = 0; i < c->peer_count && licences_leave(s, c); i++)
        few = few || s->peers[c->first_peer + i].licences[kind] < needed / c->peer_count;
    return c->licensed[kind] && few;
}

/* RMS wherever calls need some; of the other kinds those that the scenario states too few of: a
 * kind that it does not limit stays so. */
static bool pool_is_set(const struct design *d, const struct scenario *s, uint32_t cluster,
                        enum licence kind)
{
    int64_t needed = d->pools[design_pool(s->cluster_count, cluster, kind)];
    return kind == LICENCE_RMS ? needed > 0 : states_too_few(s, cluster, kind, needed);
}

size_t design_settings(const struct design *d, const struct design_ask *ask,
                       const struct scenario *scenario, struct arena *arena,
                       const char *settings[static DESIGN_SETTINGS_MAX])
{
    struct setting_list list = {
        .arena = arena, .items = settings, .count = design_shape(d, ask, arena, settings)};
    list.room = list.count ? DESIGN_SETTINGS_MAX : 0;
    for (uint32_t i = 0; d->pools && i < scenario->cluster_count * LICENCE_COUNT; i++) {
        uint32_t c = i / LICENCE_COUNT;
        enum licence kind = (enum licence)(i % LICENCE_COUNT);
        int64_t number = d->pools[design_pool(scenario->cluster_count, c, kind)];
        if (pool_is_set(d, scenario, c, kind))
            setting_list_pool(&list, scenario, c, kind, number);
    }
    return list.failed ? 0 : list.count;
}

char *design_platforms(const struct design *d, const struct design_ask *ask,
                       char buffer[static DESIGN_WORDS_SIZE])
{
    size_t at = 0;
    snprintf(buffer, DESIGN_WORDS_SIZE, "%s", ask->platforms[d->platform]);
    for (uint32_t p = 0; p < d->part_count && at < DESIGN_WORDS_SIZE; p++)
        at += (size_t)snprintf(buffer + at, DESIGN_WORDS_SIZE - at, "%s%s", p ? "+" : "",
                               ask->platforms[d->parts[p].platform]);
    return buffer;
}

char *design_peers(const struct design *d, char buffer[static DESIGN_WORDS_SIZE])
{
    size_t at = 0;
    snprintf(buffer, DESIGN_WORDS_SIZE, "%d", d->peers);
    for (uint32_t p = 0; p < d->part_count && at < DESIGN_WORDS_SIZE; p++)
        at += (size_t)snprintf(buffer + at, DESIGN_WORDS_SIZE - at, "%s%d", p ? "+" : "",
                               d->parts[p].peers);
    return buffer;
}

/* ---- The search as a whole ---- */

struct search {
    struct candidate_source source;
    const struct design_ask *ask;
    struct designs *designs;
    size_t capacity;
    int failed_nodes; /* of the largest design that does not meet */
    bool failed;
};

static bool over(const struct search *search)
{
    return search->failed || search->designs->stopped;
}

/* False: the search is over, or this is no design. */
static bool judged(struct search *search, enum trial_outcome outcome)
{
    search->failed = search->failed || outcome == TRIAL_FAILED;
    search->designs->stopped = search->designs->stopped || outcome == TRIAL_STOPPED;
    return outcome == TRIAL_JUDGED;
}

static bool look_at(struct search *search, struct candidate *c, struct view *view)
{
    return judged(search, candidate_judge(c, view));
}

/* ---- RMS ---- */

struct rms_search {
    struct search *search;
    struct candidate *candidate;
    uint32_t cluster;
    bool decided; /* only what may be claimed is good, not what a simulation has to tell */
};

static bool judge_rms(void *context, double rms, bool *good)
{
    struct rms_search *r = context;
    struct view view;
    candidate_set_rms(r->candidate, r->cluster, (int64_t)rms);
    if (!look_at(r->search, r->candidate, &view))
        return false;
    *good = view.meets && (!r->decided || view.basis != BASIS_ORIENTATION);
    return true;
}

/* The least RMS of a cluster, at most `most`, the others having what they have; RMS of the cluster
 * stay so. -1: none suffices. */
static int64_t least_rms(struct search *search, struct candidate *c, uint32_t cluster, int64_t most)
{
    struct rms_search context = {search, c, cluster, false};
    double least = edge_find(&(struct edge){0, (double)most, 1, 1, judge_rms, &context});
    if (isnan(least))
        return -1;
    candidate_set_rms(c, cluster, (int64_t)least);
    return (int64_t)least;
}

/* How many RMS more than so many a closer look may ask for. */
static int64_t rms_around(int64_t rms)
{
    return rms / MORE_SHARE + MORE_RMS;
}

/* Calls hold RMS of this cluster: something changes when it has none. */
static bool rms_matters(struct search *search, struct candidate *c, uint32_t cluster,
                        const struct view *unlimited)
{
    struct view none;
    candidate_set_rms(c, cluster, 0);
    bool seen = look_at(search, c, &none);
    candidate_set_rms(c, cluster, -1);
    return seen && (!none.meets || none.blocked != unlimited->blocked);
}

/* Two pools share what may be refused: of all splits the one of fewest RMS, those before being the
 * least. floors: the least of each with as many as it wants in the other. */
static bool split_rms(struct search *search, struct candidate *c, const uint32_t pool[2],
                      const int64_t floors[2], int64_t *pools)
{
    int64_t best = INT64_MAX;
    for (int64_t first = floors[0]; first + floors[1] < best && !over(search); first++) {
        candidate_set_rms(c, pool[0], first);
        int64_t most = best == INT64_MAX ? RMS_MOST : best - first - 1;
        int64_t second = least_rms(search, c, pool[1], most);
        if (second < 0) {
            if (best == INT64_MAX && first > floors[0] + MORE_RMS)
                return false; /* not even with as many in the other */
            continue;
        }
        best = first + second;
        pools[pool[0]] = first;
        pools[pool[1]] = second;
    }
    for (int i = 0; i < 2 && best < INT64_MAX; i++)
        candidate_set_rms(c, pool[i], pools[pool[i]]);
    return best < INT64_MAX && !over(search);
}

/* The least RMS of all clusters; false: none suffices. */
static bool find_rms(struct search *search, struct candidate *c, struct design *d,
                     const struct view *unlimited)
{
    uint32_t count = c->made.scenario.cluster_count, pool[2] = {0, 0}, used = 0;
    int64_t floors[2] = {0, 0};
    d->rms = 0;
    d->pools = calloc((size_t)count * LICENCE_COUNT + 1, sizeof *d->pools);
    search->failed = search->failed || !d->pools;
    for (uint32_t i = 0; !over(search) && i < count; i++) {
        if (!rms_matters(search, c, i, unlimited) || over(search))
            continue;
        int64_t least = least_rms(search, c, i, RMS_MOST);
        if (least < 0)
            return false;
        d->pools[i] = least;
        if (used < 2) {
            pool[used] = i;
            floors[used] = least;
            candidate_set_rms(c, i, -1);
        }
        used++;
    }
    if (over(search))
        return false;
    search->designs->pools_alone = search->designs->pools_alone || used > 2;
    if (used == 1)
        candidate_set_rms(c, pool[0], floors[0]);
    if (used >= 2 && !split_rms(search, c, pool, floors, d->pools))
        return false;
    for (uint32_t i = 0; i < count; i++)
        d->rms += d->pools[i] * d->clusters;
    d->rms_formula = d->rms;
    return true;
}

/* ---- Head room ---- */

/* The load at which a goal is just missed, RMS growing along; by bisection. A replay is worth a
 * fifth of a per cent. */
static bool find_headroom(struct search *search, struct design *d)
{
    struct candidate c;
    struct view view;
    double low = 1, high = 2;
    if (!judged(search, candidate_begin(&c, &search->source, d)))
        return false;
    bool ok = true;
    double grain = c.made.scenario.trace_count > 0 ? 0.002 : 1e-13;
    for (; ok; low = high, high *= 2) {
        candidate_set_load(&c, high);
        ok = high <= SHARE_MOST && look_at(search, &c, &view);
        if (ok && !view.meets)
            break;
    }
    for (int round = 0; ok && round < SEARCH_ROUNDS && high - low > grain * high; round++) {
        double middle = low + (high - low) / 2;
        candidate_set_load(&c, middle);
        ok = look_at(search, &c, &view);
        *(ok && view.meets ? &low : &high) = middle;
    }
    if (ok) {
        candidate_set_load(&c, high);
        ok = look_at(search, &c, &view);
    }
    if (ok) {
        d->headroom = 100 * (low - 1);
        d->binding = view.cause;
    }
    candidate_end(&c);
    return ok;
}

/* ---- Candidates ---- */

/* Licences that leave as many as are needed when those of lost peers leave with them. */
static int64_t pool_to_lose(const struct scenario *s, uint32_t cluster, int64_t needed)
{
    const struct cluster *c = &s->clusters[cluster];
    if (!licences_leave(s, c))
        return needed;
    int64_t left = (int64_t)c->peer_count - s->goals.survive;
    return (needed + left - 1) / left * c->peer_count;
}

static bool count_devices(const struct candidate *c, struct design *d)
{
    static const enum licence kinds[] = {LICENCE_DESKTOP, LICENCE_ROOM};
    const struct scenario *s = &c->made.scenario;
    struct at_rest rest = {0};
    bool ok = at_rest_count(s, NULL, 0, NONE, &rest);
    for (uint32_t i = 0; ok && i < s->cluster_count * 2; i++) {
        uint32_t cluster = i / 2;
        enum licence kind = kinds[i % 2];
        int64_t needed = pool_to_lose(s, cluster, rest.clusters[cluster].licences[kind]);
        d->pools[design_pool(s->cluster_count, cluster, kind)] = needed;
        *(kind == LICENCE_ROOM ? &d->room : &d->desktop) += needed * d->clusters;
    }
    at_rest_release(&rest);
    return ok;
}

static void set_price(const struct design_ask *ask, struct design *d)
{
    const struct prices *p = &ask->prices;
    uint32_t alike = ask->scenario->cluster_count;
    double nodes =
        d->part_count ? 0 : prices_cost(d->peers * (double)alike, p->platforms[d->platform]);
    for (uint32_t i = 0; i < d->part_count; i++)
        nodes += prices_cost(d->parts[i].peers, p->platforms[d->parts[i].platform]);
    /* one site is there anyway: without a price it costs nothing */
    double sites = d->clusters == 1 && isnan(p->site) ? 0 : d->clusters * p->site;
    d->price = !p->stated ? NAN
                          : d->clusters * nodes + prices_cost((double)d->rms, p->rms) +
                                prices_cost((double)d->room, p->room) +
                                prices_cost((double)d->desktop, p->desktop) + sites;
}

const char *designs_missing_price(const struct designs *designs)
{
    const struct prices *p = &designs->ask->prices;
    for (size_t i = 0; p->stated && i < designs->count; i++) {
        const struct design *d = &designs->items[i];
        if (d->rms > 0 && isnan(p->rms))
            return "rms";
        if (d->room > 0 && isnan(p->room))
            return "room";
        if (d->desktop > 0 && isnan(p->desktop))
            return "desktop";
        if (d->clusters > 1 && isnan(p->site))
            return "site";
    }
    return NULL;
}

/* ---- Order ---- */

static int order_of(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_designs(const void *left, const void *right)
{
    const struct design *a = left, *b = right;
    int order = isnan(a->price) || isnan(b->price) ? 0 : order_of(a->price, b->price);
    order = order ? order : order_of(a->nodes, b->nodes);
    order = order ? order : order_of((double)a->platform, (double)b->platform);
    order = order ? order : order_of(a->clusters, b->clusters);
    return order ? order : order_of((double)a->rms, (double)b->rms);
}

/* -1: no platform of a is larger, one is smaller; 0: the same; 1: one is larger. */
static int compare_platforms(const struct design *a, const struct design *b)
{
    if (a->part_count == 0)
        return order_of((double)a->platform, (double)b->platform);
    int smaller = 0;
    for (uint32_t p = 0; p < a->part_count; p++) {
        if (a->parts[p].platform > b->parts[p].platform)
            return 1;
        smaller = a->parts[p].platform < b->parts[p].platform ? -1 : smaller;
    }
    return smaller;
}

static bool dominates(const struct design *a, const struct design *b)
{
    bool priced = !isnan(a->price) && !isnan(b->price);
    int platform = compare_platforms(a, b);
    if (a->nodes > b->nodes || a->clusters > b->clusters || a->rms > b->rms || platform > 0 ||
        (priced && a->price > b->price))
        return false;
    return a->nodes < b->nodes || a->clusters < b->clusters || a->rms < b->rms || platform < 0 ||
           (priced && a->price < b->price);
}

/* Sorted, and without those that another dominates unless all are asked for. What goes is freed by
 * the owner of the pools only. */
static void put_in_order(struct designs *designs, bool owner)
{
    size_t kept = 0;
    if (designs->count > 0)
        qsort(designs->items, designs->count, sizeof *designs->items, compare_designs);
    for (size_t i = 0; i < designs->count; i++) {
        struct design d = designs->items[i];
        bool dominated = false;
        for (size_t j = 0; j < designs->count && !dominated && !designs->ask->all; j++)
            dominated = j != i && (j < kept || j > i) && dominates(&designs->items[j], &d);
        if (!dominated)
            designs->items[kept++] = d;
        else if (owner)
            free(d.pools);
    }
    designs->count = kept;
}

static void tell(const struct search *search)
{
    const struct designs *all = search->designs;
    if (!search->ask->told)
        return;
    struct designs view = *all;
    view.items = malloc((all->count + 1) * sizeof *view.items);
    if (!view.items)
        return; /* the next time */
    for (size_t i = 0; i < all->count; i++)
        view.items[i] = all->items[i];
    put_in_order(&view, false);
    search->ask->told(search->ask->context, &view);
    free(view.items);
}

static void keep(struct search *search, const struct design *d)
{
    struct designs *designs = search->designs;
    if (designs->count == search->capacity) {
        size_t more = search->capacity ? 2 * search->capacity : 16;
        struct design *grown = realloc(designs->items, more * sizeof *grown);
        if (!grown) {
            search->failed = true;
            free(d->pools);
            return;
        }
        designs->items = grown;
        search->capacity = more;
    }
    designs->items[designs->count++] = *d;
    tell(search);
}

/* ---- Exact figures ---- */

/* The least RMS of a cluster near a guess, those above being enough; -1: none near it suffices. */
static int64_t rms_near(struct search *search, struct candidate *c, uint32_t cluster, int64_t guess,
                        bool decided)
{
    struct rms_search context = {search, c, cluster, decided};
    double most = (double)rms_around(guess), from = (double)guess;
    double least = edge_find(&(struct edge){0, from + most, from, 1, judge_rms, &context});
    if (isnan(least))
        return -1;
    candidate_set_rms(c, cluster, (int64_t)least);
    return (int64_t)least;
}

static void set_figures(struct design *d, const struct scenario *s, const struct view *view)
{
    bool calls = s->class_count > 0;
    d->blocked = calls ? view->blocked : 0;
    d->blocked_down = calls || s->goals.survive == 0 ? view->blocked_down : 0;
    d->basis = view->basis;
}

/* A first list is by formulas that leave to bounds what takes long: of the best designs the least
 * RMS and the figures are found anew without. What a band of theirs leaves open stays as the bounds
 * have it. */
static void find_exact(struct search *search, struct design *d)
{
    struct candidate c;
    struct view view;
    bool done = d->basis == BASIS_EXACT || d->basis == BASIS_COUNTED;
    bool decided = d->basis != BASIS_ORIENTATION;
    if (done || search->ask->scenario->trace_count > 0 ||
        !judged(search, candidate_begin(&c, &search->source, d)))
        return;
    const struct scenario *s = &c.made.scenario;
    int64_t *least = calloc(s->cluster_count + (size_t)1, sizeof *least), sum = 0;
    bool ok = least != NULL;
    c.exact = true;
    for (uint32_t i = 0; ok && i < s->cluster_count; i++)
        candidate_set_rms(&c, i, d->pools[i] > 0 ? d->pools[i] : -1);
    for (uint32_t i = 0; ok && i < s->cluster_count; i++) {
        if (d->pools[i] > 0)
            least[i] = rms_near(search, &c, i, d->pools[i], decided);
        ok = least[i] >= 0;
        sum += least[i];
    }
    if (ok && look_at(search, &c, &view) && view.meets &&
        (!decided || view.basis != BASIS_ORIENTATION)) {
        memcpy(d->pools, least, s->cluster_count * sizeof *least);
        set_figures(d, s, &view);
        d->rms = d->rms_formula = sum * d->clusters;
        set_price(search->ask, d);
    }
    free(least);
    candidate_end(&c);
}

/* ---- One design ---- */

/* Its figures with the least RMS; false: it does not meet. */
static bool fill_design(struct search *search, struct candidate *c, struct design *d)
{
    struct view view, unlimited;
    const struct scenario *s = &c->made.scenario;
    d->redundancy = s->clusters[0].redundancy;
    for (uint32_t p = 0; p < d->part_count; p++)
        d->parts[p].redundancy = s->clusters[p].redundancy;
    d->nodes = (int)s->peer_count * d->clusters;
    if (!look_at(search, c, &unlimited))
        return false;
    bool close = unlimited.seen.share.value <= 2 * unlimited.seen.limit;
    if (!unlimited.meets && unlimited.basis != BASIS_EXACT && close) {
        c->exact = true; /* bounds are not what refuses a design */
        if (!look_at(search, c, &unlimited))
            return false;
    }
    search->designs->nothing = search->designs->nothing || unlimited.verdict == VERDICT_NOTHING;
    if (!unlimited.meets && d->nodes >= search->failed_nodes) {
        search->failed_nodes = d->nodes;
        search->designs->at_bounds = unlimited.cause;
    }
    if (!unlimited.meets || !find_rms(search, c, d, &unlimited) || !look_at(search, c, &view))
        return false;
    set_figures(d, s, &view);
    search->failed = search->failed || !count_devices(c, d);
    set_price(search->ask, d);
    return !search->failed;
}

/* Makes a candidate, and keeps it where it meets. */
static bool try_design(struct search *search, struct design d)
{
    struct candidate c;
    d.binding = "";
    d.headroom = NAN;
    if (!judged(search, candidate_begin(&c, &search->source, &d)))
        return false;
    bool good = fill_design(search, &c, &d);
    candidate_end(&c);
    if (good)
        keep(search, &d);
    else
        free(d.pools);
    return good;
}

/* All numbers of peers on a platform in so many clusters; the least that carries it, 0: none. */
static int search_peers(struct search *search, size_t platform, int clusters)
{
    int least = 0;
    for (int n = search->ask->peers_least; n <= search->ask->peers_most && !over(search); n++) {
        struct design d = {.clusters = clusters, .peers = n, .platform = platform};
        if (try_design(search, d) && !least)
            least = n;
    }
    return least;
}

static void search_alike(struct search *search)
{
    const struct design_ask *ask = search->ask;
    for (size_t p = 0; p < ask->platform_count; p++) {
        int fewest = 0; /* nodes of one scenario cluster that suffice on this platform */
        for (int k = ask->clusters_least; k <= ask->clusters_most && !over(search); k++) {
            if (fewest && !ask->all && k * ask->peers_least >= fewest)
                break; /* more clusters of as many nodes are dominated */
            int least = search_peers(search, p, k);
            if (least && (!fewest || k * least < fewest))
                fewest = k * least;
        }
    }
}

/* ---- Pairs that may differ ---- */

struct options_of_part {
    struct design_part items[2 * DESIGN_PLATFORMS_MAX];
    size_t count;
};

static struct design of_parts(const struct search *search, int clusters,
                              const struct design_part *parts)
{
    struct design d = {.clusters = clusters, .part_count = search->designs->cluster_count};
    for (uint32_t p = 0; p < d.part_count; p++) {
        d.parts[p] = parts[p];
        d.peers = parts[p].peers > d.peers ? parts[p].peers : d.peers;
        d.platform = parts[p].platform > d.platform ? parts[p].platform : d.platform;
    }
    return d;
}

/* Whether one part can be so, whatever the others are. */
static bool part_can_be(struct search *search, int clusters, uint32_t part, struct design_part it)
{
    bool meets = false;
    for (size_t q = search->ask->platform_count; q-- > 0 && !meets && !over(search);) {
        struct design_part parts[DESIGN_PARTS_MAX];
        struct candidate c;
        struct view view;
        for (uint32_t p = 0; p < search->designs->cluster_count; p++)
            parts[p] = p == part ? it : (struct design_part){search->ask->peers_most, q, 0};
        struct design d = of_parts(search, clusters, parts);
        if (!judged(search, candidate_begin(&c, &search->source, &d)))
            continue;
        meets = look_at(search, &c, &view) && view.meets;
        candidate_end(&c);
    }
    return meets;
}

/* Of each platform the two smallest numbers of peers that can be: of more, the others are never
 * better served. */
static void list_options(struct search *search, int clusters, uint32_t part,
                         struct options_of_part *options)
{
    const struct design_ask *ask = search->ask;
    options->count = 0;
    for (size_t p = 0; p < ask->platform_count; p++) {
        int found = 0;
        for (int n = ask->peers_least; n <= ask->peers_most && found < (ask->all ? 6 : 2); n++) {
            struct design_part it = {n, p, REDUNDANCY_NONE};
            if (over(search) || options->count == 2 * DESIGN_PLATFORMS_MAX)
                return;
            if (part_can_be(search, clusters, part, it)) {
                options->items[options->count++] = it;
                found++;
            }
        }
    }
}

static void search_free(struct search *search)
{
    struct options_of_part options[DESIGN_PARTS_MAX];
    uint32_t count = search->designs->cluster_count;
    int fewest = 0; /* nodes in all */
    for (int k = search->ask->clusters_least; k <= search->ask->clusters_most; k++) {
        size_t combinations = 1;
        if (fewest && !search->ask->all && k * (int)count * search->ask->peers_least >= fewest)
            break;
        for (uint32_t p = 0; p < count; p++) {
            list_options(search, k, p, &options[p]);
            combinations *= options[p].count;
        }
        for (size_t i = 0; i < combinations && !over(search); i++) {
            struct design_part parts[DESIGN_PARTS_MAX];
            size_t rest = i;
            for (uint32_t p = 0; p < count; p++, rest /= options[p - 1].count)
                parts[p] = options[p].items[rest % options[p].count];
            struct design d = of_parts(search, k, parts);
            if (try_design(search, d)) {
                int nodes = search->designs->items[search->designs->count - 1].nodes;
                fewest = fewest == 0 || nodes < fewest ? nodes : fewest;
            }
        }
    }
}

/* ---- What averages hide ---- */

/* Units in use on average at the busiest, and of a node, in the cluster that needs most. */
static double mean_units(const struct scenario *s, uint32_t cluster, double *node_units)
{
    struct platform node = scenario_cluster_node(s, cluster);
    double mean = 0;
    for (uint32_t k = 0; k < s->class_count; k++)
        if (limits_class_crosses(s, &s->classes[k], cluster))
            mean += busiest_erlangs(s, &s->classes[k]) *
                    (double)scenario_call_units(s, &s->classes[k], &node);
    *node_units = (double)node.units;
    return mean;
}

/* The number of peers that a design guide gives: the mean through a node, and those that may be
 * down; with what is then refused. */
static void count_averages(struct search *search, const struct design *best)
{
    struct design_averages *a = &search->designs->averages;
    struct candidate c;
    struct view view;
    struct design d = {
        .clusters = best->clusters, .peers = best->peers, .platform = best->platform};
    if (best->part_count || !judged(search, candidate_begin(&c, &search->source, &d)))
        return;
    const struct scenario *s = &c.made.scenario;
    for (uint32_t i = 0; i < s->cluster_count; i++) {
        double node, mean = mean_units(s, i, &node);
        if (node > 0 && (!a->known || mean > a->mean))
            *a = (struct design_averages){.known = mean > 0, .mean = mean, .node = node};
    }
    int survive = s->goals.survive > 0 ? s->goals.survive : 0;
    candidate_end(&c);
    a->known = a->known && a->mean / a->node < CLUSTER_PEERS_MAX;
    a->blocked = NAN;
    if (!a->known)
        return;
    d.peers = a->peers = (int)ceil(a->mean / a->node) + survive;
    if (d.peers > CLUSTER_PEERS_MAX || !judged(search, candidate_begin(&c, &search->source, &d)))
        return;
    if (look_at(search, &c, &view)) {
        a->blocked = survive ? view.blocked_down : view.blocked;
        a->basis = view.basis;
    }
    candidate_end(&c);
}

bool designs_find(const struct trial_maker *maker, const struct design_ask *ask,
                  struct designs *designs)
{
    struct search search = {.ask = ask, .designs = designs};
    *designs = (struct designs){
        .ask = ask, .cluster_count = ask->scenario->cluster_count, .at_bounds = ""};
    designs->by_hour = design_busiest(ask->scenario, &designs->hour);
    search.failed = !candidate_source_init(&search.source, ask, maker);
    bool free =
        ask->pairs_free && designs->cluster_count > 1 && designs->cluster_count <= DESIGN_PARTS_MAX;
    if (free)
        search_free(&search);
    else
        search_alike(&search);
    put_in_order(designs, true);
    tell(&search);
    size_t most = ask->scenario->trace_count > 0 ? EXACT_MOST : designs->count;
    for (size_t i = 0; i < designs->count && i < most && !over(&search); i++) {
        find_headroom(&search, &designs->items[i]);
        tell(&search);
    }
    for (size_t i = 0; i < designs->count && i < EXACT_MOST && !over(&search); i++) {
        find_exact(&search, &designs->items[i]);
        tell(&search);
    }
    put_in_order(designs, true);
    const struct design *best = designs_best(designs);
    best = best || designs->count == 0 ? best : &designs->items[0];
    if (best && !over(&search) && ask->scenario->trace_count == 0)
        count_averages(&search, best);
    candidate_source_release(&search.source);
    return !search.failed;
}

void designs_release(struct designs *designs)
{
    for (size_t i = 0; i < designs->count; i++)
        free(designs->items[i].pools);
    free(designs->items);
    *designs = (struct designs){0};
}

const struct design *designs_best(const struct designs *designs)
{
    for (size_t i = 0; i < designs->count; i++)
        if (design_may_claim(&designs->items[i]))
            return &designs->items[i];
    return NULL;
}

bool design_may_claim(const struct design *design)
{
    return design->basis != BASIS_ORIENTATION && !design->refuted;
}

/* ---- Simulated ---- */

/* One simulation of it, with so many RMS more, or fewer, in its first pool. */
static bool simulate_once(struct search *search, const struct design *d, int64_t more,
                          struct view *view)
{
    struct candidate c;
    if (!judged(search, candidate_begin(&c, &search->source, d)))
        return false;
    int64_t change = more;
    for (uint32_t i = 0; d->pools && i < c.made.scenario.cluster_count; i++) {
        int64_t rms = d->pools[i];
        if (rms > 0)
            candidate_set_rms(&c, i, rms + change < 0 ? 0 : rms + change);
        change = rms > 0 ? 0 : change;
    }
    bool ok = judged(search, candidate_simulate(&c, view));
    candidate_end(&c);
    view->seen.rms = d->rms + more * d->clusters;
    view->seen.peers = d->peers;
    tell(search); /* that it goes on */
    return ok;
}

/* The next smaller design: an RMS fewer than the formula says, or else a peer fewer. */
static bool simulate_smaller(struct search *search, struct design *d, struct view *view)
{
    struct design fewer = *d;
    bool by_rms = d->rms > 0;
    if (!by_rms && (d->part_count || --fewer.peers < 1))
        return false;
    if (!simulate_once(search, &fewer, by_rms ? -1 : 0, view))
        return false;
    view->seen.rms = by_rms ? d->rms - d->clusters : 0;
    d->smaller = view->seen;
    if (!*d->binding && !view->meets) /* what a smaller one lacks */
        d->binding = view->cause;
    return true;
}

/* How many RMS more bring an upper limit down to its goal, when it falls by the same factor with
 * each as from `fewer`, one fewer, to `seen`. */
static int64_t rms_until_sure(const struct design_seen *fewer, const struct design_seen *seen)
{
    double slope = log(fewer->share.high / seen->share.high);
    double wanted = log(seen->share.high / seen->limit) / slope;
    return slope > 0 && wanted > 1 && wanted < RMS_MOST ? (int64_t)ceil(wanted) : 1;
}

/* The fewest RMS with which a simulation is sure, as so many more than the design has. */
struct sure_search {
    struct search *search;
    struct design *design;
    struct view view;          /* of the fewest that are sure so far */
    struct design_seen unsure; /* of the most that are not */
};

static bool judge_sure(void *context, double more, bool *sure)
{
    struct sure_search *s = context;
    struct view tried;
    if (over(s->search) || !simulate_once(s->search, s->design, (int64_t)more, &tried))
        return false;
    *sure = tried.verdict == VERDICT_YES;
    if (*sure)
        s->view = tried;
    else if (!s->unsure.tried || tried.seen.rms > s->unsure.rms)
        s->unsure = tried.seen;
    return true;
}

/* The first that has any: there is one. */
static int64_t *first_pool(const struct design *d)
{
    int64_t *pool = d->pools;
    while (*pool == 0)
        pool++;
    return pool;
}

static void add_rms(struct design *d, int64_t more)
{
    *first_pool(d) += more;
    d->rms += more * d->clusters;
}

/* More RMS, as many as the simulation of one fewer tells at first. False: none make it sure. */
static bool find_more(struct sure_search *s)
{
    struct design *d = s->design;
    double most = (double)rms_around(d->rms / d->clusters);
    double guess = (double)rms_until_sure(&d->smaller, &d->by_formula);
    double more = edge_find(&(struct edge){1, most, guess, 1, judge_sure, s});
    if (isnan(more))
        return false;
    add_rms(d, (int64_t)more);
    d->sure = s->view.seen;
    return true;
}

/* Fewer, where a formula that is not exact asked for too many: one fewer is sure, too. */
static void find_fewer(struct sure_search *s)
{
    struct design *d = s->design;
    double least = -(double)*first_pool(d), fewer = -1;
    if (least < -1)
        fewer = edge_find(&(struct edge){least, -2, -2, 1, judge_sure, s});
    if (over(s->search))
        return;
    add_rms(d, isnan(fewer) ? -1 : (int64_t)fewer);
    d->sure = s->view.seen;
    d->smaller = s->unsure;
}

static void set_confirmed(struct search *search, struct design *d, const struct view *view)
{
    d->confirmed = view->verdict == VERDICT_YES;
    d->refuted = view->verdict == VERDICT_NO;
    set_price(search->ask, d);
    if (d->confirmed && (d->basis == BASIS_ORIENTATION || d->rms != d->rms_formula)) {
        d->basis = view->basis;
        d->blocked = view->blocked;
        d->blocked_down = view->blocked_down;
    }
}

/* An exact formula knows better than a simulation that one fewer is not enough. */
static bool is_exact_below(struct search *search, const struct design *d)
{
    struct candidate c;
    struct view view = {.basis = BASIS_ORIENTATION};
    if (!judged(search, candidate_begin(&c, &search->source, d)))
        return true;
    const int64_t *first = first_pool(d);
    c.exact = true;
    for (uint32_t i = 0; i < c.made.scenario.cluster_count; i++)
        if (d->pools[i] > 0)
            candidate_set_rms(&c, i, d->pools[i] - (&d->pools[i] == first));
    bool exact = !look_at(search, &c, &view) || view.basis == BASIS_EXACT;
    candidate_end(&c);
    return exact;
}

/* With a few more RMS where it takes them to be sure, or fewer where formulas were too careful. */
static void simulate_design(struct search *search, struct design *d)
{
    struct sure_search s = {.search = search, .design = d};
    struct view smaller = {.verdict = VERDICT_CANNOT_TELL};
    if (!simulate_once(search, d, 0, &s.view))
        return;
    d->sure = d->by_formula = s.view.seen;
    bool by_rms = simulate_smaller(search, d, &smaller) && d->rms > 0;
    bool sure = s.view.verdict == VERDICT_YES;
    if (by_rms && !sure) {
        find_more(&s);
    } else if (by_rms && smaller.verdict == VERDICT_YES && !is_exact_below(search, d)) {
        s.view = smaller;
        find_fewer(&s);
    }
    if (over(search))
        return;
    set_confirmed(search, d, &s.view);
    tell(search);
}

bool designs_confirm(const struct trial_maker *maker, struct designs *designs, int wanted)
{
    struct search search = {.ask = designs->ask, .designs = designs, .capacity = designs->count};
    int good = 0;
    search.failed = !candidate_source_init(&search.source, designs->ask, maker);
    for (size_t i = 0; i < designs->count && !over(&search); i++) {
        struct design *d = &designs->items[i];
        if (wanted > 0 ? good >= wanted : (design_may_claim(d) || good > 0 || i >= 4))
            break;
        simulate_design(&search, d);
        good += d->confirmed;
    }
    candidate_source_release(&search.source);
    return !search.failed;
}
