/* peerplan fit: a model from call records, and what the model loses. */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/fit_model.h"
#include "cli/fit_print.h"
#include "cli/interrupt.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "model/base/output.h"
#include "reports/csv.h"
#include "reports/json.h"

enum {
    KEY_OUTPUT = 'o',
    KEY_INTO = 0x1000,
    KEY_CSV,
    KEY_FORCE,
    KEY_JSON,
    KEY_TIME_ZONE,
    KEY_SIZE,
    KEY_SEED,
    KEY_REPLICATIONS
};

struct options {
    struct fit_source source;
    const char *into, *output, *csv, *time_zone;
    bool force, json;
    struct fit_question question;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case KEY_OUTPUT:
        options->output = arg;
        return 0;
    case KEY_INTO:
        options->into = arg;
        return 0;
    case KEY_CSV:
        options->csv = arg;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_FORCE:
        options->force = true;
        return 0;
    case KEY_TIME_ZONE:
        options->time_zone = arg;
        return 0;
    case KEY_SIZE:
        options->question.size = (uint64_t)option_count(state, "size", arg, 1, 1000000000);
        return 0;
    case KEY_SEED:
        options->question.seed = option_seed(state, "seed", arg);
        return 0;
    case KEY_REPLICATIONS:
        options->question.replications = (int)option_count(state, "replications", arg, 2, 100000);
        return 0;
    case ARGP_KEY_ARGS:
        options->source.files = (const char *const *)state->argv + state->next;
        options->source.file_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (options->source.file_count == 0)
            argp_error(state, "a trace is missing");
        if (options->into && !options->output)
            argp_error(state, "--into needs -o: the scenario itself is not changed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- files ---- */

static bool write_text(const char *path, const char *text, struct errors *errors)
{
    struct output *output = output_open(path, errors);
    if (!output)
        return false;
    fputs(text, output_stream(output));
    return output_commit(output, errors);
}

static bool may_write_file(const struct options *options, const char *path, struct errors *errors)
{
    struct stat status;
    bool there = !options->force && stat(path, &status) == 0 && S_ISREG(status.st_mode);
    if (there)
        errors_add(errors, ERROR_CANT_CREATE, path, 0, 0, "exists already (--force overwrites it)");
    return !there;
}

/* The scenario, and the profile beside it. */
static bool may_write(const struct options *options, struct errors *errors)
{
    if (!options->output || strcmp(options->output, "-") == 0)
        return true;
    char *profile = fit_profile_path(options->output);
    bool good = may_write_file(options, options->output, errors);
    good = profile && may_write_file(options, profile, errors) && good;
    free(profile);
    return good;
}

/* The holding times beside it, of classes that no distribution fits. */
static bool may_write_holding(const struct options *options, const struct fit *fit,
                              struct errors *errors)
{
    bool good = true;
    for (size_t i = 0; i < fit->class_count && strcmp(options->output, "-") != 0; i++) {
        char *file = fit->classes[i].holding.best < 0 ? fit_holding_path(options->output, i) : NULL;
        good = (!file || may_write_file(options, file, errors)) && good;
        free(file);
    }
    return good;
}

static bool write_model(const struct options *options, const struct fit *fit, struct errors *errors)
{
    if (!may_write_holding(options, fit, errors))
        return false;
    char *text = options->into ? fit_model_into(fit, options->into, options->output, errors)
                               : fit_model_text(fit, &options->question, options->output, errors);
    bool good = text != NULL && write_text(options->output, text, errors);
    free(text);
    return good;
}

static bool write_tables(const char *folder, const struct fit *fit, struct errors *errors)
{
    static const struct {
        const char *name;
        bool (*put)(struct table *table, const struct fit *fit);
    } files[] = {{"profile.csv", fit_profile_table},
                 {"tests.csv", fit_tests_table},
                 {"holding.csv", fit_holding_table}};
    struct output_folder *out = output_folder_open(folder, "tests.csv", errors);
    for (size_t i = 0; out && i < sizeof files / sizeof *files; i++) {
        FILE *stream = output_folder_add(out, files[i].name, errors);
        if (!stream) {
            output_folder_abandon(out);
            return false;
        }
        struct table table = csv_table(stream);
        if (!files[i].put(&table, fit)) {
            errors_add(errors, ERROR_SOFTWARE, files[i].name, 0, 0, "out of memory");
            output_folder_abandon(out);
            return false;
        }
    }
    return out && output_folder_commit(out, errors);
}

/* ---- the work ---- */

static struct time_zone *find_zone(const struct options *options, struct errors *errors)
{
    const char *reason;
    if (!options->time_zone)
        return fit_zone_of(options->source.files[0], errors);
    struct time_zone *zone = time_zone_new(options->time_zone, &reason);
    if (!zone)
        errors_add(errors, ERROR_USAGE, NULL, 0, 0, "--time-zone '%s': %s", options->time_zone,
                   reason);
    return zone;
}

/* Simulates, and shows how far it is. */
static bool fit_shown(const struct fit *fit, const struct options *options,
                      struct fit_comparison *comparison, struct errors *errors)
{
    progress_begin(options->source.line, options->source.line->quiet, 2, 0);
    return fit_simulate(fit, &options->question, &options->source, comparison, errors);
}

static bool fit_all(struct options *options, struct fit *fit, struct fit_record *record,
                    struct errors *errors)
{
    struct fit_comparison comparison = {0};
    bool read = fit_read(&options->source, fit, record, errors);
    progress_clear(options->source.line);
    if (!read)
        return false;
    if (fit->class_count == 0) {
        errors_add(errors, ERROR_DATA, options->source.files[0], 0, 0, "no call in it");
        return false;
    }
    if (options->question.size == 0) /* nine tenths of what the record had at once */
        options->question.size = record->summary.peak > 1 ? (record->summary.peak * 9 + 9) / 10 : 1;
    if (options->question.replications == 0)
        options->question.replications = fit_replications(fit, &record->summary);
    bool good = fit_replay(&options->source, &options->question, &comparison, errors) &&
                fit_shown(fit, options, &comparison, errors);
    progress_clear(options->source.line);
    if (good && options->output)
        good = write_model(options, fit, errors);
    if (good && options->csv)
        good = write_tables(options->csv, fit, errors);
    bool to_stdout = options->output && strcmp(options->output, "-") == 0;
    FILE *out = to_stdout ? stderr : stdout;
    if (good && !options->json)
        fit_print(fit, record, &options->question, &comparison, out);
    if (options->json)
        json_use_our_memory();
    if (good && options->json && !fit_json(fit, record, &options->question, &comparison, out)) {
        errors_no_memory(errors);
        good = false;
    }
    return good;
}

static int fit_command(struct options *options)
{
    struct errors errors;
    struct fit fit = {0};
    struct fit_record record = {0};
    struct progress_line line;
    progress_begin(&line, options->output && strcmp(options->output, "-") == 0, 2, 0);
    options->source.line = &line;
    errors_init(&errors);
    struct time_zone *zone = may_write(options, &errors) ? find_zone(options, &errors) : NULL;
    options->source.zone = zone;
    if (zone)
        fit_all(options, &fit, &record, &errors);
    int code = message_errors(&errors);
    if (code == 0 && fflush(stdout) != 0) {
        message_line("standard output cannot be written");
        code = ERROR_IO;
    }
    fit_release(&fit);
    call_summary_release(&record.summary);
    free(record.peakedness);
    time_zone_free(zone);
    errors_release(&errors);
    return code;
}

int command_fit(int argc, char **argv)
{
    static const struct argp_option argp_options[] = {
        {"output", KEY_OUTPUT, "NEW.yaml", 0, "Write the model as a scenario", 0},
        {"into", KEY_INTO, "SCENARIO", 0,
         "Put it into this scenario's calls, whose comments stay; its traces go", 0},
        {"csv", KEY_CSV, "DIR", 0, "Write profile.csv, tests.csv and holding.csv", 0},
        {"json", KEY_JSON, NULL, 0, "Print one JSON document instead of the text", 0},
        {"force", KEY_FORCE, NULL, 0, "Overwrite an existing file", 0},
        {"time-zone", KEY_TIME_ZONE, "ZONE", 0,
         "Time zone of the hours and days (default: the offset of the first call)", 0},
        {"size", KEY_SIZE, "N", 0,
         "Calls at once for which blocking is compared (default: 90 % of the record's peak)", 0},
        {"replications", KEY_REPLICATIONS, "N", 0,
         "Of the model's simulation (default 20, fewer for millions of calls)", 0},
        {"seed", KEY_SEED, "N", 0, "Of the model's simulation (default 1)", 0},
        {0},
    };
    static const struct argp argp = {
        argp_options,
        parse,
        "TRACE...",
        "From a record of calls to a model of them: for each class the rate by the hour (weekdays "
        "and weekends apart where the record has both), the spread between days, peakedness, "
        "whether arrivals are Poisson within a quarter of an hour, and holding times by maximum "
        "likelihood. The model is simulated and compared with the record. A record of a switch "
        "is taken as well, as 'peerplan import auto' reads it.\n\n"
        "Examples:\n"
        "  peerplan fit calls.csv\n"
        "  peerplan fit calls.csv -o model.yaml --time-zone Europe/Berlin\n"
        "  peerplan fit calls.csv --into office.yaml -o fitted.yaml\n",
        NULL,
        NULL,
        NULL,
    };
    const char *folder = getenv("TMPDIR");
    struct options options = {.question = {.seed = 1}};
    command_parse(&argp, argc, argv, 0, &options);
    options.source.folder = folder && *folder ? folder : "/tmp";
    gsl_set_error_handler_off(); /* errors are values */
    interrupt_setup();
    interrupt_cleanup();
    return fit_command(&options);
}
