/* What an ink looks like: three themes, one of them without colour.
 *
 * Colours are numbers of the 256-colour palette with a second choice for terminals of eight
 * colours; -1 is the terminal's own. Every ink has an attribute for terminals without colour, and
 * no view relies on ink alone.
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

struct look {
    short front, back;   /* of 256 */
    short front8, back8; /* of 8 */
    int attribute;       /* with colour */
};

struct theme {
    const char *name;
    bool colour;
    struct look looks[INK_COUNT];
};

#define THEME_COUNT 3
extern const struct theme themes[THEME_COUNT]; /* "dark", "light", "monochrome" */

/* The attribute of an ink without colour. */
int theme_mono_attribute(enum ink ink);

#endif
