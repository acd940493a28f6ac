#include "tui/event.h"

#include "tui/canvas.h"

bool event_of_click(const struct canvas *shown, int x, int y, struct event *event)
{
    const struct hotspot *spot = canvas_hotspot_at(shown, x, y);
    if (!spot)
        return false;
    switch (spot->kind) {
    case CLICK_PRESS:
        *event = (struct event){.kind = EVENT_PRESS, .press = spot->value};
        break;
    case CLICK_ALONG:
        *event = (struct event){.kind = EVENT_ALONG, .row = canvas_along(spot, x)};
        break;
    case CLICK_ROW:
        *event = (struct event){.kind = EVENT_ROW, .row = spot->value};
        break;
    }
    return true;
}
