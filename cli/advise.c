/* peerplan advise: the smallest changes that mend a scenario which misses its goals. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/levers.h"
#include "cli/command.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "model/base/arena.h"
#include "reports/rows.h"

struct arguments {
    const char *scenario;
    bool csv, json, confirm;
    int jobs;
    struct loaded_options loading;
};

/* A change that mends it: a lever and its least amount. */
struct suggestion {
    const struct lever *lever;
    int64_t amount;
    double blocked, blocked_down, registrations;
    enum verdict verdict;
    enum basis basis;
    const char *words, *settings; /* in the arena */
};

struct advice_search {
    const struct scenario *scenario;
    struct trial_maker maker;
    struct trial_options options;
    struct arena *arena;
    bool failed;
};

static double worst(const struct answer *answer, enum goal goal, bool down)
{
    const struct judged *row = answer_worst(answer, goal, down);
    return row ? row->value.value : NAN;
}

/* Tries an amount of a lever; keeps what was seen. False: not judged. */
static bool try_amount(struct advice_search *search, const struct lever *lever, int64_t amount,
                       struct suggestion *change)
{
    const char *settings[LEVER_SETTINGS_MOST];
    struct answer answer;
    size_t count = lever_settings(lever, search->scenario, amount, search->arena, settings, 0,
                                  LEVER_SETTINGS_MOST);
    if (count == SIZE_MAX)
        return false;
    enum trial_outcome outcome =
        trial_judge(&search->maker, settings, count, &search->options, &answer, NULL);
    search->failed = search->failed || outcome == TRIAL_FAILED;
    if (outcome != TRIAL_JUDGED)
        return false;
    *change = (struct suggestion){
        .lever = lever,
        .amount = amount,
        .blocked = worst(&answer, GOAL_BLOCKING, false),
        .blocked_down = worst(&answer, GOAL_BLOCKING, true),
        .registrations = fmax(worst(&answer, GOAL_REGISTRATIONS, false),
                              worst(&answer, GOAL_REGISTRATIONS, true)),
        .verdict = answer.verdict,
        .basis = answer.deciding ? answer.deciding->basis : BASIS_NONE,
        .words = lever_words(lever, search->scenario, amount, search->arena),
        .settings = arena_strdup(search->arena, settings[0]),
    };
    for (size_t i = 1; i < count && change->settings; i++)
        change->settings = arena_printf(search->arena, "%s; %s", change->settings, settings[i]);
    search->failed = search->failed || !change->words || !change->settings;
    answer_release(&answer);
    return true;
}

/* The least amount that mends it, by halving. */
static bool least_change(struct advice_search *search, const struct lever *lever,
                         struct suggestion *best)
{
    struct suggestion tried;
    int64_t low = 0, high = 1;
    for (;; low = high, high = 2 * high < lever->most ? 2 * high : lever->most) {
        if (try_amount(search, lever, high, &tried) && tried.verdict == VERDICT_YES)
            break;
        if (search->failed || high >= lever->most)
            return false;
    }
    *best = tried;
    while (high - low > 1 && !search->failed) {
        int64_t middle = low + (high - low) / 2;
        bool good = try_amount(search, lever, middle, &tried) && tried.verdict == VERDICT_YES;
        if (good)
            *best = tried;
        *(good ? &high : &low) = middle;
    }
    return !search->failed;
}

/* --- What is shown ---------- */

static void put_rows(struct table *t, const struct suggestion *changes, size_t count)
{
    table_begin(t, "designs",
                "rank,change,key,from,to,price,blocked,blocked_down,registrations,verdict,badge");
    for (size_t i = 0; i < count; i++) {
        const struct suggestion *c = &changes[i];
        table_count(t, (int64_t)i + 1);
        table_text(t, c->words);
        table_text(t, c->settings);
        table_number(t, c->lever->now);
        table_number(t, c->lever->now + (double)c->amount * c->lever->step);
        table_empty(t);
        table_number(t, c->blocked);
        table_number(t, c->blocked_down);
        table_number(t, c->registrations);
        table_text(t, verdict_name(c->verdict));
        table_text(t, basis_name(c->basis));
    }
}

/* "a=1; b=2" as options. */
static void put_settings(const char *settings)
{
    while (*settings) {
        const char *end = strstr(settings, "; ");
        int length = end ? (int)(end - settings) : (int)strlen(settings);
        printf(" --set '%.*s'", length, settings);
        settings += length + (end ? 2 : 0);
    }
    putchar('\n');
}

static void put_text(const struct suggestion *changes, size_t count)
{
    if (count == 0) {
        printf("no single change mends it\n");
        return;
    }
    printf("%s\n\n", changes[0].words);
    for (size_t i = 0; i < count; i++) {
        const struct suggestion *c = &changes[i];
        printf("%3zu  %-40s %9.4g %% blocked", i + 1, c->words,
               isnan(c->blocked) ? 0 : 100 * c->blocked);
        if (!isnan(c->blocked_down))
            printf(", %.4g %% with peers down", 100 * c->blocked_down);
        printf("  %s\n    ", basis_name(c->basis));
        put_settings(c->settings);
    }
}

