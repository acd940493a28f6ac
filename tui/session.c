#include "tui/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/scenario_file.h"
#include "data/scenario_patch.h"
#include "data/workload.h"
#include "model/base/arena.h"
#include "tui/outlook.h"
#include "tui/place.h"
#include "tui/trials.h"

/* ---- Reading ---- */

static bool read_scenario(const struct session *session, const char *text,
                          struct scenario *scenario, struct errors *errors)
{
    bool ok =
        scenario_read_text(text, strlen(text), session->name, session->folder, scenario, errors);
    if (ok && scenario->cluster_count == 0) {
        errors_add(errors, ERROR_DATA, session->name, 0, 0, "a scenario needs a cluster");
        ok = false;
    }
    if (!ok)
        scenario_release(scenario);
    return ok;
}

static void read_tree(struct session *session)
{
    struct errors errors;
    errors_init(&errors);
    node_tree_release(&session->tree);
    source_release(&session->source);
    session->tree = (struct node_tree){0};
    session->source = (struct source){0};
    if (source_copy(&session->source, session->text, strlen(session->text), session->name, &errors))
        node_tree_read(&session->tree, &session->source, &errors);
    errors_release(&errors);
}

/* States go with the names of peers. */
static enum peer_state *carry_states(const struct scenario *from, const enum peer_state *states,
                                     const struct scenario *to)
{
    enum peer_state *carried = calloc(to->peer_count + 1, sizeof *carried);
    for (uint32_t i = 0; carried && i < to->peer_count; i++) {
        for (uint32_t j = 0; states && j < from->peer_count; j++)
            if (!strcmp(from->peers[j].name, to->peers[i].name) &&
                !strcmp(from->clusters[from->peers[j].cluster].name,
                        to->clusters[to->peers[i].cluster].name))
                carried[i] = states[j];
    }
    return carried;
}

/* Results of another state are let go; how it stood stays in sight until more is known. */
static void refresh(struct session *session)
{
    job_done(session->job);
    session->job = NULL;
    for (int i = 0; i < session->pin_count; i++) {
        pairing_free(session->pins[i].pairing);
        session->pins[i].pairing = NULL;
    }
    results_let_go(session->results);
    session->results = NULL;
    session->generation++;
    session->stale = true;
    session->lasts[0] = '\0';
}

/* ---- Life ---- */

struct session *session_new(const char *text, size_t length, const struct session_origin *origin,
                            struct errors *errors)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->path = origin->path ? strdup(origin->path) : NULL;
    session->name = strdup(origin->name);
    session->folder = strdup(origin->folder);
    session->text = strndup(text, length);
    session->saved = strndup(text, length);
    if (!session->name || !session->folder || !session->text || !session->saved ||
        !read_scenario(session, session->text, &session->scenario, errors)) {
        session_free(session);
        return NULL;
    }
    session->states = carry_states(&session->scenario, NULL, &session->scenario);
    read_tree(session);
    refresh(session);
    return session;
}

static void past_release(struct past *moment)
{
    free(moment->text);
    free(moment->what);
    free(moment->states);
    *moment = (struct past){0};
}

static void pasts_release(struct past *moments, int *count)
{
    while (*count > 0)
        past_release(&moments[--*count]);
}

void session_free(struct session *session)
{
    if (!session)
        return;
    pasts_release(session->undo, &session->undo_count);
    pasts_release(session->redo, &session->redo_count);
    standing_free(session->standing);
    results_let_go(session->results);
    job_done(session->job);
    while (session->pin_count > 0)
        session_unpin(session, 0);
    node_tree_release(&session->tree);
    source_release(&session->source);
    scenario_release(&session->scenario);
    free(session->states);
    free(session->text);
    free(session->saved);
    free(session->folder);
    free(session->name);
    free(session->path);
    free(session);
}

/* ---- Change and undo ---- */

static void past_take(struct past *moment, const struct session *session, const char *what)
{
    *moment = (struct past){
        .text = strdup(session->text), .what = strdup(what), .peers = session->scenario.peer_count};
    moment->states = calloc(moment->peers + 1, sizeof *moment->states);
    if (moment->states)
        memcpy(moment->states, session->states, moment->peers * sizeof *moment->states);
}

static void push(struct past *moments, int *count, struct past moment)
{
    if (*count == SESSION_UNDO) {
        past_release(&moments[0]);
        memmove(moments, moments + 1, (SESSION_UNDO - 1) * sizeof *moments);
        --*count;
    }
    moments[(*count)++] = moment;
}

