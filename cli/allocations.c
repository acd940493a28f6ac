/* What the linker puts in the way of each allocation of our objects (--wrap in the Makefile): those
 * that fail are noted (model/base/memory.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "model/base/memory.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t most);
int __real_vasprintf(char **text, const char *format, va_list args);
void *__real_reallocarray(void *memory, size_t count, size_t size);
FILE *__real_open_memstream(char **text, size_t *length);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);
int __wrap_vasprintf(char **text, const char *format, va_list args);
int __wrap_asprintf(char **text, const char *format, ...);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
FILE *__wrap_open_memstream(char **text, size_t *length);
/* as glibc calls them with _FORTIFY_SOURCE; the flag asks for what our formats never do */
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list args);
int __wrap___asprintf_chk(char **text, int flag, const char *format, ...);

static void *seen(void *memory)
{
    if (!memory)
        memory_note_refusal();
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return seen(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return seen(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    void *moved = __real_realloc(memory, size);
    return size > 0 ? seen(moved) : moved;
}

char *__wrap_strdup(const char *text)
{
    return seen(__real_strdup(text));
}

char *__wrap_strndup(const char *text, size_t most)
{
    return seen(__real_strndup(text, most));
}

int __wrap_vasprintf(char **text, const char *format, va_list args)
{
    int length = __real_vasprintf(text, format, args);
    if (length < 0)
        seen(NULL);
    return length;
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = __wrap_vasprintf(text, format, args);
    va_end(args);
    return length;
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    return seen(__real_reallocarray(memory, count, size));
}

FILE *__wrap_open_memstream(char **text, size_t *length)
{
    return seen(__real_open_memstream(text, length));
}

int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list args)
{
    (void)flag;
    return __wrap_vasprintf(text, format, args);
}

int __wrap___asprintf_chk(char **text, int flag, const char *format, ...)
{
    va_list args;
    (void)flag;
    va_start(args, format);
    int length = __wrap_vasprintf(text, format, args);
    va_end(args);
    return length;
}
