#include "answer/design.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/scaled.h"
#include "model/at_rest.h"
#include "model/base/arena.h"
#include "sim/study/experiment.h"

#define SHARE_MOST    1e6 /* of the load, when looking for head room */
#define RMS_MOST      ((int64_t)1 << 24)
#define SEARCH_ROUNDS 52
#define MORE_RMS      6 /* than the formula says, where a simulation has to be sure */

/* One candidate while it is looked at. */
struct trial_design {
    const struct design_ask *ask;
    const struct trial_maker *maker;
    struct trial_scenario made; /* owned; changed in place */
    struct scaled load;         /* of it */
    double share;               /* of the load, for one of the clusters that share */
};

/* What the formulas, or a simulation, say about it. */
struct view {
    enum verdict verdict;
    enum basis basis;
    double blocked, blocked_down;
    bool within;       /* every figure is within its goal, whether or not it may decide */
    const char *cause; /* static */
};

/* --- Settings ---- */

static const char *quoted(const char *name, struct arena *arena)
{
    return strpbrk(name, ".*='\"") ? arena_printf(arena, "\"%s\"", name) : name;
}

/* Peers, platform and rule; no licences. */
static size_t shape_settings(const struct design *d, const struct design_ask *ask,
                             struct arena *arena, const char **settings)
{
    size_t count = 0;
    settings[count++] = arena_printf(arena, "clusters.*.peers=%d", d->peers);
    settings[count++] =
        arena_printf(arena, "clusters.*.peers.*.platform=%s", ask->platforms[d->platform]);
    if (!ask->rule_stated && d->redundancy == REDUNDANCY_5_1)
        settings[count++] = "clusters.*.redundancy=5+1";
    for (size_t i = 0; i < count; i++)
        if (!settings[i])
            return 0;
    return count;
}

size_t design_settings(const struct design *d, const struct design_ask *ask,
                       const struct scenario *scenario, struct arena *arena,
                       const char *settings[static DESIGN_SETTINGS_MAX])
{
    size_t count = shape_settings(d, ask, arena, settings);
    for (uint32_t c = 0; count && c < scenario->cluster_count; c++) {
        const struct cluster *cluster = &scenario->clusters[c];
        const char *name = quoted(cluster->name, arena);
        int64_t rms = d->pools ? d->pools[c] : 0;
        if (!name || count + cluster->peer_count + 1 > DESIGN_SETTINGS_MAX)
            return 0;
        if (rms > 0 && cluster->licensing == LICENSING_SMART)
            settings[count++] =
                arena_printf(arena, "clusters.%s.licences.rms=%lld", name, (long long)rms);
        for (uint32_t i = 0;
             rms > 0 && cluster->licensing != LICENSING_SMART && i < cluster->peer_count; i++) {
            int64_t each = rms / cluster->peer_count + (i < rms % cluster->peer_count);
            const char *peer = quoted(scenario->peers[cluster->first_peer + i].name, arena);
            settings[count++] = peer ? arena_printf(arena, "clusters.%s.peers.%s.rms=%lld", name,
                                                    peer, (long long)each)
                                     : NULL;
        }
        for (size_t i = 0; i < count; i++)
            if (!settings[i])
                return 0;
    }
    return count;
}

/* --- One candidate ---- */

static void set_rms(struct scenario *s, uint32_t cluster, int64_t rms)
{
    struct cluster *c = &s->clusters[cluster];
    bool smart = c->licensing == LICENSING_SMART;
    c->licensed[LICENCE_RMS] = rms >= 0;
    c->licences[LICENCE_RMS] = smart && rms >= 0 ? rms : 0;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        struct peer *peer = &s->peers[c->first_peer + i];
        bool more = rms >= 0 && i < rms % c->peer_count;
        peer->licences[LICENCE_RMS] = smart || rms < 0 ? 0 : rms / c->peer_count + more;
        peer->rms_key = peer->licences[LICENCE_RMS] > 0 || rms < 0;
    }
}

static void free_licences(struct scenario *s)
{
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        s->clusters[c].licensed[LICENCE_DESKTOP] = false;
        s->clusters[c].licensed[LICENCE_ROOM] = false;
        set_rms(s, c, -1);
    }
}

