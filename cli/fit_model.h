/* What `peerplan fit` does with a record: reads it, replays it at a size, simulates the model of
 * it, and writes the model as a scenario. */
#ifndef PEERPLAN_CLI_FIT_MODEL_H
#define PEERPLAN_CLI_FIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/progress.h"
#include "data/fit.h"
#include "data/time_zone.h"
#include "model/base/error.h"
#include "model/call_summary.h"
#include "model/formulas/peakedness.h"

struct fit_source {
    const char *const *files;
    size_t file_count;
    const char *folder;           /* for temporary files */
    const struct time_zone *zone; /* borrowed */
    struct progress_line *line;   /* borrowed; how far it is */
};

/* The record as it is. */
struct fit_record {
    struct call_summary summary;
    struct peakedness_figure *peakedness; /* owned; of each class of the fit */
};

struct fit_question {
    uint64_t size; /* calls at once */
    uint64_t seed;
    int replications;
};

/* A figure of the model over its replications. */
struct fit_range {
    double mean, low, high; /* 5 % and 95 % of the replications */
};

struct fit_comparison {
    double record_blocked; /* share, replayed at the size */
    struct fit_range peak, busy_erlangs, blocked;
    double days; /* simulated */
};

/* Replications for a comparison within some ten million calls: 20, and 4 at least. */
int fit_replications(const struct fit *fit, const struct call_summary *summary);

/* The zone of the first call of a trace: its offset, or UTC. Owned; NULL with an error. */
struct time_zone *fit_zone_of(const char *path, struct errors *errors);

bool fit_read(const struct fit_source *source, struct fit *fit, struct fit_record *record,
              struct errors *errors);
bool fit_replay(const struct fit_source *source, const struct fit_question *question,
                struct fit_comparison *comparison, struct errors *errors);
bool fit_simulate(const struct fit *fit, const struct fit_question *question,
                  const struct fit_source *source, struct fit_comparison *comparison,
                  struct errors *errors);

/* The model as a scenario of its own, with a stub of a cluster. Its rates go to a profile beside
 * `path`, and so do holding times that no distribution fits. Owned; NULL with errors. */
char *fit_model_text(const struct fit *fit, const struct fit_question *question, const char *path,
                     struct errors *errors);
/* The name of that profile; owned, NULL when out of memory. */
char *fit_profile_path(const char *path);
/* That of the holding times of a class that no distribution fits. */
char *fit_holding_path(const char *path, size_t class_index);
/* The text of a scenario with the model in place of its calls of the same names; its comments stay,
 * its traces go. Owned; NULL with errors. */
char *fit_model_into(const struct fit *fit, const char *scenario, const char *path,
                     struct errors *errors);

#endif
