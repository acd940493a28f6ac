#include "tui/loop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/study/experiment.h"
#include "tui/app.h"
#include "tui/background.h"
#include "tui/edit.h"
#include "tui/files.h"
#include "tui/keeping.h"
#include "tui/pages.h"
#include "tui/recovery.h"
#include "tui/replay.h"
#include "tui/saving.h"
#include "tui/terminal.h"

#define FRAME_MS     40 /* while something moves */
#define KEYS_A_FRAME 64 /* keys that are taken in before the screen is drawn again */

enum {
    PREVIEW,
    ESTIMATE,
    SIMULATE,
    SETS,
    STEP,
    PINS,
    SEEK,
    SWING,
    REPLAY,
    PAGES,
    DESIGN,
    OUTLOOK,
    WORKERS
};

struct loop {
    struct app *app;
    struct worker *workers[WORKERS];
    int wake[2];
    struct terminal terminal;
    struct canvas canvas;
    struct recovery recovery;
    struct keeping *keeping; /* NULL: states are not kept */
    struct timespec start;
    unsigned effects;
    bool unkept; /* it was said that changes cannot be kept */
};

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* ---- Effects ---- */

static void start_job(struct loop *loop, int worker, struct job *job)
{
    if (job)
        worker_start(loop->workers[worker], job);
    job_done(job);
}

static void do_pair(struct loop *loop)
{
    start_job(loop, PINS, session_pins_job(loop->app->session));
}

/* What was searched for another state is dropped: whoever looks at it asks again. */
static void do_simulate(struct loop *loop)
{
    worker_halt(loop->workers[SWING]);
    worker_halt(loop->workers[DESIGN]);
    worker_halt(loop->workers[OUTLOOK]);
    struct job *job = session_job(loop->app->session);
    for (int i = 0; job && i < PINS; i++)
        worker_start(loop->workers[i], job);
    job_done(job);
    do_pair(loop);
}

static void do_swing(struct loop *loop)
{
    const struct session *session = loop->app->session;
    uint32_t classes = session->scenario.class_count;
    double *factors = calloc(classes + 1, sizeof *factors);
    if (factors) {
        edit_factors(loop->app, factors);
        start_job(loop, SWING, swings_job(session, factors));
    }
    free(factors);
}

static void do_searches(struct loop *loop, unsigned effects)
{
    const struct session *session = loop->app->session;
    if (effects & EFFECT_SEEK_END)
        worker_halt(loop->workers[SEEK]);
    if (effects & EFFECT_SEEK)
        start_job(loop, SEEK, seek_job(session, &loop->app->aim));
    if (effects & EFFECT_SWING)
        do_swing(loop);
    if (effects & EFFECT_FORECAST)
        start_job(loop, OUTLOOK, outlook_job(session, loop->app->months));
    if (effects & EFFECT_DESIGN)
        start_job(loop, DESIGN, designs_job(session, &loop->app->choice));
    if (effects & EFFECT_REPLAY)
        start_job(loop, REPLAY, replay_job(loop->app->session, loop->app->moment));
}

static void do_save(struct loop *loop)
{
    char message[256];
    bool ok = file_save(loop->app->path, loop->app->session->text, message, sizeof message);
    app_done(loop->app, EFFECT_SAVE, ok, message);
}

static void do_write(struct loop *loop)
{
    char message[256];
    bool ok = file_save(loop->app->path, loop->app->writing, message, sizeof message);
    app_done(loop->app, EFFECT_WRITE, ok, message);
}

static void do_export(struct loop *loop)
{
    char message[256];
    bool ok = false;
    struct app *app = loop->app;
    switch (app->exported) {
    case EXPORT_PAGE:
    case EXPORT_BOOK:
        start_job(loop, PAGES, pages_job(app->session, app->exported == EXPORT_BOOK, app->path));
        app_say(app, INK_DIM, "writing %s", app->path);
        return;
    case EXPORT_FINDINGS_PAGE:
    case EXPORT_FINDINGS_BOOK:
        ok = pages_findings(app->session, app->exported == EXPORT_FINDINGS_BOOK, app->path, message,
                            sizeof message);
        break;
    case EXPORT_SESSION_PAGE:
        ok = pages_session(&app->diary, app->session, app->path, message, sizeof message);
        break;
    case EXPORT_RESULTS:
        ok = files_export(app->path, &app->session->scenario, app->session->results, message,
                          sizeof message);
        break;
    }
    app_done(app, EFFECT_EXPORT, ok, message);
}

