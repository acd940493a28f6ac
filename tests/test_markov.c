/* The exact solver: closed forms (Erlang, Kaufman-Roberts, Engset, birth-death of the peers up),
 * and figures of small clusters computed outside this project by other programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/exact/chain.h"
#include "model/exact/markov.h"

/* A cluster built by hand; one unit of time is an hour. */
struct lab {
    struct scenario scenario;
    struct platform platforms[6];
    struct cluster clusters[2];
    struct peer peers[6];
    struct call_class classes[4];
    double rates[4];
    struct random_outage outage;
    struct markov exact;
};

static void lab_init(struct lab *lab, int peers, const int64_t *units)
{
    memset(lab, 0, sizeof *lab);
    lab->clusters[0] = (struct cluster){.traversal = NONE,
                                        .cap_stated = -1,
                                        .ties = TIES_LOWEST,
                                        .licence_grace = FOREVER,
                                        .peer_count = (uint32_t)peers};
    for (int i = 0; i < peers; i++) {
        lab->platforms[i] = (struct platform){.units = units[i], .rms = CAPACITY_UNLIMITED};
        lab->peers[i] = (struct peer){.platform = (uint32_t)i, .max_sessions = CAPACITY_UNLIMITED};
    }
    lab->scenario = (struct scenario){.platforms = lab->platforms,
                                      .platform_count = (uint32_t)peers,
                                      .clusters = lab->clusters,
                                      .cluster_count = 1,
                                      .peers = lab->peers,
                                      .peer_count = (uint32_t)peers,
                                      .classes = lab->classes,
                                      .outages = &lab->outage};
}

static struct call_class *lab_class(struct lab *lab, double rate, int64_t units, int64_t rms)
{
    uint32_t n = lab->scenario.class_count++;
    lab->rates[n] = rate / 3600;
    lab->classes[n] = (struct call_class){
        .via = {.origin = ORIGIN_CLUSTER},
        .media_traverses = true,
        .arrivals = {.kind = ARRIVALS_RATE, .steps = {.rates = &lab->rates[n], .count = 1}},
        .holding = {.law = LAW_EXPONENTIAL, .mean = 3600},
        .units = units,
        .rms_halves = 2 * rms,
    };
    return &lab->classes[n];
}

static void lab_licences(struct lab *lab, int64_t each)
{
    lab->clusters[0].licensed[LICENCE_RMS] = true;
    for (uint32_t i = 0; i < lab->scenario.peer_count; i++)
        lab->peers[i].licences[LICENCE_RMS] = each;
}

static void lab_outage(struct lab *lab, bool maintenance, double up, double drain, double down)
{
    lab->outage = (struct random_outage){.peer = NONE,
                                         .maintenance = maintenance,
                                         .up_mean = 3600 * up,
                                         .drain_mean = 3600 * drain,
                                         .down_mean = 3600 * down};
    lab->scenario.outage_count = 1;
}

static void lab_solve(struct lab *lab)
{
    struct errors errors;
    errors_init(&errors);
    bool solved = markov_solve(&lab->scenario, NULL, &lab->exact, &errors);
    if (!solved)
        fail_msg("%s", errors.items[0].message);
    errors_release(&errors);
}

static const char *lab_refusal(struct lab *lab, char *text, size_t size)
{
    struct errors errors;
    errors_init(&errors);
    assert_false(markov_solve(&lab->scenario, NULL, &lab->exact, &errors));
    assert_int_equal(errors_code(&errors), ERROR_DATA);
    strncpy(text, errors.items[0].message, size - 1);
    text[size - 1] = 0;
    errors_release(&errors);
    return text;
}

static double blocking(const struct lab *lab, int class)
{
    return lab->exact.classes[class].blocked / lab->exact.classes[class].offered;
}

static void assert_close(double value, double wanted)
{
    if (!(fabs(value - wanted) <= 1e-9 * fmax(1e-3, fabs(wanted))))
        fail_msg("%.15g instead of %.15g", value, wanted);
}

static double erlang_b(double load, int servers)
{
    double b = 1;
    for (int n = 1; n <= servers; n++)
        b = load * b / (n + load * b);
    return b;
}

