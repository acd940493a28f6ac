#include "reports/answer_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "answer/figures.h"
#include "answer/sentence.h"
#include "model/base/safe_text.h"

static const char *const colours[VERDICT_COUNT] = {
    [VERDICT_NOTHING] = "\033[1;33m",   [VERDICT_YES] = "\033[1;32m",
    [VERDICT_UNDECIDED] = "\033[1;33m", [VERDICT_CANNOT_TELL] = "\033[1;33m",
    [VERDICT_NO] = "\033[1;31m",
};

static void put_name(FILE *out, const char *name)
{
    safe_text_put(out, name, strlen(name));
}

static void put_verdict(FILE *out, enum verdict verdict, bool colour)
{
    fprintf(out, "%s%s%s", colour ? colours[verdict] : "", verdict_words(verdict),
            colour ? "\033[0m" : "");
}

static void put_label(const char *label, FILE *out)
{
    fprintf(out, "  %-14s ", label);
}

/* ---- One goal ---- */

static void put_more(FILE *out, const struct judged *row)
{
    if (row->more <= 0 && row->obstacle)
        fprintf(out, "; %s", row->obstacle);
    else if (row->more >= 1e6)
        fputs("; more replications than can be run would be needed to decide", out);
    else
        fprintf(out, "; about %.0f more replication%s would decide", row->more,
                row->more > 1 ? "s" : "");
}

static void put_goal(FILE *out, const struct judged *row, bool stated)
{
    char goal[FIGURE_SIZE];
    fprintf(out, ", %s %s %%", stated ? "goal" : "against the default goal of",
            figure_plain(100 * row->limit, goal));
}

/* "b2b-video: 2.31 % refused (2.10 to 2.54), goal 1 %" */
static void put_row(FILE *out, const struct answer *answer, const struct judged *row)
{
    char share[SENTENCE_SIZE];
    const char *of = row->goal == GOAL_REGISTRATIONS ? " of the devices find no place" : " refused";
    put_name(out, row->name);
    fprintf(out, ": %s", judged_share_of(row, of, share));
    if (row->goal == GOAL_REGISTRATIONS && *row->cause)
        fprintf(out, " (%s)", row->cause);
    put_goal(out, row, answer->goals_stated);
    if (row->verdict == VERDICT_UNDECIDED)
        put_more(out, row);
}

static void put_down(const struct answer *answer, enum goal goal, bool colour, FILE *out)
{
    const struct judged *row = answer_worst(answer, goal, true);
    char label[32];
    if (!row || (goal == GOAL_REGISTRATIONS && row->verdict == VERDICT_YES))
        return;
    snprintf(label, sizeof label, "%" PRIu32 " peer%s down", row->down_count,
             row->down_count == 1 ? "" : "s");
    put_label(label, out);
    put_verdict(out, row->verdict, colour);
    if (strchr("0123456789", row->down[0]) == NULL || strstr(row->down, " peer") == NULL) {
        fputs("; worst without ", out);
        put_name(out, row->down);
        fputs(": ", out);
    } else {
        fputs("; the worst set: ", out);
    }
    put_row(out, answer, row);
    putc('\n', out);
}

/* ---- When ---- */

/* Hours, unless the intervals of the run are longer. */
static const char *span_word(const struct worst_hour *hour)
{
    return hour->to - hour->from > HOUR ? "part" : "hour";
}

static void put_span_label(const char *which, const struct worst_hour *hour, FILE *out)
{
    char label[32];
    snprintf(label, sizeof label, "%s %s", which, span_word(hour));
    put_label(label, out);
}

static void put_busiest_hour(const struct scenario *scenario, const struct worst_hour *hour,
                             FILE *out)
{
    char when[FIGURE_SIZE], value[FIGURE_SIZE];
    if (!hour->found)
        return;
    put_span_label("busiest", hour, out);
    fprintf(out, "%s: ", figure_hours(&scenario->run, hour->from, hour->to, when));
    put_name(out, hour->name);
    fprintf(out, " with %s units in use on average\n", figure_value(hour->share, 1, value));
}

/* Where nothing but chance tells one hour from another, the worst would be the unluckiest. */
static void put_any_hour(const struct worst_hour *hour, FILE *out)
{
    char range[FIGURE_SIZE], length[FIGURE_SIZE];
    if (!hour->found || !*figure_range(hour->one_day, 100, range))
        return;
    put_span_label("any", hour, out);
    fputs("a single one ", out);
    if (hour->to - hour->from > HOUR)
        fprintf(out, "of %s ", figure_duration(hour->to - hour->from, length));
    fprintf(out, "will see %s %% of ", range);
    put_name(out, hour->name);
    fputs(" refused\n", out);
}

