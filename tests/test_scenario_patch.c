/* Changes to the text of a scenario: what comes out, byte for byte, and that it loads again. */
#include "data/scenario_patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Texts ---- */

enum what { SET, INSERT, REMOVE, DUPLICATE };

struct patch_case {
    enum what what;
    const char *text, *path,
        *value;           /* INSERT: the index is the number before the first blank of value */
    const char *expected; /* NULL: refused */
};

static const struct patch_case patch_cases[] = {
    /* a scalar in place */
    {SET, "a: 1 # one\nb: 2\n", "a", "7", "a: 7 # one\nb: 2\n"},
    {SET, "a: \"x\" # one\n", "a", "y \"z\"", "a: \"y \\\"z\\\"\" # one\n"},
    {SET, "a: 'x'\n", "a", "it's", "a: 'it''s'\n"},
    {SET, "a: x\n", "a", "b: c", "a: \"b: c\"\n"},
    {SET, "a: x\n", "a", "", "a: \"\"\n"},
    {SET, "a: x\n", "a", "- y", "a: \"- y\"\n"},
    {SET, "a: [1, 2, 3]\n", "a[1]", "9", "a: [1, 9, 3]\n"},
    {SET, "é: {東: 1, b: 2}\n", "é.b", "3", "é: {東: 1, b: 3}\n"},
    {SET, "a: |\n  folded\n  text\nb: 1\n", "a", "x", "a: x\nb: 1\n"},
    {SET, "a: one\n  two\nb: 1\n", "a", "x", "a: x\nb: 1\n"},
    {SET, "l:\n- x: 1\n- x: 2\n", "l[1].x", "5", "l:\n- x: 1\n- x: 5\n"},
    {SET, "a: 1\r\nb: 2\r\n", "b", "3", "a: 1\r\nb: 3\r\n"},
    {SET,
     "\xef\xbb\xbf"
     "a: 1\n",
     "a", "2",
     "\xef\xbb\xbf"
     "a: 2\n"},
    /* nothing there yet */
    {SET, "a:\nb: 2\n", "a", "1", "a: 1\nb: 2\n"},
    {SET, "a:   # why\nb: 2\n", "a", "1", "a: 1   # why\nb: 2\n"},
    {SET, "m: {a: , b: 2}\n", "m.a", "1", "m: {a: 1 , b: 2}\n"},
    {SET, "m: {a, b: 2}\n", "m.a", "1", "m: {a: 1, b: 2}\n"},
    {SET, "l:\n  -\n  - b\n", "l[0]", "a", "l:\n  - a\n  - b\n"},
    {SET, "a: 1\n", "b", "2", "a: 1\nb: 2\n"},
    {SET, "a: 1", "b", "2", "a: 1\nb: 2"},
    {SET, "a: 1 # one\n\n# the end\n", "b", "2", "a: 1 # one\nb: 2\n\n# the end\n"},
    {SET, "a: 1\r\n", "b", "2", "a: 1\r\nb: 2\r\n"},
    {SET, "m: {a: 1}\n", "m.b", "2", "m: {a: 1, b: 2}\n"},
    {SET, "m: {\n  a: 1, # one\n}\n", "m.b", "2", "m: {\n  a: 1, b: 2, # one\n}\n"},
    {SET, "m: {}\n", "m.b", "2", "m: {b: 2}\n"},
    {SET, "l:\n  - a: 1\n  - a: 2 # two\nz: 1\n", "l[1].b", "3",
     "l:\n  - a: 1\n  - a: 2 # two\n    b: 3\nz: 1\n"},
    {SET, "l:\n  - a:\n      b: 1\nz: 1\n", "l[0].c", "3",
     "l:\n  - a:\n      b: 1\n    c: 3\nz: 1\n"},
    {SET, "a: 1\n", "m.n.o", "2", "a: 1\nm: {n: {o: 2}}\n"},
    {SET, "m:\na: 1\n", "m.n", "2", "m: {n: 2}\na: 1\n"},
    {SET, "a: >\n  text\n", "b", "2", "a: >\n  text\nb: 2\n"},
    {SET, "a: 1\n", "m[0].o", "2", "a: 1\nm: [{o: 2}]\n"},
    /* what the schema says is a list */
    {SET, "zones:\n  - {name: z, peers: [a]}\n", "zones[0].peers", "[a, b]",
     "zones:\n  - {name: z, peers: [a, b]}\n"},
    {SET, "zones:\n  - name: z\n    peers:\n    - a\n    - b\nx: 1\n", "zones[0].peers", "[c]",
     "zones:\n  - name: z\n    peers: [c]\nx: 1\n"},
    {SET, "zones:\n  - name: z\n", "zones[0].peers", "[c]",
     "zones:\n  - name: z\n    peers: [c]\n"},
    {SET, "zones: [{peers: [a, b]}]\n", "zones[0].peers[1]", "c, d",
     "zones: [{peers: [a, \"c, d\"]}]\n"},
    {SET, "a: 1\n", "", "2", NULL},
    {SET, "a: 1\n", "a.b", "2", NULL},
    {SET, "a: [1]\n", "a[1]", "2", NULL},
    {SET, "a: [1]\n", "a[x]", "2", NULL},
    {SET, "a: [1]\n", "a[0", "2", NULL},
    {SET, "a: [1]\n", "a..b", "2", NULL},
    {SET, "a: [1]\n", "a[99999999999999999999]", "2", NULL},
    /* items */
    {INSERT, "l:\n  - a # one\n  - b\nz: 1\n", "l", "9 c", "l:\n  - a # one\n  - b\n  - c\nz: 1\n"},
    {INSERT, "l:\n  - a # one\n  - b\nz: 1\n", "l", "1 c", "l:\n  - a # one\n  - c\n  - b\nz: 1\n"},
    {INSERT, "l:\n  - a\n", "l", "0 c", "l:\n  - c\n  - a\n"},
    {INSERT, "l:\n- x: 1\n  y: 2\n-\n  x: 2\n", "l", "1 {x: 3}",
     "l:\n- x: 1\n  y: 2\n- {x: 3}\n-\n  x: 2\n"},
    {INSERT, "l: [a, b]\n", "l", "1 c", "l: [a, c, b]\n"},
    {INSERT, "l: [a, b]\n", "l", "2 c", "l: [a, b, c]\n"},
    {INSERT, "l: []\n", "l", "0 c", "l: [c]\n"},
    {INSERT, "l: # none\nz: 1\n", "l", "0 c", "l: # none\n  - c\nz: 1\n"},
    {INSERT, "z: 1\n", "l", "0 {x: 3}", "z: 1\nl:\n  - {x: 3}\n"},
    {INSERT, "m: {z: 1}\n", "m.l", "0 c", "m: {z: 1, l: [c]}\n"},
    {INSERT, "m: 1\n", "m", "0 c", NULL},
    /* removals */
    {REMOVE, "a: 1\nb: 2 # two\nc: 3\n", "b", NULL, "a: 1\nc: 3\n"},
    {REMOVE, "a: 1\nb: 2 # two\n", "b", NULL, "a: 1\n"},
    {REMOVE, "a: 1\nb: 2", "b", NULL, "a: 1\n"},
    {REMOVE, "a: 1\nb:\n  c: 2\n  d: [1,\n    2]\ne: 5\n", "b", NULL, "a: 1\ne: 5\n"},
    {REMOVE, "l:\n  - a: 1\n    b: 2\n", "l[0].a", NULL, "l:\n  - b: 2\n"},
    {REMOVE, "l:\n  - a: 1\n    b: 2\n", "l[0].b", NULL, "l:\n  - a: 1\n"},
    {REMOVE, "l:\n  - a # one\n  - b\n  - c\n", "l[1]", NULL, "l:\n  - a # one\n  - c\n"},
    {REMOVE, "l:\n  - a\n  -\n    x: 1\n  - c\n", "l[1]", NULL, "l:\n  - a\n  - c\n"},
    {REMOVE, "l:\n  - a\n  # about b\n  - b\n", "l[0]", NULL, "l:\n  # about b\n  - b\n"},
    {REMOVE, "l:\n- a\nz: 1\n", "l[0]", NULL, "l:\n  []\nz: 1\n"},
    {REMOVE, "m: {a: 1, b: 2, c: 3}\n", "m.a", NULL, "m: {b: 2, c: 3}\n"},
    {REMOVE, "m: {a: 1, b: 2, c: 3}\n", "m.b", NULL, "m: {a: 1, c: 3}\n"},
    {REMOVE, "m: {a: 1, b: 2, c: 3}\n", "m.c", NULL, "m: {a: 1, b: 2}\n"},
    {REMOVE, "m: {a: 1}\n", "m.a", NULL, "m: {}\n"},
    {REMOVE, "l: [a, b]\n", "l[0]", NULL, "l: [b]\n"},
    {REMOVE, "a: 1\n", "b", NULL, NULL},
    {REMOVE, "a: 1\n", "", NULL, NULL},
    /* copies */
    {DUPLICATE, "l:\n  - {name: e1, x: 1} # one\n  - {name: b}\n", "l[0]", NULL,
     "l:\n  - {name: e1, x: 1} # one\n  - {name: e1-2, x: 1} # one\n  - {name: b}\n"},
    {DUPLICATE, "l:\n- name: 'a'\n  p:\n  - {name: e1}\n  - {name: e1-2}\n", "l[0]", NULL,
     "l:\n- name: 'a'\n  p:\n  - {name: e1}\n  - {name: e1-2}\n- name: 'a-2'\n  p:\n  - {name: "
     "e1-3}\n  - {name: e1-4}\n"},
    {DUPLICATE, "l: [{name: a}, 2]\n", "l[0]", NULL, "l: [{name: a}, {name: a-2}, 2]\n"},
    {DUPLICATE, "l:\n  - 1\n  - 2\n", "l[1]", NULL, "l:\n  - 1\n  - 2\n  - 2\n"},
    {DUPLICATE, "a: 1\n", "a", NULL, NULL},
};

