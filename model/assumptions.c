#include "model/assumptions.h"

#include <string.h>

const char *assumption_words(enum assumption assumption)
{
    static const char *const words[ASSUMPTION_COUNT] = {
        [ASSUMES_HARDWARE] = "Small VM: on BE6000 (M5) class hardware",
        [ASSUMES_MULTIPLEXING] =
            ("TURN relays of large systems: with TURN port multiplexing on one "
             "port, else a sixth of them on each of six"),
        [ASSUMES_SMALLEST] = "a mix of platforms: as many of the smallest",
    };
    return words[assumption];
}

const char *assumption_clause(enum assumption assumption)
{
    return strchr(assumption_words(assumption), ':') + 2;
}

bool assumption_of_hardware(const char *platform)
{
    return strcmp(platform, "small-vm") == 0;
}

static bool uses_turn(const struct scenario *s)
{
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        if (call->turn > 0 ||
            (call->turn < 0 && service_demand(call->service, call->media, call->protocol).turn > 0))
            return true;
    }
    return false;
}

unsigned assumptions_of(const struct scenario *s)
{
    unsigned assumed = 0;
    bool turn = uses_turn(s);
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (uint32_t i = 0; i < s->clusters[c].peer_count; i++) {
            const struct peer *peer = &s->peers[s->clusters[c].first_peer + i];
            const struct platform *platform = &s->platforms[peer->platform];
            if (assumption_of_hardware(platform->name))
                assumed |= 1u << ASSUMES_HARDWARE;
            if (turn && platform->turn_ports && peer->turn_multiplexing)
                assumed |= 1u << ASSUMES_MULTIPLEXING;
            if (peer->platform != s->peers[s->clusters[c].first_peer].platform)
                assumed |= 1u << ASSUMES_SMALLEST;
        }
    return assumed;
}
