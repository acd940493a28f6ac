/* Plain numbers on the command line: --users 6000 --rooms 250 ... for every command that takes them
 * instead of a scenario (new, size). */
#ifndef PEERPLAN_CLI_ASK_H
#define PEERPLAN_CLI_ASK_H

#include <argp.h>

#include "data/new.h"

#define ASK_KEY 0x5000 /* key of the first option; the others follow */

/* Fills in a row for each option; ASK_COUNT rows. Borrows static text. */
void ask_option_rows(struct argp_option rows[static ASK_COUNT], int group);

/* Takes an option; a wrong value ends the program with 64. False when the key is none of its own.
 */
bool ask_option(int key, const char *value, struct argp_state *state, struct ask *ask);

#endif
