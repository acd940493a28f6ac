#include "model/exact/chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SWEEPS_MAX     20000
#define SWEEPS_A_ROUND 8     /* between two aggregations */
#define GROUPS_MAX     729   /* with more, the groups' own dense system costs more than sweeps */
#define CHANGE_SMALL   1e-14 /* largest relative change of a round that ends the iteration */

struct arc {
    uint32_t from, to;
    double rate;
};

struct chain {
    size_t width, prefix, states_max;
    uint8_t *states;
    size_t count, capacity;
    uint32_t *slots;   /* open addressing: index + 1, 0 is empty */
    size_t slot_count; /* a power of two */
    struct arc *arcs;
    size_t arc_count, arc_capacity;
};

/* The chain by target, as sweeps need it. */
struct incoming {
    size_t *first; /* count + 1 */
    uint32_t *from;
    double *rate;
    double *out; /* total rate out of each state */
    uint32_t *group;
    size_t groups; /* 1: no aggregation */
};

struct chain *chain_new(size_t width, size_t prefix, size_t states_max)
{
    struct chain *chain = calloc(1, sizeof *chain);
    if (!chain)
        return NULL;
    *chain = (struct chain){
        .width = width, .prefix = prefix, .states_max = states_max, .slot_count = 1024};
    chain->slots = calloc(chain->slot_count, sizeof *chain->slots);
    if (!chain->slots) {
        free(chain);
        return NULL;
    }
    return chain;
}

void chain_free(struct chain *chain)
{
    if (!chain)
        return;
    free(chain->states);
    free(chain->slots);
    free(chain->arcs);
    free(chain);
}

size_t chain_count(const struct chain *chain)
{
    return chain->count;
}

const uint8_t *chain_bytes(const struct chain *chain, uint32_t index)
{
    return chain->states + (size_t)index * chain->width;
}

/* FNV-1a, with the high bits folded in. */
static size_t hash(const uint8_t *bytes, size_t width)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < width; i++)
        h = (h ^ bytes[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ (h >> 32));
}

static size_t slot_of(const struct chain *chain, const uint8_t *state)
{
    size_t slot = hash(state, chain->width) & (chain->slot_count - 1);
    while (chain->slots[slot] &&
           memcmp(chain_bytes(chain, chain->slots[slot] - 1), state, chain->width) != 0)
        slot = (slot + 1) & (chain->slot_count - 1);
    return slot;
}

static bool slots_grow(struct chain *chain)
{
    uint32_t *slots = calloc(chain->slot_count * 2, sizeof *slots);
    if (!slots)
        return false;
    free(chain->slots);
    chain->slots = slots;
    chain->slot_count *= 2;
    for (size_t i = 0; i < chain->count; i++)
        chain->slots[slot_of(chain, chain_bytes(chain, (uint32_t)i))] = (uint32_t)i + 1;
    return true;
}

static bool states_grow(struct chain *chain)
{
    size_t capacity = chain->capacity ? chain->capacity * 2 : 256;
    uint8_t *states = realloc(chain->states, capacity * chain->width);
    if (!states)
        return false;
    chain->states = states;
    chain->capacity = capacity;
    return true;
}

uint32_t chain_state(struct chain *chain, const uint8_t *state)
{
    size_t slot = slot_of(chain, state);
    if (chain->slots[slot])
        return chain->slots[slot] - 1;
    if (chain->count >= chain->states_max ||
        (chain->count == chain->capacity && !states_grow(chain)))
        return CHAIN_FULL;
    memcpy(chain->states + chain->count * chain->width, state, chain->width);
    chain->slots[slot] = (uint32_t)++chain->count;
    if (chain->count * 2 > chain->slot_count && !slots_grow(chain))
        return CHAIN_FULL;
    return (uint32_t)chain->count - 1;
}

