#include "model/base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/base/memory.h"
#include "model/base/temporary.h"

struct output {
    char *path;                 /* as given, for messages */
    char *target;               /* the file itself, links followed; NULL when written directly */
    struct temporary temporary; /* none when written directly */
    FILE *stream;
    unsigned refusals; /* of memory, when it was opened */
    bool standard, complete;
};

/* ---- Signals ---- */

static atomic_int renaming, held; /* a signal handler has nowhere else to look */

bool output_end_on(int signal_number)
{
    atomic_store(&held, signal_number);
    if (atomic_load(&renaming) > 0)
        return false;
    atomic_store(&held, 0);
    output_remove_temporaries();
    return true;
}

static void hold_signals(void)
{
    atomic_fetch_add(&renaming, 1);
}

static void release_signals(void)
{
    if (atomic_fetch_sub(&renaming, 1) > 1)
        return;
    int signal_number = atomic_exchange(&held, 0);
    if (signal_number)
        raise(signal_number);
}

/* ---- Opening ---- */

static void output_free(struct output *output)
{
    if (output->stream && !output->standard)
        fclose(output->stream);
    temporary_remove(&output->temporary);
    free(output->path);
    free(output->target);
    free(output);
}

static void cannot_create(const char *path, struct errors *errors)
{
    errors_add(errors, ERROR_CANT_CREATE, path, 0, 0, "cannot be created: %s", strerror(errno));
}

static struct output *output_new(const char *path, struct errors *errors)
{
    struct output *output = calloc(1, sizeof *output);
    if (output) {
        output->temporary = TEMPORARY_NONE;
        output->refusals = memory_refusals();
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
    int fd = temporary_file(&output->temporary, output->target);
    if (fd >= 0 && exists && fchmod(fd, status.st_mode & 07777) != 0)
        return fd; /* its permissions could not be kept: new ones will do */
    return fd;
}

/* The stream of a descriptor, or NULL, with an error, when there is none. */
static struct output *start(struct output *output, int fd, struct errors *errors)
{
    output->stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (output->stream)
        return output;
    cannot_create(output->path, errors);
    if (fd >= 0)
        close(fd);
    output_abandon(output);
    return NULL;
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
    return start(output, open_target(output, path), errors);
}

FILE *output_stream(struct output *output)
{
    return output->stream;
}

const char *output_file(const struct output *output)
{
    return output->temporary.name;
}

/* ---- Closing ---- */

/* Everything to the disk; 0 or an errno. What is not a regular file has no disk to reach. */
static int finish(struct output *output)
{
    bool failed = ferror(output->stream) != 0;
    errno = 0;
    int error = fflush(output->stream) != 0 ? errno : 0;
    if (!error && failed)
        error = EIO; /* some write before failed; its reason is gone */
    if (!error && output->temporary.name && fsync(fileno(output->stream)) != 0)
        error = errno;
    if (output->standard)
        return error;
    if (fclose(output->stream) != 0 && !error)
        error = errno;
    output->stream = NULL;
    return error;
}

/* So that new names survive a power cut too; a folder that cannot be synchronised is no failure. */
static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static void sync_parent(const char *target)
{
    const char *slash = strrchr(target, '/');
    char *folder = slash ? strndup(target, (size_t)(slash - target) + 1) : strdup(".");
    if (folder)
        sync_folder(folder);
    free(folder);
}

static bool written(const char *path, int error, struct errors *errors)
{
    if (error)
        errors_add(errors, ERROR_IO, path, 0, 0, "cannot be written: %s", strerror(error));
    return !error;
}

/* What was made while memory was refused may lack a part. */
bool output_complete(struct output *output, struct errors *errors)
{
    if (memory_refusals() != output->refusals) {
        errors_add(errors, ERROR_SOFTWARE, output->path, 0, 0, "not written: out of memory");
        return false;
    }
    if (!output->complete)
        output->complete = written(output->path, finish(output), errors);
    return output->complete;
}

bool output_commit(struct output *output, struct errors *errors)
{
    bool good = output_complete(output, errors);
    if (good && output->temporary.name) {
        hold_signals();
        good = written(output->path, temporary_rename(&output->temporary, output->target), errors);
        release_signals();
        sync_parent(output->target);
    }
    output_abandon(output);
    return good;
}

void output_abandon(struct output *output)
{
    if (output)
        output_free(output);
}

/* ---- Folders ---- */

struct entry {
    char *path;            /* owned; as in messages */
    struct output *output; /* owned; NULL: to be removed */
    bool mark;
};

struct output_folder {
    char *path;                 /* owned; without a slash at its end */
    const char *mark;           /* borrowed */
    struct temporary temporary; /* none: the folder is there */
    struct entry *entries;      /* owned */
    size_t count;
};

static void folder_free(struct output_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        output_abandon(folder->entries[i].output);
        free(folder->entries[i].path);
    }
    temporary_remove(&folder->temporary);
    free(folder->entries);
    free(folder->path);
    free(folder);
}

