#include "data/profile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv_reader.h"
#include "data/input.h"
#include "data/moment.h"
#include "data/schema.h"
#include "model/base/number.h"
#include "model/base/similar.h"

/* Out of memory leaves a hash as it was, without the new entry. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

enum { COLUMN_TIME, COLUMN_CLASS, COLUMN_RATE, COLUMN_CALLS, COLUMN_COUNT };

static const struct csv_column columns[COLUMN_COUNT] = {
    {"time", true}, {"class", true}, {"calls_per_hour", false}, {"calls", false}};

struct rate {
    nanos at;
    double per_second; /* of counts: the number of calls, until they are laid out */
};

struct class_rates {
    char *name;
    enum moment_kind kind;
    struct rate *rates; /* owned */
    size_t count, room;
    bool disordered; /* rows did not ascend */
    bool used;       /* a class has its load from here */
    bool repeats;    /* by day or week */
    UT_hash_handle hh;
};

/* One time of one class, to find repeats. */
struct seen {
    struct seen_key {
        const struct class_rates *rates;
        nanos at;
    } key;
    UT_hash_handle hh;
};

struct profile {
    char *path;
    struct moment_clock clock;
    bool counts; /* calls until the next row, not rates */
    struct class_rates *classes;
    struct class_rates *last; /* while reading: of the row before */
    struct seen *seen;        /* while reading: rows of classes whose rows do not ascend */
};

static void forget_seen(struct profile *profile)
{
    struct seen *item, *next;
    HASH_ITER(hh, profile->seen, item, next)
    {
        HASH_DEL(profile->seen, item);
        free(item);
    }
}

void profile_free(struct profile *profile)
{
    struct class_rates *item, *next;
    if (!profile)
        return;
    forget_seen(profile);
    HASH_ITER(hh, profile->classes, item, next)
    {
        HASH_DEL(profile->classes, item);
        free(item->rates);
        free(item->name);
        free(item);
    }
    free(profile->path);
    free(profile);
}

static struct class_rates *find_class(const struct profile *profile, const char *name)
{
    struct class_rates *rates;
    HASH_FIND_STR(profile->classes, name, rates);
    return rates;
}

/* Rows of a class mostly stand together. */
static struct class_rates *class_of_row(struct profile *profile, const char *name)
{
    if (!profile->last || strcmp(profile->last->name, name) != 0)
        profile->last = find_class(profile, name);
    return profile->last;
}

static struct class_rates *add_class(struct profile *profile, const char *name,
                                     enum moment_kind kind)
{
    struct class_rates *rates = calloc(1, sizeof *rates);
    if (!rates || !(rates->name = strdup(name))) {
        free(rates);
        return NULL;
    }
    rates->kind = kind;
    HASH_ADD_KEYPTR(hh, profile->classes, rates->name, strlen(rates->name), rates);
    return rates;
}

