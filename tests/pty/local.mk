# The real program in a pseudo-terminal, with libvterm as the terminal (tests/pty/rig.h).
if HAVE_CMOCKA
check_PROGRAMS += tests/pty/monkey
tests_pty_monkey_SOURCES = tests/pty/monkey.c tests/unit/tui_drive.c tests/unit/tui_drive.h
tests_pty_monkey_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) $(CMOCKA_CFLAGS)
tests_pty_monkey_LDADD = src/libtui.a $(LIBS_APP) $(EXTERN_LIBS) $(NCURSESW_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/pty/hostile_test
tests_pty_hostile_test_SOURCES = tests/pty/hostile_test.c tests/unit/tui_drive.c tests/unit/tui_drive.h
tests_pty_hostile_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) $(CMOCKA_CFLAGS)
tests_pty_hostile_test_LDADD = src/libtui.a $(LIBS_APP) $(EXTERN_LIBS) $(NCURSESW_LIBS) $(CMOCKA_LIBS)
if HAVE_VTERM
tests_pty_hostile_test_SOURCES += tests/pty/rig.c tests/pty/rig.h
tests_pty_hostile_test_CPPFLAGS += -DHAVE_RIG $(VTERM_CFLAGS)
tests_pty_hostile_test_LDADD += $(VTERM_LIBS)
check_PROGRAMS += tests/pty/pty_test
tests_pty_pty_test_SOURCES = tests/pty/pty_test.c tests/pty/rig.c tests/pty/rig.h \
	tests/unit/tui_drive.c tests/unit/tui_drive.h
tests_pty_pty_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) $(CMOCKA_CFLAGS) $(VTERM_CFLAGS)
tests_pty_pty_test_LDADD = src/libtui.a $(LIBS_APP) $(EXTERN_LIBS) $(NCURSESW_LIBS) $(CMOCKA_LIBS) $(VTERM_LIBS)
tests/pty/hostile_test.log tests/pty/pty_test.log: waymark$(EXEEXT) po/zh_CN/LC_MESSAGES/waymark.mo
endif
endif

# A million keys; MONKEY_SEED=… for others.
monkey: tests/pty/monkey$(EXEEXT) po/zh_CN/LC_MESSAGES/waymark.mo
	MONKEY_KEYS=$${MONKEY_KEYS-1000000} LC_ALL=C.UTF-8 TZ=UTC WAYMARK_LOCALEDIR='$(abs_builddir)/po' tests/pty/monkey
.PHONY: monkey
