#include "model/estimate/part.h"

#include <math.h>
#include <stdlib.h>

#include "model/formulas/batch.h"
#include "model/formulas/erlang.h"
#include "model/formulas/finite.h"
#include "model/formulas/kaufman_roberts.h"

#define FINITE_WORK 2e8 /* multiplications that convolutions may take */

static void solve_erlang(struct part *p)
{
    const struct lane *lane = &p->lanes[0];
    double load = 0, b;
    for (int i = 0; i < p->flow_count; i++)
        load += part_load(p, i);
    double servers = (double)lane->places;
    b = servers > PLACES_MAX && load < servers - 40 * sqrt(servers) ? 0 : erlang_b(servers, load);
    for (int i = 0; i < p->flow_count; i++)
        part_refuse(p, i, lane, b);
    bool known = part_one_exponential(p);
    for (int i = 0; known && i < p->flow_count; i++)
        part_out(p, i)->servers = lane->places;
    p->out->resources[lane->resource].full = b;
    part_set_all(p, "Erlang B", BADGE_EXACT, NULL);
}

static double activity(const struct call_class *c)
{
    return (c->holding.mean + (double)c->setup / (double)SECOND) / c->arrivals.idle_mean;
}

/* A flow as the product form sees it; the load says how many sources of a population there are. */
static struct finite_class finite_class(const struct part *p, int i)
{
    const struct call_class *c = part_class(p, i);
    struct finite_class f = {INFINITY, part_load(p, i), part_places(p, i, &p->lanes[0]), 0};
    if (c->arrivals.kind != ARRIVALS_SOURCES)
        return f;
    f.load = activity(c);
    f.sources = part_load(p, i) * (1 + f.load) / f.load;
    if (fabs(f.sources - round(f.sources)) < 1e-9 * f.sources)
        f.sources = round(f.sources);
    return f;
}

/* What fragmentation makes of a blocking, where it is taken from the same load as Poisson calls. */
static bool fragment(struct part *p, struct finite_class *f)
{
    struct kr_class *with = part_sizes(p, &p->lanes[0]), *without = part_sizes(p, &p->lanes[0]);
    struct kr_result r;
    bool done = with && without;
    for (int i = 0; done && i < p->flow_count; i++)
        without[i].acceptance_count = 0;
    done = done && kaufman_roberts(p->lanes[0].places, with, p->flow_count, &r) &&
           kaufman_roberts(p->lanes[0].places, without, p->flow_count, &r);
    for (int i = 0; done && i < p->flow_count; i++)
        f[i].blocking *= without[i].blocking > 0 ? with[i].blocking / without[i].blocking : 1;
    free(with);
    free(without);
    return done;
}

/* Finite populations, with streams or without. */
static bool solve_finite(struct part *p)
{
    const struct lane *lane = &p->lanes[0];
    double full;
    struct finite_class *f = calloc((size_t)p->flow_count, sizeof *f);
    for (int i = 0; f && i < p->flow_count; i++)
        f[i] = finite_class(p, i);
    bool done = f && finite_blocking(lane->places, f, p->flow_count, &full) &&
                (!lane->fragmented || fragment(p, f));
    for (int i = 0; done && i < p->flow_count; i++)
        part_refuse(p, i, lane, f[i].blocking);
    if (done) {
        p->out->resources[lane->resource].full = lane->fragmented ? NAN : full;
        part_set_all(p, p->flow_count == 1 && lane->one_size ? "Engset" : "finite sources",
                     lane->fragmented ? BADGE_APPROXIMATE : BADGE_EXACT, NULL);
        if (lane->fragmented)
            part_fragment(p, lane);
    }
    free(f);
    return done;
}

/* Has the product form of finite populations: each of them whole on this limit, and no batches. */
static bool is_finite(const struct part *p)
{
    bool any = false;
    double work = 0;
    for (int i = 0; i < p->flow_count; i++) {
        const struct arrivals *a = &part_class(p, i)->arrivals;
        bool sources = a->kind == ARRIVALS_SOURCES;
        if (a->batch_count > 0 || (sources && part_flow(p, i)->share < 1) ||
            part_places(p, i, &p->lanes[0]) < 1)
            return false;
        struct finite_class f = finite_class(p, i);
        work += finite_work(p->lanes[0].places, &f, 1);
        any = any || sources;
    }
    return any && work < FINITE_WORK;
}

