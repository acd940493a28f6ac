#include "answer/busiest.h"

double busiest_erlangs(const struct call_class *call, nanos at, double *rate)
{
    const struct rate_steps *steps = &call->arrivals.steps;
    *rate = steps->count ? steps->rates[steps->daily ? steps->count - 1 : 0] : 0;
    for (uint32_t i = 0; i < steps->count; i++)
        if (steps->times[i] <= at)
            *rate = steps->rates[i];
    if (call->arrivals.kind == ARRIVALS_SOURCES)
        return call_erlangs(call);
    return *rate * arrivals_mean_batch(&call->arrivals) *
           (call->holding.mean + (double)call->setup / (double)SECOND);
}

nanos busiest_time(const struct scenario *s)
{
    nanos busiest = 0;
    double most = -1;
    for (uint32_t k = 0; k < s->class_count; k++)
        for (uint32_t i = 0; i < s->classes[k].arrivals.steps.count; i++) {
            nanos at = s->classes[k].arrivals.steps.times[i];
            double sum = 0, rate;
            for (uint32_t other = 0; other < s->class_count; other++)
                sum += busiest_erlangs(&s->classes[other], at, &rate);
            if (sum > most) {
                most = sum;
                busiest = at;
            }
        }
    return busiest;
}
