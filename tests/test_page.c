/* Pages: one file, no scripts, whatever names say; the style's hash is that of the style; the same
 * bytes for the same seed; without gnuplot tables stand alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/process.h"

static void check(const char *command, const char *output)
{
    struct outcome o = process_run(command);
    if (o.status != 0 || strcmp(o.output, output) != 0)
        fail_msg("exit %d: \"%s\", not \"%s\" (%s): %s", o.status, o.output, output, o.said,
                 command);
    outcome_release(&o);
}

#define MAKE                                                                                       \
    "D=$(mktemp -d) && $P new --users 300 --rooms 9 --b2b 9/h -o $D/s.yaml && "                    \
    "$P run -q -r 2 $D/s.yaml --html $D/p.html >/dev/null 2>&1; "

static void test_self_contained(void **state)
{
    (void)state;
    check(MAKE "grep -c '<!DOCTYPE html>' $D/p.html; grep -ci '<script\\|javascript:\\|http://\\|"
               "https://\\|<img\\|url(\\| style=' $D/p.html; grep -c 'rgb(' $D/p.html; rm -r $D",
          "1\n0\n0\n");
    /* every id once, headings in order, an end for every section */
    check(MAKE
          "grep -o ' id=[\"'\"'\"'][^\"'\"'\"']*' $D/p.html | sort | uniq -d; "
          "grep -o '<h[1-6]' $D/p.html | uniq -c | tr -d ' '; "
          "test $(grep -o '<section' $D/p.html | wc -l) = $(grep -o '</section>' $D/p.html | wc "
          "-l) && echo even; rm -r $D",
          "1<h1\n5<h2\n2<h3\n3<h2\neven\n");
}

static void test_style_hash(void **state)
{
    (void)state;
    check(
        MAKE
        "sed -n 's/.*<style>\\(.*\\)<\\/style>.*/\\1/p' $D/p.html | tr -d '\\n' | sha256sum | "
        "cut -d' ' -f1 >$D/a; sed -n \"s/.*'sha256-\\([^']*\\)'.*/\\1/p\" $D/p.html | base64 -d | "
        "od -An -tx1 | tr -d ' \\n' >$D/b; echo >>$D/b; cmp $D/a $D/b && wc -c <$D/a; rm -r $D",
        "65\n");
}

static void test_same_bytes(void **state)
{
    (void)state;
    check(MAKE "$P run -q -r 2 -j 1 $D/s.yaml --html $D/q.html >/dev/null 2>&1; "
               "cmp $D/p.html $D/q.html && echo same; rm -r $D",
          "same\n");
}

/* Names that would be markup, a command, or the end of a line elsewhere. */
static void test_hostile_names(void **state)
{
    (void)state;
    check("D=$(mktemp -d) && cat >$D/s.yaml <<'EOF'\n"
          "scenario: \"</title><script>alert(1)</script> `id` $(id) \\u202e right \\U0001F600\"\n"
          "clusters:\n"
          "- name: \"<b>'x'; system(1)\"\n"
          "  peers:\n"
          "  - {name: \"e'1 %d\", platform: small-vm}\n"
          "  - {name: \"@`date`\", platform: small-vm}\n"
          "calls:\n"
          "- {name: \"</svg><script>\", arrivals: {rate: 600/h}, holding: {mean: 10m}}\n"
          "outages:\n"
          "- {peer: \"e'1 %d\", at: 2h, for: 1h}\n"
          "run: {length: 6h, replications: 2}\n"
          "EOF\n"
          "$P run -q $D/s.yaml --html $D/p.html >/dev/null 2>&1; grep -c '<script' $D/p.html; "
          "grep -c '<b>.x' $D/p.html; grep -o '<svg class=\"wide\"' $D/p.html | wc -l; ls $D | wc "
          "-l; "
          "rm -r $D",
          "0\n0\n3\n2\n");
}

