noinst_LIBRARIES += src/libapp.a
src_libapp_a_SOURCES = \
	src/app/action.h \
	src/app/command.h \
	src/app/job.h \
	src/app/workspace.h \
	$(NULL)
