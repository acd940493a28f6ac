#include "data/schema.h"

#include <stdlib.h>
#include <string.h>

#include "data/quantity.h"
#include "data/schema_table.h"
#include "model/base/number.h"
#include "model/base/similar.h"

/* ---- The table ---- */

static const struct {
    const char *name, *form;
} types[TYPE_COUNT] = {
    [TYPE_STRING] = {"text", "text"},
    [TYPE_NAME] = {"name", "a name"},
    [TYPE_FILE] = {"file", "a file, from the scenario's folder"},
    [TYPE_DURATION] = {"duration", "90s 30m 8h 14d 1h30m"},
    [TYPE_TIME] = {"time", "90m, \"10:00\", 2026-03-02T10:00"},
    [TYPE_DATE] = {"date", "2026-03-02T00:00"},
    [TYPE_RATE] = {"rate", "2.5/s 600/h 3/d"},
    [TYPE_FRACTION] = {"share", "1% or 0.01"},
    [TYPE_BITS] = {"bit rate", "1.5M 64k 4000"},
    [TYPE_INTEGER] = {"integer", "42"},
    [TYPE_SEED] = {"integer", "42"},
    [TYPE_REAL] = {"number", "1.4"},
    [TYPE_BOOLEAN] = {"yes or no", "yes | no"},
    [TYPE_CHOICE] = {"choice", "one of the words"},
    [TYPE_GROWTH] = {"growth", "4%/month -1%/quarter 10%/year+-2%"},
    [TYPE_REFERENCE] = {"name", "a name"},
    [TYPE_REFERENCES] = {"names", "[e1, e2]"},
    [TYPE_STRINGS] = {"texts", "[a, b]"},
    [TYPE_REALS] = {"numbers", "[2, 1, 1]"},
    [TYPE_FRACTIONS] = {"shares", "[0.3, 0.7]"},
    [TYPE_DURATIONS] = {"durations", "[30s, 10m]"},
    [TYPE_STEPS] = {"steps", "[[0h, 0.3], [8h, 1]]"},
    [TYPE_BATCHES] = {"batches", "[[1, 0.6], [8, 0.4]]"},
    [TYPE_PIPES] = {"bit rates", "{wan: 1.5M}"},
    [TYPE_WEIGHTED] = {"names", "[e1, e2] or [{peer: e1, weight: 60, priority: 10}]"},
    [TYPE_GROWTHS] = {"growth", "{all: 4%/month, voice: 2%/month}"},
    [TYPE_MAPPING] = {"mapping", "key: value"},
    [TYPE_LIST] = {"list", "- key: value"},
};

const char *schema_type_name(enum schema_type type)
{
    return types[type].name;
}

const char *schema_type_form(enum schema_type type)
{
    return types[type].form;
}

const char *schema_block_name(enum schema_block block)
{
    return schema_blocks[block].name;
}

const char *schema_block_help(enum schema_block block)
{
    return schema_blocks[block].help;
}

const struct schema_row *schema_rows(enum schema_block block, size_t *count)
{
    *count = schema_blocks[block].count;
    return schema_blocks[block].rows;
}

/* Most words differ in their first letter. */
static bool same_word(const char *a, const char *b)
{
    return *a == *b && strcmp(a, b) == 0;
}

const struct schema_row *schema_row(enum schema_block block, const char *key)
{
    const struct schema_block_info *info = &schema_blocks[block];
    for (size_t i = 0; i < info->count; i++)
        if (same_word(info->rows[i].key, key) ||
            (info->rows[i].alias && same_word(info->rows[i].alias, key)))
            return &info->rows[i];
    return NULL;
}

const struct schema_row *schema_find(const char *path)
{
    enum schema_block block = BLOCK_SCENARIO;
    for (;;) {
        char key[64];
        size_t length = strcspn(path, ".[");
        if (length == 0 || length >= sizeof key)
            return NULL;
        memcpy(key, path, length);
        key[length] = '\0';
        const struct schema_row *row = schema_row(block, key);
        path += length;
        if (row && *path == '[')
            path += strcspn(path, ".");
        if (!row || *path == '\0')
            return row;
        if (row->type != TYPE_MAPPING && row->type != TYPE_LIST)
            return NULL;
        block = row->block;
        path++;
    }
}

int schema_choice(const char *choices, const char *word)
{
    size_t length = strlen(word);
    int number = 0;
    for (const char *at = choices; at && *at; number++) {
        size_t size = strcspn(at, "|");
        if (size == length && strncmp(at, word, size) == 0)
            return number;
        at += size + (at[size] == '|');
    }
    return -1;
}

char *schema_choice_name(const char *choices, int number, char *buffer, size_t size)
{
    const char *at = choices ? choices : "";
    for (; number > 0 && *at; number--) {
        at += strcspn(at, "|");
        at += *at == '|';
    }
    snprintf(buffer, size, "%.*s", (int)strcspn(at, "|"), at);
    return buffer;
}

/* ---- Messages ---- */

char *schema_quote(const char *text, char buffer[QUOTED_MAX])
{
    size_t used = 0, shown = 0;
    for (; *text && shown < 40; shown++) {
        buffer[used++] = (unsigned char)*text < 0x20 || *text == 0x7F ? '?' : *text;
        for (text++; ((unsigned char)*text & 0xC0) == 0x80 && used < QUOTED_MAX - 8; text++)
            buffer[used++] = *text;
    }
    memcpy(buffer + used, *text ? "..." : "", *text ? 4 : 1);
    return buffer;
}

char *schema_words(const char *const *words, size_t count, char *buffer, size_t size)
{
    enum { SHOWN = 6 };
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < count && i < SHOWN && used < size; i++) {
        char quoted[QUOTED_MAX];
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i ? ", " : "",
                                 schema_quote(words[i], quoted));
    }
    if (count > SHOWN && used < size)
        snprintf(buffer + used, size - used, " and %zu more", count - SHOWN);
    return buffer;
}
