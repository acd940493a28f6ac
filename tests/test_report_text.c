/* The text report against golden files, and the figures in it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "model/formulas/erlang.h"
#include "reports/columns.h"
#include "answer/figures.h"
#include "reports/answer_text.h"
#include "reports/peaks_text.h"
#include "model/base/safe_text.h"
#include "reports/text.h"
#include "tests/golden.h"
#include "tests/results_made.h"

static const char *value(struct interval i, double scale)
{
    static char buffer[FIGURE_SIZE];
    return figure_value(i, scale, buffer);
}

static const char *range(struct interval i, double scale)
{
    static char buffer[FIGURE_SIZE];
    return figure_range(i, scale, buffer);
}

static void digits_follow_the_interval(void **state)
{
    (void)state;
    assert_string_equal(value((struct interval){0.023142, 0.0210, 0.0254}, 100), "2.31");
    assert_string_equal(range((struct interval){0.023142, 0.0210, 0.0254}, 100), "2.10 to 2.54");
    assert_string_equal(value((struct interval){1234.5678, 1200, 1270}, 1), "1235");
    assert_string_equal(value((struct interval){14.27, 11, 18}, 1), "14.3");
    assert_string_equal(value((struct interval){0.00012346, NAN, NAN}, 100), "0.01235");
    assert_string_equal(value((struct interval){2000, NAN, NAN}, 1), "2000");
    assert_string_equal(value((struct interval){2000, 1999.9, 2000.1}, 1), "2000.0"); /* five */
    assert_string_equal(
        value((struct interval){95.0 + 5.0 / 6, 95.8333333333333, 95.8333333333334}, 1),
        "95.83"); /* rounding errors are no interval */
    assert_string_equal(value((struct interval){0.0005, 0, 0.9}, 100), "0.05"); /* not 0 */
    assert_string_equal(value((struct interval){NAN, NAN, NAN}, 1), "-");
    assert_string_equal(range((struct interval){5, NAN, NAN}, 1), "");
    assert_string_equal(range((struct interval){5, 5, 5}, 1), "");
    assert_string_equal(value((struct interval){0, 0, 0.0000314159}, 100), "0");
    assert_string_equal(range((struct interval){0, 0, 0.0000314159}, 100), "below 0.0031");
}

static void durations_and_hours(void **state)
{
    (void)state;
    char b[FIGURE_SIZE];
    assert_string_equal(figure_duration(90 * MINUTE, b), "1 h 30 min");
    assert_string_equal(figure_duration(90 * SECOND, b), "1 min 30 s");
    assert_string_equal(figure_duration(14 * DAY, b), "14 d");
    assert_string_equal(figure_duration(DAY + 5 * MINUTE, b), "1 d");
    assert_string_equal(figure_duration(0, b), "0 s");
    assert_string_equal(figure_duration(SECOND / 4, b), "0.25 s");
    struct run run = {.start_unix = 1772409600, .length = DAY}; /* Monday 2026-03-02 */
    assert_string_equal(figure_hours(&run, 10 * HOUR, 11 * HOUR, b), "10:00 to 11:00");
    run.length = 7 * DAY;
    assert_string_equal(figure_hours(&run, 34 * HOUR, 35 * HOUR, b), "Tue 10:00 to 11:00");
    assert_string_equal(figure_hours(&run, 23 * HOUR, 24 * HOUR, b), "Mon 23:00 to 00:00");
    assert_string_equal(figure_hours(&run, 24 * HOUR, 48 * HOUR, b), "Tue 00:00 to Wed 00:00");
    run.length = DAY;
    assert_string_equal(figure_hours(&run, 0, DAY, b), "the whole run");
}

static void columns_are_aligned(void **state)
{
    (void)state;
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct columns c;
    columns_init(&c, "lrlr");
    const char *cells[] = {"name",   "n",    "empty", "last", "b\303\274ro", "1", "", "22",
                           "x\033y", "1000", "",      ""};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        columns_add(&c, "%s", cells[i]);
    columns_print(&c, out, false);
    columns_release(&c);
    fclose(out);
    assert_string_equal(text, "  name     n  last\n"
                              "  b\xC3\xBC"
                              "ro     1    22\n"
                              "  x?y   1000\n");
    free(text);
}

