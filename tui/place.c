#include "tui/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_patch.h"
#include "data/settings.h"

const char *place_value(const struct node_tree *tree, const char *path)
{
    const struct node *node = patch_find(tree, path);
    return node && node->kind == NODE_SCALAR ? node->text : NULL;
}

int place_index(const char *path, const char *list)
{
    size_t length = strlen(list);
    if (strncmp(path, list, length) != 0 || path[length] != '[')
        return -1;
    return (int)strtol(path + length + 1, NULL, 10);
}

/* An item by its name; without one, counted from 1. */
static void put_item(FILE *out, const struct node_tree *tree, const char *path, size_t length,
                     unsigned long index)
{
    char item[512], name[SETTING_NAME_SIZE];
    snprintf(item, sizeof item, "%.*s", (int)length, path);
    const struct node *node = patch_find(tree, item);
    const struct node *called = node ? node_get(node, "name") : NULL;
    if (called && called->kind == NODE_SCALAR)
        fprintf(out, ".%s", setting_name(called->text, name));
    else
        fprintf(out, ".%lu", index + 1);
}

char *place_setting(const struct node_tree *tree, const char *path, enum place_stars stars,
                    char *buffer, size_t size)
{
    const char *last = strrchr(path, '[');
    FILE *out = fmemopen(buffer, size, "w");
    buffer[0] = '\0';
    if (!out)
        return buffer;
    for (const char *at = path; *at;) {
        if (*at != '[') {
            fputc(*at++, out);
            continue;
        }
        char *end;
        unsigned long index = strtoul(at + 1, &end, 10);
        if (stars == PLACE_ALL_ITEMS && at == last)
            fputs(".*", out);
        else
            put_item(out, tree, path, (size_t)(end + 1 - path), index);
        at = end + 1;
    }
    fclose(out);
    buffer[size - 1] = '\0';
    return buffer;
}
