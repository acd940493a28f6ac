/* peerplan compare: two scenarios on common random numbers. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "reports/comparison.h"
#include "reports/files.h"
#include "reports/text.h"
#include "sim/study/experiment.h"

struct arguments {
    const char *scenarios[2], *csv;
    int count, replications, jobs;
    uint64_t seed;
    bool seed_given, quiet, json;
};

static struct experiment_options options_for(const struct arguments *arguments,
                                             struct loaded *sides, int side)
{
    int most = sides[0].scenario.run.replications > sides[1].scenario.run.replications
                   ? sides[0].scenario.run.replications
                   : sides[1].scenario.run.replications;
    return (struct experiment_options){
        .jobs = arguments->jobs,
        .replications = arguments->replications > 0 ? arguments->replications : most,
        .seed_given = true,
        .seed = arguments->seed_given ? arguments->seed : sides[0].scenario.run.seed,
        .traces = loaded_traces(&sides[side]),
        .stop = interrupt_setup(),
    };
}

/* --- One window for both ---------- */

static bool warmup_of(const struct arguments *arguments, struct loaded *sides, int side,
                      nanos *warmup, struct errors *errors)
{
    const struct run *run = &sides[side].scenario.run;
    *warmup = run->warmup_kind == WARMUP_STATED ? run->warmup : 0;
    if (run->warmup_kind != WARMUP_AUTO)
        return true;
    struct experiment_options options = options_for(arguments, sides, side);
    struct results pilot;
    options.replications = 1;
    if (!experiment_run(&sides[side].scenario, &options, &pilot, errors))
        return false;
    *warmup = pilot.warmup;
    results_release(&pilot);
    return true;
}

/* Random numbers are common only where both begin at the same time: the longer of the two warm-ups,
 * stated or not, serves both. */
static bool align_warmup(const struct arguments *arguments, struct loaded *sides, bool *aligned,
                         struct errors *errors)
{
    nanos warmups[2];
    for (int side = 0; side < 2; side++)
        if (!warmup_of(arguments, sides, side, &warmups[side], errors))
            return false;
    nanos longest = warmups[0] > warmups[1] ? warmups[0] : warmups[1];
    for (int side = 0; side < 2; side++) {
        struct run *run = &sides[side].scenario.run;
        bool stated = run->warmup_kind != WARMUP_AUTO;
        if (stated && warmups[side] == longest)
            continue;
        if (stated && !arguments->quiet)
            message_line("warning: %s is measured after a longer warm-up than it states, that of "
                         "%s, so that both are "
                         "measured over the same time",
                         arguments->scenarios[side], arguments->scenarios[1 - side]);
        aligned[side] = longest > 0;
        run->warmup_kind = longest > 0 ? WARMUP_STATED : WARMUP_NONE;
        run->warmup = longest;
    }
    return true;
}

/* --- Running in pairs ---------- */

/* Both sides in turn, a part of the replications at a time, so that an interrupted comparison has
 * pairs. */
struct pairs {
    const struct arguments *arguments;
    struct loaded *sides;
    struct results *results; /* of either side; complete pairs only */
    struct progress_line line;
    size_t before; /* replications of both sides that were run before this part */
    uint64_t events;
    size_t planned; /* of both sides together */
};

static void show_progress(void *context, const struct progress *progress)
{
    struct pairs *pairs = context;
    struct progress whole = *progress;
    whole.replications += pairs->before;
    whole.events += pairs->events;
    whole.planned = pairs->planned;
    progress_show(&pairs->line, &whole);
}

static bool run_part(struct pairs *pairs, int side, uint32_t first, int count, struct results *part,
                     struct errors *errors)
{
    struct experiment_options options = options_for(pairs->arguments, pairs->sides, side);
    options.first = first;
    options.replications = count;
    options.progress = show_progress;
    options.progress_context = pairs;
    bool ok = experiment_run(&pairs->sides[side].scenario, &options, part, errors);
    pairs->before += part->replications;
    pairs->events += part->events;
    return ok;
}

