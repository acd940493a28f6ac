#include "data/import_call.h"

#include <string.h>
#include <strings.h>

static const char no_local_time[] = "a local time that does not exist: the clock was put forward";
static const char out_of_years[] = "a time outside the years 1970 to 2199";

/* One stamp of a record: what it can mean. */
struct when {
    bool there;
    struct import_stamp stamp;
    nanos instants[2];
    size_t count;
};

void import_reading_begin(struct import_reading *reading)
{
    reading->starts = reading->ends = (struct import_order){0};
}

/* ---- Order ---- */

static void order_note(struct import_order *order, nanos instant)
{
    order->rises |= order->any && instant > order->last;
    order->falls |= order->any && instant < order->last;
    order->last = instant;
    order->any = true;
}

static bool order_known(const struct import_order *order)
{
    return order->any && !(order->rises && order->falls);
}

/* Which of two instants keeps the order: 0 the first, 1 the second. */
static size_t order_choose(const struct import_order *order, const nanos instants[2])
{
    if (!order_known(order))
        return 0;
    if (order->falls)
        return instants[1] <= order->last;
    return instants[0] < order->last && instants[1] >= order->last;
}

/* ---- Stamps ---- */

static bool absent(const struct import_reading *reading, const char *text)
{
    if (!*text)
        return true;
    if (text[0] == '0' && !text[1])
        return !reading->zero_is_time;
    if (text[0] > '0' && text[0] <= '9')
        return false;
    return strcasecmp(text, "NA") == 0 || strcasecmp(text, "N/A") == 0 ||
           strcasecmp(text, "NULL") == 0 || strcmp(text, "\\N") == 0 ||
           strncmp(text, "0001-01-01", 10) == 0 || strncmp(text, "0000-00-00", 10) == 0;
}

static const char *read_when(struct import_reading *reading, const struct import_rows *rows,
                             enum import_meaning meaning, struct when *when)
{
    when->there = false;
    if (!import_map_has(&reading->map, meaning))
        return NULL;
    const char *text = import_map_text(&reading->map, rows, meaning);
    if (absent(reading, text))
        return NULL;
    const char *reason = import_times_parse(&reading->times, text, &when->stamp);
    if (reason)
        return reason;
    when->count = import_clock_instants(&reading->clock, &when->stamp, when->instants);
    if (when->stamp.seconds < IMPORT_TIME_LEAST - 86400 ||
        when->stamp.seconds >= IMPORT_TIME_MOST + 86400)
        return out_of_years;
    if (when->count == 0)
        return no_local_time;
    when->there = true;
    return NULL;
}

static const char *read_length(struct import_reading *reading, const struct import_rows *rows,
                               enum import_meaning meaning, nanos *length)
{
    *length = -1;
    if (!import_map_has(&reading->map, meaning))
        return NULL;
    const char *text = import_map_text(&reading->map, rows, meaning);
    return *text ? import_duration_parse(text, length) : NULL;
}

/* ---- Instants ---- */

static nanos distance(nanos a, nanos b)
{
    return a < b ? b - a : a - b;
}

/* The occurrence of a start whose end is not known, or whose length is not. */
static nanos choose_start(const struct import_reading *reading, const struct when *start)
{
    return start->instants[start->count == 2 ? order_choose(&reading->starts, start->instants) : 0];
}

struct occurrences {
    nanos start, end;
};

/* The occurrences of start and end for which end - start comes nearest to the length; of equal ones
 * those that keep the order. */
