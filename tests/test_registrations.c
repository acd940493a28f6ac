/* Registrations in motion and their closed forms. Exact figures are facts computed elsewhere by two
 * unlike methods; statistical checks take their interval from the run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "model/registration.h"
#include "reports/csv.h"
#include "reports/tradeoff.h"
#include "sim/engine/registrations.h"
#include "tests/registrations_seen.h"

/* ---- a cluster to play with ---- */

struct bed {
    struct scenario scenario;
    struct platform platform;
    struct cluster clusters[2];
    struct peer peers[12];
    struct endpoints endpoints[3];
    struct registrations *registrations;
    int alarms[64], alarm_count; /* ids; negative: lowered */
};

static void note_alarm(void *context, const struct alarm *alarm)
{
    struct bed *bed = context;
    if (bed->alarm_count < 64)
        bed->alarms[bed->alarm_count++] = alarm->raised ? alarm->id : -alarm->id;
}

static int alarm_index(const struct bed *bed, int id)
{
    for (int i = 0; i < bed->alarm_count; i++)
        if (bed->alarms[i] == id)
            return i;
    return -1;
}

/* One population of SIP endpoints with a long refresh on `peers` peers without any limit. */
static void bed_init(struct bed *bed, uint32_t peers, int64_t endpoints)
{
    *bed = (struct bed){0};
    bed->platform = (struct platform){.name = "lab",
                                      .registrations = CAPACITY_UNLIMITED,
                                      .units = 100,
                                      .mra_registrations = CAPACITY_UNLIMITED,
                                      .rms = 100,
                                      .turn = 100};
    bed->clusters[0] = (struct cluster){
        .name = "core", .traversal = NONE, .peer_count = peers, .licence_grace = 14 * DAY};
    static const char *const names[] = {"p1", "p2", "p3", "p4", "p5", "p6",
                                        "q1", "q2", "q3", "q4", "q5", "q6"};
    for (uint32_t i = 0; i < 12; i++)
        bed->peers[i] = (struct peer){.name = names[i],
                                      .cluster = i >= peers,
                                      .max_sessions = CAPACITY_UNLIMITED,
                                      .registration_queue = CAPACITY_UNLIMITED,
                                      .joins = -FOREVER,
                                      .leaves = FOREVER};
    for (int i = 0; i < 3; i++)
        bed->endpoints[i] = (struct endpoints){.name = i == 0   ? "rooms"
                                                       : i == 1 ? "desks"
                                                                : "phones",
                                               .count = endpoints,
                                               .device = DEVICE_ROOM,
                                               .protocol = PROTOCOL_H323,
                                               .failover = FAILOVER_ALTERNATES,
                                               .ttl = 30 * MINUTE,
                                               .alternates = INT32_MAX,
                                               .flows = 1,
                                               .retry_wait = 30 * SECOND,
                                               .retry_max = 30 * MINUTE};
    bed->scenario.platforms = &bed->platform;
    bed->scenario.platform_count = 1;
    bed->scenario.clusters = bed->clusters;
    bed->scenario.cluster_count = 1;
    bed->scenario.peers = bed->peers;
    bed->scenario.peer_count = peers;
    bed->scenario.endpoints = bed->endpoints;
    bed->scenario.endpoints_count = 1;
}

static void bed_reset(struct bed *bed, uint64_t seed)
{
    bed->alarm_count = 0;
    registrations_reset(bed->registrations,
                        &(struct registrations_start){.seed = seed, .alarms = {bed, note_alarm}});
}

static struct registrations *bed_start(struct bed *bed)
{
    bed->registrations = registrations_new(&bed->scenario);
    assert_non_null(bed->registrations);
    bed_reset(bed, 1);
    return bed->registrations;
}

static void bed_release(struct bed *bed)
{
    registrations_free(bed->registrations);
}

static void run_until(struct registrations *r, nanos until)
{
    while (registrations_next(r) < until)
        registrations_step(r);
}

/* Puts all endpoints on the first peer. */
static double first_only[CLUSTER_PEERS_MAX] = {1, 0, 0, 0, 0, 0};

/* ---- closed forms ---- */

static void near(double value, double exact, double relative)
{
    if (fabs(value - exact) > relative * fabs(exact))
        fail_msg("%.12g is not %.12g", value, exact);
}

