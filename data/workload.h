/* Workloads: load that users bring as CSV files, compressed or not.
 *
 *   profile    `time,class,calls_per_hour`: the rate of a class from this time until the next row
 * of the class. Times are times of day ("08:30", repeat every day), durations from time 0 ("90m",
 * "3600") or ISO times
 *              ("2026-03-02T08:30"); one kind only in a class. The rows need not be sorted.
 *   empirical  a column of numbers, seconds: a holding time law
 *   trace      `start,duration,class`, optional `id,media,bandwidth`: one call a row, in any order;
 * in another than that of start they are sorted first. start is an ISO time (relative to the run's
 * start) or seconds from time 0, duration seconds ("183.25") or "3m3s".
 *
 * The order of columns is free, columns of other names are ignored. What ISO times mean
 * says data/moment.h. Decimal
 * fractions are exact to the nanosecond.
 *
 * Profiles and columns are read once, however many classes name them. Traces are streamed: they
 * are parsed once, their rows kept as numbers in a temporary file (data/trace_store.h), sorted
 * where they are in another order; a cursor holds a buffer of it. Where there is no place for that
 * file every cursor reads the trace anew. Cursors are independent and may run on several threads at
 * once.
 *
 * A bad row is left out, counted, and the first WORKLOAD_QUOTED of a file are quoted by
 * workload_report; in a strict workload the first one is an error instead (ERROR_DATA). A file that
 * cannot be understood as a whole (a column is missing, a quote never closed, a trace that is not
 * sorted) is an error always.
 */
#ifndef PEERPLAN_DATA_WORKLOAD_H
#define PEERPLAN_DATA_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "data/profile.h"
#include "model/base/arena.h"
#include "model/base/error.h"
#include "model/scenario.h"
#include "model/traffic.h"

#define WORKLOAD_QUOTED 20 /* bad rows of a file that are quoted, the others are counted */

struct workload;

/* Files are relative to base_dir ("" or NULL: the current folder; copied). Of the run its start and
 * its time zone are taken. Owned; NULL when out of memory. */
struct workload *workload_new(const char *base_dir, const struct run *run, bool strict);
void workload_free(struct workload *workload); /* takes NULL; not while cursors are open */

/* The rates of a class by a profile, calls per second. With times of day, steps->daily is set and
 * steps->times count from midnight of the wall clock; otherwise they count from time 0. The arrays
 * are in the arena. False, with errors, when the file cannot be used or has no row of the class. */
bool workload_profile(struct workload *workload, const struct profile_use *use, struct arena *arena,
                      struct rate_steps *steps, struct errors *errors);

struct workload_column {
    const char *file, *name;
};

/* Holding times, the numbers of a column, seconds, ascending: holding->means, in the arena and
 * shared by all who ask for the same column with the same arena, and its count. False, with errors,
 * when the file cannot be used, has no good row, or all are 0. */
bool workload_empirical(struct workload *workload, struct workload_column column,
                        struct arena *arena, struct holding *holding, struct errors *errors);

/* The path of a file that the scenario names, which is kept among the inputs. Borrowed; NULL when
 * out of memory. */
const char *workload_input(struct workload *workload, const char *file);
/* The paths of all files named so far, in order of first mention, each once; borrowed. */
const char *const *workload_inputs(const struct workload *workload, uint32_t *count);

/* The traces of a scenario for experiment_run. The workload and the scenario are borrowed and must
 * outlive the source. To be called once before the cursors are opened; a later call with another
 * scenario replaces the first. Its `context` is NULL when out of memory. */
struct trace_source workload_traces(struct workload *workload, const struct scenario *scenario);

/* Appends what of the profiles has no effect, once all classes have their load (data/profile.h). */
void workload_check(struct workload *workload, const struct scenario *scenario,
                    struct errors *errors);

/* Reads every trace once, so that what is wrong with them is known before anything is simulated;
 * what was not read by then is read when its first cursor is opened. False with errors. */
bool workload_survey(struct workload *workload, struct errors *errors);

/* Appends, as warnings, what was not told yet: bad rows, and calls outside the run. */
void workload_report(struct workload *workload, struct errors *errors);

/* Rows left out of all traces, a replication: bad ones, and good ones that start before time 0
 * (before a warm-up that the scenario states) or at the run's end or later. */
struct workload_left_out {
    uint64_t bad, before, after;
};
struct workload_left_out workload_left_out(struct workload *workload);

#endif
