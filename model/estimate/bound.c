#include "model/estimate/bound.h"

#include <math.h>
#include <stdlib.h>

#include "model/at_rest.h"
#include "model/base/arena.h"
#include "model/load.h"
#include "model/estimate/gaps.h"
#include "model/estimate/passage.h"
#include "model/formulas/chernoff.h"
#include "model/formulas/setup_rate.h"

#define SIZES_MAX    12   /* of calls that are told apart; others count as the next larger */
#define REOPENED     0.99 /* of the encrypted sessions: once full, new ones are let in below that */
#define REDIALS_MOST 0.01 /* of calls refused: beyond, redials are too many to be bounded */
#define LEVELS       8    /* of what is bound to a peer, that are tried */
#define PAST         4    /* moments at which it may have been so, about; no theorem */
#define MOVED        2 /* times its share that a peer has after others were away; of two at most */
#define ANEW         0.35 /* of the calls that were cut: those that would be over, had they not been */
#define ANEW_HARDLY  0.05
#define STEPS_MAX    1000 /* of a script that are followed */
#define PORTS        6    /* of a TURN server that are not multiplexed */

/* What is asked of one limit. */
struct asked {
    struct chernoff_size sizes[SIZES_MAX];
    size_t count;
    double largest; /* with what is kept free for others */
    bool unknown;
};

enum { AT_UNITS, AT_BOUND, AT_SESSIONS, AT_RMS, AT_IMAGE, PEER_DEMANDS };
enum { IN_UNITS, IN_POOL, IN_TURN, CLUSTER_DEMANDS };

struct books {
    const struct bound *b;
    bool unsettled, redials;
    struct at_rest rest;
    struct arena *arena; /* owned; has the rest */
    struct asked (*peers)[PEER_DEMANDS];
    struct asked (*clusters)[CLUSTER_DEMANDS];
    struct asked *pipes;
    double *setups;                     /* by peer: call set-ups a second */
    bool *uneven;                       /* by cluster: not all keep its peers level */
    double *rms_a_unit;                 /* by peer: most of any call */
    double *placed;                     /* by population: calls a second, at most */
    double (*cluster)[CLUSTER_DEMANDS]; /* how often each refuses at most */
    double *full, *other, *pipe;        /* how often they refuse at most; of a peer for want of
                                           units, and for other reasons */
};

static void asked_add(struct asked *d, double amount, double kept, double load)
{
    size_t at = 0, above = SIZES_MAX;
    if (amount <= 0)
        return;
    d->largest = fmax(d->largest, amount + kept);
    while (at < d->count && d->sizes[at].amount != amount) {
        if (d->sizes[at].amount > amount)
            above = at;
        at++;
    }
    if (at == SIZES_MAX)
        at = above < SIZES_MAX ? above : 0;
    else if (at == d->count)
        d->sizes[d->count++] = (struct chernoff_size){amount, 0};
    d->sizes[at].amount = fmax(d->sizes[at].amount, amount);
    d->sizes[at].load += load;
}

/* Calls that find less than they need, `more` being what has to be left over besides. */
static double asked_short(const struct books *k, const struct asked *d, double room, double more)
{
    if (d->unknown)
        return 1;
    if (d->count == 0 || room >= (double)CAPACITY_UNLIMITED)
        return 0;
    room -= d->largest + more;
    double over = chernoff_close(d->sizes, d->count, room), mean = 0;
    for (size_t i = 0; k->redials && i < d->count; i++)
        mean += d->sizes[i].load * d->sizes[i].amount;
    /* who is refused waits, and fills what gets free */
    return k->redials && mean < room ? fmin(1, over / (1 - mean / room)) : over;
}

/* ---- what a class asks for ---- */

static bool poisson_at_most(const struct call_class *call)
{
    return (call->redial_probability < 1 || call->redial_after <= 0) &&
           (call->arrivals.kind != ARRIVALS_SOURCES ||
            (call->holding.law == LAW_EXPONENTIAL && call->setup == 0));
}

static bool held_as_video(const struct scenario *s, const struct call_class *call,
                          const struct passage *legs, int count)
{
    for (int i = 0; i < count; i++)
        if (call->setup > 0 && call->media == MEDIA_AUDIO &&
            s->clusters[legs[i].cluster].setup_as_video)
            return true;
    return false;
}

