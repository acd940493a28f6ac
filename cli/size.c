/* peerplan size: the smallest designs that carry a load. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/design.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "cli/prices.h"
#include "cli/progress.h"
#include "data/platforms.h"
#include "data/split.h"
#include "model/base/arena.h"
#include "model/base/number.h"
#include "model/base/output.h"

struct arguments {
    const char *scenario, *prices, *output, *platforms, *trace;
    char *record; /* owned; the setting that replays the trace */
    bool all, force, pairs_free;
    struct outputs outputs;
    struct sampling sampling;
    int peers[2], clusters[2], confirm;
    double spare;
    struct ask ask; /* plain numbers instead of a scenario */
    bool asked;
    struct loaded_options loading;
};

/* ---- Platforms and prices ---- */

/* Keeps those of the list "a,b". */
static bool choose_platforms(struct design_ask *ask, const char *list, struct errors *errors)
{
    size_t kept = 0;
    char *copy = strdup(list), *rest = copy, *word;
    if (!copy)
        return false;
    bool wanted[DESIGN_PLATFORMS_MAX] = {false};
    while ((word = strsep(&rest, ","))) {
        bool found = false;
        for (size_t i = 0; i < ask->platform_count; i++)
            if (strcmp(ask->platforms[i], word) == 0)
                found = wanted[i] = true;
        if (found)
            continue;
        char known[512];
        errors_add(errors, ERROR_USAGE, NULL, 0, 0,
                   "--platforms: unknown platform '%.60s', there is %s", word,
                   schema_words(ask->platforms, ask->platform_count, known, sizeof known));
    }
    free(copy);
    for (size_t i = 0; i < ask->platform_count; i++)
        if (wanted[i])
            ask->platforms[kept++] = ask->platforms[i];
    ask->platform_count = kept;
    return errors->failures == 0;
}

static bool read_prices(struct design_ask *ask, const char *path, struct errors *errors)
{
    struct price_list list = {&ask->prices, ask->platforms, ask->platform_count};
    bool ok = prices_read(&ask->prices, &list, path, errors);
    for (size_t i = 0; ok && i < ask->platform_count; i++)
        if (isnan(ask->prices.platforms[i]))
            errors_add(errors, ERROR_DATA, path, 0, 0, "no price of platform:%s",
                       ask->platforms[i]);
    return ok && errors->failures == 0;
}

/* ---- Writing ---- */

/* The settings of the command, and those of the design; 0 when out of memory. */
static size_t join_settings(const struct loaded *loaded, const struct design *best,
                            const struct design_ask *ask, const struct trial_maker *maker,
                            struct arena *arena, const char **all)
{
    struct trial_scenario made;
    size_t base = loaded->settings.count;
    for (size_t i = 0; i < base; i++)
        all[i] = loaded->settings.items[i];
    size_t count = design_shape(best, ask, arena, all + base);
    if (!count || !maker->make(maker->context, all + base, count, &made))
        return 0;
    count = design_settings(best, ask, &made.scenario, arena, all + base);
    maker->release(maker->context, &made);
    return count ? base + count : 0;
}

/* The user's own file with the design in it; owned, NULL with errors. */
static char *text_of_best(const struct loaded *loaded, const struct trial_maker *maker,
                          const struct design_ask *ask, const struct design *best,
                          struct errors *errors)
{
    struct arena *arena = arena_new();
    const char **all =
        arena ? arena_alloc(arena, loaded->settings.count + DESIGN_SETTINGS_MAX, sizeof *all)
              : NULL;
    size_t count = all ? join_settings(loaded, best, ask, maker, arena, all) : 0;
    struct settings settings = {all, count};
    char *text = count ? draft_text(loaded->draft, &settings, errors) : NULL;
    if (text && best->clusters > 1) {
        char *one = text;
        text = split_text(one, "the design", best->clusters, errors);
        free(one);
    }
    arena_free(arena);
    return text;
}

