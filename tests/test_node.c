/* The node tree and the source below it: places, marks, limits, mistakes. */
#include "data/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct read {
    struct source source;
    struct node_tree tree;
    struct errors errors;
    bool good;
};

static void read_text(struct read *r, const char *text, size_t length)
{
    *r = (struct read){0};
    errors_init(&r->errors);
    r->good = source_copy(&r->source, text, length, "text", &r->errors) &&
              node_tree_read(&r->tree, &r->source, &r->errors);
}

static void release(struct read *r)
{
    node_tree_release(&r->tree);
    source_release(&r->source);
    errors_release(&r->errors);
}

/* What stands in the text at a node. */
static void assert_marks(const struct read *r, const struct node *node, const char *expected)
{
    assert_non_null(node);
    assert_int_equal(node->end - node->start, strlen(expected));
    assert_memory_equal(r->source.text + node->start, expected, strlen(expected));
}

static void assert_place(const struct node *node, uint32_t line, uint32_t column)
{
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
}

static void marks_are_where_the_text_is(void **state)
{
    static const char text[] = "title: 'Zürich 東京'  # comment\n"
                               "list: [1, \"a b\", {k: v}]\n"
                               "block:\n"
                               "  - x: 1\n"
                               "    y: plain words   \n"
                               "  - last\n"
                               "\n"
                               "empty:\n"
                               "😀 key: after\n";
    (void)state;
    struct read r;
    read_text(&r, text, strlen(text));
    assert_true(r.good);
    const struct node *root = r.tree.root, *list = node_get(root, "list");
    assert_int_equal(root->count, 5);
    assert_string_equal(node_get(root, "title")->text, "Zürich 東京");
    assert_true(node_get(root, "title")->quoted);
    assert_marks(&r, node_get(root, "title"), "'Zürich 東京'");
    assert_place(node_get(root, "title"), 1, 8);
    assert_marks(&r, list, "[1, \"a b\", {k: v}]");
    assert_true(list->flow);
    assert_marks(&r, node_at(list, 1), "\"a b\"");
    assert_marks(&r, node_get(node_at(list, 2), "k"), "v");
    assert_marks(&r, node_get(node_at(node_get(root, "block"), 0), "y"), "plain words");
    assert_marks(&r, node_get(root, "block"), "- x: 1\n    y: plain words   \n  - last");
    assert_true(node_absent(node_get(root, "empty")));
    const struct node *emoji = node_get(root, "😀 key");
    assert_place(emoji, 9, 8);
    assert_marks(&r, emoji, "after");
    assert_marks(&r, emoji->key, "😀 key");
    assert_null(node_get(root, "none"));
    assert_null(node_at(list, 3));
    release(&r);
}

static void marks_hold_after_many_wide_characters(void **state)
{
    (void)state;
    size_t room = 200000, length = 0;
    char *text = malloc(room);
    struct read r;
    assert_non_null(text);
    length += (size_t)snprintf(text, room, "[");
    for (int i = 0; i < 5000; i++)
        length += (size_t)snprintf(text + length, room - length, "é東%d, ", i);
    length += (size_t)snprintf(text + length, room - length, "end]");
    read_text(&r, text, length);
    assert_true(r.good);
    for (const struct node *n = r.tree.root->first; n; n = n->next)
        assert_marks(&r, n, n->text);
    release(&r);
    free(text);
}

