#include "cli/fit_model.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/csv_reader.h"
#include "data/import.h"
#include "data/import_tally.h"
#include "data/settings.h"
#include "model/base/number.h"
#include "model/base/output.h"
#include "model/base/similar.h"
#include "reports/csv.h"
#include "sim/study/experiment.h"

#define STREAMS    64  /* classes whose peakedness is measured; those that come first */
#define DAYS_MOST  28  /* simulated for the comparison */
#define WEEKS_MOST 104 /* written out */
#define EMPIRICAL  500
#define PLENTY     1000000000 /* units that never run out */

/* ---- reading ---- */

struct time_zone *fit_zone_of(const char *path, struct errors *errors)
{
    static const struct csv_column columns[] = {{"start", true}};
    struct errors own;
    int32_t offset = 0;
    errors_init(&own);
    struct input *input = input_open(path, &own);
    if (input && !input_repeatable(input)) { /* it is read once only */
        input_close(input);
        input = NULL;
    }
    struct csv_reader *reader = input ? csv_reader_new(input, columns, 1, &own) : NULL;
    if (reader && csv_reader_next(reader, &own) == CSV_ROW)
        import_offset_of(csv_reader_field(reader, 0), &offset);
    csv_reader_free(reader);
    errors_release(&own);
    struct time_zone *zone = time_zone_fixed(offset);
    if (!zone)
        errors_no_memory(errors);
    return zone;
}

struct reading {
    struct fit_reading *fit;
    struct peakedness *peakedness;
    char *names[STREAMS]; /* owned */
    uint32_t count;
    uint32_t last; /* stream of the call before */
};

static uint32_t stream_of(struct reading *reading, const char *name)
{
    if (reading->last < reading->count && strcmp(reading->names[reading->last], name) == 0)
        return reading->last;
    for (uint32_t i = 0; i < reading->count; i++)
        if (strcmp(reading->names[i], name) == 0)
            return reading->last = i;
    if (reading->count == STREAMS || !(reading->names[reading->count] = strdup(name)))
        return STREAMS;
    return reading->last = reading->count++;
}

static bool take_call(void *context, const struct import_call_out *call)
{
    struct reading *reading = context;
    uint32_t stream = stream_of(reading, call->class_name);
    struct peakedness_call counted = {.start = call->start,
                                      .duration = call->duration,
                                      .stream = {stream, STREAMS + 1},
                                      .weight = {1, 1}};
    return peakedness_add(reading->peakedness, &counted) && fit_reading_add(reading->fit, call);
}

static struct import_options import_of(const struct fit_source *source)
{
    return (struct import_options){.format = "auto",
                                   .files = source->files,
                                   .file_count = source->file_count,
                                   .zone = source->zone,
                                   .default_class = "call",
                                   .folder = source->folder,
                                   .progress = progress_import,
                                   .progress_context = source->line};
}

static void fill_peakedness(const struct reading *reading, const struct fit *fit,
                            struct fit_record *record)
{
    for (size_t i = 0; i < fit->class_count; i++) {
        record->peakedness[i] = (struct peakedness_figure){.value = NAN, .half = NAN};
        for (uint32_t s = 0; s < reading->count; s++)
            if (strcmp(reading->names[s], fit->classes[i].name) == 0)
                record->peakedness[i] = peakedness_of(reading->peakedness, s);
    }
}

static void tell_classes(void *context, size_t done, size_t all)
{
    progress_count(context, "classes fitted", 0, done, all);
}

