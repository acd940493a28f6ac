#include "data/import_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/similar.h"

static bool usage(struct errors *errors, const char *text, size_t length, const char *reason)
{
    errors_add(errors, ERROR_USAGE, NULL, 0, 0, "--map: %s: '%.*s'", reason, (int)length, text);
    return false;
}

/* ---- Reading ---- */

/* One column name, blanks and brackets around it removed. */
static bool add_part(struct import_map *map, struct import_map_choice *choice, const char *text,
                     size_t length, struct errors *errors)
{
    while (length && *text == ' ') {
        text++;
        length--;
    }
    while (length && text[length - 1] == ' ')
        length--;
    if (length > 1 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length == 0)
        return usage(errors, text, length, "a column without a name");
    if (choice->count == IMPORT_MAP_PARTS)
        return usage(errors, text, length, "too many columns joined");
    map->numbered &= strspn(text, "0123456789") >= length;
    choice->names[choice->count] = strndup(text, length);
    return choice->names[choice->count++] || errors_no_memory(errors);
}

static bool add_choice(struct import_map *map, struct import_map_source *source, const char *text,
                       size_t length, struct errors *errors)
{
    if (source->count == IMPORT_MAP_CHOICES)
        return usage(errors, text, length, "too many columns for one meaning");
    struct import_map_choice *choice = &source->choices[source->count++];
    while (length) {
        const char *plus = memchr(text, '+', length);
        size_t part = plus ? (size_t)(plus - text) : length;
        if (!add_part(map, choice, text, part, errors))
            return false;
        text += part + (plus != NULL);
        length -= part + (plus != NULL);
        if (plus && length == 0)
            return usage(errors, plus, 1, "a column without a name");
    }
    return choice->count || usage(errors, text, length, "a column without a name");
}

static bool find_meaning(const char *text, size_t length, enum import_meaning *meaning,
                         struct errors *errors)
{
    const char *names[MEANING_COUNT];
    char name[64];
    while (length && *text == ' ') {
        text++;
        length--;
    }
    while (length && text[length - 1] == ' ')
        length--;
    snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), text);
    for (int i = 0; i < MEANING_COUNT; i++) {
        names[i] = import_meaning_name((enum import_meaning)i);
        if (strcmp(names[i], name) == 0)
            return *meaning = (enum import_meaning)i, true;
    }
    const char *meant = similar_find(name, names, MEANING_COUNT);
    errors_add(errors, ERROR_USAGE, NULL, 0, 0,
               meant ? "--map: unknown meaning '%s'; did you mean '%s'?"
                     : "--map: unknown meaning '%s'%s",
               name, meant ? meant : "");
    return false;
}

static bool add_meaning(struct import_map *map, const char *text, size_t length,
                        struct errors *errors)
{
    const char *equal = memchr(text, '=', length);
    enum import_meaning meaning;
    if (!equal)
        return usage(errors, text, length, "'MEANING=COLUMN' belongs here");
    if (!find_meaning(text, (size_t)(equal - text), &meaning, errors))
        return false;
    struct import_map_source *source = &map->sources[meaning];
    if (source->count)
        return usage(errors, text, length, "a meaning stated twice");
    length -= (size_t)(equal - text) + 1;
    text = equal + 1;
    if (length == 0)
        return usage(errors, equal, 1, "a column without a name");
    while (length) {
        const char *bar = memchr(text, '|', length);
        size_t part = bar ? (size_t)(bar - text) : length;
        if (!add_choice(map, source, text, part, errors))
            return false;
        text += part + (bar != NULL);
        length -= part + (bar != NULL);
    }
    return true;
}

bool import_map_init(struct import_map *map, const char *text, struct errors *errors)
{
    *map = (struct import_map){.numbered = true};
    for (const char *p = text; *p;) {
        size_t length = strcspn(p, ",");
        if (!add_meaning(map, p, length, errors))
            return false;
        p += length + (p[length] == ',');
    }
    map->numbered &= *text != '\0';
    return true;
}

