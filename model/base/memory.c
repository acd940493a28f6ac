#include "model/base/memory.h"

#include <setjmp.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_uint refusals;

unsigned memory_refusals(void)
{
    return atomic_load_explicit(&refusals, memory_order_relaxed);
}

void memory_note_refusal(void)
{
    atomic_fetch_add_explicit(&refusals, 1, memory_order_relaxed);
}

static _Thread_local jmp_buf *way_out; /* of what runs guarded; NULL: nothing does */

bool memory_guarded(void (*work)(void *context), void *context)
{
    jmp_buf here;
    if (setjmp(here) != 0) {
        way_out = NULL;
        return false;
    }
    way_out = &here;
    work(context);
    way_out = NULL;
    return true;
}

void *memory_guarded_alloc(size_t size)
{
    void *memory = malloc(size);
    if (!memory && way_out)
        longjmp(*way_out, 1);
    return memory;
}
