/* The legs of a class's path that take something, with some peers away: the peers that are there,
 * and how calls fall on them. Also what of a class or a leg no formula covers. Private to the
 * estimate. */
#ifndef PEERPLAN_MODEL_ESTIMATE_PASSAGE_H
#define PEERPLAN_MODEL_ESTIMATE_PASSAGE_H

#include "model/at_rest.h"
#include "model/path.h"

enum spread { SPREAD_GROUP, SPREAD_EVEN, SPREAD_WEIGHTED };

/* A leg that takes something. */
struct passage {
    const struct leg *leg;
    uint32_t cluster;
    uint8_t peers; /* candidates that are there */
    enum spread spread;
    enum selection policy;
    int64_t units;
    int64_t reserve, reserve_rms; /* trunk reservation; halves */
    double uneven; /* relative error of the shares in which devices are registered at the peers */
    const char *reason;
};

/* away: by cluster, bit i: its peer i. passages: LEGS_MAX of them, which borrow from the path. -1
 * where the path is too long for one. */
int passages_of(const struct scenario *scenario, const struct call_class *call, const uint8_t *away,
                struct path *path, struct passage *passages);

bool passage_tries_several(const struct passage *passage); /* passes over peers that are full */
double passage_weight(const struct scenario *scenario, const struct passage *passage,
                      uint32_t local); /* of a peer of the cluster, where calls are spread */

/* Why only a simulation can tell, or NULL; static. rest: devices with these peers away. */
const char *passages_reason(const struct scenario *scenario, const struct call_class *call,
                            const struct at_rest *rest);
/* Devices of the class are not registered in the shares that are stated. */
bool passages_moved(const struct scenario *scenario, const struct call_class *call,
                    const struct at_rest *rest);
const char *passage_reason(const struct scenario *scenario, const struct passage *passage);

#endif
