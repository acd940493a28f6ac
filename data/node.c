#include "data/node.h"

#include <string.h>
#include <yaml.h>

#include "data/names.h"
#include "model/base/arena.h"

#define NODES_MAX   4000000 /* 16 MiB of brackets would need gigabytes */
#define FEW_MEMBERS 8       /* up to here keys are compared one by one */

struct frame {
    struct node *node, *last;
    struct node *key;    /* waits for its value */
    struct names *names; /* owned; keys of a mapping with many members */
};

struct builder {
    yaml_parser_t parser;
    struct node_tree *tree;
    struct errors *errors;
    struct frame stack[NODE_DEPTH];
    size_t depth, nodes;
    bool documents;
    bool failed;     /* cannot go on */
    bool duplicates; /* can go on, but the text is wrong */
};

struct place {
    long line, column;
};

/* At the end of a text without a last line end libyaml counts a line that is not there. */
static struct place place_of(const struct builder *b, const yaml_mark_t *mark)
{
    const struct source *source = b->tree->source;
    if (mark->line < source->line_count)
        return (struct place){(long)mark->line + 1, (long)mark->column + 1};
    struct place end = {(long)source->line_count, 1};
    for (size_t at = source->lines[source->line_count - 1]; at < source->length; at++)
        end.column += ((unsigned char)source->text[at] & 0xC0) != 0x80;
    return end;
}

static void fail(struct builder *b, const yaml_mark_t *mark, const char *text)
{
    struct place at = place_of(b, mark);
    source_error(b->tree->source, b->errors, at.line, at.column, "%s", text);
    b->failed = true;
}

static void fail_memory(struct builder *b)
{
    errors_add(b->errors, ERROR_SOFTWARE, b->tree->source->name, 0, 0, "out of memory");
    b->failed = true;
}

/* What libyaml found wrong. */
static void fail_parser(struct builder *b)
{
    const yaml_parser_t *p = &b->parser;
    const yaml_mark_t *mark = &p->problem_mark;
    if (p->error == YAML_MEMORY_ERROR || !p->problem) {
        fail_memory(b);
        return;
    }
    struct place at = place_of(b, mark);
    if (p->context && p->context_mark.line != mark->line)
        source_error(b->tree->source, b->errors, at.line, at.column,
                     "%s %s that starts on line %zu", p->problem, p->context,
                     p->context_mark.line + 1);
    else
        source_error(b->tree->source, b->errors, at.line, at.column, "%s%s%s", p->problem,
                     p->context ? " " : "", p->context ? p->context : "");
    b->failed = true;
}

static struct node *node_new(struct builder *b, enum node_kind kind, const yaml_event_t *event)
{
    const yaml_mark_t *mark = &event->start_mark;
    if (++b->nodes > NODES_MAX) {
        fail(b, mark, "too many values");
        return NULL;
    }
    struct node *node = arena_alloc(b->tree->arena, 1, sizeof *node);
    if (!node) {
        fail_memory(b);
        return NULL;
    }
    node->kind = kind;
    node->line = (uint32_t)mark->line + 1;
    node->column = (uint32_t)mark->column + 1;
    node->start = (uint32_t)source_offset(b->tree->source, mark->index);
    node->end = (uint32_t)source_offset(b->tree->source, event->end_mark.index);
    node->text = "";
    return node;
}

static void report_duplicate(struct builder *b, const struct node *key, uint32_t first_line)
{
    source_error(b->tree->source, b->errors, key->line, key->column,
                 "duplicate key '%.60s', first on line %u", key->text, first_line);
    b->duplicates = true;
}

/* The line of a member with the same key, 0 when there is none. */
static uint32_t find_duplicate(struct builder *b, struct frame *frame, const struct node *key)
{
    bool fresh = true;
    if (frame->node->count < FEW_MEMBERS) {
        for (const struct node *n = frame->node->first; n; n = n->next)
            if (strcmp(n->key->text, key->text) == 0)
                return n->key->line;
        return 0;
    }
    if (!frame->names) {
        frame->names = names_new();
        for (const struct node *n = frame->node->first; n && frame->names; n = n->next)
            if (!names_add(frame->names, (struct name){.text = n->key->text, .node = n->key},
                           &fresh))
                fail_memory(b);
    }
    const struct name *name =
        frame->names
            ? names_add(frame->names, (struct name){.text = key->text, .node = key}, &fresh)
            : NULL;
    if (!name)
        fail_memory(b);
    return name && !fresh ? name->node->line : 0;
}

