#include "tui/history.h"

#include <math.h>
#include <string.h>

#define REPLICATIONS 32 /* that are looked at */
#define INTERVALS    4  /* of a cell */

static bool is_it(const struct series *series, const struct history *h, uint32_t index)
{
    return series->scope == h->scope && series->index == index &&
           !strcmp(series->metric, h->metric);
}

/* Things of a scope follow each other, each with the same series: where those of the first two
 * stand tells where the others do. */
static const struct series *find(const struct results *results, const struct history *h)
{
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < results->series_count; i++) {
        const struct series *series = &results->series[i];
        if (is_it(series, h, h->index))
            return series;
        if (first == SIZE_MAX && is_it(series, h, 0))
            first = i;
        if (first != SIZE_MAX && is_it(series, h, 1)) {
            size_t at = first + (i - first) * h->index;
            if (at < results->series_count && is_it(&results->series[at], h, h->index))
                return &results->series[at];
            first = SIZE_MAX - 1; /* not so here */
        }
    }
    return NULL;
}

/* The mean over intervals `from` to `to`, spread over them. */
static double mean(const struct results *results, const struct series *series, size_t from,
                   size_t to)
{
    size_t step = (to - from + INTERVALS - 1) / INTERVALS;
    size_t most = results->replications < REPLICATIONS ? results->replications : REPLICATIONS;
    double above = 0, below = 0;
    for (size_t i = from; i < to; i += step)
        for (size_t r = 0; r < most; r++) {
            const float *row = results->series_values[r] + i * results->series_columns;
            above += (double)row[series->column];
            below += series->ratio ? (double)row[series->column + 1] : 1;
        }
    return below > 0 ? above / below : NAN;
}

static void put(struct canvas *canvas, int x, int y, double share, bool goal)
{
    int eighths = (int)lround(8 * fmin(share, 1));
    enum ink ink = INK_LINE;
    if (isnan(share) || share <= 0) {
        canvas_put(canvas, x, y, 0x00B7, INK_RULE);
        return;
    }
    if (goal)
        ink = share > 1 ? INK_BAD : INK_LINE;
    else if (share >= 0.9)
        ink = share >= 1 ? INK_BAD : INK_WARN;
    canvas_put(canvas, x, y, 0x2580 + (uint32_t)(eighths < 1 ? 1 : eighths), ink);
}

void history_draw(struct canvas *canvas, struct area line, const struct results *results,
                  const struct history *history)
{
    bool known = results && results->series_values && results->intervals && results->replications;
    const struct series *series = known && history->limit > 0 ? find(results, history) : NULL;
    for (int i = 0; i < line.width; i++) {
        double share = NAN;
        if (series) {
            size_t cells = (size_t)line.width, n = results->intervals;
            size_t from = (size_t)i * n / cells, to = ((size_t)i + 1) * n / cells;
            share = mean(results, series, from, to > from ? to : from + 1) / history->limit;
        }
        put(canvas, line.x + i, line.y, share, history->goal);
    }
}
