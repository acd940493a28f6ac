/* peerplan sweep: many variants of a scenario, each judged and kept. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/points.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/kept.h"
#include "cli/kept_points.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/sweep_points.h"
#include "cli/variants.h"
#include "data/store_sweep.h"
#include "model/base/output.h"
#include "reports/page_tables.h"
#include "reports/table.h"

#define AXES_MAX (TABLE_COLUMNS_MAX - 9) /* that points.csv has columns for */

struct arguments {
    const char *scenario, *folder, *db, *html, *xlsx;
    const char *vary[AXES_MAX]; /* borrowed from argv */
    size_t vary_count;
    uint64_t sample, shard, shards; /* shards 0: not divided */
    bool estimate, json;
    struct sampling sampling;
    struct loaded_options loading;
};

struct sweep {
    const struct arguments *arguments;
    struct loaded *loaded;
    struct variants variants;
    struct store *store; /* owned */
    int64_t run;
    bool *done;              /* owned; by point */
    uint64_t points;         /* all of the grid */
    uint64_t wanted, left;   /* of them here, and not done when it began */
    uint64_t complete, next; /* of those wanted; where to look for the next */
    struct progress_line line;
    struct errors *errors;
};

/* ---- The database ---- */

/* "out/office.db" of "out/office.yaml"; of a shard "out/office-0-of-4.db". A name that was given
 * with --db is taken as it is. Owned, NULL when out of memory. */
static char *database_path(const struct arguments *a)
{
    const char *given = kept_path(a->db);
    const char *base = given ? given : strcmp(a->scenario, "-") == 0 ? "stdin" : a->scenario;
    static const char *const ends[] = {".yaml", ".yml", ".db"};
    size_t length = strlen(base);
    char *path, part[64] = "";
    if (a->db && *a->db)
        return strdup(a->db);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strcmp(base + length - end, ends[i]) == 0) {
            length -= end;
            break;
        }
    }
    if (a->shards == 0 && given)
        return strdup(given);
    if (a->shards > 0)
        snprintf(part, sizeof part, "-%" PRIu64 "-of-%" PRIu64, a->shard, a->shards);
    return asprintf(&path, "%.*s%s.db", (int)length, base, part) < 0 ? NULL : path;
}

static void write_option(FILE *out, const char *option, const char *value)
{
    fprintf(out, " %s ", option);
    kept_word(out, value);
}

/* All of it, without what does not change the points. */
static void write_command(const struct sweep *sweep, FILE *out)
{
    const struct arguments *a = sweep->arguments;
    fputs("peerplan sweep ", out);
    kept_word(out, a->scenario);
    for (size_t i = 0; i < a->vary_count; i++)
        write_option(out, "--vary", a->vary[i]);
    if (a->sample > 0)
        fprintf(out, " --sample %" PRIu64, a->sample);
    if (a->estimate)
        fputs(" --estimate", out);
    if (a->sampling.replications > 0)
        fprintf(out, " --replications %d", a->sampling.replications);
    if (a->sampling.seed_given)
        fprintf(out, " --seed %" PRIu64, a->sampling.seed);
    for (size_t i = 0; i < a->loading.setting_count; i++)
        write_option(out, "--set", a->loading.settings[i]);
}

/* Owned; NULL with an error. */
static char *command_of(const struct sweep *sweep)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (out) {
        write_command(sweep, out);
        bool bad = ferror(out) != 0;
        if (fclose(out) == 0 && !bad)
            return text;
    }
    free(text);
    errors_no_memory(sweep->errors);
    return NULL;
}

