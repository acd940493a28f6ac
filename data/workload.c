#include "data/workload.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/bad_rows.h"
#include "data/moment.h"
#include "data/numbers.h"
#include "data/profile.h"
#include "data/schema.h"
#include "data/time_zone.h"
#include "data/trace_reader.h"
#include "data/trace_scale.h"
#include "data/trace_store.h"
#include "model/base/similar.h"

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

/* A profile, or a column of numbers, that was asked for. What could not be read is remembered too,
 * so that a mistake in one file is told once, not once a class. */
struct source_file {
    char *key; /* the file, and for a column a slash twice and its name: no clean path has that */
    char *path;
    struct bad_rows bad;
    bool told;
    struct profile *profile; /* NULL: unusable, or a column */
    struct numbers numbers;
    const struct arena *shared_arena; /* where `shared` is */
    double *shared;
    UT_hash_handle hh;
};

/* What the first pass over a trace met. */
struct trace_log {
    char *path;
    struct trace_tally tally;
    bool met;      /* that pass has begun */
    bool surveyed; /* and is over without an error */
    bool stored;   /* rows come from the store */
    struct trace_stretch stretch;
    nanos gap; /* mean gap between the rows to deliver */
    bool told;
};

struct input {
    char *path;
    UT_hash_handle hh;
};

struct class_name {
    uint32_t index;
    UT_hash_handle hh;
};

struct workload {
    char *base_dir;
    int64_t start_unix;
    struct time_zone *zone; /* owned; NULL: not stated */
    bool strict;
    struct source_file *files;
    struct input *by_path;
    const char **inputs; /* owned; paths borrowed from by_path */
    uint32_t input_count;

    const struct scenario *scenario; /* of the traces; borrowed */
    struct class_name *names;        /* one for each class; the hash is in names[0] */
    struct class_name *by_name;
    struct trace_log *traces;
    uint32_t trace_count;
    struct trace_store *store; /* owned; NULL: no trace needs it */
    pthread_mutex_t mutex;     /* guards traces[] and store */
};

struct cursor {
    struct trace_reader *reader; /* owned; NULL: from the store */
    struct trace_cursor *stored; /* owned */
    struct trace_scale *scaled;  /* owned; NULL: as recorded */
};

/* ---- Life ---- */

struct workload *workload_new(const char *base_dir, const struct run *run, bool strict)
{
    struct workload *workload = calloc(1, sizeof *workload);
    if (!workload)
        return NULL;
    workload->base_dir = strdup(base_dir ? base_dir : "");
    if (!workload->base_dir || pthread_mutex_init(&workload->mutex, NULL) != 0) {
        free(workload->base_dir);
        free(workload);
        return NULL;
    }
    const char *reason;
    workload->start_unix = run->start_unix;
    workload->zone = run->time_zone ? time_zone_new(run->time_zone, &reason) : NULL;
    workload->strict = strict;
    return workload;
}

static void free_file(struct source_file *file)
{
    profile_free(file->profile);
    numbers_release(&file->numbers);
    bad_rows_release(&file->bad);
    free(file->key);
    free(file->path);
    free(file);
}

static void free_traces(struct workload *workload)
{
    HASH_CLEAR(hh, workload->by_name);
    for (uint32_t i = 0; i < workload->trace_count; i++) {
        trace_tally_release(&workload->traces[i].tally);
        free(workload->traces[i].path);
    }
    trace_store_free(workload->store);
    workload->store = NULL;
    free(workload->traces);
    free(workload->names);
    workload->traces = NULL;
    workload->names = NULL;
    workload->trace_count = 0;
}

void workload_free(struct workload *workload)
{
    struct source_file *file, *next;
    if (!workload)
        return;
    HASH_ITER(hh, workload->files, file, next)
    {
        HASH_DEL(workload->files, file);
        free_file(file);
    }
    free_traces(workload);
    struct input *input, *after;
    HASH_ITER(hh, workload->by_path, input, after)
    {
        HASH_DEL(workload->by_path, input);
        free(input->path);
        free(input);
    }
    free(workload->inputs);
    time_zone_free(workload->zone);
    pthread_mutex_destroy(&workload->mutex);
    free(workload->base_dir);
    free(workload);
}

/* ---- Files read whole ---- */

