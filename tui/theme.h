/* What an ink looks like: three themes, one of them without colour.
 *
 * Colours are numbers of the 256-colour palette with a second choice of its first sixteen; -1 is
 * the terminal's own. The background is the terminal's everywhere but under the cursor and where
 * something is typed. Every ink has an attribute for terminals without colour, and no view relies
 * on ink alone: a glyph or a word says the same.
 *
 * Contrast was measured on the backgrounds that people have (black, #1e1e1e, #282828, #2e3436,
 * Solarized dark; white, #eeeeec, Solarized light) and is held by tests: 4.5 to 1 for what is read,
 * 3 to 1 for glyphs, less for rules, which hold no text.
 */
#ifndef PEERPLAN_TUI_THEME_H
#define PEERPLAN_TUI_THEME_H

#include "tui/canvas.h"

enum look_attribute {
    LOOK_PLAIN = 0,
    LOOK_BOLD = 1,
    LOOK_DIM = 2,
    LOOK_REVERSE = 4,
    LOOK_UNDERLINE = 8
};

/* What an ink is for, and so the contrast that it needs. */
enum look_use { USE_TEXT, USE_GLYPH, USE_RULE };

struct look {
    enum look_use use;
    short front, back;     /* of 256 */
    int attribute;         /* with 256 colours */
    short front16, back16; /* of 16 */
    int attribute16;
};

struct theme {
    const char *name;
    bool colour;
    struct look looks[INK_COUNT];
};

enum { THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_COUNT };
extern const struct theme themes[THEME_COUNT]; /* "dark", "light", "mono" */

/* The attribute of an ink without colour. */
int theme_mono_attribute(enum ink ink);

/* The light of a part of a colour, 0..1: sRGB made linear (IEC 61966-2-1). */
double theme_linear(double part);

#endif
