#include "tui/recovery.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPIES 8
#define HEAD   "# peerplan keeps unsaved changes here: process "

/* ---- Places ---- */

static void make_folders(char *path)
{
    for (char *at = path + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        mkdir(path, 0700);
        *at = '/';
    }
}

/* In the folder for the state of programs; slashes of the scenario's path become percent signs. */
static char *state_place(const char *scenario, int number)
{
    char *place = NULL, *full = scenario ? realpath(scenario, NULL) : NULL;
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    bool stated = state && state[0] == '/';
    if (!stated && (!home || home[0] != '/')) {
        free(full);
        return NULL;
    }
    for (char *at = full; at && *at; at++)
        *at = *at == '/' ? '%' : *at;
    int n = asprintf(&place, "%s%s/peerplan/%s.recovery%.0d", stated ? state : home,
                     stated ? "" : "/.local/state", full ? full : "unnamed.yaml", number);
    free(full);
    if (n < 0)
        return NULL;
    make_folders(place);
    return place;
}

static char *place_beside(const char *scenario, int number)
{
    const char *slash = strrchr(scenario, '/');
    int folder = slash ? (int)(slash - scenario) + 1 : 0;
    char *place = NULL;
    int n = asprintf(&place, "%.*s.%s.recovery%.0d", folder, scenario, scenario + folder, number);
    return n < 0 ? NULL : place;
}

/* The copy of a number, 0 the first; owned. beside: NULL where that is no place for it. */
static char *place_of(const char *scenario, bool beside, int number)
{
    if (!beside)
        return state_place(scenario, number);
    return scenario ? place_beside(scenario, number) : NULL;
}

static bool folder_writable(const char *scenario)
{
    const char *slash = scenario ? strrchr(scenario, '/') : NULL;
    char *folder = slash ? strndup(scenario, (size_t)(slash - scenario) + 1) : strdup(".");
    bool writable = scenario && folder && access(folder, W_OK) == 0;
    free(folder);
    return writable;
}

/* ---- Copies ---- */

/* Still running, and one of us. */
static bool process_lives(long process)
{
    char path[64], name[32] = "";
    if (process <= 0 || (kill((pid_t)process, 0) != 0 && errno == ESRCH))
        return false;
    snprintf(path, sizeof path, "/proc/%ld/comm", process);
    FILE *file = fopen(path, "r");
    if (!file)
        return true;
    bool ours = fgets(name, sizeof name, file) && strncmp(name, "peerplan", 8) == 0;
    fclose(file);
    return ours;
}

/* The text of a copy whose process is gone; owned, NULL when there is none. */
static char *read_left(const char *place)
{
    FILE *file = fopen(place, "r");
    char *text = NULL;
    size_t size = 0;
    long process = 0;
    if (!file)
        return NULL;
    char head[128] = "";
    if (fgets(head, sizeof head, file) && !strncmp(head, HEAD, sizeof HEAD - 1))
        process = strtol(head + sizeof HEAD - 1, NULL, 10);
    if (process > 0 && !process_lives(process) && getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

static bool write_copy(const char *place, const char *text)
{
    char *beside = NULL;
    if (asprintf(&beside, "%s.new", place) < 0)
        return false;
    mode_t mask = umask(077);
    FILE *file = fopen(beside, "w");
    umask(mask);
    bool ok = file && fprintf(file, HEAD "%ld\n%s", (long)getpid(), text) > 0;
    ok = file && fclose(file) == 0 && ok;
    ok = ok && rename(beside, place) == 0;
    if (!ok)
        unlink(beside);
    free(beside);
    return ok;
}

/* ---- For the loop ---- */

void recovery_init(struct recovery *recovery, const char *scenario)
{
    *recovery = (struct recovery){.scenario = scenario ? strdup(scenario) : NULL};
}

void recovery_release(struct recovery *recovery)
{
    free(recovery->scenario);
    free(recovery->place);
    free(recovery->left);
    *recovery = (struct recovery){0};
}

char *recovery_find(struct recovery *recovery)
{
    for (int i = 0; i < 2 * COPIES; i++) {
        char *place = place_of(recovery->scenario, i < COPIES, i % COPIES);
        char *text = place ? read_left(place) : NULL;
        if (text) {
            free(recovery->left);
            recovery->left = place;
            return text;
        }
        free(place);
    }
    return NULL;
}

/* The first place where no copy lies. */
static char *free_place(const char *scenario, bool beside)
{
    for (int i = 0; i < COPIES; i++) {
        char *place = place_of(scenario, beside, i);
        if (!place || access(place, F_OK) != 0)
            return place;
        free(place);
    }
    return NULL;
}

/* At a new place, in that of the copy before. A full disk may leave room on another. */
static bool move_copy(struct recovery *recovery, bool beside, const char *text)
{
    char *place = free_place(recovery->scenario, beside);
    if (!place || !write_copy(place, text)) {
        free(place);
        return false;
    }
    if (recovery->place)
        unlink(recovery->place);
    free(recovery->place);
    recovery->place = place;
    recovery->away = !beside;
    return true;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool recovery_keep(struct recovery *recovery, const char *scenario, const char *text)
{
    if (recovery->place && (!text || !same(scenario, recovery->scenario))) {
        unlink(recovery->place);
        free(recovery->place);
        recovery->place = NULL;
    }
    if (!same(scenario, recovery->scenario)) {
        free(recovery->scenario);
        recovery->scenario = scenario ? strdup(scenario) : NULL;
    }
    if (!text)
        return true;
    if (recovery->place && write_copy(recovery->place, text))
        return true;
    if (!recovery->place && folder_writable(scenario) && move_copy(recovery, true, text))
        return true;
    return !(recovery->place && recovery->away) && move_copy(recovery, false, text);
}

void recovery_adopt(struct recovery *recovery)
{
    if (!recovery->left)
        return;
    free(recovery->place);
    recovery->place = recovery->left;
    recovery->away = false; /* or unknown: then the state folder is tried once more */
    recovery->left = NULL;
}

void recovery_forget(struct recovery *recovery)
{
    if (recovery->left)
        unlink(recovery->left);
    free(recovery->left);
    recovery->left = NULL;
}
