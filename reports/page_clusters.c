/* The clusters, drawn as boxes: where calls come from, and which cluster they cross next. Lists, so
 * that names wrap and whoever hears the page hears a list. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/markup.h"
#include "reports/page_sheet.h"

static void put_meter(FILE *out, double share)
{
    double width = isnan(share) ? 0 : fmin(fmax(share, 0), 1) * 100;
    fprintf(out,
            "<svg class=\"meter\" viewBox=\"0 0 100 5\" width=\"100\" height=\"5\" "
            "aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"5\"/><rect "
            "class=\"bar\" width=\"%.1f\" height=\"5\"/></svg>",
            width);
}

/* When a peer is away by plan, for the first time; false: never. */
static bool planned_away(const struct scenario *s, uint32_t peer, nanos *from, nanos *to)
{
    *from = *to = FOREVER;
    for (uint32_t i = 0; i < s->step_count; i++) {
        if (s->steps[i].peer != peer)
            continue;
        if (s->steps[i].kind == STEP_FAIL && *from == FOREVER)
            *from = s->steps[i].at;
        else if (s->steps[i].kind == STEP_UP && *from != FOREVER) {
            *to = s->steps[i].at;
            return true;
        }
    }
    return *from != FOREVER;
}

static void put_peer(struct sheet *sheet, uint32_t index)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    const struct peer *peer = &s->peers[index];
    double units = (double)s->platforms[peer->platform].units;
    double peak = sheet_metric(sheet, SCOPE_PEER, peer->name, "peak_units");
    nanos from, to;
    bool away = planned_away(s, index, &from, &to);
    char text[FIGURE_SIZE], until[FIGURE_SIZE];
    fprintf(out, "<li%s><b>", away ? " class=\"away\"" : "");
    markup_name(out, peer->name);
    fprintf(out, "</b>%s units<br>", words_count(units, text));
    if (peer->licences[LICENCE_RMS] > 0)
        fprintf(out, "%s RMS<br>", words_count((double)peer->licences[LICENCE_RMS], text));
    if (!isnan(peak)) {
        put_meter(out, units > 0 ? peak / units : 0);
        fprintf(out, "<br>peak %s", words_count(round(peak), text));
    }
    if (away)
        fprintf(out, "<br><span class=\"gone\">\xC3\x97 %s%s%s</span>",
                words_clock(&s->run, from, text), to < s->run.length ? " to " : " on",
                to < s->run.length ? words_clock(&s->run, to, until) : "");
    fputs("</li>", out);
}

static const char *zone_words(const struct zone *zone)
{
    switch (zone->choose) {
    case SELECT_SRV:
        return "by DNS: any peer of the record";
    case SELECT_ROUND_ROBIN:
        return "the peers in turn";
    case SELECT_FIRST_FIT:
    case SELECT_BEST_FIT:
    case SELECT_RANDOM_FIT:
        return "a peer that can take the call";
    case SELECT_RANDOM:
        return "any peer";
    default:
        break;
    }
    return zone->kind == ZONE_DNS     ? "by DNS: any peer of the record"
           : zone->kind == ZONE_OTHER ? "the peers in turn"
                                      : "the peer with most available";
}

/* Names of the classes that come from here, the first ones. */
static void put_class_names(FILE *out, const struct scenario *s, enum origin origin, uint32_t index)
{
    uint32_t told = 0;
    for (uint32_t i = 0; i < s->class_count; i++) {
        const struct via *via = &s->classes[i].via;
        uint32_t at = origin == ORIGIN_ZONE ? via->zone : via->endpoints;
        if (via->origin != origin || at != index)
            continue;
        if (told == 4) {
            fputs(", \xE2\x80\xA6", out);
            return;
        }
        fputs(told++ ? ", " : "<br>", out);
        markup_name(out, s->classes[i].name);
    }
}

static bool calls_from(const struct scenario *s, enum origin origin, uint32_t index,
                       uint32_t cluster)
{
    for (uint32_t i = 0; i < s->class_count; i++) {
        const struct via *via = &s->classes[i].via;
        uint32_t at = origin == ORIGIN_ZONE ? via->zone : via->endpoints;
        if (via->origin == origin && via->cluster == cluster &&
            (at == index || (origin != ORIGIN_ZONE && origin != ORIGIN_ENDPOINTS)))
            return true;
    }
    return false;
}

