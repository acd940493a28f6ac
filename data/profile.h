/* One profile file, read whole: for each class its rates over time. See data/workload.h for the
 * format.
 *
 * A column `calls` instead of `calls_per_hour` counts the calls until the next row of the class, of
 * the last one for as long as of the one before.
 *
 * Repeated by day or week, durations count from midnight, or from Monday 00:00, of the wall clock,
 * and dates fall on their time of day, or of the week.
 *
 * Rows of a class are sorted by time here. A time that the class has already, a kind of time other
 * than that of its first row, and a rate that is negative, no number or beyond PROFILE_RATE_MAX are
 * bad rows.
 */
#ifndef PEERPLAN_DATA_PROFILE_H
#define PEERPLAN_DATA_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "data/bad_rows.h"
#include "data/moment.h"
#include "model/base/arena.h"
#include "model/base/error.h"
#include "model/scenario.h"

#define PROFILE_RATE_MAX 1e10 /* calls per hour of one class */

struct profile;

/* Owned; NULL with errors. */
struct profile *profile_new(const char *path, const struct moment_clock *clock,
                            const struct bad_row_rule *rule);
void profile_free(struct profile *profile); /* takes NULL */

/* How a class uses a profile. */
struct profile_use {
    const char *file, *class_name;
    enum repeat { REPEAT_BY_DATES, REPEAT_DAY, REPEAT_WEEK, REPEAT_NONE } repeat;
    nanos length; /* of the run */
};

/* The rates of a class, calls per second, in the arena; false with an error when there are none.
 * Repeated weekly they are laid out over the run. */
bool profile_steps(struct profile *profile, const struct profile_use *use, struct arena *arena,
                   struct rate_steps *steps, struct errors *errors);

/* Says, once all classes have their rates, what of the profile has no effect: classes that the
 * scenario does not have or that take their load from elsewhere, and times of the run that it does
 * not cover. Errors when strict, else important warnings. A profile all of whose rows lie outside
 * the run is an error always. */
void profile_check(const struct profile *profile, const struct scenario *scenario, bool strict,
                   struct errors *errors);

#endif
