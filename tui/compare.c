#include "tui/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/format.h"

size_t compare_count(const struct session *session)
{
    return session->answer.count + (session->results ? session->results->metric_count : 0);
}

static struct interval nothing(void)
{
    return (struct interval){NAN, NAN, NAN};
}

static struct comparison compare_figure(const struct session *session, size_t row)
{
    const struct outlook_figure *b = &session->answer.figures[row];
    const struct outlook_figure *a = NULL;
    for (size_t i = 0; session->pinned.valid && i < session->pinned.count && !a; i++) {
        const struct outlook_figure *f =
            &session->pinned.figures[(row + i) % session->pinned.count];
        if (f->scope == b->scope && !strcmp(f->name, b->name) && !strcmp(f->metric, b->metric))
            a = f;
    }
    struct comparison c = {.unit = b->unit,
                           .a = a ? a->value : NAN,
                           .b = b->value,
                           .a_range = nothing(),
                           .b_range = nothing()};
    snprintf(c.name, sizeof c.name, "%s %s", b->name, b->metric);
    c.matters = fabs(c.a - c.b) > 1e-9 * fabs(c.a);
    return c;
}

static struct comparison compare_metric(const struct session *session, size_t metric)
{
    const struct results *results = session->results, *before = session->pinned_results;
    if (session->pinned.valid && session->pinned_generation == session->generation)
        before = results;
    const struct metric *m = &results->metrics[metric];
    struct comparison c = {.unit = m->unit, .simulated = true, .a_range = nothing()};
    c.b_range = results_interval(results, metric, 0);
    size_t other = before ? results_find(before, m->scope, m->name, m->metric) : SIZE_MAX;
    if (other != SIZE_MAX)
        c.a_range = results_interval(before, other, 0);
    c.a = c.a_range.value;
    c.b = c.b_range.value;
    c.matters = c.a_range.high < c.b_range.low || c.b_range.high < c.a_range.low;
    snprintf(c.name, sizeof c.name, "%s %s", m->name, m->metric);
    return c;
}

struct comparison compare_row(const struct session *session, size_t row)
{
    if (row < session->answer.count)
        return compare_figure(session, row);
    return compare_metric(session, row - session->answer.count);
}

void compare_format(char *buffer, size_t size, double value, const char *unit)
{
    if (!strcmp(unit, "1"))
        format_percent(buffer, size, value);
    else
        format_figure(buffer, size, value, unit);
}

void compare_format_difference(char *buffer, size_t size, const struct comparison *row)
{
    double difference = row->b - row->a;
    char plain[FIGURE + 16];
    if (isnan(difference)) {
        snprintf(buffer, size, " ");
        return;
    }
    if (difference == 0) {
        snprintf(buffer, size, "=");
        return;
    }
    compare_format(plain, sizeof plain, fabs(difference), !strcmp(row->unit, "1") ? "1" : "");
    snprintf(buffer, size, "%c%s", difference < 0 ? '-' : '+', plain);
}
