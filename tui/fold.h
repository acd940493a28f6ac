/* Text in lines as wide as there is room. What does not fit goes on under the words behind a key or
 * a term: "  k      kill the selected peer" has its second line below "kill". */
#ifndef PEERPLAN_TUI_FOLD_H
#define PEERPLAN_TUI_FOLD_H

/* The text with a newline at the end of every line of at most `width` cells; owned, NULL when out
 * of memory. */
char *text_fold(const char *text, int width);

#endif
