#include "reports/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "answer/figures.h"
#include "answer/peaks.h"
#include "reports/rare.h"
#include "model/base/safe_text.h"
#include "sim/study/confidence.h"

#define ROWS_SHOWN 40 /* of a table; the CSV files have all */

static void put_name(FILE *out, const char *name)
{
    safe_text_put(out, name, strlen(name));
}

/* --- The answer ---------- */

static const struct {
    const char *words, *colour;
} answers[] = {
    [ANSWER_YES] = {"YES", "\033[1;32m"},
    [ANSWER_OPEN] = {"NOT YET DECIDED", "\033[1;33m"},
    [ANSWER_NO] = {"NO", "\033[1;31m"},
};

static void put_answer(FILE *out, enum answer answer, bool colour)
{
    fprintf(out, "%s%s%s", colour ? answers[answer].colour : "", answers[answer].words,
            colour ? "\033[0m" : "");
}

static void put_more(FILE *out, double more)
{
    if (more >= 1e6)
        fputs("; more replications than can be run would be needed to decide", out);
    else
        fprintf(out, "; about %.0f more replication%s would decide", more, more > 1 ? "s" : "");
}

/* "b2b-video: 2.31 % refused (2.10 to 2.54), goal 1 %" */
static void put_judgement(FILE *out, const struct scenario *scenario,
                          const struct judgement *judgement)
{
    char value[FIGURE_SIZE], range[FIGURE_SIZE], goal[FIGURE_SIZE];
    if (judgement->class_index == NONE) {
        fputs("no calls were offered", out);
        return;
    }
    put_name(out, scenario->classes[judgement->class_index].name);
    fprintf(out, ": %s %% refused", figure_value(judgement->blocked, 100, value));
    if (*figure_range(judgement->blocked, 100, range))
        fprintf(out, " (%s)", range);
    fprintf(out, ", %s %s %%", scenario->goals.stated ? "goal" : "measured by",
            figure_plain(100 * scenario->goals.blocking, goal));
    if (judgement->answer == ANSWER_OPEN)
        put_more(out, judgement->more);
}

static void put_survival(const struct text_report *report, FILE *out)
{
    const struct verdict *verdict = report->verdict;
    char peers[FIGURE_SIZE], label[32];
    if (!verdict->worst_set)
        return;
    snprintf(label, sizeof label, "%" PRIu32 " peer%s down", verdict->worst_set->down_count,
             verdict->worst_set->down_count == 1 ? "" : "s");
    fprintf(out, "  %-14s ", label);
    put_answer(out, verdict->down.answer, report->colour);
    figure_peers(report->scenario, verdict->worst_set->down, verdict->worst_set->down_count, peers);
    fputs("; worst without ", out);
    put_name(out, peers);
    fputs(": ", out);
    put_judgement(out, report->scenario, &verdict->down);
    putc('\n', out);
}

/* Hours, unless the intervals of the run are longer. */
static const char *span_word(const struct worst_hour *hour)
{
    return hour->to - hour->from > HOUR ? "part" : "hour";
}

static void put_label(const char *which, const struct worst_hour *hour, FILE *out)
{
    char label[32];
    snprintf(label, sizeof label, "%s %s", which, span_word(hour));
    fprintf(out, "  %-14s ", label);
}

static void put_busiest_hour(const struct text_report *report, FILE *out)
{
    struct worst_hour hour = busiest_hour(report->results);
    char when[FIGURE_SIZE], value[FIGURE_SIZE];
    if (!hour.found)
        return;
    put_label("busiest", &hour, out);
    fprintf(out, "%s: ", figure_hours(&report->scenario->run, hour.from, hour.to, when));
    put_name(out, hour.name);
    fprintf(out, " with %s units in use on average\n", figure_value(hour.share, 1, value));
}

/* Where nothing but chance tells one hour from another, the worst would be the unluckiest. */
static void put_any_hour(struct worst_hour hour, FILE *out)
{
    char range[FIGURE_SIZE], length[FIGURE_SIZE];
    if (!hour.found || !*figure_range(hour.one_day, 100, range))
        return;
    put_label("any", &hour, out);
    fputs("a single one ", out);
    if (hour.to - hour.from > HOUR)
        fprintf(out, "of %s ", figure_duration(hour.to - hour.from, length));
    fprintf(out, "will see %s %% of ", range);
    put_name(out, hour.name);
    fputs(" refused\n", out);
}

