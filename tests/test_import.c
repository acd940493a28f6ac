/* Call records of every format in, calls out; every row is counted once, whatever the file holds.
 */
#include "data/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILES 4

/* What an import is asked and what it gave. */
struct trial {
    struct import_options options;
    char paths[FILES][64];
    const char *files[FILES];
    struct time_zone *zone;
    struct call_summary summary;
    struct errors errors;
    bool good, no_hours;
    char *trace, *hours, *bad; /* owned */
};

static void run_init(struct trial *run, const char *format)
{
    const char *reason;
    *run = (struct trial){.options = {.format = format, .default_class = "call", .folder = "/tmp"}};
    run->zone = time_zone_new("UTC", &reason);
    errors_init(&run->errors);
}

static void run_zone(struct trial *run, const char *name)
{
    const char *reason;
    time_zone_free(run->zone);
    run->zone = time_zone_new(name, &reason);
    assert_non_null(run->zone);
}

static void run_file_bytes(struct trial *run, const void *bytes, size_t size)
{
    size_t n = run->options.file_count++;
    snprintf(run->paths[n], sizeof run->paths[n], "/tmp/test_import_XXXXXX");
    int fd = mkstemp(run->paths[n]);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
    run->files[n] = run->paths[n];
}

static void run_file(struct trial *run, const char *text)
{
    run_file_bytes(run, text, strlen(text));
}

static uint64_t skipped(const struct trial *run)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < run->summary.skipped_count; i++)
        sum += run->summary.skipped[i].count;
    return sum;
}

static void run_import(struct trial *run)
{
    size_t sizes[3];
    FILE *trace = open_memstream(&run->trace, &sizes[0]);
    FILE *hours = open_memstream(&run->hours, &sizes[1]);
    FILE *bad = open_memstream(&run->bad, &sizes[2]);
    run->options.zone = run->zone;
    run->options.files = run->files;
    run->options.trace = trace;
    run->options.hours = run->no_hours ? NULL : hours;
    run->options.bad = bad;
    run->good = import_run(&run->options, &run->summary, &run->errors);
    fclose(trace);
    fclose(hours);
    fclose(bad);
    const struct call_summary *s = &run->summary;
    if (run->good)
        assert_int_equal(s->rows, s->calls + s->bad + s->duplicates + skipped(run));
}

static void run_release(struct trial *run)
{
    for (size_t i = 0; i < run->options.file_count; i++)
        unlink(run->paths[i]);
    time_zone_free(run->zone);
    call_summary_release(&run->summary);
    errors_release(&run->errors);
    free(run->trace);
    free(run->hours);
    free(run->bad);
}

static void expect_counts(const struct trial *run, uint64_t rows, uint64_t calls, uint64_t bad,
                          uint64_t duplicates, uint64_t cut)
{
    if (!run->good || run->summary.bad != bad)
        for (size_t i = 0; i < run->errors.count; i++)
            print_error("%ld: %s\n", run->errors.items[i].line, run->errors.items[i].message);
    assert_true(run->good);
    assert_int_equal(run->summary.rows, rows);
    assert_int_equal(run->summary.calls, calls);
    assert_int_equal(run->summary.bad, bad);
    assert_int_equal(run->summary.duplicates, duplicates);
    assert_int_equal(run->summary.cut, cut);
}

static uint64_t skipped_for(const struct trial *run, const char *reason)
{
    for (size_t i = 0; i < run->summary.skipped_count; i++)
        if (strcmp(run->summary.skipped[i].reason, reason) == 0)
            return run->summary.skipped[i].count;
    return 0;
}

/* ---- Records of our own ---- */

