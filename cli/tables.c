/* peerplan tables: what each document says that a node, or a cluster, can carry. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/tables_print.h"
#include "data/capacity_tables.h"
#include "model/base/error.h"
#include "reports/rows.h"

enum {
    KEY_TABLE = 't',
    KEY_RELEASE = 'r',
    KEY_PLATFORM = 'p',
    KEY_PEERS = 'n',
    KEY_FILE = 'f',
    KEY_REDUNDANCY = 0x1000,
    KEY_DIFF,
    KEY_EXIT_CODE,
    KEY_CHECK,
    KEY_CSV,
    KEY_JSON
};

struct options {
    const char *table, *release, *platform;
    const char *file;
    const char *diff[2];
    bool exit_code; /* 1 where there are differences */
    const char *check;
    bool rule_stated, csv, json, peers_stated;
    struct table *rows; /* of --csv and --json; NULL: text */
    enum redundancy rule;
    int peers_first, peers_last;
};

/* ---- options ---- */

static void peers_parse(struct argp_state *state, const char *text, struct options *options)
{
    const char *dash = strchr(text, '-');
    if (strcmp(text, "all") == 0) {
        options->peers_first = 1;
        options->peers_last = CLUSTER_PEERS_MAX;
    } else if (dash && dash > text) {
        char first[16];
        snprintf(first, sizeof first, "%.*s", (int)(dash - text), text);
        options->peers_first = (int)option_count(state, "peers", first, 1, CLUSTER_PEERS_MAX);
        options->peers_last =
            (int)option_count(state, "peers", dash + 1, options->peers_first, CLUSTER_PEERS_MAX);
    } else {
        options->peers_first = (int)option_count(state, "peers", text, 1, CLUSTER_PEERS_MAX);
        options->peers_last = options->peers_first;
    }
    options->peers_stated = true;
}

static void rule_parse(const char *text, struct options *options)
{
    const char *names[REDUNDANCY_COUNT];
    for (int i = 0; i < REDUNDANCY_COUNT; i++)
        names[i] = redundancy_name((enum redundancy)i);
    if (!redundancy_parse(text, &options->rule))
        exit(command_unknown("redundancy", text, names, REDUNDANCY_COUNT));
    options->rule_stated = true;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case KEY_TABLE:
        options->table = arg;
        return 0;
    case KEY_RELEASE:
        options->release = arg;
        return 0;
    case KEY_PLATFORM:
        options->platform = arg;
        return 0;
    case KEY_PEERS:
        peers_parse(state, arg, options);
        return 0;
    case KEY_REDUNDANCY:
        rule_parse(arg, options);
        return 0;
    case KEY_EXIT_CODE:
        options->exit_code = true;
        return 0;
    case KEY_CHECK:
        options->check = arg;
        return 0;
    case KEY_DIFF:
        options->diff[0] = arg;
        return 0;
    case KEY_FILE:
        options->file = arg;
        return 0;
    case KEY_CSV:
        options->csv = true;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->diff[1])
            argp_error(state, "unexpected argument '%s'", arg);
        options->diff[1] = arg;
        return 0;
    case ARGP_KEY_END:
        if (options->diff[1] && !options->diff[0])
            argp_error(state, "'%s' stands alone: a table is named with --table or --release",
                       options->diff[1]);
        if (options->diff[0] && !options->diff[1])
            argp_error(state, "--diff takes two releases or tables");
        if (options->check && (options->diff[0] || options->table || options->release ||
                               options->platform || options->peers_stated || options->rule_stated))
            argp_error(state, "--check cannot be combined with --diff or a choice of figures: its "
                              "file names them");
        if (options->exit_code && !options->diff[0])
            argp_error(state, "--exit-code needs --diff");
        if (options->csv && options->json)
            argp_error(state, "--csv and --json cannot be combined");
        if (options->diff[0] && (options->table || options->release))
            argp_error(
                state,
                "--diff names its tables itself: --table and --release cannot be combined with it");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option argp_options[] = {
    {"table", KEY_TABLE, "NAME", 0, "This table, or all (default " CAPACITY_TABLE_DEFAULT ")", 0},
    {"release", KEY_RELEASE, "RELEASE", 0,
     "The table of a release: its clustering chapter where it has one", 0},
    {"platform", KEY_PLATFORM, "NAME", 0, "This platform only", 0},
    {"peers", KEY_PEERS, "N", 0,
     "A cluster of N peers (1 to 6, a range such as 2-4, or all; default 1)", 0},
    {"redundancy", KEY_REDUNDANCY, "RULE", 0, "none, legacy, 4+1, 5+1 or n+1 (default: by release)",
     0},
    {"diff", KEY_DIFF, "A B", 0, "What changes from release or table A to B", 0},
    {"exit-code", KEY_EXIT_CODE, NULL, 0, "With --diff: 1 where there are differences", 0},
    {"check", KEY_CHECK, "FILE", 0,
     "Compare with the figures of a CSV file, as --csv prints them or as tables of your own are "
     "written: 1 where any differs",
     0},
    {"file", KEY_FILE, "FILE", 0, "Add your own tables, in the form of data/capacity", 0},
    {"csv", KEY_CSV, NULL, 0, "As CSV, one figure a row with its source", 0},
    {"json", KEY_JSON, NULL, 0, "The same as a JSON document", 0},
    {0},
};

