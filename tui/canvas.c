#include "tui/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ELLIPSIS    0x2026
#define REPLACEMENT 0xFFFD

/* ---- Characters ---- */

/* Bytes that follow a lead byte, and the least code point such a sequence may stand for. */
static int sequence_length(unsigned char lead, uint32_t *bits, uint32_t *least)
{
    static const struct {
        unsigned char mask, lead;
        int more;
        uint32_t least;
    } rows[] = {{0x80, 0x00, 0, 0},
                {0xE0, 0xC0, 1, 0x80},
                {0xF0, 0xE0, 2, 0x800},
                {0xF8, 0xF0, 3, 0x10000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((lead & rows[i].mask) != rows[i].lead)
            continue;
        *bits = lead & (unsigned char)~rows[i].mask;
        *least = rows[i].least;
        return rows[i].more;
    }
    return -1;
}

uint32_t text_next(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    if (!*s)
        return 0;
    uint32_t glyph = 0, least = 0;
    int more = sequence_length(*s, &glyph, &least);
    *text += 1;
    for (int i = 1; i <= more; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return REPLACEMENT;
        glyph = glyph << 6 | (s[i] & 0x3F);
    }
    if (more < 0 || glyph < least || glyph > 0x10FFFF || (glyph >= 0xD800 && glyph < 0xE000))
        return REPLACEMENT;
    *text += more;
    return glyph;
}

int text_encode(uint32_t glyph, char buffer[4])
{
    if (glyph < 0x80) {
        buffer[0] = (char)glyph;
        return 1;
    }
    int more = glyph < 0x800 ? 1 : glyph < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
    buffer[0] = (char)(leads[more] | glyph >> (6 * more));
    for (int i = 1; i <= more; i++)
        buffer[i] = (char)(0x80 | (glyph >> (6 * (more - i)) & 0x3F));
    return more + 1;
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t glyph)
{
    for (size_t i = 0; i < count; i++)
        if (glyph >= ranges[i].first && glyph <= ranges[i].last)
            return true;
    return false;
}

/* Cells that a character takes: 0, 1 or 2. Our own table, because wcwidth() depends on the locale
 * and golden screens must not. Ranges: Unicode general category Mn and East Asian Width W, joined
 * where nothing lies between. */
static int glyph_width(uint32_t glyph)
{
    static const struct range none[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},
                                        {0x610, 0x61A},   {0x64B, 0x65F},   {0x200B, 0x200F},
                                        {0x202A, 0x202E}, {0x2060, 0x2064}, {0x20D0, 0x20F0},
                                        {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
    static const struct range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
                                        {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                                        {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                                        {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};
    if (glyph < 0x300)
        return 1;
    if (in_ranges(none, sizeof none / sizeof *none, glyph))
        return 0;
    return in_ranges(wide, sizeof wide / sizeof *wide, glyph) ? 2 : 1;
}

/* Control characters must not reach a terminal: a name in a scenario may hold anything. */
static uint32_t glyph_clean(uint32_t glyph)
{
    return glyph < 0x20 || (glyph >= 0x7F && glyph < 0xA0) ? REPLACEMENT : glyph;
}

static uint32_t glyph_ascii(uint32_t glyph)
{
    static const struct {
        uint32_t glyph;
        char ascii;
    } pairs[] = {
        {0x2500, '-'}, {0x2502, '|'}, {0x250C, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'},
        {0x251C, '+'}, {0x2524, '+'}, {0x2550, '='}, {0x2504, '-'}, {0x2588, '#'}, {0x2591, '.'},
        {0x2592, ':'}, {0x2593, '%'}, {0x2713, '+'}, {0x2717, 'x'}, {0x25CF, '*'}, {0x25CB, 'o'},
        {0x25D0, '~'}, {0x25B2, '^'}, {0x25BC, 'v'}, {0x25B6, '>'}, {0x25B8, '>'}, {0x25BE, 'v'},
        {0x2022, '*'}, {0x00B7, '.'}, {0x2026, '~'}, {0x00B1, '~'}, {0x2248, '~'}, {0x2264, '<'},
        {0x2265, '>'}, {0x00D7, 'x'}, {0x2013, '-'}, {0x2014, '-'}, {0x2192, '>'}, {0x2190, '<'},
        {0x2191, '^'}, {0x2193, 'v'}, {0x0394, 'd'}, {0x2212, '-'}, {0x2503, '|'},
    };
    if (glyph < 0x80)
        return glyph;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].glyph == glyph)
            return (unsigned char)pairs[i].ascii;
    if (glyph > 0x2580 && glyph < 0x2588) /* blocks by their height */
        return (unsigned char)"_.:-=+*"[glyph - 0x2581];
    if (glyph > 0x2588 && glyph < 0x2590) /* parts of a block: from the half on it shows */
        return glyph <= 0x258C ? '#' : '.';
    if (glyph > 0x2800 && glyph <= 0x28FF)
        return '*';
    return '?';
}

int text_width(const char *text)
{
    int width = 0;
    for (uint32_t glyph; (glyph = text_next(&text));)
        width += glyph_width(glyph);
    return width;
}

/* ---- The grid ---- */

bool canvas_init(struct canvas *canvas, int width, int height, bool ascii)
{
    *canvas = (struct canvas){
        .width = width < 1 ? 1 : width, .height = height < 1 ? 1 : height, .ascii = ascii};
    canvas->cells = calloc((size_t)canvas->width * (size_t)canvas->height, sizeof *canvas->cells);
    if (!canvas->cells)
        canvas->width = canvas->height = 0;
    canvas_clear(canvas);
    return canvas->cells != NULL;
}

void canvas_release(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

struct area canvas_area(const struct canvas *canvas)
{
    return (struct area){0, 0, canvas->width, canvas->height};
}

void canvas_clear(struct canvas *canvas)
{
    canvas->clip = canvas_area(canvas);
    canvas->hotspot_count = 0;
    canvas->cursor_x = canvas->cursor_y = -1;
    canvas_fill(canvas, canvas->clip, ' ', INK_TEXT);
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static struct area overlap(struct area a, struct area b)
{
    int x = larger(a.x, b.x), y = larger(a.y, b.y);
    int right = smaller(a.x + a.width, b.x + b.width),
        bottom = smaller(a.y + a.height, b.y + b.height);
    return (struct area){x, y, larger(right - x, 0), larger(bottom - y, 0)};
}

struct area canvas_clip(struct canvas *canvas, struct area area)
{
    struct area before = canvas->clip;
    canvas->clip = overlap(before, area);
    return before;
}

void canvas_unclip(struct canvas *canvas, struct area before)
{
    canvas->clip = before;
}

static bool inside(struct area area, int x, int y)
{
    return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}

static struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

void canvas_put(struct canvas *canvas, int x, int y, uint32_t glyph, enum ink ink)
{
    if (!inside(canvas->clip, x, y))
        return;
    glyph = glyph_clean(glyph);
    int width = glyph_width(glyph);
    if (canvas->ascii)
        glyph = glyph_ascii(glyph);
    if (width == 2 && !inside(canvas->clip, x + 1, y))
        glyph = ' ';
    else if (width == 2)
        *cell_at(canvas, x + 1, y) = (struct cell){canvas->ascii ? ' ' : 0, (uint8_t)ink};
    if (cell_at(canvas, x, y)->glyph == 0 && x > 0) /* what was the right half of a wide one */
        cell_at(canvas, x - 1, y)->glyph = ' ';
    if (width == 1 && x + 1 < canvas->width && cell_at(canvas, x + 1, y)->glyph == 0)
        cell_at(canvas, x + 1, y)->glyph = ' ';
    *cell_at(canvas, x, y) = (struct cell){glyph, (uint8_t)ink};
}

uint32_t canvas_glyph(const struct canvas *canvas, int x, int y)
{
    return inside(canvas_area(canvas), x, y) ? cell_at(canvas, x, y)->glyph : 0;
}

void canvas_fill(struct canvas *canvas, struct area area, uint32_t glyph, enum ink ink)
{
    struct area a = overlap(area, canvas->clip);
    for (int y = a.y; y < a.y + a.height; y++)
        for (int x = a.x; x < a.x + a.width; x++)
            *cell_at(canvas, x, y) =
                (struct cell){canvas->ascii ? glyph_ascii(glyph) : glyph, (uint8_t)ink};
}

void canvas_tint(struct canvas *canvas, struct area area, enum ink ink)
{
    struct area a = overlap(area, canvas->clip);
    for (int y = a.y; y < a.y + a.height; y++)
        for (int x = a.x; x < a.x + a.width; x++)
            cell_at(canvas, x, y)->ink = (uint8_t)ink;
}

/* ---- Text ---- */

int canvas_text(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text)
{
    int left = width;
    bool fits = text_width(text) <= width;
    for (uint32_t glyph; left > 0 && (glyph = text_next(&text));) {
        int cells = glyph_width(glyph);
        if (!fits && left - cells < 1) {
            canvas_put(canvas, x++, y, ELLIPSIS, ink);
            break;
        }
        if (cells > 0)
            canvas_put(canvas, x, y, glyph, ink);
        x += cells;
        left -= cells;
    }
    return x;
}

/* The bytes of the first `cells` cells of a text, those of the last ones from its end. */
static size_t bytes_of(const char *text, int cells)
{
    const char *at = text;
    while (*at) {
        const char *before = at;
        cells -= glyph_width(text_next(&at));
        if (cells < 0)
            return (size_t)(before - text);
    }
    return (size_t)(at - text);
}

char *text_middle(const char *text, int width, char *buffer, size_t size)
{
    int cells = text_width(text), head = (width - 1 + 1) / 2, tail = width - 1 - head;
    if (cells <= width || width < 5) {
        snprintf(buffer, size, "%s", text);
        return buffer;
    }
    size_t begin = bytes_of(text, head), rest = bytes_of(text, cells - tail);
    if (text_width(text + rest) > tail) { /* half of a wide one */
        const char *next = text + rest;
        text_next(&next);
        rest = (size_t)(next - text);
    }
    snprintf(buffer, size, "%.*s\u2026%s", (int)begin, text, text + rest);
    return buffer;
}

int canvas_name(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *name)
{
    char buffer[1024];
    return canvas_text(canvas, x, y, width, ink, text_middle(name, width, buffer, sizeof buffer));
}

int canvas_format(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *format,
                  ...)
{
    char buffer[512];
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    return canvas_text(canvas, x, y, width, ink, buffer);
}

void canvas_right(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text)
{
    int cells = text_width(text);
    if (cells > width)
        cells = width;
    canvas_text(canvas, x + width - cells, y, cells, ink, text);
}

void canvas_center(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text)
{
    int spare = larger(width - text_width(text), 0);
    canvas_text(canvas, x + spare / 2, y, width - spare / 2, ink, text);
}

/* Bytes of the line that fits: up to the last blank within width, or as many as fit when there is
 * none. */
static size_t line_length(const char *text, int width)
{
    const char *at = text, *blank = NULL;
    int cells = 0;
    while (*at && *at != '\n') {
        const char *before = at;
        cells += glyph_width(text_next(&at));
        if (cells > width) {
            if (*before == ' ' || !blank)
                return (size_t)((*before == ' ' || before > text ? before : at) - text);
            return (size_t)(blank - text);
        }
        if (*before == ' ')
            blank = before;
    }
    return (size_t)(at - text);
}

const char *text_next_line(const char *text, int width)
{
    text += line_length(text, width);
    if (*text == '\n')
        return text + 1;
    while (*text == ' ')
        text++;
    return text;
}

int text_lines(const char *text, int width)
{
    int lines = 0;
    for (; *text && width > 0; lines++)
        text = text_next_line(text, width);
    return lines;
}

int text_longest(const char *text)
{
    int longest = 0, cells = 0;
    while (*text) {
        uint32_t glyph = text_next(&text);
        cells = glyph == '\n' ? 0 : cells + glyph_width(glyph);
        longest = larger(longest, cells);
    }
    return longest;
}

int canvas_wrap(struct canvas *canvas, struct area area, enum ink ink, const char *text)
{
    int lines = 0;
    char buffer[1024];
    for (; *text && lines < area.height && area.width > 0;
         text = text_next_line(text, area.width)) {
        size_t length = line_length(text, area.width);
        size_t copied = length < sizeof buffer ? length : sizeof buffer - 1;
        memcpy(buffer, text, copied);
        buffer[copied] = '\0';
        canvas_text(canvas, area.x, area.y + lines++, area.width, ink, buffer);
    }
    return lines;
}

/* ---- Shapes ---- */

void canvas_rule(struct canvas *canvas, int x, int y, int width, enum ink ink)
{
    canvas_fill(canvas, (struct area){x, y, width, 1}, 0x2500, ink);
}

void canvas_heading(struct canvas *canvas, int x, int y, int width, const char *text)
{
    canvas_rule(canvas, x, y, width, INK_RULE);
    canvas_put(canvas, x + 1, y, ' ', INK_DIM);
    int end = canvas_text(canvas, x + 2, y, width - 4, INK_STRONG, text);
    canvas_put(canvas, end, y, ' ', INK_DIM);
}

void canvas_column(struct canvas *canvas, int x, int y, int width, const char *text)
{
    int end = x + width, start = end - text_width(text);
    canvas_put(canvas, start - 1, y, ' ', INK_DIM);
    canvas_text(canvas, start, y, end - start, INK_DIM, text);
    canvas_put(canvas, end, y, ' ', INK_DIM);
}

void canvas_box(struct canvas *canvas, struct area area, const char *title)
{
    int right = area.x + area.width - 1, bottom = area.y + area.height - 1;
    canvas_fill(canvas, area, ' ', INK_TEXT);
    canvas_rule(canvas, area.x, area.y, area.width, INK_ACCENT);
    canvas_rule(canvas, area.x, bottom, area.width, INK_ACCENT);
    for (int y = area.y; y <= bottom; y++) {
        canvas_put(canvas, area.x, y, 0x2502, INK_ACCENT);
        canvas_put(canvas, right, y, 0x2502, INK_ACCENT);
    }
    canvas_put(canvas, area.x, area.y, 0x250C, INK_ACCENT);
    canvas_put(canvas, right, area.y, 0x2510, INK_ACCENT);
    canvas_put(canvas, area.x, bottom, 0x2514, INK_ACCENT);
    canvas_put(canvas, right, bottom, 0x2518, INK_ACCENT);
    if (title) {
        canvas_put(canvas, area.x + 2, area.y, ' ', INK_ACCENT);
        int end = canvas_text(canvas, area.x + 3, area.y, area.width - 6, INK_STRONG, title);
        canvas_put(canvas, end, area.y, ' ', INK_ACCENT);
    }
}

void canvas_gauge(struct canvas *canvas, int x, int y, int width, double value, double limit,
                  enum ink ink)
{
    double share = limit > 0 && isfinite(value) ? value / limit : 0;
    int eighths = (int)lround(fmin(fmax(share, 0), 1) * 8 * width);
    for (int i = 0; i < width; i++) {
        int here = smaller(larger(eighths - 8 * i, 0), 8);
        uint32_t glyph = here == 0 ? 0x00B7 : 0x2590 - (uint32_t)here;
        canvas_put(canvas, x + i, y, glyph, here == 0 ? INK_RULE : ink);
    }
}

void canvas_scroll_mark(struct canvas *canvas, struct area area, int first, int count)
{
    if (count <= area.height || area.height < 1)
        return;
    int size = larger((int)((int64_t)area.height * area.height / count), 1);
    int at = (int)((int64_t)first * (area.height - size) / larger(count - area.height, 1));
    for (int i = 0; i < area.height; i++)
        canvas_put(canvas, area.x + area.width - 1, area.y + i, 0x2502, INK_DIM);
    for (int i = at; i < at + size; i++)
        canvas_put(canvas, area.x + area.width - 1, area.y + i, 0x2503, INK_ACCENT);
}

/* ---- The mouse, and tests ---- */

void canvas_hotspot(struct canvas *canvas, struct area area, enum click kind, int value)
{
    struct area seen = overlap(area, canvas->clip);
    if (canvas->hotspot_count < CANVAS_HOTSPOTS && seen.width > 0 && seen.height > 0)
        canvas->hotspots[canvas->hotspot_count++] = (struct hotspot){seen, kind, value};
}

const struct hotspot *canvas_hotspot_at(const struct canvas *canvas, int x, int y)
{
    for (int i = canvas->hotspot_count - 1; i >= 0; i--)
        if (inside(canvas->hotspots[i].area, x, y))
            return &canvas->hotspots[i];
    return NULL;
}

int canvas_along(const struct hotspot *spot, int x)
{
    int cells = spot->area.width > 1 ? spot->area.width - 1 : 1;
    return (x - spot->area.x) * CLICK_WHOLE / cells;
}

static void dump_text(const struct canvas *canvas, FILE *out, int y)
{
    int end = canvas->width;
    while (end > 0 && cell_at(canvas, end - 1, y)->glyph == ' ')
        end--;
    for (int x = 0; x < end; x++) {
        char buffer[4];
        uint32_t glyph = cell_at(canvas, x, y)->glyph;
        int length = glyph ? text_encode(glyph, buffer) : 0;
        fwrite(buffer, 1, (size_t)length, out);
    }
    fputc('\n', out);
}

static void dump_inks(const struct canvas *canvas, FILE *out, int y)
{
    static const char letters[INK_COUNT + 1] = ".dSAgwx>TbkOi:lr?-|e2345";
    int end = canvas->width;
    while (end > 0 && cell_at(canvas, end - 1, y)->ink == INK_TEXT)
        end--;
    for (int x = 0; x < end; x++)
        fputc(letters[cell_at(canvas, x, y)->ink], out);
    fputc('\n', out);
}

void canvas_dump(const struct canvas *canvas, FILE *out, bool inks)
{
    for (int y = 0; y < canvas->height; y++)
        dump_text(canvas, out, y);
    if (!inks)
        return;
    fputs("-- inks\n", out);
    for (int y = 0; y < canvas->height; y++)
        dump_inks(canvas, out, y);
}
