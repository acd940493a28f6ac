#include "reports/slides.h"

#include <stdlib.h>
#include <string.h>

#include "model/base/output.h"
#include "reports/page.h"

static const char missing[] = "no charts: gnuplot was not found (install gnuplot, or use --html, "
                              "whose tables have the same figures)";

static const char nothing[] = "there is nothing to draw: no line, class or design has a figure";

struct folder {
    const char *path;
    size_t drawn;
    enum chart_format format;
    struct errors *errors;
    bool ok;
};

/* One file; the first that fails ends it. */
static void put_file(void *context, const struct chart *chart)
{
    struct folder *folder = context;
    char *path;
    if (!folder->ok)
        return;
    folder->drawn++;
    if (asprintf(&path, "%s/%s.%s", folder->path, chart->id,
                 folder->format == CHART_PNG ? "png" : "svg") < 0) {
        errors_add(folder->errors, ERROR_SOFTWARE, folder->path, 0, 0, "out of memory");
        folder->ok = false;
        return;
    }
    struct output *output = output_open(path, folder->errors);
    folder->ok = output;
    if (output && chart_file(output_stream(output), chart, folder->format)) {
        folder->ok = output_commit(output, folder->errors);
    } else if (output) {
        output_abandon(output);
        errors_add(folder->errors, ERROR_IO, path, 0, 0, "gnuplot could not draw it");
        folder->ok = false;
    }
    free(path);
}

bool slides_write_folder(const char *path, enum chart_format format, const struct report *report,
                         struct errors *errors)
{
    struct folder folder = {.path = path, .format = format, .errors = errors, .ok = true};
    if (!output_make_folder(path, errors))
        return false;
    if (!page_charts(report, put_file, &folder)) {
        errors_add(errors, ERROR_CANT_CREATE, path, 0, 0, "%s", missing);
        return false;
    }
    if (folder.ok && !folder.drawn)
        errors_add(errors, ERROR_CANT_CREATE, path, 0, 0, "%s", nothing);
    return folder.ok && folder.drawn;
}

static void add_page(void *context, const struct chart *chart)
{
    chart_page(context, chart);
}

/* The scripts of all pages; owned; NULL: with an error. */
static char *scripts_of(const struct report *report, size_t *length, const char *path,
                        struct errors *errors)
{
    char *scripts = NULL;
    FILE *file = open_memstream(&scripts, length);
    bool drawn = file && page_charts(report, add_page, file);
    bool good = file && !ferror(file);
    good = (!file || fclose(file) == 0) && good;
    if (good && drawn && *length)
        return scripts;
    if (good)
        errors_add(errors, ERROR_CANT_CREATE, path, 0, 0, "%s", drawn ? nothing : missing);
    else
        errors_add(errors, ERROR_SOFTWARE, path, 0, 0, "out of memory");
    free(scripts);
    return NULL;
}

bool slides_write_document(const char *path, const struct report *report, struct errors *errors)
{
    size_t length = 0;
    char *scripts = scripts_of(report, &length, path, errors);
    struct output *output = scripts ? output_open(path, errors) : NULL;
    bool good = output && chart_document(output_stream(output), scripts, length);
    free(scripts);
    if (good)
        return output_commit(output, errors);
    if (output) {
        output_abandon(output);
        errors_add(errors, ERROR_IO, path, 0, 0, "gnuplot could not draw it");
    }
    return false;
}
