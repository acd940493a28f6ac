#include "model/estimate/script.h"

#include <math.h>
#include <stdlib.h>

#include "model/load.h"

#define SETTLE 8.0 /* of the longest mean holding times */

enum { DRAINS = 1, FAILED = 2, ABSENT = 4, DOWN = 8, UNLICENSED = 16 };

struct script_event {
    nanos at;
    uint32_t peer;
    uint8_t set, clear;
    nanos since; /* of licences that go: lost without a break since then */
    size_t order;
};

static int by_time(const void *a, const void *b)
{
    const struct script_event *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void add(struct script *script, nanos at, uint32_t peer, uint8_t set, uint8_t clear)
{
    script->events[script->count] = (struct script_event){at, peer, set, clear, at, script->count};
    script->count++;
}

/* Licences of a peer that is lost at `since` go, unless it is back before. */
static void add_grace(struct script *script, nanos since, nanos grace, uint32_t peer)
{
    if (grace >= TIME_MAX)
        return;
    add(script, since + grace, peer, UNLICENSED, 0);
    script->events[script->count - 1].since = since;
}

/* How long licences stay after their peer; FOREVER where it has none. */
static nanos grace_of(const struct scenario *s, uint32_t peer)
{
    const struct cluster *c = &s->clusters[s->peers[peer].cluster];
    bool any = s->peers[peer].licences[LICENCE_RMS] > 0 && c->licensed[LICENCE_RMS];
    return any ? c->licence_grace : FOREVER;
}

static void add_steps(struct script *script)
{
    const struct scenario *s = script->scenario;
    for (uint32_t i = 0; i < s->step_count; i++) {
        const struct step *step = &s->steps[i];
        nanos grace = grace_of(s, step->peer);
        if (step->kind == STEP_DRAIN)
            add(script, step->at, step->peer, DRAINS, 0);
        else if (step->kind == STEP_FAIL)
            add(script, step->at, step->peer, FAILED, DRAINS);
        else if (step->kind == STEP_UP)
            add(script, step->at, step->peer, 0, FAILED | DRAINS | UNLICENSED);
        if (step->kind == STEP_FAIL)
            add_grace(script, step->at, grace, step->peer);
    }
}

static void add_peers(struct script *script, const uint8_t *down, nanos start)
{
    const struct scenario *s = script->scenario;
    for (uint32_t p = 0; p < s->peer_count; p++) {
        const struct peer *peer = &s->peers[p];
        unsigned local = p - s->clusters[peer->cluster].first_peer;
        nanos grace = grace_of(s, p);
        if (down && down[peer->cluster] >> local & 1) {
            script->states[p] |= DOWN;
            script->since[p] = start;
            add_grace(script, start, grace, p);
        }
        if (peer->joins > start) {
            script->states[p] |= ABSENT;
            add(script, peer->joins, p, 0, ABSENT);
        }
        if (peer->leaves != FOREVER)
            add(script, peer->leaves, p, ABSENT, 0);
    }
}

static void mark(struct script *script, uint32_t peer)
{
    const struct scenario *s = script->scenario;
    uint32_t cluster = s->peers[peer].cluster;
    uint8_t bit = (uint8_t)(1u << (peer - s->clusters[cluster].first_peer)),
            state = script->states[peer];
    bool away = state & (DRAINS | FAILED | ABSENT | DOWN);
    bool lost = state & (FAILED | DOWN);
    bool without = state & ABSENT || (lost && state & UNLICENSED);
    script->away[cluster] =
        away ? script->away[cluster] | bit : script->away[cluster] & (uint8_t)~bit;
    script->unlicensed[cluster] =
        without ? script->unlicensed[cluster] | bit : script->unlicensed[cluster] & (uint8_t)~bit;
}

bool script_init(struct script *script, const struct scenario *s, const uint8_t *down, nanos start)
{
    double longest = 0;
    for (uint32_t k = 0; k < s->class_count; k++)
        longest = fmax(longest, load_hold(&s->classes[k]));
    *script = (struct script){
        .scenario = s, .settle = (nanos)fmin(SETTLE * longest * (double)SECOND, (double)TIME_MAX)};
    size_t room = 2 * (size_t)s->step_count + 3 * (size_t)s->peer_count + 1;
    script->events = calloc(room, sizeof *script->events);
    script->states = calloc((size_t)s->peer_count + 1, 1);
    script->since = calloc((size_t)s->peer_count + 1, sizeof *script->since);
    script->changed = calloc((size_t)s->cluster_count + 1, sizeof *script->changed);
    script->thinned = calloc((size_t)s->cluster_count + 1, sizeof *script->thinned);
    script->away = calloc((size_t)s->cluster_count + 1, 1);
    script->unlicensed = calloc((size_t)s->cluster_count + 1, 1);
    if (!script->events || !script->states || !script->since || !script->changed ||
        !script->thinned || !script->away || !script->unlicensed)
        return false;
    script_forget(script);
    add_steps(script);
    add_peers(script, down, start);
    qsort(script->events, script->count, sizeof *script->events, by_time);
    for (uint32_t p = 0; p < s->peer_count; p++)
        mark(script, p);
    return true;
}

void script_release(struct script *script)
{
    free(script->events);
    free(script->states);
    free(script->since);
    free(script->changed);
    free(script->thinned);
    free(script->away);
    free(script->unlicensed);
    *script = (struct script){0};
}

nanos script_next(const struct script *script)
{
    return script->next < script->count ? script->events[script->next].at : FOREVER;
}

static void note(nanos *last, nanos at)
{
    *last = at > *last ? at : *last;
}

void script_advance(struct script *script, nanos time)
{
    for (; script_next(script) <= time; script->next++) {
        const struct script_event *event = &script->events[script->next];
        uint32_t cluster = script->scenario->peers[event->peer].cluster;
        uint8_t *state = &script->states[event->peer], before = script->away[cluster];
        bool lost = *state & (FAILED | DOWN);
        if (event->set & UNLICENSED && (!lost || script->since[event->peer] != event->since))
            continue;
        if (event->set & FAILED && !lost)
            script->since[event->peer] = event->at;
        *state = (uint8_t)((*state & ~event->clear) | event->set);
        mark(script, event->peer);
        if (event->set & FAILED && script->scenario->clusters[cluster].detect > 0)
            script->thinned[cluster] = script->changed[cluster] =
                time_after(event->at, script->scenario->clusters[cluster].detect);
        if (script->away[cluster] == before)
            continue;
        note(&script->changed[cluster], event->at);
        if (script->away[cluster] & ~before)
            note(&script->thinned[cluster], event->at);
    }
}

void script_forget(struct script *script)
{
    for (uint32_t c = 0; c < script->scenario->cluster_count; c++)
        script->changed[c] = script->thinned[c] = -FOREVER;
}

bool script_unsettled(const struct script *script, uint32_t cluster, nanos time, bool thinned)
{
    nanos last = thinned ? script->thinned[cluster] : script->changed[cluster];
    return last != -FOREVER && time - last <= script->settle;
}
