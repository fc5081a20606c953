# hangup: `make run` shows it, `make test` proves it, `make` builds build/hangup. Each sets up what it needs, once.
CC       ?= cc
BUILD    ?= build
CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror
PACKAGES := yaml-0.1 jansson libpq libcrypto libssl libnl-3.0 libnl-route-3.0 libpcap libnftables
override CPPFLAGS += -D_GNU_SOURCE -Iharness -Ipool $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
override CFLAGS   += -std=c11 $(WARNINGS) $(SANITIZE)
LDLIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm -lpthread

HARNESS := $(filter-out harness/main.c harness/preload_%,$(wildcard harness/*.c))
POOL    := $(wildcard pool/*.c)
TESTS   := $(patsubst %.c,$(BUILD)/%,$(wildcard harness/tests/test_*.c pool/tests/test_*.c))
PRELOAD := $(patsubst harness/preload_%.c,$(BUILD)/preload-%.so,$(wildcard harness/preload_*.c))
SUBJECTS := $(patsubst pool/subjects/%.c,$(BUILD)/%,$(wildcard pool/subjects/*.c))
objects  = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

.PHONY: all unit-tests clean
.SECONDARY:
all: $(BUILD)/hangup $(BUILD)/libpqpool.a $(SUBJECTS) $(PRELOAD)

$(BUILD)/hangup: $(call objects,harness/main.c) $(BUILD)/libhangup.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libhangup.a: $(call objects,$(HARNESS))
	rm -f $@ && ar rcs $@ $^

$(BUILD)/libpqpool.a: $(call objects,$(POOL))
	rm -f $@ && ar rcs $@ $^

# Loaded into the guest's process, so nothing of the build's instrumentation may be in it.
$(BUILD)/preload-%.so: harness/preload_%.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -O2 -shared -fPIC -o $@ $<

$(BUILD)/harness/tests/%: $(BUILD)/obj/harness/tests/%.o $(BUILD)/libhangup.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(BUILD)/pool/tests/%: $(BUILD)/obj/pool/tests/%.o $(BUILD)/libpqpool.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpq -lcmocka -lpthread

$(SUBJECTS): $(BUILD)/%: $(BUILD)/obj/pool/subjects/%.o $(BUILD)/libpqpool.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpq -ljansson -lpthread

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

unit-tests: $(TESTS)
	@for test in $(TESTS); do $$test || exit 1; done

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
