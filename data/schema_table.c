/* The rows of the schema. To add a key: one row here, and the place in scenario_*.c that uses it.
 */
#include "data/schema.h"

#include "data/schema_table.h"

#define SECONDS_MAX (100.0 * 366 * 86400)
#define COUNT_MAX   1e12
#define BITS_MAX    1e15
#define CHOICE(id, name, several) "|" name
#define SELECTIONS &(POLICIES(CHOICE))[1]
#define ZONE_SELECTIONS &(POLICIES(CHOICE) ZONE_POLICIES(CHOICE))[1]

static const struct schema_row scenario_rows[] = {
    {"scenario", TYPE_STRING, .help = "title, shown in every result"},
    {"table", TYPE_STRING, .fallback = "X14.2-cluster-chapter",
     .help = "capacity table (see peerplan tables)"},
    {"release", TYPE_STRING,
     .help = "instead of table: the clustering chapter of that release, X15.5"},
    {"goals", TYPE_MAPPING, .block = BLOCK_GOALS, .help = "what the answer is judged by"},
    {"clusters", TYPE_LIST, .required = true, .block = BLOCK_CLUSTER, .help = "the clusters"},
    {"platforms", TYPE_LIST, .block = BLOCK_PLATFORM, .help = "own platforms beside the table's"},
    {"zones", TYPE_LIST, .block = BLOCK_ZONE, .help = "where calls come from and go to"},
    {"endpoints", TYPE_LIST, .block = BLOCK_ENDPOINTS, .help = "populations that register"},
    {"calls", TYPE_LIST, .block = BLOCK_CLASS, .help = "classes of calls"},
    {"traces", TYPE_LIST, .block = BLOCK_TRACE, .help = "recorded calls, rows name their class"},
    {"pipes", TYPE_LIST, .block = BLOCK_PIPE, .help = "bandwidth limits"},
    {"outages", TYPE_LIST, .block = BLOCK_OUTAGE,
     .help = "failures and maintenance, scripted or random"},
    {"upgrades", TYPE_LIST, .block = BLOCK_UPGRADE, .help = "rolling upgrades"},
    {"changes", TYPE_LIST, .block = BLOCK_CHANGE, .help = "configuration changes in time"},
    {"run", TYPE_MAPPING, .block = BLOCK_RUN, .help = "how long to look, how often"},
};

static const struct schema_row goals_rows[] = {
    {"blocking", TYPE_FRACTION, .high = 1, .fallback = "1%",
     .help = "largest share of calls refused, in every class"},
    {"survive", TYPE_INTEGER, .unit = "peers", .high = 5, .fallback = "0",
     .help = "the goals must hold with any set of so many peers down"},
};

