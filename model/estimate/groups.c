#include "model/estimate/groups.h"

#include <stdlib.h>

#include "model/path.h"

static uint32_t root(uint32_t *of, uint32_t c)
{
    while (of[c] != c)
        c = of[c] = of[of[c]];
    return c;
}

static void join(uint32_t *of, uint32_t a, uint32_t b)
{
    uint32_t x = root(of, a), y = root(of, b);
    of[x > y ? x : y] = x < y ? x : y;
}

uint32_t groups_target(const struct scenario *s, const struct call_class *call)
{
    return call->target == TARGET_ENDPOINTS ? s->endpoints[call->target_endpoints].cluster
           : call->target == TARGET_ZONE    ? s->zones[call->target_zone].cluster
                                            : NONE;
}

/* Everything that a class may pass; pipes connect the classes that use them. */
bool groups_init(struct groups *g, const struct scenario *s)
{
    uint32_t *pipes = malloc(((size_t)s->pipe_count + 1) * sizeof *pipes);
    g->clusters = malloc(((size_t)s->cluster_count + 1) * sizeof *g->clusters);
    g->classes = malloc(((size_t)s->class_count + 1) * sizeof *g->classes);
    bool done = pipes && g->clusters && g->classes;
    for (uint32_t c = 0; done && c < s->cluster_count; c++)
        g->clusters[c] = c;
    for (uint32_t i = 0; done && i < s->pipe_count; i++)
        pipes[i] = NONE;
    for (uint32_t c = 0; done && c < s->cluster_count; c++)
        if (s->clusters[c].traversal != NONE)
            join(g->clusters, c, s->clusters[c].traversal);
    for (uint32_t e = 0; done && e < s->endpoints_count; e++)
        if (path_refuge(&s->endpoints[e]) != NONE)
            join(g->clusters, s->endpoints[e].cluster, s->endpoints[e].fallback);
    for (uint32_t k = 0; done && k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        uint32_t to = groups_target(s, call), other = path_fallback(s, &call->via);
        if (to != NONE)
            join(g->clusters, call->via.cluster, to);
        if (other != NONE)
            join(g->clusters, call->via.cluster, other);
        for (uint32_t i = 0; i < call->pipe_count; i++) {
            uint32_t *first = &pipes[call->pipes[i]];
            *first = *first == NONE ? call->via.cluster : *first;
            join(g->clusters, *first, call->via.cluster);
        }
    }
    for (uint32_t c = 0; done && c < s->cluster_count; c++)
        g->clusters[c] = root(g->clusters, c);
    for (uint32_t k = 0; done && k < s->class_count; k++)
        g->classes[k] = g->clusters[s->classes[k].via.cluster];
    free(pipes);
    return done;
}

void groups_release(struct groups *g)
{
    free(g->clusters);
    free(g->classes);
}
