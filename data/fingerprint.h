/* The fingerprint of a result's inputs: SHA-256 over the contents of the scenario and of every file
 * that it reads, one after the other, as `cat scenario.yaml calls.csv | sha256sum` has it.
 *
 * A scenario that was changed by settings is taken with its changes. Files are those of
 * scenario.inputs, in that order, as they lie on the disk (compressed or not).
 */
#ifndef PEERPLAN_DATA_FINGERPRINT_H
#define PEERPLAN_DATA_FINGERPRINT_H

#include "model/base/error.h"
#include "model/scenario.h"

#define FINGERPRINT_SIZE 65 /* hexadecimal digits, NUL */

/* False, with an error, when a file cannot be read any more. */
bool fingerprint_make(const char *text, const struct scenario *scenario,
                      char digits[static FINGERPRINT_SIZE], struct errors *errors);

#endif
