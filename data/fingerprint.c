#include "data/fingerprint.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

/* False with errno. */
static bool add_file(struct sha256_ctx *sum, const char *path)
{
    unsigned char buffer[65536];
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, file)) > 0;)
        sha256_update(sum, got, buffer);
    bool good = !ferror(file);
    int why = errno;
    fclose(file);
    errno = why;
    return good;
}

bool fingerprint_make(const char *text, const struct scenario *scenario,
                      char digits[static FINGERPRINT_SIZE], struct errors *errors)
{
    struct sha256_ctx sum;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sum);
    sha256_update(&sum, strlen(text), (const uint8_t *)text);
    for (uint32_t i = 0; i < scenario->input_count; i++)
        if (!add_file(&sum, scenario->inputs[i])) {
            errors_add(errors, ERROR_NO_INPUT, scenario->inputs[i], 0, 0, "%s", strerror(errno));
            return false;
        }
    sha256_digest(&sum, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(digits + 2 * i, 3, "%02x", digest[i]);
    return true;
}
