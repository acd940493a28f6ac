/* A page, or a workbook, of tables: what a command keeps elsewhere than in an answer (points of a
 * sweep, a run of the database). */
#ifndef PEERPLAN_REPORTS_PAGE_TABLES_H
#define PEERPLAN_REPORTS_PAGE_TABLES_H

#include "model/base/error.h"
#include "reports/table.h"

struct page_list {
    const char *title;                                     /* of a section, and of a sheet */
    const char *finding;                                   /* a sentence; NULL: none */
    bool (*put)(struct table *table, const void *context); /* false: it could not be had */
    const void *context;
};

struct page_tables {
    const char *title, *subtitle;
    const char *verdict; /* as in files; NULL: none */
    const char *sentence;
    const struct page_list *lists;
    size_t count;
    int64_t created; /* of a workbook, seconds since 1970: nothing depends on the clock */
};

/* Whole or not at all; false with an error. */
bool page_write_tables(const char *path, const struct page_tables *tables, struct errors *errors);
bool book_write_tables(const char *path, const struct page_tables *tables, struct errors *errors);

#endif
