/* A cursor in a list that may be longer than the screen. Rows count from 0; an empty list has its
 * cursor at 0. */
#ifndef PEERPLAN_TUI_LIST_H
#define PEERPLAN_TUI_LIST_H

#include <stdbool.h>

struct list {
    int count, cursor, top;
};

/* Moves by an action of the motion table (tui/keys.h) on a page of `height` rows; false when it is
 * none. */
bool list_move(struct list *list, int action, int height);
void list_select(struct list *list, int row, int height);
/* Sets the length; keeps cursor and page inside. */
void list_resize(struct list *list, int count, int height);
/* The first row to draw on `height` rows, with the cursor in view. */
int list_first(const struct list *list, int height);

typedef bool list_match(const void *context, int row, const char *pattern);
/* The next row (or the one before, when backwards) that matches, around the end; -1 when there is
 * none. */
int list_search(const struct list *list, const char *pattern, bool backwards, list_match *match,
                const void *context);
/* Whether text holds pattern; letters of ASCII match in either case unless the pattern has a
 * capital. */
bool text_matches(const char *text, const char *pattern);

#endif