static char *resolve(const struct workload *workload, const char *file)
{
    char *path = NULL;
    size_t length = strlen(workload->base_dir);
    if (*file == '/' || length == 0 || strcmp(file, "-") == 0)
        return strdup(file);
    const char *slash = workload->base_dir[length - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", workload->base_dir, slash, file) < 0 ? NULL : path;
}

const char *workload_input(struct workload *workload, const char *file)
{
    struct input *input = NULL;
    char *path = resolve(workload, file);
    const char **inputs =
        realloc(workload->inputs, (workload->input_count + 1) * sizeof *workload->inputs);
    if (inputs)
        workload->inputs = inputs;
    if (path)
        HASH_FIND_STR(workload->by_path, path, input);
    if (input || !path || !inputs || !(input = calloc(1, sizeof *input))) {
        free(path);
        return input ? input->path : NULL;
    }
    input->path = path;
    HASH_ADD_KEYPTR(hh, workload->by_path, input->path, strlen(input->path), input);
    workload->inputs[workload->input_count++] = input->path;
    return input->path;
}

const char *const *workload_inputs(const struct workload *workload, uint32_t *count)
{
    *count = workload->input_count;
    return workload->inputs;
}

static struct source_file *find_file(const struct workload *workload, const char *key)
{
    struct source_file *file;
    HASH_FIND_STR(workload->files, key, file);
    return file;
}

/* Makes the entry of a file that is asked for the first time. Takes key. */
static struct source_file *add_file(struct workload *workload, char *key, const char *name,
                                    struct errors *errors)
{
    struct source_file *file = calloc(1, sizeof *file);
    const char *input = workload_input(workload, name);
    char *path = input ? strdup(input) : NULL;
    if (!file || !path || !key) {
        errors_add(errors, ERROR_SOFTWARE, name, 0, 0, "out of memory");
        free(file);
        free(path);
        free(key);
        return NULL;
    }
    file->key = key;
    file->path = path;
    bad_rows_init(&file->bad);
    HASH_ADD_KEYPTR(hh, workload->files, file->key, strlen(file->key), file);
    return file;
}

bool workload_profile(struct workload *workload, const struct profile_use *use, struct arena *arena,
                      struct rate_steps *steps, struct errors *errors)
{
    const char *file_name = use->file;
    struct source_file *file = find_file(workload, file_name);
    if (!file) {
        file = add_file(workload, strdup(file_name), file_name, errors);
        struct moment_clock clock = moment_clock(workload->start_unix, workload->zone);
        if (file)
            file->profile = profile_new(
                file->path, &clock, &(struct bad_row_rule){&file->bad, errors, workload->strict});
    }
    return file && file->profile && profile_steps(file->profile, use, arena, steps, errors);
}

static struct source_file *find_numbers(struct workload *workload, const char *file_name,
                                        const char *column, struct errors *errors)
{
    char *key = NULL;
    if (asprintf(&key, "%s//%s", file_name, column) < 0)
        key = NULL;
    struct source_file *file = key ? find_file(workload, key) : NULL;
    if (file) {
        free(key);
        return file;
    }
    file = add_file(workload, key, file_name, errors);
    if (file)
        numbers_read(&file->numbers, file->path, column,
                     &(struct bad_row_rule){&file->bad, errors, workload->strict});
    return file;
}

bool workload_empirical(struct workload *workload, struct workload_column column,
                        struct arena *arena, struct holding *holding, struct errors *errors)
{
    struct source_file *file = find_numbers(workload, column.file, column.name, errors);
    if (!file || file->numbers.count == 0)
        return false;
    if (file->shared_arena != arena) {
        double *copy = arena_alloc(arena, file->numbers.count, sizeof *copy);
        if (!copy) {
            errors_add(errors, ERROR_SOFTWARE, file->path, 0, 0, "out of memory");
            return false;
        }
        memcpy(copy, file->numbers.values, file->numbers.count * sizeof *copy);
        file->shared = copy;
        file->shared_arena = arena;
    }
    holding->means = file->shared;
    holding->count = file->numbers.count;
    return true;
}

/* ---- Traces ---- */

static uint32_t find_class(const void *context, const char *name)
{
    const struct workload *workload = context;
    struct class_name *found;
    HASH_FIND_STR(workload->by_name, name, found);
    return found ? found->index : NONE;
}

static void cursor_close(void *context)
{
    struct cursor *cursor = context;
    if (!cursor)
        return;
    trace_scale_free(cursor->scaled);
    trace_cursor_free(cursor->stored);
    trace_reader_free(cursor->reader);
    free(cursor);
}

static int cursor_next(void *context, struct trace_row *row)
{
    struct cursor *cursor = context;
    if (cursor->scaled)
        return trace_scale_next(cursor->scaled, row);
    return cursor->stored ? trace_cursor_next(cursor->stored, row)
                          : trace_reader_next(cursor->reader, row);
}

static struct trace_reader *open_reader(struct workload *workload, struct trace_log *log,
                                        bool again, struct errors *errors)
{
    struct trace_rules rules = {
        .scenario = workload->scenario,
        .find_class = find_class,
        .context = workload,
        .zone = workload->zone,
        .strict = workload->strict,
        .any_order = !again || log->stored,
        .short_pass = again,
    };
    return trace_reader_new(log->path, &rules, errors);
}

#define OPEN_MOST     100 /* traces whose files are all open at once */
#define BUFFER_OF_ONE ((size_t)64 * 1024)

/* Without errors it is tried, and done without where there is no temporary file. */
static bool need_store(struct workload *workload, struct errors *errors)
{
    struct errors ignored;
    errors_init(&ignored);
    if (!workload->store)
        workload->store = trace_store_new(errors ? errors : &ignored);
    errors_release(&ignored);
    return workload->store != NULL;
}

/* Reads the trace to its end; rows are kept as they come, where there is place for them. */
static bool read_rows(struct workload *workload, struct trace_log *log, struct trace_reader *reader)
{
    struct trace_row row;
    int result;
    bool keeps = need_store(workload, NULL);
    if (keeps)
        trace_store_begin(workload->store, workload->trace_count <= OPEN_MOST);
    while ((result = trace_reader_next(reader, &row)) == 1)
        if (keeps)
            trace_store_put(workload->store, &row);
    log->stored = keeps && trace_store_end(workload->store, &log->stretch) && result == 0;
    return result == 0;
}

/* Puts the rows of a trace into the order of their starts: those kept, or read again. */
static bool sort_trace(struct workload *workload, struct trace_log *log, struct errors *errors)
{
    if (!need_store(workload, errors))
        return false;
    struct trace_store *store = workload->store;
    if (log->stored) {
        struct trace_cursor *kept = trace_cursor_new(store, log->stretch, BUFFER_OF_ONE, errors);
        bool good = kept && trace_store_take(store, trace_cursor_next, kept, &log->stretch, errors);
        trace_cursor_free(kept);
        return good;
    }
    log->stored = true;
    struct trace_reader *reader = open_reader(workload, log, true, errors);
    bool good = reader && trace_store_take(store, trace_reader_next, reader, &log->stretch, errors);
    trace_reader_free(reader);
    return good;
}

/* The first pass: what a trace holds. Called with the mutex held. False with errors. */
static bool survey(struct workload *workload, struct trace_log *log, struct errors *errors)
{
    struct trace_reader *reader = open_reader(workload, log, false, errors);
    bool good = reader && read_rows(workload, log, reader);
    if (reader) {
        trace_tally_release(&log->tally);
        log->tally = *trace_reader_tally(reader);
        *trace_reader_tally(reader) = (struct trace_tally){0};
    }
    trace_reader_free(reader);
    bool many = workload->trace_count > OPEN_MOST;
    if (good && (log->tally.unordered || (many && !log->stored)))
        good = sort_trace(workload, log, errors);
    uint64_t gaps = log->tally.delivered > 1 ? log->tally.delivered - 1 : 1;
    log->gap = (log->tally.last_start - log->tally.first) / (nanos)gaps;
    log->surveyed = good;
    log->met = true;
    return good;
}

static bool scale_cursor(const struct workload *workload, struct cursor *cursor, uint32_t trace)
{
    struct trace_scaling scaling = {
        .trace = trace,
        .scale = workload->scenario->traces[trace].scale,
        .gap = workload->traces[trace].gap,
        .end = workload->scenario->run.length,
    };
    if (scaling.scale == 1)
        return true;
    cursor->scaled = cursor->stored ? trace_scale_new(trace_cursor_next, cursor->stored, &scaling)
                                    : trace_scale_new(trace_reader_next, cursor->reader, &scaling);
    return cursor->scaled != NULL;
}

static bool cursor_begin(struct workload *workload, struct cursor *cursor, uint32_t trace,
                         struct errors *errors)
{
    struct trace_log *log = &workload->traces[trace];
    size_t failures = errors->failures;
    if (log->stored)
        cursor->stored =
            trace_cursor_new(workload->store, log->stretch,
                             workload->trace_count > OPEN_MOST ? 0 : BUFFER_OF_ONE, errors);
    else
        cursor->reader = open_reader(workload, log, true, errors);
    if ((cursor->stored || cursor->reader) && scale_cursor(workload, cursor, trace))
        return true;
    if (errors->failures == failures)
        errors_add(errors, ERROR_SOFTWARE, log->path, 0, 0, "out of memory");
    return false;
}

static void *cursor_open(void *context, uint32_t trace, struct errors *errors)
{
    struct workload *workload = context;
    struct trace_log *log = &workload->traces[trace];
    pthread_mutex_lock(&workload->mutex);
    bool good = log->surveyed || survey(workload, log, errors);
    pthread_mutex_unlock(&workload->mutex);
    struct cursor *cursor = good ? calloc(1, sizeof *cursor) : NULL;
    if (good && !cursor)
        errors_add(errors, ERROR_SOFTWARE, log->path, 0, 0, "out of memory");
    if (cursor && cursor_begin(workload, cursor, trace, errors))
        return cursor;
    cursor_close(cursor);
    return NULL;
}

bool workload_survey(struct workload *workload, struct errors *errors)
{
    bool good = true;
    pthread_mutex_lock(&workload->mutex);
    for (uint32_t i = 0; i < workload->trace_count; i++)
        if (!workload->traces[i].surveyed)
            good = survey(workload, &workload->traces[i], errors) && good;
    pthread_mutex_unlock(&workload->mutex);
    return good;
}

static bool prepare_traces(struct workload *workload, const struct scenario *scenario)
{
    workload->scenario = scenario;
    workload->names = calloc(scenario->class_count + (size_t)1, sizeof *workload->names);
    workload->traces = calloc(scenario->trace_count + (size_t)1, sizeof *workload->traces);
    if (!workload->names || !workload->traces)
        return false;
    for (uint32_t i = 0; i < scenario->class_count; i++) {
        const char *name = scenario->classes[i].name;
        workload->names[i].index = i;
        HASH_ADD_KEYPTR(hh, workload->by_name, name, strlen(name), &workload->names[i]);
    }
    for (uint32_t i = 0; i < scenario->trace_count; i++) {
        struct trace_log *log = &workload->traces[workload->trace_count++];
        bad_rows_init(&log->tally.bad);
        if (!(log->path = resolve(workload, scenario->traces[i].file)))
            return false;
    }
    return true;
}

struct trace_source workload_traces(struct workload *workload, const struct scenario *scenario)
{
    free_traces(workload);
    bool good = prepare_traces(workload, scenario);
    return (struct trace_source){
        .context = good ? workload : NULL,
        .open = cursor_open,
        .next = cursor_next,
        .close = cursor_close,
    };
}

/* ---- Reports ---- */

void workload_check(struct workload *workload, const struct scenario *scenario,
                    struct errors *errors)
{
    for (struct source_file *file = workload->files; file; file = file->hh.next)
        if (file->profile)
            profile_check(file->profile, scenario, workload->strict, errors);
}

/* An error, or a warning. */
static void errors_vary(struct errors *errors, bool failure, const char *path, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));

