#include "data/platforms.h"

#include "data/capacity_tables.h"

static const char *const by_size[] = {"small-vm", "medium-vm", "large-vm", "ce1200", "ce1300"};
#define BY_SIZE (sizeof by_size / sizeof *by_size)

/* In the arena; false when out of memory. */
static bool add(const char **names, size_t *count, size_t room, const char *name,
                struct arena *arena)
{
    if (*count == room)
        return true;
    names[*count] = arena_strdup(arena, name);
    return names[(*count)++];
}

size_t platforms_by_size(const struct draft *draft, const struct scenario *scenario,
                         const char **names, size_t room, struct arena *arena,
                         struct errors *errors)
{
    size_t count = 0;
    struct capacity_tables *tables = capacity_tables_new(errors);
    const struct capacity_table *table =
        tables ? capacity_tables_find(tables, scenario->table) : NULL;
    bool ok = tables;
    for (size_t i = 0; ok && table && i < BY_SIZE; i++)
        if (capacity_table_row(table, by_size[i], 1))
            ok = add(names, &count, room, by_size[i], arena);
    const struct node *own = node_get(draft_tree(draft)->root, "platforms");
    for (const struct node *n = own && own->kind == NODE_SEQUENCE ? own->first : NULL; ok && n;
         n = n->next) {
        const struct node *name = node_get(n, "name");
        ok = !name || add(names, &count, room, name->text, arena);
    }
    bool theirs = !table && count == 0;
    for (uint32_t p = 0; ok && theirs && p < scenario->platform_count; p++)
        ok = add(names, &count, room, scenario->platforms[p].name, arena);
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
