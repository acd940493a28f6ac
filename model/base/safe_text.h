/* Text of others on a terminal: names and files come from users, and must not steer the screen. */
#ifndef PEERPLAN_REPORTS_SAFE_TEXT_H
#define PEERPLAN_REPORTS_SAFE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Writes text with every character that steers (C0, C1, DEL, line ends, tabs, marks and overrides
 * of the direction of writing) and every byte that is not UTF-8 replaced by '?'.
 */
void safe_text_put(FILE *stream, const char *text, size_t length);

/* Code points, which is columns for all but the wide scripts of East Asia. */
size_t safe_text_columns(const char *text);

#endif
