#include "tui/theme.h"

#include <math.h>

enum { OWN = -1 };
enum {
    RED = 1,
    GREEN,
    YELLOW,
    BLUE,
    MAGENTA,
    CYAN,
    WHITE,
    GREY,
    BRIGHT_RED,
    BRIGHT_GREEN,
    BRIGHT_YELLOW,
    BRIGHT_CYAN = 14,
    BRIGHT_WHITE
};

#define PLAIN_TEXT                                                                                 \
    {                                                                                              \
        USE_TEXT, OWN, OWN, LOOK_PLAIN, OWN, OWN, LOOK_PLAIN                                       \
    }
#define BOLD_TEXT                                                                                  \
    {                                                                                              \
        USE_TEXT, OWN, OWN, LOOK_BOLD, OWN, OWN, LOOK_BOLD                                         \
    }
#define REVERSED                                                                                   \
    {                                                                                              \
        USE_TEXT, OWN, OWN, LOOK_REVERSE, OWN, OWN, LOOK_REVERSE                                   \
    }

const struct theme themes[THEME_COUNT] = {
    [THEME_DARK] =
        {"dark",
         true,
         {
             [INK_TEXT] = PLAIN_TEXT,
             [INK_DIM] = {USE_TEXT, 248, OWN, LOOK_PLAIN, WHITE, OWN, LOOK_PLAIN},
             [INK_RULE] = {USE_RULE, 240, OWN, LOOK_PLAIN, OWN, OWN, LOOK_PLAIN},
             [INK_STRONG] = BOLD_TEXT,
             [INK_ACCENT] = {USE_TEXT, 75, OWN, LOOK_PLAIN, BRIGHT_CYAN, OWN, LOOK_PLAIN},
             [INK_GOOD] = {USE_TEXT, 114, OWN, LOOK_PLAIN, BRIGHT_GREEN, OWN, LOOK_PLAIN},
             [INK_BAD] = {USE_TEXT, 210, OWN, LOOK_BOLD, BRIGHT_RED, OWN, LOOK_BOLD},
             [INK_OPEN] = {USE_TEXT, 221, OWN, LOOK_PLAIN, BRIGHT_YELLOW, OWN, LOOK_PLAIN},
             [INK_UNKNOWN] = {USE_TEXT, 146, OWN, LOOK_PLAIN, WHITE, OWN, LOOK_PLAIN},
             [INK_WARN] = {USE_TEXT, 179, OWN, LOOK_PLAIN, BRIGHT_YELLOW, OWN, LOOK_PLAIN},
             [INK_LIMIT] = {USE_TEXT, OWN, OWN, LOOK_BOLD, BRIGHT_WHITE, OWN, LOOK_BOLD},
             [INK_EVENT] = {USE_GLYPH, 67, OWN, LOOK_PLAIN, WHITE, OWN, LOOK_PLAIN},
             [INK_SELECTED] = {USE_TEXT, 231, 24, LOOK_PLAIN, OWN, OWN, LOOK_REVERSE},
             [INK_TITLE] = BOLD_TEXT,
             [INK_BAR] = {USE_TEXT, 248, OWN, LOOK_PLAIN, WHITE, OWN, LOOK_PLAIN},
             [INK_BAR_KEY] = BOLD_TEXT,
             [INK_BAR_ON] = REVERSED,
             [INK_INPUT] = {USE_TEXT, 231, 24, LOOK_PLAIN, OWN, OWN, LOOK_REVERSE},
             [INK_BAND] = {USE_GLYPH, 67, OWN, LOOK_PLAIN, WHITE, OWN, LOOK_PLAIN},
             [INK_LINE] = {USE_TEXT, 75, OWN, LOOK_BOLD, BRIGHT_CYAN, OWN, LOOK_BOLD},
             [INK_CLASS2] = {USE_TEXT, 215, OWN, LOOK_PLAIN, BRIGHT_YELLOW, OWN, LOOK_PLAIN},
             [INK_CLASS3] = {USE_TEXT, 80, OWN, LOOK_PLAIN, BRIGHT_CYAN, OWN, LOOK_PLAIN},
             [INK_CLASS4] = {USE_TEXT, 183, OWN, LOOK_PLAIN, WHITE, OWN, LOOK_PLAIN},
             [INK_CLASS5] = {USE_TEXT, 211, OWN, LOOK_PLAIN, BRIGHT_WHITE, OWN, LOOK_PLAIN},
         }},
    [THEME_LIGHT] = {"light",
                     true,
                     {
                         [INK_TEXT] = PLAIN_TEXT,
                         [INK_DIM] = {USE_TEXT, 240, OWN, LOOK_PLAIN, OWN, OWN, LOOK_PLAIN},
                         [INK_RULE] = {USE_RULE, 248, OWN, LOOK_PLAIN, OWN, OWN, LOOK_PLAIN},
                         [INK_STRONG] = BOLD_TEXT,
                         [INK_ACCENT] = {USE_TEXT, 25, OWN, LOOK_PLAIN, BLUE, OWN, LOOK_PLAIN},
                         [INK_GOOD] = {USE_TEXT, 22, OWN, LOOK_PLAIN, OWN, OWN, LOOK_BOLD},
                         [INK_BAD] = {USE_TEXT, 124, OWN, LOOK_BOLD, RED, OWN, LOOK_BOLD},
                         [INK_OPEN] = {USE_TEXT, 94, OWN, LOOK_PLAIN, MAGENTA, OWN, LOOK_PLAIN},
                         [INK_UNKNOWN] = {USE_TEXT, 60, OWN, LOOK_PLAIN, OWN, OWN, LOOK_PLAIN},
                         [INK_WARN] = {USE_TEXT, 94, OWN, LOOK_PLAIN, MAGENTA, OWN, LOOK_PLAIN},
                         [INK_LIMIT] = BOLD_TEXT,
                         [INK_EVENT] = {USE_GLYPH, 67, OWN, LOOK_PLAIN, GREY, OWN, LOOK_PLAIN},
                         [INK_SELECTED] = {USE_TEXT, 16, 153, LOOK_PLAIN, OWN, OWN, LOOK_REVERSE},
                         [INK_TITLE] = BOLD_TEXT,
                         [INK_BAR] = {USE_TEXT, 240, OWN, LOOK_PLAIN, OWN, OWN, LOOK_PLAIN},
                         [INK_BAR_KEY] = BOLD_TEXT,
                         [INK_BAR_ON] = REVERSED,
                         [INK_INPUT] = {USE_TEXT, 16, 153, LOOK_PLAIN, OWN, OWN, LOOK_REVERSE},
                         [INK_BAND] = {USE_GLYPH, 67, OWN, LOOK_PLAIN, GREY, OWN, LOOK_PLAIN},
                         [INK_LINE] = {USE_TEXT, 25, OWN, LOOK_BOLD, BLUE, OWN, LOOK_BOLD},
                         [INK_CLASS2] = {USE_GLYPH, 130, OWN, LOOK_PLAIN, RED, OWN, LOOK_PLAIN},
                         [INK_CLASS3] = {USE_TEXT, 23, OWN, LOOK_PLAIN, BLUE, OWN, LOOK_PLAIN},
                         [INK_CLASS4] = {USE_TEXT, 91, OWN, LOOK_PLAIN, MAGENTA, OWN, LOOK_PLAIN},
                         [INK_CLASS5] = {USE_TEXT, 125, OWN, LOOK_PLAIN, OWN, OWN, LOOK_PLAIN},
                     }},
    [THEME_MONO] = {"mono", false, {{0}}},
};

