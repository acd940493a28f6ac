/* Names in the path of a setting PATH=VALUE (data/settings.h): those who write settings and those
 * who apply them agree here. */
#ifndef PEERPLAN_MODEL_BASE_SETTING_H
#define PEERPLAN_MODEL_BASE_SETTING_H

#define NAME_CHARACTERS_MAX                                                                        \
    64 /* of peers, clusters, classes and all else that a scenario names                           \
        */

/* A name as it stands in a path: in quotes where it needs them. Returns buffer. */
#define SETTING_NAME_SIZE 264
_Static_assert(SETTING_NAME_SIZE >= 4 * NAME_CHARACTERS_MAX + 3,
               "characters of 4 bytes, quotes and NUL");
char *setting_name(const char *name, char buffer[SETTING_NAME_SIZE]);

#endif
