#include "sim/engine/registrar.h"

#include <math.h>
#include <stdlib.h>

#include "model/licences.h"
#include "model/limits.h"
#include "model/registration.h"

/* ---- levels ---- */

static void level_touch(struct level *level, nanos now)
{
    double seconds = (double)(time_since(now, level->since)) / SECOND;
    level->area += (double)level->value * seconds;
    if (level->cap > 0 && level->value >= level->cap)
        level->full += seconds;
    level->since = now;
}

static void level_add(struct level *level, int64_t delta, nanos now)
{
    level_touch(level, now);
    level->value += delta;
    if (level->value > level->peak)
        level->peak = level->value;
}

static void level_restart(struct level *level, nanos now)
{
    level->peak = level->value;
    level->since = now;
    level->area = level->full = 0;
}

double level_mean(const struct level *level, nanos from, nanos to)
{
    return to > from ? level->area / ((double)(to - from) / SECOND) : (double)level->value;
}

static int64_t pool(const struct registrar *registrar, uint32_t index, int licence, nanos now);
static void watch_keys(struct registrar *registrar, uint32_t peer);

/* ---- life ---- */

static void set_caps(struct registrar *registrar, uint32_t index)
{
    const struct scenario *scenario = registrar->scenario;
    const struct cluster *cluster = &scenario->clusters[index];
    for (uint32_t p = cluster->first_peer; p < cluster->first_peer + cluster->peer_count; p++) {
        const struct peer *peer = &scenario->peers[p];
        struct registrar_peer *own = &registrar->peers[p];
        own->held.cap = own->cap = limit_of_peer(scenario, p, LIMIT_REGISTRATIONS);
        own->mra.cap = own->mra_cap = limit_of_peer(scenario, p, LIMIT_MRA_REGISTRATIONS);
        own->sessions_cap = limit_of_peer(scenario, p, LIMIT_ENCRYPTED_SESSIONS);
        own->webrtc_cap =
            peer->image == IMAGE_UNRESTRICTED ? WEBRTC_SESSIONS_MAX : CAPACITY_UNLIMITED;
        own->rate = peer->registration_rate;
        own->queue = peer->registration_queue;
    }
    struct registrar_cluster *own = &registrar->clusters[index];
    own->held.cap = own->cap = limit_of_cluster(scenario, index, LIMIT_REGISTRATIONS);
    own->mra.cap = own->mra_cap = limit_of_cluster(scenario, index, LIMIT_MRA_REGISTRATIONS);
}

bool registrar_init(struct registrar *registrar, const struct scenario *scenario)
{
    *registrar = (struct registrar){.scenario = scenario};
    registrar->peers = calloc(scenario->peer_count + 1, sizeof *registrar->peers);
    registrar->clusters = calloc(scenario->cluster_count + 1, sizeof *registrar->clusters);
    if (!registrar->peers || !registrar->clusters) {
        registrar_release(registrar);
        return false;
    }
    return true;
}

void registrar_release(struct registrar *registrar)
{
    free(registrar->peers);
    free(registrar->clusters);
    *registrar = (struct registrar){0};
}

void registrar_reset(struct registrar *registrar, nanos start, struct alarm_sink alarms)
{
    const struct scenario *scenario = registrar->scenario;
    registrar->alarms = alarms;
    for (uint32_t i = 0; i < scenario->peer_count; i++)
        registrar->peers[i] = (struct registrar_peer){
            .changed = start, .refreshes_since = start, .busy_until = start, .second = INT64_MIN};
    for (uint32_t i = 0; i < scenario->cluster_count; i++) {
        registrar->clusters[i] = (struct registrar_cluster){0};
        for (uint32_t p = 0; p < scenario->clusters[i].peer_count; p++)
            watch_keys(registrar, scenario->clusters[i].first_peer + p);
        for (int k = 0; k < LICENCE_COUNT; k++)
            registrar->clusters[i].full_since[k] = FOREVER;
        set_caps(registrar, i);
        for (int k = 0; k < LICENCE_COUNT; k++)
            registrar->clusters[i].pools[k] =
                (struct level){.value = pool(registrar, i, k, start), .since = start};
    }
    registrar_measure(registrar, start);
}

