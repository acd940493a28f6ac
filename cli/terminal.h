/* The standard streams: colours, what can be shown of a foreign text, and results that could not be
 * written.
 *
 * Results go to standard output. Whatever cannot be written there (a full disk, a pipe that nobody
 * reads any more) ends the program with 74: a planner whose answer got lost must not say that all
 * is well. A closed pipe is no surprise to a user and is not commented on.
 */
#ifndef PEERPLAN_CLI_TERMINAL_H
#define PEERPLAN_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* At the start: descriptors 0 to 2 exist, SIGPIPE is a write error, standard output is checked at
 * exit. */
void terminal_setup(void);

/* Whether to colour this stream: a terminal, not a dumb one, and NO_COLOR is not set. */
bool terminal_colour(FILE *stream);
bool terminal_interactive(FILE *stream);
int terminal_width(FILE *stream); /* columns; 80 when unknown */

#endif
