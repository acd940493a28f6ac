#include "data/settings_apply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/names.h"
#include "data/settings_peers.h"
#include "model/base/arena.h"
#include "model/base/similar.h"

/* ---- Paths ---- */

const char *setting_value(const char *setting)
{
    char quote = '\0';
    for (const char *c = setting; *c; c++) {
        if (*c == '=' && !quote)
            return c + 1;
        if (quote ? *c == quote : *c == '"' || *c == '\'')
            quote = quote ? '\0' : *c;
    }
    return NULL;
}

/* The column of a byte of the setting. */
static long column_of(const struct application *a, const char *at)
{
    long column = 1;
    for (const char *c = a->source->text; c < at; c++)
        column += ((unsigned char)*c & 0xC0) != 0x80;
    return column;
}

static void fail_at(struct application *a, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fail_at(struct application *a, const char *at, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    source_error(a->source, a->errors, 1, column_of(a, at), "%s", message);
    a->failed = true;
}

static bool split_segment(struct application *a, const char **text, const char *end)
{
    struct segment *segment = &a->segments[a->count];
    const char *at = *text, *stop;
    bool quoted = at < end && (*at == '"' || *at == '\'');
    if (quoted) {
        stop = memchr(at + 1, *at, (size_t)(end - at - 1));
        if (!stop || (stop + 1 < end && stop[1] != '.')) {
            fail_at(a, at, stop ? "a quoted name ends before a dot" : "a quote that is not closed");
            return false;
        }
    } else {
        stop = memchr(at, '.', (size_t)(end - at));
        stop = stop ? stop : end;
    }
    *segment = (struct segment){.at = at, .end = stop + quoted};
    segment->name = arena_strndup(a->tree->arena, at + quoted, (size_t)(stop - at - quoted));
    segment->any = !quoted && segment->name && strcmp(segment->name, "*") == 0;
    if (segment->name && !*segment->name)
        fail_at(a, at, "a name is missing in the path");
    *text = segment->end + 1;
    a->count++;
    return segment->name != NULL && !a->failed;
}

static bool split(struct application *a)
{
    const char *text = a->source->text, *value = setting_value(text);
    if (!value || value == text + 1) {
        fail_at(a, text, value ? "a path is missing before '='" : "a setting is PATH=VALUE");
        return false;
    }
    a->value = value;
    for (const char *end = value - 1; text <= end;) {
        if (a->count == PATH_SEGMENTS) {
            fail_at(a, text, "nothing lies so deep");
            return false;
        }
        if (!split_segment(a, &text, end))
            return false;
    }
    return true;
}

/* ---- Suggestions ---- */

/* What there is. */
struct known {
    const char *const *words;
    size_t count;
};

/* What was probably meant, as the whole path with `near`, itself a path, in place of a segment;
 * else what there is. */
static void fail_unknown(struct application *a, size_t at, const char *what, const char *near,
                         struct known known)
{
    char quoted[QUOTED_MAX], list[512] = "none";
    const struct segment *segment = &a->segments[at];
    const char *text = a->source->text;
    schema_quote(segment->name, quoted);
    if (!near) {
        schema_words(known.words, known.count, list, sizeof list);
        fail_at(a, segment->at, "unknown %s '%s', there is %s", what, quoted, list);
        return;
    }
    fail_at(a, segment->at, "unknown %s '%s', did you mean '%.*s%s%.*s'", what, quoted,
            (int)(segment->at - text), text, near, (int)(a->value - 1 - segment->end),
            segment->end);
}

/* A key that stands one mapping deeper: "arrivals.rate" for "rate". */
static bool find_deeper(enum schema_block block, const char *key, char *path, size_t size)
{
    size_t count;
    const struct schema_row *rows = schema_rows(block, &count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].type == TYPE_MAPPING && schema_row(rows[i].block, key)) {
            snprintf(path, size, "%s.%s", rows[i].key, key);
            return true;
        }
    return false;
}