static const char asterisk[] =
    "\"\",\"1\",\"2\",\"c\",\"\"\"A\"\" <1>\",\"S/1\",\"S/2\",\"Dial\",\"x\",\"2026-03-02 "
    "08:00:00\","
    "\"2026-03-02 08:00:10\",\"2026-03-02 08:03:10\",190,180,\"ANSWERED\",\"D\",\"1.1\",\"\"\n"
    "\"\",\"1\",\"3\",\"c\",\"\"\"A\"\" <1>\",\"S/1\",\"S/3\",\"Dial\",\"x\",\"2026-03-02 "
    "08:00:00\","
    "\"\",\"2026-03-02 08:00:20\",20,0,\"NO ANSWER\",\"D\",\"1.2\",\"\"\n"
    "\"\",\"4\",\"2\",\"c\",\"\"\"B, b\"\" <4>\",\"S/4\",\"S/2\",\"Dial\",\"x\",\"2026-03-02 "
    "08:01:00\","
    "\"2026-03-02 08:01:05\",\"2026-03-02 08:02:05\",65,60,\"ANSWERED\",\"D\",\"1.3\",\"\"\n";
static const char same_trace[] = "start,duration,class\n"
                                 "2026-03-02T08:00:10+00:00,180,call\n"
                                 "2026-03-02T08:01:05+00:00,60,call\n";

#define CUCM_HEADER                                                                                \
    "cdrRecordType,globalCallID_callId,dateTimeOrigination,origIpAddr,callingPartyNumber,"         \
    "finalCalledPartyNumber,dateTimeConnect,dateTimeDisconnect,pkid,duration,origDeviceName,"      \
    "destDeviceName,origVideoCap_Codec\n"
static const char cucm[] = CUCM_HEADER
    "INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(50),INTEGER,INTEGER,UNIQUEIDENTIFIER,"
    "INTEGER,VARCHAR(129),VARCHAR(129),INTEGER\n"
    "1,11,1772438400,-1062731519,1,2,1772438410,1772438590,a,180,SEP1,T1,0\n"
    "1,12,1772438400,16777226,1,3,0,1772438420,b,0,SEP1,T1,0\n"
    "1,13,1772438460,16777226,4,2,1772438465,1772438525,c,60,SEP4,T1,103\n";
static const char kamailio[] =
    "id,method,from_tag,to_tag,callid,sip_code,sip_reason,time\n"
    "1,INVITE,f,t,c1,200,OK,2026-03-02 08:00:10\n2,INVITE,f,t,c2,486,Busy,2026-03-02 08:00:20\n"
    "3,INVITE,g,t,c3,200,OK,2026-03-02 08:01:05\n4,BYE,t,g,c3,200,OK,2026-03-02 08:02:05\n"
    "5,BYE,f,t,c1,200,OK,2026-03-02 08:03:10\n";
static const char webex[] =
    "Answer time,Answered,Call ID,Calling number,Correlation ID,Duration,Release time,Start time\n"
    "2026-03-02T08:00:10.000Z,true,x1,1,k1,180,2026-03-02T08:03:10Z,2026-03-02T08:00:00Z\n"
    "2026-03-02T08:00:10.000Z,true,x2,2,k1,180,2026-03-02T08:03:10Z,2026-03-02T08:00:00Z\n"
    "NA,false,x3,1,k2,0,2026-03-02T08:00:20Z,2026-03-02T08:00:00Z\n"
    "2026-03-02T08:01:05.000Z,true,x5,2,k3,60,2026-03-02T08:02:05Z,2026-03-02T08:01:01Z\n"
    "NA,false,x4,4,k3,0,2026-03-02T08:02:05Z,2026-03-02T08:01:00Z\n";
static const char teams[] =
    "{\"@odata.context\": \"x{[\", \"value\": [\n"
    "{\"id\": \"1\", \"startDateTime\": \"2026-03-02T08:00:10Z\", \"inviteDateTime\": "
    "\"2026-03-02T08:00:00Z\", \"endDateTime\": \"2026-03-02T08:03:10Z\", \"duration\": 180, "
    "\"successfulCall\": true, \"callerNumber\": \"+1\"},\n"
    "{\"id\": \"2\", \"startDateTime\": \"0001-01-01T00:00:00Z\", \"inviteDateTime\": "
    "\"2026-03-02T08:00:00Z\", \"endDateTime\": \"2026-03-02T08:00:20Z\", \"duration\": 0, "
    "\"successfulCall\": false},\n"
    "{\"id\": \"3\", \"startDateTime\": \"2026-03-02T08:01:05Z\", \"inviteDateTime\": "
    "\"2026-03-02T08:01:00Z\", \"endDateTime\": \"2026-03-02T08:02:05Z\", \"duration\": 60, "
    "\"successfulCall\": true}], \"@odata.count\": 3}\n";
