/* Names in the path of a setting PATH=VALUE (data/settings.h): those who write settings and those
 * who apply them agree here. */
#ifndef PEERPLAN_MODEL_BASE_SETTING_H
#define PEERPLAN_MODEL_BASE_SETTING_H

/* A name as it stands in a path: in quotes where it needs them. Returns buffer. */
#define SETTING_NAME_SIZE 264 /* 64 characters of 4 bytes, quotes, NUL */
char *setting_name(const char *name, char buffer[SETTING_NAME_SIZE]);

#endif
