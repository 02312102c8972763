noinst_LIBRARIES += src/libapp.a
src_libapp_a_SOURCES = \
	src/app/action.c src/app/action.h src/app/action.def \
	src/app/command.c src/app/command.h src/app/command.def \
	src/app/crash.c src/app/crash.h \
	src/app/damage.c src/app/damage.h \
	src/app/generate.c src/app/generate.h \
	src/app/intake.c src/app/intake.h \
	src/app/job.c src/app/job.h \
	src/app/keep.c src/app/keep.h src/app/keep_p.h \
	src/app/keep_list.c \
	src/app/keep_segment.c \
	src/app/keep_set.c \
	src/app/overview.c src/app/overview.h \
	src/app/workspace.c src/app/workspace.h \
	$(NULL)
