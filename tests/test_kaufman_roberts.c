/* Several sizes and resources: hand cases, carried-over figures, product forms enumerated by brute
 * force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "model/formulas/erlang.h"
#include "model/formulas/fragmentation.h"
#include "model/formulas/kaufman_roberts.h"
#include "model/formulas/licence_pool.h"
#include "model/formulas/pinned_pool.h"
#include "model/formulas/reduced_load.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CLASSES      3
#define RESOURCES    4

static void close_to(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g within %g", value, expected, relative);
}

/* Every state of a loss network with product form, by nested counting. */
struct network {
    int resources;
    int64_t capacity[RESOURCES], need[CLASSES][RESOURCES];
    double load[CLASSES];
    double weight, blocked[CLASSES], lacks[CLASSES][RESOURCES];
};

static void visit(struct network *n, const int64_t *calls)
{
    int64_t used[RESOURCES] = {0};
    double weight = 1;
    for (int k = 0; k < CLASSES; k++) {
        for (int64_t i = 1; i <= calls[k]; i++)
            weight *= n->load[k] / (double)i;
        for (int r = 0; r < n->resources; r++)
            used[r] += calls[k] * n->need[k][r];
    }
    for (int r = 0; r < n->resources; r++)
        if (used[r] > n->capacity[r])
            return;
    n->weight += weight;
    for (int k = 0; k < CLASSES; k++) {
        int lacking = 0;
        for (int r = 0; r < n->resources; r++)
            if (n->need[k][r] > 0 && used[r] + n->need[k][r] > n->capacity[r]) {
                n->lacks[k][r] += weight;
                lacking++;
            }
        n->blocked[k] += lacking ? weight : 0;
    }
}

static void enumerate(struct network *n)
{
    int64_t calls[CLASSES];
    for (calls[0] = 0; calls[0] <= 20; calls[0]++)
        for (calls[1] = 0; calls[1] <= 20; calls[1]++)
            for (calls[2] = 0; calls[2] <= 20; calls[2]++)
                visit(n, calls);
    for (int k = 0; k < CLASSES; k++) {
        n->blocked[k] /= n->weight;
        for (int r = 0; r < n->resources; r++)
            n->lacks[k][r] /= n->weight;
    }
}

static void one_class_is_erlang(void **state)
{
    (void)state;
    struct kr_result r;
    for (int64_t units = 1; units < 5; units++) {
        struct kr_class c = {.load = 40, .units = units};
        assert_true(kaufman_roberts(50 * units + units - 1, &c, 1, &r));
        close_to(c.blocking, erlang_b(50, 40), 1e-12);
        close_to(r.mean_units, (double)units * 40 * (1 - c.blocking), 1e-12);
    }
    struct kr_class split[] = {{.load = 10, .units = 1}, {.load = 30, .units = 1}, {.load = 5}};
    assert_true(kaufman_roberts(50, split, 3, &r));
    close_to(split[0].blocking, erlang_b(50, 40), 1e-12);
    close_to(r.full_fraction, erlang_b(50, 40), 1e-12);
    assert_true(split[2].blocking == 0);
}

/* Published textbook figures, seven digits. */
static void published(void **state)
{
    (void)state;
    struct kr_result r;
    struct kr_class a[] = {{.load = 2, .units = 1}, {.load = 1, .units = 2}};
    assert_true(kaufman_roberts(5, a, 2, &r));
    close_to(r.mean_units, 2.8918321, 1e-6);
    struct kr_class b[] = {
        {.load = 3, .units = 1}, {.load = 1.5, .units = 2}, {.load = 1, .units = 3}};
    assert_true(kaufman_roberts(12, b, 3, &r));
    close_to(b[0].blocking, 0.0779775, 1e-6);
    struct kr_class c = {.load = 2, .units = 1};
    assert_true(kaufman_roberts(5, &c, 1, &r));
    close_to(c.blocking, 0.0366973, 2e-6);
}

