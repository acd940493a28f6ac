/* The answer on top of a page: for those who read nothing else. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_sheet.h"

static void put_fact(FILE *out, const char *label, const char *value, const char *text)
{
    fputs("<li>", out);
    markup_text(out, label);
    if (*value) {
        fputs("<b>", out);
        markup_text(out, value);
        fputs("</b>", out);
    } else {
        fputs("<br>", out);
    }
    markup_text(out, text);
    fputs("</li>", out);
}

static void put_row_fact(FILE *out, const char *label, const struct judged *row)
{
    char value[FIGURE_SIZE], range[FIGURE_SIZE], goal[FIGURE_SIZE], text[320];
    if (!row || isnan(row->value.value))
        return;
    words_range(row->value, range);
    if (row->value.value > 0 || !*range)
        snprintf(range, sizeof range, "goal %.40s", words_share(row->limit, goal));
    snprintf(text, sizeof text, "of %.80s %s; %s", row->name,
             row->scope == SCOPE_ENDPOINTS ? "kept out" : "refused", range);
    put_fact(out, label, words_share(row->value.value, value), text);
}

/* What happens to calls and devices when a peer dies by plan. */
static void put_loss_fact(struct sheet *sheet)
{
    char label[128], value[64], text[160], number[FIGURE_SIZE];
    const struct results *results = sheet->results;
    if (!results || !results->scripted_count || sheet_calls_cut(sheet) < 0.5)
        return;
    const struct scripted_event *event = &results->scripted[0];
    snprintf(label, sizeof label, "When %.60s dies", event->peer);
    snprintf(value, sizeof value, "%.40s cut", words_count(round(sheet_calls_cut(sheet)), number));
    snprintf(text, sizeof text, "calls in progress, all losses together");
    put_fact(sheet->page.out, label, value, text);
}

static void put_limit_fact(struct sheet *sheet, const char *label)
{
    const struct looked *limit = sheet_tightest(sheet->answer);
    char share[32], use[FIGURE_SIZE], size[FIGURE_SIZE], words[WORDS_SIZE], text[256];
    if (!limit)
        return;
    snprintf(share, sizeof share, "%.0f" NBSP "%%", 100 * sheet_ratio(limit));
    snprintf(text, sizeof text, "%.120s: %.40s of %.40s%s", words_limit(limit, words),
             words_count(round(limit->use), use), words_count(limit->size, size),
             limit->basis == BASIS_COUNTED ? "" : " at the peak");
    put_fact(sheet->page.out, label, share, text);
}

static void put_growth_fact(struct sheet *sheet)
{
    const struct other_loads *loads = sheet->report->loads;
    char growth[FIGURE_SIZE], text[256];
    if (!*words_growth(loads, growth))
        return;
    if (*loads->down)
        snprintf(text, sizeof text, "with %.120s down; %s", loads->down, basis_name(loads->basis));
    else
        snprintf(text, sizeof text, "and still meet every goal; %s", basis_name(loads->basis));
    put_fact(sheet->page.out, "Load may grow", growth, text);
}

static void put_facts(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct answer *answer = sheet->answer;
    char label[64];
    bool yes = answer->verdict == VERDICT_YES;
    if ((!yes && answer->verdict != VERDICT_NO) || !sheet->results)
        return; /* what stands in large type is simulated */
    fputs("<ul class=\"facts\">", out);
    put_row_fact(out, "As planned", answer->worst);
    snprintf(label, sizeof label, "With %" PRIu32 " peer%s down", answer->survive,
             answer->survive == 1 ? "" : "s");
    put_row_fact(out, label, answer->worst_down);
    if (!answer->worst_down)
        put_loss_fact(sheet);
    put_limit_fact(sheet, yes ? "Tightest limit" : "Fullest limit");
    if (yes)
        put_growth_fact(sheet);
    if (*answer->next_step)
        put_fact(out, "Next step", "", answer->next_step);
    fputs("</ul>", out);
}

/* ---- Know before you rely on it ---- */

#define KNOW_MOST 3

struct know {
    FILE *out;
    int told;
};

static bool begin_know(struct know *know, const char *what)
{
    if (know->told == KNOW_MOST)
        return false;
    if (!know->told++)
        fputs("<div class=\"know\"><p><b>Know before you rely on it</b></p>\n<ul>\n", know->out);
    fprintf(know->out, "<li><b>%s</b> ", what);
    return true;
}

