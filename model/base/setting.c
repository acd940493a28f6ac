#include "model/base/setting.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

char *setting_name(const char *name, char buffer[SETTING_NAME_SIZE])
{
    bool plain = *name && !strpbrk(name, ".*='\"") && strlen(name) < SETTING_NAME_SIZE - 2;
    snprintf(buffer, SETTING_NAME_SIZE, plain ? "%s" : "\"%s\"", name);
    return buffer;
}
