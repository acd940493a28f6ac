/* The screens. Another one is a row here and a file, screen_NAME.c, that defines screen_NAME.
 *
 * The order is that of the bar and of Tab. A key of 0: no function key, reached by Tab and by its
 * name in the palette. The line says in the help and in the manual what the screen is for.
 */
#ifndef PEERPLAN_TUI_SCREENS_H
#define PEERPLAN_TUI_SCREENS_H

#define SCREENS(SCREEN)                                                                            \
    SCREEN(HELP, help, 1, "help: how to read the screens, and all keys")                           \
    SCREEN(CLUSTER, cluster, 2, "the clusters and their peers: do they carry the load")            \
    SCREEN(WHATIF, whatif, 3, "what if: change the scenario, see the answer beside it")            \
    SCREEN(DAY, day, 4, "the day: load, blocking and registrations over time")                     \
    SCREEN(TABLES, tables, 5, "capacity tables by release, rule and peers")                        \
    SCREEN(LOG, log, 6, "the session: every change with its answer, and what was said")            \
    SCREEN(COMPARE, compare, 7, "pinned states against the present one, paired")                   \
    SCREEN(SWINGS, swings, 8, "the tornado: what moves the answer most, a tenth up or down")       \
    SCREEN(SIZE, size, 9, "designs: the smallest that carry the load, best first")                 \
    SCREEN(FORECAST, forecast, 11, "the forecast: when growth reaches each limit and goal")        \
    SCREEN(CHECK, check, 12, "the doctor: what is wrong with the configuration, and what to do")

enum screen_number {
#define SCREEN_NUMBER(NAME, name, key, help) SCREEN_##NAME,
    SCREENS(SCREEN_NUMBER)
#undef SCREEN_NUMBER
        SCREEN_COUNT
};

struct screen;
#define SCREEN_DECLARATION(NAME, name, key, help) extern const struct screen screen_##name;
SCREENS(SCREEN_DECLARATION)
#undef SCREEN_DECLARATION

extern const struct screen *const app_screens[SCREEN_COUNT];
extern const int screen_function_keys[SCREEN_COUNT]; /* 0: none */

#endif
