/* peerplan new: from a few numbers to a scenario that explains itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/dialogue.h"
#include "cli/message.h"
#include "data/dump.h"
#include "data/settings.h"
#include "model/base/output.h"

enum { KEY_LIST = 0x1000, KEY_FORCE, KEY_FROM_XCONF };

struct options {
    struct ask ask;
    char path[DIALOGUE_PATH]; /* "": standard output */
    bool list, force, asked;  /* asked: something was stated, no dialogue */
    const char **dumps;       /* owned; paths borrowed from argv */
    size_t dump_count;
};

static void take_template(struct argp_state *state, struct options *options, const char *name)
{
    const char *names[16];
    size_t count = 0;
    for (const struct ask_template *t; count < 16 && (t = ask_template_at(count)) != NULL; count++)
        names[count] = t->name;
    if (options->ask.name)
        argp_error(state, "unexpected argument '%s'", name);
    struct ask before = options->ask;
    ask_init(&options->ask);
    if (!ask_use(&options->ask, name))
        exit(command_unknown("template", name, names, count));
    for (int i = 0; i < ASK_COUNT; i++) /* what was stated stays so, wherever it stands */
        if (before.stated[i]) {
            memcpy(options->ask.text[i], before.text[i], ASK_TEXT);
            options->ask.stated[i] = true;
        }
}

