#include "model/estimate/causes.h"

#include <math.h>

/* What a need that cannot be met is for: by cause 1, surely; -1, perhaps; 0, never. */
struct blame {
    int of[REFUSAL_COUNT];
};

static struct blame blame_of(const struct resource *r, const struct resource_outcome *o,
                             const struct need *need)
{
    static const enum refusal of[] = {[RESOURCE_CAP] = REFUSAL_CAP,
                                      [RESOURCE_POOL] = REFUSAL_RMS,
                                      [RESOURCE_PIPE] = REFUSAL_BANDWIDTH,
                                      [RESOURCE_TURN] = REFUSAL_TURN};
    struct blame blame = {{0}};
    if (r->kind == RESOURCE_GROUP || r->kind == RESOURCE_PEER) {
        blame.of[REFUSAL_PEER_UNITS] = o->peers;
        blame.of[REFUSAL_CAP] = o->cap;
        blame.of[REFUSAL_RMS] = need->rms > 0 ? o->rms : 0;
    } else {
        blame.of[of[r->kind]] = 1;
    }
    return blame;
}

/* Notes what a call may ever be refused for. */
static void note_possible(struct class_total *c, const struct network *n,
                          const struct solution *solution, const struct flow *flow)
{
    static const unsigned of[] = {
        [RESOURCE_GROUP] = 1u << REFUSAL_PEER_UNITS, [RESOURCE_PEER] = 1u << REFUSAL_PEER_UNITS,
        [RESOURCE_CAP] = 1u << REFUSAL_CAP,          [RESOURCE_POOL] = 1u << REFUSAL_RMS,
        [RESOURCE_PIPE] = 1u << REFUSAL_BANDWIDTH,   [RESOURCE_TURN] = 1u << REFUSAL_TURN};
    c->possible |= flow->refused ? 1u << REFUSAL_NO_PEER : 0;
    c->possible |= flow->paced != NONE ? 1u << REFUSAL_SETUP : 0;
    for (int i = 0; i < flow->need_count; i++) {
        const struct resource *r = &n->resources[flow->needs[i].resource];
        bool peers = r->kind == RESOURCE_GROUP || r->kind == RESOURCE_PEER;
        unsigned kinds = of[r->kind] | (peers && flow->rms_together ? of[RESOURCE_POOL] : 0) |
                         (r->kind == RESOURCE_GROUP && r->cap_is_cause ? of[RESOURCE_CAP] : 0);
        if (r->slack && !r->tight)
            continue;
        c->possible |= kinds;
        c->left_out |= solution->resources[flow->needs[i].resource].active ? 0 : kinds;
    }
}

/* Is this the one cause? 1 yes, 0 no, -1 not known. */
static int alone(const struct blame *blame, int cause)
{
    int is = blame->of[cause];
    for (int i = 0; i < REFUSAL_COUNT; i++)
        if (i != cause && blame->of[i] != 0 && is != 0)
            is = blame->of[i] > 0 ? 0 : -1;
    return is;
}

/* Calls, of which all, none or an unknown part count. */
static double part_of(double calls, int which)
{
    return which == 0 || calls == 0 ? 0 : which > 0 ? calls : NAN;
}

/* Needs of a flow that are refused at all, as blamed. */
struct blames {
    struct blame of[NEEDS_MAX];
    int need[NEEDS_MAX];
    int count;
};

static struct blames blames_of(const struct network *n, const struct solution *solution,
                               const struct flow *flow)
{
    struct blames b = {.count = 0};
    for (int i = 0; i < flow->need_count; i++) {
        uint32_t r = flow->needs[i].resource;
        if (!solution->resources[r].active)
            continue;
        b.of[b.count] = blame_of(&n->resources[r], &solution->resources[r], &flow->needs[i]);
        b.need[b.count++] = i;
    }
    return b;
}

/* Can calls lack the same thing in two places? */
static bool is_shared(const struct blames *b)
{
    for (int cause = 0; cause < REFUSAL_COUNT; cause++) {
        int places = 0;
        for (int i = 0; i < b->count; i++)
            places += b->of[i].of[cause] != 0;
        if (places > 1)
            return true;
    }
    return false;
}

/* What is so wherever a call is refused, is so: else it is known only where it is nowhere. */
static int agreed(int sure, int never, int count)
{
    return sure == count ? 1 : never == count ? 0 : -1;
}

