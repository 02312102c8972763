# Unit tests of src/analysis, each against a slow second count: on a store in memory with blocks of a few rows
# (thousands of random ones), and again on real stores (a few).
ANALYSIS_WORLD = tests/unit/analysis_log.c tests/unit/analysis_log.h tests/unit/analysis_ask.c
ANALYSIS_LIBS = $(LIBS_ANALYSIS) $(EXTERN_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/funnel_test
tests_unit_funnel_test_SOURCES = tests/unit/funnel_test.c tests/unit/analysis_fake.c $(ANALYSIS_WORLD)
tests_unit_funnel_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_funnel_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/paths_list_test
tests_unit_paths_list_test_SOURCES = tests/unit/paths_list_test.c tests/unit/paths_world.c tests/unit/paths_world.h \
	tests/unit/analysis_fake.c $(ANALYSIS_WORLD)
tests_unit_paths_list_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_paths_list_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/paths_test
tests_unit_paths_test_SOURCES = tests/unit/paths_test.c tests/unit/paths_world.c tests/unit/paths_world.h \
	tests/unit/analysis_fake.c $(ANALYSIS_WORLD)
tests_unit_paths_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_paths_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/transitions_test
tests_unit_transitions_test_SOURCES = tests/unit/transitions_test.c tests/unit/analysis_fake.c $(ANALYSIS_WORLD)
tests_unit_transitions_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_transitions_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/events_test
tests_unit_events_test_SOURCES = tests/unit/events_test.c tests/unit/analysis_fake.c $(ANALYSIS_WORLD)
tests_unit_events_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_events_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/funnel_store_test
tests_unit_funnel_store_test_SOURCES = tests/unit/funnel_test.c tests/unit/analysis_real.c $(ANALYSIS_WORLD)
tests_unit_funnel_store_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_funnel_store_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/paths_list_store_test
tests_unit_paths_list_store_test_SOURCES = tests/unit/paths_list_test.c tests/unit/paths_world.c tests/unit/paths_world.h \
	tests/unit/analysis_real.c $(ANALYSIS_WORLD)
tests_unit_paths_list_store_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_paths_list_store_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/paths_store_test
tests_unit_paths_store_test_SOURCES = tests/unit/paths_test.c tests/unit/paths_world.c tests/unit/paths_world.h \
	tests/unit/analysis_real.c $(ANALYSIS_WORLD)
tests_unit_paths_store_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_paths_store_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/transitions_store_test
tests_unit_transitions_store_test_SOURCES = tests/unit/transitions_test.c tests/unit/analysis_real.c $(ANALYSIS_WORLD)
tests_unit_transitions_store_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_transitions_store_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/events_store_test
tests_unit_events_store_test_SOURCES = tests/unit/events_test.c tests/unit/analysis_real.c $(ANALYSIS_WORLD)
tests_unit_events_store_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_events_store_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

# users over many blocks, many names, a user of 100,000 events
check_PROGRAMS += tests/unit/scan_test
tests_unit_scan_test_SOURCES = tests/unit/scan_test.c tests/unit/analysis_real.c $(ANALYSIS_WORLD)
tests_unit_scan_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_scan_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/pick_test
tests_unit_pick_test_SOURCES = tests/unit/pick_test.c
tests_unit_pick_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_pick_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

# the matcher alone, on hundreds of thousands of short customers
check_PROGRAMS += tests/unit/match_test
tests_unit_match_test_SOURCES = tests/unit/match_test.c
tests_unit_match_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_match_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/dialect_test
tests_unit_dialect_test_SOURCES = tests/unit/dialect_test.c
tests_unit_dialect_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_dialect_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/quantile_test
tests_unit_quantile_test_SOURCES = tests/unit/quantile_test.c
tests_unit_quantile_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_quantile_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/middle_test
tests_unit_middle_test_SOURCES = tests/unit/middle_test.c
tests_unit_middle_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_middle_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

# cases with hand-made answers, through the command line
TESTS += tests/analysis/run.sh
EXTRA_DIST += tests/analysis
