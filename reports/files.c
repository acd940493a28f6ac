#include "reports/files.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model/base/output.h"
#include "reports/about.h"
#include "reports/advice.h"
#include "reports/answer_table.h"
#include "reports/calls_csv.h"
#include "reports/csv.h"
#include "reports/designs.h"
#include "reports/estimate_table.h"
#include "reports/events_table.h"
#include "reports/findings.h"
#include "reports/forecast.h"
#include "reports/json.h"
#include "reports/licences.h"
#include "reports/results_tables.h"
#include "reports/tradeoff.h"

const char *report_kind_name(enum report_kind kind)
{
    static const char *const names[] = {
        [REPORT_RUN] = "run",    [REPORT_ESTIMATE] = "estimate", [REPORT_COMPARE] = "compare",
        [REPORT_SIZE] = "size",  [REPORT_ADVISE] = "advise",     [REPORT_FORECAST] = "forecast",
        [REPORT_CHECK] = "check"};
    return names[kind];
}

/* ---- What there is ---- */

static bool with_calls(const struct report *report)
{
    return report->calls;
}

static bool with_endpoints(const struct report *report)
{
    return report->scenario->endpoints_count > 0;
}

static bool put_metrics(struct table *table, const struct report *report)
{
    return metrics_table(table, report->scenario, report->results, report->survival);
}

static bool with_events(const struct report *report)
{
    return report->scenario->step_count + report->scenario->change_count > 0;
}

static bool put_events(struct table *table, const struct report *report)
{
    return events_table(table, report->results);
}

static bool put_timeseries(struct table *table, const struct report *report)
{
    return timeseries_table(table, report->results);
}

static bool put_alarms(struct table *table, const struct report *report)
{
    return alarms_table(table, report->scenario, report->results);
}

static bool put_registrations(struct table *table, const struct report *report)
{
    return registrations_table(table, report->scenario);
}

static bool put_licences(struct table *table, const struct report *report)
{
    return licences_table(table, report->scenario, report->results, report->scenario->run.length);
}

static bool put_estimate(struct table *table, const struct report *report)
{
    return estimate_table(table, report->estimate);
}

static bool with_answer(const struct report *report)
{
    return report->answer;
}

static bool put_answer(struct table *table, const struct report *report)
{
    return answer_table(table, report->answer);
}

static bool put_comparison(struct table *table, const struct report *report)
{
    return comparison_table(table, report->pairs);
}

static bool put_designs(struct table *table, const struct report *report)
{
    return designs_table(table, report->designs);
}

static bool with_advice(const struct report *report)
{
    return report->advice;
}

static bool with_windows(const struct report *report)
{
    return report->windows;
}

static bool put_windows(struct table *table, const struct report *report)
{
    return windows_table(table, report->scenario, report->windows);
}

static bool put_advice(struct table *table, const struct report *report)
{
    return advice_table(table, report->advice);
}

static bool put_forecast(struct table *table, const struct report *report)
{
    return forecast_table(table, report->forecast);
}

static bool put_months(struct table *table, const struct report *report)
{
    return forecast_months_table(table, report->forecast);
}

static bool put_findings(struct table *table, const struct report *report)
{
    return findings_table(table, report->findings);
}

static bool put_summary(struct table *table, const struct report *report)
{
    return findings_summary(table, report->findings, report->deployment);
}

/* In the order of the document; the mark of the folder comes last. */
#define MARK "about.csv"
#define ANY  (-1)
static const struct row {
    const char *file;                            /* in a folder; NULL: there is none */
    const char *key;                             /* in a document; NULL: it is not in it */
    int kind;                                    /* enum report_kind, or ANY */
    bool (*wanted)(const struct report *report); /* NULL: always */
    bool (*put)(struct table *table, const struct report *report); /* NULL: written as they come */
} rows[] = {
    {"metrics.csv", "metrics", REPORT_RUN, NULL, put_metrics},
    {"estimate.csv", "metrics", REPORT_ESTIMATE, NULL, put_estimate},
    {"compare.csv", "metrics", REPORT_COMPARE, NULL, put_comparison},
    {"timeseries.csv", NULL, REPORT_RUN, NULL, put_timeseries},
    {"alarms.csv", NULL, REPORT_RUN, NULL, put_alarms},
    {"calls.csv", NULL, REPORT_RUN, with_calls, NULL},
    {"registrations.csv", NULL, REPORT_RUN, with_endpoints, put_registrations},
    {"licences.csv", NULL, REPORT_RUN, NULL, put_licences},
    {"events.csv", "events", REPORT_RUN, with_events, put_events},
    {"forecast.csv", "events", REPORT_FORECAST, NULL, put_forecast},
    {"forecast_months.csv", NULL, REPORT_FORECAST, NULL, put_months},
    {NULL, "designs", REPORT_SIZE, NULL, put_designs},
    {NULL, "designs", REPORT_ADVISE, with_advice, put_advice},
    {NULL, "designs", REPORT_ADVISE, with_windows, put_windows},
    {NULL, "summary", REPORT_CHECK, NULL, put_summary},
    {NULL, "findings", REPORT_CHECK, NULL, put_findings},
    {"answer.csv", "answer", ANY, with_answer, put_answer},
    {MARK, "about", ANY, NULL, about_table},
};
#define ROWS (sizeof rows / sizeof *rows)

