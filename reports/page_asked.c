/* What was asked: goals, clusters, licences, devices, events, time and load, in words. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "model/busiest.h"
#include "reports/markup.h"
#include "reports/page_sheet.h"

static void put_term(FILE *out, const char *term)
{
    fprintf(out, "<dt>%s</dt><dd>", term);
}

/* ---- Goals ---- */

static void put_question(struct sheet *sheet)
{
    const struct goals *goals = &sheet->scenario->goals;
    char share[FIGURE_SIZE], number[FIGURE_SIZE], text[320];
    int used =
        snprintf(text, sizeof text, "%s refuse at most %s of each class of calls",
                 sheet->scenario->cluster_count == 1 ? "Does this cluster" : "Do these clusters",
                 words_share(goals->blocking, share));
    if (goals->survive > 0)
        snprintf(text + used, sizeof text - (size_t)used, ", also with any %s peer%s down",
                 words_number((uint32_t)goals->survive, number), goals->survive == 1 ? "" : "s");
    strncat(text, "?", sizeof text - strlen(text) - 1);
    page_finding(&sheet->page, text);
}

static void put_goals(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    char share[FIGURE_SIZE], number[FIGURE_SIZE];
    put_term(out, "Goals");
    if (!sheet->answer || !sheet->answer->goals_stated)
        fprintf(out, "none stated: judged by %s of each class refused",
                words_share(s->goals.blocking, share));
    else
        fprintf(out, "at most %s of each class refused", words_share(s->goals.blocking, share));
    if (s->goals.worst_hour_stated)
        fprintf(out, "; at most %s in the worst hour", words_share(s->goals.worst_hour, share));
    if (s->endpoints_count)
        fprintf(out, "; at most %s of the devices of a population kept out",
                words_share(s->goals.registrations, share));
    if (s->goals.survive > 0)
        fprintf(out, "; the same with any %s peer%s down",
                words_number((uint32_t)s->goals.survive, number), s->goals.survive == 1 ? "" : "s");
    for (uint32_t i = 0; i < s->class_count && i < 20; i++)
        if (s->classes[i].goal_stated)
            markup_format(out, "; %s: %s", s->classes[i].name,
                          words_share(s->classes[i].goal, share));
    fputs("</dd>\n", out);
}

/* ---- Clusters, licences, devices ---- */

static void put_cluster(struct sheet *sheet, uint32_t index)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    const struct cluster *cluster = &s->clusters[index];
    char units[FIGURE_SIZE], number[FIGURE_SIZE];
    bool one = cluster->peer_count == 1;
    if (!cluster->peer_count)
        return;
    const struct platform *platform = &s->platforms[s->peers[cluster->first_peer].platform];
    fputs("<div>", out);
    markup_name(out, cluster->name);
    markup_format(out, ": %s %s%s", words_number(cluster->peer_count, number),
                  words_platform(platform->name), one ? "" : "s");
    if (cluster->redundancy != REDUNDANCY_NONE)
        fprintf(out, ", rule %s", redundancy_name(cluster->redundancy));
    fprintf(out, "; %s%s units", one ? "it carries " : "each carries ",
            words_count((double)platform->units, units));
    if (!one)
        fprintf(out, ", the cluster %s",
                words_count((double)scenario_cluster_units(s, index), units));
    fputs(".</div>", out);
}

static void put_licences(struct sheet *sheet)
{
    static const char *const names[] = {"RMS", "desktop", "room"};
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    put_term(out, "Licences");
    for (uint32_t c = 0; c < s->cluster_count && c < 12; c++) {
        const struct cluster *cluster = &s->clusters[c];
        const char *between = "";
        fputs("<div>", out);
        markup_name(out, cluster->name);
        fputs(": ", out);
        for (int kind = 0; kind < LICENCE_COUNT; kind++) {
            char count[FIGURE_SIZE];
            double pool = (double)limit_of_pool(s, c, (enum licence)kind);
            if (cluster->licensed[kind])
                fprintf(out, "%s%s %s in the pool", between, words_count(pool, count), names[kind]);
            else if (kind == LICENCE_RMS)
                fputs("RMS are not stated, and not limited", out);
            else
                continue;
            between = ", ";
        }
        fputs(".</div>", out);
    }
    fputs("</dd>\n", out);
}

