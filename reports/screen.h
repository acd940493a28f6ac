/* What a command prints about its report (reports/files.h), by the report's kind. */
#ifndef PEERPLAN_REPORTS_SCREEN_H
#define PEERPLAN_REPORTS_SCREEN_H

#include <stdio.h>

#include "reports/files.h"

/* brief: the answer alone, or the figures without what they rest on. */
void screen_put(const struct report *report, bool brief, bool colour, FILE *out);

#endif
