#include "answer/looked.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/goals.h"
#include "model/at_rest.h"
#include "model/base/arena.h"

/* ---- Whoever judged ---- */

static bool is_ceiling(enum limit limit)
{
    return limit == LIMIT_PROVISIONING || limit == LIMIT_FINDME || limit == LIMIT_PHONEBOOK;
}

bool looked_beyond_ceiling(const struct looked *looked)
{
    return is_ceiling(looked->limit) && looked->use > looked->size;
}

static bool at_rest_only(enum limit limit)
{
    return limit == LIMIT_REGISTRATIONS || limit == LIMIT_MRA_REGISTRATIONS ||
           limit == LIMIT_DESKTOP || limit == LIMIT_ROOM || limit == LIMIT_REFRESHES ||
           is_ceiling(limit);
}

static enum basis basis_of(const struct answer_sources *sources, enum limit limit)
{
    if (at_rest_only(limit))
        return BASIS_COUNTED;
    if (sources->results)
        return BASIS_SIMULATED;
    return BASIS_APPROXIMATE; /* figures that no formula knows say `simulate` */
}

/* ---- The list ---- */

static const char *const peaks[LIMIT_COUNT] = {
    [LIMIT_UNITS] = "peak_units",
    [LIMIT_CLUSTER_CAP] = "peak_units",
    [LIMIT_RMS] = "peak_in_use",
    [LIMIT_DESKTOP] = "peak_in_use",
    [LIMIT_ROOM] = "peak_in_use",
    [LIMIT_REGISTRATIONS] = "peak_registrations",
    [LIMIT_MRA_REGISTRATIONS] = "peak_mra_registrations",
    [LIMIT_ENCRYPTED_SESSIONS] = "peak_encrypted_sessions",
    [LIMIT_TURN_RELAYS] = "peak_turn_relays",
    [LIMIT_BANDWIDTH] = "peak_bandwidth",
};

static double peak_use(const struct results *r, enum scope scope, const char *name,
                       enum limit limit)
{
    size_t at = r && peaks[limit] ? results_find(r, scope, name, peaks[limit]) : SIZE_MAX;
    return at == SIZE_MAX ? NAN : results_interval(r, at, 0).value;
}

static enum scope scope_of(enum limit_holder holder)
{
    static const enum scope scopes[] = {SCOPE_PEER, SCOPE_CLUSTER, SCOPE_POOL, SCOPE_PIPE};
    return scopes[holder];
}

/* "e1", "edge", "edge.rms", "wan" */
static const char *holder_name(struct answer *answer, const struct scenario *s, enum limit limit,
                               enum limit_holder holder, uint32_t index)
{
    if (holder == HELD_BY_PEER)
        return s->peers[index].name;
    if (holder == HELD_BY_PIPE)
        return s->pipes[index].name;
    if (holder == HELD_BY_CLUSTER)
        return s->clusters[index].name;
    const char *name =
        arena_printf(answer->arena, "%s.%s", s->clusters[index].name, limit_name(limit));
    answer->failed = answer->failed || !name;
    return name ? name : "";
}

static struct looked look(struct answer *answer, const struct scenario *s,
                          const struct answer_sources *sources, const struct limit_entry *entry,
                          const struct at_rest *rest)
{
    enum scope scope = scope_of(entry->holder);
    const char *name = holder_name(answer, s, entry->limit, entry->holder, entry->index);
    double held = at_rest_use(rest, entry),
           peak = peak_use(sources->results, scope, name, entry->limit);
    return (struct looked){.limit = entry->limit,
                           .scope = scope,
                           .name = answer_text(answer, name),
                           .size = entry->size,
                           .use = isnan(peak) ? held : peak,
                           .basis = basis_of(sources, entry->limit),
                           .down = ""};
}

/* "500 of 3000 phones find no place: core: 2500 of 2500 registrations" */
static void say_registrations(struct answer *answer, const struct scenario *s,
                              const struct at_rest *rest)
{
    const struct at_rest_population *worst = NULL;
    uint32_t at = 0;
    for (uint32_t p = 0; p < s->endpoints_count; p++) {
        const struct at_rest_population *own = &rest->populations[p];
        if (own->out > 0 && (!worst || (double)own->out * (double)worst->devices >
                                           (double)worst->out * (double)own->devices)) {
            worst = own;
            at = p;
        }
    }
    if (!worst)
        return;
    const char *place = "no peer is there";
    if (worst->limit != LIMIT_COUNT) {
        struct limit_entry entry = {worst->limit, worst->holder, worst->index, 0, true};
        const char *name = holder_name(
            answer, s, worst->limit,
            worst->holder == HELD_BY_POOL ? HELD_BY_CLUSTER : worst->holder, worst->index);
        double size = NAN;
        if (worst->limit == LIMIT_REFRESHES)
            size = s->peers[worst->index].registration_rate;
        else if (worst->holder == HELD_BY_POOL)
            size = (double)limit_of_pool(
                s, worst->index, worst->limit == LIMIT_ROOM ? LICENCE_ROOM : LICENCE_DESKTOP);
        else if (worst->holder == HELD_BY_PEER)
            size = (double)limit_of_peer(s, worst->index, worst->limit);
        else
            size = (double)limit_of_cluster(s, worst->index, worst->limit);
        answer->binding.what =
            arena_printf(answer->arena, "%s of %s", limit_words(worst->limit), name);
        place = arena_printf(answer->arena, "%s: %.0f of %.0f %s", name,
                             floor(at_rest_use(rest, &entry)), size, limit_words(worst->limit));
    }
    answer->registrations = arena_printf(
        answer->arena, "%lld of %lld devices of %s find no place (%s)", (long long)worst->out,
        (long long)worst->devices, s->endpoints[at].name, place ? place : "");
    answer->failed = answer->failed || !answer->registrations;
}