static void fail_key(struct application *a, enum schema_block block, size_t at)
{
    char deeper[128];
    const char *key = a->segments[at].name, *list[SCHEMA_KEYS_MAX];
    size_t count;
    const struct schema_row *rows = schema_rows(block, &count);
    for (size_t i = 0; i < count; i++)
        list[i] = rows[i].key;
    const char *near =
        find_deeper(block, key, deeper, sizeof deeper) ? deeper : similar_find(key, list, count);
    fail_unknown(a, at, "key", near, (struct known){list, count});
}

#define SUGGESTED_FROM 1000

static void fail_name(struct application *a, const struct schema_row *row, const struct node *list,
                      size_t at)
{
    const char *names[SUGGESTED_FROM] = {NULL};
    char name[SETTING_NAME_SIZE];
    size_t count = 0;
    for (const struct node *n = list->first; n && count < SUGGESTED_FROM; n = n->next) {
        const struct node *called = node_get(n, "name");
        if (called)
            names[count++] = called->text;
    }
    const char *near = similar_find(a->segments[at].name, names, count);
    if (!near && count == 1)
        near = names[0];
    fail_unknown(a, at, schema_block_name(row->block), near ? setting_name(near, name) : NULL,
                 (struct known){names, count});
}

/* ---- Values ---- */

static struct node_place value_place(const struct application *a)
{
    return (struct node_place){a->origin, (uint32_t)column_of(a, a->value)};
}

/* A list or a mapping: the value read as YAML, its places those in the setting. */
static struct node *read_yaml(struct application *a, const char *key)
{
    struct node_tree tree = {0};
    struct source source = {0};
    struct errors errors;
    struct node *copy = NULL;
    char *padded = strdup(a->source->text);
    errors_init(&errors);
    if (padded) {
        memset(padded, ' ', (size_t)(a->value - a->source->text));
        if (source_copy(&source, padded, strlen(padded), "", &errors) &&
            node_tree_read(&tree, &source, &errors))
            copy = tree_edit_copy(a->tree, tree.root, a->origin);
    }
    for (size_t i = 0; i < errors.count; i++)
        source_error(a->source, a->errors, 1, errors.items[i].column, "%s",
                     errors.items[i].message);
    a->failed = a->failed || errors.failures > 0;
    a->starved = a->starved || (!copy && errors.failures == 0);
    if (copy && key && !(copy->key = tree_edit_scalar(a->tree, value_place(a), NULL, key)))
        a->starved = true;
    node_tree_release(&tree);
    source_release(&source);
    errors_release(&errors);
    free(padded);
    return a->starved ? NULL : copy;
}

static struct node *read_scalar(struct application *a, const struct schema_row *row,
                                const char *key)
{
    char reason[1024];
    struct schema_value value;
    if (!schema_read_text(row, a->value, &value, reason, sizeof reason)) {
        fail_at(a, a->value, "%s", reason);
        return NULL;
    }
    struct node *node = tree_edit_scalar(a->tree, value_place(a), key, a->value);
    a->starved = a->starved || !node;
    return node;
}

/* ---- Members ---- */

static struct node *find_member(const struct node *mapping, const char *key)
{
    for (struct node *n = mapping->first; n; n = n->next)
        if (strcmp(n->key->text, key) == 0)
            return n;
    return NULL;
}

/* What stands under a key, or under its older name. */
static struct node *find_value(const struct node *mapping, const struct schema_row *row)
{
    struct node *found = find_member(mapping, row->key);
    return !found && row->alias ? find_member(mapping, row->alias) : found;
}

/* Puts a value where an old one stands, or behind the others. */
static void put_member(struct node *mapping, struct node *member)
{
    struct node *old = find_member(mapping, member->key->text);
    if (old)
        tree_edit_replace(mapping, old, member);
    else
        tree_edit_insert(mapping, member, NULL);
}

static void remove_member(struct node *mapping, const char *key)
{
    struct node *old = find_member(mapping, key);
    if (old)
        tree_edit_remove(mapping, old);
}

/* Where the table comes from is said once. */
static void remove_rival(struct node *mapping, enum schema_block block, const char *key)
{
    if (block == BLOCK_SCENARIO && strcmp(key, "release") == 0)
        remove_member(mapping, "table");
    if (block == BLOCK_SCENARIO && strcmp(key, "table") == 0)
        remove_member(mapping, "release");
}