int theme_mono_attribute(enum ink ink)
{
    static const int attributes[INK_COUNT] = {
        [INK_TEXT] = LOOK_PLAIN,       [INK_DIM] = LOOK_PLAIN,      [INK_RULE] = LOOK_PLAIN,
        [INK_STRONG] = LOOK_BOLD,      [INK_ACCENT] = LOOK_BOLD,    [INK_GOOD] = LOOK_BOLD,
        [INK_BAD] = LOOK_REVERSE,      [INK_OPEN] = LOOK_UNDERLINE, [INK_UNKNOWN] = LOOK_DIM,
        [INK_WARN] = LOOK_UNDERLINE,   [INK_LIMIT] = LOOK_BOLD,     [INK_EVENT] = LOOK_PLAIN,
        [INK_SELECTED] = LOOK_REVERSE, [INK_TITLE] = LOOK_BOLD,     [INK_BAR] = LOOK_PLAIN,
        [INK_BAR_KEY] = LOOK_BOLD,     [INK_BAR_ON] = LOOK_REVERSE, [INK_INPUT] = LOOK_REVERSE,
        [INK_BAND] = LOOK_PLAIN,       [INK_LINE] = LOOK_BOLD,      [INK_CLASS2] = LOOK_PLAIN,
        [INK_CLASS3] = LOOK_PLAIN,     [INK_CLASS4] = LOOK_PLAIN,   [INK_CLASS5] = LOOK_PLAIN,
    };
    return attributes[ink];
}

double theme_linear(double part)
{
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}
