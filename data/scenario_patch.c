#include "data/scenario_patch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/names.h"
#include "data/schema.h"

/* --- Paths ---- */

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

/* --- Text ---- */

/* The text with [start, end) replaced by what the format makes. */
static char *splice(const struct node_tree *tree, size_t start, size_t end, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static char *splice(const struct node_tree *tree, size_t start, size_t end, const char *format, ...)
{
    const struct source *source = tree->source;
    char *middle = NULL, *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&middle, format, args);
    va_end(args);
    if (length < 0)
        return NULL;
    size_t rest = source->length - end;
    text = malloc(start + (size_t)length + rest + 1);
    if (text) {
        memcpy(text, source->text, start);
        memcpy(text + start, middle, (size_t)length);
        memcpy(text + start + length, source->text + end, rest);
        text[start + (size_t)length + rest] = '\0';
    }
    free(middle);
    return text;
}

static const char *line_end(const struct node_tree *tree)
{
    const char *first = strchr(tree->source->text, '\n');
    return first && first > tree->source->text && first[-1] == '\r' ? "\r\n" : "\n";
}

/* Where a node ends, without the line ends that belong to a block scalar. */
static size_t node_end(const struct node_tree *tree, const struct node *node)
{
    size_t end = node->end;
    while (end > node->start && strchr(" \r\n", tree->source->text[end - 1]))
        end--;
    return end;
}

