#include "model/call_summary.h"

#include <stdlib.h>

void call_summary_release(struct call_summary *summary)
{
    for (size_t i = 0; i < summary->class_count; i++)
        free(summary->classes[i].name);
    free(summary->classes);
    free(summary->level_seconds);
    free(summary->source);
    free(summary->zone);
    *summary = (struct call_summary){0};
}

double call_summary_seconds_at(const struct call_summary *summary, uint64_t calls)
{
    double sum = 0;
    for (uint64_t n = calls; n <= summary->peak && summary->level_seconds; n++)
        sum += summary->level_seconds[n];
    return sum;
}
