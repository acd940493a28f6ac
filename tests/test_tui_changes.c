/* Changes as settings: applied to the scenario that a session began with they give the one that it
 * has come to. */
#include "tests/tui_fixture.h"
#include "tui/changes.h"

/* What a session does, each step after those before it; +: another class. */
static const char *const steps[] = {
    ":set clusters.office.redundancy 5+1<Enter>",
    ":set clusters.*.peers.*.platform large-vm<Enter>",
    ":set clusters.office.peers=3<Enter>",
    ":set clusters.office.peers.a1=<Enter>",
    ":scale video 1.3<Enter>",
    ":scale all 0.5<Enter>",
    ":set goals.blocking 5%<Enter>",
    ":set goals.survive=<Enter>",
    ":set outages.2={peer: b1, at: \"1:30\", for: 1h}<Enter>",
    ":set outages.1=<Enter>",
    ":set outages.1.for 2h<Enter>",
    ":set calls.voice=<Enter>",
    "+{name: \"v.1: new\", media: audio, service: registered, via: {cluster: branch}, "
    "arrivals: {rate: 7/h}, holding: {mean: 3m}}",
    ":set calls.\"v.1: new\".holding={distribution: lognormal, mean: 4m, cv: 1.5}<Enter>",
    ":set calls.video.arrivals.steps=[[0h, 0.5], [12h, 1]]<Enter>",
    ":set outages=<Enter>",
    ":set scenario=\"a: title, [with] \\\"marks\\\" # and more\"<Enter>",
};

static void find(struct changes *changes, const struct session *from, const struct session *to)
{
    *changes = (struct changes){0};
    changes_find(changes, &from->tree, &to->tree);
    assert_false(changes->failed);
}

static void test_changes_lead_from_the_start_to_each_state(void **state)
{
    (void)state;
    struct app *app = fixture_app(100, 40, 0, false);
    struct errors errors;
    errors_init(&errors);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        unsigned before = app->session->generation;
        struct session *start = fixture_session(fixture_scenario);
        struct changes changes;
        if (steps[i][0] == '+')
            assert_true(session_append(app->session, "calls", strdup(steps[i] + 1), &errors));
        else
            fixture_press(app, steps[i]);
        if (app->session->generation == before)
            fail_msg("%s: %s", steps[i], app->status);
        find(&changes, start, app->session);
        assert_true(changes.count > 0);
        const struct settings settings = {(const char *const *)changes.items, changes.count};
        if (!session_apply(start, &settings, "all", &errors))
            fail_msg("after %s: %s", steps[i], errors.items[0].message);
        changes_release(&changes);
        find(&changes, start, app->session);
        if (changes.count)
            fail_msg("after %s there is still %s", steps[i], changes.items[0]);
        changes_release(&changes);
        session_free(start);
    }
    errors_release(&errors);
    app_free(app);
}

static void test_each_change_is_one_setting(void **state)
{
    (void)state;
    struct session *a = fixture_session(fixture_scenario), *b = fixture_session(fixture_scenario);
    struct errors errors;
    struct changes changes;
    errors_init(&errors);
    find(&changes, a, b);
    assert_int_equal(changes.count, 0);
    assert_true(session_set(b, "clusters[0].peers[1].rms", "80", &errors));
    assert_true(session_remove(b, "outages", &errors));
    assert_true(session_append(b, "calls",
                               strdup("{name: more, media: audio, service: registered, via: "
                                      "{cluster: branch}, arrivals: {rate: 7/h}, holding: {mean: "
                                      "3m}}"),
                               &errors));
    find(&changes, a, b);
    assert_int_equal(changes.count, 3);
    assert_string_equal(changes.items[0], "clusters.office.peers.a2.rms=80");
    assert_non_null(strstr(changes.items[1], "calls=[{name: video, media: video, "));
    assert_non_null(strstr(changes.items[1], "}, {name: more, media: audio, "));
    assert_string_equal(changes.items[2], "outages=");
    changes_release(&changes);
    errors_release(&errors);
    session_free(a);
    session_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_lead_from_the_start_to_each_state),
        cmocka_unit_test(test_each_change_is_one_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
