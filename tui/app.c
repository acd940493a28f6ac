#include "tui/app.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tui/exporting.h"
#include "tui/frame.h"
#include "tui/palette.h"
#include "tui/popup.h"
#include "tui/popup_replay.h"
#include "tui/popup_seek.h"
#include "tui/saving.h"
#include "tui/starting.h"
#include "tui/theme.h"

/* ---- Keys ---- */

enum global_action {
    GOTO_SCREEN = 2000, /* and its number */
    NEXT_SCREEN = GOTO_SCREEN + SCREEN_COUNT,
    PREVIOUS_SCREEN,
    SHOW_KEYS,
    SAVE,
    SAVE_AS,
    EXPORT,
    UNDO,
    REDO,
    PALETTE,
    RELOAD,
    SEARCH,
    SEARCH_NEXT,
    SEARCH_BACK,
    NEXT_THEME,
    REDRAW,
    SUSPEND,
    BACK,
    QUIT,
    ASKED_SEARCH, /* what popups of the app itself return to */
};

static const char *refuse_undo(const struct app *app)
{
    return session_can_undo(app->session) ? NULL : "nothing to undo";
}

static const char *refuse_redo(const struct app *app)
{
    return session_can_redo(app->session) ? NULL : "nothing to redo";
}

static const char *refuse_export(const struct app *app)
{
    return !app->session->stale ? NULL : "nothing is known of this state yet";
}

static const char *refuse_reload(const struct app *app)
{
    return app->session->path ? NULL : "this scenario has no file yet: s saves it";
}

static const char *refuse_again(const struct app *app)
{
    return app->search ? NULL : "nothing searched for yet: / searches";
}

