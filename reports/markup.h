/* Text as it stands in HTML and SVG: names and titles come from users, and must not become markup.
 */
#ifndef PEERPLAN_REPORTS_MARKUP_H
#define PEERPLAN_REPORTS_MARKUP_H

#include <stdio.h>

/* Writes text with < > & " ' as references; control characters and bytes that are no UTF-8 as '?'.
 */
void markup_text(FILE *out, const char *text);

/* The same as a piece whose direction of writing is its own: a name. */
void markup_name(FILE *out, const char *name);

/* What printf would write, by markup_text. */
void markup_format(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
