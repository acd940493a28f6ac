/* Numbers as text, always in the C locale, whatever the program's.
 *
 * A number is written in the shortest form that reads back as the same double: integers without a
 * point or an exponent up to 2^53, others with 15, 16 or 17 digits, whichever is the first to read
 * back. "nan" is never written: a value that does not exist is an empty text, as spreadsheets
 * expect; infinities are "inf" and "-inf".
 */
#ifndef PEERPLAN_MODEL_NUMBER_H
#define PEERPLAN_MODEL_NUMBER_H

#include <stdbool.h>

#define NUMBER_SIZE 32 /* bytes that hold any number, with the final NUL */

/* Writes value into buffer; returns buffer. */
char *number_format(double value, char buffer[static NUMBER_SIZE]);

/* Writes value with exactly `decimals` (0..15) digits after the point; returns buffer. Values
 * beyond 1e15 and infinities are written as number_format does, NAN as an empty text. */
char *number_format_fixed(double value, int decimals, char buffer[static NUMBER_SIZE]);

/* Reads a whole text that is one decimal number with an optional sign, fraction and exponent;
 * nothing before or after it, no hexadecimal. False when it is not, or is not finite ("nan", "inf",
 * 1e999). */
bool number_parse(const char *text, double *value);

#endif