bool fit_read(const struct fit_source *source, struct fit *fit, struct fit_record *record,
              struct errors *errors)
{
    struct import_clock clock;
    import_clock_init(&clock, source->zone);
    struct reading reading = {.fit = fit_reading_new(&clock),
                              .peakedness = peakedness_new(STREAMS + 2)};
    struct import_options options = import_of(source);
    options.call = take_call;
    options.call_context = &reading;
    bool good = (reading.fit && reading.peakedness) || errors_no_memory(errors);
    good = good && import_run(&options, &record->summary, errors);
    good = good && (fit_reading_finish(reading.fit, fit, tell_classes, source->line) ||
                    errors_no_memory(errors));
    if (good) {
        record->peakedness = calloc(fit->class_count + 1, sizeof *record->peakedness);
        good = record->peakedness || errors_no_memory(errors);
    }
    if (good)
        fill_peakedness(&reading, fit, record);
    for (uint32_t i = 0; i < reading.count; i++)
        free(reading.names[i]);
    fit_reading_free(reading.fit);
    peakedness_free(reading.peakedness);
    return good;
}

/* ---- the record at a size ---- */

struct replay {
    nanos *ends; /* owned; a heap of `size` places */
    uint64_t size, count, offered, blocked;
};

static void heap_replace(struct replay *replay, nanos end)
{
    nanos *heap = replay->ends;
    uint64_t at = 0;
    for (;;) {
        uint64_t child = 2 * at + 1;
        if (child >= replay->count)
            break;
        child += child + 1 < replay->count && heap[child + 1] < heap[child];
        if (heap[child] >= end)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = end;
}

static void heap_add(struct replay *replay, nanos end)
{
    uint64_t at = replay->count++;
    for (; at > 0 && replay->ends[(at - 1) / 2] > end; at = (at - 1) / 2)
        replay->ends[at] = replay->ends[(at - 1) / 2];
    replay->ends[at] = end;
}

/* A place that is free by now is taken again; what ends at an instant ends before a start. */
static bool replay_call(void *context, const struct import_call_out *call)
{
    struct replay *replay = context;
    nanos end = call->start + call->duration;
    replay->offered++;
    if (call->duration == 0)
        return true;
    if (replay->count && replay->ends[0] <= call->start)
        heap_replace(replay, end);
    else if (replay->count < replay->size)
        heap_add(replay, end);
    else
        replay->blocked++;
    return true;
}

bool fit_replay(const struct fit_source *source, const struct fit_question *question,
                struct fit_comparison *comparison, struct errors *errors)
{
    struct replay replay = {.size = question->size};
    struct import_options options = import_of(source);
    struct call_summary summary = {0};
    struct errors again;
    errors_init(&again);
    replay.ends = calloc(question->size + 1, sizeof *replay.ends);
    options.call = replay_call;
    options.call_context = &replay;
    bool good = (replay.ends || errors_no_memory(errors)) && import_run(&options, &summary, &again);
    if (replay.ends && !good)
        errors_add(errors, ERROR_DATA, source->files[0], 0, 0,
                   "cannot be read twice, which the comparison needs");
    comparison->record_blocked =
        replay.offered ? (double)replay.blocked / (double)replay.offered : 0;
    errors_release(&again);
    call_summary_release(&summary);
    free(replay.ends);
    return good;
}

/* ---- the model as text ---- */

static void put_quoted(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', out);
        putc(*text, out);
    }
    putc('"', out);
}

/* Holding times of which no distribution is known, as a file: points of equal weight. Owned; NULL
 * with an error. */
static struct output *open_empirical(const struct fit_class *class, const char *path,
                                     struct errors *errors)
{
    struct output *output = output_open(path, errors);
    if (!output)
        return NULL;
    FILE *out = output_stream(output);
    char number[NUMBER_SIZE];
    size_t count = class->sample_count < EMPIRICAL ? class->sample_count : EMPIRICAL;
    fputs("duration\n", out);
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)(((double)i + 0.5) * (double)class->sample_count / (double)count);
        fprintf(out, "%s\n", number_format(class->sample[at], number));
    }
    return output;
}

static bool write_empirical(const struct fit_class *class, const char *path, struct errors *errors)
{
    struct output *output = open_empirical(class, path, errors);
    return output && output_commit(output, errors);
}

static void put_seconds(FILE *out, double seconds)
{
    char number[NUMBER_SIZE];
    fprintf(out, "%ss", number_format_fixed(fmax(seconds, 0.001), 3, number));
}

