/* Records in order of a key, however many there are: in memory up to a bound, beyond it in sorted
 * runs on the disk that are merged. The temporary file has no name from the moment it is there, so
 * that nothing is left behind whatever ends the program.
 *
 * The order is total over what a record holds (key, duration, hash, kind, class, text): records
 * come out the same in whatever order they went in.
 */
#ifndef PEERPLAN_DATA_IMPORT_SORT_H
#define PEERPLAN_DATA_IMPORT_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/error.h"

struct import_record {
    int64_t key;      /* first by this */
    int64_t duration; /* nanoseconds */
    uint64_t hash[2]; /* of what tells records apart */
    uint32_t class_index;
    uint16_t kind;        /* the caller's own */
    uint16_t text_length; /* bytes that follow the record */
};

/* The text that follows a record. */
#define import_record_text(record) ((const char *)((record) + 1))

struct import_sort;

/* At most about `memory` bytes are held in memory; folder: for the temporary file (borrowed).
 * Owned; NULL with an error. */
struct import_sort *import_sort_new(size_t memory, const char *folder, struct errors *errors);
void import_sort_free(struct import_sort *sort); /* takes NULL */

/* Copies a record and its text. False with an error. */
bool import_sort_add(struct import_sort *sort, const struct import_record *record, const char *text,
                     struct errors *errors);

uint64_t import_sort_count(const struct import_sort *sort); /* records added so far */

/* After the last one; then they come out, each valid until the next call: 1, 0 at the end, -1 with
 * an error. */
bool import_sort_finish(struct import_sort *sort, struct errors *errors);
int import_sort_next(struct import_sort *sort, const struct import_record **record,
                     struct errors *errors);

#endif
