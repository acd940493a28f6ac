/* Memory that was refused, remembered.
 *
 * Where an allocation of ours fails, what is computed next may lack a part without a sign of it: a
 * row, a step of advice, an interval. The program is therefore linked so that every allocation of
 * its own objects passes through cli/allocations.c, and failures are counted. Who
 * is about to give out a result compares the count with that at the beginning of the work, and
 * gives none when it rose (model/base/output.h does); the program ends with ERROR_SOFTWARE.
 *
 * Some libraries do not survive a failed allocation (jansson asserts while it reads). What calls
 * them is run guarded: the first allocation by memory_guarded_alloc that fails ends it.
 *
 * In programs that are linked otherwise nothing is wrapped, and the count stays 0.
 */
#ifndef PEERPLAN_MODEL_BASE_MEMORY_H
#define PEERPLAN_MODEL_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Allocations that failed so far, in all threads. */
unsigned memory_refusals(void);
void memory_note_refusal(void);

/* Runs work(context). False where it was ended by an allocation that failed; what it had allocated
 * is lost then. Not to be nested. */
bool memory_guarded(void (*work)(void *context), void *context);
/* malloc for a library; ends what runs guarded on this thread instead of failing. */
void *memory_guarded_alloc(size_t size);

#endif
