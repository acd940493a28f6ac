/* Several scenarios in one call: a folder each, and an index.
 *
 * `peerplan run a.yaml b.yaml --csv out` writes out/a, out/b and, last, out/index.csv:
 * `scenario,verdict,worst_class,binding,next_step,exit`. A scenario that fails has its exit code
 * there and no folder; the others are run all the same.
 */
#ifndef PEERPLAN_CLI_BATCH_H
#define PEERPLAN_CLI_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "answer/answer.h"
#include "model/base/error.h"

struct batch_item {
    const char *path;                        /* borrowed */
    char *name;                              /* owned; of the folder: "a" of "x/a.yaml" */
    const char *verdict;                     /* static; NULL: there is none */
    char *worst_class, *binding, *next_step; /* owned; NULL: there is none */
    int code;                                /* exit code of this one */
    bool done;                               /* else it was never begun */
};

struct batch {
    struct batch_item *items; /* owned */
    size_t count;
};

/* Paths are borrowed. 0, or the exit code: two of one name would have one folder. Release in any
 * case. */
int batch_init(struct batch *batch, const char *const *paths, size_t count);
void batch_release(struct batch *batch);

/* "out/a"; owned, NULL when out of memory. */
char *batch_folder(const struct batch_item *item, const char *folder);
/* Keeps what the index says of an answer. */
void batch_keep(struct batch_item *item, const struct answer *answer);

/* The folder of folders is made unless it is there; an index in it is of something else and goes.
 * False with an error. */
bool batch_begin(const char *folder, struct errors *errors);
/* Writes the index of what was done. False with an error. */
bool batch_index(const struct batch *batch, const char *folder, struct errors *errors);

/* The same for pages: "out/a.html", and out/index.html that leads to them. */
char *batch_page(const struct batch_item *item, const char *folder);
bool batch_pages(const struct batch *batch, const char *folder, struct errors *errors);

/* The code for all: the first of 70 74 73 66 65 1 2 0 that occurred. */
int batch_code(const struct batch *batch);

#endif
