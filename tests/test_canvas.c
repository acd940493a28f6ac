/* The canvas, plots, lists and figures of the tui: all that draws without a terminal. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/canvas.h"
#include "tui/fold.h"
#include "tui/history.h"
#include "tui/format.h"
#include "tui/journal.h"
#include "tui/keys.h"
#include "tui/list.h"
#include "tui/plot.h"
#include "tui/theme.h"

static char *dump(const struct canvas *canvas, bool inks)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    canvas_dump(canvas, out, inks);
    fclose(out);
    return text;
}

static void expect(const struct canvas *canvas, const char *wanted)
{
    char *text = dump(canvas, false);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_text_is_cut_with_an_ellipsis(void **state)
{
    (void)state;
    struct canvas c;
    assert_true(canvas_init(&c, 10, 2, false));
    assert_int_equal(canvas_text(&c, 1, 0, 5, INK_TEXT, "clusters"), 6);
    assert_int_equal(canvas_text(&c, 1, 1, 8, INK_TEXT, "clusters"), 9);
    expect(&c, " clus\u2026\n clusters\n");
    canvas_release(&c);
}

static void test_wide_and_broken_text(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 8, 3, false);
    canvas_text(&c, 0, 0, 8, INK_TEXT, "\u6771\u4EACx");
    canvas_text(&c, 0, 1, 8, INK_TEXT, "a\xFF\x1B[b");
    canvas_text(&c, 7, 2, 8, INK_TEXT, "\u6771");
    assert_int_equal(text_width("\u6771\u4EACx"), 5);
    assert_int_equal(text_width("e\u0301"), 1);
    expect(&c, "\u6771\u4EACx\na\uFFFD\uFFFD[b\n\n");
    canvas_put(&c, 1, 0, '!', INK_TEXT); /* half of a wide character leaves a blank */
    expect(&c, " !\u4EACx\na\uFFFD\uFFFD[b\n\n");
    canvas_release(&c);
}

static void test_every_code_point_survives_the_round_trip(void **state)
{
    (void)state;
    static const uint32_t points[] = {1,      0x7F,   0x80,   0x7FF,   0x800,
                                      0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        char buffer[8] = {0};
        text_encode(points[i], buffer);
        const char *at = buffer;
        assert_int_equal(text_next(&at), points[i]);
        assert_int_equal(*at, '\0');
    }
    const char *overlong = "\xC0\x80", *surrogate = "\xED\xA0\x80", *cut = "\xE2\x82";
    assert_int_equal(text_next(&overlong), 0xFFFD);
    assert_int_equal(text_next(&surrogate), 0xFFFD);
    assert_int_equal(text_next(&cut), 0xFFFD);
}

static void test_nothing_is_drawn_outside(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 4, 3, false);
    struct area before = canvas_clip(&c, (struct area){1, 1, 2, 1});
    canvas_text(&c, -3, 1, 20, INK_TEXT, "abcdefghij");
    canvas_box(&c, (struct area){-5, -5, 30, 30}, "x");
    canvas_text(&c, 0, 1, 20, INK_TEXT, "abcdefghij");
    canvas_hotspot(&c, (struct area){0, 0, 4, 3}, CLICK_ROW, 7);
    canvas_unclip(&c, before);
    expect(&c, "\n bc\n\n");
    assert_null(canvas_hotspot_at(&c, 0, 0));
    assert_int_equal(canvas_hotspot_at(&c, 2, 1)->value, 7);
    canvas_release(&c);
}

static void test_ascii_has_a_look_alike_for_all_that_is_drawn(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 20, 6, true);
    canvas_box(&c, (struct area){0, 0, 20, 4}, "Box \u2713");
    canvas_gauge(&c, 0, 4, 10, 0.55, 1, INK_GOOD);
    canvas_text(&c, 0, 5, 20, INK_TEXT, "\u2713 \u2717 \u25CF 50 \u00B1 1\u2026");
    expect(
        &c,
        "+- Box + ----------+\n|                  |\n|                  |\n+------------------+\n"
        "######....\n+ x * 50 ~ 1~\n");
    canvas_release(&c);
}

/* Names that begin alike stay apart; a wide character is never halved. */
static void test_names_are_cut_in_the_middle(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int width;
        const char *wanted;
    } rows[] = {
        {"peer-1", 10, "peer-1"},
        {"data-centre-north-peer-1", 11, "data-\u2026eer-1"},
        {"data-centre-north-peer-2", 11, "data-\u2026eer-2"},
        {"\u6771\u4EAC\u6771\u4EAC\u6771\u4EAC-p1", 9, "\u6771\u4EAC\u2026-p1"},
        {"\u6771\u4EAC\u6771\u4EAC\u6771\u4EAC", 8, "\u6771\u4EAC\u2026\u4EAC"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char buffer[128];
        assert_string_equal(text_middle(rows[i].name, rows[i].width, buffer, sizeof buffer),
                            rows[i].wanted);
        assert_true(text_width(buffer) <= rows[i].width);
    }
}

