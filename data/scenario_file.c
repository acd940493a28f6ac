#include "data/scenario_file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_reader.h"
#include "data/time_zone.h"
#include "model/base/number.h"
#include "model/base/similar.h"
#include "model/scenario_make.h"

/* ---- Help for all parts ---- */

void *reader_alloc(struct reader *r, size_t count, size_t size)
{
    void *memory = arena_alloc(r->s->arena, count, size);
    if (!memory)
        r->starved = true;
    return memory;
}

const char *reader_strdup(struct reader *r, const char *text)
{
    const char *copy = arena_strdup(r->s->arena, text);
    if (!copy)
        r->starved = true;
    return copy ? copy : "";
}

void reader_error(struct reader *r, const struct node *node, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    source_error(node_source(&r->tree, node), r->errors, node->line, node->column, "%s", message);
}

void reader_warn(struct reader *r, const struct node *node, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    source_warn(node_source(&r->tree, node), r->errors, node->line, node->column, "%s", message);
}

void reader_note(struct reader *r, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (r->s->note_count == r->note_room) {
        r->note_room = r->note_room ? r->note_room * 2 : 8;
        const char **notes = reader_alloc(r, r->note_room, sizeof *notes);
        if (!notes) {
            r->note_room = r->s->note_count;
            return;
        }
        if (r->s->note_count)
            memcpy(notes, r->s->notes, r->s->note_count * sizeof *notes);
        r->s->notes = notes;
    }
    r->s->notes[r->s->note_count++] = reader_strdup(r, message);
}

const struct node *reader_list(const struct schema_record *record, const char *key, uint32_t *count)
{
    const struct node *list = record_node(record, key);
    bool good = list && list->kind == NODE_SEQUENCE;
    *count = good ? list->count : 0;
    return good ? list : NULL;
}

#define SUGGESTED_FROM 1000

bool reader_refer_node(struct reader *r, enum schema_block kind, const struct node *node,
                       uint32_t *index)
{
    char quoted[QUOTED_MAX];
    *index = NONE;
    if (node->kind != NODE_SCALAR || node_absent(node))
        return false;
    const struct name *name = names_find(r->names, node->text);
    if (name && name->kind == (int)kind) {
        *index = name->index;
        return true;
    }
    schema_quote(node->text, quoted);
    if (name) {
        reader_error(r, node, "'%s' is a %s (line %u), not a %s", quoted,
                     schema_block_name((enum schema_block)name->kind), name->node->line,
                     schema_block_name(kind));
        return false;
    }
    const char *list[SUGGESTED_FROM];
    bool kept = r->errors->count < ERRORS_KEPT; /* a suggestion nobody will see is not worked out */
    size_t count = kept ? names_list(r->names, (int)kind, list, SUGGESTED_FROM) : 0;
    const char *near = similar_find(node->text, list, count);
    reader_error(r, node, "unknown %s '%s'%s%s%s", schema_block_name(kind), quoted,
                 near ? ", did you mean '" : "", near ? near : "", near ? "'" : "");
    return false;
}

bool reader_refer(struct reader *r, const struct schema_record *record, const char *key,
                  uint32_t *index)
{
    const struct schema_value *value = record_get(record, key);
    *index = NONE;
    return value->node && value->good &&
           reader_refer_node(r, value->row->block, value->node, index);
}

bool reader_resolve_time(struct reader *r, const struct schema_value *value, nanos *at)
{
    int64_t start = r->s->run.start_unix;
    *at = value->integer;
    if (value->of_day) {
        *at = value->integer - (start % 86400) * SECOND;
    } else if (value->of_date) {
        int64_t seconds = value->integer - start;
        if (seconds > TIME_MAX / SECOND) {
            reader_error(r, value->node, "more than 100 years after the start");
            return false;
        }
        *at = seconds < 0 ? -1 : seconds * SECOND + (nanos)value->real;
    }
    if (*at < 0)
        reader_error(r, value->node, "'%s' is before the scenario's start", value->node->text);
    return *at >= 0;
}

