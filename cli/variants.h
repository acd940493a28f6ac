/* The variants of a scenario that a sweep visits: settings for each point of a grid, and what is
 * wrong with them, found before the work begins.
 *
 * A factor, x1.2, stands for what the file says times that, at each place that the path names. Each
 * value of an axis (up to 1000 of them) is tried once by itself: wrong paths and values are
 * ERROR_USAGE with their place in the argument, all at once; what does not fit together is for the
 * points to say.
 */
#ifndef PEERPLAN_CLI_VARIANTS_H
#define PEERPLAN_CLI_VARIANTS_H

#include "answer/grid.h"
#include "cli/loaded.h"

struct variants {
    const struct loaded *loaded;          /* borrowed */
    const struct loaded_options *loading; /* borrowed */
    struct grid grid;
    bool closed;                    /* its points can be made */
    struct arena *arena;            /* owned */
    const struct setting_key *keys; /* of the file, for factors */
    size_t key_count;
    char inputs[FINGERPRINT_SIZE]; /* hash over what the scenario and its variants read */
};

/* All borrowed; the first two as long as the variants live. */
struct variants_ask {
    const struct loaded *loaded;
    const struct loaded_options *loading;
    const char *const *axes; /* "PATH=VALUES" */
    size_t axis_count;
    uint64_t sample, seed; /* as of the grid */
};

/* False with errors; release in any case. */
bool variants_init(struct variants *variants, const struct variants_ask *ask,
                   struct errors *errors);
void variants_release(struct variants *variants);

/* For points_job, with the variants as context. */
char **variants_settings(const struct variants *variants, uint64_t point, size_t *count);
/* Why they cannot be built; owned, NULL when out of memory. */
char *variants_reason(const struct variants *variants, const char *const *settings, size_t count);

#endif
