#include "cli/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "model/base/output.h"
#include "reports/page.h"
#include "reports/csv.h"

#define INDEX "index.csv"

/* ---- Names ---- */

/* "a" of "x/a.yaml"; owned, NULL when out of memory. */
static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    if (strcmp(path, "-") == 0)
        return strdup("stdin");
    size_t length = strlen(base);
    static const char *const ends[] = {".yaml", ".yml"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strcmp(base + length - end, ends[i]) == 0) {
            length -= end;
            break;
        }
    }
    return strndup(base, length);
}

static int by_name(const void *a, const void *b)
{
    const struct batch_item *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* False, said, when two have one name, or one has none that a folder could have. */
static bool names_differ(const struct batch *batch, const struct batch_item **sorted)
{
    for (size_t i = 0; i < batch->count; i++)
        sorted[i] = &batch->items[i];
    qsort(sorted, batch->count, sizeof *sorted, by_name);
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_item *item = sorted[i];
        if (i > 0 && strcmp(item->name, sorted[i - 1]->name) == 0) {
            message_line("%s and %s would both be written to the folder '%s'", sorted[i - 1]->path,
                         item->path, item->name);
            return false;
        }
        if (!*item->name || strcmp(item->name, ".") == 0 || strcmp(item->name, "..") == 0 ||
            strcmp(item->name, INDEX) == 0) {
            message_line("'%s' gives no folder a name", item->path);
            return false;
        }
    }
    return true;
}

int batch_init(struct batch *batch, const char *const *paths, size_t count)
{
    *batch = (struct batch){.items = calloc(count, sizeof *batch->items), .count = count};
    const struct batch_item **sorted = calloc(count, sizeof *sorted);
    bool ok = batch->items && sorted;
    for (size_t i = 0; ok && i < count; i++) {
        batch->items[i] = (struct batch_item){.path = paths[i], .name = name_of(paths[i])};
        ok = batch->items[i].name;
    }
    int code = 0;
    if (!ok)
        message_line("out of memory");
    if (!ok || !names_differ(batch, sorted))
        code = ok ? ERROR_USAGE : ERROR_SOFTWARE;
    free(sorted);
    return code;
}

void batch_release(struct batch *batch)
{
    for (size_t i = 0; batch->items && i < batch->count; i++) {
        free(batch->items[i].name);
        free(batch->items[i].worst_class);
        free(batch->items[i].binding);
        free(batch->items[i].next_step);
    }
    free(batch->items);
    *batch = (struct batch){0};
}

/* ---- What is kept ---- */

static char *path_in(const char *folder, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

char *batch_folder(const struct batch_item *item, const char *folder)
{
    return path_in(folder, item->name);
}

static char *copy_of(const char *text)
{
    return text && *text ? strdup(text) : NULL;
}

void batch_keep(struct batch_item *item, const struct answer *answer)
{
    item->verdict = verdict_name(answer->verdict);
    item->worst_class = answer->worst ? copy_of(answer->worst->name) : NULL;
    item->binding = copy_of(answer->binding.what);
    item->next_step = copy_of(answer->next_step);
}

/* ---- The index ---- */

bool batch_begin(const char *folder, struct errors *errors)
{
    char *index = path_in(folder, INDEX);
    bool ok = index && output_make_folder(folder, errors);
    if (!index)
        errors_add(errors, ERROR_SOFTWARE, folder, 0, 0, "out of memory");
    if (ok && unlink(index) != 0 && errno != ENOENT) {
        errors_add(errors, ERROR_CANT_CREATE, index, 0, 0, "cannot be removed: %s",
                   strerror(errno));
        ok = false;
    }
    free(index);
    return ok;
}

static bool put_items(FILE *out, const struct batch *batch)
{
    struct table table = csv_table(out);
    table_begin(&table, "index", "scenario,verdict,worst_class,binding,next_step,exit");
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_item *item = &batch->items[i];
        if (!item->done)
            continue;
        table_text(&table, item->path);
        table_text(&table, item->verdict);
        table_text(&table, item->worst_class);
        table_text(&table, item->binding);
        table_text(&table, item->next_step);
        table_count(&table, item->code);
    }
    return table_end(&table);
}

bool batch_index(const struct batch *batch, const char *folder, struct errors *errors)
{
    char *path = path_in(folder, INDEX);
    struct output *output = path ? output_open(path, errors) : NULL;
    bool ok = output && put_items(output_stream(output), batch);
    if (!path || (output && !ok))
        errors_add(errors, ERROR_SOFTWARE, INDEX, 0, 0, "out of memory");
    if (ok)
        ok = output_commit(output, errors);
    else
        output_abandon(output);
    free(path);
    return ok;
}

/* ---- The code for all ---- */

int batch_code(const struct batch *batch)
{
    static const int order[] = {70, 74, 73, 66, 65, 1, 2};
    for (size_t o = 0; o < sizeof order / sizeof *order; o++)
        for (size_t i = 0; i < batch->count; i++)
            if (batch->items[i].code == order[o])
                return order[o];
    return 0;
}

/* ---- Pages ---- */

char *batch_page(const struct batch_item *item, const char *folder)
{
    char *name, *path = NULL;
    if (asprintf(&name, "%s.html", item->name) < 0)
        return NULL;
    path = path_in(folder, name);
    free(name);
    return path;
}

bool batch_pages(const struct batch *batch, const char *folder, struct errors *errors)
{
    struct page_entry *entries = calloc(batch->count + 1, sizeof *entries);
    char *path = path_in(folder, "index.html");
    size_t count = 0;
    for (size_t i = 0; entries && i < batch->count; i++) {
        const struct batch_item *item = &batch->items[i];
        if (item->done)
            entries[count++] = (struct page_entry){.name = item->name,
                                                   .verdict = item->verdict,
                                                   .worst = item->worst_class,
                                                   .binding = item->binding,
                                                   .next_step = item->next_step,
                                                   .code = item->code};
    }
    bool ok = entries && path;
    if (!ok)
        errors_add(errors, ERROR_SOFTWARE, folder, 0, 0, "out of memory");
    ok = ok && page_write_index(path, entries, count, errors);
    free(path);
    free(entries);
    return ok;
}
