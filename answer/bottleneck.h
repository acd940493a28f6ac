/* What binds: the cause of most refusals, and the limits that are nearest to being full. */
#ifndef PEERPLAN_ANSWER_BOTTLENECK_H
#define PEERPLAN_ANSWER_BOTTLENECK_H

#include "model/traffic.h"
#include "sim/study/results.h"

/* The cause that held most often when a class was refused, and in which share of its refusals;
 * CAUSE_COUNT when there was none. NONE asks for all classes together. */
enum cause leading_cause(const struct results *results, uint32_t class_index, double *share);

/* Those that held at `least` of the refusals or more, bits by enum cause. */
unsigned causes_held(const struct results *results, uint32_t class_index, double least);
const char *cause_words(enum cause cause); /* "RMS licences" */

/* The resource nearest to its limit at its peak. */
struct tightest {
    const char *name, *kind; /* "edge", "units"; NULL: nothing is limited */
    double peak, limit;
};
struct tightest tightest_resource(const struct results *results);
/* Of those that registrations need; and how many registrations were refused, by a limit or a queue.
 */
struct tightest tightest_registration(const struct results *results, double *rejected);

#endif
