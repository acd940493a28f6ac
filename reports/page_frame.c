#include "reports/page_frame.h"

#include <inttypes.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

#include "answer/figures.h"
#include "reports/markup.h"
#include "reports/page_style.h"
#include "reports/page_words.h"

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

void page_init(struct page *page, FILE *out)
{
    *page = (struct page){.out = out};
    page->drawn = chart_possible(page->plotter, sizeof page->plotter);
    page_set_foot(page, NULL, NULL);
}

#define HASH_DIGITS 12 /* of 64: they tell files apart */

void page_set_foot(struct page *page, const struct results *results, const char *sha256)
{
    char seed[32] = "", hash[32] = "";
    if (results)
        snprintf(seed, sizeof seed, " \xC2\xB7 seed %" PRIu64, results->seed);
    if (sha256)
        snprintf(hash, sizeof hash, " \xC2\xB7 %.*s", HASH_DIGITS, sha256);
    snprintf(page->foot, sizeof page->foot, "peerplan " PEERPLAN_VERSION "%s%s", seed, hash);
}

/* SHA-256 of the style with this foot, as the page's policy names it. */
static void style_hash(const char *foot, char text[static BASE64_ENCODE_RAW_LENGTH(32) + 1])
{
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    const char *const parts[] = {page_style_before, foot, page_style_after};
    sha256_init(&hash);
    for (int i = 0; i < 3; i++)
        sha256_update(&hash, strlen(parts[i]), (const uint8_t *)parts[i]);
    sha256_digest(&hash, sizeof digest, digest);
    base64_encode_raw(text, sizeof digest, digest);
    text[BASE64_ENCODE_RAW_LENGTH(sizeof digest)] = '\0';
}

void page_charts_missing(struct page *page)
{
    if (!page->drawn)
        fputs("<p class=\"note\">Charts are missing: gnuplot was not found. The tables have the "
              "same figures.</p>\n",
              page->out);
}

void page_begin(struct page *page, const char *title, const char *subtitle)
{
    FILE *out = page->out;
    char hash[BASE64_ENCODE_RAW_LENGTH(32) + 1];
    if (!*page->foot)
        page_set_foot(page, NULL, NULL);
    style_hash(page->foot, hash);
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
            "'sha256-%s'; base-uri 'none'; form-action 'none'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
            hash);
    markup_text(out, title);
    fprintf(out, "</title>\n<style>%s%s%s</style>\n</head>\n<body>\n%s<header>\n<h1>",
            page_style_before, page->foot, page_style_after, symbols);
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

void page_nav_begin(struct page *page)
{
    fputs("<nav aria-label=\"Sections\">", page->out);
}

void page_nav_link(struct page *page, int section, const char *title)
{
    fprintf(page->out, "<a href=\"#s%d\">", section);
    markup_text(page->out, title);
    fputs("</a>", page->out);
}

