#include "tui/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/bottleneck.h"
#include "answer/figures.h"
#include "answer/sentence.h"
#include "tui/format.h"

#define LABEL 14

/* Names that are longer are cut in their middle, so that the figures behind them are not. */
#define NAME_CELLS 24
#define NAME_SIZE  512

enum ink verdict_ink(enum verdict verdict)
{
    static const enum ink inks[VERDICT_COUNT] = {[VERDICT_NOTHING] = INK_UNKNOWN,
                                                 [VERDICT_YES] = INK_GOOD,
                                                 [VERDICT_UNDECIDED] = INK_OPEN,
                                                 [VERDICT_CANNOT_TELL] = INK_UNKNOWN,
                                                 [VERDICT_NO] = INK_BAD};
    return inks[verdict];
}

uint32_t verdict_glyph(enum verdict verdict)
{
    static const uint32_t glyphs[VERDICT_COUNT] = {[VERDICT_NOTHING] = '-',
                                                   [VERDICT_YES] = 0x2713,
                                                   [VERDICT_UNDECIDED] = '?',
                                                   [VERDICT_CANNOT_TELL] = '-',
                                                   [VERDICT_NO] = 0x2717};
    return glyphs[verdict];
}

int verdict_lines(int room)
{
    return room >= 20 ? VERDICT_LINES : room >= 14 ? 4 : 3;
}

/* ---- A line ---- */

struct line {
    struct canvas *canvas;
    int x, y, right; /* where the next part begins, and what is behind the last cell */
    bool dim;        /* of a state before */
};

static enum ink shade(const struct line *line, enum ink ink)
{
    return line->dim ? INK_DIM : ink;
}

/* A part that fits as a whole, or is left out; false then. */
static bool put(struct line *line, enum ink ink, const char *text)
{
    int width = text_width(text);
    if (line->x + width > line->right)
        return false;
    line->x = canvas_text(line->canvas, line->x, line->y, width, shade(line, ink), text);
    return true;
}

static void put_mark(struct line *line, enum verdict verdict)
{
    canvas_put(line->canvas, line->x, line->y, verdict_glyph(verdict),
               shade(line, verdict_ink(verdict)));
    line->x += 2;
}

static void put_right(struct line *line, enum ink ink, const char *text)
{
    int width = text_width(text);
    if (line->x + width + 2 > line->right)
        return;
    canvas_text(line->canvas, line->right - width, line->y, width, shade(line, ink), text);
    line->right -= width + 2;
}

static struct line begin(struct canvas *canvas, struct area area, int row, const char *label,
                         bool dim)
{
    struct line line = {canvas, area.x, area.y + row, area.x + area.width, dim};
    canvas_text(canvas, area.x + 2, line.y, LABEL - 1, INK_DIM, label);
    line.x = area.x + 2 + LABEL;
    return line;
}

/* ---- How it is known ---- */

static void basis_words(const struct session *session, char *buffer, size_t size)
{
    const struct standing *s = session->standing;
    if (session->stale)
        snprintf(buffer, size, "pending");
    else if (s->replications)
        snprintf(buffer, size, "simulated %zu%s", s->replications, s->settled ? "" : "...");
    else
        snprintf(buffer, size, "by formula%s", s->preview ? ", quick look" : "");
}

/* A long sentence takes its whole line: how it is known stands in the next one then. */
static bool basis_fits(struct area area, const struct session *session)
{
    const struct answer *answer = &session->standing->answer;
    char text[SENTENCE_SIZE], basis[64];
    basis_words(session, basis, sizeof basis);
    return 2 + text_width(verdict_words(answer->verdict)) + 2 +
               text_width(answer_sentence(answer, text)) + 2 + text_width(basis) <=
           area.width;
}

