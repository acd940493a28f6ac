/* Memory that is freed all at once. */
#ifndef PEERPLAN_MODEL_ARENA_H
#define PEERPLAN_MODEL_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);        /* owned; NULL when out of memory */
void arena_free(struct arena *arena); /* takes NULL */

/* Zeroed memory for count elements, aligned for any type; NULL when out of memory or count*size
 * overflows. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
