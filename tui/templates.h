/* What can be added at a place of the scenario: items of lists, also of empty ones, and kinds of
 * arrivals and holding times. Each is whole: the scenario stays one. */
#ifndef PEERPLAN_TUI_TEMPLATES_H
#define PEERPLAN_TUI_TEMPLATES_H

#include "data/schema.h"

struct template
{
    const char *label; /* "peer fails, and comes back" */
    const char *yaml;  /* with $words for what depends on the scenario */
};

/* The templates for items of a list, or kinds of a mapping, of a block; *count 0: none. Static. */
const struct template *templates_of(enum schema_block block, int *count);

/* The YAML of a template, with names that are free and things that exist. `near`: index of the
 * cluster that is meant. Owned; NULL when out of memory. */
char *template_fill(const struct template *template, const struct scenario *scenario,
                    uint32_t near);

#endif
