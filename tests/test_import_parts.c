/* The parts of import by themselves: conditions, times, the sort, the tally against a slow count.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/import_rule.h"
#include "data/import_sort.h"
#include "data/import_tally.h"
#include "data/import_time.h"

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* ---- Conditions ---- */

static const char *const names[] = {"trunk", "duration", "ip", "Call Type", "empty"};
static const char *const texts[] = {"to \"north\"", "120", "10.1.200.3", "007", ""};

static int find(void *context, const char *name, bool column)
{
    (void)context;
    (void)column;
    for (int i = 0; i < 5; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static const char *text_of(void *context, int number)
{
    (void)context;
    return texts[number];
}

static struct import_rule *parse(const char *text, struct errors *errors)
{
    static const struct import_rule_place place = {"rules", 7, NULL};
    const struct import_rule_names known = {find, NULL, names, 5};
    return import_rule_new(text, &place, &known, errors);
}

static void conditions(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } cases[] = {
        {"duration = 120", true},
        {"duration == 120.0", true},
        {"duration != 1.2e2", false}, /* not a number of ours: an error, see below */
        {"duration > 99", true},
        {"duration >= 121", false},
        {"duration < 121 and duration <= 120", true},
        {"[Call Type] = 7", true},
        {"[Call Type] = \"7\"", false},
        {"[Call Type] = '007'", true},
        {"trunk = 'to \"north\"'", true},
        {"trunk = \"to \\\"north\\\"\"", true},
        {"trunk ~ '^to .no(r|s)th'", true},
        {"trunk ~ \"^north\"", false},
        {"not trunk ~ \"^north\"", true},
        {"ip in 10.1.0.0/16", true},
        {"ip in 10.1.0.0/17", false},
        {"ip in (10.2.0.0/16, \"10.1.200.3\")", true},
        {"ip in 2001:db8::/32", false},
        {"duration in (1, 120)", true},
        {"empty or duration", true},
        {"empty", false},
        {"not empty and (trunk or empty)", true},
        {"duration = 1 or duration = 120 and empty", false},
        {"trunk < 5", false},
        {"trunk != 5", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct errors errors;
        errors_init(&errors);
        struct import_rule *rule = parse(cases[i].text, &errors);
        if (strstr(cases[i].text, "1.2e2")) {
            assert_null(rule);
        } else {
            assert_non_null(rule);
            if (import_rule_holds(rule, text_of, NULL) != cases[i].holds)
                fail_msg("%s", cases[i].text);
        }
        import_rule_free(rule);
        errors_release(&errors);
    }
}

static void conditions_that_are_none(void **state)
{
    static const struct {
        const char *text, *part;
        long column;
    } cases[] = {
        {"", "missing at the end", 1},
        {"duration = ", "missing at the end", 12},
        {"durations = 5", "did you mean 'duration'", 1},
        {"duration = x", "unknown name 'x'", 12},
        {"trunk = 'a", "never closed", 9},
        {"[Call Type = 5", "never closed", 1},
        {"(duration = 5", "')' is missing", 14},
        {"duration = 5)", "belongs here", 13},
        {"duration 5", "belongs here", 10},
        {"trunk ~ '('", "not a regular expression", 9},
        {"trunk ~ 5", "in quotes", 9},
        {"ip in (1, 2", "ends with ')'", 12},
        {"ip in 10.0.0.0/33", "more than 32 bits", 7},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct errors errors;
        errors_init(&errors);
        assert_null(parse(cases[i].text, &errors));
        assert_int_equal(errors.failures, 1);
        assert_int_equal(errors.items[0].line, 7);
        assert_int_equal(errors.items[0].column, cases[i].column);
        if (!strstr(errors.items[0].message, cases[i].part))
            fail_msg("%s: %s", cases[i].text, errors.items[0].message);
        errors_release(&errors);
    }
    char deep[1000];
    struct errors errors;
    errors_init(&errors);
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    assert_null(parse(deep, &errors));
    assert_non_null(strstr(errors.items[0].message, "deeper"));
    errors_release(&errors);
}

/* ---- Times ---- */

static void stamps(void **state)
{
    static const struct {
        const char *format, *text;
        int64_t seconds;
        int32_t nanos;
        int instant; /* -1: no time */
    } cases[] = {
        {"auto", "2026-03-02 08:00:05", 1772438405, 0, 0},
        {"auto", "2026-03-02T08:00:05.25Z", 1772438405, 250000000, 1},
        {"auto", "2026-03-02T08:00:05+01:00", 1772434805, 0, 1},
        {"auto", "2026-03-02 08:00:05-0330", 1772451005, 0, 1},
        {"auto", "2026/3/2 8:00", 1772438400, 0, 0},
        {"auto", "2026-03-02", 1772409600, 0, 0},
        {"auto", "20260302080005", 1772438405, 0, 0},
        {"auto", "1772438405", 1772438405, 0, 1},
        {"auto", "1772438405.5", 1772438405, 500000000, 1},
        {"auto", "1772438405250", 1772438405, 250000000, 1},
        {"auto", "2/28/2026 8:00:05 PM", 1772308805, 0, 0},
        {"auto", "28.2.2026 20:00", 1772308800, 0, 0},
        {"auto", "2026-02-29 08:00", 0, 0, -1},
        {"auto", "2026-03-02 24:00", 0, 0, -1},
        {"auto", "2026-03-02 08:60", 0, 0, -1},
        {"auto", "2026-03-02 08:00:05 x", 0, 0, -1},
        {"auto", "08:00:05", 0, 0, -1},
        {"auto", "", 0, 0, -1},
        {"auto", "-5", 0, 0, -1},
        {"iso", "28.2.2026 20:00", 0, 0, -1},
        {"epoch", "12.5", 12, 500000000, 1},
        {"epoch-ms", "1772438405250", 1772438405, 250000000, 1},
        {"%d/%m/%Y %H:%M:%S", "02/03/2026 08:00:05.125", 1772438405, 125000000, 0},
        {"%d/%m/%Y %T %z", "02/03/2026 08:00:05 +0100", 1772434805, 0, 1},
        {"%y%m%d %I:%M %p", "260302 08:00 PM", 1772481600, 0, 0},
        {"%Y-%m-%d", "2026-03-02x", 0, 0, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_times times;
        struct import_stamp stamp;
        assert_true(import_times_init(&times, cases[i].format));
        for (int again = 0; again < 2; again++) { /* the second time with what it remembers */
            const char *reason = import_times_parse(&times, cases[i].text, &stamp);
            if ((reason != NULL) != (cases[i].instant < 0))
                fail_msg("%s: %s", cases[i].text, reason ? reason : "taken");
            if (reason)
                continue;
            if (stamp.seconds != cases[i].seconds || stamp.nanos != cases[i].nanos ||
                stamp.instant != (cases[i].instant == 1))
                fail_msg("%s: %lld.%d", cases[i].text, (long long)stamp.seconds, stamp.nanos);
        }
    }
    struct import_times times;
    struct import_stamp stamp;
    assert_false(import_times_init(&times, "dd.mm.yyyy"));
    assert_true(import_times_init(&times, "auto"));
    assert_ptr_equal(import_times_parse(&times, "3/4/2026 08:00", &stamp), IMPORT_TIME_AMBIGUOUS);
    assert_null(import_times_parse(&times, "3/3/2026 08:00", &stamp));
    assert_true(import_times_decide(&times, "3/4/2026 08:00", "1775203205.12"));
    assert_null(import_times_parse(&times, "3/4/2026 08:00", &stamp));
    assert_int_equal(stamp.seconds, 1775203200);
}

static void durations(void **state)
{
    static const struct {
        const char *text;
        nanos value; /* -1: none */
    } cases[] = {{"90", 90 * SECOND},
                 {"1.5", 1500000000},
                 {"1:30", 90 * SECOND},
                 {"90:00", 5400 * SECOND},
                 {"2:00:01.5", 7201500000000},
                 {"0", 0},
                 {"", -1},
                 {"-1", -1},
                 {"1:60", -1},
                 {"1:60:00", -1},
                 {"1:2:3:4", -1},
                 {"five", -1},
                 {"1h", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nanos value;
        const char *reason = import_duration_parse(cases[i].text, &value);
        assert_int_equal(reason != NULL, cases[i].value < 0);
        if (!reason)
            assert_int_equal(value, cases[i].value);
    }
}

static void printed_times(void **state)
{
    (void)state;
    char text[IMPORT_TIME_SIZE];
    const char *reason;
    struct import_clock clock;
    struct time_zone *zone = time_zone_new("Europe/Berlin", &reason);
    import_clock_init(&clock, zone);
    import_clock_print(&clock, 1792888200 * SECOND, text);
    assert_string_equal(text, "2026-10-25T02:30:00+02:00");
    import_clock_print(&clock, 1792891800 * SECOND + 5000, text);
    assert_string_equal(text, "2026-10-25T02:30:00.000005+01:00");
    import_clock_print(&clock, 0, text);
    assert_string_equal(text, "1970-01-01T01:00:00+01:00");
    int32_t offset;
    assert_true(import_offset_of("2026-10-25T02:30:00.5+01:00", &offset));
    assert_int_equal(offset, 3600);
    assert_true(import_offset_of("2026-10-25 02:30-03:30", &offset));
    assert_int_equal(offset, -12600);
    assert_false(import_offset_of("2026-10-25T02:30", &offset));
    assert_false(import_offset_of("1772438405", &offset));
    time_zone_free(zone);
    for (int64_t day = -800000; day < 800000; day += 377) {
        int year, month, of_month;
        import_date(day, &year, &month, &of_month);
        assert_int_equal(import_days(year, month, of_month), day);
    }
}

/* ---- Sorting ---- */

/* Whatever the memory, also with more runs than are merged at once: the same order, nothing lost.
 */
/* Keys of a kind, each several times: small ones, over all of 64 bits, whole seconds, with
 * fractions and one that is far away. */
static int64_t key_of(int kind, uint64_t random)
{
    uint64_t n = random % 5000;
    switch (kind) {
    case 0:
        return (int64_t)n - 2500;
    case 1:
        return n == 0   ? INT64_MIN
               : n == 1 ? INT64_MAX
                        : (int64_t)(n * UINT64_C(0x9fb21c651e98df25));
    case 2:
        return (int64_t)n * 1000000000;
    default:
        return n == 0 ? INT64_C(1) << 60 : (int64_t)n * 1000000007;
    }
}

static void sorted_by(int kind)
{
    enum { COUNT = 20000 };
    static const size_t memories[] = {100, 3000, 100000, 100000000};
    uint64_t first_hash = 0;
    for (size_t m = 0; m < sizeof memories / sizeof *memories; m++) {
        struct errors errors;
        errors_init(&errors);
        struct import_sort *sort = import_sort_new(memories[m], "/tmp", &errors);
        uint64_t random = 5, sum = 0, hash = 1, seen = 0;
        for (uint32_t i = 0; i < COUNT; i++) {
            char text[40];
            struct import_record record = {.key = key_of(kind, next(&random)),
                                           .duration = (int64_t)(next(&random) % 3),
                                           .hash = {next(&random) % 2, i},
                                           .class_index = i};
            record.text_length = (uint16_t)snprintf(text, sizeof text, "%.*s", (int)(i % 30),
                                                    "abcdefghijklmnopqrstuvwxyzabcdefg");
            sum += i;
            assert_true(import_sort_add(sort, &record, text, &errors));
        }
        assert_true(import_sort_finish(sort, &errors));
        const struct import_record *record;
        struct import_record before = {.key = INT64_MIN};
        while (import_sort_next(sort, &record, &errors) > 0) {
            assert_true(
                before.key < record->key ||
                (before.key == record->key &&
                 (before.duration < record->duration ||
                  (before.duration == record->duration &&
                   (before.hash[0] < record->hash[0] ||
                    (before.hash[0] == record->hash[0] && before.hash[1] < record->hash[1]))))));
            assert_memory_equal(import_record_text(record), "abcdefghijklmnopqrstuvwxyzabcdefg",
                                record->text_length);
            before = *record;
            hash = (hash ^ record->class_index) * UINT64_C(0x100000001b3);
            sum -= record->class_index;
            seen++;
        }
        assert_int_equal(seen, COUNT);
        assert_int_equal(sum, 0);
        assert_true(first_hash == 0 || hash == first_hash);
        first_hash = hash;
        assert_int_equal(errors.failures, 0);
        import_sort_free(sort);
        errors_release(&errors);
    }
}

static void sorted_whatever_the_memory(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++)
        sorted_by(kind);
}

static void a_folder_that_is_not_there(void **state)
{
    (void)state;
    struct errors errors;
    errors_init(&errors);
    struct import_sort *sort = import_sort_new(100, "/nowhere", &errors);
    struct import_record record = {.key = 1};
    assert_true(import_sort_add(sort, &record, "", &errors));
    assert_false(import_sort_add(sort, &record, "", &errors));
    assert_int_equal(errors_code(&errors), ERROR_CANT_CREATE);
    import_sort_free(sort);
    errors_release(&errors);
}

/* ---- The tally ---- */

enum { CALLS = 300 };
static struct {
    nanos start, end;
} calls[CALLS];

static int at_once(nanos instant)
{
    int count = 0;
    for (int i = 0; i < CALLS; i++)
        count += calls[i].start <= instant && instant < calls[i].end;
    return count;
}

static int compare_starts(const void *a, const void *b)
{
    const nanos *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Second by second: the peak, when it is, the busiest clock hour, the time at each level. */
static void tally_as_a_slow_count_has_it(void **state)
{
    (void)state;
    const char *reason;
    const char *const class_names[] = {"a"};
    struct time_zone *zone = time_zone_new("Asia/Kathmandu", &reason); /* hours at :15 of UTC */
    for (uint64_t seed = 1; seed <= 5; seed++) {
        uint64_t random = seed;
        const int64_t begin = 1772438400, length = 20000;
        struct import_clock clock;
        struct call_summary summary = {0};
        import_clock_init(&clock, zone);
        struct import_tally *tally = import_tally_new(&clock, NULL, NULL);
        for (int i = 0; i < CALLS; i++) {
            calls[i].start = (begin + (int64_t)(next(&random) % 15000)) * SECOND;
            calls[i].end =
                calls[i].start + (nanos)(next(&random) % 5 ? next(&random) % 900 : 0) * SECOND;
        }
        qsort(calls, CALLS, sizeof *calls, compare_starts);
        for (int i = 0; i < CALLS; i++)
            assert_true(
                import_tally_call(tally, calls[i].start, calls[i].end - calls[i].start, 0, true));
        assert_true(import_tally_finish(tally, class_names, 1, &summary));
        int peak = 0, levels[CALLS + 1] = {0};
        int64_t peak_at = 0, hours[8] = {0};
        for (int64_t t = begin; t < begin + length; t++) {
            int now = at_once(t * SECOND);
            if (now > peak) {
                peak = now;
                peak_at = t;
            }
            levels[now]++;
            hours[(t - begin + 2700) / 3600] += now; /* 08:00 UTC is 13:45 there */
        }
        int busiest = 0;
        for (int h = 1; h < 8; h++)
            busiest = hours[h] > hours[busiest] ? h : busiest;
        char text[IMPORT_TIME_SIZE];
        assert_int_equal(summary.peak, peak);
        import_clock_print(&clock, peak_at * SECOND, text);
        assert_string_equal(summary.peak_at, text);
        import_clock_print(&clock, (begin - 2700 + busiest * 3600) * SECOND, text);
        assert_string_equal(summary.busy_start, text);
        assert_true(summary.busy_erlangs == (double)hours[busiest] / 3600);
        for (int n = 1; n <= peak; n++)
            assert_true(summary.level_seconds[n] == levels[n]);
        call_summary_release(&summary);
        import_tally_free(tally);
    }
    time_zone_free(zone);
}

static bool no_hour(void *context, const struct import_hour *hour)
{
    (void)context;
    (void)hour;
    return true;
}

/* Years without a call are passed over in weeks unless somebody asks for the hours: the same. */
static void idle_years(void **state)
{
    (void)state;
    const char *reason;
    const char *const class_names[] = {"a"};
    struct time_zone *zone = time_zone_new("Europe/Berlin", &reason);
    struct call_summary summaries[2] = {0};
    for (int way = 0; way < 2; way++) {
        struct import_clock clock;
        import_clock_init(&clock, zone);
        struct import_tally *tally = import_tally_new(&clock, way ? no_hour : NULL, NULL);
        uint64_t random = 9;
        nanos start = 1000000000 * SECOND;
        for (int i = 0; i < 200; i++) {
            start += (nanos)(next(&random) % (i % 20 ? 500000 : 90000000)) * SECOND;
            assert_true(
                import_tally_call(tally, start, (nanos)(next(&random) % 100000) * SECOND, 0, true));
        }
        assert_true(import_tally_finish(tally, class_names, 1, &summaries[way]));
        import_tally_free(tally);
    }
    const struct call_summary *a = &summaries[0], *b = &summaries[1];
    assert_int_equal(a->hour_count, 168);
    assert_memory_equal(a->hours, b->hours, sizeof a->hours);
    assert_memory_equal(a->busiest, b->busiest, sizeof a->busiest);
    assert_memory_equal(a->weekday_peaks, b->weekday_peaks, sizeof a->weekday_peaks);
    assert_string_equal(a->busy_start, b->busy_start);
    assert_true(a->busy_erlangs == b->busy_erlangs && a->peak == b->peak);
    assert_true(a->level_seconds[0] == b->level_seconds[0]);
    call_summary_release(&summaries[0]);
    call_summary_release(&summaries[1]);
    time_zone_free(zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(conditions_that_are_none),
        cmocka_unit_test(stamps),
        cmocka_unit_test(durations),
        cmocka_unit_test(printed_times),
        cmocka_unit_test(sorted_whatever_the_memory),
        cmocka_unit_test(a_folder_that_is_not_there),
        cmocka_unit_test(tally_as_a_slow_count_has_it),
        cmocka_unit_test(idle_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
