/* The tui's background work: the latest job wins, results come in growing batches, random keys do
 * no harm. */
#include "tests/tui_random_keys.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <unistd.h>

#include "tests/patience.h"
#include "tui/background.h"
#include "tui/replay.h"
#include "tui/timeline.h"

static int wake[2];

static int open_wake(void **state)
{
    (void)state;
    return pipe2(wake, O_NONBLOCK);
}

static int close_wake(void **state)
{
    (void)state;
    close(wake[0]);
    close(wake[1]);
    return 0;
}

static struct job *new_job(unsigned generation)
{
    struct session *session = fixture_session(fixture_scenario);
    struct job *job = session_job(session);
    assert_non_null(job);
    job->generation = generation;
    session_free(session); /* its own use of the job goes with it */
    return job;
}

static bool wait_report(struct worker *worker, struct news *report)
{
    for (int i = 0; i < 10 * PATIENCE; i++) {
        char byte;
        if (worker_take(worker, report))
            return true;
        poll(&(struct pollfd){.fd = wake[0], .events = POLLIN}, 1, 100);
        while (read(wake[0], &byte, 1) == 1)
            ;
    }
    return false;
}

/* A function that works until it is told to stop, and then says which job it had. */
static void work_until_stopped(struct worker *worker, const struct job *job, void *context)
{
    atomic_int *started = context;
    atomic_fetch_add(started, 1);
    while (job->generation < 5 && !atomic_load(worker_stop(worker)))
        usleep(100);
    worker_publish(worker, job, (struct news){.finished = true});
}

static void test_the_latest_job_wins(void **state)
{
    (void)state;
    atomic_int started = 0;
    struct news report;
    struct worker *worker = worker_new(work_until_stopped, &started, wake[1], 0);
    assert_non_null(worker);
    for (unsigned generation = 1; generation <= 5; generation++) {
        struct job *job = new_job(generation);
        worker_start(worker, job);
        job_done(job);
    }
    assert_true(wait_report(worker, &report));
    assert_int_equal(report.generation, 5);
    assert_true(report.finished);
    worker_free(worker);
}

static void test_a_worker_ends_while_it_works(void **state)
{
    (void)state;
    atomic_int started = 0;
    struct worker *worker = worker_new(work_until_stopped, &started, wake[1], 0);
    struct job *job = new_job(1);
    worker_start(worker, job);
    job_done(job);
    while (atomic_load(&started) == 0)
        usleep(100);
    worker_free(worker);
}

static void test_batches_grow_until_good_enough(void **state)
{
    (void)state;
    struct simulator simulation = {experiment_run};
    struct worker *worker = worker_new(background_simulate, &simulation, wake[1], 0);
    struct job *job = new_job(1);
    job->cap = 8;
    job->threads = 2;
    size_t before = 0;
    bool finished = false;
    worker_start(worker, job);
    while (!finished) {
        struct news report;
        assert_true(wait_report(worker, &report));
        assert_non_null(report.results);
        assert_true(report.results->replications > before ||
                    (report.finished && report.results->replications == before));
        before = report.results->replications;
        finished = report.finished;
        news_release(&report);
    }
    assert_true(before <= 8);
    job_done(job);
    worker_free(worker);
}

static bool failing_run(const struct scenario *scenario, const struct experiment_options *options,
                        struct results *results, struct errors *errors)
{
    (void)scenario;
    (void)options;
    (void)results;
    errors_add(errors, ERROR_DATA, NULL, 0, 0, "no luck today");
    return false;
}

static void test_a_failure_is_reported(void **state)
{
    (void)state;
    struct simulator simulation = {failing_run};
    struct news report;
    struct worker *worker = worker_new(background_simulate, &simulation, wake[1], 0);
    struct job *job = new_job(1);
    worker_start(worker, job);
    job_done(job);
    assert_true(wait_report(worker, &report));
    assert_string_equal(report.message, "no luck today");
    assert_true(report.finished);
    assert_null(report.results);
    worker_free(worker);
}

static void test_estimates_come_from_a_thread(void **state)
{
    (void)state;
    struct news report;
    struct worker *worker = worker_new(background_preview, NULL, wake[1], 0);
    struct job *job = new_job(3);
    worker_start(worker, job);
    job_done(job);
    assert_true(wait_report(worker, &report));
    assert_non_null(report.standing);
    assert_true(report.standing->has_estimate);
    news_release(&report);
    worker_free(worker);
}

/* Every set of peers down is simulated, and decided where it can be. */
static void test_sets_come_in_turn(void **state)
{
    (void)state;
    struct simulator simulation = {experiment_run};
    struct worker *simulator = worker_new(background_simulate, &simulation, wake[1], 0);
    struct worker *worker = worker_new(background_sets, &simulation, wake[1], 0);
    struct job *job = new_job(1);
    size_t done = 0;
    job->cap = 4;
    worker_start(simulator, job);
    worker_start(worker, job);
    while (done < 6) {
        struct news report;
        assert_true(wait_report(worker, &report));
        if (report.standing) {
            assert_int_equal(report.standing->sets, 6);
            assert_true(report.standing->sets_done >= done);
            done = report.standing->sets_done;
            for (size_t i = 0; i < done; i++)
                assert_non_null(standing_set(report.standing, i));
        }
        news_release(&report);
    }
    job_done(job);
    worker_free(worker);
    worker_free(simulator);
}