static void test_text_goes_on_under_its_words(void **state)
{
    (void)state;
    char *text = text_fold("Keys\n  k   kill the peer that is there\n- a  b c d e f g\n\nend", 19);
    assert_string_equal(text, "Keys\n  k   kill the peer\n      that is there\n- a  b c d e f g\n\n"
                              "end\n");
    free(text);
}

static void test_a_history_is_as_high_as_it_was(void **state)
{
    (void)state;
    float one[] = {0, 25, 50, 75, 100, 150, 1, 10}, *rows[] = {one};
    struct series series = {.scope = SCOPE_PEER, .metric = "units"};
    struct results results = {.series = &series,
                              .series_count = 1,
                              .series_columns = 1,
                              .series_values = rows,
                              .replications = 1,
                              .intervals = 8};
    struct history history = {SCOPE_PEER, 0, "units", 100, false};
    struct canvas c;
    canvas_init(&c, 8, 3, false);
    history_draw(&c, (struct area){0, 0, 8, 1}, &results, &history);
    history_draw(&c, (struct area){0, 1, 4, 1}, &results, &history); /* two intervals a cell */
    history_draw(&c, (struct area){0, 2, 8, 1}, NULL, &history);
    expect(&c, "\u00B7\u2582\u2584\u2586\u2588\u2588\u2581\u2581\n\u2581\u2585\u2588\u2581\n"
               "\u00B7\u00B7\u00B7\u00B7\u00B7\u00B7\u00B7\u00B7\n");
    assert_int_equal(c.cells[3].ink, INK_LINE);
    assert_int_equal(c.cells[5].ink, INK_BAD);
    canvas_release(&c);
    canvas_init(&c, 8, 1, true);
    history_draw(&c, (struct area){0, 0, 8, 1}, &results, &history);
    expect(&c, "..-+##__\n");
    canvas_release(&c);
}

static void test_gauge_shows_eighths(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 4, 4, false);
    canvas_gauge(&c, 0, 0, 4, 0, 100, INK_GOOD);
    canvas_gauge(&c, 0, 1, 4, 50, 100, INK_GOOD);
    canvas_gauge(&c, 0, 2, 4, 53.125, 100, INK_GOOD);
    canvas_gauge(&c, 0, 3, 4, 700, 100, INK_GOOD);
    expect(&c, "\u00B7\u00B7\u00B7\u00B7\n\u2588\u2588\u00B7\u00B7\n\u2588\u2588\u258F\u00B7\n"
               "\u2588\u2588\u2588\u2588\n");
    canvas_release(&c);
}

static void test_words_wrap(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 9, 6, false);
    int lines = canvas_wrap(&c, canvas_area(&c), INK_TEXT, "the peers are full\nincomprehensible");
    assert_int_equal(lines, 4);
    expect(&c, "the peers\nare full\nincompreh\nensible\n\n\n");
    canvas_release(&c);
}

static void test_plot_draws_line_band_and_limit(void **state)
{
    (void)state;
    struct canvas c;
    double values[12], low[12], high[12];
    for (int i = 0; i < 12; i++) {
        values[i] = i * 8;
        low[i] = i * 6;
        high[i] = i * 9;
    }
    struct plot plot = {.title = "units",
                        .values = values,
                        .low = low,
                        .high = high,
                        .count = 12,
                        .limit = 100,
                        .cursor = NAN};
    assert_true(plot_top(&plot) == 100);
    canvas_init(&c, 20, 8, true);
    plot_draw(&c, canvas_area(&c), &plot);
    expect(&c, "        units\n"
               "   100 +----------::\n"
               "       |        :***\n"
               "    50 +      :***::\n"
               "       |    ****:\n"
               "       |  ***\n"
               "     0 +***\n"
               "\n");
    canvas_release(&c);
}

static void test_plot_of_nothing_is_harmless(void **state)
{
    (void)state;
    struct canvas c;
    canvas_init(&c, 40, 10, false);
    double values[] = {NAN, NAN};
    struct plot plot = {.title = "x", .values = values, .count = 2, .limit = NAN, .cursor = 1};
    plot_draw(&c, canvas_area(&c), &plot);
    plot.count = 0;
    plot_draw(&c, canvas_area(&c), &plot);
    plot_draw(&c, (struct area){0, 0, 2, 2}, &plot);
    assert_int_equal(canvas_glyph(&c, 8, 0), 'x');
    canvas_release(&c);
}

static void test_lists_keep_the_cursor_in_view(void **state)
{
    (void)state;
    struct list list = {.count = 100};
    assert_true(list_move(&list, MOVE_END, 10));
    assert_int_equal(list.cursor, 99);
    assert_int_equal(list_first(&list, 10), 90);
    list_move(&list, MOVE_UP, 10);
    assert_int_equal(list_first(&list, 10), 90);
    list_move(&list, MOVE_HOME, 10);
    list_move(&list, MOVE_PAGE_DOWN, 10);
    assert_int_equal(list.cursor, 9);
    list_resize(&list, 5, 10);
    assert_int_equal(list.cursor, 4);
    assert_int_equal(list_first(&list, 10), 0);
    list_resize(&list, 0, 10);
    assert_int_equal(list.cursor, 0);
    assert_false(list_move(&list, 1, 10));
}

