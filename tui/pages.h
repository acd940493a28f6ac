/* Pages and workbooks of the present state, written behind the screen: charts take a moment. */
#ifndef PEERPLAN_TUI_PAGES_H
#define PEERPLAN_TUI_PAGES_H

#include "tui/diary.h"
#include "tui/worker.h"

/* A job for background_pages: all that is known of the present state goes to a file, as a page or,
 * `book`, as a workbook. NULL when out of memory. */
struct job *pages_job(struct session *session, bool book, const char *path);
void background_pages(struct worker *worker, const struct job *job, void *context);

/* These at once, with what was done or why not in `message`. */
bool pages_findings(const struct session *session, bool book, const char *path, char *message,
                    size_t size);
bool pages_session(const struct diary *diary, const struct session *session, const char *path,
                   char *message, size_t size);

#endif
