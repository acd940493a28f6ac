/* Rows of CSV files of any make: delimiters, line ends, encodings, quotes that go wrong; no cut of
 * the input changes anything, and no line is lost. */
#include "data/csv_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void say(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

static void describe(struct csv_rows *rows, char *text, size_t size, struct errors *errors)
{
    enum csv_result result;
    text[0] = '\0';
    while ((result = csv_rows_next(rows, errors)) < CSV_END) {
        struct csv_place place = csv_rows_row_place(rows);
        say(text, size, "%ld:%ld", place.line, place.column);
        for (size_t i = 0; result == CSV_ROW && i < csv_rows_count(rows); i++)
            say(text, size, " [%s]", csv_rows_field(rows, i));
        if (result == CSV_BAD)
            say(text, size, " bad: %s", csv_rows_problem(rows));
        say(text, size, "\n");
    }
    assert_int_equal(result, CSV_END);
    assert_int_equal(errors->failures, 0);
}

static void read_all(char *text, size_t size, const char *bytes, size_t length, size_t piece)
{
    struct errors errors;
    errors_init(&errors);
    struct input *input = input_memory("f", bytes, length, piece, &errors);
    struct csv_rows *rows = csv_rows_new(input, 0, &errors);
    assert_non_null(rows);
    describe(rows, text, size, &errors);
    csv_rows_free(rows);
    errors_release(&errors);
}

static void expect(const char *bytes, size_t length, const char *expected)
{
    for (size_t piece = 0; piece <= length; piece++) {
        char text[4096];
        read_all(text, sizeof text, bytes, length, piece);
        assert_string_equal(text, expected);
    }
}

static void expect_text(const char *text, const char *expected)
{
    expect(text, strlen(text), expected);
}

static void delimiters(void **state)
{
    (void)state;
    expect_text("a;b,c;d\n1;2;3\n", "1:1 [a] [b,c] [d]\n2:1 [1] [2] [3]\n");
    expect_text("a\tb\n\t\n x \t\"y\tz\"\n", "1:1 [a] [b]\n2:1 [] []\n3:2 [x] [y\tz]\n");
    expect_text("a|b|c\n", "1:1 [a] [b] [c]\n");
    expect_text("\"a;b;c;d\",e\n", "1:1 [a;b;c;d] [e]\n");
    expect_text("sep=;\r\na,b;c\r\n", "2:1 [a,b] [c]\n");
    expect_text("sep=|\na,b\n", "2:1 [a,b]\n");
    expect_text("\n\n\na;b\n", "4:1 [a] [b]\n");
    expect_text("alone\n1\n", "1:1 [alone]\n2:1 [1]\n");
    expect_text("", "");
    expect_text("\n\r\n\r", "");
    expect_text("sep=", "");
}

static void line_ends(void **state)
{
    (void)state;
    expect_text("a,b\r1,2\r\r3,4", "1:1 [a] [b]\n2:1 [1] [2]\n4:1 [3] [4]\n");
    expect_text("a,b\r\n1,2\n3,4\r5,6\r\n", "1:1 [a] [b]\n2:1 [1] [2]\n3:1 [3] [4]\n4:1 [5] [6]\n");
    expect_text("a\n\"x\r\ny\rz\"\nb", "1:1 [a]\n2:1 [x\r\ny\rz]\n5:1 [b]\n");
}

static void encodings(void **state)
{
    (void)state;
    static const char little[] = "\xff\xfe"
                                 "a\0,\0\xe9\0\n\0\"\0\x3d\xd8\x00\xde\"\0,\0\x00\xd8\n\0";
    static const char big[] = "\xfe\xff"
                              "\0a\0,\0\xe9\0\n\0\"\xd8\x3d\xde\x00\0\"\0,\xd8\x00\0\n";
    const char *expected = "1:1 [a] [\xc3\xa9]\n2:1 [\xf0\x9f\x98\x80] [\xef\xbf\xbd]\n";
    expect(little, sizeof little - 1, expected);
    expect(big, sizeof big - 1, expected);
    expect("\xff\xfe", 2, "");
    expect("\xff\xfe"
           "a\0b",
           5, "1:1 [a\xef\xbf\xbd]\n");
    expect_text("\xef\xbb\xbf"
                "a,b\n",
                "1:1 [a] [b]\n");
    expect_text("\xef\xbb", "1:1 [\xef\xbb]\n");
}

