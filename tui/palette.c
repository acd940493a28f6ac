#include "tui/palette.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "data/schema.h"
#include "data/settings.h"
#include "tui/difference.h"
#include "tui/edit.h"
#include "tui/exporting.h"
#include "tui/popup.h"
#include "tui/saving.h"
#include "tui/starting.h"
#include "tui/theme.h"

enum { ASKED_COMMAND = 4000, ASKED_OPEN };

struct command {
    const char *name, *arguments, *help;
    /* NULL when it was done, else why not (static, or in `why`) */
    const char *(*run)(struct app *app, char *arguments, char *why, size_t size);
    void (*complete)(struct app *app, const char *arguments, struct completion *completion);
};

/* ---- Words ---- */

static char *skip_blanks(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static void cut_blanks(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
}

static bool begins(const char *text, const char *start)
{
    return strncasecmp(text, start, strlen(start)) == 0;
}

/* ---- Completion ---- */

static int by_name(const void *a, const void *b)
{
    const struct completion_item *x = a, *y = b;
    return strcmp(x->text, y->text);
}

static void sort_items(struct completion *c)
{
    if (c->count)
        qsort(c->items, (size_t)c->count, sizeof *c->items, by_name);
}

static bool useful_file(const struct dirent *entry, const char *suffix)
{
    size_t length = strlen(entry->d_name), end = strlen(suffix);
    return entry->d_type == DT_DIR || length < end ||
           !strcmp(entry->d_name + length - end, suffix) || !*suffix;
}

/* Files and folders that go on from what is typed. */
static void complete_path(const char *typed, const char *suffix, struct completion *c)
{
    const char *slash = strrchr(typed, '/'), *name = slash ? slash + 1 : typed;
    char *folder = slash ? strndup(typed, (size_t)(slash - typed) + 1) : strdup(".");
    DIR *dir = folder ? opendir(folder) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir)) && c->count < 500;) {
        char path[1024];
        bool hidden = entry->d_name[0] == '.' && name[0] != '.';
        if (hidden || strncmp(entry->d_name, name, strlen(name)) != 0 ||
            !useful_file(entry, suffix))
            continue;
        snprintf(path, sizeof path, "%.*s%s%s", (int)(name - typed), typed, entry->d_name,
                 entry->d_type == DT_DIR ? "/" : "");
        completion_add(c, path);
    }
    if (dir)
        closedir(dir);
    free(folder);
    c->told = (size_t)(name - typed);
    sort_items(c);
}

static void complete_scenario(struct app *app, const char *arguments, struct completion *c)
{
    (void)app;
    complete_path(arguments, ".yaml", c);
}

static void complete_folder(struct app *app, const char *arguments, struct completion *c)
{
    (void)app;
    complete_path(arguments, "/", c);
}

static void complete_page(struct app *app, const char *arguments, struct completion *c)
{
    (void)app;
    complete_path(arguments, ".html", c);
}

static void complete_theme(struct app *app, const char *arguments, struct completion *c)
{
    (void)app;
    for (int i = 0; i < THEME_COUNT; i++)
        if (begins(themes[i].name, arguments))
            completion_add(c, themes[i].name);
}

static void complete_new(struct app *app, const char *arguments, struct completion *c)
{
    (void)app;
    for (size_t i = 0; starting_name(i); i++)
        if (begins(starting_name(i), arguments))
            completion_add(c, starting_name(i));
}

static void complete_screen(struct app *app, const char *arguments, struct completion *c)
{
    (void)app;
    for (int i = 0; i < SCREEN_COUNT; i++) {
        const struct key_binding *key = bindings_find(app_keys, PRESS_F(screen_function_keys[i]));
        if (begins(app_screens[i]->title, arguments))
            completion_explain(c, app_screens[i]->title, key ? key->help : NULL);
    }
}