static void put_sources(struct sheet *sheet, uint32_t cluster)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    uint32_t told = 0;
    fputs("<ul class=\"sources\">", out);
    for (uint32_t i = 0; i < s->zone_count && told < 6; i++)
        if (calls_from(s, ORIGIN_ZONE, i, cluster)) {
            fputs("<li><b>", out);
            markup_name(out, s->zones[i].name);
            fprintf(out, "</b>%s", zone_words(&s->zones[i]));
            put_class_names(out, s, ORIGIN_ZONE, i);
            fputs("</li>", out);
            told++;
        }
    for (uint32_t i = 0; i < s->endpoints_count && told < 6; i++)
        if (s->endpoints[i].cluster == cluster) {
            char count[FIGURE_SIZE];
            fputs("<li><b>", out);
            markup_name(out, s->endpoints[i].name);
            fprintf(out, "</b>%s devices: the peer each is registered to",
                    words_count((double)s->endpoints[i].count, count));
            put_class_names(out, s, ORIGIN_ENDPOINTS, i);
            fputs("</li>", out);
            told++;
        }
    if (!told)
        fputs("<li>calls from outside</li>", out);
    fputs("</ul>\n", out);
}

static void put_cluster(struct sheet *sheet, uint32_t index)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    const struct cluster *cluster = &s->clusters[index];
    char text[FIGURE_SIZE], shown[FIGURE_SIZE];
    fputs("<div class=\"cluster\"><b>", out);
    markup_name(out, cluster->name);
    fputs("</b>", out);
    if (cluster->peer_count) {
        const char *platform = s->platforms[s->peers[cluster->first_peer].platform].name;
        fputs("<p class=\"sub\">", out);
        markup_format(out, "%s \xC3\x97 %" PRIu32 ", ", words_platform(platform),
                      cluster->peer_count);
        if (cluster->redundancy != REDUNDANCY_NONE)
            fprintf(out, "rule %s: ", redundancy_name(cluster->redundancy));
        fprintf(out, "%s units", words_count((double)scenario_cluster_units(s, index), text));
        if (cluster->licensed[LICENCE_RMS])
            fprintf(out, ", %s RMS",
                    words_count((double)limit_of_pool(s, index, LICENCE_RMS), shown));
        fputs("</p>", out);
    }
    fputs("<ul class=\"peers\">", out);
    for (uint32_t i = 0; i < cluster->peer_count; i++)
        put_peer(sheet, cluster->first_peer + i);
    fputs("</ul></div>\n", out);
}

static bool is_crossed(const struct scenario *s, uint32_t cluster)
{
    for (uint32_t i = 0; i < s->cluster_count; i++)
        if (s->clusters[i].traversal == cluster)
            return true;
    return false;
}

static void put_arrow(FILE *out)
{
    fputs("<svg class=\"arrow\" viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" "
          "aria-hidden=\"true\"><path d=\"M2 12h18m-6-6l6 6-6 6\"/></svg>\n",
          out);
}

#define CLUSTERS_SHOWN 12

void sheet_clusters(struct sheet *sheet)
{
    FILE *out = sheet->page.out;
    const struct scenario *s = sheet->scenario;
    char text[WORDS_SIZE], words[FIGURE_SIZE];
    bool drawn[CLUSTERS_SHOWN] = {false};
    page_section(&sheet->page, s->cluster_count == 1 ? "The cluster" : "The clusters");
    if (s->cluster_count == 1)
        snprintf(text, sizeof text, "Calls reach %s peer%s; each carries what its platform allows.",
                 words_number(s->peer_count, words), s->peer_count == 1 ? "" : "s");
    else
        snprintf(text, sizeof text, "Calls that cross two clusters take capacity of both at once.");
    page_finding(&sheet->page, text);
    for (uint32_t c = 0; c < s->cluster_count && c < CLUSTERS_SHOWN; c++) {
        uint32_t next = s->clusters[c].traversal;
        if (is_crossed(s, c) || drawn[c])
            continue;
        fputs("<div class=\"flow\">", out);
        put_sources(sheet, c);
        put_arrow(out);
        put_cluster(sheet, c);
        drawn[c] = true;
        if (next != NONE && next < CLUSTERS_SHOWN && !drawn[next]) {
            put_arrow(out);
            put_cluster(sheet, next);
            drawn[next] = true;
        }
        fputs("</div>\n", out);
    }
    for (uint32_t c = 0; c < s->cluster_count && c < CLUSTERS_SHOWN; c++)
        if (!drawn[c]) {
            fputs("<div class=\"flow\">", out);
            put_cluster(sheet, c);
            fputs("</div>\n", out);
        }
    if (s->cluster_count > CLUSTERS_SHOWN)
        fprintf(out, "<p class=\"note\">And %" PRIu32 " more clusters.</p>\n",
                s->cluster_count - CLUSTERS_SHOWN);
    page_section_end(&sheet->page);
}