static bool write_best(const struct arguments *arguments, const struct loaded *loaded,
                       const struct trial_maker *maker, const struct design_ask *ask,
                       const struct design *best, struct errors *errors)
{
    char *text = text_of_best(loaded, maker, ask, best, errors);
    struct output *output = text ? output_open(arguments->output, errors) : NULL;
    if (output)
        fputs(text, output_stream(output));
    bool ok = output && output_commit(output, errors);
    if (!ok && errors->failures == 0)
        errors_no_memory(errors);
    free(text);
    return ok;
}

/* ---- Running ---- */

static bool pairs_can_be_free(const struct scenario *s, struct errors *errors)
{
    if (s->cluster_count <= DESIGN_PARTS_MAX)
        return true;
    errors_add(errors, ERROR_DATA, NULL, 0, 0,
               "--pairs free takes up to %d clusters, the scenario has %u", DESIGN_PARTS_MAX,
               s->cluster_count);
    return false;
}

/* Returns the exit code. */
static int say_none(const struct scenario *s, const struct designs *designs)
{
    static const char none[] = "nothing within the bounds meets the goals";
    int most = designs->ask->peers_most, down = s->goals.survive;
    if (designs->nothing) {
        message_line("nothing to judge: no call and no device is offered");
        return ERROR_DATA;
    }
    if (s->goals.blocking <= 0)
        message_line("%s: calls that come at random are refused now and then by any number", none);
    else if (most <= down)
        message_line("%s: of %d peer%s none is left with %d down", none, most, most == 1 ? "" : "s",
                     down);
    else if (*designs->at_bounds)
        message_line("%s; at the bounds %s binds", none, designs->at_bounds);
    else
        message_line("%s", none);
    return 1;
}

/* Where the search is, on standard error. */
struct teller {
    struct progress_line line;
    const char *doing;
};

static void told(void *context, const struct designs *so_far)
{
    struct teller *teller = context;
    const struct design *first = designs_best(so_far);
    char words[2 * DESIGN_WORDS_SIZE + 128], peers[DESIGN_WORDS_SIZE], platforms[DESIGN_WORDS_SIZE];
    first = first || so_far->count == 0 ? first : &so_far->items[0];
    if (!first)
        return;
    snprintf(words, sizeof words, "%s: %zu design%s, first %d x %s %s, %lld RMS", teller->doing,
             so_far->count, so_far->count == 1 ? "" : "s", first->clusters,
             design_peers(first, peers), design_platforms(first, so_far->ask, platforms),
             (long long)first->rms);
    progress_say(&teller->line, words);
}

/* By formulas, then by simulation as far as it was asked for; false with an error, unless out of
 * memory. */
static bool find(const struct arguments *arguments, const struct trial_maker *maker,
                 struct design_ask *ask, struct designs *designs, struct errors *errors)
{
    struct teller teller = {.doing = "formulas"};
    progress_begin(&teller.line, arguments->loading.quiet, 1, 0);
    ask->told = told;
    ask->context = &teller;
    bool ok = designs_find(maker, ask, designs);
    const char *item = ok ? designs_missing_price(designs) : NULL;
    if (item)
        errors_add(errors, ERROR_DATA, arguments->prices, 0, 0,
                   "no price of %s, which a design needs", item);
    /* what is written is simulated first: run of the file is to say the same */
    int wanted = arguments->confirm || !arguments->output ? arguments->confirm : 1;
    teller.doing = "simulating";
    if (ok)
        told(&teller, designs);
    ok = ok && !item && designs_confirm(maker, designs, wanted);
    progress_clear(&teller.line);
    return ok;
}

