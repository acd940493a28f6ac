/* What happens: keys, clicks, a new size, news from the simulation. */
#ifndef PEERPLAN_TUI_EVENT_H
#define PEERPLAN_TUI_EVENT_H

#include <stdbool.h>

struct results;
struct standing;
struct seek_news;
struct swings;
struct outlook;
struct design_news;
struct canvas;

enum event_kind {
    EVENT_PRESS,   /* a key: press, and action when the tables know it */
    EVENT_ROW,     /* a click on row `row` */
    EVENT_ALONG,   /* a click at `row` of CLICK_WHOLE along a curve */
    EVENT_RESIZE,  /* width, height */
    EVENT_TICK,    /* time has gone on: seconds since the start */
    EVENT_FOUND,   /* more is known of the session's state */
    EVENT_SOUGHT,  /* goal seek, the swings, the designs or the replay have news */
    EVENT_CHANGED, /* the session's scenario or peers have changed */
    EVENT_SHOW,    /* this screen comes into sight */
    EVENT_SEARCH,  /* find app->search; backwards when row < 0 */
    EVENT_RETURN,  /* a popup has closed: app->answer holds its text, row its number; action is the
                      asker's */
};

struct event {
    enum event_kind kind;
    int press, action, row;
    bool pasted; /* EVENT_PRESS: part of a pasted text, which is never a command */
    int width, height;
    double seconds;
    struct standing *standing;   /* EVENT_FOUND at app_update: consumed */
    struct results *results;     /* the same; NULL: as before */
    struct seek_news *seek;      /* EVENT_SOUGHT at app_update: consumed; NULL: as before */
    struct swings *swings;       /* the same */
    struct results *replay;      /* the same */
    struct design_news *designs; /* the same */
    struct outlook *outlook;     /* the same */
};

/* What a click on a cell of what is shown means; false: nothing. */
bool event_of_click(const struct canvas *shown, int x, int y, struct event *event);

#endif
