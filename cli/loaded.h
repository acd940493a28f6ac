/* A scenario as a command uses it: read, checked, with its call records ready to be replayed. */
#ifndef PEERPLAN_CLI_LOADED_H
#define PEERPLAN_CLI_LOADED_H

#include "data/workload.h"
#include "model/scenario.h"

struct loaded {
    struct scenario scenario;
    struct workload *workload; /* owned; NULL without traces */
    struct trace_source traces;
};

/* Reads a file ("-": standard input). Says what is wrong on standard error and returns the exit
 * code, 0 when it can be run. Warnings are said unless quiet. strict: the first bad row of any CSV
 * file is a mistake. Release it in any case. */
int loaded_read(struct loaded *loaded, const char *path, bool strict, bool quiet);
/* For experiment_options.traces; borrowed. */
const struct trace_source *loaded_traces(struct loaded *loaded);
void loaded_release(struct loaded *loaded);

#endif
