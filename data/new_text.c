/* The file that `peerplan new` writes. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/new_page.h"

#define REMARK_COLUMN       44
#define ROOM_CALLS_PER_HOUR 0.2 /* of the template of rooms, in the busy hour */

/* ---- Words ---- */

#define FIGURE_SIZE 48

/* 6000 as "6,000", 57.6 as "57.6". */
static const char *figure(double value, char buffer[static FIGURE_SIZE])
{
    char digits[FIGURE_SIZE];
    if (value != floor(value) || value >= 1e15) {
        snprintf(buffer, FIGURE_SIZE, "%.4g", value);
        return buffer;
    }
    int length = snprintf(digits, sizeof digits, "%.0f", value), to = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buffer[to++] = ',';
        buffer[to++] = digits[i];
    }
    buffer[to] = '\0';
    return buffer;
}

void new_put(const struct new_page *page, enum ask_option option, const char *remark,
             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int used = vfprintf(page->out, format, args);
    va_end(args);
    bool assumed = option != ASK_COUNT && !page->ask->stated[option];
    if (!assumed && !*remark) {
        putc('\n', page->out);
        return;
    }
    fprintf(page->out, "%*s# %s%s%s\n", used < REMARK_COLUMN ? REMARK_COLUMN - used : 1, "",
            assumed ? "assumed" : "", assumed && *remark ? ": " : "", remark);
}

static bool is_zero(double value)
{
    return !(value > 0);
}

/* ---- The head ---- */

static void put_title(const struct new_page *page)
{
    char a[FIGURE_SIZE];
    const char *gap = "";
    if (page->running) {
        fprintf(page->out, "%u peers as they run", new_running_peers(page));
        gap = ", ";
    }
    double users = strtod(page->ask->text[ASK_USERS], NULL);
    if (users > 0) {
        fprintf(page->out, "%s%s users", gap, figure(users, a));
        gap = ", ";
    }
    if (page->load.rooms > 0) {
        fprintf(page->out, "%s%s rooms", gap, figure(page->load.rooms, a));
        gap = ", ";
    }
    if (page->load.b2b > 0)
        fprintf(page->out, "%s%s calls with other companies", gap, page->ask->text[ASK_B2B]);
}

static void put_command(const struct new_page *page)
{
    fputs("peerplan new", page->out);
    if (page->running)
        fputs(" --from-xconf DUMP...", page->out);
    if (page->ask->name)
        fprintf(page->out, " %s", page->ask->name);
    for (int i = 0; i < ASK_COUNT; i++)
        if (page->ask->stated[i])
            fprintf(page->out, " --%s %s", ask_options[i].name, page->ask->text[i]);
}

static void put_arithmetic(const struct new_page *page)
{
    char a[FIGURE_SIZE], b[FIGURE_SIZE], c[FIGURE_SIZE];
    const struct ask *ask = page->ask;
    const struct ask_load *load = &page->load;
    double devices = load->mra_devices + load->local_devices;
    if (!ask_has_load(ask))
        return;
    fputs("#\n# In the busy hour:\n", page->out);
    if (devices > 0) {
        fprintf(page->out,
                "#   %s softphones registered (%s users x %s), %s of them outside (MRA)\n",
                figure(devices, a), figure(strtod(ask->text[ASK_USERS], NULL), b),
                ask->text[ASK_REGISTERED], figure(load->mra_devices, c));
        if (*ask->text[ASK_IN_CALL])
            fprintf(page->out, "#   %s of them in a call: %s erlangs, %s of them video\n",
                    ask->text[ASK_IN_CALL], figure(load->audio + load->video, a),
                    ask->text[ASK_VIDEO]);
        else
            fprintf(page->out, "#   %s calls of %s: %s erlangs, %s of them video\n",
                    figure(load->calls_per_hour, a), ask->text[ASK_MEAN],
                    figure(load->audio + load->video, b), ask->text[ASK_VIDEO]);
    }
    if (load->rooms > 0)
        fprintf(page->out, "#   %s rooms registered\n", figure(load->rooms, a));
    if (load->b2b > 0)
        fprintf(page->out, "#   %s calls with other companies of %s: %s erlangs, video\n",
                ask->text[ASK_B2B], ask->text[ASK_B2B_MEAN], figure(load->b2b, a));
}

