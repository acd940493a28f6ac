/* Which points a sweep visits: values along axes, every combination or a sample of them.
 *
 * An axis is PATH=VALUES. VALUES: a list `a,b,c` (commas inside quotes or brackets do not divide),
 * a range `3..6` of whole numbers, or a range with a count, `600/h..1200/h:5`: that many values
 * evenly spaced, both ends among them, in the unit that both ends have. `x0.8..x1.2:5` are factors:
 * times what the file says. Values stay texts, as they would stand in the scenario; whether they
 * may stand there is for those who apply them to say.
 *
 * The full grid counts like a number whose last digit is the last axis. A sample of n points is a
 * Latin hypercube: each axis is cut into n equal parts, each part is met once, in an order of its
 * own that depends on the seed and the name of the axis alone, so that a further axis moves no
 * other.
 */
#ifndef PEERPLAN_ANSWER_GRID_H
#define PEERPLAN_ANSWER_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/base/arena.h"
#include "model/base/error.h"

#define GRID_AXES_MAX   32
#define GRID_POINTS_MAX 10000000

struct grid_axis {
    const char *text, *path; /* the whole, and what stands before the equals sign */
    const char **values;     /* the texts; of a range that is sampled: none */
    size_t count;
    bool range;  /* lo..hi */
    bool factor; /* every value is one */
    bool whole;
    double low, high;
    const char *unit;     /* what follows the number: "/h", "%", "" */
    const char *given[2]; /* both ends of a range as values */
    const char **places;  /* in `text`: of each value of a list, of both ends of a range */
};

/* A value that is a factor, "x1.2": times what the file says. */
bool grid_factor(const char *value, double *factor);

struct grid {
    struct grid_axis axes[GRID_AXES_MAX];
    size_t axis_count;
    uint64_t sample;     /* points of a Latin hypercube; 0: the full grid */
    uint64_t seed;       /* of the sample */
    struct arena *arena; /* owned */
};

/* False: out of memory. Release in any case. */
bool grid_init(struct grid *grid);
void grid_release(struct grid *grid);

/* Adds PATH=VALUES; the text is borrowed as long as the grid lives. Mistakes are ERROR_USAGE with
 * the column in `text`, all of them at once. */
bool grid_add(struct grid *grid, const char *text, struct errors *errors);

/* After the last axis: whether the points can be made (a range without a count is only for a
 * sample, or for whole numbers), and how many there are. */
bool grid_close(struct grid *grid, struct errors *errors);
uint64_t grid_points(const struct grid *grid);

/* The value of an axis at a point, counted from 0; a text in `buffer` or borrowed from the grid. */
#define GRID_VALUE_SIZE 96
const char *grid_value(const struct grid *grid, uint64_t point, size_t axis,
                       char buffer[static GRID_VALUE_SIZE]);

#endif
