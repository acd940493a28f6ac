/* The configuration of a cluster in time: the rules of the clustering chapter, one test each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/configuration.h"

struct bed {
    struct scenario scenario;
    struct cluster clusters[2];
    struct peer peers[8];
    struct change changes[4];
    struct configurations all;
    struct {
        nanos time;
        int id;
        bool raised;
        uint32_t peer;
    } log[64];
    int count;
};

static void note(void *context, const struct alarm *alarm)
{
    struct bed *bed = context;
    assert_true(alarm->cluster < 2);
    assert_non_null(alarm->text);
    assert_true(bed->count < 64);
    bed->log[bed->count].time = alarm->time;
    bed->log[bed->count].id = alarm->id;
    bed->log[bed->count].raised = alarm->raised;
    bed->log[bed->count++].peer = alarm->peer;
}

/* Members that have not the primary's configuration. */
static uint32_t drift(const struct configuration *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->count; i++)
        count += c->peers[i].state != CONFIGURATION_OUTSIDE && !configuration_in_sync(c, i);
    return count;
}

/* A cluster of `peers` peers, the first of them the primary, and a second one of a single peer. */
static struct configuration *bed_start(struct bed *bed, uint32_t peers, uint32_t changes)
{
    bed->count = 0;
    for (uint32_t i = 0; i < peers + 1; i++) {
        bed->peers[i].cluster = i == peers;
        if (bed->peers[i].leaves == 0) {
            bed->peers[i].joins = -FOREVER;
            bed->peers[i].leaves = FOREVER;
        }
    }
    bed->clusters[0] = (struct cluster){.peer_count = peers};
    bed->clusters[1] = (struct cluster){.first_peer = peers, .peer_count = 1, .primary = peers};
    bed->scenario = (struct scenario){.clusters = bed->clusters,
                                      .cluster_count = 2,
                                      .peers = bed->peers,
                                      .peer_count = peers + 1,
                                      .changes = bed->changes,
                                      .change_count = changes};
    assert_true(configurations_init(&bed->all, &bed->scenario));
    configurations_reset(&bed->all, 0, (struct alarm_sink){bed, note});
    return &bed->all.clusters[0];
}

static void run_until(struct bed *bed, nanos until)
{
    while (configurations_next(&bed->all) <= until)
        configurations_step(&bed->all);
}

/* The alarm is raised (1), was lowered (0) or never was (-1). */
static int alarm_state(const struct bed *bed, int id, uint32_t peer)
{
    int state = -1;
    for (int i = 0; i < bed->count; i++)
        if (bed->log[i].id == id && bed->log[i].peer == peer)
            state = bed->log[i].raised;
    return state;
}

static enum configuration_outcome change(struct bed *bed, enum change_kind kind, uint32_t peer,
                                         nanos now)
{
    run_until(bed, now);
    return configurations_change(&bed->all, kind, peer, now);
}

static void quiet_cluster_has_no_events(void **state)
{
    (void)state;
    struct bed bed = {0};
    bed_start(&bed, 4, 0);
    assert_true(configurations_next(&bed.all) == FOREVER);
    configurations_release(&bed.all);
}

static void change_reaches_all_within_a_minute(void **state)
{
    (void)state;
    struct bed bed = {0};
    bed.changes[0] = (struct change){90 * SECOND, CHANGE_CLUSTER_WIDE, 0};
    struct configuration *c = bed_start(&bed, 4, 1);
    run_until(&bed, 90 * SECOND);
    assert_int_equal(drift(c), 3);
    assert_true(configurations_next(&bed.all) == 2 * MINUTE);
    run_until(&bed, 2 * MINUTE);
    assert_int_equal(drift(c), 0);
    assert_true(c->synchronized == 2 * MINUTE);
    assert_int_equal(bed.count, 0);
    configurations_release(&bed.all);
}

static void change_on_a_subordinate_is_overwritten(void **state)
{
    (void)state;
    struct bed bed = {0};
    struct configuration *c = bed_start(&bed, 3, 0);
    uint64_t version = c->peers[0].version;
    assert_int_equal(change(&bed, CHANGE_CLUSTER_WIDE, 2, 10), CONFIGURATION_LOCAL);
    assert_int_equal(change(&bed, CHANGE_PEER_SPECIFIC, 2, 10), CONFIGURATION_DONE);
    assert_false(configuration_in_sync(c, 2));
    run_until(&bed, MINUTE);
    assert_true(configuration_in_sync(c, 2));
    assert_int_equal(c->peers[2].version, version);
    assert_int_equal(c->overwritten, 1);
    assert_int_equal(c->peers[2].own_changes, 1); /* that one stays */
    configurations_release(&bed.all);
}