static void refresh_follows_the_table(void **state)
{
    (void)state;
    static const struct {
        int64_t active;
        double low, high;
    } rows[] = {{1, 45, 60},      {100, 45, 60},    {101, 150, 200},
                {500, 150, 200},  {501, 300, 400},  {1000, 300, 400},
                {1001, 450, 800}, {1500, 450, 800}, {1501, 750, 1000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct refresh_range range = registration_refresh(rows[i].active);
        assert_true(range.low == rows[i].low && range.high == rows[i].high);
    }
}

/* E[(X - room)^+] and P(X > room) for X ~ Binomial(n, p), from the law of X itself. */
static double excess(int64_t n, double p, int64_t room, double *beyond)
{
    if (room >= n)
        return *beyond = 0;
    *beyond = gsl_cdf_binomial_Q((unsigned)room, p, (unsigned)n);
    /* E[X; X > room] = n p P(Bin(n-1, p) >= room) */
    double above = room == 0 ? 1 : gsl_cdf_binomial_Q((unsigned)room - 1, p, (unsigned)n - 1);
    return (double)n * p * above - (double)room * *beyond;
}

/* n endpoints lose their peer and try ONE random peer of the k that are left, which hold held[i]
 * and admit up to cap: expected number refused; overflow[i] is the probability that peer i refuses
 * any. */
static double registration_overflow(int64_t n, const int64_t *held, int k, int64_t cap,
                                    double *overflow)
{
    double sum = 0;
    for (int i = 0; i < k; i++)
        sum += excess(n, 1.0 / k, cap - held[i], &overflow[i]);
    return sum;
}

static void overflow_of_a_lost_peer(void **state)
{
    (void)state;
    static const int64_t small[] = {250, 250, 250}, two[] = {4000, 3700};
    static const int64_t five[] = {4500, 4500, 4500, 4500, 4500};
    double overflow[5];
    assert_true(registration_overflow(250, small, 3, 5000, overflow) == 0);
    assert_true(overflow[0] == 0);
    near(registration_overflow(4000, two, 2, 5000, overflow), 1700, 1e-9);
    near(overflow[0], 1, 1e-12);
    near(registration_overflow(3000, five, 5, 5000, overflow), 500.000032155, 1e-11);
    near(overflow[4], 0.999998250397, 1e-11);
}

/* Of a client that waits 30 s at first and 1800 s at most. */
static double wait_after(enum retry_law law, unsigned failures, bool all_failed, double u)
{
    const struct endpoints endpoints = {
        .retry_law = law, .retry_wait = 30 * SECOND, .retry_max = 1800 * SECOND};
    return registration_wait(&endpoints, failures, all_failed, u);
}

/* Waits are uniform in [half, whole] of 30 s (or 90 s) doubled by failures, 1800 s at most. */
static void backoff_doubles_up_to_half_an_hour(void **state)
{
    (void)state;
    static const struct {
        bool all;
        unsigned failures;
        double low, high;
    } rows[] = {{true, 1, 30, 60},    {true, 4, 240, 480},   {true, 7, 900, 1800},
                {false, 2, 180, 360}, {false, 5, 900, 1800}, {false, 8, 900, 1800}};
    for (size_t i = 0; i < 6; i++) {
        double low = wait_after(RETRY_RFC5626, rows[i].failures, rows[i].all, 0);
        double high = wait_after(RETRY_RFC5626, rows[i].failures, rows[i].all, 1);
        near(low, rows[i].low, 1e-14);
        near(high, rows[i].high, 1e-14);
    }
    assert_true(wait_after(RETRY_FIXED, 9, true, 0.7) == 30);
    assert_true(wait_after(RETRY_EXPONENTIAL, 3, true, 0.7) == 120);
    assert_true(wait_after(RETRY_EXPONENTIAL, 99, true, 0.7) == 1800);
    near(wait_after(RETRY_JITTER, 1, true, 0.5), 30, 1e-12);
}

static void trade_off_of_half_an_hour_against_five_minutes(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 4, 8000);
    struct registration_tradeoff slow = registration_tradeoff(&bed.scenario, 0, 1800);
    struct registration_tradeoff fast = registration_tradeoff(&bed.scenario, 0, 300);
    near(slow.failover_mean, 900, 1e-12);
    near(fast.failover_mean, 150, 1e-12);
    near(fast.refreshes / slow.refreshes, 6, 1e-12);
    near(slow.refreshes, 2000.0 / 1800, 1e-12);
    near(slow.unregistered_minutes, 2000 * 15, 1e-12);
}

/* A row for every interval of the grid and the population's own, in order; none for MRA. */
static void trade_off_as_csv(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 4, 8000);
    bed.endpoints[0].ttl = 1000 * SECOND;
    bed.endpoints[1].failover = FAILOVER_MRA;
    bed.scenario.endpoints_count = 2;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    struct table table = csv_table(out);
    assert_true(registrations_table(&table, &bed.scenario));
    fclose(out);
    int lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 1 + 8 * (REGISTRATION_TTL_COUNT + 1));
    assert_non_null(strstr(text, "\nrooms,300,failover_mean,150,s\n"));
    assert_non_null(strstr(text, "\nrooms,1000,refreshes,8,1/s\n"));
    assert_true(strstr(text, "rooms,900,") < strstr(text, "rooms,1000,") &&
                strstr(text, "rooms,1000,") < strstr(text, "rooms,1200,"));
    assert_null(strstr(text, "desks"));
    free(text);
}

/* ---- motion ---- */

static void spread_is_even_and_costs_no_events(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 4, 8001);
    struct registrations *r = bed_start(&bed);
    for (uint32_t i = 0; i < 4; i++)
        assert_in_range(registrations_count(r, i), 2000, 2001);
    assert_true(registrations_next(r) == FOREVER);
    registrations_measure(r, HOUR);
    registrations_finish(r, 2 * HOUR);
    struct registrations_peer_figures peer = registrations_peer_result(r, 3);
    near(peer.served, (double)registrations_count(r, 3) * 2, 1e-6);
    near(peer.mean, (double)registrations_count(r, 3), 1e-12);
    assert_true(registrations_population_result(r, 0).unregistered_fraction == 0);
    bed_release(&bed);
}

/* Notices are uniform over the time to live: unregistered time n TTL/2 within five standard
 * errors, all done after one TTL, and the survivors share evenly. */
static void check_ttl(nanos ttl)
{
    struct bed bed;
    bed_init(&bed, 4, 8000);
    bed.endpoints[0].ttl = ttl;
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, HOUR);
    registrations_peer_down(r, 1, HOUR);
    assert_int_equal(registrations_unregistered(r, 0), 2000);
    run_until(r, HOUR + ttl + 1);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    registrations_finish(r, 3 * HOUR);
    struct registrations_population_figures figures = registrations_population_result(r, 0);
    double seconds = (double)ttl / SECOND, error = seconds / sqrt(12.0 * 2000);
    assert_int_equal(figures.failovers, 2000);
    assert_true(fabs(figures.unregistered_minutes * 60 / 2000 - seconds / 2) < 5 * error);
    assert_true(fabs(figures.failover_p95 / seconds - 0.95) < 5 * sqrt(0.95 * 0.05 / 2000) + 0.004);
    assert_true(figures.failover_max <= seconds);
    for (uint32_t i = 0; i < 4; i++) {
        double deviation = (double)registrations_count(r, i) - 2000 - 2000.0 / 3;
        assert_true(i == 1 || fabs(deviation) < 5 * sqrt(2000 * 2.0 / 9));
    }
    bed_release(&bed);
}

