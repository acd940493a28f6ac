/* peerplan tui: what-if sessions on the terminal. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/kept.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "cli/tui_example.h"
#include "data/scenario_file.h"
#include "data/source.h"
#include "tui/loop.h"
#include "tui/theme.h"

struct options {
    const char *path;
    const char *db;
    struct loop_options loop;
};

enum { KEY_THEME = 0x1000, KEY_DB };

static int theme_parse(const char *text)
{
    const char *names[THEME_COUNT];
    if (strcmp(text, "monochrome") == 0) /* its name until 0.1 */
        return THEME_MONO;
    for (int i = 0; i < THEME_COUNT; i++) {
        names[i] = themes[i].name;
        if (strcmp(names[i], text) == 0)
            return i;
    }
    exit(command_unknown("theme", text, names, THEME_COUNT));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'j':
        options->loop.jobs = (int)option_count(state, "jobs", arg, 1, 1024);
        return 0;
    case KEY_THEME:
        options->loop.theme = theme_parse(arg);
        return 0;
    case KEY_DB:
        options->db = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (options->path)
            argp_error(state, "one scenario at a time: '%s'", arg);
        options->path = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The file's text, or the built-in example's. NULL with errors. */
static struct session *session_open(const char *path, struct errors *errors)
{
    struct source source = {0};
    struct session *session = NULL;
    if (!path)
        return session_new(tui_example, strlen(tui_example),
                           &(struct session_origin){NULL, "example", "."}, errors);
    if (strcmp(path, "-") == 0) {
        errors_add(errors, ERROR_USAGE, NULL, 0, 0,
                   "the tui reads keys from standard input; name a scenario file");
        return NULL;
    }
    char *folder = scenario_folder(path);
    if (folder && source_read(&source, path, errors))
        session = session_new(source.text, source.length,
                              &(struct session_origin){path, path, folder}, errors);
    source_release(&source);
    free(folder);
    return session;
}

/* ---- States that are kept ---- */

struct keep {
    const char *path;     /* of the database; NULL: none */
    char *command;        /* owned */
    struct loaded loaded; /* the scenario as the session began */
    struct kept_session *session;
};

static bool keep_end(struct keep *keep, struct errors *errors)
{
    bool ok = kept_session_end(keep->session, errors);
    keep->session = NULL;
    loaded_release(&keep->loaded);
    keep->loaded = (struct loaded){0};
    return ok;
}

/* A scenario that is opened in the session begins a run of its own. */
static bool keep_begin(void *context, const char *text, const char *name, const char *folder,
                       struct errors *errors)
{
    struct keep *keep = context;
    if (!keep_end(keep, errors))
        return false;
    keep->loaded = (struct loaded){.draft = draft_new(text, name, folder, errors), .path = name};
    if (keep->loaded.draft &&
        draft_scenario(keep->loaded.draft, NULL, &keep->loaded.scenario, errors))
        keep->session = kept_session_new(keep->path, keep->command, &keep->loaded, errors);
    return keep->session != NULL;
}

static bool keep_state(void *context, const struct report *report, const struct settings *settings,
                       struct errors *errors)
{
    struct keep *keep = context; /* without a session it was said why */
    return keep->session && kept_session_add(keep->session, report, settings, errors);
}

/* The database is looked at before the screen is. */
static bool keep_start(struct keep *keep, const struct session *session, struct loop_options *loop,
                       struct errors *errors)
{
    if (!keep->path)
        return true;
    loop->keeper = (struct keeper){keep_begin, keep_state, keep};
    return keep_begin(keep, session->text, session->name, session->folder, errors);
}

int command_tui(int argc, char **argv)
{
    static const struct argp_option argp_options[] = {
        {"theme", KEY_THEME, "NAME", 0, "dark, light or mono (default: by the terminal)", 0},
        {"db", KEY_DB, "FILE", 0,
         "Keep every state of the session in this database (default: $PEERPLAN_DB)", 0},
        {"jobs", 'j', "N", 0, "Threads of the simulation (default: one per processor)", 0},
        {0},
    };
    static const struct argp argp = {
        argp_options,
        parse,
        "[SCENARIO]",
        "What-if sessions: every change is answered at once by formulas, and confirmed by a "
        "simulation in the background. Without a scenario it opens an example.\v"
        "'peerplan help keys' lists the keys.\n\n"
        "Exit status: 0; 64 without a terminal that can show it.\n\n"
        "Examples:\n"
        "  peerplan tui\n"
        "  peerplan tui examples/head-office.yaml\n"
        "  peerplan tui office.yaml --db office.db\n"
        "  peerplan tui --theme light office.yaml\n",
        NULL,
        NULL,
        NULL};
    struct options options = {
        .loop = {.theme = -1, .terminal = getenv("TERM"), .colours = getenv("COLORFGBG")}};
    struct errors errors;
    int signal_number = 0;
    command_parse(&argp, argc, argv, 0, &options);
    options.loop.colour = terminal_colour(stdout);
    errors_init(&errors);
    struct session *session = session_open(options.path, &errors);
    struct keep keep = {.path = kept_path(options.db), .command = kept_command(argc, argv)};
    bool ready = session && keep_start(&keep, session, &options.loop, &errors);
    int code = ready ? loop_run(session, &options.loop, &signal_number, &errors) : 0;
    if (!ready)
        session_free(session);
    keep_end(&keep, &errors);
    free(keep.command);
    int said = message_errors(&errors);
    errors_release(&errors);
    if (signal_number) { /* end as the signal would have ended it */
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
    return said ? said : ready ? code : ERROR_SOFTWARE;
}