bool reader_time(struct reader *r, const struct schema_record *record, const char *key, nanos *at)
{
    const struct schema_value *value = record_get(record, key);
    return value->node && value->good && reader_resolve_time(r, value, at);
}

/* Whether a word stands in the list "a b c". */
static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if (size == length && memcmp(at, word, size) == 0)
            return true;
        at += size;
    }
    return false;
}

bool reader_only(struct reader *r, const struct schema_record *record, const char *keys,
                 const char *what)
{
    bool good = true, beside = strncmp(what, "beside ", 7) == 0;
    size_t count;
    schema_rows(record->block, &count);
    for (size_t i = 0; i < count; i++) {
        const struct schema_value *value = &record->values[i];
        if (!value->node || listed(keys, value->row->key))
            continue;
        reader_error(r, value->node->key, "'%s' cannot be %s%s", value->row->key,
                     beside ? "combined with " : "used ", beside ? what + 7 : what);
        good = false;
    }
    return good;
}

bool reader_need(struct reader *r, const struct schema_record *record, const char *keys,
                 const char *what)
{
    bool good = true;
    size_t count;
    schema_rows(record->block, &count);
    for (size_t i = 0; i < count; i++) {
        const struct schema_value *value = &record->values[i];
        if (value->node || !listed(keys, value->row->key))
            continue;
        reader_error(r, record->node, "'%s' is missing %s", value->row->key, what);
        good = false;
    }
    return good;
}

bool reader_sum(struct reader *r, const struct node *node, const double *shares, uint32_t count)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += shares[i];
    if (fabs(sum - 1) <= 1e-9)
        return true;
    char number[NUMBER_SIZE];
    reader_error(r, node, "probabilities sum to %s, not to 1",
                 number_format(round(sum * 1e9) / 1e9, number));
    return false;
}

/* ---- The top ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void unknown_table(struct reader *r, const struct node *node, bool release)
{
    char quoted[QUOTED_MAX], known[512];
    const char *list[SUGGESTED_FROM];
    size_t count = 0;
    for (size_t i = 0; i < capacity_tables_count(r->tables) && count < SUGGESTED_FROM; i++) {
        const struct capacity_table *t = capacity_tables_at(r->tables, i);
        if (!release)
            list[count++] = t->name;
        else if (capacity_tables_find_release(r->tables, t->release) == t)
            list[count++] = t->release;
    }
    const char *near = similar_find(node->text, list, count);
    schema_quote(node->text, quoted);
    if (near)
        reader_error(r, node, "unknown %s '%s', did you mean '%s'", release ? "release" : "table",
                     quoted, near);
    else
        reader_error(r, node, "unknown %s '%s', there are %s (see peerplan tables)",
                     release ? "release" : "table", quoted,
                     schema_words(list, count, known, sizeof known));
}

void reader_unknown_release(struct reader *r, const struct node *node)
{
    unknown_table(r, node, true);
}

/* A table of the user's own, in a file beside the scenario. */
static const struct capacity_table *read_table(struct reader *r, const struct node *node)
{
    size_t before = capacity_tables_count(r->tables);
    const char *path = workload_input(r->workload, node->text);
    if (!path) {
        r->starved = true;
        return NULL;
    }
    if (!capacity_tables_add_file(r->tables, path, r->errors))
        return NULL;
    size_t added = capacity_tables_count(r->tables) - before;
    if (added != 1)
        reader_error(r, node, "the file holds %zu tables, a scenario needs one", added);
    return added ? capacity_tables_at(r->tables, before) : NULL;
}

static bool is_file(const char *text)
{
    const char *end = strstr(text, ".csv");
    return end && (!end[4] || end[4] == '.');
}