static void remember(struct session *session, const char *what)
{
    struct past moment;
    past_take(&moment, session, what);
    push(session->undo, &session->undo_count, moment);
    pasts_release(session->redo, &session->redo_count);
}

/* Takes over a scenario and its text. */
static void adopt(struct session *session, char *text, struct scenario *scenario,
                  enum peer_state *states)
{
    scenario_release(&session->scenario);
    free(session->text);
    free(session->states);
    session->scenario = *scenario;
    session->text = text;
    session->states = states;
    read_tree(session);
    refresh(session);
}

bool session_replace(struct session *session, char *text, const char *what, struct errors *errors)
{
    struct scenario scenario = {0};
    if (!text || !read_scenario(session, text, &scenario, errors)) {
        free(text);
        return false;
    }
    enum peer_state *states = carry_states(&session->scenario, session->states, &scenario);
    if (!states) {
        scenario_release(&scenario);
        free(text);
        return false;
    }
    remember(session, what);
    adopt(session, text, &scenario, states);
    return true;
}

/* "peer1.rms": the innermost item and its key, as settings name them. */
static const char *short_place(const struct session *session, const char *path, char *buffer,
                               size_t size)
{
    const char *place = place_setting(&session->tree, path, PLACE_NAMED, buffer, size);
    const char *last = place, *item = place;
    bool quoted = false;
    for (const char *at = place; *at; at++) {
        quoted = quoted != (*at == '"');
        if (*at != '.' || quoted)
            continue;
        item = last;
        last = at + 1;
    }
    return item;
}

bool session_set(struct session *session, const char *path, const char *value,
                 struct errors *errors)
{
    char what[768], place[512];
    snprintf(what, sizeof what, "%s %s", short_place(session, path, place, sizeof place), value);
    char *text = patch_set(&session->tree, path, value, errors);
    return text && session_replace(session, text, what, errors);
}

bool session_apply(struct session *session, const struct settings *settings, const char *what,
                   struct errors *errors)
{
    struct draft *draft = draft_new(session->text, session->name, session->folder, errors);
    char *text = draft ? draft_text(draft, settings, errors) : NULL;
    draft_free(draft);
    return text && session_replace(session, text, what, errors);
}

bool session_append(struct session *session, const char *list, char *item, struct errors *errors)
{
    char what[256];
    snprintf(what, sizeof what, "%s: %s", list, item ? item : "");
    char *text = item ? patch_insert(&session->tree, list, UINT32_MAX, item, errors) : NULL;
    free(item);
    return text && session_replace(session, text, what, errors);
}

bool session_remove(struct session *session, const char *path, struct errors *errors)
{
    char what[256];
    snprintf(what, sizeof what, "without %s", path);
    char *text = patch_remove(&session->tree, path, errors);
    return text && session_replace(session, text, what, errors);
}

bool session_duplicate(struct session *session, const char *path, struct errors *errors)
{
    char what[256];
    snprintf(what, sizeof what, "one more like %s", path);
    char *text = patch_duplicate(&session->tree, path, errors);
    return text && session_replace(session, text, what, errors);
}

void session_set_peer(struct session *session, uint32_t peer, enum peer_state state)
{
    static const char *const verbs[] = {"back", "in maintenance", "killed"};
    char what[128];
    snprintf(what, sizeof what, "%s %s", session->scenario.peers[peer].name, verbs[state]);
    remember(session, what);
    session->states[peer] = state;
    refresh(session);
}

static uint32_t peers_in(const struct session *session, enum peer_state state, uint32_t *peers)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < session->scenario.peer_count; i++)
        if (session->states[i] == state)
            peers[count++] = i;
    return count;
}

uint32_t session_out(const struct session *session, uint32_t *peers)
{
    uint32_t count = peers_in(session, PEER_DOWN, peers);
    return count + peers_in(session, PEER_MAINTENANCE, peers + count);
}

/* Before those that are there at time 0. */
bool session_add_steps(struct scenario *scenario, const struct session_step *taken, size_t count)
{
    uint32_t before = 0, old = scenario->step_count, added = (uint32_t)count;
    struct step *steps =
        count ? arena_alloc(scenario->arena, old + count, sizeof *steps) : scenario->steps;
    if (count == 0)
        return true;
    if (!steps)
        return false;
    while (before < old && scenario->steps[before].at < 0)
        before++;
    for (uint32_t i = 0; i < old; i++)
        steps[i < before ? i : i + added] = scenario->steps[i];
    for (uint32_t i = 0; i < added; i++)
        steps[before + i] =
            (struct step){.kind = taken[i].state == PEER_DOWN ? STEP_FAIL : STEP_DRAIN,
                          .peer = taken[i].peer,
                          .planned = taken[i].state == PEER_MAINTENANCE};
    scenario->steps = steps;
    scenario->step_count += added;
    return true;
}

