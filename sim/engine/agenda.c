#include "sim/engine/agenda.h"

#include <assert.h>
#include <stdlib.h>

void agenda_init(struct agenda *agenda)
{
    *agenda = (struct agenda){0};
}

void agenda_release(struct agenda *agenda)
{
    free(agenda->heap);
    agenda_init(agenda);
}

void agenda_clear(struct agenda *agenda)
{
    agenda->count = 0;
    agenda->sequence = 0;
}

static bool before(const struct agenda_event *a, const struct agenda_event *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

bool agenda_add(struct agenda *agenda, unsigned rank, struct agenda_event event)
{
    if (event.time == FOREVER)
        return true;
    if (agenda->count == agenda->room) {
        size_t room = agenda->room ? agenda->room * 2 : 64;
        struct agenda_event *heap = realloc(agenda->heap, room * sizeof *heap);
        if (!heap)
            return false;
        agenda->heap = heap;
        agenda->room = room;
    }
    event.order = (uint64_t)rank << 56 | agenda->sequence++;
    size_t place = agenda->count++;
    while (place > 0 && before(&event, &agenda->heap[(place - 1) / 2])) {
        agenda->heap[place] = agenda->heap[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    agenda->heap[place] = event;
    return true;
}

struct agenda_event agenda_take(struct agenda *agenda)
{
    assert(agenda->count > 0);
    struct agenda_event first = agenda->heap[0], last = agenda->heap[--agenda->count];
    size_t place = 0;
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= agenda->count)
            break;
        if (child + 1 < agenda->count && before(&agenda->heap[child + 1], &agenda->heap[child]))
            child++;
        if (!before(&agenda->heap[child], &last))
            break;
        agenda->heap[place] = agenda->heap[child];
        place = child;
    }
    if (agenda->count)
        agenda->heap[place] = last;
    return first;
}
