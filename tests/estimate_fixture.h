/* A scenario from a text and its estimate, for tests. */
#ifndef PEERPLAN_TESTS_ESTIMATE_FIXTURE_H
#define PEERPLAN_TESTS_ESTIMATE_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "answer/answer.h"
#include "data/scenario_file.h"
#include "model/estimate/estimate.h"

static const char *const platforms =
    "platforms:\n"
    "  - {name: ten, registrations: 1000, units: 10, audio-weight: 1, video-weight: 2, "
    "mra-video-weight: 2, rms: 100}\n"
    "  - {name: hundred, registrations: 1000, units: 100, audio-weight: 1, video-weight: 2, "
    "mra-video-weight: 2, "
    "rms: 1000}\n"
    "  - {name: twenty, units: 20}\n";

struct fixture {
    struct scenario scenario;
    struct estimate estimate;
};

static inline void fixture_init(struct fixture *f, const char *text)
{
    char whole[8192];
    struct errors errors;
    errors_init(&errors);
    snprintf(whole, sizeof whole, "scenario: test\n%s%s", platforms, text);
    if (!scenario_read_text(whole, strlen(whole), "test.yaml", ".", &f->scenario, &errors))
        fail_msg("line %ld: %s", errors.items[0].line, errors.items[0].message);
    errors_release(&errors);
    assert_true(estimate_make(&f->scenario, NULL, &f->estimate));
}

static inline void fixture_release(struct fixture *f)
{
    estimate_release(&f->estimate);
    scenario_release(&f->scenario);
}

static inline const struct estimate_row *row(const struct fixture *f, int hour, int down,
                                             const char *scope, const char *name,
                                             const char *metric)
{
    const struct estimate_row *r = estimate_find(&f->estimate, hour, down, scope, name, metric);
    if (!r)
        fail_msg("no row %d %d %s %s %s", hour, down, scope, name, metric);
    return r;
}

static inline enum verdict verdict(const struct fixture *f)
{
    struct answer answer;
    assert_true(
        answer_make(&answer, &f->scenario, &(struct answer_sources){.estimate = &f->estimate}));
    enum verdict made = answer.verdict;
    answer_release(&answer);
    return made;
}

static inline void expect(const struct fixture *f, int down, const char *name, double blocking,
                          enum badge badge)
{
    const struct estimate_row *r = row(f, -1, down, "class", name, "blocked_fraction");
    if (!(fabs(r->value - blocking) <= 1e-10 * blocking))
        fail_msg("%s with %d down: %.15g is not %.15g", name, down, r->value, blocking);
    assert_string_equal(badge_name(r->badge), badge_name(badge));
}

#endif
