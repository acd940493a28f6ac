#include "tui/difference.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 3000 /* of the part that differs; beyond, all of it is out and in */

struct line {
    const char *text;
    size_t length;
};

struct lines {
    struct line *items; /* owned */
    size_t count;
};

static bool split(const char *text, struct lines *lines)
{
    size_t count = 1;
    for (const char *at = text; *at; at++)
        count += *at == '\n';
    lines->count = 0;
    lines->items = calloc(count, sizeof *lines->items);
    if (!lines->items)
        return false;
    while (*text) {
        size_t length = strcspn(text, "\n");
        lines->items[lines->count++] = (struct line){text, length};
        text += length + (text[length] == '\n');
    }
    return true;
}

static bool alike(struct line a, struct line b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

static void put(FILE *out, char mark, struct line line)
{
    fprintf(out, "%c %.*s\n", mark, (int)line.length, line.text);
}

#define CONTEXT 2 /* lines before and after what differs */

/* Lines that are alike, between two places that differ. */
static void put_alike(FILE *out, const struct line *lines, size_t count)
{
    bool whole = count <= 2 * CONTEXT + 1;
    for (size_t i = 0; i < count; i++)
        if (whole || i < CONTEXT || i >= count - CONTEXT)
            put(out, ' ', lines[i]);
        else if (i == CONTEXT)
            fprintf(out, "  ... %zu unchanged lines\n", count - 2 * CONTEXT);
}

/* The middle parts, which begin and end differently: longest common subsequence from the end. */
static void put_middle(FILE *out, const struct line *a, size_t n, const struct line *b, size_t m)
{
    size_t width = m + 1;
    uint16_t *common =
        n <= LINES_MAX && m <= LINES_MAX ? calloc((n + 1) * width, sizeof *common) : NULL;
    for (size_t i = n; common && i-- > 0;)
        for (size_t j = m; j-- > 0;) {
            uint16_t below = common[(i + 1) * width + j], right = common[i * width + j + 1];
            common[i * width + j] = alike(a[i], b[j])
                                        ? (uint16_t)(common[(i + 1) * width + j + 1] + 1)
                                    : below > right ? below
                                                    : right;
        }
    size_t i = 0, j = 0;
    while (i < n || j < m) {
        size_t same = i;
        while (common && i < n && j < m && alike(a[i], b[j]))
            i++, j++;
        put_alike(out, a + same, i - same);
        if (i == n && j == m)
            break;
        if (i < n &&
            (!common || j == m || common[(i + 1) * width + j] >= common[i * width + j + 1]))
            put(out, '-', a[i++]);
        else
            put(out, '+', b[j++]);
    }
    free(common);
}

static void put_difference(FILE *out, const struct lines *a, const struct lines *b)
{
    size_t start = 0, end = 0;
    size_t least = a->count < b->count ? a->count : b->count;
    while (start < least && alike(a->items[start], b->items[start]))
        start++;
    while (end < least - start && alike(a->items[a->count - 1 - end], b->items[b->count - 1 - end]))
        end++;
    if (start == a->count && start == b->count)
        return;
    if (start > 0)
        put(out, ' ', a->items[start - 1]);
    put_middle(out, a->items + start, a->count - start - end, b->items + start,
               b->count - start - end);
    if (end > 0)
        put(out, ' ', a->items[a->count - end]);
}

char *difference_text(const char *before, const char *after)
{
    char *text = NULL;
    size_t size = 0;
    struct lines a = {0}, b = {0};
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    if (split(before, &a) && split(after, &b))
        put_difference(out, &a, &b);
    fclose(out);
    free(a.items);
    free(b.items);
    return text;
}
