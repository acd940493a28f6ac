#include "data/fit.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->lost = true)
#include <uthash.h>

#define MINUTES 15

/* What is kept of a class while its calls are read. */
struct gathered {
    struct fit_class fit;
    uint32_t index;
    int64_t quarter; /* of the calls in `minutes` */
    uint32_t minutes[MINUTES];
    double statistic, expected, variance; /* sums over the quarters before */
    uint64_t *days;                       /* owned; calls of each local day from the first on */
    size_t day_count, day_capacity;
    bool lost; /* no memory to find it by */
    UT_hash_handle hh;
};

struct fit_reading {
    struct import_clock *clock;
    gsl_rng *rng; /* owned; which holding times are kept of many */
    struct gathered *table;
    struct gathered **list; /* owned */
    size_t count, capacity;
    bool any;
    nanos first, last;
    int64_t first_hour, last_hour; /* local, since 1970 */
};

struct fit_reading *fit_reading_new(struct import_clock *clock)
{
    struct fit_reading *reading = calloc(1, sizeof *reading);
    if (reading)
        reading->rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (reading && reading->rng) {
        reading->clock = clock;
        return reading;
    }
    free(reading);
    return NULL;
}

static void class_release(struct fit_class *class)
{
    free(class->name);
    free(class->sample);
}

void fit_reading_free(struct fit_reading *reading)
{
    if (!reading)
        return;
    HASH_CLEAR(hh, reading->table);
    for (size_t i = 0; i < reading->count; i++) {
        class_release(&reading->list[i]->fit);
        free(reading->list[i]->days);
        free(reading->list[i]);
    }
    free(reading->list);
    gsl_rng_free(reading->rng);
    free(reading);
}

void fit_release(struct fit *fit)
{
    for (size_t i = 0; i < fit->class_count; i++)
        class_release(&fit->classes[i]);
    free(fit->classes);
    *fit = (struct fit){0};
}

/* ---- Reading ---- */

static struct gathered *class_of(struct fit_reading *reading, const char *name)
{
    struct gathered *class;
    HASH_FIND_STR(reading->table, name, class);
    if (class)
        return class;
    if (reading->count == reading->capacity) {
        size_t capacity = 2 * reading->capacity + 8;
        struct gathered **larger = realloc(reading->list, capacity * sizeof(struct gathered *));
        if (!larger)
            return NULL;
        reading->list = larger;
        reading->capacity = capacity;
    }
    class = calloc(1, sizeof *class);
    if (!class || !(class->fit.name = strdup(name))) {
        free(class);
        return NULL;
    }
    class->quarter = INT64_MIN;
    reading->list[reading->count++] = class;
    HASH_ADD_KEYPTR(hh, reading->table, class->fit.name, strlen(class->fit.name), class);
    return class->lost ? NULL : class;
}

/* Sums up the minutes of a quarter of an hour. */
static void end_quarter(struct gathered *class)
{
    double n = 0, squares = 0;
    for (int i = 0; i < MINUTES; i++) {
        n += class->minutes[i];
        squares += (double)class->minutes[i] * class->minutes[i];
        class->minutes[i] = 0;
    }
    if (n < 2)
        return;
    class->fit.quarters++;
    class->statistic += squares * MINUTES / n - n;
    class->expected += MINUTES - 1;
    class->variance += 2 * (MINUTES - 1) * (n - 1) / n;
}

static void count_minute(struct gathered *class, nanos start)
{
    int64_t minute = start / SECOND / 60, quarter = minute / MINUTES;
    if (quarter != class->quarter)
        end_quarter(class);
    class->quarter = quarter;
    class->minutes[minute % MINUTES]++;
}

static bool count_day(struct gathered *class, size_t day)
{
    if (day >= class->day_capacity) {
        size_t capacity = 2 * day + 32;
        uint64_t *larger = realloc(class->days, capacity * sizeof *larger);
        if (!larger)
            return false;
        memset(larger + class->day_capacity, 0, (capacity - class->day_capacity) * sizeof *larger);
        class->days = larger;
        class->day_capacity = capacity;
    }
    class->days[day]++;
    if (class->day_count <= day)
        class->day_count = day + 1;
    return true;
}

/* Of many holding times FIT_SAMPLE are kept, each with the same chance. */
static bool keep_holding(struct fit_reading *reading, struct fit_class *class, double seconds)
{
    if (!class->sample && !(class->sample = malloc(FIT_SAMPLE * sizeof *class->sample)))
        return false;
    uint64_t at = class->calls;
    if (at >= FIT_SAMPLE)
        at = (uint64_t)(gsl_rng_uniform(reading->rng) * (double)(at + 1));
    if (at < FIT_SAMPLE)
        class->sample[at] = seconds;
    class->sample_count += class->sample_count < FIT_SAMPLE;
    return true;
}

static enum fit_day kind_of_day(int64_t day)
{
    int64_t weekday = ((day + 3) % 7 + 7) % 7; /* Monday is 0 */
    return weekday >= 5 ? FIT_WEEKEND : FIT_WEEKDAY;
}

