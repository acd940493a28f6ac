/* peerplan check: the doctor, for scenarios and for dumps of running peers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "data/dump.h"
#include "data/settings.h"
#include "reports/findings.h"

enum { KEY_FAIL_ON = 0x1000, KEY_BASELINE };

struct options {
    char **paths; /* borrowed from argv */
    int path_count;
    struct outputs outputs;
    enum severity fail_on;
    const char *baseline;
};

/* What is looked at: a scenario, or dumps. */
struct patient {
    struct deployment deployment;
    struct dumps *dumps;
    struct draft *draft;
    struct scenario scenario;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    int severity = SEVERITY_ERROR;
    switch (key) {
    case KEY_FAIL_ON:
        while (severity >= 0 && strcmp(arg, severity_name((enum severity)severity)) != 0)
            severity--;
        if (severity < 0)
            argp_error(state, "--fail-on takes error, warning or note, not '%s'", arg);
        options->fail_on = (enum severity)severity;
        return 0;
    case KEY_BASELINE:
        options->baseline = arg;
        return 0;
    case ARGP_KEY_ARGS:
        options->paths = state->argv + state->next;
        options->path_count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a scenario or dumps are missing");
        return 0;
    case ARGP_KEY_END:
        if (options->outputs.table && options->outputs.json)
            argp_error(state, "--csv and --json cannot be combined");
        return 0;
    default:
        return outputs_option(key, arg, state, &options->outputs);
    }
}

static bool read_scenario(struct patient *patient, const char *path, struct errors *errors)
{
    size_t length;
    bool from_stdin = strcmp(path, "-") == 0;
    patient->draft = from_stdin
                         ? draft_new(dumps_other(patient->dumps, &length), "<stdin>", ".", errors)
                         : draft_read(path, false, errors);
    if (!patient->draft || !draft_scenario(patient->draft, NULL, &patient->scenario, errors))
        return false;
    if (deployment_of_scenario(&patient->deployment, &patient->scenario))
        return true;
    return errors_no_memory(errors);
}

/* Every path is tried, so that all mistakes are seen at once. A single one that is no dump is a
 * scenario. */
static bool read_all(struct patient *patient, const struct options *options, struct errors *errors)
{
    bool good = true;
    patient->dumps = dumps_new(errors);
    for (int i = 0; patient->dumps && i < options->path_count; i++) {
        enum dump_result result = dumps_add(patient->dumps, options->paths[i], errors);
        if (result == DUMP_OTHER && options->path_count == 1)
            return read_scenario(patient, options->paths[0], errors);
        if (result == DUMP_OTHER)
            errors_add(errors, ERROR_DATA, options->paths[i], 0, 0,
                       "no line '*c xConfiguration ...' in it; a scenario is checked by itself");
        good = good && result == DUMP_ADDED;
    }
    return good && patient->dumps && dumps_deploy(patient->dumps, &patient->deployment, errors);
}

static void patient_release(struct patient *patient)
{
    deployment_release(&patient->deployment);
    scenario_release(&patient->scenario);
    draft_free(patient->draft);
    dumps_free(patient->dumps);
}

/* Examines what was read; the exit code. */
static int examine(struct options *options, const struct baseline *baseline,
                   const struct patient *patient, struct errors *errors)
{
    struct findings findings;
    struct report report = {.kind = REPORT_CHECK,
                            .scenario = patient->deployment.scenario,
                            .findings = &findings,
                            .deployment = &patient->deployment};
    bool good = findings_make(&findings, &patient->deployment);
    uint32_t known = good && baseline ? baseline_leave_out(baseline, &findings) : 0;
    if (!good)
        errors_no_memory(errors);
    good = good && outputs_begin(&options->outputs, NULL, &report, errors) &&
           outputs_deliver(&options->outputs, NULL, &report, errors);
    if (good)
        outputs_show(&options->outputs, &report, false);
    bool fails = findings_at_least(&findings, options->fail_on);
    findings_release(&findings);
    if (!good)
        return message_errors(errors);
    if (known)
        message_line("%u known finding%s left out", known, known == 1 ? "" : "s");
    return fails ? 1 : 0;
}

static int check(struct options *options)
{
    struct errors errors;
    struct patient patient = {0};
    errors_init(&errors);
    struct baseline *baseline = NULL;
    if (options->baseline)
        baseline = baseline_read(options->baseline, &errors);
    bool good = read_all(&patient, options, &errors) && (!options->baseline || baseline);
    int code = message_errors(&errors);
    if (good)
        code = examine(options, baseline, &patient, &errors);
    baseline_free(baseline);
    patient_release(&patient);
    errors_release(&errors);
    return code;
}

int command_check(int argc, char **argv)
{
    static const struct argp_option argp_options[] = {
        OUTPUTS_TABLE,
        OUTPUTS_JSON,
        OUTPUTS_HTML,
        OUTPUTS_XLSX,
        OUTPUTS_DB,
        {"fail-on", KEY_FAIL_ON, "SEVERITY", 0,
         "Exit with 1 from this severity on: error (default), warning, note", 0},
        {"baseline", KEY_BASELINE, "FILE", 0,
         "Leave out what this document of --json has: only what is new counts", 0},
        {0},
    };
    static const struct argp argp = {
        argp_options,
        parse,
        "SCENARIO\nDUMP...",
        "Looks for mistakes in the configuration of clusters: of a scenario, or of running peers "
        "by "
        "their dumps (xconf_dump.txt of a diagnostic log, a folder of such files, or the log's "
        ".tar.gz). Peers are compared with their primary; clusters are told apart. Secrets are "
        "neither compared nor printed.\n\n"
        "Examples:\n"
        "  peerplan check head-office.yaml\n"
        "  peerplan check e1/xconf_dump.txt e2/xconf_dump.txt\n"
        "  peerplan check logs/ --json >before.json\n"
        "  peerplan check logs/ --baseline before.json --fail-on warning\n"
        "  peerplan help findings\n",
        NULL,
        NULL,
        NULL,
    };
    struct options options = {.fail_on = SEVERITY_ERROR};
    outputs_init(&options.outputs, argc, argv);
    command_parse(&argp, argc, argv, 0, &options);
    int code = check(&options);
    outputs_release(&options.outputs);
    return code;
}
