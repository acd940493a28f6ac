#include "model/estimate/spare.h"

#include <math.h>

#include "model/estimate/failures.h"

#define FACTOR_LOG   6.9 /* ln 1000 */
#define HIGHEST      800 /* ln of any excess */
#define HIGHEST      800 /* ln of any excess */
#define SPARE_ROUNDS 12
#define SPARE_STEP   0.05 /* ln of the first factor tried */
/* How closely: hours of changing load take their time, and are no exact figure anyway. */
#define SPARE_EXACT 1e-5
#define SPARE_DAY   1e-2

/* What the search may do: `close` is the relative error that is good enough, `first` and `next`
 * the steps it begins with. */
struct search {
    const struct run_request *request;
    bool preview;
    double close, first, next;
};

/* ln of the worst blocking over the goal; -INFINITY without blocking; NAN when out of memory. */
static double excess(const struct scenario *s, const struct search *search, double log_factor)
{
    struct totals run;
    uint32_t worst;
    struct run_request q = *search->request;
    q.scale = exp(log_factor);
    q.preview = search->preview;
    q.figures_only = true;
    if (!failures_totals(s, &q, &run, NULL, NULL))
        return NAN;
    double over = run_excess(s, &run, &worst);
    totals_release(&run);
    return over > 0 ? fmin(log(over), HIGHEST) : -HIGHEST;
}

/* ln of the factor; NAN. Blocking rises with the load, nearly as a power of it: regula falsi on
 * logarithms, Illinois variant. */
static double find_spare(const struct scenario *s, double at_one, struct search search)
{
    double a = 0, fa = at_one > 0 ? fmin(log(at_one), HIGHEST) : -HIGHEST;
    double b = a, fb = fa, step = search.first, next = search.next;
    while ((fa < 0) == (fb < 0)) {
        if (fabs(b) > FACTOR_LOG || isnan(fb))
            return NAN;
        a = b;
        fa = fb;
        b += step;
        fb = excess(s, &search, b);
        step = next;
        next *= 1.5; /* far beyond its limits a system takes long to work out */
    }
    for (int i = 0; i < SPARE_ROUNDS && fabs(b - a) > search.close && fabs(fb) > search.close;
         i++) {
        double x = b - fb * (b - a) / (fb - fa), fx = excess(s, &search, x);
        if (isnan(fx))
            return NAN;
        if ((fx < 0) != (fb < 0)) {
            a = b;
            fa = fb;
        } else {
            fa /= 2;
        }
        b = x;
        fb = fx;
    }
    return b;
}

double spare_factor(const struct scenario *s, const struct run_request *request, bool changes,
                    double at_one)
{
    if (!isfinite(at_one))
        return NAN;
    double step = at_one <= 1 ? SPARE_STEP : -SPARE_STEP;
    if (request->preview || !changes)
        return exp(find_spare(s, at_one,
                              (struct search){request, request->preview,
                                              changes ? SPARE_DAY : SPARE_EXACT, step, 2 * step}));
    /* The coarser form says where to begin. */
    double about = find_spare(s, at_one, (struct search){request, true, SPARE_DAY, step, 2 * step});
    double first = about * step > 0 ? about : step;
    return exp(find_spare(s, at_one, (struct search){request, false, SPARE_DAY, first, step / 2}));
}
