/* The page of a run that a database keeps: its verdict, and its tables as they were. */
#ifndef PEERPLAN_CLI_REPORT_RUN_H
#define PEERPLAN_CLI_REPORT_RUN_H

#include <stdint.h>

#include "model/base/error.h"

/* False with an error; then there is no page. */
bool report_run_write(const char *database, int64_t run, const char *page, struct errors *errors);

#endif
