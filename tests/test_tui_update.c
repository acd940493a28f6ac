/* The tui's update alone: events in, state and effects out; no terminal, no drawing but to look at
 * the words shown. */
#include "tests/tui_fixture.h"

#include <math.h>
#include <unistd.h>

#include "data/scenario_patch.h"
#include "tui/files.h"
#include "tui/starting.h"
#include "tui/templates.h"
#include "tui/theme.h"
#include "tui/timeline.h"
#include "tui/tree.h"

static struct app *start(void)
{
    struct app *app = fixture_app(100, 40, 0, false);
    app_effects(app);
    return app;
}

static void test_starts_on_cluster_and_wants_a_simulation(void **state)
{
    (void)state;
    struct app *app = fixture_app(80, 24, 0, false);
    assert_int_equal(app->current, SCREEN_CLUSTER);
    assert_int_equal(app_effects(app), EFFECT_SIMULATE);
    assert_int_equal(app_effects(app), 0);
    app_free(app);
}

static void test_function_keys_and_tab_change_the_screen(void **state)
{
    (void)state;
    struct app *app = start();
    for (int i = 0; i < SCREEN_COUNT; i++) {
        app_update(app,
                   &(struct event){.kind = EVENT_PRESS, .press = PRESS_F(screen_function_keys[i])});
        assert_int_equal(app->current, i);
    }
    fixture_press(app, "<Tab>");
    assert_int_equal(app->current, SCREEN_HELP);
    fixture_press(app, "<BackTab>");
    assert_int_equal(app->current, SCREEN_COUNT - 1);
    fixture_press(app, "q");
    assert_int_equal(app->current, SCREEN_CLUSTER);
    fixture_press(app, "q");
    assert_int_equal(app_effects(app) & EFFECT_QUIT, EFFECT_QUIT);
    app_free(app);
}

/* Two keys must not mean two things on one screen; every listed action has help. */
static void test_key_tables_are_sound(void **state)
{
    (void)state;
    for (int s = 0; s < SCREEN_COUNT; s++)
        for (const struct key_binding *b = app_screens[s]->keys; b && b->action; b++) {
            assert_non_null(b->help);
            assert_true(b->action < MOVE_UP);
            for (int i = 0; i < BINDING_PRESSES && b->presses[i]; i++) {
                assert_ptr_equal(bindings_find(app_screens[s]->keys, b->presses[i]), b);
                const struct key_binding *global = bindings_find(app_keys, b->presses[i]);
                if (global)
                    fail_msg("%s: %s hides a key of every screen", app_screens[s]->title, b->help);
            }
        }
    for (int p = 0; app_popups[p]; p++)
        for (const struct key_binding *b = app_popups[p]->keys; b->action; b++)
            for (int i = 0; i < BINDING_PRESSES && b->presses[i]; i++)
                assert_ptr_equal(bindings_find(app_popups[p]->keys, b->presses[i]), b);
    for (const struct key_binding *b = app_keys; b->action; b++)
        for (int i = 0; i < BINDING_PRESSES && b->presses[i]; i++)
            assert_null(bindings_find(motion_keys, b->presses[i]));
}

static char *printed_keys(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    app_print_keys(out);
    fclose(out);
    return text;
}

/* Under its heading, every row of a table stands once and nothing else does. */
static void expect_section(const char *text, const char *title, const struct key_binding *table)
{
    char heading[64], presses[48], line[256];
    snprintf(heading, sizeof heading, "\n%s\n", title);
    const char *at = strstr(text, heading);
    assert_non_null(at);
    assert_null(strstr(at + 1, heading));
    at += strlen(heading);
    for (const struct key_binding *b = table; b->action; b++) {
        if (!b->help)
            continue;
        snprintf(line, sizeof line, "  %-20s %s\n", binding_presses(b, presses), b->help);
        if (strncmp(at, line, strlen(line)) != 0)
            fail_msg("%s: %s", title, line);
        at += strlen(line);
    }
    assert_true(*at != ' ');
}

/* The tables, `peerplan help keys` (the manual is made of it) and the help screen say the same,
 * each key once. */
static void test_all_keys_are_printed_from_the_tables(void **state)
{
    (void)state;
    char *text = printed_keys(), *begun = NULL, *manual = NULL;
    assert_true(asprintf(&begun, "\n%s", text) > 0);
    expect_section(begun, "On every screen", app_keys);
    expect_section(begun, "In lists, trees and tables", motion_keys);
    for (int s = 0; s < SCREEN_COUNT; s++)
        if (app_screens[s]->keys)
            expect_section(begun, app_screens[s]->title, app_screens[s]->keys);
    for (int i = 0; app_popups[i]; i++)
        expect_section(begun, app_popups[i]->title, app_popups[i]->keys);
    FILE *page = fopen("man/peerplan.1.scd", "r");
    size_t size = 0;
    assert_non_null(page);
    assert_true(getdelim(&manual, &size, '\0', page) > 0);
    fclose(page);
    const char *keys = strstr(manual, "\n@help keys@\n");
    assert_non_null(keys);
    assert_null(strstr(keys + 1, "\n@help keys@\n"));
    free(manual);
    free(begun);
    free(text);
}

static void test_killing_a_peer_changes_the_answer_and_can_be_undone(void **state)
{
    (void)state;
    struct app *app = start();
    unsigned generation = app->session->generation;
    fixture_press(app, "<Down>k");
    assert_int_equal(app->session->states[1], PEER_DOWN);
    assert_int_equal(app_effects(app), EFFECT_SIMULATE);
    assert_true(app->session->generation > generation);
    assert_true(fixture_shows(app, "a2 is killed"));
    assert_true(figure_best(&app->session->standing->figures.peers[1]) == 0);
    assert_false(session_modified(app->session));
    fixture_press(app, "u");
    assert_int_equal(app->session->states[1], PEER_UP);
    fixture_press(app, "U");
    assert_int_equal(app->session->states[1], PEER_DOWN);
    fixture_press(app, "k");
    assert_int_equal(app->session->states[1], PEER_UP);
    app_free(app);
}

