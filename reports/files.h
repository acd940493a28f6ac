/* The door: everything that an answer is written as, by name.
 *
 * One table (files.c) says which reports there are: name, when it is wanted, the key that it has in
 * a JSON document, and the function that fills it (reports/table.h). To add a report, add a row; to
 * add a format, write a sink and a function that goes through the rows.
 *
 * A folder of CSV files is opened before the work begins, so that one that cannot be made costs no
 * time, and committed at its end: whole or not at all (model/base/output.h). Its mark is about.csv,
 * which says what the others are and names them; files of the same kind that an earlier about.csv
 * names and that are not written now are removed. calls.csv is written while a simulation runs.
 */
#ifndef PEERPLAN_REPORTS_FILES_H
#define PEERPLAN_REPORTS_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "answer/advice.h"
#include "answer/answer.h"
#include "answer/design.h"
#include "answer/forecast.h"
#include "answer/other_loads.h"
#include "model/base/error.h"
#include "model/estimate/estimate.h"
#include "model/findings.h"
#include "model/scenario.h"
#include "reports/comparison.h"
#include "reports/table.h"
#include "sim/study/experiment.h"
#include "sim/study/survival.h"

enum report_kind {
    REPORT_RUN,
    REPORT_ESTIMATE,
    REPORT_COMPARE,
    REPORT_SIZE,
    REPORT_ADVISE,
    REPORT_FORECAST,
    REPORT_CHECK
};

/* The command that makes it: "run", "estimate", ... */
const char *report_kind_name(enum report_kind kind);

/* What there is to write; all borrowed, NULL: there is none. What is wanted depends on kind,
 * scenario, calls and whether there is an answer: these are known before the work begins. */
struct report {
    enum report_kind kind;
    const struct scenario *scenario; /* of a comparison: A; NULL: dumps */
    bool calls;                      /* a row for every call */
    const char *sha256;              /* of all inputs; NULL: not known */
    const struct results *results;
    const struct survival *survival;
    const struct estimate *estimate;
    double confirmed; /* seconds that simulating took what an estimate left open; 0: it was not */
    const struct pairs *pairs;
    const char *name;           /* of a comparison's side, as the user gave it */
    const struct report *other; /* of a comparison: B, with scenario, results and name */
    const struct answer *answer;
    const struct other_loads *loads; /* for pages and workbooks */
    const char *file;                /* the scenario's, as the user gave it */
    const struct designs *designs;
    const struct advice *advice;
    const struct windows *windows; /* of advise --when, in place of advice */
    const struct forecast *forecast;
    const struct findings *findings;
    const struct deployment *deployment; /* that they were found in */
};

/* ---- A folder of CSV files ---- */

struct report_folder;

/* Opens what will be wanted. The scenario is borrowed until the folder is written. Owned; NULL with
 * an error. */
struct report_folder *report_folder_open(const char *path, const struct report *report,
                                         struct errors *errors);
/* For experiment_options.calls: NULL when no calls are wanted. Takes NULL. */
const struct call_sink *report_folder_calls(struct report_folder *folder);
/* Writes, commits and frees. False with an error. */
bool report_folder_write(struct report_folder *folder, const struct report *report,
                         struct errors *errors);
void report_folder_abandon(struct report_folder *folder); /* takes NULL */

/* Names of all that is wanted, a blank between them. Returns buffer. */
#define REPORT_NAMES_SIZE 512
char *report_file_names(const struct report *report, char buffer[static REPORT_NAMES_SIZE]);

/* ---- The one table of a command that has one ---- */

/* What it is about: "Designs", "Changes", "Hours", "Dates", "Differences", "Findings"; NULL: there
 * is none. */
const char *report_own_title(const struct report *report);
/* Fills it; false when out of memory. */
bool report_own(struct table *table, const struct report *report);

/* As CSV. False when out of memory; errors of the stream are the stream's. */
bool report_csv(FILE *out, const struct report *report);

/* ---- A JSON document ---- */

/* One document with a key for every report that has one: `about answer metrics events ...`. False
 * when out of memory; errors of the stream are the stream's. */
bool report_json(FILE *out, const struct report *report);

/* ---- Anything else ---- */

/* All that is wanted but what is written as it comes, through one sink: it knows each by the
 * table's name. False when out of memory or the sink failed. */
bool report_tables(const struct report *report, struct table *table);

/* ---- Both ---- */

/* The folder, which is consumed (NULL: none is wanted), and the document (NULL: none). False with
 * an error. */
bool report_deliver(struct report_folder *folder, FILE *json, const struct report *report,
                    struct errors *errors);

#endif
