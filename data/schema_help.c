/* `peerplan help scenario`, printed from the schema's rows. */
#include <math.h>
#include <string.h>

#include "data/schema.h"

/* "edge | core": choices with room around the bars, or the type. */
static void describe(const struct schema_row *row, char *buffer, size_t size)
{
    size_t used = 0;
    if (row->type == TYPE_CHOICE) {
        for (const char *c = row->choices; *c && used + 4 < size; c++) {
            if (*c == '|')
                buffer[used++] = ' ';
            buffer[used++] = *c;
            if (*c == '|')
                buffer[used++] = ' ';
        }
        buffer[used] = '\0';
        return;
    }
    bool named = row->type == TYPE_REFERENCE || row->type == TYPE_REFERENCES;
    bool parts = row->type == TYPE_MAPPING || row->type == TYPE_LIST;
    const char *of = named || parts ? schema_block_name(row->block) : "";
    snprintf(buffer, size, "%s%s%s%s%s%s%s", schema_type_name(row->type), parts ? " of " : named ? " " : "",
             of, row->unit ? ", " : "", row->unit ? row->unit : "", row->choices ? " | " : "",
             row->choices ? row->choices : "");
}

static void print_row(FILE *out, const struct schema_row *row)
{
    char type[512];
    describe(row, type, sizeof type);
    fprintf(out, "  %-22s %s\n", row->key, row->help);
    fprintf(out, "  %-22s   %s", "", type);
    if (row->required)
        fprintf(out, "; required");
    else if (row->fallback)
        fprintf(out, "; default %s", row->fallback);
    fputc('\n', out);
}

static void print_block(FILE *out, enum schema_block block)
{
    size_t count;
    const struct schema_row *rows = schema_rows(block, &count);
    fprintf(out, "\n%s: %s\n", schema_block_name(block), schema_block_help(block));
    for (size_t i = 0; i < count; i++)
        print_row(out, &rows[i]);
}

void schema_print(FILE *out)
{
    static const enum schema_type shown[] = {TYPE_DURATION, TYPE_TIME,  TYPE_DATE,    TYPE_RATE,
                                             TYPE_FRACTION, TYPE_BITS,  TYPE_BOOLEAN, TYPE_STEPS,
                                             TYPE_BATCHES,  TYPE_PIPES};
    fputs("The scenario file: YAML, at most 16 MiB, 16 levels, no anchors, aliases or tags.\n"
          "Names are unique in a scenario.\n\n"
          "scenario: Head office\n"
          "clusters:\n"
          "  - name: edge\n"
          "    redundancy: 4+1\n"
          "    peers:\n"
          "      - {name: e1, platform: large-vm, rms: 100}\n"
          "      - {name: e2, platform: large-vm, rms: 100}\n"
          "calls:\n"
          "  - {name: b2b, media: video, arrivals: {rate: 600/h}, holding: {mean: 12m}}\n"
          "outages:\n"
          "  - {peer: e2, at: \"10:00\", for: 45m}\n\n"
          "How values are written:\n", out);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        fprintf(out, "  %-22s %s\n", schema_type_name(shown[i]), schema_type_form(shown[i]));
    for (int block = 0; block < BLOCK_COUNT; block++)
        print_block(out, (enum schema_block)block);
}