static const struct schema_row cluster_rows[] = {
    {"name", TYPE_NAME, .required = true, .help = "unique in the scenario"},
    {"role", TYPE_CHOICE, .choices = "both|edge|core", .fallback = "both",
     .help = "Expressway-E, Expressway-C, or both in one"},
    {"traversal", TYPE_REFERENCE, .block = BLOCK_CLUSTER,
     .help = "the cluster that calls through this one also need"},
    {"redundancy", TYPE_CHOICE, .choices = "none|legacy|4+1|5+1|n+1",
     .fallback = "(by release: 4+1 for X14.2, n+1 from X14.3, else legacy)",
     .help = "the rule for the cluster factor"},
    {"cluster-cap", TYPE_INTEGER, .unit = "units", .high = COUNT_MAX, .fallback = "(factor x node)",
     .help = "session units of the whole cluster"},
    {"selection", TYPE_CHOICE, .choices = SELECTIONS, .fallback = "(most-available)",
     .help = "how the peer of a call is chosen"},
    {"available", TYPE_CHOICE, .choices = "units|sessions", .fallback = "units",
     .help = "what most-available compares"},
    {"when-full", TYPE_CHOICE, .choices = "refuse|next", .fallback = "refuse",
     .help = "the chosen peer cannot take the call"},
    {"dead-peer", TYPE_CHOICE, .choices = "lost|next",
     .fallback = "(next for srv and dns, else lost)",
     .help = "a call sent to a peer that is dead but not yet detected"},
    {"ties", TYPE_CHOICE, .choices = "random|lowest", .fallback = "random",
     .help = "among equally available peers: any, or the first of the file"},
    {"licensing", TYPE_CHOICE, .choices = "pak|smart", .fallback = "pak",
     .help = "option keys on peers, or smart licensing"},
    {"licences", TYPE_MAPPING, .block = BLOCK_LICENCES,
     .help = "with smart licensing: licences of the whole cluster"},
    {"licence-grace", TYPE_DURATION, .choices = "never", .high = SECONDS_MAX,
     .fallback = "(pak: 14d, smart: never)",
     .help = "licences of a lost peer leave the pool after it"},
    {"detect", TYPE_DURATION, .choices = "never", .high = SECONDS_MAX, .fallback = "0s",
     .help = "how long a dead peer is still chosen"},
    {"setup-as-video", TYPE_BOOLEAN, .fallback = "no", .help = "a call in set-up is held as video"},
    {"units-on-both-peers", TYPE_BOOLEAN, .fallback = "no",
     .help = "media over two peers holds units on both"},
    {"call-signalling-optimization", TYPE_BOOLEAN, .fallback = "no",
     .help = "H.323: the receiving peer drops out of the path"},
    {"primary", TYPE_REFERENCE, .block = BLOCK_PEER, .fallback = "(the first peer)",
     .help = "configuration primary"},
    {"peers", TYPE_LIST, .required = true, .block = BLOCK_PEER, .help = "one to six"},
};

static const struct schema_row licences_rows[] = {
    {"rms", TYPE_INTEGER, .unit = "licences", .high = COUNT_MAX, .help = "rich media sessions"},
    {"desktop", TYPE_INTEGER, .unit = "licences", .high = COUNT_MAX, .help = "desktop systems"},
    {"room", TYPE_INTEGER, .unit = "licences", .high = COUNT_MAX, .help = "room systems"},
};

static const struct schema_row peer_rows[] = {
    {"name", TYPE_NAME, .required = true, .help = "unique in the scenario"},
    {"platform", TYPE_REFERENCE, .required = true, .block = BLOCK_PLATFORM,
     .help = "of the capacity table, or an own one"},
    {"rms", TYPE_INTEGER, .unit = "licences", .high = COUNT_MAX,
     .fallback = "(not limited, if no peer states it)",
     .help = "rich media session licences installed here"},
    {"desktop", TYPE_INTEGER, .unit = "licences", .high = COUNT_MAX, .fallback = "(as rms)",
     .help = "desktop system licences installed here"},
    {"room", TYPE_INTEGER, .unit = "licences", .high = COUNT_MAX, .fallback = "(as rms)",
     .help = "room system licences installed here"},
    {"rms-key", TYPE_BOOLEAN,
     .fallback = "(yes, unless others have RMS licences and this one none)",
     .help = "holds an RMS key"},
    {"max-sessions", TYPE_INTEGER, .unit = "calls", .high = COUNT_MAX, .fallback = "(no limit)",
     .help = "calls at once, for available: sessions"},
    {"setup-rate", TYPE_RATE, .low = 0.001, .high = 1e9,
     .fallback = "(what the platform publishes, else no limit)",
     .help = "call set-ups served per second"},
    {"turn-multiplexing", TYPE_BOOLEAN, .fallback = "yes",
     .help = "all TURN relays on one port, else six ports with a sixth each"},
    {"image", TYPE_CHOICE, .choices = "select|unrestricted", .fallback = "select",
     .help = "unrestricted: at most 2500 encrypted signalling sessions"},
    {"registration-rate", TYPE_RATE, .low = 0.001, .high = 1e9, .fallback = "(at once)",
     .help = "registrations served per second"},
    {"registration-queue", TYPE_INTEGER, .unit = "requests", .high = COUNT_MAX,
     .fallback = "(no limit)", .help = "registrations that may wait"},
    {"joins", TYPE_TIME, .fallback = "(from the start)", .help = "becomes part of the cluster"},
    {"leaves", TYPE_TIME, .fallback = "(never)", .help = "leaves the cluster"},
};

