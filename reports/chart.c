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

/* --- gnuplot ---- */

/* All that the descriptor gives, owned, NUL-terminated; NULL when it cannot be read. */
static char *read_all(int fd)
{
    size_t size = 0, capacity = 64 * 1024;
    char *text = malloc(capacity);
    while (text) {
        ssize_t got = read(fd, text + size, capacity - size - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            text[size] = '\0';
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
static char *draw(const char *script, size_t length)
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
        drawn = read_all(output[0]);
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

/* --- Cleaning ---- */

static const struct {
    int red, green, blue;
    const char *role;
} roles[] = {
    {0x1b, 0x20, 0x27, "var(--ink,#1b2027)"},    {0x55, 0x5f, 0x6b, "var(--ink2,#555f6b)"},
    {0xd3, 0xd9, 0xe0, "var(--rule,#d3d9e0)"},   {0x0b, 0x5c, 0xad, "var(--load,#0b5cad)"},
    {0x1c, 0x21, 0x28, "var(--cap,#1c2128)"},    {0x8a, 0x56, 0x00, "var(--alarm,#8a5600)"},
    {0x6a, 0x74, 0x80, "var(--event,#6a7480)"},  {0x1a, 0x7a, 0x36, "var(--yes,#1a7a36)"},
    {0xc0, 0x26, 0x2d, "var(--no,#c0262d)"},     {0x8b, 0x57, 0x01, "var(--open,#8b5701)"},
    {0x54, 0x5e, 0x6c, "var(--unsure,#545e6c)"},
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

bool chart_put(FILE *out, const struct chart *chart, const char *script)
{
    char *whole;
    int length =
        asprintf(&whole, "set terminal svg noenhanced dynamic size %d,%d font 'sans-serif,13'\n%s",
                 chart->width, chart->height, script);
    char *drawn = length < 0 ? NULL : draw(whole, (size_t)length);
    if (length >= 0)
        free(whole);
    char *start_tag = drawn ? strstr(drawn, "<svg") : NULL;
    char *from = start_tag ? strchr(start_tag, '>') : NULL;
    char *to = from ? strstr(from, "</svg>") : NULL;
    if (!to) {
        free(drawn);
        return false;
    }
    *to = '\0';
    fprintf(out,
            "<svg class=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
            "aria-labelledby=\"%s-t %s-d\" font-family=\"system-ui,sans-serif\">"
            "<title id=\"%s-t\">",
            chart->class_name, chart->width, chart->height, chart->width, chart->height, chart->id,
            chart->id, chart->id);
    markup_text(out, chart->title);
    fprintf(out, "</title><desc id=\"%s-d\">", chart->id);
    markup_text(out, chart->desc);
    fputs("</desc>", out);
    put_clean(out, from + 1, chart->id);
    fputs("</svg>\n", out);
    free(drawn);
    return true;
}

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
