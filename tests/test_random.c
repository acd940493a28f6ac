#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <Random123/philox.h>

#include "sim/engine/agenda.h"
#include "sim/engine/random.h"

/* Philox 4x64-10 known answer of Random123's own kat_vectors: counter and key all zero. */
static void a_block_is_philox(void **state)
{
    (void)state;
    assert_int_equal(random_at(0, 0, (enum purpose)0, 0, 0), UINT64_C(0x16554d9eca36314c));
    assert_int_equal(random_at(0, 0, (enum purpose)0, 0, 1), UINT64_C(0xdb20fe9d672d0fdc));
    assert_int_equal(random_at(0, 0, (enum purpose)0, 0, 3), UINT64_C(0x7e68b68aec7ba23b));
}

/* Key and counter words of every size against the library's own. */
static void blocks_are_those_of_random123(void **state)
{
    (void)state;
    struct stream words;
    stream_init(&words, 3, 0, PURPOSE_START, 0);
    for (int i = 0; i < 10000; i++) {
        uint64_t seed = stream_u64(&words), index = stream_u64(&words) >> (i % 64),
                 block = stream_u64(&words) >> (i % 60 + 2);
        uint32_t replication = (uint32_t)stream_u64(&words);
        philox4x64_ctr_t counter = {{block, index, PURPOSE_GAP, 0}};
        philox4x64_key_t key = {{seed, replication}};
        philox4x64_ctr_t expected = philox4x64_R(10, counter, key);
        for (uint64_t draw = 0; draw < 4; draw++)
            assert_true(random_at(seed, replication, PURPOSE_GAP, index, 4 * block + draw) ==
                        expected.v[draw]);
    }
}

static void a_stream_gives_the_draws_of_its_blocks_in_order(void **state)
{
    (void)state;
    struct stream stream;
    stream_init(&stream, 7, 3, PURPOSE_GAP, random_name("video"));
    for (uint64_t n = 0; n < 100; n++)
        assert_true(stream_u64(&stream) == random_at(7, 3, PURPOSE_GAP, random_name("video"), n));
}

static void every_layer_of_the_ziggurat_has_the_same_area(void **state)
{
    (void)state;
    const double *x = ziggurat_exponential_x, *y = ziggurat_exponential_y;
    double area = x[1] * y[1] + exp(-x[1]);
    assert_true(fabs(x[0] * exp(-x[1]) - area) < 1e-15);
    for (int i = 1; i < 256; i++)
        assert_true(fabs(x[i] * (y[i + 1] - y[i]) - area) < 1e-14);
    x = ziggurat_normal_x, y = ziggurat_normal_y;
    area = x[1] * y[1] + sqrt(2 * M_PI) * gsl_cdf_ugaussian_Q(x[1]);
    for (int i = 1; i < 256; i++)
        assert_true(fabs(x[i] * (y[i + 1] - y[i]) - area) < 1e-14);
}

/* Chi-square over 50 cells of equal probability under the law; the bound leaves one failure in 1e7.
 */
static double chi_square(double (*draw)(struct stream *), double (*cdf)(double), uint64_t index)
{
    enum { CELLS = 50, DRAWS = 400000 };
    struct stream stream;
    long counts[CELLS] = {0};
    stream_init(&stream, 11, 0, PURPOSE_HOLDING, index);
    for (int i = 0; i < DRAWS; i++) {
        int cell = (int)(cdf(draw(&stream)) * CELLS);
        counts[cell < CELLS ? cell : CELLS - 1]++;
    }
    double sum = 0, expected = (double)DRAWS / CELLS;
    for (int i = 0; i < CELLS; i++)
        sum += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
    return gsl_cdf_chisq_Q(sum, CELLS - 1);
}

