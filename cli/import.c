/* peerplan import: call records of switches become a trace and figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "data/import.h"
#include "data/import_format.h"
#include "data/source.h"
#include "model/base/output.h"
#include "reports/call_summary.h"

enum {
    KEY_OUTPUT = 'o',
    KEY_MAP = 0x1000,
    KEY_WHERE,
    KEY_DELIMITER,
    KEY_TIME_FORMAT,
    KEY_HOLD,
    KEY_TIME_ZONE,
    KEY_KEEP,
    KEY_ALL,
    KEY_CLASS,
    KEY_DEFAULT_CLASS,
    KEY_RULES,
    KEY_BY_HOUR,
    KEY_JSON,
    KEY_BAD,
    KEY_STRICT,
    KEY_CSV,
    KEY_FORCE
};

struct options {
    struct import_options import;
    const char *time_zone, *output, *bad, *rules;
    bool by_hour, json, csv, force;
    struct import_class *classes; /* owned */
    size_t class_count;
    char **texts; /* owned, each of them too */
    size_t text_count;
};

/* ---- options ---- */

/* A copy that lives as long as the options. */
static char *own_text(struct options *options, const char *text, size_t length)
{
    char **larger = realloc(options->texts, (options->text_count + 1) * sizeof *larger);
    char *copy = strndup(text, length);
    if (!larger || !copy) {
        message_line("out of memory");
        exit(ERROR_SOFTWARE);
    }
    options->texts = larger;
    options->texts[options->text_count++] = copy;
    return copy;
}

/* "NAME=EXPR"; false when there is no name or no condition. */
static bool add_class(struct options *options, const char *text, size_t length, const char *file,
                      long line)
{
    const char *equal = memchr(text, '=', length);
    size_t name = equal ? (size_t)(equal - text) : 0;
    while (name && text[name - 1] == ' ')
        name--;
    if (!equal || name == 0 || (size_t)(equal - text) + 1 == length)
        return false;
    struct import_class *larger =
        realloc(options->classes, (options->class_count + 1) * sizeof *larger);
    if (!larger) {
        message_line("out of memory");
        exit(ERROR_SOFTWARE);
    }
    options->classes = larger;
    options->classes[options->class_count++] = (struct import_class){
        .name = own_text(options, text, name),
        .condition = own_text(options, equal + 1, length - (size_t)(equal - text) - 1),
        .file = file,
        .line = line,
    };
    return true;
}

static char parse_delimiter(struct argp_state *state, const char *text)
{
    if (strcmp(text, "auto") == 0)
        return '\0';
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        return '\t';
    if (strlen(text) != 1 || strchr("\"\r\n ", *text))
        argp_error(state, "--delimiter takes auto, tab or one character, not '%s'", text);
    return *text;
}

static void check(struct argp_state *state, const struct options *options)
{
    bool to_stdout = options->output && strcmp(options->output, "-") == 0;
    if (!options->import.format)
        argp_error(state, "a format is missing");
    if (options->import.file_count == 0)
        argp_error(state, "a file of records is missing");
    if (options->csv && !options->by_hour)
        argp_error(state, "--csv is for --by-hour");
    if (options->by_hour && options->json)
        argp_error(state, "--by-hour cannot be combined with --json");
    if (options->by_hour && to_stdout)
        argp_error(state, "--by-hour cannot be combined with -o -: both write to standard output");
    if (options->import.map && options->import.format && strcmp(options->import.format, "csv") != 0)
        argp_error(state, "--map is for the format csv");
}

static error_t parse_text(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case KEY_MAP:
        options->import.map = arg;
        return 0;
    case KEY_WHERE:
        options->import.where = arg;
        return 0;
    case KEY_DELIMITER:
        options->import.delimiter = parse_delimiter(state, arg);
        return 0;
    case KEY_TIME_FORMAT:
        options->import.time_format = arg;
        return 0;
    case KEY_HOLD:
        if (strcmp(arg, "talk") != 0 && strcmp(arg, "setup") != 0)
            argp_error(state, "--hold takes talk or setup, not '%s'", arg);
        options->import.setup = strcmp(arg, "setup") == 0;
        return 0;
    case KEY_TIME_ZONE:
        options->time_zone = arg;
        return 0;
    case KEY_KEEP:
        options->import.keep = arg;
        return 0;
    case KEY_CLASS:
        if (!add_class(options, arg, strlen(arg), NULL, 0))
            argp_error(state, "--class takes NAME=CONDITION, not '%s'", arg);
        return 0;
    case KEY_DEFAULT_CLASS:
        options->import.default_class = arg;
        return 0;
    case KEY_RULES:
        options->rules = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case KEY_OUTPUT:
        options->output = arg;
        return 0;
    case KEY_BAD:
        options->bad = arg;
        return 0;
    case KEY_ALL:
        options->import.all = true;
        return 0;
    case KEY_BY_HOUR:
        options->by_hour = true;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_CSV:
        options->csv = true;
        return 0;
    case KEY_STRICT:
        options->import.strict = true;
        return 0;
    case KEY_FORCE:
        options->force = true;
        return 0;
    case ARGP_KEY_ARGS:
        options->import.format = state->argv[state->next];
        options->import.files = (const char *const *)state->argv + state->next + 1;
        options->import.file_count = (size_t)(state->argc - state->next - 1);
        return 0;
    case ARGP_KEY_END:
        check(state, options);
        return 0;
    default:
        return parse_text(key, arg, state);
    }
}

