#include "data/input.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define RAW_SIZE   ((size_t)64 * 1024)
#define MAGIC_SIZE 6 /* the longest mark of a compression */

enum compression { PLAIN, GZIP, ZSTD, XZ };

/* The bytes of the file as they lie on the disk. */
struct raw {
    int fd; /* -1: memory */
    const unsigned char *memory;
    size_t left, piece;
    unsigned char buffer[RAW_SIZE];
    size_t ready; /* bytes at the start of buffer read ahead to recognise the compression */
    int error;    /* errno of a failed read */
    uint64_t fetched;
};

/* gzip by zlib, which checks the CRC and the length of every member. */
struct gunzip {
    z_stream stream;
    bool open;   /* the stream is to be ended */
    bool inside; /* a member has begun and not ended */
};

struct input {
    char *name;
    bool repeatable;
    enum compression compression;
    struct raw raw;
    struct archive *archive; /* zstd and xz, else NULL */
    struct gunzip gunzip;    /* gzip */
    bool failed, ended;
    unsigned char *ahead; /* owned; read ahead and not yet given out */
    size_t ahead_used, ahead_size;
};

static const struct {
    enum compression compression;
    const char *name;
    const char *magic;
    size_t length;
    int (*filter)(struct archive *);
} compressions[] = {
    {GZIP, "gzip", "\x1f\x8b", 2, NULL},
    {ZSTD, "zstd", "\x28\xb5\x2f\xfd", 4, archive_read_support_filter_zstd},
    {XZ, "xz", "\xfd\x37zXZ\0", 6, archive_read_support_filter_xz},
};
#define COMPRESSIONS (sizeof compressions / sizeof *compressions)

/* ---- Raw bytes ---- */

