/* What an answer rests on, how far to trust it, and how to make it again. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_sheet.h"

static void put_term(FILE *out, const char *term, const char *text)
{
    fprintf(out, "<dt>%s</dt><dd>", term);
    markup_text(out, text);
    fputs("</dd>\n", out);
}

static void put_table_words(struct sheet *sheet)
{
    const struct scenario *s = sheet->scenario;
    char text[WORDS_SIZE];
    snprintf(text, sizeof text, "%.200s%s%.300s%s", s->table, s->table_source ? " (" : "",
             s->table_source ? s->table_source : "", s->table_source ? ")" : "");
    put_term(sheet->page.out, "Capacity table", text);
}

static void put_licence_words(struct sheet *sheet)
{
    const struct scenario *s = sheet->scenario;
    uint32_t without = 0;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        without += !s->clusters[c].licensed[LICENCE_RMS];
    put_term(sheet->page.out, "Licences",
             !without                      ? "RMS are limited by the licences stated."
             : without == s->cluster_count ? "No licences are stated: RMS are not limited."
                                           : "RMS are limited where licences are stated.");
}

static void put_detection_words(struct sheet *sheet)
{
    const struct scenario *s = sheet->scenario;
    nanos most = 0;
    char text[FIGURE_SIZE], duration[FIGURE_SIZE];
    for (uint32_t c = 0; c < s->cluster_count; c++)
        most = s->clusters[c].detect > most ? s->clusters[c].detect : most;
    if (most == 0)
        snprintf(text, sizeof text, "A dead peer is avoided at once.");
    else
        snprintf(text, sizeof text, "A dead peer is still chosen for up to %.40s.",
                 figure_duration(most, duration));
    put_term(sheet->page.out, "Detection", text);
}

static void put_arrival_words(struct sheet *sheet)
{
    const struct scenario *s = sheet->scenario;
    uint32_t own = 0, sources = 0, batches = 0;
    char text[WORDS_SIZE];
    for (uint32_t c = 0; c < s->class_count; c++) {
        own += s->classes[c].arrivals.kind == ARRIVALS_RATE;
        sources += s->classes[c].arrivals.kind == ARRIVALS_SOURCES;
        batches += s->classes[c].arrivals.batch_count > 0;
    }
    snprintf(text, sizeof text, "%s%s%s%s",
             own ? "Calls come at random (Poisson) at the rates stated. " : "",
             batches ? "Some come in batches. " : "",
             sources ? "Some classes have a finite number of callers. " : "",
             s->trace_count ? "Recorded calls come as recorded." : "");
    if (*text)
        put_term(sheet->page.out, "Arrivals", text);
}

static void put_formula_words(struct sheet *sheet)
{
    if (sheet->results) {
        put_term(sheet->page.out, "Intervals",
                 sheet->results->replications > 1
                     ? "95 % confidence over independent runs. Bands: 5th to 95th percentile."
                     : "One run only: intervals, where there are any, are of batch means.");
        put_term(sheet->page.out, "Formulas",
                 "Shares, peaks and times in this report are simulated; devices at rest are "
                 "counted. Nothing in large type is by formula.");
        return;
    }
    if (sheet->report->kind == REPORT_COMPARE)
        put_term(
            sheet->page.out, "Intervals",
            "95 % confidence of paired differences: both sides are simulated on the same random "
            "numbers, so that most of what is chance cancels.");
    else
        put_term(
            sheet->page.out, "How known",
            "By formula, unless a figure is marked as simulated, replayed or counted: an exact "
            "one is a theorem here, an approximate one lies within its band, an orientation "
            "decides nothing.");
}

#define NOTES_MOST 40

void sheet_assumptions(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    page_section(&sheet->page, "Assumptions, and how far to trust them");
    page_finding(&sheet->page, "Guideline figures of the manufacturer, not guaranteed; the load is "
                               "what the scenario says.");
    fputs("<dl>\n", out);
    put_table_words(sheet);
    put_licence_words(sheet);
    put_detection_words(sheet);
    put_arrival_words(sheet);
    put_formula_words(sheet);
    fputs("</dl>\n", out);
    if (sheet->answer && sheet->answer->note_count) {
        fputs("<ul class=\"note\">", out);
        for (size_t i = 0; i < sheet->answer->note_count && i < NOTES_MOST; i++) {
            fputs("<li>", out);
            markup_text(out, sheet->answer->notes[i].text);
            fputs("</li>\n", out);
        }
        if (sheet->answer->note_count > NOTES_MOST)
            fprintf(out, "<li>and %zu more</li>", sheet->answer->note_count - NOTES_MOST);
        fputs("</ul>\n", out);
    }
    page_section_end(&sheet->page);
}

/* "metrics.csv, timeseries.csv, ...: with --csv DIR". */
static void put_files(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    char names[REPORT_NAMES_SIZE];
    bool folder = sheet->report->kind != REPORT_SIZE && sheet->report->kind != REPORT_ADVISE;
    fputs("<dt>All figures</dt><dd>", out);
    if (folder) {
        markup_text(out, report_file_names(sheet->report, names));
        fputs(" with --csv DIR", out);
    } else {
        fputs("the table as CSV with --csv", out);
    }
    fputs("</dd>\n", out);
}

void sheet_provenance(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct results *results = sheet->results;
    char text[WORDS_SIZE], length[FIGURE_SIZE];
    page_section(&sheet->page, "Provenance");
    page_finding(&sheet->page, "The same scenario, seed and version give the same page.");
    fputs("<dl>\n", out);
    fputs("<dt>Command</dt><dd><code>", out);
    markup_text(out, words_command(sheet->report, text));
    fputs("</code></dd>\n", out);
    if (sheet->report->sha256) {
        fputs("<dt>Inputs, SHA-256</dt><dd><code>", out);
        markup_text(out, sheet->report->sha256);
        fputs("</code></dd>\n", out);
    }
    if (results) {
        snprintf(text, sizeof text, "%zu of %s, seed %" PRIu64, results->replications,
                 figure_duration(sheet->scenario->run.length, length), results->seed);
        put_term(out, "Runs", text);
        if (results->warmup > 0)
            snprintf(text, sizeof text, "%s before each", figure_duration(results->warmup, length));
        else
            snprintf(text, sizeof text, "none");
        put_term(out, "Warm-up", text);
    }
    put_term(out, "Program", "peerplan " PEERPLAN_VERSION);
    put_term(out, "Charts",
             sheet->page.drawn ? sheet->page.plotter : "none: gnuplot was not found");
    put_files(sheet);
    fputs("</dl>\n", out);
    page_section_end(&sheet->page);
}
