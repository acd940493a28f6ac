#include "tui/details.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/licences.h"
#include "model/limits.h"
#include "tui/format.h"
#include "tui/widgets.h"

/* ---- Synchronizations ---- */

/* Seconds from the synchronization before a scripted change, and to the one after it; NAN: none. */
struct syncs {
    double previous, next;
};

/* By event; owned, NULL when out of memory. */
static struct syncs *syncs_of(const struct results *results)
{
    struct syncs *syncs = calloc(results->scripted_count + 1, sizeof *syncs);
    for (size_t e = 0; syncs && e < results->scripted_count; e++)
        syncs[e] = (struct syncs){NAN, NAN};
    for (size_t i = 0; syncs && i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope != SCOPE_EVENT)
            continue;
        if (strcmp(m->metric, "previous_sync") == 0)
            syncs[m->index].previous = results_interval(results, i, 0).value;
        else if (strcmp(m->metric, "next_sync") == 0)
            syncs[m->index].next = results_interval(results, i, 0).value;
    }
    return syncs;
}

static const char *sync_clock(const struct run *run, nanos at, double after, char buffer[FIGURE])
{
    snprintf(buffer, FIGURE, "none");
    if (!isnan(after))
        format_clock(buffer, FIGURE, run, at + (nanos)(after * (double)SECOND));
    return buffer;
}

/* Where the configuration of a cluster changes in time: the synchronizations around each change. */
static void tell_synchronizations(const struct session *session, uint32_t cluster, FILE *out)
{
    const struct scenario *scenario = &session->scenario;
    const struct results *results = session->results;
    const struct run *run = &scenario->run;
    struct syncs *syncs = results ? syncs_of(results) : NULL;
    bool first = true;
    for (size_t e = 0; syncs && e < results->scripted_count; e++) {
        const struct scripted_event *event = &results->scripted[e];
        char at[FIGURE], previous[FIGURE], next[FIGURE];
        if (event->kind != SCRIPTED_CHANGE ||
            strcmp(event->cluster, scenario->clusters[cluster].name) != 0)
            continue;
        format_clock(at, sizeof at, run, event->at);
        fprintf(out, "%s%s, change on %s: previous synchronization %s, next %s\n",
                first ? "\nConfiguration of the cluster\n" : "", at, event->peer,
                sync_clock(run, event->at, -syncs[e].previous, previous),
                sync_clock(run, event->at, syncs[e].next, next));
        first = false;
    }
    free(syncs);
}

/* ---- What is simulated ---- */

static void put_value(char *buffer, const struct metric *metric, double value)
{
    if (!strcmp(metric->unit, "1"))
        format_percent(buffer, FIGURE, value);
    else
        format_figure(buffer, FIGURE, value, "");
}

/* Every metric of a thing that is not zero. */
static void tell_metrics(const struct session *session, enum scope scope, uint32_t index, FILE *out)
{
    const struct results *results = session->results;
    if (!results)
        fputs("The first replications are being simulated.", out);
    for (size_t i = 0; results && i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope != scope || m->index != index)
            continue;
        struct interval v = results_interval(results, i, 0);
        char value[FIGURE], low[FIGURE], high[FIGURE];
        if (v.value == 0)
            continue;
        put_value(value, m, v.value);
        put_value(low, m, v.low);
        put_value(high, m, v.high);
        fprintf(out, "%-24s %10s   %s to %s\n", m->metric, value, low, high);
    }
    if (results)
        fputs("\nMeans over replications with 95 % intervals; what is 0 is left out.", out);
}

/* ---- Things ---- */

static void put_limit(FILE *out, const char *label, int64_t value)
{
    char text[FIGURE];
    format_count(text, sizeof text, value);
    fprintf(out, "%-24s %10s\n", label, text);
}

