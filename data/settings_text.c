/* The text of a draft with settings applied: where the changed tree differs from the file's, the
 * file's text is changed in place, so that everything else stays as it is, comments too. What is
 * taken out stays as a comment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/settings.h"
#include "data/settings_apply.h"
#include "data/splice.h"

struct changes {
    const struct node_tree *tree; /* the file's */
    struct splice *splices;       /* owned, with their texts */
    size_t count, capacity;
    bool comments; /* what is taken out stays as a comment */
    bool failed;
};

static void add(struct changes *c, struct splice splice)
{
    if (c->count == c->capacity) {
        size_t more = c->capacity ? c->capacity * 2 : 16;
        struct splice *grown = realloc(c->splices, more * sizeof *grown);
        if (!grown) {
            free(splice.text);
            c->failed = true;
            return;
        }
        c->splices = grown;
        c->capacity = more;
    }
    c->failed = c->failed || !splice.text;
    if (splice.text)
        c->splices[c->count++] = splice;
}

/* ---- Values ---- */

static void put_value(struct changes *c, FILE *out, const struct node *node)
{
    if (node->kind == NODE_SCALAR) {
        char *text = node_absent(node) ? strdup("") : splice_scalar(node->text, '\0');
        c->failed = c->failed || !text;
        fputs(text ? text : "", out);
        free(text);
        return;
    }
    bool mapping = node->kind == NODE_MAPPING;
    fputs(mapping ? "{" : "[", out);
    for (const struct node *n = node->first; n; n = n->next) {
        if (mapping) {
            put_value(c, out, n->key);
            fputs(": ", out);
        }
        put_value(c, out, n);
        fputs(n->next ? ", " : "", out);
    }
    fputs(mapping ? "}" : "]", out);
}

/* A node in one line, with its key if it has one and that is wanted. Owned. */
static char *written(struct changes *c, const struct node *node, bool with_key)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        c->failed = true;
        return NULL;
    }
    if (with_key && node->key) {
        put_value(c, out, node->key);
        fputs(": ", out);
    }
    put_value(c, out, node);
    c->failed = fclose(out) != 0 || c->failed;
    return text;
}

static void replace(struct changes *c, const struct node *old, const struct node *node)
{
    bool quoted = old->kind == NODE_SCALAR && old->quoted && node->kind == NODE_SCALAR;
    char *text = quoted ? splice_scalar(node->text, c->tree->source->text[old->start])
                        : written(c, node, false);
    add(c, text ? splice_replace(c->tree, old, text) : splice_none());
    free(text);
}

/* ---- Taking out ---- */

/* Whole lines get a mark of a comment, in the column where they begin. */
static bool comment_lines(struct changes *c, const struct node *parent, const struct node *child)
{
    const struct node_tree *tree = c->tree;
    size_t start = splice_child_start(child), end = splice_child_end(tree, child);
    if (parent->kind == NODE_SEQUENCE && !splice_dash(tree, parent, child, &start))
        return false;
    size_t line = splice_line_start(tree, start);
    size_t indent = start - line;
    if (!splice_only_spaces(tree, line, start))
        return false;
    for (; line < end; line = splice_next_line(tree, line)) {
        size_t at = line;
        while (at < line + indent && tree->source->text[at] == ' ')
            at++;
        if (strchr("\r\n#", tree->source->text[at]))
            continue; /* an empty line, a comment */
        add(c, splice_make(at, at, "# "));
    }
    return true;
}

/* What stood within a line is noted above it. */
static void comment_above(struct changes *c, const struct node *child)
{
    size_t line = splice_line_start(c->tree, splice_child_start(child));
    int indent = (int)strspn(c->tree->source->text + line, " ");
    char *text = c->comments ? written(c, child, true) : NULL;
    if (text)
        add(c, splice_make(line, line, "%*s# was: %s%s", indent, "", text,
                           splice_line_break(c->tree)));
    free(text);
}

/* In brackets: with the comma before it, or the one behind it where nothing stays before. */
static void remove_flow(struct changes *c, const struct node *before, bool kept_before,
                        const struct node *child)
{
    const struct node_tree *tree = c->tree;
    comment_above(c, child);
    if (kept_before)
        add(c,
            splice_make(splice_child_end(tree, before), splice_child_end(tree, child), "%s", ""));
    else
        add(c, splice_make(splice_child_start(child), splice_child_start(child->next), "%s", ""));
}

/* ---- Differences ---- */

static void compare(struct changes *c, const struct node *old, const struct node *node);

static const struct node *counterpart(const struct node *edited, const struct node *child)
{
    if (child->key)
        return node_get(edited, child->key->text);
    for (const struct node *n = edited->first; n; n = n->next)
        if (n->start == child->start && n->end == child->end)
            return n;
    return NULL;
}

/* Whether something of the old collection is left; else it is written anew. */
static bool anything_left(const struct node *old, const struct node *node)
{
    for (const struct node *n = old->first; n; n = n->next)
        if (counterpart(node, n))
            return true;
    return false;
}

