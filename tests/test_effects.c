/* Inputs without effect: each is an important warning and a note, and an error in a strict reading;
 * a scenario in which everything has an effect says nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/scenario_file.h"
#include "data/settings.h"

/* Two files in a folder of their own: the scenario and a profile. */
struct files {
    char folder[32], scenario[64], profile[64];
};

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const char base[] =
    "clusters:\n"
    "  - {name: a, peers: [{name: p1, platform: lab}, {name: p2, platform: large-vm}]}\n"
    "platforms: [{name: lab, units: 10}]\n"
    "zones: [{name: z, kind: dns, cluster: a}]\n"
    "pipes: [{name: wan, total: 10M}]\n"
    "endpoints: [{name: e, cluster: a, count: 100}]\n"
    "calls:\n"
    "  - {name: v, bandwidth: 1M, pipes: [wan], via: {zone: z}, arrivals: {profile: p.csv}, "
    "holding: {mean: 3m}}\n"
    "  - {name: w, via: {endpoints: e}, arrivals: {rate: 60/h}, holding: {mean: 3m}}\n"
    "run: {length: 24h}\n";

static const char day[] = "time,class,calls_per_hour\n00:00,v,60\n12:00,v,30\n";

static const struct effect_case {
    const char *old, *with; /* in the scenario */
    const char *profile;    /* NULL: as it is */
    const char *said;       /* NULL: nothing */
} cases[] = {
    {"", "", NULL, NULL},
    {"run:", "outages: [{peer: p1, at: 24h, for: 1h}]\nrun:", NULL,
     "the outage at 24h has no effect"},
    {"run:", "outages: [{peer: p1, at: 23h, for: 1h}]\nrun:", NULL, NULL},
    {"run:", "upgrades: [{cluster: a, at: 30h}]\nrun:", NULL, "the upgrade at 30h has no effect"},
    {"run:", "changes: [{peer: p1, at: 30h, kind: restore}]\nrun:", NULL,
     "the change at 30h has no effect"},
    {"platform: large-vm", "platform: large-vm, joins: 3d", NULL,
     "that the peer joins at 3d has no effect"},
    {"platform: large-vm", "platform: large-vm, leaves: 3d", NULL, "leaves at 3d has no effect"},
    {"platform: lab", "platform: large-vm", NULL, "no peer has the platform 'lab'"},
    {"via: {zone: z}, ", "", NULL, "no call passes the zone 'z'"},
    {"bandwidth: 1M, pipes: [wan], ", "", NULL, "no class passes the pipe 'wan'"},
    {"via: {endpoints: e}", "via: {zone: z}", NULL, "from or to the endpoints 'e'"},
    {"platforms:", "  - {name: b, peers: [{name: p3, platform: large-vm}]}\nplatforms:", NULL,
     "nothing uses the cluster 'b'"},
    {"rate: 60/h", "rate: 2001/h", NULL, "about 100 calls at once are offered to endpoints 'e'"},
    {"rate: 60/h", "rate: 2000/h", NULL, NULL},
    {"rate: 60/h", "profile: p.csv", /* a burst is as many calls as it brings */
     "time,class,calls_per_hour\n00:00,v,60\n00:00,w,60\n08:00,w,6000\n08:01,w,60\n", NULL},
    {"rate: 60/h", "profile: p.csv",
     "time,class,calls_per_hour\n00:00,v,60\n00:00,w,60\n08:00,w,6000\n12:00,w,60\n",
     "about 300 calls at once are offered to endpoints 'e'"},
    {"rate: 60/h", "sources: 101, idle: 1h", NULL, "which are only 100 devices"},
    {"", "", "time,class,calls_per_hour\n00:00,v,60\n1:00,vv,60\n2:00,vv,60\n",
     "2 rows of class 'vv', which the scenario does not have, did you mean 'v'"},
    {"", "", "time,class,calls_per_hour\n00:00,v,60\n1:00,w,60\n",
     "1 row of class 'w' have no effect"},
    {"", "", "time,class,calls_per_hour\n0,v,60\n2h,v,60\n", NULL},
    {"", "", "time,class,calls_per_hour\n1h,v,60\n2h,v,60\n", "begins at 1h, within the run"},
    {"", "", "time,class,calls_per_hour\n0,v,60\n1h,v,61\n2h,v,60\n3h,v,60\n",
     "ends at 4h, before the run does"},
    {"", "", "time,class,calls_per_hour\n2026-03-02T00:00,v,60\n2026-03-02T12:00,v,60\n", NULL},
    {"", "", "time,class,calls_per_hour\n2026-03-02T00:00,v,60\n2026-03-02T06:00,v,60\n",
     "ends at 2026-03-02T12:00:00, before the run does"},
    {"", "", "time,class,calls_per_hour\n2026-03-02T00:00,v,60\nx,v,60\n",
     "1 of 2 rows are bad and left out"},
};

static void write_case(const struct files *files, const struct effect_case *c)
{
    char text[4096];
    const char *at = strstr(base, c->old);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - base), base, c->with, at + strlen(c->old));
    put(files->scenario, text);
    put(files->profile, c->profile ? c->profile : day);
}

static const struct error *important(const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        if (errors->items[i].important)
            return &errors->items[i];
    return NULL;
}

static void test_one(const struct files *files, const struct effect_case *c)
{
    struct scenario s;
    struct errors errors;
    errors_init(&errors);
    bool good = scenario_read(files->scenario, &s, &errors);
    const struct error *e = important(&errors);
    if (!good || !e != !c->said || (e && !strstr(e->message, c->said)))
        fail_msg("%s: read %d, said %s", c->with, good, e ? e->message : "nothing");
    bool noted = false;
    for (uint32_t i = 0; i < s.note_count; i++)
        noted = noted || (c->said && strstr(s.notes[i], c->said));
    assert_int_equal(noted, c->said != NULL);
    scenario_release(&s);
    errors_release(&errors);
    errors_init(&errors);
    struct draft *draft = draft_read(files->scenario, true, &errors);
    bool strict = draft && draft_scenario(draft, NULL, &s, &errors);
    draft_free(draft);
    if (strict != !c->said || (!strict && errors_code(&errors) != ERROR_DATA))
        fail_msg("%s: strict %d", c->with, strict);
    scenario_release(&s);
    errors_release(&errors);
}

static void test_cases(void **state)
{
    struct files files;
    (void)state;
    strcpy(files.folder, "/tmp/peerplan-effects-XXXXXX");
    assert_non_null(mkdtemp(files.folder));
    snprintf(files.scenario, sizeof files.scenario, "%s/s.yaml", files.folder);
    snprintf(files.profile, sizeof files.profile, "%s/p.csv", files.folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_case(&files, &cases[i]);
        test_one(&files, &cases[i]);
    }
    unlink(files.scenario);
    unlink(files.profile);
    rmdir(files.folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