static void put_head(const struct new_page *page)
{
    fputs("# ", page->out);
    put_title(page);
    fputs(".\n#\n"
          "#   peerplan run FILE        does it carry that, with a peer down?\n"
          "#   peerplan estimate FILE   the same from formulas, at once\n"
          "#   peerplan tui FILE        change anything and see\n"
          "#   peerplan help scenario   every key that may stand here\n",
          page->out);
    put_arithmetic(page);
    fputs("#\n# Made by: ", page->out);
    put_command(page);
    fputs("\n# What is marked as assumed nobody said: check it first.\n", page->out);
    if (page->running)
        fputs("# What no dump says stands as a line with a question mark: answer it.\n", page->out);
    fputs("scenario: \"", page->out);
    put_title(page);
    fputs("\"\n", page->out);
}

/* ---- Clusters ---- */

static void put_goals(const struct new_page *page)
{
    const struct ask *ask = page->ask;
    new_put(page, ASK_RELEASE, "its capacity tables: peerplan tables --release", "release: %s",
            ask->text[ASK_RELEASE]);
    fputs("goals:\n", page->out);
    new_put(page, ASK_BLOCKING, "of the calls of every class", "  blocking: %s",
            ask->text[ASK_BLOCKING]);
    new_put(page, ASK_SURVIVE, "the goals hold with any so many peers down", "  survive: %s",
            ask->text[ASK_SURVIVE]);
}

static void put_peers(const struct new_page *page, char letter)
{
    const struct ask *ask = page->ask;
    bool image = ask->stated[ASK_IMAGE];
    long count = strtol(ask->text[ASK_PEERS], NULL, 10);
    new_put(page, ASK_PEERS, "how many", "    peers:");
    if (!image)
        new_put(page, ASK_COUNT, "not stated: encrypted sessions are not capped",
                "      # image: ?");
    for (long i = 1; i <= count; i++)
        new_put(page, i == 1 ? ASK_PLATFORM : ASK_COUNT, i == 1 ? "the platform" : "",
                "      - {name: %c%ld, platform: %s%s%s}", letter, i, ask->text[ASK_PLATFORM],
                image ? ", image: " : "", image ? ask->text[ASK_IMAGE] : "");
}

static void put_licences(const struct new_page *page)
{
    if (*page->ask->text[ASK_RMS])
        fprintf(page->out, "    licensing: smart\n    licences: {rms: %s}\n",
                page->ask->text[ASK_RMS]);
    else
        new_put(page, ASK_COUNT, "not stated: not limited by licences", "    # licences: {rms: ?}");
}

static void put_clusters(const struct new_page *page)
{
    FILE *out = page->out;
    fputs("\nclusters:\n", out);
    if (!page->pair) {
        new_put(page, ASK_COUNT, "", "  - name: %s", page->home);
        put_licences(page);
        put_peers(page, 'p');
        return;
    }
    new_put(page, ASK_COUNT, "Expressway-E, in the DMZ", "  - name: %s", page->front);
    new_put(page, ASK_COUNT, "", "    role: edge");
    new_put(page, ASK_COUNT, "what crosses the edge needs the core too", "    traversal: %s",
            page->home);
    put_licences(page);
    put_peers(page, 'e');
    new_put(page, ASK_COUNT, "Expressway-C, inside", "  - name: %s", page->home);
    new_put(page, ASK_COUNT, "", "    role: core");
    put_peers(page, 'c');
}

/* ---- Devices ---- */

