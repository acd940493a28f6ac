#include "sim/engine/outages.h"

#include <stdlib.h>

#include "model/licences.h"
#include "sim/engine/calls.h"
#include "sim/engine/measuring.h"

/* How long a peer is lost before the product says "hours" and "days"; the documents give no
 * figures. */
#define LOST_HOURS (1 * HOUR)
#define LOST_DAYS  (1 * DAY)

static struct peer_load *peer_of(struct simulation *sim, uint32_t peer, uint32_t *cluster)
{
    *cluster = sim->scenario->peers[peer].cluster;
    return &sim->clusters[*cluster].peers[peer - sim->scenario->clusters[*cluster].first_peer];
}

static bool is_away(uint8_t state)
{
    return state & AWAY_ANY;
}

static bool is_draining(uint8_t state)
{
    return !is_away(state) && state & DRAIN_ANY;
}

/* ---- Licences ---- */

static void pool_changes(struct simulation *sim, uint32_t c)
{
    const struct cluster *cluster = &sim->scenario->clusters[c];
    struct cluster_state *state = &sim->clusters[c];
    if (!cluster->licensed[LICENCE_RMS])
        return;
    struct licence_share shares[CLUSTER_PEERS_MAX];
    for (uint32_t i = 0; i < cluster->peer_count;
         i++) { /* a peer that is not in the cluster brings nothing */
        bool absent = state->peers[i].state & AWAY_ABSENT;
        shares[i].installed =
            absent ? 0 : sim->scenario->peers[cluster->first_peer + i].licences[LICENCE_RMS];
        shares[i].away_since = state->peers[i].lost_since;
    }
    int64_t sum = licence_pool_size(shares, cluster->peer_count, cluster->licences[LICENCE_RMS],
                                    cluster->licence_grace, sim->now);
    struct meter *rms = &state->rms;
    bool licences = 2 * sum <= state->rms_capacity;
    measuring_pool(state, sim->now);
    rms->limit = licences ? 2 * sum : state->rms_capacity;
    watch_move(sim, &rms->watch, rms->limit, licences ? WATCH_RMS_LICENCES : WATCH_RMS_CAPACITY, c);
    meter_alert(sim, rms, c, NONE);
}

static uint32_t lost_peers(const struct simulation *sim, uint32_t c)
{
    uint32_t lost = 0;
    for (uint32_t i = 0; i < sim->clusters[c].peer_count; i++)
        lost += sim->clusters[c].peers[i].lost_since != FOREVER;
    return lost;
}

static bool installs_licences(const struct simulation *sim, uint32_t peer)
{
    const struct peer *p = &sim->scenario->peers[peer];
    return p->licences[LICENCE_RMS] || p->licences[LICENCE_DESKTOP] || p->licences[LICENCE_ROOM];
}

/* The stages of a lost peer: each alarm takes the place of the one before; none is left when the
 * peer is back. */
static const struct {
    int one, several;
    const char *text;
} lost_stages[] = {
    {30012, 30013, "lost for hours: its licences stay in the pool for a while"},
    {30014, 30015, "lost for days: its licences will leave the pool"},
    {30016, 30017, "its licences have left the pool"},
};

/* The stage of a lost peer, if it is at one. */
static void say_lost(struct simulation *sim, uint32_t peer, bool raised, const char *text)
{
    uint32_t c;
    const struct peer_load *state = peer_of(sim, peer, &c);
    if (state->lost_alarm)
        alarm_raise(sim, (struct alarm){.id = state->lost_alarm,
                                        .raised = raised,
                                        .cluster = c,
                                        .peer = peer,
                                        .text = text});
}

static void lost_stage(struct simulation *sim, uint32_t peer, size_t stage)
{
    uint32_t c;
    struct peer_load *state = peer_of(sim, peer, &c);
    if (state->lost_alarm && stage < state->lost_stage)
        return; /* a short grace: its licences had gone before */
    say_lost(sim, peer, false, "the next stage is reached");
    state->lost_stage = (uint8_t)stage;
    state->lost_alarm =
        lost_peers(sim, c) > 1 ? lost_stages[stage].several : lost_stages[stage].one;
    state->lost_text = lost_stages[stage].text;
    say_lost(sim, peer, true, state->lost_text);
}

