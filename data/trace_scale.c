#include "data/trace_scale.h"

#include <stdlib.h>
#include <string.h>

/* A copy that is due. */
struct pending {
    struct trace_row row;
    uint64_t sequence;
};

struct trace_scale {
    trace_next read;
    void *context; /* borrowed */
    uint64_t salt;
    double scale;
    nanos gap, end;
    uint64_t rows, copies;
    struct trace_row next; /* read but not delivered */
    bool waiting;          /* there is one */
    int ended;             /* what was answered last, 1: it goes on */
    struct pending *heap;  /* owned, with the ids; the earliest first */
    size_t count, capacity;
    char *given; /* owned; the id of the row delivered last */
};

struct trace_scale *trace_scale_new(trace_next next, void *context,
                                    const struct trace_scaling *scaling)
{
    struct trace_scale *scaled = calloc(1, sizeof *scaled);
    if (!scaled)
        return NULL;
    *scaled =
        (struct trace_scale){.read = next,
                             .context = context,
                             .salt = UINT64_C(0x9E3779B97F4A7C15) * (scaling->trace + UINT64_C(1)),
                             .scale = scaling->scale,
                             .gap = scaling->gap,
                             .end = scaling->end,
                             .ended = 1};
    return scaled;
}

void trace_scale_free(struct trace_scale *scaled)
{
    if (!scaled)
        return;
    for (size_t i = 0; i < scaled->count; i++)
        free((char *)scaled->heap[i].row.id);
    free(scaled->heap);
    free(scaled->given);
    free(scaled);
}

/* A number in [0, 1) that depends on the row and the purpose alone (SplitMix64's last steps). */
static double draw(const struct trace_scale *scaled, uint64_t row, uint64_t purpose)
{
    uint64_t z = scaled->salt + row * UINT64_C(0xD1B54A32D192ED03) + purpose;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* ---- Copies that are due ---- */

static bool earlier(const struct pending *a, const struct pending *b)
{
    return a->row.start < b->row.start ||
           (a->row.start == b->row.start && a->sequence < b->sequence);
}

static void swap(struct pending *a, struct pending *b)
{
    struct pending other = *a;
    *a = *b;
    *b = other;
}

static bool push(struct trace_scale *scaled, const struct trace_row *row)
{
    if (scaled->count == scaled->capacity) {
        size_t more = scaled->capacity ? scaled->capacity * 2 : 64;
        struct pending *grown = realloc(scaled->heap, more * sizeof *grown);
        if (!grown)
            return false;
        scaled->heap = grown;
        scaled->capacity = more;
    }
    struct pending *heap = scaled->heap;
    size_t at = scaled->count;
    heap[at] = (struct pending){*row, scaled->copies++};
    if (row->id && !(heap[at].row.id = strdup(row->id)))
        return false;
    for (scaled->count++; at > 0 && earlier(&heap[at], &heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&heap[at], &heap[(at - 1) / 2]);
    return true;
}

static void pop(struct trace_scale *scaled, struct trace_row *row)
{
    struct pending *heap = scaled->heap;
    *row = heap[0].row;
    free(scaled->given);
    scaled->given = (char *)row->id;
    heap[0] = heap[--scaled->count];
    for (size_t at = 0, least; 2 * at + 1 < scaled->count; at = least) {
        least = 2 * at + 1;
        if (least + 1 < scaled->count && earlier(&heap[least + 1], &heap[least]))
            least++;
        if (!earlier(&heap[least], &heap[at]))
            break;
        swap(&heap[least], &heap[at]);
    }
}

/* ---- Rows ---- */

/* How often the waiting row is delivered; its further copies wait for their time. */
static bool spread(struct trace_scale *scaled, uint64_t *copies)
{
    uint64_t row = scaled->rows++;
    *copies = (uint64_t)scaled->scale;
    *copies += draw(scaled, row, 0) < scaled->scale - (double)*copies;
    for (uint64_t i = 1; i < *copies; i++) {
        struct trace_row copy = scaled->next;
        nanos moved = (nanos)((double)scaled->gap / 2 * draw(scaled, row, i));
        if (copy.start < scaled->end - moved)
            copy.start += moved;
        if (!push(scaled, &copy))
            return false;
    }
    return true;
}

int trace_scale_next(struct trace_scale *scaled, struct trace_row *row)
{
    for (;;) {
        uint64_t copies;
        if (!scaled->waiting && scaled->ended == 1) {
            scaled->ended = scaled->read(scaled->context, &scaled->next);
            scaled->waiting = scaled->ended == 1;
        }
        if (scaled->ended < 0)
            return -1;
        if (scaled->count > 0 &&
            (!scaled->waiting || scaled->heap[0].row.start < scaled->next.start)) {
            pop(scaled, row);
            return 1;
        }
        if (!scaled->waiting)
            return 0;
        scaled->waiting = false;
        if (!spread(scaled, &copies))
            return -1;
        if (copies > 0) {
            *row = scaled->next;
            return 1;
        }
    }
}