/* ---- alarms ---- */

static void tell(const struct registrar *registrar, struct alarm alarm)
{
    if (registrar->alarms.raise)
        registrar->alarms.raise(registrar->alarms.context, &alarm);
}

/* The alarm of a gauge as it stands now, told when that is news. */
static void gauge_set(struct registrar *registrar, struct gauge *gauge, struct alarm alarm)
{
    if (gauge->raised == alarm.raised && !(alarm.raised && registrar->repeating))
        return;
    gauge->raised = alarm.raised;
    tell(registrar, alarm);
}

/* Raised from `up` hundredths of the limit, lowered below `down`; between them it stays. */
static bool gauge_wants(const struct gauge *gauge, int64_t value, int64_t limit, int up, int down)
{
    if (limit == CAPACITY_UNLIMITED || limit < 0)
        return false;
    double hundredths = 100.0 * (double)value, bound = (double)limit;
    if (gauge->raised)
        return hundredths >= down * bound && value > 0;
    return hundredths >= up * bound && value > 0;
}

static void full_peers_raise(struct registrar *registrar, uint32_t cluster, bool raised, nanos now)
{
    tell(registrar,
         (struct alarm){.time = now,
                        .id = 30027,
                        .raised = raised,
                        .cluster = cluster,
                        .peer = NONE,
                        .text = "registrations at 90 % of the capacity of one or more peers"});
}

static void watch_peer(struct registrar *registrar, uint32_t index, nanos now)
{
    struct registrar_peer *peer = &registrar->peers[index];
    uint32_t in = registrar->scenario->peers[index].cluster;
    struct registrar_cluster *cluster = &registrar->clusters[in];
    struct gauge *gauges = peer->gauges;
    bool was = gauges[GAUGE_HELD].raised;
    bool full = gauge_wants(&gauges[GAUGE_HELD], peer->held.value, peer->cap, 90, 85);
    struct alarm alarm = {.time = now, .cluster = in, .peer = index};
    alarm.id = 30030;
    alarm.raised = full;
    alarm.text = "registrations at 90 % of the peer's capacity";
    gauge_set(registrar, &gauges[GAUGE_HELD], alarm);
    cluster->full_peers += full - was;
    if (full != was && cluster->full_peers == full)
        full_peers_raise(registrar, in, full, now);
    if (peer->sessions_cap == CAPACITY_UNLIMITED)
        return;
    int64_t sessions = peer->sessions.value, cap = peer->sessions_cap;
    alarm.id = 30048;
    alarm.raised = gauge_wants(&gauges[GAUGE_SESSIONS_NEAR], sessions, cap, 90, 85);
    alarm.text = "encrypted signalling sessions at 90 % of the image's limit";
    gauge_set(registrar, &gauges[GAUGE_SESSIONS_NEAR], alarm);
    alarm.id = 30047;
    alarm.raised = gauge_wants(&gauges[GAUGE_SESSIONS_FULL], sessions, cap, 100, 95);
    alarm.text = "encrypted signalling sessions at the image's limit";
    gauge_set(registrar, &gauges[GAUGE_SESSIONS_FULL], alarm);
}

static void watch_cluster(struct registrar *registrar, uint32_t index, nanos now)
{
    struct registrar_cluster *cluster = &registrar->clusters[index];
    struct gauge *gauge = &cluster->gauges[GAUGE_CLUSTER_HELD];
    gauge_set(
        registrar, gauge,
        (struct alarm){.time = now,
                       .id = 30010,
                       .raised = gauge_wants(gauge, cluster->held.value, cluster->cap, 90, 85),
                       .cluster = index,
                       .peer = NONE,
                       .text = "registrations at 90 % of the cluster's capacity"});
}

/* Licences installed that count now. */
static int64_t pool(const struct registrar *registrar, uint32_t index, int licence, nanos now)
{
    const struct cluster *cluster = &registrar->scenario->clusters[index];
    int64_t sum = cluster->licences[licence];
    for (uint32_t i = cluster->first_peer; i < cluster->first_peer + cluster->peer_count; i++) {
        const struct registrar_peer *peer = &registrar->peers[i];
        bool gone = peer->state == PEER_AWAY && cluster->licence_grace != FOREVER &&
                    time_since(now, peer->changed) >= cluster->licence_grace;
        sum += gone ? 0 : registrar->scenario->peers[i].licences[licence];
    }
    return sum;
}

