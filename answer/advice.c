#include "answer/advice.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/formulas/erlang.h"
#include "model/estimate/estimate.h"
#include "answer/bottleneck.h"
#include "answer/peaks.h"

#define WOULD_DO  " would do, by formula"
#define NOT_PEERS ", by formula: it takes larger platforms, or less load here"

/* Load on one resource, as Hayward sees it. */
struct stream_of_calls {
    double load, squares; /* sum b a, sum b^2 a */
    double peaked;        /* sum z b^2 a */
    double largest;       /* b of the largest call */
    bool mixed;           /* of several sizes */
};

static void add_calls(struct stream_of_calls *stream, double erlangs, double size, double z)
{
    stream->load += erlangs * size;
    stream->squares += erlangs * size * size;
    stream->mixed = stream->mixed ||
                    (erlangs > 0 && stream->largest > 0 && size > 0 && size != stream->largest);
    stream->peaked += z * erlangs * size * size;
    stream->largest = fmax(stream->largest, erlangs > 0 ? size : 0);
}

/* What must be there so that the largest call is refused no more often than the goal allows. z: of
 * all calls together; classes that come together by themselves count with their own. */
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

/* Erlangs of a class of which nothing is in progress, for nothing is admitted; 0 where calls do not
 * say how long they would have gone on. */
static double refused_erlangs(const struct scenario *scenario, const struct results *results,
                              uint32_t class_index)
{
    const struct call_class *call = &scenario->classes[class_index];
    size_t offered = results_find(results, SCOPE_CLASS, call->name, "offered");
    double seconds = (double)scenario->run.length / (double)SECOND;
    if (offered == SIZE_MAX || seconds <= 0)
        return 0;
    return results_interval(results, offered, 0).value / seconds * call->holding.mean;
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
        else if (strcmp(series->metric, "blocked_fraction") == 0)
            erlangs[series->index] = refused_erlangs(scenario, results, series->index);
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
    int down; /* peers that the goal wants survived, or that are away by plan */
    const struct call_class *call; /* judged */
    enum cause cause;              /* that the refusals have most often */
    double peakedness;             /* that was allowed for */
    double units, rms;             /* needed */
    double alone;                  /* units that the judged class needs by itself */
    double size; /* of every call, 0: of several sizes; a peer holds whole calls */
    bool tried;  /* the formulas of the whole scenario know that peers here do not suffice */
};

/* What a figure of the node comes to with so many peers, those down not counted. */
static double cluster_with(const struct need *need, int peers, double figure, double whole,
                           double stated)
{
    const struct cluster *c = &need->scenario->clusters[need->cluster];
    struct platform node = scenario_cluster_node(need->scenario, need->cluster);
    int factor = c->redundancy == REDUNDANCY_NONE && !node.no_gain
                     ? peers
                     : capacity_factor(c->redundancy, peers, node.no_gain);
    double cap = stated >= 0 ? stated : figure * factor;
    return fmin(cap, whole * fmax(peers - need->down, 0));
}

static double units_with(const struct need *need, int peers)
{
    double units = (double)scenario_cluster_node(need->scenario, need->cluster).units;
    double whole = need->size > 0 ? floor(units / need->size) * need->size : units;
    return cluster_with(need, peers, units, whole,
                        (double)need->scenario->clusters[need->cluster].cap_stated);
}

/* RMS in use that the peers allow, whatever is licensed. */
static double rms_with(const struct need *need, int peers)
{
    double rms = (double)scenario_cluster_node(need->scenario, need->cluster).rms;
    return cluster_with(need, peers, rms, rms, -1);
}

static int peers_now(const struct need *need)
{
    return (int)need->scenario->clusters[need->cluster].peer_count;
}

static double rms_licensed(const struct need *need)
{
    const struct cluster *c = &need->scenario->clusters[need->cluster];
    double pool = (double)c->licences[LICENCE_RMS];
    for (uint32_t p = 0; p < c->peer_count; p++)
        pool += (double)need->scenario->peers[c->first_peer + p].licences[LICENCE_RMS];
    return c->licensed[LICENCE_RMS] ? pool : INFINITY;
}

