/* Feeds the bytes of a file to the scenario reader: no byte may crash it, a scenario has no errors
 * and the other way round. Not run by `make test`.
 *
 * By itself:   build/tests/fuzz_scenario FILE...
 * libFuzzer:   make fuzz-files
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/scenario_file.h"
#include "tests/fuzz_main.h"

static void read_whole(const char *text, size_t size)
{
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    bool good = scenario_read_text(text, size, "fuzz", "/nonexistent", &scenario, &errors);
    if (good != (errors.failures == 0) || (!good && errors_code(&errors) == ERROR_NONE))
        abort();
    for (size_t i = 0; i < errors.count; i++)
        if (errors.items[i].line < 0 || errors.items[i].column < 0 || !errors.items[i].message)
            abort();
    scenario_release(&scenario);
    errors_release(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_whole((const char *)bytes, size);
    return 0;
}