/* 0 with a design, 1 without. */
static int answer(struct arguments *arguments, struct loaded *loaded, struct design_ask *ask,
                  struct errors *errors)
{
    struct loaded_maker changed = {loaded, &arguments->loading};
    struct trial_maker maker = loaded_trials(&changed);
    struct designs designs;
    struct report report = {
        .kind = REPORT_SIZE, .scenario = &loaded->scenario, .designs = &designs};
    bool begun = outputs_begin(&arguments->outputs, loaded, &report, errors);
    bool ok = find(arguments, &maker, ask, &designs, errors);
    if (!ok && errors->failures == 0)
        errors_no_memory(errors);
    ok = ok && begun && outputs_deliver(&arguments->outputs, loaded, &report, errors);
    if (ok)
        outputs_show(&arguments->outputs, &report, false);
    const struct design *best = ok ? designs_best(&designs) : NULL;
    int code = ok && !best ? say_none(&loaded->scenario, &designs) : 0;
    if (ok && best && arguments->output)
        ok = write_best(arguments, loaded, &maker, ask, best, errors);
    designs_release(&designs);
    return ok ? code : message_errors(errors);
}

static int size_loaded(struct arguments *arguments, struct loaded *loaded)
{
    struct errors errors;
    struct arena *arena = arena_new();
    struct design_ask ask = {
        .peers_least = arguments->peers[0],
        .peers_most = arguments->peers[1],
        .clusters_least = arguments->clusters[0],
        .clusters_most = arguments->clusters[1],
        .spare = arguments->spare,
        .all = arguments->all,
        .pairs_free = arguments->pairs_free,
        .scenario = &loaded->scenario,
        .jobs = arguments->sampling.jobs,
    };
    errors_init(&errors);
    if (arena)
        ask.platform_count = platforms_by_size(
            loaded->draft, &loaded->scenario,
            &(struct platform_names){ask.platforms, DESIGN_PLATFORMS_MAX, arena}, &errors);
    bool ok = ask.platform_count > 0;
    ok = ok && (!arguments->platforms || choose_platforms(&ask, arguments->platforms, &errors));
    ok = ok && (!arguments->prices || read_prices(&ask, arguments->prices, &errors));
    ask.rule_stated = ok && platforms_rule_stated(loaded->draft, &loaded->scenario);
    ok = ok && (!ask.pairs_free || pairs_can_be_free(&loaded->scenario, &errors));
    if (!ok && errors.failures == 0)
        errors_no_memory(&errors);
    int code = ok ? answer(arguments, loaded, &ask, &errors) : message_errors(&errors);
    errors_release(&errors);
    arena_free(arena);
    return code;
}

/* ---- The command ---- */

enum {
    KEY_PLATFORMS = 0x100,
    KEY_PEERS,
    KEY_CLUSTERS,
    KEY_SPARE,
    KEY_PAIRS,
    KEY_TRACE,
    KEY_PRICES,
    KEY_CONFIRM,
    KEY_ALL,
    KEY_SURVIVE,
    KEY_BLOCKING,
    KEY_FORCE
};

static const struct argp_option options[] = {
    {"platforms", KEY_PLATFORMS, "A,B", 0, "Platforms to choose from (default: all of the table)",
     0},
    {"peers", KEY_PEERS, "1..6", 0, "Peers of a cluster", 0},
    {"clusters", KEY_CLUSTERS, "1..8", 0, "Clusters that share the load equally", 0},
    {"pairs", KEY_PAIRS, "free", 0,
     "Edge and core may differ (default: the same platform and peers in both)", 0},
    {"trace", KEY_TRACE, "FILE", 0,
     "Size on a call record in place of the arrivals of the classes, by replay", 0},
    {"spare", KEY_SPARE, "SHARE", 0, "Size for this much more load: 20%", 0},
    {"survive", KEY_SURVIVE, "N", 0,
     "Peers down with which the goals hold (default: the scenario's)", 0},
    {"blocking", KEY_BLOCKING, "P", 0, "Largest share of calls refused (default: the scenario's)",
     0},
    {"prices", KEY_PRICES, "FILE", 0,
     "CSV item,price: platform:large-vm, rms, room, desktop, site; the cheapest comes first", 0},
    {"confirm", KEY_CONFIRM, "K", OPTION_ARG_OPTIONAL, "Simulate the best K designs (3)", 0},
    {"all", KEY_ALL, NULL, 0, "Dominated designs too", 0},
    {"output", 'o', "FILE", 0, "Write the best as a scenario, comments kept", 0},
    {"force", KEY_FORCE, NULL, 0, "Overwrite FILE", 0},
    OUTPUTS_TABLE,
    OUTPUTS_JSON,
    OUTPUTS_HTML,
    OUTPUTS_XLSX,
    OUTPUTS_CHARTS,
    OUTPUTS_DB,
    {"jobs", 'j', "N", 0, "Threads of simulations (default: one per processor)", 0},
    {"quiet", 'q', NULL, 0, "No warnings", 0},
    LOADED_OPTION_SET,
    {0},
};