/* What an earlier session with this scenario could not save. */
static void offer_left(struct loop *loop)
{
    char *left = recovery_find(&loop->recovery);
    if (left && strcmp(left, loop->app->session->text) == 0) {
        recovery_forget(&loop->recovery);
        free(left);
    } else if (left) {
        saving_offer(loop->app, left);
    }
}

/* A copy of what is not saved yet lies on the disk from the first change on. */
static void do_keep(struct loop *loop)
{
    const struct session *session = loop->app->session;
    bool unsaved = session_modified(session);
    bool kept = recovery_keep(&loop->recovery, session->path, unsaved ? session->text : NULL);
    if (!kept && !loop->unkept)
        app_say(loop->app, INK_WARN, "unsaved changes cannot be kept on the disk: save them soon");
    loop->unkept = !kept;
}

/* False when it is time to go. */
static bool do_effects(struct loop *loop)
{
    unsigned effects = app_effects(loop->app);
    loop->effects = effects;
    if (effects & EFFECT_OPENED)
        keeping_opened(loop->keeping, loop->app->session);
    if (effects & EFFECT_SIMULATE) {
        keeping_state(loop->keeping, loop->app->session);
        do_simulate(loop);
    } else if (effects & EFFECT_PAIR)
        do_pair(loop);
    if (effects & EFFECT_SAVE)
        do_save(loop);
    do_searches(loop, effects);
    if (effects & EFFECT_WRITE)
        do_write(loop);
    if (effects & EFFECT_ADOPT)
        recovery_adopt(&loop->recovery);
    if (effects & EFFECT_FORGET)
        recovery_forget(&loop->recovery);
    if (effects & (EFFECT_SIMULATE | EFFECT_SAVE))
        do_keep(loop);
    if (effects & EFFECT_OPENED)
        offer_left(loop);
    if (effects & EFFECT_EXPORT)
        do_export(loop);
    if (effects & EFFECT_REDRAW)
        terminal_redraw(&loop->terminal);
    if (effects & EFFECT_SUSPEND)
        terminal_suspend(&loop->terminal);
    if (!((effects | loop->app->effects) & EFFECT_QUIT))
        return true;
    recovery_keep(&loop->recovery, loop->app->session->path, NULL);
    return false;
}

/* ---- News ---- */

static void take_report(struct loop *loop, struct worker *worker)
{
    struct news report;
    if (!worker_take(worker, &report))
        return;
    if (report.message[0]) /* of an older state too: what was written, or not, is said */
        app_say(loop->app, report.written ? INK_GOOD : INK_BAD, "%s", report.message);
    if (report.generation != loop->app->session->generation) {
        news_release(&report);
        return;
    }
    if (report.seek || report.swings || report.designs || report.outlook || report.replay)
        app_update(loop->app, &(struct event){.kind = EVENT_SOUGHT,
                                              .seek = report.seek,
                                              .swings = report.swings,
                                              .designs = report.designs,
                                              .outlook = report.outlook,
                                              .replay = report.replay});
    session_take_pin(loop->app->session, report.subject, report.pin_standing, report.pairing);
    app_update(loop->app, &(struct event){.kind = EVENT_FOUND,
                                          .standing = report.standing,
                                          .results = report.results});
}

static void take_reports(struct loop *loop)
{
    char bytes[64];
    while (read(loop->wake[0], bytes, sizeof bytes) > 0)
        ;
    for (int i = 0; i < WORKERS; i++)
        take_report(loop, loop->workers[i]);
    char why[256];
    if (keeping_trouble(loop->keeping, why, sizeof why))
        app_say(loop->app, INK_BAD, "the session is not kept: %s", why);
}

static void tick(struct loop *loop)
{
    app_update(loop->app,
               &(struct event){.kind = EVENT_TICK, .seconds = seconds_since(&loop->start)});
}

static bool draw(struct loop *loop)
{
    struct canvas *canvas = &loop->canvas;
    if (canvas->width != loop->terminal.width || canvas->height != loop->terminal.height) {
        canvas_release(canvas);
        if (!canvas_init(canvas, loop->terminal.width, loop->terminal.height, loop->terminal.ascii))
            return false;
    }
    app_view(loop->app, canvas);
    terminal_show(&loop->terminal, canvas, loop->app->theme);
    return true;
}

