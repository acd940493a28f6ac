/* Growth of load in time. */
#include <string.h>

#include "data/quantity.h"
#include "data/scenario_reader.h"

static void read_growth(struct reader *r, const struct node *node)
{
    struct growth_rate rate;
    struct growth growth = {.class_index = NONE, .endpoints = NONE};
    if (node->kind != NODE_SCALAR || quantity_growth(node->text, &rate) != QUANTITY_OK)
        return; /* reported by the schema */
    const struct name *name = names_find(r->names, node->key->text);
    if (name && name->kind == BLOCK_CLASS) {
        growth.class_index = name->index;
    } else if (name && name->kind == BLOCK_ENDPOINTS) {
        growth.endpoints = name->index;
    } else if (name || strcmp(node->key->text, "all") != 0) {
        char quoted[QUOTED_MAX];
        reader_error(r, node->key, "'%s' is neither a class of calls nor endpoints, nor all",
                     schema_quote(node->key->text, quoted));
        return;
    }
    growth.rate = rate.rate;
    growth.band = rate.band;
    growth.months = rate.months;
    r->s->growths[r->s->growth_count++] = growth;
}

void reader_growth(struct reader *r)
{
    const struct node *growth = record_node(&r->root, "growth");
    bool stated = growth && growth->kind == NODE_MAPPING;
    r->s->growths = reader_alloc(r, stated ? growth->count : 0, sizeof *r->s->growths);
    for (const struct node *n = stated && r->s->growths ? growth->first : NULL; n; n = n->next)
        read_growth(r, n);
}
