#include "data/splice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct splice splice_none(void)
{
    return (struct splice){0};
}

struct splice splice_make(size_t start, size_t end, const char *format, ...)
{
    struct splice splice = {.start = start, .end = end};
    va_list args;
    va_start(args, format);
    if (vasprintf(&splice.text, format, args) < 0)
        splice.text = NULL;
    va_end(args);
    return splice;
}

char *splice_apply(const struct source *source, const struct splice *splices, size_t count)
{
    size_t length = source->length + 1, used = 0, from = 0;
    for (size_t i = 0; i < count; i++)
        length += strlen(splices[i].text);
    char *text = malloc(length);
    if (!text)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(splices[i].text);
        memcpy(text + used, source->text + from, splices[i].start - from);
        used += splices[i].start - from;
        memcpy(text + used, splices[i].text, size);
        used += size;
        from = splices[i].end;
    }
    memcpy(text + used, source->text + from, source->length - from + 1);
    return text;
}

/* ---- Places ---- */

const char *splice_line_break(const struct node_tree *tree)
{
    const char *first = strchr(tree->source->text, '\n');
    return first && first > tree->source->text && first[-1] == '\r' ? "\r\n" : "\n";
}

/* Where a node ends, without the line ends that belong to a block scalar. */
size_t splice_node_end(const struct node_tree *tree, const struct node *node)
{
    size_t end = node->end;
    while (end > node->start && strchr(" \r\n", tree->source->text[end - 1]))
        end--;
    return end;
}

/* The start of the line that holds an offset, and its end before the line end. */
size_t splice_line_start(const struct node_tree *tree, size_t at)
{
    while (at > tree->source->start && tree->source->text[at - 1] != '\n')
        at--;
    return at;
}

size_t splice_line_end(const struct node_tree *tree, size_t at)
{
    const char *text = tree->source->text;
    while (text[at] && text[at] != '\n' && !(text[at] == '\r' && text[at + 1] == '\n'))
        at++;
    return at;
}

size_t splice_next_line(const struct node_tree *tree, size_t at)
{
    at = splice_line_end(tree, at);
    at += tree->source->text[at] == '\r';
    return at + (tree->source->text[at] == '\n');
}

bool splice_only_spaces(const struct node_tree *tree, size_t from, size_t to)
{
    while (from < to && tree->source->text[from] == ' ')
        from++;
    return from == to;
}

/* The dash of an item of a block list: the first one in the list's column between the item before
 * and the item. */
bool splice_dash(const struct node_tree *tree, const struct node *list, const struct node *item,
                 size_t *dash)
{
    size_t from = list->start;
    if (item == list->first) {
        *dash = list->start;
        return true;
    }
    for (const struct node *n = list->first; n && n->next; n = n->next)
        if (n->next == item)
            from = splice_next_line(tree, splice_node_end(tree, n));
    for (size_t line = from; line <= item->start; line = splice_next_line(tree, line)) {
        *dash = line + list->column - 1;
        if (*dash <= item->start && splice_only_spaces(tree, line, *dash) &&
            tree->source->text[*dash] == '-')
            return true;
        if (splice_line_end(tree, line) >= tree->source->length)
            break;
    }
    return false;
}

/* The child before the one given; NULL for the first. */
static const struct node *sibling_before(const struct node *parent, const struct node *child)
{
    const struct node *before = NULL;
    for (const struct node *n = parent->first; n && n != child; n = n->next)
        before = n;
    return before;
}

size_t splice_child_start(const struct node *child)
{
    return child->key ? child->key->start : child->start;
}

size_t splice_child_end(const struct node_tree *tree, const struct node *child)
{
    size_t end = splice_node_end(tree, child);
    return child->key && child->key->end > end ? child->key->end : end;
}

/* ---- Values ---- */

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

/* ---- Changes ---- */

/* Replaces a value. What stood in a block of its own gives way to one line behind its key. */
struct splice splice_replace(const struct node_tree *tree, const struct node *node,
                             const char *value)
{
    const char *text = tree->source->text;
    if (node_absent(node)) {
        size_t at = node->key ? node->key->end : node->start;
        size_t colon = at + strspn(text + at, " ");
        if (!node->key || text[colon] != ':')
            return splice_make(at, at, "%s%s", node->key ? ": " : " ", value);
        return splice_make(colon + 1, colon + 1, " %s", value);
    }
    size_t start = node->start, end = splice_node_end(tree, node);
    if (node->kind != NODE_SCALAR && !node->flow && node->key) {
        start = node->key->end;
        while (start < node->start && text[start] != ':')
            start++;
        return splice_make(start, end, ": %s", value);
    }
    return splice_make(start, end, "%s", value);
}

