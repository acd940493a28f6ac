/* A scenario for several clusters that share its load equally: the text with everything that has a
 * name there so many times, edge-1, edge-2, ..., each with its part of the load.
 *
 * Clusters with their peers, zones, pipes, endpoints, classes, outages, upgrades and changes are
 * copied with what they refer to; rates and counts are divided, what remains goes to the first.
 * Comments and order stay. Platforms, goals and the run are one for all.
 *
 * A profile is shared: each copy of a class says of which class its rows are, and takes its part of
 * them. Call records name their classes call by call, so that they cannot be divided: an error.
 */
#ifndef PEERPLAN_DATA_SPLIT_H
#define PEERPLAN_DATA_SPLIT_H

#include "model/base/error.h"

/* The new text, owned; NULL with errors. name: of the text, for messages. */
char *split_text(const char *text, const char *name, int clusters, struct errors *errors);

#endif
