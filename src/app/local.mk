noinst_LIBRARIES += src/libapp.a
src_libapp_a_SOURCES = \
	src/app/action.c src/app/action.h src/app/action.def \
	src/app/builder.c src/app/builder.h src/app/builder_p.h \
	src/app/builder_count.c src/app/builder_count.h src/app/builder_count_p.h \
	src/app/builder_detail.c \
	src/app/builder_entries.c \
	src/app/builder_pick.c \
	src/app/builder_work.c \
	src/app/command.c src/app/command.h src/app/command.def \
	src/app/condition.c src/app/condition.h \
	src/app/crash.c src/app/crash.h \
	src/app/damage.c src/app/damage.h \
	src/app/findings.c src/app/findings.h \
	src/app/follow.c src/app/follow.h \
	src/app/event_search.c src/app/event_search.h \
	src/app/fresh.c src/app/fresh.h \
	src/app/generate.c src/app/generate.h \
	src/app/initials.c src/app/initials.h \
	src/app/intake.c src/app/intake.h \
	src/app/job.c src/app/job.h \
	src/app/keep.c src/app/keep.h src/app/keep_p.h \
	src/app/keep_failure.c \
	src/app/keep_list.c \
	src/app/keep_question.c \
	src/app/keep_segment.c \
	src/app/keep_set.c \
	src/app/kept.c src/app/kept.h \
	src/app/mask.c src/app/mask.h src/app/mask_text.c src/app/mask_text.h \
	src/app/load_note.c src/app/load_note.h \
	src/app/load_remote.c src/app/load_remote.h \
	src/app/load_worker.c src/app/load_worker.h \
	src/app/loader.c src/app/loader.h \
	src/app/loader_line.c src/app/loader_line.h \
	src/app/marks.c src/app/marks.h \
	src/app/nursery.c src/app/nursery.h \
	src/app/rejected.c src/app/rejected.h \
	src/app/overview.c src/app/overview.h \
	src/app/settings.c src/app/settings.h src/app/settings.def \
	src/app/replay.c src/app/replay.h \
	src/app/spread.c src/app/spread.h \
	src/app/task.c src/app/task.h \
	src/app/tend.c src/app/tend.h \
	src/app/workspace.c src/app/workspace.h \
	$(NULL)