static void test_erlang_whatever_the_policy(void **state)
{
    (void)state;
    const enum selection policies[] = {SELECT_MOST_AVAILABLE, SELECT_FIRST_FIT, SELECT_BEST_FIT,
                                       SELECT_RANDOM_FIT};
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        struct lab lab;
        lab_init(&lab, 3, (int64_t[]){3, 6, 2});
        lab.clusters[0].selection = policies[i];
        lab_class(&lab, 8, 1, 0);
        lab_solve(&lab);
        assert_close(blocking(&lab, 0), erlang_b(8, 11));
        assert_close(lab.exact.clusters[0].full, erlang_b(8, 11));
        assert_close(lab.exact.clusters[0].units, 8 * (1 - erlang_b(8, 11)));
        markov_release(&lab.exact);
    }
}

static void test_kaufman_roberts(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 1, (int64_t[]){10});
    lab_class(&lab, 3, 1, 0);
    lab_class(&lab, 2, 2, 0);
    lab_solve(&lab);
    double q[11] = {1}, sum = 1;
    for (int n = 1; n <= 10; n++) {
        q[n] = (3 * q[n - 1] + (n > 1 ? 4 * q[n - 2] : 0)) / n;
        sum += q[n];
    }
    assert_close(blocking(&lab, 0), q[10] / sum);
    assert_close(blocking(&lab, 1), (q[10] + q[9]) / sum);
    markov_release(&lab.exact);
}

static void test_holding_law_does_not_matter_on_one_peer(void **state)
{
    (void)state;
    double probabilities[] = {0.8, 0.2}, means[] = {0.5 * 3600, 3 * 3600};
    const struct holding laws[] = {
        {.law = LAW_ERLANG, .mean = 3600, .k = 3},
        {.law = LAW_HYPEREXPONENTIAL,
         .mean = 3600,
         .probabilities = probabilities,
         .means = means,
         .count = 2},
    };
    for (size_t i = 0; i < 2; i++) {
        struct lab lab;
        lab_init(&lab, 1, (int64_t[]){6});
        lab_class(&lab, 4, 1, 0)->holding = laws[i];
        lab_solve(&lab);
        assert_close(blocking(&lab, 0), erlang_b(4, 6));
        markov_release(&lab.exact);
    }
}

static void test_engset(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 1, (int64_t[]){6});
    lab_class(&lab, 0, 1, 0)->arrivals =
        (struct arrivals){.kind = ARRIVALS_SOURCES, .sources = 12, .idle_mean = 3600 / 0.8};
    lab_solve(&lab);
    double weight[7] = {1}, calls = 0, refused = 0;
    for (int n = 0; n <= 6; n++) {
        calls += weight[n] * (12 - n);
        refused = weight[n] * (12 - n);
        if (n < 6)
            weight[n + 1] = weight[n] * (12 - n) * 0.8 / (n + 1);
    }
    assert_close(blocking(&lab, 0), refused / calls);
    markov_release(&lab.exact);
}

/* Figures of other programs for two peers with calls of 1 and 2 units. */
static void test_two_peers_mixed_calls(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 2, (int64_t[]){4, 4});
    lab_class(&lab, 2, 1, 0);
    lab_class(&lab, 1.2, 2, 0);
    lab_solve(&lab);
    assert_int_equal(lab.exact.states, 81);
    assert_close(blocking(&lab, 0), 0.0390154437941);
    assert_close(blocking(&lab, 1), 0.185097142843);
    assert_close(lab.exact.peers[0].units, 2.08575089158);
    assert_close(lab.exact.peers[1].units, 1.791985078);
    markov_release(&lab.exact);

    lab.classes[0].selection = lab.classes[1].selection = SELECT_RANDOM;
    lab_solve(&lab);
    assert_close(blocking(&lab, 0), 0.118875807064);
    assert_close(blocking(&lab, 1), 0.293581466008);
    markov_release(&lab.exact);
}

static void test_sessions_chosen_peer_refuses(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 2, (int64_t[]){6, 6});
    lab.clusters[0].available = AVAILABLE_SESSIONS;
    lab.peers[0].max_sessions = lab.peers[1].max_sessions = 6;
    lab_class(&lab, 3, 1, 0);
    lab_class(&lab, 2.5, 2, 0);
    lab_solve(&lab);
    assert_close(blocking(&lab, 0), 0.0638321712637);
    assert_close(blocking(&lab, 1), 0.182504777171);
    double refuse = blocking(&lab, 1);
    markov_release(&lab.exact);
    lab.clusters[0].when_full = FULL_NEXT;
    lab_solve(&lab);
    assert_true(blocking(&lab, 0) + blocking(&lab, 1) < 0.0638321712637 + refuse);
    markov_release(&lab.exact);
}

