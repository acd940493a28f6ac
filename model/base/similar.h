/* Near misses: the known word a mistyped one was probably meant to be.
 *
 * Distance is that of Damerau and Levenshtein in its restricted form: insertions, deletions,
 * replacements and swaps of neighbours count 1 each. A word is similar when it differs in at most a
 * third of its letters (two at least, for words of four letters or more), or when what was typed is
 * the beginning of it.
 */
#ifndef PEERPLAN_MODEL_SIMILAR_H
#define PEERPLAN_MODEL_SIMILAR_H

#include <stddef.h>

/* Letters by which two words differ; words of more than SIMILAR_LETTERS letters are never similar.
 */
#define SIMILAR_LETTERS 63
size_t similar_distance(const char *a, const char *b);

/* The best of the candidates, borrowed, or NULL when none is near. The first of equals. */
const char *similar_find(const char *word, const char *const *candidates, size_t count);

#endif
