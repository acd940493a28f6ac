/* What would be refused with more load or less: a table, a class a row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_sheet.h"

#define ROWS_MOST 12

/* "-10 %", "as stated", "+3 %". */
static const char *load_words(const struct other_load *load, char buffer[static FIGURE_SIZE])
{
    double percent = 100 * (load->factor - 1);
    if (load->factor == 1)
        return "as stated";
    snprintf(buffer, FIGURE_SIZE, "%s%.0f" NBSP "%%", percent < 0 ? "\xE2\x88\x92" : "+",
             fabs(percent));
    return buffer;
}

/* "10 runs" of a simulation; how far to trust a formula. */
static const char *basis_words(const struct other_load *load, char buffer[static FIGURE_SIZE])
{
    if (load->replications)
        snprintf(buffer, FIGURE_SIZE, "%zu run%s", load->replications,
                 load->replications == 1 ? "" : "s");
    else
        snprintf(buffer, FIGURE_SIZE, "%s",
                 load->basis == BASIS_ORIENTATION ? "orientation"
                 : load->basis == BASIS_NONE      ? "not known"
                                                  : basis_name(load->basis));
    return buffer;
}

/* What a missed goal is about, where it is not the class's own. */
static const char *goal_words(const struct other_load *load)
{
    static const char *const words[GOAL_COUNT] = {[GOAL_BLOCKING] = "missed",
                                                  [GOAL_WORST_HOUR] = "worst hour",
                                                  [GOAL_REGISTRATIONS] = "devices",
                                                  [GOAL_CEILING] = "ceiling"};
    switch (load->verdict) {
    case VERDICT_YES:
        return "met";
    case VERDICT_NO:
        return words[load->goal];
    default:
        return "open";
    }
}

/* A class is refused most under the highest load. */
static double most_refused(const struct other_loads *loads, uint32_t k)
{
    double share = loads->loads[loads->count - 1].classes[k].refused.value;
    return isnan(share) ? -1 : share;
}

/* Among the worst that have a row. */
static bool has_row(const struct other_loads *loads, uint32_t count, uint32_t k)
{
    uint32_t worse = 0;
    for (uint32_t other = 0; other < count; other++)
        worse += most_refused(loads, other) > most_refused(loads, k) ||
                 (other < k && most_refused(loads, other) == most_refused(loads, k));
    return worse < ROWS_MOST;
}

/* A mark, its word for those who do not see it, and a text. */
static void put_marked(struct page *page, enum verdict verdict, const char *text)
{
    fputs("<td class=\"n\">", page->out);
    page_mark(page, verdict_name(verdict));
    fprintf(page->out, "<span class=\"unseen\">%s:</span> ", verdict_words(verdict));
    markup_text(page->out, text);
    fputs("</td>", page->out);
}

static void put_cell(struct page *page, const struct other_load_class *class)
{
    char share[FIGURE_SIZE], text[FIGURE_SIZE + 8];
    if (isnan(class->refused.value)) {
        page_number(page, "-");
        return;
    }
    bool none = class->refused.value <= 0 && class->refused.high > 0; /* zero is never alone */
    words_share(none ? class->refused.high : class->refused.value, share);
    snprintf(text, sizeof text, "%s%s", none ? "below " : "", share);
    put_marked(page, class->verdict, text);
}

static void put_table(struct page *page, const struct scenario *s, const struct other_loads *loads)
{
    char heads[512] = "Class", caption[256] = "Refused if the load differs from what was stated",
         text[FIGURE_SIZE];
    size_t used = strlen(heads);
    for (size_t i = 0; i < loads->count; i++)
        used += (size_t)snprintf(heads + used, sizeof heads - used, "|>%s",
                                 load_words(&loads->loads[i], text));
    if (*loads->down)
        snprintf(caption, sizeof caption,
                 "Refused with %.120s down if the load differs from what was stated", loads->down);
    page_table(page, caption, heads);
    for (uint32_t k = 0; k < s->class_count; k++) {
        if (!has_row(loads, s->class_count, k))
            continue;
        page_row(page, s->classes[k].name);
        for (size_t i = 0; i < loads->count; i++)
            put_cell(page, &loads->loads[i].classes[k]);
        page_row_end(page);
    }
    page_row(page, "All goals");
    for (size_t i = 0; i < loads->count; i++) {
        const struct other_load *load = &loads->loads[i];
        bool known = load->verdict != VERDICT_NOTHING;
        if (known)
            put_marked(page, load->verdict, goal_words(load));
        else
            page_number(page, "-");
    }
    page_row_end(page);
    page_row(page, "How known");
    for (size_t i = 0; i < loads->count; i++) {
        char words[FIGURE_SIZE];
        page_number(page, basis_words(&loads->loads[i], words));
    }
    page_row_end(page);
    page_table_end(page);
}

static bool is_known(const struct other_loads *loads)
{
    bool known = false;
    for (size_t i = 0; i < loads->count; i++)
        known =
            known || (loads->loads[i].factor != 1 && loads->loads[i].verdict != VERDICT_NOTHING);
    return known;
}

/* Where the formulas promise what the simulation does not keep, or fear too much. */
static const struct other_load *find_claim(const struct other_loads *loads)
{
    for (size_t i = 0; i < loads->count; i++) {
        const struct other_load *load = &loads->loads[i];
        bool told = load->claimed == VERDICT_YES || load->claimed == VERDICT_NO;
        bool found = load->verdict == VERDICT_YES || load->verdict == VERDICT_NO;
        if (load->replications && told && found && load->claimed != load->verdict)
            return load;
    }
    return NULL;
}

static bool any_unknown(const struct other_loads *loads)
{
    bool unknown = false;
    for (size_t i = 0; i < loads->count; i++)
        unknown = unknown || loads->loads[i].verdict == VERDICT_CANNOT_TELL;
    return unknown;
}

void sheet_loads(struct sheet *sheet)
{
    const struct other_loads *loads = sheet->report->loads;
    FILE *out = sheet->page.out;
    char text[FIGURE_SIZE];
    if (!loads || !loads->count || !sheet->scenario->class_count || !is_known(loads))
        return;
    put_table(&sheet->page, sheet->scenario, loads);
    fputs("<p class=\"note\">", out);
    page_mark(&sheet->page, "yes");
    fputs(" the whole interval is within the goal, ", out);
    page_mark(&sheet->page, "undecided");
    fputs(" the goal is inside the interval, ", out);
    page_mark(&sheet->page, "no");
    fputs(" the whole interval is beyond the goal", out);
    if (any_unknown(loads)) {
        fputs(", ", out);
        page_mark(&sheet->page, "cannot-tell");
        fputs(" the formulas do not decide", out);
    }
    fputs(". Below: none was refused, and so much at most. All classes and all devices are scaled "
          "alike; what is not simulated in runs is by "
          "formula.",
          out);
    const struct other_load *claim = find_claim(loads);
    if (claim)
        fprintf(
            out,
            " At %s the formulas alone say %s; they do not model all that happens here, and the "
            "simulation decides.",
            load_words(claim, text), verdict_words(claim->claimed));
    fputs("</p>\n", out);
}
