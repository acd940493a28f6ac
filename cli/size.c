/* peerplan size: the smallest designs that carry a load. */
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
#include "data/capacity_tables.h"
#include "data/csv_reader.h"
#include "data/input.h"
#include "model/base/arena.h"
#include "model/base/number.h"
#include "model/base/output.h"

struct arguments {
    const char *scenario, *prices, *output, *platforms;
    bool all, force;
    struct outputs outputs;
    int peers[2], clusters[2], confirm, jobs;
    double spare;
    struct ask ask; /* plain numbers instead of a scenario */
    bool asked;
    struct loaded_options loading;
};

/* --- Platforms and prices ---------- */

/* Those of the table by size, then own ones in the order of the file. */
static bool list_platforms(const struct loaded *loaded, struct design_ask *ask, struct arena *arena,
                           struct errors *errors)
{
    static const char *const by_size[] = {"small-vm", "medium-vm", "large-vm", "ce1200", "ce1300"};
    const struct node_tree *tree = draft_tree(loaded->draft);
    struct capacity_tables *tables = capacity_tables_new(errors);
    const struct capacity_table *table =
        tables ? capacity_tables_find(tables, loaded->scenario.table) : NULL;
    bool ok = tables != NULL;
    for (size_t i = 0; ok && table && i < sizeof by_size / sizeof *by_size; i++)
        if (capacity_table_row(table, by_size[i], 1))
            ask->platforms[ask->platform_count++] = by_size[i];
    const struct node *own = node_get(tree->root, "platforms");
    for (const struct node *n = own && own->kind == NODE_SEQUENCE ? own->first : NULL;
         ok && n && ask->platform_count < DESIGN_PLATFORMS_MAX; n = n->next) {
        const struct node *name = node_get(n, "name");
        char *copy = name ? arena_strdup(arena, name->text) : NULL;
        if (copy)
            ask->platforms[ask->platform_count++] = copy;
        ok = !name || copy;
    }
    if (ok && !table && ask->platform_count == 0) /* a table of the user's own */
        for (uint32_t p = 0; p < loaded->scenario.platform_count; p++)
            ask->platforms[ask->platform_count++] = loaded->scenario.platforms[p].name;
    capacity_tables_free(tables);
    return ok;
}

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

static double *price_of(struct design_ask *ask, const char *item)
{
    struct design_prices *p = &ask->prices;
    if (strncmp(item, "platform:", 9) == 0)
        for (size_t i = 0; i < ask->platform_count; i++)
            if (strcmp(ask->platforms[i], item + 9) == 0)
                return &p->platforms[i];
    return strcmp(item, "rms") == 0       ? &p->rms
           : strcmp(item, "room") == 0    ? &p->room
           : strcmp(item, "desktop") == 0 ? &p->desktop
           : strcmp(item, "site") == 0    ? &p->site
                                          : NULL;
}

static bool read_price(struct design_ask *ask, const struct csv_reader *reader,
                       struct errors *errors)
{
    double value = 0;
    const char *item = csv_reader_field(reader, 0);
    double *price = price_of(ask, item);
    struct csv_place place = csv_reader_place(reader, price ? 1 : 0);
    if (!price && strncmp(item, "platform:", 9) == 0)
        return true; /* one that is not asked for */
    if (price && number_parse(csv_reader_field(reader, 1), &value) && value >= 0) {
        *price = value;
        return true;
    }
    errors_add(errors, ERROR_DATA, csv_reader_name(reader), place.line, place.column,
               price ? "'%.60s' is not a price"
                     : "unknown item '%.60s' (platform:NAME, rms, room, desktop, site)",
               price ? csv_reader_field(reader, 1) : item);
    errors_set_source(errors, place.text, place.length);
    return false;
}

static bool read_prices(struct design_ask *ask, const char *path, struct errors *errors)
{
    static const struct csv_column columns[] = {{"item", true}, {"price", true}};
    struct input *input = input_open(path, errors);
    struct csv_reader *reader = input ? csv_reader_new(input, columns, 2, errors) : NULL;
    enum csv_result result = CSV_FAILED;
    ask->prices = (struct design_prices){.stated = true};
    for (size_t i = 0; i < DESIGN_PLATFORMS_MAX; i++)
        ask->prices.platforms[i] = NAN;
    while (reader && (result = csv_reader_next(reader, errors)) != CSV_END && result != CSV_FAILED)
        if (result == CSV_ROW)
            read_price(ask, reader, errors);
    csv_reader_free(reader);
    for (size_t i = 0; result == CSV_END && i < ask->platform_count; i++)
        if (isnan(ask->prices.platforms[i]))
            errors_add(errors, ERROR_DATA, path, 0, 0, "no price of platform:%s",
                       ask->platforms[i]);
    return result == CSV_END && errors->failures == 0;
}

static bool rule_stated(const struct loaded *loaded)
{
    const struct node *clusters = node_get(draft_tree(loaded->draft)->root, "clusters");
    for (const struct node *n = clusters ? clusters->first : NULL; n; n = n->next)
        if (!node_get(n, "redundancy"))
            return loaded->scenario.clusters[0].redundancy != REDUNDANCY_4_1;
    return true;
}

