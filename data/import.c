#include "data/import.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->lost = true)
#include <uthash.h>

#include "data/import_call.h"
#include "data/import_format.h"
#include "data/import_map.h"
#include "data/import_rows.h"
#include "data/import_rule.h"
#include "data/import_sort.h"
#include "data/import_tally.h"
#include "model/base/number.h"

#define MEMORY       ((size_t)96 * 1024 * 1024)
#define CLASSES_MOST 100000
#define TEXT_MOST    4096 /* of the columns kept */
#define CLASS_SHORT  100  /* bytes of a class's name that go with the rest of a line */

/* What a name in a condition stands for: a meaning, a column (from NAME_COLUMN on), or nothing. */
#define NAME_COLUMN  1000
#define NAME_NOTHING 999

/* What a record is, beside its times. */
enum {
    RECORD_ANSWERED = 1,
    RECORD_CUT = 2,
    RECORD_HAS_ID = 4,
    RECORD_CLOSES = 8, /* of a dialog */
    RECORD_AUDIO = 16, /* what is told of its media; neither: nothing */
    RECORD_VIDEO = 32,
};

struct class_name {
    char *name;  /* owned */
    char *field; /* owned; as it stands in a CSV file */
    uint32_t index;
    bool lost; /* no memory to find it by */
    UT_hash_handle hh;
};

/* What a record of a group carries until its call is known. */
struct leg {
    nanos duration, extra;
    uint16_t kind;
    uint16_t padding[3];
};

struct conditions {
    struct import_rule *skips[2], *where, *answered, *active, *video, *opens, *closes;
    struct import_rule **classes; /* owned; as many as the options have */
};

struct importer {
    const struct import_options *options;
    struct call_summary *summary;
    struct errors *errors;
    struct import_reading reading;
    const struct import_format *format; /* of all files; NULL: not known yet */
    struct import_rows *rows;           /* the file being read */
    struct conditions conditions;       /* bound to its columns */
    bool *wanted;                       /* owned; columns that are read */
    int *kept;                          /* owned; names to keep, as numbers of names */
    size_t kept_count;

    struct class_name *class_table;
    const char **class_names;  /* owned; borrowed names */
    const char **class_fields; /* owned; the same as CSV */
    size_t class_count, class_capacity;
    uint32_t last_class; /* of the row before */

    struct import_sort *calls, *groups; /* owned; groups NULL: a record is a call */
    struct import_call call;            /* of the row */
    char number[IMPORT_TIME_SIZE];      /* text of a name that is computed */
    char address[64];
    char text[TEXT_MOST];         /* columns kept, as they stand in the trace */
    __extension__ __int128 extra; /* what set-up would add, nanoseconds */
    uint64_t extra_calls;
    uint64_t quoted;

    const struct input *input; /* of the rows; borrowed */
    struct import_progress progress;
    uint64_t bytes_before; /* of the files before */
};

static bool no_memory(struct importer *importer)
{
    return errors_no_memory(importer->errors);
}

/* ---- Progress ---- */

#define SAID_EVERY 16384 /* rows or calls; a power of two */

static void tell_progress(struct importer *importer)
{
    const struct import_options *options = importer->options;
    importer->progress.rows = importer->summary->rows;
    if (importer->input)
        importer->progress.bytes = importer->bytes_before + input_fetched(importer->input);
    if (options->progress)
        options->progress(options->progress_context, &importer->progress);
}

/* Bytes of all files; 0 when one is none. */
static uint64_t bytes_of(const struct import_options *options)
{
    struct stat status;
    uint64_t sum = 0;
    for (size_t i = 0; i < options->file_count; i++) {
        if (stat(options->files[i], &status) != 0 || !S_ISREG(status.st_mode))
            return 0;
        sum += (uint64_t)status.st_size;
    }
    return sum;
}

/* ---- Counting ---- */

static void skip(struct importer *importer, const char *reason, uint64_t count)
{
    struct call_summary *summary = importer->summary;
    size_t i = 0;
    while (i < summary->skipped_count && strcmp(summary->skipped[i].reason, reason) != 0)
        i++;
    if (count == 0 || i == CALL_REASONS_MOST)
        return;
    if (i == summary->skipped_count)
        summary->skipped[summary->skipped_count++].reason = reason;
    summary->skipped[i].count += count;
}

/* ---- CSV out ---- */

static void put_csv(FILE *out, const char *text, size_t length)
{
    bool plain = true;
    for (size_t i = 0; i < length && plain; i++)
        plain = !strchr(",\"\r\n", text[i]) || !text[i];
    plain = plain && (length == 0 || (text[0] != ' ' && text[length - 1] != ' '));
    if (plain) {
        fwrite(text, 1, length, out);
        return;
    }
    putc('"', out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            putc('"', out);
        putc(text[i], out);
    }
    putc('"', out);
}

/* ---- Bad rows ---- */

static void keep_bad(struct importer *importer, struct csv_place place, const char *reason)
{
    FILE *out = importer->options->bad;
    size_t length;
    const char *text = import_rows_text(importer->rows, &length);
    const char *file = import_rows_name(importer->rows);
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    put_csv(out, file, strlen(file));
    fprintf(out, ",%ld,%ld,", place.line, place.column);
    put_csv(out, reason, strlen(reason));
    putc(',', out);
    put_csv(out, text, length);
    putc('\n', out);
}

/* Counts a bad row; false when it ends the import. */
static bool bad_row(struct importer *importer, struct csv_place place, const char *reason)
{
    const char *file = import_rows_name(importer->rows);
    importer->summary->bad++;
    if (importer->options->bad)
        keep_bad(importer, place, reason);
    if (importer->options->strict) {
        errors_add(importer->errors, ERROR_DATA, file, place.line, place.column, "%s", reason);
    } else if (importer->quoted++ < IMPORT_QUOTED) {
        errors_warn(importer->errors, file, place.line, place.column, "bad row left out: %s",
                    reason);
    } else {
        return true;
    }
    errors_set_source(importer->errors, place.text, place.length < 400 ? place.length : 400);
    return !importer->options->strict;
}