static const char freeswitch[] =
    "A,1,2,d,2026-03-02 08:00:00,2026-03-02 08:00:10,2026-03-02 08:03:10,190,180,NORMAL_CLEARING,"
    "u1,,1,PCMU,PCMU\n"
    "A,1,3,d,2026-03-02 08:00:00,,2026-03-02 08:00:20,20,0,NO_ANSWER,u2,,1,,\n"
    "B,4,2,d,2026-03-02 08:01:00,2026-03-02 08:01:05,2026-03-02 08:02:05,65,60,NORMAL_CLEARING,"
    "u3,,1,PCMU,PCMU\n";
static const char freepbx[] =
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,"
    "disposition,amaflags,accountcode,uniqueid,userfield\n"
    "2026-03-02 08:01:00,b,4,2,c,S/4,S/2,Dial,x,65,60,ANSWERED,3,,1.3,\n"
    "2026-03-02 08:00:00,a,1,3,c,S/1,S/3,Dial,x,20,0,NO ANSWER,3,,1.2,\n"
    "2026-03-02 08:00:00,a,1,2,c,S/1,S/2,Dial,x,190,180,ANSWERED,3,,1.1,\n";
static const char expressway[] =
    "[{\"uuid\": \"1\", \"active\": \"false\", \"audio\": \"true\", \"start_time\": "
    "\"2026-03-02 08:00:10.0\", \"end_time\": \"2026-03-02 08:03:10\", \"disconnect_reason\": "
    "\"200 OK\", \"source_alias\": \"a@x\", \"last_updated_timestamp\": 1772438590}\n"
    ",{\"uuid\": \"2\", \"active\": \"false\", \"audio\": \"true\", \"start_time\": "
    "\"2026-03-02 08:00:00\", \"end_time\": \"2026-03-02 08:00:20\", \"disconnect_reason\": "
    "\"486 Busy\", \"source_alias\": \"a@x\", \"last_updated_timestamp\": 1772438420}\n"
    ",{\"uuid\": \"3\", \"active\": \"true\", \"audio\": \"false\", \"start_time\": "
    "\"2026-03-02 08:01:05\", \"end_time\": \"\", \"disconnect_reason\": \"\", \"source_alias\": "
    "\"a@x\", \"last_updated_timestamp\": 1772438525}]";
static const char plain[] = "Ref;When;Secs;Ok\nr3;2026-03-02T08:01:05;60;yes\n"
                            "r1;2026-03-02T08:00:10;3:00;yes\nr2;2026-03-02T08:00:20;0;no\n";

static const struct {
    const char *format, *records, *map;
    uint64_t rows, cut;
} formats[] = {
    {"asterisk", asterisk, NULL, 3, 0},
    {"cucm", cucm, NULL, 3, 0},
    {"kamailio", kamailio, NULL, 5, 0},
    {"webex", webex, NULL, 5, 0},
    {"teams", teams, NULL, 3, 0},
    {"freeswitch", freeswitch, NULL, 3, 0},
    {"freepbx", freepbx, NULL, 3, 0},
    {"expressway", expressway, NULL, 3, 1},
    {"csv", plain, "start=When,duration=Secs,answered=Ok,id=Ref", 3, 0},
};
#define FORMATS (sizeof formats / sizeof *formats)

/* ---- Tests ---- */

/* The same two calls and one attempt, as every format writes them. */
static void every_format_gives_the_same_trace(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMATS; i++) {
        for (int automatic = 0; automatic < 2 - (formats[i].map != NULL); automatic++) {
            struct trial run;
            run_init(&run, automatic ? "auto" : formats[i].format);
            run.options.map = formats[i].map;
            run_file(&run, formats[i].records);
            run_import(&run);
            expect_counts(&run, formats[i].rows, 2, 0, 0, formats[i].cut);
            assert_string_equal(run.trace, same_trace);
            assert_int_equal(skipped_for(&run, "not answered"), 1);
            assert_int_equal(run.summary.peak, 2);
            assert_string_equal(run.summary.peak_at, "2026-03-02T08:01:05+00:00");
            assert_memory_equal(run.summary.source, formats[i].format, strlen(formats[i].format));
            run_release(&run);
        }
    }
}

