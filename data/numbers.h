/* One column of a CSV file as sorted numbers: an empirical law of holding times, in seconds.
 *
 * "183.25" or with units "3m3s". A text that is no number, negative, or longer than TIME_MAX is a
 * bad row.
 */
#ifndef PEERPLAN_DATA_NUMBERS_H
#define PEERPLAN_DATA_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "data/bad_rows.h"
#include "model/base/error.h"

struct numbers {
    double *values; /* owned; ascending */
    uint32_t count;
};

/* False with errors when the file cannot be used or no number above 0 is left. */
bool numbers_read(struct numbers *numbers, const char *path, const char *column,
                  const struct bad_row_rule *rule);
void numbers_release(struct numbers *numbers);

#endif