static void select_table(struct reader *r)
{
    const struct schema_value *table = record_get(&r->root, "table");
    const struct schema_value *release = record_get(&r->root, "release");
    if (release->node && table->node)
        reader_error(r, release->node->key, "'release' and 'table' cannot be combined");
    if (release->node && release->good)
        r->table = capacity_tables_find_release(r->tables, release->text);
    else if (table->node && table->good && is_file(table->text))
        r->table = read_table(r, table->node);
    else if (table->good)
        r->table = capacity_tables_find(r->tables, table->text);
    const struct schema_value *stated = release->node ? release : table;
    if (!r->table && stated->good && stated->node && (release->node || !is_file(stated->text)))
        unknown_table(r, stated->node, release->node != NULL);
    r->s->table = reader_strdup(r, r->table ? r->table->name : "");
    r->s->table_source = reader_strdup(r, r->table ? r->table->document : "");
}

static void read_goals(struct reader *r)
{
    struct goals *goals = &r->s->goals;
    struct schema_record record;
    const struct node *node = record_node(&r->root, "goals");
    *goals = goals_make();
    goals->stated = node != NULL;
    if (!node)
        return;
    schema_read(BLOCK_GOALS, &r->tree, node, &record, NULL);
    goals->blocking = record_real(&record, "blocking", goals->blocking);
    goals->worst_hour = record_real(&record, "worst-hour", 0);
    goals->worst_hour_stated = record_stated(&record, "worst-hour");
    goals->registrations = record_real(&record, "registrations", 0);
    goals->survive = (int)record_integer(&record, "survive", 0);
}

/* Stands for a mapping that the file does not have, so that its defaults come from the same table.
 */
static const struct node empty_mapping = {.kind = NODE_MAPPING, .text = ""};

static void read_time_zone(struct reader *r, const struct schema_record *record)
{
    char quoted[QUOTED_MAX];
    const char *reason, *name = record_text(record, "time-zone");
    struct time_zone *zone = name ? time_zone_new(name, &reason) : NULL;
    if (zone)
        r->s->run.time_zone = reader_strdup(r, name);
    else if (name)
        reader_error(r, record_node(record, "time-zone"), "time zone '%s': %s",
                     schema_quote(name, quoted), reason);
    time_zone_free(zone);
}

static void read_run(struct reader *r)
{
    struct run *run = &r->s->run;
    struct schema_record record;
    const struct node *node = record_node(&r->root, "run");
    schema_read(BLOCK_RUN, &r->tree, node ? node : &empty_mapping, &record, NULL);
    const struct schema_value *warmup = record_get(&record, "warmup");
    *run = run_make();
    run->start_unix = record_integer(&record, "start", run->start_unix);
    run->length = record_integer(&record, "length", run->length);
    run->warmup_kind = warmup->word == 0   ? WARMUP_AUTO
                       : warmup->word == 1 ? WARMUP_NONE
                                           : WARMUP_STATED;
    run->warmup = warmup->integer;
    run->replications = (int)record_integer(&record, "replications", run->replications);
    run->seed = (uint64_t)record_integer(&record, "seed", (int64_t)run->seed);
    run->steady = record_choice(&record, "from", 0) == 1;
    run->interval = record_integer(&record, "interval", run->interval);
    run->calls = record_yes(&record, "calls", run->calls);
    read_time_zone(r, &record);
    if (run->warmup_kind == WARMUP_STATED && run->warmup == 0)
        run->warmup_kind = WARMUP_NONE;
    if (run->length / run->interval > 10 * 1000 * 1000)
        reader_error(r,
                     record_stated(&record, "interval") ? record_node(&record, "interval") : node,
                     "the run has more than ten million intervals");
}

/* ---- Names ---- */

