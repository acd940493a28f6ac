#include "tui/tree.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "data/quantity.h"

struct branch_state {
    char *path; /* owned; the key */
    bool open;
    UT_hash_handle hh;
};

/* ---- Open branches ---- */

bool tree_is_open(const struct tree *tree, const char *path)
{
    struct branch_state *found = NULL;
    if (tree->everything)
        return true;
    HASH_FIND_STR(tree->branches, path, found);
    return found && found->open;
}

void tree_open(struct tree *tree, const char *path, bool open)
{
    struct branch_state *found = NULL;
    HASH_FIND_STR(tree->branches, path, found);
    if (!found) {
        found = calloc(1, sizeof *found);
        if (!found || !(found->path = strdup(path))) {
            free(found);
            return;
        }
        HASH_ADD_KEYPTR(hh, tree->branches, found->path, strlen(found->path), found);
    }
    found->open = open;
}

void tree_open_to(struct tree *tree, const char *path)
{
    char *above = strdup(path);
    for (size_t i = 1; above && path[i]; i++)
        if (path[i] == '.' || path[i] == '[') {
            above[i] = '\0';
            tree_open(tree, above, true);
            above[i] = path[i];
        }
    free(above);
}

static void twigs_release(struct tree *tree)
{
    for (int i = 0; i < tree->count; i++) {
        free(tree->twigs[i].path);
        free(tree->twigs[i].label);
    }
    tree->count = 0;
}

void tree_release(struct tree *tree)
{
    struct branch_state *branch, *next;
    HASH_ITER(hh, tree->branches, branch, next)
    {
        HASH_DEL(tree->branches, branch);
        free(branch->path);
        free(branch);
    }
    twigs_release(tree);
    free(tree->twigs);
    *tree = (struct tree){0};
}

/* ---- Building ---- */

static struct twig *add_twig(struct tree *tree, struct twig twig)
{
    if (tree->count == tree->room) {
        int room = tree->room ? tree->room * 2 : 256;
        struct twig *grown = realloc(tree->twigs, (size_t)room * sizeof *grown);
        if (!grown)
            return NULL;
        tree->twigs = grown;
        tree->room = room;
    }
    if (!twig.path || !twig.label)
        return NULL;
    tree->twigs[tree->count] = twig;
    return &tree->twigs[tree->count++];
}

static char *join(const char *path, const char *key)
{
    char *joined = NULL;
    return asprintf(&joined, "%s%s%s", path, *path ? "." : "", key) < 0 ? NULL : joined;
}

/* An item is called by its name, or else by its first values: "e2 10:00". */
static char *item_label(const struct node *item, uint32_t index)
{
    char *label = NULL;
    const struct node *name = node_get(item, "name");
    const struct node *first = item->kind == NODE_MAPPING ? item->first : NULL;
    const struct node *second = first ? first->next : NULL;
    int n;
    if (name && name->kind == NODE_SCALAR)
        n = asprintf(&label, "%s", name->text);
    else if (first && first->kind == NODE_SCALAR && second && second->kind == NODE_SCALAR)
        n = asprintf(&label, "%s %s", first->text, second->text);
    else if (first && first->kind == NODE_SCALAR)
        n = asprintf(&label, "%s", first->text);
    else
        n = asprintf(&label, "%u", index + 1);
    return n < 0 ? NULL : label;
}

static bool build_block(struct tree *tree, enum schema_block block, const struct node *mapping,
                        const char *path, int depth);

static bool build_items(struct tree *tree, const struct schema_row *row, const struct node *list,
                        const char *path, int depth)
{
    uint32_t index = 0;
    for (const struct node *item = list ? list->first : NULL; item; item = item->next, index++) {
        char *own = NULL;
        if (asprintf(&own, "%s[%u]", path, index) < 0)
            return false;
        bool branch = item->kind == NODE_MAPPING, open = branch && tree_is_open(tree, own);
        if (!add_twig(tree, (struct twig){.path = own,
                                          .label = item_label(item, index),
                                          .depth = depth,
                                          .row = row,
                                          .node = item,
                                          .block = row->block,
                                          .branch = branch,
                                          .open = open,
                                          .item = true}))
            return false;
        if (open && !build_block(tree, row->block, item, own, depth + 1))
            return false;
    }
    return true;
}

static bool build_row(struct tree *tree, const struct schema_row *row, const struct node *node,
                      const char *path, int depth)
{
    bool list = row->type == TYPE_LIST, branch = list || row->type == TYPE_MAPPING;
    char *own = join(path, row->key);
    bool open = own && branch && tree_is_open(tree, own);
    if (!add_twig(tree, (struct twig){.path = own,
                                      .label = strdup(row->key),
                                      .depth = depth,
                                      .row = row,
                                      .node = node,
                                      .block = row->block,
                                      .branch = branch,
                                      .open = open,
                                      .count = list && node ? node->count : 0}))
        return false;
    if (!open)
        return true;
    return list ? build_items(tree, row, node, own, depth + 1)
                : build_block(tree, row->block, node, own, depth + 1);
}

