#include "answer/seek.h"

#include <math.h>

/* Places on the grid, turned so that more is better: place p is the value p * grain, or -p * grain
 * when the largest is sought. */
struct search {
    const struct seek_options *options;
    double low, high; /* places */
    bool simulate;
    int simulated;
    bool stopped;
    bool any;               /* a good place was simulated */
    struct seek_point best; /* the lowest of them */
    double best_place;
};

static double value_of(const struct search *s, double place)
{
    return (s->options->largest ? -place : place) * s->options->grain;
}

static double place_of(const struct search *s, double value)
{
    double place = round(value / s->options->grain);
    return s->options->largest ? -place : place;
}

/* Whether the goals are met there, as far as whoever is asked can say. */
static bool good(struct search *s, double place)
{
    struct seek_point point = {.value = value_of(s, place)};
    if (s->stopped)
        return false;
    if (s->simulate && s->simulated++ == SEEK_SIMULATIONS) {
        s->stopped = true;
        return false;
    }
    if (!s->options->judge(s->options->context, point.value, s->simulate, &point)) {
        s->stopped = true;
        return false;
    }
    point.simulated = s->simulate;
    if (s->options->told)
        s->options->told(s->options->context, &point);
    bool met = point.verdict == VERDICT_YES;
    if (met && s->simulate && (!s->any || place < s->best_place)) {
        s->any = true;
        s->best = point;
        s->best_place = place;
    }
    return met || (!s->simulate && point.verdict == VERDICT_CANNOT_TELL &&
                   point.share.value <= point.limit);
}

static double within(const struct search *s, double place)
{
    return fmin(fmax(place, s->low), s->high);
}

/* The lowest good place, from a guess and a first step; NAN: none, or stopped. */
static double lowest(struct search *s, double from, double step)
{
    double bad = NAN, fine = NAN;
    from = within(s, from);
    if (good(s, from))
        fine = from;
    else
        bad = from;
    while (!s->stopped && isnan(fine) && bad < s->high) {
        double next = within(s, bad + step);
        if (good(s, next))
            fine = next;
        else
            bad = next;
        step *= 2;
    }
    while (!s->stopped && !isnan(fine) && isnan(bad) && fine > s->low) {
        double next = within(s, fine - step);
        if (good(s, next))
            fine = next;
        else
            bad = next;
        step *= 2;
    }
    while (!s->stopped && !isnan(fine) && !isnan(bad) && fine - bad > 1) {
        double middle = floor((fine + bad) / 2);
        if (good(s, middle))
            fine = middle;
        else
            bad = middle;
    }
    return fine;
}

enum seek_outcome seek_value(const struct seek_options *options, struct seek_point *found)
{
    struct search s = {.options = options};
    double a = place_of(&s, options->low), b = place_of(&s, options->high);
    s.low = fmin(a, b);
    s.high = fmax(a, b);
    double now = place_of(&s, options->now), step = fmax(1, ceil(fabs(now) / 8));
    double guess = lowest(&s, now, step);
    if (s.stopped)
        return SEEK_STOPPED;
    s.simulate = true;
    guess = isnan(guess) ? s.high : guess;
    lowest(&s, guess, fmax(1, ceil(fabs(guess) / 64)));
    *found = s.best;
    if (s.any)
        return SEEK_FOUND;
    return s.stopped && s.simulated <= SEEK_SIMULATIONS ? SEEK_STOPPED : SEEK_NONE;
}
