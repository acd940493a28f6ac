#include "tui/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/setting.h"

void changes_add(struct changes *changes, char *item)
{
    if (item && changes->count == changes->room) {
        size_t room = changes->room ? 2 * changes->room : 16;
        char **grown = realloc(changes->items, room * sizeof *grown);
        if (grown) {
            changes->items = grown;
            changes->room = room;
        }
    }
    if (item && changes->count < changes->room) {
        changes->items[changes->count++] = item;
        return;
    }
    free(item);
    changes->failed = true;
}

void changes_release(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        free(changes->items[i]);
    free(changes->items);
    *changes = (struct changes){0};
}

/* ---- Values ---- */

static void put_scalar(FILE *out, const struct node *node)
{
    const char *text = node->text;
    if (*text && !node->quoted && !strpbrk(text, ",[]{}#\"'\\:")) {
        fputs(text, out);
        return;
    }
    if (node_absent(node))
        return;
    putc('"', out);
    for (; *text; text++)
        switch (*text) {
        case '\n':
            fputs("\\n", out);
            break;
        case '\t':
            fputs("\\t", out);
            break;
        case '"':
        case '\\':
            putc('\\', out);
            putc(*text, out);
            break;
        default:
            putc(*text, out);
        }
    putc('"', out);
}

/* On one line, as it may stand in a setting. */
static void put_value(FILE *out, const struct node *node)
{
    if (node->kind == NODE_SCALAR) {
        put_scalar(out, node);
        return;
    }
    putc(node->kind == NODE_MAPPING ? '{' : '[', out);
    for (const struct node *child = node->first; child; child = child->next) {
        if (child != node->first)
            fputs(", ", out);
        if (child->key) {
            put_scalar(out, child->key);
            fputs(": ", out);
        }
        put_value(out, child);
    }
    putc(node->kind == NODE_MAPPING ? '}' : ']', out);
}

/* A scalar is all that follows the equals sign; quotes would be part of it. value NULL: it is gone.
 */
static void set(struct changes *changes, const char *path, const struct node *value)
{
    char *item = NULL;
    size_t length;
    FILE *out = open_memstream(&item, &length);
    if (out) {
        fprintf(out, "%s=", path);
        if (value && value->kind == NODE_SCALAR)
            fputs(value->text, out);
        else if (value)
            put_value(out, value);
        bool failed = ferror(out) != 0;
        if (fclose(out) != 0 || failed) {
            free(item);
            item = NULL;
        }
    }
    changes_add(changes, item);
}

/* ---- Trees ---- */

static bool same(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == NODE_SCALAR)
        return strcmp(a->text, b->text) == 0;
    const struct node *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next)
        if ((x->key && strcmp(x->key->text, y->key->text) != 0) || !same(x, y))
            return false;
    return !x && !y;
}

static void compare(struct changes *changes, const char *path, const struct node *a,
                    const struct node *b);

/* "path.word"; owned. */
static char *below(struct changes *changes, const char *path, const char *word)
{
    char *longer = NULL;
    if (asprintf(&longer, "%s%s%s", path, *path ? "." : "", word) >= 0)
        return longer;
    changes->failed = true;
    return NULL;
}

/* One place: a or b NULL where it is not there. */
static void compare_below(struct changes *changes, const char *path, const char *word,
                          const struct node *a, const struct node *b)
{
    char *longer = below(changes, path, word);
    if (longer && a && b)
        compare(changes, longer, a, b);
    else if (longer)
        set(changes, longer, b);
    free(longer);
}

static void compare_mappings(struct changes *changes, const char *path, const struct node *a,
                             const struct node *b)
{
    char name[SETTING_NAME_SIZE];
    for (const struct node *x = a->first; x; x = x->next)
        compare_below(changes, path, setting_name(x->key->text, name), x,
                      node_get(b, x->key->text));
    for (const struct node *y = b->first; y; y = y->next)
        if (!node_get(a, y->key->text))
            compare_below(changes, path, setting_name(y->key->text, name), NULL, y);
}

static const char *name_of(const struct node *item)
{
    const struct node *name = node_get(item, "name");
    return name && name->kind == NODE_SCALAR && *name->text ? name->text : NULL;
}

/* Every item is a mapping: with a name, or without. */
static bool items_are(const struct node *list, bool named)
{
    for (const struct node *item = list->first; item; item = item->next)
        if (item->kind != NODE_MAPPING || (name_of(item) != NULL) != named)
            return false;
    return true;
}

/* Looked for from a place on, then from the start: lists that are almost alike take one pass. */
static const struct node *find(const struct node *list, const struct node *from, const char *name)
{
    for (const struct node *item = from; item; item = item->next)
        if (strcmp(name_of(item), name) == 0)
            return item;
    for (const struct node *item = list->first; item != from; item = item->next)
        if (strcmp(name_of(item), name) == 0)
            return item;
    return NULL;
}

static bool has_others(const struct node *a, const struct node *b)
{
    const struct node *at = a->first;
    for (const struct node *y = b->first; y; y = y->next) {
        const struct node *x = find(a, at, name_of(y));
        if (!x)
            return true;
        at = x->next;
    }
    return false;
}

/* No setting adds an item with a name: then the list is said whole. */
static void compare_named(struct changes *changes, const char *path, const struct node *a,
                          const struct node *b)
{
    char word[SETTING_NAME_SIZE];
    const struct node *at = b->first;
    if (has_others(a, b)) {
        set(changes, path, b);
        return;
    }
    for (const struct node *x = a->first; x; x = x->next) {
        const struct node *y = find(b, at, name_of(x));
        compare_below(changes, path, setting_name(name_of(x), word), x, y);
        at = y ? y->next : at;
    }
}

/* Counted from 1; those at the end that are gone go from the last on. */
static void compare_counted(struct changes *changes, const char *path, const struct node *a,
                            const struct node *b)
{
    char word[16];
    uint32_t number = 1;
    const struct node *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next) {
        snprintf(word, sizeof word, "%u", number++);
        compare_below(changes, path, word, x, y);
    }
    for (; y; y = y->next) {
        snprintf(word, sizeof word, "%u", number++);
        compare_below(changes, path, word, NULL, y);
    }
    for (number = a->count; number > b->count; number--) {
        snprintf(word, sizeof word, "%u", number);
        compare_below(changes, path, word, NULL, NULL);
    }
}

static void compare(struct changes *changes, const char *path, const struct node *a,
                    const struct node *b)
{
    if (same(a, b))
        return;
    bool lists = a->kind == NODE_SEQUENCE && b->kind == NODE_SEQUENCE && a->count && b->count;
    if (a->kind == NODE_MAPPING && b->kind == NODE_MAPPING)
        compare_mappings(changes, path, a, b);
    else if (lists && items_are(a, true) && items_are(b, true))
        compare_named(changes, path, a, b);
    else if (lists && items_are(a, false) && items_are(b, false))
        compare_counted(changes, path, a, b);
    else
        set(changes, path, b);
}

void changes_find(struct changes *changes, const struct node_tree *before,
                  const struct node_tree *after)
{
    if (before->root && after->root)
        compare(changes, "", before->root, after->root);
}
