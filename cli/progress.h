/* Progress of a run on standard error: done, rate, time left.
 *
 * On a terminal one line that is rewritten up to ten times a second; elsewhere a plain line every
 * five seconds, so that short runs say nothing. A run may consist of several experiments, `parts`.
 */
#ifndef PEERPLAN_CLI_PROGRESS_H
#define PEERPLAN_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/import.h"
#include "sim/study/experiment.h"

struct progress_line {
    bool quiet, terminal;
    double begun, shown;    /* seconds of the monotonic clock */
    size_t part, parts;     /* 0-based */
    uint64_t events_before; /* of the parts done */
    uint64_t events;        /* of this part */
    double precision;       /* wanted; 0: none */
    double expected; /* replications that it is expected to take before that can be seen; NAN:
                        unknown */
    const struct scenario *scenario; /* for names; NULL: none are said. Borrowed */
};

/* Of a clock that only goes forward. */
double progress_seconds(void);

void progress_begin(struct progress_line *line, bool quiet, size_t parts, double precision);
/* The next experiment begins; its number from 0. */
void progress_part(struct progress_line *line, size_t part);
/* For experiment_options.progress with the line as context. */
void progress_show(void *line, const struct progress *progress);
/* The same for things that are counted, `before` of them done when it began. */
void progress_count(struct progress_line *line, const char *things, uint64_t before, uint64_t done,
                    uint64_t all);
/* For import_options.progress with the line as context. */
void progress_import(void *line, const struct import_progress *progress);
/* The same in words. */
void progress_say(struct progress_line *line, const char *words);
void progress_clear(struct progress_line *line);
/* Clears the line, and on a terminal says what the whole took. */
void progress_end(struct progress_line *line);

#endif
