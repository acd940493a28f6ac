/* The screens, one file each. */
#ifndef PEERPLAN_TUI_SCREENS_H
#define PEERPLAN_TUI_SCREENS_H

#include "tui/app.h"

extern const struct screen screen_help, screen_cluster, screen_whatif, screen_day, screen_tables,
    screen_log;

#endif
