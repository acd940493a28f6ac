/* Calls that come together, in the words of the report: their peakedness, and what formulas for
 * Poisson arrivals would have said of them (answer/peaks.h). */
#ifndef PEERPLAN_REPORTS_PEAKS_TEXT_H
#define PEERPLAN_REPORTS_PEAKS_TEXT_H

#include <stdio.h>

#include "sim/study/results.h"

/* Lines of the report's last part; nothing without groups and traces. */
void peaks_put(const struct scenario *scenario, const struct results *results, FILE *out);

#endif
