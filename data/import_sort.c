#define _FILE_OFFSET_BITS 64
#include "data/import_sort.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER     ((size_t)64 * 1024) /* of a run while it is read, at least one record */
#define RUNS_MAX   256                 /* merged at once */
#define AHEAD      16
#define RADIX_BITS 11
#define RADIX      (1U << RADIX_BITS)
#define KEY_BITS   (3 * RADIX_BITS)

struct entry {
    int64_t key;
    uint64_t offset; /* of the record in memory */
};

struct run {
    off_t at, end;         /* bytes in the file that are still to be read */
    unsigned char *buffer; /* owned while it is merged */
    size_t used, size;
    struct import_record *current; /* in the buffer; NULL: the run is at its end */
};

struct import_sort {
    const char *folder;
    size_t memory;
    unsigned char *bytes; /* owned; records with their texts, each at a multiple of 8 */
    size_t length, capacity;
    struct entry *entries; /* owned; twice the capacity: the second half is for sorting */
    size_t count, entry_capacity;
    uint64_t added;

    int fd; /* -1: everything is in memory */
    off_t file_length;
    struct run *runs; /* owned */
    size_t run_count, run_capacity;

    /* While they come out. */
    size_t next;       /* entry */
    struct run **heap; /* owned; runs by their current record */
    size_t heap_count;
};

/* ---- Order ---- */

static size_t record_size(const struct import_record *record)
{
    return (sizeof *record + record->text_length + 7) / 8 * 8;
}

static int compare_records(const struct import_record *a, const struct import_record *b)
{
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->duration != b->duration)
        return a->duration < b->duration ? -1 : 1;
    for (int i = 0; i < 2; i++)
        if (a->hash[i] != b->hash[i])
            return a->hash[i] < b->hash[i] ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->class_index != b->class_index)
        return a->class_index < b->class_index ? -1 : 1;
    size_t shorter = a->text_length < b->text_length ? a->text_length : b->text_length;
    int order = memcmp(import_record_text(a), import_record_text(b), shorter);
    return order ? order : (a->text_length > b->text_length) - (a->text_length < b->text_length);
}

static const struct import_record *record_at(const struct import_sort *sort, uint64_t offset)
{
    return (const struct import_record *)(const void *)(sort->bytes + offset);
}

/* Sorted records lie anywhere in memory: the one that comes soon is asked for now. */
static void fetch_ahead(const struct import_sort *sort, size_t entry)
{
    if (entry + AHEAD < sort->count)
        __builtin_prefetch(record_at(sort, sort->entries[entry + AHEAD].offset));
}

static int compare_entries(const void *a, const void *b, void *context)
{
    const struct entry *x = a, *y = b;
    return compare_records(record_at(context, x->offset), record_at(context, y->offset));
}

/* Sorts by key with counted digits; keys are not below 0. Entries end where they began. */
static void radix_sort(struct entry *from, struct entry *to, size_t count, uint64_t most)
{
    struct entry *begin = from;
    for (unsigned shift = 0; shift < 64 && most >> shift; shift += RADIX_BITS) {
        size_t places[RADIX] = {0}, sum = 0;
        for (size_t i = 0; i < count; i++)
            places[(uint64_t)from[i].key >> shift & (RADIX - 1)]++;
        for (size_t i = 0; i < RADIX; i++) {
            size_t here = places[i];
            places[i] = sum;
            sum += here;
        }
        for (size_t i = 0; i < count; i++)
            to[places[(uint64_t)from[i].key >> shift & (RADIX - 1)]++] = from[i];
        struct entry *swap = from;
        from = to;
        to = swap;
    }
    if (from != begin)
        memcpy(begin, from, count * sizeof *from);
}