/* False when there is no such scenario; *failed when out of memory. */
static bool begin(struct trial_design *t, const struct trial_maker *maker,
                  const struct design_ask *ask, const struct design *d, bool *failed)
{
    struct arena *arena = arena_new();
    const char *settings[DESIGN_SETTINGS_MAX];
    size_t count = arena ? shape_settings(d, ask, arena, settings) : 0;
    *t = (struct trial_design){.ask = ask, .maker = maker, .share = (1 + ask->spare) / d->clusters};
    bool made = count > 0 && maker->make(maker->context, settings, count, &t->made);
    arena_free(arena);
    *failed = false;
    if (count == 0) {
        *failed = true;
        return false;
    }
    if (made && !scaled_init(&t->load, &t->made.scenario)) {
        *failed = true;
        made = false;
    }
    if (!made) {
        scaled_release(&t->load);
        if (*failed)
            maker->release(maker->context, &t->made);
        return false;
    }
    free_licences(&t->made.scenario);
    scaled_set_all(&t->load, t->share);
    return true;
}

static void end(struct trial_design *t)
{
    scaled_release(&t->load);
    t->maker->release(t->maker->context, &t->made);
}

/* --- Judging ---- */

static double worst_of(const struct answer *answer, bool down)
{
    const struct judged *row = answer_worst(answer, GOAL_BLOCKING, down);
    double value = row ? row->value.value : NAN;
    if (row && !down && answer->varies && answer->hour.found)
        value = fmax(value, answer->hour.share.value);
    return value;
}

const char *design_binding(const struct answer *answer)
{
    static const struct {
        const char *words;
        enum limit limit;
    } words[] = {{"peer_units", LIMIT_UNITS},  {"peer units", LIMIT_UNITS},
                 {"turn", LIMIT_TURN_RELAYS},  {"cluster cap", LIMIT_CLUSTER_CAP},
                 {"RMS", LIMIT_RMS},           {"pipe", LIMIT_BANDWIDTH},
                 {"set-up", LIMIT_SETUP_RATE}, {"registrations", LIMIT_REGISTRATIONS}};
    const char *cause = answer->deciding ? answer->deciding->cause : "";
    const char *what = answer->binding.what ? answer->binding.what : "";
    for (int l = 0; l < LIMIT_COUNT; l++)
        if (strcmp(cause, limit_name((enum limit)l)) == 0)
            return limit_name((enum limit)l);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(cause, words[i].words) || strstr(what, words[i].words))
            return limit_name(words[i].limit);
    return "";
}

static void look(const struct answer *answer, struct view *view)
{
    view->verdict = answer->verdict;
    view->basis = answer->deciding ? answer->deciding->basis
                  : answer->worst  ? answer->worst->basis
                                   : BASIS_COUNTED;
    view->blocked = worst_of(answer, false);
    view->blocked_down = worst_of(answer, true);
    view->cause = design_binding(answer);
    view->within = answer->verdict != VERDICT_NO && answer->verdict != VERDICT_NOTHING;
    for (size_t i = 0; i < answer->row_count; i++)
        if (answer->rows[i].goal == GOAL_BLOCKING)
            view->within = view->within && answer->rows[i].value.value <= answer->rows[i].limit;
    if (answer->verdict == VERDICT_CANNOT_TELL || answer->verdict == VERDICT_UNDECIDED)
        view->basis = BASIS_ORIENTATION;
}

/* How likely a second brings more calls than a peer sets up, calls at the busiest spread over the
 * peers that are up: where that is far below the goal, formulas need not know the limit. */
