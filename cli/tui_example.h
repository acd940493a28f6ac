/* The scenario that the tui opens when none is named; it needs no other file. */
#ifndef PEERPLAN_CLI_TUI_EXAMPLE_H
#define PEERPLAN_CLI_TUI_EXAMPLE_H

extern const char tui_example[];

#endif
