#include "answer/goals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/bottleneck.h"
#include "model/at_rest.h"
#include "model/base/arena.h"
#include "model/limits.h"
#include "sim/study/confidence.h"

#define SETS_MOST 100000 /* of peers down that are counted for one population */

/* Room grows by doubling: when the count is a power of two it is full. */
static void add_row(struct answer *answer, struct judged row)
{
    if ((answer->row_count & (answer->row_count - 1)) == 0) {
        size_t room = answer->row_count ? 2 * answer->row_count : 1;
        struct judged *rows = realloc(answer->rows, room * sizeof *rows);
        if (!rows) {
            answer->failed = true;
            return;
        }
        answer->rows = rows;
    }
    row.name = answer_text(answer, row.name);
    row.down = answer_text(answer, row.down);
    row.cause = row.cause ? row.cause : "";
    answer->rows[answer->row_count++] = row;
}

static char *peer_names(struct answer *answer, const struct scenario *s, const uint32_t *down,
                        uint32_t count)
{
    char *joined = arena_strdup(answer->arena, "");
    for (uint32_t i = 0; joined && i < count; i++)
        joined =
            arena_printf(answer->arena, "%s%s%s", joined, i ? "+" : "", s->peers[down[i]].name);
    answer->failed = answer->failed || !joined;
    return joined;
}

/* ---- By simulation ---- */

/* Where the bound of a share rests on outages of which none was seen, more replications of the same
 * kind need not help. */
static const char no_outage[] = "no outage was seen: the bound is their share of the time";

static void judge_simulated(struct judged *row, const struct scenario *s,
                            struct confidence confidence, size_t replications, double away)
{
    bool spread = replications > 1 && confidence.interval.high > confidence.interval.low;
    bool certain = scenario_replays(s) && !spread;
    struct evidence evidence = {replications, confidence.batches, certain};
    struct judgement judgement = judge_share(confidence.interval, row->limit, evidence);
    row->value = confidence.interval;
    row->basis = certain ? BASIS_REPLAYED : BASIS_SIMULATED;
    row->verdict = judgement.verdict;
    row->more = judgement.more;
    row->batches = confidence.batches;
    row->obstacle = certain ? NULL : confidence.obstacle;
    if (certain)
        row->value.low = row->value.high = NAN;
    if (row->verdict == VERDICT_UNDECIDED && row->value.value <= 0 && away > row->limit) {
        row->more = 0;
        row->obstacle = no_outage;
    }
}

static void judge_classes(struct answer *answer, const struct scenario *s, const struct results *r)
{
    for (size_t i = 0; i < r->metric_count; i++) {
        const struct metric *m = &r->metrics[i];
        if (m->scope != SCOPE_CLASS || strcmp(m->metric, "blocked_fraction") != 0)
            continue;
        struct confidence confidence = confidence_of(r, i);
        if (isnan(confidence.interval.value))
            continue; /* nobody called */
        struct judged row = {.goal = GOAL_BLOCKING,
                             .scope = SCOPE_CLASS,
                             .index = m->index,
                             .name = m->name,
                             .limit = scenario_class_goal(s, m->index)};
        judge_simulated(&row, s, confidence, r->replications, r->traits.away);
        double share;
        enum cause cause = leading_cause(r, m->index, &share);
        row.cause = cause == CAUSE_COUNT ? "" : cause_name(cause);
        row.causes = causes_held(r, m->index, 0.01);
        add_row(answer, row);
    }
}

static void judge_hours(struct answer *answer, const struct scenario *s, const struct results *r)
{
    for (uint32_t k = 0; s->goals.worst_hour_stated && k < s->class_count; k++) {
        struct worst_hour hour = worst_hour_blocked(r, k);
        if (!hour.found)
            continue;
        struct judged row = {.goal = GOAL_WORST_HOUR,
                             .scope = SCOPE_CLASS,
                             .index = k,
                             .name = s->classes[k].name,
                             .hourly = true,
                             .from = hour.from,
                             .to = hour.to,
                             .limit = s->goals.worst_hour};
        judge_simulated(&row, s, (struct confidence){.interval = hour.share}, r->replications, 0);
        add_row(answer, row);
    }
}

struct judged goals_judge_class(const struct scenario *s, const struct survival_set *set,
                                double away, uint32_t k)
{
    struct judged row = {.goal = GOAL_BLOCKING,
                         .scope = SCOPE_CLASS,
                         .index = k,
                         .name = s->classes[k].name,
                         .down_count = set->down_count,
                         .limit = scenario_class_goal(s, k)};
    struct confidence confidence = {.interval = set->blocked[k], .batches = set->batches};
    judge_simulated(&row, s, confidence, set->replications, away);
    return row;
}

/* The worst class of a set. */
static struct judged judge_set(const struct scenario *s, const struct survival_set *set,
                               double away)
{
    struct judged worst = {.verdict = VERDICT_NOTHING};
    for (uint32_t k = 0; k < s->class_count; k++) {
        struct judged row = goals_judge_class(s, set, away, k);
        if (row.verdict > worst.verdict ||
            (row.verdict == worst.verdict &&
             row.value.value * worst.limit >= worst.value.value * row.limit))
            worst = row;
    }
    return worst;
}

bool goals_set_open(const struct scenario *s, const struct survival_set *set, double away)
{
    return judge_set(s, set, away).verdict == VERDICT_UNDECIDED;
}

static void judge_sets(struct answer *answer, const struct scenario *s,
                       const struct survival *survival, double away)
{
    for (size_t i = 0; survival && i < survival->count; i++) {
        const struct survival_set *set = &survival->sets[i];
        struct judged worst = judge_set(s, set, away);
        if (worst.verdict == VERDICT_NOTHING)
            continue;
        worst.down = peer_names(answer, s, set->down, set->down_count);
        add_row(answer, worst);
    }
}

/* ---- By formula ---- */

static enum basis basis_of(enum badge badge)
{
    return badge == BADGE_EXACT         ? BASIS_EXACT
           : badge == BADGE_APPROXIMATE ? BASIS_APPROXIMATE
                                        : BASIS_ORIENTATION;
}

/* Calls that come at random and hold something: any number of units refuses some of them. */
static bool is_refused_at_times(const struct scenario *s, const struct call_class *call)
{
    bool holds = false;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        holds = holds || limits_class_crosses(s, call, c);
    return holds && call->arrivals.kind != ARRIVALS_SOURCES && call_erlangs(call) > 0;
}

/* By its figure, a row of calls; index and limit are known. A figure that is too small for its
 * number is not none. */
static void judge_estimated(struct judged *row, const struct scenario *s,
                            const struct estimate_row *r)
{
    row->basis = basis_of(r->badge);
    row->value = (struct interval){r->value, r->low, r->high};
    bool exact = row->basis == BASIS_EXACT;
    double low = exact || isnan(r->low) ? r->value : r->low;
    double high = exact || isnan(r->high) ? r->value : r->high;
    if (row->basis == BASIS_ORIENTATION || isnan(r->value))
        row->verdict = VERDICT_CANNOT_TELL;
    else if (high <= row->limit)
        row->verdict = VERDICT_YES;
    else
        row->verdict = low > row->limit ? VERDICT_NO : VERDICT_CANNOT_TELL;
    if (row->limit <= 0 && row->basis != BASIS_ORIENTATION && !isnan(r->value) &&
        is_refused_at_times(s, &s->classes[row->index]))
        row->verdict = VERDICT_NO;
}

/* Rows stand in the order of the classes: the search goes on from the class found last. */
static uint32_t class_of(const struct scenario *s, const char *name, uint32_t from)
{
    for (uint32_t i = 0; i < s->class_count; i++) {
        uint32_t k = (from + i) % s->class_count;
        if (strcmp(s->classes[k].name, name) == 0)
            return k;
    }
    return NONE;
}

/* Where peers fail at random the figure with all peers up is weighted over failures. */
static int usual_state(const struct estimate *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->rows[i].down < 0 && e->rows[i].hour < 0)
            return -1;
    return 0;
}

static bool is_blocking(const struct estimate_row *r, int down)
{
    return r->down == down && strcmp(r->scope, "class") == 0 &&
           strcmp(r->metric, "blocked_fraction") == 0;
}

static void judge_rows(struct answer *answer, const struct scenario *s, const struct estimate *e,
                       int state, uint32_t down)
{
    uint32_t k = 0;
    for (size_t i = 0; i < e->count && k != NONE; i++) {
        const struct estimate_row *r = &e->rows[i];
        if (r->hour >= 0 || !is_blocking(r, state) || isnan(r->value))
            continue;
        k = class_of(s, r->name, k);
        if (k == NONE)
            return;
        struct judged row = {.goal = GOAL_BLOCKING,
                             .scope = SCOPE_CLASS,
                             .index = k,
                             .name = r->name,
                             .down_count = down,
                             .limit = scenario_class_goal(s, k)};
        if (down)
            row.down = arena_printf(answer->arena, "%u peer%s", down, down == 1 ? "" : "s");
        judge_estimated(&row, s, r);
        add_row(answer, row);
    }
}

/* Where hours are alike there are no rows by hour: each is as the whole run. */
static bool has_hours(const struct estimate *e, int state)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->rows[i].hour >= 0 && e->rows[i].down == state)
            return true;
    return false;
}

static void judge_hours_estimated(struct answer *answer, const struct scenario *s,
                                  const struct estimate *e)
{
    uint32_t k = 0;
    int state = usual_state(e);
    bool hours = s->goals.worst_hour_stated && has_hours(e, state);
    for (size_t i = 0; s->goals.worst_hour_stated && i < e->count && k != NONE; i++) {
        const struct estimate_row *r = &e->rows[i];
        if ((r->hour >= 0) != hours || !is_blocking(r, state) || isnan(r->value))
            continue;
        k = class_of(s, r->name, k);
        struct judged row = {.goal = GOAL_WORST_HOUR,
                             .scope = SCOPE_CLASS,
                             .index = k,
                             .name = r->name,
                             .hourly = hours,
                             .from = hours ? r->hour * HOUR : 0,
                             .to = hours ? (r->hour + 1) * HOUR : s->run.length,
                             .limit = s->goals.worst_hour};
        judge_estimated(&row, s, r);
        if (row.verdict != VERDICT_YES)
            add_row(answer, row);
    }
}

static void judge_by_estimate(struct answer *answer, const struct scenario *s,
                              const struct estimate *e)
{
    judge_rows(answer, s, e, usual_state(e), 0);
    if (s->goals.survive > 0)
        judge_rows(answer, s, e, s->goals.survive, (uint32_t)s->goals.survive);
    judge_hours_estimated(answer, s, e);
    if (s->trace_count == 0 || e->answer.known)
        return;
    /* The figures leave out what traces bring. */
    for (size_t i = 0; i < answer->row_count; i++)
        if (answer->rows[i].verdict == VERDICT_YES)
            answer->rows[i].verdict = VERDICT_CANNOT_TELL;
    for (uint32_t k = 0; k < s->class_count; k++)
        if (s->classes[k].arrivals.kind == ARRIVALS_NONE)
            add_row(answer, (struct judged){.goal = GOAL_BLOCKING,
                                            .scope = SCOPE_CLASS,
                                            .index = k,
                                            .name = s->classes[k].name,
                                            .value = {NAN, NAN, NAN},
                                            .limit = scenario_class_goal(s, k),
                                            .verdict = VERDICT_CANNOT_TELL,
                                            .basis = BASIS_ORIENTATION});
}

