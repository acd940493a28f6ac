#include "reports/csv.h"

#include <string.h>

#include "model/base/number.h"

/* ---- Cells ---- */

/* A spreadsheet would run it. */
static bool looks_like_formula(const char *text)
{
    double value;
    return text[0] && strchr("=+-@\t\r", text[0]) && !number_parse(text, &value);
}

void csv_put_text(FILE *out, const char *text)
{
    const char *guard = looks_like_formula(text) ? "'" : "";
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(guard, out);
        fputs(text, out);
        return;
    }
    putc('"', out);
    fputs(guard, out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

void csv_put_seconds(FILE *out, nanos time)
{
    char digits[SECONDS_SIZE];
    fputs(seconds_format(time, digits), out);
}

/* ---- Tables ---- */

static void begin(struct table *table)
{
    fprintf(table->context, "%s\n", table->columns);
}

/* What stands after a cell. */
static void close_cell(struct table *table)
{
    putc(table->column + 1 < table->width ? ',' : '\n', table->context);
}

static void put_text(struct table *table, const char *text)
{
    csv_put_text(table->context, text);
    close_cell(table);
}

static void put_digits(struct table *table, const char *digits)
{
    fputs(digits, table->context);
    close_cell(table);
}

static void put_number(struct table *table, double value)
{
    char digits[NUMBER_SIZE];
    put_digits(table, number_format(value, digits));
}

static bool end(struct table *table)
{
    (void)table;
    return true;
}

struct table csv_table(FILE *out)
{
    static const struct table_sink sink = {
        .begin = begin,
        .text = put_text,
        .number = put_number,
        .digits = put_digits,
        .identifier = put_digits,
        .empty = close_cell,
        .end = end,
    };
    return (struct table){.sink = &sink, .context = out};
}
