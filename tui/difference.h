/* Two texts line by line: what was taken out, and what came in its place. */
#ifndef PEERPLAN_TUI_DIFFERENCE_H
#define PEERPLAN_TUI_DIFFERENCE_H

/* "- old line" and "+ new line" with a few lines of context; "" when they are alike. Owned; NULL
 * when out of memory. */
char *difference_text(const char *before, const char *after);

#endif
