/* Drafts of data/settings.h: a file read once, scenarios made from it. */
#include <stdlib.h>
#include <string.h>

#include "data/scenario_file.h"
#include "data/settings.h"
#include "data/settings_apply.h"

struct draft {
    struct source source;
    struct node_tree tree;
    char *folder; /* owned */
    bool strict;
};

/* Takes over the source. A text with a mistake is read as a scenario once, so that all its mistakes
 * are told. */
static struct draft *draft_from(struct source *source, const char *folder, bool strict,
                                struct errors *errors)
{
    struct draft *draft = calloc(1, sizeof *draft);
    char *copy = folder ? strdup(folder) : NULL;
    if (!draft || !copy) {
        errors_add(errors, ERROR_SOFTWARE, source->name, 0, 0, "out of memory");
        source_release(source);
        free(draft);
        free(copy);
        return NULL;
    }
    draft->source = *source;
    draft->folder = copy;
    draft->strict = strict;
    if (node_tree_read(&draft->tree, &draft->source, errors))
        return draft;
    if (draft->tree.root) {
        struct scenario scenario;
        scenario_from_tree(&draft->tree, draft->folder, strict, &scenario, errors);
        scenario_release(&scenario);
    }
    draft_free(draft);
    return NULL;
}

struct draft *draft_read(const char *path, bool strict, struct errors *errors)
{
    struct source source;
    if (!source_read(&source, path, errors))
        return NULL;
    char *folder = scenario_folder(path);
    struct draft *draft = draft_from(&source, folder, strict, errors);
    free(folder);
    return draft;
}

struct draft *draft_new(const char *text, const char *name, const char *folder,
                        struct errors *errors)
{
    struct source source;
    if (!source_copy(&source, text, strlen(text), name, errors))
        return NULL;
    return draft_from(&source, folder, false, errors);
}

void draft_free(struct draft *draft)
{
    if (!draft)
        return;
    node_tree_release(&draft->tree);
    source_release(&draft->source);
    free(draft->folder);
    free(draft);
}

const struct node_tree *draft_tree(const struct draft *draft)
{
    return &draft->tree;
}

const char *draft_folder(const struct draft *draft)
{
    return draft->folder;
}

bool draft_scenario(const struct draft *draft, const struct settings *settings,
                    struct scenario *scenario, struct errors *errors)
{
    struct variant_tree variant;
    *scenario = (struct scenario){0};
    if (!settings || settings->count == 0)
        return scenario_from_tree(&draft->tree, draft->folder, draft->strict, scenario, errors);
    bool good = variant_make(&variant, &draft->tree, settings, errors) &&
                scenario_from_tree(&variant.tree, draft->folder, draft->strict, scenario, errors);
    variant_release(&variant);
    return good;
}
