/* peerplan advise: the smallest changes that mend a scenario, what can be saved, and when to take
 * peers out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/advice.h"
#include "answer/windows.h"
#include "cli/command.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "cli/prices.h"
#include "data/platforms.h"
#include "data/quantity.h"
#include "model/base/arena.h"

struct arguments {
    const char *scenario, *when, *away, *drain, *prices;
    bool confirm;
    struct sampling sampling;
    struct outputs outputs;
    struct loaded_options loading;
};

/* ---- Changes ---- */

/* Platforms of the scenario's table, and what the file says of them. */
struct priced {
    struct prices prices;
    const char *names[PRICES_PLATFORMS_MAX];
    struct arena *arena; /* owned */
    struct price_list list;
};

static bool price_list(struct priced *priced, const struct loaded *loaded, const char *path,
                       struct errors *errors)
{
    priced->arena = arena_new();
    if (!priced->arena)
        return errors_no_memory(errors);
    struct platform_names into = {priced->names, PRICES_PLATFORMS_MAX, priced->arena};
    size_t count = platforms_by_size(loaded->draft, &loaded->scenario, &into, errors);
    priced->list = (struct price_list){&priced->prices, priced->names, count};
    return count > 0 && prices_read(&priced->prices, &priced->list, path, errors);
}

static bool find_advice(const struct arguments *arguments, struct loaded *loaded,
                        struct advice *advice, struct errors *errors)
{
    struct loaded_maker changed = {loaded, &arguments->loading};
    struct trial_maker maker = loaded_trials(&changed);
    struct trial_options options = {
        .simulate = arguments->confirm, .preview = true, .jobs = arguments->sampling.jobs};
    struct priced priced = {.arena = NULL};
    const char *path = arguments->prices;
    bool ok = !path || price_list(&priced, loaded, path, errors);
    if (ok && !advice_find(&loaded->scenario, &maker, &options, path ? &priced.list : NULL, advice))
        ok = errors_no_memory(errors);
    if (ok && *advice->missing) {
        errors_add(errors, ERROR_DATA, path, 0, 0, "no price of %s, which a change needs",
                   advice->missing);
        ok = false;
    }
    arena_free(priced.arena);
    return ok;
}

/* 0 with an answer, 1 without. */
static int advise(struct arguments *arguments, struct loaded *loaded, struct errors *errors)
{
    struct advice advice = {0};
    struct report report = {
        .kind = REPORT_ADVISE, .scenario = &loaded->scenario, .advice = &advice};
    bool ok = outputs_begin(&arguments->outputs, loaded, &report, errors);
    ok = find_advice(arguments, loaded, &advice, errors) && ok;
    ok = ok && outputs_deliver(&arguments->outputs, loaded, &report, errors);
    if (ok)
        outputs_show(&arguments->outputs, &report, arguments->loading.quiet);
    int code = advice.verdict == VERDICT_YES || advice.count > 0 ? 0
               : advice.verdict == VERDICT_NOTHING               ? ERROR_DATA
                                                                 : 1;
    advice_release(&advice);
    return code;
}

/* ---- Hours ---- */

static int items_of(const struct loaded *loaded, const char *list)
{
    const struct node *node = node_get(draft_tree(loaded->draft)->root, list);
    return node ? (int)node->count : 0;
}

static double seconds_of(const char *duration)
{
    nanos value = 0;
    bool known = duration && quantity_duration(duration, &value) == QUANTITY_OK;
    return known ? (double)value / (double)SECOND : 0;
}

static uint32_t peer_named(const struct scenario *s, const char *name)
{
    for (uint32_t p = 0; p < s->peer_count; p++)
        if (strcmp(s->peers[p].name, name) == 0)
            return p;
    return NONE;
}

/* The scenario has an upgrade, which is moved from hour to hour. */
static bool own_upgrade(const struct arguments *a, const struct loaded *loaded)
{
    return strcmp(a->when, "upgrade") == 0 && items_of(loaded, "upgrades") > 0;
}

/* The setting that takes a peer out, or upgrades a cluster, at %s; owned. NULL with an error. */
static char *setting_of(const struct arguments *a, const struct loaded *loaded,
                        struct errors *errors)
{
    const struct scenario *s = &loaded->scenario;
    char *setting = NULL;
    int done;
    if (own_upgrade(a, loaded)) {
        done = asprintf(&setting, "upgrades.1.at=%%s");
    } else if (strcmp(a->when, "upgrade") == 0) {
        done = asprintf(&setting, "upgrades=[{cluster: \"%s\", at: %%s, drain: %s, away: %s}]",
                        s->clusters[0].name, a->drain ? a->drain : "0s", a->away);
    } else if (peer_named(s, a->when) != NONE) {
        done = asprintf(
            &setting, "outages.%d={peer: \"%s\", at: %%s, drain: %s, for: %s, kind: maintenance}",
            items_of(loaded, "outages") + 1, a->when, a->drain ? a->drain : "0s", a->away);
    } else {
        errors_add(errors, ERROR_USAGE, NULL, 0, 0,
                   "--when takes a peer of the scenario or upgrade, not '%.60s'", a->when);
        return NULL;
    }
    if (done < 0)
        errors_no_memory(errors);
    return done < 0 ? NULL : setting;
}