/* The judged class goes to one peer here, whatever the others have free. */
static bool pinned(const struct need *need)
{
    return need->call->via.origin == ORIGIN_PEER && need->call->via.cluster == need->cluster;
}

static bool suffice(const struct need *need, int peers)
{
    const struct scenario *s = need->scenario;
    if (pinned(need) &&
        need->alone > (double)s->platforms[s->peers[need->call->via.peer].platform].units)
        return false;
    return units_with(need, peers) >= need->units && rms_with(need, peers) >= need->rms;
}

static bool gain(const struct need *need, int peers)
{
    int now = peers_now(need);
    return units_with(need, peers) > units_with(need, now) ||
           (need->cause == CAUSE_RMS && rms_with(need, peers) > rms_with(need, now));
}

/* Further peers; 0: none is needed, -1: up to six in all do not suffice. */
static int peers_missing(const struct need *need)
{
    int now = peers_now(need);
    bool lacking = need->cause == CAUSE_PEER_UNITS || need->cause == CAUSE_CLUSTER_CAP ||
                   need->cause == CAUSE_NO_PEER ||
                   (need->cause == CAUSE_RMS && rms_licensed(need) > rms_with(need, now));
    if (suffice(need, now) && !lacking)
        return 0;
    for (int peers = now + 1; peers <= CLUSTER_PEERS_MAX; peers++)
        if (suffice(need, peers) && gain(need, peers))
            return peers - now;
    return -1;
}

static double rms_missing(const struct need *need)
{
    double pool = rms_licensed(need), missing = ceil(need->rms - pool);
    bool short_of_it = need->cause == CAUSE_RMS && pool <= rms_with(need, peers_now(need));
    return missing > 0 ? missing : short_of_it && !isinf(pool) ? 1 : 0;
}

/* --- What no further peer can change ---------- */

static size_t said(int n, size_t room)
{
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

/* A call that is larger than every peer here, or than the cap, or than the RMS of a peer. 0: none
 * of these. */
static size_t say_hopeless(const struct need *need, char *buffer, size_t room)
{
    const struct call_class *call = need->call;
    const struct scenario *s = need->scenario;
    const struct cluster *c = &s->clusters[need->cluster];
    double rms = rms_of_call(s, call, need->cluster), most_rms = 0;
    int64_t units = INT64_MAX, cap = scenario_cluster_units(s, need->cluster);
    bool fits = c->peer_count == 0;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        const struct platform *p = &s->platforms[s->peers[c->first_peer + i].platform];
        int64_t here = scenario_call_units(s, call, p);
        fits = fits || here <= p->units;
        units = here < units ? here : units;
        most_rms = fmax(most_rms, (double)p->rms);
    }
    bool media = need->cluster == call->via.cluster && (call->units >= 0 || call->media_traverses);
    if (!fits && (media || need->cause == CAUSE_PEER_UNITS))
        return said(snprintf(buffer, room,
                             "a call of %s takes %" PRId64 " units, more than a peer of %s has: "
                             "it takes a larger platform, no further peer helps",
                             call->name, units, c->name),
                    room);
    if (c->peer_count && units > cap && (media || need->cause == CAUSE_CLUSTER_CAP))
        return said(snprintf(buffer, room,
                             "a call of %s takes %" PRId64 " units, more than the cap of %s: "
                             "no further peer helps",
                             call->name, units, c->name),
                    room);
    if (c->peer_count && rms > most_rms && need->cause == CAUSE_RMS)
        return said(snprintf(buffer, room,
                             "a call of %s takes %g RMS, more than a peer of %s may use: "
                             "it takes a larger platform, no further peer helps",
                             call->name, rms, c->name),
                    room);
    return 0;
}

