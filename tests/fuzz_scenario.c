/* Feeds the bytes of a file to the scenario reader, and if they are YAML changes the text in many
 * places: no byte may crash it, a scenario has no errors and the other way round, and what is
 * patched can be read again. Not run by `make test`.
 *
 * By itself:   build/fuzz_scenario FILE...
 * libFuzzer:   clang -DLIBFUZZER -fsanitize=fuzzer,address,undefined ...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_file.h"
#include "data/scenario_patch.h"

static void read_whole(const char *text, size_t size)
{
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    bool good = scenario_read_text(text, size, "fuzz", "/nonexistent", &scenario, &errors);
    if (good != (errors.failures == 0) || (!good && errors_code(&errors) == ERROR_NONE))
        abort();
    for (size_t i = 0; i < errors.count; i++)
        if (errors.items[i].line < 0 || errors.items[i].column < 0 || !errors.items[i].message)
            abort();
    scenario_release(&scenario);
    errors_release(&errors);
}

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

static void patch_below(const struct node_tree *tree, const struct node *node, const char *path,
                        int *left)
{
    uint32_t index = 0;
    for (const struct node *n = node->first; n && *left > 0; n = n->next, index++, --*left) {
        char below[512];
        struct errors errors;
        errors_init(&errors);
        if (n->key)
            snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", n->key->text);
        else
            snprintf(below, sizeof below, "%s[%u]", path, index);
        if (patch_find(tree, below) == n) {
            check(patch_set(tree, below, "x: 'y' #z", &errors), below, NULL);
            check(patch_set(tree, below, n->kind == NODE_SCALAR ? n->text : "7", &errors), below,
                  n->kind == NODE_SCALAR ? n->text : NULL);
            check(patch_remove(tree, below, &errors), below, NULL);
            check(patch_duplicate(tree, below, &errors), below, NULL);
            check(patch_insert(tree, below, 1, "{a: 1}", &errors), below, NULL);
        }
        errors_release(&errors);
        patch_below(tree, n, below, left);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct source source;
    struct node_tree tree = {0};
    struct errors errors;
    int left = 200;
    read_whole((const char *)bytes, size);
    errors_init(&errors);
    if (source_copy(&source, (const char *)bytes, size, "fuzz", &errors)) {
        if (node_tree_read(&tree, &source, &errors))
            patch_below(&tree, tree.root, "", &left);
        node_tree_release(&tree);
        source_release(&source);
    }
    errors_release(&errors);
    return 0;
}

#ifndef LIBFUZZER
int main(int argc, char **argv)
{
    static uint8_t bytes[1 << 22];
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file)
            return 66;
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, size);
    }
    return 0;
}
#endif
