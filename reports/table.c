#include "reports/table.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "model/base/number.h"

void table_begin(struct table *table, const char *name, const char *columns)
{
    table->name = name;
    table->columns = columns;
    table->column = table->rows = 0;
    table->enough = false;
    table->width = 1;
    for (const char *at = columns; *at; at++)
        table->width += *at == ',';
    assert(table->width <= TABLE_COLUMNS_MAX);
    table->sink->begin(table);
}

/* After every cell. */
static void advance(struct table *table)
{
    if (++table->column == table->width) {
        table->column = 0;
        table->rows++;
    }
}

void table_empty(struct table *table)
{
    table->sink->empty(table);
    advance(table);
}

void table_text(struct table *table, const char *text)
{
    if (!text) {
        table_empty(table);
        return;
    }
    table->sink->text(table, text);
    advance(table);
}

void table_number(struct table *table, double value)
{
    if (isnan(value)) {
        table_empty(table);
        return;
    }
    table->sink->number(table, value);
    advance(table);
}

void table_single(struct table *table, double value)
{
    if (value == 0 || !isfinite(value)) {
        table_number(table, value);
        return;
    }
    int power = 6 - (int)floor(log10(fabs(value)));
    double scale = pow(10, power < 0 ? -power : power);
    table_number(table, power >= 0 ? round(value * scale) / scale : round(value / scale) * scale);
}

void table_count(struct table *table, int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, value);
    table->sink->digits(table, digits);
    advance(table);
}

void table_seconds(struct table *table, nanos time)
{
    char digits[SECONDS_SIZE];
    table->sink->digits(table, seconds_format(time, digits));
    advance(table);
}

void table_identifier(struct table *table, uint64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    table->sink->identifier(table, digits);
    advance(table);
}

bool table_end(struct table *table)
{
    assert(table->column == 0 || table->failed);
    return table->sink->end(table) && !table->failed;
}

char *seconds_format(nanos time, char buffer[static SECONDS_SIZE])
{
    uint64_t size = time < 0 ? 0 - (uint64_t)time : (uint64_t)time;
    uint64_t seconds = size / (uint64_t)SECOND, fraction = size % (uint64_t)SECOND;
    int length = snprintf(buffer, SECONDS_SIZE, "%s%" PRIu64, time < 0 ? "-" : "", seconds);
    if (fraction == 0)
        return buffer;
    length += snprintf(buffer + length, SECONDS_SIZE - (size_t)length, ".%09" PRIu64, fraction);
    while (buffer[length - 1] == '0')
        buffer[--length] = '\0';
    return buffer;
}
