#include "tui/keys.h"

#include <string.h>

#include "tui/canvas.h"

const struct key_binding *bindings_find(const struct key_binding *table, int press)
{
    for (; table && table->action; table++)
        for (int i = 0; i < BINDING_PRESSES && table->presses[i]; i++)
            if (table->presses[i] == press)
                return table;
    return NULL;
}

const char *press_name(int press, char buffer[16])
{
    static const struct {
        int press;
        const char *name;
    } names[] = {
        {PRESS_TAB, "Tab"},
        {PRESS_ENTER, "Enter"},
        {PRESS_ESCAPE, "Esc"},
        {PRESS_UP, "Up"},
        {PRESS_DOWN, "Down"},
        {PRESS_LEFT, "Left"},
        {PRESS_RIGHT, "Right"},
        {PRESS_PAGE_UP, "PgUp"},
        {PRESS_PAGE_DOWN, "PgDn"},
        {PRESS_HOME, "Home"},
        {PRESS_END, "End"},
        {PRESS_INSERT, "Ins"},
        {PRESS_DELETE, "Del"},
        {PRESS_BACKTAB, "Shift-Tab"},
        {PRESS_WHEEL_UP, "wheel up"},
        {PRESS_WHEEL_DOWN, "wheel down"},
        {PRESS_BACKSPACE, "Backspace"},
        {' ', "Space"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].press == press)
            return names[i].name;
    if (press > PRESS_F0 && press <= PRESS_F(24))
        snprintf(buffer, 16, "F%d", press - PRESS_F0);
    else if (press < 0x20)
        snprintf(buffer, 16, "Ctrl-%c", press + '@');
    else if (press < PRESS_UP)
        buffer[text_encode((uint32_t)press, buffer)] = '\0';
    else
        snprintf(buffer, 16, "?");
    return buffer;
}

const char *binding_presses(const struct key_binding *binding, char buffer[48])
{
    size_t used = 0;
    buffer[0] = '\0';
    for (int i = 0; i < BINDING_PRESSES && binding->presses[i]; i++) {
        char name[16];
        int n = snprintf(buffer + used, 48 - used, "%s%s", i ? " " : "",
                         press_name(binding->presses[i], name));
        if (n < 0 || (size_t)n >= 48 - used)
            break;
        used += (size_t)n;
    }
    return buffer;
}