static void foreign_text_cannot_steer_the_screen(void **state)
{
    (void)state;
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    const char foreign[] = "a\033[2Jb\xC2\x9B"
                           "c\td\x7F\xC3\xA9";
    safe_text_put(out, foreign, sizeof foreign - 1);
    fclose(out);
    assert_string_equal(text, "a?[2Jb?c?d?\xC3\xA9");
    assert_int_equal(safe_text_columns("\xC3\xA9t\xC3\xA9"), 3);
    free(text);
    /* overrides of direction, line separators, bytes that are no UTF-8, overlong and cut forms */
    const char turning[] = "\xE2\x80\xAE|\xE2\x81\xA6|\xD8\x9C|\xE2\x80\xA8|\x9B|\xC0\x9B|"
                           "\xED\xA0\x80|\xF0\x9F\x98\x80|\xE2\x82\xAC|\xE2\x82";
    out = open_memstream(&text, &length);
    safe_text_put(out, turning, sizeof turning - 1);
    fclose(out);
    assert_string_equal(text, "?|?|?|?|?|??|???|\xF0\x9F\x98\x80|\xE2\x82\xAC|??");
    assert_int_equal(safe_text_columns(turning), strlen("?|?|?|?|?|??|???|s|e|??"));
    free(text);
}

/* ---- Whole reports ---- */

static struct call_class classes[] = {
    {.via = {.origin = ORIGIN_CLUSTER},
     .name = "a-video",
     .arrivals = {.kind = ARRIVALS_RATE, .steps = {.count = 2}}},
    {.via = {.origin = ORIGIN_CLUSTER},
     .name = "b-audio",
     .arrivals = {.kind = ARRIVALS_RATE, .steps = {.count = 1}}},
};
static struct cluster clusters[] = {{.name = "edge"}};
static struct peer peers[] = {{.name = "e1"}, {.name = "e2"}};
static const char *notes[] = {"a first note", "a second note"};
static const struct scenario scenario = {
    .title = "Head office, busy Monday",
    .table = "X14.2-cluster-chapter",
    .table_source = "Admin Guide X14.2 ch. Clustering and Peers",
    .goals = {.stated = true, .blocking = 0.01, .survive = 1},
    .run = {.start_unix = 1772409600, .length = HOUR},
    .clusters = clusters,
    .cluster_count = 1,
    .peers = peers,
    .peer_count = 2,
    .classes = classes,
    .class_count = 2,
    .notes = notes,
    .note_count = 2,
};

static void assert_report(const char *golden, const struct text_report *report)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    text_report(report, out);
    fclose(out);
    assert_golden(golden, text);
    free(text);
}

static struct answer answer_from(const struct scenario *s, const struct results *results,
                                 const struct survival *survival)
{
    struct answer answer;
    struct answer_sources sources = {.results = results, .survival = survival};
    assert_true(answer_make(&answer, s, &sources));
    return answer;
}

static void a_no_says_why_and_what_next(void **state)
{
    (void)state;
    struct results results = results_made(5);
    uint32_t down[] = {1};
    struct interval blocked[] = {{0.21, 0.2, 0.22}, {0.05, 0.04, 0.06}};
    struct survival_set set = {
        .down = down, .down_count = 1, .blocked = blocked, .replications = 5};
    struct survival survival = {&set, 1};
    struct answer answer = answer_from(&scenario, &results, &survival);
    struct text_report report = {&scenario, &results, &answer, false};
    answer_set_next_step(&answer, "one more peer would suffice, by formula", NULL, 0);
    results_index(&results);
    assert_report("report-no.txt", &report);
    report.colour = true;
    assert_report("report-no-colour.txt", &report);
    answer_release(&answer);
    results_release(&results);
}

static void not_yet_decided_says_how_many_more(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct scenario open = scenario;
    open.goals = (struct goals){.stated = false, .blocking = 0.018};
    open.note_count = 0;
    results.interrupted = true;
    results.bad_rows = 3;
    struct answer answer = answer_from(&open, &results, NULL);
    struct text_report report = {&open, &results, &answer, false};
    assert_report("report-open.txt", &report);
    answer_release(&answer);
    results_release(&results);
}

