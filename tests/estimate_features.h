/* Scenarios that switch on one thing at a time: a base, and settings for every key of the schema
 * that can change what happens to calls. Features of one `place` exclude each other. */
#ifndef PEERPLAN_TESTS_ESTIMATE_FEATURES_H
#define PEERPLAN_TESTS_ESTIMATE_FEATURES_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "data/settings.h"
#include "tests/estimate_claims.h"

static const char features_base[] =
    "scenario: base\n"
    "goals: {blocking: 2%}\n"
    "platforms:\n"
    "  - {name: u20, units: 20, registrations: 300, rms: 99, mra-registrations: 300}\n"
    "  - {name: u30, units: 30, registrations: 300, rms: 99, mra-registrations: 300}\n"
    "  - {name: u12, units: 12, registrations: 300, rms: 99, mra-registrations: 300}\n"
    "  - {name: tight, units: 20, registrations: 60, rms: 8, mra-registrations: 40, turn: 30}\n"
    "  - {name: vast, units: 9000, registrations: 300, rms: 9999, mra-registrations: 300}\n"
    "clusters:\n"
    "  - name: a\n"
    "    redundancy: none\n"
    "    peers:\n"
    "      - {name: a0, platform: u20}\n"
    "      - {name: a1, platform: u20}\n"
    "  - name: b\n"
    "    redundancy: none\n"
    "    peers:\n"
    "      - {name: b0, platform: u20}\n"
    "      - {name: b1, platform: u20}\n"
    "zones:\n"
    "  - {name: z, kind: neighbour, cluster: a}\n"
    "  - {name: out, kind: dns}\n"
    "endpoints:\n"
    "  - {name: phones, cluster: a, count: 100, device: desktop, protocol: sip, access: local}\n"
    "  - {name: far, cluster: b, count: 80, device: room, protocol: sip, access: local}\n"
    "pipes:\n"
    "  - {name: wan, total: 100M}\n"
    "calls:\n"
    "  - name: v\n"
    "    media: audio\n"
    "    service: registered\n"
    "    via: {cluster: a}\n"
    "    arrivals: {rate: 62/h}\n"
    "    holding: {distribution: exponential, mean: 30m}\n";
static const char features_run[] =
    "run: {length: 60h, warmup: 8h, replications: 24, interval: 1h}\n";

#define FEATURE_SETTINGS 4

struct feature {
    const char *place, *name; /* "policy", "random" */
    const char *set[FEATURE_SETTINGS];
    const char *text; /* a further class; NULL: none */
};

