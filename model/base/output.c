#include "model/base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names of temporary files, for a signal handler: fixed places, each owned by one output at a time.
 * More outputs than places at once are written all the same; their temporaries stay behind when a
 * signal ends the program. */
#define PLACES 64
static struct {
    atomic_int state; /* FREE, or being changed, or a name to remove */
    char name[PATH_MAX];
} places[PLACES];
enum { FREE, BUSY, NAMED };

struct output {
    char *path;      /* as given, for messages */
    char *target;    /* the file itself, links followed; NULL when written directly */
    char *temporary; /* NULL when written directly */
    int place;       /* index into places, or -1 */
    FILE *stream;
    bool standard, complete;
};

/* --- Temporaries --- */

static int place_take(const char *name)
{
    if (strlen(name) >= PATH_MAX)
        return -1;
    for (int i = 0; i < PLACES; i++) {
        int expected = FREE;
        if (!atomic_compare_exchange_strong(&places[i].state, &expected, BUSY))
            continue;
        memcpy(places[i].name, name, strlen(name) + 1);
        atomic_store(&places[i].state, NAMED);
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
        if (atomic_load(&places[i].state) == NAMED)
            unlink(places[i].name);
}

/* --- Opening --- */

static void output_free(struct output *output)
{
    if (output->stream && !output->standard)
        fclose(output->stream);
    place_give(output->place);
    free(output->path);
    free(output->target);
    free(output->temporary);
    free(output);
}

static struct output *output_new(const char *path, struct errors *errors)
{
    struct output *output = calloc(1, sizeof *output);
    if (output) {
        output->place = -1;
        output->path = strdup(strcmp(path, "-") ? path : "<stdout>");
    }
    if (output && output->path)
        return output;
    free(output);
    errors_add(errors, ERROR_SOFTWARE, path, 0, 0, "out of memory");
    return NULL;
}

/* The file behind the links; what is not there yet goes by the name given. */
static char *find_target(const char *path)
{
    char *target = realpath(path, NULL);
    return target || errno != ENOENT ? target : strdup(path);
}

/* A new file beside the target, opened for writing. */
static int create_temporary(struct output *output)
{
    static atomic_uint counter;
    const char *slash = strrchr(output->target, '/');
    int folder = slash ? (int)(slash - output->target) + 1 : 0;
    for (int tries = 0; tries < 100; tries++) {
        free(output->temporary);
        output->temporary = NULL;
        if (asprintf(&output->temporary, "%.*s.peerplan-%ld-%u.tmp", folder, output->target,
                     (long)getpid(), atomic_fetch_add(&counter, 1)) < 0) {
            output->temporary = NULL;
            errno = ENOMEM;
            return -1;
        }
        int fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* Opens what the path stands for: -1 with errno. */
static int open_target(struct output *output, const char *path)
{
    struct stat status;
    bool exists = stat(path, &status) == 0;
    if (!exists && !*path) /* errno is that of stat: no such file */
        return -1;
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (exists && !S_ISREG(status.st_mode))
        return open(path, O_WRONLY | O_CLOEXEC);
    if (exists && access(path, W_OK) != 0)
        return -1;
    if (!(output->target = find_target(path)))
        return -1;
    int fd = create_temporary(output);
    if (fd < 0) {
        free(output->temporary);
        output->temporary = NULL;
        return -1;
    }
    output->place = place_take(output->temporary);
    if (exists && fchmod(fd, status.st_mode & 07777) != 0)
        return fd; /* its permissions could not be kept: new ones will do */
    return fd;
}

struct output *output_open(const char *path, struct errors *errors)
{
    struct output *output = output_new(path, errors);
    if (!output)
        return NULL;
    output->standard = strcmp(path, "-") == 0;
    if (output->standard) {
        output->stream = stdout;
        return output;
    }
    int fd = open_target(output, path);
    output->stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (output->stream)
        return output;
    errors_add(errors, ERROR_CANT_CREATE, path, 0, 0, "cannot be created: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    output_abandon(output);
    return NULL;
}

FILE *output_stream(struct output *output)
{
    return output->stream;
}

/* --- Closing --- */

/* Everything to the disk; 0 or an errno. What is not a regular file has no disk to reach. */
static int finish(struct output *output)
{
    bool failed = ferror(output->stream) != 0;
    errno = 0;
    int error = fflush(output->stream) != 0 ? errno : 0;
    if (!error && failed)
        error = EIO; /* some write before failed; its reason is gone */
    if (!error && output->temporary && fsync(fileno(output->stream)) != 0)
        error = errno;
    if (output->standard)
        return error;
    if (fclose(output->stream) != 0 && !error)
        error = errno;
    output->stream = NULL;
    return error;
}

/* So that the new name survives a power cut too; a folder that cannot be synchronised is no
 * failure. */
static void sync_folder(const char *target)
{
    const char *slash = strrchr(target, '/');
    char *folder = slash ? strndup(target, (size_t)(slash - target) + 1) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

static bool written(const struct output *output, int error, struct errors *errors)
{
    if (error)
        errors_add(errors, ERROR_IO, output->path, 0, 0, "cannot be written: %s", strerror(error));
    return !error;
}

bool output_complete(struct output *output, struct errors *errors)
{
    output->complete = written(output, finish(output), errors);
    return output->complete;
}

/* Gives the temporary file the target's name; 0 or an errno. */
static int take_name(struct output *output)
{
    if (rename(output->temporary, output->target) != 0)
        return errno;
    place_give(output->place);
    output->place = -1;
    free(output->temporary);
    output->temporary = NULL;
    sync_folder(output->target);
    return 0;
}

bool output_commit(struct output *output, struct errors *errors)
{
    bool good = output->complete || output_complete(output, errors);
    if (good && output->temporary)
        good = written(output, take_name(output), errors);
    output_abandon(output);
    return good;
}

void output_abandon(struct output *output)
{
    if (!output)
        return;
    if (output->temporary)
        unlink(output->temporary);
    output_free(output);
}

bool output_make_folder(const char *path, struct errors *errors)
{
    struct stat status;
    if (mkdir(path, 0777) == 0)
        return true;
    int error = errno;
    if (error == EEXIST && stat(path, &status) == 0)
        error = S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    if (error)
        errors_add(errors, ERROR_CANT_CREATE, path, 0, 0, "cannot be created: %s", strerror(error));
    return !error;
}

struct output *output_open_in(const char *folder, const char *name, struct errors *errors)
{
    char *path;
    if (!output_make_folder(folder, errors))
        return NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        errors_add(errors, ERROR_SOFTWARE, name, 0, 0, "out of memory");
        return NULL;
    }
    struct output *output = output_open(path, errors);
    free(path);
    return output;
}
