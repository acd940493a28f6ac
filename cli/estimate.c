/* peerplan estimate: what the formulas say about a scenario, at once, and how far each figure can
 * be trusted. */
#include <math.h>
#include <stdlib.h>

#include "answer/confirm.h"
#include "answer/next_step.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "model/estimate/estimate.h"
#include "sim/study/trace_peaks.h"

struct arguments {
    const char *scenario;
    bool exit_undecided, confirm;
    struct sampling sampling;
    struct outputs outputs;
    struct loaded_options loading;
};

enum { KEY_EXIT_UNDECIDED = 0x100, KEY_CONFIRM };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_CONFIRM:
        arguments->confirm = true;
        return 0;
    case KEY_EXIT_UNDECIDED:
        arguments->exit_undecided = true;
        return 0;
    default:
        if (scenario_argument(key, arg, state, &arguments->scenario) == 0 ||
            loaded_option(key, arg, state, &arguments->loading) == 0 ||
            sampling_option(key, arg, state, &arguments->sampling) == 0)
            return 0;
        return outputs_option(key, arg, state, &arguments->outputs);
    }
}

/* What the traces tell about calls that come together; by class, then by cluster. */
static bool read_records(struct loaded *loaded, struct peakedness_figure *figures,
                         struct errors *errors)
{
    const struct scenario *scenario = &loaded->scenario;
    struct trace_peaks peaks;
    bool ok = trace_peaks_init(&peaks, scenario, loaded_traces(loaded));
    if (!ok)
        errors_no_memory(errors);
    ok = ok && trace_peaks_read(&peaks, errors);
    for (uint32_t k = 0; ok && k < scenario->class_count; k++)
        figures[k] = trace_peaks_class(&peaks, k);
    for (uint32_t c = 0; ok && c < scenario->cluster_count; c++)
        figures[scenario->class_count + c] = trace_peaks_cluster(&peaks, c);
    if (ok)
        workload_report(loaded->workload, errors);
    trace_peaks_release(&peaks);
    return ok;
}

static bool find_next_step(const struct arguments *arguments, const struct loaded *loaded,
                           const struct results *results, struct answer *answer)
{
    struct loaded_maker changed = {loaded, &arguments->loading};
    struct trial_maker maker = loaded_trials(&changed);
    const struct trial_options options = {.simulate = results != NULL,
                                          .jobs = arguments->sampling.jobs,
                                          .replications = results ? (int)results->replications : 0,
                                          .spent = results ? results->events : 0,
                                          .stop = results ? interrupt_setup() : NULL};
    struct next_step step;
    bool ok = next_step_find(&loaded->scenario, answer, &maker, &options, &step);
    if (ok)
        answer_set_next_step(answer, step.words, step.settings, step.count);
    next_step_release(&step);
    return ok && !answer->failed;
}

/* The formulas asked, with what the records tell; false with an error. */
static bool make_estimate(struct loaded *loaded, struct estimate *estimate, struct answer *answer,
                          struct errors *errors)
{
    const struct scenario *scenario = &loaded->scenario;
    size_t things = (size_t)scenario->class_count + scenario->cluster_count;
    struct peakedness_figure *records =
        loaded->workload ? calloc(things + 1, sizeof *records) : NULL;
    struct estimate_options options = {.class_records = records,
                                       .cluster_records =
                                           records ? records + scenario->class_count : NULL};
    struct answer_sources sources = {.estimate = estimate};
    bool ok = !loaded->workload || (records && read_records(loaded, records, errors));
    ok = ok && estimate_make(scenario, &options, estimate);
    ok = ok && errors->failures == 0 && answer_make(answer, scenario, &sources);
    if (ok)
        loaded_note(errors, answer);
    if (!ok && errors->failures == 0)
        errors_no_memory(errors);
    free(records);
    return ok;
}

/* What the formulas leave to a simulation is simulated. */
static bool confirm(const struct arguments *arguments, struct loaded *loaded,
                    struct estimate *estimate, struct judged_run *run, struct errors *errors)
{
    struct experiment_options options = {.method = METHOD_AUTO,
                                         .jobs = arguments->sampling.jobs,
                                         .traces = loaded_traces(loaded),
                                         .stop = interrupt_setup()};
    return confirm_estimate(&loaded->scenario, &options, estimate, run, errors) && !interrupted();
}

