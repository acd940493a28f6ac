#include "tui/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/canvas.h"

#define TERM_MOST 30 /* cells that a key or a term takes at most */

/* Where the words behind a key or a term begin; behind the mark of a line that was added or
 * removed.
 */
static int hanging(const char *line)
{
    bool marked = (line[0] == '-' || line[0] == '+') && line[1] == ' ';
    int at = marked + (int)strspn(line + marked, " ");
    const char *gap = at ? strstr(line + at, "  ") : NULL;
    if (!gap || gap - line > TERM_MOST)
        return at;
    return (int)(gap - line + (int)strspn(gap, " "));
}

static void put_line(FILE *out, const char *line, int width)
{
    int indent = hanging(line);
    indent = indent > width / 2 ? 4 : indent;
    for (bool first = true; first || *line; first = false) {
        int room = first ? width : width - indent;
        const char *next = text_next_line(line, room);
        size_t length = (size_t)(next - line);
        while (length > 0 && line[length - 1] == ' ')
            length--;
        fprintf(out, "%*s%.*s\n", first ? 0 : indent, "", (int)length, line);
        line = next;
    }
}

char *text_fold(const char *text, int width)
{
    char *rest = strdup(text), *copy = rest, *folded = NULL;
    size_t size = 0;
    FILE *out = copy ? open_memstream(&folded, &size) : NULL;
    for (char *line; out && (line = strsep(&rest, "\n"));)
        if (rest || *line)
            put_line(out, line, width > 8 ? width : 8);
    free(copy);
    if (!out || fclose(out) == 0)
        return folded;
    free(folded);
    return NULL;
}
