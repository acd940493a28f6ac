/* peerplan estimate: what the formulas say about a scenario, at once, and how far each figure can
 * be trusted. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "data/output.h"
#include "model/estimate.h"
#include "reports/estimate_text.h"

struct arguments {
    const char *scenario, *csv;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'c':
        if (!*arg)
            argp_error(state, "--csv needs the name of a folder");
        arguments->csv = arg;
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

static int answer(const struct arguments *arguments, const struct scenario *scenario)
{
    struct errors errors;
    struct estimate estimate;
    errors_init(&errors);
    bool ok = estimate_make(scenario, NULL, &estimate);
    if (!ok)
        errors_add(&errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    if (ok) {
        estimate_text(stdout, scenario, &estimate, terminal_colour(stdout));
        ok = !arguments->csv || write_csv(arguments->csv, &estimate, &errors);
    }
    bool missed = estimate.answer.known && !estimate.answer.carries && scenario->goals.stated;
    int code = !ok ? message_errors(&errors) : missed ? 1 : 0;
    estimate_release(&estimate);
    errors_release(&errors);
    return code;
}

int command_estimate(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"csv", 'c', "DIR", 0, "Write estimate.csv to this folder", 0},
        {0},
    };
    static const struct argp argp = {options,
                                     parse,
                                     "SCENARIO",
                                     "The questions of peerplan run, answered by formulas alone. "
                                     "Every figure says which formula it is from and "
                                     "whether it is exact, approximate (with its band), or only an "
                                     "orientation for which a simulation is needed. "
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
    int code = loaded_read(&loaded, arguments.scenario, false, false);
    if (code == 0)
        code = answer(&arguments, &loaded.scenario);
    loaded_release(&loaded);
    return code;
}
