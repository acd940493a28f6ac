#include "tui/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/csv.h"

static bool failed(char *message, size_t size, const char *path)
{
    snprintf(message, size, "%s: %s", path, strerror(errno));
    return false;
}

/* Closes; false with errno when anything that was written did not arrive. */
static bool finish(FILE *file)
{
    bool good = !ferror(file) && fflush(file) == 0;
    int why = errno;
    if (fclose(file) != 0 && good)
        return false;
    errno = why;
    return good;
}

/* A link is followed, so that the file it leads to is the one that changes. */
static bool save_through(const char *path, const char *text)
{
    char beside[4096];
    struct stat before;
    char *target = realpath(path, NULL);
    int n = snprintf(beside, sizeof beside, "%s.XXXXXX", target ? target : path);
    mode_t mask = umask(0);
    umask(mask);
    mode_t mode = stat(path, &before) == 0 ? before.st_mode & 07777 : 0666 & ~mask;
    if (n < 0 || (size_t)n >= sizeof beside)
        errno = ENAMETOOLONG;
    int fd = n < 0 || (size_t)n >= sizeof beside ? -1 : mkstemp(beside);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool ok = file && fputs(text, file) >= 0 && fchmod(fd, mode) == 0;
    if (file)
        ok = finish(file) && ok;
    ok = ok && rename(beside, target ? target : path) == 0;
    int why = errno;
    if (!ok && fd >= 0)
        unlink(beside);
    free(target);
    errno = why;
    return ok;
}

bool file_save(const char *path, const char *text, char *message, size_t size)
{
    struct stat there;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
        snprintf(message, size, "%s: not a file", path);
        return false;
    }
    if (!save_through(path, text))
        return failed(message, size, path);
    snprintf(message, size, "saved to %s", path);
    return true;
}

static bool export_one(const char *folder, const char *name, const struct scenario *scenario,
                       const struct results *results, char *message, size_t size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file)
        return failed(message, size, path);
    if (!strcmp(name, "metrics.csv")) {
        csv_metrics_header(file);
        csv_metrics(file, results);
    } else if (!strcmp(name, "timeseries.csv")) {
        csv_timeseries(file, results);
    } else {
        csv_alarms(file, scenario, results);
    }
    return finish(file) || failed(message, size, path);
}

bool files_export(const char *folder, const struct scenario *scenario,
                  const struct results *results, char *message, size_t size)
{
    static const char *const names[] = {"metrics.csv", "timeseries.csv", "alarms.csv"};
    if (!results) {
        snprintf(message, size, "no simulation results to export yet");
        return false;
    }
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return failed(message, size, folder);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!export_one(folder, names[i], scenario, results, message, size))
            return false;
    snprintf(message, size, "metrics.csv, timeseries.csv and alarms.csv written to %s", folder);
    return true;
}