static size_t say(const struct need *need, char *buffer, size_t room)
{
    const char *name = need->scenario->clusters[need->cluster].name;
    int peers = peers_missing(need);
    double rms = rms_missing(need);
    int n = 0;
    if (peers != 0 && pinned(need) && need->cause != CAUSE_CLUSTER_CAP)
        n = snprintf(
            buffer, room,
            "calls of %s go to %s alone: it takes a larger platform there, no further peer helps",
            need->call->name, need->scenario->peers[need->call->via.peer].name);
    else if (peers > 0 && rms <= 0 && need->tried)
        n = snprintf(buffer, room, "more peers in %s alone do not suffice, by formula", name);
    else if (peers < 0 && rms > 0)
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
    if (said(n, room) && need->peakedness > PEAKEDNESS_MOST)
        n += snprintf(buffer + n, room - (size_t)n, ", for calls of peakedness %.3g",
                      need->peakedness);
    return said(n, room);
}

static size_t advise(struct need *need, const struct results *results, const double *erlangs,
                     char *buffer, size_t room)
{
    const struct scenario *scenario = need->scenario;
    struct platform node = scenario_cluster_node(scenario, need->cluster);
    struct stream_of_calls units = {0}, rms = {0}, alone = {0};
    double z = peaks_of_cluster(scenario, results, need->cluster);
    for (uint32_t c = 0; c < scenario->class_count; c++) {
        const struct call_class *call = &scenario->classes[c];
        if (!crosses(scenario, call, need->cluster))
            continue;
        double own = peaks_of_class(scenario, results, c);
        add_calls(&units, erlangs[c], (double)scenario_call_units(scenario, call, &node), own);
        add_calls(&rms, erlangs[c], rms_of_call(scenario, call, need->cluster), own);
    }
    uint32_t judged = (uint32_t)(need->call - scenario->classes);
    add_calls(&alone, erlangs[judged], (double)scenario_call_units(scenario, need->call, &node),
              peaks_of_class(scenario, results, judged));
    need->alone = amount_needed(&alone, 1, scenario->goals.blocking);
    need->size = units.mixed ? 0 : units.largest;
    need->units = amount_needed(&units, z, scenario->goals.blocking);
    need->rms = amount_needed(&rms, z, scenario->goals.blocking);
    need->peakedness = units.squares > 0 ? fmax(z, units.peaked / units.squares) : 1;
    return say(need, buffer, room);
}

/* Where endpoints with a stated spread would go is not known: further peers were not tried. */
static bool has_spread(const struct scenario *scenario, uint32_t cluster)
{
    for (uint32_t e = 0; e < scenario->endpoints_count; e++)
        if (scenario->endpoints[e].cluster == cluster && scenario->endpoints[e].spread)
            return true;
    return false;
}

/* The formulas' own answer, where they have one: they know the whole scenario, with every choice of
 * peers down. `tried`: the cluster where they looked for one in vain, or NONE. */
static size_t advise_by_estimate(const struct scenario *scenario, char *buffer, size_t room,
                                 uint32_t *tried)
{
    static const struct estimate_options options = {.preview = false};
    struct estimate estimate = {0};
    int n = 0;
    if (scenario->trace_count > 0 || scenario->step_count > 0)
        return 0;
    bool made = estimate_make(scenario, &options, &estimate);
    const struct estimate_answer *answer = &estimate.answer;
    bool rough =
        answer->peaked && answer->badge == BADGE_SIMULATE; /* what was measured says more */
    if (made && answer->known && !answer->carries && answer->step_cluster != NONE && !rough) {
        const char *name = scenario->clusters[answer->step_cluster].name;
        if (answer->more_rms > 0)
            n = snprintf(buffer, room, "%" PRId64 " more RMS in %s" WOULD_DO, answer->more_rms,
                         name);
        else if (answer->more_peers > 0)
            n = snprintf(buffer, room, "%d more peer%s in %s" WOULD_DO, answer->more_peers,
                         answer->more_peers > 1 ? "s" : "", name);
        else if (!has_spread(scenario, answer->step_cluster))
            *tried = answer->step_cluster;
    }
    estimate_release(&estimate);
    return said(n, room);
}

