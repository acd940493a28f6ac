#include "model/formulas/day_load.h"

#include <assert.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JUMPS_AT_ONCE 4000.0 /* mean jumps of one Poisson expansion */
#define FADED_LOW                                                                                  \
    1e-60 /* states emptier than this at the lower end can no longer matter to blocking */
#define FADED_HIGH 1e-300
#define JUMPS_WORK 2e6 /* jumps x states up to which every jump is followed: some milliseconds */
#define FAR        14  /* standard deviations beyond which a state has no weight: e^-98 */
#define STRIDE     1.0 /* standard deviations that the mean may move in one rational step, */
#define STEEP      8.0 /* and states times diffusion over drift: an error grows by e^4 at most */
#define QUIET      9   /* standard deviations of room in which the limit is not felt: 1e-17 */
#define POLES      8   /* seven, and one that fills up the vector */
#define SETTLED    34  /* holding times: e^-34 is 2e-15 */

bool day_law_init(struct day_law *l, int64_t servers)
{
    assert(servers >= 0);
    size_t states = (size_t)servers + 3; /* a state beyond each end that stays 0 */
    *l = (struct day_law){.servers = servers};
    l->now = calloc(states, sizeof(double));
    l->next = calloc(states, sizeof(double));
    l->sum = calloc(states, sizeof(double));
    if (l->now)
        l->now[1] = 1;
    return l->now && l->next && l->sum;
}

void day_law_release(struct day_law *l)
{
    free(l->now);
    free(l->next);
    free(l->sum);
    free(l->rows);
    *l = (struct day_law){0};
}

double day_law_mean(const struct day_law *l)
{
    double sum = 0;
    for (int64_t n = l->low; n <= l->high; n++)
        sum += (double)n * l->now[n + 1];
    return sum;
}

double day_law_full(const struct day_law *l)
{
    return l->now[l->servers + 1];
}

/* Finds the states that have weight again. */
static void trim(struct day_law *l)
{
    for (l->low = 0; l->low < l->servers && l->now[l->low + 1] < FADED_LOW; l->low++)
        l->now[l->low + 1] = 0;
    for (l->high = l->servers; l->high > l->low && l->now[l->high + 1] < FADED_HIGH; l->high--)
        l->now[l->high + 1] = 0;
}

bool day_law_resize(struct day_law *l, int64_t servers)
{
    struct day_law other;
    bool done = day_law_init(&other, servers);
    if (done) {
        other.now[1] = 0;
        for (int64_t n = l->low; n <= l->high; n++)
            other.now[(n < servers ? n : servers) + 1] += l->now[n + 1];
        trim(&other);
        other.lasted = 0;
        other.poisson = servers < l->servers ? -1 : l->poisson;
        other.rest = servers < l->servers ? 1 : l->rest;
        day_law_release(l);
        *l = other;
        return true;
    }
    day_law_release(&other);
    return false;
}

/* ---- jump by jump: uniformization ---- */

struct jumps {
    double speed; /* a unit of time */
    double up;    /* probability that a jump is an arrival */
    double down;  /* times n: that it is a departure */
};

/* One jump. Arrays are shifted by one so that state -1 exists. */
static void jump(struct day_law *l, struct jumps j)
{
    int64_t low = l->low > 0 ? l->low - 1 : 0,
            high = l->high < l->servers ? l->high + 1 : l->servers;
    const double *now = l->now + 1;
    double *next = l->next + 1, up = j.up, each = j.down;
    for (int64_t n = low; n <= high; n++)
        next[n] = now[n - 1] * up + now[n] * (1 - up - (double)n * each) +
                  now[n + 1] * ((double)(n + 1) * each);
    if (high == l->servers)
        next[high] += now[high] * up;
    while (low < high && next[low] < FADED_LOW)
        next[low++] = 0;
    while (high > low && next[high] < FADED_HIGH)
        next[high--] = 0;
    for (int64_t n = l->low; n < low; n++)
        next[n] = 0;
    for (int64_t n = high + 1; n <= l->high; n++)
        next[n] = 0;
    l->low = low;
    l->high = high;
    double *swap = l->now;
    l->now = l->next;
    l->next = swap;
    memset(l->next + l->low, 0, (size_t)(l->high - l->low + 3) * sizeof(double));
}

