#include "data/import_format.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "data/import_time.h"

/* Layouts name the columns of rows that have no header. A kind behind a colon is what a row must
 * have there to be taken for the layout: t a time with hours, o the same or nothing, n a number of
 * seconds or none, d what Asterisk calls a disposition, c a word of capitals, 1 and 2 themselves.
 * Columns come from the vendors' documentation; a row may have more than are named. */
static const char cucm_columns[] =
    "cdrRecordType:1 globalCallID_callManagerId globalCallID_callId origLegCallIdentifier "
    "dateTimeOrigination:n origNodeId origSpan origIpAddr callingPartyNumber "
    "callingPartyUnicodeLoginUserID origCause_location origCause_value origPrecedenceLevel "
    "origMediaTransportAddress_IP origMediaTransportAddress_Port "
    "origMediaCap_payloadCapability origMediaCap_maxFramesPerPacket "
    "origMediaCap_g723BitRate origVideoCap_Codec origVideoCap_Bandwidth "
    "origVideoCap_Resolution origVideoTransportAddress_IP origVideoTransportAddress_Port "
    "origRSVPAudioStat origRSVPVideoStat destLegIdentifier destNodeId destSpan destIpAddr "
    "originalCalledPartyNumber finalCalledPartyNumber finalCalledPartyUnicodeLoginUserID "
    "destCause_location destCause_value destPrecedenceLevel destMediaTransportAddress_IP "
    "destMediaTransportAddress_Port destMediaCap_payloadCapability "
    "destMediaCap_maxFramesPerPacket destMediaCap_g723BitRate destVideoCap_Codec "
    "destVideoCap_Bandwidth destVideoCap_Resolution destVideoTransportAddress_IP "
    "destVideoTransportAddress_Port destRSVPAudioStat destRSVPVideoStat dateTimeConnect:n "
    "dateTimeDisconnect:n lastRedirectDn pkid originalCalledPartyNumberPartition "
    "callingPartyNumberPartition finalCalledPartyNumberPartition lastRedirectDnPartition "
    "duration:n origDeviceName destDeviceName origCallTerminationOnBehalfOf "
    "destCallTerminationOnBehalfOf origCalledPartyRedirectOnBehalfOf "
    "lastRedirectRedirectOnBehalfOf origCalledPartyRedirectReason "
    "lastRedirectRedirectReason destConversationId globalCallId_ClusterID joinOnBehalfOf "
    "comment authCodeDescription authorizationLevel clientMatterCode origDTMFMethod "
    "destDTMFMethod callSecuredStatus origConversationId origMediaCap_Bandwidth "
    "destMediaCap_Bandwidth authorizationCodeValue outpulsedCallingPartyNumber "
    "outpulsedCalledPartyNumber origIpv4v6Addr destIpv4v6Addr origVideoCap_Codec_Channel2 "
    "origVideoCap_Bandwidth_Channel2 origVideoCap_Resolution_Channel2 "
    "origVideoTransportAddress_IP_Channel2 origVideoTransportAddress_Port_Channel2 "
    "origVideoChannel_Role_Channel2 destVideoCap_Codec_Channel2 "
    "destVideoCap_Bandwidth_Channel2 destVideoCap_Resolution_Channel2 "
    "destVideoTransportAddress_IP_Channel2 destVideoTransportAddress_Port_Channel2 "
    "destVideoChannel_Role_Channel2 IncomingProtocolID IncomingProtocolCallRef "
    "OutgoingProtocolID OutgoingProtocolCallRef currentRoutingReason origRoutingReason "
    "lastRedirectingRoutingReason huntPilotPartition huntPilotDN calledPartyPatternUsage "
    "IncomingICID IncomingOrigIOI IncomingTermIOI OutgoingICID OutgoingOrigIOI "
    "OutgoingTermIOI outpulsedOriginalCalledPartyNumber outpulsedLastRedirectingNumber "
    "wasCallQueued totalWaitTimeInQueue callingPartyNumber_uri "
    "originalCalledPartyNumber_uri finalCalledPartyNumber_uri lastRedirectDn_uri "
    "mobileCallingPartyNumber finalMobileCalledPartyNumber origMobileDeviceName "
    "destMobileDeviceName origMobileCallDuration destMobileCallDuration mobileCallType "
    "originalCalledPartyPattern finalCalledPartyPattern lastRedirectingPartyPattern "
    "huntPilotPattern origDeviceType destDeviceType origDeviceSessionID "
    "destDeviceSessionID";

