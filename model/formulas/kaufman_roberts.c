#include "model/formulas/kaufman_roberts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define RESCALE    1e270
#define FORGOTTEN  42 /* ln of the factor by which a wrong beginning has faded */
#define DEVIATIONS 10 /* of the units asked for, below which no state has weight: e^-50 */

/* Does a call with this acceptance table depend on the state beyond fitting? The share accepted
 * with `free` units. */
static double accepted(const struct kr_class *c, int64_t free_units)
{
    if (free_units < c->units)
        return 0;
    return free_units < c->acceptance_count ? c->acceptance[free_units] : 1;
}

/* How far below the capacity a class may be refused. */
static int64_t reach(const struct kr_class *c)
{
    return c->acceptance_count > c->units ? c->acceptance_count : c->units;
}

/* Classes of equal size and acceptance run as one. */
struct merged {
    double traffic; /* load x units */
    int64_t units;
    const struct kr_class *limited; /* has an acceptance table */
};

/* One size, and one acceptance: the same table, or none. */
static bool alike(const struct merged *m, const struct kr_class *c)
{
    if (m->units != c->units || !m->limited || c->acceptance_count == 0)
        return m->units == c->units && !m->limited && c->acceptance_count == 0;
    return m->limited->acceptance == c->acceptance &&
           m->limited->acceptance_count == c->acceptance_count;
}

static int merge(const struct kr_class *classes, int count, struct merged *merged)
{
    int used = 0;
    for (int k = 0; k < count; k++) {
        const struct kr_class *c = &classes[k];
        assert(c->units >= 0 && c->load >= 0);
        if (c->units == 0)
            continue;
        int i = 0;
        while (i < used && !alike(&merged[i], c))
            i++;
        if (i == used)
            merged[used++] = (struct merged){0, c->units, c->acceptance_count ? c : NULL};
        merged[i].traffic += c->load * (double)c->units;
    }
    return used;
}

/* The term of state n near the capacity, where acceptance tables count. */
static double term(const struct merged *merged, int used, const double *q, int64_t n,
                   int64_t capacity)
{
    double sum = 0;
    for (int i = 0; i < used; i++) {
        int64_t from = n - merged[i].units;
        if (from < 0)
            continue;
        double flow = merged[i].traffic * q[from];
        sum += merged[i].limited ? flow * accepted(merged[i].limited, capacity - from) : flow;
    }
    return sum / (double)n;
}

/* The same far from the capacity; the reciprocal keeps the division off the chain from term to
 * term. */
static inline double free_term(const struct merged *merged, int used, const double *q, int64_t n)
{
    double sum = 0, reciprocal = 1 / (double)n;
    for (int i = 0; i < used; i++)
        if (merged[i].units <= n)
            sum += merged[i].traffic * q[n - merged[i].units];
    return sum * reciprocal;
}

static void rescale(double *q, int64_t n, int64_t window)
{
    for (int64_t j = n; j >= 0 && j > n - window; j--)
        q[j] /= RESCALE;
}

/* Calls of one and of two units only, by traffic. */
struct pair {
    double one, two;
};

static bool find_pair(const struct merged *merged, int used, struct pair *pair)
{
    *pair = (struct pair){0, 0};
    for (int i = 0; i < used; i++) {
        pair->one += merged[i].units == 1 ? merged[i].traffic : 0;
        pair->two += merged[i].units == 2 ? merged[i].traffic : 0;
        if (merged[i].units > 2)
            return false;
    }
    return true;
}

/* Where their recursion may begin: far enough below the states that have weight for whatever it
 * begins with to be forgotten. The second root of n z^2 = one z + two is smaller than the first by
 * a known factor a step. 0: at the beginning. */
