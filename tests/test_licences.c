/* The chapter's licence example with each peer out in turn, and the clock of a lost peer's
 * licences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/licences.h"

#define PEERS 4
static const int64_t desktop[PEERS] = {250, 250, 250, 0};
static const int64_t rms[PEERS] = {100, 100, 50, 0};

static void share_all(struct licence_share *shares, const int64_t *installed)
{
    for (int i = 0; i < PEERS; i++)
        shares[i] = (struct licence_share){installed[i], FOREVER};
}

/* 750 desktop registrations and 250 sessions; the full set stays with any one peer out. */
static void test_example_of_the_chapter(void **state)
{
    (void)state;
    struct licence_share desktops[PEERS], sessions[PEERS];
    share_all(desktops, desktop);
    share_all(sessions, rms);
    assert_int_equal(licence_pool_size(desktops, PEERS, 0, 14 * DAY, 0), 750);
    assert_int_equal(licence_pool_size(sessions, PEERS, 0, 14 * DAY, 0), 250);
    for (int out = 0; out < PEERS; out++) {
        share_all(desktops, desktop);
        share_all(sessions, rms);
        desktops[out].away_since = sessions[out].away_since = HOUR;
        for (int day = 0; day < 14; day++) {
            assert_int_equal(licence_pool_size(desktops, PEERS, 0, 14 * DAY, HOUR + day * DAY),
                             750);
            assert_int_equal(licence_pool_size(sessions, PEERS, 0, 14 * DAY, HOUR + day * DAY),
                             250);
        }
    }
}

/* On the fifteenth day the licences of the lost peer are gone. */
static void test_day_fifteen(void **state)
{
    (void)state;
    for (int out = 0; out < PEERS; out++) {
        struct licence_share sessions[PEERS];
        share_all(sessions, rms);
        sessions[out].away_since = HOUR;
        nanos end = HOUR + 14 * DAY;
        assert_int_equal(licence_pool_size(sessions, PEERS, 0, 14 * DAY, end - 1), 250);
        assert_int_equal(licence_pool_size(sessions, PEERS, 0, 14 * DAY, end), 250 - rms[out]);
        sessions[out].away_since = FOREVER; /* back */
        assert_int_equal(licence_pool_size(sessions, PEERS, 0, 14 * DAY, end), 250);
    }
}

static void test_smart_licensing_never_loses(void **state)
{
    (void)state;
    struct licence_share shares[2] = {{0, 0}, {0, FOREVER}};
    assert_int_equal(licence_pool_size(shares, 2, 300, FOREVER, TIME_MAX), 300);
    shares[0].installed = 40;
    assert_int_equal(licence_pool_size(shares, 2, 300, FOREVER, TIME_MAX), 340);
}

/* Two lost at different times leave one after the other; without a grace at once. */
static void test_two_lost(void **state)
{
    (void)state;
    struct licence_share sessions[PEERS];
    share_all(sessions, rms);
    sessions[0].away_since = 0;
    sessions[2].away_since = 2 * DAY;
    assert_int_equal(licence_pool_size(sessions, PEERS, 0, 3 * DAY, 3 * DAY), 150);
    assert_int_equal(licence_pool_size(sessions, PEERS, 0, 3 * DAY, 5 * DAY), 100);
    assert_int_equal(licence_pool_size(sessions, PEERS, 0, 0, 2 * DAY), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example_of_the_chapter),
        cmocka_unit_test(test_day_fifteen),
        cmocka_unit_test(test_smart_licensing_never_loses),
        cmocka_unit_test(test_two_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