static const struct schema_row platform_rows[] = {
    {"name", TYPE_NAME, .required = true, .help = "not one of the table's"},
    {"units", TYPE_INTEGER, .unit = "units", .high = COUNT_MAX, .required = true,
     .help = "session units: the audio figure"},
    {"audio-weight", TYPE_INTEGER, .unit = "units", .high = 1e6, .fallback = "1",
     .help = "an audio call takes"},
    {"video-weight", TYPE_INTEGER, .unit = "units", .high = 1e6, .fallback = "2",
     .help = "a video call takes"},
    {"mra-video-weight", TYPE_INTEGER, .unit = "units", .high = 1e6,
     .fallback = "(as video-weight)", .help = "an MRA video call takes"},
    {"registrations", TYPE_INTEGER, .high = COUNT_MAX, .fallback = "(no limit)",
     .help = "registrations"},
    {"mra-registrations", TYPE_INTEGER, .high = COUNT_MAX, .fallback = "(no limit)",
     .help = "MRA registrations"},
    {"rms", TYPE_INTEGER, .unit = "sessions", .high = COUNT_MAX, .fallback = "(no limit)",
     .help = "rich media sessions at once"},
    {"turn", TYPE_INTEGER, .unit = "relays", .high = COUNT_MAX, .fallback = "(no limit)",
     .help = "TURN relays"},
    {"turn-ports", TYPE_BOOLEAN, .fallback = "no", .help = "six TURN ports unless multiplexed"},
    {"setup-rate", TYPE_INTEGER, .unit = "calls/s", .low = 1, .high = 1e9, .fallback = "(no limit)",
     .help = "call set-ups per second"},
    {"no-gain", TYPE_BOOLEAN, .fallback = "no",
     .help = "clustering adds no capacity (as the Small VM)"},
};

static const struct schema_row zone_rows[] = {
    {"name", TYPE_NAME, .required = true, .help = "unique in the scenario"},
    {"kind", TYPE_CHOICE, .choices = "dns|neighbour|traversal|other", .required = true,
     .help = "kind of zone"},
    {"cluster", TYPE_REFERENCE, .block = BLOCK_CLUSTER, .help = "the cluster it leads to"},
    {"peers", TYPE_REFERENCES, .block = BLOCK_PEER, .fallback = "(all of the cluster)",
     .help = "peers it lists, in any order; others get nothing from it"},
    {"choose", TYPE_CHOICE, .choices = ZONE_SELECTIONS,
     .fallback = "(neighbour, traversal: most-available, dns: srv, other: round-robin)",
     .help = "how it chooses a peer"},
};