static void test_maintenance_is_a_state_of_its_own(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "m");
    assert_int_equal(app->session->states[0], PEER_MAINTENANCE);
    fixture_press(app, "k");
    assert_int_equal(app->session->states[0], PEER_DOWN);
    uint32_t down[8];
    assert_int_equal(session_out(app->session, down), 1);
    assert_int_equal(down[0], 0);
    app_free(app);
}

/* The more peers are away, the more is refused: the estimate answers every key. */
static void test_the_estimate_answers_at_once(void **state)
{
    (void)state;
    struct app *app = start();
    assert_non_null(app->session->standing);
    double before = standing_class(&app->session->standing->answer, 0)->value.value;
    fixture_press(app, "k<Down>k<Down>k");
    const struct answer *answer = &app->session->standing->answer;
    assert_true(standing_class(answer, 0)->value.value > before);
    assert_int_equal(answer->verdict, VERDICT_NO);
    assert_true(fixture_shows(app, "NO  It does not carry the load"));
    app_free(app);
}

static void test_editing_a_value(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/redundancy<Enter><Enter>");
    assert_int_equal(app->popup_count, 1);
    fixture_press(app, "<Down><Enter>");
    assert_int_equal(app->popup_count, 0);
    assert_int_equal(app->session->scenario.clusters[0].redundancy, REDUNDANCY_5_1);
    assert_true(session_modified(app->session));
    assert_non_null(strstr(app->session->text, "redundancy: 5+1"));
    assert_non_null(strstr(app->session->text, "# the big one"));
    fixture_press(app, "u");
    assert_int_equal(app->session->scenario.clusters[0].redundancy, REDUNDANCY_4_1);
    assert_false(session_modified(app->session));
    app_free(app);
}

static void test_steps_change_numbers_and_wrong_values_are_refused(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/goals<Enter><Enter>/blocking<Enter>+");
    assert_true(fabs(app->session->scenario.goals.blocking - 0.011) < 1e-12);
    fixture_press(app, "<Enter>");
    assert_int_equal(app->popup_count, 1);
    fixture_press(app, "200%<Enter>");
    assert_int_equal(app->popup_count, 1);
    fixture_press(app, "<C-U>2%<Enter>");
    assert_int_equal(app->popup_count, 0);
    assert_true(fabs(app->session->scenario.goals.blocking - 0.02) < 1e-12);
    fixture_press(app, "<Enter>5%<Esc>");
    assert_true(fabs(app->session->scenario.goals.blocking - 0.02) < 1e-12);
    app_free(app);
}

static void test_an_item_is_added_and_removed(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/peers<Enter><Enter><Down><Down>a<Enter>");
    assert_int_equal(app->session->scenario.peer_count, 7);
    assert_int_equal(app->session->scenario.clusters[0].peer_count, 5);
    assert_non_null(strstr(app->session->text, "# the big one"));
    fixture_press(app, "x");
    assert_int_equal(app->session->scenario.peer_count, 6);
    fixture_press(app, "uu");
    assert_string_equal(app->session->text, fixture_scenario);
    app_free(app);
}

/* Every template gives a scenario, also where its list is empty or missing, as one undo. */
static void test_templates_are_whole(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        enum schema_block block;
    } lists[] = {
        {"clusters", BLOCK_CLUSTER},    {"clusters[0].peers", BLOCK_PEER},
        {"platforms", BLOCK_PLATFORM},  {"zones", BLOCK_ZONE},
        {"endpoints", BLOCK_ENDPOINTS}, {"calls", BLOCK_CLASS},
        {"pipes", BLOCK_PIPE},          {"outages", BLOCK_OUTAGE},
        {"upgrades", BLOCK_UPGRADE},
    };
    struct session *session = fixture_session(
        "scenario: bare\nclusters: [{name: c, peers: [{name: p, platform: small-vm}]}]\n");
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        int count;
        const struct template *templates = templates_of(lists[l].block, &count);
        assert_true(count > 0);
        for (int i = 0; i < count; i++) {
            struct errors errors;
            errors_init(&errors);
            char *yaml = template_fill(&templates[i], &session->scenario, 0);
            if (!session_append(session, lists[l].list, yaml, &errors))
                fail_msg("%s, %s: %s", lists[l].list, templates[i].label, errors.items[0].message);
            errors_release(&errors);
            if (lists[l].block == BLOCK_OUTAGE) /* a peer cannot fail twice at a time */
                session_undo(session);
        }
    }
    static const struct {
        const char *path;
        enum schema_block block;
    } mappings[] = {{"calls[0].arrivals", BLOCK_ARRIVALS},
                    {"calls[0].holding", BLOCK_HOLDING},
                    {"calls[0].redial", BLOCK_REDIAL}};
    for (size_t m = 0; m < sizeof mappings / sizeof *mappings; m++) {
        int count;
        const struct template *templates = templates_of(mappings[m].block, &count);
        for (int i = 0; i < count; i++) {
            struct errors errors;
            errors_init(&errors);
            char *yaml = template_fill(&templates[i], &session->scenario, 0);
            if (!session_set(session, mappings[m].path, yaml, &errors))
                fail_msg("%s, %s: %s", mappings[m].path, templates[i].label,
                         errors.items[0].message);
            errors_release(&errors);
            free(yaml);
        }
    }
    while (session_can_undo(session))
        session_undo(session);
    assert_int_equal(session->scenario.class_count, 0);
    session_free(session);
}

