#include "tui/diary.h"

#include <stdlib.h>
#include <string.h>

#include "tui/verdict.h"

static bool grow(struct diary *diary)
{
    if (diary->count < diary->room)
        return true;
    int room = diary->room ? 2 * diary->room : 64;
    struct entry *grown = realloc(diary->entries, (size_t)room * sizeof *grown);
    if (!grown)
        return false;
    diary->entries = grown;
    diary->room = room;
    return true;
}

static void entry_release(struct entry *entry)
{
    free(entry->what);
    free(entry->text);
    free(entry->states);
}

void diary_add(struct diary *diary, const struct session *session, const char *what, time_t clock)
{
    uint32_t peers = session->scenario.peer_count;
    struct entry entry = {.clock = clock,
                          .what = strdup(what),
                          .text = strdup(session->text),
                          .states = calloc(peers + 1, sizeof *entry.states),
                          .peers = peers};
    if (!entry.what || !entry.text || !entry.states || !grow(diary)) {
        entry_release(&entry);
        return;
    }
    memcpy(entry.states, session->states, peers * sizeof *entry.states);
    diary->entries[diary->count++] = entry;
}

void diary_note(struct diary *diary, const struct session *session)
{
    const struct standing *s = session->standing;
    if (diary->count == 0 || !s || session->stale)
        return;
    struct entry *entry = &diary->entries[diary->count - 1];
    entry->known = true;
    entry->verdict = s->answer.verdict;
    entry->survive = s->survive;
    entry->replications = s->replications;
    answer_sentence(&s->answer, entry->sentence);
    verdict_now(s, entry->now, sizeof entry->now);
    verdict_down(s, entry->down, sizeof entry->down);
}

void diary_release(struct diary *diary)
{
    for (int i = 0; i < diary->count; i++)
        entry_release(&diary->entries[i]);
    free(diary->entries);
    *diary = (struct diary){0};
}

const char *diary_clock(time_t clock, char buffer[8])
{
    struct tm tm;
    if (!localtime_r(&clock, &tm) || !strftime(buffer, 8, "%H:%M", &tm))
        snprintf(buffer, 8, "--:--");
    return buffer;
}

/* ---- As Markdown ---- */

/* A bar would end the cell. */
static void put_cell(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
    fputs(" | ", out);
}

static void put_entry(FILE *out, const struct entry *entry, int number)
{
    char clock[8], basis[64] = "";
    fprintf(out, "| %d | %s | ", number, diary_clock(entry->clock, clock));
    put_cell(out, entry->what);
    put_cell(out, entry->known ? verdict_words(entry->verdict) : "not known");
    put_cell(out, entry->now);
    put_cell(out, entry->down);
    if (entry->replications)
        snprintf(basis, sizeof basis, "simulated %zu", entry->replications);
    else if (entry->known)
        snprintf(basis, sizeof basis, "by formula");
    fprintf(out, "%s |\n", basis);
}

static void put_conclusion(FILE *out, const struct session *session, const struct entry *last)
{
    const struct standing *s = session->standing;
    fprintf(out, "\n%s", last->known ? last->sentence : "The last state was not computed yet.");
    if (last->known && s && *s->answer.next_step)
        fprintf(out, " Next step: %s.", s->answer.next_step);
    fprintf(
        out,
        "\n\nFigures: %s%s%s%s; guideline figures, not guaranteed. Shares are of fresh calls that "
        "were refused, with 95 %% intervals. Seed %llu.\n",
        session->scenario.table ? session->scenario.table : "",
        session->scenario.table_source ? " (" : "",
        session->scenario.table_source ? session->scenario.table_source : "",
        session->scenario.table_source ? ")" : "", (unsigned long long)session->scenario.run.seed);
}

char *diary_markdown(const struct diary *diary, const struct session *session)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "# %s\n\nA what-if session with peerplan %s.\n\n", session->scenario.title,
            PEERPLAN_VERSION);
    fputs("| | time | change | carries it | refused now | with peers down | how it is known |\n"
          "|-:|------|--------|------------|-------------|-----------------|-----------------|\n",
          out);
    for (int i = 0; i < diary->count; i++)
        put_entry(out, &diary->entries[i], i + 1);
    if (diary->count)
        put_conclusion(out, session, &diary->entries[diary->count - 1]);
    fclose(out);
    return text;
}
