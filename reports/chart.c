#include "reports/chart.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reports/markup.h"

extern char **environ;

/* ---- gnuplot ---- */

/* All that the descriptor gives, owned, NUL-terminated; NULL when it cannot be read. */
static char *read_all(int fd, size_t *length)
{
    size_t size = 0, capacity = 64 * 1024;
    char *text = malloc(capacity);
    while (text) {
        ssize_t got = read(fd, text + size, capacity - size - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            text[size] = '\0';
            *length = size;
            if (got == 0)
                return text;
            break;
        }
        size += (size_t)got;
        if (capacity - size < 4096) {
            char *longer = realloc(text, capacity *= 2);
            if (!longer)
                break;
            text = longer;
        }
    }
    free(text);
    return NULL;
}

static pid_t start(int script, int output[2])
{
    static char name[] = "gnuplot", plain[] = "-d";
    char *const argv[] = {name, plain, NULL}; /* -d: no settings of the user's */
    posix_spawn_file_actions_t actions;
    pid_t child = -1;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    posix_spawn_file_actions_adddup2(&actions, script, 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&child, name, &actions, NULL, argv, environ) != 0)
        child = -1;
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* What gnuplot draws, owned; NULL when it does not. */
static char *draw(const char *script, size_t length, size_t *size)
{
    int input = memfd_create("script", MFD_CLOEXEC), output[2] = {-1, -1}, status = -1;
    char *drawn = NULL;
    pid_t child = -1;
    if (input >= 0 && write(input, script, length) == (ssize_t)length &&
        lseek(input, 0, SEEK_SET) == 0 && pipe2(output, O_CLOEXEC) == 0)
        child = start(input, output);
    if (output[1] >= 0)
        close(output[1]);
    if (child > 0) {
        drawn = read_all(output[0], size);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
    }
    if (output[0] >= 0)
        close(output[0]);
    if (input >= 0)
        close(input);
    if (drawn && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        free(drawn);
        drawn = NULL;
    }
    return drawn;
}

/* ---- Cleaning ---- */

static const struct {
    int red, green, blue;
    const char *role;
} roles[] = {
    {0x1b, 0x20, 0x27, "var(--ink,#1b2027)"},    {0x55, 0x5f, 0x6b, "var(--ink2,#555f6b)"},
    {0xd3, 0xd9, 0xe0, "var(--rule,#d3d9e0)"},   {0x0b, 0x5c, 0xad, "var(--load,#0b5cad)"},
    {0x1c, 0x21, 0x28, "var(--cap,#1c2128)"},    {0x8a, 0x56, 0x00, "var(--alarm,#8a5600)"},
    {0x6a, 0x74, 0x80, "var(--event,#6a7480)"},  {0x1a, 0x7a, 0x36, "var(--yes,#1a7a36)"},
    {0xc0, 0x26, 0x2d, "var(--no,#c0262d)"},     {0x8b, 0x57, 0x01, "var(--open,#8b5701)"},
    {0x54, 0x5e, 0x6c, "var(--unsure,#545e6c)"}, {0xb0, 0x4a, 0x00, "var(--down,#b04a00)"},
    {0x0b, 0x7a, 0x75, "var(--class3,#0b7a75)"}, {0x7a, 0x3e, 0x9d, "var(--class4,#7a3e9d)"},
    {0xa8, 0x32, 0x6e, "var(--class5,#a8326e)"}, {0xff, 0xff, 0xff, "var(--bg,#ffffff)"},
};

static bool starts(const char *at, const char *word)
{
    return strncmp(at, word, strlen(word)) == 0;
}

/* Behind an element that is left out, or NULL when none begins here. */
static const char *skip_element(const char *at)
{
    static const char *const elements[][2] = {
        {"<title>", "</title>"}, {"<desc>", "</desc>"}, {"<filter", "</filter>"}};
    for (size_t i = 0; i < 3; i++)
        if (starts(at, elements[i][0])) {
            const char *end = strstr(at, elements[i][1]);
            return end ? end + strlen(elements[i][1]) : at + strlen(at);
        }
    return NULL;
}

