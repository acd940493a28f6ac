/* Settings: changes of a scenario, written PATH=VALUE.
 *
 * A path goes down by the keys of the file, in lists by name: calls.voice.arrivals.rate,
 * clusters.edge.peers.e1.rms, goals.survive, release. Lists whose items have no name are counted
 * from 1: outages.1.at. A star stands for every item: clusters.edge.peers.*.rms, and below it a
 * mapping that an item does not have is not made. Names with a dot, a star or an equals sign stand
 * in quotes: calls."v.1".units. The key need not be in the file, the schema has to know it.
 *
 * A value is written as in the file; lists and mappings too ("[e1, e2]", "{rate: 600/h}"). Nothing
 * behind the equals sign takes the key, or the item of a list, out of the scenario. The number
 * behind the last one adds an item: outages.3={peer: e1, at: 2h, for: 10m}. A number of peers,
 * clusters.edge.peers=4, means the first four; further ones are like the last and named after it.
 * What names a peer that is gone goes too (a class pinned to it enters its cluster); lists that
 * name the last one name those that are added. `release` and `table` take each other's place.
 *
 * Settings are applied in order to a draft: a file read once. The same settings make a scenario,
 * without reading any text again, and the file's text with its comments kept. A draft may be used
 * by several threads at once.
 *
 * Mistakes are errors of ERROR_USAGE placed in the setting ("--set:1:17"), all at once, with the
 * nearest valid path; what does not fit together is found when the scenario is made.
 */
#ifndef PEERPLAN_DATA_SETTINGS_H
#define PEERPLAN_DATA_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "data/schema.h"
#include "model/base/arena.h"
#include "model/base/error.h"
#include "model/base/setting.h"
#include "model/scenario.h"

struct settings {
    const char *const *items; /* borrowed; "PATH=VALUE" */
    size_t count;
};

struct draft;

/* Reads a file; "-" is standard input. strict: the first bad row of a profile or of a column of
 * holding times is an error, not a warning. Owned; NULL, with errors, when it is not well-formed.
 * Whether it is a scenario is said by draft_scenario. */
struct draft *draft_read(const char *path, bool strict, struct errors *errors);
/* The same from a text; name and folder as in scenario_read_text. */
struct draft *draft_new(const char *text, const char *name, const char *folder,
                        struct errors *errors);
void draft_free(struct draft *draft); /* takes NULL */

/* The file as a tree; borrowed. */
const struct node_tree *draft_tree(const struct draft *draft);

/* The folder in which files that the scenario names are looked for; borrowed. */
const char *draft_folder(const struct draft *draft);

/* The scenario with settings applied; settings may be NULL. Release the scenario in any case. */
bool draft_scenario(const struct draft *draft, const struct settings *settings,
                    struct scenario *scenario, struct errors *errors);

/* The file's text with settings applied: comments, order and everything else stay as they are, what
 * goes stays as a comment. It says what draft_scenario makes its scenario from. Owned; NULL, with
 * errors. */
char *draft_text(const struct draft *draft, const struct settings *settings, struct errors *errors);

/* Where the value begins in a setting: behind the first equals sign outside quotes; NULL when there
 * is none. */
const char *setting_value(const char *setting);

/* ---- What can be set ---- */

/* A place that a setting can change. Its row says the type, the range (base units; of a number of
 * peers 1 to 6), the choices and what it means. */
struct setting_key {
    const char *path;  /* without stars */
    const char *value; /* as the file says it, a number of peers as one; NULL: not stated, or no
                          scalar. The row's `fallback` is the default */
    bool stated;
    const struct schema_row *row; /* TYPE_LIST: the number of peers */
};

/* Those whose path begins with the prefix (NULL: all), in the order of the schema and the file:
 * for lists that have items every key of each, also below mappings that the file does not have.
 * Names are left out. In the arena, with what it points to; NULL and 0 when out of memory. */
const struct setting_key *settings_keys(const struct draft *draft, const char *prefix,
                                        struct arena *arena, size_t *count);

/* Whether the value is a number (durations, rates, shares, bit rates, counts, peers), so that it
 * can be varied by a factor. */
bool setting_is_number(const struct setting_key *key);

#endif
