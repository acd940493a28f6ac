#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/app.h"
#include "tui/list.h"
#include "tui/popup.h"
#include "tui/verdict.h"
#include "tui/widgets.h"

/* Every state of the session with its answer; below, what was said. */
struct log_screen {
    struct list list; /* of states, the last one first in sight */
    struct list said; /* of messages, when they have the screen */
    bool messages;
};

enum { GO_BACK = 1, WRITE, MESSAGES, ASKED_FILE };

static const struct key_binding log_keys[] = {
    {{PRESS_ENTER, '\n'}, GO_BACK, "Go back", "to the state under the cursor; can be undone", NULL},
    {{'w'}, WRITE, "Write", "write the session as Markdown", NULL},
    {{'m'}, MESSAGES, "Messages", "what was said, or the states", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

static void *log_init(struct app *app)
{
    (void)app;
    return calloc(1, sizeof(struct log_screen));
}

static int log_height(const struct app *app)
{
    return app_body(app).height - 1;
}

/* Follows the end while the cursor is there. */
static void follow(struct list *list, int count, int height)
{
    bool last = list->cursor >= list->count - 1;
    list_resize(list, count, height);
    if (last)
        list_select(list, count - 1, height);
}

static struct list *list_of(struct log_screen *s)
{
    return s->messages ? &s->said : &s->list;
}

/* ---- Update ---- */

static void go_back(struct log_screen *s, struct app *app)
{
    if (s->list.cursor >= app->diary.count)
        return;
    const struct entry *entry = &app->diary.entries[s->list.cursor];
    char what[160];
    snprintf(what, sizeof what, "back to %d, %s", s->list.cursor + 1, entry->what);
    if (session_go_to(app->session, entry->text, entry->states, entry->peers, what)) {
        app_changed(app);
        app_say(app, INK_TEXT, "%s: u undoes it", what);
    } else {
        app_say(app, INK_BAD, "%s: its files have changed", what);
    }
}

static bool check_file(struct app *app, const char *text, char *why, size_t size)
{
    (void)app;
    if (*text && access(text, F_OK) != 0)
        return true;
    snprintf(why, size, *text ? "this file exists: take another name" : "a name is needed");
    return false;
}

static void ask_file(struct app *app)
{
    void *prompt =
        prompt_new("Write the session to", "a Markdown file, a table of all states", "session.md");
    prompt_set_check(prompt, check_file);
    app_push(app, &popup_prompt, prompt, ASKED_FILE);
}

static bool said_match(const void *context, int row, const char *pattern)
{
    return text_matches(journal_at(context, row)->text, pattern);
}

static bool entry_match(const void *context, int row, const char *pattern)
{
    const struct diary *diary = context;
    return text_matches(diary->entries[row].what, pattern);
}

static void log_search(struct log_screen *s, struct app *app, bool backwards)
{
    int row = s->messages ? list_search(&s->said, app->search, backwards, said_match, &app->journal)
                          : list_search(&s->list, app->search, backwards, entry_match, &app->diary);
    if (row >= 0)
        list_select(list_of(s), row, log_height(app));
    else
        app_say(app, INK_WARN, "\"%s\" is not in the log", app->search);
}

static void log_press(struct log_screen *s, struct app *app, int action)
{
    if (action == MESSAGES)
        s->messages = !s->messages;
    else if (action == WRITE)
        ask_file(app);
    else if (action == GO_BACK && !s->messages)
        go_back(s, app);
    else
        list_move(list_of(s), action, log_height(app));
}

static void log_update(void *state, struct app *app, const struct event *event)
{
    struct log_screen *s = state;
    follow(&s->list, app->diary.count, log_height(app));
    follow(&s->said, app->journal.count, log_height(app));
    if (event->kind == EVENT_ROW)
        list_select(list_of(s), event->row, log_height(app));
    else if (event->kind == EVENT_PRESS)
        log_press(s, app, event->action);
    else if (event->kind == EVENT_RETURN)
        app_write(app, app->answer, diary_markdown(&app->diary, app->session));
    else if (event->kind == EVENT_SEARCH)
        log_search(s, app, event->row < 0);
}

/* ---- View ---- */

static void view_messages(const struct log_screen *s, const struct app *app, struct canvas *canvas,
                          struct area area)
{
    canvas_heading(canvas, area.x, area.y, area.width, "Messages");
    struct area rows = {area.x, area.y + 1, area.width, area.height - 1};
    if (app->journal.count == 0)
        canvas_text(canvas, rows.x + 2, rows.y + 1, rows.width - 2, INK_DIM,
                    "nothing has been said yet");
    int first = list_first(&s->said, rows.height);
    for (int i = 0; i < rows.height && first + i < app->journal.count; i++) {
        const struct note *note = journal_at(&app->journal, first + i);
        struct area row = {rows.x, rows.y + i, rows.width - 1, 1};
        int seconds = (int)note->seconds;
        canvas_format(canvas, row.x + 1, row.y, 8, INK_DIM, "%3d:%02d", seconds / 60, seconds % 60);
        canvas_text(canvas, row.x + 9, row.y, row.width - 10, note->ink, note->text);
        if (first + i == s->said.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, app->journal.count);
}

static void cut_limits(char *text, int width)
{
    char *bracket = strstr(text, " (");
    if (bracket && text_width(text) > width)
        *bracket = '\0';
}

static void view_entry(struct canvas *canvas, struct area row, const struct entry *entry,
                       int number, int figures)
{
    char clock[8], now[SENTENCE_SIZE], down[SENTENCE_SIZE];
    int right = row.x + row.width;
    snprintf(now, sizeof now, "%s", entry->known ? entry->now : "not known");
    snprintf(down, sizeof down, "%s", entry->known ? entry->down : "");
    cut_limits(now, figures - 1);
    cut_limits(down, figures - 1);
    canvas_format(canvas, row.x, row.y, 4, INK_DIM, "%3d", number);
    canvas_text(canvas, row.x + 4, row.y, 5, INK_DIM, diary_clock(entry->clock, clock));
    if (entry->known)
        canvas_put(canvas, row.x + 10, row.y, verdict_glyph(entry->verdict),
                   verdict_ink(entry->verdict));
    canvas_text(canvas, row.x + 12, row.y, row.width - 13 - 2 * figures, INK_TEXT, entry->what);
    canvas_right(canvas, right - 2 * figures, row.y, figures - 1, INK_TEXT, now);
    canvas_right(canvas, right - figures, row.y, figures - 1, INK_TEXT, down);
}

static void view_states(const struct log_screen *s, const struct app *app, struct canvas *canvas,
                        struct area area)
{
    area = widget_readable(area);
    int figures = area.width >= 110 ? 34 : area.width >= 76 ? 14 : 11;
    struct area rows = {area.x, area.y + 1, area.width, area.height - 1};
    canvas_heading(canvas, area.x, area.y, area.width, "Session");
    canvas_column(canvas, area.x + area.width - 1 - 2 * figures, area.y, figures - 1, "now");
    canvas_column(canvas, area.x + area.width - 1 - figures, area.y, figures - 1, "peers down");
    int first = list_first(&s->list, rows.height);
    for (int i = 0; i < rows.height && first + i < app->diary.count; i++) {
        struct area row = {rows.x, rows.y + i, rows.width - 1, 1};
        view_entry(canvas, row, &app->diary.entries[first + i], first + i + 1, figures);
        if (first + i == s->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, app->diary.count);
}

static void log_view(const void *state, const struct app *app, struct canvas *canvas,
                     struct area area)
{
    const struct log_screen *s = state;
    (s->messages ? view_messages : view_states)(s, app, canvas, area);
}

static void log_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct log_screen *s = state;
    if (!s->messages && s->list.cursor < app->diary.count)
        snprintf(buffer, size, "%d, %s", s->list.cursor + 1,
                 app->diary.entries[s->list.cursor].what);
}

const struct screen screen_log = {
    .title = "Log",
    .keys = log_keys,
    .init = log_init,
    .update = log_update,
    .view = log_view,
    .done = free,
    .where = log_where,
};