static void put_branches(FILE *out, const struct fit_distribution *d)
{
    double p = round(d->probabilities[0] * 1e6) / 1e6;
    char first[NUMBER_SIZE], second[NUMBER_SIZE];
    fprintf(out, "probabilities: [%s, %s], means: [", number_format_fixed(p, 6, first),
            number_format_fixed(1 - p, 6, second));
    put_seconds(out, d->means[0]);
    fputs(", ", out);
    put_seconds(out, d->means[1]);
    fputs("]}", out);
}

/* "{distribution: lognormal, mean: 183.5s, cv: 1.2}"; `file` is the empirical one. */
static void put_holding(FILE *out, const struct fit_class *class, const char *file)
{
    const struct fit_holding *holding = &class->holding;
    char number[NUMBER_SIZE];
    if (holding->best < 0) {
        fputs("{distribution: empirical, file: ", out);
        put_quoted(out, file);
        fputs("}", out);
        return;
    }
    enum fit_kind kind = (enum fit_kind)holding->best;
    const struct fit_distribution *d = &holding->distributions[kind];
    fprintf(out, "{distribution: %s, ", fit_kind_name(kind));
    if (kind == FIT_HYPEREXPONENTIAL) {
        put_branches(out, d);
        return;
    }
    fputs("mean: ", out);
    put_seconds(out, d->mean);
    if (kind == FIT_LOGNORMAL || kind == FIT_GAMMA)
        fprintf(out, ", cv: %s", number_format_fixed(d->cv, 4, number));
    putc('}', out);
}

static enum fit_day kind_of(int64_t hour)
{
    int64_t weekday = ((hour / 24 + 3) % 7 + 7) % 7;
    return weekday >= 5 ? FIT_WEEKEND : FIT_WEEKDAY;
}

/* Rates from a local clock hour on, for `hours` of them. */
static void put_arrivals(FILE *out, const struct fit_class *class, int64_t first, int64_t hours,
                         const char *indent)
{
    char number[NUMBER_SIZE];
    double most = 0, before = -1;
    for (int k = 0; k < FIT_DAY_KINDS; k++)
        for (int h = 0; h < 24; h++)
            most = fmax(most, class->rates[k][h]);
    fprintf(out, "{rate: %s/h, steps: [", number_format_fixed(most, 4, number));
    int on_line = 0;
    for (int64_t i = 0; i < hours; i++) {
        double rate = class->rates[kind_of(first + i)][(first + i) % 24];
        if (rate == before)
            continue;
        before = rate;
        fprintf(out, "%s%s[%lldh, %s]", i ? "," : "",
                !i            ? ""
                : on_line % 8 ? " "
                              : indent,
                (long long)i, number_format_fixed(most > 0 ? rate / most : 0, 6, number));
        on_line++;
    }
    fputs("]}", out);
}

/* A path without its extension. */
static int stem_length(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && dot > path && !strchr(dot, '/') && dot[-1] != '/' ? (int)(dot - path)
                                                                    : (int)strlen(path);
}

