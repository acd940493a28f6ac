#include "model/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_LEAST ((size_t)4 * 1024) /* doubled with each block */
#define BLOCK_MOST  ((size_t)64 * 1024)
#define ALIGNMENT   ((size_t)16)

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

struct arena {
    struct block *blocks; /* the first one is being filled */
    size_t block_size;    /* of the next one */
};

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->block_size = BLOCK_LEAST;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - sizeof(struct block) - ALIGNMENT) / size)
        return NULL;
    size_t wanted = (count * size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (wanted == 0)
        wanted = ALIGNMENT;
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < wanted) {
        size_t room = wanted > arena->block_size ? wanted : arena->block_size;
        struct block *fresh = calloc(1, sizeof *fresh + room);
        if (!fresh)
            return NULL;
        fresh->size = room;
        if (block &&
            wanted > arena->block_size) { /* a large piece does not end the block being filled */
            fresh->next = block->next;
            block->next = fresh;
        } else {
            fresh->next = block;
            arena->blocks = fresh;
            arena->block_size *= arena->block_size < BLOCK_MOST ? 2 : 1;
        }
        block = fresh;
    }
    void *result = block->bytes + block->used;
    block->used += wanted;
    return result;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1, 1);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return NULL;
    char *copy = arena_strndup(arena, text, (size_t)length);
    free(text);
    return copy;
}
