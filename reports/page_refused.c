/* Refused calls against the goal: a forest plot, and the figures. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_sheet.h"

#define ROWS_MOST 12 /* classes of a situation in the plot */

/* Rows of the plot: as planned, then with the worst set of peers down. */
struct forest {
    const struct sheet *sheet;
    const struct judged *rows[2 * ROWS_MOST];
    struct judged down[ROWS_MOST]; /* made here: an answer has the worst class of a set alone */
    size_t planned, count;
    double goal; /* per cent */
};

static bool in_forest(const struct answer *answer, const struct judged *row, bool down)
{
    if (row->goal != GOAL_BLOCKING || row->scope != SCOPE_CLASS || row->hourly ||
        isnan(row->value.value))
        return false;
    if (!down)
        return row->down_count == 0;
    return answer->worst_down && row->down_count &&
           strcmp(row->down, answer->worst_down->down) == 0;
}

/* The rows of a situation; of many the worst, in the order of the file. */
static size_t take(const struct answer *answer, bool down, const struct judged **rows)
{
    size_t count = 0;
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        if (!in_forest(answer, row, down))
            continue;
        if (count < ROWS_MOST) {
            rows[count++] = row;
            continue;
        }
        size_t least = 0;
        for (size_t k = 1; k < count; k++)
            if (rows[k]->value.value < rows[least]->value.value)
                least = k;
        if (row->value.value <= rows[least]->value.value)
            continue;
        memmove(&rows[least], &rows[least + 1], (count - least - 1) * sizeof *rows);
        rows[count - 1] = row;
    }
    return count;
}

/* The load as stated among others: every class with the worst set of peers down. */
static const struct other_load *load_as_stated(const struct other_loads *loads)
{
    for (size_t i = 0; loads && *loads->down && i < loads->count; i++)
        if (loads->loads[i].factor == 1)
            return &loads->loads[i];
    return NULL;
}

/* The classes of the rows as planned, with peers down. */
static void take_down(struct forest *forest, const struct other_load *load)
{
    const struct judged *worst = forest->sheet->answer->worst_down;
    for (size_t i = 0; i < forest->planned; i++) {
        const struct other_load_class *class = &load->classes[forest->rows[i]->index];
        struct judged *row = &forest->down[i];
        if (isnan(class->refused.value))
            continue;
        *row = *forest->rows[i];
        row->down = worst->down;
        row->down_count = worst->down_count;
        row->value = class->refused;
        row->limit = class->goal;
        row->verdict = class->verdict;
        row->basis = class->basis;
        forest->rows[forest->count++] = row;
    }
}

static void forest_make(struct forest *forest, const struct sheet *sheet)
{
    const struct answer *answer = sheet->answer;
    const struct other_load *stated = load_as_stated(sheet->report->loads);
    *forest = (struct forest){.sheet = sheet, .goal = 1};
    forest->count = forest->planned = take(answer, false, forest->rows);
    if (stated && answer->worst_down)
        take_down(forest, stated);
    if (forest->count == forest->planned)
        forest->count += take(answer, true, forest->rows + forest->planned);
    if (answer->worst)
        forest->goal = 100 * answer->worst->limit;
}

/* ---- The plot ---- */

/* Lines of a plot from the top: a heading a situation, a line a class (two where it is narrow). */
static int lines_of(const struct forest *forest, bool narrow)
{
    return (forest->planned > 0) + (forest->count > forest->planned) +
           (int)forest->count * (narrow ? 2 : 1);
}

static const char *colour_of(enum verdict verdict)
{
    return verdict == VERDICT_YES ? CHART_YES : verdict == VERDICT_NO ? CHART_NO : CHART_OPEN;
}

static int shape_of(enum verdict verdict)
{
    return verdict == VERDICT_YES ? 7 : verdict == VERDICT_NO ? 5 : 9;
}

/* A plot while it is written. */
struct plot {
    FILE *f;
    bool narrow;
    double least; /* per cent, of the axis */
    int number;   /* of the next label or arrow */
};

/* A text at a place ("graph 0.0", left; "graph -0.02", right) on a line. */
static void put_label(struct plot *plot, const char *text, const char *place, double line,
                      const char *colour)
{
    bool beside = place[6] == '-' || strcmp(place, "graph 1.0") == 0;
    fprintf(plot->f, "set label %d ", plot->number++);
    chart_quote(plot->f, text, place[6] == '1' ? 40 : *place == 's' ? 26 : plot->narrow ? 18 : 22);
    fprintf(plot->f, " at %s, first %g %s tc rgb '%s' front\n", place, -line,
            beside ? "right" : "left", colour);
}

/* Where it is narrow a grid would cross the texts: ticks beside each mark stand for it. */
static void put_ticks(struct plot *plot, double at)
{
    for (double x = plot->least; x <= 100.5; x *= 10)
        fprintf(plot->f,
                "set arrow %d from %g, first %g to %g, first %g nohead lw 0.7 lc rgb '" CHART_RULE
                "' back\n",
                plot->number++, x, -at - 0.4, x, -at + 0.3);
}