#define CUCM_MAP                                                                                   \
    "start=dateTimeConnect,setup=dateTimeOrigination,end=dateTimeDisconnect,duration=duration,"    \
    "id=pkid,calling=callingPartyNumber,called=finalCalledPartyNumber|originalCalledPartyNumber,"  \
    "trunk=destDeviceName|origDeviceName,ip=origIpv4v6Addr|origIpAddr,"                            \
    "called_ip=destIpv4v6Addr|destIpAddr,device=origDeviceName,called_device=destDeviceName"

#define ASTERISK_BLOCK "start:t answer:o end:o duration:n billsec:n disposition:d amaflags "
#define ASTERISK_VALUES                                                                            \
    "duration=billsec,length=duration,calling=src,called=dst,trunk=dstchannel,device=channel,"     \
    "called_device=dstchannel"
#define FREESWITCH_BLOCK                                                                           \
    "start_stamp:t answer_stamp:o end_stamp:t duration:n billsec:n hangup_cause:c "

const struct import_format import_formats[] = {
    {
        .name = "cucm",
        .title = "Cisco Unified CM call detail records",
        .header = "cdrRecordType,dateTimeOrigination,dateTimeConnect,dateTimeDisconnect,duration",
        .layouts = {cucm_columns},
        .map = CUCM_MAP,
        .skips = {{"cdrRecordType = 2", "CMR"}, {"cdrRecordType != 1", "no call record"}},
        .skip_any_width = true,
        .answered = "dateTimeConnect > 0",
        .video = "origVideoCap_Codec > 0 or destVideoCap_Codec > 0",
        .little_endian = true,
    },
    {
        .name = "cucm",
        .title = "Cisco Unified CM call management records",
        .header = "cdrRecordType,dateTimeStamp,numberPacketsSent",
        .layouts = {"cdrRecordType:2 globalCallID_callManagerId:n globalCallID_callId:n nodeId:n "
                    "directoryNum callIdentifier:n dateTimeStamp:n numberPacketsSent:n "
                    "numberOctetsSent:n numberPacketsReceived:n numberOctetsReceived:n "
                    "numberPacketsLost:n jitter:n latency:n pkid directoryNumPartition "
                    "globalCallId_ClusterID deviceName varVQMetrics"},
        .map = "start=dateTimeStamp,duration=latency",
        .skips = {{"cdrRecordType = 2", "CMR"}, {"cdrRecordType != 1", "no call record"}},
        .skip_any_width = true,
    },
    {
        .name = "expressway",
        .title = "Cisco Expressway call usage records",
        .header = "uuid,active,start_time,end_time,disconnect_reason",
        .map = "start=start_time,end=end_time,last=last_updated_timestamp,id=uuid,"
               "calling=source_alias,called=destination_alias",
        .answered = "disconnect_reason ~ '^200' or active",
        .active = "active",
        .video = "not audio",
    },
    {
        .name = "webex",
        .title = "Webex Calling detailed call history",
        .header = "Answer time,Answered,Correlation ID,Duration,Release time",
        .map = "start=Answer time,setup=Start time,end=Release time,duration=Duration,"
               "ring=Ring duration,group=Correlation ID,calling=Calling number,"
               "called=Called number,trunk=Inbound trunk|Outbound trunk,"
               "ip=Public Calling IP Address,called_ip=Public Called IP Address,"
               "device=Device MAC",
        .answered = "Answered",
        .grouping = GROUPING_LEGS,
    },
    {
        .name = "teams",
        .title = "Microsoft Teams direct routing calls",
        .header = "startDateTime,endDateTime,duration,successfulCall,inviteDateTime",
        .map = "start=startDateTime,setup=inviteDateTime,end=endDateTime,duration=duration,id=id,"
               "calling=callerNumber,called=calleeNumber,trunk=trunkFullyQualifiedDomainName",
        .answered = "successfulCall",
    },
    {
        .name = "asterisk",
        .title = "Asterisk call detail records",
        .header = "start,answer,end,duration,billsec,disposition",
        .layouts =
            {"accountcode src dst dcontext clid channel dstchannel lastapp lastdata " ASTERISK_BLOCK
             "uniqueid userfield peeraccount linkedid sequence",
             "clid src dst dcontext channel dstchannel lastapp lastdata " ASTERISK_BLOCK
             "accountcode uniqueid userfield sequence"},
        .fields_least = 16,
        .fields_most = 26,
        .map = "start=answer,setup=start,end=end," ASTERISK_VALUES,
        .answered = "disposition = 'ANSWERED'",
        .whole_row = true,
    },
    {
        .name = "freepbx",
        .title = "FreePBX call detail records",
        .header = "calldate,duration,billsec,disposition",
        .layouts =
            {"calldate:t clid src dst dcontext channel dstchannel lastapp lastdata "
             "duration:n billsec:n disposition:d amaflags accountcode uniqueid userfield did "
             "recordingfile cnum cnam outbound_cnum outbound_cnam dst_cnam linkedid "
             "peeraccount sequence"},
        .map = "setup=calldate," ASTERISK_VALUES,
        .answered = "disposition = 'ANSWERED'",
        .whole_row = true,
    },
    {
        .name = "freeswitch",
        .title = "FreeSWITCH call detail records",
        .header = "start_stamp,answer_stamp,end_stamp,duration,billsec",
        .layouts = {"caller_id_name caller_id_number destination_number context " FREESWITCH_BLOCK
                    "uuid bleg_uuid accountcode read_codec write_codec",
                    "accountcode caller_id_number destination_number context caller_id "
                    "channel_name bridge_channel last_app last_arg " FREESWITCH_BLOCK
                    "amaflags uuid userfield"},
        .map = "start=answer_stamp,setup=start_stamp,end=end_stamp,duration=billsec,"
               "length=duration,id=uuid,calling=caller_id_number,called=destination_number",
        .answered = "answer_stamp != ''",
    },
    {
        .name = "kamailio",
        .title = "Kamailio accounting records",
        .header = "method,callid,sip_code,time",
        .layouts = {"id:n method:c from_tag to_tag callid sip_code:n sip_reason time:t"},
        .map = "start=time,group=callid,id=id",
        .skips = {{"not (method in ('INVITE', 'BYE'))", "no call record"}},
        .answered = "sip_code >= 200 and sip_code < 300",
        .opens = "method = 'INVITE'",
        .closes = "method = 'BYE'",
        .grouping = GROUPING_DIALOG,
    },
    {
        .name = "kamailio",
        .title = "Kamailio call records",
        .header = "start_time,end_time,duration",
        .layouts = {"id:n start_time:t end_time:t duration:n"},
        .map = "start=start_time,end=end_time,duration=duration,id=id",
    },
    {
        .name = "csv",
        .title = "CSV",
        .header = "start,duration",
    },
};
const size_t import_format_count = sizeof import_formats / sizeof *import_formats;

