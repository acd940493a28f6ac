#include "cli/report_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/judge.h"
#include "cli/sweep_points.h"
#include "data/store.h"
#include "reports/page_tables.h"

#define WORD_SIZE 32

struct kept_run {
    struct store *store; /* borrowed */
    int64_t id;
    struct errors *errors;
    char kind[WORD_SIZE], verdict[WORD_SIZE], *title; /* title: owned */
};

/* A table of the page: what the database says to a question. */
struct question {
    const struct kept_run *run;
    const char *columns, *sql; /* ?1: the run */
};

static bool cells(void *context, size_t columns, const struct store_value *values)
{
    struct table *table = context;
    for (size_t c = 0; c < columns; c++)
        if (values[c].kind == STORE_REAL)
            table_number(table, values[c].real);
        else if (values[c].kind == STORE_INTEGER)
            table_count(table, values[c].integer);
        else
            table_text(table, values[c].kind == STORE_TEXT ? values[c].text : NULL);
    return !table->failed;
}

static bool put_question(struct table *table, const void *context)
{
    const struct question *question = context;
    const struct store_value id = store_integer(question->run->id);
    table_begin(table, "rows", question->columns);
    bool ok = store_query(question->run->store, &(struct store_statement){question->sql, &id, 1},
                          cells, table, question->run->errors);
    return table_end(table) && ok;
}

static bool put_points(struct table *table, const void *points)
{
    return sweep_points_lines((struct sweep_points *)points, table);
}

static bool run_row(void *context, size_t columns, const struct store_value *values)
{
    struct kept_run *run = context;
    (void)columns;
    snprintf(run->kind, sizeof run->kind, "%s",
             values[0].kind == STORE_TEXT ? values[0].text : "run");
    run->title = strdup(values[1].kind == STORE_TEXT ? values[1].text : "Scenario");
    if (values[2].kind == STORE_TEXT)
        snprintf(run->verdict, sizeof run->verdict, "%s", values[2].text);
    return false;
}

static bool find(struct kept_run *run, const char *database)
{
    const struct store_value id = store_integer(run->id);
    bool ok = store_query(run->store,
                          &(struct store_statement){
                              "SELECT run.kind, scenario.title, point.verdict FROM run LEFT JOIN "
                              "scenario ON scenario.id = run.scenario_id LEFT JOIN point ON "
                              "point.run_id = run.id AND point.number = 1 AND run.kind NOT IN "
                              "('sweep', 'tui') WHERE run.id = ?1",
                              &id, 1},
                          run_row, run, run->errors);
    if (ok && !run->title)
        errors_add(run->errors, ERROR_NO_INPUT, database, 0, 0, "there is no run %" PRId64,
                   run->id);
    return ok && run->title;
}

#define OF_RUN " JOIN point ON point.id = point_id WHERE run_id = ?1 ORDER BY point.number, "

static bool write_page(struct kept_run *run, const char *page)
{
    const struct question answer = {
        run, "goal,scope,name,down,hour,value,low,high,limit,verdict,cause",
        "SELECT goal, scope, name, down, hour, value, low, high, \"limit\", answer.verdict, cause "
        "FROM answer" OF_RUN "answer.rowid"};
    const struct question metrics = {
        run, "scope,name,metric,value,low,high,unit",
        "SELECT scope, name, metric, value, low, high, unit FROM metric" OF_RUN "metric.rowid"};
    const struct question printed = {run, "as it was printed",
                                     "SELECT value FROM item WHERE run_id = ?1 AND kind = 'text' "
                                     "ORDER BY number"};
    const struct question about = {run, "key,value",
                                   "SELECT \"key\", value FROM about" OF_RUN "\"key\""};
    struct sweep_points points;
    bool sweep = strcmp(run->kind, "sweep") == 0;
    char subtitle[96], sentence[WORD_SIZE] = "";
    snprintf(subtitle, sizeof subtitle, "Run %" PRId64 " of the database \xC2\xB7 %s", run->id,
             run->kind);
    for (int v = 0; v < VERDICT_COUNT; v++)
        if (strcmp(run->verdict, verdict_name((enum verdict)v)) == 0)
            snprintf(sentence, sizeof sentence, "%s", verdict_words((enum verdict)v));
    if (sweep && !sweep_points_open(&points, run->store, run->id, run->errors))
        return false;
    const struct page_list lists[] = {
        sweep ? (struct page_list){"Points", NULL, put_points, &points}
              : (struct page_list){"Answer", NULL, put_question, &answer},
        {"As it was printed", NULL, put_question, &printed},
        {"Figures", NULL, put_question, &metrics},
        {"Provenance", NULL, put_question, &about},
    };
    const struct page_tables tables = {.title = run->title,
                                       .subtitle = subtitle,
                                       .verdict = *sentence ? run->verdict : NULL,
                                       .sentence = sentence,
                                       .lists = lists,
                                       .count = sweep ? 1 : sizeof lists / sizeof *lists};
    return page_write_tables(page, &tables, run->errors);
}

bool report_run_write(const char *database, int64_t id, const char *page, struct errors *errors)
{
    struct kept_run run = {.id = id, .errors = errors};
    if (!database) {
        errors_add(errors, ERROR_USAGE, NULL, 0, 0,
                   "run %" PRId64 " of which database? name it with --db or $PEERPLAN_DB", id);
        return false;
    }
    run.store = store_open(database, STORE_READ, errors);
    bool ok = run.store && find(&run, database) && write_page(&run, page);
    free(run.title);
    store_close(run.store);
    return ok;
}
