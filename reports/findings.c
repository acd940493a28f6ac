#include "reports/findings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/memory.h"
#include "model/base/safe_text.h"
#include "reports/json.h"

/* ---- Tables ---- */

/* Steps of a remedy in one cell; owned. */
static char *join_steps(const char *remedy)
{
    char *text = strdup(remedy);
    for (char *c = text; c && *c; c++)
        if (*c == '\n')
            *c = ' ';
    return text;
}

bool findings_table(struct table *table, const struct findings *findings)
{
    table_begin(table, "findings", "severity,finding,place,text,remedy");
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding_item *item = &findings->items[i];
        const struct finding_rule *rule = finding_rule(item->finding);
        char *remedy = join_steps(rule->remedy);
        table_text(table, severity_name(rule->severity));
        table_text(table, finding_word(item->finding));
        table_text(table, item->place);
        table_text(table, item->text);
        table_text(table, remedy);
        table->failed = table->failed || !remedy;
        free(remedy);
    }
    return table_end(table);
}

static uint32_t count_of(const struct findings *findings, enum severity severity)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < findings->count; i++)
        count += finding_rule(findings->items[i].finding)->severity == severity;
    return count;
}

bool findings_summary(struct table *table, const struct findings *findings,
                      const struct deployment *deployment)
{
    const struct {
        const char *key;
        uint32_t count;
    } rows[] = {{"clusters", deployment->cluster_count},
                {"peers", deployment->peer_count},
                {"errors", count_of(findings, SEVERITY_ERROR)},
                {"warnings", count_of(findings, SEVERITY_WARNING)},
                {"notes", count_of(findings, SEVERITY_NOTE)}};
    table_begin(table, "summary", "key,value");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        table_text(table, rows[i].key);
        table_count(table, rows[i].count);
    }
    return table_end(table);
}

/* ---- Text ---- */

/* Words in columns `indent` and on, up to 79. */
static void put_words(FILE *out, const char *text, size_t length, size_t indent)
{
    enum { WIDTH = 79 };
    size_t used = indent;
    for (size_t at = 0; at < length;) {
        size_t word = 0;
        while (at + word < length && text[at + word] != ' ')
            word++;
        if (used > indent && used + 1 + word > WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            used = indent;
        }
        if (used > indent) {
            putc(' ', out);
            used++;
        }
        safe_text_put(out, text + at, word);
        used += word;
        at += word + (at + word < length);
    }
    putc('\n', out);
}

static void put_steps(FILE *out, const char *remedy, size_t indent)
{
    int number = 1;
    for (const char *step = remedy; *step; number++) {
        size_t length = strcspn(step, "\n");
        fprintf(out, "%*s%d. ", (int)indent, "", number);
        put_words(out, step, length, indent + 3);
        step += length + (step[length] == '\n');
    }
}

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

void findings_text(FILE *out, const struct findings *findings, const struct deployment *deployment)
{
    uint32_t errors = count_of(findings, SEVERITY_ERROR);
    uint32_t warnings = count_of(findings, SEVERITY_WARNING);
    uint32_t notes = count_of(findings, SEVERITY_NOTE);
    if (findings->count == 0)
        fputs("nothing found", out);
    else
        fprintf(out, "%u error%s, %u warning%s, %u note%s", errors, plural(errors), warnings,
                plural(warnings), notes, plural(notes));
    fprintf(out, " in %u cluster%s of %u peer%s\n", deployment->cluster_count,
            plural(deployment->cluster_count), deployment->peer_count,
            plural(deployment->peer_count));
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding_item *item = &findings->items[i];
        const struct finding_rule *rule = finding_rule(item->finding);
        bool again = i > 0 && findings->items[i - 1].finding == item->finding;
        if (!again)
            fprintf(out, "\n%s %s\n", severity_name(rule->severity), finding_word(item->finding));
        fputs("  ", out);
        safe_text_put(out, item->place, strlen(item->place));
        fputs("\n    ", out);
        put_words(out, item->text, strlen(item->text), 4);
        bool last = i + 1 == findings->count || findings->items[i + 1].finding != item->finding;
        if (last)
            put_steps(out, rule->remedy, 2);
    }
}

