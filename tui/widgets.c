#include "tui/widgets.h"

#include <math.h>
#include <stdio.h>

#include "tui/format.h"

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

void widget_interval(struct interval interval, char *buffer, size_t size)
{
    char low[FIGURE], high[FIGURE];
    if (isnan(interval.value)) {
        snprintf(buffer, size, "...");
        return;
    }
    format_percent(low, sizeof low, isnan(interval.low) ? interval.value : interval.low);
    format_percent(high, sizeof high, interval.high);
    if (isnan(interval.high))
        snprintf(buffer, size, "%s", low);
    else if (interval.value <= 0)
        snprintf(buffer, size, "< %s", high);
    else
        snprintf(buffer, size, "%s - %s", low, high);
}

static uint32_t verdict_glyph(enum ink ink)
{
    return ink == INK_GOOD ? 0x2713 : ink == INK_BAD ? 0x2717 : 0x25D0;
}

void widget_answer(struct canvas *canvas, struct area area, const struct session *session)
{
    char text[256];
    enum ink ink = outlook_sentence(&session->answer, text, sizeof text);
    canvas_put(canvas, area.x, area.y, verdict_glyph(ink), ink);
    canvas_text(canvas, area.x + 2, area.y, area.width - 2, ink, text);
    outlook_detail(&session->answer, text, sizeof text);
    canvas_text(canvas, area.x + 2, area.y + 1, area.width - 2,
                session->answer.disagree ? INK_WARN : INK_DIM,
                session->answer.stale ? "estimating" : text);
}
