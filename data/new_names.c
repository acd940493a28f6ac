#include "data/new_names.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "model/base/arena.h"

#define HASH_NONFATAL_OOM                 1
#define uthash_nonfatal_oom(name)         ((name)->lost = true)
#define HASH_FUNCTION(key, length, value) ((value) = hash_without_case(key, length))
#define HASH_KEYCMP(a, b, length)         strncasecmp(a, b, length)
#include <uthash.h>

struct new_name {
    const char *from, *name;
    const struct setting *setting;
    int next;  /* number that a further one of this name tries first */
    bool lost; /* no memory to index it */
    UT_hash_handle by_from, by_name;
};

/* FNV-1a. */
static unsigned hash_without_case(const char *key, size_t length)
{
    uint32_t value = 2166136261u;
    for (size_t i = 0; i < length; i++)
        value = (value ^ (uint32_t)tolower((unsigned char)key[i])) * 16777619u;
    return value ^ value >> 15;
}

bool new_names_init(struct new_names *names, uint32_t clusters, size_t capacity)
{
    *names =
        (struct new_names){.arena = arena_new(), .capacity = capacity, .cluster_count = clusters};
    if (!names->arena)
        return false;
    size_t tables = (size_t)clusters * NAME_KINDS, peers = (size_t)clusters * DEPLOYMENT_LIST;
    names->items = arena_alloc(names->arena, capacity, sizeof *names->items);
    names->by_from = arena_alloc(names->arena, tables, sizeof(struct new_name *));
    names->peers = arena_alloc(names->arena, peers, sizeof *names->peers);
    names->clusters = arena_alloc(names->arena, clusters, sizeof *names->clusters);
    return names->items && names->by_from && names->peers && names->clusters;
}

void new_names_release(struct new_names *names)
{
    HASH_CLEAR(by_name, names->by_name);
    for (size_t i = 0; names->by_from && i < (size_t)names->cluster_count * NAME_KINDS; i++)
        HASH_CLEAR(by_from, names->by_from[i]);
    arena_free(names->arena);
    *names = (struct new_names){0};
}

static struct new_name *taken(const struct new_names *names, const char *name)
{
    struct new_name *found = NULL;
    HASH_FIND(by_name, names->by_name, name, strlen(name), found);
    return found;
}

static struct new_name **table_of(const struct new_names *names, enum new_kind kind,
                                  uint32_t cluster)
{
    return &names->by_from[(size_t)cluster * NAME_KINDS + kind];
}

static const struct new_name *find(const struct new_names *names, enum new_kind kind,
                                   uint32_t cluster, const char *from)
{
    struct new_name *found = NULL, *table = *table_of(names, kind, cluster);
    HASH_FIND(by_from, table, from, strlen(from), found);
    return found;
}

/* At most so many bytes of it, without spaces around and what ends a text; NULL: out of memory. */
static char *cleaned(struct arena *arena, const char *text, size_t length)
{
    enum { LONGEST = 56 };
    for (; length && *text == ' '; length--)
        text++;
    if (length > LONGEST) /* not in the middle of a character */
        for (length = LONGEST; length && ((unsigned char)text[length] & 0xC0) == 0x80;)
            length--;
    while (length && text[length - 1] == ' ')
        length--;
    char *name = arena_strndup(arena, text, length);
    for (char *c = name; c && *c; c++)
        if (*c == ',' || *c == '"')
            *c = '-';
    return name;
}

/* The name, or with the first number that makes it free. */
static const char *free_one(struct new_names *names, const char *name)
{
    struct new_name *same = taken(names, name);
    const char *chosen = name;
    int number = same ? same->next : 2;
    for (; chosen && (!*chosen || taken(names, chosen)); number++)
        chosen = arena_printf(names->arena, "%s-%d", name, number);
    if (same)
        same->next = number;
    return chosen;
}

bool new_names_add(struct new_names *names, const struct new_named *named, const char *text,
                   size_t length)
{
    const char *plain = cleaned(names->arena, text, length);
    const char *name = plain ? free_one(names, plain) : NULL;
    if (!name || names->count == names->capacity)
        return false;
    struct new_name *item = &names->items[names->count++];
    *item =
        (struct new_name){.from = named->from, .name = name, .setting = named->setting, .next = 2};
    HASH_ADD_KEYPTR(by_name, names->by_name, item->name, strlen(item->name), item);
    if (named->kind == NAME_CLUSTER)
        names->clusters[named->cluster] = name;
    else if (named->kind == NAME_PEER)
        names->peers[(size_t)named->cluster * DEPLOYMENT_LIST + named->place] = name;
    else if (named->kind != NAME_RESERVED && !item->lost)
        HASH_ADD_KEYPTR(by_from, *table_of(names, named->kind, named->cluster), item->from,
                        strlen(item->from), item);
    return !item->lost;
}

const char *new_name_of(const struct new_names *names, enum new_kind kind, uint32_t cluster,
                        const char *from)
{
    const struct new_name *found = find(names, kind, cluster, from);
    return found ? found->name : NULL;
}

const struct setting *new_name_setting(const struct new_names *names, enum new_kind kind,
                                       uint32_t cluster, const char *from)
{
    const struct new_name *found = find(names, kind, cluster, from);
    return found ? found->setting : NULL;
}

const char *new_name_of_peer(const struct new_names *names, uint32_t cluster, uint32_t place)
{
    return names->peers[(size_t)cluster * DEPLOYMENT_LIST + place];
}

const char *new_name_of_cluster(const struct new_names *names, uint32_t cluster)
{
    const char *name = names->clusters[cluster];
    return name ? name : "?";
}
