#include "answer/prices.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/limits.h"

void prices_init(struct prices *prices)
{
    *prices = (struct prices){.rms = NAN, .room = NAN, .desktop = NAN, .site = NAN};
    for (size_t i = 0; i < PRICES_PLATFORMS_MAX; i++)
        prices->platforms[i] = NAN;
}

double prices_cost(double number, double price)
{
    return number > 0 ? number * price : 0;
}

static double cost_of_node(const struct price_list *list, const char *platform)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->names[i], platform) == 0)
            return list->prices->platforms[i];
    return NAN;
}

double prices_of_scenario(const struct price_list *list, const struct scenario *s,
                          char missing[static PRICES_ITEM_SIZE])
{
    const struct prices *p = list->prices;
    const struct {
        enum licence kind;
        double price;
        const char *item;
    } licences[] = {{LICENCE_RMS, p->rms, "rms"},
                    {LICENCE_ROOM, p->room, "room"},
                    {LICENCE_DESKTOP, p->desktop, "desktop"}};
    double sum = 0;
    for (uint32_t i = 0; i < s->peer_count; i++) {
        const char *platform = s->platforms[s->peers[i].platform].name;
        double node = cost_of_node(list, platform);
        if (isnan(node))
            snprintf(missing, PRICES_ITEM_SIZE, "platform:%s", platform);
        sum += node;
    }
    for (uint32_t c = 0; c < s->cluster_count; c++)
        for (size_t k = 0; k < sizeof licences / sizeof *licences; k++) {
            if (!s->clusters[c].licensed[licences[k].kind])
                continue;
            double number = (double)limit_of_pool(s, c, licences[k].kind);
            double cost = prices_cost(number, licences[k].price);
            if (isnan(cost))
                snprintf(missing, PRICES_ITEM_SIZE, "%s", licences[k].item);
            sum += cost;
        }
    return sum;
}