static const struct argp_option argp_options[] = {
    {"output", KEY_OUTPUT, "TRACE.csv", 0, "Write the calls as a trace; - is standard output", 0},
    {"force", KEY_FORCE, NULL, 0, "Overwrite existing files", 0},
    {"time-zone", KEY_TIME_ZONE, "ZONE", 0,
     "What local times mean, and how times are shown (Europe/Berlin; default UTC)", 0},
    {"hold", KEY_HOLD, "talk|setup", 0, "A call holds from its answer (default) or its set-up", 0},
    {"all", KEY_ALL, NULL, 0, "Keep attempts that were not answered, with duration 0", 0},
    {"class", KEY_CLASS, "NAME=EXPR", 0, "Calls for which EXPR holds are of this class", 0},
    {"rules", KEY_RULES, "FILE", 0,
     "A file of such rules, one per line, applied after those of --class", 0},
    {"default-class", KEY_DEFAULT_CLASS, "NAME", 0, "The class of the others (default call)", 0},
    {"where", KEY_WHERE, "EXPR", 0, "Only rows for which EXPR holds are calls", 0},
    {"keep", KEY_KEEP, "NAME,...", 0,
     "Further columns for the trace: id, media, calling, called ..., or columns of the records", 0},
    {"map", KEY_MAP, "MEANING=COLUMN,...", 0,
     "csv: what columns mean: start, duration or end, answered, setup, class, id ...; + joins "
     "columns, numbers name them where there is no header",
     0},
    {"time-format", KEY_TIME_FORMAT, "FORMAT", 0,
     "auto (default), iso, epoch, epoch-ms, or as of strptime", 0},
    {"delimiter", KEY_DELIMITER, "auto|tab|;|,", 0, "Between fields (default: found)", 0},
    {"by-hour", KEY_BY_HOUR, NULL, 0,
     "The calls at once, hour by hour, as CSV; the summary goes to standard error", 0},
    {"csv", KEY_CSV, NULL, 0, "With --by-hour, whose table is CSV", 0},
    {"json", KEY_JSON, NULL, 0, "The summary as one JSON document", 0},
    {"bad", KEY_BAD, "FILE", 0, "Write all bad rows, with their reasons", 0},
    {"strict", KEY_STRICT, NULL, 0, "The first bad row is an error", 0},
    {0},
};

static const char doc[] =
    "Reads call records and says how many calls they are, how many are in progress at once and "
    "when; with -o writes them as a trace for 'peerplan run'. Several files are one history, in "
    "any order; - is standard input; compressed files are read as they are.\n\n"
    "Formats: auto (by header or content), cucm, expressway, webex, teams, asterisk, freepbx, "
    "freeswitch, kamailio, csv.\n\n"
    "EXPR: columns by name ([Call type] with blanks) and media calling called trunk ip called_ip "
    "device called_device duration start; = != < <= > >= ~ (regular expression) in (a network or "
    "a list); and or not ( ).\n\n"
    "Examples:\n"
    "  peerplan import auto cdr_* -o calls.csv\n"
    "  peerplan import asterisk Master.csv --time-zone Europe/Berlin --by-hour >curve.csv\n"
    "  peerplan import cucm cdr.gz --class 'video=media = \"video\"' --default-class audio\n"
    "  peerplan import csv calls.tsv --map 'start=Date+Time,duration=Secs' --where 'Secs > 0'\n";

/* ---- rules ---- */

/* A line each "NAME=EXPR"; blank lines and those that begin with # are passed over. */
static bool read_rules(struct options *options, struct errors *errors)
{
    struct source source;
    bool good = true;
    if (!options->rules)
        return true;
    if (!source_read(&source, options->rules, errors))
        return false;
    for (uint32_t i = 0; i < source.line_count; i++) {
        const char *line = source.text + source.lines[i];
        size_t length = strcspn(line, "\r\n");
        size_t blank = strspn(line, " \t");
        if (blank >= length || line[blank] == '#')
            continue;
        if (!add_class(options, line + blank, length - blank, options->rules, (long)i + 1)) {
            source_error(&source, errors, (long)i + 1, (long)blank + 1,
                         "'NAME=CONDITION' belongs here");
            good = false;
        }
    }
    source_release(&source);
    return good;
}

/* ---- the work ---- */

struct outputs {
    struct output *trace, *bad; /* owned; NULL: not asked for */
};

static struct output *open_output(const struct options *options, const char *path,
                                  struct errors *errors)
{
    struct stat status; /* what is no file, a pipe or a device, is not overwritten */
    if (!options->force && strcmp(path, "-") != 0 && stat(path, &status) == 0 &&
        S_ISREG(status.st_mode)) {
        errors_add(errors, ERROR_CANT_CREATE, path, 0, 0, "exists already (--force overwrites it)");
        return NULL;
    }
    return output_open(path, errors);
}