/* ---- Names in conditions ---- */

static const enum import_meaning named_meanings[] = {
    MEANING_MEDIA,     MEANING_CALLING, MEANING_CALLED,        MEANING_TRUNK,    MEANING_IP,
    MEANING_CALLED_IP, MEANING_DEVICE,  MEANING_CALLED_DEVICE, MEANING_DURATION, MEANING_START,
};
#define NAMED_MEANINGS (sizeof named_meanings / sizeof *named_meanings)

/* Whether a column is one that the format knows, though this file lacks it. */
static bool known_elsewhere(const struct import_format *format, const char *name)
{
    const char *column;
    size_t length;
    for (size_t l = 0; l < sizeof format->layouts / sizeof *format->layouts; l++)
        for (size_t i = 0; format->layouts[l] &&
                           (length = import_layout_name(format->layouts[l], i, &column)) > 0;
             i++)
            if (strncasecmp(column, name, length) == 0 && !name[length])
                return true;
    return false;
}

/* A column by its name, which is read from now on; -1: there is none. */
static int find_wanted(struct importer *importer, const char *name)
{
    int column = import_rows_column(importer->rows, name);
    if (column >= 0 && (size_t)column < import_rows_columns(importer->rows))
        importer->wanted[column] = true;
    return column < 0 ? -1 : NAME_COLUMN + column;
}

/* Columns before meanings: for the conditions of formats, which mean columns. */
static int find_column(void *context, const char *name, bool column)
{
    struct importer *importer = context;
    int found = find_wanted(importer, name);
    (void)column;
    return found >= 0 ? found : NAME_NOTHING;
}

static int find_name(void *context, const char *name, bool column)
{
    struct importer *importer = context;
    for (size_t i = 0; i < NAMED_MEANINGS && !column; i++) {
        enum import_meaning meaning = named_meanings[i];
        bool known = meaning == MEANING_DURATION || meaning == MEANING_START ||
                     (meaning == MEANING_MEDIA && importer->format->video) ||
                     import_map_has(&importer->reading.map, meaning);
        if (known && strcasecmp(name, import_meaning_name(meaning)) == 0)
            return (int)meaning;
    }
    int found = find_wanted(importer, name);
    if (found >= 0)
        return found;
    return known_elsewhere(importer->format, name) ? NAME_NOTHING : -1;
}

/* Unified CM writes an address as a signed number whose lowest byte comes first. */
static const char *address_text(struct importer *importer, const char *text)
{
    char *end;
    if (!importer->format->little_endian || strpbrk(text, ".:"))
        return text;
    long long number = strtoll(text, &end, 10);
    if (!*text || *end || number == 0)
        return "";
    uint32_t bits = (uint32_t)number;
    snprintf(importer->address, sizeof importer->address, "%u.%u.%u.%u", bits & 255,
             bits >> 8 & 255, bits >> 16 & 255, bits >> 24);
    return importer->address;
}

static const char *name_text(void *context, int number);

static const char *meaning_text(struct importer *importer, enum import_meaning meaning)
{
    const char *text;
    switch (meaning) {
    case MEANING_START:
        import_clock_print(&importer->reading.clock, importer->call.start, importer->number);
        return importer->number;
    case MEANING_DURATION:
        import_seconds_print(importer->call.duration, importer->number);
        return importer->number;
    case MEANING_MEDIA:
        if (importer->conditions.video)
            return import_rule_holds(importer->conditions.video, name_text, importer) ? "video"
                                                                                      : "audio";
        return import_map_text(&importer->reading.map, importer->rows, meaning);
    default:
        text = import_map_text(&importer->reading.map, importer->rows, meaning);
        return meaning == MEANING_IP || meaning == MEANING_CALLED_IP ? address_text(importer, text)
                                                                     : text;
    }
}

static const char *name_text(void *context, int number)
{
    struct importer *importer = context;
    if (number >= NAME_COLUMN)
        return import_rows_field(importer->rows, (size_t)(number - NAME_COLUMN));
    return number == NAME_NOTHING ? "" : meaning_text(importer, (enum import_meaning)number);
}

static bool holds(struct importer *importer, const struct import_rule *rule)
{
    return import_rule_holds(rule, name_text, importer);
}

/* ---- Binding to the columns of a file ---- */

static void conditions_release(struct importer *importer)
{
    struct conditions *conditions = &importer->conditions;
    struct import_rule **rules[] = {
        &conditions->skips[0], &conditions->skips[1], &conditions->where, &conditions->answered,
        &conditions->active,   &conditions->video,    &conditions->opens, &conditions->closes};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        import_rule_free(*rules[i]);
        *rules[i] = NULL;
    }
    for (size_t i = 0; conditions->classes && i < importer->options->class_count; i++) {
        import_rule_free(conditions->classes[i]);
        conditions->classes[i] = NULL;
    }
}

static bool bind_own(struct importer *importer, const char *text, struct import_rule **rule)
{
    static const struct import_rule_place place = {NULL, 0, "format"};
    if (!text)
        return true;
    const struct import_rule_names names = {.find = find_column, .context = importer};
    *rule = import_rule_new(text, &place, &names, importer->errors);
    return *rule != NULL;
}

/* The names that may stand in a user's condition; owned, with borrowed names. */
static const char **list_names(const struct importer *importer, size_t *count)
{
    size_t columns = import_rows_columns(importer->rows);
    const char **names = calloc(columns + NAMED_MEANINGS + 1, sizeof *names);
    *count = 0;
    for (size_t i = 0; names && i < NAMED_MEANINGS; i++)
        names[(*count)++] = import_meaning_name(named_meanings[i]);
    for (size_t i = 0; names && i < columns; i++)
        names[(*count)++] = import_rows_column_name(importer->rows, i);
    return names;
}