/* A class: its name, its share in words, the interval with its mark. */
static void put_mark(struct plot *plot, const struct judged *row, double at)
{
    const char *colour = colour_of(row->verdict);
    double value = fmax(100 * row->value.value, plot->least);
    double low = isnan(row->value.low) ? value : fmax(100 * row->value.low, plot->least);
    double high = isnan(row->value.high) ? value : fmax(100 * row->value.high, plot->least);
    bool none = row->value.value <= 0;
    fprintf(plot->f, "set arrow %d from %g, first %g to %g, first %g %s lw 2 lc rgb '%s' front\n",
            plot->number++, high, -at, low, -at,
            none ? "head filled size screen 0.012,20" : "nohead", colour);
    if (none)
        fprintf(plot->f,
                "set arrow %d from %g, first %g to %g, first %g nohead lw 2 lc rgb '%s' front\n",
                plot->number++, high, -at + 0.18, high, -at - 0.18, colour);
    else
        fprintf(plot->f, "set label %d '' at %g, first %g point pt %d ps 1.1 lc rgb '%s' front\n",
                plot->number++, value, -at, shape_of(row->verdict), colour);
}

static void put_row(struct plot *plot, const struct judged *row, double line)
{
    char share[FIGURE_SIZE];
    words_shared(row->value, share);
    if (strlen(share) > 34) /* bytes; tiny shares are long */
        words_share(row->value.value, share);
    put_label(plot, row->name, plot->narrow ? "graph 0.0" : "graph -0.02", line, CHART_INK);
    put_label(plot, share, plot->narrow ? "graph 1.0" : "graph 1.02", line, CHART_INK);
    if (plot->narrow)
        put_ticks(plot, line + 1);
    put_mark(plot, row, plot->narrow ? line + 1 : line);
}

static void script_forest(FILE *f, const struct drawing *drawing, const void *context)
{
    const struct forest *forest = context;
    bool narrow = drawing->narrow;
    struct plot plot = {f, narrow, narrow ? 0.01 : 0.001, 1};
    const char *heads = narrow ? "graph 0.0" : "screen 0.01";
    double line = 0, last = lines_of(forest, narrow);
    char goal[FIGURE_SIZE], label[FIGURE_SIZE + 8];
    drawing_margins(f, drawing, (struct margins){narrow ? 26 : 172, narrow ? 26 : 190, 24, 26});
    fprintf(f,
            "set logscale x\nset xrange [%g:100]\nset yrange [%g:0.6]\nunset ytics\n"
            "set xtics nomirror (%s'0.01 %%%%' 0.01,'0.1 %%%%' 0.1,'1 %%%%' 1,'10 %%%%' 10,"
            "'100 %%%%' 100)\n"
            "%s"
            "set object 1 rect from %g, graph 0 to 100, graph 1 behind fc rgb '" CHART_NO
            "' fs solid 0.1 noborder\n"
            "set arrow 9000 from %g, graph 0 to %g, graph 1 nohead dt 2 lc rgb '" CHART_NO "'\n",
            plot.least, -last + 0.4, narrow ? "" : "'0.001 %%' 0.001,",
            narrow ? "" : "set grid xtics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\n", forest->goal,
            forest->goal, forest->goal);
    snprintf(label, sizeof label, "goal %s", words_share(forest->goal / 100, goal));
    fputs("set label 900 ", f);
    chart_quote(f, label, 30);
    fprintf(f, " at %g, graph 1 offset 0,0.6 center tc rgb '" CHART_NO "'\n", forest->goal);
    for (size_t i = 0; i < forest->count; i++) {
        if (i == 0 && forest->planned)
            put_label(&plot, "As planned", heads, line++, CHART_FAINT);
        if (i == forest->planned) {
            char heading[FIGURE_SIZE];
            words_situation(forest->rows[i], heading);
            *heading = 'W';
            put_label(&plot, heading, heads, line++, CHART_FAINT);
        }
        put_row(&plot, forest->rows[i], line);
        line += narrow ? 2 : 1;
    }
    fprintf(f, "plot NaN notitle\n");
}

/* ---- Tables ---- */

static void put_judged(struct sheet *sheet, size_t from, size_t to)
{
    FILE *out = sheet->page.out;
    const struct answer *answer = sheet->answer;
    page_table(&sheet->page, from ? "The other goals, judged" : "Every goal, judged",
               "What|Situation|Goal|>Share and 95 % interval|>At most|Verdict|How known");
    for (size_t i = from; i < to && i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        char text[FIGURE_SIZE];
        page_row(&sheet->page, row->name);
        page_cell(&sheet->page, words_situation(row, text));
        fprintf(out, "<td>%s</td>", goal_name(row->goal));
        page_number(&sheet->page,
                    isnan(row->value.value) ? "not known" : words_shared(row->value, text));
        page_number(&sheet->page, words_share(row->limit, text));
        fputs("<td>", out);
        page_mark(&sheet->page, verdict_name(row->verdict));
        fprintf(out, " %s</td><td>%s</td>", verdict_words(row->verdict), basis_name(row->basis));
        page_row_end(&sheet->page);
    }
    page_table_end(&sheet->page);
}