/* Behind an attribute that is left out: fonts, identifiers of groups. */
static const char *skip_attribute(const char *at)
{
    static const char *const attributes[] = {" font-family=\"", " id=\"", " shape-rendering='"};
    for (size_t i = 0; i < 3; i++)
        if (starts(at, attributes[i])) {
            const char *from = at + strlen(attributes[i]);
            const char *end = strchr(from, from[-1]);
            return end ? end + 1 : at + strlen(at);
        }
    return NULL;
}

/* A colour as its role; where it ends, or NULL. */
static const char *put_colour(FILE *out, const char *at)
{
    int red, green, blue, used = 0;
    if (!starts(at, "rgb("))
        return NULL;
    if (sscanf(at, "rgb( %d , %d , %d )%n", &red, &green, &blue, &used) != 3 || !used)
        return NULL;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (roles[i].red == red && roles[i].green == green && roles[i].blue == blue) {
            fputs(roles[i].role, out);
            return at + used;
        }
    fputs("currentColor", out);
    return at + used;
}

static void put_clean(FILE *out, const char *svg, const char *id)
{
    for (const char *at = svg; *at;) {
        const char *next = *at == '<' ? skip_element(at) : NULL;
        next = next ? next : *at == ' ' ? skip_attribute(at) : NULL;
        next = next ? next : *at == 'r' ? put_colour(out, at) : NULL;
        if (next) {
            at = next;
        } else if (starts(at, "]]>")) { /* would end what XML does not allow to end here */
            fputs("]]&gt;", out);
            at += 3;
        } else if (starts(at, "xlink:href='#gp")) {
            fprintf(out, "href='#%s-gp", id);
            at += strlen("xlink:href='#gp");
        } else if (starts(at, "id='gp")) {
            fprintf(out, "id='%s-gp", id);
            at += strlen("id='gp");
        } else if (starts(at, "'black'") || starts(at, "\"black\"")) {
            fprintf(out, "%cvar(--ink2,#555f6b)%c", *at, *at);
            at += strlen("'black'");
        } else {
            putc(*at++, out);
        }
    }
}

/* ---- Drawings ---- */

const char *const chart_classes[6] = {CHART_LOAD, CHART_DOWN, "#0b7a75",
                                      "#7a3e9d",  "#a8326e",  CHART_FAINT};

#define WIDE    720
#define NARROW  340
#define HEADING 40 /* above a chart that stands by itself */

void drawing_margins(FILE *script, const struct drawing *drawing, struct margins margins)
{
    fprintf(script,
            "set lmargin at screen %.4f\nset rmargin at screen %.4f\n"
            "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
            (double)margins.left / drawing->width, 1 - (double)margins.right / drawing->width,
            1 - (double)(drawing->top + margins.top) / drawing->height,
            (double)margins.bottom / drawing->height);
}

void drawing_begin(FILE *script)
{
    fputs("set border 1 lc rgb '" CHART_FAINT "'\nset tics scale 0\nunset key\n"
          "set tics textcolor rgb '" CHART_FAINT "'\n",
          script);
}

static struct drawing drawing_of(const struct chart *chart, bool narrow)
{
    return (struct drawing){.width = narrow         ? NARROW
                                     : chart->width ? chart->width
                                                    : WIDE,
                            .height = narrow ? chart->narrow_height : chart->wide_height,
                            .narrow = narrow || (chart->width && chart->width <= NARROW)};
}

/* With its title on top, for charts that stand by themselves. */
static struct drawing put_heading(FILE *script, const struct chart *chart, int width, int height)
{
    struct drawing drawing = {.width = width, .height = height, .top = HEADING};
    fputs("set label 9999 ", script);
    chart_quote(script, chart->title, 80);
    fprintf(script,
            " at screen 0.02, screen %.4f left font 'sans-serif,15' tc rgb '" CHART_INK "'\n",
            1 - 18.0 / height);
    return drawing;
}

/* ---- What is asked of gnuplot ---- */

/* All that `put` writes; owned; NULL when out of memory. */
static char *script_of(void (*put)(FILE *script, const void *context), const void *context,
                       size_t *length)
{
    char *text = NULL;
    FILE *file = open_memstream(&text, length);
    if (!file)
        return NULL;
    put(file, context);
    bool good = !ferror(file);
    good = fclose(file) == 0 && good;
    if (good)
        return text;
    free(text);
    return NULL;
}