static void failover_takes_half_the_time_to_live(void **state)
{
    (void)state;
    check_ttl(30 * MINUTE);
    check_ttl(5 * MINUTE);
}

/* Two peers of a cluster and two of the fallback cluster of its devices. */
static void bed_with_refuge(struct bed *bed, int64_t endpoints)
{
    bed_init(bed, 2, endpoints);
    bed->clusters[1] = bed->clusters[0];
    bed->clusters[1].name = "refuge";
    bed->clusters[1].first_peer = 2;
    bed->scenario.cluster_count = 2;
    bed->scenario.peer_count = 4;
    bed->endpoints[0].fallback = 1;
}

static int64_t sum_of(const struct registrations *r, uint32_t first)
{
    return registrations_count(r, first) + registrations_count(r, first + 1);
}

/* They notice at their next refresh, uniformly over the time to live, and find the fallback cluster
 * at once; half are at each of its peers. Once a peer of their own is back all are there again. */
static void devices_find_their_refuge(void **state)
{
    (void)state;
    struct bed bed;
    bed_with_refuge(&bed, 4000);
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, 0);
    registrations_peer_down(r, 0, HOUR);
    run_until(r, HOUR + 30 * MINUTE);
    assert_int_equal(sum_of(r, 2), 0); /* while one of their own is left */
    assert_int_equal(registrations_count(r, 1), 4000);
    registrations_peer_down(r, 1, 2 * HOUR);
    run_until(r, 2 * HOUR + 10 * MINUTE);
    assert_true(fabs((double)sum_of(r, 2) / 4000 - 1.0 / 3) < 5 * sqrt(2.0 / 9 / 4000));
    run_until(r, 3 * HOUR);
    assert_int_equal(sum_of(r, 2), 4000);
    assert_true(fabs((double)registrations_count(r, 2) - 2000) < 5 * sqrt(1000));
    for (uint32_t device = 0; device < 4000; device++)
        assert_true(registrations_peer(r, 0, device) >= 2);
    registrations_peer_down(r, 2, 4 * HOUR); /* they fail over there as at home */
    run_until(r, 5 * HOUR);
    assert_int_equal(registrations_count(r, 3), 4000);
    registrations_peer_up(r, 0, 6 * HOUR);
    run_until(r, 8 * HOUR);
    assert_int_equal(registrations_count(r, 0), 4000);
    assert_int_equal(sum_of(r, 2), 0);
    registrations_finish(r, 8 * HOUR);
    struct registrations_population_figures figures = registrations_population_result(r, 0);
    double lost = 2000 + 4000 + (double)figures.failovers - 6000;
    double minutes = 15 * lost, deviation = sqrt(lost * 900 / 12);
    assert_true(fabs(figures.unregistered_minutes - minutes) < 5 * deviation);
    assert_true(fabs((double)figures.failovers - 8000) < 5 * sqrt(1000));
    assert_true(figures.failover_max <= 1800);
    assert_int_equal(figures.lost_at_end, 0);
    assert_int_equal(figures.rejected, 0);
    bed_release(&bed);
}

/* Down from the start: they are there at the start, and calls find them there. */
static void devices_begin_at_their_refuge(void **state)
{
    (void)state;
    static const uint32_t down[] = {0, 1};
    struct bed bed;
    bed_with_refuge(&bed, 1000);
    struct registrations *r = bed_start(&bed);
    registrations_reset(
        r, &(struct registrations_start){
               .seed = 7, .down = down, .down_count = 2, .alarms = {&bed, note_alarm}});
    registrations_measure(r, 0);
    assert_int_equal(registrations_count(r, 2), 500);
    assert_int_equal(registrations_count(r, 3), 500);
    run_until(r, DAY);
    registrations_finish(r, DAY);
    assert_true(registrations_population_result(r, 0).unregistered_fraction == 0);
    assert_int_equal(registrations_population_result(r, 0).lost_at_end, 0);
    bed_release(&bed);
}

static void call_makes_an_endpoint_notice(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 2);
    struct registrations *r = bed_start(&bed);
    assert_int_equal(registrations_peer(r, 0, 0), 0);
    registrations_peer_down(r, 0, MINUTE);
    assert_int_equal(registrations_peer(r, 0, 0), NONE);
    registrations_call_noticed(r, 0, 0, MINUTE);
    assert_int_equal(registrations_peer(r, 0, 0), 1);
    assert_int_equal(registrations_count(r, 1), 2);
    run_until(r, HOUR); /* the refresh that comes later finds nothing to do */
    assert_int_equal(registrations_count(r, 1), 2);
    bed_release(&bed);
}

/* Phases are uniform and independent: requests per second after a loss scatter as a binomial law
 * does, by the chi-square of all seconds of one interval. */
static void notices_scatter_like_a_binomial_law(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 10000);
    bed.endpoints[0].ttl = 120 * SECOND;
    struct registrations *r = bed_start(&bed);
    registrations_peer_down(r, 0, HOUR);
    double expected = 5000.0 / 120, sum = 0;
    int64_t before = registrations_count(r, 1);
    for (int second = 1; second <= 120; second++) {
        run_until(r, HOUR + second * SECOND);
        double noticed = (double)(registrations_count(r, 1) - before);
        before = registrations_count(r, 1);
        sum += (noticed - expected) * (noticed - expected) / expected;
    }
    assert_true(fabs(sum - 119) < 4.5 * sqrt(2 * 119));
    bed_release(&bed);
}

/* A peer is away for a while; its flows come back after waits uniform in the upper half of the
 * doubled base. The peer returns between the rounds, so that the times are those of one wait, or
 * of two. */
