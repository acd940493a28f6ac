/* The questions of `peerplan new` on a terminal. */
#ifndef PEERPLAN_CLI_DIALOGUE_H
#define PEERPLAN_CLI_DIALOGUE_H

#include <stdio.h>

#include "data/new.h"

/* Asks for every option that matters, and for the name of the file unless `path` holds one: Enter
 * takes what stands in brackets, '?' explains, 'b' goes back. False at the end of the input. */
#define DIALOGUE_PATH 512
bool dialogue_ask(struct ask *ask, char path[static DIALOGUE_PATH], FILE *in, FILE *out);

#endif
