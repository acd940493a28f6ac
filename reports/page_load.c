/* Load against capacity over the time of a run, and licences likewise. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_sheet.h"

static void put_legend(struct sheet *sheet, bool strip)
{
    FILE *out = sheet->page.out;
    uint32_t told = 0;
    if (!sheet->page.drawn)
        return;
    fputs("<p class=\"legend\" aria-hidden=\"true\"><span><span class=\"key k-band\"></span> mean; "
          "nine runs of ten in the band</span> <span><span class=\"key k-cap\"></span> "
          "capacity</span> ",
          out);
    if (sheet->scenario->step_count)
        fputs("<span><span class=\"key k-event\"></span> peer away</span> ", out);
    for (uint32_t c = 0; strip && c < sheet->scenario->class_count && told < 5; c++) {
        const char *name = sheet->scenario->classes[c].name;
        if (!(sheet_metric(sheet, SCOPE_CLASS, name, "blocked") > 0))
            continue;
        fprintf(out, "<span><span class=\"key k-%" PRIu32 "\"></span> ", told + 1);
        markup_name(out, name);
        fputs(" refused</span> ", out);
        told++;
    }
    fputs("</p>\n", out);
}

static bool any_refused(const struct sheet *sheet)
{
    for (uint32_t c = 0; c < sheet->scenario->class_count; c++)
        if (sheet_metric(sheet, SCOPE_CLASS, sheet->scenario->classes[c].name, "blocked") > 0)
            return true;
    return false;
}

/* "edge is fullest at 11:15: 1,723 of 2,000 units at the peak, 86 %; 1,625 as a mean of 15 min." */
static void fullest(const struct sheet *sheet, const struct page_curve *curve, const char *what,
                    const char *unit, char text[static WORDS_SIZE])
{
    const struct run *run = &sheet->scenario->run;
    char clock[FIGURE_SIZE], mean[FIGURE_SIZE], peak[FIGURE_SIZE], cap[FIGURE_SIZE],
        interval[FIGURE_SIZE];
    nanos at = (nanos)curve->busiest * sheet->results->interval;
    double most = isnan(curve->peak) ? curve->mean[curve->busiest] : curve->peak;
    snprintf(text, WORDS_SIZE,
             "%.80s fullest at %.40s: %.40s of %.40s %.20s at the peak, %.0f" NBSP
             "%%; %.40s as a mean of %.40s.",
             what, words_clock(run, at, clock), words_count(round(most), peak),
             words_count(curve->size, cap), unit, curve->size > 0 ? 100 * most / curve->size : 0,
             words_count(round(curve->mean[curve->busiest]), mean),
             figure_duration(sheet->results->interval, interval));
}

static void draw(struct sheet *sheet, struct page_curve *curve, const char *id, const char *title,
                 const char *desc)
{
    char mean[FIGURE_SIZE], clock[FIGURE_SIZE], figure[2 * FIGURE_SIZE + 8];
    nanos at = (nanos)curve->busiest * sheet->results->interval;
    snprintf(figure, sizeof figure, "%s at %s",
             words_count(round(curve->mean[curve->busiest]), mean),
             words_clock(&sheet->scenario->run, at, clock));
    curve->figure = figure;
    page_chart(&sheet->page, &(struct chart){.id = id,
                                             .title = title,
                                             .desc = desc,
                                             .wide_height = curve->strip ? 390 : 300,
                                             .narrow_height = curve->strip ? 330 : 250,
                                             .script = page_curve_script,
                                             .context = curve});
}

