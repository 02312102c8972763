noinst_LIBRARIES += src/libtui.a
src_libtui_a_SOURCES = \
	src/tui/builder_keys.c \
	src/tui/builder_names.c \
	src/tui/builder_screen.c src/tui/builder_screen.h src/tui/builder_screen_p.h \
	src/tui/builder_view.c src/tui/builder_view.h \
	src/tui/chart_widget.c src/tui/chart_widget.h \
	src/tui/data_screen.c src/tui/data_screen.h \
	src/tui/dictionary_pane.c src/tui/dictionary_pane.h \
	src/tui/first_question.c src/tui/first_question.h \
	src/tui/list_widget.c src/tui/list_widget.h \
	src/tui/load_screen.c src/tui/load_screen.h \
	src/tui/failure_kind.c \
	src/tui/find_screen.c src/tui/find_screen.h \
	src/tui/flow_focus.c src/tui/flow_focus.h \
	src/tui/flow_name.c src/tui/flow_name.h \
	src/tui/flow_kind.c \
	src/tui/funnel_kind.c \
	src/tui/funnel_pane.c src/tui/funnel_pane.h \
	src/tui/help_screen.c src/tui/help_screen.h \
	src/tui/home_screen.c src/tui/home_screen.h src/tui/home_p.h \
	src/tui/home_view.c \
	src/tui/jobs_screen.c \
	src/tui/keymap.c src/tui/keymap.h \
	src/tui/needle.c src/tui/needle.h \
	src/tui/options_screen.c src/tui/options_screen.h \
	src/tui/osc52.c src/tui/osc52.h \
	src/tui/pager_screen.c src/tui/pager_screen.h \
	src/tui/probe.c src/tui/probe.h \
	src/tui/places.c src/tui/places.h \
	src/tui/profile_kind.c \
	src/tui/progress_line.c src/tui/progress_line.h \
	src/tui/prompt_widget.c src/tui/prompt_widget.h \
	src/tui/question.c src/tui/question.h \
	src/tui/result_change.c \
	src/tui/result_keep.c \
	src/tui/result_kind.h \
	src/tui/result_open.c \
	src/tui/result_read.c \
	src/tui/result_screen.c src/tui/result_screen.h \
	src/tui/row_order.c src/tui/row_order.h \
	src/tui/row_search.c src/tui/row_search.h \
	src/tui/screen.h \
	src/tui/sequence_kind.c \
	src/tui/tag_pane.c src/tui/tag_pane.h \
	src/tui/term.c src/tui/term.h \
	src/tui/term_wait.c src/tui/term_wait.h \
	src/tui/termcheck.c src/tui/termcheck.h \
	src/tui/terminfo.c src/tui/terminfo.h \
	src/tui/tui.c src/tui/tui.h \
	src/tui/typed.c src/tui/typed.h \
	src/tui/tui_act.c src/tui/tui_p.h \
	src/tui/tui_command.c \
	src/tui/tui_copy.c \
	src/tui/tui_draw.c \
	src/tui/tui_print.c \
	src/tui/tui_session.c \
	src/tui/view_export.c src/tui/view_export.h \
	$(NULL)
