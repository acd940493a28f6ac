/* Devices at rest, counted, against the simulator's own start: it places them one by one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model/at_rest.h"
#include "sim/engine/registrations.h"
#include "tests/registrations_seen.h"

#define POPULATIONS 3

struct bed {
    struct scenario scenario;
    struct platform platforms[2];
    struct cluster clusters[2];
    struct peer peers[2 * CLUSTER_PEERS_MAX];
    struct endpoints endpoints[POPULATIONS];
    double spreads[POPULATIONS][CLUSTER_PEERS_MAX];
    uint32_t down[2 * CLUSTER_PEERS_MAX], down_count;
    uint64_t dice;
};

/* Knuth's MMIX generator; the high bits. */
static int64_t dice(struct bed *bed, int64_t sides)
{
    bed->dice = bed->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)(bed->dice >> 33) % sides;
}

static int64_t some(struct bed *bed, int64_t most)
{
    return dice(bed, 3) ? 10 + dice(bed, most) : CAPACITY_UNLIMITED;
}

static void roll_cluster(struct bed *bed, uint32_t c, uint32_t first, uint32_t peers)
{
    struct cluster *cluster = &bed->clusters[c];
    *cluster = (struct cluster){.name = c ? "core" : "edge",
                                .role = c ? ROLE_CORE : ROLE_EDGE,
                                .traversal = c ? NONE : 1,
                                .redundancy = (enum redundancy)dice(bed, REDUNDANCY_COUNT),
                                .cap_stated = -1,
                                .licensing = dice(bed, 2) ? LICENSING_PAK : LICENSING_SMART,
                                .licence_grace = dice(bed, 2) ? 0 : 14 * DAY,
                                .first_peer = first,
                                .peer_count = peers};
    for (int kind = LICENCE_DESKTOP; kind < LICENCE_COUNT; kind++)
        cluster->licensed[kind] = dice(bed, 3) == 0;
    for (uint32_t i = first; i < first + peers; i++) {
        bed->peers[i] = (struct peer){.name = "p",
                                      .cluster = c,
                                      .platform = c,
                                      .max_sessions = CAPACITY_UNLIMITED,
                                      .registration_queue = CAPACITY_UNLIMITED,
                                      .joins = -FOREVER,
                                      .leaves = FOREVER,
                                      .image = dice(bed, 4) ? IMAGE_SELECT : IMAGE_UNRESTRICTED};
        for (int kind = LICENCE_DESKTOP; kind < LICENCE_COUNT; kind++)
            if (cluster->licensed[kind])
                bed->peers[i].licences[kind] = dice(bed, 200);
        if (dice(bed, 4) == 0)
            bed->down[bed->down_count++] = i;
    }
}

static void roll_population(struct bed *bed, int p, uint32_t peers)
{
    static const char *const names[POPULATIONS] = {"a", "b", "c"};
    bool mra = dice(bed, 2);
    struct endpoints *e = &bed->endpoints[p];
    *e = (struct endpoints){.name = names[p],
                            .count = dice(bed, 1500),
                            .device = dice(bed, 2) ? DEVICE_ROOM : DEVICE_DESKTOP,
                            .protocol = mra ? PROTOCOL_SIP : (enum protocol)dice(bed, 2),
                            .access = mra ? ACCESS_MRA : ACCESS_LOCAL,
                            .failover = FAILOVER_REFRESH,
                            .encrypted = dice(bed, 2),
                            .im = dice(bed, 2) ? 0 : 1,
                            .ttl = 30 * MINUTE,
                            .alternates = INT32_MAX,
                            .flows = 1,
                            .retry_wait = 30 * SECOND,
                            .retry_max = 30 * MINUTE,
                            .fallback = dice(bed, 2) ? 1 : NONE};
    if (e->protocol == PROTOCOL_H323)
        e->failover = FAILOVER_ALTERNATES;
    if (dice(bed, 3))
        return;
    for (uint32_t i = 0; i < peers; i++)
        bed->spreads[p][i] = (double)dice(bed, 4);
    bed->spreads[p][dice(bed, peers)] = 1;
    e->spread = bed->spreads[p];
}

