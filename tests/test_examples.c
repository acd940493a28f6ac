/* The examples: each loads without a word, each workload is what its comment says, the recipes do
 * what they say. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/scenario_file.h"
#include "tests/process.h"

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Calls `check` with the path of every example scenario. */
static void each_example(void (*check)(const char *path))
{
    struct dirent **entries;
    int count = scandir("examples", &entries, NULL, alphasort), scenarios = 0;
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        char path[300];
        snprintf(path, sizeof path, "examples/%s", entries[i]->d_name);
        if (ends_with(path, ".yaml")) {
            scenarios++;
            check(path);
        }
        free(entries[i]);
    }
    free(entries);
    assert_true(scenarios >= 6);
}

static void check_loads(const char *path)
{
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    bool good = scenario_read(path, &scenario, &errors);
    if (!good || errors.count)
        fail_msg("%s: %s", path, errors.count ? errors.items[0].message : "does not load");
    assert_true(scenario.class_count > 0);
    scenario_release(&scenario);
    errors_release(&errors);
}

static void examples_load(void **state)
{
    (void)state;
    each_example(check_loads);
}

/* The command in the comment, run again, gives the workload beside the scenario. */
static void check_workload(const char *path)
{
    char line[300], command[400] = "", compare[900];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (!command[0] && fgets(line, sizeof line, file))
        if (strncmp(line, "#   examples/make-workload ", 27) == 0)
            snprintf(command, sizeof command, "%.*s", (int)strcspn(line + 4, "\n"), line + 4);
    fclose(file);
    if (!command[0])
        return;
    snprintf(compare, sizeof compare, "%s | cmp - %.*s.csv", command, (int)strlen(path) - 5, path);
    struct outcome outcome = process_run(compare);
    if (outcome.status)
        fail_msg("%s: %s%s", compare, outcome.output, outcome.said);
    outcome_release(&outcome);
}

static void workloads_are_as_told(void **state)
{
    (void)state;
    each_example(check_workload);
}

static void assert_run(const char *command, int status, const char *output)
{
    struct outcome outcome = process_run(command);
    assert_string_equal(outcome.output, output);
    assert_int_equal(outcome.status, status);
    outcome_release(&outcome);
}

static void make_workload_refuses(void **state)
{
    (void)state;
    assert_run("examples/make-workload", 64, "");
    assert_run("examples/make-workload office:voice:100 office:voice", 64, "");
    assert_run("examples/make-workload round:voice:100", 64, "");
    assert_run("examples/make-workload office:voice:-1", 64, "");
    assert_run("examples/make-workload steady:voice:100", 0,
               "time,class,calls_per_hour\n00:00,voice,100.0\n");
}

/* Calls of an hour add up: meetings bunch them, they do not add any. */
static void meetings_keep_the_hour(void **state)
{
    (void)state;
    assert_run("examples/make-workload meetings:m:1200 | awk -F'[:,]' '"
               "NR > 1 { at = $1 * 60 + $2; if (NR > 2) sum[int(from / 60)] += rate * (at - from); "
               "from = at; rate = $4 }"
               "END { printf \"%.0f\\n\", sum[10] / 60 }'",
               0, "1200\n");
}

static void traces_are_sorted(void **state)
{
    (void)state;
    assert_run("printf 'class,start\\nb,10\\na,9.5\\nc,9.5\\nd,1' | examples/sort-trace", 0,
               "class,start\nd,1\na,9.5\nc,9.5\nb,10\n");
    assert_run(
        "printf 'start,x\\n2026-03-02T10:00,1\\n2026-03-02T09:00,2\\n' | examples/sort-trace", 0,
        "start,x\n2026-03-02T09:00,2\n2026-03-02T10:00,1\n");
    assert_run("printf 'begin,x\\n1,1\\n' | examples/sort-trace", 65, "");
    assert_run("printf 'start,x\\n' | examples/sort-trace", 0, "start,x\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_load),         cmocka_unit_test(workloads_are_as_told),
        cmocka_unit_test(make_workload_refuses), cmocka_unit_test(meetings_keep_the_hour),
        cmocka_unit_test(traces_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
