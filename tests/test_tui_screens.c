/* The screens that stand on what other commands answer (check, size, forecast), and what is written
 * of them. */
#include "tests/tui_fixture.h"

#include <unistd.h>

#include "tests/golden.h"
#include "tui/pages.h"

static const char sick[] =
    "scenario: A cluster with mistakes\n"
    "clusters:\n"
    "  - name: office\n"
    "    peers:\n"
    "      - {name: a1, platform: medium-vm, version: X15.5, primary: a2}\n"
    "      - {name: a2, platform: medium-vm, version: X14.2, primary: a1, latency: 60ms}\n"
    "      - {name: a3, platform: large-vm, version: X15.5, primary: a1}\n"
    "calls: []\n";

static struct app *start(const char *text, int width, int height)
{
    struct app *app = app_new(fixture_session(text), 0, false);
    assert_non_null(app);
    app_update(app, &(struct event){.kind = EVENT_RESIZE, .width = width, .height = height});
    fixture_estimate(app);
    app_effects(app);
    return app;
}

static void golden(struct app *app, const char *name)
{
    char path[128], *screen = fixture_screen(app, true);
    snprintf(path, sizeof path, "tui/%s.txt", name);
    assert_golden(path, screen);
    free(screen);
}

static char *read_whole(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    return text;
}

/* ---- Check ---- */

static void test_findings_are_listed_and_explained(void **state)
{
    (void)state;
    struct app *app = start(sick, 80, 24);
    fixture_press(app, "<F2>:go check<Enter>");
    assert_int_equal(app->current, SCREEN_CHECK);
    assert_true(fixture_shows(app, "versions-differ"));
    fixture_press(app, "/versions<Enter>");
    assert_true(fixture_shows(app, "Upgrade the peers that are behind"));
    golden(app, "check-80x24");
    fixture_press(app, "<Enter>");
    assert_int_equal(app->popup_count, 1);
    fixture_press(app, "<Esc>");
    app_free(app);
}

static int row_of(struct app *app, const char *text)
{
    char *screen = fixture_screen(app, false), *at = strstr(screen, text);
    int row = 0;
    for (const char *c = screen; at && c < at; c++)
        row += *c == '\n';
    free(screen);
    return at ? row : -1;
}

static void test_findings_are_filtered_and_ordered(void **state)
{
    (void)state;
    struct app *app = start(sick, 80, 24);
    fixture_press(app, "<F2>:go check<Enter>");
    const struct findings *all;
    struct findings findings;
    struct deployment deployment;
    assert_true(deployment_of_scenario(&deployment, &app->session->scenario));
    assert_true(findings_make(&findings, &deployment));
    all = &findings;
    assert_true(all->count > 1);
    fixture_press(app, "f<C-U>versions<Enter>");
    assert_true(fixture_shows(app, "versions-differ"));
    assert_true(fixture_shows(app, "only versions"));
    uint32_t shown = 0;
    for (uint32_t i = 0; i < all->count; i++)
        shown += fixture_shows(app, finding_word(all->items[i].finding));
    assert_true(shown < all->count);
    fixture_press(app, "f<C-U>no such words<Enter>");
    assert_true(fixture_shows(app, "no finding contains"));
    fixture_press(app, "<Enter>jf<C-U><Enter>o");
    const struct finding_item *first = &all->items[0];
    for (uint32_t i = 1; i < all->count; i++)
        if (strcmp(all->items[i].place, first->place) < 0)
            first = &all->items[i];
    assert_int_equal(row_of(app, finding_word(first->finding)), 2);
    findings_release(&findings);
    deployment_release(&deployment);
    app_free(app);
}

static void test_findings_follow_edits(void **state)
{
    (void)state;
    struct app *app = start(sick, 80, 24);
    app_goto(app, SCREEN_CHECK);
    fixture_press(app, ":set clusters.office.peers.*.version X15.5<Enter>");
    assert_false(fixture_shows(app, "versions-differ"));
    fixture_press(app, "u");
    assert_true(fixture_shows(app, "versions-differ"));
    app_free(app);
    app = start(fixture_scenario, 80, 24);
    app_goto(app, SCREEN_CHECK);
    assert_true(fixture_shows(app, "Nothing was found") || fixture_shows(app, "Findings: "));
    app_free(app);
}

/* ---- Size ---- */