static const struct {
    enum cluster_gauge gauge;
    int id, up, down;
    const char *text;
} watched[LICENCE_COUNT][2] = {
    [LICENCE_ROOM] = {{GAUGE_ROOM_NEAR, 30026, 90, 85, "room licences at 90 % of the pool"},
                      {GAUGE_ROOM_FULL, 30028, 100, 95, "room licences used up"}},
    [LICENCE_DESKTOP] = {{GAUGE_DESKTOP_NEAR, 30029, 90, 85,
                          "desktop licences at 90 % of the pool"},
                         {GAUGE_DESKTOP_FULL, 30031, 100, 95, "desktop licences used up"}},
};

/* ---- keys ---- */

static void watch_keys(struct registrar *registrar, uint32_t peer)
{
    registrar->peers[peer].keys_watched = 0;
    for (enum licence kind = LICENCE_DESKTOP; kind <= LICENCE_ROOM; kind++)
        if (licence_key_missing(registrar->scenario, peer, kind))
            registrar->peers[peer].keys_watched |= (uint8_t)(1u << kind);
}

static void say_keys(struct registrar *registrar, uint32_t peer, unsigned kinds, bool raised,
                     nanos now)
{
    uint32_t in = registrar->scenario->peers[peer].cluster;
    unsigned holders_out = registrar->clusters[in].holders_out;
    for (enum licence kind = LICENCE_DESKTOP; kind <= LICENCE_ROOM; kind++)
        if (kinds >> kind & 1)
            tell(registrar,
                 (struct alarm){.time = now,
                                .id = licence_key_alarm(kind),
                                .raised = raised,
                                .cluster = in,
                                .peer = peer,
                                .text = licence_key_text(kind, holders_out >> kind & 1)});
}

static void key_needed(struct registrar *registrar, uint32_t index, int licence, nanos now)
{
    struct registrar_peer *peer = &registrar->peers[index];
    uint8_t bit = (uint8_t)(1u << licence);
    peer->keys_watched &= (uint8_t)~bit;
    peer->keyless |= bit;
    say_keys(registrar, index, bit, true, now);
}

/* A peer went or came back. */
static void follow_keys(struct registrar *registrar, uint32_t index, nanos now)
{
    struct registrar_peer *own = &registrar->peers[index];
    uint32_t in = registrar->scenario->peers[index].cluster;
    const struct cluster *cluster = &registrar->scenario->clusters[in];
    unsigned away = 0, out = 0;
    if (own->state == PEER_AWAY) {
        say_keys(registrar, index, own->keyless, false, now);
        own->keyless = own->keys_watched = 0;
    } else {
        watch_keys(registrar, index);
    }
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        away |= registrar->peers[cluster->first_peer + i].state == PEER_AWAY ? 1u << i : 0;
    for (enum licence kind = LICENCE_DESKTOP; kind <= LICENCE_ROOM; kind++)
        out |= licence_holders_out(registrar->scenario, in, kind, away) ? 1u << kind : 0;
    unsigned changed = out ^ registrar->clusters[in].holders_out;
    for (int raised = 0; changed && raised < 2; raised++) {
        for (uint32_t p = cluster->first_peer; p < cluster->first_peer + cluster->peer_count; p++)
            say_keys(registrar, p, registrar->peers[p].keyless & changed, raised, now);
        registrar->clusters[in].holders_out = (uint8_t)out;
    }
}

static void count_full(struct registrar_cluster *cluster, int licence, bool full, nanos now)
{
    if (cluster->full_since[licence] != FOREVER)
        cluster->full[licence] += (double)(time_since(now, cluster->full_since[licence])) / SECOND;
    cluster->full_since[licence] = full ? now : FOREVER;
}