static bool setup_is_free(const struct scenario *s)
{
    double calls = 0, limit = INFINITY;
    for (uint32_t k = 0; k < s->class_count; k++)
        calls += call_erlangs(&s->classes[k]) /
                 (s->classes[k].holding.mean + (double)s->classes[k].setup / (double)SECOND);
    for (uint32_t p = 0; p < s->peer_count; p++)
        if (s->peers[p].setup_rate > 0)
            limit = fmin(limit, s->peers[p].setup_rate);
    double up = fmax(1, (double)s->clusters[0].peer_count - s->goals.survive);
    double term = exp(-calls / up), tail = 1;
    for (int n = 0; n < limit && n < 100000 && tail > 0; n++) {
        tail -= term;
        term *= calls / up / (n + 1);
    }
    return isinf(limit) || tail < 0.01 * fmax(s->goals.blocking, 1e-6);
}

/* By the formulas, which do not know how many calls a second are set up: where that matters they
 * cannot tell. False when out of memory. */
static bool judge_plain(const struct scenario *s, struct view *view)
{
    struct estimate_options options = {.preview = true};
    struct estimate estimate = {0};
    struct answer answer = {0};
    struct answer_sources sources = {.estimate = &estimate, .preview = true};
    bool ok = estimate_make(s, &options, &estimate) && answer_make(&answer, s, &sources);
    if (ok)
        look(&answer, view);
    answer_release(&answer);
    estimate_release(&estimate);
    return ok;
}

/* Calls in progress that a class has on average while the rates of a time of day hold. */
static double erlangs_at(const struct call_class *call, nanos at, double *rate)
{
    const struct rate_steps *steps = &call->arrivals.steps;
    *rate = steps->count ? steps->rates[steps->daily ? steps->count - 1 : 0] : 0;
    for (uint32_t i = 0; i < steps->count; i++)
        if (steps->times[i] <= at)
            *rate = steps->rates[i];
    return *rate * arrivals_mean_batch(&call->arrivals) *
           (call->holding.mean + (double)call->setup / (double)SECOND);
}

/* The beginning of a step at which most is offered. */
static nanos busiest_time(const struct scenario *s)
{
    nanos busiest = 0;
    double most = -1;
    for (uint32_t k = 0; k < s->class_count; k++)
        for (uint32_t i = 0; i < s->classes[k].arrivals.steps.count; i++) {
            nanos at = s->classes[k].arrivals.steps.times[i];
            double sum = 0, rate;
            for (uint32_t other = 0; other < s->class_count; other++)
                sum += erlangs_at(&s->classes[other], at, &rate);
            if (sum > most) {
                most = sum;
                busiest = at;
            }
        }
    return busiest;
}

/* Whether a day can be judged by its busiest time alone: nothing happens by plan or by failure. */
static bool by_one_time(const struct scenario *s)
{
    bool varies = false;
    for (uint32_t k = 0; k < s->class_count; k++)
        varies = varies || s->classes[k].arrivals.steps.count > 1;
    return varies && s->step_count == 0 && s->outage_count == 0 && s->class_count < 100;
}

/* Judges the busiest time of a day as if it went on: quick, and never too kind. */
static bool judge_busiest(const struct scenario *s, struct view *view)
{
    struct scenario one = *s;
    nanos at = busiest_time(s);
    nanos always[1] = {0};
    double *rates = calloc(s->class_count, sizeof *rates);
    one.classes = malloc(s->class_count * sizeof *one.classes);
    bool ok = rates && one.classes;
    for (uint32_t k = 0; ok && k < s->class_count; k++) {
        one.classes[k] = s->classes[k];
        erlangs_at(&s->classes[k], at, &rates[k]);
        if (s->classes[k].arrivals.kind == ARRIVALS_RATE)
            one.classes[k].arrivals.steps =
                (struct rate_steps){.times = always, .rates = &rates[k], .count = 1, .daily = true};
    }
    one.run.length = s->run.length < HOUR ? s->run.length : HOUR;
    one.run.steady = true;
    one.run.warmup_kind = WARMUP_NONE;
    ok = ok && judge_plain(&one, view);
    free(rates);
    free(one.classes);
    return ok;
}

