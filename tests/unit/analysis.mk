# unit tests of src/analysis: each against a slow second count, on a store in memory with blocks of a few rows
ANALYSIS_WORLD = tests/unit/analysis_log.c tests/unit/analysis_log.h tests/unit/analysis_ask.c tests/unit/analysis_fake.c

check_PROGRAMS += tests/unit/funnel_test
tests_unit_funnel_test_SOURCES = tests/unit/funnel_test.c $(ANALYSIS_WORLD)
tests_unit_funnel_test_LDADD = $(LIBS_ANALYSIS) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_funnel_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/paths_test
tests_unit_paths_test_SOURCES = tests/unit/paths_test.c $(ANALYSIS_WORLD)
tests_unit_paths_test_LDADD = $(LIBS_ANALYSIS) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_paths_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/events_test
tests_unit_events_test_SOURCES = tests/unit/events_test.c $(ANALYSIS_WORLD)
tests_unit_events_test_LDADD = $(LIBS_ANALYSIS) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_events_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
