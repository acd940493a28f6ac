/* The JSON documents from outside: what the CSV says, under the keys that are agreed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <csv.h>
#include <jansson.h>
#include <stdbool.h>

#include "tests/process.h"

/* ---- CSV as a list of rows ---- */

struct reading {
    json_t *rows, *row; /* rows owned */
};

static void on_cell(void *cell, size_t length, void *context)
{
    struct reading *reading = context;
    if (!reading->row) {
        reading->row = json_array();
        json_array_append_new(reading->rows, reading->row);
    }
    json_array_append_new(reading->row, json_stringn(cell, length));
}

static void on_row(int end, void *context)
{
    (void)end;
    ((struct reading *)context)->row = NULL;
}

static json_t *csv_rows(const char *text)
{
    struct csv_parser parser;
    struct reading reading = {.rows = json_array()};
    assert_int_equal(csv_init(&parser, CSV_STRICT), 0);
    assert_int_equal(csv_parse(&parser, text, strlen(text), on_cell, on_row, &reading),
                     strlen(text));
    csv_fini(&parser, on_cell, on_row, &reading);
    csv_free(&parser);
    return reading.rows;
}

static const char *cell_at(const json_t *rows, size_t row, size_t column)
{
    return json_string_value(json_array_get(json_array_get(rows, row), column));
}

/* ---- Comparing ---- */

static void assert_same_cell(const char *name, const json_t *value, const char *text)
{
    bool same = json_is_null(value)     ? text[0] == '\0'
                : json_is_string(value) ? strcmp(json_string_value(value), text) == 0
                                        : text[0] && json_number_value(value) == strtod(text, NULL);
    if (!json_is_number(value) && !json_is_null(value) && !json_is_string(value))
        same = false;
    if (!same)
        fail_msg("%s: the CSV has '%s'", name, text);
}

/* Rows of objects against CSV with its header, in the same order of rows and columns. */
static void assert_same_table(const json_t *rows, const char *text)
{
    json_t *csv = csv_rows(text);
    assert_true(json_array_size(csv) > 1);
    assert_int_equal(json_array_size(rows), json_array_size(csv) - 1);
    for (size_t r = 0; r < json_array_size(rows); r++) {
        size_t column = 0;
        const char *key;
        json_t *value, *row = json_array_get(rows, r);
        assert_int_equal(json_object_size(row), json_array_size(json_array_get(csv, 0)));
        json_object_foreach(row, key, value)
        {
            assert_string_equal(key, cell_at(csv, 0, column));
            assert_same_cell(key, value, cell_at(csv, r + 1, column));
            column++;
        }
    }
    json_decref(csv);
}

static char *output_of(const char *command)
{
    struct outcome o = process_run(command);
    assert_string_equal(o.said, "");
    free(o.said);
    return o.output;
}

static json_t *document_of(const char *command)
{
    char *text = output_of(command);
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    free(text);
    return document;
}

static void assert_keys(const json_t *document, const char *expected)
{
    char keys[256] = "";
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)document, key, value)
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%s ", key);
    assert_string_equal(keys, expected);
}

/* ---- Tests ---- */

#define FILES                                                                                      \
    "D=$(mktemp -d) && trap 'rm -rf $D' EXIT && cd $D && printf '%%s\\n' 'scenario: Say \"x\"' "   \
    "'goals: {survive: 1}' "                                                                       \
    "'clusters: [{name: c, peers: [{name: p1, platform: small-vm, rms: 30}, {name: p2, platform: " \
    "small-vm}]}]' 'calls: [{name: \"v 1\", arrivals: {rate: 300/h}, holding: {mean: 5m}}]' "      \
    "'run: {length: 1h, warmup: none, replications: 4, seed: 18446744073709551615}' > s.yaml; "

static void check_command(const char *command, const char *file, const char *keys)
{
    char line[1024];
    snprintf(line, sizeof line, FILES "$P %s -q --json; true", command);
    json_t *document = document_of(line);
    assert_keys(document, keys);
    const json_t *about = json_object_get(document, "about");
    const char *seed = json_string_value(json_object_get(about, "seed"));
    assert_string_equal(json_string_value(json_object_get(about, "scenario")), "Say \"x\"");
    assert_int_equal(strlen(json_string_value(json_object_get(about, "sha256"))), 64);
    if (strcmp(file, "estimate") != 0)
        assert_string_equal(seed, "18446744073709551615");
    else
        assert_true(json_is_null(json_object_get(about, "seed")));
    snprintf(line, sizeof line, FILES "$P %s -q -c o >text; cat o/%s.csv", command, file);
    char *text = output_of(line);
    assert_same_table(json_object_get(document, "metrics"), text);
    free(text);
    snprintf(line, sizeof line, FILES "$P %s -q -c o >text; cat o/answer.csv", command);
    if (json_object_get(document, "answer")) {
        assert_same_table(json_object_get(document, "answer"), text = output_of(line));
        free(text);
    }
    json_decref(document);
}

static void commands_say_what_their_files_say(void **state)
{
    (void)state;
    check_command("run s.yaml", "metrics", "about answer metrics ");
    check_command("estimate s.yaml", "estimate", "about answer metrics ");
    check_command("compare s.yaml --set calls.*.arrivals.rate=500/h", "compare", "about metrics ");
}

static void tables_say_what_their_csv_says(void **state)
{
    (void)state;
    static const char *const commands[] = {"--peers all", "--table all", "--diff X14.2 X15.5",
                                           "--diff X14.2 X14.2"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char line[256];
        snprintf(line, sizeof line, "$P tables %s --json", commands[i]);
        json_t *document = document_of(line);
        assert_keys(document, "about metrics ");
        snprintf(line, sizeof line, "$P tables %s --csv", commands[i]);
        char *text = output_of(line);
        if (i < 3)
            assert_same_table(json_object_get(document, "metrics"), text);
        else
            assert_int_equal(json_array_size(json_object_get(document, "metrics")), 0);
        free(text);
        json_decref(document);
    }
    struct outcome o = process_run("$P tables --table nosuch --json");
    assert_int_equal(o.status, 64);
    assert_string_equal(o.output, "");
    outcome_release(&o);
}

static void a_route_is_a_list_of_hops(void **state)
{
    (void)state;
    json_t *document =
        document_of("$P route examples/edge-core.yaml --from internet --to rooms --json");
    assert_keys(document, "about answer ");
    const json_t *hops = json_object_get(document, "answer");
    assert_int_equal(json_array_size(hops), 2);
    const char *peers[2];
    json_int_t units[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(json_unpack(json_array_get(hops, i), "{s:s, s:I}", "peer", &peers[i],
                                     "units", &units[i]),
                         0);
    assert_string_equal(peers[0], "e1");
    assert_string_equal(peers[1], "c1");
    assert_true(units[0] == 2 && units[1] == 2);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_say_what_their_files_say),
        cmocka_unit_test(tables_say_what_their_csv_says),
        cmocka_unit_test(a_route_is_a_list_of_hops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
