#include "reports/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/answer_text.h"
#include "reports/columns.h"
#include "answer/figures.h"
#include "reports/peaks_text.h"
#include "reports/rare.h"
#include "model/assumptions.h"
#include "model/base/safe_text.h"
#include "sim/study/confidence.h"

#define ROWS_SHOWN 40 /* of a table; the CSV files have all */

static void put_name(FILE *out, const char *name)
{
    safe_text_put(out, name, strlen(name));
}

/* ---- Tables ---- */

enum form {
    FORM_END,
    FORM_COUNT,
    FORM_COUNT_ANY,     /* nothing instead of 0 */
    FORM_SHARE,         /* per cent */
    FORM_SHARE_RANGE,   /* its interval */
    FORM_SHARE_ONE_DAY, /* where that of one more replication will lie */
    FORM_SHARE_REDIAL,  /* only for classes that redial */
    FORM_BACK_HALF,     /* a time within which half of the devices that lost their peer are back, */
    FORM_BACK_95,       /* 95 % of them, */
    FORM_BACK_ALL,      /* all: in the run, or not */
};

struct column {
    const char *metric, *head;
    enum form form;
};

struct section {
    enum scope scope;
    const char *title, *key; /* a thing has a row when it has the key metric */
    struct column columns[12];
};

static const struct section sections[] = {
    {SCOPE_CLASS,
     "calls",
     "offered",
     {{"offered", "offered", FORM_COUNT},
      {"blocked", "blocked", FORM_COUNT},
      {"blocked_fraction", "blocked %", FORM_SHARE},
      {"blocked_fraction", "95 % interval", FORM_SHARE_RANGE},
      {"blocked_fraction", "one such run", FORM_SHARE_ONE_DAY},
      {"lost_fraction", "lost %", FORM_SHARE_REDIAL},
      {"dropped", "dropped", FORM_COUNT},
      {"mean_in_progress", "mean", FORM_COUNT},
      {"peak_in_progress", "peak", FORM_COUNT}}},
    {SCOPE_CLUSTER,
     "clusters",
     "mean_units",
     {{"cap", "cap", FORM_COUNT},
      {"mean_units", "mean units", FORM_COUNT},
      {"peak_units", "peak units", FORM_COUNT},
      {"full_fraction", "full %", FORM_SHARE}}},
    {SCOPE_PEER,
     "peers",
     "mean_units",
     {{"mean_units", "mean units", FORM_COUNT},
      {"peak_units", "peak units", FORM_COUNT},
      {"utilization", "used %", FORM_SHARE},
      {"admitted_share", "of calls %", FORM_SHARE},
      {"up_fraction", "up %", FORM_SHARE},
      {"mean_registrations", "registrations", FORM_COUNT_ANY},
      {"peak_registrations", "peak", FORM_COUNT_ANY},
      {"peak_registration_rate", "peak/s", FORM_COUNT_ANY}}},
    {SCOPE_POOL,
     "licences",
     "mean_in_use",
     {{"size", "size", FORM_COUNT},
      {"mean_in_use", "mean in use", FORM_COUNT},
      {"peak_in_use", "peak", FORM_COUNT},
      {"full_fraction", "full %", FORM_SHARE}}},
    {SCOPE_PIPE,
     "pipes",
     "mean_bandwidth",
     {{"mean_bandwidth", "mean bit/s", FORM_COUNT},
      {"peak_bandwidth", "peak bit/s", FORM_COUNT},
      {"full_fraction", "full %", FORM_SHARE}}},
    {SCOPE_ENDPOINTS,
     "endpoints",
     "unregistered_fraction",
     {{"unregistered_fraction", "unregistered %", FORM_SHARE},
      {"failover_p50", "failover s", FORM_BACK_HALF},
      {"failover_p95", "95 % within", FORM_BACK_95},
      {"failover_max", "all within", FORM_BACK_ALL},
      {"lost_at_end", "not back", FORM_COUNT_ANY},
      {"rejected", "rejected", FORM_COUNT}}},
};