static void errors_vary(struct errors *errors, bool failure, const char *path, const char *format,
                        ...)
{
    va_list args;
    va_start(args, format);
    errors_vadd(errors, failure ? ERROR_DATA : ERROR_NONE, (struct error_place){.file = path},
                format, args);
    va_end(args);
}

#define SUGGESTED_FROM 1000

static void report_unknown(const struct workload *workload, const struct trace_log *log,
                           const struct trace_unknown *unknown, struct errors *errors)
{
    const char *names[SUGGESTED_FROM];
    char quoted[QUOTED_MAX];
    uint32_t count = 0;
    for (; count < workload->scenario->class_count && count < SUGGESTED_FROM; count++)
        names[count] = workload->scenario->classes[count].name;
    const char *near = similar_find(unknown->name, names, count);
    errors_warn(errors, log->path, 0, 0,
                "%llu row%s of class '%s', which the scenario does not have%s%s%s",
                (unsigned long long)unknown->rows, unknown->rows == 1 ? "" : "s",
                schema_quote(unknown->name, quoted), near ? ", did you mean '" : "",
                near ? near : "", near ? "'" : "");
    errors_set_important(errors);
}

/* A record of minutes under a run of a day. */
static void report_span(const struct workload *workload, const struct trace_log *log,
                        struct errors *errors)
{
    char from[64], until[64];
    const struct run *run = &workload->scenario->run;
    const struct trace_tally *tally = &log->tally;
    if (!log->surveyed || tally->delivered == 0 || tally->last - tally->first >= run->length / 4)
        return;
    moment_print(MOMENT_DATE, run->start_unix, tally->first, from, sizeof from);
    moment_print(MOMENT_DATE, run->start_unix, tally->last, until, sizeof until);
    errors_vary(errors, workload->strict, log->path,
                "the record covers only %s to %s, less than a quarter of the run", from, until);
    errors_set_important(errors);
}

