/* Lets the Nth call of a kind fail, in the program that it is loaded into by LD_PRELOAD.
 *
 * REFUSE=KIND names the kind: memory, open, fsync, rename, mkdir. REFUSE_NTH=N (from 1) is the call
 * that fails; REFUSE_ON=1: all after it as well. REFUSE_COUNT=FILE: how many calls there were is
 * written there at the end. For tests of what the program makes of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

enum kind { MEMORY, OPEN, FSYNC, RENAME, MKDIR, KINDS };

static const struct {
    const char *name;
    int error;
} kinds[KINDS] = {
    {"memory", ENOMEM}, {"open", EMFILE}, {"fsync", EIO}, {"rename", EACCES}, {"mkdir", ENOSPC}};

static int chosen = -1;
static long nth;
static bool on;
static atomic_long calls;

__attribute__((constructor)) static void begin(void)
{
    const char *kind = getenv("REFUSE"), *number = getenv("REFUSE_NTH");
    nth = number ? strtol(number, NULL, 10) : 0;
    on = getenv("REFUSE_ON");
    for (int k = 0; kind && k < KINDS; k++)
        if (strcmp(kind, kinds[k].name) == 0)
            chosen = k;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("REFUSE_COUNT");
    if (!path)
        return;
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd >= 0 && write(fd, text, (size_t)length) < length)
        _exit(99);
}

static bool refused(enum kind kind)
{
    if (chosen != (int)kind)
        return false;
    long call = atomic_fetch_add(&calls, 1) + 1;
    bool fails = nth > 0 && (call == nth || (on && call > nth));
    if (fails)
        errno = kinds[kind].error;
    return fails;
}

void *malloc(size_t size)
{
    return refused(MEMORY) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return refused(MEMORY) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return refused(MEMORY) ? NULL : __libc_realloc(memory, size);
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    return refused(OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int fsync(int fd)
{
    return refused(FSYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    return refused(RENAME) ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int mkdir(const char *path, mode_t mode)
{
    return refused(MKDIR) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