const char *import_meaning_name(enum import_meaning meaning)
{
    static const char *const names[] = {
#define MEANING(id, name, what) name,
        IMPORT_MEANINGS(MEANING)
#undef MEANING
    };
    return names[meaning];
}

const struct import_format *import_format_find(const char *name)
{
    for (size_t i = 0; i < import_format_count; i++)
        if (strcmp(import_formats[i].name, name) == 0)
            return &import_formats[i];
    return NULL;
}

/* ---- Headers ---- */

static bool has_column(const struct import_fields *fields, const char *name, size_t length)
{
    for (size_t i = 0; i < fields->count; i++) {
        const char *field = fields->field(fields->row, i);
        if (strncasecmp(field, name, length) == 0 && !field[length])
            return true;
    }
    return false;
}

bool import_format_header(const struct import_format *format, const struct import_fields *fields)
{
    for (const char *p = format->header; *p;) {
        size_t length = strcspn(p, ",");
        if (!has_column(fields, p, length))
            return false;
        p += length + (p[length] == ',');
    }
    return true;
}

bool import_types_line(const struct import_fields *fields)
{
    static const char *const types[] = {"INTEGER", "STRING", "VARCHAR", "UNIQUEIDENTIFIER",
                                        "BIGINT",  "TEXT",   "CHAR"};
    for (size_t i = 0; i < fields->count; i++) {
        const char *field = fields->field(fields->row, i);
        bool known = false;
        for (size_t t = 0; t < sizeof types / sizeof *types && !known; t++) {
            size_t length = strlen(types[t]);
            known = strncasecmp(field, types[t], length) == 0 &&
                    strspn(field + length, "(0123456789)") == strlen(field + length);
        }
        if (!known)
            return false;
    }
    return fields->count > 2;
}

