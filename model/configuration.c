#include "model/configuration.h"

#include <stdlib.h>

#define ROUND MINUTE /* changes are everywhere within a minute */

static const struct {
    int id;
    const char *text;
} alarms[CONFIGURATION_ALARMS] = {
    [ALARM_MAINTENANCE] = {15015, "maintenance mode"},
    [ALARM_COMMUNICATION] = {20004, "peer does not answer the others"},
    [ALARM_ROUND_FAILED] = {20009, "forced update failed, primary unreachable"},
    [ALARM_MISSED_CHANGE] = {20011, "missed a change while away, force an update"},
    [ALARM_OTHER_SETTINGS] = {20012, "settings differ from those of the primary"},
    [ALARM_FILE_MISSING] = {20014, "configuration lost by a forced update on the primary"},
    [ALARM_NO_PRIMARY] = {20016, "primary unreachable"},
    [ALARM_OTHER_PRIMARY] = {20017, "names another primary than its peers"},
    [ALARM_NOT_REPLICATED] = {20006, "a peer has not got the configuration of the primary"},
    [ALARM_UPGRADE] = {20008, "replication paused by an upgrade"},
};

static uint32_t raised_bits(const struct configuration *c, uint32_t place)
{
    return place == NONE ? c->raised : c->peers[place].raised;
}

/* How an alarm of a peer (place) or, with NONE, of the cluster stands now. */
static void tell(const struct configurations *all, const struct configuration *c, uint32_t place,
                 enum configuration_alarm alarm)
{
    if (!all->alarms.raise)
        return;
    all->alarms.raise(all->alarms.context,
                      &(struct alarm){.time = all->now,
                                      .id = alarms[alarm].id,
                                      .raised = raised_bits(c, place) >> alarm & 1,
                                      .cluster = c->cluster,
                                      .peer = place == NONE ? NONE : c->first_peer + place,
                                      .text = alarms[alarm].text});
}

/* Sets an alarm of a peer (place) or, with NONE, of the cluster. */
static void alarm_set(struct configurations *all, struct configuration *c, uint32_t place,
                      enum configuration_alarm alarm, bool raised)
{
    uint32_t *bits = place == NONE ? &c->raised : &c->peers[place].raised, bit = 1u << alarm;
    if (((*bits & bit) != 0) == raised)
        return;
    *bits ^= bit;
    tell(all, c, place, alarm);
}

static bool raised(const struct configuration_peer *peer, enum configuration_alarm alarm)
{
    return peer->raised >> alarm & 1;
}

static bool running(const struct configuration_peer *peer)
{
    return peer->state == CONFIGURATION_RUNNING || peer->state == CONFIGURATION_MAINTENANCE;
}

static bool member(const struct configuration_peer *peer)
{
    return peer->state != CONFIGURATION_OUTSIDE;
}

/* Something may have to be replicated: the round on the next minute will look. All that wait, wait
 * for the same round. */
static void expect_round(struct configurations *all, struct configuration *c)
{
    if (c->waiting || c->count < 2)
        return;
    c->waiting = true;
    all->waiting[all->waiting_count++] = c->cluster;
    if (all->round == FOREVER)
        all->round = all->now + ROUND - (all->now % ROUND + ROUND) % ROUND;
}

/* ---- life ---- */

static int by_time(const void *a, const void *b, void *context)
{
    const struct change *changes = context;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    if (changes[i].at != changes[j].at)
        return changes[i].at < changes[j].at ? -1 : 1;
    return i < j ? -1 : i > j;
}

bool configurations_init(struct configurations *all, const struct scenario *scenario)
{
    *all = (struct configurations){.scenario = scenario};
    all->clusters = calloc(scenario->cluster_count + 1, sizeof *all->clusters);
    all->order = calloc(scenario->change_count + 1, sizeof *all->order);
    all->waiting = calloc(scenario->cluster_count + 1, sizeof *all->waiting);
    all->fates = calloc(scenario->change_count + 1, sizeof *all->fates);
    if (!all->fates || !all->clusters || !all->order || !all->waiting) {
        configurations_release(all);
        return false;
    }
    for (uint32_t i = 0; i < scenario->change_count; i++)
        all->order[i] = i;
    qsort_r(all->order, scenario->change_count, sizeof *all->order, by_time, scenario->changes);
    return true;
}

