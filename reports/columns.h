/* A table of text in aligned columns: cells are added row by row, widths are found when it is
 * printed. */
#ifndef PEERPLAN_REPORTS_COLUMNS_H
#define PEERPLAN_REPORTS_COLUMNS_H

#include <stdbool.h>
#include <stdio.h>

#define COLUMNS_MAX 24

struct columns {
    const char *align; /* a letter a column: 'l' left, 'r' right; borrowed */
    size_t width;      /* columns */
    char **cells;      /* owned; row by row, the first row is the head */
    size_t count, room;
};

void columns_init(struct columns *columns, const char *align);
void columns_release(struct columns *columns);

/* The next cell. Out of memory leaves cells out at the end. */
void columns_add(struct columns *columns, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Columns without any text below the head are left out; two blanks between columns and before the
 * first. */
void columns_print(const struct columns *columns, FILE *out, bool colour);

#endif
