/* The texts of dumps, wherever they lie: files, folders, archives. For data/dump.c alone. */
#ifndef PEERPLAN_DATA_DUMP_FILES_H
#define PEERPLAN_DATA_DUMP_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "model/base/error.h"

#define DUMP_TEXT_MAX ((size_t)64 * 1024 * 1024)  /* bytes of one file, unpacked */
#define DUMP_ALL_MAX  ((size_t)256 * 1024 * 1024) /* of all of them */

enum dump_part { DUMP_CONFIGURATION, DUMP_STATUS };

struct dump_text {
    char *name;    /* owned: "logs.tar.gz:xconf_dump.txt" */
    size_t folder; /* bytes of the name before the file's own: files of one system share them */
    char *text;    /* owned; NUL-terminated, may hold NUL */
    size_t length;
    enum dump_part part;
};

struct dump_texts {
    struct dump_text *items; /* owned */
    size_t count, capacity, bytes;
    char *other; /* owned: a single file that is no archive, whatever it is */
    size_t other_length;
};

/* Reads what lies at the path: of folders and archives the files that are named like dumps; of
 * another file its text, as `other`. False with an error. */
bool dump_texts_read(struct dump_texts *texts, const char *path, struct errors *errors);

/* Takes a text over; false when out of memory (the text is freed). */
bool dump_texts_add(struct dump_texts *texts, const char *name, char *text, size_t length,
                    enum dump_part part);

/* Whether a file of this name should be an archive. */
bool dump_is_archive(const char *name);

void dump_texts_release(struct dump_texts *texts);

#endif
