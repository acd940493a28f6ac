#include "reports/call_summary.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/number.h"
#include "model/base/safe_text.h"
#include "reports/json.h"

/* ---- Text ---- */

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static const char *fixed(double value, int decimals, char buffer[static NUMBER_SIZE])
{
    return number_format_fixed(value, decimals, buffer);
}

/* "3 h 20 min", "2 min 5 s", "12 s" */
static void put_length(FILE *out, double seconds)
{
    char number[NUMBER_SIZE];
    if (seconds >= 3600)
        fprintf(out, "%.0f h %.0f min", floor(seconds / 3600), floor(fmod(seconds, 3600) / 60));
    else if (seconds >= 120)
        fprintf(out, "%.0f min %.0f s", floor(seconds / 60), floor(fmod(seconds, 60)));
    else
        fprintf(out, "%s s", fixed(seconds, seconds < 10 ? 1 : 0, number));
}

static void put_rows(const struct call_summary *summary, FILE *out)
{
    fprintf(out, "rows              %12llu\n", (unsigned long long)summary->rows);
    fprintf(out, "calls             %12llu", (unsigned long long)summary->calls);
    const char *open = "  (";
    if (summary->answered != summary->calls) {
        fprintf(out, "%s%llu answered", open, (unsigned long long)summary->answered);
        open = ", ";
    }
    if (summary->zero) {
        fprintf(out, "%s%llu of 0 seconds", open, (unsigned long long)summary->zero);
        open = ", ";
    }
    if (summary->cut) {
        fprintf(out, "%s%llu still in progress at the end", open, (unsigned long long)summary->cut);
        open = ", ";
    }
    fputs(*open == ',' ? ")\n" : "\n", out);
    if (summary->bad)
        fprintf(out, "bad rows          %12llu\n", (unsigned long long)summary->bad);
    if (summary->duplicates)
        fprintf(out, "duplicates        %12llu\n", (unsigned long long)summary->duplicates);
    for (size_t i = 0; i < summary->skipped_count; i++)
        fprintf(out, "skipped           %12llu  (%s)\n",
                (unsigned long long)summary->skipped[i].count, summary->skipped[i].reason);
}

static void put_history(const struct call_summary *summary, FILE *out)
{
    char number[NUMBER_SIZE];
    fprintf(out, "first call        %s\nlast call         %s\nlast end          %s\n",
            summary->first, summary->last, summary->last_end);
    fprintf(out, "call-seconds      %s\n", number_format(summary->call_seconds, number));
    if (!isnan(summary->mean_duration)) {
        fputs("mean duration     ", out);
        put_length(out, summary->mean_duration);
        fprintf(out, " (%s s)\n", fixed(summary->mean_duration, 1, number));
    }
    if (summary->setup_seconds > 0)
        fprintf(out, "with set-up       %s call-seconds more (--hold setup)\n",
                fixed(summary->setup_seconds, 0, number));
    if (*summary->peak_at)
        fprintf(out, "peak              %llu calls at once, at %s\n",
                (unsigned long long)summary->peak, summary->peak_at);
    fprintf(out, "busy hour         %s, %llu calls, %s erlangs\n", summary->busy_start,
            (unsigned long long)summary->busy_calls, fixed(summary->busy_erlangs, 2, number));
}

static void put_classes(const struct call_summary *summary, FILE *out)
{
    char seconds[NUMBER_SIZE];
    fputs("\nclass                    calls  call-seconds   peak\n", out);
    for (size_t i = 0; i < summary->class_count && i < 20; i++) {
        const struct call_class_summary *class = &summary->classes[i];
        size_t columns = safe_text_columns(class->name);
        safe_text_put(out, class->name, strlen(class->name));
        fprintf(out, "%*s %10llu  %12s %6llu\n", columns < 19 ? (int)(19 - columns) : 0, "",
                (unsigned long long)class->calls, fixed(class->call_seconds, 0, seconds),
                (unsigned long long)class->peak);
    }
    if (summary->class_count > 20)
        fprintf(out, "... and %zu more\n", summary->class_count - 20);
}

static void put_days(const struct call_summary *summary, FILE *out)
{
    fputs("\nbusiest days           calls   peak  at\n", out);
    for (size_t i = 0; i < summary->busiest_count; i++) {
        const struct call_day *day = &summary->busiest[i];
        fprintf(out, "%s        %10llu %6llu  %s\n", day->date, (unsigned long long)day->calls,
                (unsigned long long)day->peak, day->peak_at);
    }
    fputs("\npeak by weekday  ", out);
    for (int i = 0; i < 7; i++)
        fprintf(out, " %s %llu", weekdays[i], (unsigned long long)summary->weekday_peaks[i]);
    fputs("\npeak by hour     ", out);
    for (int i = 0; i < 24; i++)
        if (summary->hour_peaks[i])
            fprintf(out, " %02d:%llu", i, (unsigned long long)summary->hour_peaks[i]);
    putc('\n', out);
}