static void take_dump(struct argp_state *state, struct options *options, const char *path)
{
    const char **dumps = realloc(options->dumps, (options->dump_count + 1) * sizeof *dumps);
    if (!dumps)
        argp_failure(state, ERROR_SOFTWARE, 0, "out of memory");
    dumps[options->dump_count++] = path;
    options->dumps = dumps;
    options->asked = true;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    if (ask_option(key, arg, state, &options->ask)) {
        options->asked = true;
        return 0;
    }
    switch (key) {
    case 'o':
        if (strlen(arg) >= DIALOGUE_PATH || !*arg)
            argp_error(state, "-o takes the name of a file");
        snprintf(options->path, sizeof options->path, "%s", arg);
        return 0;
    case KEY_LIST:
        options->list = true;
        return 0;
    case KEY_FORCE:
        options->force = true;
        return 0;
    case KEY_FROM_XCONF:
        take_dump(state, options, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (options->dump_count)
            take_dump(state, options, arg);
        else
            take_template(state, options, arg);
        options->asked = true;
        return 0;
    case ARGP_KEY_END:
        if (options->dump_count && !ask_has_load(&options->ask))
            return 0; /* who answers later need not say now */
        if (options->asked && !options->list && ask_contradiction(&options->ask))
            argp_error(state, "%s", ask_contradiction(&options->ask));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void put_templates(void)
{
    const struct ask_template *t;
    for (size_t i = 0; (t = ask_template_at(i)) != NULL; i++)
        printf("%-10s  %s\n", t->name, t->summary);
}

/* What it makes must be a scenario: a release or a platform that the tables do not have is told. */
static int check_text(const char *text, const char *name)
{
    struct errors errors;
    struct scenario scenario = {0};
    errors_init(&errors);
    struct draft *draft = draft_new(text, name, ".", &errors);
    bool good = draft && draft_scenario(draft, NULL, &scenario, &errors);
    int code = good ? 0 : message_errors(&errors);
    scenario_release(&scenario);
    draft_free(draft);
    errors_release(&errors);
    return code;
}

static int write_text(const struct options *options, const char *text)
{
    struct errors errors;
    const char *path = *options->path ? options->path : "-";
    if (strcmp(path, "-") != 0 && !options->force && access(path, F_OK) == 0) {
        message_line("%s: exists already (--force overwrites it)", path);
        return ERROR_CANT_CREATE;
    }
    errors_init(&errors);
    struct output *output = output_open(path, &errors);
    if (output) {
        fputs(text, output_stream(output));
        output_commit(output, &errors);
    }
    int code = message_errors(&errors);
    errors_release(&errors);
    return code;
}

static int make(const struct options *options, const struct deployment *running)
{
    char *text = ask_scenario(&options->ask, running);
    if (!text) {
        message_line("out of memory");
        return ERROR_SOFTWARE;
    }
    int code = check_text(text, *options->path ? options->path : "<new>");
    if (code == 0)
        code = write_text(options, text);
    free(text);
    return code;
}

/* From what running peers say of themselves. */
static int make_from_dumps(const struct options *options)
{
    struct errors errors;
    struct deployment running = {0};
    errors_init(&errors);
    struct dumps *dumps = dumps_new(&errors);
    bool good = dumps != NULL;
    for (size_t i = 0; i < options->dump_count && dumps; i++) {
        enum dump_result result = dumps_add(dumps, options->dumps[i], &errors);
        if (result == DUMP_OTHER)
            errors_add(&errors, ERROR_DATA, options->dumps[i], 0, 0,
                       "no line '*c xConfiguration ...' in it");
        good = good && result == DUMP_ADDED;
    }
    good = good && dumps_deploy(dumps, &running, &errors);
    int code = message_errors(&errors);
    if (good)
        code = make(options, &running);
    deployment_release(&running);
    dumps_free(dumps);
    errors_release(&errors);
    return code;
}

/* Options are missing: the terminal is asked. */
static int ask_terminal(struct options *options)
{
    if (!isatty(0) || !isatty(2)) {
        message_line("nothing is stated, and nobody can be asked: give options or a template "
                     "(peerplan new --list)");
        return ERROR_USAGE;
    }
    ask_use(&options->ask, ask_template_at(0)->name);
    options->ask.name = NULL;
    if (!dialogue_ask(&options->ask, options->path, stdin, stderr)) {
        fputc('\n', stderr);
        message_line("nothing was written");
        return ERROR_USAGE;
    }
    int code = make(options, NULL);
    if (code == 0 && strcmp(options->path, "-") != 0)
        fprintf(stderr, "Written. Next: peerplan run %s\n", options->path);
    return code;
}

int command_new(int argc, char **argv)
{
    struct argp_option rows[ASK_COUNT + 5] = {
        {"output", 'o', "FILE", 0, "Write there instead of standard output", 1},
        {"force", KEY_FORCE, NULL, 0, "Replace a file that exists", 1},
        {"list", KEY_LIST, NULL, 0, "Show the templates", 1},
        {"from-xconf", KEY_FROM_XCONF, "DUMP", 0,
         "Clusters, peers, zones and pipes from dumps of running peers, as check reads them; "
         "further "
         "dumps may follow",
         1},
    };
    ask_option_rows(rows + 4, 2);
    const struct argp argp = {
        rows,
        parse,
        "[TEMPLATE]\n--from-xconf DUMP...",
        "Makes a scenario from a few numbers: a commented file that explains itself and that run, "
        "estimate and tui take at once. On a terminal, without options, it asks. With users "
        "outside "
        "(mra) or calls with other companies (b2b) there are an edge and a core.\n\n"
        "Examples:\n"
        "  peerplan new -o office.yaml                       asks\n"
        "  peerplan new --users 6000 --rooms 250 --b2b 120/h -o office.yaml\n"
        "  peerplan new --users 1000 --registered 80% --in-call 10% --platform medium-vm\n"
        "  peerplan new pair -o branch.yaml                  from a template\n"
        "  peerplan new --from-xconf logs/ --rooms 250 -o running.yaml\n",
        NULL,
        NULL,
        NULL,
    };
    struct options options = {0};
    ask_init(&options.ask);
    command_parse(&argp, argc, argv, 0, &options);
    if (options.list) {
        put_templates();
        return 0;
    }
    int code = options.dump_count ? make_from_dumps(&options)
               : options.asked    ? make(&options, NULL)
                                  : ask_terminal(&options);
    free(options.dumps);
    return code;
}
