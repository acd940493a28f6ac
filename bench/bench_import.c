/* Import of every format beside a loop that only calls csv_parse on the same file: MB/s of
 * processor time, and their ratio; and with a sort that has to use the disk. The records have the
 * columns that their switches write. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/clock.h"
#include "data/import.h"

#define ROWS 200000

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* A call of a file of records: its number, seconds since 1 March 2026, and how long it rings and
 * lasts. */
struct made {
    unsigned i, start, ring, talk;
};

#define DAYS  INT64_C(20513) /* from 1970 to 1 March 2026 */
#define EPOCH (DAYS * 86400)

/* "2026-03-02 08:00:00", or with a T between; in one of four places. */
static const char *stamp(unsigned seconds, char between)
{
    static char texts[4][32];
    static int turn;
    char *text = texts[turn++ % 4];
    snprintf(text, 32, "2026-03-%02u%c%02u:%02u:%02u", 1 + seconds / 86400, between,
             seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    return text;
}

static void put_asterisk(FILE *out, const struct made *c)
{
    unsigned from = 100 + c->i % 900, to = 200 + c->i % 700, answer = c->start + c->ring;
    fprintf(
        out,
        "\"\",\"%u\",\"%u\",\"inside\",\"\"\"Caller %u\"\" <%u>\",\"SIP/%u-%08x\",\"SIP/%u-%08x\","
        "\"Dial\",\"SIP/%u,30\",\"%s\",\"%s\",\"%s\",%u,%u,\"ANSWERED\",\"DOCUMENTATION\","
        "\"%u.%u\",\"\"\n",
        from, to, c->i % 100, from, from, c->i, to, c->i, to, stamp(c->start, ' '),
        stamp(answer, ' '), stamp(answer + c->talk, ' '), c->ring + c->talk, c->talk,
        1772000000 + c->i, c->i);
}

static void put_freepbx(FILE *out, const struct made *c)
{
    unsigned from = 100 + c->i % 900, to = 200 + c->i % 700;
    if (c->i == 0)
        fputs("calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,"
              "disposition,amaflags,accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,"
              "outbound_cnum,outbound_cnam,dst_cnam,linkedid,peeraccount,sequence\n",
              out);
    fprintf(out,
            "%s,\"\"\"Caller %u\"\" <%u>\",%u,%u,from-internal,SIP/%u-%08x,SIP/%u-%08x,Dial,"
            "\"SIP/%u,30,tT\",%u,%u,ANSWERED,3,,%u.%u,,,out-%u-%u.wav,%u,Caller,,,,%u.%u,,%u\n",
            stamp(c->start, ' '), from, from, from, to, from, c->i, to, c->i, to, c->ring + c->talk,
            c->talk, 1772000000 + c->i, c->i, to, from, from, 1772000000 + c->i, c->i, c->i);
}

static void put_freeswitch(FILE *out, const struct made *c)
{
    unsigned from = 100 + c->i % 900, to = 200 + c->i % 700, answer = c->start + c->ring;
    fprintf(out,
            "\"Caller\",\"%u\",\"%u\",\"default\",\"%s\",\"%s\",\"%s\",\"%u\",\"%u\","
            "\"NORMAL_CLEARING\",\"%08x-3c5b-4c6e-8d2f-%012x\",\"\",\"%u\",\"PCMU\",\"PCMU\"\n",
            from, to, stamp(c->start, ' '), stamp(answer, ' '), stamp(answer + c->talk, ' '),
            c->ring + c->talk, c->talk, c->i, c->i * 7919, from);
}

static void put_expressway(FILE *out, const struct made *c)
{
    if (c->i == 0)
        fputs("uuid,service_uuid,active,initial_call,licensed,licensed_as_traversal,status,tag,"
              "box_call_serial_number,start_time,end_time,source_alias,destination_alias,"
              "aside_destination_alias,bside_destination_alias,aside_request_uri,"
              "bside_request_uri,protocol_summary,protocol,media_routed,audio,"
              "traversal_license_tokens,non_traversal_license_tokens,last_updated_timestamp,"
              "disconnect_reason,details\n",
              out);
    fprintf(
        out,
        "%08x-5b8e-11e4-a3b4-%012x,%08x-5b8e-11e4-a3b5-%012x,false,true,true,false,"
        "disconnected,%08x-5b8e-11e4-a3b6-%012x,%08x-5b8e-11e4-a3b7-%012x,"
        "%s.301345,%s.921873,sip:user%u@example.com,sip:room%u@example.com,"
        "sip:room%u@example.com,sip:room%u@example.com,sip:room%u@example.com;transport=tls,"
        "sip:room%u@example.com,SIP <-> SIP,SIP,true,%s,1,0,%lld,200 OK,\"{\"\"legs\"\": []}\"\n",
        c->i, c->i, c->i, c->i, c->i, c->i, c->i, c->i, stamp(c->start, ' '),
        stamp(c->start + c->talk, ' '), c->i % 900, c->i % 70, c->i % 70, c->i % 70, c->i % 70,
        c->i % 70, c->i % 3 ? "true" : "false", (long long)(EPOCH + c->start + c->talk));
}

static void put_webex(FILE *out, const struct made *c)
{
    if (c->i == 0)
        fputs("Answer indicator,Answer time,Answered,Call ID,Caller ID number,Call outcome,"
              "Call outcome reason,Call type,Called line ID,Called number,Calling line ID,"
              "Calling number,Client type,Correlation ID,Device MAC,Direction,Duration,Location,"
              "Model,Org UUID,Release time,Report ID,Ring duration,Site UUID,Start time,User\n",
              out);
    fprintf(out,
            "Yes,%s.120Z,true,SSE0623%08x@10.21.0.214,+1408555%04u,Success,Normal,SIP_ENTERPRISE,"
            "Room %u,+1408556%04u,User %u,+1408555%04u,WXC_DEVICE,%08x-3c5b-4c6e-8d2f-%012x,"
            "%012X,ORIGINATING,%u,San Jose,8851,c7d2e4a0-3f7e-4b1c-9a55-0d7f0b2c6a11,%s.220Z,"
            "%08x-7b1e-3d4c-8f21-%012x,%u,4f2b0a11-11aa-4b7c-8c55-1d7f0b2c6a22,%s.020Z,User %u\n",
            stamp(c->start + c->ring, 'T'), c->i, c->i % 9000, c->i % 700, c->i % 7000, c->i % 900,
            c->i % 9000, c->i, c->i * 7919, c->i % 900, c->talk,
            stamp(c->start + c->ring + c->talk, 'T'), c->i, c->i * 7907, c->ring,
            stamp(c->start, 'T'), c->i % 900);
}

static void put_teams(FILE *out, const struct made *c)
{
    if (c->i == 0)
        fputs("callEndSubReason,callType,calleeNumber,callerNumber,correlationId,duration,"
              "endDateTime,failureDateTime,finalSipCodePhrase,finalSipCode,id,inviteDateTime,"
              "mediaBypassEnabled,mediaPathLocation,signalingLocation,startDateTime,"
              "successfulCall,trunkFullyQualifiedDomainName,userDisplayName,userId,"
              "userPrincipalName\n",
              out);
    fprintf(out,
            "0,ByotIn,+1408555%04u,+1408556%04u,%08x-3c5b-4c6e-8d2f-%012x,%u,%sZ,,BYE,0,"
            "%08x-7b1e-3d4c-8f21-%012x,%s.2560000Z,true,USWE,EUNO,%sZ,true,sbc.example.com,"
            "User %u,%08x-5b8e-11e4-a3b4-000000000000,user%u@example.com\n",
            c->i % 9000, c->i % 7000, c->i, c->i * 7919, c->talk,
            stamp(c->start + c->ring + c->talk, 'T'), c->i, c->i * 7907, stamp(c->start, 'T'),
            stamp(c->start + c->ring, 'T'), c->i % 900, c->i % 900, c->i % 900);
}

/* An INVITE and its BYE. */
static void put_kamailio(FILE *out, const struct made *c)
{
    if (c->i == 0)
        fputs("id,method,from_tag,to_tag,callid,sip_code,sip_reason,time\n", out);
    fprintf(out,
            "%u,INVITE,%08x,as%08x,%08x-3c5b4c6e@10.0.0.%u,200,OK,%s\n"
            "%u,BYE,%08x,as%08x,%08x-3c5b4c6e@10.0.0.%u,200,OK,%s\n",
            2 * c->i + 1, c->i, c->i * 7919, c->i, c->i % 200, stamp(c->start, ' '), 2 * c->i + 2,
            c->i, c->i * 7919, c->i, c->i % 200, stamp(c->start + c->talk, ' '));
}

static void put_csv(FILE *out, const struct made *c)
{
    fprintf(out, "%s%sZ,%u,%s,%u\n", c->i ? "" : "start,duration,class,id\n", stamp(c->start, 'T'),
            c->talk, c->i % 5 ? "audio" : "video", c->i);
}

/* Many columns of a digit or two, few of them asked for. */
static void put_short(FILE *out, const struct made *c)
{
    if (c->i == 0)
        fputs("start,duration,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s\n", out);
    fprintf(out, "%lld,%u,%u,%u,0,1,,4,%u,,7,2,x,,1,%u,0,0,3,,%u\n", (long long)(EPOCH + c->start),
            c->talk, c->i % 90, c->i % 7, c->i % 10, c->i % 3, c->i % 9);
}

/* One object a line, as a spool of the product's interface has it. */
static void put_json(FILE *out, const struct made *c)
{
    fprintf(out,
            "{\"uuid\": \"%08x-5b8e-11e4-a3b4-%012x\", \"active\": false, \"licensed\": true, "
            "\"start_time\": \"%s.301345\", \"end_time\": \"%s.921873\", \"source_alias\": "
            "\"sip:user%u@example.com\", \"destination_alias\": \"sip:room%u@example.com\", "
            "\"protocol\": \"SIP\", \"audio\": %s, \"last_updated_timestamp\": %lld, "
            "\"disconnect_reason\": \"200 OK\"}\n",
            c->i, c->i, stamp(c->start, ' '), stamp(c->start + c->talk, ' '), c->i % 900, c->i % 70,
            c->i % 3 ? "true" : "false", (long long)(EPOCH + c->start + c->talk));
}

static void put_cucm(FILE *out, const struct made *c)
{
    unsigned at = (unsigned)EPOCH + c->start, i = c->i;
    if (i == 0)
        fprintf(out, "cdrRecordType,globalCallID_callId,dateTimeOrigination,origIpAddr,"
                     "callingPartyNumber,finalCalledPartyNumber,dateTimeConnect,"
                     "dateTimeDisconnect,pkid,duration,origDeviceName,destDeviceName,"
                     "origVideoCap_Codec,a,b,c,d,e,f,g,h");
    for (int column = 0; i == 0 && column < 112; column++)
        fprintf(out, ",x%d", column);
    fputs(i ? "" : "\n", out);
    fprintf(out,
            "1,%u,%u,%u,%u,%u,%u,%u,%08x-3c5b-4c6e-8d2f-%012x,%u,SEP%012X,SEP%012X,0,4,20,0,0,"
            "64,64,\"partition\",\"\"",
            i, at, 167772161 + i % 999, 100 + i % 900, 200 + i % 700, at + c->ring,
            at + c->ring + c->talk, i, i * 7919, c->talk, i % 900, i % 700);
    for (int column = 0; column < 112; column++) /* as many columns as its version 14 has */
        fputs(column % 3 ? ",0" : ",\"\"", out);
    putc('\n', out);
}

static char *write_records(char *path, void (*put)(FILE *out, const struct made *call))
{
    int fd = mkstemp(path);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    uint64_t state = 1;
    if (!out)
        exit(73);
    for (unsigned i = 0, start = 0; i < ROWS; i++) {
        start += (unsigned)(next(&state) % 11 == 0) * 50;
        struct made call = {.i = i, .start = start % 2300000 + (unsigned)(next(&state) % 300)};
        call.ring = (unsigned)(next(&state) % 20);
        call.talk = (unsigned)(next(&state) % 600);
        put(out, &call);
    }
    fclose(out);
    return path;
}

static size_t fields;

static void on_field(void *bytes, size_t length, void *data)
{
    (void)bytes;
    (void)data;
    fields += length > 0;
}

static double parse_alone(const char *path, double *megabytes)
{
    static unsigned char chunk[65536];
    struct csv_parser parser;
    FILE *in = fopen(path, "rb");
    double begin = cpu_seconds();
    size_t got, all = 0;
    csv_init(&parser, 0);
    while ((got = fread(chunk, 1, sizeof chunk, in)) > 0) {
        csv_parse(&parser, chunk, got, on_field, NULL, NULL);
        all += got;
    }
    double took = cpu_seconds() - begin;
    csv_free(&parser);
    fclose(in);
    *megabytes = (double)all / 1e6;
    return took;
}

static double import_whole(const char *path, size_t memory)
{
    const char *reason, *files[] = {path};
    FILE *trace = fopen("/dev/null", "w");
    struct time_zone *zone = time_zone_new("Europe/Berlin", &reason);
    struct call_summary summary;
    struct errors errors;
    errors_init(&errors);
    if (!zone || !trace)
        exit(66);
    struct import_options options = {.format = "auto",
                                     .files = files,
                                     .file_count = 1,
                                     .zone = zone,
                                     .default_class = "call",
                                     .folder = "/tmp",
                                     .memory = memory,
                                     .trace = trace};
    double begin = cpu_seconds();
    if (!import_run(&options, &summary, &errors) || summary.calls + summary.duplicates != ROWS)
        exit(70);
    double took = cpu_seconds() - begin;
    call_summary_release(&summary);
    errors_release(&errors);
    time_zone_free(zone);
    fclose(trace);
    return took;
}

static double best(double a, double b)
{
    return a < b ? a : b;
}

static void measure(const char *name, void (*put)(FILE *out, const struct made *call))
{
    char path[] = "/tmp/bench_import_XXXXXX";
    double megabytes, parsing = 1e9, importing = 1e9, merging = 1e9;
    write_records(path, put);
    for (int i = 0; i < 3; i++) {
        parsing = best(parsing, parse_alone(path, &megabytes));
        importing = best(importing, import_whole(path, 0));
        merging = best(merging, import_whole(path, 2000000));
    }
    printf("%-16s csv_parse alone %4.0f MB/s, import %4.0f MB/s: %.2f of it, %4.0f ns a call; "
           "sorted on the disk %.2f\n",
           name, megabytes / parsing, megabytes / importing, parsing / importing,
           importing / ROWS * 1e9, parsing / merging);
    unlink(path);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*put)(FILE *out, const struct made *call);
    } formats[] = {
        {"cucm", put_cucm},
        {"expressway", put_expressway},
        {"webex", put_webex},
        {"teams", put_teams},
        {"asterisk", put_asterisk},
        {"freepbx", put_freepbx},
        {"freeswitch", put_freeswitch},
        {"kamailio", put_kamailio},
        {"csv", put_csv},
        {"21 short columns", put_short},
        {"expressway JSON", put_json},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (argc < 2 || strcmp(argv[1], formats[i].name) == 0)
            measure(formats[i].name, formats[i].put);
    return 0;
}
