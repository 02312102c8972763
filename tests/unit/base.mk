# unit tests of src/base: one program per module
check_PROGRAMS += tests/unit/arena_test
tests_unit_arena_test_SOURCES = tests/unit/arena_test.c
tests_unit_arena_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_arena_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/buf_test
tests_unit_buf_test_SOURCES = tests/unit/buf_test.c
tests_unit_buf_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_buf_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/date_test
tests_unit_date_test_SOURCES = tests/unit/date_test.c
tests_unit_date_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_date_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/duration_test
tests_unit_duration_test_SOURCES = tests/unit/duration_test.c
tests_unit_duration_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_duration_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/err_test
tests_unit_err_test_SOURCES = tests/unit/err_test.c
tests_unit_err_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_err_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/intern_test
tests_unit_intern_test_SOURCES = tests/unit/intern_test.c
tests_unit_intern_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_intern_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/nls_test
tests_unit_nls_test_SOURCES = tests/unit/nls_test.c
tests_unit_nls_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_nls_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/num_test
tests_unit_num_test_SOURCES = tests/unit/num_test.c
tests_unit_num_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_num_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/os_test
tests_unit_os_test_SOURCES = tests/unit/os_test.c
tests_unit_os_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_os_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/pool_test
tests_unit_pool_test_SOURCES = tests/unit/pool_test.c
tests_unit_pool_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_pool_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/rand_test
tests_unit_rand_test_SOURCES = tests/unit/rand_test.c
tests_unit_rand_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_rand_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/str_test
tests_unit_str_test_SOURCES = tests/unit/str_test.c
tests_unit_str_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_str_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/time_test
tests_unit_time_test_SOURCES = tests/unit/time_test.c
tests_unit_time_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_time_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/utf8_test
tests_unit_utf8_test_SOURCES = tests/unit/utf8_test.c
tests_unit_utf8_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_utf8_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/zone_test
tests_unit_zone_test_SOURCES = tests/unit/zone_test.c
tests_unit_zone_test_LDADD = $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_zone_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