static bool build_block(struct tree *tree, enum schema_block block, const struct node *mapping,
                        const char *path, int depth)
{
    size_t count;
    const struct schema_row *rows = schema_rows(block, &count);
    for (size_t i = 0; i < count; i++) {
        const struct node *node = mapping ? node_get(mapping, rows[i].key) : NULL;
        if (!node && tree->stated_only)
            continue;
        if (!build_row(tree, &rows[i], node, path, depth))
            return false;
    }
    return true;
}

bool tree_build(struct tree *tree, const struct node *root)
{
    twigs_release(tree);
    return build_block(tree, BLOCK_SCENARIO, root, "", 0);
}

int tree_find(const struct tree *tree, const char *path)
{
    for (int i = 0; i < tree->count; i++)
        if (!strcmp(tree->twigs[i].path, path))
            return i;
    return -1;
}

/* ---- Values ---- */

/* Runs of blanks and line ends become one blank. */
static void copy_line(char *buffer, size_t size, const char *text, size_t length)
{
    size_t used = 0;
    bool blank = false;
    for (size_t i = 0; i < length && used + 2 < size; i++) {
        if (isspace((unsigned char)text[i])) {
            blank = used > 0;
            continue;
        }
        if (blank)
            buffer[used++] = ' ';
        blank = false;
        buffer[used++] = text[i];
    }
    buffer[used] = '\0';
}

void twig_value(const struct twig *twig, const struct node_tree *nodes, char *buffer, size_t size)
{
    if (!twig->node)
        snprintf(buffer, size, "%s", twig->row->fallback ? twig->row->fallback : "");
    else if (twig->node->kind == NODE_SCALAR)
        copy_line(buffer, size, twig->node->text, twig->node->length);
    else
        copy_line(buffer, size, nodes->source->text + twig->node->start,
                  twig->node->end - twig->node->start);
}

static bool step_word(const char *choices, const char *value, int direction, char *buffer,
                      size_t size)
{
    int at = schema_choice(choices, value), count = 0;
    while (*schema_choice_name(choices, count, buffer, size))
        count++;
    if (count == 0)
        return false;
    at = at < 0 ? (direction > 0 ? 0 : count - 1) : (at + direction + count) % count;
    schema_choice_name(choices, at, buffer, size);
    return true;
}

/* One of the second digit: 600 by 10, 8000 by 100, 15 by 1; whole numbers at least by 1. Downwards
 * a power of ten steps as the number below it does. */
static bool step_number(const char *value, int direction, bool whole, char *buffer, size_t size)
{
    char *end;
    double number = strtod(value, &end);
    if (end == value || !isfinite(number) || number < 0)
        return false;
    double base = direction < 0 ? number * (1 - 1e-9) : number;
    double step = base > 0 ? pow(10, floor(log10(base)) - 1) : 1;
    step = whole && step < 1 ? 1 : step;
    double next = fmax(round(number / step + direction) * step, 0);
    snprintf(buffer, size, "%.10g%s", next, end);
    return true;
}

/* A seed by one: its last digits count. */
static bool step_seed(const char *value, int direction, char *buffer, size_t size)
{
    uint64_t seed;
    if (quantity_unsigned(value, &seed) != QUANTITY_OK)
        return false;
    if (seed != (direction > 0 ? UINT64_MAX : 0))
        seed += direction > 0 ? 1 : UINT64_MAX;
    snprintf(buffer, size, "%" PRIu64, seed);
    return true;
}

bool twig_step(const struct twig *twig, const char *value, int direction, char *buffer, size_t size)
{
    switch (twig->row->type) {
    case TYPE_CHOICE:
        return step_word(twig->row->choices, value, direction, buffer, size);
    case TYPE_BOOLEAN:
        snprintf(buffer, size, "%s",
                 !strcmp(value, "yes") || !strcmp(value, "true") ? "no" : "yes");
        return true;
    case TYPE_SEED:
        return step_seed(value, direction, buffer, size);
    case TYPE_INTEGER:
        return step_number(value, direction, true, buffer, size);
    case TYPE_DURATION:
    case TYPE_RATE:
    case TYPE_FRACTION:
    case TYPE_BITS:
    case TYPE_REAL:
        return step_number(value, direction, false, buffer, size);
    default:
        return false;
    }
}
