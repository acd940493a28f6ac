#include "reports/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXACT 9007199254740992.0 /* 2^53: whole numbers up to here are doubles */

/* The last row, or a new one for its first cell. Borrowed; NULL when out of memory. */
static json_t *row_of(struct table *table)
{
    json_t *rows = table->context;
    if (table->column == 0 && json_array_append_new(rows, json_object()) != 0)
        return NULL;
    return json_array_get(rows, json_array_size(rows) - 1);
}

/* Name of the cell's column. */
static const char *column_of(const struct table *table, size_t *length)
{
    const char *name = table->columns;
    for (size_t i = 0; i < table->column; i++)
        name = strchr(name, ',') + 1;
    *length = strcspn(name, ",");
    return name;
}

static void put(struct table *table, json_t *value)
{
    size_t length;
    const char *name = column_of(table, &length);
    json_t *row = table->failed ? NULL : row_of(table);
    if (!row || !value || json_object_setn_new(row, name, length, value) != 0) {
        if (!row)
            json_decref(value);
        table->failed = true;
    }
}

static void begin(struct table *table)
{
    (void)table;
}

/* Text from files is UTF-8 by then; what is not, a path for instance, must not cost the document.
 */
static void put_text(struct table *table, const char *text)
{
    json_t *value = json_string(text);
    if (!value)
        value = json_string("(not UTF-8)");
    put(table, value);
}

static void put_number(struct table *table, double value)
{
    bool whole = fabs(value) <= EXACT && value == floor(value);
    put(table, whole             ? json_integer((json_int_t)value)
               : isfinite(value) ? json_real(value)
                                 : json_string(value > 0 ? "inf" : "-inf"));
}

static void put_digits(struct table *table, const char *digits)
{
    if (strchr(digits, '.'))
        put(table, json_real(strtod(digits, NULL)));
    else
        put(table, json_integer(strtoll(digits, NULL, 10)));
}

static void put_identifier(struct table *table, const char *digits)
{
    put(table, json_string(digits));
}

static void put_empty(struct table *table)
{
    put(table, json_null());
}

static bool end(struct table *table)
{
    return !table->failed;
}

void json_use_our_memory(void)
{
    json_set_alloc_funcs(malloc, free);
}

struct table json_table(json_t *rows)
{
    static const struct table_sink sink = {
        .begin = begin,
        .text = put_text,
        .number = put_number,
        .digits = put_digits,
        .identifier = put_identifier,
        .empty = put_empty,
        .end = end,
    };
    return (struct table){.sink = &sink, .context = rows, .failed = !rows};
}

bool json_put(FILE *out, const json_t *document)
{
    char *text = document ? json_dumps(document, JSON_INDENT(2)) : NULL;
    if (!text)
        return false;
    fprintf(out, "%s\n", text);
    free(text);
    return true;
}
