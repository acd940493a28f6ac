/* A planner's session of thirty steps: after each, what the screen says is what `peerplan run` says
 * of the same scenario, word for word and figure for figure. */
#include "tests/patience.h"
#include "tests/tui_fixture.h"

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "tui/format.h"

static const char scenario[] =
    "scenario: A planner's session\n"
    "goals: {blocking: 1%, survive: 1}\n"
    "clusters:\n"
    "  - name: office\n"
    "    redundancy: 4+1\n"
    "    peers:\n"
    "      - {name: a1, platform: medium-vm, rms: 60}\n"
    "      - {name: a2, platform: medium-vm, rms: 60}\n"
    "      - {name: a3, platform: medium-vm, rms: 60}\n"
    "calls:\n"
    "  - name: video\n"
    "    media: video\n"
    "    service: b2b\n"
    "    via: {cluster: office}\n"
    "    arrivals: {rate: 500/h, steps: [[0h, 0.4], [1h, 1], [3h, 0.6]]}\n"
    "    holding: {mean: 12m}\n"
    "  - name: voice\n"
    "    media: audio\n"
    "    service: registered\n"
    "    via: {cluster: office}\n"
    "    arrivals: {rate: 300/h}\n"
    "    holding: {mean: 3m}\n"
    "run: {length: 4h, warmup: none, replications: 6, seed: 7, interval: 30m}\n";

static const char *const steps[] = {
    "",                               /* as found */
    "<F3>/rms<Enter>A<C-U>40<Enter>", /* fewer licences on every peer */
    "u",
    ":scale video 1.3<Enter>",
    ":scale video 1.6<Enter>",
    "/rms<Enter>A<C-U>90<Enter>",
    ":set clusters.*.peers.*.platform large-vm<Enter>",
    "u",
    ":set clusters.office.peers=4<Enter>",
    "u",
    ":scale all 0.5<Enter>",
    ":scale all 1<Enter>",
    ":set goals.survive 2<Enter>",
    ":set goals.survive 1<Enter>",
    ":set goals.blocking 5%<Enter>",
    "u",
    "<F3>/redundancy<Enter><Enter><Down><Enter>", /* a rule from the list */
    "u",
    "/calls<Enter>a<Down><Enter>", /* another class */
    "u",
    ":set outages.1={peer: a1, at: 1h, for: 1h}<Enter>",
    ":set outages.1.for 2h<Enter>",
    ":set outages=<Enter>",
    "/holding<Enter>a<Down><Enter>", /* another distribution */
    "u",
    ":set calls.video.redial={probability: 50%, after: 30s}<Enter>",
    "u",
    ":set clusters.office.cluster-cap 300<Enter>",
    ":set calls.voice.units 3<Enter>",
    "uu",
    ":set run.seed 8<Enter>",
};
#define STEPS (sizeof steps / sizeof *steps)

