/* peerplan run: simulate a scenario, answer, and write the figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/batch.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "answer/decide.h"
#include "model/base/output.h"
#include "answer/next_step.h"
#include "reports/answer_text.h"
#include "reports/book.h"
#include "reports/files.h"
#include "reports/page.h"
#include "reports/text.h"
#include "answer/run_length.h"
#include "sim/study/precision.h"
#include "sim/study/survival.h"

struct arguments {
    const char **scenarios; /* owned */
    size_t count;
    struct outputs outputs;
    struct sampling sampling;
    int replications_max;
    double time_max; /* s, 0: as long as it takes */
    enum method method;
    double precision;
    bool calls, exit_undecided;
    struct loaded_options loading;
};

/* ---- Running ---- */

#define REPLICATIONS_MOST 10000 /* while a precision is sought, unless stated */

static double replications_allowed(const struct arguments *arguments)
{
    return arguments->sampling.replications > 0 ? arguments->sampling.replications
                                                : REPLICATIONS_MOST;
}

/* The cap comes first: what will there be then? */
static void say_beyond(const struct arguments *arguments, const struct scenario *scenario,
                       const struct run_length *plan)
{
    double most = replications_allowed(arguments);
    double given = run_length_given(scenario, plan, arguments->precision, most);
    const char *name = scenario->classes[plan->class_index].name;
    if (plan->rare)
        message_line("about %.0f replications would show that %s blocks less than a tenth of its "
                     "goal, by formula; the most "
                     "allowed, %.0f, come first and will give an upper bound of about %.2g %%",
                     plan->replications, name, most, 100 * given);
    else if (given < 1)
        message_line(
            "a precision of %g %% for %s would take about %.0f replications, by formula; the most "
            "allowed, %.0f, come first and will give about %.2g %%",
            100 * arguments->precision, name, plan->replications, most, 100 * given);
    else
        message_line(
            "a precision of %g %% for %s would take about %.0f replications, by formula; the most "
            "allowed, %.0f, come first and will give no figure of it worth having",
            100 * arguments->precision, name, plan->replications, most);
}

/* Said before a long run begins, not after. */
static double say_plan(const struct arguments *arguments, const struct scenario *scenario)
{
    struct run_length plan = {NAN, NONE, false};
    if (arguments->precision > 0)
        plan = run_length_plan(scenario, arguments->precision);
    if (isnan(plan.replications) || arguments->loading.quiet)
        return plan.replications;
    if (plan.replications > replications_allowed(arguments))
        say_beyond(arguments, scenario, &plan);
    else
        message_line("about %.0f replications will give a precision of %g %%, by formula",
                     plan.replications, 100 * arguments->precision);
    return plan.replications;
}

#define EVENTS_MANY 1e9 /* most of a minute on one processor */

/* So that nobody waits for an hour without knowing why. */
static void say_events(const struct arguments *arguments, const struct scenario *scenario,
                       double replications, size_t parts)
{
    double one = run_length_events(scenario);
    if (isnan(replications))
        replications = arguments->sampling.replications > 0 ? arguments->sampling.replications
                                                            : scenario->run.replications;
    double all = one * replications * (double)parts;
    if (all < EVENTS_MANY || arguments->loading.quiet)
        return;
    message_line("about %.2g events are to be simulated (%.2g a replication), by the rates of the "
                 "calls; fewer replications (-r) or a shorter run.length take less time",
                 all, one);
}

static void set_begins(void *line, size_t set)
{
    progress_part(line, set + 1);
}

static void goes_on(void *context, size_t replications)
{
    const struct arguments *arguments = context;
    if (!arguments->loading.quiet)
        message_line("not decided: going on to %zu replications", replications);
}

/* How many replications an undecided run may come to; with a precision it does not go on. */
static size_t replications_most(const struct arguments *arguments, const struct scenario *scenario)
{
    if (arguments->precision > 0)
        return 0;
    if (arguments->replications_max > 0)
        return (size_t)arguments->replications_max;
    int stated = arguments->sampling.replications > 0 ? arguments->sampling.replications
                                                      : scenario->run.replications;
    return (size_t)stated * DECIDE_TIMES;
}

