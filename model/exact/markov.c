#include "model/exact/markov.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/exact/chain.h"
#include "model/limits.h"

#define LEGS      2 /* peers a call can be on: its cluster's, and the traversal cluster's */
#define PEERS     16
#define CLASSES   32
#define COUNT_MAX 250 /* of one byte of the state */
#define STATE_MAX 256 /* bytes of a state */
#define OPTIONS   (CLUSTER_PEERS_MAX * CLUSTER_PEERS_MAX)

enum solved_state { PEER_UP, PEER_DRAINING, PEER_DOWN };

/* Calls that are alike: one byte of the state counts them. */
struct kind {
    uint32_t class, phase;
    uint32_t peer[LEGS]; /* NONE when the call has one leg */
};

/* How the holding time of a class passes through phases. */
struct phases {
    uint32_t count;
    double start[64]; /* probability to begin in it */
    double rate[64];  /* 1/s */
    bool chain;       /* Erlang: each leads to the next; else each ends the call */
};

/* What is in use in a state. */
struct usage {
    int64_t peer_units[PEERS], peer_calls[PEERS], peer_rms[PEERS]; /* RMS in halves */
    int64_t *cluster_units, *cluster_rms, *pipe_bits, *class_calls;
};

struct solver {
    const struct scenario *scenario;
    struct chain *chain;
    struct kind *kinds;
    size_t kind_count;
    size_t *first_kind;   /* by class: kinds of a class are placement-major, then phase */
    uint32_t *placements; /* by class */
    struct phases *phases;
    struct random_outage outage[PEERS]; /* up_mean 0: none */
    size_t width, orbit;                /* bytes of a state; where the waiting callers are */
    int redial_max;
    bool symmetric; /* peers of the only cluster are exchangeable: states are kept sorted */
    struct usage usage;
    double weight; /* of the state being expanded: its probability, 0 while the chain is explored */
    bool exploring, full;
    uint32_t from;
    struct markov *result;
};

/* One way an offered call can go. */
struct possibility {
    double probability;
    uint32_t peer[LEGS];
    unsigned causes;
};

/* The choice of one leg: candidates with their probability, and what is wrong with each. */
struct choice {
    int count;
    struct possibility items[CLUSTER_PEERS_MAX];
};

/* ---- What is covered ---- */

static const char *class_unsupported(const struct scenario *s, const struct call_class *c)
{
    bool redials = c->redial_probability > 0;
    if (c->arrivals.kind == ARRIVALS_NONE)
        return "calls from a trace";
    for (uint32_t i = 1; c->arrivals.kind == ARRIVALS_RATE && i < c->arrivals.steps.count; i++)
        if (c->arrivals.steps.rates[i] != c->arrivals.steps.rates[0])
            return "a rate that changes";
    if (c->arrivals.kind == ARRIVALS_SOURCES && (redials || c->arrivals.batch_count))
        return "finite sources that redial or come in batches";
    if (c->holding.law != LAW_EXPONENTIAL && c->holding.law != LAW_ERLANG &&
        c->holding.law != LAW_HYPEREXPONENTIAL)
        return "a holding time that is not made of exponential phases";
    if (redials && c->redial_dropped && c->holding.law != LAW_EXPONENTIAL)
        return "the remaining holding time of calls that are cut and redial";
    if (redials && c->redial_law != LAW_EXPONENTIAL)
        return "redial after a fixed time";
    if (c->via.origin == ORIGIN_ENDPOINTS || c->target == TARGET_ENDPOINTS)
        return "endpoints";
    if (c->target == TARGET_ZONE && s->zones[c->target_zone].cluster != NONE)
        return "calls into another cluster by a zone";
    uint32_t beyond = s->clusters[c->via.cluster].traversal;
    if (beyond != NONE && s->clusters[beyond].traversal != NONE)
        return "more than two clusters in a row";
    if (c->service == SERVICE_INTRACLUSTER)
        return "intracluster calls";
    if (c->setup > 0 || c->turn > 0)
        return "set-up times and TURN relays";
    for (uint32_t i = 0; i < c->pipe_count; i++)
        if (s->pipes[c->pipes[i]].when_full != PIPE_REFUSE ||
            c->pipe_bits[i] > s->pipes[c->pipes[i]].per_call)
            return "downspeeding";
    return NULL;
}

static const char *outage_unsupported(const struct scenario *s, const struct random_outage *o)
{
    const struct cluster *c = &s->clusters[o->cluster];
    if (o->law != LAW_EXPONENTIAL)
        return "outages of fixed length";
    if (c->detect > 0)
        return "peers that are dead but not yet detected";
    if (c->licensed[LICENCE_RMS] && c->licence_grace != 0 && c->licence_grace != FOREVER)
        return "a licence grace between 0 and never";
    if (o->crew > 0 && o->crew < (int)c->peer_count && c->ties != TIES_RANDOM)
        return "a repair crew without random ties (the order of repairs would matter)";
    return NULL;
}

