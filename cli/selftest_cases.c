#include "cli/selftest_cases.h"

/* Platforms of a few units; calls last an hour on average unless a case says otherwise. */
#define PLATFORM(name, units)                                                                      \
    "  - {name: " name ", registrations: 10, units: " units                                        \
    ", audio-weight: 1, video-weight: 2, mra-video-weight: 2, rms: 1000, "                         \
    "mra-registrations: 10, turn: 10}\n"
#define HOUR_LONG "{distribution: exponential, mean: 1h}"
#define CALLS(name, units, rms, rate)                                                              \
    "  - {name: " name ", media: audio, service: b2b, via: {cluster: c}, units: " units            \
    ", rms: " rms ", arrivals: {rate: " rate "}, holding: " HOUR_LONG "}\n"
#define RUN(length, warmup)                                                                        \
    "run: {length: " length ", warmup: " warmup ", replications: 60, interval: " length "}\n"

const struct selftest_case selftest_cases[] = {
    {"one class over unequal peers, ties at random",
     "scenario: erlang\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: random\n"
     "    peers: [{name: p, platform: six}, {name: q, platform: four}, {name: r, platform: four}]\n"
     "platforms:\n" PLATFORM("six", "6")
         PLATFORM("four", "4") "calls:\n" CALLS("audio", "1", "0", "11/h") RUN("1000h", "40h")},

    {"audio and video, the lower peer wins ties",
     "scenario: mixed\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: five}, {name: q, platform: six}]\n"
     "platforms:\n" PLATFORM("five", "5") PLATFORM("six", "6") "calls:\n" CALLS(
         "audio", "1", "0", "3/h") CALLS("video", "2", "0", "2/h") RUN("2000h", "40h")},

    {"best fit, first fit, random and random fit beside each other",
     "scenario: policies\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: random\n"
     "    peers: [{name: p, platform: three}, {name: q, platform: four}, {name: r, platform: "
     "three}]\n"
     "platforms:\n" PLATFORM("three", "3")
         PLATFORM("four", "4") "calls:\n"
                               "  - {name: best, via: {cluster: c}, units: 2, rms: 0, selection: "
                               "best-fit, arrivals: {rate: 1.2/h},\n"
                               "     holding: " HOUR_LONG "}\n"
                               "  - {name: first, via: {cluster: c}, units: 1, rms: 0, selection: "
                               "first-fit, arrivals: {rate: 1.5/h},\n"
                               "     holding: " HOUR_LONG "}\n"
                               "  - {name: random, via: {cluster: c}, units: 2, rms: 0, selection: "
                               "random, arrivals: {rate: 0.8/h},\n"
                               "     holding: " HOUR_LONG "}\n"
                               "  - {name: fit, via: {cluster: c}, units: 1, rms: 0, selection: "
                               "random-fit, arrivals: {rate: 1/h},\n"
                               "     holding: " HOUR_LONG "}\n" RUN("2000h", "40h")},

    {"sessions compared, the peer chosen refuses",
     "scenario: sessions\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: random\n"
     "    available: sessions\n"
     "    when-full: refuse\n"
     "    peers: [{name: p, platform: five, max-sessions: 4}, {name: q, platform: six, "
     "max-sessions: 5}]\n"
     "platforms:\n" PLATFORM("five", "5") PLATFORM("six", "6") "calls:\n" CALLS(
         "audio", "1", "0", "2.5/h") CALLS("video", "2", "0", "2/h") RUN("2000h", "40h")},

    {"sessions compared, a full peer passed over",
     "scenario: sessions\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    available: sessions\n"
     "    when-full: next\n"
     "    peers: [{name: p, platform: five, max-sessions: 4}, {name: q, platform: six, "
     "max-sessions: 5}]\n"
     "platforms:\n" PLATFORM("five", "5") PLATFORM("six", "6") "calls:\n" CALLS(
         "audio", "1", "0", "2.5/h") CALLS("video", "2", "0", "2/h") RUN("2000h", "40h")},

    {"a pool of licences: none, a half, one and two a call",
     "scenario: pool\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: five, rms: 3}, {name: q, platform: five, rms: 1}]\n"
     "platforms:\n" PLATFORM("five", "5") "calls:\n" CALLS("free", "1", "0", "2/h")
         CALLS("half", "1", "0.5", "2/h") CALLS("one", "2", "1", "1/h")
             CALLS("two", "1", "2", "0.5/h") RUN("2000h", "40h")},

    {"a cluster cap below the sum, failures, one repair at a time",
     "scenario: crew\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    cluster-cap: 7\n"
     "    ties: random\n"
     "    peers: [{name: p, platform: four}, {name: q, platform: four}, {name: r, platform: "
     "four}]\n"
     "platforms:\n" PLATFORM("four", "4") "calls:\n" CALLS("audio", "1", "0", "3/h")
         CALLS("video", "2", "0",
               "1/h") "outages:\n"
                      "  - {cluster: c, mtbf: 30h, mttr: 5h, law: exponential, crew: 1}\n" RUN(
                          "5000h", "500h")},

    {"a failing peer takes its licences along",
     "scenario: lost licences\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    licence-grace: 0s\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: five, rms: 2}, {name: q, platform: four, rms: 3}]\n"
     "platforms:\n" PLATFORM("four", "4")
         PLATFORM("five", "5") "calls:\n" CALLS("audio", "1", "1", "2/h") CALLS(
             "video", "2", "1",
             "1/h") "outages:\n"
                    "  - {peer: p, mtbf: 30h, mttr: 6h, law: exponential}\n"
                    "  - {peer: q, mtbf: 20h, mttr: 3h, law: exponential}\n" RUN("5000h", "400h")},

    {"maintenance cycles that drain",
     "scenario: maintenance\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: four}, {name: q, platform: three}]\n"
     "platforms:\n" PLATFORM("three", "3") PLATFORM("four", "4") "calls:\n" CALLS("audio", "1", "0",
                                                                                  "2/h")
         CALLS("video", "2", "0", "1/h") "outages:\n"
                                         "  - {cluster: c, kind: maintenance, every: 20h, drain: "
                                         "2h, for: 3h, law: exponential}\n" RUN("5000h", "500h")},

    {"refused and cut calls redial",
     "scenario: redial\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: random\n"
     "    peers: [{name: p, platform: three}, {name: q, platform: three}]\n"
     "platforms:\n" PLATFORM(
         "three", "3") "calls:\n"
                       "  - {name: audio, via: {cluster: c}, units: 1, rms: 0, arrivals: {rate: "
                       "3/h}, holding: " HOUR_LONG ",\n"
                       "     redial: {probability: 60%, after: 20m, law: exponential, dropped: "
                       "yes}}\n" CALLS(
                           "video", "2", "0",
                           "0.5/h") "outages:\n"
                                    "  - {cluster: c, mtbf: 15h, mttr: 3h, law: exponential}\n" RUN(
                                        "4000h", "300h")},

    {"finite sources and meetings that start at once",
     "scenario: sources and batches\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: four}, {name: q, platform: five}]\n"
     "platforms:\n" PLATFORM("four", "4")
         PLATFORM("five", "5") "calls:\n"
                               "  - {name: few, via: {cluster: c}, units: 1, rms: 0, arrivals: "
                               "{sources: 6, idle: 90m},\n"
                               "     holding: " HOUR_LONG "}\n"
                               "  - {name: meeting, via: {cluster: c}, units: 1, rms: 0,\n"
                               "     arrivals: {rate: 1/h, batches: [[1, 0.5], [3, 0.3], [5, "
                               "0.2]]}, holding: " HOUR_LONG "}\n" RUN("2000h", "40h")},

    {"holding times of little and of much spread",
     "scenario: holding\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: three}, {name: q, platform: four}]\n"
     "platforms:\n" PLATFORM("three", "3") PLATFORM(
         "four",
         "4") "calls:\n"
              "  - {name: audio, via: {cluster: c}, units: 1, rms: 0, arrivals: {rate: 2/h},\n"
              "     holding: {distribution: hyperexponential, probabilities: [0.8, 0.2], means: "
              "[30m, 3h]}}\n"
              "  - {name: video, via: {cluster: c}, units: 2, rms: 0, arrivals: {rate: 1.2/h},\n"
              "     holding: {distribution: erlang, k: 2, mean: 1h}}\n" RUN("2000h", "60h")},

    {"pinned calls and a shared pipe",
     "scenario: pinned\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: four}, {name: q, platform: three}]\n"
     "platforms:\n" PLATFORM("three", "3") PLATFORM(
         "four",
         "4") "pipes:\n"
              "  - {name: wan, total: 9M}\n"
              "calls:\n"
              "  - {name: here, via: {peer: p}, units: 2, rms: 0, arrivals: {rate: 1/h}, "
              "holding: " HOUR_LONG ",\n"
              "     pipes: {wan: 2M}}\n"
              "  - {name: there, via: {peer: q}, units: 1, rms: 0, arrivals: {rate: 1.5/h}, "
              "holding: " HOUR_LONG ",\n"
              "     pipes: {wan: 1500k}}\n"
              "  - {name: anywhere, via: {cluster: c}, units: 1, rms: 0, arrivals: {rate: 1.5/h},\n"
              "     holding: " HOUR_LONG ", pipes: {wan: 1M}}\n" RUN("2000h", "40h")},

    {"calls that need an edge and a core cluster",
     "scenario: traversal\n"
     "clusters:\n"
     "  - name: c\n"
     "    role: edge\n"
     "    traversal: core\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: three}, {name: q, platform: three}]\n"
     "  - name: core\n"
     "    role: core\n"
     "    redundancy: none\n"
     "    ties: random\n"
     "    peers: [{name: x, platform: two}, {name: y, platform: three}]\n"
     "platforms:\n" PLATFORM("three", "3")
         PLATFORM("two", "2") "calls:\n"
                              "  - {name: audio, media: audio, service: mra, via: {cluster: c}, "
                              "units: 1, arrivals: {rate: 1.5/h},\n"
                              "     holding: " HOUR_LONG "}\n"
                              "  - {name: video, media: video, service: mra, via: {cluster: c}, "
                              "units: 2, arrivals: {rate: 0.7/h},\n"
                              "     holding: " HOUR_LONG "}\n" RUN("2000h", "40h")},

    {"a start in the steady state, on peers with a unit to spare",
     "scenario: steady\n"
     "clusters:\n"
     "  - name: c\n"
     "    redundancy: none\n"
     "    ties: lowest\n"
     "    peers: [{name: p, platform: seven}, {name: q, platform: five}]\n"
     "platforms:\n" PLATFORM("five", "5") PLATFORM("seven", "7") "calls:\n" CALLS(
         "video", "2", "0",
         "4/h") "run: {length: 2h, from: steady, replications: 5000, interval: 2h}\n"},
};
const size_t selftest_case_count = sizeof selftest_cases / sizeof *selftest_cases;