static char *apply(const struct patch_case *c, const struct node_tree *tree, struct errors *errors)
{
    switch (c->what) {
    case SET:
        return patch_set(tree, c->path, c->value, errors);
    case INSERT:
        return patch_insert(tree, c->path, (uint32_t)strtoul(c->value, NULL, 10),
                            strchr(c->value, ' ') + 1, errors);
    case REMOVE:
        return patch_remove(tree, c->path, errors);
    default:
        return patch_duplicate(tree, c->path, errors);
    }
}

static void check_case(size_t number, const struct patch_case *c)
{
    struct source source, again;
    struct node_tree tree, tree_again;
    struct errors errors;
    errors_init(&errors);
    assert_true(source_copy(&source, c->text, strlen(c->text), "text", &errors));
    assert_true(node_tree_read(&tree, &source, &errors));
    char *text = apply(c, &tree, &errors);
    if (!text != !c->expected || (text && strcmp(text, c->expected)))
        fail_msg("case %zu (%s): got\n%s\nexpected\n%s", number, c->path, text ? text : "(refused)",
                 c->expected ? c->expected : "(refused)");
    assert_int_equal(errors.failures, c->expected ? 0 : 1);
    if (text) {
        assert_true(source_copy(&again, text, strlen(text), "text", &errors));
        assert_true(node_tree_read(&tree_again, &again, &errors));
        const struct node *node = patch_find(&tree_again, c->path);
        if (c->what == SET && node && node->kind == NODE_SCALAR)
            assert_string_equal(node->text, c->value);
        node_tree_release(&tree_again);
        source_release(&again);
    }
    free(text);
    node_tree_release(&tree);
    source_release(&source);
    errors_release(&errors);
}

