/* Temporary files and folders, `.peerplan-PID-N.tmp`, that never outlive the process for long.
 *
 * Those that are open are known to a handler of signals. What a process that was killed left
 * behind is removed when the next temporary is made in the same folder: its number is not that of a
 * living process, and nobody holds the lock that its maker held (which tells across containers and
 * hosts). For model/base/output*.c.
 */
#ifndef PEERPLAN_MODEL_BASE_TEMPORARY_H
#define PEERPLAN_MODEL_BASE_TEMPORARY_H

#include <stdbool.h>

struct temporary {
    char *name; /* owned; NULL: none */
    int place;  /* among those that a signal removes, or -1 */
    int lock;   /* descriptor, or -1 */
    bool folder;
};

#define TEMPORARY_NONE ((struct temporary){.place = -1, .lock = -1})

/* A new file in the folder of `target`, opened for writing: its descriptor, or -1 with errno. */
int temporary_file(struct temporary *temporary, const char *target);
/* A new folder beside `target`: false with errno. */
bool temporary_folder(struct temporary *temporary, const char *target);
/* A new file of that name in a temporary folder: its descriptor, or -1 with errno. */
int temporary_file_in(struct temporary *temporary, const struct temporary *folder,
                      const char *name);

/* Renames it to target: 0 or an errno. It is no temporary any more then. */
int temporary_rename(struct temporary *temporary, const char *target);
/* It has got its name with the folder that holds it. */
void temporary_settle(struct temporary *temporary);
/* Removes and frees; nothing where there is none. */
void temporary_remove(struct temporary *temporary);

#endif
