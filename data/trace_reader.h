/* One pass over a trace file: its rows checked, and what was left out counted.
 *
 * Memory does not depend on the length of the file. The order is checked over the good rows; starts
 * may be equal. A call that is in progress when the run starts begins with it, for what is left.
 * See data/workload.h for the format.
 */
#ifndef PEERPLAN_DATA_TRACE_READER_H
#define PEERPLAN_DATA_TRACE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "data/bad_rows.h"
#include "model/base/error.h"
#include "model/scenario.h"
#include "model/traffic.h"

/* What a pass needs to know; borrowed for its time and not changed by it. */
struct trace_rules {
    const struct scenario *scenario;
    uint32_t (*find_class)(const void *context, const char *name); /* NONE: unknown */
    const void *context;
    const struct time_zone *zone; /* NULL: none is stated */
    bool strict;                  /* the first bad row is an error */
    bool any_order;  /* rows need not ascend in start; the tally says whether they do */
    bool short_pass; /* an earlier pass has read the whole file: stop at the end of the run, quote
                        nothing */
};

/* What a pass has met so far. */
#define TRACE_UNKNOWN 20 /* names of classes that are kept, the others are counted as bad rows */
struct trace_tally {
    struct bad_rows bad;
    uint64_t before, after; /* good rows outside the run */
    uint64_t carried;       /* began before the run and were still in progress at its start */
    uint64_t twice;         /* local times in an hour that many clocks show twice that night */
    bool unordered;         /* a row starts before the row above it */
    bool offsets_change;    /* without a time zone */
    uint64_t delivered;
    nanos first, last; /* the earliest start, the end of the call that ends last */
    nanos last_start;  /* the latest start */
    struct trace_unknown {
        char *name; /* owned; a class that the scenario does not have */
        uint64_t rows;
    } unknown[TRACE_UNKNOWN];
    size_t unknown_count;
};

void trace_tally_release(struct trace_tally *tally);

struct trace_reader;

/* Owned; NULL with errors. A file that cannot be read twice (standard input, a pipe) is refused.
 * The errors are kept: what ends the pass is appended to them. */
struct trace_reader *trace_reader_new(const char *path, const struct trace_rules *rules,
                                      struct errors *errors);
void trace_reader_free(struct trace_reader *reader); /* takes NULL */

/* 1 a row (row->id borrowed until the next call), 0 the end, -1 an error was added. */
int trace_reader_next(void *reader, struct trace_row *row);

/* Borrowed; the owner of the reader may move it out before freeing the reader. */
struct trace_tally *trace_reader_tally(struct trace_reader *reader);

#endif
