/* What the parts of the scenario reader share. For data/scenario_*.c only.
 *
 * Reading goes in three passes: the schema checks every node (and reports), names are collected
 * with the index of what they stand for, then each part is resolved, reading what is good and
 * reporting only what the schema cannot see. A part that is wrong keeps its place in its array, so
 * that indices stay true for the rest of the reading.
 */
#ifndef PEERPLAN_DATA_SCENARIO_READER_H
#define PEERPLAN_DATA_SCENARIO_READER_H

#include "data/capacity_tables.h"
#include "data/names.h"
#include "data/schema.h"
#include "data/workload.h"
#include "model/base/arena.h"

struct reader {
    struct node_tree tree;
    struct scenario *s;
    struct errors *errors;
    struct names *names;     /* kind: enum schema_block */
    struct names *platforms; /* those of the table that are used, index in s->platforms */
    struct capacity_tables *tables;
    const struct capacity_table *table;
    struct workload *workload;
    struct schema_record root;
    uint32_t note_room;
    bool strict;  /* the first bad row of a profile or column is an error */
    bool starved; /* ran out of memory */
};

/* ---- scenario_file.c: help for all parts ---- */

/* Zeroed, owned by the scenario. Never NULL for count 0; NULL, noted, when out of memory. */
void *reader_alloc(struct reader *r, size_t count, size_t size);
const char *reader_strdup(struct reader *r, const char *text);

void reader_error(struct reader *r, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void reader_warn(struct reader *r, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A note that every result of the scenario carries. */
void reader_note(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A list of mappings, NULL when absent or no list; how many items it has. */
const struct node *reader_list(const struct schema_record *record, const char *key,
                               uint32_t *count);

/* What a stated reference refers to. False when it is not stated or, reported, not known. */
bool reader_refer(struct reader *r, const struct schema_record *record, const char *key,
                  uint32_t *index);
/* The same for one item of a list of references. */
bool reader_refer_node(struct reader *r, enum schema_block kind, const struct node *node,
                       uint32_t *index);

/* A stated point of time, from the scenario's start. False when not stated or, reported, before the
 * start. */
bool reader_time(struct reader *r, const struct schema_record *record, const char *key, nanos *at);
bool reader_resolve_time(struct reader *r, const struct schema_value *value, nanos *at);

/* Reports every stated key that is not in the list "a b c"; `what` ends the message. False when
 * there was one. */
bool reader_only(struct reader *r, const struct schema_record *record, const char *keys,
                 const char *what);
/* Reports every key of the list that is not stated. */
bool reader_need(struct reader *r, const struct schema_record *record, const char *keys,
                 const char *what);

/* Reports unless the shares sum to 1. */
bool reader_sum(struct reader *r, const struct node *node, const double *shares, uint32_t count);

/* Reports that no built-in table is of the release that a node names. */
void reader_unknown_release(struct reader *r, const struct node *node);

/* ---- The parts ---- */

void reader_platforms(struct reader *r);
void reader_clusters(struct reader *r);
void reader_zones(struct reader *r);
void reader_endpoints(struct reader *r);
void reader_pipes(struct reader *r);
void reader_subzones(struct reader *r);
void reader_links(struct reader *r);
/* The pipes of the subzones and links that a class passes, behind those it states. */
void reader_passage(struct reader *r, const struct node *node, struct call_class *call);
void reader_growth(struct reader *r);
/* What is stated without effect; only of a scenario without mistakes. */
void reader_effects(struct reader *r);
void reader_classes(struct reader *r);
void reader_traces(struct reader *r);
void reader_outages(struct reader *r);
void reader_changes(struct reader *r);

/* scenario_stated.c; the cluster's after its peers' */
void reader_peer_stated(struct reader *r, const struct schema_record *record, struct peer *peer);
void reader_cluster_stated(struct reader *r, const struct schema_record *record,
                           struct cluster *cluster);

void reader_arrivals(struct reader *r, const struct node *node, struct call_class *call);
bool reader_holding(struct reader *r, const struct node *node, struct holding *holding);

#endif