/* ---- finding ---- */

/* A name that no table has; a release's name is answered by the release's table. */
static int table_unknown(const struct capacity_tables *all, const char *what, const char *name)
{
    const struct capacity_table *meant = capacity_tables_find_release(all, name);
    size_t count = capacity_tables_count(all);
    const char **names = calloc(count + 1, sizeof *names);
    if (!names)
        return ERROR_SOFTWARE;
    for (size_t i = 0; i < count; i++)
        names[i] = strcmp(what, "release") == 0 ? capacity_tables_at(all, i)->release
                                                : capacity_tables_at(all, i)->name;
    int code = meant ? command_unknown(what, name, &meant->name, 1)
                     : command_unknown(what, name, names, count);
    free(names);
    return code;
}

/* The table of a release for looking at: also one of which no cluster could be built. */
static const struct capacity_table *release_find(const struct capacity_tables *all,
                                                 const char *release)
{
    const struct capacity_table *table = capacity_tables_find_release(all, release);
    for (size_t i = 0; i < capacity_tables_count(all) && !table; i++)
        if (strcmp(capacity_tables_at(all, i)->release, release) == 0)
            table = capacity_tables_at(all, i);
    return table;
}

static bool platform_known(const struct capacity_table *table, const char *platform)
{
    return !platform || capacity_table_row(table, platform, 1);
}

static int platform_unknown(const struct capacity_tables *all, const struct capacity_table *table,
                            const char *platform)
{
    for (size_t i = 0; i < capacity_tables_count(all); i++) {
        const struct capacity_table *other = capacity_tables_at(all, i);
        if (capacity_table_row(other, platform, 1)) {
            message_line("platform '%s' is not in table '%s'; it is in '%s'", platform, table->name,
                         other->name);
            return ERROR_USAGE;
        }
    }
    const char **names = calloc(table->row_count + 1, sizeof *names);
    if (!names)
        return ERROR_SOFTWARE;
    for (size_t i = 0; i < table->row_count; i++)
        names[i] = table->rows[i].platform;
    int code = command_unknown("platform", platform, names, table->row_count);
    free(names);
    return code;
}

/* ---- showing ---- */

static struct tables_view view_make(const struct capacity_tables *all,
                                    const struct capacity_table *table,
                                    const struct options *options)
{
    enum redundancy usual = capacity_release_rule(table->release);
    struct tables_view view = {
        .all = all,
        .table = table,
        .platform = options->platform,
        .rule = options->rule_stated ? options->rule : usual,
        .peers_first = options->peers_first,
        .peers_last = options->peers_last,
    };
    view.printed = view.rule == usual;
    return view;
}

static int show_diff(const struct capacity_tables *all, const struct options *options)
{
    struct tables_view views[2];
    struct options wanted = *options;
    if (options->rows && !options->peers_stated)
        wanted.peers_last =
            CLUSTER_PEERS_MAX; /* a spreadsheet gets the clusters too; text says it by factors */
    for (int i = 0; i < 2; i++) {
        const struct capacity_table *table = capacity_tables_find(all, options->diff[i]);
        if (!table)
            table = release_find(all, options->diff[i]);
        if (!table)
            return table_unknown(all, "release or table", options->diff[i]);
        views[i] = view_make(all, table, &wanted);
    }
    if (!platform_known(views[0].table, options->platform) &&
        !platform_known(views[1].table, options->platform))
        return platform_unknown(all, views[0].table, options->platform);
    size_t differences = options->rows ? tables_diff_rows(options->rows, &views[0], &views[1])
                                       : tables_print_diff_text(stdout, &views[0], &views[1]);
    return options->exit_code && differences > 0 ? 1 : 0;
}

