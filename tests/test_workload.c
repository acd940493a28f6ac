/* Workloads: profiles, empirical columns and traces, with every mistake told at its line. */
#include "data/moment.h"
#include "data/time_zone.h"
#include "data/workload.h"

#include <pthread.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/moment.h"

#define START INT64_C(1772409600) /* 2026-03-02 00:00, a Monday */

static const struct run start_run = {.start_unix = START};

struct fixture {
    char folder[64];
    struct arena *arena;
    struct errors errors;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/peerplan-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->arena = arena_new();
    errors_init(&f->errors);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    assert_int_equal(system(command), 0);
    arena_free(f->arena);
    errors_release(&f->errors);
    free(f);
    return 0;
}

static void put(const struct fixture *f, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_item(const struct errors *errors, size_t index, long line, long column,
                        const char *part)
{
    assert_true(index < errors->count);
    const struct error *item = &errors->items[index];
    if (item->line != line || item->column != column || !strstr(item->message, part))
        fail_msg("item %zu is %ld:%ld '%s', not %ld:%ld '%s'", index, item->line, item->column,
                 item->message, line, column, part);
}

/* ---- Moments ---- */

static void moments(void **state)
{
    static const struct {
        const char *text;
        enum moment_kind kind;
        nanos value;
    } good[] = {
        {"0", MOMENT_OFFSET, 0},
        {"0.1", MOMENT_OFFSET, SECOND / 10},
        {"0.000000001", MOMENT_OFFSET, 1},
        {"0.0000000005", MOMENT_OFFSET, 1},
        {"0.00000000049999", MOMENT_OFFSET, 0},
        {"-2.5", MOMENT_OFFSET, -5 * SECOND / 2},
        {"1234567.891234567", MOMENT_OFFSET, INT64_C(1234567891234567)},
        {"90m", MOMENT_OFFSET, 90 * MINUTE},
        {"08:30", MOMENT_OF_DAY, 8 * HOUR + 30 * MINUTE},
        {"8:30:00.25", MOMENT_OF_DAY, 8 * HOUR + 30 * MINUTE + SECOND / 4},
        {"2026-03-02", MOMENT_DATE, 0},
        {"2026-03-02T00:00:00.000000001", MOMENT_DATE, 1},
        {"2026-03-02T08:00:59.9999999999", MOMENT_DATE, 8 * HOUR + MINUTE},
        {"2026-03-01 23:59:59", MOMENT_DATE, -SECOND},
        {"2026-03-03T01:00Z", MOMENT_DATE, 25 * HOUR},
        {"2028-03-01", MOMENT_DATE, 730 * DAY},
    };
    static const char *const bad[] = {
        "",
        " ",
        "x",
        "1e3",
        "nan",
        "inf",
        "1.",
        ".5",
        "--1",
        "0x10",
        "1 ",
        "99999999999999999999",
        "9:5",
        "24:00",
        "08:60",
        "08:30:60",
        "23:59:59.9999999999",
        "2026-02-29",
        "2026-3-2",
        "2026-03-02T",
        "2026-03-02T08:00+1",
        "2026-03-02T08:00+01:60",
        "2026-03-02T08:00-050",
        "2026-03-02T08:00Zx",
        "2026-13-01",
        "2026-03-02T08:00:00.",
        "2026-03-02T08:00:00.1x",
        "9007199254.740993001",
    };
    (void)state;
    enum moment_kind kind;
    nanos value;
    struct moment_clock clock = moment_clock(START, NULL);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_null(moment_parse(good[i].text, &clock, &kind, &value));
        assert_int_equal(kind, good[i].kind);
        assert_int_equal(value, good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!moment_parse(bad[i], &clock, &kind, &value))
            fail_msg("'%s' is taken for a time", bad[i]);
}

/* A stamp means the same on the day of the one before it as by itself. */
static void moments_of_one_day(void **state)
{
    static const char *const ends[] = {
        "",
        "T08:30",
        "T08:30:15",
        " 08:30:15",
        "T08:30:15Z",
        "T08:30:15z",
        "T08:30:15.25",
        "T08:30:15.25Z",
        "T08:30:15+01:00",
        "T08:30:15.5-0330",
        "T08:30:15+",
        "T08:30:15+1:00",
        "T08:30:15+01:",
        "T08:30:15+16",
        "T08:30:15.",
        "T08:30:60",
        "T24:00:00",
        "T8:30:15",
        "t08:30:15",
        "T08:30:15 Z",
        "T08:30:15x",
        "T08:60:15",
        "T08:30:15.9999999999",
        "T08:30:15+01:00x",
        "T08:3",
    };
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[64];
        enum moment_kind kinds[2];
        nanos values[2] = {0, 0};
        struct moment_clock alone = moment_clock(START, NULL), after = alone;
        snprintf(text, sizeof text, "2026-03-02%s", ends[i]);
        assert_null(moment_parse("2026-03-02T07:00:00", &after, &kinds[1], &values[1]));
        values[1] = 0;
        const char *reason = moment_parse(text, &alone, &kinds[0], &values[0]);
        const char *same = moment_parse(text, &after, &kinds[1], &values[1]);
        if (reason != same && (!reason || !same || strcmp(reason, same) != 0))
            fail_msg("'%s': %s by itself, %s after another", text, reason ? reason : "good",
                     same ? same : "good");
        assert_int_equal(kinds[0], kinds[1]);
        if (values[0] != values[1])
            fail_msg("'%s' is not the same", text);
    }
}

