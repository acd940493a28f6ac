/* The built-in cases of `peerplan selftest`: scenario files small enough for an exact answer, one
 * feature or two each. */
#ifndef PEERPLAN_CLI_SELFTEST_CASES_H
#define PEERPLAN_CLI_SELFTEST_CASES_H

#include <stddef.h>

struct selftest_case {
    const char *title;
    const char *text; /* YAML */
};

extern const struct selftest_case selftest_cases[];
extern const size_t selftest_case_count;

#endif
