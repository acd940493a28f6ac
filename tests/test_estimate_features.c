/* The estimate with one thing at a time switched on, against the simulator: what it claims holds
 * (tests/estimate_claims.h). `make check-estimate` runs all features and their combinations. No
 * figure depends on the order of the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "data/schema.h"
#include "tests/estimate_features.h"

#define SCENARIOS 60

static void claims_hold_with_one_feature(void **state)
{
    (void)state;
    struct claims claims = {0};
    size_t impossible = 0, step = (FEATURES + SCENARIOS - 1) / SCENARIOS;
    for (size_t i = 0; i < FEATURES; i += step) {
        struct combination c = {{i}, 1};
        if (!features_run_together(&c, 1000 + i, &claims, &impossible))
            fail_msg("%s, %s", features[i].place, features[i].name);
    }
    assert_int_equal(impossible, 0);
    double square = claims.z_squares / (double)claims.exact, noise = 3 / sqrt((double)claims.exact);
    assert_true(claims.exact > 300 && claims.yes > 5 && claims.no > 5);
    assert_true(square > 0.85 - noise && square < 1.2 + noise);
}

/* ---- every key ---- */

/* Keys that change nothing about calls, or what estimates do not speak of. */
static const char *const elsewhere =
    " scenario table clusters platforms zones endpoints calls traces pipes outages upgrades "
    "changes "
    "growth run survive name desktop room primary system-name version cluster-name peer-order "
    "options "
    "time-zone ntp dns syslog latency certificate address ip-version tls-verification "
    "address-mapping provisioning findme phonebook tms links a b file column profile repeat "
    "failover registration-rate registration-queue audio-weight video-weight mra-video-weight "
    "turn-ports "
    "no-gain cisco encrypted ttl alternates flows keepalive timeout dns-ttl retry rebalance wait "
    "max "
    "growth calls-per-hour of means probabilities order seed calls start maintenance ";

static bool appears(const char *key)
{
    char with[80];
    snprintf(with, sizeof with, "%s:", key);
    if (strstr(features_base, with) || strstr(features_run, with))
        return true;
    for (size_t i = 0; i < FEATURES; i++) {
        const struct feature *f = &features[i];
        if (f->text && strstr(f->text, with))
            return true;
        for (size_t k = 0; k < FEATURE_SETTINGS && f->set[k]; k++) {
            const char *at = strstr(f->set[k], key);
            if (strstr(f->set[k], with) || (at && at[strlen(key)] == '='))
                return true;
        }
    }
    return false;
}

static void every_key_is_switched_on(void **state)
{
    (void)state;
    for (int block = 0; block < BLOCK_COUNT; block++) {
        size_t count;
        const struct schema_row *rows = schema_rows((enum schema_block)block, &count);
        for (size_t i = 0; i < count; i++) {
            char word[80];
            snprintf(word, sizeof word, " %s ", rows[i].key);
            if (!appears(rows[i].key) && !strstr(elsewhere, word))
                fail_msg("no feature has the key '%s' of %s", rows[i].key,
                         schema_block_name((enum schema_block)block));
        }
    }
}

/* ---- the order of the file ---- */

static const char *const parts[2][2] = {
    {"  - name: e\n    role: edge\n    traversal: c\n    redundancy: none\n    peers: [{name: e0, "
     "platform: u20}, {name: e1, platform: u30}, {name: e2, platform: u12}]\n",
     "  - name: c\n    role: core\n    redundancy: none\n    peers: [{name: c0, platform: u30}, "
     "{name: "
     "c1, platform: u20}]\n"},
    {"  - name: c\n    role: core\n    redundancy: none\n    peers: [{name: c1, platform: u20}, "
     "{name: "
     "c0, platform: u30}]\n",
     "  - name: e\n    role: edge\n    traversal: c\n    redundancy: none\n    peers: [{name: e2, "
     "platform: u12}, {name: e0, platform: u20}, {name: e1, platform: u30}]\n"}};
static const char *const classes[2][2] = {
    {"  - {name: v, media: audio, service: registered, via: {cluster: e}, arrivals: {rate: 60/h}, "
     "holding: {mean: 20m}}\n",
     "  - {name: w, media: audio, service: registered, via: {peer: c0}, arrivals: {rate: 20/h, "
     "steps: "
     "[[0h, 1], [9h, 2], [10h, 1]]}, holding: {mean: 20m}}\n"},
    {"  - {name: w, media: audio, service: registered, via: {peer: c0}, arrivals: {rate: 20/h, "
     "steps: "
     "[[0h, 1], [9h, 2], [10h, 1]]}, holding: {mean: 20m}}\n",
     "  - {name: v, media: audio, service: registered, via: {cluster: e}, arrivals: {rate: 60/h}, "
     "holding: {mean: 20m}}\n"}};

static void make_permuted(int clusters, int order, const char *more, struct scenario *s,
                          struct estimate *e)
{
    char text[4096];
    struct errors errors;
    errors_init(&errors);
    snprintf(text, sizeof text,
             "scenario: any order\nplatforms: [{name: u20, units: 20}, {name: u30, units: 30}, "
             "{name: u12, units: 12}]\nclusters:\n%s%scalls:\n%s%s%srun: {length: 14h, warmup: "
             "none}\n",
             parts[clusters][0], parts[clusters][1], classes[order][0], classes[order][1], more);
    struct draft *draft = draft_new(text, "any", ".", &errors);
    if (!draft || !draft_scenario(draft, NULL, s, &errors))
        fail_msg("%s", errors.count ? errors.items[0].message : "no scenario");
    assert_true(estimate_make(s, NULL, e));
    draft_free(draft);
    errors_release(&errors);
}

static void no_figure_depends_on_the_order(void **state)
{
    (void)state;
    static const char *const more[] = {
        "",
        "outages:\n  - {cluster: e, mtbf: 50h, mttr: 5h}\n  - {peer: c0, mtbf: 70h, mttr: 9h}\n",
        "outages:\n  - {peer: e1, at: 5h, for: 3h}\n"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        for (int k = 1; k < 4; k++) {
            struct scenario a, b;
            struct estimate x, y;
            make_permuted(0, 0, more[i], &a, &x);
            make_permuted(k & 1, k >> 1, more[i], &b, &y);
            assert_int_equal(x.count, y.count);
            for (size_t r = 0; r < x.count; r++) {
                const struct estimate_row *p = &x.rows[r];
                const struct estimate_row *q =
                    estimate_find(&y, p->hour, p->down, p->scope, p->name, p->metric);
                if (!q || fabs(p->value - q->value) > 1e-9 * fabs(p->value) + 1e-14)
                    fail_msg("%d %d %s %s %s: %.15g is %.15g in another order", p->hour, p->down,
                             p->scope, p->name, p->metric, p->value, q ? q->value : NAN);
                assert_int_equal(p->badge, q->badge);
            }
            estimate_release(&x);
            estimate_release(&y);
            scenario_release(&a);
            scenario_release(&b);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_switched_on),
        cmocka_unit_test(no_figure_depends_on_the_order),
        cmocka_unit_test(claims_hold_with_one_feature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
