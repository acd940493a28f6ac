#include "data/import_tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nanoseconds of calls: more than 64 bits hold. */
__extension__ typedef unsigned __int128 call_nanos;

struct ending {
    nanos end;
    uint32_t class_index;
};

struct class_tally {
    uint64_t calls, in_progress, peak;
    call_nanos sum;
    /* of the clock hour, where hours are asked for */
    uint64_t hour_calls, hour_peak;
    call_nanos hour_sum;
    nanos since; /* hour_sum is right up to here */
};

struct import_tally {
    struct import_clock *clock;
    import_hour_put *hour;
    void *context;
    bool begun, stopped;

    struct ending *heap; /* owned; the earliest end first */
    size_t in_progress, heap_capacity;
    struct class_tally *classes; /* owned */
    size_t class_count;
    nanos *levels; /* owned; time with so many calls in progress */
    size_t level_count;

    nanos now, first, last, last_end;
    uint64_t calls, answered, zero, peak;
    nanos peak_at;
    call_nanos sum;

    nanos hour_start, hour_end;
    uint64_t hour_calls, hour_peak;
    call_nanos hour_sum;
    nanos busy_start;
    uint64_t busy_calls;
    call_nanos busy_sum;

    int64_t day; /* local, since 1970 */
    uint64_t day_calls, day_peak;
    nanos day_peak_at;
    struct {
        int64_t day;
        uint64_t calls, peak;
        nanos peak_at;
    } busiest[5];
    size_t busiest_count;

    call_nanos week[7][24];
    uint64_t week_hours[7][24];
    uint64_t weekday_peaks[7], hour_peaks[24];
    int weekday, hour_of_day; /* of the hour */
};

struct import_tally *import_tally_new(struct import_clock *clock, import_hour_put *hour,
                                      void *context)
{
    struct import_tally *tally = calloc(1, sizeof *tally);
    if (!tally)
        return NULL;
    tally->clock = clock;
    tally->hour = hour;
    tally->context = context;
    return tally;
}

void import_tally_free(struct import_tally *tally)
{
    if (!tally)
        return;
    free(tally->heap);
    free(tally->classes);
    free(tally->levels);
    free(tally);
}

/* ---- Clock hours and days ---- */

static int64_t floor_seconds(nanos instant)
{
    return instant / SECOND - (instant % SECOND < 0);
}

/* Keeps the day among the busiest. */
static void end_day(struct import_tally *tally)
{
    size_t most = sizeof tally->busiest / sizeof *tally->busiest, at = tally->busiest_count;
    if (tally->day_calls == 0 && tally->day_peak == 0)
        return;
    while (at > 0 && tally->busiest[at - 1].peak < tally->day_peak)
        at--;
    if (at == most)
        return;
    if (tally->busiest_count < most)
        tally->busiest_count++;
    memmove(&tally->busiest[at + 1], &tally->busiest[at],
            (tally->busiest_count - 1 - at) * sizeof *tally->busiest);
    tally->busiest[at].day = tally->day;
    tally->busiest[at].calls = tally->day_calls;
    tally->busiest[at].peak = tally->day_peak;
    tally->busiest[at].peak_at = tally->day_peak_at;
}

