#include "reports/page_tables.h"

#include "answer/judge.h"
#include "model/base/output.h"
#include "reports/markup.h"
#include "reports/page_frame.h"

#define ROWS_MOST 2000 /* of a table */

static void put_box(struct page *page, const struct page_tables *tables)
{
    if (!tables->verdict)
        return;
    fprintf(page->out, "<div class=\"box %s\"><div class=\"verdict\">", tables->verdict);
    page_mark(page, tables->verdict);
    fputs("<div><p class=\"sentence\">", page->out);
    markup_text(page->out, tables->sentence ? tables->sentence : tables->verdict);
    fputs("</p></div></div></div>\n", page->out);
}

bool page_write_tables(const char *path, const struct page_tables *tables, struct errors *errors)
{
    struct output *output = output_open(path, errors);
    if (!output)
        return false;
    struct page page = {.out = output_stream(output)};
    bool good = true;
    page_begin(&page, tables->title, tables->subtitle);
    put_box(&page, tables);
    for (size_t i = 0; i < tables->count && good; i++) {
        const struct page_list *list = &tables->lists[i];
        page_section(&page, list->title);
        page_finding(&page, list->finding ? list->finding : "");
        good = page_tabled(&page, list->title, ROWS_MOST, list->put, list->context);
        page_section_end(&page);
    }
    fputs("<p class=\"note\">Guideline figures, not guaranteed. peerplan " PEERPLAN_VERSION
          "</p>\n",
          page.out);
    page_end(&page);
    if (good)
        return output_commit(output, errors);
    output_abandon(output);
    if (!errors->failures)
        errors_add(errors, ERROR_SOFTWARE, path, 0, 0, "out of memory");
    return false;
}
