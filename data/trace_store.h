/* Rows of traces kept in a temporary file in order of start, so that a trace is parsed once however
 * often it is replayed, may be in another order, and there may be more traces than files can be
 * open. The file has no name, so that nothing is left behind. Reading does not move a place in the
 * file: any number of cursors, on any thread.
 */
#ifndef PEERPLAN_DATA_TRACE_STORE_H
#define PEERPLAN_DATA_TRACE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/error.h"
#include "model/traffic.h"

struct trace_store;

struct trace_store *trace_store_new(struct errors *errors); /* owned; NULL with an error */
void trace_store_free(struct trace_store *store);           /* takes NULL */

/* The bytes of one trace within the store. */
struct trace_stretch {
    uint64_t begin, end;
};

/* Keeps rows as they come, a stretch at a time: begin, rows, end. False when the file cannot be
 * written or, while the stretch is `limited`, grows beyond TRACE_STORE_MOST: nothing of the stretch
 * is kept then, which is no error. */
#define TRACE_STORE_MOST ((uint64_t)1 << 30) /* bytes: some 150 million rows */
void trace_store_begin(struct trace_store *store, bool limited);
bool trace_store_put(struct trace_store *store, const struct trace_row *row);
bool trace_store_end(struct trace_store *store, struct trace_stretch *stretch);

/* Takes rows in any order until they end (next gives 1, then 0, or -1 with an error), and keeps
 * them sorted by start, those of equal start in the order given. */
typedef int (*trace_next)(void *context, struct trace_row *row);
bool trace_store_take(struct trace_store *store, trace_next next, void *context,
                      struct trace_stretch *stretch, struct errors *errors);

struct trace_cursor;

/* `buffer`: bytes held. Owned; NULL when out of memory. */
struct trace_cursor *trace_cursor_new(const struct trace_store *store, struct trace_stretch stretch,
                                      size_t buffer, struct errors *errors);
void trace_cursor_free(struct trace_cursor *cursor); /* takes NULL */
/* A trace_next; the row's id is borrowed until the next call. */
int trace_cursor_next(void *cursor, struct trace_row *row);

#endif
