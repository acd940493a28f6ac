#include "data/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SOURCE_STRIDE 8
#define LINE_SHOWN    4096 /* bytes of a source line kept with an error */

/* ---- Places ---- */

static void attach_line(const struct source *source, struct errors *errors, long line)
{
    if (line < 1 || !source->lines || (uint64_t)line > source->line_count)
        return;
    const char *start = source->text + source->lines[line - 1];
    size_t room = source->length - source->lines[line - 1];
    const char *end = memchr(start, '\n', room);
    size_t length = end ? (size_t)(end - start) : room;
    while (length > 0 && start[length - 1] == '\r')
        length--;
    /* A line of megabytes is of no use in a message, except around the place. */
    errors_set_source(errors, start, length < SOURCE_MAX / 256 ? length : LINE_SHOWN);
}

void source_error(const struct source *source, struct errors *errors, long line, long column,
                  const char *format, ...)
{
    va_list args;
    if (!errors)
        return;
    va_start(args, format);
    enum error_code code = source->code ? source->code : ERROR_DATA;
    errors_vadd(errors, code, (struct error_place){source->name, line, column}, format, args);
    va_end(args);
    attach_line(source, errors, line);
}

void source_warn(const struct source *source, struct errors *errors, long line, long column,
                 const char *format, ...)
{
    va_list args;
    if (!errors)
        return;
    va_start(args, format);
    errors_vadd(errors, ERROR_NONE, (struct error_place){source->name, line, column}, format, args);
    va_end(args);
    attach_line(source, errors, line);
}

size_t source_offset(const struct source *source, size_t point)
{
    size_t offset = source->points[point / SOURCE_STRIDE];
    for (size_t i = point % SOURCE_STRIDE; i > 0 && offset < source->length; i--) {
        offset++;
        while (offset < source->length && ((unsigned char)source->text[offset] & 0xC0) == 0x80)
            offset++;
    }
    return offset;
}

/* ---- The check ---- */

/* Decodes one code point; its bytes, or 0 when it is not valid UTF-8 (overlong, surrogate, beyond
 * U+10FFFF, cut off). */
static size_t decode(const unsigned char *s, size_t room, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *s < 0x80   ? 1
                    : *s < 0xC2 ? 0
                    : *s < 0xE0 ? 2
                    : *s < 0xF0 ? 3
                    : *s < 0xF5 ? 4
                                : 0;
    if (length == 0 || length > room)
        return 0;
    *point = length == 1 ? *s : *s & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        *point = *point << 6 | (s[i] & 0x3F);
    }
    bool surrogate = *point >= 0xD800 && *point <= 0xDFFF;
    return *point < least[length] || *point > 0x10FFFF || surrogate ? 0 : length;
}

/* Why a code point may not stand in a source, or NULL. U+0085, U+2028 and U+2029 end lines for YAML
 * but not for editors, so that places would differ. */
static const char *unwanted(uint32_t point, const unsigned char *at)
{
    if (point == 0)
        return "NUL byte, this is not a text file";
    if (point == '\r')
        return at[1] == '\n' ? NULL : "carriage return without line feed";
    if (point == '\t' || point == '\n')
        return NULL;
    if (point < 0x20 || (point >= 0x7F && point < 0xA0))
        return "control character";
    if (point == 0x2028 || point == 0x2029)
        return "line separator character";
    return point == 0xFEFF || point == 0xFFFE || point == 0xFFFF ? "character that is not text"
                                                                 : NULL;
}

static bool add_line(struct source *source, size_t *room, size_t offset)
{
    if (source->line_count == *room) {
        size_t more = *room ? *room * 2 : 256;
        uint32_t *lines = realloc(source->lines, more * sizeof *lines);
        if (!lines)
            return false;
        source->lines = lines;
        *room = more;
    }
    source->lines[source->line_count++] = (uint32_t)offset;
    return true;
}

static bool find_lines(struct source *source)
{
    size_t room = 0;
    const char *at = source->text + source->start, *end = source->text + source->length;
    if (!add_line(source, &room, source->start))
        return false;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        at++;
        if (!add_line(source, &room, (size_t)(at - source->text)))
            return false;
    }
    return true;
}