static void lost_primary_lets_the_rest_drift(void **state)
{
    (void)state;
    struct bed bed = {0};
    struct configuration *c = bed_start(&bed, 3, 0);
    configurations_peer_down(&bed.all, 0, false, 0);
    assert_int_equal(change(&bed, CHANGE_CLUSTER_WIDE, 0, 1), CONFIGURATION_REFUSED);
    change(&bed, CHANGE_CLUSTER_WIDE, 1, 10 * MINUTE);
    change(&bed, CHANGE_CLUSTER_WIDE, 2, 10 * MINUTE);
    run_until(&bed, 20 * MINUTE);
    assert_int_equal(alarm_state(&bed, 20004, 0), 1);
    assert_int_equal(alarm_state(&bed, 20016, 1), 1);
    assert_int_equal(alarm_state(&bed, 20016, 2), 1);
    assert_int_equal(alarm_state(&bed, 20006, NONE), 1);
    assert_int_equal(drift(c), 2);
    configurations_peer_up(&bed.all, 0, HOUR);
    run_until(&bed, HOUR + MINUTE);
    assert_int_equal(drift(c), 0);
    assert_int_equal(c->overwritten, 2);
    for (int i = 0; i < bed.count; i++)
        assert_int_equal(alarm_state(&bed, bed.log[i].id, bed.log[i].peer), 0);
    configurations_release(&bed.all);
}

static void change_while_a_peer_is_away_needs_a_hand(void **state)
{
    (void)state;
    struct bed bed = {0};
    struct configuration *c = bed_start(&bed, 3, 0);
    configurations_peer_down(&bed.all, 2, false, 0);
    change(&bed, CHANGE_CLUSTER_WIDE, 0, MINUTE);
    configurations_peer_up(&bed.all, 2, HOUR);
    run_until(&bed, 2 * HOUR);
    assert_int_equal(alarm_state(&bed, 20011, 2), 1);
    assert_false(configuration_in_sync(c, 2));
    change(&bed, CHANGE_CLUSTER_WIDE, 0, 3 * HOUR); /* not even a new change gets there */
    run_until(&bed, 4 * HOUR);
    assert_false(configuration_in_sync(c, 2));
    assert_true(configuration_in_sync(c, 1));
    assert_int_equal(change(&bed, CHANGE_FORCE_UPDATE, 2, 5 * HOUR), CONFIGURATION_DONE);
    assert_true(configuration_in_sync(c, 2));
    assert_int_equal(alarm_state(&bed, 20011, 2), 0);
    run_until(&bed, 6 * HOUR);
    assert_int_equal(alarm_state(&bed, 20006, NONE), 0);
    configurations_release(&bed.all);
}

static void moved_primary_meets_the_old_one(void **state)
{
    (void)state;
    struct bed bed = {0};
    struct configuration *c = bed_start(&bed, 3, 0);
    configurations_peer_down(&bed.all, 0, false, 0);
    run_until(&bed, 5 * MINUTE);
    assert_int_equal(change(&bed, CHANGE_PRIMARY, 1, 10 * MINUTE), CONFIGURATION_DONE);
    run_until(&bed, 20 * MINUTE);
    assert_int_equal(alarm_state(&bed, 20016, 2), 0);
    assert_int_equal(change(&bed, CHANGE_CLUSTER_WIDE, 1, 20 * MINUTE), CONFIGURATION_DONE);
    configurations_peer_up(&bed.all, 0, HOUR);
    run_until(&bed, 2 * HOUR);
    assert_int_equal(alarm_state(&bed, 20017, 0), 1);
    assert_int_equal(change(&bed, CHANGE_PRIMARY, 0, 2 * HOUR), CONFIGURATION_REFUSED);
    change(&bed, CHANGE_FORCE_UPDATE, 0, 3 * HOUR);
    assert_int_equal(change(&bed, CHANGE_PRIMARY, 0, 4 * HOUR), CONFIGURATION_DONE);
    run_until(&bed, 5 * HOUR);
    assert_int_equal(drift(c), 0);
    assert_int_equal(c->primary, 0);
    assert_int_equal(alarm_state(&bed, 20017, 0), 0);
    configurations_release(&bed.all);
}

static void forced_update_on_the_primary_loses_all(void **state)
{
    (void)state;
    struct bed bed = {0};
    bed.peers[2] = (struct peer){.joins = 2 * HOUR, .leaves = FOREVER};
    struct configuration *c = bed_start(&bed, 3, 0);
    assert_int_equal(change(&bed, CHANGE_FORCE_UPDATE, 0, 0), CONFIGURATION_WIPED);
    run_until(&bed, MINUTE);
    assert_true(c->wiped);
    assert_int_equal(alarm_state(&bed, 20014, 0), 1);
    assert_true(configuration_in_sync(c, 1)); /* the loss is everywhere */
    assert_int_equal(change(&bed, CHANGE_RESTORE, 1, HOUR), CONFIGURATION_REFUSED);
    assert_int_equal(change(&bed, CHANGE_RESTORE, 2, HOUR), CONFIGURATION_DONE);
    run_until(&bed, 2 * HOUR);
    configurations_peer_up(&bed.all, 2, 2 * HOUR);
    run_until(&bed, 2 * HOUR + MINUTE);
    assert_int_equal(alarm_state(&bed, 20012, 2), 1);
    uint64_t restored = c->peers[2].version;
    assert_int_equal(change(&bed, CHANGE_PRIMARY, 2, 3 * HOUR), CONFIGURATION_DONE);
    run_until(&bed, 4 * HOUR);
    assert_false(c->wiped);
    assert_int_equal(c->peers[0].version, restored);
    assert_int_equal(drift(c), 0);
    assert_int_equal(alarm_state(&bed, 20012, 2), 0);
    configurations_release(&bed.all);
}

