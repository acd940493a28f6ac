/* A scenario as a command uses it: read, changed by --set, checked, with its call records ready to
 * be replayed. */
#ifndef PEERPLAN_CLI_LOADED_H
#define PEERPLAN_CLI_LOADED_H

#include <argp.h>

#include "answer/answer.h"
#include "answer/trial.h"
#include "data/fingerprint.h"
#include "data/settings.h"
#include "data/workload.h"
#include "model/scenario.h"

/* Options of every command that takes a scenario. A command has the rows LOADED_OPTION_SET and
 * --quiet, 'q', among its own and hands what it does not know itself to loaded_option. */
struct loaded_options {
    const char **settings; /* owned; "PATH=VALUE", borrowed from argv */
    size_t setting_count;
    bool strict;      /* the first bad row of any CSV file is a mistake */
    bool quiet;       /* no warnings */
    const char *text; /* borrowed: a scenario's text that stands instead of the file; NULL: none */
};

#define LOADED_KEY_SET 0x3001
#define LOADED_OPTION_SET                                                                          \
    {                                                                                              \
        "set", LOADED_KEY_SET, "PATH=VALUE", 0,                                                    \
            "Change the scenario for this call, as if the file said so: clusters.edge.peers=4, "   \
            "calls.*.arrivals.rate=600/h, release=X15.5 (may be repeated)",                        \
            0                                                                                      \
    }
/* ARGP_ERR_UNKNOWN for an option of somebody else. */
error_t loaded_option(int key, char *arg, struct argp_state *state, struct loaded_options *options);
/* One more setting. */
void loaded_option_set(struct argp_state *state, struct loaded_options *options, const char *text);
void loaded_options_release(struct loaded_options *options);

struct loaded {
    struct draft *draft; /* owned; the file as it was read */
    struct scenario scenario;
    struct workload *workload; /* owned; NULL without traces */
    struct trace_source traces;
    struct settings settings; /* borrowed */
    const char *path;         /* as the user gave it; borrowed */
};

/* Reads a file ("-": standard input). Says what is wrong on standard error and returns the exit
 * code, 0 when it can be run. Release it in any case. */
int loaded_read(struct loaded *loaded, const char *path, const struct loaded_options *options);
/* For experiment_options.traces; borrowed. */
const struct trace_source *loaded_traces(struct loaded *loaded);
/* What it stands on (data/fingerprint.h): digits, or NULL with an error. */
const char *loaded_fingerprint(const struct loaded *loaded, char digits[static FINGERPRINT_SIZE],
                               struct errors *errors);
/* What was said of inputs that have no effect becomes warnings of the answer. */
void loaded_note(const struct errors *errors, struct answer *answer);
void loaded_release(struct loaded *loaded);

/* Makes the same scenario with further settings. loaded and options are borrowed. */
struct loaded_maker {
    const struct loaded *loaded;
    const struct loaded_options *options;
};
struct trial_maker loaded_trials(const struct loaded_maker *maker);

#endif
