/* `peerplan help scenario`, printed from the schema's rows. */
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
    snprintf(buffer, size, "%s%s%s%s%s%s%s", schema_type_name(row->type),
             parts || named ? " of " : "", of, row->unit ? ", " : "", row->unit ? row->unit : "",
             row->choices ? " | " : "", row->choices ? row->choices : "");
}

#define HELP_WIDTH 79

/* Prints words from column `used`, going on in column `indent` where a line is full. */
static void print_words(FILE *out, const char *text, size_t used, size_t indent)
{
    for (const char *word = text; *word; word += strspn(word, " ")) {
        size_t length = strcspn(word, " ");
        bool full = used + 1 + length > HELP_WIDTH && used > indent;
        if (full)
            fprintf(out, "\n%*s", (int)indent, "");
        else if (word != text)
            fputc(' ', out);
        used = full ? indent + length : used + length + (word != text);
        fwrite(word, 1, length, out);
        word += length;
    }
    fputc('\n', out);
}

static void print_row(FILE *out, const struct schema_row *row)
{
    char type[512], line[1024];
    describe(row, type, sizeof type);
    bool fallback = !row->required && row->fallback;
    snprintf(line, sizeof line, "%s%s%s", type,
             row->required ? "; required"
             : fallback    ? "; default "
                           : "",
             fallback ? row->fallback : "");
    fprintf(out, "  %-20s ", row->key);
    size_t key = strlen(row->key);
    print_words(out, row->help, key > 20 ? key + 3 : 23, 23);
    fprintf(out, "%*s", 25, "");
    print_words(out, line, 25, 25);
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
    static const enum schema_type shown[] = {
        TYPE_DURATION, TYPE_TIME,  TYPE_DATE,    TYPE_RATE,  TYPE_FRACTION, TYPE_BITS,
        TYPE_BOOLEAN,  TYPE_STEPS, TYPE_BATCHES, TYPE_PIPES, TYPE_WEIGHTED, TYPE_GROWTHS};
    fputs("The scenario file: YAML of at most 16 MiB and 16 levels, no anchors or tags.\n"
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
          "How values are written:\n",
          out);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        fprintf(out, "  %-20s %s\n", schema_type_name(shown[i]), schema_type_form(shown[i]));
    for (int block = 0; block < BLOCK_COUNT; block++)
        print_block(out, (enum schema_block)block);
}
