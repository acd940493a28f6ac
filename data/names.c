#include "data/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->lost = true)
#include <uthash.h>

struct entry {
    struct name name;
    bool lost; /* no memory to index it */
    UT_hash_handle hh;
};

struct names {
    struct entry *table;
};

struct names *names_new(void)
{
    return calloc(1, sizeof(struct names));
}

void names_free(struct names *names)
{
    if (!names)
        return;
    struct entry *entry = names->table, *next;
    HASH_CLEAR(hh, names->table);
    for (; entry; entry = next) {
        next = entry->hh.next;
        free(entry);
    }
    free(names);
}

static struct entry *find(const struct names *names, const char *text)
{
    struct entry *entry = NULL;
    HASH_FIND(hh, names->table, text, strlen(text), entry);
    return entry;
}

const struct name *names_find(const struct names *names, const char *text)
{
    const struct entry *entry = find(names, text);
    return entry ? &entry->name : NULL;
}

const struct name *names_add(struct names *names, struct name name, bool *fresh)
{
    struct entry *entry = find(names, name.text);
    *fresh = !entry;
    if (entry)
        return &entry->name;
    entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    entry->name = name;
    HASH_ADD_KEYPTR(hh, names->table, entry->name.text, strlen(entry->name.text), entry);
    if (entry->lost) {
        free(entry);
        return NULL;
    }
    return &entry->name;
}

size_t names_list(const struct names *names, int kind, const char **list, size_t room)
{
    size_t count = 0;
    for (struct entry *e = names->table; e && count < room; e = e->hh.next)
        if (kind < 0 || e->name.kind == kind)
            list[count++] = e->name.text;
    return count;
}

const char *names_free_one(const struct names *names, const char *like, char *buffer, size_t size)
{
    size_t stem = strlen(like), length = stem;
    while (stem > 0 && like[stem - 1] >= '0' && like[stem - 1] <= '9')
        stem--;
    if (length - stem > 6)
        stem = length; /* a number with a meaning of its own */
    bool numbered = stem < length;
    unsigned long number = numbered ? strtoul(like + stem, NULL, 10) : 1;
    do
        snprintf(buffer, size, "%.*s%s%lu", (int)stem, like, numbered ? "" : "-", ++number);
    while (names_find(names, buffer));
    return buffer;
}
