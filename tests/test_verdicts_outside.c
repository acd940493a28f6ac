/* Every verdict from outside: its words, exit codes, JSON and files; with and without goals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "tests/process.h"

#define BOX "clusters: [{name: c, peers: [{name: a, platform: small-vm}]}]\n"
#define CALL(erlangs)                                                                              \
    "calls: [{name: v, arrivals: {busy-hour-erlangs: " erlangs "}, holding: {mean: 3m}}]\n"
#define RUN "run: {length: 2h, warmup: 30m, replications: 3, seed: 5}\n"

static const struct {
    const char *command, *text, *words, *name;
    int stated, unstated, undecided; /* exit: goals are stated, are not, --exit-undecided */
} cases[] = {
    {"run", BOX CALL("5") RUN, "YES", "yes", 0, 0, 0},
    {"estimate", BOX CALL("5") RUN, "YES", "yes", 0, 0, 0},
    {"run", BOX CALL("60") RUN, "NO", "no", 1, 0, 1},
    {"estimate", BOX CALL("60") RUN, "NO", "no", 1, 0, 1},
    /* devices that find no place, though no call is refused */
    {"run", BOX "endpoints: [{name: e, count: 2100}]\n" CALL("5") RUN, "NO", "no", 1, 0, 1},
    {"estimate", BOX "endpoints: [{name: e, count: 2100}]\n" CALL("5") RUN, "NO", "no", 1, 0, 1},
    /* more accounts than a cluster holds */
    {"run",
     "clusters: [{name: c, provisioning: yes, tms: 13.2, peers: [{name: a, platform: ce1200}, "
     "{name: b, "
     "platform: ce1200}, {name: d, platform: ce1200}]}]\nendpoints: [{name: e, count: "
     "12000}]\n" CALL("5") RUN,
     "NO", "no", 1, 0, 1},
    {"run --max-replications 3", BOX CALL("29") RUN, "NOT YET DECIDED", "undecided", 0, 0, 2},
    {"estimate",
     "clusters: [{name: c, peers: [{name: a, platform: small-vm}, {name: b, platform: "
     "small-vm}]}]\n"
     "endpoints: [{name: e, count: 100}]\noutages: [{cluster: c, mtbf: 20d, mttr: 1d}]\n"
     "calls: [{name: v, via: {endpoints: e}, arrivals: {busy-hour-erlangs: 5}, holding: {mean: "
     "3m}}]\n" RUN,
     "CANNOT TELL", "cannot-tell", 0, 0, 2},
    {"run", BOX RUN, "NOTHING TO JUDGE", "nothing-to-judge", 65, 65, 65},
    {"estimate", BOX RUN, "NOTHING TO JUDGE", "nothing-to-judge", 65, 65, 65},
};

static struct outcome run(size_t i, bool goals, const char *more)
{
    static char text[4096];
    snprintf(text, sizeof text,
             "D=$(mktemp -d); trap 'rm -rf $D' EXIT; cd $D; cat >s.yaml <<END\n%s%sEND\n"
             "\"$P\" %s s.yaml %s",
             goals ? "goals: {blocking: 1%}\n" : "", cases[i].text, cases[i].command, more);
    return process_run(text);
}

static void expect(size_t i, bool goals, const char *more, int status, const char *output)
{
    struct outcome o = run(i, goals, more);
    if (o.status != status || !strstr(o.output, output))
        fail_msg("%s (%s)%s %s: exit %d, not %d\n%s%s", cases[i].command, cases[i].words,
                 goals ? " with goals" : "", more, o.status, status, o.output, o.said);
    outcome_release(&o);
}

static void exit_codes_and_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char words[64];
        snprintf(words, sizeof words, "\ncarries it: %s\n", cases[i].words);
        expect(i, true, "-q", cases[i].stated, words);
        expect(i, false, "-q", cases[i].unstated, words);
        expect(i, true, "-q --exit-undecided", cases[i].undecided, words);
    }
}

/* The verdict of the document is that of the words, of its worst row, and of the files. */
static void json_and_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o =
            run(i, true, "--json -q --csv o; r=$?; grep ^verdict, o/about.csv >&2; exit $r");
        assert_int_equal(o.status, cases[i].stated);
        json_t *document = json_loads(o.output, JSON_REJECT_DUPLICATES, NULL), *row;
        assert_non_null(document);
        json_t *about = json_object_get(document, "about");
        assert_string_equal(json_string_value(json_object_get(about, "verdict")), cases[i].name);
        bool run_seed = strncmp(cases[i].command, "run", 3) == 0;
        assert_true(run_seed ? json_is_string(json_object_get(about, "seed"))
                             : json_is_null(json_object_get(about, "seed")));
        size_t at, alike = 0;
        json_t *rows = json_object_get(document, "answer");
        assert_true(json_is_array(rows));
        json_array_foreach(rows, at, row)
        {
            const char *verdict = json_string_value(json_object_get(row, "verdict"));
            assert_non_null(verdict);
            alike += strcmp(verdict, cases[i].name) == 0;
        }
        bool by_rows = strcmp(cases[i].name, "nothing-to-judge") != 0 &&
                       strcmp(cases[i].name, "cannot-tell") != 0;
        if (by_rows && alike == 0)
            fail_msg("%s: no row says %s", cases[i].command, cases[i].name);
        char line[64];
        snprintf(line, sizeof line, "verdict,%s\n", cases[i].name);
        assert_non_null(strstr(o.said, line));
        json_decref(document);
        outcome_release(&o);
    }
}

/* A page says what the text says: more devices than may be provisioned. */
static void a_page_speaks_of_ceilings(void **state)
{
    (void)state;
    struct outcome o = run(6, true, "-q --html p.html; r=$?; cat p.html >&2; exit $r");
    assert_int_equal(o.status, 1);
    assert_non_null(strstr(o.output, "provisioning   c: 12000 of 10000 provisioned devices\n"));
    assert_non_null(strstr(o.said, "more provisioned devices than a cluster can"));
    assert_non_null(strstr(o.said, "12,000 of 10,000"));
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes_and_words),
        cmocka_unit_test(json_and_files),
        cmocka_unit_test(a_page_speaks_of_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
