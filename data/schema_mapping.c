/* Mappings and lists of data/schema.h: blocks read as records, and the whole tree checked. */
#include <assert.h>
#include <string.h>

#include "data/schema.h"
#include "data/schema_table.h"
#include "model/base/similar.h"

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

/* ---- The whole tree ---- */

static bool fail_shape(const struct schema_row *row, const struct node_tree *tree,
                       const struct node *node, struct errors *errors)
{
    source_error(node_source(tree, node), errors, node->line, node->column,
                 "'%s' must look like %s, not %s", row->key, schema_type_form(row->type),
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

/* ---- Records ---- */

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
