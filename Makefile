# SPDX-License-Identifier: GPL-2.0-or-later
#
# kvmperf: performance regression service for KVM/arm64.
#
#   make demo    the main job on the emulated host (installs what is missing)
#   make check   all quick tests                   (installs what is missing)
#   make e2e     the whole way on the emulated host, and every way it can fail
#   make e2e-long  12+12 boots of each pair: coverage of the intervals, and noise
#   make e2e-bisect  slow commits in histories of three seeds, and one too small
#   make lab     a Debian arm64 system, emulated, that measures itself (hours; as root)
#   make lab-container  the same under systemd in a container, in minutes (as root)
#   make browser a real browser opens every page of a made-up site
#   make bench   what kvmperf costs, side by side with doing the same by hand
#   make install  into DESTDIR/PREFIX (/usr/local)
#   make deb      Debian packages, for DEB_ARCH=amd64 or arm64 (cross-built), into build/deb
#   make simulate-table  how screen and confirm behave on made-up boots, RUNS=1000 a row
#   make fuzz    each parser for FUZZ_SECONDS=60 with libFuzzer (needs clang)
#   make format  clang-format over all sources
#   make clean   away with build/; demo/ and e2e/ keep what was measured
#
# SAN=1 builds with AddressSanitizer and UBSan, CC=clang-14 with clang, V=1
# shows commands. Sources are found by wildcard: a new file needs no line here.

VERSION := 0.1.0
CC      ?= gcc
SAN     ?= 0
V       ?= 0

ifeq ($(origin CC),default)
CC := gcc
endif

CROSS   ?= aarch64-linux-gnu-
PKG_CONFIG ?= pkg-config
B       := build$(if $(filter 1,$(SAN)),-san)$(if $(findstring clang,$(CC)),-clang)
Q       := $(if $(filter 1,$(V)),,@)
say      = $(if $(Q),@printf '  %-7s %s\n' $(1) $(2))

LIBS := libgit2 sqlite3 jansson libarchive zlib libcrypto libsystemd libcurl gmime-3.0

WARN := -Wall -Wextra -Wshadow -Wundef -Wvla -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wcast-qual -Wswitch-enum \
	-Wconversion -Wnull-dereference -fno-common -Werror
BASE_CFLAGS := -std=gnu17 -g -O2 $(WARN) -D_GNU_SOURCE -Idaemon
HARDEN  := -fstack-protector-strong -fPIE
ifeq ($(SAN),1)
HARDEN  += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else
HARDEN  += -D_FORTIFY_SOURCE=3
endif
HOST_CFLAGS = $(BASE_CFLAGS) $(HARDEN) -I$(B)/gen $(shell $(PKG_CONFIG) --cflags $(LIBS) 2>/dev/null) \
	-DKVMPERF_VERSION='"$(VERSION)"' $(CFLAGS)
HOST_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(if $(filter 1,$(SAN)),-fsanitize=address -fsanitize=undefined) $(LDFLAGS)
HOST_LIBS = $(shell $(PKG_CONFIG) --libs $(LIBS) 2>/dev/null) -linih -lm

# Where kvmperf finds the runner, the probe and the plugin: the build folder
# until it is installed, PREFIX/lib/kvmperf then.
LIBDIR  ?= $(abspath $(B))/lib
# Only who looks for them there is compiled with the path: all other objects are the
# same in every checkout, so that a compiler cache can serve them.
$(B)/obj/daemon/work/workspace.o $(B)/obj/tests/unit/test_host.o: \
	HOST_CFLAGS += -DKVMPERF_LIBDIR='"$(LIBDIR)"'