/* After the cluster where calls enter, the one behind it. */
static uint32_t next_cluster(const struct scenario *scenario, uint32_t entry, uint32_t cluster)
{
    uint32_t behind = scenario->clusters[entry].traversal;
    return cluster == entry && behind != entry ? behind : NONE;
}

/* Records too short to measure on them whether calls come together: formulas would promise what
 * they do not know. */
static bool peakedness_unknown(const struct scenario *scenario, const struct results *results)
{
    for (uint32_t c = 0; scenario->trace_count > 0 && c < scenario->cluster_count; c++) {
        size_t measured =
            results_find(results, SCOPE_CLUSTER, scenario->clusters[c].name, "peakedness");
        if (measured != SIZE_MAX && isnan(results->metrics[measured].half))
            return true;
    }
    return false;
}

/* Most peers of a cluster that are away or draining by plan at once, in the hour to size for. */
static int away_by_plan(const struct scenario *scenario, const struct results *results,
                        uint32_t class_index, uint32_t cluster)
{
    const struct cluster *c = &scenario->clusters[cluster];
    size_t first, last;
    unsigned away = 0, most = 0;
    if (!intervals_to_size(scenario, results, class_index, &first, &last))
        return 0;
    nanos from = (nanos)first * results->interval, to = (nanos)last * results->interval;
    for (uint32_t i = 0; i < scenario->step_count && scenario->steps[i].at < to; i++) {
        const struct step *step = &scenario->steps[i];
        if (step->peer < c->first_peer || step->peer >= c->first_peer + c->peer_count)
            continue;
        if (step->at > from && (unsigned)__builtin_popcount(away) > most)
            most = (unsigned)__builtin_popcount(away);
        unsigned bit = 1u << (step->peer - c->first_peer);
        if (step->kind == STEP_UP)
            away &= ~bit;
        else if (step->kind == STEP_FAIL || step->kind == STEP_DRAIN)
            away |= bit;
    }
    unsigned at_end = (unsigned)__builtin_popcount(away);
    return (int)(at_end > most ? at_end : most);
}

char *advice_next_step(const struct scenario *scenario, const struct results *results,
                       const struct answer *answer, char buffer[static ADVICE_SIZE])
{
    buffer[0] = '\0';
    const struct judged *judged = answer_worst(answer, GOAL_BLOCKING, false);
    const struct judged *lost = answer_worst(answer, GOAL_BLOCKING, true);
    bool down = lost && lost->verdict == VERDICT_NO;
    judged = judged && judged->verdict == VERDICT_NO ? judged : lost;
    bool unreachable =
        scenario->goals.blocking <= 0; /* nothing refused ever: no number does that */
    if (!judged || judged->verdict != VERDICT_NO || unreachable ||
        peakedness_unknown(scenario, results))
        return buffer;
    double *erlangs = offered_erlangs(scenario, results, judged->index), share;
    if (!erlangs)
        return buffer;
    uint32_t entry = scenario->classes[judged->index].via.cluster;
    enum cause cause = leading_cause(results, judged->index, &share);
    struct need need = {.scenario = scenario,
                        .cluster = entry,
                        .call = &scenario->classes[judged->index],
                        .cause = down && cause == CAUSE_COUNT ? CAUSE_PEER_UNITS : cause};
    uint32_t tried = NONE;
    int survived = down ? scenario->goals.survive : 0;
    size_t length = advise_by_estimate(scenario, buffer, ADVICE_SIZE, &tried);
    for (; length == 0 && need.cluster != NONE;
         need.cluster = next_cluster(scenario, entry, need.cluster)) {
        need.tried = need.cluster == tried;
        need.down = survived + away_by_plan(scenario, results, judged->index, need.cluster);
        length = say_hopeless(&need, buffer, ADVICE_SIZE);
        if (length == 0)
            length = advise(&need, results, erlangs, buffer, ADVICE_SIZE);
    }
    if (length == 0)
        buffer[0] = '\0';
    free(erlangs);
    return buffer;
}