static const struct schema_row endpoints_rows[] = {
    {"name", TYPE_NAME, .required = true, .help = "unique in the scenario"},
    {"cluster", TYPE_REFERENCE, .block = BLOCK_CLUSTER, .fallback = "(the only one)",
     .help = "where they register"},
    {"count", TYPE_INTEGER, .unit = "endpoints", .high = 1e9, .required = true, .help = "how many"},
    {"device", TYPE_CHOICE, .choices = "desktop|room", .fallback = "desktop",
     .help = "licence they need"},
    {"protocol", TYPE_CHOICE, .choices = "sip|h323|both", .fallback = "sip",
     .help = "both: registers twice"},
    {"access", TYPE_CHOICE, .choices = "local|proxied|mra", .fallback = "local",
     .help = "kind of registration"},
    {"failover", TYPE_CHOICE, .choices = "alternates|refresh|outbound|dns|mra",
     .fallback = "(mra: mra, h323: alternates, sip: refresh)",
     .help = "how they find another peer"},
    {"cisco", TYPE_BOOLEAN, .fallback = "yes",
     .help = "registered to Cisco infrastructure (licence rule)"},
    {"im", TYPE_FRACTION, .high = 1, .fallback = "0%",
     .help = "share with phone and IM: two encrypted sessions"},
    {"encrypted", TYPE_BOOLEAN, .fallback = "(mra: yes, else no)",
     .help = "signalling is encrypted"},
    {"spread", TYPE_REALS, .high = 1e9, .fallback = "(even)",
     .help = "weight of each peer, in file order"},
    {"ttl", TYPE_DURATION, .low = 1, .high = SECONDS_MAX,
     .fallback = "(h323: 30m, sip: 45s to 60s, outbound and mra: by the table)",
     .help = "time to live or refresh of a registration"},
    {"alternates", TYPE_CHOICE, .choices = "1|all", .fallback = "all",
     .help = "alternates an endpoint stores"},
    {"flows", TYPE_INTEGER, .low = 1, .high = 6, .fallback = "2", .help = "SIP outbound: flows"},
    {"keepalive", TYPE_DURATION, .high = SECONDS_MAX, .fallback = "30s",
     .help =
         "between keepalives (mra, outbound); 0s: mra notices at once, outbound at its refresh"},
    {"timeout", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX, .fallback = "3s",
     .help = "how long an answer is awaited"},
    {"dns-ttl", TYPE_DURATION, .high = SECONDS_MAX, .fallback = "1m",
     .help = "life of the DNS record"},
    {"retry", TYPE_MAPPING, .block = BLOCK_RETRY, .help = "after a try that failed"},
    {"rebalance", TYPE_BOOLEAN, .fallback = "(mra: yes, else no)",
     .help = "moves back moderately after a peer returns"},
};

static const struct schema_row retry_rows[] = {
    {"wait", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX, .fallback = "30s",
     .help = "first wait"},
    {"max", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX, .fallback = "30m",
     .help = "longest wait"},
    {"law", TYPE_CHOICE, .choices = "fixed|jitter|exponential|rfc5626",
     .fallback = "(outbound: rfc5626, else exponential)", .help = "how the wait grows"},
};

static const struct schema_row class_rows[] = {
    {"name", TYPE_NAME, .required = true, .help = "unique in the scenario"},
    {"media", TYPE_CHOICE, .choices = "audio|video", .fallback = "video",
     .help = "what it carries"},
    {"service", TYPE_CHOICE,
     .choices = "b2b|mra|registered|intracluster|interworking|lync|third-party|webrtc|webex|"
                "meeting-server",
     .fallback = "b2b", .help = "decides units, RMS and TURN with media and protocol"},
    {"protocol", TYPE_CHOICE, .choices = "sip|h323|interworked", .fallback = "sip",
     .help = "signalling"},
    {"via", TYPE_MAPPING, .block = BLOCK_VIA, .fallback = "(the only cluster)",
     .help = "where calls come in"},
    {"to", TYPE_MAPPING, .block = BLOCK_TO, .fallback = "(outside)", .help = "where they go"},
    {"arrivals", TYPE_MAPPING, .block = BLOCK_ARRIVALS,
     .help = "how often; none: from traces only"},
    {"holding", TYPE_MAPPING, .block = BLOCK_HOLDING, .help = "how long; required with arrivals"},
    {"selection", TYPE_CHOICE, .choices = SELECTIONS, .fallback = "(as zone or cluster)",
     .help = "how its peer is chosen"},
    {"units", TYPE_INTEGER, .unit = "units", .high = COUNT_MAX,
     .fallback = "(by media and service)", .help = "session units of a call"},
    {"rms", TYPE_CHOICE, .choices = "0|0.5|1|2", .unit = "licences",
     .fallback = "(by service, media and protocol)", .help = "RMS of a call"},
    {"turn", TYPE_INTEGER, .unit = "relays", .high = 1e6, .fallback = "(by service)",
     .help = "TURN relays of a call"},
    {"bandwidth", TYPE_BITS, .high = BITS_MAX, .fallback = "0",
     .help = "on pipes without a figure of their own"},
    {"pipes", TYPE_PIPES, .high = BITS_MAX, .help = "pipes it passes, each with its bit rate"},
    {"media-traverses", TYPE_BOOLEAN, .fallback = "yes",
     .help = "media crosses the peers; no: the call holds no units"},
    {"setup", TYPE_DURATION, .high = SECONDS_MAX, .fallback = "0s",
     .help = "set-up before the call connects"},
    {"redial", TYPE_MAPPING, .block = BLOCK_REDIAL, .help = "callers try again"},
};

