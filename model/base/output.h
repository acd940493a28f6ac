/* Output files and folders that are there whole or not at all.
 *
 * Bytes go to a temporary file in the target's folder, which takes the target's name when
 * everything has reached the disk. What is not a regular file (a terminal, a pipe, /dev/full) and
 * "-", standard output, are written directly. A link stays a link, a file keeps its permissions, a
 * file that may not be written is not replaced.
 *
 * Files that belong together are committed as a folder. A new one is a hidden sibling until all its
 * files are on the disk, and is renamed once. In one that is there the mark, a file that says what
 * the others are, is removed first and renamed last: a folder without its mark is incomplete.
 *
 * Temporaries are called `.peerplan-PID-N.tmp`; those that a killed process left behind are removed
 * when one beside them is made.
 *
 * Errors: ERROR_CANT_CREATE when the file cannot be made, ERROR_IO when bytes could not be written,
 * told at the latest by output_commit. SIGPIPE and SIGXFSZ must be ignored by the program for a
 * closed pipe and a size limit to be errors.
 */
#ifndef PEERPLAN_MODEL_BASE_OUTPUT_H
#define PEERPLAN_MODEL_BASE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "model/base/error.h"

/* ---- A file ---- */

struct output;

/* Owned; NULL with an error. */
struct output *output_open(const char *path, struct errors *errors);

FILE *output_stream(struct output *output); /* borrowed; not to be closed */
/* The file that takes the target's name, for those who write by name (SQLite) instead of to the
 * stream; borrowed. NULL: bytes go directly to what is no regular file. */
const char *output_file(const struct output *output);

/* Brings every byte to the disk; nothing can be written any more. For several files of which none
 * should take its name unless all can: complete all, then commit them. False with an error. */
bool output_complete(struct output *output, struct errors *errors);

/* Finishes and frees the output: true when every byte is where it belongs; otherwise an error was
 * added and a regular target is as it was before. */
bool output_commit(struct output *output, struct errors *errors);

/* Gives up and frees the output: a regular target is as it was before. Takes NULL. */
void output_abandon(struct output *output);

/* ---- A folder ---- */

struct output_folder;

/* The mark is the name of the file that is renamed last (borrowed). Owned; NULL with an error. */
struct output_folder *output_folder_open(const char *path, const char *mark, struct errors *errors);

/* A file in it, by its name. The stream is borrowed and not to be closed; NULL with an error. */
FILE *output_folder_add(struct output_folder *folder, const char *name, struct errors *errors);

/* A file of that name, left from before, does not belong to what is written now: it goes. False
 * with an error. */
bool output_folder_drop(struct output_folder *folder, const char *name, struct errors *errors);

/* Finishes and frees: true when all files are where they belong. Otherwise an error was added, and
 * a new folder is not there; one that was there before is as it was, or without its mark. */
bool output_folder_commit(struct output_folder *folder, struct errors *errors);

void output_folder_abandon(struct output_folder *folder); /* takes NULL */

/* Makes a folder for folders unless it is there. False with an error. */
bool output_make_folder(const char *path, struct errors *errors);

/* ---- Signals ---- */

/* For a handler of a signal that ends the program. False: files are being renamed; the signal is
 * raised again when that is done. True: temporaries are removed, the program may end. */
bool output_end_on(int signal_number);

/* Removes the temporary files of all outputs that are open. Safe in a signal handler, for a program
 * about to end. */
void output_remove_temporaries(void);

#endif