/* The same, and longer than any line, in all that charts and workbooks are written as. */
static void test_hostile_everywhere(void **state)
{
    (void)state;
    check(
        "D=$(mktemp -d) && cd $D && L=$(head -c 10000 /dev/zero | tr '\\0' x) && "
        "sed \"s/WIDE/$(echo $L | cut -c1-40)/\" >s.yaml <<'EOF'\n"
        "scenario: \"=cmd|' /C calc'!A0 \\u202e `id` </script>\"\n"
        "clusters:\n"
        "- name: \"=1+1 ;set output 'owned'\"\n"
        "  peers:\n"
        "  - {name: \"@SUM(A1)\", platform: small-vm, rms: 9}\n"
        "  - {name: WIDE, platform: small-vm, rms: 9}\n"
        "calls:\n"
        "- {name: \"+'</text>]]>\\u202e\\U0001F600 WIDE\", arrivals: {rate: 600/h}, holding: "
        "{mean: 10m}}\n"
        "outages:\n"
        "- {peer: \"@SUM(A1)\", at: 2h, for: 1h}\n"
        "run: {length: 6h, replications: 2}\n"
        "EOF\n"
        "$P run s.yaml --html p.html --xlsx b.xlsx --svg svg --png png --pdf c.pdf --csv csv "
        ">out 2>err; echo $?; ls | tr '\\n' ' '; ls svg | wc -l; ls png | wc -l; head -c 5 c.pdf; "
        "echo; head -c 4 png/refused.png | tail -c 3; echo; "
        "for f in svg/*.svg; do xmllint --noout $f 2>&1 || echo $f; done | head -3; "
        "grep -c 'rgb(\\|<script' svg/*.svg p.html | grep -vc ':0$'; "
        "unzip -p b.xlsx 'xl/worksheets/*.xml' | grep -c '<f>'; "
        "LC_ALL=C grep -c \"$(printf '[\\001-\\010\\013-\\037]')\" out; rm -r $D",
        "0\nb.xlsx c.pdf csv err out p.html png s.yaml svg 4\n4\n%PDF-\nPNG\n0\n0\n0\n");
}

/* Commands with a table of their own have it on the page and in the workbook; a run of a database,
 * too. */
static void test_tables_of_commands(void **state)
{
    (void)state;
    check(
        "D=$(mktemp -d) && cd $D && $P new pair -o s.yaml && for c in 'size --peers 2..2' "
        "'forecast --growth 3%/month --months 6' \"compare --set calls.*.arrivals.scale=120%\" "
        "'sweep --estimate --db x.db --vary calls.*.arrivals.scale=1,2'; do $P $c s.yaml --html "
        "p.html --xlsx b.xlsx >/dev/null 2>&1; echo \"$? $(grep -c '<h2 id=.*>\\(1\\|2\\). "
        "\\(Designs\\|Dates\\|Differences\\|Points\\)' p.html) $(unzip -p b.xlsx xl/workbook.xml | "
        "grep -c '\"\\(Designs\\|Dates\\|Differences\\|Points\\)\"')\"; rm p.html b.xlsx; done; "
        "$P run -q -r 2 s.yaml --db x.db >/dev/null; for i in 1 2 3; do $P report $i --db x.db -o "
        "r.html 2>/dev/null; echo $?; done; grep -c 'carries it: YES' r.html; $P report s.yaml "
        "s.yaml -o r 2>/dev/null; echo $?; cp s.yaml t.yaml; $P report -r 2 s.yaml t.yaml -o r "
        ">/dev/null && ls r; rm -r $D",
        "0 1 1\n0 1 1\n0 1 1\n0 1 1\n0\n0\n66\n1\n64\nindex.html\ns.html\nt.html\n");
}

/* Files of charts: the same bytes each time; without gnuplot an error. */
static void test_slides(void **state)
{
    (void)state;
    check(
        "D=$(mktemp -d) && cd $D && $P new pair -o s.yaml && for i in 1 2; do $P run -q -r 2 -j $i "
        "s.yaml --svg svg$i --png png$i --pdf $i.pdf >/dev/null 2>&1; done; cmp 1.pdf 2.pdf && "
        "diff -r svg1 svg2 && diff -r png1 png2 && ls svg1 | tr '\\n' ' '; rm -r $D",
        "day-1.svg headroom.svg panel-down.svg panel-planned.svg refused.svg ");
    struct outcome o = process_run("D=$(mktemp -d) && $P new pair -o $D/s.yaml && mkdir $D/bin && "
                                   "PATH=$D/bin $P estimate -q $D/s.yaml --pdf $D/x.pdf");
    assert_int_equal(o.status, 73);
    assert_non_null(strstr(o.said, "gnuplot was not found"));
    outcome_release(&o);
}