void details_peer(const struct session *session, uint32_t index, FILE *out)
{
    const struct scenario *scenario = &session->scenario;
    const struct peer *peer = &scenario->peers[index];
    const struct platform *platform = &scenario->platforms[peer->platform];
    fprintf(out, "%s of cluster %s, %s, %s\n\n", peer->name, scenario->clusters[peer->cluster].name,
            platform->name, peer_state_name(session->states[index]));
    put_limit(out, "session units", platform->units);
    put_limit(out, "sessions at most", peer->max_sessions);
    put_limit(out, "RMS, platform", platform->rms);
    put_limit(out, "registrations", platform->registrations);
    put_limit(out, "MRA registrations", platform->mra_registrations);
    put_limit(out, "TURN relays", platform->turn);
    fprintf(out, "\nLicences installed here: %lld RMS, %lld desktop, %lld room\n",
            (long long)peer->licences[LICENCE_RMS], (long long)peer->licences[LICENCE_DESKTOP],
            (long long)peer->licences[LICENCE_ROOM]);
    tell_synchronizations(session, peer->cluster, out);
    fprintf(out, "\nFigures: %s\nGuideline figures, not guaranteed.",
            platform->source && *platform->source ? platform->source
                                                  : "the scenario's own platform");
}

static void put_duration(FILE *out, const char *label, nanos duration, const char *endless)
{
    char text[FIGURE];
    format_duration(text, sizeof text, duration);
    fprintf(out, "%-24s %10s\n", label, duration == FOREVER ? endless : text);
}

/* Its limits as a whole, with all peers there. */
static void tell_limits(const struct scenario *scenario, uint32_t index, FILE *out)
{
    static const enum limit limits[] = {LIMIT_UNITS, LIMIT_RMS, LIMIT_REGISTRATIONS,
                                        LIMIT_MRA_REGISTRATIONS, LIMIT_TURN_RELAYS};
    const struct cluster *cluster = &scenario->clusters[index];
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        put_limit(out, limits[i] == LIMIT_RMS ? "RMS, platforms" : limit_words(limits[i]),
                  limit_of_cluster(scenario, index, limits[i]));
    for (int l = 0; l < LICENCE_COUNT; l++) {
        char label[FIGURE];
        snprintf(label, sizeof label, "%s licences", licence_name((enum licence)l));
        if (cluster->licensed[l])
            put_limit(out, l == LICENCE_RMS ? "RMS licences" : label,
                      limit_of_pool(scenario, index, (enum licence)l));
    }
}

void details_cluster(const struct session *session, uint32_t index, FILE *out)
{
    const struct scenario *scenario = &session->scenario;
    const struct cluster *cluster = &scenario->clusters[index];
    struct platform node = scenario_cluster_node(scenario, index);
    uint32_t up = 0;
    for (uint32_t p = 0; p < cluster->peer_count; p++)
        up += session->states[cluster->first_peer + p] == PEER_UP;
    fprintf(out, "%s, rule %s: %u peers, %u of them up; the smallest is a %s\n\n", cluster->name,
            redundancy_name(cluster->redundancy), cluster->peer_count, up,
            node.name ? node.name : "?");
    tell_limits(scenario, index, out);
    fputc('\n', out);
    put_duration(out, "a loss is noticed after", cluster->detect, "never");
    put_duration(out, "its licences stay for", cluster->licence_grace, "always");
    if (cluster->primary < scenario->peer_count)
        fprintf(out, "%-24s %10s\n", "primary", scenario->peers[cluster->primary].name);
    tell_synchronizations(session, index, out);
    fputs("\nSimulated\n", out);
    tell_metrics(session, SCOPE_CLUSTER, index, out);
}

void details_class(const struct session *session, uint32_t class_index, FILE *out)
{
    tell_metrics(session, SCOPE_CLASS, class_index, out);
}

void details_alarm(const struct session *session, const struct alarm_seen *alarm, FILE *out)
{
    const struct run *run = &session->scenario.run;
    char first[FIGURE], typical[FIGURE];
    format_clock(first, sizeof first, run, alarm->first);
    format_clock(typical, sizeof typical, run, alarm->typical);
    fprintf(out, "%d, %s: %s\n\n%s\n\n", alarm->id, alarm_severity(alarm->id),
            alarm_name(alarm->id), alarm_meaning(alarm->id));
    fprintf(out, "Raised in %zu replications (%.0f %%): at %s at the earliest, typically at %s.",
            alarm->replications, 100 * alarm->share, first, typical);
}