static void test_pool_and_causes(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 2, (int64_t[]){5, 5});
    lab_licences(&lab, 3);
    lab_class(&lab, 3, 1, 1);
    lab_class(&lab, 1.5, 2, 1);
    lab_solve(&lab);
    const struct markov_class *audio = &lab.exact.classes[0], *video = &lab.exact.classes[1];
    assert_close(blocking(&lab, 0), 0.148346588297);
    assert_close(blocking(&lab, 1), 0.176684158856);
    assert_close(audio->only[CAUSE_RMS] / audio->offered, 0.140867149165);
    assert_close(video->only[CAUSE_PEER_UNITS] / video->offered, 0.0283375705592);
    assert_close(video->cause[CAUSE_RMS] / video->offered, 0.0696224487135 + 0.0787241395837);
    assert_close(lab.exact.clusters[0].rms, 3.78993399682);
    markov_release(&lab.exact);
}

static void test_cluster_cap(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 3, (int64_t[]){4, 4, 4});
    lab.clusters[0].cap_stated = 8;
    lab_class(&lab, 3, 1, 0);
    lab_class(&lab, 2, 2, 0);
    lab_solve(&lab);
    const struct markov_class *video = &lab.exact.classes[1];
    assert_close(blocking(&lab, 0), 0.150644568807);
    assert_close(video->only[CAUSE_CLUSTER_CAP] / video->offered, 0.319434178704);
    markov_release(&lab.exact);
}

static void test_failures_take_licences(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 2, (int64_t[]){5, 5});
    lab_licences(&lab, 2);
    lab.clusters[0].licence_grace = 0;
    lab_outage(&lab, false, 50, 0, 10);
    lab_class(&lab, 3, 1, 0);
    lab_class(&lab, 1.2, 2, 1);
    lab_solve(&lab);
    assert_close(blocking(&lab, 0), 0.114529194447);
    assert_close(blocking(&lab, 1), 0.255352240377);
    assert_close(lab.exact.classes[1].dropped, 0.0175211237558);
    assert_close(lab.exact.clusters[0].peers_up[0], 1.0 / 36);
    assert_close(lab.exact.classes[0].cause[CAUSE_NO_PEER] / 3, 1.0 / 36);
    markov_release(&lab.exact);
}

static void test_crew_of_one(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 3, (int64_t[]){1, 1, 1});
    lab.clusters[0].ties = TIES_RANDOM;
    lab_outage(&lab, false, 10, 0, 2);
    lab.outage.crew = 1;
    lab_class(&lab, 1, 1, 0);
    lab_solve(&lab);
    double weight[4] = {1}, sum = 1; /* by peers down: one repair at a time */
    for (int down = 1; down <= 3; down++)
        sum += weight[down] = weight[down - 1] * (4 - down) / 10 * 2;
    for (int down = 0; down <= 3; down++)
        assert_close(lab.exact.clusters[0].peers_up[3 - down], weight[down] / sum);
    assert_true(lab.exact.lumped);
    markov_release(&lab.exact);
}

static void test_maintenance(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 2, (int64_t[]){4, 4});
    lab_outage(&lab, true, 40, 3, 5);
    lab_class(&lab, 2, 1, 0);
    lab_class(&lab, 1, 2, 0);
    lab_solve(&lab);
    assert_close(blocking(&lab, 0), 0.114618070209);
    assert_close(blocking(&lab, 1), 0.269900001037);
    assert_close(lab.exact.classes[0].dropped, 0.0107973406072);
    assert_close(lab.exact.peers[0].draining, 3.0 / 48);
    markov_release(&lab.exact);
}

static void test_redial_of_cut_and_refused(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 2, (int64_t[]){4, 4});
    lab.clusters[0].ties = TIES_RANDOM;
    lab_outage(&lab, false, 30, 0, 5);
    struct call_class *c = lab_class(&lab, 4, 1, 0);
    c->redial_probability = 0.9;
    c->redial_after = 1800;
    c->redial_dropped = true;
    lab_solve(&lab);
    const struct markov_class *r = &lab.exact.classes[0];
    assert_close(blocking(&lab, 0), 0.181958581391);
    assert_close(r->attempts / r->offered, 1.50596860302);
    assert_close(r->given_up / r->offered, 0.0530727961143);
    assert_true(lab.exact.truncated < 1e-12);
    markov_release(&lab.exact);
}