static bool begin_run(struct sweep *sweep, const struct store_sweep *kept)
{
    char sha256[FINGERPRINT_SIZE];
    const struct arguments *a = sweep->arguments;
    struct errors *errors = sweep->errors;
    int64_t scenario;
    bool ok = loaded_fingerprint(sweep->loaded, sha256, errors) &&
              store_begin(sweep->store, errors) &&
              store_sweep_find(sweep->store, kept, &sweep->run, errors);
    if (ok && sweep->run == 0)
        ok = kept_scenario(sweep->store, sweep->loaded, sha256, &scenario, errors) &&
             store_sweep_add(sweep->store, kept, scenario, &sweep->run, errors);
    else if (ok)
        ok = store_sweep_state(sweep->store, sweep->run, "running", NULL, errors);
    ok = ok && (a->shards == 0 ||
                store_sweep_shard(sweep->store, sweep->run, a->shard, a->shards, errors));
    ok = ok && store_commit(sweep->store, errors);
    if (!ok)
        store_rollback(sweep->store);
    return ok;
}

static bool is_wanted(const struct sweep *sweep, uint64_t point)
{
    const struct arguments *a = sweep->arguments;
    return a->shards == 0 || point % a->shards == a->shard;
}

/* What is there, and what is left to do. */
static bool look(struct sweep *sweep)
{
    sweep->points = grid_points(&sweep->variants.grid);
    sweep->done = calloc(sweep->points, sizeof *sweep->done);
    if (!sweep->done)
        return errors_no_memory(sweep->errors);
    struct store_done there = {sweep->done, sweep->points, 0};
    if (!store_sweep_done(sweep->store, sweep->run, &there, sweep->errors))
        return false;
    for (uint64_t i = 0; i < sweep->points; i++)
        if (is_wanted(sweep, i)) {
            sweep->wanted++;
            sweep->left += !sweep->done[i];
        }
    sweep->complete = sweep->wanted - sweep->left;
    return true;
}

static bool open_run(struct sweep *sweep, const char *path)
{
    const struct arguments *a = sweep->arguments;
    const struct grid *grid = &sweep->variants.grid;
    struct store_axis axes[AXES_MAX];
    for (size_t i = 0; i < grid->axis_count; i++)
        axes[i] = (struct store_axis){grid->axes[i].path, setting_value(grid->axes[i].text)};
    char *command = command_of(sweep);
    char now[KEPT_TIME_SIZE];
    struct store_sweep kept = {.inputs = sweep->variants.inputs,
                               .command = command,
                               .version = PEERPLAN_VERSION,
                               .axes = axes,
                               .axis_count = grid->axis_count,
                               .points = grid_points(grid),
                               .sample = a->sample,
                               .seed = grid->seed,
                               .replications = a->estimate ? 0
                                               : a->sampling.replications
                                                   ? a->sampling.replications
                                                   : sweep->loaded->scenario.run.replications,
                               .estimate = a->estimate,
                               .now = kept_now(now)};
    bool ok = command && (sweep->store = store_open(path, STORE_WRITE, sweep->errors)) &&
              begin_run(sweep, &kept) && look(sweep);
    free(command);
    return ok;
}

static bool end_run(struct sweep *sweep)
{
    char now[KEPT_TIME_SIZE];
    bool whole = sweep->complete == sweep->wanted;
    return store_sweep_state(sweep->store, sweep->run, whole ? "done" : "interrupted",
                             kept_now(now), sweep->errors);
}

/* ---- Running ---- */

static bool next_point(void *context, uint64_t *number)
{
    struct sweep *sweep = context;
    for (; sweep->next < sweep->points; sweep->next++)
        if (is_wanted(sweep, sweep->next) && !sweep->done[sweep->next]) {
            *number = sweep->next++;
            return true;
        }
    return false;
}

static char **point_settings(void *context, uint64_t number, size_t *count)
{
    const struct sweep *sweep = context;
    return variants_settings(&sweep->variants, number, count);
}

static void *make_point(void *context, const struct point_made *made)
{
    const struct sweep *sweep = context;
    char *reason = made->answer
                       ? NULL
                       : variants_reason(&sweep->variants, made->settings, made->setting_count);
    struct kept_point *point =
        made->answer || reason ? kept_point_new(&sweep->variants.grid, made, reason) : NULL;
    free(reason);
    return point;
}

static bool keep_point(void *context, uint64_t number, void *made)
{
    struct sweep *sweep = context;
    bool ok = kept_point_save(sweep->store, sweep->run, made, sweep->errors);
    (void)number;
    kept_point_free(made);
    sweep->complete += ok;
    progress_count(&sweep->line, "points", sweep->wanted - sweep->left, sweep->complete,
                   sweep->wanted);
    return ok;
}

