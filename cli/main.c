/* peerplan: finds the command and calls it. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "model/base/error.h"
#include "model/base/memory.h"

/* What was printed, or found wrong, may lack a part. */
static int check_memory(int code)
{
    if (code == ERROR_SOFTWARE && !message_said())
        message_line("out of memory");
    if (memory_refusals() == 0 || code == ERROR_SOFTWARE)
        return code;
    message_line("out of memory: the result is not complete");
    return ERROR_SOFTWARE;
}

static bool ended; /* main itself has come to its end */

/* A library that ends the program, as libarchive does out of memory, gives no answer: 1 is a goal
 * missed. */
static void check_end(int status, void *context)
{
    (void)context;
    if (!ended && status == 1)
        _exit(ERROR_SOFTWARE);
}

static int run_command(int argc, char **argv)
{
    const char *names[64];
    size_t count = command_count < 64 ? command_count : 64;
    for (size_t i = 0; i < count; i++) {
        names[i] = commands[i].name;
        if (strcmp(argv[0], commands[i].name) == 0) {
            char title[64];
            snprintf(title, sizeof title, "peerplan %s", commands[i].name);
            argv[0] = title;
            return commands[i].run(argc, argv);
        }
    }
    return command_unknown("command", argv[0], names, count);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    int *command = state->input;
    (void)arg;
    switch (key) {
    case 'h':
        help_overview(stdout);
        exit(0);
    case 'V':
        puts(argp_program_version);
        exit(0);
    case ARGP_KEY_ARG:
        *command = state->next - 1;
        state->next = state->argc; /* the rest is the command's */
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"help", 'h', NULL, 0, "Commands and topics", 0},
        {"version", 'V', NULL, 0, "Which version this is", 0},
        {0},
    };
    static const struct argp argp = {options, parse, "COMMAND [OPTION...]", NULL, NULL, NULL, NULL};
    static char name[] = "peerplan";
    on_exit(check_end, NULL);
    terminal_setup();
    setlocale(LC_CTYPE, ""); /* numbers stay in the C locale */
    argp_err_exit_status = ERROR_USAGE;
    argp_program_version = "peerplan " PEERPLAN_VERSION;
    if (argc < 1)
        return ERROR_USAGE;
    argv[0] = name;
    int command = 0;
    command_parse(&argp, argc, argv, ARGP_IN_ORDER | ARGP_NO_HELP, &command);
    if (command == 0) {
        help_overview(stderr);
        return ERROR_USAGE;
    }
    int code = check_memory(run_command(argc - command, argv + command));
    ended = true;
    return code;
}