static void watch_licences(struct registrar *registrar, uint32_t index, int licence, nanos now)
{
    if (licence == LICENCE_RMS || !registrar->scenario->clusters[index].licensed[licence])
        return;
    struct registrar_cluster *cluster = &registrar->clusters[index];
    int64_t size = pool(registrar, index, licence, now);
    count_full(cluster, licence, cluster->licences[licence].value >= size, now);
    for (int i = 0; i < 2; i++) {
        struct gauge *gauge = &cluster->gauges[watched[licence][i].gauge];
        bool wants = gauge_wants(gauge, cluster->licences[licence].value, size,
                                 watched[licence][i].up, watched[licence][i].down);
        gauge_set(registrar, gauge,
                  (struct alarm){.time = now,
                                 .id = watched[licence][i].id,
                                 .raised = wants,
                                 .cluster = index,
                                 .peer = NONE,
                                 .text = watched[licence][i].text});
    }
}

/* ---- holding ---- */

static double registrar_refresh_rate(const struct registrar_peer *peer)
{
    double rate = (double)peer->load * 0x1p-32;
    if (peer->by_table > 0) {
        struct refresh_range range = registration_refresh(peer->held.value);
        rate += (double)peer->by_table * 2 / (range.low + range.high);
    }
    return rate;
}

static void refreshes_touch(struct registrar_peer *peer, nanos now)
{
    double seconds = (double)(time_since(now, peer->refreshes_since)) / SECOND;
    double rate = registrar_refresh_rate(peer);
    peer->refreshes += rate * seconds;
    double held = (double)peer->held.value; /* one more of their kind would be too many */
    if (peer->rate > 0 && rate * (held + 1) > peer->rate * held * (1 - 1e-6) && held > 0)
        peer->flooded += seconds;
    peer->refreshes_since = now;
}

static void peaks_touch(struct registrar_peer *peer, nanos now)
{
    double rate = registrar_refresh_rate(peer);
    uint32_t others = peer->second == now / SECOND ? peer->in_second : 0;
    if (rate + others > peer->peak_rate)
        peer->peak_rate = rate + others;
    if (peer->rate > 0 && rate / peer->rate > peer->refresh_load)
        peer->refresh_load = rate / peer->rate;
}

/* Once full, sessions are let in again below 99 %. */
static void sessions_add(struct level *level, int64_t change, int64_t cap, bool *closed, nanos now)
{
    level_add(level, change, now);
    if (level->value >= cap)
        *closed = true;
    else if ((double)level->value < floor(ENCRYPTED_REOPEN * (double)cap))
        *closed = false;
}

static void peer_add(struct registrar *registrar, uint32_t index, const struct claim *claim,
                     int sign, nanos now)
{
    struct registrar_peer *peer = &registrar->peers[index];
    struct registrar_cluster *cluster =
        &registrar->clusters[registrar->scenario->peers[index].cluster];
    refreshes_touch(peer, now);
    level_add(&peer->held, sign, now);
    level_add(&cluster->held, sign, now);
    if (claim->mra) {
        level_add(&peer->mra, sign, now);
        level_add(&cluster->mra, sign, now);
    }
    if (claim->sessions) {
        sessions_add(&peer->sessions, sign * claim->sessions, peer->sessions_cap,
                     &peer->sessions_closed, now);
        level_add(&cluster->sessions, sign * claim->sessions, now);
    }
    peer->load = sign > 0 ? peer->load + claim->load : peer->load - claim->load;
    peer->by_table += claim->by_table ? sign : 0;
    if (sign > 0 && claim->licence >= 0 && peer->keys_watched >> claim->licence & 1)
        key_needed(registrar, index, claim->licence, now);
    peaks_touch(peer, now);
    watch_peer(registrar, index, now);
    watch_cluster(registrar, registrar->scenario->peers[index].cluster, now);
}

bool registrar_keeps_up(const struct registrar *registrar, uint32_t peer, const struct claim *claim)
{
    struct registrar_peer with = registrar->peers[peer];
    if (with.rate <= 0)
        return true;
    with.load += claim->load;
    with.by_table += claim->by_table;
    with.held.value++;
    return registrar_refresh_rate(&with) <= with.rate;
}

void registrar_hold(struct registrar *registrar, uint32_t peer, const struct claim *claim,
                    nanos now)
{
    peer_add(registrar, peer, claim, 1, now);
}

void registrar_drop(struct registrar *registrar, uint32_t peer, const struct claim *claim,
                    nanos now)
{
    peer_add(registrar, peer, claim, -1, now);
}

