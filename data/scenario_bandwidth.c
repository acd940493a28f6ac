/* Bandwidth of a scenario: pipes, subzones, and the links between subzones and zones. */
#include <string.h>

#include "data/scenario_reader.h"

/* --- Pipes ---- */

void reader_pipes(struct reader *r)
{
    struct scenario *s = r->s;
    const struct node *list = reader_list(&r->root, "pipes", &s->pipe_count);
    s->pipes = reader_alloc(r, s->pipe_count, sizeof *s->pipes);
    uint32_t index = 0;
    for (const struct node *n = list && s->pipes ? list->first : NULL; n; n = n->next) {
        struct schema_record record;
        schema_read(BLOCK_PIPE, &r->tree, n, &record, NULL);
        const char *name = record_text(&record, "name");
        s->pipes[index++] = (struct pipe){
            .name = reader_strdup(r, name ? name : ""),
            .total = record_integer(&record, "total", 0),
            .per_call = record_integer(&record, "per-call", CAPACITY_UNLIMITED),
            .floor = record_integer(&record, "floor", 0),
            .when_full = (enum pipe_full)record_choice(&record, "when-full", PIPE_REFUSE),
        };
    }
}

/* --- Items of clusters ---- */

/* The items of a list that every cluster may have, one cluster after another. */
static const struct node *cluster_list(const struct node *cluster, const char *key)
{
    const struct node *list = node_get(cluster, key);
    return list && list->kind == NODE_SEQUENCE ? list : NULL;
}

static uint32_t count_items(struct reader *r, const char *key)
{
    uint32_t clusters, count = 0;
    const struct node *list = reader_list(&r->root, "clusters", &clusters);
    for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
        const struct node *items = cluster_list(n, key);
        count += items ? items->count : 0;
    }
    return count;
}

/* --- Subzones ---- */

static void read_subzone(struct reader *r, const struct node *node, uint32_t cluster)
{
    struct schema_record record;
    schema_read(BLOCK_SUBZONE, &r->tree, node, &record, NULL);
    const char *name = record_text(&record, "name");
    r->s->subzones[r->s->subzone_count++] = (struct subzone){
        .name = reader_strdup(r, name ? name : ""),
        .cluster = cluster,
        .within = record_integer(&record, "within", CAPACITY_UNLIMITED),
        .from = record_integer(&record, "from", CAPACITY_UNLIMITED),
        .per_call = record_integer(&record, "per-call", CAPACITY_UNLIMITED),
    };
}

void reader_subzones(struct reader *r)
{
    struct scenario *s = r->s;
    uint32_t clusters, index = 0;
    const struct node *list = reader_list(&r->root, "clusters", &clusters);
    s->subzones = reader_alloc(r, count_items(r, "subzones"), sizeof *s->subzones);
    for (const struct node *n = list && s->subzones ? list->first : NULL;
         n && index < s->cluster_count; n = n->next, index++) {
        const struct node *items = cluster_list(n, "subzones");
        s->clusters[index].first_subzone = s->subzone_count;
        for (const struct node *i = items ? items->first : NULL; i; i = i->next)
            read_subzone(r, i, index);
        s->clusters[index].subzone_count = s->subzone_count - s->clusters[index].first_subzone;
    }
}

/* --- Links ---- */

static void unknown_end(struct reader *r, const struct node *node)
{
    char quoted[QUOTED_MAX];
    reader_error(r, node,
                 "unknown end '%s': a subzone of this cluster, a zone, default or traversal",
                 schema_quote(node->text, quoted));
}

static void read_end(struct reader *r, const struct schema_record *record, const char *key,
                     struct link *link)
{
    int end = *key - 'a';
    const char *text = record_text(record, key);
    const struct node *node = record_node(record, key);
    link->ends[end] = NONE;
    if (!text)
        return;
    const struct name *name = names_find(r->names, text);
    if (!name && strcmp(text, "default") == 0) {
        link->kinds[end] = LINK_DEFAULT;
    } else if (!name && strcmp(text, "traversal") == 0) {
        link->kinds[end] = LINK_TRAVERSAL;
    } else if (name && (name->kind == BLOCK_SUBZONE || name->kind == BLOCK_ZONE)) {
        link->kinds[end] = name->kind == BLOCK_ZONE ? LINK_ZONE : LINK_SUBZONE;
        link->ends[end] = name->index;
        if (name->kind == BLOCK_SUBZONE && r->s->subzones &&
            r->s->subzones[name->index].cluster != link->cluster)
            unknown_end(r, node);
    } else {
        unknown_end(r, node);
    }
}

static void read_link(struct reader *r, const struct node *node, uint32_t cluster)
{
    struct schema_record record;
    struct link link = {.cluster = cluster};
    schema_read(BLOCK_LINK, &r->tree, node, &record, NULL);
    read_end(r, &record, "a", &link);
    read_end(r, &record, "b", &link);
    if (record_text(&record, "a") && record_text(&record, "b") &&
        strcmp(record_text(&record, "a"), record_text(&record, "b")) == 0)
        reader_error(r, node, "a link has two different ends");
    const struct node *pipes = record_node(&record, "pipes");
    if (pipes && pipes->kind == NODE_SEQUENCE && pipes->count > LINK_PIPES_MAX)
        reader_error(r, pipes, "a link has at most two pipes");
    for (const struct node *n = pipes ? pipes->first : NULL; n; n = n->next) {
        uint32_t pipe;
        if (reader_refer_node(r, BLOCK_PIPE, n, &pipe) && link.pipe_count < LINK_PIPES_MAX)
            link.pipes[link.pipe_count++] = pipe;
    }
    r->s->links[r->s->link_count++] = link;
}

void reader_links(struct reader *r)
{
    struct scenario *s = r->s;
    uint32_t clusters, index = 0;
    const struct node *list = reader_list(&r->root, "clusters", &clusters);
    s->links = reader_alloc(r, count_items(r, "links"), sizeof *s->links);
    for (const struct node *n = list && s->links ? list->first : NULL;
         n && index < s->cluster_count; n = n->next, index++) {
        const struct node *items = cluster_list(n, "links");
        s->clusters[index].first_link = s->link_count;
        for (const struct node *i = items ? items->first : NULL; i; i = i->next)
            read_link(r, i, index);
        s->clusters[index].link_count = s->link_count - s->clusters[index].first_link;
    }
}