void configurations_release(struct configurations *all)
{
    free(all->clusters);
    free(all->order);
    free(all->fates);
    free(all->waiting);
    *all = (struct configurations){0};
}

static enum configuration_state state_at(const struct peer *peer, nanos now)
{
    return peer->joins <= now && now < peer->leaves ? CONFIGURATION_RUNNING : CONFIGURATION_OUTSIDE;
}

static void cluster_reset(struct configurations *all, uint32_t index, nanos start)
{
    const struct cluster *cluster = &all->scenario->clusters[index];
    struct configuration *c = &all->clusters[index];
    uint32_t count = cluster->peer_count;
    *c = (struct configuration){
        .cluster = index,
        .count = count < CLUSTER_PEERS_MAX ? count : CLUSTER_PEERS_MAX,
        .first_peer = cluster->first_peer,
        .primary = cluster->primary - cluster->first_peer,
        .last_version = 1,
        .synchronized = -1,
    };
    if (c->primary >= c->count)
        c->primary = 0;
    for (uint32_t i = 0; i < c->count; i++)
        c->peers[i] = (struct configuration_peer){
            .state = state_at(&all->scenario->peers[c->first_peer + i], start),
            .version = 1,
            .primary = c->primary};
}

void configurations_reset(struct configurations *all, nanos start, struct alarm_sink sink)
{
    all->alarms = sink;
    all->next_change = all->waiting_count = 0;
    all->round = FOREVER;
    for (uint32_t i = 0; i < all->scenario->change_count; i++)
        all->fates[i] = (struct change_fate){.previous = -1, .next = FOREVER};
    for (uint32_t i = 0; i < all->scenario->cluster_count; i++)
        cluster_reset(all, i, start);
}

static void repeat(struct configurations *all, const struct configuration *c, uint32_t place)
{
    for (unsigned i = 0; i < CONFIGURATION_ALARMS; i++)
        if (raised_bits(c, place) >> i & 1)
            tell(all, c, place, (enum configuration_alarm)i);
}

/* For a listener that begins to listen now. */
void configurations_repeat(struct configurations *all, nanos now)
{
    all->now = now;
    for (uint32_t k = 0; k < all->scenario->cluster_count; k++) {
        const struct configuration *c = &all->clusters[k];
        repeat(all, c, NONE);
        for (uint32_t i = 0; i < c->count; i++)
            repeat(all, c, i);
    }
}

/* ---- rounds ---- */

/* Its differences need a hand: no round touches it. */
static bool stuck(const struct configuration_peer *peer)
{
    return raised(peer, ALARM_MISSED_CHANGE) || raised(peer, ALARM_OTHER_SETTINGS) ||
           raised(peer, ALARM_OTHER_PRIMARY);
}

bool configuration_in_sync(const struct configuration *c, uint32_t place)
{
    return c->peers[place].version == c->peers[c->primary].version &&
           c->peers[place].primary == c->primary;
}

/* What is wrong with a peer that takes part again. */
static void inspect(struct configurations *all, struct configuration *c, uint32_t place)
{
    struct configuration_peer *peer = &c->peers[place];
    bool subordinate = place != c->primary;
    alarm_set(all, c, place, ALARM_OTHER_PRIMARY, peer->primary != c->primary);
    alarm_set(all, c, place, ALARM_MISSED_CHANGE, subordinate && peer->missed);
    alarm_set(all, c, place, ALARM_OTHER_SETTINGS, subordinate && peer->restored);
}

/* A round of the cluster: the changes made since the last one have their next synchronization;
 * edits of subordinates are gone. */
static void note_round(struct configurations *all, const struct configuration *c)
{
    for (uint32_t i = 0; i < all->scenario->change_count; i++) {
        struct change_fate *fate = &all->fates[i];
        uint32_t place = all->scenario->changes[i].peer - c->first_peer;
        if (!fate->made || place >= c->count)
            continue;
        if (fate->next == FOREVER)
            fate->next = all->now;
        if (fate->outcome == CONFIGURATION_LOCAL && c->peers[place].edited)
            fate->overwritten = true;
    }
}

const struct change_fate *configurations_fate(const struct configurations *all, uint32_t change)
{
    return &all->fates[change];
}

static void take_from_primary(struct configuration *c, uint32_t place)
{
    struct configuration_peer *peer = &c->peers[place];
    c->overwritten += peer->edited;
    peer->edited = false;
    peer->version = c->peers[c->primary].version;
}

