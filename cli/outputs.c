#include "cli/outputs.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal.h"
#include "reports/book.h"
#include "reports/page.h"
#include "reports/screen.h"
#include "reports/slides.h"

error_t outputs_option(int key, char *arg, struct argp_state *state, struct outputs *outputs)
{
    switch (key) {
    case 'c':
        if (!*arg)
            argp_error(state, "--csv needs the name of a folder");
        outputs->csv = arg;
        return 0;
    case OUTPUTS_KEY_TABLE:
        outputs->table = true;
        return 0;
    case OUTPUTS_KEY_JSON:
        outputs->json = true;
        return 0;
    case OUTPUTS_KEY_HTML:
        outputs->html = arg;
        return 0;
    case OUTPUTS_KEY_XLSX:
        outputs->xlsx = arg;
        return 0;
    case OUTPUTS_KEY_SVG:
        outputs->svg = arg;
        return 0;
    case OUTPUTS_KEY_PNG:
        outputs->png = arg;
        return 0;
    case OUTPUTS_KEY_PDF:
        outputs->pdf = arg;
        return 0;
    case OUTPUTS_KEY_DB:
        outputs->db = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void outputs_init(struct outputs *outputs, int argc, char **argv)
{
    *outputs = (struct outputs){.command = kept_command(argc, argv), .db = kept_path(NULL)};
}

void outputs_release(struct outputs *outputs)
{
    outputs_abandon(outputs);
    free(outputs->command);
    free(outputs->file);
    *outputs = (struct outputs){0};
}

static bool wants_fingerprint(const struct outputs *outputs)
{
    return outputs->csv || outputs->json || outputs->html || outputs->xlsx || outputs->db;
}

char *outputs_file_words(const struct loaded *loaded)
{
    const char *slash = strrchr(loaded->path, '/');
    char *words = strdup(slash ? slash + 1 : loaded->path);
    for (size_t i = 0; words && i < loaded->settings.count; i++) {
        char *longer;
        int length = asprintf(&longer, "%s --set '%s'", words, loaded->settings.items[i]);
        free(words);
        words = length < 0 ? NULL : longer;
    }
    return words;
}

bool outputs_begin(struct outputs *outputs, const struct loaded *loaded, struct report *report,
                   struct errors *errors)
{
    kept_now(outputs->started);
    outputs->folder = NULL;
    free(outputs->file);
    report->file = outputs->file = loaded ? outputs_file_words(loaded) : NULL;
    if (outputs->csv && !(outputs->folder = report_folder_open(outputs->csv, report, errors)))
        return false;
    if (loaded && wants_fingerprint(outputs))
        return (report->sha256 = loaded_fingerprint(loaded, outputs->sha256, errors));
    return true;
}

bool outputs_deliver(struct outputs *outputs, const struct loaded *loaded,
                     const struct report *report, struct errors *errors)
{
    bool ok = report_deliver(outputs->folder, outputs->json ? stdout : NULL, report, errors);
    outputs->folder = NULL;
    if (ok && outputs->table && !(ok = report_csv(stdout, report)))
        errors_no_memory(errors);
    if (ok && outputs->db) {
        struct kept kept = {.command = outputs->command,
                            .loaded = loaded,
                            .report = report,
                            .started = outputs->started};
        ok = kept_save(outputs->db, &kept, errors);
    }
    ok = ok && (!outputs->html || page_write(outputs->html, report, errors));
    ok = ok && (!outputs->xlsx || book_write(outputs->xlsx, report, errors));
    ok = ok && (!outputs->svg || slides_write_folder(outputs->svg, CHART_SVG, report, errors));
    ok = ok && (!outputs->png || slides_write_folder(outputs->png, CHART_PNG, report, errors));
    return ok && (!outputs->pdf || slides_write_document(outputs->pdf, report, errors));
}

bool outputs_show_loads(const struct outputs *outputs)
{
    return outputs->html || outputs->xlsx;
}

void outputs_show(const struct outputs *outputs, const struct report *report, bool quiet)
{
    if (!outputs->json && !outputs->table)
        screen_put(report, quiet, terminal_colour(stdout), stdout);
}

void outputs_abandon(struct outputs *outputs)
{
    report_folder_abandon(outputs->folder);
    outputs->folder = NULL;
    free(outputs->file);
    outputs->file = NULL;
}