/* A call that lacks the same thing in two places is counted once. */
static void add_shared_causes(struct class_total *c, const struct blames *b, double blocked)
{
    for (int cause = 0; cause < REFUSAL_COUNT; cause++) {
        int sure = 0, never = 0, only = 0, not_only = 0;
        for (int i = 0; i < b->count; i++) {
            int is = alone(&b->of[i], cause);
            sure += b->of[i].of[cause] > 0;
            never += b->of[i].of[cause] == 0;
            only += is > 0;
            not_only += is == 0;
        }
        c->cause[cause] += part_of(blocked, agreed(sure, never, b->count));
        c->only[cause] += part_of(blocked, agreed(only, not_only, b->count));
    }
}

static void add_need_causes(struct class_total *c, const struct blame *blame, double lacks,
                            double only)
{
    for (int cause = 0; cause < REFUSAL_COUNT; cause++) {
        c->cause[cause] += part_of(lacks, blame->of[cause]);
        c->only[cause] += part_of(only, alone(blame, cause));
    }
}

static void blur(struct class_total *c, enum refusal cause)
{
    c->cause[cause] = NAN;
    for (int i = 0; i < REFUSAL_COUNT; i++)
        c->only[i] = NAN;
}

/* Limits that never refuse by themselves may be short as well when others refuse: a pool, a cap, or
 * the RMS of peers whose units hardly ever run out. */
static void blur_causes(struct class_total *c, const struct network *n,
                        const struct solution *solution, const struct flow *flow)
{
    bool pool = false, peers = false;
    for (int i = 0; i < flow->need_count; i++) {
        const struct resource *r = &n->resources[flow->needs[i].resource];
        bool active = solution->resources[flow->needs[i].resource].active;
        pool = pool || (r->kind == RESOURCE_POOL && active);
        peers = peers || ((r->kind == RESOURCE_GROUP || r->kind == RESOURCE_PEER) && !active);
        if (!active && r->slack && r->tight)
            blur(c, r->kind == RESOURCE_POOL ? REFUSAL_RMS : REFUSAL_CAP);
    }
    if (flow->rms_together && peers && !pool)
        blur(c, REFUSAL_RMS);
}

/* Calls for which no peer is there: what else they lack is not told. */
static void add_refused(struct class_total *c, const struct network *n, const struct flow *flow,
                        double calls)
{
    c->cause[REFUSAL_NO_PEER] += calls;
    c->cause[REFUSAL_CAP] = c->cause[REFUSAL_RMS] = c->only[REFUSAL_NO_PEER] = NAN;
    for (int i = 0; i < flow->need_count; i++) {
        enum resource_kind kind = n->resources[flow->needs[i].resource].kind;
        if (kind == RESOURCE_GROUP || kind == RESOURCE_PEER)
            c->cause[REFUSAL_PEER_UNITS] = NAN;
        if (kind == RESOURCE_PIPE)
            c->cause[REFUSAL_BANDWIDTH] = NAN;
        if (kind == RESOURCE_TURN)
            c->cause[REFUSAL_TURN] = NAN;
    }
}

void causes_add(struct class_total *c, const struct network *n, const struct solution *solution,
                uint32_t f, double calls)
{
    const struct flow *flow = &n->flows[f];
    const struct flow_outcome *o = &solution->flows[f];
    note_possible(c, n, solution, flow);
    if (flow->refused) {
        add_refused(c, n, flow, calls);
        return;
    }
    if (flow->paced != NONE) {
        bool alone = o->blocking <= o->paced;
        c->cause[REFUSAL_SETUP] += calls * o->paced;
        c->only[REFUSAL_SETUP] += alone ? calls * o->paced : NAN;
        c->paced += calls * o->paced;
        if (alone)
            return;
        for (int i = 0; i < REFUSAL_COUNT; i++)
            c->only[i] = NAN;
    }
    if (o->blocking > 0)
        blur_causes(c, n, solution, flow);
    struct blames b = blames_of(n, solution, flow);
    bool shared = is_shared(&b);
    if (shared)
        add_shared_causes(c, &b, calls * o->blocking);
    for (int i = 0; i < b.count; i++) {
        double lacks = calls * o->lacks[b.need[i]];
        if (!shared)
            add_need_causes(c, &b.of[i], lacks, calls * o->only[b.need[i]]);
        if (lacks > c->binding_calls) {
            c->binding_calls = lacks;
            c->binding = flow->needs[b.need[i]].resource;
        }
    }
}