/* The night in which clocks go back: what stamps mean with offsets, in a zone, and as they are. */
static void moments_have_offsets(void **state)
{
    static const int64_t october = INT64_C(1761436800); /* 2025-10-26 00:00 */
    static const struct {
        const char *zone, *text[5];
        nanos minutes[5]; /* from the start */
        bool change;
    } cases[] = {
        {NULL,
         {"2025-10-26T02:05+02:00", "2025-10-26T02:05+0100", "2025-10-26T02:05"},
         {125, 185, 125},
         true},
        {NULL,
         {"2025-10-26T02:05Z", "2025-10-26T02:05:00+00:00", "2025-10-26T02:05-00"},
         {125, 125, 125},
         false},
        {"Europe/Berlin",
         {"2025-10-26T01:59", "2025-10-26T02:05", "2025-10-26T02:50", "2025-10-26T02:05",
          "2025-10-26T03:00"},
         {119, 125, 170, 185, 240},
         false},
        {"Europe/Berlin", {"2025-10-26T00:05Z", "2025-10-25T17:00-05:00"}, {125, 0}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *reason = NULL;
        struct time_zone *zone = cases[i].zone ? time_zone_new(cases[i].zone, &reason) : NULL;
        if (cases[i].zone && !zone)
            continue; /* no database here */
        struct moment_clock clock = moment_clock(october, zone);
        for (size_t t = 0; t < 5 && cases[i].text[t]; t++) {
            enum moment_kind kind;
            nanos value;
            assert_null(moment_parse(cases[i].text[t], &clock, &kind, &value));
            assert_int_equal(kind, MOMENT_DATE);
            assert_int_equal(value, cases[i].minutes[t] * MINUTE);
        }
        assert_int_equal(clock.offsets_change, cases[i].change);
        time_zone_free(zone);
    }
}

/* ---- Profiles ---- */

static void profile_repeats_daily(void **state)
{
    struct fixture *f = *state;
    struct rate_steps steps = {0};
    put(f, "day.csv",
        "calls_per_hour,note,time,class\n"
        "720,,12:00,video\n360,,08:00,video\n36,x,00:00,audio\n0,,18:30,video\n");
    struct workload *w = workload_new(f->folder, &start_run, false);
    assert_true(workload_profile(w, &(struct profile_use){.file = "day.csv", .class_name = "video"},
                                 f->arena, &steps, &f->errors));
    assert_int_equal(steps.count, 3);
    assert_true(steps.daily);
    static const nanos times[] = {8 * HOUR, 12 * HOUR, 18 * HOUR + 30 * MINUTE};
    static const double rates[] = {0.1, 0.2, 0};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(steps.times[i], times[i]);
        assert_float_equal(steps.rates[i], rates[i], 1e-15);
    }
    assert_true(workload_profile(w, &(struct profile_use){.file = "day.csv", .class_name = "audio"},
                                 f->arena, &steps, &f->errors));
    assert_int_equal(steps.count, 1);
    workload_report(w, &f->errors);
    assert_int_equal(f->errors.count, 0);
    assert_false(workload_profile(w, &(struct profile_use){.file = "day.csv", .class_name = "fax"},
                                  f->arena, &steps, &f->errors));
    assert_item(&f->errors, 0, 0, 0, "no usable row of class 'fax'");
    workload_free(w);
}