void page_nav_end(struct page *page)
{
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

void page_finding(struct page *page, const char *text)
{
    if (!*text)
        return;
    fputs("<p class=\"finding\">", page->out);
    markup_text(page->out, text);
    fputs("</p>\n", page->out);
}

void page_beside(struct page *page)
{
    fputs("<div class=\"beside\"><div>\n", page->out);
}

void page_aside(struct page *page)
{
    fputs("</div><div class=\"aside\">\n", page->out);
}

void page_beside_end(struct page *page)
{
    fputs("</div></div>\n", page->out);
}

void page_details(struct page *page, const char *summary)
{
    fprintf(page->out, "<details%s><summary>", page->drawn ? "" : " open");
    markup_text(page->out, summary);
    fputs("</summary>\n", page->out);
}

void page_details_end(struct page *page)
{
    fputs("</details>\n", page->out);
}

/* ---- Tables ---- */

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

void page_row(struct page *page, const char *name)
{
    fputs("<tr><th scope=\"row\">", page->out);
    markup_name(page->out, name);
    fputs("</th>", page->out);
}

void page_cell(struct page *page, const char *text)
{
    fputs(strlen(text) > 16 ? "<td class=\"w\">" : "<td>", page->out);
    markup_text(page->out, text);
    fputs("</td>", page->out);
}

void page_number(struct page *page, const char *text)
{
    fputs("<td class=\"n\">", page->out);
    markup_text(page->out, text);
    fputs("</td>", page->out);
}

void page_row_end(struct page *page)
{
    fputs("</tr>\n", page->out);
}

/* ---- Tables of others ---- */

struct tabled {
    struct page *page;
    const char *caption;
    size_t most;
    bool filled[TABLE_COLUMNS_MAX]; /* columns that have a cell; the others are left out */
    bool share[TABLE_COLUMNS_MAX];  /* shares: shown in per cent */
    bool begun;                     /* the row that is being written */
};

/* The name of a column as people write it: "blocked_down" as "blocked down". */
static void put_heads(FILE *out, const char *columns)
{
    for (const char *c = columns; *c; c++)
        putc(*c == '_' ? ' ' : *c, out);
}

static void tabled_begin(struct table *table)
{
    struct tabled *tabled = table->context;
    FILE *out = tabled->page->out;
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
    markup_text(out, tabled->caption);
    fputs("\"><table><caption>", out);
    markup_text(out, tabled->caption);
    fputs("</caption><thead><tr>", out);
    size_t column = 0;
    for (const char *name = table->columns; *name; column++) {
        size_t length = strcspn(name, ",");
        char head[96];
        snprintf(head, sizeof head, "%.*s", (int)length, name);
        tabled->share[column] = strcmp(head, "blocked") == 0 || strcmp(head, "blocked_down") == 0;
        if (tabled->filled[column]) {
            fputs("<th scope=\"col\">", out);
            put_heads(out, head);
            fputs("</th>", out);
        }
        name += length + (name[length] == ',');
    }
    fputs("</tr></thead><tbody>\n", out);
}

static bool shown(const struct table *table)
{
    const struct tabled *tabled = table->context;
    return table->rows < tabled->most;
}

/* The row that a cell is the first or last of. */
static void tabled_cell(struct table *table, const char *class_name, const char *text)
{
    struct tabled *tabled = table->context;
    struct page *page = tabled->page;
    static const char *const verdicts[] = {"yes", "no", "undecided", "cannot-tell",
                                           "nothing-to-judge"};
    if (!shown(table))
        return;
    if (!tabled->begun)
        fputs("<tr>", page->out);
    tabled->begun = table->column + 1 < table->width;
    if (tabled->filled[table->column]) {
        fprintf(page->out, "<td class=\"%s\">", class_name);
        for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
            if (strcmp(text, verdicts[i]) == 0) {
                page_mark(page, verdicts[i]);
                putc(' ', page->out);
            }
        markup_text(page->out, text);
        fputs("</td>", page->out);
    }
    if (!tabled->begun)
        fputs("</tr>\n", page->out);
}

static void tabled_text(struct table *table, const char *text)
{
    tabled_cell(table, strlen(text) > 24 ? "w" : "t", text);
}

static void tabled_number(struct table *table, double value)
{
    const struct tabled *tabled = table->context;
    char text[FIGURE_SIZE];
    tabled_cell(table, "n",
                tabled->share[table->column] ? words_share(value, text)
                                             : figure_plain(value, text));
}

static void tabled_digits(struct table *table, const char *digits)
{
    tabled_cell(table, "n", digits);
}

static void tabled_empty(struct table *table)
{
    tabled_cell(table, "t", "");
}

static bool tabled_end(struct table *table)
{
    const struct tabled *tabled = table->context;
    fputs("</tbody></table></div>\n", tabled->page->out);
    if (table->rows > tabled->most)
        fprintf(tabled->page->out, "<p class=\"note\">And %zu more.</p>\n",
                table->rows - tabled->most);
    return !table->failed;
}

/* ---- Which columns have anything ---- */

static void look_begin(struct table *table)
{
    (void)table;
}

static void look_text(struct table *table, const char *text)
{
    struct tabled *tabled = table->context;
    tabled->filled[table->column] = tabled->filled[table->column] || *text;
}

static void look_number(struct table *table, double value)
{
    (void)value;
    look_text(table, "1");
}

static void look_empty(struct table *table)
{
    (void)table;
}

static bool look_end(struct table *table)
{
    struct tabled *tabled = table->context;
    for (size_t i = 0; table->rows == 0 && i < table->width; i++)
        tabled->filled[i] = true;
    return !table->failed;
}

bool page_tabled(struct page *page, const char *caption, size_t most,
                 bool (*put)(struct table *table, const void *context), const void *context)
{
    static const struct table_sink sink = {
        .begin = tabled_begin,
        .text = tabled_text,
        .number = tabled_number,
        .digits = tabled_digits,
        .identifier = tabled_digits,
        .empty = tabled_empty,
        .end = tabled_end,
    };
    static const struct table_sink look = {
        .begin = look_begin,
        .text = look_text,
        .number = look_number,
        .digits = look_text,
        .identifier = look_text,
        .empty = look_empty,
        .end = look_end,
    };
    struct tabled tabled = {.page = page, .caption = caption, .most = most};
    struct table first = {.sink = &look, .context = &tabled};
    struct table table = {.sink = &sink, .context = &tabled};
    return put(&first, context) && put(&table, context);
}

/* ---- Charts ---- */

bool page_chart(struct page *page, const struct chart *chart)
{
    if (page->take) {
        page->take(page->context, chart);
        return true;
    }
    if (!page->drawn)
        return false;
    fputs("<figure>", page->out);
    page->drawn = chart_inline(page->out, chart);
    fputs("</figure>\n", page->out);
    return page->drawn;
}

void page_panels(struct page *page)
{
    fputs("<div class=\"panels\">\n", page->out);
}

void page_panels_end(struct page *page)
{
    fputs("</div>\n", page->out);
}
