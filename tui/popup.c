#include "tui/popup.h"

#include <stdlib.h>
#include <string.h>

#include "tui/fold.h"
#include "tui/list.h"

struct area popup_area(struct area body, int width, int height)
{
    if (width > body.width - 2)
        width = body.width - 2;
    if (height > body.height)
        height = body.height;
    return (struct area){body.x + (body.width - width) / 2, body.y + (body.height - height) / 3,
                         width, height};
}

static struct area inner(struct area box)
{
    return (struct area){box.x + 2, box.y + 1, box.width - 4, box.height - 2};
}

/* ---- A line to type ---- */

#define PROMPT_BYTES 512

struct prompt {
    char *title, *help;
    char text[PROMPT_BYTES];
    size_t length, at; /* bytes */
    bool fresh;        /* the first character typed replaces what is there */
    char why[256];
    prompt_check *check;
    prompt_complete *complete;
    struct completion completion;
    int chosen; /* of its items; -1: none yet */
};

enum { PROMPT_DONE = 1, PROMPT_CANCEL, PROMPT_CLEAR, PROMPT_NEXT };

static const struct key_binding prompt_keys[] = {
    {{PRESS_ENTER, '\n'}, PROMPT_DONE, "Accept", "accept", NULL},
    {{PRESS_ESCAPE, CONTROL('C')}, PROMPT_CANCEL, "Cancel", "leave as it was", NULL},
    {{CONTROL('U')}, PROMPT_CLEAR, "Clear", "empty the line", NULL},
    {{PRESS_TAB}, PROMPT_NEXT, "Complete", "the next completion", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

void *prompt_new(const char *title, const char *help, const char *text)
{
    struct prompt *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->title = strdup(title);
    p->help = strdup(help);
    p->length = p->at = strnlen(text, PROMPT_BYTES - 8);
    memcpy(p->text, text, p->length);
    p->fresh = true;
    return p;
}

/* ---- Completion ---- */

void completion_add(struct completion *c, const char *item)
{
    completion_explain(c, item, NULL);
}

void completion_explain(struct completion *c, const char *item, const char *note)
{
    if (c->count == c->room) {
        int room = c->room ? 2 * c->room : 16;
        struct completion_item *grown = realloc(c->items, (size_t)room * sizeof *grown);
        if (!grown)
            return;
        c->items = grown;
        c->room = room;
    }
    c->items[c->count] = (struct completion_item){strdup(item), note ? strdup(note) : NULL};
    if (c->items[c->count].text)
        c->count++;
    else
        free(c->items[c->count].note);
}

static void completion_release(struct completion *c)
{
    for (int i = 0; i < c->count; i++) {
        free(c->items[i].text);
        free(c->items[i].note);
    }
    free(c->items);
    *c = (struct completion){0};
}

static void prompt_look_up(struct prompt *p, struct app *app)
{
    completion_release(&p->completion);
    p->chosen = -1;
    if (p->complete)
        p->complete(app, p->text, &p->completion);
}

void prompt_set_completion(void *prompt, struct app *app, prompt_complete *complete)
{
    struct prompt *p = prompt;
    if (!p)
        return;
    p->complete = complete;
    prompt_look_up(p, app);
}

void prompt_keep(void *prompt)
{
    if (prompt)
        ((struct prompt *)prompt)->fresh = false;
}

static void prompt_choose(struct prompt *p, int by)
{
    struct completion *c = &p->completion;
    if (c->count == 0 || c->from > p->length)
        return;
    p->chosen =
        p->chosen < 0 ? (by > 0 ? 0 : c->count - 1) : (p->chosen + by + c->count) % c->count;
    size_t room = PROMPT_BYTES - 1 - c->from, length = strnlen(c->items[p->chosen].text, room);
    memcpy(p->text + c->from, c->items[p->chosen].text, length);
    p->length = p->at = c->from + length;
    p->text[p->length] = '\0';
    p->fresh = false;
}

void prompt_set_check(void *prompt, prompt_check *check)
{
    if (prompt)
        ((struct prompt *)prompt)->check = check;
}

static void prompt_done(void *state)
{
    struct prompt *p = state;
    if (!p)
        return;
    completion_release(&p->completion);
    free(p->title);
    free(p->help);
    free(p);
}

static size_t character_before(const struct prompt *p)
{
    size_t at = p->at;
    while (at > 0 && (p->text[--at] & 0xC0) == 0x80)
        ;
    return at;
}

static size_t character_after(const struct prompt *p)
{
    const char *at = p->text + p->at;
    text_next(&at);
    return (size_t)(at - p->text);
}

static void prompt_erase(struct prompt *p, size_t from, size_t to)
{
    memmove(p->text + from, p->text + to, p->length - to + 1);
    p->length -= to - from;
    p->at = from;
}

static void prompt_insert(struct prompt *p, int press)
{
    char bytes[4];
    size_t n = (size_t)text_encode((uint32_t)press, bytes);
    if (p->fresh)
        prompt_erase(p, 0, p->length);
    if (p->length + n >= PROMPT_BYTES)
        return;
    memmove(p->text + p->at + n, p->text + p->at, p->length - p->at + 1);
    memcpy(p->text + p->at, bytes, n);
    p->length += n;
    p->at += n;
}

static void prompt_edit(struct prompt *p, const struct event *event)
{
    if (event->press == PRESS_BACKSPACE)
        prompt_erase(p, character_before(p), p->at);
    else if (event->press == PRESS_DELETE && p->at < p->length)
        prompt_erase(p, p->at, character_after(p));
    else if (event->action == MOVE_LEFT)
        p->at = character_before(p);
    else if (event->action == MOVE_RIGHT)
        p->at = character_after(p);
    else if (event->action == MOVE_HOME)
        p->at = 0;
    else if (event->action == MOVE_END)
        p->at = p->length;
    else if (event->action == PROMPT_CLEAR)
        prompt_erase(p, 0, p->length);
    else if (event->press >= ' ' && event->press < PRESS_UP)
        prompt_insert(p, event->press);
    p->fresh = false;
    p->why[0] = '\0';
}

static void prompt_update(void *state, struct app *app, const struct event *event)
{
    struct prompt *p = state;
    if (event->kind == EVENT_ROW && event->row < p->completion.count) {
        p->chosen = event->row - 1;
        prompt_choose(p, 1);
        prompt_look_up(p, app);
        return;
    }
    if (event->kind != EVENT_PRESS)
        return;
    if (event->action == PROMPT_CANCEL)
        app_pop(app, NULL, 0);
    else if (event->action == PROMPT_NEXT || event->action == MOVE_DOWN)
        prompt_choose(p, 1);
    else if (event->press == PRESS_BACKTAB || event->action == MOVE_UP)
        prompt_choose(p, -1);
    else if (event->action != PROMPT_DONE) {
        prompt_edit(p, event);
        prompt_look_up(p, app);
    } else if (!p->check || p->check(app, p->text, p->why, sizeof p->why))
        app_pop(app, p->text, 0);
}

#define PROMPT_ROWS 8

/* Cells that the items take where notes stand behind them. */
static int items_width(const struct completion *c, int most)
{
    int width = 0;
    for (int i = 0; i < c->count; i++) {
        int cells = text_width(c->items[i].text + c->told);
        width = cells > width && c->items[i].note ? cells : width;
    }
    return width < most ? width : most;
}

static void view_completions(const struct prompt *p, struct canvas *canvas, struct area area)
{
    struct list list = {.count = p->completion.count, .cursor = p->chosen < 0 ? 0 : p->chosen};
    int first = list_first(&list, area.height), names = items_width(&p->completion, 32);
    for (int i = 0; i < area.height; i++) {
        struct area row = {area.x, area.y + i, area.width - 1, 1};
        const struct completion_item *item = &p->completion.items[first + i];
        int cells = item->note ? names : row.width - 2;
        canvas_text(canvas, row.x + 2, row.y, cells, INK_TEXT, item->text + p->completion.told);
        if (item->note)
            canvas_text(canvas, row.x + names + 4, row.y, row.width - names - 4, INK_DIM,
                        item->note);
        if (first + i == p->chosen)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, area, first, list.count);
}

static void prompt_view(const void *state, const struct app *app, struct canvas *canvas,
                        struct area body)
{
    (void)app;
    const struct prompt *p = state;
    int rows = p->completion.count < PROMPT_ROWS ? p->completion.count : PROMPT_ROWS;
    if (rows > body.height - 8)
        rows = body.height - 8;
    struct area box = popup_area(body, p->complete ? 78 : 72, 7 + (rows > 0 ? rows : 0)),
                in = inner(box);
    canvas_box(canvas, box, p->title);
    canvas_fill(canvas, (struct area){in.x, in.y + 1, in.width, 1}, ' ', INK_INPUT);
    int before = 0;
    const char *at = p->text;
    while ((size_t)(at - p->text) < p->at)
        text_next(&at), before++;
    at = p->text;
    for (int skip = before - in.width + 2; skip > 0; skip--)
        text_next(&at), before--;
    canvas_text(canvas, in.x, in.y + 1, in.width, INK_INPUT, at);
    canvas->cursor_x = in.x + before;
    canvas->cursor_y = in.y + 1;
    view_completions(p, canvas, (struct area){in.x, in.y + 2, in.width, rows});
    struct area below = {in.x, box.y + box.height - 3, in.width, 2};
    const char *help = p->completion.help[0] ? p->completion.help : p->help;
    canvas_wrap(canvas, below, p->why[0] ? INK_BAD : INK_DIM, p->why[0] ? p->why : help);
}

const struct screen popup_prompt = {
    .title = "Where a line is typed",
    .keys = prompt_keys,
    .text = true,
    .update = prompt_update,
    .view = prompt_view,
    .done = prompt_done,
};

/* ---- One of several ---- */

struct choice {
    char *title, *help;
    char **items; /* owned, NULL after the last */
    struct list list;
};

enum { CHOICE_DONE = 1, CHOICE_CANCEL };

static const struct key_binding choice_keys[] = {
    {{PRESS_ENTER, '\n', ' '}, CHOICE_DONE, "Choose", "choose", NULL},
    {{PRESS_ESCAPE, 'q', CONTROL('C')}, CHOICE_CANCEL, "Cancel", "leave as it was", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

static void choice_done(void *state)
{
    struct choice *c = state;
    if (!c)
        return;
    for (int i = 0; c->items && i < c->list.count; i++)
        free(c->items[i]);
    free(c->items);
    free(c->title);
    free(c->help);
    free(c);
}

void *choice_new(const char *title, const char *help, const char *const *choices, int selected)
{
    struct choice *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    int count = 0;
    while (choices[count])
        count++;
    c->title = strdup(title);
    c->help = strdup(help);
    c->items = calloc((size_t)count + 1, sizeof *c->items);
    for (int i = 0; c->items && i < count; i++)
        c->items[i] = strdup(choices[i]);
    c->list = (struct list){.count = c->items ? count : 0, .cursor = selected};
    return c;
}

static void choice_take(struct choice *c, struct app *app)
{
    if (c->list.count > 0)
        app_pop(app, c->items[c->list.cursor], c->list.cursor);
    else
        app_pop(app, NULL, 0);
}

static void choice_update(void *state, struct app *app, const struct event *event)
{
    struct choice *c = state;
    if (event->kind == EVENT_ROW) {
        list_select(&c->list, event->row, c->list.count);
        choice_take(c, app);
    } else if (event->kind == EVENT_PRESS && event->action == CHOICE_CANCEL) {
        app_pop(app, NULL, 0);
    } else if (event->kind == EVENT_PRESS && event->action == CHOICE_DONE) {
        choice_take(c, app);
    } else if (event->kind == EVENT_PRESS) {
        list_move(&c->list, event->action, app_body(app).height - 6);
    }
}

static void choice_view(const void *state, const struct app *app, struct canvas *canvas,
                        struct area body)
{
    (void)app;
    const struct choice *c = state;
    struct area box = popup_area(body, 56, c->list.count + 6), in = inner(box);
    canvas_box(canvas, box, c->title);
    int used = canvas_wrap(canvas, (struct area){in.x, in.y, in.width, 2}, INK_DIM, c->help);
    struct area rows = {in.x, in.y + used + 1, in.width, in.height - used - 1};
    int first = list_first(&c->list, rows.height);
    for (int i = 0; i < rows.height && first + i < c->list.count; i++) {
        struct area row = {rows.x, rows.y + i, rows.width, 1};
        bool on = first + i == c->list.cursor;
        canvas_put(canvas, row.x, row.y, on ? 0x25B8 : ' ', INK_ACCENT);
        canvas_text(canvas, row.x + 2, row.y, row.width - 2, INK_TEXT, c->items[first + i]);
        if (on)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, c->list.count);
}

const struct screen popup_choice = {
    .title = "Where one of several is chosen",
    .keys = choice_keys,
    .update = choice_update,
    .view = choice_view,
    .done = choice_done,
};

/* ---- A text to read ---- */

struct text_popup {
    char *title, *text;
    int top, longest;
    bool difference; /* lines that begin with - and + */
};

static const struct key_binding reader_keys[] = {
    {{PRESS_ESCAPE, 'q', PRESS_ENTER, CONTROL('C')}, CHOICE_CANCEL, "Close", "close", NULL},
    {{'?', '\n'}, CHOICE_CANCEL, NULL, "close as well", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

static void text_popup_done(void *state)
{
    struct text_popup *t = state;
    if (!t)
        return;
    free(t->title);
    free(t->text);
    free(t);
}

void *text_popup_new(const char *title, const char *text)
{
    struct text_popup *t = calloc(1, sizeof *t);
    if (!t || !(t->title = strdup(title)) || !(t->text = strdup(text))) {
        text_popup_done(t);
        return NULL;
    }
    t->longest = text_longest(text);
    return t;
}

void *difference_popup_new(const char *title, const char *text)
{
    struct text_popup *t = text_popup_new(title, *text ? text : "nothing differs");
    if (t)
        t->difference = *text;
    return t;
}

/* As wide as its longest line and as high as it needs to be, within the screen; the text in lines
 * of that width is owned. */
static struct area text_popup_fold(const struct text_popup *t, struct area body, char **folded)
{
    int width = t->longest + 4 < 40 ? 40 : t->longest + 4 > 100 ? 100 : t->longest + 4;
    struct area box = popup_area(body, width, 3);
    *folded = text_fold(t->text, box.width - 4);
    return popup_area(body, width, (*folded ? text_lines(*folded, box.width - 4) : 0) + 2);
}

static void text_popup_update(void *state, struct app *app, const struct event *event)
{
    struct text_popup *t = state;
    char *folded = NULL;
    if (event->kind != EVENT_PRESS)
        return;
    if (event->action == CHOICE_CANCEL) {
        app_pop(app, NULL, 0);
        return;
    }
    struct area in = inner(text_popup_fold(t, app_body(app), &folded));
    int hidden = folded ? text_lines(folded, in.width) - in.height : 0;
    struct list list = {.count = hidden > 0 ? hidden + 1 : 1, .cursor = t->top};
    list_move(&list, event->action, in.height);
    t->top = list.cursor;
    free(folded);
}

/* Of a line of a difference: what is gone, what has come. */
static enum ink ink_of(const struct text_popup *t, const char *line)
{
    if (!t->difference)
        return INK_TEXT;
    return *line == '-' ? INK_BAD : *line == '+' ? INK_GOOD : INK_DIM;
}

/* A line of the text on as many of the screen as it needs; returns the number of the next. */
static int view_line(struct canvas *canvas, struct area in, int at, const char *line, enum ink ink)
{
    char *folded = text_fold(line, in.width), *rest = folded;
    for (char *part; rest && *rest && (part = strsep(&rest, "\n")); at++)
        if (at >= 0 && at < in.height)
            canvas_text(canvas, in.x, in.y + at, in.width, ink, part);
    free(folded);
    return at;
}

static void text_popup_view(const void *state, const struct app *app, struct canvas *canvas,
                            struct area body)
{
    (void)app;
    const struct text_popup *t = state;
    char *folded = NULL, *text = strdup(t->text), *rest = text;
    struct area box = text_popup_fold(t, body, &folded), in = inner(box);
    int at = -t->top;
    canvas_box(canvas, box, t->title);
    for (char *line; rest && at < in.height && (line = strsep(&rest, "\n"));)
        at = view_line(canvas, in, at, *line ? line : " ", ink_of(t, line));
    canvas_scroll_mark(canvas, (struct area){box.x, in.y, box.width, in.height}, t->top,
                       folded ? text_lines(folded, in.width) : 0);
    free(folded);
    free(text);
}

const struct screen popup_text = {
    .title = "Where a text is read",
    .keys = reader_keys,
    .update = text_popup_update,
    .view = text_popup_view,
    .done = text_popup_done,
};

/* ---- The keys of a screen ---- */

static void append_keys(FILE *out, const char *title, const struct key_binding *table)
{
    if (!table)
        return;
    fprintf(out, "%s\n", title);
    for (; table->action; table++) {
        char presses[48];
        if (table->help)
            fprintf(out, "  %-16s %s\n", binding_presses(table, presses), table->help);
    }
    fputc('\n', out);
}

void *keys_popup_new(const struct screen *screen)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    append_keys(out, screen->title, screen->keys);
    append_keys(out, "Everywhere", app_keys);
    append_keys(out, "Lists, trees and tables", motion_keys);
    fclose(out);
    void *popup = text ? text_popup_new("Keys", text) : NULL;
    free(text);
    return popup;
}

const struct screen popup_keys = {
    .title = "Keys",
    .keys = reader_keys,
    .update = text_popup_update,
    .view = text_popup_view,
    .done = text_popup_done,
};
