/* peerplan compare: two scenarios on common random numbers, or one and its change. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "model/estimate/estimate.h"
#include "sim/study/pairs.h"

struct arguments {
    const char *scenarios[2];
    struct outputs outputs;
    struct loaded_options loading;
    struct sampling sampling;
    int count;
};

/* ---- The two sides ---- */

struct side {
    struct loaded loaded;
    char *name; /* owned; "office.yaml with release=X15.5" */
    char *file; /* owned; as a command names it */
};

/* Owned; NULL when out of memory. */
static char *name_with(const char *path, const struct loaded_options *options)
{
    char *name = NULL;
    size_t length;
    FILE *out = open_memstream(&name, &length);
    if (!out)
        return NULL;
    fputs(path, out);
    for (size_t i = 0; i < options->setting_count; i++)
        fprintf(out, "%s%s", i ? ", " : " with ", options->settings[i]);
    bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return name;
    free(name);
    return NULL;
}

/* One file is compared with itself so changed; of two files both are changed. Returns the exit
 * code. */
static int read_sides(const struct arguments *arguments, struct side *sides)
{
    int code = 0;
    for (int side = 0; side < 2; side++) {
        bool pair = arguments->count == 2;
        struct loaded_options options = arguments->loading;
        if (!pair && side == 0)
            options.setting_count = 0;
        const char *path = arguments->scenarios[pair ? side : 0];
        int other = loaded_read(&sides[side].loaded, path, &options);
        sides[side].name = name_with(path, &options);
        sides[side].file = other == 0 ? outputs_file_words(&sides[side].loaded) : NULL;
        if (other == 0 && (!sides[side].name || !sides[side].file)) {
            message_line("out of memory");
            other = ERROR_SOFTWARE;
        }
        code = code ? code : other;
        if (!pair && code)
            break;
    }
    return code;
}

static void release_sides(struct side *sides)
{
    for (int side = 0; side < 2; side++) {
        loaded_release(&sides[side].loaded);
        free(sides[side].name);
        free(sides[side].file);
    }
}

static const struct scenario *scenario_of(const struct side *side)
{
    return &side->loaded.scenario;
}

/* ---- Running ---- */

static bool simulate(const struct arguments *arguments, struct side *sides, struct results *results,
                     struct errors *errors)
{
    struct progress_line line;
    struct pairs_options options = {
        .jobs = arguments->sampling.jobs,
        .replications = arguments->sampling.replications,
        .seed_given = arguments->sampling.seed_given,
        .seed = arguments->sampling.seed,
        .traces = {loaded_traces(&sides[0].loaded), loaded_traces(&sides[1].loaded)},
        .progress = progress_show,
        .progress_context = &line,
        .stop = interrupt_setup(),
    };
    const struct scenario *const scenarios[] = {scenario_of(&sides[0]), scenario_of(&sides[1])};
    progress_begin(&line, arguments->loading.quiet, 1, 0);
    bool ok = pairs_run(scenarios, &options, results, errors);
    progress_end(&line);
    for (int side = 0; side < 2; side++)
        if (sides[side].loaded.workload)
            workload_report(sides[side].loaded.workload, errors);
    return ok;
}

static void warn_unlike(const struct side *sides, const struct results *results)
{
    const struct run *a = &scenario_of(&sides[0])->run, *b = &scenario_of(&sides[1])->run;
    if (a->length != b->length)
        message_line(
            "warning: the scenarios measure different lengths of time; counts cannot be compared");
    for (int side = 0; side < 2; side++) {
        const struct run *run = side ? b : a;
        nanos stated = run->warmup_kind == WARMUP_STATED ? run->warmup : 0;
        if (run->warmup_kind != WARMUP_AUTO && results[side].warmup > stated)
            message_line("warning: %s is measured after a longer warm-up than it states, that of "
                         "%s, so that both are measured over the same time",
                         sides[side].name, sides[1 - side].name);
    }
}

/* ---- Reporting ---- */

/* The pairs written as wanted. */
static bool show(struct arguments *arguments, struct side *sides, const struct results *results,
                 struct report *report, struct errors *errors)
{
    struct pairs pairs;
    bool ok = pairs_make(&pairs, &results[0], &results[1]);
    report->pairs = &pairs;
    if (!ok)
        errors_no_memory(errors);
    ok = ok && outputs_deliver(&arguments->outputs, &sides[0].loaded, report, errors);
    if (ok && !arguments->loading.quiet)
        warn_unlike(sides, results);
    if (ok)
        outputs_show(&arguments->outputs, report, arguments->loading.quiet);
    pairs_release(&pairs);
    return ok;
}

/* What load could be added to a side until a goal is missed, by formula: a figure of the comparison
 * like those that scenarios state. Where formulas do not know there is none. */
