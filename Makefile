# peerplan - capacity planner and simulator for Cisco Expressway clusters
#
#   make run     the example: does the head office carry its busy Monday with one peer down?
#   make test    everything that is tested in a few minutes
#   make help    all targets
#
# Variables: V=1 shows the commands, SANITIZE=address,undefined or SANITIZE=thread,
# DEBUG=1 builds without optimization, CC=clang, CFLAGS and LDFLAGS are added to ours,
# BUILD (folder of all that is made), PREFIX, DESTDIR.

VERSION := 0.1.0

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build

# Results must not depend on the compiler: no contraction of a*b+c, no reordering of sums.
# Nor does what is built depend on the place where it is built.
WARNINGS   := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
              -Wvla -Wformat=2 -Wpointer-arith -Wundef -Werror=implicit-function-declaration
OPTIMIZE   := $(if $(DEBUG),-O0,-O3) -g -ffp-contract=off -fno-tree-slp-vectorize '-ffile-prefix-map=$(CURDIR)=.' \
              '-ffile-prefix-map=$(BUILD)=build'
# What an attacker's file could do is made harder; sanitizers have means of their own.
# The engine reads no file, and would pay 2 % for canaries.
HARDENING  := $(if $(SANITIZE)$(DEBUG),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2) -fPIE
CANARIES   := $(if $(SANITIZE),,-fstack-protector-strong)
HARD_LINK  := -pie -Wl,-z,relro,-z,now,-z,noexecstack
SANITIZERS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
OUR_CFLAGS := -std=c17 $(WARNINGS) $(OPTIMIZE) $(HARDENING) $(SANITIZERS) -pthread \
              -D_GNU_SOURCE -DPEERPLAN_VERSION='"$(VERSION)"' -I. '-I$(BUILD)'
LDLIBS     := -Wl,--as-needed -lgsl -lgslcblas -lyaml -lcsv -larchive -lz -ljansson -lnettle -lsqlite3 -lxlsxwriter -lncursesw -ltinfo -lm
COMPILE     = $(CC) $(OUR_CFLAGS) $(CANARIES) $(CPPFLAGS) $(CFLAGS)
# Allocations of ours that fail are noted (model/base/memory.h).
comma      := ,
WRAPPED    := malloc calloc realloc reallocarray strdup strndup asprintf vasprintf __asprintf_chk __vasprintf_chk \
              open_memstream
WRAP       := $(WRAPPED:%=-Wl$(comma)--wrap=%)
LINK        = $(CC) $(SANITIZERS) $(HARD_LINK) -pthread $(CFLAGS) $(LDFLAGS)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

