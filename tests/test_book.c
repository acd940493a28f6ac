/* Workbooks: sheets by fixed names, numbers as numbers, texts that look like formulas as texts, the
 * same bytes for the same seed. Read by libarchive: a workbook is an archive of XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#include <stdbool.h>

#include "tests/process.h"

/* The contents of an entry, owned; NULL when there is none. */
static char *entry(const char *path, const char *name)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *item;
    char *text = NULL;
    archive_read_support_format_zip(archive);
    assert_int_equal(archive_read_open_filename(archive, path, 65536), ARCHIVE_OK);
    while (!text && archive_read_next_header(archive, &item) == ARCHIVE_OK) {
        if (strcmp(archive_entry_pathname(item), name) != 0)
            continue;
        size_t size = 1 << 22, used = 0;
        text = calloc(1, size);
        for (la_ssize_t n;
             used < size - 1 && (n = archive_read_data(archive, text + used, size - 1 - used)) > 0;)
            used += (size_t)n;
    }
    archive_read_free(archive);
    return text;
}

static void make(const char *command)
{
    struct outcome o = process_run(command);
    if (o.status != 0)
        fail_msg("%s: exit %d: %s", command, o.status, o.said);
    outcome_release(&o);
}

static void has(const char *path, const char *name, const char *part, bool wanted)
{
    char *text = entry(path, name);
    if (!text || (strstr(text, part) != NULL) != wanted)
        fail_msg("%s: %s \"%s\" in \"%.300s\"", name, wanted ? "no" : "there is", part,
                 text ? text : "(nothing)");
    free(text);
}

static void test_run(void **state)
{
    (void)state;
    static const char *const sheets[] = {"Answer", "Goals",   "Classes", "Peers and pools",
                                         "Day",    "Failure", "Events",  "Alarms",
                                         "Growth", "About"};
    make("cat >/tmp/peerplan-book.yaml <<'EOF'\n"
         "scenario: \"=cmd|' /C calc'!A0\"\n"
         "clusters: [{name: '@hq', peers: [{name: '+a', platform: small-vm}, {name: '+b', "
         "platform: small-vm}]}]\n"
         "calls: [{name: '-x', arrivals: {rate: 1000/h}, holding: {mean: 10m}}]\n"
         "outages: [{peer: '+a', at: 2h, for: 1h}]\n"
         "goals: {survive: 1}\n"
         "run: {length: 4h, replications: 3}\n"
         "EOF\n"
         "cd /tmp && for i in 1 2; do $P run -q peerplan-book.yaml --xlsx peerplan-book-$i.xlsx; "
         "true; done && "
         "cmp peerplan-book-1.xlsx peerplan-book-2.xlsx");
    char *book = entry("/tmp/peerplan-book-1.xlsx", "xl/workbook.xml");
    const char *at = book;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        char name[64];
        snprintf(name, sizeof name, "<sheet name=\"%s\"", sheets[i]);
        at = strstr(at, name);
        if (!at)
            fail_msg("no sheet %s behind the ones before: %s", sheets[i], book);
    }
    free(book);
    for (int i = 1; i <= 10; i++) {
        char name[64];
        snprintf(name, sizeof name, "xl/worksheets/sheet%d.xml", i);
        has("/tmp/peerplan-book-1.xlsx", name, "<f>", false);
    }
    has("/tmp/peerplan-book-1.xlsx", "xl/sharedStrings.xml", "<t>=cmd|", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/worksheets/sheet4.xml", "<c r=\"F2\" s=\"", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/charts/chart5.xml", "Day!$B$2:$B$17", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/charts/chart3.xml", "<c:f>Classes!$D$2", true);
    /* a dotted line at 90 %, the capacity in steps, what is left with a peer down, other loads */
    has("/tmp/peerplan-book-1.xlsx", "xl/charts/chart5.xml", "90 % alarm", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/charts/chart4.xml", "90 % alarm", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/charts/chart6.xml", "Failure!$M$2:$M$17", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/charts/chart7.xml", "Growth!$C$2:$C$7", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/sharedStrings.xml", "-x refused", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/worksheets/sheet1.xml", " - seed 1 - ", true);
    has("/tmp/peerplan-book-1.xlsx", "xl/workbook.xml", "<definedName name=\"worst_refused\"",
        true);
    make("rm /tmp/peerplan-book*");
}

static void test_findings(void **state)
{
    (void)state;
    make("cd /tmp && echo 'clusters: [{name: c, cluster-name: c, peers: [{name: p, platform: "
         "small-vm}]}]' "
         ">peerplan-book.yaml && $P check peerplan-book.yaml --xlsx peerplan-book.xlsx >/dev/null");
    has("/tmp/peerplan-book.xlsx", "xl/workbook.xml", "<sheet name=\"Findings\"", true);
    has("/tmp/peerplan-book.xlsx", "xl/sharedStrings.xml", "cluster-name-fqdn", true);
    make("rm /tmp/peerplan-book*");
    struct outcome o = process_run("$P new pair | $P run -q -r 2 - --xlsx /nowhere/x.xlsx");
    assert_int_equal(o.status, 73);
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