static bool bind_users(struct importer *importer)
{
    const struct import_options *options = importer->options;
    size_t count;
    const char **known = list_names(importer, &count);
    const struct import_rule_names names = {find_name, importer, known, count};
    bool good = known != NULL || no_memory(importer);
    if (good && options->where) {
        struct import_rule_place place = {NULL, 0, "--where"};
        importer->conditions.where =
            import_rule_new(options->where, &place, &names, importer->errors);
        good = importer->conditions.where != NULL;
    }
    for (size_t i = 0; known && i < options->class_count; i++) {
        const struct import_class *class = &options->classes[i];
        struct import_rule_place place = {class->file, class->line, "--class"};
        importer->conditions.classes[i] =
            import_rule_new(class->condition, &place, &names, importer->errors);
        good = importer->conditions.classes[i] && good;
    }
    free(known);
    return good;
}

static bool bind_conditions(struct importer *importer)
{
    const struct import_format *format = importer->format;
    struct conditions *conditions = &importer->conditions;
    conditions_release(importer);
    return bind_own(importer, format->skips[0].condition, &conditions->skips[0]) &&
           bind_own(importer, format->skips[1].condition, &conditions->skips[1]) &&
           bind_own(importer, format->answered, &conditions->answered) &&
           bind_own(importer, format->active, &conditions->active) &&
           bind_own(importer, format->video, &conditions->video) &&
           bind_own(importer, format->opens, &conditions->opens) &&
           bind_own(importer, format->closes, &conditions->closes) && bind_users(importer);
}

/* The names of --keep, as numbers. */
static bool bind_kept(struct importer *importer)
{
    const char *p = importer->options->keep;
    importer->kept_count = 0;
    while (p && *p) {
        size_t length = strcspn(p, ",");
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)(length < 127 ? length : 127), p);
        int number = strcmp(name, "id") == 0 && import_map_has(&importer->reading.map, MEANING_ID)
                         ? (int)MEANING_ID
                         : find_name(importer, name, false);
        if (number < 0) {
            errors_add(importer->errors, ERROR_USAGE, NULL, 0, 0,
                       "--keep: the records have no '%s'", name);
            return false;
        }
        int *larger = realloc(importer->kept, (importer->kept_count + 1) * sizeof *larger);
        if (!larger)
            return no_memory(importer);
        importer->kept = larger;
        importer->kept[importer->kept_count++] = number;
        p += length + (p[length] == ',');
    }
    return true;
}

/* Only the columns that are asked for are read: those of the mapping, and those that conditions and
 * --keep have named. */
static bool want_columns(struct importer *importer)
{
    size_t count = import_rows_columns(importer->rows);
    if (count == 0) /* they go by number */
        return import_rows_keep(importer->rows, NULL, 0) || no_memory(importer);
    import_map_want(&importer->reading.map, importer->wanted, count);
    return import_rows_keep(importer->rows, importer->wanted, count) || no_memory(importer);
}

static bool want_nothing(struct importer *importer)
{
    free(importer->wanted);
    importer->wanted = calloc(import_rows_columns(importer->rows) + 1, sizeof *importer->wanted);
    return importer->wanted || no_memory(importer);
}

static bool bind_columns(struct importer *importer)
{
    bool users = importer->options->map != NULL;
    return want_nothing(importer) &&
           import_map_bind(&importer->reading.map, importer->rows,
                           users && !import_rows_empty(importer->rows), importer->errors) &&
           bind_conditions(importer) && bind_kept(importer) && want_columns(importer);
}

/* ---- Classes ---- */

static void class_free(struct class_name *class)
{
    if (class) {
        free(class->name);
        free(class->field);
    }
    free(class);
}

/* Owned; NULL when out of memory. */
static struct class_name *new_class(const char *name)
{
    struct class_name *class = calloc(1, sizeof *class);
    size_t length;
    FILE *out = class ? open_memstream(&class->field, &length) : NULL;
    if (out) {
        put_csv(out, name, strlen(name));
        bool good = !ferror(out);
        if (fclose(out) == 0 && good && class->field && (class->name = strdup(name)))
            return class;
    }
    class_free(class);
    return NULL;
}

static bool class_index(struct importer *importer, const char *name, uint32_t *index)
{
    struct class_name *found;
    HASH_FIND_STR(importer->class_table, name, found);
    if (found)
        return *index = found->index, true;
    if (importer->class_count == CLASSES_MOST) {
        errors_add(importer->errors, ERROR_DATA, import_rows_name(importer->rows), 0, 0,
                   "more than %d classes: is that column a class?", CLASSES_MOST);
        return false;
    }
    if (importer->class_count == importer->class_capacity) {
        size_t capacity = importer->class_capacity * 2 + 16;
        const char **names = realloc(importer->class_names, capacity * sizeof *names);
        importer->class_names = names ? names : importer->class_names;
        const char **fields =
            names ? realloc(importer->class_fields, capacity * sizeof *fields) : NULL;
        if (!fields)
            return no_memory(importer);
        importer->class_fields = fields;
        importer->class_capacity = capacity;
    }
    found = new_class(name);
    if (!found)
        return no_memory(importer);
    found->index = *index = (uint32_t)importer->class_count;
    importer->class_fields[importer->class_count] = found->field;
    importer->class_names[importer->class_count++] = found->name;
    HASH_ADD_KEYPTR(hh, importer->class_table, found->name, strlen(found->name), found);
    if (!found->lost)
        return true;
    importer->class_count--;
    class_free(found);
    return no_memory(importer);
}