static void put_cluster(struct sheet *sheet, uint32_t c, bool strip)
{
    const struct scenario *s = sheet->scenario;
    struct page_curve curve;
    char what[160], text[WORDS_SIZE], id[32], title[160], limit[FIGURE_SIZE + 16], cap[FIGURE_SIZE];
    double size = (double)scenario_cluster_units(s, c);
    if (!page_curve_read(sheet, c, "units", size, &curve))
        return;
    for (size_t i = 0; i < curve.intervals; i++)
        curve.cap[i] = page_curve_capacity(s, c, (nanos)i * sheet->results->interval, NULL, 0);
    curve.peak = sheet_metric(sheet, SCOPE_CLUSTER, s->clusters[c].name, "peak_units");
    curve.strip = strip;
    snprintf(limit, sizeof limit, "cap %s", words_count(size, cap));
    curve.limit = limit;
    snprintf(what, sizeof what, "%.100s is", s->clusters[c].name);
    fullest(sheet, &curve, what, "units", text);
    page_finding(&sheet->page, text);
    put_legend(sheet, strip);
    snprintf(id, sizeof id, "day-%" PRIu32, c + 1);
    snprintf(title, sizeof title, "Load and capacity of %.60s", s->clusters[c].name);
    draw(sheet, &curve, id, title, text);
    snprintf(title, sizeof title, "Units in use in %.100s", s->clusters[c].name);
    page_curve_table(sheet, &curve, title);
    page_curve_release(&curve);
}

bool sheet_has_load(const struct sheet *sheet)
{
    return sheet->results && sheet->results->intervals && sheet->scenario->class_count;
}

#define CURVES_MOST 12

void sheet_load(struct sheet *sheet)
{
    char interval[FIGURE_SIZE];
    bool refused = any_refused(sheet);
    page_section(&sheet->page, "Load against capacity");
    page_beside(&sheet->page);
    for (uint32_t i = 0; i < sheet->scenario->cluster_count && i < CURVES_MOST; i++)
        put_cluster(sheet, i, refused && i == 0);
    page_aside(&sheet->page);
    fprintf(sheet->page.out,
            "<p class=\"note\"><b>How to read it.</b> One point is the mean of %s. The capacity "
            "falls where peers are away. An audio call takes one unit, a video call two (Small VM: "
            "one).</p>\n",
            figure_duration(sheet->results->interval, interval));
    if (refused)
        fputs("<p class=\"note\">Below the first curve: the share of calls refused in each "
              "interval; the dashed line is the goal.</p>\n",
              sheet->page.out);
    page_beside_end(&sheet->page);
    page_section_end(&sheet->page);
}

/* ---- Licences ---- */

static const char *const pools[] = {"rms", "desktop", "room"};
static const char *const pool_words[] = {"RMS", "desktop registrations", "room registrations"};

/* The pool of a cluster as results name it; false: there is none. */
static bool pool_of(const struct sheet *sheet, uint32_t cluster, int kind, char *name, size_t size)
{
    snprintf(name, size, "%.200s.%s", sheet->scenario->clusters[cluster].name, pools[kind]);
    return sheet->scenario->clusters[cluster].licensed[kind] &&
           !isnan(sheet_metric(sheet, SCOPE_POOL, name, "size"));
}

bool sheet_has_licences(const struct sheet *sheet)
{
    char name[256];
    for (uint32_t c = 0; sheet->results && c < sheet->scenario->cluster_count; c++)
        for (int kind = 0; kind < LICENCE_COUNT; kind++)
            if (pool_of(sheet, c, kind, name, sizeof name))
                return true;
    return false;
}

static void licences_finding(struct sheet *sheet)
{
    char name[256], text[WORDS_SIZE], use[FIGURE_SIZE], most[FIGURE_SIZE];
    double best = -1, peak = 0, size = 0, full = 0;
    int kind_best = 0;
    uint32_t where = 0;
    for (uint32_t c = 0; c < sheet->scenario->cluster_count; c++)
        for (int kind = 0; kind < LICENCE_COUNT; kind++) {
            if (!pool_of(sheet, c, kind, name, sizeof name))
                continue;
            double s = sheet_metric(sheet, SCOPE_POOL, name, "size");
            double p = sheet_metric(sheet, SCOPE_POOL, name, "peak_in_use");
            full = fmax(full, sheet_metric(sheet, SCOPE_POOL, name, "full_fraction"));
            if (s > 0 && p / s > best) {
                best = p / s;
                peak = p;
                size = s;
                kind_best = kind;
                where = c;
            }
        }
    if (best < 0)
        return;
    snprintf(text, sizeof text,
             "%s of %.100s come nearest to their limit: %s of %s at the peak, %.0f" NBSP "%%. %s",
             pool_words[kind_best], sheet->scenario->clusters[where].name,
             words_count(round(peak), use), words_count(size, most), 100 * best,
             full > 0 ? "At times all were in use." : "None was ever lacking.");
    page_finding(&sheet->page, text);
}