static void a_yes_says_what_is_nearest(void **state)
{
    (void)state;
    struct results results = results_made(3);
    for (size_t r = 0; r < 3; r++) {
        results.rows[r][MADE_OFFERED] *= 1000;
        results.rows[r][MADE_OFFERED_B] *= 1000;
        results.rows[r][MADE_BLOCKED] = results.rows[r][MADE_UNITS] = results.rows[r][MADE_RMS] = 0;
        for (int i = 0; i < MADE_INTERVALS; i++)
            results.series_values[r][i * MADE_COLUMNS] = 0;
    }
    struct scenario alone = scenario;
    alone.goals.survive = 0;
    struct answer answer = answer_from(&alone, &results, NULL);
    struct text_report report = {&alone, &results, &answer, false};
    assert_report("report-yes.txt", &report);
    answer_release(&answer);
    results_release(&results);
}

static void chance_makes_no_worst_hour(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct call_class constant[] = {classes[1], classes[1]};
    struct scenario steady = scenario;
    constant[0].name = "a-video";
    steady.classes = constant;
    struct answer answer = answer_from(&steady, &results, NULL);
    struct text_report report = {&steady, &results, &answer, false};
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    answer_text_put(report.scenario, report.answer, false, out);
    fclose(out);
    assert_null(strstr(text, "worst hour"));
    assert_non_null(
        strstr(text, "any hour       a single one will see 0.0 to 3.9 % of a-video refused"));
    free(text);
    answer_release(&answer);
    results_release(&results);
}

/* Intervals of a day: no hour is known. */
static void long_intervals_are_no_hours(void **state)
{
    (void)state;
    struct results results = results_made(5);
    struct scenario day = scenario;
    day.run.length = 4 * DAY;
    results.interval = DAY;
    struct answer answer = answer_from(&day, &results, NULL);
    struct text_report report = {&day, &results, &answer, false};
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    answer_text_put(report.scenario, report.answer, false, out);
    fclose(out);
    assert_non_null(
        strstr(text, "  worst part     Wed 00:00 to Thu 00:00: 8.0 % of a-video refused ("));
    assert_non_null(strstr(text, "; a single such part will see "));
    free(text);
    answer_release(&answer);
    results_release(&results);
}

static void one_replication_has_no_intervals(void **state)
{
    (void)state;
    struct results results = results_made(1);
    results.warmup = 0;
    results.warmup_reason = "day profile";
    results.alarm_count = 0;
    struct answer answer = answer_from(&scenario, &results, NULL);
    struct text_report report = {&scenario, &results, &answer, false};
    assert_report("report-one.txt", &report);
    answer_release(&answer);
    results_release(&results);
}

static void a_start_in_vain_is_told(void **state)
{
    (void)state;
    struct results results = results_made(5);
    results.steady_obstacle = "calls come from a trace";
    struct answer answer = answer_from(&scenario, &results, NULL);
    struct text_report report = {&scenario, &results, &answer, false};
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    text_basis(&report, out);
    fclose(out);
    assert_non_null(strstr(text, "(stated; no steady start: calls come from a trace)\n"));
    free(text);
    answer_release(&answer);
    results_release(&results);
}

/* ---- Peakedness ---- */

/* Two classes of recorded calls on 24 units: 8 calls of one, 4 calls of the other; half 0: of too
 * few calls. */
struct measured {
    double peakedness, half;
};

