#include "tui/list.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "tui/keys.h"

static int clamp(int value, int least, int most)
{
    if (value > most)
        value = most;
    return value < least ? least : value;
}

int list_first(const struct list *list, int height)
{
    int first = clamp(list->top, list->cursor - height + 1, list->cursor);
    return clamp(first, 0, clamp(list->count - height, 0, list->count));
}

void list_select(struct list *list, int row, int height)
{
    list->cursor = clamp(row, 0, clamp(list->count - 1, 0, list->count));
    list->top = list_first(list, height);
}

void list_resize(struct list *list, int count, int height)
{
    list->count = count;
    list_select(list, list->cursor, height);
}

bool list_move(struct list *list, int action, int height)
{
    int page = height > 1 ? height - 1 : 1;
    switch (action) {
    case MOVE_UP:
        list_select(list, list->cursor - 1, height);
        return true;
    case MOVE_DOWN:
        list_select(list, list->cursor + 1, height);
        return true;
    case MOVE_PAGE_UP:
        list_select(list, list->cursor - page, height);
        return true;
    case MOVE_PAGE_DOWN:
        list_select(list, list->cursor + page, height);
        return true;
    case MOVE_WHEEL_UP:
        list_select(list, list->cursor - 3, height);
        return true;
    case MOVE_WHEEL_DOWN:
        list_select(list, list->cursor + 3, height);
        return true;
    case MOVE_HOME:
        list_select(list, 0, height);
        return true;
    case MOVE_END:
        list_select(list, list->count - 1, height);
        return true;
    }
    return false;
}

int list_search(const struct list *list, const char *pattern, bool backwards, list_match *match,
                const void *context)
{
    for (int i = 1; i <= list->count; i++) {
        int row = (list->cursor + (backwards ? list->count - i : i)) % list->count;
        if (match(context, row, pattern))
            return row;
    }
    return -1;
}

static bool has_capital(const char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            return true;
    return false;
}

bool text_matches(const char *text, const char *pattern)
{
    if (!text)
        return false;
    return (has_capital(pattern) ? strstr(text, pattern) : strcasestr(text, pattern)) != NULL;
}
