/* The forecast on the screen (answer/forecast.h): made in the background for the cluster as it is
 * planned, peers that the session took out being there again. */
#ifndef PEERPLAN_TUI_OUTLOOK_H
#define PEERPLAN_TUI_OUTLOOK_H

#include "answer/forecast.h"
#include "tui/worker.h"

struct session;

#define OUTLOOK_MONTHS 36 /* as `forecast` looks */

struct outlook {
    unsigned generation;
    int months;
    struct forecast forecast; /* owned */
    struct job *job;          /* one use: it has the scenario that the forecast borrows */
};
void outlook_free(struct outlook *outlook); /* takes NULL */

/* A job for background_outlook; NULL when out of memory. */
struct job *outlook_job(const struct session *session, int months);
void background_outlook(struct worker *worker, const struct job *job, void *context);

/* The first day on which a line comes to 90 % of its limit, to the limit, or misses the goal; NULL:
 * not within the bounds. `over`: not the 90 %. */
const struct forecast_event *outlook_event(const struct forecast *forecast,
                                           const struct forecast_line *line, bool over);
bool outlook_is_goal(const struct forecast_line *line);
/* "units of office", "calls refused, 1 peer down"; returns buffer. */
char *outlook_name(const struct forecast *forecast, const struct forecast_line *line, char *buffer,
                   size_t size);
/* "goal missed with peers down by Aug 2027", "nothing to do until Aug 2027"; returns buffer. */
char *outlook_words(const struct forecast *forecast, char *buffer, size_t size);

#endif
