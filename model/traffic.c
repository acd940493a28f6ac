#include "model/traffic.h"

#define CAUSE_NAME(id, name, meaning)    name,
#define CAUSE_MEANING(id, name, meaning) meaning,

const char *cause_name(enum cause cause)
{
    static const char *const names[CAUSE_COUNT] = {CAUSES(CAUSE_NAME)};
    return names[cause];
}

const char *cause_meaning(enum cause cause)
{
    static const char *const meanings[CAUSE_COUNT] = {CAUSES(CAUSE_MEANING)};
    return meanings[cause];
}