/* The start of the line that holds an offset, and its end before the line end. */
static size_t line_start_of(const struct node_tree *tree, size_t at)
{
    while (at > tree->source->start && tree->source->text[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end_of(const struct node_tree *tree, size_t at)
{
    const char *text = tree->source->text;
    while (text[at] && text[at] != '\n' && !(text[at] == '\r' && text[at + 1] == '\n'))
        at++;
    return at;
}

static size_t next_line_of(const struct node_tree *tree, size_t at)
{
    at = line_end_of(tree, at);
    at += tree->source->text[at] == '\r';
    return at + (tree->source->text[at] == '\n');
}

static bool only_spaces(const struct node_tree *tree, size_t from, size_t to)
{
    while (from < to && tree->source->text[from] == ' ')
        from++;
    return from == to;
}

/* --- Values ---- */

static bool plain_is_safe(const char *value)
{
    size_t length = strlen(value);
    if (length == 0 || value[0] == ' ' || value[length - 1] == ' ')
        return false;
    /* Indicators anywhere would be safe in some places; quotes are safe in all. */
    return !strpbrk(value, ":#,[]{}&*!|>'\"%@`\\") && !strchr("-?=~<", value[0]) &&
           !strstr(value, "...");
}

static char *quote(const char *value, char mark)
{
    size_t length = strlen(value), used = 0;
    char *text = malloc(2 * length + 3);
    if (!text)
        return NULL;
    text[used++] = mark;
    for (; *value; value++) {
        if (mark == '\'' ? *value == '\'' : *value == '"' || *value == '\\')
            text[used++] = mark == '\'' ? '\'' : '\\';
        text[used++] = *value;
    }
    text[used++] = mark;
    text[used] = '\0';
    return text;
}

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
    if (mark == '\'' || mark == '"')
        return quote(value, mark);
    return plain_is_safe(value) ? strdup(value) : quote(value, '"');
}

/* --- Setting ---- */

/* Replaces a value. What stood in a block of its own gives way to one line behind its key. */
static char *replace_value(const struct node_tree *tree, const struct node *node, const char *value)
{
    const char *text = tree->source->text;
    if (node_absent(node)) {
        size_t at = node->key ? node->key->end : node->start;
        size_t colon = at + strspn(text + at, " ");
        if (!node->key || text[colon] != ':')
            return splice(tree, at, at, "%s%s", node->key ? ": " : " ", value);
        return splice(tree, colon + 1, colon + 1, " %s", value);
    }
    size_t start = node->start, end = node_end(tree, node);
    if (node->kind != NODE_SCALAR && !node->flow && node->key) {
        start = node->key->end;
        while (start < node->start && text[start] != ':')
            start++;
        return splice(tree, start, end, ": %s", value);
    }
    return splice(tree, start, end, "%s", value);
}

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

static const struct node *last_child(const struct node *node)
{
    const struct node *last = node->first;
    while (last && last->next)
        last = last->next;
    return last;
}

/* Adds "key: value" at the end of a mapping. */
static char *append_member(const struct node_tree *tree, const struct node *mapping,
                           const char *member)
{
    const struct node *last = last_child(mapping);
    if (!last)
        return splice(tree, mapping->start, mapping->end, "{%s}", member);
    size_t end = node_end(tree, last);
    if (last->key->end > end)
        end = last->key->end;
    if (mapping->flow)
        return splice(tree, end, end, ", %s", member);
    size_t at = line_end_of(tree, end);
    int indent = (int)mapping->first->key->column - 1;
    return splice(tree, at, at, "%s%*s%s", line_end(tree), indent, "", member);
}

/* Puts a value, written as it is to stand there. */
static char *put(const struct node_tree *tree, const struct path *path, const char *value)
{
    size_t depth;
    const struct node *node = descend(tree, path, &depth);
    char *text = NULL, *braces = NULL;
    if (depth == path->count)
        return replace_value(tree, node, value);
    char *member = path->segments[depth].key ? nest(path, depth, value) : NULL;
    if (member && node->kind == NODE_MAPPING)
        text = append_member(tree, node, member);
    else if (member && node_absent(node) && node->key && asprintf(&braces, "{%s}", member) >= 0)
        text = replace_value(tree, node, braces);
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

/* --- Items ---- */

/* The dash of an item of a block list: the first one in the list's column between the item before
 * and the item. */
static bool find_dash(const struct node_tree *tree, const struct node *list,
                      const struct node *item, size_t *dash)
{
    size_t from = list->start;
    if (item == list->first) {
        *dash = list->start;
        return true;
    }
    for (const struct node *n = list->first; n && n->next; n = n->next)
        if (n->next == item)
            from = next_line_of(tree, node_end(tree, n));
    for (size_t line = from; line <= item->start; line = next_line_of(tree, line)) {
        *dash = line + list->column - 1;
        if (*dash <= item->start && only_spaces(tree, line, *dash) &&
            tree->source->text[*dash] == '-')
            return true;
        if (line_end_of(tree, line) >= tree->source->length)
            break;
    }
    return false;
}

/* A list that is not there yet, or has nothing below its key. */
static char *begin_list(const struct node_tree *tree, const struct path *path, const char *item)
{
    size_t depth;
    const struct node *node = descend(tree, path, &depth);
    char *list = NULL, *text = NULL;
    bool found = depth == path->count;
    if (found && only_spaces(tree, line_start_of(tree, node->key->start), node->key->start)) {
        size_t at = line_end_of(tree, node->start);
        return splice(tree, at, at, "%s%*s- %s", line_end(tree), (int)node->key->column + 1, "",
                      item);
    }
    if (depth + 1 == path->count && node == tree->root && path->segments[depth].key &&
        !node->flow) {
        const struct segment *s = &path->segments[depth];
        if (asprintf(&list, "%.*s:%s  - %s", (int)s->length, s->key, line_end(tree), item) >= 0)
            text = append_member(tree, node, list);
    } else if (asprintf(&list, "[%s]", item) >= 0) {
        text = put(tree, path, list);
    }
    free(list);
    return text;
}

static char *insert_flow(const struct node_tree *tree, const struct node *list,
                         const struct node *before, const char *item)
{
    const struct node *last = last_child(list);
    if (!last)
        return splice(tree, list->start, list->end, "[%s]", item);
    if (before)
        return splice(tree, before->start, before->start, "%s, ", item);
    size_t end = node_end(tree, last);
    return splice(tree, end, end, ", %s", item);
}

static char *insert_block(const struct node_tree *tree, const struct node *list,
                          const struct node *before, const char *item)
{
    size_t dash;
    int indent = (int)list->column - 1;
    if (before && !find_dash(tree, list, before, &dash))
        return NULL;
    if (before)
        return splice(tree, dash, dash, "- %s%s%*s", item, line_end(tree), indent, "");
    size_t at = line_end_of(tree, node_end(tree, last_child(list)));
    return splice(tree, at, at, "%s%*s- %s", line_end(tree), indent, "", item);
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
        text = (node->flow ? insert_flow : insert_block)(tree, node, node_at(node, index), item);
    return text ? text : no_such(tree, list, errors);
}

/* --- Removing ---- */

/* The child before the one given; NULL for the first. */
static const struct node *sibling_before(const struct node *parent, const struct node *child)
{
    const struct node *before = NULL;
    for (const struct node *n = parent->first; n && n != child; n = n->next)
        before = n;
    return before;
}

static size_t child_start(const struct node *child)
{
    return child->key ? child->key->start : child->start;
}

static size_t child_end(const struct node_tree *tree, const struct node *child)
{
    size_t end = node_end(tree, child);
    return child->key && child->key->end > end ? child->key->end : end;
}

static char *remove_flow(const struct node_tree *tree, const struct node *parent,
                         const struct node *child)
{
    const struct node *before = sibling_before(parent, child);
    if (before)
        return splice(tree, child_end(tree, before), child_end(tree, child), "%s", "");
    if (child->next)
        return splice(tree, child_start(child), child_start(child->next), "%s", "");
    return splice(tree, parent->start, parent->end, parent->kind == NODE_MAPPING ? "{}" : "[]");
}

/* Whole lines go; what shares its line with something before gives its place to what follows. */
static char *remove_block(const struct node_tree *tree, const struct node *parent,
                          const struct node *child)
{
    size_t start = child_start(child), next = 0;
    bool sequence = parent->kind == NODE_SEQUENCE;
    if (!child->next && child == parent->first) {
        size_t end = child_end(tree, child);
        const char *nothing = sequence ? "[]" : "{}";
        /* Flow text must stand deeper than the key above it. */
        bool shallow = sequence && parent->key && parent->column <= parent->key->column;
        return splice(tree, parent->start, end, "%s%s", shallow ? "  " : "", nothing);
    }
    if (sequence && !find_dash(tree, parent, child, &start))
        return NULL;
    size_t line = line_start_of(tree, start);
    if (only_spaces(tree, line, start))
        return splice(tree, line, next_line_of(tree, child_end(tree, child)), "%s", "");
    next = child->next ? child_start(child->next) : 0;
    if (next && sequence && !find_dash(tree, parent, child->next, &next))
        return NULL;
    return next ? splice(tree, start, next, "%s", "") : NULL;
}

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
    char *text =
        parent->flow ? remove_flow(tree, parent, child) : remove_block(tree, parent, child);
    return text ? text : no_such(tree, path, errors);
}

/* --- Copies ---- */

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
    copy->from = node_end(copy->tree, name);
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
    if (list->kind != NODE_SEQUENCE || (!list->flow && !find_dash(tree, list, node, &dash)))
        return no_such(tree, item, errors);
    struct copy copy = {
        .tree = tree, .names = names_new(), .from = list->flow ? node->start : dash};
    char *text = NULL;
    size_t end = node_end(tree, node), at = list->flow ? end : line_end_of(tree, end);
    if (copy.names) {
        collect(tree->root, copy.names);
        if (copy_names(&copy, node) &&
            copy_bytes(&copy, tree->source->text + copy.from, at - copy.from))
            text = list->flow ? splice(tree, at, at, ", %s", copy.text)
                              : splice(tree, at, at, "%s%*s%s", line_end(tree),
                                       (int)list->column - 1, "", copy.text);
    }
    names_free(copy.names);
    while (copy.given_count > 0)
        free(copy.given[--copy.given_count]);
    free(copy.text);
    return text ? text : no_such(tree, item, errors);
}
