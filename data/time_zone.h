/* Time zones of the system's database, as values: no global zone, nothing read from the
 * environment, so that threads may use several at once.
 *
 * Read from the compiled files of tzdata (RFC 9636); behind their last change of the clock their
 * rule for the future is followed up to the year 2200. "UTC" needs no file.
 *
 * Units: seconds since 1970 (instants), and seconds as if the wall clock were UTC (local times).
 */
#ifndef PEERPLAN_DATA_TIME_ZONE_H
#define PEERPLAN_DATA_TIME_ZONE_H

#include <stddef.h>
#include <stdint.h>

struct time_zone;

/* By name, as "Europe/Berlin". Owned; NULL with a reason (static): unknown, or no database. */
struct time_zone *time_zone_new(const char *name, const char **reason);
/* The same from the bytes of a compiled file. */
struct time_zone *time_zone_parse(const char *name, const void *bytes, size_t size,
                                  const char **reason);
/* One offset at all times, named "+02:00". Owned; NULL when out of memory. */
struct time_zone *time_zone_fixed(int32_t offset);
void time_zone_free(struct time_zone *zone); /* takes NULL */

const char *time_zone_name(const struct time_zone *zone); /* borrowed */

/* A stretch of time with one offset: instants from <= t < until; seconds east of UTC. */
struct time_zone_span {
    int64_t from, until;
    int32_t offset;
};
struct time_zone_span time_zone_span(const struct time_zone *zone, int64_t instant);

/* The instants at which the clock shows a local time, ascending: none where it was put forward, two
 * where it was put back. */
size_t time_zone_instants(const struct time_zone *zone, int64_t local, int64_t instants[2]);

#endif
