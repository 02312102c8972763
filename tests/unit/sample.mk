# unit tests of src/sample
check_PROGRAMS += tests/unit/sample_test
tests_unit_sample_test_SOURCES = tests/unit/sample_test.c tests/unit/sample_read.c tests/unit/sample_read.h
tests_unit_sample_test_LDADD = $(LIBS_SAMPLE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_sample_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) $(CMOCKA_CFLAGS)