static bool on_both_peers(const struct books *k, const struct call_class *call)
{
    return call->target == TARGET_ENDPOINTS &&
           k->b->scenario->clusters[k->rest.populations[call->target_endpoints].at].units_on_both;
}

/* Does a call that begins anew last longer than what is left of one in progress? */
static bool lasts_longer_anew(const struct holding *h)
{
    return h->law == LAW_DETERMINISTIC || h->law == LAW_ERLANG || h->law == LAW_EMPIRICAL ||
           ((h->law == LAW_GAMMA || h->law == LAW_LOGNORMAL) && h->cv < 1);
}

/* Refused calls are dialled again: more of them, by the most that may be refused. Those that were
 * cut with a peer too: they were counted as in progress anyway, and may last longer now. */
static double load_of(const struct books *k, uint32_t index)
{
    const struct scenario *s = k->b->scenario;
    const struct call_class *call = &s->classes[index];
    double again = call->redial_probability, cut = 0;
    if (k->unsettled && call->redial_dropped)
        cut = again / fmax(1, s->clusters[call->via.cluster].peer_count - 1) *
              (lasts_longer_anew(&call->holding) ? ANEW : ANEW_HARDLY);
    return k->b->tops[index] * (1 + cut) / (1 - again * REDIALS_MOST);
}

static double largest_batch(const struct call_class *call)
{
    double most = 1;
    for (uint32_t i = 0; i < call->arrivals.batch_count; i++)
        most = fmax(most, (double)call->arrivals.batch_sizes[i]);
    return most;
}

/* Other than by steps of the script. */
static bool moves_otherwise(const struct scenario *s)
{
    bool moves = s->outage_count > 0;
    for (uint32_t p = 0; p < s->peer_count; p++)
        moves = moves || s->peers[p].joins > -FOREVER || s->peers[p].leaves != FOREVER;
    return moves;
}

/* Its devices lose their registration, and come back elsewhere. */
static bool devices_move(const struct scenario *s, const struct call_class *call)
{
    bool moves = s->step_count > 0 || moves_otherwise(s);
    return moves && (call->via.origin == ORIGIN_ENDPOINTS || call->target == TARGET_ENDPOINTS);
}

static struct gaps gaps_of(const struct books *k)
{
    return (struct gaps){k->b->scenario, k->b->down, k->b->away, &k->rest,
                         k->placed,      k->b->from, k->b->to};
}

static double device_weight(const struct books *k, const struct call_class *call,
                            const struct passage *leg, uint32_t local)
{
    const struct scenario *s = k->b->scenario;
    struct gaps gaps = gaps_of(k);
    bool own = leg->leg->kind == LEG_ORIGIN || leg->leg->kind == LEG_TARGET;
    uint32_t peer = s->clusters[leg->cluster].first_peer + local;
    if (passages_moved(s, call, &k->rest) || moves_otherwise(s))
        return 1;
    return own ? gaps_share(&gaps, leg->leg->population, peer)
               : gaps_core_share(&gaps, leg->leg->population, leg->cluster);
}

static double sum_of_weights(const struct books *k, const struct passage *leg, uint8_t peers)
{
    struct passage of = *leg;
    double total = 0;
    of.peers = peers;
    for (uint32_t i = 0; i < k->b->scenario->clusters[leg->cluster].peer_count; i++)
        total += passage_weight(k->b->scenario, &of, i);
    return total;
}

/* Of calls that are drawn: its share when fewest others were there, since the run began. */
static double drawn_weight(const struct books *k, const struct passage *leg, uint32_t local)
{
    const struct scenario *s = k->b->scenario;
    uint32_t first = s->clusters[leg->cluster].first_peer;
    uint8_t away = k->b->down ? k->b->down[leg->cluster] : 0, own = (uint8_t)(1u << local),
            all = leg->leg->candidates;
    struct passage alone = *leg;
    double least = sum_of_weights(k, leg, all & (uint8_t)~away);
    alone.peers = own;
    for (uint32_t i = 0; i < s->step_count && s->steps[i].at < k->b->to; i++) {
        const struct step *step = &s->steps[i];
        if (s->peers[step->peer].cluster != leg->cluster)
            continue;
        uint8_t bit = (uint8_t)(1u << (step->peer - first));
        away = step->kind == STEP_UP ? away & (uint8_t)~bit : away | bit;
        if (all & own & (uint8_t)~away)
            least = fmin(least, sum_of_weights(k, leg, all & (uint8_t)~away));
    }
    return least > 0 ? fmin(1, passage_weight(s, &alone, local) / least) : 1;
}