static struct occurrences choose_both(const struct import_reading *reading,
                                      const struct when *start, const struct when *end,
                                      nanos length)
{
    nanos best = INT64_MAX, found[2][2];
    size_t equal = 0;
    for (size_t s = 0; s < start->count; s++) {
        for (size_t e = 0; e < end->count; e++) {
            nanos span = end->instants[e] - start->instants[s];
            nanos off = span < 0 ? INT64_MAX - 1 : length < 0 ? 0 : distance(span, length);
            if (off < best) {
                best = off;
                equal = 0;
            }
            if (off == best && equal < 2) {
                found[equal][0] = start->instants[s];
                found[equal][1] = end->instants[e];
                equal++;
            }
        }
    }
    size_t which = 0;
    if (equal == 2) {
        bool by_end = order_known(&reading->ends) || !order_known(&reading->starts);
        const struct import_order *order = by_end ? &reading->ends : &reading->starts;
        const nanos instants[2] = {found[0][by_end], found[1][by_end]};
        which = instants[0] < instants[1] ? order_choose(order, instants) : 0;
    }
    return (struct occurrences){found[which][0], found[which][1]};
}

/* The latest occurrence that is not after an instant. */
static nanos choose_before(const struct when *when, nanos instant)
{
    return when->instants[when->count == 2 && when->instants[1] <= instant];
}

/* ---- Calls ---- */

struct record_times {
    struct when start, setup, end;
    nanos duration, length, ring; /* -1: not stated */
};

static const char *read_times(struct import_reading *reading, const struct import_rows *rows,
                              struct record_times *times, bool active, size_t *column)
{
    static const enum import_meaning stamps[] = {MEANING_START, MEANING_SETUP, MEANING_END};
    static const enum import_meaning lengths[] = {MEANING_DURATION, MEANING_LENGTH, MEANING_RING};
    struct when *whens[] = {&times->start, &times->setup, &times->end};
    nanos *values[] = {&times->duration, &times->length, &times->ring};
    for (int i = 0; i < 3; i++) {
        enum import_meaning meaning = i == 2 && active ? MEANING_LAST : stamps[i];
        const char *reason = read_when(reading, rows, meaning, whens[i]);
        if (reason)
            return *column = import_map_column(&reading->map, meaning), reason;
    }
    for (int i = 0; i < 3; i++) {
        const char *reason = read_length(reading, rows, lengths[i], values[i]);
        if (reason)
            return *column = import_map_column(&reading->map, lengths[i]), reason;
    }
    return NULL;
}

/* The call as it was spoken: from its answer on. */
static const char *talk_times(struct import_reading *reading, const struct record_times *times,
                              bool active, struct import_call *call, nanos *end)
{
    const struct when *anchor = times->start.there ? &times->start : &times->setup;
    nanos stated = times->start.there ? times->duration : times->length;
    nanos lead = times->start.there ? 0 : -1; /* from the anchor to the answer */
    *end = -1;
    if (times->end.there) {
        struct occurrences span = choose_both(reading, anchor, &times->end, active ? -1 : stated);
        call->start = span.start;
        *end = span.end;
        if (*end < call->start)
            return "ends before it starts";
    } else {
        call->start = choose_start(reading, anchor);
    }
    if (lead < 0) {
        lead = times->ring >= 0 ? times->ring : 0;
        if (times->ring < 0 && times->length >= 0 && times->duration >= 0)
            lead = times->length > times->duration ? times->length - times->duration : 0;
        call->start += lead;
    }
    if (active)
        call->duration = *end - call->start;
    else if (times->duration >= 0)
        call->duration = times->duration;
    else if (*end >= 0)
        call->duration = *end - call->start;
    else
        return "no duration and no end";
    return call->duration < 0 ? "ends before it starts" : NULL;
}

/* When its set-up began, or -1. */
static nanos setup_start(const struct record_times *times, const struct import_call *call)
{
    if (times->setup.there)
        return choose_before(&times->setup, call->start);
    return times->ring >= 0 ? call->start - times->ring : -1;
}

/* What the call holds from its set-up on. */
static nanos setup_duration(const struct record_times *times, const struct import_call *call,
                            nanos setup, nanos end, bool active)
{
    nanos duration = call->start - setup + call->duration;
    if (!active && times->length >= 0)
        duration = times->length;
    else if (!active && times->duration < 0 && end >= 0)
        duration = end - setup;
    return duration > call->duration ? duration : call->duration;
}

