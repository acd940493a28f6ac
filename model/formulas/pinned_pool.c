#include "model/formulas/pinned_pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define RESCALE 1e270

/* All arrays are over licences 0 .. pool. */
struct solver {
    int64_t pool;
    size_t width;
    int peers, count;
    struct pinned_class *classes;
    double *laws;  /* [peer]: weight of so many licences in use on the peer, sum 1 */
    double *tails; /* [class]: that part of its peer's law in which a call lacks units */
    double *before, *after, *others; /* convolutions of the peers before, after, and all but one */
};

static void add_scaled(double *restrict to, const double *restrict from, size_t count,
                       double factor)
{
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t j = 0; j < 8; j++)
            to[i + j] += factor * from[i + j];
    for (; i < count; i++)
        to[i] += factor * from[i];
}

static void scale(double *values, size_t count, double factor)
{
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

static double sum(const double *values, size_t count)
{
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += values[i];
    return total;
}

/* Row n of a peer's recursion from the rows before it in the ring. */
static void peer_row(const struct solver *s, int peer, int64_t n, double *ring, int64_t rows)
{
    double *q = ring + (size_t)(n % rows) * s->width;
    memset(q, 0, s->width * sizeof *q);
    if (n == 0)
        q[0] = 1;
    for (int64_t m = 1; n == 0 && m <= s->pool; m++) {
        for (int k = 0; k < s->count; k++) {
            const struct pinned_class *c = &s->classes[k];
            if (c->peer == peer && c->units == 0 && c->licences > 0 && c->licences <= m)
                q[m] += c->load * (double)c->licences / (double)m * q[m - c->licences];
        }
    }
    for (int k = 0; k < s->count; k++) {
        const struct pinned_class *c = &s->classes[k];
        if (c->peer != peer || c->units == 0 || c->units > n || c->licences > s->pool)
            continue;
        const double *from = ring + (size_t)((n - c->units) % rows) * s->width;
        add_scaled(q + c->licences, from, s->width - (size_t)c->licences,
                   c->load * (double)c->units / (double)n);
    }
}

/* A common factor for everything of one peer. */
static void scale_peer(struct solver *s, int peer, double factor)
{
    scale(s->laws + (size_t)peer * s->width, s->width, factor);
    for (int k = 0; k < s->count; k++)
        if (s->classes[k].peer == peer)
            scale(s->tails + (size_t)k * s->width, s->width, factor);
}

static bool peer_law(struct solver *s, int peer, int64_t units)
{
    int64_t rows = 1;
    for (int k = 0; k < s->count; k++)
        if (s->classes[k].peer == peer && s->classes[k].units >= rows &&
            s->classes[k].units <= units)
            rows = s->classes[k].units + 1;
    double *ring = calloc((size_t)rows * s->width, sizeof *ring);
    if (!ring)
        return false;
    double *law = s->laws + (size_t)peer * s->width;
    for (int64_t n = 0; n <= units; n++) {
        peer_row(s, peer, n, ring, rows);
        const double *q = ring + (size_t)(n % rows) * s->width;
        add_scaled(law, q, s->width, 1);
        for (int k = 0; k < s->count; k++)
            if (s->classes[k].peer == peer && n > units - s->classes[k].units)
                add_scaled(s->tails + (size_t)k * s->width, q, s->width, 1);
        if (sum(q, s->width) > RESCALE) {
            scale(ring, (size_t)rows * s->width, 1 / RESCALE);
            scale_peer(s, peer, 1 / RESCALE);
        }
    }
    scale_peer(s, peer, 1 / sum(law, s->width));
    free(ring);
    return true;
}

static void convolve(const struct solver *s, const double *a, const double *b, double *to)
{
    memset(to, 0, s->width * sizeof *to);
    for (size_t m = 0; m < s->width; m++)
        if (a[m] > 0)
            add_scaled(to + m, b, s->width - m, a[m]);
}

static double *law_of(const struct solver *s, double *array, int index)
{
    return array + (size_t)index * s->width;
}

/* before[i]: peers 0 .. i-1; after[i]: peers i .. last. */
static void convolve_all(struct solver *s)
{
    law_of(s, s->before, 0)[0] = 1;
    law_of(s, s->after, s->peers)[0] = 1;
    for (int i = 0; i < s->peers; i++)
        convolve(s, law_of(s, s->laws, i), law_of(s, s->before, i), law_of(s, s->before, i + 1));
    for (int i = s->peers - 1; i >= 0; i--)
        convolve(s, law_of(s, s->laws, i), law_of(s, s->after, i + 1), law_of(s, s->after, i));
}

/* The weight of states with `law` on the peer in which all licences in use are at most the pool,
 * and of those in which fewer than `wanted` are left. cumulative[m]: the others hold at most m. */
static double weigh(const struct solver *s, const double *law, const double *cumulative,
                    int64_t wanted, double *lacking)
{
    double all = 0;
    *lacking = 0;
    for (int64_t m = 0; m <= s->pool; m++) {
        double fits = cumulative[s->pool - m];
        all += law[m] * fits;
        if (wanted > 0 && law[m] > 0) {
            int64_t room = s->pool - m - wanted;
            double in = 0;
            for (int64_t x = room < 0 ? 0 : room + 1; x <= s->pool - m; x++)
                in += s->others[x];
            *lacking += law[m] * in;
        }
    }
    return all;
}

static bool block_peer(struct solver *s, int peer)
{
    double *cumulative = calloc(s->width, sizeof *cumulative);
    if (!cumulative)
        return false;
    convolve(s, law_of(s, s->before, peer), law_of(s, s->after, peer + 1), s->others);
    for (size_t m = 0; m < s->width; m++)
        cumulative[m] = s->others[m] + (m ? cumulative[m - 1] : 0);
    for (int k = 0; k < s->count; k++) {
        struct pinned_class *c = &s->classes[k];
        if (c->peer != peer)
            continue;
        double both;
        double all =
            weigh(s, law_of(s, s->laws, peer), cumulative, c->licences, &c->lacks_licences);
        double units = weigh(s, law_of(s, s->tails, k), cumulative, c->licences, &both);
        c->lacks_units = units / all;
        c->blocking = (units + (c->lacks_licences - both)) / all;
        c->lacks_licences /= all;
    }
    free(cumulative);
    return true;
}

static void conclude(struct solver *s, struct pinned_result *result)
{
    const double *law = law_of(s, s->before, s->peers);
    double total = sum(law, s->width);
    *result = (struct pinned_result){.pool_full = law[s->pool] / total};
    for (int64_t m = 1; m <= s->pool; m++)
        result->mean_licences += (double)m * law[m] / total;
}

static double *zeros(size_t arrays, size_t width)
{
    return calloc((arrays ? arrays : 1) * width, sizeof(double));
}

bool pinned_pool(const struct pinned_peers *pinned, struct pinned_class *classes, int count,
                 struct pinned_result *result)
{
    int peers = pinned->count;
    assert(peers >= 0 && pinned->licences >= 0 && count >= 0);
    struct solver s = {.pool = pinned->licences,
                       .width = (size_t)pinned->licences + 1,
                       .peers = peers,
                       .count = count,
                       .classes = classes};
    s.laws = zeros((size_t)peers, s.width);
    s.tails = zeros((size_t)count, s.width);
    s.before = zeros((size_t)peers + 1, s.width);
    s.after = zeros((size_t)peers + 1, s.width);
    s.others = zeros(1, s.width);
    bool done = s.laws && s.tails && s.before && s.after && s.others;
    for (int i = 0; done && i < peers; i++)
        done = peer_law(&s, i, pinned->units[i]);
    if (done)
        convolve_all(&s);
    for (int i = 0; done && i < peers; i++)
        done = block_peer(&s, i);
    if (done)
        conclude(&s, result);
    free(s.laws);
    free(s.tails);
    free(s.before);
    free(s.after);
    free(s.others);
    return done;
}
