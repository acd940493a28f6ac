#include "reports/columns.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/safe_text.h"

void columns_init(struct columns *columns, const char *align)
{
    *columns = (struct columns){.align = align, .width = strlen(align)};
    assert(columns->width <= COLUMNS_MAX);
}

void columns_release(struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        free(columns->cells[i]);
    free(columns->cells);
    columns_init(columns, "");
}

void columns_add(struct columns *columns, const char *format, ...)
{
    if (columns->count == columns->room) {
        size_t room = columns->room ? 2 * columns->room : 64;
        char **cells = realloc(columns->cells, room * sizeof *cells);
        if (!cells)
            return;
        columns->cells = cells;
        columns->room = room;
    }
    va_list args;
    va_start(args, format);
    if (vasprintf(&columns->cells[columns->count], format, args) >= 0)
        columns->count++;
    va_end(args);
}

/* Widths of 0 mark columns that are left out. */
static void measure(const struct columns *columns, size_t rows, size_t *widths)
{
    for (size_t c = 0; c < columns->width; c++) {
        widths[c] = 0;
        for (size_t r = 1; r < rows; r++) {
            size_t width = safe_text_columns(columns->cells[r * columns->width + c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
        size_t head = safe_text_columns(columns->cells[c]);
        if (widths[c] > 0 && head > widths[c])
            widths[c] = head;
    }
}

static void print_row(const struct columns *columns, size_t row, const size_t *widths, FILE *out)
{
    size_t owed = 0; /* blanks, written only before text, so that no line ends with them */
    for (size_t c = 0; c < columns->width; c++) {
        if (widths[c] == 0)
            continue;
        const char *cell = columns->cells[row * columns->width + c];
        size_t blanks = widths[c] - safe_text_columns(cell);
        bool right = columns->align[c] == 'r';
        owed += 2 + (right ? blanks : 0);
        if (*cell) {
            fprintf(out, "%*s", (int)owed, "");
            safe_text_put(out, cell, strlen(cell));
            owed = 0;
        }
        owed += right ? 0 : blanks;
    }
    putc('\n', out);
}

void columns_print(const struct columns *columns, FILE *out, bool colour)
{
    size_t rows = columns->width ? columns->count / columns->width : 0;
    if (rows < 2)
        return;
    size_t widths[COLUMNS_MAX];
    measure(columns, rows, widths);
    for (size_t r = 0; r < rows; r++) {
        if (colour && r == 0)
            fputs("\033[1m", out);
        print_row(columns, r, widths, out);
        if (colour && r == 0)
            fputs("\033[0m", out);
    }
}
