#include "sim/study/failing.h"

#include <math.h>
#include <stdlib.h>

#define GRACE_LEAST 25 /* mean repairs: longer outages are left out of account (e^-25) */

const char *failing_obstacle(const struct plan *plan)
{
    const struct scenario *s = plan->scenario;
    uint8_t *kinds = calloc((size_t)s->peer_count + 1, 1);
    const char *obstacle = kinds ? NULL : "out of memory";
    for (uint32_t o = 0; o < s->outage_count && !obstacle; o++) {
        const struct random_outage *outage = &s->outages[o];
        const struct cluster *cluster = &s->clusters[outage->cluster];
        if (outage->maintenance)
            obstacle = "peers are maintained at random";
        else if (outage->law != LAW_EXPONENTIAL)
            obstacle = "times between failures are not exponential";
        else if (outage->crew > 0 && (uint32_t)outage->crew < cluster->peer_count &&
                 outage->peer == NONE)
            obstacle = "repairs wait for a crew";
        else if (plan->carries[outage->cluster] & CARRIES_RMS && cluster->licensed[LICENCE_RMS] &&
                 cluster->licence_grace != FOREVER &&
                 (double)cluster->licence_grace < GRACE_LEAST * outage->down_mean * (double)SECOND)
            obstacle = "licences of a peer that failed leave the pool";
        for (uint32_t i = 0; i < cluster->peer_count && !obstacle; i++) {
            uint32_t peer = cluster->first_peer + i;
            if ((outage->peer == NONE || outage->peer == peer) && kinds[peer]++)
                obstacle = "a peer fails in more than one way";
        }
    }
    free(kinds);
    return obstacle;
}

static bool is_down(struct away_peers down, uint32_t peer)
{
    for (uint32_t i = 0; i < down.count; i++)
        if (down.peers[i] == peer)
            return true;
    return false;
}

bool failing_make(struct failing *failing, const struct scenario *s, struct away_peers down,
                  nanos start, bool for_ever)
{
    *failing = (struct failing){.scenario = s, .start = start, .for_ever = for_ever};
    if (s->outage_count == 0)
        return true;
    failing->fails = calloc((size_t)s->peer_count + 1, sizeof *failing->fails);
    failing->returns = calloc((size_t)s->peer_count + 1, sizeof *failing->returns);
    if (!failing->fails || !failing->returns)
        return false;
    for (uint32_t o = 0; o < s->outage_count; o++) {
        const struct random_outage *outage = &s->outages[o];
        const struct cluster *cluster = &s->clusters[outage->cluster];
        for (uint32_t i = 0; i < cluster->peer_count; i++) {
            uint32_t peer = cluster->first_peer + i;
            if ((outage->peer != NONE && outage->peer != peer) || is_down(down, peer))
                continue;
            failing->fails[peer] = 1 / outage->up_mean;
            failing->returns[peer] = 1 / outage->down_mean;
        }
    }
    return true;
}

void failing_release(struct failing *failing)
{
    free(failing->fails);
    free(failing->returns);
    *failing = (struct failing){0};
}

static bool fails(const struct failing *failing, uint32_t peer)
{
    return failing->fails && failing->fails[peer] > 0;
}

uint8_t failing_peers(const struct failing *failing, uint32_t c)
{
    const struct cluster *cluster = &failing->scenario->clusters[c];
    unsigned peers = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        peers |= (unsigned)fails(failing, cluster->first_peer + i) << i;
    return (uint8_t)peers;
}

/* ---- Two states ---- */

/* From one state to the other, or the same, in so many seconds. */
static double passes(const struct failing *failing, uint32_t peer, bool from, bool to,
                     double seconds)
{
    double fail = failing->fails[peer], back = failing->returns[peer], sum = fail + back;
    double in_the_end = (to ? fail : back) / sum;
    return in_the_end + ((from == to) - in_the_end) * exp(-sum * seconds);
}

static double seconds_between(nanos from, nanos to)
{
    return to > from ? (double)(to - from) / (double)SECOND : 0;
}

/* The probability of a state at t. */
static double is_in(const struct failing *failing, uint32_t peer, bool away, nanos t)
{
    double age = failing->for_ever ? INFINITY : seconds_between(failing->start, t);
    return passes(failing, peer, false, away, age);
}

double failing_away(const struct failing *failing, uint32_t peer, nanos t)
{
    return fails(failing, peer) ? is_in(failing, peer, true, t) : 0;
}

double failing_mask(const struct failing *failing, uint32_t c, uint8_t away, nanos from, nanos to)
{
    const struct cluster *cluster = &failing->scenario->clusters[c];
    double product = 1;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        uint32_t peer = cluster->first_peer + i;
        if (away >> i & 1)
            product *= failing_away(failing, peer, to);
        else
            product *= 1 - failing_away(failing, peer, from);
    }
    return product;
}

/* ---- How it came ---- */

/* A peer's way from one state to another, or the same, in so many seconds. */
struct passage {
    uint32_t peer;
    bool state, aim;
    double seconds;
};

/* The share of the ways whose first change comes within s. */
static double changes_within(const struct failing *failing, const struct passage *way, double s)
{
    double fail = failing->fails[way->peer], back = failing->returns[way->peer], sum = fail + back;
    double rate = way->state ? back : fail, other = sum - rate, seconds = way->seconds;
    double in_the_end = (way->aim ? fail : back) / sum,
           rest = (way->state != way->aim) - in_the_end;
    double grown = other * s < 1 ? exp(-sum * seconds) * expm1(other * s)
                                 : exp(other * s - sum * seconds) - exp(-sum * seconds);
    return in_the_end * -expm1(-rate * s) + rest * rate * grown / other;
}

/* Seconds to the first change; INFINITY: there is none. */
static double first_change(const struct failing *failing, const struct passage *way,
                           struct stream *stream)
{
    double u =
        stream_uniform(stream) * passes(failing, way->peer, way->state, way->aim, way->seconds);
    double low = 0, high = way->seconds;
    if (u >= changes_within(failing, way, way->seconds))
        return way->state == way->aim ? INFINITY : way->seconds;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (changes_within(failing, way, middle) < u)
            low = middle;
        else
            high = middle;
    }
    return high;
}

uint32_t failing_history(const struct failing *failing, const struct failing_end *end, nanos from,
                         struct stream *stream, const struct past_changes *out)
{
    uint32_t count = 0, peer = end->peer, room = out->room;
    struct past_change *changes = out->items;
    bool away = end->away;
    nanos t = end->t;
    double window = seconds_between(from, t);
    double was = is_in(failing, peer, true, from) * passes(failing, peer, true, away, window);
    double was_not = is_in(failing, peer, false, from) * passes(failing, peer, false, away, window);
    bool state = stream_uniform(stream) * (was + was_not) < was;
    if (state && room > 0)
        changes[0] = (struct past_change){from, peer, true};
    count += state;
    for (double left = window, next; left > 0; left -= next) {
        next = first_change(failing, &(struct passage){peer, state, away, left}, stream);
        if (next >= left)
            break;
        state = !state;
        if (count < room)
            changes[count] =
                (struct past_change){t - nanos_round((left - next) * (double)SECOND), peer, state};
        count++;
    }
    return count;
}