static bool open_outputs(struct options *options, struct outputs *outputs, struct errors *errors)
{
    if (options->output) {
        outputs->trace = open_output(options, options->output, errors);
        options->import.trace = outputs->trace ? output_stream(outputs->trace) : NULL;
    }
    if (options->bad) {
        outputs->bad = open_output(options, options->bad, errors);
        options->import.bad = outputs->bad ? output_stream(outputs->bad) : NULL;
    }
    if (options->by_hour)
        options->import.hours = stdout;
    return (!options->output || outputs->trace) && (!options->bad || outputs->bad);
}

/* Files take their names only when all is good. */
static bool close_outputs(struct outputs *outputs, bool good, struct errors *errors)
{
    struct output *all[] = {outputs->bad, outputs->trace};
    for (size_t i = 0; i < 2; i++)
        good = good && (!all[i] || output_complete(all[i], errors));
    for (size_t i = 0; i < 2; i++) {
        if (all[i] && good)
            good = output_commit(all[i], errors);
        else
            output_abandon(all[i]);
    }
    return good;
}

static bool put_summary(const struct options *options, const struct call_summary *summary,
                        struct errors *errors)
{
    bool to_stderr = options->by_hour || (options->output && strcmp(options->output, "-") == 0);
    FILE *out = to_stderr ? stderr : stdout;
    bool good = true;
    if (options->json)
        good = call_summary_json(summary, out);
    else
        call_summary_text(summary, out);
    if (!good)
        errors_no_memory(errors);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        errors_add(errors, ERROR_IO, "<stdout>", 0, 0, "cannot be written");
        return false;
    }
    return good;
}

static bool find_format(const struct options *options)
{
    const char *names[32] = {"auto"};
    size_t count = 1;
    for (size_t i = 0; i < import_format_count && count < 32; i++)
        names[count++] = import_formats[i].name;
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], options->import.format) == 0)
            return true;
    command_unknown("format", options->import.format, names, count);
    return false;
}

static struct time_zone *find_zone(const struct options *options)
{
    const char *reason;
    const char *name = options->time_zone ? options->time_zone : "UTC";
    struct time_zone *zone = time_zone_new(name, &reason);
    if (!zone)
        message_line("--time-zone '%s': %s", name, reason);
    return zone;
}

/* ---- progress ---- */

/* Imports and shows how far it is; not where the trace itself goes to the terminal. */
static bool import_shown(struct options *options, struct call_summary *summary,
                         struct errors *errors)
{
    struct progress_line line;
    bool quiet = options->output && strcmp(options->output, "-") == 0 && isatty(STDOUT_FILENO);
    progress_begin(&line, quiet, 1, 0);
    options->import.progress = progress_import;
    options->import.progress_context = &line;
    bool good = import_run(&options->import, summary, errors);
    progress_clear(&line);
    return good;
}

/* The whole with its exit code. */
static int import(struct options *options, struct errors *errors)
{
    struct outputs outputs = {0};
    struct call_summary summary = {0};
    struct time_zone *zone = find_zone(options);
    if (!zone)
        return ERROR_USAGE;
    options->import.zone = zone;
    bool good = read_rules(options, errors);
    options->import.classes = options->classes;
    options->import.class_count = options->class_count;
    good = good && open_outputs(options, &outputs, errors);
    good =
        good && import_shown(options, &summary, errors) && put_summary(options, &summary, errors);
    good = close_outputs(&outputs, good, errors);
    if (good && summary.bad)
        errors_warn(errors, NULL, 0, 0, "%llu of %llu rows are bad and left out%s",
                    (unsigned long long)summary.bad, (unsigned long long)summary.rows,
                    summary.bad > IMPORT_QUOTED ? "; the first are quoted (--bad FILE has all)"
                                                : "");
    int code = message_errors(errors);
    if (good && code == 0 && summary.calls == 0 && summary.rows > 0) {
        message_line("no call in %llu rows", (unsigned long long)summary.rows);
        code = ERROR_DATA;
    }
    call_summary_release(&summary);
    time_zone_free(zone);
    return code;
}

int command_import(int argc, char **argv)
{
    static const struct argp argp = {argp_options, parse, "FORMAT FILE...", doc, NULL, NULL, NULL};
    struct options options = {.import = {.default_class = "call"}};
    const char *folder = getenv("TMPDIR");
    struct errors errors;
    errors_init(&errors);
    command_parse(&argp, argc, argv, 0, &options);
    options.import.folder = folder && *folder ? folder : "/tmp";
    interrupt_setup();
    interrupt_cleanup();
    int code = find_format(&options) ? import(&options, &errors) : ERROR_USAGE;
    errors_release(&errors);
    for (size_t i = 0; i < options.text_count; i++)
        free(options.texts[i]);
    free(options.texts);
    free(options.classes);
    return code;
}
