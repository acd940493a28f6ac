#include "data/split.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/schema.h"
#include "data/splice.h"
#include "model/base/number.h"

struct splitter {
    const struct node_tree *tree;
    FILE *out;
    const char *only; /* the only cluster, which need not be named; NULL: there are several */
    int clusters, part;
    struct splice *edits; /* owned; of the item at hand, for this part */
    size_t count, capacity;
    bool failed;
};

static void edit(struct splitter *s, struct splice splice)
{
    if (!splice.text || s->failed) {
        s->failed = true;
        free(splice.text);
        return;
    }
    if (s->count == s->capacity) {
        size_t more = s->capacity ? 2 * s->capacity : 16;
        struct splice *grown = realloc(s->edits, more * sizeof *grown);
        if (!grown) {
            s->failed = true;
            free(splice.text);
            return;
        }
        s->edits = grown;
        s->capacity = more;
    }
    s->edits[s->count++] = splice;
}

/* ---- Names and loads ---- */

static void rename_node(struct splitter *s, const struct node *node)
{
    if (node && node->kind == NODE_SCALAR && node->length > 0)
        edit(s, splice_make(node->start, splice_node_end(s->tree, node),
                            node->quoted ? "\"%s-%d\"" : "%s-%d", node->text, s->part));
}

static void rename_end_of_link(struct splitter *s, const struct node *node)
{
    if (strcmp(node->text, "default") != 0 && strcmp(node->text, "traversal") != 0)
        rename_node(s, node);
}

/* A number with its unit, divided; whole ones give what remains to the first. */
static void divide(struct splitter *s, const struct node *node, bool whole)
{
    char number[NUMBER_SIZE];
    char *end;
    double value = strtod(node->text, &end);
    if (end == node->text)
        return;
    double part = value / s->clusters;
    if (whole)
        part = floor(part) + (s->part <= value - s->clusters * floor(part));
    number_format(part, number);
    edit(s, splice_make(node->start, splice_node_end(s->tree, node), "%s%s", number, end));
}

static void divide_load(struct splitter *s, enum schema_block block, const char *key,
                        const struct node *node)
{
    if (block == BLOCK_ENDPOINTS && strcmp(key, "count") == 0)
        divide(s, node, true);
    if (block == BLOCK_CLUSTER && (strcmp(key, "provisioning") == 0 || strcmp(key, "findme") == 0))
        divide(s, node, true); /* no, yes: of the copy's own devices */
    if (block == BLOCK_ARRIVALS &&
        (strcmp(key, "rate") == 0 || strcmp(key, "busy-hour-erlangs") == 0))
        divide(s, node, false);
    if (block == BLOCK_ARRIVALS && (strcmp(key, "users") == 0 || strcmp(key, "sources") == 0))
        divide(s, node, true);
}

static void walk(struct splitter *s, enum schema_block block, const struct node *mapping);

static void walk_value(struct splitter *s, const struct schema_row *row, const struct node *node)
{
    bool of_platform = row->block == BLOCK_PLATFORM;
    switch (row->type) {
    case TYPE_NAME:
        rename_node(s, node);
        break;
    case TYPE_REFERENCE:
        if (!of_platform)
            rename_node(s, node);
        break;
    case TYPE_REFERENCES:
    case TYPE_WEIGHTED:
    case TYPE_LIST:
        for (const struct node *n = node->first; n; n = n->next) {
            if (n->kind == NODE_MAPPING)
                walk(s, row->block, n);
            else
                rename_node(s, n);
        }
        break;
    case TYPE_PIPES:
        for (const struct node *n = node->first; n; n = n->next)
            rename_node(s, node->kind == NODE_MAPPING ? n->key : n);
        break;
    case TYPE_MAPPING:
        walk(s, row->block, node);
        break;
    default:
        break;
    }
}

static void walk(struct splitter *s, enum schema_block block, const struct node *mapping)
{
    for (const struct node *n = mapping->first; n && n->key; n = n->next) {
        const struct schema_row *row = schema_row(block, n->key->text);
        if (!row)
            continue;
        walk_value(s, row, n);
        divide_load(s, block, row->key, n);
        if (block == BLOCK_LINK && row->type == TYPE_STRING)
            rename_end_of_link(s, n);
    }
}

/* Each copy takes its part of the rows of the class that it is a copy of. */
static void share_profile(struct splitter *s, const struct node *call)
{
    char member[400], part[NUMBER_SIZE];
    const struct node *arrivals = node_get(call, "arrivals"), *name = node_get(call, "name");
    const struct node *scale = arrivals ? node_get(arrivals, "scale") : NULL;
    if (!arrivals || !name || !node_get(arrivals, "profile"))
        return;
    if (scale)
        divide(s, scale, false);
    number_format(1.0 / s->clusters, part);
    snprintf(member, sizeof member, "scale: %s", part);
    if (!scale)
        edit(s, splice_append(s->tree, arrivals, member));
    snprintf(member, sizeof member, "of: \"%.300s\"", name->text);
    if (!node_get(arrivals, "of"))
        edit(s, splice_append(s->tree, arrivals, member));
}

/* The only cluster need not be named; of several the copy's has to be. */
static void name_cluster(struct splitter *s, enum schema_block block, const struct node *item)
{
    char member[400];
    const struct node *via = node_get(item, "via"), *peer = via ? node_get(via, "peer") : NULL;
    const struct node *own = via ? node_get(via, "cluster") : NULL;
    bool placed = own || peer || (via && node_get(via, "endpoints"));
    if (!s->only)
        return;
    snprintf(member, sizeof member, "cluster: \"%s-%d\"", s->only, s->part);
    if (block == BLOCK_ENDPOINTS && !node_get(item, "cluster"))
        edit(s, splice_append(s->tree, item, member));
    if (block == BLOCK_CLASS && via && !placed)
        edit(s, splice_append(s->tree, via, member));
    snprintf(member, sizeof member, "via: {cluster: \"%s-%d\"}", s->only, s->part);
    if (block == BLOCK_CLASS && !via)
        edit(s, splice_append(s->tree, item, member));
}

