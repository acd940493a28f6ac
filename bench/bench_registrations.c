/* 200,000 endpoints over a week: what a quiet week costs, and one in which every peer dies daily.
 * Bytes an endpoint: the state that lasts, and the most that a failure adds for a while. */
#include <malloc.h>
#include <stdio.h>
#include <time.h>

#include "bench/clock.h"
#include "sim/engine/registrations.h"
#include "tests/registrations_seen.h"

#define PEERS     6
#define ENDPOINTS 200000

static double heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return (double)(info.uordblks + info.hblkhd);
}

static void run_until(struct registrations *r, nanos until)
{
    while (registrations_next(r) < until)
        registrations_step(r);
}

static void week(struct registrations *r, bool failures, const char *what, double before)
{
    double start = cpu_seconds(), most = 0;
    registrations_reset(r, &(struct registrations_start){.seed = 1});
    registrations_measure(r, 0);
    double fresh = cpu_seconds() - start;
    for (int day = 0; day < 7; day++) {
        for (uint32_t peer = 0; failures && peer < PEERS; peer++) {
            nanos at = day * DAY + peer * 4 * HOUR;
            run_until(r, at);
            registrations_peer_down(r, peer, at);
            most = heap_bytes() > most ? heap_bytes() : most;
            run_until(r, at + HOUR);
            registrations_peer_up(r, peer, at + HOUR);
        }
    }
    run_until(r, 7 * DAY);
    registrations_finish(r, 7 * DAY);
    double seconds = cpu_seconds() - start;
    most = heap_bytes() > most ? heap_bytes() : most;
    printf("%-28s %8.3f s (%.3f s to spread), %9llu events, %5.0f ns an event, %5.1f bytes an "
           "endpoint\n",
           what, seconds, fresh, (unsigned long long)registrations_events(r),
           registrations_events(r) ? (seconds - fresh) * 1e9 / (double)registrations_events(r) : 0,
           (most - before) / ENDPOINTS);
}

int main(void)
{
    struct platform platform = {.name = "lab",
                                .registrations = 50000,
                                .units = 1000,
                                .mra_registrations = 50000,
                                .rms = 500};
    struct cluster cluster = {.name = "c",
                              .traversal = NONE,
                              .peer_count = PEERS,
                              .redundancy = REDUNDANCY_NONE,
                              .licence_grace = 14 * DAY};
    struct peer peers[PEERS];
    for (int i = 0; i < PEERS; i++)
        peers[i] = (struct peer){.name = "p",
                                 .registration_rate = 500,
                                 .registration_queue = 5000,
                                 .joins = -FOREVER,
                                 .leaves = FOREVER};
    struct endpoints endpoints[2] = {
        {.name = "rooms",
         .count = ENDPOINTS / 2,
         .protocol = PROTOCOL_H323,
         .device = DEVICE_ROOM,
         .ttl = 30 * MINUTE,
         .alternates = INT32_MAX,
         .timeout = 3 * SECOND,
         .retry_wait = 30 * SECOND,
         .retry_max = 30 * MINUTE},
        {.name = "softphones",
         .count = ENDPOINTS / 2,
         .access = ACCESS_MRA,
         .failover = FAILOVER_MRA,
         .ttl = 30 * MINUTE,
         .keepalive = 30 * SECOND,
         .timeout = 3 * SECOND,
         .retry_wait = 30 * SECOND,
         .retry_max = 30 * MINUTE,
         .rebalance = true},
    };
    struct scenario scenario = {.platforms = &platform,
                                .platform_count = 1,
                                .clusters = &cluster,
                                .cluster_count = 1,
                                .peers = peers,
                                .peer_count = PEERS,
                                .endpoints = endpoints,
                                .endpoints_count = 2};
    double before = heap_bytes();
    struct registrations *r = registrations_new(&scenario);
    if (!r)
        return 1;
    printf("200,000 endpoints, 6 peers, 1 week\n");
    week(r, false, "nothing happens", before);
    week(r, true, "every peer dies every day", before);
    registrations_free(r);
    return 0;
}