/* Poisson weights of 0 .. count-1 jumps and the tails beyond each; owned, NULL when out of memory.
 */
static double *poisson(double mean, int *count, double **tail)
{
    *count = (int)(mean + 18 * sqrt(mean) + 120);
    double *weight = malloc(2 * (size_t)*count * sizeof *weight);
    if (!weight)
        return NULL;
    *tail = weight + *count;
    for (int k = 0; k < *count; k++)
        weight[k] = exp((mean > 0 ? k * log(mean)
                         : k      ? -INFINITY
                                  : 0) -
                        mean - gsl_sf_lngamma(k + 1.0));
    double beyond = 0;
    for (int k = *count - 1; k >= 0; k--) {
        (*tail)[k] = beyond;
        beyond += weight[k];
    }
    return weight;
}

/* Moves the law on by `time`; returns the integral of the probability that all servers are busy,
 * -1: out of memory. */
static double follow_jumps(struct day_law *l, struct jumps j, double time)
{
    int count;
    double *tail, *weight = poisson(j.speed * time, &count, &tail), full = 0;
    if (!weight)
        return -1;
    memset(l->sum, 0, ((size_t)l->servers + 3) * sizeof(double));
    for (int k = 0; k < count; k++) {
        full += tail[k] * l->now[l->servers + 1];
        if (weight[k] > 1e-80)
            for (int64_t n = l->low; n <= l->high; n++)
                l->sum[n + 1] += weight[k] * l->now[n + 1];
        if (k + 1 < count)
            jump(l, j);
    }
    memcpy(l->now, l->sum, ((size_t)l->servers + 3) * sizeof(double));
    memset(l->next, 0, ((size_t)l->servers + 3) * sizeof(double));
    trim(l);
    free(weight);
    return full / j.speed;
}

static double by_jumps(struct day_law *l, double hold, const struct load_step *step)
{
    struct jumps j = {.speed = step->rate + (double)l->servers / hold};
    j.up = step->rate / j.speed;
    j.down = 1 / hold / j.speed;
    int parts = (int)ceil(j.speed * step->duration / JUMPS_AT_ONCE);
    double full = 0;
    for (int i = 0; i < parts; i++) {
        double part = follow_jumps(l, j, step->duration / parts);
        if (part < 0)
            return -1;
        full += part;
    }
    return full;
}

/* ---- in strides: a rational approximation of the matrix exponential ----
 *
 * exp(z) is within 2e-14 of sum 2 Re(a / (z - b)) on the negative axis, where the eigenvalues of a
 * birth-death chain lie (Cody, Meinardus and Varga 1969; coefficients of order 14 from Pusa 2010);
 * a pole costs one tridiagonal system. The matrix is far from normal while the mean moves by many
 * standard deviations, so that a stride is kept short against them. */

static const double pole_re[POLES] = {
    -8.8977731864688888199, -3.7032750494234480603, -0.2087586382501301251, 3.9933697105785685194,
    5.0893450605806245066,  5.6231425727459771248,  2.2697838292311127097,  1};
static const double pole_im[POLES] = {
    16.630982619902085304, 13.656371871483268171, 10.991260561901260913, 6.0048316422350373178,
    3.5888240290270065102, 1.1940690463439669766, 8.4617379730402214019, 1};
static const double part_re[POLES] = {-7.1542880635890672853e-5, 9.4390253107361688779e-3,
                                      -3.7636003878226968717e-1, -2.3498232091082701191e1,
                                      4.6933274488831293047e1,   -2.7875161940145646468e1,
                                      4.8071120988325088907,     0};
static const double part_im[POLES] = {1.4361043349541300111e-4, -1.7184791958483017511e-2,
                                      3.3518347029450104214e-1, -5.8083591297142074004,
                                      4.5643649768827760791e1,  -1.0214733999056451434e2,
                                      -1.3209793837428723881,   0};
#define AT_INFINITY 1.8321743782540412751e-14

/* A row of all systems after elimination: what is above the diagonal, and the right side. */
struct pole_row {
    double up_re[POLES], up_im[POLES], is_re[POLES], is_im[POLES];
};