static bool classify(struct importer *importer, uint32_t *index)
{
    const struct import_options *options = importer->options;
    const char *name = options->default_class;
    bool ruled = false;
    for (size_t i = 0; i < options->class_count && !ruled; i++) {
        ruled = holds(importer, importer->conditions.classes[i]);
        if (ruled)
            name = options->classes[i].name;
    }
    if (!ruled && import_map_has(&importer->reading.map, MEANING_CLASS)) {
        const char *text = import_map_text(&importer->reading.map, importer->rows, MEANING_CLASS);
        name = *text ? text : name;
    }
    *index = importer->last_class;
    if (importer->class_count && strcmp(importer->class_names[*index], name) == 0)
        return true;
    if (!class_index(importer, name, index))
        return false;
    importer->last_class = *index;
    return true;
}

/* ---- What tells records apart ---- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ hash >> 29;
}

static void hash_bytes(uint64_t hash[2], const char *bytes, size_t length)
{
    uint64_t word;
    for (; length >= 8; bytes += 8, length -= 8) {
        memcpy(&word, bytes, 8);
        hash[0] = mix(hash[0], word);
        hash[1] = mix(hash[1] + UINT64_C(0xa0761d6478bd642f), word);
    }
    word = length + 1;
    for (size_t i = 0; i < length; i++)
        word = word << 8 | (unsigned char)bytes[i];
    hash[0] = mix(hash[0], word);
    hash[1] = mix(hash[1] + UINT64_C(0xa0761d6478bd642f), word);
}

/* The whole row, or the id with the times: a duplicate has both. */
static bool identify(struct importer *importer, uint64_t hash[2])
{
    struct import_map *map = &importer->reading.map;
    const struct import_call *call = &importer->call;
    size_t length;
    hash[0] = 1;
    hash[1] = 2;
    if (importer->format->whole_row) {
        const char *text = import_rows_text(importer->rows, &length);
        while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
            length--;
        hash_bytes(hash, text, length);
        return true;
    }
    const char *id =
        import_map_has(map, MEANING_ID) ? import_map_text(map, importer->rows, MEANING_ID) : "";
    if (!*id) {
        hash[0] = hash[1] = 0;
        return false;
    }
    hash_bytes(hash, id, strlen(id));
    const nanos times[] = {call->start, call->duration, call->extra};
    hash_bytes(hash, (const char *)times, sizeof times);
    return true;
}

/* ---- Columns kept ---- */

/* Writes the texts of --keep as the trace has them; returns their length. */
static size_t keep_texts(struct importer *importer)
{
    size_t used = 0;
    for (size_t i = 0; i < importer->kept_count; i++) {
        FILE *out = fmemopen(importer->text + used, sizeof importer->text - used, "w");
        if (!out)
            return used;
        const char *text = name_text(importer, importer->kept[i]);
        putc(',', out);
        put_csv(out, text, strnlen(text, 200));
        long length = ftell(out);
        fclose(out);
        used += length > 0 ? (size_t)length : 0;
    }
    return used;
}

/* ---- One record ---- */

/* For those who are told of calls; a trace has it by --keep. */
static unsigned media_kind(struct importer *importer)
{
    if (!importer->options->call ||
        (!importer->conditions.video && !import_map_has(&importer->reading.map, MEANING_MEDIA)))
        return 0;
    const char *text = meaning_text(importer, MEANING_MEDIA);
    return strcasecmp(text, "audio") == 0   ? RECORD_AUDIO
           : strcasecmp(text, "video") == 0 ? RECORD_VIDEO
                                            : 0;
}

static bool add_call(struct importer *importer, const struct import_record *record,
                     const char *text)
{
    return import_sort_add(importer->calls, record, text, importer->errors);
}

/* A record that may be one of several of its call. */
static bool add_leg(struct importer *importer, struct import_record record, size_t text_length)
{
    char bytes[sizeof(struct leg) + TEXT_MOST];
    struct leg leg = {record.duration, importer->call.extra, record.kind, {0}};
    const char *group = import_map_text(&importer->reading.map, importer->rows, MEANING_GROUP);
    uint64_t hash[2] = {3, 4};
    hash_bytes(hash, group, strlen(group));
    memcpy(bytes, &leg, sizeof leg);
    memcpy(bytes + sizeof leg, importer->text, text_length);
    /* by group, then by time; what closes comes after what opens */
    record.duration = record.key;
    record.key = (int64_t)hash[0];
    record.hash[0] = record.hash[0] >> 1 | (uint64_t)((record.kind & RECORD_CLOSES) != 0) << 63;
    record.text_length = (uint16_t)(sizeof leg + text_length);
    return import_sort_add(importer->groups, &record, bytes, importer->errors);
}

static bool add_record(struct importer *importer, struct import_record *record)
{
    if (importer->call.cut)
        record->kind |= RECORD_CUT;
    if (importer->call.answered)
        record->kind |= RECORD_ANSWERED;
    if (!classify(importer, &record->class_index))
        return false;
    if (identify(importer, record->hash))
        record->kind |= RECORD_HAS_ID;
    record->kind |= (uint16_t)media_kind(importer);
    size_t length = importer->kept_count ? keep_texts(importer) : 0;
    record->key = importer->call.start;
    record->duration = importer->call.duration;
    record->text_length = (uint16_t)length;
    const char *group = importer->groups
                            ? import_map_text(&importer->reading.map, importer->rows, MEANING_GROUP)
                            : "";
    if (*group && (record->kind & (RECORD_ANSWERED | RECORD_CLOSES) ||
                   importer->format->grouping == GROUPING_LEGS))
        return add_leg(importer, *record, length);
    if (importer->call.answered && importer->call.extra >= 0) {
        importer->extra += importer->call.extra;
        importer->extra_calls++;
    }
    return add_call(importer, record, importer->text);
}

/* ---- One row ---- */

static bool bad_value(struct importer *importer, const char *reason, size_t column)
{
    char message[300];
    const char *text = import_rows_field(importer->rows, column);
    if (*text)
        snprintf(message, sizeof message, "%s: '%.80s'", reason, text);
    else
        snprintf(message, sizeof message, "%s", reason);
    return bad_row(importer, import_rows_field_place(importer->rows, column), message);
}

