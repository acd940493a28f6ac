/* peerplan sweep: many variants of a scenario, each judged. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/grid.h"
#include "answer/points.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/loaded.h"
#include "cli/message.h"
#include "model/base/number.h"
#include "model/base/output.h"
#include "model/metrics.h"
#include "reports/csv.h"
#include "reports/rows.h"

#define AXES_MAX (TABLE_COLUMNS_MAX - 9) /* that points.csv has columns for */

struct arguments {
    const char *scenario, *folder;
    const char *vary[AXES_MAX]; /* borrowed from argv */
    size_t vary_count;
    uint64_t sample, seed;
    bool seed_given, estimate, json;
    int jobs, replications;
    struct loaded_options loading;
};

struct sweep {
    const struct arguments *arguments;
    struct loaded *loaded;
    struct grid grid;
    struct arena *arena;            /* owned */
    const struct setting_key *keys; /* of the file, for factors */
    size_t key_count;
    struct point *points; /* owned */
    bool terminal;
};

/* --- Settings of a point ---------- */

/* A star stands for one step of the path. */
static bool path_matches(const char *pattern, const char *path)
{
    while (*pattern && *path) {
        if (*pattern == '*') {
            size_t step = strcspn(path, ".");
            if (*path == '"')
                step = strcspn(path + 1, "\"") + 2;
            path += step;
            pattern++;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return !*pattern && !*path;
}

struct list {
    char **items;
    size_t count;
    bool failed;
};

static void list_add(struct list *list, const char *path, const char *value, const char *unit)
{
    char **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items) {
        list->failed = true;
        return;
    }
    list->items = items;
    if (asprintf(&items[list->count], "%s=%s%s", path, value, unit) < 0)
        list->failed = true;
    else
        list->count++;
}

/* What the file says, times a factor; how many places could be multiplied. */
static size_t add_factor(const struct sweep *sweep, const char *path, double factor,
                         struct list *list)
{
    size_t places = 0;
    for (size_t i = 0; i < sweep->key_count; i++) {
        const struct setting_key *key = &sweep->keys[i];
        const char *stated = key->value ? key->value : key->row->fallback;
        char number[NUMBER_SIZE], *unit;
        if (!stated || !path_matches(path, key->path) || !setting_is_number(key))
            continue;
        double value = strtod(stated, &unit);
        if (unit == stated || strpbrk(unit, "0123456789"))
            continue;
        /* 1.1 times 100 is to read as 110 */
        value = strtod(number_format_fixed(value * factor, 9, number), NULL);
        list_add(list, key->path, number_format(value, number), unit);
        places++;
    }
    return places;
}

static size_t add_value(const struct sweep *sweep, size_t axis, const char *value,
                        struct list *list)
{
    const char *path = sweep->grid.axes[axis].path;
    double factor;
    if (value[0] == 'x' && number_parse(value + 1, &factor))
        return add_factor(sweep, path, factor, list);
    list_add(list, path, value, "");
    return 1;
}

static void list_release(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct list){0};
}

/* axis: the one that has its value number `other`, all others are at `point`; SIZE_MAX: none. */
static bool collect(const struct sweep *sweep, uint64_t point, size_t axis, size_t other,
                    struct list *list)
{
    char buffer[GRID_VALUE_SIZE];
    for (size_t i = 0; i < sweep->grid.axis_count; i++)
        add_value(sweep, i,
                  i == axis ? sweep->grid.axes[i].values[other]
                            : grid_value(&sweep->grid, point, i, buffer),
                  list);
    if (list->failed)
        list_release(list);
    return list->items;
}

static char **point_settings(void *context, uint64_t point, size_t *count)
{
    struct list list = {0};
    if (!collect(context, point, SIZE_MAX, 0, &list))
        return NULL;
    *count = list.count;
    return list.items;
}

/* --- Mistakes before the work begins ---------- */

static bool build(const struct sweep *sweep, const char *const *items, size_t count,
                  struct errors *errors)
{
    const struct loaded_options *loading = &sweep->arguments->loading;
    struct scenario scenario = {0};
    size_t base = loading->setting_count;
    const char **all = calloc(base + count + 1, sizeof *all);
    for (size_t i = 0; all && i < base + count; i++)
        all[i] = i < base ? loading->settings[i] : items[i - base];
    struct settings settings = {all, base + count};
    if (!all)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    bool ok = all && draft_scenario(sweep->loaded->draft, &settings, &scenario, errors);
    if (all)
        scenario_release(&scenario);
    free(all);
    return ok;
}

