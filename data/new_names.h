/* Names in a new file for what dumps name: each unique, and each found at the same cost among 10
 * and among 100,000. For data/new_*.c only. */
#ifndef PEERPLAN_DATA_NEW_NAMES_H
#define PEERPLAN_DATA_NEW_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/deployment.h"

struct new_name;

enum new_kind {
    NAME_RESERVED,
    NAME_CLUSTER,
    NAME_PEER,
    NAME_SUBZONE,
    NAME_PIPE,
    NAME_ZONE,
    NAME_KINDS
};

/* What is to be named. */
struct new_named {
    enum new_kind kind;
    uint32_t cluster, place;       /* whose; place of a peer in the list */
    const char *from;              /* as the dump has it; borrowed */
    const struct setting *setting; /* its name's, borrowed; NULL: none */
};

struct new_names {
    struct arena *arena;
    struct new_name *items; /* all in the arena but for what hashes hold */
    size_t count, capacity;
    struct new_name *by_name;
    struct new_name **by_from; /* of each kind of each cluster */
    const char **peers;        /* DEPLOYMENT_LIST of each cluster */
    const char **clusters;
    uint32_t cluster_count;
};

/* Room for so many names. False: out of memory; release in any case. */
bool new_names_init(struct new_names *names, uint32_t clusters, size_t capacity);
void new_names_release(struct new_names *names);

/* Makes the text a name that is free: two of one name get a number. False: out of memory. */
bool new_names_add(struct new_names *names, const struct new_named *named, const char *text,
                   size_t length);

/* The name made for something before, and its setting; NULL: none was. Without case, since the
 * product has none. */
const char *new_name_of(const struct new_names *names, enum new_kind kind, uint32_t cluster,
                        const char *from);
const struct setting *new_name_setting(const struct new_names *names, enum new_kind kind,
                                       uint32_t cluster, const char *from);

const char *new_name_of_peer(const struct new_names *names, uint32_t cluster, uint32_t place);
const char *new_name_of_cluster(const struct new_names *names, uint32_t cluster);

#endif
