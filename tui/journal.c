#include "tui/journal.h"

#include <stdlib.h>
#include <string.h>

void journal_add(struct journal *journal, double seconds, enum ink ink, const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        return;
    int at = (journal->first + journal->count) % JOURNAL_LINES;
    if (journal->count == JOURNAL_LINES) {
        free(journal->notes[at].text);
        journal->first = (journal->first + 1) % JOURNAL_LINES;
    } else {
        journal->count++;
    }
    journal->notes[at] = (struct note){seconds, ink, copy};
}

const struct note *journal_at(const struct journal *journal, int row)
{
    return &journal->notes[(journal->first + row) % JOURNAL_LINES];
}

void journal_release(struct journal *journal)
{
    for (int i = 0; i < JOURNAL_LINES; i++)
        free(journal->notes[i].text);
    *journal = (struct journal){0};
}
