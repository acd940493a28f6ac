#include "tui/files.h"

#include <stdio.h>
#include <sys/stat.h>

#include "model/base/output.h"
#include "reports/files.h"

/* The first of the errors, which are released. */
static bool failed(struct errors *errors, char *message, size_t size)
{
    const struct error *error = errors->count ? &errors->items[0] : NULL;
    if (error && error->message)
        snprintf(message, size, "%s%s%s", error->file ? error->file : "", error->file ? ": " : "",
                 error->message);
    else
        snprintf(message, size, "out of memory");
    errors_release(errors);
    return false;
}

bool file_save(const char *path, const char *text, char *message, size_t size)
{
    struct stat there;
    struct errors errors;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
        snprintf(message, size, "%s: not a file", path);
        return false;
    }
    errors_init(&errors);
    struct output *output = output_open(path, &errors);
    if (output)
        fputs(text, output_stream(output));
    if (!output || !output_commit(output, &errors))
        return failed(&errors, message, size);
    errors_release(&errors);
    snprintf(message, size, "saved to %s", path);
    return true;
}

bool files_export(const char *path, const struct scenario *scenario, const struct results *results,
                  char *message, size_t size)
{
    struct errors errors;
    if (!results) {
        snprintf(message, size, "no simulation results to export yet");
        return false;
    }
    errors_init(&errors);
    struct report report = {.kind = REPORT_RUN, .scenario = scenario, .results = results};
    struct report_folder *folder = report_folder_open(path, &report, &errors);
    if (!folder || !report_folder_write(folder, &report, &errors))
        return failed(&errors, message, size);
    errors_release(&errors);
    snprintf(message, size, "metrics.csv, timeseries.csv, alarms.csv and more written to %s", path);
    return true;
}
