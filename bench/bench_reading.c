/* What reading a scenario costs: microseconds a reading from text in memory, capacity tables of the
 * program included, and readings a second with `table: FILE` left out. Instructions, which do not
 * depend on what else the machine does:
 *
 *   valgrind --tool=callgrind --toggle-collect=scenario_read_text build/bench/bench_reading FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/scenario_file.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static char *text_of(const char *path, size_t *size)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    *size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return text;
}

static bool measure(const char *path, int times)
{
    size_t size;
    char *text = text_of(path, &size);
    double start = now();
    bool good = text != NULL;
    for (int i = 0; i < times && good; i++) {
        struct scenario scenario;
        struct errors errors;
        errors_init(&errors);
        good = scenario_read_text(text, size, path, "examples", &scenario, &errors);
        scenario_release(&scenario);
        errors_release(&errors);
    }
    printf("%-32s %8.1f us a reading\n", path, (now() - start) / times * 1e6);
    return good;
}

int main(int argc, char **argv)
{
    static char *const usual[] = {"examples/head-office.yaml", "bench/everything.yaml"};
    bool good = true;
    for (int i = 1; i < argc; i++)
        good = measure(argv[i], 1) && good;
    for (size_t i = 0; i < sizeof usual / sizeof *usual && argc == 1; i++)
        good = measure(usual[i], 2000) && good;
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
