#include "data/dump_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE     ((size_t)64 * 1024)
#define DEPTH_MAX 8 /* archives in archives, folders in folders */

static bool starved(struct errors *errors)
{
    return errors_no_memory(errors);
}

/* ---- Names ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), e = strlen(end);
    return n >= e && strcasecmp(name + n - e, end) == 0;
}

static const char *base_of(const char *path)
{
    const char *base = path;
    for (const char *c = path; *c; c++)
        if (*c == '/' || *c == ':')
            base = c + 1;
    return base;
}

bool dump_is_archive(const char *name)
{
    return ends_with(name, ".tar.gz") || ends_with(name, ".tgz") || ends_with(name, ".tar") ||
           ends_with(name, ".tar.xz") || ends_with(name, ".tar.zst") || ends_with(name, ".zip");
}

/* -1: no part of a dump. */
static int part_of(const char *name)
{
    const char *base = base_of(name);
    if (!ends_with(base, ".txt"))
        return -1;
    if (strcasestr(base, "xconf"))
        return DUMP_CONFIGURATION;
    return strcasestr(base, "xstat") ? DUMP_STATUS : -1;
}

/* ---- Texts ---- */

bool dump_texts_add(struct dump_texts *texts, const char *name, char *text, size_t length,
                    enum dump_part part)
{
    char *copy = strdup(name);
    if (texts->count == texts->capacity && copy) {
        size_t capacity = texts->capacity ? texts->capacity * 2 : 8;
        struct dump_text *items = realloc(texts->items, capacity * sizeof *items);
        if (items) {
            texts->items = items;
            texts->capacity = capacity;
        }
    }
    if (!copy || texts->count == texts->capacity) {
        free(copy);
        free(text);
        return false;
    }
    texts->bytes += length;
    texts->items[texts->count++] = (struct dump_text){.name = copy,
                                                      .folder = (size_t)(base_of(name) - name),
                                                      .text = text,
                                                      .length = length,
                                                      .part = part};
    return true;
}

void dump_texts_release(struct dump_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->items[i].name);
        free(texts->items[i].text);
    }
    free(texts->items);
    free(texts->other);
    *texts = (struct dump_texts){0};
}

/* ---- Archives ---- */

/* An archive that is open: the file's own, or one that lies in another. */
struct opened {
    struct archive *archive;
    struct archive *outer; /* NULL: a file */
    const char *name;
    unsigned char piece[PIECE];
};

static bool failed(const struct opened *opened, struct errors *errors)
{
    const char *reason = archive_error_string(opened->archive);
    errors_add(errors, ERROR_DATA, opened->name, 0, 0, "the archive is damaged: %s",
               reason ? reason : "it is cut short");
    return false;
}

static void too_much(const char *name, size_t limit, const char *of, struct errors *errors)
{
    errors_add(errors, ERROR_DATA, name, 0, 0, "more than %zu MiB%s", limit / (1024 * 1024), of);
}

/* The data of the entry, owned, with a NUL behind it; NULL with an error. `before`: bytes of the
 * entries before it. */
static char *entry_text(struct opened *opened, const char *name, size_t before, size_t *length,
                        struct errors *errors)
{
    char *text = malloc(PIECE);
    size_t size = PIECE;
    *length = 0;
    while (text) {
        la_ssize_t got = archive_read_data(opened->archive, text + *length, size - *length - 1);
        if (got < 0) {
            failed(opened, errors);
            free(text);
            return NULL;
        }
        *length += (size_t)got;
        text[*length] = '\0';
        if (got == 0)
            return text;
        if (*length > DUMP_TEXT_MAX || before + *length > DUMP_ALL_MAX) {
            if (*length > DUMP_TEXT_MAX)
                too_much(name, DUMP_TEXT_MAX, "", errors);
            else
                too_much(name, DUMP_ALL_MAX, " of dumps up to here", errors);
            free(text);
            return NULL;
        }
        if (size - *length < PIECE) {
            char *longer = realloc(text, size *= 2);
            if (!longer)
                free(text);
            text = longer;
        }
    }
    starved(errors);
    return NULL;
}

static la_ssize_t read_outer(struct archive *archive, void *data, const void **bytes)
{
    struct opened *opened = data;
    la_ssize_t got = archive_read_data(opened->outer, opened->piece, PIECE);
    if (got < 0)
        archive_set_error(archive, EIO, "%s", archive_error_string(opened->outer));
    *bytes = opened->piece;
    return got;
}

static bool read_archive(struct dump_texts *texts, struct opened *opened, int depth,
                         struct errors *errors);

static bool read_entry(struct dump_texts *texts, struct opened *opened, const char *name, int depth,
                       struct errors *errors)
{
    int part = part_of(name);
    if (part >= 0) {
        size_t length;
        char *text = entry_text(opened, name, texts->bytes, &length, errors);
        return text &&
               (dump_texts_add(texts, name, text, length, (enum dump_part)part) || starved(errors));
    }
    if (!dump_is_archive(name) || depth == DEPTH_MAX)
        return true;
    struct opened *inner = calloc(1, sizeof *inner);
    bool good = inner != NULL;
    if (good) {
        *inner = (struct opened){.outer = opened->archive, .name = name};
        good = read_archive(texts, inner, depth + 1, errors);
    } else {
        starved(errors);
    }
    free(inner);
    return good;
}

