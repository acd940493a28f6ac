/* peerplan forecast: when growth reaches a limit, or a goal is missed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/forecast.h"
#include "cli/command.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "data/quantity.h"

struct arguments {
    const char *scenario;
    struct outputs outputs;
    char *growth; /* owned; "growth={...}" */
    double months;
    int64_t from, until; /* seconds since 1970; -1: not stated */
    struct loaded_options loading;
};

/* ---- Running ---- */

static int forecast(struct arguments *a, struct loaded *loaded)
{
    struct errors errors;
    struct forecast f;
    struct scenario *s = &loaded->scenario;
    int64_t from = a->from >= 0 ? a->from : s->run.start_unix;
    errors_init(&errors);
    if (a->until >= 0)
        a->months = (double)(a->until - from) / 86400 / FORECAST_MONTH;
    if (s->growth_count == 0)
        errors_add(&errors, ERROR_USAGE, NULL, 0, 0,
                   "no growth is stated: --growth 4%%/month, or 'growth' in the scenario");
    else if (a->months <= 0 || a->months > 1200)
        errors_add(&errors, ERROR_USAGE, NULL, 0, 0,
                   "the forecast ends before it begins, or is longer than a hundred years");
    if (errors.failures) {
        int code = message_errors(&errors);
        errors_release(&errors);
        return code;
    }
    struct report report = {.kind = REPORT_FORECAST, .scenario = s, .forecast = &f};
    bool begun = outputs_begin(&a->outputs, loaded, &report, &errors);
    struct forecast_options options = {
        .from = from, .months = a->months, .traces = loaded_traces(loaded)};
    bool ok = forecast_make(s, &options, &f);
    if (!ok)
        errors_no_memory(&errors);
    ok = ok && begun && outputs_deliver(&a->outputs, loaded, &report, &errors);
    if (ok)
        outputs_show(&a->outputs, &report, false);
    int found = f.nothing ? ERROR_DATA : 0;
    forecast_release(&f);
    outputs_abandon(&a->outputs);
    int code = message_outcome(&errors, a->loading.quiet);
    errors_release(&errors);
    return ok ? found : code ? code : ERROR_SOFTWARE;
}

/* ---- The command ---- */

enum { KEY_GROWTH = 'g', KEY_FROM = 0x100, KEY_UNTIL, KEY_MONTHS };

static const struct argp_option options[] = {
    {"growth", KEY_GROWTH, "[NAME=]P/PERIOD", 0,
     "4%/month, voice=2%/quarter, phones=-1%/year, with a band 4%/month+-1%; NAME is a class or "
     "endpoints (may be repeated; default: as the scenario says)",
     0},
    {"from", KEY_FROM, "DATE", 0, "Where it begins (default: the scenario's start)", 0},
    {"until", KEY_UNTIL, "DATE", 0, "How far it looks", 0},
    {"months", KEY_MONTHS, "N", 0, "The same in months (36)", 0},
    {"csv", 'c', "DIR", 0, OUTPUTS_CSV_DOC("forecast.csv and forecast_months.csv"), 0},
    OUTPUTS_JSON,
    OUTPUTS_HTML,
    OUTPUTS_XLSX,
    OUTPUTS_CHARTS,
    OUTPUTS_DB,
    {"quiet", 'q', NULL, 0, "No warnings", 0},
    LOADED_OPTION_SET,
    {0},
};

/* Adds "name: value" to the setting. */
static void take_growth(struct argp_state *state, struct arguments *a, const char *text)
{
    struct growth_rate rate;
    const char *equals = strrchr(text, '=');
    int length = equals ? (int)(equals - text) : 3;
    const char *value = equals ? equals + 1 : text;
    if (length == 0 || quantity_growth(value, &rate) != QUANTITY_OK)
        argp_error(state,
                   "--growth takes growth such as 4%%/month or voice=2%%/quarter, above -100%%, "
                   "not '%s'",
                   text);
    char *old = a->growth, *grown = NULL;
    size_t used = old ? strlen(old) - 1 : 0; /* without its bracket */
    if (asprintf(&grown, "%.*s%s\"%.*s\": \"%s\"}", (int)used, old ? old : "",
                 old ? ", " : "growth={", length, equals ? text : "all", value) < 0)
        argp_failure(state, ERROR_SOFTWARE, 0, "out of memory");
    free(old);
    a->growth = grown;
}

static int64_t take_date(struct argp_state *state, const char *option, const char *text)
{
    int64_t seconds = 0;
    nanos beyond;
    if (quantity_date(text, &seconds, &beyond) != QUANTITY_OK)
        argp_error(state, "--%s takes a date such as 2027-01-01, not '%s'", option, text);
    return seconds;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_GROWTH:
        take_growth(state, a, arg);
        return 0;
    case KEY_FROM:
        a->from = take_date(state, "from", arg);
        return 0;
    case KEY_UNTIL:
        a->until = take_date(state, "until", arg);
        return 0;
    case KEY_MONTHS:
        a->months = (double)option_count(state, "months", arg, 1, 1200);
        return 0;
    case ARGP_KEY_END:
        if (a->growth)
            loaded_option_set(state, &a->loading, a->growth);
        return 0;
    default:
        if (scenario_argument(key, arg, state, &a->scenario) == 0 ||
            loaded_option(key, arg, state, &a->loading) == 0)
            return 0;
        return outputs_option(key, arg, state, &a->outputs);
    }
}

static const char doc[] =
    "When growth reaches a limit: the first day on which registrations, licences or session units "
    "come to 90 % of a limit or to the limit, and on which blocking misses its goal, with all "
    "peers up and with some down. Dates are found by solving for the day.\n\n"
    "Examples:\n"
    "  peerplan forecast office.yaml --growth 4%/month\n"
    "  peerplan forecast office.yaml --growth 2%/month+-1% --growth video=5%/quarter --until "
    "2030-01-01\n";

int command_forecast(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "SCENARIO", doc, NULL, NULL, NULL};
    struct arguments arguments = {.months = 36, .from = -1, .until = -1};
    struct loaded loaded;
    outputs_init(&arguments.outputs, argc, argv);
    command_parse(&argp, argc, argv, 0, &arguments);
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0)
        code = forecast(&arguments, &loaded);
    loaded_release(&loaded);
    outputs_release(&arguments.outputs);
    loaded_options_release(&arguments.loading);
    free(arguments.growth);
    return code;
}
