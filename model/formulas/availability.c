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

/* After a failure the rest takes some holding times to fill, and after a repair the peer: what is
 * not refused meanwhile is a share 0.2 to 0.4 of a holding time over the repair (exact chains at 2,
 * 5, 10, 20 and 100), taken as at most 0.6. What is refused rarely even then needs longer, for it
 * happens only at loads far above the mean: about one holding time at 1e-4 and two at 1e-6 (by
 * conditioning), taken as more. */
#define NOT_REFUSED 0.6
#define OFTEN       1e-2
#define A_DECADE    0.5 /* holding times, for every tenth of OFTEN */
#define SHORTEST    2
#define RATHER_MORE 1.01

void availability_band(double repairs_in_holds, double refused, double *low, double *high)
{
    double rarity = refused > 0 && refused < OFTEN ? log10(OFTEN / refused) : 0;
    double longer = exp(-(NOT_REFUSED + A_DECADE * rarity) / repairs_in_holds);
    *low = repairs_in_holds >= SHORTEST ? fmin(longer, 1 - NOT_REFUSED / repairs_in_holds) : 0;
    *high = RATHER_MORE;
}