static void rewrite(struct changes *c, const struct node *old, const struct node *node)
{
    if (c->comments && node->count == 0 && !old->flow && old->key) {
        bool all = true;
        size_t first = c->count;
        for (const struct node *n = old->first; n && all; n = n->next)
            all = comment_lines(c, old, n);
        if (all) { /* the brackets come first */
            size_t at = old->key->end;
            while (at < old->start && c->tree->source->text[at] != ':')
                at++;
            add(c, splice_make(at + 1, at + 1, node->kind == NODE_MAPPING ? " {}" : " []"));
            return;
        }
        while (c->count > first)
            free(c->splices[--c->count].text);
    }
    for (const struct node *n = old->flow ? old->first : NULL; n; n = n->next)
        comment_above(c, n);
    replace(c, old, node);
}

static void compare_children(struct changes *c, const struct node *old, const struct node *node)
{
    const struct node *before = NULL;
    bool kept_before = false;
    for (const struct node *n = old->first; n; before = n, n = n->next) {
        const struct node *now = counterpart(node, n);
        if (now)
            compare(c, n, now);
        else if (old->flow)
            remove_flow(c, before, kept_before, n);
        else if (!c->comments || !comment_lines(c, old, n)) {
            comment_above(c, n);
            add(c, splice_remove(c->tree, old, n));
        }
        kept_before = kept_before || now;
    }
    for (const struct node *n = node->first; n; n = n->next) {
        bool known = n->key ? node_get(old, n->key->text) != NULL : n->origin == 0;
        for (const struct node *o = old->first; !n->key && o && !known; o = o->next)
            known = o->start == n->start && o->end == n->end;
        if (known)
            continue;
        char *text = written(c, n, true);
        add(c, !text    ? splice_none()
               : n->key ? splice_append(c->tree, old, text)
                        : splice_insert(c->tree, old, NULL, text));
        free(text);
    }
}

static void compare(struct changes *c, const struct node *old, const struct node *node)
{
    if (c->failed || (old->kind == node->kind && old->first == node->first && node->origin == 0))
        return;
    if (node->origin > 0 || node->kind == NODE_SCALAR || old->kind != node->kind)
        replace(c, old, node);
    else if (old->count > 0 && !anything_left(old, node))
        rewrite(c, old, node);
    else
        compare_children(c, old, node);
}

/* ---- The text ---- */

/* Whether two trees say the same, wherever it stands. Nothing, and an empty list, are the same. */
static bool same(const struct node *a, const struct node *b)
{
    bool empty_a = node_absent(a) || (a->kind != NODE_SCALAR && a->count == 0);
    bool empty_b = node_absent(b) || (b->kind != NODE_SCALAR && b->count == 0);
    if (empty_a || empty_b)
        return empty_a && empty_b;
    if (a->kind != b->kind || a->count != b->count || strcmp(a->text, b->text) != 0)
        return false;
    const struct node *m = b->first;
    for (const struct node *n = a->first; n; n = n->next, m = m->next) {
        const struct node *other = n->key ? node_get(b, n->key->text) : m;
        if (!other || !same(n, other))
            return false;
    }
    return true;
}

static bool says(const char *text, const struct node *root)
{
    struct source source;
    struct node_tree tree = {0};
    struct errors errors;
    errors_init(&errors);
    bool good = false;
    if (source_copy(&source, text, strlen(text), "", &errors)) {
        good = node_tree_read(&tree, &source, &errors) && same(tree.root, root);
        node_tree_release(&tree);
        source_release(&source);
    }
    errors_release(&errors);
    return good;
}

/* By place; those made first come first at equal places, but what is put at a place stands before
 * what is taken out from there on. */
static void sort_splices(struct splice *splices, size_t count, struct splice *spare)
{
    if (count < 2)
        return;
    size_t half = count / 2, i = 0, j = half, used = 0;
    sort_splices(splices, half, spare);
    sort_splices(splices + half, count - half, spare);
    while (i < half || j < count) {
        bool left = i < half &&
                    (j == count || splices[i].start < splices[j].start ||
                     (splices[i].start == splices[j].start &&
                      (splices[i].end == splices[i].start || splices[j].end > splices[j].start)));
        spare[used++] = left ? splices[i++] : splices[j++];
    }
    memcpy(splices, spare, count * sizeof *splices);
}

/* The changed text, or NULL when it does not come out as wanted. */
static char *render(const struct node_tree *old, const struct node_tree *now, bool comments)
{
    struct changes c = {.tree = old, .comments = comments};
    char *text = NULL;
    compare(&c, old->root, now->root);
    struct splice *spare = calloc(c.count + 1, sizeof *spare);
    if (!c.failed && spare) {
        sort_splices(c.splices, c.count, spare);
        text = splice_apply(old->source, c.splices, c.count);
    }
    free(spare);
    while (c.count > 0)
        free(c.splices[--c.count].text);
    free(c.splices);
    if (text && says(text, now->root))
        return text;
    free(text);
    return NULL;
}

char *draft_text(const struct draft *draft, const struct settings *settings, struct errors *errors)
{
    struct variant_tree variant;
    const struct node_tree *tree = draft_tree(draft);
    if (!settings || settings->count == 0)
        return strdup(tree->source->text);
    char *text = NULL;
    if (variant_make(&variant, tree, settings, errors)) {
        text = render(tree, &variant.tree, true);
        text = text ? text : render(tree, &variant.tree, false);
        if (!text)
            errors_add(errors, ERROR_SOFTWARE, tree->source->name, 0, 0,
                       "the settings cannot be written into the text");
    }
    variant_release(&variant);
    return text;
}
