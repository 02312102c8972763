# conditions on customers: src/analysis/audience, behaviour, trait; ANALYSIS_WORLD is in analysis.mk
check_PROGRAMS += tests/unit/audience_test
tests_unit_audience_test_SOURCES = tests/unit/audience_test.c tests/unit/analysis_real.c $(ANALYSIS_WORLD)
tests_unit_audience_test_LDADD = $(LIBS_ANALYSIS) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_audience_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/wilson_test
tests_unit_wilson_test_SOURCES = tests/unit/wilson_test.c
tests_unit_wilson_test_LDADD = $(LIBS_ANALYSIS) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_wilson_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/who_test
tests_unit_who_test_SOURCES = tests/unit/who_test.c tests/unit/analysis_fake.c $(ANALYSIS_WORLD)
tests_unit_who_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_who_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/amount_test
tests_unit_amount_test_SOURCES = tests/unit/amount_test.c
tests_unit_amount_test_LDADD = $(ANALYSIS_LIBS)
tests_unit_amount_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
