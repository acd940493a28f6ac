#include "model/estimate/lane.h"

#include <stddef.h>

#include "model/base/divisor.h"

#define COARSE 20000 /* places that a pipe is divided into where it has no common factor */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Calls of one size that a peer takes. */
static int64_t room_calls(const struct room *room, const struct need *need)
{
    int64_t calls = least(room->units / need->amount, room->sessions);
    return need->rms > 0 ? least(calls, room->rms / need->rms) : calls;
}

static bool limited_by_rms(const struct resource *r, const struct need *need)
{
    for (int i = 0; i < r->room_count; i++)
        if (need->rms > 0 && r->rooms[i].units / need->amount > r->rooms[i].rms / need->rms)
            return true;
    return false;
}

static bool limited_by_sessions(const struct resource *r, int64_t amount)
{
    for (int i = 0; i < r->room_count; i++)
        if (r->rooms[i].sessions < r->rooms[i].units / amount)
            return true;
    return false;
}

static bool rooms_alike(const struct resource *r)
{
    for (int i = 1; i < r->room_count; i++)
        if (r->rooms[i].units != r->rooms[0].units ||
            r->rooms[i].sessions != r->rooms[0].sessions || r->rooms[i].rms != r->rooms[0].rms)
            return false;
    return true;
}

/* Calls of one size and one need of RMS: does the RMS of every peer run out before its units? */
static bool rms_first(const struct resource *r, const struct need *need)
{
    for (int i = 0; i < r->room_count; i++)
        if (need->rms == 0 || r->rooms[i].rms / need->rms >=
                                  least(r->rooms[i].units / need->amount, r->rooms[i].sessions))
            return false;
    return true;
}

/* Is there RMS left on a peer, even for one more call, when its units are full of these calls? */
static bool rms_ample(const struct resource *r, const struct need *needs, int count)
{
    double each = 0, largest = 0;
    for (int i = 0; i < count; i++) {
        each = (double)needs[i].rms > each * (double)needs[i].amount
                   ? (double)needs[i].rms / (double)needs[i].amount
                   : each;
        largest = (double)needs[i].rms > largest ? (double)needs[i].rms : largest;
    }
    for (int i = 0; i < r->room_count && largest > 0; i++)
        if ((double)r->rooms[i].units * each + largest > (double)r->rooms[i].rms)
            return false;
    return true;
}

/* Does a call of this size always find a peer with room if there is one? */
static bool finds_room(const struct resource *r, const struct need *need)
{
    if (r->room_count <= 1)
        return true;
    if (limited_by_rms(r, need))
        return r->most_available && rooms_alike(r);
    if (r->tries_several)
        return true;
    if (!r->most_available)
        return false;
    bool differ = r->by_sessions || limited_by_sessions(r, need->amount);
    return !differ || rooms_alike(r);
}

/* All calls alike: a number of calls. */
static void one_size(struct lane *lane, const struct resource *r, const struct need *need)
{
    int64_t calls = 0;
    lane->one_size = true;
    lane->divisor = need->amount;
    if (r->kind != RESOURCE_GROUP && r->kind != RESOURCE_PEER) {
        lane->places = r->capacity / need->amount;
        return;
    }
    for (int i = 0; i < r->room_count; i++)
        calls += room_calls(&r->rooms[i], need);
    int64_t under_cap = r->cap / need->amount;
    lane->places = least(calls, under_cap);
    lane->peers = calls <= under_cap;
    lane->cap = r->cap_is_cause && under_cap <= calls;
    if (!lane->reason && !finds_room(r, need))
        lane->reason = "a call may be sent to a full peer while another has room";
}

/* Sizes one and two on alike peers, under the policy that the table was made for. */
static bool fragmentation_known(const struct lane *lane, const struct resource *r,
                                const struct need *needs, int count)
{
    if (!r->most_available || r->by_sessions || r->tries_several || !rooms_alike(r))
        return false;
    if (r->cap / lane->divisor < lane->places)
        return false;
    for (int i = 0; i < count; i++)
        if (needs[i].amount / lane->divisor > 2)
            return false;
    return true;
}

static double share_of_two(const struct lane *lane, const struct need *needs, const double *loads,
                           int count)
{
    double all = 0, two = 0;
    for (int i = 0; i < count; i++) {
        all += loads[i];
        two += needs[i].amount / lane->divisor == 2 ? loads[i] : 0;
    }
    return all > 0 ? two / all : 0;
}