static void texts_change_in_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof patch_cases / sizeof *patch_cases; i++)
        check_case(i, &patch_cases[i]);
}

#define EVERYTHING "tests/cases/scenario/y_everything.yaml"

/* Every scalar of a file set to what it is already: the same text. */
static size_t set_all(const struct node_tree *tree, const struct node *node, const char *path,
                      struct errors *errors)
{
    size_t count = 0, index = 0;
    for (const struct node *n = node->first; n; n = n->next, index++) {
        char below[256];
        if (n->key)
            snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", n->key->text);
        else
            snprintf(below, sizeof below, "%s[%zu]", path, index);
        if (n->kind != NODE_SCALAR) {
            count += set_all(tree, n, below, errors);
            continue;
        }
        char *text = patch_set(tree, below, n->text, errors);
        assert_non_null(text);
        if (n->text[0] >= 'a' && n->text[0] <= 'z' && !strpbrk(n->text, ": "))
            assert_string_equal(text, tree->source->text);
        free(text);
        count++;
    }
    return count;
}

static void the_same_value_leaves_the_same_text(void **state)
{
    (void)state;
    struct source source;
    struct node_tree tree;
    struct errors errors;
    errors_init(&errors);
    assert_true(source_read(&source, EVERYTHING, &errors));
    assert_true(node_tree_read(&tree, &source, &errors));
    assert_true(set_all(&tree, tree.root, "", &errors) > 150);
    node_tree_release(&tree);
    source_release(&source);
    errors_release(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_change_in_place),
        cmocka_unit_test(the_same_value_leaves_the_same_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