static void setup_and_attempts(void **state)
{
    (void)state;
    struct trial run;
    run_init(&run, "asterisk");
    run.options.setup = run.options.all = true;
    run_file(&run, asterisk);
    run_import(&run);
    expect_counts(&run, 3, 3, 0, 0, 0);
    assert_string_equal(run.trace, "start,duration,class\n2026-03-02T08:00:00+00:00,0,call\n"
                                   "2026-03-02T08:00:00+00:00,190,call\n"
                                   "2026-03-02T08:01:00+00:00,65,call\n");
    assert_int_equal(run.summary.answered, 2);
    assert_true(run.summary.mean_duration == 127.5);
    assert_true(run.summary.setup_seconds == 15);
    run_release(&run);
}

static void classes_and_what_is_kept(void **state)
{
    (void)state;
    struct trial run;
    struct import_class classes[] = {{"video", "media = 'video'", NULL, 0},
                                     {"ten, \"x\"", "ip in 10.0.0.0/8", NULL, 0},
                                     {"near", "ip = '1.1.168.192' and duration > 100", NULL, 0}};
    run_init(&run, "auto");
    run.options.classes = classes;
    run.options.class_count = 3;
    run.options.all = true;
    run.options.keep = "media,calling,ip,id";
    run_file(&run, cucm);
    run_import(&run);
    expect_counts(&run, 3, 3, 0, 0, 0);
    assert_string_equal(run.trace,
                        "start,duration,class,media,calling,ip,id\n"
                        "2026-03-02T08:00:00+00:00,0,\"ten, \"\"x\"\"\",audio,1,10.0.0.1,b\n"
                        "2026-03-02T08:00:10+00:00,180,near,audio,1,1.1.168.192,a\n"
                        "2026-03-02T08:01:05+00:00,60,video,video,4,10.0.0.1,c\n");
    run_release(&run);
}

/* Rows of one uniqueid are none; the row that comes twice, in two files, is. */
static void duplicates(void **state)
{
    (void)state;
    struct trial run;
    run_init(&run, "auto");
    run_file(&run, asterisk);
    run_file(&run, asterisk);
    run_import(&run);
    expect_counts(&run, 6, 2, 0, 3, 0);
    assert_string_equal(run.trace, same_trace);
    run_release(&run);
    run_init(&run, "csv");
    run.options.map = "start=When,duration=Secs,id=Ref";
    run_file(&run, "Ref,When,Secs\na,2026-03-02 08:00,5\nb,2026-03-02 08:00,5\n"
                   "a,2026-03-02 08:00,5\na,2026-03-02 08:00,6\n");
    run_import(&run);
    expect_counts(&run, 4, 3, 0, 1, 0);
    run_release(&run);
}

/* Cut at every byte, also inside a letter, a quote, a compression: each row is counted once. */
static void truncated_at_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMATS; i++) {
        for (size_t cut = 0; cut < strlen(formats[i].records); cut++) {
            struct trial run;
            run_init(&run, formats[i].format);
            run.options.map = formats[i].map;
            run_file_bytes(&run, formats[i].records, cut);
            run_import(&run); /* asserts that the rows add up */
            assert_true(run.good || formats[i].map);
            assert_true(run.summary.calls <= 2);
            run_release(&run);
        }
    }
}

/* Every byte of a file replaced: whatever comes out, the rows add up. */
static void damaged_at_every_byte(void **state)
{
    static const char damage[] = {'\0', '"', '\n', ',', '\xff', '3'};
    (void)state;
    for (size_t i = 0; i < FORMATS; i++) {
        size_t size = strlen(formats[i].records);
        char *copy = malloc(size);
        for (size_t at = 0; at < size; at += 3) {
            struct trial run;
            memcpy(copy, formats[i].records, size);
            copy[at] = damage[at / 3 % sizeof damage];
            run_init(&run, formats[i].format);
            run.no_hours = true; /* a year may be far away */
            run.options.map = formats[i].map;
            run_file_bytes(&run, copy, size);
            run_import(&run);
            run_release(&run);
        }
        free(copy);
    }
}