static const struct feature features[] = {
    {"table", "release", .set = {"release=X15.5"}},
    {"caps", "cap", .set = {"clusters.a.cluster-cap=36"}},
    {"caps", "n+1", .set = {"clusters.a.redundancy=n+1", "clusters.a.peers=3"}},
    {"caps", "legacy", .set = {"clusters.a.redundancy=legacy"}},
    {"caps", "printed", .set = {"clusters.a.cluster-caps=printed"}},
    {"peers", "one", .set = {"clusters.a.peers=1", "calls.v.arrivals.rate=30/h"}},
    {"peers", "unequal", .set = {"clusters.a.peers.a1.platform=u30", "clusters.a.cluster-cap=45"}},
    {"peers", "four small", .set = {"clusters.a.peers.*.platform=u12", "clusters.a.peers=4"}},
    {"peers", "six", .set = {"clusters.a.peers=6", "calls.v.arrivals.rate=220/h"}},
    {"policy", "first fit", .set = {"clusters.a.selection=first-fit"}},
    {"policy", "best fit", .set = {"clusters.a.selection=best-fit"}},
    {"policy", "random", .set = {"clusters.a.selection=random"}},
    {"policy", "random fit", .set = {"clusters.a.selection=random-fit"}},
    {"policy", "of the class", .set = {"calls.v.selection=random"}},
    {"ties", "lowest", .set = {"clusters.a.ties=lowest"}},
    {"full", "next", .set = {"clusters.a.when-full=next"}},
    {"sessions", "counted",
     .set = {"clusters.a.available=sessions", "clusters.a.peers.a0.max-sessions=12"}},
    {"sessions", "limited", .set = {"clusters.a.peers.*.max-sessions=15"}},
    {"rms", "pak",
     .set = {"clusters.a.peers.*.rms=14", "calls.v.service=b2b", "calls.v.media=video",
             "calls.v.arrivals.rate=34/h"}},
    {"rms", "smart",
     .set = {"clusters.a.licensing=smart", "clusters.a.licences={rms: 14}", "calls.v.service=b2b"}},
    {"rms", "grace",
     .set = {"clusters.a.peers.*.rms=16", "clusters.a.licence-grace=0s", "calls.v.service=b2b"}},
    {"rms", "of the platform",
     .set = {"clusters.a.peers.*.platform=tight", "calls.v.service=lync", "calls.v.media=video",
             "calls.v.arrivals.rate=34/h"}},
    {"rms", "stated", .set = {"clusters.a.peers.*.rms=16", "calls.v.rms=1"}},
    {"rms", "key", .set = {"clusters.a.peers.a0.rms=20", "clusters.a.peers.a0.rms-key=yes"}},
    {"set-up rate", "of peers", .set = {"clusters.a.peers.*.setup-rate=80/h"}},
    {"set-up rate", "of a bound peer",
     .set = {"clusters.a.peers.*.platform=vast", "clusters.a.peers.*.setup-rate=1.5/s",
             "calls.v.via={peer: a0}", "calls.v.arrivals.rate=3000/h"}},
    {"set-up rate", "drawn",
     .set = {"clusters.a.peers.*.platform=vast", "clusters.a.peers.*.setup-rate=120/h",
             "clusters.a.selection=random", "calls.v.arrivals.rate=100/h"}},
    {"load", "light", .set = {"calls.v.arrivals.scale=35%"}},
    {"load", "fair", .set = {"calls.v.arrivals.scale=65%"}},
    {"image", "unrestricted", .set = {"clusters.a.peers.*.image=unrestricted"}},
    {"joins", "later", .set = {"clusters.a.peers.a1.joins=20h"}},
    {"joins", "leaves", .set = {"clusters.a.peers.a1.leaves=40h"}},
    {"via", "zone", .set = {"calls.v.via={zone: z}"}},
    {"via", "zone of some", .set = {"zones.z.peers=[a1]", "calls.v.via={zone: z}"}},
    {"via", "weights",
     .set = {"zones.z.peers=[{peer: a0, weight: 70}, {peer: a1, weight: 30}]", "zones.z.choose=srv",
             "calls.v.via={zone: z}"}},
    {"via", "priorities",
     .set = {"zones.z.peers=[{peer: a0, priority: 1}, {peer: a1, priority: 2}]",
             "calls.v.via={zone: z}"}},
    {"via", "fallback", .set = {"zones.z.fallback=b", "calls.v.via={zone: z}"}},
    {"via", "dns", .set = {"zones.z.kind=dns", "calls.v.via={zone: z}"}},
    {"via", "other", .set = {"zones.z.kind=other", "calls.v.via={zone: z}"}},
    {"via", "round robin", .set = {"zones.z.choose=round-robin", "calls.v.via={zone: z}"}},
    {"via", "endpoints", .set = {"calls.v.via={endpoints: phones}"}},
    {"via", "refuge",
     .set = {"calls.v.via={endpoints: phones}", "endpoints.phones.fallback=b",
             "outages.1={peer: a0, at: 20h, for: 8h}", "outages.2={peer: a1, at: 22h, for: 6h}"}},
    {"via", "refuge throughout",
     .set = {"calls.v.via={endpoints: phones}", "endpoints.phones.fallback=b",
             "clusters.a.peers.*.joins=100h"}},
    {"via", "spread", .set = {"endpoints.phones.spread=[3, 1]", "calls.v.via={endpoints: phones}"}},
    {"via", "mra",
     .set = {"endpoints.phones.access=mra", "calls.v.via={endpoints: phones}",
             "calls.v.service=mra"}},
    {"via", "peer", .set = {"calls.v.via={peer: a0}", "calls.v.arrivals.rate=30/h"}},
    {"to", "zone", .set = {"calls.v.to={zone: out}"}},
    {"to", "endpoints", .set = {"calls.v.to={endpoints: phones}"}},
    {"to", "far", .set = {"calls.v.to={endpoints: far}"}},
    {"to", "both peers",
     .set = {"calls.v.to={endpoints: phones}", "clusters.a.units-on-both-peers=yes"}},
    {"path", "traversal",
     .set = {"clusters.a.traversal=b", "clusters.a.role=edge", "clusters.b.role=core"}},
    {"path", "h323 optimized",
     .set = {"clusters.a.call-signalling-optimization=yes", "calls.v.protocol=h323",
             "calls.v.to={endpoints: phones}", "endpoints.phones.protocol=h323"}},
    {"path", "ice", .set = {"calls.v.ice=40%"}},
    {"path", "no media", .set = {"calls.v.media-traverses=no"}},
    {"media", "video", .set = {"calls.v.media=video", "calls.v.arrivals.rate=32/h"}},
    {"media", "h323", .set = {"calls.v.protocol=h323"}},
    {"media", "interworked", .set = {"calls.v.service=interworking"}},
    {"service", "intracluster", .set = {"calls.v.service=intracluster"}},
    {"service", "third party", .set = {"calls.v.service=third-party"}},
    {"service", "webrtc", .set = {"calls.v.service=webrtc"}},
    {"service", "webex", .set = {"calls.v.service=webex"}},
    {"service", "meeting server", .set = {"calls.v.service=meeting-server"}},
    {"units", "three", .set = {"calls.v.units=3", "calls.v.arrivals.rate=20/h"}},
    {"units", "none", .set = {"calls.v.units=0"}},
    {"turn", "stated", .set = {"clusters.a.peers.*.platform=tight", "calls.v.turn=2"}},
    {"turn", "ports",
     .set = {"clusters.a.peers.*.platform=tight", "calls.v.turn=1",
             "clusters.a.peers.*.turn-multiplexing=no"}},
    {"setup", "time", .set = {"calls.v.setup=2m"}},
    {"setup", "as video", .set = {"calls.v.setup=2m", "clusters.a.setup-as-video=yes"}},
    {"redial", "slow", .set = {"calls.v.redial={probability: 50%, after: 6h}"}},
    {"redial", "soon", .set = {"calls.v.redial={probability: 60%, after: 3m}"}},
    {"redial", "dropped", .set = {"calls.v.redial={probability: 60%, after: 5h, dropped: yes}"}},
    {"reserve", "units", .set = {"calls.v.reserve=3"}},
    {"reserve", "rms",
     .set = {"calls.v.reserve-rms=2", "calls.v.rms=1", "clusters.a.peers.*.rms=18"}},
    {"goal", "of the class", .set = {"calls.v.goal=0.5%"}},
    {"goal", "worst hour", .set = {"goals.worst-hour=5%"}},
    {"goal", "registrations", .set = {"goals.registrations=10%"}},
    {"arrivals", "steps", .set = {"calls.v.arrivals.steps=[[0h, 0.3], [8h, 1.1], [18h, 0.4]]"}},
    {"arrivals", "burst", .set = {"calls.v.arrivals.steps=[[0h, 0.2], [9h17m, 9], [9h22m, 0.2]]"}},
    {"arrivals", "sources", .set = {"calls.v.arrivals={sources: 60, idle: 25m}"}},
    {"arrivals", "batches",
     .set = {"calls.v.arrivals={rate: 22/h, batches: [[1, 0.6], [5, 0.4]]}"}},
    {"arrivals", "per endpoint",
     .set = {"calls.v.via={endpoints: phones}", "calls.v.arrivals={per-endpoint: 0.6/h}"}},
    {"arrivals", "erlangs", .set = {"calls.v.arrivals={busy-hour-erlangs: 33}"}},
    {"arrivals", "users", .set = {"calls.v.arrivals={users: 300, registered: 80%, in-call: 12%}"}},
    {"arrivals", "scale", .set = {"calls.v.arrivals.scale=115%"}},
    {"holding", "deterministic",
     .set = {"calls.v.holding={distribution: deterministic, mean: 30m}"}},
    {"holding", "erlang", .set = {"calls.v.holding={distribution: erlang, k: 3, mean: 30m}"}},
    {"holding", "gamma", .set = {"calls.v.holding={distribution: gamma, mean: 30m, cv: 1.5}"}},
    {"holding", "lognormal",
     .set = {"calls.v.holding={distribution: lognormal, mean: 30m, cv: 1.2}"}},
    {"holding", "hyper",
     .set = {"calls.v.holding={distribution: hyperexponential, mean: 30m, cv: 1.6}"}},
    {"pipe", "full", .set = {"pipes.wan.total=33M", "calls.v.pipes={wan: 1M}"}},
    {"pipe", "per call",
     .set = {"pipes.wan.per-call=500k", "calls.v.pipes={wan: 1M}", "pipes.wan.when-full=downspeed",
             "pipes.wan.floor=400k"}},
    {"pipe", "downspeed",
     .set = {"pipes.wan.total=20M", "pipes.wan.when-full=downspeed", "pipes.wan.floor=500k",
             "calls.v.pipes={wan: 1M}"}},
    {"pipe", "bandwidth",
     .set = {"pipes.wan.total=32M", "calls.v.bandwidth=1M", "calls.v.pipes={wan: 1M}"}},
    {"pipe", "subzones",
     .set = {"clusters.a.subzones=[{name: s, within: 20M, from: 24M, per-call: 1M}]",
             "endpoints.phones.subzone=s", "calls.v.via={endpoints: phones}",
             "calls.v.bandwidth=1M"}},
    {"second", "audio",
     .text = "  - {name: w, media: audio, service: registered, via: {cluster: a}, arrivals: {rate: "
             "8/h}, "
             "holding: {mean: 30m}}\n"},
    {"second", "video",
     .text = "  - {name: w, media: video, service: registered, via: {cluster: a}, arrivals: {rate: "
             "6/h}, "
             "holding: {mean: 30m}}\n"},
    {"second", "paid", .set = {"clusters.a.peers.*.rms=3"},
     .text = "  - {name: w, media: audio, service: b2b, via: {cluster: a}, arrivals: {rate: 9/h}, "
             "holding: "
             "{mean: 30m}}\n"},
    {"second", "pinned",
     .text = "  - {name: w, media: audio, service: registered, via: {peer: a1}, arrivals: "
             "{rate: 9/h}, holding: {mean: 30m}}\n"},
    {"second", "other hold",
     .text = "  - {name: w, media: video, service: registered, via: {cluster: a}, arrivals: {rate: "
             "24/h}, "
             "holding: {mean: 6m}}\n"},
    {"second", "sources",
     .text = "  - {name: w, media: audio, service: registered, via: {cluster: a}, arrivals: "
             "{sources: 12, idle: "
             "50m}, holding: {mean: 30m}}\n"},
    {"second", "batches",
     .text = "  - {name: w, media: audio, service: registered, via: {cluster: a}, arrivals: {rate: "
             "3/h, batches: "
             "[[4, 1]]}, holding: {mean: 30m}}\n"},
    {"outage", "scripted", .set = {"outages.1={peer: a1, at: 20h, for: 10h}"}},
    {"outage", "drained",
     .set = {"outages.1={peer: a1, at: 20h, drain: 30m, for: 2h, kind: maintenance}"}},
    {"outage", "steps",
     .set = {"outages.1={peer: a0, at: 15h, do: drain}", "outages.2={peer: a0, at: 16h, do: fail}",
             "outages.3={peer: a0, at: 18h, do: up}"}},
    {"outage", "random",
     .set = {"outages.1={cluster: a, mtbf: 150h, mttr: 12h}", "run.warmup=200h",
             "run.length=600h"}},
    {"outage", "of one peer",
     .set = {"outages.1={peer: a0, mtbf: 90h, mttr: 9h}", "run.warmup=200h", "run.length=600h"}},
    {"outage", "crew",
     .set = {"outages.1={cluster: a, mtbf: 120h, mttr: 15h, crew: 1}", "run.warmup=200h",
             "run.length=600h"}},
    {"outage", "short",
     .set = {"outages.1={cluster: a, mtbf: 10h, mttr: 20m}", "run.warmup=50h", "run.length=200h"}},
    {"outage", "stated times",
     .set = {"outages.1={cluster: a, mtbf: 100h, mttr: 10h, distribution: "
             "deterministic}",
             "run.length=300h"}},
    {"outage", "maintenance",
     .set = {"outages.1={cluster: a, kind: maintenance, every: 120h, drain: 1h, "
             "for: 3h}",
             "run.warmup=200h", "run.length=600h"}},
    {"outage", "from all up",
     .set = {"outages.1={cluster: a, mtbf: 150h, mttr: 12h}", "run.warmup=none",
             "run.length=100h"}},
    {"detect", "late", .set = {"clusters.a.detect=10m", "outages.1={peer: a1, at: 20h, for: 10h}"}},
    {"detect", "random",
     .set = {"clusters.a.detect=1h", "clusters.a.dead-peer=next",
             "outages.1={cluster: a, mtbf: 40h, mttr: 10h}", "run.length=300h"}},
    {"upgrade", "rolling", .set = {"upgrades.1={cluster: a, at: 22h, drain: 30m, away: 20m}"}},
    {"registrations", "too many",
     .set = {"endpoints.phones.count=900", "calls.v.via={endpoints: phones}"}},
    {"registrations", "licences",
     .set = {"clusters.a.peers.*.desktop=20", "calls.v.via={endpoints: phones}"}},
    {"registrations", "both",
     .set = {"endpoints.phones.protocol=both", "endpoints.phones.im=50%",
             "calls.v.via={endpoints: phones}"}},
    {"start", "steady", .set = {"run.from=steady"}},
    {"start", "empty", .set = {"run.warmup=none", "run.length=10h"}},
    {"start", "auto", .set = {"run.warmup=auto"}},
};

