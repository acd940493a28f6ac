/* peerplan merge: shards of one sweep, computed on many machines, joined into one database. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/kept.h"
#include "cli/message.h"
#include "cli/sweep_points.h"
#include "data/store_merge.h"
#include "model/base/output.h"
#include "model/base/safe_text.h"

struct arguments {
    const char *output, *folder;
    const char **shards; /* owned; borrowed from argv */
    size_t count;
    bool force, json, quiet;
};

/* ---- What lacks ---- */

#define SAID_MAX 20 /* shards that are named one by one */

/* A line that can be copied to a shell. */
static void say_command(const char *command, const char *more)
{
    fputs("  ", stderr);
    safe_text_put(stderr, command, strlen(command));
    safe_text_put(stderr, more, strlen(more));
    putc('\n', stderr);
}

static void say_whole(const struct arguments *a, const char *command)
{
    char *more = NULL;
    size_t length;
    FILE *out = open_memstream(&more, &length);
    if (!out)
        return;
    fputs(" --db ", out);
    kept_word(out, a->output);
    if (fclose(out) == 0)
        say_command(command, more);
    free(more);
}

/* Each with the command that computes it. */
static void say_missing(const struct arguments *a, const struct store_missing *missing)
{
    size_t said = 0;
    char more[96];
    if (missing->missing == 0)
        return;
    message_line("%" PRIu64 " of %" PRIu64 " points are missing; what computes them:",
                 missing->missing, missing->points);
    for (uint64_t k = 0; k < missing->shards; k++) {
        if (missing->counts[k] == 0 || said++ >= SAID_MAX)
            continue;
        snprintf(more, sizeof more, " --shard %" PRIu64 "/%" PRIu64 "   # %" PRIu64 " points", k,
                 missing->shards, missing->counts[k]);
        say_command(missing->command, more);
    }
    if (said > SAID_MAX)
        message_line("and %zu more shards; or all that is missing at once:", said - SAID_MAX);
    if (missing->shards == 0 || said > SAID_MAX)
        say_whole(a, missing->command);
}

/* ---- Joining ---- */

static bool join(const struct arguments *a, struct store_merge *merge, struct errors *errors)
{
    char now[KEPT_TIME_SIZE];
    bool ok = true;
    for (size_t i = 0; i < a->count; i++) /* what is wrong with each is said at once */
        ok = store_merge_add(merge, a->shards[i], errors) && ok;
    return ok && store_merge_end(merge, kept_now(now), errors);
}

static bool write_points(const struct arguments *a, const struct store_merge *merge,
                         struct errors *errors)
{
    struct sweep_points points;
    struct output_folder *folder = NULL;
    if (!sweep_points_open(&points, store_merge_store(merge), store_merge_run(merge), errors))
        return false;
    if (a->folder && (!(folder = output_folder_open(a->folder, "about.csv", errors)) ||
                      !sweep_points_folder(&points, folder)))
        return false;
    if (a->json)
        return sweep_points_rows(&points, stdout, true);
    return a->quiet || sweep_points_text(&points, stdout);
}

/* A journal that is left of the database which is replaced belongs to no other. */
static bool drop_journals(const char *path, struct errors *errors)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    bool ok = true;
    for (size_t i = 0; i < sizeof ends / sizeof *ends && ok; i++) {
        char *name;
        if (asprintf(&name, "%s%s", path, ends[i]) < 0)
            return errors_no_memory(errors);
        unlink(name);
        if (access(name, F_OK) == 0) {
            errors_add(errors, ERROR_CANT_CREATE, name, 0, 0, "cannot be removed");
            ok = false;
        }
        free(name);
    }
    return ok;
}

/* 1 with missing points. */
static int merge_all(const struct arguments *a, struct errors *errors)
{
    int code = 0;
    interrupt_cleanup();
    struct output *output = output_open(a->output, errors);
    if (!output)
        return 0;
    if (!output_file(output)) {
        errors_add(errors, ERROR_CANT_CREATE, a->output, 0, 0, "a database needs a file");
        output_abandon(output);
        return 0;
    }
    struct store_merge *merge = store_merge_new(output_file(output), errors);
    bool ok = merge && join(a, merge, errors) && write_points(a, merge, errors);
    if (ok) {
        struct store_missing missing = store_merge_missing(merge);
        code = missing.missing > 0;
        say_missing(a, &missing);
    }
    store_merge_free(merge);
    if (ok)
        ok = drop_journals(a->output, errors) && output_commit(output, errors);
    else
        output_abandon(output);
    return ok ? code : 0;
}

/* ---- The command ---- */

enum { KEY_FORCE = 0x100, KEY_JSON };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "The database that is made of them", 0},
    {"force", KEY_FORCE, NULL, 0, "Replace a file that exists", 0},
    {"csv", 'c', "DIR", 0, "Write points.csv and about.csv into a folder, as sweep does", 0},
    {"json", KEY_JSON, NULL, 0, "Print the rows of points.csv as JSON instead of the table", 0},
    {"quiet", 'q', NULL, 0, "No table", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'o':
        a->output = arg;
        return 0;
    case KEY_FORCE:
        a->force = true;
        return 0;
    case 'c':
        if (!*arg)
            argp_error(state, "--csv needs the name of a folder");
        a->folder = arg;
        return 0;
    case KEY_JSON:
        a->json = true;
        return 0;
    case 'q':
        a->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        a->shards[a->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (!a->output)
            argp_error(state, "the database to be made is missing: -o FILE");
        if (a->count == 0)
            argp_error(state, "shards are missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char doc[] =
    "Joins databases that peerplan sweep --shard has made, each on a machine of its own, into one. "
    "All are of the same inputs, axes, seed and version, and sound; points that several have are "
    "taken once where they are equal.\n\n"
    "Examples:\n"
    "  peerplan merge -o office.db office-*-of-8.db --csv out\n"
    "\v"
    "Exit code 1 with missing points, which are named with the command that computes them; 65 "
    "where shards contradict each other, are damaged, or are of different sweeps: then nothing is "
    "written.";

int command_merge(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "SHARD...", doc, NULL, NULL, NULL};
    struct arguments arguments = {.shards = calloc((size_t)argc, sizeof *arguments.shards)};
    struct errors errors;
    if (!arguments.shards)
        return ERROR_SOFTWARE;
    command_parse(&argp, argc, argv, 0, &arguments);
    errors_init(&errors);
    int code = 0;
    if (!arguments.force && access(arguments.output, F_OK) == 0)
        errors_add(&errors, ERROR_CANT_CREATE, arguments.output, 0, 0,
                   "exists already (--force overwrites it)");
    else
        code = merge_all(&arguments, &errors);
    int failed = message_errors(&errors);
    errors_release(&errors);
    free(arguments.shards);
    return failed ? failed : code;
}