static void set_member(struct application *a, enum schema_block block, struct node *mapping,
                       const struct schema_row *row)
{
    struct node *old = find_value(mapping, row);
    if (!*a->value) {
        if (old)
            tree_edit_remove(mapping, old);
        return;
    }
    const char *key = old ? old->key->text : row->key; /* an older name stays */
    struct node *member =
        schema_is_scalar(row->type) ? read_scalar(a, row, key) : read_yaml(a, key);
    if (!member)
        return;
    remove_rival(mapping, block, row->key);
    if (old)
        tree_edit_replace(mapping, old, member);
    else
        tree_edit_insert(mapping, member, NULL);
}

/* ---- Down the path ---- */

static void apply_mapping(struct application *a, enum schema_block block, struct node *mapping,
                          size_t at);

static bool own(struct application *a, struct node *node)
{
    bool owned = tree_edit_own(a->tree, node);
    a->starved = a->starved || !owned;
    return owned;
}

/* The mapping below a key; made when it is missing, unless a star may have led here. */
static struct node *enter(struct application *a, struct node *mapping, const char *key)
{
    struct node *child = find_member(mapping, key);
    if (child && !node_absent(child))
        return child;
    if (a->any)
        return NULL;
    struct node *made = tree_edit_node(a->tree, NODE_MAPPING, value_place(a), key);
    a->starved = a->starved || !made;
    if (made)
        put_member(mapping, made);
    return made;
}

static void apply_item(struct application *a, const struct schema_row *row, struct node *list,
                       struct node *item, size_t at)
{
    bool last = at + 1 == a->count;
    a->done = a->done || last;
    if (last && !*a->value) {
        tree_edit_remove(list, item);
    } else if (last) {
        struct node *other = read_yaml(a, NULL);
        if (other)
            tree_edit_replace(list, item, other);
    } else if (item->kind == NODE_MAPPING && own(a, item)) {
        apply_mapping(a, row->block, item, at + 1);
    }
}

static void apply_numbered(struct application *a, const struct schema_row *row, struct node *list,
                           size_t at)
{
    const struct segment *segment = &a->segments[at];
    char *end;
    unsigned long number = strtoul(segment->name, &end, 10);
    bool digits = strspn(segment->name, "0123456789") == strlen(segment->name);
    if (digits && number == list->count + 1UL && at + 1 == a->count && *a->value) {
        struct node *item = read_yaml(a, NULL);
        if (item)
            tree_edit_insert(list, item, NULL);
        return;
    }
    if (!digits || number < 1 || number > list->count) {
        char quoted[QUOTED_MAX];
        fail_at(a, segment->at,
                list->count ? "unknown %s '%s', they are numbered from 1 to %u"
                            : "unknown %s '%s', there is none",
                schema_block_name(row->block), schema_quote(segment->name, quoted), list->count);
        return;
    }
    struct node *item = list->first;
    while (--number > 0)
        item = item->next;
    apply_item(a, row, list, item, at);
}

static void apply_named(struct application *a, const struct schema_row *row, struct node *list,
                        size_t at)
{
    for (struct node *n = list->first; n; n = n->next) {
        const struct node *name = node_get(n, "name");
        if (!name || strcmp(name->text, a->segments[at].name) != 0)
            continue;
        apply_item(a, row, list, n, at);
        return;
    }
    fail_name(a, row, list, at);
}

static void apply_items(struct application *a, const struct schema_row *row, struct node *list,
                        size_t at)
{
    const struct segment *segment = &a->segments[at];
    if (!segment->any) {
        (schema_row(row->block, "name") ? apply_named : apply_numbered)(a, row, list, at);
        return;
    }
    a->any = true;
    for (struct node *n = list->first, *next; n && !a->failed; n = next) {
        next = n->next;
        apply_item(a, row, list, n, at);
    }
    if (!list->first && !a->failed)
        fail_at(a, segment->at, "there is no %s", schema_block_name(row->block));
}