bool chain_transition(struct chain *chain, uint32_t from, uint32_t to, double rate)
{
    if (from == to)
        return true;
    if (chain->arc_count == chain->arc_capacity) {
        size_t capacity = chain->arc_capacity ? chain->arc_capacity * 2 : 1024;
        struct arc *arcs = realloc(chain->arcs, capacity * sizeof *arcs);
        if (!arcs)
            return false;
        chain->arcs = arcs;
        chain->arc_capacity = capacity;
    }
    chain->arcs[chain->arc_count++] = (struct arc){from, to, rate};
    return true;
}

/* ---- Elimination ---- */

/* Grassmann-Taksar-Heyman on a full matrix of rates (destroyed); the diagonal is never looked at.
 */
static void eliminate(double *q, size_t n, double *law)
{
    for (size_t k = n - 1; k > 0; k--) {
        double out = 0;
        for (size_t j = 0; j < k; j++)
            out += q[k * n + j];
        for (size_t i = 0; i < k; i++) {
            double share = q[i * n + k] /= out;
            for (size_t j = 0; share > 0 && j < k; j++)
                q[i * n + j] += share * q[k * n + j];
        }
    }
    double total = law[0] = 1;
    for (size_t k = 1; k < n; k++) {
        law[k] = 0;
        for (size_t i = 0; i < k; i++)
            law[k] += law[i] * q[i * n + k];
        total += law[k];
    }
    for (size_t k = 0; k < n; k++)
        law[k] /= total;
}

static bool solve_dense(const struct chain *chain, double *law)
{
    size_t n = chain->count;
    double *q = calloc(n * n, sizeof *q);
    if (!q)
        return false;
    for (size_t a = 0; a < chain->arc_count; a++)
        q[chain->arcs[a].from * n + chain->arcs[a].to] += chain->arcs[a].rate;
    eliminate(q, n, law);
    free(q);
    return true;
}

/* ---- Sweeps ---- */

static void incoming_release(struct incoming *in)
{
    free(in->first);
    free(in->from);
    free(in->rate);
    free(in->out);
    free(in->group);
}

/* Numbers the groups by a chain of their own over the prefixes. */
static bool group_states(const struct chain *chain, struct incoming *in)
{
    struct chain *prefixes = chain_new(chain->prefix ? chain->prefix : 1, 0, GROUPS_MAX);
    if (!prefixes)
        return false;
    in->groups = 0;
    for (size_t i = 0; chain->prefix && i < chain->count; i++) {
        in->group[i] = chain_state(prefixes, chain_bytes(chain, (uint32_t)i));
        if (in->group[i] == CHAIN_FULL)
            break;
        in->groups = i + 1 == chain->count ? chain_count(prefixes) : 0;
    }
    if (in->groups == 0)
        memset(in->group, 0, chain->count * sizeof *in->group);
    in->groups = in->groups ? in->groups : 1;
    chain_free(prefixes);
    return true;
}

static bool incoming_init(struct incoming *in, const struct chain *chain)
{
    size_t n = chain->count;
    *in = (struct incoming){.first = calloc(n + 2, sizeof *in->first),
                            .from = calloc(chain->arc_count + 1, sizeof *in->from),
                            .rate = calloc(chain->arc_count + 1, sizeof *in->rate),
                            .out = calloc(n, sizeof *in->out),
                            .group = calloc(n, sizeof *in->group)};
    if (!in->first || !in->from || !in->rate || !in->out || !in->group ||
        !group_states(chain, in)) {
        incoming_release(in);
        return false;
    }
    for (size_t a = 0; a < chain->arc_count; a++) {
        in->first[chain->arcs[a].to + 2]++;
        in->out[chain->arcs[a].from] += chain->arcs[a].rate;
    }
    for (size_t i = 0; i <= n; i++)
        in->first[i + 1] += in->first[i];
    for (size_t a = 0; a < chain->arc_count; a++) {
        size_t place = in->first[chain->arcs[a].to + 1]++;
        in->from[place] = chain->arcs[a].from;
        in->rate[place] = chain->arcs[a].rate;
    }
    return true;
}

