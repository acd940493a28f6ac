/* Changes a scenario's text at a place that its bytes choose: what is patched can be read again and
 * says what was put there. Not run by `make test`.
 *
 * By itself:   build/tests/fuzz_patch FILE...
 * libFuzzer:   make fuzz-files
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_patch.h"
#include "tests/fuzz_main.h"

/* A patched text has to be YAML again; value: what it must say at the path. */
static void check(char *text, const char *path, const char *value)
{
    struct source source;
    struct node_tree tree = {0};
    struct errors errors;
    if (!text)
        return;
    errors_init(&errors);
    if (source_copy(&source, text, strlen(text), "patched", &errors)) {
        bool good = node_tree_read(&tree, &source, &errors);
        const struct node *node = good ? patch_find(&tree, path) : NULL;
        if (value && node && node->kind == NODE_SCALAR && strcmp(node->text, value) &&
            !strpbrk(value, "\n\\"))
            abort();
        node_tree_release(&tree);
        source_release(&source);
    }
    errors_release(&errors);
    free(text);
}

static void patch(const struct node_tree *tree, const struct node *n, const char *path,
                  uint32_t choice)
{
    struct errors errors;
    bool scalar = n->kind == NODE_SCALAR;
    errors_init(&errors);
    switch (choice % 5) {
    case 0:
        check(patch_set(tree, path, "x: 'y' #z", &errors), path, NULL);
        break;
    case 1:
        check(patch_set(tree, path, scalar ? n->text : "7", &errors), path,
              scalar ? n->text : NULL);
        break;
    case 2:
        check(patch_remove(tree, path, &errors), path, NULL);
        break;
    case 3:
        check(patch_duplicate(tree, path, &errors), path, NULL);
        break;
    case 4:
        check(patch_insert(tree, path, 1, "{a: 1}", &errors), path, NULL);
        break;
    }
    errors_release(&errors);
}

/* Walks down to the place number *left of the tree, in order of the file; true when it was there.
 */
static bool patch_at(const struct node_tree *tree, const struct node *node, const char *path,
                     uint32_t *left, uint32_t choice)
{
    uint32_t index = 0;
    for (const struct node *n = node->first; n; n = n->next, index++) {
        char below[512];
        if (n->key)
            snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", n->key->text);
        else
            snprintf(below, sizeof below, "%s[%u]", path, index);
        if (*left == 0) {
            if (patch_find(tree, below) == n)
                patch(tree, n, below, choice);
            return true;
        }
        --*left;
        if (patch_at(tree, n, below, left, choice))
            return true;
    }
    return false;
}

static uint32_t nodes_below(const struct node *node)
{
    uint32_t count = 0;
    for (const struct node *n = node->first; n; n = n->next)
        count += 1 + nodes_below(n);
    return count;
}

/* FNV-1a: the place and the change depend on every byte. */
static uint32_t hash(const uint8_t *bytes, size_t size)
{
    uint32_t value = 2166136261u;
    for (size_t i = 0; i < size; i++)
        value = (value ^ bytes[i]) * 16777619u;
    return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct source source;
    struct node_tree tree = {0};
    struct errors errors;
    errors_init(&errors);
    if (source_copy(&source, (const char *)bytes, size, "fuzz", &errors)) {
        uint32_t chosen = hash(bytes, size), count;
        if (node_tree_read(&tree, &source, &errors) && (count = nodes_below(tree.root)) > 0) {
            uint32_t left = chosen / 5 % count;
            patch_at(&tree, tree.root, "", &left, chosen);
        }
        node_tree_release(&tree);
        source_release(&source);
    }
    errors_release(&errors);
    return 0;
}