/* Begins the clock hour that holds an instant. */
static void begin_hour(struct import_tally *tally, nanos instant)
{
    int64_t seconds = floor_seconds(instant);
    int32_t offset = import_clock_offset(tally->clock, seconds);
    const struct time_zone_span *span = &tally->clock->span;
    int64_t local = seconds + offset, of_hour = (local % 3600 + 3600) % 3600;
    int64_t begin = seconds - of_hour, end = begin + 3600;
    if (begin < span->from)
        begin = span->from;
    if (end > span->until)
        end = span->until;
    int64_t hours = (local - of_hour) / 3600, day = hours / 24 - (hours % 24 < 0);
    tally->hour_start = begin * SECOND;
    tally->hour_end = end * SECOND;
    tally->hour_of_day = (int)(hours - day * 24);
    tally->weekday = (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    tally->hour_calls = 0;
    tally->hour_sum = 0;
    tally->hour_peak = tally->in_progress;
    if (day != tally->day) {
        if (tally->day != INT64_MIN)
            end_day(tally);
        tally->day = day;
        tally->day_calls = 0;
        tally->day_peak = tally->in_progress;
        tally->day_peak_at = begin * SECOND;
    }
}

/* Brings a class's sum of the hour up to now. */
static void bring_class(struct import_tally *tally, struct class_tally *class)
{
    class->hour_sum += (call_nanos) class->in_progress * (uint64_t)(tally->now - class->since);
    class->since = tally->now;
}

static double erlangs(call_nanos sum)
{
    return (double)(uint64_t)(sum / SECOND) / 3600 + (double)(uint64_t)(sum % SECOND) / 3600e9;
}

static bool tell_hour(struct import_tally *tally)
{
    for (uint32_t i = 0; i < tally->class_count; i++) {
        struct class_tally *class = &tally->classes[i];
        bring_class(tally, class);
        struct import_hour hour = {.start = tally->hour_start,
                                   .class_index = i,
                                   .calls = class->hour_calls,
                                   .peak = class->hour_peak,
                                   .erlangs = erlangs(class->hour_sum)};
        if (class->calls && !tally->hour(tally->context, &hour))
            return false;
        class->hour_calls = 0;
        class->hour_sum = 0;
        class->hour_peak = class->in_progress;
    }
    struct import_hour all = {.start = tally->hour_start,
                              .class_index = UINT32_MAX,
                              .calls = tally->hour_calls,
                              .peak = tally->hour_peak,
                              .erlangs = erlangs(tally->hour_sum)};
    return tally->hour(tally->context, &all);
}

static void end_hour(struct import_tally *tally)
{
    int weekday = tally->weekday, hour = tally->hour_of_day;
    if (tally->hour_sum > tally->busy_sum ||
        (tally->busy_sum == 0 && tally->busy_calls == 0 && tally->hour_calls > 0)) {
        tally->busy_sum = tally->hour_sum;
        tally->busy_start = tally->hour_start;
        tally->busy_calls = tally->hour_calls;
    }
    tally->week[weekday][hour] += tally->hour_sum;
    tally->week_hours[weekday][hour]++;
    if (tally->weekday_peaks[weekday] < tally->hour_peak)
        tally->weekday_peaks[weekday] = tally->hour_peak;
    if (tally->hour_peaks[hour] < tally->hour_peak)
        tally->hour_peaks[hour] = tally->hour_peak;
    if (tally->hour && !tell_hour(tally))
        tally->stopped = true;
}

static void pass(struct import_tally *tally, nanos to)
{
    nanos length = to - tally->now;
    tally->hour_sum += (call_nanos)tally->in_progress * (uint64_t)length;
    if (tally->in_progress < tally->level_count)
        tally->levels[tally->in_progress] += length;
    tally->now = to;
}

/* Passes over whole weeks in which nothing is in progress, within a stretch of one offset: each has
 * every hour of the week once. Stands at the beginning of an hour. */
static void pass_weeks(struct import_tally *tally, nanos to)
{
    const nanos week = 7 * DAY;
    int64_t until = tally->clock->span.until;
    if (until < to / SECOND)
        to = until * SECOND;
    nanos weeks = (to - tally->hour_end) / week;
    if (weeks <= 0 || tally->hour || tally->in_progress)
        return;
    end_day(tally);
    tally->hour_start += weeks * week;
    tally->hour_end += weeks * week;
    tally->day += weeks * 7;
    tally->now += weeks * week;
    tally->levels[0] += weeks * week;
    tally->day_calls = tally->day_peak = 0;
    for (int day = 0; day < 7; day++)
        for (int hour = 0; hour < 24; hour++)
            tally->week_hours[day][hour] += (uint64_t)weeks;
}

/* Goes to an instant; the hour that begins there is begun only for a call that does: what ends
 * there ends before. */
static void advance(struct import_tally *tally, nanos to, bool begins)
{
    while ((begins ? to >= tally->hour_end : to > tally->hour_end) && !tally->stopped) {
        pass(tally, tally->hour_end);
        end_hour(tally);
        begin_hour(tally, tally->hour_end);
        pass_weeks(tally, to);
    }
    pass(tally, to);
}

/* ---- Calls in progress ---- */

static bool grow(void **memory, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    size_t larger = 2 * needed + 16;
    void *moved = realloc(*memory, larger * size);
    if (!moved)
        return false;
    memset((char *)moved + *capacity * size, 0, (larger - *capacity) * size);
    *memory = moved;
    *capacity = larger;
    return true;
}

static bool push(struct import_tally *tally, struct ending ending)
{
    if (!grow((void **)&tally->heap, &tally->heap_capacity, tally->in_progress + 1,
              sizeof *tally->heap))
        return false;
    struct ending *heap = tally->heap;
    size_t at = tally->in_progress++;
    while (at > 0 && heap[(at - 1) / 2].end > ending.end) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = ending;
    return true;
}

/* The gap at the top goes down to the bottom, a choice without a branch, and the last climbs up. */
static struct ending pop(struct import_tally *tally)
{
    struct ending *heap = tally->heap, first = heap[0], last = heap[--tally->in_progress];
    size_t at = 0, count = tally->in_progress, child = 1;
    for (; child + 1 < count; at = child, child = 2 * at + 1) {
        child += heap[child + 1].end < heap[child].end;
        heap[at] = heap[child];
    }
    if (child < count) {
        heap[at] = heap[child];
        at = child;
    }
    for (; at > 0 && heap[(at - 1) / 2].end > last.end; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    if (count)
        heap[at] = last;
    return first;
}

/* Ends the calls that end up to an instant. */
static void end_calls(struct import_tally *tally, nanos to)
{
    while (tally->in_progress && tally->heap[0].end <= to) {
        advance(tally, tally->heap[0].end, false);
        struct class_tally *class = &tally->classes[tally->heap[0].class_index];
        if (tally->hour)
            bring_class(tally, class);
        pop(tally);
        class->in_progress--;
    }
}

static bool begin_call(struct import_tally *tally, struct class_tally *class, struct ending ending)
{
    if (tally->hour)
        bring_class(tally, class);
    if (!push(tally, ending) || !grow((void **)&tally->levels, &tally->level_count,
                                      tally->in_progress + 1, sizeof *tally->levels))
        return false;
    class->in_progress++;
    if (tally->in_progress > tally->peak) {
        tally->peak = tally->in_progress;
        tally->peak_at = tally->now;
    }
    if (tally->in_progress > tally->day_peak) {
        tally->day_peak = tally->in_progress;
        tally->day_peak_at = tally->now;
    }
    if (tally->in_progress > tally->hour_peak)
        tally->hour_peak = tally->in_progress;
    if (class->in_progress > class->peak)
        class->peak = class->in_progress;
    if (class->in_progress > class->hour_peak)
        class->hour_peak = class->in_progress;
    return true;
}

bool import_tally_call(struct import_tally *tally, nanos start, nanos duration,
                       uint32_t class_index, bool answered)
{
    if (!grow((void **)&tally->classes, &tally->class_count, (size_t)class_index + 1,
              sizeof *tally->classes) ||
        !grow((void **)&tally->levels, &tally->level_count, 2, sizeof *tally->levels))
        return false;
    if (!tally->begun) {
        tally->begun = true;
        tally->first = tally->now = start;
        tally->day = INT64_MIN;
        begin_hour(tally, start);
    }
    end_calls(tally, start);
    advance(tally, start, true);
    struct class_tally *class = &tally->classes[class_index];
    tally->last = start;
    if (tally->last_end < start + duration)
        tally->last_end = start + duration;
    tally->calls++;
    tally->hour_calls++;
    tally->day_calls++;
    class->calls++;
    class->hour_calls++;
    tally->answered += answered;
    tally->zero += answered && duration == 0;
    tally->sum += (uint64_t)duration;
    class->sum += (uint64_t)duration;
    if (duration > 0 && !begin_call(tally, class, (struct ending){start + duration, class_index}))
        return false;
    return !tally->stopped;
}

/* ---- The summary ---- */

static double seconds(call_nanos sum)
{
    return (double)(uint64_t)(sum / SECOND) + (double)(uint64_t)(sum % SECOND) / 1e9;
}

/* Sums below 2^53 nanoseconds read as their decimals say. */
static double exact_seconds(call_nanos sum)
{
    return sum < (call_nanos)1 << 53 ? (double)(uint64_t)sum / 1e9 : seconds(sum);
}

static bool fill_classes(const struct import_tally *tally, const char *const *names, size_t count,
                         struct call_summary *summary)
{
    summary->classes = calloc(count + 1, sizeof *summary->classes);
    if (!summary->classes)
        return false;
    for (size_t i = 0; i < count && i < tally->class_count; i++) {
        const struct class_tally *class = &tally->classes[i];
        if (class->calls == 0)
            continue;
        struct call_class_summary *to = &summary->classes[summary->class_count];
        to->name = strdup(names[i]);
        if (!to->name)
            return false;
        summary->class_count++;
        to->calls = class->calls;
        to->peak = class->peak;
        to->call_seconds = exact_seconds(class->sum);
    }
    return true;
}

static void fill_week(const struct import_tally *tally, struct call_summary *summary)
{
    for (int day = 0; day < 7; day++) {
        summary->weekday_peaks[day] = tally->weekday_peaks[day];
        for (int hour = 0; hour < 24; hour++) {
            if (tally->week_hours[day][hour] == 0)
                continue;
            struct call_week_hour *to = &summary->hours[summary->hour_count++];
            to->weekday = day + 1;
            to->hour = hour;
            to->erlangs = erlangs(tally->week[day][hour]) / (double)tally->week_hours[day][hour];
        }
    }
    memcpy(summary->hour_peaks, tally->hour_peaks, sizeof summary->hour_peaks);
}

static void fill_days(struct import_tally *tally, struct call_summary *summary)
{
    summary->busiest_count = tally->busiest_count;
    for (size_t i = 0; i < tally->busiest_count; i++) {
        struct call_day *to = &summary->busiest[i];
        to->calls = tally->busiest[i].calls;
        to->peak = tally->busiest[i].peak;
        import_clock_print(tally->clock, tally->busiest[i].peak_at, to->peak_at);
        memcpy(to->date, to->peak_at, 10);
    }
}

static bool fill_levels(const struct import_tally *tally, struct call_summary *summary)
{
    summary->level_seconds = calloc(tally->peak + 1, sizeof *summary->level_seconds);
    if (!summary->level_seconds)
        return false;
    for (uint64_t n = 0; n <= tally->peak && n < tally->level_count; n++)
        summary->level_seconds[n] = (double)tally->levels[n] / 1e9;
    return true;
}

bool import_tally_finish(struct import_tally *tally, const char *const *class_names,
                         size_t class_count, struct call_summary *summary)
{
    summary->mean_duration = NAN;
    if (!tally->begun)
        return true;
    end_calls(tally, tally->last_end);
    end_hour(tally);
    end_day(tally);
    if (tally->stopped)
        return false;
    summary->calls = tally->calls;
    summary->answered = tally->answered;
    summary->zero = tally->zero;
    summary->call_seconds = exact_seconds(tally->sum);
    if (tally->answered)
        summary->mean_duration = summary->call_seconds / (double)tally->answered;
    summary->peak = tally->peak;
    summary->busy_calls = tally->busy_calls;
    summary->busy_erlangs = erlangs(tally->busy_sum);
    import_clock_print(tally->clock, tally->first, summary->first);
    import_clock_print(tally->clock, tally->last, summary->last);
    import_clock_print(tally->clock, tally->last_end, summary->last_end);
    import_clock_print(tally->clock, tally->busy_start, summary->busy_start);
    if (tally->peak)
        import_clock_print(tally->clock, tally->peak_at, summary->peak_at);
    fill_week(tally, summary);
    fill_days(tally, summary);
    return fill_levels(tally, summary) && fill_classes(tally, class_names, class_count, summary);
}