/* Files in any order, and a sort that has to use the disk, give the same bytes. */
static void order_does_not_matter(void **state)
{
    (void)state;
    size_t size = 0;
    char *texts[2], *first = NULL;
    for (int half = 0; half < 2; half++) {
        FILE *out = open_memstream(&texts[half], &size);
        fprintf(out, "start,duration,class\n");
        for (int i = 0; i < 4000; i++) {
            int k = (i * 7919 + half * 13) % 4001;
            fprintf(out, "%d,%d,%s\n", 1772438400 + k / 3 * 5, k % 7 * 30, k % 2 ? "b" : "a");
        }
        fclose(out);
    }
    for (int way = 0; way < 4; way++) {
        struct trial run;
        run_init(&run, "auto");
        run.options.memory = way < 2 ? 0 : 4096;
        run_file(&run, texts[way % 2]);
        run_file(&run, texts[1 - way % 2]);
        run_import(&run);
        expect_counts(&run, 8000, 8000, 0, 0, 0);
        if (first)
            assert_string_equal(run.trace, first);
        else
            first = strdup(run.trace);
        run_release(&run);
    }
    free(first);
    free(texts[0]);
    free(texts[1]);
}

static void local_times(struct trial *run, const char *text)
{
    run_init(run, "csv");
    run_zone(run, "Europe/Berlin");
    run->options.map = "start=a,end=e,duration=d";
    run_file(run, text);
    run_import(run);
}

/* The hour that comes twice: by the stated length, else by the order of the file, else the first.
 */
static void clock_put_back(void **state)
{
    (void)state;
    struct trial run;
    local_times(&run, "a,e,d\n2026-10-25 02:50,2026-10-25 02:10,1200\n"
                      "2026-10-25 01:50,2026-10-25 02:30,2400\n"
                      "2026-10-25 02:40,2026-10-25 03:10,1800\n");
    expect_counts(&run, 3, 3, 0, 0, 0);
    assert_string_equal(run.trace, "start,duration,class\n2026-10-25T01:50:00+02:00,2400,call\n"
                                   "2026-10-25T02:50:00+02:00,1200,call\n"
                                   "2026-10-25T02:40:00+01:00,1800,call\n");
    assert_non_null(strstr(run.hours, "2026-10-25T02:00:00+02:00,call,1,"));
    assert_non_null(strstr(run.hours, "2026-10-25T02:00:00+01:00,call,1,"));
    run_release(&run);
    local_times(&run, "a,e,d\n2026-10-25 02:10,2026-10-25 02:20,600\n"
                      "2026-10-25 02:40,2026-10-25 02:50,600\n"
                      "2026-10-25 02:15,2026-10-25 02:25,600\n"
                      "2026-10-25 02:45,2026-10-25 02:55,600\n");
    assert_string_equal(run.trace, "start,duration,class\n2026-10-25T02:10:00+02:00,600,call\n"
                                   "2026-10-25T02:40:00+02:00,600,call\n"
                                   "2026-10-25T02:15:00+01:00,600,call\n"
                                   "2026-10-25T02:45:00+01:00,600,call\n");
    run_release(&run);
    local_times(&run, "a,e,d\n2026-10-25 02:45,2026-10-25 02:55,600\n" /* the newest first */
                      "2026-10-25 02:15,2026-10-25 02:25,600\n"
                      "2026-10-25 02:40,2026-10-25 02:50,600\n"
                      "2026-10-25 01:10,2026-10-25 01:20,600\n");
    expect_counts(&run, 4, 4, 0, 0, 0);
    run_release(&run);
}

/* The hour that does not come is a bad row; a call across it is an hour shorter than it looks. */
static void clock_put_forward(void **state)
{
    (void)state;
    struct trial run;
    local_times(&run, "a,e,d\n2026-03-29 02:30,2026-03-29 03:30,60\n"
                      "2026-03-29 01:50,2026-03-29 03:10,\n");
    expect_counts(&run, 2, 1, 1, 0, 0);
    assert_string_equal(run.trace, "start,duration,class\n2026-03-29T01:50:00+01:00,1200,call\n");
    assert_int_equal(run.errors.items[0].line, 2);
    assert_non_null(strstr(run.errors.items[0].message, "put forward"));
    run_release(&run);
}

