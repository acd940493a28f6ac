/* When a call was, by the stamps and lengths of its record.
 *
 * With `talk` a call holds from its answer for its talk time, with `setup` from its set-up to its
 * end. The record's own length wins over its stamps. A local time in the hour that comes twice is
 * the one for which end - start is the stated length; else the one that keeps the order of the
 * file; else the first.
 */
#ifndef PEERPLAN_DATA_IMPORT_CALL_H
#define PEERPLAN_DATA_IMPORT_CALL_H

#include <stdbool.h>

#include "data/import_format.h"
#include "data/import_map.h"
#include "data/import_time.h"

/* The order in which a file has its instants. */
struct import_order {
    nanos last;
    bool any, rises, falls;
};

struct import_call {
    nanos start, duration;
    nanos extra; /* what set-up adds to the duration; -1: unknown */
    bool answered, cut;
    bool answer_stamp; /* the column for answered holds the time of answer */
};

/* What is needed to read the times of records; one for each import. */
struct import_reading {
    struct import_map map;
    struct import_times times;
    struct import_clock clock;
    struct import_order starts, ends; /* of the file */
    nanos latest;                     /* instant met so far */
    bool setup;                       /* calls hold from set-up on */
    bool zero_is_time;                /* 0 is an instant, not "never" */
};

/* Begins a file. */
void import_reading_begin(struct import_reading *reading);

/* Fills the call; answered and cut (still in progress) are given. NULL, or the reason (static) why
 * the row is bad, and the column to blame. */
const char *import_call_read(struct import_reading *reading, const struct import_rows *rows,
                             struct import_call *call, size_t *column);

/* The same of a record that says only when a call began or ended. */
const char *import_call_begins(struct import_reading *reading, const struct import_rows *rows,
                               struct import_call *call, size_t *column);

/* Whether the call was answered, as the record says in a column for it: by yes or no, or by the
 * time. NULL, or the reason. */
const char *import_call_answered(struct import_reading *reading, const struct import_rows *rows,
                                 struct import_call *call);

#endif
