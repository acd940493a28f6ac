/* Goal seek on the screen: the value of a key, of one item or of all, at which the goals are just
 * met, searched in the background (answer/seek.h) and shown as it goes. */
#ifndef PEERPLAN_TUI_SEEKING_H
#define PEERPLAN_TUI_SEEKING_H

#include "answer/seek.h"
#include "tui/trials.h"
#include "tui/worker.h"

#define SEEK_POINTS 96

/* What is sought: the value that stands behind a path of settings. */
struct seek_aim {
    char path[512]; /* "clusters.office.peers.*.rms" */
    char unit[16];  /* behind the number: "/h", "%", "" */
    double now, low, high, grain;
    bool largest;
    uint32_t times; /* items that a star stands for; 1 without */
};

/* The value as it is written in a setting. */
void seek_aim_text(const struct seek_aim *aim, double value, char *buffer, size_t size);

/* What is known so far. */
struct seek_news {
    struct seek_aim aim;
    struct seek_point points[SEEK_POINTS];
    int count;
    bool finished;
    enum seek_outcome outcome;
    struct seek_point found;
};

/* A job for background_seek; NULL when out of memory. */
struct job *seek_job(const struct session *session, const struct seek_aim *aim);
void background_seek(struct worker *worker, const struct job *job, void *context);

#endif
