/* Time zones: against the C library's own reading of the same database, and by hand. */
#include "data/time_zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct time_zone *zone_of(const char *name)
{
    const char *reason = NULL;
    struct time_zone *zone = time_zone_new(name, &reason);
    if (!zone)
        print_error("%s: %s\n", name, reason);
    assert_non_null(zone);
    return zone;
}

/* 200 years in steps that meet every hour of the day and every day of the week. */
static void offsets_as_the_c_library_has_them(void **state)
{
    static const char *const names[] = {
        "Europe/Berlin",     "America/New_York",  "Asia/Tokyo",       "Australia/Lord_Howe",
        "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Auckland", "Asia/Kathmandu",
        "Pacific/Apia",      "Africa/Cairo",      "America/St_Johns", "Europe/Dublin",
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct time_zone *zone = zone_of(names[i]);
        setenv("TZ", names[i], 1);
        tzset();
        for (int64_t t = 0; t < INT64_C(6300000000); t += 46 * 3600 + 1737) {
            time_t instant = (time_t)t;
            struct tm local;
            localtime_r(&instant, &local);
            struct time_zone_span span = time_zone_span(zone, t);
            if (span.offset != local.tm_gmtoff)
                fail_msg("%s at %lld: %d, not %ld", names[i], (long long)t, span.offset,
                         local.tm_gmtoff);
            assert_true(span.from <= t && t < span.until);
        }
        time_zone_free(zone);
    }
}

/* Every local quarter of an hour of some years: the instants are exactly those that show it. */
static void local_times_and_back(void **state)
{
    static const char *const names[] = {"Europe/Berlin", "Australia/Lord_Howe",
                                        "Africa/Casablanca"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct time_zone *zone = zone_of(names[i]);
        size_t counts[3] = {0};
        for (int64_t local = 1740000000 / 900 * 900; local < 1810000000; local += 900) {
            int64_t instants[2];
            size_t found = time_zone_instants(zone, local, instants), shown = 0;
            for (int64_t t = local - 15 * 3600; t <= local + 15 * 3600; t += 900)
                shown += t + time_zone_span(zone, t).offset == local;
            assert_int_equal(found, shown);
            for (size_t k = 0; k < found; k++)
                assert_int_equal(instants[k] + time_zone_span(zone, instants[k]).offset, local);
            assert_true(found < 2 || instants[0] < instants[1]);
            counts[found]++;
        }
        assert_true(counts[0] > 0 && counts[2] > 0);
        time_zone_free(zone);
    }
}

static void the_clock_in_october(void **state)
{
    (void)state;
    struct time_zone *zone = zone_of("Europe/Berlin");
    int64_t instants[2];
    /* 2026-10-25 02:30, twice */
    assert_int_equal(time_zone_instants(zone, 1792895400, instants), 2);
    assert_int_equal(instants[0], 1792895400 - 7200);
    assert_int_equal(instants[1], 1792895400 - 3600);
    /* 2026-03-29 02:30, never */
    assert_int_equal(time_zone_instants(zone, 1774751400, instants), 0);
    /* 2150-07-01 12:00: by the rule for the future */
    assert_int_equal(time_zone_span(zone, INT64_C(5695966800)).offset, 7200);
    time_zone_free(zone);
}

static void names(void **state)
{
    static const char *const bad[] = {
        "",        "Mars/Olympus", "../../etc/passwd", "/etc/localtime",    "Europe",
        "Europe/", "zone.tab",     "Europe/Berlin/",   "Europe//../passwd",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *reason = NULL;
        assert_null(time_zone_new(bad[i], &reason));
        assert_string_equal(reason, "no such time zone");
    }
    struct time_zone *zone = zone_of("UTC");
    assert_int_equal(time_zone_span(zone, 1792895400).offset, 0);
    assert_string_equal(time_zone_name(zone), "UTC");
    time_zone_free(zone);
}

/* Cut at every byte, and with every byte changed: refused or read, never a fault. */
static void damaged_files(void **state)
{
    (void)state;
    unsigned char bytes[8192];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t cut = 0; cut < size; cut++) {
        const char *reason;
        unsigned char *copy = malloc(cut + 1); /* its own size, for the sanitizers */
        memcpy(copy, bytes, cut);
        time_zone_free(time_zone_parse("x", copy, cut, &reason));
        free(copy);
        bytes[cut] ^= 0x55;
        struct time_zone *zone = time_zone_parse("x", bytes, size, &reason);
        int64_t instants[2];
        if (zone)
            assert_true(time_zone_instants(zone, 1792895400, instants) <= 2);
        time_zone_free(zone);
        bytes[cut] ^= 0x55;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_as_the_c_library_has_them),
        cmocka_unit_test(local_times_and_back),
        cmocka_unit_test(the_clock_in_october),
        cmocka_unit_test(names),
        cmocka_unit_test(damaged_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
