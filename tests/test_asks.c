/* Asks of size, advise and forecast at the edge of sense: what is said, and the exit code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/process.h"

/* Files a (a load), n (no class), z (a class without load) and prices that miss items. */
#define FILES                                                                                      \
    "d=$(mktemp -d); cd $d; c='clusters: [{name: c, redundancy: none, peers: [{name: p, "          \
    "platform: large-vm}, {name: q, platform: large-vm}]}]'; printf 'goals: {blocking: 1%%, "      \
    "survive: 1}\n%s\ncalls: [{name: v, service: b2b, arrivals: {busy-hour-erlangs: 100}, "        \
    "holding: {mean: 3m}}]\nrun: {length: 1h, from: steady, warmup: none}\n' \"$c\" >a; printf "   \
    "'%s\n' \"$c\" >n; sed 's/busy-hour-erlangs: 100/rate: 0/' a >z; printf "                      \
    "'item,price\nplatform:large-vm,5\n' >prices; "

#define NOTHING "nothing to judge: no call and no device is offered"

static const struct {
    const char *command, *output, *said;
    int status;
} cases[] = {
    {"size n", "", NOTHING, 65},
    {"size z", "", NOTHING, 65},
    {"advise n", "whether the goals are met: NOTHING TO JUDGE", "", 65},
    {"advise z", "whether the goals are met: NOTHING TO JUDGE", "", 65},
    {"forecast n --growth 2%/month", NOTHING, "", 65},
    {"forecast z --growth 2%/month", NOTHING, "", 65},
    {"size a --blocking 0%", "", "calls that come at random are refused now and then by any", 1},
    {"advise a --set goals.blocking=0%", "no change that is known here mends it", "", 1},
    {"forecast a --growth 2%/month --set goals.blocking=0%", "to do now: goal", "", 0},
    {"estimate a --set goals.blocking=0%", "carries it: NO\n", "", 1},
    {"size a --blocking 100%", "1 small-vm, rule none, 0 RMS", "", 0},
    {"advise a --set goals.blocking=100%", "the goals are met", "", 0},
    {"forecast a --growth 2%/month --set goals.blocking=100%", "nothing to do until", "", 0},
    {"size a --blocking 101%", "", "'blocking' must be from 0% to 100%", 64},
    {"size a --blocking much", "", "'much' is not a share", 64},
    {"size a --prices prices", "", "prices: no price of platform:medium-vm", 65},
    {"size a --prices prices --platforms large-vm", "",
     "prices: no price of rms, which a design needs", 65},
    {"size a --prices nowhere", "", "nowhere: cannot be opened", 66},
    {"forecast a --growth=-2%/month", "nothing to do until 2029-03-01, as far as this looks", "",
     0},
    {"forecast a --growth=-2%/month --set calls.v.arrivals.busy-hour-erlangs=980",
     "to do now: alarm-90, units", "", 0},
    {"forecast a --growth 0.1%/year", "nothing to do until 2029-03-01, as far as this looks", "",
     0},
    {"forecast a --growth 0%/year", "nothing to do until 2029-03-01, as far as this looks", "", 0},
    {"forecast a --growth=-100%/month", "", "above -100%, not '-100%/month'", 64},
    {"forecast a --growth 2%/week", "", "not '2%/week'", 64},
    {"forecast a --growth nobody=2%/month", "", "'nobody' is neither a class of calls nor", 64},
    {"forecast a", "", "no growth is stated", 64},
    {"forecast a --growth 1%/month --until 2020-01-01", "", "ends before it begins", 64},
    {"forecast a --growth 1%/month --until never", "", "--until takes a date", 64},
    {"size a --peers 1 --clusters 1", "", "of 1 peer none is left with 1 down", 1},
    {"size a --platforms small-vm --clusters 1", "", "; at the bounds cluster_cap binds", 1},
    {"size a --platforms huge", "", "--platforms: unknown platform 'huge', there is", 64},
    {"advise a --set calls.v.arrivals.busy-hour-erlangs=100000",
     "no change that is known here mends it: units binds", "", 1},
    {"size nowhere", "", "nowhere: cannot be read", 66},
};

static void test_edge_of_sense(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[2048];
        snprintf(command, sizeof command, "%s$P %s; c=$?; rm -r $d; exit $c", FILES,
                 cases[i].command);
        struct outcome o = process_run(command);
        if (o.status != cases[i].status || !strstr(o.output, cases[i].output) ||
            !strstr(o.said, cases[i].said))
            fail_msg("%s: %d %s%s", cases[i].command, o.status, o.output, o.said);
        outcome_release(&o);
    }
}

/* What nothing meets writes no file. */
static void test_nothing_written(void **state)
{
    (void)state;
    struct outcome o = process_run(FILES "$P size a --blocking 0% -o b; echo $?; $P size a "
                                         "--prices prices -o b; echo $?; ls; rm -r $d");
    assert_string_equal(o.output, "1\n65\na\nn\nprices\nz\n");
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edge_of_sense),
        cmocka_unit_test(test_nothing_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
