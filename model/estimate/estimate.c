#include "model/estimate/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/arena.h"
#include "model/formulas/batch.h"
#include "model/estimate/spare.h"
#include "model/estimate/worst_set.h"
#include "model/estimate/failures.h"
#include "model/estimate/network.h"
#include "model/estimate/rows.h"
#include "model/estimate/run.h"

#define HOURLY_MAX 1e6 /* classes x hours that are shown hour by hour */
#define PEAKED_MAX 8   /* classes whose peakedness is told in words */

const char *badge_name(enum badge badge)
{
    static const char *const names[] = {"exact", "approximate", "simulate", "simulated"};
    return names[badge];
}

/* ---- the answer ---- */

static const char *resource_text(struct maker *m, const struct network *n, uint32_t index)
{
    const struct scenario *s = m->scenario;
    const struct resource *r = &n->resources[index];
    struct arena *a = m->out->arena;
    switch (r->kind) {
    case RESOURCE_GROUP:
        if (r->cap_is_cause && r->cap < INT64_MAX) {
            int64_t sum = 0;
            for (int i = 0; i < r->room_count; i++)
                sum += r->rooms[i].units;
            if (r->cap < sum)
                return arena_printf(a, "the cluster cap of %s", s->clusters[r->index].name);
        }
        return arena_printf(a, "peer units of %s", s->clusters[r->index].name);
    case RESOURCE_PEER:
        return arena_printf(a, "units of peer %s", s->peers[r->index].name);
    case RESOURCE_CAP:
        return arena_printf(a, "the cluster cap of %s", s->clusters[r->index].name);
    case RESOURCE_POOL:
        return arena_printf(a, "the RMS pool of %s", s->clusters[r->index].name);
    case RESOURCE_TURN:
        return arena_printf(a, "the TURN relays of %s", s->clusters[r->index].name);
    case RESOURCE_PIPE:
        break;
    }
    return arena_printf(a, "pipe %s", s->pipes[r->index].name);
}

/* What the worst class meets first. */
static bool note_binding(struct maker *m, const struct totals *run, uint32_t worst,
                         const uint8_t *away)
{
    struct estimate_answer *a = &m->out->answer;
    const struct class_total *c = &run->classes[worst];
    if (c->paced > c->binding_calls) {
        a->gives_out = "call set-ups a second";
        return true;
    }
    if (c->binding == NONE) {
        a->gives_out = c->cause[REFUSAL_NO_PEER] > 0 ? "peers: none is there for it"
                       : c->blocked > 0              ? "several limits together"
                                                     : "nothing";
        return true;
    }
    struct network n;
    if (!network_init(&n, m->scenario, away, m->nobody))
        return false;
    a->gives_out = resource_text(m, &n, c->binding);
    network_release(&n);
    return a->gives_out != NULL;
}

/* Takes the run with these peers away as the deciding one when it is worse than the one before. */
static bool judge(struct maker *m, const struct totals *run, int down)
{
    struct estimate_answer *a = &m->out->answer;
    uint32_t worst;
    double excess = run_excess(m->scenario, run, &worst);
    if (worst == NONE || (a->known && excess <= m->excess))
        return false;
    m->excess = excess;
    a->known = true;
    a->worst_class = worst;
    a->worst_down = down;
    a->badge = class_badge(&run->classes[worst]);
    return true;
}

static const enum metric_id band_metrics[] = {
    METRIC_CLASS_BLOCKED_LOAD_90, METRIC_CLASS_BLOCKED_LOAD_95, METRIC_CLASS_BLOCKED_LOAD_105,
    METRIC_CLASS_BLOCKED_LOAD_110};
static const double band_factors[] = {0.90, 0.95, 1.05, 1.10};

/* Blocking when the load is 5 and 10 % lower and higher than stated: load
 * uncertainty beats model error. */
static bool load_band(struct maker *m, const uint8_t *away, int down)
{
    m->hour = WHOLE_RUN;
    m->down = down;
    for (size_t i = 0; i < sizeof band_factors / sizeof *band_factors; i++) {
        struct totals run;
        struct run_request q = {
            .away = away, .scale = band_factors[i], .preview = m->preview, .loads = m->loads};
        if (!failures_totals(m->scenario, &q, &run, NULL, NULL))
            return false;
        for (uint32_t k = 0; k < m->scenario->class_count; k++) {
            const struct class_total *c = &run.classes[k];
            if (c->offered > 0)
                row_add(m, band_metrics[i], m->scenario->classes[k].name, row_blocked(c));
        }
        totals_release(&run);
    }
    return true;
}