/* Name of the file for a class without a distribution, beside the scenario. Owned. */
char *fit_holding_path(const char *path, size_t class_index)
{
    char *name;
    return asprintf(&name, "%.*s-holding-%zu.csv", stem_length(path), path, class_index + 1) < 0
               ? NULL
               : name;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *fit_profile_path(const char *path)
{
    char *name;
    return asprintf(&name, "%.*s-profile.csv", stem_length(path), path) < 0 ? NULL : name;
}

/* The rates of all classes over a day, or over a week from Monday on. */
static bool write_profile(const struct fit *fit, const char *path, struct errors *errors)
{
    if (strcmp(path, "-") == 0) /* nothing lies beside it: rates stand in the scenario */
        return true;
    char *name = fit_profile_path(path), time[32];
    struct output *output = name ? output_open(name, errors) : NULL;
    free(name);
    if (!output)
        return name ? false : errors_no_memory(errors);
    struct table table = csv_table(output_stream(output));
    table_begin(&table, "profile", "time,class,calls_per_hour");
    for (size_t i = 0; i < fit->class_count; i++) {
        double before = -1;
        for (int hour = 0; hour < (fit->weekly ? 168 : 24); hour++) {
            double rate = fit->classes[i].rates[hour / 24 >= 5][hour % 24];
            if (rate == before)
                continue;
            before = rate;
            snprintf(time, sizeof time, "%dh", hour);
            table_text(&table, time);
            table_text(&table, fit->classes[i].name);
            table_number(&table, rate);
        }
    }
    table_end(&table);
    return output_commit(output, errors);
}

/* "{profile: model-profile.csv, repeat: week}" */
static void put_profile(FILE *out, const struct fit *fit, const char *path)
{
    char *name = fit_profile_path(path);
    fputs("{profile: ", out);
    put_quoted(out, name ? base_of(name) : "");
    fprintf(out, ", repeat: %s}", fit->weekly ? "week" : "day");
    free(name);
}

/* Writes the files of classes without a distribution. */
static bool write_files(const struct fit *fit, const char *path, struct errors *errors)
{
    for (size_t i = 0; i < fit->class_count; i++) {
        if (fit->classes[i].holding.best >= 0)
            continue;
        if (strcmp(path, "-") == 0) {
            errors_add(errors, ERROR_USAGE, NULL, 0, 0,
                       "no distribution fits the holding times of '%s', which need a file: -o has "
                       "to name one",
                       fit->classes[i].name);
            return false;
        }
        char *file = fit_holding_path(path, i);
        bool good =
            file ? write_empirical(&fit->classes[i], file, errors) : errors_no_memory(errors);
        free(file);
        if (!good)
            return false;
    }
    return true;
}

/* What calls take is not in every record: what is said here is the likelier, and asked for. */
static void put_media(FILE *out, const struct fit_class *class)
{
    char comment[120] = "# assumed: the record does not say";
    if (class->audio && class->video)
        snprintf(comment, sizeof comment,
                 "# %llu of them audio, %llu video: import --class can tell them apart",
                 (unsigned long long)class->audio, (unsigned long long)class->video);
    else if (class->audio + class->video == class->calls)
        comment[0] = '\0';
    fprintf(out, "\n    media: %s%*s%s", class->video > class->audio ? "video" : "audio",
            *comment ? 24 : 0, "", comment);
    fputs(
        "\n    service: registered                 # assumed: b2b, mra ...; peerplan help scenario",
        out);
}

/* The hours that a model is about, local and since 1970. */
struct model_hours {
    int64_t first, hours;
};

/* Hours 0: the rates are those of the profile. `held`: files of holding times by class; NULL: they
 * lie beside the path. */
static void put_calls(FILE *out, const struct fit *fit, const char *path, struct model_hours span,
                      struct output *const *held)
{
    fputs("calls:\n", out);
    for (size_t i = 0; i < fit->class_count; i++) {
        char *file = held ? NULL : fit_holding_path(path, i);
        fputs("  - name: ", out);
        put_quoted(out, fit->classes[i].name);
        put_media(out, &fit->classes[i]);
        fputs("\n    arrivals: ", out);
        if (span.hours)
            put_arrivals(out, &fit->classes[i], span.first, span.hours, "\n      ");
        else
            put_profile(out, fit, path);
        fputs("\n    holding: ", out);
        put_holding(out, &fit->classes[i],
                    file              ? base_of(file)
                    : held && held[i] ? output_file(held[i])
                                      : "");
        putc('\n', out);
        free(file);
    }
}

static void put_stub(FILE *out, uint64_t units)
{
    fprintf(out,
            "platforms: [{name: box, units: %llu, audio-weight: 1, video-weight: 1}] # a call of "
            "any kind takes 1\n"
            "clusters: [{name: stub, redundancy: none, peers: [{name: p1, platform: box}]}]\n",
            (unsigned long long)units);
}

static void put_run(FILE *out, int64_t first_hour, int64_t hours,
                    const struct fit_question *question)
{
    int year, month, day;
    import_date(first_hour / 24, &year, &month, &day);
    fprintf(out,
            "run: {start: \"%04d-%02d-%02dT%02d:00\", length: %lldh, warmup: none, replications: "
            "%d, seed: %llu}\n",
            year, month, day, (int)(first_hour % 24), (long long)hours, question->replications,
            (unsigned long long)question->seed);
}

/* Local hours since 1970: that of an instant, in the zone of the record. */
static int64_t local_hour(const struct fit *fit, nanos instant)
{
    return (instant / SECOND + fit->offset) / 3600;
}

char *fit_model_text(const struct fit *fit, const struct fit_question *question, const char *path,
                     struct errors *errors)
{
    char *text = NULL;
    size_t length;
    if (!write_files(fit, path, errors) || !write_profile(fit, path, errors))
        return NULL;
    FILE *out = open_memstream(&text, &length);
    if (!out) {
        errors_no_memory(errors);
        return NULL;
    }
    int64_t day = local_hour(fit, fit->first) / 24;
    int64_t first = (fit->weekly ? day - ((day + 3) % 7 + 7) % 7 : day) * 24;
    int64_t hours = fit->weekly ? 168 : 24;
    fputs("# A model of recorded calls, made by peerplan fit.\n"
          "# A record is carried traffic: calls that were refused are not in it.\n"
          "scenario: Fitted to recorded calls\n"
          "# A stub: put your own cluster here, and say what the calls are.\n",
          out);
    put_stub(out, question->size);
    put_calls(out, fit, path, (struct model_hours){first, strcmp(path, "-") == 0 ? hours : 0},
              NULL);
    put_run(out, first, hours, question);
    bool good = !ferror(out);
    if (fclose(out) == 0 && good)
        return text;
    free(text);
    errors_no_memory(errors);
    return NULL;
}

/* ---- into a scenario ---- */

static bool class_known(const struct scenario *scenario, const struct fit_class *class,
                        struct errors *errors, const char *path)
{
    const char *names[256];
    size_t count = 0;
    for (uint32_t i = 0; i < scenario->class_count; i++) {
        if (strcmp(scenario->classes[i].name, class->name) == 0)
            return true;
        if (count < 256)
            names[count++] = scenario->classes[i].name;
    }
    const char *meant = similar_find(class->name, names, count);
    errors_add(errors, ERROR_DATA, path, 0, 0,
               meant ? "has no calls named '%s', which the record has; did you mean '%s'?"
                     : "has no calls named '%s', which the record has%s",
               class->name, meant ? meant : "");
    return false;
}

/* "calls.NAME.KEY=VALUE" by a function that writes the value; owned. */
static char *setting_for(const struct fit *fit, size_t index, const struct scenario *scenario,
                         const char *path, bool arrivals)
{
    char *text = NULL, name[SETTING_NAME_SIZE];
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    const struct fit_class *class = &fit->classes[index];
    char *file = fit_holding_path(path, index);
    int64_t first = scenario->run.start_unix / 3600;
    int64_t weeks = scenario->run.length / (7 * DAY) + 1; /* steps beyond a day do not repeat */
    int64_t hours = fit->weekly ? 168 * (weeks < WEEKS_MOST ? weeks : WEEKS_MOST) : 24;
    fprintf(out, "calls.%s.%s=", setting_name(class->name, name),
            arrivals ? "arrivals" : "holding");
    if (arrivals && strcmp(path, "-") == 0)
        put_arrivals(out, class, first, hours, " ");
    else if (arrivals)
        put_profile(out, fit, path);
    else
        put_holding(out, class, file ? base_of(file) : "");
    free(file);
    fclose(out);
    return text;
}

static char *patched(const struct fit *fit, const struct draft *draft,
                     const struct scenario *scenario, const char *path, struct errors *errors)
{
    size_t count = 0;
    char *text = NULL;
    const char **items = calloc(2 * fit->class_count + 1, sizeof *items);
    bool good = items || errors_no_memory(errors);
    for (size_t i = 0; good && i < 2 * fit->class_count; i++) {
        items[count] = setting_for(fit, i / 2, scenario, path, i % 2 == 0);
        good = items[count++] || errors_no_memory(errors);
    }
    size_t own = count;
    if (good && scenario->trace_count)
        items[count++] = "traces=";
    if (good)
        text = draft_text(draft, &(struct settings){items, count}, errors);
    for (size_t i = 0; items && i < own; i++)
        free((char *)(uintptr_t)items[i]);
    free(items);
    return text;
}

char *fit_model_into(const struct fit *fit, const char *path_of_scenario, const char *path,
                     struct errors *errors)
{
    struct scenario scenario = {0};
    struct draft *draft = draft_read(path_of_scenario, false, errors);
    bool good = draft && draft_scenario(draft, NULL, &scenario, errors);
    char *text = NULL;
    for (size_t i = 0; good && i < fit->class_count; i++)
        good = class_known(&scenario, &fit->classes[i], errors, path_of_scenario);
    if (good && write_files(fit, path, errors) && write_profile(fit, path, errors))
        text = patched(fit, draft, &scenario, path, errors);
    scenario_release(&scenario);
    draft_free(draft);
    return text;
}

/* ---- the model simulated ---- */

/* What one replication comes to. */
struct replication {
    double peak, busy_erlangs, blocked;
};

struct listening {
    struct progress_line *line; /* borrowed */
    struct replication *all;    /* by replication */
    struct time_zone *zone;
    int64_t start_unix;
    bool blocked; /* what is asked for: blocking, or the calls in progress */
};

struct ear {
    struct listening *listening;
    uint32_t replication;
    struct import_clock clock;
    struct import_tally *tally; /* owned */
    uint64_t offered, refused;
};

static void *ear_open(void *context, uint32_t replication)
{
    struct ear *ear = calloc(1, sizeof *ear);
    if (!ear)
        return NULL;
    ear->listening = context;
    ear->replication = replication;
    import_clock_init(&ear->clock, ear->listening->zone);
    ear->tally = import_tally_new(&ear->clock, NULL, NULL);
    if (ear->tally)
        return ear;
    free(ear);
    return NULL;
}

static bool ear_row(void *handle, const struct call_record *record)
{
    struct ear *ear = handle;
    ear->offered++;
    if (record->outcome == OUTCOME_BLOCKED) {
        ear->refused++;
        return true;
    }
    if (ear->listening->blocked)
        return true;
    nanos start = ear->listening->start_unix * SECOND + record->start;
    return import_tally_call(ear->tally, start, record->end - record->start, 0, true);
}

static void ear_close(void *handle, bool complete)
{
    static const char *const names[] = {"all"};
    struct ear *ear = handle;
    struct call_summary summary = {0};
    struct replication *to = &ear->listening->all[ear->replication];
    if (complete && ear->listening->blocked) {
        to->blocked = ear->offered ? (double)ear->refused / (double)ear->offered : 0;
    } else if (complete && import_tally_finish(ear->tally, names, 1, &summary)) {
        to->peak = (double)summary.peak;
        to->busy_erlangs = summary.busy_erlangs;
    }
    call_summary_release(&summary);
    import_tally_free(ear->tally);
    free(ear);
}

static bool simulate_text(const char *text, const struct fit_question *question,
                          struct listening *listening, struct errors *errors)
{
    struct scenario scenario = {0};
    struct results results = {0};
    struct draft *draft = draft_new(text, "the model", "", errors);
    struct call_sink sink = {listening, ear_open, ear_row, ear_close};
    struct experiment_options options = {.replications = question->replications,
                                         .calls = &sink,
                                         .progress = progress_show,
                                         .progress_context = listening->line};
    bool good = draft && draft_scenario(draft, NULL, &scenario, errors);
    if (good) {
        listening->start_unix = scenario.run.start_unix;
        good = experiment_run(&scenario, &options, &results, errors);
        results_release(&results);
    }
    scenario_release(&scenario);
    draft_free(draft);
    return good;
}

static char *text_for(const struct fit *fit, uint64_t units, struct model_hours span,
                      struct output *const *held, const struct fit_question *question)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    put_stub(out, units);
    put_calls(out, fit, "", span, held);
    put_run(out, span.first, span.hours, question);
    return fclose(out) == 0 ? text : (free(text), NULL);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct fit_range range_of(const struct replication *all, size_t count, size_t field,
                                 double *room)
{
    for (size_t i = 0; i < count; i++)
        memcpy(&room[i], (const char *)&all[i] + field, sizeof *room);
    qsort(room, count, sizeof *room, compare_doubles);
    return (struct fit_range){gsl_stats_mean(room, 1, count),
                              gsl_stats_quantile_from_sorted_data(room, 1, count, 0.05),
                              gsl_stats_quantile_from_sorted_data(room, 1, count, 0.95)};
}

int fit_replications(const struct fit *fit, const struct call_summary *summary)
{
    double share =
        fit->span_seconds > DAYS_MOST * 86400.0 ? DAYS_MOST * 86400.0 / fit->span_seconds : 1;
    double replications = 1e7 / (share * (double)summary->calls + 1);
    return replications > 20 ? 20 : replications < 4 ? 4 : (int)replications;
}

/* Twice over the hours of the record: with units that never run out, and at the size. */
static bool simulate_both(const struct fit *fit, const struct fit_question *question,
                          struct output *const *held, struct listening *listening,
                          struct errors *errors)
{
    struct model_hours span = {.first = local_hour(fit, fit->first)};
    span.hours = local_hour(fit, fit->last) - span.first + 1;
    span.hours = span.hours < 24 * DAYS_MOST ? span.hours : 24 * DAYS_MOST;
    for (int i = 0; i < 2; i++) {
        char *text = text_for(fit, i ? question->size : PLENTY, span, held, question);
        listening->blocked = i;
        progress_part(listening->line, (size_t)i);
        bool good =
            text ? simulate_text(text, question, listening, errors) : errors_no_memory(errors);
        free(text);
        if (!good)
            return false;
    }
    return true;
}

/* Writes holding times to temporary files, by class; a signal removes them. */
static bool hold_times(const struct fit *fit, const char *folder, struct output **held,
                       struct errors *errors)
{
    bool good = true;
    for (size_t i = 0; good && i < fit->class_count; i++) {
        char *path;
        if (fit->classes[i].holding.best >= 0)
            continue;
        if (asprintf(&path, "%s/peerplan-fit-%zu.csv", folder, i + 1) < 0)
            return errors_no_memory(errors);
        held[i] = open_empirical(&fit->classes[i], path, errors);
        good = held[i] && output_complete(held[i], errors);
        free(path);
    }
    return good;
}

bool fit_simulate(const struct fit *fit, const struct fit_question *question,
                  const struct fit_source *source, struct fit_comparison *comparison,
                  struct errors *errors)
{
    const char *reason;
    size_t count = (size_t)question->replications;
    struct listening listening = {.zone = time_zone_new("UTC", &reason), .line = source->line};
    double *room = calloc(count, sizeof *room);
    struct output **held = calloc(fit->class_count + 1, sizeof(struct output *));
    listening.all = calloc(count, sizeof *listening.all);
    bool good = (listening.zone && listening.all && room && held) || errors_no_memory(errors);
    good = good && hold_times(fit, source->folder, held, errors) &&
           simulate_both(fit, question, held, &listening, errors);
    if (good) {
        comparison->peak = range_of(listening.all, count, offsetof(struct replication, peak), room);
        comparison->busy_erlangs =
            range_of(listening.all, count, offsetof(struct replication, busy_erlangs), room);
        comparison->blocked =
            range_of(listening.all, count, offsetof(struct replication, blocked), room);
    }
    comparison->days = fmin(fit->span_seconds / 86400, DAYS_MOST);
    for (size_t i = 0; held && i < fit->class_count; i++)
        output_abandon(held[i]);
    free(held);
    free(room);
    free(listening.all);
    time_zone_free(listening.zone);
    return good;
}
