/* The page that leads to others. */
#include <string.h>

#include "model/base/output.h"
#include "reports/markup.h"
#include "reports/page_frame.h"

static void put_cell(FILE *out, const char *text)
{
    fputs("<td class=\"w\">", out);
    markup_text(out, text ? text : "");
    fputs("</td>", out);
}

/* A name as part of a link: what is no letter, digit, '-', '_' or '.' in hexadecimal. */
static void put_link(FILE *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    for (const char *c = name; *c; c++)
        if (strchr(plain, *c))
            putc(*c, out);
        else
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*c);
}

static void put_entry(struct page *page, const struct page_entry *entry)
{
    FILE *out = page->out;
    fputs("<tr><td>", out);
    if (entry->verdict) {
        page_mark(page, entry->verdict);
        fputs(" ", out);
        markup_text(out, entry->verdict);
    } else {
        fprintf(out, "failed (exit %d)", entry->code);
    }
    fputs("</td><th scope=\"row\">", out);
    if (entry->verdict) {
        fputs("<a href=\"./", out);
        put_link(out, entry->name);
        fputs(".html\">", out);
    }
    markup_name(out, entry->name);
    fputs(entry->verdict ? "</a></th>" : "</th>", out);
    put_cell(out, entry->worst);
    put_cell(out, entry->binding);
    put_cell(out, entry->next_step);
    fputs("</tr>\n", out);
}

bool page_write_index(const char *path, const struct page_entry *entries, size_t count,
                      struct errors *errors)
{
    struct output *output = output_open(path, errors);
    struct page page = {.out = output ? output_stream(output) : NULL};
    char subtitle[64];
    if (!output)
        return false;
    snprintf(subtitle, sizeof subtitle, "%zu scenario%s", count, count == 1 ? "" : "s");
    page_begin(&page, "Capacity reports", subtitle);
    page_table(&page, "Answers", "Answer|Scenario|Worst class|What binds|Next step");
    for (size_t i = 0; i < count; i++)
        put_entry(&page, &entries[i]);
    page_table_end(&page);
    page_end(&page);
    return output_commit(output, errors);
}
