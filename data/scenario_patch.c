#include "data/scenario_patch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/names.h"
#include "data/schema.h"
#include "data/splice.h"

/* The text with one splice; takes it over. NULL when there is none. */
static char *apply(const struct node_tree *tree, struct splice splice)
{
    char *text = splice.text ? splice_apply(tree->source, &splice, 1) : NULL;
    free(splice.text);
    return text;
}

/* ---- Paths ---- */

#define PATH_MAX_SEGMENTS (2 * NODE_DEPTH)

struct segment {
    const char *key; /* not terminated; NULL: an index */
    size_t length;
    uint32_t index;
};

struct path {
    struct segment segments[PATH_MAX_SEGMENTS];
    size_t count;
};

static bool parse_index(const char **text, struct segment *segment)
{
    char *end;
    if ((*text)[1] < '0' || (*text)[1] > '9')
        return false;
    unsigned long index = strtoul(*text + 1, &end, 10);
    if (*end != ']' || index >= UINT32_MAX)
        return false;
    *segment = (struct segment){.index = (uint32_t)index};
    *text = end + 1;
    return true;
}

static bool parse_path(const char *text, struct path *path)
{
    path->count = 0;
    while (*text) {
        if (path->count == PATH_MAX_SEGMENTS)
            return false;
        struct segment *segment = &path->segments[path->count++];
        if (*text == '[') {
            if (!parse_index(&text, segment))
                return false;
            continue;
        }
        text += *text == '.' && path->count > 1;
        size_t length = strcspn(text, ".[");
        if (length == 0)
            return false;
        *segment = (struct segment){.key = text, .length = length};
        text += length;
    }
    return true;
}

static const struct node *child_of(const struct node *node, const struct segment *segment)
{
    if (!segment->key)
        return node->kind == NODE_SEQUENCE ? node_at(node, segment->index) : NULL;
    for (const struct node *n = node->kind == NODE_MAPPING ? node->first : NULL; n; n = n->next)
        if (n->key->length == segment->length &&
            memcmp(n->key->text, segment->key, segment->length) == 0)
            return n;
    return NULL;
}

/* The deepest node of the path that is there; *depth counts the segments that lead to it. */
static const struct node *descend(const struct node_tree *tree, const struct path *path,
                                  size_t *depth)
{
    const struct node *node = tree->root;
    for (*depth = 0; *depth < path->count; ++*depth) {
        const struct node *child = child_of(node, &path->segments[*depth]);
        if (!child)
            break;
        node = child;
    }
    return node;
}

const struct node *patch_find(const struct node_tree *tree, const char *path)
{
    struct path parsed;
    size_t depth;
    if (!parse_path(path, &parsed))
        return NULL;
    const struct node *node = descend(tree, &parsed, &depth);
    return depth == parsed.count ? node : NULL;
}

static char *no_such(const struct node_tree *tree, const char *path, struct errors *errors)
{
    errors_add(errors, ERROR_DATA, tree->source->name, 0, 0, "there is nothing at %s", path);
    return NULL;
}

/* ---- Values ---- */

/* The schema's row of a path; for an item of a list of scalars that of the list, with its item's
 * type. */
static bool takes_yaml(const char *path)
{
    const struct schema_row *row = schema_find(path);
    size_t length = strlen(path);
    if (!row || (length > 0 && path[length - 1] == ']' && row->type != TYPE_LIST))
        return false;
    switch (row->type) {
    case TYPE_REFERENCES:
    case TYPE_STRINGS:
    case TYPE_REALS:
    case TYPE_FRACTIONS:
    case TYPE_DURATIONS:
    case TYPE_STEPS:
    case TYPE_BATCHES:
    case TYPE_PIPES:
    case TYPE_WEIGHTED:
    case TYPE_GROWTHS:
    case TYPE_MAPPING:
    case TYPE_LIST:
        return true;
    default:
        return false;
    }
}

/* A value as it is to stand in the text; `old` is what stands there now, or NULL. Owned. */
static char *written(const struct node_tree *tree, const char *path, const char *value,
                     const struct node *old)
{
    char mark =
        old && old->kind == NODE_SCALAR && old->quoted ? tree->source->text[old->start] : '\0';
    if (takes_yaml(path))
        return strdup(value);
    return splice_scalar(value, mark);
}

