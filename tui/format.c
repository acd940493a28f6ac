#include "tui/format.h"

#include <math.h>
#include <stdio.h>

static int decimals(double value)
{
    double size = fabs(value);
    if (size >= 1000 || size == 0)
        return 0;
    return size >= 100 ? 1 : size >= 10 ? 2 : 3;
}

/* Whole numbers without decimals; else four significant digits without trailing zeros. */
static void format_plain(char *buffer, size_t size, double value)
{
    if (value != 0 && fabs(value) < 1e-3)
        snprintf(buffer, size, "%.1e", value);
    else if (fabs(value) >= 1e7)
        snprintf(buffer, size, "%.3g", value);
    else if (fabs(value - nearbyint(value)) < 1e-9)
        snprintf(buffer, size, "%.0f", value + 0.0);
    else
        snprintf(buffer, size, "%.*f", decimals(value), value);
}

void format_figure(char *buffer, size_t size, double value, const char *unit)
{
    char plain[FIGURE];
    if (isnan(value)) {
        snprintf(buffer, size, "-");
        return;
    }
    format_plain(plain, sizeof plain, value);
    snprintf(buffer, size, unit && *unit ? "%s %s" : "%s", plain, unit);
}

void format_scale(char *buffer, size_t size, double value, const char *unit)
{
    snprintf(buffer, size, value >= 1000 ? "%.0f%s%s" : "%.3g%s%s", value, unit && *unit ? " " : "",
             unit ? unit : "");
}

void format_percent(char *buffer, size_t size, double share)
{
    double percent = share * 100;
    if (isnan(percent))
        snprintf(buffer, size, "-");
    else if (percent == 0)
        snprintf(buffer, size, "0 %%");
    else if (fabs(percent) < 1e-6)
        snprintf(buffer, size, "< 1e-6 %%");
    else if (fabs(percent) < 0.001)
        snprintf(buffer, size, "%.0e %%", percent);
    else
        snprintf(buffer, size, "%.*f %%",
                 fabs(percent) < 0.1     ? 3
                 : fabs(percent) < 99.95 ? 2
                                         : 0,
                 percent);
}

void format_count(char *buffer, size_t size, int64_t count)
{
    if (count == CAPACITY_UNLIMITED)
        snprintf(buffer, size, "no limit");
    else
        snprintf(buffer, size, "%lld", (long long)count);
}

void format_duration(char *buffer, size_t size, nanos duration)
{
    static const struct {
        nanos unit;
        const char *name;
    } units[] = {{DAY, "d"}, {HOUR, "h"}, {MINUTE, "min"}, {SECOND, "s"}};
    int used = 0, parts = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < sizeof units / sizeof *units && parts < 2; i++) {
        long long n = duration / units[i].unit;
        duration %= units[i].unit;
        if (n == 0)
            continue;
        used += snprintf(buffer + used, size - (size_t)used, "%s%lld %s", parts++ ? " " : "", n,
                         units[i].name);
        if (used < 0 || (size_t)used >= size)
            return;
    }
    if (parts == 0)
        snprintf(buffer, size, "%.3g s", (double)duration / (double)SECOND);
}

void format_clock(char *buffer, size_t size, const struct run *run, nanos at)
{
    int64_t day_start = run->start_unix % 86400;
    int64_t seconds = day_start + at / SECOND;
    int hours = (int)(seconds / 3600 % 24), minutes = (int)(seconds / 60 % 60);
    if (run->length > DAY)
        snprintf(buffer, size, "day %d %02d:%02d", (int)(seconds / 86400) + 1, hours, minutes);
    else
        snprintf(buffer, size, "%02d:%02d", hours, minutes);
}