#define FEATURES (sizeof features / sizeof *features)
#define TOGETHER 5 /* features of a scenario that switches on several */

struct combination {
    size_t members[TOGETHER];
    size_t count;
};

static void say_combination(const struct combination *c)
{
    for (size_t i = 0; i < c->count; i++) {
        printf("  %s: %s", features[c->members[i]].place, features[c->members[i]].name);
        for (size_t k = 0; k < FEATURE_SETTINGS && features[c->members[i]].set[k]; k++)
            printf(" '%s'", features[c->members[i]].set[k]);
        printf("%s%s\n", features[c->members[i]].text ? " " : "",
               features[c->members[i]].text ? features[c->members[i]].text : "");
    }
}

/* False when a claim fails; what cannot be a scenario claims nothing. */
static bool features_run_together(const struct combination *c, uint64_t seed, struct claims *claims,
                                  size_t *impossible)
{
    static const char *const goals[] = {"0.2%", "1%", "3%", "8%"};
    const char *items[TOGETHER * FEATURE_SETTINGS + 2];
    char text[40], goal[40], base[4096];
    struct settings settings = {items, 0};
    struct scenario scenario = {0};
    struct errors errors;
    struct claims one = {0};
    errors_init(&errors);
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < FEATURE_SETTINGS && features[c->members[i]].set[k]; k++)
            items[settings.count++] = features[c->members[i]].set[k];
    snprintf(text, sizeof text, "run.seed=%llu", (unsigned long long)seed);
    items[settings.count++] = text;
    snprintf(goal, sizeof goal, "goals.blocking=%s", goals[seed % 4]);
    items[settings.count++] = goal;
    snprintf(base, sizeof base, "%s", features_base);
    for (size_t i = 0; i < c->count; i++)
        if (features[c->members[i]].text)
            strncat(base, features[c->members[i]].text, sizeof base - strlen(base) - 1);
    strncat(base, features_run, sizeof base - strlen(base) - 1);
    struct draft *draft = draft_new(base, "base", ".", &errors);
    bool made = draft && draft_scenario(draft, &settings, &scenario, &errors), ok = true;
    if (made)
        ok = claims_of(&one, &scenario) && claims_hold(&one);
    *impossible += !made;
    if (!made && c->count == 1)
        printf("no scenario: %s\n", errors.count ? errors.items[0].message : "");
    if (!ok || (!made && c->count == 1))
        say_combination(c);
    claims_add(claims, &one);
    scenario_release(&scenario);
    draft_free(draft);
    errors_release(&errors);
    return ok && (made || c->count > 1);
}

#endif
