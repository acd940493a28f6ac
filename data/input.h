/* A file, or a text in memory, as a stream of bytes; compressed files are read as they are.
 *
 * What is inside decides, not the name: gzip, zstd and xz are recognised by their first bytes. "-"
 * is standard input. A file cut short in the middle of its compression, or with a wrong checksum,
 * is an error when the reader gets there; of gzip files every member is checked.
 *
 * Errors: ERROR_NO_INPUT when the file is missing, a folder or cannot be read, ERROR_DATA when its
 * compression is corrupt. After an error input_read goes on to fail, silently.
 */
#ifndef PEERPLAN_DATA_INPUT_H
#define PEERPLAN_DATA_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/base/error.h"

struct input;

/* Owned; NULL with an error. */
struct input *input_open(const char *path, struct errors *errors);

/* A text (borrowed) under a name for messages; delivered in pieces of at most `piece` bytes, 0: no
 * limit. Compression is recognised here too. */
struct input *input_memory(const char *name, const void *bytes, size_t size, size_t piece,
                           struct errors *errors);

/* Reads up to size bytes (at least one unless at the end): how many, 0 at the end, -1 with an
 * error. */
ssize_t input_read(struct input *input, void *buffer, size_t size, struct errors *errors);

/* Reads ahead, before the first input_read: the first bytes, at most INPUT_AHEAD and fewer at the
 * end, borrowed until then; input_read gives them out all the same. NULL with an error. */
#define INPUT_AHEAD ((size_t)64 * 1024)
const void *input_ahead(struct input *input, size_t *size, struct errors *errors);

void input_close(struct input *input); /* takes NULL */

const char *input_name(const struct input *input); /* borrowed; "<stdin>" for "-" */

/* Bytes of the file, as it lies there, that have been fetched. */
uint64_t input_fetched(const struct input *input);

/* A regular file, which can be opened again and gives the same bytes. */
bool input_repeatable(const struct input *input);

#endif
