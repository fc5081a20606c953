# hangup: `make run` shows it, `make test` proves it, `make` builds build/hangup. Each sets up what it needs, once.
# The test builds of other compilers and sanitizers have folders of their own: make BUILD=build/clang CC=clang
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD    ?= build
CFLAGS   ?= -O2 -g
SANITIZE ?=
WARNINGS := -Wall -Wextra -Werror
# What both programs need; what the lab, the pool and the tests need beside it.
LIBRARIES := yaml-0.1 jansson libcrypto
LAB_LIBRARIES := libpq libssl libnl-3.0 libnl-route-3.0 libpcap libnftables libnetfilter_conntrack
SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules --no-print-directory
# The first make decides for those it calls; JOBS=1 for less.
ifeq ($(MAKELEVEL),0)
JOBS ?= $(shell nproc)
MAKEFLAGS += --jobs=$(JOBS)
endif
# Short lines; the whole commands with V=1.
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@;)

# Goals that compile nothing need no packages.
ifneq ($(filter-out clean help image format lint-format lint-banned lint-shell lint-documents test check-fast sanitize fuzz fuzz-% peers,$(or $(MAKECMDGOALS),all)),)
PURPOSES := build $(if $(filter run catalogue league atlas bench bench-lab kernel release,$(MAKECMDGOALS)),kernel)
PURPOSES += $(if $(filter bench,$(MAKECMDGOALS)),test bench)
PURPOSES += $(if $(filter unit-tests build-% lint% $(BUILD)/%,$(MAKECMDGOALS)),test)
# What was installed for: other goals may need more. It is empty, and included so that it is made.
INSTALLED := $(if $(HANGUP_NO_SETUP),,$(BUILD)/installed/$(subst $() ,-,$(sort $(PURPOSES))))
include $(INSTALLED) $(BUILD)/libraries.mk
endif
override CPPFLAGS += -D_GNU_SOURCE -Iharness -Ipool $(LIBRARIES_CFLAGS)
override CFLAGS   += -std=c11 $(WARNINGS) $(SANITIZE)
LDLIBS   := $(LIBRARIES_LIBS) -lm -lpthread