/* What gnuplot makes of it. */
static char *drawn_of(void (*put)(FILE *script, const void *context), const void *context,
                      size_t *size)
{
    size_t length = 0;
    char *script = script_of(put, context, &length);
    char *drawn = script ? draw(script, length, size) : NULL;
    free(script);
    return drawn;
}

static void put_svg_script(FILE *script, const struct chart *chart, const struct drawing *drawing)
{
    fprintf(script, "reset\nset terminal svg noenhanced dynamic size %d,%d font 'sans-serif,13'\n",
            drawing->width, drawing->height);
    drawing_begin(script);
    chart->script(script, drawing, chart->context);
}

static void put_inline_script(FILE *script, const void *context)
{
    const struct chart *chart = context;
    for (int narrow = 0; narrow < (chart->narrow_height ? 2 : 1); narrow++) {
        struct drawing drawing = drawing_of(chart, narrow == 1);
        put_svg_script(script, chart, &drawing);
    }
}

/* The first svg element: from behind its tag to before its end, which becomes '\0'; *rest is behind
 * it. NULL: there is none. */
static char *element_in(char *drawn, char **rest)
{
    char *tag = strstr(drawn, "<svg"), *from = tag ? strchr(tag, '>') : NULL;
    char *end = from ? strstr(from, "</svg>") : NULL;
    if (!end)
        return NULL;
    *end = '\0';
    *rest = end + strlen("</svg>");
    return from + 1;
}

static void put_element(FILE *out, const struct chart *chart, const struct drawing *drawing,
                        const char *class_name, const char *drawn)
{
    char id[80];
    snprintf(id, sizeof id, "%.60s-%s", chart->id, class_name);
    fprintf(out,
            "<svg%s class=\"%s\" viewBox=\"0 0 %d %d\" "
            "width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"%s-t %s-d\" "
            "font-family=\"system-ui,sans-serif\"><title id=\"%s-t\">",
            drawing->top ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", class_name, drawing->width,
            drawing->height, drawing->width, drawing->height, id, id, id);
    markup_text(out, chart->title);
    fprintf(out, "</title><desc id=\"%s-d\">", id);
    markup_text(out, chart->desc);
    fputs("</desc>", out);
    if (drawing->top)
        fputs("<rect width=\"100%\" height=\"100%\" fill=\"var(--bg,#ffffff)\"/>", out);
    put_clean(out, drawn, id);
    fputs("</svg>\n", out);
}

bool chart_inline(FILE *out, const struct chart *chart)
{
    size_t size = 0;
    char *drawn = drawn_of(put_inline_script, chart, &size), *rest = drawn, *parts[2];
    bool both = chart->narrow_height > 0;
    for (int i = 0; i < (both ? 2 : 1); i++)
        if (!rest || !(parts[i] = element_in(rest, &rest))) {
            free(drawn);
            return false;
        }
    struct drawing wide = drawing_of(chart, false), narrow = drawing_of(chart, true);
    put_element(out, chart, &wide, both ? "wide" : "any", parts[0]);
    if (both)
        put_element(out, chart, &narrow, "narrow", parts[1]);
    free(drawn);
    return true;
}

/* ---- Files by themselves ---- */

static struct drawing alone(const struct chart *chart)
{
    return (struct drawing){.width = chart->width ? chart->width : WIDE,
                            .height = chart->wide_height + HEADING,
                            .top = HEADING};
}

static void put_alone(FILE *script, const void *context)
{
    const struct chart *chart = context;
    struct drawing drawing = alone(chart);
    fprintf(script, "set terminal svg noenhanced dynamic size %d,%d font 'sans-serif,13'\n",
            drawing.width, drawing.height);
    drawing_begin(script);
    put_heading(script, chart, drawing.width, drawing.height);
    chart->script(script, &drawing, chart->context);
}