static bool bad_width(struct importer *importer, size_t fields, size_t expected)
{
    char message[100];
    snprintf(message, sizeof message, "%zu fields, a record has %zu", fields, expected);
    return bad_row(importer, import_rows_place(importer->rows), message);
}

/* A row that cannot be used may be a header: 1 it is, 0 it is not, -1 with errors. */
static int take_header(struct importer *importer)
{
    bool changed;
    if (!import_rows_header(importer->rows, &changed))
        return 0;
    if (!changed)
        return 1;
    return bind_columns(importer) ? 1 : -1;
}

/* Decides which number of a date is the day by reading on, in this file and the others. */
static bool decide_order(struct importer *importer);

static const char *read_call(struct importer *importer, size_t *column)
{
    struct import_call *call = &importer->call;
    const struct conditions *conditions = &importer->conditions;
    *call = (struct import_call){.answered = true};
    if (conditions->answered) {
        call->answered = holds(importer, conditions->answered);
    } else if (import_map_has(&importer->reading.map, MEANING_ANSWERED)) {
        const char *reason = import_call_answered(&importer->reading, importer->rows, call);
        *column = import_map_column(&importer->reading.map, MEANING_ANSWERED);
        if (reason)
            return reason;
    }
    call->cut = conditions->active && holds(importer, conditions->active);
    if (importer->format->grouping == GROUPING_DIALOG) { /* how long is known later */
        const char *reason = import_call_begins(&importer->reading, importer->rows, call, column);
        if (!reason && !*import_map_text(&importer->reading.map, importer->rows, MEANING_GROUP))
            reason = "no call id";
        return reason;
    }
    return import_call_read(&importer->reading, importer->rows, call, column);
}

/* Counts a row and takes it in; false when the import ends. */
static bool take_row(struct importer *importer)
{
    const struct import_format *format = importer->format;
    const struct conditions *conditions = &importer->conditions;
    struct import_record record = {0};
    size_t fields, expected, column = 0;
    if (++importer->summary->rows % SAID_EVERY == 0)
        tell_progress(importer);
    if (format->skip_any_width && holds(importer, conditions->skips[0]))
        return skip(importer, format->skips[0].reason, 1), true;
    bool width = import_rows_width_good(importer->rows, &fields, &expected);
    const char *reason = width ? read_call(importer, &column) : "";
    if (reason == IMPORT_TIME_AMBIGUOUS) {
        if (!decide_order(importer))
            return false;
        reason = read_call(importer, &column);
    }
    if (reason) {
        int header = take_header(importer);
        importer->summary->rows -= header != 0;
        if (header)
            return header > 0;
        return width ? bad_value(importer, reason, column) : bad_width(importer, fields, expected);
    }
    for (int i = format->skip_any_width; i < 2; i++)
        if (conditions->skips[i] && holds(importer, conditions->skips[i]))
            return skip(importer, format->skips[i].reason, 1), true;
    if (conditions->where && !holds(importer, conditions->where))
        return skip(importer, "not selected", 1), true;
    if (conditions->closes && holds(importer, conditions->closes))
        record.kind |= RECORD_CLOSES;
    return add_record(importer, &record);
}

static bool read_rows(struct importer *importer)
{
    for (;;) {
        switch (import_rows_next(importer->rows, importer->errors)) {
        case CSV_END:
            return true;
        case CSV_FAILED:
            return false;
        case CSV_BAD:
            importer->summary->rows++;
            if (!bad_row(importer, import_rows_place(importer->rows),
                         import_rows_problem(importer->rows)))
                return false;
            break;
        case CSV_ROW:
            if (!take_row(importer))
                return false;
            break;
        }
    }
}

/* ---- Files ---- */

static struct import_rows *open_rows(struct importer *importer, const char *path)
{
    const struct import_options *options = importer->options;
    struct import_rows_options how = {
        .format = options->format,
        .numbered = options->map && importer->reading.map.numbered,
        .header = options->map && !importer->reading.map.numbered,
        .delimiter = options->delimiter,
    };
    struct input *input = input_open(path, importer->errors);
    struct import_rows *rows = input ? import_rows_new(input, &how, importer->errors) : NULL;
    importer->input = rows ? input : NULL;
    return rows;
}

/* All files are of one format; records about the quality of calls come along with those of calls.
 */
static bool settle_format(struct importer *importer)
{
    const struct import_format *format = import_rows_format(importer->rows);
    if (import_rows_empty(importer->rows))
        format = importer->format ? importer->format : format;
    if (importer->format && importer->format != format &&
        (strcmp(importer->format->name, format->name) != 0 ||
         importer->format->grouping != format->grouping)) {
        errors_add(importer->errors, ERROR_DATA, import_rows_name(importer->rows), 0, 0,
                   "%s, but the files before it are %s: one format at a time", format->title,
                   importer->format->title);
        return false;
    }
    importer->format = format;
    return true;
}

static bool settle_map(struct importer *importer)
{
    const struct import_format *format = importer->format;
    if (importer->options->map)
        return true;
    import_map_release(&importer->reading.map);
    if (format->map)
        return import_map_init(&importer->reading.map, format->map, importer->errors);
    if (!import_map_by_name(&importer->reading.map, importer->rows, importer->errors))
        return false;
    if (import_map_has(&importer->reading.map, MEANING_START) ||
        import_rows_empty(importer->rows) || strcmp(importer->options->format, "auto") == 0)
        return true;
    errors_add(importer->errors, ERROR_DATA, import_rows_name(importer->rows), 0, 0,
               "no column 'start': name the columns with --map 'start=...,duration=...'");
    return false;
}

