#include "cli/kept.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/kept_rows.h"
#include "data/store.h"
#include "reports/screen.h"

const char *kept_path(const char *option)
{
    const char *path = option ? option : getenv("PEERPLAN_DB");
    return path && *path ? path : NULL;
}

char *kept_now(char buffer[static KEPT_TIME_SIZE])
{
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(buffer, KEPT_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return buffer;
}

void kept_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:=,%+@^";
    if (*word && !word[strspn(word, plain)]) {
        fputs(word, out);
        return;
    }
    putc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            putc(*word, out);
    putc('\'', out);
}

char *kept_command(int argc, char **argv)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    for (int i = 0; i < argc; i++) {
        if (i > 0)
            putc(' ', out);
        if (i > 0)
            kept_word(out, argv[i]);
        else
            fputs(argv[i], out); /* "peerplan run" */
    }
    bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

/* ---- Tables of the report ---- */

struct keeper {
    struct store *store;
    struct errors *errors;
    int64_t run, point;
    bool several; /* points: items, which are a run's, are not kept */
    bool failed;
};

static bool save_row(void *context, enum store_table table, struct store_value *values)
{
    struct keeper *keeper = context;
    if (keeper->several && table == STORE_ITEM)
        return true;
    values[0] = store_integer(table == STORE_ITEM ? keeper->run : keeper->point);
    keeper->failed = !store_insert(keeper->store, table, values, NULL, keeper->errors);
    return !keeper->failed;
}

static bool save_tables(struct keeper *keeper, const struct report *report)
{
    struct kept_rows rows = {.row = save_row, .context = keeper};
    struct table table = kept_table(&rows);
    bool ok = report_tables(report, &table) && kept_replications(&rows, report->results);
    if (!ok && !keeper->failed)
        errors_no_memory(keeper->errors);
    return ok;
}

/* ---- Rows of our own ---- */

static bool first_integer(void *context, size_t columns, const struct store_value *values)
{
    *(int64_t *)context = columns > 0 ? values[0].integer : 0;
    return false;
}

static bool save_inputs(struct store *store, const struct scenario *scenario, int64_t id,
                        struct errors *errors)
{
    bool ok = true;
    for (uint32_t i = 0; i < scenario->input_count && ok; i++) {
        char digits[FINGERPRINT_SIZE];
        struct scenario one = {.inputs = &scenario->inputs[i], .input_count = 1};
        ok = fingerprint_make("", &one, digits, errors);
        const struct store_value values[] = {store_integer(id), store_text(scenario->inputs[i]),
                                             store_text(digits)};
        ok = ok && store_insert(store, STORE_INPUT, values, NULL, errors);
    }
    return ok;
}

bool kept_scenario(struct store *store, const struct loaded *loaded, const char *sha256,
                   int64_t *id, struct errors *errors)
{
    const struct store_value hash = store_text(sha256);
    *id = 0;
    if (!loaded)
        return true;
    if (!store_query(
            store, &(struct store_statement){"SELECT id FROM scenario WHERE sha256 = ?1", &hash, 1},
            first_integer, id, errors))
        return false;
    if (*id)
        return true;
    char *text = draft_text(loaded->draft, &loaded->settings, errors);
    const struct store_value values[] = {hash, store_text(loaded->scenario.title),
                                         store_text(text)};
    bool ok = text && store_insert(store, STORE_SCENARIO, values, id, errors) &&
              save_inputs(store, &loaded->scenario, *id, errors);
    free(text);
    return ok;
}

/* finished NULL: it goes on. */
static bool save_run(struct keeper *keeper, const struct kept *kept, const char *kind,
                     int64_t scenario, const char *finished)
{
    char seed[24];
    const struct results *results = kept->report ? kept->report->results : NULL;
    if (results)
        snprintf(seed, sizeof seed, "%llu", (unsigned long long)results->seed);
    const struct store_value values[] = {
        store_text(kind),
        scenario ? store_integer(scenario) : store_null(),
        store_text(kept->command),
        store_text(results ? seed : NULL),
        store_text(PEERPLAN_VERSION),
        store_text(kept->started),
        store_text(finished),
        store_text(!finished                         ? "running"
                   : results && results->interrupted ? "interrupted"
                                                     : "done"),
    };
    return store_insert(keeper->store, STORE_RUN, values, &keeper->run, keeper->errors);
}

static bool save_settings(struct keeper *keeper, const struct settings *settings)
{
    bool ok = true;
    for (size_t i = 0; i < settings->count && ok; i++) {
        const char *value = setting_value(settings->items[i]);
        char *path = strndup(settings->items[i], (size_t)(value - settings->items[i]) - 1);
        const struct store_value values[] = {store_integer(keeper->point), store_text(path),
                                             store_text(value)};
        ok = path && store_insert(keeper->store, STORE_SETTING, values, NULL, keeper->errors);
        free(path);
    }
    return ok;
}

