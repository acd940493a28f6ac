/* peerplan advise: the smallest changes that mend a scenario which misses its goals. */
#include "answer/advice.h"
#include "cli/command.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/outputs.h"

struct arguments {
    const char *scenario;
    bool confirm;
    int jobs;
    struct outputs outputs;
    struct loaded_options loading;
};

/* 0 with an answer, 1 without. */
static int advise(struct arguments *arguments, struct loaded *loaded)
{
    struct errors errors;
    struct advice advice;
    struct report report = {
        .kind = REPORT_ADVISE, .scenario = &loaded->scenario, .advice = &advice};
    struct loaded_maker changed = {loaded, &arguments->loading};
    struct trial_maker maker = loaded_trials(&changed);
    struct trial_options options = {
        .simulate = arguments->confirm, .preview = true, .jobs = arguments->jobs};
    errors_init(&errors);
    bool ok = outputs_begin(&arguments->outputs, loaded, &report, &errors);
    if (!advice_find(&loaded->scenario, &maker, &options, &advice)) {
        errors_add(&errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        ok = false;
    }
    ok = ok && outputs_deliver(&arguments->outputs, loaded, &report, &errors);
    if (ok)
        outputs_show(&arguments->outputs, &report, arguments->loading.quiet);
    int code = message_outcome(&errors, arguments->loading.quiet);
    if (ok && code == 0)
        code = advice.verdict == VERDICT_YES || advice.count > 0 ? 0 : 1;
    advice_release(&advice);
    errors_release(&errors);
    return code;
}

/* --- The command ---------- */

enum { KEY_CONFIRM = 0x100 };

static const struct argp_option options[] = {
    {"confirm", KEY_CONFIRM, NULL, 0, "Simulate every change (default: where formulas cannot tell)",
     0},
    OUTPUTS_TABLE,
    OUTPUTS_JSON,
    OUTPUTS_HTML,
    OUTPUTS_XLSX,
    OUTPUTS_DB,
    {"jobs", 'j', "N", 0, "Threads of simulations (default: one a processor)", 0},
    {"quiet", 'q', NULL, 0, "No warnings", 0},
    LOADED_OPTION_SET,
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_CONFIRM:
        arguments->confirm = true;
        return 0;
    case 'j':
        arguments->jobs = (int)option_count(state, "jobs", arg, 1, 1024);
        return 0;
    case 'q':
        arguments->loading.quiet = true;
        return 0;
    case LOADED_KEY_SET:
        loaded_option_set(state, &arguments->loading, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->scenario)
            argp_error(state, "unexpected argument '%s'", arg);
        arguments->scenario = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a scenario is missing");
        return 0;
    default:
        return outputs_option(key, arg, state, &arguments->outputs);
    }
}

static const char doc[] =
    "The smallest single changes that mend a scenario which misses its goals: settings, licences, "
    "bandwidth, peers, platforms, fewer devices, each with the least amount that suffices and what "
    "is then seen. Every change is tried before it is said.\n\n"
    "Exit code 1 when no single change mends it.\n\n"
    "Examples:\n"
    "  peerplan advise office.yaml\n"
    "  peerplan advise office.yaml --set goals.survive=1 --confirm\n";

int command_advise(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "SCENARIO", doc, NULL, NULL, NULL};
    struct arguments arguments = {0};
    struct loaded loaded;
    outputs_init(&arguments.outputs, argc, argv);
    command_parse(&argp, argc, argv, 0, &arguments);
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0)
        code = advise(&arguments, &loaded);
    loaded_release(&loaded);
    outputs_release(&arguments.outputs);
    loaded_options_release(&arguments.loading);
    return code;
}
