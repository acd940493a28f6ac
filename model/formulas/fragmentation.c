#include "model/formulas/fragmentation.h"

#include <assert.h>
#include <stddef.h>

#define SHARES 12

/* Share of video among the calls that leave, the first coordinate of phi. */
static const double shares[SHARES] = {0.01, 0.05, 0.1, 0.2, 0.3, 0.4,
                                      0.5,  0.6,  0.7, 0.8, 0.9, 0.99};

/* phi(f): the probability that no peer has two units free when f = 2 .. N units are free in all.
 * Made for this project: the stationary law of the free units per peer in the boundary layer of a
 * large, fully loaded cluster under most-available routing (a Markov chain of free units alone,
 * solved numerically, by number of peers and share). */
static const double phi[FRAGMENTATION_PEERS_MAX - 1][SHARES][FRAGMENTATION_PEERS_MAX - 1] = {
    {
        /* 2 peers */
        {0.698522},
        {0.677344},
        {0.653956},
        {0.615237},
        {0.584420},
        {0.559192},
        {0.538042},
        {0.519932},
        {0.504094},
        {0.489871},
        {0.476495},
        {0.463886},
    },
    {
        /* 3 peers */
        {0.812090, 0.520638},
        {0.802222, 0.492217},
        {0.790813, 0.461843},
        {0.770439, 0.413742},
        {0.752774, 0.377270},
        {0.737464, 0.348509},
        {0.724297, 0.325058},
        {0.713177, 0.305326},
        {0.704159, 0.288119},
        {0.697570, 0.272291},
        {0.694444, 0.255998},
        {0.698670, 0.235152},
    },
    {
        /* 4 peers */
        {0.861844, 0.658228, 0.414000},
        {0.851775, 0.648004, 0.380607},
        {0.841565, 0.635187, 0.345522},
        {0.826248, 0.609929, 0.291330},
        {0.815022, 0.586120, 0.251457},
        {0.806322, 0.564356, 0.220816},
        {0.799526, 0.544760, 0.196396},
        {0.794491, 0.527226, 0.176290},
        {0.791437, 0.511533, 0.159176},
        {0.791094, 0.497323, 0.143977},
        {0.795524, 0.483604, 0.129356},
        {0.811939, 0.465877, 0.113405},
    },
    {
        /* 5 peers */
        {0.890222, 0.731000, 0.549193, 0.344575},
        {0.879228, 0.722139, 0.538283, 0.307210},
        {0.868482, 0.713644, 0.522575, 0.268923},
        {0.853825, 0.700333, 0.488429, 0.212088},
        {0.844898, 0.688517, 0.454807, 0.172399},
        {0.839432, 0.677110, 0.423772, 0.143373},
        {0.836331, 0.666122, 0.395776, 0.121320},
        {0.835179, 0.655816, 0.370648, 0.104005},
        {0.836086, 0.646505, 0.347982, 0.089975},
        {0.839822, 0.638565, 0.327201, 0.078170},
        {0.848790, 0.632426, 0.307139, 0.067514},
        {0.871670, 0.627077, 0.284659, 0.056467},
    },
    {
        /* 6 peers */
        {0.908604, 0.777358, 0.628755, 0.471209, 0.295907},
        {0.896806, 0.767527, 0.621595, 0.458575, 0.255328},
        {0.885394, 0.759172, 0.613674, 0.438992, 0.214984},
        {0.870352, 0.749492, 0.596984, 0.395746, 0.157829},
        {0.862089, 0.743762, 0.577895, 0.354197, 0.120255},
        {0.858095, 0.739181, 0.557405, 0.317218, 0.094280},
        {0.857028, 0.734897, 0.536737, 0.285116, 0.075583},
        {0.858278, 0.730904, 0.516786, 0.257455, 0.061692},
        {0.861846, 0.727690, 0.498284, 0.233741, 0.051132},
        {0.868575, 0.726412, 0.482279, 0.213794, 0.043042},
        {0.881588, 0.730350, 0.471683, 0.198510, 0.037092},
        {0.913527, 0.751641, 0.478165, 0.192915, 0.033947},
    },
};

static double phi_between(int peers, int column, double share)
{
    const double(*rows)[FRAGMENTATION_PEERS_MAX - 1] = phi[peers - 2];
    if (share <= shares[0])
        return rows[0][column];
    for (size_t i = 1; i < SHARES; i++)
        if (share <= shares[i]) {
            double t = (share - shares[i - 1]) / (shares[i] - shares[i - 1]);
            return rows[i - 1][column] + t * (rows[i][column] - rows[i - 1][column]);
        }
    return rows[SHARES - 1][column];
}

int fragmentation_acceptance(int peers, double share,
                             double acceptance[FRAGMENTATION_PEERS_MAX + 1])
{
    assert(peers >= 1 && peers <= FRAGMENTATION_PEERS_MAX);
    acceptance[0] = acceptance[1] = 0;
    for (int f = 2; f <= peers; f++)
        acceptance[f] = 1 - phi_between(peers, f - 2, share);
    return peers + 1;
}

bool fragmentation_never(int64_t sum, int64_t cap, int peers, int64_t largest)
{
    return peers <= 1 || sum - cap + largest > peers * (largest - 1);
}