static bool settle_groups(struct importer *importer)
{
    if (importer->format->grouping == GROUPING_NONE || importer->groups)
        return true;
    importer->groups =
        import_sort_new(importer->options->memory, importer->options->folder, importer->errors);
    return importer->groups != NULL;
}

static bool read_file(struct importer *importer, const char *path)
{
    importer->rows = open_rows(importer, path);
    if (!importer->rows)
        return false;
    import_reading_begin(&importer->reading);
    bool good = settle_format(importer) && settle_map(importer) && bind_columns(importer) &&
                settle_groups(importer) && read_rows(importer);
    importer->bytes_before += input_fetched(importer->input);
    importer->input = NULL;
    conditions_release(importer);
    import_rows_free(importer->rows);
    importer->rows = NULL;
    return good;
}

/* ---- Day or month first ---- */

static bool decide_by_row(struct importer *importer, const struct import_rows *rows)
{
    static const enum import_meaning stamps[] = {MEANING_START, MEANING_SETUP, MEANING_END};
    struct import_times *times = &importer->reading.times;
    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
        struct import_stamp stamp;
        const char *text = import_map_text(&importer->reading.map, rows, stamps[i]);
        if (!*text)
            continue;
        const char *reason = import_times_parse(times, text, &stamp);
        for (size_t c = 0; reason == IMPORT_TIME_AMBIGUOUS && c < import_rows_columns(rows); c++)
            if (import_times_decide(times, text, import_rows_field(rows, c)))
                break;
        if (times->order != DAY_ORDER_UNKNOWN)
            return true;
    }
    return false;
}

static void decide_by_file(struct importer *importer, const char *path)
{
    struct input *input;
    struct errors errors;
    errors_init(&errors);
    input = input_open(path, &errors);
    bool repeatable = input && input_repeatable(input);
    input_close(input);
    struct importer other = {.options = importer->options, .errors = &errors};
    other.reading.map.numbered = importer->reading.map.numbered;
    struct import_rows *rows = repeatable ? open_rows(&other, path) : NULL;
    while (rows && import_rows_next(rows, &errors) < CSV_END)
        if (decide_by_row(importer, rows))
            break;
    import_rows_free(rows);
    errors_release(&errors);
}

static bool decide_order(struct importer *importer)
{
    const struct import_options *options = importer->options;
    struct csv_place place = import_rows_place(importer->rows);
    if (!decide_by_row(importer, importer->rows))
        for (size_t i = 0;
             i < options->file_count && importer->reading.times.order == DAY_ORDER_UNKNOWN; i++)
            decide_by_file(importer, options->files[i]);
    if (importer->reading.times.order != DAY_ORDER_UNKNOWN)
        return true;
    errors_add(importer->errors, ERROR_DATA, import_rows_name(importer->rows), place.line,
               place.column,
               "day or month first? no value above 12 decides: say it with --time-format, such as "
               "'%%d/%%m/%%Y %%H:%%M:%%S'");
    errors_set_source(importer->errors, place.text, place.length < 400 ? place.length : 400);
    return false;
}

/* ---- Groups ---- */

/* The call that the records of a group make, as far as they are read. */
struct group {
    bool any;
    int64_t key;
    uint64_t seen;               /* records of the group, without duplicates */
    struct import_record record; /* of the call: open, or the best leg */
    struct leg leg;
    char text[TEXT_MOST];
    bool open;
    nanos last_start;
    uint64_t last_hash;
};

static bool group_call(struct importer *importer, struct group *group)
{
    struct import_record record = group->record;
    record.key = group->record.duration;
    record.duration = group->leg.duration;
    record.kind = group->leg.kind;
    record.text_length = (uint16_t)(group->record.text_length - sizeof group->leg);
    if (group->leg.extra >= 0 && record.kind & RECORD_ANSWERED) {
        importer->extra += group->leg.extra;
        importer->extra_calls++;
    }
    return add_call(importer, &record, group->text);
}

static void group_take(struct group *group, const struct import_record *record)
{
    const char *bytes = import_record_text(record);
    group->record = *record;
    memcpy(&group->leg, bytes, sizeof group->leg);
    memcpy(group->text, bytes + sizeof group->leg, record->text_length - sizeof group->leg);
}

static bool end_legs(struct importer *importer, struct group *group)
{
    skip(importer, "leg", group->seen - 1);
    return group_call(importer, group);
}

/* Of the legs of a call the first that was answered counts; of equal starts the longest. */
static void next_leg(struct group *group, const struct import_record *record)
{
    struct leg leg;
    memcpy(&leg, import_record_text(record), sizeof leg);
    bool answered = leg.kind & RECORD_ANSWERED, before = group->leg.kind & RECORD_ANSWERED;
    if (group->seen == 0 || answered > before ||
        (answered == before && record->duration == group->record.duration &&
         leg.duration > group->leg.duration))
        group_take(group, record);
}

static bool end_dialog(struct importer *importer, struct group *group)
{
    if (!group->open)
        return true;
    group->open = false;
    group->leg.kind |= RECORD_CUT;
    group->leg.duration = importer->reading.latest - group->record.duration;
    return group_call(importer, group);
}

static bool next_of_dialog(struct importer *importer, struct group *group,
                           const struct import_record *record)
{
    if (record->kind & RECORD_CLOSES) {
        skip(importer, "end of a call", 1);
        if (!group->open)
            return true;
        group->open = false;
        group->leg.duration = record->duration - group->record.duration;
        return group_call(importer, group);
    }
    if (group->open) {
        skip(importer, "leg", 1);
        return true;
    }
    group_take(group, record);
    group->open = true;
    return true;
}

static bool end_group(struct importer *importer, struct group *group)
{
    if (!group->any)
        return true;
    return importer->format->grouping == GROUPING_LEGS ? end_legs(importer, group)
                                                       : end_dialog(importer, group);
}