/* ---- Setting ---- */

/* "key: value" for what is missing below a mapping: "{a: {b: value}}" from the inside out. Owned.
 */
static char *nest(const struct path *path, size_t from, const char *value)
{
    char *text = strdup(value);
    for (size_t i = path->count; text && i-- > from;) {
        const struct segment *s = &path->segments[i];
        char *outer = NULL;
        int length = -1;
        bool inner = i > from;
        if (s->key)
            length = asprintf(&outer, "%s%.*s: %s%s", inner ? "{" : "", (int)s->length, s->key,
                              text, inner ? "}" : "");
        else if (s->index == 0 && inner)
            length = asprintf(&outer, "[%s]", text);
        free(text);
        text = length < 0 ? NULL : outer;
    }
    return text;
}

/* Puts a value, written as it is to stand there. */
static char *put(const struct node_tree *tree, const struct path *path, const char *value)
{
    size_t depth;
    const struct node *node = descend(tree, path, &depth);
    char *text = NULL, *braces = NULL;
    if (depth == path->count)
        return apply(tree, splice_replace(tree, node, value));
    char *member = path->segments[depth].key ? nest(path, depth, value) : NULL;
    if (member && node->kind == NODE_MAPPING)
        text = apply(tree, splice_append(tree, node, member));
    else if (member && node_absent(node) && node->key && asprintf(&braces, "{%s}", member) >= 0)
        text = apply(tree, splice_replace(tree, node, braces));
    free(braces);
    free(member);
    return text;
}

char *patch_set(const struct node_tree *tree, const char *path, const char *value,
                struct errors *errors)
{
    struct path parsed;
    if (!parse_path(path, &parsed) || parsed.count == 0)
        return no_such(tree, path, errors);
    char *as_written = written(tree, path, value, patch_find(tree, path));
    char *text = as_written ? put(tree, &parsed, as_written) : NULL;
    free(as_written);
    return text ? text : no_such(tree, path, errors);
}

/* ---- Items ---- */

/* A list that is not there yet, or has nothing below its key. */
static char *begin_list(const struct node_tree *tree, const struct path *path, const char *item)
{
    size_t depth;
    const struct node *node = descend(tree, path, &depth);
    char *list = NULL, *text = NULL;
    bool found = depth == path->count;
    if (found &&
        splice_only_spaces(tree, splice_line_start(tree, node->key->start), node->key->start)) {
        size_t at = splice_line_end(tree, node->start);
        return apply(tree, splice_make(at, at, "%s%*s- %s", splice_line_break(tree),
                                       (int)node->key->column + 1, "", item));
    }
    if (depth + 1 == path->count && node == tree->root && path->segments[depth].key &&
        !node->flow) {
        const struct segment *s = &path->segments[depth];
        if (asprintf(&list, "%.*s:%s  - %s", (int)s->length, s->key, splice_line_break(tree),
                     item) >= 0)
            text = apply(tree, splice_append(tree, node, list));
    } else if (asprintf(&list, "[%s]", item) >= 0) {
        text = put(tree, path, list);
    }
    free(list);
    return text;
}

char *patch_insert(const struct node_tree *tree, const char *list, uint32_t index, const char *item,
                   struct errors *errors)
{
    struct path parsed;
    size_t depth;
    if (!parse_path(list, &parsed) || parsed.count == 0)
        return no_such(tree, list, errors);
    const struct node *node = descend(tree, &parsed, &depth);
    bool missing = depth < parsed.count || (node_absent(node) && node->key);
    char *text = NULL;
    if (missing)
        text = begin_list(tree, &parsed, item);
    else if (node->kind == NODE_SEQUENCE)
        text = apply(tree, splice_insert(tree, node, node_at(node, index), item));
    return text ? text : no_such(tree, list, errors);
}

/* ---- Removing ---- */

/* The path without its last segment: the parent's. */
static const struct node *parent_of(const struct node_tree *tree, struct path *path)
{
    size_t depth;
    path->count--;
    return descend(tree, path, &depth);
}

char *patch_remove(const struct node_tree *tree, const char *path, struct errors *errors)
{
    struct path parsed;
    const struct node *child = patch_find(tree, path);
    if (!child || child == tree->root || !parse_path(path, &parsed))
        return no_such(tree, path, errors);
    const struct node *parent = parent_of(tree, &parsed);
    char *text = apply(tree, splice_remove(tree, parent, child));
    return text ? text : no_such(tree, path, errors);
}