static void check_backoff(int flows, nanos away, double low, double high, double mean, double sd)
{
    struct bed bed;
    bed_init(&bed, 2, 2000);
    bed.endpoints[0].spread = first_only;
    bed.endpoints[0].protocol = PROTOCOL_SIP;
    bed.endpoints[0].failover = FAILOVER_OUTBOUND;
    bed.endpoints[0].flows = flows;
    bed.endpoints[0].keepalive = 1; /* noticed at once */
    bed.endpoints[0].retry_law = RETRY_RFC5626;
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, 0);
    registrations_peer_down(r, 0, 0);
    run_until(r, away);
    registrations_peer_up(r, 0, away);
    double sum = 0, last = (double)away / SECOND;
    int64_t before = 0;
    while (registrations_next(r) != FOREVER) {
        double now = (double)registrations_next(r) / SECOND;
        registrations_step(r);
        if (registrations_count(r, 0) == before)
            continue;
        assert_true(before > 0 || now >= low - 1e-6);
        sum += now;
        last = now;
        before = registrations_count(r, 0);
    }
    assert_int_equal(before, 2000);
    assert_true(last <= high + 1e-6);
    assert_true(fabs(sum / 2000 - mean) < 4.5 * sd / sqrt(2000));
    bed_release(&bed);
}

static void flows_return_after_the_waits_of_rfc5626(void **state)
{
    (void)state;
    double sd = 8.66025403784;
    check_backoff(1, 20 * SECOND, 30, 60, 45, sd);
    check_backoff(1, 65 * SECOND, 90, 180, 135, sd * sqrt(5)); /* 30-60 s, then 60-120 s */
    check_backoff(2, 20 * SECOND, 90, 180, 135, 3 * sd);       /* the other flow is alive */
}

/* One stored alternate at random: a full peer rejects, though others have room. */
static void single_alternate_overflows(void **state)
{
    (void)state;
    double sum = 0, squares = 0;
    const int runs = 40;
    struct bed bed;
    bed_init(&bed, 6, 2550);
    static double weights[] = {300, 450, 450, 450, 450, 450};
    bed.endpoints[0].spread = weights;
    bed.endpoints[0].alternates = 1;
    bed.platform.registrations = 500;
    struct registrations *r = bed_start(&bed);
    static const int64_t held[] = {450, 450, 450, 450, 450};
    for (int run = 0; run < runs; run++) {
        bed_reset(&bed, (uint64_t)run);
        registrations_measure(r, 0);
        registrations_peer_down(r, 0, 0);
        run_until(r, 31 * MINUTE);
        registrations_finish(r, 31 * MINUTE);
        double rejected = (double)registrations_population_result(r, 0).rejected;
        assert_int_equal(rejected, registrations_unregistered(r, 0));
        for (uint32_t i = 1; i < 6; i++)
            assert_true(registrations_count(r, i) <= 500);
        sum += rejected;
        squares += rejected * rejected;
    }
    double mean = sum / runs, sd = sqrt((squares - sum * mean) / (runs - 1)), overflow[5];
    double exact = registration_overflow(300, held, 5, 500, overflow);
    assert_true(exact > 50); /* 250 places for 300: some are wasted on full peers */
    assert_true(fabs(mean - exact) < 4.5 * sd / sqrt(runs));
    bed_release(&bed);
}

static void all_alternates_use_all_room(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 6, 2550);
    static double weights[] = {300, 450, 450, 450, 450, 450};
    bed.endpoints[0].spread = weights;
    bed.platform.registrations = 500;
    struct registrations *r = bed_start(&bed);
    assert_int_equal(registrations_count(r, 0), 300);
    registrations_peer_down(r, 0, 0);
    run_until(r, HOUR);
    assert_int_equal(registrations_unregistered(r, 0), 50);
    assert_true(registrations_next(r) == FOREVER); /* the fifty wait for a change */
    registrations_peer_up(r, 0, HOUR);
    run_until(r, HOUR + MINUTE);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    bed_release(&bed);
}

/* All clients of a lost peer notice at once and are served at a finite rate. */
static void simultaneous_clients_queue(void **state)
{
    (void)state;
    const int runs = 400;
    double last = 0, last2 = 0, mean = 0, mean2 = 0;
    struct bed bed;
    bed_init(&bed, 4, 90);
    bed.endpoints[0].spread = first_only;
    bed.endpoints[0].failover = FAILOVER_MRA; /* keepalive 0: a reset */
    bed.endpoints[0].ttl = TIME_MAX;
    for (int i = 0; i < 4; i++)
        bed.peers[i].registration_rate = 10;
    struct registrations *r = bed_start(&bed);
    for (int run = 0; run < runs; run++) {
        bed_reset(&bed, (uint64_t)run);
        registrations_measure(r, 0);
        registrations_peer_down(r, 0, 0);
        run_until(r, HOUR);
        registrations_finish(r, HOUR);
        struct registrations_population_figures figures = registrations_population_result(r, 0);
        double completion = figures.unregistered_minutes * 60 / 90;
        assert_int_equal(figures.failovers, 90);
        last += figures.failover_max;
        last2 += figures.failover_max * figures.failover_max;
        mean += completion;
        mean2 += completion * completion;
    }
    double error = sqrt((last2 / runs - last / runs * (last / runs)) / (runs - 1));
    assert_true(fabs(last / runs - 3.46782570282) < 4.5 * error + 1e-6);
    error = sqrt((mean2 / runs - mean / runs * (mean / runs)) / (runs - 1));
    assert_true(fabs(mean / runs - 1.58333333333) < 4.5 * error + 1e-6);
    bed_release(&bed);
}

/* The refused come back together after a fixed wait: waves, attempts and finish are exact. */
static void check_herd(int64_t n, int64_t room, double rate, nanos wait, double finish,
                       uint64_t attempts)
{
    struct bed bed;
    bed_init(&bed, 2, n);
    bed.endpoints[0].spread = first_only;
    bed.endpoints[0].failover = FAILOVER_MRA;
    bed.endpoints[0].ttl = TIME_MAX;
    bed.endpoints[0].retry_wait = wait;
    bed.peers[1].registration_rate = rate;
    bed.peers[1].registration_queue = room;
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, 0);
    registrations_peer_down(r, 0, 0);
    run_until(r, DAY);
    registrations_finish(r, DAY);
    struct registrations_population_figures figures = registrations_population_result(r, 0);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    assert_int_equal(figures.tries, attempts);
    near(figures.failover_max, finish, 1e-5);
    bed_release(&bed);
}

