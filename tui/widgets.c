#include "tui/widgets.h"

static const struct {
    uint32_t glyph;
    enum ink ink;
    const char *name;
} states[] = {
    [PEER_UP] = {0x25CF, INK_GOOD, "up"},
    [PEER_MAINTENANCE] = {0x25D0, INK_WARN, "maintenance"},
    [PEER_DOWN] = {0x2717, INK_BAD, "down"},
};

void widget_state(struct canvas *canvas, int x, int y, enum peer_state state)
{
    canvas_put(canvas, x, y, states[state].glyph, states[state].ink);
}

const char *peer_state_name(enum peer_state state)
{
    return states[state].name;
}

enum ink widget_load_ink(double share)
{
    return share >= 1 ? INK_BAD : share >= 0.9 ? INK_WARN : INK_GOOD;
}

struct area widget_readable(struct area area)
{
    enum { MOST = 132 };
    area.width = area.width < MOST ? area.width : MOST;
    return area;
}
