/* peerplan estimate: what the formulas say about a scenario, at once, and how far each figure can
 * be trusted. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "model/base/output.h"
#include "model/estimate/estimate.h"
#include "reports/estimate_text.h"
#include "sim/study/trace_peaks.h"

struct arguments {
    const char *scenario, *csv;
    bool exit_undecided;
    struct loaded_options loading;
};

enum { KEY_EXIT_UNDECIDED = 0x100 };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'c':
        if (!*arg)
            argp_error(state, "--csv needs the name of a folder");
        arguments->csv = arg;
        return 0;
    case KEY_EXIT_UNDECIDED:
        arguments->exit_undecided = true;
        return 0;
    case LOADED_KEY_SET:
        loaded_option_set(state, &arguments->loading, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->scenario)
            argp_error(state, "one word too many: '%s'", arg);
        arguments->scenario = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a scenario is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool write_csv(const char *folder, const struct estimate *estimate, struct errors *errors)
{
    interrupt_cleanup();
    struct output *output = output_open_in(folder, "estimate.csv", errors);
    if (!output)
        return false;
    estimate_csv(output_stream(output), estimate);
    return output_commit(output, errors);
}

/* What the traces tell about calls that come together; by class, then by cluster. */
static bool read_records(struct loaded *loaded, struct peakedness_figure *figures,
                         struct errors *errors)
{
    const struct scenario *scenario = &loaded->scenario;
    struct trace_peaks peaks;
    bool ok = trace_peaks_init(&peaks, scenario, loaded_traces(loaded));
    if (!ok)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
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

static int answer(const struct arguments *arguments, struct loaded *loaded)
{
    const struct scenario *scenario = &loaded->scenario;
    struct errors errors;
    struct estimate estimate = {0};
    size_t things = (size_t)scenario->class_count + scenario->cluster_count;
    struct peakedness_figure *records =
        loaded->workload ? calloc(things + 1, sizeof *records) : NULL;
    struct estimate_options options = {.class_records = records,
                                       .cluster_records =
                                           records ? records + scenario->class_count : NULL};
    errors_init(&errors);
    bool ok = !loaded->workload || (records && read_records(loaded, records, &errors));
    struct answer made = {0};
    struct answer_sources sources = {.estimate = &estimate};
    ok = ok && estimate_make(scenario, &options, &estimate);
    ok = ok && answer_make(&made, scenario, &sources);
    if (!ok && errors.failures == 0)
        errors_add(&errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    if (ok) {
        estimate_text(stdout, scenario, &estimate, &made, terminal_colour(stdout));
        ok = !arguments->csv || write_csv(arguments->csv, &estimate, &errors);
    }
    int told = message_errors(&errors); /* bad rows of traces, when all went well */
    int code = !ok ? told : answer_exit_code(&made, arguments->exit_undecided);
    answer_release(&made);
    free(records);
    estimate_release(&estimate);
    errors_release(&errors);
    return code;
}

int command_estimate(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"csv", 'c', "DIR", 0, "Write estimate.csv to this folder", 0},
        {"exit-undecided", KEY_EXIT_UNDECIDED, NULL, 0,
         "Exit code 2 where the answer is NOT YET DECIDED or CANNOT TELL", 0},
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
        "  peerplan estimate office.yaml --csv results\n",
        NULL,
        NULL,
        NULL};
    struct arguments arguments = {0};
    struct loaded loaded;
    command_parse(&argp, argc, argv, 0, &arguments);
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0)
        code = answer(&arguments, &loaded);
    loaded_release(&loaded);
    loaded_options_release(&arguments.loading);
    return code;
}