/* Shares are stated, and kept, where nobody is sent elsewhere. */
static double weight_at(const struct books *k, const struct call_class *call,
                        const struct passage *leg, uint32_t local)
{
    const struct scenario *s = k->b->scenario;
    bool device = leg->leg->kind != LEG_CHOOSE;
    if (!(leg->peers >> local & 1) && !(k->unsettled && !device))
        return 0;
    if (leg->spread == SPREAD_GROUP)
        return leg->peers >> local & 1;
    if (device && (devices_move(s, call) || passages_moved(s, call, &k->rest)))
        return device_weight(k, call, leg, local);
    if (!device && leg->leg->tier_count == 0 && !moves_otherwise(s) && s->step_count <= STEPS_MAX)
        return drawn_weight(k, leg, local);
    double total = sum_of_weights(k, leg, leg->peers),
           share = total > 0 ? passage_weight(s, leg, local) / total : 1;
    return fmin(1, share * (1 + leg->uneven) * (k->unsettled ? MOVED : 1));
}

/* Sums over the legs of a call in one cluster: it takes all of it at once, wherever it is. */
struct visit {
    double units, legs, rms, turn, image, kept, kept_rms;
    double weights[CLUSTER_PEERS_MAX], bound[CLUSTER_PEERS_MAX]; /* may be at it; is bound to it */
};

static struct visit visit_of(const struct books *k, const struct call_class *call,
                             const struct passage *legs, int count, uint32_t cluster)
{
    struct visit v = {0};
    for (int i = 0; i < count; i++) {
        if (legs[i].cluster != cluster)
            continue;
        v.units += (double)legs[i].units;
        v.legs++;
        v.rms += (double)legs[i].leg->rms;
        v.turn += (double)legs[i].leg->turn;
        v.image += legs[i].leg->session != SESSION_NONE;
        v.kept = fmax(v.kept, (double)legs[i].reserve);
        v.kept_rms = fmax(v.kept_rms, (double)legs[i].reserve_rms);
        for (uint32_t p = 0; p < k->b->scenario->clusters[cluster].peer_count; p++) {
            double weight = weight_at(k, call, &legs[i], p);
            v.weights[p] = fmin(1, v.weights[p] + weight);
            if (legs[i].spread != SPREAD_GROUP)
                v.bound[p] = fmin(1, v.bound[p] + weight);
        }
    }
    return v;
}

static void enter_visit(struct books *k, const struct call_class *call, const struct visit *v,
                        uint32_t cluster, double load)
{
    const struct cluster *c = &k->b->scenario->clusters[cluster];
    double bundle = largest_batch(call), each = load / bundle;
    struct asked *in = k->clusters[cluster];
    asked_add(&in[IN_UNITS], bundle * v->units, v->kept, each);
    asked_add(&in[IN_POOL], bundle * v->rms, v->kept_rms, each);
    asked_add(&in[IN_TURN], bundle * v->turn, 0, each);
    for (uint32_t i = 0; i < c->peer_count; i++) {
        struct asked *at = k->peers[c->first_peer + i];
        double here = v->weights[i] * each;
        if (here <= 0)
            continue;
        asked_add(&at[AT_UNITS], bundle * v->units, v->kept, here);
        asked_add(&at[AT_BOUND], bundle * v->units, v->kept, v->bound[i] * each);
        asked_add(&at[AT_SESSIONS], bundle * v->legs, 0, here);
        asked_add(&at[AT_RMS], bundle * v->rms, 0, here);
        asked_add(&at[AT_IMAGE], bundle * v->image, 0, here);
        if (v->rms > 0)
            k->rms_a_unit[c->first_peer + i] =
                fmax(k->rms_a_unit[c->first_peer + i], v->units > 0 ? v->rms / v->units : INFINITY);
        k->setups[c->first_peer + i] +=
            v->legs > 1 || bundle > 1 ? INFINITY : v->weights[i] * load / load_hold(call);
    }
}