static void profile_of_dates_and_durations(void **state)
{
    struct fixture *f = *state;
    struct rate_steps steps = {0};
    put(f, "p.csv",
        "time,class,calls_per_hour\n2026-03-02T08:00,a,3600\n2026-03-01T23:00,a,7200\n"
        "90m,b,3600\n5400.5,b,0\n");
    struct workload *w = workload_new(f->folder, &start_run, true);
    assert_true(workload_profile(w, &(struct profile_use){.file = "p.csv", .class_name = "a"},
                                 f->arena, &steps, &f->errors));
    assert_false(steps.daily);
    assert_int_equal(steps.times[0], -HOUR);
    assert_int_equal(steps.times[1], 8 * HOUR);
    assert_float_equal(steps.rates[0], 2, 0);
    assert_true(workload_profile(w, &(struct profile_use){.file = "p.csv", .class_name = "b"},
                                 f->arena, &steps, &f->errors));
    assert_int_equal(steps.times[1], 90 * MINUTE + SECOND / 2);
    workload_free(w);
}

static const char bad_profile[] = "time,class,calls_per_hour\n"
                                  "08:00,a,10\n"
                                  "08:00,a,20\n"    /* 3 */
                                  "09:00,a,-1\n"    /* 4 */
                                  "09:00,a,nan\n"   /* 5 */
                                  "09:00,a,1e308\n" /* 6 */
                                  "09:00,a,\n"      /* 7 */
                                  "90m,a,5\n"       /* 8 */
                                  "25:00,a,5\n"     /* 9 */
                                  "10:00,,5\n"      /* 10 */
                                  "11:00,a\n"       /* 11 */
                                  "09:00,a,40\n";

static void profile_bad_rows_are_told(void **state)
{
    struct fixture *f = *state;
    struct rate_steps steps = {0};
    put(f, "p.csv", bad_profile);
    struct workload *w = workload_new(f->folder, &start_run, false);
    assert_true(workload_profile(w, &(struct profile_use){.file = "p.csv", .class_name = "a"},
                                 f->arena, &steps, &f->errors));
    assert_int_equal(steps.count, 2);
    workload_report(w, &f->errors);
    workload_report(w, &f->errors); /* tells nothing twice */
    assert_int_equal(f->errors.count, 10);
    assert_int_equal(f->errors.failures, 0);
    static const struct {
        long line, column;
        const char *part;
    } told[] = {
        {3, 1, "at this time already: '08:00'"},
        {4, 9, "negative"},
        {5, 9, "not a number: 'nan'"},
        {6, 9, "beyond"},
        {7, 9, "not a number"},
        {8, 1, "another kind"},
        {9, 1, "does not exist"},
        {10, 7, "no class"},
        {11, 8, "2 fields"},
        {0, 0, "9 of 11 rows are bad"},
    };
    for (size_t i = 0; i < 10; i++)
        assert_item(&f->errors, i, told[i].line, told[i].column, told[i].part);
    assert_string_equal(f->errors.items[1].source, "09:00,a,-1");
    workload_free(w);
}

static void strict_makes_the_first_one_fatal(void **state)
{
    struct fixture *f = *state;
    struct rate_steps steps = {0};
    put(f, "p.csv", bad_profile);
    struct workload *w = workload_new(f->folder, &start_run, true);
    assert_false(workload_profile(w, &(struct profile_use){.file = "p.csv", .class_name = "a"},
                                  f->arena, &steps, &f->errors));
    assert_int_equal(f->errors.failures, 1);
    assert_int_equal(errors_code(&f->errors), ERROR_DATA);
    assert_item(&f->errors, 0, 3, 1, "already");
    assert_false(workload_profile(w, &(struct profile_use){.file = "p.csv", .class_name = "a"},
                                  f->arena, &steps, &f->errors));
    assert_int_equal(f->errors.failures, 1); /* a file's mistake is told once */
    workload_free(w);
}

static void many_classes_of_one_file(void **state)
{
    struct fixture *f = *state;
    enum { CLASSES = 20000 };
    char path[128];
    snprintf(path, sizeof path, "%s/many.csv", f->folder);
    FILE *file = fopen(path, "w");
    fputs("time,class,calls_per_hour\n", file);
    for (int hour = 0; hour < 2; hour++)
        for (int i = 0; i < CLASSES; i++)
            fprintf(file, "%02d:00,class %d,%d\n", hour, i, 3600 * i);
    fclose(file);
    struct workload *w = workload_new(f->folder, &start_run, false);
    for (int i = 0; i < CLASSES; i++) {
        char name[32];
        struct rate_steps steps = {0};
        snprintf(name, sizeof name, "class %d", i);
        assert_true(workload_profile(w,
                                     &(struct profile_use){.file = "many.csv", .class_name = name},
                                     f->arena, &steps, &f->errors));
        assert_int_equal(steps.count, 2);
        assert_true(steps.rates[1] == i);
    }
    workload_free(w);
}