/* The sentence of every verdict, by scenarios that give it. */
static void test_wording(void **state)
{
    (void)state;
#define SAYS(make)                                                                                 \
    "D=$(mktemp -d) && cd $D && " make " | tr '\n' ' ' >/dev/null; sed -n 's/.*<p "                \
    "class=\"sentence\">\\(.*\\)<\\/p>.*/\\1/p' p.html; "                                          \
    "rm -r $D"
    check(SAYS("$P new pair -o s.yaml && $P run -q -r 2 s.yaml --html p.html"),
          "It carries the load, also with 1 peer down.\n");
    check(SAYS("$P new pair --users 100000 -o s.yaml && $P run -q -r 2 s.yaml --html p.html"),
          "It does not carry the load.\n");
    /* by formula: what is not modelled, and the command that decides */
#define WHY                                                                                        \
    "D=$(mktemp -d) && cd $D && printf 'clusters: [{name: c, peers: [{name: a, platform: "         \
    "medium-vm}, {name: b, platform: medium-vm}]}]\\nendpoints: [{name: e, cluster: c, count: "    \
    "600}]\\ncalls: [{name: v, via: {endpoints: e}, arrivals: {rate: 1400/h}, holding: {mean: "    \
    "3m}}, {name: w, arrivals: {rate: 1200/h}, holding: {mean: 3m}}]\\ngoals: {blocking: 1%%}\\n'" \
    " >s.yaml && $P estimate -q s.yaml --html p.html >/dev/null; "
    check(WHY
          "grep -c '<p class=\"sentence\">The formulas do not look at everything that can refuse "
          "a call here.</p>' p.html; grep -c 'class=\"word cannot-tell\">CANNOT TELL' p.html; grep "
          "-o '<p>By formula.*goal "
          "1.%), but calls bound to a peer share it with calls that choose.*A simulation "
          "decides.</p>' p.html | wc -l; grep -c 'What decides it.*<code>peerplan run s.yaml' "
          "p.html; rm -r $D",
          "1\n1\n1\n1\n");
#define ONE                                                                                        \
    "printf 'clusters:\\n- {name: c, peers: [{name: p, platform: lab}]}\\nplatforms:\\n- {name: "  \
    "lab, "                                                                                        \
    "units: 10, registrations: 50, audio-weight: 1, video-weight: 2}\\n' >s.yaml; "
    check(SAYS(ONE "printf 'calls:\\n- {name: v, media: audio, arrivals: {rate: 13.4/h}, holding: "
                   "{mean: 20m}}\\nrun: {length: 6h, replications: 2, warmup: none}\\n' >>s.yaml; "
                   "$P run -q --method plain --max-replications 2 s.yaml --html p.html"),
          "Two simulated runs of 6 h are too few to say whether it carries the load.\n");
    check(SAYS(ONE
               "printf 'calls:\\n- {name: v, media: audio, arrivals: {rate: 0/h}, holding: "
               "{mean: 20m}}\\nrun: {length: 6h, replications: 2}\\n' >>s.yaml; $P run -q s.yaml "
               "--html p.html"),
          "No call and no device was offered in the measured time.\n");
}

static void test_without_gnuplot(void **state)
{
    (void)state;
    check("D=$(mktemp -d) && $P new pair -o $D/s.yaml && mkdir $D/bin && "
          "PATH=$D/bin $P run -q -r 2 $D/s.yaml --html $D/p.html >/dev/null; "
          "grep -c '<svg class=\"wide\"' $D/p.html; grep -c 'gnuplot was not found' $D/p.html; "
          "grep -c '<details open>' $D/p.html; rm -r $D",
          "0\n2\n3\n");
}

static void test_other_pages(void **state)
{
    (void)state;
    check(
        "D=$(mktemp -d) && $P new pair -o $D/s.yaml && $P estimate -q $D/s.yaml --html $D/e.html "
        ">/dev/null; grep -c 'By formula, unless' $D/e.html; $P report $D/s.yaml -r 2 -o $D/r.html "
        "| grep -c 'carries it'; grep -c '</html>' $D/r.html; "
        "sed -i 's/    peers:/    cluster-name: v\\n&/' $D/s.yaml; $P check $D/s.yaml --html "
        "$D/c.html "
        ">/dev/null; grep -c 'cluster-name-fqdn' $D/c.html; rm -r $D",
        "1\n1\n1\n1\n");
    check("D=$(mktemp -d) && cd $D && $P new pair --users 100000 -o s.yaml && $P new pair -o "
          "t.yaml && "
          "$P advise s.yaml --html a.html --xlsx a.xlsx >/dev/null; grep -c '</html>' a.html; grep "
          "-o "
          "'<h2 id=\"h2\">2. [A-Z][a-z]*' a.html; $P advise t.yaml --when upgrade --html w.html "
          ">/dev/null; grep -c '</html>' w.html; grep -o '<h2 id=\"h2\">2. [A-Z][a-z]*' w.html; rm "
          "-r $D",
          "1\n<h2 id=\"h2\">2. Changes\n1\n<h2 id=\"h2\">2. Hours\n");
    struct outcome o = process_run("$P new pair | $P run -q -r 2 - --html /nowhere/p.html");
    assert_int_equal(o.status, 73);
    outcome_release(&o);
}