static void note_spare(struct maker *m, const uint8_t *away, const struct totals *run)
{
    struct estimate_answer *a = &m->out->answer;
    a->spare_factor = spare_factor(
        m->scenario, &(struct run_request){.away = away, .preview = m->preview, .loads = m->loads},
        m->hours > 0, m->excess);
    a->spare_erlangs = (a->spare_factor - 1) * run->busiest_load;
    m->hour = WHOLE_RUN;
    m->down = a->worst_down;
    enum badge badge = a->badge == BADGE_EXACT ? BADGE_EXACT : BADGE_SIMULATE;
    row_add(m, METRIC_RUN_SPARE_ERLANGS, "",
            row_plain(a->spare_erlangs, badge, class_formula(&run->classes[a->worst_class])));
}

/* What binds in the state that decides, and how far it is. */
static bool note_headroom(struct maker *m, const uint8_t *away, int down, const struct totals *run)
{
    if (!m->judged_only && !m->preview && !load_band(m, away, down))
        return false;
    if (!note_binding(m, run, m->out->answer.worst_class, away))
        return false;
    if (!m->judged_only)
        note_spare(m, away, run);
    return true;
}

/* ---- all together ---- */

/* What Erlang's formula would have said of calls that come together, and that it is not to be
 * believed. */
static void reason_groups(struct maker *m, const struct call_class *call, double z)
{
    double erlang = peakedness_erlang(m->scenario, call, call_erlangs(call));
    row_reason(
        m,
        arena_printf(
            m->out->arena,
            "%s: calls start together, peakedness %.3g: Erlang's formula for Poisson arrivals "
            "would "
            "promise %.2g %% blocked in the busiest step, far too little, for it knows no meetings",
            call->name, z, 100 * erlang));
}

static void reason_record(struct maker *m, const struct call_class *call,
                          const struct peakedness_figure *f)
{
    bool high = peakedness_judge(f->value, f->low) == PEAKEDNESS_HIGH;
    double erlang = peakedness_erlang(m->scenario, call, f->busiest);
    row_reason(
        m, arena_printf(
               m->out->arena,
               "%s: recorded calls, peakedness %.3g%s: Erlang's formula for Poisson arrivals would "
               "promise %.2g %% blocked in the busiest hour, %s",
               call->name, f->value, high ? "" : ", of too few calls to be sure", 100 * erlang,
               high ? "far too little, for these calls come together"
                    : "far too little if they come together"));
}

static void reason_peaked(struct maker *m, const struct call_class *call,
                          const struct peakedness_figure *f)
{
    double z = arrivals_peakedness(&call->arrivals);
    bool record = f && peakedness_judge(f->value, f->low) != PEAKEDNESS_PLAIN;
    if (m->out->reason_count > PEAKED_MAX)
        return;
    if ((record || z > PEAKEDNESS_MOST) && m->out->reason_count == PEAKED_MAX)
        row_reason(m, "further classes come together: estimate.csv has their peakedness");
    else if (z > PEAKEDNESS_MOST)
        reason_groups(m, call, z);
    else if (record)
        reason_record(m, call, f);
}

/* Classes may come together that do not by themselves. */
static void reason_cluster(struct maker *m, const struct estimate_options *options, uint32_t c)
{
    const struct scenario *s = m->scenario;
    const struct peakedness_figure *f = &options->cluster_records[c];
    struct platform node = scenario_cluster_node(s, c);
    double load = 0, squares = 0;
    if (peakedness_judge(f->value, f->low) != PEAKEDNESS_HIGH || m->out->reason_count > PEAKED_MAX)
        return;
    for (uint32_t k = 0; k < s->class_count; k++) {
        double size = (double)scenario_call_units(s, &s->classes[k], &node);
        load += options->class_records[k].busiest * size;
        squares += options->class_records[k].busiest * size * size;
    }
    double erlang = peakedness_erlang_units(s, c, f->busiest, load > 0 ? squares / load : 0);
    row_reason(
        m,
        arena_printf(
            m->out->arena,
            "%s: all recorded calls, peakedness %.3g: Erlang's formula for Poisson arrivals would "
            "promise %.2g %% blocked in the busiest hour, far too little, for these calls come "
            "together",
            s->clusters[c].name, f->value, 100 * erlang));
}

