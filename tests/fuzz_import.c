/* Feeds the bytes of a file to every reader of call records: no byte may crash them, each row is
 * counted once, and rows of the plain kind are split as libcsv splits them. Not run by `make test`.
 *
 * By itself:   build/fuzz_import FILE...
 * libFuzzer:   clang -DLIBFUZZER -fsanitize=fuzzer,address,undefined ...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/csv_rows.h"
#include "data/import.h"
#include "data/import_format.h"
#include "tests/fuzz_main.h"

static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    for (const unsigned char *p = bytes; size--; p++)
        hash = (hash ^ *p) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t read_rows(const void *bytes, size_t size, bool by_libcsv)
{
    struct errors errors;
    uint64_t hash = 1;
    errors_init(&errors);
    struct input *input = input_memory("fuzz", bytes, size, 0, &errors);
    struct csv_rows *rows = input ? csv_rows_new(input, 0, &errors) : NULL;
    if (rows && by_libcsv)
        csv_rows_by_libcsv(rows);
    enum csv_result result;
    while (rows && (result = csv_rows_next(rows, &errors)) < CSV_END) {
        struct csv_place place = csv_rows_row_place(rows);
        hash = mix(hash, &result, sizeof result);
        hash = mix(hash, &place.line, sizeof place.line);
        for (size_t i = 0; result == CSV_ROW && i < csv_rows_count(rows); i++)
            hash = mix(hash, csv_rows_field(rows, i), strlen(csv_rows_field(rows, i)) + 1);
    }
    csv_rows_free(rows);
    errors_release(&errors);
    return hash;
}

static void import_as(const char *path, const char *format, const char *map)
{
    static struct time_zone *zone; /* read once: it is the same for all */
    const char *reason, *files[] = {path};
    if (!zone)
        zone = time_zone_new("Europe/Berlin", &reason);
    struct call_summary summary;
    struct errors errors;
    errors_init(&errors);
    struct import_options options = {.format = format,
                                     .map = map,
                                     .files = files,
                                     .file_count = 1,
                                     .zone = zone,
                                     .default_class = "call",
                                     .folder = "/tmp"};
    bool good = zone && import_run(&options, &summary, &errors);
    uint64_t sum = summary.calls + summary.bad + summary.duplicates;
    for (size_t i = 0; i < summary.skipped_count; i++)
        sum += summary.skipped[i].count;
    if (good && sum != summary.rows)
        abort();
    call_summary_release(&summary);
    errors_release(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char path[64];
    if (!path[0])
        snprintf(path, sizeof path, "/tmp/fuzz_import_%ld", (long)getpid());
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(bytes, 1, size, out) != size || fclose(out) != 0)
        exit(74);
    if (read_rows(bytes, size, false) != read_rows(bytes, size, true))
        abort();
    size_t which =
        size % (import_format_count + 2); /* one a run, or a run would take ten times as long */
    if (which < import_format_count)
        import_as(path, import_formats[which].name, NULL);
    else if (which == import_format_count)
        import_as(path, "auto", NULL);
    else
        import_as(path, "csv", "start=1+2,duration=3,id=4,answered=5");
    unlink(path);
    return 0;
}
