#include "data/trace_reader.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/csv_reader.h"
#include "data/import_format.h"
#include "data/input.h"
#include "data/moment.h"
#include "data/quantity.h"

enum {
    COLUMN_START,
    COLUMN_DURATION,
    COLUMN_CLASS,
    COLUMN_ID,
    COLUMN_MEDIA,
    COLUMN_BANDWIDTH,
    COLUMN_COUNT
};

static const struct csv_column columns[COLUMN_COUNT] = {
    {"start", true}, {"duration", true}, {"class", true},
    {"id", false},   {"media", false},   {"bandwidth", false},
};

struct trace_reader {
    struct trace_rules rules;
    struct csv_reader *csv;
    struct trace_tally tally;
    struct errors *errors; /* borrowed */
    struct moment_clock clock;
    char class_name[32]; /* of the row before, with its class; "": none, or a long one */
    uint32_t class_index;
    nanos last;  /* start of the good row before */
    bool any;    /* there was one */
    bool ended;  /* the whole file was read */
    int stopped; /* what to answer from now on, 1: nothing ended yet */
};

void trace_tally_release(struct trace_tally *tally)
{
    bad_rows_release(&tally->bad);
    tally->before = tally->after = tally->delivered = 0;
    for (size_t i = 0; i < tally->unknown_count; i++)
        free(tally->unknown[i].name);
    tally->unknown_count = 0;
}

/* A file that is no trace may be what a switch writes. */
static void hint(struct trace_reader *reader, const char *path)
{
    const struct import_format *format = import_format_of_file(path);
    if (format && strcmp(format->name, "csv") != 0)
        errors_warn(reader->errors, path, 0, 0,
                    "records of %s: make a trace of them with peerplan import %s %s -o trace.csv",
                    format->title, format->name, path);
    else
        errors_warn(reader->errors, path, 0, 0,
                    "if these are records of calls, peerplan import makes a trace of them");
    errors_set_important(reader->errors);
}

struct trace_reader *trace_reader_new(const char *path, const struct trace_rules *rules,
                                      struct errors *errors)
{
    struct trace_reader *reader = calloc(1, sizeof *reader);
    struct input *input = NULL;
    if (!reader) {
        errors_add(errors, ERROR_SOFTWARE, path, 0, 0, "out of memory");
        return NULL;
    }
    reader->rules = *rules;
    reader->stopped = 1;
    reader->clock = moment_clock(rules->scenario->run.start_unix, rules->zone);
    bad_rows_init(&reader->tally.bad);
    reader->errors = errors;
    input = input_open(path, errors);
    if (input && !input_repeatable(input)) {
        errors_add(errors, ERROR_NO_INPUT, input_name(input), 0, 0,
                   "not a regular file: every replication reads a trace anew");
        input_close(input);
        input = NULL;
    }
    size_t failures = errors->failures;
    reader->csv = input ? csv_reader_new(input, columns, COLUMN_COUNT, errors) : NULL;
    if (reader->csv)
        return reader;
    if (input && errors->failures > failures)
        hint(reader, path);
    trace_reader_free(reader);
    return NULL;
}

void trace_reader_free(struct trace_reader *reader)
{
    if (!reader)
        return;
    csv_reader_free(reader->csv);
    trace_tally_release(&reader->tally);
    free(reader);
}

/* ---- One row ---- */

static const char *check_start(const char *text, struct moment_clock *clock, nanos *start)
{
    enum moment_kind kind;
    const char *reason = moment_parse(text, clock, &kind, start);
    return reason || kind != MOMENT_OF_DAY ? reason : "a time of day without its date";
}

static const char *check_duration(const char *text, nanos *duration)
{
    if (moment_parse_duration(text, duration))
        return NULL;
    if (moment_parse_seconds(text, duration))
        return "a negative duration";
    return *text ? "not a duration" : "no duration";
}

static const char *check_media(const char *text, int *media)
{
    *media = -1;
    if (!text || !*text)
        return NULL;
    if (strcmp(text, "audio") == 0)
        *media = MEDIA_AUDIO;
    else if (strcmp(text, "video") == 0)
        *media = MEDIA_VIDEO;
    else
        return "neither audio nor video";
    return NULL;
}