static void test_a_template_into_an_empty_list_by_keys(void **state)
{
    (void)state;
    struct app *app = start();
    uint32_t classes = app->session->scenario.class_count;
    uint32_t steps = app->session->scenario.step_count;
    fixture_press(app, "<F3>v/upgrades<Enter>a<Enter>");
    assert_true(app->session->scenario.step_count > steps);
    fixture_press(app, "v/calls<Enter>a<Down><Enter>");
    assert_int_equal(app->session->scenario.class_count, classes + 1);
    fixture_press(app, "uu");
    assert_string_equal(app->session->text, fixture_scenario);
    app_free(app);
}

static void test_all_peers_at_once(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/rms<Enter>A<C-U>33<Enter>");
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(app->session->scenario.peers[i].licences[LICENCE_RMS], 33);
    assert_non_null(strstr(app->session->text, "# the big one"));
    fixture_press(app, "u");
    assert_string_equal(app->session->text, fixture_scenario);
    fixture_press(app, "/platform<Enter>A");
    assert_true(fixture_shows(app, "large-vm")); /* by choice, not by heart */
    fixture_press(app, "<Esc>:set clusters.*.peers.*.platform large-vm<Enter>");
    for (uint32_t i = 0; i < 6; i++)
        assert_string_equal(
            app->session->scenario.platforms[app->session->scenario.peers[i].platform].name,
            "large-vm");
    fixture_press(app, "u");
    assert_string_equal(app->session->text, fixture_scenario);
    app_free(app);
}

static void test_the_palette_completes(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, ":the<Tab> li<Tab><Enter>");
    assert_int_equal(app->theme, THEME_LIGHT);
    fixture_press(app, ":set calls.vid<Tab>un<Tab>4<Enter>");
    assert_int_equal(app->session->scenario.classes[0].units, 4);
    fixture_press(app, ":set goals.blocking=2% goals.survive=2<Enter>");
    assert_int_equal(app->session->scenario.goals.survive, 2);
    fixture_press(app, "u");
    assert_int_equal(app->session->scenario.goals.survive, 1);
    assert_int_equal(app->session->scenario.classes[0].units, 4);
    fixture_press(app, ":nonsense<Enter>");
    assert_int_equal(app->popup_count, 1);
    fixture_press(app, "<Esc>:set calls.none.units 3<Enter>");
    assert_true(fixture_shows(app, "none"));
    fixture_press(app, ":diff<Enter>");
    assert_true(fixture_shows(app, "no file yet"));
    app_free(app);
}

static void test_a_scenario_from_nothing_and_another_file(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-tui-XXXXXX";
    int fd = mkstemp(path);
    static const char text[] =
        "scenario: other\nclusters: [{name: c, peers: [{name: p, platform: small-vm}]}]\n";
    assert_int_equal(write(fd, text, sizeof text - 1), (int)sizeof text - 1);
    close(fd);
    struct app *app = start();
    unsigned generation = app->session->generation;
    for (size_t i = 0; starting_name(i); i++) {
        if (!strcmp(starting_name(i), "records")) /* asks for the records first */
            continue;
        fixture_press(app, ":new ");
        fixture_press(app, starting_name(i));
        fixture_press(app, "<Enter>");
        assert_int_equal(app->popup_count, 0);
        assert_null(app->session->path);
        assert_true(app->session->generation > generation);
    }
    fixture_press(app, "<F3>/blocking<Enter>+:open ");
    fixture_press(app, path);
    fixture_press(app, "<Enter>");
    assert_int_equal(app->popup_count, 1); /* changes would be lost */
    fixture_press(app, "<Down><Enter>");
    assert_string_equal(app->session->scenario.title, "other");
    assert_string_equal(app->session->path, path);
    fixture_press(app, ":open /no/such/file<Enter>");
    assert_string_equal(app->session->scenario.title, "other");
    app_free(app);
    unlink(path);
}

static void test_search_opens_closed_branches(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/voice<Enter>");
    assert_true(fixture_shows(app, "What-if: calls.voice"));
    fixture_press(app, "/a2<Enter>n");
    assert_true(fixture_shows(app, "What-if: outages.1"));
    app_free(app);
}

/* A key that the scenario does not state is found too; what is added there shows the stated again.
 */
static void test_search_finds_what_is_not_stated(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/upgrades<Enter>");
    assert_true(fixture_shows(app, "What-if: upgrades") ||
                fixture_shows(app, "all keys are shown"));
    assert_true(fixture_shows(app, "Scenario, all keys"));
    fixture_press(app, "a<Enter>");
    assert_int_equal(app->popup_count, 0);
    assert_int_equal(app->session->scenario.upgrade_count, 1);
    assert_false(fixture_shows(app, "Scenario, all keys"));
    fixture_press(app, "/no-such-key<Enter>");
    assert_true(fixture_shows(app, "is not here"));
    assert_false(fixture_shows(app, "Scenario, all keys"));
    app_free(app);
}

/* Wherever the cursor stands, `a` offers what a scenario may have more of, and each is one undo. */
static void test_add_is_offered_everywhere(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *list;
    } kinds[] = {{"", "calls"},
                 {"<Down>", "endpoints"},
                 {"<Down><Down>", "outages"},
                 {"<Down><Down><Down>", "clusters[0].peers"},
                 {"<Down><Down><Down><Down>", "clusters"},
                 {"<End><Up><Up><Up>", "zones"},
                 {"<End><Up><Up>", "pipes"},
                 {"<End><Up>", "upgrades"},
                 {"<End>", "platforms"}};
    struct app *app = start();
    fixture_press(app, "<F3><Home>");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char *before = strdup(app->session->text);
        const struct node *list = patch_find(&app->session->tree, kinds[i].list);
        uint32_t count = list ? list->count : 0;
        fixture_press(app, "a");
        assert_true(fixture_shows(app, "to the scenario"));
        fixture_press(app, kinds[i].keys);
        fixture_press(app, "<Enter>");
        assert_int_equal(app->popup_count, 1);
        fixture_press(app, "<Enter>");
        assert_int_equal(app->popup_count, 0);
        list = patch_find(&app->session->tree, kinds[i].list);
        assert_non_null(list);
        assert_int_equal(list->count, count + 1);
        fixture_press(app, "u");
        assert_string_equal(app->session->text, before);
        fixture_press(app, "<Home>");
        free(before);
    }
    app_free(app);
}