static void licences_go(struct simulation *sim, uint32_t peer)
{
    uint32_t c = sim->scenario->peers[peer].cluster;
    if (installs_licences(sim, peer))
        lost_stage(sim, peer, 2);
    pool_changes(sim, c);
    if (sim->registrations)
        registrations_pool_changed(sim->registrations, c, sim->now);
}

/* ---- Keys ---- */

static void say_key(struct simulation *sim, uint32_t peer, bool raised, const char *text)
{
    alarm_raise(sim, (struct alarm){.id = licence_key_alarm(LICENCE_RMS),
                                    .raised = raised,
                                    .cluster = sim->scenario->peers[peer].cluster,
                                    .peer = peer,
                                    .text = text});
}

static void outages_watch_key(struct simulation *sim, uint32_t peer)
{
    uint32_t c;
    struct peer_load *state = peer_of(sim, peer, &c);
    state->units.watch.armed = licence_key_missing(sim->scenario, peer, LICENCE_RMS) &&
                               sim->plan->carries[c] & CARRIES_RMS;
    meter_aim(sim, &state->units);
}

void outages_check_key(struct simulation *sim, uint32_t peer)
{
    uint32_t c;
    struct peer_load *state = peer_of(sim, peer, &c);
    if (state->rms == 0)
        return;
    state->units.watch.armed = false;
    state->keyless = true;
    say_key(sim, peer, true, licence_key_text(LICENCE_RMS, sim->clusters[c].holders_out));
}

static void forget_key(struct simulation *sim, uint32_t peer)
{
    uint32_t c;
    struct peer_load *state = peer_of(sim, peer, &c);
    if (state->keyless)
        say_key(sim, peer, false, "the peer is away");
    state->keyless = state->units.watch.armed = false;
    meter_aim(sim, &state->units);
}

/* A peer went or came back: whether those that lack a key may ignore it is said anew. */
static void follow_holders(struct simulation *sim, uint32_t c)
{
    struct cluster_state *cluster = &sim->clusters[c];
    unsigned away = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        away |= is_away(cluster->peers[i].state) ? 1u << i : 0;
    bool out = licence_holders_out(sim->scenario, c, LICENCE_RMS, away);
    if (out == cluster->holders_out)
        return;
    cluster->holders_out = out;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        uint32_t peer = sim->scenario->clusters[c].first_peer + i;
        if (!cluster->peers[i].keyless)
            continue;
        say_key(sim, peer, false,
                out ? "the peers that hold the licences are out"
                    : "a peer that holds licences is back");
        say_key(sim, peer, true, licence_key_text(LICENCE_RMS, out));
    }
}

void outages_repeat(struct simulation *sim, uint32_t peer)
{
    uint32_t c;
    struct peer_load *state = peer_of(sim, peer, &c);
    say_lost(sim, peer, true, state->lost_text);
    if (state->keyless)
        say_key(sim, peer, true, licence_key_text(LICENCE_RMS, sim->clusters[c].holders_out));
}

/* ---- Configuration ---- */

/* Changes and rounds are entries of the agenda: the first of them, again when an earlier one turns
 * up. */
static void schedule_configuration(struct simulation *sim)
{
    nanos next = configurations_next(&sim->configurations);
    if (next >= sim->configuration_due)
        return;
    sim->configuration_due = next;
    simulation_schedule(sim, next, EVENT_CONFIGURATION, 0, 0);
}

static void outages_configure(struct simulation *sim)
{
    while (configurations_next(&sim->configurations) <= sim->now)
        configurations_step(&sim->configurations);
    sim->configuration_due = FOREVER;
    schedule_configuration(sim);
}

/* ---- States ---- */

static void count_time(struct simulation *sim, struct cluster_state *cluster,
                       struct peer_load *peer)
{
    nanos passed = time_since(sim->now, peer->state_since);
    if (!is_away(peer->state))
        peer->up_time += passed;
    if (is_draining(peer->state))
        peer->drain_time += passed;
    peer->state_since = sim->now;
    cluster->up_time[__builtin_popcount(cluster->live)] += time_since(sim->now, cluster->up_since);
    cluster->up_since = sim->now;
}