static void put_devices(struct sheet *sheet)
{
    static const char *const access[] = {"", " through a proxy", " by MRA"};
    static const char *const protocols[] = {"SIP", "H.323", "interworked", "SIP and H.323"};
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    if (!s->endpoints_count)
        return;
    put_term(out, "Devices");
    for (uint32_t i = 0; i < s->endpoints_count && i < 20; i++) {
        const struct endpoints *e = &s->endpoints[i];
        char count[FIGURE_SIZE];
        fprintf(out, "<div>%s ", words_count((double)e->count, count));
        markup_name(out, e->name);
        fprintf(out, " (%s, %s)%s at ", e->device == DEVICE_ROOM ? "rooms" : "desktops",
                protocols[e->protocol], access[e->access]);
        markup_name(out, s->clusters[e->cluster].name);
        fputs("</div>", out);
    }
    if (s->endpoints_count > 20)
        fprintf(out, "<div>and %" PRIu32 " more populations</div>", s->endpoints_count - 20);
    fputs("</dd>\n", out);
}

/* ---- Events and time ---- */

/* When a peer that goes at a step is back; FOREVER: not in this run. */
static nanos back_at(const struct scenario *s, uint32_t step)
{
    for (uint32_t i = step + 1; i < s->step_count; i++)
        if (s->steps[i].peer == s->steps[step].peer && s->steps[i].kind == STEP_UP)
            return s->steps[i].at;
    return FOREVER;
}

static void put_random_outages(FILE *out, const struct scenario *s)
{
    for (uint32_t i = 0; i < s->outage_count && i < 8; i++) {
        const struct random_outage *o = &s->outages[i];
        char up[FIGURE_SIZE], down[FIGURE_SIZE];
        fputs("<div>", out);
        markup_name(out, o->peer == NONE ? s->clusters[o->cluster].name : s->peers[o->peer].name);
        fprintf(out, ": %s by chance, %s apart and %s long on average</div>",
                o->maintenance ? "maintenance" : "failures",
                figure_duration((nanos)(o->up_mean * (double)SECOND), up),
                figure_duration((nanos)(o->down_mean * (double)SECOND), down));
    }
}

static void put_events(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    uint32_t told = 0;
    if (!s->step_count && !s->outage_count && !s->change_count)
        return;
    put_term(out, "Events");
    for (uint32_t i = 0; i < s->step_count && told < 12; i++) {
        const struct step *step = &s->steps[i];
        char from[FIGURE_SIZE], to[FIGURE_SIZE];
        nanos back = back_at(s, i);
        if (step->kind != STEP_FAIL)
            continue;
        fputs("<div>", out);
        markup_name(out, s->peers[step->peer].name);
        fprintf(out, " %s at %s", step->planned ? "goes for maintenance" : "fails",
                words_clock(&s->run, step->at, from));
        if (back < s->run.length)
            fprintf(out, " and is back at %s", words_clock(&s->run, back, to));
        fputs(".</div>", out);
        told++;
    }
    if (told == 12)
        fputs("<div>And more.</div>", out);
    put_random_outages(out, s);
    if (s->change_count)
        fprintf(out, "<div>%" PRIu32 " change%s of configuration.</div>", s->change_count,
                s->change_count == 1 ? "" : "s");
    fputs("</dd>\n", out);
}

static void put_time(struct sheet *sheet)
{
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    FILE *out = sheet->page.out;
    const struct run *run = &sheet->scenario->run;
    time_t seconds = (time_t)run->start_unix;
    struct tm tm = {0};
    char length[FIGURE_SIZE];
    gmtime_r(&seconds, &tm);
    put_term(out, run->length == DAY ? "Day" : "Time");
    if (tm.tm_wday >= 0 && tm.tm_mon >= 0)
        fprintf(out, "%s %d %s %d, from %02d:%02d for %s", days[tm.tm_wday % 7], tm.tm_mday,
                months[tm.tm_mon % 12], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                figure_duration(run->length, length));
    if (run->time_zone)
        markup_format(out, ", %s", run->time_zone);
    fputs("</dd>\n", out);
}

/* ---- Load ---- */

static const char *service_words(enum service service)
{
    static const char *const words[SERVICE_COUNT] = {
        [SERVICE_B2B] = "business to business",
        [SERVICE_MRA] = "of people at home (MRA)",
        [SERVICE_REGISTERED] = "of registered devices",
        [SERVICE_INTRACLUSTER] = "within the cluster",
        [SERVICE_INTERWORKING] = "interworked between SIP and H.323",
        [SERVICE_LYNC] = "with Microsoft clients",
        [SERVICE_THIRD_PARTY] = "with other makers' systems",
        [SERVICE_WEBRTC] = "of browsers (WebRTC)",
        [SERVICE_WEBEX] = "with Webex",
        [SERVICE_MEETING_SERVER] = "with a meeting server",
    };
    return words[service];
}

