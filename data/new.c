#include "data/new.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/quantity.h"

const struct ask_row ask_options[ASK_COUNT] = {
#define ROW(id, name, form, fallback, question, help) {name, form, fallback, question, help},
    ASK_OPTIONS(ROW)
#undef ROW
};

/* ---- Values ---- */

static double count_of(const struct ask *ask, enum ask_option option)
{
    int64_t value = 0;
    quantity_integer(ask->text[option], &value);
    return (double)value;
}

static double share(const char *text)
{
    double value = 0;
    quantity_fraction(text, &value);
    return value;
}

static double share_of(const struct ask *ask, enum ask_option option)
{
    return share(ask->text[option]);
}

double ask_per_hour(const struct ask *ask, enum ask_option option)
{
    double value = 0;
    quantity_rate(ask->text[option], &value);
    return value * 3600;
}

static double hours_of(const struct ask *ask, enum ask_option option)
{
    nanos value = 0;
    quantity_duration(ask->text[option], &value);
    return (double)value / (double)HOUR;
}

static bool by_day(const struct ask *ask)
{
    const char *text = ask->text[ASK_CALLS_PER_USER];
    size_t length = strlen(text);
    return length > 1 && text[length - 1] == 'd';
}

/* ---- Reading ---- */

static bool read_count(const char *text, int64_t least, int64_t most)
{
    int64_t value;
    return quantity_integer(text, &value) == QUANTITY_OK && value >= least && value <= most;
}

static bool read_share(const char *text)
{
    double value;
    return quantity_fraction(text, &value) == QUANTITY_OK && value <= 1;
}

static bool read_rate(const char *text)
{
    double value;
    return quantity_rate(text, &value) == QUANTITY_OK && value <= 1e9;
}

static bool read_time(const char *text)
{
    nanos value;
    return quantity_duration(text, &value) == QUANTITY_OK && value > 0 && value <= TIME_MAX;
}

static bool read_word(const char *text, const char *words)
{
    size_t length = strlen(text);
    for (const char *word = words; *word;) {
        size_t n = strcspn(word, "|");
        if (n == length && strncmp(word, text, n) == 0)
            return true;
        word += n + (word[n] == '|');
    }
    return false;
}

/* A name of a release or a platform: nothing that YAML would read otherwise. */
static bool read_name(const char *text)
{
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            return false;
    return isalpha((unsigned char)*text);
}

/* What a value has to be; NULL when it is. */
static const char *wanted(enum ask_option option, const char *text)
{
    switch (option) {
    case ASK_USERS:
    case ASK_ROOMS:
    case ASK_RMS:
        return read_count(text, 0, 1000000000) ? NULL : "a whole number such as 6000";
    case ASK_PEERS:
        return read_count(text, 1, CLUSTER_PEERS_MAX) ? NULL : "a number of peers from 1 to 6";
    case ASK_SURVIVE:
        return read_count(text, 0, 5) ? NULL : "a number of peers from 0 to 5";
    case ASK_CALLS_PER_USER:
        return read_rate(text) ? NULL : "calls a day or an hour, such as 4/d or 0.6/h";
    case ASK_B2B:
        return read_rate(text) ? NULL : "calls an hour, such as 120/h";
    case ASK_MEAN:
    case ASK_B2B_MEAN:
        return read_time(text) ? NULL : "a time such as 3m or 90s";
    case ASK_ROOM_PROTOCOL:
        return read_word(text, "h323|sip") ? NULL : "h323 or sip";
    case ASK_IMAGE:
        return read_word(text, "select|unrestricted") ? NULL : "select or unrestricted";
    case ASK_PROFILE:
        return read_word(text, "office|call-centre|flat") ? NULL : "office, call-centre or flat";
    case ASK_RELEASE:
        return read_name(text) ? NULL : "a release such as X15.5";
    case ASK_PLATFORM:
        return read_name(text) ? NULL : "a platform such as large-vm";
    case ASK_BUSY_HOUR:
        return read_share(text) && share(text) > 0 ? NULL : "a share such as 15%";
    default:
        return read_share(text) ? NULL : "a share such as 40%";
    }
}

bool ask_set(struct ask *ask, enum ask_option option, const char *text,
             char reason[static ASK_REASON])
{
    const char *form = strlen(text) < ASK_TEXT ? wanted(option, text) : "less than 64 letters";
    if (form) {
        snprintf(reason, ASK_REASON, "takes %s, not '%.60s'", form, text);
        return false;
    }
    snprintf(ask->text[option], ASK_TEXT, "%s", text);
    ask->stated[option] = true;
    return true;
}

void ask_init(struct ask *ask)
{
    *ask = (struct ask){0};
    for (int i = 0; i < ASK_COUNT; i++)
        if (ask_options[i].fallback)
            snprintf(ask->text[i], ASK_TEXT, "%s", ask_options[i].fallback);
}

bool ask_has_load(const struct ask *ask)
{
    return count_of(ask, ASK_USERS) > 0 || count_of(ask, ASK_ROOMS) > 0 ||
           ask_per_hour(ask, ASK_B2B) > 0;
}

const char *ask_contradiction(const struct ask *ask)
{
    double share = share_of(ask, ASK_BUSY_HOUR);
    if (ask->stated[ASK_IN_CALL] && ask->stated[ASK_CALLS_PER_USER])
        return "in-call stands instead of calls-per-user: only one of them";
    if (ask->stated[ASK_BUSY_HOUR] && (ask->stated[ASK_IN_CALL] || !by_day(ask)))
        return "busy-hour needs calls-per-user a day, such as 4/d";
    if (by_day(ask) && !*ask->text[ASK_IN_CALL] && share * 24 < 1)
        return "busy-hour is at least 4.2%: a day has 24 hours, and no hour has more than it";
    if (!ask_has_load(ask))
        return "nothing to carry: users, rooms and b2b are 0";
    return NULL;
}