static void test_showing_all_keys_keeps_the_cursor(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/service<Enter>v");
    assert_true(fixture_shows(app, "What-if: calls.video.service"));
    fixture_press(app, "<Down>vv");
    assert_true(fixture_shows(app, "What-if: calls.video"));
    app_free(app);
}

/* Every change is written down with how it stood; Enter goes back, w writes it. */
static void test_the_session_is_a_log(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F2>k<F3>:set goals.blocking 2%<Enter>u");
    assert_int_equal(app->diary.count, 4);
    assert_string_equal(app->diary.entries[0].what, "as found");
    assert_string_equal(app->diary.entries[1].what, "a1 killed");
    assert_string_equal(app->diary.entries[2].what, "goals.blocking=2%");
    for (int i = 0; i < 4; i++)
        assert_true(app->diary.entries[i].known);
    fixture_simulate(app);
    assert_int_equal(app->diary.entries[3].replications, 8);
    assert_int_equal(app->diary.entries[3].verdict, app->session->standing->answer.verdict);
    fixture_press(app, "<F6><Home><Enter>");
    assert_int_equal(app->session->states[0], PEER_UP);
    assert_string_equal(app->session->text, fixture_scenario);
    assert_int_equal(app->diary.count, 5);
    fixture_press(app, "u");
    assert_int_equal(app->session->states[0], PEER_DOWN);
    fixture_press(app, "<F6>w<C-U>/no/such/folder/x.md<Enter>");
    assert_true(app_effects(app) & EFFECT_WRITE);
    assert_non_null(strstr(app->writing, "# Two sites"));
    assert_non_null(strstr(app->writing, "a1 killed | "));
    assert_non_null(strstr(app->writing, "guideline figures, not guaranteed"));
    app_free(app);
}

static void test_pins_are_states(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>p");
    assert_int_equal(app->session->pin_count, 1);
    assert_true(app_effects(app) & EFFECT_PAIR);
    unsigned pinned = app->session->pins[0].generation;
    fixture_press(app, "<F2>k<F3>p<F2>k<F3>p<F2>m<F3>p");
    assert_int_equal(app->session->pin_count, PINS_MAX);
    fixture_press(app, "<F2>m<F3>p");
    assert_int_equal(app->session->pin_count, PINS_MAX); /* no room for a fifth */
    fixture_press(app, "<F2>u<F3>p"); /* back at the state of the fourth, but a state of its own */
    assert_int_equal(app->session->pins[0].generation, pinned);
    app_free(app);
}

/* What is found out about a pin is found out about the state that it was pinned in, also when it
 * was pinned before anything was known of it. */
static void test_a_pin_made_at_once_is_the_state_it_was_made_in(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/blocking<Enter>");
    app_update(app, &(struct event){.kind = EVENT_PRESS, .press = '+'});
    app_update(app, &(struct event){.kind = EVENT_PRESS, .press = 'p'});
    struct pin *pin = &app->session->pins[0];
    assert_true(fabs(pin->job->scenario.goals.blocking - 0.011) < 1e-12);
    fixture_press(app, "++");
    assert_true(fabs(pin->job->scenario.goals.blocking - 0.011) < 1e-12);
    struct job *work = session_pins_job(app->session);
    assert_non_null(work);
    job_done(work);
    app_free(app);
}

static void test_unsaved_changes_are_asked_about(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-tui-XXXXXX", message[256];
    close(mkstemp(path));
    struct app *app = start();
    fixture_press(app, "<F3>/survive<Enter>");
    fixture_press(app, "/redundancy<Enter>+<F10>");
    assert_int_equal(app->popup_count, 1);
    assert_int_equal(app_effects(app) & EFFECT_QUIT, 0);
    fixture_press(app, "<Esc><F10><Down><Down><Enter>");
    assert_int_equal(app_effects(app) & EFFECT_QUIT, 0);
    fixture_press(app, "<F10><Enter><C-U>");
    fixture_press(app, path);
    fixture_press(app, "<Enter>");
    assert_int_equal(app_effects(app) & EFFECT_SAVE, 0); /* it exists: may it be overwritten? */
    fixture_press(app, "<Down><Enter>");
    assert_int_equal(app_effects(app) & EFFECT_SAVE, EFFECT_SAVE);
    assert_string_equal(app->path, path);
    bool ok = file_save(app->path, app->session->text, message, sizeof message);
    assert_true(ok);
    app_done(app, EFFECT_SAVE, ok, message);
    assert_int_equal(app_effects(app) & EFFECT_QUIT, EFFECT_QUIT);
    assert_false(session_modified(app->session));
    app_free(app);
    unlink(path);
}

static void test_a_failed_save_keeps_the_program_open(void **state)
{
    (void)state;
    char message[256];
    struct app *app = start();
    fixture_press(app, "<F3>/redundancy<Enter>+<F10><Enter><C-U>/nowhere/at/all<Enter>");
    assert_true(app_effects(app) & EFFECT_SAVE);
    bool ok = file_save(app->path, app->session->text, message, sizeof message);
    assert_false(ok);
    app_done(app, EFFECT_SAVE, ok, message);
    assert_false(app_effects(app) & EFFECT_QUIT);
    assert_true(session_modified(app->session));
    app_free(app);
}

