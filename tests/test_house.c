/* The house from outside: what `make install` puts down `make uninstall` takes away; manual pages
 * are there and clean; the licence is what it says; nothing made holds the place where it was made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/process.h"

static void check(const char *command, const char *output)
{
    struct outcome o = process_run(command);
    if (o.status != 0)
        fail_msg("%s: exit %d: %s%s", command, o.status, o.output, o.said);
    assert_string_equal(o.output, output);
    outcome_release(&o);
}

/* The variables of the make that runs the tests come with the environment; without one the flags
 * are not known, and everything would be built anew. */
static void need_make(void)
{
    if (!getenv("MAKELEVEL"))
        skip();
}

static void test_install_and_uninstall(void **state)
{
    (void)state;
    need_make();
    check("d=$(mktemp -d) && make -s install DESTDIR=$d PREFIX=/usr >/dev/null && "
          "(cd $d && find . -type f | grep -v '/examples/' | LC_ALL=C sort) && "
          "cmp $d/usr/bin/peerplan $P && $d/usr/bin/peerplan --version >/dev/null && "
          "test $(ls examples | wc -l) = $(ls $d/usr/share/peerplan/examples | wc -l) && "
          "make -s uninstall DESTDIR=$d PREFIX=/usr >/dev/null && find $d -mindepth 1 && rmdir $d",
          "./usr/bin/peerplan\n"
          "./usr/share/man/man1/peerplan.1\n"
          "./usr/share/man/man5/peerplan-scenario.5\n");
}

/* What is not ours stays, also a folder that was there and shares a name. */
static void test_uninstall_takes_only_its_own(void **state)
{
    (void)state;
    need_make();
    check("d=$(mktemp -d) && make -s install PREFIX=$d >/dev/null && touch $d/bin/other && "
          "make -s uninstall PREFIX=$d >/dev/null && (cd $d && find . -mindepth 1 | LC_ALL=C sort) "
          "&& rm -r $d",
          "./bin\n./bin/other\n");
}

static void test_licence(void **state)
{
    (void)state;
    check("grep -c 'GNU GENERAL PUBLIC LICENSE' LICENSE && grep -c 'Version 3, 29 June 2007' "
          "LICENSE && "
          "grep -c '^SPDX-License-Identifier: GPL-3.0-or-later$' README.md",
          "1\n1\n1\n");
}

/* The read-me and the manual show commands that exist, and every command. */
static void test_documents_know_the_commands(void **state)
{
    (void)state;
    check("$P help | sed -n '/^Commands:/,/^$/s/^  \\([a-z]*\\) .*/\\1/p' | sort -u "
          ">/tmp/commands.$$; "
          "for page in README.md man/*.scd; do sed -n 's/^ .*peerplan \\([a-z]*\\).*/\\1/p' $page; "
          "done | "
          "sort -u | comm -23 - /tmp/commands.$$; rm /tmp/commands.$$",
          "");
    need_make();
    check("m=$(dirname $P)/man/peerplan.1; for c in $($P help | "
          "sed -n '/^Commands:/,/^$/s/^  \\([a-z]*\\) .*/\\1/p'); do "
          "grep -q \"^Usage: peerplan $c\" $m || echo $c; done",
          "");
}

static void test_nothing_holds_its_place(void **state)
{
    (void)state;
    check("here=$(pwd -P); strings -a $P | grep -F \"$here/\" | grep -v 'gcda$' | head -3; true",
          "");
}

/* What an attacker's file could do is made harder: addresses at random, nothing both writable and
 * executable, no table of functions that can be written. */
static void test_hardened(void **state)
{
    (void)state;
    check("readelf -dW $P | grep -o 'Flags: NOW PIE'; readelf -lW $P | grep -c 'GNU_RELRO'; "
          "readelf -lW $P | grep -c 'RWE'; true",
          "Flags: NOW PIE\n1\n0\n");
    /* canaries, and calls that know how much room there is; sanitizers have means of their own */
    check("readelf --dyn-syms -W $P | grep -q __asan && exit; for s in __stack_chk_fail "
          "__snprintf_chk; do readelf --dyn-syms -W $P | grep -q $s || echo no $s; done",
          "");
}

/* One call is enough when all is there, and it says nothing. */
static void test_needs_are_there(void **state)
{
    (void)state;
    check("tools/install-needs test", "");
}

/* Elsewhere: a list, and nothing is tried. */
static void test_needs_elsewhere(void **state)
{
    (void)state;
    check("d=$(mktemp -d); for tool in sh sed tr cat id env; do ln -s $(command -v $tool) "
          "$d/$tool; done; "
          "PATH=$d CC=none tools/install-needs run 2>&1 | grep -E '^peerplan|^  gcc$'; rm -r $d",
          "peerplan needs packages that this system lacks (and it has no apt-get); as Debian calls "
          "them:\n"
          "  gcc\n");
}

/* Plain make without a compiler names what is missing, and what to do. */
static void test_make_says_what_is_missing(void **state)
{
    (void)state;
    check("d=$(mktemp -d); env -u MAKEFLAGS -u MAKELEVEL make BUILD=$d CC=no-such-compiler 2>&1 | "
          "grep -E '^peerplan|^  gcc$'; rm -r $d",
          "peerplan needs packages that this system lacks ('make run' installs them); as Debian "
          "calls them:\n  gcc\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_install_and_uninstall),
        cmocka_unit_test(test_uninstall_takes_only_its_own),
        cmocka_unit_test(test_licence),
        cmocka_unit_test(test_documents_know_the_commands),
        cmocka_unit_test(test_nothing_holds_its_place),
        cmocka_unit_test(test_hardened),
        cmocka_unit_test(test_needs_are_there),
        cmocka_unit_test(test_needs_elsewhere),
        cmocka_unit_test(test_make_says_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