/* The chain in one stride, on the states low .. high; no way leads out of them. */
struct stride {
    int64_t low, high;
    double arrive, leave; /* in the stride: rate, and rate of each call */
};

static void eliminate(const struct stride *s, const double *law, struct pole_row *rows)
{
    const struct pole_row none = {0}, *before = &none;
    for (int64_t n = s->low; n <= s->high; n++) {
        struct pole_row *row = &rows[n - s->low];
        double below = n > s->low ? s->arrive : 0,
               above = n < s->high ? s->leave * (double)(n + 1) : 0;
        double diagonal = -(n < s->high ? s->arrive : 0) - (n > s->low ? s->leave * (double)n : 0);
        for (int k = 0; k < POLES; k++) {
            double re = diagonal - pole_re[k] - below * before->up_re[k],
                   im = -pole_im[k] - below * before->up_im[k], size = 1 / (re * re + im * im);
            double right_re = law[n + 1] - below * before->is_re[k],
                   right_im = -below * before->is_im[k];
            row->up_re[k] = above * re * size;
            row->up_im[k] = -above * im * size;
            row->is_re[k] = (right_re * re + right_im * im) * size;
            row->is_im[k] = (right_im * re - right_re * im) * size;
        }
        before = row;
    }
}

/* Puts the solutions together: the new law; returns the mean share of the stride that the last
 * state holds. */
static double substitute(const struct stride *s, double *law, struct pole_row *rows)
{
    double last = 0;
    for (int64_t n = s->high; n >= s->low; n--) {
        struct pole_row *row = &rows[n - s->low];
        double sum = AT_INFINITY * law[n + 1], share = 0;
        for (int k = 0; k < POLES; k++) {
            if (n < s->high) {
                const struct pole_row *above = row + 1;
                double re = row->up_re[k] * above->is_re[k] - row->up_im[k] * above->is_im[k],
                       im = row->up_re[k] * above->is_im[k] + row->up_im[k] * above->is_re[k];
                row->is_re[k] -= re;
                row->is_im[k] -= im;
            }
            double re = part_re[k] * row->is_re[k] - part_im[k] * row->is_im[k],
                   im = part_re[k] * row->is_im[k] + part_im[k] * row->is_re[k];
            double size = pole_re[k] * pole_re[k] + pole_im[k] * pole_im[k];
            sum += 2 * re;
            share += 2 * (re * pole_re[k] + im * pole_im[k]) / size;
        }
        law[n + 1] = fmax(0, sum);
        last = n == s->high ? fmax(0, share) : last;
    }
    return last;
}

static int64_t within(const struct day_law *l, double state)
{
    return state < 0 ? 0 : state > (double)l->servers ? l->servers : (int64_t)state;
}

/* The states that have weight in a stride between two means. What lies beyond is rounding, and
 * would grow: it is taken away. */
static void stride_range(struct day_law *l, double from, double to, struct stride *s)
{
    double low = fmin(from, to), high = fmax(from, to), all = 0;
    s->low = within(l, low - FAR * sqrt(low) - FAR);
    s->high = within(l, high + FAR * sqrt(high) + 2 * FAR);
    for (; l->low < s->low && l->low < l->high; l->low++)
        l->now[l->low + 1] = 0;
    for (; l->high > s->high && l->high > l->low; l->high--)
        l->now[l->high + 1] = 0;
    for (int64_t n = l->low; n <= l->high; n++)
        all += l->now[n + 1];
    for (int64_t n = l->low; n <= l->high; n++)
        l->now[n + 1] /= all;
    s->low = l->low < s->low ? l->low : s->low;
    s->high = l->high > s->high ? l->high : s->high;
}

/* ---- far from the limit: calls that are left over, and fresh ones ---- */

/* Adds weight times a law of the form p(n + 1) = p(n) x ratio(n) around its mode, until it fades.
 */