static void test_export_needs_results_and_writes_three_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/peerplan-tui-XXXXXX", message[256], path[128];
    assert_non_null(mkdtemp(folder));
    struct app *app = start();
    fixture_press(app, "e<Enter>");
    assert_int_equal(app_effects(app) & EFFECT_EXPORT, 0);
    assert_true(fixture_shows(app, "no simulation results to export yet"));
    fixture_simulate(app);
    fixture_press(app, "e<C-U>");
    fixture_press(app, folder);
    fixture_press(app, "<Enter>");
    assert_int_equal(app_effects(app) & EFFECT_EXPORT, EFFECT_EXPORT);
    assert_true(files_export(app->path, &app->session->scenario, app->session->results, message,
                             sizeof message));
    static const char *const names[] = {"metrics.csv", "timeseries.csv", "alarms.csv"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(access(path, R_OK), 0);
        unlink(path);
    }
    rmdir(folder);
    app_free(app);
}

static void test_results_come_beside_the_estimate(void **state)
{
    (void)state;
    struct app *app = start();
    assert_false(app->session->standing->answer.simulated);
    fixture_simulate(app);
    const struct standing *known = app->session->standing;
    const struct judged *row = standing_class(&known->answer, 0);
    assert_int_equal(row->basis, BASIS_SIMULATED);
    assert_true(row->value.low <= row->value.value && row->value.value <= row->value.high);
    assert_true(known->has_estimate);
    assert_true(fixture_shows(app, "simulated 8"));
    app_update(app, &(struct event){.kind = EVENT_PRESS, .press = 'k'});
    assert_null(app->session->results);
    assert_true(app->session->stale);
    assert_true(fixture_shows(app, "pending"));
    app_free(app);
}

/* What is known less comes too late, what is of another state is never shown as of this one. */
static void test_an_older_finding_does_not_replace_a_newer_one(void **state)
{
    (void)state;
    struct app *app = start();
    struct job *job = session_job(app->session);
    struct standing *early = found_now(job);
    fixture_simulate(app);
    assert_true(early->sequence < app->session->standing->sequence);
    app_update(app, &(struct event){.kind = EVENT_FOUND, .standing = early});
    assert_true(app->session->standing->answer.simulated);
    job_done(job);
    app_free(app);
}

/* Sets of peers down: each has its figure, the worst speaks for all. */
static void test_sets_of_peers_down_are_shown(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_simulate(app);
    fixture_simulate_sets(app, 8, METHOD_PLAIN);
    const struct standing *known = app->session->standing;
    assert_int_equal(known->sets_done, 6);
    assert_true(fixture_shows(app, "6 of 6 simulated"));
    const struct judged *worst = answer_worst(standing_down(known), GOAL_BLOCKING, true);
    for (size_t i = 0; i < known->sets_done; i++)
        assert_true(standing_set(known, i)->verdict <= worst->verdict);
    app_free(app);
}

static void test_the_day_scrubs_and_plays(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_simulate(app);
    fixture_press(app, "<F4><Home><Right><Right>");
    assert_true(fixture_shows(app, "office at 01:00"));
    fixture_press(app, "f");
    assert_true(fixture_shows(app, "office at 10:30") || fixture_shows(app, "alarm"));
    fixture_press(app, "<Home> ");
    assert_true(app->effects & EFFECT_PLAY);
    app_update(app, &(struct event){.kind = EVENT_TICK, .seconds = 2});
    assert_true(fixture_shows(app, "office at 01:00"));
    app_update(app, &(struct event){.kind = EVENT_TICK, .seconds = 1000});
    assert_false(app->effects & EFFECT_PLAY);
    fixture_press(app, "c");
    assert_true(fixture_shows(app, "branch at"));
    app_free(app);
}

static void test_the_cursor_in_time(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_simulate(app);
    fixture_press(app, "<F4>"); /* the first look is at the worst moment */
    char first[64], where[64];
    screen_day.where(app->states[SCREEN_DAY], app, first, sizeof first);
    assert_null(strstr(first, " at 00:00"));
    fixture_press(app, "<Home>.");
    screen_day.where(app->states[SCREEN_DAY], app, where, sizeof where);
    assert_string_equal(first, where);
    assert_true(fixture_shows(app, "refused"));
    const struct standing *known = app->session->standing;
    const struct judged *worst = answer_worst(&known->answer, GOAL_BLOCKING, false);
    if (worst->value.value == 0)
        assert_true(fixture_shows(app, "units in use are at their peak"));
    app_update(app, &(struct event){.kind = EVENT_ALONG, .row = CLICK_WHOLE / 2});
    assert_true(fixture_shows(app, "Day: office at 12:00"));
    struct canvas canvas;
    canvas_init(&canvas, app->width, app->height, false);
    app_view(app, &canvas);
    const struct hotspot *spot = canvas_hotspot_at(&canvas, 40, 14);
    assert_non_null(spot);
    assert_int_equal(spot->kind, CLICK_ALONG);
    assert_int_equal(canvas_along(spot, spot->area.x), 0);
    assert_int_equal(canvas_along(spot, spot->area.x + spot->area.width - 1), CLICK_WHOLE);
    canvas_release(&canvas);
    app_free(app);
}