static const char *unsupported(const struct scenario *s)
{
    const char *what = NULL;
    if (s->peer_count > PEERS)
        return "more than sixteen peers";
    if (s->step_count || s->trace_count || s->endpoints_count)
        return "scripted outages, traces and endpoints";
    for (uint32_t i = 0; i < s->class_count && !what; i++)
        what = class_unsupported(s, &s->classes[i]);
    for (uint32_t i = 0; i < s->outage_count && !what; i++)
        what = outage_unsupported(s, &s->outages[i]);
    for (uint32_t i = 0; i < s->peer_count && !what; i++)
        if (s->peers[i].setup_rate > 0)
            what = "a limited set-up rate";
    return what;
}

/* ---- Rules a class follows ---- */

static uint32_t leg_cluster(const struct scenario *s, const struct call_class *c, int leg)
{
    return leg == 0 ? c->via.cluster : s->clusters[c->via.cluster].traversal;
}

static enum selection selection_of(const struct scenario *s, const struct call_class *c, int leg)
{
    enum selection how = leg == 0 ? c->selection : SELECT_DEFAULT;
    if (how == SELECT_DEFAULT && leg == 0 && c->via.origin == ORIGIN_ZONE) {
        const struct zone *z = &s->zones[c->via.zone];
        how = z->choose;
        if (how == SELECT_DEFAULT && z->kind == ZONE_DNS)
            how = SELECT_SRV;
        if (how == SELECT_DEFAULT && z->kind == ZONE_OTHER)
            how = SELECT_ROUND_ROBIN;
    }
    if (how == SELECT_DEFAULT)
        how = s->clusters[leg_cluster(s, c, leg)].selection;
    return how == SELECT_DEFAULT ? SELECT_MOST_AVAILABLE : how;
}

/* Whether a peer is in the list that a leg chooses from. */
static bool listed(const struct scenario *s, const struct call_class *c, int leg, uint32_t peer)
{
    if (s->peers[peer].cluster != leg_cluster(s, c, leg))
        return false;
    if (leg > 0)
        return true;
    if (c->via.origin == ORIGIN_PEER)
        return peer == c->via.peer;
    if (c->via.origin != ORIGIN_ZONE || !s->zones[c->via.zone].peers)
        return true;
    const struct zone *z = &s->zones[c->via.zone];
    for (uint32_t i = 0; i < z->peer_count; i++)
        if (z->peers[i] == peer)
            return true;
    return false;
}

static int64_t units_on(const struct scenario *s, const struct call_class *c, uint32_t peer)
{
    if (c->units < 0 && !c->media_traverses)
        return 0;
    return scenario_call_units(s, c, &s->platforms[s->peers[peer].platform]);
}

/* RMS halves the table of services has for a leg. */
static int64_t rms_listed(const struct scenario *s, const struct call_class *c, int leg)
{
    struct demand demand = service_demand(c->service, c->media, c->protocol);
    int64_t core = demand.rms_core_halves, edge = demand.rms_edge_halves;
    enum role role = s->clusters[leg_cluster(s, c, leg)].role;
    if (role == ROLE_BOTH)
        return core > edge ? core : edge;
    return role == ROLE_EDGE ? edge : core;
}

/* What it takes: a stated figure where the table has one, where the call enters when it has none.
 */
static int64_t rms_of(const struct scenario *s, const struct call_class *c, int leg)
{
    int64_t listed =
        leg > 0 && rms_listed(s, c, 0) > 0 ? 0 : rms_listed(s, c, leg); /* once a call */
    if (c->rms_halves < 0 || listed > 0)
        return c->rms_halves < 0 ? listed : c->rms_halves;
    bool elsewhere = leg == 0 && leg_cluster(s, c, 1) != NONE && rms_listed(s, c, 1) > 0;
    return leg == 0 && !elsewhere ? c->rms_halves : 0;
}

static void phases_init(struct phases *p, const struct holding *h)
{
    *p = (struct phases){.count = 1, .start = {1}, .rate = {1 / h->mean}};
    if (h->law == LAW_ERLANG) {
        p->count = (uint32_t)h->k;
        p->chain = true;
        for (uint32_t i = 0; i < p->count; i++)
            p->rate[i] = h->k / h->mean;
    }
    if (h->law == LAW_HYPEREXPONENTIAL) {
        p->count = h->count;
        for (uint32_t i = 0; i < p->count; i++) {
            p->start[i] = h->probabilities[i];
            p->rate[i] = 1 / h->means[i];
        }
    }
}

/* ---- States ---- */

static void usage_clear(struct solver *m)
{
    const struct scenario *s = m->scenario;
    struct usage *u = &m->usage;
    memset(u->peer_units, 0, sizeof u->peer_units);
    memset(u->peer_calls, 0, sizeof u->peer_calls);
    memset(u->peer_rms, 0, sizeof u->peer_rms);
    memset(u->cluster_units, 0, s->cluster_count * sizeof *u->cluster_units);
    memset(u->cluster_rms, 0, s->cluster_count * sizeof *u->cluster_rms);
    memset(u->pipe_bits, 0, (s->pipe_count + 1) * sizeof *u->pipe_bits);
    memset(u->class_calls, 0, s->class_count * sizeof *u->class_calls);
}