static void put_worst_hour(const struct text_report *report, FILE *out)
{
    struct worst_hour hour = {.found = false};
    char when[FIGURE_SIZE], value[FIGURE_SIZE], range[FIGURE_SIZE];
    if (report->verdict->normal.class_index != NONE)
        hour = worst_hour_blocked(report->results, report->verdict->normal.class_index);
    if (!scenario_varies(report->scenario)) {
        put_any_hour(hour, out);
        return;
    }
    if (!hour.found) {
        put_busiest_hour(report, out);
        return;
    }
    put_label("worst", &hour, out);
    fprintf(out, "%s: %s %% of ", figure_hours(&report->scenario->run, hour.from, hour.to, when),
            figure_value(hour.share, 100, value));
    put_name(out, hour.name);
    fputs(" refused", out);
    if (*figure_range(hour.share, 100, range))
        fprintf(out, " (%s)", range);
    if (*figure_range(hour.one_day, 100, range))
        fprintf(out, "; a single such %s will see %s %%", span_word(&hour), range);
    putc('\n', out);
}

static void put_scarcest(const struct text_report *report, FILE *out)
{
    double share;
    enum cause cause = leading_cause(report->results, report->verdict->normal.class_index, &share);
    struct tightest tightest = tightest_resource(report->results);
    if (cause != CAUSE_COUNT && report->verdict->normal.class_index != NONE) {
        fprintf(out, "  %-14s %s, lacking at %.0f %% of the refusals of ", "ran out first",
                cause_words(cause), 100 * share);
        put_name(out, report->scenario->classes[report->verdict->normal.class_index].name);
        putc('\n', out);
    } else if (tightest.name) {
        char peak[FIGURE_SIZE], limit[FIGURE_SIZE];
        fprintf(out, "  %-14s nothing; nearest to its limit is ", "ran out first");
        put_name(out, tightest.name);
        fprintf(out, ", with a peak of %s of %s %s\n", figure_plain(round(tightest.peak), peak),
                figure_plain(tightest.limit, limit), tightest.kind);
    }
}

/* Which ceiling of registration binds first, where one does. */
static void put_registrations(const struct text_report *report, FILE *out)
{
    double rejected;
    struct tightest tightest = tightest_registration(report->results, &rejected);
    char peak[FIGURE_SIZE], limit[FIGURE_SIZE];
    if (!tightest.name || rejected <= 0 || tightest.peak < tightest.limit * 0.999)
        return;
    fprintf(out, "  %-14s refused; full first is ", "registrations");
    put_name(out, tightest.name);
    fprintf(out, ", with %s of %s %s\n", figure_plain(round(tightest.peak), peak),
            figure_plain(tightest.limit, limit), tightest.kind);
}

void text_answer(const struct text_report *report, FILE *out)
{
    if (report->scenario->title && *report->scenario->title) {
        put_name(out, report->scenario->title);
        fputs("\n\n", out);
    }
    fputs("carries it: ", out);
    put_answer(out, report->verdict->answer, report->colour);
    putc('\n', out);
    fprintf(out, "  %-14s ", "worst class");
    put_judgement(out, report->scenario, &report->verdict->normal);
    putc('\n', out);
    put_survival(report, out);
    put_worst_hour(report, out);
    put_scarcest(report, out);
    put_registrations(report, out);
    if (report->next_step && *report->next_step)
        fprintf(out, "  %-14s %s\n", "next step", report->next_step);
    if (report->results->interrupted)
        fputs("  interrupted: from the replications that were complete\n", out);
}

/* --- Tables ---------- */

enum form {
    FORM_END,
    FORM_COUNT,
    FORM_COUNT_ANY,     /* nothing instead of 0 */
    FORM_SHARE,         /* per cent */
    FORM_SHARE_RANGE,   /* its interval */
    FORM_SHARE_ONE_DAY, /* where that of one more replication will lie */
    FORM_SHARE_REDIAL,  /* only for classes that redial */
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
      {"failover_p50", "failover s", FORM_COUNT},
      {"failover_p95", "95 % within", FORM_COUNT},
      {"failover_max", "all within", FORM_COUNT},
      {"rejected", "rejected", FORM_COUNT}}},
};

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

/* --- What it rests on ---------- */

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
    const struct judgement *judged = &report->verdict->normal;
    if (report->results->replications > 1)
        fputs("  figures  means over replications; intervals are 95 % confidence\n", out);
    else if (judged->batches > 0)
        fprintf(out,
                "  figures  one replication; intervals are 95 %% confidence by batch means, %zu "
                "batches\n",
                judged->batches);
    else if (judged->obstacle)
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
    put_run(report, out);
    put_intervals(report, out);
    put_licences(scenario, out);
    peaks_put(scenario, report->results, out);
    rare_put(scenario, report->results, out);
    put_alarms(report, out);
    if (report->results->bad_rows > 0)
        fprintf(out, "  %-8s %" PRIu64 " bad rows of call records were left out\n", "traces",
                report->results->bad_rows);
    for (uint32_t i = 0; i < scenario->note_count; i++) {
        fprintf(out, "  %-8s ", i == 0 ? "notes" : "");
        put_name(out, scenario->notes[i]);
        putc('\n', out);
    }
}

void text_report(const struct text_report *report, FILE *out)
{
    text_answer(report, out);
    putc('\n', out);
    text_tables(report, out);
    text_basis(report, out);
}
