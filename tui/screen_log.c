#include "tui/app.h"

#include <stdlib.h>

#include "tui/list.h"

struct log_screen {
    struct list list;
};

static void *log_init(struct app *app)
{
    (void)app;
    return calloc(1, sizeof(struct log_screen));
}

static bool log_match(const void *context, int row, const char *pattern)
{
    return text_matches(journal_at(context, row)->text, pattern);
}

static int log_height(const struct app *app)
{
    return app_body(app).height - 2;
}

/* Follows the end while the cursor is there. */
static void log_follow(struct log_screen *s, const struct app *app)
{
    bool last = s->list.cursor >= s->list.count - 1;
    list_resize(&s->list, app->journal.count, log_height(app));
    if (last)
        list_select(&s->list, app->journal.count - 1, log_height(app));
}

static void log_update(void *state, struct app *app, const struct event *event)
{
    struct log_screen *s = state;
    log_follow(s, app);
    if (event->kind == EVENT_ROW)
        list_select(&s->list, event->row, log_height(app));
    else if (event->kind == EVENT_PRESS)
        list_move(&s->list, event->action, log_height(app));
    else if (event->kind == EVENT_SEARCH) {
        int row = list_search(&s->list, app->search, event->row < 0, log_match, &app->journal);
        if (row >= 0)
            list_select(&s->list, row, log_height(app));
        else
            app_say(app, INK_WARN, "\"%s\" is not in the log", app->search);
    }
}

static void log_view(const void *state, const struct app *app, struct canvas *canvas,
                     struct area area)
{
    const struct log_screen *s = state;
    canvas_heading(canvas, area.x, area.y, area.width, "Messages");
    struct area rows = {area.x, area.y + 1, area.width, log_height(app)};
    if (app->journal.count == 0)
        canvas_text(canvas, rows.x + 2, rows.y + 1, rows.width - 2, INK_DIM,
                    "nothing has been said yet");
    int first = list_first(&s->list, rows.height);
    for (int i = 0; i < rows.height && first + i < app->journal.count; i++) {
        const struct note *note = journal_at(&app->journal, first + i);
        struct area row = {rows.x, rows.y + i, rows.width - 1, 1};
        int seconds = (int)note->seconds;
        canvas_format(canvas, row.x + 1, row.y, 8, INK_DIM, "%3d:%02d", seconds / 60, seconds % 60);
        canvas_text(canvas, row.x + 9, row.y, row.width - 10, note->ink, note->text);
        if (first + i == s->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, app->journal.count);
}

const struct screen screen_log = {
    .title = "Log",
    .init = log_init,
    .update = log_update,
    .view = log_view,
    .done = free,
};
