/* The page of a what-if session: every state that was tried, with its answer. */
#ifndef PEERPLAN_REPORTS_PAGE_SESSION_H
#define PEERPLAN_REPORTS_PAGE_SESSION_H

#include "answer/judge.h"
#include "model/base/error.h"
#include "model/scenario.h"

/* A state; texts are borrowed. */
struct page_step {
    char clock[8];    /* "10:02" */
    const char *what; /* the change that led to it */
    bool known;       /* what follows is */
    enum verdict verdict;
    const char *sentence, *now,
        *down;           /* shares of refused calls, all peers up and with some down */
    size_t replications; /* 0: by formula */
};

struct page_session {
    const struct scenario *scenario; /* of the last state */
    const struct page_step *steps;
    size_t count;
    const char *next_step; /* after the last one; NULL or "": none */
};

/* Writes the file, whole or not at all. */
bool page_write_session(const char *path, const struct page_session *session,
                        struct errors *errors);

#endif
