#include "reports/about.h"

#include <stdio.h>

#include "model/assumptions.h"

static void put_text(struct table *table, const char *key, const char *text)
{
    table_text(table, key);
    table_text(table, text);
}

/* How shares were estimated that were not counted alone. */
static const char *method_of(const struct results *results)
{
    bool by[2] = {false, false};
    for (size_t i = 0; i < results->refined_count; i++)
        if (!results->refined[i].obstacle)
            by[results->refined[i].by == REFINED_CONTROL] = true;
    return by[0] && by[1] ? "conditional, control"
           : by[0]        ? "conditional"
           : by[1]        ? "control"
                          : "plain";
}

/* A comparison's are those of its first side; both have the same. */
static void put_run(struct table *table, const struct results *results)
{
    table_text(table, "seed");
    if (results)
        table_identifier(table, results->seed);
    else
        table_empty(table);
    table_text(table, "replications");
    if (results)
        table_count(table, (int64_t)results->replications);
    else
        table_empty(table);
    put_text(table, "method", results ? method_of(results) : NULL);
    table_text(table, "warmup");
    if (results)
        table_seconds(table, results->warmup);
    else
        table_empty(table);
}

static void put_answer(struct table *table, const struct answer *answer)
{
    put_text(table, "verdict", verdict_name(answer->verdict));
    put_text(table, "binding", answer->binding.what);
    put_text(table, "next_step", answer->next_step[0] ? answer->next_step : NULL);
}

/* What its figures take for granted. */
static void put_assumptions(struct table *table, const struct scenario *scenario)
{
    char text[512] = "";
    size_t used = 0;
    unsigned assumed = scenario ? assumptions_of(scenario) : 0;
    for (enum assumption a = 0; a < ASSUMPTION_COUNT; a++)
        if (assumed >> a & 1)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? "; " : "",
                                     assumption_words(a));
    put_text(table, "assumes", used ? text : NULL);
}

bool about_table(struct table *table, const struct report *report)
{
    const struct scenario *scenario = report->scenario;
    char files[REPORT_NAMES_SIZE];
    table_begin(table, "about", "key,value");
    put_text(table, "scenario", scenario ? scenario->title : NULL);
    put_text(table, "sha256", report->sha256);
    put_text(table, "table", scenario ? scenario->table : NULL);
    put_text(table, "document", scenario ? scenario->table_source : NULL);
    put_assumptions(table, scenario);
    put_text(table, "version", PEERPLAN_VERSION);
    put_run(table, report->results);
    if (report->answer)
        put_answer(table, report->answer);
    report_file_names(report, files);
    put_text(table, "files", files[0] ? files : NULL);
    return table_end(table);
}
