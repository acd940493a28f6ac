/* The chapter's examples of routes, word for word as a peer shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/route.h"

static void between_two_peers_a_call_passes_the_cluster_subzone(void **state)
{
    (void)state;
    struct route route = {0};
    route_add(&route, &(struct route_stage){.enters = 0, .leaves = 1}, false);
    assert_int_equal(route.hop_count, 2);
    assert_int_equal(route.hops[0].peer, 0);
    assert_string_equal(route.hops[0].text, "Default Subzone -> Cluster Subzone");
    assert_string_equal(route.hops[1].text, "Cluster Subzone -> Default Subzone");
    assert_string_equal(route.hops[0].established, "Default Subzone -> Default Subzone");
    assert_true(route.hops[0].media && !route.hops[1].media);
}

static void a_branch_office_calls_an_endpoint_on_another_peer(void **state)
{
    (void)state;
    struct route route = {0};
    struct route_stage stage = {.from = "Branch Office", .enters = 1, .leaves = 0};
    route_add(&route, &stage, false);
    assert_int_equal(route.hop_count, 2);
    assert_string_equal(route.hops[0].text, "Branch Office -> Default Subzone -> Cluster Subzone");
    assert_string_equal(route.hops[1].text, "Cluster Subzone -> Default Subzone");
    assert_string_equal(route.hops[0].established, "Branch Office -> Default Subzone");
}

static void with_optimization_the_receiving_peer_drops_out(void **state)
{
    (void)state;
    struct route route = {0};
    struct route_stage stage = {.from = "Branch Office", .enters = 1, .leaves = 0};
    route_add(&route, &stage, true);
    assert_int_equal(route.hop_count, 1);
    assert_int_equal(route.hops[0].peer, 0);
    assert_string_equal(route.hops[0].text, "Branch Office -> Default Subzone");
}

static void a_call_to_a_zone_leaves_from_the_peer_it_entered(void **state)
{
    (void)state;
    struct route route = {0};
    route_add(&route, &(struct route_stage){.from = "internet", .to = "core", .enters = 2, .leaves = 2}, false);
    assert_int_equal(route.hop_count, 1);
    assert_string_equal(route.hops[0].text, "internet -> Default Subzone -> core");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_two_peers_a_call_passes_the_cluster_subzone),
        cmocka_unit_test(a_branch_office_calls_an_endpoint_on_another_peer),
        cmocka_unit_test(with_optimization_the_receiving_peer_drops_out),
        cmocka_unit_test(a_call_to_a_zone_leaves_from_the_peer_it_entered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
