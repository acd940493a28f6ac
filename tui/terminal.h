/* The terminal: the only place that knows ncurses.
 *
 * terminal_open takes the screen over, terminal_close gives it back as it was; a crash or a signal
 * that ends the program gives it back too (the handlers use write(2) and tcsetattr(3) only). One
 * terminal at a time: ncurses has one screen. Suspending (Ctrl-Z, SIGTSTP) and coming back is
 * handled inside; a resize arrives as an event.
 */
#ifndef PEERPLAN_TUI_TERMINAL_H
#define PEERPLAN_TUI_TERMINAL_H

#include "model/base/error.h"
#include "tui/event.h"
#include "tui/keys.h"
#include "tui/theme.h"

/* Above this luminance (0 black, 1 white) a background is light. */
#define BACKGROUND_LIGHT 0.18
enum background { BACKGROUND_UNKNOWN, BACKGROUND_IS_DARK, BACKGROUND_IS_LIGHT };

#define TERMINAL_EARLY 64

struct terminal {
    int width, height;
    bool ascii;      /* no UTF-8, or a console font without Braille */
    bool colour;     /* it is drawn in colours */
    bool pasting;    /* between the brackets of a paste */
    bool identified; /* it has said who it is */
    enum background background;
    bool sure; /* the theme fits the background: it was asked for, or the terminal said so. Without
                  that, sixteen colours are left alone */
    struct event early[TERMINAL_EARLY]; /* pressed before the first screen */
    int early_count;
    int theme;            /* of the colours set up, -1: none yet */
    int looks[INK_COUNT]; /* ncurses attributes with the colour pair */
};

/* type: of the terminal, as in TERM (NULL: not known); colour: wanted, if it has any. False with an
 * error (ERROR_USAGE: no terminal, or one that cannot do it) and the terminal untouched. */
bool terminal_open(struct terminal *terminal, const char *type, bool colour, struct errors *errors);
void terminal_close(struct terminal *terminal);

/* Asks the terminal for the colour of its background (0.1 s at most), then takes what `colours`,
 * the variable COLORFGBG, says; keys pressed meanwhile are not lost. */
enum background terminal_background(struct terminal *terminal, const char *type,
                                    const char *colours);

/* Waits up to `milliseconds` (-1: without end) for a key, the mouse, a resize, or a byte on the
 * descriptor `wake` (which is left unread); false when nothing for the app came. Clicks are looked
 * up on the canvas shown last. */
bool terminal_wait(struct terminal *terminal, const struct canvas *shown, int wake,
                   int milliseconds, struct event *event);
/* Shows the canvas; only what differs is sent. */
void terminal_show(struct terminal *terminal, const struct canvas *canvas, int theme);
/* The other end of `wake`, written to when a signal comes; -1: none. */
void terminal_watch(int descriptor);
void terminal_redraw(struct terminal *terminal); /* sends everything at the next show */
void terminal_suspend(struct terminal *terminal);
/* The signal that asks the program to end (SIGTERM, SIGHUP, SIGINT), or 0. */
int terminal_signal(void);

#endif
