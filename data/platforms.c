#include "data/platforms.h"

#include "data/capacity_tables.h"

static const char *const by_size[] = {"small-vm", "medium-vm", "large-vm", "ce1200", "ce1300"};
#define BY_SIZE (sizeof by_size / sizeof *by_size)

/* In the arena; false when out of memory. */
static bool add(const struct platform_names *into, size_t *count, const char *name)
{
    if (*count == into->room)
        return true;
    into->names[*count] = arena_strdup(into->arena, name);
    return into->names[(*count)++];
}

size_t platforms_by_size(const struct draft *draft, const struct scenario *scenario,
                         const struct platform_names *into, struct errors *errors)
{
    size_t count = 0;
    struct capacity_tables *tables = capacity_tables_new(errors);
    const struct capacity_table *table =
        tables ? capacity_tables_find(tables, scenario->table) : NULL;
    bool ok = tables;
    for (size_t i = 0; ok && table && i < BY_SIZE; i++)
        if (capacity_table_row(table, by_size[i], 1))
            ok = add(into, &count, by_size[i]);
    const struct node *own = node_get(draft_tree(draft)->root, "platforms");
    for (const struct node *n = own && own->kind == NODE_SEQUENCE ? own->first : NULL; ok && n;
         n = n->next) {
        const struct node *name = node_get(n, "name");
        ok = !name || add(into, &count, name->text);
    }
    bool theirs = !table && count == 0;
    for (uint32_t p = 0; ok && theirs && p < scenario->platform_count; p++)
        ok = add(into, &count, scenario->platforms[p].name);
    capacity_tables_free(tables);
    if (!ok && errors->failures == 0)
        errors_no_memory(errors);
    return ok ? count : 0;
}

bool platforms_rule_stated(const struct draft *draft, const struct scenario *scenario)
{
    const struct node *clusters = node_get(draft_tree(draft)->root, "clusters");
    for (const struct node *n = clusters ? clusters->first : NULL; n; n = n->next)
        if (!node_get(n, "redundancy"))
            return scenario->clusters[0].redundancy != REDUNDANCY_4_1;
    return true;
}