/* --- Confirming and writing ---------- */

/* The best are simulated; what fails is marked, and the next one tried. False: out of memory. */
static bool confirm(const struct trial_maker *maker, const struct design_ask *ask,
                    struct designs *designs, int wanted)
{
    int good = 0;
    for (size_t i = 0; i < designs->count && good < wanted; i++) {
        enum verdict verdict;
        struct design *d = &designs->items[i];
        if (!design_simulate(maker, ask, d, &verdict))
            return false;
        good += d->confirmed;
    }
    return true;
}

/* The best is simulated in any case where formulas cannot tell. */
static bool confirm_best(const struct trial_maker *maker, const struct design_ask *ask,
                         struct designs *designs)
{
    for (size_t i = 0; i < designs->count && i < 4; i++) {
        enum verdict verdict;
        struct design *d = &designs->items[i];
        if (design_may_claim(d))
            return true;
        if (!design_simulate(maker, ask, d, &verdict))
            return false;
        if (d->confirmed)
            return true;
    }
    return true;
}

static bool write_best(const struct arguments *arguments, const struct loaded *loaded,
                       const struct trial_maker *maker, const struct design_ask *ask,
                       const struct design *best, struct errors *errors)
{
    const char *settings[DESIGN_SETTINGS_MAX];
    struct trial_scenario made;
    struct design shape = *best;
    struct arena *arena = arena_new();
    char *text = NULL;
    if (best->clusters > 1) {
        errors_add(errors, ERROR_DATA, NULL, 0, 0,
                   "the best design has %d clusters, which -o does not write yet: --clusters 1",
                   best->clusters);
        arena_free(arena);
        return false;
    }
    shape.pools = NULL;
    size_t count = arena ? design_settings(&shape, ask, &loaded->scenario, arena, settings) : 0;
    if (count && maker->make(maker->context, settings, count, &made)) {
        count = design_settings(best, ask, &made.scenario, arena, settings);
        struct settings all = {settings, count};
        text = count ? draft_text(loaded->draft, &all, errors) : NULL;
        maker->release(maker->context, &made);
    }
    struct output *output = text ? output_open(arguments->output, errors) : NULL;
    if (output)
        fputs(text, output_stream(output));
    bool ok = output && output_commit(output, errors);
    if (!ok && errors->failures == 0)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    free(text);
    arena_free(arena);
    return ok;
}

/* --- Running ---------- */

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
    bool ok = designs_find(&maker, ask, &designs);
    ok = ok && (arguments->confirm > 0 ? confirm(&maker, ask, &designs, arguments->confirm)
                                       : confirm_best(&maker, ask, &designs));
    if (!ok)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    ok = ok && begun && outputs_deliver(&arguments->outputs, loaded, &report, errors);
    if (ok)
        outputs_show(&arguments->outputs, &report, false);
    const struct design *best = ok ? designs_best(&designs) : NULL;
    if (ok && !best)
        message_line("nothing within the bounds meets the goals%s%s%s",
                     *designs.at_bounds ? "; at the bounds " : "", designs.at_bounds,
                     *designs.at_bounds ? " binds" : "");
    if (ok && best && arguments->output)
        ok = write_best(arguments, loaded, &maker, ask, best, errors);
    designs_release(&designs);
    return !ok ? message_errors(errors) : best ? 0 : 1;
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
        .jobs = arguments->jobs,
    };
    errors_init(&errors);
    bool ok = arena && list_platforms(loaded, &ask, arena, &errors);
    ok = ok && (!arguments->platforms || choose_platforms(&ask, arguments->platforms, &errors));
    ok = ok && (!arguments->prices || read_prices(&ask, arguments->prices, &errors));
    ask.rule_stated = ok && rule_stated(loaded);
    if (!ok && errors.failures == 0)
        errors_add(&errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    int code = ok ? answer(arguments, loaded, &ask, &errors) : message_errors(&errors);
    errors_release(&errors);
    arena_free(arena);
    return code;
}

/* --- The command ---------- */

enum {
    KEY_PLATFORMS = 0x100,
    KEY_PEERS,
    KEY_CLUSTERS,
    KEY_SPARE,
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
    {"spare", KEY_SPARE, "SHARE", 0, "Size for so much more load: 20%", 0},
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
    OUTPUTS_DB,
    {"jobs", 'j', "N", 0, "Threads of simulations (default: one a processor)", 0},
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
    case 'j':
        arguments->jobs = (int)option_count(state, "jobs", arg, 1, 1024);
        return 0;
    default:
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
    case LOADED_KEY_SET:
        loaded_option_set(state, &arguments->loading, arg);
        return 0;
    case 'o':
        arguments->output = arg;
        return 0;
    case KEY_FORCE:
        arguments->force = true;
        return 0;
    case 'q':
        arguments->loading.quiet = true;
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
    free(text);
    return code;
}