static void round_run(struct configurations *all, struct configuration *c)
{
    bool primary = running(&c->peers[c->primary]), behind = false;
    if (primary)
        note_round(all, c);
    for (uint32_t i = 0; i < c->count; i++) {
        struct configuration_peer *peer = &c->peers[i];
        if (running(peer)) {
            inspect(all, c, i);
            alarm_set(all, c, i, ALARM_NO_PRIMARY, !primary);
            if (primary)
                alarm_set(all, c, i, ALARM_ROUND_FAILED, false);
            if (primary && i != c->primary && !stuck(peer))
                take_from_primary(c, i);
        }
        behind = behind || (member(peer) && !configuration_in_sync(c, i));
    }
    alarm_set(all, c, NONE, ALARM_NOT_REPLICATED, behind);
    if (primary)
        c->synchronized = all->now;
}

/* ---- peers ---- */

static struct configuration *cluster_of(struct configurations *all, uint32_t peer, uint32_t *place)
{
    struct configuration *c = &all->clusters[all->scenario->peers[peer].cluster];
    *place = peer - c->first_peer;
    return c;
}

static void state_set(struct configurations *all, uint32_t index, enum configuration_state state,
                      bool planned)
{
    uint32_t place;
    struct configuration *c = cluster_of(all, index, &place);
    struct configuration_peer *peer = &c->peers[place];
    bool alone = c->count < 2;
    if (peer->state == state)
        return;
    peer->state = state;
    alarm_set(all, c, place, ALARM_MAINTENANCE, state == CONFIGURATION_MAINTENANCE);
    alarm_set(all, c, place, ALARM_COMMUNICATION,
              state == CONFIGURATION_AWAY && !planned && !c->upgrading && !alone);
    if (!running(peer)) /* it cannot say so any more */
        for (unsigned i = ALARM_ROUND_FAILED; i <= ALARM_OTHER_PRIMARY; i++)
            alarm_set(all, c, place, (enum configuration_alarm)i, false);
    expect_round(all, c);
}

void configurations_peer_down(struct configurations *all, uint32_t peer, bool planned, nanos now)
{
    all->now = now;
    bool outside = state_at(&all->scenario->peers[peer], now) == CONFIGURATION_OUTSIDE;
    state_set(all, peer, outside ? CONFIGURATION_OUTSIDE : CONFIGURATION_AWAY, planned);
}

/* A peer that joins is new: it takes whatever the primary has. */
void configurations_peer_up(struct configurations *all, uint32_t peer, nanos now)
{
    all->now = now;
    uint32_t place;
    struct configuration *c = cluster_of(all, peer, &place);
    if (!member(&c->peers[place]) && !c->peers[place].restored) {
        c->peers[place].missed = false;
        c->peers[place].primary = c->primary;
        c->peers[place].version = 0;
    }
    state_set(all, peer, CONFIGURATION_RUNNING, true);
}

void configurations_peer_drain(struct configurations *all, uint32_t peer, nanos now)
{
    all->now = now;
    uint32_t place;
    struct configuration *c = cluster_of(all, peer, &place);
    if (running(&c->peers[place]))
        state_set(all, peer, CONFIGURATION_MAINTENANCE, true);
}

void configurations_upgrade(struct configurations *all, uint32_t cluster, bool begins, nanos now)
{
    all->now = now;
    struct configuration *c = &all->clusters[cluster];
    c->upgrading = begins;
    alarm_set(all, c, NONE, ALARM_UPGRADE, begins);
    expect_round(all, c);
}

/* ---- changes ---- */

static enum configuration_outcome change_cluster_wide(struct configurations *all,
                                                      struct configuration *c, uint32_t place)
{
    (void)all;
    struct configuration_peer *peer = &c->peers[place];
    peer->version = ++c->last_version;
    if (place != c->primary) {
        peer->edited = true;
        return CONFIGURATION_LOCAL;
    }
    for (uint32_t i = 0; i < c->count; i++)
        if (c->peers[i].state == CONFIGURATION_AWAY)
            c->peers[i].missed = true;
    return CONFIGURATION_DONE;
}

static enum configuration_outcome change_peer_specific(struct configurations *all,
                                                       struct configuration *c, uint32_t place)
{
    (void)all;
    c->peers[place].own_changes++;
    return CONFIGURATION_DONE;
}

