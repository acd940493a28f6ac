#include "tui/designing.h"

#include <stdlib.h>
#include <string.h>

#include "data/platforms.h"
#include "data/split.h"
#include "model/base/arena.h"
#include "tui/session.h"

#define CONFIRMED 3 /* of the best are simulated, as `size --confirm` does */

struct designs_work {
    struct trials *trials;
    struct trial_scenario made; /* as it is planned */
    struct design_choice choice;
    const char *platforms[DESIGN_PLATFORMS_MAX]; /* of the table, smallest first */
    size_t platform_count;
    struct design_ask ask; /* of them, those that were chosen */
    struct arena *arena;   /* owned; of the ask */
};

bool design_choice_same(const struct design_choice *a, const struct design_choice *b)
{
    return a->peers_most == b->peers_most && a->clusters_most == b->clusters_most &&
           a->platform == b->platform && a->spare == b->spare && a->all == b->all;
}

void design_news_free(struct design_news *news)
{
    if (!news)
        return;
    arena_free(news->arena);
    free(news);
}

static void work_release(struct job *job)
{
    struct designs_work *work = job->context;
    struct trial_maker maker = trials_maker(work->trials);
    if (work->ask.scenario)
        maker.release(maker.context, &work->made);
    trials_free(work->trials);
    arena_free(work->arena);
    free(work);
}

/* ---- The ask ---- */

static bool make_ask(struct designs_work *work, int threads)
{
    struct errors errors;
    const struct design_choice *choice = &work->choice;
    struct trial_maker maker = trials_maker(work->trials);
    if (!maker.make(maker.context, NULL, 0, &work->made))
        return false;
    errors_init(&errors);
    work->ask = (struct design_ask){
        .scenario = &work->made.scenario,
        .peers_least = 1,
        .peers_most = choice->peers_most ? choice->peers_most : CLUSTER_PEERS_MAX,
        .clusters_least = 1,
        .clusters_most = choice->clusters_most ? choice->clusters_most : DESIGN_CLUSTERS_MAX,
        .spare = choice->spare / 100.0,
        .all = choice->all,
        .jobs = threads,
    };
    struct design_ask *ask = &work->ask;
    work->platform_count = platforms_by_size(
        trials_draft(work->trials), ask->scenario,
        &(struct platform_names){work->platforms, DESIGN_PLATFORMS_MAX, work->arena}, &errors);
    ask->rule_stated = platforms_rule_stated(trials_draft(work->trials), ask->scenario);
    errors_release(&errors);
    for (size_t i = 0; i < work->platform_count; i++)
        if (choice->platform == 0 || (size_t)choice->platform == i + 1)
            ask->platforms[ask->platform_count++] = work->platforms[i];
    return ask->platform_count > 0;
}

struct job *designs_job(const struct session *session, const struct design_choice *choice)
{
    struct designs_work *work = calloc(1, sizeof *work);
    if (!work)
        return NULL;
    *work = (struct designs_work){
        .trials = trials_of_plan(session), .choice = *choice, .arena = arena_new()};
    struct job *job = job_new(work, work_release, session->generation, session->threads);
    if (!job || (work->trials && work->arena))
        return job;
    job_done(job);
    return NULL;
}

/* ---- The worker ---- */

struct teller {
    struct worker *worker;
    const struct job *job;
    bool searched;
};

static bool copy_items(struct design_news *news, const struct designs *found)
{
    size_t pools = (size_t)news->ask.scenario->cluster_count * LICENCE_COUNT;
    struct design *items = arena_alloc(news->arena, found->count + 1, sizeof *items);
    news->designs = *found;
    news->designs.items = items;
    news->designs.ask = &news->ask;
    for (size_t i = 0; items && i < found->count; i++) {
        items[i] = found->items[i];
        if (!items[i].pools)
            continue;
        int64_t *own = arena_alloc(news->arena, pools, sizeof *own);
        if (!own)
            return false;
        items[i].pools = memcpy(own, items[i].pools, pools * sizeof *own);
    }
    return items != NULL;
}