/* Limits that it meets are known to refuse nothing in particular. */
static void enter_unknown(struct books *k, uint32_t cluster)
{
    const struct cluster *c = &k->b->scenario->clusters[cluster];
    for (int d = 0; d < CLUSTER_DEMANDS; d++)
        k->clusters[cluster][d].unknown = true;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        for (int d = 0; d < PEER_DEMANDS; d++)
            k->peers[c->first_peer + i][d].unknown = true;
        k->setups[c->first_peer + i] = INFINITY;
    }
}

static bool met_before(const struct passage *legs, int i)
{
    for (int k = 0; k < i; k++)
        if (legs[k].cluster == legs[i].cluster)
            return true;
    return false;
}

/* Calls of the leg choose the peer with most units free, among all that are there; or none. */
static bool keeps_level(const struct books *k, const struct passage *leg)
{
    const struct cluster *c = &k->b->scenario->clusters[leg->cluster];
    uint8_t here = (uint8_t)(((1u << c->peer_count) - 1) & ~(unsigned)k->b->away[leg->cluster]);
    return leg->spread != SPREAD_GROUP ||
           (leg->policy == SELECT_MOST_AVAILABLE && c->available != AVAILABLE_SESSIONS &&
            leg->peers == here && leg->units > 0);
}

/* False: where its calls go is not known at all. */
static bool enter_class(struct books *k, uint32_t index)
{
    const struct scenario *s = k->b->scenario;
    const struct call_class *call = &s->classes[index];
    struct passage legs[LEGS_MAX];
    struct path path;
    int count = passages_of(s, call, k->b->away, &path, legs);
    if (count < 0)
        return false;
    for (int i = 0; i < count; i++)
        k->uneven[legs[i].cluster] = k->uneven[legs[i].cluster] || !keeps_level(k, &legs[i]);
    bool known = poisson_at_most(call) && !held_as_video(s, call, legs, count);
    double bundle = largest_batch(call), load = load_of(k, index);
    for (int i = 0; i < count; i++) {
        struct visit v = visit_of(k, call, legs, count, legs[i].cluster);
        if (!known)
            enter_unknown(k, legs[i].cluster);
        else if (!met_before(legs, i))
            enter_visit(k, call, &v, legs[i].cluster, load);
    }
    if (on_both_peers(k, call))
        enter_unknown(k, k->rest.populations[call->target_endpoints].at);
    for (uint32_t i = 0; i < call->pipe_count; i++) {
        struct asked *pipe = &k->pipes[call->pipes[i]];
        pipe->unknown = pipe->unknown || !known;
        asked_add(pipe, bundle * (double)call->pipe_bits[i], 0, load / bundle);
    }
    return true;
}

/* ---- how often each limit refuses at most ---- */

static double image_short(const struct books *k, uint32_t peer)
{
    int64_t limit = scenario_encrypted_sessions(k->b->scenario, peer);
    double held = ceil(k->rest.peers[peer].sessions);
    return limit == CAPACITY_UNLIMITED ? 0
                                       : asked_short(k, &k->peers[peer][AT_IMAGE],
                                                     floor(REOPENED * (double)limit) - held, 0);
}

static double setups_short(const struct books *k, uint32_t peer)
{
    double limit = k->b->scenario->peers[peer].setup_rate, rate = k->setups[peer];
    return limit <= 0 || rate <= 0 ? 0 : isinf(rate) ? 1 : setup_rate_over(rate, limit);
}

static double room_size(int64_t limit)
{
    return limit == CAPACITY_UNLIMITED ? (double)CAPACITY_UNLIMITED : (double)limit;
}

/* Calls that choose go to the peer with most units free. If peer i is full by now, the last of them
 * found no peer with more free than i had then: all but x, which calls that are bound to i have
 * taken since or hold anyway, and what two calls take. That was at any of several moments before.
 */