/* What commands find has a chart of its own, on the page and for slides. */
static void test_charts_of_commands(void **state)
{
    (void)state;
    check("D=$(mktemp -d) && cd $D && $P new pair --survive 1 -o s.yaml && "
          "$P forecast s.yaml --growth 9%/month -q --html f.html --svg f --pdf f.pdf >/dev/null; "
          "ls f; head -c 5 f.pdf; echo; grep -c '<svg class=\"wide\"' f.html; "
          "$P size s.yaml -q --html z.html --svg z >/dev/null; ls z; "
          "$P compare s.yaml --set 'calls.*.arrivals.scale=150%' -q -r 3 --html c.html --svg c "
          ">/dev/null; ls c; grep -c 'Greatest change in refused calls' c.html; "
          "grep -o 'peerplan compare s.yaml --set [^ ]* --replications 3 --seed 1' c.html | wc -l; "
          "grep -c 'rgb(' f/*.svg z/*.svg c/*.svg | grep -v ':0'; rm -r $D",
          "goals.svg\nlimits.svg\n%PDF-\n2\ndesigns.svg\ndifferences.svg\n3\n1\n");
    check("D=$(mktemp -d) && cd $D && printf 'clusters: [{name: c, peers: [{name: p, platform: "
          "small-vm}]}]\nendpoints: [{name: e, count: 9}]\n' >s.yaml; $P compare s.yaml s.yaml -q "
          "-r 2 --svg c 2>&1 >/dev/null | sed 's/.*: //'; rm -r $D",
          "no line, class or design has a figure\n");
}

static void test_hostile_charts_of_commands(void **state)
{
    (void)state;
    check("D=$(mktemp -d) && cd $D && cat >s.yaml <<'EOF'\n"
          "clusters:\n"
          "- {name: \"=1+1 '; set output 'owned'\", peers: [{name: \"`touch owned`\", platform: "
          "small-vm}, {name: \"\\u202e\\U0001F600</text>\", platform: small-vm}]}\n"
          "endpoints: [{name: \"e' & <b>\", count: 900}]\n"
          "calls: [{name: \"@'</script>]]> %d\", arrivals: {rate: 240/h}, holding: {mean: 8m}}]\n"
          "goals: {survive: 1}\nrun: {length: 4h, replications: 2}\ngrowth: {all: 9%/month}\n"
          "EOF\n"
          "$P forecast s.yaml --html f.html --svg f --xlsx f.xlsx >/dev/null; "
          "$P compare s.yaml --set 'calls.*.arrivals.scale=140%' -q --html c.html --svg c --xlsx "
          "c.xlsx >/dev/null; $P size s.yaml --html z.html --svg z --xlsx z.xlsx >/dev/null; "
          "$P run -q s.yaml --html r.html --xlsx r.xlsx >/dev/null; ls | tr '\\n' ' '; "
          "for f in [fcz]/*.svg; do xmllint --noout $f 2>&1 || echo $f; done | head -3; "
          "cat *.html | grep -c '<script\\|<b>.x'; for x in *.xlsx; do unzip -p $x "
          "'xl/worksheets/*.xml' | grep -c '<f>'; done | sort -u; rm -r $D",
          "c c.html c.xlsx f f.html f.xlsx r.html r.xlsx s.yaml z z.html z.xlsx 0\n0\n");
}

static void test_several(void **state)
{
    (void)state;
    check("D=$(mktemp -d) && cd $D && $P new pair -o a.yaml && $P new pair --users 100000 -o 'b "
          "b.yaml' && "
          "$P run -q a.yaml 'b b.yaml' --html out >/dev/null; echo $?; ls out; "
          "grep -c 'href=\"./b%20b.html\"' out/index.html; grep -o 'm-[a-z]*\"/></svg> [a-z]*' "
          "out/index.html | tail -2; rm -r $D",
          "1\na.html\nb b.html\nindex.html\n1\nm-yes\"/></svg> yes\nm-no\"/></svg> no\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_contained),
        cmocka_unit_test(test_style_hash),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_without_gnuplot),
        cmocka_unit_test(test_other_pages),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_hostile_everywhere),
        cmocka_unit_test(test_slides),
        cmocka_unit_test(test_charts_of_commands),
        cmocka_unit_test(test_hostile_charts_of_commands),
        cmocka_unit_test(test_wording),
        cmocka_unit_test(test_tables_of_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
