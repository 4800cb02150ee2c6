# SPDX-License-Identifier: GPL-2.0-only
# Builds nf_conntrack.ko and runs its tests. `make help` lists the targets; module/BUILD.md explains how the build works.
#
#   make                           for every kernel whose headers are installed
#   make KVER=6.1                  for one of them (a prefix that only one has is enough)
#   make KDIR=<tree> [ARCH=um]     for a kernel tree of your own
#
# Everything goes to build/<release>/; the sources stay clean.

MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

top := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))

# A second job server would be refused with a warning, so jobs are added only where the user gave none.
jobs = $(if $(filter --jobserver% -j%,$(MAKEFLAGS)),,-j$(shell nproc))
suffix := $(if $(KUNIT),-kunit)

installed := $(shell ls -dv /lib/modules/*/build/Makefile 2>/dev/null | cut -d/ -f4)

# ---- which kernels ---------------------------------------------------------------------------------------------------------------------
ifdef KDIR
kernels := $(abspath $(KDIR))
else ifdef KVER
# Whole components only: 6.1 is not a prefix of 6.12.
match := $(filter $(KVER) $(KVER).% $(KVER)-% $(KVER)+%,$(installed))
kernels := $(addprefix /lib/modules/,$(addsuffix /build,$(match)))
else
kernels := $(addprefix /lib/modules/,$(addsuffix /build,$(installed)))
endif

.PHONY: all modules check-kernels
all: modules

modules: check-kernels
	+@for kdir in $(kernels); do \
		$(top)/scripts/build-module $$kdir "$(BUILD)" $(jobs) || failed=1; \
	done; [ -z "$$failed" ]

check-kernels:
ifdef KDIR
	@[ -e $(kernels)/Makefile ] || { echo "KDIR=$(KDIR): there is no kernel tree (no Makefile)" >&2; exit 1; }
else ifdef KVER
	@case "$(words $(match))" in \
	1) ;; \
	0) echo "KVER=$(KVER): no such headers; installed: $(or $(installed),none)" >&2; exit 1;; \
	*) echo "KVER=$(KVER) is ambiguous: $(match)" >&2; exit 1;; \
	esac
else
	@[ -n "$(installed)" ] || { echo "no kernel headers in /lib/modules/*/build: apt-get install linux-headers-amd64, or run scripts/deps.sh" >&2; exit 1; }
endif

# ---- checks ----------------------------------------------------------------------------------------------------------------------------
.PHONY: check check-layers check-exports check-build
check: check-layers check-exports check-build

check-layers:
	@$(top)/scripts/check-layers && $(top)/scripts/check-layers --self-test

check-exports: modules
	@for kdir in $(kernels); do $(top)/scripts/check-exports $(EXPORTS_FLAGS) $$kdir "$(BUILD)" || failed=1; done; [ -z "$$failed" ]

check-build:
	@$(top)/scripts/test-build.sh $(firstword $(kernels))

# ---- programs of the other directories -------------------------------------------------------------------------------------------------
.PHONY: demo shell test test-stock test-upstream test-install test-dbg test-mutants kunit diff bench soak host-test fuzz deps install uninstall clean help
run = @if [ -x $(top)/$1 ]; then exec $(top)/$1 $2; else echo "$1 is not there yet" >&2; exit 1; fi

demo:       ; $(call run,qemu/demo.sh,$(KVER))
shell:      ; $(call run,qemu/shell.sh,$(KVER))
test:       ; $(call run,scripts/test.sh)
test-stock: ; $(call run,scripts/test-stock.sh)
test-install: ; $(call run,scripts/test.sh,install)
test-dbg:   ; $(call run,scripts/test.sh,kunit selftests-dbg-all)
test-upstream: ; $(call run,scripts/test-upstream.sh,$(addprefix -k ,$(KVER)))
test-mutants: ; $(call run,scripts/test-mutants)
kunit:      ; $(call run,scripts/kunit.sh)
diff:       ; $(call run,scripts/diff.sh,$(addprefix -k ,$(KVER)) $(or $(PACKETS),10000000) $(SEED))
soak:       ; $(call run,scripts/soak.sh,$(addprefix -k ,$(KVER)) $(MINUTES))
bench:      ; $(call run,scripts/bench,$(QUICK))
host-test:  ; $(call run,scripts/host-test.sh)
fuzz:       ; $(call run,scripts/fuzz.sh,$(SECONDS))
deps:       ; $(call run,scripts/deps.sh)
install:    ; $(call run,scripts/install.sh,install)
uninstall:  ; $(call run,scripts/install.sh,uninstall)

clean:
	rm -rf $(top)/build

help:
	@sed 's/^	//' <<< "$$help_text"

define help_text
make [KVER=6.1] [KDIR=<tree>]   build build/<release>/nf_conntrack.ko
  BUILD=<dir>                   another place for the output
  KUNIT=1                       with the KUnit suites inside, into build/<release>-kunit/
  ARCH=um                       for User Mode Linux (found out from the tree if not given)
  V=1                           show the commands
  WERROR=1                      fail if any tool warns about anything that this run builds
make check-layers               who may include whom, and the other rules that a script can see
make check-exports              compare what we export with what the kernel's own module exports
make check-build                plant faults into a miniature module and see each refused
make check                      these three
make demo [KVER=6.12]           boot a stock kernel with the module in QEMU and show it at work
make shell [KVER=6.12]          the same machine with a prompt
make test                       all tests;  make kunit, make host-test: parts of them
make fuzz [SECONDS=3600]        the fuzz targets with sanitizers, an hour in all
make diff [PACKETS=..] [SEED=..] [KVER=6.1] the same packets through stock and ours: 10,000,000 if not told otherwise
make soak [MINUTES=30] [KVER=6.1] traffic, rules, dumps, resizes and namespaces against each other: memory flat, count right
make bench [QUICK=1]            what a packet costs, stock beside ours
make test-stock                 the same selftests on the kernel's own module
make test-upstream [KVER=6.12]  the kernel's own netfilter selftests, on stock and on ours
make test-install               make install and make uninstall over reboots of both stock kernels
make test-mutants               bugs planted in a copy of the tree: is each caught by the tier meant for it?
make test-dbg                   KUnit and all selftests on the kernel with every checker
make deps                       install the Debian packages needed
make install [KVER=6.12]        have modprobe take ours from now on; through DKMS if it is there (DKMS=no: a copy)
make uninstall [KVER=6.12]      give modprobe the kernel's own module back
make clean                      remove build/
endef
export help_text
