#include "model/estimate/rows.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/at_rest.h"
#include "model/base/arena.h"
#include "model/path.h"

/* Rounding may leave what is too small to be a number of full precision. */
static double whole(double x)
{
    return fabs(x) < DBL_MIN ? 0 : x;
}

/* What can happen is approximate where formulas say that it never does. */
static struct row_value told(struct row_value f)
{
    f.band = (struct band){whole(f.band.value), whole(f.band.low), whole(f.band.high)};
    if (!(f.band.value <= 0) || f.least <= 0)
        return f;
    f.badge = f.badge == BADGE_EXACT ? BADGE_APPROXIMATE : f.badge;
    f.band = (struct band){0, 0, fmax(f.band.high, f.least)};
    return f;
}

void row_add(struct maker *m, enum metric_id metric, const char *name, struct row_value figure)
{
    const struct metric_info *info = metric_info(metric);
    struct row_value f = told(figure);
    struct estimate *e = m->out;
    if (!isfinite(f.band.value))
        return;
    if (e->count == e->room) {
        size_t room = e->room ? 2 * e->room : 256;
        struct estimate_row *rows = realloc(e->rows, room * sizeof *rows);
        if (!rows) {
            m->failed = true;
            return;
        }
        e->rows = rows;
        e->room = room;
    }
    bool banded = f.badge == BADGE_APPROXIMATE;
    e->rows[e->count++] = (struct estimate_row){.hour = m->hour,
                                                .down = m->down,
                                                .scope = scope_name(info->scope),
                                                .name = name,
                                                .metric = info->name,
                                                .value = f.band.value,
                                                .low = banded ? f.band.low : NAN,
                                                .high = banded ? f.band.high : NAN,
                                                .unit = info->unit,
                                                .badge = f.badge,
                                                .formula = f.formula ? f.formula : "none"};
}

struct row_value row_plain(double value, enum badge badge, const char *formula)
{
    return (struct row_value){{value, NAN, NAN}, 0, badge, formula};
}

void row_reason(struct maker *m, const char *reason)
{
    struct estimate *e = m->out;
    m->failed = m->failed || !reason;
    for (size_t i = 0; reason && i < e->reason_count; i++)
        if (e->reasons[i] == reason || strcmp(e->reasons[i], reason) == 0)
            return;
    if (!reason)
        return;
    const char **reasons = realloc(e->reasons, (e->reason_count + 1) * sizeof *reasons);
    m->failed = m->failed || !reasons;
    if (!reasons)
        return;
    e->reasons = reasons;
    reasons[e->reason_count++] = reason;
}

static const struct {
    enum metric_id cause, only;
} refusals[REFUSAL_COUNT] = {
    [REFUSAL_NO_PEER] = {METRIC_CLASS_BLOCKED_NO_PEER, METRIC_CLASS_BLOCKED_NO_PEER_ONLY},
    [REFUSAL_PEER_UNITS] = {METRIC_CLASS_BLOCKED_PEER_UNITS, METRIC_CLASS_BLOCKED_PEER_UNITS_ONLY},
    [REFUSAL_CAP] = {METRIC_CLASS_BLOCKED_CLUSTER_CAP, METRIC_CLASS_BLOCKED_CLUSTER_CAP_ONLY},
    [REFUSAL_RMS] = {METRIC_CLASS_BLOCKED_RMS, METRIC_CLASS_BLOCKED_RMS_ONLY},
    [REFUSAL_TURN] = {METRIC_CLASS_BLOCKED_TURN, METRIC_CLASS_BLOCKED_TURN_ONLY},
    [REFUSAL_SETUP] = {METRIC_CLASS_BLOCKED_SETUP_RATE, METRIC_CLASS_BLOCKED_SETUP_RATE_ONLY},
    [REFUSAL_BANDWIDTH] = {METRIC_CLASS_BLOCKED_BANDWIDTH, METRIC_CLASS_BLOCKED_BANDWIDTH_ONLY},
};

static struct band over(struct band b, double by)
{
    return (struct band){b.value / by, b.low / by, b.high / by};
}

static struct band certain(double value)
{
    return (struct band){value, value, value};
}

static void cause_rows(struct maker *m, const struct class_total *c, const char *name)
{
    /* Shares of causes are no better known than what they add up to; no band was measured for them.
     */
    bool exact = class_badge(c) == BADGE_EXACT;
    unsigned rare = c->blocked < DBL_MIN ? c->possible : c->left_out;
    for (int i = 0; i < REFUSAL_COUNT; i++) {
        struct row_value f =
            row_plain(c->cause[i], exact ? BADGE_EXACT : BADGE_SIMULATE, class_formula(c));
        f.least = exact && rare >> i & 1 ? c->offered * ESTIMATE_NEGLIGIBLE : 0;
        row_add(m, refusals[i].cause, name, f);
        f.band.value = c->only[i];
        row_add(m, refusals[i].only, name, f);
    }
}

struct row_value row_blocked(const struct class_total *c)
{
    bool possible = c->possible || c->bounded;
    struct band calls = {c->blocked, c->blocked_low, c->blocked_high};
    return (struct row_value){over(calls, c->offered), possible ? ESTIMATE_NEGLIGIBLE : 0,
                              class_badge(c), class_formula(c)};
}

/* Figures derived from blocking have its band. */
static void class_rows(struct maker *m, const struct totals *t, uint32_t k, bool all)
{
    const struct class_total *c = &t->classes[k];
    const char *name = m->scenario->classes[k].name;
    if (c->offered <= 0)
        return;
    struct row_value share = row_blocked(c);
    struct band blocked = {c->blocked, c->blocked_low, c->blocked_high};
    double carried = c->offered - c->lost, mean = c->call_seconds / t->seconds,
           passed = c->offered - c->blocked, least = c->offered * share.least;
    double each = passed > 0 ? mean / passed : 0;
    const struct {
        enum metric_id metric;
        struct band band;
        double least;
    } figures[] = {
        {METRIC_CLASS_BLOCKED_FRACTION, share.band, share.least},
        {METRIC_CLASS_OFFERED, certain(c->offered), 0},
        {METRIC_CLASS_BLOCKED, blocked, least},
        {METRIC_CLASS_CARRIED,
         {carried, c->offered - blocked.high, fmax(carried, c->offered - blocked.low)},
         0},
        {METRIC_CLASS_MEAN_IN_PROGRESS,
         {mean, each * (c->offered - blocked.high), each * (c->offered - blocked.low)},
         0},
        {METRIC_CLASS_LOST_FRACTION,
         {c->lost / c->offered, 0, blocked.high / c->offered},
         share.least},
        {METRIC_CLASS_ATTEMPTS,
         {c->attempts, c->offered, c->attempts + 2 * (blocked.high - blocked.value)},
         0},
        {METRIC_CLASS_ATTEMPTS_BLOCKED,
         {c->attempts_blocked, blocked.low, 2 * fmax(blocked.high, c->attempts_blocked)},
         least},
    };
    /* What a changing load leaves in progress depends on what was refused before. */
    bool lags = m->hours > 0 && (c->bounded || c->paced > 0);
    size_t count = all ? sizeof figures / sizeof *figures : 3;
    for (size_t i = 0; i < count; i++) {
        bool cut = figures[i].metric == METRIC_CLASS_MEAN_IN_PROGRESS && (t->cut || lags);
        row_add(m, figures[i].metric, name,
                (struct row_value){figures[i].band, figures[i].least,
                                   cut ? BADGE_SIMULATE : share.badge, share.formula});
    }
    if (all)
        cause_rows(m, c, name);
}

static void pool_rows(struct maker *m, uint32_t index, const struct cluster_total *c,
                      double seconds)
{
    const struct scenario *s = m->scenario;
    const struct cluster *cluster = &s->clusters[index];
    if (!cluster->licensed[LICENCE_RMS])
        return;
    const char *name = arena_printf(m->out->arena, "%s.rms", cluster->name);
    m->failed = m->failed || !name;
    if (!name)
        return;
    row_add(m, METRIC_POOL_SIZE, name,
            row_plain(c->licence_seconds / seconds, BADGE_EXACT, "sum over the peers"));
    enum badge badge = c->badge == BADGE_EXACT ? c->badge : BADGE_SIMULATE;
    row_add(m, METRIC_POOL_MEAN_IN_USE, name,
            row_plain(c->rms_seconds / 2 / seconds, badge, c->formula));
    struct row_value full = row_plain(c->pool_full / seconds, badge, c->formula);
    full.least = c->pool_may_fill ? ESTIMATE_NEGLIGIBLE : 0;
    row_add(m, METRIC_POOL_FULL_FRACTION, name, full);
}

static void cluster_rows(struct maker *m, const struct totals *t)
{
    const struct scenario *s = m->scenario;
    for (uint32_t i = 0; i < s->cluster_count; i++) {
        const struct cluster_total *c = &t->clusters[i];
        const char *name = s->clusters[i].name;
        enum badge badge = c->badge == BADGE_EXACT ? c->badge : BADGE_SIMULATE;
        int64_t cap = scenario_cluster_units(s, i), there = 0;
        for (uint32_t p = 0; p < s->clusters[i].peer_count; p++)
            if (!(m->away[i] >> p & 1))
                there += s->platforms[s->peers[s->clusters[i].first_peer + p].platform].units;
        row_add(m, METRIC_CLUSTER_CAP, name, row_plain((double)cap, BADGE_EXACT, "capacity rule"));
        if (!c->formula)
            continue;
        row_add(m, METRIC_CLUSTER_MEAN_UNITS, name,
                row_plain(c->unit_seconds / t->seconds, badge, c->formula));
        double full = there < cap ? 0 : c->full_seconds / t->seconds;
        int present =
            __builtin_popcount(((1u << s->clusters[i].peer_count) - 1) & ~(unsigned)m->away[i]);
        if (present > 0)
            row_add(m, METRIC_CLUSTER_CALLS_CUT, name,
                    row_plain(c->call_seconds / t->seconds / present, badge, c->formula));
        row_add(m, METRIC_CLUSTER_FULL_FRACTION, name, row_plain(full, badge, c->formula));
        pool_rows(m, i, c, t->seconds);
    }
}

static void peer_rows(struct maker *m, const struct totals *t)
{
    const struct scenario *s = m->scenario;
    for (uint32_t p = 0; p < s->peer_count; p++) {
        const struct cluster_total *c = &t->clusters[s->peers[p].cluster];
        const char *name = s->peers[p].name;
        double all = 0, units = t->peer_units[p] / t->seconds;
        for (uint32_t i = 0; i < s->clusters[s->peers[p].cluster].peer_count; i++)
            all += t->peer_calls[s->clusters[s->peers[p].cluster].first_peer + i];
        enum badge badge = c->badge == BADGE_EXACT ? c->badge : BADGE_SIMULATE;
        int64_t capacity = s->platforms[s->peers[p].platform].units;
        if (!c->formula)
            continue;
        row_add(m, METRIC_PEER_MEAN_UNITS, name, row_plain(units, badge, c->formula));
        row_add(m, METRIC_PEER_UTILIZATION, name,
                row_plain(capacity > 0 ? units / (double)capacity : NAN, badge, c->formula));
        row_add(
            m, METRIC_PEER_ADMITTED_SHARE, name,
            row_plain(all > 0 && !c->unitless ? t->peer_calls[p] / all : NAN, badge, c->formula));
    }
}

/* Does anything happen to devices that are registered? */
static bool devices_move(const struct scenario *s)
{
    bool moves = s->step_count > 0 || s->outage_count > 0;
    for (uint32_t p = 0; p < s->peer_count; p++)
        moves = moves || s->peers[p].joins > -FOREVER || s->peers[p].leaves != FOREVER;
    return moves;
}

/* Devices that no peer gets more of than another: else counting is one device a population off. */
static bool divide_evenly(const struct scenario *s)
{
    for (uint32_t e = 0; e < s->endpoints_count; e++) {
        const struct endpoints *own = &s->endpoints[e];
        uint32_t core = path_core(s, own, own->cluster);
        if (own->spread || own->count % s->clusters[own->cluster].peer_count != 0 ||
            (core != NONE && own->count % s->clusters[core].peer_count != 0))
            return false;
    }
    return true;
}