/* Groups: the exact chain where it holds, else Fredericks and Hayward for orientation. */
static bool solve_groups(struct part *p)
{
    static const int64_t one[] = {1};
    static const double certain[] = {1};
    const struct lane *lane = &p->lanes[0];
    struct batch_class *b = calloc((size_t)p->flow_count, sizeof *b);
    if (!b)
        return false;
    bool whole = true;
    double load = 0, variance = 0;
    for (int i = 0; i < p->flow_count; i++) {
        const struct arrivals *a = &part_class(p, i)->arrivals;
        b[i] = (struct batch_class){.sizes = one, .probabilities = certain, .count = 1};
        if (a->batch_count > 0)
            b[i] = (struct batch_class){.sizes = a->batch_sizes,
                                        .probabilities = a->batch_probabilities,
                                        .count = a->batch_count};
        b[i].groups = part_load(p, i) / batch_mean(&b[i]);
        whole = whole && (a->batch_count == 0 || part_flow(p, i)->share >= 1);
        load += part_load(p, i);
        variance += part_load(p, i) * batch_peakedness(&b[i]);
    }
    double busy, full, z = load > 0 ? variance / load : 1;
    bool exact = whole && part_one_exponential(p), done = true;
    if (exact && lane->places <= PLACES_MAX) {
        done = batch_blocking(lane->places, b, p->flow_count, &busy, &full);
        p->out->resources[lane->resource].full = full;
        part_set_all(p, "groups, exact chain", BADGE_EXACT, NULL);
    } else {
        for (int i = 0; i < p->flow_count; i++)
            b[i].blocking = hayward_blocking((double)lane->places, load, z);
        part_set_all(p, "Fredericks-Hayward", BADGE_SIMULATE,
                     "calls come in groups and do not all hold exponentially with one mean");
    }
    for (int i = 0; done && i < p->flow_count; i++)
        part_refuse(p, i, lane, b[i].blocking);
    free(b);
    return done;
}

static bool solve_sizes(struct part *p)
{
    const struct lane *lane = &p->lanes[0];
    if (lane->places > PLACES_MAX) {
        part_set_all(p, "none", BADGE_SIMULATE, "there are too many units for a recursion");
        return true;
    }
    struct kr_class *c = part_sizes(p, lane);
    struct kr_result r;
    bool done = c && kaufman_roberts(lane->places, c, p->flow_count, &r);
    for (int i = 0; done && i < p->flow_count; i++)
        part_refuse(p, i, lane, c[i].blocking);
    if (done) {
        p->out->resources[lane->resource].full = lane->fragmented ? NAN : r.full_fraction;
        part_set_all(p, lane->fragmented ? "Kaufman-Roberts with fragmentation" : "Kaufman-Roberts",
                     lane->fragmented ? BADGE_APPROXIMATE : BADGE_EXACT, NULL);
        if (lane->fragmented)
            part_fragment(p, lane);
    }
    free(c);
    return done;
}

/* Calls that leave some places free for others. With one size, one exponential holding time and one
 * peer the recursion is a birth-death chain; otherwise it is Roberts' approximation (1983). */
static bool solve_reserved(struct part *p)
{
    const struct lane *lane = &p->lanes[0];
    bool chain = lane->one_size && part_poisson(p) && part_one_exponential(p);
    bool done = solve_sizes(p);
    if (!done || lane->places > PLACES_MAX)
        return done;
    part_set_all(p, chain ? "birth-death chain with reservation" : "Roberts' reservation",
                 chain ? BADGE_EXACT : BADGE_SIMULATE,
                 "units or licences are kept free for some calls");
    for (int i = 0; i < p->flow_count; i++)
        part_out(p, i)->low = part_out(p, i)->high = 1;
    return true;
}

bool part_solve_one(struct part *p)
{
    const struct lane *lane = &p->lanes[0];
    bool plain = part_poisson(p), sources = false, done = true;
    for (int i = 0; i < p->flow_count; i++)
        sources = sources || part_class(p, i)->arrivals.kind == ARRIVALS_SOURCES;
    if (part_reserves(p)) {
        done = solve_reserved(p);
    } else if (lane->one_size && plain) {
        solve_erlang(p);
    } else if (is_finite(p)) {
        done = solve_finite(p);
    } else if (lane->one_size && !sources) {
        done = solve_groups(p);
    } else {
        bool divided = part_divide(p);
        done = solve_sizes(p);
        if (!plain)
            part_undivide(p, divided);
    }
    return done;
}