static void day_or_month_first(void **state)
{
    (void)state;
    struct trial run;
    static const struct {
        const char *second, *first;
    } cases[] = {{"13/4/2026 08:00", "2026-04-03T08:00:00+00:00"},
                 {"4/13/2026 08:00", "2026-03-04T08:00:00+00:00"},
                 {"5/4/2026 08:00", NULL}};
    for (size_t i = 0; i < 3; i++) {
        char whole[200];
        snprintf(whole, sizeof whole, "start,duration\n3/4/2026 08:00,60\n%s,60\n",
                 cases[i].second);
        run_init(&run, "csv");
        run_file(&run, whole);
        run_import(&run);
        assert_int_equal(run.good, cases[i].first != NULL);
        if (run.good)
            assert_string_equal(run.summary.first, cases[i].first);
        else
            assert_non_null(strstr(run.errors.items[0].message, "--time-format"));
        run_release(&run);
    }
    run_init(&run, "csv"); /* an instant elsewhere in the row */
    run_file(&run, "start,duration,ref\n3/4/2026 08:00,60,1772611200.7\n");
    run_import(&run);
    expect_counts(&run, 1, 1, 0, 0, 0);
    assert_string_equal(run.summary.first, "2026-03-04T08:00:00+00:00");
    run_release(&run);
}

