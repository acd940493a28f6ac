#include "tui/saving.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/difference.h"
#include "tui/popup.h"

enum { ASKED_PATH = 3000, ASKED_OVERWRITE, ASKED_CONFLICT, ASKED_QUIT, ASKED_LEFT };

static void take_path(struct app *app, const char *path)
{
    char *copy = strdup(path);
    free(app->path);
    app->path = copy;
    if (copy)
        app->effects |= EFFECT_SAVE;
}

static void ask_path(struct app *app)
{
    const char *path = app->session->path;
    app_push(app, &popup_prompt,
             prompt_new("Save the scenario as", "a YAML file", path ? path : "scenario.yaml"),
             ASKED_PATH);
}

static void ask_conflict(struct app *app)
{
    static const char *const choices[] = {"Show what differs", "Save under another name",
                                          "Overwrite it",
                                          "Reload it (undo brings these changes back)", NULL};
    app_push(app, &popup_choice,
             choice_new("The file has changed",
                        "Someone else has changed the scenario's file since it was read.", choices,
                        0),
             ASKED_CONFLICT);
}

static void save(struct app *app)
{
    if (!app->session->path)
        ask_path(app);
    else if (session_changed_outside(app->session))
        ask_conflict(app);
    else
        take_path(app, app->session->path);
}

void saving_save(struct app *app)
{
    app->quit_after_save = false;
    save(app);
}

void saving_save_as(struct app *app)
{
    app->quit_after_save = false;
    ask_path(app);
}

void saving_quit(struct app *app)
{
    static const char *const choices[] = {"Save and quit", "Quit without saving", "Stay", NULL};
    if (!session_modified(app->session)) {
        app->effects |= EFFECT_QUIT;
        return;
    }
    app_push(
        app, &popup_choice,
        choice_new("Unsaved changes", "The scenario has changes that are not saved.", choices, 0),
        ASKED_QUIT);
}

void saving_offer(struct app *app, char *text)
{
    static const char *const choices[] = {"Restore them", "Show them", "Discard them",
                                          "Decide later", NULL};
    free(app->left);
    app->left = text;
    app_push(app, &popup_choice,
             choice_new("Unsaved changes of an earlier session",
                        "It ended before they were saved. They are kept until you decide.", choices,
                        0),
             ASKED_LEFT);
}

/* ---- Answers ---- */

static void path_given(struct app *app, const char *path)
{
    static const char *const choices[] = {"Another name", "Overwrite it", NULL};
    if (!*path)
        return;
    if (app->session->path && !strcmp(app->session->path, path)) {
        save(app);
        return;
    }
    if (access(path, F_OK) != 0) {
        take_path(app, path);
        return;
    }
    free(app->target);
    app->target = strdup(path);
    app_push(app, &popup_choice, choice_new("The file exists", path, choices, 0), ASKED_OVERWRITE);
}

void saving_save_to(struct app *app, const char *path)
{
    app->quit_after_save = false;
    path_given(app, path);
}

static void show_difference(struct app *app, const char *before, const char *after,
                            const char *title)
{
    char *text = before ? difference_text(before, after) : NULL;
    app_push(app, &popup_text, difference_popup_new(title, text ? text : ""), 0);
    free(text);
}

static void conflict_answered(struct app *app, int choice)
{
    struct session *session = app->session;
    if (choice == 0) {
        char *now = session_file_now(session);
        ask_conflict(app);
        show_difference(app, now, session->text, "- the file   + this session");
        free(now);
    } else if (choice == 1) {
        ask_path(app);
    } else if (choice == 2) {
        take_path(app, session->path);
    } else {
        app_reload(app);
    }
}

static void left_answered(struct app *app, int choice)
{
    char *text = app->left;
    if (choice == 1 && text) {
        char *copy = strdup(text);
        saving_offer(app, copy);
        show_difference(app, app->session->text, app->left, "- the file   + what was not saved");
        return;
    }
    app->left = NULL;
    if (choice == 0 && text) {
        if (app_replace(app, text, "unsaved changes of an earlier session"))
            app->effects |= EFFECT_ADOPT;
        return;
    }
    if (choice == 2)
        app->effects |= EFFECT_FORGET;
    free(text);
}

bool saving_return(struct app *app, const struct event *event)
{
    switch (event->action) {
    case ASKED_PATH:
        path_given(app, app->answer);
        return true;
    case ASKED_OVERWRITE:
        if (event->row == 1 && app->target)
            take_path(app, app->target);
        else
            ask_path(app);
        return true;
    case ASKED_CONFLICT:
        conflict_answered(app, event->row);
        return true;
    case ASKED_QUIT:
        app->quit_after_save = event->row == 0;
        if (event->row == 0)
            save(app);
        else if (event->row == 1)
            app->effects |= EFFECT_QUIT;
        return true;
    case ASKED_LEFT:
        left_answered(app, event->row);
        return true;
    }
    return false;
}
