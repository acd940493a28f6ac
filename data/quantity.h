/* Quantities as people write them: 90s, 1h30m, 600/h, 1%, 1.5M, "10:00", 2026-03-02T08:00.
 *
 * Every parser takes the whole text or nothing: no leading or trailing characters, no sign, no
 * hexadecimal, no nan or inf, always a decimal point whatever the locale. Results are in base
 * units: nanoseconds, per second, 1, bit/s. A text of the right form whose value has no room in the
 * result is QUANTITY_RANGE, any other mistake QUANTITY_FORM.
 */
#ifndef PEERPLAN_DATA_QUANTITY_H
#define PEERPLAN_DATA_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/scenario.h"

enum quantity_result { QUANTITY_OK, QUANTITY_FORM, QUANTITY_RANGE };

/* "42", digits only. */
enum quantity_result quantity_integer(const char *text, int64_t *value);

/* The same, up to 2^64 - 1. */
enum quantity_result quantity_unsigned(const char *text, uint64_t *value);

/* "1.4", "1e-3"; finite. */
enum quantity_result quantity_real(const char *text, double *value);

/* "90s", "1.5h", "1h30m" (units from large to small: w d h m s ms), "0", "never" (FOREVER); at most
 * TIME_MAX. */
enum quantity_result quantity_duration(const char *text, nanos *value);

/* "2.5/s", "600/h", "3/d", "4/m", "0"; events per second. */
enum quantity_result quantity_rate(const char *text, double *value);

/* "1%" or "0.01". */
enum quantity_result quantity_fraction(const char *text, double *value);

/* "1.5M", "64k", "2G", "4000"; bit/s, powers of 1000. */
enum quantity_result quantity_bits(const char *text, int64_t *value);

/* "10:00", "10:00:30.5"; from midnight, below 24 hours. */
enum quantity_result quantity_time_of_day(const char *text, nanos *value);

/* "2026-03-02", "2026-03-02T08:00", "2026-03-02 08:00:30"; local wall-clock time without offset,
 * years 1970 to 2199. Seconds since 1970 as if the clock were UTC, and the nanoseconds beyond them.
 */
enum quantity_result quantity_date(const char *text, int64_t *seconds, nanos *beyond);

/* "4%/month", "-1.5%/quarter", "10%/year", with a band "4%/month+-1%": load grows by so much in
 * each period. A month is 365.2425 / 12 days. */
struct growth_rate {
    double rate; /* of a period; 0.04 is 4 %; with the band above -1 and up to 10 */
    double band; /* plus or minus; 0: none */
    int months;  /* in a period: 1, 3, 12 */
};
enum quantity_result quantity_growth(const char *text, struct growth_rate *growth);

/* Writes a duration the way quantity_duration reads it ("1h30m", "never"); returns buffer. */
char *quantity_print_duration(nanos value, char *buffer, size_t size);

#endif
