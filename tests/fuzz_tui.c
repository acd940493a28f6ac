/* Presses 100,000 random keys (or as many as said): build/tests/fuzz_tui [COUNT [SEED]]. `make
 * fuzz` runs it; best with SANITIZE=address,undefined. A short run is part of `make test`. */
#include "tests/tui_random_keys.h"

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    random_keys(seed, count);
    printf("%ld keys from seed %lu survived\n", count, seed);
    return 0;
}
