#include "model/formulas/availability.h"

#include <math.h>

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

/* After a failure the peers that are left have lost a share of the calls. What is not refused until
 * these have come again is some holding times' worth: the calls that were lost fade as e^-t, and
 * are to be few against the scatter of all, the root of their number. Of exact chains, one class on
 * 10 to 500 places a peer, two to six peers, 30 % to 1e-7 refused with a peer down, it is at most
 * 0.8 + 0.35 for every tenth of OFTEN + ln(1 + load) / 2 holding times, taken as a little more; so
 * it is of two and three peers whose repairs take 2 to 100 holding times. */
#define NOT_REFUSED 0.9
#define OFTEN       1e-2
#define A_DECADE    0.35
#define SHORTEST    2
#define RATHER_MORE 1.01

void availability_band(const struct availability *a, double *low, double *high)
{
    double rarity = a->refused > 0 && a->refused < OFTEN ? log10(OFTEN / a->refused) : 0;
    double lost = NOT_REFUSED + A_DECADE * rarity + log1p(a->load) / 2;
    *low = a->repairs >= SHORTEST ? exp(-lost / a->repairs) : 0;
    *high = RATHER_MORE;
}
