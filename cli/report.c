/* peerplan report: the page of a scenario, to be passed on. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/kept.h"
#include "cli/message.h"
#include "cli/report_run.h"

enum { KEY_DB = 0x100, KEY_SVG, KEY_PNG, KEY_PDF };

struct options {
    const char *output, *db;
    int scenarios; /* words that name them */
    int64_t run;   /* of a database; 0: none */
    char **words;  /* owned; what goes on to the simulation */
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

/* A number is a run, everything else a file: ./3 is one. */
static void take_word(struct argp_state *state, struct options *options, char *word)
{
    bool number = *word && word[strspn(word, "0123456789")] == '\0';
    if (options->run || (number && options->scenarios))
        argp_error(state, "the page of a run has that run alone: unexpected argument '%s'", word);
    if (number)
        options->run = option_count(state, "RUN", word, 1, INT64_MAX);
    else
        pass(state, options, word);
    options->scenarios += !number;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    static char xlsx[] = "--xlsx", svg[] = "--svg", png[] = "--png", pdf[] = "--pdf";
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
    case 'x':
    case KEY_SVG:
    case KEY_PNG:
    case KEY_PDF:
        pass(state, options, key == 'x' ? xlsx : key == KEY_SVG ? svg : key == KEY_PNG ? png : pdf);
        pass(state, options, arg);
        return 0;
    case KEY_DB:
        options->db = arg;
        return 0;
    case ARGP_KEY_ARG:
        take_word(state, options, arg);
        return 0;
    case ARGP_KEY_END:
        if (!options->scenarios && !options->run)
            argp_error(state, "a scenario or the number of a run is missing");
        if (!options->output)
            argp_error(state, "-o FILE is missing: where does the page go?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int write_run(struct options *options)
{
    struct errors errors;
    errors_init(&errors);
    report_run_write(kept_path(options->db), options->run, options->output, &errors);
    int code = message_errors(&errors);
    errors_release(&errors);
    free(options->words);
    return code;
}

int command_report(int argc, char **argv)
{
    static const struct argp_option rows[] = {
        {"output", 'o', "FILE", 0, "Write the page there", 0},
        {"xlsx", 'x', "FILE", 0, "A workbook as well", 0},
        {"svg", KEY_SVG, "DIR", 0, "The charts as SVG files as well, for slides", 0},
        {"png", KEY_PNG, "DIR", 0, "The same as PNG files", 0},
        {"pdf", KEY_PDF, "FILE", 0, "The same as one PDF, a page each", 0},
        {"db", KEY_DB, "FILE", 0, "The database of a RUN (default: $PEERPLAN_DB)", 0},
        {"replications", 'r', "N", 0, "Independent replications", 0},
        {"seed", 's', "S", 0, "Seed of the random streams", 0},
        {"jobs", 'j', "N", 0, "Threads", 0},
        {"set", 'S', "PATH=VALUE", 0, "Change the scenario for this call (may be repeated)", 0},
        {0},
    };
    static const struct argp argp = {
        rows,
        parse,
        "SCENARIO...\nRUN",
        "Simulates a scenario and writes its page: one file that opens anywhere, without scripts, "
        "on a "
        "telephone and on paper. Standard output has the answer. Of several scenarios a folder of "
        "pages with an index. A number is a run that a database keeps (./3 is a file): its page "
        "has the tables as they were.\n\n"
        "Examples:\n"
        "  peerplan report head-office.yaml -o head-office.html\n"
        "  peerplan report head-office.yaml --set release=X15.5 -o upgrade.html\n",
        NULL,
        NULL,
        NULL,
    };
    static char quiet[] = "-q", html[] = "--html";
    struct options options = {0};
    pass(NULL, &options, argv[0]);
    pass(NULL, &options, quiet);
    command_parse(&argp, argc, argv, 0, &options);
    if (options.run)
        return write_run(&options);
    char *output = strdup(options.output);
    pass(NULL, &options, html);
    pass(NULL, &options, output);
    int code = output ? command_run(options.count, options.words) : 70;
    free(output);
    free(options.words);
    return code;
}