static void files_that_cannot_be_used(void **state)
{
    struct fixture *f = *state;
    struct rate_steps steps = {0};
    struct workload *w = workload_new(f->folder, &start_run, false);
    assert_false(workload_profile(w, &(struct profile_use){.file = "none.csv", .class_name = "a"},
                                  f->arena, &steps, &f->errors));
    assert_int_equal(f->errors.items[0].code, ERROR_NO_INPUT);
    assert_false(workload_profile(w, &(struct profile_use){.file = ".", .class_name = "a"},
                                  f->arena, &steps, &f->errors));
    assert_int_equal(f->errors.items[1].code, ERROR_NO_INPUT);
    put(f, "p.csv", "time,class,rate\n");
    assert_false(workload_profile(w, &(struct profile_use){.file = "p.csv", .class_name = "a"},
                                  f->arena, &steps, &f->errors));
    assert_int_equal(f->errors.items[2].code, ERROR_DATA);
    assert_item(&f->errors, 2, 1, 1, "'calls_per_hour' is missing");
    workload_free(w);
}

/* ---- Empirical laws ---- */

static void empirical_is_sorted_and_shared(void **state)
{
    struct fixture *f = *state;
    struct holding holding = {0}, again = {0};
    put(f, "h.csv", "id,seconds\n1,30\n2,1.5\n3,1m30s\n4,-1\n5,nan\n6,0\n");
    struct workload *w = workload_new(f->folder, &start_run, false);
    assert_true(workload_empirical(w, (struct workload_column){"h.csv", "seconds"}, f->arena,
                                   &holding, &f->errors));
    assert_int_equal(holding.count, 4);
    static const double sorted[] = {0, 1.5, 30, 90};
    assert_memory_equal(holding.means, sorted, sizeof sorted);
    assert_true(workload_empirical(w, (struct workload_column){"h.csv", "seconds"}, f->arena,
                                   &again, &f->errors));
    assert_ptr_equal(holding.means, again.means);
    struct arena *other = arena_new();
    assert_true(workload_empirical(w, (struct workload_column){"h.csv", "seconds"}, other, &again,
                                   &f->errors));
    assert_ptr_not_equal(holding.means, again.means);
    arena_free(other);
    assert_false(workload_empirical(w, (struct workload_column){"h.csv", "minutes"}, f->arena,
                                    &again, &f->errors));
    assert_item(&f->errors, 0, 1, 1, "'minutes' is missing");
    workload_report(w, &f->errors);
    assert_item(&f->errors, 1, 5, 3, "negative");
    assert_item(&f->errors, 2, 6, 3, "not a number");
    workload_free(w);
}

/* ---- Traces ---- */

static struct call_class classes[] = {{.name = "video"}, {.name = "audio"}};
static struct trace trace_files[] = {{.file = "calls.csv", .scale = 1}};
static const struct scenario scenario = {
    .run = {.start_unix = START, .length = 2 * HOUR},
    .classes = classes,
    .class_count = 2,
    .traces = trace_files,
    .trace_count = 1,
};

static void trace_rows_arrive(void **state)
{
    struct fixture *f = *state;
    struct trace_row row;
    put(f, "calls.csv",
        "class,id,start,duration,media,bandwidth,from,to\n"
        "video,,-2,1,,,a,b\n"
        "audio,c0,-1,5,,,a,b\n"
        "video,c1,0.25,60.5,,,a,b\n"
        "audio,,2026-03-02T00:00:01,1m,video,1.5M,a,b\n"
        "audio,,1,0,audio,0,,\n"
        "video,,7199.999999999,1,,,,\n"
        "video,,7200,1,,,,\n");
    struct workload *w = workload_new(f->folder, &start_run, false);
    struct trace_source source = workload_traces(w, &scenario);
    assert_non_null(source.context);
    void *cursor = source.open(source.context, 0, &f->errors);
    assert_non_null(cursor);
    assert_int_equal(source.next(cursor, &row), 1);
    assert_int_equal(row.start, 0); /* in progress as the run begins: what is left of it */
    assert_int_equal(row.duration, 4 * SECOND);
    assert_string_equal(row.id, "c0");
    assert_int_equal(source.next(cursor, &row), 1);
    assert_int_equal(row.start, SECOND / 4);
    assert_int_equal(row.duration, 60 * SECOND + SECOND / 2);
    assert_int_equal(row.class_index, 0);
    assert_int_equal(row.media, -1);
    assert_int_equal(row.bandwidth, -1);
    assert_string_equal(row.id, "c1");
    assert_int_equal(source.next(cursor, &row), 1);
    assert_int_equal(row.start, SECOND);
    assert_int_equal(row.class_index, 1);
    assert_int_equal(row.media, MEDIA_VIDEO);
    assert_int_equal(row.bandwidth, 1500000);
    assert_null(row.id);
    assert_int_equal(source.next(cursor, &row), 1);
    assert_int_equal(row.bandwidth, 0);
    assert_int_equal(source.next(cursor, &row), 1);
    assert_int_equal(row.start, 2 * HOUR - 1);
    assert_int_equal(source.next(cursor, &row), 0);
    assert_int_equal(source.next(cursor, &row), 0);
    source.close(cursor);
    struct workload_left_out out = workload_left_out(w);
    assert_int_equal(out.bad, 0);
    assert_int_equal(out.before, 1);
    assert_int_equal(out.after, 1);
    workload_report(w, &f->errors);
    assert_int_equal(f->errors.count, 2);
    assert_item(&f->errors, 1, 0, 0, "1 calls began before the run and are in progress");
    assert_item(&f->errors, 0, 0, 0, "1 calls start before the run and 1 after");
    workload_free(w);
}