/* What stands behind a label of the report, up to the end of its line; "" when there is none. */
static const char *report_line(const char *report, const char *label, char *line, size_t size)
{
    const char *at = strstr(report, label);
    line[0] = '\0';
    if (!at)
        return line;
    at += strlen(label);
    at += strspn(at, " ");
    snprintf(line, size, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

/* "video: 0.42 % refused (0.31 to 0.58), goal 1 %" is on the screen as "video 0.42 % (0.31 to
 * 0.58)".
 */
static void screen_form(const char *row, char *text, size_t size)
{
    const char *colon = strstr(row, ": "), *refused = strstr(row, " refused");
    const char *comma = strstr(row, ", ");
    assert_non_null(colon);
    assert_non_null(refused);
    assert_non_null(comma);
    snprintf(text, size, "%.*s %.*s%.*s", (int)(colon - row), row, (int)(refused - colon - 2),
             colon + 2, (int)(comma - refused - 8), refused + 8);
}

static void expect(const struct app *app, size_t step, const char *wanted, const char *report)
{
    char *screen = fixture_screen(app, false);
    assert_true(*wanted);
    if (!strstr(screen, wanted))
        fail_msg("step %zu, %s: \"%s\" is not on\n%s\nrun says\n%s", step, steps[step], wanted,
                 screen, report);
    free(screen);
}

static void compare_step(struct app *app, size_t step, const char *report)
{
    char line[512], wanted[512];
    expect(app, step, report_line(report, "carries it:", line, sizeof line), report);
    report_line(report, "worst class", line, sizeof line);
    screen_form(line, wanted, sizeof wanted);
    expect(app, step, wanted, report);
    report_line(report, app->session->scenario.goals.survive == 2 ? "2 peers down" : "1 peer down",
                line, sizeof line);
    const char *without = strstr(line, "worst without "), *row = strstr(line, ": ");
    assert_non_null(without);
    assert_non_null(row);
    screen_form(row + 2, wanted, sizeof wanted);
    expect(app, step, wanted, report);
    snprintf(wanted, sizeof wanted, "%.*s", (int)(row - without - 6), without + 6);
    expect(app, step, wanted, report);
}

/* $PEERPLAN, or "peerplan" beside the folder of this program. */
static const char *program(void)
{
    static char path[4096];
    const char *given = getenv("PEERPLAN");
    if (given)
        return given;
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
    path[n < 0 ? 0 : n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
    }
    return strcat(path, "/peerplan");
}

static void play_step(struct app *app, size_t step, const char *path)
{
    char command[4400], report[16384];
    fixture_press(app, steps[step]);
    assert_int_equal(app->popup_count, 0);
    if (PATIENCE_FACTOR > 1 && step % 6)
        return; /* the threads are the same ones in every step */
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(app->session->text, file);
    fclose(file);
    snprintf(command, sizeof command, "%s run --jobs 2 %s 2>/dev/null", program(), path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    report[fread(report, 1, sizeof report - 1, pipe)] = '\0';
    int status = WEXITSTATUS(pclose(pipe));
    assert_true(status == 0 || status == 1);
    const char *run = strstr(report, "  run ");
    const char *count = run ? strstr(run, ", ") : NULL;
    assert_non_null(count);
    int replications = (int)strtol(count + 2, NULL, 10); /* run goes on by itself to decide */
    fixture_simulate_for(app, replications, METHOD_AUTO);
    fixture_simulate_sets(app, replications, METHOD_AUTO);
    assert_int_equal(status == 1, app->session->standing->answer.verdict == VERDICT_NO);
    compare_step(app, step, report);
}

static void test_every_sentence_is_that_of_run(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-session-XXXXXX";
    close(mkstemp(path));
    struct app *app = app_new(fixture_session(scenario), 0, false);
    app_update(app, &(struct event){.kind = EVENT_RESIZE, .width = 160, .height = 48});
    for (size_t step = 0; step < STEPS; step++)
        play_step(app, step, path);
    assert_true(app->diary.count >= 30);
    app_free(app);
    unlink(path);
}

/* ---- The screens Size, Forecast and Check ---- */

/* What a command says of the present state, as JSON; owned. */
static json_t *ask(const struct app *app, const char *words)
{
    char path[] = "/tmp/peerplan-session-XXXXXX", command[4600];
    int fd = mkstemp(path);
    const char *text = app->session->text;
    assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
    close(fd);
    snprintf(command, sizeof command, "%s %s --json %s 2>&1", program(), words, path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    json_error_t error;
    json_t *said = json_loadf(pipe, 0, &error);
    pclose(pipe);
    unlink(path);
    if (!said)
        fail_msg("%s: %s", command, error.text);
    return said;
}

/* A line of the screen on which words stand one after another, whatever lies between them. */
static void expect_row(const struct app *app, const char *words)
{
    char *screen = fixture_screen(app, false), *rest = screen, *line;
    char copy[512];
    bool found = false;
    while (!found && (line = strsep(&rest, "\n"))) {
        char *left, *word;
        snprintf(copy, sizeof copy, "%s", words);
        found = true;
        for (word = strtok_r(copy, " ", &left); word && found; word = strtok_r(NULL, " ", &left)) {
            char *at = strstr(line, word);
            found = at != NULL;
            line = at ? at + strlen(word) : line;
        }
    }
    free(screen);
    if (!found) {
        screen = fixture_screen(app, false);
        fail_msg("no row says \"%s\":\n%s", words, screen);
    }
}

/* Does a worker's job as the loop does, until it has finished. */
static void work(struct app *app, worker_function *function, struct job *job)
{
    int wake[2];
    assert_int_equal(pipe(wake), 0);
    struct worker *worker = worker_new(function, NULL, wake[1], 0);
    assert_non_null(job);
    worker_start(worker, job);
    job_done(job);
    for (bool finished = false; !finished;) {
        struct news news;
        char byte;
        assert_int_equal(read(wake[0], &byte, 1), 1);
        if (!worker_take(worker, &news))
            continue;
        finished = news.outlook || (news.designs && news.designs->finished);
        app_update(app, &(struct event){.kind = EVENT_SOUGHT,
                                        .designs = news.designs,
                                        .outlook = news.outlook});
    }
    worker_free(worker);
    close(wake[0]);
    close(wake[1]);
}

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

static double number_of(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void compare_design(const struct app *app, const json_t *row)
{
    char words[512], now[FIGURE], down[FIGURE], spare[FIGURE] = "-", several[16] = "";
    int clusters = (int)number_of(row, "clusters"), peers = (int)number_of(row, "peers");
    double blocked = number_of(row, "blocked"), lost = number_of(row, "blocked_down");
    double headroom = number_of(row, "headroom");
    const char *badge = text_of(row, "badge"), *confirmed = text_of(row, "confirmed");
    bool simulated = !strcmp(confirmed, "yes") || !strcmp(confirmed, "no");
    format_percent(now, sizeof now, isnan(blocked) ? 0 : blocked);
    format_percent(down, sizeof down, lost);
    if (!isnan(headroom))
        snprintf(spare, sizeof spare, "%+.0f %%", headroom);
    if (clusters > 1)
        snprintf(several, sizeof several, "%d of", clusters);
    snprintf(words, sizeof words, "%s %d x %s, %s %d %s %s %s %s %s", several, peers,
             text_of(row, "platform"), text_of(row, "redundancy"), (int)number_of(row, "rms"), now,
             isnan(lost) ? "-" : down, spare, text_of(row, "binding"),
             simulated                   ? "simulated"
             : strcmp(badge, "simulate") ? badge
                                         : "to simulate");
    expect_row(app, words);
}

static void compare_designs(struct app *app)
{
    json_t *said = ask(app, "size --confirm --jobs 2"), *rows = json_object_get(said, "designs"),
           *row;
    size_t i;
    app_goto(app, SCREEN_SIZE);
    work(app, background_designs, designs_job(app->session, &app->choice));
    assert_int_equal(json_array_size(rows), app->designs->designs.count);
    assert_true(json_array_size(rows) > 0);
    json_array_foreach(rows, i, row) compare_design(app, row);
    json_decref(said);
}

static void compare_outlook(struct app *app)
{
    json_t *said = ask(app, "forecast"), *rows = json_object_get(said, "events"), *row;
    size_t i;
    app_goto(app, SCREEN_FORECAST);
    work(app, background_outlook, outlook_job(app->session, app->months));
    assert_true(json_array_size(rows) > 0);
    json_array_foreach(rows, i, row)
    {
        const char *event = text_of(row, "event"), *date = text_of(row, "date");
        char words[256];
        if (i == 0 && number_of(row, "months") > 0)
            snprintf(words, sizeof words, "nothing to do until %s: then %s", date,
                     text_of(row, "limit"));
        else if (i == 0)
            snprintf(words, sizeof words, "to do now: %s", text_of(row, "limit"));
        if (i == 0)
            expect_row(app, words);
        if (!strcmp(event, "goal"))
            snprintf(words, sizeof words, "refused, all peers up %s", date);
        else if (!strcmp(event, "goal-down"))
            snprintf(words, sizeof words, "refused, peer down %s", date);
        else
            snprintf(words, sizeof words, "%s: %s %.7s", text_of(row, "cluster"),
                     text_of(row, "limit"), date);
        expect_row(app, words);
    }
    json_decref(said);
}

static void compare_findings(struct app *app)
{
    json_t *said = ask(app, "check"), *rows = json_object_get(said, "findings"), *row;
    const json_t *sum = json_object_get(said, "summary");
    char words[512];
    size_t i;
    app_goto(app, SCREEN_CHECK);
    if (json_array_size(rows)) {
        snprintf(words, sizeof words, "Findings: %d error %d warning %d note",
                 (int)number_of(sum, "errors"), (int)number_of(sum, "warnings"),
                 (int)number_of(sum, "notes"));
        expect_row(app, words);
    } else {
        expect_row(app, "Nothing was found");
    }
    json_array_foreach(rows, i, row)
    {
        snprintf(words, sizeof words, "%s %s %s", text_of(row, "severity"), text_of(row, "finding"),
                 text_of(row, "place"));
        expect_row(app, words);
    }
    json_decref(said);
}

/* Four states of a session, each with what it would take, how long it lasts, what is wrong. */
static void test_other_screens_say_what_their_commands_say(void **state)
{
    static const char *const changes[] = {
        ":set growth={all: 20%/year}<Enter>",
        ":scale video 1.6<Enter>:set clusters.office.peers.a1.version X15.5<Enter>"
        ":set clusters.office.peers.a2.version X14.2<Enter>",
        ":set goals.survive 2<Enter>:set growth={all: 2%/month, voice: 10%/quarter}<Enter>",
        "uuu:set clusters.office.peers.*.platform large-vm<Enter>",
    };
    (void)state;
    struct app *app = app_new(fixture_session(scenario), 0, false);
    app_update(app, &(struct event){.kind = EVENT_RESIZE, .width = 160, .height = 48});
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        fixture_press(app, changes[i]);
        assert_int_equal(app->popup_count, 0);
        compare_designs(app);
        compare_outlook(app);
        compare_findings(app);
    }
    app_free(app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_screens_say_what_their_commands_say),
        cmocka_unit_test(test_every_sentence_is_that_of_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
