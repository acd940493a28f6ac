/* Presses 100,000 random keys and clicks (or as many as said) on six scenarios:
 * build/tests/fuzz_tui [COUNT [SEED]]. `make fuzz` runs it; best with SANITIZE=address,undefined. A
 * short run is part of `make test`. */
#include "tests/tui_random_keys.h"

int main(int argc, char **argv)
{
    static const char *const scenarios[] = {
        NULL,
        "examples/small-pair.yaml",
        "examples/rooms-failover.yaml",
        "examples/licence-pool.yaml",
        "examples/edge-core.yaml",
        "examples/head-office.yaml",
    };
    enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    for (int i = 0; i < SCENARIOS; i++) {
        random_keys(seed + (unsigned long)i, count / SCENARIOS, scenarios[i], i < 2 ? 8 : 200);
        printf("%s: %ld keys survived\n", scenarios[i] ? scenarios[i] : "two sites",
               count / SCENARIOS);
        fflush(stdout);
    }
    return 0;
}
