#include "reports/calls_csv.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "reports/csv.h"

struct handle {
    struct calls_csv *owner;
    uint32_t replication;
    FILE *rows; /* owned; NULL once its rows are in the stream or thrown away */
    bool done;
    struct handle *next; /* ascending in replication */
};

struct calls_csv {
    FILE *out;
    const struct scenario *scenario;
    struct call_sink sink;
    pthread_mutex_t lock; /* of all below, and of the stream */
    struct handle *waiting;
    uint32_t next; /* replication whose rows come next */
    bool failed;
};

/* ---- A row ---- */

static void put_causes(FILE *out, uint32_t causes)
{
    const char *between = "";
    for (int cause = 0; cause < CAUSE_COUNT; cause++) {
        if (!(causes >> cause & 1))
            continue;
        fprintf(out, "%s%s", between, cause_name((enum cause)cause));
        between = "+";
    }
}

void calls_csv_row(FILE *out, const struct scenario *scenario, uint32_t replication,
                   const struct call_record *record)
{
    static const char *const outcomes[] = {"completed", "dropped", "blocked", "in-progress"};
    fprintf(out, "%" PRIu32 ",", replication + 1);
    if (record->id)
        csv_put_text(out, record->id);
    else
        fprintf(out, "%" PRIu64, record->number);
    putc(',', out);
    csv_put_text(out, scenario->classes[record->class_index].name);
    putc(',', out);
    csv_put_seconds(out, record->start);
    putc(',', out);
    csv_put_seconds(out, record->end);
    fprintf(out, ",%s,", outcomes[record->outcome]);
    put_causes(out, record->causes);
    putc(',', out);
    if (record->peer != NONE)
        csv_put_text(out, scenario->peers[record->peer].name);
    putc('\n', out);
}

/* ---- In order of replication ---- */

static void *handle_open(void *context, uint32_t replication)
{
    struct calls_csv *calls = context;
    struct handle *handle = calloc(1, sizeof *handle);
    FILE *rows = tmpfile();
    if (!handle || !rows) {
        free(handle);
        if (rows)
            fclose(rows);
        return NULL;
    }
    *handle = (struct handle){.owner = calls, .replication = replication, .rows = rows};
    pthread_mutex_lock(&calls->lock);
    struct handle **place = &calls->waiting;
    while (*place && (*place)->replication < replication)
        place = &(*place)->next;
    handle->next = *place;
    *place = handle;
    pthread_mutex_unlock(&calls->lock);
    return handle;
}

static bool handle_row(void *context, const struct call_record *record)
{
    struct handle *handle = context;
    calls_csv_row(handle->rows, handle->owner->scenario, handle->replication, record);
    return !ferror(handle->rows);
}

static bool copy_rows(FILE *from, FILE *to)
{
    char buffer[65536];
    rewind(from);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, from)) > 0;)
        if (fwrite(buffer, 1, n, to) < n)
            return false;
    return !ferror(from);
}

/* Takes the first of the waiting; the lock is held. */
static void write_first(struct calls_csv *calls)
{
    struct handle *handle = calls->waiting;
    calls->waiting = handle->next;
    if (handle->rows) {
        calls->failed |= !copy_rows(handle->rows, calls->out);
        fclose(handle->rows);
    }
    free(handle);
}

static void handle_close(void *context, bool complete)
{
    struct handle *handle = context;
    struct calls_csv *calls = handle->owner;
    bool lost = fflush(handle->rows) != 0;
    pthread_mutex_lock(&calls->lock);
    calls->failed |= lost && complete;
    handle->done = true;
    if (!complete) {
        fclose(handle->rows);
        handle->rows = NULL;
    }
    while (calls->waiting && calls->waiting->done && calls->waiting->replication == calls->next) {
        write_first(calls);
        calls->next++;
    }
    pthread_mutex_unlock(&calls->lock);
}

struct calls_csv *calls_csv_new(FILE *out, const struct scenario *scenario)
{
    struct calls_csv *calls = calloc(1, sizeof *calls);
    if (!calls)
        return NULL;
    calls->out = out;
    calls->scenario = scenario;
    calls->sink = (struct call_sink){calls, handle_open, handle_row, handle_close};
    pthread_mutex_init(&calls->lock, NULL);
    fputs(CALLS_CSV_HEADER, out);
    return calls;
}

const struct call_sink *calls_csv_sink(struct calls_csv *calls)
{
    return &calls->sink;
}

bool calls_csv_finish(struct calls_csv *calls)
{
    while (calls->waiting)
        write_first(calls);
    return !calls->failed;
}

void calls_csv_free(struct calls_csv *calls)
{
    if (!calls)
        return;
    while (calls->waiting) {
        struct handle *handle = calls->waiting;
        calls->waiting = handle->next;
        if (handle->rows)
            fclose(handle->rows);
        free(handle);
    }
    pthread_mutex_destroy(&calls->lock);
    free(calls);
}
