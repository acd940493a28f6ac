#include "tui/screens.h"

const struct screen *const app_screens[SCREEN_COUNT] = {
    [SCREEN_HELP] = &screen_help,     [SCREEN_CLUSTER] = &screen_cluster,
    [SCREEN_WHATIF] = &screen_whatif, [SCREEN_DAY] = &screen_day,
    [SCREEN_TABLES] = &screen_tables, [SCREEN_LOG] = &screen_log,
};