static void take_range(struct argp_state *state, const char *option, const char *text, int most,
                       int range[2])
{
    int used = 0, read = sscanf(text, "%d..%d%n", &range[0], &range[1], &used);
    if (read == 1) {
        used = 0;
        read = sscanf(text, "%d%n", &range[0], &used);
        range[1] = range[0];
    }
    if (read < 1 || text[used] || range[0] < 1 || range[1] > most || range[0] > range[1])
        argp_error(state, "--%s takes a number or a range from 1 to %d such as 2..4, not '%s'",
                   option, most, text);
}

/* The record stands in place of all arrivals. A path is the user's, a scenario's is beside it. */
static void take_trace(struct argp_state *state, struct arguments *arguments)
{
    char *path = realpath(arguments->trace, NULL);
    if (!path)
        argp_failure(state, ERROR_NO_INPUT, errno, "%s", arguments->trace);
    else if (asprintf(&arguments->record, "traces=[{file: \"%s\"}]", path) < 0)
        argp_failure(state, ERROR_SOFTWARE, 0, "out of memory");
    free(path);
    loaded_option_set(state, &arguments->loading, "calls.*.arrivals=");
    loaded_option_set(state, &arguments->loading, arguments->record);
}

static error_t parse_search(int key, char *arg, struct argp_state *state,
                            struct arguments *arguments)
{
    switch (key) {
    case KEY_PLATFORMS:
        arguments->platforms = arg;
        return 0;
    case KEY_PEERS:
        take_range(state, "peers", arg, CLUSTER_PEERS_MAX, arguments->peers);
        return 0;
    case KEY_CLUSTERS:
        take_range(state, "clusters", arg, DESIGN_CLUSTERS_MAX, arguments->clusters);
        return 0;
    case KEY_PAIRS:
        if (strcmp(arg, "free") != 0 && strcmp(arg, "alike") != 0)
            argp_error(state, "--pairs takes free or alike, not '%s'", arg);
        arguments->pairs_free = strcmp(arg, "free") == 0;
        return 0;
    case KEY_TRACE:
        arguments->trace = arg;
        return 0;
    case KEY_SPARE:
        arguments->spare = option_share(state, "spare", arg, 100);
        return 0;
    case KEY_PRICES:
        arguments->prices = arg;
        return 0;
    case KEY_CONFIRM:
        arguments->confirm = arg ? (int)option_count(state, "confirm", arg, 1, 100) : 3;
        return 0;
    case KEY_ALL:
        arguments->all = true;
        return 0;
    default:
        if (loaded_option(key, arg, state, &arguments->loading) == 0 ||
            sampling_option(key, arg, state, &arguments->sampling) == 0)
            return 0;
        return outputs_option(key, arg, state, &arguments->outputs);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    static char survive[64], blocking[64];
    if (ask_option(key, arg, state, &arguments->ask)) {
        arguments->asked = true;
        return 0;
    }
    switch (key) {
    case KEY_SURVIVE:
        snprintf(survive, sizeof survive, "goals.survive=%.40s", arg);
        loaded_option_set(state, &arguments->loading, survive);
        return 0;
    case KEY_BLOCKING:
        snprintf(blocking, sizeof blocking, "goals.blocking=%.40s", arg);
        loaded_option_set(state, &arguments->loading, blocking);
        return 0;
    case 'o':
        arguments->output = arg;
        return 0;
    case KEY_FORCE:
        arguments->force = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->scenario)
            argp_error(state, "unexpected argument '%s'", arg);
        arguments->scenario = arg;
        return 0;
    case ARGP_KEY_END:
        if (!arguments->scenario && !arguments->asked)
            argp_error(state, "a scenario is missing");
        if (arguments->scenario && arguments->asked)
            argp_error(state, "a scenario cannot be combined with plain numbers such as --users");
        if (arguments->asked && ask_contradiction(&arguments->ask))
            argp_error(state, "%s", ask_contradiction(&arguments->ask));
        if (arguments->trace)
            take_trace(state, arguments);
        return 0;
    default:
        return parse_search(key, arg, state, arguments);
    }
}

