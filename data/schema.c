#include "data/schema.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "data/quantity.h"
#include "data/schema_table.h"
#include "model/base/number.h"
#include "model/base/similar.h"

/* --- The table ---- */

static const struct {
    const char *name, *form;
} types[TYPE_COUNT] = {
    [TYPE_STRING] = {"text", "text"},
    [TYPE_NAME] = {"name", "a name"},
    [TYPE_FILE] = {"file", "a file, from the scenario's folder"},
    [TYPE_DURATION] = {"duration", "90s 30m 8h 14d 1h30m"},
    [TYPE_TIME] = {"time", "90m, \"10:00\", 2026-03-02T10:00"},
    [TYPE_DATE] = {"date", "2026-03-02T00:00"},
    [TYPE_RATE] = {"rate", "2.5/s 600/h 3/d"},
    [TYPE_FRACTION] = {"share", "1% or 0.01"},
    [TYPE_BITS] = {"bit rate", "1.5M 64k 4000"},
    [TYPE_INTEGER] = {"integer", "42"},
    [TYPE_SEED] = {"integer", "42"},
    [TYPE_REAL] = {"number", "1.4"},
    [TYPE_BOOLEAN] = {"yes or no", "yes | no"},
    [TYPE_CHOICE] = {"choice", "one of the words"},
    [TYPE_GROWTH] = {"growth", "4%/month -1%/quarter 10%/year+-2%"},
    [TYPE_REFERENCE] = {"name", "a name"},
    [TYPE_REFERENCES] = {"names", "[e1, e2]"},
    [TYPE_STRINGS] = {"texts", "[a, b]"},
    [TYPE_REALS] = {"numbers", "[2, 1, 1]"},
    [TYPE_FRACTIONS] = {"shares", "[0.3, 0.7]"},
    [TYPE_DURATIONS] = {"durations", "[30s, 10m]"},
    [TYPE_STEPS] = {"steps", "[[0h, 0.3], [8h, 1]]"},
    [TYPE_BATCHES] = {"batches", "[[1, 0.6], [8, 0.4]]"},
    [TYPE_PIPES] = {"bit rates", "{wan: 1.5M}"},
    [TYPE_WEIGHTED] = {"names", "[e1, e2] or [{peer: e1, weight: 60, priority: 10}]"},
    [TYPE_GROWTHS] = {"growth", "{all: 4%/month, voice: 2%/month}"},
    [TYPE_MAPPING] = {"mapping", "key: value"},
    [TYPE_LIST] = {"list", "- key: value"},
};

const char *schema_type_name(enum schema_type type)
{
    return types[type].name;
}

const char *schema_type_form(enum schema_type type)
{
    return types[type].form;
}

const char *schema_block_name(enum schema_block block)
{
    return schema_blocks[block].name;
}

const char *schema_block_help(enum schema_block block)
{
    return schema_blocks[block].help;
}

const struct schema_row *schema_rows(enum schema_block block, size_t *count)
{
    *count = schema_blocks[block].count;
    return schema_blocks[block].rows;
}

const struct schema_row *schema_row(enum schema_block block, const char *key)
{
    const struct schema_block_info *info = &schema_blocks[block];
    for (size_t i = 0; i < info->count; i++)
        if (strcmp(info->rows[i].key, key) == 0 ||
            (info->rows[i].alias && strcmp(info->rows[i].alias, key) == 0))
            return &info->rows[i];
    return NULL;
}

const struct schema_row *schema_find(const char *path)
{
    enum schema_block block = BLOCK_SCENARIO;
    for (;;) {
        char key[64];
        size_t length = strcspn(path, ".[");
        if (length == 0 || length >= sizeof key)
            return NULL;
        memcpy(key, path, length);
        key[length] = '\0';
        const struct schema_row *row = schema_row(block, key);
        path += length;
        if (row && *path == '[')
            path += strcspn(path, ".");
        if (!row || *path == '\0')
            return row;
        if (row->type != TYPE_MAPPING && row->type != TYPE_LIST)
            return NULL;
        block = row->block;
        path++;
    }
}