static void forced_update_needs_the_primary(void **state)
{
    (void)state;
    struct bed bed = {0};
    bed_start(&bed, 2, 0);
    configurations_peer_down(&bed.all, 0, false, 0);
    assert_int_equal(change(&bed, CHANGE_FORCE_UPDATE, 1, HOUR), CONFIGURATION_REFUSED);
    assert_int_equal(alarm_state(&bed, 20009, 1), 1);
    configurations_peer_up(&bed.all, 0, 2 * HOUR);
    run_until(&bed, 3 * HOUR);
    assert_int_equal(alarm_state(&bed, 20009, 1), 0);
    configurations_release(&bed.all);
}

static void upgrade_pauses_replication(void **state)
{
    (void)state;
    struct bed bed = {0};
    struct configuration *c = bed_start(&bed, 3, 0);
    configurations_upgrade(&bed.all, 0, true, 0);
    configurations_peer_drain(&bed.all, 1, 0);
    change(&bed, CHANGE_CLUSTER_WIDE, 0, 10 * MINUTE);
    run_until(&bed, 20 * MINUTE);
    assert_int_equal(drift(c), 2);
    configurations_peer_down(&bed.all, 1, false, 30 * MINUTE);
    assert_int_equal(alarm_state(&bed, 20004, 1), -1); /* expected to be away */
    configurations_peer_up(&bed.all, 1, 40 * MINUTE);
    configurations_upgrade(&bed.all, 0, false, HOUR);
    run_until(&bed, HOUR + MINUTE);
    assert_int_equal(drift(c), 0);
    assert_int_equal(alarm_state(&bed, 20008, NONE), 0);
    assert_int_equal(alarm_state(&bed, 15015, 1), 0);
    configurations_release(&bed.all);
}

static void joining_peer_takes_the_configuration(void **state)
{
    (void)state;
    struct bed bed = {0};
    bed.peers[2] = (struct peer){.joins = HOUR, .leaves = 3 * HOUR};
    struct configuration *c = bed_start(&bed, 3, 0);
    change(&bed, CHANGE_CLUSTER_WIDE, 0, MINUTE);
    run_until(&bed, HOUR);
    assert_int_equal(drift(c), 0); /* it is no member yet */
    configurations_peer_up(&bed.all, 2, HOUR);
    assert_int_equal(drift(c), 1);
    run_until(&bed, HOUR + MINUTE);
    assert_int_equal(drift(c), 0);
    configurations_peer_down(&bed.all, 2, false, 3 * HOUR);
    run_until(&bed, 4 * HOUR);
    assert_int_equal(alarm_state(&bed, 20011, 2), -1);
    assert_int_equal(alarm_state(&bed, 20004, 2), -1); /* it left, it is not lost */
    configurations_release(&bed.all);
}

static void single_peer_needs_no_cluster(void **state)
{
    (void)state;
    struct bed bed = {0};
    bed_start(&bed, 2, 0);
    struct configuration *single = &bed.all.clusters[1];
    configurations_peer_down(&bed.all, 2, false, 0);
    configurations_peer_up(&bed.all, 2, HOUR);
    change(&bed, CHANGE_CLUSTER_WIDE, 2, 2 * HOUR);
    assert_int_equal(bed.count, 0);
    assert_int_equal(change(&bed, CHANGE_FORCE_UPDATE, 2, 3 * HOUR), CONFIGURATION_WIPED);
    assert_true(single->wiped);
    assert_int_equal(change(&bed, CHANGE_RESTORE, 2, 4 * HOUR), CONFIGURATION_DONE);
    assert_false(single->wiped);
    assert_true(configurations_next(&bed.all) == FOREVER);
    configurations_release(&bed.all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_cluster_has_no_events),
        cmocka_unit_test(change_reaches_all_within_a_minute),
        cmocka_unit_test(change_on_a_subordinate_is_overwritten),
        cmocka_unit_test(lost_primary_lets_the_rest_drift),
        cmocka_unit_test(change_while_a_peer_is_away_needs_a_hand),
        cmocka_unit_test(moved_primary_meets_the_old_one),
        cmocka_unit_test(forced_update_on_the_primary_loses_all),
        cmocka_unit_test(forced_update_needs_the_primary),
        cmocka_unit_test(upgrade_pauses_replication),
        cmocka_unit_test(joining_peer_takes_the_configuration),
        cmocka_unit_test(single_peer_needs_no_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