static double level_short(const struct books *k, const struct resource *peer)
{
    const struct scenario *s = k->b->scenario;
    uint32_t index = s->peers[peer->index].cluster;
    const struct cluster *c = &s->clusters[index];
    const struct asked *bound = &k->peers[peer->index][AT_BOUND],
                       *all = &k->clusters[index][IN_UNITS];
    double units = 0, peers = 0, mean = 0, least = 1;
    if (k->uneven[index] || bound->count == 0)
        return 1;
    for (uint32_t i = 0; i < c->peer_count; i++)
        if (!(k->b->away[index] >> i & 1)) {
            units += (double)s->platforms[s->peers[c->first_peer + i].platform].units;
            peers++;
        }
    for (size_t i = 0; i < bound->count; i++)
        mean += bound->sizes[i].load * bound->sizes[i].amount;
    for (int i = 1; i <= LEVELS; i++) {
        double x = mean + ((double)peer->rooms[0].units - mean) * i / (LEVELS + 1);
        least = fmin(least, asked_short(k, bound, x, 0) +
                                PAST * asked_short(k, all, units, peers * (x + 2 * all->largest)));
    }
    return least;
}

/* Where no call has more RMS a unit than the peer, units run out with them. */
static double rms_short(const struct books *k, const struct resource *peer)
{
    double rms = room_size(peer->rooms[0].rms), units = (double)peer->rooms[0].units;
    bool with_units = k->rms_a_unit[peer->index] * units <= rms;
    return with_units ? 0 : asked_short(k, &k->peers[peer->index][AT_RMS], rms, 0);
}

static void settle_resource(struct books *k, const struct resource *r)
{
    const struct scenario *s = k->b->scenario;
    double others = r->room_count > 1 ? r->room_count - 1 : 0, size = room_size(r->capacity);
    const struct asked *in =
        r->kind == RESOURCE_CAP || r->kind == RESOURCE_POOL || r->kind == RESOURCE_TURN
            ? k->clusters[r->index]
            : NULL;
    switch (r->kind) {
    case RESOURCE_PEER:
        k->full[r->index] =
            fmin(asked_short(k, &k->peers[r->index][AT_UNITS], (double)r->rooms[0].units, 0),
                 level_short(k, r));
        k->other[r->index] =
            asked_short(k, &k->peers[r->index][AT_SESSIONS], room_size(r->rooms[0].sessions), 0) +
            rms_short(k, r) + image_short(k, r->index) + setups_short(k, r->index);
        break;
    case RESOURCE_CAP:
        if (r->cap_is_cause)
            k->cluster[r->index][IN_UNITS] = asked_short(k, &in[IN_UNITS], size, 0);
        break;
    case RESOURCE_POOL:
        k->cluster[r->index][IN_POOL] = asked_short(k, &in[IN_POOL], size, 0);
        break;
    case RESOURCE_TURN:
        for (uint32_t i = 0; i < s->clusters[r->index].peer_count; i++) {
            const struct peer *p = &s->peers[s->clusters[r->index].first_peer + i];
            const struct platform *node = &s->platforms[p->platform];
            if (node->turn_ports && !p->turn_multiplexing)
                size = fmin(size, floor((double)node->turn / PORTS));
        }
        k->cluster[r->index][IN_TURN] =
            asked_short(k, &in[IN_TURN], size, others * in[IN_TURN].largest);
        break;
    case RESOURCE_PIPE:
        k->pipe[r->index] = asked_short(k, &k->pipes[r->index], size, 0);
        break;
    case RESOURCE_GROUP:
        break;
    }
}

/* ---- classes ---- */

/* All candidates lack units, where the way of choosing finds the one that does not. */
static double all_full(const struct books *k, const struct passage *leg)
{
    const struct scenario *s = k->b->scenario;
    const struct cluster *c = &s->clusters[leg->cluster];
    const struct asked *d = &k->clusters[leg->cluster][IN_UNITS];
    bool finds = passage_tries_several(leg) ||
                 (leg->policy == SELECT_MOST_AVAILABLE && c->available != AVAILABLE_SESSIONS);
    double units = 0, peers = 0;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        if (!(leg->peers >> i & 1))
            continue;
        units += (double)s->platforms[s->peers[c->first_peer + i].platform].units;
        peers++;
    }
    return finds && leg->units > 0 ? asked_short(k, d, units, (peers - 1) * d->largest) : 1;
}

static double leg_refused(const struct books *k, const struct call_class *call,
                          const struct passage *leg)
{
    const struct cluster *c = &k->b->scenario->clusters[leg->cluster];
    double full = 0, other = 0;
    if (!leg->peers)
        return 1;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        double weight = weight_at(k, call, leg, i);
        if (weight <= 0)
            continue;
        full += weight * k->full[c->first_peer + i];
        other += weight * k->other[c->first_peer + i];
    }
    if (leg->spread == SPREAD_GROUP)
        full = fmin(full, all_full(k, leg));
    return full + other;
}

