noinst_LIBRARIES += src/libcli.a
src_libcli_a_SOURCES = \
	src/cli/args.c src/cli/args.h \
	src/cli/check_cmd.c \
	src/cli/cli.c src/cli/cli.h \
	src/cli/generate_cmd.c \
	src/cli/help_cmd.c \
	src/cli/import_cmd.c \
	src/cli/info_cmd.c \
	src/cli/keep_cmd.c \
	src/cli/manual.c src/cli/manual.h \
	src/cli/meter.c src/cli/meter.h \
	src/cli/output.c src/cli/output.h \
	src/cli/query_cmd.c \
	src/cli/tend_cmd.c \
	src/cli/topics.c src/cli/topics.h \
	src/cli/usage.c src/cli/usage.h \
	$(NULL)