/* A quote that goes wrong takes the line where it was opened, and no other. */
static void quotes_that_go_wrong(void **state)
{
    (void)state;
    expect_text("a,b\n1,\"open\n2,x\n3,y\n",
                "1:1 [a] [b]\n2:3 bad: a quote opened here is never closed\n"
                "3:1 [2] [x]\n4:1 [3] [y]\n");
    expect_text("a,b\n1,\"13 inch\n2,x\n3,12\" screen\n4,z\n",
                "1:1 [a] [b]\n"
                "2:3 bad: a quote opened here is not closed before a quote in the "
                "wrong place on line 4\n"
                "3:1 [2] [x]\n4:5 bad: a quote in the wrong place\n5:1 [4] [z]\n");
    expect_text("1,\"", "1:3 bad: a quote opened here is never closed\n");
    expect_text("\"x\n\"\"\"\n", "1:1 [x\n\"]\n");
    expect("a,\0b\nc,d\n", 9, "1:3 bad: a NUL byte (is the file UTF-16?)\n2:1 [c] [d]\n");
    expect("a,b\n\"c\n\0\"\nd,e\n", 14,
           "1:1 [a] [b]\n2:1 bad: a quote opened here is not closed before a NUL byte on "
           "line 3\n3:1 bad: a NUL byte\n4:1 [d] [e]\n");
}

/* Long rows spoil themselves only. */
static void long_rows(void **state)
{
    (void)state;
    size_t size = 3 * CSV_ROW_MAX;
    char *bytes = malloc(size), text[1024];
    memset(bytes, 'x', size);
    memcpy(bytes, "a,b\n", 4);
    memcpy(bytes + size - 9, "\n1,2\n\"y\n\n", 9);
    read_all(text, sizeof text, bytes, size, 0);
    assert_string_equal(text, "1:1 [a] [b]\n2:1 bad: a row of more than 1048576 bytes\n"
                              "3:1 [1] [2]\n4:1 bad: a quote opened here is never closed\n");
    bytes[4] = '"';
    for (size_t i = 100; i < size - 100; i += 100)
        bytes[i] = '\n';
    struct errors errors;
    errors_init(&errors);
    struct csv_rows *rows = csv_rows_new(input_memory("f", bytes, size, 0, &errors), 0, &errors);
    size_t good = 0, bad = 0;
    enum csv_result result;
    while ((result = csv_rows_next(rows, &errors)) < CSV_END)
        *(result == CSV_ROW ? &good : &bad) += 1;
    assert_int_equal(bad, 2); /* the quote that is too long, and the one at the end */
    assert_int_equal(good + bad, (size - 101) / 100 + 4);
    csv_rows_free(rows);
    errors_release(&errors);
    free(bytes);
}

/* Rows made of what matters to a parser: the short way for plain rows gives what libcsv gives. */
static void plain_rows_as_libcsv_has_them(void **state)
{
    static const char letters[] = "\"\"\"\",,,, \t\n\n\rabc;";
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 20000; i++) {
        char text[2][8192], bytes[64];
        size_t length = 0;
        while (length < sizeof bytes && (length < 4 || random >> 59)) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[length++] = letters[(random >> 33) % (sizeof letters - 1)];
        }
        for (int way = 0; way < 2; way++) {
            struct errors errors;
            errors_init(&errors);
            struct csv_rows *rows =
                csv_rows_new(input_memory("f", bytes, length, 0, &errors), ',', &errors);
            if (way)
                csv_rows_by_libcsv(rows);
            describe(rows, text[way], sizeof text[way], &errors);
            csv_rows_free(rows);
            errors_release(&errors);
        }
        assert_string_equal(text[0], text[1]);
    }
}

static void only_what_is_wanted(void **state)
{
    (void)state;
    struct errors errors;
    errors_init(&errors);
    struct csv_rows *rows = csv_rows_new(input_memory("f", "a,b,c,d\n", 8, 0, &errors), 0, &errors);
    bool wanted[3] = {false, true, false};
    assert_true(csv_rows_keep(rows, wanted, 3));
    assert_int_equal(csv_rows_next(rows, &errors), CSV_ROW);
    assert_int_equal(csv_rows_count(rows), 4);
    assert_string_equal(csv_rows_field(rows, 0), "");
    assert_string_equal(csv_rows_field(rows, 1), "b");
    assert_string_equal(csv_rows_field(rows, 3), "");
    assert_string_equal(csv_rows_field(rows, 4), "");
    csv_rows_free(rows);
    errors_release(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delimiters),          cmocka_unit_test(line_ends),
        cmocka_unit_test(encodings),           cmocka_unit_test(quotes_that_go_wrong),
        cmocka_unit_test(long_rows),           cmocka_unit_test(plain_rows_as_libcsv_has_them),
        cmocka_unit_test(only_what_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
