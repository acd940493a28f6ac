#include "cli/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/terminal.h"
#include "model/base/safe_text.h"

#define SHOWN_EVERY 0.1 /* seconds, on a terminal */
#define SAID_EVERY  5.0 /* elsewhere */

double progress_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(struct progress_line *line, bool quiet, size_t parts, double precision)
{
    double now = progress_seconds();
    *line = (struct progress_line){.quiet = quiet,
                                   .terminal = terminal_interactive(stderr),
                                   .begun = now,
                                   .shown = now,
                                   .parts = parts,
                                   .precision = precision,
                                   .expected = NAN};
}

void progress_part(struct progress_line *line, size_t part)
{
    line->events_before += line->events;
    line->events = 0;
    line->part = part;
}

static void put_time(double seconds)
{
    if (seconds < 90)
        fprintf(stderr, "%.0f s", seconds);
    else if (seconds < 5400)
        fprintf(stderr, "%.0f min", seconds / 60);
    else
        fprintf(stderr, "%.1f h", seconds / 3600);
}

/* While a precision is sought, replications planned are a cap only. What is needed is predicted
 * from what was seen, and before there is anything from a formula. */
static double replications_expected(const struct progress_line *line,
                                    const struct progress *progress)
{
    double expected = (double)progress->planned;
    if (line->precision > 0)
        expected = fmin(expected, progress->needed > 0 ? progress->needed : line->expected);
    return fmax(expected, (double)progress->replications);
}

/* Which class keeps the run going, and how far it has come. */
static void put_precision(const struct progress_line *line, const struct progress *progress)
{
    if (line->precision <= 0 || progress->class_index == NONE || !line->scenario)
        return;
    fputs(", ", stderr);
    const char *name = line->scenario->classes[progress->class_index].name;
    safe_text_put(stderr, name, strlen(name));
    if (progress->relative > 0)
        fprintf(stderr, " +-%.2g %% of %.2g %% wanted", 100 * progress->relative,
                100 * line->precision);
    else
        fputs(" not refused yet, to be bounded", stderr);
}

void progress_show(void *context, const struct progress *progress)
{
    struct progress_line *line = context;
    double now = progress_seconds(), elapsed = now - line->begun;
    line->events = progress->events;
    if (line->quiet || now - line->shown < (line->terminal ? SHOWN_EVERY : SAID_EVERY))
        return;
    line->shown = now;
    double expected = replications_expected(line, progress);
    double part = expected > 0 ? (double)progress->replications / expected : 0;
    double done = ((double)line->part + part) / (double)line->parts;
    double rate = (double)(line->events_before + line->events) / elapsed;
    fputs(line->terminal ? "\r\033[K" : "peerplan: ", stderr);
    if (line->parts > 1)
        fprintf(stderr, "part %zu of %zu, ", line->part + 1, line->parts);
    fprintf(stderr, "%zu of %s%.0f replications", progress->replications,
            line->precision > 0 ? "about " : "", expected);
    put_precision(line, progress);
    fprintf(stderr, ", %.1f million events/s", rate / 1e6);
    if (done > 0) {
        fputs(", ", stderr);
        put_time(elapsed * (1 - done) / done);
        fputs(" left", stderr);
    }
    if (!line->terminal)
        putc('\n', stderr);
    fflush(stderr);
}

void progress_count(struct progress_line *line, const char *things, uint64_t before, uint64_t done,
                    uint64_t all)
{
    double now = progress_seconds(), elapsed = now - line->begun;
    if (line->quiet || now - line->shown < (line->terminal ? SHOWN_EVERY : SAID_EVERY))
        return;
    line->shown = now;
    fprintf(stderr, "%s%" PRIu64 " of %" PRIu64 " %s",
            line->terminal ? "\r\033[K" : "peerplan: ", done, all, things);
    if (done > before && elapsed > 0) {
        double rate = (double)(done - before) / elapsed;
        fprintf(stderr, ", %.3g a second, ", rate);
        put_time((double)(all - done) / rate);
        fputs(" left", stderr);
    }
    if (!line->terminal)
        putc('\n', stderr);
    fflush(stderr);
}

void progress_say(struct progress_line *line, const char *words)
{
    double now = progress_seconds();
    if (line->quiet || now - line->shown < (line->terminal ? SHOWN_EVERY : SAID_EVERY))
        return;
    line->shown = now;
    fprintf(stderr, "%s%s%s", line->terminal ? "\r\033[K" : "peerplan: ", words,
            line->terminal ? "" : "\n");
    fflush(stderr);
}

void progress_import(void *context, const struct import_progress *progress)
{
    struct progress_line *line = context;
    char words[60];
    snprintf(words, sizeof words, "%.1f million rows read", (double)progress->rows / 1e6);
    if (progress->calls_all && line->part == 0) { /* another rate from here on */
        progress_begin(line, line->quiet, 2, 0);
        progress_part(line, 1);
    }
    if (progress->calls_all)
        progress_count(line, "calls in order", 0, progress->calls, progress->calls_all);
    else if (progress->bytes_all)
        progress_count(line, "MB read", 0, progress->bytes / 1000000,
                       progress->bytes_all / 1000000);
    else
        progress_say(line, words);
}

void progress_clear(struct progress_line *line)
{
    if (!line->quiet && line->terminal)
        fputs("\r\033[K", stderr);
}

void progress_end(struct progress_line *line)
{
    double elapsed = progress_seconds() - line->begun;
    uint64_t events = line->events_before + line->events;
    if (line->quiet || !line->terminal)
        return;
    fprintf(stderr, "\r\033[K%.3g million events in ", (double)events / 1e6);
    if (elapsed < 10)
        fprintf(stderr, "%.2f s\n", elapsed);
    else {
        put_time(elapsed);
        putc('\n', stderr);
    }
}