/* Published examples of bandwidth reservation (figures of a teaching package on multirate loss
 * models: calls of b units offer a erlangs and leave t units free): shares of time with n units
 * busy, found by calls of every size that offer nothing. */
struct reserved {
    int64_t capacity;
    struct {
        double load;
        int64_t units, reserve;
    } classes[4];
    int64_t busy; /* -1: the blocking of the first class */
    double published;
};

static const struct reserved reserved[] = {
    {5, {{2, 1, 1}, {1, 2, 0}}, -1, 0.3253012},
    {4, {{2, 1, 1}, {1, 2, 0}}, 1, 0.1846154},
    {4, {{2, 1, 1}, {1, 2, 0}}, 4, 0.1384615},
    {10, {{1, 4, 0}, {2, 3, 1}, {3, 2, 2}, {4, 1, 3}}, 2, 0.0123761},
    {10, {{1, 4, 0}, {2, 3, 1}, {3, 2, 2}, {4, 1, 3}}, 5, 0.0951086},
    {10, {{1, 4, 0}, {2, 3, 1}, {3, 2, 2}, {4, 1, 3}}, 8, 0.2136286},
    {3, {{2, 1, 1}, {1, 2, 0}, {0, 2, 0}}, 0, 0.1363636},
    {3, {{2, 1, 1}, {1, 2, 0}, {0, 2, 0}}, 3, 0.1818182},
};

/* Calls of `units` find too few free: too many are busy. */
static double short_of(const struct kr_class *probes, int64_t units)
{
    return units > 0 ? probes[units - 1].blocking : 0;
}

static void trunk_reservation(void **state)
{
    (void)state;
    static const double none[16] = {0};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        const struct reserved *p = &reserved[i];
        struct kr_class c[4 + 16] = {0}, *probes = &c[4];
        struct kr_result r;
        for (int k = 0; k < 4; k++) {
            c[k] = (struct kr_class){.load = p->classes[k].load, .units = p->classes[k].units};
            if (p->classes[k].reserve > 0) {
                c[k].acceptance = none;
                c[k].acceptance_count = p->classes[k].units + p->classes[k].reserve;
            }
        }
        for (int64_t u = 1; u <= p->capacity + 1; u++)
            probes[u - 1] = (struct kr_class){.units = u};
        assert_true(kaufman_roberts(p->capacity, c, 4 + (int)p->capacity + 1, &r));
        double is = p->busy < 0 ? c[0].blocking
                                : short_of(probes, p->capacity - p->busy + 1) -
                                      short_of(probes, p->capacity - p->busy);
        assert_float_equal(is, p->published, 6e-8);
    }
}

static void large_groups(void **state)
{
    (void)state;
    struct kr_result r;
    struct kr_class a[] = {{.load = 400, .units = 1}, {.load = 270, .units = 2}};
    assert_true(kaufman_roberts(1000, a, 2, &r));
    close_to(a[0].blocking, 0.00324485688332, 1e-11);
    close_to(a[1].blocking, 0.00662015736024, 1e-11);
    close_to(r.mean_units, 935.127172272, 1e-11);
    struct kr_class b[] = {{.load = 1500, .units = 1}, {.load = 800, .units = 2}};
    assert_true(kaufman_roberts(4000, b, 2, &r));
    close_to(b[0].blocking, 5.87102680171e-37, 1e-11);
    struct kr_class c[] = {
        {.load = 7000, .units = 1}, {.load = 3000, .units = 2}, {.load = 850, .units = 8}};
    assert_true(kaufman_roberts(20000, c, 3, &r));
    close_to(c[0].blocking, 0.00144430032471, 1e-11);
    close_to(c[2].blocking, 0.0116647668936, 1e-11);
    struct kr_class tiny = {.load = 765.618075016832, .units = 1};
    assert_true(kaufman_roberts(2000, &tiny, 1, &r));
    close_to(log(tiny.blocking), -300 * M_LN10, 1e-11);
}

