#include "sim/study/trace_peaks.h"

#include <stdlib.h>

bool trace_peaks_init(struct trace_peaks *peaks, const struct scenario *scenario,
                      const struct trace_source *traces)
{
    *peaks = (struct trace_peaks){.scenario = scenario, .traces = traces};
    peaks->rows = peakedness_new(scenario->class_count + scenario->cluster_count);
    peaks->weights = calloc(scenario->class_count + (size_t)1, sizeof *peaks->weights);
    for (uint32_t c = 0; peaks->weights && c < scenario->class_count; c++)
        peaks->weights[c].cluster = NONE;
    return peaks->rows && peaks->weights;
}

void trace_peaks_release(struct trace_peaks *peaks)
{
    peakedness_free(peaks->rows);
    free(peaks->weights);
    *peaks = (struct trace_peaks){0};
}

/* What a call of a class weighs where it enters: as the row before, if that entered there too. */
static double units_of(const struct trace_peaks *peaks, uint32_t class_index, struct via via,
                       enum media media)
{
    struct trace_weight *weight = &peaks->weights[class_index];
    if (weight->cluster == via.cluster && weight->media == media)
        return weight->units;
    struct call_class call = peaks->scenario->classes[class_index];
    struct platform node = scenario_cluster_node(peaks->scenario, via.cluster);
    call.via = via;
    call.media = media;
    *weight = (struct trace_weight){via.cluster, media,
                                    (double)scenario_call_units(peaks->scenario, &call, &node)};
    return weight->units;
}

/* Counts a row where the simulation will let it in. */
static bool count_row(struct trace_peaks *peaks, uint32_t trace, const struct trace_row *row)
{
    const struct scenario *s = peaks->scenario;
    const struct call_class *class = &s->classes[row->class_index];
    struct via via = s->traces[trace].has_via ? s->traces[trace].via : class->via;
    enum media media = row->media >= 0 ? (enum media)row->media : class->media;
    return peakedness_add(peaks->rows,
                          &(struct peakedness_call){
                              .start = row->start,
                              .duration = row->duration,
                              .stream = {row->class_index, s->class_count + via.cluster},
                              .weight = {1, units_of(peaks, row->class_index, via, media)},
                          });
}

/* ---- Watching ---- */

struct cursor {
    struct trace_peaks *peaks;
    struct errors *errors; /* borrowed */
    void *inner;           /* owned */
    uint32_t trace;
    bool watched;
    bool holds; /* `row` was delivered and is not counted yet */
    struct trace_row row;
};

static void *cursor_open(void *context, uint32_t trace, struct errors *errors)
{
    struct trace_peaks *peaks = context;
    struct cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor) {
        errors_no_memory(errors);
        return NULL;
    }
    *cursor = (struct cursor){
        .peaks = peaks, .errors = errors, .trace = trace, .watched = peaks->watching};
    cursor->inner = peaks->traces->open(peaks->traces->context, trace, errors);
    if (cursor->inner)
        return cursor;
    free(cursor);
    return NULL;
}

static int cursor_next(void *context, struct trace_row *row)
{
    struct cursor *cursor = context;
    if (cursor->watched && cursor->holds &&
        !count_row(cursor->peaks, cursor->trace, &cursor->row)) {
        errors_no_memory(cursor->errors);
        return -1;
    }
    int status = cursor->peaks->traces->next(cursor->inner, row);
    cursor->holds = status == 1;
    if (cursor->holds)
        cursor->row = *row;
    return status;
}

static void cursor_close(void *context)
{
    struct cursor *cursor = context;
    cursor->peaks->traces->close(cursor->inner);
    free(cursor);
}

struct trace_source trace_peaks_source(struct trace_peaks *peaks)
{
    return (struct trace_source){
        .context = peaks, .open = cursor_open, .next = cursor_next, .close = cursor_close};
}

/* ---- Reading ---- */

/* A trace being read: its cursor and its next row; `more` as next() says. */
struct reading {
    struct cursor *cursor;
    struct trace_row row;
    int more;
};

static void step(struct reading *reading)
{
    reading->more = cursor_next(reading->cursor, &reading->row);
}

/* The trace whose row is next; NULL at the end of all. */
static struct reading *earliest(struct reading *readings, uint32_t count)
{
    struct reading *first = NULL;
    for (uint32_t t = 0; t < count; t++)
        if (readings[t].more == 1 && (!first || readings[t].row.start < first->row.start))
            first = &readings[t];
    return first;
}

bool trace_peaks_read(struct trace_peaks *peaks, struct errors *errors)
{
    uint32_t count = peaks->scenario->trace_count;
    struct reading *readings = calloc(count + (size_t)1, sizeof *readings), *next;
    bool ok = readings != NULL;
    if (!ok)
        errors_no_memory(errors);
    peaks->watching = true;
    for (uint32_t t = 0; ok && t < count; t++) {
        ok = (readings[t].cursor = cursor_open(peaks, t, errors)) != NULL;
        if (ok)
            step(&readings[t]);
    }
    while (ok && (next = earliest(readings, count)))
        step(next);
    for (uint32_t t = 0; readings && t < count; t++) {
        ok = ok && readings[t].more == 0;
        if (readings[t].cursor)
            cursor_close(readings[t].cursor);
    }
    peaks->watching = false;
    free(readings);
    return ok;
}

struct peakedness_figure trace_peaks_class(const struct trace_peaks *peaks, uint32_t class_index)
{
    return peakedness_of(peaks->rows, class_index);
}

struct peakedness_figure trace_peaks_cluster(const struct trace_peaks *peaks, uint32_t cluster)
{
    return peakedness_of(peaks->rows, peaks->scenario->class_count + cluster);
}
