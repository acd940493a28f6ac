#include "model/estimate/totals.h"

#include <math.h>
#include <stdlib.h>

bool totals_init(struct totals *t, const struct scenario *s)
{
    *t = (struct totals){
        .classes = calloc((size_t)s->class_count + 1, sizeof *t->classes),
        .clusters = calloc((size_t)s->cluster_count + 1, sizeof *t->clusters),
        .peer_units = calloc((size_t)s->peer_count + 1, sizeof *t->peer_units),
        .peer_calls = calloc((size_t)s->peer_count + 1, sizeof *t->peer_calls),
    };
    if (!t->classes || !t->clusters || !t->peer_units || !t->peer_calls) {
        totals_release(t);
        return false;
    }
    for (uint32_t k = 0; k < s->class_count; k++)
        t->classes[k].binding = NONE;
    return true;
}

void totals_release(struct totals *t)
{
    free(t->classes);
    free(t->clusters);
    free(t->peer_units);
    free(t->peer_calls);
    *t = (struct totals){0};
}

double class_blocking(const struct class_total *c)
{
    return c->offered > 0 ? c->blocked / c->offered : NAN;
}

/* Unknown stays unknown. */
void class_worsen(struct class_total *c, enum badge badge, const char *formula, const char *reason)
{
    if (!c->formula || badge > c->badge) {
        c->badge = badge;
        c->formula = formula;
        c->reason = reason;
    }
}

#define BOUND_MOST  0.1   /* of calls refused at most, beyond which a bound says little, */
#define BOUND_LEAST 0.001 /* unless so many are refused at least */

enum badge class_badge(const struct class_total *c)
{
    bool loose = c->bounded && c->blocked_high > BOUND_MOST * c->offered &&
                 c->blocked_low < BOUND_LEAST * c->offered;
    return loose ? BADGE_SIMULATE : c->badge;
}

const char *class_reason(const struct class_total *c)
{
    return class_badge(c) != BADGE_SIMULATE ? NULL : c->reason ? c->reason : c->bounded;
}

const char *class_formula(const struct class_total *c)
{
    bool bound = c->bounded && class_badge(c) == BADGE_APPROXIMATE;
    return bound ? "bound of the load without limits" : c->formula;
}

static void merge_class(struct class_total *to, const struct class_total *from, double weight)
{
    to->offered += weight * from->offered;
    to->blocked += weight * from->blocked;
    to->blocked_low += weight * from->blocked_low;
    to->blocked_high += weight * from->blocked_high;
    to->attempts += weight * from->attempts;
    to->attempts_blocked += weight * from->attempts_blocked;
    to->lost += weight * from->lost;
    to->call_seconds += weight * from->call_seconds;
    to->paced += weight * from->paced;
    to->possible |= from->possible;
    to->left_out |= from->left_out;
    for (int i = 0; i < REFUSAL_COUNT; i++) {
        to->cause[i] += weight * from->cause[i];
        to->only[i] += weight * from->only[i];
    }
    if (from->formula && from->offered > 0)
        class_worsen(to, from->badge, from->formula, from->reason);
    if (from->bounded && from->offered > 0)
        to->bounded = from->bounded;
    if (weight * from->binding_calls > to->binding_calls) {
        to->binding_calls = weight * from->binding_calls;
        to->binding = from->binding;
    }
}

static void merge_cluster(struct cluster_total *to, const struct cluster_total *from, double weight)
{
    to->unit_seconds += weight * from->unit_seconds;
    to->full_seconds += weight * from->full_seconds;
    to->rms_seconds += weight * from->rms_seconds;
    to->licence_seconds += weight * from->licence_seconds;
    to->call_seconds += weight * from->call_seconds;
    to->pool_full += weight * from->pool_full;
    to->pool_may_fill = to->pool_may_fill || from->pool_may_fill;
    to->unitless = to->unitless || from->unitless;
    if (from->formula && (!to->formula || from->badge > to->badge)) {
        to->badge = from->badge;
        to->formula = from->formula;
    }
}

void totals_weigh(struct totals *t, const struct totals *other, const struct scenario *s,
                  const struct weighing *w)
{
    for (uint32_t k = 0; k < s->class_count; k++)
        if (!w->classes || w->classes[k] == w->group)
            merge_class(&t->classes[k], &other->classes[k], w->weight);
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        if (w->clusters && w->clusters[c] != w->group)
            continue;
        merge_cluster(&t->clusters[c], &other->clusters[c], w->weight);
        for (uint32_t i = 0; i < s->clusters[c].peer_count; i++) {
            uint32_t p = s->clusters[c].first_peer + i;
            t->peer_units[p] += w->weight * other->peer_units[p];
            t->peer_calls[p] += w->weight * other->peer_calls[p];
        }
    }
    t->busiest_load = fmax(t->busiest_load, other->busiest_load);
    t->heavy = t->heavy || other->heavy;
}

void totals_merge(struct totals *t, const struct totals *other, const struct scenario *s)
{
    totals_weigh(t, other, s, &(struct weighing){.weight = 1});
    t->seconds += other->seconds;
}