static int count_rows(const struct trace_source *source, struct errors *errors, int *last);

static void trace_rows_of_the_warmup(void **state)
{
    struct fixture *f = *state;
    int last;
    struct scenario warm = scenario;
    warm.run.warmup_kind = WARMUP_STATED;
    warm.run.warmup = MINUTE;
    put(f, "calls.csv", "start,duration,class\n-60.000000001,0,video\n-60,1,video\n0,1,video\n");
    struct workload *w = workload_new(f->folder, &start_run, false);
    struct trace_source source = workload_traces(w, &warm);
    assert_int_equal(count_rows(&source, &f->errors, &last), 2);
    assert_int_equal(workload_left_out(w).before, 1);
    workload_free(w);
}

static int count_rows(const struct trace_source *source, struct errors *errors, int *last)
{
    struct trace_row row;
    void *cursor = source->open(source->context, 0, errors);
    int count = 0;
    *last = -1;
    if (!cursor)
        return 0;
    while ((*last = source->next(cursor, &row)) == 1)
        count++;
    source->close(cursor);
    return count;
}

/* How many rows come at a scale; checks that they ascend, within the run, copies behind theirs. */
static int count_scaled(struct fixture *f, double scale, uint64_t *sum)
{
    struct trace file = {.file = "calls.csv", .scale = scale};
    struct scenario scaled = scenario;
    struct trace_row row;
    nanos last = 0;
    int count = 0, result;
    scaled.traces = &file;
    struct workload *w = workload_new(f->folder, &start_run, false);
    struct trace_source source = workload_traces(w, &scaled);
    void *cursor = source.open(source.context, 0, &f->errors);
    assert_non_null(cursor);
    *sum = 0;
    while ((result = source.next(cursor, &row)) == 1) {
        assert_true(row.start >= last && row.start < scaled.run.length);
        /* row i starts at 2 i and is called by i: copies come within half the mean gap */
        nanos moved = row.start - 2 * SECOND * strtol(row.id, NULL, 10);
        assert_true(moved >= 0 && moved <= SECOND);
        last = row.start;
        *sum = *sum * 31 + (uint64_t)row.start;
        count++;
    }
    assert_int_equal(result, 0);
    source.close(cursor);
    workload_free(w);
    return count;
}

static void trace_scaled(void **state)
{
    struct fixture *f = *state;
    enum { ROWS_OF_TRACE = 3000 };
    static const double scales[] = {0, 0.25, 0.999, 1, 1.3, 2, 7.5};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("start,duration,class,id\n", out);
    for (int i = 0; i < ROWS_OF_TRACE; i++)
        fprintf(out, "%d,5,video,%d\n", 2 * i, i);
    fclose(out);
    put(f, "calls.csv", text);
    free(text);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        uint64_t sum, again;
        double rest = scales[i] - floor(scales[i]);
        double wanted = scales[i] * ROWS_OF_TRACE;
        int count = count_scaled(f, scales[i], &sum);
        /* each row draws for the rest alone: a binomial number of rows */
        assert_true(fabs(count - wanted) <= 5 * sqrt(ROWS_OF_TRACE * rest * (1 - rest)));
        assert_int_equal(count_scaled(f, scales[i], &again), count);
        assert_true(again == sum);
    }
}

/* Rows in any order come in the order of their starts, those of equal start as in the file; ids of
 * any length; several cursors at once. */
