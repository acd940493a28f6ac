/* Errors, said to the user on standard error: "peerplan: FILE:LINE:COLUMN: text", the line and a
 * caret under the place. */
#ifndef PEERPLAN_CLI_MESSAGE_H
#define PEERPLAN_CLI_MESSAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "model/base/error.h"

/* All of them, and how many were not kept. Returns the exit code for the whole: 0 when there were
 * only warnings. */
int message_errors(const struct errors *errors);
/* The same; quiet: warnings only where they are important, or where there is a failure. */
int message_outcome(const struct errors *errors, bool quiet);

/* One line without a place. What it repeats of names and arguments cannot steer the screen. */
void message_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Something was said by one of these. */
bool message_said(void);

/* Standard error for what others say (argp): the same holds there. Lives as long as the program. */
FILE *message_stream(void);

#endif
