/* A program made of model/ and sim/ alone: examples/erlang.c, linked without the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/scenario_file.h"
#include "model/formulas/erlang.h"
#include "model/scenario_make.h"
#include "tests/process.h"

static void test_a_program_of_the_engine(void **state)
{
    (void)state;
    double share, low, high;
    struct outcome o = process_run("$(dirname $P)/examples/erlang");
    assert_int_equal(o.status, 0);
    assert_int_equal(sscanf(o.output, "refused %lf %% (%lf to %lf)", &share, &low, &high), 3);
    double exact = 100 * erlang_b(10, 7), half = (high - low) / 2;
    assert_true(half > 0 && half < 0.5);
    assert_true(fabs(share - exact) < 2.2 * half); /* the interval is one of 95 %, t of 29 */
    outcome_release(&o);
}

#define SAME(made, read, field) assert_true((made).field == (read).field)

static void clusters_are_the_same(const struct scenario *s)
{
    struct platform node = platform_make("node");
    struct cluster c = cluster_make("c", 0);
    struct peer p = peer_make("p", 0);
    SAME(node, s->platforms[0], registrations);
    SAME(node, s->platforms[0], audio_weight);
    SAME(node, s->platforms[0], video_weight);
    SAME(node, s->platforms[0], mra_video_weight);
    SAME(node, s->platforms[0], rms);
    SAME(node, s->platforms[0], mra_registrations);
    SAME(node, s->platforms[0], turn);
    SAME(node, s->platforms[0], no_gain);
    SAME(node, s->platforms[0], turn_ports);
    SAME(node, s->platforms[0], setup_rate);
    SAME(c, s->clusters[0], role);
    SAME(c, s->clusters[0], traversal);
    SAME(c, s->clusters[0], redundancy);
    SAME(c, s->clusters[0], cap_stated);
    SAME(c, s->clusters[0], selection);
    SAME(c, s->clusters[0], available);
    SAME(c, s->clusters[0], when_full);
    SAME(c, s->clusters[0], when_dead);
    SAME(c, s->clusters[0], ties);
    SAME(c, s->clusters[0], licensing);
    SAME(c, s->clusters[0], licence_grace);
    SAME(c, s->clusters[0], detect);
    SAME(c, s->clusters[0], primary);
    SAME(c, s->clusters[0], printed.units);
    SAME(c, s->clusters[0], setup_as_video);
    SAME(p, s->peers[0], max_sessions);
    SAME(p, s->peers[0], setup_rate);
    SAME(p, s->peers[0], turn_multiplexing);
    SAME(p, s->peers[0], image);
    SAME(p, s->peers[0], registration_rate);
    SAME(p, s->peers[0], registration_queue);
    SAME(p, s->peers[0], rms_key);
    SAME(p, s->peers[0], joins);
    SAME(p, s->peers[0], leaves);
}

static void classes_are_the_same(const struct scenario *s)
{
    nanos always = 0;
    double rate = 7;
    struct call_class k = class_make("k");
    k.arrivals = arrivals_make(&always, &rate);
    SAME(k, s->classes[0], media);
    SAME(k, s->classes[0], service);
    SAME(k, s->classes[0], protocol);
    SAME(k, s->classes[0], via.origin);
    SAME(k, s->classes[0], target);
    SAME(k, s->classes[0], selection);
    SAME(k, s->classes[0], units);
    SAME(k, s->classes[0], rms_halves);
    SAME(k, s->classes[0], turn);
    SAME(k, s->classes[0], bandwidth);
    SAME(k, s->classes[0], media_traverses);
    SAME(k, s->classes[0], redial_law);
    SAME(k, s->classes[0], holding.law);
    SAME(k, s->classes[0], holding.cv);
    SAME(k, s->classes[0], holding.k);
    SAME(k, s->classes[0], arrivals.kind);
    SAME(k, s->classes[0], arrivals.steps.count);
    SAME(k, s->classes[0], arrivals.steps.daily);
    SAME(k, s->classes[0], arrivals.steps.rates[0]);
}

static void runs_are_the_same(const struct scenario *s)
{
    struct run run = run_make();
    SAME(run, s->run, start_unix);
    SAME(run, s->run, length);
    SAME(run, s->run, warmup_kind);
    SAME(run, s->run, replications);
    SAME(run, s->run, seed);
    SAME(run, s->run, steady);
    SAME(run, s->run, interval);
    SAME(run, s->run, calls);
    SAME(goals_make(), s->goals, blocking);
    SAME(goals_make(), s->goals, survive);
    SAME(goals_make(), s->goals, registrations);
}

#undef SAME

/* A file that says nothing but names gives the parts as they are made: the defaults that the schema
 * shows are those of the constructors. */
static void test_parts_are_what_a_file_gives(void **state)
{
    (void)state;
    static const char text[] =
        "platforms: [{name: node, units: 5}]\n"
        "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: node}]}]\n"
        "calls: [{name: k, via: {cluster: c}, arrivals: {rate: 7/s}, holding: {mean: 1s}}]\n";
    struct scenario s;
    struct errors errors;
    errors_init(&errors);
    assert_true(scenario_read_text(text, strlen(text), "test", ".", &s, &errors));
    clusters_are_the_same(&s);
    classes_are_the_same(&s);
    runs_are_the_same(&s);
    scenario_release(&s);
    errors_release(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_program_of_the_engine),
        cmocka_unit_test(test_parts_are_what_a_file_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
