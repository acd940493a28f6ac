/* Ctrl-C: the first stops the run and reports the replications that are complete (those begun are
 * given up), the second ends the program at once.
 *
 * Ending by a signal leaves no temporary file behind. Exit code 130.
 */
#ifndef PEERPLAN_CLI_INTERRUPT_H
#define PEERPLAN_CLI_INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

#define EXIT_INTERRUPTED 130

/* From here on signals are caught. Returns the flag that the first Ctrl-C sets, for
 * experiment_options.stop. */
const atomic_int *interrupt_setup(void);
/* Sets the same flag after so many seconds, > 0, and says so. */
void interrupt_after(double seconds); /* 0: no longer */
/* For what is done at once: from here on a signal ends the program as it would anyway, without its
 * temporary files. */
void interrupt_cleanup(void);
bool interrupted(void);

#endif