static const struct schema_row via_rows[] = {
    {"zone", TYPE_REFERENCE, .block = BLOCK_ZONE, .help = "through a zone, which chooses the peer"},
    {"cluster", TYPE_REFERENCE, .block = BLOCK_CLUSTER,
     .help = "the cluster entered; alone: by its selection"},
    {"endpoints", TYPE_REFERENCE, .block = BLOCK_ENDPOINTS,
     .help = "from the peer each is registered to"},
    {"peer", TYPE_REFERENCE, .block = BLOCK_PEER, .help = "at this peer only"},
};

static const struct schema_row to_rows[] = {
    {"zone", TYPE_REFERENCE, .block = BLOCK_ZONE, .help = "out through a zone"},
    {"endpoints", TYPE_REFERENCE, .block = BLOCK_ENDPOINTS, .help = "to registered endpoints"},
};

static const struct schema_row arrivals_rows[] = {
    {"rate", TYPE_RATE, .high = 1e9, .help = "calls, or batches, a time"},
    {"profile", TYPE_FILE, .help = "CSV: time,class,calls_per_hour"},
    {"per-endpoint", TYPE_RATE, .high = 1e6, .help = "calls of each endpoint"},
    {"busy-hour-erlangs", TYPE_REAL, .unit = "erlangs", .high = 1e9, .help = "offered traffic"},
    {"users", TYPE_INTEGER, .unit = "users", .low = 1, .high = 1e9,
     .help = "with in-call or calls-per-hour"},
    {"registered", TYPE_FRACTION, .high = 1, .fallback = "100%",
     .help = "share of users registered"},
    {"in-call", TYPE_FRACTION, .high = 1, .help = "share of those in a call in the busy hour"},
    {"calls-per-hour", TYPE_REAL, .unit = "calls/h", .high = 1e6,
     .help = "of each registered user"},
    {"sources", TYPE_INTEGER, .unit = "sources", .low = 1, .high = 1e9,
     .help = "finite population, with idle"},
    {"idle", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX,
     .help = "mean time between calls of a source"},
    {"steps", TYPE_STEPS, .high = 1e9,
     .help = "[[time, factor], ...]: times the rate, daily if all below 24h"},
    {"batches", TYPE_BATCHES, .high = 1e6,
     .help = "[[size, probability], ...]: calls that arrive together"},
};

static const struct schema_row holding_rows[] = {
    {"distribution", TYPE_CHOICE,
     .choices = "exponential|deterministic|erlang|gamma|lognormal|hyperexponential|empirical",
     .fallback = "exponential", .help = "law of the holding time"},
    {"mean", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX, .help = "mean holding time"},
    {"cv", TYPE_REAL, .low = 1e-6, .high = 1000,
     .help = "coefficient of variation (gamma, lognormal, hyperexponential)"},
    {"k", TYPE_INTEGER, .unit = "phases", .low = 1, .high = 1e6, .help = "erlang: phases"},
    {"probabilities", TYPE_FRACTIONS, .high = 1, .help = "hyperexponential: of each branch"},
    {"means", TYPE_DURATIONS, .low = 0.001, .high = SECONDS_MAX,
     .help = "hyperexponential: of each branch"},
    {"file", TYPE_FILE, .help = "empirical: CSV of recorded durations"},
    {"column", TYPE_STRING, .fallback = "duration", .help = "empirical: its column"},
};