static bool next_of_group(struct importer *importer, struct group *group,
                          const struct import_record *record)
{
    if (!group->any || group->key != record->key) {
        if (!end_group(importer, group))
            return false;
        group->any = true;
        group->key = record->key;
        group->seen = 0;
        group->open = false;
    } else if (record->kind & RECORD_HAS_ID && group->last_start == record->duration &&
               group->last_hash == record->hash[0]) {
        importer->summary->duplicates++;
        return true;
    }
    group->last_start = record->duration;
    group->last_hash = record->hash[0];
    bool good = true;
    if (importer->format->grouping == GROUPING_LEGS)
        next_leg(group, record);
    else
        good = next_of_dialog(importer, group, record);
    group->seen++;
    return good;
}

static bool join_groups(struct importer *importer)
{
    struct group *group = calloc(1, sizeof *group);
    const struct import_record *record;
    int more = 0;
    bool good = group != NULL || no_memory(importer);
    good = good && import_sort_finish(importer->groups, importer->errors);
    while (good && (more = import_sort_next(importer->groups, &record, importer->errors)) > 0)
        good = next_of_group(importer, group, record);
    good = good && more == 0 && end_group(importer, group);
    free(group);
    import_sort_free(importer->groups);
    importer->groups = NULL;
    return good;
}

/* ---- Calls in order ---- */

/* Calls of one start and duration, told apart by class alone: the trace has them in the order of
 * the names of their classes, whatever their records were. */
struct equals {
    nanos start, duration;
    uint64_t *counts;  /* owned; of each class, by what else is told of a record */
    uint32_t *touched; /* owned; indices into counts that are not 0 */
    size_t touched_count;
    struct import_clock clock;
    struct import_tally *tally;
    const struct importer *importer;
};

/* What equal calls are told apart by: class, media (audio, video, not told), whether answered. */
#define TOLD_APART 6

static uint32_t told_apart(uint32_t class_index, uint16_t kind)
{
    uint32_t media = kind & RECORD_AUDIO ? 0 : kind & RECORD_VIDEO ? 1 : 2;
    return class_index * TOLD_APART + 2 * media + ((kind & RECORD_ANSWERED) != 0);
}

static bool tell_call(const struct equals *equals, uint32_t which)
{
    static const int media[] = {MEDIA_AUDIO, MEDIA_VIDEO, -1};
    const struct import_options *options = equals->importer->options;
    struct import_call_out call = {
        .start = equals->start,
        .duration = equals->duration,
        .class_name = equals->importer->class_names[which / TOLD_APART],
        .media = media[which % TOLD_APART / 2],
    };
    return !options->call || options->call(options->call_context, &call);
}

static bool put_call(struct equals *equals, uint32_t which, const char *text, size_t text_length)
{
    FILE *out = equals->importer->options->trace;
    uint32_t class_index = which / TOLD_APART;
    if (!import_tally_call(equals->tally, equals->start, equals->duration, class_index,
                           which & 1) ||
        !tell_call(equals, which))
        return false;
    if (!out)
        return true;
    char line[2 * IMPORT_TIME_SIZE + CLASS_SHORT + 1];
    const char *field = equals->importer->class_fields[class_index];
    size_t length = import_clock_print(&equals->clock, equals->start, line);
    line[length++] = ',';
    length += import_seconds_print(equals->duration, line + length);
    line[length++] = ',';
    size_t short_field = strnlen(field, CLASS_SHORT);
    memcpy(line + length, field, short_field);
    length += short_field;
    bool whole = short_field < CLASS_SHORT && text_length == 0;
    line[length] = '\n';
    fwrite_unlocked(line, 1, length + whole, out);
    if (whole)
        return true;
    fputs_unlocked(field + short_field, out);
    fwrite_unlocked(text, 1, text_length, out);
    putc_unlocked('\n', out);
    return true;
}

static int compare_names(const void *a, const void *b, void *context)
{
    const char *const *names = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order =
        x / TOLD_APART == y / TOLD_APART ? 0 : strcmp(names[x / TOLD_APART], names[y / TOLD_APART]);
    return order ? order : (x > y) - (x < y);
}

static bool flush_equals(struct equals *equals)
{
    bool good = true;
    if (equals->touched_count > 1)
        qsort_r(equals->touched, equals->touched_count, sizeof *equals->touched, compare_names,
                (void *)(uintptr_t)equals->importer->class_names);
    for (size_t i = 0; i < equals->touched_count; i++) {
        uint32_t which = equals->touched[i];
        for (; equals->counts[which] && good; equals->counts[which]--)
            good = put_call(equals, which, NULL, 0);
    }
    equals->touched_count = 0;
    return good;
}

static bool take_call(struct importer *importer, struct equals *equals,
                      const struct import_record *record)
{
    bool answered = record->kind & RECORD_ANSWERED;
    if (!answered && !importer->options->all) {
        skip(importer, "not answered", 1);
        return true;
    }
    if (record->kind & RECORD_CUT && answered)
        importer->summary->cut++;
    if (equals->start != record->key || equals->duration != record->duration) {
        if (!flush_equals(equals))
            return false;
        equals->start = record->key;
        equals->duration = record->duration;
    }
    uint32_t which = told_apart(record->class_index, record->kind);
    if (record->text_length)
        return put_call(equals, which, import_record_text(record), record->text_length);
    if (equals->counts[which]++ == 0)
        equals->touched[equals->touched_count++] = which;
    return true;
}

static bool drain(struct importer *importer, struct equals *equals)
{
    const struct import_record *record;
    uint64_t last[2] = {0, 0};
    nanos start = INT64_MIN, duration = 0;
    int more;
    importer->progress.calls_all = import_sort_count(importer->calls);
    while ((more = import_sort_next(importer->calls, &record, importer->errors)) > 0) {
        if (++importer->progress.calls % SAID_EVERY == 0)
            tell_progress(importer);
        bool same = record->kind & RECORD_HAS_ID && record->key == start &&
                    record->duration == duration && record->hash[0] == last[0] &&
                    record->hash[1] == last[1];
        start = record->key;
        duration = record->duration;
        memcpy(last, record->hash, sizeof last);
        if (same) {
            importer->summary->duplicates++;
            continue;
        }
        if (!take_call(importer, equals, record))
            return false;
    }
    return more == 0 && flush_equals(equals);
}