static void put_endpoints(const struct new_page *page)
{
    const struct ask_load *load = &page->load;
    const struct ask *ask = page->ask;
    if (is_zero(load->mra_devices) && is_zero(load->local_devices) && is_zero(load->rooms)) {
        if (page->running)
            new_ask_endpoints(page);
        return;
    }
    enum ask_option outside = ask->stated[ASK_REGISTERED] ? ASK_MRA : ASK_REGISTERED;
    fputs("\nendpoints:\n", page->out);
    if (load->mra_devices > 0) {
        fprintf(page->out, "  - name: softphones\n    cluster: %s\n", page->front);
        new_put(page, outside, "users x registered x outside", "    count: %.0f",
                load->mra_devices);
        fputs("    device: desktop\n    access: mra\n", page->out);
        new_put(page, ASK_IM, "count twice with the unrestricted image", "    im: %s",
                ask->text[ASK_IM]);
    }
    if (load->local_devices > 0) {
        fprintf(page->out, "  - name: inside\n    cluster: %s\n", page->home);
        new_put(page, outside, "users x registered, not outside", "    count: %.0f",
                load->local_devices);
        fputs("    device: desktop\n", page->out);
    }
    if (load->rooms > 0) {
        bool h323 = strcmp(ask->text[ASK_ROOM_PROTOCOL], "h323") == 0;
        new_put(page, ASK_COUNT, "", "  - name: rooms");
        fprintf(page->out, "    cluster: %s\n    count: %.0f\n    device: room\n", page->home,
                load->rooms);
        new_put(page, ASK_ROOM_PROTOCOL, "", "    protocol: %s", ask->text[ASK_ROOM_PROTOCOL]);
        if (h323)
            new_put(page, ASK_COUNT, "time to live: how soon they notice a lost peer",
                    "    ttl: %s", page->ttl);
    }
}

/* ---- Calls ---- */

/* The day as steps of the rate, a new one where it changes. */
static void put_day(const struct new_page *page)
{
    double day[24];
    char step[32];
    if (!ask_day(page->ask, day))
        return;
    int used = fprintf(page->out, "      steps: [");
    double before = -1;
    for (int hour = 0; hour < 24; hour++) {
        double factor = round(day[hour] * 1000) / 1000;
        if (factor == before)
            continue;
        int length = snprintf(step, sizeof step, "[%dh, %g]", hour, factor);
        if (hour > 0 && used + length > 96)
            used = fprintf(page->out, ",\n              ") - 2;
        else if (hour > 0)
            used += fprintf(page->out, ", ");
        used += fprintf(page->out, "%s", step);
        before = factor;
    }
    fputs("]\n", page->out);
}

/* A class: erlangs, of calls of the mean that the option says. */
struct calls {
    const char *name, *media, *service, *via, *to;
    double erlangs, per_hour; /* per_hour NAN: erlangs are what was said */
    enum ask_option mean;
    const char *remark;
    enum ask_option because; /* what the remark is about */
};

static void put_class(const struct new_page *page, const struct calls *calls)
{
    const struct ask *ask = page->ask;
    if (is_zero(calls->erlangs))
        return;
    fprintf(page->out, "  - name: %s\n    media: %s\n    service: %s\n    via: %s\n", calls->name,
            calls->media, calls->service, calls->via);
    if (calls->to)
        fprintf(page->out, "    to: %s\n", calls->to);
    fputs("    arrivals:\n", page->out);
    if (isnan(calls->per_hour))
        new_put(page, calls->because, calls->remark, "      busy-hour-erlangs: %.6g",
                calls->erlangs);
    else
        new_put(page, calls->because, calls->remark, "      rate: %.6g/h", calls->per_hour);
    put_day(page);
    new_put(page, calls->mean, ask->stated[calls->mean] ? "the distribution is assumed" : "",
            "    holding: {mean: %s, distribution: exponential}", ask->text[calls->mean]);
}

/* The calls of the users of one population: audio and video. */
static void put_users(const struct new_page *page, const char *population, const char *service,
                      double devices)
{
    const struct ask *ask = page->ask;
    const struct ask_load *load = &page->load;
    double all = load->mra_devices + load->local_devices, part = all > 0 ? devices / all : 0;
    double video = load->audio + load->video > 0 ? load->video / (load->audio + load->video) : 0;
    char name[64], via[64];
    const char *remark = *ask->text[ASK_IN_CALL] ? "devices x in-call x share of the media"
                                                 : "of the busy hour: devices x calls x share";
    snprintf(via, sizeof via, "{endpoints: %s}", population);
    enum ask_option said = *ask->text[ASK_IN_CALL] ? ASK_IN_CALL : ASK_CALLS_PER_USER;
    struct calls calls = {.name = name,
                          .media = "audio",
                          .service = service,
                          .via = via,
                          .erlangs = load->audio * part,
                          .per_hour = load->calls_per_hour * part * (1 - video),
                          .mean = ASK_MEAN,
                          .remark = remark,
                          .because = said};
    snprintf(name, sizeof name, "%s-audio", population);
    put_class(page, &calls);
    snprintf(name, sizeof name, "%s-video", population);
    calls.media = "video";
    calls.erlangs = load->video * part;
    calls.per_hour = load->calls_per_hour * part * video;
    calls.because = ask->stated[said] ? ASK_VIDEO : said;
    put_class(page, &calls);
}

