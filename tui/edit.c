#include "tui/edit.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/capacity_tables.h"
#include "data/settings.h"
#include "tui/place.h"

/* ---- Applying ---- */

bool edit_apply(struct app *app, const struct settings *settings, const char *what, char *why,
                size_t size)
{
    struct errors errors;
    errors_init(&errors);
    bool ok = session_apply(app->session, settings, what, &errors);
    if (!ok)
        snprintf(why, size, "%s",
                 errors.count ? errors.items[0].message : "this does not give a scenario");
    errors_release(&errors);
    if (ok) {
        app_changed(app);
        app_say(app, INK_TEXT, "%s", what);
    }
    return ok;
}

/* The end of a word: a blank outside of quotes and brackets. */
static char *word_end(char *text)
{
    int depth = 0;
    char quote = 0;
    for (; *text; text++) {
        if (quote)
            quote = *text == quote ? 0 : quote;
        else if (*text == '"' || *text == '\'')
            quote = *text;
        else if (strchr("[{", *text))
            depth++;
        else if (strchr("]}", *text))
            depth--;
        else if (isspace((unsigned char)*text) && depth <= 0)
            return text;
    }
    return text;
}

#define SETTINGS_AT_ONCE 32

static bool set_several(struct app *app, char *line, const char *what, char *why, size_t size)
{
    const char *items[SETTINGS_AT_ONCE];
    size_t count = 0;
    for (char *at = line; *at;) {
        char *end = word_end(at);
        if (count == SETTINGS_AT_ONCE) {
            snprintf(why, size, "too many settings at once");
            return false;
        }
        items[count++] = at;
        at = end;
        while (isspace((unsigned char)*at))
            *at++ = '\0';
    }
    return edit_apply(app, &(struct settings){items, count}, what, why, size);
}

bool edit_set(struct app *app, const char *arguments, char *why, size_t size)
{
    char *line = strdup(arguments), *setting = NULL;
    bool ok = false;
    if (!line)
        return false;
    char *end = word_end(line);
    char blank = *end;
    *end = '\0';
    const char *value = setting_value(line);
    *end = blank;
    if (!*line)
        snprintf(why, size, "which path, and which value?");
    else if (value)
        ok = set_several(app, line, arguments, why, size);
    else if (!blank)
        snprintf(why, size, "a value is needed: PATH VALUE");
    else if (asprintf(&setting, "%.*s=%s", (int)(end - line), line, end + 1) >= 0) {
        const char *items[] = {setting};
        ok = edit_apply(app, &(struct settings){items, 1}, setting, why, size);
        free(setting);
    }
    free(line);
    return ok;
}

/* "1.3", "x1.3" or "130%" as a factor; NAN when it is none. */
static double parse_factor(const char *text)
{
    char *end;
    text += *text == 'x' || *text == '*';
    double factor = strtod(text, &end);
    if (end == text || !isfinite(factor) || factor <= 0)
        return NAN;
    while (*end == ' ')
        end++;
    if (!strcmp(end, "%"))
        return factor / 100;
    return *end ? NAN : factor;
}

/* What the scale of a class says. */
static double factor_of(const struct node *class)
{
    const struct node *arrivals = class ? node_get(class, "arrivals") : NULL;
    const struct node *scale = arrivals ? node_get(arrivals, "scale") : NULL;
    double factor = scale && scale->kind == NODE_SCALAR ? parse_factor(scale->text) : 1;
    return isnan(factor) ? 1 : factor;
}

void edit_factors(const struct app *app, double *factors)
{
    const struct node *calls = node_get(app->session->tree.root, "calls");
    const struct node *class = calls ? calls->first : NULL;
    for (uint32_t i = 0; i < app->session->scenario.class_count; i++) {
        factors[i] = factor_of(class);
        class = class ? class->next : NULL;
    }
}

double edit_factor(const struct app *app, uint32_t class_index)
{
    return factor_of(node_at(node_get(app->session->tree.root, "calls"), class_index));
}

bool edit_scale(struct app *app, const char *class_name, const char *factor, char *why, size_t size)
{
    char name[SETTING_NAME_SIZE], setting[SETTING_NAME_SIZE + 64], what[160];
    double times = parse_factor(factor);
    if (isnan(times)) {
        snprintf(why, size, "a factor is needed, such as 1.3 or 130%%");
        return false;
    }
    bool all = !strcmp(class_name, "*");
    snprintf(setting, sizeof setting, "calls.%s.arrivals.scale=%.10g%%",
             all ? "*" : setting_name(class_name, name), times * 100);
    snprintf(what, sizeof what, "%s x %.4g", all ? "all calls" : class_name, times);
    const char *items[] = {setting, "traces.*.scale="};
    char traces[64];
    snprintf(traces, sizeof traces, "traces.*.scale=%.10g%%", times * 100);
    items[1] = traces;
    size_t count = all && app->session->scenario.trace_count ? 2 : 1;
    return edit_apply(app, &(struct settings){items, count}, what, why, size);
}

