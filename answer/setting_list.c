#include "answer/setting_list.h"

#include "model/base/setting.h"
#include "model/licences.h"

void setting_list_put(struct setting_list *list, const char *setting)
{
    if (!setting || list->count == list->room)
        list->failed = true;
    else
        list->items[list->count++] = setting;
}

void setting_list_pool(struct setting_list *list, const struct scenario *s, uint32_t cluster,
                       enum licence kind, int64_t number)
{
    const struct cluster *c = &s->clusters[cluster];
    const char *key = licence_name(kind);
    char name[SETTING_NAME_SIZE], peer[SETTING_NAME_SIZE];
    setting_name(c->name, name);
    if (c->licensing == LICENSING_SMART || c->licences[kind] > 0) {
        setting_list_put(list, arena_printf(list->arena, "clusters.%s.licences.%s=%lld", name, key,
                                            (long long)number));
        return;
    }
    for (uint32_t i = 0; i < c->peer_count; i++)
        setting_list_put(
            list, arena_printf(list->arena, "clusters.%s.peers.%s.%s=%lld", name,
                               setting_name(s->peers[c->first_peer + i].name, peer), key,
                               (long long)(number / c->peer_count + (i < number % c->peer_count))));
}
