/* What an estimate claims, held to the simulator.
 *
 * An exact figure must lie within 4.5 standard errors of the simulation; the truth of an
 * approximate one in its band: the simulator's interval, half as wide again, must meet it.
 * Differences are made per replication (numerator - figure x denominator for ratios) and their
 * Student ratio mapped to a normal z. Figures that show nothing in a quarter of the replications
 * are too rare to judge; what is the same in every replication is compared as it is.
 *
 * The verdict: an estimate that says yes where the simulation says no, or the other way round, is
 * given a second run with another seed and ten times the replications; if that still contradicts,
 * the claim fails. */
#ifndef PEERPLAN_TESTS_ESTIMATE_CLAIMS_H
#define PEERPLAN_TESTS_ESTIMATE_CLAIMS_H

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

#include "answer/answer.h"
#include "model/estimate/estimate.h"
#include "sim/study/experiment.h"

#define Z_LIMIT  4.5
#define CONSTANT 1e-7 /* relative: the simulator keeps refresh rates in fixed point */

struct claims {
    size_t exact, inside, beyond, approximate, outside, simulate;
    size_t yes, no, other, wrong; /* verdicts of the estimate */
    double z_squares, z_worst;
};

static inline void claims_add(struct claims *to, const struct claims *from)
{
    to->exact += from->exact;
    to->inside += from->inside;
    to->beyond += from->beyond;
    to->approximate += from->approximate;
    to->outside += from->outside;
    to->simulate += from->simulate;
    to->yes += from->yes;
    to->no += from->no;
    to->other += from->other;
    to->wrong += from->wrong;
    to->z_squares += from->z_squares;
    to->z_worst = fmax(to->z_worst, from->z_worst);
}

static inline bool claims_hold(const struct claims *c)
{
    return c->beyond == 0 && c->outside == 0 && c->wrong == 0;
}

/* The normal z of the mean difference between simulation and figure; NAN when it is too rare to
 * judge. */
static double claims_z(const struct results *r, const struct metric *m, double figure)
{
    double sum = 0, squares = 0;
    size_t silent = 0;
    for (size_t i = 0; i < r->replications; i++) {
        double n = r->rows[i][m->numerator] * m->scale;
        double e = m->kind == METRIC_RATIO ? figure * r->rows[i][m->denominator] : figure;
        silent += !(n != 0);
        sum += n - e;
        squares += (n - e) * (n - e);
    }
    double count = (double)r->replications, mean = sum / count,
           variance = (squares - sum * mean) / (count - 1);
    if (4 * silent > r->replications || !(variance > 0))
        return NAN;
    double t = mean / sqrt(variance / count), tail = gsl_cdf_tdist_Q(fabs(t), count - 1);
    return copysign(tail > 0 ? gsl_cdf_ugaussian_Qinv(tail) : 99, t);
}

static void claims_exact(struct claims *c, const struct results *r, size_t metric,
                         const struct estimate_row *row)
{
    double z = claims_z(r, &r->metrics[metric], row->value);
    struct interval i = results_interval(r, metric, 0);
    if (i.low == i.high && i.value != 0 && /* the same in every replication */
        fabs(i.value - row->value) > CONSTANT * fabs(i.value)) {
        c->beyond++;
        printf("  %s %s %s: always %.12g, by %s %.12g\n", row->scope, row->name, row->metric,
               i.value, row->formula, row->value);
    }
    if (isnan(z) || isnan(i.low) || i.low == i.high)
        return;
    c->exact++;
    c->inside += i.low <= row->value && row->value <= i.high;
    c->z_squares += z * z;
    c->z_worst = fmax(c->z_worst, fabs(z));
    if (fabs(z) < Z_LIMIT)
        return;
    c->beyond++;
    printf("  z = %.1f: %s %s %s: simulated %.6g (%.6g to %.6g), by %s %.6g\n", z, row->scope,
           row->name, row->metric, i.value, i.low, i.high, row->formula, row->value);
}