static double inflow(const struct incoming *in, const double *law, size_t state)
{
    double sum = 0;
    for (size_t a = in->first[state]; a < in->first[state + 1]; a++)
        sum += law[in->from[a]] * in->rate[a];
    return sum;
}

/* One pass over all states; returns the largest change relative to the new value, of states that
 * matter. */
static double sweep(const struct incoming *in, double *law, size_t n, bool backward)
{
    double change = 0;
    for (size_t k = 0; k < n; k++) {
        size_t i = backward ? n - 1 - k : k;
        double now = inflow(in, law, i) / in->out[i];
        if (now > 1e-30)
            change = fmax(change, fabs(now - law[i]) / now);
        law[i] = now;
    }
    return change;
}

static void normalize(double *law, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += law[i];
    for (size_t i = 0; i < n; i++)
        law[i] /= total;
}

/* Solves the chain of the groups, with the law inside each group as it is, and scales the groups to
 * fit. */
static bool aggregate(const struct incoming *in, double *law, size_t n)
{
    size_t g = in->groups;
    double *mass = calloc(g, sizeof *mass), *now = calloc(g, sizeof *now),
           *q = calloc(g * g, sizeof *q);
    bool done = mass && now && q;
    for (size_t i = 0; done && i < n; i++)
        mass[in->group[i]] += law[i];
    for (size_t i = 0; done && i < n; i++)
        for (size_t a = in->first[i]; a < in->first[i + 1]; a++) {
            uint32_t from = in->from[a], source = in->group[from];
            if (source != in->group[i])
                q[source * g + in->group[i]] += law[from] / mass[source] * in->rate[a];
        }
    if (done) {
        eliminate(q, g, now);
        for (size_t i = 0; i < n; i++)
            law[i] *= now[in->group[i]] / mass[in->group[i]];
    }
    free(mass);
    free(now);
    free(q);
    return done;
}

static bool solve_sparse(const struct chain *chain, double *law)
{
    struct incoming in;
    size_t n = chain->count;
    if (!incoming_init(&in, chain))
        return false;
    for (size_t i = 0; i < n; i++)
        law[i] = 1 / (double)n;
    bool converged = false, ok = true;
    for (int k = 0; ok && !converged && k < SWEEPS_MAX; k += SWEEPS_A_ROUND) {
        double change = 0;
        for (int s = 0; s < SWEEPS_A_ROUND; s++)
            change = sweep(&in, law, n, s % 2 == 1);
        converged = change < CHANGE_SMALL;
        normalize(law, n);
        if (!converged && in.groups > 1)
            ok = aggregate(&in, law, n);
    }
    incoming_release(&in);
    return ok;
}

/* ---- Both ---- */

/* The largest difference of flow in and out of a state, relative to the largest flow. */
static double imbalance(const struct chain *chain, const double *law, double *balance)
{
    double worst = 0, most = 0;
    for (size_t a = 0; a < chain->arc_count; a++) {
        const struct arc *arc = &chain->arcs[a];
        double flow = law[arc->from] * arc->rate;
        balance[arc->from] -= flow;
        balance[arc->to] += flow;
        most = fmax(most, flow);
    }
    for (size_t i = 0; i < chain->count; i++)
        worst = fmax(worst, fabs(balance[i]));
    return most > 0 ? worst / most : 0;
}

double *chain_solve(struct chain *chain, double *residual)
{
    size_t n = chain->count;
    double *law = calloc(n, sizeof *law), *balance = calloc(n, sizeof *balance);
    bool done = law && balance;
    if (done)
        done = n <= CHAIN_DENSE ? solve_dense(chain, law) : solve_sparse(chain, law);
    if (done)
        *residual = imbalance(chain, law, balance);
    free(balance);
    if (done && *residual < 1e-9)
        return law;
    free(law);
    return NULL;
}