/* A measured figure without interval is of too few calls. */
static void measured_rows(struct maker *m, enum metric_id peakedness, enum metric_id busiest,
                          const char *name, const struct peakedness_figure *f)
{
    if (f->calls == 0)
        return;
    row_add(m, peakedness, name,
            (struct row_value){{f->value, f->low, f->high},
                               0,
                               isnan(f->low) ? BADGE_SIMULATE : BADGE_APPROXIMATE,
                               "measured on traces"});
    row_add(m, busiest, name, row_plain(f->busiest, BADGE_EXACT, "infinitely many servers"));
}

static void note_peakedness(struct maker *m, const struct estimate_options *options)
{
    const struct scenario *s = m->scenario;
    m->hour = WHOLE_RUN;
    m->down = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        const struct peakedness_figure *f =
            options && options->class_records ? &options->class_records[k] : NULL;
        double z = arrivals_peakedness(&call->arrivals);
        if (call->arrivals.batch_count > 0)
            row_add(m, METRIC_CLASS_PEAKEDNESS, call->name,
                    row_plain(z,
                              call->holding.law == LAW_EXPONENTIAL ? BADGE_EXACT : BADGE_SIMULATE,
                              "law of groups"));
        else if (f)
            measured_rows(m, METRIC_CLASS_PEAKEDNESS, METRIC_CLASS_BUSIEST_HOUR_ERLANGS, call->name,
                          f);
        reason_peaked(m, call, f);
    }
    for (uint32_t c = 0; options && options->cluster_records && c < s->cluster_count; c++) {
        reason_cluster(m, options, c);
        measured_rows(m, METRIC_CLUSTER_PEAKEDNESS, METRIC_CLUSTER_BUSIEST_HOUR_UNITS,
                      s->clusters[c].name, &options->cluster_records[c]);
    }
}

/* Figures by hour, unless there are so many classes and hours that nobody could read them. */
static struct totals *new_hours(struct maker *m, bool *failed)
{
    bool many = (double)m->hours * m->scenario->class_count > HOURLY_MAX;
    struct totals *hours =
        m->hours && !many ? calloc((size_t)m->hours, sizeof(struct totals)) : NULL;
    *failed = m->hours && !many && !hours;
    return hours;
}

static void free_hours(struct maker *m, struct totals *hours)
{
    for (int h = 0; hours && h < m->hours; h++)
        totals_release(&hours[h]);
    free(hours);
}

/* Weighted over further failures, and the rows of that where nobody is down by intent. */
static bool weigh_state(struct maker *m, const struct run_request *q, int down, struct totals *run,
                        struct totals *hours)
{
    const struct scenario *s = m->scenario;
    double *cut = calloc((size_t)s->class_count + 1, sizeof *cut);
    bool done = cut && failures_totals(s, q, run, hours, cut);
    if (done && down == 0) {
        rows_of_run(m, run, WEIGHTED, false);
        rows_of_hours(m, hours, WEIGHTED);
        failures_rows(m, run, cut);
    }
    free(cut);
    return done;
}

/* One state of the peers: its rows, and its part in the answer. decided: it is the worst of those
 * the goals ask for. */
static bool make_state(struct maker *m, int down, bool counts, bool *decided)
{
    const struct scenario *s = m->scenario;
    bool failed;
    struct totals run, *hours = new_hours(m, &failed);
    bool coarse = m->preview || (m->hours > 0 && !counts);
    struct run_request q = {.away = m->away, .scale = 1, .preview = coarse, .loads = m->loads};
    *decided = false;
    if (failed || !worst_set(s, down, &q, m->gone, m->away) || !run_totals(s, &q, &run, hours)) {
        free(hours);
        return false;
    }
    bool fails = failures_happen(s, m->away), done = true;
    if (down == 0 || !fails) {
        rows_of_run(m, &run, down, down == 0);
        rows_of_hours(m, hours, down);
    }
    if (fails && (counts || down > 0)) {
        for (int h = 0; hours && h < m->hours; h++)
            totals_release(&hours[h]);
        totals_release(&run);
        if (!weigh_state(m, &q, down, &run, hours)) {
            free(hours);
            return false;
        }
    }
    if (fails && down > 0) {
        rows_of_run(m, &run, down, false);
        rows_of_hours(m, hours, down);
    }
    if (counts)
        *decided = judge(m, &run, down);
    if (*decided && !m->gone && (s->goals.survive == 0 || down > 0))
        done = note_headroom(m, m->away, down, &run);
    totals_release(&run);
    free_hours(m, hours);
    return done;
}

