/* The popup of goal seek: values as they are tried, and the one that is found. The answer of the
 * popup is the setting to apply. */
#ifndef PEERPLAN_TUI_POPUP_SEEK_H
#define PEERPLAN_TUI_POPUP_SEEK_H

#include "tui/app.h"

extern const struct screen popup_seek;
void *popup_seek_new(void);

#endif
