# unit tests of src/import
EXTRA_DIST += tests/import
check_PROGRAMS += tests/unit/csv_source_test
tests_unit_csv_source_test_SOURCES = tests/unit/csv_source_test.c
tests_unit_csv_source_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_csv_source_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/import_case_test
tests_unit_import_case_test_SOURCES = tests/unit/import_case_test.c tests/unit/import_dump.c tests/unit/import_dump.h
tests_unit_import_case_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_import_case_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/load_test
tests_unit_load_test_SOURCES = tests/unit/load_test.c tests/unit/import_dump.c tests/unit/import_dump.h
tests_unit_load_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_load_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/import_parts_test
tests_unit_import_parts_test_SOURCES = tests/unit/import_parts_test.c
tests_unit_import_parts_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_import_parts_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/json_source_test
tests_unit_json_source_test_SOURCES = tests/unit/json_source_test.c
tests_unit_json_source_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_json_source_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/input_test
tests_unit_input_test_SOURCES = tests/unit/input_test.c
tests_unit_input_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_input_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/late_test
tests_unit_late_test_SOURCES = tests/unit/late_test.c tests/unit/import_dump.c tests/unit/import_dump.h
tests_unit_late_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_late_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/compose_test
tests_unit_compose_test_SOURCES = tests/unit/compose_test.c
tests_unit_compose_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_compose_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/history_test
tests_unit_history_test_SOURCES = tests/unit/history_test.c
tests_unit_history_test_LDADD = $(LIBS_IMPORT) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_history_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