/* ---- What was taken for granted ---- */

/* "X14.2-cluster-chapter" or later: the image that everyone has counts encrypted sessions. */
static bool counts_sessions(const char *table)
{
    int major = 0, minor = 0;
    return table && sscanf(table, "X%d.%d", &major, &minor) == 2 &&
           (major > 14 || (major == 14 && minor >= 2));
}

/* Sessions of the peer that would hold most of those whose image is not stated, at rest; what calls
 * add comes on top. */
static void note_image(struct answer *answer, const struct scenario *s, const struct at_rest *rest)
{
    uint32_t worst = NONE;
    if (!counts_sessions(s->table))
        return;
    for (uint32_t p = 0; p < s->peer_count; p++)
        if (!s->peers[p].image_stated && s->peers[p].image == IMAGE_SELECT &&
            rest->peers[p].sessions > ENCRYPTED_SESSIONS_MAX &&
            (worst == NONE || rest->peers[p].sessions > rest->peers[worst].sessions))
            worst = p;
    if (worst == NONE)
        return;
    answer_add_note(
        answer, false,
        arena_printf(answer->arena,
                     "taken without the limit of %d encrypted sessions (image: select): "
                     "%s holds %.0f, %.0f more than the unrestricted image lets in",
                     ENCRYPTED_SESSIONS_MAX, s->peers[worst].name, rest->peers[worst].sessions,
                     rest->peers[worst].sessions - ENCRYPTED_SESSIONS_MAX));
}

static void note_tms(struct answer *answer, const struct scenario *s)
{
    for (uint32_t i = 0; i < s->cluster_count; i++) {
        const struct cluster *c = &s->clusters[i];
        bool stated = c->tms && *c->tms;
        if ((c->provisioning <= 0 && c->findme <= 0) || (stated && limit_tms_new_enough(c->tms)))
            continue;
        answer_add_note(answer, stated,
                        arena_printf(answer->arena,
                                     "%s of %s needs Cisco TMS 13.2 or later, its version is %s",
                                     c->findme > 0 ? "FindMe" : "provisioning", c->name,
                                     stated ? c->tms : "not stated"));
    }
}

/* ---- What nobody looked at ---- */

/* Calls of devices that lose their registration with a peer: no formula here knows how many, but
 * where a script takes peers (model/estimate/gaps.h). */
static bool loses_registrations(const struct scenario *s)
{
    bool calls = false, moves = s->outage_count > 0;
    for (uint32_t k = 0; k < s->class_count; k++)
        calls = calls || s->classes[k].via.origin == ORIGIN_ENDPOINTS ||
                s->classes[k].target == TARGET_ENDPOINTS;
    for (uint32_t p = 0; p < s->peer_count; p++)
        moves = moves || s->peers[p].joins > 0 || s->peers[p].leaves < s->run.length;
    return calls && moves;
}

static bool some_kept_out(const struct scenario *s, const struct at_rest *rest)
{
    for (uint32_t p = 0; p < s->endpoints_count; p++)
        if (rest->populations[p].out > 0)
            return true;
    return false;
}

static void take_back(struct answer *answer, const char *what)
{
    if (answer->verdict != VERDICT_YES && answer->verdict != VERDICT_UNDECIDED &&
        answer->verdict != VERDICT_CANNOT_TELL)
        return;
    answer->verdict = VERDICT_CANNOT_TELL;
    char *text = arena_printf(answer->arena, "no formula knows %s here: simulate it", what);
    answer_add_note(answer, true, text);
}

static void take_back_unknown(struct answer *answer, const struct scenario *s,
                              const struct answer_sources *sources, const struct at_rest *rest)
{
    if (sources->results)
        return;
    if (loses_registrations(s))
        take_back(answer, "how many devices are without a peer when theirs is gone");
    else if (some_kept_out(s, rest) && s->class_count > 0)
        take_back(answer, "the calls of devices that find no place");
}

void looked_list(struct answer *answer, const struct scenario *scenario,
                 const struct answer_sources *sources)
{
    struct limits limits;
    struct at_rest rest;
    bool ok = limits_list(scenario, &limits);
    ok = at_rest_count(scenario, sources->down, sources->down_count, NONE, &rest) && ok;
    answer->limits = calloc(limits.count + 1, sizeof *answer->limits);
    ok = ok && answer->limits;
    for (size_t i = 0; ok && i < limits.count; i++)
        if (limits.entries[i].used)
            answer->limits[answer->limit_count++] =
                look(answer, scenario, sources, &limits.entries[i], &rest);
    if (ok) {
        say_registrations(answer, scenario, &rest);
        note_image(answer, scenario, &rest);
        note_tms(answer, scenario);
        take_back_unknown(answer, scenario, sources, &rest);
    }
    answer->failed = answer->failed || !ok;
    limits_release(&limits);
    at_rest_release(&rest);
}
