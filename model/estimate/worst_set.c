#include "model/estimate/worst_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/estimate/sets.h"

#define SAME 1e-9 /* relative difference of figures of sets that are equally bad */

/* How bad it is to lose a set: the worst class's share of refused calls, then all refused calls. */
struct loss {
    double worst, all;
};

static bool set_loss(const struct scenario *s, const uint8_t *mask,
                     const struct run_request *request, struct loss *loss)
{
    uint32_t worst;
    struct totals run;
    struct run_request q = {.away = mask,
                            .scale = request->scale,
                            .preview = true,
                            .figures_only = true,
                            .loads = request->loads};
    if (!run_totals(s, &q, &run, NULL))
        return false;
    *loss = (struct loss){.worst = run_excess(s, &run, &worst)};
    for (uint32_t k = 0; k < s->class_count; k++)
        loss->all += run.classes[k].blocked;
    totals_release(&run);
    return true;
}

/* Of the peers in which two sets differ, does the first by name belong to a? */
static bool named_first(const struct scenario *s, const uint8_t *a, const uint8_t *b)
{
    const char *first = NULL;
    bool in_a = false;
    for (uint32_t p = 0; p < s->peer_count; p++) {
        uint32_t c = s->peers[p].cluster;
        unsigned bit = 1u << (p - s->clusters[c].first_peer);
        if (((a[c] ^ b[c]) & bit) && (!first || strcmp(s->peers[p].name, first) < 0)) {
            first = s->peers[p].name;
            in_a = a[c] & bit;
        }
    }
    return in_a;
}

/* The order of the file decides nothing: where two sets are equally bad, names do. */
static bool worse(const struct scenario *s, const struct loss *x, const uint8_t *a,
                  const struct loss *y, const uint8_t *b)
{
    if (fabs(x->worst - y->worst) > SAME * fabs(y->worst))
        return x->worst > y->worst;
    if (fabs(x->all - y->all) > SAME * fabs(y->all))
        return x->all > y->all;
    return named_first(s, a, b);
}

bool worst_set(const struct scenario *s, int down, const struct run_request *request,
               const uint8_t *out, uint8_t *away)
{
    memset(away, 0, s->cluster_count);
    if (out && s->cluster_count)
        memcpy(away, out, s->cluster_count);
    if (down <= 0 || s->cluster_count == 0)
        return true;
    int room = SETS_OF_TWO + SETS_MAX * (int)s->cluster_count;
    uint8_t *masks = malloc((size_t)room * s->cluster_count);
    int count = masks ? sets_of(s, down, out, masks, room) : 0;
    struct loss highest = {-1, 0}, loss = {0, 0};
    bool done = masks != NULL;
    for (int i = 0; done && i < count; i++) {
        const uint8_t *mask = masks + (size_t)i * s->cluster_count;
        done = count == 1 || set_loss(s, mask, request, &loss);
        if (done && (i == 0 || worse(s, &loss, mask, &highest, away))) {
            highest = loss;
            memcpy(away, mask, s->cluster_count);
        }
    }
    free(masks);
    return done;
}
