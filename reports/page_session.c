/* The page of a what-if session. */
#include "reports/page_session.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/base/output.h"
#include "reports/markup.h"
#include "reports/page_frame.h"

static void put_step(struct page *page, const struct page_step *step, size_t number)
{
    FILE *out = page->out;
    fprintf(out, "<tr><td class=\"n\">%zu</td><td>", number);
    markup_text(out, step->clock);
    fputs("</td><th scope=\"row\" class=\"w\">", out);
    markup_name(out, step->what);
    fputs("</th><td>", out);
    if (step->known) {
        page_mark(page, verdict_name(step->verdict));
        markup_format(out, " %s", verdict_words(step->verdict));
    }
    fputs("</td><td class=\"n\">", out);
    markup_text(out, step->known ? step->now : "-");
    fputs("</td><td class=\"n\">", out);
    markup_text(out, step->known ? step->down : "-");
    if (step->known && step->replications)
        fprintf(out, "</td><td>simulated %zu</td></tr>\n", step->replications);
    else
        fprintf(out, "</td><td>%s</td></tr>\n", step->known ? "by formula" : "not known");
}

static void put_box(struct page *page, const struct page_session *session)
{
    FILE *out = page->out;
    const struct page_step *last = session->count ? &session->steps[session->count - 1] : NULL;
    if (!last || !last->known)
        return;
    fprintf(out, "<div class=\"box %s\"><div class=\"verdict\">", verdict_name(last->verdict));
    page_mark(page, verdict_name(last->verdict));
    fputs("<div><p class=\"sentence\">", out);
    markup_format(out, "%s. %s", verdict_words(last->verdict), last->sentence);
    fputs("</p>", out);
    if (session->next_step && *session->next_step) {
        fputs("<p>Next step: ", out);
        markup_text(out, session->next_step);
        fputs(".</p>", out);
    }
    fputs("</div></div></div>\n", out);
}

static void put_page(FILE *out, const struct page_session *session)
{
    struct page page = {.out = out};
    const struct scenario *s = session->scenario;
    char subtitle[96];
    snprintf(subtitle, sizeof subtitle, "What-if session \xC2\xB7 %zu state%s", session->count,
             session->count == 1 ? "" : "s");
    page_begin(&page, s->title ? s->title : "Scenario", subtitle);
    put_box(&page, session);
    page_section(&page, "Every state with its answer");
    fputs("<p class=\"finding\">The box above is the answer to the last one.</p>\n", out);
    page_table(&page, "Shares are of fresh calls that were refused, with 95 % intervals",
               ">No.|Time|Change|Carries it|>Refused now|>With peers down|How it is known");
    for (size_t i = 0; i < session->count; i++)
        put_step(&page, &session->steps[i], i + 1);
    page_table_end(&page);
    page_section_end(&page);
    fputs("<p class=\"note\">", out);
    if (s->table)
        markup_format(out, "Figures: %s%s%s%s. ", s->table, s->table_source ? " (" : "",
                      s->table_source ? s->table_source : "", s->table_source ? ")" : "");
    fprintf(out,
            "Guideline figures, not guaranteed. Seed %" PRIu64 ". peerplan " PEERPLAN_VERSION
            "</p>\n",
            s->run.seed);
    page_end(&page);
}

bool page_write_session(const char *path, const struct page_session *session, struct errors *errors)
{
    struct output *output = output_open(path, errors);
    if (!output)
        return false;
    put_page(output_stream(output), session);
    return output_commit(output, errors);
}
