/* A dump's text as settings. For data/dump.c alone. */
#ifndef PEERPLAN_DATA_DUMP_PARSE_H
#define PEERPLAN_DATA_DUMP_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "data/dump_files.h"
#include "model/base/arena.h"
#include "model/deployment.h"

/* The reference: kinds of settings by path, from the table built in. */
struct dump_kinds {
    struct setting_kind *items; /* in the arena given; sorted by path without case */
    uint32_t count;
};

bool dump_kinds_read(struct dump_kinds *kinds, struct arena *arena, struct errors *errors);

/* True when the text holds a line that looks like a setting. */
bool dump_looks_like(const char *text, size_t length);

/* Fills in the peer what the text says, but for its name and place in a cluster; texts are copied
 * into the arena. Lines that are broken are warned about. False: out of memory. */
bool dump_parse(struct deployment_peer *peer, const struct dump_text *text,
                const struct dump_kinds *kinds, struct arena *arena, struct errors *errors);

/* What the status beside it says: software version, the alarm of the system key. */
bool dump_parse_status(struct deployment_peer *peer, const char *text, size_t length,
                       struct arena *arena);

#endif