static bool simulate(const struct arguments *arguments, struct loaded *loaded,
                     const struct call_sink *calls, struct judged_run *run, struct errors *errors)
{
    const struct scenario *scenario = &loaded->scenario;
    struct results *results = &run->results;
    uint32_t down = answer_peers_down(scenario);
    struct progress_line line;
    struct experiment_options options = {
        .method = arguments->method,
        .jobs = arguments->sampling.jobs,
        .replications = arguments->precision > 0 ? 0 : arguments->sampling.replications,
        .precision = arguments->precision,
        .replications_max = arguments->sampling.replications,
        .seed_given = arguments->sampling.seed_given,
        .seed = arguments->sampling.seed,
        .traces = loaded_traces(loaded),
        .calls = calls,
        .progress = progress_show,
        .part_begun = set_begins,
        .progress_context = &line,
        .stop = interrupt_setup(),
    };
    size_t parts = 1 + (down ? survival_sets(scenario->peer_count, down) : 0);
    progress_begin(&line, arguments->loading.quiet, parts, arguments->precision);
    interrupt_cleanup(); /* formulas have nothing to report */
    line.expected = say_plan(arguments, scenario);
    line.scenario = scenario;
    say_events(arguments, scenario, line.expected, parts);
    interrupt_setup();
    bool ok = experiment_run(scenario, &options, results, errors);
    if (ok && down > 0 && !interrupted())
        ok = survival_run(scenario, &options, down, &run->survival, errors);
    progress_end(&line);
    if (ok && interrupted())
        results->interrupted = true;
    options.progress = NULL;
    const struct decide_options how = {.most = replications_most(arguments, scenario),
                                       .goes_on = goes_on,
                                       .context = (void *)arguments};
    ok = ok && decide(scenario, &options, &how, run, errors);
    if (loaded->workload) {
        workload_report(loaded->workload, errors);
        results->bad_rows = workload_left_out(loaded->workload).bad;
    }
    return ok && errors->failures == 0;
}

/* What mends it, where the answer is no. */
static bool find_next_step(const struct arguments *arguments, const struct loaded *loaded,
                           struct judged_run *run)
{
    const struct results *results = &run->results;
    struct answer *answer = &run->answer;
    struct loaded_maker changed = {loaded, &arguments->loading};
    struct trial_maker maker = loaded_trials(&changed);
    struct trial_options options = {.simulate = true,
                                    .jobs = arguments->sampling.jobs,
                                    .replications = (int)results->replications,
                                    .most = replications_most(arguments, &loaded->scenario),
                                    .seed_given = arguments->sampling.seed_given,
                                    .seed = arguments->sampling.seed,
                                    .spent = results->events * (1 + run->survival.count),
                                    .stop = interrupt_setup()};
    struct next_step step;
    bool ok = next_step_find(&loaded->scenario, answer, &maker, &options, &step);
    if (ok)
        answer_set_next_step(answer, step.words, step.settings, step.count);
    next_step_release(&step);
    return ok && !answer->failed;
}

/* The precision that was asked for may be out of reach of the replications allowed. */
static void warn_precision(const struct arguments *arguments, const struct scenario *scenario,
                           const struct results *results)
{
    if (arguments->precision <= 0 || results->interrupted)
        return;
    struct precision_state state = precision_reached(scenario, results, arguments->precision);
    if (!state.reached)
        message_line(
            "warning: the precision of %g %% was not reached with %zu replication%s; longer "
            "runs or more of them are needed, about %.0f",
            100 * arguments->precision, results->replications,
            results->replications == 1 ? "" : "s", ceil(state.needed));
}

static bool compute(const struct arguments *arguments, struct loaded *loaded,
                    const struct call_sink *calls, struct judged_run *run, struct errors *errors)
{
    bool ok = simulate(arguments, loaded, calls, run, errors);
    bool advise = ok && !interrupted(); /* who has pressed Ctrl-C does not wait for advice */
    if (advise && !find_next_step(arguments, loaded, run))
        ok = errors_no_memory(errors);
    if (!interrupted()) { /* what is left is writing */
        interrupt_after(0);
        interrupt_cleanup();
    }
    if (ok)
        loaded_note(errors, &run->answer);
    return ok;
}

/* What pages show besides: the same with more load and with less. */
static bool find_loads(const struct arguments *arguments, struct loaded *loaded,
                       struct report *report, struct other_loads *loads, struct errors *errors)
{
    const struct other_loads_options options = {
        .answer = report->answer,
        .results = report->results,
        .survival = report->survival,
        .run = {.jobs = arguments->sampling.jobs,
                .seed_given = arguments->sampling.seed_given,
                .seed = arguments->sampling.seed,
                .traces = loaded_traces(loaded),
                .stop = interrupt_setup()},
    };
    bool ok = other_loads_make(&loaded->scenario, &options, loads);
    interrupt_cleanup();
    report->loads = loads;
    return ok || errors_no_memory(errors);
}

