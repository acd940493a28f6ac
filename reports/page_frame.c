#include "reports/page_frame.h"

#include <stdlib.h>
#include <string.h>

#include "reports/chart.h"
#include "reports/markup.h"
#include "reports/page_style.h"

#define WIDE   720
#define NARROW 340

/* Disc with a tick, octagon with a cross, triangle, square with a bar, dashed circle. */
static const char symbols[] =
    "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">"
    "<symbol id=\"m-yes\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"11\" "
    "fill=\"currentColor\"/><path d=\"M6 12.5l4 4 8-9\" fill=\"none\" stroke=\"var(--surface)\" "
    "stroke-width=\"3\"/></symbol>"
    "<symbol id=\"m-no\" viewBox=\"0 0 24 24\"><path d=\"M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9z\" "
    "fill=\"currentColor\"/><path d=\"M7.5 7.5l9 9m0-9l-9 9\" stroke=\"var(--surface)\" "
    "stroke-width=\"3\"/></symbol>"
    "<symbol id=\"m-undecided\" viewBox=\"0 0 24 24\"><path d=\"M12 1.5L23 22H1z\" "
    "fill=\"currentColor\"/><text x=\"12\" y=\"19\" text-anchor=\"middle\" font-size=\"14\" "
    "font-weight=\"700\" fill=\"var(--surface)\">?</text></symbol>"
    "<symbol id=\"m-cannot-tell\" viewBox=\"0 0 24 24\"><rect x=\"1\" y=\"1\" width=\"22\" "
    "height=\"22\" fill=\"currentColor\"/><path d=\"M6 12h12\" stroke=\"var(--surface)\" "
    "stroke-width=\"3\"/></symbol>"
    "<symbol id=\"m-nothing-to-judge\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"10\" "
    "fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"4 3\"/></symbol>"
    "</svg>\n";

void page_begin(struct page *page, const char *title, const char *subtitle)
{
    FILE *out = page->out;
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'sha256-" PAGE_STYLE_SHA256 "'; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          out);
    markup_text(out, title);
    fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n%s<header>\n<h1>", page_style,
            symbols);
    markup_name(out, title);
    fputs("</h1>\n<p class=\"sub\">", out);
    markup_text(out, subtitle);
    fputs("</p>\n</header>\n<main>\n", out);
}

void page_end(struct page *page)
{
    fputs("</main>\n</body>\n</html>\n", page->out);
}

void page_mark(struct page *page, const char *verdict)
{
    fprintf(page->out,
            "<svg class=\"mark %s\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><use "
            "href=\"#m-%s\"/></svg>",
            verdict, verdict);
}

void page_nav(struct page *page, const char *const *titles, int count)
{
    fputs("<nav aria-label=\"Sections\">", page->out);
    for (int i = 0; i < count; i++) {
        fprintf(page->out, "<a href=\"#s%d\">", i + 1);
        markup_text(page->out, titles[i]);
        fputs("</a>", page->out);
    }
    fputs("</nav>\n", page->out);
}

void page_section(struct page *page, const char *title)
{
    page->section++;
    fprintf(page->out, "<section id=\"s%d\" aria-labelledby=\"h%d\">\n<h2 id=\"h%d\">%d. ",
            page->section, page->section, page->section, page->section);
    markup_text(page->out, title);
    fputs("</h2>\n", page->out);
}

void page_section_end(struct page *page)
{
    fputs("</section>\n", page->out);
}

void page_table(struct page *page, const char *caption, const char *heads)
{
    FILE *out = page->out;
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
    markup_text(out, caption);
    fputs("\"><table><caption>", out);
    markup_text(out, caption);
    fputs("</caption><thead><tr>", out);
    for (const char *head = heads; *head;) {
        size_t length = strcspn(head, "|");
        bool number = *head == '>';
        fprintf(out, "<th scope=\"col\"%s>%.*s</th>", number ? " class=\"n\"" : "",
                (int)(length - number), head + number);
        head += length + (head[length] == '|');
    }
    fputs("</tr></thead><tbody>\n", out);
}

void page_table_end(struct page *page)
{
    fputs("</tbody></table></div>\n", page->out);
}

static bool put_width(struct page *page, const struct page_chart *chart, bool narrow)
{
    char *script = NULL, id[64];
    size_t length = 0;
    FILE *file = open_memstream(&script, &length);
    if (!file)
        return false;
    chart->script(file, narrow, narrow ? chart->narrow_height : chart->wide_height, chart->context);
    bool good = !ferror(file);
    good = fclose(file) == 0 && good;
    snprintf(id, sizeof id, "%s-%c", chart->id, narrow ? 'n' : 'w');
    struct chart drawn = {.id = id,
                          .class_name = narrow ? "narrow" : "wide",
                          .width = narrow ? NARROW : WIDE,
                          .height = narrow ? chart->narrow_height : chart->wide_height,
                          .title = chart->title,
                          .desc = chart->desc};
    good = good && chart_put(page->out, &drawn, script);
    free(script);
    return good;
}

bool page_chart(struct page *page, const struct page_chart *chart)
{
    if (page->tried && !page->drawn)
        return false;
    page->tried = true;
    fputs("<figure>", page->out);
    page->drawn = put_width(page, chart, false) && put_width(page, chart, true);
    fputs("</figure>\n", page->out);
    return page->drawn;
}
