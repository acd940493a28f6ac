#include "tui/starting.h"

#include <stdlib.h>
#include <string.h>

#include "data/new.h"
#include "data/scenario_file.h"
#include "data/source.h"
#include "tui/popup.h"

enum { ASKED_ANYWAY = 5000 };

static const char bare[] = "scenario: New cluster\n"
                           "goals: {blocking: 1%, survive: 1}\n"
                           "clusters:\n"
                           "  - name: cluster\n"
                           "    peers:\n"
                           "      - {name: peer1, platform: medium-vm}\n"
                           "      - {name: peer2, platform: medium-vm}\n"
                           "calls:\n"
                           "  - name: video\n"
                           "    media: video\n"
                           "    service: b2b\n"
                           "    via: {cluster: cluster}\n"
                           "    arrivals: {rate: 60/h}\n"
                           "    holding: {mean: 35m}\n"
                           "run: {length: 8h}\n";

const char *starting_name(size_t index)
{
    if (index == 0)
        return "cluster";
    const struct ask_template *template = ask_template_at(index - 1);
    return template ? template->name : NULL;
}

/* Owned; NULL: no such beginning. */
static char *text_of(const char *name)
{
    struct ask ask;
    if (!strcmp(name, "cluster"))
        return strdup(bare);
    ask_init(&ask);
    return ask_use(&ask, name) ? ask_scenario(&ask, NULL) : NULL;
}

char *starting_read(const char *path, char *why, size_t size)
{
    struct source source = {0};
    struct errors errors;
    char *text = NULL;
    errors_init(&errors);
    if (source_read(&source, path, &errors))
        text = strndup(source.text, source.length);
    else
        snprintf(why, size, "%s", errors.count ? errors.items[0].message : "cannot be read");
    source_release(&source);
    errors_release(&errors);
    return text;
}

/* All mistakes of a file at once. */
static void show_errors(struct app *app, const char *path, const struct errors *errors)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return;
    for (size_t i = 0; i < errors->count; i++) {
        const struct error *e = &errors->items[i];
        if (e->line)
            fprintf(out, "%s:%ld:%ld: ", e->file ? e->file : path, e->line, e->column);
        fprintf(out, "%s\n", e->message);
    }
    fclose(out);
    if (text)
        app_push(app, &popup_text, text_popup_new("This is no scenario", text), 0);
    free(text);
}

/* Takes the text. */
static void start(struct app *app, const char *path, char *text)
{
    struct errors errors;
    char *folder = path ? scenario_folder(path) : strdup(".");
    errors_init(&errors);
    struct session *session =
        text && folder
            ? session_new(text, strlen(text),
                          &(struct session_origin){path, path ? path : "new scenario", folder},
                          &errors)
            : NULL;
    if (session) {
        app_take_session(app, session);
        app_say(app, INK_TEXT, "%s", path ? path : "a new scenario: s saves it");
    } else {
        show_errors(app, path ? path : "new scenario", &errors);
    }
    errors_release(&errors);
    free(folder);
    free(text);
}

static void open_now(struct app *app, const char *path)
{
    char why[256];
    char *text = starting_read(path, why, sizeof why);
    if (text)
        start(app, path, text);
    else
        app_say(app, INK_BAD, "%s: %s", path, why);
}

/* Asks when changes would be lost; `target` is what to go on with. */
static bool may_leave(struct app *app, const char *target)
{
    static const char *const choices[] = {"Stay", "Discard the changes", NULL};
    if (!session_modified(app->session))
        return true;
    free(app->target);
    app->target = strdup(target);
    app_push(
        app, &popup_choice,
        choice_new("Unsaved changes", "The scenario has changes that are not saved.", choices, 0),
        ASKED_ANYWAY);
    return false;
}

void starting_open(struct app *app, const char *path)
{
    if (may_leave(app, path))
        open_now(app, path);
}

bool starting_new(struct app *app, const char *name)
{
    char target[64], *text = text_of(name);
    if (!text)
        return false;
    snprintf(target, sizeof target, "\n%s", name); /* no file begins like this */
    if (may_leave(app, target))
        start(app, NULL, text);
    else
        free(text);
    return true;
}

bool starting_return(struct app *app, const struct event *event)
{
    if (event->action != ASKED_ANYWAY)
        return false;
    char *target = app->target;
    app->target = NULL;
    if (event->row == 1 && target && target[0] == '\n')
        start(app, NULL, text_of(target + 1));
    else if (event->row == 1 && target)
        open_now(app, target);
    free(target);
    return true;
}
