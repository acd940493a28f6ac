/* Rows of traces on their way: what is counted, where, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "data/scenario_file.h"
#include "sim/study/trace_peaks.h"

/* Two traces in memory; the second one enters elsewhere. */
struct rows {
    const struct trace_row *rows[2];
    size_t counts[2];
    size_t next[2];
    int fails_at; /* rows of the second trace after which reading fails; -1: never */
};

struct place {
    struct rows *rows;
    uint32_t trace;
};

static struct place places[2];

static void *rows_open(void *context, uint32_t trace, struct errors *errors)
{
    struct rows *rows = context;
    (void)errors;
    rows->next[trace] = 0;
    places[trace] = (struct place){rows, trace};
    return &places[trace];
}

static int rows_next(void *cursor, struct trace_row *row)
{
    struct place *place = cursor;
    size_t *next = &place->rows->next[place->trace];
    if (place->trace == 1 && (int)*next == place->rows->fails_at)
        return -1;
    if (*next == place->rows->counts[place->trace])
        return 0;
    *row = place->rows->rows[place->trace][(*next)++];
    return 1;
}

static void rows_close(void *cursor)
{
    (void)cursor;
}

#define ROW(seconds, length, class, medium)                                                        \
    {                                                                                              \
        (seconds) * SECOND, (length)*SECOND, class, medium, -1, NULL                               \
    }

static const char text[] =
    "scenario: t\n"
    "platforms: [{name: n, units: 100, audio-weight: 1, video-weight: 2}]\n"
    "clusters:\n"
    "  - {name: here, redundancy: none, peers: [{name: a, platform: n}]}\n"
    "  - {name: there, redundancy: none, peers: [{name: b, platform: n}]}\n"
    "calls:\n"
    "  - {name: talk, media: audio, service: registered, via: {cluster: here}}\n"
    "  - {name: meet, media: video, service: registered, via: {cluster: here}}\n"
    "traces: [{file: rows}, {file: rows, via: {cluster: there}}]\n"
    "run: {length: 10h}\n";

struct fixture {
    struct scenario scenario;
    struct rows rows;
    struct trace_source source;
    struct trace_peaks peaks;
    struct errors errors;
};

static void fixture_init(struct fixture *f, const struct trace_row *first, size_t firsts,
                         const struct trace_row *second, size_t seconds)
{
    *f = (struct fixture){.rows = {{first, second}, {firsts, seconds}, {0, 0}, -1}};
    errors_init(&f->errors);
    assert_true(scenario_read_text(text, strlen(text), "t.yaml", ".", &f->scenario, &f->errors));
    f->source = (struct trace_source){&f->rows, rows_open, rows_next, rows_close};
    assert_true(trace_peaks_init(&f->peaks, &f->scenario, &f->source));
}

static void fixture_release(struct fixture *f)
{
    trace_peaks_release(&f->peaks);
    scenario_release(&f->scenario);
    errors_release(&f->errors);
}

static void expect(double is, double should)
{
    if (!(fabs(is - should) < 1e-9))
        fail_msg("%.17g is not %.17g", is, should);
}

static void rows_count_where_they_enter_with_their_units(void **state)
{
    static const struct trace_row first[] = {ROW(3600, 3600, 0, -1), ROW(3600, 1800, 1, -1),
                                             ROW(3600, 900, 0, MEDIA_VIDEO), ROW(30000, 0, 0, -1)};
    static const struct trace_row second[] = {ROW(3600, 3600, 1, MEDIA_AUDIO),
                                              ROW(7200, 3600, 1, -1)};
    struct fixture f;
    (void)state;
    fixture_init(&f, first, 4, second, 2);
    assert_true(trace_peaks_read(&f.peaks, &f.errors));
    expect(trace_peaks_class(&f.peaks, 0).busiest, 1.25);
    expect(trace_peaks_class(&f.peaks, 1).busiest, 1.5);
    expect(trace_peaks_cluster(&f.peaks, 0).busiest, 1 + 0.5 * 2 + 0.25 * 2);
    expect(trace_peaks_cluster(&f.peaks, 1).busiest, 2);
    assert_int_equal(trace_peaks_cluster(&f.peaks, 0).calls, 4);
    assert_int_equal(trace_peaks_cluster(&f.peaks, 1).calls, 2);
    fixture_release(&f);
}

/* Pairs of which each trace has one: only seen when the rows are taken in order of time. */
static void traces_are_taken_together(void **state)
{
    static const struct trace_row first[] = {ROW(0, 0, 0, -1), ROW(5000, 60, 0, -1),
                                             ROW(9000, 60, 0, -1), ROW(30000, 0, 0, -1)};
    struct fixture f;
    (void)state;
    fixture_init(&f, first, 4, first, 4);
    assert_true(trace_peaks_read(&f.peaks, &f.errors));
    expect(trace_peaks_class(&f.peaks, 0).value, 2);
    expect(trace_peaks_cluster(&f.peaks, 0).value, 1); /* each cluster has one of every pair */
    expect(trace_peaks_cluster(&f.peaks, 1).value, 1);
    fixture_release(&f);
}

static void only_a_watched_replication_is_counted(void **state)
{
    static const struct trace_row first[] = {ROW(0, 10, 0, -1), ROW(20, 10, 0, -1)};
    struct fixture f;
    struct trace_row row;
    (void)state;
    fixture_init(&f, first, 2, first, 2);
    struct trace_source source = trace_peaks_source(&f.peaks);
    for (int watched = 0; watched < 2; watched++) {
        f.peaks.watching = watched;
        void *cursor = source.open(source.context, 0, &f.errors);
        assert_non_null(cursor);
        assert_int_equal(source.next(cursor, &row), 1);
        assert_int_equal(source.next(cursor, &row), 1);
        assert_int_equal(row.start, 20 * SECOND);
        assert_int_equal(trace_peaks_class(&f.peaks, 0).calls,
                         watched); /* the row at hand has not arrived yet */
        assert_int_equal(source.next(cursor, &row), 0);
        source.close(cursor);
        assert_int_equal(trace_peaks_class(&f.peaks, 0).calls, 2 * watched);
    }
    fixture_release(&f);
}

static void a_trace_that_breaks_off_is_an_error(void **state)
{
    static const struct trace_row first[] = {ROW(0, 10, 0, -1), ROW(20, 10, 0, -1)};
    struct fixture f;
    (void)state;
    for (int row = 0; row < 2; row++) {
        fixture_init(&f, first, 2, first, 2);
        f.rows.fails_at = row;
        assert_false(trace_peaks_read(&f.peaks, &f.errors));
        fixture_release(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_count_where_they_enter_with_their_units),
        cmocka_unit_test(traces_are_taken_together),
        cmocka_unit_test(only_a_watched_replication_is_counted),
        cmocka_unit_test(a_trace_that_breaks_off_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
