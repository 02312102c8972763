# unit tests of src/cli
check_PROGRAMS += tests/unit/args_test tests/unit/usage_test
tests_unit_args_test_SOURCES = tests/unit/args_test.c
tests_unit_args_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_args_test_LDADD = src/libcli.a $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_usage_test_SOURCES = tests/unit/usage_test.c
tests_unit_usage_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_usage_test_LDADD = src/libcli.a $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
