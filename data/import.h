/* Call records of switches in, one history of calls out: read, checked, put in order of start,
 * duplicates left out, written as a trace and summed up.
 *
 * Rows are tested in this order: bad, no call record, duplicate, not answered; rows = calls + bad +
 * duplicates + skipped, always. Memory: calls in progress and a bounded sort, whatever the files
 * hold. The trace has no numbers, names or addresses but what `keep` asks for.
 */
#ifndef PEERPLAN_DATA_IMPORT_H
#define PEERPLAN_DATA_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "data/time_zone.h"
#include "model/base/error.h"
#include "model/call_summary.h"
#include "model/scenario.h"

#define IMPORT_QUOTED 10 /* bad rows that are quoted */

/* A class by a condition; the first that holds wins. */
struct import_class {
    const char *name, *condition;
    const char *file; /* where the condition stands; NULL: the command line */
    long line;
};

/* How far an import is: first rows are read, then calls come out in order. */
struct import_progress {
    uint64_t rows;
    uint64_t bytes, bytes_all; /* of the files as they lie there; all: 0 when not known */
    uint64_t calls, calls_all; /* 0 while rows are read */
};

/* A call as it comes out, in order of start. */
struct import_call_out {
    nanos start, duration;
    const char *class_name;
    int media; /* enum media; -1: the record does not say */
};

struct import_options {
    const char *format; /* "auto", or of data/import_format.h */
    const char *const *files;
    size_t file_count;
    const char *map;   /* of data/import_format.h; NULL: that of the format */
    const char *where; /* condition; NULL: all rows are calls */
    const char *time_format;
    char delimiter; /* 0: found */
    const struct time_zone *zone;
    bool setup;       /* calls hold from set-up on */
    bool all;         /* attempts that were not answered are kept, with duration 0 */
    bool strict;      /* the first bad row is an error */
    const char *keep; /* meanings or columns with commas between; NULL: none */
    const struct import_class *classes;
    size_t class_count;
    const char *default_class;
    const char *folder; /* for temporary files */
    size_t memory;      /* of the sort, bytes; 0: a usual amount */
    FILE *trace;        /* NULL: no trace */
    FILE *bad;          /* NULL: bad rows are not kept */
    FILE *hours; /* NULL, or where the curve of calls in progress goes: CSV, a row for each clock
                    hour and class, and for all where there can be several */
    /* NULL, or told of every call in order of start; false ends the import with an error. */
    bool (*call)(void *context, const struct import_call_out *call);
    void *call_context;
    /* NULL, or told every few ten thousand rows and calls. */
    void (*progress)(void *context, const struct import_progress *progress);
    void *progress_context;
};

/* Fills the summary, which the caller releases also after errors, and quotes the first bad rows as
 * warnings. False with errors: a file cannot be read or is of no or another format, an option that
 * does not fit, and with `strict` the first bad row. No call at all is no error here. */
bool import_run(const struct import_options *options, struct call_summary *summary,
                struct errors *errors);

#endif
