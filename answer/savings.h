/* What could be taken away from a scenario that meets its goals, as settings, each with an amount:
 * peers, the next smaller platforms, licences, bandwidth. What costs most comes first. The other
 * side of answer/levers.h.
 */
#ifndef PEERPLAN_ANSWER_SAVINGS_H
#define PEERPLAN_ANSWER_SAVINGS_H

#include "answer/setting_list.h"
#include "answer/trial.h"

enum saving_kind { SAVING_PEERS, SAVING_PLATFORM, SAVING_LICENCES, SAVING_PIPE };

#define SAVING_PLATFORMS_MOST 12

struct saving {
    enum saving_kind kind;
    uint32_t index; /* cluster or pipe */
    enum licence licence;
    int64_t most;                             /* largest amount */
    double now, step;                         /* what there is, what one amount takes away */
    const char *names[SAVING_PLATFORMS_MOST]; /* smaller platforms, the next one first */
};

struct savings {
    struct saving *items; /* in the arena */
    size_t count;
};

/* False when out of memory. Texts are in the arena. */
bool savings_list(const struct scenario *scenario, const struct trial_maker *maker,
                  struct arena *arena, struct savings *savings);

/* Appends the settings of an amount > 0. */
void saving_settings(const struct saving *saving, const struct scenario *scenario, int64_t amount,
                     struct setting_list *list);

/* "12 fewer RMS in edge"; in the arena, NULL when out of memory. */
char *saving_words(const struct saving *saving, const struct scenario *scenario, int64_t amount,
                   struct arena *arena);

#endif