static void test_cluster_rows_are_ordered_and_filtered(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_simulate(app);
    fixture_press(app, "f<C-U>vo<Enter>");
    assert_true(fixture_shows(app, "only vo"));
    assert_false(fixture_shows(app, "\u25CF a2"));
    assert_true(fixture_shows(app, "voice"));
    fixture_press(app, "f<C-U><Enter>");
    assert_true(fixture_shows(app, "\u25CF a2"));
    fixture_press(app, "/video<Enter>");
    assert_true(fixture_shows(app, "Cluster: video"));
    fixture_press(app, "/branch<Enter>");
    assert_true(fixture_shows(app, "Cluster: branch") || fixture_shows(app, "of branch"));
    fixture_press(app, "/nothing-like-it<Enter>");
    assert_true(fixture_shows(app, "is not here"));
    fixture_press(app, "<Home>o");
    char *screen = fixture_screen(app, false);
    const struct figures *f = &app->session->standing->figures;
    const char *a1 = strstr(screen, "\u25CF a1"), *a2 = strstr(screen, "\u25CF a2");
    assert_non_null(a1);
    assert_non_null(a2);
    if (figure_best(&f->peers[0]) != figure_best(&f->peers[1]))
        assert_int_equal(a1<a2, figure_best(&f->peers[0])> figure_best(&f->peers[1]));
    free(screen);
    app_free(app);
}

/* One peer left, and the goal asks for one more down: then none is left, and that is no. */
static void test_sets_of_what_is_left(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "k"); /* a1 is out: five are left, so five sets */
    fixture_simulate(app);
    struct job *job = session_job(app->session);
    struct experiment_options options = {
        .jobs = 1, .replications = 8, .down = job->down, .down_count = job->down_count};
    for (uint32_t peer = 1; peer < 6; peer++) {
        struct survival_set set = {0};
        struct errors errors;
        errors_init(&errors);
        assert_true(survival_run_set(&job->scenario, &options, (struct peers_down){&peer, 1}, &set,
                                     &errors));
        errors_release(&errors);
        app_update(app, &(struct event){.kind = EVENT_FOUND, .standing = found_set(job, set, 5)});
    }
    const struct answer *answer = &app->session->standing->answer;
    const struct judged *now = answer_worst(answer, GOAL_BLOCKING, false);
    const struct judged *down = answer_worst(answer, GOAL_BLOCKING, true);
    enum verdict worst = now->verdict > down->verdict ? now->verdict : down->verdict;
    for (size_t i = 0; i < answer->row_count; i++)
        worst = answer->rows[i].verdict > worst ? answer->rows[i].verdict : worst;
    assert_int_equal(answer->verdict, worst); /* all five are in: nothing is missing */
    job_done(job);
    app_free(app);
}

static void test_popups_of_searches_open_and_close(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F3>/rms<Enter>g");
    assert_true(app_effects(app) & EFFECT_SEEK);
    assert_string_equal(app->aim.path, "clusters.office.peers.*.rms");
    assert_int_equal(app->aim.times, 4);
    assert_true(app->aim.now == 60 && app->aim.grain == 1 && !app->aim.largest);
    fixture_press(app, "<Enter>"); /* nothing is found yet */
    assert_int_equal(app->popup_count, 1);
    struct seek_news *news = calloc(1, sizeof *news);
    *news = (struct seek_news){.aim = app->aim, .finished = true, .outcome = SEEK_FOUND};
    news->found.value = 47;
    app_update(app, &(struct event){.kind = EVENT_SOUGHT, .seek = news});
    assert_true(fixture_shows(app, "47 at least (47 x 4 = 188)"));
    fixture_press(app, "<Enter>");
    assert_int_equal(app->popup_count, 0);
    for (uint32_t p = 0; p < 4; p++)
        assert_int_equal(app->session->scenario.peers[p].licences[LICENCE_RMS], 47);
    fixture_press(app, "u/rate<Enter>g");
    assert_true(app->aim.largest);
    assert_string_equal(app->aim.path, "calls.video.arrivals.rate");
    assert_string_equal(app->aim.unit, "/h");
    fixture_press(app, "<Esc>");
    assert_true(app_effects(app) & EFFECT_SEEK_END);
    fixture_press(app, "<F8>");
    assert_true(app_effects(app) & EFFECT_SWING);
    fixture_press(app, "<F4>r");
    assert_true(app_effects(app) & EFFECT_REPLAY);
    fixture_press(app, "q");
    assert_int_equal(app->popup_count, 0);
    app_free(app);
}

/* Over all replications, each alarm once: how often, when first, when typically. */
static void test_alarms_of_all_replications(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_simulate(app);
    struct results *r = app->session->results;
    static const struct alarm alarms[] = {
        {.replication = 0, .time = 10 * HOUR, .id = 30001, .raised = true, .peer = NONE},
        {.replication = 0, .time = 11 * HOUR, .id = 30001, .raised = true, .peer = NONE},
        {.replication = 1, .time = 8 * HOUR, .id = 30001, .raised = true, .peer = NONE},
        {.replication = 2, .time = 12 * HOUR, .id = 30001, .raised = true, .peer = NONE},
        {.replication = 3,
         .time = 9 * HOUR,
         .id = 30001,
         .raised = true,
         .cluster = 1,
         .peer = NONE},
    };
    r->alarms = realloc(r->alarms, sizeof alarms);
    memcpy(r->alarms, alarms, sizeof alarms);
    r->alarm_count = sizeof alarms / sizeof *alarms;
    size_t count;
    struct happening *list = timeline_happenings(&app->session->scenario, r, &count);
    int seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (!list[i].alarm)
            continue;
        seen++;
        if (list[i].cluster == 0) {
            assert_true(fabs(list[i].share - 3.0 / 8) < 1e-12);
            assert_true(list[i].first == 8 * HOUR && list[i].at == 10 * HOUR);
        }
    }
    assert_int_equal(seen, 2);
    free(list);
    app_update(app, &(struct event){.kind = EVENT_RESIZE, .width = 120, .height = 50});
    app_update(app, &(struct event){.kind = EVENT_FOUND});
    fixture_press(app, "<F2>G");
    for (int i = 0; i < 20 && !fixture_shows(app, "Cluster: alarm 30001"); i++)
        fixture_press(app, "<Up>");
    fixture_press(app, "<Up><Enter>"); /* of the branch; that of the office stands above it */
    assert_true(fixture_shows(app, "Raised in 3 replications (38 %): at 08:00 at the earliest, "
                                   "typically at 10:00."));
    app_free(app);
}

