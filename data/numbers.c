#include "data/numbers.h"

#include <stdlib.h>

#include "data/csv_reader.h"
#include "data/input.h"
#include "data/moment.h"
#include "model/base/number.h"

static bool append(struct numbers *numbers, size_t *room, double value)
{
    if (numbers->count == *room) {
        size_t wanted = *room ? *room * 2 : 256;
        double *larger = realloc(numbers->values, wanted * sizeof *larger);
        if (!larger)
            return false;
        numbers->values = larger;
        *room = wanted;
    }
    numbers->values[numbers->count++] = value;
    return true;
}

static const char *check(const char *text, double *value)
{
    nanos duration;
    if (!number_parse(text, value)) {
        if (!moment_parse_duration(text, &duration))
            return *text ? "not a number" : "no number";
        *value = (double)duration / (double)SECOND;
    }
    if (*value < 0)
        return "a negative duration";
    return *value <= (double)(TIME_MAX / SECOND) ? NULL : "longer than a hundred years";
}

static bool read_row(struct numbers *numbers, size_t *room, const struct csv_reader *reader,
                     const struct bad_row_rule *rule)
{
    double value = 0;
    const char *text = csv_reader_field(reader, 0);
    const char *reason = check(text, &value);
    if (reason)
        return bad_rows_add(rule, csv_reader_name(reader), csv_reader_place(reader, 0),
                            "%s: '%.80s'", reason, text);
    if (numbers->count < UINT32_MAX && append(numbers, room, value))
        return true;
    errors_add(rule->errors, ERROR_SOFTWARE, csv_reader_name(reader), 0, 0, "out of memory");
    return false;
}

static bool read_rows(struct numbers *numbers, struct csv_reader *reader,
                      const struct bad_row_rule *rule)
{
    size_t room = 0;
    for (;;) {
        enum csv_result result = csv_reader_next(reader, rule->errors);
        if (result == CSV_END || result == CSV_FAILED)
            return result == CSV_END;
        rule->counted->rows++;
        bool good = result == CSV_ROW
                        ? read_row(numbers, &room, reader, rule)
                        : bad_rows_add(rule, csv_reader_name(reader), csv_reader_row_place(reader),
                                       "%s", csv_reader_problem(reader));
        if (!good)
            return false;
    }
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

bool numbers_read(struct numbers *numbers, const char *path, const char *column,
                  const struct bad_row_rule *rule)
{
    struct errors *errors = rule->errors;
    const struct csv_column columns[] = {{column, true}};
    *numbers = (struct numbers){0};
    struct input *input = input_open(path, errors);
    struct csv_reader *reader = input ? csv_reader_new(input, columns, 1, errors) : NULL;
    bool good = reader && read_rows(numbers, reader, rule);
    csv_reader_free(reader);
    if (good && numbers->count)
        qsort(numbers->values, numbers->count, sizeof *numbers->values, by_value);
    if (good && (numbers->count == 0 || numbers->values[numbers->count - 1] <= 0)) {
        errors_add(errors, ERROR_DATA, path, 0, 0, "no number above 0 in column '%s'", column);
        good = false;
    }
    if (!good)
        numbers_release(numbers);
    return good;
}

void numbers_release(struct numbers *numbers)
{
    free(numbers->values);
    *numbers = (struct numbers){0};
}
