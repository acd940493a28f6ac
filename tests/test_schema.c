/* The schema: its table is sound, values are read in base units, mistakes are told, help is
 * printed. */
#include "data/schema.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/quantity.h"

static void rows_are_sound(void **state)
{
    (void)state;
    size_t rows = 0;
    for (int block = 0; block < BLOCK_COUNT; block++) {
        size_t count;
        const struct schema_row *row = schema_rows((enum schema_block)block, &count);
        assert_true(count > 0 && count <= SCHEMA_KEYS_MAX);
        assert_non_null(schema_block_name((enum schema_block)block));
        for (size_t i = 0; i < count; i++, rows++) {
            assert_non_null(row[i].help);
            assert_true(strlen(row[i].help) > 0);
            assert_true(row[i].low <= row[i].high);
            assert_ptr_equal(schema_row((enum schema_block)block, row[i].key), &row[i]);
            assert_true((row[i].type == TYPE_CHOICE) <= (row[i].choices != NULL));
            assert_false(row[i].required && row[i].fallback);
        }
    }
    assert_true(rows > 120);
}

static void defaults_can_be_read(void **state)
{
    (void)state;
    for (int block = 0; block < BLOCK_COUNT; block++) {
        size_t count;
        const struct schema_row *row = schema_rows((enum schema_block)block, &count);
        for (size_t i = 0; i < count; i++) {
            struct schema_value value;
            char reason[256] = "";
            if (!row[i].fallback || row[i].fallback[0] == '(')
                continue;
            if (!schema_read_text(&row[i], row[i].fallback, &value, reason, sizeof reason))
                fail_msg("%s: %s", row[i].key, reason);
        }
    }
}

static void rows_are_found_by_path(void **state)
{
    (void)state;
    assert_string_equal(schema_find("clusters[0].peers[1].rms")->help,
                        "rich media session licences installed here");
    assert_int_equal(schema_find("calls[3].holding.cv")->type, TYPE_REAL);
    assert_int_equal(schema_find("calls[3].arrivals.steps[0][1]")->type, TYPE_STEPS);
    assert_int_equal(schema_find("clusters[12]")->block, BLOCK_CLUSTER);
    assert_int_equal(schema_find("run")->type, TYPE_MAPPING);
    assert_null(schema_find("clusters[0].peers[1].rms.x"));
    assert_null(schema_find("clusters[0].nothing"));
    assert_null(schema_find(""));
    assert_null(schema_find("."));
    assert_null(schema_find("clusters."));
}

static void choices_count_from_zero(void **state)
{
    (void)state;
    char word[20];
    assert_int_equal(schema_choice("a|bc|d", "bc"), 1);
    assert_int_equal(schema_choice("a|bc|d", "b"), -1);
    assert_int_equal(schema_choice("a|bc|d", ""), -1);
    assert_int_equal(schema_choice(NULL, "a"), -1);
    assert_string_equal(schema_choice_name("a|bc|d", 2, word, sizeof word), "d");
    assert_string_equal(schema_choice_name("a|bc|d", 3, word, sizeof word), "");
}

/* ---- Values ---- */

struct value_case {
    enum schema_type type;
    const char *text;
    bool good;
    double value; /* real, or integer */
};

