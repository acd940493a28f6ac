#include "tui/pages.h"

#include <stdlib.h>
#include <string.h>

#include "reports/book.h"
#include "reports/page.h"
#include "reports/page_session.h"
#include "tui/session.h"

/* What was written, or the first of the errors, which are released. */
static bool outcome(bool ok, const char *path, struct errors *errors, char *message, size_t size)
{
    const struct error *error = errors->count ? &errors->items[0] : NULL;
    if (ok)
        snprintf(message, size, "written to %s", path);
    else if (error && error->message)
        snprintf(message, size, "%s%s%s", error->file ? error->file : "", error->file ? ": " : "",
                 error->message);
    else
        snprintf(message, size, "out of memory");
    errors_release(errors);
    return ok;
}

/* ---- The present state ---- */

struct pages_work {
    struct job *state;
    bool book;
    char *path; /* owned */
};

static void work_release(struct job *job)
{
    struct pages_work *work = job->context;
    job_done(work->state);
    free(work->path);
    free(work);
}

struct job *pages_job(struct session *session, bool book, const char *path)
{
    struct pages_work *work = calloc(1, sizeof *work);
    struct job *state = session_job(session);
    if (!work || !state) {
        job_done(state);
        free(work);
        return NULL;
    }
    *work = (struct pages_work){.state = state, .book = book, .path = strdup(path)};
    struct job *job = job_new(work, work_release, session->generation, 0);
    if (!job || work->path)
        return job;
    job_done(job);
    return NULL;
}

struct page_order {
    const struct pages_work *work;
    struct errors *errors;
};

static bool write_report(void *context, const struct report *report)
{
    const struct page_order *order = context;
    return order->work->book ? book_write(order->work->path, report, order->errors)
                             : page_write(order->work->path, report, order->errors);
}

void background_pages(struct worker *worker, const struct job *job, void *context)
{
    struct errors errors;
    const struct pages_work *work = job->context;
    struct page_order order = {work, &errors};
    struct news news = {.finished = true};
    (void)context;
    errors_init(&errors);
    news.written = found_report(work->state, write_report, &order);
    outcome(news.written, work->path, &errors, news.message, sizeof news.message);
    worker_publish(worker, job, news);
}

/* ---- Findings ---- */

bool pages_findings(const struct session *session, bool book, const char *path, char *message,
                    size_t size)
{
    struct errors errors;
    struct deployment deployment;
    struct findings findings = {0};
    errors_init(&errors);
    bool made = deployment_of_scenario(&deployment, &session->scenario);
    bool ok = made && findings_make(&findings, &deployment) &&
              (book ? book_write_findings(path, &findings, &deployment, &errors)
                    : page_write_findings(path, &findings, &deployment, &errors));
    if (made)
        findings_release(&findings);
    deployment_release(&deployment);
    return outcome(ok, path, &errors, message, size);
}

/* ---- The session ---- */

bool pages_session(const struct diary *diary, const struct session *session, const char *path,
                   char *message, size_t size)
{
    struct errors errors;
    errors_init(&errors);
    struct page_step *steps = calloc((size_t)diary->count + 1, sizeof *steps);
    for (int i = 0; steps && i < diary->count; i++) {
        const struct entry *entry = &diary->entries[i];
        steps[i] = (struct page_step){.what = entry->what,
                                      .verdict = entry->verdict,
                                      .known = entry->known,
                                      .sentence = entry->sentence,
                                      .now = entry->now,
                                      .down = entry->down,
                                      .replications = entry->replications};
        diary_clock(entry->clock, steps[i].clock);
    }
    struct page_session page = {
        .scenario = &session->scenario, .steps = steps, .count = (size_t)diary->count};
    if (session->standing && !session->stale)
        page.next_step = session->standing->answer.next_step;
    bool ok = steps && page_write_session(path, &page, &errors);
    free(steps);
    return outcome(ok, path, &errors, message, size);
}