/* ---- Words that may stand somewhere ---- */

struct words {
    char **items;
    size_t count, room;
};

static void words_add(struct words *w, const char *word)
{
    if (!word)
        return;
    for (size_t i = 0; i < w->count; i++)
        if (!strcmp(w->items[i], word))
            return;
    if (w->count + 2 > w->room) {
        size_t room = w->room ? 2 * w->room : 32;
        char **grown = realloc(w->items, room * sizeof *grown);
        if (!grown)
            return;
        w->items = grown;
        w->room = room;
    }
    if ((w->items[w->count] = strdup(word)))
        w->items[++w->count] = NULL;
}

static void add_choices(struct words *w, const char *choices)
{
    char word[64];
    for (int i = 0; *schema_choice_name(choices, i, word, sizeof word); i++)
        words_add(w, word);
}

/* Tables, releases, and platforms of the scenario's table. */
static void add_of_tables(struct words *w, const struct scenario *scenario, const char *key)
{
    struct errors errors;
    errors_init(&errors);
    struct capacity_tables *tables = capacity_tables_new(&errors);
    for (size_t i = 0; tables && i < capacity_tables_count(tables); i++) {
        const struct capacity_table *t = capacity_tables_at(tables, i);
        if (!strcmp(key, "table"))
            words_add(w, t->name);
        else if (!strcmp(key, "release"))
            words_add(w, t->release);
        else if (scenario->table && !strcmp(t->name, scenario->table))
            for (size_t r = 0; r < t->row_count; r++)
                words_add(w, t->rows[r].platform);
    }
    capacity_tables_free(tables);
    errors_release(&errors);
}

static void add_names(struct words *w, const struct scenario *s, enum schema_block block)
{
#define NAMES(kind, things, number)                                                                \
    if (block == kind)                                                                             \
        for (uint32_t i = 0; i < s->number; i++)                                                   \
            words_add(w, s->things[i].name);
    NAMES(BLOCK_PEER, peers, peer_count)
    NAMES(BLOCK_CLUSTER, clusters, cluster_count)
    NAMES(BLOCK_ZONE, zones, zone_count)
    NAMES(BLOCK_ENDPOINTS, endpoints, endpoints_count)
    NAMES(BLOCK_CLASS, classes, class_count)
    NAMES(BLOCK_PIPE, pipes, pipe_count)
    NAMES(BLOCK_PLATFORM, platforms, platform_count)
#undef NAMES
}

char **edit_words(const struct app *app, const struct schema_row *row)
{
    const struct scenario *s = &app->session->scenario;
    struct words words = {0};
    if (row->type == TYPE_CHOICE) {
        add_choices(&words, row->choices);
    } else if (row->type == TYPE_BOOLEAN) {
        add_choices(&words, "yes|no");
    } else if (row->type == TYPE_REFERENCE) {
        if (row->block == BLOCK_PLATFORM)
            add_of_tables(&words, s, "platform");
        add_names(&words, s, row->block);
    } else if (row->type == TYPE_STRING &&
               (!strcmp(row->key, "table") || !strcmp(row->key, "release"))) {
        add_of_tables(&words, s, row->key);
    }
    return words.items;
}

void edit_words_free(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}

/* ---- Completion of settings ---- */

/* Where a path that is being typed has come to. */
struct spot {
    const struct node *node; /* NULL: not stated */
    enum schema_block block;
    const struct schema_row *row; /* of a key; NULL at the start and after an item */
    bool list, leaf, lost;
};

static const struct node *item_called(const struct node *list, const char *name)
{
    char *end;
    unsigned long number = strtoul(name, &end, 10);
    for (const struct node *item = list ? list->first : NULL; item; item = item->next) {
        const struct node *own = node_get(item, "name");
        if ((own && own->kind == NODE_SCALAR && !strcmp(own->text, name)) || !strcmp(name, "*"))
            return item;
    }
    return list && !*end && number > 0 ? node_at(list, (uint32_t)number - 1) : NULL;
}

static void spot_go(struct spot *spot, const char *word)
{
    if (spot->lost || spot->leaf) {
        spot->lost = true;
    } else if (spot->list) {
        spot->node = item_called(spot->node, word);
        spot->list = false;
        spot->row = NULL;
    } else {
        spot->row = schema_row(spot->block, word);
        spot->lost = !spot->row;
        if (!spot->row)
            return;
        spot->node = spot->node ? node_get(spot->node, word) : NULL;
        spot->list = spot->row->type == TYPE_LIST;
        spot->leaf = !spot->list && spot->row->type != TYPE_MAPPING;
        spot->block = spot->row->block;
    }
}