/* "logs.tar.gz:dir/xconf_dump.txt", owned. */
static char *entry_name(const char *archive, const char *entry)
{
    char *name;
    if (strncmp(entry, "./", 2) == 0)
        entry += 2;
    return asprintf(&name, "%s:%s", archive, entry) < 0 ? NULL : name;
}

static bool read_entries(struct dump_texts *texts, struct opened *opened, int depth,
                         struct errors *errors)
{
    struct archive_entry *entry;
    for (;;) {
        int result = archive_read_next_header(opened->archive, &entry);
        if (result == ARCHIVE_EOF && archive_format(opened->archive) == ARCHIVE_FORMAT_EMPTY &&
            !texts->other)
            return (texts->other = strdup("")) != NULL || starved(errors);
        if (result == ARCHIVE_EOF)
            return true;
        if (result < ARCHIVE_WARN)
            return failed(opened, errors);
        if (archive_format(opened->archive) == ARCHIVE_FORMAT_RAW) {
            free(texts->other);
            texts->other =
                entry_text(opened, opened->name, texts->bytes, &texts->other_length, errors);
            return texts->other != NULL;
        }
        const char *path = archive_entry_pathname(entry);
        if (!path || archive_entry_filetype(entry) != AE_IFREG)
            continue;
        char *name = entry_name(opened->name, path);
        bool good = name ? read_entry(texts, opened, name, depth, errors) : starved(errors);
        free(name);
        if (!good)
            return false;
    }
}

static bool open_archive(struct opened *opened, const char *path)
{
    struct archive *a = opened->archive;
    archive_read_support_filter_all(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_zip(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    int result = opened->outer            ? archive_read_open(a, opened, NULL, read_outer, NULL)
                 : strcmp(path, "-") == 0 ? archive_read_open_fd(a, 0, PIECE)
                                          : archive_read_open_filename(a, path, PIECE);
    return result == ARCHIVE_OK;
}

static bool read_archive(struct dump_texts *texts, struct opened *opened, int depth,
                         struct errors *errors)
{
    opened->archive = archive_read_new();
    if (!opened->archive)
        return starved(errors);
    bool good = open_archive(opened, opened->name) ? read_entries(texts, opened, depth, errors)
                                                   : failed(opened, errors);
    archive_read_free(opened->archive);
    return good;
}

static bool read_file(struct dump_texts *texts, const char *path, struct errors *errors)
{
    struct opened *opened = calloc(1, sizeof *opened);
    if (!opened)
        return starved(errors);
    opened->name = path;
    bool good = read_archive(texts, opened, 0, errors);
    free(opened);
    return good;
}

/* ---- Folders ---- */

static bool read_folder(struct dump_texts *texts, const char *path, int depth,
                        struct errors *errors);

/* A file that `read_file` left as `other` is a dump by its name. */
static bool read_named(struct dump_texts *texts, const char *path, struct errors *errors)
{
    int part = part_of(path);
    if (part < 0 && !dump_is_archive(path))
        return true;
    if (!read_file(texts, path, errors))
        return false;
    char *text = texts->other;
    texts->other = NULL;
    if (!text)
        return true;
    if (part >= 0)
        return dump_texts_add(texts, path, text, texts->other_length, (enum dump_part)part) ||
               starved(errors);
    free(text);
    return true;
}

static bool read_in_folder(struct dump_texts *texts, const char *folder, const char *name,
                           int depth, struct errors *errors)
{
    char *path;
    struct stat info;
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    if (asprintf(&path, "%s%s%s", folder, slash, name) < 0)
        return starved(errors);
    bool good = true;
    if (stat(path, &info) != 0)
        errors_warn(errors, path, 0, 0, "%s", strerror(errno)); /* a link that leads nowhere */
    else if (S_ISDIR(info.st_mode))
        good = depth == DEPTH_MAX || read_folder(texts, path, depth + 1, errors);
    else if (S_ISREG(info.st_mode))
        good = read_named(texts, path, errors);
    free(path);
    return good;
}

/* Names that are not hidden, in order: results do not depend on the file system. */
static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_folder(struct dump_texts *texts, const char *path, int depth,
                        struct errors *errors)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, visible, by_bytes);
    bool good = count >= 0;
    if (!good)
        errors_add(errors, errno == ENOMEM ? ERROR_SOFTWARE : ERROR_NO_INPUT, path, 0, 0, "%s",
                   strerror(errno));
    for (int i = 0; i < count; i++) {
        good = good && read_in_folder(texts, path, names[i]->d_name, depth, errors);
        free(names[i]);
    }
    free(names);
    return good;
}

bool dump_texts_read(struct dump_texts *texts, const char *path, struct errors *errors)
{
    struct stat info;
    free(texts->other);
    texts->other = NULL;
    texts->other_length = 0;
    if (strcmp(path, "-") == 0)
        return read_file(texts, path, errors);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        errors_add(errors, ERROR_NO_INPUT, path, 0, 0, "%s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    close(fd);
    return S_ISDIR(info.st_mode) ? read_folder(texts, path, 0, errors)
                                 : read_file(texts, path, errors);
}