static int by_time(const void *a, const void *b)
{
    const struct rate *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static bool already_seen(const struct profile *profile, const struct class_rates *rates, nanos at)
{
    const struct rate wanted = {.at = at};
    struct seen_key key = {rates, at};
    struct seen *found;
    if (rates->count == 0 || (!rates->disordered && at > rates->rates[rates->count - 1].at))
        return false;
    if (!rates->disordered)
        return bsearch(&wanted, rates->rates, rates->count, sizeof wanted, by_time) != NULL;
    HASH_FIND(hh, profile->seen, &key, sizeof key, found);
    return found != NULL;
}

static bool remember(struct profile *profile, const struct class_rates *rates, nanos at)
{
    struct seen *seen = calloc(1, sizeof *seen);
    if (!seen)
        return false;
    seen->key = (struct seen_key){rates, at};
    HASH_ADD(hh, profile->seen, key, sizeof seen->key, seen);
    return true;
}

/* Most files ascend, and need no memory of what was seen. */
static bool keep_order(struct profile *profile, struct class_rates *rates, nanos at)
{
    if (rates->disordered)
        return remember(profile, rates, at);
    rates->disordered = rates->count > 0 && at < rates->rates[rates->count - 1].at;
    bool good = !rates->disordered || remember(profile, rates, at);
    for (size_t i = 0; good && rates->disordered && i < rates->count; i++)
        good = remember(profile, rates, rates->rates[i].at);
    return good;
}

static bool append(struct profile *profile, struct class_rates *rates, struct rate rate)
{
    if (rates->count == rates->room) {
        size_t room = rates->room ? rates->room * 2 : 8;
        struct rate *larger = realloc(rates->rates, room * sizeof *larger);
        if (!larger)
            return false;
        rates->rates = larger;
        rates->room = room;
    }
    if (!keep_order(profile, rates, rate.at))
        return false;
    rates->rates[rates->count++] = rate;
    return true;
}

/* What is wrong with a row, and in which column; NULL when nothing is. */
static const char *check_row(struct profile *profile, const struct csv_reader *reader,
                             struct rate *rate, enum moment_kind *kind, size_t *column)
{
    const char *name = csv_reader_field(reader, COLUMN_CLASS);
    double per_hour = 0;
    *column = COLUMN_TIME;
    const char *reason =
        moment_parse(csv_reader_field(reader, COLUMN_TIME), &profile->clock, kind, &rate->at);
    if (reason)
        return reason;
    const struct class_rates *rates = class_of_row(profile, name);
    if (rates && rates->kind != *kind)
        return "another kind of time than the class's first row (time of day, duration, date)";
    if (rates && already_seen(profile, rates, rate->at))
        return "the class has a row at this time already";
    *column = COLUMN_CLASS;
    if (!*name)
        return "no class";
    *column = profile->counts ? COLUMN_CALLS : COLUMN_RATE;
    if (!number_parse(csv_reader_field(reader, *column), &per_hour))
        return "not a number";
    if (per_hour < 0)
        return profile->counts ? "a negative count" : "a negative rate";
    if (per_hour > PROFILE_RATE_MAX)
        return "a rate beyond 1e10 calls per hour";
    rate->per_second = profile->counts ? per_hour : per_hour / 3600;
    return NULL;
}

static bool out_of_memory(const struct profile *profile, struct errors *errors)
{
    errors_add(errors, ERROR_SOFTWARE, profile->path, 0, 0, "out of memory");
    return false;
}

static bool read_row(struct profile *profile, const struct csv_reader *reader,
                     const struct bad_row_rule *rule)
{
    struct rate rate = {0};
    enum moment_kind kind = MOMENT_OFFSET;
    size_t column = 0;
    const char *reason = check_row(profile, reader, &rate, &kind, &column);
    if (reason)
        return bad_rows_add(rule, profile->path, csv_reader_place(reader, column), "%s: '%.80s'",
                            reason, csv_reader_field(reader, column));
    const char *name = csv_reader_field(reader, COLUMN_CLASS);
    struct class_rates *rates = class_of_row(profile, name);
    if (!rates)
        rates = add_class(profile, name, kind);
    return (rates && append(profile, rates, rate)) || out_of_memory(profile, rule->errors);
}

/* Rates or counts, not both and not neither. */
static bool find_figure(struct profile *profile, const struct csv_reader *reader,
                        struct errors *errors)
{
    bool rates = csv_reader_has(reader, COLUMN_RATE), counts = csv_reader_has(reader, COLUMN_CALLS);
    profile->counts = counts && !rates;
    if (rates != counts)
        return true;
    errors_add(errors, ERROR_DATA, profile->path, 1, 1,
               rates ? "the columns 'calls_per_hour' and 'calls' cannot be combined"
                     : "the column 'calls_per_hour' is missing, or 'calls': the first line must "
                       "name the columns");
    return false;
}

static bool read_rows(struct profile *profile, struct csv_reader *reader,
                      const struct bad_row_rule *rule)
{
    for (;;) {
        bool good = true;
        switch (csv_reader_next(reader, rule->errors)) {
        case CSV_END:
            return true;
        case CSV_FAILED:
            return false;
        case CSV_BAD:
            good = bad_rows_add(rule, profile->path, csv_reader_row_place(reader), "%s",
                                csv_reader_problem(reader));
            break;
        case CSV_ROW:
            good = read_row(profile, reader, rule);
            break;
        }
        rule->counted->rows++;
        if (!good)
            return false;
    }
}

struct profile *profile_new(const char *path, const struct moment_clock *clock,
                            const struct bad_row_rule *rule)
{
    struct errors *errors = rule->errors;
    struct profile *profile = calloc(1, sizeof *profile);
    struct csv_reader *reader = NULL;
    struct input *input = NULL;
    bool good = false;
    if (profile)
        profile->clock = *clock;
    if (!profile || !(profile->path = strdup(path))) {
        errors_add(errors, ERROR_SOFTWARE, path, 0, 0, "out of memory");
        goto out;
    }
    input = input_open(path, errors);
    reader = input ? csv_reader_new(input, columns, COLUMN_COUNT, errors) : NULL;
    good = reader && find_figure(profile, reader, errors) && read_rows(profile, reader, rule);
    for (struct class_rates *item = profile->classes; good && item; item = item->hh.next)
        if (item->disordered)
            qsort(item->rates, item->count, sizeof *item->rates, by_time);
    forget_seen(profile);
out:
    csv_reader_free(reader);
    if (good)
        return profile;
    profile_free(profile);
    return NULL;
}

/* ---- Laying out ---- */

#define WEEK       (7 * DAY)
#define STEPS_MOST 4000000 /* of a week laid out over a run */

/* The rows of a class as they are to hold, each from its time to that of the next. */
struct layout {
    const struct profile *profile;
    const struct class_rates *rates;
    struct rate *rows; /* owned */
    size_t count;
    nanos period; /* 0: they do not repeat */
    nanos phase;  /* of time 0 within the period */
};

static bool fail(const struct layout *l, struct errors *errors, const char *text)
{
    errors_add(errors, ERROR_DATA, l->profile->path, 0, 0, "class '%s': %s", l->rates->name, text);
    return false;
}

static nanos fold(nanos at, nanos period)
{
    at %= period;
    return at < 0 ? at + period : at;
}

/* Times become those within the period; where nothing repeats, those from time 0. */
static bool fold_times(struct layout *l, struct errors *errors)
{
    enum moment_kind kind = l->rates->kind;
    for (size_t i = 0; i < l->count; i++) {
        nanos *at = &l->rows[i].at;
        if (l->period == 0 && kind == MOMENT_OF_DAY)
            *at -= l->phase;
        else if (l->period > 0 && kind == MOMENT_DATE)
            *at = fold(*at + l->phase, l->period);
        else if (l->period > 0 && (*at < 0 || *at >= l->period))
            return fail(l, errors, "a time outside the day or week that repeats");
    }
    qsort(l->rows, l->count, sizeof *l->rows, by_time);
    for (size_t i = 1; i < l->count; i++)
        if (l->rows[i].at == l->rows[i - 1].at)
            return fail(l, errors, "two rows for the same time of the day or week that repeats");
    return true;
}

/* Counts become rates: a row holds until the next one, the last until the first one again. */
static bool divide_counts(struct layout *l, struct errors *errors)
{
    if (l->count < 2 && l->period == 0)
        return fail(l, errors, "a single row of counts does not say until when it counts");
    for (size_t i = 0; i < l->count; i++) {
        nanos at = l->rows[i].at;
        nanos next = i + 1 < l->count ? l->rows[i + 1].at
                     : l->period > 0  ? l->rows[0].at + l->period
                                      : at + (at - l->rows[i - 1].at);
        l->rows[i].per_second *= (double)SECOND / (double)(next - at);
        if (l->rows[i].per_second > PROFILE_RATE_MAX / 3600)
            return fail(l, errors, "a rate beyond 1e10 calls per hour");
    }
    return true;
}

static bool put_steps(const struct layout *l, struct arena *arena, size_t rounds, nanos from,
                      struct rate_steps *steps)
{
    steps->times = arena_alloc(arena, l->count * rounds, sizeof *steps->times);
    steps->rates = arena_alloc(arena, l->count * rounds, sizeof *steps->rates);
    if (!steps->times || !steps->rates)
        return false;
    steps->count = 0;
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < l->count; i++) {
            steps->times[steps->count] = from + (nanos)round * l->period + l->rows[i].at;
            steps->rates[steps->count++] = l->rows[i].per_second;
        }
    return true;
}

