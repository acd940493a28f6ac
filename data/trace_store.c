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
#define PACKED_MAX   (64 + ID_MAX)
#define BUFFER_LEAST PACKED_MAX
#define MILLISECOND  (SECOND / 1000)

/* What a row is told against: the row before. */
struct before {
    nanos start;
    uint32_t class_index;
};

struct trace_store {
    FILE *file; /* owned; written at its end, read by its descriptor */
    uint64_t size;
    uint64_t begun; /* where the stretch begins that is being written */
    struct before before;
    bool limited, failed;
};

struct trace_cursor {
    const struct trace_store *store;
    uint64_t at, end; /* still to be read */
    size_t used, filled, capacity;
    struct before before;
    struct errors *errors; /* borrowed */
    unsigned char buffer[];
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

/* ---- Rows as bytes ----
 *
 * A row of most traces takes seven: flags, the time since the row before and the duration in
 * milliseconds where they are whole, the class where it is another, what else it has. Numbers have
 * seven bits a byte, the lowest first.
 */

enum {
    FLAG_MEDIA = 3, /* enum media + 1 */
    FLAG_BANDWIDTH = 4,
    FLAG_ID = 8,
    FLAG_START_WHOLE = 16,
    FLAG_DURATION_WHOLE = 32,
    FLAG_CLASS = 64,
};

static unsigned char *put_number(unsigned char *to, uint64_t number)
{
    for (; number >= 128; number >>= 7)
        *to++ = (unsigned char)(number | 128);
    *to++ = (unsigned char)number;
    return to;
}

static uint64_t get_number(const unsigned char **from)
{
    uint64_t number = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char byte = *(*from)++;
        number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return number;
    }
}

/* Nanoseconds, or milliseconds where they are whole ones; the sign comes last. */
static unsigned char *put_time(unsigned char *to, nanos time, unsigned char *flags, int whole)
{
    if (time % MILLISECOND == 0) {
        *flags |= (unsigned char)whole;
        time /= MILLISECOND;
    }
    return put_number(to, time < 0 ? ~((uint64_t)time << 1) : (uint64_t)time << 1);
}

static nanos get_time(const unsigned char **from, bool whole)
{
    uint64_t number = get_number(from);
    nanos time = (nanos)(number >> 1 ^ -(number & 1));
    return whole ? time * MILLISECOND : time;
}

/* Returns the length. */
static size_t pack(const struct trace_row *row, struct before *before,
                   unsigned char packed[static PACKED_MAX])
{
    unsigned char *to = packed + 1, flags = (unsigned char)(row->media + 1);
    to = put_time(to, row->start - before->start, &flags, FLAG_START_WHOLE);
    to = put_time(to, row->duration, &flags, FLAG_DURATION_WHOLE);
    if (row->class_index != before->class_index) {
        flags |= FLAG_CLASS;
        to = put_number(to, row->class_index);
    }
    if (row->bandwidth >= 0) {
        flags |= FLAG_BANDWIDTH;
        to = put_number(to, (uint64_t)row->bandwidth);
    }
    if (row->id) {
        size_t length = strnlen(row->id, ID_MAX - 1);
        flags |= FLAG_ID;
        memcpy(to, row->id, length);
        to[length] = '\0';
        to += length + 1;
    }
    *packed = flags;
    *before = (struct before){row->start, row->class_index};
    return (size_t)(to - packed);
}

static size_t unpack(const unsigned char *packed, struct before *before, struct trace_row *row)
{
    const unsigned char *from = packed;
    unsigned char flags = *from++;
    row->start = before->start + get_time(&from, flags & FLAG_START_WHOLE);
    row->duration = get_time(&from, flags & FLAG_DURATION_WHOLE);
    row->class_index = flags & FLAG_CLASS ? (uint32_t)get_number(&from) : before->class_index;
    row->media = (flags & FLAG_MEDIA) - 1;
    row->bandwidth = flags & FLAG_BANDWIDTH ? (int64_t)get_number(&from) : -1;
    row->id = flags & FLAG_ID ? (const char *)from : NULL;
    if (row->id)
        from += strlen(row->id) + 1;
    *before = (struct before){row->start, row->class_index};
    return (size_t)(from - packed);
}

/* ---- Keeping rows as they come ---- */

void trace_store_begin(struct trace_store *store, bool limited)
{
    store->begun = store->size;
    store->before = (struct before){0};
    store->limited = limited;
    store->failed = false;
}

bool trace_store_put(struct trace_store *store, const struct trace_row *row)
{
    unsigned char packed[PACKED_MAX];
    if (store->failed || (store->limited && store->size >= TRACE_STORE_MOST)) {
        store->failed = true;
        return false;
    }
    size_t length = pack(row, &store->before, packed);
    store->failed = fwrite_unlocked(packed, 1, length, store->file) != length;
    store->size += length;
    return !store->failed;
}

/* Gives back what was written since the stretch began. */
static void take_back(struct trace_store *store)
{
    fflush(store->file); /* or is it lost, that is as well */
    clearerr(store->file);
    store->size = store->begun;
    if (ftruncate(fileno(store->file), (off_t)store->size) == 0)
        fseeko(store->file, (off_t)store->size, SEEK_SET);
}

bool trace_store_end(struct trace_store *store, struct trace_stretch *stretch)
{
    if (store->failed || fflush(store->file) != 0) {
        take_back(store);
        return false;
    }
    *stretch = (struct trace_stretch){store->begun, store->size};
    return true;
}

/* ---- Sorting rows ---- */

static bool sort_rows(struct import_sort *sort, trace_next next, void *context,
                      struct errors *errors)
{
    unsigned char packed[PACKED_MAX];
    struct trace_row row;
    int64_t number = 0;
    for (;;) {
        int result = next(context, &row);
        if (result <= 0)
            return result == 0 && import_sort_finish(sort, errors);
        struct before none = {0};
        struct import_record record = {.key = row.start,
                                       .duration = number++, /* the order of equal starts */
                                       .text_length = (uint16_t)pack(&row, &none, packed)};
        if (!import_sort_add(sort, &record, (const char *)packed, errors))
            return false;
    }
}

static bool write_rows(struct trace_store *store, struct import_sort *sort,
                       struct trace_stretch *stretch, struct errors *errors)
{
    const struct import_record *record;
    struct trace_row row;
    int result;
    trace_store_begin(store, false);
    while ((result = import_sort_next(sort, &record, errors)) == 1) {
        struct before none = {0};
        unpack((const unsigned char *)import_record_text(record), &none, &row);
        if (!trace_store_put(store, &row))
            break;
    }
    if (result < 0)
        return false;
    if (trace_store_end(store, stretch))
        return true;
    errors_add(errors, ERROR_IO, NULL, 0, 0, "a temporary file could not be written: %s",
               strerror(errno));
    return false;
}

bool trace_store_take(struct trace_store *store, trace_next next, void *context,
                      struct trace_stretch *stretch, struct errors *errors)
{
    struct import_sort *sort = import_sort_new(SORT_MEMORY, P_tmpdir, errors);
    bool good =
        sort && sort_rows(sort, next, context, errors) && write_rows(store, sort, stretch, errors);
    import_sort_free(sort);
    return good;
}

/* ---- Giving them out ---- */

struct trace_cursor *trace_cursor_new(const struct trace_store *store, struct trace_stretch stretch,
                                      size_t buffer, struct errors *errors)
{
    size_t capacity = buffer > BUFFER_LEAST ? buffer : BUFFER_LEAST;
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
    cursor->used += unpack(cursor->buffer + cursor->used, &cursor->before, row);
    return 1;
}