bool goals_claim(const struct scenario *s, const struct estimate *e, uint32_t class_index,
                 struct judged *claim)
{
    const struct estimate_row *r = estimate_find(e, -1, usual_state(e), "class",
                                                 s->classes[class_index].name, "blocked_fraction");
    if (!r || isnan(r->value))
        return false;
    *claim = (struct judged){.index = class_index, .limit = scenario_class_goal(s, class_index)};
    judge_estimated(claim, s, r);
    return true;
}

/* By the lower limit, then by the value. */
static bool is_worse(const struct estimate_row *r, struct interval than)
{
    double low = isnan(r->low) ? r->value : r->low;
    double most = isnan(than.low) ? than.value : than.low;
    return low > most || (low == most && r->value > than.value);
}

/* Nothing tells hours apart in which next to none is refused. */
struct worst_hour goals_worst_hour_estimated(const struct scenario *s, const struct estimate *e,
                                             uint32_t class_index)
{
    const char *name = s->classes[class_index].name;
    struct worst_hour worst = {.found = false};
    for (size_t i = 0; i < e->count; i++) {
        const struct estimate_row *r = &e->rows[i];
        if (r->hour < 0 || !is_blocking(r, 0) || strcmp(r->name, name) != 0 ||
            r->value < ESTIMATE_NEGLIGIBLE || (worst.found && !is_worse(r, worst.share)))
            continue;
        worst = (struct worst_hour){.found = true,
                                    .from = r->hour * HOUR,
                                    .to = (r->hour + 1) * HOUR,
                                    .share = {r->value, r->low, r->high},
                                    .one_day = {NAN, NAN, NAN},
                                    .name = r->name};
    }
    return worst;
}

/* ---- Devices ---- */

/* Peers that are down, and their names. */
struct named_down {
    const char *names;
    uint32_t count;
};

static void device_row(struct answer *answer, const struct scenario *s, struct named_down down,
                       const struct at_rest_population *p, uint32_t population)
{
    double share = (double)p->out / (double)p->devices;
    add_row(answer,
            (struct judged){.goal = GOAL_REGISTRATIONS,
                            .scope = SCOPE_ENDPOINTS,
                            .index = population,
                            .name = s->endpoints[population].name,
                            .down = down.names,
                            .down_count = down.count,
                            .value = {share, NAN, NAN},
                            .limit = s->goals.registrations,
                            .verdict = share > s->goals.registrations ? VERDICT_NO : VERDICT_YES,
                            .basis = BASIS_COUNTED,
                            .cause = p->out == 0               ? ""
                                     : p->limit == LIMIT_COUNT ? "no_peer"
                                                               : limit_name(p->limit)});
}

/* The peers of a cluster and of the one behind it: the only ones that its devices depend on. */
static uint32_t peers_around(const struct scenario *s, uint32_t cluster,
                             uint32_t peers[2 * CLUSTER_PEERS_MAX])
{
    uint32_t count = 0, core = s->clusters[cluster].traversal;
    for (int k = 0; k < 2; k++) {
        uint32_t c = k ? core : cluster;
        if (c == NONE || (k && core == cluster))
            continue;
        for (uint32_t i = 0; i < s->clusters[c].peer_count && count < 2 * CLUSTER_PEERS_MAX; i++)
            peers[count++] = s->clusters[c].first_peer + i;
    }
    return count;
}

/* Devices of one population with the peers down that hurt it most. */
struct worst_set {
    struct at_rest_population devices;
    uint32_t peers[2 * CLUSTER_PEERS_MAX], count;
};

/* The worst set for each population of the cluster, of all with `down` peers around it away, beside
 * those that are out anyway. */