static void usage_of(struct solver *m, const uint8_t *state)
{
    const struct scenario *s = m->scenario;
    struct usage *u = &m->usage;
    usage_clear(m);
    for (size_t k = 0; k < m->kind_count; k++) {
        int64_t n = state[s->peer_count + k];
        if (n == 0)
            continue;
        const struct kind *kind = &m->kinds[k];
        const struct call_class *c = &s->classes[kind->class];
        u->class_calls[kind->class] += n;
        for (uint32_t i = 0; i < c->pipe_count; i++)
            u->pipe_bits[c->pipes[i]] += n * c->pipe_bits[i];
        for (int leg = 0; leg < LEGS && kind->peer[leg] != NONE; leg++) {
            uint32_t peer = kind->peer[leg], cluster = s->peers[peer].cluster;
            u->peer_units[peer] += n * units_on(s, c, peer);
            u->peer_calls[peer] += n;
            u->peer_rms[peer] += n * rms_of(s, c, leg);
            u->cluster_units[cluster] += n * units_on(s, c, peer);
            u->cluster_rms[cluster] += n * rms_of(s, c, leg);
        }
    }
}

/* The byte that counts calls of a class on the given peers in a phase. */
static size_t kind_of(const struct solver *m, uint32_t class, const uint32_t *peer, uint32_t phase)
{
    size_t k = m->first_kind[class];
    while (m->kinds[k].phase != phase || m->kinds[k].peer[0] != peer[0] ||
           m->kinds[k].peer[1] != peer[1])
        k++;
    return m->scenario->peer_count + k;
}

/* Exchangeable peers: sorts what belongs to each peer, so that states that differ by a permutation
 * become one. */
static void sort_peers(const struct solver *m, uint8_t *state)
{
    const struct scenario *s = m->scenario;
    uint8_t rows[PEERS][STATE_MAX], row[STATE_MAX];
    size_t each = m->kind_count / s->peer_count + 1;
    for (uint32_t p = 0; p < s->peer_count; p++) {
        size_t n = 0;
        row[n++] = state[p];
        for (size_t k = 0; k < m->kind_count; k++)
            if (m->kinds[k].peer[0] == p)
                row[n++] = state[s->peer_count + k];
        uint32_t at = p;
        for (; at > 0 && memcmp(rows[at - 1], row, each) > 0; at--)
            memcpy(rows[at], rows[at - 1], each);
        memcpy(rows[at], row, each);
    }
    size_t taken[PEERS] = {0};
    for (uint32_t p = 0; p < s->peer_count; p++)
        state[p] = rows[p][taken[p]++];
    for (size_t k = 0; k < m->kind_count; k++) {
        uint32_t p = m->kinds[k].peer[0];
        state[s->peer_count + k] = rows[p][taken[p]++];
    }
}

static void go(struct solver *m, const uint8_t *state, double rate)
{
    if (!m->exploring || rate <= 0)
        return;
    uint8_t to[STATE_MAX];
    memcpy(to, state, m->width);
    if (m->symmetric)
        sort_peers(m, to);
    uint32_t index = chain_state(m->chain, to);
    if (index == CHAIN_FULL || !chain_transition(m->chain, m->from, index, rate))
        m->full = true;
}

/* ---- An offered call ---- */

static int64_t room_of(const struct solver *m, const struct cluster *cluster, uint32_t peer)
{
    const struct scenario *s = m->scenario;
    if (cluster->available == AVAILABLE_SESSIONS)
        return s->peers[peer].max_sessions - m->usage.peer_calls[peer];
    return s->platforms[s->peers[peer].platform].units - m->usage.peer_units[peer];
}

static bool fits(const struct solver *m, const struct call_class *c, uint32_t peer)
{
    const struct scenario *s = m->scenario;
    return m->usage.peer_units[peer] + units_on(s, c, peer) <=
               s->platforms[s->peers[peer].platform].units &&
           m->usage.peer_calls[peer] < s->peers[peer].max_sessions;
}

/* Keeps the candidates with the most (sign 1) or least (sign -1) room. */
static int keep_extreme(const struct solver *m, const struct cluster *cluster, uint32_t *peers,
                        int count, int sign)
{
    int64_t best = 0;
    int kept = 0;
    for (int i = 0; i < count; i++) {
        int64_t room = sign * room_of(m, cluster, peers[i]);
        if (i == 0 || room > best)
            kept = 0;
        if (i == 0 || room >= best) {
            best = room;
            peers[kept++] = peers[i];
        }
    }
    return kept;
}

/* Which of the peers that are there a policy may choose; at most one unless chance decides. */
static int narrow(const struct solver *m, const struct cluster *cluster, enum selection how,
                  uint32_t *peers, int count)
{
    switch (how) {
    case SELECT_MOST_AVAILABLE:
    case SELECT_BEST_FIT:
        count = keep_extreme(m, cluster, peers, count, how == SELECT_BEST_FIT ? -1 : 1);
        return cluster->ties == TIES_LOWEST && count > 1 ? 1 : count;
    case SELECT_FIRST_FIT:
        return count > 1 ? 1 : count;
    default:
        return count;
    }
}