/* Takes in what waits, up to a frame's worth; false when it is time to go. */
static bool take_events(struct loop *loop)
{
    struct event event;
    bool moving = (loop->effects & EFFECT_PLAY) != 0;
    int wait = moving ? FRAME_MS : -1;
    for (int i = 0; i < KEYS_A_FRAME; i++) {
        if (!terminal_wait(&loop->terminal, &loop->canvas, loop->wake[0], wait, &event))
            break;
        loop->app->seconds = seconds_since(&loop->start);
        app_update(loop->app, &event);
        if (!do_effects(loop))
            return false;
        wait = 0;
    }
    if (moving)
        tick(loop);
    loop->app->seconds = seconds_since(&loop->start);
    take_reports(loop);
    return do_effects(loop) && terminal_signal() == 0;
}

static int run(struct loop *loop)
{
    recovery_init(&loop->recovery, loop->app->session->path);
    offer_left(loop);
    app_update(loop->app, &(struct event){.kind = EVENT_RESIZE,
                                          .width = loop->terminal.width,
                                          .height = loop->terminal.height});
    bool go = do_effects(loop);
    while (go)
        go = draw(loop) && terminal_signal() == 0 && take_events(loop);
    return loop->canvas.cells ? 0 : ERROR_SOFTWARE;
}

static bool start_workers(struct loop *loop)
{
    static const struct {
        worker_function *function;
        int nice; /* keys go first, then what answers them */
    } kinds[WORKERS] = {
        [PREVIEW] = {background_preview, 1},    [ESTIMATE] = {background_estimate, 6},
        [SIMULATE] = {background_simulate, 11}, [SETS] = {background_sets, 15},
        [STEP] = {background_next_step, 17},    [PINS] = {background_pins, 19},
        [SEEK] = {background_seek, 3},          [SWING] = {background_swings, 8},
        [REPLAY] = {background_replay, 3},      [PAGES] = {background_pages, 8},
        [DESIGN] = {background_designs, 9},     [OUTLOOK] = {background_outlook, 10}};
    static struct simulator simulation = {experiment_run};
    if (pipe2(loop->wake, O_CLOEXEC | O_NONBLOCK) != 0) {
        loop->wake[0] = loop->wake[1] = -1;
        return false;
    }
    terminal_watch(loop->wake[1]);
    for (int i = 0; i < WORKERS; i++)
        if (!(loop->workers[i] =
                  worker_new(kinds[i].function, &simulation, loop->wake[1], kinds[i].nice)))
            return false;
    return true;
}

/* A worker that is still busy keeps its end of the pipe. */
static void stop_workers(struct loop *loop)
{
    if (!workers_end(loop->workers, WORKERS))
        return;
    for (int i = 0; i < 2; i++)
        if (loop->wake[i] >= 0)
            close(loop->wake[i]);
}

static int choose_theme(struct terminal *terminal, const struct loop_options *options)
{
    terminal->sure = options->theme >= 0;
    if (options->theme >= 0)
        return options->theme;
    if (!terminal->colour)
        return THEME_MONO;
    enum background background = terminal_background(terminal, options->terminal, options->colours);
    terminal->sure = background != BACKGROUND_UNKNOWN;
    return background == BACKGROUND_IS_LIGHT ? THEME_LIGHT : THEME_DARK;
}

int loop_run(struct session *session, const struct loop_options *options, int *signal_number,
             struct errors *errors)
{
    struct loop loop = {.wake = {-1, -1}};
    int code = ERROR_SOFTWARE;
    *signal_number = 0;
    clock_gettime(CLOCK_MONOTONIC, &loop.start);
    session->threads = options->jobs;
    if (!terminal_open(&loop.terminal, options->terminal, options->colour, errors)) {
        session_free(session);
        return (int)errors_code(errors);
    }
    loop.app = app_new(session, choose_theme(&loop.terminal, options), loop.terminal.ascii);
    if (loop.app)
        app_set_clock(loop.app, time(NULL));
    if (loop.app && start_workers(&loop)) {
        loop.keeping = keeping_new(&options->keeper, session, loop.wake[1]);
        if (options->keeper.keep && !loop.keeping)
            app_say(loop.app, INK_BAD, "the session is not kept: out of memory");
        code = run(&loop);
    }
    terminal_close(&loop.terminal);
    terminal_watch(-1);
    *signal_number = terminal_signal();
    keeping_end(loop.keeping, errors);
    stop_workers(&loop);
    recovery_release(&loop.recovery);
    app_free(loop.app);
    canvas_release(&loop.canvas);
    return code;
}
