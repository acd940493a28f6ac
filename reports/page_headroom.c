/* Headroom and what binds: every limit by how near it is. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_sheet.h"

#define BARS_MOST 10

struct bars {
    const struct looked *items[BARS_MOST];
    int count;
};

static int by_ratio(const void *left, const void *right)
{
    double a = sheet_ratio(*(const struct looked *const *)left);
    double b = sheet_ratio(*(const struct looked *const *)right);
    a = isnan(a) ? -1 : a;
    b = isnan(b) ? -1 : b;
    return (a < b) - (a > b);
}

/* Nearest first; owned, NULL when out of memory or there are none. */
static const struct looked **sorted_limits(const struct answer *answer)
{
    const struct looked **sorted =
        answer->limit_count ? malloc(answer->limit_count * sizeof(struct looked *)) : NULL;
    for (size_t i = 0; sorted && i < answer->limit_count; i++)
        sorted[i] = &answer->limits[i];
    if (sorted)
        qsort(sorted, answer->limit_count, sizeof *sorted, by_ratio);
    return sorted;
}

/* Of peers that have the same limit only the fullest of each cluster. */
static bool is_shown(const struct sheet *sheet, const struct looked **sorted, size_t at)
{
    const struct scenario *s = sheet->scenario;
    uint32_t cluster = NONE;
    if (isnan(sheet_ratio(sorted[at])))
        return false;
    if (sorted[at]->scope != SCOPE_PEER)
        return true;
    for (uint32_t p = 0; p < s->peer_count; p++)
        if (strcmp(s->peers[p].name, sorted[at]->name) == 0)
            cluster = s->peers[p].cluster;
    for (size_t i = 0; i < at; i++)
        for (uint32_t p = 0; sorted[i]->scope == SCOPE_PEER && p < s->peer_count; p++)
            if (sorted[i]->limit == sorted[at]->limit && s->peers[p].cluster == cluster &&
                strcmp(s->peers[p].name, sorted[i]->name) == 0)
                return false;
    return true;
}

/* The limit, and 90 % of it, from one height to another. */
static void put_lines(FILE *f, int number, const char *system, double from, double to)
{
    fprintf(f,
            "set arrow %d from 1, %s %g to 1, %s %g nohead lw 2 lc rgb '" CHART_CAP
            "' front\nset arrow %d from 0.9, %s %g to 0.9, %s %g nohead dt 3 lw 1.4 lc rgb "
            "'" CHART_ALARM "' front\n",
            900 + number, system, from, system, to, 901 + number, system, from, system, to);
}

static void script_bars(FILE *f, const struct drawing *drawing, const void *context)
{
    const struct bars *bars = context;
    bool narrow = drawing->narrow;
    double most = 1.05;
    for (int i = 0; i < bars->count; i++)
        most = fmax(most, fmin(1.05 * sheet_ratio(bars->items[i]), 2));
    drawing_margins(f, drawing, (struct margins){narrow ? 12 : 230, narrow ? 26 : 170, 22, 26});
    fprintf(f,
            "set xrange [0:%g]\nset yrange [%g:0.6]\nunset ytics\nset xtics nomirror ('0' 0,'25 "
            "%%%%' 0.25,'50 %%%%' 0.5,'75 %%%%' 0.75,'100 %%%%' 1)\n"
            "set label 902 '90 %% alarm' at 0.885, graph 1 offset 0,0.6 right tc rgb '" CHART_ALARM
            "'\nset label 903 'limit' at 1, graph 1 offset 0,0.6 left tc rgb '" CHART_CAP "'\n",
            most, -bars->count + 0.4);
    if (narrow) /* beside each bar, so that no line crosses a text */
        for (int i = 0; i < bars->count; i++)
            put_lines(f, 2 * i, "first", -i - 0.42, -i + 0.02);
    else
        put_lines(f, 0, "graph", 0, 1);
    for (int i = 0; i < bars->count; i++) {
        const struct looked *limit = bars->items[i];
        char words[WORDS_SIZE], use[FIGURE_SIZE], size[FIGURE_SIZE], text[256];
        double share = sheet_ratio(limit), thick = narrow ? 0.13 : 0.22,
               at = narrow ? -i - 0.2 : -i;
        fprintf(f,
                "set object %d rect from 0, first %g to 1, first %g fc rgb '" CHART_RULE
                "' fs solid 0.6 noborder behind\n"
                "set object %d rect from 0, first %g to %g, first %g fc rgb '" CHART_LOAD
                "' fs solid 1 noborder front\n",
                2 * i + 1, at - thick, at + thick, 2 * i + 2, at - thick, fmin(share, most),
                at + thick);
        snprintf(text, sizeof text, "%.40s of %.40s \xC2\xB7 %.0f %%%s%.40s",
                 words_count(round(limit->use), use), words_count(limit->size, size), 100 * share,
                 *limit->down ? ", down: " : "", limit->down);
        fprintf(f, "set label %d ", 2 * i + 1);
        chart_quote(f, words_limit(limit, words), narrow ? 24 : 30);
        fprintf(f,
                narrow ? " at graph 0, first %g left tc rgb '" CHART_INK "' front\n"
                       : " at graph -0.03, first %g right tc rgb '" CHART_INK "' front\n",
                narrow ? -i + 0.22 : -i);
        fprintf(f, "set label %d ", 2 * i + 2);
        chart_quote(f, text, 44);
        fprintf(f,
                narrow ? " at graph 1, first %g right tc rgb '" CHART_FAINT "' front\n"
                       : " at graph 1.03, first %g left tc rgb '" CHART_FAINT "' front\n",
                narrow ? -i + 0.22 : -i);
    }
    fputs("plot NaN notitle\n", f);
}

