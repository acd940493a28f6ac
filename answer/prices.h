/* What the parts of a scenario cost, by a list of prices.
 *
 * Nodes by their platform, and the licences that its clusters are limited by: RMS, room, desktop. A
 * kind that is not stated is not limited, and costs nothing. Prices have no currency.
 */
#ifndef PEERPLAN_ANSWER_PRICES_H
#define PEERPLAN_ANSWER_PRICES_H

#include "model/scenario.h"

#define PRICES_PLATFORMS_MAX 64

struct prices {
    bool stated;
    double platforms[PRICES_PLATFORMS_MAX]; /* of a node, by number in a list; NAN: missing */
    double rms, room, desktop, site;        /* NAN: missing */
};

/* None known yet. */
void prices_init(struct prices *prices);

/* What is not needed costs nothing even where it has no price. */
double prices_cost(double number, double price);

/* Prices with the names of the platforms that they number. */
struct price_list {
    const struct prices *prices;
    const char *const *names;
    size_t count;
};

/* Of all nodes and licences of a scenario, without sites; NAN where a price is missing, whose item
 * is put into `missing`: "platform:large-vm", "rms". */
#define PRICES_ITEM_SIZE 128
double prices_of_scenario(const struct price_list *list, const struct scenario *scenario,
                          char missing[static PRICES_ITEM_SIZE]);

#endif
