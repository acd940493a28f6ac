/* Records of single calls, put back into the order of their arrival.
 *
 * A call's outcome is known when it ends; a record waits until all earlier ones have theirs, so
 * memory depends on the calls since the oldest one in progress.
 */
#ifndef PEERPLAN_SIM_CALL_LOG_H
#define PEERPLAN_SIM_CALL_LOG_H

#include "model/traffic.h"

struct call_log_entry {
    struct call_record record;
    char *id; /* owned */
    bool done;
};

struct call_log {
    const struct call_sink *sink; /* borrowed */
    void *handle;
    struct call_log_entry *ring; /* owned */
    uint64_t head, next;         /* places: entry n is at ring[n % capacity] */
    size_t capacity;
    bool failed;
    int error; /* errno where a row could not be given away; 0: out of memory */
};

void call_log_init(struct call_log *log);
void call_log_release(struct call_log *log);
bool call_log_open(struct call_log *log, const struct call_sink *sink, uint32_t replication);
/* A call arrives; the place to say its outcome with. */
uint64_t call_log_begin(struct call_log *log, const char *id, uint32_t class_index, nanos start);
void call_log_end(struct call_log *log, uint64_t place, enum outcome outcome, nanos end,
                  uint32_t causes);
/* The id that a call without an outcome came with; owned; NULL: none. */
char *call_log_id(const struct call_log *log, uint64_t place);
/* Where its media is, known at its start. */
void call_log_peer(struct call_log *log, uint64_t place, uint32_t peer);
/* The end of the run: calls without an outcome are in progress at `now`. False when a row could not
 * be given away. */
bool call_log_close(struct call_log *log, nanos now, bool complete);

#endif