void outages_set_choosable(struct simulation *sim, uint32_t c)
{
    struct cluster_state *cluster = &sim->clusters[c];
    cluster->choosable = cluster->live | cluster->undetected;
    cluster->settled = !cluster->undetected && cluster->choosable;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        const struct peer_load *peer = &cluster->peers[i];
        if (cluster->undetected >> i & 1)
            continue;
        int64_t available = cluster->sessions ? peer->sessions_limit - peer->sessions
                                              : peer->units.limit - peer->units.used;
        cluster->keys[i] = available * KEY_STEP - (cluster->live >> i & 1 ? 0 : NOT_CHOOSABLE);
    }
}

static void goes_away(struct simulation *sim, uint32_t peer, uint32_t c, bool planned,
                      bool was_live)
{
    struct cluster_state *cluster = &sim->clusters[c];
    const struct cluster *stated = &sim->scenario->clusters[c];
    uint32_t local = peer - stated->first_peer;
    struct peer_load *state = &cluster->peers[local];
    int64_t stale = cluster->keys[local];
    calls_cut(sim, c, local);
    if (sim->registrations)
        registrations_peer_down(sim->registrations, peer, sim->now);
    if (stated->detect > 0 && !planned && was_live) { /* others go on with what they last knew */
        cluster->undetected |= (uint8_t)(1u << local);
        cluster->keys[local] = stale;
        simulation_schedule(sim, time_after(sim->now, stated->detect), EVENT_DETECTED, peer,
                            state->generation);
    }
    forget_key(sim, peer);
    follow_holders(sim, c);
    state->lost_since = sim->now;
    configurations_peer_down(&sim->configurations, peer, planned, sim->now);
    schedule_configuration(sim);
    if (state->state & AWAY_ABSENT)
        return;
    if (installs_licences(sim, peer)) {
        simulation_schedule(sim, time_after(sim->now, LOST_HOURS), EVENT_LOST_HOURS, peer,
                            state->generation);
        simulation_schedule(sim, time_after(sim->now, LOST_DAYS), EVENT_LOST_DAYS, peer,
                            state->generation);
    }
    if (stated->licence_grace == 0)
        licences_go(sim, peer);
    else if (stated->licence_grace != FOREVER)
        simulation_schedule(sim, time_after(sim->now, stated->licence_grace), EVENT_GRACE, peer,
                            state->generation);
}

static void comes_back(struct simulation *sim, uint32_t peer, uint32_t c)
{
    struct cluster_state *cluster = &sim->clusters[c];
    struct peer_load *state = &cluster->peers[peer - sim->scenario->clusters[c].first_peer];
    say_lost(sim, peer, false, "the peer is back");
    state->lost_alarm = 0;
    state->lost_since = FOREVER;
    state->generation++;
    configurations_peer_up(&sim->configurations, peer, sim->now);
    schedule_configuration(sim);
    pool_changes(sim, c);
    outages_watch_key(sim, peer);
    follow_holders(sim, c);
    if (sim->registrations)
        registrations_peer_up(sim->registrations, peer, sim->now);
}

static void note_drain(struct simulation *sim, uint32_t peer, bool was, bool is, bool away)
{
    if (is && !was) {
        uint32_t c = sim->scenario->peers[peer].cluster;
        calls_cut_drained(sim, c, peer - sim->scenario->clusters[c].first_peer);
        configurations_peer_drain(&sim->configurations, peer, sim->now);
        if (sim->registrations)
            registrations_peer_drain(sim->registrations, peer, sim->now);
    } else if (was && !is && !away) {
        configurations_peer_up(&sim->configurations, peer, sim->now);
    }
    schedule_configuration(sim);
}