static void add_name(struct reader *r, enum schema_block kind, const struct node *item,
                     uint32_t index)
{
    struct schema_value value;
    const struct node *node = node_get(item, "name");
    bool fresh;
    if (!node || !schema_read_scalar(schema_row(kind, "name"), &r->tree, node, &value, NULL))
        return;
    const struct name *name = names_add(
        r->names,
        (struct name){.text = node->text, .kind = (int)kind, .index = index, .node = node}, &fresh);
    if (!name)
        r->starved = true;
    else if (!fresh)
        reader_error(r, node, "the name '%s' is taken by the %s on line %u", node->text,
                     schema_block_name((enum schema_block)name->kind), name->node->line);
}

static void add_names(struct reader *r, const struct node *list, enum schema_block kind,
                      uint32_t *index)
{
    if (!list || list->kind != NODE_SEQUENCE)
        return;
    for (const struct node *n = list->first; n; n = n->next)
        add_name(r, kind, n, (*index)++);
}

static void collect_names(struct reader *r)
{
    static const struct {
        const char *key;
        enum schema_block kind;
    } lists[] = {{"clusters", BLOCK_CLUSTER}, {"platforms", BLOCK_PLATFORM},
                 {"zones", BLOCK_ZONE},       {"endpoints", BLOCK_ENDPOINTS},
                 {"calls", BLOCK_CLASS},      {"pipes", BLOCK_PIPE}};
    uint32_t index;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        index = 0;
        add_names(r, record_node(&r->root, lists[i].key), lists[i].kind, &index);
    }
    const struct node *clusters = record_node(&r->root, "clusters");
    uint32_t subzone = 0;
    index = 0;
    if (clusters && clusters->kind == NODE_SEQUENCE)
        for (const struct node *n = clusters->first; n; n = n->next) {
            add_names(r, node_get(n, "peers"), BLOCK_PEER, &index);
            add_names(r, node_get(n, "subzones"), BLOCK_SUBZONE, &subzone);
        }
}

/* ---- Reading ---- */

static bool reader_init(struct reader *r, const char *base_dir)
{
    r->names = names_new();
    r->platforms = names_new();
    r->tables = capacity_tables_new(r->errors);
    r->workload = workload_new(base_dir, &r->s->run, r->strict);
    return r->names && r->platforms && r->tables && r->workload;
}

static void reader_release(struct reader *r)
{
    names_free(r->names);
    names_free(r->platforms);
    capacity_tables_free(r->tables);
    workload_free(r->workload);
}

static void check_goals(struct reader *r)
{
    const struct node *node = node_get(record_node(&r->root, "goals"), "survive");
    uint32_t survive = (uint32_t)r->s->goals.survive;
    for (uint32_t c = 0; node && c < r->s->cluster_count; c++) {
        const struct cluster *cluster = &r->s->clusters[c];
        if (survive > cluster->peer_count)
            reader_warn(r, node, "cluster '%s' has only %u peer%s: all of them are down at most",
                        cluster->name, cluster->peer_count, cluster->peer_count == 1 ? "" : "s");
    }
    if (survive > r->s->peer_count)
        r->s->goals.survive = (int)r->s->peer_count;
}

static void keep_inputs(struct reader *r)
{
    uint32_t count;
    const char *const *inputs = workload_inputs(r->workload, &count);
    r->s->inputs = reader_alloc(r, count, sizeof *r->s->inputs);
    for (uint32_t i = 0; r->s->inputs && i < count; i++)
        r->s->inputs[r->s->input_count++] = reader_strdup(r, inputs[i]);
}

/* What has no effect is noted in every result. */
static void note_important(struct reader *r, size_t from)
{
    for (size_t i = from; i < r->errors->count; i++) {
        const struct error *e = &r->errors->items[i];
        bool own = e->file && strcmp(e->file, r->tree.source->name) == 0;
        if (e->important && e->message)
            reader_note(r, "%s%s%s", own || !e->file ? "" : base_name(e->file),
                        own || !e->file ? "" : ": ", e->message);
    }
}