static int peers_most(const struct scenario *s)
{
    int most = 0;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        most = (int)s->clusters[c].peer_count > most ? (int)s->clusters[c].peer_count : most;
    return most;
}

/* The base state, the state that must be survived, then the others; the deciding one gives spare
 * and steps. */
static bool make_all(struct maker *m)
{
    const struct scenario *s = m->scenario;
    bool decided, base;
    int survive = s->goals.survive, most = peers_most(s);
    if (!make_state(m, 0, true, &base))
        return false;
    if (survive > 0) {
        if (!make_state(m, survive, true, &decided))
            return false;
        if (!decided && !m->gone &&
            m->out->answer
                .known) { /* losing peers makes nothing worse, or nothing is left to judge */
            struct totals run;
            struct run_request q = {.scale = 1, .preview = m->preview, .loads = m->loads};
            memset(m->away, 0, s->cluster_count);
            bool done = failures_totals(s, &q, &run, NULL, NULL);
            if (done) {
                done = note_headroom(m, m->away, 0, &run);
                totals_release(&run);
            }
            if (!done)
                return false;
        }
    }
    if (s->trace_count > 0) /* the figures of other classes leave out what traces bring */
        m->out->answer.known = false;
    bool heavy = m->hours > 0 && s->class_count > 0 && m->preview;
    for (int down = 1; down < most && !heavy; down++)
        if (down != survive && !make_state(m, down, false, &decided))
            return false;
    return true;
}

/* False when out of memory. */
static bool take_out(struct maker *m, const struct estimate_options *options)
{
    const struct scenario *s = m->scenario;
    if (!options || options->out_count == 0)
        return true;
    m->gone = calloc((size_t)s->cluster_count + 1, 1);
    for (uint32_t i = 0; m->gone && i < options->out_count; i++) {
        uint32_t cluster = s->peers[options->out[i]].cluster;
        m->gone[cluster] |= (uint8_t)(1u << (options->out[i] - s->clusters[cluster].first_peer));
    }
    return m->gone != NULL;
}

bool estimate_make(const struct scenario *scenario, const struct estimate_options *options,
                   struct estimate *estimate)
{
    *estimate = (struct estimate){.arena = arena_new()};
    estimate->answer = (struct estimate_answer){
        .worst_class = NONE, .spare_factor = NAN, .spare_erlangs = NAN, .gives_out = "nothing"};
    struct maker m = {.scenario = scenario,
                      .out = estimate,
                      .preview = options && options->preview,
                      .judged_only = options && options->judged_only,
                      .hours = run_hours(scenario),
                      .away = calloc((size_t)scenario->cluster_count + 1, 1),
                      .nobody = calloc((size_t)scenario->cluster_count + 1, 1)};
    m.loads = loads_new(scenario);
    bool done = estimate->arena && m.away && m.nobody && m.loads && take_out(&m, options);
    if (done) {
        note_peakedness(&m, options);
        done = make_all(&m) && !m.failed;
    }
    free(m.gone);
    free(m.away);
    free(m.nobody);
    loads_free(m.loads);
    return done;
}

void estimate_release(struct estimate *estimate)
{
    free(estimate->rows);
    free(estimate->reasons);
    arena_free(estimate->arena);
    *estimate = (struct estimate){0};
}

const struct estimate_row *estimate_find(const struct estimate *e, int hour, int down,
                                         const char *scope, const char *name, const char *metric)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct estimate_row *r = &e->rows[i];
        if (r->hour == hour && r->down == down && strcmp(r->scope, scope) == 0 &&
            (!name || strcmp(r->name, name) == 0) && strcmp(r->metric, metric) == 0)
            return r;
    }
    return NULL;
}