/* Puts a complete or begun node where it belongs: as root, item, key or value. */
static void place(struct builder *b, struct node *node, const yaml_event_t *event)
{
    if (b->depth == 0) {
        b->tree->root = node;
        return;
    }
    struct frame *frame = &b->stack[b->depth - 1];
    if (frame->node->kind == NODE_MAPPING) {
        if (!frame->key) {
            if (node->kind != NODE_SCALAR) {
                fail(b, &event->start_mark, "a key must be plain text");
                return;
            }
            uint32_t line = find_duplicate(b, frame, node);
            if (line)
                report_duplicate(b, node, line);
            frame->key = node;
            return;
        }
        node->key = frame->key;
        frame->key = NULL;
    }
    if (frame->last)
        frame->last->next = node;
    else
        frame->node->first = node;
    frame->last = node;
    frame->node->count++;
}

static void add_scalar(struct builder *b, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    struct node *node = node_new(b, NODE_SCALAR, event);
    if (!node)
        return;
    if (memchr(text, '\0', length)) {
        fail(b, &event->start_mark, "NUL in a text");
        return;
    }
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->length = (uint32_t)length;
    node->text = arena_strndup(b->tree->arena, text, length);
    if (!node->text)
        fail_memory(b);
    else
        place(b, node, event);
}

static void begin(struct builder *b, enum node_kind kind, bool flow, const yaml_event_t *event)
{
    if (b->depth == NODE_DEPTH) {
        fail(b, &event->start_mark, "nested too deep, at most 16 levels");
        return;
    }
    struct node *node = node_new(b, kind, event);
    if (!node)
        return;
    node->flow = flow;
    place(b, node, event);
    b->stack[b->depth++] = (struct frame){.node = node};
}

static void end(struct builder *b, const yaml_event_t *event)
{
    struct frame *frame = &b->stack[--b->depth];
    names_free(frame->names);
    frame->names = NULL;
    if (frame->node->flow)
        frame->node->end = (uint32_t)source_offset(b->tree->source, event->end_mark.index);
    else if (frame->last)
        frame->node->end = frame->last->end;
}

static void refuse_properties(struct builder *b, const yaml_event_t *event)
{
    const unsigned char *anchor = NULL, *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor)
        fail(b, &event->start_mark, "anchors are not supported");
    else if (tag)
        fail(b, &event->start_mark, "tags are not supported");
}

static void handle(struct builder *b, const yaml_event_t *event)
{
    refuse_properties(b, event);
    if (b->failed)
        return;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->documents)
            fail(b, &event->start_mark, "a second document, only one is allowed");
        b->documents = true;
        break;
    case YAML_ALIAS_EVENT:
        fail(b, &event->start_mark, "aliases are not supported");
        break;
    case YAML_SCALAR_EVENT:
        add_scalar(b, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        begin(b, NODE_SEQUENCE, event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
              event);
        break;
    case YAML_MAPPING_START_EVENT:
        begin(b, NODE_MAPPING, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, event);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        end(b, event);
        break;
    default:
        break;
    }
}

static bool build(struct builder *b)
{
    for (bool done = false; !done && !b->failed;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event)) {
            fail_parser(b);
            break;
        }
        handle(b, &event);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    while (b->depth > 0)
        names_free(b->stack[--b->depth].names);
    if (!b->failed && !b->tree->root) {
        source_error(b->tree->source, b->errors, 1, 1, "the file is empty");
        b->failed = true;
    }
    if (b->failed)
        b->tree->root = NULL;
    return !b->failed && !b->duplicates;
}

bool node_tree_read(struct node_tree *tree, const struct source *source, struct errors *errors)
{
    struct builder b = {.tree = tree, .errors = errors};
    *tree = (struct node_tree){.source = source, .arena = arena_new()};
    if (!tree->arena || !yaml_parser_initialize(&b.parser)) {
        errors_add(errors, ERROR_SOFTWARE, source->name, 0, 0, "out of memory");
        return false;
    }
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)source->text + source->start,
                                 source->length - source->start);
    bool good = build(&b);
    yaml_parser_delete(&b.parser);
    return good;
}

void node_tree_release(struct node_tree *tree)
{
    arena_free(tree->arena);
    *tree = (struct node_tree){0};
}

const struct node *node_get(const struct node *mapping, const char *key)
{
    if (!mapping || mapping->kind != NODE_MAPPING)
        return NULL;
    for (const struct node *n = mapping->first; n; n = n->next)
        if (strcmp(n->key->text, key) == 0)
            return n;
    return NULL;
}

const struct node *node_at(const struct node *collection, uint32_t index)
{
    const struct node *n = collection ? collection->first : NULL;
    while (n && index-- > 0)
        n = n->next;
    return n;
}

bool node_absent(const struct node *node)
{
    return node->kind == NODE_SCALAR && !node->quoted && node->length == 0;
}

const struct source *node_source(const struct node_tree *tree, const struct node *node)
{
    return node->origin ? &tree->settings[node->origin - 1] : tree->source;
}

const char *node_kind_name(const struct node *node)
{
    static const char *const names[] = {"text", "a list", "a mapping"};
    return node_absent(node) ? "nothing" : names[node->kind];
}
