/* A list of prices as a file: CSV item,price with the items platform:NAME, rms, room, desktop,
 * site.
 */
#ifndef PEERPLAN_CLI_PRICES_H
#define PEERPLAN_CLI_PRICES_H

#include "answer/prices.h"
#include "model/base/error.h"

/* Platforms that the list does not name are passed over. False with errors. */
bool prices_read(struct prices *prices, const struct price_list *list, const char *path,
                 struct errors *errors);

#endif