/* Who is registered where, at rest: counted. Where peers come and go it is so at the start only. */
static void registration_rows(struct maker *m)
{
    static const char *const how = "counted at rest";
    const struct scenario *s = m->scenario;
    struct at_rest rest = {0};
    bool chance = false, done = s->endpoints_count == 0 || at_rest_count(s, NULL, 0, NONE, &rest);
    m->failed = m->failed || !done;
    for (uint32_t e = 0; done && e < s->endpoints_count; e++)
        chance = chance || rest.populations[e].chance;
    enum badge badge = devices_move(s) || chance ? BADGE_SIMULATE : BADGE_EXACT;
    for (uint32_t e = 0; done && e < s->endpoints_count; e++)
        if (rest.populations[e].devices > 0)
            row_add(m, METRIC_ENDPOINTS_UNREGISTERED_FRACTION, s->endpoints[e].name,
                    row_plain((double)rest.populations[e].out / (double)rest.populations[e].devices,
                              badge, how));
    for (uint32_t c = 0; done && s->endpoints_count > 0 && c < s->cluster_count; c++) {
        row_add(m, METRIC_CLUSTER_MEAN_REGISTRATIONS, s->clusters[c].name,
                row_plain((double)rest.clusters[c].registrations, badge, how));
        row_add(m, METRIC_CLUSTER_MEAN_MRA_REGISTRATIONS, s->clusters[c].name,
                row_plain((double)rest.clusters[c].mra, badge, how));
    }
    double off = 2.0 * s->endpoints_count;
    enum badge each = badge == BADGE_EXACT && !divide_evenly(s) ? BADGE_APPROXIMATE : badge;
    for (uint32_t p = 0; done && s->endpoints_count > 0 && p < s->peer_count; p++) {
        double all = (double)rest.peers[p].registrations, mra = (double)rest.peers[p].mra;
        row_add(m, METRIC_PEER_MEAN_REGISTRATIONS, s->peers[p].name,
                (struct row_value){{all, fmax(0, all - off), all + off}, 0, each, how});
        row_add(m, METRIC_PEER_MEAN_MRA_REGISTRATIONS, s->peers[p].name,
                (struct row_value){{mra, fmax(0, mra - off), mra + off}, 0, each, how});
        if (s->peers[p].registration_rate > 0)
            row_add(m, METRIC_PEER_REGISTRATION_LOAD, s->peers[p].name,
                    row_plain(rest.peers[p].refreshes / s->peers[p].registration_rate,
                              each == BADGE_EXACT ? each : BADGE_SIMULATE, how));
    }
    at_rest_release(&rest);
}

static void class_reasons(struct maker *m, const struct totals *t)
{
    for (uint32_t k = 0; k < m->scenario->class_count; k++)
        if (class_reason(&t->classes[k]) && t->classes[k].offered > 0)
            row_reason(m, class_reason(&t->classes[k]));
}

void rows_of_run(struct maker *m, const struct totals *run, int down, bool peers)
{
    m->hour = WHOLE_RUN;
    m->down = down;
    for (uint32_t k = 0; k < m->scenario->class_count; k++)
        class_rows(m, run, k, true);
    if (down != WEIGHTED)
        cluster_rows(m, run);
    if (peers)
        peer_rows(m, run);
    if (peers && !m->gone)
        registration_rows(m);
    class_reasons(m, run);
}

void rows_of_hours(struct maker *m, const struct totals *hours, int down)
{
    for (m->hour = 0; hours && m->hour < m->hours; m->hour++) {
        const struct totals *h = &hours[m->hour];
        m->down = down;
        for (uint32_t k = 0; k < m->scenario->class_count; k++)
            class_rows(m, h, k, false);
        for (uint32_t c = 0; c < m->scenario->cluster_count; c++)
            if (h->clusters[c].formula)
                row_add(
                    m, METRIC_CLUSTER_MEAN_UNITS, m->scenario->clusters[c].name,
                    row_plain(h->clusters[c].unit_seconds / h->seconds,
                              h->clusters[c].badge == BADGE_EXACT ? BADGE_EXACT : BADGE_SIMULATE,
                              h->clusters[c].formula));
    }
}