/* What pages show besides: the same with more load and with less. */
static bool find_loads(struct loaded *loaded, struct report *report, struct other_loads *loads,
                       struct errors *errors)
{
    const struct other_loads_options options = {.answer = report->answer};
    bool ok = other_loads_make(&loaded->scenario, &options, loads);
    report->loads = loads;
    return ok || errors_no_memory(errors);
}

static int answer(struct arguments *arguments, struct loaded *loaded)
{
    struct errors errors;
    struct estimate estimate = {0};
    struct judged_run run = {0};
    struct other_loads loads = {0};
    struct report report = {.kind = REPORT_ESTIMATE,
                            .scenario = &loaded->scenario,
                            .estimate = &estimate,
                            .answer = &run.answer};
    errors_init(&errors);
    bool ok = outputs_begin(&arguments->outputs, loaded, &report, &errors) &&
              make_estimate(loaded, &estimate, &run.answer, &errors);
    if (ok && arguments->confirm && confirm_wanted(&estimate)) {
        double begin = progress_seconds();
        ok = confirm(arguments, loaded, &estimate, &run, &errors);
        report.results = &run.results;
        report.confirmed = fmax(progress_seconds() - begin, 1e-9);
    }
    if (ok && !find_next_step(arguments, loaded, report.results, &run.answer))
        ok = errors_no_memory(&errors);
    if (outputs_show_loads(&arguments->outputs))
        ok = ok && find_loads(loaded, &report, &loads, &errors);
    ok = ok && outputs_deliver(&arguments->outputs, loaded, &report, &errors);
    if (ok)
        outputs_show(&arguments->outputs, &report, arguments->loading.quiet);
    outputs_abandon(&arguments->outputs);
    int told = message_outcome(&errors, arguments->loading.quiet);
    int code = !ok ? told : answer_exit_code(&run.answer, arguments->exit_undecided);
    other_loads_release(&loads);
    judged_run_release(&run);
    estimate_release(&estimate);
    errors_release(&errors);
    return interrupted() ? EXIT_INTERRUPTED : code;
}

int command_estimate(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"csv", 'c', "DIR", 0, OUTPUTS_CSV_DOC("estimate.csv"), 0},
        OUTPUTS_JSON,
        OUTPUTS_HTML,
        OUTPUTS_XLSX,
        OUTPUTS_CHARTS,
        OUTPUTS_DB,
        {"quiet", 'q', NULL, 0, "The answer only: no tables or warnings", 0},
        {"confirm", KEY_CONFIRM, NULL, 0,
         "Simulate what no formula can tell: figures badged simulate become simulated ones", 0},
        {"jobs", 'j', "N", 0, "Threads of --confirm (default: one per processor)", 0},
        {"exit-undecided", KEY_EXIT_UNDECIDED, NULL, 0,
         "Exit code 2 if the answer is NOT YET DECIDED or CANNOT TELL", 0},
        LOADED_OPTION_SET,
        {0},
    };
    static const struct argp argp = {
        options,
        parse,
        "SCENARIO",
        "The questions of peerplan run, answered by formulas alone. "
        "Every figure says which formula it is from and "
        "whether it is exact, approximate (with its band), or only an "
        "orientation for which a simulation is needed. "
        "Traces are read once, to see whether their calls come together. "
        "SCENARIO - is standard input.\n\n"
        "Exit code 1 when a goal stated in the scenario is missed.\n\n"
        "Examples:\n"
        "  peerplan estimate examples/head-office.yaml\n"
        "  peerplan estimate office.yaml --csv results\n"
        "  peerplan estimate office.yaml --confirm\n",
        NULL,
        NULL,
        NULL};
    struct arguments arguments = {0};
    struct loaded loaded;
    outputs_init(&arguments.outputs, argc, argv);
    command_parse(&argp, argc, argv, 0, &arguments);
    interrupt_cleanup();
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0)
        code = answer(&arguments, &loaded);
    loaded_release(&loaded);
    outputs_release(&arguments.outputs);
    loaded_options_release(&arguments.loading);
    return code;
}
