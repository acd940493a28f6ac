#include "answer/sentence.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "answer/figures.h"
#include "model/estimate/estimate.h"

/* " with 2 peers down", of the set that decided. */
static void put_down(const struct judged *row, const char *before, char *buffer, size_t size)
{
    size_t used = strlen(buffer);
    if (row && row->down_count)
        snprintf(buffer + used, size - used, "%s %" PRIu32 " peer%s down", before, row->down_count,
                 row->down_count == 1 ? "" : "s");
}

char *answer_sentence(const struct answer *answer, char buffer[static SENTENCE_SIZE])
{
    const char *const sentences[VERDICT_COUNT] = {
        [VERDICT_NOTHING] = "No call and no device was offered in the measured time",
        [VERDICT_YES] = "It carries the load",
        [VERDICT_UNDECIDED] = "Too little was seen to decide",
        [VERDICT_CANNOT_TELL] =
            "The formulas do not look at everything that can refuse a call here",
        [VERDICT_NO] = "It does not carry the load",
    };
    snprintf(buffer, SENTENCE_SIZE, "%s", sentences[answer->verdict]);
    if (answer->verdict == VERDICT_YES)
        put_down(answer->worst_down, ", also with", buffer, SENTENCE_SIZE);
    else if (answer->verdict == VERDICT_NO)
        put_down(answer->deciding, " with", buffer, SENTENCE_SIZE);
    else if (answer->verdict == VERDICT_UNDECIDED)
        put_down(answer->deciding, " it with", buffer, SENTENCE_SIZE);
    strncat(buffer, ".", SENTENCE_SIZE - strlen(buffer) - 1);
    return buffer;
}

char *judged_share_of(const struct judged *row, const char *of, char buffer[static SENTENCE_SIZE])
{
    char value[FIGURE_SIZE], range[FIGURE_SIZE];
    bool formula = row->basis == BASIS_EXACT || row->basis == BASIS_APPROXIMATE ||
                   row->basis == BASIS_ORIENTATION;
    if (isnan(row->value.value)) {
        snprintf(buffer, SENTENCE_SIZE, "not known");
        return buffer;
    }
    if (formula && row->value.value > 0 && row->value.value < ESTIMATE_NEGLIGIBLE)
        snprintf(value, sizeof value, "< %g", 100 * ESTIMATE_NEGLIGIBLE);
    else
        figure_value(row->value, 100, value);
    bool ranged = row->basis != BASIS_EXACT && row->basis != BASIS_ORIENTATION &&
                  *figure_range(row->value, 100, range);
    if (ranged && formula)
        snprintf(buffer, SENTENCE_SIZE, "%s %%%s (%s, %s)", value, of, range,
                 basis_name(row->basis));
    else if (ranged)
        snprintf(buffer, SENTENCE_SIZE, "%s %%%s (%s)", value, of, range);
    else if (formula)
        snprintf(buffer, SENTENCE_SIZE, "%s %%%s (%s)", value, of,
                 row->basis == BASIS_ORIENTATION ? "an orientation only" : basis_name(row->basis));
    else
        snprintf(buffer, SENTENCE_SIZE, "%s %%%s", value, of);
    return buffer;
}

char *judged_share(const struct judged *row, char buffer[static SENTENCE_SIZE])
{
    return judged_share_of(row, "", buffer);
}