/* ---- Copies ---- */

/* Every name of the document. */
static void collect(const struct node *node, struct names *names)
{
    bool fresh;
    for (const struct node *n = node->first; n; n = n->next) {
        if (n->key && n->kind == NODE_SCALAR && strcmp(n->key->text, "name") == 0)
            names_add(names, (struct name){.text = n->text, .node = n}, &fresh);
        collect(n, names);
    }
}

/* "e1" becomes "e1-2", "e1-2" becomes "e1-3": the first that is free. */
static char *free_name(const struct names *names, const char *name)
{
    const char *dash = strrchr(name, '-');
    bool numbered =
        dash && dash > name && dash[1] && strspn(dash + 1, "0123456789") == strlen(dash + 1);
    int stem = numbered ? (int)(dash - name) : (int)strlen(name);
    for (unsigned n = 2; n < 1000000; n++) {
        char *text = NULL;
        if (asprintf(&text, "%.*s-%u", stem, name, n) < 0)
            return NULL;
        if (!names_find(names, text))
            return text;
        free(text);
    }
    return NULL;
}

struct copy {
    const struct node_tree *tree;
    struct names *names;
    char *text; /* owned; of the copy so far */
    size_t length;
    size_t from;      /* what of the original is copied already */
    char *given[256]; /* owned; names the index borrows */
    size_t given_count;
};

static bool copy_bytes(struct copy *copy, const char *bytes, size_t length)
{
    char *text = realloc(copy->text, copy->length + length + 1);
    if (!text)
        return false;
    memcpy(text + copy->length, bytes, length);
    copy->text = text;
    copy->length += length;
    copy->text[copy->length] = '\0';
    return true;
}

/* The original up to a name, then another name in its place. */
static bool copy_renamed(struct copy *copy, const struct node *name)
{
    bool fresh;
    char *other = copy->given_count < 256 ? free_name(copy->names, name->text) : NULL;
    if (!other)
        return false;
    copy->given[copy->given_count++] = other;
    char *as_written = written(copy->tree, "scenario", other, name);
    bool good = as_written &&
                names_add(copy->names, (struct name){.text = other, .node = name}, &fresh) &&
                copy_bytes(copy, copy->tree->source->text + copy->from, name->start - copy->from) &&
                copy_bytes(copy, as_written, strlen(as_written));
    copy->from = splice_node_end(copy->tree, name);
    free(as_written);
    return good;
}

static bool copy_names(struct copy *copy, const struct node *node)
{
    for (const struct node *n = node->first; n; n = n->next) {
        bool name = n->key && n->kind == NODE_SCALAR && strcmp(n->key->text, "name") == 0;
        if (name ? !copy_renamed(copy, n) : !copy_names(copy, n))
            return false;
    }
    return true;
}

char *patch_duplicate(const struct node_tree *tree, const char *item, struct errors *errors)
{
    struct path parsed;
    size_t dash = 0;
    const struct node *node = patch_find(tree, item);
    if (!node || node == tree->root || !parse_path(item, &parsed))
        return no_such(tree, item, errors);
    const struct node *list = parent_of(tree, &parsed);
    if (list->kind != NODE_SEQUENCE || (!list->flow && !splice_dash(tree, list, node, &dash)))
        return no_such(tree, item, errors);
    struct copy copy = {
        .tree = tree, .names = names_new(), .from = list->flow ? node->start : dash};
    char *text = NULL;
    size_t end = splice_node_end(tree, node), at = list->flow ? end : splice_line_end(tree, end);
    if (copy.names) {
        collect(tree->root, copy.names);
        if (copy_names(&copy, node) &&
            copy_bytes(&copy, tree->source->text + copy.from, at - copy.from))
            text = apply(tree, list->flow ? splice_make(at, at, ", %s", copy.text)
                                          : splice_make(at, at, "%s%*s%s", splice_line_break(tree),
                                                        (int)list->column - 1, "", copy.text));
    }
    names_free(copy.names);
    while (copy.given_count > 0)
        free(copy.given[--copy.given_count]);
    free(copy.text);
    return text ? text : no_such(tree, item, errors);
}
