#include "reports/screen.h"

#include "reports/advice.h"
#include "reports/answer_text.h"
#include "reports/designs.h"
#include "reports/estimate_text.h"
#include "reports/findings.h"
#include "reports/forecast.h"
#include "reports/text.h"

static void put_run(const struct report *report, bool brief, bool colour, FILE *out)
{
    struct text_report text = {report->scenario, report->results, report->answer, colour};
    if (brief)
        answer_text_put(report->scenario, report->answer, colour, out);
    else
        text_report(&text, out);
}

static void put_estimate(const struct report *report, bool brief, bool colour, FILE *out)
{
    if (brief)
        answer_text_put(report->scenario, report->answer, colour, out);
    else
        estimate_text(out, report->scenario, report->estimate, report->answer, report->confirmed,
                      colour);
}

static void put_basis(const struct report *side, const char *name, FILE *out)
{
    struct answer answer;
    struct answer_sources sources = {.results = side->results};
    if (answer_make(&answer, side->scenario, &sources)) {
        struct text_report text = {side->scenario, side->results, &answer, false};
        fprintf(out, "%s\n", name);
        text_basis(&text, out);
    }
    answer_release(&answer);
}

static void put_comparison(const struct report *report, bool brief, bool colour, FILE *out)
{
    comparison_text(report->pairs, report->name, report->other->name, colour, out);
    if (report->results->interrupted || report->other->results->interrupted)
        fprintf(out, "interrupted: from the %zu pair%s of replications that were complete\n\n",
                report->pairs->replications, report->pairs->replications == 1 ? "" : "s");
    if (!brief) {
        put_basis(report, "A", out);
        put_basis(report->other, "B", out);
    }
}

static void put_designs(const struct report *report, bool brief, bool colour, FILE *out)
{
    (void)brief, (void)colour;
    designs_text(report->designs, out);
}

static void put_advice(const struct report *report, bool brief, bool colour, FILE *out)
{
    (void)brief, (void)colour;
    if (report->windows)
        windows_text(report->scenario, report->windows, out);
    else
        advice_text(report->advice, out);
}

static void put_forecast(const struct report *report, bool brief, bool colour, FILE *out)
{
    (void)brief, (void)colour;
    forecast_text(report->forecast, out);
}

static void put_findings(const struct report *report, bool brief, bool colour, FILE *out)
{
    (void)brief, (void)colour;
    findings_text(out, report->findings, report->deployment);
}

void screen_put(const struct report *report, bool brief, bool colour, FILE *out)
{
    static void (*const by_kind[])(const struct report *, bool, bool, FILE *) = {
        [REPORT_RUN] = put_run,
        [REPORT_ESTIMATE] = put_estimate,
        [REPORT_COMPARE] = put_comparison,
        [REPORT_SIZE] = put_designs,
        [REPORT_ADVISE] = put_advice,
        [REPORT_FORECAST] = put_forecast,
        [REPORT_CHECK] = put_findings,
    };
    by_kind[report->kind](report, brief, colour, out);
}