# The rooms of the two programs: hangup, the tool, and hangup-lab, PID 1 of a guest.
CORE_ROOMS := base contract scenario subject plan trace verdict result report atlas sweep search
HOST_ROOMS := host exec command
LAB_ROOMS  := net lab fault session
in_rooms = $(wildcard $(patsubst %,harness/%/*.c,$(1)))
HARNESS  := $(call in_rooms,$(CORE_ROOMS) $(HOST_ROOMS) $(LAB_ROOMS))
POOL     := $(wildcard pool/*.c)
BENCH    := $(wildcard pool/bench/*.c)
POOL_SO  := $(BUILD)/libpqpool.so.1
EXAMPLES := $(patsubst %.c,$(BUILD)/%,$(wildcard pool/examples/*.c))
TESTS    := $(patsubst %.c,$(BUILD)/%,$(wildcard harness/tests/unit/*/test_*.c pool/tests/test_*.c))
SUBJECTS := $(patsubst pool/subjects/%.c,$(BUILD)/%,$(wildcard pool/subjects/*.c))
PROBES   := $(patsubst pool/probes/%.c,$(BUILD)/%,$(wildcard pool/probes/*.c))
SOURCES  := $(wildcard harness/*.c harness/*/*.c harness/tests/unit/*/*.c pool/*.c pool/tests/*.c pool/subjects/*.c pool/probes/*.c pool/bench/*.c pool/examples/*.c pool/subjects/skeletons/*.c)
HEADERS  := $(wildcard harness/*/*.h harness/tests/unit/*/*.h pool/*.h pool/tests/*.h pool/subjects/*.h pool/bench/*.h)
SCRIPTS  := $(wildcard scripts/*.sh scripts/images/*.sh scripts/ci/*.sh harness/tests/browser/*.sh harness/tests/ci/*.sh scripts/pre-commit harness/tests/cells/*.sh harness/tests/torture/*.sh harness/tests/lint/*.sh pool/tests/*.sh .ci/run)
objects   = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
comma    := ,

.PHONY: all atlas bench digest-table digest-seeds bench-lab install run catalogue test unit-tests lint lint-format lint-tidy lint-cppcheck lint-banned lint-shell
.PHONY: lint-documents lint-rooms check-fast
.PHONY: peers format sanitize fuzz test-peers test-search test-sweep torture doctor kernel kernel-once image image-once release build-tests build-pool-tests clean help FORCE
.SECONDARY:
.DELETE_ON_ERROR:

all: $(BUILD)/hangup $(BUILD)/hangup-lab $(BUILD)/hangup-init $(BUILD)/libpqpool.a $(POOL_SO) $(EXAMPLES) $(SUBJECTS) $(PROBES) ## build build/hangup, the pool, its subjects and the atlas's probes

SHOWN := pqpool:none pqpool:pre-ping pqpool:pre-ping-deadline pqpool:hedged sqlalchemy:none sqlalchemy:pre-ping
ARGS  ?= idle/hung-up idle/reset idle/silence steady/price $(addprefix --subject ,$(SHOWN))
run: all kernel image-once ## run four scenarios on pqpool and SQLAlchemy (ARGS='idle --jobs 2' for others)
	$(BUILD)/hangup run $(ARGS)

catalogue: all kernel image-once ## run all scenarios on all subjects that are ready
	$(BUILD)/hangup run

LEAGUE ?=
LEAGUE_IMAGES ?= debian-13-peers
LEAGUE_SEEDS ?= 7 8
BASELINES := results/baseline
league: all kernel image-once ## record every pool under every scenario, with two seeds, in hours, and make the pages; resumes where it was stopped (LEAGUE='idle steady/price' LEAGUE_SEEDS=7 for less, LEAGUE_IMAGES='debian-13-peers forky-peers' for upgrades.md)
	@$(foreach image,$(LEAGUE_IMAGES),$(foreach seed,$(LEAGUE_SEEDS), \
	    $(BUILD)/hangup run $(LEAGUE) --image $(image) --seed $(seed) --resume --out results/league-$(image)-$(seed) \
	        --accept >$(BUILD)/league.txt; status=$$?; tail -n 2 $(BUILD)/league.txt; \
	    case $$status in 0 | 1 | 3) ;; *) exit $$status ;; esac;)) true
	@$(MAKE) league-page

.PHONY: league-page
league-page: all ## the recorded baselines as pages and a picture: results/baseline/league.md, .html and .svg, strategies.md, deadlines.md, upgrades.md and upgrades-debian-13.md
	$(BUILD)/hangup league $(BASELINES)/debian-13-peers.json --out $(BASELINES)/league.md \
	    --html $(BASELINES)/league.html --svg $(BASELINES)/league.svg
	$(BUILD)/hangup league $(BASELINES)/debian-13-peers.json --subjects pqpool --out $(BASELINES)/strategies.md
	$(BUILD)/hangup league $(BASELINES)/deadlines.json --out $(BASELINES)/deadlines.md
	$(if $(wildcard $(BASELINES)/forky-peers.json),$(BUILD)/hangup league $(BASELINES)/debian-13-peers.json \
	    --upgrade $(BASELINES)/forky-peers.json --out $(BASELINES)/upgrades.md)
	$(if $(wildcard $(BASELINES)/debian-12.json),$(BUILD)/hangup league $(BASELINES)/debian-12.json \
	    --upgrade $(BASELINES)/debian-13-peers.json --out $(BASELINES)/upgrades-debian-13.md)

atlas: all kernel image-once ## what every hang-up says in every client, as a whole, into results/baseline: what diagnose searches
	$(BUILD)/hangup atlas --baseline results/baseline

test: ## build, lint, unit tests, sanitizers, end-to-end cells; ends in one line: N passed, N failed
	@scripts/run-tests.sh

build-tests: $(TESTS) $(BUILD)/pqpool_bench
build-pool-tests: $(filter $(BUILD)/pool/%,$(TESTS))

unit-tests: build-tests ## the CMocka tests of this build
	@for test in $(TESTS); do $$test || exit 1; done

lint: lint-format lint-tidy lint-cppcheck lint-banned lint-rooms lint-shell lint-documents ## all static checks

check-fast: ## layout, banned calls, scripts, documents and unit tests, in under a minute; for a pre-commit hook
	@scripts/run-tests.sh fast

format: ## lay out all C files
	@clang-format-19 -i $(SOURCES) $(HEADERS)

peers: ## make the image with the pools that people run: debian-13-peers, from Debian's packages and npm's
	@$(MAKE) image IMAGE=debian-13-peers

test-peers: all kernel image-once ## each recorded setting of each pool of that image: make test has one of each pool, this takes some 10 minutes
	@$(if $(HANGUP_NO_SETUP),,scripts/install-packages.sh test)
	@HANGUP=$(BUILD)/hangup PEERS=all TEST_LIMIT_S=3600 prove --exec scripts/tap-test.sh harness/tests/cells/test_peers.sh

test-search: all kernel image-once ## search finds each of the bugs that are planted in a small pool; make test has one of them
	@$(if $(HANGUP_NO_SETUP),,scripts/install-packages.sh test)
	@HANGUP=$(BUILD)/hangup SEARCH=all TEST_LIMIT_S=3600 prove --exec scripts/tap-test.sh harness/tests/cells/test_search.sh

test-sweep: all kernel image-once ## sweep over pools of Python, Go and Node, too, without a retry and with; make test has pqpool and a small pool
	@$(if $(HANGUP_NO_SETUP),,scripts/install-packages.sh test)
	@HANGUP=$(BUILD)/hangup SWEEP=all TEST_LIMIT_S=3600 prove --exec scripts/tap-test.sh harness/tests/cells/test_sweep.sh

sanitize: ## unit tests under AddressSanitizer and UndefinedBehaviorSanitizer, the pool's under ThreadSanitizer
	@scripts/run-tests.sh sanitize

FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst harness/fuzz/fuzz_%.c,%,$(wildcard harness/fuzz/fuzz_*.c))
FUZZ_OPTIONS := -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=60 -verbosity=0 -print_final_stats=1
FUZZ_SEEDS_scenario := -dict=harness/fuzz/scenario.dict scenarios
FUZZ_SEEDS_manifest := pool/subjects
.PHONY: $(addprefix fuzz-,$(FUZZERS))
fuzz: ## feed every reader of files (FUZZERS='run plan' for some) with nonsense, each for FUZZ_SECONDS; needs clang
	@$(MAKE) BUILD=$(BUILD)/fuzz CC=clang SANITIZE='-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover' \
	    $(addprefix $(BUILD)/fuzz/fuzz_,$(FUZZERS))
	@$(MAKE) $(addprefix fuzz-,$(FUZZERS))
$(addprefix fuzz-,$(FUZZERS)): fuzz-%:
	@mkdir -p $(BUILD)/fuzz/corpus/$*
	@echo "fuzz_$*"
	@$(BUILD)/fuzz/fuzz_$* $(FUZZ_OPTIONS) -artifact_prefix=$(BUILD)/fuzz/$*- $(filter -%,$(FUZZ_SEEDS_$*)) \
	    $(BUILD)/fuzz/corpus/$* $(wildcard harness/fuzz/seeds/$*) $(filter-out -%,$(FUZZ_SEEDS_$*))

BENCH_OUT ?= results/baseline/bench.md
WAITS_OUT ?= results/baseline/waits.md
bench: all kernel image-once $(BUILD)/pqpool_bench $(BUILD)/bench/HikariBench.class ## checkout and checkin against a mutex and HikariCP, in 6 minutes, and waits in virtual time, in 3; into BENCH_OUT and WAITS_OUT
	$(BUILD)/pqpool_bench --out $(BENCH_OUT)
	@cat $(BENCH_OUT)
	$(BUILD)/hangup exec --quiet steady/price -- $(BUILD)/pqpool_bench --waits --conninfo '' </dev/null >$(WAITS_OUT)
	@cat $(WAITS_OUT)

bench-lab: all kernel image-once ## how fast the lab is, beside another build (BASE=/other/build/hangup ROUNDS=7 ALL=1)
	@scripts/bench-lab.sh $(abspath $(BUILD)/hangup) $(BASE)

digest-table: all kernel image-once ## the same cells as root, as a user, without powers, from other folders, under load, on Debian 13: one digest each
	HANGUP=$(BUILD)/hangup scripts/digest-table.sh

digest-seeds: all kernel image-once ## a lossy cell with seeds 1..200, alone, under load and eight at once: one digest a seed (SEEDS=20)
	HANGUP=$(BUILD)/hangup scripts/digest-seeds.sh

torture: all kernel image-once ## 100 runs and 40 programs ended by signals at moments of chance (RUNS=100 EXECS=40 SEED=1)
	HANGUP=$(BUILD)/hangup harness/tests/torture/kills.sh

.PHONY: branches
branches: all kernel image-once ## 1,000 cells off one trunk: one set of bytes, no growth, nothing left (BRANCHES=40)
	HANGUP=$(BUILD)/hangup harness/tests/torture/branches.sh

.PHONY: test-report
test-report: all kernel ## open report.html in chromium: keyboard, filters, stories, axe, html-validate; PICTURES=folder keeps screenshots
	@$(if $(HANGUP_NO_SETUP),,scripts/install-packages.sh browser $(if $(shell command -v npm),,npm))
	HANGUP=$(BUILD)/hangup harness/tests/browser/test_report.sh $(PICTURES)

.PHONY: test-ci
test-ci: all kernel image-once ## run the steps of scripts/ci (GitHub, GitLab, Kubernetes, GNU parallel, Slurm) in a fresh copy, in some minutes
	@$(if $(HANGUP_NO_SETUP),,scripts/install-packages.sh engines)
	HANGUP=$(BUILD)/hangup harness/tests/ci/test_ci.sh

doctor: all ## what this machine can do, what is missing, and the command that fixes it
	$(BUILD)/hangup doctor

kernel: $(if $(HANGUP_NO_SETUP),,kernel-once) ## build the guest kernel into the cache, once (about 7 minutes on two cores)
kernel-once:
	@scripts/install-packages.sh kernel
	@scripts/build-kernel.sh

IMAGE ?= debian-13
image: ## make the image of a Debian release into the cache, in some minutes (IMAGE=debian-12, forky, debian-13-peers, forky-peers): the world of the lab
	@$(if $(HANGUP_NO_SETUP),,scripts/install-packages.sh image $(if $(findstring peers,$(IMAGE)),$(if $(shell command -v npm),,npm)))
	@scripts/build-image.sh $(IMAGE)

# Of the default image any is good enough that is there: make image brings the newest.
image-once: $(if $(HANGUP_NO_SETUP),,$(if $(wildcard $(shell scripts/cache-folder.sh)/images/debian-13*.erofs),,image))

PREFIX ?= /usr/local
install: all ## install hangup, and pqpool's library, header, pkg-config file and manual page (PREFIX=/usr/local, DESTDIR=)
	DESTDIR='$(DESTDIR)' scripts/install-hangup.sh '$(BUILD)' '$(PREFIX)'
	install -d '$(DESTDIR)$(PREFIX)'/{include,lib/pkgconfig,share/man/man3}
	install -m 644 pool/pqpool.h '$(DESTDIR)$(PREFIX)/include'
	install -m 644 $(BUILD)/libpqpool.a '$(DESTDIR)$(PREFIX)/lib'
	install -m 755 $(POOL_SO) '$(DESTDIR)$(PREFIX)/lib'
	ln -sf $(notdir $(POOL_SO)) '$(DESTDIR)$(PREFIX)/lib/libpqpool.so'
	install -m 644 pool/pqpool.3 '$(DESTDIR)$(PREFIX)/share/man/man3'
	version=$$(sed -n 's/^#define PQPOOL_VERSION "\(.*\)"/\1/p' pool/pqpool.h) && prefix=$$(realpath -ms '$(PREFIX)') && \
	    sed "s|@PREFIX@|$$prefix|; s|@VERSION@|$$version|" pool/pqpool.pc.in >'$(DESTDIR)$(PREFIX)/lib/pkgconfig/pqpool.pc'

release: all $(BUILD)/hangup-static kernel image-once ## pack hangup, its kernel and images (IMAGES='debian-13 …') for any x86-64 Linux, into BUILD
	@$(if $(HANGUP_NO_SETUP),,scripts/install-packages.sh release)
	@scripts/make-release.sh $(BUILD)

clean: ## remove what was built; the cache with the guest kernel stays
	rm -rf $(BUILD)

help: ## this text
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

# --- set-up: packages, and where pkg-config finds the libraries. Made before anything else is, because it is included.
$(INSTALLED): scripts/install-packages.sh
	@scripts/install-packages.sh $(PURPOSES)
	@mkdir -p $(@D)
	@touch $@

$(BUILD)/libraries.mk: Makefile $(INSTALLED)
	@mkdir -p $(@D)
	@cflags=$$(pkg-config --cflags $(LIBRARIES) $(LAB_LIBRARIES)) && libs=$$(pkg-config --libs $(LIBRARIES)) && \
	    lab_libs=$$(pkg-config --libs $(LAB_LIBRARIES)) && \
	    printf 'LIBRARIES_CFLAGS := %s\nLIBRARIES_LIBS := %s\nLAB_LIBS := %s\n' "$$cflags" "$$libs" "$$lab_libs" >$@

# --- build. Everything depends on the flags it was built with.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LAB_LIBS) $(LDLIBS)' | cmp -s - $@ || \
	    echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LAB_LIBS) $(LDLIBS)' >$@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The compiler reads it, and does not say so.
$(BUILD)/obj/harness/atlas/sayings_built_in.o: harness/atlas/sayings.yaml

$(BUILD)/hangup: $(call objects,harness/main.c) $(BUILD)/libhangup-host.a $(BUILD)/libhangup.a
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What nobody calls of libcrypto asks for getaddrinfo, of which a static program is warned.
$(BUILD)/hangup-static: $(call objects,harness/main.c) $(BUILD)/libhangup-host.a $(BUILD)/libhangup.a
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -static -o $@ $^ $(LDLIBS) 2>&1 | { grep -v 'statically linked\|in function' >&2; true; }; test -x $@

# It runs in the image, which has its libraries but this one (scripts/images/*.list).
$(BUILD)/hangup-lab: $(call objects,harness/main_lab.c) $(BUILD)/libhangup-lab.a $(BUILD)/libhangup.a
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LAB_LIBS) $(patsubst -lyaml,-l:libyaml.a,$(LDLIBS))

# The first program of a guest, before there are any libraries.
$(call objects,harness/main_init.c): private override CFLAGS := -std=c11 -O2 -g $(WARNINGS)
$(BUILD)/hangup-init: $(call objects,harness/main_init.c)
	$(call say,LINK)$(CC) -static -o $@ $^

# What the guest's server preloads, built into hangup-lab: any image's libraries will do.
$(call objects,harness/preload_keys.c): private override CFLAGS := -std=c11 -O2 -fPIC $(WARNINGS)
$(BUILD)/keys.so: $(call objects,harness/preload_keys.c)
	$(call say,LINK)$(CC) -shared -s -Wl,-z,defs -Wl,--build-id=none -o $@ $^
$(BUILD)/obj/harness/lab/keys.o: $(BUILD)/keys.so
$(BUILD)/obj/harness/lab/keys.o: private override CFLAGS += -Wa,-I$(BUILD)

$(BUILD)/libhangup.a: $(call objects,$(call in_rooms,$(CORE_ROOMS))) $(BUILD)/obj/report-page.o
$(BUILD)/libhangup-host.a: $(call objects,$(call in_rooms,$(HOST_ROOMS)))
$(BUILD)/libhangup-lab.a: $(call objects,$(call in_rooms,$(LAB_ROOMS)))
$(BUILD)/libhangup%a:
	$(call say,AR)rm -f $@ && ar rcs $@ $^

# What the browser gets, as bytes in the program.
$(BUILD)/report-page.c: scripts/embed-page.sh $(wildcard harness/report/html/*)
	@mkdir -p $(@D)
	$(call say,PAGE)scripts/embed-page.sh harness/report/html >$@
$(BUILD)/obj/report-page.o: $(BUILD)/report-page.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# One set of objects for both libraries. Only what pqpool.h declares can be seen from outside.
$(call objects,$(POOL)): private override CFLAGS += -fPIC -fvisibility=hidden
$(BUILD)/libpqpool.a: $(call objects,$(POOL))
	$(call say,AR)rm -f $@ && ar rcs $@ $^

$(POOL_SO): $(call objects,$(POOL))
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,-z,defs -o $@ $^ -lpq -lpthread

$(EXAMPLES): $(BUILD)/%: $(BUILD)/obj/%.o $(BUILD)/libpqpool.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpq -lpthread

ARCHIVES := $(addprefix $(BUILD)/libhangup,-host.a -lab.a .a)
# Each test_*.c is one program; what else is in the folder is linked into all of them.
fixtures = $(foreach file,$(wildcard $(1)),$(if $(filter test_%,$(notdir $(file))),,$(file)))
$(BUILD)/harness/tests/unit/%: $(BUILD)/obj/harness/tests/unit/%.o $(call objects,$(call fixtures,harness/tests/unit/*/*.c)) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LAB_LIBS) $(LDLIBS) -lcmocka