static char *point_reason(void *context, const char *const *items, size_t count)
{
    struct errors errors;
    char *reason = NULL;
    errors_init(&errors);
    build(context, items, count, &errors);
    for (size_t i = 0; i < errors.count && !reason; i++)
        if (!errors.items[i].warning && errors.items[i].message)
            reason = strdup(errors.items[i].message);
    errors_release(&errors);
    return reason ? reason : strdup("it cannot be run");
}

/* Adds what is wrong with the settings themselves, not with what they make together. */
static void check_settings(const struct sweep *sweep, size_t axis, size_t other,
                           struct errors *errors)
{
    struct errors found;
    struct list list = {0};
    errors_init(&found);
    if (collect(sweep, 0, axis, other, &list))
        build(sweep, (const char *const *)list.items, list.count, &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct error *e = &found.items[i];
        if (e->warning || e->code != ERROR_USAGE || !e->message)
            continue;
        errors_add(errors, ERROR_USAGE, "--vary", 1, e->column, "%s", e->message);
        if (e->source)
            errors_set_source(errors, e->source, strlen(e->source));
    }
    list_release(&list);
    errors_release(&found);
}

static void check_axis(const struct sweep *sweep, size_t axis, struct errors *errors)
{
    const struct grid_axis *a = &sweep->grid.axes[axis];
    struct list list = {0};
    char buffer[GRID_VALUE_SIZE];
    if (strchr(a->path, ','))
        errors_add(errors, ERROR_USAGE, "--vary", 1, 1, "a path with a comma cannot be varied");
    if (add_value(sweep, axis, grid_value(&sweep->grid, 0, axis, buffer), &list) == 0) {
        errors_add(errors, ERROR_USAGE, "--vary", 1, 1,
                   "no number stands there that a factor could multiply");
        errors_set_source(errors, a->path, strlen(a->path));
    }
    list_release(&list);
}

static void check(const struct sweep *sweep, struct errors *errors)
{
    for (size_t i = 0; i < sweep->grid.axis_count; i++)
        check_axis(sweep, i, errors);
    check_settings(sweep, SIZE_MAX, 0, errors);
    for (size_t i = 0; i < sweep->grid.axis_count && errors->failures == 0; i++)
        for (size_t k = 1; k < sweep->grid.axes[i].count && k < 1000; k++)
            check_settings(sweep, i, k, errors);
}

static bool prepare(struct sweep *sweep, struct errors *errors)
{
    const struct arguments *a = sweep->arguments;
    if (!grid_init(&sweep->grid) || !(sweep->arena = arena_new())) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        return false;
    }
    sweep->grid.sample = a->sample;
    sweep->grid.seed = a->seed_given ? a->seed : sweep->loaded->scenario.run.seed;
    for (size_t i = 0; i < a->vary_count; i++)
        grid_add(&sweep->grid, a->vary[i], errors);
    if (errors->failures || !grid_close(&sweep->grid, errors))
        return false;
    sweep->keys = settings_keys(sweep->loaded->draft, NULL, sweep->arena, &sweep->key_count);
    check(sweep, errors);
    sweep->points = calloc(grid_points(&sweep->grid), sizeof *sweep->points);
    if (!sweep->points)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    return errors->failures == 0;
}

/* --- What is written ---------- */

static const char *point_verdict(const struct point *point)
{
    return point->failed ? "failed" : verdict_name(point->verdict);
}

static void put_point(struct table *t, const struct sweep *sweep, uint64_t number)
{
    const struct point *point = &sweep->points[number];
    char buffer[GRID_VALUE_SIZE];
    size_t rows = point->figure_count ? point->figure_count : 1;
    for (size_t i = 0; i < rows; i++) {
        const struct point_figure *f = point->figure_count ? &point->figures[i] : NULL;
        table_count(t, (int64_t)number + 1);
        for (size_t k = 0; k < sweep->grid.axis_count; k++) {
            const char *value = grid_value(&sweep->grid, number, k, buffer);
            bool factor = sweep->grid.axes[k].factor;
            table_text(t, factor ? value + 1 : value);
        }
        table_text(t, point_verdict(point));
        table_text(t, f ? scope_name(f->scope) : NULL);
        table_text(t, f ? f->name : point->reason);
        table_text(t, f ? f->metric : NULL);
        table_number(t, f ? f->value.value : NAN);
        table_number(t, f ? f->value.low : NAN);
        table_number(t, f ? f->value.high : NAN);
        table_text(t, f ? metric_info(METRIC_CLASS_BLOCKED_FRACTION)->unit : NULL);
    }
}

