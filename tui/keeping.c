#include "tui/keeping.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/changes.h"

/* Something for the keeper: a state, or another scenario to begin with. */
struct order {
    struct job *job; /* one use; NULL: begin */
    struct changes changes;
    char *text, *name, *folder; /* owned; to begin with */
    struct order *next;
};

struct keeping {
    struct keeper keeper;
    struct source source; /* the text that changes are counted from */
    struct node_tree tree;
    bool lost;             /* the keeper does not know what scenario the session is of */
    struct order *present; /* owned; the state that the session is in; NULL: none yet */
    pthread_t thread;
    pthread_mutex_t lock;       /* guards all below */
    pthread_cond_t changed;     /* first, ended */
    struct order *first, **end; /* owned; what waits */
    bool ended;
    bool trouble, said;
    enum error_code code;
    char message[256];
    int wake;
};

static void order_free(struct order *order)
{
    if (!order)
        return;
    job_done(order->job);
    changes_release(&order->changes);
    free(order->text);
    free(order->name);
    free(order->folder);
    free(order);
}

/* ---- The thread ---- */

static void note_trouble(struct keeping *keeping, const struct errors *errors)
{
    const struct error *error = errors->count ? &errors->items[0] : NULL;
    pthread_mutex_lock(&keeping->lock);
    if (!keeping->trouble) {
        keeping->trouble = true;
        keeping->code = error ? error->code : ERROR_SOFTWARE;
        snprintf(keeping->message, sizeof keeping->message, "%s%s%s",
                 error && error->file ? error->file : "", error && error->file ? ": " : "",
                 error && error->message ? error->message : "out of memory");
        ssize_t written = write(keeping->wake, "", 1);
        (void)written;
    }
    pthread_mutex_unlock(&keeping->lock);
}

struct delivery {
    const struct keeper *keeper;
    const struct order *order;
    struct errors *errors;
};

static bool deliver(void *context, const struct report *report)
{
    const struct delivery *delivery = context;
    const struct changes *changes = &delivery->order->changes;
    const struct settings settings = {(const char *const *)changes->items, changes->count};
    return delivery->keeper->keep(delivery->keeper->context, report, &settings, delivery->errors);
}

/* A state that was left at once: the quick estimate at least. */
static void estimate_now(const struct job *job)
{
    struct estimate estimate = {0};
    struct estimate_options options = {
        .preview = true, .out = job->out, .out_count = job->out_count};
    if (estimate_make(&job->scenario, &options, &estimate))
        standing_free(found_estimate(job, &estimate, true));
    else
        estimate_release(&estimate);
}

static bool keep(const struct keeping *keeping, const struct order *order, struct errors *errors)
{
    struct delivery delivery = {&keeping->keeper, order, errors};
    struct standing *known = found_now(order->job);
    if (!known)
        estimate_now(order->job);
    standing_free(known);
    return !order->changes.failed && found_report(order->job, deliver, &delivery);
}

static void carry_out(struct keeping *keeping, const struct order *order)
{
    struct errors errors;
    const struct keeper *keeper = &keeping->keeper;
    errors_init(&errors);
    bool ok = order->job ? keep(keeping, order, &errors)
              : order->text
                  ? keeper->begin(keeper->context, order->text, order->name, order->folder, &errors)
                  : false;
    if (!ok)
        note_trouble(keeping, &errors);
    errors_release(&errors);
}

/* NULL at the end. */
static struct order *wait_for_order(struct keeping *keeping)
{
    pthread_mutex_lock(&keeping->lock);
    while (!keeping->first && !keeping->ended)
        pthread_cond_wait(&keeping->changed, &keeping->lock);
    struct order *order = keeping->first;
    if (order && !(keeping->first = order->next))
        keeping->end = &keeping->first;
    pthread_mutex_unlock(&keeping->lock);
    return order;
}

static void *keeping_main(void *argument)
{
    struct keeping *keeping = argument;
    for (struct order *order; (order = wait_for_order(keeping)); order_free(order))
        carry_out(keeping, order);
    return NULL;
}

/* Consumes the order; NULL: out of memory. */
static void hand_on(struct keeping *keeping, struct order *order)
{
    struct errors none;
    errors_init(&none);
    if (!order)
        note_trouble(keeping, &none);
    errors_release(&none);
    pthread_mutex_lock(&keeping->lock);
    if (order) {
        *keeping->end = order;
        keeping->end = &order->next;
    }
    pthread_cond_signal(&keeping->changed);
    pthread_mutex_unlock(&keeping->lock);
}