/* A pin and the present state on common random numbers: what was not changed does not differ. */
static void test_pins_are_paired(void **state)
{
    (void)state;
    struct simulator simulation = {experiment_run};
    struct worker *worker = worker_new(background_pins, &simulation, wake[1], 0);
    struct session *session = fixture_session(fixture_scenario);
    struct errors errors;
    errors_init(&errors);
    assert_int_equal(session_pin(session), 'A');
    assert_null(session_pins_job(session)); /* nothing but itself to compare with */
    assert_true(session_set(session, "clusters[1].peers[0].platform", "medium-vm", &errors));
    unsigned pin = session->pins[0].generation;
    struct job *job = session_pins_job(session);
    assert_non_null(job);
    worker_start(worker, job);
    job_done(job);
    while (!session->pins[0].pairing) {
        struct news report;
        assert_true(wait_report(worker, &report));
        assert_int_equal(report.subject, pin);
        session_take_pin(session, report.subject, report.pin_standing, report.pairing);
    }
    const struct pairing *pairing = session->pins[0].pairing;
    assert_non_null(session->pins[0].standing);
    assert_true(pairing->count > 20);
    for (size_t i = 0; i < pairing->count; i++) {
        const struct difference *row = &pairing->rows[i];
        if (!strcmp(row->name, "video") || !strcmp(row->name, "office"))
            assert_int_equal(row->seen, PAIR_SAME);
        if (i > 0)
            assert_true(pairing->rows[i - 1].weight >= row->weight);
    }
    errors_release(&errors);
    worker_free(worker);
    session_free(session);
}

/* More calls or longer ones never block less, and what moves the answer most comes first. */
static void test_swings_are_told_widest_first(void **state)
{
    (void)state;
    struct worker *worker = worker_new(background_swings, NULL, wake[1], 0);
    struct session *session = fixture_session(fixture_scenario);
    static const double factors[] = {1, 1};
    struct job *job = swings_job(session, factors);
    struct swings *swings = NULL;
    assert_non_null(job);
    worker_start(worker, job);
    job_done(job);
    while (!swings || !swings->finished) {
        struct news report;
        assert_true(wait_report(worker, &report));
        assert_non_null(report.swings);
        swings_free(swings);
        swings = report.swings;
    }
    assert_true(swings->known);
    assert_int_equal(swings->count, 7); /* two a class, peers a cluster, RMS of the office */
    assert_int_equal(swings->done, swings->count);
    for (size_t i = 0; i < swings->count; i++) {
        const struct swing *item = &swings->items[i];
        if (strstr(item->name, ": calls") && !item->more.simulated && !item->less.simulated)
            assert_true(item->more.share >= item->less.share);
        if (i > 0 && !isnan(swing_width(item)))
            assert_true(swing_width(&swings->items[i - 1]) >= swing_width(item));
    }
    swings_free(swings);
    worker_free(worker);
    session_free(session);
}

/* Of very many classes those that offer most, and clusters before them. */
static void test_swings_of_many_classes(void **state)
{
    (void)state;
    enum { CLASSES = 300 };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs("scenario: many\nclusters: [{name: c, peers: [{name: p, platform: large-vm}]}]\ncalls:\n",
          out);
    for (int i = 0; i < CLASSES; i++)
        fprintf(out,
                "  - {name: v%d, media: audio, service: registered, via: {cluster: c}, arrivals: "
                "{rate: %d/h}, holding: {mean: 3m}}\n",
                i, 1 + i % 150);
    fputs("run: {length: 1h}\n", out);
    fclose(out);
    struct session *session = fixture_session(text);
    double factors[CLASSES];
    for (int i = 0; i < CLASSES; i++)
        factors[i] = 1;
    struct worker *worker = worker_new(background_swings, NULL, wake[1], 0);
    struct job *job = swings_job(session, factors);
    struct news report;
    worker_start(worker, job);
    job_done(job);
    assert_true(wait_report(worker, &report));
    bool cluster = false, largest = false, smallest = false;
    for (size_t i = 0; i < report.swings->count; i++) {
        cluster = cluster || !strcmp(report.swings->items[i].name, "c: peers");
        largest = largest || !strcmp(report.swings->items[i].name, "v299: holding time");
        smallest = smallest || !strcmp(report.swings->items[i].name, "v0: calls");
    }
    assert_int_equal(report.swings->classes, 99);
    assert_int_equal(report.swings->count, 199);
    assert_true(cluster && largest && !smallest);
    swings_free(report.swings);
    worker_free(worker);
    session_free(session);
    free(text);
}