/* Entries of one key: mostly a few, which need no memory to be sorted. */
static void sort_equals(struct import_sort *sort, struct entry *entries, size_t count)
{
    if (count > 16) {
        qsort_r(entries, count, sizeof *entries, compare_entries, sort);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct entry entry = entries[i];
        size_t at = i;
        for (; at > 0 && compare_entries(&entries[at - 1], &entry, sort) > 0; at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

/* What keys are counted in: whole seconds where they can be, and so that they take three passes:
 * those that are equal then are few, and told apart by their records. */
static uint64_t unit_of(const struct entry *entries, size_t count, uint64_t least, uint64_t range)
{
    uint64_t odd = 0, unit = 1000000000;
    for (size_t i = 0; i < count && !odd; i++)
        odd = ((uint64_t)entries[i].key - least) % unit;
    unit = odd ? 1 : unit;
    return range / unit >> KEY_BITS ? (range >> KEY_BITS) + 1 : unit;
}

static void sort_entries(struct import_sort *sort)
{
    struct entry *entries = sort->entries;
    size_t count = sort->count;
    uint64_t least = UINT64_MAX, most = 0;
    bool sorted = true;
    for (size_t i = 0; i < count; i++) { /* as unsigned numbers, in the order of signed ones */
        entries[i].key = (int64_t)((uint64_t)entries[i].key ^ UINT64_C(1) << 63);
        uint64_t key = (uint64_t)entries[i].key;
        least = key < least ? key : least;
        most = key > most ? key : most;
        sorted &= i == 0 || (uint64_t)entries[i - 1].key <= key;
    }
    uint64_t range = count ? most - least : 0, unit = unit_of(entries, count, least, range);
    for (size_t i = 0; i < count; i++)
        entries[i].key = (int64_t)(((uint64_t)entries[i].key - least) / unit);
    if (!sorted)
        radix_sort(entries, entries + sort->entry_capacity, count, range / unit);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && entries[end].key == entries[i].key; end++)
            ;
        sort_equals(sort, entries + i, end - i);
    }
}

/* ---- The temporary file ---- */

static bool file_failed(const struct import_sort *sort, const char *what, struct errors *errors)
{
    errors_add(errors, ERROR_IO, sort->folder, 0, 0, "a temporary file there cannot be %s: %s",
               what, strerror(errno));
    return false;
}

static int open_nameless(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char *name;
    if (asprintf(&name, "%s/.peerplan-XXXXXX", folder) < 0)
        return -1;
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}

static bool write_all(struct import_sort *sort, const unsigned char *bytes, size_t size,
                      struct errors *errors)
{
    while (size) {
        ssize_t put = pwrite(sort->fd, bytes, size, sort->file_length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return file_failed(sort, "written", errors);
        bytes += put;
        size -= (size_t)put;
        sort->file_length += put;
    }
    return true;
}

/* Collects records for the file. */
struct writer {
    struct import_sort *sort;
    unsigned char *buffer; /* owned */
    size_t used;
    struct errors *errors;
};

static bool writer_put(struct writer *writer, const struct import_record *record)
{
    size_t size = record_size(record);
    if (writer->used + size > 2 * BUFFER) {
        if (!write_all(writer->sort, writer->buffer, writer->used, writer->errors))
            return false;
        writer->used = 0;
    }
    memcpy(writer->buffer + writer->used, record, size);
    writer->used += size;
    return true;
}

static bool writer_begin(struct writer *writer, struct import_sort *sort, struct errors *errors)
{
    *writer = (struct writer){sort, malloc(2 * BUFFER), 0, errors};
    if (!writer->buffer)
        return errors_no_memory(errors);
    return true;
}

/* Ends a run that began at `start`. */
static bool writer_end(struct writer *writer, off_t start)
{
    struct import_sort *sort = writer->sort;
    bool good = write_all(sort, writer->buffer, writer->used, writer->errors);
    free(writer->buffer);
    if (!good)
        return false;
    if (sort->run_count == sort->run_capacity) {
        size_t capacity = sort->run_capacity * 2 + 16;
        struct run *larger = realloc(sort->runs, capacity * sizeof *larger);
        if (!larger)
            return errors_no_memory(writer->errors);
        sort->runs = larger;
        sort->run_capacity = capacity;
    }
    sort->runs[sort->run_count++] = (struct run){.at = start, .end = sort->file_length};
    return true;
}

/* Writes what is in memory as one run. */
static bool spill(struct import_sort *sort, struct errors *errors)
{
    if (sort->fd < 0 && (sort->fd = open_nameless(sort->folder)) < 0) {
        errors_add(errors, ERROR_CANT_CREATE, sort->folder, 0, 0,
                   "a temporary file cannot be made there: %s", strerror(errno));
        return false;
    }
    struct writer writer;
    off_t start = sort->file_length;
    sort_entries(sort);
    if (!writer_begin(&writer, sort, errors))
        return false;
    for (size_t i = 0; i < sort->count; i++) {
        fetch_ahead(sort, i);
        if (!writer_put(&writer, record_at(sort, sort->entries[i].offset))) {
            free(writer.buffer);
            return false;
        }
    }
    sort->count = 0;
    sort->length = 0;
    return writer_end(&writer, start);
}

/* ---- Going in ---- */

struct import_sort *import_sort_new(size_t memory, const char *folder, struct errors *errors)
{
    struct import_sort *sort = calloc(1, sizeof *sort);
    if (!sort) {
        errors_no_memory(errors);
        return NULL;
    }
    sort->folder = folder;
    sort->memory = memory;
    sort->fd = -1;
    return sort;
}

static bool make_room(struct import_sort *sort, size_t size, struct errors *errors)
{
    if (sort->length + size > sort->capacity) {
        size_t capacity = 2 * (sort->length + size) + 4096;
        unsigned char *larger = realloc(sort->bytes, capacity);
        if (!larger)
            return errors_no_memory(errors);
        sort->bytes = larger;
        sort->capacity = capacity;
    }
    if (sort->count == sort->entry_capacity) {
        size_t capacity = 2 * sort->entry_capacity + 1024;
        struct entry *larger = realloc(sort->entries, 2 * capacity * sizeof *larger);
        if (!larger)
            return errors_no_memory(errors);
        sort->entries = larger;
        sort->entry_capacity = capacity;
    }
    return true;
}

bool import_sort_add(struct import_sort *sort, const struct import_record *record, const char *text,
                     struct errors *errors)
{
    size_t size = record_size(record);
    if (sort->length + size + (sort->count + 1) * 2 * sizeof *sort->entries > sort->memory &&
        sort->count && !spill(sort, errors))
        return false;
    if ((sort->length + size > sort->capacity || sort->count == sort->entry_capacity) &&
        !make_room(sort, size, errors))
        return false;
    unsigned char *at = sort->bytes + sort->length;
    memcpy(at, record, sizeof *record);
    if (record->text_length) {
        memset(at + size - 8, 0, 8);
        memcpy(at + sizeof *record, text, record->text_length);
    }
    sort->entries[sort->count++] = (struct entry){record->key, sort->length};
    sort->length += size;
    sort->added++;
    return true;
}

uint64_t import_sort_count(const struct import_sort *sort)
{
    return sort->added;
}

/* ---- Merging ---- */

/* Goes to the next record of a run. False with an error. */
static bool run_advance(struct import_sort *sort, struct run *run, struct errors *errors)
{
    size_t size = run->current ? record_size(run->current) : 0;
    run->used += size;
    run->current = NULL;
    for (;;) {
        size_t left = run->size - run->used;
        struct import_record *record = (struct import_record *)(void *)(run->buffer + run->used);
        if (left >= sizeof *record && left >= record_size(record)) {
            run->current = record;
            return true;
        }
        if (run->at == run->end)
            return true;
        memmove(run->buffer, run->buffer + run->used, left);
        run->used = 0;
        size_t wanted = 2 * BUFFER - left;
        if ((off_t)wanted > run->end - run->at)
            wanted = (size_t)(run->end - run->at);
        ssize_t got = pread(sort->fd, run->buffer + left, wanted, run->at);
        if (got < 0 && errno == EINTR)
            got = 0;
        else if (got <= 0)
            return file_failed(sort, "read", errors);
        run->size = left + (size_t)got;
        run->at += got;
    }
}

static void sift_down(struct import_sort *sort, size_t at)
{
    struct run **heap = sort->heap, *run = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= sort->heap_count)
            break;
        if (child + 1 < sort->heap_count &&
            compare_records(heap[child + 1]->current, heap[child]->current) < 0)
            child++;
        if (compare_records(run->current, heap[child]->current) <= 0)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = run;
}

/* Opens the first `count` runs for merging. */
static bool merge_begin(struct import_sort *sort, size_t count, struct errors *errors)
{
    free(sort->heap);
    sort->heap = calloc(count + 1, sizeof(struct run *));
    sort->heap_count = 0;
    if (!sort->heap)
        return errors_no_memory(errors);
    for (size_t i = 0; i < count; i++) {
        struct run *run = &sort->runs[i];
        run->buffer = malloc(2 * BUFFER);
        if (!run->buffer)
            return errors_no_memory(errors);
        if (!run_advance(sort, run, errors))
            return false;
        if (run->current)
            sort->heap[sort->heap_count++] = run;
    }
    for (size_t i = sort->heap_count; i-- > 0;)
        sift_down(sort, i);
    return true;
}

/* The run whose record is the first has been used up to it: goes on. */
static bool merge_advance(struct import_sort *sort, struct errors *errors)
{
    struct run *first = sort->heap[0];
    if (!run_advance(sort, first, errors))
        return false;
    if (!first->current) {
        free(first->buffer);
        first->buffer = NULL;
        sort->heap[0] = sort->heap[--sort->heap_count];
    }
    if (sort->heap_count)
        sift_down(sort, 0);
    return true;
}

/* Makes one run of the first RUNS_MAX. */
static bool merge_some(struct import_sort *sort, struct errors *errors)
{
    struct writer writer;
    off_t start = sort->file_length;
    if (!merge_begin(sort, RUNS_MAX, errors) || !writer_begin(&writer, sort, errors))
        return false;
    while (sort->heap_count) {
        if (!writer_put(&writer, sort->heap[0]->current) || !merge_advance(sort, errors)) {
            free(writer.buffer);
            return false;
        }
    }
    memmove(sort->runs, sort->runs + RUNS_MAX, (sort->run_count - RUNS_MAX) * sizeof *sort->runs);
    sort->run_count -= RUNS_MAX;
    return writer_end(&writer, start);
}

bool import_sort_finish(struct import_sort *sort, struct errors *errors)
{
    if (sort->run_count == 0) {
        sort_entries(sort);
        return true;
    }
    if (sort->count && !spill(sort, errors))
        return false;
    free(sort->bytes);
    free(sort->entries);
    sort->bytes = NULL;
    sort->entries = NULL;
    while (sort->run_count > RUNS_MAX)
        if (!merge_some(sort, errors))
            return false;
    return merge_begin(sort, sort->run_count, errors);
}

int import_sort_next(struct import_sort *sort, const struct import_record **record,
                     struct errors *errors)
{
    if (sort->run_count == 0) {
        if (sort->next == sort->count)
            return 0;
        fetch_ahead(sort, sort->next);
        *record = record_at(sort, sort->entries[sort->next++].offset);
        return 1;
    }
    if (sort->next && sort->heap_count && !merge_advance(sort, errors))
        return -1;
    sort->next = 1;
    if (sort->heap_count == 0)
        return 0;
    *record = sort->heap[0]->current;
    return 1;
}

void import_sort_free(struct import_sort *sort)
{
    if (!sort)
        return;
    for (size_t i = 0; i < sort->run_count; i++)
        free(sort->runs[i].buffer);
    if (sort->fd >= 0)
        close(sort->fd);
    free(sort->bytes);
    free(sort->entries);
    free(sort->runs);
    free(sort->heap);
    free(sort);
}