/* Refused for other reasons than limits that are counted here. */
static bool refused_otherwise(const struct books *k, const struct call_class *call)
{
    const struct scenario *s = k->b->scenario;
    bool out =
        (call->via.origin == ORIGIN_ENDPOINTS &&
         k->rest.populations[call->via.endpoints].out > 0) ||
        (call->target == TARGET_ENDPOINTS && k->rest.populations[call->target_endpoints].out > 0);
    for (uint32_t i = 0; i < call->pipe_count; i++)
        out = out || s->pipes[call->pipes[i]].per_call < call->pipe_bits[i];
    return out || on_both_peers(k, call) || !poisson_at_most(call) || s->trace_count > 0;
}

/* At most, of devices that lose their registration by the script; nothing is known of others. */
static double without_peer(const struct books *k, const struct call_class *call)
{
    struct gaps gaps = gaps_of(k);
    double refused = 0;
    if (!devices_move(k->b->scenario, call))
        return 0;
    if (moves_otherwise(k->b->scenario))
        return 1;
    if (call->via.origin == ORIGIN_ENDPOINTS)
        refused += gaps_most(&gaps, call->via.endpoints);
    if (call->target == TARGET_ENDPOINTS)
        refused += gaps_most(&gaps, call->target_endpoints);
    return refused;
}

static double class_refused(const struct books *k, const struct call_class *call)
{
    const struct scenario *s = k->b->scenario;
    struct passage legs[LEGS_MAX];
    struct path path;
    int count = passages_of(s, call, k->b->away, &path, legs);
    double refused = refused_otherwise(k, call) || held_as_video(s, call, legs, count);
    refused += without_peer(k, call);
    for (int i = 0; i < count; i++) {
        refused += leg_refused(k, call, &legs[i]);
        const double *in = k->cluster[legs[i].cluster];
        if (!met_before(legs, i))
            refused += in[IN_UNITS];
        refused += legs[i].leg->rms > 0 ? in[IN_POOL] : 0;
        refused += legs[i].leg->turn > 0 ? in[IN_TURN] : 0;
        if (legs[i].leg->session == SESSION_WEBRTC)
            for (uint32_t p = 0; p < s->clusters[legs[i].cluster].peer_count; p++)
                refused += s->peers[s->clusters[legs[i].cluster].first_peer + p].image ==
                           IMAGE_UNRESTRICTED; /* which has a limit of its own for them */
    }
    for (uint32_t i = 0; i < call->pipe_count; i++)
        refused += k->pipe[call->pipes[i]];
    return k->redials && refused > REDIALS_MOST ? 1 : fmin(1, refused);
}

static bool count_rest(struct books *k)
{
    const struct scenario *s = k->b->scenario;
    uint32_t *down = arena_alloc(k->arena, s->peer_count, sizeof *down), count = 0;
    for (uint32_t p = 0; down && p < s->peer_count; p++) {
        uint32_t c = s->peers[p].cluster;
        if (k->b->away[c] >> (p - s->clusters[c].first_peer) & 1)
            down[count++] = p;
    }
    return down && at_rest_count(s, down, count, NONE, &k->rest);
}

static void note_class(struct books *k, const struct call_class *call)
{
    double again = call->redial_probability;
    k->redials = k->redials || again > 0;
    if (call->via.origin == ORIGIN_ENDPOINTS)
        k->placed[call->via.endpoints] +=
            call->arrivals.kind == ARRIVALS_RATE && again < 1
                ? k->b->scale * load_highest(call) / load_hold(call) / (1 - again)
                : INFINITY;
}