static void test_search_finds_and_goes_on(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "<F5>n");
    assert_true(fixture_shows(app, "nothing searched for yet"));
    fixture_press(app, "/X15.5<Enter>");
    char *first = fixture_screen(app, false);
    fixture_press(app, "nN");
    char *back = fixture_screen(app, false);
    assert_string_equal(first, back);
    free(first);
    free(back);
    fixture_press(app, "/no such thing<Enter>");
    assert_true(fixture_shows(app, "no table matches"));
    app_free(app);
}

static void test_popups_take_the_keys_first(void **state)
{
    (void)state;
    struct app *app = start();
    fixture_press(app, "?");
    assert_int_equal(app->popup_count, 1);
    fixture_press(app, "<F3>");
    assert_int_equal(app->current, SCREEN_CLUSTER);
    fixture_press(app, "q");
    assert_int_equal(app->popup_count, 0);
    fixture_press(app, "S<C-U>quit q s.yaml<Esc>");
    assert_int_equal(app->popup_count, 0);
    assert_int_equal(app_effects(app), 0);
    app_free(app);
}

static void test_clicks_do_what_keys_do(void **state)
{
    (void)state;
    struct app *app = start();
    struct canvas canvas;
    canvas_init(&canvas, app->width, app->height, false);
    app_view(app, &canvas);
    const struct hotspot *bar = canvas_hotspot_at(&canvas, 12, app->height - 1);
    assert_non_null(bar);
    assert_int_equal(bar->kind, CLICK_PRESS);
    assert_int_equal(bar->value, PRESS_F(2));
    app_update(app, &(struct event){.kind = EVENT_ROW, .row = 3});
    fixture_press(app, "k");
    assert_int_equal(app->session->states[2], PEER_DOWN);
    canvas_release(&canvas);
    app_free(app);
}

/* ---- Every cell, on every screen ---- */

static void see(struct app *app, struct canvas *canvas)
{
    canvas_release(canvas);
    assert_true(canvas_init(canvas, app->width, app->height, false));
    app_view(app, canvas);
}

/* The text is the present one, or one that undo or redo brings back. */
static bool lives(const struct session *session, const char *text)
{
    bool found = !strcmp(session->text, text);
    for (int i = 0; i < session->undo_count; i++)
        found = found || !strcmp(session->undo[i].text, text);
    for (int i = 0; i < session->redo_count; i++)
        found = found || !strcmp(session->redo[i].text, text);
    return found;
}

/* Back on a screen with the edit, nothing open. */
static void come_back(struct app *app, const char *edited, int screen)
{
    const struct session *s = app->session;
    static const enum peer_state up[6] = {PEER_UP};
    for (int i = 0; i < 8 && app->popup_count; i++)
        fixture_press(app, "<Esc>");
    assert_int_equal(app->popup_count, 0);
    if (strcmp(s->text, edited) != 0)
        assert_true(session_go_to(app->session, edited, up, 6, "back"));
    app_changed(app);
    fixture_estimate(app);
    app_goto(app, screen);
    app_effects(app);
}

/* A click on a cell: nothing ends, nothing is lost. False: the cell means nothing, or the same as
 * the one before it. */
static bool click(struct app *app, struct canvas *canvas, int x, int y, const char *edited)
{
    struct event event;
    const struct hotspot *spot = canvas_hotspot_at(canvas, x, y);
    if (!event_of_click(canvas, x, y, &event) ||
        (spot->kind != CLICK_ALONG && x > 0 && canvas_hotspot_at(canvas, x - 1, y) == spot))
        return false;
    app_update(app, &event);
    assert_false(app_effects(app) & (EFFECT_QUIT | EFFECT_SUSPEND));
    assert_true(lives(app->session, edited));
    return true;
}

/* All cells of what the click on one has opened, which is opened again for each. */
static void click_inside(struct app *app, struct canvas *outer, int x, int y, const char *edited)
{
    struct canvas canvas = {0};
    int screen = app->current;
    see(app, &canvas);
    for (int v = 0; v < app->height; v++)
        for (int u = 0; u < app->width; u++) {
            if (!click(app, &canvas, u, v, edited))
                continue;
            come_back(app, edited, screen);
            click(app, outer, x, y, edited);
            see(app, &canvas);
        }
    canvas_release(&canvas);
}

/* Title, hints and bar among them: what quits asks first. */
static void test_a_click_loses_nothing(void **state)
{
    (void)state;
    struct app *app = start();
    struct canvas canvas = {0};
    struct errors errors;
    int clicks = 0;
    errors_init(&errors);
    fixture_simulate(app);
    assert_true(session_set(app->session, "clusters[0].redundancy", "5+1", &errors));
    char *edited = strdup(app->session->text);
    for (int screen = 0; screen < SCREEN_COUNT; screen++) {
        come_back(app, edited, screen);
        see(app, &canvas);
        for (int y = 0; y < app->height; y++)
            for (int x = 0; x < app->width; x++) {
                if (!click(app, &canvas, x, y, edited))
                    continue;
                clicks++;
                if (app->popup_count)
                    click_inside(app, &canvas, x, y, edited);
                come_back(app, edited, screen);
                see(app, &canvas);
            }
    }
    assert_true(clicks > 20 * SCREEN_COUNT);
    free(edited);
    errors_release(&errors);
    canvas_release(&canvas);
    app_free(app);
}

static void test_themes_go_round(void **state)
{
    (void)state;
    struct app *app = start();
    for (int i = 0; i < THEME_COUNT; i++)
        fixture_press(app, "t");
    assert_int_equal(app->theme, 0);
    app_free(app);
}

