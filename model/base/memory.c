#include "model/base/memory.h"

#include <stdatomic.h>

static atomic_uint refusals;

unsigned memory_refusals(void)
{
    return atomic_load_explicit(&refusals, memory_order_relaxed);
}

void memory_note_refusal(void)
{
    atomic_fetch_add_explicit(&refusals, 1, memory_order_relaxed);
}
