/* Every colour against the backgrounds that people have: contrast by WCAG 2.1, which is
 * (L1 + 0.05) / (L2 + 0.05) of the two luminances. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/theme.h"

static double luminance(int rgb)
{
    return 0.2126 * theme_linear((rgb >> 16 & 255) / 255.0) +
           0.7152 * theme_linear((rgb >> 8 & 255) / 255.0) +
           0.0722 * theme_linear((rgb & 255) / 255.0);
}

/* The palette of xterm from 16 on: a cube of six steps, then greys. */
static int rgb_of(int colour)
{
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    if (colour >= 232) {
        int grey = 8 + 10 * (colour - 232);
        return grey << 16 | grey << 8 | grey;
    }
    int i = colour - 16;
    return steps[i / 36] << 16 | steps[i / 6 % 6] << 8 | steps[i % 6];
}

static double contrast(int a, int b)
{
    double la = luminance(a), lb = luminance(b);
    return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

static const int dark[] = {0x000000, 0x1e1e1e, 0x282828, 0x2e3436, 0x002b36, -1};
static const int light[] = {0xffffff, 0xeeeeec, 0xfdf6e3, -1};

static void test_contrast_is_that_of_the_standard(void **state)
{
    (void)state;
    assert_true(fabs(contrast(0x000000, 0xffffff) - 21) < 1e-9);
    assert_true(fabs(contrast(0x777777, 0xffffff) - 4.478) < 0.001); /* the known grey that fails */
}

static void test_every_pair_can_be_read(void **state)
{
    static const double least[] = {[USE_TEXT] = 4.5, [USE_GLYPH] = 3, [USE_RULE] = 1.5};
    (void)state;
    for (int t = 0; t < THEME_COUNT; t++)
        for (int i = 0; themes[t].colour && i < INK_COUNT; i++) {
            const struct look *look = &themes[t].looks[i];
            const int *backs = t == THEME_LIGHT ? light : dark;
            if (look->front < 0) { /* the terminal's own, which fits its own background only */
                assert_true(look->back < 0);
                continue;
            }
            assert_true(look->front >= 16); /* below it the palette is the user's */
            if (look->back >= 0)
                assert_true(contrast(rgb_of(look->front), rgb_of(look->back)) >= 4.5);
            for (; look->back < 0 && *backs >= 0; backs++) {
                double found = contrast(rgb_of(look->front), *backs);
                if (found < least[look->use])
                    fail_msg("%s, ink %d, colour %d on #%06x: %.2f", themes[t].name, i, look->front,
                             (unsigned)*backs, found);
            }
        }
}

/* Colours that cannot be read: on dark 1, 4, 5, 8; on light 2, 3, 6, 7 and the bright ones. */
static void test_sixteen_colours_avoid_what_cannot_be_read(void **state)
{
    (void)state;
    for (int t = 0; t < THEME_COUNT; t++)
        for (int i = 0; themes[t].colour && i < INK_COUNT; i++) {
            const struct look *look = &themes[t].looks[i];
            int c = look->front16;
            bool glyph = look->use != USE_TEXT;
            assert_true(look->back16 < 0);
            if (t == THEME_DARK)
                assert_false(c == 1 || c == 4 || c == 5 || c == 8);
            else
                assert_false(c == 2 || c == 3 || c == 6 || c == 7 || c >= 9 || (c == 8 && !glyph));
        }
}

/* Yes, no, undecided and the rest differ without any colour. */
static void test_verdicts_differ_without_colour(void **state)
{
    static const enum ink inks[] = {INK_TEXT, INK_GOOD, INK_BAD, INK_OPEN, INK_UNKNOWN};
    (void)state;
    for (size_t a = 0; a < sizeof inks / sizeof *inks; a++)
        for (size_t b = 0; b < a; b++)
            assert_int_not_equal(theme_mono_attribute(inks[a]), theme_mono_attribute(inks[b]));
    assert_int_equal(theme_mono_attribute(INK_SELECTED), LOOK_REVERSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contrast_is_that_of_the_standard),
        cmocka_unit_test(test_every_pair_can_be_read),
        cmocka_unit_test(test_sixteen_colours_avoid_what_cannot_be_read),
        cmocka_unit_test(test_verdicts_differ_without_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