static bool judge(struct trial_design *t, struct view *view)
{
    struct scenario *s = &t->made.scenario;
    double *rates = calloc(s->peer_count + (size_t)1, sizeof *rates);
    bool limited = false, ok = rates != NULL;
    bool skip = ok && setup_is_free(s);
    for (uint32_t p = 0; skip && p < s->peer_count; p++) {
        rates[p] = s->peers[p].setup_rate;
        limited = limited || rates[p] > 0;
        s->peers[p].setup_rate = 0;
    }
    ok = ok && (by_one_time(s) ? judge_busiest(s, view) : judge_plain(s, view));
    for (uint32_t p = 0; skip && p < s->peer_count; p++)
        s->peers[p].setup_rate = rates[p];
    if (ok && limited && view->basis == BASIS_EXACT)
        view->basis = BASIS_APPROXIMATE;
    free(rates);
    return ok;
}

static bool simulate(const struct trial_scenario *made, const struct design_ask *ask,
                     struct view *view)
{
    const struct scenario *s = &made->scenario;
    struct experiment_options options = {.method = METHOD_DECIDE,
                                         .jobs = ask->jobs,
                                         .replications = ask->replications,
                                         .traces = made->traces.context ? &made->traces : NULL};
    struct results results = {0};
    struct survival survival = {0};
    struct answer answer = {0};
    struct errors errors;
    errors_init(&errors);
    uint32_t down = s->goals.survive > 0 ? (uint32_t)s->goals.survive : 0;
    bool ok = experiment_run(s, &options, &results, &errors);
    if (ok && down > 0)
        ok = survival_run(s, &options, down, NULL, NULL, &survival, &errors);
    struct answer_sources sources = {.results = &results, .survival = &survival};
    ok = ok && answer_make(&answer, s, &sources);
    if (ok)
        look(&answer, view);
    answer_release(&answer);
    survival_release(&survival);
    results_release(&results);
    errors_release(&errors);
    return ok;
}

/* By its figures: what may not decide is simulated before it is said to meet. */
static bool meets(const struct view *view)
{
    return view->within;
}

/* --- RMS ---- */

/* Calls of the scenario hold RMS of this cluster: nothing else changes when it has none. */
static bool rms_matters(struct trial_design *t, uint32_t cluster, const struct view *free_view,
                        bool *failed)
{
    struct view none;
    set_rms(&t->made.scenario, cluster, 0);
    *failed = !judge(t, &none);
    set_rms(&t->made.scenario, cluster, -1);
    return !*failed && (!meets(&none) || none.blocked != free_view->blocked);
}

/* The least RMS of a cluster, those before it having theirs and those behind it as many as they
 * want; -1: none suffices. */
static int64_t least_rms(struct trial_design *t, uint32_t cluster, bool *failed)
{
    struct view view;
    int64_t low = -1, high = 1;
    for (;; low = high, high *= 2) {
        if (high > RMS_MOST)
            return -1;
        set_rms(&t->made.scenario, cluster, high);
        if ((*failed = !judge(t, &view)))
            return -1;
        if (meets(&view))
            break;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        set_rms(&t->made.scenario, cluster, middle);
        if ((*failed = !judge(t, &view)))
            return -1;
        if (meets(&view))
            high = middle;
        else
            low = middle;
    }
    set_rms(&t->made.scenario, cluster, high);
    return high;
}

static bool find_rms(struct trial_design *t, struct design *d, const struct view *free_view,
                     bool *failed)
{
    d->rms = 0;
    d->pools = calloc(t->made.scenario.cluster_count + (size_t)1, sizeof *d->pools);
    *failed = !d->pools;
    for (uint32_t c = 0; !*failed && c < t->made.scenario.cluster_count; c++) {
        if (!rms_matters(t, c, free_view, failed) || *failed)
            continue;
        int64_t rms = least_rms(t, c, failed);
        if (rms < 0)
            return false;
        d->pools[c] = rms;
        d->rms += rms * d->clusters;
    }
    return !*failed;
}

/* --- Head room ---- */

