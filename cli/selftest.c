/* peerplan selftest: small clusters, simulated and solved exactly, compared in standard errors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/selftest_cases.h"
#include "data/scenario_file.h"
#include "model/exact/markov.h"
#include "sim/study/experiment.h"
#include "sim/study/verify.h"

#define VERDICTS 1000  /* a case */
#define STATES   60000 /* a chain of more takes too long to solve */
#define SQUARE_LOW                                                                                 \
    0.7 /* the mean square of z over the built-in cases; its measures depend on each other */
#define SQUARE_HIGH  1.4
#define SQUARE_COUNT 100 /* measures without which the mean square says little */

struct options {
    char **files;
    int file_count;
    uint64_t seed;
    int replications; /* 0: as each case says */
    int jobs;
    bool all;
};

struct tally {
    size_t measures, beyond;
    size_t spread; /* measures that vary over replications: what the mean square is made of */
    double squares, worst;
    bool failed;
    int code; /* of files that could not be used */
};

enum { KEY_SEED = 's', KEY_REPLICATIONS = 'r', KEY_JOBS = 'j', KEY_ALL = 'a' };

static const struct argp_option argp_options[] = {
    {"seed", KEY_SEED, "N", 0, "Random numbers to use (default 1)", 0},
    {"replications", KEY_REPLICATIONS, "N", 0,
     "Replications of each case (default: 60, or as the file says)", 0},
    {"jobs", KEY_JOBS, "N", 0, "Threads (default: one per processor)", 0},
    {"all", KEY_ALL, NULL, 0,
     "Show every measure, not only the blocking of each class and what stands out", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    switch (key) {
    case KEY_SEED:
        o->seed = option_seed(state, "seed", arg);
        return 0;
    case KEY_REPLICATIONS:
        o->replications = (int)option_count(state, "replications", arg, 10, 1000000);
        return 0;
    case KEY_JOBS:
        o->jobs = (int)option_count(state, "jobs", arg, 1, 1024);
        return 0;
    case KEY_ALL:
        o->all = true;
        return 0;
    case ARGP_KEY_ARGS:
        o->files = state->argv + state->next;
        o->file_count = state->argc - state->next;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    argp_options,
    parse,
    "[SCENARIO...]",
    "Check this build of the simulator against exact answers: clusters so small that a Markov "
    "chain "
    "can be solved for them, by code that shares nothing with the simulator.\v"
    "z is the difference in standard errors: beyond 2 once in 20 measures by chance, beyond 4.5 "
    "once in 150,000, which counts as a defect (exit 70). A SCENARIO of your own can be checked "
    "too when it is small enough.\n\n"
    "Examples:\n"
    "  peerplan selftest\n"
    "  peerplan selftest --seed 42 --all\n"
    "  peerplan selftest lab.yaml",
    NULL,
    NULL,
    NULL,
};

static void print_head(void)
{
    printf("  %-34s %12s %12s %25s %7s\n", "measure", "exact", "simulated", "95 % interval", "z");
}

static void print_verdict(const struct metric *m, const struct deviation *v)
{
    char label[100], range[60];
    snprintf(label, sizeof label, "%s %s %s", scope_name(m->scope), m->name, m->metric);
    snprintf(range, sizeof range, "%.6g .. %.6g", v->simulated.low, v->simulated.high);
    printf("  %-34s %12.6g %12.6g %25s %+7.2f%s\n", label, v->exact, v->simulated.value, range,
           v->z, fabs(v->z) >= VERIFY_LIMIT ? "  DIFFERS" : "");
}

static bool shown(const struct options *o, const struct metric *m, const struct deviation *v)
{
    return o->all || fabs(v->z) >= 3 || strcmp(m->metric, "blocked_fraction") == 0;
}

static void judge(const struct options *o, const struct scenario *scenario,
                  const struct markov *exact, const struct results *results, struct tally *tally)
{
    static struct deviation verdicts[VERDICTS];
    size_t count = verify_results(scenario, exact, results, verdicts, VERDICTS);
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        const struct deviation *v = &verdicts[i];
        if (shown(o, &results->metrics[v->metric], v))
            print_verdict(&results->metrics[v->metric], v);
        tally->spread += !v->fixed;
        tally->squares += v->fixed ? 0 : v->z * v->z;
        tally->beyond += fabs(v->z) >= VERIFY_LIMIT;
        worst = fmax(worst, fabs(v->z));
    }
    tally->measures += count;
    tally->worst = fmax(tally->worst, worst);
    printf("  %zu measures against %zu states, worst |z| %.2f\n", count, exact->states, worst);
}

/* Both answers and their comparison; false, with errors, when one of them cannot be had. */
static bool compare(const struct options *o, struct scenario *scenario, struct tally *tally,
                    struct errors *errors)
{
    struct markov exact;
    struct results results = {0};
    const struct markov_options small = {.states_max = STATES};
    if (!markov_solve(scenario, &small, &exact, errors))
        return false;
    scenario->run.seed = o->seed;
    struct experiment_options how = {.jobs = o->jobs, .replications = o->replications};
    bool done = experiment_run(scenario, &how, &results, errors);
    if (done && results.replications >= 2)
        judge(o, scenario, &exact, &results, tally);
    results_release(&results);
    markov_release(&exact);
    return done;
}

static void check_file(const struct options *o, const char *file, struct tally *tally)
{
    struct scenario scenario = {0};
    struct errors errors;
    errors_init(&errors);
    printf("%s\n", file);
    if (scenario_read(file, &scenario, &errors))
        compare(o, &scenario, tally, &errors);
    int code = message_errors(&errors);
    if (code && !tally->code)
        tally->code = code;
    errors_release(&errors);
    scenario_release(&scenario);
}

static void check_case(const struct options *o, const struct selftest_case *c, struct tally *tally)
{
    struct scenario scenario = {0};
    struct errors errors;
    errors_init(&errors);
    printf("%s\n", c->title);
    if (!scenario_read_text(c->text, strlen(c->text), c->title, ".", &scenario, &errors) ||
        !compare(o, &scenario, tally, &errors)) {
        message_errors(&errors);
        tally->failed = true; /* a case of ours that does not work is a defect of ours */
    }
    errors_release(&errors);
    scenario_release(&scenario);
}

static int conclude(const struct tally *tally, uint64_t seed)
{
    double square = tally->spread ? tally->squares / (double)tally->spread : 0;
    bool usual = tally->spread < SQUARE_COUNT || (square > SQUARE_LOW && square < SQUARE_HIGH);
    bool good = tally->beyond == 0 && usual && !tally->failed;
    printf("\n%zu measures, worst |z| %.2f, mean square of z %.2f (1 is expected), seed %llu\n",
           tally->measures, tally->worst, square, (unsigned long long)seed);
    if (tally->code && good)
        return tally->code;
    puts(good ? "The simulator agrees with the exact answers."
              : "The simulator DIFFERS from the exact answers: please report this with the output "
                "of --all.");
    return good ? 0 : ERROR_SOFTWARE;
}

int command_selftest(int argc, char **argv)
{
    struct options o = {.seed = 1};
    struct tally tally = {0};
    command_parse(&argp, argc, argv, 0, &o);
    print_head();
    for (int i = 0; i < o.file_count; i++)
        check_file(&o, o.files[i], &tally);
    for (size_t i = 0; i < selftest_case_count && o.file_count == 0; i++)
        check_case(&o, &selftest_cases[i], &tally);
    return conclude(&tally, o.seed);
}
