#include "model/traffic.h"

#define CAUSE_NAME(id, name, meaning) name,

const char *cause_name(enum cause cause)
{
    static const char *const names[CAUSE_COUNT] = {CAUSES(CAUSE_NAME)};
    return names[cause];
}
