#include "model/scenario.h"

#include "model/base/arena.h"

void scenario_release(struct scenario *scenario)
{
    arena_free(scenario->arena);
    *scenario = (struct scenario){0};
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct platform scenario_cluster_node(const struct scenario *scenario, uint32_t cluster)
{
    const struct cluster *c = &scenario->clusters[cluster];
    struct platform node = {0};
    for (uint32_t i = 0; i < c->peer_count; i++) {
        const struct platform *p =
            &scenario->platforms[scenario->peers[c->first_peer + i].platform];
        if (i == 0) {
            node = *p;
            continue;
        }
        if (p->units < node.units)
            node.name = p->name;
        node.registrations = least(node.registrations, p->registrations);
        node.units = least(node.units, p->units);
        node.rms = least(node.rms, p->rms);
        node.mra_registrations = least(node.mra_registrations, p->mra_registrations);
        node.turn = least(node.turn, p->turn);
        node.no_gain = node.no_gain || p->no_gain;
    }
    return node;
}

int64_t scenario_cluster_limit(const struct scenario *scenario, uint32_t cluster,
                               int64_t node_figure, int64_t sum)
{
    const struct cluster *c = &scenario->clusters[cluster];
    if (node_figure == CAPACITY_UNLIMITED || c->peer_count == 0)
        return sum;
    struct platform node = scenario_cluster_node(scenario, cluster);
    if (c->redundancy == REDUNDANCY_NONE && !node.no_gain)
        return sum;
    int factor = capacity_factor(c->redundancy, (int)c->peer_count, node.no_gain);
    return node_figure > sum / factor ? sum : node_figure * factor; /* their product may not fit */
}

int64_t scenario_cluster_units(const struct scenario *scenario, uint32_t cluster)
{
    const struct cluster *c = &scenario->clusters[cluster];
    int64_t sum = 0;
    for (uint32_t i = 0; i < c->peer_count; i++) {
        int64_t units = scenario->platforms[scenario->peers[c->first_peer + i].platform].units;
        sum = units > CAPACITY_UNLIMITED - sum ? CAPACITY_UNLIMITED : sum + units;
    }
    if (c->cap_stated >= 0)
        return least(c->cap_stated, sum);
    if (c->caps_printed && c->printed.units < CAPACITY_UNLIMITED)
        return least(c->printed.units, sum);
    return scenario_cluster_limit(scenario, cluster, scenario_cluster_node(scenario, cluster).units,
                                  sum);
}

int64_t scenario_call_units(const struct scenario *scenario, const struct call_class *call,
                            const struct platform *platform)
{
    (void)scenario;
    if (call->units >= 0)
        return call->units;
    if (call->media == MEDIA_AUDIO)
        return platform->audio_weight;
    return call->service == SERVICE_MRA ? platform->mra_video_weight : platform->video_weight;
}

/* RMS by what is called: on the core, on the edge. The half for audio-only SIP is applied by
 * service_demand(). */
static const struct {
    const char *name;
    int core, edge; /* RMS of a video call */
    int turn;
    bool mra;
} services[SERVICE_COUNT] = {
    [SERVICE_B2B] = {"b2b", 0, 1, 0, false},
    [SERVICE_MRA] = {"mra", 0, 0, 0, true},
    [SERVICE_REGISTERED] = {"registered", 0, 0, 0, false},
    [SERVICE_INTRACLUSTER] = {"intracluster", 1, 1, 0, false},
    [SERVICE_INTERWORKING] = {"interworking", 1, 1, 0, false},
    [SERVICE_LYNC] = {"lync", 1, 0, 0, false},
    [SERVICE_THIRD_PARTY] = {"third-party", 1, 0, 0, false},
    [SERVICE_WEBRTC] = {"webrtc", 0, 0, 2, false},
    [SERVICE_WEBEX] = {"webex", 0, 0, 0, false},
    [SERVICE_MEETING_SERVER] = {"meeting-server", 0, 0, 0, false},
};

struct demand service_demand(enum service service, enum media media, enum protocol protocol)
{
    bool half = media == MEDIA_AUDIO && protocol == PROTOCOL_SIP && service != SERVICE_INTERWORKING;
    int halves = half ? 1 : 2;
    return (struct demand){
        .rms_core_halves = services[service].core * halves,
        .rms_edge_halves = services[service].edge * halves,
        .turn = services[service].turn,
        .mra = services[service].mra,
    };
}

static bool scenario_webrtc(const struct scenario *scenario, uint32_t cluster)
{
    for (uint32_t k = 0; k < scenario->class_count; k++)
        if (scenario->classes[k].service == SERVICE_WEBRTC &&
            scenario->classes[k].via.cluster == cluster)
            return true;
    return false;
}

int64_t scenario_encrypted_sessions(const struct scenario *scenario, uint32_t peer)
{
    const struct peer *p = &scenario->peers[peer];
    if (p->image != IMAGE_UNRESTRICTED)
        return CAPACITY_UNLIMITED;
    return ENCRYPTED_SESSIONS_MAX -
           (scenario_webrtc(scenario, p->cluster) ? WEBRTC_SESSIONS_MAX : 0);
}

const char *service_name(enum service service)
{
    return services[service].name;
}

bool selection_tries_several(enum selection selection)
{
#define POLICY_TRIES(id, name, several) several,
    static const bool tries[SELECT_COUNT] = {false,
                                             POLICIES(POLICY_TRIES) ZONE_POLICIES(POLICY_TRIES)};
    return tries[selection];
}

double arrivals_mean_batch(const struct arrivals *arrivals)
{
    double mean = arrivals->batch_count ? 0 : 1;
    for (uint32_t i = 0; i < arrivals->batch_count; i++)
        mean += (double)arrivals->batch_sizes[i] * arrivals->batch_probabilities[i];
    return mean;
}

int64_t rate_steps_find(const struct rate_steps *steps, nanos time)
{
    uint32_t low = 0, high = steps->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (steps->times[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return (int64_t)low - 1;
}

double scenario_class_goal(const struct scenario *scenario, uint32_t class_index)
{
    const struct call_class *call = &scenario->classes[class_index];
    return call->goal_stated ? call->goal : scenario->goals.blocking;
}

double call_erlangs(const struct call_class *call)
{
    const struct arrivals *arrivals = &call->arrivals;
    double hold = call->holding.mean, busiest = 0;
    if (arrivals->kind == ARRIVALS_SOURCES)
        return hold > 0 ? (double)arrivals->sources * hold / (hold + arrivals->idle_mean) : 0;
    for (uint32_t i = 0; arrivals->kind == ARRIVALS_RATE && i < arrivals->steps.count; i++)
        busiest = arrivals->steps.rates[i] > busiest ? arrivals->steps.rates[i] : busiest;
    return busiest * arrivals_mean_batch(arrivals) * hold;
}