/* The only place where a peer's state changes. */
static void change_state(struct simulation *sim, uint32_t peer, unsigned set, unsigned clear,
                         bool planned)
{
    uint32_t c;
    struct peer_load *state = peer_of(sim, peer, &c);
    struct cluster_state *cluster = &sim->clusters[c];
    uint8_t before = state->state, after = (uint8_t)((before & ~clear) | set);
    if (before == after)
        return;
    uint8_t bit = (uint8_t)(1u << (peer - sim->scenario->clusters[c].first_peer));
    count_time(sim, cluster, state);
    state->state = after;
    cluster->live = (uint8_t)(is_away(after) || is_draining(after) ? cluster->live & ~bit
                                                                   : cluster->live | bit);
    if (is_away(after) && !is_away(before))
        goes_away(sim, peer, c, planned, !is_draining(before));
    else if (!is_away(after))
        cluster->undetected &= (uint8_t)~bit;
    outages_set_choosable(sim, c);
    if (is_away(before) && !is_away(after))
        comes_back(sim, peer, c);
    note_drain(sim, peer, is_draining(before), is_draining(after), is_away(after));
    if (is_draining(before) && !is_draining(after) && !is_away(after) && sim->registrations)
        registrations_peer_up(sim->registrations, peer, sim->now);
}

/* ---- Scripted steps ---- */

static void schedule_step(struct simulation *sim)
{
    if (sim->next_step < sim->scenario->step_count)
        simulation_schedule(sim, sim->scenario->steps[sim->next_step].at, EVENT_STEP,
                            sim->next_step, 0);
}

static void do_step(struct simulation *sim, const struct step *step)
{
    uint32_t c = sim->scenario->peers[step->peer].cluster;
    sim->scripted = sim->plan->script.of_step[step - sim->scenario->steps];
    if (sim->scripted != NONE && step->kind != STEP_UP)
        scripted_begin(sim, sim->scripted);
    if (sim->registrations)
        registrations_scripted(sim->registrations, sim->scripted);
    switch (step->kind) {
    case STEP_DRAIN:
        change_state(sim, step->peer, DRAIN_SCRIPT, 0, true);
        break;
    case STEP_FAIL:
        change_state(sim, step->peer, AWAY_SCRIPT, DRAIN_SCRIPT, step->planned);
        break;
    case STEP_UP:
        change_state(sim, step->peer, 0, AWAY_SCRIPT | DRAIN_SCRIPT, true);
        break;
    case STEP_UPGRADE_BEGIN:
        configurations_upgrade(&sim->configurations, c, true, sim->now);
        break;
    case STEP_UPGRADE_END:
        configurations_upgrade(&sim->configurations, c, false, sim->now);
        schedule_configuration(sim);
        break;
    }
}

/* ---- Random outages ---- */

static nanos draw(const struct random_outage *outage, struct stream *stream, double mean)
{
    double variate = outage->law == LAW_DETERMINISTIC ? 1 : stream_exponential(stream);
    return nanos_round(variate * mean * (double)SECOND);
}

static struct stream *outage_stream(struct simulation *sim, uint32_t index, uint32_t peer)
{
    uint32_t c = sim->scenario->peers[peer].cluster;
    return &sim->shops[index].streams[peer - sim->scenario->clusters[c].first_peer];
}

static void schedule_outage(struct simulation *sim, uint32_t index, uint32_t peer,
                            enum agenda_kind kind, double mean)
{
    nanos wait = draw(&sim->scenario->outages[index], outage_stream(sim, index, peer), mean);
    simulation_schedule(sim, time_after(sim->now, wait), kind, peer, index);
}

static void start_repair(struct simulation *sim, uint32_t index, uint32_t peer)
{
    const struct random_outage *outage = &sim->scenario->outages[index];
    struct repair_shop *shop = &sim->shops[index];
    if (outage->crew > 0 && shop->busy >= outage->crew) {
        shop->queue[shop->queue_length++] = peer;
        return;
    }
    shop->busy++;
    schedule_outage(sim, index, peer, EVENT_OUTAGE_REPAIR, outage->down_mean);
}

static void random_drains(struct simulation *sim, uint32_t index, uint32_t peer)
{
    uint32_t c;
    peer_of(sim, peer, &c)->random_drains++;
    change_state(sim, peer, DRAIN_RANDOM, 0, true);
    schedule_outage(sim, index, peer, EVENT_OUTAGE_FAIL, sim->scenario->outages[index].drain_mean);
}

