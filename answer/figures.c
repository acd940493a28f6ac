#include "answer/figures.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/base/number.h"

static int clamp(double decimals)
{
    return decimals < 0 ? 0 : decimals > 12 ? 12 : (int)decimals;
}

/* An interval as narrow as rounding errors are tells nothing. */
static bool has_width(struct interval i)
{
    return i.high - i.low > 1e-9 * fabs(i.value);
}

/* Decimals that leave `digits` digits of a figure. */
static int decimals_for(double figure, int digits)
{
    return figure > 0 && isfinite(figure) ? clamp(digits - 1 - floor(log10(figure * (1 + 1e-9))))
                                          : 0;
}

static int interval_decimals(struct interval i, double scale)
{
    return decimals_for((i.high - i.low) / 2 * scale, 2);
}

#define TINY 1e-5 /* below it nobody counts the zeros */

static char *fixed(double value, int decimals, char buffer[static FIGURE_SIZE])
{
    char number[NUMBER_SIZE];
    if (fabs(value) < TINY && value != 0 && decimals > 5) {
        snprintf(buffer, FIGURE_SIZE, "%.1e", value);
        return buffer;
    }
    number_format_fixed(value, decimals, number);
    snprintf(buffer, FIGURE_SIZE, "%s", isnan(value) ? "-" : number);
    return buffer;
}

/* Nothing says how far the last digits can be trusted, so that zeros at the end say nothing either.
 */
char *figure_plain(double value, char buffer[static FIGURE_SIZE])
{
    bool whole = value == floor(value);
    fixed(value, whole ? 0 : decimals_for(fabs(value), 4), buffer);
    if (strchr(buffer, '.') && !strchr(buffer, 'e')) {
        size_t length = strlen(buffer);
        while (buffer[length - 1] == '0')
            length--;
        buffer[buffer[length - 1] == '.' ? length - 1 : length] = '\0';
    }
    return buffer;
}

char *figure_value(struct interval interval, double scale, char buffer[static FIGURE_SIZE])
{
    double value = interval.value * scale;
    if (value == 0 || !has_width(interval))
        return figure_plain(value, buffer);
    int decimals = interval_decimals(interval, scale), most = decimals_for(fabs(value), 5);
    int least = decimals_for(fabs(value), 1); /* what is not 0 is not shown as 0 */
    decimals = decimals < most ? decimals : most;
    return fixed(value, decimals > least ? decimals : least, buffer);
}

char *figure_range(struct interval interval, double scale, char buffer[static FIGURE_SIZE])
{
    char low[FIGURE_SIZE], high[FIGURE_SIZE];
    buffer[0] = '\0';
    if (!has_width(interval))
        return buffer;
    if (interval.value == 0 && interval.low == 0) {
        fixed(interval.high * scale, decimals_for(interval.high * scale, 2), high);
        if (interval.high * scale < 1e-10) /* more zeros than anybody reads */
            snprintf(high, sizeof high, "1e-10");
        snprintf(buffer, FIGURE_SIZE, "below %.40s", high);
        return buffer;
    }
    int decimals = interval_decimals(interval, scale);
    fixed(interval.low * scale, decimals, low);
    fixed(interval.high * scale, decimals, high);
    snprintf(buffer, FIGURE_SIZE, "%.40s to %.40s", low, high);
    return buffer;
}

char *figure_duration(nanos duration, char buffer[static FIGURE_SIZE])
{
    static const struct {
        nanos size;
        const char *unit;
    } parts[] = {{DAY, "d"}, {HOUR, "h"}, {MINUTE, "min"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (duration < parts[i].size)
            continue;
        nanos next = i + 1 < sizeof parts / sizeof *parts ? parts[i + 1].size : SECOND;
        const char *unit = i + 1 < sizeof parts / sizeof *parts ? parts[i + 1].unit : "s";
        int n = snprintf(buffer, FIGURE_SIZE, "%" PRId64 " %s", duration / parts[i].size,
                         parts[i].unit);
        if (duration % parts[i].size >= next)
            snprintf(buffer + n, FIGURE_SIZE - (size_t)n, " %" PRId64 " %s",
                     duration % parts[i].size / next, unit);
        return buffer;
    }
    char number[FIGURE_SIZE];
    figure_plain((double)duration / (double)SECOND, number);
    snprintf(buffer, FIGURE_SIZE, "%.40s s", number);
    return buffer;
}

static struct tm wall_clock(const struct run *run, nanos time)
{
    time_t seconds = (time_t)(run->start_unix + time / SECOND);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    return tm;
}

char *figure_hours(const struct run *run, nanos from, nanos to, char buffer[static FIGURE_SIZE])
{
    static const char *const days[] = {"Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "};
    struct tm begin = wall_clock(run, from), end = wall_clock(run, to);
    bool long_span = to - from >= DAY;
    if (long_span && from <= 0 && to >= run->length) {
        snprintf(buffer, FIGURE_SIZE, "the whole run");
        return buffer;
    }
    const char *day = run->length > DAY && begin.tm_wday >= 0 ? days[begin.tm_wday % 7] : "";
    const char *last = long_span && end.tm_wday >= 0 ? days[end.tm_wday % 7] : "";
    snprintf(buffer, FIGURE_SIZE, "%s%02d:%02d to %s%02d:%02d", day, begin.tm_hour, begin.tm_min,
             last, end.tm_hour, end.tm_min);
    return buffer;
}

char *figure_peers(const struct scenario *scenario, const uint32_t *peers, size_t count,
                   char buffer[static FIGURE_SIZE])
{
    size_t length = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < count && length < FIGURE_SIZE - 1; i++) {
        int n = snprintf(buffer + length, FIGURE_SIZE - length, "%s%s", i ? " and " : "",
                         scenario->peers[peers[i]].name);
        length += n > 0 ? (size_t)n : 0;
    }
    return buffer;
}
