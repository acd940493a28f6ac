#include "model/scenario_make.h"

struct platform platform_make(const char *name)
{
    return (struct platform){.name = name,
                             .registrations = CAPACITY_UNLIMITED,
                             .audio_weight = 1,
                             .video_weight = 2,
                             .mra_video_weight = 2,
                             .rms = CAPACITY_UNLIMITED,
                             .mra_registrations = CAPACITY_UNLIMITED,
                             .turn = CAPACITY_UNLIMITED,
                             .setup_rate = CAPACITY_UNLIMITED,
                             .source = ""};
}

struct cluster cluster_make(const char *name, uint32_t first_peer)
{
    return (struct cluster){
        .name = name,
        .role = ROLE_BOTH,
        .traversal = NONE,
        .redundancy = REDUNDANCY_NONE,
        .cap_stated = -1,
        .selection = SELECT_DEFAULT,
        .available = AVAILABLE_UNITS,
        .when_full = FULL_REFUSE,
        .ties = TIES_RANDOM,
        .licensing = LICENSING_PAK,
        .licence_grace = 14 * DAY,
        .first_peer = first_peer,
        .primary = first_peer,
        .printed = {CAPACITY_UNLIMITED, CAPACITY_UNLIMITED, CAPACITY_UNLIMITED, CAPACITY_UNLIMITED,
                    CAPACITY_UNLIMITED},
    };
}

struct peer peer_make(const char *name, uint32_t cluster)
{
    return (struct peer){.name = name,
                         .cluster = cluster,
                         .max_sessions = CAPACITY_UNLIMITED,
                         .turn_multiplexing = true,
                         .image = IMAGE_SELECT,
                         .registration_queue = CAPACITY_UNLIMITED,
                         .rms_key = true,
                         .joins = -FOREVER,
                         .leaves = FOREVER};
}

struct call_class class_make(const char *name)
{
    return (struct call_class){.name = name,
                               .media = MEDIA_VIDEO,
                               .service = SERVICE_B2B,
                               .protocol = PROTOCOL_SIP,
                               .via = {.origin = ORIGIN_CLUSTER},
                               .holding = {.law = LAW_EXPONENTIAL, .mean = 1, .cv = 1, .k = 1},
                               .units = -1,
                               .rms_halves = -1,
                               .turn = -1,
                               .media_traverses = true,
                               .redial_law = LAW_EXPONENTIAL};
}

struct arrivals arrivals_make(nanos *time, double *per_second)
{
    return (struct arrivals){
        .kind = ARRIVALS_RATE,
        .steps = {.times = time, .rates = per_second, .count = 1, .daily = true}};
}

struct run run_make(void)
{
    return (struct run){.start_unix = 1772409600, /* 2026-03-02T00:00, a Monday */
                        .length = DAY,
                        .warmup_kind = WARMUP_AUTO,
                        .replications = 30,
                        .seed = 1,
                        .interval = 15 * MINUTE};
}

struct goals goals_make(void)
{
    return (struct goals){.blocking = 0.01};
}
