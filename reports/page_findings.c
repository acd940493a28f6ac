/* The page of check. */
#include <string.h>

#include "model/base/output.h"
#include "reports/markup.h"
#include "reports/page_frame.h"

static uint32_t count_of(const struct findings *findings, enum severity severity)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < findings->count; i++)
        count += finding_rule(findings->items[i].finding)->severity == severity;
    return count;
}

static const char *mark_of(enum severity severity)
{
    return severity == SEVERITY_ERROR     ? "no"
           : severity == SEVERITY_WARNING ? "undecided"
                                          : "cannot-tell";
}

static void put_steps(FILE *out, const char *remedy)
{
    fputs("<ol>", out);
    for (const char *step = remedy; *step;) {
        char line[512];
        size_t length = strcspn(step, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, step);
        fputs("<li>", out);
        markup_text(out, line);
        fputs("</li>", out);
        step += length + (step[length] == '\n');
    }
    fputs("</ol>\n", out);
}

static void put_kind(struct page *page, const struct findings *findings, uint32_t first,
                     uint32_t last)
{
    FILE *out = page->out;
    enum finding kind = findings->items[first].finding;
    const struct finding_rule *rule = finding_rule(kind);
    page_section(page, finding_word(kind));
    fputs("<p class=\"finding\">", out);
    page_mark(page, mark_of(rule->severity));
    fputs(" ", out);
    markup_text(out, rule->what);
    fputs("</p>\n", out);
    page_table(page, severity_name(rule->severity), "Where|What");
    for (uint32_t i = first; i < last; i++) {
        fputs("<tr><th scope=\"row\">", out);
        markup_name(out, findings->items[i].place);
        fputs("</th><td class=\"w\">", out);
        markup_text(out, findings->items[i].text);
        fputs("</td></tr>\n", out);
    }
    page_table_end(page);
    put_steps(out, rule->remedy);
    if (*rule->alarm || *rule->source) {
        fputs("<p class=\"note\">", out);
        if (*rule->alarm)
            markup_format(out, "Alarm: %s. ", rule->alarm);
        if (*rule->source)
            markup_format(out, "Source: %s.", rule->source);
        fputs("</p>\n", out);
    }
    page_section_end(page);
}

void page_put_findings(FILE *out, const struct findings *findings,
                       const struct deployment *deployment)
{
    struct page page = {.out = out};
    uint32_t errors = count_of(findings, SEVERITY_ERROR);
    uint32_t warnings = count_of(findings, SEVERITY_WARNING);
    uint32_t notes = count_of(findings, SEVERITY_NOTE);
    const char *title = deployment->scenario && deployment->scenario->title
                            ? deployment->scenario->title
                            : "Configuration of running peers";
    const char *name = errors ? "no" : warnings ? "undecided" : "yes";
    char subtitle[96], sentence[128];
    snprintf(subtitle, sizeof subtitle, "Configuration check \xC2\xB7 %u cluster%s, %u peer%s",
             deployment->cluster_count, deployment->cluster_count == 1 ? "" : "s",
             deployment->peer_count, deployment->peer_count == 1 ? "" : "s");
    snprintf(sentence, sizeof sentence, "%u error%s, %u warning%s, %u note%s", errors,
             errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s", notes,
             notes == 1 ? "" : "s");
    page_begin(&page, title, subtitle);
    fprintf(out, "<div class=\"box %s\"><div class=\"verdict\">", name);
    page_mark(&page, name);
    fprintf(out, "<div><p class=\"sentence\">%s</p></div></div></div>\n",
            findings->count ? sentence : "Nothing was found.");
    for (uint32_t i = 0; i < findings->count;) {
        uint32_t last = i + 1;
        while (last < findings->count &&
               findings->items[last].finding == findings->items[i].finding)
            last++;
        put_kind(&page, findings, i, last);
        i = last;
    }
    fputs("<p class=\"note\">peerplan " PEERPLAN_VERSION "</p>\n", out);
    page_end(&page);
}

bool page_write_findings(const char *path, const struct findings *findings,
                         const struct deployment *deployment, struct errors *errors)
{
    struct output *output = output_open(path, errors);
    if (!output)
        return false;
    page_put_findings(output_stream(output), findings, deployment);
    return output_commit(output, errors);
}