static void put_pool_curve(struct sheet *sheet, uint32_t c)
{
    const struct scenario *s = sheet->scenario;
    struct page_curve curve;
    char name[256], what[160], text[WORDS_SIZE], id[32], title[160], limit[FIGURE_SIZE + 16],
        number[FIGURE_SIZE];
    if (!pool_of(sheet, c, LICENCE_RMS, name, sizeof name))
        return;
    double size = sheet_metric(sheet, SCOPE_POOL, name, "size");
    double peak = sheet_metric(sheet, SCOPE_POOL, name, "peak_in_use");
    if (!(peak > 0.5 * size) || !page_curve_read(sheet, c, "rms_in_use", size, &curve))
        return;
    curve.peak = peak;
    snprintf(limit, sizeof limit, "%s licences", words_count(size, number));
    curve.limit = limit;
    snprintf(what, sizeof what, "RMS of %.100s are", s->clusters[c].name);
    fullest(sheet, &curve, what, "RMS", text);
    snprintf(id, sizeof id, "licences-%" PRIu32, c + 1);
    snprintf(title, sizeof title, "RMS in use in %.60s", s->clusters[c].name);
    draw(sheet, &curve, id, title, text);
    page_curve_table(sheet, &curve, title);
    page_curve_release(&curve);
}

static void put_pools(struct sheet *sheet)
{
    char name[256], text[FIGURE_SIZE];
    page_table(&sheet->page, "Licences in use", "Pool|>Size|>Mean|>Peak|>All in use, of the time");
    for (uint32_t c = 0; c < sheet->scenario->cluster_count; c++)
        for (int kind = 0; kind < LICENCE_COUNT; kind++) {
            if (!pool_of(sheet, c, kind, name, sizeof name))
                continue;
            page_row(&sheet->page, name);
            page_number(&sheet->page,
                        words_count(sheet_metric(sheet, SCOPE_POOL, name, "size"), text));
            page_number(&sheet->page,
                        words_count(sheet_metric(sheet, SCOPE_POOL, name, "mean_in_use"), text));
            page_number(
                &sheet->page,
                words_count(round(sheet_metric(sheet, SCOPE_POOL, name, "peak_in_use")), text));
            page_number(&sheet->page,
                        words_share(sheet_metric(sheet, SCOPE_POOL, name, "full_fraction"), text));
            page_row_end(&sheet->page);
        }
    page_table_end(&sheet->page);
}

void sheet_licences(struct sheet *sheet)
{
    const struct scenario *s = sheet->scenario;
    page_section(&sheet->page, "Licences");
    licences_finding(sheet);
    page_beside(&sheet->page);
    for (uint32_t c = 0; c < s->cluster_count && c < CURVES_MOST; c++)
        put_pool_curve(sheet, c);
    put_pools(sheet);
    page_aside(&sheet->page);
    fputs("<p class=\"note\"><b>Who uses them.</b> An RMS is taken by a video call, half of one by "
          "an "
          "audio call, where the service asks for it.</p>\n",
          sheet->page.out);
    char grace[FIGURE_SIZE];
    for (uint32_t c = 0; c < s->cluster_count && c < 4; c++)
        if (s->clusters[c].licensed[LICENCE_RMS]) {
            fputs("<p class=\"note\">", sheet->page.out);
            if (s->clusters[c].licence_grace < FOREVER)
                markup_format(
                    sheet->page.out, "Licences of a dead peer stay in the pool of %s for %s.",
                    s->clusters[c].name, figure_duration(s->clusters[c].licence_grace, grace));
            else
                markup_format(sheet->page.out, "Licences of %s stay in the pool when a peer dies.",
                              s->clusters[c].name);
            fputs("</p>\n", sheet->page.out);
        }
    page_beside_end(&sheet->page);
    page_section_end(&sheet->page);
}
