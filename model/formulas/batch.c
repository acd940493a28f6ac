#include "model/formulas/batch.h"

#include <assert.h>
#include <stdlib.h>

#include "model/formulas/erlang.h"

#define RESCALE 1e270

double batch_mean(const struct batch_class *c)
{
    double mean = 0;
    for (uint32_t i = 0; i < c->count; i++)
        mean += (double)c->sizes[i] * c->probabilities[i];
    return mean;
}

double batch_peakedness(const struct batch_class *c)
{
    double pairs = 0;
    for (uint32_t i = 0; i < c->count; i++)
        pairs += (double)c->sizes[i] * (double)(c->sizes[i] - 1) * c->probabilities[i];
    return 1 + pairs / (2 * batch_mean(c));
}

double arrivals_peakedness(const struct arrivals *a)
{
    struct batch_class groups = {0, a->batch_sizes, a->batch_probabilities, a->batch_count, 0};
    return a->batch_count > 0 ? batch_peakedness(&groups) : 1;
}

double hayward_blocking(double servers, double load, double peakedness)
{
    return erlang_b(servers / peakedness, load / peakedness);
}

/* at_least[i] += weight x P(size >= i), i = 1 .. servers; returns the largest size within that. */
static int64_t add_tail(const struct batch_class *c, int64_t servers, double weight,
                        double *at_least)
{
    int64_t largest = 0;
    double *mass = at_least;
    for (uint32_t i = 0; i < c->count; i++) {
        int64_t size = c->sizes[i] < servers ? c->sizes[i] : servers;
        mass[size] += weight * c->probabilities[i];
        largest = size > largest ? size : largest;
    }
    return largest;
}

static void accumulate_down(double *values, int64_t servers)
{
    for (int64_t i = servers - 1; i > 0; i--)
        values[i] += values[i + 1];
}

/* p[0..servers], unnormalized in one scale as far as `window` states below the last; returns the
 * sum. */
static double solve(int64_t servers, const double *at_least, int64_t window, double *p)
{
    double total = p[0] = 1;
    for (int64_t n = 1; n <= servers; n++) {
        double flow = 0;
        for (int64_t j = n > window ? n - window : 0; j < n; j++)
            flow += p[j] * at_least[n - j];
        p[n] = flow / (double)n;
        total += p[n];
        if (p[n] > RESCALE) {
            for (int64_t j = 0; j <= n; j++)
                p[j] /= RESCALE;
            total /= RESCALE;
        }
    }
    return total;
}

/* Calls refused a group: sum over states of p x E[(size - free)+], built up from no free server. */
static void refuse(struct batch_class *c, int64_t servers, const double *p, double total,
                   double *tail)
{
    for (int64_t i = 0; i <= servers; i++)
        tail[i] = 0;
    int64_t largest = add_tail(c, servers, 1, tail);
    accumulate_down(tail, servers);
    double excess = 0; /* E[(size - largest)+], then with fewer servers free */
    for (uint32_t i = 0; i < c->count; i++)
        if (c->sizes[i] > largest)
            excess += (double)(c->sizes[i] - largest) * c->probabilities[i];
    double refused = 0;
    for (int64_t room = largest; room >= 0; room--) {
        refused += p[servers - room] * excess;
        excess += tail[room];
    }
    c->blocking = refused / (total * batch_mean(c));
}

bool batch_blocking(int64_t servers, struct batch_class *classes, int count, double *busy,
                    double *full)
{
    assert(servers >= 0 && count >= 0);
    size_t states = (size_t)servers + 1;
    double *p = calloc(states, sizeof *p), *at_least = calloc(states, sizeof *p),
           *tail = calloc(states, sizeof *p);
    bool done = p && at_least && tail;
    if (done) {
        int64_t window = 1;
        for (int k = 0; k < count; k++) {
            int64_t largest = add_tail(&classes[k], servers, classes[k].groups, at_least);
            window = largest > window ? largest : window;
        }
        accumulate_down(at_least, servers);
        double total = solve(servers, at_least, window, p);
        *busy = 0;
        *full = p[servers] / total;
        for (int k = 0; k < count; k++) {
            refuse(&classes[k], servers, p, total, tail);
            *busy += classes[k].groups * batch_mean(&classes[k]) * (1 - classes[k].blocking);
        }
    }
    free(p);
    free(at_least);
    free(tail);
    return done;
}
