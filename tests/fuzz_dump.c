/* Feeds the bytes of a file (or of standard input) to the reader of dumps, and what comes out to
 * the doctor and to `new`: no byte may crash them, and what is written must be a scenario that can
 * be read again. Not run by `make test`.
 *
 * By itself:   build/tests/fuzz_dump FILE...
 * libFuzzer:   clang -DLIBFUZZER -fsanitize=fuzzer,address,undefined ...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/dump.h"
#include "data/new.h"
#include "data/scenario_file.h"
#include "model/findings.h"

static void feed(const struct deployment *deployment)
{
    struct findings findings;
    struct ask ask;
    if (!findings_make(&findings, deployment))
        abort();
    findings_release(&findings);
    ask_init(&ask);
    char *text = ask_scenario(&ask, deployment);
    struct scenario scenario;
    struct errors errors;
    errors_init(&errors);
    if (!text || !scenario_read_text(text, strlen(text), "made", ".", &scenario, &errors)) {
        /* more peers than a cluster has are told; nothing else may go wrong */
        if (!text || !strstr(errors.items[0].message, "at most six peers")) {
            fprintf(stderr, "%s\n%ld: %s\n", text ? text : "", errors.items[0].line,
                    errors.items[0].message);
            abort();
        }
    }
    scenario_release(&scenario);
    errors_release(&errors);
    free(text);
}

static void read_file(const char *path)
{
    struct errors errors;
    struct deployment deployment = {0};
    errors_init(&errors);
    struct dumps *dumps = dumps_new(&errors);
    if (dumps_add(dumps, path, &errors) == DUMP_ADDED && dumps_deploy(dumps, &deployment, &errors))
        feed(&deployment);
    deployment_release(&deployment);
    dumps_free(dumps);
    errors_release(&errors);
}

#ifdef LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/peerplan-fuzz-dump.%ld", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (!file)
        return 0;
    fwrite(data, 1, size, file);
    fclose(file);
    read_file(path);
    unlink(path);
    return 0;
}
#else
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        read_file(argv[i]);
    if (argc == 1)
        read_file("-");
    return 0;
}
#endif
