/* The popups: a line to type, a choice, the keys of a screen, a text to read. Each is a screen for
 * app_push. */
#ifndef PEERPLAN_TUI_POPUP_H
#define PEERPLAN_TUI_POPUP_H

#include "tui/app.h"

/* A line of text. The asker may refuse an answer while the popup is open: see prompt_check. */
extern const struct screen popup_prompt;
void *prompt_new(const char *title, const char *help, const char *text); /* all copied */
/* Asked on Enter: returns false and fills `why` to keep the popup open. */
typedef bool prompt_check(struct app *app, const char *text, char *why, size_t size);
void prompt_set_check(void *prompt, prompt_check *check);

struct completion_item {
    char *text, *note; /* owned; note: what it means, NULL for none */
};

/* What may stand in place of the text from a byte on. Tab and the arrows go through the items. */
struct completion {
    struct completion_item *items; /* owned */
    int count, room;
    size_t from;
    size_t told;    /* bytes that all items begin with and that are not shown again */
    char help[160]; /* of what is being typed; "" keeps the prompt's own */
};
void completion_add(struct completion *completion, const char *item); /* copied */
void completion_explain(struct completion *completion, const char *item, const char *note);
/* Fills a completion that is empty; asked after every change of the text. */
typedef void prompt_complete(struct app *app, const char *text, struct completion *completion);
void prompt_set_completion(void *prompt, struct app *app, prompt_complete *complete);
/* The first character typed is added to the text instead of replacing it. */
void prompt_keep(void *prompt);

/* One of several; the answer is its text, the number its index. choices ends with NULL; all copied.
 */
extern const struct screen popup_choice;
void *choice_new(const char *title, const char *help, const char *const *choices, int selected);

extern const struct screen popup_keys;
void *keys_popup_new(const struct screen *screen);

/* A text to read, scrolled when it is longer than the screen. Copied. */
extern const struct screen popup_text;
void *text_popup_new(const char *title, const char *text);
/* What differs (tui/difference.h), for popup_text. */
void *difference_popup_new(const char *title, const char *text);

/* The area of a popup of a size, in the middle of the body. */
struct area popup_area(struct area body, int width, int height);

#endif
