#include "model/formulas/licence_pool.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESCALE 1e270

/* The last `rows` rows of the recursion, as a ring, and sums over the rows done, all in the scale
 * of the newest row. */
struct solver {
    int64_t units, licences, rows, width; /* width: cells a row */
    double *ring;
    struct pool_class *classes;
    int count;
    double total, full_units, full_licences;
    double *both; /* by class: neither fits */
};

static double *row(const struct solver *s, int64_t n)
{
    return s->ring + (n % s->rows) * s->width;
}

static double accepted(const struct pool_class *c, int64_t free_units)
{
    if (free_units < c->units)
        return 0;
    return free_units < c->acceptance_count ? c->acceptance[free_units] : 1;
}

/* Units from the capacity down on which a class may be refused. */
static int64_t reach(const struct pool_class *c)
{
    return c->acceptance_count > c->units ? c->acceptance_count : c->units;
}

static void first_row(struct solver *s)
{
    double *q = row(s, 0);
    q[0] = 1;
    for (int64_t m = 1; m <= s->licences; m++) {
        double sum = 0;
        for (int k = 0; k < s->count; k++) {
            const struct pool_class *c = &s->classes[k];
            if (c->units == 0 && c->licences > 0 && c->licences <= m)
                sum += c->load * (double)c->licences * q[m - c->licences];
        }
        q[m] = sum / (double)m;
        if (q[m] > RESCALE)
            for (int64_t j = 0; j <= m; j++)
                q[j] /= RESCALE;
    }
}

/* Blocks of constant length, which a compiler turns into vectors. */
static void add_scaled(double *restrict to, const double *restrict from, int64_t count,
                       double factor)
{
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int j = 0; j < 8; j++)
            to[i + j] += factor * from[i + j];
    for (; i < count; i++)
        to[i] += factor * from[i];
}

static void next_row(struct solver *s, int64_t n)
{
    double *q = row(s, n);
    memset(q, 0, (size_t)s->width * sizeof *q);
    for (int k = 0; k < s->count; k++) {
        const struct pool_class *c = &s->classes[k];
        if (c->units == 0 || c->units > n || c->licences > s->licences)
            continue;
        double factor =
            c->load * (double)c->units / (double)n * accepted(c, s->units - n + c->units);
        add_scaled(q + c->licences, row(s, n - c->units), s->width - c->licences, factor);
    }
}

static double sum_from(const double *q, int64_t from, int64_t to)
{
    double part[4] = {0}, rest = 0;
    int64_t m = from > 0 ? from : 0;
    for (; m + 4 <= to + 1; m += 4)
        for (int j = 0; j < 4; j++)
            part[j] += q[m + j];
    for (; m <= to; m++)
        rest += q[m];
    return part[0] + part[1] + (part[2] + part[3]) + rest;
}

/* Adds a row to the sums that blocking is made of. */
static void count_row(struct solver *s, int64_t n, double whole)
{
    const double *q = row(s, n);
    s->total += whole;
    s->full_licences += q[s->licences];
    if (n == s->units)
        s->full_units = whole;
    for (int k = 0; k < s->count; k++) {
        struct pool_class *c = &s->classes[k];
        double refuse = s->units - n < reach(c) ? 1 - accepted(c, s->units - n) : 0;
        double lacks =
            c->licences > 0 ? sum_from(q, s->licences - c->licences + 1, s->licences) : 0;
        c->lacks_units += refuse * whole;
        c->lacks_licences += lacks;
        s->both[k] += refuse * lacks;
    }
}

static void rescale(struct solver *s)
{
    for (int64_t i = 0; i < s->rows * s->width; i++)
        s->ring[i] /= RESCALE;
    s->total /= RESCALE;
    s->full_licences /= RESCALE;
    for (int k = 0; k < s->count; k++) {
        s->classes[k].lacks_units /= RESCALE;
        s->classes[k].lacks_licences /= RESCALE;
        s->both[k] /= RESCALE;
    }
}

static void conclude(struct solver *s, struct pool_result *result)
{
    *result = (struct pool_result){.units_full = s->full_units / s->total,
                                   .licences_full = s->full_licences / s->total};
    for (int k = 0; k < s->count; k++) {
        struct pool_class *c = &s->classes[k];
        c->blocking = (c->lacks_units + (c->lacks_licences - s->both[k])) / s->total;
        c->lacks_units /= s->total;
        c->lacks_licences /= s->total;
        double carried = c->load * (1 - c->blocking);
        result->mean_units += carried * (double)c->units;
        result->mean_licences += carried * (double)c->licences;
    }
}

bool licence_pool(int64_t units, int64_t licences, struct pool_class *classes, int count,
                  struct pool_result *result)
{
    assert(units >= 0 && licences >= 0 && count >= 0);
    struct solver s = {.units = units,
                       .licences = licences,
                       .rows = 1,
                       .width = licences + 1,
                       .classes = classes,
                       .count = count};
    for (int k = 0; k < count; k++) {
        assert(classes[k].units >= 0 && classes[k].licences >= 0 && classes[k].load >= 0);
        classes[k].lacks_units = classes[k].lacks_licences = 0;
        if (classes[k].units <= units && classes[k].units + 1 > s.rows)
            s.rows = classes[k].units + 1;
    }
    s.ring = calloc((size_t)(s.rows * s.width), sizeof *s.ring);
    s.both = calloc((size_t)count + 1, sizeof *s.both);
    bool done = s.ring && s.both;
    for (int64_t n = 0; done && n <= units; n++) {
        if (n == 0)
            first_row(&s);
        else
            next_row(&s, n);
        if (sum_from(row(&s, n), 0, licences) > RESCALE)
            rescale(&s);
        count_row(&s, n, sum_from(row(&s, n), 0, licences));
    }
    if (done)
        conclude(&s, result);
    free(s.ring);
    free(s.both);
    return done;
}