/* All peers that answer are told; one that is away still names the old primary when it returns. */
static enum configuration_outcome change_primary(struct configurations *all,
                                                 struct configuration *c, uint32_t place)
{
    struct configuration_peer *peer = &c->peers[place];
    bool others = raised(peer, ALARM_MISSED_CHANGE) || raised(peer, ALARM_OTHER_PRIMARY);
    if (others && !peer->restored)
        return CONFIGURATION_REFUSED;
    c->primary = place;
    c->wiped = c->wiped && !peer->restored;
    peer->restored = peer->edited = peer->missed = false;
    for (uint32_t i = 0; i < c->count; i++)
        if (running(&c->peers[i]))
            c->peers[i].primary = place;
    alarm_set(all, c, place, ALARM_FILE_MISSING, c->wiped);
    return CONFIGURATION_DONE;
}

static enum configuration_outcome force_update(struct configurations *all, struct configuration *c,
                                               uint32_t place)
{
    struct configuration_peer *peer = &c->peers[place];
    if (place == c->primary) {
        peer->version = ++c->last_version;
        c->wiped = true;
        alarm_set(all, c, place, ALARM_FILE_MISSING, true);
        return CONFIGURATION_WIPED;
    }
    if (!running(&c->peers[c->primary])) {
        alarm_set(all, c, place, ALARM_ROUND_FAILED, true);
        return CONFIGURATION_REFUSED;
    }
    peer->missed = peer->restored = false;
    peer->primary = c->primary;
    take_from_primary(c, place);
    inspect(all, c, place);
    return CONFIGURATION_DONE;
}

static enum configuration_outcome restore(struct configurations *all, struct configuration *c,
                                          uint32_t place)
{
    struct configuration_peer *peer = &c->peers[place];
    if (member(peer) && c->count > 1)
        return CONFIGURATION_REFUSED;
    peer->version = ++c->last_version;
    peer->restored = c->count > 1;
    if (c->count == 1) {
        c->wiped = false;
        alarm_set(all, c, place, ALARM_FILE_MISSING, false);
    }
    return CONFIGURATION_DONE;
}

enum configuration_outcome configurations_change(struct configurations *all, enum change_kind kind,
                                                 uint32_t index, nanos now)
{
    static enum configuration_outcome (*const changes[])(struct configurations *,
                                                         struct configuration *, uint32_t) = {
        [CHANGE_CLUSTER_WIDE] = change_cluster_wide,
        [CHANGE_PEER_SPECIFIC] = change_peer_specific,
        [CHANGE_PRIMARY] = change_primary,
        [CHANGE_FORCE_UPDATE] = force_update,
        [CHANGE_RESTORE] = restore,
    };
    all->now = now;
    uint32_t place;
    struct configuration *c = cluster_of(all, index, &place);
    if (kind != CHANGE_RESTORE && !running(&c->peers[place]))
        return CONFIGURATION_REFUSED; /* it does not answer */
    enum configuration_outcome outcome = changes[kind](all, c, place);
    expect_round(all, c);
    return outcome;
}

/* ---- time ---- */

nanos configurations_next(const struct configurations *all)
{
    if (all->next_change == all->scenario->change_count)
        return all->round;
    nanos change = all->scenario->changes[all->order[all->next_change]].at;
    return change < all->round ? change : all->round;
}

/* Clusters in an upgrade are passed over; its end makes them wait again. */
static void rounds_run(struct configurations *all)
{
    uint32_t count = all->waiting_count;
    all->now = all->round;
    all->round = FOREVER;
    all->waiting_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct configuration *c = &all->clusters[all->waiting[i]];
        c->waiting = false;
        if (!c->upgrading)
            round_run(all, c);
    }
}

/* At equal times changes come before the round that spreads them. */
void configurations_step(struct configurations *all)
{
    nanos now = configurations_next(all);
    if (now == FOREVER)
        return;
    if (all->next_change < all->scenario->change_count) {
        uint32_t number = all->order[all->next_change];
        const struct change *change = &all->scenario->changes[number];
        if (change->at == now) {
            uint32_t cluster = all->scenario->peers[change->peer].cluster;
            struct change_fate *fate = &all->fates[number];
            all->next_change++;
            fate->previous = all->clusters[cluster].synchronized;
            fate->outcome = configurations_change(all, change->kind, change->peer, now);
            fate->made = true;
            return;
        }
    }
    rounds_run(all);
}