static void several_sizes_on_peers(struct lane *lane, const struct resource *r,
                                   const struct need *needs, int count, const double *loads)
{
    int64_t cap = r->cap / lane->divisor, largest = 1;
    for (int i = 0; i < count; i++)
        largest =
            needs[i].amount / lane->divisor > largest ? needs[i].amount / lane->divisor : largest;
    lane->peer_places = INT64_MAX;
    for (int i = 0; i < r->room_count; i++) {
        lane->places += r->rooms[i].units / lane->divisor;
        lane->peer_places = least(lane->peer_places, r->rooms[i].units / lane->divisor);
    }
    for (int i = 0; i < count && !lane->reason; i++)
        if (limited_by_sessions(r, needs[i].amount) || limited_by_rms(r, &needs[i]))
            lane->reason = "peers limit calls of several sizes in more than units";
    int64_t sum = lane->places;
    bool finds = r->room_count <= 1 || r->tries_several || (r->most_available && !r->by_sessions);
    bool never = finds && fragmentation_never(sum, least(cap, sum), r->room_count, largest);
    bool apart = sum - cap > r->room_count * (largest - 1);
    lane->peers = cap >= sum ? 1 : never && apart ? 0 : -1;
    lane->cap = !r->cap_is_cause || cap >= sum + largest ? 0 : never && cap <= sum ? 1 : -1;
    if (!never && fragmentation_known(lane, r, needs, count)) {
        lane->fragmented = true;
        lane->acceptance_count = fragmentation_acceptance(
            r->room_count, share_of_two(lane, needs, loads, count), lane->acceptance);
        if (lane->peer_places < 10 && !lane->reason)
            lane->reason = "peers are small and calls of several sizes fragment them";
    } else if (!never && !lane->reason) {
        lane->reason = "calls of several sizes fragment the peers in a way that no formula covers";
    }
    lane->places = least(sum, cap);
}

/* Whether a peer's own RMS is what refuses. Where it may run out together with units, causes are
 * not told apart. */
static void find_rms_cause(struct lane *lane, const struct resource *r, const struct need *needs,
                           int count, bool alike)
{
    if ((r->kind != RESOURCE_GROUP && r->kind != RESOURCE_PEER) || rms_ample(r, needs, count))
        return;
    if (!lane->one_size || lane->peers == 0) { /* the cap refuses while peers have room: no RMS */
        lane->rms = lane->one_size ? 0 : -1;
        return;
    }
    bool before_units = alike && rms_first(r, &needs[0]);
    lane->rms = before_units ? 1 : -1;
    lane->peers = before_units ? 0 : limited_by_rms(r, &needs[0]) ? -1 : 1;
}

static int64_t total_of(const struct resource *r)
{
    if (r->kind != RESOURCE_GROUP && r->kind != RESOURCE_PEER)
        return r->capacity;
    int64_t sum = 0;
    for (int i = 0; i < r->room_count; i++)
        sum += r->rooms[i].units;
    return least(sum, r->cap);
}

struct lane lane_make(const struct resource *r, uint32_t index, const struct need *needs, int count,
                      const double *loads)
{
    struct lane lane = {.resource = index,
                        .reason = r->reason,
                        .divisor = needs[0].amount,
                        .peer_places = INT64_MAX};
    bool same = true, rms_same = true, rms_limited = false;
    for (int i = 0; i < count; i++) {
        same = same && needs[i].amount == needs[0].amount;
        rms_same = rms_same && needs[i].rms == needs[0].rms;
        rms_limited = rms_limited || limited_by_rms(r, &needs[i]);
        lane.divisor = common_divisor(lane.divisor, needs[i].amount);
    }
    if (same && !rms_same && rms_limited && !lane.reason)
        lane.reason = "peers limit calls of several kinds in more than units";
    if (same) {
        one_size(&lane, r, &needs[0]);
    } else if (r->kind == RESOURCE_GROUP || r->kind == RESOURCE_PEER) {
        several_sizes_on_peers(&lane, r, needs, count, loads);
    } else {
        if (r->kind == RESOURCE_PIPE && r->capacity / lane.divisor > COARSE) {
            lane.divisor = (r->capacity + COARSE - 1) / COARSE;
            lane.reason = lane.reason ? lane.reason : "a pipe has calls of many sizes";
        }
        lane.places = r->capacity / lane.divisor;
    }
    find_rms_cause(&lane, r, needs, count, rms_same);
    lane.total = total_of(r);
    for (int i = 0; i < count && !lane.reason; i++)
        if (needs[i].reserve > 0 && r->room_count > 1)
            lane.reason = "every peer keeps units free for some calls";
    return lane;
}