static void herd_with_a_fixed_wait(void **state)
{
    (void)state;
    check_herd(10000, 500, 50, 30 * SECOND, 580, 105000);
    check_herd(5000, 200, 20, 60 * SECOND, 1450, 65000);
}

/* Clients that give up before they are served leave their work behind: with a queue longer than
 * their patience most service is wasted, with a short one none is. */
static double recovery(int64_t queue, enum retry_law law, uint64_t *wasted)
{
    struct bed bed;
    bed_init(&bed, 2, 5000);
    bed.endpoints[0].spread = first_only;
    bed.endpoints[0].failover = FAILOVER_MRA;
    bed.endpoints[0].ttl = TIME_MAX;
    bed.endpoints[0].timeout = 3 * SECOND;
    bed.endpoints[0].retry_wait = 5 * SECOND;
    bed.endpoints[0].retry_law = law;
    bed.peers[1].registration_rate = 20;
    bed.peers[1].registration_queue = queue;
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, 0);
    registrations_peer_down(r, 0, 0);
    run_until(r, 20 * MINUTE);
    registrations_finish(r, 20 * MINUTE);
    *wasted = registrations_peer_result(r, 1).timed_out;
    struct registrations_population_figures figures = registrations_population_result(r, 0);
    bed_release(&bed);
    return figures.lost_at_end ? INFINITY : figures.failover_max;
}

static void long_queues_collapse(void **state)
{
    (void)state;
    uint64_t wasted_short, wasted_long;
    double swift = recovery(50, RETRY_FIXED, &wasted_short);
    double slow = recovery(CAPACITY_UNLIMITED, RETRY_FIXED, &wasted_long);
    assert_int_equal(wasted_short, 0);
    assert_true(wasted_long > 5000);
    assert_true(swift >= 5000 / 20.0 && swift < 1000);
    assert_true(slow > 2 * swift);
}

/* A flow to m of N peers is out while all m are: the share given the number of peers down. */
static void outbound_flows_outlive_a_peer(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 4, 6000);
    bed.endpoints[0].protocol = PROTOCOL_SIP;
    bed.endpoints[0].failover = FAILOVER_OUTBOUND;
    bed.endpoints[0].flows = 2;
    bed.endpoints[0].retry_law = RETRY_RFC5626;
    bed.clusters[0].licensed[LICENCE_ROOM] = true;
    bed.clusters[0].licences[LICENCE_ROOM] = 6000; /* flows share one */
    struct registrations *r = bed_start(&bed);
    registrations_peer_down(r, 0, MINUTE);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    assert_int_equal(registrations_licences(r, 0, LICENCE_ROOM), 6000);
    registrations_peer_down(r, 2, MINUTE);
    double out = (double)registrations_unregistered(r, 0), p = 1.0 / 6;
    assert_true(fabs(out - 6000 * p) < 5 * sqrt(6000 * p * (1 - p)));
    registrations_peer_down(r, 3, MINUTE);
    out = (double)registrations_unregistered(r, 0);
    assert_true(fabs(out - 3000) < 5 * sqrt(6000 * 0.25));
    for (uint32_t e = 0; e < 6000; e++) {
        uint32_t peer = registrations_peer(r, 0, e);
        assert_true(peer == 1 || peer == NONE);
    }
    registrations_peer_up(r, 0, HOUR);
    registrations_peer_up(r, 2, HOUR);
    registrations_peer_up(r, 3, HOUR);
    run_until(r, 4 * HOUR);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    bed_release(&bed);
}

static void mra_moves_within_two_keepalives(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 4, 4000);
    bed.endpoints[0].protocol = PROTOCOL_SIP;
    bed.endpoints[0].access = ACCESS_MRA;
    bed.endpoints[0].failover = FAILOVER_MRA;
    bed.endpoints[0].keepalive = 30 * SECOND;
    bed.endpoints[0].timeout = 3 * SECOND;
    bed.endpoints[0].rebalance = true;
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, 0);
    registrations_peer_down(r, 0, 0);
    run_until(r, 30 * SECOND);
    assert_int_equal(registrations_unregistered(r, 0), 1000);
    run_until(r, MINUTE + 1);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    registrations_finish(r, HOUR);
    double p50 = registrations_population_result(r, 0).failover_p50;
    assert_true(p50 > 40 && p50 < 50);
    assert_true(registrations_count(r, 0) == 0);
    registrations_peer_up(r, 0, HOUR);
    run_until(r, 2 * HOUR); /* half of the excess of each peer comes back, not all */
    double back = (double)registrations_count(r, 0);
    assert_true(fabs(back - 500) < 5 * sqrt(500));
    assert_int_equal(registrations_unregistered(r, 0), 0);
    bed_release(&bed);
}