$(BUILD)/pool/tests/%: $(BUILD)/obj/pool/tests/%.o $(call objects,$(call fixtures,pool/tests/*.c)) $(BUILD)/libpqpool.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpq -ljansson -lcmocka -lpthread
# Calls that these tests make fail.
$(BUILD)/harness/tests/unit/net/test_lab_link_failures: private override LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,nl_socket_alloc \
    $(addsuffix _alloc,rtnl_link rtnl_link_veth rtnl_addr rtnl_route rtnl_route_nh rtnl_neigh rtnl_qdisc))
$(BUILD)/pool/tests/test_pqpool_failures: private override LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,aligned_alloc calloc strdup \
    poll PQconninfoParse PQconnectdbParams PQconnectStartParams PQconnectPoll PQsendQuery PQsetnonblocking PQflush PQconsumeInput)
$(BUILD)/pool/tests/test_pqpool_fork: private override LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,eventfd dup3 pthread_atfork)
$(BUILD)/pool/tests/test_pqpool_strategy_failures: private override LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,strdup \
    pthread_create poll ppoll getsockopt PQconnectStartParams PQsendQuery PQsendQueryParams PQsetnonblocking)
# What happens between two steps of the pool, happens here while it reads the clock, or just before it is enqueued.
$(BUILD)/pool/tests/test_pqpool_slots: private override LDFLAGS += -Wl,--wrap=pqpool_now_us -Wl,--wrap=pqpool_enqueue
# They watch how often it reads the clock, and whom it wakes.
$(BUILD)/pool/tests/test_pqpool_turns: private override LDFLAGS += -Wl,--wrap=pqpool_now_us
$(BUILD)/pool/tests/test_pqpool_waiters: private override LDFLAGS += -Wl,--wrap=pqpool_now_us -Wl,--wrap=pthread_cond_signal
# It starts the adapter.
$(BUILD)/pool/tests/test_pqpool_subjects: | $(BUILD)/pqpool_subject

# It watches who is enqueued, and who is given a place.
$(BUILD)/pqpool_bench: private override LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,pthread_mutex_lock pqpool_enqueue pqpool_wake)
# It starts the server of the tests.
$(BUILD)/pqpool_bench: $(call objects,$(BENCH) pool/tests/postgres_fixture.c) $(BUILD)/libpqpool.a
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpq -lcmocka -lpthread

$(BUILD)/bench/HikariBench.class: $(wildcard pool/bench/*.java)
	@mkdir -p $(@D)
	$(call say,JAVAC)javac -d $(@D) -cp /usr/share/java/HikariCP.jar $^

$(SUBJECTS): $(BUILD)/%: $(BUILD)/obj/pool/subjects/%.o $(BUILD)/libpqpool.a
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpq -ljansson -lpthread

$(PROBES): $(BUILD)/%: $(BUILD)/obj/pool/probes/%.o
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpq -ljansson -lpthread

$(addprefix $(BUILD)/fuzz_,$(FUZZERS)): $(BUILD)/%: $(BUILD)/obj/harness/fuzz/%.o $(ARCHIVES)
	$(call say,LINK)$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS)

# --- lint
lint-format:
	@clang-format-19 --dry-run --Werror $(SOURCES) $(HEADERS)

# One mark per file: only what changed is looked at again. The object brings the dependency on headers; what has passed in
# another folder need not pass again.
lint-tidy: $(patsubst %.c,$(BUILD)/tidy/%.ok,$(SOURCES))
$(BUILD)/tidy/%.ok: %.c $(BUILD)/obj/%.o .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY)scripts/clang-tidy.sh $< $(CPPFLAGS) -std=c11
	@touch $@

lint-cppcheck:
	@mkdir -p $(BUILD)/cppcheck
	@cppcheck --quiet --error-exitcode=1 --std=c11 --language=c --enable=warning,style,performance,portability \
	    --inline-suppr --suppressions-list=scripts/cppcheck-suppressions.txt --cppcheck-build-dir=$(BUILD)/cppcheck \
	    -j2 -D_GNU_SOURCE -D__linux__ --include=/usr/include/x86_64-linux-gnu/sys/queue.h '-D__attribute__(x)=' -Iharness -Ipool $(SOURCES)

lint-banned:
	@scripts/check-banned.sh $(SOURCES) $(HEADERS)
	@scripts/check-rooms.sh $(SOURCES) $(HEADERS)

lint-rooms: $(call objects,$(HARNESS))
	@scripts/check-circles.sh $(BUILD)/obj/harness

lint-shell:
	@shellcheck $(SCRIPTS)

lint-documents:
	@scripts/check-documents.sh

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