void findings_explain(FILE *out)
{
    fputs("What peerplan check finds\n\n"
          "Columns: severity, finding, place, text, remedy. Exit code 1 with errors\n"
          "(--fail-on warning or note: with those too).\n",
          out);
    for (int i = 0; i < FINDING_COUNT; i++) {
        const struct finding_rule *rule = finding_rule((enum finding)i);
        fprintf(out, "\n%s (%s%s%s)\n  ", finding_word((enum finding)i),
                severity_name(rule->severity), *rule->alarm ? "; alarm " : "", rule->alarm);
        put_words(out, rule->what, strlen(rule->what), 2);
        put_steps(out, rule->remedy, 2);
        if (*rule->source) {
            fputs("  Source: ", out);
            put_words(out, rule->source, strlen(rule->source), 10);
        }
    }
}

/* ---- What was known before ---- */

struct baseline {
    json_t *known; /* "word\nplace\ntext": true */
};

/* The key of a finding, owned. */
static char *key_of(const char *word, const char *place, const char *text)
{
    char *key;
    return asprintf(&key, "%s\n%s\n%s", word, place, text) < 0 ? NULL : key;
}

static bool remember(struct baseline *baseline, json_t *row)
{
    const char *word = json_string_value(json_object_get(row, "finding"));
    const char *place = json_string_value(json_object_get(row, "place"));
    const char *text = json_string_value(json_object_get(row, "text"));
    char *key = word && place && text ? key_of(word, place, text) : NULL;
    bool good = key && json_object_set_new(baseline->known, key, json_true()) == 0;
    free(key);
    return good;
}

static bool remember_all(struct baseline *baseline, json_t *document, const char *path,
                         struct errors *errors)
{
    json_t *rows = json_object_get(document, "findings"), *row;
    size_t i;
    if (!json_is_array(rows)) {
        errors_add(errors, ERROR_DATA, path, 0, 0,
                   "no list 'findings' in it, as check --json writes it");
        return false;
    }
    json_array_foreach(rows, i, row)
    {
        if (remember(baseline, row))
            continue;
        errors_add(errors, ERROR_DATA, path, 0, 0, "finding %zu lacks one of finding, place, text",
                   i + 1);
        return false;
    }
    return true;
}

struct loading {
    FILE *file;
    json_t *document; /* owned */
    json_error_t problem;
};

static void load(void *context)
{
    struct loading *loading = context;
    loading->document = json_loadf(loading->file, 0, &loading->problem);
}

struct baseline *baseline_read(const char *path, struct errors *errors)
{
    struct baseline *baseline = calloc(1, sizeof *baseline);
    FILE *file = fopen(path, "re");
    struct loading loading = {.file = file};
    if (!file)
        errors_add(errors, ERROR_NO_INPUT, path, 0, 0, "%s", strerror(errno));
    json_set_alloc_funcs(memory_guarded_alloc, free); /* the parser does not survive a refusal */
    bool refused = file && !memory_guarded(load, &loading);
    json_use_our_memory();
    json_t *document = loading.document;
    if (file && !document && !refused)
        errors_add(errors, ERROR_DATA, path, loading.problem.line, loading.problem.column, "%s",
                   loading.problem.text);
    if (file)
        fclose(file);
    bool good = baseline && document && (baseline->known = json_object()) &&
                remember_all(baseline, document, path, errors);
    json_decref(document);
    if (good)
        return baseline;
    if (errors_code(errors) == ERROR_NONE)
        errors_no_memory(errors);
    baseline_free(baseline);
    return NULL;
}

void baseline_free(struct baseline *baseline)
{
    if (!baseline)
        return;
    json_decref(baseline->known);
    free(baseline);
}

static bool is_known(const struct finding_item *item, const void *context)
{
    const struct baseline *baseline = context;
    char *key = key_of(finding_word(item->finding), item->place, item->text);
    bool known = key && json_object_get(baseline->known, key);
    free(key);
    return known;
}

uint32_t baseline_leave_out(const struct baseline *baseline, struct findings *findings)
{
    uint32_t before = findings->count;
    findings_leave_out(findings, is_known, baseline);
    return before - findings->count;
}
