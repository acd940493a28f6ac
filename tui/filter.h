/* Only the rows of a list that hold a text: asked for with f, kept until it is emptied. */
#ifndef PEERPLAN_TUI_FILTER_H
#define PEERPLAN_TUI_FILTER_H

#include "tui/app.h"

struct filter {
    char *text; /* owned; NULL: all rows */
};

void filter_release(struct filter *filter);
/* Asks for the text; `help` says what is looked at. The answer comes with EVENT_RETURN's action. */
void filter_ask(struct app *app, const struct filter *filter, const char *help, int action);
void filter_take(struct filter *filter, const struct app *app); /* what was answered */
bool filter_keeps(const struct filter *filter, const char *text);
/* ", only TEXT" at the end of a line that says where one is; nothing without a text. */
void filter_tell(const struct filter *filter, char *buffer, size_t size);

#endif