static bool put_points(struct table *t, const struct sweep *sweep)
{
    char *columns = NULL;
    size_t length;
    FILE *out = open_memstream(&columns, &length);
    if (!out)
        return false;
    fputs("point", out);
    for (size_t i = 0; i < sweep->grid.axis_count; i++)
        fprintf(out, ",%s", sweep->grid.axes[i].path);
    fputs(",verdict,scope,name,metric,value,low,high,unit", out);
    bool ok = !ferror(out);
    if (fclose(out) != 0 || !ok) {
        free(columns);
        return false;
    }
    table_begin(t, "points", columns);
    for (uint64_t i = 0; i < grid_points(&sweep->grid); i++)
        if (sweep->points[i].done)
            put_point(t, sweep, i);
    t->columns = "";
    free(columns);
    return true;
}

static void put_about(struct table *t, const struct sweep *sweep, const char *sha256)
{
    const struct arguments *a = sweep->arguments;
    table_begin(t, "about", "key,value");
    table_text(t, "kind");
    table_text(t, a->estimate ? "sweep by estimate" : "sweep");
    table_text(t, "version");
    table_text(t, PEERPLAN_VERSION);
    table_text(t, "scenario");
    table_text(t, a->scenario);
    table_text(t, "sha256");
    table_text(t, sha256);
    for (size_t i = 0; i < a->vary_count; i++) {
        table_text(t, "vary");
        table_text(t, a->vary[i]);
    }
    table_text(t, "sample");
    table_count(t, (int64_t)a->sample);
    table_text(t, "seed");
    table_identifier(t, sweep->grid.seed);
    table_text(t, "points");
    table_count(t, (int64_t)grid_points(&sweep->grid));
    table_text(t, "complete");
    table_text(t, interrupted() ? "no" : "yes");
    table_text(t, "files");
    table_text(t, "points.csv");
}

static bool write_folder(const struct sweep *sweep, struct output_folder *folder, FILE *points,
                         struct errors *errors)
{
    char digits[FINGERPRINT_SIZE];
    const char *sha256 = loaded_fingerprint(sweep->loaded, digits, errors);
    FILE *about = sha256 ? output_folder_add(folder, "about.csv", errors) : NULL;
    if (!about) {
        output_folder_abandon(folder);
        return false;
    }
    struct table first = csv_table(points), second = csv_table(about);
    put_about(&second, sweep, sha256);
    if (put_points(&first, sweep) && table_end(&first) && table_end(&second))
        return output_folder_commit(folder, errors);
    output_folder_abandon(folder);
    errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    return false;
}

static void put_text(const struct sweep *sweep)
{
    const struct grid *grid = &sweep->grid;
    char buffer[GRID_VALUE_SIZE];
    printf("%7s", "point");
    for (size_t i = 0; i < grid->axis_count; i++)
        printf("  %12s", grid->axes[i].path);
    printf("  %-17s  %-16s  %10s\n", "verdict", "worst class", "blocking");
    for (uint64_t n = 0; n < grid_points(grid); n++) {
        const struct point *point = &sweep->points[n];
        if (!point->done)
            continue;
        printf("%7" PRIu64, n + 1);
        for (size_t i = 0; i < grid->axis_count; i++) {
            size_t width = strlen(grid->axes[i].path);
            printf("  %*s", (int)(width > 12 ? width : 12), grid_value(grid, n, i, buffer));
        }
        printf("  %-17s  ", point_verdict(point));
        if (point->failed)
            printf("%s\n", point->reason);
        else if (point->worst)
            printf("%-16s  %8.4g %%\n", point->worst, 100 * point->blocking);
        else
            printf("-\n");
    }
}

static bool put_json(const struct sweep *sweep)
{
    struct report_rows rows;
    bool ok = report_rows_begin(&rows, stdout, "points", &sweep->loaded->scenario);
    ok = ok && put_points(&rows.table, sweep);
    return report_rows_end(&rows, ok) && ok;
}

/* --- Running ---------- */

static void show_progress(void *context, uint64_t done)
{
    const struct sweep *sweep = context;
    if (sweep->terminal)
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " points\033[K", done,
                grid_points(&sweep->grid));
}