int schema_choice(const char *choices, const char *word)
{
    size_t length = strlen(word);
    int number = 0;
    for (const char *at = choices; at && *at; number++) {
        size_t size = strcspn(at, "|");
        if (size == length && strncmp(at, word, size) == 0)
            return number;
        at += size + (at[size] == '|');
    }
    return -1;
}

char *schema_choice_name(const char *choices, int number, char *buffer, size_t size)
{
    const char *at = choices ? choices : "";
    for (; number > 0 && *at; number--) {
        at += strcspn(at, "|");
        at += *at == '|';
    }
    snprintf(buffer, size, "%.*s", (int)strcspn(at, "|"), at);
    return buffer;
}

/* --- Messages ---- */

char *schema_quote(const char *text, char buffer[QUOTED_MAX])
{
    size_t used = 0, shown = 0;
    for (; *text && shown < 40; shown++) {
        buffer[used++] = (unsigned char)*text < 0x20 || *text == 0x7F ? '?' : *text;
        for (text++; ((unsigned char)*text & 0xC0) == 0x80 && used < QUOTED_MAX - 8; text++)
            buffer[used++] = *text;
    }
    memcpy(buffer + used, *text ? "..." : "", *text ? 4 : 1);
    return buffer;
}

char *schema_words(const char *const *words, size_t count, char *buffer, size_t size)
{
    enum { SHOWN = 6 };
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < count && i < SHOWN && used < size; i++) {
        char quoted[QUOTED_MAX];
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i ? ", " : "",
                                 schema_quote(words[i], quoted));
    }
    if (count > SHOWN && used < size)
        snprintf(buffer + used, size - used, " and %zu more", count - SHOWN);
    return buffer;
}

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

/* --- Scalars ---- */

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
                   types[row->type].name, types[row->type].form, row->choices ? " or " : "",
                   row->choices ? row->choices : "");
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
    if (characters > (name ? 64 : 1000))
        return because(reason, "'%s' is too long, at most %d characters", row->key,
                       name ? 64 : 1000);
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
                 types[row->type].name, node_kind_name(node));
    else if (schema_read_text(row, node->text, value, reason, sizeof reason)) {
        value->node = node;
        return true;
    }
    value->node = node;
    source_error(node_source(tree, node), errors, node->line, node->column, "%s", reason);
    return false;
}

/* --- Mappings ---- */

bool schema_is_scalar(enum schema_type type)
{
    return scalar_readers[type] != NULL;
}

static void report_unknown(enum schema_block block, const struct node_tree *tree,
                           const struct node *key, struct errors *errors)
{
    char quoted[QUOTED_MAX];
    const char *list[SCHEMA_KEYS_MAX];
    const struct schema_block_info *info = &schema_blocks[block];
    if (!errors)
        return;
    for (size_t i = 0; i < info->count; i++)
        list[i] = info->rows[i].key;
    bool kept = errors->count < ERRORS_KEPT; /* else nobody will see a suggestion */
    const char *near = kept ? similar_find(key->text, list, info->count) : NULL;
    schema_quote(key->text, quoted);
    if (near)
        source_error(node_source(tree, key), errors, key->line, key->column,
                     "unknown key '%s', did you mean '%s'", quoted, near);
    else
        source_error(node_source(tree, key), errors, key->line, key->column,
                     "unknown key '%s' in %s", quoted, info->name);
}

static void set_default(const struct schema_row *row, struct schema_value *value)
{
    char reason[256];
    *value = (struct schema_value){.row = row, .word = -1};
    if (row->fallback && row->fallback[0] != '(' && schema_is_scalar(row->type)) {
        bool good = schema_read_text(row, row->fallback, value, reason, sizeof reason);
        assert(good);
        (void)good;
    }
}

