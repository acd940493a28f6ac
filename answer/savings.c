#include "answer/savings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/arena.h"
#include "model/base/number.h"
#include "model/base/setting.h"
#include "model/limits.h"

static const char *const licence_nouns[LICENCE_COUNT] = {[LICENCE_RMS] = "RMS",
                                                         [LICENCE_DESKTOP] = "desktop licences",
                                                         [LICENCE_ROOM] = "room licences"};

static bool is_smaller(const struct platform *a, const struct platform *b)
{
    if (a->units != b->units)
        return a->units < b->units;
    if (a->registrations != b->registrations)
        return a->registrations < b->registrations;
    return a->mra_registrations < b->mra_registrations;
}

/* The smaller platforms of a cluster, the largest of them first. */
static void list_platforms(const struct scenario *s, const struct trial_maker *maker, uint32_t c,
                           struct arena *arena, struct saving *saving)
{
    static const char *const known[] = {"small-vm", "medium-vm", "large-vm", "ce1200", "ce1300"};
    struct platform now = scenario_cluster_node(s, c), nodes[SAVING_PLATFORMS_MOST];
    char name[SETTING_NAME_SIZE];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct trial_scenario made;
        const char *setting = arena_printf(arena, "clusters.%s.peers.*.platform=%s",
                                           setting_name(s->clusters[c].name, name), known[i]);
        if (!setting || strcmp(known[i], now.name) == 0 ||
            !maker->make(maker->context, &setting, 1, &made))
            continue;
        struct platform node = scenario_cluster_node(&made.scenario, c);
        maker->release(maker->context, &made);
        if (!is_smaller(&node, &now))
            continue;
        int64_t at = saving->most++;
        for (; at > 0 && is_smaller(&nodes[at - 1], &node); at--) {
            nodes[at] = nodes[at - 1];
            saving->names[at] = saving->names[at - 1];
        }
        nodes[at] = node;
        saving->names[at] = known[i];
    }
}

bool savings_list(const struct scenario *s, const struct trial_maker *maker, struct arena *arena,
                  struct savings *savings)
{
    size_t room = (size_t)s->cluster_count * (2 + LICENCE_COUNT) + s->pipe_count + 1;
    *savings = (struct savings){.items = arena_alloc(arena, room, sizeof *savings->items)};
    if (!savings->items)
        return false;
    struct saving *items = savings->items;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        if (s->clusters[c].peer_count > 1)
            items[savings->count++] = (struct saving){.kind = SAVING_PEERS,
                                                      .index = c,
                                                      .most = s->clusters[c].peer_count - 1,
                                                      .now = s->clusters[c].peer_count,
                                                      .step = 1};
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        struct saving saving = {.kind = SAVING_PLATFORM, .index = c, .now = NAN};
        list_platforms(s, maker, c, arena, &saving);
        if (saving.most > 0)
            items[savings->count++] = saving;
    }
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (enum licence kind = 0; kind < LICENCE_COUNT; kind++) {
            int64_t pool = limit_of_pool(s, c, kind);
            if (s->clusters[c].licensed[kind] && pool > 0)
                items[savings->count++] = (struct saving){.kind = SAVING_LICENCES,
                                                          .index = c,
                                                          .licence = kind,
                                                          .most = pool,
                                                          .now = (double)pool,
                                                          .step = 1};
        }
    for (uint32_t p = 0; p < s->pipe_count; p++)
        if (s->pipes[p].total > 0 && s->pipes[p].total < CAPACITY_UNLIMITED)
            items[savings->count++] = (struct saving){.kind = SAVING_PIPE,
                                                      .index = p,
                                                      .most = 99,
                                                      .now = (double)s->pipes[p].total,
                                                      .step = (double)s->pipes[p].total / 100};
    return true;
}

void saving_settings(const struct saving *saving, const struct scenario *s, int64_t amount,
                     struct setting_list *list)
{
    char name[SETTING_NAME_SIZE], number[NUMBER_SIZE];
    setting_name(saving->kind == SAVING_PIPE ? s->pipes[saving->index].name
                                             : s->clusters[saving->index].name,
                 name);
    number_format(floor(saving->now - saving->step * (double)amount), number);
    switch (saving->kind) {
    case SAVING_PEERS:
        setting_list_put(list, arena_printf(list->arena, "clusters.%s.peers=%s", name, number));
        break;
    case SAVING_PLATFORM:
        setting_list_put(list, arena_printf(list->arena, "clusters.%s.peers.*.platform=%s", name,
                                            saving->names[amount - 1]));
        break;
    case SAVING_LICENCES:
        setting_list_pool(list, s, saving->index, saving->licence, (int64_t)saving->now - amount);
        break;
    default:
        setting_list_put(list, arena_printf(list->arena, "pipes.%s.total=%s", name, number));
    }
}

char *saving_words(const struct saving *saving, const struct scenario *s, int64_t amount,
                   struct arena *arena)
{
    const char *cluster = saving->kind == SAVING_PIPE ? "" : s->clusters[saving->index].name;
    switch (saving->kind) {
    case SAVING_PEERS:
        return arena_printf(arena, "%lld peer%s fewer in %s", (long long)amount,
                            amount == 1 ? "" : "s", cluster);
    case SAVING_PLATFORM:
        return arena_printf(arena, "platform %s in %s", saving->names[amount - 1], cluster);
    case SAVING_LICENCES:
        return arena_printf(arena, "%lld %s fewer in %s", (long long)amount,
                            licence_nouns[saving->licence], cluster);
    default:
        return arena_printf(arena, "%.4g Mbit/s on pipe %s",
                            floor(saving->now - saving->step * (double)amount) / 1e6,
                            s->pipes[saving->index].name);
    }
}
