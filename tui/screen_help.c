#include "tui/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fold.h"
#include "tui/list.h"

/* The help text in lines as wide as the screen; those that begin without a blank are headings. */
struct help_screen {
    char *text;   /* owned; as it is made */
    char *folded; /* owned; wrapped to a width, its lines apart by NUL */
    char **lines; /* owned; into folded */
    int width;    /* that it is wrapped to */
    struct list list;
};

static const char introduction[] =
    "What this is\n"
    "  peerplan says whether a cluster of Expressways carries its calls, with every peer up and "
    "with some of them down. Every change is answered by formulas at once and then by a simulation "
    "in the background; its 95 % interval narrows until it decides, then every set of peers down "
    "is simulated in turn.\n"
    "\n"
    "The answer\n"
    "  YES              every goal is met, and everything that can refuse a call was looked at\n"
    "  NO               a goal is missed\n"
    "  NOT YET DECIDED  the interval still contains the goal\n"
    "  CANNOT TELL      the formulas do not model something here; the simulation will decide\n"
    "  pending          nothing is known of the present state yet\n"
    "  Once there is a simulation, it decides. Where the formulas claimed otherwise, that stands "
    "beside it in red.\n"
    "\n"
    "How far a figure can be trusted\n"
    "  simulated      with its 95 % interval\n"
    "  exact          a formula that holds exactly for this scenario\n"
    "  approximate    a formula with a known band of error\n"
    "  orientation    no formula of known error: read the simulated one\n"
    "  All capacity figures are the vendor's guidelines, not guaranteed.\n"
    "\n"
    "Signs\n"
    "  \u25CF up   \u25D0 in maintenance   \u2717 down   \u2713 goal met   \u2717 goal missed   "
    "? undecided   - cannot tell   \u25B2 failure   \u25BC back   \u2022 alarm\n"
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
    free(s->folded);
    free(s->text);
    free(s);
}

static void fold(struct help_screen *s, int width)
{
    char *folded = text_fold(s->text, width);
    size_t lines = 0;
    if (!folded)
        return;
    free(s->folded);
    free(s->lines);
    s->folded = folded;
    s->width = width;
    s->list.count = 0;
    for (const char *at = folded; *at; at++)
        lines += *at == '\n';
    s->lines = calloc(lines + 1, sizeof *s->lines);
    for (char *line; s->lines && s->list.count < (int)lines && (line = strsep(&folded, "\n"));)
        s->lines[s->list.count++] = line;
}

static void *help_init(struct app *app)
{
    struct help_screen *s = calloc(1, sizeof *s);
    if (!s || !(s->text = help_text())) {
        free(s);
        return NULL;
    }
    fold(s, app->width - 2);
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
    if (s->width != app->width - 2 && app->width > 20)
        fold(s, app->width - 2);
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