/* ---- Templates ---- */

#define STATES 6

static const struct {
    struct ask_template is;
    bool outage, trace, room_calls;
    struct {
        enum ask_option option;
        const char *text;
    } states[STATES];
} templates[] = {
    {{"mra-b2b", "softphones outside, room systems, calls with other companies: edge and core"},
     .states = {{ASK_USERS, "6000"}, {ASK_ROOMS, "250"}, {ASK_B2B, "120/h"}}},
    {{"rooms", "room systems on one cluster, one peer of which fails: who is away, and how long"},
     .outage = true,
     .room_calls = true,
     .states = {{ASK_ROOMS, "2000"}, {ASK_PEERS, "4"}, {ASK_SURVIVE, "0"}, {ASK_BLOCKING, "2%"}}},
    {{"pair", "a pair of Small VMs for a branch office: redundancy without capacity"},
     .states = {{ASK_USERS, "150"},
                {ASK_MRA, "0%"},
                {ASK_PLATFORM, "small-vm"},
                {ASK_PEERS, "2"},
                {ASK_RELEASE, "X14.2"}}},
    {{"records", "as it was: call records replayed (the place for them is marked)"},
     .trace = true,
     .states = {{ASK_B2B, "60/h"}, {ASK_SURVIVE, "0"}}},
    {{"edge-core", "an edge and a core that lose a peer at two in the afternoon"},
     .outage = true,
     .states = {{ASK_USERS, "7000"}, {ASK_ROOMS, "300"}, {ASK_B2B, "150/h"}, {ASK_SURVIVE, "0"}}},
};
#define TEMPLATES (sizeof templates / sizeof *templates)

const struct ask_template *ask_template_at(size_t index)
{
    return index < TEMPLATES ? &templates[index].is : NULL;
}

bool ask_use(struct ask *ask, const char *name)
{
    size_t i = 0;
    while (i < TEMPLATES && strcmp(templates[i].is.name, name) != 0)
        i++;
    if (i == TEMPLATES)
        return false;
    ask->name = templates[i].is.name;
    ask->outage = templates[i].outage;
    ask->trace = templates[i].trace;
    ask->room_calls = templates[i].room_calls;
    for (size_t k = 0; k < STATES && templates[i].states[k].text; k++) {
        char reason[ASK_REASON];
        bool good =
            ask_set(ask, templates[i].states[k].option, templates[i].states[k].text, reason);
        assert(good);
        (void)good;
        ask->stated[templates[i].states[k].option] = false; /* it is the template that says so */
    }
    return true;
}

/* ---- Load ---- */

struct ask_load ask_load(const struct ask *ask)
{
    double registered = round(count_of(ask, ASK_USERS) * share_of(ask, ASK_REGISTERED));
    double mra = round(registered * share_of(ask, ASK_MRA));
    double video = share_of(ask, ASK_VIDEO),
           calls = ask_per_hour(ask, ASK_CALLS_PER_USER) * registered;
    struct ask_load load = {
        .mra_devices = mra,
        .local_devices = registered - mra,
        .rooms = count_of(ask, ASK_ROOMS),
        .calls_per_hour = by_day(ask) ? calls * 24 * share_of(ask, ASK_BUSY_HOUR) : calls,
        .b2b = ask_per_hour(ask, ASK_B2B) * hours_of(ask, ASK_B2B_MEAN),
    };
    double erlangs = load.calls_per_hour * hours_of(ask, ASK_MEAN);
    if (*ask->text[ASK_IN_CALL]) {
        erlangs = registered * share_of(ask, ASK_IN_CALL);
        load.calls_per_hour = NAN;
    }
    load.audio = erlangs * (1 - video);
    load.video = erlangs * video;
    return load;
}

/* ---- The day ---- */

/* Calls in each hour of a day, the busiest as 1. */
static const double office[24] = {0.02, 0.01, 0.01, 0.01, 0.01, 0.02, 0.06, 0.25,
                                  0.65, 0.92, 1,    1,    0.60, 0.72, 0.90, 0.88,
                                  0.74, 0.48, 0.25, 0.14, 0.09, 0.06, 0.04, 0.03};
static const double call_centre[24] = {0.08, 0.06, 0.05, 0.05, 0.06, 0.10, 0.25, 0.50,
                                       0.82, 0.96, 1,    1,    0.92, 0.90, 0.92, 0.94,
                                       0.93, 0.90, 0.82, 0.70, 0.55, 0.40, 0.25, 0.14};

static double bent_sum(const double *shape, double power)
{
    double sum = 0;
    for (int hour = 0; hour < 24; hour++)
        sum += pow(shape[hour], power);
    return sum;
}

bool ask_day(const struct ask *ask, double day[static 24])
{
    const char *profile = ask->text[ASK_PROFILE];
    const double *shape = strcmp(profile, "office") == 0        ? office
                          : strcmp(profile, "call-centre") == 0 ? call_centre
                                                                : NULL;
    double power = 1, low = 0, high = 1000;
    if (!shape)
        return false;
    bool total = by_day(ask) && !*ask->text[ASK_IN_CALL] && count_of(ask, ASK_USERS) > 0;
    for (int i = 0; i < 100 && total; i++) {
        power = (low + high) / 2;
        if (bent_sum(shape, power) * share_of(ask, ASK_BUSY_HOUR) > 1)
            low = power;
        else
            high = power;
    }
    for (int hour = 0; hour < 24; hour++)
        day[hour] = pow(shape[hour], power);
    return true;
}
