#include "cli/command.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "data/quantity.h"
#include "model/base/error.h"
#include "model/base/similar.h"

#define ROW(name, summary) {#name, summary, command_##name},
const struct command commands[] = {COMMANDS(ROW)};
#undef ROW
const size_t command_count = sizeof commands / sizeof *commands;

int command_unknown(const char *what, const char *word, const char *const *candidates, size_t count)
{
    const char *meant = similar_find(word, candidates, count);
    message_line("unknown %s '%s'%s%s%s", what, word, meant ? "; did you mean '" : "",
                 meant ? meant : "", meant ? "'?" : "");
    fprintf(stderr, "Try 'peerplan help' for a list of commands and topics.\n");
    return ERROR_USAGE;
}

/* ---- Options ---- */

enum { KEY_NO_COLOR = 0x4000 };

static error_t common_option(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key == ARGP_KEY_INIT) {
        state->err_stream = message_stream(); /* what was typed is repeated in errors */
        return 0;
    }
    if (key != KEY_NO_COLOR)
        return ARGP_ERR_UNKNOWN;
    /* One place decides about colour, and it looks at the environment. */
    return setenv("NO_COLOR", "1", 1) ? errno : 0;
}

static const struct argp_option common_options[] = {
    {"no-color", KEY_NO_COLOR, NULL, 0, "No colours, even on a terminal (NO_COLOR does the same)",
     -1},
    {0},
};
static const struct argp common_argp = {common_options, common_option, NULL, NULL,
                                        NULL,           NULL,          NULL};
static const struct argp_child common_child[] = {{&common_argp, 0, NULL, 0}, {0}};

#define OPTION_NAMES 64

static size_t option_names(const struct argp *argp, const char **names, size_t count)
{
    for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
        if (o->name && count < OPTION_NAMES)
            names[count++] = o->name;
    return count;
}

/* An option is known when it is the beginning of one, as getopt_long has it. */
static bool option_known(const char *word, size_t letters, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(word, names[i], letters) == 0)
            return true;
    return false;
}

static void options_check(const struct argp *argp, int argc, char **argv, unsigned flags)
{
    const char *names[OPTION_NAMES] = {"help", "usage", "version"};
    size_t count = option_names(&common_argp, names, option_names(argp, names, 3));
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if ((flags & ARGP_IN_ORDER) && argv[i][0] != '-')
            return;
        if (strncmp(argv[i], "--", 2) != 0)
            continue;
        const char *word = argv[i] + 2;
        size_t letters = strcspn(word, "=");
        if (option_known(word, letters, names, count))
            continue;
        char typed[SIMILAR_LETTERS + 1];
        snprintf(typed, sizeof typed, "%.*s", (int)letters, word);
        const char *meant = similar_find(typed, names, count);
        FILE *stream = message_stream();
        fprintf(stream, "%s: unknown option '--%s'", argv[0], typed);
        fprintf(stream, meant ? "; did you mean '--%s'?\n" : "\n", meant);
        fflush(stream);
        fprintf(stderr, "Try '%s --help' for a list of options.\n", argv[0]);
        exit(ERROR_USAGE);
    }
}

void command_parse(const struct argp *argp, int argc, char **argv, unsigned flags, void *input)
{
    struct argp whole = *argp;
    if (!whole.children)
        whole.children = common_child;
    options_check(&whole, argc, argv, flags);
    error_t failed = argp_parse(&whole, argc, argv, flags, NULL, input);
    if (failed) {
        fprintf(stderr, "%s: %s\n", argv[0], strerror(failed));
        exit(failed == ENOMEM ? ERROR_SOFTWARE : ERROR_USAGE);
    }
}

/* ---- Values of options ---- */

int64_t option_count(struct argp_state *state, const char *option, const char *text, int64_t least,
                     int64_t most)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < least || value > most)
        argp_error(state, "--%s takes a whole number from %lld to %lld, not '%s'", option,
                   (long long)least, (long long)most, text);
    return value;
}

uint64_t option_seed(struct argp_state *state, const char *option, const char *text)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || strchr(text, '-'))
        argp_error(state, "--%s takes a whole number from 0 to 18446744073709551615, not '%s'",
                   option, text);
    return value;
}

double option_share(struct argp_state *state, const char *option, const char *text, double most)
{
    char *end;
    double value = strtod(text, &end);
    if (end != text && strcmp(end, "%") == 0) {
        value /= 100;
        end++;
    }
    if (end == text || *end || !(value > 0) || value > most)
        argp_error(state, "--%s takes a share such as 5%%, up to %g%%, not '%s'", option,
                   100 * most, text);
    return value;
}

double option_duration(struct argp_state *state, const char *option, const char *text)
{
    nanos value;
    if (quantity_duration(text, &value) != QUANTITY_OK || value <= 0 || value == FOREVER)
        argp_error(state, "--%s takes a duration such as 90s or 10m, not '%s'", option, text);
    return (double)value / (double)SECOND;
}

error_t sampling_option(int key, char *arg, struct argp_state *state, struct sampling *sampling)
{
    switch (key) {
    case 'r':
        sampling->replications = (int)option_count(state, "replications", arg, 1, 1000000);
        return 0;
    case 's':
        sampling->seed = option_seed(state, "seed", arg);
        sampling->seed_given = true;
        return 0;
    case 'j':
        sampling->jobs = (int)option_count(state, "jobs", arg, 1, 1024);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

error_t scenario_argument(int key, char *arg, struct argp_state *state, const char **scenario)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (*scenario)
            argp_error(state, "unexpected argument '%s'", arg);
        *scenario = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a scenario is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}
