/* What the parts of `peerplan new` share while they write. For data/new_*.c only. */
#ifndef PEERPLAN_DATA_NEW_PAGE_H
#define PEERPLAN_DATA_NEW_PAGE_H

#include <stdio.h>

#include "data/new.h"
#include "data/new_names.h"

/* What is being written. */
struct new_page {
    FILE *out;
    const struct ask *ask;
    const struct deployment *running; /* from dumps; NULL: none */
    struct ask_load load;
    bool pair;         /* an edge and a core */
    const char *front; /* the cluster that calls from outside enter */
    const char *home;  /* the one where rooms and people inside register */
    const char *ttl;   /* of H.323 */
};

/* A line, and a remark at its end; "assumed" before it unless the option was stated (ASK_COUNT:
 * there is none). */
void new_put(const struct new_page *page, enum ask_option option, const char *remark,
             const char *format, ...) __attribute__((format(printf, 4, 5)));

/* ---- new_running.c: what dumps say ---- */

/* Finds names, the clusters at the front and at home, and the time to live. False: out of memory;
 * release the names in any case. */
bool new_name_running(struct new_page *page, struct new_names *names);

uint32_t new_running_peers(const struct new_page *page); /* with and without a dump */

/* Clusters with their peers, subzones and links; pipes; zones. */
void new_put_running(const struct new_page *page, const struct new_names *names);

/* Commented endpoints: how many are there? */
void new_ask_endpoints(const struct new_page *page);

#endif
