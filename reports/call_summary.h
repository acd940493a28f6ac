/* What call records amount to, as text and as JSON. The text is for people and may change; the
 * names in the JSON are a contract. */
#ifndef PEERPLAN_REPORTS_CALL_SUMMARY_H
#define PEERPLAN_REPORTS_CALL_SUMMARY_H

#include <stdbool.h>
#include <stdio.h>

#include "model/call_summary.h"

void call_summary_text(const struct call_summary *summary, FILE *out);

/* One document {"about": {...}, "summary": {...}}. False when out of memory. */
bool call_summary_json(const struct call_summary *summary, FILE *out);

#endif