static const char small[] =
    "# kept\n"
    "scenario: Small\n"
    "goals: {blocking: 1%, survive: 1}\n"
    "clusters:\n"
    "  - name: office\n"
    "    peers:\n"
    "      - {name: a1, platform: small-vm}\n"
    "      - {name: a2, platform: small-vm}\n"
    "calls:\n"
    "  - {name: talk, media: audio, service: registered, via: {cluster: office},\n"
    "     arrivals: {rate: 600/h}, holding: {mean: 4m}}\n"
    "run: {length: 4h, replications: 6, seed: 7}\n";

static const struct design_choice few = {.peers_most = 3, .clusters_most = 1};

/* Searches as the worker does, the app told as the loop tells it; how often it was told. */
static int search_designs(struct app *app)
{
    int wake[2], times = 0;
    bool finished = false;
    assert_int_equal(pipe(wake), 0);
    struct worker *worker = worker_new(background_designs, NULL, wake[1], 0);
    struct job *job = designs_job(app->session, &app->choice);
    assert_non_null(job);
    worker_start(worker, job);
    job_done(job);
    while (!finished) {
        struct news news;
        char byte;
        assert_int_equal(read(wake[0], &byte, 1), 1);
        if (!worker_take(worker, &news))
            continue;
        assert_non_null(news.designs);
        finished = news.designs->finished;
        times++;
        app_update(app, &(struct event){.kind = EVENT_SOUGHT, .designs = news.designs});
        assert_true(fixture_shows(app, finished ? "done" : "? s"));
    }
    worker_free(worker);
    close(wake[0]);
    close(wake[1]);
    return times;
}

static void test_designs_come_as_they_are_found(void **state)
{
    (void)state;
    struct app *app = start(small, 80, 24);
    app->choice = few;
    fixture_press(app, "<F9>");
    assert_true(app_effects(app) & EFFECT_DESIGN);
    assert_true(fixture_shows(app, "? pending"));
    fixture_press(app, "<Enter>");
    assert_true(fixture_shows(app, "no design is found yet"));
    assert_true(search_designs(app) > 1);
    const struct designs *found = &app->designs->designs;
    assert_true(found->count > 0);
    assert_true(found->items[0].confirmed);
    assert_true(fixture_shows(app, "simulated"));
    char name[DESIGN_WORDS_SIZE];
    assert_true(fixture_shows(app, design_name(app->designs, 0, name)));
    app_free(app);
}

static void test_the_ask_changes_on_the_screen(void **state)
{
    (void)state;
    struct app *app = start(small, 80, 24);
    app->choice = few;
    app_goto(app, SCREEN_SIZE);
    search_designs(app);
    app_effects(app);
    fixture_press(app, "++");
    assert_true(app_effects(app) & EFFECT_DESIGN);
    assert_true(fixture_shows(app, "spare 10 %") && fixture_shows(app, "? pending"));
    search_designs(app);
    fixture_press(app, "f<Down><Down><Enter>"); /* medium-vm */
    search_designs(app);
    for (size_t i = 0; i < app->designs->designs.count; i++) {
        const struct design *d = &app->designs->designs.items[i];
        assert_string_equal(app->designs->ask.platforms[d->platform], "medium-vm");
        assert_int_equal(d->clusters, 1);
    }
    fixture_press(app, "<F3>/goals<Enter><F9>:set goals.survive 0<Enter>");
    assert_true(app_effects(app) & EFFECT_DESIGN);
    assert_true(fixture_shows(app, "? pending"));
    app_free(app);
}

static void test_a_design_is_taken_and_pinned(void **state)
{
    (void)state;
    struct app *app = start(small, 80, 24);
    char *before = strdup(app->session->text);
    app->choice = few;
    app->choice.platform = 2;
    app_goto(app, SCREEN_SIZE);
    search_designs(app);
    fixture_press(app, "p");
    assert_int_equal(app->session->pin_count, 1);
    assert_non_null(strstr(app->session->pins[0].text, "medium-vm"));
    assert_string_equal(app->session->text, before);
    search_designs(app);
    fixture_press(app, "<Enter>");
    assert_string_equal(app->session->text, app->session->pins[0].text);
    assert_non_null(strstr(app->session->text, "# kept"));
    assert_true(session_modified(app->session));
    fixture_press(app, "u");
    assert_string_equal(app->session->text, before);
    free(before);
    app_free(app);
}

/* ---- Forecast ---- */

static void look_ahead(struct app *app)
{
    int wake[2];
    struct news news = {0};
    char byte;
    assert_int_equal(pipe(wake), 0);
    struct worker *worker = worker_new(background_outlook, NULL, wake[1], 0);
    struct job *job = outlook_job(app->session, app->months);
    worker_start(worker, job);
    job_done(job);
    assert_int_equal(read(wake[0], &byte, 1), 1);
    assert_true(worker_take(worker, &news));
    assert_non_null(news.outlook);
    app_update(app, &(struct event){.kind = EVENT_SOUGHT, .outlook = news.outlook});
    worker_free(worker);
    close(wake[0]);
    close(wake[1]);
}