/* ---- The session ---- */

/* Changes are counted from the session's text. */
static void count_from(struct keeping *keeping, const struct session *session)
{
    struct errors errors;
    errors_init(&errors);
    node_tree_release(&keeping->tree);
    source_release(&keeping->source);
    keeping->tree = (struct node_tree){0};
    keeping->source = (struct source){0};
    if (source_copy(&keeping->source, session->text, strlen(session->text), session->name, &errors))
        node_tree_read(&keeping->tree, &keeping->source, &errors);
    errors_release(&errors);
}

/* Peers that are taken out are no part of the text. */
static void add_peers_out(struct changes *changes, const struct session *session)
{
    static const char *const words[] = {[PEER_DOWN] = "down", [PEER_MAINTENANCE] = "maintenance"};
    for (uint32_t p = 0; p < session->scenario.peer_count; p++) {
        char *item = NULL;
        if (session->states[p] == PEER_UP)
            continue;
        if (asprintf(&item, "%s=%s", words[session->states[p]], session->scenario.peers[p].name) <
            0)
            item = NULL;
        changes_add(changes, item);
    }
}

struct keeping *keeping_new(const struct keeper *keeper, const struct session *session, int wake)
{
    struct keeping *keeping = keeper->keep ? calloc(1, sizeof *keeping) : NULL;
    if (!keeping)
        return NULL;
    keeping->keeper = *keeper;
    keeping->end = &keeping->first;
    keeping->wake = wake;
    pthread_mutex_init(&keeping->lock, NULL);
    pthread_cond_init(&keeping->changed, NULL);
    count_from(keeping, session);
    if (pthread_create(&keeping->thread, NULL, keeping_main, keeping) == 0)
        return keeping;
    node_tree_release(&keeping->tree);
    source_release(&keeping->source);
    free(keeping);
    return NULL;
}

static void leave(struct keeping *keeping)
{
    if (keeping->present)
        hand_on(keeping, keeping->present);
    keeping->present = NULL;
}

void keeping_state(struct keeping *keeping, struct session *session)
{
    if (!keeping || keeping->lost)
        return;
    leave(keeping);
    struct order *order = calloc(1, sizeof *order);
    if (order && (order->job = session_job(session))) {
        changes_find(&order->changes, &keeping->tree, &session->tree);
        add_peers_out(&order->changes, session);
        keeping->present = order;
        return;
    }
    order_free(order);
    hand_on(keeping, NULL);
}

void keeping_opened(struct keeping *keeping, struct session *session)
{
    if (!keeping)
        return;
    leave(keeping);
    struct order *order = calloc(1, sizeof *order);
    if (order) {
        order->text = strdup(session->text);
        order->name = strdup(session->name);
        order->folder = strdup(session->folder);
        if (!order->text || !order->name || !order->folder) {
            order_free(order);
            order = NULL;
        }
    }
    keeping->lost = !order;
    hand_on(keeping, order);
    count_from(keeping, session);
}

bool keeping_trouble(struct keeping *keeping, char *message, size_t size)
{
    if (!keeping)
        return false;
    pthread_mutex_lock(&keeping->lock);
    bool news = keeping->trouble && !keeping->said;
    keeping->said = keeping->trouble;
    snprintf(message, size, "%s", keeping->message);
    pthread_mutex_unlock(&keeping->lock);
    return news;
}

void keeping_end(struct keeping *keeping, struct errors *errors)
{
    if (!keeping)
        return;
    leave(keeping);
    pthread_mutex_lock(&keeping->lock);
    keeping->ended = true;
    pthread_cond_signal(&keeping->changed);
    pthread_mutex_unlock(&keeping->lock);
    pthread_join(keeping->thread, NULL);
    if (keeping->trouble && !keeping->said)
        errors_add(errors, keeping->code, NULL, 0, 0, "%s", keeping->message);
    pthread_mutex_destroy(&keeping->lock);
    pthread_cond_destroy(&keeping->changed);
    node_tree_release(&keeping->tree);
    source_release(&keeping->source);
    free(keeping);
}
