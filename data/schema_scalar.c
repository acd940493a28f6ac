/* Values of data/schema.h: a text read as the type of its row, within its range, or why not. */
#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "data/quantity.h"
#include "data/schema.h"
#include "model/base/number.h"
#include "model/base/setting.h"
#include "model/base/similar.h"

/* Words of a list as a message: "a, b or c". */
static void join_choices(const char *choices, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (const char *at = choices; *at && used < size;) {
        size_t length = strcspn(at, "|");
        const char *between = at == choices ? "" : at[length] ? ", " : " or ";
        used += (size_t)snprintf(buffer + used, size - used, "%s%.*s", between, (int)length, at);
        at += length + (at[length] == '|');
    }
}

/* The nearest of the words "a|b|c", copied to the buffer; NULL when none is near. */
static const char *nearest_choice(const char *choices, const char *word, char *buffer, size_t size)
{
    char words[SCHEMA_KEYS_MAX][40];
    const char *list[SCHEMA_KEYS_MAX];
    size_t count = 0;
    for (; count < SCHEMA_KEYS_MAX; count++) {
        schema_choice_name(choices, (int)count, words[count], sizeof words[count]);
        if (!*words[count])
            break;
        list[count] = words[count];
    }
    const char *near = similar_find(word, list, count);
    if (!near)
        return NULL;
    snprintf(buffer, size, "%s", near);
    return buffer;
}

/* A bound as one would write it. */
static char *print_bound(const struct schema_row *row, double bound, char *buffer, size_t size)
{
    char number[NUMBER_SIZE];
    bool share = row->type == TYPE_FRACTION || row->type == TYPE_FRACTIONS;
    if (row->type == TYPE_DURATION || row->type == TYPE_DURATIONS)
        return quantity_print_duration((nanos)(bound * (double)SECOND), buffer, size);
    snprintf(buffer, size, "%s%s", number_format(share ? bound * 100 : bound, number),
             row->type == TYPE_RATE ? "/s"
             : share                ? "%"
                                    : "");
    return buffer;
}

struct reason {
    char *text;
    size_t size;
};

