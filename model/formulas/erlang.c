#include "model/formulas/erlang.h"

#include <assert.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#define RESCALE     1e270
#define RESCALE_LOG (270 * M_LN10)
#define NEGLIGIBLE  1e-18
#define ASYMPTOTIC                                                                                 \
    60 /* from this load on the series itself gives a fraction of a server, to e^-60 */

/* 1/B for 0 <= servers < 1: Gamma(1 + f, A) e^A A^-f, for large loads by its asymptotic series. */
static double inverse_b_fraction(double servers, double load)
{
    if (load > ASYMPTOTIC) {
        double sum = 1, term = servers / load;
        for (double left = servers - 1; fabs(term) > NEGLIGIBLE; left -= 1) {
            sum += term;
            term *= left / load;
        }
        return sum;
    }
    double upper = gsl_sf_gamma_inc_Q(1 + servers, load) * gsl_sf_gamma(1 + servers);
    return upper * exp(load) * pow(load, -servers);
}

double erlang_b_log(double servers, double load)
{
    assert(servers >= 0 && load >= 0 && isfinite(servers) && isfinite(load));
    if (load <= 0)
        return servers > 0 ? -INFINITY : 0;
    double sum = 0, term = 1, scale = 0, left = servers;
    while (left >= 1) {
        sum += term;
        if (left < load && term < NEGLIGIBLE * sum)
            return -(log(sum) + scale);
        term *= left / load;
        left -= 1;
        if (term > RESCALE) {
            term /= RESCALE;
            sum /= RESCALE;
            scale += RESCALE_LOG;
        }
    }
    sum += left > 0 ? term * inverse_b_fraction(left, load) : term;
    return -(log(sum) + scale);
}

double erlang_b(double servers, double load)
{
    return exp(erlang_b_log(servers, load));
}

int64_t erlang_servers(double load, double blocking)
{
    assert(blocking > 0 && blocking < 1);
    double n = floor(load - 9 * sqrt(load));
    if (n < 0 || erlang_b(n, load) <= blocking)
        n = 0;
    double b = erlang_b(n, load);
    while (b > blocking) {
        n += 1;
        b = load * b / (n + load * b);
    }
    return (int64_t)n;
}

double erlang_servers_real(double load, double blocking)
{
    double high = (double)erlang_servers(load, blocking), low = fmax(high - 1, 0),
           goal = log(blocking);
    for (int i = 0; i < 100 && high - low > 1e-13 * (1 + high); i++) {
        double middle = (low + high) / 2;
        if (erlang_b_log(middle, load) > goal)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}
