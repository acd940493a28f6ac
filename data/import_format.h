/* The formats of call records that are known, as data: by which columns of a header, or by which
 * content of a row without one, a format is told, and what its columns mean. A mapping stated with
 * --map goes the same way.
 *
 * A mapping is a text "MEANING=COLUMN[+COLUMN...][|COLUMN...],...": columns joined by a blank with
 * `+`, the first that is not empty of several with `|`. Meanings are those of enum import_meaning.
 */
#ifndef PEERPLAN_DATA_IMPORT_FORMAT_H
#define PEERPLAN_DATA_IMPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

/* meaning, its name in a mapping, what it is */
#define IMPORT_MEANINGS(ROW)                                                                       \
    ROW(START, "start", "when the call was answered, or begins")                                   \
    ROW(SETUP, "setup", "when its set-up began")                                                   \
    ROW(END, "end", "when it ended")                                                               \
    ROW(DURATION, "duration", "from answer to end")                                                \
    ROW(LENGTH, "length", "from set-up to end")                                                    \
    ROW(RING, "ring", "from set-up to answer")                                                     \
    ROW(ANSWERED, "answered", "yes, no, or the time of answer")                                    \
    ROW(CLASS, "class", "the class")                                                               \
    ROW(ID, "id", "what tells records apart")                                                      \
    ROW(GROUP, "group", "what the records of one call share")                                      \
    ROW(LAST, "last", "the last instant known of a call in progress")                              \
    ROW(MEDIA, "media", "audio or video")                                                          \
    ROW(CALLING, "calling", "who calls")                                                           \
    ROW(CALLED, "called", "who is called")                                                         \
    ROW(TRUNK, "trunk", "the trunk that it takes")                                                 \
    ROW(IP, "ip", "the address of the calling side")                                               \
    ROW(CALLED_IP, "called_ip", "the address of the called side")                                  \
    ROW(DEVICE, "device", "the device of the calling side")                                        \
    ROW(CALLED_DEVICE, "called_device", "the device of the called side")

enum import_meaning {
#define MEANING(id, name, what) MEANING_##id,
    IMPORT_MEANINGS(MEANING)
#undef MEANING
        MEANING_COUNT
};

const char *import_meaning_name(enum import_meaning meaning);

/* How records make up calls. */
enum import_grouping {
    GROUPING_NONE,   /* a record is a call */
    GROUPING_LEGS,   /* the records of a group are legs of one call */
    GROUPING_DIALOG, /* a record that opens and one that closes */
};

struct import_format {
    const char *name, *title;
    const char *header;     /* columns that a header names at least, with commas between */
    const char *layouts[4]; /* of rows without a header: columns with the kind of their content,
                               "name:kind" with blanks between; see import_format.c */
    size_t fields_least, fields_most; /* of rows without a header; 0: as many as the first has */
    const char *map; /* as above; NULL: stated by the user, or by the names of meanings */
    struct {
        const char *condition, *reason;
    } skips[2];           /* rows that are no call records, and why */
    bool skip_any_width;  /* the first of them also where a row has another number of fields */
    const char *answered; /* condition; NULL: by MEANING_ANSWERED, or all */
    const char *active;   /* condition: the call is still in progress; NULL: none is */
    const char *video;    /* condition: it is a video call; NULL: by MEANING_MEDIA */
    const char *opens, *closes; /* conditions of GROUPING_DIALOG */
    enum import_grouping grouping;
    bool whole_row;     /* equal rows are duplicates */
    bool little_endian; /* addresses are signed numbers, the lowest byte first */
};

extern const struct import_format import_formats[];
extern const size_t import_format_count;

/* NULL when unknown. */
const struct import_format *import_format_find(const char *name);

/* A row as it is read: a function that gives its fields. */
struct import_fields {
    const char *(*field)(const void *row, size_t index);
    const void *row;
    size_t count;
};

/* Whether a row is a header of the format. */
bool import_format_header(const struct import_format *format, const struct import_fields *fields);
/* The layout of the format that a row without a header has; NULL: none. */
const char *import_format_layout(const struct import_format *format,
                                 const struct import_fields *fields);
/* The name of column `index` of a layout: its length, 0 when the layout has no such column. */
size_t import_layout_name(const char *layout, size_t index, const char **name);

/* A line of types below or above a header (INTEGER, VARCHAR(50), ...). */
bool import_types_line(const struct import_fields *fields);

/* The same by the first bytes of a file, with or without a header; compressed ones too. */
const struct import_format *import_format_of_file(const char *path);

#endif