static void choose(const struct solver *m, const uint8_t *state, const struct call_class *c,
                   int leg, struct choice *choice)
{
    const struct scenario *s = m->scenario;
    const struct cluster *cluster = &s->clusters[leg_cluster(s, c, leg)];
    enum selection how = selection_of(s, c, leg);
    bool tries_several = how == SELECT_FIRST_FIT || how == SELECT_BEST_FIT ||
                         how == SELECT_RANDOM_FIT || cluster->when_full == FULL_NEXT;
    uint32_t peers[CLUSTER_PEERS_MAX];
    int known = 0, there = 0, count = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        known += listed(s, c, leg, cluster->first_peer + i);
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        uint32_t peer = cluster->first_peer + i;
        if (!listed(s, c, leg, peer) || state[peer] != PEER_UP)
            continue;
        there++;
        if (!tries_several || known == 1 || fits(m, c, peer))
            peers[count++] = peer;
    }
    count = narrow(m, cluster, how, peers, count);
    choice->count = count > 0 ? count : 1;
    choice->items[0] =
        (struct possibility){1, {NONE, NONE}, there ? 1u << CAUSE_PEER_UNITS : 1u << CAUSE_NO_PEER};
    for (int i = 0; i < count; i++)
        choice->items[i] = (struct possibility){
            1.0 / count, {peers[i], NONE}, fits(m, c, peers[i]) ? 0 : 1u << CAUSE_PEER_UNITS};
}

/* Licences of the pool in halves: those of peers that are not lost, within the platform's own
 * limit. */
static int64_t pool_of(const struct scenario *s, uint32_t cluster, const uint8_t *state)
{
    const struct cluster *c = &s->clusters[cluster];
    int64_t installed = c->licences[LICENCE_RMS];
    for (uint32_t p = c->first_peer; p < c->first_peer + c->peer_count; p++) {
        if (c->licence_grace != 0 || state[p] != PEER_DOWN)
            installed += s->peers[p].licences[LICENCE_RMS];
    }
    int64_t limit = limit_of_cluster(s, cluster, LIMIT_RMS);
    if (c->licensed[LICENCE_RMS] && installed < limit)
        limit = installed;
    return limit > CAPACITY_UNLIMITED / 2 ? CAPACITY_UNLIMITED : 2 * limit;
}

static int64_t units_sum(const struct scenario *s, uint32_t cluster)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < s->clusters[cluster].peer_count; i++)
        sum += s->platforms[s->peers[s->clusters[cluster].first_peer + i].platform].units;
    return sum;
}

/* What one node can carry of licensed calls, wherever the licences are installed; halves. */
static int64_t peer_rms_limit(const struct scenario *s, uint32_t peer)
{
    int64_t limit = s->platforms[s->peers[peer].platform].rms;
    return limit > CAPACITY_UNLIMITED / 2 ? CAPACITY_UNLIMITED : 2 * limit;
}

/* What the cluster of a leg, and the pipes, have against the call. */
static unsigned shared_causes(const struct solver *m, const uint8_t *state,
                              const struct call_class *c, int leg, uint32_t peer)
{
    const struct scenario *s = m->scenario;
    uint32_t cluster = leg_cluster(s, c, leg);
    int64_t units = units_on(s, c, peer != NONE ? peer : s->clusters[cluster].first_peer);
    int64_t cap = scenario_cluster_units(s, cluster), rms = rms_of(s, c, leg);
    unsigned causes = 0;
    if (cap < units_sum(s, cluster) && m->usage.cluster_units[cluster] + units > cap)
        causes |= 1u << CAUSE_CLUSTER_CAP;
    if (rms > 0 && (m->usage.cluster_rms[cluster] + rms > pool_of(s, cluster, state) ||
                    (peer != NONE && m->usage.peer_rms[peer] + rms > peer_rms_limit(s, peer))))
        causes |= 1u << CAUSE_RMS;
    for (uint32_t i = 0; leg == 0 && i < c->pipe_count; i++)
        if (c->pipe_bits[i] > 0 &&
            m->usage.pipe_bits[c->pipes[i]] + c->pipe_bits[i] > s->pipes[c->pipes[i]].total)
            causes |= 1u << CAUSE_BANDWIDTH;
    return causes;
}

static int judge(struct solver *m, const uint8_t *state, const struct call_class *c,
                 struct possibility *outcomes)
{
    struct choice first, second = {1, {{1, {NONE, NONE}, 0}}};
    bool two = leg_cluster(m->scenario, c, 1) != NONE;
    usage_of(m, state);
    choose(m, state, c, 0, &first);
    if (two)
        choose(m, state, c, 1, &second);
    int count = 0;
    for (int i = 0; i < first.count; i++)
        for (int j = 0; j < second.count; j++) {
            const struct possibility *a = &first.items[i], *b = &second.items[j];
            unsigned causes = a->causes | b->causes | shared_causes(m, state, c, 0, a->peer[0]);
            if (two)
                causes |= shared_causes(m, state, c, 1, b->peer[0]);
            outcomes[count++] = (struct possibility){
                a->probability * b->probability, {a->peer[0], b->peer[0]}, causes};
        }
    return count;
}