static void know_alarms(struct sheet *sheet, struct know *know)
{
    const struct results *results = sheet->results;
    const struct alarm *first = NULL;
    size_t replications = 0, last = SIZE_MAX;
    for (size_t i = 0; i < results->alarm_count; i++) {
        const struct alarm *alarm = &results->alarms[i];
        if (!alarm->raised || (first && alarm->id != first->id))
            continue;
        first = first ? first : alarm;
        replications += alarm->replication != last;
        last = alarm->replication;
    }
    if (!first || !begin_know(know, "An alarm will come."))
        return;
    fprintf(know->out, "Expect <i>%s</i> %d", alarm_name(first->id), first->id);
    if (first->text && *first->text)
        markup_format(know->out, " (%s)", first->text);
    fprintf(know->out, " on %zu of %zu %s.</li>\n", replications, results->replications,
            sheet->scenario->run.length == DAY ? "days" : "runs");
}

static void know_hour(struct sheet *sheet, struct know *know)
{
    const struct worst_hour *hour = &sheet->answer->hour;
    double goal = sheet->answer->worst ? sheet->answer->worst->limit : 0.01;
    char share[FIGURE_SIZE], hours[FIGURE_SIZE];
    if (!hour->found || hour->share.value <= goal ||
        !begin_know(know, "The average hides an hour."))
        return;
    markup_format(know->out, "%s of %s are refused between %s; the goal counts the whole run.",
                  words_shared(hour->share, share), hour->name,
                  figure_hours(&sheet->scenario->run, hour->from, hour->to, hours));
    fputs("</li>\n", know->out);
}

static void know_cut(struct sheet *sheet, struct know *know)
{
    char count[FIGURE_SIZE];
    double cut = sheet_calls_cut(sheet);
    if (cut < 0.5 || !begin_know(know, "Calls are cut, not refused."))
        return;
    fprintf(know->out, "%s calls in progress end when peers are lost.</li>\n",
            words_count(round(cut), count));
}

static void know_survival(struct sheet *sheet, struct know *know)
{
    if (sheet->answer->survive || sheet->scenario->peer_count < 2 ||
        sheet->answer->verdict != VERDICT_YES || !begin_know(know, "No loss was asked about."))
        return;
    fputs("Whether it also carries the load with a peer down is not known (goals: survive).</li>"
          "\n",
          know->out);
}

static void know_licences(struct sheet *sheet, struct know *know)
{
    const struct scenario *s = sheet->scenario;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (!s->clusters[c].licensed[LICENCE_RMS] &&
            begin_know(know, "Licences were not stated.")) {
            markup_format(know->out, "RMS of %s are not limited in this report.",
                          s->clusters[c].name);
            fputs("</li>\n", know->out);
            return;
        }
}

static void know_warnings(struct sheet *sheet, struct know *know)
{
    const struct answer *answer = sheet->answer;
    for (size_t i = 0; i < answer->note_count; i++)
        if (answer->notes[i].warning && begin_know(know, "Note.")) {
            markup_text(know->out, answer->notes[i].text);
            fputs("</li>\n", know->out);
        }
}

static void put_know(struct sheet *sheet)
{
    struct know know = {.out = sheet->page.out};
    enum verdict verdict = sheet->answer->verdict;
    char command[WORDS_SIZE];
    if (verdict == VERDICT_UNDECIDED || verdict == VERDICT_CANNOT_TELL) {
        fputs("<div class=\"know\"><p><b>What decides it</b></p><ul><li><code>", know.out);
        markup_text(know.out, words_command(sheet->report, command));
        fputs("</code></li></ul></div>\n", know.out);
        return;
    }
    know_warnings(sheet, &know);
    if (sheet->results) {
        know_alarms(sheet, &know);
        know_hour(sheet, &know);
        know_cut(sheet, &know);
    }
    know_survival(sheet, &know);
    know_licences(sheet, &know);
    if (know.told)
        fputs("</ul></div>\n", know.out);
}

void sheet_box(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const char *name = verdict_name(sheet->answer->verdict);
    char text[WORDS_SIZE];
    fprintf(out, "<div class=\"box %s\">\n<div class=\"verdict\">", name);
    page_mark(&sheet->page, name);
    fprintf(out, "<div><p class=\"word %s\">%s</p>\n<p class=\"sentence\">", name,
            verdict_words(sheet->answer->verdict));
    markup_text(out, words_sentence(sheet->report, text));
    fputs("</p>\n<p>", out);
    markup_text(out, words_why(sheet->report, text));
    fputs("</p></div></div>\n", out);
    put_facts(sheet);
    put_know(sheet);
    fputs("</div>\n", out);
}
