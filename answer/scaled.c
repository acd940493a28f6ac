#include "answer/scaled.h"

#include <math.h>
#include <stdlib.h>

bool scaled_init(struct scaled *scaled, struct scenario *scenario)
{
    size_t steps = 0, at = 0;
    for (uint32_t k = 0; k < scenario->class_count; k++)
        steps += scenario->classes[k].arrivals.steps.count;
    *scaled = (struct scaled){
        .scenario = scenario,
        .rates = calloc(steps + 1, sizeof(double)),
        .sources = calloc(scenario->class_count + (size_t)1, sizeof(int64_t)),
        .counts = calloc(scenario->endpoints_count + (size_t)1, sizeof(int64_t)),
        .scales = calloc(scenario->trace_count + (size_t)1, sizeof(double)),
        .accounts = calloc(2 * (size_t)scenario->cluster_count + 1, sizeof(int64_t)),
    };
    if (!scaled->rates || !scaled->sources || !scaled->counts || !scaled->scales ||
        !scaled->accounts)
        return false;
    for (uint32_t c = 0; c < scenario->cluster_count; c++) {
        scaled->accounts[2 * c] = scenario->clusters[c].provisioning;
        scaled->accounts[2 * c + 1] = scenario->clusters[c].findme;
    }
    for (uint32_t i = 0; i < scenario->trace_count; i++)
        scaled->scales[i] = scenario->traces[i].scale;
    for (uint32_t k = 0; k < scenario->class_count; k++) {
        const struct arrivals *a = &scenario->classes[k].arrivals;
        scaled->sources[k] = a->sources;
        for (uint32_t i = 0; i < a->steps.count; i++)
            scaled->rates[at++] = a->steps.rates[i];
    }
    for (uint32_t e = 0; e < scenario->endpoints_count; e++)
        scaled->counts[e] = scenario->endpoints[e].count;
    return true;
}

void scaled_release(struct scaled *scaled)
{
    free(scaled->rates);
    free(scaled->sources);
    free(scaled->counts);
    free(scaled->scales);
    free(scaled->accounts);
    *scaled = (struct scaled){0};
}

/* The population that a class's rate is stated by. */
static double of_population(const struct call_class *call, const double *populations)
{
    uint32_t population =
        call->via.origin == ORIGIN_ENDPOINTS ? call->via.endpoints : call->target_endpoints;
    return call->arrivals.per_endpoint && population != NONE ? populations[population] : 1;
}

static int64_t whole(double count)
{
    return (int64_t)ceil(count - 1e-9 * fmax(count, 1));
}

void scaled_set_others(struct scaled *scaled, double factor)
{
    struct scenario *s = scaled->scenario;
    for (uint32_t i = 0; i < s->trace_count; i++)
        s->traces[i].scale = scaled->scales[i] * factor;
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        const int64_t *stated = &scaled->accounts[2 * c];
        int64_t before = 0, devices = 0;
        for (uint32_t e = 0; e < s->endpoints_count; e++) {
            before += s->endpoints[e].cluster == c ? scaled->counts[e] : 0;
            devices += s->endpoints[e].cluster == c ? s->endpoints[e].count : 0;
        }
        s->clusters[c].provisioning =
            stated[0] == before ? devices : whole((double)stated[0] * factor);
        s->clusters[c].findme = stated[1] == before ? devices : whole((double)stated[1] * factor);
    }
}

void scaled_set(struct scaled *scaled, const double *classes, const double *populations)
{
    struct scenario *s = scaled->scenario;
    size_t at = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        struct arrivals *a = &s->classes[k].arrivals;
        double factor = classes[k] * of_population(&s->classes[k], populations);
        for (uint32_t i = 0; i < a->steps.count; i++)
            a->steps.rates[i] = scaled->rates[at++] * factor;
        a->sources = llround((double)scaled->sources[k] * factor);
    }
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        s->endpoints[e].count = whole((double)scaled->counts[e] * populations[e]);
}

void scaled_set_all(struct scaled *scaled, double factor)
{
    struct scenario *s = scaled->scenario;
    size_t at = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        struct arrivals *a = &s->classes[k].arrivals;
        for (uint32_t i = 0; i < a->steps.count; i++)
            a->steps.rates[i] = scaled->rates[at++] * factor;
        a->sources = llround((double)scaled->sources[k] * factor);
    }
    for (uint32_t e = 0; e < s->endpoints_count; e++)
        s->endpoints[e].count = whole((double)scaled->counts[e] * factor);
    scaled_set_others(scaled, factor);
}

double scaled_erlangs(const struct scaled *scaled)
{
    double sum = 0;
    for (uint32_t k = 0; k < scaled->scenario->class_count; k++)
        sum += call_erlangs(&scaled->scenario->classes[k]);
    return sum;
}