/* ---- What happens, at a rate per second ---- */

static void note_blocked(struct solver *m, uint32_t class, unsigned causes, bool fresh, double flow)
{
    struct markov_class *r = &m->result->classes[class];
    r->attempts_blocked += flow;
    if (!fresh)
        return;
    r->blocked += flow;
    for (int i = 0; i < MARKOV_CAUSES; i++) {
        r->cause[i] += causes >> i & 1 ? flow : 0;
        r->only[i] += causes == 1u << i ? flow : 0;
    }
}

static void note_admitted(struct solver *m, uint32_t class, const uint32_t *peer, double flow)
{
    m->result->classes[class].carried += flow;
    for (int leg = 0; leg < LEGS && peer[leg] != NONE; leg++)
        m->result->peers[peer[leg]].admitted += flow;
}

/* Calls of a class that come at one instant, one after another. */
struct batch {
    uint32_t class;
    int64_t left;
    bool fresh; /* first attempts */
};

static void offer(struct solver *m, const uint8_t *state, struct batch batch, double rate);

/* A refused call: its caller waits to try again, or is lost; then the rest of the batch. */
static void refuse(struct solver *m, const uint8_t *state, struct batch rest, unsigned causes,
                   double rate)
{
    uint32_t class = rest.class;
    const struct call_class *c = &m->scenario->classes[class];
    double again = state[m->orbit + class] < m->redial_max ? c->redial_probability : 0;
    uint8_t next[STATE_MAX];
    memcpy(next, state, m->width);
    note_blocked(m, class, causes, rest.fresh, rate * m->weight);
    m->result->classes[class].given_up += rate * m->weight * (1 - again);
    if (again < 1)
        offer(m, next, rest, rate * (1 - again));
    next[m->orbit + class]++;
    if (again > 0)
        offer(m, next, rest, rate * again);
}

/* An admitted call begins in one of its phases; then the rest of the batch. */
static void admit(struct solver *m, const uint8_t *state, struct batch rest, const uint32_t *peer,
                  double rate)
{
    uint32_t class = rest.class;
    const struct phases *phases = &m->phases[class];
    note_admitted(m, class, peer, rate * m->weight);
    for (uint32_t p = 0; p < phases->count; p++) {
        if (phases->start[p] <= 0)
            continue;
        size_t kind = kind_of(m, class, peer, p);
        uint8_t next[STATE_MAX];
        memcpy(next, state, m->width);
        if (next[kind] >= COUNT_MAX) {
            m->full = true;
            return;
        }
        next[kind]++;
        offer(m, next, rest, rate * phases->start[p]);
    }
}

/* Moves to where offering the calls leads. */
static void offer(struct solver *m, const uint8_t *state, struct batch batch, double rate)
{
    uint32_t class = batch.class;
    if (batch.left == 0) {
        go(m, state, rate);
        return;
    }
    struct possibility outcomes[OPTIONS];
    int count = judge(m, state, &m->scenario->classes[class], outcomes);
    m->result->classes[class].attempts += rate * m->weight;
    m->result->classes[class].offered += batch.fresh ? rate * m->weight : 0;
    batch.left--;
    for (int i = 0; i < count; i++) {
        const struct possibility *o = &outcomes[i];
        if (o->causes)
            refuse(m, state, batch, o->causes, rate * o->probability);
        else
            admit(m, state, batch, o->peer, rate * o->probability);
    }
}

static void arrivals(struct solver *m, const uint8_t *state, uint32_t class, int64_t in_progress)
{
    const struct arrivals *a = &m->scenario->classes[class].arrivals;
    if (a->kind == ARRIVALS_SOURCES) {
        double idle = (double)(a->sources - in_progress);
        if (idle > 0)
            offer(m, state, (struct batch){class, 1, true}, idle / a->idle_mean);
        return;
    }
    double rate = a->steps.rates[0];
    if (!a->batch_count && rate > 0)
        offer(m, state, (struct batch){class, 1, true}, rate);
    for (uint32_t i = 0; i < a->batch_count && rate > 0; i++)
        offer(m, state, (struct batch){class, a->batch_sizes[i], true},
              rate * a->batch_probabilities[i]);
}

static void redials(struct solver *m, const uint8_t *state, uint32_t class)
{
    int waiting = state[m->orbit + class];
    if (waiting == 0)
        return;
    uint8_t next[STATE_MAX];
    memcpy(next, state, m->width);
    next[m->orbit + class]--;
    offer(m, next, (struct batch){class, 1, false},
          waiting / m->scenario->classes[class].redial_after);
}

static void phases_pass(struct solver *m, const uint8_t *state)
{
    uint32_t peers = m->scenario->peer_count;
    uint8_t next[STATE_MAX];
    for (size_t k = 0; k < m->kind_count; k++) {
        if (state[peers + k] == 0)
            continue;
        const struct kind *kind = &m->kinds[k];
        const struct phases *p = &m->phases[kind->class];
        memcpy(next, state, m->width);
        next[peers + k]--;
        if (p->chain && kind->phase + 1 < p->count)
            next[kind_of(m, kind->class, kind->peer, kind->phase + 1)]++;
        go(m, next, state[peers + k] * p->rate[kind->phase]);
    }
}