static void drop_point(void *made)
{
    kept_point_free(made);
}

static bool compute(struct sweep *sweep, const atomic_int *stop)
{
    const struct arguments *a = sweep->arguments;
    struct loaded_maker loaded = {sweep->loaded, &a->loading};
    struct trial_maker maker = loaded_trials(&loaded);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int jobs = a->sampling.jobs ? a->sampling.jobs : processors > 0 ? (int)processors : 1;
    struct points_job job = {.maker = &maker,
                             .options = {.simulate = !a->estimate,
                                         .jobs = jobs,
                                         .replications = a->sampling.replications,
                                         .seed_given = true,
                                         .seed = sweep->variants.grid.seed,
                                         .stop = stop},
                             .count = sweep->left,
                             .next = next_point,
                             .settings = point_settings,
                             .make = make_point,
                             .keep = keep_point,
                             .drop = drop_point,
                             .context = sweep};
    progress_begin(&sweep->line, a->loading.quiet, 1, 0);
    enum points_outcome outcome = points_run(&job);
    progress_clear(&sweep->line);
    return outcome == POINTS_FAILED ? errors_no_memory(sweep->errors) : outcome != POINTS_NOT_KEPT;
}

/* ---- What is written ---- */

static bool put_lines(struct table *table, const void *points)
{
    return sweep_points_lines((struct sweep_points *)points, table);
}

/* The page and the workbook of all points. */
static bool write_pages(struct sweep *sweep, struct sweep_points *points)
{
    const struct arguments *a = sweep->arguments;
    const struct scenario *s = &sweep->loaded->scenario;
    char subtitle[96];
    struct page_list list = {.title = "Points", .put = put_lines, .context = points};
    struct page_tables tables = {.title = s->title ? s->title : "Scenario",
                                 .subtitle = subtitle,
                                 .lists = &list,
                                 .count = 1,
                                 .created = s->run.start_unix};
    snprintf(subtitle, sizeof subtitle, "Sweep \xC2\xB7 %" PRIu64 " of %" PRIu64 " points, %s",
             points->complete, points->points, a->estimate ? "by formula" : "simulated");
    return (!a->html || page_write_tables(a->html, &tables, sweep->errors)) &&
           (!a->xlsx || book_write_tables(a->xlsx, &tables, sweep->errors));
}

static bool write_points(struct sweep *sweep, struct output_folder *folder)
{
    const struct arguments *a = sweep->arguments;
    struct sweep_points points;
    if (!sweep_points_open(&points, sweep->store, sweep->run, sweep->errors)) {
        output_folder_abandon(folder);
        return false;
    }
    if (folder && !sweep_points_folder(&points, folder))
        return false;
    if (!write_pages(sweep, &points))
        return false;
    return a->json ? sweep_points_rows(&points, stdout, true) : sweep_points_text(&points, stdout);
}

static void say_where(const struct sweep *sweep, const char *path)
{
    const struct arguments *a = sweep->arguments;
    uint64_t there = sweep->wanted - sweep->left;
    if (a->loading.quiet)
        return;
    if (a->shards > 0)
        message_line("shard %" PRIu64 " of %" PRIu64 " (from 0): %" PRIu64 " of %" PRIu64
                     " points, kept in %s",
                     a->shard, a->shards, sweep->wanted, sweep->points, path);
    if (there > 0 && sweep->left > 0)
        message_line("going on: %" PRIu64 " of %" PRIu64 " points are in %s", there, sweep->wanted,
                     path);
    else if (there > 0)
        message_line("all %" PRIu64 " points are in %s (run %" PRId64 ")", there, path, sweep->run);
}

static void say_end(const struct sweep *sweep, const char *path)
{
    if (interrupted())
        message_line("interrupted: %" PRIu64 " of %" PRIu64 " points are complete and kept in %s; "
                     "the same command goes on",
                     sweep->complete, sweep->wanted, path);
    else if (!sweep->arguments->loading.quiet && sweep->left > 0)
        message_line("kept in %s (run %" PRId64 ")", path, sweep->run);
}

