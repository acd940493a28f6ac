/* The help texts of the program as a whole. */
#ifndef PEERPLAN_CLI_HELP_H
#define PEERPLAN_CLI_HELP_H

#include <stdio.h>

/* Examples, commands, topics. */
void help_overview(FILE *out);

#endif