static void put_limits(struct sheet *sheet, const struct looked **sorted)
{
    FILE *out = sheet->page.out;
    size_t count = sheet->answer->limit_count;
    page_details(&sheet->page, "Every limit");
    page_table(&sheet->page, "Limits, nearest first",
               "Where|Limit|>Peak|>Of|>Share|With peers down|How known");
    for (size_t i = 0; i < count && i < 200; i++) {
        const struct looked *limit = sorted[i];
        double share = sheet_ratio(limit);
        char text[FIGURE_SIZE];
        page_row(&sheet->page, limit->name);
        page_cell(&sheet->page, limit_words(limit->limit));
        page_number(&sheet->page, isnan(limit->use) ? "-" : words_count(round(limit->use), text));
        page_number(&sheet->page, words_count(limit->size, text));
        snprintf(text, sizeof text, isnan(share) ? "-" : "%.0f" NBSP "%%", 100 * share);
        page_number(&sheet->page, text);
        page_cell(&sheet->page, limit->down);
        fprintf(out, "<td>%s</td>",
                limit->basis == BASIS_NONE ? "not looked at" : basis_name(limit->basis));
        page_row_end(&sheet->page);
    }
    page_table_end(&sheet->page);
    page_details_end(&sheet->page);
}

bool sheet_has_headroom(const struct sheet *sheet)
{
    return sheet->answer && sheet->answer->limit_count;
}

static void headroom_finding(struct sheet *sheet)
{
    const struct binding *binding = &sheet->answer->binding;
    const struct looked *limit = sheet_tightest(sheet->answer);
    char text[WORDS_SIZE] = "", words[WORDS_SIZE], use[FIGURE_SIZE], size[FIGURE_SIZE];
    int used = 0;
    if (binding->what)
        used = snprintf(text, sizeof text, "What binds when calls are refused: %.200s. ",
                        binding->what);
    if (limit)
        used += snprintf(text + used, sizeof text - (size_t)used,
                         "%.120s come%s nearest to a limit: %s of %s, %.0f" NBSP "%%.",
                         words_limit(limit, words), "", words_count(round(limit->use), use),
                         words_count(limit->size, size), 100 * sheet_ratio(limit));
    used = (int)strlen(text);
    const struct other_loads *loads = sheet->report->loads;
    if (*words_growth(loads, use))
        snprintf(text + used, sizeof text - (size_t)used, " The load may grow by %s%s%.100s%s.",
                 use + (*use == '+'), *loads->down ? " with " : "", loads->down,
                 *loads->down ? " down" : "");
    else if (!isnan(binding->spare_factor) && binding->spare_factor > 0 &&
             sheet->answer->verdict == VERDICT_YES)
        snprintf(text + used, sizeof text - (size_t)used,
                 " By formula the load times %.2f still meets the goal.", binding->spare_factor);
    page_finding(&sheet->page, text);
}

void sheet_headroom(struct sheet *sheet)
{
    const struct looked **sorted = sorted_limits(sheet->answer);
    struct bars bars = {.count = 0};
    char desc[WORDS_SIZE] = "", words[WORDS_SIZE];
    if (!sorted)
        return;
    for (size_t i = 0; i < sheet->answer->limit_count && bars.count < BARS_MOST; i++)
        if (is_shown(sheet, sorted, i))
            bars.items[bars.count++] = sorted[i];
    page_section(&sheet->page, "Headroom and what binds");
    headroom_finding(sheet);
    page_beside(&sheet->page);
    if (bars.count) {
        snprintf(desc, sizeof desc, "Nearest to its limit: %.200s, %.0f %%.",
                 words_limit(bars.items[0], words), 100 * sheet_ratio(bars.items[0]));
        page_chart(&sheet->page, &(struct chart){.id = "headroom",
                                                 .title = "How near each limit is",
                                                 .desc = desc,
                                                 .wide_height = 56 + 34 * bars.count,
                                                 .narrow_height = 56 + 46 * bars.count,
                                                 .script = script_bars,
                                                 .context = &bars});
    }
    put_limits(sheet, sorted);
    page_aside(&sheet->page);
    fputs("<p class=\"note\"><b>How to read it.</b> Each bar is the mean of the peaks, or what is "
          "registered at rest, as a share of its limit; of peers the fullest of a cluster. At 90 % "
          "the product raises an alarm; at 100 % calls or devices are refused.</p>\n",
          sheet->page.out);
    page_beside_end(&sheet->page);
    sheet_loads(sheet);
    page_section_end(&sheet->page);
    free(sorted);
}
