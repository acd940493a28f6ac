/* Calls in order of their start, summed up: how many are in progress, when most, how much traffic
 * in each clock hour. Memory: the calls in progress, and one number a level.
 *
 * A call holds [start, start + duration); at one instant ends come before starts, so that a call of
 * duration 0 is never in progress. Clock hours are those of the zone; the hour in which the clock
 * is put back is two.
 */
#ifndef PEERPLAN_DATA_IMPORT_TALLY_H
#define PEERPLAN_DATA_IMPORT_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "data/import_time.h"
#include "model/base/error.h"
#include "model/call_summary.h"
#include "model/scenario.h"

struct import_tally;

/* Told of every clock hour from the first call to the end of the last, class by class, and of all
 * classes together (UINT32_MAX). False ends the tally. */
struct import_hour {
    nanos start;
    uint32_t class_index;
    uint64_t calls, peak;
    double erlangs;
};
typedef bool import_hour_put(void *context, const struct import_hour *hour);

/* The clock is borrowed; `hour` may be NULL. Owned; NULL when out of memory. */
struct import_tally *import_tally_new(struct import_clock *clock, import_hour_put *hour,
                                      void *context);
void import_tally_free(struct import_tally *tally); /* takes NULL */

/* Starts ascend. `answered`: not an attempt. False when out of memory or ended by `hour`. */
bool import_tally_call(struct import_tally *tally, nanos start, nanos duration,
                       uint32_t class_index, bool answered);

/* Ends the last calls and fills the summary's figures of calls in progress; names of classes by
 * their index. False when out of memory or ended by `hour`. */
bool import_tally_finish(struct import_tally *tally, const char *const *class_names,
                         size_t class_count, struct call_summary *summary);

#endif