static bool wanted(const struct row *row, const struct report *report)
{
    return (row->kind == ANY || row->kind == (int)report->kind) &&
           (!row->wanted || row->wanted(report));
}

/* ---- Folders ---- */

struct report_folder {
    struct output_folder *output; /* owned */
    FILE *streams[ROWS];          /* borrowed; NULL: not wanted */
    struct calls_csv *calls;      /* owned */
};

/* The files that the folder's mark names, blank before and after each; "" without a mark. */
static void read_left(const char *path, char *left, size_t size)
{
    char *mark, line[1024];
    left[0] = '\0';
    if (asprintf(&mark, "%s/" MARK, path) < 0)
        return;
    FILE *file = fopen(mark, "r");
    free(mark);
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "files,", 6) == 0)
            snprintf(left, size, " %.*s ", (int)strcspn(line + 6, "\r\n"), line + 6);
    if (file)
        fclose(file);
}

static bool drop_left(struct report_folder *folder, const struct row *row, const char *left,
                      struct errors *errors)
{
    char word[64];
    snprintf(word, sizeof word, " %s ", row->file);
    return !strstr(left, word) || output_folder_drop(folder->output, row->file, errors);
}

/* A file of that name may be what the scenario was read from: a trace calls.csv beside it. False,
 * with an error, then. */
static bool spares_inputs(const char *folder, const char *name, const struct scenario *scenario,
                          struct errors *errors)
{
    struct stat there, input;
    char *path;
    bool spares = true;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return false;
    if (stat(path, &there) == 0)
        for (uint32_t i = 0; i < scenario->input_count && spares; i++)
            spares = stat(scenario->inputs[i], &input) != 0 || input.st_dev != there.st_dev ||
                     input.st_ino != there.st_ino;
    if (!spares)
        errors_add(errors, ERROR_CANT_CREATE, path, 0, 0,
                   "the scenario reads this file: it is not overwritten");
    free(path);
    return spares;
}

static bool open_files(struct report_folder *folder, const char *path, const struct report *report,
                       struct errors *errors)
{
    char left[1024];
    bool ok = true;
    read_left(path, left, sizeof left);
    for (size_t i = 0; i < ROWS && ok; i++) {
        if (!rows[i].file)
            continue;
        if (wanted(&rows[i], report))
            ok = spares_inputs(path, rows[i].file, report->scenario, errors) &&
                 (folder->streams[i] = output_folder_add(folder->output, rows[i].file, errors));
        else if (rows[i].kind == (int)report->kind)
            ok = drop_left(folder, &rows[i], left, errors);
        if (ok && folder->streams[i] && !rows[i].put) {
            folder->calls = calls_csv_new(folder->streams[i], report->scenario);
            if (!(ok = folder->calls))
                errors_add(errors, ERROR_SOFTWARE, rows[i].file, 0, 0, "out of memory");
        }
    }
    return ok;
}

struct report_folder *report_folder_open(const char *path, const struct report *report,
                                         struct errors *errors)
{
    struct report_folder *folder = calloc(1, sizeof *folder);
    if (!folder) {
        errors_add(errors, ERROR_SOFTWARE, path, 0, 0, "out of memory");
        return NULL;
    }
    folder->output = output_folder_open(path, MARK, errors);
    if (folder->output && open_files(folder, path, report, errors))
        return folder;
    report_folder_abandon(folder);
    return NULL;
}

const struct call_sink *report_folder_calls(struct report_folder *folder)
{
    return folder && folder->calls ? calls_csv_sink(folder->calls) : NULL;
}

static bool finish_calls(struct report_folder *folder, FILE *stream, struct errors *errors)
{
    bool ok = calls_csv_finish(folder->calls) || ferror(stream);
    if (!ok)
        errors_add(errors, ERROR_IO, "calls.csv", 0, 0, "a temporary file could not be written");
    return ok;
}

