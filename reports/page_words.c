#include "reports/page_words.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "answer/sentence.h"
#include "model/base/number.h"

#define NBSP "\xC2\xA0"

/* ---- Figures ---- */

char *words_count(double value, char buffer[static FIGURE_SIZE])
{
    char digits[FIGURE_SIZE];
    size_t to = 0;
    if (isnan(value)) {
        snprintf(buffer, FIGURE_SIZE, "-");
        return buffer;
    }
    if (!isfinite(value) || fabs(value) >= 1e15)
        return figure_plain(value, buffer);
    if (value != floor(value) && fabs(value) < 10) {
        snprintf(buffer, FIGURE_SIZE, fabs(value) < 1 ? "%.2g" : "%.1f", value);
        return buffer;
    }
    int length = snprintf(digits, sizeof digits, "%.0f", value);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            buffer[to++] = ',';
        buffer[to++] = digits[i];
    }
    buffer[to] = '\0';
    return buffer;
}

/* "9.4 × 10⁻⁷" */
static void scientific(double value, char buffer[static FIGURE_SIZE])
{
    static const char *const digits[] = {
        "\xE2\x81\xB0", "\xC2\xB9",     "\xC2\xB2",     "\xC2\xB3",     "\xE2\x81\xB4",
        "\xE2\x81\xB5", "\xE2\x81\xB6", "\xE2\x81\xB7", "\xE2\x81\xB8", "\xE2\x81\xB9"};
    char text[32], *e;
    snprintf(text, sizeof text, "%.1e", value);
    e = strchr(text, 'e');
    *e = '\0';
    size_t used =
        (size_t)snprintf(buffer, FIGURE_SIZE, "%s" NBSP "\xC3\x97" NBSP "10\xE2\x81\xBB", text);
    for (char *d = e + 2 + strspn(e + 2, "0"); *d && used < FIGURE_SIZE - 4; d++)
        used += (size_t)snprintf(buffer + used, FIGURE_SIZE - used, "%s", digits[*d - '0']);
}

/* A share in per cent without its sign. */
static char *percent(double fraction, char buffer[static FIGURE_SIZE])
{
    char number[NUMBER_SIZE];
    double value = 100 * fraction;
    if (isnan(value) || value == 0)
        snprintf(buffer, FIGURE_SIZE, isnan(value) ? "-" : "0");
    else if (fraction < 1e-12) /* what formulas give below it is not told from 0 */
        snprintf(buffer, FIGURE_SIZE, "< 10\xE2\x81\xBB\xC2\xB9\xE2\x81\xB0");
    else if (value < 1e-5)
        scientific(value, buffer);
    else {
        int decimals = value >= 0.995 ? 1 : 1 - (int)floor(log10(value * 1.005));
        if (fabs(value - round(value)) < 1e-9)
            decimals = 0;
        number_format_fixed(value, decimals, number);
        snprintf(buffer, FIGURE_SIZE, "%s", number);
    }
    return buffer;
}

char *words_share(double fraction, char buffer[static FIGURE_SIZE])
{
    percent(fraction, buffer);
    size_t length = strlen(buffer);
    snprintf(buffer + length, FIGURE_SIZE - length, NBSP "%%");
    return buffer;
}

char *words_range(struct interval share, char buffer[static FIGURE_SIZE])
{
    char low[FIGURE_SIZE], high[FIGURE_SIZE];
    buffer[0] = '\0';
    if (!(share.high - share.low > 1e-9 * fabs(share.value)))
        return buffer;
    if (share.value == 0 && share.low == 0)
        snprintf(buffer, FIGURE_SIZE, "below %.40s", percent(share.high, high));
    else
        snprintf(buffer, FIGURE_SIZE, "%.40s to %.40s", percent(share.low, low),
                 percent(share.high, high));
    return buffer;
}

char *words_shared(struct interval share, char buffer[static FIGURE_SIZE])
{
    char range[FIGURE_SIZE];
    words_share(share.value, buffer);
    size_t length = strlen(buffer);
    if (*words_range(share, range))
        snprintf(buffer + length, FIGURE_SIZE - length, " (%s)", range);
    return buffer;
}

char *words_clock(const struct run *run, nanos at, char buffer[static FIGURE_SIZE])
{
    static const char *const days[] = {"Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "};
    time_t seconds = (time_t)(run->start_unix + at / SECOND);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    snprintf(buffer, FIGURE_SIZE, "%s%02d:%02d",
             run->length > DAY && tm.tm_wday >= 0 ? days[tm.tm_wday % 7] : "", tm.tm_hour,
             tm.tm_min);
    return buffer;
}