static bool lay_out(struct layout *l, const struct profile_use *use, struct arena *arena,
                    struct rate_steps *steps, struct errors *errors)
{
    size_t rounds = 1;
    nanos from = 0;
    steps->daily = l->period == DAY;
    if (!fold_times(l, errors) || (l->profile->counts && !divide_counts(l, errors)))
        return false;
    if (l->period == WEEK) { /* from the week before the start to the one in which it ends */
        rounds = (size_t)(use->length / WEEK) + 3;
        from = -l->phase - WEEK;
    }
    if (l->count * rounds > STEPS_MOST)
        return fail(l, errors, "too many steps: the run has more weeks than can be laid out");
    return put_steps(l, arena, rounds, from, steps) || out_of_memory(l->profile, errors);
}

bool profile_steps(struct profile *profile, const struct profile_use *use, struct arena *arena,
                   struct rate_steps *steps, struct errors *errors)
{
    struct class_rates *rates = find_class(profile, use->class_name);
    if (!rates) {
        errors_add(errors, ERROR_DATA, profile->path, 0, 0, "no usable row of class '%s'",
                   use->class_name);
        return false;
    }
    bool daily = rates->kind == MOMENT_OF_DAY && use->repeat != REPEAT_NONE;
    int64_t start = profile->clock.start_unix;
    struct layout l = {.profile = profile, .rates = rates, .count = rates->count};
    l.period = daily || use->repeat == REPEAT_DAY ? DAY : use->repeat == REPEAT_WEEK ? WEEK : 0;
    l.phase = (l.period == WEEK ? fold(start + 3 * 86400, 7 * 86400) : fold(start, 86400)) * SECOND;
    l.rows = malloc(rates->count * sizeof *l.rows);
    if (!l.rows)
        return out_of_memory(profile, errors);
    memcpy(l.rows, rates->rates, rates->count * sizeof *l.rows);
    rates->used = true;
    rates->repeats = l.period > 0;
    bool good = lay_out(&l, use, arena, steps, errors);
    free(l.rows);
    return good;
}

