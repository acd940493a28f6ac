/* Every screen of the tui against its golden text: at 80x24 with the inks, and at other sizes, in
 * ASCII and without colour. PEERPLAN_GOLDEN_UPDATE=1 writes the files anew.
 *
 * The figures are made by hand: these texts are to change when a screen changes, not when a formula
 * or the simulator does.
 */
#include "tests/tui_fixture.h"

#include <math.h>

#include "tests/golden.h"
#include "tui/plot.h"
#include "tui/theme.h"

static double wave(size_t step, size_t phase)
{
    static const double day[] = {0.05, 0.04, 0.05, 0.1, 0.3, 0.55, 0.8, 0.9,
                                 0.85, 0.5,  0.75, 0.9, 0.7, 0.4,  0.2, 0.1};
    return day[(step / 3 + phase) % (sizeof day / sizeof *day)];
}

/* Two alarms, and a day of load for every series. */
static void make_results(struct results *results, const struct scenario *scenario)
{
    for (size_t r = 0; r < results->replications; r++)
        for (size_t i = 0; i < results->intervals; i++)
            for (size_t s = 0; s < results->series_count; s++) {
                const struct series *series = &results->series[s];
                float *row =
                    results->series_values[r] + i * results->series_columns + series->column;
                double load = wave(i, series->index % 2) * (0.9 + 0.03 * (double)r);
                double most = series->scope == SCOPE_CLUSTER ? (series->index ? 38 : 800)
                              : scenario->peers[series->index % 6].cluster ? 20
                                                                           : 205;
                row[0] = (float)(series->ratio ? 40 * fmax(load - 0.8, 0) : round(most * load));
                if (series->ratio)
                    row[1] = 200;
            }
    results->alarm_count = 0;
    if (!(results->alarms = realloc(results->alarms, 2 * sizeof *results->alarms)))
        return;
    results->alarms[results->alarm_count++] =
        (struct alarm){0, 10 * HOUR, 30001, true, 0, NONE, "units 91 %"};
    results->alarms[results->alarm_count++] =
        (struct alarm){3, 10 * HOUR + 40 * MINUTE, 30012, true, 0, 1, "rms"};
}

static void make_rows(struct answer *answer)
{
    for (size_t i = 0; i < answer->row_count; i++) {
        struct judged *row = &answer->rows[i];
        double value = row->down_count ? 0.0214 : 0.0042 * (double)(row->index + 1);
        row->value = (struct interval){value, value * 0.9, value * 1.1};
        if (row->basis != BASIS_SIMULATED)
            row->basis = BASIS_APPROXIMATE;
        row->verdict = value * 0.9 > row->limit    ? VERDICT_NO
                       : value * 1.1 <= row->limit ? VERDICT_YES
                                                   : VERDICT_UNDECIDED;
    }
    answer->binding = (struct binding){.what = "units of the peer",
                                       .refusals = 0.97,
                                       .peak = NAN,
                                       .limit = NAN,
                                       .spare_factor = 1.12,
                                       .spare_erlangs = 20};
    answer->varies = true;
    answer->hour = (struct worst_hour){
        .found = true, .from = 10 * HOUR, .to = 11 * HOUR, .share = {0.031, 0.025, 0.037}};
    answer->hour.name = "video";
    answer->next_step = "";
    answer->disagree = false;
}

/* Figures made by hand in place of those found, so that formulas may change. */
static void make_standing(struct standing *standing, const struct scenario *scenario)
{
    struct answer *answer = &standing->answer;
    make_rows(answer);
    make_rows(&standing->estimated);
    answer->verdict = standing->replications ? VERDICT_NO : VERDICT_CANNOT_TELL;
    for (uint32_t c = 0; c < scenario->cluster_count; c++)
        standing->figures.clusters[c] = (struct figure){c ? 28 : 640, c ? 29 : 652};
    for (uint32_t p = 0; p < scenario->peer_count; p++)
        standing->figures.peers[p] = (struct figure){NAN, 14 + 30 * (double)(p % 4)};
    for (uint32_t i = 0; i < scenario->cluster_count * LICENCE_COUNT; i++)
        standing->figures.pools[i] = (struct figure){17, 18};
}

/* Puts made figures in place of the found ones. */
static void make_figures(struct app *app)
{
    struct session *session = app->session;
    if (session->results)
        make_results(session->results, &session->scenario);
    make_standing(session->standing, &session->scenario);
    for (int i = 0; i < app->diary.count; i++) {
        struct entry *entry = &app->diary.entries[i];
        entry->verdict = i ? VERDICT_NO : VERDICT_YES;
        snprintf(entry->now, sizeof entry->now, i ? "2.1 %% (1.9 to 2.4)" : "0 %% (below 0.18)");
        snprintf(entry->down, sizeof entry->down, "4.5 %%");
    }
    for (int i = 0; i < SCREEN_COUNT; i++)
        app_screens[i]->update(app->states[i], app, &(struct event){.kind = EVENT_FOUND});
}

static void golden(struct app *app, const char *name, bool inks)
{
    char path[128], *screen = fixture_screen(app, inks);
    snprintf(path, sizeof path, "tui/%s.txt", name);
    assert_golden(path, screen);
    free(screen);
    app_free(app);
}

