/* The scenario file: YAML in, a resolved scenario out.
 *
 * The text becomes a tree (data/node.h), the tree is checked against the schema (data/schema.h),
 * and then resolved: names become indices, defaults that depend on other keys are worked out,
 * outages and upgrades become steps in order of time. All mistakes of a file are found in one
 * reading, each with its line and column; a file with a mistake gives no scenario.
 *
 * Errors: ERROR_NO_INPUT when a file is missing or cannot be read, ERROR_DATA when what it says is
 * wrong, ERROR_SOFTWARE out of memory. Warnings may be appended although the scenario is good.
 */
#ifndef PEERPLAN_DATA_SCENARIO_FILE_H
#define PEERPLAN_DATA_SCENARIO_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "data/node.h"
#include "model/base/error.h"
#include "model/scenario.h"

/* Reads a file; path "-" is standard input. Files that the scenario names are looked for in its
 * folder (for standard input in the current one). The scenario is set in any case: release it with
 * scenario_release. */
bool scenario_read(const char *path, struct scenario *scenario, struct errors *errors);

/* The same as scenario_read from memory. `name` stands for the file in messages. */
bool scenario_read_text(const char *text, size_t length, const char *name, const char *base_dir,
                        struct scenario *scenario, struct errors *errors);

/* The same from a tree that was read already, which stays the caller's. */
bool scenario_from_tree(const struct node_tree *tree, const char *base_dir, bool strict,
                        struct scenario *scenario, struct errors *errors);

/* The folder of a path ("." when it has none, and for "-"); owned, NULL when out of memory. */
char *scenario_folder(const char *path);

#endif
