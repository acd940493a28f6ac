/* Peakedness of records: toys by hand, Poisson arrivals with the course of a day, groups with what
 * theory says. Records are generated here; what is asserted are intervals made from independent
 * runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <malloc.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/formulas/batch.h"
#include "model/formulas/peakedness.h"

#define RUNS   60
#define CHANCE 1e-6 /* of one assertion about chance */

/* ---- Records ---- */

static uint64_t state;

/* splitmix64: in (0, 1) */
static double uniform(void)
{
    uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double exponential(void)
{
    return -log(uniform());
}

enum day { DAY_FLAT, DAY_SINE, DAY_OFFICE, DAY_STEPS };

struct traffic {
    const char *name;
    enum day day;
    enum law law;
    double load;   /* erlangs at the height of the day */
    double hold;   /* mean, seconds */
    double length; /* hours */
    int group;     /* calls that come at once */
    double spread; /* seconds over which they come */
    bool together; /* they end together as well */
    bool hourly;   /* groups meet at full hours only */
};

/* The rate at a time over the highest of the day. */
static double height(enum day day, double seconds)
{
    static const double office[24] = {.02, .02, .02, .02, .02, .02, .02, .3, .8,  1,   .95, .8,
                                      .5,  .7,  .9,  .9,  .8,  .5,  .2,  .1, .03, .03, .03, .03};
    double hour = fmod(seconds / 3600, 24), middle = fmod(hour + 23.5, 24);
    int i = (int)middle;
    switch (day) {
    case DAY_SINE:
        return (1 - cos(2 * M_PI * hour / 24)) / 2;
    case DAY_STEPS:
        return office[(int)hour];
    case DAY_OFFICE: /* straight from the middle of an hour to that of the next */
        return office[i] + (middle - i) * (office[(i + 1) % 24] - office[i]);
    default:
        return 1;
    }
}

static double holding(const struct traffic *t)
{
    if (t->law == LAW_DETERMINISTIC)
        return t->hold;
    if (t->law == LAW_EXPONENTIAL)
        return t->hold * exponential();
    return t->hold * (uniform() < 0.9 ? 0.5 : 5.5) * exponential(); /* two branches, mean 1 */
}

struct record {
    struct peakedness_call *calls;
    size_t count, room;
};

static void add_call(struct record *r, double start, double duration, double units)
{
    if (r->count == r->room) {
        r->room = r->room ? 2 * r->room : 4096;
        r->calls = realloc(r->calls, r->room * sizeof *r->calls);
        assert_non_null(r->calls);
    }
    r->calls[r->count++] = (struct peakedness_call){
        (nanos)(start * (double)SECOND), (nanos)(duration * (double)SECOND), {0, 1}, {1, units}};
}

static void add_group(struct record *r, const struct traffic *t, double at)
{
    double common = holding(t);
    for (int i = 0; i < t->group; i++) {
        double start = t->spread > 0 ? at + t->spread * uniform() : at;
        add_call(r, start, t->together ? common : holding(t), uniform() < 0.5 ? 1 : 2);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct peakedness_call *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Poisson groups, thinned to the course of the day. */
static void generate(struct record *r, const struct traffic *t)
{
    double rate = t->load / t->hold / t->group, length = 3600 * t->length;
    r->count = 0;
    for (double now = exponential() / rate; now < length; now += exponential() / rate)
        if (uniform() < height(t->day, now))
            add_group(r, t, t->hourly ? 3600 * floor(now / 3600) : now);
    qsort(r->calls, r->count, sizeof *r->calls, by_start);
}

static struct peakedness_figure measure(const struct record *r, uint32_t stream)
{
    struct peakedness *p = peakedness_new(2);
    assert_non_null(p);
    for (size_t i = 0; i < r->count; i++)
        assert_true(peakedness_add(p, &r->calls[i]));
    struct peakedness_figure f = peakedness_of(p, stream);
    peakedness_free(p);
    return f;
}

/* ---- By hand ---- */

static struct peakedness_figure of_calls(const double (*calls)[2], size_t count, uint32_t stream,
                                         double units)
{
    struct record r = {0};
    for (size_t i = 0; i < count; i++)
        add_call(&r, calls[i][0], calls[i][1], units);
    struct peakedness_figure f = measure(&r, stream);
    free(r.calls);
    return f;
}

/* The first and the last row only frame the record: cells of 1020 s. */
static void calls_apart_show_their_own_variance(void **context)
{
    (void)context;
    const double calls[][2] = {{0, 0},       {1100, 60}, {1300, 200},
                               {2100, 5000}, {9000, 1},  {20000, 0}};
    for (uint32_t stream = 0; stream < 2; stream++)
        assert_true(fabs(of_calls(calls, 6, stream, 2).value - 1) >
                    0.01); /* 1300 and 1100 are in one cell, apart */
    const double single[][2] = {{0, 0}, {1100, 60}, {2100, 5000}, {9000, 1}, {20000, 0}};
    for (uint32_t stream = 0; stream < 2; stream++)
        assert_true(fabs(of_calls(single, 5, stream, 2).value - 1) < 1e-9);
}

static void calls_at_once_show_their_number(void **context)
{
    (void)context;
    const double calls[][2] = {{0, 0},       {1100, 60},   {1100, 60},   {1100, 60},
                               {5000, 7000}, {5000, 7000}, {5000, 7000}, {20000, 0}};
    assert_true(fabs(of_calls(calls, 8, 0, 1).value - 3) < 1e-9);
    assert_true(fabs(of_calls(calls, 8, 1, 2).value - 3) < 1e-9); /* what they weigh is taken out */
}

static void edges_of_a_record_are_left_out(void **context)
{
    (void)context;
    const double calls[][2] = {{10, 60}, {10, 60}, {10, 60}, {1100, 60}, {2500, 10}, {2500, 10}};
    struct peakedness_figure f = of_calls(calls, 6, 0, 1);
    assert_int_equal(f.calls, 6);
    assert_true(fabs(f.value - 1) <
                1e-9); /* the triple is in the first cell, the pair in the last */
    assert_true(isnan(f.low) && isnan(f.high));
    assert_true(isnan(of_calls(calls, 3, 0, 1).value));
    assert_true(isnan(of_calls(calls, 0, 0, 1).value));
}

static void busiest_hour_is_a_clock_hour(void **context)
{
    (void)context;
    const double calls[][2] = {
        {1800, 3600}, {3600, 3600}, {3600, 1800}, {40000, 20000}, {90000, 0}};
    assert_true(fabs(of_calls(calls, 5, 0, 1).busiest - 2) < 1e-9); /* 1 to 2 h: 0.5 + 1 + 0.5 */
    assert_true(fabs(of_calls(calls, 5, 1, 2).busiest - 4) < 1e-9);
    const double longest[][2] = {{-5400, 20000}, {20000, 0}};
    assert_true(fabs(of_calls(longest, 2, 0, 1).busiest - 1) < 1e-9);
}

static void verdicts(void **context)
{
    (void)context;
    assert_int_equal(peakedness_judge(1.1, 0.9), PEAKEDNESS_PLAIN);
    assert_int_equal(peakedness_judge(NAN, NAN), PEAKEDNESS_PLAIN);
    assert_int_equal(peakedness_judge(1.3, 1.1), PEAKEDNESS_UNSURE);
    assert_int_equal(peakedness_judge(1.3, NAN), PEAKEDNESS_UNSURE);
    assert_int_equal(peakedness_judge(1.3, 1.21), PEAKEDNESS_HIGH);
}

/* ---- Against theory ---- */

struct seen {
    double mean, error; /* over runs; the error that chance may make of the mean */
    int high, covered;  /* runs that warn; whose interval has the truth */
};

static struct seen observe(const struct traffic *t, uint32_t stream, double truth)
{
    struct seen s = {0};
    struct record r = {0};
    double sum = 0, squares = 0;
    for (int run = 0; run < RUNS; run++) {
        generate(&r, t);
        struct peakedness_figure f = measure(&r, stream);
        assert_true(f.low >= 0);
        sum += f.value;
        squares += f.value * f.value;
        s.high += peakedness_judge(f.value, f.low) == PEAKEDNESS_HIGH;
        s.covered += f.low <= truth && truth <= f.high;
    }
    free(r.calls);
    s.mean = sum / RUNS;
    s.error = sqrt((squares / RUNS - s.mean * s.mean) / (RUNS - 1)) *
              gsl_cdf_tdist_Pinv(1 - CHANCE / 2, RUNS - 1);
    return s;
}

/* Not fewer than a share would give by chance. */
static bool at_least(int runs, double share)
{
    return gsl_cdf_binomial_P((unsigned)runs, share, RUNS) > CHANCE;
}

static void poisson_arrivals_have_1(void **context)
{
    (void)context;
    static const struct traffic traffics[] = {
        {"short, sine", DAY_SINE, LAW_EXPONENTIAL, 20, 120, 24, 1, 0, false, false},
        {"long, sine", DAY_SINE, LAW_EXPONENTIAL, 300, 7200, 48, 1, 0, false, false},
        {"large, sine", DAY_SINE, LAW_EXPONENTIAL, 500, 1800, 24, 1, 0, false, false},
        {"short, office", DAY_OFFICE, LAW_EXPONENTIAL, 20, 90, 24, 1, 0, false, false},
        {"tails, office", DAY_OFFICE, LAW_HYPEREXPONENTIAL, 60, 600, 24, 1, 0, false, false},
        {"equal, office", DAY_OFFICE, LAW_DETERMINISTIC, 60, 2700, 24, 1, 0, false, false},
        {"few, office", DAY_OFFICE, LAW_EXPONENTIAL, 4, 300, 24, 1, 0, false, false},
        {"few, an afternoon", DAY_FLAT, LAW_EXPONENTIAL, 4, 300, 4, 1, 0, false, false},
    };
    for (size_t i = 0; i < sizeof traffics / sizeof *traffics; i++)
        for (uint32_t stream = 0; stream < 2; stream++) {
            struct seen s = observe(&traffics[i], stream, 1);
            if (fabs(s.mean - 1) > s.error || !at_least(s.covered, 0.95) ||
                !at_least(RUNS - s.high, 0.975))
                fail_msg(
                    "%s, stream %u: mean %g, expected 1 within %g; %d of %d covered, %d warned",
                    traffics[i].name, stream, s.mean, s.error, s.covered, RUNS, s.high);
        }
}

/* Rates that jump at the hour are no straight lines; they alone must not warn. */
static void jumps_of_the_rate_do_not_warn(void **context)
{
    (void)context;
    static const struct traffic traffics[] = {
        {"short", DAY_STEPS, LAW_EXPONENTIAL, 50, 180, 24, 1, 0, false, false},
        {"long", DAY_STEPS, LAW_EXPONENTIAL, 300, 2700, 24, 1, 0, false, false},
    };
    for (size_t i = 0; i < sizeof traffics / sizeof *traffics; i++) {
        struct seen s = observe(&traffics[i], 0, 1);
        if (!at_least(RUNS - s.high, 0.975))
            fail_msg("%s: %d of %d warned, mean %g", traffics[i].name, s.high, RUNS, s.mean);
    }
}

static double batch_law(int group)
{
    const int64_t sizes[] = {group};
    const double one[] = {1};
    return batch_peakedness(&(struct batch_class){1, sizes, one, 1, 0});
}

static void groups_have_the_peakedness_of_their_law(void **context)
{
    (void)context;
    static const struct traffic traffics[] = {
        {"short", DAY_OFFICE, LAW_EXPONENTIAL, 20, 180, 24, 4, 0, false, false},
        {"long", DAY_SINE, LAW_EXPONENTIAL, 100, 5400, 48, 6, 0, false, false},
        {"pairs", DAY_FLAT, LAW_EXPONENTIAL, 10, 600, 24, 2, 0, false, false},
        {"large", DAY_OFFICE, LAW_EXPONENTIAL, 200, 2700, 48, 12, 0, false, false},
    };
    for (size_t i = 0; i < sizeof traffics / sizeof *traffics; i++) {
        double truth = batch_law(traffics[i].group);
        struct seen s = observe(&traffics[i], 0, truth);
        if (fabs(s.mean - truth) > s.error || !at_least(s.high, 0.9))
            fail_msg("%s: mean %g, expected %g within %g; %d of %d warned", traffics[i].name,
                     s.mean, truth, s.error, s.high, RUNS);
    }
    struct traffic meeting = {"meetings", DAY_OFFICE, LAW_EXPONENTIAL, 40, 1800, 48, 5, 0,
                              true,       false};
    struct seen s = observe(&meeting, 0, 5); /* who also leave together: E[X^2] / E[X] */
    if (fabs(s.mean - 5) > s.error)
        fail_msg("meetings: mean %g, expected 5 within %g", s.mean, s.error);
}

/* The typical case: people join within minutes of the full hour. */
static void full_hours_are_seen(void **context)
{
    (void)context;
    static const struct traffic traffics[] = {
        {"single calls", DAY_OFFICE, LAW_EXPONENTIAL, 20, 1800, 24, 1, 240, false, true},
        {"meetings", DAY_OFFICE, LAW_EXPONENTIAL, 40, 2400, 24, 8, 300, true, true},
    };
    for (size_t i = 0; i < sizeof traffics / sizeof *traffics; i++) {
        struct seen s = observe(&traffics[i], 0, 1);
        if (!at_least(s.high, 0.95))
            fail_msg("%s: %d of %d warned, mean %g", traffics[i].name, s.high, RUNS, s.mean);
    }
}

static void memory_is_for_calls_in_progress(void **context)
{
    (void)context;
    struct peakedness *p = peakedness_new(2);
    assert_non_null(p);
    size_t early = 0;
    for (int i = 0; i < 300000; i++) {
        nanos start = i * SECOND, duration = (nanos)(30 * exponential() * (double)SECOND);
        assert_true(peakedness_add(p, &(struct peakedness_call){start, duration, {0, 1}, {1, 1}}));
        if (i == 30000)
            early = mallinfo2().uordblks;
    }
    assert_true(mallinfo2().uordblks <= 2 * early);
    assert_true(mallinfo2().uordblks - early < 65536);
    peakedness_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_apart_show_their_own_variance),
        cmocka_unit_test(calls_at_once_show_their_number),
        cmocka_unit_test(edges_of_a_record_are_left_out),
        cmocka_unit_test(busiest_hour_is_a_clock_hour),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(poisson_arrivals_have_1),
        cmocka_unit_test(jumps_of_the_rate_do_not_warn),
        cmocka_unit_test(groups_have_the_peakedness_of_their_law),
        cmocka_unit_test(full_hours_are_seen),
        cmocka_unit_test(memory_is_for_calls_in_progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
