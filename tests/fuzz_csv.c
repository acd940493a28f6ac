/* Feeds the bytes of a file (or of standard input) to the CSV reader and to all readers of
 * workloads: no byte may crash them, and the way the input is cut may not change what is read. Not
 * run by `make test`.
 *
 * By itself:   build/fuzz_csv FILE...
 * libFuzzer:   clang -DLIBFUZZER -fsanitize=fuzzer,address,undefined ...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv_reader.h"
#include "data/moment.h"
#include "tests/fuzz_main.h"

static const struct csv_column columns[] = {{"start", true}, {"duration", false}, {"class", false}};

static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    for (const unsigned char *p = bytes; size--; p++)
        hash = (hash ^ *p) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t mix_place(uint64_t hash, struct csv_place place)
{
    hash = mix(hash, &place.line, sizeof place.line);
    hash = mix(hash, &place.column, sizeof place.column);
    return mix(hash, place.text, place.length);
}

/* A hash of everything a reader tells about the input. */
static uint64_t read_cut(const void *bytes, size_t size, size_t piece)
{
    struct errors errors;
    uint64_t hash = 1;
    struct moment_clock clock = moment_clock(INT64_C(1772409600), NULL);
    errors_init(&errors);
    struct input *input = input_memory("fuzz", bytes, size, piece, &errors);
    struct csv_reader *reader = input ? csv_reader_new(input, columns, 3, &errors) : NULL;
    enum csv_result result = CSV_FAILED;
    while (reader && (result = csv_reader_next(reader, &errors)) < CSV_END) {
        hash = mix_place(hash, csv_reader_row_place(reader));
        hash = mix(hash, &result, sizeof result);
        for (size_t i = 0; result == CSV_ROW && i < 3; i++) {
            enum moment_kind kind;
            nanos value = 0;
            const char *field = csv_reader_field(reader, i);
            hash = mix_place(hash, csv_reader_place(reader, i));
            if (field)
                hash = mix(hash, field, strlen(field));
            if (field && !moment_parse(field, &clock, &kind, &value))
                hash = mix(hash, &value, sizeof value);
        }
    }
    csv_reader_free(reader);
    for (size_t i = 0; i < errors.count; i++)
        hash = mix(hash, errors.items[i].message, strlen(errors.items[i].message));
    errors_release(&errors);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bool plain = size == 0 || (bytes[0] != 0x1f && bytes[0] != 0x28 && bytes[0] != 0xfd);
    uint64_t whole = read_cut(bytes, size, 0);
    for (size_t piece = 1; piece <= 7; piece++)
        if (read_cut(bytes, size, piece) != whole &&
            plain) /* nothing is promised of broken compression */
            abort();
    return 0;
}
