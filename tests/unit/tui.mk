# unit tests of src/tui
check_PROGRAMS += tests/unit/builder_test tests/unit/keymap_test tests/unit/tui_test
tests_unit_keymap_test_SOURCES = tests/unit/keymap_test.c
tests_unit_keymap_test_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_keymap_test_LDADD = src/libtui.a $(LIBS_APP) $(EXTERN_LIBS) $(NCURSESW_LIBS) $(CMOCKA_LIBS)
TUI_DRIVE = tests/unit/tui_drive.c tests/unit/tui_drive.h
tests_unit_tui_test_SOURCES = tests/unit/tui_test.c $(TUI_DRIVE)
tests_unit_tui_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) $(CMOCKA_CFLAGS)
tests_unit_tui_test_LDADD = src/libtui.a $(LIBS_APP) $(EXTERN_LIBS) $(NCURSESW_LIBS) $(CMOCKA_LIBS)
tests_unit_builder_test_SOURCES = tests/unit/builder_test.c $(TUI_DRIVE)
tests_unit_builder_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) $(CMOCKA_CFLAGS)
tests_unit_builder_test_LDADD = src/libtui.a $(LIBS_APP) $(EXTERN_LIBS) $(NCURSESW_LIBS) $(CMOCKA_LIBS)