/* outputs: those of this scenario, of several. */
static int run_loaded(const struct arguments *arguments, struct loaded *loaded,
                      struct outputs *outputs, struct batch_item *item, struct errors *errors)
{
    struct judged_run run = {0};
    struct other_loads loads = {0};
    int code = 0;
    struct report report = {
        .kind = REPORT_RUN,
        .scenario = &loaded->scenario,
        .calls = arguments->calls || loaded->scenario.trace_count > 0 || loaded->scenario.run.calls,
        .results = &run.results,
        .survival = &run.survival,
        .answer = &run.answer,
    };
    interrupt_setup(); /* before the first temporary file is made */
    if (arguments->time_max > 0)
        interrupt_after(arguments->time_max);
    bool ok = outputs_begin(outputs, loaded, &report, errors) &&
              compute(arguments, loaded, report_folder_calls(outputs->folder), &run, errors) &&
              (!outputs_show_loads(outputs) || interrupted() ||
               find_loads(arguments, loaded, &report, &loads, errors)) &&
              outputs_deliver(outputs, loaded, &report, errors);
    if (ok) {
        warn_precision(arguments, &loaded->scenario, &run.results);
        outputs_show(outputs, &report, arguments->loading.quiet);
        code = answer_exit_code(&run.answer, arguments->exit_undecided);
        batch_keep(item, &run.answer);
    }
    bool none = run.results.replications == 0;
    outputs_abandon(outputs);
    other_loads_release(&loads);
    judged_run_release(&run);
    int failed = message_outcome(errors, arguments->loading.quiet);
    if (interrupted() && none)
        message_line("interrupted before a replication was complete; nothing was written");
    if (interrupted())
        return EXIT_INTERRUPTED;
    return failed ? failed : code;
}

/* ---- The command ---- */

enum {
    KEY_STRICT = 0x100,
    KEY_CALLS,
    KEY_EXIT_UNDECIDED,
    KEY_METHOD,
    KEY_MAX_REPLICATIONS,
    KEY_MAX_TIME
};

static enum method option_method(struct argp_state *state, const char *text)
{
    const char *names[METHOD_COUNT];
    for (int m = 0; m < METHOD_COUNT; m++) {
        names[m] = method_name((enum method)m);
        if (strcmp(text, names[m]) == 0)
            return (enum method)m;
    }
    argp_error(state, "--method takes auto, plain or conditional, not '%s'", text);
    return METHOD_AUTO;
}

static const struct argp_option options[] = {
    {"csv", 'c', "DIR", 0,
     "Write metrics.csv, timeseries.csv, alarms.csv, licences.csv and, for traces, calls.csv into "
     "a folder, which is created if need be; about.csv describes them. Of several "
     "scenarios a folder each, and index.csv",
     0},
    OUTPUTS_JSON,
    {"html", OUTPUTS_KEY_HTML, "FILE", 0,
     "Write a self-contained page to pass on; of several scenarios a folder of pages with "
     "index.html",
     0},
    OUTPUTS_XLSX,
    OUTPUTS_CHARTS,
    OUTPUTS_DB,
    {"replications", 'r', "N", 0,
     "Independent replications (default: as the scenario says); with --precision: at most", 0},
    {"precision", 'p', "P", 0,
     "Go on until the interval of every blocked fraction is within P (5%) of it", 0},
    {"max-replications", KEY_MAX_REPLICATIONS, "N", 0,
     "While the answer is not decided go on up to so many (default: 20 times those stated)", 0},
    {"max-time", KEY_MAX_TIME, "TIME", 0,
     "Stop after so long (90s, 10m), as Ctrl-C does, with the replications that are complete", 0},
    {"seed", 's', "S", 0, "Seed of the random streams (default: as the scenario says)", 0},
    {"jobs", 'j', "N", 0, "Threads (default: one per processor); results do not depend on it", 0},
    {"quiet", 'q', NULL, 0, "The answer only: no tables, progress or warnings", 0},
    {"method", KEY_METHOD, "METHOD", 0,
     "How rare refusals are estimated: plain counts them, conditional conditions on the system "
     "without limits, auto (default) does so where counting does not decide",
     0},
    {"strict", KEY_STRICT, NULL, 0, "The first bad row of a CSV file is fatal", 0},
    {"calls", KEY_CALLS, NULL, 0, "Write calls.csv for generated calls too", 0},
    {"exit-undecided", KEY_EXIT_UNDECIDED, NULL, 0,
     "Exit code 2 if the answer is NOT YET DECIDED or CANNOT TELL", 0},
    LOADED_OPTION_SET,
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_MAX_REPLICATIONS:
        arguments->replications_max = (int)option_count(state, "max-replications", arg, 1, 1000000);
        return 0;
    case KEY_MAX_TIME:
        arguments->time_max = option_duration(state, "max-time", arg);
        return 0;
    case 'p':
        arguments->precision = option_share(state, "precision", arg, 1);
        return 0;
    case KEY_METHOD:
        arguments->method = option_method(state, arg);
        return 0;
    case KEY_STRICT:
        arguments->loading.strict = true;
        return 0;
    case KEY_CALLS:
        arguments->calls = true;
        return 0;
    case KEY_EXIT_UNDECIDED:
        arguments->exit_undecided = true;
        return 0;
    case ARGP_KEY_ARG:
        arguments->scenarios[arguments->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (arguments->count == 0)
            argp_error(state, "a scenario is missing");
        if (arguments->calls && !arguments->outputs.csv)
            argp_error(state, "--calls needs --csv DIR");
        if (arguments->outputs.json && arguments->count > 1)
            argp_error(state, "--json prints one document, of one scenario");
        if (arguments->outputs.xlsx && arguments->count > 1)
            argp_error(state, "--xlsx writes one workbook, of one scenario");
        return 0;
    default:
        if (loaded_option(key, arg, state, &arguments->loading) == 0 ||
            sampling_option(key, arg, state, &arguments->sampling) == 0)
            return 0;
        return outputs_option(key, arg, state, &arguments->outputs);
    }
}

