# unit tests of src/model; schema_test brings a snapshot of its own instead of libstore
check_PROGRAMS += tests/unit/query_test
tests_unit_query_test_SOURCES = tests/unit/query_test.c
tests_unit_query_test_LDADD = src/libmodel.a $(EXPR_TEST_LIBS)
tests_unit_query_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/result_test
tests_unit_result_test_SOURCES = tests/unit/result_test.c
tests_unit_result_test_LDADD = src/libmodel.a $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_result_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/node_name_test
tests_unit_node_name_test_SOURCES = tests/unit/node_name_test.c
tests_unit_node_name_test_LDADD = src/libmodel.a $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_node_name_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/schema_test
tests_unit_schema_test_SOURCES = tests/unit/schema_test.c
tests_unit_schema_test_LDADD = src/libmodel.a $(LIBS_EXPR) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_schema_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/userset_test
tests_unit_userset_test_SOURCES = tests/unit/userset_test.c
tests_unit_userset_test_LDADD = src/libmodel.a $(LIBS_BASE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_userset_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/catalogue_test
tests_unit_catalogue_test_SOURCES = tests/unit/catalogue_test.c
tests_unit_catalogue_test_LDADD = src/libmodel.a $(EXPR_TEST_LIBS)
tests_unit_catalogue_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