/* Maintenance begins with the measured time, as a drain without an end. */
static bool add_drains(const struct session *session, struct scenario *scenario)
{
    struct session_step *drained = calloc(scenario->peer_count + 1, sizeof *drained);
    size_t count = 0;
    for (uint32_t i = 0; drained && i < scenario->peer_count; i++)
        if (session->states[i] == PEER_MAINTENANCE)
            drained[count++] = (struct session_step){i, PEER_MAINTENANCE};
    bool ok = drained && session_add_steps(scenario, drained, count);
    free(drained);
    return ok;
}

/* The scenario's file does not say which peers the session took out: results do. */
static bool add_notes(const struct session *session, struct scenario *scenario)
{
    uint32_t count = scenario->note_count;
    const char **notes =
        arena_alloc(scenario->arena, count + (size_t)scenario->peer_count + 1, sizeof *notes);
    if (!notes)
        return false;
    if (count)
        memcpy(notes, scenario->notes, count * sizeof *notes);
    for (uint32_t i = 0; i < scenario->peer_count; i++) {
        if (session->states[i] == PEER_UP)
            continue;
        notes[count++] =
            arena_printf(scenario->arena, "%s is %s in this state", scenario->peers[i].name,
                         session->states[i] == PEER_DOWN ? "down" : "in maintenance");
        if (!notes[count - 1])
            return false;
    }
    scenario->notes = notes;
    scenario->note_count = count;
    return true;
}

bool session_can_undo(const struct session *session)
{
    return session->undo_count > 0;
}

bool session_can_redo(const struct session *session)
{
    return session->redo_count > 0;
}

/* A moment is read again: its files may have changed, then it may be no scenario any more and
 * nothing happens. */
static const char *travel(struct session *session, struct past *from, int *from_count,
                          struct past *to, int *to_count)
{
    struct past moment = from[--*from_count], here;
    struct scenario scenario = {0};
    struct errors errors;
    errors_init(&errors);
    bool ok = read_scenario(session, moment.text, &scenario, &errors) &&
              scenario.peer_count == moment.peers;
    errors_release(&errors);
    if (!ok) {
        scenario_release(&scenario);
        past_release(&moment);
        return "nothing: the files of that state have changed";
    }
    past_take(&here, session, moment.what);
    push(to, to_count, here);
    adopt(session, moment.text, &scenario, moment.states);
    free(moment.what);
    return here.what;
}

bool session_go_to(struct session *session, const char *text, const enum peer_state *states,
                   uint32_t peers, const char *what)
{
    struct scenario scenario = {0};
    struct errors errors;
    errors_init(&errors);
    char *copy = strdup(text);
    enum peer_state *own = calloc(peers + 1, sizeof *own);
    bool ok = copy && own && read_scenario(session, copy, &scenario, &errors) &&
              scenario.peer_count == peers;
    errors_release(&errors);
    if (!ok) {
        scenario_release(&scenario);
        free(copy);
        free(own);
        return false;
    }
    memcpy(own, states, peers * sizeof *own);
    remember(session, what);
    adopt(session, copy, &scenario, own);
    return true;
}

const char *session_undo(struct session *session)
{
    return travel(session, session->undo, &session->undo_count, session->redo,
                  &session->redo_count);
}

const char *session_redo(struct session *session)
{
    return travel(session, session->redo, &session->redo_count, session->undo,
                  &session->undo_count);
}

bool session_modified(const struct session *session)
{
    return strcmp(session->text, session->saved) != 0;
}

char *session_file_now(const struct session *session)
{
    struct source source = {0};
    struct errors errors;
    char *text = NULL;
    errors_init(&errors);
    if (session->path && source_read(&source, session->path, &errors))
        text = strndup(source.text, source.length);
    source_release(&source);
    errors_release(&errors);
    return text;
}

bool session_changed_outside(const struct session *session)
{
    char *now = session_file_now(session);
    bool changed = now && strcmp(now, session->saved) != 0;
    free(now);
    return changed;
}

void session_read_again(struct session *session, char *text)
{
    free(session->saved);
    session->saved = text;
}

void session_saved(struct session *session, const char *path)
{
    char *saved = strdup(session->text), *copy = strdup(path);
    if (!saved || !copy) {
        free(saved);
        free(copy);
        return;
    }
    free(session->saved);
    free(session->path);
    session->saved = saved;
    session->path = copy;
}

/* ---- Comparison and results ---- */

