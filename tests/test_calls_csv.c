#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "reports/calls_csv.h"

static struct peer peers[] = {{.name = "e1"}};
static struct call_class classes[] = {{.name = "talk"}};
static const struct scenario scenario = {
    .peers = peers, .peer_count = 1, .classes = classes, .class_count = 1};

static void put(const struct call_sink *sink, void *handle, uint64_t number)
{
    struct call_record record = {
        .number = number, .start = (nanos)number * SECOND, .end = 10 * SECOND};
    assert_true(sink->row(handle, &record));
}

static void rows_come_in_order_of_replication(void **state)
{
    (void)state;
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct calls_csv *calls = calls_csv_new(out, &scenario);
    const struct call_sink *sink = calls_csv_sink(calls);
    void *third = sink->open(sink->context, 2), *first = sink->open(sink->context, 0);
    put(sink, third, 5);
    put(sink, first, 1);
    void *second = sink->open(sink->context, 1);
    sink->close(third, true);
    put(sink, second, 3);
    put(sink, first, 2);
    sink->close(first, true);
    sink->close(second, false);                 /* interrupted: its row must not show */
    void *fifth = sink->open(sink->context, 4); /* the fourth never begins */
    put(sink, fifth, 7);
    sink->close(fifth, true);
    assert_true(calls_csv_finish(calls));
    calls_csv_free(calls);
    fclose(out);
    assert_string_equal(text, "replication,id,class,start,end,outcome,cause,peer\n"
                              "1,1,talk,1,10,completed,,e1\n"
                              "1,2,talk,2,10,completed,,e1\n"
                              "3,5,talk,5,10,completed,,e1\n"
                              "5,7,talk,7,10,completed,,e1\n");
    free(text);
}

static void what_waits_is_freed(void **state)
{
    (void)state;
    FILE *out = fopen("/dev/null", "w");
    struct calls_csv *calls = calls_csv_new(out, &scenario);
    const struct call_sink *sink = calls_csv_sink(calls);
    sink->close(sink->open(sink->context, 1), true);
    calls_csv_free(calls);
    calls_csv_free(NULL);
    fclose(out);
}

static void lost_rows_are_noticed(void **state)
{
    (void)state;
    FILE *out = fopen("/dev/full", "w");
    setvbuf(out, NULL, _IONBF, 0);
    struct calls_csv *calls = calls_csv_new(out, &scenario);
    const struct call_sink *sink = calls_csv_sink(calls);
    void *first = sink->open(sink->context, 0);
    put(sink, first, 1);
    sink->close(first, true);
    assert_false(calls_csv_finish(calls));
    calls_csv_free(calls);
    fclose(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_in_order_of_replication),
        cmocka_unit_test(what_waits_is_freed),
        cmocka_unit_test(lost_rows_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
