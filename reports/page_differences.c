/* The chart of a comparison: what is refused more or less of each class, with its interval. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_own.h"

#define ROWS_MOST 12

struct rows {
    const struct pairs *pairs;
    const struct pair *items[ROWS_MOST]; /* greatest difference first */
    int count;
    double most; /* per cent, either way */
};

static struct rows rows_of(const struct pairs *pairs)
{
    struct rows rows = {.pairs = pairs};
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->items[i];
        const struct metric *metric = pair_metric(pairs, pair);
        struct interval d = pair->paired.difference;
        int at = rows.count;
        if (metric->scope != SCOPE_CLASS || strcmp(metric->metric, "blocked_fraction") != 0 ||
            isnan(d.value))
            continue;
        while (at > 0 && fabs(d.value) > fabs(rows.items[at - 1]->paired.difference.value))
            at--;
        if (at == ROWS_MOST)
            continue;
        rows.count += rows.count < ROWS_MOST;
        memmove(&rows.items[at + 1], &rows.items[at],
                (size_t)(rows.count - 1 - at) * sizeof *rows.items);
        rows.items[at] = pair;
    }
    for (int i = 0; i < rows.count; i++) {
        struct interval d = rows.items[i]->paired.difference;
        double reach = isnan(d.low) ? fabs(d.value) : fmax(fabs(d.low), fabs(d.high));
        rows.most = fmax(rows.most, 100 * reach);
    }
    return rows;
}

/* "0.71 % less (0.62 to 0.80)", "the same", "not seen yet" */
static void difference_words(const struct pair *pair, char *text, size_t size)
{
    struct interval d = pair->paired.difference;
    char share[FIGURE_SIZE], range[FIGURE_SIZE];
    bool less = d.value < 0;
    if (less)
        d = (struct interval){-d.value, -d.high, -d.low};
    if (pair->seen == PAIR_SAME) {
        snprintf(text, size, "the same");
        return;
    }
    if (pair->seen == PAIR_NOT_YET) {
        snprintf(text, size, "no difference seen yet");
        return;
    }
    words_share(d.value, share);
    words_range(d, range);
    snprintf(text, size, "%.40s %s%s%.60s%s", share, less ? "less" : "more", *range ? " (" : "",
             range, *range ? ")" : "");
}

static void put_row(FILE *out, const struct rows *rows, int i, bool narrow)
{
    const struct pair *pair = rows->items[i];
    struct interval d = pair->paired.difference;
    bool seen = pair->seen == PAIR_CHANGE;
    const char *colour = !seen ? CHART_UNSURE : d.value < 0 ? CHART_YES : CHART_NO;
    double at = narrow ? -2 * i - 1 : -i, line = narrow ? -2 * i : -i;
    char text[256];
    difference_words(pair, text, sizeof text);
    fprintf(out, "set label %d ", 3 * i + 1);
    chart_quote(out, pair_metric(rows->pairs, pair)->name, narrow ? 18 : 22);
    fprintf(out, " at graph %g, first %g %s tc rgb '" CHART_INK "' front\nset label %d ",
            narrow ? 0 : -0.02, line, narrow ? "left" : "right", 3 * i + 2);
    chart_quote(out, text, 40);
    fprintf(out, " at graph %g, first %g %s tc rgb '" CHART_INK "' front\n", narrow ? 1 : 1.02,
            line, narrow ? "right" : "left");
    if (!isnan(d.low))
        fprintf(out,
                "set arrow %d from %g, first %g to %g, first %g nohead lw 2 lc rgb '%s' front\n",
                i + 1, 100 * d.low, at, 100 * d.high, at, colour);
    fprintf(out, "set label %d '' at %g, first %g point pt %d ps 1.1 lc rgb '%s' front\n",
            3 * i + 3, 100 * d.value, at,
            pair->seen == PAIR_NOT_YET ? 9
            : d.value <= 0             ? 7
                                       : 5,
            colour);
}

static void script_differences(FILE *out, const struct drawing *drawing, const void *context)
{
    const struct rows *rows = context;
    bool narrow = drawing->narrow;
    double most = fmax(1.1 * rows->most, 1e-4), unit = pow(10, floor(log10(most)));
    double tick = most / unit > 5 ? 4 * unit : most / unit > 2 ? 2 * unit : unit;
    int lines = rows->count * (narrow ? 2 : 1);
    drawing_margins(out, drawing, (struct margins){narrow ? 26 : 172, narrow ? 26 : 236, 22, 26});
    fprintf(out, "set xrange [%g:%g]\nset yrange [%g:0.6]\nunset ytics\nset xtics nomirror (",
            -most, most, -lines + 0.4);
    int each = (int)floor(most / tick);
    for (int i = -each; i <= each; i++)
        fprintf(out, "%s'%s%g %%%%' %g", i > -each ? "," : "",
                i > 0   ? "+"
                : i < 0 ? "\xE2\x88\x92"
                        : "",
                fabs(i * tick), i * tick);
    fputs(")\nset grid xtics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\n"
          "set arrow 900 from 0, graph 0 to 0, graph 1 nohead lw 1.4 lc rgb '" CHART_CAP "'\n"
          "set label 901 'less refused' at 0, graph 1 offset -1,0.6 right tc rgb '" CHART_FAINT
          "'\nset label 902 'more refused' at 0, graph 1 offset 1,0.6 left tc rgb '" CHART_FAINT
          "'\n",
          out);
    for (int i = 0; i < rows->count; i++)
        put_row(out, rows, i, narrow);
    fputs("plot NaN notitle\n", out);
}

/* What is A, what is B, and the shares behind the chart. */
static void put_classes(struct sheet *sheet, const struct rows *rows)
{
    struct page *page = &sheet->page;
    char text[256];
    fputs("<p class=\"note\">", page->out);
    markup_format(page->out, "A is %s, B is %s.", sheet->report->name, sheet->report->other->name);
    fputs("</p>\n", page->out);
    page_table(page, "Share of calls refused", "Class|>A|>B|>B \xE2\x88\x92 A");
    for (int i = 0; i < rows->count; i++) {
        page_row(page, pair_metric(rows->pairs, rows->items[i])->name);
        page_number(page, words_share(rows->items[i]->value_a, text));
        page_number(page, words_share(rows->items[i]->value_b, text));
        difference_words(rows->items[i], text, sizeof text);
        page_number(page, text);
        page_row_end(page);
    }
    page_table_end(page);
}

void sheet_differences(struct sheet *sheet)
{
    struct rows rows = rows_of(sheet->report->pairs);
    char desc[WORDS_SIZE] = "No class of calls is in both scenarios.", text[256];
    if (rows.count) {
        difference_words(rows.items[0], text, sizeof text);
        snprintf(desc, sizeof desc, "Greatest change in refused calls: %.100s, %s.",
                 pair_metric(rows.pairs, rows.items[0])->name, text);
    }
    page_finding(&sheet->page, desc);
    if (!rows.count)
        return;
    page_chart(&sheet->page,
               &(struct chart){.id = "differences",
                               .title = "Share refused in B less that in A, with 95 % "
                                        "intervals",
                               .desc = desc,
                               .wide_height = 60 + 26 * rows.count,
                               .narrow_height = 60 + 48 * rows.count,
                               .script = script_differences,
                               .context = &rows});
    put_classes(sheet, &rows);
}