static bool count_sets(const struct scenario *s, const struct answer_sources *sources,
                       uint32_t cluster, uint32_t down, struct worst_set *worst)
{
    bool ok = true;
    uint32_t around[2 * CLUSTER_PEERS_MAX], set[2 * CLUSTER_PEERS_MAX];
    uint32_t count = peers_around(s, cluster, around), take = down < count ? down : count;
    uint32_t *away = calloc((size_t)take + sources->down_count + 1, sizeof *away);
    size_t left = SETS_MOST;
    if (!away)
        return false;
    for (uint32_t i = 0; i < take; i++)
        set[i] = i;
    do {
        struct at_rest rest;
        for (uint32_t i = 0; i < take; i++)
            away[i] = around[set[i]];
        for (uint32_t i = 0; i < sources->down_count; i++)
            away[take + i] = sources->down[i];
        ok = at_rest_count(s, away, take + sources->down_count, cluster, &rest);
        for (uint32_t p = 0; ok && p < s->endpoints_count; p++)
            if (s->endpoints[p].cluster == cluster &&
                (worst[p].devices.devices == 0 || rest.populations[p].out > worst[p].devices.out)) {
                worst[p] = (struct worst_set){.devices = rest.populations[p], .count = take};
                memcpy(worst[p].peers, away, take * sizeof *away);
            }
        at_rest_release(&rest);
    } while (ok && take > 0 && --left > 0 && survival_next(count, take, set));
    free(away);
    return ok;
}

static void judge_devices_down(struct answer *answer, const struct scenario *s,
                               const struct answer_sources *sources, uint32_t down)
{
    struct worst_set *worst = calloc((size_t)s->endpoints_count + 1, sizeof *worst);
    uint8_t *done = calloc((size_t)s->cluster_count + 1, 1);
    answer->failed = answer->failed || !worst || !done;
    for (uint32_t p = 0; !answer->failed && p < s->endpoints_count; p++) {
        uint32_t cluster = s->endpoints[p].cluster;
        if (s->endpoints[p].count <= 0)
            continue;
        if (!done[cluster] && !count_sets(s, sources, cluster, down, worst))
            answer->failed = true;
        done[cluster] = 1;
        struct named_down away = {peer_names(answer, s, worst[p].peers, worst[p].count),
                                  worst[p].count};
        device_row(answer, s, away, &worst[p].devices, p);
    }
    free(worst);
    free(done);
}

static void judge_devices(struct answer *answer, const struct scenario *s,
                          const struct answer_sources *sources)
{
    struct at_rest rest;
    bool ok = at_rest_count(s, sources->down, sources->down_count, NONE, &rest);
    answer->failed = answer->failed || !ok;
    for (uint32_t p = 0; ok && p < s->endpoints_count; p++)
        if (rest.populations[p].devices > 0)
            device_row(answer, s, (struct named_down){"", 0}, &rest.populations[p], p);
    at_rest_release(&rest);
    if (s->goals.survive > 0 && s->endpoints_count > 0)
        judge_devices_down(answer, s, sources, (uint32_t)s->goals.survive);
}

/* ---- Accounts ---- */

static void judge_ceilings(struct answer *answer, const struct scenario *s)
{
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (enum limit limit = LIMIT_PROVISIONING; limit <= LIMIT_PHONEBOOK; limit++) {
            double asked = (double)limit_accounts(&s->clusters[c], limit);
            double most = (double)limit_of_cluster(s, c, limit);
            if (asked > most)
                add_row(answer, (struct judged){.goal = GOAL_CEILING,
                                                .scope = SCOPE_CLUSTER,
                                                .index = c,
                                                .name = s->clusters[c].name,
                                                .value = {1 - most / asked, NAN, NAN},
                                                .verdict = VERDICT_NO,
                                                .basis = BASIS_COUNTED,
                                                .cause = limit_name(limit)});
        }
}

void goals_judge(struct answer *answer, const struct scenario *scenario,
                 const struct answer_sources *sources)
{
    if (sources->results) {
        judge_classes(answer, scenario, sources->results);
        judge_hours(answer, scenario, sources->results);
        judge_sets(answer, scenario, sources->survival, sources->results->traits.away);
    } else if (sources->estimate) {
        judge_by_estimate(answer, scenario, sources->estimate);
    }
    judge_devices(answer, scenario, sources);
    judge_ceilings(answer, scenario);
}
