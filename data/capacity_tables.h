/* Capacity tables: what each document says that a node, or a cluster of nodes, can carry.
 *
 * A table is what one document states for one release (and one mode of registration); tables are
 * kept apart and never merged, and where documents disagree both are there to be shown. Those built
 * in are constants (data/capacity_builtin.h), made of the CSV files in data/capacity while
 * building; a user's own file has the same form and is read by the same code. All figures are
 * guidelines, not guaranteed.
 *
 * A row is a platform and a number of peers: rows of one peer are what a node carries, rows of more
 * are what the document prints for a cluster of that size. The figure computed for a cluster is the
 * cluster factor times the node's; a printed one may differ (X14.2-capacity-chapter prints 10000
 * MRA registrations for four nodes of 3500).
 *
 * CSV columns, in any order: platform (required), table (default: the file's name), release,
 * document, updated, scope (node | recommended | ceiling), fast_path (on | off), peers (default 1),
 * registrations, video_calls, audio_calls, mra_video_calls, rms, mra_registrations, turn_relays,
 * setup_rate, gain (no: clustering adds no capacity), turn_ports (yes: large systems, six ports),
 * note. Other columns are ignored. An empty figure is one that the document does not state. The
 * file may be compressed; "-" is standard input.
 *
 * Ownership: the collection owns all strings of files; tables, rows and what
 * capacity_table_platform fills in borrow them.
 */
#ifndef PEERPLAN_DATA_CAPACITY_TABLES_H
#define PEERPLAN_DATA_CAPACITY_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/capacity.h"
#include "model/base/error.h"

#define CAPACITY_TABLE_DEFAULT "X14.2-cluster-chapter"
#define CAPACITY_NOT_STATED    CAPACITY_UNLIMITED
#define CAPACITY_FIGURE_MAX    INT64_C(1000000000)

enum capacity_resource {
    CAPACITY_REGISTRATIONS,
    CAPACITY_VIDEO_CALLS,
    CAPACITY_AUDIO_CALLS,
    CAPACITY_MRA_VIDEO_CALLS,
    CAPACITY_RMS,
    CAPACITY_MRA_REGISTRATIONS,
    CAPACITY_TURN_RELAYS,
    CAPACITY_RESOURCE_COUNT
};

/* "registrations", "video_calls", ...: the names in `tables --csv` and the columns of the files. */
const char *capacity_resource_name(enum capacity_resource resource);

enum capacity_scope { CAPACITY_NODE, CAPACITY_RECOMMENDED, CAPACITY_CEILING };

struct capacity_row {
    const char *platform; /* "large-vm" */
    int peers;            /* 1: a node; more: printed for a cluster of this size */
    int64_t figures[CAPACITY_RESOURCE_COUNT]; /* CAPACITY_NOT_STATED where the document is silent */
    int64_t setup_rate; /* call set-ups per second and node, or CAPACITY_NOT_STATED */
    bool gain;          /* clustering adds capacity */
    bool turn_ports;
    int64_t units, audio_weight, video_weight, mra_video_weight; /* made from the call figures */
    const char *note;                                            /* "" when there is none */
};

struct capacity_table {
    const char *name;     /* "X14.2-cluster-chapter" */
    const char *release;  /* "X14.2", "" when the file does not say */
    const char *document; /* "Admin Guide X14.2 ch. Clustering and Peers" */
    const char *updated;  /* date of the document, "" unknown */
    enum capacity_scope scope;
    bool fast_path; /* figures with fast path registration on */
    bool builtin;
    const struct capacity_row *rows; /* in order of the file */
    size_t row_count;
    const struct capacity_row *const *sorted; /* by platform and peers */
};

struct capacity_tables;

/* The built-in tables; owned, NULL with errors when out of memory. */
struct capacity_tables *capacity_tables_new(struct errors *errors);
void capacity_tables_free(struct capacity_tables *tables); /* takes NULL */

/* Adds the tables of a user's file. False with errors at their line and column; then nothing of it
 * is added. A table that has the name of one already there is an error: tables are never merged. */
bool capacity_tables_add_file(struct capacity_tables *tables, const char *path,
                              struct errors *errors);

size_t capacity_tables_count(const struct capacity_tables *tables);
const struct capacity_table *capacity_tables_at(const struct capacity_tables *tables, size_t index);

/* By name. The names under which documents list the halves of a table ("X15.5-single",
 * "X14.2-cluster-chapter-cluster4", "CVD12-node") find the whole. NULL when there is none. */
const struct capacity_table *capacity_tables_find(const struct capacity_tables *tables,
                                                  const char *name);

/* By release: its clustering chapter, else its table for single nodes; never one with fast path
 * registration, a recommendation or a ceiling. NULL when there is none. */
const struct capacity_table *capacity_tables_find_release(const struct capacity_tables *tables,
                                                          const char *release);

/* The row of a platform printed for a number of peers (1: the node); NULL when the table has none.
 */
const struct capacity_row *capacity_table_row(const struct capacity_table *table,
                                              const char *platform, int peers);

/* What a node of this name carries, in units: false when the table does not list it. Weights are
 * made so that each of the three call figures is reached exactly (units: their least common
 * multiple, which is the audio figure in all built-in tables). Where a document states no video
 * figure it is half the audio figure, and the other way round. */
bool capacity_table_platform(const struct capacity_table *table, const char *name,
                             struct platform *platform);

/* A figure for a cluster: factor times the node's; CAPACITY_NOT_STATED stays so. */
int64_t capacity_row_cluster(const struct capacity_row *node, enum redundancy rule, int peers,
                             enum capacity_resource resource);

/* A redundancy rule as the documents give it; the factors that are computed with are those of
 * model/capacity.h. */
struct capacity_rule {
    enum redundancy rule;
    const char *release_from, *release_to;
    const char *document;
    int factors[CLUSTER_PEERS_MAX +
                1]; /* by number of peers; 0 where the rule does not go so far */
    int no_gain_factor;
};

/* NULL for REDUNDANCY_NONE. */
const struct capacity_rule *capacity_rule(enum redundancy rule);

/* The rule that a release follows when nothing else is said: 4+1 for X14.2, n+1 from X14.3, else
 * (also for "") legacy. */
enum redundancy capacity_release_rule(const char *release);

#endif
