/* A scenario from a text and its plan, for tests of sim/study. */
#ifndef PEERPLAN_TESTS_PLANNED_H
#define PEERPLAN_TESTS_PLANNED_H

#include <string.h>

#include "data/scenario_file.h"
#include "sim/engine/plan.h"

static struct scenario scenario;
static struct plan plan;
static struct errors errors;

static inline void begin(const char *text)
{
    errors_init(&errors);
    if (!scenario_read_text(text, strlen(text), "test", ".", &scenario, &errors) ||
        !plan_init(&plan, &scenario, &errors)) {
        print_error("%s\n", errors.count ? errors.items[0].message : "?");
        fail();
    }
}

static inline void end(void)
{
    plan_release(&plan);
    scenario_release(&scenario);
    errors_release(&errors);
}

#endif