static bool work(struct sweep *sweep, const char *path, const atomic_int *stop)
{
    const struct arguments *a = sweep->arguments;
    struct output_folder *folder = NULL;
    if (!open_run(sweep, path)) {
        if (!sweep->store && !a->db && errors_code(sweep->errors) != ERROR_DATA)
            message_line("the points are kept in a database: --db FILE puts it elsewhere");
        return false;
    }
    say_where(sweep, path);
    if (a->folder && !(folder = output_folder_open(a->folder, "about.csv", sweep->errors)))
        return false;
    bool ok = compute(sweep, stop);
    if (!interrupted())
        interrupt_cleanup(); /* what is left is writing */
    ok = end_run(sweep) && ok;
    if (!ok) {
        output_folder_abandon(folder);
        return false;
    }
    if (!write_points(sweep, folder))
        return false;
    say_end(sweep, path);
    return true;
}

static bool run(struct sweep *sweep)
{
    const struct arguments *a = sweep->arguments;
    uint64_t seed = a->sampling.seed_given ? a->sampling.seed : sweep->loaded->scenario.run.seed;
    const atomic_int *stop = interrupt_setup(); /* before the first temporary file */
    const struct variants_ask ask = {.loaded = sweep->loaded,
                                     .loading = &a->loading,
                                     .axes = a->vary,
                                     .axis_count = a->vary_count,
                                     .sample = a->sample,
                                     .seed = seed};
    if (!variants_init(&sweep->variants, &ask, sweep->errors))
        return false;
    char *path = database_path(a);
    bool ok = path ? work(sweep, path, stop) : errors_no_memory(sweep->errors);
    free(path);
    return ok;
}

/* ---- Shards ---- */

static bool shard_from(const char *text, uint64_t *shard, uint64_t *shards)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    *shard = strtoull(text, &end, 10);
    if (*end != '/' || end[1] < '0' || end[1] > '9')
        return false;
    *shards = strtoull(end + 1, &end, 10);
    return !*end && *shards > 0 && *shards <= GRID_POINTS_MAX && *shard < *shards;
}

static uint64_t environment_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text >= '0' && *text <= '9' ? strtoull(text, NULL, 10) : otherwise;
}

/* Of a Slurm array each task is a shard. */
static void shard_of_slurm(struct arguments *a)
{
    uint64_t none = UINT64_MAX, id = environment_number("SLURM_ARRAY_TASK_ID", none);
    uint64_t least = environment_number("SLURM_ARRAY_TASK_MIN", none);
    uint64_t step = environment_number("SLURM_ARRAY_TASK_STEP", 1);
    uint64_t count = environment_number("SLURM_ARRAY_TASK_COUNT", none);
    if (a->shards > 0 || id == none || least == none || count == none || step == 0 || id < least ||
        (id - least) / step >= count)
        return;
    a->shard = (id - least) / step;
    a->shards = count;
}

/* ---- The command ---- */

enum { KEY_SAMPLE = 0x100, KEY_ESTIMATE, KEY_JSON, KEY_DB, KEY_SHARD, KEY_HTML, KEY_XLSX };

