/* Import beside a loop that only calls csv_parse on the same file: MB/s of processor time, and
 * their ratio. Records of Asterisk, every field in quotes, and of Unified CM's kind, few quotes;
 * the second time with a sort that has to use the disk. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "data/import.h"

#define ROWS 200000

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void put_asterisk(FILE *out, unsigned i, unsigned start, unsigned ring, unsigned talk)
{
    unsigned answer = start + ring, end = answer + talk;
    fprintf(
        out,
        "\"\",\"%u\",\"%u\",\"inside\",\"\"\"Caller %u\"\" <%u>\",\"SIP/%u-%08x\",\"SIP/%u-%08x\","
        "\"Dial\",\"SIP/%u,30\",\"2026-03-%02u %02u:%02u:%02u\",\"2026-03-%02u %02u:%02u:%02u\","
        "\"2026-03-%02u %02u:%02u:%02u\",%u,%u,\"ANSWERED\",\"DOCUMENTATION\",\"%u.%u\",\"\"\n",
        100 + i % 900, 200 + i % 700, i % 100, 100 + i % 900, 100 + i % 900, i, 200 + i % 700, i,
        200 + i % 700, 1 + start / 86400, start / 3600 % 24, start / 60 % 60, start % 60,
        1 + answer / 86400, answer / 3600 % 24, answer / 60 % 60, answer % 60, 1 + end / 86400,
        end / 3600 % 24, end / 60 % 60, end % 60, ring + talk, talk, 1772000000 + i, i);
}

static void put_cucm(FILE *out, unsigned i, unsigned start, unsigned ring, unsigned talk)
{
    unsigned at = 1772323200 + start;
    if (i == 0)
        fprintf(out, "cdrRecordType,globalCallID_callId,dateTimeOrigination,origIpAddr,"
                     "callingPartyNumber,finalCalledPartyNumber,dateTimeConnect,"
                     "dateTimeDisconnect,pkid,duration,origDeviceName,destDeviceName,"
                     "origVideoCap_Codec,a,b,c,d,e,f,g,h");
    for (int column = 0; i == 0 && column < 112; column++)
        fprintf(out, ",x%d", column);
    fputs(i ? "" : "\n", out);
    fprintf(out,
            "1,%u,%u,%u,%u,%u,%u,%u,%08x-3c5b-4c6e-8d2f-%012x,%u,SEP%012X,SEP%012X,0,4,20,0,0,"
            "64,64,\"partition\",\"\"",
            i, at, 167772161 + i % 999, 100 + i % 900, 200 + i % 700, at + ring, at + ring + talk,
            i, i * 7919, talk, i % 900, i % 700);
    for (int column = 0; column < 112; column++) /* as many columns as its version 14 has */
        fputs(column % 3 ? ",0" : ",\"\"", out);
    putc('\n', out);
}

static char *write_records(char *path, void (*put)(FILE *, unsigned, unsigned, unsigned, unsigned))
{
    int fd = mkstemp(path);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    uint64_t state = 1;
    if (!out)
        exit(73);
    for (unsigned i = 0, start = 0; i < ROWS; i++) {
        start += (unsigned)(next(&state) % 11 == 0) * 50;
        put(out, i, start % 2300000 + (unsigned)(next(&state) % 300), (unsigned)(next(&state) % 20),
            (unsigned)(next(&state) % 600));
    }
    fclose(out);
    return path;
}

static size_t fields;

static void on_field(void *bytes, size_t length, void *data)
{
    (void)bytes;
    (void)data;
    fields += length > 0;
}

static double parse_alone(const char *path, double *megabytes)
{
    static unsigned char chunk[65536];
    struct csv_parser parser;
    FILE *in = fopen(path, "rb");
    double begin = seconds();
    size_t got, all = 0;
    csv_init(&parser, 0);
    while ((got = fread(chunk, 1, sizeof chunk, in)) > 0) {
        csv_parse(&parser, chunk, got, on_field, NULL, NULL);
        all += got;
    }
    double took = seconds() - begin;
    csv_free(&parser);
    fclose(in);
    *megabytes = (double)all / 1e6;
    return took;
}

static double import_whole(const char *path, size_t memory)
{
    const char *reason, *files[] = {path};
    FILE *trace = fopen("/dev/null", "w");
    struct time_zone *zone = time_zone_new("Europe/Berlin", &reason);
    struct call_summary summary;
    struct errors errors;
    errors_init(&errors);
    if (!zone || !trace)
        exit(66);
    struct import_options options = {.format = "auto",
                                     .files = files,
                                     .file_count = 1,
                                     .zone = zone,
                                     .default_class = "call",
                                     .folder = "/tmp",
                                     .memory = memory,
                                     .trace = trace};
    double begin = seconds();
    if (!import_run(&options, &summary, &errors) || summary.calls + summary.duplicates != ROWS)
        exit(70);
    double took = seconds() - begin;
    call_summary_release(&summary);
    errors_release(&errors);
    time_zone_free(zone);
    fclose(trace);
    return took;
}

static double best(double a, double b)
{
    return a < b ? a : b;
}

static void measure(const char *name, char *path)
{
    double megabytes, parsing = 1e9, importing = 1e9, merging = 1e9;
    for (int i = 0; i < 3; i++) {
        parsing = best(parsing, parse_alone(path, &megabytes));
        importing = best(importing, import_whole(path, 0));
        merging = best(merging, import_whole(path, 2000000));
    }
    printf("%-10s csv_parse alone %6.0f MB/s, import %6.0f MB/s: %.2f of it (at least 0.7); "
           "sorted on the disk %.2f\n",
           name, megabytes / parsing, megabytes / importing, parsing / importing,
           parsing / merging);
    unlink(path);
}

int main(void)
{
    char first[] = "/tmp/bench_import_XXXXXX", second[] = "/tmp/bench_import_XXXXXX";
    measure("asterisk", write_records(first, put_asterisk));
    measure("cucm", write_records(second, put_cucm));
    return 0;
}
