#include "cli/ask.h"

#include <stdio.h>

void ask_option_rows(struct argp_option rows[static ASK_COUNT], int group)
{
    static char help[ASK_COUNT][256];
    for (int i = 0; i < ASK_COUNT; i++) {
        const struct ask_row *row = &ask_options[i];
        snprintf(help[i], sizeof help[i], "%s (default: %s)", row->question,
                 row->fallback ? row->fallback : "not stated");
        rows[i] = (struct argp_option){.name = row->name,
                                       .key = ASK_KEY + i,
                                       .arg = row->form,
                                       .doc = help[i],
                                       .group = group};
    }
}

bool ask_option(int key, const char *value, struct argp_state *state, struct ask *ask)
{
    char reason[ASK_REASON];
    if (key < ASK_KEY || key >= ASK_KEY + ASK_COUNT)
        return false;
    enum ask_option option = (enum ask_option)(key - ASK_KEY);
    if (!ask_set(ask, option, value, reason))
        argp_error(state, "--%s %s", ask_options[option].name, reason);
    return true;
}