static void test_batches(void **state)
{
    (void)state;
    int64_t sizes[] = {1, 2, 4};
    double probabilities[] = {0.4, 0.3, 0.3};
    struct lab lab;
    lab_init(&lab, 1, (int64_t[]){10});
    struct call_class *c = lab_class(&lab, 2.5, 1, 0);
    c->arrivals.batch_sizes = sizes;
    c->arrivals.batch_probabilities = probabilities;
    c->arrivals.batch_count = 3;
    lab_solve(&lab);
    assert_close(lab.exact.classes[0].offered, 2.5 * 2.2);
    assert_close(blocking(&lab, 0), 0.110703779419);
    markov_release(&lab.exact);
}

static void test_traversal_needs_both_clusters(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 3, (int64_t[]){3, 3, 4});
    lab.scenario.cluster_count = 2;
    lab.clusters[0].traversal = 1;
    lab.clusters[0].peer_count = 2;
    lab.clusters[1] = lab.clusters[0];
    lab.clusters[1].traversal = NONE;
    lab.clusters[1].first_peer = 2;
    lab.clusters[1].peer_count = 1;
    lab.peers[2].cluster = 1;
    lab_class(&lab, 5, 1, 0);
    lab_solve(&lab);
    assert_close(blocking(&lab, 0), erlang_b(5, 4));
    assert_close(lab.exact.clusters[0].units, lab.exact.clusters[1].units);
    markov_release(&lab.exact);
}

/* More states than the elimination takes: the sweeps against a closed form, with and without
 * groups. */
static void test_many_states(void **state)
{
    (void)state;
    struct lab lab;
    lab_init(&lab, 3, (int64_t[]){12, 12, 12});
    lab_class(&lab, 28, 1, 0);
    lab_outage(&lab, false, 500, 0, 20);
    lab_solve(&lab);
    assert_true(lab.exact.states > CHAIN_DENSE);
    double up = 500.0 / 520;
    assert_close(lab.exact.clusters[0].peers_up[3], up * up * up);
    assert_close(lab.exact.classes[0].dropped, lab.exact.classes[0].in_progress / 500);
    markov_release(&lab.exact);
    lab.scenario.outage_count = 0;
    lab_solve(&lab);
    assert_close(blocking(&lab, 0), erlang_b(28, 36));
    markov_release(&lab.exact);
}

static void test_what_is_not_covered_is_refused(void **state)
{
    (void)state;
    char text[200];
    struct lab lab;
    lab_init(&lab, 2, (int64_t[]){4, 4});
    struct call_class *c = lab_class(&lab, 2, 1, 0);
    c->holding.law = LAW_LOGNORMAL;
    assert_non_null(strstr(lab_refusal(&lab, text, sizeof text), "holding time"));
    c->holding.law = LAW_EXPONENTIAL;
    lab_outage(&lab, false, 50, 0, 5);
    lab.outage.law = LAW_DETERMINISTIC;
    assert_non_null(strstr(lab_refusal(&lab, text, sizeof text), "fixed length"));
    lab.outage.law = LAW_EXPONENTIAL;
    lab.scenario.step_count = 1;
    assert_non_null(strstr(lab_refusal(&lab, text, sizeof text), "scripted"));
    lab.scenario.step_count = 0;
    c->units = 0; /* without units, licences or sessions nothing bounds the calls in progress */
    assert_non_null(strstr(lab_refusal(&lab, text, sizeof text), "too many states"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erlang_whatever_the_policy),
        cmocka_unit_test(test_kaufman_roberts),
        cmocka_unit_test(test_holding_law_does_not_matter_on_one_peer),
        cmocka_unit_test(test_engset),
        cmocka_unit_test(test_two_peers_mixed_calls),
        cmocka_unit_test(test_sessions_chosen_peer_refuses),
        cmocka_unit_test(test_pool_and_causes),
        cmocka_unit_test(test_cluster_cap),
        cmocka_unit_test(test_failures_take_licences),
        cmocka_unit_test(test_crew_of_one),
        cmocka_unit_test(test_maintenance),
        cmocka_unit_test(test_redial_of_cut_and_refused),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_traversal_needs_both_clusters),
        cmocka_unit_test(test_many_states),
        cmocka_unit_test(test_what_is_not_covered_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