static double value_of(const struct results *results, const struct metric *m, const char *metric)
{
    size_t at = results_find(results, m->scope, m->name, metric);
    return at == SIZE_MAX ? 0 : results_interval(results, at, 0).value;
}

/* So many of those that lost their peer were not back when the run ended that the time is not in
 * it. */
static bool is_beyond_run(const struct results *results, const struct metric *m, enum form form)
{
    double share = form == FORM_BACK_HALF ? 0.5 : form == FORM_BACK_95 ? 0.05 : 0;
    double left = value_of(results, m, "lost_at_end"), back = value_of(results, m, "failovers");
    return form >= FORM_BACK_HALF && form <= FORM_BACK_ALL && left > share * (left + back);
}

static void add_cell(struct columns *columns, const struct text_report *report, size_t metric,
                     enum form form)
{
    char text[FIGURE_SIZE] = "";
    const struct metric *m = metric == SIZE_MAX ? NULL : &report->results->metrics[metric];
    if (m && form == FORM_SHARE_REDIAL &&
        report->scenario->classes[m->index].redial_probability <= 0)
        m = NULL;
    if (!m) {
        columns_add(columns, "%s", "");
        return;
    }
    struct interval interval = confidence_of(report->results, metric).interval;
    if (is_beyond_run(report->results, m, form)) {
        columns_add(columns, "> the run");
        return;
    }
    if (form == FORM_SHARE_RANGE)
        figure_range(interval, 100, text);
    else if (form == FORM_SHARE_ONE_DAY)
        figure_range(results_prediction(report->results, metric), 100, text);
    else if (form != FORM_COUNT_ANY || interval.value != 0)
        figure_value(interval, form == FORM_SHARE || form == FORM_SHARE_REDIAL ? 100 : 1, text);
    columns_add(columns, "%s", text);
}

static void add_row(struct columns *columns, const struct text_report *report,
                    const struct section *section, const char *name)
{
    columns_add(columns, "%s", name);
    for (const struct column *c = section->columns; c->form != FORM_END; c++)
        add_cell(columns, report, results_find(report->results, section->scope, name, c->metric),
                 c->form);
}

static void put_section(const struct text_report *report, const struct section *section, FILE *out)
{
    struct columns columns;
    size_t things = 0;
    columns_init(&columns, "lrrrrrrrrrrrr");
    columns.width = 1;
    columns_add(&columns, "%s", section->title);
    for (const struct column *c = section->columns; c->form != FORM_END; c++, columns.width++)
        columns_add(&columns, "%s", c->head);
    for (size_t i = 0; i < report->results->metric_count; i++) {
        const struct metric *m = &report->results->metrics[i];
        if (m->scope != section->scope || strcmp(m->metric, section->key) != 0)
            continue;
        if (things++ < ROWS_SHOWN)
            add_row(&columns, report, section, m->name);
    }
    columns_print(&columns, out, report->colour);
    if (things > ROWS_SHOWN)
        fprintf(out, "  and %zu more (--csv has all)\n", things - ROWS_SHOWN);
    if (things > 0)
        putc('\n', out);
    columns_release(&columns);
}

void text_tables(const struct text_report *report, FILE *out)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        put_section(report, &sections[i], out);
}

/* ---- What it rests on ---- */

static void put_run(const struct text_report *report, FILE *out)
{
    const struct results *results = report->results;
    char length[FIGURE_SIZE], warmup[FIGURE_SIZE];
    fprintf(out, "  %-8s seed %" PRIu64 ", %zu replication%s of %s", "run", results->seed,
            results->replications, results->replications == 1 ? "" : "s",
            figure_duration(report->scenario->run.length, length));
    const char *reason = results->warmup_reason;
    if (results->warmup > 0)
        fprintf(out, ", warm-up %s", figure_duration(results->warmup, warmup));
    else
        fputs(", no warm-up", out);
    if (reason && results->warmup <= 0 && strncmp(reason, "none: ", 6) == 0)
        reason += 6;
    if (reason && *reason)
        fprintf(out, " (%s%s%s)", reason, results->steady_obstacle ? "; no steady start: " : "",
                results->steady_obstacle ? results->steady_obstacle : "");
    putc('\n', out);
}