const struct key_binding app_keys[] = {
    {{'?'}, SHOW_KEYS, "Keys", "the keys of this screen", NULL},
#define GOTO_ROW(NAME, name, key, help)                                                            \
    {{PRESS_F(key)}, GOTO_SCREEN + SCREEN_##NAME, NULL, help, NULL},
    SCREENS(GOTO_ROW)
#undef GOTO_ROW
        {{PRESS_TAB}, NEXT_SCREEN, NULL, "the next screen", NULL},
    {{PRESS_BACKTAB}, PREVIOUS_SCREEN, NULL, "the screen before", NULL},
    {{'s'}, SAVE, "Save", "save the scenario; comments and order are kept", NULL},
    {{'S'}, SAVE_AS, NULL, "save the scenario under another name", NULL},
    {{'e'}, EXPORT, "Export", "write what is shown: a page, a workbook, CSV files", refuse_export},
    {{'u'}, UNDO, "Undo", "undo the last change", refuse_undo},
    {{CONTROL('R'), 'U'}, REDO, NULL, "redo what was undone", refuse_redo},
    {{':'}, PALETTE, "Command", "a command: open, new, reload, diff, set, scale ...", NULL},
    {{'R'}, RELOAD, NULL, "read the scenario's file again; can be undone", refuse_reload},
    {{'/'}, SEARCH, NULL, "search in this screen", NULL},
    {{'n'}, SEARCH_NEXT, NULL, "the next place that matches", refuse_again},
    {{'N'}, SEARCH_BACK, NULL, "the place before that matches", refuse_again},
    {{'t'}, NEXT_THEME, NULL, "the next theme: dark, light, mono", NULL},
    {{CONTROL('L')}, REDRAW, NULL, "redraw the screen", NULL},
    {{CONTROL('Z')}, SUSPEND, NULL, "back to the shell; fg returns", NULL},
    {{'q'}, BACK, NULL, "back: close what is open, then to Cluster, then quit", NULL},
    {{PRESS_F(10), CONTROL('C')}, QUIT, NULL, "quit; asks about unsaved changes", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

const struct key_binding motion_keys[] = {
    {{PRESS_UP, 'k'}, MOVE_UP, NULL, "up", NULL},
    {{PRESS_DOWN, 'j'}, MOVE_DOWN, NULL, "down", NULL},
    {{PRESS_LEFT, 'h'}, MOVE_LEFT, NULL, "left, or close a branch", NULL},
    {{PRESS_RIGHT, 'l'}, MOVE_RIGHT, NULL, "right, or open a branch", NULL},
    {{PRESS_PAGE_UP, CONTROL('B')}, MOVE_PAGE_UP, NULL, "a page up", NULL},
    {{PRESS_PAGE_DOWN, CONTROL('F')}, MOVE_PAGE_DOWN, NULL, "a page down", NULL},
    {{PRESS_HOME, 'g'}, MOVE_HOME, NULL, "to the start", NULL},
    {{PRESS_END, 'G'}, MOVE_END, NULL, "to the end", NULL},
    {{PRESS_WHEEL_UP}, MOVE_WHEEL_UP, NULL, NULL, NULL},
    {{PRESS_WHEEL_DOWN}, MOVE_WHEEL_DOWN, NULL, NULL, NULL},
    {{PRESS_ENTER, '\n'}, MOVE_ENTER, NULL, "open or change what the cursor is on", NULL},
    {{PRESS_ESCAPE}, MOVE_ESCAPE, NULL, "close, cancel", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

/* Popups that take text move by the named keys only, so that letters can be typed. */
static bool press_is_text(int press)
{
    return (press >= ' ' && press < PRESS_UP && press != PRESS_BACKSPACE);
}

static const struct key_binding *find_binding(const struct screen *screen, bool popup, int press)
{
    const struct key_binding *found = bindings_find(screen->keys, press);
    if (!found && !(screen->text && press_is_text(press)))
        found = bindings_find(motion_keys, press);
    if (!found && !popup)
        found = bindings_find(app_keys, press);
    return found;
}

/* ---- Life ---- */

static void write_down(struct app *app, const char *what)
{
    diary_add(&app->diary, app->session, what, app->started + (time_t)app->seconds);
}

struct app *app_new(struct session *session, int theme, bool ascii)
{
    struct app *app = calloc(1, sizeof *app);
    if (!app) {
        session_free(session);
        return NULL;
    }
    *app = (struct app){.session = session,
                        .width = 80,
                        .height = 24,
                        .theme = theme,
                        .ascii = ascii,
                        .current = SCREEN_CLUSTER,
                        .effects = EFFECT_SIMULATE};
    write_down(app, "as found");
    for (int i = 0; i < SCREEN_COUNT; i++)
        if (app_screens[i]->init && !(app->states[i] = app_screens[i]->init(app))) {
            app_free(app);
            return NULL;
        }
    return app;
}

void app_set_clock(struct app *app, time_t now)
{
    app->started = now - (time_t)app->seconds;
    for (int i = 0; i < app->diary.count; i++)
        app->diary.entries[i].clock += app->started;
}

void app_free(struct app *app)
{
    if (!app)
        return;
    while (app->popup_count > 0) {
        struct layer *layer = &app->popups[--app->popup_count];
        layer->screen->done(layer->state);
    }
    for (int i = 0; i < SCREEN_COUNT; i++)
        if (app->states[i])
            app_screens[i]->done(app->states[i]);
    journal_release(&app->journal);
    diary_release(&app->diary);
    session_free(app->session);
    free(app->answer);
    free(app->search);
    free(app->path);
    free(app->target);
    free(app->writing);
    free(app->seek);
    swings_free(app->swings);
    design_news_free(app->designs);
    outlook_free(app->outlook);
    results_let_go(app->replay);
    free(app->left);
    free(app);
}

static void tell_all(struct app *app, const struct event *event)
{
    for (int i = 0; i < SCREEN_COUNT; i++)
        app_screens[i]->update(app->states[i], app, event);
}

/* ---- For screens ---- */

void app_pins_changed(struct app *app)
{
    app->effects |= EFFECT_PAIR;
    tell_all(app, &(struct event){.kind = EVENT_FOUND});
}

struct area app_body(const struct app *app)
{
    int height = app->height - 4;
    return (struct area){0, 1, app->width, height < 1 ? 1 : height};
}

void app_say(struct app *app, enum ink ink, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(app->status, sizeof app->status, format, args);
    va_end(args);
    app->status_ink = ink;
    journal_add(&app->journal, app->seconds, ink, app->status);
    struct event event = {.kind = EVENT_TICK, .seconds = app->seconds};
    if (app->states[SCREEN_LOG])
        app_screens[SCREEN_LOG]->update(app->states[SCREEN_LOG], app, &event);
}

void app_goto(struct app *app, int screen)
{
    app->current = (screen + SCREEN_COUNT) % SCREEN_COUNT;
    app_screens[app->current]->update(app->states[app->current], app,
                                      &(struct event){.kind = EVENT_SHOW});
}

void app_push(struct app *app, const struct screen *screen, void *state, int action)
{
    if (!state)
        return;
    if (app->popup_count == APP_POPUPS) {
        screen->done(state);
        return;
    }
    app->popups[app->popup_count++] = (struct layer){screen, state, action};
}

static void tell_screen(struct app *app, const struct event *event);
static void app_return(struct app *app, const struct event *event);

void app_pop(struct app *app, const char *text, int number)
{
    assert(app->popup_count > 0);
    struct layer layer = app->popups[--app->popup_count];
    char *answer = text ? strdup(text) : NULL;
    layer.screen->done(layer.state);
    free(app->answer);
    app->answer = answer;
    if (!answer || !layer.asker_action)
        return;
    struct event event = {.kind = EVENT_RETURN, .action = layer.asker_action, .row = number};
    if (layer.asker_action >= GOTO_SCREEN)
        app_return(app, &event);
    else
        tell_screen(app, &event);
}

/* The popup on top, or the screen. */
static void tell_screen(struct app *app, const struct event *event)
{
    struct layer *top = app->popup_count ? &app->popups[app->popup_count - 1] : NULL;
    if (top)
        top->screen->update(top->state, app, event);
    else
        app_screens[app->current]->update(app->states[app->current], app, event);
}

void app_changed(struct app *app)
{
    write_down(app, session_label(app->session));
    app->effects |= EFFECT_SIMULATE;
    tell_all(app, &(struct event){.kind = EVENT_CHANGED});
}

unsigned app_effects(struct app *app)
{
    unsigned effects = app->effects;
    app->effects &= EFFECT_PLAY;
    return effects;
}

static void set_text(char **target, const char *text)
{
    char *copy = strdup(text);
    free(*target);
    *target = copy;
}

/* ---- Actions of every screen ---- */

static void back(struct app *app)
{
    if (app->current == SCREEN_CLUSTER)
        saving_quit(app);
    else
        app_goto(app, SCREEN_CLUSTER);
}

static void undo(struct app *app, bool again)
{
    const char *what = again ? session_redo(app->session) : session_undo(app->session);
    char said[256];
    snprintf(said, sizeof said, "%s: %s", again ? "redone" : "undone", what);
    app_say(app, INK_TEXT, "%s", said);
    app_changed(app);
    if (app->diary.count) {
        struct entry *entry = &app->diary.entries[app->diary.count - 1];
        free(entry->what);
        entry->what = strdup(said);
    }
}

static void search(struct app *app, bool backwards)
{
    tell_screen(app, &(struct event){.kind = EVENT_SEARCH, .row = backwards ? -1 : 0});
}

static void next_theme(struct app *app)
{
    app->theme = (app->theme + 1) % THEME_COUNT;
    app->effects |= EFFECT_REDRAW;
    app_say(app, INK_TEXT, "theme: %s", themes[app->theme].name);
}

static void app_return(struct app *app, const struct event *event)
{
    if (saving_return(app, event) || palette_return(app, event) || starting_return(app, event) ||
        exporting_return(app, event))
        return;
    if (event->action == ASKED_SEARCH && *app->answer) {
        set_text(&app->search, app->answer);
        search(app, false);
    }
}

void app_command(struct app *app, const char *format, ...)
{
    char text[640];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    palette_open(app, text);
}

void app_write(struct app *app, const char *path, char *text)
{
    free(app->writing);
    app->writing = text;
    set_text(&app->path, path);
    if (text)
        app->effects |= EFFECT_WRITE;
}

void app_export(struct app *app, enum exported what, const char *path)
{
    set_text(&app->path, path);
    app->exported = what;
    app->effects |= EFFECT_EXPORT;
}

/* The count of states goes on, so that what was found about others is not taken for news. */
void app_take_session(struct app *app, struct session *session)
{
    session->generation += app->session->generation;
    session->threads = app->session->threads;
    session_free(app->session);
    app->session = session;
    app->effects |= EFFECT_OPENED;
    diary_release(&app->diary); /* of another scenario */
    app_changed(app);
}

bool app_replace(struct app *app, char *text, const char *what)
{
    struct errors errors;
    errors_init(&errors);
    bool ok = session_replace(app->session, text, what, &errors);
    if (!ok)
        app_say(app, INK_BAD, "%s: %s", what,
                errors.count ? errors.items[0].message : "this does not give a scenario");
    errors_release(&errors);
    if (ok)
        app_changed(app);
    return ok;
}

void app_reload(struct app *app)
{
    char *now = session_file_now(app->session);
    char *saved = now ? strdup(now) : NULL;
    if (!now)
        app_say(app, INK_BAD, "the file cannot be read");
    else if (app_replace(app, now, "reload of the file")) {
        session_read_again(app->session, saved);
        saved = NULL;
        app_say(app, INK_TEXT, "reloaded: u brings back what was here");
    }
    free(saved);
}

static void global_action(struct app *app, int action)
{
    switch (action) {
    case NEXT_SCREEN:
        app_goto(app, app->current + 1);
        return;
    case PREVIOUS_SCREEN:
        app_goto(app, app->current - 1);
        return;
    case SHOW_KEYS:
        app_push(app, &popup_keys, keys_popup_new(app_screens[app->current]), 0);
        return;
    case SAVE:
        saving_save(app);
        return;
    case SAVE_AS:
        saving_save_as(app);
        return;
    case EXPORT:
        exporting_ask(app);
        return;
    case UNDO:
        undo(app, false);
        return;
    case REDO:
        undo(app, true);
        return;
    case PALETTE:
        palette_open(app, "");
        return;
    case RELOAD:
        app_reload(app);
        return;
    case SEARCH:
        app_push(app, &popup_prompt, prompt_new("Search", "n finds the next, N the one before", ""),
                 ASKED_SEARCH);
        return;
    case SEARCH_NEXT:
        search(app, false);
        return;
    case SEARCH_BACK:
        search(app, true);
        return;
    case NEXT_THEME:
        next_theme(app);
        return;
    case REDRAW:
        app->effects |= EFFECT_REDRAW;
        return;
    case SUSPEND:
        app->effects |= EFFECT_SUSPEND;
        return;
    case BACK:
        back(app);
        return;
    case QUIT:
        saving_quit(app);
        return;
    }
    if (action >= GOTO_SCREEN && action < GOTO_SCREEN + SCREEN_COUNT)
        app_goto(app, action - GOTO_SCREEN);
}

/* ---- Update ---- */

static void app_press(struct app *app, struct event event)
{
    const struct layer *top = app->popup_count ? &app->popups[app->popup_count - 1] : NULL;
    const struct screen *screen = top ? top->screen : app_screens[app->current];
    if (event.pasted && (!top || !screen->text || !press_is_text(event.press)))
        return;
    const struct key_binding *binding = find_binding(screen, top != NULL, event.press);
    const char *why = binding && binding->refuse ? binding->refuse(app) : NULL;
    app->status[0] = '\0';
    if (why) {
        app_say(app, INK_DIM, "%s", why);
        return;
    }
    event.action = binding ? binding->action : 0;
    if (top && event.press == CONTROL('L'))
        app->effects |= EFFECT_REDRAW;
    else if (event.action >= GOTO_SCREEN)
        global_action(app, event.action);
    else
        tell_screen(app, &event);
}

void app_update(struct app *app, const struct event *event)
{
    switch (event->kind) {
    case EVENT_PRESS:
        app_press(app, *event);
        break;
    case EVENT_ROW:
    case EVENT_ALONG:
        app->status[0] = '\0';
        tell_screen(app, event);
        break;
    case EVENT_RESIZE:
        app->width = event->width;
        app->height = event->height;
        tell_all(app, event);
        break;
    case EVENT_TICK:
        app->seconds = event->seconds;
        app_screens[app->current]->update(app->states[app->current], app, event);
        break;
    case EVENT_FOUND:
        session_take(app->session, event->standing, event->results);
        diary_note(&app->diary, app->session);
        tell_all(app, &(struct event){.kind = EVENT_FOUND});
        break;
    case EVENT_SOUGHT:
        if (event->seek) {
            free(app->seek);
            app->seek = event->seek;
        }
        if (event->swings) {
            swings_free(app->swings);
            app->swings = event->swings;
        }
        if (event->outlook) {
            outlook_free(app->outlook);
            app->outlook = event->outlook;
            session_take_outlook(app->session, app->outlook);
        }
        if (event->designs) {
            design_news_free(app->designs);
            app->designs = event->designs;
        }
        if (event->replay) {
            results_let_go(app->replay);
            app->replay = event->replay;
        }
        tell_all(app, &(struct event){.kind = EVENT_SOUGHT});
        if (app->popup_count)
            tell_screen(app, &(struct event){.kind = EVENT_SOUGHT});
        break;
    default:
        tell_screen(app, event);
        break;
    }
}

void app_done(struct app *app, enum effect effect, bool ok, const char *message)
{
    if (effect == EFFECT_SAVE && ok)
        session_saved(app->session, app->path);
    if (effect == EFFECT_SAVE && ok && app->quit_after_save)
        app->effects |= EFFECT_QUIT;
    app->quit_after_save = false;
    app_say(app, ok ? INK_GOOD : INK_BAD, "%s", message);
}

/* ---- View ---- */

void app_view(const struct app *app, struct canvas *canvas)
{
    canvas_clear(canvas);
    if (app->width < APP_MIN_WIDTH || app->height < APP_MIN_HEIGHT) {
        frame_too_small(canvas);
        return;
    }
    frame_draw(canvas, app);
    struct area body = app_body(app), before = canvas_clip(canvas, body);
    app_screens[app->current]->view(app->states[app->current], app, canvas, body);
    for (int i = 0; i < app->popup_count; i++) {
        canvas->hotspot_count = 0; /* what lies below does not answer */
        app->popups[i].screen->view(app->popups[i].state, app, canvas, body);
    }
    canvas_unclip(canvas, before);
}

static void print_table(FILE *out, const struct key_binding *table)
{
    for (; table->action; table++) {
        char presses[48];
        if (table->help)
            fprintf(out, "  %-20s %s\n", binding_presses(table, presses), table->help);
    }
}

const struct screen *const app_popups[] = {&popup_prompt, &popup_choice, &popup_text,
                                           &popup_seek,   &popup_replay, NULL};

void app_print_keys(FILE *out)
{
    fputs("On every screen\n", out);
    print_table(out, app_keys);
    fputs("In lists, trees and tables\n", out);
    print_table(out, motion_keys);
    for (int i = 0; i < SCREEN_COUNT; i++)
        if (app_screens[i]->keys) {
            fprintf(out, "%s\n", app_screens[i]->title);
            print_table(out, app_screens[i]->keys);
        }
    for (int i = 0; app_popups[i]; i++) {
        fprintf(out, "%s\n", app_popups[i]->title);
        print_table(out, app_popups[i]->keys);
    }
    fputs("Commands, after :\n", out);
    palette_print(out);
}
