#include "tui/standing.h"

#include <stdlib.h>
#include <string.h>

/* ---- Making ---- */

static struct answer_sources best_of(const struct standing_sources *from, bool sets)
{
    return (struct answer_sources){.results = from->results,
                                   .survival = sets ? from->survival : NULL,
                                   .estimate = from->estimate,
                                   .preview = from->preview,
                                   .down = from->out,
                                   .down_count = from->out_count};
}

static struct answer_sources formulas_of(const struct standing_sources *from)
{
    struct answer_sources formulas = best_of(from, false);
    formulas.results = NULL;
    return formulas;
}

/* A peer fewer is told also where no goal asks for it; it weighs nothing then. */
static bool make_further(struct standing *s, const struct scenario *scenario,
                         const struct standing_sources *from)
{
    struct scenario further = *scenario;
    struct answer_sources sources = s->sets_done ? best_of(from, true) : formulas_of(from);
    if (scenario->goals.survive > 0 || scenario->peer_count < from->out_count + 2)
        return true;
    further.goals.survive = 1;
    s->has_further = true;
    return answer_make(&s->further, &further, &sources);
}

static bool make(struct standing *s, const struct scenario *scenario,
                 const struct standing_sources *from)
{
    bool asked = scenario->goals.survive > 0;
    struct answer_sources best = best_of(from, asked), formulas = formulas_of(from);
    s->preview = from->preview;
    s->settled = from->settled;
    s->survive = asked ? (uint32_t)scenario->goals.survive : 1;
    s->replications = from->results ? from->results->replications : 0;
    s->sets = from->sets;
    s->sets_done = from->survival && from->results ? from->survival->count : 0;
    s->has_estimate = from->estimate != NULL;
    return answer_make(&s->answer, scenario, &best) &&
           (!s->has_estimate || answer_make(&s->estimated, scenario, &formulas)) &&
           make_further(s, scenario, from) &&
           figures_make(&s->figures, scenario,
                        &(struct figures_sources){from->estimate, from->results, from->out,
                                                  from->out_count});
}

struct standing *standing_new(const struct scenario *scenario,
                              const struct standing_sources *sources)
{
    struct standing *s = calloc(1, sizeof *s);
    if (s && make(s, scenario, sources))
        return s;
    standing_free(s);
    return NULL;
}

void standing_free(struct standing *s)
{
    if (!s)
        return;
    answer_release(&s->answer);
    answer_release(&s->estimated);
    answer_release(&s->further);
    figures_release(&s->figures);
    free(s);
}

/* ---- Looking up ---- */

const struct judged *standing_class(const struct answer *answer, uint32_t class_index)
{
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        if (row->goal == GOAL_BLOCKING && row->index == class_index && row->down_count == 0)
            return row;
    }
    return NULL;
}

const struct answer *standing_down(const struct standing *s)
{
    if (s->has_further)
        return &s->further;
    return s->sets_done == 0 && s->has_estimate ? &s->estimated : &s->answer;
}

const struct judged *standing_set(const struct standing *s, size_t number)
{
    const struct answer *answer = standing_down(s);
    for (size_t i = 0; s->sets_done && i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        if (row->goal == GOAL_BLOCKING && row->down_count > 0 && number-- == 0)
            return row;
    }
    return NULL;
}

bool standing_is_set(const struct judged *row, const struct scenario *scenario,
                     const uint32_t *down, uint32_t down_count)
{
    const char *at = row->down;
    if (row->down_count != down_count)
        return false;
    for (uint32_t i = 0; i < down_count; i++) {
        const char *name = scenario->peers[down[i]].name;
        size_t length = strlen(name);
        if (strncmp(at, name, length) != 0)
            return false;
        at += length;
        at += *at == '+';
    }
    return *at == '\0';
}
