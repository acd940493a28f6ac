/* The program on a terminal: turns what happens into events, draws, and carries out what the app
 * asks for. */
#ifndef PEERPLAN_TUI_LOOP_H
#define PEERPLAN_TUI_LOOP_H

#include "model/base/error.h"
#include "tui/keeping.h"
#include "tui/session.h"

struct loop_options {
    const char *terminal; /* its type, as in TERM; NULL: not known */
    const char *colours;  /* as in COLORFGBG; NULL: not set */
    bool colour;          /* wanted, if the terminal has any */
    int theme;            /* -1: as the terminal can */
    int jobs;             /* threads of the simulation; 0: one a processor */
    struct keeper keeper; /* of the session's states */
};

/* Runs until the user quits; consumes the session. The exit code of the program; errors say why
 * there was no terminal. *signal_number is the signal that ended it, 0: none; the terminal is given
 * back already. */
int loop_run(struct session *session, const struct loop_options *options, int *signal_number,
             struct errors *errors);

#endif
