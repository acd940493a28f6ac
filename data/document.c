/* Documents of data/scenario_patch.h: changes that are made only if a scenario comes out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/output.h"
#include "data/scenario_file.h"
#include "data/scenario_patch.h"

static bool is_scenario(const struct document *document, struct errors *errors)
{
    struct scenario scenario;
    bool good = scenario_read_text(document->source.text, document->source.length,
                                   document->source.name, document->folder, &scenario, errors);
    scenario_release(&scenario);
    return good;
}

/* The tree of the source, checked. */
static bool settle(struct document *document, struct errors *errors)
{
    /* The scenario's reader reports what is wrong; the tree is made from text known to be good. */
    return is_scenario(document, errors) &&
           node_tree_read(&document->tree, &document->source, errors);
}

bool document_load(struct document *document, const char *path, struct errors *errors)
{
    *document = (struct document){0};
    if (!source_read(&document->source, path, errors))
        return false;
    document->folder = scenario_folder(path);
    return document->folder && settle(document, errors);
}

bool document_init(struct document *document, const char *text, size_t length, const char *name,
                   const char *folder, struct errors *errors)
{
    *document = (struct document){.folder = strdup(folder)};
    return document->folder && source_copy(&document->source, text, length, name, errors) &&
           settle(document, errors);
}

void document_release(struct document *document)
{
    node_tree_release(&document->tree);
    source_release(&document->source);
    free(document->folder);
    *document = (struct document){0};
}

const char *document_get(const struct document *document, const char *path)
{
    const struct node *node = patch_find(&document->tree, path);
    return node && node->kind == NODE_SCALAR && !node_absent(node) ? node->text : NULL;
}

/* Takes over a new text (consumed; NULL: what made it failed) if it is a scenario, and if it says
 * `value`, when given, at the path: a text may have no way to stand in YAML. */
static bool change(struct document *document, char *text, const char *path, const char *value,
                   struct errors *errors)
{
    struct document changed = {0};
    bool good = text && document_init(&changed, text, strlen(text), document->source.name,
                                      document->folder, errors);
    const char *stands = good && value ? document_get(&changed, path) : NULL;
    if (value && stands && strcmp(stands, value)) {
        errors_add(errors, ERROR_DATA, document->source.name, 0, 0, "this cannot be written at %s",
                   path);
        good = false;
    }
    if (good) {
        document_release(document);
        *document = changed;
        document->tree.source = &document->source;
    } else {
        document_release(&changed);
    }
    free(text);
    return good;
}

bool document_set(struct document *document, const char *path, const char *value,
                  struct errors *errors)
{
    return change(document, patch_set(&document->tree, path, value, errors), path, value, errors);
}

bool document_insert(struct document *document, const char *list, uint32_t index, const char *item,
                     struct errors *errors)
{
    return change(document, patch_insert(&document->tree, list, index, item, errors), NULL, NULL,
                  errors);
}

bool document_duplicate(struct document *document, const char *item, struct errors *errors)
{
    return change(document, patch_duplicate(&document->tree, item, errors), NULL, NULL, errors);
}

bool document_remove(struct document *document, const char *path, struct errors *errors)
{
    return change(document, patch_remove(&document->tree, path, errors), NULL, NULL, errors);
}

bool document_save(const struct document *document, const char *path, struct errors *errors)
{
    struct output *output = output_open(path, errors);
    if (!output)
        return false;
    fwrite(document->source.text, 1, document->source.length, output_stream(output));
    return output_commit(output, errors);
}