static int show_check(const struct capacity_tables *all, const struct options *options,
                      struct errors *errors)
{
    struct capacity_check check;
    int code = 0;
    if (!capacity_check_file(all, options->check, &check, errors)) {
        code = message_errors(errors);
    } else {
        if (options->rows)
            tables_check_rows(options->rows, &check);
        else
            tables_print_check(stdout, &check, options->check);
        code = check.count > 0;
    }
    capacity_check_release(&check);
    return code;
}

/* Shows every table of the collection from number `next` on that has the platform. */
static int show_many(const struct capacity_tables *all, size_t next, const struct options *options)
{
    const struct capacity_table *first = capacity_tables_at(all, next);
    size_t shown = 0;
    for (; next < capacity_tables_count(all); next++) {
        struct tables_view view = view_make(all, capacity_tables_at(all, next), options);
        if (!platform_known(view.table, options->platform))
            continue;
        if (options->rows) {
            tables_rows(options->rows, &view);
        } else {
            fputs(shown ? "\n\n" : "", stdout);
            tables_print_text(stdout, &view);
        }
        shown++;
    }
    return shown ? 0 : platform_unknown(all, first, options->platform);
}

static int show_one(const struct capacity_tables *all, const struct options *options)
{
    const char *name = options->table ? options->table : CAPACITY_TABLE_DEFAULT;
    const struct capacity_table *table = options->release && !options->table
                                             ? release_find(all, options->release)
                                             : capacity_tables_find(all, name);
    if (!table)
        return options->table ? table_unknown(all, "table", name)
                              : table_unknown(all, "release", options->release);
    if (options->release && strcmp(table->release, options->release) != 0) {
        message_line("table '%s' is of release %s, not %s", table->name, table->release,
                     options->release);
        return ERROR_USAGE;
    }
    if (!platform_known(table, options->platform))
        return platform_unknown(all, table, options->platform);
    struct tables_view view = view_make(all, table, options);
    if (options->rows) {
        tables_rows(options->rows, &view);
        return 0;
    }
    tables_print_text(stdout, &view);
    if (!options->table && !options->release)
        tables_print_names(stdout, all);
    return 0;
}

static int show(struct capacity_tables *all, const struct options *options, struct errors *errors)
{
    size_t builtin = capacity_tables_count(all);
    if (options->file && !capacity_tables_add_file(all, options->file, errors))
        return message_errors(errors);
    message_errors(errors); /* warnings */
    if (options->check)
        return show_check(all, options, errors);
    if (options->diff[0])
        return show_diff(all, options);
    if (options->table && strcmp(options->table, "all") == 0)
        return show_many(all, 0, options);
    if (options->file && !options->table && !options->release)
        return show_many(all, builtin, options);
    return show_one(all, options);
}

/* As rows where they are asked for: printed at once as CSV, at the end as JSON. */
static int show_as(struct capacity_tables *all, struct options *options, struct errors *errors)
{
    if (!options->csv && !options->json)
        return show(all, options, errors);
    struct report_rows rows;
    if (!report_rows_begin(&rows, stdout, options->json ? "metrics" : NULL, NULL))
        return ERROR_SOFTWARE;
    options->rows = &rows.table;
    int code = show(all, options, errors);
    bool ok = report_rows_end(&rows, code <= 1);
    return code ? code : ok ? 0 : ERROR_SOFTWARE;
}

int command_tables(int argc, char **argv)
{
    static const struct argp argp = {
        argp_options,
        parse,
        "",
        "Capacity tables: what a node and a cluster can carry, each figure with its document.\n\n"
        "Examples:\n"
        "  peerplan tables --platform large-vm --peers 4\n"
        "  peerplan tables --release X15.5 --peers all --csv\n"
        "  peerplan tables --diff X14.2 X15.5\n"
        "  peerplan tables --file lab.csv\n"
        "  peerplan tables --table all --peers all --csv >figures.csv\n"
        "  peerplan tables --check figures.csv\n",
        NULL,
        NULL,
        NULL,
    };
    struct options options = {.peers_first = 1, .peers_last = 1};
    command_parse(&argp, argc, argv, 0, &options);
    struct errors errors;
    errors_init(&errors);
    struct capacity_tables *all = capacity_tables_new(&errors);
    int code = all ? show_as(all, &options, &errors) : message_errors(&errors);
    capacity_tables_free(all);
    errors_release(&errors);
    return code;
}