static const char doc[] =
    "Simulates scenarios (- is standard input), says whether each carries its "
    "load, and shows the figures with 95 % "
    "confidence intervals over replications.\n\n"
    "Examples:\n"
    "  peerplan run head-office.yaml\n"
    "  peerplan run head-office.yaml --precision 5% --csv out\n"
    "  peerplan run head-office.yaml --seed 7 --replications 100 --jobs 4\n"
    "  peerplan run variants/*.yaml --quiet --csv out\n"
    "\v"
    "Exit code 1 when a goal stated in the scenario is missed, 65 when there is "
    "nothing to judge; 0 when it is "
    "met, not yet decided, or not stated. "
    "Of several scenarios one that fails does not stop the others; the exit code is "
    "the first of 70 74 73 66 65 1 2 0 that occurred. "
    "Ctrl-C reports what is complete (130), a second one ends at once.";

/* ---- Several scenarios ---- */

/* Its exit code. */
static int run_item(const struct arguments *arguments, struct batch_item *item)
{
    struct loaded loaded;
    struct errors errors;
    struct outputs outputs = arguments->outputs;
    bool several = arguments->count > 1;
    char *folder = outputs.csv && several ? batch_folder(item, outputs.csv) : NULL;
    char *page = outputs.html && several ? batch_page(item, outputs.html) : NULL;
    if (several) {
        outputs.csv = folder;
        outputs.html = page;
    }
    errors_init(&errors);
    int code = loaded_read(&loaded, item->path, &arguments->loading);
    if (code == 0)
        code = run_loaded(arguments, &loaded, &outputs, item, &errors);
    loaded_release(&loaded);
    errors_release(&errors);
    free(folder);
    free(page);
    return code;
}

/* The exit code of all; what was done is kept, whatever becomes of the others. */
static int run_batch(const struct arguments *arguments, struct batch *batch)
{
    struct errors errors;
    const char *index = arguments->count > 1 ? arguments->outputs.csv : NULL;
    errors_init(&errors);
    const char *pages = arguments->count > 1 ? arguments->outputs.html : NULL;
    bool ok = !index || batch_begin(index, &errors);
    ok = ok && (!pages || output_make_folder(pages, &errors));
    for (size_t i = 0; ok && i < batch->count && !interrupted(); i++) {
        struct batch_item *item = &batch->items[i];
        if (i > 0 && !arguments->outputs.json)
            putchar('\n');
        item->code = run_item(arguments, item);
        item->done = true;
    }
    ok = ok && (!index || batch_index(batch, index, &errors));
    ok = ok && (!pages || batch_pages(batch, pages, &errors));
    int code = ok ? batch_code(batch) : message_errors(&errors);
    errors_release(&errors);
    return interrupted() ? EXIT_INTERRUPTED : code;
}

int command_run(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "SCENARIO...", doc, NULL, NULL, NULL};
    struct arguments arguments = {.method = METHOD_AUTO,
                                  .scenarios = calloc((size_t)argc, sizeof *arguments.scenarios)};
    struct batch batch;
    if (!arguments.scenarios)
        return ERROR_SOFTWARE;
    outputs_init(&arguments.outputs, argc, argv);
    command_parse(&argp, argc, argv, 0, &arguments);
    int code = batch_init(&batch, arguments.scenarios, arguments.count);
    if (code == 0)
        code = run_batch(&arguments, &batch);
    batch_release(&batch);
    loaded_options_release(&arguments.loading);
    outputs_release(&arguments.outputs);
    free(arguments.scenarios);
    return code;
}