static bool even_matches(const void *context, int row, const char *pattern)
{
    (void)context;
    (void)pattern;
    return row % 4 == 0;
}

static void test_search_goes_around(void **state)
{
    (void)state;
    struct list list = {.count = 10, .cursor = 8};
    assert_int_equal(list_search(&list, "x", false, even_matches, NULL), 0);
    assert_int_equal(list_search(&list, "x", true, even_matches, NULL), 4);
    assert_true(text_matches("Large-VM", "large"));
    assert_false(text_matches("large-vm", "Large"));
}

static void test_figures(void **state)
{
    (void)state;
    char b[FIGURE];
    static const struct {
        double value;
        const char *text;
    } percents[] = {{0, "0 %"},          {0.0123, "1.23 %"},  {1, "100 %"}, {0.00012, "0.012 %"},
                    {3.2e-7, "3e-05 %"}, {1e-30, "< 1e-6 %"}, {NAN, "-"}};
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        format_percent(b, sizeof b, percents[i].value);
        assert_string_equal(b, percents[i].text);
    }
    format_figure(b, sizeof b, 1234.6, "units");
    assert_string_equal(b, "1235 units");
    format_figure(b, sizeof b, 12.345, NULL);
    assert_string_equal(b, "12.35");
    format_duration(b, sizeof b, 90 * MINUTE);
    assert_string_equal(b, "1 h 30 min");
    format_duration(b, sizeof b, 14 * DAY);
    assert_string_equal(b, "14 d");
    format_count(b, sizeof b, CAPACITY_UNLIMITED);
    assert_string_equal(b, "no limit");
    struct run run = {.start_unix = 9 * 3600, .length = 2 * DAY};
    format_clock(b, sizeof b, &run, 16 * HOUR + 5 * MINUTE);
    assert_string_equal(b, "day 2 01:05");
}

static void test_keys_have_names(void **state)
{
    (void)state;
    char b[16];
    assert_string_equal(press_name(PRESS_F(10), b), "F10");
    assert_string_equal(press_name(CONTROL('L'), b), "Ctrl-L");
    assert_string_equal(press_name('k', b), "k");
    assert_string_equal(press_name(PRESS_BACKTAB, b), "Shift-Tab");
    static const struct key_binding table[] = {{{'a', PRESS_UP}, 3, NULL, "x", NULL},
                                               {{0}, 0, NULL, NULL, NULL}};
    char presses[48];
    assert_int_equal(bindings_find(table, PRESS_UP)->action, 3);
    assert_null(bindings_find(table, 'b'));
    assert_string_equal(binding_presses(table, presses), "a Up");
}

static void test_journal_keeps_the_last(void **state)
{
    (void)state;
    static struct journal journal;
    for (int i = 0; i < JOURNAL_LINES + 10; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        journal_add(&journal, i, INK_TEXT, text);
    }
    assert_int_equal(journal.count, JOURNAL_LINES);
    assert_string_equal(journal_at(&journal, 0)->text, "10");
    assert_string_equal(journal_at(&journal, JOURNAL_LINES - 1)->text, "509");
    journal_release(&journal);
}

/* What colour says must be said without it: inks that stand beside each other differ in attribute
 * or by a glyph. */
static void test_themes_have_all_inks(void **state)
{
    (void)state;
    int colourless = 0;
    for (int t = 0; t < THEME_COUNT; t++)
        colourless += !themes[t].colour;
    assert_int_equal(colourless, 1);
    assert_int_not_equal(theme_mono_attribute(INK_SELECTED), theme_mono_attribute(INK_TEXT));
    assert_int_not_equal(theme_mono_attribute(INK_BAR_ON), theme_mono_attribute(INK_BAR));
    assert_int_not_equal(theme_mono_attribute(INK_BAD), theme_mono_attribute(INK_GOOD));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_cut_with_an_ellipsis),
        cmocka_unit_test(test_wide_and_broken_text),
        cmocka_unit_test(test_every_code_point_survives_the_round_trip),
        cmocka_unit_test(test_nothing_is_drawn_outside),
        cmocka_unit_test(test_ascii_has_a_look_alike_for_all_that_is_drawn),
        cmocka_unit_test(test_names_are_cut_in_the_middle),
        cmocka_unit_test(test_text_goes_on_under_its_words),
        cmocka_unit_test(test_a_history_is_as_high_as_it_was),
        cmocka_unit_test(test_gauge_shows_eighths),
        cmocka_unit_test(test_words_wrap),
        cmocka_unit_test(test_plot_draws_line_band_and_limit),
        cmocka_unit_test(test_plot_of_nothing_is_harmless),
        cmocka_unit_test(test_lists_keep_the_cursor_in_view),
        cmocka_unit_test(test_search_goes_around),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_keys_have_names),
        cmocka_unit_test(test_journal_keeps_the_last),
        cmocka_unit_test(test_themes_have_all_inks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