static bool check(struct source *source, struct errors *errors)
{
    const unsigned char *text = (const unsigned char *)source->text;
    long line = 1, column = 1;
    bool indentation = true;
    size_t count = 0, length;
    for (size_t at = source->start; at < source->length; at += length, count++) {
        uint32_t point;
        if (count % SOURCE_STRIDE == 0)
            source->points[count / SOURCE_STRIDE] = (uint32_t)at;
        length = decode(text + at, source->length - at, &point);
        const char *problem = length == 0 ? "not valid UTF-8" : unwanted(point, text + at);
        if (!problem && point == '\t' && indentation)
            problem = "tab in the indentation, use spaces";
        if (problem) {
            source_error(source, errors, line, column, "%s", problem);
            return false;
        }
        indentation = point == '\n' || (indentation && point == ' ');
        column = point == '\n' ? 1 : column + 1;
        line += point == '\n';
    }
    if (count % SOURCE_STRIDE == 0)
        source->points[count / SOURCE_STRIDE] = (uint32_t)source->length;
    return true;
}

static bool prepare(struct source *source, struct errors *errors)
{
    if (source->length > SOURCE_MAX) {
        errors_add(errors, ERROR_DATA, source->name, 0, 0, "larger than 16 MiB");
        return false;
    }
    if (source->length >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0)
        source->start = 3;
    source->points = malloc((source->length / SOURCE_STRIDE + 1) * sizeof *source->points);
    if (!source->points || !find_lines(source)) {
        errors_add(errors, ERROR_SOFTWARE, source->name, 0, 0, "out of memory");
        return false;
    }
    return check(source, errors);
}

/* ---- Reading ---- */

/* Reads at most SOURCE_MAX + 1 bytes, so that too much is noticed. False with errno set. */
static bool slurp(struct source *source, FILE *file)
{
    size_t room = 0;
    while (source->length <= SOURCE_MAX && !feof(file)) {
        if (source->length + 1 >= room) {
            room = room ? room * 2 : 65536;
            char *text = realloc(source->text, room);
            if (!text)
                return false;
            source->text = text;
        }
        source->length += fread(source->text + source->length, 1, room - source->length - 1, file);
        if (ferror(file))
            return false;
    }
    source->text[source->length] = '\0';
    return true;
}

static const char *reason(int number)
{
    const char *text = strerrordesc_np(number);
    return text ? text : "unknown error";
}

bool source_read(struct source *source, const char *path, struct errors *errors)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat status;
    *source = (struct source){.name = strdup(standard ? "<stdin>" : path)};
    FILE *file = standard ? stdin : fopen(path, "rbe");
    if (!file || !source->name) {
        errors_add(errors, ERROR_NO_INPUT, path, 0, 0, "cannot be read: %s", reason(errno));
    } else if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        errors_add(errors, ERROR_NO_INPUT, path, 0, 0, "is a folder, not a file");
    } else if (!slurp(source, file)) {
        errors_add(errors, ERROR_NO_INPUT, source->name, 0, 0, "cannot be read: %s", reason(errno));
    } else if (prepare(source, errors)) {
        if (!standard)
            fclose(file);
        return true;
    }
    if (file && !standard)
        fclose(file);
    source_release(source);
    return false;
}

bool source_copy(struct source *source, const char *text, size_t length, const char *name,
                 struct errors *errors)
{
    *source = (struct source){.name = strdup(name), .text = malloc(length + 1), .length = length};
    if (!source->name || !source->text) {
        errors_add(errors, ERROR_SOFTWARE, name, 0, 0, "out of memory");
    } else {
        memcpy(source->text, text, length);
        source->text[length] = '\0';
        if (prepare(source, errors))
            return true;
    }
    source_release(source);
    return false;
}

void source_release(struct source *source)
{
    free(source->name);
    free(source->text);
    free(source->lines);
    free(source->points);
    *source = (struct source){0};
}
