#include "model/base/similar.h"

#include <stdbool.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Three rows of the usual table suffice: a swap looks back two rows. */
size_t similar_distance(const char *a, const char *b)
{
    size_t rows[3][SIMILAR_LETTERS + 1];
    size_t n = strlen(a), m = strlen(b);
    if (n > SIMILAR_LETTERS || m > SIMILAR_LETTERS)
        return SIMILAR_LETTERS;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped)
                row[j] = least(row[j], second[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

static size_t distance_allowed(size_t letters)
{
    if (letters < 4)
        return 1;
    return letters / 3 > 2 ? letters / 3 : 2;
}

const char *similar_find(const char *word, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    size_t letters = strlen(word), nearest = distance_allowed(letters) + 1;
    for (size_t i = 0; i < count; i++) {
        size_t distance = similar_distance(word, candidates[i]);
        if (letters >= 2 && strncmp(word, candidates[i], letters) == 0)
            distance = 0;
        if (distance < nearest && distance < letters) {
            nearest = distance;
            best = candidates[i];
        }
    }
    return best;
}