static void random_fails(struct simulation *sim, uint32_t index, uint32_t peer)
{
    uint32_t c;
    bool maintenance = sim->scenario->outages[index].maintenance;
    struct peer_load *state = peer_of(sim, peer, &c);
    state->random_aways++;
    state->random_drains -= maintenance;
    change_state(sim, peer, AWAY_RANDOM, state->random_drains ? 0 : DRAIN_RANDOM, maintenance);
    start_repair(sim, index, peer);
}

static void random_repaired(struct simulation *sim, uint32_t index, uint32_t peer)
{
    uint32_t c;
    struct peer_load *state = peer_of(sim, peer, &c);
    const struct random_outage *outage = &sim->scenario->outages[index];
    struct repair_shop *shop = &sim->shops[index];
    if (--state->random_aways == 0) /* another outage of the peer may still have it */
        change_state(sim, peer, 0, AWAY_RANDOM, true);
    schedule_outage(sim, index, peer, outage->maintenance ? EVENT_OUTAGE_DRAIN : EVENT_OUTAGE_FAIL,
                    outage->up_mean);
    shop->busy--;
    if (shop->queue_length) {
        uint32_t next = shop->queue[0];
        shop->queue_length--;
        for (uint32_t i = 0; i < shop->queue_length; i++)
            shop->queue[i] = shop->queue[i + 1];
        start_repair(sim, index, next);
    }
}

void outages_set_away(struct simulation *sim, uint32_t peer, bool away)
{
    change_state(sim, peer, away ? AWAY_RANDOM : 0, away ? 0 : AWAY_RANDOM, false);
}

void outages_event(struct simulation *sim, const struct agenda_event *event)
{
    uint32_t c, peer = event->subject, index = (uint32_t)event->argument;
    bool of_peer = event->kind != EVENT_STEP && event->kind != EVENT_CONFIGURATION;
    struct peer_load *state = of_peer ? peer_of(sim, peer, &c) : NULL;
    bool late = state && state->generation != index;
    switch (event->kind) {
    case EVENT_STEP:
        do_step(sim, &sim->scenario->steps[sim->next_step++]);
        sim->scripted = NONE;
        if (sim->registrations)
            registrations_scripted(sim->registrations, NONE);
        schedule_step(sim);
        break;
    case EVENT_OUTAGE_DRAIN:
        random_drains(sim, index, peer);
        break;
    case EVENT_OUTAGE_FAIL:
        random_fails(sim, index, peer);
        break;
    case EVENT_OUTAGE_REPAIR:
        random_repaired(sim, index, peer);
        break;
    case EVENT_DETECTED:
        if (!late) {
            sim->clusters[c].undetected &=
                (uint8_t) ~(1u << (peer - sim->scenario->clusters[c].first_peer));
            outages_set_choosable(sim, c);
        }
        break;
    case EVENT_LOST_HOURS:
        if (!late)
            lost_stage(sim, peer, 0);
        break;
    case EVENT_LOST_DAYS:
        if (!late)
            lost_stage(sim, peer, 1);
        break;
    case EVENT_GRACE:
        if (!late)
            licences_go(sim, peer);
        break;
    case EVENT_CONFIGURATION:
        outages_configure(sim);
        break;
    case EVENT_JOIN:
        change_state(sim, peer, 0, AWAY_ABSENT, true);
        break;
    case EVENT_LEAVE:
        change_state(sim, peer, AWAY_ABSENT, 0, true);
        pool_changes(sim, c);
        break;
    default:
        break;
    }
}

/* ---- Life cycle ---- */

static bool same_kind(const struct random_outage *a, const struct random_outage *b)
{
    return a->cluster == b->cluster && a->peer == b->peer && a->maintenance == b->maintenance;
}