/* Goes along the path up to its last dot; the rest begins at what is returned. */
static const char *spot_follow(struct spot *spot, const char *path)
{
    const char *start = path;
    char word[SETTING_NAME_SIZE], quote = 0;
    for (const char *at = path; *at; at++) {
        if (quote || *at == '"' || *at == '\'') {
            quote = !quote ? *at : *at == quote ? 0 : quote;
        } else if (*at == '.') {
            bool quoted = *start == '"' || *start == '\'';
            snprintf(word, sizeof word, "%.*s", (int)(at - start) - 2 * quoted, start + quoted);
            spot_go(spot, word);
            start = at + 1;
        }
    }
    return start;
}

/* What is typed so far: so many bytes that stay, and the beginning of a word. */
struct stem {
    const char *kept;
    size_t length;
    const char *typed;
};

static void add_word(struct completion *c, struct stem stem, const char *word, const char *after,
                     const char *note)
{
    char *item = NULL;
    if (strncasecmp(word, stem.typed, strlen(stem.typed)) != 0)
        return;
    c->told = stem.length;
    if (asprintf(&item, "%.*s%s%s", (int)stem.length, stem.kept, word, after) >= 0)
        completion_explain(c, item, note);
    free(item);
}

static void complete_items(const struct spot *spot, const char *path, const char *typed,
                           struct completion *c)
{
    size_t length = (size_t)(typed - path);
    int number = 0;
    add_word(c, (struct stem){path, length, typed}, "*", ".", "all of them");
    for (const struct node *item = spot->node ? spot->node->first : NULL; item; item = item->next) {
        const struct node *own = node_get(item, "name");
        char word[SETTING_NAME_SIZE];
        number++;
        if (own && own->kind == NODE_SCALAR)
            setting_name(own->text, word);
        else
            snprintf(word, sizeof word, "%d", number);
        add_word(c, (struct stem){path, length, typed}, word, ".", NULL);
    }
}

static void complete_keys(const struct spot *spot, const char *path, const char *typed,
                          struct completion *c)
{
    size_t count, length = (size_t)(typed - path);
    const struct schema_row *rows = schema_rows(spot->block, &count);
    for (size_t i = 0; i < count; i++) {
        bool opens = rows[i].type == TYPE_LIST || rows[i].type == TYPE_MAPPING;
        add_word(c, (struct stem){path, length, typed}, rows[i].key, opens ? "." : " ",
                 rows[i].help);
        if (!strcmp(rows[i].key, typed))
            snprintf(c->help, sizeof c->help, "%s", rows[i].help);
    }
}

/* The values that may stand for a path, or the one that stands there. */
static void complete_value(struct app *app, struct spot *spot, const char *path, const char *value,
                           struct completion *c)
{
    char key[128];
    const char *rest = spot_follow(spot, path);
    snprintf(key, sizeof key, "%s", rest);
    spot_go(spot, key);
    if (spot->lost || !spot->row)
        return;
    snprintf(c->help, sizeof c->help, "%s (%s: %s)", spot->row->help,
             schema_type_name(spot->row->type), schema_type_form(spot->row->type));
    char **words = edit_words(app, spot->row);
    for (size_t i = 0; words && words[i]; i++)
        add_word(c, (struct stem){"", 0, value}, words[i], "", NULL);
    if (!words && spot->node && spot->node->kind == NODE_SCALAR && !*value)
        completion_add(c, spot->node->text);
    edit_words_free(words);
}

void edit_complete_set(struct app *app, const char *arguments, struct completion *c)
{
    struct spot spot = {.node = app->session->tree.root, .block = BLOCK_SCENARIO};
    char *line = strdup(arguments);
    if (!line)
        return;
    char *start = line; /* of the last setting that is being typed */
    const char *first_value = setting_value(line);
    for (char *end; first_value && *(end = word_end(start));)
        start = end + 1;
    const char *value = setting_value(start);
    char *blank = word_end(start);
    if (!value && *blank && !first_value)
        value = blank + 1;
    c->from += (size_t)((value ? value : start) - line);
    if (value) {
        *(char *)(uintptr_t)(value - 1) = '\0';
        complete_value(app, &spot, start, value, c);
    } else {
        const char *typed = spot_follow(&spot, start);
        if (!spot.lost && !spot.leaf)
            (spot.list ? complete_items : complete_keys)(&spot, start, typed, c);
    }
    free(line);
}