static void put_worst_hour(const struct scenario *scenario, const struct answer *answer, FILE *out)
{
    const struct worst_hour *hour = &answer->hour;
    char when[FIGURE_SIZE], value[FIGURE_SIZE], range[FIGURE_SIZE];
    if (!answer->varies) {
        put_any_hour(hour, out);
        return;
    }
    if (!hour->found) {
        put_busiest_hour(scenario, &answer->busiest, out);
        return;
    }
    put_span_label("worst", hour, out);
    fprintf(out, "%s: %s %% of ", figure_hours(&scenario->run, hour->from, hour->to, when),
            figure_value(hour->share, 100, value));
    put_name(out, hour->name);
    fputs(" refused", out);
    if (*figure_range(hour->share, 100, range))
        fprintf(out, " (%s)", range);
    if (*figure_range(hour->one_day, 100, range))
        fprintf(out, "; a single such %s will see %s %%", span_word(hour), range);
    putc('\n', out);
}

/* ---- What binds ---- */

static void put_binding(const struct answer *answer, FILE *out)
{
    const struct binding *b = &answer->binding;
    const struct judged *worst = answer_worst(answer, GOAL_BLOCKING, false);
    char peak[FIGURE_SIZE], limit[FIGURE_SIZE];
    if (b->what && !isnan(b->refusals) && worst) {
        put_label("bottleneck", out);
        fprintf(out, "%s, cited in %.0f %% of the refusals of ", b->what, 100 * b->refusals);
        put_name(out, worst->name);
        putc('\n', out);
    } else if (b->what) {
        put_label("bottleneck", out);
        put_name(out, b->what);
        putc('\n', out);
    } else if (b->nearest) {
        put_label("bottleneck", out);
        fputs("none; nearest to its limit is ", out);
        put_name(out, b->nearest);
        fprintf(out, ", with a peak of %s of %s %s\n", figure_plain(round(b->peak), peak),
                figure_plain(b->limit, limit), b->kind);
    }
}

static void put_spare(const struct answer *answer, FILE *out)
{
    const struct binding *b = &answer->binding;
    char erlangs[FIGURE_SIZE], percent[FIGURE_SIZE];
    if (isnan(b->spare_factor) || isnan(b->spare_erlangs))
        return;
    put_label(b->spare_factor >= 1 ? "to spare" : "too many", out);
    fprintf(out, "%s erlangs (%s %%)%s\n", figure_plain(fabs(b->spare_erlangs), erlangs),
            figure_plain(100 * fabs(b->spare_factor - 1), percent),
            b->spare_exact ? "" : ", an orientation only");
}

/* ---- All together ---- */

static void put_why(const struct answer *answer, FILE *out)
{
    const char *label = answer->verdict == VERDICT_CANNOT_TELL ? "why" : "warning";
    for (size_t i = 0; i < answer->note_count; i++) {
        if (!answer->notes[i].warning)
            continue;
        put_label(label, out);
        put_name(out, answer->notes[i].text);
        putc('\n', out);
        label = "";
    }
}

/* "provisioning   edge: 12000 of 10000 provisioned devices" */
static void put_ceilings(const struct answer *answer, FILE *out)
{
    for (size_t i = 0; i < answer->limit_count; i++) {
        const struct looked *l = &answer->limits[i];
        if (!looked_beyond_ceiling(l))
            continue;
        put_label(limit_name(l->limit), out);
        put_name(out, l->name);
        fprintf(out, ": %.0f of %.0f %s\n", l->use, l->size, limit_words(l->limit));
    }
}

void answer_text_put(const struct scenario *scenario, const struct answer *answer, bool colour,
                     FILE *out)
{
    const struct judged *worst = answer_worst(answer, GOAL_BLOCKING, false);
    if (*answer->title) {
        put_name(out, answer->title);
        fputs("\n\n", out);
    }
    fputs("carries it: ", out);
    put_verdict(out, answer->verdict, colour);
    putc('\n', out);
    put_label("worst class", out);
    if (worst)
        put_row(out, answer, worst);
    else
        fputs("no calls were offered", out);
    putc('\n', out);
    put_down(answer, GOAL_BLOCKING, colour, out);
    put_worst_hour(scenario, answer, out);
    put_binding(answer, out);
    put_spare(answer, out);
    if (answer->registrations) {
        put_label("registrations", out);
        put_name(out, answer->registrations);
        putc('\n', out);
    }
    put_down(answer, GOAL_REGISTRATIONS, colour, out);
    put_ceilings(answer, out);
    put_why(answer, out);
    if (*answer->next_step) {
        put_label("next step", out);
        put_name(out, answer->next_step);
        putc('\n', out);
    }
    if (*answer->settings) {
        put_label("", out);
        put_name(out, answer->settings);
        putc('\n', out);
    }
    if (answer->interrupted)
        fputs("  interrupted: from the replications that were complete\n", out);
}