static bool read_members(const struct schema_block_info *info, const struct node_tree *tree,
                         struct schema_record *record, struct errors *errors)
{
    bool good = true;
    for (const struct node *n = record->node->first; n; n = n->next) {
        const struct schema_row *row = schema_row(record->block, n->key->text);
        if (!row) {
            report_unknown(record->block, tree, n->key, errors);
            good = false;
            continue;
        }
        struct schema_value *value = &record->values[row - info->rows];
        if (value->node) { /* the same key twice was reported by the tree */
            if (strcmp(value->node->key->text, n->key->text) != 0)
                source_error(node_source(tree, n->key), errors, n->key->line, n->key->column,
                             "'%s' and '%s' are the same key, one has to go", row->key, row->alias);
            good = false;
            continue;
        }
        if (schema_is_scalar(row->type))
            good = schema_read_scalar(row, tree, n, value, errors) && good;
        else
            *value = (struct schema_value){.row = row, .node = n, .word = -1};
    }
    return good;
}

/* What is stated in a mapping, without defaults. */
static bool read_stated(enum schema_block block, const struct node_tree *tree,
                        const struct node *node, struct schema_record *record,
                        struct errors *errors)
{
    const struct schema_block_info *info = &schema_blocks[block];
    assert(info->count <= SCHEMA_KEYS_MAX);
    record->block = block;
    record->node = node;
    for (size_t i = 0; i < info->count; i++)
        record->values[i] = (struct schema_value){.row = &info->rows[i], .word = -1};
    if (node->kind != NODE_MAPPING) {
        source_error(node_source(tree, node), errors, node->line, node->column,
                     "%s must be a mapping, not %s", info->name, node_kind_name(node));
        return false;
    }
    bool good = read_members(info, tree, record, errors);
    for (size_t i = 0; i < info->count; i++) {
        if (!info->rows[i].required || record->values[i].node)
            continue;
        source_error(node_source(tree, node), errors, node->line, node->column,
                     "'%s' is missing in %s", info->rows[i].key, info->name);
        good = false;
    }
    return good;
}

bool schema_read(enum schema_block block, const struct node_tree *tree, const struct node *node,
                 struct schema_record *record, struct errors *errors)
{
    bool good = read_stated(block, tree, node, record, errors);
    for (size_t i = 0; i < schema_blocks[block].count; i++)
        if (!record->values[i].node)
            set_default(&schema_blocks[block].rows[i], &record->values[i]);
    return good;
}

/* --- The whole tree ---- */

static bool fail_shape(const struct schema_row *row, const struct node_tree *tree,
                       const struct node *node, struct errors *errors)
{
    source_error(node_source(tree, node), errors, node->line, node->column,
                 "'%s' must look like %s, not %s", row->key, types[row->type].form,
                 node_kind_name(node));
    return false;
}

static enum schema_type item_type(enum schema_type type)
{
    switch (type) {
    case TYPE_REFERENCES:
        return TYPE_REFERENCE;
    case TYPE_STRINGS:
        return TYPE_STRING;
    case TYPE_FRACTIONS:
        return TYPE_FRACTION;
    case TYPE_DURATIONS:
        return TYPE_DURATION;
    case TYPE_PIPES:
        return TYPE_BITS;
    case TYPE_WEIGHTED:
        return TYPE_REFERENCE;
    case TYPE_GROWTHS:
        return TYPE_GROWTH;
    default:
        return TYPE_REAL;
    }
}

static bool check_item(const struct schema_row *row, enum schema_type type,
                       const struct node_tree *tree, const struct node *node, struct errors *errors)
{
    struct schema_row item = *row;
    struct schema_value value;
    item.type = type;
    return schema_read_scalar(&item, tree, node, &value, errors);
}

/* [[0h, 0.3], [8h, 1]] and [[1, 0.6], [8, 0.4]]. */
static bool check_pair(const struct schema_row *row, const struct node_tree *tree,
                       const struct node *node, struct errors *errors)
{
    struct schema_row first = {.key = row->key}, second = {.key = row->key};
    struct schema_value value;
    if (node->kind != NODE_SEQUENCE || node->count != 2)
        return fail_shape(row, tree, node, errors);
    first.type = row->type == TYPE_STEPS ? TYPE_TIME : TYPE_INTEGER;
    first.low = row->type == TYPE_STEPS ? 0 : 1;
    first.high = row->type == TYPE_STEPS ? 0 : row->high;
    second.type = row->type == TYPE_STEPS ? TYPE_REAL : TYPE_FRACTION;
    second.high = row->type == TYPE_STEPS ? row->high : 1;
    bool good = schema_read_scalar(&first, tree, node->first, &value, errors);
    return schema_read_scalar(&second, tree, node->first->next, &value, errors) && good;
}