static void trace_in_any_order(void **state)
{
    struct fixture *f = *state;
    enum { ROWS_OF_TRACE = 5000 };
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("id,start,duration,class,media,bandwidth\n", out);
    for (int i = 0; i < ROWS_OF_TRACE; i++)
        fprintf(out, "%0*d,%d.5,%d,audio,video,%dk\n", 1 + i % 300, i, i * 7919 % 1000, i, i);
    fclose(out);
    put(f, "calls.csv", text);
    free(text);
    struct workload *w = workload_new(f->folder, &start_run, false);
    struct trace_source source = workload_traces(w, &scenario);
    assert_true(workload_survey(w, &f->errors));
    void *cursors[2];
    for (int c = 0; c < 2; c++)
        assert_non_null(cursors[c] = source.open(source.context, 0, &f->errors));
    nanos last = -1;
    long last_number = -1;
    for (int i = 0; i < ROWS_OF_TRACE; i++)
        for (int c = 0; c < 2; c++) {
            struct trace_row row;
            assert_int_equal(source.next(cursors[c], &row), 1);
            long number = strtol(row.id, NULL, 10);
            assert_int_equal(row.start, number * 7919 % 1000 * SECOND + SECOND / 2);
            assert_int_equal(row.duration, number * SECOND);
            assert_int_equal(row.bandwidth, number * 1000);
            assert_int_equal(row.media, MEDIA_VIDEO);
            assert_int_equal(row.class_index, 1);
            assert_true(row.start > last || (row.start == last && number >= last_number));
            int digits = snprintf(NULL, 0, "%ld", number), width = (int)(1 + number % 300);
            assert_int_equal(strlen(row.id), digits > width ? digits : width);
            last = row.start;
            last_number = number;
        }
    for (int c = 0; c < 2; c++) {
        struct trace_row row;
        assert_int_equal(source.next(cursors[c], &row), 0);
        source.close(cursors[c]);
    }
    workload_report(w, &f->errors);
    assert_item(&f->errors, 0, 0, 0, "not in the order of their starts: sorted");
    workload_free(w);
}

/* A week of counts by the half hour, repeated: what is offered in four weeks. */
static void profile_repeats_weekly(void **state)
{
    struct fixture *f = *state;
    struct rate_steps steps = {0};
    struct run run = {.start_unix = START + 2 * 86400}; /* a Wednesday */
    struct profile_use use = {"week.csv", "v", REPEAT_WEEK, 28 * DAY};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("time,class,calls\n", out);
    for (int i = 0; i < 336; i++) /* from a Monday of another year */
        fprintf(out, "2025-06-%02dT%02d:%02d,v,%d\n", 2 + i / 48, i / 2 % 24, i % 2 * 30, i);
    fclose(out);
    put(f, "week.csv", text);
    free(text);
    struct workload *w = workload_new(f->folder, &run, false);
    assert_true(workload_profile(w, &use, f->arena, &steps, &f->errors));
    assert_false(steps.daily);
    double offered = 0;
    for (uint32_t i = 0; i + 1 < steps.count; i++) {
        assert_int_equal(steps.times[i + 1] - steps.times[i], 30 * MINUTE);
        if (steps.times[i] >= 0 && steps.times[i] < use.length)
            offered += steps.rates[i] * 1800;
    }
    assert_float_equal(offered, 4 * 335 * 336 / 2, 1e-6);
    for (uint32_t i = 0; i < steps.count; i++)
        if (steps.times[i] == 0) /* Wednesday 00:00 is the 96th half hour */
            assert_float_equal(steps.rates[i] * 1800, 96, 1e-9);
    assert_true(steps.times[0] <= 0 && steps.times[steps.count - 1] >= use.length - HOUR);
    workload_free(w);
}

static const struct {
    const char *text;
    enum repeat repeat;
    uint32_t count;
    bool daily;
    double hours[3], per_hour[3];
    const char *wrong;
} profiles[] = {
    {"time,class,calls\n00:00,v,0\n08:00,v,10\n08:30,v,12\n",
     REPEAT_BY_DATES,
     3,
     true,
     {0, 8, 8.5},
     {0, 20, 12 / 15.5},
     NULL},
    {"time,class,calls\n0,v,6\n3h,v,9\n", REPEAT_BY_DATES, 2, false, {0, 3}, {2, 3}, NULL},
    {"time,class,calls\n0,v,6\n", REPEAT_BY_DATES, 0, false, {0}, {0}, "a single row of counts"},
    {"time,class,calls\n0,v,24\n", REPEAT_DAY, 1, true, {0}, {1}, NULL},
    {"time,class,calls_per_hour\n6h,v,1\n12h,v,2\n", REPEAT_DAY, 2, true, {6, 12}, {1, 2}, NULL},
    {"time,class,calls_per_hour\n6h,v,1\n24h,v,2\n",
     REPEAT_DAY,
     0,
     false,
     {0},
     {0},
     "outside the day or week"},
    {"time,class,calls_per_hour\n2026-03-01T05:00,v,1\n2026-03-05T05:00,v,2\n",
     REPEAT_DAY,
     0,
     false,
     {0},
     {0},
     "two rows for the same time"},
    {"time,class,calls_per_hour\n06:00,v,1\n12:00,v,2\n",
     REPEAT_NONE,
     2,
     false,
     {6, 12},
     {1, 2},
     NULL},
    {"time,class,calls,calls_per_hour\n06:00,v,1,1\n",
     REPEAT_NONE,
     0,
     false,
     {0},
     {0},
     "cannot be combined"},
};

