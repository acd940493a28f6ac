/* An index of names: what each means and where it was said. Lookups cost the same for 10 names and
 * for 100,000. */
#ifndef PEERPLAN_DATA_NAMES_H
#define PEERPLAN_DATA_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct node;
struct names;

struct name {
    const char *text; /* borrowed from whoever added it */
    int kind;         /* the caller's own */
    uint32_t index;
    const struct node *node; /* borrowed */
};

struct names *names_new(void); /* owned; NULL when out of memory */
void names_free(struct names *names);

/* Borrowed; NULL when unknown. */
const struct name *names_find(const struct names *names, const char *text);

/* The entry of the text: a new one, or the one that was there first (then *fresh is false). NULL:
 * out of memory. */
const struct name *names_add(struct names *names, struct name name, bool *fresh);

/* Names of one kind (-1: any) in order of addition, at most room of them; how many. For
 * suggestions. */
size_t names_list(const struct names *names, int kind, const char **list, size_t room);

/* A name like another that nothing has yet: "e1" becomes "e2", "voice" "voice-2". In the buffer,
 * which is returned. */
const char *names_free_one(const struct names *names, const char *like, char *buffer, size_t size);

#endif
