#include "model/formulas/finite.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESCALE 1e270
#define FADED   1e-30 /* of the largest term: what is less does not count */

/* Populations of one size and one activity are one population. */
struct group {
    double sources, load;
    int64_t units;
};

struct solver {
    int64_t capacity;
    size_t width;
    struct group *groups; /* owned */
    int count;
    double *streams;        /* owned: law of the units that Poisson streams hold */
    double *before, *after; /* owned: convolutions of streams and groups before, of groups after */
    double *own, *all;      /* owned scratch */
};

static bool is_stream(const struct finite_class *c)
{
    return isinf(c->sources);
}

static double *law(const struct solver *s, double *array, int index)
{
    return array + (size_t)index * s->width;
}

/* Weights of 0, 1, ... calls of a population, up to what fits; the largest is 1. */
static int64_t population(const struct solver *s, const struct group *g, double sources,
                          double *weights)
{
    int64_t most = s->capacity / g->units, mode = 0;
    if ((double)most > ceil(sources))
        most = (int64_t)ceil(sources);
    mode = (int64_t)((sources + 1) * g->load / (1 + g->load));
    mode = mode < 0 ? 0 : mode > most ? most : mode;
    memset(weights, 0, ((size_t)most + 1) * sizeof *weights);
    weights[mode] = 1;
    for (int64_t j = mode; j < most && weights[j] > FADED; j++)
        weights[j + 1] = weights[j] * fmax(0, g->load * (sources - (double)j)) / (double)(j + 1);
    for (int64_t j = mode; j > 0 && weights[j] > FADED && g->load > 0; j--)
        weights[j - 1] = weights[j] * (double)j / (g->load * (sources - (double)j + 1));
    return most;
}

static void normalize(double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    for (size_t i = 0; sum > 0 && i < count; i++)
        values[i] /= sum;
}

/* to = from and a population together. */
static void convolve(const struct solver *s, const double *from, const struct group *g,
                     double sources, double *to)
{
    int64_t most = population(s, g, fmax(0, sources), s->own);
    memset(to, 0, s->width * sizeof *to);
    for (int64_t j = 0; j <= most; j++) {
        size_t shift = (size_t)(j * g->units);
        if (s->own[j] > 0)
            for (size_t n = shift; n < s->width; n++)
                to[n] += s->own[j] * from[n - shift];
    }
    normalize(to, s->width);
}

/* Kaufman and Roberts' recursion for the streams together. */
static void convolve_streams(struct solver *s, const struct finite_class *classes, int count)
{
    double *q = s->streams;
    q[0] = 1;
    for (size_t n = 1; n < s->width; n++) {
        for (int k = 0; k < count; k++)
            if (is_stream(&classes[k]) && (size_t)classes[k].units <= n)
                q[n] += classes[k].load * (double)classes[k].units / (double)n *
                        q[n - (size_t)classes[k].units];
        if (q[n] > RESCALE)
            for (size_t i = 0; i <= n; i++)
                q[i] /= RESCALE;
    }
    normalize(q, s->width);
}

static void find_groups(struct solver *s, const struct finite_class *classes, int count)
{
    for (int k = 0; k < count; k++) {
        int g = 0;
        if (is_stream(&classes[k]))
            continue;
        while (g < s->count &&
               (s->groups[g].units != classes[k].units || s->groups[g].load != classes[k].load))
            g++;
        if (g == s->count)
            s->groups[s->count++] = (struct group){0, classes[k].load, classes[k].units};
        s->groups[g].sources += classes[k].sources;
    }
}

/* Share of the time in which a call of so many units finds too few free. */
static double lacking(const struct solver *s, const double *units, int64_t wanted)
{
    double sum = 0;
    int64_t first = s->capacity - wanted + 1;
    for (int64_t n = first > 0 ? first : 0; n <= s->capacity; n++)
        sum += units[n];
    return sum;
}

static int group_of(const struct solver *s, const struct finite_class *c)
{
    for (int g = 0; g < s->count; g++)
        if (s->groups[g].units == c->units && s->groups[g].load == c->load)
            return g;
    return 0;
}

/* Both laws together, up to the capacity. */
static void combine(const struct solver *s, const double *a, const double *b, double *to)
{
    memset(to, 0, s->width * sizeof *to);
    for (size_t i = 0; i < s->width; i++)
        for (size_t j = 0; a[i] > FADED && j + i < s->width; j++)
            to[i + j] += a[i] * b[j];
    normalize(to, s->width);
}

static void block(struct solver *s, struct finite_class *classes, int count)
{
    double *others = law(s, s->after, s->count + 1);
    for (int g = 0; g < s->count; g++) {
        const struct group *own = &s->groups[g];
        combine(s, law(s, s->before, g), law(s, s->after, g + 1), others);
        convolve(s, others, own, own->sources - 1, s->all);
        double b = lacking(s, s->all, own->units);
        for (int k = 0; k < count; k++)
            if (!is_stream(&classes[k]) && group_of(s, &classes[k]) == g)
                classes[k].blocking = classes[k].sources > 0 ? b : 0;
    }
    for (int k = 0; k < count; k++)
        if (is_stream(&classes[k]))
            classes[k].blocking = lacking(s, law(s, s->before, s->count), classes[k].units);
}

static bool solver_init(struct solver *s, int64_t capacity, int count)
{
    size_t laws = (size_t)count + 2;
    *s = (struct solver){.capacity = capacity, .width = (size_t)capacity + 1};
    s->groups = calloc((size_t)count + 1, sizeof *s->groups);
    s->streams = calloc(s->width, sizeof(double));
    s->before = calloc(laws * s->width, sizeof(double));
    s->after = calloc(laws * s->width, sizeof(double));
    s->own = calloc(s->width + 1, sizeof(double));
    s->all = calloc(s->width, sizeof(double));
    return s->groups && s->streams && s->before && s->after && s->own && s->all;
}

bool finite_blocking(int64_t capacity, struct finite_class *classes, int count, double *full)
{
    struct solver s;
    assert(capacity >= 0 && count >= 0);
    bool done = solver_init(&s, capacity, count);
    if (done) {
        find_groups(&s, classes, count);
        convolve_streams(&s, classes, count);
        memcpy(s.before, s.streams, s.width * sizeof(double));
        law(&s, s.after, s.count)[0] = 1;
        for (int g = 0; g < s.count; g++)
            convolve(&s, law(&s, s.before, g), &s.groups[g], s.groups[g].sources,
                     law(&s, s.before, g + 1));
        for (int g = s.count - 1; g >= 0; g--)
            convolve(&s, law(&s, s.after, g + 1), &s.groups[g], s.groups[g].sources,
                     law(&s, s.after, g));
        *full = law(&s, s.before, s.count)[capacity];
        block(&s, classes, count);
    }
    free(s.groups);
    free(s.streams);
    free(s.before);
    free(s.after);
    free(s.own);
    free(s.all);
    return done;
}

double finite_work(int64_t capacity, const struct finite_class *classes, int count)
{
    double work = (double)capacity * count;
    for (int k = 0; k < count; k++)
        if (!is_stream(&classes[k])) {
            double spread = 24 * sqrt(classes[k].sources * classes[k].load) + 24;
            double calls =
                fmin(fmin(classes[k].sources, spread), (double)capacity / (double)classes[k].units);
            work += (double)capacity * (3 * calls + fmin((double)capacity, 24 * spread));
        }
    return work;
}