static const char *check_bandwidth(const char *text, int64_t *bandwidth)
{
    *bandwidth = -1;
    if (!text || !*text)
        return NULL;
    return quantity_bits(text, bandwidth) == QUANTITY_OK ? NULL : "not a bit rate";
}

/* Rows of one class often follow each other. */
static uint32_t find_class(struct trace_reader *reader, const char *name)
{
    if (*name && strcmp(name, reader->class_name) == 0)
        return reader->class_index;
    uint32_t found = reader->rules.find_class(reader->rules.context, name);
    size_t length = strlen(name);
    if (found != NONE && length < sizeof reader->class_name) {
        memcpy(reader->class_name, name, length + 1);
        reader->class_index = found;
    }
    return found;
}

/* Fills the row; when something is wrong, says what and in which column. */
static const char *check_row(struct trace_reader *reader, struct trace_row *row, size_t *column)
{
    const struct csv_reader *csv = reader->csv;
    const char *id = csv_reader_field(csv, COLUMN_ID), *reason;
    row->id = id && *id ? id : NULL;
    if ((reason = check_start(csv_reader_field(csv, *column = COLUMN_START), &reader->clock,
                              &row->start)))
        return reason;
    if ((reason = check_duration(csv_reader_field(csv, *column = COLUMN_DURATION), &row->duration)))
        return reason;
    if ((reason = check_media(csv_reader_field(csv, *column = COLUMN_MEDIA), &row->media)))
        return reason;
    if ((reason =
             check_bandwidth(csv_reader_field(csv, *column = COLUMN_BANDWIDTH), &row->bandwidth)))
        return reason;
    const char *name = csv_reader_field(csv, *column = COLUMN_CLASS);
    row->class_index = find_class(reader, name);
    if (row->class_index != NONE)
        return NULL;
    return *name ? "a class that is not in the scenario" : "no class";
}

/* Counts a bad row; false when it ends the pass. */
static bool leave_out(struct trace_reader *reader, struct csv_place place, const char *reason,
                      const char *text)
{
    struct trace_tally *tally = &reader->tally;
    const char *quote = text ? "'" : "";
    if (reader->rules.short_pass) {
        tally->bad.bad++;
        return true;
    }
    const struct bad_row_rule rule = {&tally->bad, reader->errors, reader->rules.strict};
    return bad_rows_add(&rule, csv_reader_name(reader->csv), place, "%s%s%s%.80s%s", reason,
                        text ? ": " : "", quote, text ? text : "", quote);
}

/* Streaming needs the order: a file that breaks it cannot be used. */
static bool in_order(struct trace_reader *reader, const struct trace_row *row)
{
    if (reader->any && row->start < reader->last && reader->rules.any_order) {
        reader->tally.unordered = true;
    } else if (reader->any && row->start < reader->last) {
        struct csv_place place = csv_reader_place(reader->csv, COLUMN_START);
        errors_add(reader->errors, ERROR_DATA, csv_reader_name(reader->csv), place.line,
                   place.column, "starts before the row above it; sort the file by start");
        errors_set_source(reader->errors, place.text, place.length);
        return false;
    }
    reader->any = true;
    reader->last = row->start;
    return true;
}

/* ---- Rows in a row ---- */

/* A class that the scenario does not have is counted by name. */
static void count_unknown(struct trace_tally *tally, const char *name)
{
    for (size_t i = 0; i < tally->unknown_count; i++)
        if (strcmp(tally->unknown[i].name, name) == 0) {
            tally->unknown[i].rows++;
            return;
        }
    char *copy = tally->unknown_count < TRACE_UNKNOWN ? strndup(name, BAD_ROWS_TEXT) : NULL;
    if (copy)
        tally->unknown[tally->unknown_count++] = (struct trace_unknown){copy, 1};
}

/* Local times between 1 and 3 o'clock of the Sundays on which clocks are put back in Europe (the
 * last of October) and in America (the first of November): without offset they may mean either
 * hour. */