static void roll(struct bed *bed, uint64_t seed)
{
    *bed = (struct bed){.dice = seed * 2 + 1};
    for (int i = 0; i < 4; i++)
        dice(bed, 2);
    for (int i = 0; i < 2; i++)
        bed->platforms[i] = (struct platform){.name = "lab",
                                              .units = 100,
                                              .registrations = some(bed, 1000),
                                              .mra_registrations = some(bed, 1000),
                                              .rms = 100,
                                              .turn = 100,
                                              .no_gain = dice(bed, 5) == 0};
    uint32_t edge = 1 + (uint32_t)dice(bed, CLUSTER_PEERS_MAX),
             core = 1 + (uint32_t)dice(bed, CLUSTER_PEERS_MAX);
    roll_cluster(bed, 0, 0, edge);
    roll_cluster(bed, 1, edge, core);
    for (int p = 0; p < POPULATIONS; p++)
        roll_population(bed, p, edge);
    bed->scenario = (struct scenario){.platforms = bed->platforms,
                                      .platform_count = 2,
                                      .clusters = bed->clusters,
                                      .cluster_count = 2,
                                      .peers = bed->peers,
                                      .peer_count = edge + core,
                                      .endpoints = bed->endpoints,
                                      .endpoints_count = POPULATIONS,
                                      .run = {.length = DAY}};
}

static void compare(const struct bed *bed, uint64_t seed)
{
    struct registrations *r = registrations_new(&bed->scenario);
    struct at_rest rest;
    assert_non_null(r);
    registrations_reset(r, &(struct registrations_start){
                               .seed = 1, .down = bed->down, .down_count = bed->down_count});
    assert_true(at_rest_count(&bed->scenario, bed->down, bed->down_count, NONE, &rest));
    for (uint32_t p = 0; p < POPULATIONS; p++) {
        int64_t simulated = registrations_unregistered(r, p);
        /* Which peer overflows where decides by one or two when later populations follow. */
        if (llabs(simulated - rest.populations[p].out) > 2 * (int64_t)p)
            fail_msg("seed %llu, population %u: %lld of %lld counted out, %lld simulated",
                     (unsigned long long)seed, p, (long long)rest.populations[p].out,
                     (long long)rest.populations[p].devices, (long long)simulated);
    }
    registrations_free(r);
    at_rest_release(&rest);
}

static void counts_are_those_of_the_simulator(void **state)
{
    (void)state;
    static struct bed bed;
    for (uint64_t seed = 0; seed < 3000; seed++) {
        roll(&bed, seed);
        compare(&bed, seed);
    }
}

/* 3000 devices on two Small VM under 4+1: a cluster of Small VM registers what one does. */
static void the_cluster_keeps_out_what_peers_would_take(void **state)
{
    (void)state;
    static struct bed bed;
    roll(&bed, 1);
    bed.platforms[0] = (struct platform){.name = "small",
                                         .registrations = 2000,
                                         .mra_registrations = 200,
                                         .units = 40,
                                         .no_gain = true};
    bed.clusters[0] = (struct cluster){
        .name = "c", .traversal = NONE, .redundancy = REDUNDANCY_4_1, .peer_count = 2};
    bed.endpoints[0] = (struct endpoints){.name = "phones", .count = 3000, .ttl = HOUR, .flows = 1};
    bed.peers[0].image = bed.peers[1].image = IMAGE_SELECT;
    bed.scenario.endpoints_count = 1;
    struct at_rest rest;
    assert_true(at_rest_count(&bed.scenario, NULL, 0, NONE, &rest));
    assert_int_equal(rest.populations[0].out, 1000);
    assert_int_equal(rest.populations[0].limit, LIMIT_REGISTRATIONS);
    assert_int_equal(rest.populations[0].holder, HELD_BY_CLUSTER);
    assert_int_equal(rest.peers[0].registrations, 1000);
    at_rest_release(&rest);
    /* a peer that serves one request a second refreshes 3600 an hour */
    bed.platforms[0].no_gain = false;
    bed.platforms[0].registrations = 10000;
    bed.endpoints[0].count = 9000;
    bed.endpoints[0].ttl = HOUR;
    bed.peers[0].registration_rate = bed.peers[1].registration_rate = 1;
    assert_true(at_rest_count(&bed.scenario, NULL, 0, NONE, &rest));
    assert_int_equal(rest.populations[0].out, 9000 - 2 * 3600);
    assert_int_equal(rest.populations[0].limit, LIMIT_REFRESHES);
    at_rest_release(&rest);
    uint32_t both[] = {0, 1};
    assert_true(at_rest_count(&bed.scenario, both, 2, NONE, &rest));
    assert_int_equal(rest.populations[0].out, 9000);
    assert_int_equal(rest.populations[0].limit, LIMIT_COUNT);
    at_rest_release(&rest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_the_simulator),
        cmocka_unit_test(the_cluster_keeps_out_what_peers_would_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