static void kaufman_roberts_enumerated(void **state)
{
    (void)state;
    struct network n = {
        .resources = 1, .capacity = {19}, .need = {{1}, {2}, {5}}, .load = {3, 2, 1.5}};
    enumerate(&n);
    struct kr_class c[] = {
        {.load = 3, .units = 1}, {.load = 2, .units = 2}, {.load = 1.5, .units = 5}};
    struct kr_result r;
    assert_true(kaufman_roberts(19, c, 3, &r));
    for (int k = 0; k < 3; k++)
        close_to(c[k].blocking, n.blocked[k], 1e-13);
}

static void a_slack_pool_is_kaufman_roberts(void **state)
{
    (void)state;
    struct kr_class k[] = {{.load = 16, .units = 1}, {.load = 8, .units = 2}};
    struct kr_result kr;
    assert_true(kaufman_roberts(40, k, 2, &kr));
    struct pool_class p[] = {{.load = 16, .units = 1, .licences = 1},
                             {.load = 8, .units = 2, .licences = 2}};
    struct pool_result r;
    assert_true(licence_pool(40, 40, p, 2, &r));
    for (int i = 0; i < 2; i++)
        close_to(p[i].lacks_units, k[i].blocking, 1e-13);
    struct pool_class q[] = {{.load = 16, .units = 1, .licences = 1},
                             {.load = 8, .units = 2, .licences = 0}};
    assert_true(licence_pool(40, 40, q, 2, &r));
    close_to(q[1].blocking, k[1].blocking, 1e-13);
    close_to(r.mean_units, kr.mean_units, 1e-13);
}

static void two_resources_enumerated(void **state)
{
    (void)state;
    struct network n = {
        .resources = 2, .capacity = {13, 6}, .need = {{1, 0}, {2, 1}, {0, 2}}, .load = {4, 3, 0.8}};
    enumerate(&n);
    struct pool_class c[] = {{.load = 4, .units = 1},
                             {.load = 3, .units = 2, .licences = 1},
                             {.load = 0.8, .licences = 2}};
    struct pool_result r;
    assert_true(licence_pool(13, 6, c, 3, &r));
    for (int k = 0; k < 3; k++) {
        close_to(c[k].blocking, n.blocked[k], 1e-13);
        close_to(c[k].lacks_units, n.lacks[k][0], 1e-13);
        close_to(c[k].lacks_licences, n.lacks[k][1], 1e-13);
    }
}

static void two_resources_at_scale(void **state)
{
    (void)state;
    struct pool_class c[] = {{.load = 350, .units = 1},
                             {.load = 100, .units = 1, .licences = 1},
                             {.load = 260, .units = 2, .licences = 1}};
    struct pool_result r;
    assert_true(licence_pool(1000, 500, c, 3, &r));
    close_to(c[0].blocking, 0.00958934201943, 1e-11);
    close_to(c[2].blocking, 0.0193726490623, 1e-11);
    close_to(r.mean_licences, 354.004177042, 1e-11);
    close_to(r.licences_full, 3.06681506371e-38, 1e-11);
}

static void pinned_enumerated(void **state)
{
    (void)state;
    /* Two peers of 7 and 5 units, a pool of 6: two classes on the first, one on the second. */
    struct network n = {.resources = 3,
                        .capacity = {7, 5, 6},
                        .need = {{1, 0, 1}, {2, 0, 2}, {0, 1, 1}},
                        .load = {2, 1.2, 3}};
    enumerate(&n);
    struct pinned_class c[] = {{.load = 2, .units = 1, .licences = 1},
                               {.load = 1.2, .units = 2, .licences = 2},
                               {.peer = 1, .load = 3, .units = 1, .licences = 1}};
    struct pinned_result r;
    int64_t units[] = {7, 5};
    assert_true(pinned_pool(&(struct pinned_peers){units, 2, 6}, c, 3, &r));
    for (int k = 0; k < 3; k++) {
        close_to(c[k].blocking, n.blocked[k], 1e-13);
        close_to(c[k].lacks_units, n.lacks[k][k / 2], 1e-13);
        close_to(c[k].lacks_licences, n.lacks[k][2], 1e-13);
    }
}

