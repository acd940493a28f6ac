#include "model/formulas/availability.h"

#include <stddef.h>

void availability_identical(int peers, double up_mean, double down_mean, int crew, double *p)
{
    p[peers] = 1;
    double total = 1;
    for (int up = peers; up > 0; up--) {
        int down = peers - up + 1;
        int repaired = crew > 0 && crew < down ? crew : down;
        p[up - 1] = p[up] * (up / up_mean) / (repaired / down_mean);
        total += p[up - 1];
    }
    for (int up = 0; up <= peers; up++)
        p[up] /= total;
}

void availability_independent(const double *up_fractions, int peers, double *p)
{
    p[0] = 1;
    for (int i = 0; i < peers; i++) {
        p[i + 1] = 0;
        for (int up = i + 1; up > 0; up--)
            p[up] = p[up] * (1 - up_fractions[i]) + p[up - 1] * up_fractions[i];
        p[0] *= 1 - up_fractions[i];
    }
}

double availability_mean(const double *p, const double *figures, int peers)
{
    double mean = 0;
    for (int up = 0; up <= peers; up++)
        mean += p[up] * figures[up];
    return mean;
}

/* Measured against exact chains at 2, 5, 15, 20 and 100 holding times, with some room. */
static const struct {
    double holds, low;
} bands[] = {{100, 0.995}, {20, 0.985}, {5, 0.97}, {2, 0.8}};

void availability_band(double repairs_in_holds, double *low, double *high)
{
    *low = 0;
    *high = 1.005;
    for (size_t i = 0; i < sizeof bands / sizeof *bands; i++)
        if (repairs_in_holds >= bands[i].holds) {
            *low = bands[i].low;
            return;
        }
}
