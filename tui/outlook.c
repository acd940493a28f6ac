#include "tui/outlook.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tui/session.h"
#include "tui/trials.h"

struct outlook_work {
    struct trials *trials;
    struct trial_scenario made; /* of the trials, when `begun` */
    bool begun;
    int months;
};

void outlook_free(struct outlook *outlook)
{
    if (!outlook)
        return;
    forecast_release(&outlook->forecast);
    job_done(outlook->job);
    free(outlook);
}

static void work_release(struct job *job)
{
    struct outlook_work *work = job->context;
    struct trial_maker maker = trials_maker(work->trials);
    if (work->begun)
        maker.release(maker.context, &work->made);
    trials_free(work->trials);
    free(work);
}

struct job *outlook_job(const struct session *session, int months)
{
    struct outlook_work *work = calloc(1, sizeof *work);
    struct trials *trials = trials_of_plan(session);
    if (!work || !trials) {
        free(work);
        trials_free(trials);
        return NULL;
    }
    *work = (struct outlook_work){.trials = trials, .months = months};
    return job_new(work, work_release, session->generation, session->threads);
}

void background_outlook(struct worker *worker, const struct job *job, void *context)
{
    struct outlook_work *work = job->context;
    struct trial_maker maker = trials_maker(work->trials);
    (void)context;
    if (work->begun || !maker.make(maker.context, NULL, 0, &work->made))
        return;
    work->begun = true;
    struct forecast_options options = {
        .from = work->made.scenario.run.start_unix,
        .months = work->months,
        .traces = work->made.traces.context ? &work->made.traces : NULL,
        .jobs = job->threads,
        .stop = worker_stop(worker),
    };
    struct outlook *outlook = calloc(1, sizeof *outlook);
    if (!outlook)
        return;
    bool ok = forecast_make(&work->made.scenario, &options, &outlook->forecast);
    outlook->generation = job->generation;
    outlook->months = work->months;
    if (ok && !outlook->forecast.stopped) {
        outlook->job = job_use((struct job *)(uintptr_t)job);
        worker_publish(worker, job, (struct news){.outlook = outlook});
    } else {
        outlook_free(outlook);
    }
}

/* ---- Words ---- */

bool outlook_is_goal(const struct forecast_line *line)
{
    return !strncmp(line->metric, "blocked", 7);
}

static bool is_of(const struct forecast_event *event, const struct forecast_line *line)
{
    if (!strcmp(line->metric, "blocked_down"))
        return !strcmp(event->event, "goal-down");
    if (outlook_is_goal(line))
        return !strcmp(event->event, "goal");
    return strncmp(event->event, "goal", 4) != 0 && !strcmp(event->cluster, line->name) &&
           !strcmp(event->limit, line->metric);
}

const struct forecast_event *outlook_event(const struct forecast *forecast,
                                           const struct forecast_line *line, bool over)
{
    for (size_t i = 0; i < forecast->count; i++)
        if (is_of(&forecast->events[i], line) && isfinite(forecast->events[i].months) &&
            !(over && !strcmp(forecast->events[i].event, "alarm-90")))
            return &forecast->events[i];
    return NULL;
}

char *outlook_name(const struct forecast *forecast, const struct forecast_line *line, char *buffer,
                   size_t size)
{
    int down = forecast->scenario->goals.survive;
    if (!strcmp(line->metric, "blocked_down"))
        snprintf(buffer, size, "refused, %d peer%s down", down, down == 1 ? "" : "s");
    else if (outlook_is_goal(line))
        snprintf(buffer, size, "refused, all peers up");
    else
        snprintf(buffer, size, "%s: %s", *line->name ? line->name : "all", line->metric);
    for (char *at = buffer; *at; at++)
        if (*at == '_')
            *at = ' ';
    return buffer;
}

/* "Aug 2027"; "" when it is not within bounds. */
static const char *month_words(const struct forecast *forecast, double months, char *buffer,
                               size_t size)
{
    char date[FORECAST_DATE_SIZE];
    struct tm tm = {0};
    buffer[0] = '\0';
    if (sscanf(forecast_date(forecast, months, date), "%d-%d", &tm.tm_year, &tm.tm_mon) != 2)
        return buffer;
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    snprintf(buffer, size, "%s %d", names[(tm.tm_mon + 11) % 12], tm.tm_year);
    return buffer;
}

char *outlook_words(const struct forecast *forecast, char *buffer, size_t size)
{
    const struct forecast_event *miss = NULL;
    char when[16];
    for (size_t i = 0; i < forecast->count && !miss; i++)
        if (!strncmp(forecast->events[i].event, "goal", 4) ||
            !strcmp(forecast->events[i].event, "limit"))
            miss = isfinite(forecast->events[i].months) ? &forecast->events[i] : NULL;
    if (!miss)
        snprintf(buffer, size, "goals hold until %s",
                 month_words(forecast, forecast->bound, when, 16));
    else if (miss->months <= 0)
        snprintf(buffer, size, "over its goals now");
    else
        snprintf(buffer, size, "%s in %s",
                 !strcmp(miss->event, "limit")  ? "a limit is reached"
                 : !strcmp(miss->event, "goal") ? "goal missed"
                                                : "goal missed with peers down",
                 month_words(forecast, miss->months, when, 16));
    return buffer;
}
