#include "model/base/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/base/output.h"

/* ---- What a signal removes ---- */

/* Fixed places, each owned by one temporary at a time. Of more temporaries than places the further
 * ones stay behind when a signal ends the program, until the next one sweeps. */
#define PLACES 64
static struct {
    atomic_int state; /* free, or being changed, or a name to remove */
    char name[PATH_MAX];
} places[PLACES];
enum { FREE, BUSY, NAMED_FILE, NAMED_FOLDER };

static int place_take(const char *name, int state)
{
    if (strlen(name) >= PATH_MAX)
        return -1;
    for (int i = 0; i < PLACES; i++) {
        int expected = FREE;
        if (!atomic_compare_exchange_strong(&places[i].state, &expected, BUSY))
            continue;
        memcpy(places[i].name, name, strlen(name) + 1);
        atomic_store(&places[i].state, state);
        return i;
    }
    return -1;
}

static void place_give(int place)
{
    if (place >= 0)
        atomic_store(&places[place].state, FREE);
}

void output_remove_temporaries(void)
{
    for (int i = 0; i < PLACES; i++)
        if (atomic_load(&places[i].state) == NAMED_FILE)
            unlink(places[i].name);
    for (int i = 0; i < PLACES; i++) /* empty by now */
        if (atomic_load(&places[i].state) == NAMED_FOLDER)
            rmdir(places[i].name);
}

/* ---- What killed processes left behind ---- */

static bool abandoned(int folder, const char *name)
{
    long pid;
    unsigned number;
    int length = 0;
    if (sscanf(name, ".peerplan-%ld-%u.tmp%n", &pid, &number, &length) != 2 || length == 0 ||
        name[length] || pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
        return false;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool free_to_take = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (fd >= 0)
        close(fd);
    return free_to_take;
}

static void remove_tree(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0)
        return;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(fd, entry->d_name, 0);
    if (folder)
        closedir(folder);
    else if (fd >= 0)
        close(fd);
    unlinkat(parent, name, AT_REMOVEDIR);
}

static void sweep(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (abandoned(dirfd(folder), entry->d_name))
            remove_tree(dirfd(folder), entry->d_name);
    closedir(folder);
}

/* ---- Making ---- */

static char *folder_of(const char *target)
{
    const char *slash = strrchr(target, '/');
    return slash ? strndup(target, (size_t)(slash - target) + 1) : strdup("./");
}

static int make(const struct temporary *temporary)
{
    if (temporary->folder && mkdir(temporary->name, 0777) != 0)
        return -1;
    if (temporary->folder)
        return open(temporary->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return open(temporary->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

/* A name that is not taken, in a folder (which ends in a slash): a descriptor, or -1 with errno. */
static int make_new(struct temporary *temporary, const char *folder)
{
    static atomic_uint counter;
    for (int tries = 0; tries < 100; tries++) {
        if (asprintf(&temporary->name, "%s.peerplan-%ld-%u.tmp", folder, (long)getpid(),
                     atomic_fetch_add(&counter, 1)) < 0) {
            temporary->name = NULL;
            errno = ENOMEM;
            return -1;
        }
        int fd = make(temporary);
        if (fd >= 0 || errno != EEXIST)
            return fd;
        free(temporary->name);
        temporary->name = NULL;
    }
    return -1;
}

static void forget(struct temporary *temporary)
{
    place_give(temporary->place);
    if (temporary->lock >= 0)
        close(temporary->lock);
    free(temporary->name);
    *temporary = TEMPORARY_NONE;
}

static int create(struct temporary *temporary, const char *target, bool as_folder)
{
    *temporary = TEMPORARY_NONE;
    temporary->folder = as_folder;
    char *folder = folder_of(target);
    if (!folder)
        return -1;
    sweep(folder);
    int fd = make_new(temporary, folder), why = errno;
    free(folder);
    if (fd < 0) {
        if (temporary->folder && temporary->name)
            rmdir(temporary->name); /* made, but not opened */
        forget(temporary);
        errno = why;
        return -1;
    }
    temporary->place = place_take(temporary->name, as_folder ? NAMED_FOLDER : NAMED_FILE);
    flock(fd, LOCK_EX | LOCK_NB); /* where there are no locks the number of the process must do */
    temporary->lock = as_folder ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return fd;
}

int temporary_file(struct temporary *temporary, const char *target)
{
    return create(temporary, target, false);
}

bool temporary_folder(struct temporary *temporary, const char *target)
{
    return create(temporary, target, true) >= 0;
}

int temporary_file_in(struct temporary *temporary, const struct temporary *folder, const char *name)
{
    *temporary = TEMPORARY_NONE;
    if (asprintf(&temporary->name, "%s/%s", folder->name, name) < 0) {
        temporary->name = NULL;
        errno = ENOMEM;
        return -1;
    }
    int fd = make(temporary), why = errno;
    if (fd >= 0)
        temporary->place = place_take(temporary->name, NAMED_FILE);
    else
        forget(temporary);
    errno = why;
    return fd;
}

/* ---- The end of one ---- */

int temporary_rename(struct temporary *temporary, const char *target)
{
    if (rename(temporary->name, target) != 0)
        return errno;
    forget(temporary);
    return 0;
}

void temporary_settle(struct temporary *temporary)
{
    forget(temporary);
}

void temporary_remove(struct temporary *temporary)
{
    if (temporary->name && temporary->folder)
        rmdir(temporary->name);
    else if (temporary->name)
        unlink(temporary->name);
    forget(temporary);
}