/* ---- Outages ---- */

/* Of `cut[class]` calls cut, those that redial wait; goes through the classes, branching by a
 * binomial law. */
static void wait_and_go(struct solver *m, const uint8_t *state, const int64_t *cut, uint32_t class,
                        double rate)
{
    const struct scenario *s = m->scenario;
    while (class < s->class_count && (cut[class] == 0 || !s->classes[class].redial_dropped ||
                                      s->classes[class].redial_probability <= 0))
        class ++;
    if (class == s->class_count) {
        go(m, state, rate);
        return;
    }
    double p = s->classes[class].redial_probability, n = (double)cut[class];
    for (int64_t k = 0; k <= cut[class]; k++) {
        double choices = exp(lgamma(n + 1) - lgamma((double)k + 1) - lgamma(n - (double)k + 1));
        double share = choices * pow(p, (double)k) * pow(1 - p, n - (double)k);
        uint8_t next[STATE_MAX];
        memcpy(next, state, m->width);
        int64_t waiting = next[m->orbit + class] + k;
        next[m->orbit + class] = (uint8_t)(waiting < m->redial_max ? waiting : m->redial_max);
        wait_and_go(m, next, cut, class + 1, rate * share);
    }
}

static void fail(struct solver *m, const uint8_t *state, uint32_t peer, double rate)
{
    const struct scenario *s = m->scenario;
    uint8_t next[STATE_MAX];
    int64_t cut[CLASSES] = {0};
    memcpy(next, state, m->width);
    next[peer] = PEER_DOWN;
    for (size_t k = 0; k < m->kind_count; k++) {
        const struct kind *kind = &m->kinds[k];
        if (kind->peer[0] != peer && kind->peer[1] != peer)
            continue;
        cut[kind->class] += next[s->peer_count + k];
        next[s->peer_count + k] = 0;
    }
    for (uint32_t c = 0; c < s->class_count; c++)
        m->result->classes[c].dropped += (double)cut[c] * rate * m->weight;
    wait_and_go(m, next, cut, 0, rate);
}

static void become(struct solver *m, const uint8_t *state, uint32_t peer, enum solved_state what,
                   double rate)
{
    uint8_t next[STATE_MAX];
    memcpy(next, state, m->width);
    next[peer] = (uint8_t)what;
    go(m, next, rate);
}

/* Each of the peers that wait for a crew is under repair with the same chance. */
static double repair_share(const struct solver *m, const uint8_t *state, uint32_t peer)
{
    const struct cluster *c = &m->scenario->clusters[m->scenario->peers[peer].cluster];
    int down = 0, crew = m->outage[peer].crew;
    for (uint32_t i = 0; i < c->peer_count; i++)
        down += state[c->first_peer + i] == PEER_DOWN;
    return crew == 0 || down <= crew ? 1 : (double)crew / down;
}

static void outages(struct solver *m, const uint8_t *state, uint32_t peer)
{
    const struct random_outage *o = &m->outage[peer];
    if (o->up_mean <= 0)
        return;
    if (state[peer] == PEER_DOWN)
        become(m, state, peer, PEER_UP, repair_share(m, state, peer) / o->down_mean);
    else if (state[peer] == PEER_DRAINING)
        fail(m, state, peer, 1 / o->drain_mean);
    else if (o->maintenance && o->drain_mean > 0)
        become(m, state, peer, PEER_DRAINING, 1 / o->up_mean);
    else
        fail(m, state, peer, 1 / o->up_mean);
}

/* ---- All of a state ---- */

static void note_state(struct solver *m, const uint8_t *state)
{
    const struct scenario *s = m->scenario;
    const struct usage *u = &m->usage;
    double w = m->weight;
    usage_of(m, state);
    for (uint32_t c = 0; c < s->class_count; c++) {
        m->result->classes[c].in_progress += w * (double)u->class_calls[c];
        m->result->truncated += state[m->orbit + c] == m->redial_max ? w : 0;
    }
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        struct markov_cluster *r = &m->result->clusters[c];
        int up = 0;
        for (uint32_t i = 0; i < s->clusters[c].peer_count; i++)
            up += state[s->clusters[c].first_peer + i] == PEER_UP;
        r->units += w * (double)u->cluster_units[c];
        r->rms += w * (double)u->cluster_rms[c] / 2;
        r->full += u->cluster_units[c] >= scenario_cluster_units(s, c) ? w : 0;
        r->peers_up[up] += w;
    }
    for (uint32_t p = 0; p < s->peer_count; p++) {
        struct markov_peer *r = &m->result->peers[p];
        r->units += w * (double)u->peer_units[p];
        r->up += state[p] == PEER_UP ? w : 0;
        r->draining += state[p] == PEER_DRAINING ? w : 0;
    }
    for (uint32_t i = 0; i < s->pipe_count; i++)
        m->result->pipes[i] += w * (double)u->pipe_bits[i];
}