static bool write_file(struct report_folder *folder, size_t i, const struct report *report,
                       struct errors *errors)
{
    struct table table = csv_table(folder->streams[i]);
    if (!rows[i].put)
        return finish_calls(folder, folder->streams[i], errors);
    bool ok = rows[i].put(&table, report);
    if (!ok)
        errors_add(errors, ERROR_SOFTWARE, rows[i].file, 0, 0, "out of memory");
    return ok;
}

bool report_folder_write(struct report_folder *folder, const struct report *report,
                         struct errors *errors)
{
    bool ok = true;
    for (size_t i = 0; i < ROWS && ok; i++)
        ok = !folder->streams[i] || write_file(folder, i, report, errors);
    if (ok) {
        ok = output_folder_commit(folder->output, errors);
        folder->output = NULL;
    }
    report_folder_abandon(folder);
    return ok;
}

void report_folder_abandon(struct report_folder *folder)
{
    if (!folder)
        return;
    calls_csv_free(folder->calls);
    output_folder_abandon(folder->output);
    free(folder);
}

char *report_file_names(const struct report *report, char buffer[static REPORT_NAMES_SIZE])
{
    size_t length = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < ROWS && length < REPORT_NAMES_SIZE; i++)
        if (rows[i].file && wanted(&rows[i], report))
            length += (size_t)snprintf(buffer + length, REPORT_NAMES_SIZE - length, "%s%s",
                                       length ? " " : "", rows[i].file);
    assert(length < REPORT_NAMES_SIZE);
    if (strcmp(buffer, MARK) == 0) /* there is no folder */
        buffer[0] = '\0';
    return buffer;
}

const char *report_own_title(const struct report *report)
{
    static const char *const titles[] = {[REPORT_COMPARE] = "Differences",
                                         [REPORT_SIZE] = "Designs",
                                         [REPORT_ADVISE] = "Changes",
                                         [REPORT_FORECAST] = "Dates",
                                         [REPORT_CHECK] = "Findings"};
    size_t kind = (size_t)report->kind;
    if (report->windows)
        return "Hours";
    return kind < sizeof titles / sizeof *titles ? titles[kind] : NULL;
}

bool report_own(struct table *table, const struct report *report)
{
    const struct row *own = NULL;
    for (size_t i = 0; i < ROWS; i++) /* a summary may stand before it, months after it */
        if (wanted(&rows[i], report) && rows[i].kind != ANY && (!own || !rows[i].file))
            own = &rows[i];
    return own->put(table, report);
}

bool report_csv(FILE *out, const struct report *report)
{
    struct table table = csv_table(out);
    return report_own(&table, report);
}

/* ---- A document ---- */

/* Rows of two columns, key and value, are an object. Owned; NULL when out of memory. */
static json_t *as_object(json_t *pairs)
{
    json_t *object = json_object(), *pair;
    size_t index;
    json_array_foreach(pairs, index, pair)
    {
        const char *key = json_string_value(json_object_get(pair, "key"));
        if (!key || json_object_set(object, key, json_object_get(pair, "value")) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static bool add_key(json_t *document, const struct row *row, const struct report *report)
{
    json_t *list = json_array();
    struct table table = json_table(list);
    bool ok = row->put(&table, report);
    json_t *value =
        ok && strcmp(table.columns, "key,value") == 0 ? as_object(list) : json_incref(list);
    ok = json_object_set_new(document, row->key, value) == 0 && ok;
    json_decref(list);
    return ok;
}

bool report_json(FILE *out, const struct report *report)
{
    json_use_our_memory();
    json_t *document = json_object();
    bool ok = document;
    for (size_t i = ROWS; i-- > 0 && ok;) /* what it is comes first */
        if (rows[i].key && wanted(&rows[i], report))
            ok = add_key(document, &rows[i], report);
    ok = ok && json_put(out, document);
    json_decref(document);
    return ok;
}

bool report_tables(const struct report *report, struct table *table)
{
    bool ok = true;
    for (size_t i = 0; i < ROWS && ok; i++)
        if (rows[i].put && wanted(&rows[i], report))
            ok = rows[i].put(table, report);
    return ok;
}

bool report_deliver(struct report_folder *folder, FILE *json, const struct report *report,
                    struct errors *errors)
{
    bool ok = !folder || report_folder_write(folder, report, errors);
    if (ok && json && !report_json(json, report))
        ok = errors_no_memory(errors);
    return ok;
}