/* An app that was simulated and given some keys. */
static struct app *shown(int width, int height, int theme, bool ascii, const char *keys)
{
    struct app *app = fixture_app(width, height, theme, ascii);
    fixture_simulate(app);
    make_figures(app);
    fixture_press(app, keys);
    make_figures(app);
    return app;
}

static void test_every_screen_at_80x24(void **state)
{
    (void)state;
    static const struct {
        const char *name, *keys;
    } screens[] = {
        {"help-80x24", "<F1>"},
        {"cluster-80x24", "<F2>"},
        {"whatif-80x24", "<F3>"},
        {"day-80x24", "<F4><Home>ff"},
        {"tables-80x24", "<F5>"},
        {"log-80x24", "<F2>k<F6>"},
        {"keys-80x24", "<F4>?"},
        {"details-80x24", "<Enter>"},
        {"prompt-80x24", "S"},
        {"choice-80x24", "<F3>/redundancy<Enter><Enter>"},
        {"difference-80x24", "<F5>d/X15.5<Enter>"},
        {"source-80x24", "<F5><Enter>"},
    };
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
        golden(shown(80, 24, 0, false, screens[i].keys), screens[i].name, true);
}

static void test_small(void **state)
{
    (void)state;
    golden(shown(60, 17, 0, false, "<F2>"), "cluster-60x17", false);
    golden(shown(60, 17, 0, false, "<F3>"), "whatif-60x17", false);
    golden(shown(60, 17, 0, false, "<F4><Home>ff"), "day-60x17", false);
    golden(shown(60, 17, 0, false, "<F5>"), "tables-60x17", false);
}

static void test_large(void **state)
{
    (void)state;
    golden(shown(200, 50, 0, false, "<F2>"), "cluster-200x50", false);
    golden(shown(200, 50, 0, false, "<F3>p<F2>k<F3>"), "whatif-200x50", false);
    golden(shown(200, 50, 0, false, "<F4><Home>ff"), "day-200x50", false);
}

static void test_ascii(void **state)
{
    (void)state;
    golden(shown(80, 24, 0, true, "<F2>"), "cluster-ascii", false);
    golden(shown(80, 24, 0, true, "<F4><Home>ff"), "day-ascii", false);
}

/* Without colour the cells are the same; what stands out does so by attribute or glyph. */
static void test_monochrome(void **state)
{
    (void)state;
    golden(shown(80, 24, THEME_COUNT - 1, false, "<F2>k"), "cluster-mono", true);
    golden(shown(80, 24, THEME_COUNT - 1, false, "<F4><Home>ff"), "day-mono", true);
}

static void test_before_the_first_results(void **state)
{
    (void)state;
    struct app *app = fixture_app(80, 24, 0, false);
    make_figures(app);
    golden(app, "cluster-waiting", false);
    app = fixture_app(80, 24, 0, false);
    fixture_press(app, "<F3>p<F2>k<F7>");
    make_figures(app);
    golden(app, "compare-80x24", false);
    app = fixture_app(80, 24, 0, false);
    fixture_press(app, "<F4>");
    make_figures(app);
    golden(app, "day-waiting", false);
}

static void test_too_small_is_said_kindly(void **state)
{
    (void)state;
    struct app *app = fixture_app(52, 12, 0, false);
    assert_true(fixture_shows(app, "52 x 12 is too small"));
    app_update(app, &(struct event){.kind = EVENT_RESIZE, .width = 60, .height = 17});
    assert_true(fixture_shows(app, "Two sites"));
    app_free(app);
}

/* Every size draws without touching a cell outside (sanitizers watch), and the bar is always whole.
 */
static void test_every_size(void **state)
{
    (void)state;
    struct app *app = shown(80, 24, 0, false, "");
    for (int width = 1; width <= 300; width += width < 130 ? 7 : 41)
        for (int height = 1; height <= 100; height += height < 50 ? 5 : 24)
            for (int screen = 0; screen < SCREEN_COUNT; screen++) {
                app_update(app,
                           &(struct event){.kind = EVENT_RESIZE, .width = width, .height = height});
                app_goto(app, screen);
                bool fits = width >= APP_MIN_WIDTH && height >= APP_MIN_HEIGHT;
                if (fits)
                    assert_true(fixture_shows(app, "Quit") || fixture_shows(app, "12Check"));
                else
                    free(fixture_screen(app, false));
            }
    app_free(app);
}

static void test_names_of_all_scripts(void **state)
{
    (void)state;
    static const char text[] =
        "scenario: \"\\u6771\\u4eac e\\u0301\"\n"
        "clusters:\n  - name: c\n    peers: [{name: p, platform: small-vm}]\n"
        "calls: []\n";
    struct app *app = app_new(fixture_session(text), 0, false);
    assert_non_null(app);
    char *screen = fixture_screen(app, false);
    assert_non_null(strstr(screen, "\u6771\u4EAC"));
    free(screen);
    app_free(app);
}

int main(void)
{
    setenv("TZ", "UTC", 1); /* the log shows the time of day */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_screen_at_80x24),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_monochrome),
        cmocka_unit_test(test_before_the_first_results),
        cmocka_unit_test(test_too_small_is_said_kindly),
        cmocka_unit_test(test_every_size),
        cmocka_unit_test(test_names_of_all_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
