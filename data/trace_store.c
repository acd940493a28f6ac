#define _FILE_OFFSET_BITS 64
#include "data/trace_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/import_sort.h"

#define SORT_MEMORY  ((size_t)64 << 20)
#define ID_MAX       ((size_t)1000) /* bytes of an id that are kept */
#define BUFFER_LEAST (sizeof(struct kept) + ID_MAX + 8)

struct trace_store {
    FILE *file; /* owned; written at its end, read by its descriptor */
    uint64_t size;
};

/* A row in the file, followed by its id and filled up to a multiple of 8. */
struct kept {
    int64_t start, duration, bandwidth;
    uint32_t class_index;
    int16_t media;
    uint16_t id_length; /* with its NUL; 0: none */
};

struct trace_cursor {
    const struct trace_store *store;
    uint64_t at, end; /* still to be read */
    size_t used, filled, capacity;
    struct errors *errors; /* borrowed */
    _Alignas(8) unsigned char buffer[];
};

struct trace_store *trace_store_new(struct errors *errors)
{
    struct trace_store *store = calloc(1, sizeof *store);
    if (store && (store->file = tmpfile()))
        return store;
    errors_add(errors, store ? ERROR_CANT_CREATE : ERROR_SOFTWARE, NULL, 0, 0,
               "no temporary file for call records: %s", strerror(store ? errno : ENOMEM));
    free(store);
    return NULL;
}

void trace_store_free(struct trace_store *store)
{
    if (!store)
        return;
    fclose(store->file);
    free(store);
}

/* --- Taking rows ---- */

static bool sort_rows(struct import_sort *sort, trace_next next, void *context,
                      struct errors *errors)
{
    union {
        struct kept kept;
        char text[sizeof(struct kept) + ID_MAX];
    } packed;
    struct trace_row row;
    int64_t number = 0;
    for (;;) {
        int result = next(context, &row);
        if (result <= 0)
            return result == 0 && import_sort_finish(sort, errors);
        size_t id = row.id ? strnlen(row.id, ID_MAX - 1) + 1 : 0;
        packed.kept = (struct kept){.start = row.start,
                                    .duration = row.duration,
                                    .bandwidth = row.bandwidth,
                                    .class_index = row.class_index,
                                    .media = (int16_t)row.media,
                                    .id_length = (uint16_t)id};
        if (id) {
            memcpy(packed.text + sizeof packed.kept, row.id, id - 1);
            packed.text[sizeof packed.kept + id - 1] = '\0';
        }
        struct import_record record = {.key = row.start,
                                       .duration = number++, /* the order of equal starts */
                                       .text_length = (uint16_t)(sizeof packed.kept + id)};
        if (!import_sort_add(sort, &record, packed.text, errors))
            return false;
    }
}

static bool write_rows(struct trace_store *store, struct import_sort *sort, struct errors *errors)
{
    static const char zeros[8];
    const struct import_record *record;
    int result;
    while ((result = import_sort_next(sort, &record, errors)) == 1) {
        size_t length = record->text_length, fill = (8 - length % 8) % 8;
        fwrite(import_record_text(record), 1, length, store->file);
        fwrite(zeros, 1, fill, store->file);
        store->size += length + fill;
    }
    if (result == 0 && fflush(store->file) == 0 && !ferror(store->file))
        return true;
    if (result == 0)
        errors_add(errors, ERROR_IO, NULL, 0, 0, "a temporary file could not be written: %s",
                   strerror(errno));
    return false;
}

bool trace_store_take(struct trace_store *store, trace_next next, void *context,
                      struct trace_stretch *stretch, struct errors *errors)
{
    struct import_sort *sort = import_sort_new(SORT_MEMORY, P_tmpdir, errors);
    stretch->begin = store->size;
    bool good = sort && sort_rows(sort, next, context, errors) && write_rows(store, sort, errors);
    stretch->end = store->size;
    import_sort_free(sort);
    return good;
}

/* --- Giving them out ---- */

struct trace_cursor *trace_cursor_new(const struct trace_store *store, struct trace_stretch stretch,
                                      size_t buffer, struct errors *errors)
{
    size_t capacity = buffer > BUFFER_LEAST ? buffer / 8 * 8 : (BUFFER_LEAST + 7) / 8 * 8;
    struct trace_cursor *cursor = calloc(1, sizeof *cursor + capacity);
    if (!cursor)
        return NULL;
    cursor->store = store;
    cursor->at = stretch.begin;
    cursor->end = stretch.end;
    cursor->capacity = capacity;
    cursor->errors = errors;
    return cursor;
}

void trace_cursor_free(struct trace_cursor *cursor)
{
    free(cursor);
}

/* Moves what is left to the front and fills up. */
static bool refill(struct trace_cursor *cursor)
{
    size_t left = cursor->filled - cursor->used;
    memmove(cursor->buffer, cursor->buffer + cursor->used, left);
    cursor->used = 0;
    cursor->filled = left;
    while (cursor->at < cursor->end && cursor->filled < cursor->capacity) {
        size_t size = cursor->capacity - cursor->filled;
        if (size > cursor->end - cursor->at)
            size = (size_t)(cursor->end - cursor->at);
        ssize_t got = pread(fileno(cursor->store->file), cursor->buffer + cursor->filled, size,
                            (off_t)cursor->at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errors_add(cursor->errors, ERROR_IO, NULL, 0, 0,
                       "a temporary file could not be read: %s", strerror(got < 0 ? errno : EIO));
            return false;
        }
        cursor->filled += (size_t)got;
        cursor->at += (uint64_t)got;
    }
    return true;
}

int trace_cursor_next(void *context, struct trace_row *row)
{
    struct trace_cursor *cursor = context;
    if (cursor->filled - cursor->used < BUFFER_LEAST && cursor->at < cursor->end && !refill(cursor))
        return -1;
    if (cursor->used == cursor->filled)
        return 0;
    const struct kept *kept = (const struct kept *)(const void *)(cursor->buffer + cursor->used);
    *row = (struct trace_row){.start = kept->start,
                              .duration = kept->duration,
                              .bandwidth = kept->bandwidth,
                              .class_index = kept->class_index,
                              .media = kept->media,
                              .id = kept->id_length ? (const char *)(kept + 1) : NULL};
    cursor->used += (sizeof *kept + kept->id_length + 7) / 8 * 8;
    return 1;
}
