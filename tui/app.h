/* The program on the screen as a model with one update function: events in, effects out. No
 * terminal, no threads.
 *
 * tui/loop.h turns keys, the mouse and the simulation's news into events, draws with app_view after
 * them, and carries out the effects (save, export, simulate, quit), reporting back with events.
 * Tests do the same without a terminal.
 *
 * A screen is a constant struct with its own state; popups are screens on a stack on top of it and
 * get the keys first. A key is looked up in the screen's own table, then in the motions, then in
 * the keys of every screen; popups that take text get the rest as it is typed.
 */
#ifndef PEERPLAN_TUI_APP_H
#define PEERPLAN_TUI_APP_H

#include <stdbool.h>

#include "tui/canvas.h"
#include "tui/designing.h"
#include "tui/diary.h"
#include "tui/event.h"
#include "tui/journal.h"
#include "tui/keys.h"
#include "tui/outlook.h"
#include "tui/screens.h"
#include "tui/seeking.h"
#include "tui/session.h"
#include "tui/swings.h"

#define APP_MIN_WIDTH  60
#define APP_MIN_HEIGHT 17
#define APP_POPUPS     8

struct screen {
    const char *title;
    const char *brief;              /* in a narrow bar; NULL: the title */
    const struct key_binding *keys; /* NULL: none of its own */
    bool text; /* takes what the tables do not know, and no motions by letters */
    void *(*init)(struct app *app); /* owned state; NULL: out of memory. Popups: NULL */
    void (*update)(void *state, struct app *app, const struct event *event);
    void (*view)(const void *state, const struct app *app, struct canvas *canvas, struct area area);
    void (*done)(void *state); /* takes NULL */
    /* Where on the screen one is, for the line that says so; NULL: the title says it. */
    void (*where)(const void *state, const struct app *app, char *buffer, size_t size);
};

enum effect {
    EFFECT_QUIT = 1,
    EFFECT_SIMULATE = 2, /* the session has changed: simulate it anew */
    EFFECT_SAVE = 4,     /* to app->path */
    EFFECT_EXPORT = 8,   /* app->exported to app->path */
    EFFECT_REDRAW = 16,  /* the terminal's content is not to be trusted */
    EFFECT_SUSPEND = 32,
    EFFECT_ADOPT = 128,  /* the copy that an earlier session left is this one's now */
    EFFECT_FORGET = 256, /* it is to be removed */
    EFFECT_OPENED = 512, /* another scenario: an earlier session may have left something of it */
    EFFECT_PAIR = 1024,  /* the pins are others: compare them with the present state */
    EFFECT_WRITE = 2048, /* app->writing to the file app->path */
    EFFECT_SEEK = 4096,  /* app->aim */
    EFFECT_SEEK_END = 8192,
    EFFECT_SWING = 16384,     /* what moves the answer most is asked for */
    EFFECT_REPLAY = 32768,    /* the seconds around app->moment */
    EFFECT_FORECAST = 131072, /* over app->months */
    EFFECT_DESIGN = 65536,    /* designs, as app->choice says */
    EFFECT_PLAY = 64,         /* not an order: ticks are wanted, something moves */
};

/* What an export writes. */
enum exported {
    EXPORT_RESULTS, /* a folder of CSV files */
    EXPORT_PAGE,    /* of the present state */
    EXPORT_BOOK,
    EXPORT_FINDINGS_PAGE,
    EXPORT_FINDINGS_BOOK,
    EXPORT_SESSION_PAGE
};

struct layer {
    const struct screen *screen;
    void *state;
    int asker_action; /* EVENT_RETURN's action; 0: nobody waits */
};

struct app {
    struct session *session; /* owned */
    struct journal journal;  /* what was said */
    struct diary diary;      /* the states of the session */
    time_t started;          /* the clock at 0 seconds */
    int width, height;
    int theme;
    bool ascii;
    int current; /* index into app_screens */
    void *states[SCREEN_COUNT];
    struct layer popups[APP_POPUPS];
    int popup_count;
    char *answer;            /* owned; what the last popup was told */
    char *search;            /* owned; NULL before the first */
    char *path;              /* owned; of EFFECT_SAVE and EFFECT_EXPORT */
    enum exported exported;  /* of EFFECT_EXPORT */
    struct seek_aim aim;     /* of EFFECT_SEEK */
    struct seek_news *seek;  /* owned; what was found of it so far; NULL: nothing yet */
    nanos moment;            /* of EFFECT_REPLAY */
    struct results *replay;  /* one use of shared ones; NULL: not yet */
    int months;              /* of EFFECT_FORECAST */
    struct outlook *outlook; /* owned; of the present state, or of an older one; NULL: none yet */
    struct design_choice choice; /* of EFFECT_DESIGN */
    struct design_news
        *designs;          /* owned; of the present state, or of an older one; NULL: none yet */
    struct swings *swings; /* owned; of the present state, or of an older one; NULL: none yet */
    char *writing;         /* owned; of EFFECT_WRITE */
    char *target;     /* owned; a file that exists, while it is asked whether to overwrite it */
    char *left;       /* owned; the text that an earlier session could not save */
    char status[256]; /* shown in place of the hints until the next key */
    enum ink status_ink;
    unsigned effects;
    bool quit_after_save;
    double seconds; /* since the start */
};

/* Takes the session. NULL when out of memory (the session is freed then). */
struct app *app_new(struct session *session, int theme, bool ascii);
void app_free(struct app *app); /* takes NULL */

/* The time of day now; without it states are dated from 1970. */
void app_set_clock(struct app *app, time_t now);

void app_update(struct app *app, const struct event *event);
void app_view(const struct app *app, struct canvas *canvas);
/* The effects asked for since the last call. EFFECT_PLAY stays while something plays. */
unsigned app_effects(struct app *app);
/* How an effect ended: a message (copied), and whether it did what was asked. */
void app_done(struct app *app, enum effect effect, bool ok, const char *message);

/* ---- For screens ---- */

struct area app_body(const struct app *app); /* between the title and the line of messages */
void app_goto(struct app *app, int screen);
/* Puts a popup on the stack; takes its state (freed when there is no room). `action`: see
 * EVENT_RETURN. */
void app_push(struct app *app, const struct screen *screen, void *state, int action);
/* Closes the popup on top; text (copied, NULL: cancelled, the asker hears nothing) and number go to
 * who asked. */
void app_pop(struct app *app, const char *text, int number);
/* A line in the status bar and in the log. */
void app_say(struct app *app, enum ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* After any change of the session: tells every screen, and has it simulated. */
void app_changed(struct app *app);

/* A new text for the session (consumed), or says why not. */
bool app_replace(struct app *app, char *text, const char *what);
void app_reload(struct app *app); /* the scenario's file as it is now; can be undone */

/* Another session in place of the present one (consumed). */
void app_take_session(struct app *app, struct session *session);
/* Opens the palette with a command to go on from. */
void app_command(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A text (consumed) for a new file. */
void app_write(struct app *app, const char *path, char *text);
void app_export(struct app *app, enum exported what, const char *path);

void app_pins_changed(struct app *app);

extern const struct key_binding app_keys[];     /* on every screen */
extern const struct key_binding motion_keys[];  /* in lists and trees */
extern const struct screen *const app_popups[]; /* that have keys of their own; NULL at the end */

/* All keys as text for the manual and `peerplan help keys`. */
void app_print_keys(FILE *out);

#endif