/* MRA endpoints sit on an edge and, through it, on the least loaded core peer. */
static void mra_through_an_edge(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 1000);
    bed.clusters[1] = (struct cluster){.name = "inner",
                                       .traversal = NONE,
                                       .first_peer = 2,
                                       .peer_count = 3,
                                       .licence_grace = 14 * DAY};
    bed.clusters[0].traversal = 1;
    bed.scenario.cluster_count = 2;
    bed.scenario.peer_count = 5;
    bed.endpoints[0].access = ACCESS_MRA;
    bed.endpoints[0].failover = FAILOVER_MRA;
    bed.endpoints[0].keepalive = 30 * SECOND;
    struct registrations *r = bed_start(&bed);
    assert_int_equal(registrations_count(r, 0) + registrations_count(r, 1), 1000);
    for (uint32_t i = 2; i < 5; i++)
        assert_in_range(registrations_count(r, i), 333, 334);
    registrations_peer_down(r, 3, MINUTE);
    assert_in_range(registrations_unregistered(r, 0), 333, 334);
    run_until(r, 3 * MINUTE);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    assert_int_equal(registrations_count(r, 2), 500);
    assert_int_equal(registrations_count(r, 4), 500);
    registrations_peer_down(r, 2, HOUR);
    registrations_peer_down(r, 4, HOUR);
    run_until(r, 2 * HOUR);
    assert_int_equal(registrations_unregistered(r, 0), 1000);
    assert_int_equal(registrations_count(r, 0), 0);
    assert_true(registrations_next(r) == FOREVER);
    registrations_peer_up(r, 4, 2 * HOUR);
    run_until(r, 2 * HOUR + MINUTE);
    assert_int_equal(registrations_count(r, 4), 1000);
    bed_release(&bed);
}

/* A draw may hit the dead peer again; it is drawn anew when the record has expired. */
static void dns_draws_until_a_peer_answers(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 4000);
    bed.endpoints[0].protocol = PROTOCOL_SIP;
    bed.endpoints[0].failover = FAILOVER_DNS;
    bed.endpoints[0].ttl = SECOND;
    bed.endpoints[0].dns_ttl = MINUTE;
    struct registrations *r = bed_start(&bed);
    registrations_peer_down(r, 0, 0);
    run_until(r, 2 * SECOND);
    double out = (double)registrations_unregistered(r, 0);
    assert_true(fabs(out - 1000) < 5 * sqrt(500));
    run_until(r, 62 * SECOND);
    out = (double)registrations_unregistered(r, 0);
    assert_true(fabs(out - 500) < 5 * sqrt(375));
    run_until(r, HOUR);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    bed_release(&bed);
}

static void drained_peer_empties_without_a_gap(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 3, 3000);
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, HOUR);
    registrations_peer_drain(r, 0, HOUR);
    run_until(r, HOUR + 15 * MINUTE);
    double left = (double)registrations_count(r, 0);
    assert_true(fabs(left - 500) < 5 * sqrt(250));
    run_until(r, HOUR + 31 * MINUTE);
    assert_int_equal(registrations_count(r, 0), 0);
    registrations_peer_down(r, 0, HOUR + 31 * MINUTE);
    registrations_peer_up(r, 0, 2 * HOUR);
    registrations_finish(r, 2 * HOUR);
    struct registrations_population_figures figures = registrations_population_result(r, 0);
    assert_true(figures.unregistered_minutes == 0);
    assert_int_equal(figures.failovers, 0);
    assert_true(registrations_cluster_result(r, 0).imbalance > 1.4);
    bed_release(&bed);
}

/* MRA counts against the MRA limit of peer and cluster, and takes no licence of ours. */
static void mra_has_limits_of_its_own(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 500);
    bed.platform.mra_registrations = 100;
    bed.platform.registrations = 2000;
    bed.clusters[0].licensed[LICENCE_ROOM] = true;
    bed.endpoints[0].access = ACCESS_MRA;
    bed.endpoints[0].failover = FAILOVER_MRA;
    bed.endpoints[0].spread = first_only;
    struct registrations *r = bed_start(&bed);
    assert_int_equal(registrations_count(r, 0), 100);
    assert_int_equal(registrations_count(r, 1), 100);
    assert_int_equal(registrations_licences(r, 0, LICENCE_ROOM), 0);
    registrations_free(r);
    bed.platform.no_gain = true;
    r = bed_start(&bed);
    assert_int_equal(registrations_count(r, 0) + registrations_count(r, 1), 100);
    bed_release(&bed);
}

/* A softphone with IM needs two sessions: where one is left it does not fit. */
static void last_session_is_not_two(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 1, 1);
    bed.scenario.endpoints_count = 2;
    bed.endpoints[1].count = 2000;
    bed.endpoints[1].im = 1;
    for (int i = 0; i < 2; i++) {
        bed.endpoints[i].protocol = PROTOCOL_SIP;
        bed.endpoints[i].failover = FAILOVER_REFRESH;
        bed.endpoints[i].encrypted = true;
    }
    bed.peers[0].image = IMAGE_UNRESTRICTED;
    struct registrations *r = bed_start(&bed);
    registrations_finish(r, 1);
    assert_true(registrations_peer_result(r, 0).peak_sessions == 2499);
    assert_int_equal(registrations_count(r, 0), 1250);
    bed_release(&bed);
}

/* Standard SIP refreshes every 45 to 60 s: what is left of such an interval when a peer dies has
 * mean E[X^2]/2E[X] = 26.43 s. */
static void random_intervals_leave_their_residual(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 4000);
    bed.endpoints[0].protocol = PROTOCOL_SIP;
    bed.endpoints[0].failover = FAILOVER_REFRESH;
    bed.endpoints[0].ttl = 0;
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, 0);
    registrations_peer_down(r, 0, 0);
    run_until(r, HOUR);
    registrations_finish(r, HOUR);
    struct registrations_population_figures figures = registrations_population_result(r, 0);
    double second = (60.0 * 60 * 60 - 45.0 * 45 * 45) / 45, mean = second / 105;
    double third = (pow(60, 4) - pow(45, 4)) / 60, sd = sqrt(third / (3 * 52.5) - mean * mean);
    assert_true(fabs(figures.unregistered_minutes * 60 / 2000 - mean) < 4.5 * sd / sqrt(2000));
    assert_true(figures.failover_max < 60);
    bed_release(&bed);
}

/* A peer that restarts before the refresh gets its endpoints back, after half an interval. */
static void restarted_peer_gets_its_endpoints_back(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 3, 3000);
    struct registrations *r = bed_start(&bed);
    registrations_peer_down(r, 0, 0);
    registrations_peer_up(r, 0, 0);
    assert_int_equal(registrations_count(r, 0), 0);
    run_until(r, HOUR);
    assert_int_equal(registrations_count(r, 0), 1000);
    bed_release(&bed);
}

