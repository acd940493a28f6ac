#include "answer/seek.h"

#include <math.h>

#include "answer/edge.h"

#define FORMULAS_KEPT   32
#define CORRECTION_MOST 50 /* formulas that are further off are no guide */

/* Places on the grid, turned so that more is better: place p is the value p * grain, or -p * grain
 * when the largest is sought. */
struct search {
    const struct seek_options *options;
    double low, high; /* places */
    enum seek_effort effort;
    double worse; /* the formulas' figures are this many times too small */
    struct seek_point formulas[FORMULAS_KEPT]; /* what they said; a ring */
    int formula_count;
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

/* What the formulas said about a value; NULL: they were not asked, or long ago. */
static const struct seek_point *known(const struct search *s, double value)
{
    for (int i = 0; i < s->formula_count && i < FORMULAS_KEPT; i++)
        if (s->formulas[i].value == value)
            return &s->formulas[i];
    return NULL;
}

/* One value, and whoever listens is told; false: stopped. */
static bool look(struct search *s, double place, struct seek_point *point)
{
    *point = (struct seek_point){.value = value_of(s, place)};
    const struct seek_point *before = s->effort == SEEK_FORMULA ? known(s, point->value) : NULL;
    if (before && !s->stopped) {
        *point = *before;
        return true;
    }
    if (!s->stopped && s->effort == SEEK_FULL && s->simulated++ == SEEK_SIMULATIONS)
        s->stopped = true;
    if (!s->stopped && !s->options->judge(s->options->context, point->value, s->effort, point))
        s->stopped = true;
    if (s->stopped)
        return false;
    point->simulated = s->effort != SEEK_FORMULA;
    if (!point->simulated)
        s->formulas[s->formula_count++ % FORMULAS_KEPT] = *point;
    if (s->options->told)
        s->options->told(s->options->context, point);
    return true;
}

/* Whether the goals are met there, as far as whoever is asked can say. */
static bool good(struct search *s, double place)
{
    struct seek_point point;
    if (!look(s, place, &point))
        return false;
    bool met = point.verdict == VERDICT_YES;
    if (s->effort == SEEK_FULL) {
        if (met && (!s->any || place < s->best_place)) {
            s->any = true;
            s->best = point;
            s->best_place = place;
        }
        return met;
    }
    if (s->worse != 1)
        return point.share.value * s->worse <= point.limit;
    return met || (point.verdict == VERDICT_CANNOT_TELL && point.share.value <= point.limit);
}

static bool judge_place(void *context, double place, bool *met)
{
    struct search *s = context;
    *met = good(s, place);
    return !s->stopped;
}

/* The lowest good place, from a guess and a first step; NAN: none, or stopped. */
static double lowest(struct search *s, double from, double step)
{
    return edge_find(&(struct edge){s->low, s->high, from, step, judge_place, s});
}

/* How many times the formulas' figure at a place has to be taken for a full simulation to be sure:
 * it knows four times as much as a short one, so that half of the distance to its limit is left.
 * 1: nothing can be said. */
static double correction(struct search *s, double place)
{
    struct seek_point formula, seen;
    s->effort = SEEK_FORMULA;
    bool ok = look(s, place, &formula);
    s->effort = SEEK_SHORT;
    ok = ok && look(s, place, &seen);
    s->effort = SEEK_FORMULA;
    double times = ok ? sqrt(seen.share.value * seen.share.high) / formula.share.value : 1;
    return times > 1.0 / CORRECTION_MOST && times < CORRECTION_MOST ? times : 1;
}

/* Where the formulas, corrected by a short simulation, see the edge; the guess where they do not
 * say. */
static double corrected(struct search *s, double guess)
{
    double low = s->low, high = s->high, room = fmax(4, ceil(fabs(guess) / 4));
    s->worse = correction(s, guess);
    if (s->stopped || s->worse == 1)
        return guess;
    s->low = fmax(low, guess - room);
    s->high = fmin(high, guess + room);
    double place = lowest(s, guess, 1);
    s->low = low;
    s->high = high;
    s->worse = 1;
    return isnan(place) ? guess : place;
}

enum seek_outcome seek_value(const struct seek_options *options, struct seek_point *found)
{
    struct search s = {.options = options, .worse = 1};
    double a = place_of(&s, options->low), b = place_of(&s, options->high);
    s.low = fmin(a, b);
    s.high = fmax(a, b);
    double now = place_of(&s, options->now), step = fmax(1, ceil(fabs(now) / 8));
    double guess = lowest(&s, now, step);
    if (s.stopped)
        return SEEK_STOPPED;
    guess = isnan(guess) ? s.high : corrected(&s, guess);
    if (s.stopped)
        return SEEK_STOPPED;
    s.effort = SEEK_FULL;
    lowest(&s, guess, 1);
    *found = s.best;
    if (s.any)
        return SEEK_FOUND;
    return s.stopped && s.simulated <= SEEK_SIMULATIONS ? SEEK_STOPPED : SEEK_NONE;
}
