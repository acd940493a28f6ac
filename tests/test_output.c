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
    assert_true(output_make_folder(f->folder, &f->errors));
    assert_false(output_make_folder(missing, &f->errors));
    write_file(f, f->path, "x");
    assert_false(output_make_folder(f->path, &f->errors));
    assert_int_equal(f->errors.items[4].code, ERROR_CANT_CREATE);
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

static void files_that_belong_together(void **state)
{
    struct fixture *f = *state;
    write_file(f, f->path, "old");
    struct output *good = output_open(f->path, &f->errors),
                  *full = output_open("/dev/full", &f->errors);
    fputs("new", output_stream(good));
    fputs("lost", output_stream(full));
    assert_true(output_complete(good, &f->errors));
    assert_content(f->path, "old");
    assert_false(output_complete(full, &f->errors));
    assert_int_equal(f->errors.failures, 1);
    output_abandon(full);
    assert_true(output_commit(good, &f->errors));
    assert_content(f->path, "new");
    assert_int_equal(files_in(f->folder), 1);
    char inner[160];
    snprintf(inner, sizeof inner, "%s/made", f->folder);
    assert_true(output_commit(output_open_in(inner, "a.csv", &f->errors), &f->errors));
    assert_int_equal(files_in(inner), 1);
    assert_null(output_open_in(f->path, "a.csv", &f->errors));
    assert_int_equal(f->errors.items[1].code, ERROR_CANT_CREATE);
    snprintf(inner, sizeof inner, "%s/made/a.csv", f->folder);
    unlink(inner);
    *strrchr(inner, '/') = 0;
    rmdir(inner);
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
        TEST(files_that_belong_together),
        TEST(signals_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
