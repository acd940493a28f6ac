#include "data/import_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/memory.h"
#include "model/base/number.h"

#define CHUNK ((size_t)64 * 1024)

struct import_json {
    struct input *input;
    unsigned char chunk[CHUNK];
    size_t used, size;
    bool ended, failed, memory_out;
    bool document; /* inside the array "value" of a document */
    long line, column;

    char *text; /* owned; the object */
    size_t length, capacity;
    long text_line, text_column;
    json_t *object; /* owned */
    json_error_t error;
    char problem[160];
};

/* ---- Bytes ---- */

static int peek(struct import_json *json, struct errors *errors)
{
    if (json->used == json->size) {
        ssize_t got =
            json->ended ? 0 : input_read(json->input, json->chunk, sizeof json->chunk, errors);
        json->failed |= got < 0;
        json->ended |= got <= 0;
        json->used = 0;
        json->size = got > 0 ? (size_t)got : 0;
        if (got <= 0)
            return EOF;
    }
    return json->chunk[json->used];
}

static void take(struct import_json *json)
{
    unsigned char c = json->chunk[json->used++];
    if (c == '\n') {
        json->line++;
        json->column = 1;
    } else if ((c & 0xc0) != 0x80) {
        json->column++;
    }
}

/* Keeps a byte of the object, up to CSV_ROW_MAX. */
static void keep(struct import_json *json, int c)
{
    if (json->length + 2 > json->capacity) {
        size_t capacity = 2 * json->capacity + 4096;
        char *larger = realloc(json->text, capacity);
        if (!larger) {
            json->memory_out = true;
            return;
        }
        json->text = larger;
        json->capacity = capacity;
    }
    if (json->length <= CSV_ROW_MAX)
        json->text[json->length++] = (char)c;
    json->text[json->length] = '\0';
}

static bool one_of(int c, const char *set)
{
    return c > 0 && strchr(set, c);
}

/* ---- Objects ---- */

static void spoil(struct import_json *json, const char *reason)
{
    if (!json->problem[0])
        snprintf(json->problem, sizeof json->problem, "%s", reason);
}

static void begin_row(struct import_json *json)
{
    json_decref(json->object);
    json->object = NULL;
    json->length = 0;
    json->problem[0] = '\0';
    json->text_line = json->line;
    json->text_column = json->column;
}

/* The rest of a text in quotes, kept or passed over. */
static void take_string(struct import_json *json, bool kept, struct errors *errors)
{
    int c;
    bool escaped = false;
    take(json); /* the quote */
    if (kept)
        keep(json, '"');
    while ((c = peek(json, errors)) != EOF) {
        take(json);
        if (kept)
            keep(json, c);
        if (c == '"' && !escaped)
            return;
        escaped = c == '\\' && !escaped;
    }
}

/* Whether what was kept of a document ends with the name of its array of records. */
static bool begins_records(const struct import_json *json, int depth)
{
    static const char name[] = "\"value\"";
    size_t length = json->length;
    if (depth != 1 || json->document)
        return false;
    while (length && one_of(json->text[length - 1], " \t\r\n"))
        length--;
    if (!length || json->text[length - 1] != ':')
        return false;
    length--;
    while (length && one_of(json->text[length - 1], " \t\r\n"))
        length--;
    return length >= sizeof name - 1 &&
           memcmp(json->text + length - (sizeof name - 1), name, sizeof name - 1) == 0;
}

/* Takes an object whole. False when it turned out to be a document around the records. */
static bool take_object(struct import_json *json, struct errors *errors)
{
    int c, depth = 0;
    while ((c = peek(json, errors)) != EOF && !json->memory_out) {
        if (c == '"') {
            take_string(json, true, errors);
            continue;
        }
        if (c == '[' && begins_records(json, depth)) {
            take(json);
            json->document = true;
            return false;
        }
        take(json);
        keep(json, c);
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (depth == 0)
            return true;
    }
    spoil(json, "the object that begins here has no end");
    return true;
}

/* Something that is no object, up to the next separator. */
static void take_garbage(struct import_json *json, struct errors *errors)
{
    int c;
    while ((c = peek(json, errors)) != EOF && !one_of(c, ",{}[]\n\r")) {
        if (c == '"') {
            take_string(json, true, errors);
            continue;
        }
        take(json);
        keep(json, c);
    }
    spoil(json, "not an object");
}

