/* Small scenarios played call by call, for test programs only: rows instead of a trace file,
 * records instead of calls.csv.
 *
 * A scenario's text names its trace "rows"; times of rows and records are seconds.
 */
#ifndef PEERPLAN_TESTS_REPLAY_H
#define PEERPLAN_TESTS_REPLAY_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_file.h"
#include "sim/study/experiment.h"

#define REPLAY_CALLS 4096

struct replay_row {
    double start, duration;
    int class_index;
    int media;         /* enum media + 1; 0: the class's */
    int64_t bandwidth; /* 0: the class's */
};

struct replay {
    struct scenario scenario;
    struct results results;
    const struct replay_row *rows;
    size_t row_count, next;
    struct call_record calls[REPLAY_CALLS]; /* of the first replication, in order of arrival */
    char ids[REPLAY_CALLS][8], id[8];       /* rows are called 1, 2, .. */
    size_t call_count;
    bool recorded;
};

static void *replay_open(void *context, uint32_t trace, struct errors *errors)
{
    struct replay *replay = context;
    (void)trace;
    (void)errors;
    replay->next = 0;
    return replay;
}

static int replay_next(void *cursor, struct trace_row *row)
{
    struct replay *replay = cursor;
    if (replay->next == replay->row_count)
        return 0;
    const struct replay_row *from = &replay->rows[replay->next++];
    *row = (struct trace_row){
        .start = (nanos)(from->start * (double)SECOND),
        .duration = (nanos)(from->duration * (double)SECOND),
        .class_index = (uint32_t)from->class_index,
        .media = from->media - 1,
        .bandwidth = from->bandwidth ? from->bandwidth : -1,
        .id = replay->id,
    };
    snprintf(replay->id, sizeof replay->id, "%zu", replay->next);
    return 1;
}

static void replay_close(void *cursor)
{
    (void)cursor;
}

static void *replay_begin(void *context, uint32_t replication)
{
    struct replay *replay = context;
    replay->recorded = replication > 0;
    return replay;
}

static bool replay_record(void *handle, const struct call_record *record)
{
    struct replay *replay = handle;
    if (!replay->recorded && replay->call_count < REPLAY_CALLS) {
        snprintf(replay->ids[replay->call_count], sizeof *replay->ids, "%s",
                 record->id ? record->id : "");
        replay->calls[replay->call_count++] = *record;
    }
    return true;
}

static void replay_end(void *handle, bool complete)
{
    (void)handle;
    (void)complete;
}

static void replay_read(struct replay *replay, const char *text)
{
    struct errors errors;
    errors_init(&errors);
    bool ok = scenario_read_text(text, strlen(text), "test", ".", &replay->scenario, &errors);
    for (size_t i = 0; i < errors.count; i++)
        if (!ok)
            print_message("%ld:%ld: %s\n", errors.items[i].line, errors.items[i].column,
                          errors.items[i].message);
    errors_release(&errors);
    assert_true(ok);
}

/* Release with replay_free. */
__attribute__((unused)) static struct replay *
replay_run(const char *text, const struct replay_row *rows, size_t count)
{
    struct replay *replay = calloc(1, sizeof *replay);
    struct errors errors;
    assert_non_null(replay);
    replay_read(replay, text);
    replay->rows = rows;
    replay->row_count = count;
    struct trace_source traces = {replay, replay_open, replay_next, replay_close};
    struct call_sink calls = {replay, replay_begin, replay_record, replay_end};
    struct experiment_options options = {
        .jobs = 1, .traces = &traces, .calls = rows ? &calls : NULL};
    errors_init(&errors);
    bool ok = experiment_run(&replay->scenario, &options, &replay->results, &errors);
    for (size_t i = 0; !ok && i < errors.count; i++)
        print_message("%s\n", errors.items[i].message);
    errors_release(&errors);
    assert_true(ok);
    return replay;
}

__attribute__((unused)) static void replay_free(struct replay *replay)
{
    results_release(&replay->results);
    scenario_release(&replay->scenario);
    free(replay);
}

#define ROWS(...)                                                                                  \
    (const struct replay_row[]){__VA_ARGS__},                                                      \
        sizeof((const struct replay_row[]){__VA_ARGS__}) / sizeof(struct replay_row)

__attribute__((unused)) static struct interval
replay_metric(const struct replay *replay, enum scope scope, const char *name, const char *metric)
{
    size_t m = results_find(&replay->results, scope, name, metric);
    if (m == SIZE_MAX)
        fail_msg("no metric %s of %s", metric, name);
    return results_interval(&replay->results, m, 0);
}

__attribute__((unused)) static double replay_value(const struct replay *replay, enum scope scope,
                                                   const char *name, const char *metric)
{
    return replay_metric(replay, scope, name, metric).value;
}

/* What became of a call: "p1" completed or in progress there, "p1 dropped", or its causes as in
 * calls.csv. */
static const char *replay_fate(const struct replay *replay, size_t call, char *text, size_t size)
{
    const struct call_record *record = &replay->calls[call];
    text[0] = '\0';
    if (record->peer != NONE)
        snprintf(text, size, "%s%s", replay->scenario.peers[record->peer].name,
                 record->outcome == OUTCOME_DROPPED ? " dropped" : "");
    for (int cause = 0; cause < CAUSE_COUNT; cause++)
        if (record->causes >> cause & 1) {
            size_t used = strlen(text);
            snprintf(text + used, size - used, "%s%s", used ? "+" : "",
                     cause_name((enum cause)cause));
        }
    return text;
}

/* All fates in order, separated by commas. */
__attribute__((unused)) static void replay_expect(const struct replay *replay, const char *fates)
{
    char all[4096] = "", one[200];
    for (size_t i = 0; i < replay->call_count; i++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "",
                 replay_fate(replay, i, one, sizeof one));
    }
    assert_string_equal(all, fates);
}

#endif