/* False, with errno, when there is neither a folder nor a way to make one. */
static bool folder_find(struct output_folder *folder)
{
    struct stat status;
    if (stat(folder->path, &status) == 0) {
        errno = ENOTDIR;
        return S_ISDIR(status.st_mode);
    }
    if (errno != ENOENT || !*folder->path)
        return false;
    if (lstat(folder->path, &status) == 0) { /* a link that leads nowhere */
        errno = ENOENT;
        return false;
    }
    return temporary_folder(&folder->temporary, folder->path);
}

struct output_folder *output_folder_open(const char *path, const char *mark, struct errors *errors)
{
    struct output_folder *folder = calloc(1, sizeof *folder);
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (folder) {
        folder->temporary = TEMPORARY_NONE;
        folder->mark = mark;
        folder->path = strndup(path, length);
    }
    if (!folder || !folder->path) {
        free(folder);
        errors_add(errors, ERROR_SOFTWARE, path, 0, 0, "out of memory");
        return NULL;
    }
    if (folder_find(folder))
        return folder;
    cannot_create(path, errors);
    folder_free(folder);
    return NULL;
}

static struct entry *add_entry(struct output_folder *folder, const char *name)
{
    struct entry *entries = realloc(folder->entries, (folder->count + 1) * sizeof *folder->entries);
    if (entries)
        folder->entries = entries;
    char *path;
    if (!entries || asprintf(&path, "%s/%s", folder->path, name) < 0)
        return NULL;
    entries[folder->count] = (struct entry){.path = path, .mark = !strcmp(name, folder->mark)};
    return &entries[folder->count++];
}

FILE *output_folder_add(struct output_folder *folder, const char *name, struct errors *errors)
{
    struct entry *entry = add_entry(folder, name);
    if (!entry) {
        errors_add(errors, ERROR_SOFTWARE, name, 0, 0, "out of memory");
        return NULL;
    }
    if (!folder->temporary.name) {
        entry->output = output_open(entry->path, errors);
    } else if ((entry->output = output_new(entry->path, errors))) {
        int fd = temporary_file_in(&entry->output->temporary, &folder->temporary, name);
        entry->output = start(entry->output, fd, errors);
    }
    return entry->output ? entry->output->stream : NULL;
}

bool output_folder_drop(struct output_folder *folder, const char *name, struct errors *errors)
{
    if (folder->temporary.name || add_entry(folder, name))
        return true;
    errors_add(errors, ERROR_SOFTWARE, name, 0, 0, "out of memory");
    return false;
}

static int remove_file(const char *path)
{
    return unlink(path) == 0 || errno == ENOENT ? 0 : errno;
}

/* A new folder gets its name, and its files theirs with it; 0 or an errno. */
static int rename_folder(struct output_folder *folder)
{
    sync_folder(folder->temporary.name);
    int error = temporary_rename(&folder->temporary, folder->path);
    for (size_t i = 0; i < folder->count && !error; i++)
        temporary_settle(&folder->entries[i].output->temporary);
    return error;
}

/* Removed or renamed, as it is. */
static bool settle_entry(struct entry *entry, struct errors *errors)
{
    if (!entry->output)
        return written(entry->path, remove_file(entry->path), errors);
    struct output *output = entry->output;
    if (!output->temporary.name)
        return true;
    return written(entry->path, temporary_rename(&output->temporary, output->target), errors);
}

/* The mark goes first and comes last. */
static bool rename_files(struct output_folder *folder, struct errors *errors)
{
    bool ok = true;
    for (size_t i = 0; i < folder->count && ok; i++)
        if (folder->entries[i].mark && folder->entries[i].output->temporary.name)
            ok = written(folder->entries[i].path, remove_file(folder->entries[i].output->target),
                         errors);
    sync_folder(folder->path);
    for (int mark = 0; mark < 2; mark++) {
        for (size_t i = 0; i < folder->count && ok; i++)
            if (folder->entries[i].mark == mark)
                ok = settle_entry(&folder->entries[i], errors);
        sync_folder(folder->path);
    }
    return ok;
}

bool output_folder_commit(struct output_folder *folder, struct errors *errors)
{
    bool ok = true;
    for (size_t i = 0; i < folder->count && ok; i++)
        ok = !folder->entries[i].output || output_complete(folder->entries[i].output, errors);
    hold_signals();
    if (ok && folder->temporary.name) {
        ok = written(folder->path, rename_folder(folder), errors);
        sync_parent(folder->path);
    } else if (ok) {
        ok = rename_files(folder, errors);
    }
    release_signals();
    folder_free(folder);
    return ok;
}

void output_folder_abandon(struct output_folder *folder)
{
    if (folder)
        folder_free(folder);
}

bool output_make_folder(const char *path, struct errors *errors)
{
    struct stat status;
    if (mkdir(path, 0777) == 0)
        return true;
    int error = errno;
    if (error == EEXIST && stat(path, &status) == 0)
        error = S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    errno = error;
    if (error)
        cannot_create(path, errors);
    return !error;
}
