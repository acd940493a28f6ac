#include "tui/screens.h"

#define SCREEN_POINTER(NAME, name, key, help) [SCREEN_##NAME] = &screen_##name,
const struct screen *const app_screens[SCREEN_COUNT] = {SCREENS(SCREEN_POINTER)};

#define SCREEN_KEY(NAME, name, key, help) [SCREEN_##NAME] = key,
const int screen_function_keys[SCREEN_COUNT] = {SCREENS(SCREEN_KEY)};