/* ---- Layouts ---- */

static bool number_like(const char *text)
{
    nanos value;
    return !*text || !import_duration_parse(text, &value) ||
           (*text == '-' && strspn(text + 1, "0123456789") == strlen(text + 1));
}

static bool time_like(const char *text)
{
    struct import_times times;
    struct import_stamp stamp;
    if (!strchr(text, ':') || !import_times_init(&times, "auto"))
        return false;
    const char *reason = import_times_parse(&times, text, &stamp);
    return !reason || reason == IMPORT_TIME_AMBIGUOUS;
}

static bool disposition_like(const char *text)
{
    static const char *const known[] = {"ANSWERED", "NO ANSWER",  "BUSY",
                                        "FAILED",   "CONGESTION", "UNKNOWN"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(text, known[i]) == 0)
            return true;
    return false;
}

static bool capitals(const char *text)
{
    return *text && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == strlen(text) &&
           isupper((unsigned char)*text);
}

static bool kind_fits(char kind, const char *text)
{
    switch (kind) {
    case 't':
        return time_like(text);
    case 'o':
        return !*text || time_like(text);
    case 'n':
        return number_like(text);
    case 'd':
        return disposition_like(text);
    case 'c':
        return capitals(text);
    default:
        return text[0] == kind && !text[1];
    }
}

/* The next column of a layout: its name and kind ('\0': any); false at the end. */
static bool next_column(const char **p, const char **name, size_t *length, char *kind)
{
    *p += strspn(*p, " ");
    *name = *p;
    *length = strcspn(*p, " :");
    *p += *length;
    *kind = **p == ':' ? (*p)[1] : '\0';
    *p += **p == ':' ? 2 : 0;
    return *length > 0;
}

static bool layout_fits(const char *layout, const struct import_fields *fields)
{
    const char *p = layout, *name;
    size_t length;
    char kind;
    for (size_t i = 0; next_column(&p, &name, &length, &kind); i++)
        if (kind && (i >= fields->count || !kind_fits(kind, fields->field(fields->row, i))))
            return false;
    return true;
}

const char *import_format_layout(const struct import_format *format,
                                 const struct import_fields *fields)
{
    for (size_t i = 0; i < sizeof format->layouts / sizeof *format->layouts; i++)
        if (format->layouts[i] && layout_fits(format->layouts[i], fields))
            return format->layouts[i];
    return NULL;
}

size_t import_layout_name(const char *layout, size_t index, const char **name)
{
    size_t length;
    char kind;
    for (size_t i = 0; next_column(&layout, name, &length, &kind); i++)
        if (i == index)
            return length;
    return 0;
}