static void resolve(struct reader *r)
{
    size_t first = r->errors->count;
    size_t failures = r->errors->failures;
    const struct schema_value *title = record_get(&r->root, "scenario");
    r->s->title = reader_strdup(r, title->good ? title->text : base_name(r->tree.source->name));
    select_table(r);
    read_goals(r);
    collect_names(r);
    reader_platforms(r);
    reader_clusters(r);
    check_goals(r);
    reader_subzones(r);
    reader_zones(r);
    reader_endpoints(r);
    reader_pipes(r);
    reader_links(r);
    reader_classes(r);
    reader_traces(r);
    reader_outages(r);
    reader_changes(r);
    reader_growth(r);
    workload_check(r->workload, r->s, r->errors);
    if (r->errors->failures == failures)
        reader_effects(r);
    workload_report(r->workload, r->errors);
    note_important(r, first);
    keep_inputs(r);
}

/* By place, those of the scenario's own file first. At most ERRORS_KEPT, nearly in order already.
 */
static void sort_errors(struct errors *errors, size_t from, const char *name)
{
    for (size_t i = from + 1; i < errors->count; i++) {
        struct error moved = errors->items[i];
        size_t at = i;
        bool own = moved.file && strcmp(moved.file, name) == 0;
        for (; own && at > from; at--) {
            const struct error *before = &errors->items[at - 1];
            bool foreign = !before->file || strcmp(before->file, name) != 0;
            if (!foreign && (before->line < moved.line ||
                             (before->line == moved.line && before->column <= moved.column)))
                break;
            errors->items[at] = *before;
        }
        errors->items[at] = moved;
    }
}

bool scenario_from_tree(const struct node_tree *tree, const char *base_dir, bool strict,
                        struct scenario *scenario, struct errors *errors)
{
    struct reader r = {.tree = *tree, .s = scenario, .errors = errors, .strict = strict};
    const char *name = tree->source->name;
    size_t failures = errors->failures, first = errors->count;
    *scenario = (struct scenario){.arena = arena_new()};
    if (!scenario->arena) {
        errors_add(errors, ERROR_SOFTWARE, name, 0, 0, "out of memory");
        return false;
    }
    schema_check(BLOCK_SCENARIO, &r.tree, r.tree.root, errors);
    if (r.tree.root->kind == NODE_MAPPING) {
        schema_read(BLOCK_SCENARIO, &r.tree, r.tree.root, &r.root, NULL);
        read_run(&r);
        if (reader_init(&r, base_dir))
            resolve(&r);
        else
            r.starved = true;
        if (r.starved)
            errors_add(errors, ERROR_SOFTWARE, name, 0, 0, "out of memory");
    }
    reader_release(&r);
    sort_errors(errors, first, name);
    return errors->failures == failures;
}

static bool read_source(const struct source *source, const char *base_dir, bool strict,
                        struct scenario *scenario, struct errors *errors)
{
    struct node_tree tree;
    size_t first = errors->count;
    bool good = node_tree_read(&tree, source, errors);
    if (tree.root)
        good = scenario_from_tree(&tree, base_dir, strict, scenario, errors) && good;
    sort_errors(errors, first, source->name);
    node_tree_release(&tree);
    return good;
}

char *scenario_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static bool read_file(const char *path, bool strict, struct scenario *scenario,
                      struct errors *errors)
{
    struct source source;
    *scenario = (struct scenario){0};
    if (!source_read(&source, path, errors))
        return false;
    char *folder = scenario_folder(path);
    bool good = folder && read_source(&source, folder, strict, scenario, errors);
    free(folder);
    source_release(&source);
    return good;
}

bool scenario_read(const char *path, struct scenario *scenario, struct errors *errors)
{
    return read_file(path, false, scenario, errors);
}

bool scenario_read_text(const char *text, size_t length, const char *name, const char *base_dir,
                        struct scenario *scenario, struct errors *errors)
{
    struct source source;
    *scenario = (struct scenario){0};
    if (!source_copy(&source, text, length, name, errors))
        return false;
    bool good = read_source(&source, base_dir, false, scenario, errors);
    source_release(&source);
    return good;
}