SRC     := $(sort $(wildcard daemon/*/*.c))
OBJ     := $(SRC:%.c=$(B)/obj/%.o) $(B)/obj/gen/builtin_data.o
TESTS   := $(sort $(wildcard tests/unit/test_*.c))
TESTBIN := $(TESTS:tests/unit/%.c=$(B)/tests/%)
REPLAY  := $(patsubst tests/fuzz/%.c,$(B)/replay/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
BENCHBIN := $(patsubst tests/bench/%.c,$(B)/bench/%,$(filter-out %/bare_init.c,$(sort $(wildcard tests/bench/*.c))))
SCRIPTS := tests/lint $(sort $(wildcard tests/pipeline/*.sh))
FORMATTED = $(shell git ls-files '*.c' '*.h')
BUILTIN := $(sort $(wildcard schema/*.sql plans/* web/*) tests/kernels/faster.patch)

RUNNER_SRC := $(wildcard runner/*.c) runner/probe/report.c daemon/base/mem.c daemon/base/err.c daemon/base/clock.c \
	daemon/string/str.c daemon/string/strv.c daemon/text/wire.c daemon/text/buildid.c
RUNNER_OBJ := $(RUNNER_SRC:%.c=$(B)/arm64/%.o)
# What a dynamically linked test needs beside it on a machine without a distribution.
SYSROOT := $(addprefix $(B)/lib/sysroot/lib/,ld-linux-aarch64.so.1 libc.so.6)
GUEST_BIN := $(B)/lib/kvmperf-runner $(B)/lib/libkvmperf-probe.so
GUEST   := $(GUEST_BIN) $(SYSROOT)
PLUGIN  := $(B)/lib/kvmperf-count.so

PROGRAMS := $(B)/kvmperf $(B)/kvmperfd
.PHONY: all
all: $(PROGRAMS) guest

.PHONY: guest
guest: $(GUEST) $(PLUGIN)

$(B)/kvmperf: $(B)/obj/daemon/ctl.o $(B)/libkvmperf.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ $(HOST_LIBS)

$(B)/kvmperfd: $(B)/obj/daemon/main.o $(B)/libkvmperf.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ $(HOST_LIBS)

$(B)/libkvmperf.a: $(OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/obj/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/builtin_data.c: tools/embed $(BUILTIN)
	$(call say,EMBED,$@)
	$(Q)mkdir -p $(@D)
	$(Q)tools/embed $(BUILTIN) > $@.new && mv $@.new $@

$(B)/obj/gen/builtin_data.o: $(B)/gen/builtin_data.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -c -o $@ $<

# ---- the measured machine's side: arm64, no library but libc ----

GUEST_CFLAGS := $(BASE_CFLAGS) -Irunner -DKVMPERF_VERSION='"$(VERSION)"'

$(B)/arm64/%.o: %.c
	$(call say,CC64,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -fstack-protector-strong -MMD -MP -c -o $@ $<

$(B)/lib/kvmperf-runner: $(RUNNER_OBJ)
	$(call say,LD64,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CROSS)gcc -static -o $@ $^
	$(Q)$(CROSS)strip $@

$(B)/lib/sysroot/lib/%:
	$(call say,COPY,$@)
	$(Q)mkdir -p $(@D)
	$(Q)cp -L "$$($(CROSS)gcc -print-file-name=$*)" $@.new && mv $@.new $@

$(B)/lib/libkvmperf-probe.so: $(wildcard runner/probe/*.c runner/probe/*.h)
	$(call say,LD64,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -fPIC -shared -Wl,-z,now -o $@ $(filter %.c,$^) -ldl
	$(Q)$(CROSS)strip $@

$(B)/lib/kvmperf-count.so: $(wildcard runner/count/*.c runner/count/*.h runner/probe/marks.h)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) -Irunner -fPIC -shared -Wl,-z,relro,-z,now $(LDFLAGS) -o $@ $(filter %.c,$^)

# ---- what people call ----

.PHONY: demo
demo:
	@tools/deps build demo
	@$(MAKE) --no-print-directory all
	@$(B)/kvmperf demo --state demo $(DEMO)

.PHONY: check
check:
	@tools/deps build check
	@$(MAKE) --no-print-directory all checks

# From kernel source to page on the emulated host, and every way it can fail.
E2E := main-job series host service bisect
.PHONY: e2e
e2e:
	@tools/deps build demo check
	@$(MAKE) --no-print-directory all $(B)/tests/test_host $(FAKEBIN)
	@TEST_LIMIT=5400 B=$(B) tests/run --live $(E2E:%=tests/e2e/%)

# A real distribution on an emulated machine, our packages installed. Keeps what takes
# long in lab/: the distribution, the kernels. LAB_RUN="local panic" for some of it.
.PHONY: lab
lab:
	@tools/deps build demo deb lab
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory deb DEB_ARCH=arm64
	@[ -d $${LAB:-lab}/linux.git ] || tests/lab/repository
	@B=$(B) tests/lab/run $(LAB_RUN)

# The same with a container for the machine: real systemd, stand-in kernels. Minutes.
.PHONY: lab-container
lab-container:
	@tools/deps build check lab
	@$(MAKE) --no-print-directory all $(FAKEBIN)
	@B=$(B) tests/lab/container

# A real browser on every page of a made-up site.
.PHONY: browser
browser:
	@tools/deps build check browser
	@$(MAKE) --no-print-directory $(B)/kvmperf $(B)/bench/fill_store
	@TEST_LIMIT=1800 B=$(B) tests/run --live tests/browser/pages

# Needs the repository and the baseline of make e2e; keeps what it builds in e2e/ too.
.PHONY: e2e-bisect
e2e-bisect:
	@tools/deps build demo
	@$(MAKE) --no-print-directory all
	@[ -d $${E2E_STATE:-e2e}/repos/demo.git ] || $(B)/kvmperf demo --state $${E2E_STATE:-e2e}
	@TEST_LIMIT=14400 BISECT_SEEDS="$${BISECT_SEEDS:-1 2 3 tiny}" B=$(B) tests/run --live tests/e2e/bisect

# An hour or two: 12+12 boots of each pair; do the intervals hold, where is the noise?
.PHONY: e2e-long
e2e-long:
	@tools/deps build demo check
	@$(MAKE) --no-print-directory all
	@B=$(B) tests/e2e/long

.PHONY: simulate-table
simulate-table:
	@tools/deps build check
	@$(MAKE) --no-print-directory $(B)/kvmperf
	@B=$(B) tests/simulate-table

.PHONY: bench
bench:
	@tools/deps build demo
	@$(MAKE) --no-print-directory all $(BENCHBIN) $(B)/bench/bare-init
	@B=$(B) tests/bench/all

.PHONY: help
help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

# ---- installing ----

PREFIX  ?= /usr/local
DESTDIR ?=
UNITDIR ?= $(PREFIX)/lib/systemd/system
BI      := build-install
INSTALL = install -D -m

# Built anew in a folder of its own, because the program knows where its library folder is.
.PHONY: install
install:
	@$(MAKE) --no-print-directory B=$(BI) LIBDIR=$(PREFIX)/lib/kvmperf all
	@$(MAKE) --no-print-directory B=$(BI) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install-built

UNITS   := $(wildcard systemd/*.service systemd/*.socket systemd/*.timer)
.PHONY: install-built
install-built:
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)for p in $(patsubst $(B)/%,%,$(PROGRAMS)); do \
		$(INSTALL) 755 $(B)/$$p $(DESTDIR)$(PREFIX)/bin/$$p || exit 1; done
	$(Q)for f in $(notdir $(GUEST_BIN)) $(notdir $(PLUGIN)); do \
		$(INSTALL) 755 $(B)/lib/$$f $(DESTDIR)$(PREFIX)/lib/kvmperf/$$f || exit 1; done
	$(Q)for f in $(notdir $(SYSROOT)); do $(INSTALL) 755 $(B)/lib/sysroot/lib/$$f \
		$(DESTDIR)$(PREFIX)/lib/kvmperf/sysroot/lib/$$f || exit 1; done
	$(Q)for f in man/*.[1-8]; do \
		$(INSTALL) 644 $$f $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/} || exit 1; done
	$(Q)for f in $(UNITS); do sed -E 's,/usr/(bin|lib/kvmperf)/,$(PREFIX)/\1/,' $$f > $(B)/unit && \
		$(INSTALL) 644 $(B)/unit $(DESTDIR)$(UNITDIR)/$${f##*/} || exit 1; done
	$(Q)for kind in sysusers tmpfiles; do for f in $(wildcard systemd/*.conf); do \
		case $$f in *.$$kind.conf|systemd/$$kind.conf) $(INSTALL) 644 $$f \
		$(DESTDIR)$(PREFIX)/lib/$$kind.d/kvmperf.conf || exit 1;; esac; done; done
	$(Q)for f in $(wildcard completion/*.bash); do $(INSTALL) 644 $$f \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmperf || exit 1; done
	$(Q)for f in $(wildcard plans/*.plan plans/example.conf); do $(INSTALL) 644 $$f \
		$(DESTDIR)$(PREFIX)/share/doc/kvmperf/examples/$${f##*/} || exit 1; done
	$(Q)for f in $(wildcard docs/*.md); do \
		$(INSTALL) 644 $$f $(DESTDIR)$(PREFIX)/share/doc/kvmperf/$${f##*/} || exit 1; done

# Debian packages, from the files that git knows.
DEB_ARCH ?= $(shell dpkg --print-architecture 2>/dev/null)
.PHONY: deb
deb:
	@tools/deps build deb $(if $(filter $(shell dpkg --print-architecture),$(DEB_ARCH)),,deb-$(DEB_ARCH))
	@tools/deb $(DEB_ARCH) $(VERSION)

# ---- tests ----

$(B)/tests/%: $(B)/obj/tests/unit/%.o $(B)/libkvmperf.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(HOST_LIBS)

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(B)/libkvmperf.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ $(HOST_LIBS)

# User land of the machine that the bench drives by hand.
$(B)/bench/bare-init: tests/bench/bare_init.c
	$(call say,LD64,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -static -o $@ $<

# The runner as this machine's code, for the test that talks to it.
RUNNER_HERE := $(patsubst %.c,$(B)/obj/%.o,$(filter-out runner/main.c runner/init.c,$(wildcard runner/*.c)) runner/probe/report.c)
$(B)/obj/runner/%.o: HOST_CFLAGS += -Irunner
$(B)/tests/test_link $(B)/tests/test_control $(B)/tests/test_modules $(B)/tests/test_prepare: $(RUNNER_HERE)
# ... which that last one kills between two writes.
$(B)/tests/test_prepare: HOST_LDFLAGS += -Wl,--wrap=files_write

# And as a program, which a real sshd starts, or a socket.
$(B)/tests/test_ssh $(B)/tests/test_local: | $(B)/here/kvmperf-runner
$(B)/here/kvmperf-runner: $(RUNNER_HERE) $(B)/obj/runner/main.o $(B)/obj/runner/init.o $(B)/libkvmperf.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ $(HOST_LIBS)

# Stand-ins for programs that a test cannot have, first on its PATH.
FAKEBIN := $(patsubst tests/fakebin/%.c,$(B)/fakebin/%,$(wildcard tests/fakebin/*.c))
$(B)/fakebin/%: $(B)/obj/tests/fakebin/%.o $(RUNNER_HERE) $(B)/libkvmperf.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(HOST_LIBS)

# Instruments for LD_PRELOAD around the programs.
PRELOAD := $(patsubst tests/preload/%.c,$(B)/preload/%.so,$(wildcard tests/preload/*.c))
$(B)/preload/%.so: tests/preload/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) -fPIC -shared $(LDFLAGS) -o $@ $< -ldl

# A fuzz target as a test: replays its corpus.
$(B)/replay/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/replay.o $(B)/libkvmperf.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ $(HOST_LIBS)

$(B)/obj/tests/%.o: HOST_CFLAGS += -Itests/unit -Irunner -Wno-conversion -Wno-missing-prototypes

.PHONY: unit
unit: $(TESTBIN)
	@tests/run $(TESTBIN)

.PHONY: checks
checks: $(TESTBIN) $(REPLAY) $(FAKEBIN) $(PRELOAD) $(B)/bench/fill_store
	@B=$(B) CC="$(CC)" tests/run $(TESTBIN) $(REPLAY) $(SCRIPTS)

# Each target for FUZZ_SECONDS with libFuzzer; new inputs go to the corpus.
FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz:
	@B=build-fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/all

.PHONY: format
format:
	clang-format-14 -i $(FORMATTED)

.PHONY: clean
clean:
	rm -rf build build-*

-include $(shell find $(B)/obj $(B)/arm64 -name '*.d' -type f 2>/dev/null)
.SECONDARY:
