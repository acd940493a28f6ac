/* Golden texts: what a test got against tests/golden/NAME. PEERPLAN_GOLDEN_UPDATE=1 writes the file
 * instead; then look at the difference before it is committed. Tests run in the project's folder.
 */
#ifndef PEERPLAN_TESTS_GOLDEN_H
#define PEERPLAN_TESTS_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_golden(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "tests/golden/%s", name);
    if (getenv("PEERPLAN_GOLDEN_UPDATE")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
        return;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is missing", path);
    char *expected = NULL;
    size_t length = 0;
    if (getdelim(&expected, &length, '\0', file) < 0)
        fail_msg("%s is empty", path);
    fclose(file);
    if (strcmp(expected, text) != 0)
        fail_msg("%s differs; got:\n%s", path, text);
    free(expected);
}

#endif