/* Where intervals come from; of one replication, whether it has any. */
static void put_intervals(const struct text_report *report, FILE *out)
{
    const struct judged *judged = answer_worst(report->answer, GOAL_BLOCKING, false);
    if (report->results->replications > 1)
        fputs("  figures  means over replications; intervals are 95 % confidence\n", out);
    else if (judged && judged->batches > 0)
        fprintf(out,
                "  figures  one replication; intervals are 95 %% confidence by batch means, %zu "
                "batches\n",
                judged->batches);
    else if (judged && judged->obstacle)
        fprintf(out, "  figures  one replication has no interval: %s\n", judged->obstacle);
}

static void put_alarms(const struct text_report *report, FILE *out)
{
    size_t raised = 0;
    for (size_t i = 0; i < report->results->alarm_count; i++)
        raised += report->results->alarms[i].raised;
    if (raised == 0)
        return;
    const struct alarm *first = report->results->alarms;
    char each[FIGURE_SIZE];
    fprintf(out, "  %-8s %s raised a replication, first %d (%s)", "alarms",
            figure_plain((double)raised / (double)report->results->replications, each), first->id,
            alarm_name(first->id));
    if (report->results->alarms_dropped > 0)
        fprintf(out, ", as far as kept; %" PRIu64 " more were not",
                report->results->alarms_dropped);
    putc('\n', out);
}

/* The documents' figures assume all licences; a scenario that states none is taken at their word,
 * and told so. */
static void put_licences(const struct scenario *scenario, FILE *out)
{
    const char *between = "  licences RMS is not limited by licences (none are stated): ";
    for (uint32_t c = 0; c < scenario->cluster_count; c++) {
        if (scenario->clusters[c].licensed[LICENCE_RMS])
            continue;
        fputs(between, out);
        put_name(out, scenario->clusters[c].name);
        between = ", ";
    }
    if (*between == ',')
        putc('\n', out);
}

void text_assumed(const struct scenario *scenario, const char *label, FILE *out)
{
    unsigned assumed = assumptions_of(scenario) & ~(1u << ASSUMES_SMALLEST); /* a note says that */
    for (enum assumption a = 0; a < ASSUMPTION_COUNT; a++)
        if (assumed >> a & 1)
            fprintf(out, "%s%s\n", label, assumption_words(a));
}

void text_basis(const struct text_report *report, FILE *out)
{
    const struct scenario *scenario = report->scenario;
    fputs("  table    ", out);
    put_name(out, scenario->table);
    if (scenario->table_source && *scenario->table_source) {
        fputs(" (", out);
        put_name(out, scenario->table_source);
        putc(')', out);
    }
    fputs("; guideline figures, not guaranteed\n", out);
    text_assumed(scenario, "  assumed  ", out);
    put_run(report, out);
    put_intervals(report, out);
    put_licences(scenario, out);
    peaks_put(scenario, report->results, out);
    if (!report->results->interrupted) /* who has pressed Ctrl-C does not wait for formulas */
        rare_put(scenario, report->results, out);
    put_alarms(report, out);
    if (report->results->bad_rows > 0)
        fprintf(out, "  %-8s %" PRIu64 " bad rows of call records were left out\n", "traces",
                report->results->bad_rows);
    const char *label = "notes";
    for (size_t i = 0; i < report->answer->note_count; i++) {
        if (report->answer->notes[i].warning)
            continue; /* told with the answer */
        fprintf(out, "  %-8s ", label);
        put_name(out, report->answer->notes[i].text);
        putc('\n', out);
        label = "";
    }
}

void text_report(const struct text_report *report, FILE *out)
{
    answer_text_put(report->scenario, report->answer, report->colour, out);
    putc('\n', out);
    text_tables(report, out);
    text_basis(report, out);
}
