#include "sim/engine/call_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void call_log_init(struct call_log *log)
{
    *log = (struct call_log){0};
}

void call_log_release(struct call_log *log)
{
    if (log->handle)
        call_log_close(log, 0, false);
    free(log->ring);
    call_log_init(log);
}

bool call_log_open(struct call_log *log, const struct call_sink *sink, uint32_t replication)
{
    log->sink = sink;
    log->head = log->next = 0;
    log->failed = false;
    errno = 0;
    log->handle = sink->open(sink->context, replication);
    log->error = log->handle || errno == ENOMEM ? 0 : errno;
    return log->handle;
}

static bool grow(struct call_log *log)
{
    size_t capacity = log->capacity ? log->capacity * 2 : 256;
    struct call_log_entry *ring = calloc(capacity, sizeof *ring);
    if (!ring)
        return false;
    for (uint64_t n = log->head; n < log->next; n++)
        ring[n % capacity] = log->ring[n % log->capacity];
    free(log->ring);
    log->ring = ring;
    log->capacity = capacity;
    return true;
}

uint64_t call_log_begin(struct call_log *log, const char *id, uint32_t class_index, nanos start)
{
    if (log->next - log->head == log->capacity && !grow(log)) {
        log->failed = true;
        return UINT64_MAX;
    }
    char *own = id ? strdup(id) : NULL;
    uint64_t place = log->next++;
    log->failed |= id && !own;
    log->ring[place % log->capacity] = (struct call_log_entry){
        .record = {.number = place + 1,
                   .class_index = class_index,
                   .start = start,
                   .end = start,
                   .peer = NONE,
                   .outcome = OUTCOME_IN_PROGRESS},
        .id = own,
    };
    return place;
}

static void give(struct call_log *log, struct call_log_entry *entry)
{
    entry->record.id = entry->id;
    errno = 0;
    if (!log->failed && !log->sink->row(log->handle, &entry->record)) {
        log->failed = true;
        log->error = errno == 0 ? EIO : errno;
    }
    free(entry->id);
    entry->id = NULL;
}

char *call_log_id(const struct call_log *log, uint64_t place)
{
    const char *id = place != UINT64_MAX ? log->ring[place % log->capacity].id : NULL;
    return id ? strdup(id) : NULL;
}

void call_log_peer(struct call_log *log, uint64_t place, uint32_t peer)
{
    if (place != UINT64_MAX)
        log->ring[place % log->capacity].record.peer = peer;
}

void call_log_end(struct call_log *log, uint64_t place, enum outcome outcome, nanos end,
                  uint32_t causes)
{
    if (place == UINT64_MAX)
        return;
    struct call_log_entry *entry = &log->ring[place % log->capacity];
    entry->record.outcome = outcome;
    entry->record.end = end;
    entry->record.causes = causes;
    entry->done = true;
    while (log->head < log->next && log->ring[log->head % log->capacity].done)
        give(log, &log->ring[log->head++ % log->capacity]);
}

bool call_log_close(struct call_log *log, nanos now, bool complete)
{
    for (; log->head < log->next; log->head++) {
        struct call_log_entry *entry = &log->ring[log->head % log->capacity];
        if (!entry->done)
            entry->record.end = now;
        give(log, entry);
    }
    bool ok = !log->failed;
    log->sink->close(log->handle, complete && ok);
    log->handle = NULL;
    return ok;
}