static const struct value_case value_cases[] = {
    {TYPE_DURATION, "90s", true, 90e9},
    {TYPE_DURATION, "1.5h", true, 5400e9},
    {TYPE_DURATION, "1h30m", true, 5400e9},
    {TYPE_DURATION, "2w1d", true, 15 * 86400e9},
    {TYPE_DURATION, "0", true, 0},
    {TYPE_DURATION, "0.000000001s", true, 1},
    {TYPE_DURATION, "100ms", true, 1e8},
    {TYPE_DURATION, "never", false, 0}, /* only where the row says so */
    {TYPE_DURATION, "1", false, 0},
    {TYPE_DURATION, "1h ", false, 0},
    {TYPE_DURATION, " 1h", false, 0},
    {TYPE_DURATION, "+1h", false, 0},
    {TYPE_DURATION, "-1h", false, 0},
    {TYPE_DURATION, "1H", false, 0},
    {TYPE_DURATION, "1.h", false, 0},
    {TYPE_DURATION, ".5h", false, 0},
    {TYPE_DURATION, "1m1h", false, 0},
    {TYPE_DURATION, "1h1h", false, 0},
    {TYPE_DURATION, "1e3s", false, 0},
    {TYPE_DURATION, "0x10s", false, 0},
    {TYPE_DURATION, "36601d", false, 0},
    {TYPE_DURATION, "36600d1s", false, 0},
    {TYPE_DURATION, "99999999999999999999999s", false, 0},
    {TYPE_RATE, "2.5/s", true, 2.5},
    {TYPE_RATE, "600/h", true, 600.0 / 3600},
    {TYPE_RATE, "3/d", true, 3.0 / 86400},
    {TYPE_RATE, "4/m", true, 4.0 / 60},
    {TYPE_RATE, "0", true, 0},
    {TYPE_RATE, "5", false, 0},
    {TYPE_RATE, "5/w", false, 0},
    {TYPE_RATE, "-5/s", false, 0},
    {TYPE_RATE, "nan/s", false, 0},
    {TYPE_FRACTION, "1%", true, 0.01},
    {TYPE_FRACTION, "0.01", true, 0.01},
    {TYPE_FRACTION, "150%", true, 1.5}, /* no range in these rows */
    {TYPE_FRACTION, "1 %", false, 0},
    {TYPE_FRACTION, "1%%", false, 0},
    {TYPE_FRACTION, "-1%", false, 0},
    {TYPE_BITS, "1.5M", true, 1.5e6},
    {TYPE_BITS, "64k", true, 64000},
    {TYPE_BITS, "4000", true, 4000},
    {TYPE_BITS, "2G", true, 2e9},
    {TYPE_BITS, "64K", false, 0},
    {TYPE_BITS, "1e6", false, 0},
    {TYPE_BITS, "99999999999999T", false, 0},
    {TYPE_INTEGER, "42", true, 42},
    {TYPE_INTEGER, "007", true, 7},
    {TYPE_INTEGER, "9223372036854775807", true, 9223372036854775807.0},
    {TYPE_INTEGER, "9223372036854775808", false, 0},
    {TYPE_INTEGER, "42abc", false, 0},
    {TYPE_INTEGER, "-1", false, 0},
    {TYPE_INTEGER, "1e3", false, 0},
    {TYPE_INTEGER, "0x2A", false, 0},
    {TYPE_INTEGER, "1_000", false, 0},
    {TYPE_SEED, "0", true, 0},
    {TYPE_SEED, "9223372036854775807", true, (double)INT64_MAX},
    {TYPE_SEED, "9223372036854775808", true, (double)INT64_MIN},
    {TYPE_SEED, "18446744073709551615", true, -1},
    {TYPE_SEED, "18446744073709551616", false, 0},
    {TYPE_SEED, "-1", false, 0},
    {TYPE_REAL, "1.4", true, 1.4},
    {TYPE_REAL, "1e-3", true, 1e-3},
    {TYPE_REAL, "nan", false, 0},
    {TYPE_REAL, "inf", false, 0},
    {TYPE_REAL, "1e999", false, 0},
    {TYPE_REAL, "1,4", false, 0},
    {TYPE_REAL, "0x1p3", false, 0},
    {TYPE_BOOLEAN, "yes", true, 1},
    {TYPE_BOOLEAN, "false", true, 0},
    {TYPE_BOOLEAN, "Yes", false, 0},
    {TYPE_TIME, "90m", true, 5400e9},
    {TYPE_TIME, "10:00", true, 36000e9},
    {TYPE_TIME, "9:05:00.5", true, 32700.5e9},
    {TYPE_TIME, "24:00", false, 0},
    {TYPE_TIME, "10:60", false, 0},
    {TYPE_TIME, "10:0", false, 0},
    {TYPE_TIME, "never", false, 0},
    {TYPE_TIME, "1970-01-02T00:00", true, 86400},
    {TYPE_DATE, "2026-03-02T00:00", true, 1772409600},
    {TYPE_DATE, "2026-03-02", true, 1772409600},
    {TYPE_DATE, "2026-03-02 00:00:01", true, 1772409601},
    {TYPE_DATE, "2024-02-29T00:00", true, 1709164800},
    {TYPE_DATE, "2026-02-29T00:00", false, 0},
    {TYPE_DATE, "1969-12-31T00:00", false, 0},
    {TYPE_DATE, "2026-03-02T00:00Z", false, 0},
    {TYPE_DATE, "2026-03-02T", false, 0},
    {TYPE_NAME, "Zürich 1", true, 0},
    {TYPE_NAME, " a", false, 0},
    {TYPE_NAME, "a,b", false, 0},
    {TYPE_NAME, "", false, 0},
    {TYPE_NAME, "a\xc2\x9b", false, 0}, /* a C1 control character */
    {TYPE_STRING, "a\033[2J", false, 0},
};

