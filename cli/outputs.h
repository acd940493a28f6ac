/* Where an answer goes besides the screen: the options that commands share, and their doing.
 *
 * A command keeps a struct outputs among its arguments, has the rows OUTPUTS_... among its options
 * and hands what it does not know itself to outputs_option. What it has found is a struct report
 * (reports/files.h): outputs_begin opens what must be opened before the work, outputs_deliver
 * writes everything that was asked for.
 */
#ifndef PEERPLAN_CLI_OUTPUTS_H
#define PEERPLAN_CLI_OUTPUTS_H

#include <argp.h>

#include "cli/kept.h"
#include "cli/loaded.h"
#include "reports/files.h"

struct outputs {
    const char *csv;               /* a folder; NULL: none, as with all that follow */
    const char *html, *xlsx, *db;  /* files; db: as the option says, else the environment */
    const char *svg, *png, *pdf;   /* charts for slides: folders, and a file */
    bool json, table;              /* a document, or the one table as CSV, instead of the text */
    char *command;                 /* owned; the words that were typed */
    char started[KEPT_TIME_SIZE];  /* UTC */
    char sha256[FINGERPRINT_SIZE]; /* of all inputs */
    char *file;                    /* owned; what was read, with what was set: for pages */
    struct report_folder *folder;  /* owned; open until it is delivered or abandoned */
};

#define OUTPUTS_KEY_TABLE 0x300F
#define OUTPUTS_KEY_JSON  0x3010
#define OUTPUTS_KEY_HTML  0x3011
#define OUTPUTS_KEY_XLSX  0x3012
#define OUTPUTS_KEY_DB    0x3013
#define OUTPUTS_KEY_SVG   0x3014
#define OUTPUTS_KEY_PNG   0x3015
#define OUTPUTS_KEY_PDF   0x3016
/* Rows of struct argp_option. --csv DIR is each command's own, by these words: */
#define OUTPUTS_CSV_DOC(files)                                                                     \
    "Write " files " into a folder, which is created if need be; about.csv describes it"
#define OUTPUTS_TABLE                                                                              \
    {                                                                                              \
        "csv", OUTPUTS_KEY_TABLE, NULL, 0, "The table as CSV", 0                                   \
    }
#define OUTPUTS_JSON                                                                               \
    {                                                                                              \
        "json", OUTPUTS_KEY_JSON, NULL, 0, "Print one JSON document instead of the text", 0        \
    }
#define OUTPUTS_HTML                                                                               \
    {                                                                                              \
        "html", OUTPUTS_KEY_HTML, "FILE", 0, "Write a self-contained page to pass on", 0           \
    }
#define OUTPUTS_XLSX                                                                               \
    {                                                                                              \
        "xlsx", OUTPUTS_KEY_XLSX, "FILE", 0, "Write a workbook for a spreadsheet", 0               \
    }
#define OUTPUTS_CHARTS                                                                             \
    {"svg", OUTPUTS_KEY_SVG, "DIR", 0, "Write the charts of the page as SVG files for slides", 0}, \
        {"png", OUTPUTS_KEY_PNG, "DIR", 0, "The same as PNG files", 0},                            \
    {                                                                                              \
        "pdf", OUTPUTS_KEY_PDF, "FILE", 0, "The same as one PDF, a page each", 0                   \
    }
#define OUTPUTS_DB                                                                                 \
    {                                                                                              \
        "db", OUTPUTS_KEY_DB, "FILE", 0,                                                           \
            "Keep the answer in this database, which is created if need be (default: "             \
            "$PEERPLAN_DB); peerplan runs shows what is kept",                                     \
            0                                                                                      \
    }

/* ARGP_ERR_UNKNOWN for an option of somebody else. */
error_t outputs_option(int key, char *arg, struct argp_state *state, struct outputs *outputs);
/* The words that were typed, and the environment. Release it in any case. */
void outputs_init(struct outputs *outputs, int argc, char **argv);
void outputs_release(struct outputs *outputs);

/* loaded NULL: there are only dumps. Before the work: opens the folder and adds the fingerprint of
 * what was read to the report. */
bool outputs_begin(struct outputs *outputs, const struct loaded *loaded, struct report *report,
                   struct errors *errors);
/* After it: the folder, the document, the database, the page, the workbook; what the screen shows
 * is for the command to put. False with an error. */
bool outputs_deliver(struct outputs *outputs, const struct loaded *loaded,
                     const struct report *report, struct errors *errors);
/* "office.yaml --set release=X15.5": the file without its folders. Owned; NULL: out of memory. */
char *outputs_file_words(const struct loaded *loaded);
/* Whether something is wanted that shows other loads (answer/other_loads.h). */
bool outputs_show_loads(const struct outputs *outputs);
/* The screen: nothing where the document stands there instead; quiet: the answer only. */
void outputs_show(const struct outputs *outputs, const struct report *report, bool quiet);
void outputs_abandon(struct outputs *outputs); /* the folder, if it is still open */

#endif