static void put_calls(struct sheet *sheet, uint32_t from, uint32_t to)
{
    static const char *const what[] = {"offered", "blocked", "dropped", "mean_in_progress",
                                       "peak_in_progress"};
    const struct scenario *s = sheet->scenario;
    page_table(&sheet->page,
               from ? "Calls of the other classes" : "Calls by class, means over runs",
               "Class|>Offered|>Refused|>Refused, 95 % interval|>Cut|>In progress, mean|>peak");
    for (uint32_t i = from; i < to && i < s->class_count; i++) {
        char text[FIGURE_SIZE];
        const char *name = s->classes[i].name;
        page_row(&sheet->page, name);
        for (size_t k = 0; k < sizeof what / sizeof *what; k++) {
            page_number(&sheet->page,
                        words_count(sheet_metric(sheet, SCOPE_CLASS, name, what[k]), text));
            if (k == 1)
                page_number(&sheet->page, words_shared(sheet_interval(sheet, SCOPE_CLASS, name,
                                                                      "blocked_fraction"),
                                                       text));
        }
        page_row_end(&sheet->page);
    }
    page_table_end(&sheet->page);
}

#define TABLE_MOST 12

static void put_tables(struct sheet *sheet)
{
    const struct answer *answer = sheet->answer;
    uint32_t classes = sheet->results ? sheet->scenario->class_count : 0;
    if (classes)
        put_calls(sheet, 0, TABLE_MOST);
    page_details(&sheet->page, "Every goal, judged");
    put_judged(sheet, 0, 300);
    if (answer->row_count > 300)
        fprintf(sheet->page.out, "<p class=\"note\">And %zu more (answer.csv has all).</p>\n",
                answer->row_count - 300);
    page_details_end(&sheet->page);
    if (classes > TABLE_MOST) {
        page_details(&sheet->page, "The other classes");
        put_calls(sheet, TABLE_MOST, 1000);
        page_details_end(&sheet->page);
    }
}

/* ---- The section ---- */

static void refused_finding(struct sheet *sheet, const struct forest *forest)
{
    size_t missed = 0, open = 0;
    char text[WORDS_SIZE];
    for (size_t i = 0; i < forest->count; i++) {
        missed += forest->rows[i]->verdict == VERDICT_NO;
        open += forest->rows[i]->verdict != VERDICT_NO && forest->rows[i]->verdict != VERDICT_YES;
    }
    if (!forest->count)
        snprintf(text, sizeof text, "No class of calls could be judged.");
    else if (missed)
        snprintf(text, sizeof text, "%zu of %zu lie%s beyond the goal.", missed, forest->count,
                 missed == 1 ? "s" : "");
    else if (open && sheet->results)
        snprintf(text, sizeof text, "%zu of %zu %s not decided: the goal lies inside the interval.",
                 open, forest->count, open == 1 ? "is" : "are");
    else if (open)
        snprintf(text, sizeof text, "%zu of %zu %s not decided by the formulas.", open,
                 forest->count, open == 1 ? "is" : "are");
    else if (sheet->results)
        snprintf(text, sizeof text,
                 "Every interval lies within the goal: the answer does not hang on chance.");
    else
        snprintf(text, sizeof text, "Every class lies within the goal, by formula.");
    page_finding(&sheet->page, text);
}

bool sheet_has_refused(const struct sheet *sheet)
{
    return sheet->answer && sheet->answer->row_count;
}

void sheet_refused(struct sheet *sheet)
{
    struct forest forest;
    forest_make(&forest, sheet);
    char desc[WORDS_SIZE] = "", share[FIGURE_SIZE], goal[FIGURE_SIZE];
    page_section(&sheet->page, "Refused calls against the goal");
    refused_finding(sheet, &forest);
    page_beside(&sheet->page);
    if (sheet->answer->worst)
        snprintf(desc, sizeof desc, "Worst as planned: %.100s with %s refused; the goal is %s.",
                 sheet->answer->worst->name, words_shared(sheet->answer->worst->value, share),
                 words_share(sheet->answer->worst->limit, goal));
    if (forest.count)
        page_chart(&sheet->page,
                   &(struct chart){.id = "refused",
                                   .title = "Share of calls refused, against the goal",
                                   .desc = desc,
                                   .wide_height = 60 + 26 * lines_of(&forest, false),
                                   .narrow_height = 60 + 24 * lines_of(&forest, true),
                                   .script = script_forest,
                                   .context = &forest});
    put_tables(sheet);
    page_aside(&sheet->page);
    fputs(
        sheet->results
            ? "<p class=\"note\"><b>How to read it.</b> The mark is the share, the bar its 95 % "
              "interval. Wholly left of the goal: met (circle). Wholly right: missed (square). "
              "Across: not yet decided (triangle).</p><p class=\"note\">An arrow: none was "
              "refused; "
              "the bar shows how high the true share could still be.</p>\n"
            : "<p class=\"note\"><b>How to read it.</b> The mark is the share by formula, the bar "
              "its band.</p>\n",
        sheet->page.out);
    page_beside_end(&sheet->page);
    page_section_end(&sheet->page);
}
