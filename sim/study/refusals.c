#include "sim/study/refusals.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#define FEW 5 /* replications with refusals, too few to tell a spread */

bool refusals_counts(const struct metric *m)
{
    return strcmp(m->metric, "blocked_fraction") == 0 || strcmp(m->metric, "lost_fraction") == 0;
}

/* The mean of a class's metric over all replications; 0 when there is none of that name. */
static double seen_mean(const struct results *results, const struct metric *m, const char *metric)
{
    size_t found = results_find(results, m->scope, m->name, metric);
    double sum = 0;
    for (size_t r = 0; found != SIZE_MAX && r < results->replications; r++)
        sum += results_value(results, found, r);
    return sum / (double)results->replications;
}

/* Calls of a record that come together are refused together. */
static double peakedness_of(const struct results *results, const struct metric *m)
{
    size_t found = results_find(results, m->scope, m->name, "peakedness");
    double measured = found == SIZE_MAX ? 1 : results->metrics[found].scale;
    return measured > 1 ? measured : 1; /* NAN: not known */
}

/* As known beforehand; what only a trace knows, by the calls that were in progress. */
static double clump_of(const struct results *results, const struct metric *m)
{
    double clump = results->traits.clumps ? results->traits.clumps[m->index] : 0;
    if (clump > 0)
        return clump;
    double progress = seen_mean(results, m, "mean_in_progress");
    return peakedness_of(results, m) *
           traits_clump(results->traits.constant
                            ? progress
                            : fmax(progress, seen_mean(results, m, "peak_in_progress")));
}

/* Seconds that peers with random outages were away in a replication. */
static double away_seconds(const struct results *results, size_t replication)
{
    double seconds = 0;
    for (size_t i = 0; i < results->away_count; i++) {
        size_t metric = results->away[i];
        seconds +=
            (1 - results_value(results, metric, replication)) / results->metrics[metric].scale;
    }
    return seconds;
}

/* Outages of the first replications: not less than the replications that had some, for those are
 * independent, and else one for twice the mean length, which allows for long ones. */
static double outages_seen(const struct results *results, size_t replications)
{
    const struct traits *traits = &results->traits;
    double having = 0, seconds = 0;
    if (!traits->away_counts || !(traits->away > 0))
        return 0;
    for (size_t r = 0; r < replications; r++) {
        double away = away_seconds(results, r);
        having += away > 1e-6;
        seconds += away;
    }
    return fmax(having, floor(seconds / (2 * traits->away_mean)));
}

/* Where the beta distribution has the probability p; by halving, which always ends. */
static double beta_quantile(double p, double a, double b)
{
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (gsl_cdf_beta_P(middle, a, b) < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Clopper and Pearson's limits for a share of `trials`, both counted in clumps. */
static struct interval clump_interval(double share, double trials)
{
    double hits = share * trials;
    return (struct interval){.value = share,
                             .low = beta_quantile(0.025, hits, trials - hits + 1),
                             .high = beta_quantile(0.975, hits + 1, trials - hits)};
}

/* Replications with a refusal, and the calls refused in all. */
static size_t refusing(const struct results *results, const struct metric *m, size_t replications,
                       double *refused)
{
    size_t count = 0;
    *refused = 0;
    for (size_t r = 0; r < replications; r++) {
        count += results->rows[r][m->numerator] > 0;
        *refused += results->rows[r][m->numerator];
    }
    return count;
}

/* The upper limit for so many clumps, one in each replication that refused any: Poisson's at 97.5
 * %. A clump is what was seen, or what is known beforehand where that is more. */
static double few_bound(double clumps, double refused, double clump, double trials)
{
    return gsl_cdf_chisq_Pinv(0.975, 2 * clumps + 2) / 2 * fmax(clump, refused / clumps) / trials;
}

double refusals_few_limit(const double *refused, const double *offered, size_t count)
{
    double sum = 0, trials = 0;
    size_t few = 0;
    for (size_t i = 0; i < count; i++) {
        sum += refused[i];
        trials += offered[i];
        few += refused[i] > 0;
    }
    bool many = few == 0 || few >= FEW || few == count || !(trials > 0);
    return many ? INFINITY : few_bound((double)few, sum, 0, trials);
}

void refusals_allow(const struct results *results, size_t metric, size_t replications,
                    struct interval *interval)
{
    const struct metric *m = &results->metrics[metric];
    double trials = 0, refused, value = interval->value;
    bool agree = replications > 1 && !(interval->high > interval->low);
    if (!refusals_counts(m) || isnan(value) || (results->traits.replayed && agree))
        return;
    for (size_t r = 0; r < replications; r++)
        trials += results->rows[r][m->denominator];
    size_t few = refusing(results, m, replications, &refused);
    double clump = clump_of(results, m), chance = traits_none_bound(trials, clump, 0, 0);
    double none =
        traits_none_bound(trials, clump, results->traits.away, outages_seen(results, replications));
    if (value <= 0)
        *interval = (struct interval){value, 0, none};
    else if (value >= 1)
        *interval = (struct interval){value, 1 - chance, 1};
    else if (!(interval->high - interval->low > 1e-9 * value))
        *interval = clump_interval(value, trials / clump);
    else if (few < FEW && few < replications)
        interval->high =
            fmin(interval->high, few_bound((double)few, refused, clump, trials) + none - chance);
    if (few < FEW)
        interval->high = fmax(interval->high, none);
}