static void load(void *context)
{
    struct import_json *json = context;
    json->object = json_loadb(json->text, json->length, 0, &json->error);
}

/* The parser does not survive memory that is refused. */
static void load_guarded(struct import_json *json)
{
    json_set_alloc_funcs(memory_guarded_alloc, free);
    json->memory_out |= !memory_guarded(load, json);
    json_set_alloc_funcs(malloc, free);
}

static enum csv_result parse_object(struct import_json *json)
{
    if (json->memory_out)
        return CSV_FAILED;
    if (json->length > CSV_ROW_MAX)
        spoil(json, "an object of more than 1048576 bytes");
    if (!json->problem[0]) {
        load_guarded(json);
        json->memory_out |=
            !json->object && json_error_code(&json->error) == json_error_out_of_memory;
        if (!json->object)
            spoil(json, json->error.text);
    }
    return json->memory_out ? CSV_FAILED : json->problem[0] ? CSV_BAD : CSV_ROW;
}

static enum csv_result next(struct import_json *json, struct errors *errors)
{
    int c;
    while ((c = peek(json, errors)) != EOF) {
        if (one_of(c, " \t\r\n,[]}:")) {
            take(json);
            continue;
        }
        begin_row(json);
        if (c == '{') {
            if (take_object(json, errors))
                return parse_object(json);
        } else if (c == '"' && json->document) {
            take_string(json, false, errors);
        } else {
            take_garbage(json, errors);
            if (!json->document)
                return parse_object(json);
        }
    }
    return json->failed ? CSV_FAILED : CSV_END;
}

enum csv_result import_json_next(struct import_json *json, struct errors *errors)
{
    enum csv_result result = next(json, errors);
    if (json->memory_out) {
        errors_add(errors, ERROR_SOFTWARE, input_name(json->input), 0, 0, "out of memory");
        return CSV_FAILED;
    }
    return result;
}

struct import_json *import_json_new(struct input *input, struct errors *errors)
{
    struct import_json *json = calloc(1, sizeof *json);
    if (!json) {
        errors_add(errors, ERROR_SOFTWARE, input_name(input), 0, 0, "out of memory");
        input_close(input);
        return NULL;
    }
    json->input = input;
    json->line = json->column = 1;
    if (peek(json, errors) == 0xef) { /* a byte order mark */
        for (int i = 0; i < 3 && peek(json, errors) >= 0x80; i++)
            take(json);
        json->column = 1;
    }
    return json;
}

void import_json_free(struct import_json *json)
{
    if (!json)
        return;
    json_decref(json->object);
    input_close(json->input);
    free(json->text);
    free(json);
}

/* ---- Fields ---- */

static const char *text_of(json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_value(value);
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    default:
        return "";
    }
}

/* Numbers become texts in the object itself, so that they live as long as it does. */
const char *import_json_field(const struct import_json *json, const char *name)
{
    json_t *value = json_object_get(json->object, name);
    if (!value)
        return "";
    if (!json_is_number(value))
        return text_of(value);
    char text[NUMBER_SIZE];
    if (json_is_integer(value))
        snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        number_format(json_real_value(value), text);
    json_t *string = json_string(text);
    if (!string || json_object_set_new(json->object, name, string) != 0)
        return "";
    return json_string_value(string);
}

void import_json_names(const struct import_json *json,
                       void (*each)(void *context, const char *name), void *context)
{
    const char *name;
    json_t *value;
    json_object_foreach(json->object, name, value) each(context, name);
}

const char *import_json_problem(const struct import_json *json)
{
    return json->problem;
}

const char *import_json_text(const struct import_json *json, size_t *length)
{
    *length = json->length;
    return json->length ? json->text : "";
}

struct csv_place import_json_place(const struct import_json *json)
{
    size_t length;
    const char *text = import_json_text(json, &length);
    const char *end = length ? memchr(text, '\n', length) : NULL;
    return (struct csv_place){json->text_line, json->text_column, text,
                              end ? (size_t)(end - text) : length};
}
