/* A record of 1.5 million calls replayed, against what its parts cost: the trace parsed once, and
 * the same rows simulated from memory. Seconds of processor time, and the ratio of the whole to the
 * sum (at most 1.2). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/clock.h"
#include "data/scenario_file.h"
#include "data/trace_reader.h"
#include "data/workload.h"
#include "sim/study/experiment.h"

#define ROWS 1500000

/* Five calls a second of up to ten minutes, in two classes. */
static void write_trace(char *path)
{
    int fd = mkstemp(path);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!out)
        exit(73);
    fputs("start,duration,class\n", out);
    for (unsigned i = 0; i < ROWS; i++)
        fprintf(out, "%.1f,%u,%s\n", 0.2 * i, i * 7919U % 600, i % 5 ? "audio" : "video");
    fclose(out);
}

static bool read_scenario(const char *trace, struct scenario *scenario, struct errors *errors)
{
    char text[1000];
    snprintf(text, sizeof text,
             "clusters:\n"
             "  - name: c\n"
             "    peers: [{name: p, platform: large-vm}, {name: q, platform: large-vm},\n"
             "            {name: r, platform: large-vm}, {name: s, platform: large-vm}]\n"
             "calls: [{name: audio, media: audio, service: registered},\n"
             "        {name: video, media: video, service: registered}]\n"
             "traces: [{file: %s}]\n"
             "run: {length: 85h, warmup: none, replications: 1}\n",
             trace);
    return scenario_read_text(text, strlen(text), "bench", "", scenario, errors);
}

static void simulate(const struct scenario *scenario, const struct trace_source *traces,
                     struct errors *errors)
{
    struct experiment_options options = {.jobs = 1, .traces = traces};
    struct results results;
    if (!experiment_run(scenario, &options, &results, errors))
        exit(70);
    results_release(&results);
}

/* ---- Its parts ---- */

static uint32_t find_class(const void *context, const char *name)
{
    (void)context;
    return name[0] == 'v';
}

/* Parses the trace; its rows stay in memory where they are wanted. */
static size_t parse(const char *trace, const struct scenario *scenario, struct trace_row *rows,
                    struct errors *errors)
{
    struct trace_rules rules = {.scenario = scenario, .find_class = find_class};
    struct trace_reader *reader = trace_reader_new(trace, &rules, errors);
    struct trace_row row;
    size_t count = 0;
    while (reader && trace_reader_next(reader, &row) == 1) {
        if (rows)
            rows[count] = row;
        count++;
    }
    trace_reader_free(reader);
    return count;
}

struct memory {
    const struct trace_row *rows;
    size_t next;
};

static void *memory_open(void *context, uint32_t trace, struct errors *errors)
{
    struct memory *memory = context;
    (void)trace;
    (void)errors;
    memory->next = 0;
    return memory;
}

static int memory_next(void *cursor, struct trace_row *row)
{
    struct memory *memory = cursor;
    if (memory->next == ROWS)
        return 0;
    *row = memory->rows[memory->next++];
    return 1;
}

static void memory_close(void *cursor)
{
    (void)cursor;
}

/* ---- The whole ---- */

static void replay(const char *trace, struct errors *errors)
{
    struct scenario scenario;
    if (!read_scenario(trace, &scenario, errors))
        exit(65);
    struct workload *workload = workload_new("", &scenario.run, false);
    struct trace_source traces = workload_traces(workload, &scenario);
    if (!workload_survey(workload, errors))
        exit(65);
    simulate(&scenario, &traces, errors);
    workload_free(workload);
    scenario_release(&scenario);
}

static void take_best(double *best, double begin)
{
    double took = cpu_seconds() - begin;
    *best = took < *best ? took : *best;
}

int main(void)
{
    char trace[] = "/tmp/bench_replay_XXXXXX";
    double parsing = 1e9, simulating = 1e9, replaying = 1e9;
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    write_trace(trace);
    struct trace_row *rows = calloc(ROWS, sizeof *rows);
    if (!rows || !read_scenario(trace, &scenario, &errors) ||
        parse(trace, &scenario, rows, &errors) != ROWS)
        return 70;
    struct memory memory = {.rows = rows};
    struct trace_source source = {&memory, memory_open, memory_next, memory_close};
    for (int i = 0; i < 5; i++) {
        double begin = cpu_seconds();
        parse(trace, &scenario, NULL, &errors);
        take_best(&parsing, begin);
        begin = cpu_seconds();
        simulate(&scenario, &source, &errors);
        take_best(&simulating, begin);
        begin = cpu_seconds();
        replay(trace, &errors);
        take_best(&replaying, begin);
    }
    printf("%d calls: parsed in %.3f s, simulated in %.3f s; replayed in %.3f s: %.2f of their sum "
           "(at most 1.2)\n",
           ROWS, parsing, simulating, replaying, replaying / (parsing + simulating));
    unlink(trace);
    free(rows);
    scenario_release(&scenario);
    errors_release(&errors);
    return 0;
}