static const struct node *last_child(const struct node *node)
{
    const struct node *last = node->first;
    while (last && last->next)
        last = last->next;
    return last;
}

/* Adds "key: value" at the end of a mapping. */
struct splice splice_append(const struct node_tree *tree, const struct node *mapping,
                            const char *member)
{
    const struct node *last = last_child(mapping);
    if (!last)
        return splice_make(mapping->start, mapping->end, "{%s}", member);
    size_t end = splice_node_end(tree, last);
    if (last->key->end > end)
        end = last->key->end;
    if (mapping->flow)
        return splice_make(end, end, ", %s", member);
    size_t at = splice_line_end(tree, end);
    int indent = (int)mapping->first->key->column - 1;
    return splice_make(at, at, "%s%*s%s", splice_line_break(tree), indent, "", member);
}

static struct splice insert_flow(const struct node_tree *tree, const struct node *list,
                                 const struct node *before, const char *item)
{
    const struct node *last = last_child(list);
    if (!last)
        return splice_make(list->start, list->end, "[%s]", item);
    if (before)
        return splice_make(before->start, before->start, "%s, ", item);
    size_t end = splice_node_end(tree, last);
    return splice_make(end, end, ", %s", item);
}

static struct splice insert_block(const struct node_tree *tree, const struct node *list,
                                  const struct node *before, const char *item)
{
    size_t dash;
    int indent = (int)list->column - 1;
    if (before && !splice_dash(tree, list, before, &dash))
        return splice_none();
    if (before)
        return splice_make(dash, dash, "- %s%s%*s", item, splice_line_break(tree), indent, "");
    size_t at = splice_line_end(tree, splice_node_end(tree, last_child(list)));
    return splice_make(at, at, "%s%*s- %s", splice_line_break(tree), indent, "", item);
}

static struct splice remove_flow(const struct node_tree *tree, const struct node *parent,
                                 const struct node *child)
{
    const struct node *before = sibling_before(parent, child);
    if (before)
        return splice_make(splice_child_end(tree, before), splice_child_end(tree, child), "%s", "");
    if (child->next)
        return splice_make(splice_child_start(child), splice_child_start(child->next), "%s", "");
    return splice_make(parent->start, parent->end, parent->kind == NODE_MAPPING ? "{}" : "[]");
}

/* Whole lines go; what shares its line with something before gives its place to what follows. */
static struct splice remove_block(const struct node_tree *tree, const struct node *parent,
                                  const struct node *child)
{
    size_t start = splice_child_start(child), next = 0;
    bool sequence = parent->kind == NODE_SEQUENCE;
    if (!child->next && child == parent->first) {
        size_t end = splice_child_end(tree, child);
        const char *nothing = sequence ? "[]" : "{}";
        /* Flow text must stand deeper than the key above it. */
        bool shallow = sequence && parent->key && parent->column <= parent->key->column;
        return splice_make(parent->start, end, "%s%s", shallow ? "  " : "", nothing);
    }
    if (sequence && !splice_dash(tree, parent, child, &start))
        return splice_none();
    size_t line = splice_line_start(tree, start);
    if (splice_only_spaces(tree, line, start))
        return splice_make(line, splice_next_line(tree, splice_child_end(tree, child)), "%s", "");
    next = child->next ? splice_child_start(child->next) : 0;
    if (next && sequence && !splice_dash(tree, parent, child->next, &next))
        return splice_none();
    return next ? splice_make(start, next, "%s", "") : splice_none();
}

struct splice splice_insert(const struct node_tree *tree, const struct node *list,
                            const struct node *before, const char *item)
{
    return (list->flow ? insert_flow : insert_block)(tree, list, before, item);
}

struct splice splice_remove(const struct node_tree *tree, const struct node *parent,
                            const struct node *child)
{
    return (parent->flow ? remove_flow : remove_block)(tree, parent, child);
}

char *splice_scalar(const char *value, char mark)
{
    if (mark == '\'' || mark == '"')
        return quote(value, mark);
    return plain_is_safe(value) ? strdup(value) : quote(value, '"');
}