static bool books_init(struct books *k, const struct bound *b, bool unsettled)
{
    const struct scenario *s = b->scenario;
    uint32_t peers = s->peer_count, clusters = s->cluster_count, pipes = s->pipe_count;
    struct arena *a = arena_new();
    *k = (struct books){.b = b, .unsettled = unsettled, .arena = a};
    if (!a)
        return false;
    k->peers = arena_alloc(a, peers, sizeof *k->peers);
    k->clusters = arena_alloc(a, clusters, sizeof *k->clusters);
    k->pipes = arena_alloc(a, pipes, sizeof *k->pipes);
    k->setups = arena_alloc(a, peers, sizeof *k->setups);
    k->uneven = arena_alloc(a, clusters, sizeof *k->uneven);
    k->rms_a_unit = arena_alloc(a, peers, sizeof *k->rms_a_unit);
    k->placed = arena_alloc(a, s->endpoints_count, sizeof *k->placed);
    k->full = arena_alloc(a, peers, sizeof *k->full);
    k->other = arena_alloc(a, peers, sizeof *k->other);
    k->cluster = arena_alloc(a, clusters, sizeof *k->cluster);
    k->pipe = arena_alloc(a, pipes, sizeof *k->pipe);
    if (!k->placed)
        return false;
    for (uint32_t i = 0; i < s->class_count; i++)
        note_class(k, &s->classes[i]);
    return k->peers && k->clusters && k->pipes && k->setups && k->uneven && k->rms_a_unit &&
           k->full && k->other && k->cluster && k->pipe && count_rest(k);
}

static void books_release(struct books *k)
{
    at_rest_release(&k->rest);
    arena_free(k->arena);
}

bool bound_sent_to_the_dead(const struct scenario *s)
{
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (s->clusters[c].detect > 0)
            return true;
    return false;
}

/* Out of memory nothing is known. */
static void work_out(const struct bound *b, bool unsettled, double *refused, double *least)
{
    const struct scenario *s = b->scenario;
    struct books k;
    bool done = books_init(&k, b, unsettled) && !(unsettled && bound_sent_to_the_dead(s));
    for (uint32_t c = 0; c < s->class_count; c++) {
        refused[c] = 1;
        least[c] = 0;
    }
    for (uint32_t c = 0; done && c < s->class_count; c++)
        done = enter_class(&k, c);
    for (uint32_t r = 0; done && r < b->network->resource_count; r++)
        settle_resource(&k, &b->network->resources[r]);
    for (uint32_t c = 0; done && c < s->class_count; c++)
        refused[c] = class_refused(&k, &s->classes[c]);
    struct gaps gaps = gaps_of(&k);
    for (uint32_t c = 0; done && !moves_otherwise(s) && c < s->class_count; c++)
        least[c] = gaps_least(&gaps, &s->classes[c]);
    books_release(&k);
}

static void forget(struct bound *b)
{
    for (int i = 0; i < 2; i++) {
        free(b->refused[i]);
        b->refused[i] = NULL;
    }
    free(b->least);
    b->least = NULL;
}

/* What holds for the loads of before holds for the same now. */
static bool find_tops(struct bound *b)
{
    const struct scenario *s = b->scenario;
    bool other = !b->tops || (s->step_count > 0 && s->endpoints_count > 0);
    if (!b->tops)
        b->tops = malloc(((size_t)s->class_count + 1) * sizeof *b->tops);
    for (uint32_t k = 0; b->tops && k < s->class_count; k++) {
        bool moves = b->loads && s->classes[k].arrivals.kind == ARRIVALS_RATE;
        double top = moves ? b->scale * loads_top(b->loads, k, b->from, b->to) : b->peaks[k];
        other = other || top != b->tops[k];
        b->tops[k] = top;
    }
    if (other)
        forget(b);
    b->worked_out = b->tops != NULL;
    return b->worked_out;
}

double bound_of(struct bound *b, uint32_t class_index, bool unsettled)
{
    if (!b->worked_out && !find_tops(b))
        return 1;
    double **refused = &b->refused[unsettled];
    if (!*refused) {
        size_t size = ((size_t)b->scenario->class_count + 1) * sizeof **refused;
        *refused = malloc(size);
        b->least = b->least ? b->least : malloc(size);
        if (!*refused || !b->least)
            return 1;
        work_out(b, unsettled, *refused, b->least);
    }
    return (*refused)[class_index];
}

double bound_least(const struct bound *b, uint32_t class_index)
{
    return b->least ? b->least[class_index] : 0;
}

void bound_move(struct bound *b, nanos from, nanos to)
{
    b->from = from;
    b->to = to;
    b->worked_out = false;
}

void bound_release(struct bound *b)
{
    forget(b);
    free(b->tops);
    b->tops = NULL;
    b->worked_out = false;
}
