#include "tui/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/list.h"

/* Lines of the help text; those that begin without a blank are headings. */
struct help_screen {
    char *text;   /* owned */
    char **lines; /* owned; into text */
    struct list list;
};

static const char introduction[] =
    "What this is\n"
    "  peerplan says whether a cluster of Expressways carries its calls, with every peer up and "
    "with\n"
    "  some of them down. Every change is answered at once by formulas (the estimate); a "
    "simulation\n"
    "  runs behind it and its 95 % interval narrows beside the estimate until it is good enough.\n"
    "\n"
    "How far a figure can be trusted\n"
    "  exact          a formula that holds exactly for this scenario\n"
    "  approximate    a formula with a known band of error\n"
    "  simulate this  no formula: the simulation's figure is the one to read\n"
    "  All capacity figures are the vendor's guidelines, not guaranteed.\n"
    "\n"
    "Signs\n"
    "  \u25CF up   \u25D0 in maintenance   \u2717 down   \u2713 goal met   \u2717 goal missed   "
    "\u25B2 failure   \u25BC back   \u2022 alarm\n"
    "\n";

static char *help_text(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fputs(introduction, out);
    app_print_keys(out);
    fclose(out);
    return text;
}

static void help_done(void *state)
{
    struct help_screen *s = state;
    if (!s)
        return;
    free(s->lines);
    free(s->text);
    free(s);
}

static void split_lines(struct help_screen *s)
{
    for (char *at = s->text; at && *at;) {
        s->lines[s->list.count++] = at;
        at = strchr(at, '\n');
        if (at)
            *at++ = '\0';
    }
}

static void *help_init(struct app *app)
{
    (void)app;
    struct help_screen *s = calloc(1, sizeof *s);
    if (!s || !(s->text = help_text())) {
        free(s);
        return NULL;
    }
    size_t lines = 1;
    for (const char *at = s->text; *at; at++)
        lines += *at == '\n';
    s->lines = calloc(lines, sizeof *s->lines);
    if (!s->lines) {
        help_done(s);
        return NULL;
    }
    split_lines(s);
    return s;
}

static bool help_match(const void *context, int row, const char *pattern)
{
    const struct help_screen *s = context;
    return text_matches(s->lines[row], pattern);
}

static void help_update(void *state, struct app *app, const struct event *event)
{
    struct help_screen *s = state;
    int height = app_body(app).height;
    if (event->kind == EVENT_PRESS)
        list_move(&s->list, event->action, height);
    else if (event->kind == EVENT_ROW)
        list_select(&s->list, event->row, height);
    else if (event->kind == EVENT_SEARCH) {
        int row = list_search(&s->list, app->search, event->row < 0, help_match, s);
        if (row >= 0)
            list_select(&s->list, row, height);
        else
            app_say(app, INK_WARN, "\"%s\" is not in the help", app->search);
    } else {
        list_resize(&s->list, s->list.count, height);
    }
}

static void help_view(const void *state, const struct app *app, struct canvas *canvas,
                      struct area area)
{
    (void)app;
    const struct help_screen *s = state;
    int first = list_first(&s->list, area.height);
    for (int i = 0; i < area.height && first + i < s->list.count; i++) {
        const char *line = s->lines[first + i];
        struct area row = {area.x, area.y + i, area.width - 1, 1};
        if (line[0] && line[0] != ' ')
            canvas_heading(canvas, row.x, row.y, row.width, line);
        else
            canvas_text(canvas, row.x, row.y, row.width, INK_TEXT, line);
        if (first + i == s->list.cursor)
            canvas_put(canvas, row.x, row.y, 0x25B8, INK_ACCENT);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, area, first, s->list.count);
}

const struct screen screen_help = {
    .title = "Help",
    .init = help_init,
    .update = help_update,
    .view = help_view,
    .done = help_done,
};