/* The load at which a goal is just missed, RMS growing along; by bisection. */
static bool find_headroom(struct trial_design *t, struct design *d)
{
    struct view view;
    double low = 1, high = 2;
    free_licences(&t->made.scenario);
    for (;; low = high, high *= 2) {
        if (high > SHARE_MOST)
            return true;
        scaled_set_all(&t->load, t->share * high);
        if (!judge(t, &view))
            return false;
        if (!meets(&view))
            break;
    }
    for (int round = 0; round < SEARCH_ROUNDS && high - low > 1e-13 * high; round++) {
        double middle = low + (high - low) / 2;
        scaled_set_all(&t->load, t->share * middle);
        if (!judge(t, &view))
            return false;
        if (meets(&view))
            low = middle;
        else
            high = middle;
    }
    scaled_set_all(&t->load, t->share * high);
    if (!judge(t, &view))
        return false;
    d->headroom = 100 * (low - 1);
    d->binding = view.cause;
    return true;
}

/* --- Candidates ---- */

static bool count_devices(const struct trial_design *t, struct design *d)
{
    struct at_rest rest = {0};
    bool ok = at_rest_count(&t->made.scenario, NULL, 0, NONE, &rest);
    for (uint32_t c = 0; ok && c < t->made.scenario.cluster_count; c++) {
        d->desktop += rest.clusters[c].licences[LICENCE_DESKTOP] * d->clusters;
        d->room += rest.clusters[c].licences[LICENCE_ROOM] * d->clusters;
    }
    at_rest_release(&rest);
    return ok;
}

static void set_price(const struct design_ask *ask, struct design *d)
{
    const struct design_prices *p = &ask->prices;
    d->price = !p->stated ? NAN
                          : d->nodes * p->platforms[d->platform] + (double)d->rms * p->rms +
                                (double)d->room * p->room + (double)d->desktop * p->desktop +
                                d->clusters * p->site;
}

struct search {
    const struct trial_maker *maker;
    const struct design_ask *ask;
    struct designs *designs;
    size_t capacity;
    bool failed;
};

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
}

/* Makes a candidate, and keeps it where it meets. */
static bool try_design(struct search *search, struct design d)
{
    struct trial_design t;
    struct view free_view, view;
    bool failed = false, good = false;
    if (!begin(&t, search->maker, search->ask, &d, &failed)) {
        search->failed = search->failed || failed;
        return false;
    }
    d.redundancy = t.made.scenario.clusters[0].redundancy;
    d.nodes = (int)t.made.scenario.peer_count * d.clusters;
    d.binding = "";
    d.headroom = NAN;
    failed = !judge(&t, &free_view);
    view = free_view;
    if (!failed && meets(&view)) {
        good = find_rms(&t, &d, &free_view, &failed);
        if (good && !failed)
            failed = !judge(&t, &view);
        bool calls = t.made.scenario.class_count > 0;
        d.blocked = calls ? view.blocked : 0;
        d.blocked_down = calls || t.made.scenario.goals.survive == 0 ? view.blocked_down : 0;
        d.basis = view.basis;
        failed = failed || !count_devices(&t, &d);
        if (good && !failed)
            failed = !find_headroom(&t, &d);
        set_price(search->ask, &d);
    } else if (!*search->designs->at_bounds && !failed) {
        search->designs->at_bounds = view.cause;
    }
    end(&t);
    search->failed = search->failed || failed;
    if (good && !failed)
        keep(search, &d);
    else
        free(d.pools);
    return good && !failed;
}

/* --- Order ---- */

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

static bool dominates(const struct design *a, const struct design *b)
{
    bool priced = !isnan(a->price) && !isnan(b->price);
    if (a->nodes > b->nodes || a->clusters > b->clusters || a->rms > b->rms ||
        a->platform > b->platform || (priced && a->price > b->price))
        return false;
    return a->nodes < b->nodes || a->clusters < b->clusters || a->rms < b->rms ||
           a->platform < b->platform || (priced && a->price < b->price);
}

static void drop_dominated(struct designs *designs)
{
    size_t kept = 0;
    for (size_t i = 0; i < designs->count; i++) {
        bool dominated = false;
        for (size_t j = 0; j < designs->count && !dominated; j++)
            dominated =
                designs->items[j].peers > 0 && dominates(&designs->items[j], &designs->items[i]);
        designs->items[i].confirmed = dominated; /* a mark until all are looked at */
    }
    for (size_t i = 0; i < designs->count; i++) {
        struct design *d = &designs->items[i];
        if (d->confirmed)
            free(d->pools);
        else
            designs->items[kept++] = *d;
    }
    designs->count = kept;
}