/* What stamps may not say. */
static void report_times(const struct workload *workload, const struct trace_log *log,
                         struct errors *errors)
{
    const struct trace_tally *tally = &log->tally;
    if (tally->offsets_change)
        errors_warn(errors, log->path, 0, 0,
                    "the offsets of the stamps change: rows are placed by the time elapsed, the "
                    "start of the run has the offset of the first one; run.time-zone says more");
    if (tally->twice)
        errors_warn(errors, log->path, 0, 0,
                    "%llu local times fall into the hour of a night in which many clocks are put "
                    "back, which may mean either of two: state run.time-zone, or stamps with "
                    "offsets",
                    (unsigned long long)tally->twice);
    if (tally->unordered)
        errors_warn(errors, log->path, 0, 0, "rows are not in the order of their starts: sorted%s",
                    workload->zone ? "" : "; a clock that was put back looks like that too");
    if (tally->carried)
        errors_warn(errors, log->path, 0, 0,
                    "%llu calls began before the run and are in progress at its start",
                    (unsigned long long)tally->carried);
}

static void report_trace(const struct workload *workload, struct trace_log *log,
                         struct errors *errors)
{
    const struct trace_tally *tally = &log->tally;
    bad_rows_report(&tally->bad, log->path, errors);
    for (size_t i = 0; i < tally->unknown_count; i++)
        report_unknown(workload, log, &tally->unknown[i], errors);
    if (tally->before || tally->after) {
        bool many = bad_rows_many(tally->before + tally->after, tally->bad.rows);
        errors_vary(errors, many && workload->strict, log->path,
                    "%llu calls start before the run and %llu after its end: outside the run, "
                    "left out",
                    (unsigned long long)tally->before, (unsigned long long)tally->after);
        if (many)
            errors_set_important(errors);
    }
    report_times(workload, log, errors);
    report_span(workload, log, errors);
}

void workload_report(struct workload *workload, struct errors *errors)
{
    for (struct source_file *file = workload->files; file; file = file->hh.next) {
        if (!file->told)
            bad_rows_report(&file->bad, file->path, errors);
        file->told = true;
    }
    pthread_mutex_lock(&workload->mutex);
    for (uint32_t i = 0; i < workload->trace_count; i++) {
        struct trace_log *log = &workload->traces[i];
        if (!log->told && log->met)
            report_trace(workload, log, errors);
        log->told = log->told || log->met;
    }
    pthread_mutex_unlock(&workload->mutex);
}

struct workload_left_out workload_left_out(struct workload *workload)
{
    struct workload_left_out sum = {0};
    pthread_mutex_lock(&workload->mutex);
    for (uint32_t i = 0; i < workload->trace_count; i++) {
        sum.bad += workload->traces[i].tally.bad.bad;
        sum.before += workload->traces[i].tally.before;
        sum.after += workload->traces[i].tally.after;
    }
    pthread_mutex_unlock(&workload->mutex);
    return sum;
}