static void draw_sentence(struct canvas *canvas, struct area area, const struct session *session)
{
    const struct answer *answer = &session->standing->answer;
    struct line line = {canvas, area.x, area.y, area.x + area.width, session->stale};
    char text[SENTENCE_SIZE], basis[64];
    put_mark(&line, answer->verdict);
    put(&line, verdict_ink(answer->verdict), verdict_words(answer->verdict));
    put(&line, INK_TEXT, "  ");
    basis_words(session, basis, sizeof basis);
    if (basis_fits(area, session))
        put_right(&line, session->stale ? INK_OPEN : INK_DIM, basis);
    if (!put(&line, INK_STRONG, answer_sentence(answer, text))) /* longer than the whole line */
        canvas_text(canvas, line.x, line.y, line.right - line.x, shade(&line, INK_STRONG), text);
}

/* "meetings 1.2 % (1.03 to 1.40)" with its mark: without the limits where they do not fit, and then
 * without the name. */
static void put_row(struct line *line, const struct judged *row)
{
    char share[SENTENCE_SIZE], name[NAME_SIZE];
    enum ink ink = row->verdict == VERDICT_NO ? INK_BAD : INK_TEXT;
    put_mark(line, row->verdict);
    judged_share(row, share);
    text_middle(row->name, NAME_CELLS, name, sizeof name - 1);
    strcat(name, " ");
    char *bracket = strstr(share, " (");
    if (bracket && line->x + text_width(name) + text_width(share) > line->right)
        *bracket = '\0';
    if (line->x + text_width(name) + text_width(share) <= line->right)
        put(line, INK_TEXT, name);
    put(line, ink, share);
}

/* What the formulas claim where the simulation found otherwise. */
static void put_claim(struct line *line, const struct standing *s, const struct judged *row)
{
    const struct judged *claim =
        s->replications && s->has_estimate ? standing_class(&s->estimated, row->index) : NULL;
    char share[SENTENCE_SIZE], text[SENTENCE_SIZE + 32];
    if (!claim || !s->answer.disagree)
        return;
    snprintf(text, sizeof text, "  the estimate said %s", judged_share(claim, share));
    put(line, INK_BAD, text);
}

static void draw_now(struct canvas *canvas, struct area area, const struct session *session)
{
    const struct standing *s = session->standing;
    struct line line = begin(canvas, area, 1, "now", session->stale);
    const struct judged *row = answer_worst(&s->answer, GOAL_BLOCKING, false);
    char goal[FIGURE_SIZE + 16], plain[FIGURE_SIZE], basis[64];
    basis_words(session, basis, sizeof basis);
    if (!basis_fits(area, session))
        put_right(&line, session->stale ? INK_OPEN : INK_DIM, basis);
    if (!row)
        row = s->answer.worst;
    if (!row) {
        put(&line, INK_DIM, "no calls are offered");
        return;
    }
    snprintf(goal, sizeof goal, "goal %s %%", figure_plain(100 * row->limit, plain));
    if (basis_fits(area, session))
        put_right(&line, INK_DIM, goal);
    put_row(&line, row);
    if (!basis_fits(area, session))
        put_right(&line, INK_DIM, goal);
    if (row->goal == GOAL_BLOCKING)
        put_claim(&line, s, row);
}

/* ---- Peers down ---- */

static void down_label(const struct standing *s, const struct session *session, char *buffer,
                       size_t size)
{
    bool more = false;
    for (uint32_t p = 0; p < session->scenario.peer_count; p++)
        more = more || session->states[p] != PEER_UP;
    snprintf(buffer, size, "%u %s down", s->survive,
             more              ? "more"
             : s->survive == 1 ? "peer"
                               : "peers");
}

