# The fuzz targets with libFuzzer: `make fuzz` calls this with GNU make, in the build folder.
#
# Everything is compiled once more, by clang with sanitizers and coverage, below fuzz/. Variables from the Makefile: srcdir,
# SOURCES (of the libraries), CPPFLAGS, LIBS, FUZZ_CC, FUZZ_RUNS, FUZZ_JOBS, FUZZ_TARGETS.
# Each target begins with its corpus; what libFuzzer finds on the way stays in fuzz/found/<target>, which the next run
# begins with too. A finding is written to fuzz/<target>-crash-… and ends that target.
FUZZ_FLAGS = -std=gnu11 -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -DFUZZ_STANDALONE
DEFINES = -DHAVE_CONFIG_H -DLOCALEDIR='"/"' -DPKGDATADIR='"/"'
SANITIZE = -fsanitize=address,undefined
# Inputs of the targets store and tree only say how to damage a file: what its bytes are compared with teaches
# libFuzzer nothing, and noting it took a quarter of their time.
fuzz/src/store/%.o $(patsubst %,fuzz/tests/fuzz/%.o,patch store_fuzz tree_fuzz): COVERAGE = -fno-sanitize-coverage=trace-cmp
fuzz/src/store/column%.o: COVERAGE =
# LMDB keeps memory over a failed mdb_env_open of a damaged file: leaks are looked for elsewhere.
# Seconds and megabytes that one input may take.
LIMITS = -timeout=25 -rss_limit_mb=3000 -print_final_stats=1 -verbosity=0
LEAKS_store = -detect_leaks=0
# Each input takes and frees megabytes, in LMDB and in buffers of files: keeping hundreds of them back costs a quarter.
ASAN_store = quarantine_size_mb=4
ASAN_guess = quarantine_size_mb=4
# In memory, where writing safely costs nothing.
SCRATCH = $(firstword $(wildcard /dev/shm) /tmp)
WIDTH_column = 1024
WIDTH_csv = 512
WIDTH_expr = 256
WIDTH_guess = 512
WIDTH_input = 256
WIDTH_json = 256
WIDTH_mapping = 256
WIDTH_zone = 1024
WIDTH_utf8 = 128
WIDTH_regex = 400
WIDTH_time = 160
WIDTH_store = 61
WIDTH_tree = 61

C = $(filter %.c,$(SOURCES)) tests/fuzz/fuzz.c tests/fuzz/patch.c tests/unit/expr_world.c
OBJECTS = $(C:%.c=fuzz/%.o)
PROGRAMS = $(FUZZ_TARGETS:%=fuzz/%_fuzz)

all: $(FUZZ_TARGETS:%=run-%)
programs: $(PROGRAMS)

fuzz/%.o: $(srcdir)/%.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) $(SANITIZE) -fsanitize=fuzzer-no-link $(COVERAGE) $(DEFINES) -I. -Isrc -I$(srcdir) -I$(srcdir)/src $(CPPFLAGS) -MMD -c -o $@ $<

fuzz/%_fuzz: fuzz/tests/fuzz/%_fuzz.o $(OBJECTS)
	$(FUZZ_CC) $(SANITIZE) -fsanitize=fuzzer -o $@ $^ $(LIBS) -lpthread -lm

run-%: fuzz/%_fuzz
	@mkdir -p fuzz/found/$*
	@echo "$*: $(FUZZ_RUNS) runs"
	@d=$$(mktemp -d "$${TMPDIR:-$(SCRATCH)}/waymark-fuzz-XXXXXX") && trap 'rm -rf "$$d"' EXIT && TMPDIR=$$d ASAN_OPTIONS='$(ASAN_$*)' fuzz/$*_fuzz -runs=$(FUZZ_RUNS) $(LIMITS) $(LEAKS_$*) $(if $(WIDTH_$*),-max_len=$(WIDTH_$*)) -artifact_prefix=fuzz/$*- \
	    fuzz/found/$* $(srcdir)/tests/fuzz/corpus/$* >fuzz/$*.log 2>&1 || { tail -n 60 fuzz/$*.log; exit 1; }
	@grep -E 'number_of_executed_units|average_exec_per_sec|peak_rss_mb' fuzz/$*.log

.PHONY: all programs
.PRECIOUS: fuzz/%.o fuzz/%_fuzz
.SECONDARY:
-include $(OBJECTS:.o=.d)