/* Requests die with the peer that queued them; their clients wait for their time-out. */
static void queued_requests_die_with_their_peer(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 100);
    bed.endpoints[0].spread = first_only;
    bed.endpoints[0].failover = FAILOVER_MRA;
    bed.endpoints[0].ttl = TIME_MAX;
    bed.endpoints[0].timeout = 20 * SECOND;
    bed.peers[1].registration_rate = 10;
    struct registrations *r = bed_start(&bed);
    registrations_peer_down(r, 0, 0);
    run_until(r, SECOND);
    assert_in_range(registrations_count(r, 1), 9, 10);
    registrations_peer_down(r, 1, SECOND);
    registrations_peer_up(r, 1, 2 * SECOND);
    run_until(r, 19 * SECOND);
    assert_int_equal(registrations_count(r, 1), 0);
    run_until(r, 2 * MINUTE);
    assert_int_equal(registrations_count(r, 1), 100);
    bed_release(&bed);
}

/* However often they try again: fifty are rejected. */
static void rejected_counts_registrants_not_tries(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 550);
    bed.platform.registrations = 500;
    bed.endpoints[0].failover = FAILOVER_MRA;
    bed.peers[1].registration_rate = 100;
    struct registrations *r = bed_start(&bed);
    registrations_measure(r, 0);
    registrations_peer_down(r, 0, 0);
    run_until(r, HOUR);
    registrations_finish(r, HOUR);
    struct registrations_population_figures figures = registrations_population_result(r, 0);
    assert_int_equal(figures.rejected, 50);
    assert_int_equal(figures.lost_at_end, 50);
    assert_true(registrations_peer_result(r, 1).refused_limit >= 50 * 3600 / 30 - 50);
    bed_release(&bed);
}

/* The licence counts, not where it is installed; SIP and H.323 of one device take two. */
static void licences_are_pooled(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 4, 400);
    bed.endpoints[0].device = DEVICE_DESKTOP;
    bed.endpoints[0].protocol = PROTOCOL_BOTH;
    bed.endpoints[0].failover = FAILOVER_REFRESH;
    bed.clusters[0].licensed[LICENCE_DESKTOP] = bed.clusters[0].licensed[LICENCE_ROOM] = true;
    bed.clusters[0].licensing = LICENSING_SMART; /* no keys that a peer could miss */
    bed.peers[0].licences[LICENCE_DESKTOP] = 750;
    bed.peers[1].licences[LICENCE_ROOM] = 250;
    struct registrations *r = bed_start(&bed);
    assert_int_equal(registrations_licences(r, 0, LICENCE_DESKTOP), 400);
    assert_int_equal(registrations_licences(r, 0, LICENCE_ROOM), 250);
    registrations_finish(r, 1);
    assert_int_equal(registrations_population_result(r, 0).rejected, 150);
    assert_int_equal(registrations_unregistered(r, 0), 0); /* SIP still reaches them */
    assert_true(alarm_index(&bed, 30026) >= 0);
    assert_true(alarm_index(&bed, 30028) > alarm_index(&bed, 30026));
    assert_int_equal(alarm_index(&bed, 30031), -1);
    bed.alarm_count = 0;
    registrations_measure(r, 2); /* who begins to listen hears what stands */
    assert_true(alarm_index(&bed, 30026) >= 0);
    assert_true(alarm_index(&bed, 30028) >= 0);
    registrations_finish(r, 3);
    near(registrations_cluster_result(r, 0).full_fraction[LICENCE_ROOM], 1, 1e-12);
    assert_true(registrations_cluster_result(r, 0).full_fraction[LICENCE_DESKTOP] == 0);
    bed_release(&bed);
}

static void lost_licences_leave_the_pool(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 100);
    bed.clusters[0].licensed[LICENCE_ROOM] = true;
    bed.peers[0].licences[LICENCE_ROOM] = 40;
    bed.peers[1].licences[LICENCE_ROOM] = 60;
    struct registrations *r = bed_start(&bed);
    registrations_peer_down(r, 0, 0);
    run_until(r, HOUR);
    assert_int_equal(registrations_unregistered(r, 0), 0); /* the pool still has 100 */
    registrations_pool_changed(r, 0, 14 * DAY);
    registrations_peer_down(r, 1, 15 * DAY);
    registrations_peer_up(r, 1, 15 * DAY + SECOND);
    run_until(r, 16 * DAY);
    assert_int_equal(registrations_unregistered(r, 0), 40);
    registrations_finish(
        r, 16 * DAY); /* full: at first, and from the 14th day on but for a failover */
    double full = registrations_cluster_result(r, 0).full_fraction[LICENCE_ROOM];
    assert_true(full > 15.9 / 16 && full < 1);
    registrations_peer_up(r, 0, 16 * DAY);
    run_until(r, 17 * DAY);
    assert_int_equal(registrations_unregistered(r, 0), 0);
    bed_release(&bed);
}

static void small_machines_gain_nothing(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 2, 3000);
    bed.platform.registrations = 2000;
    bed.platform.no_gain = true;
    struct registrations *r = bed_start(&bed);
    assert_int_equal(registrations_count(r, 0) + registrations_count(r, 1), 2000);
    assert_true(alarm_index(&bed, 30010) >= 0);
    assert_int_equal(alarm_index(&bed, 30030), -1); /* each peer holds half of its own limit */
    registrations_peer_down(r, 0, HOUR);
    run_until(r, 3 * HOUR);
    assert_int_equal(registrations_count(r, 1), 2000);
    assert_true(alarm_index(&bed, -30010) >= 0);
    assert_true(alarm_index(&bed, 30030) >= 0);
    assert_true(alarm_index(&bed, 30027) >= 0);
    bed_release(&bed);
}

