/* peerplan report: the page of a scenario, to be passed on. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

struct options {
    const char *scenario, *output;
    char **words; /* owned; what goes on to the simulation */
    int count;
};

/* A word for the command line of the simulation that makes the figures. */
static void pass(struct argp_state *state, struct options *options, char *word)
{
    char **words = realloc(options->words, ((size_t)options->count + 2) * sizeof *words);
    if (!words)
        argp_failure(state, 70, 0, "out of memory");
    words[options->count++] = word;
    words[options->count] = NULL;
    options->words = words;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    static char set[] = "--set", replications[] = "-r", seed[] = "-s", jobs[] = "-j";
    char *const words[] = {['s'] = seed, ['r'] = replications, ['j'] = jobs};
    switch (key) {
    case 'o':
        options->output = arg;
        return 0;
    case 'S':
        pass(state, options, set);
        pass(state, options, arg);
        return 0;
    case 'r':
    case 's':
    case 'j':
        pass(state, options, words[key]);
        pass(state, options, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (options->scenario)
            argp_error(state, "unexpected argument '%s'", arg);
        options->scenario = arg;
        pass(state, options, arg);
        return 0;
    case ARGP_KEY_END:
        if (!options->scenario)
            argp_error(state, "a scenario is missing");
        if (!options->output)
            argp_error(state, "-o FILE is missing: where does the page go?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int command_report(int argc, char **argv)
{
    static const struct argp_option rows[] = {
        {"output", 'o', "FILE", 0, "Write the page there", 0},
        {"replications", 'r', "N", 0, "Independent replications", 0},
        {"seed", 's', "S", 0, "Seed of the random streams", 0},
        {"jobs", 'j', "N", 0, "Threads", 0},
        {"set", 'S', "PATH=VALUE", 0, "Change the scenario for this call (may be repeated)", 0},
        {0},
    };
    static const struct argp argp = {
        rows,
        parse,
        "SCENARIO",
        "Simulates a scenario and writes its page: one file that opens anywhere, without scripts, "
        "on a "
        "telephone and on paper. Standard output has the answer.\n\n"
        "Examples:\n"
        "  peerplan report head-office.yaml -o head-office.html\n"
        "  peerplan report head-office.yaml --set release=X15.5 -o upgrade.html\n",
        NULL,
        NULL,
        NULL,
    };
    static char quiet[] = "-q", html[] = "--html";
    struct options options = {0};
    struct argp_state state = {0};
    pass(&state, &options, argv[0]);
    pass(&state, &options, quiet);
    command_parse(&argp, argc, argv, 0, &options);
    char *output = strdup(options.output);
    pass(&state, &options, html);
    pass(&state, &options, output);
    int code = output ? command_run(options.count, options.words) : 70;
    free(output);
    free(options.words);
    return code;
}
