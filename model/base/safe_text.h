/* Text of others on a terminal: names and files come from users, and must not steer the screen. */
#ifndef PEERPLAN_REPORTS_SAFE_TEXT_H
#define PEERPLAN_REPORTS_SAFE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Writes text with every control character (C0, C1, DEL; tabs and line ends too) replaced by '?'.
 */
void safe_text_put(FILE *stream, const char *text, size_t length);

/* Code points, which is columns for all but the wide scripts of East Asia. */
size_t safe_text_columns(const char *text);

#endif