bool registrar_session_free(const struct registrar *registrar, uint32_t peer, bool webrtc)
{
    const struct registrar_peer *own = &registrar->peers[peer];
    return webrtc ? !own->webrtc_closed : !own->sessions_closed;
}

void registrar_session(struct registrar *registrar, uint32_t index, bool webrtc, int change,
                       nanos now)
{
    struct registrar_peer *peer = &registrar->peers[index];
    if (webrtc) {
        sessions_add(&peer->webrtc, change, peer->webrtc_cap, &peer->webrtc_closed, now);
        return;
    }
    sessions_add(&peer->sessions, change, peer->sessions_cap, &peer->sessions_closed, now);
    level_add(&registrar->clusters[registrar->scenario->peers[index].cluster].sessions, change,
              now);
    watch_peer(registrar, index, now);
}

void registrar_licence(struct registrar *registrar, uint32_t cluster, int licence, int delta,
                       nanos now)
{
    if (licence < 0)
        return;
    level_add(&registrar->clusters[cluster].licences[licence], delta, now);
    watch_licences(registrar, cluster, licence, now);
}

bool registrar_admits(const struct registrar *registrar, uint32_t peer, const struct claim *claim,
                      bool licensed, nanos now)
{
    const struct registrar_peer *own = &registrar->peers[peer];
    uint32_t in = registrar->scenario->peers[peer].cluster;
    const struct registrar_cluster *cluster = &registrar->clusters[in];
    if (own->held.value >= own->cap || cluster->held.value >= cluster->cap)
        return false;
    if (claim->mra && (own->mra.value >= own->mra_cap || cluster->mra.value >= cluster->mra_cap))
        return false;
    if (claim->sessions &&
        (own->sessions_closed || own->sessions_cap - own->sessions.value < claim->sessions))
        return false;
    if (!licensed || claim->licence < 0 ||
        !registrar->scenario->clusters[in].licensed[claim->licence])
        return true;
    return cluster->licences[claim->licence].value < pool(registrar, in, claim->licence, now);
}

void registrar_pool_changed(struct registrar *registrar, uint32_t cluster, nanos now)
{
    for (int k = 0; k < LICENCE_COUNT; k++) {
        struct level *size = &registrar->clusters[cluster].pools[k];
        int64_t change = pool(registrar, cluster, k, now) - size->value;
        registrar->clusters[cluster].pool_moved[k] |= change != 0;
        level_add(size, change, now);
    }
    watch_licences(registrar, cluster, LICENCE_ROOM, now);
    watch_licences(registrar, cluster, LICENCE_DESKTOP, now);
}

void registrar_set(struct registrar *registrar, uint32_t peer, enum registrar_state state,
                   nanos now)
{
    struct registrar_peer *own = &registrar->peers[peer];
    uint32_t in = registrar->scenario->peers[peer].cluster;
    if ((state == PEER_AWAY) != (own->state == PEER_AWAY)) {
        own->changed = now;
        own->busy_until = now;
        own->state = state;
        follow_keys(registrar, peer, now);
    }
    own->state = state;
    registrar_pool_changed(registrar, in, now);
}

bool registrar_up(const struct registrar *registrar, uint32_t peer)
{
    return registrar->peers[peer].state == PEER_UP;
}

/* ---- requests ---- */

/* Counts a request in the second in which it is served. The queue is served in order, so that
 * `now` only grows, but for the requests at once of a peer without a rate. */
static void count_served(struct registrar_peer *peer, nanos now)
{
    if (peer->second != now / SECOND) {
        peer->second = now / SECOND;
        peer->in_second = 0;
    }
    peer->in_second++;
    peer->requests++;
    peaks_touch(peer, now);
}