/* Names of limits and of rules are static; platforms are copied. */
static struct design_news *news_of(const struct designs_work *work, const struct designs *found)
{
    struct design_news *news = calloc(1, sizeof *news);
    if (!news || !(news->arena = arena_new())) {
        free(news);
        return NULL;
    }
    news->choice = work->choice;
    news->ask = work->ask;
    bool ok = copy_items(news, found);
    for (size_t i = 0; ok && i < news->ask.platform_count; i++)
        ok = (news->ask.platforms[i] = arena_strdup(news->arena, news->ask.platforms[i])) != NULL;
    for (size_t i = 0; ok && i < work->platform_count; i++)
        ok = (news->platforms[i] = arena_strdup(news->arena, work->platforms[i])) != NULL;
    news->platform_count = work->platform_count;
    news->ask.scenario = NULL;
    news->ask.stop = NULL;
    if (ok)
        return news;
    design_news_free(news);
    return NULL;
}

static void publish(const struct teller *teller, const struct designs *found, bool finished)
{
    struct design_news *news = news_of(teller->job->context, found);
    if (!news)
        return;
    news->generation = teller->job->generation;
    news->searched = teller->searched;
    news->finished = finished;
    worker_publish(teller->worker, teller->job, (struct news){.designs = news});
}

static void told(void *context, const struct designs *so_far)
{
    publish(context, so_far, false);
}

void background_designs(struct worker *worker, const struct job *job, void *context)
{
    struct designs_work *work = job->context;
    struct teller teller = {worker, job, false};
    struct designs designs = {.at_bounds = ""};
    (void)context;
    struct trial_maker maker = trials_maker(work->trials);
    if (!work->ask.scenario && !make_ask(work, job->threads))
        return;
    work->ask.stop = worker_stop(worker);
    work->ask.told = told;
    work->ask.context = &teller;
    bool ok = designs_find(&maker, &work->ask, &designs);
    teller.searched = true;
    if (ok && !designs.stopped) {
        publish(&teller, &designs, false);
        ok = designs_confirm(&maker, &designs, CONFIRMED);
    }
    if (ok && !designs.stopped && !atomic_load(worker_stop(worker)))
        publish(&teller, &designs, true);
    designs_release(&designs);
}

/* ---- Taking one ---- */

char *design_name(const struct design_news *news, size_t number, char *buffer)
{
    const struct design *d = &news->designs.items[number];
    char peers[DESIGN_WORDS_SIZE], platforms[DESIGN_WORDS_SIZE];
    design_peers(d, peers);
    design_platforms(d, &news->ask, platforms);
    if (news->designs.cluster_count > 1 && !d->part_count)
        snprintf(peers, sizeof peers, "%d + %d", d->peers, d->peers);
    int n = d->clusters > 1 ? snprintf(buffer, DESIGN_WORDS_SIZE, "%d of ", d->clusters) : 0;
    snprintf(buffer + n, DESIGN_WORDS_SIZE - (size_t)n, "%.60s x %.100s", peers, platforms);
    return buffer;
}

/* Shape and licences as settings; how many, 0 when it cannot be built. */
static size_t settings_of(const struct trials *trials, const struct design *design,
                          const struct design_ask *ask, struct arena *arena,
                          const char *settings[static DESIGN_SETTINGS_MAX])
{
    struct trial_scenario made;
    struct trial_maker maker = trials_maker((struct trials *)trials);
    size_t count = design_shape(design, ask, arena, settings);
    if (!count || !maker.make(maker.context, settings, count, &made))
        return 0;
    count = design_settings(design, ask, &made.scenario, arena, settings);
    maker.release(maker.context, &made);
    return count;
}

char *design_text(const struct session *session, const struct design_news *news, size_t number,
                  struct errors *errors)
{
    const char *settings[DESIGN_SETTINGS_MAX];
    const struct design *design = &news->designs.items[number];
    struct arena *arena = arena_new();
    struct trials *trials = trials_of_plan(session);
    size_t count = arena && trials ? settings_of(trials, design, &news->ask, arena, settings) : 0;
    struct settings all = {settings, count};
    char *text = count ? draft_text(trials_draft(trials), &all, errors) : NULL;
    if (text && design->clusters > 1) {
        char *one = text;
        text = split_text(one, session->name, design->clusters, errors);
        free(one);
    }
    trials_free(trials);
    arena_free(arena);
    return text;
}
