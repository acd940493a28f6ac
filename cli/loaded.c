#include "cli/loaded.h"

#include <stdlib.h>

#include "cli/message.h"
#include "data/scenario_file.h"

static bool prepare_traces(struct loaded *loaded, const char *path, bool strict)
{
    char *folder = scenario_folder(path);
    if (!folder)
        return false;
    loaded->workload = workload_new(folder, loaded->scenario.run.start_unix, strict);
    free(folder);
    if (!loaded->workload)
        return false;
    loaded->traces = workload_traces(loaded->workload, &loaded->scenario);
    return loaded->traces.context != NULL;
}

int loaded_read(struct loaded *loaded, const char *path, bool strict, bool quiet)
{
    struct errors errors;
    *loaded = (struct loaded){0};
    errors_init(&errors);
    bool ok = (strict ? scenario_read_strict : scenario_read)(path, &loaded->scenario, &errors);
    if (ok && loaded->scenario.trace_count > 0 && !prepare_traces(loaded, path, strict)) {
        errors_add(&errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
        ok = false;
    }
    int code = ok && quiet ? 0 : message_errors(&errors);
    errors_release(&errors);
    return ok ? 0 : code ? code : ERROR_SOFTWARE;
}

const struct trace_source *loaded_traces(struct loaded *loaded)
{
    return loaded->workload ? &loaded->traces : NULL;
}

void loaded_release(struct loaded *loaded)
{
    workload_free(loaded->workload);
    scenario_release(&loaded->scenario);
    *loaded = (struct loaded){0};
}
