noinst_LIBRARIES += src/libtui.a
src_libtui_a_SOURCES = \
	src/tui/builder_screen.c src/tui/builder_screen.h \
	src/tui/builder_view.c src/tui/builder_view.h \
	src/tui/chart_widget.c src/tui/chart_widget.h \
	src/tui/data_screen.c src/tui/data_screen.h \
	src/tui/help_screen.c src/tui/help_screen.h \
	src/tui/home_screen.c src/tui/home_screen.h \
	src/tui/keymap.c src/tui/keymap.h \
	src/tui/options_screen.c src/tui/options_screen.h \
	src/tui/pager_screen.c src/tui/pager_screen.h \
	src/tui/prompt_widget.c src/tui/prompt_widget.h \
	src/tui/question.c src/tui/question.h \
	src/tui/result_screen.c src/tui/result_screen.h \
	src/tui/screen.h \
	src/tui/tag_pane.c src/tui/tag_pane.h \
	src/tui/term.c src/tui/term.h \
	src/tui/tui.c src/tui/tui.h \
	$(NULL)