static void capped_image_counts_sessions(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 1, 2000);
    bed.endpoints[0].protocol = PROTOCOL_SIP;
    bed.endpoints[0].failover = FAILOVER_REFRESH;
    bed.endpoints[0].encrypted = true;
    bed.endpoints[0].im = 0.5;
    bed.peers[0].image = IMAGE_UNRESTRICTED;
    struct registrations *r = bed_start(&bed);
    registrations_finish(r, 1);
    double peak = registrations_peer_result(r, 0).peak_sessions;
    assert_true(peak >= 2499 && peak <= 2500);
    double out = (double)registrations_unregistered(r, 0);
    assert_true(out > 200 && out < 450); /* 2000 x 1.5 = 3000 wanted, 2500 there */
    assert_true(alarm_index(&bed, 30047) > alarm_index(&bed, 30048));
    bed_release(&bed);
}

static uint64_t mixed(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 29);
}

/* Peers die, drain and return at random; at every event all limits hold and counts agree. */
static uint64_t storm_hash(struct bed *bed, uint64_t seed)
{
    struct registrations *r = bed->registrations;
    bed_reset(bed, seed);
    uint64_t random = seed * 77 + 1, hash = 0;
    nanos now = 0;
    for (int i = 0; i < 150; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint32_t peer = (uint32_t)(random >> 33) % 4;
        now += (nanos)((random >> 40) % 600) * SECOND;
        while (registrations_next(r) <= now) {
            registrations_step(r);
            int64_t sum = 0;
            for (uint32_t p = 0; p < 4; p++) {
                assert_in_range(registrations_count(r, p), 0, 500);
                sum += registrations_count(r, p);
            }
            assert_true(sum <= 1500);
            assert_true(registrations_licences(r, 0, LICENCE_ROOM) <= 1200);
        }
        static void (*const changes[])(struct registrations *, uint32_t,
                                       nanos) = {registrations_peer_down, registrations_peer_up,
                                                 registrations_peer_drain, registrations_peer_up};
        changes[(random >> 60) & 3](r, peer, now);
        hash = mixed(hash, (uint64_t)registrations_count(r, peer));
        hash = mixed(hash, (uint64_t)registrations_unregistered(r, 0));
        hash = mixed(hash, registrations_events(r));
    }
    assert_false(registrations_failed(r));
    return hash;
}

static void limits_hold_whatever_happens(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, 4, 1300);
    bed.clusters[0].redundancy = REDUNDANCY_N_1;
    bed.clusters[0].licensed[LICENCE_ROOM] = true;
    bed.clusters[0].licences[LICENCE_ROOM] = 1200;
    bed.platform.registrations = 500;
    bed.endpoints[0].timeout = 2 * SECOND;
    bed.endpoints[1].count = 200;
    bed.endpoints[1].protocol = PROTOCOL_SIP;
    bed.endpoints[1].access = ACCESS_MRA;
    bed.endpoints[1].failover = FAILOVER_MRA;
    bed.endpoints[1].keepalive = 30 * SECOND;
    bed.endpoints[1].rebalance = true;
    bed.endpoints[2].count = 100;
    bed.endpoints[2].protocol = PROTOCOL_SIP;
    bed.endpoints[2].access = ACCESS_PROXIED;
    bed.endpoints[2].failover = FAILOVER_OUTBOUND;
    bed.endpoints[2].ttl = 0;
    bed.endpoints[2].flows = 2;
    bed.endpoints[2].retry_law = RETRY_RFC5626;
    bed.scenario.endpoints_count = 3;
    bed.peers[2].registration_rate = 20;
    bed.peers[2].registration_queue = 100;
    bed_start(&bed);
    uint64_t first = storm_hash(&bed, 3);
    assert_true(storm_hash(&bed, 4) != first);
    assert_true(storm_hash(&bed, 3) == first); /* nothing of an earlier replication is left */
    bed_release(&bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refresh_follows_the_table),
        cmocka_unit_test(overflow_of_a_lost_peer),
        cmocka_unit_test(backoff_doubles_up_to_half_an_hour),
        cmocka_unit_test(trade_off_of_half_an_hour_against_five_minutes),
        cmocka_unit_test(trade_off_as_csv),
        cmocka_unit_test(spread_is_even_and_costs_no_events),
        cmocka_unit_test(failover_takes_half_the_time_to_live),
        cmocka_unit_test(call_makes_an_endpoint_notice),
        cmocka_unit_test(notices_scatter_like_a_binomial_law),
        cmocka_unit_test(flows_return_after_the_waits_of_rfc5626),
        cmocka_unit_test(single_alternate_overflows),
        cmocka_unit_test(all_alternates_use_all_room),
        cmocka_unit_test(simultaneous_clients_queue),
        cmocka_unit_test(herd_with_a_fixed_wait),
        cmocka_unit_test(long_queues_collapse),
        cmocka_unit_test(outbound_flows_outlive_a_peer),
        cmocka_unit_test(mra_moves_within_two_keepalives),
        cmocka_unit_test(mra_through_an_edge),
        cmocka_unit_test(dns_draws_until_a_peer_answers),
        cmocka_unit_test(drained_peer_empties_without_a_gap),
        cmocka_unit_test(mra_has_limits_of_its_own),
        cmocka_unit_test(last_session_is_not_two),
        cmocka_unit_test(random_intervals_leave_their_residual),
        cmocka_unit_test(restarted_peer_gets_its_endpoints_back),
        cmocka_unit_test(queued_requests_die_with_their_peer),
        cmocka_unit_test(rejected_counts_registrants_not_tries),
        cmocka_unit_test(devices_find_their_refuge),
        cmocka_unit_test(devices_begin_at_their_refuge),
        cmocka_unit_test(licences_are_pooled),
        cmocka_unit_test(lost_licences_leave_the_pool),
        cmocka_unit_test(small_machines_gain_nothing),
        cmocka_unit_test(capped_image_counts_sessions),
        cmocka_unit_test(limits_hold_whatever_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