char *words_number(uint32_t count, char buffer[static FIGURE_SIZE])
{
    static const char *const words[] = {"no",    "one",   "two",  "three", "four",   "five",  "six",
                                        "seven", "eight", "nine", "ten",   "eleven", "twelve"};
    if (count < sizeof words / sizeof *words)
        snprintf(buffer, FIGURE_SIZE, "%s", words[count]);
    else
        words_count(count, buffer);
    return buffer;
}

const char *words_platform(const char *name)
{
    static const char *const names[][2] = {{"large-vm", "Large VM"}, {"medium-vm", "Medium VM"},
                                           {"small-vm", "Small VM"}, {"ce1100", "CE1100"},
                                           {"ce1200", "CE1200"},     {"ce1300", "CE1300"},
                                           {"ce500", "CE500"},       {"ce1000", "CE1000"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], name) == 0)
            return names[i][1];
    return name;
}

char *words_situation(const struct judged *row, char buffer[static FIGURE_SIZE])
{
    if (!row->down_count)
        snprintf(buffer, FIGURE_SIZE, "as planned");
    else if (*row->down)
        snprintf(buffer, FIGURE_SIZE, "with %.80s down", row->down);
    else
        snprintf(buffer, FIGURE_SIZE, "with %" PRIu32 " peer%s down", row->down_count,
                 row->down_count == 1 ? "" : "s");
    return buffer;
}

char *words_limit(const struct looked *limit, char buffer[static WORDS_SIZE])
{
    const char *words = limit->limit == LIMIT_CLUSTER_CAP ? "units" : limit_words(limit->limit);
    const char *dot = limit->scope == SCOPE_POOL ? strrchr(limit->name, '.') : NULL;
    snprintf(buffer, WORDS_SIZE, "%s of %.*s", words,
             dot ? (int)(dot - limit->name) : (int)strlen(limit->name), limit->name);
    if (*buffer >= 'a' && *buffer <= 'z')
        *buffer = (char)(*buffer - 'a' + 'A');
    return buffer;
}

/* The least growth that was looked at. */
static double least_growth(const struct other_loads *loads)
{
    for (size_t i = 0; i < loads->count; i++)
        if (loads->loads[i].factor > 1)
            return loads->loads[i].factor - 1;
    return NAN;
}

char *words_growth(const struct other_loads *loads, char buffer[static FIGURE_SIZE])
{
    buffer[0] = '\0';
    if (!loads || isnan(loads->may_grow))
        return buffer;
    bool none = loads->may_grow == 0;
    snprintf(buffer, FIGURE_SIZE, "%s+%.0f" NBSP "%%%s", none ? "less than " : "",
             100 * (none ? least_growth(loads) : loads->may_grow),
             loads->or_more ? " or more" : "");
    return buffer;
}

char *words_days(const struct report *report, char buffer[static FIGURE_SIZE])
{
    const struct results *results = report->results;
    char count[FIGURE_SIZE], length[FIGURE_SIZE];
    buffer[0] = '\0';
    if (!results || report->kind != REPORT_RUN)
        return buffer;
    size_t n = results->replications;
    if (n > 12)
        words_count((double)n, count);
    else
        words_number((uint32_t)n, count);
    if (report->scenario->run.length == DAY)
        snprintf(buffer, FIGURE_SIZE, "%.40s simulated day%s", count, n == 1 ? "" : "s");
    else
        snprintf(buffer, FIGURE_SIZE, "%.30s simulated run%s of %.30s", count, n == 1 ? "" : "s",
                 figure_duration(report->scenario->run.length, length));
    return buffer;
}

static size_t add(char *buffer, size_t used, const char *text)
{
    int n = used < WORDS_SIZE ? snprintf(buffer + used, WORDS_SIZE - used, "%s", text) : 0;
    return used + (n > 0 ? (size_t)n : 0);
}