static void complete_scale(struct app *app, const char *arguments, struct completion *c)
{
    const struct scenario *s = &app->session->scenario;
    if (begins("all", arguments))
        completion_add(c, "all ");
    for (uint32_t i = 0; i < s->class_count; i++) {
        char word[SETTING_NAME_SIZE + 1];
        setting_name(s->classes[i].name, word);
        strncat(word, " ", sizeof word - strlen(word) - 1);
        if (begins(word, arguments))
            completion_add(c, word);
    }
}

/* ---- Commands ---- */

static const char *run_open(struct app *app, char *arguments, char *why, size_t size)
{
    (void)why, (void)size;
    if (!*arguments)
        return "which file?";
    starting_open(app, arguments);
    return NULL;
}

static const char *run_new(struct app *app, char *arguments, char *why, size_t size)
{
    (void)why, (void)size;
    return starting_new(app, *arguments ? arguments : starting_name(0))
               ? NULL
               : "no such starting point: Tab shows them";
}

static const char *run_reload(struct app *app, char *arguments, char *why, size_t size)
{
    (void)arguments, (void)why, (void)size;
    if (!app->session->path)
        return "this scenario has no file yet";
    app_reload(app);
    return NULL;
}

static const char *run_diff(struct app *app, char *arguments, char *why, size_t size)
{
    struct session *session = app->session;
    if (!*arguments && !session->path)
        return "this scenario has no file yet: name one to compare with";
    char *now = *arguments ? starting_read(arguments, why, size) : session_file_now(session);
    char *text = now ? difference_text(now, session->text) : NULL;
    free(now);
    if (!text)
        return why[0] ? why : "the file cannot be read";
    app_push(app, &popup_text, difference_popup_new("- the file   + this session", text), 0);
    free(text);
    return NULL;
}

static const char *run_save(struct app *app, char *arguments, char *why, size_t size)
{
    (void)why, (void)size;
    if (*arguments)
        saving_save_to(app, arguments);
    else
        saving_save(app);
    return NULL;
}

static const char *run_set(struct app *app, char *arguments, char *why, size_t size)
{
    return edit_set(app, arguments, why, size) ? NULL : why;
}

static const char *run_scale(struct app *app, char *arguments, char *why, size_t size)
{
    char *factor = strrchr(arguments, ' ');
    if (factor)
        *factor++ = '\0';
    else
        factor = arguments;
    cut_blanks(arguments);
    return edit_scale(app, factor == arguments || !strcmp(arguments, "all") ? "*" : arguments,
                      factor, why, size)
               ? NULL
               : why;
}

static const char *run_export(struct app *app, char *arguments, char *why, size_t size)
{
    (void)why, (void)size;
    if (app->session->stale)
        return "nothing is known of this state yet";
    exporting_to(app, arguments);
    return NULL;
}

static const char *run_report(struct app *app, char *arguments, char *why, size_t size)
{
    (void)why, (void)size;
    if (app->session->stale)
        return "nothing is known of this state yet";
    exporting_page(app, arguments);
    return NULL;
}

static const char *run_theme(struct app *app, char *arguments, char *why, size_t size)
{
    (void)why, (void)size;
    for (int i = 0; i < THEME_COUNT; i++)
        if (!strcmp(themes[i].name, arguments)) {
            app->theme = i;
            app->effects |= EFFECT_REDRAW;
            return NULL;
        }
    return "dark, light or mono";
}

static const char *run_go(struct app *app, char *arguments, char *why, size_t size)
{
    (void)why, (void)size;
    for (int i = 0; *arguments && i < SCREEN_COUNT; i++)
        if (begins(app_screens[i]->title, arguments)) {
            app_goto(app, i);
            return NULL;
        }
    return "no such screen: Tab shows them";
}

static const char *run_quit(struct app *app, char *arguments, char *why, size_t size)
{
    (void)arguments, (void)why, (void)size;
    saving_quit(app);
    return NULL;
}