static double exponential_cdf(double x)
{
    return -expm1(-x);
}
static double gamma_cdf(double x)
{
    return gsl_cdf_gamma_P(x, 2.5, 1);
}
static double small_gamma_cdf(double x)
{
    return gsl_cdf_gamma_P(x, 0.4, 1);
}
static double draw_gamma(struct stream *stream)
{
    return stream_gamma(stream, 2.5);
}
static double draw_small_gamma(struct stream *stream)
{
    return stream_gamma(stream, 0.4);
}
static double draw_exponential(struct stream *stream)
{
    return stream_exponential(stream);
}

static void variates_follow_their_laws(void **state)
{
    (void)state;
    assert_true(chi_square(draw_exponential, exponential_cdf, 1) > 1e-7);
    assert_true(chi_square(stream_normal, gsl_cdf_ugaussian_P, 2) > 1e-7);
    assert_true(chi_square(draw_gamma, gamma_cdf, 3) > 1e-7);
    assert_true(chi_square(draw_small_gamma, small_gamma_cdf, 4) > 1e-7);
}

static double draw_ahead(struct stream *stream)
{
    static struct exponentials exponentials;
    static double ahead[20];
    if (exponentials.stream.index != stream->index) {
        exponentials_init(&exponentials, ahead, 20);
        exponentials_reset(&exponentials, stream->seed, stream->replication,
                           (enum purpose)stream->purpose, stream->index);
    }
    return exponentials_next(&exponentials);
}

/* Exponential n is made of draw n: at once, or by a stream that depends on nothing else than n. */
static void exponentials_made_ahead_are_those_of_their_draws(void **state)
{
    (void)state;
    struct exponentials few, many;
    double ahead[4], further[DRAWS_AHEAD_MOST];
    exponentials_init(&few, ahead, 4);
    exponentials_init(&many, further, DRAWS_AHEAD_MOST);
    exponentials_reset(&few, 7, 3, PURPOSE_GAP, 99);
    exponentials_reset(&many, 7, 3, PURPOSE_GAP, 99);
    uint64_t rejected = 0;
    for (uint64_t n = 0; n < 100000; n++) {
        double value, got = exponentials_next(&few);
        assert_true(got == exponentials_next(&many));
        if (exponential_at_once(random_at(7, 3, PURPOSE_GAP, 99, n), &value))
            assert_true(got == value);
        else
            rejected++;
    }
    assert_true(rejected > 500 && rejected < 2500);
    assert_true(chi_square(draw_ahead, exponential_cdf, 5) > 1e-7);
}

static void the_agenda_orders_by_time_rank_and_sequence(void **state)
{
    (void)state;
    struct agenda agenda;
    struct stream stream;
    agenda_init(&agenda);
    stream_init(&stream, 1, 0, PURPOSE_START, 0);
    for (uint32_t i = 0; i < 5000; i++)
        assert_true(agenda_add(
            &agenda, (unsigned)stream_below(&stream, 3),
            (struct agenda_event){.time = (nanos)stream_below(&stream, 200), .subject = i}));
    assert_true(agenda_add(&agenda, 0, (struct agenda_event){.time = FOREVER}));
    assert_int_equal(agenda.count, 5000);
    struct agenda_event last = agenda_take(&agenda);
    while (agenda.count) {
        assert_int_equal(agenda_next(&agenda), agenda.heap[0].time);
        struct agenda_event event = agenda_take(&agenda);
        assert_true(last.time < event.time ||
                    (last.time == event.time && last.order < event.order));
        last = event;
    }
    agenda_release(&agenda);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_philox),
        cmocka_unit_test(blocks_are_those_of_random123),
        cmocka_unit_test(a_stream_gives_the_draws_of_its_blocks_in_order),
        cmocka_unit_test(every_layer_of_the_ziggurat_has_the_same_area),
        cmocka_unit_test(variates_follow_their_laws),
        cmocka_unit_test(exponentials_made_ahead_are_those_of_their_draws),
        cmocka_unit_test(the_agenda_orders_by_time_rank_and_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