static void add_binomial(double *to, int64_t n, double stay, double weight)
{
    int64_t mode = (int64_t)((double)(n + 1) * stay);
    mode = mode > n ? n : mode;
    double odds = stay / (1 - stay), left = (double)n - (double)mode;
    double top =
        weight * exp(gsl_sf_lngamma((double)n + 1) - gsl_sf_lngamma((double)mode + 1) -
                     gsl_sf_lngamma(left + 1) + (double)mode * log(stay) + left * log1p(-stay));
    double p = top;
    for (int64_t k = mode; k <= n && p > 1e-22; k++) {
        to[k] += p;
        p *= odds * (double)(n - k) / (double)(k + 1);
    }
    p = top * (double)mode / odds / (double)(n - mode + 1);
    for (int64_t k = mode - 1; k >= 0 && p > 1e-22; k--) {
        to[k] += p;
        p *= (double)k / odds / (double)(n - k + 1);
    }
}

static void add_fresh(double *to, const struct day_law *l, const double *rest, double fresh)
{
    int64_t mode = (int64_t)fresh;
    double top =
        exp((double)mode * (fresh > 0 ? log(fresh) : 0) - fresh - gsl_sf_lngamma((double)mode + 1));
    for (int64_t n = 0; n <= l->high; n++) {
        double p = top * rest[n];
        for (int64_t k = mode; n + k <= l->servers && p > 1e-24; k++) {
            to[n + k] += p;
            p *= fresh / (double)(k + 1);
        }
        p = mode > 0 ? top * rest[n] * (double)mode / fresh : 0;
        for (int64_t k = mode - 1; k >= 0 && p > 1e-24; k--) {
            if (n + k <= l->servers)
                to[n + k] += p;
            p *= (double)k / fresh;
        }
    }
}

/* Without limit: each call goes on with probability e^(-time/hold), and a Poisson number of fresh
 * ones joins them. */
static void leap(struct day_law *l, double hold, double rate, double time)
{
    double stay = exp(-time / hold), fresh = rate * hold * -expm1(-time / hold);
    size_t size = ((size_t)l->servers + 3) * sizeof(double);
    memset(l->next, 0, size);
    memset(l->sum, 0, size);
    for (int64_t n = l->low; n <= l->high; n++)
        if (l->now[n + 1] > 1e-30)
            add_binomial(l->next + 1, n, stay, l->now[n + 1]);
    add_fresh(l->sum + 1, l, l->next + 1, fresh);
    memcpy(l->now, l->sum, size);
    memset(l->next, 0, size);
    l->low = 0;
    l->high = l->servers;
    trim(l);
}

/* How long the limit is not felt, at most `left`. */
static double quiet_time(const struct day_law *l, double hold, double goal, double mean,
                         double left)
{
    double room = (double)l->servers - QUIET,
           most = room > 0 ? pow(sqrt(QUIET * QUIET / 4.0 + room) - QUIET / 2.0, 2) : 0;
    if (mean >= most || day_law_full(l) > 1e-17)
        return 0;
    return goal <= most ? left : fmin(left, -hold * log1p(-(most - mean) / (goal - mean)));
}

static double stride_time(double hold, double rate, double mean, double gap, double left)
{
    double drift = fabs(gap) / hold, spread = rate + mean / hold;
    double move = fmin(STRIDE * sqrt(fmax(1, mean)), STEEP * spread / drift);
    return drift > 0 && move < fabs(gap) ? fmin(left, -hold * log1p(-move / fabs(gap))) : left;
}

static double by_strides(struct day_law *l, double hold, const struct load_step *step)
{
    double left = step->duration, full = 0, goal = step->rate * hold;
    if (!l->rows)
        l->rows = malloc(((size_t)l->servers + 1) * sizeof(struct pole_row));
    while (l->rows && left > 1e-12 * step->duration) {
        double mean = day_law_mean(l), quiet = quiet_time(l, hold, goal, mean, left);
        if (quiet > 0.01 * hold || (quiet > 0 && quiet >= left)) {
            leap(l, hold, step->rate, quiet);
            left -= quiet;
            continue;
        }
        double gap = fmin(goal, (double)l->servers) - mean;
        double time = stride_time(hold, step->rate, mean, gap, left);
        struct stride s = {.arrive = step->rate * time, .leave = time / hold};
        stride_range(l, mean, mean + gap * -expm1(-time / hold), &s);
        eliminate(&s, l->now, l->rows);
        double last = substitute(&s, l->now, l->rows);
        full += s.high == l->servers ? last * time : 0;
        l->low = s.low;
        l->high = s.high;
        left -= time;
    }
    return l->rows ? full : -1;
}