static bool compute(struct sweep *sweep, const atomic_int *stop, struct errors *errors)
{
    const struct arguments *a = sweep->arguments;
    struct loaded_maker loaded = {sweep->loaded, &a->loading};
    struct trial_maker maker = loaded_trials(&loaded);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct points_job job = {.maker = &maker,
                             .options = {.simulate = !a->estimate,
                                         .jobs = a->jobs          ? a->jobs
                                                 : processors > 0 ? (int)processors
                                                                  : 1,
                                         .replications = a->replications,
                                         .seed_given = true,
                                         .seed = sweep->grid.seed,
                                         .stop = stop},
                             .count = grid_points(&sweep->grid),
                             .settings = point_settings,
                             .reason = point_reason,
                             .progress = show_progress,
                             .context = sweep};
    bool ok = points_run(&job, sweep->points);
    if (sweep->terminal)
        fputs("\r\033[K", stderr);
    if (!ok)
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    return ok;
}

static bool run(struct sweep *sweep, struct errors *errors)
{
    const struct arguments *a = sweep->arguments;
    struct output_folder *folder = NULL;
    FILE *points = NULL;
    const atomic_int *stop = interrupt_setup(); /* before the first temporary file */
    if (!prepare(sweep, errors))
        return false;
    if (a->folder && (!(folder = output_folder_open(a->folder, "about.csv", errors)) ||
                      !(points = output_folder_add(folder, "points.csv", errors)))) {
        output_folder_abandon(folder);
        return false;
    }
    if (!compute(sweep, stop, errors)) {
        output_folder_abandon(folder);
        return false;
    }
    if (folder && !write_folder(sweep, folder, points, errors))
        return false;
    if (!a->json) {
        put_text(sweep);
    } else if (!put_json(sweep)) {
        errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        return false;
    }
    if (interrupted())
        message_line("interrupted: only the points that were complete are shown");
    return true;
}

/* --- The command ---------- */

enum { KEY_SAMPLE = 0x100, KEY_ESTIMATE, KEY_JSON };

static const struct argp_option options[] = {
    {"vary", 'v', "PATH=VALUES", 0,
     "What varies, as --set names it: a list a,b,c, whole numbers 3..6, five values "
     "600/h..1200/h:5, or factors of what the file says x0.8..x1.2:5 (may be repeated: every "
     "combination)",
     0},
    {"sample", KEY_SAMPLE, "N", 0, "N points of a Latin hypercube instead of every combination", 0},
    {"estimate", KEY_ESTIMATE, NULL, 0, "By formulas instead of simulation", 0},
    {"csv", 'c', "DIR", 0,
     "Write points.csv into a folder, which is made when it is not there; about.csv says what it "
     "is",
     0},
    {"json", KEY_JSON, NULL, 0, "Print the rows of points.csv as JSON instead of the table", 0},
    {"replications", 'r', "N", 0, "Replications of each point (default: as the scenario says)", 0},
    {"seed", 's', "N", 0, "Seed of all points and of the sample (default: the scenario's)", 0},
    {"jobs", 'j', "N", 0, "Threads (default: one a processor); results do not depend on it", 0},
    {"quiet", 'q', NULL, 0, "No warnings and no progress", 0},
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
    case 'r':
        a->replications = (int)option_count(state, "replications", arg, 1, 1000000);
        return 0;
    case 's':
        a->seed = option_seed(state, "seed", arg);
        a->seed_given = true;
        return 0;
    case 'j':
        a->jobs = (int)option_count(state, "jobs", arg, 1, 1024);
        return 0;
    case 'q':
        a->loading.quiet = true;
        return 0;
    case LOADED_KEY_SET:
        loaded_option_set(state, &a->loading, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (a->scenario)
            argp_error(state, "unexpected argument '%s'", arg);
        a->scenario = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a scenario is missing");
        return 0;
    case ARGP_KEY_END:
        if (a->scenario && a->vary_count == 0)
            argp_error(state, "nothing varies: --vary PATH=VALUES");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char doc[] =
    "Judges many variants of a scenario, on common random numbers: all have the same seed, so that "
    "they differ by what is varied and not by chance. A point that cannot be built is a row with "
    "its reason.\n\n"
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
        struct sweep sweep = {.arguments = &arguments,
                              .loaded = &loaded,
                              .terminal = !arguments.loading.quiet && isatty(STDERR_FILENO)};
        bool ok = run(&sweep, &errors);
        code = message_outcome(&errors, arguments.loading.quiet);
        code = interrupted() ? EXIT_INTERRUPTED : !ok && code == 0 ? ERROR_SOFTWARE : code;
        if (sweep.points)
            points_release(sweep.points, grid_points(&sweep.grid));
        grid_release(&sweep.grid);
        arena_free(sweep.arena);
    }
    loaded_release(&loaded);
    loaded_options_release(&arguments.loading);
    errors_release(&errors);
    return code;
}