static void expand(struct solver *m, uint32_t index)
{
    const struct scenario *s = m->scenario;
    uint8_t state[STATE_MAX];
    memcpy(state, chain_bytes(m->chain, index), m->width);
    m->from = index;
    usage_of(m, state);
    int64_t in_progress[CLASSES];
    for (uint32_t c = 0; c < s->class_count; c++)
        in_progress[c] = m->usage.class_calls[c];
    for (uint32_t c = 0; c < s->class_count; c++) {
        arrivals(m, state, c, in_progress[c]);
        redials(m, state, c);
    }
    phases_pass(m, state);
    for (uint32_t p = 0; p < s->peer_count; p++)
        outages(m, state, p);
    if (!m->exploring)
        note_state(m, state);
}

/* ---- Setting up ---- */

static void outages_init(struct solver *m)
{
    const struct scenario *s = m->scenario;
    for (uint32_t i = 0; i < s->outage_count; i++) {
        const struct random_outage *o = &s->outages[i];
        for (uint32_t p = 0; p < s->peer_count; p++)
            if (o->peer == p || (o->peer == NONE && s->peers[p].cluster == o->cluster))
                m->outage[p] = *o;
    }
}

/* Two outages of one peer would need a memory of which of them it is down for. */
static bool outages_overlap(const struct scenario *s)
{
    bool taken[PEERS] = {false};
    for (uint32_t i = 0; i < s->outage_count; i++)
        for (uint32_t p = 0; p < s->peer_count; p++)
            if (s->outages[i].peer == p ||
                (s->outages[i].peer == NONE && s->peers[p].cluster == s->outages[i].cluster)) {
                if (taken[p])
                    return true;
                taken[p] = true;
            }
    return false;
}

/* One cluster of equal peers, chosen by rules that do not know them apart. */
static bool exchangeable(const struct scenario *s)
{
    const struct cluster *c = &s->clusters[0];
    if (s->cluster_count != 1 || s->peer_count < 2 || c->traversal != NONE ||
        c->ties != TIES_RANDOM)
        return false;
    for (uint32_t p = 1; p < s->peer_count; p++)
        if (s->platforms[s->peers[p].platform].rms != s->platforms[s->peers[0].platform].rms ||
            s->platforms[s->peers[p].platform].units != s->platforms[s->peers[0].platform].units ||
            s->peers[p].max_sessions != s->peers[0].max_sessions ||
            (c->licence_grace == 0 &&
             s->peers[p].licences[LICENCE_RMS] != s->peers[0].licences[LICENCE_RMS]))
            return false;
    for (uint32_t i = 0; i < s->class_count; i++)
        if (s->classes[i].via.origin == ORIGIN_PEER || s->classes[i].via.origin == ORIGIN_ZONE ||
            selection_of(s, &s->classes[i], 0) == SELECT_FIRST_FIT)
            return false;
    for (uint32_t i = 0; i < s->outage_count; i++)
        if (s->outages[i].peer != NONE)
            return false;
    return true;
}

/* Counts, and when `kinds` is there writes, the kinds of a class. */
static size_t place(const struct scenario *s, uint32_t class, uint32_t phases, struct kind *kinds)
{
    const struct call_class *c = &s->classes[class];
    bool two = leg_cluster(s, c, 1) != NONE;
    size_t n = 0;
    for (uint32_t p = 0; p < s->peer_count; p++)
        for (uint32_t q = 0; q < (two ? s->peer_count : 1); q++) {
            if (!listed(s, c, 0, p) || (two && !listed(s, c, 1, q)))
                continue;
            for (uint32_t phase = 0; phase < phases; phase++, n++)
                if (kinds)
                    kinds[n] = (struct kind){class, phase, {p, two ? q : NONE}};
        }
    return n;
}

static bool kinds_init(struct solver *m)
{
    const struct scenario *s = m->scenario;
    m->first_kind = calloc(s->class_count + 1, sizeof *m->first_kind);
    m->phases = calloc(s->class_count + 1, sizeof *m->phases);
    if (!m->first_kind || !m->phases)
        return false;
    for (uint32_t c = 0; c < s->class_count; c++) {
        phases_init(&m->phases[c], &s->classes[c].holding);
        m->first_kind[c] = m->kind_count;
        m->kind_count += place(s, c, m->phases[c].count, NULL);
    }
    m->kinds = calloc(m->kind_count + 1, sizeof *m->kinds);
    for (uint32_t c = 0; m->kinds && c < s->class_count; c++)
        place(s, c, m->phases[c].count, m->kinds + m->first_kind[c]);
    m->orbit = s->peer_count + m->kind_count;
    m->width = m->orbit + s->class_count;
    return m->kinds != NULL;
}