static const struct schema_row redial_rows[] = {
    {"probability", TYPE_FRACTION, .high = 1, .required = true,
     .help = "that a refused caller tries again"},
    {"after", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX, .required = true,
     .help = "mean wait"},
    {"law", TYPE_CHOICE, .choices = "exponential|deterministic", .fallback = "exponential",
     .help = "of the wait"},
    {"dropped", TYPE_BOOLEAN, .fallback = "no", .help = "calls that were cut are tried again too"},
};

static const struct schema_row trace_rows[] = {
    {"file", TYPE_FILE, .required = true, .help = "CSV: start,duration,class"},
    {"via", TYPE_MAPPING, .block = BLOCK_VIA, .fallback = "(the class's)",
     .help = "where its calls come in"},
};

static const struct schema_row pipe_rows[] = {
    {"name", TYPE_NAME, .required = true, .help = "unique in the scenario"},
    {"total", TYPE_BITS, .low = 1, .high = BITS_MAX, .required = true,
     .help = "for all calls together"},
    {"per-call", TYPE_BITS, .low = 1, .high = BITS_MAX, .fallback = "(no limit)",
     .help = "for one call"},
    {"when-full", TYPE_CHOICE, .choices = "refuse|downspeed", .fallback = "refuse",
     .help = "too little left"},
    {"floor", TYPE_BITS, .high = BITS_MAX, .fallback = "64k", .help = "downspeeding goes no lower"},
};

static const struct schema_row outage_rows[] = {
    {"peer", TYPE_REFERENCE, .block = BLOCK_PEER, .help = "this peer"},
    {"cluster", TYPE_REFERENCE, .block = BLOCK_CLUSTER,
     .help = "each peer of this cluster, by itself"},
    {"kind", TYPE_CHOICE, .choices = "failure|maintenance",
     .fallback = "(maintenance with drain, else failure)", .help = "maintenance is planned"},
    {"at", TYPE_TIME, .help = "scripted: when it begins"},
    {"do", TYPE_CHOICE, .choices = "drain|fail|up", .help = "scripted: a single step"},
    {"drain", TYPE_DURATION, .high = SECONDS_MAX,
     .help = "takes no new calls before it goes; what is left is cut"},
    {"for", TYPE_DURATION, .choices = "never", .high = SECONDS_MAX,
     .help = "how long it is away (never: for good)"},
    {"mtbf", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX,
     .help = "random: mean time up before a failure"},
    {"mttr", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX, .help = "random: mean repair time"},
    {"every", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX,
     .help = "random maintenance: mean time up between"},
    {"law", TYPE_CHOICE, .choices = "exponential|deterministic", .fallback = "exponential",
     .help = "of random times"},
    {"crew", TYPE_INTEGER, .unit = "peers", .low = 1, .high = 6, .fallback = "(no limit)",
     .help = "random: at most so many away at once"},
};

static const struct schema_row upgrade_rows[] = {
    {"cluster", TYPE_REFERENCE, .block = BLOCK_CLUSTER, .required = true,
     .help = "peers one after another"},
    {"at", TYPE_TIME, .required = true, .help = "when it begins"},
    {"order", TYPE_REFERENCES, .block = BLOCK_PEER, .fallback = "(the primary, then the file's)",
     .help = "order of the peers"},
    {"drain", TYPE_DURATION, .high = SECONDS_MAX, .fallback = "1h",
     .help = "of each peer before it goes"},
    {"away", TYPE_DURATION, .high = SECONDS_MAX, .fallback = "20m",
     .help = "upgrade and restart of each peer"},
    {"wait", TYPE_DURATION, .high = SECONDS_MAX, .fallback = "0s",
     .help = "after each peer, before the next"},
};

