/* Keys and what they do.
 *
 * A press is a code point, or one of the codes beyond Unicode below. A screen states its keys as a
 * table of bindings; the same rows feed dispatch, the bar of hints, the key popup, the help screen
 * and `peerplan help keys`. A table ends with a row whose action is 0.
 */
#ifndef PEERPLAN_TUI_KEYS_H
#define PEERPLAN_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct app;

#define CONTROL(letter) ((letter)&0x1F)
#define PRESS_ALT       0x400000 /* added to a press made with Alt */

enum press {
    PRESS_NONE = 0,
    PRESS_TAB = '\t',
    PRESS_ENTER = '\r',
    PRESS_ESCAPE = 27,
    PRESS_BACKSPACE = 127,
    PRESS_UP = 0x110000,
    PRESS_DOWN,
    PRESS_LEFT,
    PRESS_RIGHT,
    PRESS_PAGE_UP,
    PRESS_PAGE_DOWN,
    PRESS_HOME,
    PRESS_END,
    PRESS_INSERT,
    PRESS_DELETE,
    PRESS_BACKTAB,
    PRESS_WHEEL_UP,
    PRESS_WHEEL_DOWN,
    PRESS_F0 = 0x110100, /* F1 is PRESS_F0 + 1 */
};
#define PRESS_F(n) (PRESS_F0 + (n))

/* Actions of the motion table; screens number their own from 1, the keys of every screen from 2000.
 */
enum motion {
    MOVE_UP = 1000,
    MOVE_DOWN,
    MOVE_LEFT,
    MOVE_RIGHT,
    MOVE_PAGE_UP,
    MOVE_PAGE_DOWN,
    MOVE_HOME,
    MOVE_END,
    MOVE_WHEEL_UP,
    MOVE_WHEEL_DOWN,
    MOVE_ENTER,
    MOVE_ESCAPE,
};

#define BINDING_PRESSES 4

struct key_binding {
    int presses[BINDING_PRESSES];                 /* 0 after the last */
    int action;                                   /* > 0; 0 ends a table */
    const char *label;                            /* in bars; NULL: not shown there */
    const char *help;                             /* one line; NULL: an alias that is not listed */
    const char *(*refuse)(const struct app *app); /* why not now (static text), or NULL: allowed */
};

/* The row that answers a press, or NULL. */
const struct key_binding *bindings_find(const struct key_binding *table, int press);

/* "F3", "Enter", "Ctrl-L", "k"; buffer of at least 16 bytes. */
const char *press_name(int press, char buffer[16]);

/* The presses of a row, "k Up"; buffer of at least 48 bytes. */
const char *binding_presses(const struct key_binding *binding, char buffer[48]);

#endif