static bool memory_init(struct solver *m, size_t states_max)
{
    const struct scenario *s = m->scenario;
    struct usage *u = &m->usage;
    u->cluster_units = calloc(s->cluster_count + 1, sizeof *u->cluster_units);
    u->cluster_rms = calloc(s->cluster_count + 1, sizeof *u->cluster_rms);
    u->pipe_bits = calloc(s->pipe_count + 1, sizeof *u->pipe_bits);
    u->class_calls = calloc(s->class_count + 1, sizeof *u->class_calls);
    m->result->classes = calloc(s->class_count + 1, sizeof *m->result->classes);
    m->result->clusters = calloc(s->cluster_count + 1, sizeof *m->result->clusters);
    m->result->peers = calloc(s->peer_count + 1, sizeof *m->result->peers);
    m->result->pipes = calloc(s->pipe_count + 1, sizeof *m->result->pipes);
    m->chain = chain_new(m->width, s->peer_count, states_max);
    return u->cluster_units && u->cluster_rms && u->pipe_bits && u->class_calls &&
           m->result->classes && m->result->clusters && m->result->peers && m->result->pipes &&
           m->chain;
}

static void solver_release(struct solver *m)
{
    chain_free(m->chain);
    free(m->kinds);
    free(m->first_kind);
    free(m->phases);
    free(m->usage.cluster_units);
    free(m->usage.cluster_rms);
    free(m->usage.pipe_bits);
    free(m->usage.class_calls);
}

void markov_release(struct markov *result)
{
    free(result->classes);
    free(result->clusters);
    free(result->peers);
    free(result->pipes);
    *result = (struct markov){0};
}

/* ---- Solving ---- */

static bool explore(struct solver *m)
{
    uint8_t empty[STATE_MAX] = {0};
    m->exploring = true;
    if (chain_state(m->chain, empty) == CHAIN_FULL)
        return false;
    for (uint32_t i = 0; i < chain_count(m->chain) && !m->full; i++)
        expand(m, i);
    m->exploring = false;
    return !m->full;
}

/* Peers that are exchangeable have their average; flows become hourly. */
static void finish(struct solver *m)
{
    const struct scenario *s = m->scenario;
    struct markov_peer mean = {0};
    for (uint32_t p = 0; p < s->peer_count; p++) {
        struct markov_peer *r = &m->result->peers[p];
        r->admitted *= 3600;
        mean.units += r->units / s->peer_count;
        mean.up += r->up / s->peer_count;
        mean.draining += r->draining / s->peer_count;
        mean.admitted += r->admitted / s->peer_count;
    }
    for (uint32_t p = 0; m->symmetric && p < s->peer_count; p++)
        m->result->peers[p] = mean;
    m->result->lumped = m->symmetric;
    for (uint32_t c = 0; c < s->class_count; c++) {
        struct markov_class *r = &m->result->classes[c];
        double *flows[] = {&r->offered,  &r->blocked,          &r->carried, &r->dropped,
                           &r->attempts, &r->attempts_blocked, &r->given_up};
        for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
            *flows[i] *= 3600;
        for (int i = 0; i < MARKOV_CAUSES; i++) {
            r->cause[i] *= 3600;
            r->only[i] *= 3600;
        }
    }
}

static const char *solve(struct solver *m)
{
    if (!explore(m))
        return "the system has too many states for an exact answer";
    double *law = chain_solve(m->chain, &m->result->residual);
    if (!law)
        return "the exact answer did not converge";
    m->result->states = chain_count(m->chain);
    for (uint32_t i = 0; i < m->result->states; i++) {
        m->weight = law[i];
        expand(m, i);
    }
    free(law);
    finish(m);
    return NULL;
}

static const char *prepare(struct solver *m, const struct markov_options *options)
{
    const struct scenario *s = m->scenario;
    const char *what = unsupported(s);
    if (!what && outages_overlap(s))
        what = "two outages of one peer";
    for (uint32_t c = 0; c < s->class_count && !what; c++)
        if (selection_of(s, &s->classes[c], 0) == SELECT_ROUND_ROBIN)
            what = "round robin";
        else if (s->classes[c].holding.law != LAW_EXPONENTIAL &&
                 (s->classes[c].holding.k > 64 || s->classes[c].holding.count > 64))
            what = "more than 64 phases";
    if (what)
        return what;
    m->redial_max = options && options->redial_max > 0 && options->redial_max < COUNT_MAX
                        ? options->redial_max
                        : 100;
    outages_init(m);
    m->symmetric = exchangeable(s);
    if (s->class_count > CLASSES || !kinds_init(m) || m->width > STATE_MAX)
        return "so many kinds of calls";
    if (!memory_init(m, options && options->states_max ? options->states_max : 1000000))
        return "a system that does not fit into memory";
    return NULL;
}

bool markov_solve(const struct scenario *scenario, const struct markov_options *options,
                  struct markov *result, struct errors *errors)
{
    *result = (struct markov){0};
    struct solver m = {.scenario = scenario, .result = result};
    const char *what = prepare(&m, options);
    const char *trouble = what ? NULL : solve(&m);
    if (what)
        errors_add(errors, ERROR_DATA, NULL, 0, 0, "no exact answer for %s", what);
    else if (trouble)
        errors_add(errors, ERROR_DATA, NULL, 0, 0, "%s", trouble);
    solver_release(&m);
    if (what || trouble)
        markov_release(result);
    return !what && !trouble;
}