static char *peaks_text(struct measured all, struct measured video, struct measured audio)
{
    static struct platform platform = {.units = 24, .audio_weight = 1, .video_weight = 2};
    static struct peer peer = {.name = "e1"};
    static struct cluster edge = {.name = "edge",
                                  .redundancy = REDUNDANCY_NONE,
                                  .cap_stated = -1,
                                  .peer_count = 1,
                                  .traversal = NONE};
    static struct call_class recorded[] = {
        {.via = {.origin = ORIGIN_CLUSTER}, .name = "a-video", .media = MEDIA_VIDEO, .units = -1},
        {.via = {.origin = ORIGIN_CLUSTER}, .name = "b-audio", .media = MEDIA_AUDIO, .units = -1}};
    struct scenario one = {.platforms = &platform,
                           .platform_count = 1,
                           .peers = &peer,
                           .peer_count = 1,
                           .clusters = &edge,
                           .cluster_count = 1,
                           .classes = recorded,
                           .class_count = 2};
    struct metric metrics[] = {
        {SCOPE_CLASS, 0, "a-video", "busiest_hour_erlangs", "erlangs", METRIC_CONSTANT, 0, 0, 8, 0},
        {SCOPE_CLASS, 0, "a-video", "peakedness", "1", METRIC_CONSTANT, 0, 0, video.peakedness,
         video.half},
        {SCOPE_CLASS, 1, "b-audio", "busiest_hour_erlangs", "erlangs", METRIC_CONSTANT, 0, 0, 4, 0},
        {SCOPE_CLASS, 1, "b-audio", "peakedness", "1", METRIC_CONSTANT, 0, 0, audio.peakedness,
         audio.half},
        {SCOPE_CLUSTER, 0, "edge", "busiest_hour_units", "units", METRIC_CONSTANT, 0, 0, 20, 0},
        {SCOPE_CLUSTER, 0, "edge", "peakedness", "1", METRIC_CONSTANT, 0, 0, all.peakedness,
         all.half},
    };
    struct results results = {.metrics = metrics, .metric_count = sizeof metrics / sizeof *metrics};
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    peaks_put(&one, &results, out);
    fclose(out);
    return text;
}

/* Erlang B of 12 servers under 8 erlangs is 5.1 %, of 24 under 4 is 8.3e-12; together 24 units are
 * as many as 13.3 calls of 1.8 units under 11.1 erlangs. */
static void peakedness_is_told_with_what_it_means(void **state)
{
    (void)state;
    char *text = peaks_text((struct measured){1.05, 0.1}, (struct measured){1.1, 0.15},
                            (struct measured){0.95, 0.1});
    assert_string_equal(text,
                        "  peaks    edge: all recorded calls, peakedness 1.05 (0.95 to 1.15)\n");
    free(text);
    text = peaks_text((struct measured){0.6, 0.1}, (struct measured){2, 0.5},
                      (struct measured){1.9, 1.5});
    assert_string_equal(text, "  peaks    edge: all recorded calls, peakedness 0.60 (0.50 to "
                              "0.70), less than free calls have: "
                              "something limited them when they were recorded\n"
                              "  peaks    a-video: recorded calls, peakedness 2.00 (1.50 to 2.50); "
                              "Erlang's formula for Poisson "
                              "arrivals would say 5.1 % blocked in the busiest hour, wrongly, for "
                              "these calls come together\n"
                              "  peaks    b-audio: recorded calls, peakedness 1.9 (0.4 to 3.4), "
                              "too few calls to tell whether "
                              "they come together; Erlang's formula for Poisson arrivals would say "
                              "8.3e-10 % blocked in the "
                              "busiest hour, wrongly if they do\n");
    free(text);
    text =
        peaks_text((struct measured){NAN, 0}, (struct measured){1, 0}, (struct measured){NAN, 0});
    assert_string_equal(
        text, "  peaks    edge: all recorded calls, too few to measure their peakedness\n");
    free(text);
    text =
        peaks_text((struct measured){3, 1}, (struct measured){1, 0.1}, (struct measured){1, 0.1});
    assert_non_null(strstr(
        text,
        "edge: all recorded calls, peakedness 3.0 (2.0 to 4.0); Erlang's formula for Poisson"));
    double erlang = 100 * erlang_b(24 / 1.8, 20 / 1.8),
           told = strtod(strstr(text, "would say ") + 10, NULL);
    assert_true(fabs(told - erlang) < 0.06 * erlang); /* two digits */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_follow_the_interval),
        cmocka_unit_test(durations_and_hours),
        cmocka_unit_test(columns_are_aligned),
        cmocka_unit_test(foreign_text_cannot_steer_the_screen),
        cmocka_unit_test(a_no_says_why_and_what_next),
        cmocka_unit_test(not_yet_decided_says_how_many_more),
        cmocka_unit_test(a_yes_says_what_is_nearest),
        cmocka_unit_test(chance_makes_no_worst_hour),
        cmocka_unit_test(long_intervals_are_no_hours),
        cmocka_unit_test(one_replication_has_no_intervals),
        cmocka_unit_test(a_start_in_vain_is_told),
        cmocka_unit_test(peakedness_is_told_with_what_it_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
