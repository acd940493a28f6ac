/* Feeds the bytes of a file to every reader of load: as a trace, a profile, a column of times, a
 * table of capacity, a condition on records. No byte may crash them; each row of a trace is
 * counted once; and what a cursor replays is what the file says, in order of start. Not run by
 * `make test`.
 *
 * By itself:   build/tests/fuzz_workload FILE...
 * libFuzzer:   make fuzz-files
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/capacity_tables.h"
#include "data/import_rule.h"
#include "data/numbers.h"
#include "data/scenario_file.h"
#include "data/trace_reader.h"
#include "data/workload.h"
#include "tests/fuzz_main.h"

#define ROWS_MOST 10000 /* more come of compressed bytes only, and are not looked at */
#define TOO_MANY  (-2)

/* ---- Traces ---- */

static uint32_t find_class(const void *context, const char *name)
{
    const struct scenario *scenario = context;
    for (uint32_t i = 0; i < scenario->class_count; i++)
        if (strcmp(scenario->classes[i].name, name) == 0)
            return i;
    return NONE;
}

static int by_start(const void *a, const void *b)
{
    const struct trace_row *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->bandwidth > y->bandwidth) - (x->bandwidth < y->bandwidth);
}

/* The rows as they stand in the file, then by start; -1: the file cannot be used. Of an id
 * only whether there is one remains. */
static long read_file(const char *path, const struct scenario *scenario, struct trace_row *rows)
{
    struct errors errors;
    struct trace_rules rules = {
        .scenario = scenario, .find_class = find_class, .context = scenario, .any_order = true};
    errors_init(&errors);
    struct trace_reader *reader = trace_reader_new(path, &rules, &errors);
    long count = 0;
    int result = -1;
    while (reader && count < ROWS_MOST && (result = trace_reader_next(reader, &rows[count])) == 1)
        count++;
    if (reader && result == 0) {
        const struct trace_tally *tally = trace_reader_tally(reader);
        if (tally->bad.rows != (uint64_t)count + tally->bad.bad + tally->before + tally->after)
            abort();
    }
    trace_reader_free(reader);
    errors_release(&errors);
    return count == ROWS_MOST ? TOO_MANY : result == 0 ? count : -1;
}

static void expect_row(const struct trace_row *row, const struct trace_row *rows, long count,
                       nanos last)
{
    if (row->start < last)
        abort();
    for (long i = 0; i < count; i++)
        if (rows[i].start == row->start && rows[i].duration == row->duration &&
            rows[i].class_index == row->class_index && rows[i].media == row->media &&
            rows[i].bandwidth == row->bandwidth && !rows[i].id == !row->id)
            return;
    abort();
}

static void replay(const char *path, struct scenario *scenario)
{
    static struct trace_row rows[ROWS_MOST];
    struct errors errors;
    struct trace_row row;
    long expected = read_file(path, scenario, rows), count = 0;
    nanos last = INT64_MIN;
    if (expected == TOO_MANY)
        return;
    errors_init(&errors);
    struct workload *workload = workload_new("", &scenario->run, false);
    struct trace_source traces = workload_traces(workload, scenario);
    bool good = workload_survey(workload, &errors);
    if (good != (expected >= 0))
        abort();
    if (good) {
        qsort(rows, (size_t)expected, sizeof *rows, by_start);
        void *cursor = traces.open(traces.context, 0, &errors);
        while (cursor && traces.next(cursor, &row) == 1) {
            expect_row(&row, rows, expected, last);
            last = row.start;
            count++;
        }
        if (!cursor || count != expected)
            abort();
        traces.close(cursor);
    }
    workload_free(workload);
    errors_release(&errors);
}

static void as_trace(const char *path)
{
    char text[400];
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    snprintf(text, sizeof text,
             "clusters: [{name: c, peers: [{name: p, platform: large-vm}]}]\n"
             "calls: [{name: call, media: audio, service: registered},\n"
             "        {name: video, media: video, service: registered}]\n"
             "traces: [{file: %s}]\n"
             "run: {start: \"2026-03-02T00:00\", length: 30d, warmup: none}\n",
             path);
    if (!scenario_read_text(text, strlen(text), "made", "", &scenario, &errors))
        abort();
    replay(path, &scenario);
    scenario_release(&scenario);
    errors_release(&errors);
}

/* ---- The others ---- */

static void as_numbers(const char *path)
{
    struct numbers numbers = {0};
    struct bad_rows bad;
    struct errors errors;
    errors_init(&errors);
    bad_rows_init(&bad);
    if (numbers_read(&numbers, path, "duration", &(struct bad_row_rule){&bad, &errors, false}) &&
        numbers.count == 0)
        abort();
    for (uint32_t i = 1; i < numbers.count; i++)
        if (!(numbers.values[i] >= numbers.values[i - 1]))
            abort();
    numbers_release(&numbers);
    bad_rows_release(&bad);
    errors_release(&errors);
}

static void as_profile(const char *path)
{
    struct bad_rows bad;
    struct errors errors;
    errors_init(&errors);
    bad_rows_init(&bad);
    struct moment_clock clock = moment_clock(INT64_C(1772409600), NULL);
    struct profile *profile =
        profile_new(path, &clock, &(struct bad_row_rule){&bad, &errors, false});
    struct arena *arena = arena_new();
    for (int repeat = REPEAT_BY_DATES; profile && arena && repeat <= REPEAT_NONE; repeat++) {
        struct profile_use use = {path, "call", (enum repeat)repeat, 30 * DAY};
        struct rate_steps steps;
        profile_steps(profile, &use, arena, &steps, &errors);
    }
    arena_free(arena);
    profile_free(profile);
    bad_rows_release(&bad);
    errors_release(&errors);
}

static void as_table(const char *path)
{
    char text[300];
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    snprintf(text, sizeof text,
             "table: %s.csv\nclusters: [{name: c, peers: [{name: p, platform: large-vm}]}]\n",
             path);
    scenario_read_text(text, strlen(text), "made", "", &scenario, &errors);
    scenario_release(&scenario);
    errors_release(&errors);
}

static int find_name(void *context, const char *name, bool column)
{
    (void)context;
    return strlen(name) > 9 ? -1 : (int)strlen(name) + column;
}

static const char *text_of(void *context, int number)
{
    static const char *const texts[] = {"",    "7",        "1.5", "a",   "10.1.2.3", "true",
                                        "x y", "ANSWERED", "0.0", "::1", "\xc3"};
    (void)context;
    return texts[number];
}

static void as_condition(const uint8_t *bytes, size_t size)
{
    static const struct import_rule_place place = {NULL, 0, "--where"};
    static const struct import_rule_names names = {.find = find_name};
    struct errors errors;
    char *text = strndup((const char *)bytes, size < 2000 ? size : 2000);
    errors_init(&errors);
    struct import_rule *rule = text ? import_rule_new(text, &place, &names, &errors) : NULL;
    if (rule)
        import_rule_holds(rule, text_of, NULL);
    if (text && !rule && errors.failures == 0)
        abort();
    import_rule_free(rule);
    free(text);
    errors_release(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char path[64], table[80];
    if (!path[0])
        snprintf(path, sizeof path, "/tmp/fuzz_workload_%ld", (long)getpid());
    snprintf(table, sizeof table, "%s.csv", path);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(bytes, 1, size, out) != size || fclose(out) != 0 ||
        symlink(path, table) != 0)
        exit(74);
    as_trace(path);
    as_numbers(path);
    as_profile(path);
    as_table(path);
    as_condition(bytes, size);
    unlink(table);
    unlink(path);
    return 0;
}
