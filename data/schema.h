/* The schema of the scenario file: one table that checks it, documents it and drives its editor.
 *
 * A block is a kind of mapping (a cluster, a peer, the holding times of a class); a row is one of
 * its keys: type, unit, range, default, whether it is required, a line of help. The same rows check
 * a file, fill in defaults, print `peerplan help scenario`, and tell the what-if editor what may be
 * typed where.
 *
 * Values come out in base units: nanoseconds, per second, fractions of 1, bit/s. Choices come out
 * as their number, in the order of the enums of model/scenario.h. A default in parentheses is in
 * words: the reader of the scenario works it out from other keys.
 */
#ifndef PEERPLAN_DATA_SCHEMA_H
#define PEERPLAN_DATA_SCHEMA_H

#include <stdio.h>

#include "data/node.h"
#include "model/scenario.h"

#define TEXT_CHARACTERS_MAX 1000 /* of a text that is no name */

enum schema_type {
    TYPE_STRING,
    TYPE_NAME, /* gives the block its name: unique in the scenario */
    TYPE_FILE,
    TYPE_DURATION,
    TYPE_TIME, /* duration from the start, time of day on day 1, or ISO time */
    TYPE_DATE, /* ISO time */
    TYPE_RATE,
    TYPE_FRACTION,
    TYPE_BITS,
    TYPE_INTEGER,
    TYPE_SEED, /* an integer up to 2^64 - 1; comes out as the int64_t of the same bits */
    TYPE_REAL,
    TYPE_BOOLEAN, /* yes | no, true | false */
    TYPE_CHOICE,
    TYPE_GROWTH,     /* 4%/month, -1%/year, 4%/month+-1% */
    TYPE_REFERENCE,  /* a name of something of `refers` */
    TYPE_REFERENCES, /* a list of them */
    TYPE_STRINGS,    /* a list of texts */
    TYPE_REALS,      /* a list of numbers */
    TYPE_FRACTIONS,
    TYPE_DURATIONS,
    TYPE_STEPS,    /* [[0h, 0.3], [8h, 1]] */
    TYPE_BATCHES,  /* [[1, 0.6], [8, 0.4]] */
    TYPE_PIPES,    /* {wan: 1.5M}, or [wan] with the class's bandwidth */
    TYPE_WEIGHTED, /* [e1, e2], or [{peer: e1, weight: 60}, ...]: names, or mappings of `block` */
    TYPE_GROWTHS,  /* {all: 4%/month, voice: 2%/month} */
    TYPE_MAPPING,  /* of `block` */
    TYPE_LIST,     /* of mappings of `block` */
    TYPE_COUNT
};

enum schema_block {
    BLOCK_SCENARIO,
    BLOCK_GOALS,
    BLOCK_CLUSTER,
    BLOCK_LICENCES,
    BLOCK_PEER,
    BLOCK_PLATFORM,
    BLOCK_ZONE,
    BLOCK_ZONE_PEER,
    BLOCK_SUBZONE,
    BLOCK_LINK,
    BLOCK_ENDPOINTS,
    BLOCK_RETRY,
    BLOCK_CLASS,
    BLOCK_VIA,
    BLOCK_TO,
    BLOCK_ARRIVALS,
    BLOCK_HOLDING,
    BLOCK_REDIAL,
    BLOCK_TRACE,
    BLOCK_PIPE,
    BLOCK_OUTAGE,
    BLOCK_UPGRADE,
    BLOCK_CHANGE,
    BLOCK_RUN,
    BLOCK_COUNT
};

struct schema_row {
    const char *key;
    enum schema_type type;
    const char *unit; /* "units", "calls"; NULL: the type says it */
    const char
        *choices; /* "edge|core"; with another type: words that may stand instead of a value */
    double low,
        high; /* range in base units (seconds for durations); both 0: no limit but the type's */
    const char *fallback; /* default as one writes it; NULL: none */
    bool required;
    enum schema_block block; /* of a mapping, a list; what a reference refers to */
    const char *help;
    const char *alias; /* an older name that files may still use */
};