static ssize_t raw_fetch(struct raw *raw, unsigned char *buffer, size_t size)
{
    if (raw->piece && size > raw->piece)
        size = raw->piece;
    if (raw->fd < 0) {
        size = size < raw->left ? size : raw->left;
        if (size)
            memcpy(buffer, raw->memory, size);
        raw->memory += size;
        raw->left -= size;
        raw->fetched += size;
        return (ssize_t)size;
    }
    ssize_t got;
    do {
        got = read(raw->fd, buffer, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        raw->error = errno;
    else
        raw->fetched += (uint64_t)got;
    return got;
}

/* The first bytes, as many as a mark needs, wherever the pieces end. */
static bool raw_read_ahead(struct raw *raw)
{
    while (raw->ready < MAGIC_SIZE) {
        ssize_t got = raw_fetch(raw, raw->buffer + raw->ready, RAW_SIZE - raw->ready);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        raw->ready += (size_t)got;
    }
    return true;
}

static la_ssize_t raw_for_archive(struct archive *archive, void *data, const void **bytes)
{
    struct input *input = data;
    struct raw *raw = &input->raw;
    ssize_t got = (ssize_t)raw->ready;
    raw->ready = 0;
    if (got == 0)
        got = raw_fetch(raw, raw->buffer, RAW_SIZE);
    if (got < 0) {
        archive_set_error(archive, raw->error, "%s", strerror(raw->error));
        return ARCHIVE_FATAL;
    }
    *bytes = raw->buffer;
    return got;
}

/* ---- Opening ---- */

static const char *compression_name(enum compression compression)
{
    for (size_t i = 0; i < COMPRESSIONS; i++)
        if (compressions[i].compression == compression)
            return compressions[i].name;
    return "plain";
}

static ssize_t fail(struct input *input, struct errors *errors)
{
    input->failed = true;
    if (input->raw.error)
        errors_add(errors, ERROR_NO_INPUT, input->name, 0, 0, "cannot be read: %s",
                   strerror(input->raw.error));
    else
        errors_add(errors, ERROR_DATA, input->name, 0, 0,
                   "the %s compression is corrupt or the file is cut short",
                   compression_name(input->compression));
    return -1;
}

static bool open_archive(struct input *input, size_t row)
{
    input->compression = compressions[row].compression;
    input->archive = archive_read_new();
    return input->archive && archive_read_support_format_raw(input->archive) == ARCHIVE_OK &&
           archive_read_support_format_empty(input->archive) == ARCHIVE_OK &&
           compressions[row].filter(input->archive) == ARCHIVE_OK &&
           archive_read_open(input->archive, input, NULL, raw_for_archive, NULL) == ARCHIVE_OK;
}

/* Goes to the bytes inside. libarchive takes what ends at once for empty, also when it was cut
 * short: then it has noted an error. */
static bool enter_archive(struct input *input)
{
    struct archive_entry *entry;
    int result = archive_read_next_header(input->archive, &entry);
    input->ended = result == ARCHIVE_EOF;
    return result == ARCHIVE_OK || (result == ARCHIVE_EOF && archive_errno(input->archive) == 0);
}

static bool open_gunzip(struct input *input)
{
    input->compression = GZIP;
    /* 15 bits of window, a gzip header and nothing else */
    input->gunzip.open = inflateInit2(&input->gunzip.stream, 15 + 16) == Z_OK;
    input->gunzip.inside = true;
    return input->gunzip.open;
}

static struct input *recognise(struct input *input, struct errors *errors)
{
    bool good = raw_read_ahead(&input->raw);
    for (size_t i = 0; good && i < COMPRESSIONS; i++) {
        if (input->raw.ready < compressions[i].length ||
            memcmp(input->raw.buffer, compressions[i].magic, compressions[i].length))
            continue;
        good = compressions[i].compression == GZIP ? open_gunzip(input)
                                                   : open_archive(input, i) && enter_archive(input);
        break;
    }
    if (good)
        return input;
    fail(input, errors);
    input_close(input);
    return NULL;
}

static struct input *input_new(const char *name, struct errors *errors)
{
    struct input *input = calloc(1, sizeof *input);
    if (input)
        input->raw.fd = -1;
    if (input && (input->name = strdup(name)))
        return input;
    free(input);
    errors_add(errors, ERROR_SOFTWARE, name, 0, 0, "out of memory");
    return NULL;
}

struct input *input_memory(const char *name, const void *bytes, size_t size, size_t piece,
                           struct errors *errors)
{
    struct input *input = input_new(name, errors);
    if (!input)
        return NULL;
    input->raw.memory = bytes;
    input->raw.left = size;
    input->raw.piece = piece;
    input->repeatable = true;
    return recognise(input, errors);
}

struct input *input_open(const char *path, struct errors *errors)
{
    bool standard = strcmp(path, "-") == 0;
    struct input *input = input_new(standard ? "<stdin>" : path, errors);
    if (!input)
        return NULL;
    struct stat status;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    input->raw.fd = fd;
    if (fd < 0 || fstat(fd, &status) != 0) {
        errors_add(errors, ERROR_NO_INPUT, input->name, 0, 0, "cannot be opened: %s",
                   strerror(errno));
    } else if (S_ISDIR(status.st_mode)) {
        errors_add(errors, ERROR_NO_INPUT, input->name, 0, 0, "is a folder, not a file");
    } else {
        input->repeatable = S_ISREG(status.st_mode) && !standard;
        return recognise(input, errors);
    }
    input_close(input);
    return NULL;
}

/* ---- Reading ---- */

static ssize_t read_plain(struct raw *raw, void *buffer, size_t size)
{
    if (raw->ready == 0)
        return raw_fetch(raw, buffer, size);
    size = size < raw->ready ? size : raw->ready;
    if (raw->piece && size > raw->piece)
        size = raw->piece;
    memcpy(buffer, raw->buffer, size);
    raw->ready -= size;
    memmove(raw->buffer, raw->buffer + size, raw->ready);
    return (ssize_t)size;
}

static ssize_t read_archive(struct input *input, void *buffer, size_t size)
{
    if (input->raw.piece && size > input->raw.piece)
        size = input->raw.piece;
    la_ssize_t got = archive_read_data(input->archive, buffer, size);
    return got < 0 ? -1 : got;
}

/* More bytes for zlib; false when there are none, or with an error of the file. */
static bool feed(struct input *input)
{
    struct raw *raw = &input->raw;
    ssize_t got = (ssize_t)raw->ready;
    raw->ready = 0;
    if (got == 0)
        got = raw_fetch(raw, raw->buffer, RAW_SIZE);
    input->gunzip.stream.next_in = raw->buffer;
    input->gunzip.stream.avail_in = got > 0 ? (unsigned)got : 0;
    return got > 0;
}

/* Between members: another one begins, or zeros fill up a block of a tape. */
static ssize_t next_member(struct input *input)
{
    z_stream *stream = &input->gunzip.stream;
    for (;;) {
        if (stream->avail_in == 0 && !feed(input))
            return input->raw.error ? -1 : 0;
        if (*stream->next_in != 0)
            break;
        stream->next_in++;
        stream->avail_in--;
    }
    input->gunzip.inside = true;
    return inflateReset(stream) == Z_OK ? 1 : -1;
}

static ssize_t read_gunzip(struct input *input, void *buffer, size_t size)
{
    z_stream *stream = &input->gunzip.stream;
    if (input->raw.piece && size > input->raw.piece)
        size = input->raw.piece;
    size = size < INT_MAX ? size : INT_MAX;
    stream->next_out = buffer;
    stream->avail_out = (unsigned)size;
    while (stream->avail_out == (unsigned)size) {
        if (!input->gunzip.inside) {
            ssize_t more = next_member(input);
            if (more <= 0)
                return more;
        }
        if (stream->avail_in == 0 && !feed(input))
            return -1; /* cut short */
        int result = inflate(stream, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END)
            return -1;
        input->gunzip.inside = result != Z_STREAM_END;
    }
    return (ssize_t)(size - stream->avail_out);
}

static ssize_t read_ahead_again(struct input *input, void *buffer, size_t size)
{
    size_t left = input->ahead_size - input->ahead_used;
    size = size < left ? size : left;
    if (input->raw.piece && size > input->raw.piece)
        size = input->raw.piece;
    memcpy(buffer, input->ahead + input->ahead_used, size);
    input->ahead_used += size;
    return (ssize_t)size;
}

const void *input_ahead(struct input *input, size_t *size, struct errors *errors)
{
    unsigned char *bytes = malloc(INPUT_AHEAD);
    size_t used = 0;
    ssize_t got = 1;
    if (!bytes) {
        errors_add(errors, ERROR_SOFTWARE, input->name, 0, 0, "out of memory");
        return NULL;
    }
    while (used < INPUT_AHEAD && got > 0) {
        got = input_read(input, bytes + used, INPUT_AHEAD - used, errors);
        used += got > 0 ? (size_t)got : 0;
    }
    input->ahead = bytes;
    input->ahead_size = *size = used;
    return got < 0 ? NULL : bytes;
}

ssize_t input_read(struct input *input, void *buffer, size_t size, struct errors *errors)
{
    if (input->ahead_used < input->ahead_size && size)
        return read_ahead_again(input, buffer, size);
    if (input->failed)
        return -1;
    if (input->ended || size == 0)
        return 0;
    ssize_t got = input->compression == GZIP ? read_gunzip(input, buffer, size)
                  : input->archive           ? read_archive(input, buffer, size)
                                             : read_plain(&input->raw, buffer, size);
    if (got < 0)
        return fail(input, errors);
    input->ended = got == 0;
    return got;
}

void input_close(struct input *input)
{
    if (!input)
        return;
    archive_read_free(input->archive); /* takes NULL */
    if (input->gunzip.open)
        inflateEnd(&input->gunzip.stream);
    if (input->raw.fd > STDIN_FILENO)
        close(input->raw.fd);
    free(input->ahead);
    free(input->name);
    free(input);
}

const char *input_name(const struct input *input)
{
    return input->name;
}

bool input_repeatable(const struct input *input)
{
    return input->repeatable;
}

uint64_t input_fetched(const struct input *input)
{
    return input->raw.fetched;
}