void day_law_thin(struct day_law *l, double stay)
{
    size_t size = ((size_t)l->servers + 3) * sizeof(double);
    memset(l->next, 0, size);
    for (int64_t n = l->low; stay > 0 && n <= l->high; n++)
        if (l->now[n + 1] > 1e-30)
            add_binomial(l->next + 1, n, stay, l->now[n + 1]);
    if (stay <= 0)
        l->next[1] = 1;
    memcpy(l->now, l->next, size);
    memset(l->next, 0, size);
    l->low = 0;
    l->high = l->servers;
    trim(l);
    l->lasted = 0;
    l->poisson = l->poisson < 0 ? -1 : l->poisson * stay;
}

/* ---- steps ---- */

/* Without a limit the law of what began empty is Poisson's at all times. It is so here as well
 * where the last state is out of reach, by Chernoff's bound. */
static bool out_of_reach(const struct day_law *l, double mean)
{
    double n = (double)l->servers;
    return mean < n && mean - n + n * log(n / fmax(mean, 1e-300)) > -log(FADED_HIGH);
}

static void put_poisson(struct day_law *l, double mean)
{
    memset(l->now + l->low + 1, 0, (size_t)(l->high - l->low + 1) * sizeof(double));
    int64_t mode = (int64_t)mean;
    double top = mean > 0 ? exp((double)mode * log(mean) - mean - gsl_sf_lngamma((double)mode + 1))
                          : 1,
           p = top;
    for (l->high = mode; l->high < l->servers && p > FADED_HIGH; l->high++) {
        l->now[l->high + 1] = p;
        p *= mean / (double)(l->high + 1);
    }
    p = top;
    for (l->low = mode; l->low > 0 && p > FADED_LOW; l->low--)
        l->now[l->low] = p *= (double)l->low / mean;
}

/* What a step has left of the law that is Poisson's. */
static void note_poisson(struct day_law *l, double stay, double full, double mean)
{
    if (full > 0) {
        l->poisson = -1;
        l->rest = 1;
        return;
    }
    l->rest *= stay;
    if (l->poisson >= 0 || l->rest * (double)l->servers < 1e-20)
        l->poisson = mean;
}

/* Two laws under the same load differ by calls of which each ends as all do: by e^-x after x
 * holding times, times their number; in the relative weight of a high state times that again, over
 * the load. */
static bool settled(struct day_law *l, double goal, double holds)
{
    double enough = SETTLED + 2 * log((double)l->servers + 1) - log(fmin(goal, 1));
    bool same = goal == l->goal, is = same && l->lasted > enough;
    l->lasted = (same ? l->lasted : 0) + holds;
    l->goal = goal;
    return is;
}

/* The mean busy follows from the balance d busy/dt = rate (1 - full) - busy/hold, integrated. */
bool day_law_advance(struct day_law *l, double hold, const struct load_step *step,
                     struct day_step *out)
{
    assert(hold > 0);
    double before = day_law_mean(l), width = fmin((double)l->servers, 30 * sqrt(before + 1));
    double jumps = (step->rate + (double)l->servers / hold) * step->duration;
    double goal = step->rate * hold, stay = exp(-step->duration / hold), full = 0;
    bool still = settled(l, goal, step->duration / hold);
    if (still)
        full = step->duration * day_law_full(l);
    else if (l->poisson >= 0 && out_of_reach(l, fmax(l->poisson, goal)))
        put_poisson(l, l->poisson = l->poisson * stay + goal * (1 - stay));
    else if (step->duration > 0)
        full = jumps * width > JUMPS_WORK ? by_strides(l, hold, step) : by_jumps(l, hold, step);
    if (!still)
        note_poisson(l, stay, full, day_law_mean(l));
    *out = (struct day_step){.offered = step->rate * step->duration,
                             .blocked = step->rate * full,
                             .busy_end = day_law_mean(l),
                             .full_end = day_law_full(l)};
    if (step->duration > 0)
        out->busy =
            (out->offered - out->blocked - (out->busy_end - before)) * hold / step->duration;
    return full >= 0;
}