/* --- The search ---- */

/* The numbers of peers that carry it on a platform in so many clusters: the least, and the next,
 * which may need fewer RMS. */
static int search_peers(struct search *search, size_t platform, int clusters)
{
    int found = 0, least = 0;
    for (int n = search->ask->peers_least;
         n <= search->ask->peers_most && !search->failed && found < (search->ask->all ? 6 : 2);
         n++) {
        struct design d = {.clusters = clusters, .peers = n, .platform = platform};
        /* six peers where nothing states a rule: one more counts under 5+1 */
        d.redundancy = n == 6 && !search->ask->rule_stated ? REDUNDANCY_5_1 : REDUNDANCY_COUNT;
        if (try_design(search, d)) {
            least = least ? least : n;
            found++;
        }
    }
    return least;
}

bool designs_find(const struct trial_maker *maker, const struct design_ask *ask,
                  struct designs *designs)
{
    struct search search = {.maker = maker, .ask = ask, .designs = designs};
    *designs = (struct designs){.ask = ask, .at_bounds = ""};
    for (size_t p = 0; p < ask->platform_count && !search.failed; p++) {
        int fewest = 0; /* nodes of one scenario cluster that suffice on this platform */
        for (int k = ask->clusters_least; k <= ask->clusters_most && !search.failed; k++) {
            if (fewest && !ask->all && k * ask->peers_least >= fewest)
                break; /* more clusters of as many nodes are dominated */
            int least = search_peers(&search, p, k);
            if (least && (!fewest || k * least < fewest))
                fewest = k * least;
        }
    }
    if (!ask->all)
        drop_dominated(designs);
    for (size_t i = 0; i < designs->count; i++)
        designs->items[i].confirmed = false;
    if (designs->count > 0)
        qsort(designs->items, designs->count, sizeof *designs->items, compare_designs);
    return !search.failed;
}

const struct design *designs_best(const struct designs *designs)
{
    for (size_t i = 0; i < designs->count; i++)
        if (design_may_claim(&designs->items[i]))
            return &designs->items[i];
    return NULL;
}

void designs_release(struct designs *designs)
{
    for (size_t i = 0; i < designs->count; i++)
        free(designs->items[i].pools);
    free(designs->items);
    *designs = (struct designs){0};
}

/* One simulation of it, with the RMS it has. */
static bool simulate_once(const struct trial_maker *maker, const struct design_ask *ask,
                          const struct design *design, struct view *view)
{
    struct trial_design t;
    bool failed = false;
    if (!begin(&t, maker, ask, design, &failed))
        return false;
    for (uint32_t c = 0; design->pools && c < t.made.scenario.cluster_count; c++)
        if (design->pools[c] > 0)
            set_rms(&t.made.scenario, c, design->pools[c]);
    bool ok = simulate(&t.made, ask, view);
    end(&t);
    return ok;
}

bool design_simulate(const struct trial_maker *maker, const struct design_ask *ask,
                     struct design *design, enum verdict *verdict)
{
    struct view view = {.verdict = VERDICT_CANNOT_TELL};
    uint32_t pool = 0;
    for (int more = 0; more <= MORE_RMS; more++) {
        if (!simulate_once(maker, ask, design, &view))
            return false;
        if (view.verdict == VERDICT_YES || design->rms == 0)
            break;
        while (design->pools[pool] == 0)
            pool++;
        design->pools[pool]++; /* the simulation must be sure */
        design->rms += design->clusters;
    }
    *verdict = view.verdict;
    design->confirmed = view.verdict == VERDICT_YES;
    design->refuted = view.verdict == VERDICT_NO;
    if (design->confirmed && design->basis == BASIS_ORIENTATION) {
        design->basis = BASIS_SIMULATED;
        design->blocked = view.blocked;
        design->blocked_down = view.blocked_down;
    }
    return true;
}

bool design_may_claim(const struct design *design)
{
    return design->basis != BASIS_ORIENTATION && !design->refuted;
}
