/* A grid of cells that views draw on, without any terminal behind it.
 *
 * A cell is one character and one ink. Inks are roles (good, bad, accent ...), not colours:
 * tui/theme.h says what a role looks like, and gives every role an attribute for terminals without
 * colour. Text is UTF-8; on a canvas marked `ascii` every character beyond ASCII is replaced by a
 * look-alike as it is drawn, so views need not care. Wide characters take two cells, combining ones
 * are left out, control and undecodable bytes become a replacement mark.
 *
 * Drawing never fails and never writes outside of the clip: what does not fit is cut. Coordinates
 * count from 0, x to the right, y down.
 *
 * Hotspots are rectangles that answer the mouse: a view says while drawing what a click there
 * means, so that the mouse can do nothing that a key can not.
 */
#ifndef PEERPLAN_TUI_CANVAS_H
#define PEERPLAN_TUI_CANVAS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum ink {
    INK_TEXT,     /* what is read */
    INK_DIM,      /* labels, units, hints */
    INK_STRONG,   /* headings */
    INK_ACCENT,   /* the one colour that catches the eye: where one is, load */
    INK_GOOD,     /* yes */
    INK_WARN,     /* 90 % and more, alarms */
    INK_BAD,      /* no, over the goal */
    INK_SELECTED, /* the row under the cursor */
    INK_TITLE,    /* the bar on top */
    INK_BAR,      /* the bar below: labels */
    INK_BAR_KEY,  /* the bar below: keys */
    INK_BAR_ON,   /* the bar below: the screen that is shown */
    INK_INPUT,    /* text being typed */
    INK_BAND,     /* the spread behind a line of a plot */
    INK_LINE,     /* a line of a plot */
    INK_RULE,     /* rules and frames */
    INK_OPEN,     /* undecided, pending */
    INK_UNKNOWN,  /* cannot tell */
    INK_LIMIT,    /* capacity, a limit */
    INK_EVENT,    /* a peer is away */
    INK_CLASS2,   /* classes beside the first, which has the accent */
    INK_CLASS3,
    INK_CLASS4,
    INK_CLASS5,
    INK_COUNT
};

struct cell {
    uint32_t glyph; /* code point; 0: right half of a wide character */
    uint8_t ink;
};

struct area {
    int x, y, width, height;
};

/* What a click means: a key press, row `value` of the list on the screen, or a place along the
 * area, 0 to CLICK_WHOLE. */
enum click { CLICK_PRESS, CLICK_ROW, CLICK_ALONG };
#define CLICK_WHOLE 10000

struct hotspot {
    struct area area;
    enum click kind;
    int value;
};

#define CANVAS_HOTSPOTS 512

struct canvas {
    int width, height;
    bool ascii;
    struct area clip;
    struct cell *cells; /* owned; width * height, row by row */
    struct hotspot hotspots[CANVAS_HOTSPOTS];
    int hotspot_count;
    int cursor_x, cursor_y; /* where the terminal's cursor stands; -1: hidden */
};

/* Blank canvas; false when out of memory (the canvas is then 0 x 0). Sizes below 1 are taken as 1.
 */
bool canvas_init(struct canvas *canvas, int width, int height, bool ascii);
void canvas_release(struct canvas *canvas);
void canvas_clear(struct canvas *canvas); /* blank, no hotspots, no clip, no cursor */

struct area canvas_area(const struct canvas *canvas);
/* Limits drawing to the part of the area inside the present clip; returns the clip before, for
 * canvas_unclip. */
struct area canvas_clip(struct canvas *canvas, struct area area);
void canvas_unclip(struct canvas *canvas, struct area before);

void canvas_put(struct canvas *canvas, int x, int y, uint32_t glyph, enum ink ink);
uint32_t canvas_glyph(const struct canvas *canvas, int x, int y); /* 0 outside */
void canvas_fill(struct canvas *canvas, struct area area, uint32_t glyph, enum ink ink);
/* Changes the ink only: for the row under the cursor. */
void canvas_tint(struct canvas *canvas, struct area area, enum ink ink);

/* Text from x to the right, at most `width` cells; what is cut ends in an ellipsis. Returns the x
 * after it. */
int canvas_text(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text);
/* The same for names, which often begin alike: the ellipsis is in the middle. */
int canvas_name(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *name);
int canvas_format(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *format,
                  ...) __attribute__((format(printf, 6, 7)));
/* Text that ends before x + width. */
void canvas_right(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text);
void canvas_center(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text);
/* Words broken over the lines of an area; returns the number of lines used. */
int canvas_wrap(struct canvas *canvas, struct area area, enum ink ink, const char *text);

void canvas_rule(struct canvas *canvas, int x, int y, int width, enum ink ink);
/* A heading on a rule: "── Peers ─────". */
void canvas_heading(struct canvas *canvas, int x, int y, int width, const char *text);
/* The head of a column of figures on a heading's rule: ends where the figures end. */
void canvas_column(struct canvas *canvas, int x, int y, int width, const char *text);
/* A blank box with a frame and a title. */
void canvas_box(struct canvas *canvas, struct area area, const char *title);
/* A gauge of `width` cells for value of limit; eighths of a cell are shown. */
void canvas_gauge(struct canvas *canvas, int x, int y, int width, double value, double limit,
                  enum ink ink);
/* The scroll mark of a list at its right edge: `visible` of `count` rows from `first`. */
void canvas_scroll_mark(struct canvas *canvas, struct area area, int first, int count);

void canvas_hotspot(struct canvas *canvas, struct area area, enum click kind, int value);
/* How far along a hotspot a cell lies, of CLICK_WHOLE. */
int canvas_along(const struct hotspot *spot, int x);
/* The hotspot drawn last under a point, or NULL. */
const struct hotspot *canvas_hotspot_at(const struct canvas *canvas, int x, int y);

/* The canvas as text, one line a row without trailing blanks; with `inks` followed by one letter a
 * cell for the ink. */
void canvas_dump(const struct canvas *canvas, FILE *out, bool inks);

/* The text after the line that canvas_wrap would draw first on `width` cells. */
const char *text_next_line(const char *text, int width);
/* Lines that canvas_wrap would need, and cells of the longest line before wrapping. */
int text_lines(const char *text, int width);
int text_longest(const char *text);
/* A name on at most `width` cells, an ellipsis in its middle where it is longer; returns buffer. */
char *text_middle(const char *text, int width, char *buffer, size_t size);
/* Cells that a text takes. */
int text_width(const char *text);
/* The next code point; moves on by at least one byte unless at the end (returns 0). */
uint32_t text_next(const char **text);
/* Writes a code point as UTF-8 without a terminating zero; returns the number of bytes (1..4). */
int text_encode(uint32_t glyph, char buffer[4]);

#endif
