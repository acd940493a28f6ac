#include "tui/exporting.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/popup.h"

enum { ASKED_WHERE = 6000, ASKED_OVERWRITE };

static bool ends(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && !strcasecmp(text + length - tail, end);
}

/* What is on the screen, by its usual name. */
static const char *usual_name(const struct app *app, bool page)
{
    return app->current == SCREEN_CHECK ? "check.html"
           : app->current == SCREEN_LOG ? page ? "session.html" : "session.md"
           : page                       ? "report.html"
                                        : "results";
}

static void write_text(struct app *app, const char *path)
{
    char *text = ends(path, ".md") ? diary_markdown(&app->diary, app->session) : NULL;
    if (text)
        app_write(app, path, text);
    else
        app_say(app, INK_BAD, "out of memory");
}

static void begin(struct app *app, const char *path)
{
    bool page = ends(path, ".html"), book = ends(path, ".xlsx");
    if (ends(path, ".md"))
        write_text(app, path);
    else if (app->current == SCREEN_CHECK && (page || book))
        app_export(app, page ? EXPORT_FINDINGS_PAGE : EXPORT_FINDINGS_BOOK, path);
    else if (app->current == SCREEN_LOG && page)
        app_export(app, EXPORT_SESSION_PAGE, path);
    else if (page || book)
        app_export(app, page ? EXPORT_PAGE : EXPORT_BOOK, path);
    else if (app->session->results)
        app_export(app, EXPORT_RESULTS, path);
    else
        app_say(app, INK_BAD, "no simulation results to export yet");
}

void exporting_ask(struct app *app)
{
    app_push(app, &popup_prompt,
             prompt_new("Export to",
                        app->current == SCREEN_LOG
                            ? "NAME.html: the session as a page; NAME.md: as Markdown"
                        : app->current == SCREEN_CHECK
                            ? "NAME.html: the findings as a page; NAME.xlsx: as a workbook"
                            : "a folder: CSV files; NAME.html: a page; NAME.xlsx: a workbook",
                        usual_name(app, false)),
             ASKED_WHERE);
}

void exporting_to(struct app *app, const char *path)
{
    static const char *const choices[] = {"Another name", "Overwrite it", NULL};
    if (!*path)
        path = usual_name(app, false);
    bool file = ends(path, ".html") || ends(path, ".xlsx") || ends(path, ".md");
    if (!file || access(path, F_OK) != 0) {
        begin(app, path);
        return;
    }
    free(app->target);
    app->target = strdup(path);
    app_push(app, &popup_choice, choice_new("The file exists", path, choices, 0), ASKED_OVERWRITE);
}

void exporting_page(struct app *app, const char *path)
{
    char name[1024];
    if (!*path)
        path = usual_name(app, true);
    snprintf(name, sizeof name, "%s%s", path,
             ends(path, ".html") || ends(path, ".xlsx") || ends(path, ".md") ? "" : ".html");
    exporting_to(app, name);
}

bool exporting_return(struct app *app, const struct event *event)
{
    if (event->action == ASKED_WHERE) {
        if (*app->answer)
            exporting_to(app, app->answer);
        return true;
    }
    if (event->action != ASKED_OVERWRITE)
        return false;
    if (event->row == 1 && app->target)
        begin(app, app->target);
    else
        exporting_ask(app);
    return true;
}