bool fit_reading_add(struct fit_reading *reading, const struct import_call_out *call)
{
    nanos start = call->start, duration = call->duration;
    struct gathered *class = class_of(reading, call->class_name);
    int64_t seconds = start / SECOND;
    int64_t hour = (seconds + import_clock_offset(reading->clock, seconds)) / 3600;
    if (!class)
        return false;
    if (!reading->any) {
        reading->any = true;
        reading->first = start;
        reading->first_hour = hour;
    }
    reading->last = start;
    if (hour > reading->last_hour)
        reading->last_hour = hour;
    class->fit.counts[kind_of_day(hour / 24)][hour % 24]++;
    class->fit.call_seconds += (double)duration / 1e9;
    count_minute(class, start);
    int64_t day = hour / 24 - reading->first_hour / 24;
    if (!keep_holding(reading, &class->fit, (double)duration / 1e9) ||
        !count_day(class, day < 0 ? 0 : (size_t)day))
        return false;
    class->fit.calls++;
    class->fit.audio += call->media == MEDIA_AUDIO;
    class->fit.video += call->media == MEDIA_VIDEO;
    return true;
}

/* ---- Figures ---- */

static void count_hours(const struct fit_reading *reading, struct fit *fit)
{
    for (int64_t hour = reading->first_hour; hour <= reading->last_hour; hour++)
        fit->hours[kind_of_day(hour / 24)][hour % 24]++;
    uint64_t kinds[FIT_DAY_KINDS] = {0};
    for (int k = 0; k < FIT_DAY_KINDS; k++)
        for (int h = 0; h < 24; h++)
            kinds[k] += fit->hours[k][h] > 0;
    fit->weekly = kinds[FIT_WEEKDAY] == 24 && kinds[FIT_WEEKEND] == 24;
}

static void find_rates(const struct fit *fit, struct fit_class *class)
{
    for (int h = 0; h < 24; h++) {
        uint64_t calls = 0, hours = 0;
        for (int k = 0; k < FIT_DAY_KINDS; k++) {
            calls += class->counts[k][h];
            hours += fit->hours[k][h];
        }
        for (int k = 0; k < FIT_DAY_KINDS; k++) {
            double n = (double)(fit->weekly ? class->counts[k][h] : calls);
            double of = (double)(fit->weekly ? fit->hours[k][h] : hours);
            class->rates[k][h] = of > 0 ? n / of : 0;
        }
    }
}

/* Whole days only: those between the first and the last. */
static void find_spread(const struct fit_reading *reading, struct gathered *gathered)
{
    struct fit_class *class = &gathered->fit;
    int64_t first = reading->first_hour / 24, last = reading->last_hour / 24;
    double squares = 0, freedom = 0, dispersion = 0, means = 0;
    class->day_dispersion = class->day_cv = NAN;
    for (int k = 0; k < FIT_DAY_KINDS; k++) {
        double n = 0, sum = 0, square = 0;
        for (int64_t day = first + (reading->first_hour % 24 != 0);
             day <= last - (reading->last_hour % 24 != 23); day++) {
            size_t at = (size_t)(day - first);
            double calls = at < gathered->day_count ? (double)gathered->days[at] : 0;
            if ((int)kind_of_day(day) != k)
                continue;
            n++;
            sum += calls;
            square += calls * calls;
        }
        class->days += (size_t)n;
        if (n < 2 || sum == 0)
            continue;
        double mean = sum / n, variance = (square - n * mean * mean) / (n - 1);
        dispersion += (n - 1) * variance / mean;
        squares += (n - 1) * (variance - mean) / (mean * mean);
        freedom += n - 1;
        means += mean;
    }
    if (freedom == 0 || means == 0)
        return;
    class->day_dispersion = dispersion / freedom;
    class->day_cv = sqrt(fmax(squares / freedom, 0));
}

static void find_poisson(struct gathered *gathered)
{
    struct fit_class *class = &gathered->fit;
    end_quarter(gathered);
    class->dispersion = class->p = NAN;
    if (gathered->expected == 0)
        return;
    class->dispersion = gathered->statistic / gathered->expected;
    double z = (gathered->statistic - gathered->expected) / sqrt(gathered->variance);
    class->p = 2 * gsl_cdf_ugaussian_Q(fabs(z));
}

static int compare_names(const void *a, const void *b)
{
    const struct fit_class *x = a, *y = b;
    return strcmp(x->name, y->name);
}

bool fit_reading_finish(struct fit_reading *reading, struct fit *fit, fit_told *told, void *context)
{
    bool good = true;
    *fit = (struct fit){.first = reading->first, .last = reading->last};
    fit->offset = import_clock_offset(reading->clock, reading->first / SECOND);
    fit->span_seconds = (double)(reading->last - reading->first) / 1e9;
    fit->classes = calloc(reading->count + 1, sizeof *fit->classes);
    if (!fit->classes)
        return false;
    if (reading->any)
        count_hours(reading, fit);
    for (size_t i = 0; i < reading->count; i++) {
        struct gathered *gathered = reading->list[i];
        find_rates(fit, &gathered->fit);
        find_spread(reading, gathered);
        find_poisson(gathered);
        good = good && fit_holding(gathered->fit.sample, gathered->fit.sample_count,
                                   &gathered->fit.holding);
        fit->classes[fit->class_count++] = gathered->fit;
        gathered->fit.name = NULL; /* moved */
        gathered->fit.sample = NULL;
        if (told)
            told(context, i + 1, reading->count);
    }
    HASH_CLEAR(hh, reading->table);
    qsort(fit->classes, fit->class_count, sizeof *fit->classes, compare_names);
    return good;
}

double fit_erlangs(const struct fit_class *class, enum fit_day day, int hour)
{
    double mean = class->calls ? class->call_seconds / (double)class->calls : 0;
    return class->rates[day][hour] * mean / 3600;
}