static bool add_head_room(const struct scenario *scenario, struct results *results)
{
    const struct metric_info *info = metric_info(METRIC_RUN_SPARE_ERLANGS);
    struct estimate_options options = {.preview = false};
    struct estimate estimate;
    bool ok = estimate_make(scenario, &options, &estimate);
    if (ok && estimate.answer.known && !isnan(estimate.answer.spare_erlangs))
        ok = results_add(results, (struct metric){.scope = info->scope,
                                                  .name = "",
                                                  .metric = info->name,
                                                  .unit = info->unit,
                                                  .kind = METRIC_CONSTANT,
                                                  .scale = estimate.answer.spare_erlangs}) &&
             results_index(results);
    estimate_release(&estimate);
    return ok;
}

static bool compare(struct arguments *arguments, struct side *sides, struct errors *errors)
{
    struct results results[2] = {0};
    struct report other = {.kind = REPORT_COMPARE,
                           .scenario = scenario_of(&sides[1]),
                           .results = &results[1],
                           .file = sides[1].file,
                           .name = sides[1].name};
    struct report report = {.kind = REPORT_COMPARE,
                            .scenario = scenario_of(&sides[0]),
                            .results = &results[0],
                            .name = sides[0].name,
                            .other = &other};
    interrupt_setup(); /* before the first temporary file is made */
    bool ok = outputs_begin(&arguments->outputs, &sides[0].loaded, &report, errors) &&
              simulate(arguments, sides, results, errors);
    bool some = results[0].replications > 0 && results[1].replications > 0;
    if (interrupted() && !some)
        message_line("interrupted before a pair of replications was complete; nothing was written");
    for (int side = 0; side < 2 && ok && some && !interrupted(); side++)
        if (!add_head_room(scenario_of(&sides[side]), &results[side]))
            ok = errors_no_memory(errors);
    ok = ok && some && show(arguments, sides, results, &report, errors);
    outputs_abandon(&arguments->outputs);
    results_release(&results[0]);
    results_release(&results[1]);
    return ok;
}

/* ---- The command ---- */

static const struct argp_option options[] = {
    {"csv", 'c', "DIR", 0, OUTPUTS_CSV_DOC("compare.csv"), 0},
    OUTPUTS_JSON,
    OUTPUTS_HTML,
    OUTPUTS_XLSX,
    OUTPUTS_CHARTS,
    OUTPUTS_DB,
    {"replications", 'r', "N", 0,
     "Replications of both (default: the larger number of the scenarios)", 0},
    {"seed", 's', "S", 0, "Seed of both (default: that of the first scenario)", 0},
    {"jobs", 'j', "N", 0, "Threads (default: one per processor); results do not depend on it", 0},
    LOADED_OPTION_SET,
    {"quiet", 'q', NULL, 0, "No progress, warnings or basis of the figures", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (arguments->count == 2)
            argp_error(state, "two scenarios at a time");
        arguments->scenarios[arguments->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (arguments->count < 2 && !(arguments->count == 1 && arguments->loading.setting_count))
            argp_error(state, "two scenarios are needed, or one and --set");
        return 0;
    default:
        if (loaded_option(key, arg, state, &arguments->loading) == 0 ||
            sampling_option(key, arg, state, &arguments->sampling) == 0)
            return 0;
        return outputs_option(key, arg, state, &arguments->outputs);
    }
}

static const char doc[] = "Runs two scenarios, or one and what --set makes of it, on common random "
                          "numbers and shows the difference of "
                          "their metrics, B - A, with 95 % intervals "
                          "of paired differences and the variance that pairing saved.\n\n"
                          "Examples:\n"
                          "  peerplan compare today.yaml one-more-peer.yaml\n"
                          "  peerplan compare a.yaml b.yaml --replications 200 --csv out\n"
                          "  peerplan compare office.yaml --set release=X15.5\n"
                          "\v"
                          "Classes of the same name have the same arrivals and holding times in "
                          "both. A ? marks a difference that cannot be "
                          "told from chance yet.";

int command_compare(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "A B\nA --set PATH=VALUE", doc, NULL,
                                     NULL,    NULL};
    struct arguments arguments = {0};
    struct side sides[2] = {0};
    struct errors errors;
    outputs_init(&arguments.outputs, argc, argv);
    command_parse(&argp, argc, argv, 0, &arguments);
    errors_init(&errors);
    int code = read_sides(&arguments, sides);
    if (code == 0) {
        bool ok = compare(&arguments, sides, &errors);
        code = message_outcome(&errors, arguments.loading.quiet);
        code = interrupted() ? EXIT_INTERRUPTED : !ok && code == 0 ? ERROR_SOFTWARE : code;
    }
    release_sides(sides);
    outputs_release(&arguments.outputs);
    loaded_options_release(&arguments.loading);
    errors_release(&errors);
    return code;
}
