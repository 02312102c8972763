# unit tests of src/store; those that kill and damage are in tests/store
STORE_WORLD = tests/store/store_world.c tests/store/store_world.h
STORE_PLACE = $(STORE_WORLD) tests/store/store_place.c tests/store/store_place.h
STORE_TEST_LIBS = $(LIBS_STORE) $(EXTERN_LIBS) $(CMOCKA_LIBS)
STORE_TEST_FLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/column_test
tests_unit_column_test_SOURCES = tests/unit/column_test.c
tests_unit_column_test_LDADD = $(STORE_TEST_LIBS)
tests_unit_column_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/unit/dict_test
tests_unit_dict_test_SOURCES = tests/unit/dict_test.c $(STORE_WORLD)
tests_unit_dict_test_LDADD = $(STORE_TEST_LIBS)
tests_unit_dict_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/unit/store_test
tests_unit_store_test_SOURCES = tests/unit/store_test.c $(STORE_PLACE)
tests_unit_store_test_LDADD = $(STORE_TEST_LIBS)
tests_unit_store_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/unit/upkeep_test
tests_unit_upkeep_test_SOURCES = tests/unit/upkeep_test.c $(STORE_PLACE)
tests_unit_upkeep_test_LDADD = $(STORE_TEST_LIBS)
tests_unit_upkeep_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/unit/echo_test
tests_unit_echo_test_SOURCES = tests/unit/echo_test.c $(STORE_PLACE)
tests_unit_echo_test_LDADD = $(STORE_TEST_LIBS)
tests_unit_echo_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/store/kill_test
tests_store_kill_test_SOURCES = tests/store/kill_test.c $(STORE_WORLD)
tests_store_kill_test_LDADD = $(STORE_TEST_LIBS)
tests_store_kill_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/store/damage_test
tests_store_damage_test_SOURCES = tests/store/damage_test.c $(STORE_WORLD)
tests_store_damage_test_LDADD = $(STORE_TEST_LIBS)
tests_store_damage_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/store/page_test
tests_store_page_test_SOURCES = tests/store/page_test.c $(STORE_WORLD)
tests_store_page_test_LDADD = $(STORE_TEST_LIBS)
tests_store_page_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/store/healthy_test
tests_store_healthy_test_SOURCES = tests/store/healthy_test.c $(STORE_WORLD)
tests_store_healthy_test_LDADD = $(STORE_TEST_LIBS)
tests_store_healthy_test_CPPFLAGS = $(STORE_TEST_FLAGS)

check_PROGRAMS += tests/unit/place_test
tests_unit_place_test_SOURCES = tests/unit/place_test.c $(STORE_PLACE)
tests_unit_place_test_LDADD = $(STORE_TEST_LIBS)
tests_unit_place_test_CPPFLAGS = $(STORE_TEST_FLAGS)
tests_unit_place_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=os_is_network_fs -Wl,--wrap=os_free_bytes

# A few by chance are in `make check`; these are as many as the goal asks for.
check-damage: all tests/store/damage_test tests/store/healthy_test
	$(TESTS_ENVIRONMENT) WAYMARK_TEST_MUTATIONS=5000 tests/store/damage_test
	$(TESTS_ENVIRONMENT) WAYMARK_TEST_HEALTHY=3000 tests/store/healthy_test