/* An order of outages of one kind that is not that of the file. */
static int compare_rates(const struct random_outage *a, const struct random_outage *b)
{
    const double x[] = {a->up_mean, a->down_mean, a->drain_mean, a->law, a->crew};
    const double y[] = {b->up_mean, b->down_mean, b->drain_mean, b->law, b->crew};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

static int compare_outages(const void *a, const void *b)
{
    const struct random_outage *x = *(const struct random_outage *const *)a,
                               *y = *(const struct random_outage *const *)b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    if (x->peer != y->peer)
        return x->peer < y->peer ? -1 : 1;
    if (x->maintenance != y->maintenance)
        return x->maintenance < y->maintenance ? -1 : 1;
    int rates = compare_rates(x, y);
    return rates ? rates : (x > y) - (x < y);
}

/* What tells the streams of a peer's outages apart: failure or maintenance, stated for it or for
 * its cluster, and only among outages that are alike in that a number. Others may come, go or
 * change places. */
static bool number_streams(struct simulation *sim)
{
    const struct scenario *s = sim->scenario;
    const struct random_outage **sorted = calloc(s->outage_count + 1, sizeof *sorted);
    if (!sorted)
        return false;
    for (uint32_t o = 0; o < s->outage_count; o++)
        sorted[o] = &s->outages[o];
    qsort(sorted, s->outage_count, sizeof *sorted, compare_outages);
    uint64_t number = 0;
    for (uint32_t i = 0; i < s->outage_count; i++) {
        const struct random_outage *outage = sorted[i];
        number = i > 0 && same_kind(sorted[i - 1], outage) ? number + 1 : 0;
        sim->shops[outage - s->outages].stream_offset =
            4 * number + 2 * outage->maintenance + (outage->peer != NONE);
    }
    free(sorted);
    return true;
}

bool outages_init(struct simulation *sim)
{
    const struct scenario *s = sim->scenario;
    sim->shops = calloc(s->outage_count + 1, sizeof *sim->shops);
    if (!sim->shops || !number_streams(sim))
        return false;
    for (uint32_t o = 0; o < s->outage_count; o++) {
        sim->shops[o].queue = calloc(CLUSTER_PEERS_MAX, sizeof *sim->shops[o].queue);
        if (!sim->shops[o].queue)
            return false;
    }
    return true;
}

void outages_release(struct simulation *sim)
{
    for (uint32_t o = 0; sim->shops && o < sim->scenario->outage_count; o++)
        free(sim->shops[o].queue);
    free(sim->shops);
}

static void reset_random(struct simulation *sim, uint32_t o)
{
    const struct random_outage *outage = &sim->scenario->outages[o];
    const struct cluster *cluster = &sim->scenario->clusters[outage->cluster];
    sim->shops[o].busy = 0;
    sim->shops[o].queue_length = 0;
    for (uint32_t i = 0; i < cluster->peer_count; i++) {
        uint32_t peer = cluster->first_peer + i;
        if (outage->peer != NONE && outage->peer != peer)
            continue;
        stream_init(&sim->shops[o].streams[i], sim->seed, sim->replication, PURPOSE_OUTAGE,
                    random_name(sim->scenario->peers[peer].name) + sim->shops[o].stream_offset);
        schedule_outage(sim, o, peer, outage->maintenance ? EVENT_OUTAGE_DRAIN : EVENT_OUTAGE_FAIL,
                        outage->up_mean);
    }
}

void outages_reset(struct simulation *sim)
{
    const struct scenario *s = sim->scenario;
    for (uint32_t p = 0; p < s->peer_count; p++) {
        outages_watch_key(sim, p);
        if (s->peers[p].joins > sim->start) {
            change_state(sim, p, AWAY_ABSENT, 0, true);
            pool_changes(sim, s->peers[p].cluster);
        }
    }
    for (uint32_t i = 0; i < sim->options->down_count; i++)
        change_state(sim, sim->options->down[i], AWAY_FORCED, 0, false);
    for (uint32_t c = 0; c < s->cluster_count; c++)
        sim->clusters[c].undetected = 0, outages_set_choosable(sim, c);
    sim->next_step = 0;
}

void outages_schedule(struct simulation *sim)
{
    const struct scenario *s = sim->scenario;
    for (uint32_t p = 0; p < s->peer_count; p++) {
        const struct peer *peer = &s->peers[p];
        if (peer->joins > sim->start)
            simulation_schedule(sim, peer->joins, EVENT_JOIN, p, 0);
        if (peer->leaves != FOREVER)
            simulation_schedule(sim, peer->leaves, EVENT_LEAVE, p, 0);
    }
    schedule_step(sim);
    schedule_configuration(sim);
    for (uint32_t o = 0; o < s->outage_count && !sim->options->calls_only; o++)
        reset_random(sim, o);
}