static void draw_down(struct canvas *canvas, struct area area, const struct session *session)
{
    const struct standing *s = session->standing;
    const struct answer *answer = standing_down(s);
    const struct judged *row = answer_worst(answer, GOAL_BLOCKING, true);
    const struct judged *devices = answer_worst(answer, GOAL_REGISTRATIONS, true);
    char label[32], text[NAME_SIZE + 16];
    if (devices && (!row || devices->verdict > row->verdict))
        row = devices;
    down_label(s, session, label, sizeof label);
    struct line line = begin(canvas, area, 2, label, session->stale);
    if (s->sets)
        snprintf(text, sizeof text, "%zu of %zu simulated", s->sets_done, s->sets);
    else
        snprintf(text, sizeof text, "by formula");
    if (!row) {
        put(&line, INK_DIM, "-");
        return;
    }
    put_right(&line, INK_DIM, text);
    put_row(&line, row);
    char name[NAME_SIZE];
    snprintf(text, sizeof text, " without %s",
             text_middle(row->down, NAME_CELLS, name, sizeof name));
    if (s->sets_done)
        put(&line, INK_TEXT, text);
    if (s->has_further)
        put(&line, INK_DIM, " (no goal)");
}

static int by_share(const void *a, const void *b)
{
    const struct judged *x = *(const struct judged *const *)a,
                        *y = *(const struct judged *const *)b;
    if (x->value.value != y->value.value)
        return x->value.value > y->value.value ? -1 : 1;
    return strcmp(x->down, y->down);
}

/* Every set with its figure, the worst first, as many as fit. */
static void draw_sets(struct canvas *canvas, struct area area, const struct session *session)
{
    const struct standing *s = session->standing;
    struct line line = begin(canvas, area, 3, "  without", session->stale);
    const struct judged **rows = calloc(s->sets_done + 1, sizeof *rows);
    size_t count = 0;
    for (; rows && count < s->sets_done; count++)
        if (!(rows[count] = standing_set(s, count)))
            break;
    if (rows && count)
        qsort(rows, count, sizeof *rows, by_share);
    for (size_t i = 0; rows && i < count; i++) {
        char value[FIGURE_SIZE], name[NAME_SIZE], text[NAME_SIZE + FIGURE_SIZE];
        snprintf(text, sizeof text, "%s %s ",
                 text_middle(rows[i]->down, NAME_CELLS, name, sizeof name),
                 figure_value(rows[i]->value, 100, value));
        if (line.x + 2 + text_width(text) + (i + 1 < count ? 3 : 0) > line.right) {
            put(&line, INK_DIM, "...");
            break;
        }
        put_mark(&line, rows[i]->verdict);
        put(&line, rows[i]->verdict == VERDICT_NO ? INK_BAD : INK_TEXT, text);
        put(&line, INK_TEXT, " ");
    }
    if (count == 0)
        put(&line, INK_DIM, s->sets ? "pending" : s->answer.simulated ? "-" : "pending");
    free(rows);
}

/* ---- When, and what binds ---- */

/* "8.9 (8.1 to 9.6) % of meetings" or "office with 2560 units". */
static void hour_words(const struct worst_hour *hour, bool worst, char *buffer, size_t size)
{
    char value[FIGURE_SIZE], name[NAME_SIZE];
    text_middle(hour->name, NAME_CELLS, name, sizeof name);
    if (worst)
        snprintf(buffer, size, "%s %% of %s", figure_value(hour->share, 100, value), name);
    else
        snprintf(buffer, size, "%s with %s units", name, figure_value(hour->share, 1, value));
}

/* What it is about comes first: the cause is left out where both do not fit, and cut where it does
 * not fit as a whole. */