/* What is found was simulated and meets the goals; a step less was tried and does not. */
static void test_goal_seek_finds_the_edge(void **state)
{
    (void)state;
    struct worker *worker = worker_new(background_seek, NULL, wake[1], 0);
    struct session *session = fixture_session(fixture_scenario);
    struct seek_aim aim = {.path = "calls.*.arrivals.scale",
                           .unit = "%",
                           .now = 100,
                           .low = 1,
                           .high = 6400,
                           .grain = 1,
                           .largest = true,
                           .times = 1};
    struct seek_news *news = NULL;
    struct job *job = seek_job(session, &aim);
    assert_non_null(job);
    worker_start(worker, job);
    job_done(job);
    while (!news || !news->finished) {
        struct news report;
        assert_true(wait_report(worker, &report));
        assert_non_null(report.seek);
        free(news);
        news = report.seek;
    }
    assert_int_equal(news->outcome, SEEK_FOUND);
    bool beyond = false;
    for (int i = 0; i < news->count; i++)
        beyond = beyond ||
                 (news->points[i].simulated && news->points[i].value == news->found.value + 1 &&
                  news->points[i].verdict != VERDICT_YES);
    assert_true(beyond);
    assert_true(news->found.simulated && news->found.share.high <= news->found.limit);
    free(news);
    worker_free(worker);
    session_free(session);
}

/* A trial that ends at the first set that is not a yes says yes where the whole one does, with the
 * same figures. */
static void test_a_trial_may_end_early(void **state)
{
    (void)state;
    struct session *session = fixture_session(fixture_scenario);
    struct trials *trials = trials_new(session);
    struct trial_maker maker = trials_maker(trials);
    size_t telling = 1000, yes = 0; /* of another scenario: there are not so many sets */
    for (int percent = 20; percent <= 260; percent += 40) {
        char setting[64];
        const char *items[] = {setting};
        struct answer whole, early;
        uint64_t all = 0, some = 0;
        struct trial_options options = {.simulate = true, .jobs = 1, .replications = 4};
        snprintf(setting, sizeof setting, "calls.*.arrivals.scale=%d%%", percent);
        options.events = &all;
        assert_int_equal(trial_judge(&maker, items, 1, &options, &whole), TRIAL_JUDGED);
        options.events = &some;
        options.telling_set = &telling;
        assert_int_equal(trial_judge(&maker, items, 1, &options, &early), TRIAL_JUDGED);
        assert_int_equal(whole.verdict == VERDICT_YES, early.verdict == VERDICT_YES);
        if (whole.verdict == VERDICT_YES) {
            assert_true(answer_worst(&whole, GOAL_BLOCKING, true)->value.value ==
                        answer_worst(&early, GOAL_BLOCKING, true)->value.value);
            assert_int_equal(all, some);
            yes++;
        } else {
            assert_true(some < all);
        }
        answer_release(&whole);
        answer_release(&early);
    }
    assert_true(yes > 0 && yes < 7);
    trials_free(trials);
    session_free(session);
}

/* The second in which a peer dies: its units are gone, and were there before. */
static void test_a_failure_is_replayed_by_seconds(void **state)
{
    (void)state;
    struct simulator simulation = {experiment_run};
    struct worker *worker = worker_new(background_replay, &simulation, wake[1], 0);
    struct session *session = fixture_session(fixture_scenario);
    nanos moment = 10 * HOUR + 30 * MINUTE;
    struct job *job = replay_job(session, moment);
    struct news report;
    assert_non_null(job);
    worker_start(worker, job);
    job_done(job);
    assert_true(wait_report(worker, &report));
    const struct results *r = report.replay;
    assert_non_null(r);
    assert_int_equal(r->replications, 1);
    assert_true(r->interval == SECOND);
    size_t at = (size_t)(moment / SECOND);
    assert_true(series_at(r, SCOPE_PEER, 1, "units", at - 1).mean > 0);
    assert_true(series_at(r, SCOPE_PEER, 1, "units", at + 1).mean == 0);
    assert_true(r->intervals == at + REPLAY_AFTER + 1);
    news_release(&report);
    worker_free(worker);
    session_free(session);
}

static void test_random_keys(void **state)
{
    (void)state;
    random_keys(1, 4000 / PATIENCE_FACTOR, NULL, 4); /* of one thread: nothing to be raced */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_latest_job_wins, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_a_worker_ends_while_it_works, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_batches_grow_until_good_enough, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_a_failure_is_reported, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_estimates_come_from_a_thread, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_sets_come_in_turn, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_pins_are_paired, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_swings_are_told_widest_first, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_swings_of_many_classes, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_goal_seek_finds_the_edge, open_wake, close_wake),
        cmocka_unit_test_setup_teardown(test_a_failure_is_replayed_by_seconds, open_wake,
                                        close_wake),
        cmocka_unit_test(test_a_trial_may_end_early),
        cmocka_unit_test(test_random_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