/* ---- The table ---- */

const char *schema_block_name(enum schema_block block); /* "cluster", "peer" */
const char *schema_block_help(enum schema_block block);

/* The rows of a block, in the order of the help; borrowed, static. */
const struct schema_row *schema_rows(enum schema_block block, size_t *count);

/* The row of a key, NULL when the block has no such key. */
const struct schema_row *schema_row(enum schema_block block, const char *key);

/* The row for a path such as "clusters[0].peers[1].rms"; a list's own row without the last index.
 * NULL: no such. */
const struct schema_row *schema_find(const char *path);

/* Whether a value is one word: neither a list nor a mapping. */
bool schema_is_scalar(enum schema_type type);

/* "duration", "rate", ... and how a value looks: "90s 30m 8h 14d". */
const char *schema_type_name(enum schema_type type);
const char *schema_type_form(enum schema_type type);

/* The number of a word in "a|b|c", -1 when it is none; and the word of a number, copied ("" beyond
 * the end). */
int schema_choice(const char *choices, const char *word);
char *schema_choice_name(const char *choices, int number, char *buffer, size_t size);

/* Prints what `peerplan help scenario` says. */
void schema_print(FILE *out);

/* ---- Values ---- */

/* A value as read. `word` is the number of a choice, or of a word that stands instead of a value,
 * else -1. */
struct schema_value {
    const struct schema_row *row;
    const struct node *node; /* NULL: not stated, then the default, if any */
    bool good;               /* holds a value, stated or default */
    int word;
    int64_t integer; /* integer, bit/s, boolean, choice, nanoseconds; a date: seconds since 1970 */
    double real;     /* rate, fraction, real; integers too */
    bool of_day,
        of_date; /* a time: integer counts from midnight, or from 1970 (real: nanoseconds beyond) */
    const char *text; /* string, name, reference; borrowed from the node or the table */
};

#define SCHEMA_KEYS_MAX 40

/* The values of one mapping. */
struct schema_record {
    enum schema_block block;
    const struct node *node;
    struct schema_value values[SCHEMA_KEYS_MAX]; /* in the order of the rows */
};

/* Reads a scalar against a row; errors may be NULL. False when it does not fit. */
bool schema_read_scalar(const struct schema_row *row, const struct node_tree *tree,
                        const struct node *node, struct schema_value *value, struct errors *errors);

/* The same from a text alone, for editors: the reason goes to `reason` when it does not fit. */
bool schema_read_text(const struct schema_row *row, const char *text, struct schema_value *value,
                      char *reason, size_t size);

/* Reads the members of one mapping: unknown keys, wrong types and ranges, missing keys are errors.
 * Members that are collections are left to the caller (see schema_check). errors may be NULL: reads
 * what is good. */
bool schema_read(enum schema_block block, const struct node_tree *tree, const struct node *node,
                 struct schema_record *record, struct errors *errors);

/* Checks a node and everything below it. */
bool schema_check(enum schema_block block, const struct node_tree *tree, const struct node *node,
                  struct errors *errors);

/* The value of a key the block has; an assertion if it has not. Borrowed from the record. */
const struct schema_value *record_get(const struct schema_record *record, const char *key);
bool record_stated(const struct schema_record *record, const char *key);
int64_t record_integer(const struct schema_record *record, const char *key, int64_t otherwise);
double record_real(const struct schema_record *record, const char *key, double otherwise);
int record_choice(const struct schema_record *record, const char *key, int otherwise);
bool record_yes(const struct schema_record *record, const char *key, bool otherwise);
const char *record_text(const struct schema_record *record,
                        const char *key); /* NULL when there is none */
const struct node *record_node(const struct schema_record *record, const char *key);

/* "a, b, c and 4 more", for messages. Returns buffer. */
char *schema_words(const char *const *words, size_t count, char *buffer, size_t size);

/* A text for messages: at most 40 characters of it, control characters shown as '?'. Returns
 * buffer. */
#define QUOTED_MAX 200
char *schema_quote(const char *text, char buffer[QUOTED_MAX]);

#endif