static int64_t first_state(int64_t capacity, struct pair p, double *ratio)
{
    double mean = p.one + p.two, deviation = sqrt(p.one + 2 * p.two);
    double top = fmin(mean, (double)capacity);
    if (top - DEVIATIONS * deviation < 1 || p.one <= 0)
        return 0;
    double root = sqrt(p.one * p.one + 4 * p.two * top);
    double fades = log((root + p.one) / (root - p.one + 1e-300));
    double low = top - fmax(DEVIATIONS * deviation, FORGOTTEN / fades);
    if (low <= 2)
        return 0;
    *ratio = (p.one + sqrt(p.one * p.one + 4 * p.two * low)) / (2 * low);
    return (int64_t)low;
}

/* The terms of first + 1 .. last, far from the capacity, of such calls; adds them to the total. Two
 * at a time, both from the two before: what one has to wait for is half as long. */
static void pair_terms(struct pair p, int64_t first, int64_t last, double *q, double *total)
{
    double after = q[first], before = first > 0 ? q[first - 1] : 0;
    for (int64_t n = first + 1; n <= last; n += 2) {
        double r = 1 / (double)n, s = 1 / (double)(n + 1);
        double a = p.one * r, b = p.two * r, c = p.one * s, d = p.two * s;
        double here = a * after + b * before, next = (c * a + d) * after + c * b * before;
        q[n] = here;
        *total += here;
        if (n == last)
            return;
        q[n + 1] = next;
        *total += next;
        if (next > RESCALE) {
            q[n + 1] = next /= RESCALE;
            q[n] = here /= RESCALE;
            *total /= RESCALE;
        }
        after = next;
        before = here;
    }
}

/* q[first..capacity] up to a common factor that may change below the last `window` values, and
 * their sum in the last scale. */
static double recursion(int64_t capacity, const struct merged *merged, int used, int64_t window,
                        double *q)
{
    double total = 1, ratio = 0;
    struct pair pair;
    int64_t first = 0, far = capacity - 2 * window;
    bool two_sizes = find_pair(merged, used, &pair);
    if (two_sizes)
        first = first_state(capacity - window, pair, &ratio);
    q[first] = 1;
    if (first > 1) {
        q[first - 1] = 1 / ratio;
        q[first - 2] = 1 / (ratio * ratio);
    }
    if (two_sizes && far > first) {
        pair_terms(pair, first, far, q, &total);
        first = far;
    }
    for (int64_t n = first + 1; n <= capacity; n++) {
        q[n] = n <= far ? free_term(merged, used, q, n) : term(merged, used, q, n, capacity);
        total += q[n];
        if (q[n] > RESCALE) {
            rescale(q, n, n < window ? n + 1 : window);
            total /= RESCALE;
        }
    }
    return total;
}

/* The share of a class's calls refused, from the states near the capacity. */
static double refused(const struct kr_class *c, int64_t capacity, const double *q, double total)
{
    double sum = 0;
    for (int64_t f = 0; f < reach(c) && f <= capacity; f++)
        sum += (1 - accepted(c, f)) * q[capacity - f];
    return sum / total;
}

bool kaufman_roberts(int64_t capacity, struct kr_class *classes, int count,
                     struct kr_result *result)
{
    assert(capacity >= 0 && count >= 0);
    int64_t window = 1;
    for (int k = 0; k < count; k++)
        window = reach(&classes[k]) > window ? reach(&classes[k]) : window;
    double *q = malloc(((size_t)capacity + 1) * sizeof *q);
    struct merged *merged = malloc(((size_t)count + 1) * sizeof *merged);
    bool done = q && merged;
    if (done) {
        *result = (struct kr_result){0};
        double total = recursion(capacity, merged, merge(classes, count, merged), window, q);
        result->full_fraction = q[capacity] / total;
        for (int k = 0; k < count; k++) {
            struct kr_class *c = &classes[k];
            c->blocking = refused(c, capacity, q, total);
            result->mean_units += c->load * (1 - c->blocking) * (double)c->units;
        }
    }
    free(q);
    free(merged);
    return done;
}