char *words_clusters(const struct scenario *s, char buffer[static WORDS_SIZE])
{
    char number[FIGURE_SIZE], text[256];
    size_t used = 0;
    if (s->cluster_count > 3) {
        snprintf(buffer, WORDS_SIZE, "%" PRIu32 " peers in %" PRIu32 " clusters", s->peer_count,
                 s->cluster_count);
        return buffer;
    }
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        const struct cluster *cluster = &s->clusters[c];
        const char *platform =
            cluster->peer_count
                ? words_platform(s->platforms[s->peers[cluster->first_peer].platform].name)
                : "peer";
        bool one = cluster->peer_count == 1;
        snprintf(text, sizeof text, "%s%.20s %.60s%s",
                 c == 0                      ? ""
                 : c + 1 == s->cluster_count ? " and "
                                             : ", ",
                 words_number(cluster->peer_count, number), platform, one ? "" : "s");
        used = add(buffer, used, text);
        if (s->cluster_count > 1) {
            snprintf(text, sizeof text, " in %.100s", cluster->name);
            used = add(buffer, used, text);
        }
    }
    if (s->cluster_count && s->clusters[0].redundancy != REDUNDANCY_NONE) {
        snprintf(text, sizeof text, "%s rule %s", s->cluster_count > 1 ? "," : " under",
                 redundancy_name(s->clusters[0].redundancy));
        add(buffer, used, text);
    }
    return buffer;
}

/* ---- The answer ---- */

/* The first planned loss of a peer, NULL when there is none. */
static const struct step *planned_loss(const struct scenario *s)
{
    for (uint32_t i = 0; i < s->step_count; i++)
        if (s->steps[i].kind == STEP_FAIL && s->steps[i].at >= 0 && s->steps[i].at < s->run.length)
            return &s->steps[i];
    return NULL;
}

/* "when e2 dies at 14:00", "while e2 is down for maintenance from 14:00"; "" for none. */
static char *when_lost(const struct scenario *s, char buffer[static WORDS_SIZE])
{
    const struct step *step = planned_loss(s);
    char clock[FIGURE_SIZE];
    buffer[0] = '\0';
    if (step && step->planned)
        snprintf(buffer, WORDS_SIZE, "while %.100s is away from %s", s->peers[step->peer].name,
                 words_clock(&s->run, step->at, clock));
    else if (step)
        snprintf(buffer, WORDS_SIZE, "when %.100s dies at %s", s->peers[step->peer].name,
                 words_clock(&s->run, step->at, clock));
    return buffer;
}

static char *yes_sentence(const struct report *report, char buffer[static WORDS_SIZE])
{
    const struct answer *answer = report->answer;
    char when[WORDS_SIZE];
    bool lost = *when_lost(report->scenario, when);
    if (answer->worst_down)
        snprintf(buffer, WORDS_SIZE, "It carries the load, also with %" PRIu32 " %speer%s down.",
                 answer->worst_down->down_count, lost ? "more " : "",
                 answer->worst_down->down_count == 1 ? "" : "s");
    else if (lost)
        snprintf(buffer, WORDS_SIZE, "It carries the load, also %.200s.", when);
    else
        snprintf(buffer, WORDS_SIZE, "It carries the load.");
    return buffer;
}

static char *no_sentence(const struct report *report, char buffer[static WORDS_SIZE])
{
    const struct judged *row = report->answer->deciding;
    char when[WORDS_SIZE];
    bool lost = *when_lost(report->scenario, when);
    if (row && row->down_count)
        snprintf(buffer, WORDS_SIZE, "It does not carry the load with %" PRIu32 " %speer%s down.",
                 row->down_count, lost ? "more " : "", row->down_count == 1 ? "" : "s");
    else if (lost)
        snprintf(buffer, WORDS_SIZE, "It does not carry the load %.200s.", when);
    else
        snprintf(buffer, WORDS_SIZE, "It does not carry the load.");
    return buffer;
}

static char *undecided_sentence(const struct report *report, char buffer[static WORDS_SIZE])
{
    const struct judged *row = report->answer->deciding;
    char days[FIGURE_SIZE], whether[96];
    if (row && row->down_count)
        snprintf(whether, sizeof whether, "%" PRIu32 " peer%s may be down", row->down_count,
                 row->down_count == 1 ? "" : "s");
    else
        snprintf(whether, sizeof whether, "it carries the load");
    words_days(report, days);
    if (*days >= 'a' && *days <= 'z')
        *days = (char)(*days - 'a' + 'A');
    bool one = report->results && report->results->replications == 1;
    snprintf(buffer, WORDS_SIZE, "%s %s too few to say whether %s.", *days ? days : "The figures",
             one && *days ? "is" : "are", whether);
    return buffer;
}

char *words_sentence(const struct report *report, char buffer[static WORDS_SIZE])
{
    char text[SENTENCE_SIZE];
    switch (report->answer->verdict) {
    case VERDICT_YES:
        return yes_sentence(report, buffer);
    case VERDICT_NO:
        return no_sentence(report, buffer);
    case VERDICT_UNDECIDED:
        return undecided_sentence(report, buffer);
    case VERDICT_CANNOT_TELL:
    case VERDICT_NOTHING:
    case VERDICT_COUNT:
        break;
    }
    snprintf(buffer, WORDS_SIZE, "%s", answer_sentence(report->answer, text));
    return buffer;
}

