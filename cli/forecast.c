/* peerplan forecast: when growth reaches a limit, or a goal is missed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer/forecast.h"
#include "cli/command.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "data/quantity.h"
#include "model/base/output.h"
#include "reports/csv.h"
#include "reports/rows.h"

struct arguments {
    const char *scenario, *folder;
    char *growth; /* owned; "growth={...}" */
    bool json;
    double months;
    int64_t from, until; /* seconds since 1970; -1: not stated */
    struct loaded_options loading;
};

/* --- Dates ---------- */

#define DATE_SIZE 16

static const char *print_date(int64_t from, double months, char buffer[DATE_SIZE])
{
    struct tm parts;
    if (!isfinite(months))
        return "";
    time_t seconds = (time_t)(from + (int64_t)floor(months * FORECAST_MONTH * 86400));
    if (!gmtime_r(&seconds, &parts) || strftime(buffer, DATE_SIZE, "%Y-%m-%d", &parts) == 0)
        return "";
    return buffer;
}

/* --- What is shown ---------- */

static void put_rows(struct table *t, const struct forecast *f, int64_t from)
{
    char date[DATE_SIZE];
    table_begin(t, "events", "date,date_low,date_high,months,event,cluster,limit,value,badge");
    for (size_t i = 0; i < f->count; i++) {
        const struct forecast_event *e = &f->events[i];
        table_text(t, print_date(from, e->months, date));
        table_text(t, print_date(from, e->earliest, date));
        table_text(t, print_date(from, e->latest, date));
        table_number(t, isfinite(e->months) ? e->months : NAN);
        table_text(t, e->event);
        table_text(t, e->cluster);
        table_text(t, e->limit);
        table_number(t, e->value);
        table_text(t, basis_name(e->basis));
    }
}

static void put_text(const struct forecast *f, int64_t from, double months)
{
    char date[DATE_SIZE], low[DATE_SIZE], high[DATE_SIZE];
    const struct forecast_event *first = f->count ? &f->events[0] : NULL;
    if (!first || !isfinite(first->months))
        printf("nothing to do until %s, as far as this looks\n", print_date(from, months, date));
    else if (first->months > 0)
        printf("nothing to do until %s\n", print_date(from, first->months, date));
    else
        printf("to do now: %s%s%s\n", first->event, *first->limit ? ", " : "", first->limit);
    if (f->count)
        printf("\n%-10s %-23s %8s  %-10s %-12s %-18s %12s  %s\n", "date", "with the band", "months",
               "event", "cluster", "limit", "value", "badge");
    for (size_t i = 0; i < f->count; i++) {
        const struct forecast_event *e = &f->events[i];
        bool band = !isnan(e->earliest);
        char both[64] = "";
        if (band)
            snprintf(both, sizeof both, "%s..%s", print_date(from, e->earliest, low),
                     print_date(from, e->latest, high));
        printf("%-10s %-23s %8.2f  %-10s %-12s %-18s %12.6g  %s\n",
               print_date(from, e->months, date), both, e->months, e->event, e->cluster, e->limit,
               e->value, basis_name(e->basis));
    }
    static const char *const events[] = {"alarm-90", "limit", "goal", "goal-down"};
    for (size_t i = 0; i < 4; i++) {
        bool there = false;
        for (size_t k = 0; k < f->count; k++)
            there = there || strcmp(f->events[k].event, events[i]) == 0;
        if (!there)
            printf("%s: not within the bounds, until %s\n", events[i],
                   print_date(from, months, date));
    }
}

/* The line of each month: load, and what it means for the first events. */
static void put_months(struct table *t, const struct scenario *s, int64_t from, double months)
{
    char date[DATE_SIZE];
    table_begin(t, "forecast_months", "date,name,metric,value,badge");
    for (int m = 0; m <= months; m++)
        for (uint32_t g = 0; g < s->growth_count; g++) {
            const struct growth *growth = &s->growths[g];
            table_text(t, print_date(from, m, date));
            table_text(t, growth->class_index != NONE ? s->classes[growth->class_index].name
                          : growth->endpoints != NONE ? s->endpoints[growth->endpoints].name
                                                      : "all");
            table_text(t, "load_factor");
            table_number(t, forecast_factor(growth, m, 0));
            table_text(t, "exact");
        }
}

static bool write_folder(const struct arguments *a, const struct scenario *s,
                         const struct forecast *f, int64_t from, struct errors *errors)
{
    struct output_folder *folder = output_folder_open(a->folder, "forecast.csv", errors);
    FILE *months = folder ? output_folder_add(folder, "forecast_months.csv", errors) : NULL;
    FILE *events = months ? output_folder_add(folder, "forecast.csv", errors) : NULL;
    if (!events) {
        output_folder_abandon(folder);
        return false;
    }
    struct table first = csv_table(months), second = csv_table(events);
    put_months(&first, s, from, a->months);
    put_rows(&second, f, from);
    if (table_end(&first) && table_end(&second))
        return output_folder_commit(folder, errors);
    output_folder_abandon(folder);
    errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    return false;
}

/* --- Running ---------- */

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
    bool ok = forecast_make(s, a->months, &f);
    if (!ok)
        errors_add(&errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    if (ok && a->json) {
        struct report_rows rows;
        ok = report_rows_begin(&rows, stdout, "events", s);
        put_rows(&rows.table, &f, from);
        ok = report_rows_end(&rows, true) && ok;
    } else if (ok) {
        put_text(&f, from, a->months);
    }
    ok = ok && (!a->folder || write_folder(a, s, &f, from, &errors));
    forecast_release(&f);
    int code = message_outcome(&errors, a->loading.quiet);
    errors_release(&errors);
    return ok ? 0 : code ? code : ERROR_SOFTWARE;
}

/* --- The command ---------- */

enum { KEY_GROWTH = 'g', KEY_FROM = 0x100, KEY_UNTIL, KEY_MONTHS, KEY_CSV, KEY_JSON };

static const struct argp_option options[] = {
    {"growth", KEY_GROWTH, "[NAME=]P/PERIOD", 0,
     "4%/month, voice=2%/quarter, phones=-1%/year, with a band 4%/month+-1%; NAME is a class or "
     "endpoints (may be repeated; default: as the scenario says)",
     0},
    {"from", KEY_FROM, "DATE", 0, "Where it begins (default: the scenario's start)", 0},
    {"until", KEY_UNTIL, "DATE", 0, "How far it looks", 0},
    {"months", KEY_MONTHS, "N", 0, "The same in months (36)", 0},
    {"csv", KEY_CSV, "DIR", 0, "Write forecast.csv and forecast_months.csv into a folder", 0},
    {"json", KEY_JSON, NULL, 0, "The events as JSON", 0},
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
        argp_error(state, "--growth takes growth such as 4%%/month or voice=2%%/quarter, not '%s'",
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
    case KEY_CSV:
        a->folder = arg;
        return 0;
    case KEY_JSON:
        a->json = true;
        return 0;
    case 'q':
        a->loading.quiet = true;
        return 0;
    case LOADED_KEY_SET:
        loaded_option_set(state, &a->loading, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (a->scenario)
            argp_error(state, "unexpected argument '%s'", arg);
        a->scenario = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a scenario is missing");
        return 0;
    case ARGP_KEY_END:
        if (a->growth)
            loaded_option_set(state, &a->loading, a->growth);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
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
    command_parse(&argp, argc, argv, 0, &arguments);
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0)
        code = forecast(&arguments, &loaded);
    loaded_release(&loaded);
    loaded_options_release(&arguments.loading);
    free(arguments.growth);
    return code;
}
