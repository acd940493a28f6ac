#include "sim/study/statistics.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/formulas/erlang.h"

#define CONFIDENCE 0.95
#define NORMAL_975 1.9599639845400545

/* ---- Samples ---- */

double statistics_student_at(size_t degrees, double tail)
{
    assert(degrees >= 1 && tail > 0 && tail < 0.5);
    return gsl_cdf_tdist_Qinv(tail, (double)degrees);
}

double statistics_student(size_t degrees)
{
    assert(degrees >= 1);
    return gsl_cdf_tdist_Pinv(0.5 + CONFIDENCE / 2, (double)degrees);
}

double statistics_mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return count ? sum / (double)count : NAN;
}

double statistics_variance(const double *values, size_t count)
{
    if (count < 2)
        return NAN;
    double mean = statistics_mean(values, count), squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return squares / (double)(count - 1);
}

double statistics_lag1(const double *values, size_t count)
{
    if (count < 3)
        return NAN;
    double mean = statistics_mean(values, count), products = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
        if (i > 0)
            products += (values[i] - mean) * (values[i - 1] - mean);
    }
    return squares > 0 ? products / squares : 0;
}

double statistics_quantile(const double *sorted, size_t count, double p)
{
    if (count == 0)
        return NAN;
    double place = p * (double)(count - 1);
    size_t below = (size_t)floor(place);
    if (below + 1 >= count)
        return sorted[count - 1];
    double part = place - (double)below;
    return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void statistics_sort(double *values, size_t count)
{
    if (count > 1)
        qsort(values, count, sizeof *values, compare_doubles);
}

/* ---- Intervals ---- */

static double half_width(const double *values, size_t count)
{
    if (count < 2)
        return NAN;
    double error = sqrt(statistics_variance(values, count) / (double)count);
    return error > 0 ? statistics_student(count - 1) * error : error;
}

struct interval statistics_interval(const double *values, size_t count)
{
    double mean = statistics_mean(values, count), half = half_width(values, count);
    return (struct interval){mean, mean - half, mean + half};
}

double statistics_linearize(const double *numerators, const double *denominators, size_t count,
                            double *linear)
{
    double above = 0, below = 0;
    for (size_t i = 0; i < count; i++) {
        above += numerators[i];
        below += denominators[i];
    }
    double ratio = below != 0 ? above / below : NAN;
    double mean = below / (double)count;
    for (size_t i = 0; i < count; i++)
        linear[i] = below != 0 ? ratio + (numerators[i] - ratio * denominators[i]) / mean : NAN;
    return ratio;
}

static double odds_shift(double share, double shift)
{
    double odds = share / (1 - share) * exp(shift);
    return isinf(odds) ? 1 : odds / (1 + odds);
}

struct interval statistics_share_about(double share, double half)
{
    if (isnan(half) || half == 0 || share <= 0 || share >= 1)
        return (struct interval){share, share - half, share + half};
    double shift = half / (share * (1 - share));
    return (struct interval){share, odds_shift(share, -shift), odds_shift(share, shift)};
}

struct interval statistics_share_interval(const double *linear, size_t count)
{
    return statistics_share_about(statistics_mean(linear, count), half_width(linear, count));
}

/* Of n + 1 exchangeable values the last is equally likely to be the 1st, 2nd, .. (n+1)th in size.
 */
static struct interval prediction_by_order(double *sorted, size_t count)
{
    double tail = (1 - CONFIDENCE) / 2 * (double)(count + 1) - 1;
    double p = tail > 0 ? tail / (double)(count - 1) : 0;
    return (struct interval){.low = statistics_quantile(sorted, count, p),
                             .high = statistics_quantile(sorted, count, 1 - p)};
}

struct interval statistics_prediction(const double *values, size_t count)
{
    enum { ORDER_FROM = 39 }; /* 1 - 2/40 = 95 % between the least and the greatest */
    struct interval result = {.value = statistics_mean(values, count), .low = NAN, .high = NAN};
    double *sorted = count >= ORDER_FROM ? malloc(count * sizeof *sorted) : NULL;
    if (sorted) {
        memcpy(sorted, values, count * sizeof *sorted);
        statistics_sort(sorted, count);
        double mean = result.value;
        result = prediction_by_order(sorted, count);
        result.value = mean;
        free(sorted);
    } else if (count >= 2) {
        double spread = half_width(values, count) * sqrt((double)count + 1);
        result.low = result.value - spread;
        result.high = result.value + spread;
    }
    return result;
}

struct paired statistics_paired(const double *a, const double *b, size_t count)
{
    struct paired result = {.difference = {NAN, NAN, NAN}, .saved = NAN};
    double *differences = calloc(count + 1, sizeof *differences);
    if (!differences)
        return result;
    for (size_t i = 0; i < count; i++)
        differences[i] = a[i] - b[i];
    result.difference = statistics_interval(differences, count);
    double apart = statistics_variance(a, count) + statistics_variance(b, count);
    if (apart > 0)
        result.saved = 1 - statistics_variance(differences, count) / apart;
    free(differences);
    return result;
}

/* ---- One long run ---- */

struct batch_means statistics_batch_means(const double *values, size_t count, size_t batches)
{
    enum { BATCHES_MIN = 10 };
    struct batch_means result = {.interval = {NAN, NAN, NAN}, .lag1 = NAN};
    double *means = malloc((batches ? batches : 1) * sizeof *means);
    if (!means || batches < BATCHES_MIN || count < batches)
        goto out;
    for (;; batches /= 2) {
        size_t length = count / batches, skipped = count - length * batches;
        for (size_t b = 0; b < batches; b++)
            means[b] = statistics_mean(values + skipped + b * length, length);
        result.batches = batches;
        result.interval = statistics_interval(means, batches);
        result.lag1 = statistics_lag1(means, batches);
        result.independent = result.lag1 < NORMAL_975 / sqrt((double)batches);
        if (result.independent || batches / 2 < BATCHES_MIN)
            break;
    }
out:
    free(means);
    return result;
}

/* Sums from the end give sum (Y - mean)^2 = sum Y^2 - (sum Y)^2/m for every cut in one pass; taken
 * about the overall mean so that little cancels. */
size_t statistics_mser5(const double *values, size_t count)
{
    enum { BATCH = 5 };
    size_t batches = count / BATCH, best = 0;
    if (batches < 2)
        return SIZE_MAX;
    double centre = statistics_mean(values, batches * BATCH), least = INFINITY;
    double sum = 0, squares = 0;
    for (size_t d = batches; d-- > 0;) {
        double y = statistics_mean(values + d * BATCH, BATCH) - centre;
        double left = (double)(batches - d);
        sum += y;
        squares += y * y;
        if (batches - d < BATCH)
            continue; /* a handful of batches at the end may agree by chance */
        double statistic = (squares - sum * sum / left) / (left * left);
        if (statistic <= least) {
            least = statistic;
            best = d;
        }
    }
    return best <= batches / 2 ? best * BATCH : SIZE_MAX;
}

/* ---- How long to run ---- */

/* In M/M/c/c let blocked(t) - B offered(t) be the reward: an arrival earns 1-B in state c, -B
 * elsewhere. The solution h of Poisson's equation of the birth and death chain has h(i+1) - h(i) =
 * B/E(i), E(i) being Erlang B with i servers, because P(N = i)/P(N <= i) = E(i). Hence the variance
 * a unit of time is
 *
 *     A B (1-B) + 2 A B^2 sum_{j=1}^{c-1} P(N <= j-1) / E(j),
 *
 * and that of the estimator its part in A^2. With P(N <= j-1) = P(N <= j) (1 - E(j)) the sum is one
 * pass. */
double statistics_blocking_variance(double erlangs, size_t servers)
{
    assert(erlangs > 0 && servers >= 1);
    double inverse = 1, sum = 0; /* 1/E(j); the sum over P(N <= j) */
    for (size_t j = 1; j < servers; j++) {
        inverse = 1 + (double)j / erlangs * inverse;
        sum = (sum + inverse) * (1 - 1 / inverse);
    }
    double blocking = 1 / (1 + (double)servers / erlangs * inverse);
    sum *= 1 - blocking;
    return (blocking * (1 - blocking) + 2 * blocking * blocking * sum) / erlangs;
}

double statistics_blocking_inflation(double erlangs, size_t servers)
{
    double blocking = erlang_b((double)servers, erlangs);
    double variance = statistics_blocking_variance(erlangs, servers);
    return variance * erlangs / (blocking * (1 - blocking));
}

double statistics_count_needed(size_t count, double half_width_seen, double wanted)
{
    if (count < 2 || isnan(half_width_seen) || !(wanted > 0))
        return 1e9;
    /* Half-widths fall with the root of the count, and t with them. */
    double factor = half_width_seen / wanted, t = statistics_student(count - 1);
    double needed = (double)count * factor * factor;
    for (int i = 0; i < 50 && needed > 1 && needed < 1e6; i++) {
        double shrink = statistics_student((size_t)ceil(fmax(needed, 2)) - 1) / t;
        double next = (double)count * factor * factor * shrink * shrink;
        if (fabs(next - needed) < 0.5)
            break;
        needed = next;
    }
    return fmin(fmax(ceil(needed), 2), 1e9);
}
