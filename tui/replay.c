#include "tui/replay.h"

#include <stdlib.h>

#include "tui/background.h"

struct replay_work {
    struct job *state;
    struct scenario scenario; /* a view of the state's, with a series of seconds */
};

static void work_release(struct job *job)
{
    struct replay_work *work = job->context;
    job_done(work->state);
    free(work);
}

struct job *replay_job(struct session *session, nanos moment)
{
    struct replay_work *work = calloc(1, sizeof *work);
    struct job *state = session_job(session);
    if (!work || !state) {
        free(work);
        job_done(state);
        return NULL;
    }
    work->state = state;
    work->scenario = state->scenario;
    work->scenario.run.interval = SECOND;
    nanos until = (moment / SECOND + REPLAY_AFTER + 1) * SECOND;
    if (work->scenario.run.length > until)
        work->scenario.run.length = until;
    return job_new(work, work_release, session->generation, 0);
}

void background_replay(struct worker *worker, const struct job *job, void *context)
{
    const struct simulator *simulation = context;
    const struct replay_work *work = job->context;
    const struct job *state = work->state;
    struct results *results = results_shared_new();
    struct errors errors;
    struct experiment_options options = {.jobs = 1,
                                         .replications = 1,
                                         .down = state->down,
                                         .down_count = state->down_count,
                                         .traces =
                                             state->scenario.trace_count ? &state->traces : NULL,
                                         .stop = worker_stop(worker)};
    errors_init(&errors);
    if (results && simulation->run(&work->scenario, &options, results, &errors) &&
        !atomic_load(worker_stop(worker)))
        worker_publish(worker, job, (struct news){.replay = results});
    else
        results_let_go(results);
    errors_release(&errors);
}
