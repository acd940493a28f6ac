/* The subcommands: one table, one file each.
 *
 * To add a command: write cli/NAME.c with `int command_NAME(int argc, char **argv)` and add its row
 * to COMMANDS. argv[0] is "peerplan NAME"; the function parses its options with command_parse,
 * writes results to standard output and everything else to standard error, and returns the exit
 * code of the program: 0 done, 1 done and the answer is no, or an error_code. It may also exit()
 * with one, as argp does.
 */
#ifndef PEERPLAN_CLI_COMMAND_H
#define PEERPLAN_CLI_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

/* name, what it does in a line; in the order of the help text */
#define COMMANDS(ROW)                                                                              \
    ROW(run, "simulate a scenario: does it carry its load, with 95 % intervals")                   \
    ROW(estimate, "answer from formulas alone, at once, and say how far to trust it")              \
    ROW(compare, "two scenarios on common random numbers: what differs, beyond chance")            \
    ROW(route, "the path of one call, peer by peer, with what it takes")                           \
    ROW(tui, "what-if sessions on the terminal: change anything, see the answer at once")          \
    ROW(new, "a scenario from a few numbers, by questions, options or templates")                  \
    ROW(import, "read call records: concurrent calls, busy hour, a trace for run")                 \
    ROW(fit, "a model from call records, and what the model loses")                                \
    ROW(size, "the smallest designs that meet the goals: platform, peers, clusters, RMS")          \
    ROW(advise, "the smallest changes that make a scenario meet its goals")                        \
    ROW(forecast, "when growth reaches a limit or misses a goal: dates, by formulas")              \
    ROW(sweep, "many variants of a scenario: every combination, or a sample of them")              \
    ROW(merge, "shards of a sweep, computed on many machines, joined into one database")           \
    ROW(runs, "stored results: list, show again, compare, delete")                                 \
    ROW(report, "a page about a scenario to pass on: one file, with charts")                       \
    ROW(check, "the doctor: what is wrong with a scenario, or with dumps of running peers")        \
    ROW(tables, "what a node and a cluster can carry, by release, with the documents")             \
    ROW(selftest, "check this build of the simulator against exact answers")                       \
    ROW(help, "explain a command or a topic")

#define COMMAND_PROTOTYPE(name, summary) int command_##name(int argc, char **argv);
COMMANDS(COMMAND_PROTOTYPE)
#undef COMMAND_PROTOTYPE

struct command {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
};

extern const struct command commands[];
extern const size_t command_count;

/* argp_parse with near misses: an option that does not exist is answered by the one that was
 * probably meant. Every command has --help, --usage, --version and --no-color. Wrong usage ends the
 * program with 64. */
void command_parse(const struct argp *argp, int argc, char **argv, unsigned flags, void *input);

/* Says "peerplan: unknown WHAT 'WORD'; did you mean ..." and returns 64. */
int command_unknown(const char *what, const char *word, const char *const *candidates,
                    size_t count);

/* Values of options; a wrong one ends the program with 64 and says which option it was. */
int64_t option_count(struct argp_state *state, const char *option, const char *text, int64_t least,
                     int64_t most);
uint64_t option_seed(struct argp_state *state, const char *option, const char *text);
/* "90s", "10m": seconds, > 0. */
double option_duration(struct argp_state *state, const char *option, const char *text);
/* A share such as "5%" or "0.05", above 0 and up to `most`. */
double option_share(struct argp_state *state, const char *option, const char *text, double most);

/* Options -r, -s and -j, of commands that simulate. */
struct sampling {
    int replications; /* 0: as the scenario says */
    int jobs;         /* threads; 0: one a processor */
    uint64_t seed;
    bool seed_given; /* else the scenario's */
};
/* ARGP_ERR_UNKNOWN for an option of somebody else. */
error_t sampling_option(int key, char *arg, struct argp_state *state, struct sampling *sampling);

/* The one scenario that a command takes; ARGP_ERR_UNKNOWN for all but arguments. */
error_t scenario_argument(int key, char *arg, struct argp_state *state, const char **scenario);

#endif