/* What --map can say. */
static void mappings(void **state)
{
    static const struct {
        const char *map, *time_format, *text, *trace;
    } cases[] = {
        {"start=1+2,duration=3", NULL, "2026-03-02,08:00:00,60\n2026-03-02,08:01:00,1:00:05\n",
         "2026-03-02T08:00:00+00:00,60,call\n2026-03-02T08:01:00+00:00,3605,call\n"},
        {"start=Day+At,end=To", "%y%m%d %H:%M:%S",
         "Day\tAt\tTo\n990301\t8:00:00.25\t990301 "
         "8:00:02\n",
         "1999-03-01T08:00:00.25+00:00,1.75,call\n"},
        {"start=t,duration=d,class=c", "epoch-ms", "t|d|c\n1772438400500|1.5|\n1772438401000|2|x\n",
         "2026-03-02T08:00:00.5+00:00,1.5,call\n2026-03-02T08:00:01+00:00,2,x\n"},
        {"start=t,answered=a,end=e", NULL,
         "t,a,e\n2026-03-02 08:00:00,2026-03-02 08:00:05,2026-03-02 08:00:15\n"
         "2026-03-02 08:00:00,,2026-03-02 08:00:15\n",
         "2026-03-02T08:00:05+00:00,10,call\n"},
        {"start=first|second,duration=d", NULL, "first,second,d\n,2026-03-02 08:00,5\n",
         "2026-03-02T08:00:00+00:00,5,call\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial run;
        run_init(&run, "csv");
        run.options.map = cases[i].map;
        run.options.time_format = cases[i].time_format;
        run_file(&run, cases[i].text);
        run_import(&run);
        if (!run.good)
            print_error("%s\n", run.errors.items[0].message);
        assert_true(run.good);
        assert_string_equal(strchr(run.trace, '\n') + 1, cases[i].trace);
        run_release(&run);
    }
}

static void mistakes_of_usage(void **state)
{
    static const struct {
        const char *map, *where, *time_format, *part;
        int code;
    } cases[] = {
        {"strat=t", NULL, NULL, "did you mean 'start'", ERROR_USAGE},
        {"start", NULL, NULL, "MEANING=COLUMN", ERROR_USAGE},
        {"start=t,start=d", NULL, NULL, "twice", ERROR_USAGE},
        {"start=t,duration=", NULL, NULL, "without a name", ERROR_USAGE},
        {"start=t,duration=dd", NULL, NULL, "the column 'dd' is missing", ERROR_DATA},
        {"start=t,duration=d", "durations > 5", NULL, "did you mean 'duration'", ERROR_USAGE},
        {"start=t,duration=d", "d >", NULL, "missing at the end", ERROR_USAGE},
        {"start=t,duration=d", NULL, "dd.mm", "--time-format", ERROR_USAGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial run;
        run_init(&run, "csv");
        run.options.map = cases[i].map;
        run.options.where = cases[i].where;
        run.options.time_format = cases[i].time_format;
        run_file(&run, "t,d\n2026-03-02 08:00,5\n");
        run_import(&run);
        assert_false(run.good);
        assert_non_null(strstr(run.errors.items[0].message, cases[i].part));
        assert_int_equal(errors_code(&run.errors), cases[i].code);
        run_release(&run);
    }
}

/* Bad rows are counted, the first ten quoted, all kept; `strict` ends at the first. */
static void bad_rows(void **state)
{
    static const char *const rows[] = {
        "2026-02-30 08:00,5,a",   "2026-03-02 25:00,5,a",    "yesterday,5,a",
        "2026-03-02 08:00,-5,a",  "2026-03-02 08:00,five,a", "2026-03-02 08:00,5",
        "2026-03-02 08:00,5,a,b", "2026-03-02 08:00,5,\"a",  ",5,a",
        "2026-03-02 08:00,,a",    "1812-03-02 08:00,5,a",    "2026-03-02 08:00,5,a\"b"};
    (void)state;
    struct trial run;
    char text[1024] = "start,duration,class\n2026-03-02 08:00,5,a\n";
    size_t count = sizeof rows / sizeof *rows, lines = 0;
    for (size_t i = 0; i < count; i++) {
        strcat(text, rows[i]);
        strcat(text, "\n");
    }
    for (int strict = 0; strict < 2; strict++) {
        run_init(&run, "csv");
        run.options.strict = strict;
        run_file(&run, text);
        run_import(&run);
        if (strict) {
            assert_false(run.good);
            assert_int_equal(run.errors.failures, 1);
            assert_int_equal(run.errors.items[0].line, 3);
        } else {
            expect_counts(&run, count + 1, 1, count, 0, 0);
            assert_int_equal(run.errors.warnings, IMPORT_QUOTED);
            for (const char *p = run.bad; *p; p++)
                lines += *p == '\n';
            assert_int_equal(lines, count + 1);
        }
        run_release(&run);
    }
}

/* Line ends, marks, encodings, headers that come again, nothing at all. */
static void shapes_of_files(void **state)
{
    (void)state;
    struct trial run;
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (size_t i = 0; i < 3; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "\xef\xbb\xbfstart;duration%s2026-03-02 08:00;5%s%sstart;duration%s"
                 "2026-03-02 08:01;5",
                 ends[i], ends[i], ends[i], ends[i]);
        run_init(&run, "auto");
        run_file(&run, text);
        run_import(&run);
        expect_counts(&run, 2, 2, 0, 0, 0);
        run_release(&run);
    }
    char wide[2 * sizeof asterisk + 2] = "\xff\xfe";
    for (size_t i = 0; i < sizeof asterisk - 1; i++) {
        wide[2 + 2 * i] = asterisk[i];
        wide[3 + 2 * i] = '\0';
    }
    run_init(&run, "auto");
    run_file_bytes(&run, wide, 2 * sizeof asterisk);
    run_import(&run);
    assert_string_equal(run.trace, same_trace);
    run_release(&run);
    run_init(&run, "cucm"); /* nothing; then a header alone */
    run_file(&run, "");
    run_file(&run, CUCM_HEADER);
    run_import(&run);
    expect_counts(&run, 0, 0, 0, 0, 0);
    assert_string_equal(run.summary.first, "");
    run_release(&run);
}

/* Records about quality come along and are passed over; other formats are refused. */
static void several_kinds_of_files(void **state)
{
    (void)state;
    struct trial run;
    run_init(&run, "auto");
    run_file(&run, "cdrRecordType,dateTimeStamp,numberPacketsSent\n2,1772438590,5\n");
    run_file(&run, cucm);
    run_import(&run);
    expect_counts(&run, 4, 2, 0, 0, 0);
    assert_int_equal(skipped_for(&run, "CMR"), 1);
    run_release(&run);
    run_init(&run, "auto");
    run_file(&run, asterisk);
    run_file(&run, cucm);
    run_import(&run);
    assert_false(run.good);
    assert_non_null(strstr(run.errors.items[0].message, "one format at a time"));
    run_release(&run);
    run_init(&run, "auto");
    run_file(&run, "name,age\nx,5\n");
    run_import(&run);
    assert_false(run.good);
    assert_int_equal(errors_code(&run.errors), ERROR_DATA);
    run_release(&run);
}

/* ---- Progress ---- */

struct seen {
    struct import_progress last;
    int told;
};

static void see(void *context, const struct import_progress *progress)
{
    struct seen *seen = context;
    assert_true(progress->rows >= seen->last.rows && progress->bytes >= seen->last.bytes);
    assert_true(progress->calls >= seen->last.calls && progress->calls <= progress->calls_all);
    assert_true(progress->bytes <= progress->bytes_all);
    seen->last = *progress;
    seen->told++;
}

/* What is told of a long import: bytes of all files as they lie there, then the calls. */
static void how_far_it_is(void **state)
{
    (void)state;
    struct trial run;
    struct seen seen = {0};
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("start,duration\n", out);
    for (int i = 0; i < 20000; i++)
        fprintf(out, "%d,60\n", 1772438400 + i);
    fclose(out);
    run_init(&run, "csv");
    run.options.progress = see;
    run.options.progress_context = &seen;
    run_file(&run, text);
    run_file(&run, text);
    run_import(&run);
    expect_counts(&run, 40000, 40000, 0, 0, 0);
    assert_int_equal(seen.told, 4);
    assert_int_equal(seen.last.bytes_all, 2 * size);
    assert_int_equal(seen.last.rows, 40000);
    assert_int_equal(seen.last.calls, 32768);
    assert_int_equal(seen.last.calls_all, 40000);
    run_release(&run);
    free(text);
}

/* Kamailio: an INVITE without BYE is in progress until the last row; a BYE alone is no call. */
static void dialogs(void **state)
{
    (void)state;
    struct trial run;
    run_init(&run, "auto");
    run_file(&run, "id,method,callid,sip_code,time\n1,INVITE,a,200,2026-03-02 08:00:00\n"
                   "2,INVITE,a,200,2026-03-02 08:00:30\n3,BYE,b,200,2026-03-02 08:01:00\n"
                   "4,ACK,a,200,2026-03-02 08:02:00\n4,ACK,a,200,2026-03-02 08:02:00\n"
                   "5,INVITE,c,200,2026-03-02 08:02:00\n5,INVITE,c,200,2026-03-02 08:02:00\n"
                   "6,BYE,c,200,2026-03-02 08:02:10\n");
    run_import(&run);
    expect_counts(&run, 8, 2, 0, 1, 1);
    assert_int_equal(skipped_for(&run, "end of a call"), 2);
    assert_int_equal(skipped_for(&run, "leg"), 1);
    assert_int_equal(skipped_for(&run, "no call record"), 2);
    assert_string_equal(run.trace, "start,duration,class\n2026-03-02T08:00:00+00:00,130,call\n"
                                   "2026-03-02T08:02:00+00:00,10,call\n");
    run_release(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_gives_the_same_trace),
        cmocka_unit_test(setup_and_attempts),
        cmocka_unit_test(classes_and_what_is_kept),
        cmocka_unit_test(duplicates),
        cmocka_unit_test(truncated_at_every_byte),
        cmocka_unit_test(damaged_at_every_byte),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(clock_put_back),
        cmocka_unit_test(clock_put_forward),
        cmocka_unit_test(day_or_month_first),
        cmocka_unit_test(mappings),
        cmocka_unit_test(mistakes_of_usage),
        cmocka_unit_test(bad_rows),
        cmocka_unit_test(shapes_of_files),
        cmocka_unit_test(several_kinds_of_files),
        cmocka_unit_test(how_far_it_is),
        cmocka_unit_test(dialogs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