static void check_values(void)
{
    for (size_t i = 0; i < sizeof value_cases / sizeof *value_cases; i++) {
        const struct value_case *c = &value_cases[i];
        const struct schema_row row = {.key = "key", .type = c->type};
        struct schema_value value;
        char reason[256] = "";
        bool good = schema_read_text(&row, c->text, &value, reason, sizeof reason);
        bool real = c->type == TYPE_RATE || c->type == TYPE_FRACTION || c->type == TYPE_REAL;
        double got = real ? value.real : (double)value.integer;
        if (good != c->good || (good && got != c->value) || (!good && !*reason))
            fail_msg("'%s': good %d, %.17g: %s", c->text, good, got, reason);
    }
}

static void values_come_in_base_units(void **state)
{
    (void)state;
    check_values();
}

/* In a locale whose decimal point is a comma nothing changes. */
static void locale_changes_nothing(void **state)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE",
                                          "fr_FR"};
    (void)state;
    bool set = false;
    for (size_t i = 0; i < sizeof locales / sizeof *locales && !set; i++)
        set = setlocale(LC_ALL, locales[i]) != NULL;
    check_values();
    setlocale(LC_ALL, "C");
    if (!set)
        skip(); /* no such locale on this system */
}

static void ranges_are_told_in_the_units_of_the_row(void **state)
{
    static const struct {
        const char *path, *text, *reason;
    } cases[] = {
        {"run.length", "0", "'0' is out of range, 'length' must be from 1ms to 36600d"},
        {"goals.blocking", "2", "'2' is out of range, 'blocking' must be from 0% to 100%"},
        {"clusters[0].peers[0].setup-rate", "1e9/s", "'1e9/s' is not a rate (2.5/s 600/h 3/d)"},
        {"run.warmup", "sometimes",
         "'sometimes' is not a duration (90s 30m 8h 14d 1h30m or auto|none)"},
        {"clusters[0].ties", "lowset",
         "invalid value 'lowset' for 'ties', did you mean 'lowest' (random or lowest)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct schema_value value;
        char reason[256] = "";
        assert_false(schema_read_text(schema_find(cases[i].path), cases[i].text, &value, reason,
                                      sizeof reason));
        assert_string_equal(reason, cases[i].reason);
    }
}

static void words_stand_instead_of_values(void **state)
{
    (void)state;
    struct schema_value value;
    char reason[256];
    assert_true(schema_read_text(schema_find("run.warmup"), "none", &value, reason, sizeof reason));
    assert_int_equal(value.word, 1);
    assert_true(schema_read_text(schema_find("run.warmup"), "1h", &value, reason, sizeof reason));
    assert_int_equal(value.word, -1);
    assert_true(
        schema_read_text(schema_find("outages[0].for"), "never", &value, reason, sizeof reason));
    assert_true(value.integer == FOREVER);
}

static void durations_print_as_they_read(void **state)
{
    static const nanos durations[] = {0,         SECOND,     90 * SECOND, 5400 * SECOND,
                                      26 * HOUR, SECOND / 2, TIME_MAX,    FOREVER};
    (void)state;
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
        char text[64];
        nanos back;
        quantity_print_duration(durations[i], text, sizeof text);
        assert_int_equal(quantity_duration(text, &back), QUANTITY_OK);
        assert_true(back == durations[i]);
    }
}

static void help_names_every_key(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    schema_print(out);
    fclose(out);
    for (int block = 0; block < BLOCK_COUNT; block++) {
        size_t count;
        const struct schema_row *row = schema_rows((enum schema_block)block, &count);
        for (size_t i = 0; i < count; i++) {
            char line[64];
            snprintf(line, sizeof line, "\n  %s ", row[i].key);
            assert_non_null(strstr(text, line));
        }
    }
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        assert_true(strcspn(line, "\n") <= 79);
    free(text);
}

static void long_texts_are_quoted_in_part(void **state)
{
    (void)state;
    char buffer[QUOTED_MAX], text[1000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(strlen(schema_quote(text, buffer)), 43);
    assert_string_equal(schema_quote("a\033b", buffer), "a?b");
    for (size_t i = 0; i + 4 < sizeof text; i += 4)
        memcpy(text + i, "\xf0\x9f\x98\x80", 4);
    schema_quote(text, buffer);
    assert_int_equal(strlen(buffer), 40 * 4 + 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sound),
        cmocka_unit_test(defaults_can_be_read),
        cmocka_unit_test(rows_are_found_by_path),
        cmocka_unit_test(choices_count_from_zero),
        cmocka_unit_test(values_come_in_base_units),
        cmocka_unit_test(locale_changes_nothing),
        cmocka_unit_test(ranges_are_told_in_the_units_of_the_row),
        cmocka_unit_test(words_stand_instead_of_values),
        cmocka_unit_test(durations_print_as_they_read),
        cmocka_unit_test(help_names_every_key),
        cmocka_unit_test(long_texts_are_quoted_in_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