static void test_steps_of_values(void **state)
{
    (void)state;
    static const struct {
        enum schema_type type;
        const char *choices, *value;
        int direction;
        const char *next;
    } rows[] = {
        {TYPE_INTEGER, NULL, "250", 1, "260"},
        {TYPE_INTEGER, NULL, "100", -1, "99"},
        {TYPE_SEED, NULL, "18446744073709551614", 1, "18446744073709551615"},
        {TYPE_SEED, NULL, "18446744073709551615", 1, "18446744073709551615"},
        {TYPE_SEED, NULL, "0", -1, "0"},
        {TYPE_INTEGER, NULL, "0", -1, "0"},
        {TYPE_RATE, NULL, "600/h", 1, "610/h"},
        {TYPE_FRACTION, NULL, "1%", 1, "1.1%"},
        {TYPE_DURATION, NULL, "15m", -1, "14m"},
        {TYPE_BITS, NULL, "1.5M", 1, "1.6M"},
        {TYPE_BOOLEAN, NULL, "yes", 1, "no"},
        {TYPE_CHOICE, "a|b|c", "c", 1, "a"},
        {TYPE_CHOICE, "a|b|c", "a", -1, "c"},
        {TYPE_STRING, NULL, "text", 1, NULL},
        {TYPE_INTEGER, NULL, "(no limit)", 1, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct schema_row row = {.key = "x", .type = rows[i].type, .choices = rows[i].choices};
        struct twig twig = {.row = &row};
        char next[64] = "";
        bool ok = twig_step(&twig, rows[i].value, rows[i].direction, next, sizeof next);
        assert_int_equal(ok, rows[i].next != NULL);
        if (ok)
            assert_string_equal(next, rows[i].next);
    }
}

/* No formula's figure stands alone where calls come together or are replayed. */
static void test_formulas_do_not_decide_what_they_do_not_know(void **state)
{
    static const char head[] =
        "scenario: t\nplatforms: [{name: n, units: 400, audio-weight: 1, video-weight: 2}]\n"
        "clusters: [{name: c, redundancy: none, peers: [{name: p, platform: n}]}]\n";
    static const char *const rest[] = {
        "calls:\n  - {name: meet, media: video, arrivals: {rate: 12/h, batches: [[20, 1]]}, "
        "holding: {mean: 30m}}\n"
        "  - {name: talk, media: audio, arrivals: {rate: 60/h}, holding: {mean: 3m}}\n",
        "calls:\n  - {name: meet, media: video}\n"
        "  - {name: talk, media: audio, arrivals: {rate: 60/h}, holding: {mean: 3m}}\ntraces: "
        "[{file: none.csv}]\n",
    };
    (void)state;
    for (int i = 0; i < 2; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s%s", head, rest[i]);
        struct app *app = app_new(fixture_session(text), 0, false);
        fixture_estimate(app);
        assert_int_not_equal(app->session->standing->answer.verdict, VERDICT_YES);
        app_free(app);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_on_cluster_and_wants_a_simulation),
        cmocka_unit_test(test_function_keys_and_tab_change_the_screen),
        cmocka_unit_test(test_key_tables_are_sound),
        cmocka_unit_test(test_all_keys_are_printed_from_the_tables),
        cmocka_unit_test(test_killing_a_peer_changes_the_answer_and_can_be_undone),
        cmocka_unit_test(test_maintenance_is_a_state_of_its_own),
        cmocka_unit_test(test_the_estimate_answers_at_once),
        cmocka_unit_test(test_editing_a_value),
        cmocka_unit_test(test_steps_change_numbers_and_wrong_values_are_refused),
        cmocka_unit_test(test_an_item_is_added_and_removed),
        cmocka_unit_test(test_templates_are_whole),
        cmocka_unit_test(test_a_template_into_an_empty_list_by_keys),
        cmocka_unit_test(test_all_peers_at_once),
        cmocka_unit_test(test_the_palette_completes),
        cmocka_unit_test(test_a_scenario_from_nothing_and_another_file),
        cmocka_unit_test(test_search_opens_closed_branches),
        cmocka_unit_test(test_search_finds_what_is_not_stated),
        cmocka_unit_test(test_add_is_offered_everywhere),
        cmocka_unit_test(test_showing_all_keys_keeps_the_cursor),
        cmocka_unit_test(test_the_session_is_a_log),
        cmocka_unit_test(test_pins_are_states),
        cmocka_unit_test(test_a_pin_made_at_once_is_the_state_it_was_made_in),
        cmocka_unit_test(test_unsaved_changes_are_asked_about),
        cmocka_unit_test(test_a_failed_save_keeps_the_program_open),
        cmocka_unit_test(test_export_needs_results_and_writes_three_files),
        cmocka_unit_test(test_results_come_beside_the_estimate),
        cmocka_unit_test(test_an_older_finding_does_not_replace_a_newer_one),
        cmocka_unit_test(test_sets_of_peers_down_are_shown),
        cmocka_unit_test(test_the_day_scrubs_and_plays),
        cmocka_unit_test(test_the_cursor_in_time),
        cmocka_unit_test(test_cluster_rows_are_ordered_and_filtered),
        cmocka_unit_test(test_sets_of_what_is_left),
        cmocka_unit_test(test_popups_of_searches_open_and_close),
        cmocka_unit_test(test_alarms_of_all_replications),
        cmocka_unit_test(test_search_finds_and_goes_on),
        cmocka_unit_test(test_popups_take_the_keys_first),
        cmocka_unit_test(test_clicks_do_what_keys_do),
        cmocka_unit_test(test_a_click_loses_nothing),
        cmocka_unit_test(test_themes_go_round),
        cmocka_unit_test(test_steps_of_values),
        cmocka_unit_test(test_formulas_do_not_decide_what_they_do_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