static void profile_counts_and_repeats(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        struct errors errors;
        struct rate_steps steps = {0};
        struct profile_use use = {"p.csv", "v", profiles[i].repeat, DAY};
        errors_init(&errors);
        put(f, "p.csv", profiles[i].text);
        struct workload *w = workload_new(f->folder, &start_run, false);
        bool good = workload_profile(w, &use, f->arena, &steps, &errors);
        assert_int_equal(good, profiles[i].wrong == NULL);
        if (!good && !strstr(errors.items[0].message, profiles[i].wrong))
            fail_msg("%s", errors.items[0].message);
        assert_int_equal(good ? steps.count : 0, profiles[i].count);
        assert_int_equal(good && steps.daily, profiles[i].daily);
        for (uint32_t k = 0; good && k < steps.count; k++) {
            assert_int_equal(steps.times[k], (nanos)(profiles[i].hours[k] * (double)HOUR));
            assert_float_equal(steps.rates[k] * 3600, profiles[i].per_hour[k], 1e-9);
        }
        errors_release(&errors);
        workload_free(w);
    }
}

static void trace_bad_rows(void **state)
{
    struct fixture *f = *state;
    int last;
    put(f, "calls.csv",
        "start,duration,class,media,bandwidth\n"
        "0,1,fax,,\n"
        "1,-1,video,,\n"
        "08:00,1,video,,\n"
        "2,1,video,smell,\n"
        "3,1,video,,fast\n"
        ",1,video,,\n"
        "4,,video,,\n"
        "5,1,video,,\n");
    struct workload *w = workload_new(f->folder, &start_run, false);
    struct trace_source source = workload_traces(w, &scenario);
    for (int i = 0; i < 3; i++) /* the same each time, told once */
        assert_int_equal(count_rows(&source, &f->errors, &last), 1);
    assert_int_equal(last, 0);
    workload_report(w, &f->errors);
    assert_int_equal(f->errors.count, 10);
    assert_item(&f->errors, 0, 2, 5, "not in the scenario: 'fax'");
    assert_item(&f->errors, 1, 3, 3, "a negative duration: '-1'");
    assert_item(&f->errors, 2, 4, 1, "without its date");
    assert_item(&f->errors, 3, 5, 11, "neither audio nor video");
    assert_item(&f->errors, 4, 6, 12, "not a bit rate");
    assert_item(&f->errors, 5, 7, 1, "no time");
    assert_item(&f->errors, 6, 8, 3, "no duration");
    assert_item(&f->errors, 7, 0, 0, "7 of 8 rows are bad");
    assert_true(f->errors.items[7].important);
    assert_item(&f->errors, 8, 0, 0, "1 row of class 'fax', which the scenario does not have");
    assert_item(&f->errors, 9, 0, 0, "covers only 2026-03-02T00:00:05 to 2026-03-02T00:00:06");
    assert_int_equal(workload_left_out(w).bad, 7);
    workload_free(w);
}

static void trace_quotes_the_first_twenty(void **state)
{
    struct fixture *f = *state;
    char text[4096] = "start,duration,class\n";
    int last;
    for (int i = 0; i < 50; i++)
        strcat(text, "x,1,video\n");
    put(f, "calls.csv", text);
    struct workload *w = workload_new(f->folder, &start_run, false);
    struct trace_source source = workload_traces(w, &scenario);
    assert_int_equal(count_rows(&source, &f->errors, &last), 0);
    assert_int_equal(last, -1); /* nothing is left of it */
    assert_item(&f->errors, 0, 0, 0, "none of 50 rows can be used: 50 are bad");
    assert_item(&f->errors, 1, 0, 0, "peerplan import makes a trace");
    workload_report(w, &f->errors);
    assert_int_equal(f->errors.count, WORKLOAD_QUOTED + 3);
    assert_item(&f->errors, WORKLOAD_QUOTED + 2, 0, 0, "50 of 50 rows are bad");
    workload_free(w);
}