/* False when a run failed, not when it was interrupted. */
static bool run_pair(struct pairs *pairs, uint32_t first, int count, struct errors *errors)
{
    struct results parts[2] = {0};
    bool ok = true;
    for (int side = 0; ok && side < 2 && !interrupted(); side++)
        ok = run_part(pairs, side, first, count, &parts[side], errors);
    size_t complete = parts[0].replications < parts[1].replications ? parts[0].replications
                                                                    : parts[1].replications;
    for (int side = 0; side < 2; side++) {
        if (complete == 0)
            results_release(&parts[side]);
        else if (!results_append(&pairs->results[side], &parts[side], complete))
            ok = false;
    }
    return ok || interrupted();
}

/* Parts of a tenth of the replications, and not so large that much is lost. */
static bool run_pairs(struct pairs *pairs, struct errors *errors)
{
    enum { PARTS = 10, PART_MOST = 64 };
    int wanted = options_for(pairs->arguments, pairs->sides, 0).replications, done = 0;
    bool ok = true;
    pairs->planned = 2 * (size_t)wanted;
    while (ok && done < wanted && !interrupted()) {
        int left = wanted - done, part = (wanted + PARTS - 1) / PARTS;
        int most = part < PART_MOST ? part : PART_MOST, count = most < left ? most : left;
        ok = run_pair(pairs, (uint32_t)done, count, errors);
        done += count;
    }
    return ok;
}

static bool simulate(const struct arguments *arguments, struct loaded *sides,
                     struct results *results, struct errors *errors)
{
    struct pairs pairs = {.arguments = arguments, .sides = sides, .results = results};
    bool aligned[2] = {false, false}, ok = align_warmup(arguments, sides, aligned, errors);
    progress_begin(&pairs.line, arguments->quiet, 1, 0);
    ok = ok && run_pairs(&pairs, errors);
    progress_end(&pairs.line);
    for (int side = 0; side < 2; side++) {
        if (results[side].replications > 0 && aligned[side])
            results[side].warmup_reason = "the longer one of both scenarios";
        results[side].interrupted = interrupted();
        if (sides[side].workload)
            workload_report(sides[side].workload, errors);
    }
    return ok;
}

/* What is asked for goes to the folder and to standard output; false with an error. */
static bool write_reports(const struct arguments *arguments, struct report_folder *folder,
                          const struct report *report, struct errors *errors)
{
    bool ok = !folder || report_folder_write(folder, report, errors);
    if (ok && arguments->json && !report_json(stdout, report)) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        ok = false;
    }
    return ok;
}

static void put_basis(const struct loaded *sides, const struct results *results)
{
    static const struct verdict none = {.answer = ANSWER_OPEN};
    for (int side = 0; side < 2; side++) {
        struct text_report report = {&sides[side].scenario, &results[side], &none, NULL, false};
        fputs(side ? "B\n" : "A\n", stdout);
        text_basis(&report, stdout);
    }
}

static void warn_unlike(const struct loaded *sides)
{
    if (sides[0].scenario.run.length != sides[1].scenario.run.length)
        message_line(
            "warning: the scenarios measure different lengths of time; counts cannot be compared");
}

static void put_comparison(const struct arguments *arguments, struct loaded *sides,
                           const struct results *results, const struct comparison *comparison)
{
    if (arguments->json)
        return;
    comparison_text(comparison, arguments->scenarios[0], arguments->scenarios[1],
                    terminal_colour(stdout), stdout);
    if (interrupted())
        printf("interrupted: from the %zu pair%s of replications that were complete\n\n",
               comparison->replications, comparison->replications == 1 ? "" : "s");
    if (!arguments->quiet)
        put_basis(sides, results);
}