void session_take(struct session *session, struct standing *standing, struct results *results)
{
    const struct standing *here = session->standing;
    if (results) {
        results_let_go(session->results);
        session->results = results;
    }
    if (!standing)
        return;
    if (here && !session->stale && here->sequence > standing->sequence) {
        standing_free(standing);
        return;
    }
    standing_free(session->standing);
    session->standing = standing;
    session->stale = false;
}

static void job_release(struct job *job)
{
    scenario_release(&job->scenario);
    workload_free(job->context);
}

static struct job *make_job(const struct session *session)
{
    struct errors errors;
    errors_init(&errors);
    struct job *job = calloc(1, sizeof *job);
    bool ok = job && (job->down = calloc(session->scenario.peer_count + 1, sizeof *job->down)) &&
              (job->out = calloc(session->scenario.peer_count + 1, sizeof *job->out)) &&
              (job->found = found_new()) &&
              read_scenario(session, session->text, &job->scenario, &errors);
    errors_release(&errors);
    if (ok && (!add_notes(session, &job->scenario) || !add_drains(session, &job->scenario))) {
        scenario_release(&job->scenario);
        ok = false;
    }
    if (!ok) {
        if (job)
            free(job->down), free(job->out), found_free(job->found);
        free(job);
        return NULL;
    }
    job->down_count = peers_in(session, PEER_DOWN, job->down);
    job->out_count = session_out(session, job->out);
    job->generation = session->generation;
    job->threads = session->threads;
    job->trials = trials_new(session);
    job->release = job_release;
    job->users = 1;
    if (job->scenario.trace_count) {
        struct workload *workload = workload_new(session->folder, &job->scenario.run, false);
        job->context = workload;
        if (workload)
            job->traces = workload_traces(workload, &job->scenario);
    }
    return job;
}

struct job *session_job(struct session *session)
{
    if (!session->job)
        session->job = make_job(session);
    return session->job ? job_use(session->job) : NULL;
}

void session_take_outlook(struct session *session, const struct outlook *outlook)
{
    if (outlook->generation == session->generation)
        outlook_words(&outlook->forecast, session->lasts, sizeof session->lasts);
}

/* ---- Pins ---- */

const char *session_label(const struct session *session)
{
    return session->undo_count ? session->undo[session->undo_count - 1].what : "as found";
}

int session_pinned(const struct session *session)
{
    for (int i = 0; i < session->pin_count; i++)
        if (session->pins[i].generation == session->generation)
            return i;
    return -1;
}

void session_unpin(struct session *session, int number)
{
    pin_release(&session->pins[number]);
    memmove(&session->pins[number], &session->pins[number + 1],
            (size_t)(session->pin_count - number - 1) * sizeof *session->pins);
    session->pins[--session->pin_count] = (struct pin){0};
}

char session_pin(struct session *session)
{
    int number = session_pinned(session);
    if (number >= 0) {
        session_unpin(session, number);
        return 0;
    }
    if (session->pin_count == PINS_MAX)
        return 0;
    struct pin pin = {.generation = session->generation,
                      .label = strdup(session_label(session)),
                      .text = strdup(session->text),
                      .peers = session->scenario.peer_count,
                      .states = calloc(session->scenario.peer_count + 1, sizeof *pin.states),
                      .job = session_job(session)};
    if (pin.states)
        memcpy(pin.states, session->states, pin.peers * sizeof *pin.states);
    if (!pin.label || !pin.text || !pin.states || !pin.job) {
        pin_release(&pin);
        return 0;
    }
    session->pins[session->pin_count] = pin;
    return (char)('A' + session->pin_count++);
}

void session_take_pin(struct session *session, unsigned pin, struct standing *standing,
                      struct pairing *pairing)
{
    for (int i = 0; i < session->pin_count; i++) {
        struct pin *p = &session->pins[i];
        if (p->generation != pin)
            continue;
        if (standing && (!p->standing || p->standing->sequence < standing->sequence)) {
            standing_free(p->standing);
            p->standing = standing;
            standing = NULL;
        }
        if (pairing && pairing->present == session->generation) {
            pairing_free(p->pairing);
            p->pairing = pairing;
            pairing = NULL;
        }
    }
    standing_free(standing);
    pairing_free(pairing);
}

struct job *session_pins_job(struct session *session)
{
    struct job *pins[PINS_MAX];
    int count = session->pin_count;
    if (count == 0 || (count == 1 && session_pinned(session) == 0))
        return NULL;
    struct job *present = session_job(session);
    for (int i = 0; i < count; i++)
        pins[i] = session->pins[i].job;
    struct job *job = present ? pins_job(present, pins, count) : NULL;
    job_done(present);
    return job;
}
