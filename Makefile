# peerplan - capacity planner and simulator for Cisco Expressway clusters
#
#   make run     the example: does the head office carry its busy Monday with one peer down?
#   make test    everything that is tested in a few minutes
#   make help    all targets
#
# Variables: V=1 shows the commands, SANITIZE=address,undefined or SANITIZE=thread,
# DEBUG=1 builds without optimization, CC=clang, PREFIX, DESTDIR.

VERSION := 0.1.0

CC      ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build

WARNINGS := -std=c17 -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wformat=2 -Wpointer-arith -Wundef -Werror=implicit-function-declaration
# Results must not depend on the compiler: no contraction of a*b+c, no reordering of sums.
OPTIMIZE := $(if $(DEBUG),-O0,-O2) -g -ffp-contract=off
SANITIZERS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
CPPFLAGS += -D_GNU_SOURCE -DPEERPLAN_VERSION='"$(VERSION)"' -I. -I$(BUILD)
CFLAGS   += $(WARNINGS) $(OPTIMIZE) $(SANITIZERS) -pthread
LDFLAGS  += $(SANITIZERS) -pthread
LDLIBS   += -lgsl -lgslcblas -lyaml -lcsv -larchive -lncursesw -ltinfo -lm

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

LIB_SOURCES := $(sort $(wildcard model/*.c sim/*.c data/*.c reports/*.c tui/*.c))
CLI_SOURCES := $(sort $(wildcard cli/*.c))
TEST_SOURCES := $(sort $(wildcard tests/test_*.c))
BENCH_SOURCES := $(sort $(wildcard bench/*.c))
TESTS := $(TEST_SOURCES:tests/%.c=$(BUILD)/tests/%)
BENCHES := $(BENCH_SOURCES:bench/%.c=$(BUILD)/bench/%)
CAPACITY_FILES := $(sort $(wildcard data/capacity/*.csv))
GENERATED := $(BUILD)/data/builtin_capacity.c $(BUILD)/data/builtin_factors.c
object = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIBRARY := $(BUILD)/libpeerplan.a
PROGRAM := $(BUILD)/peerplan

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

all: $(PROGRAM) ## build the program (build/peerplan)

$(PROGRAM): $(call object,$(CLI_SOURCES)) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(call object,$(LIB_SOURCES)) $(GENERATED:.c=.o)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# What is built in: the capacity tables as they lie in data/, read by the code that reads a user's own.
$(BUILD)/data/builtin_capacity.c: data/embed.awk $(CAPACITY_FILES)
$(BUILD)/data/builtin_factors.c: data/embed.awk data/cluster-factors.csv
$(GENERATED): $(BUILD)/data/builtin_%.c:
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)LC_ALL=C awk -v name=builtin_$* -v header=data/builtin.h -f $^ >$@

$(GENERATED:.c=.o): %.o: %.c data/builtin.h
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

test: all $(TESTS) ## build and run all tests
	@tests/run-tests $(TESTS)

bench: $(BENCHES) ## speed: nanoseconds an event, ratios in one run
	@for b in $(BENCHES); do echo "== $$b"; $$b || exit 1; done

oracle: all ## compare the simulator with exact answers: make oracle ORACLE=DIR [OPTIONS=...]
	tools/oracle-check $(ORACLE) --program $(PROGRAM) $(OPTIONS)

format: ## clang-format all sources
	clang-format -i $$(git ls-files '*.c' '*.h')

clean: ## remove the build folder
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: all test bench oracle format clean help
.SECONDARY:

-include $(patsubst %.c,$(BUILD)/%.d,$(LIB_SOURCES) $(CLI_SOURCES) $(TEST_SOURCES) $(BENCH_SOURCES))