static bool compare(const struct arguments *arguments, struct loaded *sides, struct errors *errors)
{
    struct results results[2] = {0};
    struct comparison comparison = {0};
    struct report report = {.kind = REPORT_COMPARE,
                            .scenario = &sides[0].scenario,
                            .results = &results[0],
                            .comparison = &comparison};
    struct report_folder *folder = NULL;
    interrupt_setup(); /* before the first temporary file is made */
    bool ok = !arguments->csv || (folder = report_folder_open(arguments->csv, &report, errors));
    ok = ok && simulate(arguments, sides, results, errors);
    bool some = ok && results[0].replications > 0 && results[1].replications > 0;
    if (some && !comparison_make(&results[0], &results[1], &comparison)) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        some = ok = false;
    }
    if (some) {
        some = write_reports(arguments, folder, &report, errors);
        folder = NULL;
    }
    if (some)
        put_comparison(arguments, sides, results, &comparison);
    else if (interrupted())
        message_line("interrupted before a pair of replications was complete; nothing was written");
    report_folder_abandon(folder);
    comparison_release(&comparison);
    results_release(&results[0]);
    results_release(&results[1]);
    return some;
}

/* --- The command ---------- */

enum { KEY_JSON = 0x100 };

static const struct argp_option options[] = {
    {"csv", 'c', "DIR", 0,
     "Write compare.csv into a folder, which is made when it is not there; about.csv says what it "
     "is",
     0},
    {"json", KEY_JSON, NULL, 0, "Print one JSON document instead of the text", 0},
    {"replications", 'r', "N", 0,
     "Replications of both (default: the larger number of the scenarios)", 0},
    {"seed", 's', "S", 0, "Seed of both (default: that of the first scenario)", 0},
    {"jobs", 'j', "N", 0, "Threads (default: one a processor); results do not depend on it", 0},
    {"quiet", 'q', NULL, 0, "No progress, warnings or basis of the figures", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_JSON:
        arguments->json = true;
        return 0;
    case 'c':
        if (!*arg)
            argp_error(state, "--csv needs the name of a folder");
        arguments->csv = arg;
        return 0;
    case 'r':
        arguments->replications = (int)option_count(state, "replications", arg, 1, 1000000);
        return 0;
    case 's':
        arguments->seed = option_seed(state, "seed", arg);
        arguments->seed_given = true;
        return 0;
    case 'j':
        arguments->jobs = (int)option_count(state, "jobs", arg, 1, 1024);
        return 0;
    case 'q':
        arguments->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->count == 2)
            argp_error(state, "two scenarios at a time");
        arguments->scenarios[arguments->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (arguments->count < 2)
            argp_error(state, "two scenarios are needed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char doc[] = "Runs two scenarios on common random numbers and shows the difference of "
                          "their metrics, B - A, with 95 % intervals "
                          "of paired differences and the variance that pairing saved.\n\n"
                          "Examples:\n"
                          "  peerplan compare today.yaml one-more-peer.yaml\n"
                          "  peerplan compare a.yaml b.yaml --replications 200 --csv out\n"
                          "\v"
                          "Classes of the same name have the same arrivals and holding times in "
                          "both. A ? marks a difference that cannot be "
                          "told from chance yet.";

int command_compare(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "A B", doc, NULL, NULL, NULL};
    struct arguments arguments = {0};
    struct loaded sides[2] = {0};
    struct errors errors;
    int code = 0, other;
    command_parse(&argp, argc, argv, 0, &arguments);
    errors_init(&errors);
    for (int side = 0; side < 2; side++) {
        other = loaded_read(&sides[side], arguments.scenarios[side],
                            &(struct loaded_options){.quiet = arguments.quiet});
        code = code ? code : other;
    }
    if (code == 0) {
        warn_unlike(sides);
        bool ok = compare(&arguments, sides, &errors);
        code = errors.failures > 0 || !arguments.quiet ? message_errors(&errors) : 0;
        code = interrupted() ? EXIT_INTERRUPTED : !ok && code == 0 ? ERROR_SOFTWARE : code;
    }
    loaded_release(&sides[0]);
    loaded_release(&sides[1]);
    errors_release(&errors);
    return code;
}