/* "0.27 % of meetings are refused (95 % interval 0.18 to 0.38)". */
static void refused_words(const struct judged *row, char *buffer, size_t size)
{
    char share[FIGURE_SIZE], range[FIGURE_SIZE];
    bool ranged = *words_range(row->value, range);
    bool simulated = row->basis == BASIS_SIMULATED || row->basis == BASIS_REPLAYED;
    bool devices = row->scope == SCOPE_ENDPOINTS;
    snprintf(buffer, size, "%.40s of %s%.80s %s%s%s%s", words_share(row->value.value, share),
             devices ? "the devices of " : "", row->name, devices ? "are kept out" : "are refused",
             !ranged     ? ""
             : simulated ? " (95" NBSP "% interval "
                         : " (",
             ranged ? range : "", ranged ? ")" : "");
}

static void goal_words(const struct report *report, const struct judged *row, char *buffer,
                       size_t size)
{
    char goal[FIGURE_SIZE];
    bool default_goal = !report->answer->goals_stated && row->goal == GOAL_BLOCKING;
    snprintf(buffer, size,
             default_goal ? "judged by %.40s, because no goal was stated" : "the goal is %.40s",
             words_share(row->limit, goal));
}

static size_t add_row_words(const struct report *report, const struct judged *row, char *buffer,
                            size_t used)
{
    char refused[320], goal[160];
    refused_words(row, refused, sizeof refused);
    goal_words(report, row, goal, sizeof goal);
    used = add(buffer, used, refused);
    used = add(buffer, used, "; ");
    used = add(buffer, used, goal);
    return add(buffer, used, ".");
}

static char *yes_why(const struct report *report, char buffer[static WORDS_SIZE])
{
    const struct answer *answer = report->answer;
    const struct judged *down = answer->worst_down;
    char days[FIGURE_SIZE], situation[FIGURE_SIZE];
    bool simulated = *words_days(report, days);
    size_t used = strlen(words_clusters(report->scenario, buffer));
    if (*buffer >= 'a' && *buffer <= 'z')
        *buffer = (char)(*buffer - 'a' + 'A');
    bool none = !answer->worst || answer->worst->value.value <= 0;
    if (none && simulated) {
        used = add(buffer, used, " refused no call in ");
        used = add(buffer, used, days);
        used = add(buffer, used, ".");
    } else {
        used = add(buffer, used, ". ");
    }
    if (!none || !simulated) {
        if (answer->worst) {
            used = add(buffer, used, "Worst class: ");
            used = add_row_words(report, answer->worst, buffer, used);
        }
    } else if (!down && answer->worst) {
        used = add(buffer, used, " ");
        used = add_row_words(report, answer->worst, buffer, used);
    }
    if (down) {
        used = add(buffer, used, " ");
        words_situation(down, situation);
        if (*situation == 'w')
            *situation = 'W';
        used = add(buffer, used, situation);
        used = add(buffer, used, ", ");
        add_row_words(report, down, buffer, used);
    }
    return buffer;
}

static char *no_why(const struct report *report, const struct judged *row,
                    char buffer[static WORDS_SIZE])
{
    const struct answer *answer = report->answer;
    char situation[FIGURE_SIZE];
    size_t used = add(buffer, 0, "Worst is ");
    if (row->goal == GOAL_CEILING) {
        snprintf(buffer, WORDS_SIZE,
                 "%.100s is asked to hold more %s than a cluster can, whatever its peers.",
                 row->name, limit_words(limit_called(row->cause)));
        return buffer;
    }
    used = add(buffer, used, row->name);
    if (row->down_count) {
        used = add(buffer, used, " ");
        used = add(buffer, used, words_situation(row, situation));
    }
    used = add(buffer, used, ": ");
    used = add_row_words(report, row, buffer, used);
    if (row->scope == SCOPE_ENDPOINTS && answer->registrations) {
        used = add(buffer, used, " The limit is ");
        used = add(buffer, used, answer->registrations);
        add(buffer, used, ".");
    } else if (answer->binding.what) {
        used = add(buffer, used, " The binding limit: ");
        used = add(buffer, used, answer->binding.what);
        add(buffer, used, ".");
    }
    return buffer;
}