nanos registrar_request(struct registrar *registrar, uint32_t index, nanos now, nanos patience)
{
    struct registrar_peer *peer = &registrar->peers[index];
    if (peer->rate <= 0) {
        count_served(peer, now);
        return now;
    }
    double left = peer->rate - registrar_refresh_rate(peer); /* refreshes come first */
    if (left <= 0) {
        peer->timed_out++;
        return FOREVER;
    }
    double takes = ceil((double)SECOND / left);
    nanos service = takes < (double)TIME_MAX ? (nanos)takes : TIME_MAX;
    nanos backlog = time_since(peer->busy_until, now);
    backlog = backlog > 0 ? backlog : 0;
    if (time_after(backlog, service - 1) / service >= peer->queue) {
        peer->refused_queue++;
        return REQUEST_REFUSED;
    }
    peer->busy_until = time_after(now, time_after(backlog, service));
    count_served(peer, peer->busy_until);
    if (patience > 0 && time_since(peer->busy_until, now) > patience)
        peer->timed_out++;
    return peer->busy_until;
}

double registrar_served(const struct registrar *registrar, uint32_t index, nanos now)
{
    const struct registrar_peer *peer = &registrar->peers[index];
    double seconds = (double)(time_since(now, peer->refreshes_since)) / SECOND;
    return (double)peer->requests + peer->refreshes + registrar_refresh_rate(peer) * seconds;
}

/* ---- the measured period ---- */

static void repeat_alarms(struct registrar *registrar, nanos now)
{
    registrar->repeating = true;
    for (uint32_t i = 0; i < registrar->scenario->cluster_count; i++) {
        watch_cluster(registrar, i, now);
        watch_licences(registrar, i, LICENCE_ROOM, now);
        watch_licences(registrar, i, LICENCE_DESKTOP, now);
        if (registrar->clusters[i].full_peers > 0)
            full_peers_raise(registrar, i, true, now);
    }
    for (uint32_t i = 0; i < registrar->scenario->peer_count; i++) {
        watch_peer(registrar, i, now);
        say_keys(registrar, i, registrar->peers[i].keyless, true, now);
    }
    registrar->repeating = false;
}

static void peer_measure(struct registrar_peer *peer, nanos now)
{
    level_restart(&peer->held, now);
    level_restart(&peer->mra, now);
    level_restart(&peer->sessions, now);
    level_restart(&peer->webrtc, now);
    refreshes_touch(peer, now);
    peer->refreshes_start = peer->refreshes;
    peer->requests_start = peer->requests;
    peer->peak_rate = peer->refresh_load = peer->flooded = 0;
    peer->refused_limit = peer->refused_queue = peer->timed_out = 0;
    peaks_touch(peer, now);
}

void registrar_measure(struct registrar *registrar, nanos now)
{
    for (uint32_t i = 0; i < registrar->scenario->peer_count; i++)
        peer_measure(&registrar->peers[i], now);
    for (uint32_t i = 0; i < registrar->scenario->cluster_count; i++) {
        struct registrar_cluster *cluster = &registrar->clusters[i];
        level_restart(&cluster->held, now);
        level_restart(&cluster->mra, now);
        level_restart(&cluster->sessions, now);
        for (int k = 0; k < LICENCE_COUNT; k++) {
            level_restart(&cluster->licences[k], now);
            level_restart(&cluster->pools[k], now);
            cluster->pool_start[k] = cluster->pools[k].value;
            cluster->pool_moved[k] = false;
            count_full(cluster, k, cluster->full_since[k] != FOREVER, now);
            cluster->full[k] = 0;
        }
    }
    registrar->measured_from = registrar->measured_to = now;
    repeat_alarms(registrar, now);
}

void registrar_finish(struct registrar *registrar, nanos now)
{
    for (uint32_t i = 0; i < registrar->scenario->peer_count; i++) {
        struct registrar_peer *peer = &registrar->peers[i];
        level_touch(&peer->held, now);
        level_touch(&peer->mra, now);
        level_touch(&peer->sessions, now);
        level_touch(&peer->webrtc, now);
        refreshes_touch(peer, now);
    }
    for (uint32_t i = 0; i < registrar->scenario->cluster_count; i++) {
        struct registrar_cluster *cluster = &registrar->clusters[i];
        level_touch(&cluster->held, now);
        level_touch(&cluster->mra, now);
        level_touch(&cluster->sessions, now);
        for (int k = 0; k < LICENCE_COUNT; k++) {
            level_touch(&cluster->licences[k], now);
            level_touch(&cluster->pools[k], now);
            count_full(cluster, k, cluster->full_since[k] != FOREVER, now);
        }
    }
    registrar->measured_to = now;
}