static const struct argp_option options[] = {
    {"vary", 'v', "PATH=VALUES", 0,
     "What varies, as --set names it: a list a,b,c, whole numbers 3..6, five values "
     "600/h..1200/h:5, or factors of what the file says x0.8..x1.2:5 (may be repeated: every "
     "combination)",
     0},
    {"sample", KEY_SAMPLE, "N", 0, "N points of a Latin hypercube instead of every combination", 0},
    {"estimate", KEY_ESTIMATE, NULL, 0, "By formulas instead of simulation", 0},
    {"csv", 'c', "DIR", 0, OUTPUTS_CSV_DOC("points.csv"), 0},
    {"json", KEY_JSON, NULL, 0, "Print the rows of points.csv as JSON instead of the table", 0},
    {"html", KEY_HTML, "FILE", 0, "Write a self-contained page to pass on", 0},
    {"xlsx", KEY_XLSX, "FILE", 0, "Write a workbook for a spreadsheet", 0},
    {"replications", 'r', "N", 0, "Replications of each point (default: as the scenario says)", 0},
    {"seed", 's', "N", 0, "Seed of all points and of the sample (default: the scenario's)", 0},
    {"jobs", 'j', "N", 0, "Threads (default: one per processor); results do not depend on it", 0},
    {"quiet", 'q', NULL, 0, "No warnings and no progress", 0},
    {"db", KEY_DB, "FILE", 0,
     "The database that keeps the points (default: $PEERPLAN_DB, else SCENARIO.db)", 0},
    {"shard", KEY_SHARD, "K/N", 0,
     "Only part K of N, from 0, into a database of its own, for merge (default: the whole; in a "
     "Slurm array the part of the task)",
     0},
    LOADED_OPTION_SET,
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case 'v':
        if (a->vary_count == AXES_MAX)
            argp_error(state, "more than %d axes", AXES_MAX);
        a->vary[a->vary_count++] = arg;
        return 0;
    case KEY_SAMPLE:
        a->sample = (uint64_t)option_count(state, "sample", arg, 1, GRID_POINTS_MAX);
        return 0;
    case KEY_ESTIMATE:
        a->estimate = true;
        return 0;
    case 'c':
        a->folder = arg;
        return 0;
    case KEY_JSON:
        a->json = true;
        return 0;
    case KEY_HTML:
        a->html = arg;
        return 0;
    case KEY_XLSX:
        a->xlsx = arg;
        return 0;
    case KEY_DB:
        a->db = arg;
        return 0;
    case KEY_SHARD:
        if (!shard_from(arg, &a->shard, &a->shards))
            argp_error(state, "--shard takes K/N, as 0/4 to 3/4, not '%s'", arg);
        return 0;
    case ARGP_KEY_END:
        if (a->scenario && a->vary_count == 0)
            argp_error(state, "nothing varies: --vary PATH=VALUES");
        shard_of_slurm(a);
        return 0;
    default:
        if (scenario_argument(key, arg, state, &a->scenario) == 0 ||
            loaded_option(key, arg, state, &a->loading) == 0 ||
            sampling_option(key, arg, state, &a->sampling) == 0)
            return 0;
        return ARGP_ERR_UNKNOWN;
    }
}

static const char doc[] =
    "Judges many variants of a scenario, on common random numbers: all have the same seed, so that "
    "they differ by what is varied and not by chance. A point that cannot be built is a row with "
    "its reason.\n\n"
    "Each point is kept in a database as soon as it is complete: whatever ends a sweep, the same "
    "command goes on where it ended.\n\n"
    "Examples:\n"
    "  peerplan sweep office.yaml --vary clusters.edge.peers=2..6 --vary "
    "calls.*.arrivals.scale=80%,100%,120%\n"
    "  peerplan sweep office.yaml --vary calls.voice.arrivals.rate=600/h..1200/h --sample 500 "
    "--estimate --csv out\n";

int command_sweep(int argc, char **argv)
{
    static const struct argp argp = {options, parse, "SCENARIO", doc, NULL, NULL, NULL};
    struct arguments arguments = {0};
    struct loaded loaded;
    struct errors errors;
    command_parse(&argp, argc, argv, 0, &arguments);
    errors_init(&errors);
    int code = loaded_read(&loaded, arguments.scenario, &arguments.loading);
    if (code == 0) {
        struct sweep sweep = {.arguments = &arguments, .loaded = &loaded, .errors = &errors};
        bool ok = run(&sweep);
        code = message_outcome(&errors, arguments.loading.quiet);
        code = interrupted() ? EXIT_INTERRUPTED : !ok && code == 0 ? ERROR_SOFTWARE : code;
        store_close(sweep.store);
        free(sweep.done);
        variants_release(&sweep.variants);
    }
    loaded_release(&loaded);
    loaded_options_release(&arguments.loading);
    errors_release(&errors);
    return code;
}