static bool check_collection(const struct schema_row *row, const struct node_tree *tree,
                             const struct node *node, struct errors *errors)
{
    bool pairs = row->type == TYPE_STEPS || row->type == TYPE_BATCHES;
    bool mapping = row->type == TYPE_PIPES && node->kind == NODE_MAPPING;
    bool growths = row->type == TYPE_GROWTHS;
    bool good = true;
    mapping = mapping || (growths && node->kind == NODE_MAPPING);
    if (!mapping && (node->kind != NODE_SEQUENCE || growths))
        return fail_shape(row, tree, node, errors);
    for (const struct node *n = node->first; n; n = n->next) {
        if (pairs)
            good = check_pair(row, tree, n, errors) && good;
        else if (row->type == TYPE_WEIGHTED && n->kind == NODE_MAPPING)
            good = schema_check(row->block, tree, n, errors) && good;
        else if (row->type == TYPE_PIPES && !mapping)
            good = check_item(row, TYPE_REFERENCE, tree, n, errors) && good;
        else
            good = check_item(row, item_type(row->type), tree, n, errors) && good;
    }
    return good;
}

static bool check_list(const struct schema_row *row, const struct node_tree *tree,
                       const struct node *node, struct errors *errors)
{
    bool good = true;
    if (node_absent(node))
        return true; /* `outages:` with nothing below is an empty list */
    if (node->kind != NODE_SEQUENCE) {
        source_error(node_source(tree, node), errors, node->line, node->column,
                     "'%s' must be a list, not %s", row->key, node_kind_name(node));
        return false;
    }
    for (const struct node *n = node->first; n; n = n->next)
        good = schema_check(row->block, tree, n, errors) && good;
    return good;
}

bool schema_check(enum schema_block block, const struct node_tree *tree, const struct node *node,
                  struct errors *errors)
{
    struct schema_record record;
    bool good = read_stated(block, tree, node, &record, errors);
    if (node->kind != NODE_MAPPING)
        return false;
    for (size_t i = 0; i < schema_blocks[block].count; i++) {
        const struct schema_value *value = &record.values[i];
        const struct schema_row *row = value->row;
        if (!value->node || schema_is_scalar(row->type))
            continue;
        if (row->type == TYPE_MAPPING)
            good = schema_check(row->block, tree, value->node, errors) && good;
        else if (row->type == TYPE_LIST)
            good = check_list(row, tree, value->node, errors) && good;
        else
            good = check_collection(row, tree, value->node, errors) && good;
    }
    return good;
}

/* --- Records ---- */

const struct schema_value *record_get(const struct schema_record *record, const char *key)
{
    const struct schema_row *row = schema_row(record->block, key);
    assert(row);
    return &record->values[row - schema_blocks[record->block].rows];
}

bool record_stated(const struct schema_record *record, const char *key)
{
    return record_get(record, key)->node != NULL;
}

int64_t record_integer(const struct schema_record *record, const char *key, int64_t otherwise)
{
    const struct schema_value *value = record_get(record, key);
    return value->good ? value->integer : otherwise;
}

double record_real(const struct schema_record *record, const char *key, double otherwise)
{
    const struct schema_value *value = record_get(record, key);
    return value->good ? value->real : otherwise;
}

int record_choice(const struct schema_record *record, const char *key, int otherwise)
{
    const struct schema_value *value = record_get(record, key);
    return value->good ? value->word : otherwise;
}

bool record_yes(const struct schema_record *record, const char *key, bool otherwise)
{
    const struct schema_value *value = record_get(record, key);
    return value->good ? value->integer != 0 : otherwise;
}

const char *record_text(const struct schema_record *record, const char *key)
{
    const struct schema_value *value = record_get(record, key);
    return value->good ? value->text : NULL;
}

const struct node *record_node(const struct schema_record *record, const char *key)
{
    return record_get(record, key)->node;
}
