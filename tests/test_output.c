/* Output files: whole or not at all, and no lost byte without a word. */
#include "model/base/output.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    char folder[64], path[128];
    struct errors errors;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/peerplan-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/out.csv", f->folder);
    errors_init(&f->errors);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    assert_int_equal(system(command), 0);
    errors_release(&f->errors);
    free(f);
    return 0;
}

static void assert_content(const char *path, const char *expected)
{
    char text[256] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static int files_in(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void write_file(struct fixture *f, const char *path, const char *text)
{
    struct output *output = output_open(path, &f->errors);
    assert_non_null(output);
    fputs(text, output_stream(output));
    assert_true(output_commit(output, &f->errors));
}

static void whole_or_not_at_all(void **state)
{
    struct fixture *f = *state;
    write_file(f, f->path, "first\n");
    assert_content(f->path, "first\n");
    struct output *output = output_open(f->path, &f->errors);
    fputs("second\n", output_stream(output));
    fflush(output_stream(output));
    assert_content(f->path, "first\n");
    assert_int_equal(files_in(f->folder), 2);
    output_abandon(output);
    assert_content(f->path, "first\n");
    assert_int_equal(files_in(f->folder), 1);
    write_file(f, f->path, "third\n");
    assert_content(f->path, "third\n");
    assert_int_equal(files_in(f->folder), 1);
    assert_int_equal(f->errors.count, 0);
}

static void permissions_and_links_stay(void **state)
{
    struct fixture *f = *state;
    char link[128];
    struct stat status;
    write_file(f, f->path, "1");
    assert_int_equal(chmod(f->path, 0640), 0);
    snprintf(link, sizeof link, "%s/link", f->folder);
    assert_int_equal(symlink("out.csv", link), 0);
    write_file(f, link, "2");
    assert_content(f->path, "2");
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(f->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
}

static void two_at_once(void **state)
{
    struct fixture *f = *state;
    struct output *a = output_open(f->path, &f->errors), *b = output_open(f->path, &f->errors);
    fputs("a", output_stream(a));
    fputs("b", output_stream(b));
    assert_true(output_commit(b, &f->errors));
    assert_true(output_commit(a, &f->errors));
    assert_content(f->path, "a");
    assert_int_equal(files_in(f->folder), 1);
}

static void what_cannot_be_created(void **state)
{
    struct fixture *f = *state;
    char missing[160];
    snprintf(missing, sizeof missing, "%s/none/out.csv", f->folder);
    assert_null(output_open(missing, &f->errors));
    assert_null(output_open(f->folder, &f->errors));
    assert_null(output_open("", &f->errors));
    assert_int_equal(f->errors.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(f->errors.items[i].code, ERROR_CANT_CREATE);
    assert_null(output_folder_open(missing, "about", &f->errors));
    assert_null(output_folder_open("", "about", &f->errors));
    write_file(f, f->path, "x");
    assert_null(output_folder_open(f->path, "about", &f->errors));
    assert_int_equal(f->errors.count, 6);
    for (size_t i = 3; i < 6; i++)
        assert_int_equal(f->errors.items[i].code, ERROR_CANT_CREATE);
    assert_int_equal(files_in(f->folder), 1);
}

static void full_disk_is_noticed(void **state)
{
    struct fixture *f = *state;
    static const size_t sizes[] = {1, 100000}; /* within the buffer, and beyond it */
    for (size_t i = 0; i < 2; i++) {
        struct output *output = output_open("/dev/full", &f->errors);
        assert_non_null(output);
        for (size_t j = 0; j < sizes[i]; j++)
            putc('x', output_stream(output));
        assert_false(output_commit(output, &f->errors));
        assert_int_equal(f->errors.items[i].code, ERROR_IO);
    }
    assert_non_null(strstr(f->errors.items[0].message, "No space left"));
}

static void closed_pipe_is_noticed(void **state)
{
    struct fixture *f = *state;
    int ends[2];
    char path[64];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    struct output *output = output_open(path, &f->errors);
    assert_non_null(output);
    close(ends[0]);
    close(ends[1]);
    fputs("lost", output_stream(output));
    assert_false(output_commit(output, &f->errors));
    assert_int_equal(f->errors.items[0].code, ERROR_IO);
}

/* ---- Folders ---- */

static void put_in(struct fixture *f, struct output_folder *folder, const char *name,
                   const char *text)
{
    FILE *out = output_folder_add(folder, name, &f->errors);
    assert_non_null(out);
    fputs(text, out);
}

static char *within(const struct fixture *f, const char *name)
{
    static char paths[4][192];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", f->folder, name);
    return path;
}

static void a_new_folder_comes_at_once(void **state)
{
    struct fixture *f = *state;
    for (int commit = 0; commit < 2; commit++) {
        struct output_folder *folder = output_folder_open(within(f, "made/"), "about", &f->errors);
        assert_non_null(folder);
        put_in(f, folder, "a", "1");
        put_in(f, folder, "about", "2");
        assert_int_equal(access(within(f, "made"), F_OK), -1);
        assert_int_equal(files_in(f->folder), 1); /* a hidden one */
        if (commit)
            assert_true(output_folder_commit(folder, &f->errors));
        else
            output_folder_abandon(folder);
        assert_int_equal(files_in(f->folder), commit);
    }
    assert_int_equal(files_in(within(f, "made")), 2);
    assert_content(within(f, "made/a"), "1");
    assert_content(within(f, "made/about"), "2");
}

static void an_old_folder_loses_its_mark_first(void **state)
{
    struct fixture *f = *state;
    write_file(f, within(f, "a"), "old");
    write_file(f, within(f, "about"), "old");
    write_file(f, within(f, "left"), "old");
    write_file(f, within(f, "other"), "old");
    struct output_folder *folder = output_folder_open(f->folder, "about", &f->errors);
    put_in(f, folder, "about", "new");
    put_in(f, folder, "a", "new");
    assert_true(output_folder_drop(folder, "left", &f->errors));
    assert_true(output_folder_drop(folder, "never", &f->errors));
    assert_content(within(f, "a"), "old");
    assert_content(within(f, "about"), "old");
    assert_true(output_folder_commit(folder, &f->errors));
    assert_content(within(f, "a"), "new");
    assert_content(within(f, "about"), "new");
    assert_content(within(f, "other"), "old");
    assert_int_equal(files_in(f->folder), 3);
    /* a file that cannot take its name leaves the folder without its mark */
    folder = output_folder_open(f->folder, "about", &f->errors);
    put_in(f, folder, "b", "new");
    put_in(f, folder, "about", "newer");
    assert_int_equal(mkdir(within(f, "b"), 0777), 0);
    assert_false(output_folder_commit(folder, &f->errors));
    assert_int_equal(f->errors.items[0].code, ERROR_IO);
    assert_int_equal(access(within(f, "about"), F_OK), -1);
    assert_int_equal(files_in(f->folder), 3);
    rmdir(within(f, "b"));
}

static void a_folder_that_cannot_be_written_stays_as_it_was(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(symlink("/dev/full", within(f, "full")), 0);
    write_file(f, within(f, "a"), "old");
    write_file(f, within(f, "about"), "old");
    struct output_folder *folder = output_folder_open(f->folder, "about", &f->errors);
    put_in(f, folder, "a", "new");
    put_in(f, folder, "full", "lost");
    put_in(f, folder, "about", "new");
    assert_false(output_folder_commit(folder, &f->errors));
    assert_int_equal(f->errors.items[0].code, ERROR_IO);
    assert_content(within(f, "a"), "old");
    assert_content(within(f, "about"), "old");
    assert_int_equal(files_in(f->folder), 3);
}

/* Beside the door. */
static void touch(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

/* A process that was killed: its number is not that of a living one, its lock is gone. */
static void what_the_killed_left_is_removed(void **state)
{
    struct fixture *f = *state;
    char name[64], inner[96], living[64];
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
    snprintf(name, sizeof name, ".peerplan-%ld-0.tmp", (long)child);
    snprintf(living, sizeof living, ".peerplan-%ld-0.tmp", (long)getppid());
    snprintf(inner, sizeof inner, ".peerplan-%ld-1.tmp/a", (long)child);
    touch(within(f, name));
    touch(within(f, living));
    touch(within(f, ".peerplan-1x-0.tmp"));
    char *made = within(f, inner);
    *strrchr(made, '/') = '\0';
    assert_int_equal(mkdir(made, 0777), 0);
    touch(within(f, inner));
    assert_int_equal(files_in(f->folder), 4);
    write_file(f, f->path, "new");
    assert_int_equal(files_in(f->folder), 3);
}

static volatile sig_atomic_t ended;

static void on_end(int signal_number)
{
    if (output_end_on(signal_number))
        ended++;
}

static void signals_leave_nothing(void **state)
{
    struct fixture *f = *state;
    write_file(f, f->path, "old");
    struct output *output = output_open(f->path, &f->errors);
    assert_int_equal(files_in(f->folder), 2);
    output_remove_temporaries();
    assert_int_equal(files_in(f->folder), 1);
    assert_content(f->path, "old");
    output_abandon(output);
    output_remove_temporaries();
    assert_content(f->path, "old");
    struct output_folder *folder = output_folder_open(within(f, "made"), "about", &f->errors);
    put_in(f, folder, "about", "lost");
    signal(SIGTERM, on_end);
    raise(SIGTERM);
    signal(SIGTERM, SIG_DFL);
    assert_int_equal(ended, 1);
    assert_int_equal(files_in(f->folder), 1);
    output_folder_abandon(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(whole_or_not_at_all),
        TEST(permissions_and_links_stay),
        TEST(two_at_once),
        TEST(what_cannot_be_created),
        TEST(full_disk_is_noticed),
        TEST(closed_pipe_is_noticed),
        TEST(a_new_folder_comes_at_once),
        TEST(an_old_folder_loses_its_mark_first),
        TEST(a_folder_that_cannot_be_written_stays_as_it_was),
        TEST(what_the_killed_left_is_removed),
        TEST(signals_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
