/* A fuzz target by itself: feeds it the bytes of each file on the command line. With LIBFUZZER the
 * main function is libFuzzer's. */
#ifndef PEERPLAN_TESTS_FUZZ_MAIN_H
#define PEERPLAN_TESTS_FUZZ_MAIN_H

#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#ifndef LIBFUZZER
int main(int argc, char **argv)
{
    static uint8_t bytes[1 << 22];
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file)
            return 66;
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, size);
    }
    return 0;
}
#endif

#endif