static const struct schema_row change_rows[] = {
    {"peer", TYPE_REFERENCE, .block = BLOCK_PEER, .required = true, .help = "where it is made"},
    {"at", TYPE_TIME, .required = true, .help = "when"},
    {"kind", TYPE_CHOICE, .choices = "cluster-wide|peer-specific|primary|force-update|restore",
     .required = true, .help = "what is done"},
};

static const struct schema_row run_rows[] = {
    {"start", TYPE_DATE, .fallback = "2026-03-02T00:00", .help = "the clock at time 0 (a Monday)"},
    {"length", TYPE_DURATION, .low = 0.001, .high = SECONDS_MAX, .fallback = "24h",
     .help = "measured time"},
    {"warmup", TYPE_DURATION, .choices = "auto|none", .high = SECONDS_MAX, .fallback = "auto",
     .help = "before the measured time"},
    {"replications", TYPE_INTEGER, .low = 1, .high = 1e6, .fallback = "30",
     .help = "independent repetitions"},
    {"seed", TYPE_SEED, .fallback = "1",
     .help = "of the random numbers, 0 to 18446744073709551615"},
    {"from", TYPE_CHOICE, .choices = "empty|steady", .fallback = "empty",
     .help = "state at the start"},
    {"interval", TYPE_DURATION, .low = 1, .high = SECONDS_MAX, .fallback = "15m",
     .help = "of the time series"},
    {"calls", TYPE_BOOLEAN, .fallback = "no", .help = "calls.csv for generated calls too"},
};

#define ROWS(rows) rows, sizeof(rows) / sizeof *(rows)

const struct schema_block_info schema_blocks[BLOCK_COUNT] = {
    [BLOCK_SCENARIO] = {"scenario", "the whole file", ROWS(scenario_rows)},
    [BLOCK_GOALS] = {"goals", "what the answer is judged by", ROWS(goals_rows)},
    [BLOCK_CLUSTER] = {"cluster", "a cluster of peers", ROWS(cluster_rows)},
    [BLOCK_LICENCES] = {"licences", "licences of a cluster", ROWS(licences_rows)},
    [BLOCK_PEER] = {"peer", "a peer of a cluster", ROWS(peer_rows)},
    [BLOCK_PLATFORM] = {"platform", "what one node can carry", ROWS(platform_rows)},
    [BLOCK_ZONE] = {"zone", "where calls come from and go to", ROWS(zone_rows)},
    [BLOCK_ENDPOINTS] = {"endpoints", "a population that registers", ROWS(endpoints_rows)},
    [BLOCK_RETRY] = {"retry", "waits of endpoints", ROWS(retry_rows)},
    [BLOCK_CLASS] = {"class", "a class of calls", ROWS(class_rows)},
    [BLOCK_VIA] = {"via", "where calls come in: one of these", ROWS(via_rows)},
    [BLOCK_TO] = {"to", "where calls go: one of these", ROWS(to_rows)},
    [BLOCK_ARRIVALS] = {"arrivals", "one way to state a load, with steps or batches",
                        ROWS(arrivals_rows)},
    [BLOCK_HOLDING] = {"holding", "holding time", ROWS(holding_rows)},
    [BLOCK_REDIAL] = {"redial", "callers who try again", ROWS(redial_rows)},
    [BLOCK_TRACE] = {"trace", "recorded calls", ROWS(trace_rows)},
    [BLOCK_PIPE] = {"pipe", "a bandwidth limit", ROWS(pipe_rows)},
    [BLOCK_OUTAGE] = {"outage", "a failure or maintenance", ROWS(outage_rows)},
    [BLOCK_UPGRADE] = {"upgrade", "a rolling upgrade", ROWS(upgrade_rows)},
    [BLOCK_CHANGE] = {"change", "a configuration change", ROWS(change_rows)},
    [BLOCK_RUN] = {"run", "how long to look, how often", ROWS(run_rows)},
};
