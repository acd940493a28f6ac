#include "tui/seeking.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct seek_work {
    struct seek_aim aim;
    struct trials *trials;
    int replications; /* of a full simulation */
};

void seek_aim_text(const struct seek_aim *aim, double value, char *buffer, size_t size)
{
    snprintf(buffer, size, "%.10g%s", value, aim->unit);
}

static void work_release(struct job *job)
{
    struct seek_work *work = job->context;
    trials_free(work->trials);
    free(work);
}

struct job *seek_job(const struct session *session, const struct seek_aim *aim)
{
    struct seek_work *work = calloc(1, sizeof *work);
    struct trials *trials = trials_new(session);
    if (!work || !trials) {
        free(work);
        trials_free(trials);
        return NULL;
    }
    *work = (struct seek_work){*aim, trials, session->scenario.run.replications};
    return job_new(work, work_release, session->generation, session->threads);
}

/* One search: who asks, and what it has told so far. */
struct search {
    struct worker *worker;
    const struct job *job;
    struct seek_news *news;
    size_t telling_set;
};

static void publish(struct search *s)
{
    struct seek_news *copy = malloc(sizeof *copy);
    if (!copy)
        return;
    *copy = *s->news;
    worker_publish(s->worker, s->job, (struct news){.seek = copy});
}

/* A quarter of the replications says roughly where the edge is. */
static int short_run(const struct job *job)
{
    const struct seek_work *work = job->context;
    return work->replications >= 16 ? work->replications / 4 : 4;
}

static bool judge(void *context, double value, enum seek_effort effort, struct seek_point *point)
{
    struct search *s = context;
    const struct seek_work *work = s->job->context;
    struct trial_maker maker = trials_maker(work->trials);
    struct trial_options options = {.simulate = effort != SEEK_FORMULA,
                                    .replications = effort == SEEK_SHORT ? short_run(s->job) : 0,
                                    .telling_set = effort == SEEK_FULL ? &s->telling_set : NULL,
                                    .preview = true,
                                    .jobs = s->job->threads,
                                    .stop = worker_stop(s->worker)};
    char number[64], setting[640];
    struct answer answer;
    seek_aim_text(&work->aim, value, number, sizeof number);
    snprintf(setting, sizeof setting, "%s=%s", work->aim.path, number);
    const char *items[] = {setting};
    enum trial_outcome outcome = trial_judge(&maker, items, 1, &options, &answer);
    if (outcome == TRIAL_STOPPED || outcome == TRIAL_FAILED)
        return false;
    *point = (struct seek_point){.value = value, .verdict = VERDICT_NO, .share = {NAN, NAN, NAN}};
    if (outcome == TRIAL_NOT_BUILT)
        return true;
    const struct judged *row = trial_row(&answer);
    point->verdict = answer.verdict;
    if (row) {
        point->share = row->value;
        point->limit = row->limit;
    }
    answer_release(&answer);
    return true;
}

static void told(void *context, const struct seek_point *point)
{
    struct search *s = context;
    if (s->news->count == SEEK_POINTS) {
        memmove(s->news->points, s->news->points + 1, (SEEK_POINTS - 1) * sizeof *s->news->points);
        s->news->count--;
    }
    s->news->points[s->news->count++] = *point;
    publish(s);
}

void background_seek(struct worker *worker, const struct job *job, void *context)
{
    const struct seek_work *work = job->context;
    struct seek_news *news = calloc(1, sizeof *news);
    struct search search = {.worker = worker, .job = job, .news = news};
    (void)context;
    if (!news)
        return;
    news->aim = work->aim;
    struct seek_options options = {.now = work->aim.now,
                                   .low = work->aim.low,
                                   .high = work->aim.high,
                                   .grain = work->aim.grain,
                                   .largest = work->aim.largest,
                                   .judge = judge,
                                   .told = told,
                                   .context = &search};
    news->outcome = seek_value(&options, &news->found);
    news->finished = true;
    publish(&search);
    free(news);
}
