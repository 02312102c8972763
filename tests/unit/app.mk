# unit tests of src/app
check_PROGRAMS += tests/unit/command_test tests/unit/job_test
tests_unit_command_test_SOURCES = tests/unit/command_test.c
tests_unit_command_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_command_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_job_test_SOURCES = tests/unit/job_test.c
tests_unit_job_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_job_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/load_worker_test
tests_unit_load_worker_test_SOURCES = tests/unit/load_worker_test.c
tests_unit_load_worker_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_load_worker_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/condition_test
tests_unit_condition_test_SOURCES = tests/unit/condition_test.c
tests_unit_condition_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_condition_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)

# customers with several ids: two stores of the same bank, one with links, one with ids replaced before loading
check_PROGRAMS += tests/unit/join_test
tests_unit_join_test_SOURCES = tests/unit/join_test.c tests/unit/join_world.c tests/unit/join_world.h $(STORE_WORLD)
tests_unit_join_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_join_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/settings_test
tests_unit_settings_test_SOURCES = tests/unit/settings_test.c
tests_unit_settings_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_settings_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/kept_test
tests_unit_kept_test_SOURCES = tests/unit/kept_test.c
tests_unit_kept_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_kept_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)

# finding a customer, everyone with the same failure, a long life; and what a sequence does on the screen
check_PROGRAMS += tests/unit/ticket_test tests/unit/replay_test
tests_unit_ticket_test_SOURCES = tests/unit/ticket_test.c
tests_unit_ticket_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_ticket_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
tests_unit_replay_test_SOURCES = tests/unit/replay_test.c
tests_unit_replay_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_replay_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/mask_test
tests_unit_mask_test_SOURCES = tests/unit/mask_test.c
tests_unit_mask_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_mask_test_LDADD = $(LIBS_APP) $(EXTERN_LIBS) $(CMOCKA_LIBS)
