/* Designs on the screen: what `size` finds for the present scenario (answer/design.h), searched in
 * the background and shown as it comes. Peers that the session took out are there again: a design
 * is for the cluster as it is planned. */
#ifndef PEERPLAN_TUI_DESIGNING_H
#define PEERPLAN_TUI_DESIGNING_H

#include "answer/design.h"
#include "tui/trials.h"
#include "tui/worker.h"

/* What of the ask is chosen on the screen; all 0: as `size` without options. */
struct design_choice {
    int peers_most, clusters_most; /* 0: all that there may be */
    int platform;                  /* 0: all of them, else its number from 1 */
    int spare;                     /* per cent */
    bool all;                      /* dominated ones too */
};

bool design_choice_same(const struct design_choice *a, const struct design_choice *b);

/* What was found so far. */
struct design_news {
    unsigned generation;
    struct design_choice choice;
    const char *platforms[DESIGN_PLATFORMS_MAX]; /* that may be chosen; names are in the arena */
    size_t platform_count;
    struct design_ask ask;
    struct designs designs; /* its items are in the arena: not to be released */
    struct arena *arena;    /* owned */
    bool searched;          /* every candidate was looked at; the best are being simulated */
    bool finished;
};
void design_news_free(struct design_news *news); /* takes NULL */

/* A job for background_designs; NULL when out of memory. */
struct job *designs_job(const struct session *session, const struct design_choice *choice);
void background_designs(struct worker *worker, const struct job *job, void *context);

/* The scenario's text with a design of the news in it, each of several clusters that share the load
 * by itself; owned. NULL with errors. */
char *design_text(const struct session *session, const struct design_news *news, size_t number,
                  struct errors *errors);
/* "3 x large-vm", "2 + 2 x large-vm", of several clusters "2 of 3 x large-vm"; buffer of at least
 * DESIGN_WORDS_SIZE bytes. */
char *design_name(const struct design_news *news, size_t number, char *buffer);

#endif
