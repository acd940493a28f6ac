/* Nothing that was typed is lost: files that others have changed, copies of unsaved changes, and
 * what ends a session. */
#include "tests/tui_fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/difference.h"
#include "tui/files.h"
#include "tui/recovery.h"
#include "tui/saving.h"

static char folder[] = "/tmp/peerplan-saving-XXXXXX";
static char path[128];

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/peerplan-saving-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/s.yaml", folder);
    setenv("XDG_STATE_HOME", folder, 1);
    write_file(path, fixture_scenario);
    return 0;
}

static int remove_folder(void **state)
{
    char command[160];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static struct app *open_file(void)
{
    struct errors errors;
    errors_init(&errors);
    struct session *session = session_new(fixture_scenario, strlen(fixture_scenario),
                                          &(struct session_origin){path, path, folder}, &errors);
    errors_release(&errors);
    assert_non_null(session);
    struct app *app = app_new(session, 0, false);
    app_effects(app);
    return app;
}

static void change(struct app *app)
{
    fixture_press(app, "<F3>/redundancy<Enter>+");
    assert_true(session_modified(app->session));
    app_effects(app);
}

static void test_a_file_that_others_changed_is_not_overwritten(void **state)
{
    (void)state;
    struct app *app = open_file();
    change(app);
    write_file(path, "scenario: theirs\nclusters: [{name: c, peers: [{name: p, platform: "
                     "small-vm}]}]\n");
    fixture_press(app, "s");
    assert_int_equal(app_effects(app) & EFFECT_SAVE, 0);
    assert_true(fixture_shows(app, "The file has changed"));
    fixture_press(app, "<Enter>");
    assert_true(fixture_shows(app, "- scenario: theirs"));
    fixture_press(app, "q");
    assert_true(fixture_shows(app, "The file has changed"));
    fixture_press(app, "<Down><Down><Down><Enter>"); /* reload */
    assert_string_equal(app->session->scenario.title, "theirs");
    assert_false(session_modified(app->session));
    fixture_press(app, "u");
    assert_string_equal(app->session->scenario.title, "Two sites");
    assert_true(session_modified(app->session));
    app_free(app);
}

static void test_overwriting_is_a_choice(void **state)
{
    (void)state;
    struct app *app = open_file();
    change(app);
    write_file(path, "scenario: theirs\n");
    fixture_press(app, "s<Down><Down><Enter>");
    assert_true(app_effects(app) & EFFECT_SAVE);
    assert_string_equal(app->path, path);
    app_free(app);
}

static void test_a_save_that_was_called_off_does_not_quit_later(void **state)
{
    (void)state;
    struct app *app = open_file();
    change(app);
    write_file(path, "scenario: theirs\n");
    fixture_press(app, "<F10><Enter><Esc>"); /* save and quit; the file has changed; called off */
    write_file(path, fixture_scenario);
    fixture_press(app, "s");
    assert_true(app_effects(app) & EFFECT_SAVE);
    app_done(app, EFFECT_SAVE, true, "saved");
    assert_false(app_effects(app) & EFFECT_QUIT);
    app_free(app);
}

static void test_a_copy_is_kept_and_found_when_its_process_is_gone(void **state)
{
    (void)state;
    struct recovery ours, next;
    recovery_init(&ours, path);
    recovery_init(&next, path);
    assert_null(recovery_find(&ours));
    pid_t child = fork();
    if (child == 0)
        _exit(recovery_keep(&ours, path, "scenario: not saved\n") ? 0 : 1);
    int status = 1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    char *text = recovery_find(&next);
    assert_non_null(text);
    assert_string_equal(text, "scenario: not saved\n");
    free(text);
    recovery_adopt(&next);
    assert_true(recovery_keep(&next, path, NULL));
    assert_null(recovery_find(&next));
    recovery_release(&ours);
    recovery_release(&next);
}

/* Root may write everywhere, so the folder that cannot be written is one that is not there. */
static void test_without_a_folder_the_copy_goes_to_the_state_folder(void **state)
{
    (void)state;
    struct recovery recovery;
    recovery_init(&recovery, NULL);
    assert_true(recovery_keep(&recovery, NULL, "scenario: a\n"));
    assert_non_null(recovery.place);
    assert_non_null(strstr(recovery.place, "/peerplan/unnamed.yaml.recovery"));
    assert_int_equal(access(recovery.place, R_OK), 0);
    assert_true(recovery_keep(&recovery, path, "scenario: b\n")); /* saved under a name, changed */
    assert_non_null(strstr(recovery.place, "/.s.yaml.recovery"));
    recovery_keep(&recovery, path, NULL);
    recovery_release(&recovery);
}

/* A folder of the name that the copy is written to first stands for a disk that is full. */
static void test_a_full_disk_sends_the_copy_to_another(void **state)
{
    (void)state;
    char beside[160], full[170], spare[300];
    struct recovery recovery;
    write_file(path, fixture_scenario);
    recovery_init(&recovery, path);
    snprintf(beside, sizeof beside, "%s/.s.yaml.recovery", folder);
    snprintf(full, sizeof full, "%s.new", beside);
    assert_true(recovery_keep(&recovery, path, "scenario: a\n"));
    assert_string_equal(recovery.place, beside);
    assert_int_equal(mkdir(full, 0700), 0);
    assert_true(recovery_keep(&recovery, path, "scenario: b\n"));
    assert_non_null(strstr(recovery.place, "/peerplan/%tmp%peerplan-saving-"));
    assert_int_not_equal(access(beside, F_OK), 0);
    snprintf(spare, sizeof spare, "%s.new", recovery.place);
    assert_int_equal(mkdir(spare, 0700), 0); /* nowhere: what was kept last stays */
    assert_false(recovery_keep(&recovery, path, "scenario: c\n"));
    assert_int_equal(access(recovery.place, R_OK), 0);
    assert_true(recovery_keep(&recovery, path, NULL));
    assert_int_equal(rmdir(spare), 0);
    assert_int_equal(rmdir(full), 0);
    recovery_release(&recovery);
}

static void test_what_was_left_is_offered(void **state)
{
    static const char left[] =
        "scenario: left\nclusters: [{name: c, peers: [{name: p, platform: small-vm}]}]\n";
    (void)state;
    struct app *app = open_file();
    saving_offer(app, strdup(left));
    assert_true(fixture_shows(app, "Unsaved changes of an earlier session"));
    fixture_press(app, "<Down><Enter>");
    assert_true(fixture_shows(app, "- # Two clusters"));
    fixture_press(app, "q<Enter>");
    assert_string_equal(app->session->text, left);
    assert_true(app_effects(app) & EFFECT_ADOPT);
    assert_true(session_modified(app->session));
    saving_offer(app, strdup("scenario: {"));
    fixture_press(app, "<Enter>"); /* no scenario: said, and kept */
    assert_false(app_effects(app) & (EFFECT_ADOPT | EFFECT_FORGET));
    saving_offer(app, strdup(left));
    fixture_press(app, "<Down><Down><Enter>");
    assert_true(app_effects(app) & EFFECT_FORGET);
    app_free(app);
}

static void test_differences_by_line(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after, *wanted;
    } rows[] = {
        {"a\nb\nc\n", "a\nb\nc\n", ""},
        {"a\nb\nc\n", "a\nx\nc\n", "  a\n- b\n+ x\n  c\n"},
        {"a\nb\nc\nd\n", "a\nc\ne\nd\n", "  a\n- b\n  c\n+ e\n  d\n"},
        {"", "a\n", "+ a\n"},
        {"a\n", "", "- a\n"},
        {"x\n1\n2\n3\n4\n5\n6\ny\n", "z\n1\n2\n3\n4\n5\n6\nw\n",
         "- x\n+ z\n  1\n  2\n  ... 2 unchanged lines\n  5\n  6\n- y\n+ w\n"},
        {"x\n1\n2\n3\n4\n5\ny\n", "z\n1\n2\n3\n4\n5\nw\n",
         "- x\n+ z\n  1\n  2\n  3\n  4\n  5\n- y\n+ w\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = difference_text(rows[i].before, rows[i].after);
        assert_string_equal(text, rows[i].wanted);
        free(text);
    }
}

/* A paste is text for a prompt and nothing elsewhere. */
static void test_pasted_text_is_no_command(void **state)
{
    (void)state;
    struct app *app = open_file();
    change(app);
    for (const char *at = "xuqsk\r"; *at; at++)
        app_update(app, &(struct event){.kind = EVENT_PRESS, .press = *at, .pasted = true});
    assert_true(session_modified(app->session));
    assert_int_equal(app->popup_count, 0);
    fixture_press(app, "S");
    for (const char *at = "a\rb"; *at; at++)
        app_update(app, &(struct event){.kind = EVENT_PRESS, .press = *at, .pasted = true});
    assert_int_equal(app->popup_count, 1);
    fixture_press(app, "<Enter>");
    assert_string_equal(app->path, "ab");
    app_free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_that_others_changed_is_not_overwritten),
        cmocka_unit_test(test_overwriting_is_a_choice),
        cmocka_unit_test(test_a_save_that_was_called_off_does_not_quit_later),
        cmocka_unit_test(test_a_copy_is_kept_and_found_when_its_process_is_gone),
        cmocka_unit_test(test_without_a_folder_the_copy_goes_to_the_state_folder),
        cmocka_unit_test(test_a_full_disk_sends_the_copy_to_another),
        cmocka_unit_test(test_what_was_left_is_offered),
        cmocka_unit_test(test_differences_by_line),
        cmocka_unit_test(test_pasted_text_is_no_command),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
