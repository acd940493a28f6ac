#include "reports/advice.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/erlang.h"
#include "model/estimate.h"
#include "reports/peaks.h"

#define WOULD_DO  " would do, by formula"
#define NOT_PEERS ", by formula: it takes larger platforms, or less load here"

/* Load on one resource, as Hayward sees it. */
struct stream_of_calls {
    double load, squares; /* sum b a, sum b^2 a */
    double peaked;        /* sum z b^2 a */
    double largest;       /* b of the largest call */
};

static void add_calls(struct stream_of_calls *stream, double erlangs, double size, double z)
{
    stream->load += erlangs * size;
    stream->squares += erlangs * size * size;
    stream->peaked += z * erlangs * size * size;
    stream->largest = fmax(stream->largest, erlangs > 0 ? size : 0);
}

/* What must be there so that the largest call is refused no more often than the goal allows. z: of all calls together;
 * classes that come together by themselves count with their own. */
static double amount_needed(const struct stream_of_calls *stream, double z, double goal)
{
    if (stream->load <= 0)
        return 0;
    double peakedness = fmax(stream->peaked, z * stream->squares) / stream->load;
    double target = fmin(goal * stream->squares / stream->load / stream->largest, 0.5);
    return peakedness * erlang_servers_real(stream->load / peakedness, target);
}

/* --- Load ---------- */

/* The intervals to size for: those of the worst hour, or all when only chance makes an hour worse.
 */
static bool intervals_to_size(const struct scenario *scenario, const struct results *results,
                              uint32_t class_index, size_t *first, size_t *last)
{
    *first = 0;
    *last = results->intervals;
    if (!scenario_varies(scenario))
        return results->intervals > 0;
    struct worst_hour hour = worst_hour_blocked(results, class_index);
    if (!hour.found)
        hour = busiest_hour(results);
    if (!hour.found)
        return false;
    *first = (size_t)(hour.from / results->interval);
    *last = (size_t)(hour.to / results->interval);
    return true;
}

/* Erlangs offered then by class; owned, NULL when they are not known. */
static double *offered_erlangs(const struct scenario *scenario, const struct results *results,
                               uint32_t class_index)
{
    size_t first, last;
    double *erlangs = calloc(scenario->class_count + 1, sizeof *erlangs);
    if (!erlangs || !intervals_to_size(scenario, results, class_index, &first, &last)) {
        free(erlangs);
        return NULL;
    }
    for (uint32_t c = 0; c < scenario->class_count; c++)
        erlangs[c] = 1;
    for (size_t s = 0; s < results->series_count; s++) {
        const struct series *series = &results->series[s];
        if (series->scope != SCOPE_CLASS)
            continue;
        double value = results_span(results, s, first, last).value;
        if (strcmp(series->metric, "in_progress") == 0)
            erlangs[series->index] *= value;
        else if (strcmp(series->metric, "blocked_fraction") == 0 && value < 0.99)
            erlangs[series->index] /= 1 - value;
    }
    return erlangs;
}

static bool crosses(const struct scenario *scenario, const struct call_class *call,
                    uint32_t cluster)
{
    return call->via.cluster == cluster ||
           scenario->clusters[call->via.cluster].traversal == cluster;
}

static double rms_of_call(const struct scenario *scenario, const struct call_class *call,
                          uint32_t cluster)
{
    struct demand demand = service_demand(call->service, call->media, call->protocol);
    int64_t core = demand.rms_core_halves, edge = demand.rms_edge_halves;
    enum role role = scenario->clusters[cluster].role;
    if (call->rms_halves >= 0)
        return (double)call->rms_halves / 2;
    return (double)(role == ROLE_CORE   ? core
                    : role == ROLE_EDGE ? edge
                    : core > edge       ? core
                                        : edge) /
           2;
}

/* --- What would do ---------- */

struct need {
    const struct scenario *scenario;
    uint32_t cluster;
    int down;          /* peers that the goal wants survived */
    enum cause cause;  /* that the refusals have most often */
    double peakedness; /* that was allowed for */
    double units, rms; /* needed */
};

static double units_with(const struct need *need, int peers)
{
    const struct cluster *c = &need->scenario->clusters[need->cluster];
    struct platform node = scenario_cluster_node(need->scenario, need->cluster);
    int factor = c->redundancy == REDUNDANCY_NONE && !node.no_gain
                     ? peers
                     : capacity_factor(c->redundancy, peers, node.no_gain);
    double cap = c->cap_stated >= 0 ? (double)c->cap_stated : (double)node.units * factor;
    return fmin(cap, (double)node.units * fmax(peers - need->down, 0));
}

/* Further peers; 0: none is needed, -1: up to six in all do not suffice. */
static int peers_missing(const struct need *need)
{
    int now = (int)need->scenario->clusters[need->cluster].peer_count;
    bool lacking = need->cause == CAUSE_PEER_UNITS || need->cause == CAUSE_CLUSTER_CAP ||
                   need->cause == CAUSE_NO_PEER;
    bool enough = units_with(need, now) >= need->units;
    if (enough && !lacking)
        return 0;
    for (int peers = now + 1; peers <= CLUSTER_PEERS_MAX; peers++)
        if (units_with(need, peers) >= need->units &&
            units_with(need, peers) > units_with(need, now))
            return peers - now;
    return -1;
}