static void put_calls(const struct new_page *page)
{
    const struct ask_load *load = &page->load;
    double erlangs = load->audio + load->video + load->b2b;
    if (is_zero(erlangs) && !page->ask->room_calls) {
        fputs("\n# How many calls? --users, --rooms, --b2b of peerplan new write them; the keys "
              "are in\n"
              "# peerplan help scenario; peerplan import makes them from call records.\n"
              "# calls:\n#   - {name: ?, media: video, arrivals: {rate: ?}, holding: {mean: ?}}\n",
              page->out);
        return;
    }
    fprintf(page->out, "\n# %s day%s\n", page->ask->text[ASK_PROFILE],
            page->ask->stated[ASK_PROFILE] ? "" : " (assumed)");
    fputs("calls:\n", page->out);
    if (load->mra_devices > 0)
        put_users(page, "softphones", "mra", load->mra_devices);
    if (load->local_devices > 0)
        put_users(page, "inside", "registered", load->local_devices);
    if (page->ask->room_calls)
        put_class(page, &(struct calls){.name = "between-rooms",
                                        .media = "video",
                                        .service = "registered",
                                        .via = "{endpoints: rooms}",
                                        .to = "{endpoints: rooms}",
                                        .erlangs = 1,
                                        .per_hour = load->rooms * ROOM_CALLS_PER_HOUR,
                                        .mean = ASK_B2B_MEAN,
                                        .remark = "a call of each room in five hours",
                                        .because = ASK_COUNT});
    if (load->b2b > 0)
        put_class(page, &(struct calls){.name = "b2b",
                                        .media = "video",
                                        .service = "b2b",
                                        .via = "{zone: internet}",
                                        .to = load->rooms > 0 ? "{endpoints: rooms}" : NULL,
                                        .erlangs = load->b2b,
                                        .per_hour = ask_per_hour(page->ask, ASK_B2B),
                                        .mean = ASK_B2B_MEAN,
                                        .remark = "of the busy hour, in and out",
                                        .because = ASK_B2B});
}

/* ---- The rest ---- */

static void put_tail(const struct new_page *page)
{
    if (page->ask->trace)
        fputs(
            "\n# Calls as they were: rows start,duration,class (peerplan help scenario). Without\n"
            "# arrivals of its own a class comes from the record alone.\n"
            "# traces:\n#   - {file: calls.csv, via: {zone: internet}}\n",
            page->out);
    if (page->ask->outage)
        fprintf(page->out, "\noutages:\n  - {peer: %c1, at: \"14:00\", for: 1h}\n",
                page->pair ? 'e' : 'p');
    fputs("\nrun: {length: 24h, replications: 30, seed: 1}\n", page->out);
}

char *ask_scenario(const struct ask *ask, const struct deployment *running)
{
    char *text = NULL;
    size_t length = 0;
    struct new_page page = {.ask = ask,
                            .load = ask_load(ask),
                            .running = running,
                            .ttl = "30m",
                            .out = open_memstream(&text, &length)};
    if (!page.out)
        return NULL;
    page.pair = page.load.mra_devices > 0 || page.load.b2b > 0;
    page.home = page.pair ? "core" : "expressway";
    page.front = page.pair ? "edge" : "expressway";
    struct new_names names = {0};
    bool good = !running || new_name_running(&page, &names);
    if (good) {
        put_head(&page);
        put_goals(&page);
        if (running)
            new_put_running(&page, &names);
        else
            put_clusters(&page);
        if (!running && page.load.b2b > 0)
            fprintf(page.out, "\nzones:\n  - {name: internet, kind: dns, cluster: %s}\n",
                    page.front);
        put_endpoints(&page);
        put_calls(&page);
        put_tail(&page);
    }
    new_names_release(&names);
    good = !ferror(page.out) && good;
    if (fclose(page.out) != 0 || !good) {
        free(text);
        return NULL;
    }
    return text;
}