/* How often many calls are in progress: at a half, three quarters, nine tenths of the peak, and at
 * the peak. */
static void put_levels(const struct call_summary *summary, FILE *out)
{
    static const double shares[] = {0.5, 0.75, 0.9, 1};
    uint64_t before = 0;
    fputs("\nat once, at least     for how long\n", out);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        uint64_t calls = (uint64_t)ceil(shares[i] * (double)summary->peak);
        if (calls == before)
            continue;
        before = calls;
        fprintf(out, "%17llu     ", (unsigned long long)calls);
        put_length(out, call_summary_seconds_at(summary, calls));
        putc('\n', out);
    }
}

void call_summary_text(const struct call_summary *summary, FILE *out)
{
    fprintf(out, "%s, times in %s\n\n", summary->source, summary->zone);
    put_rows(summary, out);
    if (!*summary->first)
        return;
    put_history(summary, out);
    put_classes(summary, out);
    put_days(summary, out);
    if (summary->peak)
        put_levels(summary, out);
    fputs("\nCalls that began before the records do are missing: for about one mean duration the "
          "figures are low.\n",
          out);
}

/* ---- JSON ---- */

static json_t *text_or_null(const char *text)
{
    json_t *value = *text ? json_string(text) : json_null();
    if (!value)
        value = json_string(text); /* no memory, or no UTF-8? */
    return value ? value : json_string("(not UTF-8)");
}

static json_t *number(double value)
{
    if (isnan(value))
        return json_null();
    bool whole = fabs(value) <= 9007199254740992.0 && floor(value) == value;
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *count(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* The object or list (owned) when all of it went in, else NULL. */
static json_t *whole(json_t *value, bool good)
{
    if (value && good)
        return value;
    json_decref(value);
    return NULL;
}

static json_t *skipped(const struct call_summary *summary)
{
    json_t *object = json_object();
    bool good = true;
    for (size_t i = 0; i < summary->skipped_count; i++)
        good &= json_object_set_new(object, summary->skipped[i].reason,
                                    count(summary->skipped[i].count)) == 0;
    return whole(object, good);
}

static json_t *classes(const struct call_summary *summary)
{
    json_t *list = json_array();
    bool good = true;
    for (size_t i = 0; i < summary->class_count; i++) {
        const struct call_class_summary *class = &summary->classes[i];
        json_t *row = json_pack("{s:o, s:o, s:o, s:o}", "name", text_or_null(class->name), "calls",
                                count(class->calls), "call_seconds", number(class->call_seconds),
                                "peak", count(class->peak));
        good &= json_array_append_new(list, row) == 0;
    }
    return whole(list, good);
}

static json_t *hours(const struct call_summary *summary)
{
    json_t *list = json_array();
    bool good = true;
    for (size_t i = 0; i < summary->hour_count; i++) {
        json_t *row =
            json_pack("{s:i, s:i, s:o}", "weekday", summary->hours[i].weekday, "hour",
                      summary->hours[i].hour, "erlangs", number(summary->hours[i].erlangs));
        good &= json_array_append_new(list, row) == 0;
    }
    return whole(list, good);
}

static json_t *busy_hour(const struct call_summary *summary)
{
    if (!*summary->busy_start)
        return json_null();
    return json_pack("{s:s, s:o, s:o}", "start", summary->busy_start, "calls",
                     count(summary->busy_calls), "erlangs", number(summary->busy_erlangs));
}

bool call_summary_json(const struct call_summary *summary, FILE *out)
{
    json_t *figures = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o}",
        "rows", count(summary->rows), "calls", count(summary->calls), "answered",
        count(summary->answered), "zero", count(summary->zero), "bad", count(summary->bad),
        "duplicates", count(summary->duplicates), "cut", count(summary->cut), "skipped",
        skipped(summary), "first", text_or_null(summary->first), "last",
        text_or_null(summary->last), "last_end", text_or_null(summary->last_end), "call_seconds",
        number(summary->call_seconds), "mean_duration", number(summary->mean_duration), "peak",
        count(summary->peak), "peak_at", text_or_null(summary->peak_at), "busy_hour",
        busy_hour(summary), "classes", classes(summary), "hours", hours(summary));
    json_t *document =
        json_pack("{s:{s:s, s:s, s:s}, s:o}", "about", "format", summary->source, "time_zone",
                  summary->zone, "version", PEERPLAN_VERSION, "summary", figures);
    bool good = document && json_put(out, document);
    json_decref(document);
    return good;
}
