/* The files that spreadsheets and scripts read, byte by byte. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "reports/calls_csv.h"
#include "reports/csv.h"
#include "reports/json.h"
#include "reports/results_tables.h"
#include "tests/results_made.h"

static struct cluster clusters[] = {{.name = "edge"}};
static struct peer peers[] = {{.name = "e1"}, {.name = "e,2"}};
static struct call_class classes[] = {{.name = "a-video"}, {.name = "b-audio"}};
static const struct scenario scenario = {
    .clusters = clusters,
    .cluster_count = 1,
    .peers = peers,
    .peer_count = 2,
    .classes = classes,
    .class_count = 2,
};

/* A stream into memory. */
static char *text;
static size_t length;

static FILE *open_text(void)
{
    return open_memstream(&text, &length);
}

static void assert_text(FILE *out, const char *expected)
{
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

static void text_is_quoted_where_needed(void **state)
{
    (void)state;
    FILE *out = open_text();
    csv_put_text(out, "plain");
    putc('|', out);
    csv_put_text(out, "a,b");
    putc('|', out);
    csv_put_text(out, "say \"x\"");
    putc('|', out);
    csv_put_text(out, "two\nlines");
    putc('|', out);
    csv_put_text(out, "");
    assert_text(out, "plain|\"a,b\"|\"say \"\"x\"\"\"|\"two\nlines\"|");
}

static void seconds_are_exact(void **state)
{
    (void)state;
    FILE *out = open_text();
    const nanos times[] = {
        0,         1,        SECOND, 90 * SECOND / 60, -SECOND / 4, DAY + 120 * SECOND / 1000,
        INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        csv_put_seconds(out, times[i]);
        putc(' ', out);
    }
    assert_text(out, "0 0.000000001 1 1.5 -0.25 86400.12 9223372036.854775807 "
                     "-9223372036.854775808 ");
}

static void formulas_are_guarded_and_numbers_are_not(void **state)
{
    (void)state;
    static const char *const texts[] = {"=1+1", "+cmd", "-x",  "@a", "\tt",
                                        "-5",   "+1.5", "a=b", "-"};
    FILE *out = open_text();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        csv_put_text(out, texts[i]);
        putc('|', out);
    }
    csv_put_text(out, "=a,\"b\"");
    assert_text(out, "'=1+1|'+cmd|'-x|'@a|'\tt|-5|+1.5|a=b|'-|\"'=a,\"\"b\"\"\"");
}

static void fill(struct table *table)
{
    table_begin(table, "t", "text,number,count,time,seed,none");
    table_text(table, "a,b");
    table_number(table, 0.1);
    table_count(table, -7);
    table_seconds(table, SECOND / 4);
    table_identifier(table, UINT64_MAX);
    table_empty(table);
    table_text(table, NULL);
    table_number(table, NAN);
    table_single(table, 1.0 / 3);
    table_number(table, 1e300);
    table_text(table, "-x");
    table_number(table, 1200);
    assert_true(table_end(table));
    assert_int_equal(table->rows, 2);
}

static void one_table_in_two_formats(void **state)
{
    (void)state;
    FILE *out = open_text();
    struct table table = csv_table(out);
    fill(&table);
    assert_text(out, "text,number,count,time,seed,none\n"
                     "\"a,b\",0.1,-7,0.25,18446744073709551615,\n"
                     ",,0.3333333,1e+300,'-x,1200\n");
    json_t *rows = json_array(), *expected;
    table = json_table(rows);
    fill(&table);
    expected = json_pack("[{ss sf si sf ss sn}, {sn sn sf sf ss si}]", "text", "a,b", "number", 0.1,
                         "count", -7, "time", 0.25, "seed", "18446744073709551615", "none", "text",
                         "number", "count", 0.3333333, "time", 1e300, "seed", "-x", "none", 1200);
    assert_true(json_equal(rows, expected));
    json_decref(rows);
    json_decref(expected);
}

static void metrics_of_one_replication_have_no_interval(void **state)
{
    (void)state;
    struct results results = results_made(1);
    FILE *out = open_text();
    struct table table = csv_table(out);
    assert_true(metrics_table(&table, &scenario, &results, NULL));
    assert_text(out, "scope,name,metric,value,low,high,unit\n"
                     "run,run,events,123456,,,events\n"
                     "class,a-video,offered,1000,,,calls\n"
                     "class,a-video,blocked,20,,,calls\n"
                     "class,a-video,blocked_fraction,0.02,,,1\n"
                     "class,a-video,blocked_peer_units,20,,,calls\n"
                     "class,a-video,blocked_rms,5,,,calls\n"
                     "class,a-video,dropped,0,,,calls\n"
                     "class,a-video,mean_in_progress,50,,,calls\n"
                     "class,b-audio,offered,500,,,calls\n"
                     "class,b-audio,blocked,0,,,calls\n"
                     "class,b-audio,blocked_fraction,0,,,1\n"
                     "class,b-audio,mean_in_progress,10,,,calls\n"
                     "cluster,edge,mean_units,200,,,units\n"
                     "cluster,edge,peak_units,380,,,units\n"
                     "cluster,edge,cap,400,,,units\n"
                     "run,run,seed,42,,,1\n"
                     "run,run,replications,1,,,1\n"
                     "run,run,warmup,1800,,,s\n");
    results_release(&results);
}