static void claims_band(struct claims *c, const struct results *r, size_t metric,
                        const struct estimate_row *row)
{
    double z = claims_z(r, &r->metrics[metric], row->value);
    struct interval i = results_interval(r, metric, 0);
    /* An interval touches a band of no width as often as it covers a point: only bands are judged
     * here. */
    if (isnan(z) || isnan(i.low) || !(row->low < row->high))
        return;
    c->approximate++;
    double room = (i.high - i.low) / 2;
    if (i.high + room >= row->low && i.low - room <= row->high)
        return;
    c->outside++;
    printf("  band: %s %s %s: simulated %.6g (%.6g to %.6g), by %s %.6g (%.6g to %.6g)\n",
           row->scope, row->name, row->metric, i.value, i.low, i.high, row->formula, row->value,
           row->low, row->high);
}

static void claims_figures(struct claims *c, const struct scenario *s, const struct results *r,
                           const struct estimate *e)
{
    for (size_t i = 0; i < r->metric_count; i++) {
        const struct metric *m = &r->metrics[i];
        int down = s->outage_count > 0 ? -1 : 0;
        const struct estimate_row *row =
            estimate_find(e, -1, down, scope_name(m->scope), m->name, m->metric);
        if (!row)
            continue;
        if (row->badge == BADGE_EXACT)
            claims_exact(c, r, i, row);
        else if (row->badge == BADGE_APPROXIMATE)
            claims_band(c, r, i, row);
        else
            c->simulate++;
    }
}

static enum verdict claims_verdict(const struct scenario *s, const struct answer_sources *sources)
{
    struct answer answer;
    enum verdict verdict = answer_make(&answer, s, sources) ? answer.verdict : VERDICT_UNDECIDED;
    answer_release(&answer);
    return verdict;
}

/* What another seed and ten times the replications say. */
static enum verdict claims_again(const struct scenario *s)
{
    struct scenario other = *s;
    struct results results = {0};
    struct errors errors;
    errors_init(&errors);
    other.run.replications *= 10;
    other.run.seed += 1000003;
    struct experiment_options options = {.jobs = 2};
    enum verdict verdict = VERDICT_UNDECIDED;
    if (experiment_run(&other, &options, &results, &errors))
        verdict = claims_verdict(&other, &(struct answer_sources){.results = &results});
    results_release(&results);
    errors_release(&errors);
    return verdict;
}

static bool contradict(enum verdict a, enum verdict b)
{
    return (a == VERDICT_YES && b == VERDICT_NO) || (a == VERDICT_NO && b == VERDICT_YES);
}

static void claims_verdicts(struct claims *c, const struct scenario *s, const struct results *r,
                            const struct estimate *e)
{
    enum verdict says = claims_verdict(s, &(struct answer_sources){.estimate = e}),
                 is = claims_verdict(s, &(struct answer_sources){.results = r});
    c->yes += says == VERDICT_YES;
    c->no += says == VERDICT_NO;
    c->other += says != VERDICT_YES && says != VERDICT_NO;
    if (!contradict(says, is) || !contradict(says, claims_again(s)))
        return;
    c->wrong++;
    printf("  verdict: the estimate says %s, two runs say %s\n", verdict_name(says),
           verdict_name(is));
}

/* Runs and estimates a scenario, and adds what is claimed. False, said, when either fails. */
static bool claims_of(struct claims *c, const struct scenario *s)
{
    struct errors errors;
    struct estimate estimate = {0};
    struct results results = {0};
    struct experiment_options options = {.jobs = 1};
    errors_init(&errors);
    bool ok = estimate_make(s, NULL, &estimate) && experiment_run(s, &options, &results, &errors);
    if (ok) {
        claims_figures(c, s, &results, &estimate);
        claims_verdicts(c, s, &results, &estimate);
    }
    for (size_t i = 0; !ok && i < errors.count; i++)
        printf("  %s\n", errors.items[i].message);
    results_release(&results);
    estimate_release(&estimate);
    errors_release(&errors);
    return ok;
}

#endif
