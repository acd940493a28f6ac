#include "model/route.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_SUBZONE "Default Subzone"
#define CLUSTER_SUBZONE "Cluster Subzone"
#define ARROW           " -> "

static struct route_hop *add_hop(struct route *route, uint32_t peer, bool media)
{
    assert(route->hop_count < ROUTE_HOPS_MAX);
    struct route_hop *hop = &route->hops[route->hop_count++];
    *hop = (struct route_hop){.peer = peer, .media = media};
    return hop;
}

/* What a peer shows of the side a call comes from: the zone and the Default Subzone, or the latter
 * alone. */
static void write_route(char *text, size_t size, const char *zone, const char *next)
{
    snprintf(text, size, "%s%s%s%s%s", zone ? zone : "", zone ? ARROW : "", DEFAULT_SUBZONE, ARROW,
             next);
}

static void one_peer(struct route *route, const struct route_stage *stage)
{
    struct route_hop *hop = add_hop(route, stage->enters, true);
    const char *to = stage->to ? stage->to : DEFAULT_SUBZONE;
    if (stage->from &&
        !stage->to) /* from a zone to an own registration: the subzone is the destination */
        snprintf(hop->text, sizeof hop->text, "%s%s%s", stage->from, ARROW, DEFAULT_SUBZONE);
    else
        write_route(hop->text, sizeof hop->text, stage->from, to);
    memcpy(hop->established, hop->text, sizeof hop->established);
}

static void two_peers(struct route *route, const struct route_stage *stage)
{
    struct route_hop *first = add_hop(route, stage->enters, true);
    write_route(first->text, sizeof first->text, stage->from, CLUSTER_SUBZONE);
    if (stage->from)
        snprintf(first->established, sizeof first->established, "%s%s%s", stage->from, ARROW,
                 DEFAULT_SUBZONE);
    else
        write_route(first->established, sizeof first->established, NULL, DEFAULT_SUBZONE);
    struct route_hop *second = add_hop(route, stage->leaves, false);
    const char *to = stage->to ? stage->to : DEFAULT_SUBZONE;
    snprintf(second->text, sizeof second->text, "%s%s%s", CLUSTER_SUBZONE, ARROW, to);
    write_route(second->established, sizeof second->established, NULL, to);
}

void route_add(struct route *route, const struct route_stage *stage, bool optimized)
{
    if (stage->enters == stage->leaves) {
        one_peer(route, stage);
    } else if (optimized) { /* the receiving peer drops out of the path */
        struct route_stage direct = *stage;
        direct.enters = stage->leaves;
        one_peer(route, &direct);
    } else {
        two_peers(route, stage);
    }
}
