/* How fast the estimate answers: the whole of it (all states of the peers, the load band, what is
 * to spare), for an hour and for a day, as the what-if editor asks for on every keystroke.
 *
 * Bounds: 0.68 ms for an hour of the largest cluster without a binding pool; with one, 5 ms for the
 * preview and 100 ms an hour and state for the exact figures; a day 5 ms. The fastest of several
 * runs is taken: the machine has others on it. Many classes: linear, but for memory that is no
 * longer near.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/clock.h"
#include "data/scenario_file.h"
#include "model/estimate/estimate.h"

#define RUNS 15

static double best(const struct scenario *s, bool preview, int runs)
{
    double least = 1e9;
    struct estimate_options options = {.preview = preview};
    for (int i = 0; i < runs; i++) {
        struct estimate e;
        double start = cpu_seconds();
        bool made = estimate_make(s, &options, &e);
        double took = cpu_seconds() - start;
        estimate_release(&e);
        least = made && took < least ? took : least;
    }
    return 1e3 * least;
}

static bool read_text(const char *text, size_t length, struct scenario *s)
{
    struct errors errors;
    errors_init(&errors);
    bool read = scenario_read_text(text, length, "bench", ".", s, &errors);
    for (size_t k = 0; !read && k < errors.count; k++)
        printf("%s\n", errors.items[k].message);
    errors_release(&errors);
    return read;
}

/* Six of the largest virtual machines, audio and video; rms 0: no licence limit. With a course of
 * the day, a third class and 24 hours. */
static bool largest(struct scenario *s, int rms, bool day)
{
    static const char course[] = ", steps: [[0h, 0.05], [7h, 0.5], [8h, 0.9], [9h, 1.0], [12h, "
                                 "0.7], [13h, 0.85], [14h, 0.97], "
                                 "[15h, 0.95], [16h, 0.8], [17h, 0.55], [18h, 0.35], [22h, 0.1]]";
    const char *steps = day ? course : "";
    char text[8192];
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
        "     arrivals: {rate: 22000/h%s}, holding: {distribution: exponential, mean: 5m}}\n"
        "  - {name: video, media: video, service: b2b, via: {cluster: edge},\n"
        "     arrivals: {rate: %d/h%s}, holding: {distribution: lognormal, mean: 5m, cv: 1.2}}\n"
        "%s%s%srun: {length: %dh}\n",
        steps, day ? 14000 : 17000, steps,
        day ? "  - {name: rooms, media: video, service: registered, via: {cluster: edge},\n"
              "     arrivals: {rate: 2000/h"
            : "",
        steps, day ? "}, holding: {mean: 10m}}\n" : "", day ? 24 : 1);
    return read_text(text, (size_t)used, s);
}

/* So many classes on two peers. */
static bool many(struct scenario *s, int classes)
{
    size_t room = (size_t)classes * 160 + 512, used = 0;
    char *text = malloc(room);
    if (!text)
        return false;
    used +=
        (size_t)snprintf(text, room,
                         "scenario: many\nclusters: [{name: c, redundancy: none, peers: [{name: a, "
                         "platform: large-vm}, {name: b, platform: large-vm}]}]\ncalls:\n");
    for (int i = 0; i < classes; i++)
        used +=
            (size_t)snprintf(text + used, room - used,
                             "  - {name: c%d, media: %s, service: registered, via: {cluster: c}, "
                             "arrivals: {rate: %.4f/h}, holding: {mean: 5m}}\n",
                             i, i % 3 ? "audio" : "video", 10000.0 / classes);
    used += (size_t)snprintf(text + used, room - used, "run: {length: 1h}\n");
    bool read = read_text(text, used, s);
    free(text);
    return read;
}

static int show(const char *what, double took, double bound)
{
    printf("%-64s %8.3f ms (bound %g ms)%s\n", what, took, bound, took <= bound ? "" : " MISSED");
    return took > bound;
}

static int show_largest(const char *what, int rms, bool day, bool preview, double bound)
{
    struct scenario s;
    if (!largest(&s, rms, day))
        return 1;
    int missed = show(what, best(&s, preview, preview ? RUNS : 5), bound);
    scenario_release(&s);
    return missed;
}

int main(void)
{
    struct scenario few, lots;
    const int states = 6; /* all up, and one to five down */
    int missed = show_largest("six peers, no pool, an hour: preview", 0, false, true, 0.68) +
                 show_largest("the same with every figure", 0, false, false, 0.68) +
                 show_largest("1440 RMS that bind, an hour: preview", 240, false, true, 5) +
                 show_largest("the same exactly", 240, false, false, 100 * states) +
                 show_largest("a day, three classes, no pool: preview", 0, true, true, 5) +
                 show_largest("the same with every figure", 0, true, false, 5) +
                 show_largest("a day with 1440 RMS: preview", 240, true, true, 5);
    if (!many(&few, 5000) || !many(&lots, 50000))
        return 1;
    double ratio = best(&lots, false, 2) / best(&few, false, 5);
    printf("%-64s %8.1f times (bound 25)%s\n", "50,000 classes instead of 5,000", ratio,
           ratio <= 25 ? "" : " MISSED");
    scenario_release(&few);
    scenario_release(&lots);
    return missed > 0 || ratio > 25;
}