static void pinned_at_scale(void **state)
{
    (void)state;
    int64_t units[] = {500, 500, 500, 500};
    static const double loads[] = {470, 440, 480, 450};
    static const double blocking[] = {0.0166062538064, 0.0129358478605, 0.0214729096912,
                                      0.0131921052208};
    struct pinned_class c[4];
    for (int i = 0; i < 4; i++)
        c[i] = (struct pinned_class){.peer = i, .load = loads[i], .units = 1, .licences = 1};
    struct pinned_result r;
    assert_true(pinned_pool(&(struct pinned_peers){units, 4, 1850}, c, 4, &r));
    for (int i = 0; i < 4; i++)
        close_to(c[i].blocking, blocking[i], 1e-11);
    close_to(r.mean_licences, 1810.25984365, 1e-11);
}

static void fragmentation_reproduces_its_figures(void **state)
{
    (void)state;
    static const struct {
        int peers;
        int64_t units;
        double audio, video, blocking_audio, blocking_video;
    } cases[] = {
        {2, 8, 2, 1.2, 0.0363291, 0.186812},
        {4, 800, 340, 190, 0.000263598, 0.0020073},
        {4, 800, 700, 22, 0.00178349, 0.00838229},
        {6, 6000, 2700, 1610, 0.000800181, 0.00999873},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double acceptance[FRAGMENTATION_PEERS_MAX + 1];
        struct kr_class c[] = {{.load = cases[i].audio, .units = 1},
                               {.load = cases[i].video, .units = 2, .acceptance = acceptance}};
        c[1].acceptance_count = fragmentation_acceptance(
            cases[i].peers, cases[i].video / (cases[i].audio + cases[i].video), acceptance);
        struct kr_result r;
        assert_true(kaufman_roberts(cases[i].units, c, 2, &r));
        close_to(c[0].blocking, cases[i].blocking_audio, 1e-5);
        close_to(c[1].blocking, cases[i].blocking_video, 1e-5);
    }
}

static void pigeonhole(void **state)
{
    (void)state;
    assert_true(fragmentation_never(100, 100, 1, 7));
    assert_true(fragmentation_never(30, 30, 3, 1));
    assert_false(fragmentation_never(30, 30, 3, 2));
    assert_true(fragmentation_never(5000, 4000, 5, 2));
    /* 3 peers of 10, cap 28: with 26 busy, 4 are free, so that one peer has two; with cap 29 two
     * spare can be 1 + 1. */
    assert_true(fragmentation_never(30, 28, 3, 2));
    assert_false(fragmentation_never(30, 29, 3, 2));
}

static void reduced_load_published(void **state)
{
    (void)state;
    int64_t capacities[] = {4, 5}, both[] = {1, 1}, second[] = {0, 2};
    struct loss_route routes[] = {{.load = 1, .units = both}, {.load = 1, .units = second}};
    assert_true(reduced_load(capacities, 2, routes, 2, 1e-13));
    close_to(routes[0].blocking, 0.1147916, 1e-6);
    struct network n = {
        .resources = 2, .capacity = {4, 5}, .need = {{1, 1}, {0, 2}}, .load = {1, 1, 0}};
    enumerate(&n);
    close_to(routes[0].blocking, n.blocked[0], 0.12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_class_is_erlang),
        cmocka_unit_test(published),
        cmocka_unit_test(trunk_reservation),
        cmocka_unit_test(large_groups),
        cmocka_unit_test(kaufman_roberts_enumerated),
        cmocka_unit_test(a_slack_pool_is_kaufman_roberts),
        cmocka_unit_test(two_resources_enumerated),
        cmocka_unit_test(two_resources_at_scale),
        cmocka_unit_test(pinned_enumerated),
        cmocka_unit_test(pinned_at_scale),
        cmocka_unit_test(fragmentation_reproduces_its_figures),
        cmocka_unit_test(pigeonhole),
        cmocka_unit_test(reduced_load_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