static char *undecided_why(const struct judged *row, char buffer[static WORDS_SIZE])
{
    char refused[320], goal[FIGURE_SIZE], more[FIGURE_SIZE], situation[FIGURE_SIZE];
    size_t used = 0;
    refused_words(row, refused, sizeof refused);
    if (row->down_count) {
        words_situation(row, situation);
        *situation = 'W';
        used = add(buffer, used, situation);
        used = add(buffer, used, ", ");
    }
    used = add(buffer, used, refused);
    snprintf(refused, sizeof refused, "; the goal of %.40s lies inside the interval.",
             words_share(row->limit, goal));
    used = add(buffer, used, refused);
    if (row->more > 0 && row->more < 1e6) {
        snprintf(refused, sizeof refused, " About %.40s more replications should decide.",
                 words_count(ceil(row->more), more));
        add(buffer, used, refused);
    }
    return buffer;
}

static char *cannot_why(const struct report *report, const struct judged *row,
                        char buffer[static WORDS_SIZE])
{
    char refused[320], goal[FIGURE_SIZE], text[400];
    size_t used = 0;
    refused_words(row, refused, sizeof refused);
    snprintf(text, sizeof text, "By formula %s (goal %.40s)",
             isnan(row->value.value) ? "nothing is known of the worst class" : refused,
             words_share(row->limit, goal));
    used = add(buffer, used, text);
    const char *missing = report->answer->untold;
    for (size_t i = 0; i < report->answer->note_count && !*missing; i++)
        if (report->answer->notes[i].warning)
            missing = report->answer->notes[i].text;
    if (*missing) {
        snprintf(text, sizeof text, ", but %.300s", missing);
        used = add(buffer, used, text);
    }
    add(buffer, used, ". A simulation decides.");
    return buffer;
}

char *words_why(const struct report *report, char buffer[static WORDS_SIZE])
{
    const struct answer *answer = report->answer;
    const struct judged *row = answer->deciding ? answer->deciding : answer->worst;
    buffer[0] = '\0';
    if (answer->verdict == VERDICT_YES && answer->row_count)
        return yes_why(report, buffer);
    if (row && answer->verdict == VERDICT_NO)
        return no_why(report, row, buffer);
    if (row && answer->verdict == VERDICT_UNDECIDED)
        return undecided_why(row, buffer);
    if (row && answer->verdict == VERDICT_CANNOT_TELL)
        return cannot_why(report, row, buffer);
    size_t used = 0;
    for (size_t i = 0; i < answer->note_count && !used; i++)
        if (answer->notes[i].warning) {
            used = add(buffer, used, answer->notes[i].text);
            used = add(buffer, used, ". ");
        }
    add(buffer, used, "Nothing below says anything about capacity.");
    return buffer;
}

/* Two files, or one and what --set makes of it. */
static char *compare_command(const struct report *report, char buffer[static WORDS_SIZE])
{
    const char *a = report->file ? report->file : "A", *b = report->other->file;
    bool same = b && strncmp(a, b, strlen(a)) == 0 && b[strlen(a)] == ' ';
    snprintf(buffer, WORDS_SIZE,
             "peerplan compare %.200s%s%.200s --replications %zu --seed %" PRIu64, same ? "" : a,
             same ? "" : " ", b ? b : "B", report->results->replications, report->results->seed);
    return buffer;
}

char *words_command(const struct report *report, char buffer[static WORDS_SIZE])
{
    const struct results *results = report->results;
    const char *file = report->file && *report->file ? report->file : "SCENARIO";
    const struct judged *row = report->answer ? report->answer->deciding : NULL;
    enum verdict verdict = report->answer ? report->answer->verdict : VERDICT_COUNT;
    if (report->kind == REPORT_COMPARE && results && report->other)
        return compare_command(report, buffer);
    if (report->kind == REPORT_ESTIMATE && verdict == VERDICT_CANNOT_TELL)
        snprintf(buffer, WORDS_SIZE, "peerplan run %.400s", file);
    else if (report->kind == REPORT_ESTIMATE)
        snprintf(buffer, WORDS_SIZE, "peerplan estimate %.400s", file);
    else if (results && verdict == VERDICT_UNDECIDED && row && row->more > 0 && row->more < 1e6)
        snprintf(buffer, WORDS_SIZE, "peerplan run %.400s --replications %.0f", file,
                 (double)results->replications + ceil(row->more));
    else if (results)
        snprintf(buffer, WORDS_SIZE, "peerplan run %.400s --replications %zu --seed %" PRIu64, file,
                 results->replications, results->seed);
    else
        snprintf(buffer, WORDS_SIZE, "peerplan %s %.400s", report_kind_name(report->kind), file);
    return buffer;
}
