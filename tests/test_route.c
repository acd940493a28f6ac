/* The chapter's examples of routes, word for word as a peer shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/route.h"
#include "tests/process.h"

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
    route_add(&route,
              &(struct route_stage){.from = "internet", .to = "core", .enters = 2, .leaves = 2},
              false);
    assert_int_equal(route.hop_count, 1);
    assert_string_equal(route.hops[0].text, "internet -> Default Subzone -> core");
}

/* ---- Through the program ---- */

/* The chapter's two offices; what `route` prints with these arguments. */
static struct outcome route_of(const char *options, const char *arguments)
{
    char command[3000];
    snprintf(
        command, sizeof command,
        "T=$(mktemp); cat >\"$T\" <<'END'\nscenario: offices\nclusters:\n  - name: head\n    "
        "redundancy: 4+1\n%s"
        "    peers: [{name: Peer 1, platform: large-vm}, {name: Peer 2, platform: large-vm}, "
        "{name: Peer 3, platform: large-vm}, {name: Peer 4, platform: large-vm}]\n"
        "  - {name: edge, role: edge, traversal: head, peers: [{name: e1, platform: large-vm}]}\n"
        "zones:\n  - {name: Branch Office, kind: neighbour, cluster: head}\n  - {name: internet, "
        "kind: dns, cluster: edge}\n"
        "  - {name: traversal, kind: traversal, cluster: head}\n"
        "endpoints:\n  - {name: A, cluster: head, count: 1, spread: [1, 0, 0, 0]}\n  - {name: B, "
        "cluster: head, count: 1, spread: [0, 1, 0, 0]}\n"
        "pipes: [{name: wan, total: 10M}]\n"
        "calls:\n  - {name: web, service: webrtc, via: {zone: internet}, to: {endpoints: B}, "
        "pipes: {wan: 1.5M}, "
        "arrivals: {rate: 1/h}, holding: {mean: 1m}}\nEND\n$P route \"$T\" %s; code=$?; rm -f "
        "\"$T\"; exit $code",
        options, arguments);
    return process_run(command);
}

static void check_route(const char *options, const char *arguments, const char *first,
                        const char *second)
{
    struct outcome o = route_of(options, arguments);
    assert_int_equal(o.status, 0);
    if (!strstr(o.output, first) || (second && !strstr(o.output, second)))
        fail_msg("%s lacks %s or %s", o.output, first, second ? second : "");
    if (!second && strstr(o.output, "  2  "))
        fail_msg("%s has more than one peer", o.output);
    outcome_release(&o);
}

static void the_program_prints_the_chapters_routes(void **state)
{
    (void)state;
    check_route("", "--from A --to B",
                "  1  Peer 1 (head)\n     Default Subzone -> Cluster Subzone\n",
                "  2  Peer 2 (head)\n     Cluster Subzone -> Default Subzone\n");
    check_route("", "--from 'Branch Office' --to A --at 'Peer 2'",
                "  1  Peer 2 (head)\n     Branch Office -> Default Subzone -> Cluster Subzone\n",
                "  2  Peer 1 (head)\n     Cluster Subzone -> Default Subzone\n");
    static const char optimized[] = "    call-signalling-optimization: yes\n";
    check_route(optimized, "--from 'Branch Office' --to A --at 'Peer 2' --protocol h323",
                "  1  Peer 1 (head)\n     Branch Office -> Default Subzone\n", NULL);
    check_route(optimized, "--from 'Branch Office' --to A --at 'Peer 2' --protocol sip",
                "  1  Peer 2 (head)\n", "  2  Peer 1 (head)\n");
}

static void the_program_prints_what_a_call_takes(void **state)
{
    (void)state;
    check_route("", "--from internet --to A", "takes 2 units, 1 RMS\n",
                "     traversal -> Default Subzone\n     takes 2 units, no RMS\n");
    check_route("", "--from internet --to A --media audio", "takes 1 unit, 0.5 RMS\n",
                "takes 1 unit, no RMS\n");
    check_route("", "--from internet --to A --media audio --protocol h323", "takes 1 unit, 1 RMS\n",
                "internet -> Default Subzone -> traversal\n");
    check_route("", "--from internet --to B --class web", "takes 2 units, no RMS, 2 TURN relays\n",
                "and 1.5 Mbit/s of pipe wan\n");
    check_route("", "--from A --to internet",
                "     Default Subzone -> traversal\n     takes 2 units, no RMS\n",
                "  2  e1 (edge)\n     traversal -> Default Subzone -> internet\n     takes 2 "
                "units, 1 RMS\n");
    check_route("    units-on-both-peers: yes\n", "--from A --to B", "takes 2 units, no RMS\n",
                "     takes 2 units, no RMS\n\n");
}

static void slips_are_pointed_out(void **state)
{
    (void)state;
    static const char *const slips[][2] = {
        {"--from A --to B --media vide", "unknown media 'vide'; did you mean 'video'?"},
        {"--from A --to B --protocol h223", "unknown protocol 'h223'; did you mean 'h323'?"},
        {"--from 'Branch Ofice' --to B", "'Branch Ofice'; did you mean 'Branch Office'?"},
        {"--from A --to B --class wed", "no class 'wed'; did you mean 'web'?"},
        {"--from 'A@e1' --to B", "'e1' is no peer of the cluster that 'A' register to"},
        {"--from A", "a scenario, --from and --to are needed"},
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        struct outcome o = route_of("", slips[i][0]);
        assert_int_equal(o.status, 64);
        assert_string_equal(o.output, "");
        if (!strstr(o.said, slips[i][1]))
            fail_msg("%s does not say %s", o.said, slips[i][1]);
        outcome_release(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_two_peers_a_call_passes_the_cluster_subzone),
        cmocka_unit_test(a_branch_office_calls_an_endpoint_on_another_peer),
        cmocka_unit_test(with_optimization_the_receiving_peer_drops_out),
        cmocka_unit_test(a_call_to_a_zone_leaves_from_the_peer_it_entered),
        cmocka_unit_test(the_program_prints_the_chapters_routes),
        cmocka_unit_test(the_program_prints_what_a_call_takes),
        cmocka_unit_test(slips_are_pointed_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