static void apply_list(struct application *a, struct node *parent, const struct schema_row *row,
                       size_t at)
{
    struct node *list = find_member(parent, row->key);
    if (!list || node_absent(list)) {
        list = tree_edit_node(a->tree, NODE_SEQUENCE, value_place(a), row->key);
        a->starved = a->starved || !list;
        if (list && !a->any)
            put_member(parent, list);
    }
    if (list && list->kind == NODE_SEQUENCE && own(a, list))
        apply_items(a, row, list, at);
}

/* A number of peers. */
static bool apply_count(struct application *a, const struct schema_row *row, struct node *cluster)
{
    bool peers = row->type == TYPE_LIST && row->block == BLOCK_PEER;
    struct node *list = peers ? find_member(cluster, row->key) : NULL;
    if (!list || list->kind != NODE_SEQUENCE || !*a->value ||
        strspn(a->value, "0123456789") != strlen(a->value))
        return false;
    unsigned long count = strtoul(a->value, NULL, 10);
    if (count < 1 || count > CLUSTER_PEERS_MAX)
        fail_at(a, a->value, "'%.20s' is out of range, a cluster has from 1 to %d peers", a->value,
                CLUSTER_PEERS_MAX);
    else if (list->count > 0 && own(a, list))
        settings_resize_peers(a, cluster, list, (uint32_t)count);
    return true;
}

static void apply_mapping(struct application *a, enum schema_block block, struct node *mapping,
                          size_t at)
{
    const struct schema_row *row = schema_row(block, a->segments[at].name);
    if (!row) {
        fail_key(a, block, at);
        return;
    }
    if (at + 1 == a->count) {
        a->done = true;
        if (!apply_count(a, row, mapping))
            set_member(a, block, mapping, row);
        return;
    }
    if (row->type == TYPE_LIST) {
        apply_list(a, mapping, row, at + 1);
        return;
    }
    if (row->type != TYPE_MAPPING) {
        fail_at(a, a->segments[at + 1].at, "'%s' is a %s, there is nothing below it", row->key,
                schema_type_name(row->type));
        return;
    }
    struct node *child = enter(a, mapping, row->key);
    if (child && child->kind == NODE_MAPPING && own(a, child))
        apply_mapping(a, row->block, child, at + 1);
}

static void apply(struct application *a)
{
    if (!split(a) || !own(a, a->tree->root))
        return;
    apply_mapping(a, BLOCK_SCENARIO, a->tree->root, 0);
    if (a->any && !a->done && !a->failed)
        fail_at(a, a->source->text, "nothing in the scenario has this");
}

/* ---- All of them ---- */

static bool apply_all(struct variant_tree *variant, const struct settings *settings,
                      struct errors *errors)
{
    bool good = true;
    variant->sources = calloc(settings->count + 1, sizeof *variant->sources);
    variant->tree.settings = variant->sources;
    if (!variant->sources)
        return errors_no_memory(errors);
    for (size_t i = 0; i < settings->count; i++) {
        struct source *source = &variant->sources[variant->count++];
        struct application a = {.tree = &variant->tree,
                                .source = source,
                                .origin = (uint16_t)(i + 1),
                                .errors = errors};
        if (!source_copy(source, settings->items[i], strlen(settings->items[i]), "--set", errors)) {
            good = false;
            continue;
        }
        source->code = ERROR_USAGE;
        apply(&a);
        if (a.starved)
            return errors_no_memory(errors);
        good = good && !a.failed;
    }
    return good;
}

bool variant_make(struct variant_tree *variant, const struct node_tree *original,
                  const struct settings *settings, struct errors *errors)
{
    *variant = (struct variant_tree){0};
    if (settings->count > UINT16_MAX) {
        errors_add(errors, ERROR_USAGE, NULL, 0, 0, "more than %d settings", UINT16_MAX);
        return false;
    }
    if (!tree_edit_begin(&variant->tree, original))
        return errors_no_memory(errors);
    if (variant->tree.root->kind != NODE_MAPPING)
        return true; /* the reader of the scenario says so */
    return apply_all(variant, settings, errors);
}

void variant_release(struct variant_tree *variant)
{
    for (size_t i = 0; i < variant->count; i++)
        source_release(&variant->sources[i]);
    free(variant->sources);
    node_tree_release(&variant->tree);
    *variant = (struct variant_tree){0};
}
