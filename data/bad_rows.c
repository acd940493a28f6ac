#include "data/bad_rows.h"

#include <stdarg.h>
#include <string.h>

void bad_rows_init(struct bad_rows *rows)
{
    *rows = (struct bad_rows){0};
    errors_init(&rows->quoted);
}

void bad_rows_release(struct bad_rows *rows)
{
    errors_release(&rows->quoted);
    bad_rows_init(rows);
}

static size_t cut_text(const char *text, size_t length)
{
    if (length <= BAD_ROWS_TEXT)
        return length;
    length = BAD_ROWS_TEXT;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) /* not inside a character */
        length--;
    return length;
}

bool bad_rows_add(const struct bad_row_rule *rule, const char *file, struct csv_place place,
                  const char *format, ...)
{
    va_list args;
    bool strict = rule->strict;
    struct bad_rows *rows = rule->counted;
    struct errors *target = strict ? rule->errors : &rows->quoted;
    if (!strict)
        rows->bad++;
    if (!strict && rows->bad > BAD_ROWS_QUOTED)
        return true;
    va_start(args, format);
    errors_vadd(target, strict ? ERROR_DATA : ERROR_NONE,
                (struct error_place){file, place.line, place.column}, format, args);
    va_end(args);
    errors_set_source(target, place.text, cut_text(place.text, place.length));
    return !strict;
}

bool bad_rows_many(uint64_t left_out, uint64_t rows)
{
    return left_out > rows / 100;
}

void bad_rows_report(const struct bad_rows *rows, const char *file, struct errors *errors)
{
    for (size_t i = 0; i < rows->quoted.count; i++) {
        const struct error *item = &rows->quoted.items[i];
        errors_warn(errors, file, item->line, item->column, "bad row left out: %s",
                    item->message ? item->message : "");
        if (item->source)
            errors_set_source(errors, item->source, strlen(item->source));
    }
    if (rows->bad == 0)
        return;
    errors_warn(errors, file, 0, 0, "%llu of %llu rows are bad and left out%s",
                (unsigned long long)rows->bad, (unsigned long long)rows->rows,
                rows->bad > BAD_ROWS_QUOTED ? "; the first are quoted" : "");
    if (bad_rows_many(rows->bad, rows->rows))
        errors_set_important(errors);
}