/* 0 with an hour, 1 without. */
static int rank_hours(struct arguments *arguments, struct loaded *loaded, struct errors *errors)
{
    struct windows windows = {0};
    struct report report = {
        .kind = REPORT_ADVISE, .scenario = &loaded->scenario, .windows = &windows};
    struct loaded_maker changed = {loaded, &arguments->loading};
    struct trial_maker maker = loaded_trials(&changed);
    char *setting = setting_of(arguments, loaded, errors);
    struct windows_ask ask = {
        .setting = setting,
        .without = own_upgrade(arguments, loaded) ? "upgrades.1=" : NULL,
        .seconds = seconds_of(arguments->away) + seconds_of(arguments->drain),
        .options = {.jobs = arguments->sampling.jobs},
    };
    bool ok = setting && outputs_begin(&arguments->outputs, loaded, &report, errors);
    if (ok && !windows_find(&loaded->scenario, &maker, &ask, &windows))
        ok = errors_no_memory(errors);
    ok = ok && outputs_deliver(&arguments->outputs, loaded, &report, errors);
    if (ok)
        outputs_show(&arguments->outputs, &report, arguments->loading.quiet);
    int code = windows.count > 0 ? 0 : 1;
    windows_release(&windows);
    free(setting);
    return code;
}

/* ---- The command ---- */

enum { KEY_CONFIRM = 0x100, KEY_WHEN, KEY_FOR, KEY_DRAIN, KEY_PRICES };

static const struct argp_option options[] = {
    {"confirm", KEY_CONFIRM, NULL, 0, "Simulate every change (default: where formulas cannot tell)",
     0},
    {"prices", KEY_PRICES, "FILE", 0,
     "What each change adds to the price: CSV item,price: platform:large-vm, rms, room, desktop",
     0},
    {"when", KEY_WHEN, "PEER", 0,
     "Rank the hours of the day for taking this peer out (upgrade: for a rolling upgrade, the "
     "scenario's own or one of its first cluster)",
     0},
    {"for", KEY_FOR, "TIME", 0, "How long it is out: 30m (default)", 0},
    {"drain", KEY_DRAIN, "TIME", 0, "How long it drains first: 0s (default)", 0},
    OUTPUTS_TABLE,
    OUTPUTS_JSON,
    OUTPUTS_HTML,
    OUTPUTS_XLSX,
    OUTPUTS_DB,
    {"jobs", 'j', "N", 0, "Threads of simulations (default: one per processor)", 0},
    {"quiet", 'q', NULL, 0, "No warnings", 0},
    LOADED_OPTION_SET,
    {0},
};

static const char *take_duration(struct argp_state *state, const char *option, const char *text)
{
    nanos value;
    if (quantity_duration(text, &value) != QUANTITY_OK || value < 0 || value > 365 * DAY)
        argp_error(state, "--%s takes a duration such as 30m, not '%s'", option, text);
    return text;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_CONFIRM:
        arguments->confirm = true;
        return 0;
    case KEY_PRICES:
        arguments->prices = arg;
        return 0;
    case KEY_WHEN:
        arguments->when = arg;
        return 0;
    case KEY_FOR:
        arguments->away = take_duration(state, "for", arg);
        return 0;
    case KEY_DRAIN:
        arguments->drain = take_duration(state, "drain", arg);
        return 0;
    case ARGP_KEY_END:
        if (!arguments->when && (arguments->away || arguments->drain))
            argp_error(state, "--for and --drain are options of --when");
        if (arguments->when && arguments->confirm)
            argp_error(state, "--when simulates anyway: --confirm cannot be combined with it");
        if (arguments->when && arguments->prices)
            argp_error(state, "--when has no prices: --prices cannot be combined with it");
        if (!arguments->away)
            arguments->away = "30m";
        return 0;
    default:
        if (scenario_argument(key, arg, state, &arguments->scenario) == 0 ||
            loaded_option(key, arg, state, &arguments->loading) == 0 ||
            sampling_option(key, arg, state, &arguments->sampling) == 0)
            return 0;
        return outputs_option(key, arg, state, &arguments->outputs);
    }
}

static const char doc[] =
    "The smallest changes that mend a scenario which misses its goals: settings, licences, "
    "bandwidth, peers, platforms, fewer devices, another rule or release, load shed, each with the "
    "least amount that suffices and what is then seen; the next step that run and estimate say "
    "comes "
    "first. Of a scenario that meets its goals: what can be saved. Every change is tried before it "
    "is said.\n\n"
    "With --when: the hours of the day ranked for taking a peer out, by calls cut and refused and "
    "devices that lose their registration.\n\n"
    "Exit code 1 when no change mends it.\n\n"
    "Examples:\n"
    "  peerplan advise office.yaml\n"
    "  peerplan advise office.yaml --set goals.survive=1 --confirm\n"
    "  peerplan advise office.yaml --when e2 --for 30m\n";

int command_advise(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "SCENARIO", doc, NULL, NULL, NULL};
    struct arguments arguments = {0};
    struct loaded loaded;
    outputs_init(&arguments.outputs, argc, argv);
    command_parse(&argp, argc, argv, 0, &arguments);
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0) {
        struct errors errors;
        errors_init(&errors);
        int found = arguments.when ? rank_hours(&arguments, &loaded, &errors)
                                   : advise(&arguments, &loaded, &errors);
        code = message_outcome(&errors, arguments.loading.quiet);
        code = code ? code : found;
        errors_release(&errors);
    }
    loaded_release(&loaded);
    outputs_release(&arguments.outputs);
    loaded_options_release(&arguments.loading);
    return code;
}