/* ---- The curve ---- */

struct hours {
    struct importer *importer;
    struct import_clock clock;
};

static bool put_hour(void *context, const struct import_hour *row)
{
    struct hours *hours = context;
    struct importer *importer = hours->importer;
    bool all = row->class_index == UINT32_MAX;
    char time[IMPORT_TIME_SIZE], number[NUMBER_SIZE];
    if (all && importer->class_count < 2)
        return true;
    const char *name = all ? "all" : importer->class_names[row->class_index];
    import_clock_print(&hours->clock, row->start, time);
    fprintf(importer->options->hours, "%s,", time);
    put_csv(importer->options->hours, name, strlen(name));
    fprintf(importer->options->hours, ",%llu,%s,%llu\n", (unsigned long long)row->calls,
            number_format(row->erlangs, number), (unsigned long long)row->peak);
    return true;
}

/* ---- The whole ---- */

static void write_headers(const struct importer *importer)
{
    const struct import_options *options = importer->options;
    if (options->bad)
        fputs("file,line,column,reason,row\n", options->bad);
    if (options->hours)
        fputs("start,class,calls,erlangs,peak\n", options->hours);
    if (!options->trace)
        return;
    fputs("start,duration,class", options->trace);
    if (options->keep)
        fprintf(options->trace, ",%s", options->keep);
    putc('\n', options->trace);
}

static bool sum_up(struct importer *importer)
{
    struct hours hours = {.importer = importer};
    struct equals equals = {.start = INT64_MIN, .importer = importer};
    size_t classes = TOLD_APART * (importer->class_count + 1);
    struct import_clock clock = importer->reading.clock;
    import_clock_init(&equals.clock, importer->options->zone);
    import_clock_init(&hours.clock, importer->options->zone);
    equals.counts = calloc(classes, sizeof *equals.counts);
    equals.touched = calloc(classes, sizeof *equals.touched);
    equals.tally = import_tally_new(&clock, importer->options->hours ? put_hour : NULL, &hours);
    bool good = (equals.counts && equals.touched && equals.tally) || no_memory(importer);
    good = good && import_sort_finish(importer->calls, importer->errors);
    size_t failures = importer->errors->failures;
    good = good && drain(importer, &equals) &&
           import_tally_finish(equals.tally, importer->class_names, importer->class_count,
                               importer->summary);
    if (!good && importer->errors->failures == failures)
        no_memory(importer);
    import_tally_free(equals.tally);
    free(equals.counts);
    free(equals.touched);
    return good;
}

static bool describe(struct importer *importer)
{
    struct call_summary *summary = importer->summary;
    summary->setup_seconds = importer->extra_calls ? (double)importer->extra / 1e9 : NAN;
    summary->zone = strdup(time_zone_name(importer->options->zone));
    const char *format = importer->format ? importer->format->name : importer->options->format;
    const char *title = importer->format ? importer->format->title : "no records";
    if (!summary->zone || asprintf(&summary->source, "%s (%s)", format, title) < 0) {
        summary->source = NULL;
        return no_memory(importer);
    }
    return true;
}

static void importer_release(struct importer *importer)
{
    struct class_name *class, *next;
    HASH_ITER(hh, importer->class_table, class, next)
    {
        HASH_DEL(importer->class_table, class);
        class_free(class);
    }
    conditions_release(importer);
    free(importer->conditions.classes);
    free(importer->class_names);
    free(importer->class_fields);
    free(importer->kept);
    free(importer->wanted);
    import_map_release(&importer->reading.map);
    import_sort_free(importer->calls);
    import_sort_free(importer->groups);
}

static bool importer_init(struct importer *importer)
{
    const struct import_options *options = importer->options;
    import_clock_init(&importer->reading.clock, options->zone);
    importer->reading.setup = options->setup;
    importer->reading.zero_is_time = strcmp(options->format, "csv") == 0;
    if (!import_times_init(&importer->reading.times,
                           options->time_format ? options->time_format : "auto")) {
        errors_add(importer->errors, ERROR_USAGE, NULL, 0, 0,
                   "--time-format: neither auto, iso, epoch or epoch-ms nor a pattern: '%s'",
                   options->time_format);
        return false;
    }
    if (options->map && !import_map_init(&importer->reading.map, options->map, importer->errors))
        return false;
    importer->conditions.classes =
        calloc(options->class_count + 1, sizeof *importer->conditions.classes);
    importer->calls = import_sort_new(options->memory, options->folder, importer->errors);
    return (importer->conditions.classes && importer->calls) || no_memory(importer);
}

bool import_run(const struct import_options *options, struct call_summary *summary,
                struct errors *errors)
{
    struct import_options own = *options;
    own.memory = options->memory ? options->memory : MEMORY;
    struct importer *importer = calloc(1, sizeof *importer);
    *summary = (struct call_summary){.mean_duration = NAN, .setup_seconds = NAN};
    if (!importer)
        return errors_no_memory(errors);
    importer->options = &own;
    importer->summary = summary;
    importer->errors = errors;
    importer->progress.bytes_all = options->progress ? bytes_of(options) : 0;
    bool good = importer_init(importer);
    if (good)
        write_headers(importer);
    for (size_t i = 0; good && i < options->file_count; i++)
        good = read_file(importer, options->files[i]);
    good = good && (!importer->groups || join_groups(importer)) && sum_up(importer);
    good = describe(importer) && good;
    importer_release(importer);
    free(importer);
    return good;
}