static void draw_hour(struct canvas *canvas, struct area area, const struct session *session)
{
    const struct answer *answer = &session->standing->answer;
    bool worst = answer->hour.found && answer->varies;
    const struct worst_hour *hour = worst ? &answer->hour : &answer->busiest;
    char when[FIGURE_SIZE], words[NAME_SIZE + FIGURE_SIZE + 16], text[512];
    struct line line =
        begin(canvas, area, 4, worst ? "worst hour" : "busiest hour", session->stale);
    if (!hour->found) {
        put(&line, INK_DIM, answer->varies ? "pending" : "hours are alike");
        return;
    }
    snprintf(text, sizeof text, "%s  ",
             figure_hours(&session->scenario.run, hour->from, hour->to, when));
    put(&line, INK_TEXT, text);
    hour_words(hour, worst, words, sizeof words);
    line.x =
        canvas_text(canvas, line.x, line.y, line.right - line.x, shade(&line, INK_TEXT), words);
    if (answer->binding.what && !isnan(answer->binding.refusals)) {
        snprintf(text, sizeof text, "cause %s %.0f %%", answer->binding.what,
                 100 * answer->binding.refusals);
        put_right(&line, INK_TEXT, text);
    }
}

/* Rounded down: what may grow is not more than this. */
static void growth_words(double factor, char *buffer, size_t size)
{
    double percent = 100 * fabs(factor - 1), step = percent < 10 ? 0.1 : 1;
    char plain[FIGURE_SIZE];
    figure_plain(step * floor(percent / step + 1e-9), plain);
    snprintf(buffer, size,
             factor >= 1 ? "by formula the load may grow %s %%"
                         : "by formula the load is %s %% too high",
             plain);
}

static void draw_binding(struct canvas *canvas, struct area area, const struct session *session)
{
    const struct answer *answer = &session->standing->answer;
    const struct binding *b = &answer->binding;
    char text[512 + NAME_SIZE], name[NAME_SIZE], peak[FIGURE_SIZE], limit[FIGURE_SIZE];
    bool step = *answer->next_step;
    struct line line = begin(canvas, area, 5, step ? "next step" : "nearest limit", session->stale);
    if (!step && *session->lasts)
        put_right(&line, INK_TEXT, session->lasts);
    if (!step && !isnan(b->spare_factor) && (!*session->lasts || area.width >= 110)) {
        growth_words(b->spare_factor, text, sizeof text);
        put_right(&line, INK_TEXT, text);
    }
    if (step) {
        canvas_text(canvas, line.x, line.y, line.right - line.x, shade(&line, INK_ACCENT),
                    answer->next_step);
        return;
    }
    if (b->nearest)
        snprintf(text, sizeof text, "%s: peak %s of %s %s",
                 text_middle(b->nearest, NAME_CELLS, name, sizeof name),
                 figure_plain(round(b->peak), peak), figure_plain(b->limit, limit), b->kind);
    else
        snprintf(text, sizeof text, "%s",
                 b->what             ? b->what
                 : answer->simulated ? "none"
                                     : "pending");
    canvas_text(canvas, line.x, line.y, line.right - line.x, shade(&line, INK_TEXT), text);
}

void verdict_draw(struct canvas *canvas, struct area area, const struct session *session)
{
    static void (*const lines[VERDICT_LINES])(struct canvas *, struct area,
                                              const struct session *) = {
        draw_sentence, draw_now, draw_down, draw_sets, draw_hour, draw_binding};
    if (!session->standing) {
        canvas_text(canvas, area.x, area.y, area.width, INK_OPEN, "? pending");
        return;
    }
    for (int i = 0; i < VERDICT_LINES && i < area.height; i++)
        lines[i](canvas, area, session);
}

/* ---- In few words ---- */

void verdict_now(const struct standing *s, char *buffer, size_t size)
{
    char share[SENTENCE_SIZE] = "-";
    const struct judged *row = s ? answer_worst(&s->answer, GOAL_BLOCKING, false) : NULL;
    if (row)
        judged_share(row, share);
    snprintf(buffer, size, "%s", share);
}

void verdict_down(const struct standing *s, char *buffer, size_t size)
{
    char share[SENTENCE_SIZE] = "-";
    const struct judged *row = s ? answer_worst(standing_down(s), GOAL_BLOCKING, true) : NULL;
    if (row)
        judged_share(row, share);
    snprintf(buffer, size, "%s", share);
}
