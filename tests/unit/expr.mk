# unit tests of src/expr
check_LIBRARIES += tests/unit/libexprworld.a
tests_unit_libexprworld_a_SOURCES = tests/unit/expr_world.c tests/unit/expr_world.h
EXPR_TEST_LIBS = tests/unit/libexprworld.a $(LIBS_EXPR) $(EXTERN_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/expr_case_test
tests_unit_expr_case_test_SOURCES = tests/unit/expr_case_test.c
tests_unit_expr_case_test_LDADD = src/libmodel.a $(EXPR_TEST_LIBS)
tests_unit_expr_case_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/expr_tree_test
tests_unit_expr_tree_test_SOURCES = tests/unit/expr_tree_test.c
tests_unit_expr_tree_test_LDADD = $(EXPR_TEST_LIBS)
tests_unit_expr_tree_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/regex_test
tests_unit_regex_test_SOURCES = tests/unit/regex_test.c
tests_unit_regex_test_LDADD = $(LIBS_EXPR) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_regex_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

EXTRA_DIST += tests/expr/README tests/expr/evil.txt tests/expr/error.test tests/expr/event.test tests/expr/print.test tests/expr/user.test tests/expr/user_behaviour.test \
	tests/expr/user_error.test tests/expr/user_print.test tests/expr/user_typo.test