/* ---- Texts ---- */

static int by_start(const void *left, const void *right)
{
    const struct splice *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

static void forget_edits(struct splitter *s)
{
    while (s->count > 0)
        free(s->edits[--s->count].text);
}

/* The text from `start` to `end` with the edits, which are forgotten. */
static void put_edited(struct splitter *s, size_t start, size_t end)
{
    FILE *out = s->out;
    size_t at = start;
    if (s->count > 0)
        qsort(s->edits, s->count, sizeof *s->edits, by_start);
    for (size_t i = 0; i < s->count; i++) {
        const struct splice *e = &s->edits[i];
        fwrite(s->tree->source->text + at, 1, e->start - at, out);
        fputs(e->text, out);
        at = e->end;
    }
    if (end > at)
        fwrite(s->tree->source->text + at, 1, end - at, out);
    forget_edits(s);
}

/* All copies of an item of a list, where it stood; returns where it ended. */
static size_t put_item(struct splitter *s, enum schema_block block, const struct node *list,
                       const struct node *item, size_t at)
{
    FILE *out = s->out;
    size_t start = item->start, end = splice_node_end(s->tree, item);
    if (!list->flow && splice_dash(s->tree, list, item, &start))
        end = splice_line_end(s->tree, end);
    fwrite(s->tree->source->text + at, 1, start - at, out);
    for (s->part = 1; s->part <= s->clusters && !s->failed; s->part++) {
        if (s->part > 1 && list->flow)
            fputs(", ", out);
        else if (s->part > 1)
            fprintf(out, "%s%*s", splice_line_break(s->tree), (int)list->column - 1, "");
        if (item->kind == NODE_MAPPING) {
            walk(s, block, item);
            name_cluster(s, block, item);
            if (block == BLOCK_CLASS)
                share_profile(s, item);
        }
        put_edited(s, start, end);
    }
    return end;
}

/* Growth of a class or of endpoints is that of each copy. */
static size_t put_growth(struct splitter *s, const struct node *growth, size_t at)
{
    FILE *out = s->out;
    for (const struct node *n = growth->first; n && n->key; n = n->next) {
        size_t end = splice_node_end(s->tree, n);
        if (strcmp(n->key->text, "all") == 0)
            continue;
        fwrite(s->tree->source->text + at, 1, n->key->start - at, out);
        for (s->part = 1; s->part <= s->clusters; s->part++) {
            if (s->part > 1 && growth->flow)
                fputs(", ", out);
            else if (s->part > 1)
                fprintf(out, "%s%*s", splice_line_break(s->tree), (int)growth->column - 1, "");
            rename_node(s, n->key);
            put_edited(s, n->key->start, end);
        }
        at = end;
    }
    return at;
}

static const enum schema_block *block_of(const char *key)
{
    static const struct {
        const char *key;
        enum schema_block block;
    } copied[] = {{"clusters", BLOCK_CLUSTER},    {"zones", BLOCK_ZONE},
                  {"endpoints", BLOCK_ENDPOINTS}, {"calls", BLOCK_CLASS},
                  {"pipes", BLOCK_PIPE},          {"outages", BLOCK_OUTAGE},
                  {"upgrades", BLOCK_UPGRADE},    {"changes", BLOCK_CHANGE}};
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
        if (strcmp(copied[i].key, key) == 0)
            return &copied[i].block;
    return NULL;
}

static void put_all(struct splitter *s)
{
    size_t at = 0;
    for (const struct node *n = s->tree->root->first; n && n->key; n = n->next) {
        const enum schema_block *block = block_of(n->key->text);
        if (strcmp(n->key->text, "growth") == 0)
            at = put_growth(s, n, at);
        for (const struct node *item = block ? n->first : NULL; item; item = item->next)
            at = put_item(s, *block, n, item, at);
    }
    fwrite(s->tree->source->text + at, 1, s->tree->source->length - at, s->out);
}

/* ---- What cannot be divided ---- */

static bool divisible(const struct node *root, struct errors *errors)
{
    const struct node *traces = node_get(root, "traces");
    if (!traces || !traces->first)
        return true;
    errors_add(errors, ERROR_DATA, NULL, traces->line, traces->column,
               "a call record names its classes call by call and cannot be divided over several "
               "clusters: --clusters 1");
    return false;
}

static const char *only_cluster(const struct node *root)
{
    const struct node *clusters = node_get(root, "clusters");
    const struct node *first = clusters ? clusters->first : NULL;
    const struct node *name = first && !first->next ? node_get(first, "name") : NULL;
    return name ? name->text : NULL;
}

char *split_text(const char *text, const char *name, int clusters, struct errors *errors)
{
    struct source source = {0};
    struct node_tree tree = {0};
    char *result = NULL;
    size_t size = 0;
    bool ok = source_copy(&source, text, strlen(text), name, errors) &&
              node_tree_read(&tree, &source, errors) && divisible(tree.root, errors);
    FILE *out = ok ? open_memstream(&result, &size) : NULL;
    struct splitter s = {.tree = &tree, .clusters = clusters};
    if (out) {
        s.only = only_cluster(tree.root);
        s.out = out;
        put_all(&s);
        s.failed = fclose(out) != 0 || s.failed;
    }
    if (ok && (!out || s.failed)) {
        errors_no_memory(errors);
        free(result);
        result = NULL;
    }
    forget_edits(&s);
    free(s.edits);
    node_tree_release(&tree);
    source_release(&source);
    return result;
}