static const struct command commands[] = {
    {"open", "FILE", "another scenario", run_open, complete_scenario},
    {"new", "[KIND]", "a new scenario from a template", run_new, complete_new},
    {"reload", "", "read the file again; can be undone", run_reload, NULL},
    {"diff", "[FILE]", "what differs from the file, or from another one", run_diff,
     complete_scenario},
    {"save", "[as FILE]", "save the scenario", run_save, complete_scenario},
    {"set", "PATH VALUE | PATH=VALUE ...", "change the scenario; * stands for every item", run_set,
     edit_complete_set},
    {"scale", "[CLASS|all] FACTOR", "calls times a factor: 1.3 or 130%", run_scale, complete_scale},
    {"export", "[FOLDER|FILE]", "write what is shown: CSV files, .html, .xlsx or .md", run_export,
     complete_folder},
    {"report", "[FILE]", "write what is shown as a page", run_report, complete_page},
    {"theme", "NAME", "dark, light or mono", run_theme, complete_theme},
    {"go", "SCREEN", "to a screen by its name", run_go, complete_screen},
    {"quit", "", "quit; asks about unsaved changes", run_quit, NULL},
};
#define COMMANDS (sizeof commands / sizeof *commands)

/* The command of a line, and where its arguments begin; NULL while it is not complete. */
static const struct command *command_of(char *line, char **arguments)
{
    line = skip_blanks(line);
    size_t length = strcspn(line, " \t");
    *arguments = skip_blanks(line + length);
    if (length > 2 && !strncmp(line, "save", 4) && !strncmp(*arguments, "as ", 3))
        *arguments = skip_blanks(*arguments + 3);
    const struct command *found = NULL;
    for (size_t i = 0; length && i < COMMANDS; i++) {
        if (strlen(commands[i].name) == length && !strncmp(commands[i].name, line, length))
            return &commands[i];
        if (!strncmp(commands[i].name, line, length) && !found)
            found = &commands[i];
    }
    return found;
}

static void complete(struct app *app, const char *text, struct completion *c)
{
    char line[1024], *arguments;
    snprintf(line, sizeof line, "%s", text);
    const struct command *command = command_of(line, &arguments);
    if (command)
        snprintf(c->help, sizeof c->help, "%s %s: %s", command->name, command->arguments,
                 command->help);
    if (!strchr(skip_blanks(line), ' ')) {
        for (size_t i = 0; i < COMMANDS; i++)
            if (begins(commands[i].name, text))
                completion_explain(c, commands[i].name, commands[i].help);
        return;
    }
    if (!command || !command->complete)
        return;
    c->from = (size_t)(arguments - line);
    command->complete(app, arguments, c);
}

/* Before the palette closes: what cannot be done is said there. */
static bool check(struct app *app, const char *text, char *why, size_t size)
{
    char line[1024], *arguments;
    (void)app;
    snprintf(line, sizeof line, "%s", text);
    if (!*skip_blanks(line) || command_of(line, &arguments))
        return true;
    snprintf(why, size, "no such command: Tab shows them");
    return false;
}

void palette_open(struct app *app, const char *text)
{
    void *prompt = prompt_new(":", "Tab completes, the arrows choose, Enter does it", text);
    prompt_keep(prompt);
    prompt_set_check(prompt, check);
    prompt_set_completion(prompt, app, complete);
    app_push(app, &popup_prompt, prompt, ASKED_COMMAND);
}

bool palette_return(struct app *app, const struct event *event)
{
    char line[1024], why[512] = "", *arguments;
    if (event->action != ASKED_COMMAND)
        return false;
    snprintf(line, sizeof line, "%s", app->answer);
    const struct command *command = command_of(line, &arguments);
    if (!command)
        return true;
    cut_blanks(arguments);
    const char *refused = command->run(app, arguments, why, sizeof why);
    if (refused)
        app_say(app, INK_BAD, "%s: %s", command->name, refused);
    return true;
}

void palette_print(FILE *out)
{
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  :%-6s %-28s %s\n", commands[i].name, commands[i].arguments,
                commands[i].help);
}