static void mistakes_have_places(void **state)
{
    static const struct {
        const char *text;
        size_t length; /* 0: all */
        long line, column;
        const char *words;
    } cases[] = {
        {"", 0, 1, 1, "empty"},
        {"a: 1\na: 2\n", 0, 2, 1, "duplicate key 'a', first on line 1"},
        {"a: [1, é", 0, 1, 9, "expected ',' or ']'"}, /* no line end: no line after it */
        {"a: [1, 2\n", 0, 2, 1, "expected ',' or ']'"},
        {"a: 1\n\tb: 2\n", 0, 2, 1, "tab"},
        {"a: 1\n  \tb: 2\n", 0, 2, 3, "tab"},
        {"a: \xff\n", 0, 1, 4, "UTF-8"},
        {"a: \xed\xa0\x80\n", 0, 1, 4, "UTF-8"},     /* a surrogate */
        {"a: \xf4\x90\x80\x80\n", 0, 1, 4, "UTF-8"}, /* beyond U+10FFFF */
        {"a: \xe2\x82", 0, 1, 4, "UTF-8"},           /* cut off */
        {"a: b\0c\n", 7, 1, 5, "NUL"},
        {"\xff\xfe"
         "a\0",
         4, 1, 1, "UTF-8"}, /* UTF-16 */
        {"a: &x 1\n", 0, 1, 4, "anchors"},
        {"a: *x\n", 0, 1, 4, "aliases"},
        {"a: !t 1\n", 0, 1, 4, "tags"},
        {"a: !t [1]\n", 0, 1, 4, "tags"},
        {"a: &x {b: 1}\n", 0, 1, 4, "anchors"},
        {"{a: 1}: 2\n", 0, 1, 1, "plain text"},
        {"a: 1\n--- \nb: 1\n", 0, 2, 1, "second document"},
        {"a: 1\n...\nb: 1\n", 0, 3, 1, ""},
        {"a: \"\\0\"\n", 0, 1, 4, "NUL"},
        {"a: \"\\x4\"\n", 0, 1, 0, ""},
        {"a: 'é\n", 0, 2, 1, "end of stream"},
        {"[[[[[[[[[[[[[[[[[", 0, 1, 17, "16 levels"},
        {"- 1\nb: 2\n", 0, 2, 1, ""},
        {"%TAG ! x\n", 0, 2, 0, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct read r;
        read_text(&r, cases[i].text, cases[i].length ? cases[i].length : strlen(cases[i].text));
        assert_false(r.good);
        assert_true(r.errors.count >= 1);
        const struct error *e = &r.errors.items[0];
        if (e->line != cases[i].line || (cases[i].column && e->column != cases[i].column) ||
            !strstr(e->message, cases[i].words))
            fail_msg("case %zu: %ld:%ld: %s", i, e->line, e->column, e->message);
        assert_int_equal(e->code, ERROR_DATA);
        release(&r);
    }
}

/* A text cut off anywhere, or with any byte replaced, is read or refused, never worse. */
static void any_damage_is_survived(void **state)
{
    static const char text[] =
        "# c\na: {b: [1, \"x\\n\", 'y''z'], ? c : d}\nl:\n- >\n  folded\n- |-\n  kept\n"
        "- - x\n  - é: *a\n...\n";
    static const char bytes[] = "\0\t\n\r \"'#&*-:?[]{}|>!%@`,\x80\xc3\xff"
                                "0a";
    (void)state;
    size_t length = strlen(text);
    for (size_t cut = 0; cut <= length; cut++) {
        struct read r;
        read_text(&r, text, cut);
        assert_true(r.good == (r.errors.failures == 0));
        release(&r);
    }
    for (size_t at = 0; at < length; at++) {
        for (size_t b = 0; b < sizeof bytes - 1; b++) {
            char damaged[sizeof text];
            struct read r;
            memcpy(damaged, text, sizeof text);
            damaged[at] = bytes[b];
            read_text(&r, damaged, length);
            assert_true(r.good == (r.errors.failures == 0));
            release(&r);
        }
    }
}

static void many_keys_take_time_in_proportion(void **state)
{
    enum { KEYS = 100000 };
    (void)state;
    size_t room = (size_t)KEYS * 20, length = 0;
    char *text = malloc(room);
    struct read r;
    assert_non_null(text);
    for (int i = 0; i < KEYS; i++)
        length += (size_t)snprintf(text + length, room - length, "key-%d: 1\n", i);
    read_text(&r, text, length);
    assert_true(r.good);
    assert_int_equal(r.tree.root->count, KEYS);
    release(&r);
    length += (size_t)snprintf(text + length, room - length, "key-7: 2\n");
    read_text(&r, text, length);
    assert_false(r.good);
    assert_int_equal(r.errors.items[0].line, KEYS + 1);
    assert_string_equal(r.errors.items[0].message, "duplicate key 'key-7', first on line 8");
    assert_non_null(r.tree.root); /* further mistakes can be looked for */
    release(&r);
    free(text);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    struct read r;
    char *text = malloc(SOURCE_MAX + 1);
    assert_non_null(text);
    memset(text, ' ', SOURCE_MAX + 1);
    read_text(&r, text, SOURCE_MAX + 1);
    assert_false(r.good);
    assert_string_equal(r.errors.items[0].message, "larger than 16 MiB");
    assert_int_equal(errors_code(&r.errors), ERROR_DATA);
    release(&r);
    free(text);
}

static void files_that_cannot_be_read_are_missing_input(void **state)
{
    (void)state;
    struct source source;
    struct errors errors;
    errors_init(&errors);
    assert_false(source_read(&source, "tests/no-such-file.yaml", &errors));
    assert_false(source_read(&source, "tests", &errors));
    assert_int_equal(errors.count, 2);
    assert_int_equal(errors.items[0].code, ERROR_NO_INPUT);
    assert_int_equal(errors.items[1].code, ERROR_NO_INPUT);
    assert_string_equal(errors.items[1].message, "is a folder, not a file");
    errors_release(&errors);
}

static void errors_carry_their_line(void **state)
{
    (void)state;
    struct read r;
    static const char text[] = "a: 1\r\nb: 2\r\na: 3\r\n";
    read_text(&r, text, strlen(text));
    assert_string_equal(r.errors.items[0].source, "a: 3");
    release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_are_where_the_text_is),
        cmocka_unit_test(marks_hold_after_many_wide_characters),
        cmocka_unit_test(mistakes_have_places),
        cmocka_unit_test(any_damage_is_survived),
        cmocka_unit_test(many_keys_take_time_in_proportion),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(files_that_cannot_be_read_are_missing_input),
        cmocka_unit_test(errors_carry_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
