/* The chart of designs: how much more load each carries, best first. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/page_own.h"

#define ROWS_MOST 8

struct rows {
    const struct designs *designs;
    const struct design *items[ROWS_MOST];
    int count;
    double most; /* head room, per cent */
};

/* "2 x 4 large-vm, 300 RMS" */
static void design_words(const struct designs *designs, const struct design *design, char *text,
                         size_t size)
{
    char peers[DESIGN_WORDS_SIZE], platforms[DESIGN_WORDS_SIZE], clusters[32] = "";
    char rms[FIGURE_SIZE];
    if (design->clusters > 1)
        snprintf(clusters, sizeof clusters, "%d x ", design->clusters);
    snprintf(text, size, "%s%.40s %.60s, %.40s RMS", clusters, design_peers(design, peers),
             design_platforms(design, designs->ask, platforms),
             words_count((double)design->rms, rms));
}

static struct rows rows_of(const struct designs *designs)
{
    struct rows rows = {.designs = designs};
    for (size_t i = 0; i < designs->count && rows.count < ROWS_MOST; i++) {
        if (!isfinite(designs->items[i].headroom))
            continue;
        rows.items[rows.count++] = &designs->items[i];
        rows.most = fmax(rows.most, designs->items[i].headroom);
    }
    return rows;
}

static void script_designs(FILE *out, const struct drawing *drawing, const void *context)
{
    const struct rows *rows = context;
    bool narrow = drawing->narrow;
    double top = fmax(1.1 * rows->most, 1);
    drawing_margins(out, drawing, (struct margins){narrow ? 12 : 230, narrow ? 26 : 240, 8, 26});
    fprintf(out, "set xrange [0:%g]\nset yrange [%g:0.6]\nunset ytics\nset xtics nomirror (", top,
            -rows->count + 0.4);
    double unit = pow(10, floor(log10(top)));
    double tick = top / unit > 5 ? 2 * unit : top / unit > 2 ? unit : unit / 2;
    for (int i = 0; i * tick <= top && i < 12; i++)
        fprintf(out, "%s'+%g %%%%' %g", i ? "," : "", i * tick, i * tick);
    fputs(")\nset grid xtics lt 1 lw 0.7 lc rgb '" CHART_RULE "'\n", out);
    for (int i = 0; i < rows->count; i++) {
        const struct design *design = rows->items[i];
        double thick = narrow ? 0.13 : 0.22, at = narrow ? -i - 0.2 : -i;
        char text[256], share[64];
        design_words(rows->designs, design, text, sizeof text);
        snprintf(share, sizeof share, "+%.3g %%%s%s", design->headroom,
                 *design->binding ? " \xC2\xB7 " : "",
                 *design->binding ? limit_words(limit_called(design->binding)) : "");
        fprintf(out,
                "set object %d rect from 0, first %g to %g, first %g fc rgb '" CHART_LOAD
                "' fs solid 1 noborder front\nset label %d ",
                i + 1, at - thick, design->headroom, at + thick, 2 * i + 1);
        chart_quote(out, text, narrow ? 28 : 32);
        fprintf(out, " at graph %g, first %g %s tc rgb '" CHART_INK "' front\nset label %d ",
                narrow ? 0 : -0.03, narrow ? -i + 0.22 : -i, narrow ? "left" : "right", 2 * i + 2);
        chart_quote(out, share, 32);
        fprintf(out, " at graph %g, first %g %s tc rgb '" CHART_FAINT "' front\n",
                narrow ? 1 : 1.03, narrow ? -i + 0.22 : -i, narrow ? "right" : "left");
    }
    fputs("plot NaN notitle\n", out);
}

void sheet_designs(struct sheet *sheet)
{
    struct rows rows = rows_of(sheet->report->designs);
    char desc[WORDS_SIZE], text[256];
    if (!rows.count)
        return;
    design_words(rows.designs, rows.items[0], text, sizeof text);
    snprintf(desc, sizeof desc, "First: %s, which carries %.3g %% more load.", text,
             rows.items[0]->headroom);
    page_chart(&sheet->page, &(struct chart){.id = "designs",
                                             .title = "How much more load each design carries, "
                                                      "and what binds then",
                                             .desc = desc,
                                             .wide_height = 50 + 34 * rows.count,
                                             .narrow_height = 50 + 46 * rows.count,
                                             .script = script_designs,
                                             .context = &rows});
}
