# Fuzz targets.  `make check` replays their corpora; `make fuzz` runs them with clang's libFuzzer:
#     make fuzz [FUZZ_RUNS=2000000] [FUZZ_TARGETS='csv time'] [FUZZ_CC=clang-14]
fuzz_targets = column csv expr guess input json mapping regex store time tree utf8 zone
fuzz_sources = tests/fuzz/column_fuzz.c tests/fuzz/csv_fuzz.c tests/fuzz/expr_fuzz.c tests/fuzz/guess_fuzz.c \
	tests/fuzz/input_fuzz.c tests/fuzz/json_fuzz.c tests/fuzz/mapping_fuzz.c \
	tests/fuzz/regex_fuzz.c tests/fuzz/store_fuzz.c tests/fuzz/time_fuzz.c tests/fuzz/tree_fuzz.c \
	tests/fuzz/utf8_fuzz.c tests/fuzz/zone_fuzz.c

check_PROGRAMS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h tests/fuzz/patch.c tests/fuzz/patch.h \
	$(fuzz_sources) tests/unit/expr_world.c tests/unit/expr_world.h
tests_fuzz_replay_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_replay_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS)
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/fuzz.make tests/fuzz/README

FUZZ_CC = clang
FUZZ_RUNS = 2000000
FUZZ_TARGETS = $(fuzz_targets)
fuzz: config.h $(BUILT_SOURCES)
	$(MAKE) -f $(top_srcdir)/tests/fuzz/fuzz.make srcdir='$(top_srcdir)' \
	    CPPFLAGS='$(LMDB_CFLAGS) $(PCRE2_CFLAGS) $(JANSSON_CFLAGS) $(ZLIB_CFLAGS) $(XXHASH_CFLAGS)' \
	    LIBS='$(EXTERN_LIBS)' FUZZ_CC='$(FUZZ_CC)' FUZZ_RUNS='$(FUZZ_RUNS)' FUZZ_TARGETS='$(FUZZ_TARGETS)' \
	    SOURCES='$(src_libbase_a_SOURCES) $(src_libexpr_a_SOURCES) $(src_libstore_a_SOURCES) \
	    $(src_libmodel_a_SOURCES) $(src_libimport_a_SOURCES)'
clean-local:
	rm -rf fuzz replay-*.crash
.PHONY: fuzz clean-local