static const char doc[] =
    "The smallest designs that meet the goals of a scenario: platform, peers, clusters that share "
    "the load, and the least RMS. Formulas judge every candidate; what they cannot decide is "
    "simulated. Every limit counts: units, the cluster's cap, RMS, registrations, licences, TURN, "
    "set-up rate.\n\n"
    "Exit code 1 when nothing within the bounds meets them.\n\n"
    "Examples:\n"
    "  peerplan size office.yaml\n"
    "  peerplan size office.yaml --platforms medium-vm,large-vm --survive 1 --confirm\n"
    "  peerplan size office.yaml --prices prices.csv -o sized.yaml\n"
    "  peerplan size --users 6000 --rooms 250 --b2b 120/h\n";

/* The options of plain numbers beside those of its own; of one name its own stand. */
static void join_options(struct argp_option *rows)
{
    struct argp_option asks[ASK_COUNT];
    size_t count = 0;
    for (; options[count].name; count++)
        rows[count] = options[count];
    size_t own = count;
    ask_option_rows(asks, 1);
    for (int i = 0; i < ASK_COUNT; i++) {
        bool known = false;
        for (size_t k = 0; k < own && !known; k++)
            known = strcmp(rows[k].name, asks[i].name) == 0;
        if (!known)
            rows[count++] = asks[i];
    }
}

int command_size(int argc, char **argv)
{
    struct argp_option rows[sizeof options / sizeof *options + ASK_COUNT] = {0};
    const struct argp argp = {rows, parse, "SCENARIO\n--users N...", doc, NULL, NULL, NULL};
    struct arguments arguments = {.peers = {1, CLUSTER_PEERS_MAX},
                                  .clusters = {1, DESIGN_CLUSTERS_MAX}};
    struct loaded loaded;
    char reason[ASK_REASON], *text = NULL;
    join_options(rows);
    ask_init(&arguments.ask);
    ask_set(&arguments.ask, ASK_PROFILE, "flat", reason); /* the busy hour is what one sizes for */
    arguments.ask.stated[ASK_PROFILE] = false;
    outputs_init(&arguments.outputs, argc, argv);
    command_parse(&argp, argc, argv, 0, &arguments);
    if (arguments.output && !arguments.force && access(arguments.output, F_OK) == 0) {
        message_line("%s exists: --force overwrites it", arguments.output);
        outputs_release(&arguments.outputs);
        loaded_options_release(&arguments.loading);
        return ERROR_CANT_CREATE;
    }
    if (arguments.asked) {
        arguments.loading.text = text = ask_scenario(&arguments.ask, NULL);
        arguments.scenario = "<ask>";
    }
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0)
        code = size_loaded(&arguments, &loaded);
    loaded_release(&loaded);
    outputs_release(&arguments.outputs);
    loaded_options_release(&arguments.loading);
    free(arguments.record);
    free(text);
    return code;
}