static void test_growth_is_looked_ahead(void **state)
{
    (void)state;
    struct app *app = start(small, 80, 24);
    fixture_press(app, ":set calls.talk.arrivals.rate 250/h<Enter>:go forecast<Enter>");
    assert_true(fixture_shows(app, "no growth is stated"));
    assert_int_equal(app_effects(app) & EFFECT_FORECAST, 0);
    fixture_press(app, "++++");
    assert_non_null(strstr(app->session->text, "growth: {all: \"4%/month\"}"));
    assert_true(app_effects(app) & EFFECT_FORECAST);
    assert_true(fixture_shows(app, "? pending"));
    look_ahead(app);
    const struct forecast *f = &app->outlook->forecast;
    char date[FORECAST_DATE_SIZE], name[160];
    assert_true(f->line_count > 1);
    assert_true(fixture_shows(app, "nothing to do until"));
    assert_true(fixture_shows(app, forecast_date(f, forecast_first(f)->months, date)));
    for (size_t i = 0; i < f->line_count; i++) {
        const struct forecast_event *event = outlook_event(f, &f->lines[i], true);
        assert_true(fixture_shows(app, outlook_name(f, &f->lines[i], name, sizeof name)));
        if (event)
            assert_true(fixture_shows(app, forecast_date(f, event->months, date)));
    }
    fixture_press(app, "<Right><Right>");
    assert_true(fixture_shows(app, forecast_date(f, 2, date)));
    outlook_name(f, &f->lines[f->line_count - 1], name, sizeof name);
    fixture_press(app, "f<C-U>");
    fixture_press(app, name);
    fixture_press(app, "<Enter>");
    assert_true(fixture_shows(app, name));
    assert_true(fixture_shows(app, "only "));
    for (size_t i = 0; i + 1 < f->line_count; i++) {
        char other[160];
        outlook_name(f, &f->lines[i], other, sizeof other);
        if (!strstr(other, name))
            assert_true(row_of(app, other) < 2); /* the sentence on top may name it */
    }
    fixture_press(app, "f<C-U><Enter>o/");
    fixture_press(app, name);
    fixture_press(app, "<Enter>");
    char where[256] = "";
    screen_forecast.where(app->states[SCREEN_FORECAST], app, where, sizeof where);
    assert_int_equal(strncmp(where, name, strlen(name)), 0);
    fixture_press(app, "]");
    assert_true(app_effects(app) & EFFECT_FORECAST);
    fixture_press(app, ":set growth={all: 2%/month, talk: 10%/year+-2%}<Enter>+");
    assert_non_null(strstr(app->session->text, "{all: \"3%/month\", talk: \"10%/year+-2%\"}"));
    fixture_press(app, "u-<F2>");
    assert_true(app_effects(app) & EFFECT_FORECAST); /* the answer names the month */
    look_ahead(app);
    fixture_simulate(app);
    assert_true(*app->session->lasts && fixture_shows(app, app->session->lasts));
    fixture_press(app, "k");
    assert_int_equal(*app->session->lasts, 0);
    app_free(app);
}

/* ---- What is written ---- */

static void test_the_name_says_what_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        enum exported what;
    } orders[] = {
        {"<F2>:export /tmp/peerplan-none<Enter>", EXPORT_RESULTS},
        {"<F2>e<C-U>/tmp/peerplan-none.html<Enter>", EXPORT_PAGE},
        {"<F2>:export /tmp/peerplan-none.XLSX<Enter>", EXPORT_BOOK},
        {"<F2>:report /tmp/peerplan-none<Enter>", EXPORT_PAGE},
        {":go check<Enter>e<C-U>/tmp/peerplan-none.html<Enter>", EXPORT_FINDINGS_PAGE},
        {":go check<Enter>:export /tmp/peerplan-none.xlsx<Enter>", EXPORT_FINDINGS_BOOK},
        {"<F6>:report /tmp/peerplan-none<Enter>", EXPORT_SESSION_PAGE},
    };
    struct app *app = start(fixture_scenario, 80, 24);
    fixture_simulate(app);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        fixture_press(app, orders[i].keys);
        assert_true(app_effects(app) & EFFECT_EXPORT);
        assert_int_equal(app->exported, orders[i].what);
        assert_int_equal(strncmp(app->path, "/tmp/peerplan-none", 18), 0);
    }
    fixture_press(app, "<F6>e<C-U>/tmp/peerplan-none.md<Enter>");
    assert_true(app_effects(app) & EFFECT_WRITE);
    app_free(app);
}