static void trace_errors(struct fixture *f, const char *text, bool strict, long line, long column,
                         const char *part)
{
    struct errors errors;
    int last;
    errors_init(&errors);
    put(f, "calls.csv", text);
    struct workload *w = workload_new(f->folder, &start_run, strict);
    struct trace_source source = workload_traces(w, &scenario);
    count_rows(&source, &errors, &last);
    assert_int_equal(last, -1);
    assert_int_equal(errors.failures, 1);
    workload_report(w, &errors);
    assert_int_equal(errors.failures, 1);
    count_rows(&source, &errors, &last);
    assert_int_equal(last, -1);
    assert_int_equal(errors.failures, 2);
    assert_int_equal(errors_code(&errors), ERROR_DATA);
    assert_item(&errors, 0, line, column, part);
    errors_release(&errors);
    workload_free(w);
}

static void trace_that_cannot_go_on(void **state)
{
    struct fixture *f = *state;
    trace_errors(f, "start,duration,class\n5,1,video\n6,1,fax\n", true, 3, 5,
                 "not in the scenario");
    trace_errors(f, "start,duration,class\n5,1,\"video\n", true, 2, 5, "never closed");
}

static void trace_needs_a_file_read_twice(void **state)
{
    struct fixture *f = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/calls.csv", f->folder);
    struct workload *w = workload_new(f->folder, &start_run, false);
    struct trace_source source = workload_traces(w, &scenario);
    assert_null(source.open(source.context, 0, &f->errors));
    assert_int_equal(f->errors.items[0].code, ERROR_NO_INPUT);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_null(source.open(source.context, 0, &f->errors));
    assert_item(&f->errors, 1, 0, 0, "not a regular file");
    workload_free(w);
}

struct reading {
    struct trace_source source;
    int64_t sum;
    int rows;
};

static void *read_on_thread(void *context)
{
    struct reading *reading = context;
    struct errors errors;
    struct trace_row row;
    errors_init(&errors);
    void *cursor = reading->source.open(reading->source.context, 0, &errors);
    while (cursor && reading->source.next(cursor, &row) == 1) {
        reading->sum += row.start / SECOND * (row.class_index + 1);
        reading->rows++;
    }
    if (cursor)
        reading->source.close(cursor);
    errors_release(&errors);
    return NULL;
}

static void cursors_are_independent(void **state)
{
    struct fixture *f = *state;
    enum { THREADS = 4, ROWS = 7000 };
    char path[128];
    snprintf(path, sizeof path, "%s/calls.csv", f->folder);
    FILE *file = fopen(path, "w");
    fputs("start,duration,class\n", file);
    int64_t sum = 0;
    for (int i = 0; i < ROWS; i++) {
        fprintf(file, "%d,1,%s\n%s", i, i % 3 ? "audio" : "video",
                i % 1000 ? "" : "oops,1,video\n");
        sum += i * (i % 3 ? 2 : 1);
    }
    fclose(file);
    struct workload *w = workload_new(f->folder, &start_run, false);
    pthread_t threads[THREADS];
    struct reading readings[THREADS];
    for (int i = 0; i < THREADS; i++) {
        readings[i] =
            (struct reading){.source = i ? readings[0].source : workload_traces(w, &scenario)};
        assert_int_equal(pthread_create(&threads[i], NULL, read_on_thread, &readings[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(readings[i].rows, ROWS);
        assert_int_equal(readings[i].sum, sum);
    }
    assert_int_equal(workload_left_out(w).bad, 7);
    workload_free(w);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(moments),
        TEST(moments_of_one_day),
        TEST(moments_have_offsets),
        TEST(profile_repeats_daily),
        TEST(profile_of_dates_and_durations),
        TEST(profile_bad_rows_are_told),
        TEST(strict_makes_the_first_one_fatal),
        TEST(many_classes_of_one_file),
        TEST(files_that_cannot_be_used),
        TEST(empirical_is_sorted_and_shared),
        TEST(trace_rows_arrive),
        TEST(trace_rows_of_the_warmup),
        TEST(trace_scaled),
        TEST(trace_in_any_order),
        TEST(profile_repeats_weekly),
        TEST(profile_counts_and_repeats),
        TEST(trace_bad_rows),
        TEST(trace_quotes_the_first_twenty),
        TEST(trace_that_cannot_go_on),
        TEST(trace_needs_a_file_read_twice),
        TEST(cursors_are_independent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