static void metrics_read_back_as_they_were(void **state)
{
    (void)state;
    struct results results = results_made(5);
    FILE *out = open_text();
    struct table table = csv_table(out);
    assert_true(metrics_table(&table, &scenario, &results, NULL));
    fclose(out);
    char *line = strchr(text, '\n') + 1;
    for (size_t i = 0; i < results.metric_count; i++) {
        struct interval expected = results_interval(&results, i, 0);
        char *comma = line;
        for (int skip = 0; skip < 3; skip++)
            comma = strchr(comma, ',') + 1;
        assert_true(strtod(comma, &comma) == expected.value);
        assert_int_equal(comma[1] == ',', isnan(expected.low) != 0);
        if (comma[1] != ',') {
            assert_true(strtod(comma + 1, &comma) == expected.low);
            assert_true(strtod(comma + 1, &comma) == expected.high);
        }
        line = strchr(line, '\n') + 1;
    }
    free(text);
    results_release(&results);
}

static void series_by_hand(void **state)
{
    (void)state;
    struct results results = results_made(2);
    FILE *out = open_text();
    results.intervals = 3;
    struct table table = csv_table(out);
    assert_true(timeseries_table(&table, &results));
    /* third quarter: 20 of 250 and 31 of 275; 51/525, quantiles between 0.08 and 0.11272727 */
    assert_text(out, "time,scope,name,metric,mean,p05,p95\n"
                     "0,class,a-video,blocked_fraction,0,0,0\n"
                     "0,cluster,edge,units,210,201,219\n"
                     "900,class,a-video,blocked_fraction,0,0,0\n"
                     "900,cluster,edge,units,220,211,229\n"
                     "1800,class,a-video,blocked_fraction,0.09714286,0.08163636,0.1110909\n"
                     "1800,cluster,edge,units,230,221,239\n");
    results_release(&results);
}

static void series_of_one_replication_have_no_quantiles(void **state)
{
    (void)state;
    struct results results = results_made(1);
    FILE *out = open_text();
    results.intervals = 1;
    results.series_values[0][1] = 0; /* nobody called */
    struct table table = csv_table(out);
    assert_true(timeseries_table(&table, &results));
    assert_text(out, "time,scope,name,metric,mean,p05,p95\n"
                     "0,class,a-video,blocked_fraction,,,\n"
                     "0,cluster,edge,units,200,,\n");
    results_release(&results);
}

static void alarms_are_named(void **state)
{
    (void)state;
    struct results results = results_made(1);
    FILE *out = open_text();
    struct table table = csv_table(out);
    assert_true(alarms_table(&table, &scenario, &results));
    assert_text(out, "replication,time,id,severity,state,cluster,peer,text\n"
                     "1,600,30002,Warning,raised,edge,\"e,2\",units 91 %\n"
                     "1,690,30002,Warning,lowered,edge,,\"say \"\"85 %\"\", done\"\n");
    results_release(&results);
}

static void calls_have_their_causes_in_order(void **state)
{
    (void)state;
    const struct call_record records[] = {
        {NULL, 1, 0, 0, 183250 * SECOND / 1000, OUTCOME_COMPLETED, 0, 0},
        {"x-7", 2, 1, SECOND, SECOND, OUTCOME_BLOCKED,
         1u << CAUSE_RMS | 1u << CAUSE_PEER_UNITS | 1u << CAUSE_UNREGISTERED, NONE},
        {NULL, 3, 1, SECOND, 3 * SECOND, OUTCOME_DROPPED, 0, 1},
        {NULL, 4, 1, 2 * SECOND, 9 * SECOND, OUTCOME_IN_PROGRESS, 0, 0},
    };
    FILE *out = open_text();
    fputs(CALLS_CSV_HEADER, out);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        calls_csv_row(out, &scenario, 2, &records[i]);
    assert_text(out, "replication,id,class,start,end,outcome,cause,peer\n"
                     "3,1,a-video,0,183.25,completed,,e1\n"
                     "3,x-7,b-audio,1,1,blocked,peer_units+rms+unregistered,\n"
                     "3,3,b-audio,1,3,dropped,,\"e,2\"\n"
                     "3,4,b-audio,2,9,in-progress,,e1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_quoted_where_needed),
        cmocka_unit_test(seconds_are_exact),
        cmocka_unit_test(formulas_are_guarded_and_numbers_are_not),
        cmocka_unit_test(one_table_in_two_formats),
        cmocka_unit_test(metrics_of_one_replication_have_no_interval),
        cmocka_unit_test(metrics_read_back_as_they_were),
        cmocka_unit_test(series_by_hand),
        cmocka_unit_test(series_of_one_replication_have_no_quantiles),
        cmocka_unit_test(alarms_are_named),
        cmocka_unit_test(calls_have_their_causes_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
