/* How fast the estimate answers: the whole of it, for one hour, as the what-if editor asks for on
 * every keystroke.
 *
 * Bounds: 1 ms for the largest cluster without a binding pool; with one, 5 ms a state of the peers
 * for the bounded preview and 100 ms a state for the exact figures. The fastest of several runs is
 * taken: the machine has others on it.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "data/scenario_file.h"
#include "model/estimate/estimate.h"

#define RUNS 15

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double best(const struct scenario *s, bool preview, int runs)
{
    double least = 1e9;
    struct estimate_options options = {.preview = preview};
    for (int i = 0; i < runs; i++) {
        struct estimate e;
        double start = seconds();
        bool made = estimate_make(s, &options, &e);
        double took = seconds() - start;
        estimate_release(&e);
        least = made && took < least ? took : least;
    }
    return 1e3 * least;
}

/* Six of the largest virtual machines, audio and video; rms 0: no licence limit. */
static bool largest(struct scenario *s, int rms)
{
    char text[4096];
    int used = snprintf(text, sizeof text,
                        "scenario: bench\ngoals: {blocking: 1%%, survive: 1}\n"
                        "clusters:\n  - name: edge\n    redundancy: 5+1\n    peers:\n");
    for (int i = 0; i < 6; i++) {
        used += snprintf(text + used, sizeof text - (size_t)used,
                         "      - {name: e%d, platform: large-vm", i);
        if (rms)
            used += snprintf(text + used, sizeof text - (size_t)used, ", rms: %d", rms);
        used += snprintf(text + used, sizeof text - (size_t)used, "}\n");
    }
    used += snprintf(
        text + used, sizeof text - (size_t)used,
        "calls:\n"
        "  - {name: voice, media: audio, service: registered, via: {cluster: edge},\n"
        "     arrivals: {rate: 22000/h}, holding: {distribution: exponential, mean: 5m}}\n"
        "  - {name: video, media: video, service: b2b, via: {cluster: edge},\n"
        "     arrivals: {rate: 17000/h}, holding: {distribution: lognormal, mean: 5m, cv: 1.2}}\n"
        "run: {length: 1h}\n");
    struct errors errors;
    errors_init(&errors);
    bool read = scenario_read_text(text, (size_t)used, "bench", ".", s, &errors);
    for (size_t i = 0; !read && i < errors.count; i++)
        printf("%s\n", errors.items[i].message);
    errors_release(&errors);
    return read;
}

static int show(const char *what, double took, double bound)
{
    printf("%-64s %8.3f ms (bound %g ms)%s\n", what, took, bound, took <= bound ? "" : " MISSED");
    return took > bound;
}

int main(void)
{
    struct scenario s;
    int missed = 0, states = 6; /* all up, and one to five down */
    if (!largest(&s, 0))
        return 1;
    missed += show("six peers, no pool: answer, states, load band, spare", best(&s, true, RUNS), 1);
    missed += show("the same with every figure", best(&s, false, RUNS), 2);
    scenario_release(&s);
    if (!largest(&s, 240))
        return 1;
    missed += show("six peers, 1440 RMS that bind: preview", best(&s, true, RUNS), 5 * states);
    missed += show("the same exactly, with the next step", best(&s, false, 3), 100 * (states + 20));
    scenario_release(&s);
    return missed > 0;
}