static bool put(const struct arguments *arguments, const struct scenario *scenario,
                const struct suggestion *changes, size_t count)
{
    struct report_rows rows;
    if (!arguments->csv && !arguments->json) {
        put_text(changes, count);
        return true;
    }
    if (!report_rows_begin(&rows, stdout, arguments->json ? "designs" : NULL, scenario))
        return false;
    put_rows(&rows.table, changes, count);
    return report_rows_end(&rows, true);
}

/* --- Running ---------- */

/* 0 with an answer, 1 without; a failure: -1. */
static int search_changes(const struct arguments *arguments, struct advice_search *search,
                          const struct answer *answer)
{
    struct levers levers;
    struct suggestion *changes = NULL;
    size_t count = 0;
    bool ok = levers_list(search->scenario, answer, &search->maker, false, &levers);
    if (ok)
        changes = calloc(levers.count + 1, sizeof *changes);
    for (size_t i = 0; changes && i < levers.count && !search->failed; i++)
        count += least_change(search, &levers.items[i], &changes[count]);
    ok = ok && changes && !search->failed && put(arguments, search->scenario, changes, count);
    free(changes);
    levers_release(&levers);
    return !ok ? -1 : count > 0 ? 0 : 1;
}

static int advise(const struct arguments *arguments, struct loaded *loaded)
{
    struct loaded_maker changed = {loaded, &arguments->loading};
    struct advice_search search = {
        .scenario = &loaded->scenario,
        .maker = loaded_trials(&changed),
        .options = {.simulate = arguments->confirm, .preview = true, .jobs = arguments->jobs},
        .arena = arena_new(),
    };
    struct answer answer = {0};
    enum trial_outcome outcome = TRIAL_FAILED;
    int code = -1;
    if (search.arena)
        outcome = trial_judge(&search.maker, NULL, 0, &search.options, &answer, NULL);
    if (outcome == TRIAL_JUDGED && answer.verdict != VERDICT_YES && answer.verdict != VERDICT_NO &&
        !search.options.simulate) { /* formulas cannot tell: simulations do */
        answer_release(&answer);
        search.options.simulate = true;
        outcome = trial_judge(&search.maker, NULL, 0, &search.options, &answer, NULL);
    }
    if (outcome == TRIAL_JUDGED && answer.verdict == VERDICT_YES) {
        if (!arguments->csv && !arguments->json)
            printf("the goals are met: nothing has to change\n");
        code = arguments->csv || arguments->json
                   ? (put(arguments, search.scenario, NULL, 0) ? 0 : -1)
                   : 0;
    } else if (outcome == TRIAL_JUDGED) {
        code = search_changes(arguments, &search, &answer);
    }
    if (code < 0)
        message_line("out of memory");
    answer_release(&answer);
    arena_free(search.arena);
    return code < 0 ? ERROR_SOFTWARE : code;
}

/* --- The command ---------- */

enum { KEY_CSV = 0x100, KEY_JSON, KEY_CONFIRM };

static const struct argp_option options[] = {
    {"confirm", KEY_CONFIRM, NULL, 0, "Simulate every change (default: where formulas cannot tell)",
     0},
    {"csv", KEY_CSV, NULL, 0, "The table as CSV", 0},
    {"json", KEY_JSON, NULL, 0, "The table as JSON", 0},
    {"jobs", 'j', "N", 0, "Threads of simulations (default: one a processor)", 0},
    {"quiet", 'q', NULL, 0, "No warnings", 0},
    LOADED_OPTION_SET,
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_CONFIRM:
        arguments->confirm = true;
        return 0;
    case KEY_CSV:
        arguments->csv = true;
        return 0;
    case KEY_JSON:
        arguments->json = true;
        return 0;
    case 'j':
        arguments->jobs = (int)option_count(state, "jobs", arg, 1, 1024);
        return 0;
    case 'q':
        arguments->loading.quiet = true;
        return 0;
    case LOADED_KEY_SET:
        loaded_option_set(state, &arguments->loading, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->scenario)
            argp_error(state, "unexpected argument '%s'", arg);
        arguments->scenario = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a scenario is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char doc[] =
    "The smallest single changes that mend a scenario which misses its goals: settings, licences, "
    "bandwidth, peers, platforms, fewer devices, each with the least amount that suffices and what "
    "is then seen. Every change is tried before it is said.\n\n"
    "Exit code 1 when no single change mends it.\n\n"
    "Examples:\n"
    "  peerplan advise office.yaml\n"
    "  peerplan advise office.yaml --set goals.survive=1 --confirm\n";

int command_advise(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "SCENARIO", doc, NULL, NULL, NULL};
    struct arguments arguments = {0};
    struct loaded loaded;
    command_parse(&argp, argc, argv, 0, &arguments);
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0)
        code = advise(&arguments, &loaded);
    loaded_release(&loaded);
    loaded_options_release(&arguments.loading);
    return code;
}