static bool because(const struct reason *reason, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool because(const struct reason *reason, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(reason->text, reason->size, format, args);
    va_end(args);
    return false;
}

static const char *article(enum schema_type type)
{
    return type == TYPE_INTEGER || type == TYPE_SEED ? "an" : "a";
}

static bool because_form(const struct reason *reason, const struct schema_row *row,
                         const char *text, enum quantity_result result)
{
    char quoted[QUOTED_MAX];
    schema_quote(text, quoted);
    if (result == QUANTITY_RANGE)
        return because(reason, "'%s' is out of range for '%s'", quoted, row->key);
    return because(reason, "'%s' is not %s %s (%s%s%s)", quoted, article(row->type),
                   schema_type_name(row->type), schema_type_form(row->type),
                   row->choices ? " or " : "", row->choices ? row->choices : "");
}

static bool check_range(const struct reason *reason, const struct schema_row *row, const char *text,
                        double value)
{
    char quoted[QUOTED_MAX], low[64], high[64];
    if ((row->low == 0 && row->high == 0) || (value >= row->low && value <= row->high))
        return true;
    print_bound(row, row->low, low, sizeof low);
    print_bound(row, row->high, high, sizeof high);
    return because(reason, "'%s' is out of range, '%s' must be from %s to %s",
                   schema_quote(text, quoted), row->key, low, high);
}

static bool read_duration(const struct schema_row *row, const char *text,
                          struct schema_value *value, const struct reason *reason)
{
    enum quantity_result result = quantity_duration(text, &value->integer);
    if (result == QUANTITY_OK && value->integer == FOREVER)
        result = QUANTITY_FORM; /* `never` counts only where the row's words allow it */
    if (result != QUANTITY_OK)
        return because_form(reason, row, text, result);
    return check_range(reason, row, text, (double)value->integer / (double)SECOND);
}

static bool read_time(const struct schema_row *row, const char *text, struct schema_value *value,
                      const struct reason *reason)
{
    nanos beyond = 0;
    enum quantity_result result = quantity_duration(text, &value->integer);
    if (result == QUANTITY_FORM || value->integer == FOREVER) {
        result = quantity_time_of_day(text, &value->integer);
        value->of_day = result != QUANTITY_FORM;
    }
    if (result == QUANTITY_FORM) {
        result = quantity_date(text, &value->integer, &beyond);
        value->of_date = true;
        value->real = (double)beyond;
    }
    return result == QUANTITY_OK || because_form(reason, row, text, result);
}

static bool read_number(const struct schema_row *row, const char *text, struct schema_value *value,
                        const struct reason *reason)
{
    nanos beyond = 0;
    enum quantity_result result;
    switch (row->type) {
    case TYPE_INTEGER:
        result = quantity_integer(text, &value->integer);
        value->real = (double)value->integer;
        break;
    case TYPE_BITS:
        result = quantity_bits(text, &value->integer);
        value->real = (double)value->integer;
        break;
    case TYPE_RATE:
        result = quantity_rate(text, &value->real);
        break;
    case TYPE_FRACTION:
        result = quantity_fraction(text, &value->real);
        break;
    case TYPE_DATE:
        result = quantity_date(text, &value->integer, &beyond);
        break;
    default:
        result = quantity_real(text, &value->real);
    }
    if (result != QUANTITY_OK)
        return because_form(reason, row, text, result);
    return check_range(reason, row, text, value->real);
}

static bool read_seed(const struct schema_row *row, const char *text, struct schema_value *value,
                      const struct reason *reason)
{
    uint64_t seed;
    enum quantity_result result = quantity_unsigned(text, &seed);
    if (result != QUANTITY_OK)
        return because_form(reason, row, text, result);
    value->integer = (int64_t)seed;
    value->real = (double)seed;
    return true;
}

static bool read_growth(const struct schema_row *row, const char *text, struct schema_value *value,
                        const struct reason *reason)
{
    struct growth_rate growth;
    enum quantity_result result = quantity_growth(text, &growth);
    value->real = growth.rate;
    return result == QUANTITY_OK || because_form(reason, row, text, result);
}

static bool read_boolean(const struct schema_row *row, const char *text, struct schema_value *value,
                         const struct reason *reason)
{
    int number = schema_choice("no|yes|false|true", text);
    char quoted[QUOTED_MAX];
    if (number < 0)
        return because(reason, "'%s' is neither yes nor no, as '%s' must be",
                       schema_quote(text, quoted), row->key);
    value->integer = number % 2;
    return true;
}

static bool read_choice(const struct schema_row *row, const char *text, struct schema_value *value,
                        const struct reason *reason)
{
    char quoted[QUOTED_MAX], words[512], near[64];
    value->word = schema_choice(row->choices, text);
    value->integer = value->word;
    if (value->word >= 0)
        return true;
    join_choices(row->choices, words, sizeof words);
    schema_quote(text, quoted);
    if (nearest_choice(row->choices, text, near, sizeof near))
        return because(reason, "invalid value '%s' for '%s', did you mean '%s' (%s)", quoted,
                       row->key, near, words);
    return because(reason, "invalid value '%s' for '%s' (%s)", quoted, row->key, words);
}

/* Names go into CSV files, messages and screens: printable, without comma and double quote, at most
 * 64 characters. */
static bool read_string(const struct schema_row *row, const char *text, struct schema_value *value,
                        const struct reason *reason)
{
    size_t length = strlen(text), characters = 0;
    bool name = row->type == TYPE_NAME || row->type == TYPE_REFERENCE;
    if (length == 0)
        return because(reason, "'%s' is empty", row->key);
    for (const char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        bool c1 = byte == 0xC2 && (unsigned char)c[1] < 0xA0;
        if (byte < 0x20 || byte == 0x7F || c1)
            return because(reason, "control character in '%s'", row->key);
        if (name && (byte == ',' || byte == '"'))
            return because(reason, "a name may not contain '%c'", byte);
        characters += (byte & 0xC0) != 0x80;
    }
    if (name && (*text == ' ' || text[length - 1] == ' '))
        return because(reason, "a name may not begin or end with a blank");
    size_t most = name ? NAME_CHARACTERS_MAX : TEXT_CHARACTERS_MAX;
    if (characters > most)
        return because(reason, "'%s' is too long, at most %zu characters", row->key, most);
    value->text = text;
    return true;
}

typedef bool (*scalar_reader)(const struct schema_row *row, const char *text,
                              struct schema_value *value, const struct reason *reason);

/* Rows of lists of scalars are read item by item with the reader of the item. */
static const scalar_reader scalar_readers[TYPE_COUNT] = {
    [TYPE_STRING] = read_string,     [TYPE_NAME] = read_string,      [TYPE_FILE] = read_string,
    [TYPE_DURATION] = read_duration, [TYPE_TIME] = read_time,        [TYPE_DATE] = read_number,
    [TYPE_RATE] = read_number,       [TYPE_FRACTION] = read_number,  [TYPE_BITS] = read_number,
    [TYPE_INTEGER] = read_number,    [TYPE_REAL] = read_number,      [TYPE_BOOLEAN] = read_boolean,
    [TYPE_CHOICE] = read_choice,     [TYPE_REFERENCE] = read_string, [TYPE_SEED] = read_seed,
    [TYPE_GROWTH] = read_growth,
};

bool schema_read_text(const struct schema_row *row, const char *text, struct schema_value *value,
                      char *reason, size_t size)
{
    *value = (struct schema_value){.row = row, .word = -1};
    if (row->choices && row->type != TYPE_CHOICE) {
        value->word = schema_choice(row->choices, text);
        if (value->word >= 0) {
            value->integer = strcmp(text, "never") == 0 ? FOREVER : 0;
            value->good = true;
            return true;
        }
    }
    assert(scalar_readers[row->type]);
    value->good = scalar_readers[row->type](row, text, value, &(struct reason){reason, size});
    return value->good;
}

bool schema_read_scalar(const struct schema_row *row, const struct node_tree *tree,
                        const struct node *node, struct schema_value *value, struct errors *errors)
{
    char reason[1024] = "";
    *value = (struct schema_value){.row = row, .node = node, .word = -1};
    if (node->kind != NODE_SCALAR || node_absent(node))
        snprintf(reason, sizeof reason, "'%s' must be %s %s, not %s", row->key, article(row->type),
                 schema_type_name(row->type), node_kind_name(node));
    else if (schema_read_text(row, node->text, value, reason, sizeof reason)) {
        value->node = node;
        return true;
    }
    value->node = node;
    source_error(node_source(tree, node), errors, node->line, node->column, "%s", reason);
    return false;
}

bool schema_is_scalar(enum schema_type type)
{
    return scalar_readers[type] != NULL;
}