FOLDERS       := model/base model model/formulas model/estimate model/exact sim/engine sim/study answer data reports tui
LIB_SOURCES   := $(sort $(wildcard $(FOLDERS:%=%/*.c)))
CLI_SOURCES   := $(sort $(wildcard cli/*.c))
TEST_SOURCES  := $(sort $(wildcard tests/test_*.c))
BENCH_SOURCES := $(sort $(wildcard bench/*.c))
HEADERS       := $(sort $(wildcard $(FOLDERS:%=%/*.h) cli/*.h))
CAPACITY      := $(sort $(wildcard data/capacity/*.csv))
GENERATED     := $(patsubst %,$(BUILD)/data/builtin_%.c,capacity xconfiguration)
PAGES         := $(patsubst man/%.scd,$(BUILD)/man/%,$(sort $(wildcard man/*.scd)))
MANUALS       := $(if $(shell command -v scdoc),$(PAGES))
EXAMPLES      := $(sort $(wildcard examples/*))
FUZZERS := $(patsubst tests/fuzz_%.c,$(BUILD)/tests/libfuzzer_%,$(filter-out tests/fuzz_tui.c,$(wildcard tests/fuzz_*.c)))
TESTS   := $(TEST_SOURCES:tests/%.c=$(BUILD)/tests/%)
BENCHES := $(BENCH_SOURCES:bench/%.c=$(BUILD)/bench/%)
object   = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIBRARY := $(BUILD)/libpeerplan.a
PROGRAM := $(BUILD)/peerplan

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

all: $(PROGRAM) ## build the program (build/peerplan)

run: ## install what is missing, build, and answer the example's question
	@CC='$(CC)' tools/install-needs run
	@$(MAKE) --no-print-directory all
	@echo '$(PROGRAM) run examples/head-office.yaml'
	@$(PROGRAM) run examples/head-office.yaml --db '$(BUILD)/example.db' --html '$(BUILD)/report.html'
	@printf '%s\n' '' 'The program is $(PROGRAM) (make install puts it on the path). What to try next:' \
	    '  $(PROGRAM) tui examples/head-office.yaml         change anything, see the answer at once' \
	    '  $(PROGRAM) new -o office.yaml                    a scenario of your own, from a few numbers' \
	    '  $(PROGRAM) help                                  all commands' \
	    "The page of this answer is $(BUILD)/report.html. The answer is kept in $(BUILD)/example.db:" \
	    '  sqlite3 $(BUILD)/example.db "SELECT name, metric, value FROM metric WHERE scope = '"'class'"'"'

test: ## install what is missing, build and run all tests
	@CC='$(CC)' tools/install-needs test
	@$(MAKE) --no-print-directory run-tests

run-tests: all $(TESTS) $(MANUALS)
	@tests/run-tests $(TESTS)

# ---- how things are made ------------------------------------------------------------------------

# Objects made with other flags are made again.
FLAGS := $(subst ','\'',$(COMPILE) $(LINK))
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS)' | cmp -s - $@ || { CC='$(CC)' tools/install-needs list && printf '%s\n' '$(FLAGS)' >$@; }

$(PROGRAM): $(call object,$(CLI_SOURCES)) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(WRAP) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(call object,$(LIB_SOURCES)) $(GENERATED:.c=.o)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^

$(BUILD)/sim/engine/%.o: CANARIES := $(if $(SANITIZE),,-fno-stack-protector)
$(BUILD)/%.o: %.c $(BUILD)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# What is built in: capacity tables as constants, read while building by the code that reads a user's own.
MAKER := $(call object,tools/make_capacity.c $(addprefix data/,capacity_tables.c capacity_reader.c csv_reader.c csv_rows.c input.c) \
                       model/capacity.c $(wildcard model/base/*.c))
$(BUILD)/tools/make_capacity: $(MAKER)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LDLIBS)
$(BUILD)/data/builtin_capacity.c: $(BUILD)/tools/make_capacity data/cluster-factors.csv $(CAPACITY)
	$(call say,MAKE,$@)
	@mkdir -p $(@D)
	$(Q)$^ >$@
$(BUILD)/data/builtin_xconfiguration.c: data/embed.awk data/xconfiguration.csv
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)LC_ALL=C awk -v name=builtin_xconfiguration -v header=data/builtin.h -f $^ >$@

$(GENERATED:.c=.o): %.o: %.c data/builtin.h data/capacity_builtin.h data/capacity_tables.h $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(LDLIBS) -lcmocka -Wl,--as-needed -lvterm

# Lets calls of the program under test fail: put before it with LD_PRELOAD.
$(BUILD)/tests/refuse.so: tests/refuse.c $(BUILD)/flags
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -fno-sanitize=all -shared -fPIC -o $@ $<
$(BUILD)/tests/test_refusals: $(if $(SANITIZE),,$(BUILD)/tests/refuse.so)

# Programs made of the domain and the engine alone.
ENGINE := $(call object,$(foreach f,model/base model model/formulas model/exact sim/engine sim/study,$(wildcard $(f)/*.c)))
$(BUILD)/examples/%: $(BUILD)/examples/%.o $(ENGINE)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ -lgsl -lgslcblas -lm
$(BUILD)/tests/test_library: $(BUILD)/examples/erlang

$(BUILD)/tests/fuzz_%: $(BUILD)/tests/fuzz_%.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LDLIBS) -lcmocka

$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LDLIBS)

# A line "@COMMAND@" in a page stands for what the program prints as "peerplan COMMAND".
$(BUILD)/man/%: man/%.scd man/expand.awk $(PROGRAM)
	$(call say,MAN,$@)
	@mkdir -p $(@D)
	$(Q)awk -v program='$(PROGRAM)' -f man/expand.awk $< | SOURCE_DATE_EPOCH=0 scdoc >$@

# ---- other targets ------------------------------------------------------------------------------

tsan-tui: ## the tui's threads under the thread sanitizer: workers, searches, a planner's session
	@$(MAKE) SANITIZE=thread BUILD='$(BUILD)/tsan' run-tests \
	    TESTS='$(patsubst %,$(BUILD)/tsan/tests/test_tui_%,worker screens session pty)'

check-refusals: all $(BUILD)/tests/test_refusals ## every single allocation, file and disk operation fails once (half an hour)
	@PEERPLAN_REFUSE_STEP=1 $(BUILD)/tests/test_refusals

check-kills: all $(BUILD)/tests/test_sweep_kept ## a sweep killed at 50 random moments goes on and ends with the same bytes
	@PEERPLAN_KILLS=50 $(BUILD)/tests/test_sweep_kept

fuzz: $(BUILD)/tests/fuzz_tui ## 100,000 random keys for the tui; best with SANITIZE=address,undefined
	@$(BUILD)/tests/fuzz_tui

bench: $(BENCHES) ## speed: nanoseconds an event, ratios in one run
	@for b in $(BENCHES); do echo "== $$b"; $$b || exit 1; done

check-instructions: all ## instructions an event under callgrind, against the budget in bench/instructions.csv
	tools/instruction-budget $(PROGRAM)

check-agreement: $(BUILD)/tests/test_agreement ## run, estimate and screen on 340 scenarios; 200 next steps followed
	PEERPLAN_AGREEMENT=340 $<

check-designs: $(BUILD)/tests/test_best_designs ## the best design of 200 random asks meets its goals when run, the next smaller does not
	PEERPLAN_DESIGNS=200 $<

check-coverage: $(BUILD)/bench/check_rare ## do 95 % intervals of rare refusals hold the truth, 1,000 runs each
	@$(BUILD)/bench/check_rare

check-cluster: all ## a sweep under a Slurm of one node and over ssh, as docs/many-machines.md says (a minute)
	@tools/check-cluster $(PROGRAM)

check-estimate: $(BUILD)/bench/check_estimate ## the formulas against the simulator, over all keys, all pairs of them, and sixteen kinds (ten minutes)
	$< 0 $(SEED)

oracle: all ## compare the simulator with exact answers: make oracle ORACLE=DIR [OPTIONS=...]
	tools/oracle-check $(ORACLE) --program $(PROGRAM) $(OPTIONS)

check-format: ## whether the sources are formatted, where clang-format is installed, and banners alike
	@! git grep -nE '^/\* -{2,}' -- '*.c' '*.h' | grep -vE ':/\* ---- .*[^-](----| ---- \*/)$$' || \
	    { echo 'a banner is /* ---- Words ---- */'; exit 1; }
	@if command -v clang-format >/dev/null; then \
	    clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h') && echo 'all sources are formatted'; \
	else echo 'clang-format is not installed'; fi

check: check-headers check-format ## headers, format; cppcheck and clang-tidy, where they are installed
# (who owns what memory, cppcheck guesses wrongly where an out-parameter takes it; the sanitizers know)
	@if command -v cppcheck >/dev/null; then \
	    cppcheck -q --std=c11 --inline-suppr --error-exitcode=1 --enable=warning,performance,portability \
	        --suppress=missingIncludeSystem --suppress=memleak --suppress=invalidPointerCast -D_GNU_SOURCE -I. $(LIB_SOURCES) $(CLI_SOURCES); \
	else echo 'cppcheck is not installed'; fi
	@if command -v clang-tidy >/dev/null; then \
	    clang-tidy --quiet --checks='-*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,-bugprone-sizeof-expression,-clang-analyzer-security.insecureAPI.*' \
	        $(LIB_SOURCES) $(CLI_SOURCES) -- $(filter-out -ff%,$(OUR_CFLAGS)); \
	else echo 'clang-tidy is not installed'; fi

check-headers: ## each header compiles alone
	@mkdir -p $(BUILD)
	@for h in $(HEADERS); do echo "#include \"$$h\"" | $(COMPILE) -fsyntax-only -x c - || exit 1; done
	@echo '$(words $(HEADERS)) headers compile alone'

check-determinism: ## the same bytes from four builds and any number of threads (some minutes)
	BUILD='$(BUILD)' tools/check-determinism $(or $(SCENARIOS),$(wildcard examples/*.yaml))

check-pages: all ## pages of the examples in Chromium with axe-core, workbooks in LibreOffice (some minutes)
	@tools/check-pages $(PROGRAM) $(BUILD)/pages

coverage: ## lines that the tests reach, by folder
	-@$(MAKE) --no-print-directory BUILD=$(BUILD)-coverage CFLAGS='--coverage -O1' run-tests
	@tools/coverage $(BUILD)-coverage

fuzzers: ## the targets of libFuzzer alone, in a folder of their own (build-fuzz/tests/libfuzzer_*)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)-fuzz CC=clang SANITIZE=address,undefined \
	    CFLAGS='-DLIBFUZZER -fsanitize=fuzzer-no-link' fuzzer-programs

fuzz-files: fuzzers ## what reads files, with broken ones: libFuzzer of clang, FUZZ_SECONDS (60) for each
	@for f in $(FUZZERS:$(BUILD)/%=$(BUILD)-fuzz/%); do echo "== $$f"; mkdir -p $$f.corpus; \
	    $$f -max_total_time=$(or $(FUZZ_SECONDS),60) -max_len=8192 -artifact_prefix=$$f. $$f.corpus $(wildcard tests/cases/*) \
	        >$$f.log 2>&1 || { tail -30 $$f.log; exit 1; }; tail -1 $$f.log; done

fuzzer-programs: $(FUZZERS)
$(BUILD)/tests/libfuzzer_%: $(BUILD)/tests/fuzz_%.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

format: ## clang-format all sources
	clang-format -i $$(git ls-files '*.c' '*.h')

install: all $(MANUALS) ## install under PREFIX (/usr/local), DESTDIR before it
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/peerplan/examples'
	install -m 755 $(PROGRAM) '$(DESTDIR)$(PREFIX)/bin/peerplan'
	for e in $(EXAMPLES); do test -x $$e && mode=755 || mode=644; \
	    install -m $$mode $$e '$(DESTDIR)$(PREFIX)/share/peerplan/examples' || exit 1; done
	$(if $(MANUALS),,@echo 'without manual pages: scdoc is not installed')
	$(foreach m,$(MANUALS),install -D -m 644 $(m) '$(DESTDIR)$(call manual_path,$(m))' && ):

uninstall: ## remove what install has put there
	rm -f '$(DESTDIR)$(PREFIX)/bin/peerplan'
	rm -rf '$(DESTDIR)$(PREFIX)/share/peerplan'
	$(foreach m,$(PAGES),rm -f '$(DESTDIR)$(call manual_path,$(m))' && ):
	@tools/prune '$(DESTDIR)' '$(PREFIX)' bin share share/man/man1 share/man/man5

manual_path = $(PREFIX)/share/man/man$(subst .,,$(suffix $(1)))/$(notdir $(1))

clean: ## remove the build folder
	rm -rf '$(BUILD)'

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18

FORCE:
.PHONY: all run test run-tests fuzz tsan-tui fuzz-files fuzzers fuzzer-programs bench check-instructions check-agreement check-designs check-coverage check-estimate oracle check check-format check-headers check-refusals check-kills check-cluster check-determinism check-pages coverage format install uninstall clean help FORCE
.SECONDARY:

-include $(patsubst %.c,$(BUILD)/%.d,$(LIB_SOURCES) $(CLI_SOURCES) $(wildcard tests/*.c) $(BENCH_SOURCES) $(wildcard examples/*.c) tools/make_capacity.c)