bool import_map_by_name(struct import_map *map, const struct import_rows *rows,
                        struct errors *errors)
{
    *map = (struct import_map){.numbered = false};
    for (int i = 0; i < MEANING_COUNT; i++) {
        const char *name = import_meaning_name((enum import_meaning)i);
        if (import_rows_column(rows, name) < 0)
            continue;
        struct import_map_source *source = &map->sources[i];
        source->count = 1;
        if (!add_part(map, &source->choices[0], name, strlen(name), errors))
            return false;
    }
    map->numbered = false;
    return true;
}

void import_map_release(struct import_map *map)
{
    for (int i = 0; i < MEANING_COUNT; i++)
        for (int c = 0; c < IMPORT_MAP_CHOICES; c++)
            for (int p = 0; p < IMPORT_MAP_PARTS; p++)
                free(map->sources[i].choices[c].names[p]);
    *map = (struct import_map){.numbered = false};
}

/* ---- Binding ---- */

static bool missing_column(const struct import_rows *rows, const char *name, struct errors *errors)
{
    size_t count = import_rows_columns(rows);
    const char **names = calloc(count + 1, sizeof *names);
    for (size_t i = 0; names && i < count; i++)
        names[i] = import_rows_column_name(rows, i);
    const char *meant = names ? similar_find(name, names, count) : NULL;
    errors_add(errors, ERROR_DATA, import_rows_name(rows), 0, 0,
               meant ? "the column '%s' is missing; did you mean '%s'?"
                     : "the column '%s' is missing%s",
               name, meant ? meant : "");
    free(names);
    return false;
}

bool import_map_bind(struct import_map *map, const struct import_rows *rows, bool all,
                     struct errors *errors)
{
    bool good = true;
    for (int i = 0; i < MEANING_COUNT; i++) {
        struct import_map_source *source = &map->sources[i];
        for (int c = 0; c < source->count; c++) {
            struct import_map_choice *choice = &source->choices[c];
            for (int p = 0; p < choice->count; p++) {
                choice->columns[p] = import_rows_column(rows, choice->names[p]);
                if (choice->columns[p] < 0 && all)
                    good = missing_column(rows, choice->names[p], errors);
            }
        }
        bool single = source->count == 1 && source->choices[0].count == 1;
        source->column = single ? source->choices[0].columns[0] : -1;
    }
    return good;
}

void import_map_want(const struct import_map *map, bool *wanted, size_t count)
{
    for (int i = 0; i < MEANING_COUNT; i++)
        for (int c = 0; c < map->sources[i].count; c++)
            for (int p = 0; p < map->sources[i].choices[c].count; p++) {
                int column = map->sources[i].choices[c].columns[p];
                if (column >= 0 && (size_t)column < count)
                    wanted[column] = true;
            }
}

/* ---- Texts ---- */

/* The parts of a choice, joined by blanks; what is too long is cut. */
static const char *join(struct import_map_source *source, const struct import_map_choice *choice,
                        const struct import_rows *rows)
{
    size_t used = 0;
    for (int p = 0; p < choice->count; p++) {
        const char *text =
            choice->columns[p] >= 0 ? import_rows_field(rows, (size_t)choice->columns[p]) : "";
        size_t length = strlen(text);
        if (used && length && used < sizeof source->text - 1)
            source->text[used++] = ' ';
        if (length > sizeof source->text - 1 - used)
            length = sizeof source->text - 1 - used;
        memcpy(source->text + used, text, length);
        used += length;
    }
    source->text[used] = '\0';
    return source->text;
}

const char *import_map_text(struct import_map *map, const struct import_rows *rows,
                            enum import_meaning meaning)
{
    struct import_map_source *source = &map->sources[meaning];
    if (source->count == 0)
        return "";
    if (source->column >= 0)
        return import_rows_field(rows, (size_t)source->column);
    for (int c = 0; c < source->count; c++) {
        const struct import_map_choice *choice = &source->choices[c];
        const char *text = choice->count > 1 ? join(source, choice, rows)
                           : choice->columns[0] >= 0
                               ? import_rows_field(rows, (size_t)choice->columns[0])
                               : "";
        if (*text)
            return text;
    }
    return "";
}

size_t import_map_column(const struct import_map *map, enum import_meaning meaning)
{
    const struct import_map_source *source = &map->sources[meaning];
    for (int c = 0; c < source->count; c++)
        if (source->choices[c].columns[0] >= 0)
            return (size_t)source->choices[c].columns[0];
    return 0;
}
