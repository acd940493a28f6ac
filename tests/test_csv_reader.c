/* The CSV reader: names decide, places are right, and no cut of the input changes anything. */
#include "data/csv_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct csv_column columns[] = {{"start", true}, {"class", true}, {"id", false}};

struct reading {
    char text[8192]; /* what was read, one line a row */
    struct errors errors;
};

static void say(struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct reading *reading, const char *format, ...)
{
    size_t used = strlen(reading->text);
    va_list args;
    va_start(args, format);
    vsnprintf(reading->text + used, sizeof reading->text - used, format, args);
    va_end(args);
}

static void describe(struct reading *reading, const struct csv_reader *reader,
                     enum csv_result result)
{
    struct csv_place row = csv_reader_row_place(reader);
    if (result == CSV_BAD) {
        say(reading, "bad %ld:%ld %s\n", row.line, row.column, csv_reader_problem(reader));
        return;
    }
    struct csv_place class_place = csv_reader_place(reader, 1);
    const char *id = csv_reader_field(reader, 2);
    say(reading, "row %ld [%s] [%s]@%ld:%ld [%s]\n", row.line, csv_reader_field(reader, 0),
        csv_reader_field(reader, 1), class_place.line, class_place.column, id ? id : "none");
}

static void read_all(struct reading *reading, const char *bytes, size_t size, size_t piece)
{
    memset(reading, 0, sizeof *reading);
    struct input *input = input_memory("calls.csv", bytes, size, piece, &reading->errors);
    assert_non_null(input);
    struct csv_reader *reader = csv_reader_new(input, columns, 3, &reading->errors);
    enum csv_result result = CSV_END;
    while (reader && (result = csv_reader_next(reader, &reading->errors)) < CSV_END)
        describe(reading, reader, result);
    csv_reader_free(reader);
    for (size_t i = 0; i < reading->errors.count; i++)
        say(reading, "error %ld:%ld %s\n", reading->errors.items[i].line,
            reading->errors.items[i].column, reading->errors.items[i].message);
}

/* Reads in pieces of every size and asks for the same each time. */
static void expect(const char *bytes, size_t size, const char *expected)
{
    for (size_t piece = 0; piece <= size; piece++) {
        struct reading reading;
        read_all(&reading, bytes, size, piece);
        assert_string_equal(reading.text, expected);
        errors_release(&reading.errors);
    }
}

static void expect_text(const char *text, const char *expected)
{
    expect(text, strlen(text), expected);
}

static void names_decide(void **state)
{
    (void)state;
    expect_text("other,class,start\nx,video,1\n y , audio , 2 \n",
                "row 2 [1] [video]@2:3 [none]\nrow 3 [2] [audio]@3:6 [none]\n");
    expect_text("id,start,class,start2\na,1,b,\n", "row 2 [1] [b]@2:5 [a]\n");
    expect_text("start,class\n1,a", "row 2 [1] [a]@2:3 [none]\n");
    expect_text("start,class\n", "");
}

static void line_ends_and_marks(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (size_t i = 0; i < 3; i++) {
        char text[200];
        const char *e = ends[i];
        snprintf(text, sizeof text, "\xef\xbb\xbfstart,class%s%s  %s1,a%s2,b%s%s3%s4,d", e, e, e, e,
                 e, e, e);
        expect_text(text, "row 4 [1] [a]@4:3 [none]\nrow 5 [2] [b]@5:3 [none]\n"
                          "bad 7:2 1 fields, the header names 2\nrow 8 [4] [d]@8:3 [none]\n");
    }
    expect_text("start,class\r1,a\n2\r\n3,b\n", "row 2 [1] [a]@2:3 [none]\n"
                                                "bad 3:2 1 fields, the header names 2\n"
                                                "row 4 [3] [b]@4:3 [none]\n");
    static const char quote_first[] = "start,class\n1,a\"b\0\n";
    expect(quote_first, sizeof quote_first - 1, "bad 2:4 a quote in the wrong place\n");
}

static void quotes(void **state)
{
    (void)state;
    expect_text("start,id,class\n1,\"two\nlines, \"\"so\"\"\",v\r\n\"2\",x,\" y \"\n",
                "row 2 [1] [v]@3:16 [two\nlines, \"so\"]\nrow 4 [2] [ y ]@4:7 [x]\n");
    expect_text("start,class\n1,a\"b\n2,c\n3,\"d\"e\n4,f\n",
                "bad 2:4 a quote in the wrong place\nrow 3 [2] [c]@3:3 [none]\n"
                "bad 4:6 a quote in the wrong place\nrow 5 [4] [f]@5:3 [none]\n");
    expect_text("start,class\n1,a\n2,\"b\n3,c\n",
                "row 2 [1] [a]@2:3 [none]\nbad 3:3 a quote opened here is never closed\n"
                "row 4 [3] [c]@4:3 [none]\n");
}

static void columns_count_characters(void **state)
{
    (void)state;
    expect_text("id,start,class\n\xc3\xa9t\xc3\xa9,1,2\n",
                "row 2 [1] [2]@2:7 [\xc3\xa9t\xc3\xa9]\n");
}

static void bad_rows(void **state)
{
    (void)state;
    expect_text("start,class\n1\n1,2,3\n4,5\n",
                "bad 2:2 1 fields, the header names 2\nbad 3:5 3 fields, the header names 2\n"
                "row 4 [4] [5]@4:3 [none]\n");
    static const char nul[] = "start,class\n1,\0\n4,5\n";
    expect(nul, sizeof nul - 1, "bad 2:3 a NUL byte\nrow 3 [4] [5]@3:3 [none]\n");
}

static void bad_headers(void **state)
{
    (void)state;
    expect_text("", "error 0:0 is empty: the first line must name the columns\n");
    expect_text("\n\n", "error 0:0 is empty: the first line must name the columns\n");
    expect_text("start,x\n",
                "error 1:1 the column 'class' is missing: the first line must name the columns\n");
    expect_text("start, start,class\n", "error 1:8 the column 'start' occurs twice\n");
    static const char utf16[] = "s\0t\0a\0";
    expect(utf16, 6, "error 1:2 a NUL byte (is the file UTF-16?)\n");
}

static void long_rows_are_bounded(void **state)
{
    (void)state;
    size_t size = CSV_ROW_MAX + 100;
    char *text = malloc(size);
    memset(text, 'x', size);
    memcpy(text, "start,class\n1,\"", 15);
    memcpy(text + size - 5, "\n2,a\n", 5);
    struct reading reading;
    read_all(&reading, text, size, 0);
    assert_string_equal(reading.text, "bad 2:1 a row of more than 1048576 bytes\n"
                                      "row 3 [2] [a]@3:3 [none]\n");
    errors_release(&reading.errors);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_decide),
        cmocka_unit_test(line_ends_and_marks),
        cmocka_unit_test(quotes),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(bad_rows),
        cmocka_unit_test(bad_headers),
        cmocka_unit_test(long_rows_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