static void count_twice(struct trace_reader *reader, const struct trace_row *row)
{
    const char *text = csv_reader_field(reader->csv, COLUMN_START);
    if (reader->rules.zone || reader->clock.anchored || text[0] == '\0' || !strchr(text, '-') ||
        text[0] == '-')
        return;
    time_t seconds = (time_t)(reader->rules.scenario->run.start_unix + row->start / SECOND);
    struct tm parts;
    if (!gmtime_r(&seconds, &parts) || parts.tm_wday != 0 || parts.tm_hour < 1 || parts.tm_hour > 2)
        return;
    bool europe = parts.tm_mon == 9 && parts.tm_mday >= 25;
    bool america = parts.tm_mon == 10 && parts.tm_mday <= 7;
    reader->tally.twice += europe || america;
}

static void deliver(struct trace_tally *tally, const struct trace_row *row)
{
    nanos end = row->start + row->duration;
    tally->first = tally->delivered && tally->first < row->start ? tally->first : row->start;
    tally->last_start =
        tally->delivered && tally->last_start > row->start ? tally->last_start : row->start;
    tally->last = tally->delivered && tally->last > end ? tally->last : end;
    tally->delivered++;
}

/* 1: the row is one to deliver; 0: pass it over; -1: the pass ends with an error. */
static int judge(struct trace_reader *reader, struct trace_row *row)
{
    size_t column = 0;
    const struct run *run = &reader->rules.scenario->run;
    const char *reason = check_row(reader, row, &column);
    if (reason && column == COLUMN_CLASS && *csv_reader_field(reader->csv, column))
        count_unknown(&reader->tally, csv_reader_field(reader->csv, column));
    if (reason)
        return leave_out(reader, csv_reader_place(reader->csv, column), reason,
                         csv_reader_field(reader->csv, column))
                   ? 0
                   : -1;
    if (!in_order(reader, row))
        return -1;
    nanos begin = run->warmup_kind == WARMUP_STATED ? -run->warmup : 0;
    if (row->start < begin && row->duration <= begin - row->start) {
        reader->tally.before++;
        return 0;
    }
    count_twice(reader, row);
    if (row->start < begin) {
        row->duration -= begin - row->start;
        row->start = begin;
        reader->tally.carried++;
    }
    if (row->start >= run->length) {
        reader->tally.after++;
        return 0;
    }
    deliver(&reader->tally, row);
    return 1;
}

/* A trace of which nothing is left is a mistake, not a quiet day. */
static int end(struct trace_reader *reader)
{
    const struct trace_tally *tally = &reader->tally;
    reader->ended = true;
    reader->tally.offsets_change = reader->clock.offsets_change;
    if (tally->bad.rows == 0 || tally->delivered > 0)
        return 0;
    errors_add(reader->errors, ERROR_DATA, csv_reader_name(reader->csv), 0, 0,
               "none of %llu rows can be used: %llu are bad, %llu start before the run, %llu after "
               "its end",
               (unsigned long long)tally->bad.rows, (unsigned long long)tally->bad.bad,
               (unsigned long long)tally->before, (unsigned long long)tally->after);
    if (tally->bad.bad == tally->bad.rows && tally->unknown_count == 0)
        hint(reader, csv_reader_name(reader->csv));
    return -1;
}

static int next(struct trace_reader *reader, struct trace_row *row)
{
    for (;;) {
        int verdict = 0;
        switch (csv_reader_next(reader->csv, reader->errors)) {
        case CSV_END:
            return end(reader);
        case CSV_FAILED:
            return -1;
        case CSV_BAD:
            verdict = leave_out(reader, csv_reader_row_place(reader->csv),
                                csv_reader_problem(reader->csv), NULL)
                          ? 0
                          : -1;
            break;
        case CSV_ROW:
            verdict = judge(reader, row);
            break;
        }
        reader->tally.bad.rows++;
        if (verdict)
            return verdict;
        if (reader->rules.short_pass && !reader->rules.any_order && reader->tally.after)
            return 0;
    }
}

int trace_reader_next(void *context, struct trace_row *row)
{
    struct trace_reader *reader = context;
    if (reader->stopped == 1) {
        int result = next(reader, row);
        if (result == 1)
            return 1;
        reader->stopped = result;
    }
    return reader->stopped;
}

struct trace_tally *trace_reader_tally(struct trace_reader *reader)
{
    return &reader->tally;
}
