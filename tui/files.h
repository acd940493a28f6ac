/* What the tui writes: the scenario, and results as CSV. Each says in `message` what was done or
 * why not. */
#ifndef PEERPLAN_TUI_FILES_H
#define PEERPLAN_TUI_FILES_H

#include "model/scenario.h"
#include "sim/study/results.h"

/* Writes the text beside the file first and then takes its place, so that a full disk costs
 * nothing. Permissions of the file that was there stay. */
bool file_save(const char *path, const char *text, char *message, size_t size);

/* The folder that peerplan run --csv writes. */
bool files_export(const char *path, const struct scenario *scenario, const struct results *results,
                  char *message, size_t size);

#endif
