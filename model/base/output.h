/* An output file that is there whole or not at all.
 *
 * Bytes go to a temporary file in the target's folder, which takes the target's name when
 * everything has reached the disk. What is not a regular file (a terminal, a pipe, /dev/full) and
 * "-", standard output, are written directly. A link stays a link, a file keeps its permissions, a
 * file that may not be written is not replaced.
 *
 * Errors: ERROR_CANT_CREATE when the file cannot be made, ERROR_IO when bytes could not be written,
 * told at the latest by output_commit. SIGPIPE must be ignored by the program for a closed pipe to
 * be an error.
 */
#ifndef PEERPLAN_DATA_OUTPUT_H
#define PEERPLAN_DATA_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "model/base/error.h"

struct output;

/* Owned; NULL with an error. */
struct output *output_open(const char *path, struct errors *errors);

/* The same for a file of that name in a folder, which is made unless it is there. */
struct output *output_open_in(const char *folder, const char *name, struct errors *errors);

FILE *output_stream(struct output *output); /* borrowed; not to be closed */

/* Brings every byte to the disk; nothing can be written any more. For several files that belong
 * together: all are completed before the first is committed. False with an error. */
bool output_complete(struct output *output, struct errors *errors);

/* Finishes and frees the output: true when every byte is where it belongs; otherwise an error was
 * added and a regular target is as it was before. */
bool output_commit(struct output *output, struct errors *errors);

/* Gives up and frees the output: a regular target is as it was before. Takes NULL. */
void output_abandon(struct output *output);

/* Removes the temporary files of all outputs that are open. Safe in a signal handler, for a program
 * about to end. */
void output_remove_temporaries(void);

/* Makes a folder unless it is there. */
bool output_make_folder(const char *path, struct errors *errors);

#endif