static const char *answered_times(struct import_reading *reading, const struct record_times *times,
                                  struct import_call *call)
{
    nanos end;
    const char *reason = talk_times(reading, times, call->cut, call, &end);
    if (reason)
        return reason;
    order_note(&reading->starts, call->start);
    if (end >= 0)
        order_note(&reading->ends, end);
    nanos setup = setup_start(times, call);
    if (setup < 0)
        return NULL;
    nanos duration = setup_duration(times, call, setup, end, call->cut);
    call->extra = duration - call->duration;
    if (reading->setup) {
        call->start = setup < call->start ? setup : call->start;
        call->duration = duration;
    }
    return NULL;
}

/* An attempt: where it began, for no time. */
static const char *attempt_times(struct import_reading *reading, const struct record_times *times,
                                 struct import_call *call)
{
    const struct when *anchor = times->setup.there   ? &times->setup
                                : times->start.there ? &times->start
                                                     : &times->end;
    nanos end = -1;
    call->start = choose_start(reading, anchor);
    if (times->end.there && anchor != &times->end) {
        struct occurrences span = choose_both(reading, anchor, &times->end, times->length);
        call->start = span.start;
        end = span.end;
        if (end < call->start)
            return "ends before it starts";
        order_note(&reading->ends, end);
    }
    order_note(&reading->starts, call->start);
    call->duration = 0;
    return NULL;
}

const char *import_call_read(struct import_reading *reading, const struct import_rows *rows,
                             struct import_call *call, size_t *column)
{
    struct record_times times;
    const char *reason = read_times(reading, rows, &times, call->cut, column);
    if (!reason && call->answer_stamp) {
        if (!times.setup.there)
            times.setup = times.start;
        reason = read_when(reading, rows, MEANING_ANSWERED, &times.start);
    }
    if (reason)
        return reason;
    call->extra = -1;
    *column = import_map_column(&reading->map, import_map_has(&reading->map, MEANING_START)
                                                   ? MEANING_START
                                                   : MEANING_SETUP);
    bool anchored = times.start.there || times.setup.there;
    if (call->answered ? !anchored : !anchored && !times.end.there)
        return "no time";
    if (call->cut && !times.end.there)
        return "in progress, and nothing says until when";
    reason = call->answered ? answered_times(reading, &times, call)
                            : attempt_times(reading, &times, call);
    if (!reason && call->start + call->duration > reading->latest)
        reading->latest = call->start + call->duration;
    if (!reason && (call->start < 0 || call->start >= IMPORT_TIME_MOST * SECOND))
        return out_of_years;
    return reason;
}

const char *import_call_begins(struct import_reading *reading, const struct import_rows *rows,
                               struct import_call *call, size_t *column)
{
    struct when when;
    const char *reason = read_when(reading, rows, MEANING_START, &when);
    *column = import_map_column(&reading->map, MEANING_START);
    if (reason || !when.there)
        return reason ? reason : "no time";
    call->start = choose_start(reading, &when);
    call->duration = 0;
    call->extra = -1;
    order_note(&reading->starts, call->start);
    if (call->start > reading->latest)
        reading->latest = call->start;
    return call->start < 0 || call->start >= IMPORT_TIME_MOST * SECOND ? out_of_years : NULL;
}

/* ---- Answered or not ---- */

const char *import_call_answered(struct import_reading *reading, const struct import_rows *rows,
                                 struct import_call *call)
{
    static const char *const yes[] = {"true", "yes", "y", "t", "1", "answered", "ok", "success"};
    static const char *const no[] = {"false",      "no",        "n",    "f",     "0",
                                     "unanswered", "no answer", "busy", "failed"};
    const char *text = import_map_text(&reading->map, rows, MEANING_ANSWERED);
    struct import_stamp stamp;
    call->answered = call->answer_stamp = false;
    if (absent(reading, text))
        return NULL;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strcasecmp(text, no[i]) == 0)
            return NULL;
    call->answered = true;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcasecmp(text, yes[i]) == 0)
            return NULL;
    call->answer_stamp = !import_times_parse(&reading->times, text, &stamp);
    return call->answer_stamp ? NULL : "neither yes nor no, nor a time";
}