static void put_class_words(FILE *out, const struct scenario *s, const struct call_class *call)
{
    const char *from = NULL;
    fprintf(out, "<td class=\"w\">%s %s", call->media == MEDIA_VIDEO ? "video" : "audio",
            service_words(call->service));
    if (call->via.origin == ORIGIN_ZONE)
        from = s->zones[call->via.zone].name;
    else if (call->via.origin == ORIGIN_ENDPOINTS)
        from = s->endpoints[call->via.endpoints].name;
    else if (call->via.origin == ORIGIN_PEER)
        from = s->peers[call->via.peer].name;
    if (from) {
        fputs(", from ", out);
        markup_name(out, from);
    }
    fputs("</td>", out);
}

/* RMS of a call where it enters, in halves. */
static double rms_halves(const struct scenario *s, const struct call_class *call)
{
    struct demand demand = service_demand(call->service, call->media, call->protocol);
    if (call->rms_halves >= 0)
        return (double)call->rms_halves;
    bool edge = s->clusters[call->via.cluster].role == ROLE_EDGE;
    return (double)(edge                                              ? demand.rms_edge_halves
                    : demand.rms_core_halves > demand.rms_edge_halves ? demand.rms_core_halves
                                                                      : demand.rms_edge_halves);
}

static void put_class(struct sheet *sheet, const struct call_class *call)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    char text[FIGURE_SIZE];
    bool own = call->arrivals.kind != ARRIVALS_NONE;
    double days = (double)s->run.length / (double)DAY;
    double offered = sheet_metric(sheet, SCOPE_CLASS, call->name, "offered");
    double halves = rms_halves(s, call);
    struct platform node = scenario_cluster_node(s, call->via.cluster);
    page_row(&sheet->page, call->name);
    put_class_words(out, s, call);
    if (sheet->results)
        page_number(&sheet->page, words_count(round(days > 1 ? offered / days : offered), text));
    page_number(&sheet->page, own ? words_count(busiest_erlangs(s, call), text) : "recorded");
    page_number(&sheet->page,
                own ? figure_duration((nanos)(call->holding.mean * (double)SECOND), text)
                    : "recorded");
    page_number(&sheet->page, words_count((double)scenario_call_units(s, call, &node), text));
    page_number(&sheet->page, halves == 1 ? "\xC2\xBD" : words_count(halves / 2, text));
    page_row_end(&sheet->page);
}

#define CLASSES_SHOWN 12

static void put_classes(struct sheet *sheet)
{
    const struct scenario *s = sheet->scenario;
    const char *heads =
        !sheet->results        ? "Class|In words|>Erlangs, busiest|>Mean length|>Units|>RMS"
        : s->run.length >= DAY ? "Class|In words|>Calls a day|>Erlangs, busiest|>Mean "
                                 "length|>Units|>RMS"
                               : "Class|In words|>Calls|>Erlangs, busiest|>Mean length|>Units|>RMS";
    page_table(&sheet->page, "Load, as the scenario states it", heads);
    for (uint32_t i = 0; i < s->class_count && i < CLASSES_SHOWN; i++)
        put_class(sheet, &s->classes[i]);
    page_table_end(&sheet->page);
    if (s->class_count <= CLASSES_SHOWN)
        return;
    page_details(&sheet->page, "The other classes");
    page_table(&sheet->page, "Load, the other classes", heads);
    for (uint32_t i = CLASSES_SHOWN; i < s->class_count && i < 1000; i++)
        put_class(sheet, &s->classes[i]);
    page_table_end(&sheet->page);
    page_details_end(&sheet->page);
}

void sheet_asked(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    page_section(&sheet->page, "What was asked");
    put_question(sheet);
    fputs("<dl>\n", out);
    put_term(out, s->cluster_count == 1 ? "Cluster" : "Clusters");
    for (uint32_t i = 0; i < s->cluster_count && i < 12; i++)
        put_cluster(sheet, i);
    if (s->cluster_count > 12)
        fprintf(out, "<div>and %" PRIu32 " more</div>", s->cluster_count - 12);
    fputs("</dd>\n", out);
    put_licences(sheet);
    put_devices(sheet);
    put_goals(sheet);
    put_events(sheet);
    put_time(sheet);
    fputs("</dl>\n", out);
    if (s->class_count)
        put_classes(sheet);
    page_section_end(&sheet->page);
}