static bool save_point(struct keeper *keeper, int64_t number, const struct report *report,
                       const struct settings *settings)
{
    const struct answer *answer = report->answer;
    const struct store_value values[] = {
        store_integer(keeper->run), store_integer(number),
        store_text(answer ? verdict_name(answer->verdict) : ""),
        store_text(answer ? answer->binding.what : NULL),
        store_text(answer && answer->next_step && *answer->next_step ? answer->next_step : NULL)};
    bool ok = store_insert(keeper->store, STORE_POINT, values, &keeper->point, keeper->errors) &&
              (!settings || save_settings(keeper, settings));
    for (size_t i = 0; answer && i < answer->note_count && ok; i++) {
        const struct answer_note *note = &answer->notes[i];
        const struct store_value row[] = {
            store_integer(keeper->point), store_integer((int64_t)i + 1),
            store_text(note->warning ? "warning" : "note"), store_text(note->text)};
        ok = store_insert(keeper->store, STORE_NOTE, row, NULL, keeper->errors);
    }
    return ok;
}

static bool save_lines(struct keeper *keeper, char *text)
{
    bool ok = true;
    char *rest = text;
    for (int64_t number = 1; rest && *rest && ok; number++) {
        const char *line = strsep(&rest, "\n");
        const struct store_value values[] = {store_integer(keeper->run), store_text("text"),
                                             store_integer(number), store_text("line"),
                                             store_text(line)};
        ok = store_insert(keeper->store, STORE_ITEM, values, NULL, keeper->errors);
    }
    return ok;
}

static bool save_text(struct keeper *keeper, const struct kept *kept)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    bool ok = out;
    if (out) {
        screen_put(kept->report, false, false, out);
        ok = !ferror(out);
        ok = fclose(out) == 0 && ok;
    }
    if (!ok)
        errors_no_memory(keeper->errors);
    ok = ok && save_lines(keeper, text);
    free(text);
    return ok;
}

bool kept_save(const char *path, const struct kept *kept, struct errors *errors)
{
    struct keeper keeper = {.store = store_open(path, STORE_WRITE, errors), .errors = errors};
    const struct settings *settings = kept->loaded ? &kept->loaded->settings : NULL;
    char finished[KEPT_TIME_SIZE];
    int64_t scenario;
    if (!keeper.store)
        return false;
    bool ok = store_begin(keeper.store, errors);
    ok = ok && kept_scenario(keeper.store, kept->loaded, kept->report->sha256, &scenario, errors) &&
         save_run(&keeper, kept, report_kind_name(kept->report->kind), scenario,
                  kept_now(finished)) &&
         save_point(&keeper, 1, kept->report, settings) && save_tables(&keeper, kept->report) &&
         save_text(&keeper, kept);
    if (ok)
        ok = store_commit(keeper.store, errors);
    else
        store_rollback(keeper.store);
    store_close(keeper.store);
    return ok;
}

/* ---- Sessions ---- */

struct kept_session {
    struct keeper keeper; /* its store is owned */
    int64_t points;
};

/* What was begun is kept, or given up. */
static bool settle(struct store *store, bool ok, struct errors *errors)
{
    ok = ok && store_commit(store, errors);
    if (!ok)
        store_rollback(store);
    return ok;
}

struct kept_session *kept_session_new(const char *path, const char *command,
                                      const struct loaded *loaded, struct errors *errors)
{
    char started[KEPT_TIME_SIZE], sha256[FINGERPRINT_SIZE];
    struct kept kept = {.command = command, .loaded = loaded, .started = kept_now(started)};
    struct kept_session *session = calloc(1, sizeof *session);
    int64_t scenario;
    if (!session) {
        errors_no_memory(errors);
        return NULL;
    }
    struct keeper *keeper = &session->keeper;
    *keeper = (struct keeper){
        .store = store_open(path, STORE_WRITE, errors), .errors = errors, .several = true};
    bool ok = keeper->store && loaded_fingerprint(loaded, sha256, errors) &&
              store_begin(keeper->store, errors);
    ok = ok && settle(keeper->store,
                      kept_scenario(keeper->store, loaded, sha256, &scenario, errors) &&
                          save_run(keeper, &kept, "tui", scenario, NULL),
                      errors);
    if (ok)
        return session;
    store_close(keeper->store);
    free(session);
    return NULL;
}

bool kept_session_add(struct kept_session *session, const struct report *report,
                      const struct settings *settings, struct errors *errors)
{
    struct keeper *keeper = &session->keeper;
    keeper->errors = errors;
    keeper->failed = false;
    bool ok = store_begin(keeper->store, errors) &&
              settle(keeper->store,
                     save_point(keeper, session->points + 1, report, settings) &&
                         save_tables(keeper, report),
                     errors);
    session->points += ok;
    return ok;
}

bool kept_session_end(struct kept_session *session, struct errors *errors)
{
    char finished[KEPT_TIME_SIZE];
    if (!session)
        return true;
    struct store *store = session->keeper.store;
    const struct store_value values[] = {store_integer(session->keeper.run),
                                         store_text(kept_now(finished))};
    bool ok =
        store_execute(store,
                      session->points ? "UPDATE run SET state = 'done', finished = ?2 WHERE id = ?1"
                                      : "DELETE FROM run WHERE id = ?1 AND ?2 <> ''",
                      values, 2, errors);
    store_close(store);
    free(session);
    return ok;
}