/* ---- What has no effect ---- */

static void no_effect(const struct profile *profile, bool strict, struct errors *errors,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

static void no_effect(const struct profile *profile, bool strict, struct errors *errors,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    errors_vadd(errors, strict ? ERROR_DATA : ERROR_NONE,
                (struct error_place){.file = profile->path}, format, args);
    va_end(args);
    errors_set_important(errors);
}

#define SUGGESTED_FROM 1000

static void check_name(const struct profile *profile, const struct class_rates *rates,
                       const struct scenario *s, bool strict, struct errors *errors)
{
    const char *names[SUGGESTED_FROM];
    char quoted[QUOTED_MAX];
    size_t count = 0;
    for (uint32_t k = 0; k < s->class_count; k++) {
        if (strcmp(s->classes[k].name, rates->name) == 0) {
            no_effect(
                profile, strict, errors,
                "profile: %zu row%s of class '%s' have no effect, its load is stated elsewhere",
                rates->count, rates->count == 1 ? "" : "s", schema_quote(rates->name, quoted));
            return;
        }
        if (count < SUGGESTED_FROM)
            names[count++] = s->classes[k].name;
    }
    const char *near = similar_find(rates->name, names, count);
    no_effect(profile, strict, errors,
              "profile: %zu row%s of class '%s', which the scenario does not have%s%s%s",
              rates->count, rates->count == 1 ? "" : "s", schema_quote(rates->name, quoted),
              near ? ", did you mean '" : "", near ? near : "", near ? "'" : "");
}

/* Until when the last row is good: as long as the row before it was. A single row holds for good,
 * as do a few that give durations and leave the rest to the last. */
static nanos covered_until(const struct class_rates *rates)
{
    size_t n = rates->count;
    bool regular = n >= 4;
    if (n < 2)
        return FOREVER;
    nanos gap = rates->rates[n - 1].at - rates->rates[n - 2].at;
    for (size_t i = 1; i < n && regular; i++)
        regular = rates->rates[i].at - rates->rates[i - 1].at == gap;
    if (rates->kind == MOMENT_OFFSET && !regular)
        return FOREVER;
    return rates->rates[n - 1].at + gap;
}

static double last_per_hour(const struct profile *profile, const struct class_rates *rates)
{
    const struct rate *last = &rates->rates[rates->count - 1];
    double gap = rates->count > 1 ? (double)(last->at - last[-1].at) / (double)SECOND : 1;
    return 3600 * last->per_second / (profile->counts ? gap : 1);
}

static void check_cover(const struct profile *profile, const struct class_rates *rates,
                        const struct scenario *s, bool strict, struct errors *errors)
{
    char from[64], until[64];
    nanos first = rates->rates[0].at, last = rates->rates[rates->count - 1].at;
    nanos end = covered_until(rates), length = s->run.length;
    if (rates->repeats || rates->kind == MOMENT_OF_DAY)
        return;
    moment_print(rates->kind, profile->clock.start_unix, first, from, sizeof from);
    moment_print(rates->kind, profile->clock.start_unix, end == FOREVER ? last : end, until,
                 sizeof until);
    if (first >= length || (rates->kind == MOMENT_DATE && end <= 0)) {
        errors_add(errors, ERROR_DATA, profile->path, 0, 0,
                   "profile: all rows of class '%s' lie outside the run, they are for %s to %s",
                   rates->name, from, until);
        return;
    }
    if (first > 0)
        no_effect(profile, strict, errors,
                  "profile: class '%s' begins at %s, within the run: no call before", rates->name,
                  from);
    if (end < length)
        no_effect(profile, strict, errors,
                  "profile: class '%s' ends at %s, before the run does: its last rate, %g an hour, "
                  "is taken from there on",
                  rates->name, until, last_per_hour(profile, rates));
}

void profile_check(const struct profile *profile, const struct scenario *scenario, bool strict,
                   struct errors *errors)
{
    for (const struct class_rates *rates = profile->classes; rates; rates = rates->hh.next) {
        if (rates->used)
            check_cover(profile, rates, scenario, strict, errors);
        else
            check_name(profile, rates, scenario, strict, errors);
    }
}