static double rms_missing(const struct need *need)
{
    const struct cluster *c = &need->scenario->clusters[need->cluster];
    if (!c->licensed[LICENCE_RMS])
        return 0;
    double pool = (double)c->licences[LICENCE_RMS];
    for (uint32_t p = 0; p < c->peer_count; p++)
        pool += (double)need->scenario->peers[c->first_peer + p].licences[LICENCE_RMS];
    double missing = ceil(need->rms - pool);
    return missing > 0 ? missing : need->cause == CAUSE_RMS ? 1 : 0;
}

static size_t say(const struct need *need, char *buffer, size_t room)
{
    const char *name = need->scenario->clusters[need->cluster].name;
    int peers = peers_missing(need);
    double rms = rms_missing(need);
    int n = 0;
    if (peers < 0 && rms > 0)
        n = snprintf(buffer, room,
                     "%.0f more RMS in %s, and no number of these peers suffices" NOT_PEERS, rms,
                     name);
    else if (peers < 0)
        n = snprintf(buffer, room, "no number of these peers suffices in %s" NOT_PEERS, name);
    else if (peers > 0 && rms > 0)
        n = snprintf(buffer, room, "%d more peer%s and %.0f more RMS in %s" WOULD_DO, peers,
                     peers > 1 ? "s" : "", rms, name);
    else if (peers > 0)
        n = snprintf(buffer, room, "%d more peer%s in %s" WOULD_DO, peers, peers > 1 ? "s" : "",
                     name);
    else if (rms > 0)
        n = snprintf(buffer, room, "%.0f more RMS in %s" WOULD_DO, rms, name);
    if (n > 0 && (size_t)n < room && need->peakedness > PEAKEDNESS_MOST)
        n += snprintf(buffer + n, room - (size_t)n, ", for calls of peakedness %.3g", need->peakedness);
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

static size_t advise(struct need *need, const struct results *results, const double *erlangs, char *buffer,
                     size_t room)
{
    const struct scenario *scenario = need->scenario;
    struct platform node = scenario_cluster_node(scenario, need->cluster);
    struct stream_of_calls units = {0}, rms = {0};
    double z = peaks_of_cluster(scenario, results, need->cluster);
    for (uint32_t c = 0; c < scenario->class_count; c++) {
        const struct call_class *call = &scenario->classes[c];
        if (!crosses(scenario, call, need->cluster))
            continue;
        double own = peaks_of_class(scenario, results, c);
        add_calls(&units, erlangs[c], (double)scenario_call_units(scenario, call, &node), own);
        add_calls(&rms, erlangs[c], rms_of_call(scenario, call, need->cluster), own);
    }
    need->units = amount_needed(&units, z, scenario->goals.blocking);
    need->rms = amount_needed(&rms, z, scenario->goals.blocking);
    need->peakedness = units.squares > 0 ? fmax(z, units.peaked / units.squares) : 1;
    return say(need, buffer, room);
}

/* The formulas' own answer, where they have one: they know the whole scenario, with every choice of
 * peers down. */
static size_t advise_by_estimate(const struct scenario *scenario, char *buffer, size_t room)
{
    static const struct estimate_options options = {.preview = false};
    struct estimate estimate = {0};
    int n = 0;
    if (scenario->trace_count > 0)
        return 0;
    bool made = estimate_make(scenario, &options, &estimate);
    const struct estimate_answer *answer = &estimate.answer;
    bool rough = answer->peaked && answer->badge == BADGE_SIMULATE; /* what was measured says more */
    if (made && answer->known && !answer->carries && answer->step_cluster != NONE && !rough) {
        const char *name = scenario->clusters[answer->step_cluster].name;
        if (answer->more_rms > 0)
            n = snprintf(buffer, room, "%" PRId64 " more RMS in %s" WOULD_DO, answer->more_rms,
                         name);
        else if (answer->more_peers > 0)
            n = snprintf(buffer, room, "%d more peer%s in %s" WOULD_DO, answer->more_peers,
                         answer->more_peers > 1 ? "s" : "", name);
    }
    estimate_release(&estimate);
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

char *advice_next_step(const struct scenario *scenario, const struct results *results,
                       const struct verdict *verdict, char buffer[static ADVICE_SIZE])
{
    buffer[0] = '\0';
    bool down = verdict->worst_set && verdict->down.answer == ANSWER_NO;
    const struct judgement *judged =
        verdict->normal.answer == ANSWER_NO ? &verdict->normal : &verdict->down;
    if (verdict->answer != ANSWER_NO || judged->class_index == NONE)
        return buffer;
    double *erlangs = offered_erlangs(scenario, results, judged->class_index), share;
    if (!erlangs)
        return buffer;
    uint32_t entry = scenario->classes[judged->class_index].via.cluster;
    enum cause cause = leading_cause(results, judged->class_index, &share);
    struct need need = {.scenario = scenario,
                        .cluster = entry,
                        .down = down ? scenario->goals.survive : 0,
                        .cause = down && cause == CAUSE_COUNT ? CAUSE_PEER_UNITS : cause};
    size_t length = advise_by_estimate(scenario, buffer, ADVICE_SIZE);
    if (length == 0)
        length = advise(&need, results, erlangs, buffer, ADVICE_SIZE);
    need.cluster = scenario->clusters[entry].traversal;
    if (length == 0 && need.cluster != NONE)
        length = advise(&need, results, erlangs, buffer, ADVICE_SIZE);
    if (length == 0)
        buffer[0] = '\0';
    free(erlangs);
    return buffer;
}
