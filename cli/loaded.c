#include "cli/loaded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "model/base/memory.h"

void loaded_option_set(struct argp_state *state, struct loaded_options *options, const char *text)
{
    if (!setting_value(text))
        argp_error(state, "--set takes PATH=VALUE, not '%s'", text);
    const char **settings =
        realloc(options->settings, (options->setting_count + 1) * sizeof *settings);
    if (!settings)
        argp_failure(state, ERROR_SOFTWARE, 0, "out of memory");
    settings[options->setting_count++] = text;
    options->settings = settings;
}

error_t loaded_option(int key, char *arg, struct argp_state *state, struct loaded_options *options)
{
    switch (key) {
    case 'q':
        options->quiet = true;
        return 0;
    case LOADED_KEY_SET:
        loaded_option_set(state, options, arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void loaded_options_release(struct loaded_options *options)
{
    free(options->settings);
    *options = (struct loaded_options){0};
}

static bool prepare_traces(struct loaded *loaded, bool strict)
{
    loaded->workload = workload_new(draft_folder(loaded->draft), &loaded->scenario.run, strict);
    if (!loaded->workload)
        return false;
    loaded->traces = workload_traces(loaded->workload, &loaded->scenario);
    return loaded->traces.context != NULL;
}

int loaded_read(struct loaded *loaded, const char *path, const struct loaded_options *options)
{
    struct errors errors;
    struct settings settings = {options->settings, options->setting_count};
    *loaded = (struct loaded){.settings = settings, .path = path};
    errors_init(&errors);
    loaded->draft = options->text ? draft_new(options->text, path, ".", &errors)
                                  : draft_read(path, options->strict, &errors);
    bool ok = loaded->draft && draft_scenario(loaded->draft, &settings, &loaded->scenario, &errors);
    if (ok && loaded->scenario.trace_count > 0 && !prepare_traces(loaded, options->strict))
        ok = errors_no_memory(&errors);
    if (ok && loaded->workload && !workload_survey(loaded->workload, &errors)) {
        workload_report(loaded->workload, &errors);
        ok = false;
    }
    if (ok && memory_refusals() > 0) {
        errors_add(&errors, ERROR_SOFTWARE, path, 0, 0, "out of memory");
        ok = false;
    }
    int code = message_outcome(&errors, ok && options->quiet);
    errors_release(&errors);
    return ok ? 0 : code ? code : ERROR_SOFTWARE;
}

const struct trace_source *loaded_traces(struct loaded *loaded)
{
    return loaded->workload ? &loaded->traces : NULL;
}

const char *loaded_fingerprint(const struct loaded *loaded, char digits[static FINGERPRINT_SIZE],
                               struct errors *errors)
{
    char *text = draft_text(loaded->draft, &loaded->settings, errors);
    bool good = text && fingerprint_make(text, &loaded->scenario, digits, errors);
    free(text);
    return good ? digits : NULL;
}

void loaded_note(const struct errors *errors, struct answer *answer)
{
    for (size_t i = 0; i < errors->count; i++) {
        const struct error *e = &errors->items[i];
        char *text = NULL;
        if (!e->important || !e->message)
            continue;
        const char *slash = e->file ? strrchr(e->file, '/') : NULL;
        if (asprintf(&text, "%s%s%s",
                     slash     ? slash + 1
                     : e->file ? e->file
                               : "",
                     e->file ? ": " : "", e->message) < 0)
            text = NULL;
        answer_add_note(answer, true, text ? text : e->message);
        free(text);
    }
}

void loaded_release(struct loaded *loaded)
{
    workload_free(loaded->workload);
    scenario_release(&loaded->scenario);
    draft_free(loaded->draft);
    *loaded = (struct loaded){0};
}

/* ---- Changed ---- */

static void release_changed(void *context, struct trial_scenario *made)
{
    (void)context;
    workload_free(made->own);
    scenario_release(&made->scenario);
}

static bool make_changed(void *context, const char *const *settings, size_t count,
                         struct trial_scenario *out)
{
    const struct loaded_maker *maker = context;
    size_t base = maker->options->setting_count;
    struct errors errors;
    const char **all = calloc(base + count + 1, sizeof *all);
    *out = (struct trial_scenario){.own = NULL};
    errors_init(&errors);
    for (size_t i = 0; all && i < base + count; i++)
        all[i] = i < base ? maker->options->settings[i] : settings[i - base];
    struct settings every = {all, base + count};
    bool ok = all && draft_scenario(maker->loaded->draft, &every, &out->scenario, &errors);
    if (ok && out->scenario.trace_count > 0) {
        struct workload *workload =
            workload_new(draft_folder(maker->loaded->draft), &out->scenario.run, false);
        out->own = workload;
        if (workload)
            out->traces = workload_traces(workload, &out->scenario);
        ok = out->traces.context != NULL;
    }
    if (!ok)
        release_changed(NULL, out);
    errors_release(&errors);
    free(all);
    return ok;
}

struct trial_maker loaded_trials(const struct loaded_maker *maker)
{
    return (struct trial_maker){make_changed, release_changed, (void *)maker};
}
