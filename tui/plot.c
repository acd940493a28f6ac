#include "tui/plot.h"

#include <math.h>
#include <stdlib.h>

#include "tui/format.h"

static double greatest(const double *values, size_t count, double top)
{
    for (size_t i = 0; values && i < count; i++)
        if (values[i] > top)
            top = values[i];
    return top;
}

double plot_top(const struct plot *plot)
{
    double top = greatest(plot->values, plot->count, isnan(plot->limit) ? 0 : plot->limit);
    top = greatest(plot->high, plot->count, top);
    if (!(top > 0))
        return 1;
    double power = pow(10, floor(log10(top)));
    static const double steps[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] * power >= top * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

/* The dots of one plot: two bits a dot are kept apart, because line and band have different inks.
 */
struct dots {
    struct area area;
    int columns, rows; /* dots to a cell */
    int width, height; /* in dots */
    double top;
    unsigned char *line, *band; /* owned; one byte a cell, a bit a dot */
};

/* Braille numbers its dots down the left column, then the right, then the lowest row. */
static unsigned char dot_bit(const struct dots *dots, int x, int y)
{
    static const unsigned char bits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    return bits[y % dots->rows][x % dots->columns];
}

static void dots_set(const struct dots *dots, unsigned char *plane, int x, int y)
{
    if (x < 0 || y < 0 || x >= dots->width || y >= dots->height)
        return;
    plane[y / dots->rows * dots->area.width + x / dots->columns] |= dot_bit(dots, x, y);
}

static int dots_level(const struct dots *dots, double value)
{
    double share = fmin(fmax(value / dots->top, 0), 1);
    return dots->height - 1 - (int)lround(share * (dots->height - 1));
}

/* The points that fall on a column of dots: at least one. */
static void column_points(const struct dots *dots, size_t count, int x, size_t *first, size_t *end)
{
    *first = (size_t)x * count / (size_t)dots->width;
    *end = ((size_t)x + 1) * count / (size_t)dots->width;
    if (*end <= *first)
        *end = *first + 1;
}

static double column_extreme(const struct dots *dots, const double *values, size_t count, int x,
                             bool most)
{
    size_t first, end;
    column_points(dots, count, x, &first, &end);
    double found = NAN;
    for (size_t i = first; i < end && i < count; i++)
        if (isnan(found) || (most ? values[i] > found : values[i] < found))
            found = isnan(values[i]) ? found : values[i];
    return found;
}

static void draw_band(const struct dots *dots, const struct plot *plot)
{
    for (int x = 0; x < dots->width; x++) {
        double low = column_extreme(dots, plot->low, plot->count, x, false);
        double high = column_extreme(dots, plot->high, plot->count, x, true);
        if (isnan(low) || isnan(high) || high <= 0)
            continue;
        for (int y = dots_level(dots, high); y <= dots_level(dots, low); y++)
            if (dots->rows == 1 || (x + y) % 2 == 0)
                dots_set(dots, dots->band, x, y);
    }
}

/* Neighbouring columns are joined by a vertical stroke. */
static void draw_line(const struct dots *dots, const struct plot *plot)
{
    int before = -1;
    for (int x = 0; x < dots->width; x++) {
        double value = column_extreme(dots, plot->values, plot->count, x, true);
        if (isnan(value)) {
            before = -1;
            continue;
        }
        int level = dots_level(dots, value);
        int from = before < 0 ? level : before, step = from < level ? 1 : -1;
        for (int y = from; y != level; y += step)
            dots_set(dots, dots->line, x, y);
        dots_set(dots, dots->line, x, level);
        before = level;
    }
}

static void blit_dots(struct canvas *canvas, const struct dots *dots)
{
    for (int y = 0; y < dots->area.height; y++)
        for (int x = 0; x < dots->area.width; x++) {
            int i = y * dots->area.width + x;
            unsigned char bits = dots->line[i] ? dots->line[i] : dots->band[i];
            if (!bits)
                continue;
            uint32_t glyph = canvas->ascii ? (dots->line[i] ? '*' : ':') : 0x2800u + bits;
            canvas_put(canvas, dots->area.x + x, dots->area.y + y, glyph,
                       dots->line[i] ? INK_LINE : INK_BAND);
        }
}

static void draw_limit(struct canvas *canvas, const struct dots *dots, double limit)
{
    if (isnan(limit))
        return;
    int y = dots->area.y + dots_level(dots, limit) / dots->rows;
    for (int x = 0; x < dots->area.width; x++)
        if (canvas_glyph(canvas, dots->area.x + x, y) == ' ')
            canvas_put(canvas, dots->area.x + x, y, 0x2504, INK_LIMIT);
}

static void draw_cursor(struct canvas *canvas, const struct dots *dots, double cursor)
{
    if (isnan(cursor))
        return;
    int cell = (int)(cursor * dots->area.width);
    int x = dots->area.x + (cell < dots->area.width ? cell : dots->area.width - 1);
    for (int y = dots->area.y; y < dots->area.y + dots->area.height; y++) {
        bool blank = canvas_glyph(canvas, x, y) == ' ';
        if (blank)
            canvas_put(canvas, x, y, 0x2502, INK_ACCENT);
        else
            canvas_tint(canvas, (struct area){x, y, 1, 1}, INK_ACCENT);
    }
}

/* Top, half and 0, at the rows nearest to them. */
static void draw_scale(struct canvas *canvas, const struct dots *dots, const struct plot *plot)
{
    double scale = plot->scale > 0 ? plot->scale : 1;
    int x = dots->area.x - 1;
    for (int y = 0; y < dots->area.height; y++)
        canvas_put(canvas, x, dots->area.y + y, 0x2502, INK_DIM);
    for (int i = 0; i < 3; i++) {
        char text[32];
        double value = dots->top * i / 2;
        int y = dots->area.y + dots_level(dots, value) / dots->rows;
        if (i == 1 && dots->area.height < 5)
            continue;
        format_scale(text, sizeof text, value * scale, plot->unit);
        canvas_right(canvas, x - PLOT_SCALE + 1, y, PLOT_SCALE - 2, INK_DIM, text);
        canvas_put(canvas, x, y, 0x2524, INK_DIM);
    }
}

void plot_draw(struct canvas *canvas, struct area area, const struct plot *plot)
{
    if (area.height < 3 || area.width < PLOT_SCALE + 8)
        return;
    canvas_text(canvas, area.x + PLOT_SCALE, area.y, area.width - PLOT_SCALE, INK_STRONG,
                plot->title);
    struct area body = {area.x, area.y + 1, area.width, area.height - 2};
    struct dots dots = {.area = {body.x + PLOT_SCALE, body.y, body.width - PLOT_SCALE, body.height},
                        .columns = canvas->ascii ? 1 : 2,
                        .rows = canvas->ascii ? 1 : 4,
                        .top = plot_top(plot)};
    dots.width = dots.area.width * dots.columns;
    dots.height = dots.area.height * dots.rows;
    size_t cells = (size_t)dots.area.width * (size_t)dots.area.height;
    dots.line = calloc(cells, 1);
    dots.band = calloc(cells, 1);
    draw_scale(canvas, &dots, plot);
    if (dots.line && dots.band && plot->count > 0) {
        if (plot->low && plot->high)
            draw_band(&dots, plot);
        draw_line(&dots, plot);
        blit_dots(canvas, &dots);
        draw_limit(canvas, &dots, plot->limit);
        draw_cursor(canvas, &dots, plot->cursor);
    }
    for (size_t i = 0; i < plot->mark_count; i++)
        canvas_put(canvas, dots.area.x + (int)lround(plot->marks[i].at * (dots.area.width - 1)),
                   body.y + body.height, plot->marks[i].glyph, plot->marks[i].ink);
    canvas_hotspot(canvas, dots.area, CLICK_ALONG, 0);
    free(dots.line);
    free(dots.band);
}
