#include "reports/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/output.h"
#include "reports/markup.h"
#include "reports/page_own.h"
#include "reports/page_sheet.h"
#include "reports/screen.h"

/* ---- What sections share ---- */

struct interval sheet_interval(const struct sheet *sheet, enum scope scope, const char *name,
                               const char *metric)
{
    size_t at = sheet->results ? results_find(sheet->results, scope, name, metric) : SIZE_MAX;
    return at == SIZE_MAX ? (struct interval){NAN, NAN, NAN}
                          : results_interval(sheet->results, at, 0);
}

double sheet_metric(const struct sheet *sheet, enum scope scope, const char *name,
                    const char *metric)
{
    return sheet_interval(sheet, scope, name, metric).value;
}

double sheet_ratio(const struct looked *limit)
{
    return limit->size > 0 && !isnan(limit->use) ? limit->use / limit->size : NAN;
}

const struct looked *sheet_tightest(const struct answer *answer)
{
    const struct looked *best = NULL;
    for (size_t i = 0; i < answer->limit_count; i++) {
        double share = sheet_ratio(&answer->limits[i]);
        if (!isnan(share) && (!best || share > sheet_ratio(best)))
            best = &answer->limits[i];
    }
    return best;
}

double sheet_calls_cut(const struct sheet *sheet)
{
    double cut = 0;
    for (uint32_t i = 0; i < sheet->scenario->class_count; i++) {
        double value =
            sheet_metric(sheet, SCOPE_CLASS, sheet->scenario->classes[i].name, "dropped");
        cut += isnan(value) ? 0 : value;
    }
    return cut;
}

/* ---- The table of a command ---- */

bool sheet_has_own(const struct sheet *sheet)
{
    return report_own_title(sheet->report);
}

static bool put_own(struct table *table, const void *report)
{
    return report_own(table, report);
}

/* The first line that the command says on a screen, as a sentence; owned, NULL when out of memory.
 */
static char *own_finding(const struct report *report)
{
    char *said = NULL, *sentence = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&said, &length);
    if (!file)
        return NULL;
    screen_put(report, true, false, file);
    if (fclose(file) == 0) {
        length = strcspn(said, "\n");
        bool ended = length == 0 || strchr(".:!?", said[length - 1]);
        if (asprintf(&sentence, "%.*s%s", (int)length, said, ended ? "" : ".") < 0)
            sentence = NULL;
    }
    if (sentence && *sentence >= 'a' && *sentence <= 'z')
        *sentence = (char)(*sentence - 'a' + 'A');
    free(said);
    return sentence;
}

#define OWN_ROWS 500

static const struct {
    enum report_kind kind;
    void (*put)(struct sheet *sheet);
} charts[] = {{REPORT_FORECAST, sheet_dates},
              {REPORT_SIZE, sheet_designs},
              {REPORT_COMPARE, sheet_differences}};

void sheet_own(struct sheet *sheet)
{
    const char *title = report_own_title(sheet->report);
    char *finding = sheet->report->kind == REPORT_COMPARE ? NULL : own_finding(sheet->report);
    page_section(&sheet->page, title);
    page_finding(&sheet->page, finding ? finding : "");
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
        if (charts[i].kind == sheet->report->kind)
            charts[i].put(sheet);
    bool long_one = sheet->report->kind == REPORT_COMPARE;
    if (long_one)
        page_details(&sheet->page, "Every figure that both have");
    page_tabled(&sheet->page, title, OWN_ROWS, put_own, sheet->report);
    if (long_one)
        page_details_end(&sheet->page);
    page_section_end(&sheet->page);
    free(finding);
}

/* ---- The page ---- */

static const struct section {
    const char *title; /* in the contents; NULL: the command's table names itself */
    bool (*has)(const struct sheet *sheet); /* NULL: always */
    void (*put)(struct sheet *sheet);
} sections[] = {
    {"What was asked", NULL, sheet_asked},
    {NULL, sheet_has_own, sheet_own},
    {"The clusters", NULL, sheet_clusters},
    {"Load and capacity", sheet_has_load, sheet_load},
    {"Refused calls", sheet_has_refused, sheet_refused},
    {"When peers die", sheet_has_deaths, sheet_deaths},
    {"Licences", sheet_has_licences, sheet_licences},
    {"Headroom", sheet_has_headroom, sheet_headroom},
    {"Assumptions", NULL, sheet_assumptions},
    {"Provenance", NULL, sheet_provenance},
};
#define SECTIONS (sizeof sections / sizeof *sections)

static void put_contents(struct sheet *sheet)
{
    int number = 0;
    page_nav_begin(&sheet->page);
    for (size_t i = 0; i < SECTIONS; i++)
        if (!sections[i].has || sections[i].has(sheet))
            page_nav_link(&sheet->page, ++number,
                          sections[i].title ? sections[i].title : report_own_title(sheet->report));
    page_nav_end(&sheet->page);
}

static void put_subtitle(const struct sheet *sheet, char *text, size_t size)
{
    char clusters[WORDS_SIZE], days[FIGURE_SIZE];
    const char *what = sheet->answer ? "Capacity report" : report_own_title(sheet->report);
    words_days(sheet->report, days);
    snprintf(text, size, "%s \xC2\xB7 %.400s%s%s", what ? what : "Report",
             words_clusters(sheet->scenario, clusters), sheet->answer ? " \xC2\xB7 " : "",
             !sheet->answer   ? ""
             : sheet->results ? days
                              : "by formula");
}

static void put_sheet(struct sheet *sheet)
{
    const struct scenario *s = sheet->scenario;
    char subtitle[WORDS_SIZE];
    put_subtitle(sheet, subtitle, sizeof subtitle);
    page_set_foot(&sheet->page, sheet->results, sheet->report->sha256);
    page_begin(&sheet->page, s->title ? s->title : "Scenario", subtitle);
    if (sheet->answer)
        sheet_box(sheet);
    page_charts_missing(&sheet->page);
    put_contents(sheet);
    for (size_t i = 0; i < SECTIONS; i++)
        if (!sections[i].has || sections[i].has(sheet))
            sections[i].put(sheet);
    page_end(&sheet->page);
}

static struct sheet sheet_of(const struct report *report)
{
    return (struct sheet){.report = report,
                          .scenario = report->scenario,
                          .answer = report->answer,
                          .results = report->kind == REPORT_RUN ? report->results : NULL};
}

void page_put(FILE *out, const struct report *report)
{
    if (report->kind == REPORT_CHECK) {
        page_put_findings(out, report->findings, report->deployment);
        return;
    }
    struct sheet sheet = sheet_of(report);
    page_init(&sheet.page, out);
    put_sheet(&sheet);
}

bool page_charts(const struct report *report,
                 void (*take)(void *context, const struct chart *chart), void *context)
{
    struct sheet sheet = sheet_of(report);
    FILE *nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        return false;
    page_init(&sheet.page, nowhere);
    sheet.page.take = take;
    sheet.page.context = context;
    if (sheet.page.drawn)
        put_sheet(&sheet);
    fclose(nowhere);
    return sheet.page.drawn;
}

bool page_write(const char *path, const struct report *report, struct errors *errors)
{
    struct output *output = output_open(path, errors);
    if (!output)
        return false;
    page_put(output_stream(output), report);
    return output_commit(output, errors);
}
