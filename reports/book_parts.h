/* What the sheets of a workbook share. For reports/book*.c only. */
#ifndef PEERPLAN_REPORTS_BOOK_PARTS_H
#define PEERPLAN_REPORTS_BOOK_PARTS_H

#include <xlsxwriter.h>

#include "answer/judge.h"
#include "reports/files.h"

/* Colours of charts: the light roles of pages. */
#define BOOK_LOAD  0x0B5CAD
#define BOOK_CAP   0x1C2128
#define BOOK_ALARM 0x8A5600
#define BOOK_NO    0xC0262D

struct book {
    lxw_workbook *workbook;
    char foot[128]; /* of printed sheets */
    lxw_format *head, *title, *wrapped, *share, *count, *verdicts[VERDICT_COUNT];
    lxw_format *cells[VERDICT_COUNT]; /* of cells that say a verdict */
    lxw_worksheet *answer;            /* NULL: there is none */
    uint32_t answer_row;              /* of what may follow on it */
};

/* A text as a cell may hold it: no control characters, not too long. Owned; NULL: out of memory. */
char *book_text(const char *text);
/* Always as text, whatever it looks like. */
void book_string(lxw_worksheet *sheet, uint32_t row, uint16_t column, const char *text,
                 lxw_format *format);
/* A sheet that prints on A4; NULL: it could not be made. */
lxw_worksheet *book_sheet(struct book *book, const char *name);

/* A line of a chart: a column of a sheet over another. */
struct book_line_of {
    const char *sheet;
    uint32_t first, last; /* rows */
    uint16_t over, column;
    const char *name;
    uint32_t colour;
    double width; /* points; 0: as lines are */
    bool dotted;
};
void book_line(lxw_chart *chart, const struct book_line_of *line);

/* The sheet of the day: units of each cluster, pools, registrations, what is refused. */
bool book_day(struct book *book, const struct report *report);
/* Beside the table of failures: units over the day as planned, and with the worst set down. */
void book_failure_curve(struct book *book, lxw_worksheet *sheet, const struct report *report);

#endif
