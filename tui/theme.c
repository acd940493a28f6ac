#include "tui/theme.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

const struct theme themes[THEME_COUNT] = {
    {"dark",
     true,
     {
         [INK_TEXT] = {OWN, OWN, OWN, OWN, LOOK_PLAIN},
         [INK_DIM] = {244, OWN, OWN, OWN, LOOK_PLAIN},
         [INK_STRONG] = {OWN, OWN, OWN, OWN, LOOK_BOLD},
         [INK_ACCENT] = {44, OWN, CYAN, OWN, LOOK_PLAIN},
         [INK_GOOD] = {78, OWN, GREEN, OWN, LOOK_PLAIN},
         [INK_WARN] = {220, OWN, YELLOW, OWN, LOOK_PLAIN},
         [INK_BAD] = {203, OWN, RED, OWN, LOOK_BOLD},
         [INK_SELECTED] = {231, 24, WHITE, BLUE, LOOK_PLAIN},
         [INK_TITLE] = {231, 236, WHITE, BLUE, LOOK_BOLD},
         [INK_BAR] = {252, 236, BLACK, WHITE, LOOK_PLAIN},
         [INK_BAR_KEY] = {44, 236, BLUE, WHITE, LOOK_PLAIN},
         [INK_BAR_ON] = {16, 44, WHITE, CYAN, LOOK_BOLD},
         [INK_INPUT] = {231, 24, WHITE, BLUE, LOOK_PLAIN},
         [INK_BAND] = {30, OWN, BLUE, OWN, LOOK_PLAIN},
         [INK_LINE] = {44, OWN, CYAN, OWN, LOOK_BOLD},
     }},
    {"light",
     true,
     {
         [INK_TEXT] = {OWN, OWN, OWN, OWN, LOOK_PLAIN},
         [INK_DIM] = {243, OWN, OWN, OWN, LOOK_PLAIN},
         [INK_STRONG] = {OWN, OWN, OWN, OWN, LOOK_BOLD},
         [INK_ACCENT] = {25, OWN, BLUE, OWN, LOOK_PLAIN},
         [INK_GOOD] = {28, OWN, GREEN, OWN, LOOK_PLAIN},
         [INK_WARN] = {130, OWN, MAGENTA, OWN, LOOK_PLAIN},
         [INK_BAD] = {124, OWN, RED, OWN, LOOK_BOLD},
         [INK_SELECTED] = {16, 153, WHITE, BLUE, LOOK_PLAIN},
         [INK_TITLE] = {16, 253, WHITE, BLUE, LOOK_BOLD},
         [INK_BAR] = {238, 253, BLACK, WHITE, LOOK_PLAIN},
         [INK_BAR_KEY] = {25, 253, BLUE, WHITE, LOOK_PLAIN},
         [INK_BAR_ON] = {231, 25, WHITE, BLUE, LOOK_BOLD},
         [INK_INPUT] = {16, 153, WHITE, BLUE, LOOK_PLAIN},
         [INK_BAND] = {110, OWN, CYAN, OWN, LOOK_PLAIN},
         [INK_LINE] = {25, OWN, BLUE, OWN, LOOK_BOLD},
     }},
    {"monochrome", false, {{0}}},
};

int theme_mono_attribute(enum ink ink)
{
    static const int attributes[INK_COUNT] = {
        [INK_TEXT] = LOOK_PLAIN,    [INK_DIM] = LOOK_PLAIN,        [INK_STRONG] = LOOK_BOLD,
        [INK_ACCENT] = LOOK_BOLD,   [INK_GOOD] = LOOK_PLAIN,       [INK_WARN] = LOOK_UNDERLINE,
        [INK_BAD] = LOOK_BOLD,      [INK_SELECTED] = LOOK_REVERSE, [INK_TITLE] = LOOK_REVERSE,
        [INK_BAR] = LOOK_PLAIN,     [INK_BAR_KEY] = LOOK_BOLD,     [INK_BAR_ON] = LOOK_REVERSE,
        [INK_INPUT] = LOOK_REVERSE, [INK_BAND] = LOOK_PLAIN,       [INK_LINE] = LOOK_BOLD,
    };
    return attributes[ink];
}