static void test_a_file_is_not_overwritten_unasked(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-tui-XXXXXX.html", keys[128];
    close(mkstemps(path, 5));
    struct app *app = start(fixture_scenario, 80, 24);
    snprintf(keys, sizeof keys, ":report %s<Enter>", path);
    fixture_press(app, keys);
    assert_int_equal(app_effects(app) & EFFECT_EXPORT, 0);
    assert_true(fixture_shows(app, "The file exists"));
    fixture_press(app, "<Down><Enter>");
    assert_true(app_effects(app) & EFFECT_EXPORT);
    unlink(path);
    app_free(app);
}

static void test_the_session_as_a_page(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-tui-XXXXXX.html", message[256];
    close(mkstemps(path, 5));
    struct app *app = start(fixture_scenario, 80, 24);
    fixture_press(app, ":scale voice 1.3<Enter><F2>k");
    assert_true(pages_session(&app->diary, app->session, path, message, sizeof message));
    char *page = read_whole(path);
    assert_non_null(strstr(page, "as found"));
    assert_non_null(strstr(page, "a1 killed"));
    assert_non_null(strstr(page, "3 states"));
    assert_non_null(strstr(page, app->diary.entries[2].now));
    free(page);
    unlink(path);
    assert_false(pages_session(&app->diary, app->session, "/no/such/folder/x.html", message,
                               sizeof message));
    assert_non_null(strstr(message, "/no/such/folder"));
    app_free(app);
}

static void test_findings_as_a_page(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-tui-XXXXXX.html", message[256];
    close(mkstemps(path, 5));
    struct app *app = start(sick, 80, 24);
    assert_true(pages_findings(app->session, false, path, message, sizeof message));
    char *page = read_whole(path);
    assert_non_null(strstr(page, "versions-differ"));
    free(page);
    unlink(path);
    app_free(app);
}

/* Rounds are on the minute: p1's change is everywhere at 01:01, p2's is undone at 02:01. */
static void test_clusters_and_peers_tell_of_synchronizations(void **state)
{
    (void)state;
    struct app *app =
        start("platforms: [{name: node, units: 10}]\n"
              "clusters: [{name: c, redundancy: none, primary: p1, peers: [{name: p1, platform: "
              "node}, {name: p2, platform: node}]}]\n"
              "calls: [{name: v, media: audio, via: {cluster: c}, arrivals: {rate: 1/h}, "
              "holding: {mean: 1m}}]\n"
              "changes:\n"
              "  - {peer: p1, at: 1h, kind: cluster-wide}\n"
              "  - {peer: p2, at: 2h, kind: cluster-wide}\n"
              "run: {length: 4h, replications: 2, warmup: none}\n",
              100, 40);
    fixture_simulate(app);
    static const struct {
        const char *keys, *what;
    } places[] = {{"<F2>g<Enter>", "c, rule none: 2 peers, 2 of them up; the smallest is a node"},
                  {"<Esc><Down><Enter>", "p1 of cluster c, node, up"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        fixture_press(app, places[i].keys);
        assert_true(fixture_shows(app, places[i].what));
        assert_true(fixture_shows(app, "Configuration of the cluster"));
        assert_true(
            fixture_shows(app, "01:00, change on p1: previous synchronization none, next 01:01"));
        assert_true(
            fixture_shows(app, "02:00, change on p2: previous synchronization 01:01, next 02:01"));
    }
    fixture_press(app, "<Esc>k<Up><Enter>");
    assert_true(fixture_shows(app, "2 peers, 1 of them up"));
    app_free(app);
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_findings_are_listed_and_explained),
        cmocka_unit_test(test_findings_are_filtered_and_ordered),
        cmocka_unit_test(test_findings_follow_edits),
        cmocka_unit_test(test_designs_come_as_they_are_found),
        cmocka_unit_test(test_the_ask_changes_on_the_screen),
        cmocka_unit_test(test_a_design_is_taken_and_pinned),
        cmocka_unit_test(test_growth_is_looked_ahead),
        cmocka_unit_test(test_the_name_says_what_is_written),
        cmocka_unit_test(test_a_file_is_not_overwritten_unasked),
        cmocka_unit_test(test_the_session_as_a_page),
        cmocka_unit_test(test_findings_as_a_page),
        cmocka_unit_test(test_clusters_and_peers_tell_of_synchronizations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