static void put_picture(FILE *script, const void *context)
{
    const struct chart *chart = context;
    struct drawing drawing = alone(chart);
    fprintf(script,
            "set terminal pngcairo noenhanced size %d,%d font 'sans-serif,13' fontscale 1.5 "
            "linewidth 2 pointscale 2\n",
            2 * drawing.width, 2 * drawing.height);
    drawing_begin(script);
    put_heading(script, chart, drawing.width, drawing.height);
    chart->script(script, &drawing, chart->context);
}

bool chart_file(FILE *out, const struct chart *chart, enum chart_format format)
{
    size_t size = 0;
    char *drawn = drawn_of(format == CHART_SVG ? put_alone : put_picture, chart, &size), *rest;
    if (!drawn || size == 0) {
        free(drawn);
        return false;
    }
    if (format == CHART_PNG) {
        fwrite(drawn, 1, size, out);
        free(drawn);
        return true;
    }
    char *element = element_in(drawn, &rest);
    struct drawing drawing = alone(chart);
    if (element) {
        fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", out);
        put_element(out, chart, &drawing, "alone", element);
    }
    free(drawn);
    return element;
}

#define PAGE_WIDTH  720 /* of a document, in pixels of 1/72 inch */
#define PAGE_HEIGHT 405

void chart_page(FILE *scripts, const struct chart *chart)
{
    fputs("reset\n", scripts);
    drawing_begin(scripts);
    struct drawing drawing = put_heading(scripts, chart, PAGE_WIDTH, PAGE_HEIGHT);
    chart->script(scripts, &drawing, chart->context);
}

/* The moment in which it was made is not part of what it says. */
static void forget_date(char *document, size_t size)
{
    static const char key[] = "/CreationDate (D:";
    char *at = memmem(document, size, key, strlen(key));
    for (char *c = at ? at + strlen(key) : NULL; c && c < document + size && *c != ')'; c++)
        if (*c >= '0' && *c <= '9')
            *c = c - at - (long)strlen(key) == 5 || c - at - (long)strlen(key) == 7 ? '1' : '0';
    if (at)
        memcpy(at + strlen(key), "2000", 4);
}

bool chart_document(FILE *out, const char *scripts, size_t length)
{
    char *whole;
    size_t size = 0;
    int used = asprintf(
        &whole,
        "set terminal pdfcairo noenhanced size %d.0/72,%d.0/72 font 'sans-serif,13' fontscale "
        "0.75\n"
        "%.*s",
        PAGE_WIDTH, PAGE_HEIGHT, (int)length, scripts);
    char *drawn = used < 0 ? NULL : draw(whole, (size_t)used, &size);
    if (used >= 0)
        free(whole);
    if (drawn && size > 0) {
        forget_date(drawn, size);
        fwrite(drawn, 1, size, out);
    }
    free(drawn);
    return drawn && size > 0;
}

bool chart_possible(char *version, size_t size)
{
    size_t got = 0;
    static const char ask[] = "set print '-'\nprint GPVAL_VERSION, GPVAL_PATCHLEVEL\n";
    char *said = draw(ask, strlen(ask), &got);
    double number;
    char patch[16] = "";
    bool good = said && sscanf(said, "%lf %15s", &number, patch) == 2;
    if (good)
        snprintf(version, size, "gnuplot %g.%s", number, patch);
    free(said);
    return good;
}

/* ---- Texts ---- */

void chart_quote(FILE *script, const char *text, size_t most)
{
    size_t count = 0;
    putc('\'', script);
    for (const char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        bool begins = (byte & 0xC0) != 0x80;
        if (begins && count++ == most) {
            fputs("\xE2\x80\xA6", script); /* an ellipsis */
            break;
        }
        /* U+0085, U+2028 and U+2029 end lines too */
        bool line = byte < 0x20 || byte == 0x7F || (byte == 0xC2 && (unsigned char)c[1] < 0xA0) ||
                    strncmp(c, "\xE2\x80\xA8", 3) == 0 || strncmp(c, "\xE2\x80\xA9", 3) == 0;
        if (line) {
            putc('?', script);
            while (((unsigned char)c[1] & 0xC0) == 0x80)
                c++;
        } else if (byte == '\'') {
            fputs("''", script);
        } else {
            putc(*c, script);
        }
    }
    putc('\'', script);
}
